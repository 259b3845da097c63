"""Whether a person is at home."""

from homeassistant.components.zone import ENTITY_ID_HOME
from homeassistant.const import STATE_HOME
from homeassistant.core import State

_ATTR_IN_ZONES = "in_zones"


def is_at_home(state: State | None) -> bool:
    """Return whether a person is at home, also if they are in a smaller zone within it, such as the garden.

    The state of a person is the smallest of the zones that they are in.
    """
    if state is None:
        return False
    return state.state == STATE_HOME or ENTITY_ID_HOME in (state.attributes.get(_ATTR_IN_ZONES) or ())
