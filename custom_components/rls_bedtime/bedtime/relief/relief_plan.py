"""What the user wants of relief at night, read from the options of a bedroom. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Self

from ...const import Option
from ..plan import DEFAULTS, valid_options
from .relief_state import Aid

MAX_MINUTES: Final = 60
"""How long a walk is planned at most, and how long a relief device ever runs, in minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefPlan:
    """What the user wants: entity ids, the level in percent, the color temperature in kelvin."""

    path: tuple[str, ...]
    path_level: int
    path_color_temp: int
    path_minutes: timedelta
    presence_sensors: tuple[str, ...]
    linger: timedelta
    bed_sensor: str | None
    path_by_itself: bool
    relief_devices: tuple[str, ...]
    relief_minutes: timedelta
    relief_kind: str

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Self:
        """Return the plan that the options of an entry state; what is not valid among them is the default."""
        wanted: dict[str, Any] = {**DEFAULTS, **valid_options(options)}

        def minutes(option: Option) -> timedelta:
            return timedelta(minutes=float(wanted[option]))

        return cls(
            path=tuple(wanted.get(Option.PATH) or ()),
            path_level=int(wanted[Option.PATH_LEVEL]),
            path_color_temp=int(wanted[Option.PATH_COLOR_TEMP]),
            path_minutes=minutes(Option.PATH_MINUTES),
            presence_sensors=tuple(wanted.get(Option.PRESENCE_SENSORS) or ()),
            linger=minutes(Option.LINGER),
            bed_sensor=wanted.get(Option.BED_SENSOR) or None,
            path_by_itself=wanted[Option.PATH_BY_ITSELF],
            relief_devices=tuple(wanted.get(Option.RELIEF_DEVICES) or ()),
            relief_minutes=minutes(Option.RELIEF_MINUTES),
            relief_kind=wanted[Option.RELIEF_KIND],
        )

    def entities(self, aid: Aid) -> tuple[str, ...]:
        """Return the lights of the path, or the relief devices."""
        return self.path if aid is Aid.WALK else self.relief_devices

    def minutes(self, aid: Aid) -> timedelta:
        """Return how long it runs, unless something else is asked for."""
        return self.path_minutes if aid is Aid.WALK else self.relief_minutes
