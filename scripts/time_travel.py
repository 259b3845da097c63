"""A Home Assistant whose clock can be moved: it is started again at another time."""

from datetime import UTC, datetime
from pathlib import Path
import sys
from typing import override
from zoneinfo import ZoneInfo

from server import Server

MOVED_CLOCK = Path(__file__).with_name("moved_clock.py")


class TimeTravelServer(Server):
    """A Home Assistant whose clock can be moved. `time_zone` is that of the home."""

    time_zone = ZoneInfo("Europe/Berlin")

    @override
    def _prepare_config_dir(self) -> None:
        """Let the recorder keep one day: at each start, it makes up for the statistics of the days that it keeps."""
        super()._prepare_config_dir()
        with (self.config_dir / "configuration.yaml").open("a", encoding="utf-8") as configuration:
            configuration.write("\nrecorder:\n  purge_keep_days: 1\n")

    def travel_to(self, moment: str) -> None:
        """Stop it, however long that takes, and start it at a local time. From then on, its clock runs."""
        self.stop()
        local = datetime.fromisoformat(moment).replace(tzinfo=self.time_zone)
        # In UTC: within a time zone, Python's arithmetic ignores the clock change in between.
        ahead = local.astimezone(UTC) - datetime.now(UTC)
        self.command = (sys.executable, MOVED_CLOCK, str(ahead.total_seconds()))
        self.start()
