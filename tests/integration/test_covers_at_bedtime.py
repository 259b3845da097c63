"""Covers are closed at bedtime, slats included, and are as they were in the morning."""

from typing import Any, override

from homeassistant.components.cover import CoverDeviceClass, CoverEntityFeature
import pytest

from ..common.devices import Cover, Light, Switch, Thermostat
from ..common.home import Home

PROBLEM = "binary_sensor.bedroom_problem"
PLAIN = CoverEntityFeature.OPEN | CoverEntityFeature.CLOSE
POSITION = PLAIN | CoverEntityFeature.SET_POSITION
SLATS = CoverEntityFeature.OPEN_TILT | CoverEntityFeature.CLOSE_TILT | CoverEntityFeature.SET_TILT_POSITION


def venetian(position: int, tilt: int, **attributes: Any) -> Cover:
    return Cover(
        "blind",
        **{
            "supported_features": POSITION | SLATS,
            "current_cover_position": position,
            "current_cover_tilt_position": tilt,
            "is_closed": position == 0,
            **attributes,
        },
    )


async def seconds_pass(home: Home, seconds: int, step: float = 1) -> None:
    for _ in range(round(seconds / step)):
        await home.after(seconds=step)


async def get_up(home: Home) -> None:
    await home.jump("2026-11-24 07:00-08:00")
    await seconds_pass(home, 180)


def where(cover: Cover) -> tuple[Any, Any]:
    return cover.current_cover_position, cover.current_cover_tilt_position


@pytest.mark.parametrize(("position", "tilt"), [(100, 100), (80, 40), (0, 100), (0, 30), (60, 0)])
async def test_position_and_tilt_of_a_blind_are_remembered_and_restored(home: Home, position: int, tilt: int) -> None:
    """Core issues 143221, 96129 and 57921 (B13)."""
    cover = venetian(position, tilt)
    await home.add_bedroom(cover)
    await home.call("start")
    await seconds_pass(home, 200, 5)
    assert (where(cover), home.value(PROBLEM), home.value(PROBLEM, "released")) == ((0, 0), "off", [])
    await home.after(hours=2)
    await get_up(home)
    assert where(cover) == (position, tilt)


@pytest.mark.parametrize("switches", [{"travel_time": 30}, {"report_delay": 8}, {"ramp": ((2, 0.3), (6, 0.7))}])
@pytest.mark.parametrize(("position", "tilt"), [(80, 40), (0, 100)])
async def test_a_slow_blind_gets_no_command_twice(
    home: Home, position: int, tilt: int, switches: dict[str, Any]
) -> None:
    """A variant of B13: slats follow once the blind rests, and are told once."""
    cover = venetian(position, tilt, **switches)
    await home.add_bedroom(cover)
    await home.call("start")
    await seconds_pass(home, 200)
    closing = (["close_cover"] if position else []) + ["close_cover_tilt"]
    assert (where(cover), cover.actions) == ((0, 0), closing)
    assert home.value(PROBLEM) == "off"
    cover.received.clear()
    await get_up(home)
    opening = (["set_cover_position"] if position else []) + ["set_cover_tilt_position"]
    assert (where(cover), cover.actions) == ((position, tilt), opening)


@pytest.mark.parametrize("switches", [{}, {"report_delay": 8}, {"ramp": ((2, 0.3), (6, 0.7))}])
async def test_a_blind_that_is_nothing_but_slats_is_told_once(home: Home, switches: dict[str, Any]) -> None:
    """A variant of B13."""
    cover = Cover("blind", supported_features=SLATS, current_cover_tilt_position=70, is_closed=False, **switches)
    await home.add_bedroom(cover)
    await home.call("start")
    await seconds_pass(home, 150)
    assert (cover.current_cover_tilt_position, cover.actions) == (0, ["close_cover_tilt"])
    await get_up(home)
    assert (cover.current_cover_tilt_position, cover.actions[1:]) == (70, ["set_cover_tilt_position"])


@pytest.mark.parametrize("minutes", [0, 30])
async def test_slats_that_a_person_opens_at_night_are_theirs(home: Home, minutes: int) -> None:
    """The other side of B13."""
    cover = venetian(80, 40)
    await home.add_bedroom(cover)
    await home.call("start")
    await home.after(minutes=minutes)
    await home.act("cover.set_cover_tilt_position", "cover.blind", tilt_position=60)
    await home.after(minutes=5)
    assert home.value(PROBLEM, "released") == ["cover.blind"]
    await get_up(home)
    assert where(cover) == (0, 60)


@pytest.mark.parametrize("wind_down", [0, 10])
async def test_a_radio_blind_that_never_reports_is_told_once(home: Home, wind_down: int) -> None:
    """Core issues 103753 and 71400 (B14)."""
    cover = Cover("blind", never_reports=True)
    await home.add_bedroom(cover)
    await home.call("start", wind_down=wind_down)
    for _ in range(wind_down + 5):
        await home.after(minutes=1)
    assert (home.value("cover.blind"), cover.actions, home.value(PROBLEM)) == ("unknown", ["close_cover"], "off")
    await home.after(hours=3)
    await get_up(home)
    assert (cover.actions, home.value(PROBLEM)) == (["close_cover"], "off")


async def test_a_radio_blind_is_told_once_though_it_is_out_of_reach_in_between(home: Home) -> None:
    """A variant of B14: it comes back as unknown, after a restart, too."""
    cover = Cover("blind", never_reports=True)
    entry = await home.add_bedroom(cover)
    await home.call("start")
    await home.after(minutes=5)
    cover.become_unavailable()
    await home.after(minutes=5)
    cover.become_available()
    await home.after(minutes=5)
    await home.restart(entry)
    await home.after(minutes=5)
    assert (cover.actions, home.value(PROBLEM)) == (["close_cover"], "off")


async def test_a_switch_that_never_reports_is_no_problem(home: Home) -> None:
    """A variant of B14 on a radio socket that is a screen."""
    switch = Switch("radio", never_reports=True)
    await home.add_bedroom(switch)
    await home.call("start")
    await home.after(minutes=5)
    assert home.value(PROBLEM) == "off"
    await get_up(home)
    assert "turn_on" not in switch.actions


async def test_a_lamp_that_never_reports_is_never_turned_on(home: Home) -> None:
    """A variant of B14 on a lamp, which may be off, and on a thermostat without a mode."""
    lamp, stove = Light("lamp", never_reports=True), Thermostat("stove", never_reports=True)
    await home.add_bedroom(lamp, stove)
    await home.call("start", wind_down=5)
    for _ in range(10):
        await home.after(minutes=1)
    assert (lamp.received, stove.received, home.value(PROBLEM)) == ([], [], "off")
    await get_up(home)
    assert (lamp.received, stove.received) == ([], [])


@pytest.mark.parametrize("features", [PLAIN, POSITION])
@pytest.mark.parametrize("seconds", [5, 40, 90])
async def test_a_blind_that_still_moves_at_bedtime_is_closed_once_it_rests(
    home: Home, features: CoverEntityFeature, seconds: int
) -> None:
    """Core issue 121423 (B15)."""
    position: dict[str, Any] = {"current_cover_position": 100} if features & CoverEntityFeature.SET_POSITION else {}
    cover = Cover("blind", supported_features=features, travel_time=seconds, **position)
    await home.add_bedroom(cover)
    cover.stops_at = 50
    cover.move_locally(0)
    await home.settle()
    await home.call("start")
    await seconds_pass(home, 3 * seconds)
    assert (cover.is_closed, cover.actions) == (True, ["close_cover"])
    assert (home.value(PROBLEM), home.value(PROBLEM, "released")) == ("off", [])


@pytest.mark.parametrize("features", [PLAIN, POSITION])
async def test_a_blind_that_stops_half_way_on_our_command_is_told_once_more(
    home: Home, features: CoverEntityFeature
) -> None:
    """A variant of B15: it is our own command in which it stops."""
    position: dict[str, Any] = {"current_cover_position": 100} if features & CoverEntityFeature.SET_POSITION else {}
    cover = Cover("blind", supported_features=features, travel_time=20, stops_at=40, **position)
    await home.add_bedroom(cover)
    await home.call("start")
    await seconds_pass(home, 300, 2)
    assert (cover.is_closed, cover.actions) == (True, ["close_cover", "close_cover"])
    assert (home.value(PROBLEM), home.value(PROBLEM, "released")) == ("off", [])


async def test_a_blind_that_still_closes_when_the_night_ends_is_opened_again(home: Home) -> None:
    """A variant of B15 in the morning: what it was doing is over first."""
    cover = Cover("blind", supported_features=POSITION, current_cover_position=70, travel_time=40)
    await home.add_bedroom(cover)
    await home.call("start")
    await home.after(seconds=10)
    await home.call("stop")
    await seconds_pass(home, 300)
    assert (cover.current_cover_position, cover.is_closed) == (70, False)


NAMED = [
    CoverDeviceClass.DAMPER,
    CoverDeviceClass.WINDOW,
    CoverDeviceClass.DOOR,
    CoverDeviceClass.GATE,
    CoverDeviceClass.GARAGE,
]


@pytest.mark.parametrize("place", ["area", "floor", "area label", "device"])
@pytest.mark.parametrize("device_class", NAMED)
async def test_a_place_stands_for_its_blinds_only(home: Home, device_class: CoverDeviceClass, place: str) -> None:
    """Core issue 122462 (B16): the heating vents of an area were closed with its blinds."""
    blind = Cover("blind", device_class=CoverDeviceClass.BLIND, device="Wall")
    other = Cover("other", device_class=device_class, device="Wall")
    await home.add_devices(blind, other)
    area = home.create_area("Bedroom", blind, floor="Upstairs")
    targets: dict[str, Any] = {
        "area": {"area_id": [area]},
        "floor": {"floor_id": ["upstairs"]},
        "area label": {"label_id": [home.create_label("Night", area=area)]},
        "device": {"device_id": [home.device_id("Wall")]},
    }
    await home.configure(targets={"covers": targets[place]})
    answer = await home.call("start")
    assert answer["entities"] == {"cover.blind": "done"}
    assert (blind.actions, other.actions) == (["close_cover"], [])


@pytest.mark.parametrize("device_class", NAMED)
async def test_a_window_that_is_named_is_closed(home: Home, device_class: CoverDeviceClass) -> None:
    """The other side of B16."""
    other = Cover("other", device_class=device_class)
    await home.add_bedroom(other)
    await home.call("start")
    assert other.actions == ["close_cover"]


async def test_a_damper_in_a_group_of_an_area_is_left_alone(home: Home) -> None:
    """A variant of B16: by way of a group."""
    blind, damper = Cover("blind"), Cover("vent", device_class=CoverDeviceClass.DAMPER)
    await home.add_devices(blind, damper)
    group = Cover("all", members=[blind, damper])
    await home.add_devices(group)
    area = home.create_area("Bedroom", group)
    await home.configure(targets={"covers": {"area_id": [area]}})
    await home.call("start")
    assert (blind.actions, damper.actions) == (["close_cover"], [])


class BlindThatTurnsItsSlats(Cover):
    """A blind whose slats open while it is raised, and close while it is lowered."""

    @override
    def _move(self, position: int) -> None:
        self._tilt = 100 if position > self._physical_position() else 0
        super()._move(position)

    @override
    def _at_rest(self, position: float) -> dict[str, Any]:
        return super()._at_rest(position) | {"current_cover_tilt_position": self._tilt}


@pytest.mark.parametrize("switches", [{}, {"travel_time": 30}, {"report_delay": 8}])
@pytest.mark.parametrize(("position", "tilt"), [(50, 0), (50, 30)])
async def test_slats_that_turn_while_the_blind_is_raised_are_given_back(
    home: Home, position: int, tilt: int, switches: dict[str, Any]
) -> None:
    cover = BlindThatTurnsItsSlats(
        "blind",
        supported_features=POSITION | SLATS,
        current_cover_position=position,
        current_cover_tilt_position=tilt,
        **switches,
    )
    await home.add_bedroom(cover)
    await home.call("start")
    await seconds_pass(home, 200, 5)
    assert (where(cover), home.value(PROBLEM, "released")) == ((0, 0), [])
    await home.after(hours=2)
    await get_up(home)
    assert where(cover) == (position, tilt)


async def test_slats_of_a_blind_that_takes_no_position_are_given_back(home: Home) -> None:
    """It reports where it is, but can only be opened and closed."""
    slats = CoverEntityFeature.OPEN_TILT | CoverEntityFeature.CLOSE_TILT
    cover = venetian(100, 100, supported_features=PLAIN | slats)
    await home.add_bedroom(cover)
    await home.call("start")
    await seconds_pass(home, 200, 5)
    assert where(cover) == (0, 0)
    await home.after(hours=2)
    await get_up(home)
    assert where(cover) == (100, 100)
    assert cover.actions == ["close_cover", "close_cover_tilt", "open_cover", "open_cover_tilt"]


async def test_slats_that_did_not_say_how_far_they_are_open_are_opened_once(home: Home) -> None:
    slats = CoverEntityFeature.OPEN_TILT | CoverEntityFeature.CLOSE_TILT
    cover = Cover("blind", supported_features=slats)
    await home.add_bedroom(cover)
    await home.call("start")
    await seconds_pass(home, 200, 5)
    await home.after(hours=2)
    await get_up(home)
    assert cover.actions == ["close_cover_tilt", "open_cover_tilt"]
