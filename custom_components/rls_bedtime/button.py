"""The buttons of a sleeper."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .actions.permissions import Permission
from .coordinator import BedtimeConfigEntry, SleeperCoordinator
from .diary.models import NewEpisode, Request
from .entity import SleeperEntity

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class SleeperButtonDescription(ButtonEntityDescription):
    """A button of a sleeper and its action."""

    press_fn: Callable[[SleeperCoordinator, Request, Context | None], Coroutine[Any, Any, object]]
    permission: Permission = Permission.LOG


def _log(
    severity: int | None, sleeper: SleeperCoordinator, request: Request, context: Context | None
) -> Coroutine[Any, Any, object]:
    return sleeper.async_log(NewEpisode(severity=severity), request, context)


def _end(sleeper: SleeperCoordinator, request: Request, context: Context | None) -> Coroutine[Any, Any, object]:
    return sleeper.async_end(request, context=context)


def _log_clear_night(
    sleeper: SleeperCoordinator, request: Request, context: Context | None
) -> Coroutine[Any, Any, object]:
    return sleeper.async_log_clear_night(None, request, context)


def _undo(sleeper: SleeperCoordinator, request: Request, context: Context | None) -> Coroutine[Any, Any, object]:
    return sleeper.async_undo(None, request, context)


def _redo(sleeper: SleeperCoordinator, request: Request, context: Context | None) -> Coroutine[Any, Any, object]:
    return sleeper.async_redo(None, request, context)


MILD: Final = 2
MODERATE: Final = 5
SEVERE: Final = 8
"""The middle of each range of the numeric rating scale."""

SLEEPER_BUTTONS = (
    SleeperButtonDescription(key="log_episode", translation_key="log_episode", press_fn=partial(_log, None)),
    SleeperButtonDescription(key="log_mild", translation_key="log_mild", press_fn=partial(_log, MILD)),
    SleeperButtonDescription(key="log_moderate", translation_key="log_moderate", press_fn=partial(_log, MODERATE)),
    SleeperButtonDescription(key="log_severe", translation_key="log_severe", press_fn=partial(_log, SEVERE)),
    SleeperButtonDescription(key="eased", translation_key="eased", press_fn=_end),
    SleeperButtonDescription(key="clear_night", translation_key="clear_night", press_fn=_log_clear_night),
    SleeperButtonDescription(key="undo", translation_key="undo", press_fn=_undo, permission=Permission.CHANGE),
    SleeperButtonDescription(
        key="redo",
        translation_key="redo",
        entity_registry_enabled_default=False,
        press_fn=_redo,
        permission=Permission.CHANGE,
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant, entry: BedtimeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the buttons of each sleeper."""
    for subentry_id, coordinator in entry.runtime_data.sleepers.items():
        async_add_entities(
            (SleeperButton(coordinator, description) for description in SLEEPER_BUTTONS), config_subentry_id=subentry_id
        )


class SleeperButton(SleeperEntity, ButtonEntity):
    """A button of a sleeper."""

    entity_description: SleeperButtonDescription

    @property
    @override
    def available(self) -> bool:
        # Home Assistant ignores a press of an unavailable button. If the disk refuses, the press must raise an error.
        return True

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Do nothing: the state of a button is when it was pressed last."""

    @override
    async def async_press(self) -> None:
        # Home Assistant has checked that the user may control the button: that is enough to log.
        if self.entity_description.permission is not Permission.LOG:
            await self.async_check_permission(self.entity_description.permission)
        await self.entity_description.press_fn(self.coordinator, self.call_origin, self.call_context)
