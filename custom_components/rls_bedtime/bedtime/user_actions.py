"""The user's own actions at the start and the end of a session, run in the background."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.script import Script, async_validate_actions_config
import voluptuous as vol

from ..const import DOMAIN, LOGGER


async def async_is_valid(hass: HomeAssistant, actions: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether actions can be run: what they name may have been removed."""
    try:
        await _async_validate(hass, actions)
    except vol.Invalid, HomeAssistantError:
        return False
    return True


async def async_run(hass: HomeAssistant, name: str, actions: Sequence[Mapping[str, Any]], context: Context) -> None:
    """Start to run actions, as a script does. Errors are logged."""
    if not actions:
        return
    try:
        sequence = await _async_validate(hass, actions)
    except (vol.Invalid, HomeAssistantError) as error:
        LOGGER.warning("The %s of the bedroom are not valid any more and were not run: %s", name, error)
    else:
        script = Script(hass, sequence, name, DOMAIN)
        hass.async_create_background_task(_async_run_script(script, context), f"{DOMAIN} {name}")


async def _async_validate(hass: HomeAssistant, actions: Sequence[Mapping[str, Any]]) -> list[Any]:
    return await async_validate_actions_config(hass, cv.SCRIPT_SCHEMA(list(actions)))


async def _async_run_script(script: Script, context: Context) -> None:
    try:
        await script.async_run(context=context)
    except (vol.Invalid, HomeAssistantError) as error:
        LOGGER.warning("The %s of the bedroom ended with an error: %s", script.name, error)
