"""Whom an action means."""

from collections.abc import Iterable

from homeassistant.components.person import DOMAIN as PERSON_DOMAIN
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import CONF_PERSON, DOMAIN
from .coordinator import BedtimeConfigEntry, SleeperCoordinator
from .fields import invalid


@callback
def async_find_sleeper(hass: HomeAssistant, reference: str | None, context: Context) -> SleeperCoordinator:
    """Return the sleeper that a device, subentry or entry id, or a name, refers to.

    Without a reference: the only one, else the one whose person is the calling user. Raises ServiceValidationError.
    """
    sleepers = _sleepers(hass)
    if not sleepers:
        raise invalid("no_sleeper")
    if reference is not None:
        found = [sleeper for sleeper in sleepers if reference.casefold() in _references(hass, sleeper)]
        error = "unknown_sleeper"
    else:
        found = (
            sleepers
            if len(sleepers) == 1
            else [sleeper for sleeper in sleepers if _is_of_user(hass, sleeper, context.user_id)]
        )
        error = "which_sleeper"
    if len(found) != 1:
        raise invalid(error, sleeper=reference, sleepers=", ".join(sleeper.subentry.title for sleeper in sleepers))
    return found[0]


def _sleepers(hass: HomeAssistant) -> list[SleeperCoordinator]:
    entries: list[BedtimeConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return [sleeper for entry in entries for sleeper in entry.runtime_data.sleepers.values()]


def _references(hass: HomeAssistant, sleeper: SleeperCoordinator) -> Iterable[str]:
    """Return what a sleeper may be called, in lower case."""
    subentry_id = sleeper.subentry.subentry_id
    names = {subentry_id, sleeper.config_entry.entry_id, sleeper.subentry.title}
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, subentry_id), sleeper.config_entry.entry_id)
    if device is not None:
        names |= {device.id, device.name_by_user or ""}
    return {name.strip().casefold() for name in names}


def _is_of_user(hass: HomeAssistant, sleeper: SleeperCoordinator, user_id: str | None) -> bool:
    person = sleeper.subentry.data.get(CONF_PERSON)
    if person is None or user_id is None or (state := hass.states.get(person)) is None:
        return False
    return state.domain == PERSON_DOMAIN and state.attributes.get("user_id") == user_id
