"""The tables of the diary's file."""

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


def _moment(column: str) -> CheckConstraint:
    """Let the integrity check find a moment that is none, such as 31 February."""
    return CheckConstraint(f"substr({column}, 1, 19) IS datetime({column})", name=f"{column}_is_a_moment")


STRICT: Final = {"sqlite_strict": True}
_SLEEPER: Final = "sleeper.id"


class Base(DeclarativeBase):
    """The tables of the diary, strict ones: the integrity check sees to it that each value is of its column's type."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        bool: Flag(),
        date: IsoDate(),
        datetime: UtcDateTime(),
        float: StrictType(float, REAL),
        int: StrictType(int, Integer),
        str: StrictType(str, Text),
    }


class SleeperRow(Base):
    """A sleeper: the name last known, and whether there has been an evening routine."""

    __tablename__ = "sleeper"
    __table_args__ = STRICT

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    has_routine: Mapped[bool] = mapped_column(default=False)


class EpisodeRow(Base):
    """An episode. Offsets are the local ones of the moments that they stand beside, in seconds.

    `said` identifies what was said when it was logged, without a start: who says the same again at once repeats it.
    """

    __tablename__ = "episode"
    __table_args__ = (
        Index("ix_episode_sleeper_started_at", "sleeper", "started_at", "logged_at", "id"),
        Index("ix_episode_sleeper_logged_at", "sleeper", "logged_at"),
        _moment("started_at"),
        _moment("ended_at"),
        _moment("logged_at"),
        _moment("edited_at"),
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
    def from_model(cls, episode: Episode, said: str | None) -> EpisodeRow:
        """Return the row that keeps an episode."""
        facts = {name: getattr(episode, name) for name in DETAIL_COLUMNS}
        circumstances = episode.context
        return cls(
            id=episode.id,
            sleeper=episode.sleeper,
            started_at=episode.started_at,
            utc_offset=utc_offset_of(episode.started_at),
            ended_at=episode.ended_at,
            ended_utc_offset=None if episode.ended_at is None else utc_offset_of(episode.ended_at),
            logged_at=episode.logged_at,
            edited_at=episode.edited_at,
            said=said,
            bedtime_mode=circumstances.bedtime_mode,
            minutes_since_bedtime=circumstances.minutes_since_bedtime,
            temperature=circumstances.temperature,
            **facts,
        )

    def to_model(self) -> Episode:
        """Return the episode that this row keeps."""
        facts = {name: getattr(self, name) for name in DETAIL_COLUMNS}
        circumstances = EpisodeContext(
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
            context=circumstances,
            **facts,
        )


class ClearNightRow(Base):
    """A night marked free of symptoms."""

    __tablename__ = "clear_night"
    __table_args__ = (_moment("logged_at"), STRICT)

    sleeper: Mapped[str] = mapped_column(ForeignKey(_SLEEPER, ondelete="CASCADE"), primary_key=True)
    night: Mapped[date] = mapped_column(primary_key=True)
    logged_at: Mapped[datetime]

    def to_model(self) -> ClearNight:
        """Return the clear night that this row keeps."""
        return ClearNight(sleeper=self.sleeper, night=self.night, logged_at=self.logged_at)


class ChangeRow(Base):
    """A change of an episode or a clear night: the subject's row before and after it, where there was one.

    `closed_by` is the undo that undid it. An undo closes itself: it is not undone in its turn.
    """

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_sleeper_closed_by", "sleeper", "closed_by", "id"),
        Index("ix_change_closed_by", "closed_by"),
        _moment("at"),
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
    """An item that was done on a night, in the words that it had then. It outlives the item."""

    __tablename__ = "practice"
    __table_args__ = STRICT

    sleeper: Mapped[str] = mapped_column(ForeignKey(_SLEEPER, ondelete="CASCADE"), primary_key=True)
    night: Mapped[date] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]


class BedtimeRow(Base):
    """A moment at which bedtime mode began for a sleeper, with its local offset in seconds."""

    __tablename__ = "bedtime"
    __table_args__ = (_moment("started_at"), STRICT)

    sleeper: Mapped[str] = mapped_column(ForeignKey(_SLEEPER, ondelete="CASCADE"), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(primary_key=True)
    utc_offset: Mapped[int]


DETAIL_COLUMNS: Final = tuple(field.name for field in fields(EpisodeDetails))
"""The columns of an episode that are its facts."""
