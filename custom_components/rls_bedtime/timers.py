"""A timer for whatever is due next."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time


class OneShotTimer:
    """Runs an action once at a point in time; a new point in time replaces the previous one."""

    def __init__(
        self, hass: HomeAssistant, action: Callable[[datetime], Coroutine[Any, Any, None] | None], name: str
    ) -> None:
        self._hass = hass
        self._job = HassJob(action, name, cancel_on_shutdown=True)
        self._unsubscribe: CALLBACK_TYPE | None = None

    @callback
    def async_schedule(self, point_in_time: datetime) -> None:
        """Run the action at this point in time, and no longer at an earlier or later one.

        While Home Assistant stops, nothing is scheduled any more: it has canceled what was, and a slow stop would come
        to the action when nothing can be written.
        """
        self.async_cancel()
        if self._hass.is_stopping:
            return
        self._unsubscribe = async_track_point_in_utc_time(self._hass, self._job, point_in_time)

    @callback
    def async_cancel(self) -> None:
        """Do not run the action, unless it is scheduled again."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
