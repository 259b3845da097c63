"""Translated texts that Home Assistant does not insert by itself."""

from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.generated.languages import LANGUAGES
from homeassistant.helpers.translation import async_get_cached_translations, async_get_translations

from .const import DOMAIN

FALLBACK_LANGUAGE: Final = "en"
_CATEGORY: Final = "selector"


def supported_language(hass: HomeAssistant, language: str | None) -> str:
    """Return a language if Home Assistant has it, else that of the house. It becomes part of the name of a file."""
    return language if language in LANGUAGES else hass.config.language


async def async_load_fallback(hass: HomeAssistant) -> None:
    """Load the English texts, for when those of another language are not loaded yet."""
    await async_get_translations(hass, FALLBACK_LANGUAGE, _CATEGORY, {DOMAIN})


async def async_get_texts(hass: HomeAssistant, selector: str, language: str | None = None) -> dict[str, str]:
    """Return the options of a selector, by key, by default in Home Assistant's language."""
    texts = await async_get_translations(hass, language or hass.config.language, _CATEGORY, {DOMAIN})
    prefix = _prefix(selector)
    return {key.removeprefix(prefix): text for key, text in texts.items() if key.startswith(prefix)}


@callback
def async_get_loaded_text(hass: HomeAssistant, selector: str, key: str) -> str:
    """Return an option of a selector in Home Assistant's language if that is loaded, else in English.

    While the language is being changed, its texts are not loaded yet.
    """
    name = f"{_prefix(selector)}{key}"
    for language in (hass.config.language, FALLBACK_LANGUAGE):
        texts = async_get_cached_translations(hass, language, _CATEGORY, DOMAIN)
        if name in texts:
            return texts[name]
    return key


def _prefix(selector: str) -> str:
    return f"component.{DOMAIN}.{_CATEGORY}.{selector}.options."
