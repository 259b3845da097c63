"""Resolve the sleeper or bedroom that an action refers to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from homeassistant.components.person import DOMAIN as PERSON_DOMAIN
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from ..const import CONF_PERSON, DOMAIN
from ..coordinator import BedtimeConfigEntry, SleeperCoordinator
from ..errors import validation_error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate[T]:
    """A sleeper or bedroom that an action may refer to: its name, its other references, and its persons."""

    target: T
    name: str
    references: Iterable[str]
    persons: Iterable[str]


@dataclass(frozen=True, slots=True)
class _Errors:
    """Keys of errors: there are no candidates, the reference matches none, or several match."""

    none: str
    unknown: str
    ambiguous: str


_NO_SLEEPER: Final = _Errors("no_sleeper", "unknown_sleeper", "which_sleeper")
_NO_BEDROOM: Final = _Errors("no_bedroom", "unknown_bedroom", "which_bedroom")


@callback
def async_find_sleeper(hass: HomeAssistant, reference: str | None, context: Context) -> SleeperCoordinator:
    """Return the sleeper for a reference: the id of a device, subentry or entry, a person entity, or a name.

    Of several, and without a reference, it is the one whose person is the calling user. Raises ServiceValidationError.
    """
    candidates = [
        _Candidate(
            target=sleeper,
            name=sleeper.subentry.title,
            references={
                subentry_id,
                entry.entry_id,
                *_persons([sleeper]),
                *_device_references(hass, entry, subentry_id),
            },
            persons=_persons([sleeper]),
        )
        for entry in _bedrooms(hass)
        for subentry_id, sleeper in entry.runtime_data.sleepers.items()
    ]
    return _find(hass, candidates, reference, context, _NO_SLEEPER)


@callback
def async_find_bedroom(hass: HomeAssistant, reference: str | None, context: Context) -> BedtimeConfigEntry:
    """Return the bedroom for a reference: the id of a device, entry or subentry of one of its sleepers, or a name.

    Of several, and without a reference, it is the one where the calling user sleeps. Raises ServiceValidationError.
    """
    candidates = [
        _Candidate(
            target=entry,
            name=entry.title,
            references={entry.entry_id, *entry.runtime_data.sleepers, *_device_references(hass, entry, entry.entry_id)},
            persons=_persons(entry.runtime_data.sleepers.values()),
        )
        for entry in _bedrooms(hass)
    ]
    return _find(hass, candidates, reference, context, _NO_BEDROOM)


def _find[T](
    hass: HomeAssistant,
    candidates: Sequence[_Candidate[T]],
    reference: str | None,
    context: Context,
    errors: _Errors,
) -> T:
    """Return the target of the only candidate that matches."""
    if not candidates:
        raise validation_error(errors.none)
    matches = list(candidates)
    if reference is not None:
        folded = reference.casefold()
        matches = [candidate for candidate in candidates if folded in _folded(candidate.name, *candidate.references)]
    error = errors.ambiguous if matches else errors.unknown
    if len(matches) > 1:
        matches = [
            candidate
            for candidate in matches
            if any(_is_of_user(hass, person, context.user_id) for person in candidate.persons)
        ]
    if len(matches) != 1:
        choices = ", ".join(candidate.name for candidate in candidates)
        raise validation_error(error, name=reference, choices=choices)
    return matches[0].target


def _bedrooms(hass: HomeAssistant) -> list[BedtimeConfigEntry]:
    return hass.config_entries.async_loaded_entries(DOMAIN)


def _device_references(hass: HomeAssistant, entry: BedtimeConfigEntry, identifier: str) -> list[str]:
    """Return the id of a device, and the name that a user gave it."""
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, identifier), entry.entry_id)
    return [device.id, device.name_by_user or ""] if device else []


def _persons(sleepers: Iterable[SleeperCoordinator]) -> list[str]:
    return [person for sleeper in sleepers if (person := sleeper.subentry.data.get(CONF_PERSON))]


def _folded(*references: str) -> set[str]:
    return {reference.strip().casefold() for reference in references}


def _is_of_user(hass: HomeAssistant, person: str, user_id: str | None) -> bool:
    if user_id is None or (state := hass.states.get(person)) is None:
        return False
    return state.domain == PERSON_DOMAIN and state.attributes.get("user_id") == user_id
