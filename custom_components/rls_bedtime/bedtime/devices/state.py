"""What a device is like, and how two such states compare. Pure.

The state of each kind of device is a frozen dataclass. A field that is None is not known, or not of interest; the
metadata of a field says how far a device may round its number.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any, Final, Self

from homeassistant.const import ATTR_SUPPORTED_FEATURES
from homeassistant.core import State

POWER: Final = "is_on"
_TOLERANCE: Final = "tolerance"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceState:
    """The state of a device: as it was, as it is, or as it should be."""

    def as_json(self) -> dict[str, Any]:
        """Return what is stored: the fields that are known."""
        return without_none({name: getattr(self, name) for name, _ in tolerances(self)})

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return what was stored. Raises ValueError for what is not such a state."""
        return cls._from_fields(data)

    @classmethod
    def _from_fields(cls, data: Mapping[str, Any]) -> Self:
        checked = {}
        for each in fields(cls):
            value = data.get(each.name)
            if value is not None and not _is_of_type(value, each.type):
                message = f"{each.name} is {value!r}"
                raise ValueError(message)
            checked[each.name] = value
        return cls(**checked)


class Comparable(ABC):
    """A value that knows how far it is from another of its kind."""

    __slots__ = ()

    @abstractmethod
    def is_close(self, other: Any) -> bool:
        """Return whether a device that was set to one may report the other."""

    @abstractmethod
    def distance(self, other: Any) -> float:
        """Return how far apart both are."""


def tolerance(value: float) -> Any:
    """Return a field whose number a device may round by this much."""
    return field(default=None, metadata={_TOLERANCE: value})


def matches(target: DeviceState, now: DeviceState) -> bool:
    """Return whether a device is as it should be."""
    for name, rounding in tolerances(target):
        wanted = getattr(target, name)
        if wanted is not None and not _is_close(wanted, getattr(now, name), rounding):
            return False
    return True


def is_closer(target: DeviceState, old: DeviceState, new: DeviceState) -> bool:
    """Return whether a device has come closer to its target: some move in steps, or not all the way."""
    for name, rounding in tolerances(target):
        wanted, before, after = getattr(target, name), getattr(old, name), getattr(new, name)
        if wanted is None or _is_close(wanted, before, rounding):
            continue
        if _is_close(wanted, after, rounding) or _distance(wanted, after) < _distance(wanted, before):
            return True
    return False


def overridden_fields(target: DeviceState, old: DeviceState, new: DeviceState, *, external: bool) -> frozenset[str]:
    """Return the names of the fields that changed away from the target.

    A device on its way reports late and in steps, but never moves away from its target. A change that is known to be
    external overrides the target unless it sets exactly what we want, too.
    """
    return frozenset(
        name
        for name, rounding in tolerances(target)
        if (wanted := getattr(target, name)) is not None
        and (after := getattr(new, name)) is not None
        and not _is_close(wanted, after, rounding)
        and not _is_close(before := getattr(old, name), after, rounding)
        and (external or _distance(wanted, after) >= _distance(wanted, before))
    )


def lies_between(names: Iterable[str], target: DeviceState, start: DeviceState, now: DeviceState) -> bool:
    """Return whether a device may be on its way from a start to its target, as far as these fields tell."""
    rounding = dict(tolerances(target))
    for name in names:
        first, last, value = getattr(start, name), getattr(target, name), getattr(now, name)
        if _is_close(first, value, rounding[name]) or _is_close(last, value, rounding[name]):
            continue
        way = _distance(first, last)
        if way == _INFINITE or max(_distance(first, value), _distance(last, value)) > way + rounding[name]:
            return False
    return True


def agrees(names: Iterable[str], one: DeviceState, other: DeviceState) -> bool:
    """Return whether two states are the same in these fields."""
    rounding = dict(tolerances(one))
    return all(_is_close(getattr(one, name), getattr(other, name), rounding[name]) for name in names)


def changed_fields(old: DeviceState, new: DeviceState) -> frozenset[str]:
    """Return the names of the fields that differ by more than a device rounds."""
    return frozenset(
        name for name, rounding in tolerances(old) if not _is_close(getattr(old, name), getattr(new, name), rounding)
    )


def ignoring[S: DeviceState](state: S, names: Iterable[str]) -> S:
    """Return a state in which these fields are not of interest."""
    return replace(state, **dict.fromkeys(names)) if names else state


def relevant_fields(state: DeviceState) -> frozenset[str]:
    """Return the names of the fields that are known."""
    return frozenset(name for name, _ in tolerances(state) if getattr(state, name) is not None)


def supports(state: State, *features: int) -> bool:
    """Return whether an entity supports all these features now: they come and go with its state."""
    supported = state.attributes.get(ATTR_SUPPORTED_FEATURES)
    return isinstance(supported, int) and all(supported & feature for feature in features)


def without_none(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the items that have a value."""
    return {name: value for name, value in data.items() if value is not None}


def number(value: Any) -> Any:
    """Return a value that is a number, else None: integrations put anything into their attributes."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) and value == value else None  # noqa: PLR0124 - not NaN


def tolerances(state: DeviceState) -> tuple[tuple[str, float], ...]:
    """Return the names of a state's fields, each with how far a device may round it."""
    kind: Any = state.__class__
    return _tolerances_of(kind)


@cache
def _tolerances_of(kind: Any) -> tuple[tuple[str, float], ...]:
    return tuple((each.name, each.metadata.get(_TOLERANCE, 0)) for each in fields(kind))


_INFINITE: Final = float("inf")
_INSANE: Final = 1e6
"""No state has a number as large as that."""


def _is_close(one: Any, other: Any, rounding: float) -> bool:
    if one == other:
        return True
    if isinstance(one, Comparable):
        return one.is_close(other)
    return _distance(one, other) <= rounding


def _distance(one: Any, other: Any) -> float:
    """Return how far apart two values are: infinitely, where that cannot be measured."""
    if one == other:
        return 0
    if isinstance(one, Comparable):
        return one.distance(other)
    if isinstance(one, int | float) and isinstance(other, int | float) and not isinstance(one, bool):
        return abs(one - other)
    return _INFINITE


def _is_of_type(value: Any, expected: Any) -> bool:
    """Return whether a stored value is of the type that a field is annotated with; a bool is not a number."""
    if isinstance(value, bool):
        return bool(expected == bool | None)
    if isinstance(value, int | float):
        return bool(expected in (int | None, float | None)) and abs(value) < _INSANE
    return isinstance(value, str) and bool(expected == str | None)
