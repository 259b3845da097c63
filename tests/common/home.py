"""A bedroom of the simulated home, its actions and its clock."""

from datetime import timedelta
from types import MappingProxyType
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Context, HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.rls_bedtime.const import DOMAIN, SUBENTRY_SLEEPER

OPTIONS: dict[str, Any] = {
    "lights": {"entity_id": ["light.lamp", "light.ceiling"]},
    "climate": {"entity_id": ["climate.thermostat"]},
    "screens": {"entity_id": ["media_player.tv"]},
    "covers": {"entity_id": ["cover.blind"]},
    "bedtime": "22:30:00",
    "wake_up": "07:00:00",
    "wind_down": 45,
    "automatic": False,
}


def sleeper(name: str, person: str | None = None) -> ConfigSubentry:
    """Return a sleeper's subentry."""
    data = MappingProxyType({"person": person} if person else {})
    return ConfigSubentry(data=data, subentry_type=SUBENTRY_SLEEPER, title=name, unique_id=None)


def bedroom_entry(name: str = "Bedroom", *sleepers: ConfigSubentry, **options: Any) -> MockConfigEntry:
    """Return the entry of a bedroom."""
    entry = MockConfigEntry(domain=DOMAIN, title=name, unique_id=name.lower(), options=OPTIONS | options)
    object.__setattr__(entry, "subentries", MappingProxyType({each.subentry_id: each for each in sleepers}))
    return entry


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Add an entry and load it."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


def value(hass: HomeAssistant, entity_id: str, attribute: str | None = None) -> Any:
    """Return what an entity shows: its state, or one of its attributes."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state.state if attribute is None else state.attributes[attribute]


async def act(hass: HomeAssistant, action: str, context: Context | None = None, **data: Any) -> dict[str, Any]:
    """Call one of our actions and return the response."""
    response: Any = await hass.services.async_call(
        "rls_bedtime", action, data, blocking=True, return_response=True, context=context
    )
    assert isinstance(response, dict)
    return response


async def press(hass: HomeAssistant, button: str) -> None:
    """Press one of the buttons of Alex."""
    await hass.services.async_call("button", "press", {"entity_id": f"button.alex_{button}"}, blocking=True)


async def until(hass: HomeAssistant, freezer: FrozenDateTimeFactory, time: str) -> None:
    """Let time pass until a time of the evening of 23 November 2026, in California."""
    freezer.move_to(f"2026-11-23 {time}-08:00")
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def after(hass: HomeAssistant, freezer: FrozenDateTimeFactory, **delta: float) -> None:
    """Let so much time pass."""
    freezer.tick(timedelta(**delta))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
