"""Maintain the diary's file in the background: check it once, and copy it once a day."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from . import issues
from .const import DOMAIN
from .diary.diary import Diary
from .diary.models import DatabaseError
from .timers import OneShotTimer

RETRY_INTERVAL: Final = timedelta(hours=1)
"""How long to wait before a failed copy is tried again."""


class DiaryMaintenance:
    """Maintenance of one open diary, from the start of Home Assistant until it is stopped."""

    def __init__(self, hass: HomeAssistant, diary: Diary, on_done: CALLBACK_TYPE, *, checked: bool) -> None:
        """Start with Home Assistant. `on_done` is called after each piece of work."""
        self._hass = hass
        self._diary = diary
        self._on_done = on_done
        self.is_checked = checked
        self._task: asyncio.Task[None] | None = None
        self._executor_job: asyncio.Future[Any] | None = None
        self._timer = OneShotTimer(hass, self._start, f"{DOMAIN} next copy of the diary")
        self._cancel_start_listener = async_at_started(hass, self._start)

    async def async_stop(self) -> None:
        """Stop, and wait for the work in progress: it has the file open."""
        self._cancel_start_listener()
        self._timer.async_cancel()
        if self._task is not None:
            self._task.cancel()
        if self._executor_job is not None:
            with suppress(DatabaseError):
                await self._executor_job

    @callback
    def _start(self, _now: HomeAssistant | datetime) -> None:
        self._task = self._hass.async_create_background_task(self._async_maintain(), f"{DOMAIN} diary maintenance")

    async def _async_maintain(self) -> None:
        if not self.is_checked:
            try:
                await self._async_run(self._diary.check)
                self.is_checked = True
            except DatabaseError as error:
                issues.async_create_database_issue(self._hass, error)
        try:
            due = await self._async_run(self._diary.next_copy_at)
            if due <= dt_util.utcnow():
                await self._async_run(self._diary.copy)
                due = await self._async_run(self._diary.next_copy_at)
            issues.async_delete_copy_issue(self._hass)
        except DatabaseError as error:
            issues.async_create_copy_issue(self._hass, error)
            due = dt_util.utcnow() + RETRY_INTERVAL
        self._timer.async_schedule(due)

    async def _async_run[T](self, work: Callable[[datetime], T]) -> T:
        """Run blocking work in the executor. Cancellation of the caller does not interrupt it."""
        job = self._hass.async_add_executor_job(work, dt_util.now())
        self._executor_job = job
        result = await asyncio.shield(job)
        self._executor_job = None
        self._on_done()
        return result
