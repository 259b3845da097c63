"""The tables of the database."""

from dataclasses import fields
from datetime import date, datetime
from fractions import Fraction
from typing import Any, ClassVar, Final

from sqlalchemy import REAL, CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from ..models import (
    SEVERITIES,
    Action,
    Activity,
    BodyPart,
    ChangeKind,
    ClearNight,
    Episode,
    EpisodeContext,
    EpisodeDetails,
    Experiment,
    ExperimentKind,
    ExperimentNight,
    MarkedChange,
    MarkedChangeDetails,
    MarkedChangeKind,
    NightConditions,
    Practice,
    RecordType,
    Relief,
    ReliefEffect,
    RoutineItem,
    Sensation,
    Side,
    SleepImpact,
)
from .column_types import (
    EnumType,
    Flag,
    FractionText,
    IsoDate,
    JsonList,
    StrictType,
    UtcDateTime,
    to_local,
    utc_offset_of,
)


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
        Fraction: FractionText(),
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
    """An episode. The offsets are the local UTC offsets of the start and the end, in seconds."""

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
    def from_model(cls, episode: Episode) -> EpisodeRow:
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
    """A change of a diary: an entry of the journal. `uid` identifies it outside of this file.

    An undo or redo has the change that it reverts or repeats as its `origin`. `closed_by` is the id of the undo or redo
    by which the change was reverted; None if it stands. An undo that has not been redone refers to itself.
    """

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_sleeper_closed_by", "sleeper", "closed_by", "id"),
        Index("ix_change_open_undo", "sleeper", "id", sqlite_where=text("closed_by = id")),
        Index("ix_change_origin", "origin", "id", sqlite_where=text("origin IS NOT NULL")),
        _check_datetime("at"),
        STRICT | {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True)
    sleeper: Mapped[str] = mapped_column(ForeignKey(_SLEEPER, ondelete="CASCADE"))
    at: Mapped[datetime]
    kind: Mapped[ChangeKind] = mapped_column(EnumType(ChangeKind))
    origin: Mapped[int | None]
    closed_by: Mapped[int | None]

    records: Mapped[list[ChangedRecordRow]] = relationship(
        order_by="ChangedRecordRow.type, ChangedRecordRow.subject", passive_deletes=True
    )


class ChangedRecordRow(Base):
    """A record that a change wrote: its row before and after the change, as JSON, if there was one.

    `subject` identifies the record among those of its type: the id of an episode, the date of a clear night, the uid of
    an item, the uid and the night of a practice, the id of a marked change or of an experiment, or the date of a night
    of an experiment.
    """

    __tablename__ = "changed_record"
    __table_args__ = (
        Index("ix_changed_record_subject", "subject", "change"),
        CheckConstraint("json_valid(before) AND json_valid(after)", name="rows_are_rows"),
        STRICT | {"sqlite_with_rowid": False},
    )

    change: Mapped[int] = mapped_column(ForeignKey("change.id", ondelete="CASCADE"), primary_key=True)
    type: Mapped[RecordType] = mapped_column(EnumType(RecordType), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    before: Mapped[str | None]
    after: Mapped[str | None]


class RequestRow(Base):
    """A call that was carried out, by which a repeat of it is recognized.

    It has either the client's own id, or the user and a hash of the fields. `change` is the uid of its change, and
    `subject` the id of the episode that was ongoing after it. Without a change, `type`, `subject` and `snapshot` are
    the record that the call left unchanged.
    """

    __tablename__ = "request"
    __table_args__ = (
        Index("ix_request_sleeper_request_id", "sleeper", "request_id", "action", unique=True),
        Index("ix_request_fingerprint_at", "fingerprint", "at", sqlite_where=text("request_id IS NULL")),
        Index("ix_request_at", "at", sqlite_where=text("request_id IS NULL")),
        _check_datetime("at"),
        CheckConstraint("json_valid(snapshot)", name="snapshot_is_a_row"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sleeper: Mapped[str] = mapped_column(ForeignKey(_SLEEPER, ondelete="CASCADE"))
    action: Mapped[Action] = mapped_column(EnumType(Action))
    request_id: Mapped[str | None]
    user: Mapped[str | None]
    fingerprint: Mapped[str | None]
    at: Mapped[datetime]
    change: Mapped[str | None]
    type: Mapped[RecordType | None] = mapped_column(EnumType(RecordType))
    subject: Mapped[str | None]
    snapshot: Mapped[str | None]


class RoutineItemRow(Base):
    """An item of a sleeper's evening routine. It is kept after it was removed, for the nights on which it was done.

    `position` is a fraction, so that an item can be put between two others without touching them. `since` is the night
    on which it was added, if that is known.
    """

    __tablename__ = "routine_item"
    __table_args__ = (
        Index("ix_routine_item_sleeper_removed_at", "sleeper", "removed_at"),
        _check_datetime("removed_at"),
        STRICT,
    )

    uid: Mapped[str] = mapped_column(primary_key=True)
    sleeper: Mapped[str] = mapped_column(ForeignKey(_SLEEPER, ondelete="CASCADE"))
    position: Mapped[Fraction]
    text: Mapped[str]
    since: Mapped[date | None]
    removed_at: Mapped[datetime | None]

    def to_model(self, *, done: bool = False) -> RoutineItem:
        """Return the item of this row."""
        return RoutineItem(uid=self.uid, text=self.text, done=done)


class PracticeRow(Base):
    """An item that was done on a night, and when it was marked as done, if that is known."""

    __tablename__ = "practice"
    __table_args__ = (Index("ix_practice_item", "item", "night"), _check_datetime("done_at"), STRICT)

    sleeper: Mapped[str] = mapped_column(ForeignKey(_SLEEPER, ondelete="CASCADE"), primary_key=True)
    night: Mapped[date] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    done_at: Mapped[datetime | None]

    def to_model(self, text: str) -> Practice:
        """Return the practice of this row, with the text of its item."""
        return Practice(item=self.item, text=text, night=self.night, done_at=self.done_at)


class MarkedChangeRow(Base):
    """Something that a sleeper marked on a day, such as a medicine that was started."""

    __tablename__ = "marked_change"
    __table_args__ = (
        Index("ix_marked_change_sleeper_day", "sleeper", "day", "logged_at", "id"),
        CheckConstraint("day IS date(day)", name="day_is_a_date"),
        _check_datetime("logged_at"),
        _check_datetime("edited_at"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    sleeper: Mapped[str] = mapped_column(ForeignKey(_SLEEPER, ondelete="CASCADE"))
    day: Mapped[date]
    logged_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    kind: Mapped[MarkedChangeKind] = mapped_column(EnumType(MarkedChangeKind))
    name: Mapped[str | None]
    amount: Mapped[str | None]
    value: Mapped[float | None]
    unit: Mapped[str | None]
    note: Mapped[str | None]

    @classmethod
    def from_model(cls, change: MarkedChange) -> MarkedChangeRow:
        """Return the row of a marked change."""
        return cls(**{field.name: getattr(change, field.name) for field in fields(MarkedChange)})

    def to_model(self) -> MarkedChange:
        """Return the marked change of this row."""
        return MarkedChange(**{field.name: getattr(self, field.name) for field in fields(MarkedChange)})


class ExperimentRow(Base):
    """An experiment on a sleeper's nights."""

    __tablename__ = "experiment"
    __table_args__ = (
        Index("ix_experiment_sleeper_first_night", "sleeper", "first_night", "logged_at", "id"),
        CheckConstraint("first_night IS date(first_night)", name="first_night_is_a_date"),
        CheckConstraint("stopped_on IS date(stopped_on)", name="stopped_on_is_a_date"),
        CheckConstraint("json_valid(with_value) AND json_valid(without_value)", name="values_are_values"),
        _check_datetime("logged_at"),
        STRICT,
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    sleeper: Mapped[str] = mapped_column(ForeignKey(_SLEEPER, ondelete="CASCADE"))
    kind: Mapped[ExperimentKind] = mapped_column(EnumType(ExperimentKind))
    subject: Mapped[str]
    with_value: Mapped[str | None]
    without_value: Mapped[str | None]
    nights: Mapped[int]
    first_night: Mapped[date]
    seed: Mapped[int]
    logged_at: Mapped[datetime]
    stopped_on: Mapped[date | None]

    @classmethod
    def from_model(cls, experiment: Experiment) -> ExperimentRow:
        """Return the row of an experiment."""
        return cls(**{field.name: getattr(experiment, field.name) for field in fields(Experiment)})

    def to_model(self) -> Experiment:
        """Return the experiment of this row."""
        return Experiment(**{field.name: getattr(self, field.name) for field in fields(Experiment)})


class ExperimentNightRow(Base):
    """What was said of a night of an experiment."""

    __tablename__ = "experiment_night"
    __table_args__ = (STRICT,)

    sleeper: Mapped[str] = mapped_column(ForeignKey(_SLEEPER, ondelete="CASCADE"), primary_key=True)
    night: Mapped[date] = mapped_column(primary_key=True)
    experiment: Mapped[str]
    skipped: Mapped[bool]
    repeats: Mapped[bool]
    done: Mapped[bool | None]

    @property
    def says_nothing(self) -> bool:
        """Return whether nothing is said of the night any longer."""
        return not self.skipped and self.done is None

    def to_model(self) -> ExperimentNight:
        """Return what this row says."""
        return ExperimentNight(**{field.name: getattr(self, field.name) for field in fields(ExperimentNight)})


class NightConditionsRow(Base):
    """What was measured during a night. It is no change of the sleeper's, so it is not in the journal."""

    __tablename__ = "night_conditions"
    __table_args__ = (STRICT,)

    sleeper: Mapped[str] = mapped_column(ForeignKey(_SLEEPER, ondelete="CASCADE"), primary_key=True)
    night: Mapped[date] = mapped_column(primary_key=True)
    temperature: Mapped[float | None]
    humidity: Mapped[float | None]
    illuminance: Mapped[float | None]
    minutes_asleep: Mapped[int | None]
    minutes_in_bed: Mapped[int | None]

    @classmethod
    def from_model(cls, conditions: NightConditions) -> NightConditionsRow:
        """Return the row of the conditions of a night."""
        return cls(**{field.name: getattr(conditions, field.name) for field in fields(NightConditions)})

    def to_model(self) -> NightConditions:
        """Return the conditions of this row."""
        return NightConditions(**{field.name: getattr(self, field.name) for field in fields(NightConditions)})


class BedtimeRow(Base):
    """A start of bedtime mode for a sleeper, with its local UTC offset in seconds."""

    __tablename__ = "bedtime"
    __table_args__ = (_check_datetime("started_at"), STRICT)

    sleeper: Mapped[str] = mapped_column(ForeignKey(_SLEEPER, ondelete="CASCADE"), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(primary_key=True)
    utc_offset: Mapped[int]


DETAIL_COLUMNS: Final = tuple(field.name for field in fields(EpisodeDetails))
"""The columns of an episode that are details of it."""

MARKED_CHANGE_COLUMNS: Final = tuple(field.name for field in fields(MarkedChangeDetails))
"""The columns of a marked change that are details of it."""
