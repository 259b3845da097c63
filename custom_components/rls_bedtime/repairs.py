"""Repair flows."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from .const import DOMAIN
from .diary.diary import Diary
from .diary.models import DatabaseError
from .diary_manager import DIARY_MANAGER
from .flows.sleeper import async_list_set_aside_files
from .issues import DIARY_ORPHANED, DIARY_RECOVERED


async def async_create_fix_flow(
    _hass: HomeAssistant, issue_id: str, data: Mapping[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that fixes an issue."""
    if issue_id.startswith(DIARY_ORPHANED) and data is not None:
        return OrphanedDiaryFlow(str(data["sleeper"]))
    if issue_id.startswith(DIARY_RECOVERED) and data is not None:
        return RecoveredDiaryFlow(str(data["recovery"]))
    return ConfirmRepairFlow()


class RecoveredDiaryFlow(ConfirmRepairFlow):
    """Confirm that a recovery of the diary has been seen, so that it is not reported again."""

    def __init__(self, recovery_id: str) -> None:
        self._recovery_id = recovery_id

    @override
    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        if user_input is not None:
            await self.hass.data[DIARY_MANAGER].async_confirm_recovery(self._recovery_id)
        return await super().async_step_confirm(user_input)


class OrphanedDiaryFlow(RepairsFlow):
    """Erase or keep the diary of a removed sleeper."""

    def __init__(self, diary_id: str) -> None:
        self._diary_id = diary_id

    async def async_step_init(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Offer to erase or to keep the diary."""
        return self.async_show_menu(
            step_id="init", menu_options=["erase", "keep"], description_placeholders=self._placeholders()
        )

    async def async_step_keep(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Keep the diary, and ignore the issue."""
        ir.async_ignore_issue(self.hass, DOMAIN, self.issue_id, ignore=True)
        return self.async_abort(reason="kept")

    async def async_step_erase(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Erase the diary after confirmation."""
        errors: dict[str, str] = {}
        if user_input is not None:
            manager = self.hass.data[DIARY_MANAGER]
            try:
                async with manager.async_opened():
                    await manager.async_write(Diary.erase_sleeper, self._diary_id)
            except HomeAssistantError, DatabaseError:
                errors["base"] = "diary_refused"
            else:
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="erase",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={**self._placeholders(), "set_aside": await async_list_set_aside_files(self.hass)},
        )

    def _placeholders(self) -> dict[str, str]:
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return (issue and issue.translation_placeholders) or {}
