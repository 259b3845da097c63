"""A damaged session costs the one device that it concerns: the rest is restored, and the file is kept aside."""

from collections.abc import Callable
from datetime import timedelta
import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
import pytest

from ..common.devices import Light, Thermostat
from ..common.home import PROBLEM, Home

type Damage = Callable[[dict[str, Any]], Any]
"""Changes the stored session, or returns what is stored instead."""

NAIVE, FIRST_YEAR, LAST_YEAR = "2026-11-24T06:30:00", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"
LAMP = "light.lamp"


def part(name: str, value: Any) -> Damage:
    def damage(data: dict[str, Any]) -> None:
        data[name] = value

    return damage


def time(name: str, value: Any) -> Damage:
    def damage(data: dict[str, Any]) -> None:
        data["night"][name] = value

    return damage


def without_time(data: dict[str, Any]) -> None:
    del data["night"]["bedtime_at"]


def entity(value: Any) -> Damage:
    def damage(data: dict[str, Any]) -> None:
        data["held"][LAMP] = value

    return damage


def field(name: str, value: Any) -> Damage:
    def damage(data: dict[str, Any]) -> None:
        data["held"][LAMP][name] = value

    return damage


def without_field(name: str) -> Damage:
    def damage(data: dict[str, Any]) -> None:
        del data["held"][LAMP][name]

    return damage


def before(name: str, *, value: Any) -> Damage:
    def damage(data: dict[str, Any]) -> None:
        data["held"][LAMP]["before"][name] = value

    return damage


def pending(value: Any) -> Damage:
    def damage(data: dict[str, Any]) -> None:
        data["owed"] = {LAMP: value}

    return damage


def awaiting(value: Any) -> Damage:
    def damage(data: dict[str, Any]) -> None:
        data["awaited"] = {"light.other": value}

    return damage


PARTS: dict[str, Damage] = {
    "night is a list": part("night", []),
    "night is a text": part("night", "tonight"),
    "night is a number": part("night", 1e300),
    "night is empty": part("night", {}),
    "night without bedtime": without_time,
    "begins at a naive time": time("begins_at", NAIVE),
    "bedtime at a naive time": time("bedtime_at", NAIVE),
    "bedtime in year 1": time("bedtime_at", FIRST_YEAR),
    "ends in year 1": time("ends_at", FIRST_YEAR),
    "ends in year 9999": time("ends_at", LAST_YEAR),
    "ends at a naive time": time("ends_at", NAIVE),
    "ends at a number": time("ends_at", 1e300),
    "fades at a list": time("fades_at", []),
    "bedtime in 2199": time("bedtime_at", "2199-12-31T23:59:59+00:00"),
    "ends in 2199": time("ends_at", "2199-12-31T23:59:59+00:00"),
    "follows is a text": part("follows", "yes"),
    "seen_night is a number": part("seen_night", 3),
    "captured is a map": part("captured", {"lights": True}),
    "captured is unknown": part("captured", ["freezers"]),
    "captured is a number": part("captured", 5),
    "awaited is a list": part("awaited", ["light.other"]),
    "awaited is unknown": awaiting("freezers"),
    "awaited is a map": awaiting({}),
    "owed is a list": part("owed", [LAMP]),
    "owed is a number": part("owed", 5),
    "owed entity is a list": pending([]),
    "owed entity is empty": pending({}),
    "owed entity is a text": pending("lamp"),
    "hushed is a number": part("hushed", 5),
    "hushed holds numbers": part("hushed", [1, 2]),
    "unreadable is a number": part("unreadable", 5),
    "last bedtime is naive": part("last_bedtime", NAIVE),
    "last bedtime in year 1": part("last_bedtime", FIRST_YEAR),
    "last bedtime is a number": part("last_bedtime", 1e300),
    "coming is a list": part("coming", []),
    "warned is a text": part("warned", "soon"),
    "postponed is a text": part("postponed", "later"),
    "postponed by a text": part("postponed", ["2026-11-24T06:30:00+00:00", "long"]),
    "postponed by 1e300": part("postponed", ["2026-11-24T06:30:00+00:00", 1e300]),
    "postponed is naive": part("postponed", [NAIVE, 60]),
    "postponed is too long": part("postponed", [1, 2, 3]),
}
ENTITIES: dict[str, Damage] = {
    "entity is a list": entity([]),
    "entity is a text": entity("lamp"),
    "entity is null": entity(None),
    "entity is empty": entity({}),
    "kind is unknown": field("kind", "freezers"),
    "kind is a list": field("kind", []),
    "kind is missing": without_field("kind"),
    "before is missing": without_field("before"),
    "before is a list": field("before", []),
    "before is a text": field("before", "bright"),
    "brightness is a text": before("brightness", value="200"),
    "brightness is 1e300": before("brightness", value=1e300),
    "brightness is a flag": before("brightness", value=True),
    "brightness is a list": before("brightness", value=[200]),
    "is_on is a text": before("is_on", value="on"),
    "told is a text": field("told", "dark"),
    "seen is a number": field("seen", 5),
    "was_off is a text": field("was_off", "no"),
    "released is a text": field("released", "all"),
    "released holds numbers": field("released", [1]),
    "released by an unknown": field("released_by", "cat"),
    "sent_at is naive": field("sent_at", NAIVE),
    "sent_at is a number": field("sent_at", 1e300),
}
FILES: dict[str, Callable[[dict[str, Any]], str]] = {
    "no JSON": lambda _: "{",
    "empty": lambda _: "",
    "a list": lambda _: "[]",
    "a text": lambda _: '"night"',
    "half of it": lambda stored: json.dumps(stored)[: len(json.dumps(stored)) // 2],
    "another version": lambda stored: json.dumps(stored | {"version": 99}),
    "version is a text": lambda stored: json.dumps(stored | {"version": "one"}),
    "no data": lambda stored: json.dumps({key: value for key, value in stored.items() if key != "data"}),
    "data is a list": lambda stored: json.dumps(stored | {"data": []}),
    "data is a text": lambda stored: json.dumps(stored | {"data": "night"}),
}


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant's storage be real files."""
    return {}


class Night:
    """A bedroom in the middle of a night, which ends with Home Assistant being down."""

    def __init__(self, home: Home) -> None:
        """Initialize a night of a lamp, which is damaged, a ceiling light and a thermostat."""
        self.home = home
        self.lamp = Light("lamp", brightness=200)
        self.ceiling = Light("ceiling", brightness=180)
        self.stove = Thermostat("stove", target_temperature=21.0)
        self.entry: ConfigEntry
        self.path: Path

    async def begin(self) -> None:
        self.entry = await self.home.add_bedroom(self.lamp, self.ceiling, self.stove)
        await self.home.call("start")
        await self.home.after(hours=1)
        assert (self.lamp.brightness, self.ceiling.brightness, self.stove.target_temperature) == (13, 13, 19)
        assert await self.home.hass.config_entries.async_unload(self.entry.entry_id)
        await self.home.hass.async_block_till_done()
        self.path = Path(self.home.hass.config.path(".storage", f"rls_bedtime.session.{self.entry.entry_id}"))

    async def go_on(self, text: str) -> None:
        """Start Home Assistant again, with this on disk; the bedroom and its diary load."""
        self.path.write_text(text)
        await self.home.start_again(self.entry, down=timedelta(minutes=1))
        assert self.entry.state is ConfigEntryState.LOADED
        assert (await self.home.call("log_episode", severity=5))["episode"]["severity"] == 5
        assert self.is_kept_aside(text)

    def is_kept_aside(self, text: str) -> bool:
        others = [path for path in self.path.parent.glob(f"{self.path.name}.*") if path != self.path]
        return any(path.read_text() == text for path in others)

    async def end(self) -> None:
        await self.home.call("stop")
        for _ in range(15):
            await self.home.after(minutes=1)
        assert self.home.phase == "off"

    async def can_begin_again(self) -> None:
        await self.home.call("start")
        await self.home.after(minutes=1)
        assert self.ceiling.brightness == 13
        await self.end()


@pytest.fixture
async def night(home: Home) -> Night:
    night = Night(home)
    await night.begin()
    return night


def damaged(stored: dict[str, Any], damage: Damage) -> str:
    result = damage(stored["data"])
    return json.dumps(stored if result is None else result)


@pytest.mark.parametrize("damage", PARTS.values(), ids=PARTS.keys())
async def test_a_damaged_part_costs_no_device(night: Night, damage: Damage) -> None:
    """A3."""
    await night.go_on(damaged(json.loads(night.path.read_text()), damage))
    await night.end()
    assert (night.lamp.brightness, night.ceiling.brightness, night.stove.target_temperature) == (200, 180, 21)
    await night.can_begin_again()


@pytest.mark.parametrize("damage", ENTITIES.values(), ids=ENTITIES.keys())
async def test_a_damaged_device_costs_that_device_alone(night: Night, damage: Damage) -> None:
    """A3."""
    await night.go_on(damaged(json.loads(night.path.read_text()), damage))
    assert night.home.phase == "bedtime"
    await night.end()
    assert (night.ceiling.brightness, night.stove.target_temperature) == (180, 21)
    assert night.lamp.brightness in (13, 200)
    await night.can_begin_again()


@pytest.mark.parametrize("name", ["held", "night"])
async def test_devices_whose_night_cannot_be_read_are_restored(night: Night, name: str) -> None:
    """A3: they do not stay dark, silently."""
    await night.go_on(damaged(json.loads(night.path.read_text()), part(name, 5)))
    for _ in range(15):
        await night.home.after(minutes=1)
    restored = (night.lamp.brightness, night.ceiling.brightness, night.stove.target_temperature)
    assert restored == ((200, 180, 21) if name == "night" else (13, 13, 19))


async def test_a_thermostat_whose_state_is_damaged_is_not_lowered_twice(night: Night) -> None:
    """A variant of A3: it is at its night level already."""
    stored = json.loads(night.path.read_text())
    stored["data"]["held"]["climate.stove"]["before"] = []
    await night.go_on(json.dumps(stored))
    await night.home.after(minutes=15)
    assert night.stove.target_temperature == 19
    await night.end()
    assert (night.stove.target_temperature, night.lamp.brightness, night.ceiling.brightness) == (19, 200, 180)


@pytest.mark.parametrize("part", ["before", "all"])
async def test_a_device_whose_state_is_damaged_stays_known_as_such_after_another_restart(
    night: Night, part: str
) -> None:
    """A variant of A3: its night level is not taken for what it was like before."""
    stored = json.loads(night.path.read_text())
    if part == "all":
        stored["data"]["held"] = 5
    else:
        stored["data"]["held"]["climate.stove"]["before"] = stored["data"]["held"][LAMP]["before"] = []
    await night.go_on(json.dumps(stored))
    for _ in range(2):
        await night.home.restart(night.entry)
        await night.home.after(minutes=15)
    damaged = ["climate.stove", LAMP] if part == "before" else ["climate.stove", "light.ceiling", LAMP]
    assert night.home.value(PROBLEM, "failed") == damaged
    assert (night.stove.target_temperature, night.lamp.brightness) == (19, 13)
    night.lamp.change_locally(brightness=140)
    response = await night.home.call("stop")
    await night.home.after(minutes=15)
    assert {response["entities"][each] for each in damaged} == {"failed"}
    assert (night.stove.target_temperature, night.lamp.brightness) == (19, 140)
    assert night.ceiling.brightness == (180 if part == "before" else 13)
    await night.can_begin_again()


@pytest.mark.parametrize("text", FILES.values(), ids=FILES.keys())
async def test_a_file_that_cannot_be_read_at_all_does_not_keep_the_bedroom_from_loading(
    night: Night, text: Callable[[dict[str, Any]], str]
) -> None:
    """A3."""
    await night.go_on(text(json.loads(night.path.read_text())))
    assert night.home.phase == "off"
    await night.can_begin_again()


WRONG: list[Any] = ["x", [], {}, -1, 1e300, None, True, ["x", 1]]
OPTIONS = [
    *("lights", "climate", "screens", "covers", "phones", "bedtime", "wake_up", "wind_down", "automatic"),
    *("schedule_entity", "only_when_home", "light_level", "light_color_temp", "lights_off_after"),
    *("dim_night_lights", "temperature_setback", "use_sleep_preset", "screens_action", "screen_curfew"),
    *("screen_warning", "keep_screens_quiet", "restore", "start_actions", "end_actions"),
]
EDITS = [(option, value) for option in OPTIONS for value in WRONG]
BATCHES = [EDITS[at : at + 12] for at in range(0, len(EDITS), 12)]


@pytest.mark.parametrize("edits", BATCHES, ids=[f"{batch[0][0]}-{batch[-1][0]}" for batch in BATCHES])
async def test_an_option_of_a_wrong_type_is_its_default(home: Home, edits: list[tuple[str, Any]]) -> None:
    """A9: the bedroom and its diary load, and the night begins and ends."""
    light = Light("lamp", brightness=200)
    await home.add_devices(light)
    targets: dict[str, Any] = {"lights": {"entity_id": ["light.lamp"]}}
    for number, (option, value) in enumerate(edits):
        options = targets | {"automatic": False, option: value}
        entry = await home.configure_from_options(f"Room {number}", **options)
        assert entry.state is ConfigEntryState.LOADED, (option, value)
        switch = home.entity_id("switch", entry, "bedtime_mode")
        await home.act("switch.turn_on", switch)
        if option != "lights":
            assert light.brightness == 13, (option, value)
        await home.act("switch.turn_off", switch)
        await home.after(seconds=30)
        assert light.brightness == 200, (option, value)
        assert await home.hass.config_entries.async_remove(entry.entry_id)
        await home.settle()


@pytest.mark.parametrize("kind", ["lights", "climate", "screens", "covers"])
async def test_a_target_that_is_no_entity_id_costs_no_device(home: Home, kind: str) -> None:
    """A variant of A9: it is a list of texts, as it should be."""
    light = Light("lamp", brightness=200)
    await home.add_devices(light)
    options: dict[str, Any] = {"lights": {"entity_id": ["light.lamp"]}}
    targets = options.get(kind, {}).get("entity_id", [])
    await home.configure_from_options(automatic=False, **options | {kind: {"entity_id": [*targets, "not an id", ""]}})
    await home.call("start")
    assert light.brightness == 13
    await home.call("stop")
    assert light.brightness == 200
