"""The promises of bedtime mode, one night after another, over a simulated bedroom."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import Event, HomeAssistant, ServiceCall
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.rls_bedtime.bedtime import session as session_module
from custom_components.rls_bedtime.bedtime.command import Outcome, RestoreMode
from custom_components.rls_bedtime.bedtime.plan import Plan
from custom_components.rls_bedtime.bedtime.registry import BedroomRegistry
from custom_components.rls_bedtime.bedtime.session import EVENT_SCREENS_WARNING, Session
from custom_components.rls_bedtime.bedtime.session_state import Phase, SessionState
from custom_components.rls_bedtime.bedtime.session_store import SnapshotNotSavedError

from ..common.bedroom import Bedroom
from ..common.home import OPTIONS
from .conftest import SessionHome
from ..common.plans import plan

type Person = Callable[..., Awaitable[None]]

AUTOMATIC: dict[str, Any] = {"automatic": True}


def levels(bedroom: Bedroom) -> tuple[Any, Any]:
    """Return the brightness of lamp and ceiling."""
    return bedroom.lamp.brightness, bedroom.ceiling.brightness


def phase(session: Session) -> Phase:
    """Return where the night is."""
    return session.phase


def local(when: str) -> datetime:
    """Return a moment in California."""
    return datetime.fromisoformat(when).replace(tzinfo=dt_util.get_default_time_zone())


class TestANightByItself:
    """From wind-down to morning."""

    async def test_it_winds_down_goes_to_bed_and_gives_back(self, nights: SessionHome, bedroom: Bedroom) -> None:
        session = await nights.session(**AUTOMATIC)
        assert phase(session) is Phase.OFF
        assert session.next_bedtime == local("2026-11-23 22:30")

        await nights.jump("21:45")
        assert phase(session) is Phase.WIND_DOWN
        assert (session.next_bedtime, session.ends_at) == (local("2026-11-23 22:30"), local("2026-11-24 07:00"))
        assert levels(bedroom) == (200, 200)

        for minute in range(1, 45):
            await nights.after(minutes=1)
            assert bedroom.lamp.brightness == pytest.approx(200 - 187 * minute / 45, abs=1)
        assert bedroom.lamp.color_temp_kelvin == pytest.approx(2240, abs=1)
        assert bedroom.thermostat.target_temperature == 21
        assert bedroom.tv.state == "playing"
        assert not bedroom.blind.is_closed

        await nights.jump("22:30")
        assert phase(session) is Phase.BEDTIME
        assert session.next_bedtime == local("2026-11-24 22:30")
        assert (bedroom.lamp.brightness, bedroom.lamp.color_temp_kelvin) == (13, 2200)
        assert bedroom.thermostat.target_temperature == 19
        assert bedroom.tv.state == "off"
        assert bedroom.blind.is_closed

        await nights.jump("2026-11-24 07:00")
        assert phase(session) is Phase.OFF
        assert session.ends_at is None
        assert (bedroom.lamp.brightness, bedroom.lamp.color_temp_kelvin) == (200, 4000)
        assert bedroom.thermostat.target_temperature == 21
        assert bedroom.blind.current_cover_position == 80
        assert bedroom.tv.state == "off"

    async def test_night_after_night(self, nights: SessionHome, bedroom: Bedroom) -> None:
        session = await nights.session(**AUTOMATIC)
        for day in range(23, 27):
            await nights.jump(f"2026-11-{day} 22:31")
            assert phase(session) is Phase.BEDTIME
            await nights.jump(f"2026-11-{day + 1} 07:01")
            assert phase(session) is Phase.OFF
            assert bedroom.lamp.brightness == 200

    async def test_it_waits_for_the_next_thing_due_and_polls_nothing(self, nights: SessionHome) -> None:
        session = await nights.session(**AUTOMATIC)
        told: list[datetime] = []
        session.async_add_listener(lambda: told.append(dt_util.now()))

        await nights.jump("21:30")
        assert told == []

    @pytest.mark.parametrize(("late", "expected"), [(-10, Phase.WIND_DOWN), (29, Phase.BEDTIME), (31, Phase.OFF)])
    async def test_a_missed_start_is_made_up_for_half_an_hour(
        self, nights: SessionHome, late: int, expected: Phase
    ) -> None:
        session = await nights.session(**AUTOMATIC)
        session = await nights.restart_session(session, timedelta(hours=2, minutes=30 + late), **AUTOMATIC)

        assert phase(session) is expected

    async def test_without_automatic_nothing_begins(self, nights: SessionHome) -> None:
        session = await nights.session()
        await nights.jump("23:00")

        assert phase(session) is Phase.OFF
        assert session.next_bedtime is None

    @pytest.mark.parametrize("minutes", [10, 60])
    async def test_what_is_stopped_by_hand_does_not_begin_again(self, nights: SessionHome, minutes: int) -> None:
        session = await nights.session(**AUTOMATIC, wind_down=0 if minutes == 60 else 45)
        await nights.jump("22:35" if minutes == 60 else "21:55")
        assert phase(session) is not Phase.OFF
        await session.async_stop()
        await nights.after(minutes=1)
        await nights.after(minutes=60)

        assert phase(session) is Phase.OFF
        assert session.next_bedtime == local("2026-11-24 22:30")

    @pytest.mark.parametrize("bedtime", ["22:10", "23:15"])
    async def test_another_bedtime_after_such_a_stop_is_another_night(self, nights: SessionHome, bedtime: str) -> None:
        session = await nights.session(**AUTOMATIC, wind_down=45)
        await nights.jump("21:50")
        await session.async_stop()
        assert session.next_bedtime == local("2026-11-24 22:30")

        await session.async_update_plan(
            Plan.from_options(OPTIONS | AUTOMATIC | {"wind_down": 5, "bedtime": f"{bedtime}:00"})
        )
        assert phase(session) is Phase.OFF
        assert session.next_bedtime == local(f"2026-11-23 {bedtime}")
        await nights.jump(bedtime)
        assert phase(session) is Phase.BEDTIME

    async def test_only_when_somebody_is_home(self, nights: SessionHome, hass: HomeAssistant) -> None:
        hass.states.async_set("person.alex", "not_home")
        session = await nights.session(**AUTOMATIC, only_when_home=["person.alex", "person.kim"])
        await nights.jump("21:50")
        assert phase(session) is Phase.OFF

        hass.states.async_set("person.alex", "home")
        await hass.async_block_till_done()
        assert phase(session) is Phase.WIND_DOWN

    async def test_screens_go_quiet_at_their_curfew_and_say_so_before(
        self, nights: SessionHome, bedroom: Bedroom, hass: HomeAssistant
    ) -> None:
        events: list[Event] = async_capture_events(hass, EVENT_SCREENS_WARNING)
        session = await nights.session(**AUTOMATIC, screen_curfew=30, screen_warning=10)

        await nights.jump("21:50")
        assert len(events) == 1
        assert datetime.fromisoformat(events[0].data["silent_at"]) == local("2026-11-23 22:00")
        assert session.screens_silent_at == local("2026-11-23 22:00")
        assert bedroom.tv.state == "playing"

        await nights.jump("22:00")
        assert session.screens_silent_at is None
        assert bedroom.tv.state == "off"
        assert phase(session) is Phase.WIND_DOWN

    async def test_a_curfew_longer_than_the_wind_down_begins_the_night(
        self, nights: SessionHome, bedroom: Bedroom
    ) -> None:
        session = await nights.session(**AUTOMATIC, screen_curfew=60)
        await nights.jump("21:30")

        assert phase(session) is Phase.WIND_DOWN
        assert bedroom.tv.state == "off"
        await nights.jump("21:44")
        assert bedroom.lamp.brightness == 200

    async def test_lights_go_off_some_time_after_bedtime(self, nights: SessionHome, bedroom: Bedroom) -> None:
        await nights.session(**AUTOMATIC, lights_off_after=30)
        await nights.jump("22:30")
        assert bedroom.lamp.is_on
        await nights.jump("23:00")
        assert not bedroom.lamp.is_on

    async def test_the_users_own_actions_run_at_both_ends(self, nights: SessionHome, hass: HomeAssistant) -> None:
        calls: list[str] = []

        async def remember(call: ServiceCall) -> None:
            calls.append(call.data["what"])

        hass.services.async_register("test", "remember", remember)
        session = await nights.session(
            start_actions=[{"action": "test.remember", "data": {"what": "start"}}],
            end_actions=[{"action": "test.remember", "data": {"what": "end"}}],
        )
        await session.async_start()
        await hass.async_block_till_done(wait_background_tasks=True)
        assert calls == ["start"]
        await session.async_stop()
        await hass.async_block_till_done(wait_background_tasks=True)
        assert calls == ["start", "end"]


class TestAPersonWins:
    """What someone changes is theirs."""

    async def test_a_light_that_someone_sets_is_left_alone_all_night(
        self, nights: SessionHome, bedroom: Bedroom, person: Person
    ) -> None:
        session = await nights.session(**AUTOMATIC)
        await nights.jump("22:00")
        await person("light.turn_on", "light.lamp", brightness=150)
        await nights.jump("22:30")
        assert levels(bedroom) == (150, 13)
        assert session.outcomes["light.lamp"] is Outcome.RELEASED

        await nights.jump("2026-11-24 07:00")
        assert levels(bedroom) == (150, 200)

    async def test_so_is_one_that_someone_sets_at_the_wall(self, nights: SessionHome, bedroom: Bedroom) -> None:
        session = await nights.session()
        await session.async_start()
        bedroom.lamp.change_locally(brightness=90)
        await nights.after(seconds=30)
        await session.async_stop()

        assert levels(bedroom) == (90, 200)

    async def test_a_light_that_someone_turns_off_stays_off_and_gets_its_level_back_later(
        self, nights: SessionHome, bedroom: Bedroom, person: Person
    ) -> None:
        session = await nights.session(**AUTOMATIC)
        await nights.jump("22:31")
        await person("light.turn_off", "light.lamp")
        await nights.jump("2026-11-24 07:00")
        assert not bedroom.lamp.is_on
        assert session.outcomes["light.lamp"] is Outcome.UNCHANGED

        await nights.jump("2026-11-24 18:00")
        await person("light.turn_on", "light.lamp")
        assert (bedroom.lamp.brightness, bedroom.lamp.color_temp_kelvin) == (200, 4000)

        await nights.after(minutes=1)
        await person("light.turn_on", "light.lamp", brightness=13)
        await person("light.turn_off", "light.lamp")
        await person("light.turn_on", "light.lamp")
        assert bedroom.lamp.brightness == 13

    async def test_a_light_that_comes_on_at_a_level_of_their_own_keeps_it(
        self, nights: SessionHome, bedroom: Bedroom, person: Person
    ) -> None:
        await nights.session(**AUTOMATIC)
        await nights.jump("22:31")
        await person("light.turn_off", "light.lamp")
        await nights.jump("2026-11-24 07:00")
        await person("light.turn_on", "light.lamp", brightness=13)
        assert bedroom.lamp.brightness == 13
        await person("light.turn_off", "light.lamp")
        await person("light.turn_on", "light.lamp")
        assert bedroom.lamp.brightness == 13

    async def test_a_thermostat_and_a_blind_that_someone_sets_are_theirs(
        self, nights: SessionHome, bedroom: Bedroom, person: Person
    ) -> None:
        session = await nights.session()
        await session.async_start()
        await person("climate.set_temperature", "climate.thermostat", temperature=23)
        await person("cover.set_cover_position", "cover.blind", position=50)
        outcomes = await session.async_stop()

        assert bedroom.thermostat.target_temperature == 23
        assert bedroom.blind.current_cover_position == 50
        assert outcomes["climate.thermostat"] is outcomes["cover.blind"] is Outcome.RELEASED

    async def test_a_screen_that_someone_turns_on_is_theirs(
        self, nights: SessionHome, bedroom: Bedroom, person: Person
    ) -> None:
        session = await nights.session()
        await session.async_start()
        await person("media_player.turn_on", "media_player.tv")
        await nights.after(minutes=5)
        assert bedroom.tv.state == "playing"
        await session.async_stop()
        assert bedroom.tv.state == "playing"

    async def test_a_screen_that_is_to_stay_quiet_is_turned_off_once_more(
        self, nights: SessionHome, bedroom: Bedroom, person: Person
    ) -> None:
        session = await nights.session(keep_screens_quiet=True)
        await session.async_start()
        await person("media_player.turn_on", "media_player.tv")
        assert bedroom.tv.state == "off"
        await person("media_player.turn_on", "media_player.tv")
        assert bedroom.tv.state == "playing"
        assert session.outcomes["media_player.tv"] is Outcome.RELEASED

    async def test_a_light_that_is_turned_on_at_night_comes_on_at_the_night_level_once(
        self, nights: SessionHome, bedroom: Bedroom, person: Person
    ) -> None:
        bedroom.lamp.change_locally(is_on=False)
        session = await nights.session()
        await session.async_start()

        await person("light.turn_on", "light.lamp")
        assert (bedroom.lamp.brightness, bedroom.lamp.color_temp_kelvin) == (13, 2200)
        await person("light.turn_on", "light.lamp", brightness=180)
        await nights.after(minutes=5)
        assert bedroom.lamp.brightness == 180
        await person("light.turn_off", "light.lamp")
        await person("light.turn_on", "light.lamp")
        assert bedroom.lamp.brightness == 180

    async def test_a_light_that_came_on_at_night_gets_the_level_back_that_it_came_on_with(
        self, nights: SessionHome, bedroom: Bedroom, person: Person
    ) -> None:
        bedroom.lamp.change_locally(is_on=False)
        await nights.session(**AUTOMATIC, restore="everything")
        await nights.jump("23:00")
        await person("light.turn_on", "light.lamp")
        assert bedroom.lamp.brightness == 13
        await nights.jump("2026-11-24 07:00")

        assert bedroom.lamp.brightness == 200

    @pytest.mark.parametrize("options", [{"dim_night_lights": False}, {}])
    async def test_a_level_that_was_asked_for_is_given(
        self, nights: SessionHome, bedroom: Bedroom, person: Person, options: dict[str, Any]
    ) -> None:
        bedroom.lamp.change_locally(is_on=False)
        session = await nights.session(**options)
        await session.async_start()
        await person("light.turn_on", "light.lamp", **({} if options else {"brightness": 200}))

        assert bedroom.lamp.brightness == 200

    async def test_what_changes_while_the_hub_is_down_is_theirs(self, nights: SessionHome, bedroom: Bedroom) -> None:
        session = await nights.session()
        await session.async_start()
        await nights.unload_session(session)
        bedroom.lamp.change_locally(brightness=120)
        nights.sessions.append(session)
        session = await nights.restart_session(session)

        assert levels(bedroom) == (120, 13)
        assert session.outcomes["light.lamp"] is Outcome.RELEASED


class TestDevicesAreNoPeople:
    """Devices round, are late, drop out and come back."""

    async def test_rounding_is_no_change(self, nights: SessionHome, bedroom: Bedroom) -> None:
        bedroom.lamp.rounding = {"brightness": 5, "color_temp_kelvin": 30}
        await nights.session(**AUTOMATIC)
        for minute in range(46):
            await nights.jump(f"{21 + (45 + minute) // 60}:{(45 + minute) % 60:02}")
        assert bedroom.lamp.brightness == 15
        await nights.after(minutes=5)
        asked = len(bedroom.lamp.actions)
        await nights.jump("2026-11-24 06:59")
        assert len(bedroom.lamp.actions) == asked
        await nights.jump("2026-11-24 07:00")
        assert bedroom.lamp.brightness == 200

    async def test_a_late_report_in_steps_is_no_person(self, nights: SessionHome, bedroom: Bedroom) -> None:
        bedroom.lamp.holds_reports = True
        session = await nights.session()
        await session.async_start()
        for part in (0.2, 0.5, 1):
            await nights.after(seconds=4)
            bedroom.lamp.report(part)
            await nights.after(seconds=0)
        assert bedroom.lamp.brightness == 13
        assert session.outcomes["light.lamp"] is Outcome.DONE
        bedroom.lamp.holds_reports = False
        await session.async_stop()
        assert levels(bedroom) == (200, 200)

    async def test_one_that_drops_out_and_returns_is_caught_up(self, nights: SessionHome, bedroom: Bedroom) -> None:
        session = await nights.session()
        await session.async_start()
        bedroom.lamp.change_locally(available=False)
        await nights.after(minutes=1)
        assert dict(session.outcomes)["light.lamp"] is Outcome.UNREACHABLE
        bedroom.lamp.change_locally(available=True, brightness=255)
        await nights.after(minutes=1)
        assert bedroom.lamp.brightness == 13
        assert session.outcomes["light.lamp"] is Outcome.DONE
        await session.async_stop()
        assert bedroom.lamp.brightness == 200

    async def test_one_that_was_out_of_reach_at_the_start_is_caught_up_and_given_back(
        self, nights: SessionHome, bedroom: Bedroom
    ) -> None:
        bedroom.lamp.change_locally(available=False)
        session = await nights.session()
        outcomes = await session.async_start()
        assert outcomes["light.lamp"] is Outcome.UNREACHABLE
        bedroom.lamp.change_locally(available=True)
        await nights.after(minutes=1)
        assert bedroom.lamp.brightness == 13
        await session.async_stop()
        assert bedroom.lamp.brightness == 200

    async def test_one_that_is_out_of_reach_at_the_end_is_given_back_on_its_return(
        self, nights: SessionHome, bedroom: Bedroom
    ) -> None:
        session = await nights.session(**AUTOMATIC)
        await nights.jump("22:31")
        bedroom.lamp.change_locally(available=False)
        bedroom.thermostat.change_locally(available=False)
        await nights.jump("2026-11-24 07:00")
        session = await nights.restart_session(session, timedelta(minutes=5), **AUTOMATIC)
        bedroom.lamp.change_locally(available=True)
        bedroom.thermostat.change_locally(available=True)
        await nights.after(seconds=0)
        await nights.after(minutes=10)

        assert bedroom.lamp.brightness == 200
        assert bedroom.thermostat.target_temperature == 21
        assert session.state.pending_restores == {}

    @pytest.mark.parametrize(("ignores", "outcome"), [(1, Outcome.DONE), (2, Outcome.FAILED)])
    async def test_a_stray_is_told_once_more(
        self, nights: SessionHome, bedroom: Bedroom, ignores: int, outcome: Outcome
    ) -> None:
        bedroom.lamp.ignores = ignores
        session = await nights.session()
        await session.async_start()
        await nights.after(seconds=20)
        await nights.after(seconds=20)
        await nights.after(minutes=10)

        assert bedroom.lamp.actions == ["turn_on"] * 2
        assert session.outcomes["light.lamp"] is outcome
        assert bedroom.lamp.brightness == (13 if outcome is Outcome.DONE else 200)

    async def test_one_that_refuses_hurts_no_other(self, nights: SessionHome, bedroom: Bedroom) -> None:
        bedroom.lamp.refuses = True
        session = await nights.session()
        outcomes = await session.async_start()

        assert outcomes["light.lamp"] is Outcome.FAILED
        assert bedroom.ceiling.brightness == 13
        await nights.after(seconds=20)
        await nights.after(seconds=20)
        assert session.outcomes["light.lamp"] is Outcome.FAILED
        await session.async_stop()

    async def test_one_that_goes_only_part_of_the_way_has_gone(self, nights: SessionHome, bedroom: Bedroom) -> None:
        bedroom.lamp.rounding = {"brightness": 25}
        session = await nights.session()
        await session.async_start()
        await nights.after(seconds=20)
        await nights.after(seconds=20)
        assert bedroom.lamp.brightness == 25
        assert session.outcomes["light.lamp"] is Outcome.DONE
        await session.async_stop()
        assert bedroom.lamp.brightness == 200


class TestNightAfterNight:
    """One night knows nothing of the one before."""

    async def test_what_someone_took_back_goes_to_bed_again_the_next_night(
        self, nights: SessionHome, bedroom: Bedroom, person: Person
    ) -> None:
        session = await nights.session()
        await session.async_start()
        await person("climate.set_temperature", "climate.thermostat", temperature=21)
        await session.async_stop()
        await session.async_start()

        assert bedroom.thermostat.target_temperature == 19
        assert session.outcomes["climate.thermostat"] is Outcome.DONE


class TestRestarts:
    """Nothing flickers, nothing is lost."""

    @pytest.mark.parametrize("when", ["21:45", "22:10", "22:30", "2026-11-24 03:00"])
    async def test_a_restart_in_any_phase_goes_on_with_the_night(
        self, nights: SessionHome, bedroom: Bedroom, when: str
    ) -> None:
        session = await nights.session(**AUTOMATIC)
        await nights.jump("21:45")
        await nights.jump(when)
        before, asked = phase(session), {device.name: list(device.actions) for device in bedroom.devices}

        session = await nights.restart_session(session, **AUTOMATIC)

        assert phase(session) is before
        assert {device.name: device.actions for device in bedroom.devices} == asked
        await nights.jump("2026-11-24 07:00")
        assert levels(bedroom) == (200, 200)
        assert bedroom.thermostat.target_temperature == 21

    async def test_an_end_that_passed_while_the_hub_was_down_is_made_up_for_once(
        self, nights: SessionHome, bedroom: Bedroom
    ) -> None:
        session = await nights.session(**AUTOMATIC)
        await nights.jump("22:31")
        session = await nights.restart_session(session, timedelta(hours=10), **AUTOMATIC)

        assert phase(session) is Phase.OFF
        assert levels(bedroom) == (200, 200)
        assert bedroom.tv.state == "off"
        await nights.after(seconds=30)
        bedroom.lamp.change_locally(brightness=13)
        session = await nights.restart_session(session, timedelta(minutes=1), **AUTOMATIC)
        assert bedroom.lamp.brightness == 13

    async def test_a_crash_before_the_first_command_is_caught_up(
        self, nights: SessionHome, bedroom: Bedroom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        session = await nights.session()
        with monkeypatch.context() as patch:
            patch.setattr(
                "custom_components.rls_bedtime.bedtime.control.command_tracker.CommandTracker.send",
                lambda *_, **__: None,
            )
            await session.async_start()
        assert levels(bedroom) == (200, 200)
        session = await nights.restart_session(session)
        assert levels(bedroom) == (13, 13)
        await session.async_stop()
        assert levels(bedroom) == (200, 200)

    async def test_a_crash_before_anything_is_given_back_is_made_up_for(
        self, nights: SessionHome, bedroom: Bedroom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        session = await nights.session()
        await session.async_start()
        with monkeypatch.context() as patch:
            patch.setattr(
                "custom_components.rls_bedtime.bedtime.control.command_tracker.CommandTracker.send",
                lambda *_, **__: None,
            )
            await session.async_stop()
        assert levels(bedroom) == (13, 13)
        session = await nights.restart_session(session)
        assert phase(session) is Phase.OFF
        assert levels(bedroom) == (200, 200)
        assert bedroom.thermostat.target_temperature == 21

    async def test_the_snapshot_is_on_disk_before_the_first_device_is_touched(
        self, nights: SessionHome, bedroom: Bedroom, hass_storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stored: list[SessionState] = []

        async def turn_on(**_: Any) -> None:
            stored.append(SessionState.from_json(hass_storage["rls_bedtime.session.bedroom"]["data"]))

        monkeypatch.setattr(bedroom.lamp, "async_turn_on", turn_on)
        session = await nights.session()
        await session.async_start()

        assert stored[0][0].managed["light.lamp"].original.brightness == 200
        assert stored[0][0].times == session.state.times

    async def test_a_disk_that_does_not_take_the_snapshot_leaves_the_bedroom_alone(
        self, nights: SessionHome, bedroom: Bedroom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def full(*_: Any) -> None:
            """Fail as the store does: without a word."""

        session = await nights.session()
        with monkeypatch.context() as patch:
            patch.setattr(Store, "async_save", full)
            with pytest.raises(SnapshotNotSavedError):
                await session.async_start()
        assert phase(session) is Phase.OFF
        assert all(device.actions == [] for device in bedroom.devices)
        await session.async_start()
        assert levels(bedroom) == (13, 13)

    async def test_a_full_disk_in_the_morning_does_not_keep_the_night(
        self, nights: SessionHome, bedroom: Bedroom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def full(*_: Any) -> None:
            """Fail as the store does: without a word."""

        session = await nights.session()
        await session.async_start()
        with monkeypatch.context() as patch:
            patch.setattr(Store, "async_save", full)
            await session.async_stop()
        assert phase(session) is Phase.OFF
        assert levels(bedroom) == (200, 200)


class TestHowItEnds:
    """By hand, by the clock, later than planned."""

    async def test_stopped_during_wind_down_everything_comes_back(self, nights: SessionHome, bedroom: Bedroom) -> None:
        session = await nights.session(**AUTOMATIC, screen_curfew=30, restore="nothing")
        await nights.jump("22:10")
        assert bedroom.tv.state == "off"
        await session.async_stop()
        assert levels(bedroom) == (200, 200)
        assert bedroom.tv.state == "playing"

    @pytest.mark.parametrize(
        ("restore", "lamp", "temperature"), [("settings", None, 21), ("everything", 200, 21), ("nothing", None, 19)]
    )
    async def test_in_the_morning_it_gives_back_what_the_user_wants(
        self, nights: SessionHome, bedroom: Bedroom, restore: str, lamp: int | None, temperature: int
    ) -> None:
        await nights.session(**AUTOMATIC, restore=restore, lights_off_after=10)
        await nights.jump("22:41")
        assert not bool(bedroom.lamp.is_on)
        await nights.jump("2026-11-24 07:00")

        assert bool(bedroom.lamp.is_on) is (lamp is not None)
        assert lamp in (None, bedroom.lamp.brightness)
        assert bedroom.thermostat.target_temperature == temperature
        assert bedroom.tv.state == "off"

    async def test_stop_may_say_how_much(self, nights: SessionHome, bedroom: Bedroom) -> None:
        session = await nights.session()
        await session.async_start()
        await session.async_stop(restore=RestoreMode.NOTHING)
        assert levels(bedroom) == (13, 13)
        assert session.state.pending_restores == {}

    async def test_extended_before_bedtime_it_comes_later(self, nights: SessionHome, bedroom: Bedroom) -> None:
        session = await nights.session(**AUTOMATIC)
        await nights.jump("22:15")
        dimmed = bedroom.lamp.brightness
        await session.async_extend(timedelta(minutes=30))
        assert session.next_bedtime == local("2026-11-23 23:00")
        assert bedroom.lamp.brightness == dimmed
        await nights.jump("22:59")
        assert phase(session) is Phase.WIND_DOWN
        await nights.jump("23:00")
        assert phase(session) is Phase.BEDTIME
        assert session.ends_at == local("2026-11-24 07:00")

    async def test_extended_in_bedtime_it_ends_later(self, nights: SessionHome) -> None:
        session = await nights.session(**AUTOMATIC)
        await nights.jump("23:00")
        await session.async_extend(timedelta(minutes=30))
        await session.async_extend(timedelta(minutes=30))
        assert session.ends_at == local("2026-11-24 08:00")
        await nights.jump("2026-11-24 07:59")
        assert phase(session) is Phase.BEDTIME
        await nights.jump("2026-11-24 08:00")
        assert phase(session) is Phase.OFF

    async def test_extended_by_day_the_next_bedtime_comes_later_once(self, nights: SessionHome) -> None:
        session = await nights.session(**AUTOMATIC)
        await session.async_extend(timedelta(minutes=30))
        await session.async_extend(timedelta(minutes=15))
        assert session.next_bedtime == local("2026-11-23 23:15")
        session = await nights.restart_session(session, **AUTOMATIC)
        await nights.jump("22:29")
        assert phase(session) is Phase.OFF
        await nights.jump("22:30")
        assert phase(session) is Phase.WIND_DOWN
        await nights.jump("23:15")
        assert phase(session) is Phase.BEDTIME
        assert session.next_bedtime == local("2026-11-24 22:30")

    async def test_changed_times_hold_for_the_night_under_way(self, nights: SessionHome) -> None:
        session = await nights.session(**AUTOMATIC)
        await nights.jump("22:00")
        await session.async_update_plan(Plan.from_options(OPTIONS | AUTOMATIC | {"bedtime": "23:30:00"}))
        assert session.next_bedtime == local("2026-11-23 23:30")
        await nights.jump("23:30")
        assert phase(session) is Phase.BEDTIME
        await session.async_update_plan(
            Plan.from_options(OPTIONS | AUTOMATIC | {"bedtime": "23:30:00", "wake_up": "06:00:00"})
        )
        assert session.ends_at == local("2026-11-24 06:00")

    async def test_a_start_during_wind_down_is_bedtime_now(self, nights: SessionHome, bedroom: Bedroom) -> None:
        session = await nights.session(**AUTOMATIC)
        await nights.jump("22:00")
        await session.async_start()
        assert phase(session) is Phase.BEDTIME
        assert bedroom.tv.state == "off"
        await session.async_stop()
        assert bedroom.tv.state == "playing"


class TestTwoBedrooms:
    """They share a device, and do not fight."""

    async def test_the_last_to_end_gives_a_shared_light_back(self, nights: SessionHome, bedroom: Bedroom) -> None:
        lamp = {"lights": {"entity_id": ["light.lamp"]}, "climate": {}, "screens": {}, "covers": {}}
        one = await nights.session("one", **lamp)
        other = await nights.session("other", **lamp | {"light_level": 10})
        await one.async_start()
        await other.async_start()
        assert bedroom.lamp.brightness == 13
        assert one.outcomes["light.lamp"] is Outcome.DONE

        await one.async_stop()
        assert bedroom.lamp.brightness == 13
        await other.async_stop()
        assert bedroom.lamp.brightness == 200

    async def test_neither_is_a_person_to_the_other(self, nights: SessionHome, bedroom: Bedroom) -> None:
        lamp = {"lights": {"entity_id": ["light.lamp"]}, "climate": {}, "screens": {}, "covers": {}}
        one = await nights.session("one", **lamp | {"light_level": 20})
        other = await nights.session("other", **lamp)
        await one.async_start()
        await other.async_start()
        assert bedroom.lamp.brightness == 13
        assert "light.lamp" in one.managed
        assert not one.managed["light.lamp"].released


class TestASchedule:
    """A schedule entity instead of the times."""

    @pytest.fixture
    def schedule(self, hass: HomeAssistant) -> Callable[[str, str], Awaitable[None]]:
        """Return what sets the schedule."""

        async def set_to(state: str, next_event: str) -> None:
            hass.states.async_set("schedule.night", state, {"next_event": local(next_event)})
            await hass.async_block_till_done()

        return set_to

    async def test_it_says_when(self, nights: SessionHome, schedule: Callable[..., Awaitable[None]]) -> None:
        await schedule("off", "2026-11-23 22:00")
        session = await nights.session(**AUTOMATIC, schedule_entity="schedule.night")
        assert session.next_bedtime == local("2026-11-23 22:00")
        await nights.jump("21:15")
        assert phase(session) is Phase.WIND_DOWN
        await nights.jump("22:00")
        assert phase(session) is Phase.BEDTIME
        await schedule("on", "2026-11-24 00:00")
        assert session.ends_at is None
        await nights.jump("2026-11-24 00:00")
        await schedule("on", "2026-11-24 06:30")
        assert session.ends_at == local("2026-11-24 06:30")
        await nights.jump("2026-11-24 06:30")
        await schedule("off", "2026-11-24 22:00")
        assert phase(session) is Phase.OFF
        assert session.next_bedtime == local("2026-11-24 22:00")

    async def test_a_night_begun_by_hand_ends_with_the_schedule(
        self, nights: SessionHome, schedule: Callable[..., Awaitable[None]]
    ) -> None:
        await schedule("off", "2026-11-23 22:00")
        session = await nights.session(schedule_entity="schedule.night")
        await session.async_start()
        await nights.jump("22:00")
        await schedule("on", "2026-11-24 06:00")
        assert session.ends_at == local("2026-11-24 06:00")
        session = await nights.restart_session(session, schedule_entity="schedule.night")
        await nights.jump("2026-11-24 06:00")
        await schedule("off", "2026-11-24 22:00")
        assert phase(session) is Phase.OFF


class TestTheAnswer:
    """What a call returns."""

    async def test_it_says_what_came_of_each_entity(self, nights: SessionHome, bedroom: Bedroom) -> None:
        bedroom.lamp.refuses = True
        bedroom.ceiling.change_locally(is_on=False)
        bedroom.blind.change_locally(available=False)
        session = await nights.session()

        assert await session.async_start() == {
            "light.lamp": Outcome.FAILED,
            "light.ceiling": Outcome.UNCHANGED,
            "climate.thermostat": Outcome.DONE,
            "media_player.tv": Outcome.DONE,
            "cover.blind": Outcome.UNREACHABLE,
        }
        bedroom.lamp.refuses = False
        assert await session.async_stop() == {
            "light.lamp": Outcome.UNCHANGED,
            "light.ceiling": Outcome.UNCHANGED,
            "climate.thermostat": Outcome.DONE,
            "media_player.tv": Outcome.DONE,
        }

    async def test_it_does_not_wait_for_a_slow_device(
        self, hass: HomeAssistant, bedroom: Bedroom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(session_module, "ANSWER_WITHIN", 0.05)
        never = asyncio.Event()

        async def hang(**_: Any) -> None:
            await never.wait()

        monkeypatch.setattr(bedroom.lamp, "async_turn_on", hang)
        session = Session(hass, "slow", Plan.from_options(OPTIONS), BedroomRegistry())
        await session.async_load()
        outcomes = await session.async_start()
        assert phase(session) is Phase.BEDTIME
        assert bedroom.tv.state == "off"
        assert outcomes["light.lamp"] is Outcome.UNREACHABLE
        # Told in one call with a lamp that hangs, but done.
        assert outcomes["light.ceiling"] is Outcome.DONE
        assert outcomes["media_player.tv"] is Outcome.DONE
        never.set()
        await session.async_stop()
        assert bedroom.tv.state == "playing"
        await session.async_unload()

    async def test_off_when_off_does_nothing(self, nights: SessionHome, bedroom: Bedroom) -> None:
        session = await nights.session()
        assert await session.async_stop() == {}
        assert all(device.actions == [] for device in bedroom.devices)


@pytest.mark.parametrize(
    ("since", "restore", "extent"),
    [
        (timedelta(minutes=-30), "nothing", RestoreMode.UNDO),
        (timedelta(minutes=15), "nothing", RestoreMode.UNDO),
        (timedelta(minutes=15, seconds=1), "nothing", RestoreMode.NOTHING),
        (timedelta(hours=8), "everything", RestoreMode.EVERYTHING),
    ],
)
def test_how_much_is_given_back_depends_on_how_long_it_was(since: timedelta, restore: str, extent: RestoreMode) -> None:
    assert plan(restore=restore).restore_mode(since) is extent
