"""Run Home Assistant with a clock that is so many seconds ahead: that of the home, by which nights begin and end.

The clocks of the machine and of the browser are left alone, so that logins stay valid.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
import sys
import time
from types import SimpleNamespace

from homeassistant.util import dt as dt_util

AHEAD = timedelta(seconds=float(sys.argv.pop(1)))


def _utcnow() -> datetime:
    return datetime.now(UTC) + AHEAD


def _now(time_zone: tzinfo | None = None) -> datetime:
    return _utcnow().astimezone(time_zone or dt_util.get_default_time_zone())


def _timestamp() -> float:
    return time.time() + AHEAD.total_seconds()


# Before anything else is imported that keeps a reference to them.
dt_util.utcnow = partial(_utcnow)
dt_util.now = _now

from homeassistant.helpers import event  # noqa: E402

event.time_tracker_utcnow = dt_util.utcnow
event.time_tracker_timestamp = _timestamp
event.time = SimpleNamespace(**{**vars(time), "time": _timestamp})  # type: ignore[assignment]

from homeassistant.__main__ import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
