"""A simulated bedroom: devices as real entities of real platforms, that do as they are told."""

from dataclasses import dataclass, field
from typing import Any, override

from homeassistant.components.climate import ClimateEntity, ClimateEntityFeature, HVACMode
from homeassistant.components.cover import CoverEntity, CoverEntityFeature
from homeassistant.components.light import ColorMode, LightEntity
from homeassistant.components.media_player import MediaPlayerEntity, MediaPlayerEntityFeature, MediaPlayerState
from homeassistant.const import UnitOfTemperature
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity import Entity
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import setup_test_component_platform


class Device(Entity):
    """A device that may refuse, and that remembers what it was asked."""

    _attr_should_poll = False

    def __init__(self, name: str) -> None:
        """Be called by this name."""
        self._attr_name = name
        self._attr_unique_id = name
        self.asked: list[str] = []
        self.refuses = False
        self.ignores = 0
        self.is_late = False
        self.rounding: dict[str, int] = {}
        self._pending: dict[str, Any] = {}

    def _obey(self, action: str, **attributes: Any) -> None:
        """Do as told: or refuse, or ignore it so many times, or do it and report later."""
        self.asked.append(action)
        if self.refuses:
            message = f"{self.entity_id} refuses"
            raise HomeAssistantError(message)
        if self.ignores:
            self.ignores -= 1
            return
        attributes = {name: self._round(name, value) for name, value in attributes.items()}
        if self.is_late:
            self._pending |= attributes
        else:
            self._change(attributes)

    def _round(self, name: str, value: Any) -> Any:
        step = self.rounding.get(name)
        # As dark as it can be is not off.
        return max(1, round(value / step) * step) if step else value

    def _change(self, attributes: dict[str, Any]) -> None:
        for name, value in attributes.items():
            setattr(self, f"_attr_{name}", value)
        self.async_write_ha_state()

    def report(self, part: float = 1) -> None:
        """Report, at last, what was done; or how far it has come."""
        for name, value in self._pending.items():
            now = getattr(self, name, None)
            is_step = part < 1 and isinstance(value, int) and isinstance(now, int) and not isinstance(value, bool)
            setattr(self, f"_attr_{name}", round(now + (value - now) * part) if is_step and now is not None else value)
        if part >= 1:
            self._pending = {}
        self.async_set_context(Context())
        self.async_write_ha_state()

    def show(self, **attributes: Any) -> None:
        """Change as if somebody had used the device itself: nobody tells Home Assistant who."""
        self.async_set_context(Context())
        self._change(attributes)


class Light(Device, LightEntity):
    """A light, dimmable and of changing white unless it is told to be simpler."""

    _attr_is_on = True
    _attr_brightness = 200
    _attr_color_temp_kelvin = 4000
    _attr_min_color_temp_kelvin = 2000
    _attr_max_color_temp_kelvin = 6500
    _attr_color_mode = ColorMode.COLOR_TEMP
    _attr_supported_color_modes = {ColorMode.COLOR_TEMP}  # noqa: RUF012 - as Home Assistant has it

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        colors = {"color_temp_kelvin": ColorMode.COLOR_TEMP, "hs_color": ColorMode.HS, "rgbw_color": ColorMode.RGBW}
        color_mode = next((mode for name, mode in colors.items() if name in kwargs), self._attr_color_mode)
        self._obey("turn_on", is_on=True, color_mode=color_mode, **kwargs)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self._obey("turn_off", is_on=False)


class Thermostat(Device, ClimateEntity):
    """A thermostat that heats to a setpoint."""

    _attr_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_hvac_modes = [HVACMode.OFF, HVACMode.HEAT, HVACMode.HEAT_COOL, HVACMode.DRY]  # noqa: RUF012
    _attr_hvac_mode = HVACMode.HEAT
    _attr_supported_features = ClimateEntityFeature.TARGET_TEMPERATURE
    _attr_target_temperature = 21.0
    _attr_target_temperature_step = 0.5
    _attr_min_temp = 7
    _attr_max_temp = 30

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        names = {"temperature": "target_temperature", "target_temp_low": "target_temperature_low"}
        names["target_temp_high"] = "target_temperature_high"
        self._obey("set_temperature", **{names[name]: value for name, value in kwargs.items() if name in names})

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        self._obey("set_preset_mode", preset_mode=preset_mode)


class Player(Device, MediaPlayerEntity):
    """A television that plays, and can be turned off and on."""

    _attr_state = MediaPlayerState.PLAYING
    _attr_volume_level = 0.4
    _attr_is_volume_muted = False
    _attr_supported_features = (
        MediaPlayerEntityFeature.TURN_OFF
        | MediaPlayerEntityFeature.TURN_ON
        | MediaPlayerEntityFeature.PAUSE
        | MediaPlayerEntityFeature.PLAY
        | MediaPlayerEntityFeature.STOP
        | MediaPlayerEntityFeature.VOLUME_MUTE
        | MediaPlayerEntityFeature.VOLUME_SET
    )

    @override
    async def async_turn_off(self) -> None:
        self._obey("turn_off", state=MediaPlayerState.OFF)

    @override
    async def async_turn_on(self) -> None:
        self._obey("turn_on", state=MediaPlayerState.PLAYING)

    @override
    async def async_media_pause(self) -> None:
        self._obey("media_pause", state=MediaPlayerState.PAUSED)

    @override
    async def async_media_play(self) -> None:
        self._obey("media_play", state=MediaPlayerState.PLAYING)

    @override
    async def async_media_stop(self) -> None:
        self._obey("media_stop", state=MediaPlayerState.IDLE)

    @override
    async def async_mute_volume(self, mute: bool) -> None:
        self._obey("volume_mute", is_volume_muted=mute)


class Cover(Device, CoverEntity):
    """A blind that goes where it is told."""

    _attr_current_cover_position = 80
    _attr_is_closed = False
    _attr_supported_features = CoverEntityFeature.OPEN | CoverEntityFeature.CLOSE | CoverEntityFeature.SET_POSITION

    @override
    async def async_close_cover(self, **kwargs: Any) -> None:
        self._obey("close_cover", current_cover_position=0, is_closed=True)

    @override
    async def async_open_cover(self, **kwargs: Any) -> None:
        self._obey("open_cover", current_cover_position=100, is_closed=False)

    @override
    async def async_set_cover_position(self, **kwargs: Any) -> None:
        self._obey("set_cover_position", current_cover_position=kwargs["position"], is_closed=kwargs["position"] == 0)


@dataclass
class Bedroom:
    """The devices of the simulated bedroom."""

    lamp: Light = field(default_factory=lambda: Light("lamp"))
    ceiling: Light = field(default_factory=lambda: Light("ceiling"))
    thermostat: Thermostat = field(default_factory=lambda: Thermostat("thermostat"))
    tv: Player = field(default_factory=lambda: Player("tv"))
    blind: Cover = field(default_factory=lambda: Cover("blind"))

    @property
    def devices(self) -> list[Device]:
        """Return all of them."""
        return [self.lamp, self.ceiling, self.thermostat, self.tv, self.blind]

    async def async_set_up(self, hass: HomeAssistant) -> None:
        """Add the devices to the house."""
        platforms: dict[str, list[Entity]] = {
            "light": [self.lamp, self.ceiling],
            "climate": [self.thermostat],
            "media_player": [self.tv],
            "cover": [self.blind],
        }
        for domain, entities in platforms.items():
            setup_test_component_platform(hass, domain, entities)
            assert await async_setup_component(hass, domain, {domain: {"platform": "test"}})
        await hass.async_block_till_done()
