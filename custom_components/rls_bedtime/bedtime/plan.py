"""What the user wants of a bedroom, read from the options of its entry. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Self

from ..const import MAX_WIND_DOWN, Option
from .command import RestoreMode

UNDO_WITHIN: Final = timedelta(minutes=15)
"""A session that is stopped this soon after bedtime was a mistake: everything is restored."""


SELECTABLE_RESTORE_MODES: Final = (RestoreMode.SETTINGS, RestoreMode.EVERYTHING, RestoreMode.NOTHING)
"""The modes that a user can choose. UNDO is not one of them: it follows from the length of the session."""


class Kind(StrEnum):
    """The kinds of devices of a bedroom; each is a target among the options, by the same name."""

    LIGHTS = "lights"
    CLIMATE = "climate"
    SCREENS = "screens"
    COVERS = "covers"


class ScreensAction(StrEnum):
    """The preferred way to silence a screen."""

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
        Option.PATH_LEVEL: 3,
        Option.PATH_COLOR_TEMP: 2200,
        Option.PATH_MINUTES: 10,
        Option.LINGER: 2,
        Option.PATH_BY_ITSELF: False,
        Option.RELIEF_MINUTES: 20,
        Option.RELIEF_KIND: "massage",
        Option.RESTORE: RestoreMode.SETTINGS,
    }
)


LIMITS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        Option.WIND_DOWN: (0, MAX_WIND_DOWN),
        Option.LIGHT_LEVEL: (1, 100),
        Option.LIGHT_COLOR_TEMP: (1500, 6500),
        Option.LIGHTS_OFF_AFTER: (0, 720),
        Option.TEMPERATURE_SETBACK: (0, 10),
        Option.SCREEN_CURFEW: (0, 180),
    }
)
"""The lowest and the highest value that a user can choose."""


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
        """Return the plan that the options of an entry state; what is not valid among them is the default."""
        wanted: dict[str, Any] = {**DEFAULTS, **valid_options(options)}

        def minutes(option: Option) -> timedelta:
            return timedelta(minutes=float(wanted[option]))

        def sequence(option: Option) -> tuple[Any, ...]:
            return tuple(wanted.get(option) or ())

        return cls(
            targets={kind: wanted.get(kind) or {} for kind in Kind},
            phones=sequence(Option.PHONES),
            bedtime=time.fromisoformat(wanted[Option.BEDTIME]),
            wake_up=time.fromisoformat(wanted[Option.WAKE_UP]),
            wind_down=minutes(Option.WIND_DOWN),
            automatic=wanted[Option.AUTOMATIC],
            schedule_entity=wanted.get(Option.SCHEDULE_ENTITY) or None,
            only_when_home=sequence(Option.ONLY_WHEN_HOME),
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
            start_actions=sequence(Option.START_ACTIONS),
            end_actions=sequence(Option.END_ACTIONS),
        )

    def restore_mode(self, since_bedtime: timedelta, wanted: RestoreMode | None = None) -> RestoreMode:
        """Return how much is restored by a session that ends this long after bedtime.

        Soon, that is everything, unless nothing is asked for explicitly. Later it is what is asked for.
        """
        if since_bedtime <= UNDO_WITHIN:
            return RestoreMode.NOTHING if wanted is RestoreMode.NOTHING else RestoreMode.UNDO
        return self.restore if wanted is None else wanted


def valid_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options whose stored values are valid."""
    return {
        name: value
        for name, value in options.items()
        if (value is None and name not in DEFAULTS) or (value is not None and _is_valid(name, value))
    }


def invalid_options(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the options whose stored values are not valid."""
    return tuple(sorted(name for name in options if options[name] is not None and not _is_valid(name, options[name])))


def _is_valid(name: str, value: Any) -> bool:
    check = _CHECKS.get(name)
    try:
        return check is None or bool(check(value))
    except TypeError, ValueError, OverflowError:
        return False


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and time.fromisoformat(value).tzinfo is None


def _is_between(lowest: float, highest: float) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and lowest <= value <= highest

    return check


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)


def _is_mapping_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, Mapping) for each in value)


def _is_target(value: Any) -> bool:
    """Return whether a value is a target: ids, or lists of them, by what they are ids of."""
    return isinstance(value, Mapping) and all(
        _is_text(each) or _is_text_list(each) or (name == "exclude" and isinstance(each, Mapping))
        for name, each in value.items()
    )


_A_DAY: Final = 24 * 60

_CHECKS: Final[Mapping[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(Kind, _is_target),
    Option.AREA: _is_text,
    Option.PHONES: _is_text_list,
    Option.BEDTIME: _is_time,
    Option.WAKE_UP: _is_time,
    Option.WIND_DOWN: _is_between(0, _A_DAY),
    Option.AUTOMATIC: _is_flag,
    Option.SCHEDULE_ENTITY: _is_text,
    Option.ONLY_WHEN_HOME: _is_text_list,
    Option.LIGHT_LEVEL: _is_between(0, 100),
    Option.LIGHT_COLOR_TEMP: _is_between(1, 100_000),
    Option.LIGHTS_OFF_AFTER: _is_between(0, _A_DAY),
    Option.DIM_NIGHT_LIGHTS: _is_flag,
    Option.TEMPERATURE_SETBACK: _is_between(0, 100),
    Option.USE_SLEEP_PRESET: _is_flag,
    Option.SCREENS_ACTION: lambda value: ScreensAction(value) in ScreensAction,
    Option.SCREEN_CURFEW: _is_between(0, _A_DAY),
    Option.SCREEN_WARNING: _is_between(0, _A_DAY),
    Option.KEEP_SCREENS_QUIET: _is_flag,
    Option.PATH: _is_text_list,
    Option.PATH_LEVEL: _is_between(1, 100),
    Option.PATH_COLOR_TEMP: _is_between(1, 100_000),
    Option.PATH_MINUTES: _is_between(1, 60),
    Option.PRESENCE_SENSORS: _is_text_list,
    Option.LINGER: _is_between(1, 60),
    Option.BED_SENSOR: _is_text,
    Option.PATH_BY_ITSELF: _is_flag,
    Option.RELIEF_DEVICES: _is_text_list,
    Option.RELIEF_MINUTES: _is_between(1, 60),
    Option.RELIEF_KIND: _is_text,
    Option.RESTORE: lambda value: RestoreMode(value) is not RestoreMode.UNDO,
    Option.START_ACTIONS: _is_mapping_list,
    Option.END_ACTIONS: _is_mapping_list,
}
"""What makes the stored value of an option valid. Options may be damaged, or written by another version."""
