"""Who may do what: log for a sleeper, read and change a diary, use a bedroom.

A context without a user is an automation, and may do everything that its owner wrote into it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.components.person import ATTR_USER_ID, DOMAIN as PERSON_DOMAIN
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..coordinator import BedtimeConfigEntry
from ..sleeper_options import may_read_of, person_of


class Permission(StrEnum):
    """What a user may do with a diary.

    Whoever may control the sleeper's entities may log. Reading and changing take more: being the sleeper's person, one
    of those whom the sleeper lets read, or an administrator. A diary of no person belongs to the household.
    """

    LOG = "log"
    READ = "read"
    CHANGE = "change"


class NotAllowedError(ServiceValidationError):
    """The user may control the sleeper's entities, but not do this with the diary."""


@dataclass(frozen=True, slots=True)
class ConfiguredSleeper:
    """A sleeper and their bedroom, as configured: the bedroom may be disabled, or not loaded."""

    entry: BedtimeConfigEntry
    subentry: ConfigSubentry

    @property
    def has_person(self) -> bool:
        """Return whether the diary belongs to a person, and not to the household."""
        return person_of(self.subentry) is not None

    @property
    def readers(self) -> tuple[str, ...]:
        """Return the persons who may read and change the diary."""
        person = person_of(self.subentry)
        return (*([person] if person else []), *may_read_of(self.subentry))


async def async_check_permission(
    hass: HomeAssistant, sleeper: ConfiguredSleeper, context: Context | None, permission: Permission
) -> None:
    """Raise Unauthorized or NotAllowedError if a user may not do something with a diary."""
    if (user := await _async_get_user(hass, context)) is None:
        return
    if permission is not Permission.READ and not _may_control(hass, user, sleeper.entry, sleeper.subentry):
        raise Unauthorized(context=context, permission=POLICY_CONTROL)
    if permission is not Permission.LOG and not _may_read(hass, user, sleeper):
        raise NotAllowedError(
            translation_domain=DOMAIN,
            translation_key="not_allowed_to_read" if permission is Permission.READ else "not_allowed_to_change",
            translation_placeholders={"name": sleeper.subentry.title},
        )


async def async_has_permission(
    hass: HomeAssistant, sleeper: ConfiguredSleeper, context: Context | None, permission: Permission
) -> bool:
    """Return whether a user may do something with a diary."""
    try:
        await async_check_permission(hass, sleeper, context, permission)
    except Unauthorized, NotAllowedError:
        return False
    return True


async def async_check_bedroom_permission(
    hass: HomeAssistant, entry: BedtimeConfigEntry, context: Context | None, policy: str = POLICY_CONTROL
) -> None:
    """Raise Unauthorized if a user may not control the entities of a bedroom, or not do what another policy names."""
    user = await _async_get_user(hass, context)
    if user is not None and not _may_access(hass, user, entry, None, policy):
        raise Unauthorized(context=context, permission=policy)


async def async_has_bedroom_permission(hass: HomeAssistant, entry: BedtimeConfigEntry, context: Context | None) -> bool:
    """Return whether a user may control the entities of a bedroom."""
    try:
        await async_check_bedroom_permission(hass, entry, context)
    except Unauthorized:
        return False
    return True


@callback
def async_is_of_user(hass: HomeAssistant, person: str, user_id: str | None) -> bool:
    """Return whether a person is a user."""
    if user_id is None or (state := hass.states.get(person)) is None:
        return False
    return state.domain == PERSON_DOMAIN and state.attributes.get(ATTR_USER_ID) == user_id


async def _async_get_user(hass: HomeAssistant, context: Context | None) -> User | None:
    """Return the user of a context; None for an automation. Raises UnknownUser if they have been removed."""
    if context is None or context.user_id is None:
        return None
    if (user := await hass.auth.async_get_user(context.user_id)) is None:
        raise UnknownUser(context=context, permission=POLICY_CONTROL)
    return user


def _may_control(hass: HomeAssistant, user: User, entry: BedtimeConfigEntry, subentry: ConfigSubentry | None) -> bool:
    """Return whether a user may control all entities of a sleeper, or, without one, of a bedroom."""
    return _may_access(hass, user, entry, subentry, POLICY_CONTROL)


def _may_access(
    hass: HomeAssistant, user: User, entry: BedtimeConfigEntry, subentry: ConfigSubentry | None, policy: str
) -> bool:
    if user.permissions.access_all_entities(policy):
        return True
    entity_ids = list(_entity_ids(hass, entry, subentry.subentry_id if subentry else None))
    return bool(entity_ids) and all(user.permissions.check_entity(each, policy) for each in entity_ids)


def _entity_ids(hass: HomeAssistant, entry: BedtimeConfigEntry, subentry_id: str | None) -> Iterable[str]:
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return (entity.entity_id for entity in entities if entity.config_subentry_id == subentry_id)


def _may_read(hass: HomeAssistant, user: User, sleeper: ConfiguredSleeper) -> bool:
    if user.is_admin:
        return True
    if not sleeper.has_person:
        return _may_control(hass, user, sleeper.entry, sleeper.subentry)
    return any(async_is_of_user(hass, person, user.id) for person in sleeper.readers)
