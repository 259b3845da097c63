"""The tables of a report as CSV: RFC 4180, in UTF-8 with a byte order mark, which Excel needs to recognize it."""

from collections.abc import Iterable
import csv
from datetime import datetime, timedelta
from io import StringIO
from typing import Final

from ..diary.models import Episode
from ..diary.nights import night_of
from ..diary.statistics.report import NightEntry

BYTE_ORDER_MARK: Final = "\ufeff"

EPISODE_COLUMNS: Final = (
    "night",
    "started_at",
    "ended_at",
    "duration",
    "severity",
    "side",
    "body_parts",
    "sensations",
    "activity",
    "relief",
    "relief_effect",
    "sleep_impact",
    "bedtime_mode",
    "minutes_since_bedtime",
    "temperature",
    "tags",
)
NOTE_COLUMN: Final = "note"
NIGHT_COLUMNS: Final = ("night", "recorded", "episodes", "worst", "first_onset", "minutes", "body_parts")

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet may take for the start of a formula, also in full width. A note may be anybody's words."""


def header(columns: Iterable[str]) -> bytes:
    """Return the beginning of a file, with the names of the columns."""
    return f"{BYTE_ORDER_MARK}{_row(columns)}".encode()


def episode_row(episode: Episode, *, notes: bool) -> bytes:
    """Return the row of an episode."""
    context = episode.context
    duration = episode.duration
    values: list[object] = [
        night_of(episode.started_at),
        _isoformat(episode.started_at),
        _isoformat(episode.ended_at),
        None if duration is None else round(duration / timedelta(minutes=1), 1),
        episode.severity,
        episode.side,
        _list(episode.body_parts),
        _list(episode.sensations),
        episode.activity,
        _list(episode.relief),
        episode.relief_effect,
        episode.sleep_impact,
        None if context.bedtime_mode is None else str(context.bedtime_mode).lower(),
        context.minutes_since_bedtime,
        context.temperature,
        _list(episode.tags),
    ]
    if notes:
        values.append(episode.note)
    return _row(values).encode()


def night_row(entry: NightEntry) -> bytes:
    """Return the row of a night. Of one that is not recorded, only that is known."""
    values: tuple[object, ...] = (entry.night, str(entry.is_recorded).lower())
    if entry.is_recorded:
        onset = None if entry.first_onset is None else entry.first_onset.isoformat("minutes")
        values = (*values, entry.episodes, entry.worst, onset, entry.minutes, _list(entry.body_parts))
    return _row((*values, *[None] * (len(NIGHT_COLUMNS) - len(values)))).encode()


def _row(values: Iterable[object]) -> str:
    buffer = StringIO()
    csv.writer(buffer).writerow([_defused(value) if isinstance(value, str) else value for value in values])
    return buffer.getvalue()


def _defused(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _list(values: Iterable[str]) -> str:
    return "; ".join(values)


def _isoformat(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
