"""Random nights with walks and a massager in two bedrooms: nothing is on for longer than its limit."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import logging
from tempfile import TemporaryDirectory
from typing import Any, override
from unittest.mock import patch

from freezegun import freeze_time
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from homeassistant.util.async_ import get_scheduled_timer_handles
from hypothesis import HealthCheck, Phase, seed, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
import pytest
from pytest_homeassistant_custom_component.common import MockUser, async_test_home_assistant, mock_storage

from custom_components.rls_bedtime.bedtime.plan import Plan
from custom_components.rls_bedtime.bedtime.registry import BedroomRegistry
from custom_components.rls_bedtime.bedtime.relief.controller import ReliefController
from custom_components.rls_bedtime.bedtime.relief.relief_plan import ReliefPlan
from custom_components.rls_bedtime.bedtime.relief.relief_state import Aid
from custom_components.rls_bedtime.bedtime.session import Session

from ..common.bedroom import lamp
from ..common.devices import Device
from ..common.home import Home
from ..common.relief import hallway, massager
from ..common.simulated_integration import async_add_devices

ROOMS = ("bedroom", "guest")
LIGHTS = ("lamp", "hallway")
NAMES = (*LIGHTS, "massager")
"""The lamp is managed by both bedrooms and off at night; all of these are on the way, or bring relief, in both."""

A_MOMENT = timedelta(microseconds=100)
GRACE = timedelta(minutes=6)
"""Longer than the longest pause before a device is told once more."""

FAULTS: list[dict[str, Any]] = [
    {},
    {"report_delay": 3},
    {"report_delay": 8},
    {"stale_report_after": 2},
    {"ramp": ((1, 0.3), (2, 0.7))},
]


@dataclass
class Room:
    """A bedroom: its session, and its relief at night."""

    session: Session
    relief: ReliefController


@pytest.fixture(autouse=True)
def _find_our_integration() -> None:
    """Let the machine build homes of its own."""


@pytest.fixture(autouse=True)
def _no_logging() -> Iterator[None]:
    """Log nothing: it takes a third of the time."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


class ReliefMachine(RuleBasedStateMachine):
    """A home with two bedrooms, in which anything may happen at night."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        self.contexts = ExitStack()
        folder = self.contexts.enter_context(TemporaryDirectory())
        clock: Any = self.contexts.enter_context(freeze_time("2026-11-24T03:00:00+00:00"))
        self.clock = clock
        self.contexts.enter_context(mock_storage())
        self.home_stack = AsyncExitStack()
        self.hass: HomeAssistant = self.run(
            self.home_stack.enter_async_context(async_test_home_assistant(self.loop, config_dir=folder))
        )
        self.home = Home(self.hass, clock, MockUser(name="Alex", is_owner=True).add_to_hass(self.hass))
        self.registry = BedroomRegistry()
        self.rooms: dict[str, Room] = {}
        self.devices: dict[str, Any] = {}
        self.theirs: set[str] = set()
        self.limit: dict[str, datetime] = {}
        self.faulty_until = dt_util.utcnow()

    def run[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Let the home do something, to its end."""
        return self.loop.run_until_complete(coroutine)

    @override
    def teardown(self) -> None:
        try:
            if self.rooms:
                self.everything_ends()
            for room in self.rooms.values():
                self.run(room.relief.async_unload())
                self.run(room.session.async_unload())
            self.run(self.hass.async_block_till_done())
            self.run(self.hass.async_stop(force=True))
            self.run(self.home_stack.aclose())
            self.run(self.loop.shutdown_default_executor())
        finally:
            self.contexts.close()
            self.loop.close()
            dt_util.set_default_time_zone(UTC)

    def everything_ends(self) -> None:
        """End all, and find each light as the day wants it."""
        for device in self.devices.values():
            device.refuses = False
            if not device.available:
                device.become_available()
        for room in self.rooms.values():
            for aid in Aid:
                self.run(room.relief.async_stop(aid))
        self.pass_time(timedelta(minutes=8))
        for room in self.rooms.values():
            self.run(room.session.async_stop())
        self.pass_time(timedelta(minutes=30))
        for name in set(NAMES) - self.theirs - {"lamp"}:
            assert not self.devices[name].actual("is_on"), f"{name} is on"

    def settle(self) -> None:
        """Let everything happen that is due now."""
        self.run(self.hass.async_block_till_done())
        self.clock.tick(A_MOMENT)

    def pass_time(self, delta: timedelta) -> None:
        """Let time pass from one timer to the next, as it does."""
        end = dt_util.utcnow() + delta
        while (now := dt_util.utcnow()) < end:
            timers = get_scheduled_timer_handles(self.loop)
            due = [each.when() - self.loop.time() for each in timers if not each.cancelled()]
            self.clock.tick(min(timedelta(seconds=max(0, min(due, default=86_400))) + A_MOMENT, end - now))
            self.settle()

    async def load(self, name: str) -> Room:
        """Load a bedroom in the order in which an entry does."""
        options = {"path": ["light.lamp", "light.hallway"], "relief_devices": ["switch.massager"]}
        plan = Plan.from_options(
            {"lights": {"entity_id": ["light.lamp"]}, "lights_off_after": 1, "automatic": False, "restore": "settings"}
        )
        relief = ReliefController(self.hass, name, ReliefPlan.from_options(options), self.registry)
        await relief.async_load()
        session = Session(self.hass, name, plan, self.registry)
        await session.async_load()
        return Room(session, relief)

    # --- what happens -------------------------------------------------------------------------------------------------

    @initialize(faults=st.tuples(*[st.sampled_from(FAULTS)] * 3))
    def a_home(self, faults: tuple[dict[str, Any], ...]) -> None:
        """Set up the devices, and two bedrooms in which it is bedtime."""
        made: list[Device] = [
            lamp("lamp", **faults[0]),
            hallway("hallway", **faults[1]),
            massager(report_delay=faults[2].get("report_delay", 0)),
        ]
        self.devices = dict(zip(NAMES, made, strict=True))
        self.run(async_add_devices(self.hass, *made))
        for name in ROOMS:
            self.rooms[name] = self.run(self.load(name))
        self.settle()

    @rule(name=st.sampled_from(ROOMS), aid=st.sampled_from(Aid), minutes=st.sampled_from([1, 10, 60]))
    def start(self, name: str, aid: Aid, minutes: int) -> None:
        """Start a walk or the massager."""
        try:
            relief = self.rooms[name].relief
            self.run(relief.async_start(aid, timedelta(minutes=minutes), waits=False))
        except HomeAssistantError:
            return
        run = self.rooms[name].relief.run(aid)
        assert run is not None
        for entity_id in self.rooms[name].relief.state.held_for(aid):
            each = entity_id.partition(".")[2]
            self.limit[each] = max(self.limit.get(each, run.until), run.until)
            if not self.devices[each].actual("is_on"):
                self.theirs.discard(each)
        self.settle()

    @rule(name=st.sampled_from(ROOMS), aid=st.sampled_from(Aid))
    def stop(self, name: str, aid: Aid) -> None:
        """End a walk or the massager."""
        self.run(self.rooms[name].relief.async_stop(aid))
        self.settle()

    @rule(name=st.sampled_from(ROOMS), on=st.booleans())
    def a_session(self, name: str, *, on: bool) -> None:
        """Start or end bedtime mode."""
        session = self.rooms[name].session
        self.run(session.async_start(waits=False) if on else session.async_stop(waits=False))
        self.settle()

    @rule(minutes=st.sampled_from([0.1, 0.5, 2, 11, 35]))
    def time_passes(self, minutes: float) -> None:
        """Let time pass."""
        self.pass_time(timedelta(minutes=minutes))

    @rule(name=st.sampled_from(NAMES), on=st.booleans())
    def somebody_switches(self, name: str, *, on: bool) -> None:
        """Let a person turn a device on or off."""
        device = self.devices[name]
        if not device.available or device.refuses:
            return
        self.theirs.add(name)
        self.run(self.home.act(f"{device.domain}.turn_{'on' if on else 'off'}", device.entity_id))
        self.settle()

    @rule(name=st.sampled_from(NAMES))
    def a_device_drops_out_or_returns(self, name: str) -> None:
        """Let a device go out of reach, or come back, a light perhaps with the mains."""
        device = self.devices[name]
        if not device.available:
            device.become_available()
        else:
            device.become_unavailable()
        self.faulty_until = dt_util.utcnow()
        self.settle()

    @rule(name=st.sampled_from(NAMES))
    def a_device_refuses(self, name: str) -> None:
        """Let a device refuse, or do as it is told again."""
        self.devices[name].refuses = not self.devices[name].refuses
        self.faulty_until = dt_util.utcnow()

    @rule(minutes=st.sampled_from([0, 1, 40]), is_killed=st.booleans())
    def restart(self, minutes: int, *, is_killed: bool) -> None:
        """Load both bedrooms anew: after a reload, or after the hub was killed and down for so long."""

        async def nothing(_: ReliefController) -> None:
            """Do nothing: there was no time."""

        with ExitStack() as stack:
            if is_killed:
                stack.enter_context(patch.object(ReliefController, "_async_end_all", nothing))
            for room in self.rooms.values():
                self.run(room.relief.async_unload())
                self.run(room.session.async_unload())
        self.pass_time(timedelta(minutes=minutes))
        for name in ROOMS:
            self.rooms[name] = self.run(self.load(name))
        self.faulty_until = dt_util.utcnow()
        self.settle()

    # --- what always holds --------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_on_for_longer_than_its_limit(self) -> None:
        """Turn off what nobody else has used, once it can be reached."""
        now = dt_util.utcnow()
        for name, limit in self.limit.items():
            device = self.devices[name]
            is_reachable = device.available and not device.refuses
            if name == "lamp" or name in self.theirs or not is_reachable or now < max(limit, self.faulty_until) + GRACE:
                continue
            assert not device.actual("is_on"), f"{name} is on"

    @invariant()
    def what_nobody_used_is_not_taken_for_a_persons(self) -> None:
        """Release no light in a session because of a walk."""
        for room in self.rooms.values():
            for entity_id, managed in room.session.managed.items():
                name = entity_id.partition(".")[2]
                assert not managed.released or name in self.theirs, f"{name} is nobody's"


SETTINGS = settings(
    max_examples=20,
    database=None,
    stateful_step_count=40,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


@pytest.mark.parametrize("part", range(2))
def test_both_always_end_in_random_nights(part: int) -> None:
    machine: Any = seed(part)(ReliefMachine)
    run_state_machine_as_test(machine, settings=SETTINGS)
