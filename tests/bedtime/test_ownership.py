"""Who changed it: we, the device on its way, or somebody."""

from dataclasses import dataclass

from homeassistant.core import Context
from hypothesis import given, strategies as st
import pytest

from custom_components.rls_bedtime.bedtime.devices.state import (
    DeviceState,
    is_closer,
    is_external_context,
    matches,
    overridden_fields,
    tolerance,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp(DeviceState):
    """A look with a bit of everything."""

    is_on: bool | None = None
    level: int | None = tolerance(3)
    color: list[float] | None = tolerance(5)
    mode: str | None = None


AIM = Lamp(is_on=True, level=13, color=[0, 0, 0], mode="white")
WAS = Lamp(is_on=True, level=200, color=[90, 90, 90], mode="white")


@pytest.mark.parametrize(
    ("now", "fields"),
    [
        (WAS, set()),
        (AIM, set()),
        (Lamp(is_on=True, level=16, color=[4, 5, 0], mode="white"), set()),
        (Lamp(is_on=True, level=100, color=[50, 90, 10], mode="white"), set()),
        (Lamp(is_on=True, level=220, color=[90, 90, 90], mode="white"), {"level"}),
        (Lamp(is_on=False, level=200, color=[90, 90, 90], mode="white"), {"is_on"}),
        (Lamp(is_on=True, level=200, color=[90, 90, 99], mode="white"), {"color"}),
        (Lamp(is_on=True, level=200, color=[90, 90, 90], mode="rainbow"), {"mode"}),
    ],
)
def test_a_change_away_from_what_we_want_is_against_our_will(now: Lamp, fields: set[str]) -> None:
    assert overridden_fields(AIM, WAS, now, by_someone=False) == fields


def test_what_is_known_to_be_somebodys_is_theirs_even_on_the_way() -> None:
    assert overridden_fields(AIM, WAS, Lamp(is_on=True, level=100, mode="white"), by_someone=True) >= {"level"}
    assert overridden_fields(AIM, WAS, AIM, by_someone=True) == set()


def test_what_is_of_no_concern_is_nobodys() -> None:
    assert (
        overridden_fields(Lamp(level=13), WAS, Lamp(is_on=False, level=200, mode="rainbow"), by_someone=True) == set()
    )


@given(st.integers(1, 255), st.integers(1, 255), st.lists(st.integers(1, 255)))
def test_however_a_device_gets_there_in_steps_it_is_not_taken(start: int, aim: int, steps: list[int]) -> None:
    wanted, was = Lamp(level=aim), Lamp(level=start)
    on_the_way = sorted((step for step in steps if min(start, aim) <= step <= max(start, aim)), reverse=start > aim)
    for step in (*on_the_way, aim):
        now = Lamp(level=step)
        assert overridden_fields(wanted, was, now, by_someone=False) == set()
        was = now
    assert matches(wanted, was)


@given(st.integers(1, 255), st.integers(1, 255), st.integers(1, 255))
def test_whoever_goes_further_away_than_a_device_rounds_has_taken_it(aim: int, was: int, now: int) -> None:
    is_further = abs(now - aim) > max(abs(was - aim), 3) and abs(now - was) > 3

    assert (
        overridden_fields(Lamp(level=aim), Lamp(level=was), Lamp(level=now), by_someone=False) == {"level"}
    ) >= is_further


def test_a_device_that_went_part_of_the_way_has_moved() -> None:
    assert is_closer(Lamp(level=13), Lamp(level=200), Lamp(level=26))
    assert not is_closer(Lamp(level=13), Lamp(level=200), Lamp(level=200))
    assert not is_closer(Lamp(level=13, mode="white"), Lamp(level=200, mode="white"), Lamp(level=200, mode="white"))


@pytest.mark.parametrize(
    ("context", "is_theirs"),
    [
        (Context(user_id="someone"), True),
        (Context(parent_id="an automation"), True),
        (Context(), False),
        (Context(id="ours", user_id="someone"), False),
        (Context(parent_id="ours"), False),
    ],
)
def test_a_context_tells_of_people_and_automations(context: Context, is_theirs: bool) -> None:  # noqa: FBT001
    assert is_external_context(context, {"ours"}) is is_theirs
