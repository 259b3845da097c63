"""Simulated lights for scripts/benchmark."""

import asyncio
from typing import Any, Final, override

from homeassistant.components.light import ColorMode, LightEntity
from homeassistant.components.light.const import DATA_COMPONENT
from homeassistant.core import Context, HomeAssistant

LATENCY: Final = 0.02
"""Seconds that a light takes to execute a command."""

type LightSettings = tuple[int, int]
"""The brightness (0 to 255) and the color temperature in kelvin."""


class SimulatedLight(LightEntity):
    """A light with a color temperature that takes some time to execute a command."""

    _attr_should_poll = False
    _attr_is_on = True
    _attr_color_mode = ColorMode.COLOR_TEMP
    _attr_supported_color_modes = {ColorMode.COLOR_TEMP}  # noqa: RUF012 - as Home Assistant declares it
    _attr_min_color_temp_kelvin = 2000
    _attr_max_color_temp_kelvin = 6500

    def __init__(self, number: int) -> None:
        self._attr_name = self._attr_unique_id = f"light {number}"

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await asyncio.sleep(LATENCY)
        self._attr_is_on = True
        self._attr_brightness = kwargs.get("brightness", self._attr_brightness)
        self._attr_color_temp_kelvin = kwargs.get("color_temp_kelvin", self._attr_color_temp_kelvin)
        self.async_write_ha_state()

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await asyncio.sleep(LATENCY)
        self._attr_is_on = False
        self.async_write_ha_state()

    @property
    def settings(self) -> LightSettings:
        """Return the settings in the state machine."""
        state = self.hass.states.get(self.entity_id)
        attributes = state.attributes if state else {}
        return attributes.get("brightness") or 0, attributes.get("color_temp_kelvin") or 0

    def change_locally(self, settings: LightSettings) -> None:
        """Turn on with these settings, as if somebody had operated the light itself."""
        self._attr_is_on = True
        self._attr_brightness, self._attr_color_temp_kelvin = settings
        self.async_set_context(Context())
        self.async_write_ha_state()


async def async_add_lights(hass: HomeAssistant, count: int) -> list[SimulatedLight]:
    """Add simulated lights to a Home Assistant in which the light integration is set up."""
    lights = [SimulatedLight(number) for number in range(count)]
    await hass.data[DATA_COMPONENT].async_add_entities(lights)
    return lights
