"""The actions of a sleeper. Each calls the diary once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final, cast

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.util import dt as dt_util

from ..coordinator import SleeperCoordinator
from ..diary.models import (
    Activity,
    BodyPart,
    Changes,
    ClearNight,
    ClearNightResult,
    Episode,
    EpisodeDetails,
    EpisodeResult,
    Experiment,
    ExperimentNight,
    MarkedChange,
    NewEpisode,
    Practice,
    Relief,
    ReliefEffect,
    RevertResult,
    RoutineItem,
    Sensation,
    Side,
    SleepImpact,
    WriteResult,
)
from ..diary.nights import night_of
from ..errors import validation_error
from . import datetime_parsers, parsers
from .base import Action, Field, Service, isoformat
from .calls import async_may, request_of, sleeper_to_change, sleeper_to_log, sleeper_to_read
from .permissions import Permission

MAX_LIMIT: Final = 10_000
MAX_PAGE: Final = 1_000
"""The highest limit that is accepted, and the most episodes that one response contains: more would take Home Assistant
too long to serialize. The next ones are those before the last of these."""

DETAIL_PARSERS: Final[Mapping[Field, parsers.Parser[Any]]] = {
    Field.SEVERITY: parsers.severity,
    Field.SIDE: parsers.enum(Side),
    Field.BODY_PARTS: parsers.enum_list(BodyPart),
    Field.SENSATIONS: parsers.enum_list(Sensation),
    Field.ACTIVITY: parsers.enum(Activity),
    Field.RELIEF: parsers.enum_list(Relief),
    Field.RELIEF_EFFECT: parsers.enum(ReliefEffect),
    Field.SLEEP_IMPACT: parsers.enum(SleepImpact),
    Field.TAGS: parsers.texts,
    Field.NOTE: parsers.text,
}
"""Parsers of the details of an episode, without its times."""

WITHHELD: Final[Mapping[str, Any]] = {field.value: None for field in DETAIL_PARSERS if field is not Field.SEVERITY} | {
    field.value: [] for field in (Field.BODY_PARTS, Field.SENSATIONS, Field.RELIEF, Field.TAGS)
}
"""What a response contains instead of the details that a user may not read."""

TIME_FIELDS: Final = (Field.STARTED_AT, Field.MINUTES_AGO, Field.ENDED_AT, Field.DURATION)
LIST_FIELDS: Final = (Field.BODY_PARTS, Field.SENSATIONS, Field.RELIEF, Field.TAGS)
CLEARABLE_FIELDS: Final = (Field.ENDED_AT, *DETAIL_PARSERS)
"""Fields of an episode that can be cleared."""


async def _async_log_episode(call: ServiceCall) -> ServiceResponse:
    """Log an episode."""
    sleeper = await sleeper_to_log(call)
    entry = NewEpisode(**_parse_times(call), **_parse_details(call))
    result = await sleeper.async_log(entry, request_of(call), call.context)
    response = _episode_result(sleeper, result)
    if result.repeated and not await async_may(call, sleeper, Permission.READ):
        # With the request id of somebody else's call, these are their words.
        written = result.episode
        response["episode"] |= {
            name: nothing for name, nothing in WITHHELD.items() if getattr(entry, name) != getattr(written, name)
        }
    return {**response, "new": result.new}


async def _async_end_episode(call: ServiceCall) -> ServiceResponse:
    """End an episode."""
    sleeper = await sleeper_to_log(call)
    may_change = await async_may(call, sleeper, Permission.CHANGE)
    result = await sleeper.async_end(
        replace(request_of(call), may_change=may_change),
        parsers.parse_field(call.data, Field.EPISODE_ID, parsers.text),
        parsers.parse_field(call.data, Field.ENDED_AT, datetime_parsers.parse_datetime),
        EpisodeDetails(**_parse_details(call)),
        call.context,
    )
    response = _episode_result(sleeper, result)
    if not await async_may(call, sleeper, Permission.READ):
        # Whoever may log may end what the sleeper has written about.
        response["episode"] |= WITHHELD
    return {**response, "new": result.new}


async def _async_log_clear_night(call: ServiceCall) -> ServiceResponse:
    """Mark a night as free of symptoms."""
    sleeper = await sleeper_to_log(call)
    result = await sleeper.async_log_clear_night(_parse_night(call), request_of(call), call.context)
    return {**_clear_night_result(sleeper, result), "new": result.new}


async def _async_delete_clear_night(call: ServiceCall) -> ServiceResponse:
    """Remove the mark of a clear night."""
    sleeper = await sleeper_to_change(call)
    result = await sleeper.async_delete_clear_night(_parse_night(call), request_of(call), call.context)
    return _clear_night_result(sleeper, result)


async def _async_log_practice(call: ServiceCall) -> ServiceResponse:
    """Set whether an item of the evening routine is done on a night."""
    sleeper = await sleeper_to_log(call)
    item = parsers.parse_field(call.data, Field.ITEM, parsers.text)
    if item is None:
        choices = ", ".join(each.text for each in sleeper.data.routine)
        raise validation_error("which_item", choices=choices)
    done = parsers.parse_field(call.data, Field.DONE, parsers.boolean)
    result = await sleeper.async_log_practice(item, _parse_night(call), request_of(call), done=done is not False)
    return {
        "sleeper": sleeper.name,
        "item": _item_response(result.item),
        "night": result.night.isoformat(),
        "done": result.item.done,
        "change_id": result.change_id,
    }


async def _async_update_episode(call: ServiceCall) -> ServiceResponse:
    """Change fields of an episode."""
    sleeper = await sleeper_to_change(call)
    result = await sleeper.async_update(
        parsers.parse_field(call.data, Field.EPISODE_ID, parsers.text),
        _parse_changes(call),
        request_of(call),
        call.context,
    )
    return {**_episode_result(sleeper, result), "changed": result.change_id is not None}


async def _async_delete_episode(call: ServiceCall) -> ServiceResponse:
    """Delete an episode."""
    sleeper = await sleeper_to_change(call)
    episode_id = parsers.parse_field(call.data, Field.EPISODE_ID, parsers.text)
    return _episode_result(sleeper, await sleeper.async_delete(episode_id, request_of(call), call.context))


async def _async_undo(call: ServiceCall) -> ServiceResponse:
    """Undo a change."""
    sleeper = await sleeper_to_change(call)
    change_id = parsers.parse_field(call.data, Field.CHANGE_ID, parsers.text)
    return _revert_result(sleeper, await sleeper.async_undo(change_id, request_of(call), call.context))


async def _async_redo(call: ServiceCall) -> ServiceResponse:
    """Redo a change that was undone."""
    sleeper = await sleeper_to_change(call)
    change_id = parsers.parse_field(call.data, Field.CHANGE_ID, parsers.text)
    return _revert_result(sleeper, await sleeper.async_redo(change_id, request_of(call), call.context))


async def _async_get_episodes(call: ServiceCall) -> ServiceResponse:
    """Return the episodes, the clear nights and the marked changes of a period."""
    sleeper = await sleeper_to_read(call)
    start, end = datetime_parsers.parse_period(call.data, Field.FROM, Field.TO)
    limit = min(
        parsers.parse_field(call.data, Field.LIMIT, parsers.integer_between(1, MAX_LIMIT)) or MAX_PAGE, MAX_PAGE
    )
    before = parsers.parse_field(call.data, Field.BEFORE, parsers.text)
    async with sleeper.large_reads:
        clear_nights = await sleeper.async_get_clear_nights(start, end)
        changes = await sleeper.async_get_marked_changes(start, end)
        episodes = await sleeper.async_get_episodes(start, end, limit + 1, before)
        # There may be a thousand: too much for the event loop.
        episode_responses = await call.hass.async_add_executor_job(
            lambda: [_episode_response(sleeper, episode) for episode in episodes[:limit]]
        )
    response: dict[str, Any] = {
        "sleeper": sleeper.name,
        "episodes": episode_responses,
        "more": len(episodes) > limit,
        "clear_nights": [clear_night.night.isoformat() for clear_night in clear_nights],
        "changes": [change.as_json() for change in changes],
    }
    return response


async def _async_get_summary(call: ServiceCall) -> ServiceResponse:
    """Return the statistics of a period."""
    sleeper = await sleeper_to_read(call)
    start, end = datetime_parsers.parse_period(call.data, Field.FROM, Field.TO)
    summary = await sleeper.async_get_summary(start, end)
    return {"sleeper": sleeper.name, **summary.as_json()}


SLEEPER_ACTIONS: Final = (
    Action(Service.LOG_EPISODE, _async_log_episode, (Field.SLEEPER, *TIME_FIELDS, *DETAIL_PARSERS, Field.REQUEST_ID)),
    Action(
        Service.END_EPISODE,
        _async_end_episode,
        (
            Field.SLEEPER,
            Field.EPISODE_ID,
            Field.ENDED_AT,
            Field.RELIEF,
            Field.RELIEF_EFFECT,
            Field.SEVERITY,
            Field.REQUEST_ID,
        ),
    ),
    Action(Service.LOG_CLEAR_NIGHT, _async_log_clear_night, (Field.SLEEPER, Field.NIGHT, Field.REQUEST_ID)),
    Action(Service.DELETE_CLEAR_NIGHT, _async_delete_clear_night, (Field.SLEEPER, Field.NIGHT, Field.REQUEST_ID)),
    Action(
        Service.LOG_PRACTICE,
        _async_log_practice,
        (Field.SLEEPER, Field.ITEM, Field.NIGHT, Field.DONE, Field.REQUEST_ID),
    ),
    Action(
        Service.UPDATE_EPISODE,
        _async_update_episode,
        (Field.SLEEPER, Field.EPISODE_ID, *TIME_FIELDS, *DETAIL_PARSERS, Field.CLEAR, Field.REQUEST_ID),
    ),
    Action(Service.DELETE_EPISODE, _async_delete_episode, (Field.SLEEPER, Field.EPISODE_ID, Field.REQUEST_ID)),
    Action(Service.UNDO, _async_undo, (Field.SLEEPER, Field.CHANGE_ID, Field.REQUEST_ID)),
    Action(Service.REDO, _async_redo, (Field.SLEEPER, Field.CHANGE_ID, Field.REQUEST_ID)),
    Action(
        Service.GET_EPISODES,
        _async_get_episodes,
        (Field.SLEEPER, Field.FROM, Field.TO, Field.LIMIT, Field.BEFORE),
        SupportsResponse.ONLY,
    ),
    Action(Service.GET_SUMMARY, _async_get_summary, (Field.SLEEPER, Field.FROM, Field.TO), SupportsResponse.ONLY),
)


def _parse_night(call: ServiceCall) -> date | None:
    """Return the night in a call, or None for the current one."""
    return parsers.parse_field(call.data, Field.NIGHT, datetime_parsers.parse_night)


def _parse_times(call: ServiceCall) -> dict[str, Any]:
    """Return the times in a call, as arguments of NewEpisode."""
    times = {
        "started_at": parsers.parse_field(call.data, Field.STARTED_AT, datetime_parsers.parse_datetime),
        "ago": parsers.parse_field(call.data, Field.MINUTES_AGO, parsers.minutes),
        "ended_at": parsers.parse_field(call.data, Field.ENDED_AT, datetime_parsers.parse_datetime),
        "duration": parsers.parse_field(call.data, Field.DURATION, parsers.minutes),
    }
    return {name: time for name, time in times.items() if time is not None}


def _parse_details(call: ServiceCall) -> dict[str, Any]:
    """Return the details that a call contains, as arguments of EpisodeDetails."""
    details = {
        field.value: parsers.parse_field(call.data, field, parser)
        for field, parser in DETAIL_PARSERS.items()
        if field in call.data
    }
    return {name: value for name, value in details.items() if value is not None}


def _parse_changes(call: ServiceCall) -> Changes:
    """Return the changes of an episode: fields with a new value, and fields to clear."""
    values = _parse_times(call) | _parse_details(call)
    cleared = parsers.parse_field(call.data, Field.CLEAR, parsers.enum_list(CLEARABLE_FIELDS)) or ()
    if both := [field for field in cleared if field in values]:
        raise validation_error("cleared_and_given", field=", ".join(both))
    return cast(Changes, values | {field.value: () if field in LIST_FIELDS else None for field in cleared})


def _episode_result(sleeper: SleeperCoordinator, result: EpisodeResult) -> dict[str, Any]:
    """Return what each action that writes an episode responds."""
    return {
        "sleeper": sleeper.name,
        "episode": _episode_response(sleeper, result.episode, result),
        "change_id": result.change_id,
    }


def _clear_night_result(sleeper: SleeperCoordinator, result: ClearNightResult) -> dict[str, Any]:
    """Return what each action that writes a clear night responds."""
    return {
        "sleeper": sleeper.name,
        "night": result.clear_night.night.isoformat(),
        "change_id": result.change_id,
    }


def _revert_result(sleeper: SleeperCoordinator, result: RevertResult) -> dict[str, Any]:
    """Return what undo and redo respond: what was undone or redone, and what it was about.

    The records are as they are now, or as they were if they are gone. Of several, each kind is shown once.
    """
    episode = clear_night = item = night = change = experiment = None
    for transition in result.transitions:
        match transition.after or transition.before:
            case Episode() as subject:
                episode = _episode_response(sleeper, subject, result)
            case ClearNight() as subject if clear_night is None or transition.after is not None:
                clear_night = subject.night.isoformat()
            case MarkedChange() as subject:
                change = subject.as_json()
            case Experiment() as subject:
                experiment = subject.id
            case ExperimentNight() as subject:
                experiment, night = subject.experiment, subject.night.isoformat()
            case RoutineItem() as subject if item is None:
                item = _item_response(subject)
            case Practice() as subject:
                item = {"uid": subject.item, "text": subject.text}
                night = subject.night.isoformat()
    return {
        "sleeper": sleeper.name,
        "redone" if result.redone else "undone": result.kind.value,
        "at": isoformat(dt_util.as_local(result.at)),
        "episode": episode,
        "clear_night": clear_night,
        "item": item,
        "night": night,
        "change": change,
        "experiment": experiment,
        "change_id": result.change_id,
    }


def _item_response(item: RoutineItem) -> dict[str, Any]:
    return {"uid": item.uid, "text": item.text}


def _episode_response(
    sleeper: SleeperCoordinator, episode: Episode, result: WriteResult | None = None
) -> dict[str, Any]:
    """Return an episode as it appears in responses: times in ISO format, the duration in minutes.

    The response to a repeat is that to the first call, whatever is ongoing by now.
    """
    now_ongoing = sleeper.data.overview.ongoing
    ongoing_id = None if now_ongoing is None else now_ongoing.id
    if result is not None and result.repeated and result.change_id is not None:
        ongoing_id = result.ongoing
    circumstances = episode.context
    return {
        "id": episode.id,
        "night": night_of(episode.started_at).isoformat(),
        "started_at": isoformat(episode.started_at),
        "ended_at": isoformat(episode.ended_at),
        "duration": None if episode.duration is None else round(episode.duration / timedelta(minutes=1), 1),
        "ongoing": episode.id == ongoing_id,
        "severity": episode.severity,
        "side": episode.side,
        "body_parts": list(episode.body_parts),
        "sensations": list(episode.sensations),
        "activity": episode.activity,
        "relief": list(episode.relief),
        "relief_effect": episode.relief_effect,
        "sleep_impact": episode.sleep_impact,
        "tags": list(episode.tags),
        "note": episode.note,
        "bedtime_mode": circumstances.bedtime_mode,
        "minutes_since_bedtime": circumstances.minutes_since_bedtime,
        "temperature": circumstances.temperature,
        "logged_at": isoformat(episode.logged_at),
        "edited_at": isoformat(episode.edited_at),
    }
