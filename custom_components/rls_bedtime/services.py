"""Register the actions."""

from homeassistant.core import HomeAssistant, callback

from .actions.bedroom import BEDROOM_ACTIONS
from .actions.experiments import EXPERIMENT_ACTIONS
from .actions.marked_changes import MARKED_CHANGE_ACTIONS
from .actions.privacy import async_setup_privacy_filter
from .actions.relief import RELIEF_ACTIONS
from .actions.report import REPORT_ACTIONS
from .actions.sleeper import SLEEPER_ACTIONS
from .const import DOMAIN


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions. They have no schema: each validates its own fields, to raise translated errors."""
    every = (
        *BEDROOM_ACTIONS,
        *RELIEF_ACTIONS,
        *SLEEPER_ACTIONS,
        *MARKED_CHANGE_ACTIONS,
        *REPORT_ACTIONS,
        *EXPERIMENT_ACTIONS,
    )
    for action in every:
        hass.services.async_register(DOMAIN, action.name, action.async_call, supports_response=action.supports_response)
    async_setup_privacy_filter(hass, {action.name: action.fields for action in every})
