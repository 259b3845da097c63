"""Simulated devices: real entities of real platforms, with the faults and delays of real devices.

A keyword of a constructor is either an attribute of the entity (`brightness=128`) or one of the switches that the class
declares (`report_delay=3`). Switches may be changed at any time. Delays are in seconds and use Home Assistant's timers,
so a frozen clock drives them.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import itertools
from typing import Any, ClassVar, NamedTuple, override

from homeassistant.components.climate import ClimateEntity, ClimateEntityFeature, HVACMode
from homeassistant.components.cover import CoverEntity, CoverEntityFeature
from homeassistant.components.light import ColorMode, LightEntity
from homeassistant.components.media_player import MediaPlayerEntity, MediaPlayerEntityFeature, MediaPlayerState
from homeassistant.components.remote import RemoteEntity
from homeassistant.components.switch import SwitchEntity
from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import STATE_UNAVAILABLE, UnitOfTemperature
from homeassistant.core import Context, Event, HassJob, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.event import async_call_later, async_track_state_change_event
from homeassistant.util import color as color_util, dt as dt_util, slugify
from propcache.api import cached_property

DOMAIN = "simulated"
COLORS = {
    "color_temp_kelvin": ColorMode.COLOR_TEMP,
    "hs_color": ColorMode.HS,
    "xy_color": ColorMode.XY,
    "rgb_color": ColorMode.RGB,
    "rgbw_color": ColorMode.RGBW,
    "rgbww_color": ColorMode.RGBWW,
    "white": ColorMode.WHITE,
}
CONTEXT_LIFETIME = 5
"""Seconds for which Home Assistant attributes a state to the last command."""


class ReceivedCommand(NamedTuple):
    """A command and when it arrived."""

    received_at: datetime
    action: str
    data: dict[str, Any]


class Device(Entity):
    """A device that records its commands and carries them out, unless a switch says otherwise."""

    _attr_should_poll = False

    domain: ClassVar[str]
    state_attributes_of_power: ClassVar[tuple[str, ...]] = ("is_on",)
    """What is None while the state is unknown."""

    refuses = False
    """Raise HomeAssistantError on every command."""
    hangs = False
    """Accept a command, but neither answer nor execute it until `resume` is called."""
    ignores = 0
    """Silently drop this many commands."""
    rounding: Mapping[str, float] = {}
    """Steps to which the device rounds what it is sent, by attribute."""
    report_delay: float = 0
    """Seconds until the state is reported."""
    holds_reports = False
    """Report only when `report` is called."""
    never_reports = False
    """Report nothing but availability: the state stays unknown, and is assumed."""
    ramp: Sequence[tuple[float, float]] = ()
    """Intermediate reports on the way to the target: seconds after the command, and how far it is then (0 to 1)."""
    reports_target_first = False
    """Report the target at once, before the ramp."""
    reports_after_transition = False
    """Report nothing before the transition of a command is over."""
    stale_report_after: float | None = None
    """Seconds after a report when the old values are reported once more, followed a second later by the new."""

    def __init__(
        self,
        name: str,
        *,
        device: str | None = None,
        members: Sequence[Device | str] = (),
        names_members_as: Callable[[Iterable[str]], Any] = list,
        power: Power | None = None,
        **attributes: Any,
    ) -> None:
        """Initialize an entity, by itself or as one of several entities of the physical `device`."""
        self.entity_id = f"{self.domain}.{slugify(name)}"
        self._attr_name = name
        self._attr_unique_id = name
        if device is not None:
            self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, device)}, name=device)
        self.received: list[tuple[str, dict[str, Any]]] = []
        self.command_log: list[ReceivedCommand] = []
        self.members = tuple(member if isinstance(member, str) else member.entity_id for member in members)
        self.names_members_as = names_members_as
        self.names_unavailable_members = True
        self.power = power
        if power is not None:
            power.entities.append(self)
        self._resumed = asyncio.Event()
        self._physical: dict[str, Any] = {}
        self._unreported: dict[str, Any] = {}
        self._ramp_reports: list[Callable[[], None]] = []
        self._actions: dict[tuple[datetime, int], Callable[[], None]] = {}
        self._numbers = itertools.count()
        if attributes.get("never_reports"):
            attributes = {"assumed_state": True} | dict.fromkeys(self.state_attributes_of_power) | attributes
        for key, value in attributes.items():
            self._configure(key, value)

    def _configure(self, key: str, value: Any) -> None:
        kind = getattr(type(self), key, None)
        # A later Home Assistant has a descriptor of its own for what it renames.
        if isinstance(kind, property | cached_property) or hasattr(type(kind), "__set__"):
            setattr(self, f"_attr_{key}", value)
        elif hasattr(self, key):
            setattr(self, key, value)
        else:
            message = f"{type(self).__name__} has no {key}"
            raise TypeError(message)

    # --- what tests read ----------------------------------------------------------------------------------------------

    @property
    def actions(self) -> list[str]:
        """Return the names of the received commands."""
        return [action for action, _ in self.received]

    @property
    def asked(self) -> list[str]:
        """Return the names of the received commands: the older name of `actions`."""
        return self.actions

    def actual(self, attribute: str) -> Any:
        """Return an attribute as it physically is, reported or not."""
        return self._physical.get(attribute, getattr(self, attribute, None))

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        if not self.members or not (self.names_unavailable_members or self._has_available_member()):
            return None
        return {"entity_id": self.names_members_as(self.members)}

    def _has_available_member(self) -> bool:
        states = map(self.hass.states.get, self.members)
        return any(state is not None and state.state != STATE_UNAVAILABLE for state in states)

    # --- what happens at the device -----------------------------------------------------------------------------------

    def change_locally(self, **attributes: Any) -> None:
        """Change as if someone used the device itself: Home Assistant does not know who."""
        attributes = self._on_its_way() | attributes
        self._cancel_ramp()
        self._physical |= attributes
        self.async_set_context(Context())
        self._report(attributes)

    def show(self, **attributes: Any) -> None:
        """Change as if someone used the device itself: the older name of `change_locally`."""
        self.change_locally(**attributes)

    def change_later(self, seconds: float, **attributes: Any) -> None:
        """Change by the device's own schedule, after so many seconds."""
        self._call_later(seconds, lambda: self.change_locally(**attributes))

    def report_briefly(self, seconds: float, **attributes: Any) -> None:
        """Report other values for so many seconds, although nothing has changed."""
        before = {name: getattr(self, name, None) for name in attributes}
        self.async_set_context(Context())
        self._report(attributes)
        self._report_later(seconds, before)

    def report(self, part: float = 1) -> None:
        """Report what was held back, or how far the device has come with it."""
        self.async_set_context(Context())
        before = {name: getattr(self, name, None) for name in self._unreported}
        self._report(_on_the_way(before, self._unreported, part))
        if part >= 1:
            self._unreported = {}

    def resume(self) -> None:
        """Stop hanging, and execute what is waiting."""
        self.hangs = False
        self._resumed.set()

    def become_unavailable(self) -> None:
        """Go out of reach."""
        self.change_locally(available=False)

    def become_available(self, **attributes: Any) -> None:
        """Come back into reach, with what has changed meanwhile."""
        self.change_locally(available=True, **attributes)

    # --- how a command is executed ------------------------------------------------------------------------------------

    async def _execute(self, action: str, data: dict[str, Any], /, **attributes: Any) -> None:
        """Receive a command that sets these attributes."""
        if await self._receive(action, data):
            self._apply(attributes, data.get("transition", 0))

    async def _receive(self, action: str, data: dict[str, Any]) -> bool:
        """Record a command and return whether it is to be executed."""
        data = {key: value for key, value in data.items() if key != "entity_id"}
        self.received.append((action, data))
        self.command_log.append(ReceivedCommand(dt_util.utcnow(), action, data))
        if self.refuses:
            message = f"{self.entity_id} refuses"
            raise HomeAssistantError(message)
        if self.hangs:
            await self._hang()
        if self.ignores:
            self.ignores -= 1
            return False
        return True

    async def _hang(self) -> None:
        """Wait for `resume`, without Home Assistant waiting for this before it comes to rest."""
        self._resumed.clear()
        # Home Assistant tracks a task once it has yielded.
        await asyncio.sleep(0)
        tasks, task = self.hass._tasks, asyncio.current_task()  # noqa: SLF001
        assert task is not None
        is_tracked = task in tasks
        tasks.discard(task)
        try:
            await self._resumed.wait()
        finally:
            if is_tracked:
                tasks.add(task)

    def _apply(self, attributes: dict[str, Any], transition: float = 0) -> None:
        """Change as commanded, and report it as the switches say."""
        attributes = self._on_its_way() | {name: self._round(name, value) for name, value in attributes.items()}
        before = {name: getattr(self, name, None) for name in attributes}
        self._physical |= attributes
        self._cancel_ramp()
        if self.holds_reports:
            self._unreported |= attributes
            return
        delay = max(self.report_delay, transition if self.reports_after_transition else 0)
        if self.ramp:
            delay = max(delay, self._report_ramp(before, attributes) + 1)
        self._report_later(delay, attributes, is_ramp=bool(self.ramp))
        if self.stale_report_after is not None:
            self._report_later(delay + self.stale_report_after, before)
            self._report_later(delay + self.stale_report_after + 1, attributes)

    def _report_ramp(self, before: dict[str, Any], attributes: dict[str, Any]) -> float:
        """Schedule the intermediate reports and return when the last of them is due."""
        if self.reports_target_first:
            self._report(attributes)
        for seconds, part in self.ramp:
            self._report_later(seconds, _on_the_way(before, attributes, part), is_ramp=True)
        return self.ramp[-1][0]

    def _round(self, name: str, value: Any) -> Any:
        step = self.rounding.get(name)
        if not step or value is None:
            return value
        # As dark as it can be is not off.
        return max(1, round(value / step) * step)

    def _report_later(self, seconds: float, attributes: dict[str, Any], *, is_ramp: bool = False) -> None:
        """Report after so many seconds, in the name of the last command as long as Home Assistant would."""
        if not seconds:
            self._report(attributes)
            return

        def report() -> None:
            if seconds > CONTEXT_LIFETIME:
                self.async_set_context(Context())
            self._report(attributes)

        cancel = self._call_later(seconds, report)
        if is_ramp:
            self._ramp_reports.append(cancel)

    def _call_later(self, seconds: float, action: Callable[[], None]) -> Callable[[], None]:
        """Call after so many seconds, after all that is due before: a clock that jumps fires timers in any order."""
        due = (dt_util.utcnow() + timedelta(seconds=seconds), next(self._numbers))

        @callback
        def run(_: datetime) -> None:
            for each in sorted(each for each in self._actions if each <= due):
                self._actions.pop(each, lambda: None)()

        def cancel() -> None:
            self._actions.pop(due, None)
            cancel_timer()

        self._actions[due] = action
        cancel_timer = async_call_later(self.hass, seconds, HassJob(run, cancel_on_shutdown=True))
        self.async_on_remove(cancel)
        return cancel

    def _on_its_way(self) -> dict[str, Any]:
        """Return what the reports on the way to a target have still to say: they are canceled by what comes next."""
        return dict(self._physical) if self._ramp_reports else {}

    def _cancel_ramp(self) -> None:
        """Cancel reports on the way to a target that is none any more."""
        while self._ramp_reports:
            self._ramp_reports.pop()()

    def _report(self, attributes: dict[str, Any]) -> None:
        """Report these attributes to Home Assistant."""
        if self.never_reports:
            attributes = {name: value for name, value in attributes.items() if name == "available"}
        for name, value in attributes.items():
            setattr(self, f"_attr_{name}", value)
        self.async_write_ha_state()

    async def _switch(self, action: str, data: dict[str, Any], *, on: bool) -> None:
        """Receive a command that switches the power."""
        if not await self._receive(action, data):
            return
        if self.power is None:
            self._apply(self._powered(on=on), data.get("transition", 0))
        else:
            self.power.press(on=on)

    def apply_power(self, *, on: bool) -> None:
        """Follow the power of the appliance."""
        self._apply(self._powered(on=on))

    def _powered(self, *, on: bool) -> dict[str, Any]:
        return {"is_on": on}


def _on_the_way(before: dict[str, Any], after: dict[str, Any], part: float) -> dict[str, Any]:
    """Return how far numbers have come; everything else changes at once."""
    return {name: _between(before.get(name), value, part) for name, value in after.items()}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _between(before: Any, after: Any, part: float) -> Any:
    if part >= 1 or not all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in (before, after)
    ):
        return after
    value = before + (after - before) * part
    return round(value) if isinstance(after, int) else value


@dataclass(eq=False)
class Power:
    """The power of an appliance that several entities control, perhaps with a single key for on and off."""

    is_on: bool = True
    is_toggle: bool = False
    """Every command, whatever it says, switches to the other state."""
    presses: int = 0
    entities: list[Device] = field(default_factory=list)

    def press(self, *, on: bool) -> None:
        """Switch the appliance; each entity reports it after its own delay."""
        self.presses += 1
        self.is_on = not self.is_on if self.is_toggle else on
        for entity in self.entities:
            if entity.hass is not None:
                entity.apply_power(on=self.is_on)


class Light(Device, LightEntity):
    """A light; it is in the first of its color modes."""

    domain = "light"
    _attr_is_on = True
    _attr_brightness: int | None = None
    _attr_color_temp_kelvin: int | None = None
    _attr_min_color_temp_kelvin = 2000
    _attr_max_color_temp_kelvin = 6500

    reports_color_temp_as: ColorMode | None = None
    """Report a color temperature later as a color that looks the same: HS or XY."""
    color_report_delay: float = 3
    """Seconds until it does."""
    comes_on_at: int | None = None
    """Come on at this brightness, whatever is asked, and obey only while on."""
    flaps_after: float | None = None
    """Seconds after turn_on when off is reported, followed half a second later by on."""

    def __init__(self, name: str, *color_modes: ColorMode, **attributes: Any) -> None:
        """Initialize a light of white with a color temperature, unless it is given color modes."""
        color_modes = color_modes or (ColorMode.COLOR_TEMP,)
        self._attr_supported_color_modes = set(color_modes)
        self._attr_color_mode = color_modes[0]
        super().__init__(name, **attributes)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        if not await self._receive("turn_on", kwargs):
            return
        attributes = _light_attributes(kwargs)
        if self.comes_on_at is not None and not self.actual("is_on"):
            attributes["brightness"] = self.comes_on_at
        self._apply(attributes, kwargs.get("transition", 0))
        if self.reports_color_temp_as is not None and "color_temp_kelvin" in kwargs:
            color = self._color_of(kwargs["color_temp_kelvin"])
            # A later command takes its place.
            self._report_later(self.color_report_delay, color, is_ramp=True)
        if self.flaps_after is not None:
            self._report_later(self.flaps_after, {"is_on": False})
            self._report_later(self.flaps_after + 0.5, {"is_on": True})

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self._switch("turn_off", kwargs, on=False)

    def lose_power(self) -> None:
        """Lose the mains."""
        self.become_unavailable()

    def regain_power(self, **attributes: Any) -> None:
        """Get the mains back, and come on at full brightness, as most bulbs do."""
        self.become_available(**{"is_on": True, "brightness": 255} | attributes)

    def _color_of(self, kelvin: int) -> dict[str, Any]:
        hs_color = color_util.color_temperature_to_hs(kelvin)
        if self.reports_color_temp_as is ColorMode.XY:
            return {"color_mode": ColorMode.XY, "xy_color": color_util.color_hs_to_xy(*hs_color)}
        return {"color_mode": ColorMode.HS, "hs_color": hs_color}


def _light_attributes(data: dict[str, Any]) -> dict[str, Any]:
    """Return what a light that is turned on with this data is like."""
    attributes: dict[str, Any] = {"is_on": True}
    for key, value in data.items():
        if key in COLORS:
            attributes["color_mode"] = COLORS[key]
        if key == "white":
            attributes["brightness"] = value
        elif key not in ("transition", "flash"):
            attributes[key] = value
    return attributes


class LightGroup(Light):
    """A room of a bridge: what it receives, its members do; it shows what they are like."""

    def __init__(self, name: str, *color_modes: ColorMode, members: Sequence[Light], **attributes: Any) -> None:
        """Initialize a group of these lights."""
        super().__init__(name, *color_modes, members=members, **attributes)
        self.lights = tuple(members)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(async_track_state_change_event(self.hass, self.members, self._member_changed))
        self._follow_members()

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        if await self._receive("turn_on", kwargs):
            self._command_members(_light_attributes(kwargs), kwargs)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        if await self._receive("turn_off", kwargs):
            self._command_members({"is_on": False}, kwargs)

    def _command_members(self, attributes: dict[str, Any], data: dict[str, Any]) -> None:
        for light in self.lights:
            if light.available:
                if self._context is not None:
                    light.async_set_context(self._context)
                light._apply(attributes, data.get("transition", 0))  # noqa: SLF001 - the bridge moves them

    @callback
    def _member_changed(self, _: Event[Any]) -> None:
        self._follow_members()
        self.async_write_ha_state()

    def _follow_members(self) -> None:
        lights = [light for light in self.lights if light.available]
        lit = [light for light in lights if light.is_on]
        levels = [light.brightness for light in lit if light.brightness is not None]
        self._attr_available = bool(lights) or not self.names_unavailable_members
        self._attr_is_on = bool(lit)
        if levels:
            self._attr_brightness = round(sum(levels) / len(levels))
        if lit:
            self._attr_color_temp_kelvin = lit[0].color_temp_kelvin


class Thermostat(Device, ClimateEntity):
    """A thermostat."""

    domain = "climate"
    state_attributes_of_power = ("hvac_mode", "target_temperature")
    _attr_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_hvac_modes = [  # noqa: RUF012
        HVACMode.OFF, HVACMode.HEAT, HVACMode.COOL, HVACMode.HEAT_COOL, HVACMode.AUTO, HVACMode.DRY, HVACMode.FAN_ONLY
    ]  # fmt: skip
    _attr_hvac_mode = HVACMode.HEAT
    _attr_supported_features = ClimateEntityFeature.TARGET_TEMPERATURE
    _attr_target_temperature_step = 0.5
    _attr_min_temp = 7
    _attr_max_temp = 30

    auto_becomes: HVACMode | None = None
    """The mode to which `auto` changes by itself when a setpoint is sent."""
    mode_report_delay: float = 0
    """Seconds until that is reported."""
    preset_setpoints: Mapping[str, float] = {}
    """The setpoints that presets bring."""
    preset_setpoint_delay: float = 0
    """Seconds until the setpoint of a preset is reported."""
    preset_after_setpoint: str | None = None
    """The preset to which the device changes when a setpoint is sent."""

    _mode_before_window: HVACMode | None = None

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        names = {
            "temperature": "target_temperature",
            "target_temp_low": "target_temperature_low",
            "target_temp_high": "target_temperature_high",
            "hvac_mode": "hvac_mode",
        }
        attributes: dict[str, Any] = {names[key]: kwargs[key] for key in names.keys() & kwargs.keys()}
        if self.preset_after_setpoint is not None:
            attributes["preset_mode"] = self.preset_after_setpoint
        late: dict[str, Any] = {}
        if self.auto_becomes is not None and self.actual("hvac_mode") == HVACMode.AUTO:
            late["hvac_mode"] = self.auto_becomes
        await self._execute_with("set_temperature", kwargs, attributes, late, self.mode_report_delay)

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        await self._execute("set_hvac_mode", {"hvac_mode": hvac_mode}, hvac_mode=hvac_mode)

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        late: dict[str, Any] = {}
        if preset_mode in self.preset_setpoints:
            late["target_temperature"] = self.preset_setpoints[preset_mode]
        attributes = {"preset_mode": preset_mode}
        await self._execute_with("set_preset_mode", dict(attributes), attributes, late, self.preset_setpoint_delay)

    def open_window(self) -> None:
        """Detect an open window: the valve goes off by itself."""
        self._mode_before_window = self.actual("hvac_mode")
        self.change_locally(hvac_mode=HVACMode.OFF)

    def close_window(self) -> None:
        """Detect that the window is closed: the valve goes back by itself."""
        self.change_locally(hvac_mode=self._mode_before_window)

    async def _execute_with(
        self, action: str, data: dict[str, Any], attributes: dict[str, Any], late: dict[str, Any], delay: float
    ) -> None:
        """Receive a command that also changes what is reported after a delay of its own."""
        if not await self._receive(action, data):
            return
        if not delay:
            self._apply(attributes | late)
            return
        self._apply(attributes)
        self._physical |= late
        if late:
            self._report_later(delay, late)


class Player(Device, MediaPlayerEntity):
    """A media player."""

    domain = "media_player"
    state_attributes_of_power = ("state",)
    _attr_state = MediaPlayerState.PLAYING

    min_volume: float = 0
    """The lowest volume that the device can have."""
    state_after_turn_off: str = MediaPlayerState.OFF
    """The state when turned off: some stay idle, or in standby."""
    state_after_turn_on: str = MediaPlayerState.ON

    def __init__(self, name: str, features: int = 0, **attributes: Any) -> None:
        """Initialize a player of these features."""
        self._attr_supported_features = MediaPlayerEntityFeature(features)
        super().__init__(name, **attributes)

    @override
    async def async_turn_off(self) -> None:
        await self._switch("turn_off", {}, on=False)

    @override
    async def async_turn_on(self) -> None:
        await self._switch("turn_on", {}, on=True)

    @override
    async def async_media_pause(self) -> None:
        await self._execute("media_pause", {}, state=MediaPlayerState.PAUSED)

    @override
    async def async_media_play(self) -> None:
        await self._execute("media_play", {}, state=MediaPlayerState.PLAYING)

    @override
    async def async_media_stop(self) -> None:
        await self._execute("media_stop", {}, state=MediaPlayerState.IDLE)

    @override
    async def async_mute_volume(self, mute: bool) -> None:
        await self._execute("volume_mute", {"mute": mute}, is_volume_muted=mute)

    @override
    async def async_set_volume_level(self, volume: float) -> None:
        await self._execute("volume_set", {"volume": volume}, volume_level=max(self.min_volume, volume))

    @override
    def _powered(self, *, on: bool) -> dict[str, Any]:
        return {"state": self.state_after_turn_on if on else self.state_after_turn_off}


@dataclass(frozen=True)
class _Movement:
    """A movement of a cover under way."""

    start: float
    end: float
    began_at: datetime
    duration: float

    def position_at(self, now: datetime) -> int:
        part = min(1, (now - self.began_at).total_seconds() / self.duration)
        return round(self.start + (self.end - self.start) * part)


class Cover(Device, CoverEntity):
    """A cover; without a position, it only opens and closes."""

    domain = "cover"
    state_attributes_of_power = ("is_closed", "current_cover_position")
    _attr_is_closed = False
    _attr_supported_features = CoverEntityFeature.OPEN | CoverEntityFeature.CLOSE

    travel_time: float = 0
    """Seconds that a movement takes, during which it is opening or closing."""
    position_reports = 1
    """How many positions are reported on the way."""
    stops_at: int | None = None
    """The position at which the next movement stops, once."""

    _movement: _Movement | None = None

    @override
    async def async_close_cover(self, **kwargs: Any) -> None:
        if await self._receive("close_cover", kwargs):
            self._move(0)

    @override
    async def async_open_cover(self, **kwargs: Any) -> None:
        if await self._receive("open_cover", kwargs):
            self._move(100)

    @override
    async def async_set_cover_position(self, **kwargs: Any) -> None:
        if await self._receive("set_cover_position", kwargs):
            self._move(kwargs["position"])

    @override
    async def async_stop_cover(self, **kwargs: Any) -> None:
        if await self._receive("stop_cover", kwargs):
            self._stop()

    @override
    async def async_close_cover_tilt(self, **kwargs: Any) -> None:
        await self._execute("close_cover_tilt", kwargs, current_cover_tilt_position=0)

    @override
    async def async_open_cover_tilt(self, **kwargs: Any) -> None:
        await self._execute("open_cover_tilt", kwargs, current_cover_tilt_position=100)

    @override
    async def async_set_cover_tilt_position(self, **kwargs: Any) -> None:
        await self._execute("set_cover_tilt_position", kwargs, current_cover_tilt_position=kwargs["tilt_position"])

    def move_locally(self, position: int) -> None:
        """Begin to move as if someone used the button on the device."""
        self.async_set_context(Context())
        self._move(position)

    def _move(self, position: int) -> None:
        end = position if self.stops_at is None else self.stops_at
        self.stops_at = None
        start = self._physical_position()
        self._cancel_ramp()
        if not self.travel_time:
            self._apply(self._at_rest(end))
            return
        self._movement = _Movement(start, end, dt_util.utcnow(), self.travel_time)
        self._report({"is_opening": end > start, "is_closing": end < start, "is_closed": False})
        for number in range(1, self.position_reports + 1) if self.current_cover_position is not None else ():
            part = number / (self.position_reports + 1)
            between = round(start + (end - start) * part)
            self._report_later(self.travel_time * part, {"current_cover_position": between}, is_ramp=True)
        self._ramp_reports.append(self._call_later(self.travel_time, lambda: self._arrive(end)))

    def _stop(self) -> None:
        position = self._physical_position()
        self._cancel_ramp()
        self._arrive(position)

    def _arrive(self, position: float) -> None:
        if self._movement is not None and self._movement.duration > CONTEXT_LIFETIME:
            self.async_set_context(Context())
        self._movement = None
        attributes = self._at_rest(position)
        self._physical |= attributes
        self._report(attributes)

    def _physical_position(self) -> float:
        if self._movement is not None:
            return self._movement.position_at(dt_util.utcnow())
        position = self.actual("current_cover_position")
        return position if position is not None else 0 if self.actual("is_closed") else 100

    def _at_rest(self, position: float) -> dict[str, Any]:
        attributes: dict[str, Any] = {"is_closed": position == 0}
        if self.current_cover_position is not None:
            attributes["current_cover_position"] = position
        if self._attr_is_opening or self._attr_is_closing:
            attributes |= {"is_opening": False, "is_closing": False}
        return attributes


class Switch(Device, SwitchEntity):
    """A switch."""

    domain = "switch"
    _attr_is_on = True

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self._switch("turn_on", kwargs, on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self._switch("turn_off", kwargs, on=False)


class Remote(Device, RemoteEntity):
    """A remote control."""

    domain = "remote"
    _attr_is_on = True

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self._switch("turn_on", kwargs, on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self._switch("turn_off", kwargs, on=False)


# --- the integration that provides them -------------------------------------------------------------------------------


class SimulatedConfigFlow(ConfigFlow, domain=DOMAIN):
    """The flow without which Home Assistant sets no entry up."""

    @override
    async def async_step_user(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add the devices."""
        return self.async_create_entry(title="Simulated devices", data={})
