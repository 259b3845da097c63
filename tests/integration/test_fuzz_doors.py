"""Malformed values at every door: a response or a refusal in words, no exception in the log, and the process lives.

The number of calls is taken from the environment: RLS_BEDTIME_FUZZ=100000 for a long run by hand.
"""

from datetime import UTC, date, datetime, timedelta, timezone
import logging
import os
import random
from typing import Any

from homeassistant.components.calendar.const import DATA_COMPONENT as CALENDARS
from homeassistant.components.todo import TodoItem, TodoItemStatus
from homeassistant.components.todo.const import DATA_COMPONENT as TODO_LISTS
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.components.websocket_api.const import DOMAIN as WEBSOCKET
from homeassistant.components.websocket_api.http import WebSocketAdapter
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowError, FlowResultType, InvalidData
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import condition, config_validation as cv, trigger
from homeassistant.helpers.json import json_bytes
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
import voluptuous as vol

from custom_components.rls_bedtime.actions.bedroom import BEDROOM_ACTIONS
from custom_components.rls_bedtime.actions.experiments import EXPERIMENT_ACTIONS
from custom_components.rls_bedtime.actions.sleeper import SLEEPER_ACTIONS
from custom_components.rls_bedtime.const import DOMAIN

from ..common.home import act, bedroom_entry, set_up, sleeper

CALLS = int(os.environ.get("RLS_BEDTIME_FUZZ", "300"))
SEED = int(os.environ.get("RLS_BEDTIME_FUZZ_SEED", "12"))

STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 7, 10**18, 10**400, 10**5000, -(10**5000), 0.1, 1e300, float("inf"), float("-inf"),
    float("nan"), "", " ", "7", "nan", "inf", "1e999", "9" * 5000, "\ud800", "2026-11-24\ud800", "03:12\udfff", "\x00",
    "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "24:00", "23:59:60", "now",
    "Alex", "calf, foot", "none", "<b>x</b>", "[x](http://example.com)", "{{ 1/0 }}", "'; DROP TABLE episode; --",
    "x" * 10_000, b"bytes", (), [], {}, set(), ["\ud800"], {"\ud800": "\ud800"}, [[["deep"]]], [None, 5, "calf"],
    {"minutes": float("nan")}, {"days": 10**400}, {"hours": "x"}, date.min, date.max,
    datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59), datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
    datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-timedelta(hours=12))),
    timedelta.max, timedelta.min, object(),
)  # fmt: skip
LIKELY: tuple[Any, ...] = (3, "5", "2026-11-23", "2026-11-23 23:00", "01:00", ["calf"], "walking", "left", "Alex", 20)


class Fuzzer:
    """Draws values, and calls one door after another."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry, connection: ActiveConnection) -> None:
        self.hass = hass
        self.entry = entry
        self.connection = connection
        self.random = random.Random(SEED)  # noqa: S311 - reproducible on purpose
        self.doors = (
            self.action,
            self.action,
            self.action,
            self.websocket,
            self.calendar,
            self.todo,
            self.entity,
            self.config_flow,
            self.sleeper_flow,
            self.options_flow,
            self.trigger,
            self.condition,
        )

    def value(self) -> Any:
        """Return a strange value, or a likely one."""
        return self.random.choice(STRANGE if self.random.random() < 0.7 else LIKELY)

    def some(self, names: Any) -> dict[str, Any]:
        """Return values for some of these fields."""
        chosen = [name for name in names if self.random.random() < 0.4]
        return {str(name): self.value() for name in chosen}

    async def action(self) -> None:
        """Call an action."""
        action = self.random.choice((*BEDROOM_ACTIONS, *SLEEPER_ACTIONS, *EXPERIMENT_ACTIONS))
        data = self.some(action.fields)
        if self.random.random() < 0.05:
            data[self.random.choice(("colour", "\ud800"))] = self.value()
        json_bytes(await act(self.hass, action.name, None, **data))

    async def websocket(self) -> None:
        """Send a command of the cards, past the parser of JSON, which refuses most."""
        handlers: dict[str, Any] = self.hass.data[WEBSOCKET]
        command = self.random.choice(("trends", "comparisons", "subscribe", "access"))
        handler, _schema = handlers[f"{DOMAIN}/{command}"]
        handler(self.hass, self.connection, {"id": 1, **self.some(("sleeper", "days", "from", "to"))})
        await self.hass.async_block_till_done()

    async def calendar(self) -> None:
        """Read, create, update or delete an event."""
        entity: Any = self.hass.data[CALENDARS].get_entity("calendar.alex_diary")
        # Home Assistant refuses what has no time zone, and a date together with a time.
        aware = [each for each in STRANGE if isinstance(each, datetime) and each.tzinfo]
        aware += [datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (1, 2)]
        nights = [date.min, date.max, date(2026, 11, 20), date(2026, 11, 21)]
        moments: list[Any] = self.random.choice([aware, nights])
        start, end = (self.random.choice(moments) for _ in range(2))
        event = {"dtstart": start, "dtend": end, "summary": "x", **self.some(("description", "rrule"))}
        event = {name: each for name, each in event.items() if name.startswith("dt") or isinstance(each, str)}
        uid = self.random.choice(("clear_night_\ud800", "clear_night_9999-12-31", "\ud800", "", "x"))
        match self.random.randrange(4):
            case 0:
                await entity.async_create_event(**event)
            case 1:
                await entity.async_update_event(uid, event)
            case 2:
                await entity.async_delete_event(uid)
            case _:
                await entity.async_get_events(self.hass, self.random.choice(aware), self.random.choice(aware))

    async def todo(self) -> None:
        """Change the evening routine."""
        entity: Any = self.hass.data[TODO_LISTS].get_entity("todo.alex_evening_routine")
        texts = [each for each in STRANGE if isinstance(each, str)]
        uid, text = (self.random.choice(texts) for _ in range(2))
        item = TodoItem(uid=uid, summary=text, status=self.random.choice(list(TodoItemStatus)))
        match self.random.randrange(4):
            case 0:
                await entity.async_create_todo_item(item)
            case 1:
                await entity.async_update_todo_item(item)
            case 2:
                await entity.async_delete_todo_items([uid, uid])
            case _:
                await entity.async_move_todo_item(uid, text)

    async def entity(self) -> None:
        """Set a number or a time through Home Assistant's actions, which validate most."""
        domain, service, field = self.random.choice((("number", "set_value", "value"), ("time", "set_value", "time")))
        key = "wind_down" if domain == "number" else "bedtime"
        values = [each for each in STRANGE if isinstance(each, float | bool)] if domain == "number" else ["x", "99:00"]
        data = {"entity_id": f"{domain}.bedroom_{key}", field: self.random.choice(values)}
        await self.hass.services.async_call(domain, service, data, blocking=True)

    async def config_flow(self) -> None:
        """Add a bedroom, as far as it goes."""
        manager: Any = self.hass.config_entries.flow
        result = await manager.async_init(DOMAIN, context={"source": "user"})
        await self._submit(manager, result, {"name": self.value(), **self.some(("area",))})

    async def sleeper_flow(self) -> None:
        """Change a sleeper, with a name that is refused in the end: the sleeper stays as it is."""
        manager: Any = self.hass.config_entries.subentries
        (subentry_id, *_) = self.entry.subentries
        context = {"source": "reconfigure", "subentry_id": subentry_id}
        menu = await manager.async_init((self.entry.entry_id, "sleeper"), context=context)
        result = await manager.async_configure(menu["flow_id"], {"next_step_id": "edit"})
        chosen = self.some(("person", "may_read", "long_term_statistics", "remove"))
        await self._submit(manager, result, {"name": "Kim", **chosen})

    async def options_flow(self) -> None:
        """Change the options of a section, but never to something that is valid."""
        manager: Any = self.hass.config_entries.options
        result = await manager.async_init(self.entry.entry_id)
        numbers = [each for each in STRANGE if isinstance(each, float)]
        climate = {"temperature_setback": self.random.choice(numbers), "use_sleep_preset": True}
        schedule = {"schedule_entity": self.value()}
        sections: dict[str, Any] = {name: {} for name in ("lights", "screens", "end", "more")}
        await self._submit(manager, result, sections | {"climate": climate, "schedule": schedule, "x": 1})

    async def _submit(self, manager: Any, result: Any, user_input: dict[str, Any]) -> None:
        try:
            result = await manager.async_configure(result["flow_id"], user_input)
        finally:
            if result["type"] is FlowResultType.FORM:
                manager.async_abort(result["flow_id"])

    async def trigger(self) -> None:
        """Validate a trigger."""
        kind = self.random.choice(("episode_logged", "bedtime_started", "screens_going_quiet"))
        config = {"trigger": f"{DOMAIN}.{kind}", "target": {"entity_id": "event.alex_episode"}}
        options = self.some(("least_severity", "behavior"))
        await trigger.async_validate_trigger_config(self.hass, cv.TRIGGER_SCHEMA([config | {"options": options}]))

    async def condition(self) -> None:
        """Validate a condition."""
        kind = self.random.choice(("is_bedtime", "has_ongoing_episode"))
        config = {"condition": f"{DOMAIN}.{kind}", "target": {"entity_id": "sensor.bedroom_phase"}}
        options = self.some(("behavior",))
        await condition.async_validate_condition_config(self.hass, cv.CONDITION_SCHEMA(config | {"options": options}))


async def test_malformed_values_at_every_door_are_refused_in_words(
    hass: HomeAssistant,
    night: object,
    bedroom: object,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # At a lower level, Home Assistant itself cannot log a number of more than some thousand digits.
    caplog.set_level(logging.WARNING)
    assert await async_setup_component(hass, WEBSOCKET, {})
    for component in ("calendar", "todo"):
        assert await async_setup_component(hass, component, {})
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), sleeper("Kim")))
    sent: list[Any] = []
    refresh_token = await hass.auth.async_create_refresh_token(hass_admin_user, "https://example.com/app")
    adapter = WebSocketAdapter(logging.getLogger(__name__), {"connid": 1})
    connection = ActiveConnection(adapter, hass, sent.append, hass_admin_user, refresh_token, "")
    fuzzer = Fuzzer(hass, entry, connection)
    refused = (HomeAssistantError, vol.Invalid, FlowError, InvalidData)
    unexpected: list[str] = []

    for number in range(CALLS):
        door = fuzzer.random.choice(fuzzer.doors)
        try:
            await door()
        except refused:
            pass
        except Exception as error:  # noqa: BLE001 - all of them are to be seen at once
            unexpected.append(f"{number} {door.__name__}: {error!r}"[:300])
        sent.clear()

    assert unexpected == []
    errors = [record.getMessage()[:300] for record in caplog.records if record.levelno >= logging.ERROR]
    assert errors == []
    assert hass.states.get("sensor.alex_episodes_tonight") is not None
