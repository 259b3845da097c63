"""Plans and states for tests of pure functions."""

from typing import Any

from homeassistant.core import State

from custom_components.rls_bedtime.bedtime.command import Command, NightProgress
from custom_components.rls_bedtime.bedtime.plan import Plan


def plan(**options: Any) -> Plan:
    """Return a plan with these options and the defaults."""
    return Plan.from_options(options)


def moment(progress: float = 1, *, dark: bool = False) -> NightProgress:
    """Return a moment of a night: bedtime, unless it is told to be before."""
    return NightProgress(progress=progress, at_bedtime=progress >= 1, screens_off=progress >= 1, lights_off=dark)


def state(entity_id: str, value: str, **attributes: Any) -> State:
    """Return the state of an entity."""
    return State(entity_id, value, attributes)


def said(commands: list[Command]) -> list[tuple[str, dict[str, Any]]]:
    """Return the actions of commands with their data."""
    return [(command.action, dict(command.data)) for command in commands]
