"""Nights that went wrong once: devices, disks and people that nobody had thought of."""

from datetime import timedelta
from typing import Any

from homeassistant.components.climate import ClimateEntityFeature
from homeassistant.components.light import ColorMode, LightEntityFeature
from homeassistant.helpers.storage import Store
import pytest

from custom_components.rls_bedtime.bedtime.command import Outcome, RestoreMode
from custom_components.rls_bedtime.bedtime.plan import Plan
from custom_components.rls_bedtime.bedtime.session_state import Phase

from ..common.bedroom import Bedroom
from ..common.home import OPTIONS
from .conftest import SessionHome
from .test_wind_down import AUTOMATIC, Person, local, phase


async def full_disk(*_: Any) -> None:
    """Fail as the store does: without a word."""


async def test_a_light_that_went_off_by_itself_gets_its_level_back_when_it_comes_on(
    nights: SessionHome, bedroom: Bedroom, person: Person
) -> None:
    await nights.session(**AUTOMATIC, lights_off_after=30)
    await nights.jump("22:30")
    await nights.jump("23:05")
    assert not bedroom.lamp.is_on
    await nights.jump("2026-11-24 07:00")
    await nights.jump("2026-11-24 18:00")
    await person("light.turn_on", "light.lamp")

    assert bedroom.lamp.brightness == 200


async def test_a_level_that_is_owed_survives_another_night(
    nights: SessionHome, bedroom: Bedroom, person: Person
) -> None:
    await nights.session(**AUTOMATIC)
    await nights.jump("22:31")
    await person("light.turn_off", "light.lamp")
    await nights.jump("2026-11-24 07:00")
    await nights.jump("2026-11-24 22:31")
    await person("light.turn_on", "light.lamp")
    assert bedroom.lamp.brightness == 13
    await nights.jump("2026-11-25 07:00")

    assert bedroom.lamp.brightness == 200


async def test_a_light_that_cannot_be_so_dark_gets_its_level_back_too(
    nights: SessionHome, bedroom: Bedroom, person: Person
) -> None:
    bedroom.lamp.rounding = {"brightness": 25}
    await nights.session(**AUTOMATIC)
    await nights.jump("22:31")
    await person("light.turn_off", "light.lamp")
    await nights.jump("2026-11-24 07:00")
    await person("light.turn_on", "light.lamp")

    assert bedroom.lamp.brightness == 200


async def test_a_television_that_cannot_be_reached_while_it_is_off_is_no_problem_and_may_be_turned_on(
    nights: SessionHome, bedroom: Bedroom
) -> None:
    session = await nights.session()
    await session.async_start()
    bedroom.tv.change_locally(available=False)
    await nights.after(minutes=1)
    assert session.outcomes["media_player.tv"] is Outcome.DONE
    bedroom.tv.change_locally(available=True, state="playing")
    await nights.after(minutes=1)

    assert bedroom.tv.state == "playing"


async def test_a_full_disk_does_not_keep_a_night_from_ending(
    nights: SessionHome, bedroom: Bedroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await nights.session(**AUTOMATIC)
    await nights.jump("22:00")
    with monkeypatch.context() as patch:
        patch.setattr(Store, "async_save", full_disk)
        await nights.jump("22:30")
        assert bedroom.lamp.brightness == 13
        assert bedroom.tv.state == "playing"
    await nights.jump("2026-11-24 07:00")

    assert phase(session) is Phase.OFF
    assert bedroom.lamp.brightness == 200
    assert bedroom.thermostat.target_temperature == 21


async def test_a_full_disk_puts_a_night_off_until_there_is_room(
    nights: SessionHome, bedroom: Bedroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await nights.session(**AUTOMATIC)
    with monkeypatch.context() as patch:
        patch.setattr(Store, "async_save", full_disk)
        await nights.jump("21:45")
        assert phase(session) is Phase.OFF
        assert bedroom.lamp.actions == []
    await nights.jump("2026-11-24 22:31")

    assert phase(session) is Phase.BEDTIME


@pytest.mark.parametrize("device", ["lamp", "blind"])
async def test_what_was_told_a_moment_before_the_end_comes_back_although_it_is_late(
    nights: SessionHome, bedroom: Bedroom, device: str
) -> None:
    bedroom.lamp.holds_reports = bedroom.blind.holds_reports = True
    session = await nights.session()
    await session.async_start()
    await nights.after(seconds=2)
    await session.async_stop()
    for seconds in (1, 20, 20, 20):
        await nights.after(seconds=seconds)
        bedroom.lamp.report()
        bedroom.blind.report()
        await nights.after(seconds=0)

    if device == "lamp":
        assert bedroom.lamp.brightness == 200
    else:
        assert bedroom.blind.current_cover_position == 80


async def test_a_hub_that_was_down_for_a_day_gives_back_and_goes_to_bed_again(
    nights: SessionHome, bedroom: Bedroom
) -> None:
    session = await nights.session(**AUTOMATIC)
    await nights.jump("22:31")
    session = await nights.restart_session(session, timedelta(hours=24), **AUTOMATIC)
    assert phase(session) is Phase.BEDTIME
    await nights.after(seconds=20)
    assert bedroom.lamp.brightness == 13
    await nights.jump("2026-11-25 07:00")

    assert bedroom.lamp.brightness == 200


async def test_a_light_that_leaves_its_effect_is_not_taken_for_a_person(
    nights: SessionHome, bedroom: Bedroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamp = bedroom.lamp
    monkeypatch.setattr(lamp, "_attr_supported_color_modes", {ColorMode.HS})
    monkeypatch.setattr(lamp, "_attr_supported_features", LightEntityFeature.EFFECT)
    monkeypatch.setattr(lamp, "_attr_effect_list", ["candle"])
    lamp.change_locally(color_mode=ColorMode.HS, hs_color=(20, 90), color_temp_kelvin=None, effect="candle")
    turn_on = lamp.async_turn_on

    async def leave_effect(**kwargs: Any) -> None:
        await turn_on(**{"effect": None} | kwargs)

    monkeypatch.setattr(lamp, "async_turn_on", leave_effect)
    session = await nights.session(**AUTOMATIC)
    await nights.jump("21:46")
    await nights.jump("22:30")

    assert session.outcomes["light.lamp"] is not Outcome.RELEASED
    assert lamp.brightness == 13


async def test_a_wind_down_by_hand_fades_whatever_the_plan_says(nights: SessionHome, bedroom: Bedroom) -> None:
    session = await nights.session(wind_down=0)
    await session.async_start(wind_down=timedelta(minutes=30))
    for _ in range(29):
        await nights.after(minutes=1)

    assert phase(session) is Phase.WIND_DOWN
    assert bedroom.lamp.brightness == pytest.approx(19, abs=2)


async def test_a_bedtime_that_is_moved_into_the_past_is_now(nights: SessionHome) -> None:
    session = await nights.session(**AUTOMATIC)
    await nights.jump("22:00")
    await session.async_update_plan(Plan.from_options(OPTIONS | AUTOMATIC | {"bedtime": "21:30:00"}))

    assert phase(session) is Phase.BEDTIME
    assert session.ends_at == local("2026-11-24 07:00")


async def test_a_level_that_someone_sets_in_the_wind_down_is_theirs(
    nights: SessionHome, bedroom: Bedroom, person: Person
) -> None:
    await nights.session(**AUTOMATIC)
    await nights.jump("21:50")
    await person("light.turn_off", "light.lamp")
    await person("light.turn_on", "light.lamp", brightness=60)
    await nights.jump("2026-11-24 07:00")

    assert bedroom.lamp.brightness == 60


async def test_a_device_that_arrives_after_it_was_given_up_has_arrived(nights: SessionHome, bedroom: Bedroom) -> None:
    bedroom.thermostat.holds_reports = True
    session = await nights.session()
    await session.async_start()
    for _ in range(3):
        await nights.after(minutes=10)
    assert dict(session.outcomes)["climate.thermostat"] is Outcome.FAILED
    bedroom.thermostat.report()
    await nights.after(seconds=1)

    assert session.outcomes["climate.thermostat"] is Outcome.DONE


async def test_what_someone_does_while_the_night_ends_is_theirs(
    nights: SessionHome, bedroom: Bedroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await nights.session()
    await session.async_start()
    await nights.after(seconds=30)
    save = Store.async_save
    has_acted: list[bool] = []

    async def act_meanwhile(store: Store[Any], data: Any) -> None:
        await save(store, data)
        if not has_acted:
            has_acted.append(True)
            bedroom.lamp.change_locally(brightness=90)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "async_save", act_meanwhile)
        await session.async_stop()
    await nights.after(seconds=30)

    assert bedroom.lamp.brightness == 90


async def test_a_player_that_was_paused_is_not_muted_when_someone_plays_it(
    nights: SessionHome, bedroom: Bedroom, person: Person
) -> None:
    bedroom.tv.change_locally(state="paused")
    session = await nights.session(screens_action="pause")
    await session.async_start()
    await person("media_player.media_play", "media_player.tv")
    session = await nights.restart_session(session, screens_action="pause")

    assert bedroom.tv.state == "playing"
    assert not bedroom.tv.is_volume_muted


async def test_a_setpoint_under_the_sleep_preset_is_theirs_too(
    nights: SessionHome, bedroom: Bedroom, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    thermostat = bedroom.thermostat
    features = ClimateEntityFeature.TARGET_TEMPERATURE | ClimateEntityFeature.PRESET_MODE
    monkeypatch.setattr(thermostat, "_attr_supported_features", features)
    monkeypatch.setattr(thermostat, "_attr_preset_modes", ["none", "sleep"], raising=False)
    thermostat.change_locally(preset_mode="none")
    session = await nights.session()
    await session.async_start()
    assert thermostat.preset_mode == "sleep"
    await person("climate.set_temperature", "climate.thermostat", temperature=23)
    assert session.outcomes["climate.thermostat"] is Outcome.RELEASED
    await session.async_stop()

    assert thermostat.target_temperature == 23


async def test_a_blind_that_rests_a_little_open_is_closed_and_opens_again(
    nights: SessionHome, bedroom: Bedroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def close(**_: Any) -> None:
        bedroom.blind.received.append(("close_cover", {}))

    monkeypatch.setattr(bedroom.blind, "async_close_cover", close)
    session = await nights.session()
    await session.async_start()
    await nights.after(seconds=5)
    bedroom.blind.change_locally(current_cover_position=2, is_closed=False)
    await nights.after(seconds=30)
    assert session.outcomes["cover.blind"] is Outcome.DONE
    await session.async_stop()

    assert bedroom.blind.current_cover_position == 80


async def test_a_light_of_two_bedrooms_may_be_a_screen_in_one(nights: SessionHome, bedroom: Bedroom) -> None:
    nothing: dict[str, Any] = {"climate": {}, "covers": {}}
    as_light = await nights.session("one", **nothing, lights={"entity_id": ["light.lamp"]}, screens={})
    as_screen = await nights.session("other", **nothing, lights={}, screens={"entity_id": ["light.lamp"]})
    await as_light.async_start()
    await as_screen.async_start()
    assert not bool(bedroom.lamp.is_on)
    await as_screen.async_stop()
    await as_light.async_stop()

    assert as_light.phase is as_screen.phase is Phase.OFF


async def test_a_level_that_someone_set_before_they_turned_the_light_off_is_theirs(
    nights: SessionHome, bedroom: Bedroom
) -> None:
    session = await nights.session()
    await session.async_start()
    await nights.after(seconds=30)
    async with session.lock:
        bedroom.lamp.change_locally(brightness=150)
        bedroom.lamp.change_locally(is_on=False)
        await nights.hass.async_add_executor_job(lambda: None)
    await nights.after(seconds=0)
    await session.async_stop(restore=RestoreMode.SETTINGS)
    bedroom.lamp.change_locally(is_on=True, brightness=150)
    await nights.after(seconds=1)

    assert bedroom.lamp.brightness == 150


async def test_a_value_that_is_missing_for_a_moment_is_nobodys_doing(nights: SessionHome, bedroom: Bedroom) -> None:
    session = await nights.session()
    await session.async_start()
    bedroom.thermostat.change_locally(target_temperature=None)
    bedroom.thermostat.change_locally(target_temperature=19.0)
    await nights.after(seconds=30)
    await session.async_stop()

    assert bedroom.thermostat.target_temperature == 21


async def test_a_light_that_was_half_way_back_when_the_hub_went_down_goes_all_the_way(
    nights: SessionHome, bedroom: Bedroom
) -> None:
    session = await nights.session()
    await session.async_start()
    bedroom.lamp.holds_reports = True
    await session.async_stop()
    bedroom.lamp.report(0.5)
    bedroom.lamp.holds_reports = False
    await nights.unload_session(session)
    session = await nights.session()
    await nights.after(seconds=21)

    assert bedroom.lamp.brightness == 200
