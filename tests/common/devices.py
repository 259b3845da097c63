"""Devices of a house, as real entities of real platforms: they do as they are told, each in its own way."""

import asyncio
from typing import Any, override

from homeassistant.components.climate import ClimateEntity, ClimateEntityFeature, HVACMode
from homeassistant.components.cover import CoverEntity, CoverEntityFeature
from homeassistant.components.light import ColorMode, LightEntity
from homeassistant.components.media_player import MediaPlayerEntity, MediaPlayerEntityFeature, MediaPlayerState
from homeassistant.components.remote import RemoteEntity
from homeassistant.components.switch import SwitchEntity
from homeassistant.const import UnitOfTemperature
from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity import Entity

COLORS = {
    "color_temp_kelvin": ColorMode.COLOR_TEMP,
    "hs_color": ColorMode.HS,
    "xy_color": ColorMode.XY,
    "rgb_color": ColorMode.RGB,
    "rgbw_color": ColorMode.RGBW,
    "rgbww_color": ColorMode.RGBWW,
    "white": ColorMode.WHITE,
}


class Device(Entity):
    """A device that remembers what it was told, and may refuse or hang."""

    _attr_should_poll = False

    def __init__(self, name: str, **attributes: Any) -> None:
        """Be called by this name, and be like this."""
        self._attr_name = name
        self._attr_unique_id = name
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.refuses = False
        self.hangs = False
        self.is_free = asyncio.Event()
        for key, value in attributes.items():
            setattr(self, f"_attr_{key}", value)

    async def _obey(self, action: str, data: dict[str, Any], **attributes: Any) -> None:
        self.told.append((action, {key: value for key, value in data.items() if key != "entity_id"}))
        if self.refuses:
            message = f"{self.entity_id} refuses"
            raise HomeAssistantError(message)
        if self.hangs:
            await self.is_free.wait()
        self._become(attributes)

    def _become(self, attributes: dict[str, Any]) -> None:
        for key, value in attributes.items():
            setattr(self, f"_attr_{key}", value)
        self.async_write_ha_state()

    def by_hand(self, **attributes: Any) -> None:
        """Change at the device itself: nobody tells who did it."""
        self.async_set_context(Context())
        self._become(attributes)

    def drop_out(self) -> None:
        """Go out of reach."""
        self.by_hand(available=False)

    def come_back(self, **attributes: Any) -> None:
        """Come back into reach."""
        self.by_hand(available=True, **attributes)

    @property
    def actions(self) -> list[str]:
        """Return the names of what it was told."""
        return [action for action, _ in self.told]


class Lamp(Device, LightEntity):
    """A light."""

    _attr_is_on = True
    _attr_brightness = None
    _attr_min_color_temp_kelvin = 2000
    _attr_max_color_temp_kelvin = 6500

    def __init__(self, name: str, *modes: ColorMode, **attributes: Any) -> None:
        """Have these color modes; be in the first of them."""
        self._attr_supported_color_modes = set(modes)
        self._attr_color_mode = modes[0]
        super().__init__(name, **attributes)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        after: dict[str, Any] = {"is_on": True}
        for key, value in kwargs.items():
            if key in COLORS:
                after["color_mode"] = COLORS[key]
            if key == "white":
                after["brightness"] = value
            elif key not in ("transition", "flash"):
                after[key] = value
        await self._obey("turn_on", kwargs, **after)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self._obey("turn_off", kwargs, is_on=False)


class Thermostat(Device, ClimateEntity):
    """A thermostat."""

    _attr_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_hvac_modes = [  # noqa: RUF012
        HVACMode.OFF, HVACMode.HEAT, HVACMode.COOL, HVACMode.HEAT_COOL, HVACMode.AUTO, HVACMode.DRY, HVACMode.FAN_ONLY
    ]  # fmt: skip
    _attr_hvac_mode = HVACMode.HEAT
    _attr_supported_features = ClimateEntityFeature.TARGET_TEMPERATURE
    _attr_target_temperature_step = 0.5
    _attr_min_temp = 7
    _attr_max_temp = 30

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        names = {
            "temperature": "target_temperature",
            "target_temp_low": "target_temperature_low",
            "target_temp_high": "target_temperature_high",
            "hvac_mode": "hvac_mode",
        }
        await self._obey("set_temperature", kwargs, **{names[key]: kwargs[key] for key in names.keys() & kwargs.keys()})

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        await self._obey("set_hvac_mode", {"hvac_mode": hvac_mode}, hvac_mode=hvac_mode)

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        await self._obey("set_preset_mode", {"preset_mode": preset_mode}, preset_mode=preset_mode)


class Player(Device, MediaPlayerEntity):
    """A media player."""

    _attr_state = MediaPlayerState.PLAYING

    def __init__(self, name: str, features: int = 0, **attributes: Any) -> None:
        """Be able to do these things."""
        self._attr_supported_features = MediaPlayerEntityFeature(features)
        super().__init__(name, **attributes)

    @override
    async def async_turn_off(self) -> None:
        await self._obey("turn_off", {}, state=MediaPlayerState.OFF)

    @override
    async def async_turn_on(self) -> None:
        await self._obey("turn_on", {}, state=MediaPlayerState.ON)

    @override
    async def async_media_pause(self) -> None:
        await self._obey("media_pause", {}, state=MediaPlayerState.PAUSED)

    @override
    async def async_media_play(self) -> None:
        await self._obey("media_play", {}, state=MediaPlayerState.PLAYING)

    @override
    async def async_media_stop(self) -> None:
        await self._obey("media_stop", {}, state=MediaPlayerState.IDLE)

    @override
    async def async_mute_volume(self, mute: bool) -> None:
        await self._obey("volume_mute", {"mute": mute}, is_volume_muted=mute)

    @override
    async def async_set_volume_level(self, volume: float) -> None:
        await self._obey("volume_set", {"volume": volume}, volume_level=volume)


class Blind(Device, CoverEntity):
    """A cover."""

    _attr_is_closed = False
    _attr_supported_features = CoverEntityFeature.OPEN | CoverEntityFeature.CLOSE

    @override
    async def async_close_cover(self, **kwargs: Any) -> None:
        await self._obey("close_cover", kwargs, is_closed=True, **self._position(0))

    @override
    async def async_open_cover(self, **kwargs: Any) -> None:
        await self._obey("open_cover", kwargs, is_closed=False, **self._position(100))

    @override
    async def async_set_cover_position(self, **kwargs: Any) -> None:
        position = kwargs["position"]
        await self._obey("set_cover_position", kwargs, is_closed=position == 0, **self._position(position))

    @override
    async def async_close_cover_tilt(self, **kwargs: Any) -> None:
        await self._obey("close_cover_tilt", kwargs, current_cover_tilt_position=0)

    @override
    async def async_open_cover_tilt(self, **kwargs: Any) -> None:
        await self._obey("open_cover_tilt", kwargs, current_cover_tilt_position=100)

    @override
    async def async_set_cover_tilt_position(self, **kwargs: Any) -> None:
        await self._obey("set_cover_tilt_position", kwargs, current_cover_tilt_position=kwargs["tilt_position"])

    def _position(self, position: int) -> dict[str, int]:
        return {} if self.current_cover_position is None else {"current_cover_position": position}


class Plug(Device, SwitchEntity):
    """A switch."""

    _attr_is_on = True

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self._obey("turn_on", kwargs, is_on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self._obey("turn_off", kwargs, is_on=False)


class Remote(Device, RemoteEntity):
    """A remote control."""

    _attr_is_on = True

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self._obey("turn_on", kwargs, is_on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self._obey("turn_off", kwargs, is_on=False)
