"""The diary of a sleeper as a calendar: episodes are its events, clear nights its days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, override

from homeassistant.components.calendar import (
    EVENT_DESCRIPTION,
    EVENT_END,
    EVENT_RRULE,
    EVENT_START,
    EVENT_SUMMARY,
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEntityFeature,
    CalendarEvent,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .coordinator import BedtimeConfigEntry, SleeperCoordinator
from .diary.models import (
    EARLIEST_START,
    LONGEST_DURATION,
    ONGOING_AT_MOST,
    Changes,
    ClearNight,
    Episode,
    InvalidEntryError,
    NewEpisode,
)
from .diary.nights import night_of
from .entity import SleeperEntity
from .errors import from_diary_error, validation_error
from .localize import async_get_texts
from .titles import EventTitles

PARALLEL_UPDATES = 0

DIARY = CalendarEntityDescription(key="diary", translation_key="diary")

DEFAULT_DURATION: Final = timedelta(minutes=15)
"""How long an event is of which nobody has said when it ended."""

MAX_EVENTS: Final = 5_000
_CLEAR_NIGHT_UID_PREFIX: Final = "clear_night_"
_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)


async def async_setup_entry(
    hass: HomeAssistant, entry: BedtimeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the diary of each sleeper."""
    words = await async_get_texts(hass, "calendar")
    titles = EventTitles(
        episode=words["episode"], rated_episode=words["rated_episode"], clear_night=words["clear_night"]
    )
    for subentry_id, coordinator in entry.runtime_data.sleepers.items():
        async_add_entities([DiaryCalendar(coordinator, titles)], config_subentry_id=subentry_id)


class DiaryCalendar(SleeperEntity, CalendarEntity):
    """A sleeper's diary. To create, move, change or delete an event is to edit the diary."""

    _attr_supported_features = (
        CalendarEntityFeature.CREATE_EVENT | CalendarEntityFeature.UPDATE_EVENT | CalendarEntityFeature.DELETE_EVENT
    )

    def __init__(self, coordinator: SleeperCoordinator, titles: EventTitles) -> None:
        """Call the events by these titles."""
        super().__init__(coordinator, DIARY)
        self._titles = titles

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return the episode that is ongoing. A note never becomes part of a state."""
        if (ongoing := self.coordinator.data.overview.ongoing) is None:
            return None
        start = dt_util.as_local(ongoing.started_at)
        return CalendarEvent(
            start=start,
            end=dt_util.as_local(start.astimezone(UTC) + ONGOING_AT_MOST),
            summary=self._titles.for_severity(ongoing.severity),
            uid=ongoing.id,
        )

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return what lies in a period, the newest events of it if they are very many."""
        # An episode belongs to the night of the wall clock that it started by, up to a day before it ends.
        first = night_of(max(start_date, EARLIEST_START)) - LONGEST_DURATION - _DAY
        last = night_of(min(end_date, dt_util.now())) + _DAY
        if first > last:
            return []
        episodes = await self.coordinator.async_get_episodes(first, last, MAX_EVENTS)
        clear_nights = await self.coordinator.async_get_clear_nights(first, last)
        # They may be thousands, and each is checked as it is made: that is not for the event loop.
        return await hass.async_add_executor_job(self._build_events, episodes, clear_nights, start_date, end_date)

    @override
    async def async_create_event(self, **kwargs: Any) -> None:
        start, end = _start_and_end(kwargs)
        if not isinstance(start, datetime):
            await self.coordinator.async_log_clear_night(_single_night(start, end))
            return
        severity, note = self._titles.parse(kwargs[EVENT_SUMMARY], kwargs.get(EVENT_DESCRIPTION))
        try:
            entry = NewEpisode(started_at=start, ended_at=_past_end(end), severity=severity, note=note)
        except InvalidEntryError as error:
            raise from_diary_error(error) from error
        await self.coordinator.async_log(entry)

    @override
    async def async_update_event(
        self, uid: str, event: dict[str, Any], recurrence_id: str | None = None, recurrence_range: str | None = None
    ) -> None:
        start, end = _start_and_end(event, recurrence_id)
        if (night := _clear_night_of(uid)) is not None:
            if isinstance(start, datetime):
                raise validation_error("clear_night_is_all_day")
            if (moved_to := _single_night(start, end)) != night:
                await self.coordinator.async_move_clear_night(night, moved_to)
            return
        if not isinstance(start, datetime):
            raise validation_error("episode_has_times")
        episode = await self.coordinator.async_get_episode(uid)
        if changes := self._changes_between(episode, start, end, event):
            await self.coordinator.async_update(episode, changes)

    @override
    async def async_delete_event(
        self, uid: str, recurrence_id: str | None = None, recurrence_range: str | None = None
    ) -> None:
        if (night := _clear_night_of(uid)) is not None:
            await self.coordinator.async_delete_clear_night(night)
        else:
            await self.coordinator.async_delete(uid)

    def _build_events(
        self, episodes: list[Episode], clear_nights: list[ClearNight], start: datetime, end: datetime
    ) -> list[CalendarEvent]:
        affected = {night_of(each.started_at) for each in episodes}
        events = [self._episode_event(each) for each in episodes]
        events += [self._clear_night_event(each) for each in clear_nights if each.night not in affected]
        within = [each for each in events if _overlaps(each, start, end)]
        return sorted(within, key=lambda each: each.start_datetime_local.astimezone(UTC))

    def _episode_event(self, episode: Episode) -> CalendarEvent:
        start = dt_util.as_local(episode.started_at)
        end = dt_util.as_local(episode.ended_at or start.astimezone(UTC) + DEFAULT_DURATION)
        return CalendarEvent(
            start=start,
            # Home Assistant goes by the wall clock, and knows no event that ends before it starts on that.
            end=max(end, start, key=lambda moment: moment.replace(tzinfo=None)),
            summary=self._titles.for_severity(episode.severity),
            description=episode.note,
            uid=episode.id,
        )

    def _clear_night_event(self, clear_night: ClearNight) -> CalendarEvent:
        night = clear_night.night
        return CalendarEvent(
            start=night, end=night + _DAY, summary=self._titles.clear_night, uid=f"{_CLEAR_NIGHT_UID_PREFIX}{night}"
        )

    def _changes_between(self, episode: Episode, start: datetime, end: datetime, event: dict[str, Any]) -> Changes:
        """Return what somebody changed of an event: what looks as it was shown was not changed."""
        shown = self._episode_event(episode)
        changes = Changes()
        if not _same_minute(start, shown.start_datetime_local):
            changes["started_at"] = start
        if episode.ended_at is None:
            is_as_shown = abs(end.astimezone(UTC) - start.astimezone(UTC) - DEFAULT_DURATION) < _MINUTE
            if not is_as_shown and (ended_at := _past_end(end)) is not None:
                changes["ended_at"] = ended_at
        elif not _same_minute(end, shown.end_datetime_local):
            changes["ended_at"] = end
        summary = event[EVENT_SUMMARY]
        description = event.get(EVENT_DESCRIPTION, shown.description)
        severity, note = self._titles.parse(summary, description)
        if severity is not None and severity != episode.severity:
            changes["severity"] = severity
        if summary == shown.summary:
            note = (description or "").strip() or None
        if note != episode.note:
            changes["note"] = note
        return changes


def _start_and_end(event: dict[str, Any], recurrence_id: str | None = None) -> tuple[Any, Any]:
    """Return when an event starts and ends: moments, or, for all day, dates."""
    if recurrence_id is not None or event.get(EVENT_RRULE):
        raise validation_error("events_do_not_recur")
    return event[EVENT_START], event[EVENT_END]


def _single_night(start: date, end: date) -> date:
    """Return the night that an event of all day stands for."""
    if end - start > _DAY:
        raise validation_error("one_night_at_a_time")
    return start


def _clear_night_of(uid: str) -> date | None:
    return (
        dt_util.parse_date(uid.removeprefix(_CLEAR_NIGHT_UID_PREFIX))
        if uid.startswith(_CLEAR_NIGHT_UID_PREFIX)
        else None
    )


def _past_end(end: datetime) -> datetime | None:
    """Return an end that has been: one that is still to come is a guess of the form, and the episode goes on."""
    return end if end <= dt_util.utcnow() else None


def _same_minute(one: datetime, other: datetime) -> bool:
    """Return whether two moments are the same on a form, which knows no seconds."""
    return abs(one.astimezone(UTC) - other.astimezone(UTC)) < _MINUTE and one.minute == other.minute


def _overlaps(event: CalendarEvent, start: datetime, end: datetime) -> bool:
    begins, ends = event.start_datetime_local.astimezone(UTC), event.end_datetime_local.astimezone(UTC)
    return begins < end and (ends > start or begins == ends >= start)
