"""Phones are set to do not disturb for the night, as far as their companion app supports it."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.rls_bedtime.diagnostics import async_get_config_entry_diagnostics

from ..common.bedroom import Bedroom
from ..common.home import bedroom_entry, set_up
from ..common.phones import add_phone

pytestmark = pytest.mark.usefixtures("bedroom", "evening")

ENABLE = {"message": "command_dnd", "data": {"command": "priority_only"}}
DISABLE = {"message": "command_dnd", "data": {"command": "off"}}


async def turn(hass: HomeAssistant, action: str) -> None:
    """Turn bedtime mode on or off."""
    await hass.services.async_call(
        "switch", f"turn_{action}", {"entity_id": "switch.bedroom_bedtime_mode"}, blocking=True
    )
    await hass.async_block_till_done()


async def phone_diagnostics(hass: HomeAssistant, entry: Any) -> dict[str, Any]:
    """Return what the diagnostics of a bedroom say about its phones."""
    return dict((await async_get_config_entry_diagnostics(hass, entry))["phones"])


async def test_do_not_disturb_is_enabled_and_disabled_on_android_only(hass: HomeAssistant) -> None:
    pixel = await add_phone(hass, "Alex's Pixel", "Android")
    iphone = await add_phone(hass, "Kim's iPhone", "iOS")
    entry = await set_up(hass, bedroom_entry(phones=[pixel.device_id, iphone.device_id, "gone"]))

    await turn(hass, "on")
    assert pixel.messages == [ENABLE]
    await turn(hass, "off")
    assert pixel.messages == [ENABLE, DISABLE]
    assert iphone.messages == []

    assert await phone_diagnostics(hass, entry) == {
        "chosen": 3,
        "can_be_told_not_to_disturb": ["mobile_app_alex_s_pixel"],
    }


async def test_do_not_disturb_is_disabled_after_a_reload(hass: HomeAssistant) -> None:
    pixel = await add_phone(hass, "Alex's Pixel", "Android")
    entry = await set_up(hass, bedroom_entry(phones=[pixel.device_id]))
    await turn(hass, "on")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert pixel.messages == [ENABLE]
    await turn(hass, "off")

    assert pixel.messages == [ENABLE, DISABLE]


async def test_a_renamed_phone_is_reached_by_its_new_name(hass: HomeAssistant) -> None:
    pixel = await add_phone(hass, "Alex's Pixel", "Android")
    hass.config_entries.async_update_entry(
        pixel.entry, title="Night phone", data={**pixel.entry.data, "device_name": "Night phone"}
    )
    assert await hass.config_entries.async_reload(pixel.entry.entry_id)
    await hass.async_block_till_done()
    entry = await set_up(hass, bedroom_entry(phones=[pixel.device_id]))
    await turn(hass, "on")

    assert (await phone_diagnostics(hass, entry))["can_be_told_not_to_disturb"] == ["mobile_app_night_phone"]
    assert pixel.messages == [ENABLE]


async def test_of_two_phones_with_the_same_name_the_chosen_one_is_reached(hass: HomeAssistant) -> None:
    first = await add_phone(hass, "Pixel", "Android", "first")
    second = await add_phone(hass, "Pixel", "Android", "second")
    await set_up(hass, bedroom_entry(phones=[second.device_id]))
    await turn(hass, "on")

    assert (first.messages, second.messages) == ([], [ENABLE])


@pytest.mark.parametrize("is_loaded", [True, False])
async def test_a_phone_that_is_missing_does_not_prevent_the_night(
    hass: HomeAssistant, bedroom: Bedroom, *, is_loaded: bool
) -> None:
    phones = ["gone"]
    if is_loaded:
        phone = await add_phone(hass, "Lost", "Android")
        assert await hass.config_entries.async_unload(phone.entry.entry_id)
        phones.append(phone.device_id)
    await set_up(hass, bedroom_entry(phones=phones))
    await turn(hass, "on")

    assert bedroom.lamp.brightness == 13


async def test_phones_are_skipped_while_their_notify_platform_is_missing(hass: HomeAssistant, bedroom: Bedroom) -> None:
    pixel = await add_phone(hass, "Alex's Pixel", "Android")
    del hass.data["mobile_app"]["notify"]
    await set_up(hass, bedroom_entry(phones=[pixel.device_id]))
    await turn(hass, "on")

    assert bedroom.lamp.brightness == 13
    assert pixel.messages == []
