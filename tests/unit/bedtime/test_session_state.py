"""What a session remembers survives the disk, and what is damaged there costs itself alone."""

from dataclasses import replace
from datetime import datetime, timedelta
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.rls_bedtime.bedtime.command import RestoreMode
from custom_components.rls_bedtime.bedtime.managed_entity import PendingRestore
from custom_components.rls_bedtime.bedtime.plan import Kind
from custom_components.rls_bedtime.bedtime.schedule import SessionTimes
from custom_components.rls_bedtime.bedtime.session_state import SessionState

from .samples import JSON, NOW, SESSIONS, dimmed

LATER = NOW + timedelta(hours=8)
PENDING = PendingRestore(entity=dimmed(), restore_mode=RestoreMode.EVERYTHING)
STATE = SessionState(
    times=SessionTimes(begins_at=NOW, fades_at=NOW, bedtime_at=NOW, ends_at=LATER),
    follows_plan=True,
    schedule_was_on=True,
    captured=frozenset({Kind.LIGHTS}),
    managed={"light.lamp": dimmed(), "light.ceiling": dimmed()},
    awaiting={"light.gone": Kind.LIGHTS},
    pending_restores={"light.hall": PENDING},
    phones_in_dnd=("mobile_app_phone",),
    last_bedtime=NOW,
    next_scheduled=NOW,
    extension=(NOW, timedelta(minutes=30)),
    warned_for=NOW,
)
FIELDS = {
    "follows": "follows_plan",
    "seen_night": "schedule_was_on",
    "captured": "captured",
    "awaited": "awaiting",
    "owed": "pending_restores",
    "hushed": "phones_in_dnd",
    "last_bedtime": "last_bedtime",
    "coming": "next_scheduled",
    "warned": "warned_for",
    "postponed": "extension",
}
"""The fields of a session by what they are called on disk; without the times and the managed entities."""


def stored(state: SessionState = STATE) -> dict[str, Any]:
    """Return a session as it is read from disk."""
    return json.loads(json.dumps(state.as_json()))


@given(SESSIONS)
def test_a_session_is_read_back_as_it_was_stored(state: SessionState) -> None:
    assert SessionState.from_json(stored(state)) == (state, ())


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("damage", [5, "?", [[]], {"light.hall": 5}, [None], True], ids=str)
def test_a_damaged_part_costs_itself_alone(name: str, damage: Any) -> None:
    if name in ("follows", "seen_night") and damage is True:
        return
    state, damaged = SessionState.from_json(stored() | {name: damage})

    field = FIELDS[name]
    assert damaged in ((name,), ("light.hall",))
    assert replace(state, **{field: getattr(STATE, field)}) == STATE


@pytest.mark.parametrize("part", ["held", "owed", "awaited"])
@given(damage=JSON)
def test_a_damaged_device_costs_itself_alone(part: str, damage: Any) -> None:
    data = stored()
    data[part]["light.damaged"] = damage

    state, damaged = SessionState.from_json(data)

    assert state == STATE or damage == "lights"
    assert damaged == ("light.damaged",) or damage == "lights"


@pytest.mark.parametrize(
    "damage",
    [
        5,
        {},
        {"begins_at": "now"},
        {"begins_at": "2026-11-23T22:30:00", "fades_at": None, "bedtime_at": None, "ends_at": None},
    ],
    ids=str,
)
def test_devices_of_a_session_whose_times_cannot_be_read_have_still_to_be_restored(damage: Any) -> None:
    state, damaged = SessionState.from_json(stored() | {"night": damage})

    assert damaged == ("night",)
    assert (state.times, state.managed, state.awaiting) == (None, {}, {})
    rescued = PendingRestore(entity=dimmed(), restore_mode=RestoreMode.SETTINGS, is_untried=True)
    assert state.pending_restores == {"light.lamp": rescued, "light.ceiling": rescued, "light.hall": PENDING}


@given(st.dictionaries(st.sampled_from(sorted(stored())), JSON), JSON)
def test_whatever_is_stored_is_read(damage: dict[str, Any], instead: Any) -> None:
    state, _ = SessionState.from_json(stored() | damage)
    assert state.as_json()

    state, damaged = SessionState.from_json(instead)
    assert state == SessionState() or isinstance(instead, dict)
    assert bool(damaged) or isinstance(instead, dict)


def test_a_time_without_a_zone_or_of_another_age_is_damage() -> None:
    for time in ("2026-11-23T22:30:00", "0001-01-01T00:00:00+00:00", "9999-01-01T00:00:00+00:00"):
        assert SessionState.from_json(stored() | {"last_bedtime": time})[1] == ("last_bedtime",)


def test_an_entity_that_is_renamed_keeps_its_snapshot() -> None:
    renamed = STATE.renamed("light.lamp", "light.bed").renamed("light.hall", "light.stairs")

    assert set(renamed.managed) == {"light.bed", "light.ceiling"}
    assert renamed.pending_restores == {"light.stairs": PENDING}
    assert STATE.renamed("light.other", "light.bed") is STATE


@pytest.mark.parametrize(
    ("now", "is_late", "mode"),
    [
        (NOW + timedelta(minutes=10), True, RestoreMode.UNDO),
        (NOW + timedelta(minutes=20), True, RestoreMode.EVERYTHING),
        (NOW + timedelta(minutes=20), False, RestoreMode.UNDO),
    ],
)
def test_a_screen_is_powered_again_only_soon_after(now: datetime, is_late: bool, mode: RestoreMode) -> None:  # noqa: FBT001
    undone = PendingRestore(entity=dimmed(), restore_mode=RestoreMode.UNDO)

    assert STATE.restore_mode_of(undone, is_late=is_late, now=now) is mode
    assert STATE.restore_mode_of(PENDING, is_late=is_late, now=now) is RestoreMode.EVERYTHING
