"""Screens go silent at their curfew, with a warning before."""

from typing import Any

from homeassistant.components.media_player import MediaPlayerState as State
from homeassistant.core import Event, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from ..common.bedroom import TELEVISION, Bedroom
from ..common.devices import Player
from ..common.home import Home

SOUND = {"volume_level": 0.4, "is_volume_muted": False}


@pytest.fixture
def warnings(hass: HomeAssistant) -> list[Event[Any]]:
    """Return the warnings so far."""
    return async_capture_events(hass, "rls_bedtime_screens_warning")


async def test_the_curfew_silences_screens_before_bedtime(home: Home) -> None:
    tv = Player("tv", TELEVISION, **SOUND)
    await home.add_bedroom(tv, bedtime="22:30:00", screen_curfew=60, wind_down=15, automatic=True)
    await home.jump("21:29")
    assert tv.received == []
    await home.jump("21:30")
    assert tv.actions == ["turn_off"]
    assert home.phase == "wind_down"


async def test_screens_are_turned_off_at_bedtime_without_a_curfew(home: Home) -> None:
    tv = Player("tv", TELEVISION, **SOUND)
    await home.add_bedroom(tv, automatic=True)
    await home.jump("22:29")
    assert tv.received == []
    await home.jump("22:30")
    assert tv.actions == ["turn_off"]


async def test_screens_are_turned_off_at_once_if_the_curfew_has_passed(home: Home) -> None:
    tv = Player("tv", TELEVISION)
    await home.add_bedroom(tv, screen_curfew=60)
    await home.call("start", wind_down=30)
    assert tv.actions == ["turn_off"]


async def test_a_screen_is_restored_to_its_state_when_it_was_turned_off(home: Home) -> None:
    tv: Any = Player("tv", TELEVISION, state=State.OFF)
    await home.add_bedroom(tv, automatic=True)
    await home.jump("22:00")
    await home.act("media_player.turn_on", "media_player.tv")
    await home.act("media_player.media_play", "media_player.tv")
    await home.jump("22:30")
    assert tv.state == State.OFF
    await home.after(minutes=5)
    await home.turn_off()
    assert tv.state == State.PLAYING


async def test_a_warning_precedes_bedtime(home: Home, warnings: list[Event[Any]]) -> None:
    await home.add_bedroom(Player("tv", TELEVISION, **SOUND), automatic=True)
    await home.jump("22:19")
    assert warnings == []
    assert home.value("sensor.bedroom_phase", "screens_silent_at") is None
    await home.jump("22:20")
    assert len(warnings) == 1
    assert home.value("sensor.bedroom_phase", "screens_silent_at") == "2026-11-23T22:30:00-08:00"
    await home.jump("22:31")
    assert len(warnings) == 1
    assert home.value("sensor.bedroom_phase", "screens_silent_at") is None


async def test_a_warning_precedes_the_curfew(home: Home, bedroom: Bedroom, warnings: list[Event[Any]]) -> None:
    await home.load_bedroom(automatic=True, screen_curfew=30, screen_warning=10)
    await home.jump("21:50")
    assert [warning.data["silent_at"] for warning in warnings] == ["2026-11-23T22:00:00-08:00"]
    assert home.value("sensor.bedroom_phase", "screens_silent_at") == "2026-11-23T22:00:00-08:00"
    assert bedroom.tv.state == "playing"
    await home.jump("22:00")
    assert home.value("sensor.bedroom_phase", "screens_silent_at") is None
    assert (home.phase, bedroom.tv.state) == ("wind_down", "off")


async def test_a_manual_wind_down_warns_before_bedtime(home: Home, warnings: list[Event[Any]]) -> None:
    await home.add_bedroom(Player("tv", TELEVISION))
    await home.call("start", wind_down=30)
    await home.jump("20:19")
    assert warnings == []
    await home.jump("20:20")
    assert len(warnings) == 1


async def test_no_warning_without_screen_warning(home: Home, warnings: list[Event[Any]]) -> None:
    await home.add_bedroom(Player("tv", TELEVISION), automatic=True, screen_warning=0)
    await home.jump("22:35")
    assert warnings == []


async def test_the_warning_is_not_repeated_after_a_restart(home: Home, warnings: list[Event[Any]]) -> None:
    entry = await home.add_bedroom(Player("tv", TELEVISION), automatic=True)
    await home.jump("22:22")
    await home.restart(entry)
    assert len(warnings) == 1


async def test_no_warning_if_the_session_does_not_start_because_nobody_is_home(
    home: Home, warnings: list[Event[Any]]
) -> None:
    home.hass.states.async_set("person.alex", "not_home")
    await home.add_bedroom(
        Player("tv", TELEVISION, **SOUND), automatic=True, wind_down=5, only_when_home=["person.alex"]
    )
    await home.jump("22:40")
    assert home.phase == "off"
    assert warnings == []
