"""What is configured of a sleeper, read from their subentry. What is not valid there counts as not given."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeGuard

from homeassistant.config_entries import ConfigSubentry

from .const import (
    CONF_DIARY,
    CONF_IN_BED_SENSOR,
    CONF_LONG_TERM_STATISTICS,
    CONF_MAY_READ,
    CONF_PERSON,
    CONF_SLEEP_SENSOR,
)

SLEEP_SENSORS: Final = (CONF_SLEEP_SENSOR, CONF_IN_BED_SENSOR)


def person_of(subentry: ConfigSubentry) -> str | None:
    """Return the person that a sleeper is, by entity id."""
    person = subentry.data.get(CONF_PERSON)
    return person if _is_text(person) else None


def may_read_of(subentry: ConfigSubentry) -> tuple[str, ...]:
    """Return the persons whom a sleeper lets read and change the diary, by entity id."""
    persons = subentry.data.get(CONF_MAY_READ)
    return tuple(persons) if _is_text_list(persons) else ()


def has_long_term_statistics(subentry: ConfigSubentry) -> bool:
    """Return whether the figures of a sleeper's diary go to Home Assistant's long-term statistics."""
    return subentry.data.get(CONF_LONG_TERM_STATISTICS) is True


def sensor_of(subentry: ConfigSubentry, option: str) -> str | None:
    """Return the sensor of a sleep tracker that a sleeper has chosen, by entity id."""
    sensor = subentry.data.get(option)
    return sensor if _is_text(sensor) else None


def sleep_sensors_of(subentry: ConfigSubentry) -> tuple[str, ...]:
    """Return all sensors of sleep trackers that a sleeper has chosen, by entity id."""
    return tuple(filter(None, (sensor_of(subentry, option) for option in SLEEP_SENSORS)))


def diary_id_of(subentry: ConfigSubentry) -> str:
    """Return the diary id of a sleeper: their own, or that of a removed sleeper, whose diary they continue."""
    diary = subentry.data.get(CONF_DIARY)
    return diary if _is_text(diary) else subentry.subentry_id


def invalid_options_of(subentry: ConfigSubentry) -> tuple[str, ...]:
    """Return the names of a sleeper's options whose stored values are not valid."""
    data = subentry.data
    return tuple(name for name, check in _CHECKS.items() if data.get(name) is not None and not check(data[name]))


def _is_text(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_text_list(value: Any) -> TypeGuard[Sequence[str]]:
    return isinstance(value, list | tuple) and all(map(_is_text, value))


_CHECKS: Final[Mapping[str, Callable[[Any], bool]]] = {
    CONF_PERSON: _is_text,
    CONF_MAY_READ: _is_text_list,
    CONF_LONG_TERM_STATISTICS: _is_bool,
    CONF_DIARY: _is_text,
    **dict.fromkeys(SLEEP_SENSORS, _is_text),
}
