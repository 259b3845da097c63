"""Random evenings: people, drop-outs, refusals, restarts, reloads and jumps of the clock; the promises hold."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack, ExitStack
from dataclasses import replace
from datetime import UTC, timedelta
import os
from tempfile import TemporaryDirectory
from typing import Any, override

from freezegun import freeze_time
from homeassistant.components.climate import ClimateEntityFeature, HVACMode
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import Context, CoreState, HomeAssistant
from homeassistant.util import dt as dt_util
from hypothesis import HealthCheck, Phase as HypothesisPhase, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    async_test_home_assistant,
    mock_storage,
)

from custom_components.rls_bedtime.bedtime.command import Outcome
from custom_components.rls_bedtime.bedtime.plan import Plan
from custom_components.rls_bedtime.bedtime.registry import BedroomRegistry
from custom_components.rls_bedtime.bedtime.session import Session
from custom_components.rls_bedtime.bedtime.session_state import Phase, SessionState

from ..common.bedroom import Bedroom
from ..common.home import OPTIONS

LEVELS = st.sampled_from([1, 60, 110, 160, 210, 255])
LIGHTS = st.sampled_from(["lamp", "ceiling"])
DEVICES = st.sampled_from(["lamp", "ceiling", "thermostat", "tv", "blind"])
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


SETPOINT = ClimateEntityFeature.TARGET_TEMPERATURE
RANGE = ClimateEntityFeature.TARGET_TEMPERATURE_RANGE
PRESETS = SETPOINT | ClimateEntityFeature.PRESET_MODE
THERMOSTATS: list[dict[str, Any]] = [
    {},
    {"target_temperature_step": 1, "min_temp": 20},
    {"hvac_mode": HVACMode.OFF},
    {"supported_features": PRESETS, "preset_modes": ["none", "sleep"], "preset_mode": "none"},
    {"supported_features": PRESETS, "preset_modes": ["none", "eco"], "preset_mode": "eco"},
    {
        "supported_features": RANGE,
        "hvac_mode": HVACMode.HEAT_COOL,
        "target_temperature": None,
        "target_temperature_low": 19.0,
        "target_temperature_high": 24.0,
    },
]
"""Thermostats of six kinds: plain, coarse and limited, off, with and without a sleep preset, with a range."""


@pytest.fixture(autouse=True)
def _find_our_integration() -> None:
    """Let the machine build houses of its own."""


def without_reports(state: SessionState) -> SessionState:
    """Return a session without what devices reported last: that alone is saved with the next step."""
    managed = {entity_id: replace(entity, reported=None) for entity_id, entity in state.managed.items()}
    return replace(state, managed=managed)


class NightMachine(RuleBasedStateMachine):
    """A house with a bedroom, in which anything may happen."""

    def __init__(self) -> None:
        """Build the house."""
        super().__init__()
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        self.contexts = ExitStack()
        self.folder = self.contexts.enter_context(TemporaryDirectory())
        self.clock: Any = self.contexts.enter_context(freeze_time("2026-11-24T03:00:00+00:00"))
        self.stored = self.contexts.enter_context(mock_storage())
        self.house = AsyncExitStack()
        self.hass: HomeAssistant = self.run(
            self.house.enter_async_context(async_test_home_assistant(self.loop, config_dir=self.folder))
        )
        self.bedroom = Bedroom()
        self.run(self.bedroom.async_set_up(self.hass))
        self.bedrooms = BedroomRegistry()
        self.options: dict[str, Any] = {}
        self.session: Session
        # What the model knows of the night under way.
        self.before: dict[str, Any] = {}
        self.theirs: dict[str, int] = {}
        self.doubtful: set[str] = set()
        self.turned_on_by_someone: set[str] = set()
        self.lately: dict[str, Any] = {}
        self.handled: set[str] = set()

    def run[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Let the house do something, to its end."""
        return self.loop.run_until_complete(coroutine)

    def settle(self) -> None:
        """Let the house come to rest."""
        self.run(self.hass.async_block_till_done())

    @override
    def teardown(self) -> None:
        try:
            if hasattr(self, "session"):
                self.run(self.session.async_unload())
            self.settle()
            self.run(self.hass.async_stop(force=True))
            self.run(self.house.aclose())
            self.run(self.loop.shutdown_default_executor())
        finally:
            self.contexts.close()
            self.loop.close()
            dt_util.set_default_time_zone(UTC)

    # --- what the model knows ----------------------------------------------------------------------------------------

    def device(self, name: str) -> Any:
        """Return a device by name."""
        return getattr(self.bedroom, name)

    def looks(self, name: str) -> Any:
        """Return what of a device matters."""
        device = self.device(name)
        match name:
            case "lamp" | "ceiling":
                return (device.is_on, device.brightness) if device.is_on else (False, None)
            case "thermostat":
                names = ("hvac_mode", "preset_mode", "target_temperature", "target_temperature_low")
                return tuple(getattr(device, f"_attr_{name}", None) for name in names)
            case "tv":
                return device.state, device.is_volume_muted
        return device.current_cover_position

    def rounded(self, name: str, look: Any) -> Any:
        """Return what a device makes of a look: what a coarse light had from a hand, it cannot have from us."""
        if name not in ("lamp", "ceiling") or look[1] is None:
            return look
        return look[0], self.device(name)._round("brightness", look[1])  # noqa: SLF001 - as it does when it is told

    def is_on(self) -> bool:
        """Return whether a session is on."""
        return self.session.phase is not Phase.OFF

    def touched(self, name: str, *, certain: bool = True) -> None:
        """Note that a person has changed a device while it was held."""
        entity_id = self.device(name).entity_id
        if not self.is_on() or entity_id not in self.session.managed or name in self.doubtful:
            return
        if certain:
            self.theirs.setdefault(name, len(self.device(name).actions))
        else:
            self.doubtful.add(name)
            self.theirs.pop(name, None)

    # --- what may happen ---------------------------------------------------------------------------------------------

    @initialize(
        options=PLANS,
        lamp=st.booleans(),
        tv=st.sampled_from(["playing", "paused", "off"]),
        coarse=st.sampled_from([1, 25, 40]),
        thermostat=st.sampled_from(THERMOSTATS),
    )
    def begin(self, options: dict[str, Any], *, lamp: bool, tv: str, coarse: int, thermostat: dict[str, Any]) -> None:
        """Furnish the bedroom, and load its session."""
        self.options = OPTIONS | options
        self.bedroom.ceiling.rounding = {"brightness": coarse}
        self.bedroom.thermostat.change_locally(**thermostat)
        self.bedroom.lamp.change_locally(is_on=lamp)
        self.bedroom.tv.change_locally(state=tv)
        self.session = Session(self.hass, "bedroom", Plan.from_options(self.options), self.bedrooms)
        self.run(self.session.async_load())
        self.settle()

    @rule(minutes=st.sampled_from([1, 5, 17, 60, 150]))
    def time_passes(self, minutes: int) -> None:
        """Let time pass, minute by minute where it matters."""
        for _ in range(min(minutes, 20)):
            self.tick(timedelta(minutes=minutes / min(minutes, 20)))

    def tick(self, delta: timedelta) -> None:
        """Let time pass at once."""
        was_on = self.is_on()
        before = self.all_looks()
        self.clock.tick(delta)
        async_fire_time_changed(self.hass)
        self.settle()
        if not was_on and self.is_on():
            self.night_begins(before)
        elif was_on and not self.is_on():
            self.night_is_over()

    def all_looks(self) -> dict[str, Any]:
        """Return what all devices look like, before they may be told something."""
        self.lately = {str(device.name): self.looks(str(device.name)) for device in self.bedroom.devices}
        return self.lately

    def night_begins(self, before: dict[str, Any]) -> None:
        """Note what was before."""
        self.before = before
        self.theirs = {}
        self.doubtful = {str(device.name) for device in self.bedroom.devices if not device.available}
        self.doubtful |= {str(device.name) for device in self.bedroom.devices if device.refuses or device.holds_reports}
        self.doubtful |= {entity_id.partition(".")[2] for entity_id in self.session.state.pending_restores}
        # What a slow device was told in an earlier night may come true in this one.
        self.handled = {str(device.name) for device in self.bedroom.devices if device.holds_reports}
        self.turned_on_by_someone = set(self.handled)

    def night_is_over(self) -> None:
        """Hold the promises of the morning."""
        for name, asked in self.theirs.items():
            if name not in self.doubtful:
                assert len(self.device(name).actions) == asked, f"{name} was somebody's"
        self.theirs = {}

    @rule()
    @precondition(lambda self: not self.is_on())
    def start(self) -> None:
        """Turn bedtime mode on."""
        self.night_begins(self.all_looks())
        self.run(self.session.async_start(Context(user_id=None)))
        self.settle()
        assert self.session.phase is Phase.BEDTIME

    @rule()
    @precondition(lambda self: self.is_on())
    def stop(self) -> None:
        """Turn bedtime mode off."""
        night = self.session.state.times
        assert night is not None
        is_undone = dt_util.now() - night.bedtime_at <= timedelta(minutes=15)
        captured = {entity_id.partition(".")[2] for entity_id in self.session.managed}
        self.run(self.session.async_stop())
        self.settle()
        assert self.session.phase is Phase.OFF
        for name in captured - self.theirs.keys() - self.doubtful:
            device = self.device(name)
            if is_undone and device.available and not device.refuses and name != "tv":
                assert self.looks(name) == self.rounded(name, self.before[name]), f"{name} is not as before"
        self.night_is_over()

    @rule(minutes=st.integers(1, 60))
    def extend(self, minutes: int) -> None:
        """Ask for more time."""
        self.run(self.session.async_extend(timedelta(minutes=minutes)))
        self.settle()

    @rule()
    def reload(self) -> None:
        """Load the session anew."""
        asked = {device.name: len(device.actions) for device in self.bedroom.devices}
        phase = self.session.phase
        self.all_looks()
        self.forget_slow_devices()
        self.run(self.session.async_unload())
        self.session = Session(self.hass, "bedroom", Plan.from_options(self.options), self.bedrooms)
        self.run(self.session.async_load())
        self.settle()
        assert self.session.phase is phase
        for device in self.bedroom.devices:
            # A coarse light that could not come back exactly is asked once more.
            is_exact = device.rounding.get("brightness", 1) == 1
            if is_exact and device.name not in self.doubtful and phase is Phase.OFF:
                assert len(device.actions) == asked[device.name]

    def forget_slow_devices(self) -> None:
        """Note that a session which is loaded anew has forgotten what devices may still be on their way to."""
        self.handled |= {str(device.name) for device in self.bedroom.devices if device.holds_reports}

    @rule(minutes=st.sampled_from([0, 3, 40, 600]))
    def restart(self, minutes: int) -> None:
        """Restart Home Assistant, which is down for so long."""
        was_on = self.is_on()
        before = self.all_looks()
        self.forget_slow_devices()
        self.run(self.session.async_unload())
        self.clock.tick(timedelta(minutes=minutes))
        self.hass.set_state(CoreState.starting)
        self.session = Session(self.hass, "bedroom", Plan.from_options(self.options), self.bedrooms)
        self.run(self.session.async_load())
        self.hass.set_state(CoreState.running)
        self.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
        self.settle()
        if not was_on and self.is_on():
            self.night_begins(before)
        elif was_on and not self.is_on():
            self.night_is_over()

    def act(self, action: str, name: str, **data: Any) -> None:
        """Let a person use the house."""
        domain, service = action.split(".")
        entity_id = self.device(name).entity_id
        call = self.hass.services.async_call(
            domain, service, {"entity_id": entity_id, **data}, blocking=True, context=Context(parent_id="someone")
        )
        self.run(call)
        self.settle()

    @rule(name=LIGHTS, level=LEVELS, at_the_wall=st.booleans())
    def someone_sets_a_light(self, name: str, level: int, *, at_the_wall: bool) -> None:
        """Let a person change a light that is on."""
        light = self.device(name)
        if not (light.available and light.is_on) or light.refuses or light.holds_reports:
            return
        self.handled.add(name)
        was = light.brightness
        # On its way down, a change that goes the same way cannot be told from the device's own; nor can a tiny one.
        # At the wall, neither can one that brings back what was just before: a poll may say the same.
        lately = self.lately.get(name, (False, None))[1]
        is_news = lately is None or abs(level - lately) > 3
        certain = abs(level - was) > 10 and ((level > was and is_news) or not at_the_wall) and level > 20
        self.touched(name, certain=certain)
        if at_the_wall:
            if not self.is_on():
                # Just after a night, a device may only be late to go to bed.
                self.doubtful.add(name)
            light.change_locally(brightness=level)
            self.settle()
        else:
            light.received.append(("by a person", {}))
            self.theirs = {each: asked + (each == name) for each, asked in self.theirs.items()}
            self.act("light.turn_on", name, brightness=level)
            if name in self.theirs:
                self.theirs[name] = len(light.actions)

    @rule(name=LIGHTS)
    def someone_turns_a_light_off(self, name: str) -> None:
        """Let a person turn a light off."""
        light = self.device(name)
        if light.available and light.is_on and not light.refuses and not light.holds_reports:
            self.handled.add(name)
            self.touched(name, certain=False)
            self.act("light.turn_off", name)
            assert not light.is_on

    @rule(name=LIGHTS)
    def someone_turns_a_light_on(self, name: str) -> None:
        """Let a person turn a light on."""
        light = self.device(name)
        if light.available and not light.is_on and not light.refuses and not light.holds_reports:
            self.handled.add(name)
            self.touched(name, certain=False)
            self.turned_on_by_someone.add(name)
            self.act("light.turn_on", name)
            assert light.is_on

    @rule(temperature=st.sampled_from([15.0, 17.0, 24.0, 26.0]))
    def someone_sets_the_thermostat(self, temperature: float) -> None:
        """Let a person change the temperature."""
        thermostat = self.bedroom.thermostat
        takes_it = SETPOINT in thermostat.supported_features and temperature >= thermostat.min_temp
        if not takes_it or thermostat.holds_reports:
            return
        self.handled.add("thermostat")
        if thermostat.available and not thermostat.refuses and thermostat.target_temperature != temperature:
            self.touched("thermostat")
            self.act("climate.set_temperature", "thermostat", temperature=temperature)
            if "thermostat" in self.theirs:
                self.theirs["thermostat"] = len(thermostat.actions)
            assert thermostat.target_temperature == temperature

    @rule()
    def someone_plays_on(self) -> None:
        """Let a person turn the television on, or off."""
        tv = self.bedroom.tv
        if tv.available and not tv.refuses and not tv.holds_reports:
            self.handled.add("tv")
            self.touched("tv", certain=False)
            self.turned_on_by_someone.add("tv")
            self.act("media_player.turn_off" if tv.state == "playing" else "media_player.turn_on", "tv")

    @rule(name=DEVICES)
    def a_device_drops_out(self, name: str) -> None:
        """Let a device go out of reach."""
        self.doubtful.add(name)
        self.device(name).change_locally(available=False)
        self.settle()

    @rule(name=DEVICES)
    def a_device_returns(self, name: str) -> None:
        """Let a device come back."""
        if not self.device(name).available:
            self.device(name).change_locally(available=True)
            self.settle()

    @rule(name=DEVICES)
    def a_device_refuses(self, name: str) -> None:
        """Let a device refuse, or do as it is told again."""
        self.doubtful.add(name)
        self.device(name).refuses = not self.device(name).refuses

    @rule(name=DEVICES)
    def a_device_gets_slow(self, name: str) -> None:
        """Let a device report later what it was told, or no more."""
        self.doubtful.add(name)
        self.theirs.pop(name, None)
        device = self.device(name)
        device.holds_reports = not device.holds_reports
        if not device.holds_reports and device.available:
            device.report()
            self.settle()

    @rule(name=DEVICES, part=st.sampled_from([0.3, 0.7, 1]))
    def a_slow_device_reports(self, name: str, part: float) -> None:
        """Let a slow device tell how far it has come."""
        if self.device(name).holds_reports and self.device(name).available:
            self.device(name).report(part)
            self.settle()

    # --- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def what_is_somebodys_is_not_touched(self) -> None:
        """Let a person win."""
        for name, asked in self.theirs.items():
            if name not in self.doubtful:
                assert len(self.device(name).actions) == asked, f"{name} was somebody's"
                entity_id = self.device(name).entity_id
                assert self.session.outcomes.get(entity_id) is Outcome.RELEASED

    @invariant()
    def no_device_is_taken_for_a_person(self) -> None:
        """Release nothing that nobody has touched, however it drops out, refuses, rounds or is late."""
        if hasattr(self, "session"):
            for entity_id, held in self.session.managed.items():
                assert not held.released or entity_id.partition(".")[2] in self.handled, f"{entity_id} is nobody's"

    @invariant()
    def what_was_off_is_not_turned_on(self) -> None:
        """Leave off what was off before."""
        for name in ("lamp", "ceiling"):
            if self.is_on() and self.before.get(name) == (False, None) and name not in self.turned_on_by_someone:
                assert not self.device(name).is_on

    @invariant()
    def what_is_remembered_is_on_disk(self) -> None:
        """Be found by a restart at any moment as it is."""
        if hasattr(self, "session") and "rls_bedtime.session.bedroom" in self.stored:
            stored, damaged = SessionState.from_json(self.stored["rls_bedtime.session.bedroom"]["data"])
            assert not damaged
            assert without_reports(stored) == without_reports(self.session.state)

    @invariant()
    def the_phase_is_the_clocks(self) -> None:
        """Be where the time is."""
        if hasattr(self, "session") and (night := self.session.state.times) is not None:
            now = dt_util.now()
            assert self.session.phase is (Phase.BEDTIME if now >= night.bedtime_at else Phase.WIND_DOWN)
            assert night.ends_at is None or now < night.ends_at


settings.register_profile(
    "session",
    max_examples=int(os.environ.get("NIGHTS", "250")),
    # The same nights each time, unless their number is asked for: new ones are for a person to look at.
    derandomize="NIGHTS" not in os.environ,
    database=None,
    stateful_step_count=50,
    deadline=None,
    phases=[HypothesisPhase.explicit, HypothesisPhase.generate, HypothesisPhase.shrink],
    suppress_health_check=list(HealthCheck),
)

TestNights = NightMachine.TestCase
TestNights.settings = settings.get_profile("session")
