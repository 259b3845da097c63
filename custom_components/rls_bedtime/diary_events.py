"""The event that the logbook shows for each change of a diary. It never contains a note or a tag."""

from typing import Final

from homeassistant.components.event import DOMAIN as EVENT_DOMAIN
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import ATTR_ENTITY_ID, ATTR_NAME
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .diary.models import ChangeKind
from .unique_ids import sleeper_unique_id

EVENT_DIARY: Final = f"{DOMAIN}_diary"
ATTR_CHANGE: Final = "change"
ATTR_SEVERITY: Final = "severity"


@callback
def async_fire_diary_event(
    hass: HomeAssistant,
    sleeper: ConfigSubentry,
    change: ChangeKind,
    severity: int | None = None,
    context: Context | None = None,
) -> None:
    """Fire the event for a change of a diary.

    It names the sleeper's event entity: whoever excludes that from the recorder or the logbook excludes this, too.
    """
    unique_id = sleeper_unique_id(sleeper.subentry_id, "episode")
    data = {
        ATTR_ENTITY_ID: er.async_get(hass).async_get_entity_id(EVENT_DOMAIN, DOMAIN, unique_id),
        ATTR_NAME: sleeper.title,
        ATTR_CHANGE: change.value,
        ATTR_SEVERITY: severity,
    }
    hass.bus.async_fire(EVENT_DIARY, data, context=context)
