"""Skip a night of an experiment if the sleeper is not at home at bedtime."""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import date, datetime
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .bedtime.schedule import MAX_LATE_START
from .bedtime.session import Session
from .const import DOMAIN
from .diary.experiments import RunningExperiment
from .presence import is_at_home
from .sleeper_options import person_of
from .timers import OneShotTimer

_NOT_KNOWN: Final = (STATE_UNKNOWN, STATE_UNAVAILABLE)


class AbsenceCheck:
    """Looks once a night, at the scheduled bedtime, whether the person of a sleeper is at home.

    A bedtime that has just passed, as Home Assistant was down then, is made up for.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        sleeper: ConfigSubentry,
        session: Session,
        skip: Callable[[], Coroutine[Any, Any, None]],
    ) -> None:
        self._hass = hass
        self._sleeper = sleeper
        self._session = session
        self._skip = skip
        self._timer = OneShotTimer(hass, self._async_check, f"{DOMAIN} absence of {sleeper.title}")
        self._due: datetime | None = None
        self._night: date | None = None
        self._checked: date | None = None

    @callback
    def async_stop(self) -> None:
        """Look no longer."""
        self._timer.async_cancel()

    @callback
    def async_update(self, running: RunningExperiment | None) -> None:
        """Look at the bedtime of tonight, if an experiment needs to know."""
        now = dt_util.now()
        tonight = None if running is None else running.tonight
        needs_to_know = tonight is not None and not tonight.skipped and tonight.night != self._checked
        if needs_to_know and self._due is not None and self._due <= now:
            # The timer is about to fire. The schedule may be at the next bedtime already.
            return
        self._timer.async_cancel()
        self._due = None
        if tonight is None or not needs_to_know:
            return
        bedtime = self._session.scheduled_bedtime(tonight.night)
        if bedtime is not None and now <= bedtime + MAX_LATE_START:
            self._due = max(bedtime, dt_util.utcnow())
            self._night = tonight.night
            self._timer.async_schedule(self._due)

    async def _async_check(self, _now: datetime) -> None:
        self._due = None
        person = person_of(self._sleeper)
        state = None if person is None else self._hass.states.get(person)
        if state is None or state.state in _NOT_KNOWN:
            return
        self._checked = self._night
        if not is_at_home(state):
            # A disk that refuses is reported by a repair issue.
            with suppress(HomeAssistantError):
                await self._skip()
