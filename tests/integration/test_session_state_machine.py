"""Random evenings in two bedrooms: people, automations, faulty devices, restarts and a slow disk; the guarantees hold.

A model beside the machine knows what each device was like before a session, and who has used it since. It is checked
against every command at the moment it is sent, and against the devices as they physically are.

Every run tries the same evenings. NIGHTS is the number of other ones that are tried instead; a million steps take an
hour or two, and are worth it before a release and after changes to how bedtime mode works:

    NIGHTS=10000 pytest -n auto tests/integration/test_session_state_machine.py

What they find becomes a test with a name of its own.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
import logging
import os
from tempfile import TemporaryDirectory
from typing import Any, override

from freezegun import freeze_time
from homeassistant.components.climate import ClimateEntityFeature, HVACMode
from homeassistant.components.cover import CoverEntityFeature
from homeassistant.components.light import ColorMode
from homeassistant.components.media_player import MediaPlayerState
from homeassistant.const import (
    ATTR_DOMAIN,
    ATTR_ENTITY_ID,
    ATTR_SERVICE,
    ATTR_SERVICE_DATA,
    EVENT_CALL_SERVICE,
    EVENT_HOMEASSISTANT_STARTED,
)
from homeassistant.core import Context, CoreState, Event, HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.async_ import get_scheduled_timer_handles
from hypothesis import HealthCheck, Phase as HypothesisPhase, seed, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
import pytest
from pytest_homeassistant_custom_component.common import (
    MockUser,
    async_test_home_assistant,
    mock_storage,
)

from custom_components.rls_bedtime.bedtime.plan import Plan
from custom_components.rls_bedtime.bedtime.registry import BedroomRegistry
from custom_components.rls_bedtime.bedtime.session import Session
from custom_components.rls_bedtime.bedtime.session_state import Phase, SessionState

from ..common.bedroom import TELEVISION
from ..common.devices import Cover, Device, Light, LightGroup, Player, Power, Remote, Thermostat
from ..common.home import Home
from ..common.simulated_integration import async_add_devices
from ..common.storage import SlowStorage

ROOMS = ("bedroom", "guest")
LIGHTS = ("lamp", "ceiling", "strip", "spot")
"""The lamp is in both bedrooms; strip and spot are members of a group."""

UNDO = timedelta(minutes=15)
UNDONE_BY = timedelta(minutes=35)
"""How long after bedtime a screen may still be powered: stopped within 15 minutes, back within 15, and a second try."""

TEN_MINUTES = timedelta(minutes=10)
MANY = 40
"""So many commands to a device in ten minutes are more than a fade, its second tries, and people explain."""

A_MOMENT = timedelta(microseconds=100)
"""The loop runs what is due before now."""

QUIET_NIGHTS = 1
"""So many in an evening: they take long."""

CALM = timedelta(minutes=25)
"""After so long without anybody's doing, each device has had its settling time and its second try."""

COLORS = (ColorMode.HS, ColorMode.XY)
LIGHT_FAULTS: list[dict[str, Any]] = [
    {},
    {"report_delay": 3},
    {"report_delay": 8},
    {"rounding": {"brightness": 25}},
    {"ramp": ((1, 0.3), (2, 0.7))},
    {"ramp": ((1, 0.3), (2, 0.7)), "reports_target_first": True},
    {"stale_report_after": 2},
    {"reports_color_temp_as": ColorMode.HS},
    {"reports_color_temp_as": ColorMode.XY},
    {"flaps_after": 1},
]
SETPOINT = ClimateEntityFeature.TARGET_TEMPERATURE
RANGE = ClimateEntityFeature.TARGET_TEMPERATURE_RANGE
PRESETS = SETPOINT | ClimateEntityFeature.PRESET_MODE
THERMOSTATS: list[dict[str, Any]] = [
    {},
    {"report_delay": 60},
    {"stale_report_after": 30},
    {"target_temperature_step": 1, "min_temp": 20},
    {"hvac_mode": HVACMode.OFF},
    {"hvac_mode": HVACMode.AUTO, "auto_becomes": HVACMode.HEAT, "mode_report_delay": 20},
    {"supported_features": PRESETS, "preset_modes": ["none", "sleep"], "preset_mode": "none"},
    {
        "supported_features": PRESETS,
        "preset_modes": ["none", "Night"],
        "preset_mode": "none",
        "preset_setpoints": {"Night": 17.0, "none": 21.0},
        "preset_setpoint_delay": 200,
    },
    {
        "supported_features": PRESETS,
        "preset_modes": ["none", "sleep"],
        "preset_mode": "none",
        "preset_setpoints": {"sleep": 24.0},
    },
    {"supported_features": PRESETS, "preset_modes": ["none", "eco"], "preset_mode": "eco"},
    {
        "supported_features": PRESETS,
        "preset_modes": ["none", "hold"],
        "preset_mode": "none",
        "preset_after_setpoint": "hold",
    },
    {
        "supported_features": RANGE,
        "hvac_mode": HVACMode.HEAT_COOL,
        "target_temperature": None,
        "target_temperature_low": 19.0,
        "target_temperature_high": 24.0,
    },
]
SCREENS: list[dict[str, Any]] = [
    {},
    {"report_delay": 30},
    {"state_after_turn_off": MediaPlayerState.IDLE},
    {"state_after_turn_off": MediaPlayerState.STANDBY},
    {"min_volume": 0.1},
]
TILT = CoverEntityFeature.OPEN_TILT | CoverEntityFeature.CLOSE_TILT | CoverEntityFeature.SET_TILT_POSITION
SIMPLE = CoverEntityFeature.OPEN | CoverEntityFeature.CLOSE
EXACT = SIMPLE | CoverEntityFeature.SET_POSITION
COVERS: list[dict[str, Any]] = [
    {"supported_features": EXACT},
    {"supported_features": EXACT, "travel_time": 30},
    {"supported_features": EXACT, "travel_time": 60, "position_reports": 4},
    {"supported_features": EXACT, "report_delay": 5},
    {"supported_features": EXACT | TILT, "travel_time": 20, "current_cover_tilt_position": 50},
    {"supported_features": SIMPLE, "current_cover_position": None, "is_closed": False},
]
PLANS = st.fixed_dictionaries(
    {
        "automatic": st.booleans(),
        "wind_down": st.sampled_from([0, 20, 45]),
        "screen_curfew": st.sampled_from([0, 30]),
        "screens_action": st.sampled_from(["turn_off", "pause", "mute"]),
        "lights_off_after": st.sampled_from([0, 60]),
        "dim_night_lights": st.booleans(),
        "keep_screens_quiet": st.booleans(),
        "restore": st.sampled_from(["settings", "everything", "nothing"]),
    }
)
TARGETS: dict[str, dict[str, Any]] = {
    "bedroom": {
        "lights": {"entity_id": ["light.lamp", "light.ceiling", "light.pair"]},
        "climate": {"entity_id": ["climate.thermostat"]},
        "screens": {"entity_id": ["media_player.tv", "remote.tv_remote"]},
        "covers": {"entity_id": ["cover.blind"]},
    },
    "guest": {"lights": {"entity_id": ["light.lamp"]}},
}


@dataclass
class Room:
    """What the model knows of a bedroom."""

    options: dict[str, Any]
    session: Session
    is_on: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    bedtime_at: datetime | None = None
    managed: set[str] = field(default_factory=set)
    screens_may_be_powered_until: datetime | None = None


@pytest.fixture(autouse=True)
def _find_our_integration() -> None:
    """Let the machine build homes of its own."""


@pytest.fixture(autouse=True)
def _no_logging() -> Iterator[None]:
    """Log nothing: it takes a third of the time."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


class SessionMachine(RuleBasedStateMachine):
    """A home with two bedrooms, in which anything may happen."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        self.contexts = ExitStack()
        folder = self.contexts.enter_context(TemporaryDirectory())
        clock: Any = self.contexts.enter_context(freeze_time("2026-11-24T03:00:00+00:00"))
        self.clock = clock
        self.stored = self.contexts.enter_context(mock_storage())
        self.home_stack = AsyncExitStack()
        self.hass: HomeAssistant = self.run(
            self.home_stack.enter_async_context(async_test_home_assistant(self.loop, config_dir=folder))
        )
        self.disk = SlowStorage()
        self.disk.pause_every = 0
        self.contexts.enter_context(self.disk.installed(self.hass))
        self.home = Home(self.hass, clock, MockUser(name="Alex", is_owner=True).add_to_hass(self.hass))
        self.registry = BedroomRegistry()
        self.rooms: dict[str, Room] = {}
        self.devices: dict[str, Any] = {}
        self.power = Power()
        # What the model knows: who was used by somebody, what cannot be told for sure, and what is a person's.
        self.handled: set[str] = set()
        self.doubtful: set[str] = set()
        self.theirs: dict[str, Any] = {}
        self.was_on: set[str] = set()
        self.sent_at: dict[tuple[str, str], list[datetime]] = {}
        self.used_at: dict[str, datetime] = {}  # by anybody, us included
        self.is_screen_wanted = False
        self.quiet_nights = 0
        self.warmest = 0.0
        self.looks: dict[str, Any] = {}
        self.was_pending: set[str] = set()
        self.expected: dict[str, tuple[datetime, Any]] = {}
        self.faded_at: dict[tuple[str, str], datetime] = {}
        self.violations: list[str] = []

    def run[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Let the home do something, to its end."""
        return self.loop.run_until_complete(coroutine)

    @override
    def teardown(self) -> None:
        try:
            for room in self.rooms.values():
                self.run(room.session.async_unload())
            self.run(self.hass.async_block_till_done())
            self.run(self.hass.async_stop(force=True))
            self.run(self.home_stack.aclose())
            self.run(self.loop.shutdown_default_executor())
        finally:
            self.contexts.close()
            self.loop.close()
            dt_util.set_default_time_zone(UTC)

    # --- the clock ----------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Let everything happen that is due now."""
        self.run(self.hass.async_block_till_done())
        self.observe()
        # No two things happen at the same moment.
        self.clock.tick(A_MOMENT)

    def pass_time(self, delta: timedelta) -> None:
        """Let time pass from one timer to the next, as it does."""
        end = dt_util.utcnow() + delta
        while (now := dt_util.utcnow()) < end:
            timers = get_scheduled_timer_handles(self.loop)
            due = [each.when() - self.loop.time() for each in timers if not each.cancelled()]
            self.look_around()
            self.clock.tick(min(timedelta(seconds=max(0, min(due, default=86_400))) + A_MOMENT, end - now))
            self.settle()

    # --- the model ----------------------------------------------------------------------------------------------------

    def look_around(self) -> None:
        """Note what the devices are like, and which have still to be restored, before something happens."""
        self.looks, self.was_pending = self.all_looks(), self.pending()

    def pending(self) -> set[str]:
        """Return the devices that have still to be restored."""
        return {_name(each) for room in self.rooms.values() for each in room.session.state.pending_restores}

    def all_looks(self) -> dict[str, Any]:
        """Return what all devices physically are."""
        return {name: self.look(name) for name in self.devices}

    def look(self, name: str) -> Any:
        """Return what of a device matters, as it physically is."""
        device = self.devices[name]
        match name:
            case "thermostat":
                names = ("hvac_mode", "preset_mode", "target_temperature", "target_temperature_low")
                return tuple(device.actual(each) for each in names)
            case "tv":
                return device.actual("state"), device.actual("is_volume_muted")
            case "tv_remote":
                return device.actual("is_on")
            case "blind":
                if device.actual("current_cover_position") is None:
                    return device.actual("is_closed"), None
                return device.actual("current_cover_position"), device.actual("current_cover_tilt_position")
        return (True, device.actual("brightness")) if device.actual("is_on") else (False, None)

    def is_faulty(self, name: str) -> bool:
        """Return whether a device reports late, or not for sure."""
        device = self.devices[name]
        return bool(
            device.report_delay
            or device.ramp
            or device.stale_report_after
            or getattr(device, "flaps_after", 0)
            or getattr(device, "travel_time", 0)
        )

    def observe(self) -> None:
        """Note sessions that begin or end, and what they manage."""
        for name, room in self.rooms.items():
            state = room.session.state
            if state.times is not None:
                if not room.is_on:
                    self.session_begins(name)
                room.bedtime_at = state.times.bedtime_at
                room.managed |= {_name(each) for each in room.session.managed}
            elif room.is_on:
                self.session_ends(name)

    def others_on(self, name: str) -> list[Room]:
        """Return the other bedrooms with a session."""
        return [room for each, room in self.rooms.items() if each != name and room.is_on]

    def session_begins(self, name: str) -> None:
        """Note what was before."""
        room = self.rooms[name]
        room.is_on, room.before, room.managed = True, dict(self.looks), set()
        for other in self.others_on(name):
            room.before |= {each: other.before[each] for each in other.managed}
        # What is somebody's in one bedroom is captured anew in another.
        self.theirs.clear()
        self.expected.clear()
        pending = self.pending()
        if not self.others_on(name):
            # What a slow device was told before may come true in this session.
            recently = {each for each, at in self.used_at.items() if dt_util.utcnow() - at < timedelta(minutes=5)}
            self.handled = {each for each in pending | recently if self.is_faulty(each)}
            self.was_on = pending | {each for each in self.devices if self.is_powered(each)}
            # A thermostat that had still to be restored gets back what it had before both sessions.
            is_pending = "thermostat" in pending | self.was_pending
            self.warmest = max(self.setpoint() or 0, self.warmest if is_pending else 0)
            self.doubtful = set()
            self.is_screen_wanted = False
        self.doubtful |= pending
        for each, device in self.devices.items():
            if (
                not device.available
                or device.refuses
                or device.ignores
                or getattr(device, "stops_at", None) is not None
            ):
                self.doubtful.add(each)

    def session_ends(self, name: str) -> None:
        """Note what devices have to come back to."""
        room = self.rooms[name]
        room.is_on = False
        assert room.bedtime_at is not None
        self.faded_at.clear()
        self.theirs.clear()
        is_undone = dt_util.utcnow() - room.bedtime_at <= UNDO
        room.screens_may_be_powered_until = room.bedtime_at + UNDONE_BY if is_undone else None
        if self.others_on(name) or (room.options["restore"] == "nothing" and not is_undone):
            return
        for each in room.managed - self.handled - self.doubtful - {"tv_remote"}:
            before, now = room.before[each], self.look(each)
            is_light_off = each in LIGHTS and not now[0] and not is_undone and room.options["restore"] == "settings"
            # Of two bedrooms that end at once, the last decides.
            is_undecided = each == "lamp" and len({other.options["restore"] for other in self.rooms.values()}) > 1
            if is_light_off or is_undecided or each == "tv":
                continue
            self.expected[each] = dt_util.utcnow() + CALM, self.rounded(each, before)

    def rounded(self, name: str, look: Any) -> Any:
        """Return what a device makes of a look: what a coarse light had from a hand, it cannot have from us."""
        if name not in LIGHTS or look[1] is None:
            return look
        return look[0], self.devices[name]._round("brightness", look[1])  # noqa: SLF001 - as it does when it is told

    def is_powered(self, name: str) -> bool:
        """Return whether a device is physically on."""
        device = self.devices[name]
        state = device.actual("state") if name == "tv" else device.actual("is_on")
        return state not in (None, False, MediaPlayerState.OFF, MediaPlayerState.STANDBY)

    def setpoint(self) -> float | None:
        """Return the setpoint that the thermostat physically has."""
        thermostat = self.devices["thermostat"]
        setpoint = thermostat.actual("target_temperature")
        return setpoint if setpoint is not None else thermostat.actual("target_temperature_low")

    def touch(self, *names: str, certain: bool = False, wanted: Any = None) -> None:
        """Note that somebody uses devices. It is `certain` only if nothing else can explain what they do."""
        for name in names:
            self.handled.add(name)
            self.used_at[name] = dt_util.utcnow()
            self.expected.pop(name, None)
            managing = [
                self.devices[name].entity_id in room.session.managed
                for each, room in self.rooms.items()
                if room.is_on and (each == "bedroom" or name == "lamp")
            ]
            if certain and managing and all(managing) and name not in self.doubtful:
                self.theirs[name] = wanted
            else:
                self.doubtful.add(name)
                self.theirs.pop(name, None)

    @callback
    def command_sent(self, event: Event[dict[str, Any]]) -> None:
        """Check a command of ours at the moment it is sent."""
        session: Any = self.registry.contexts.get(event.context.id)
        if session is None or event.data[ATTR_DOMAIN] == "notify":
            return
        self.observe()
        action, data = event.data[ATTR_SERVICE], event.data[ATTR_SERVICE_DATA]
        for entity_id in data[ATTR_ENTITY_ID]:
            self.used_at[_name(entity_id)] = dt_util.utcnow()
            if problem := self.problem_with(session, entity_id, action, data):
                self.violations.append(f"{action} of {entity_id} with {data}: {problem}")

    def problem_with(self, session: Session, entity_id: str, action: str, data: dict[str, Any]) -> str | None:  # noqa: PLR0911 - each return is a guarantee
        """Return which guarantee a command breaks."""
        sent = self.sent_at.setdefault((session._entry_id, _name(entity_id)), [])  # noqa: SLF001
        sent.append(dt_util.utcnow())
        if sum(dt_util.utcnow() - at < TEN_MINUTES for at in sent) > MANY:
            return "it is told again and again"
        name, key = _name(entity_id), f"rls_bedtime.session.{session._entry_id}"  # noqa: SLF001 - where it is stored
        room = self.rooms[session._entry_id]  # noqa: SLF001
        stored = self.stored.get(key, {}).get("data", {})
        if entity_id not in stored.get("held", {}) and entity_id not in stored.get("owed", {}):
            return "the snapshot is not on disk"
        if name in self.theirs and self.theirs[name] != data.get("brightness", data.get("temperature")):
            return "it is somebody's"
        state = self.hass.states.get(entity_id)
        assert state is not None
        is_on = session.state.times is not None
        if action in ("turn_on", "media_play") and name not in self.was_on and name not in self.handled:
            return "it was off"
        if name in ("tv", "tv_remote") and action in ("turn_on", "media_play"):
            until = room.screens_may_be_powered_until
            is_undone = until is not None and not is_on and dt_util.utcnow() <= until
            # A person has the last word, also while a command of ours was on its way.
            return None if is_undone or self.is_screen_wanted else "a screen is powered"
        if name in LIGHTS and is_on and name not in self.handled:
            return self.problem_with_fade(session, name, action, data)
        if action == "set_temperature" and name not in self.handled:
            setpoint = data.get("temperature", data.get("target_temp_low"))
            return "it gets warmer" if setpoint is not None and setpoint > self.warmest else None
        if name == "blind" and is_on and name not in self.handled and action not in ("close_cover", "close_cover_tilt"):
            return "it is opened at night"
        return None

    def problem_with_fade(self, session: Session, name: str, action: str, data: dict[str, Any]) -> str | None:
        """Return what is wrong with a command to a light that nobody has used in this session."""
        state = self.hass.states.get(self.devices[name].entity_id)
        assert state is not None
        if state.state == "off" and action == "turn_on":
            return "it is off"
        level, now = data.get("brightness"), state.attributes.get("brightness")
        # A call that one of several lights refuses is repeated for each of those that are not there yet.
        is_shared = any(self.devices[each].refuses for each in LIGHTS)
        if level is not None and now is not None and level > now and not is_shared:
            return f"it gets brighter than {now}"
        key = session._entry_id, name  # noqa: SLF001
        last, self.faded_at[key] = self.faded_at.get(key), dt_util.utcnow()
        is_fading = session.phase is Phase.WIND_DOWN and name not in self.doubtful and not is_shared
        if is_fading and last is not None and dt_util.utcnow() - last < timedelta(seconds=59):
            return f"the last step was at {last}"
        return None

    # --- what may happen ---------------------------------------------------------------------------------------------

    @initialize(
        options=st.tuples(PLANS, PLANS),
        lamps=st.tuples(*[st.tuples(st.booleans(), st.sampled_from(LIGHT_FAULTS))] * len(LIGHTS)),
        screen=st.tuples(st.sampled_from(["playing", "paused", "off"]), st.sampled_from(SCREENS), st.booleans()),
        thermostat=st.sampled_from(THERMOSTATS),
        blind=st.sampled_from(COVERS),
        turns=st.integers(0, 5),
    )
    def begin(
        self,
        options: tuple[dict[str, Any], dict[str, Any]],
        lamps: tuple[Any, ...],
        screen: tuple[str, dict[str, Any], bool],
        thermostat: dict[str, Any],
        blind: dict[str, Any],
        turns: int,
    ) -> None:
        """Furnish the home, and load both sessions."""
        self.disk.turns = turns
        for name, (is_on, faults) in zip(LIGHTS, lamps, strict=True):
            level = {"brightness": 200, "color_temp_kelvin": 4000}
            self.devices[name] = Light(name, ColorMode.COLOR_TEMP, *COLORS, is_on=is_on, **level, **faults)
        pair = LightGroup("pair", ColorMode.COLOR_TEMP, members=[self.devices["strip"], self.devices["spot"]])
        state, faults, is_toggle = screen
        self.power = Power(is_on=state != "off", is_toggle=is_toggle)
        sound = {"volume_level": 0.4, "is_volume_muted": False}
        on = {"state_after_turn_on": MediaPlayerState.PLAYING}
        self.devices["tv"] = Player(
            "tv", TELEVISION, device="TV", power=self.power, state=state, **sound, **on, **faults
        )
        self.devices["tv_remote"] = Remote("tv_remote", device="TV", power=self.power, is_on=state != "off")
        self.devices["thermostat"] = Thermostat("thermostat", **{"target_temperature": 21.0} | thermostat)
        self.devices["blind"] = Cover("blind", **{"current_cover_position": 80} | blind)
        self.run(async_add_devices(self.hass, *self.devices.values()))
        self.run(async_add_devices(self.hass, pair))
        self.hass.bus.async_listen(EVENT_CALL_SERVICE, self.command_sent)
        for name, chosen in zip(ROOMS, options, strict=True):
            self.rooms[name] = Room(options=chosen | TARGETS[name], session=self.load(name, chosen | TARGETS[name]))
        self.look_around()
        self.settle()

    def load(self, name: str, options: dict[str, Any]) -> Session:
        """Return the session of a bedroom, loaded."""
        session = Session(self.hass, name, Plan.from_options(options), self.registry)
        self.run(session.async_load())
        return session

    @rule(seconds=st.sampled_from([1, 4, 10, 30, 60, 61, 300, 1020, 3600, 9000]))
    def time_passes(self, seconds: int) -> None:
        """Let time pass."""
        self.pass_time(timedelta(seconds=seconds))

    @rule(name=st.sampled_from(ROOMS), wind_down=st.sampled_from([0, 0, 20]))
    def start(self, name: str, wind_down: int) -> None:
        """Turn bedtime mode on."""
        room = self.rooms[name]
        self.look_around()
        self.run(room.session.async_start(Context(user_id="a"), timedelta(minutes=wind_down), waits=False))
        self.settle()
        assert room.session.phase is not Phase.OFF

    @rule(name=st.sampled_from(ROOMS))
    def stop(self, name: str) -> None:
        """Turn bedtime mode off."""
        room = self.rooms[name]
        self.look_around()
        self.run(room.session.async_stop(waits=False))
        self.settle()
        assert room.session.phase is Phase.OFF

    @rule(name=st.sampled_from(ROOMS), minutes=st.integers(1, 120))
    def extend(self, name: str, minutes: int) -> None:
        """Ask for more time."""
        self.look_around()
        self.run(self.rooms[name].session.async_extend(timedelta(minutes=minutes)))
        self.settle()

    @rule(
        name=st.sampled_from(ROOMS),
        wind_down=st.sampled_from([0, 20]),
        minutes=st.sampled_from([1, 13, 30, 45, 200]),
        by_hand=st.booleans(),
    )
    @precondition(lambda self: self.quiet_nights < QUIET_NIGHTS)
    def a_quiet_night(self, name: str, wind_down: int, minutes: int, *, by_hand: bool) -> None:
        """Let a session run and end with nobody doing anything, and see that all comes back."""
        self.quiet_nights += 1
        self.start(name, wind_down)
        self.pass_time(timedelta(minutes=minutes))
        self.a_light_is_seen_to_be_dim(name)
        if by_hand and self.rooms[name].is_on:
            self.stop(name)
        elif (times := self.rooms[name].session.state.times) is not None and times.ends_at is not None:
            self.pass_time(times.ends_at - dt_util.utcnow())
        self.pass_time(CALM)

    def a_light_is_seen_to_be_dim(self, name: str) -> None:
        """Check that lights that nobody uses are at the level of the night, once they have had their time."""
        room = self.rooms[name]
        if room.bedtime_at is None or not room.is_on or dt_util.utcnow() - room.bedtime_at < timedelta(minutes=2):
            return
        for each in room.managed.intersection(LIGHTS) - self.handled - self.doubtful:
            light = self.devices[each]
            assert self.look(each)[1] is None or self.look(each)[1] <= max(16, light.rounding.get("brightness", 0)), (
                each
            )

    def act(self, action: str, entity_id: str, by: Context | None = None, **data: Any) -> None:
        """Let a person or an automation call an action."""
        self.look_around()
        self.run(self.home.act(action, entity_id, by=by, **data))
        self.settle()

    def usable(self, names: Iterable[str]) -> bool:
        """Return whether people can use devices now."""
        return all(self.devices[name].available and not self.devices[name].refuses for name in names)

    @rule(name=st.sampled_from(LIGHTS), level=st.sampled_from([1, 60, 110, 160, 210, 255]), is_automation=st.booleans())
    def a_light_is_set(self, name: str, level: int, *, is_automation: bool) -> None:
        """Let a person or an automation change the brightness of a light that is on."""
        light = self.devices[name]
        if not self.usable([name]) or not light.is_on:
            return
        level_of_light = light._round("brightness", level)  # noqa: SLF001 - as it does when it is told
        targets = [
            held.target.brightness
            for room in self.rooms.values()
            if (held := room.session.managed.get(light.entity_id)) is not None and held.target is not None
        ]
        is_news = all(abs(level_of_light - (each or 0)) > 30 for each in [*targets, light.brightness])
        self.touch(name, certain=is_news and not self.is_faulty(name) and bool(targets), wanted=level_of_light)
        by = self.home.automation() if is_automation else None
        self.act("light.turn_on", light.entity_id, by=by, brightness=level)

    @rule(name=st.sampled_from(LIGHTS), level=st.sampled_from([1, 60, 110, 160, 210, 255]))
    def a_light_is_set_at_the_wall(self, name: str, level: int) -> None:
        """Let a person change a light where Home Assistant does not see who does it."""
        if self.usable([name]) and self.devices[name].is_on:
            self.touch(name)
            self.look_around()
            self.devices[name].change_locally(brightness=level)
            self.settle()

    @rule(name=st.sampled_from(LIGHTS), on=st.booleans(), is_automation=st.booleans())
    def a_light_is_switched(self, name: str, *, on: bool, is_automation: bool) -> None:
        """Let a person or an automation turn a light on or off."""
        if self.usable([name]):
            self.touch(name)
            self.act(
                f"light.turn_{'on' if on else 'off'}",
                self.devices[name].entity_id,
                by=self.home.automation() if is_automation else None,
            )

    @rule(level=st.sampled_from([60, 160, 255]))
    def a_group_is_set(self, level: int) -> None:
        """Let a person use a group of lights."""
        if self.usable(["strip", "spot"]):
            self.touch("strip", "spot")
            self.act("light.turn_on", "light.pair", brightness=level)

    @rule(kelvin=st.sampled_from([2700, 5000]))
    def a_color_is_set(self, kelvin: int) -> None:
        """Let a person change the color of the lamp."""
        if self.usable(["lamp"]) and self.devices["lamp"].is_on:
            self.touch("lamp")
            self.act("light.turn_on", "light.lamp", color_temp_kelvin=kelvin)

    @rule(temperature=st.sampled_from([15.0, 17.0, 24.0, 26.0]))
    def the_thermostat_is_set(self, temperature: float) -> None:
        """Let a person change the temperature."""
        thermostat = self.devices["thermostat"]
        takes_it = SETPOINT in thermostat.supported_features and temperature >= thermostat.min_temp
        if takes_it and self.usable(["thermostat"]):
            self.touch("thermostat")
            self.act("climate.set_temperature", "climate.thermostat", temperature=temperature)
            self.warmest = max(self.warmest, temperature)

    @rule()
    def the_screen_is_switched(self) -> None:
        """Let a person turn the television on, or off."""
        if self.usable(["tv", "tv_remote"]):
            self.touch("tv", "tv_remote")
            is_on = self.devices["tv"].state not in ("off", "standby", "idle")
            self.is_screen_wanted = not is_on
            self.act(f"media_player.turn_{'off' if is_on else 'on'}", "media_player.tv")

    @rule(position=st.sampled_from([0, 40, 100]), by_hand=st.booleans())
    def the_blind_is_moved(self, position: int, *, by_hand: bool) -> None:
        """Let a person move the blind."""
        blind = self.devices["blind"]
        if not self.usable(["blind"]) or blind.current_cover_position is None:
            return
        self.touch("blind")
        if by_hand:
            self.look_around()
            blind.move_locally(position)
            self.settle()
        else:
            self.act("cover.set_cover_position", "cover.blind", position=position)

    @rule(name=st.sampled_from([*LIGHTS, "thermostat", "tv", "blind"]))
    def a_device_drops_out(self, name: str) -> None:
        """Let a device go out of reach."""
        self.doubtful.add(name)
        self.expected.pop(name, None)
        self.look_around()
        self.devices[name].become_unavailable()
        self.settle()

    @rule(name=st.sampled_from([*LIGHTS, "thermostat", "tv", "blind"]), with_power=st.booleans())
    def a_device_returns(self, name: str, *, with_power: bool) -> None:
        """Let a device come back, a light perhaps with the mains."""
        device: Device = self.devices[name]
        if device.available:
            return
        self.look_around()
        if with_power and isinstance(device, Light):
            self.handled.add(name)
            device.regain_power()
        else:
            device.become_available()
        self.settle()

    @rule(name=st.sampled_from([*LIGHTS, "thermostat", "tv", "blind"]))
    def a_device_refuses(self, name: str) -> None:
        """Let a device refuse, or do as it is told again."""
        self.doubtful.add(name)
        self.expected.pop(name, None)
        self.devices[name].refuses = not self.devices[name].refuses

    @rule(name=st.sampled_from([*LIGHTS, "thermostat", "blind"]))
    def a_device_misses_a_command(self, name: str) -> None:
        """Let a device miss its next command: a second try is due."""
        self.doubtful.add(name)
        self.devices[name].ignores = 1

    @rule(is_open=st.booleans())
    def a_window_is_opened(self, *, is_open: bool) -> None:
        """Let the thermostat detect an open window, and that it is closed."""
        thermostat = self.devices["thermostat"]
        if not self.usable(["thermostat"]):
            return
        self.doubtful.add("thermostat")
        self.expected.pop("thermostat", None)
        self.look_around()
        if is_open and thermostat.hvac_mode != HVACMode.OFF:
            thermostat.open_window()
        elif not is_open and thermostat._mode_before_window is not None:  # noqa: SLF001
            thermostat.close_window()
        self.settle()

    @rule(position=st.sampled_from([20, 60]))
    def the_blind_is_blocked(self, position: int) -> None:
        """Let the next movement of the blind stop on its way."""
        self.doubtful.add("blind")
        self.expected.pop("blind", None)
        self.devices["blind"].stops_at = position

    @rule(minutes=st.sampled_from([0, 0, 3, 40, 600]))
    @precondition(lambda self: bool(self.rooms))
    def restart(self, minutes: int) -> None:
        """Load both sessions anew: at once, as a reload does, or after Home Assistant was down for so long."""
        self.doubtful |= set(self.devices)
        self.handled |= {name for name in self.devices if self.is_faulty(name)} | {"blind", "thermostat", "tv"}
        self.theirs.clear()
        self.expected.clear()
        self.look_around()
        for room in self.rooms.values():
            self.run(room.session.async_unload())
        self.pass_time(timedelta(minutes=minutes))
        self.look_around()
        if minutes:
            self.hass.set_state(CoreState.starting)
        for name, room in self.rooms.items():
            room.session = self.load(name, room.options)
        if minutes:
            self.hass.set_state(CoreState.running)
            self.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
        self.settle()

    # --- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def no_command_breaks_a_guarantee(self) -> None:
        """Send nothing that turns on what was off, makes a room warmer, or touches what is somebody's."""
        assert not self.violations

    @invariant()
    def no_device_is_taken_for_a_person(self) -> None:
        """Release nothing that nobody has used, however it drops out, rounds, or is late."""
        for room in self.rooms.values():
            for entity_id, held in room.session.managed.items():
                name = _name(entity_id)
                if name in LIGHTS and self.devices[name].flaps_after and not self.devices[name].is_on:
                    # Off may be a person, until it is on again.
                    continue
                assert not held.released or name in self.handled, f"{entity_id} is nobody's"

    @invariant()
    def what_was_off_is_not_turned_on(self) -> None:
        """Leave off what was off before."""
        if any(room.is_on for room in self.rooms.values()):
            for name in set(LIGHTS) - self.was_on - self.handled:
                assert not self.is_powered(name), f"{name} was off"

    @invariant()
    def what_nobody_used_comes_back(self) -> None:
        """Restore each device that nobody has used, once it has had its time."""
        for name, (due, look) in list(self.expected.items()):
            if dt_util.utcnow() >= due:
                del self.expected[name]
                assert self.look(name) == look, f"{name} is not as before"

    @invariant()
    def what_is_remembered_is_on_disk(self) -> None:
        """Be found by a restart at any moment as it is, but for the last reports."""
        for name, room in self.rooms.items():
            if (stored := self.stored.get(f"rls_bedtime.session.{name}")) is not None:
                state, damaged = SessionState.from_json(stored["data"])
                assert not damaged
                assert (state.times, state.managed.keys()) == (room.session.state.times, room.session.managed.keys())
                assert state.pending_restores == room.session.state.pending_restores

    @invariant()
    def a_session_always_ends(self) -> None:
        """Be where the clock is, and over at the end."""
        for room in self.rooms.values():
            if (times := room.session.state.times) is not None:
                now = dt_util.utcnow()
                assert room.session.phase is (Phase.BEDTIME if now >= times.bedtime_at else Phase.WIND_DOWN)
                assert times.ends_at is not None
                assert now < times.ends_at <= times.begins_at + timedelta(hours=36)


def _name(entity_id: str) -> str:
    return entity_id.partition(".")[2]


EVENINGS = 240
STEPS = 100
"""How many steps an evening has: those of every run have 24,000, a million are 10,000 evenings."""

PARTS = 6
"""Into how many tests the evenings are divided, so that all cores are used."""

nights = int(os.environ.get("NIGHTS", "0"))
SETTINGS = settings(
    max_examples=(nights or EVENINGS) // PARTS,
    database=None,
    stateful_step_count=STEPS,
    deadline=None,
    phases=[HypothesisPhase.explicit, HypothesisPhase.generate, HypothesisPhase.shrink],
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


@pytest.mark.parametrize("part", range(PARTS))
def test_the_guarantees_hold_in_random_evenings(part: int) -> None:
    machine: Any = partial(SessionMachine)
    # The same evenings each time: new ones are for a person to look at.
    run_state_machine_as_test(machine if nights else seed(part)(machine), settings=SETTINGS)
