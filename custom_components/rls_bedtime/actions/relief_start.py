"""Starts relief at night for somebody, and notes it in their ongoing episode."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..bedtime.command import Outcome
from ..bedtime.relief.relief_plan import ReliefPlan
from ..bedtime.relief.relief_state import Aid
from ..const import LOGGER
from ..coordinator import BedtimeConfigEntry, SleeperCoordinator
from ..diary.models import EpisodeResult, Relief, Request
from ..sleeper_options import person_of
from .permissions import ConfiguredSleeper, Permission, async_has_permission, async_is_of_user

DEVICE_RELIEFS: Final = tuple(relief for relief in Relief if relief is not Relief.WALKING)
"""What a relief device may give."""


@dataclass(frozen=True, slots=True)
class ReliefResult:
    """What came of a start: the outcome of each entity, and the change of the diary, if there is one."""

    outcomes: Mapping[str, Outcome]
    noted: EpisodeResult | None


async def async_start_relief(  # noqa: PLR0913 - what a start consists of
    hass: HomeAssistant,
    entry: BedtimeConfigEntry,
    aid: Aid,
    context: Context | None,
    *,
    minutes: timedelta | None = None,
    sleeper: SleeperCoordinator | None = None,
    waits: bool = True,
) -> ReliefResult:
    """Turn on the path or the relief devices, then note that in the ongoing episode of whoever it is for.

    A diary that refuses costs nobody the light.
    """
    relief = entry.runtime_data.relief
    outcomes = await relief.async_start(aid, minutes, context, waits=waits)
    sleeper = sleeper or await _async_sleeper_of(hass, entry, context)
    if sleeper is None:
        return ReliefResult(outcomes, None)
    try:
        request = Request(user=None if context is None else context.user_id)
        return ReliefResult(outcomes, await sleeper.async_add_relief(relief_of(aid, relief.plan), request, context))
    except HomeAssistantError as error:
        LOGGER.warning("What was tried is not noted in the diary: %s", error)
        return ReliefResult(outcomes, None)


def relief_of(aid: Aid, plan: ReliefPlan) -> Relief:
    """Return what is noted in the diary of a walk, or of the relief devices."""
    if aid is Aid.WALK:
        return Relief.WALKING
    return Relief(plan.relief_kind) if plan.relief_kind in DEVICE_RELIEFS else Relief.MASSAGE


async def _async_sleeper_of(
    hass: HomeAssistant, entry: BedtimeConfigEntry, context: Context | None
) -> SleeperCoordinator | None:
    """Return whom it is for: the sleeper who is the calling user, else the only one of the bedroom, if they may log.

    Nobody, if no user is known to have asked for it: getting up by sensor is not noted.
    """
    sleepers = list(entry.runtime_data.sleepers.values())
    if (user_id := None if context is None else context.user_id) is None:
        return None
    own = [
        each
        for each in sleepers
        if (person := person_of(each.subentry)) is not None and async_is_of_user(hass, person, user_id)
    ]
    found = own if len(own) == 1 else sleepers if len(sleepers) == 1 else []
    for sleeper in found:
        configured = ConfiguredSleeper(entry, sleeper.subentry)
        if await async_has_permission(hass, configured, context, Permission.LOG):
            return sleeper
    return None
