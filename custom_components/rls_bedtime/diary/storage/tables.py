"""The tables of the database."""

from dataclasses import fields
from datetime import date, datetime
from typing import Any, ClassVar, Final

from sqlalchemy import REAL, CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ..models import (
    SEVERITIES,
    Activity,
    BodyPart,
    ChangeKind,
    ClearNight,
    Episode,
    EpisodeContext,
    EpisodeDetails,
    Relief,
    ReliefEffect,
    Sensation,
    Side,
    SleepImpact,
)
from .column_types import EnumType, Flag, IsoDate, JsonList, StrictType, UtcDateTime, to_local, utc_offset_of


def _check_datetime(column: str) -> CheckConstraint:
    """Return a constraint by which the integrity check finds an invalid datetime, such as 31 February."""
    return CheckConstraint(f"substr({column}, 1, 19) IS datetime({column})", name=f"{column}_is_a_moment")


STRICT: Final = {"sqlite_strict": True}
_SLEEPER: Final = "sleeper.id"


class Base(DeclarativeBase):
    """Base of the tables. They are strict, so that the integrity check verifies the type of each value."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        bool: Flag(),
        date: IsoDate(),
        datetime: UtcDateTime(),
        float: StrictType(float, REAL),
        int: StrictType(int, Integer),
        str: StrictType(str, Text),
    }


class SleeperRow(Base):
    """A sleeper: last known name, and whether they have or have had an evening routine."""

    __tablename__ = "sleeper"
    __table_args__ = STRICT

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    has_routine: Mapped[bool] = mapped_column(default=False)


class EpisodeRow(Base):
    """An episode. The offsets are the local UTC offsets of the start and the end, in seconds.

    `said` is a hash of the logged entry, None if it had an explicit start: the same entry shortly after is a repeat.
    """

    __tablename__ = "episode"
    __table_args__ = (
        Index("ix_episode_sleeper_started_at", "sleeper", "started_at", "logged_at", "id"),
        Index("ix_episode_sleeper_logged_at", "sleeper", "logged_at"),
        _check_datetime("started_at"),
        _check_datetime("ended_at"),
        _check_datetime("logged_at"),
        _check_datetime("edited_at"),
        CheckConstraint(f"severity BETWEEN {SEVERITIES[0]} AND {SEVERITIES[-1]}", name="severity_is_on_the_scale"),
        CheckConstraint(
            "json_valid(body_parts) AND json_valid(sensations) AND json_valid(relief) AND json_valid(tags)",
            name="lists_are_lists",
        ),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    sleeper: Mapped[str] = mapped_column(ForeignKey(_SLEEPER, ondelete="CASCADE"))
    started_at: Mapped[datetime]
    utc_offset: Mapped[int]
    ended_at: Mapped[datetime | None]
    ended_utc_offset: Mapped[int | None]
    logged_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    said: Mapped[str | None]
    severity: Mapped[int | None]
    side: Mapped[Side | None] = mapped_column(EnumType(Side))
    body_parts: Mapped[tuple[BodyPart, ...]] = mapped_column(JsonList(BodyPart))
    sensations: Mapped[tuple[Sensation, ...]] = mapped_column(JsonList(Sensation))
    activity: Mapped[Activity | None] = mapped_column(EnumType(Activity))
    relief: Mapped[tuple[Relief, ...]] = mapped_column(JsonList(Relief))
    relief_effect: Mapped[ReliefEffect | None] = mapped_column(EnumType(ReliefEffect))
    sleep_impact: Mapped[SleepImpact | None] = mapped_column(EnumType(SleepImpact))
    tags: Mapped[tuple[str, ...]] = mapped_column(JsonList(str))
    note: Mapped[str | None]
    bedtime_mode: Mapped[bool | None]
    minutes_since_bedtime: Mapped[int | None]
    temperature: Mapped[float | None]

    @classmethod
    def from_model(cls, episode: Episode, fingerprint: str | None) -> EpisodeRow:
        """Return the row of an episode."""
        details = {name: getattr(episode, name) for name in DETAIL_COLUMNS}
        context = episode.context
        return cls(
            id=episode.id,
            sleeper=episode.sleeper,
            started_at=episode.started_at,
            utc_offset=utc_offset_of(episode.started_at),
            ended_at=episode.ended_at,
            ended_utc_offset=None if episode.ended_at is None else utc_offset_of(episode.ended_at),
            logged_at=episode.logged_at,
            edited_at=episode.edited_at,
            said=fingerprint,
            bedtime_mode=context.bedtime_mode,
            minutes_since_bedtime=context.minutes_since_bedtime,
            temperature=context.temperature,
            **details,
        )

    def to_model(self) -> Episode:
        """Return the episode of this row."""
        details = {name: getattr(self, name) for name in DETAIL_COLUMNS}
        context = EpisodeContext(
            bedtime_mode=self.bedtime_mode,
            minutes_since_bedtime=self.minutes_since_bedtime,
            temperature=self.temperature,
        )
        return Episode(
            id=self.id,
            sleeper=self.sleeper,
            started_at=to_local(self.started_at, self.utc_offset),
            ended_at=None if self.ended_at is None else to_local(self.ended_at, self.ended_utc_offset or 0),
            logged_at=self.logged_at,
            edited_at=self.edited_at,
            context=context,
            **details,
        )


class ClearNightRow(Base):
    """A night marked free of symptoms."""

    __tablename__ = "clear_night"
    __table_args__ = (_check_datetime("logged_at"), STRICT)

    sleeper: Mapped[str] = mapped_column(ForeignKey(_SLEEPER, ondelete="CASCADE"), primary_key=True)
    night: Mapped[date] = mapped_column(primary_key=True)
    logged_at: Mapped[datetime]

    def to_model(self) -> ClearNight:
        """Return the clear night of this row."""
        return ClearNight(sleeper=self.sleeper, night=self.night, logged_at=self.logged_at)


class ChangeRow(Base):
    """A change of an episode or a clear night: the row of the subject before and after it, as JSON, if there was one.

    `closed_by` is the id of the undo that reverted it. An undo refers to itself: it cannot be undone.
    """

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_sleeper_closed_by", "sleeper", "closed_by", "id"),
        Index("ix_change_closed_by", "closed_by"),
        _check_datetime("at"),
        CheckConstraint("json_valid(before) AND json_valid(after)", name="rows_are_rows"),
        STRICT | {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sleeper: Mapped[str] = mapped_column(ForeignKey(_SLEEPER, ondelete="CASCADE"))
    at: Mapped[datetime]
    kind: Mapped[ChangeKind] = mapped_column(EnumType(ChangeKind))
    subject: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("change.id"))


class RoutineItemRow(Base):
    """An item of a sleeper's evening routine."""

    __tablename__ = "routine_item"
    __table_args__ = (Index("ix_routine_item_sleeper_position", "sleeper", "position"), STRICT)

    uid: Mapped[str] = mapped_column(primary_key=True)
    sleeper: Mapped[str] = mapped_column(ForeignKey(_SLEEPER, ondelete="CASCADE"))
    position: Mapped[int]
    text: Mapped[str]


class PracticeRow(Base):
    """An item that was done on a night, with the text it had then. It is kept when the item is removed."""

    __tablename__ = "practice"
    __table_args__ = STRICT

    sleeper: Mapped[str] = mapped_column(ForeignKey(_SLEEPER, ondelete="CASCADE"), primary_key=True)
    night: Mapped[date] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]


class BedtimeRow(Base):
    """A start of bedtime mode for a sleeper, with its local UTC offset in seconds."""

    __tablename__ = "bedtime"
    __table_args__ = (_check_datetime("started_at"), STRICT)

    sleeper: Mapped[str] = mapped_column(ForeignKey(_SLEEPER, ondelete="CASCADE"), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(primary_key=True)
    utc_offset: Mapped[int]


DETAIL_COLUMNS: Final = tuple(field.name for field in fields(EpisodeDetails))
"""The columns of an episode that are details of it."""
