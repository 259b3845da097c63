"""Entities and session states, for examples and as hypothesis strategies."""

from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import State
from hypothesis import strategies as st

from custom_components.rls_bedtime.bedtime.command import RestoreMode
from custom_components.rls_bedtime.bedtime.devices.climate import ClimateState
from custom_components.rls_bedtime.bedtime.devices.covers import CoverState
from custom_components.rls_bedtime.bedtime.devices.light_color import LightColor
from custom_components.rls_bedtime.bedtime.devices.lights import LightState
from custom_components.rls_bedtime.bedtime.devices.screens import ScreenState
from custom_components.rls_bedtime.bedtime.managed_entity import ManagedEntity, PendingRestore, Source
from custom_components.rls_bedtime.bedtime.plan import Kind
from custom_components.rls_bedtime.bedtime.schedule import SessionTimes
from custom_components.rls_bedtime.bedtime.session_state import SessionState

NOW = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)

BRIGHT = LightState(is_on=True, brightness=200, color=LightColor("color_temp", 4000))
DIM = LightState(is_on=True, brightness=13, color=LightColor("color_temp", 2200))
OFF = LightState(is_on=False)


def lamp(value: str = "on", brightness: int | None = 200, kelvin: int = 4000, **attributes: Any) -> State:
    """Return a state of a lamp of white with a color temperature."""
    on = {"brightness": brightness, "color_temp_kelvin": kelvin, "color_mode": "color_temp"} if value == "on" else {}
    about = {"supported_color_modes": ["color_temp"], "min_color_temp_kelvin": 2000, "max_color_temp_kelvin": 6500}
    return State("light.lamp", value, {**about, **on, **attributes})


def dimmed(**attributes: Any) -> ManagedEntity:
    """Return a lamp that was bright and is at its night level."""
    return ManagedEntity(**{"kind": Kind.LIGHTS, "original": BRIGHT, "target": DIM, "reported": DIM, **attributes})


TEXTS = st.text("aé_ 0:", max_size=6)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
ENTITY_IDS = st.sampled_from(["light.lamp", "light.ceiling", "climate.heater", "media_player.tv", "cover.blind"])


def _maybe[T](strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


COLORS = st.one_of(
    st.builds(LightColor, st.just("color_temp"), st.integers(1000, 10_000)),
    st.builds(LightColor, st.just("hs"), st.tuples(st.floats(0, 360), st.floats(0, 100))),
    st.builds(LightColor, st.just("rgbww"), st.tuples(*[st.integers(0, 255)] * 5)),
    st.just(LightColor("white")),
)
STATES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.LIGHTS: st.builds(
        LightState,
        is_on=_maybe(st.booleans()),
        brightness=_maybe(st.integers(1, 255)),
        color=_maybe(COLORS),
        effect=_maybe(TEXTS),
    ),
    Kind.CLIMATE: st.builds(
        ClimateState,
        hvac_mode=_maybe(st.sampled_from(["heat", "off", "auto"])),
        preset_mode=_maybe(TEXTS),
        temperature=_maybe(st.floats(-20, 120)),
        target_temp_low=_maybe(st.floats(-20, 120)),
        target_temp_high=_maybe(st.floats(-20, 120)),
    ),
    Kind.SCREENS: st.builds(
        ScreenState,
        is_on=_maybe(st.booleans()),
        is_playing=_maybe(st.booleans()),
        is_muted=_maybe(st.booleans()),
        volume_level=_maybe(st.floats(0, 1)),
        is_idle=_maybe(st.booleans()),
    ),
    Kind.COVERS: st.builds(
        CoverState,
        is_open=_maybe(st.booleans()),
        position=_maybe(st.integers(0, 100)),
        tilt=_maybe(st.integers(0, 100)),
    ),
}


@st.composite
def entities(draw: st.DrawFn) -> ManagedEntity:
    """Return any managed entity."""
    kind = draw(st.sampled_from(Kind))
    flags: dict[str, Any] = {
        name: draw(st.booleans())
        for name in ("was_off", "is_untouched", "turned_on_at_night", "turned_on_by_person", "reapplied", "muted_only")
    }
    return ManagedEntity(
        kind=kind,
        original=draw(STATES[kind]),
        target=draw(_maybe(STATES[kind])),
        reported=draw(_maybe(STATES[kind])),
        released=draw(st.frozensets(st.sampled_from(["is_on", "brightness", "color", "temperature"]))),
        released_by=draw(_maybe(st.sampled_from(Source))),
        **flags,
    )


DURATIONS = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=7))


def _times(begins_at: datetime, fades: timedelta, bedtime: timedelta, ends: timedelta | None) -> SessionTimes:
    return SessionTimes(
        begins_at=begins_at,
        fades_at=begins_at + fades,
        bedtime_at=begins_at + bedtime,
        ends_at=None if ends is None else begins_at + ends,
    )


TIMES = st.builds(_times, MOMENTS, DURATIONS, DURATIONS, _maybe(DURATIONS))
PENDING = st.builds(
    PendingRestore, entity=entities(), restore_mode=st.sampled_from(RestoreMode), is_untried=st.booleans()
)
SESSIONS = st.builds(
    SessionState,
    times=TIMES,
    follows_plan=st.booleans(),
    schedule_was_on=st.booleans(),
    captured=st.frozensets(st.sampled_from(Kind)),
    managed=st.dictionaries(ENTITY_IDS, entities(), max_size=3),
    awaiting=st.dictionaries(ENTITY_IDS, st.sampled_from(Kind), max_size=2),
    pending_restores=st.dictionaries(ENTITY_IDS, PENDING, max_size=2),
    phones_in_dnd=st.lists(TEXTS, max_size=2).map(tuple),
    unreadable=st.frozensets(ENTITY_IDS, max_size=2),
    last_bedtime=_maybe(MOMENTS),
    next_scheduled=_maybe(MOMENTS),
    extension=_maybe(st.tuples(MOMENTS, st.integers(0, 100_000).map(lambda seconds: timedelta(seconds=seconds)))),
    warned_for=_maybe(MOMENTS),
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
"""What a damaged file may hold in the place of anything."""
