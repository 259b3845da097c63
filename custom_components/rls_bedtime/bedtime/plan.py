"""What the user wants of a bedroom, read from the entry's options. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Self

from ..const import Option
from .command import Extent

UNDO_WITHIN: Final = timedelta(minutes=15)
"""A session that is stopped this soon after bedtime was a mistake: all is given back."""


class Kind(StrEnum):
    """The kinds of devices of a bedroom; each is a target among the options, by the same name."""

    LIGHTS = "lights"
    CLIMATE = "climate"
    SCREENS = "screens"
    COVERS = "covers"


class ScreensAction(StrEnum):
    """How a screen is silenced, if it can."""

    TURN_OFF = "turn_off"
    PAUSE = "pause"
    MUTE = "mute"


DEFAULTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        Option.BEDTIME: "22:30:00",
        Option.WAKE_UP: "07:00:00",
        Option.WIND_DOWN: 45,
        Option.AUTOMATIC: True,
        Option.LIGHT_LEVEL: 5,
        Option.LIGHT_COLOR_TEMP: 2200,
        Option.TEMPERATURE_SETBACK: 2.0,
        Option.USE_SLEEP_PRESET: True,
        Option.SCREENS_ACTION: ScreensAction.TURN_OFF,
        Option.RESTORE: Extent.SETTINGS,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the user wants of a bedroom.

    `targets` are targets as actions take them; `light_level` is in percent, `light_color_temp` in kelvin,
    `temperature_setback` in the user's unit.
    """

    targets: Mapping[Kind, Mapping[str, Any]]
    light_level: int
    light_color_temp: int
    temperature_setback: float
    use_sleep_preset: bool
    screens_action: ScreensAction
    restore: Extent

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Self:
        """Return the plan that an entry's options state."""
        wanted: dict[str, Any] = {**DEFAULTS, **options}
        return cls(
            targets={kind: wanted.get(kind, {}) for kind in Kind},
            light_level=int(wanted[Option.LIGHT_LEVEL]),
            light_color_temp=int(wanted[Option.LIGHT_COLOR_TEMP]),
            temperature_setback=float(wanted[Option.TEMPERATURE_SETBACK]),
            use_sleep_preset=wanted[Option.USE_SLEEP_PRESET],
            screens_action=ScreensAction(wanted[Option.SCREENS_ACTION]),
            restore=Extent(wanted[Option.RESTORE]),
        )

    def extent(self, since_bedtime: timedelta) -> Extent:
        """Return how much is given back by a session that ends this long after bedtime."""
        return Extent.UNDO if since_bedtime <= UNDO_WITHIN else self.restore
