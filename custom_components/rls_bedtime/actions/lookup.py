"""Resolve the sleeper or bedroom that an action refers to.

It is resolved among all that are configured, loaded or not: with a bedroom disabled or failed, a reference must not
come to mean somebody else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN, SUBENTRY_SLEEPER
from ..coordinator import BedtimeConfigEntry, SleeperCoordinator
from ..diary.models import fold_text
from ..errors import validation_error
from ..sleeper_options import person_of
from .permissions import (
    ConfiguredSleeper,
    Permission,
    async_check_bedroom_permission,
    async_check_permission,
    async_is_of_user,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate[T]:
    """A sleeper or bedroom that an action may refer to: its name, its other references, and its persons."""

    target: T
    name: str
    references: Iterable[str]
    persons: Iterable[str]


@dataclass(frozen=True, slots=True)
class _Errors:
    """Keys of errors: no candidates, no match, several matches, or a match that is disabled or not loaded."""

    none: str
    unknown: str
    ambiguous: str
    disabled: str
    not_loaded: str


_SLEEPER_ERRORS: Final = _Errors(
    "no_sleeper", "unknown_sleeper", "which_sleeper", "sleeper_disabled", "sleeper_not_loaded"
)
_BEDROOM_ERRORS: Final = _Errors(
    "no_bedroom", "unknown_bedroom", "which_bedroom", "bedroom_disabled", "bedroom_not_loaded"
)


async def async_find_sleeper(
    hass: HomeAssistant, reference: str | None, context: Context, permission: Permission
) -> SleeperCoordinator:
    """Return the sleeper for a reference, if the calling user has this permission and the sleeper's bedroom is loaded.

    Raises ServiceValidationError or Unauthorized.
    """
    sleeper = async_resolve_sleeper(hass, reference, context)
    await async_check_permission(hass, sleeper, context, permission)
    return async_get_coordinator(sleeper)


async def async_find_bedroom(hass: HomeAssistant, reference: str | None, context: Context) -> BedtimeConfigEntry:
    """Return the bedroom for a reference, if the calling user may control it and it is loaded.

    Raises ServiceValidationError or Unauthorized.
    """
    entry = async_resolve_bedroom(hass, reference, context)
    await async_check_bedroom_permission(hass, entry, context)
    if entry.state is not ConfigEntryState.LOADED:
        raise _not_loaded(_BEDROOM_ERRORS, entry, entry.title)
    return entry


@callback
def async_resolve_sleeper(hass: HomeAssistant, reference: str | None, context: Context) -> ConfiguredSleeper:
    """Return the sleeper for a reference: the id of a device, subentry or entry, a person entity, or a name.

    Of several, and without a reference, it is the one whose person is the calling user. Raises ServiceValidationError.
    """
    candidates = [
        _Candidate(
            target=ConfiguredSleeper(entry, subentry),
            name=subentry.title,
            references={
                subentry.subentry_id,
                entry.entry_id,
                *_persons([subentry]),
                *_device_references(hass, entry, subentry.subentry_id),
            },
            persons=_persons([subentry]),
        )
        for entry in _bedrooms(hass)
        for subentry in entry.get_subentries_of_type(SUBENTRY_SLEEPER)
    ]
    return _find(hass, candidates, reference, context, _SLEEPER_ERRORS)


@callback
def async_resolve_bedroom(hass: HomeAssistant, reference: str | None, context: Context) -> BedtimeConfigEntry:
    """Return the bedroom for a reference: the id of a device or entry, one of its sleepers or their person, or a name.

    Of several, and without a reference, it is the one where the calling user sleeps. Raises ServiceValidationError.
    """
    candidates = []
    for entry in _bedrooms(hass):
        sleepers = list(entry.get_subentries_of_type(SUBENTRY_SLEEPER))
        ids = (entry.entry_id, *(sleeper.subentry_id for sleeper in sleepers))
        devices = (each for identifier in ids for each in _device_references(hass, entry, identifier))
        persons = _persons(sleepers)
        candidates.append(
            _Candidate(target=entry, name=entry.title, references={*ids, *persons, *devices}, persons=persons)
        )
    return _find(hass, candidates, reference, context, _BEDROOM_ERRORS)


@callback
def async_get_coordinator(sleeper: ConfiguredSleeper) -> SleeperCoordinator:
    """Return the coordinator of a sleeper. Raises ServiceValidationError if their bedroom is not loaded."""
    if sleeper.entry.state is ConfigEntryState.LOADED:
        coordinator = sleeper.entry.runtime_data.sleepers.get(sleeper.subentry.subentry_id)
        if coordinator is not None:
            return coordinator
    raise _not_loaded(_SLEEPER_ERRORS, sleeper.entry, sleeper.subentry.title)


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
        folded = fold_text(reference)
        matches = [candidate for candidate in candidates if folded in _folded(candidate.name, *candidate.references)]
    error = errors.ambiguous if matches else errors.unknown
    if len(matches) > 1:
        matches = [
            candidate
            for candidate in matches
            if any(async_is_of_user(hass, person, context.user_id) for person in candidate.persons)
        ]
    if len(matches) != 1:
        choices = ", ".join(candidate.name for candidate in candidates)
        raise validation_error(error, name=reference, choices=choices)
    return matches[0].target


def _not_loaded(errors: _Errors, entry: BedtimeConfigEntry, name: str) -> ServiceValidationError:
    key = errors.not_loaded if entry.disabled_by is None else errors.disabled
    return validation_error(key, name=name, bedroom=entry.title)


def _bedrooms(hass: HomeAssistant) -> list[BedtimeConfigEntry]:
    return hass.config_entries.async_entries(DOMAIN, include_ignore=False)


def _device_references(hass: HomeAssistant, entry: BedtimeConfigEntry, identifier: str) -> list[str]:
    """Return the id of a device, and the name that a user gave it."""
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, identifier), entry.entry_id)
    return [device.id, device.name_by_user or ""] if device else []


def _persons(sleepers: Iterable[ConfigSubentry]) -> list[str]:
    return [person for sleeper in sleepers if (person := person_of(sleeper))]


def _folded(*references: str) -> set[str]:
    return {fold_text(reference) for reference in references}
