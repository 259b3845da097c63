"""Any input that YAML and text boxes can send gives a response or a readable error."""

from datetime import date, datetime, timedelta
import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.rls_bedtime.actions.experiments import EXPERIMENT_ACTIONS
from custom_components.rls_bedtime.actions.sleeper import SLEEPER_ACTIONS
from custom_components.rls_bedtime.diary.models import (
    Activity,
    BodyPart,
    Relief,
    ReliefEffect,
    Sensation,
    Side,
    SleepImpact,
)

from ..common.bedroom import Bedroom
from ..common.home import act, bedroom_entry, set_up, sleeper, value

WORDS = [
    str(word) for words in (Side, BodyPart, Sensation, Activity, Relief, ReliefEffect, SleepImpact) for word in words
]

numbers = st.one_of(
    st.integers(-20, 20), st.integers(), st.floats(), st.integers(0, 10).map(str), st.floats().map(str), st.booleans()
)
times = st.one_of(
    st.datetimes(datetime(2026, 11, 20), datetime(2026, 11, 26)).map(str),
    st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(lambda moment: moment.isoformat()),
    st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)),
    st.dates(date(1, 1, 1), date(9999, 12, 31)).map(str),
    st.dates(date(2026, 11, 1), date(2026, 11, 30)),
    st.times().map(lambda of_day: of_day.isoformat("minutes")),
    st.times(),
    st.timedeltas(timedelta(hours=-1), timedelta(hours=30)),
    st.sampled_from(
        ["now", "23:59:59", "24:00", "2026-11-24", "2026-11-24T03:00:00Z", "9999-12-31 23:59", "0001-01-01"]
    ),
)
texts = st.one_of(
    st.text(max_size=30),
    st.lists(st.sampled_from(WORDS), max_size=4).map(", ".join),
    st.sampled_from(
        ["", " ", ",", "none", "None", "null", "x" * 3_000, "\ud800", "\x00", "{{ 5 }}", "'; DROP TABLE", *WORDS]
    ),
)
scalars = st.one_of(st.none(), numbers, times, texts, st.binary(max_size=5))
anything = st.one_of(
    scalars,
    st.lists(scalars, max_size=4),
    st.lists(st.sampled_from(WORDS), max_size=4),
    st.dictionaries(texts, scalars, max_size=2),
    st.tuples(scalars, scalars),
)
likely: dict[str, st.SearchStrategy[Any]] = {
    "sleeper": st.sampled_from(["Alex", " alex ", "", None, ["Alex"]]),
    "episode_id": st.sampled_from(["", None, " "]),
    "severity": st.sampled_from([0, 7, "7", 10.0, "", None, ["3"]]),
    "minutes_ago": st.one_of(st.integers(0, 600), st.integers(0, 600).map(str)),
    "duration": st.one_of(st.integers(0, 600), st.sampled_from(["0:40", "00:40:00", {"minutes": 5}])),
    "started_at": st.datetimes(datetime(2026, 11, 1), datetime(2026, 11, 24, 4)).map(str),
    "ended_at": st.one_of(
        st.sampled_from(["03:00", "23:59"]), st.datetimes(datetime(2026, 11, 24), datetime(2026, 11, 25))
    ),
    "tags": st.lists(st.text(max_size=60), max_size=25),
    "note": st.text(max_size=100),
    "clear": st.lists(st.sampled_from(["note", "Ended at", "relief", "tags", "severity"])).map(",".join),
    "item": st.sampled_from(["yoga", " No screens", "Leg massage", "juggling", ""]),
    "done": st.sampled_from([True, "off", "", None, 1]),
    "change_id": st.sampled_from(["", None, "unknown"]),
    "request_id": st.one_of(st.sampled_from(["", None, "one", "two", "x" * 65]), st.uuids().map(str)),
    "night": st.dates(date(2026, 11, 1), date(2026, 11, 30)),
    "practice": st.sampled_from(["yoga", "", "juggling"]),
    "tag": st.sampled_from(["", "socks", None]),
    "option": st.sampled_from(["", None, "wind_down", "Cooler by", "light_level"]),
    "with": st.sampled_from(["", None, 20, "2", "on"]),
    "without": st.sampled_from(["", None, 0, "10", "off"]),
    "nights": st.sampled_from(["", None, 28, "84", 3]),
    "skipped": st.sampled_from([True, "off", "", None]),
    "from": st.dates(date(2026, 11, 1), date(2026, 11, 30)).map(str),
    "to": st.dates(date(2026, 11, 1), date(2026, 11, 30)),
    "limit": st.integers(1, 100),
    "before": st.sampled_from(["", None, "unknown"]),
    "side": st.sampled_from(["left", "Both ", ["right"]]),
    "activity": st.sampled_from(["lying", "TRAVELLING"]),
    "relief_effect": st.sampled_from(["none", "Some"]),
    "sleep_impact": st.sampled_from(["none", "woke"]),
    "body_parts": st.lists(st.sampled_from(list(BodyPart)), max_size=3),
    "sensations": st.lists(st.sampled_from(list(Sensation)), max_size=3).map(", ".join),
    "relief": st.lists(st.sampled_from(["knee bends", "Walking", "cold"]), max_size=3),
}
"""Values that are likely to be valid, by field."""


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Return an action and its data."""
    action = draw(st.sampled_from((*SLEEPER_ACTIONS, *EXPERIMENT_ACTIONS)))
    names = draw(st.lists(st.sampled_from(action.fields), unique=True, max_size=5))
    strange = draw(st.integers(0, 3)) == 3
    data = {str(name): draw(anything if strange else likely[name]) for name in names}
    if strange and draw(st.integers(0, 9)) == 9:
        data[draw(st.text(min_size=1, max_size=5))] = draw(scalars)
    return str(action.name), data


@pytest.fixture
async def house(hass: HomeAssistant, night: FrozenDateTimeFactory, bedroom: Bedroom) -> HomeAssistant:
    """Return a Home Assistant with one sleeper, at night."""
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))
    return hass


def test_any_input_returns_a_response_or_a_readable_error_and_no_partial_write(
    house: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    run = house.loop.run_until_complete

    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
    @given(calls())
    def send(call: tuple[str, dict[str, Any]]) -> None:
        action, data = call
        before = run(act(house, "get_episodes"))
        caplog.clear()
        refused = None
        response: dict[str, Any] = {}
        try:
            response = run(act(house, action, **data))
        except ServiceValidationError as error:
            refused = error
        if refused is None:
            assert response["sleeper"] == "Alex"
        else:
            assert refused.translation_domain == "rls_bedtime"
            assert len(str(refused)) < 400
            assert run(act(house, "get_episodes")) == before
        assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
        assert value(house, "sensor.alex_episodes_tonight").isdigit()

    send()
