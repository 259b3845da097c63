"""What the diary speaks of: episodes and clear nights, and what a sleeper may say of an episode."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final, TypedDict, override

SEVERITIES: Final = range(11)
"""Numeric rating scale, 0 (no discomfort) to 10 (the worst imaginable)."""

MAX_NOTE_LENGTH: Final = 2_000
"""The longest note, in characters."""

MAX_TAG_LENGTH: Final = 50
"""The longest tag, in characters."""

MAX_TAGS: Final = 20

EARLIEST_START: Final = datetime(2000, 1, 1, tzinfo=UTC)
MAX_DURATION: Final = timedelta(hours=24)
MAX_ONGOING: Final = timedelta(hours=4)
"""An episode that nobody ended is not ongoing for longer; its end stays unknown."""

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far ahead of ours a phone's clock may run: a start or an end that close is taken as now."""

REPEAT_WINDOW: Final = timedelta(seconds=10)
"""Phones try again when an answer is slow: the same again within this time is the same episode."""


class Side(StrEnum):
    """Which side of the body."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class BodyPart(StrEnum):
    """Where it was felt."""

    FOOT = "foot"
    ANKLE = "ankle"
    CALF = "calf"
    KNEE = "knee"
    THIGH = "thigh"
    HIP = "hip"
    ARM = "arm"
    HAND = "hand"
    TRUNK = "trunk"


class Sensation(StrEnum):
    """What it felt like."""

    URGE_TO_MOVE = "urge_to_move"
    CRAWLING = "crawling"
    TINGLING = "tingling"
    PULLING = "pulling"
    TWITCHING = "twitching"
    ACHING = "aching"
    BURNING = "burning"
    ITCHING = "itching"
    ELECTRIC = "electric"
    RESTLESS = "restless"


class Activity(StrEnum):
    """What the sleeper was doing when it began."""

    LYING = "lying"
    SITTING = "sitting"
    TRAVELLING = "travelling"
    OTHER = "other"


class Relief(StrEnum):
    """What was tried against it."""

    WALKING = "walking"
    RUBBING = "rubbing"
    MASSAGE = "massage"
    KNEE_BENDS = "knee_bends"
    STRETCHING = "stretching"
    COLD = "cold"
    WARMTH = "warmth"
    BATH = "bath"
    COMPRESSION = "compression"
    DISTRACTION = "distraction"


class ReliefEffect(StrEnum):
    """How much it helped."""

    NONE = "none"
    SOME = "some"
    FULL = "full"


class SleepImpact(StrEnum):
    """What it did to sleep."""

    NONE = "none"
    DELAYED = "delayed"
    WOKE = "woke"


class ChangeKind(StrEnum):
    """What a change in the journal did."""

    LOGGED = "logged"
    ENDED = "ended"
    UPDATED = "updated"
    DELETED = "deleted"
    CLEAR_NIGHT_LOGGED = "clear_night_logged"
    CLEAR_NIGHT_MOVED = "clear_night_moved"
    CLEAR_NIGHT_DELETED = "clear_night_deleted"
    UNDONE = "undone"


class DiaryError(Exception):
    """The diary refused: `key` names why, `placeholders` holds what the words need."""

    def __init__(self, key: str, **placeholders: object) -> None:
        """Keep the reason and its details."""
        super().__init__(key, placeholders)
        self.key = key
        self.placeholders = {name: str(value) for name, value in placeholders.items()}


class InvalidEntryError(DiaryError):
    """What was to be written is not possible: nothing has been written."""


class DatabaseError(DiaryError):
    """The file cannot be read or written: nothing has been written.

    The keys: diary_disk_full, diary_read_only, diary_locked, diary_damaged, diary_newer, diary_unavailable.
    """


class NewerDatabaseError(DatabaseError):
    """The file was written by a later release: this one leaves it alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeDetails:
    """What may be said of an episode, beside its times. Words are kept once each, in the order given.

    Raises InvalidEntryError for a value out of bounds.
    """

    severity: int | None = None
    side: Side | None = None
    body_parts: tuple[BodyPart, ...] = ()
    sensations: tuple[Sensation, ...] = ()
    activity: Activity | None = None
    relief: tuple[Relief, ...] = ()
    relief_effect: ReliefEffect | None = None
    sleep_impact: SleepImpact | None = None
    tags: tuple[str, ...] = ()
    note: str | None = None

    def __post_init__(self) -> None:
        """Tidy what was given, and refuse what cannot be."""
        for name in ("body_parts", "sensations", "relief"):
            object.__setattr__(self, name, _once_each(getattr(self, name)))
        object.__setattr__(self, "tags", _once_each(filter(None, map(clean_text, self.tags))))
        object.__setattr__(self, "note", (clean_text(self.note) or None) if self.note is not None else None)
        if self.severity is not None and self.severity not in SEVERITIES:
            raise InvalidEntryError("severity_out_of_range", severity=self.severity)
        if self.note is not None and len(self.note) > MAX_NOTE_LENGTH:
            raise InvalidEntryError("note_too_long", length=len(self.note), limit=MAX_NOTE_LENGTH)
        if len(self.tags) > MAX_TAGS:
            raise InvalidEntryError("too_many_tags", number=len(self.tags), limit=MAX_TAGS)
        if too_long := next((tag for tag in self.tags if len(tag) > MAX_TAG_LENGTH), None):
            raise InvalidEntryError("tag_too_long", tag=too_long, limit=MAX_TAG_LENGTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEpisode(EpisodeDetails):
    """What a sleeper says of an episode, before it is written.

    Moments are aware. Without `started_at`, the episode starts `ago` before it is logged; with a `duration` alone, it
    has just ended. Raises InvalidEntryError for a value out of bounds.
    """

    started_at: datetime | None = None
    ago: timedelta | None = None
    ended_at: datetime | None = None
    duration: timedelta | None = None

    @override
    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        super().__post_init__()
        if self.started_at is not None and self.ago is not None:
            raise InvalidEntryError("start_given_twice")
        if self.ended_at is not None and self.duration is not None:
            raise InvalidEntryError("end_given_twice")
        if self.ago is not None and self.ago < timedelta():
            raise InvalidEntryError("minutes_ago_negative")
        if self.duration is not None and self.duration < timedelta():
            raise InvalidEntryError("duration_negative")
        if self.duration is not None:
            _check_length(self.duration)

    def resolve_start(self, now: datetime) -> datetime:
        """Return when the episode started, in the zone of `now`, the moment it is logged.

        Raises InvalidEntryError for a start in the future or before the diary's first day, and for a past end alone.
        """
        if self.started_at is not None:
            return clamp_to_now(self.started_at, now, "start_in_future", "started_at")
        if self.ago is None and self.ended_at is not None and self.ended_at < now.astimezone(UTC):
            raise InvalidEntryError("start_needed")
        return _before(now, self.ago if self.ago is not None else self.duration or timedelta())

    def resolve_end(self, now: datetime, started_at: datetime) -> datetime | None:
        """Return when the episode that started then ended, in the zone of `now`; None where nobody said.

        Raises InvalidEntryError for an end in the future, before the start, or too long after it.
        """
        if self.duration is not None:
            ended_at = (started_at.astimezone(UTC) + self.duration).astimezone(now.tzinfo)
        elif self.ended_at is not None:
            ended_at = self.ended_at
        else:
            return None
        ended_at = clamp_to_now(ended_at, now, "end_in_future", "ended_at")
        check_span(started_at, ended_at)
        return ended_at


class Changes(TypedDict, total=False):
    """What of an episode is to change: the fields that are there. None, or nothing in a tuple, clears a field."""

    started_at: datetime
    ago: timedelta
    ended_at: datetime | None
    duration: timedelta
    severity: int | None
    side: Side | None
    body_parts: tuple[BodyPart, ...]
    sensations: tuple[Sensation, ...]
    activity: Activity | None
    relief: tuple[Relief, ...]
    relief_effect: ReliefEffect | None
    sleep_impact: SleepImpact | None
    tags: tuple[str, ...]
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeContext:
    """What was known by itself when an episode was logged: the mode, and the bedroom's temperature in degrees Celsius.

    `minutes_since_bedtime` is negative during wind-down.
    """

    bedtime_mode: bool | None = None
    minutes_since_bedtime: int | None = None
    temperature: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode(EpisodeDetails):
    """One bout of leg discomfort, as it is kept.

    `started_at` and `ended_at` are aware and carry the local offset of their moment: their wall clock is the
    sleeper's. `logged_at` and `edited_at` are in UTC.
    """

    id: str
    sleeper: str
    started_at: datetime
    ended_at: datetime | None = None
    logged_at: datetime
    edited_at: datetime | None = None
    context: EpisodeContext = EpisodeContext()

    @override
    def __post_init__(self) -> None:
        """Take what was kept as it is: it was checked when it was written, by what held then."""

    @property
    def duration(self) -> timedelta | None:
        """Return how long it lasted, where somebody said."""
        return None if self.ended_at is None else self.ended_at.astimezone(UTC) - self.started_at.astimezone(UTC)


def ongoing_episode(last: Episode | None, now: datetime) -> Episode | None:
    """Return the episode that is ongoing, given the one that began last: any other was ended by its beginning.

    It may seem to begin later than now, if the clock was ahead and is set right: as far as it could be ongoing at all.
    """
    if last is None or last.ended_at is not None or abs(now.astimezone(UTC) - last.started_at) >= MAX_ONGOING:
        return None
    return last


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearNight:
    """A night marked free of symptoms; a night with an episode is affected all the same. `logged_at` is in UTC."""

    sleeper: str
    night: date
    logged_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LogResult:
    """The answer to a log or an end: the episode, and whether it is new or the repeat of one just given."""

    episode: Episode
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearNightResult:
    """The answer to a clear night: the mark, and whether it is new or was there before."""

    clear_night: ClearNight
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoResult:
    """A change that was undone: of which kind, made when (UTC), and its subject before it (as it is again) and after.

    None before: the change had made it, and it is gone again. None after: the change had deleted it, and it is back.
    """

    kind: ChangeKind
    at: datetime
    before: Episode | ClearNight | None
    after: Episode | ClearNight | None


def clean_text(text: str) -> str:
    """Return text that any file takes: half a surrogate pair is not a character."""
    return text.encode(errors="replace").decode().strip()


def clamp_to_now(moment: datetime, now: datetime, key: str, name: str) -> datetime:
    """Return a moment in the zone of `now`, at most now. Raises InvalidEntryError beyond a clock's skew."""
    # In UTC: on one wall clock, Python would compare what the clock shows, and an hour that repeats would be lost.
    latest = now.astimezone(UTC)
    if moment > latest + CLOCK_SKEW:
        raise InvalidEntryError(key, **{name: moment.isoformat(" ", "minutes")})
    if moment < EARLIEST_START:
        raise InvalidEntryError("start_too_early", earliest=EARLIEST_START.date())
    return min(moment.astimezone(UTC), latest).astimezone(now.tzinfo)


def check_span(started_at: datetime, ended_at: datetime) -> None:
    """Raise InvalidEntryError for an end before the start, or too long after it."""
    duration = ended_at.astimezone(UTC) - started_at.astimezone(UTC)
    if duration < timedelta():
        raise InvalidEntryError("ended_before_started")
    _check_length(duration)


def _check_length(duration: timedelta) -> None:
    if duration > MAX_DURATION:
        raise InvalidEntryError("episode_too_long", limit=int(MAX_DURATION / timedelta(hours=1)))


def _once_each[T](words: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(words))


def _before(now: datetime, ago: timedelta) -> datetime:
    """Return the moment `ago` before `now`, on the wall clock of that moment."""
    latest = now.astimezone(UTC)
    if ago > latest - EARLIEST_START:
        raise InvalidEntryError("start_too_early", earliest=EARLIEST_START.date())
    return (latest - ago).astimezone(now.tzinfo)
