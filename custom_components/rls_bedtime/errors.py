"""Translated errors for the people and automations that call actions or edit entities."""

from typing import Final

from homeassistant.exceptions import ServiceValidationError

from .const import DOMAIN
from .diary.models import InvalidEntryError

_MAX_VALUE_LENGTH: Final = 60
"""How much of a wrong value an error repeats, in characters."""

_NEVER_SHORTENED: Final = frozenset({"choices", "fields"})
"""Placeholders that we fill ourselves: what there is to choose from is never cut short."""


def validation_error(key: str, **placeholders: object) -> ServiceValidationError:
    """Return a translated error about the fields of an action."""
    texts = {name: printable(value) for name, value in placeholders.items()}
    shown = {name: text if name in _NEVER_SHORTENED else _shortened(text) for name, text in texts.items()}
    return ServiceValidationError(translation_domain=DOMAIN, translation_key=key, translation_placeholders=shown)


def from_diary_error(error: InvalidEntryError) -> ServiceValidationError:
    """Return the translated error for an entry that the diary refused."""
    return validation_error(error.key, **error.placeholders)


def printable(value: object) -> str:
    """Return a value as text. Lone surrogates are replaced: no file and no answer can hold them."""
    return str(value).encode(errors="replace").decode()


def _shortened(value: str) -> str:
    return value if len(value) <= _MAX_VALUE_LENGTH else f"{value[:_MAX_VALUE_LENGTH]}…"
