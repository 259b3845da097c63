"""The evening routine of a sleeper as a to-do list. It is reset each noon; the diary keeps what was done each night."""

from typing import Final, override

from homeassistant.components.todo import TodoItem, TodoItemStatus, TodoListEntity, TodoListEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .actions.permissions import Permission
from .coordinator import BedtimeConfigEntry
from .diary.models import ExperimentKind
from .entity import SleeperEntity
from .errors import validation_error
from .experiment_texts import extra_item_text, tonight_text

PARALLEL_UPDATES = 0

EXTRA_ITEM: Final = "experiment"
"""The uid of the item of an experiment that is about no item of the routine."""

_FEATURES: Final = (
    TodoListEntityFeature.CREATE_TODO_ITEM
    | TodoListEntityFeature.UPDATE_TODO_ITEM
    | TodoListEntityFeature.DELETE_TODO_ITEM
    | TodoListEntityFeature.MOVE_TODO_ITEM
)

EVENING_ROUTINE = EntityDescription(key="evening_routine", translation_key="evening_routine")


async def async_setup_entry(
    _hass: HomeAssistant, entry: BedtimeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the evening routine of each sleeper."""
    for subentry_id, coordinator in entry.runtime_data.sleepers.items():
        async_add_entities([EveningRoutine(coordinator, EVENING_ROUTINE)], config_subentry_id=subentry_id)


class EveningRoutine(SleeperEntity, TodoListEntity):
    """The to-do list of a sleeper's evening routine."""

    @property
    @override
    def supported_features(self) -> TodoListEntityFeature:
        """Return what the list can do. The frontend returns the description of an item that it ticks, if it has one."""
        return (_FEATURES | TodoListEntityFeature.SET_DESCRIPTION_ON_ITEM) if self._note is not None else _FEATURES

    @property
    def _note(self) -> tuple[str, str] | None:
        """Return the uid of the item that an experiment is about, and what the list says of it tonight."""
        running = self.coordinator.data.experiment
        if running is None or running.tonight is None or running.experiment.kind is not ExperimentKind.PRACTICE:
            return None
        return running.experiment.subject, tonight_text(self.hass, running)

    @property
    def _extra_item(self) -> TodoItem | None:
        """Return the item of an experiment that is about no item of the routine."""
        running = self.coordinator.data.experiment
        if running is None or running.tonight is None or running.experiment.kind is ExperimentKind.PRACTICE:
            return None
        return TodoItem(
            uid=EXTRA_ITEM, summary=extra_item_text(self.hass, running), status=_status(done=running.tonight.done)
        )

    @property
    @override
    def todo_items(self) -> list[TodoItem]:
        noted, note = self._note or (None, None)
        items = [
            TodoItem(
                uid=item.uid,
                summary=item.text,
                status=_status(done=item.done),
                description=note if item.uid == noted else None,
            )
            for item in self.coordinator.data.routine
        ]
        return items if (extra := self._extra_item) is None else [extra, *items]

    @override
    async def async_create_todo_item(self, item: TodoItem) -> None:
        if item.description:
            raise validation_error("item_has_no_description")
        await self.coordinator.async_add_item(item.summary or "", self.call_origin)

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
        if item.uid == EXTRA_ITEM:
            await self._async_update_extra_item(item)
            return
        noted, note = self._note or (None, None)
        if item.description and (item.uid, item.description) != (noted, note):
            raise validation_error("item_has_no_description")
        current = next((each for each in self.coordinator.data.routine if each.uid == item.uid), None)
        if current is None:
            raise validation_error("unknown_item")
        text = None if item.summary == current.text else item.summary
        done = None if item.status is None else item.status == TodoItemStatus.COMPLETED
        if done == current.done:
            done = None
        if text is not None:
            await self.async_check_permission(Permission.CHANGE)
        if text is not None or done is not None:
            await self.coordinator.async_update_item(current.uid, text, self.call_origin, done=done)

    async def _async_update_extra_item(self, item: TodoItem) -> None:
        """Set whether the tag of the experiment is true of tonight. Nothing else of the item can be changed."""
        extra = self._extra_item
        running = self.coordinator.data.experiment
        if extra is None or running is None or running.tonight is None:
            raise validation_error("unknown_item")
        if item.summary != extra.summary or item.description or running.experiment.kind is not ExperimentKind.TAG:
            raise validation_error("experiment_item_is_fixed")
        if item.status is not None and item.status != extra.status:
            done = item.status == TodoItemStatus.COMPLETED
            await self.coordinator.async_log_experiment_night(running.tonight.night, self.call_origin, done=done)

    @override
    async def async_delete_todo_items(self, uids: list[str]) -> None:
        await self.async_check_permission(Permission.CHANGE)
        if EXTRA_ITEM in uids:
            raise validation_error("experiment_item_is_fixed")
        await self.coordinator.async_remove_items(uids, self.call_origin)

    @override
    async def async_move_todo_item(self, uid: str, previous_uid: str | None = None) -> None:
        await self.async_check_permission(Permission.CHANGE)
        if uid == EXTRA_ITEM:
            raise validation_error("experiment_item_is_fixed")
        if previous_uid == EXTRA_ITEM:
            previous_uid = None
        if uid != previous_uid:
            await self.coordinator.async_move_item(uid, previous_uid, self.call_origin)


def _status(*, done: bool | None) -> TodoItemStatus:
    return TodoItemStatus.COMPLETED if done else TodoItemStatus.NEEDS_ACTION
