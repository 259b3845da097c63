"""The evening routine of a sleeper as a to-do list. It is reset each noon; the diary keeps what was done each night."""

from typing import override

from homeassistant.components.todo import TodoItem, TodoItemStatus, TodoListEntity, TodoListEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .actions.permissions import Permission
from .coordinator import BedtimeConfigEntry
from .entity import SleeperEntity
from .errors import validation_error

PARALLEL_UPDATES = 0

EVENING_ROUTINE = EntityDescription(key="evening_routine", translation_key="evening_routine")


async def async_setup_entry(
    _hass: HomeAssistant, entry: BedtimeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the evening routine of each sleeper."""
    for subentry_id, coordinator in entry.runtime_data.sleepers.items():
        async_add_entities([EveningRoutine(coordinator, EVENING_ROUTINE)], config_subentry_id=subentry_id)


class EveningRoutine(SleeperEntity, TodoListEntity):
    """The to-do list of a sleeper's evening routine."""

    _attr_supported_features = (
        TodoListEntityFeature.CREATE_TODO_ITEM
        | TodoListEntityFeature.UPDATE_TODO_ITEM
        | TodoListEntityFeature.DELETE_TODO_ITEM
        | TodoListEntityFeature.MOVE_TODO_ITEM
    )

    @property
    @override
    def todo_items(self) -> list[TodoItem]:
        return [
            TodoItem(
                uid=item.uid,
                summary=item.text,
                status=TodoItemStatus.COMPLETED if item.done else TodoItemStatus.NEEDS_ACTION,
            )
            for item in self.coordinator.data.routine
        ]

    @override
    async def async_create_todo_item(self, item: TodoItem) -> None:
        await self.coordinator.async_add_item(item.summary or "", self.call_origin)

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
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

    @override
    async def async_delete_todo_items(self, uids: list[str]) -> None:
        await self.async_check_permission(Permission.CHANGE)
        await self.coordinator.async_remove_items(uids, self.call_origin)

    @override
    async def async_move_todo_item(self, uid: str, previous_uid: str | None = None) -> None:
        await self.async_check_permission(Permission.CHANGE)
        if uid != previous_uid:
            await self.coordinator.async_move_item(uid, previous_uid, self.call_origin)
