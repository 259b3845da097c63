"""Translated texts that Home Assistant does not insert by itself."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN


async def async_get_texts(hass: HomeAssistant, selector: str) -> dict[str, str]:
    """Return the options of a selector in Home Assistant's language, by key."""
    texts = await async_get_translations(hass, hass.config.language, "selector", {DOMAIN})
    prefix = f"component.{DOMAIN}.selector.{selector}.options."
    return {key.removeprefix(prefix): text for key, text in texts.items() if key.startswith(prefix)}
