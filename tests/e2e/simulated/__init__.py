"""A home of devices that behave as in the public bug reports, for a real Home Assistant."""

import json
from pathlib import Path
from typing import Any, Final

from homeassistant.components.climate import ClimateEntityFeature, HVACMode
from homeassistant.components.light import ColorMode
from homeassistant.components.media_player import MediaPlayerEntityFeature, MediaPlayerState
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event

from tests.common.devices import Cover, Device, Light, LightGroup, Player, Power, Remote, Switch, Thermostat

PLATFORMS = (
    Platform.CLIMATE, Platform.COVER, Platform.LIGHT, Platform.MEDIA_PLAYER, Platform.REMOTE, Platform.SWITCH
)  # fmt: skip

LASTING_FILE: Final = "lasting_devices.json"
"""What devices physically are that do not notice when Home Assistant is killed, by entity id."""

type SimulatedConfigEntry = ConfigEntry[list[Device]]


def _lasting_devices(file: Path) -> list[Device]:
    """Return devices that are as they were left, whatever Home Assistant knows of that."""
    known: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    off, on = {"is_on": False}, {"is_on": True, "brightness": 200, "color_temp_kelvin": 4000}
    return [
        Light("Hallway", **known.get("light.hallway", off)),
        Light("Landing", **known.get("light.landing", on)),
        Switch("Massager", **known.get("switch.massager", off)),
    ]


@callback
def _async_remember(hass: HomeAssistant, entry: SimulatedConfigEntry, file: Path, lasting: list[Device]) -> None:
    """Write down what lasting devices are at once when they change."""

    @callback
    def write(_event: Event[EventStateChangedData] | None = None) -> None:
        names = ("is_on", "brightness", "color_temp_kelvin")
        levels = {
            each.entity_id: {name: each.actual(name) for name in names if each.actual(name) is not None}
            for each in lasting
        }
        # Home Assistant may be killed meanwhile, or somebody may read it.
        complete = file.with_suffix(".new")
        complete.write_text(json.dumps(levels), encoding="utf-8")
        complete.replace(file)

    write()
    entry.async_on_unload(async_track_state_change_event(hass, [each.entity_id for each in lasting], write))


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
    file = Path(hass.config.path(LASTING_FILE))
    lasting = await hass.async_add_executor_job(_lasting_devices, file)
    entry.runtime_data = [*_devices(), *lasting]
    _async_remember(hass, entry, file, lasting)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True
