"""The dispatcher: equal commands as one call, a few at a time, each entity's trouble its own."""

import asyncio
from typing import Any

from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceNotSupported
import pytest

from custom_components.rls_bedtime.bedtime.command import Command, Outcome
from custom_components.rls_bedtime.bedtime.control import dispatcher as dispatcher_module
from custom_components.rls_bedtime.bedtime.control.dispatcher import MAX_ENTITIES_PER_CALL, Dispatcher
from custom_components.rls_bedtime.bedtime.devices.phones import enable_dnd

DIM = {"brightness": 13}


def dispatcher(hass: HomeAssistant, *arrived: str) -> Dispatcher:
    """Return a dispatcher for a house in which some entities are as they were told to be."""
    return Dispatcher(hass, arrived.__contains__)


async def carry_out(hass: HomeAssistant, commands: dict[str, list[Command]], **how: Any) -> dict[str, Outcome]:
    """Carry commands out, and return what came of each entity."""
    outcomes: dict[str, Outcome] = {}
    await dispatcher(hass).async_carry_out(commands, how.pop("context", Context()), outcomes.__setitem__, **how)
    return outcomes


def dim(entity_id: str, brightness: int = 13) -> list[Command]:
    """Return the one step that dims a light."""
    return [Command("light", "turn_on", entity_id, {"brightness": brightness})]


def failed(outcomes: dict[str, Outcome]) -> list[str]:
    """Return the entities that failed."""
    return [entity_id for entity_id, outcome in outcomes.items() if outcome is Outcome.FAILED]


@pytest.fixture
def calls(hass: HomeAssistant) -> list[ServiceCall]:
    """Return the calls of light.turn_on; lights called broken raise."""
    calls: list[ServiceCall] = []

    async def turn_on(call: ServiceCall) -> None:
        calls.append(call)
        if any("broken" in entity_id for entity_id in call.data["entity_id"]):
            raise ValueError("no radio")  # noqa: TRY003 - what an integration may raise

    hass.services.async_register("light", "turn_on", turn_on)
    return calls


async def test_equal_commands_go_out_as_one_call(hass: HomeAssistant, calls: list[ServiceCall]) -> None:
    context = Context()
    commands = {f"light.{each}": dim(f"light.{each}") for each in "abc"} | {"light.d": dim("light.d", 20)}

    outcomes = await carry_out(hass, commands, context=context)

    assert [dict(call.data) for call in calls] == [
        {"entity_id": ["light.a", "light.b", "light.c"], "brightness": 13},
        {"entity_id": ["light.d"], "brightness": 20},
    ]
    assert all(call.context is context for call in calls)
    assert set(outcomes.values()) == {Outcome.DONE}


async def test_a_broken_entity_costs_the_others_no_second_command(
    hass: HomeAssistant, calls: list[ServiceCall]
) -> None:
    outcomes: dict[str, Outcome] = {}
    commands = {entity_id: dim(entity_id) for entity_id in ("light.a", "light.broken", "light.c")}

    await dispatcher(hass, "light.a", "light.c").async_carry_out(commands, Context(), outcomes.__setitem__)

    assert outcomes == {"light.a": Outcome.DONE, "light.broken": Outcome.FAILED, "light.c": Outcome.DONE}
    assert [call.data["entity_id"] for call in calls] == [["light.a", "light.broken", "light.c"]]


async def test_an_entity_that_may_have_failed_is_called_by_itself_until_that_succeeds(
    hass: HomeAssistant, calls: list[ServiceCall]
) -> None:
    outcomes: dict[str, Outcome] = {}
    sender = dispatcher(hass, "light.a", "light.b")

    async def calls_of(brightness: int) -> list[list[str]]:
        calls.clear()
        commands = {each: dim(each, brightness) for each in ("light.a", "light.b", "light.broken", "light.slow")}
        await sender.async_carry_out(commands, Context(), outcomes.__setitem__)
        return [call.data["entity_id"] for call in calls]

    assert await calls_of(13) == [["light.a", "light.b", "light.broken", "light.slow"]]
    assert failed(outcomes) == ["light.broken", "light.slow"]
    assert await calls_of(12) == [["light.a", "light.b"], ["light.broken"], ["light.slow"]]
    assert failed(outcomes) == ["light.broken"]
    assert await calls_of(11) == [["light.a", "light.b", "light.slow"], ["light.broken"]]
    assert failed(outcomes) == ["light.broken"]


async def test_a_call_that_reached_nobody_is_repeated_for_each(hass: HomeAssistant) -> None:
    calls: list[list[str]] = []

    async def turn_on(call: ServiceCall) -> None:
        calls.append(call.data["entity_id"])
        if "light.plain" in call.data["entity_id"]:
            raise ServiceNotSupported("light", "turn_on", "light.plain")

    hass.services.async_register("light", "turn_on", turn_on)

    outcomes = await carry_out(hass, {entity_id: dim(entity_id) for entity_id in ("light.a", "light.plain")})

    assert outcomes == {"light.a": Outcome.DONE, "light.plain": Outcome.FAILED}
    assert calls == [["light.a", "light.plain"], ["light.a"], ["light.plain"]]


async def test_a_thousand_lights_do_not_hold_up_the_event_loop(hass: HomeAssistant, calls: list[ServiceCall]) -> None:
    lights = [f"light.{number}" for number in range(1000)]
    outcomes = await carry_out(hass, {entity_id: dim(entity_id) for entity_id in lights})

    assert max(len(call.data["entity_id"]) for call in calls) == MAX_ENTITIES_PER_CALL
    assert [entity_id for call in calls for entity_id in call.data["entity_id"]] == lights
    assert set(outcomes.values()) == {Outcome.DONE}


async def test_individually_is_a_call_for_each(hass: HomeAssistant, calls: list[ServiceCall]) -> None:
    await carry_out(hass, {f"light.{each}": dim(f"light.{each}") for each in "ab"}, individually=True)

    assert [call.data["entity_id"] for call in calls] == [["light.a"], ["light.b"]]


async def test_nobody_waits_for_another(hass: HomeAssistant) -> None:
    ended, outcomes = asyncio.Event(), dict[str, Outcome]()
    steps: list[int] = []

    async def turn_on(call: ServiceCall) -> None:
        if call.data["entity_id"] == ["light.slow"]:
            await ended.wait()
        steps.append(call.data["brightness"])

    hass.services.async_register("light", "turn_on", turn_on)
    commands = {"light.slow": dim("light.slow", 9), "light.a": [*dim("light.a", 1), *dim("light.a", 2)]}
    work = hass.async_create_task(dispatcher(hass).async_carry_out(commands, Context(), outcomes.__setitem__))
    for _ in range(50):
        await asyncio.sleep(0)

    assert outcomes == {"light.a": Outcome.DONE}
    ended.set()
    await work
    assert steps == [1, 2, 9]


async def test_an_action_that_names_its_own_target_gets_none(hass: HomeAssistant) -> None:
    calls: list[ServiceCall] = []

    async def notify(call: ServiceCall) -> None:
        calls.append(call)

    hass.services.async_register("notify", "phone", notify)
    await carry_out(hass, {"notify.phone": [enable_dnd("phone")]})

    assert calls[0].data == {"message": "command_dnd", "data": {"command": "priority_only"}}


async def test_the_steps_of_an_entity_keep_their_order_and_end_with_a_failure(
    hass: HomeAssistant, calls: list[ServiceCall]
) -> None:
    commands = {
        "light.a": [*dim("light.a", 1), *dim("light.a", 2)],
        "light.broken": [*dim("light.broken", 1), *dim("light.broken", 2)],
        "light.still": [],
    }

    outcomes = await carry_out(hass, commands)

    assert "light.still" not in outcomes
    assert outcomes["light.broken"] is Outcome.FAILED
    assert outcomes["light.a"] is Outcome.DONE
    assert [call.data["brightness"] for call in calls if "light.a" in call.data["entity_id"]] == [1, 2]
    assert calls[1].data == {"entity_id": ["light.a"], "brightness": 2}


async def test_an_action_that_does_not_exist_is_a_failure(hass: HomeAssistant) -> None:
    assert await carry_out(hass, {"light.a": dim("light.a")}) == {"light.a": Outcome.FAILED}


async def test_a_call_that_never_ends_is_given_up(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher_module, "CALL_TIMEOUT", 0)
    monkeypatch.setattr(dispatcher_module, "CALL_TIMEOUT_PER_ENTITY", 0)

    async def hang(_call: ServiceCall) -> None:
        await asyncio.Event().wait()

    hass.services.async_register("light", "turn_on", hang)

    assert await carry_out(hass, {"light.a": dim("light.a")}) == {"light.a": Outcome.FAILED}
