"""What the user wants of a bedroom, read from the entry's options. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Self

from ..const import Option
from .command import RestoreMode

UNDO_WITHIN: Final = timedelta(minutes=15)
"""A session that is stopped this soon after bedtime was a mistake: all is given back."""


SELECTABLE_RESTORE_MODES: Final = (RestoreMode.SETTINGS, RestoreMode.EVERYTHING, RestoreMode.NOTHING)
"""The modes that a user can choose. UNDO is not one of them: it follows from the length of the session."""


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
        Option.LIGHTS_OFF_AFTER: 0,
        Option.DIM_NIGHT_LIGHTS: True,
        Option.TEMPERATURE_SETBACK: 2.0,
        Option.USE_SLEEP_PRESET: True,
        Option.SCREENS_ACTION: ScreensAction.TURN_OFF,
        Option.SCREEN_CURFEW: 0,
        Option.SCREEN_WARNING: 10,
        Option.KEEP_SCREENS_QUIET: False,
        Option.RESTORE: RestoreMode.SETTINGS,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the user wants of a bedroom.

    `targets` are targets as actions take them, `phones` device ids, `persons` entity ids; `light_level` is in percent,
    `light_color_temp` in kelvin, `temperature_setback` in the user's unit.
    """

    targets: Mapping[Kind, Mapping[str, Any]]
    phones: tuple[str, ...]
    bedtime: time
    wake_up: time
    wind_down: timedelta
    automatic: bool
    schedule_entity: str | None
    only_when_home: tuple[str, ...]
    light_level: int
    light_color_temp: int
    lights_off_after: timedelta
    dim_night_lights: bool
    temperature_setback: float
    use_sleep_preset: bool
    screens_action: ScreensAction
    screen_curfew: timedelta
    screen_warning: timedelta
    keep_screens_quiet: bool
    restore: RestoreMode
    start_actions: tuple[Mapping[str, Any], ...]
    end_actions: tuple[Mapping[str, Any], ...]

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Self:
        """Return the plan that an entry's options state."""
        wanted: dict[str, Any] = {**DEFAULTS, **options}

        def minutes(option: Option) -> timedelta:
            return timedelta(minutes=float(wanted[option]))

        def several(option: Option) -> tuple[Any, ...]:
            return tuple(wanted.get(option) or ())

        return cls(
            targets={kind: wanted.get(kind) or {} for kind in Kind},
            phones=several(Option.PHONES),
            bedtime=time.fromisoformat(wanted[Option.BEDTIME]),
            wake_up=time.fromisoformat(wanted[Option.WAKE_UP]),
            wind_down=minutes(Option.WIND_DOWN),
            automatic=wanted[Option.AUTOMATIC],
            schedule_entity=wanted.get(Option.SCHEDULE_ENTITY) or None,
            only_when_home=several(Option.ONLY_WHEN_HOME),
            light_level=int(wanted[Option.LIGHT_LEVEL]),
            light_color_temp=int(wanted[Option.LIGHT_COLOR_TEMP]),
            lights_off_after=minutes(Option.LIGHTS_OFF_AFTER),
            dim_night_lights=wanted[Option.DIM_NIGHT_LIGHTS],
            temperature_setback=float(wanted[Option.TEMPERATURE_SETBACK]),
            use_sleep_preset=wanted[Option.USE_SLEEP_PRESET],
            screens_action=ScreensAction(wanted[Option.SCREENS_ACTION]),
            screen_curfew=minutes(Option.SCREEN_CURFEW),
            screen_warning=minutes(Option.SCREEN_WARNING),
            keep_screens_quiet=wanted[Option.KEEP_SCREENS_QUIET],
            restore=RestoreMode(wanted[Option.RESTORE]),
            start_actions=several(Option.START_ACTIONS),
            end_actions=several(Option.END_ACTIONS),
        )

    def restore_mode(self, since_bedtime: timedelta, wanted: RestoreMode | None = None) -> RestoreMode:
        """Return how much is given back by a session that ends this long after bedtime.

        Soon, that is everything, unless nothing is wanted in so many words. Later it is what is wanted.
        """
        if since_bedtime <= UNDO_WITHIN:
            return RestoreMode.NOTHING if wanted is RestoreMode.NOTHING else RestoreMode.UNDO
        return self.restore if wanted is None else wanted
