"""Cares for the diary's file behind all that is more urgent: checks it once, and copies it once a day."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from . import issues
from .const import DOMAIN
from .diary.diary import Diary
from .diary.models import DatabaseError

RETRY_INTERVAL: Final = timedelta(hours=1)
"""When a copy that could not be made is tried again."""


class DiaryMaintenance:
    """The care for one open diary, from when Home Assistant has started until it is stopped."""

    def __init__(self, hass: HomeAssistant, diary: Diary, on_done: CALLBACK_TYPE, *, checked: bool) -> None:
        """Begin when Home Assistant has started, and say each time that something was done."""
        self._hass = hass
        self._diary = diary
        self._on_done = on_done
        self.is_checked = checked
        self._task: asyncio.Task[None] | None = None
        self._executor_job: asyncio.Future[Any] | None = None
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._cancel_start_listener = async_at_started(hass, self._start)

    async def async_stop(self) -> None:
        """Care no longer, and wait for what is under way: it holds the file open."""
        self._cancel_start_listener()
        if self._cancel_timer is not None:
            self._cancel_timer()
        if self._task is not None:
            self._task.cancel()
        if self._executor_job is not None:
            with suppress(DatabaseError):
                await self._executor_job

    @callback
    def _start(self, _now: HomeAssistant | datetime) -> None:
        self._cancel_timer = None
        self._task = self._hass.async_create_background_task(self._async_maintain(), f"{DOMAIN} care for the diary")

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
        job = HassJob(self._start, f"{DOMAIN} next copy of the diary", cancel_on_shutdown=True)
        self._cancel_timer = async_track_point_in_utc_time(self._hass, job, due)

    async def _async_run[T](self, work: Callable[[datetime], T]) -> T:
        """Do something off the event loop that goes on to its end, whoever stops waiting for it."""
        job = self._hass.async_add_executor_job(work, dt_util.now())
        self._executor_job = job
        done = await asyncio.shield(job)
        self._executor_job = None
        self._on_done()
        return done
