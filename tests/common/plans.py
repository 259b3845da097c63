"""Plans, moments of a night and states, for tests of pure functions."""

from collections.abc import Iterable
from typing import Any

from homeassistant.core import State

from custom_components.rls_bedtime.bedtime.command import Command, NightProgress
from custom_components.rls_bedtime.bedtime.devices.handler import DeviceHandler
from custom_components.rls_bedtime.bedtime.plan import Plan


def plan(**options: Any) -> Plan:
    """Return a plan with these options and the defaults."""
    return Plan.from_options(options)


def night(fade: float = 1, *, lights_off: bool = False) -> NightProgress:
    """Return a moment of a night: bedtime, unless the fade is not over."""
    return NightProgress(progress=fade, at_bedtime=fade >= 1, screens_off=fade >= 1, lights_off=lights_off)


def state(entity_id: str, value: str, **attributes: Any) -> State:
    """Return the state of an entity."""
    return State(entity_id, value, attributes)


def calls(commands: Iterable[Command]) -> list[tuple[str, dict[str, Any]]]:
    """Return the actions of commands with their data."""
    return [(command.action, dict(command.data)) for command in commands]


def calls_for_night(
    handler: DeviceHandler[Any],
    before: State,
    now: State | None = None,
    *,
    fade: float = 1,
    lights_off: bool = False,
    **options: Any,
) -> list[tuple[str, dict[str, Any]]]:
    """Return what brings a device to a moment of the night that was so before and is so now."""
    at = now or before
    target = handler.target(handler.capture(before), before, plan(**options), night(fade, lights_off=lights_off))
    return calls(handler.commands(target, at, None))
