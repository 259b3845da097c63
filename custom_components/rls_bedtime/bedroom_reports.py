"""Sends what bedtime mode does to a bedroom to somebody who looks at it, also while the bedroom is reloaded."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.debounce import Debouncer

from .const import LOGGER
from .coordinator import BedtimeConfigEntry

INTERVAL: Final = 0.5
"""Seconds. Hundreds of devices may answer one after the other."""


class BedroomReports:
    """Sends the report of a bedroom when it has changed."""

    def __init__(
        self, hass: HomeAssistant, entry: BedtimeConfigEntry, send: Callable[[dict[str, Any] | None], None]
    ) -> None:
        self._entry = entry
        self._send = send
        self._sent: dict[str, Any] | None = None
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._debouncer = Debouncer(hass, LOGGER, cooldown=INTERVAL, immediate=False, function=self._send_if_changed)

    @callback
    def async_start(self) -> None:
        """Send the report now, and whenever it changes."""
        self._unsubscribe = [self._entry.async_on_state_change(self._entry_changed)]
        self._follow_session()
        self._sent = self._report()
        self._send(self._sent)

    @callback
    def async_stop(self) -> None:
        """Send nothing more."""
        self._debouncer.async_shutdown()
        while self._unsubscribe:
            self._unsubscribe.pop()()

    @callback
    def _entry_changed(self) -> None:
        """Follow the session of an entry that was loaded. One that was unloaded has forgotten its listeners."""
        self._follow_session()
        self._debouncer.async_schedule_call()

    def _follow_session(self) -> None:
        if self._entry.state is ConfigEntryState.LOADED:
            session = self._entry.runtime_data.session
            self._unsubscribe.append(session.async_add_listener(self._debouncer.async_schedule_call))

    @callback
    def _send_if_changed(self) -> None:
        if (report := self._report()) != self._sent:
            self._sent = report
            self._send(report)

    def _report(self) -> dict[str, Any] | None:
        if self._entry.state is not ConfigEntryState.LOADED:
            return None
        return asdict(self._entry.runtime_data.session.report())
