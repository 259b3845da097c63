"""Tools for language models: log and end episodes, describe and compare nights, bedtime mode, and relief at night."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, override

from homeassistant.components.homeassistant import async_should_expose
from homeassistant.components.llm import LLMTools
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.llm import LLM_API_ASSIST, LLMContext, Tool, ToolAnnotations, ToolInput, ToolResult
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType
import voluptuous as vol

from .actions import datetime_parsers, parsers
from .actions.base import Field, Service, isoformat
from .actions.lookup import async_find_bedroom, async_get_coordinator, async_resolve_sleeper
from .bedtime.relief.relief_plan import MAX_MINUTES
from .bedtime.relief.relief_state import Aid
from .const import DOMAIN, MAX_WIND_DOWN, SUBENTRY_SLEEPER, Option
from .coordinator import BedtimeConfigEntry
from .diary.models import SEVERITIES, BodyPart, Relief, ReliefEffect, Sensation, Side, SleepImpact
from .diary.subjects import ALL
from .errors import validation_error

PROMPT: Final = (
    "Bedtime mode of RLS Bedtime makes a bedroom dark, cool and quiet. Its leg diary holds episodes of restless legs."
    " Somebody who says that their legs are restless, crawling or the like wants an episode logged at once, without"
    " questions; somebody who says that it eased wants it ended. Answer in one short sentence, for it is night."
    " Of the diary, state facts and counts alone: give no diagnosis and no medical advice."
)

EPISODE_FIELDS: Final = (
    "started_at",
    "ended_at",
    "duration",
    "ongoing",
    "severity",
    "side",
    "body_parts",
    "sensations",
    "activity",
    "relief",
    "relief_effect",
    "sleep_impact",
)
"""Fields of an episode that a model receives if they are known. Notes and tags are private."""

COMPARED: Final = "compare"
_COMPARED_FIELDS: Final = (Field.PRACTICE, Field.BEDTIME_MODE, Field.TEMPERATURE, Field.HUMIDITY, Field.ILLUMINANCE)

type _Handler = Callable[[ToolScope, dict[str, Any]], Coroutine[Any, Any, JsonObjectType]]


@dataclass(frozen=True, slots=True)
class ToolScope:
    """The context in which a model acts, and the exposed bedrooms and sleepers: names by id."""

    hass: HomeAssistant
    context: Context
    area_id: str | None
    bedrooms: Mapping[str, str]
    sleepers: Mapping[str, str]

    async def async_call_action(
        self, action: Service, data: Mapping[Any, Any], *, returns_response: bool = True
    ) -> Mapping[str, Any]:
        """Call one of our actions, and return its response if it has one."""
        response = await self.hass.services.async_call(
            DOMAIN, action, dict(data), blocking=True, context=self.context, return_response=returns_response
        )
        return response or {}

    def targets(self, description: ToolDescription) -> Mapping[str, str]:
        """Return what a tool can be used for: names by id."""
        if description.target == Field.SLEEPER:
            return self.sleepers
        if description.aid is None:
            return self.bedrooms
        plans = {
            entry.entry_id: entry.runtime_data.relief.plan
            for entry in self.hass.config_entries.async_loaded_entries(DOMAIN)
        }
        return {each: name for each, name in self.bedrooms.items() if plans[each].entities(description.aid)}

    def sleeper(self, args: Mapping[str, Any]) -> str:
        """Return the id of the named sleeper, by default that of the user. Raises an error if it is not exposed.

        Whether the user may do what follows is decided by the action.
        """
        reference = parsers.parse_field(args, Field.SLEEPER, parsers.text)
        sleeper = async_resolve_sleeper(self.hass, reference, self.context)
        subentry_id = async_get_coordinator(sleeper).subentry.subentry_id
        if subentry_id not in self.sleepers:
            raise validation_error("unknown_sleeper", name=reference, choices=", ".join(self.sleepers.values()))
        return subentry_id

    async def async_bedroom(self, args: Mapping[str, Any]) -> BedtimeConfigEntry:
        """Return the named bedroom, by default that of the voice satellite's area, else that of the user.

        Raises an error if it is not exposed.
        """
        reference = parsers.parse_field(args, Field.BEDROOM, parsers.text)
        if reference is None and self.area_id is not None:
            entries = map(self.hass.config_entries.async_get_known_entry, self.bedrooms)
            in_area = (entry.entry_id for entry in entries if entry.options.get(Option.AREA) == self.area_id)
            reference = next(in_area, None)
        bedroom = await async_find_bedroom(self.hass, reference, self.context)
        if bedroom.entry_id not in self.bedrooms:
            raise validation_error("unknown_bedroom", name=reference, choices=", ".join(self.bedrooms.values()))
        return bedroom


class BedtimeTool(Tool):
    """A tool that calls one of our actions."""

    integration = DOMAIN

    def __init__(self, description: ToolDescription, scope: ToolScope) -> None:
        self.name = f"{DOMAIN}__{description.name}"
        self.title = description.title
        self.description = description.description
        self.annotations = description.annotations
        names = sorted(scope.targets(description).values())
        hint = f"Only if another {description.target} is meant than the obvious one"
        target = vol.Optional(description.target, description=hint)
        self.parameters = vol.Schema({target: vol.In(names), **description.fields})
        self._handler = description.handler
        self._scope = scope

    @override
    async def async_call(self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext) -> ToolResult:
        try:
            scope = replace(self._scope, context=llm_context.context or Context())
            return ToolResult(data=await self._handler(scope, tool_input.tool_args))
        except HomeAssistantError as error:
            return ToolResult(data={"error": str(error)}, error=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolDescription:
    """Description of a tool: its texts, its target (the sleeper or bedroom field), its fields and its handler.

    `aid`: what a bedroom must have for it.
    """

    name: str
    title: str
    description: str
    target: Field
    annotations: ToolAnnotations
    fields: Mapping[vol.Marker, Any]
    handler: _Handler
    aid: Aid | None = None


async def _async_log_episode(scope: ToolScope, args: dict[str, Any]) -> JsonObjectType:
    response = await scope.async_call_action(Service.LOG_EPISODE, args | {Field.SLEEPER: scope.sleeper(args)})
    episode = _describe_episode(response["episode"])
    return {"sleeper": response["sleeper"], "new": response["new"], "episode": episode}


async def _async_end_episode(scope: ToolScope, args: dict[str, Any]) -> JsonObjectType:
    response = await scope.async_call_action(Service.END_EPISODE, args | {Field.SLEEPER: scope.sleeper(args)})
    return {"sleeper": response["sleeper"], "episode": _describe_episode(response["episode"])}


async def _async_get_night(scope: ToolScope, args: dict[str, Any]) -> JsonObjectType:
    """Describe a night, by default the one that began yesterday."""
    night = parsers.parse_field(args, Field.NIGHT, datetime_parsers.parse_night) or dt_util.now().date() - timedelta(
        days=1
    )
    data = {Field.SLEEPER: scope.sleeper(args), Field.FROM: night.isoformat(), Field.TO: night.isoformat()}
    response = await scope.async_call_action(Service.GET_EPISODES, data)
    episodes, is_clear = response["episodes"], bool(response["clear_nights"])
    return {
        "sleeper": response["sleeper"],
        "night_beginning": night.isoformat(),
        "recorded": bool(episodes) or is_clear,
        "clear_night": is_clear,
        "number_of_episodes": len(episodes),
        "episodes": [_describe_episode(episode) for episode in reversed(episodes)],
    }


async def _async_compare(scope: ToolScope, args: dict[str, Any]) -> JsonObjectType:
    """Compare the nights with and without an item of the routine, or bedtime mode, or warmth, in sentences."""
    field = Field(parsers.parse_field(args, COMPARED, parsers.enum(_COMPARED_FIELDS)) or Field.PRACTICE)
    item = parsers.parse_field(args, Field.ITEM, parsers.text)
    value = (item or ALL) if field is Field.PRACTICE else True
    response = await scope.async_call_action(Service.COMPARE, {Field.SLEEPER: scope.sleeper(args), field: value})
    return {
        "sleeper": response["sleeper"],
        "compared": [
            {"what": each["text"] or each["kind"], "facts": [sentence["text"] for sentence in each["sentences"]]}
            for each in response["items"]
        ],
        "cautions": [sentence["text"] for sentence in response["sentences"]],
    }


async def _async_get_experiment(scope: ToolScope, args: dict[str, Any]) -> JsonObjectType:
    """Tell what is assigned to tonight, or what came out. What the experiment is about is private."""
    response = await scope.async_call_action(Service.GET_EXPERIMENT, {Field.SLEEPER: scope.sleeper(args)})
    experiment, tonight = response["experiment"], response["tonight"]
    return {
        "sleeper": response["sleeper"],
        "status": response["status"],
        "tonight": None if tonight is None else "skipped" if tonight["skipped"] else tonight["arm"],
        "night": None if tonight is None else tonight["number"],
        "of_nights": None if experiment is None else experiment["nights"],
        "result": [sentence["text"] for sentence in response["sentences"]],
    }


async def _async_start_bedtime(scope: ToolScope, args: dict[str, Any]) -> JsonObjectType:
    bedroom = await scope.async_bedroom(args)
    await scope.async_call_action(Service.START, args | {Field.BEDROOM: bedroom.entry_id}, returns_response=False)
    return _describe_bedroom(bedroom)


async def _async_stop_bedtime(scope: ToolScope, args: dict[str, Any]) -> JsonObjectType:
    bedroom = await scope.async_bedroom(args)
    await scope.async_call_action(Service.STOP, args | {Field.BEDROOM: bedroom.entry_id}, returns_response=False)
    return _describe_bedroom(bedroom)


def _start_relief(action: Service) -> _Handler:
    """Return the handler that starts a walk, or the relief devices."""

    async def async_start(scope: ToolScope, args: dict[str, Any]) -> JsonObjectType:
        bedroom = await scope.async_bedroom(args)
        data = args | {Field.BEDROOM: bedroom.entry_id}
        sleepers = bedroom.runtime_data.sleepers.keys() & scope.sleepers.keys()
        if scope.context.user_id is None and len(sleepers) == 1:
            # Somebody has asked a satellite for it.
            data |= {Field.SLEEPER: next(iter(sleepers))}
        response = await scope.async_call_action(action, data)
        is_noted = response["episode_id"] is not None
        return {"bedroom": bedroom.title, "until": response["until"], "noted_in_ongoing_episode": is_noted}

    return async_start


def _stop_relief(action: Service) -> _Handler:
    """Return the handler that ends a walk, or the relief devices."""

    async def async_stop(scope: ToolScope, args: dict[str, Any]) -> JsonObjectType:
        bedroom = await scope.async_bedroom(args)
        await scope.async_call_action(action, {Field.BEDROOM: bedroom.entry_id}, returns_response=False)
        return {"bedroom": bedroom.title, "until": None}

    return async_stop


def _describe_episode(episode: Mapping[str, Any]) -> JsonObjectType:
    return {name: episode[name] for name in EPISODE_FIELDS if episode[name] is not None and episode[name] != []}


def _describe_bedroom(bedroom: BedtimeConfigEntry) -> JsonObjectType:
    session = bedroom.runtime_data.session
    return {"bedroom": bedroom.title, "phase": session.phase.value, "ends_at": isoformat(session.ends_at)}


_SEVERITY: Final = vol.All(vol.Coerce(int), vol.Range(min=SEVERITIES.start, max=SEVERITIES.stop - 1))
_SEVERITY_FIELD: Final = vol.Optional(Field.SEVERITY.value, description="0 (none) to 10 (worst imaginable), if said")
_MINUTES: Final = vol.All(vol.Coerce(int), vol.Range(min=1, max=MAX_MINUTES))
_MINUTES_FIELD: Final = vol.Optional(Field.MINUTES.value, description="For how many minutes, if said")
_WRITES: Final = ToolAnnotations(destructive=False, open_world=False)
_REPEATABLE: Final = ToolAnnotations(destructive=False, idempotent=True, open_world=False)
_READS: Final = ToolAnnotations(read_only=True, destructive=False, idempotent=True, open_world=False)

TOOLS: Final = (
    ToolDescription(
        name="log_episode",
        title="Log leg episode",
        description="Log an episode of restless legs in the leg diary. It begins now unless another time is said."
        " Every field is optional: give only what was said.",
        target=Field.SLEEPER,
        annotations=_WRITES,
        fields={
            _SEVERITY_FIELD: _SEVERITY,
            vol.Optional(Field.MINUTES_AGO.value, description="How many minutes ago it began"): vol.Coerce(int),
            vol.Optional(Field.STARTED_AT.value, description="When it began, as a time of day such as 03:12"): str,
            vol.Optional(Field.DURATION.value, description="How many minutes it lasted, if it is over"): vol.Coerce(
                int
            ),
            vol.Optional(Field.SIDE.value): vol.In(list(Side)),
            vol.Optional(Field.BODY_PARTS.value): [vol.In(list(BodyPart))],
            vol.Optional(Field.SENSATIONS.value): [vol.In(list(Sensation))],
            vol.Optional(Field.RELIEF.value, description="What was tried against it"): [vol.In(list(Relief))],
            vol.Optional(Field.SLEEP_IMPACT.value): vol.In(list(SleepImpact)),
            vol.Optional(Field.NOTE.value, description="What else they want written down, in their words"): str,
        },
        handler=_async_log_episode,
    ),
    ToolDescription(
        name="end_episode",
        title="End leg episode",
        description="Note in the leg diary that the ongoing episode is over now: it eased, or the legs are calm again.",
        target=Field.SLEEPER,
        annotations=_WRITES,
        fields={
            vol.Optional(Field.RELIEF.value, description="What was done against it"): [vol.In(list(Relief))],
            vol.Optional(Field.RELIEF_EFFECT.value, description="How much that helped"): vol.In(list(ReliefEffect)),
            _SEVERITY_FIELD: _SEVERITY,
        },
        handler=_async_end_episode,
    ),
    ToolDescription(
        name="get_last_night",
        title="Get last night's legs",
        description="Tell what the leg diary holds of last night, or of another night. A night without episodes that"
        " was not marked as clear is not recorded: it is not known to have been good.",
        target=Field.SLEEPER,
        annotations=_READS,
        fields={
            vol.Optional(
                Field.NIGHT.value, description="The date of the evening it began on, YYYY-MM-DD, if not last"
            ): str
        },
        handler=_async_get_night,
    ),
    ToolDescription(
        name="compare_nights",
        title="Compare nights",
        description="Count the nights with symptoms, with and without something: an item of the evening routine,"
        " bedtime mode, or a warmer bedroom. Tell the counts and the cautions as they are. They do not say why.",
        target=Field.SLEEPER,
        annotations=_READS,
        fields={
            vol.Optional(COMPARED, description="An item of the evening routine (practice) if not said"): vol.In(
                list(_COMPARED_FIELDS)
            ),
            vol.Optional(Field.ITEM.value, description="Which item of the evening routine, if one is meant"): str,
        },
        handler=_async_compare,
    ),
    ToolDescription(
        name="get_experiment",
        title="Get experiment on drawn nights",
        description="Tell whether tonight was drawn to be with or without what the sleeper tries out, or what came out"
        " in the end. There is no result before the end.",
        target=Field.SLEEPER,
        annotations=_READS,
        fields={},
        handler=_async_get_experiment,
    ),
    ToolDescription(
        name="start_bedtime",
        title="Start bedtime",
        description="Start bedtime mode of a bedroom: dims the lights, lowers the thermostat, silences the screens.",
        target=Field.BEDROOM,
        annotations=_REPEATABLE,
        fields={
            vol.Optional(Field.WIND_DOWN.value, description="Over how many minutes; at once if left out"): vol.All(
                vol.Coerce(int), vol.Range(min=0, max=MAX_WIND_DOWN)
            )
        },
        handler=_async_start_bedtime,
    ),
    ToolDescription(
        name="stop_bedtime",
        title="Stop bedtime",
        description="Stop bedtime mode of a bedroom and give back what it changed.",
        target=Field.BEDROOM,
        annotations=_REPEATABLE,
        fields={},
        handler=_async_stop_bedtime,
    ),
    ToolDescription(
        name="start_walk",
        title="Light the way",
        description="Light the way dimly for somebody who gets up at night. It goes dark again by itself. Noted as"
        " relief in their ongoing episode, if there is one.",
        target=Field.BEDROOM,
        annotations=_WRITES,
        fields={_MINUTES_FIELD: _MINUTES},
        handler=_start_relief(Service.START_WALK),
        aid=Aid.WALK,
    ),
    ToolDescription(
        name="stop_walk",
        title="Back in bed",
        description="Turn off the lights on the way: somebody is back in bed.",
        target=Field.BEDROOM,
        annotations=_REPEATABLE,
        fields={},
        handler=_stop_relief(Service.STOP_WALK),
        aid=Aid.WALK,
    ),
    ToolDescription(
        name="start_relief",
        title="Start relief device",
        description="Start the relief devices, such as a foot massager, because somebody asks for it. They stop by"
        " themselves, after an hour at the latest. Noted as relief in their ongoing episode, if there is one.",
        target=Field.BEDROOM,
        annotations=_WRITES,
        fields={_MINUTES_FIELD: _MINUTES},
        handler=_start_relief(Service.START_RELIEF),
        aid=Aid.DEVICE,
    ),
    ToolDescription(
        name="stop_relief",
        title="Stop relief device",
        description="Stop the relief devices.",
        target=Field.BEDROOM,
        annotations=_REPEATABLE,
        fields={},
        handler=_stop_relief(Service.STOP_RELIEF),
        aid=Aid.DEVICE,
    ),
)


@callback
def async_get_tools(hass: HomeAssistant, llm_context: LLMContext, api_id: str) -> LLMTools | None:
    """Return the tools for bedrooms and sleepers with at least one entity that is exposed to the assistant."""
    if api_id != LLM_API_ASSIST:
        return None
    scope = _async_get_scope(hass, llm_context)
    tools: list[Tool] = [BedtimeTool(description, scope) for description in TOOLS if scope.targets(description)]
    return LLMTools(tools, PROMPT) if tools else None


@callback
def _async_get_scope(hass: HomeAssistant, llm_context: LLMContext) -> ToolScope:
    registry = er.async_get(hass)
    bedrooms: dict[str, str] = {}
    sleepers: dict[str, str] = {}
    for bedroom in hass.config_entries.async_loaded_entries(DOMAIN):
        exposed = {
            entity.config_subentry_id
            for entity in er.async_entries_for_config_entry(registry, bedroom.entry_id)
            if async_should_expose(hass, llm_context.assistant, entity.entity_id)
        }
        if None in exposed:
            bedrooms[bedroom.entry_id] = bedroom.title
        for sleeper in bedroom.get_subentries_of_type(SUBENTRY_SLEEPER):
            if sleeper.subentry_id in exposed:
                sleepers[sleeper.subentry_id] = sleeper.title
    device = dr.async_get(hass).async_get(llm_context.device_id) if llm_context.device_id else None
    context = llm_context.context or Context()
    return ToolScope(hass, context, device.area_id if device else None, bedrooms, sleepers)
