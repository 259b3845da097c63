"""A simulated bedroom: two lights, a thermostat, a television and a blind."""

from dataclasses import dataclass, field
from typing import Any

from homeassistant.components.climate import ClimateEntityFeature, HVACMode
from homeassistant.components.cover import CoverEntityFeature
from homeassistant.components.light import ColorMode
from homeassistant.components.media_player import MediaPlayerEntityFeature, MediaPlayerState
from homeassistant.core import HomeAssistant

from .devices import Cover, Device, Light, Player, Thermostat
from .simulated_integration import async_add_devices

TELEVISION = (
    MediaPlayerEntityFeature.TURN_OFF
    | MediaPlayerEntityFeature.TURN_ON
    | MediaPlayerEntityFeature.PAUSE
    | MediaPlayerEntityFeature.PLAY
    | MediaPlayerEntityFeature.STOP
    | MediaPlayerEntityFeature.VOLUME_MUTE
    | MediaPlayerEntityFeature.VOLUME_SET
)


def lamp(name: str = "lamp", **attributes: Any) -> Light:
    """Return a light with a color temperature: on, rather bright and white unless it is given other attributes."""
    return Light(name, ColorMode.COLOR_TEMP, **{"brightness": 200, "color_temp_kelvin": 4000} | attributes)


def _thermostat() -> Thermostat:
    modes = [HVACMode.OFF, HVACMode.HEAT, HVACMode.HEAT_COOL, HVACMode.DRY]
    return Thermostat("thermostat", target_temperature=21.0, hvac_modes=modes)


def _television() -> Player:
    on = MediaPlayerState.PLAYING
    return Player("tv", TELEVISION, volume_level=0.4, is_volume_muted=False, state_after_turn_on=on)


def _blind() -> Cover:
    features = CoverEntityFeature.OPEN | CoverEntityFeature.CLOSE | CoverEntityFeature.SET_POSITION
    return Cover("blind", current_cover_position=80, supported_features=features)


@dataclass
class Bedroom:
    """The devices of the simulated bedroom."""

    lamp: Light = field(default_factory=lamp)
    ceiling: Light = field(default_factory=lambda: lamp("ceiling"))
    thermostat: Thermostat = field(default_factory=_thermostat)
    tv: Player = field(default_factory=_television)
    blind: Cover = field(default_factory=_blind)

    @property
    def devices(self) -> list[Device]:
        """Return all of them."""
        return [self.lamp, self.ceiling, self.thermostat, self.tv, self.blind]

    async def async_set_up(self, hass: HomeAssistant) -> None:
        """Add the devices to Home Assistant."""
        await async_add_devices(hass, *self.devices)


def devices_of_each_kind() -> tuple[Light, Thermostat, Player, Cover]:
    """Return a light, a thermostat with a sleep preset, a television and a blind."""
    thermostat = Thermostat(
        "thermostat",
        target_temperature=21.0,
        preset_mode="none",
        preset_modes=["none", "sleep"],
        supported_features=ClimateEntityFeature.TARGET_TEMPERATURE | ClimateEntityFeature.PRESET_MODE,
    )
    return lamp(), thermostat, Player("tv", TELEVISION), Cover("blind")


def sent_to(*devices: Device) -> int:
    """Return the number of commands that these devices have received."""
    return sum(len(device.received) for device in devices)
