"""Names that several modules share: the domain, and the keys of an entry's options."""

from enum import StrEnum
import logging
from typing import Final

DOMAIN: Final = "rls_bedtime"
LOGGER: Final = logging.getLogger(__package__)

DIARY_FILE: Final = f"{DOMAIN}.db"
"""The diary's file, in Home Assistant's configuration folder."""

CONF_PERSON: Final = "person"
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
    LIGHT_LEVEL = "light_level"
    LIGHT_COLOR_TEMP = "light_color_temp"
    TEMPERATURE_SETBACK = "temperature_setback"
    USE_SLEEP_PRESET = "use_sleep_preset"
    SCREENS_ACTION = "screens_action"
    RESTORE = "restore"
