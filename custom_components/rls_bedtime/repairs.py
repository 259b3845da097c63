"""Repair flows."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.components.repairs.const import FlowType
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowContext, SubentryFlowContext
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from .bedroom_issues import ATTR_ENTRY_ID, ATTR_FORM, ATTR_SUBENTRY_ID, Form
from .const import DOMAIN, SUBENTRY_SLEEPER
from .diary.diary import Diary
from .diary.models import DatabaseError
from .diary_manager import DIARY_MANAGER, async_get_diary_ids
from .flows.sleeper import async_list_set_aside_files
from .issues import DIARY_ORPHANED, DIARY_RECOVERED
from .long_term_statistics import async_clear_statistics


async def async_create_fix_flow(
    _hass: HomeAssistant, issue_id: str, data: Mapping[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that fixes an issue."""
    if issue_id.startswith(DIARY_ORPHANED) and data is not None:
        return OrphanedDiaryFlow(str(data["sleeper"]))
    if issue_id.startswith(DIARY_RECOVERED) and data is not None:
        return RecoveredDiaryFlow(str(data["recovery"]))
    if data is not None and ATTR_FORM in data:
        return OpenFormFlow(Form(str(data[ATTR_FORM])), str(data[ATTR_ENTRY_ID]), str(data.get(ATTR_SUBENTRY_ID)))
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


class OpenFormFlow(RepairsFlow):
    """Say what is wrong, then open the form where it is repaired. The issue goes when that has been done."""

    def __init__(self, form: Form, entry_id: str, subentry_id: str) -> None:
        self._form = form
        self._entry_id = entry_id
        self._subentry_id = subentry_id

    async def async_step_init(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Say what is wrong."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Open the form after confirmation."""
        if user_input is None:
            return self.async_show_form(
                step_id="confirm", data_schema=vol.Schema({}), description_placeholders=self._placeholders()
            )
        if self.hass.config_entries.async_get_entry(self._entry_id) is None:
            return self.async_abort(reason="gone")
        return self.async_abort(reason="form_opened", next_flow=await self._async_start_flow())

    async def _async_start_flow(self) -> tuple[FlowType, str]:
        """Start the flow with the form. Return its type and id."""
        entries = self.hass.config_entries
        if self._form is Form.OPTIONS:
            return FlowType.OPTIONS_FLOW, (await entries.options.async_init(self._entry_id))["flow_id"]
        if self._form is Form.SLEEPER:
            handler = (self._entry_id, SUBENTRY_SLEEPER)
            subentry_context = SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=self._subentry_id)
            started = await entries.subentries.async_init(handler, context=subentry_context)
            return FlowType.CONFIG_SUBENTRIES_FLOW, started["flow_id"]
        flow_context = ConfigFlowContext(source=SOURCE_RECONFIGURE, entry_id=self._entry_id)
        return FlowType.CONFIG_FLOW, (await entries.flow.async_init(DOMAIN, context=flow_context))["flow_id"]

    def _placeholders(self) -> dict[str, str]:
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return (issue and issue.translation_placeholders) or {}


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
        """Erase the diary after confirmation, unless a sleeper has continued it meanwhile."""
        errors: dict[str, str] = {}
        if self._diary_id in async_get_diary_ids(self.hass):
            return self.async_abort(reason="continued")
        if user_input is not None:
            manager = self.hass.data[DIARY_MANAGER]
            try:
                async with manager.async_opened():
                    await manager.async_write(Diary.erase_sleeper, self._diary_id)
            except HomeAssistantError, DatabaseError:
                errors["base"] = "diary_refused"
            else:
                await async_clear_statistics(self.hass, self._diary_id)
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
