"""Tests of the cache of night totals: the overview is the same as without it."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import override
from zoneinfo import ZoneInfo

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import InvalidEntryError, NewEpisode
from custom_components.rls_bedtime.diary.nights import Nights
from custom_components.rls_bedtime.diary.statistics.overview import DiaryOverview, night_totals, overview
from custom_components.rls_bedtime.diary.storage.database import Database

from .samples import BERLIN, local

NOW = local("2026-11-24 03:12")
SLEEPERS = st.sampled_from(["alex", "kim"])


def uncached_overview(diary: Diary, sleeper: str, now: datetime) -> DiaryOverview:
    """Return the overview calculated from the whole diary."""
    episodes = diary.episodes(sleeper)
    return overview(
        now, night_totals(episodes).values(), episodes[0] if episodes else None, diary.clear_nights(sleeper)
    )


class OverviewMachine(RuleBasedStateMachine):
    """Two sleepers, and a clock that is set back at times and crosses a clock change."""

    def __init__(self) -> None:
        """Start on a night before the clocks go back."""
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "diary.db"
        self.diary = Diary(Database(self.path))
        self.now = local("2026-10-23 22:00").astimezone(UTC)
        self.zone = BERLIN

    @property
    def local_now(self) -> datetime:
        """Return the local time."""
        return self.now.astimezone(self.zone)

    @rule(hours=st.integers(-3, 30))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours, seconds=11)

    @rule(zone=st.sampled_from(["Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles"]))
    def the_sleeper_travels(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)

    @rule(sleeper=SLEEPERS, ago=st.integers(0, 40 * 24), severity=st.none() | st.integers(0, 10))
    def log(self, sleeper: str, ago: int, severity: int | None) -> None:
        self.diary.log(sleeper, NewEpisode(ago=timedelta(hours=ago), severity=severity), self.local_now)

    @rule(sleeper=SLEEPERS, which=st.integers(0, 5), ago=st.integers(0, 40 * 24))
    def move(self, sleeper: str, which: int, ago: int) -> None:
        for episode in self.diary.episodes(sleeper)[which : which + 1]:
            self.diary.update(sleeper, episode.id, {"started_at": self.now - timedelta(hours=ago)}, self.local_now)

    @rule(sleeper=SLEEPERS, which=st.integers(0, 5), severity=st.none() | st.integers(0, 10))
    def rate(self, sleeper: str, which: int, severity: int | None) -> None:
        for episode in self.diary.episodes(sleeper)[which : which + 1]:
            self.diary.update(sleeper, episode.id, {"severity": severity}, self.local_now)

    @rule(sleeper=SLEEPERS, which=st.integers(0, 5))
    def delete(self, sleeper: str, which: int) -> None:
        for episode in self.diary.episodes(sleeper)[which : which + 1]:
            self.diary.delete(sleeper, episode.id, self.local_now)

    @rule(sleeper=SLEEPERS, nights=st.integers(0, 40))
    def mark_clear(self, sleeper: str, nights: int) -> None:
        with suppress(InvalidEntryError):
            self.diary.log_clear_night(sleeper, self.local_now.date() - timedelta(days=nights + 1), self.local_now)

    @rule(sleeper=SLEEPERS, steps=st.integers(1, 30))
    def undo(self, sleeper: str, steps: int) -> None:
        with suppress(InvalidEntryError):
            for _ in range(steps):
                self.diary.undo(sleeper, self.local_now)

    @rule(sleeper=SLEEPERS)
    def erase(self, sleeper: str) -> None:
        self.diary.erase_sleeper(sleeper)

    @invariant()
    def the_overview_matches_the_uncached_one(self) -> None:
        for sleeper in ("alex", "kim"):
            assert self.diary.overview(sleeper, self.local_now) == uncached_overview(
                self.diary, sleeper, self.local_now
            )

    @override
    def teardown(self) -> None:
        self.diary.close()
        self.folder.cleanup()


TestOverview = OverviewMachine.TestCase
TestOverview.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)


def test_the_cache_is_cleared_when_the_file_is_replaced(diary: Diary, path: Path) -> None:
    diary.log("alex", NewEpisode(severity=4), NOW)
    diary.copy(NOW)
    diary.log("alex", NewEpisode(severity=8), NOW + timedelta(minutes=1))
    assert diary.overview("alex", NOW).episodes_tonight == 2

    diary.pause_checkpoints()
    diary.resume_checkpoints()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"damage" * 10_000)
    assert not diary.check(NOW)
    diary.log("alex", NewEpisode(severity=6), NOW + timedelta(minutes=2))

    result = diary.overview("alex", NOW + timedelta(minutes=3))
    assert diary.recovery is not None
    assert (result.episodes_tonight, result.severity.mean) == (2, 5)


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Return the statements that are executed."""
    executed: list[str] = []

    def record(*args: object) -> None:
        executed.append(str(args[2]))

    event.listen(Engine, "before_cursor_execute", record)
    yield executed
    event.remove(Engine, "before_cursor_execute", record)


def test_the_overview_does_not_read_the_episodes_of_unchanged_nights(diary: Diary, statements: list[str]) -> None:
    for day in range(20):
        diary.log("alex", NewEpisode(ago=timedelta(days=day)), NOW)
    diary.overview("alex", NOW)
    statements.clear()

    diary.overview("alex", NOW)
    unchanged = [statement for statement in statements if "utc_offset, episode.severity" in statement]
    diary.log("alex", NewEpisode(severity=3), NOW + timedelta(minutes=1))
    statements.clear()
    diary.overview("alex", NOW + timedelta(minutes=1))
    changed = [statement for statement in statements if "utc_offset, episode.severity" in statement]

    assert not [statement for statement in unchanged if "LIMIT" not in statement]
    assert len([statement for statement in changed if "LIMIT" not in statement]) == 1


def test_all_nights_are_read_again_after_many_changes(diary: Diary) -> None:
    diary.overview("alex", NOW)
    for day in range(27, -1, -1):
        diary.log("alex", NewEpisode(ago=timedelta(days=day), severity=day % 11), NOW)

    assert diary.overview("alex", NOW) == uncached_overview(diary, "alex", NOW)
    assert diary.overview("alex", NOW).nights.affected == len(Nights.ending(date(2026, 11, 23)))
