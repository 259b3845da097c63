"""Constants of RLS Bedtime."""

from enum import StrEnum
import logging
from typing import Final

DOMAIN: Final = "rls_bedtime"
LOGGER: Final = logging.getLogger(__package__)

DIARY_FILE: Final = f"{DOMAIN}.db"
"""Name of the diary's file in Home Assistant's configuration folder."""

MAX_WIND_DOWN: Final = 180
"""In minutes. Dim light is advised for the last three hours of the day (Brown et al. 2022, PLoS Biol 20:e3001571)."""

CONF_DIARY: Final = "diary"
CONF_IN_BED_SENSOR: Final = "in_bed_sensor"
CONF_LONG_TERM_STATISTICS: Final = "long_term_statistics"
CONF_MAY_READ: Final = "may_read"
CONF_PERSON: Final = "person"
CONF_SLEEP_SENSOR: Final = "sleep_sensor"
SUBENTRY_SLEEPER: Final = "sleeper"


class Option(StrEnum):
    """Keys of an entry's options."""

    AREA = "area"
    LIGHTS = "lights"
    CLIMATE = "climate"
    SCREENS = "screens"
    COVERS = "covers"
    PHONES = "phones"
    BEDTIME = "bedtime"
    WAKE_UP = "wake_up"
    WIND_DOWN = "wind_down"
    AUTOMATIC = "automatic"
    SCHEDULE_ENTITY = "schedule_entity"
    ONLY_WHEN_HOME = "only_when_home"
    LIGHT_LEVEL = "light_level"
    LIGHT_COLOR_TEMP = "light_color_temp"
    LIGHTS_OFF_AFTER = "lights_off_after"
    DIM_NIGHT_LIGHTS = "dim_night_lights"
    TEMPERATURE_SETBACK = "temperature_setback"
    USE_SLEEP_PRESET = "use_sleep_preset"
    SCREENS_ACTION = "screens_action"
    SCREEN_CURFEW = "screen_curfew"
    SCREEN_WARNING = "screen_warning"
    KEEP_SCREENS_QUIET = "keep_screens_quiet"
    PATH = "path"
    PATH_LEVEL = "path_level"
    PATH_COLOR_TEMP = "path_color_temp"
    PATH_MINUTES = "path_minutes"
    PRESENCE_SENSORS = "presence_sensors"
    LINGER = "linger"
    BED_SENSOR = "bed_sensor"
    PATH_BY_ITSELF = "path_by_itself"
    RELIEF_DEVICES = "relief_devices"
    RELIEF_MINUTES = "relief_minutes"
    RELIEF_KIND = "relief_kind"
    RESTORE = "restore"
    START_ACTIONS = "start_actions"
    END_ACTIONS = "end_actions"
