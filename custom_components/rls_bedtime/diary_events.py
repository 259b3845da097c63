"""What Home Assistant's logbook is told of a diary: who did what, and how bad it was. Never a note, never a tag."""

from typing import Final

from homeassistant.components.event import DOMAIN as EVENT_DOMAIN
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import ATTR_ENTITY_ID, ATTR_NAME
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .diary.models import ChangeKind

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
    """Tell of a change.

    It is told of the sleeper's event entity: who leaves that out of the recorder or the logbook leaves this out, too.
    """
    told = {ATTR_NAME: sleeper.title, ATTR_CHANGE: change.value, ATTR_SEVERITY: severity}
    entity_id = er.async_get(hass).async_get_entity_id(EVENT_DOMAIN, DOMAIN, f"{sleeper.subentry_id}_episode")
    hass.bus.async_fire(EVENT_DIARY, {ATTR_ENTITY_ID: entity_id, **told}, context=context)
