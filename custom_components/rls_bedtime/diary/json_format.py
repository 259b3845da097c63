"""The JSON format of an exported diary: how each kind of record is written and read. Pure.

A section of the file is a list of records of one kind. Empty fields are left out. Times have the offset of the clock of
the sleeper; what only the diary itself needs is in UTC.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from fractions import Fraction
import json
from math import isfinite
import re
from typing import Any, Final

from .models import (
    EARLIEST_START,
    Activity,
    BodyPart,
    Episode,
    EpisodeContext,
    EpisodeDetails,
    ExperimentKind,
    InvalidEntryError,
    MarkedChange,
    MarkedChangeDetails,
    MarkedChangeKind,
    Relief,
    ReliefEffect,
    Sensation,
    Side,
    SleepImpact,
    clean_text,
)
from .routine import MAX_ITEM_LENGTH
from .storage.column_types import to_local, utc_offset_of
from .storage.tables import (
    Base,
    BedtimeRow,
    ClearNightRow,
    EpisodeRow,
    ExperimentNightRow,
    ExperimentRow,
    MarkedChangeRow,
    NightConditionsRow,
    PracticeRow,
    RoutineItemRow,
)

SCHEMA: Final = 1
SCHEMA_KEY: Final = "schema"

MAX_ID_LENGTH: Final = 64

_FIRST_YEAR: Final = EARLIEST_START.year - 1
_LAST_YEAR: Final = 9998
"""Years whose datetimes exist in every time zone."""

_FIELDS: Final[Mapping[str, str]] = {
    "severity_out_of_range": "severity",
    "note_too_long": "note",
    "too_many_tags": "tags",
    "tag_too_long": "tags",
    "laboratory_incomplete": "value",
    "value_without_laboratory": "kind",
}
"""The fields that errors of the diary are about."""

type Values = Mapping[str, Any]
type _Parser = Callable[[Any], Any]


class InvalidValueError(ValueError):
    """A value in the file is invalid: that of a field, or, if `field` is None, of a whole record."""

    def __init__(self, field: str | None) -> None:
        super().__init__(field)
        self.field = field


# --- values -----------------------------------------------------------------------------------------------------------


def _text(limit: int) -> _Parser:
    def parse(value: Any) -> str:
        if not isinstance(value, str) or not (text := clean_text(value)) or len(text) > limit:
            raise ValueError
        return text

    return parse


def _any_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(map(_any_text, _list(value)))


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _enums[Choice: StrEnum](choices: type[Choice]) -> _Parser:
    return lambda value: tuple(map(choices, _list(value)))


def _integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST_INTEGER:
        raise TypeError
    return value


def _nights(value: Any) -> int:
    if not 1 <= _integer(value) <= _MOST_NIGHTS:
        raise ValueError
    return int(value)


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(number := float(value)):
        raise TypeError
    return number


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _option_value(value: Any) -> str:
    """Parse a value of an option, as JSON: a Boolean, a text or a number, which a response can contain."""
    match json.loads(_any_text(value)):
        case bool() | str():
            pass
        case int() as number:
            _integer(number)
        case number:
            _number(number)
    return str(value)


def _fraction(value: Any) -> Fraction:
    # Not every text of a fraction: that of a large exponent takes all memory.
    if not _FRACTION.fullmatch(_any_text(value)):
        raise ValueError
    return Fraction(value)


def _datetime(value: Any) -> datetime:
    parsed = datetime.fromisoformat(_any_text(value))
    if parsed.tzinfo is None or not _FIRST_YEAR <= parsed.year <= _LAST_YEAR:
        raise ValueError
    return parsed


def _utc_datetime(value: Any) -> datetime:
    return _datetime(value).astimezone(UTC)


def _date(value: Any) -> date:
    parsed = date.fromisoformat(_any_text(value))
    if not _FIRST_YEAR <= parsed.year <= _LAST_YEAR:
        raise ValueError
    return parsed


_LARGEST_INTEGER: Final = 2**53
_MOST_NIGHTS: Final = 366
_FRACTION: Final = re.compile(r"-?[0-9]+(/[0-9]+)?")
_ID: Final = _text(MAX_ID_LENGTH)


def _to_json(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case Fraction():
            return str(value)
        case tuple():
            return list(value)
    return value


# --- records ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Section[Row: Base]:
    """A section of the file: its name, its table, the fields of a record with their parsers, and which it must have.

    `values_of` returns the values of a row by field, and `make_row` the row of a sleeper with these values.
    """

    name: str
    table: type[Row]
    parsers: Mapping[str, _Parser]
    required: frozenset[str]
    values_of: Callable[[Row], Values]
    make_row: Callable[[str, dict[str, Any]], Row]

    def write(self, row: Row) -> dict[str, Any]:
        """Return a row as a record of the file."""
        values = ((name, _to_json(value)) for name, value in self.values_of(row).items())
        return {name: value for name, value in values if value is not None and value != []}

    def read(self, sleeper: str, record: object) -> Row:
        """Return the row of a record. Raises InvalidValueError."""
        if not isinstance(record, dict):
            raise InvalidValueError(None)
        for name in sorted(self.required - record.keys()) + [name for name in record if name not in self.parsers]:
            raise InvalidValueError(name)
        values = {name: _parse(name, self.parsers[name], value) for name, value in record.items()}
        try:
            return self.make_row(sleeper, values)
        except InvalidEntryError as error:
            raise InvalidValueError(error.placeholders.get("field", _FIELDS.get(error.key))) from error


def _parse(name: str, parser: _Parser, value: Any) -> Any:
    try:
        return parser(value)
    except (ArithmeticError, RecursionError, TypeError, ValueError) as error:
        raise InvalidValueError(name) from error


_EPISODE_DETAILS: Final[Mapping[str, _Parser]] = {
    "severity": _integer,
    "side": Side,
    "body_parts": _enums(BodyPart),
    "sensations": _enums(Sensation),
    "activity": Activity,
    "relief": _enums(Relief),
    "relief_effect": ReliefEffect,
    "sleep_impact": SleepImpact,
    "tags": _texts,
    "note": _any_text,
}
_EPISODE_CONTEXT: Final[Mapping[str, _Parser]] = {
    "bedtime_mode": _boolean,
    "minutes_since_bedtime": _integer,
    "temperature": _number,
}


def _episode_values(row: EpisodeRow) -> Values:
    episode = row.to_model()
    times = {name: getattr(episode, name) for name in ("id", "started_at", "ended_at", "logged_at", "edited_at")}
    details = {name: getattr(episode, name) for name in _EPISODE_DETAILS}
    return times | details | {name: getattr(episode.context, name) for name in _EPISODE_CONTEXT}


def _make_episode_row(sleeper: str, values: dict[str, Any]) -> EpisodeRow:
    details = EpisodeDetails(**{name: values.pop(name) for name in _EPISODE_DETAILS if name in values})
    context = EpisodeContext(**{name: values.pop(name) for name in _EPISODE_CONTEXT if name in values})
    started_at, ended_at = values["started_at"], values.get("ended_at")
    if ended_at is not None and ended_at.astimezone(UTC) < started_at.astimezone(UTC):
        raise InvalidValueError("ended_at")
    return EpisodeRow.from_model(Episode(sleeper=sleeper, context=context, **_fields_of(details), **values))


def _marked_change_values(row: MarkedChangeRow) -> Values:
    values = {name: getattr(row, name) for name in _MARKED_CHANGE.parsers if name != "date"}
    return {"id": values.pop("id"), "date": row.day} | values


def _make_marked_change_row(sleeper: str, values: dict[str, Any]) -> MarkedChangeRow:
    names = [each.name for each in fields(MarkedChangeDetails)]
    details = MarkedChangeDetails(**{name: values.pop(name) for name in names if name in values})
    day = values.pop("date")
    return MarkedChangeRow.from_model(MarkedChange(sleeper=sleeper, day=day, **_fields_of(details), **values))


def _fields_of(details: EpisodeDetails | MarkedChangeDetails) -> dict[str, Any]:
    return {each.name: getattr(details, each.name) for each in fields(details)}


def _make_bedtime_row(sleeper: str, values: dict[str, Any]) -> BedtimeRow:
    started_at = values["started_at"]
    return BedtimeRow(sleeper=sleeper, started_at=started_at.astimezone(UTC), utc_offset=utc_offset_of(started_at))


def _columns(table: type[Base], parsers: Mapping[str, _Parser], required: Iterable[str], name: str) -> Section[Any]:
    """Return the section of a table whose columns are the fields of a record."""
    return Section(
        name=name,
        table=table,
        parsers=parsers,
        required=frozenset(required),
        values_of=lambda row: {column: getattr(row, column) for column in parsers},
        make_row=lambda sleeper, values: table(sleeper=sleeper, **values),
    )


_EPISODE: Final = Section(
    name="episodes",
    table=EpisodeRow,
    parsers={
        "id": _ID,
        "started_at": _datetime,
        "ended_at": _datetime,
        "logged_at": _utc_datetime,
        "edited_at": _utc_datetime,
        **_EPISODE_DETAILS,
        **_EPISODE_CONTEXT,
    },
    required=frozenset({"id", "started_at", "logged_at"}),
    values_of=_episode_values,
    make_row=_make_episode_row,
)
_CLEAR_NIGHT: Final = _columns(
    ClearNightRow, {"night": _date, "logged_at": _utc_datetime}, ("night", "logged_at"), "clear_nights"
)
_ITEM: Final = _columns(
    RoutineItemRow,
    {
        "uid": _ID,
        "text": _text(MAX_ITEM_LENGTH),
        "position": _fraction,
        "since": _date,
        "removed_at": _utc_datetime,
    },
    ("uid", "text", "position"),
    "routine_items",
)
_PRACTICE: Final = _columns(
    PracticeRow, {"night": _date, "item": _ID, "done_at": _utc_datetime}, ("night", "item"), "practices"
)
_MARKED_CHANGE: Final = Section(
    name="changes",
    table=MarkedChangeRow,
    parsers={
        "id": _ID,
        "date": _date,
        "kind": MarkedChangeKind,
        "name": _any_text,
        "amount": _any_text,
        "value": _number,
        "unit": _any_text,
        "note": _any_text,
        "logged_at": _utc_datetime,
        "edited_at": _utc_datetime,
    },
    required=frozenset({"id", "date", "kind", "logged_at"}),
    values_of=_marked_change_values,
    make_row=_make_marked_change_row,
)
_BEDTIME: Final = Section(
    name="bedtimes",
    table=BedtimeRow,
    parsers={"started_at": _datetime},
    required=frozenset({"started_at"}),
    values_of=lambda row: {"started_at": to_local(row.started_at, row.utc_offset)},
    make_row=_make_bedtime_row,
)

_EXPERIMENT: Final = _columns(
    ExperimentRow,
    {
        "id": _ID,
        "kind": ExperimentKind,
        "subject": _text(MAX_ITEM_LENGTH),
        "with_value": _option_value,
        "without_value": _option_value,
        "nights": _nights,
        "first_night": _date,
        "seed": _integer,
        "logged_at": _utc_datetime,
        "stopped_on": _date,
    },
    ("id", "kind", "subject", "nights", "first_night", "seed", "logged_at"),
    "experiments",
)
_EXPERIMENT_NIGHT: Final = _columns(
    ExperimentNightRow,
    {"night": _date, "experiment": _ID, "skipped": _boolean, "repeats": _boolean, "done": _boolean},
    ("night", "experiment", "skipped", "repeats"),
    "experiment_nights",
)
_NIGHT_CONDITIONS: Final = _columns(
    NightConditionsRow,
    {
        "night": _date,
        "temperature": _number,
        "humidity": _number,
        "illuminance": _number,
        "minutes_asleep": _integer,
        "minutes_in_bed": _integer,
    },
    ("night",),
    "night_conditions",
)

SECTIONS: Final[tuple[Section[Any], ...]] = (
    _EPISODE,
    _CLEAR_NIGHT,
    _ITEM,
    _PRACTICE,
    _MARKED_CHANGE,
    _BEDTIME,
    _EXPERIMENT,
    _EXPERIMENT_NIGHT,
    _NIGHT_CONDITIONS,
)
"""The sections of the file, in their order: an item or an experiment comes before its nights."""
