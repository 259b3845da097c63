"""Phones are told not to disturb at night, as far as they take it."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.rls_bedtime.diagnostics import async_get_config_entry_diagnostics

from ..common.bedroom import Bedroom
from ..common.home import bedroom_entry, set_up

pytestmark = pytest.mark.usefixtures("bedroom", "evening")


def phone(hass: HomeAssistant, name: str, os_name: str) -> str:
    """Register a phone and return its device."""
    entry = MockConfigEntry(domain="mobile_app", data={"device_name": name, "os_name": os_name})
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, identifiers={("mobile_app", name)})
    return device.id


@pytest.fixture
def told(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return what the Android phone is told."""
    told: list[dict[str, Any]] = []

    async def notify(call: ServiceCall) -> None:
        told.append(dict(call.data))

    hass.services.async_register("notify", "mobile_app_alex_s_pixel", notify)
    hass.services.async_register("notify", "mobile_app_kim_s_iphone", notify)
    return told


async def turn(hass: HomeAssistant, action: str) -> None:
    """Turn bedtime mode on or off."""
    await hass.services.async_call(
        "switch", f"turn_{action}", {"entity_id": "switch.bedroom_bedtime_mode"}, blocking=True
    )
    await hass.async_block_till_done()


async def test_an_android_phone_is_told_and_told_back_and_an_iphone_is_left_alone(
    hass: HomeAssistant, told: list[dict[str, Any]]
) -> None:
    phones = [phone(hass, "Alex's Pixel", "Android"), phone(hass, "Kim's iPhone", "iOS"), "gone"]
    entry = await set_up(hass, bedroom_entry(phones=phones))

    await turn(hass, "on")
    assert told == [{"message": "command_dnd", "data": {"command": "priority_only"}}]
    await turn(hass, "off")
    assert told[1:] == [{"message": "command_dnd", "data": {"command": "off"}}]

    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    assert diagnostics["phones"] == {"chosen": 3, "can_be_told_not_to_disturb": ["mobile_app_alex_s_pixel"]}
    assert diagnostics["phase"] == "off"


async def test_a_phone_is_told_back_after_a_reload(hass: HomeAssistant, told: list[dict[str, Any]]) -> None:
    entry = await set_up(hass, bedroom_entry(phones=[phone(hass, "Alex's Pixel", "Android")]))
    await turn(hass, "on")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert len(told) == 1
    await turn(hass, "off")

    assert told[-1]["data"] == {"command": "off"}


async def test_a_phone_that_is_not_there_hurts_nobody(
    hass: HomeAssistant, bedroom: Bedroom, evening: FrozenDateTimeFactory
) -> None:
    await set_up(hass, bedroom_entry(phones=[phone(hass, "Lost", "Android")]))
    await turn(hass, "on")

    assert bedroom.lamp.brightness == 13
