"""Who changed it last, we or a person. Pure.

What a device is like, and what we want it to be like, is a frozen dataclass of its kind. A field that is None is of no
concern; how far a device may round a number is said in the field's metadata.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any, Final

from homeassistant.core import Context

_TOLERANCE: Final = "tolerance"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceState:
    """What a device of some kind looks like: as it was, as it is, or as we want it."""


def tolerance(tolerance: float) -> Any:
    """Return a field whose number a device may round this much."""
    return field(default=None, metadata={_TOLERANCE: tolerance})


def matches(aim: DeviceState, now: DeviceState) -> bool:
    """Return whether a device is as we want it."""
    for name, tolerance in _fields(aim):
        wanted = getattr(aim, name)
        if wanted is not None and not _is_close(wanted, getattr(now, name), tolerance):
            return False
    return True


def is_closer(aim: DeviceState, was: DeviceState, now: DeviceState) -> bool:
    """Return whether a device has come nearer to what we want: some go in steps only, or not all the way."""
    for name, tolerance in _fields(aim):
        wanted, before, after = getattr(aim, name), getattr(was, name), getattr(now, name)
        if wanted is None or _is_close(wanted, before, tolerance):
            continue
        if _is_close(wanted, after, tolerance) or _distance(wanted, after) < _distance(wanted, before):
            return True
    return False


def overridden_fields(aim: DeviceState, was: DeviceState, now: DeviceState, *, by_someone: bool) -> frozenset[str]:
    """Return the names of what changed against our will.

    A device reports late, and in steps, on its way to where we want it: such a change brings it no further from there.
    Where a change is known to be made by someone, only the very thing that we want too is no change against our will.
    """
    return frozenset(
        name
        for name, tolerance in _fields(aim)
        if (wanted := getattr(aim, name)) is not None
        and (after := getattr(now, name)) is not None
        and not _is_close(wanted, after, tolerance)
        and not _is_close(before := getattr(was, name), after, tolerance)
        and (by_someone or _distance(wanted, after) >= _distance(wanted, before))
    )


def changed_fields(was: DeviceState, now: DeviceState) -> frozenset[str]:
    """Return the names of what is different, by more than a device rounds."""
    return frozenset(
        name for name, tolerance in _fields(was) if not _is_close(getattr(was, name), getattr(now, name), tolerance)
    )


def ignoring[L: DeviceState](look: L, names: Iterable[str]) -> L:
    """Return a look to which some of its fields are of no concern."""
    return replace(look, **dict.fromkeys(names)) if names else look


def relevant_fields(look: DeviceState) -> frozenset[str]:
    """Return the names of what is of concern."""
    return frozenset(name for name, _ in _fields(look) if getattr(look, name) is not None)


def field_names(look: DeviceState) -> tuple[str, ...]:
    """Return the names of a look's fields."""
    kind: Any = look.__class__
    return _names_of(kind)


def is_external_context(context: Context, ours: Container[str]) -> bool:
    """Return whether a context tells of a person or an automation: ours, and a device's own reports, do not."""
    if context.id in ours or context.parent_id in ours:
        return False
    return context.user_id is not None or context.parent_id is not None


def _fields(look: DeviceState) -> tuple[tuple[str, float], ...]:
    """Return the fields of a look, each with how far a device may round it."""
    kind: Any = look.__class__
    return _fields_of(kind)


@cache
def _names_of(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


@cache
def _fields_of(kind: Any) -> tuple[tuple[str, float], ...]:
    return tuple((each.name, each.metadata.get(_TOLERANCE, 0)) for each in fields(kind))


def _is_close(one: Any, other: Any, tolerance: float) -> bool:
    if one == other:
        return True
    if _is_channels(one) and _is_channels(other) and len(one) == len(other):
        return all(_distance(*pair) <= tolerance for pair in zip(one, other, strict=True))
    return _distance(one, other) <= tolerance


def _distance(one: Any, other: Any) -> float:
    """Return how far apart two values are: without end, where they cannot be measured."""
    if one == other:
        return 0
    if isinstance(one, int | float) and isinstance(other, int | float) and not isinstance(one, bool):
        return abs(one - other)
    if _is_channels(one) and _is_channels(other) and len(one) == len(other):
        return sum(_distance(*pair) for pair in zip(one, other, strict=True))
    return float("inf")


def _is_channels(value: Any) -> bool:
    return isinstance(value, list | tuple)
