"""One row per entity: what it was told, what came of it, and when it has to be checked."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.util import dt as dt_util
import pytest

from custom_components.rls_bedtime.bedtime.command import Command, Outcome
from custom_components.rls_bedtime.bedtime.control.command_tracker import CommandTracker, Expectation
from custom_components.rls_bedtime.bedtime.device_runtime import IDLE

from ..samples import BRIGHT, DIM, lamp

SETTLING = timedelta(seconds=20)
LAMP = "light.lamp"
BEFORE = lamp()


class Kit:
    """A tracker, the calls that it makes, and what it reports."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.hass = hass
        self.calls: list[ServiceCall] = []
        self.results: list[set[str]] = []
        self.reached: set[str] = set()
        self.answer = asyncio.Event()
        self.answer.set()
        self.tracker = CommandTracker(hass, self._on_results, self.reached.__contains__)
        hass.services.async_register("light", "turn_on", self._turn_on)

    def _on_results(self, entity_ids: Iterable[str]) -> None:
        self.results.append(set(entity_ids))

    async def _turn_on(self, call: ServiceCall) -> None:
        self.calls.append(call)
        await self.answer.wait()
        if "light.broken" in call.data["entity_id"]:
            raise ValueError("no radio")  # noqa: TRY003 - what an integration may raise

    def send(self, *entity_ids: str, must_verify: bool = True, **how: Any) -> Context:
        """Dim lights that were bright."""
        context = Context()
        commands = {each: [Command("light", "turn_on", each, {"brightness": 13})] for each in entity_ids}
        expectations = {each: Expectation(BEFORE, SETTLING, must_verify) for each in entity_ids}
        self.tracker.send(commands, expectations, context, **how)
        return context


@pytest.fixture
def kit(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Kit:
    """Return a tracker with what it needs, at a time that stands still."""
    freezer.move_to("2026-11-24T06:30:00+00:00")
    return Kit(hass)


async def test_a_command_is_in_flight_until_it_is_answered_and_settles_from_then_on(kit: Kit) -> None:
    kit.answer.clear()
    context = kit.send(LAMP)

    row = kit.tracker.runtime(LAMP)
    assert (row.in_flight, row.context_id, row.previous, row.attempts) == (True, context.id, BEFORE, 1)
    assert kit.tracker.is_busy
    assert row.is_settling(dt_util.utcnow() + timedelta(days=1))
    kit.answer.set()
    await kit.hass.async_block_till_done()

    row = kit.tracker.runtime(LAMP)
    assert (row.in_flight, row.outcome, row.settles_at) == (False, Outcome.DONE, dt_util.utcnow() + SETTLING)
    assert kit.results == [{LAMP}]


async def test_what_needs_no_command_is_unchanged_and_answered_at_once(kit: Kit) -> None:
    kit.tracker.set_outcome("light.taken", Outcome.RELEASED)

    kit.tracker.send({LAMP: [], "light.taken": []}, {}, Context())

    assert kit.tracker.outcomes == {LAMP: Outcome.UNCHANGED, "light.taken": Outcome.RELEASED}
    assert kit.results == [{LAMP, "light.taken"}]
    assert kit.calls == []


async def test_a_device_is_due_once_it_has_had_its_time(kit: Kit, freezer: FrozenDateTimeFactory) -> None:
    kit.send(LAMP)
    kit.send("light.fading", must_verify=False)
    await kit.hass.async_block_till_done()

    assert kit.tracker.next_due() == dt_util.utcnow() + SETTLING
    assert kit.tracker.take_due(dt_util.utcnow()) == []
    freezer.tick(SETTLING)
    assert kit.tracker.take_due(dt_util.utcnow()) == [LAMP]
    kit.tracker.set_settled(LAMP)
    assert kit.tracker.next_due() is None
    assert kit.tracker.runtime(LAMP).outcome is Outcome.DONE


async def test_attempts_count_while_a_device_settles_and_begin_anew_afterwards(
    kit: Kit, freezer: FrozenDateTimeFactory
) -> None:
    for attempts in (1, 2):
        kit.send(LAMP)
        await kit.hass.async_block_till_done()
        assert kit.tracker.runtime(LAMP).attempts == attempts
    freezer.tick(SETTLING)
    kit.send(LAMP, individually=True)
    await kit.hass.async_block_till_done()
    assert kit.tracker.runtime(LAMP).attempts == 3
    freezer.tick(SETTLING)
    kit.send(LAMP)
    assert kit.tracker.runtime(LAMP).attempts == 1


async def test_an_answer_to_an_earlier_command_does_not_count_for_a_later_one(kit: Kit) -> None:
    kit.answer.clear()
    kit.send(LAMP)
    later = kit.send(LAMP)
    kit.tracker.update(LAMP, context_id="another")
    kit.answer.set()
    await kit.hass.async_block_till_done()

    assert later.id != "another"
    assert kit.tracker.runtime(LAMP).outcome is None


async def test_what_a_person_took_over_meanwhile_stays_released(kit: Kit) -> None:
    kit.answer.clear()
    kit.send(LAMP)
    kit.tracker.set_outcome(LAMP, Outcome.RELEASED)
    kit.answer.set()
    await kit.hass.async_block_till_done()

    assert kit.tracker.outcomes == {LAMP: Outcome.RELEASED}


async def test_a_failure_is_cleared_once_the_device_is_there_all_the_same(kit: Kit) -> None:
    kit.send("light.broken")
    await kit.hass.async_block_till_done()
    assert kit.tracker.outcomes == {"light.broken": Outcome.FAILED}

    kit.tracker.clear_failure("light.broken")
    assert kit.tracker.outcomes == {"light.broken": Outcome.FAILED}
    kit.reached.add("light.broken")
    kit.tracker.clear_failure("light.broken")
    assert kit.tracker.outcomes == {"light.broken": Outcome.DONE}


async def test_who_does_not_answer_in_time_may_be_done_all_the_same(kit: Kit, freezer: FrozenDateTimeFactory) -> None:
    kit.answer.clear()
    kit.reached.add("light.a")
    kit.send("light.a", "light.b")

    waiting = kit.hass.async_create_task(kit.tracker.async_wait_for_results(10))
    freezer.tick(timedelta(seconds=11))
    assert await waiting == {"light.a": Outcome.DONE}
    kit.answer.set()
    assert await kit.tracker.async_wait_for_results(10) == {"light.a": Outcome.DONE, "light.b": Outcome.DONE}


async def test_a_canceled_command_may_still_take_effect(kit: Kit) -> None:
    kit.answer.clear()
    kit.send(LAMP)

    await kit.tracker.async_shutdown()

    assert not kit.tracker.is_busy
    row = kit.tracker.runtime(LAMP)
    assert not row.in_flight
    assert row.is_settling(dt_util.utcnow())


async def test_another_session_begins_with_what_may_still_take_effect(kit: Kit, freezer: FrozenDateTimeFactory) -> None:
    kit.send(LAMP, "light.done")
    await kit.hass.async_block_till_done()

    kit.tracker.reset({LAMP: DIM, "light.unknown": DIM})

    row = kit.tracker.runtime(LAMP)
    assert (row.superseded, row.previous, row.settles_at) == ((DIM,), BEFORE, dt_util.utcnow() + SETTLING)
    assert kit.tracker.runtime("light.done") == kit.tracker.runtime("light.unknown") == IDLE
    assert kit.tracker.outcomes == {}
    kit.tracker.reset({})
    assert kit.tracker.runtime(LAMP) == row
    kit.tracker.reset({LAMP: BRIGHT})
    assert kit.tracker.runtime(LAMP).superseded == (DIM, BRIGHT)
    freezer.tick(SETTLING)
    kit.tracker.reset({})
    assert kit.tracker.runtime(LAMP) == IDLE


async def test_what_an_earlier_session_wanted_is_forgotten_once_the_device_has_had_its_time(
    kit: Kit, freezer: FrozenDateTimeFactory
) -> None:
    kit.send(LAMP)
    kit.tracker.reset({LAMP: DIM})
    kit.send(LAMP)
    assert kit.tracker.runtime(LAMP).superseded == (DIM,)
    await kit.hass.async_block_till_done()
    freezer.tick(SETTLING)
    kit.send(LAMP)
    assert kit.tracker.runtime(LAMP).superseded == ()


def test_a_device_on_which_somebody_acted_is_let_go_after_a_while(kit: Kit, freezer: FrozenDateTimeFactory) -> None:
    kit.tracker.update(LAMP, yields_until=dt_util.utcnow() + timedelta(seconds=5))

    assert kit.tracker.next_due() == dt_util.utcnow() + timedelta(seconds=5)
    freezer.tick(timedelta(seconds=5))
    assert kit.tracker.take_due(dt_util.utcnow()) == []
    assert kit.tracker.next_due() is None
