"""Random nights with walks and a massager in two bedrooms: nothing is on for longer than its limit.

Every run tries the same nights. NIGHTS is the number of other ones that are tried instead, as for the sessions:

    NIGHTS=1000 pytest -n auto tests/integration/test_relief_state_machine.py

What they find becomes a test with a name of its own.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import logging
import os
from tempfile import TemporaryDirectory
from typing import Any, override

from freezegun import freeze_time
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from homeassistant.util.async_ import get_scheduled_timer_handles
from hypothesis import HealthCheck, Phase, seed, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
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
from ..common.relief import PATH_LEVEL, hallway, killed, massager
from ..common.simulated_integration import async_add_devices

ROOMS = ("bedroom", "guest")
LIGHTS = ("lamp", "hallway")
NAMES = (*LIGHTS, "massager")
"""The lamp is managed by both bedrooms and off at night; all of these are on the way, or bring relief, in both."""

DAY_LEVEL = 200
LONGEST = timedelta(minutes=60)

A_MOMENT = timedelta(microseconds=100)
"""The loop runs what is due before now."""

GRACE = timedelta(minutes=6)
"""Longer than the longest pause before a device is told once more."""

IN_DOUBT = timedelta(minutes=2)
"""How long after a command it cannot be told what a device that reports late was told, and what a person did."""

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
        self.on_since: dict[str, datetime] = {}
        self.faulty_until = dt_util.utcnow()
        self.switched_at = dt_util.utcnow()
        self.is_calm = self.is_alone = True
        self.is_uncertain = False
        """Whether it cannot be told any more what the lamp should be like by day."""

    def run[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Let the home do something, to its end."""
        return self.loop.run_until_complete(coroutine)

    @override
    def teardown(self) -> None:
        try:
            if self.rooms:
                self.everything_ends()
        finally:
            self.close()

    def close(self) -> None:
        """Stop the home."""
        try:
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
        if "lamp" not in self.theirs and not self.is_uncertain:
            self.the_lamp_is_as_by_day()

    def the_lamp_is_as_by_day(self) -> None:
        """Find the lamp at its own level, at the latest once it comes on."""
        light = self.devices["lamp"]
        if not light.actual("is_on"):
            self.run(self.home.act("light.turn_on", "light.lamp"))
            self.pass_time(timedelta(minutes=2))
        assert light.actual("brightness") == DAY_LEVEL, f"the lamp is at {light.actual('brightness')}"

    def observe(self) -> None:
        """Note since when devices are physically on, and that none is for longer than an hour for us."""
        now = dt_util.utcnow()
        for name, device in self.devices.items():
            if not device.actual("is_on"):
                self.on_since.pop(name, None)
                continue
            since = self.on_since.setdefault(name, now)
            is_excused = name != "massager" or name in self.theirs or not self.is_calm
            assert is_excused or now - since <= LONGEST + GRACE, f"{name} is on for longer than an hour"

    def settle(self) -> None:
        """Let everything happen that is due now."""
        self.run(self.hass.async_block_till_done())
        self.observe()
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

    @initialize(faults=st.tuples(*[st.sampled_from(FAULTS)] * 3), is_calm=st.booleans(), is_alone=st.booleans())
    def a_home(self, faults: tuple[dict[str, Any], ...], *, is_calm: bool, is_alone: bool) -> None:
        """Set up the devices, and two bedrooms; in a calm home no device fails, and nobody may be in it but us."""
        self.is_calm, self.is_alone = is_calm, is_alone
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
        self.note_switching()
        for entity_id in self.rooms[name].relief.state.held_for(aid):
            each = entity_id.partition(".")[2]
            self.limit[each] = max(self.limit.get(each, run.until), run.until)
            if aid is Aid.DEVICE and each in self.theirs:
                # It runs already, and is ours from now on.
                self.on_since[each] = dt_util.utcnow()
                self.theirs.discard(each)
            elif not self.devices[each].actual("is_on") and each != "lamp":
                self.theirs.discard(each)
        self.settle()

    def note_switching(self) -> None:
        """Note that lights are told something: what a late one was told before that is not certain."""
        now = dt_util.utcnow()
        light = self.devices["lamp"]
        is_late = bool(light.report_delay or light.ramp or light.stale_report_after)
        self.is_uncertain |= is_late and now - self.switched_at < IN_DOUBT
        self.switched_at = now

    @rule(name=st.sampled_from(ROOMS), aid=st.sampled_from(Aid))
    def stop(self, name: str, aid: Aid) -> None:
        """End a walk or the massager."""
        self.note_switching()
        self.run(self.rooms[name].relief.async_stop(aid))
        self.settle()

    @rule(name=st.sampled_from(ROOMS), on=st.booleans())
    def a_session(self, name: str, *, on: bool) -> None:
        """Start or end bedtime mode."""
        self.note_switching()
        # What waits in one bedroom until it comes on is not known to the other that begins meanwhile.
        others = (room.session.state.pending_restores for each, room in self.rooms.items() if each != name)
        self.is_uncertain |= any("light.lamp" in pending for pending in others)
        session = self.rooms[name].session
        self.run(session.async_start(waits=False) if on else session.async_stop(waits=False))
        self.settle()

    @rule(minutes=st.sampled_from([0.1, 0.5, 2, 11, 35]))
    def time_passes(self, minutes: float) -> None:
        """Let time pass."""
        self.pass_time(timedelta(minutes=minutes))

    @precondition(lambda self: not self.is_alone)
    @rule(name=st.sampled_from(NAMES), on=st.booleans())
    def somebody_switches(self, name: str, *, on: bool) -> None:
        """Let a person turn a device on or off."""
        device = self.devices[name]
        if not device.available or device.refuses:
            return
        self.theirs.add(name)
        self.run(self.home.act(f"{device.domain}.turn_{'on' if on else 'off'}", device.entity_id))
        self.settle()

    @precondition(lambda self: not self.is_calm)
    @rule(name=st.sampled_from(NAMES))
    def a_device_drops_out_or_returns(self, name: str) -> None:
        """Let a device go out of reach, or come back, a light perhaps with the mains."""
        device = self.devices[name]
        if not device.available:
            device.become_available()
        else:
            device.become_unavailable()
        self.faulty_until = dt_util.utcnow()
        self.is_uncertain = True
        self.settle()

    @precondition(lambda self: not self.is_calm)
    @rule(name=st.sampled_from(NAMES))
    def a_device_refuses(self, name: str) -> None:
        """Let a device refuse, or do as it is told again."""
        self.devices[name].refuses = not self.devices[name].refuses
        self.faulty_until = dt_util.utcnow()
        self.is_uncertain = True

    @rule(minutes=st.sampled_from([0, 1, 40]), is_killed=st.booleans())
    def restart(self, minutes: int, *, is_killed: bool) -> None:
        """Load both bedrooms anew: after a reload, or after the hub was killed and down for so long."""
        self.note_switching()
        with ExitStack() as stack:
            if is_killed:
                stack.enter_context(killed())
            for room in self.rooms.values():
                self.run(room.relief.async_unload())
                self.run(room.session.async_unload())
        self.pass_time(timedelta(minutes=minutes))
        self.note_switching()
        for name in ROOMS:
            self.rooms[name] = self.run(self.load(name))
        # All is off at once.
        self.limit = {each: min(limit, dt_util.utcnow()) for each, limit in self.limit.items()}
        self.faulty_until = max(self.faulty_until, dt_util.utcnow())
        self.settle()

    # --- what always holds --------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_on_for_longer_than_its_limit(self) -> None:
        """Turn off what nobody else has used, once it can be reached."""
        now = dt_util.utcnow()
        for name, limit in self.limit.items():
            device = self.devices[name]
            is_reachable = device.available and not device.refuses
            if name in self.theirs or not is_reachable or now < max(limit, self.faulty_until) + GRACE:
                continue
            # The lamp may be on for a session, or by day.
            is_lit = device.actual("is_on") and (name != "lamp" or device.actual("brightness") == PATH_LEVEL)
            assert not is_lit, f"{name} is on"

    @invariant()
    def what_nobody_used_is_not_taken_for_a_persons(self) -> None:
        """Release no light in a session because of a walk."""
        for room in self.rooms.values():
            for entity_id, managed in room.session.managed.items():
                name = entity_id.partition(".")[2]
                assert self.is_uncertain or not managed.released or name in self.theirs, f"{name} is nobody's"


PARTS = 2
nights = int(os.environ.get("NIGHTS", "0"))
SETTINGS = settings(
    max_examples=(nights or 40) // PARTS,
    database=None,
    stateful_step_count=40,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


@pytest.mark.parametrize("part", range(PARTS))
def test_both_always_end_in_random_nights(part: int) -> None:
    machine: Any = ReliefMachine
    run_state_machine_as_test(machine if nights else seed(part)(machine), settings=SETTINGS)
