"""What relief at night turns on and off, and whose doing a change of it is. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from homeassistant.const import SERVICE_TURN_OFF, SERVICE_TURN_ON, STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import State

from ..change_classifier import StateChange
from ..command import Command, Outcome
from ..device_runtime import DeviceRuntime
from ..devices.handlers import HANDLERS
from ..devices.lights import LightState, path_target, turn_on_command
from ..plan import Kind
from .relief_plan import MAX_MINUTES, ReliefPlan
from .relief_state import Aid, HeldEntity, Run

SETTLING_TIME: Final = timedelta(seconds=20)
"""How long a device may still report something else after a command."""

_LONGEST_PAUSE: Final = timedelta(minutes=5)
"""How long to wait at most before a device that does not go off is told so once more."""

DIMMING_TIME: Final = timedelta(seconds=5)
"""How long a light may take to become as dim as it was told to come on; then it is told so once more."""

_STALE_AFTER: Final = timedelta(hours=1)
"""How long after its end a light that does not look as we left it was perhaps turned on by a person."""


# --- start ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StartStep:
    """What is planned for an entity: since when it is on, what is sent, its outcome if nothing is, whether it was on.

    None for `since`: it is not held.
    """

    since: datetime | None
    command: Command | None = None
    outcome: Outcome = Outcome.UNCHANGED
    was_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StartContext:
    """What else bears on the start of an entity: whether it is held already, here or by another bedroom."""

    held: HeldEntity | None
    elsewhere_since: datetime | None
    runtime: DeviceRuntime
    now: datetime

    @property
    def on_since(self) -> datetime:
        """Return since when an entity is on that is on already."""
        known = [self.held.since] if self.held is not None else []
        known += [self.elsewhere_since] if self.elsewhere_since is not None else []
        return min(known, default=self.now)

    @property
    def is_on_for_us(self) -> bool:
        """Return whether an entity that is on stays on, without being told once more."""
        return self.held is not None and not was_sent(self.runtime, SERVICE_TURN_OFF)


def plan_start(aid: Aid, state: State | None, plan: ReliefPlan, context: StartContext) -> StartStep:
    """Return the step that turns an entity on. A path light that is on is left alone: somebody is up."""
    if state is None or state.state == STATE_UNAVAILABLE:
        return StartStep(None, outcome=Outcome.UNREACHABLE)
    is_on = state.state == STATE_ON
    since = context.on_since if is_on else context.now
    if is_on and context.is_on_for_us:
        return StartStep(since)
    if aid is Aid.DEVICE:
        return StartStep(since, None if is_on else Command.to(state, SERVICE_TURN_ON))
    if is_on and context.held is None and context.elsewhere_since is None:
        return StartStep(None)
    target = target_of_path(state, plan)
    if target is None:
        return StartStep(None, outcome=Outcome.FAILED)
    return StartStep(since, turn_on_command(target, state), was_on=is_on)


def target_of_path(state: State, plan: ReliefPlan) -> LightState | None:
    """Return what a light of the path should be like, None if it can only be switched."""
    return path_target(state, plan.path_level, plan.path_color_temp)


def planned_run(aid: Aid, current: Run | None, minutes: timedelta, on_since: Iterable[datetime], now: datetime) -> Run:
    """Return a new run, or a longer one: a second start prolongs. A device is never on for more than an hour."""
    until = now + minutes
    if current is not None:
        until = max(until, current.until)
    if aid is Aid.DEVICE:
        longest = timedelta(minutes=MAX_MINUTES)
        until = min([until, now + longest, *(since + longest for since in on_since)])
    return Run(started_at=now if current is None else current.started_at, until=until)


# --- end --------------------------------------------------------------------------------------------------------------


class EndStep(Enum):
    """What is done with an entity that has to be off."""

    WAIT = auto()
    TURN_OFF = auto()
    LET_GO = auto()
    RELEASE = auto()


def plan_end(aid: Aid, state: State | None, runtime: DeviceRuntime, now: datetime) -> EndStep:  # noqa: PLR0911 - each return is one thing to do
    """Return what is done with an entity that has to be off. Nothing is told to go off that is off.

    What was sent may still take effect: an entity is watched until it has had its time.
    """
    if state is None or state.state == STATE_UNAVAILABLE:
        return EndStep.WAIT
    was_sent_off = was_sent(runtime, SERVICE_TURN_OFF)
    if state.state == STATE_OFF:
        if runtime.is_settling(now) and not _is_report_missing(runtime):
            return EndStep.WAIT
        return EndStep.TURN_OFF if _is_report_missing(runtime) else EndStep.LET_GO
    if was_sent_off and runtime.is_settling(now):
        return EndStep.WAIT
    if was_sent_off and state.state == STATE_UNKNOWN and runtime.outcome is Outcome.DONE:
        # One that never says what it is like has been told, and has taken it.
        return EndStep.LET_GO
    if was_sent_off and runtime.has_reached and aid is Aid.WALK:
        # It was off, as it was told, and somebody has turned it on since.
        return EndStep.RELEASE
    return EndStep.TURN_OFF


def was_sent(runtime: DeviceRuntime, action: str) -> bool:
    """Return whether this is what an entity was told last."""
    return bool(runtime.sent) and runtime.sent[-1].action == action


def _is_report_missing(runtime: DeviceRuntime) -> bool:
    """Return whether an entity has taken our command to go on, and has not reported it yet."""
    is_done = runtime.outcome is Outcome.DONE and not runtime.in_flight
    return is_done and was_sent(runtime, SERVICE_TURN_ON) and not runtime.has_reached


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait for a device that was told to go off so many times."""
    pause: timedelta = SETTLING_TIME * 2 ** min(attempts, 10)
    return min(pause, _LONGEST_PAUSE)


def is_taken_over_offline(held: HeldEntity, state: State, plan: ReliefPlan, now: datetime) -> bool:
    """Return whether a path light that is on after a restart was turned on by somebody.

    Soon after, it is ours, whatever it looks like: a bulb comes on at full brightness when its power returns.
    """
    if held.aid is not Aid.WALK or state.state != STATE_ON or now < held.until + _STALE_AFTER:
        return False
    handler = HANDLERS[Kind.LIGHTS]
    target = target_of_path(state, plan)
    return target is None or not handler.is_reached(target, handler.capture(state))


# --- changes ----------------------------------------------------------------------------------------------------------


class Reaction(Enum):
    """What follows from a change of a held entity."""

    NOTHING = auto()
    RELEASE = auto()
    WENT_OFF = auto()


def classify(
    held: HeldEntity, change: StateChange, target: LightState | None, runtime: DeviceRuntime, now: datetime
) -> Reaction:
    """Return what follows from a change. A person wins; what a device reports by itself counts once it has settled.

    Off and on again may be a bad connection, so off alone does not take a device from us, unless somebody asked for it.
    """
    was_on, is_on = change.old.state == STATE_ON, change.new.state == STATE_ON
    if change.is_external:
        if held.aid is Aid.DEVICE and was_on and is_on:
            # A fan at another speed still has to end.
            return Reaction.NOTHING
        return Reaction.RELEASE if was_on != is_on or _is_changed(change, target, external=True) else Reaction.NOTHING
    if held.aid is Aid.DEVICE:
        return Reaction.WENT_OFF if was_on and change.new.state == STATE_OFF else Reaction.NOTHING
    if not is_on or runtime.is_settling(now):
        return Reaction.NOTHING
    if not was_on:
        return Reaction.RELEASE if _is_turned_on_again(change, target, runtime) else Reaction.NOTHING
    return Reaction.RELEASE if _is_changed(change, target, external=False) else Reaction.NOTHING


def _is_turned_on_again(change: StateChange, target: LightState | None, runtime: DeviceRuntime) -> bool:
    """Return whether a light that had come on was turned off and on at the wall: it is not as it was for the path."""
    if target is None or not runtime.has_reached or change.old.state != STATE_OFF:
        return False
    handler = HANDLERS[Kind.LIGHTS]
    return not handler.is_reached(target, handler.capture(change.new))


def _is_changed(change: StateChange, target: LightState | None, *, external: bool) -> bool:
    handler = HANDLERS[Kind.LIGHTS]
    old, new = handler.capture(change.old), handler.capture(change.new)
    return target is not None and bool(handler.overridden(target, old, new, external=external))


def is_as_path(state: State, plan: ReliefPlan) -> bool:
    """Return whether a light is on as a path light is."""
    target = target_of_path(state, plan)
    handler = HANDLERS[Kind.LIGHTS]
    return target is not None and state.state == STATE_ON and handler.is_reached(target, handler.capture(state))


# --- sensors ----------------------------------------------------------------------------------------------------------


def nobody_since(sensors: Sequence[State | None], since: datetime) -> datetime | None:
    """Return since when no presence sensor sees anybody, None while one does or none of them can tell."""
    known = [each for each in sensors if each is not None and each.state in (STATE_ON, STATE_OFF)]
    if not known or any(each.state == STATE_ON for each in known):
        return None
    return max(since, *(each.last_changed for each in known))
