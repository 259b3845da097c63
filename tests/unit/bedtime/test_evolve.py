"""Copies of frozen rows."""

from dataclasses import FrozenInstanceError, dataclass, replace

from hypothesis import given, strategies as st
import pytest

from custom_components.rls_bedtime.bedtime.evolve import evolve


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row."""

    name: str
    count: int = 0


@given(st.text(), st.integers(), st.integers())
def test_a_copy_is_what_replace_makes(name: str, count: int, new: int) -> None:
    row = Row(name=name, count=count)
    assert evolve(row, count=new) == replace(row, count=new)
    assert evolve(row) == row
    assert row.count == count


def test_a_copy_is_frozen_and_can_be_copied_again() -> None:
    copy = evolve(Row(name="one"), count=1)
    with pytest.raises(FrozenInstanceError):
        copy.count = 2  # type: ignore[misc]
    assert evolve(copy, name="two") == Row(name="two", count=1)


def test_a_field_that_a_row_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match="Row has no size"):
        evolve(Row(name="one"), size=3)
