"""Translated errors for the people and automations that call actions or edit entities."""

from typing import Final

from homeassistant.exceptions import ServiceValidationError

from .const import DOMAIN
from .diary.models import InvalidEntryError
from .sanitize import printable

_MAX_VALUE_LENGTH: Final = 60
"""How many characters of an invalid value an error repeats."""

_NEVER_SHORTENED: Final = frozenset({"choices", "fields"})
"""Placeholders with our own lists: the available choices must be complete."""


def validation_error(key: str, **placeholders: object) -> ServiceValidationError:
    """Return a translated error about invalid input."""
    texts = {name: printable(value) for name, value in placeholders.items()}
    texts = {name: text if name in _NEVER_SHORTENED else _shortened(text) for name, text in texts.items()}
    return ServiceValidationError(translation_domain=DOMAIN, translation_key=key, translation_placeholders=texts)


def from_diary_error(error: InvalidEntryError) -> ServiceValidationError:
    """Return the translated error for input that the diary rejected."""
    return validation_error(error.key, **error.placeholders)


def _shortened(value: str) -> str:
    return value if len(value) <= _MAX_VALUE_LENGTH else f"{value[:_MAX_VALUE_LENGTH]}…"
