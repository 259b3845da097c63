"""What comes from outside is made safe to process, to store and to show."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.rls_bedtime.sanitize import clean, escape_markdown, printable


@pytest.fixture(autouse=True)
def _find_our_integration() -> None:
    """Override the fixture that starts Home Assistant: nothing here needs it."""


@pytest.mark.parametrize(
    ("name", "shown_by"),
    [
        ("Anne-Marie O'Neil, 3rd", "Anne-Marie O'Neil, 3rd"),
        ("schedule.bed_room", "schedule.bed_room"),
        ("Tom & Kim", "Tom & Kim"),
        ("2026-11-23 03:12", "2026-11-23 03:12"),
        ("<b>Bob</b>", "\\<b\\>Bob\\</b\\>"),
        ("[free](http://example.com)", "\\[free\\](http\\://example.com)"),
        ("www.example.com", "www\\.example.com"),
        ("kim@example.com", "kim\\@example.com"),
        ("**loud** _soft_ ~~gone~~", "\\*\\*loud\\*\\* \\_soft\\_ \\~\\~gone\\~\\~"),
        ("`code` | \\", "\\`code\\` \\| \\\\"),
        ("&lt;b&gt; &#60;", "\\&lt;b\\&gt; \\&#60;"),
        ("# Title", "\\# Title"),
        ("1. First", "1\\. First"),
        ("- item\n\n> quote\n# title", "\\- item \\> quote # title"),
    ],
)
def test_a_name_with_markup_is_shown_as_text(name: str, shown_by: str) -> None:
    assert escape_markdown(name) == shown_by


@given(
    st.recursive(st.text(st.characters(), max_size=5), lambda each: st.lists(each) | st.dictionaries(st.text(), each))
)
def test_what_is_clean_can_be_encoded(value: Any) -> None:
    repr(clean(value)).encode()
    assert clean(clean(value)) == clean(value)


def test_lone_surrogates_are_replaced_at_every_depth_and_nothing_else_is_changed() -> None:
    data = {"a\ud800": ["\ud800", ("ü", "\udfff"), {"b": "\ud800x"}], "n": 5, "none": None}
    assert clean(MappingProxyType(data)) == {"a?": ["?", ("ü", "?"), {"b": "?x"}], "n": 5, "none": None}


def test_a_number_too_long_to_be_printed_is_no_error() -> None:
    assert printable(10**5000) == "…"
    assert printable([10**5000]) == "…"


@pytest.mark.parametrize("wrap", [lambda value: [value], lambda value: (value,), lambda value: {"a": value}])
def test_what_is_nested_too_deeply_is_cut_off(wrap: Callable[[Any], Any]) -> None:
    value: Any = "x"
    for _ in range(2_000):
        value = wrap(value)

    assert "…" in str(clean(value))


def test_what_is_nested_as_deeply_as_somebody_may_mean_is_kept() -> None:
    value: Any = "x"
    for _ in range(90):
        value = [value]

    assert clean(value) == value
