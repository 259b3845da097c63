"""Whom, or which bedroom, an action means."""

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
class _Candidate[Meant]:
    """What an action may mean: its name, what else it goes by, and the persons whose it is."""

    target: Meant
    name: str
    references: Iterable[str]
    persons: Iterable[str]


@dataclass(frozen=True, slots=True)
class _Errors:
    """What is said when there is nothing to find, when a reference does not fit, and when one is needed."""

    none: str
    unknown: str
    ambiguous: str


_NO_SLEEPER: Final = _Errors("no_sleeper", "unknown_sleeper", "which_sleeper")
_NO_BEDROOM: Final = _Errors("no_bedroom", "unknown_bedroom", "which_bedroom")


@callback
def async_find_sleeper(hass: HomeAssistant, reference: str | None, context: Context) -> SleeperCoordinator:
    """Return the sleeper that a device, subentry or entry id, a person entity, or a name, refers to.

    Of several, and without a reference, the one whose person is the calling user. Raises ServiceValidationError.
    """
    candidates = [
        _Candidate(
            target=sleeper,
            name=sleeper.subentry.title,
            references={subentry_id, entry.entry_id, *_persons([sleeper]), *_device(hass, entry, subentry_id)},
            persons=_persons([sleeper]),
        )
        for entry in _bedrooms(hass)
        for subentry_id, sleeper in entry.runtime_data.sleepers.items()
    ]
    return _find(hass, candidates, reference, context, _NO_SLEEPER)


@callback
def async_find_bedroom(hass: HomeAssistant, reference: str | None, context: Context) -> BedtimeConfigEntry:
    """Return the bedroom that a device or entry id, the subentry id of one of its sleepers, or a name, refers to.

    Of several, and without a reference, the one where the calling user sleeps. Raises ServiceValidationError.
    """
    candidates = [
        _Candidate(
            target=entry,
            name=entry.title,
            references={entry.entry_id, *entry.runtime_data.sleepers, *_device(hass, entry, entry.entry_id)},
            persons=_persons(entry.runtime_data.sleepers.values()),
        )
        for entry in _bedrooms(hass)
    ]
    return _find(hass, candidates, reference, context, _NO_BEDROOM)


def _find[Meant](
    hass: HomeAssistant,
    candidates: Sequence[_Candidate[Meant]],
    reference: str | None,
    context: Context,
    errors: _Errors,
) -> Meant:
    """Return the one candidate that is meant."""
    if not candidates:
        raise validation_error(errors.none)
    found = list(candidates)
    if reference is not None:
        wanted = reference.casefold()
        found = [each for each in candidates if wanted in _folded(each.name, *each.references)]
    error = errors.ambiguous if found else errors.unknown
    if len(found) > 1:
        found = [each for each in found if any(_is_of_user(hass, one, context.user_id) for one in each.persons)]
    if len(found) != 1:
        raise validation_error(error, name=reference, choices=", ".join(each.name for each in candidates))
    return found[0].target


def _bedrooms(hass: HomeAssistant) -> list[BedtimeConfigEntry]:
    return hass.config_entries.async_loaded_entries(DOMAIN)


def _device(hass: HomeAssistant, entry: BedtimeConfigEntry, identifier: str) -> list[str]:
    """Return what a device goes by: its id, and the name that its user gave it."""
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
