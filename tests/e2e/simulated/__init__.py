"""A home of devices that behave as in the public bug reports, for a real Home Assistant."""

from homeassistant.components.climate import ClimateEntityFeature, HVACMode
from homeassistant.components.light import ColorMode
from homeassistant.components.media_player import MediaPlayerEntityFeature, MediaPlayerState
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant

from tests.common.devices import Cover, Device, Light, LightGroup, Player, Power, Remote, Thermostat

PLATFORMS = (Platform.CLIMATE, Platform.COVER, Platform.LIGHT, Platform.MEDIA_PLAYER, Platform.REMOTE)

type SimulatedConfigEntry = ConfigEntry[list[Device]]


def _devices() -> list[Device]:
    room = [Light("Shelf", brightness=180, color_temp_kelvin=4000), Light("Desk", is_on=False)]
    power = Power(is_toggle=True)
    preset = ClimateEntityFeature.TARGET_TEMPERATURE | ClimateEntityFeature.PRESET_MODE
    return [
        # zigbee2mqtt issue 3949
        Light("Ramp", brightness=200, color_temp_kelvin=4000, ramp=((1, 0.3), (3, 0.7)), reports_target_first=True),
        Light("Late", brightness=200, color_temp_kelvin=4000, report_delay=8),
        Light("Coarse", brightness=200, color_temp_kelvin=4000, rounding={"brightness": 25}),
        # deCONZ issue 1861
        Light(
            "Colorful", ColorMode.COLOR_TEMP, ColorMode.HS,
            brightness=200, color_temp_kelvin=4000, reports_color_temp_as=ColorMode.HS,
        ),
        # core issue 37929
        Light("Flapping", brightness=200, color_temp_kelvin=4000, flaps_after=2),
        Light("Broken", brightness=200, color_temp_kelvin=4000, refuses=True),
        *room,
        # adaptive-lighting issue 1034
        LightGroup("Room", members=room, names_members_as=set),
        # core issue 135997
        Thermostat(
            "Radiator",
            hvac_mode=HVACMode.AUTO, target_temperature=21, auto_becomes=HVACMode.HEAT, mode_report_delay=3,
        ),
        # infinitude issue 51
        Thermostat(
            "Heat pump", supported_features=preset, target_temperature=21, preset_modes=["home", "asleep"],
            preset_mode="home", preset_setpoints={"asleep": 17, "home": 21}, preset_setpoint_delay=15,
        ),
        # core issues 163001 and 14206
        Player(
            "Television", MediaPlayerEntityFeature.TURN_ON | MediaPlayerEntityFeature.TURN_OFF,
            device="Television", power=power, report_delay=12,
        ),
        Remote("Television", device="Television", power=power, report_delay=12),
        # core issue 11894
        Player("Radio", MediaPlayerEntityFeature.VOLUME_SET, volume_level=0.4, min_volume=0.05),
        Player("Stick", MediaPlayerEntityFeature.TURN_OFF, state_after_turn_off=MediaPlayerState.IDLE),
        # core issue 121423
        Cover("Roller blind", current_cover_position=100, travel_time=6, stops_at=50),
        # core issue 103753
        Cover("Radio blind", never_reports=True),
    ]  # fmt: skip


async def async_setup_entry(hass: HomeAssistant, entry: SimulatedConfigEntry) -> bool:
    """Set up the devices."""
    entry.runtime_data = _devices()
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True
