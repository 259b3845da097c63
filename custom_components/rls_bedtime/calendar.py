"""The diary of a sleeper as a calendar: episodes are events, clear nights and marked changes are all-day events."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
import re
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

from .actions.permissions import Permission
from .coordinator import BedtimeConfigEntry, SleeperCoordinator
from .diary.models import (
    EARLIEST_START,
    MAX_DURATION,
    MAX_ONGOING,
    SEVERITIES,
    Changes,
    ClearNight,
    Episode,
    InvalidEntryError,
    MarkedChange,
    MarkedChangeUpdate,
    NewEpisode,
)
from .diary.nights import night_of
from .entity import SleeperEntity
from .errors import from_diary_error, validation_error
from .localize import async_get_texts
from .sanitize import clean
from .sleeper_options import person_of

PARALLEL_UPDATES = 0

DIARY = CalendarEntityDescription(key="diary", translation_key="diary")

DEFAULT_DURATION: Final = timedelta(minutes=15)
"""How long the event of an episode with no known end is shown."""

MAX_EVENTS: Final = 5_000
_CLEAR_NIGHT_UID_PREFIX: Final = "clear_night_"
_MARKED_CHANGE_UID_PREFIX: Final = "change_"
_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
_RATING: Final = re.compile(r"(\d{1,2})(?:\s*/\s*10)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTitles:
    """Titles of events: of an episode, of one with a severity (the format field {severity}), and of all-day events."""

    episode: str
    rated_episode: str
    clear_night: str
    change: str

    def for_severity(self, severity: int | None) -> str:
        """Return the title of an episode."""
        return self.episode if severity is None else self.rated_episode.format(severity=severity)

    def parse(self, title: str, description: str | None) -> tuple[int | None, str | None]:
        """Return the severity and the note that a title and a description state.

        A title that is a rating, or one of ours, states the severity. Any other title becomes part of the note.
        """
        title = title.strip()
        severity = self._parse_severity(title)
        is_ours = severity is not None or title.casefold() == self.episode.casefold()
        note = "\n".join(filter(None, ("" if is_ours else title, (description or "").strip())))
        return severity, note or None

    def _parse_severity(self, title: str) -> int | None:
        if (rating := _RATING.fullmatch(title)) and int(rating[1]) in SEVERITIES:
            return int(rating[1])
        ours = ((severity, self.for_severity(severity)) for severity in SEVERITIES)
        return next((severity for severity, our_title in ours if our_title.casefold() == title.casefold()), None)


async def async_setup_entry(
    hass: HomeAssistant, entry: BedtimeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the calendar of each sleeper."""
    texts = await async_get_texts(hass, "calendar")
    titles = EventTitles(
        episode=texts["episode"],
        rated_episode=texts["rated_episode"],
        clear_night=texts["clear_night"],
        change=texts["change"],
    )
    for subentry_id, coordinator in entry.runtime_data.sleepers.items():
        async_add_entities([DiaryCalendar(coordinator, titles)], config_subentry_id=subentry_id)


class DiaryCalendar(SleeperEntity, CalendarEntity):
    """The calendar of a sleeper. Changes of its events are changes of the diary."""

    _attr_supported_features = (
        CalendarEntityFeature.CREATE_EVENT | CalendarEntityFeature.UPDATE_EVENT | CalendarEntityFeature.DELETE_EVENT
    )

    def __init__(self, coordinator: SleeperCoordinator, titles: EventTitles) -> None:
        super().__init__(coordinator, DIARY)
        self._titles = titles
        # A calendar is not told who reads it.
        self._hides_words = person_of(coordinator.subentry) is not None

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return the ongoing episode. It has no description: a note must never become part of a state."""
        if (ongoing := self.coordinator.data.overview.ongoing) is None:
            return None
        start = dt_util.as_local(ongoing.started_at)
        return CalendarEvent(
            start=start,
            end=dt_util.as_local(start.astimezone(UTC) + MAX_ONGOING),
            summary=self._titles.for_severity(ongoing.severity),
            uid=ongoing.id,
        )

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return the events in a period; only the newest if there are more than MAX_EVENTS."""
        if end_date < EARLIEST_START:
            return []
        # An episode belongs to the night in which it started by the wall clock of the time, up to a day before it ends.
        first = night_of(max(start_date, EARLIEST_START)) - MAX_DURATION - _DAY
        last = night_of(min(end_date, dt_util.now())) + _DAY
        if first > last:
            return []
        async with self.coordinator.large_reads:
            clear_nights = await self.coordinator.async_get_clear_nights(first, last)
            changes = await self.coordinator.async_get_marked_changes(first, last)
            episodes = await self.coordinator.async_get_episodes(first, last, MAX_EVENTS)
            # There may be thousands, and Home Assistant validates each: too much for the event loop.
            events = await hass.async_add_executor_job(self._build_events, episodes, clear_nights, changes)
            in_period = [event for event in events if _overlaps(event, start_date, end_date)]
            return sorted(in_period, key=lambda event: event.start_datetime_local.astimezone(UTC))

    @override
    async def async_create_event(self, **kwargs: Any) -> None:
        kwargs = clean(kwargs)
        start, end = _start_and_end(kwargs)
        if not isinstance(start, datetime):
            await self.coordinator.async_log_clear_night(_single_night(start, end), self.call_origin, self.call_context)
            return
        severity, note = self._titles.parse(kwargs[EVENT_SUMMARY], kwargs.get(EVENT_DESCRIPTION))
        try:
            entry = NewEpisode(started_at=start, ended_at=_past_end(end), severity=severity, note=note)
        except InvalidEntryError as error:
            raise from_diary_error(error) from error
        await self.coordinator.async_log(entry, self.call_origin, self.call_context)

    @override
    async def async_update_event(
        self, uid: str, event: dict[str, Any], recurrence_id: str | None = None, recurrence_range: str | None = None
    ) -> None:
        await self.async_check_permission(Permission.CHANGE)
        uid, event = clean(uid), clean(event)
        start, end = _start_and_end(event, recurrence_id)
        if (marked_change_id := _marked_change_of(uid)) is not None:
            await self._async_update_marked_change(marked_change_id, start, end, event)
            return
        if (night := _clear_night_of(uid)) is not None:
            if isinstance(start, datetime):
                raise validation_error("clear_night_is_all_day")
            if (moved_to := _single_night(start, end)) != night:
                await self.coordinator.async_move_clear_night(night, moved_to, self.call_origin, self.call_context)
            return
        if not isinstance(start, datetime):
            raise validation_error("episode_has_times")
        episode = await self.coordinator.async_get_episode(uid)
        if changes := self._changes_between(episode, start, end, event):
            await self.coordinator.async_update(episode.id, changes, self.call_origin, self.call_context)

    @override
    async def async_delete_event(
        self, uid: str, recurrence_id: str | None = None, recurrence_range: str | None = None
    ) -> None:
        await self.async_check_permission(Permission.CHANGE)
        uid = clean(uid)
        if (night := _clear_night_of(uid)) is not None:
            await self.coordinator.async_delete_clear_night(night, self.call_origin, self.call_context)
        elif (marked_change_id := _marked_change_of(uid)) is not None:
            await self.coordinator.async_delete_marked_change(marked_change_id, self.call_origin, self.call_context)
        else:
            await self.coordinator.async_delete(uid, self.call_origin, self.call_context)

    async def _async_update_marked_change(
        self, marked_change_id: str, start: date, end: date, event: dict[str, Any]
    ) -> None:
        """Move a marked change to another day. Its words are not shown, so what somebody wrote is added to its note."""
        if isinstance(start, datetime):
            raise validation_error("change_is_all_day")
        marked = await self.coordinator.async_get_marked_change(marked_change_id)
        changes = MarkedChangeUpdate(day=_single_night(start, end))
        title = event[EVENT_SUMMARY].strip()
        words = filter(
            None, ("" if title == self._titles.change else title, (event.get(EVENT_DESCRIPTION) or "").strip())
        )
        if not _contains_lines(marked.note, lines := "\n".join(words) or None):
            changes["note"] = f"{marked.note or ''}\n{lines}"
        await self.coordinator.async_update_marked_change(marked.id, changes, self.call_origin, self.call_context)

    def _build_events(
        self, episodes: list[Episode], clear_nights: list[ClearNight], changes: list[MarkedChange]
    ) -> list[CalendarEvent]:
        affected = {night_of(episode.started_at) for episode in episodes}
        events = [self._episode_event(episode) for episode in episodes]
        events += [self._clear_night_event(clear) for clear in clear_nights if clear.night not in affected]
        return events + [self._marked_change_event(change) for change in changes]

    def _episode_event(self, episode: Episode) -> CalendarEvent:
        start = dt_util.as_local(episode.started_at)
        end = dt_util.as_local(episode.ended_at or start.astimezone(UTC) + DEFAULT_DURATION)
        return CalendarEvent(
            start=start,
            # Home Assistant compares wall clock times, and rejects an event that ends before it starts by them, as one
            # may when clocks are put back.
            end=max(end, start, key=lambda value: value.replace(tzinfo=None)),
            summary=self._titles.for_severity(episode.severity),
            description=None if self._hides_words else episode.note,
            uid=episode.id,
        )

    def _clear_night_event(self, clear_night: ClearNight) -> CalendarEvent:
        night = clear_night.night
        return CalendarEvent(
            start=night, end=night + _DAY, summary=self._titles.clear_night, uid=f"{_CLEAR_NIGHT_UID_PREFIX}{night}"
        )

    def _marked_change_event(self, change: MarkedChange) -> CalendarEvent:
        """Return the event of a marked change. A calendar is not told who reads it, so it does not say what changed."""
        uid = f"{_MARKED_CHANGE_UID_PREFIX}{change.id}"
        return CalendarEvent(start=change.day, end=change.day + _DAY, summary=self._titles.change, uid=uid)

    def _changes_between(self, episode: Episode, start: datetime, end: datetime, event: dict[str, Any]) -> Changes:
        """Return what the user changed of an event: what equals the event as it was shown is unchanged."""
        shown = self._episode_event(episode)
        changes = Changes()
        if not _same_minute(start, shown.start_datetime_local):
            changes["started_at"] = start
        if episode.ended_at is None:
            is_unchanged = abs(end.astimezone(UTC) - start.astimezone(UTC) - DEFAULT_DURATION) < _MINUTE
            if not is_unchanged and (ended_at := _past_end(end)) is not None:
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
        if self._hides_words:
            # What was not shown cannot have been edited away: new words are added to it, once if the edit is repeated.
            note = episode.note if _contains_lines(episode.note, note) else f"{episode.note or ''}\n{note}".strip()
        if note != episode.note:
            changes["note"] = note
        return changes


def _start_and_end(event: dict[str, Any], recurrence_id: str | None = None) -> tuple[Any, Any]:
    """Return the start and the end of an event: datetimes, or dates if it is an all-day event."""
    if recurrence_id is not None or event.get(EVENT_RRULE):
        raise validation_error("events_do_not_recur")
    return event[EVENT_START], event[EVENT_END]


def _single_night(start: date, end: date) -> date:
    """Return the night of an all-day event."""
    if end - start > _DAY:
        raise validation_error("one_night_at_a_time")
    return start


def _clear_night_of(uid: str) -> date | None:
    return (
        dt_util.parse_date(uid.removeprefix(_CLEAR_NIGHT_UID_PREFIX))
        if uid.startswith(_CLEAR_NIGHT_UID_PREFIX)
        else None
    )


def _marked_change_of(uid: str) -> str | None:
    is_marked_change = uid.startswith(_MARKED_CHANGE_UID_PREFIX)
    return uid.removeprefix(_MARKED_CHANGE_UID_PREFIX) if is_marked_change else None


def _past_end(end: datetime) -> datetime | None:
    """Return an end that has passed. One in the future is the form's default, and the episode is still ongoing."""
    return end if end <= dt_util.utcnow() else None


def _contains_lines(note: str | None, lines: str | None) -> bool:
    """Return whether a note contains these lines."""
    return lines is None or f"\n{lines}\n" in f"\n{note or ''}\n"


def _same_minute(first: datetime, second: datetime) -> bool:
    """Return whether two datetimes look the same on a form, which has no seconds."""
    return abs(first.astimezone(UTC) - second.astimezone(UTC)) < _MINUTE and first.minute == second.minute


def _overlaps(event: CalendarEvent, start: datetime, end: datetime) -> bool:
    event_start, event_end = event.start_datetime_local.astimezone(UTC), event.end_datetime_local.astimezone(UTC)
    return event_start < end and (event_end > start or event_start == event_end >= start)
