"""Data models of the diary: episodes, clear nights, marked changes, the journal and errors."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from math import isfinite
from typing import Final, TypedDict, cast, override
from unicodedata import normalize

from .clock import first_occurrence, last_occurrence

SEVERITIES: Final = range(11)
"""Numeric rating scale: 0 (no discomfort) to 10 (worst imaginable)."""

MAX_NOTE_LENGTH: Final = 2_000
"""Maximum length of a note, in characters."""

MAX_TAG_LENGTH: Final = 50
"""Maximum length of a tag, in characters."""

MAX_TAGS: Final = 20

MAX_NAME_LENGTH: Final = 100
"""Maximum length of the name and of the amount of a marked change, in characters."""

MAX_UNIT_LENGTH: Final = 30
"""Maximum length of the unit of a laboratory value, in characters."""

EARLIEST_START: Final = datetime(2000, 1, 1, tzinfo=UTC)
MAX_DURATION: Final = timedelta(hours=24)
MAX_ONGOING: Final = timedelta(hours=4)
"""After this time an episode without an end is no longer ongoing; its end stays unknown."""

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far a phone's clock may be ahead: a start or an end that is this close in the future is set to now."""

REPEAT_WINDOW: Final = timedelta(seconds=60)
"""Phones retry when a response is slow, for up to half a minute: the same call within this time is a repeat."""

MAX_REQUEST_ID_LENGTH: Final = 64
"""Maximum length of a request id, in characters. Clients make a UUID."""


class Side(StrEnum):
    """Affected side of the body."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class BodyPart(StrEnum):
    """Affected part of the body."""

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
    """Quality of the discomfort."""

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
    """What the sleeper was doing when the episode started."""

    LYING = "lying"
    SITTING = "sitting"
    TRAVELLING = "travelling"
    OTHER = "other"


class Relief(StrEnum):
    """Relief measure."""

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
    """How much the relief helped."""

    NONE = "none"
    SOME = "some"
    FULL = "full"


class SleepImpact(StrEnum):
    """Impact on sleep."""

    NONE = "none"
    DELAYED = "delayed"
    WOKE = "woke"


class MarkedChangeKind(StrEnum):
    """Kind of change that a sleeper marked on a date."""

    MEDICINE_STARTED = "medicine_started"
    MEDICINE_STOPPED = "medicine_stopped"
    DOSE_CHANGED = "dose_changed"
    IRON = "iron"
    LABORATORY = "laboratory"
    DEVICE = "device"
    PRACTICE = "practice"
    ILLNESS = "illness"
    PREGNANCY = "pregnancy"
    TRAVEL = "travel"
    OTHER = "other"


class ChangeKind(StrEnum):
    """Kind of change in the journal."""

    LOGGED = "logged"
    ENDED = "ended"
    UPDATED = "updated"
    DELETED = "deleted"
    CLEAR_NIGHT_LOGGED = "clear_night_logged"
    CLEAR_NIGHT_MOVED = "clear_night_moved"
    CLEAR_NIGHT_DELETED = "clear_night_deleted"
    ITEM_ADDED = "item_added"
    ITEM_UPDATED = "item_updated"
    ITEM_REMOVED = "item_removed"
    ITEM_MOVED = "item_moved"
    PRACTICE_LOGGED = "practice_logged"
    PRACTICE_DELETED = "practice_deleted"
    MARKED_CHANGE_LOGGED = "change_logged"
    MARKED_CHANGE_UPDATED = "change_updated"
    MARKED_CHANGE_DELETED = "change_deleted"
    EXPERIMENT_STARTED = "experiment_started"
    EXPERIMENT_STOPPED = "experiment_stopped"
    EXPERIMENT_NIGHT_UPDATED = "experiment_night_updated"
    IMPORTED = "diary_imported"
    UNDONE = "undone"
    REDONE = "redone"


class RecordType(StrEnum):
    """Type of a record that the journal covers."""

    EPISODE = "episode"
    CLEAR_NIGHT = "clear_night"
    ITEM = "item"
    PRACTICE = "practice"
    MARKED_CHANGE = "marked_change"
    EXPERIMENT = "experiment"
    EXPERIMENT_NIGHT = "experiment_night"


class Action(StrEnum):
    """Kind of call that changes a diary. A call only repeats another one of its kind."""

    LOG = "log_episode"
    END = "end_episode"
    UPDATE = "update_episode"
    DELETE = "delete_episode"
    LOG_CLEAR_NIGHT = "log_clear_night"
    DELETE_CLEAR_NIGHT = "delete_clear_night"
    MOVE_CLEAR_NIGHT = "move_clear_night"
    LOG_PRACTICE = "log_practice"
    ADD_ITEM = "add_item"
    UPDATE_ITEM = "update_item"
    REMOVE_ITEMS = "remove_items"
    MOVE_ITEM = "move_item"
    LOG_MARKED_CHANGE = "log_change"
    UPDATE_MARKED_CHANGE = "update_change"
    DELETE_MARKED_CHANGE = "delete_change"
    START_EXPERIMENT = "start_experiment"
    STOP_EXPERIMENT = "stop_experiment"
    UPDATE_EXPERIMENT_NIGHT = "update_experiment_night"
    UNDO = "undo"
    REDO = "redo"


class DiaryError(Exception):
    """Base of the diary's errors: `key` is a translation key, `placeholders` are the values for its text."""

    def __init__(self, key: str, **placeholders: object) -> None:
        super().__init__(key, placeholders)
        self.key = key
        self.placeholders = {name: str(value) for name, value in placeholders.items()}


class InvalidEntryError(DiaryError):
    """The entry is invalid: nothing has been written."""


class DatabaseError(DiaryError):
    """The file cannot be read or written: nothing has been written.

    Keys: diary_disk_full, diary_read_only, diary_locked, diary_damaged, diary_newer, diary_unavailable.
    """


class NewerDatabaseError(DatabaseError):
    """The file was written by a newer version, so it is left unchanged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The origin of a call that changes a diary, by which a repeat of the call is recognized.

    `id` is the client's own id of the call, if it has one; `user` is the calling user, None for an automation, and
    `may_change` is whether they may do more than log. Raises InvalidEntryError for an id that is too long.
    """

    id: str | None = None
    user: str | None = None
    may_change: bool = True

    def __post_init__(self) -> None:
        """Normalize and validate the id."""
        object.__setattr__(self, "id", clean_text(self.id or "") or None)
        if self.id is not None and len(self.id) > MAX_REQUEST_ID_LENGTH:
            raise InvalidEntryError("request_id_too_long", limit=MAX_REQUEST_ID_LENGTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeDetails:
    """Details of an episode other than its times. Duplicates in lists are removed; the order is kept.

    Raises InvalidEntryError for an invalid value.
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
        """Normalize and validate the values."""
        for name in ("body_parts", "sensations", "relief"):
            object.__setattr__(self, name, _unique(getattr(self, name)))
        object.__setattr__(self, "tags", _unique(filter(None, map(clean_text, self.tags))))
        object.__setattr__(self, "note", _clean_note(self.note))
        if self.severity is not None and self.severity not in SEVERITIES:
            raise InvalidEntryError("severity_out_of_range", severity=self.severity)
        if len(self.tags) > MAX_TAGS:
            raise InvalidEntryError("too_many_tags", number=len(self.tags), limit=MAX_TAGS)
        if too_long := next((tag for tag in self.tags if len(tag) > MAX_TAG_LENGTH), None):
            raise InvalidEntryError("tag_too_long", tag=too_long, limit=MAX_TAG_LENGTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEpisode(EpisodeDetails):
    """An episode to be logged, as entered by a sleeper.

    Datetimes are aware. Without `started_at`, the episode starts `ago` before it is logged; with only a `duration`, it
    ends when it is logged. A start that is a time of day is its last occurrence, an end its first one after the start.
    Raises InvalidEntryError for an invalid value.
    """

    started_at: datetime | time | None = None
    ago: timedelta | None = None
    ended_at: datetime | time | None = None
    duration: timedelta | None = None

    @override
    def __post_init__(self) -> None:
        """Validate the values."""
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
        """Return the start of the episode, in the time zone of `now`, the time at which it is logged.

        Raises InvalidEntryError for a start in the future or before the first day of the diary, and for an end in the
        past without a start.
        """
        if self.started_at is not None:
            return clamp_to_now(resolve_clock_time(self.started_at, now), now, "start_in_future", "started_at")
        if (
            self.ago is None
            and self.ended_at is not None
            and resolve_clock_time(self.ended_at, now) < now.astimezone(UTC)
        ):
            raise InvalidEntryError("start_needed")
        return _time_ago(now, self.ago if self.ago is not None else self.duration or timedelta())

    def resolve_end(self, now: datetime, started_at: datetime) -> datetime | None:
        """Return the end of the episode with this start, in the time zone of `now`; None if it is not given.

        Raises InvalidEntryError for an end in the future, before the start, or too long after it.
        """
        if self.duration is not None:
            ended_at = (started_at.astimezone(UTC) + self.duration).astimezone(now.tzinfo)
        elif isinstance(self.ended_at, time):
            ended_at = first_occurrence(self.ended_at, started_at, now.tzinfo)
        elif self.ended_at is not None:
            ended_at = self.ended_at
        else:
            return None
        ended_at = clamp_to_now(ended_at, now, "end_in_future", "ended_at")
        if ended_at.astimezone(UTC) == started_at.astimezone(UTC).replace(second=0, microsecond=0):
            # A clock that shows no seconds says the same for both.
            ended_at = started_at.astimezone(now.tzinfo)
        check_span(started_at, ended_at)
        return ended_at


class Changes(TypedDict, total=False):
    """Changes of an episode: the fields that are present. None, or an empty tuple, clears a field.

    A start that is a time of day is its last occurrence, an end its first one after the start, the new one if that
    changes too.
    """

    started_at: datetime | time
    ago: timedelta
    ended_at: datetime | time | None
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
    """State of the bedroom when an episode was logged: bedtime mode, and the temperature in degrees Celsius.

    `minutes_since_bedtime` is negative during wind-down.
    """

    bedtime_mode: bool | None = None
    minutes_since_bedtime: int | None = None
    temperature: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode(EpisodeDetails):
    """One bout of leg discomfort, as stored.

    `started_at` and `ended_at` are aware, with the local UTC offset at that time: they show the wall clock of the
    sleeper. `logged_at` and `edited_at` are in UTC.
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
        """Do not validate: a stored episode was valid by the rules in force when it was written."""

    @property
    def duration(self) -> timedelta | None:
        """Return the duration, or None if the end is unknown."""
        return None if self.ended_at is None else self.ended_at.astimezone(UTC) - self.started_at.astimezone(UTC)


def ongoing_episode(last: Episode | None, now: datetime) -> Episode | None:
    """Return the ongoing episode, given the one that started last: an episode stops being ongoing when the next starts.

    After the clock was set back, its start may be in the future: it is ongoing if that is within the maximum time.
    """
    if last is None or last.ended_at is not None or abs(now.astimezone(UTC) - last.started_at) >= MAX_ONGOING:
        return None
    return last


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearNight:
    """A night marked free of symptoms. A night with an episode is affected nevertheless. `logged_at` is in UTC."""

    sleeper: str
    night: date
    logged_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutineItem:
    """An item of a sleeper's evening routine, and whether it is done on the requested night."""

    uid: str
    text: str
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """An item of the evening routine that was done on a night, with the current or last text of the item.

    `done_at` (UTC) is when it was marked as done; None if that is not known.
    """

    item: str
    text: str
    night: date
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeHistory:
    """An item of the evening routine, or one that was removed, and the nights of a period on which it was done.

    `since` is the first night of the item: the one on which it was added, or an earlier one on which it was done.
    `removed_at` is in UTC.
    """

    uid: str
    text: str
    since: date | None
    removed_at: datetime | None
    nights: tuple[date, ...]

    @property
    def removed(self) -> bool:
        """Return whether the item was removed from the routine."""
        return self.removed_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedChangeDetails:
    """What a marked change says. A laboratory value has a name, a value and perhaps a unit; others have no value.

    Raises InvalidEntryError for an invalid value.
    """

    kind: MarkedChangeKind = MarkedChangeKind.OTHER
    name: str | None = None
    amount: str | None = None
    value: float | None = None
    unit: str | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        """Normalize and validate the values."""
        object.__setattr__(self, "note", _clean_note(self.note))
        for name, limit in (("name", MAX_NAME_LENGTH), ("amount", MAX_NAME_LENGTH), ("unit", MAX_UNIT_LENGTH)):
            text = clean_text(getattr(self, name) or "") or None
            object.__setattr__(self, name, text)
            if text is not None and len(text) > limit:
                raise InvalidEntryError("text_too_long", field=name, limit=limit)
        if self.value is not None:
            object.__setattr__(self, "value", float(self.value))
            if not isfinite(self.value):
                raise InvalidEntryError("not_a_number", field="value", value=self.value)
        if self.kind is MarkedChangeKind.LABORATORY:
            if self.name is None or self.value is None:
                raise InvalidEntryError("laboratory_incomplete")
        elif self.value is not None or self.unit is not None:
            raise InvalidEntryError("value_without_laboratory")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMarkedChange(MarkedChangeDetails):
    """A change to be marked, by default on the current day."""

    day: date | None = None


class MarkedChangeUpdate(TypedDict, total=False):
    """An update of a marked change: the fields that are present. None clears a field."""

    day: date
    kind: MarkedChangeKind
    name: str | None
    amount: str | None
    value: float | None
    unit: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedChange(MarkedChangeDetails):
    """Something that a sleeper marked on a day, as stored: a medicine started, iron, a laboratory value, an illness.

    The amount is the text of that day. `logged_at` and `edited_at` are in UTC.
    """

    id: str
    sleeper: str
    day: date
    logged_at: datetime
    edited_at: datetime | None = None

    @override
    def __post_init__(self) -> None:
        """Do not validate: a stored change was valid by the rules in force when it was written."""

    def as_json(self) -> dict[str, str | float | None]:
        """Return the marked change as JSON types."""
        return {
            "id": self.id,
            "date": self.day.isoformat(),
            "kind": self.kind,
            "name": self.name,
            "amount": self.amount,
            "value": self.value,
            "unit": self.unit,
            "note": self.note,
            "logged_at": self.logged_at.isoformat(),
            "edited_at": None if self.edited_at is None else self.edited_at.isoformat(),
        }


class ExperimentKind(StrEnum):
    """What an experiment switches between the nights: an item of the routine, a tag, or an option of bedtime mode."""

    PRACTICE = "practice"
    TAG = "tag"
    OPTION = "option"


class Arm(StrEnum):
    """What an experiment assigns to a night."""

    WITH = "with"
    WITHOUT = "without"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExperiment:
    """An experiment to be started. A practice is given by the uid or the text of an item of the routine.

    Raises InvalidEntryError for an invalid tag.
    """

    kind: ExperimentKind
    subject: str
    nights: int
    with_value: str | None = None
    without_value: str | None = None

    def __post_init__(self) -> None:
        """Normalize and validate the values."""
        subject = clean_text(self.subject)
        object.__setattr__(self, "subject", subject)
        if self.kind is ExperimentKind.TAG and len(subject) > MAX_TAG_LENGTH:
            raise InvalidEntryError("tag_too_long", tag=subject, limit=MAX_TAG_LENGTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """An experiment on a sleeper's nights, each of which is assigned by chance to be with or without something.

    `subject` is the uid of an item, the text of a tag, or the key of an option; only an option has a `with_value` and a
    `without_value`, as JSON. The nights are drawn in pairs: bit i of `seed` is set if the pair i begins with the night
    without. `stopped_on` is the first night that is no longer part of an experiment that was stopped.
    """

    id: str
    sleeper: str
    kind: ExperimentKind
    subject: str
    with_value: str | None
    without_value: str | None
    nights: int
    first_night: date
    seed: int
    logged_at: datetime
    stopped_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentNight:
    """What was said of a night of an experiment.

    A skipped night is not part of the experiment. If it was skipped before it was over, it `repeats`: what was assigned
    to it is assigned to the next night. `done` is whether the tag was true of the night, if that was said.
    """

    sleeper: str
    night: date
    experiment: str
    skipped: bool
    repeats: bool
    done: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NightConditions:
    """What was measured in the bedroom during a night, and by a sleep tracker; what is unknown is None.

    The means of the temperature in degrees Celsius, of the relative humidity in percent, and of the illuminance in
    lux; and how many minutes the sleeper was asleep and in bed.
    """

    sleeper: str
    night: date
    temperature: float | None
    humidity: float | None
    illuminance: float | None
    minutes_asleep: int | None
    minutes_in_bed: int | None


type Record = Episode | ClearNight | RoutineItem | Practice | MarkedChange | Experiment | ExperimentNight


@dataclass(frozen=True, slots=True)
class Transition:
    """A record before and after a change; None if there was none. A record that was left unchanged is both."""

    before: Record | None
    after: Record | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteResult:
    """Result of a call that writes: the id of its change, None if nothing had to be written, and what it changed.

    `repeated` is whether the call repeated an earlier one: nothing was written, and this is the result of the first.
    If so, `ongoing` is the id of the episode that was ongoing after the change.
    """

    change_id: str | None
    transitions: tuple[Transition, ...]
    repeated: bool = False
    ongoing: str | None = None

    @property
    def new(self) -> bool:
        """Return whether this call has changed the diary."""
        return self.change_id is not None and not self.repeated

    @property
    def _first(self) -> Transition:
        return self.transitions[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeResult(WriteResult):
    """Result of logging, ending, updating or deleting an episode."""

    @property
    def episode(self) -> Episode:
        """Return the episode after the change, or before it if it was deleted."""
        return cast(Episode, self._first.after or self._first.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearNightResult(WriteResult):
    """Result of logging, moving or deleting a clear night."""

    @property
    def clear_night(self) -> ClearNight:
        """Return the clear night after the change, or before it if it was deleted."""
        after = (each.after for each in self.transitions if each.after is not None)
        return cast(ClearNight, next(after, self._first.before))


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeResult(WriteResult):
    """Result of setting whether an item is done on a night."""

    item: RoutineItem
    night: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedChangeResult(WriteResult):
    """Result of logging, updating or deleting a marked change."""

    @property
    def marked_change(self) -> MarkedChange:
        """Return the marked change after the call, or before it if it was deleted."""
        return cast(MarkedChange, self._first.after or self._first.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentWriteResult(WriteResult):
    """Result of starting or stopping an experiment."""

    @property
    def experiment(self) -> Experiment:
        """Return the experiment after the call."""
        return cast(Experiment, self._first.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentNightResult(WriteResult):
    """Result of saying something of a night of an experiment."""

    night: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult(WriteResult):
    """Result of importing a diary: how many records of each section of the file were added.

    It has no transitions: there may be thousands.
    """

    added: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevertResult(WriteResult):
    """Result of undo or redo: the kind and time (UTC) of the change that was undone, or redone if `redone`.

    The transitions are those of the undo or redo itself: undoing a deletion has a record after it, and none before it.
    """

    kind: ChangeKind
    at: datetime
    redone: bool


def clean_text(text: str) -> str:
    """Return a stripped text without lone surrogates, which cannot be encoded."""
    return text.encode(errors="replace").decode().strip()


def fold_text(text: str) -> str:
    """Return a text as names are compared: in any case, spacing and encoding of accents."""
    return " ".join(normalize("NFKC", text).casefold().split())


def resolve_clock_time(moment: datetime | time, now: datetime) -> datetime:
    """Return a datetime; a time of day means its last occurrence. A phone's clock may be a little ahead."""
    if isinstance(moment, time):
        return last_occurrence(moment, now.astimezone(UTC) + CLOCK_SKEW, now.tzinfo)
    return moment


def clamp_to_now(moment: datetime, now: datetime, key: str, name: str) -> datetime:
    """Return a datetime in the time zone of `now`, at most now.

    Raises InvalidEntryError, with `key` and the datetime as placeholder `name`, if it is in the future by more than the
    clock skew, or before the first day of the diary.
    """
    # In UTC: within a time zone, Python compares wall clock times, which is wrong in a repeated hour.
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


def _clean_note(note: str | None) -> str | None:
    note = clean_text(note or "") or None
    if note is not None and len(note) > MAX_NOTE_LENGTH:
        raise InvalidEntryError("note_too_long", length=len(note), limit=MAX_NOTE_LENGTH)
    return note


def _unique[T](values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))


def _time_ago(now: datetime, ago: timedelta) -> datetime:
    """Return the time `ago` before `now`, with the UTC offset at that time."""
    latest = now.astimezone(UTC)
    if ago > latest - EARLIEST_START:
        raise InvalidEntryError("start_too_early", earliest=EARLIEST_START.date())
    return (latest - ago).astimezone(now.tzinfo)
