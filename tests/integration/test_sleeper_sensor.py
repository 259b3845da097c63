"""The sensors of a sleeper."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import DatabaseError

from ..common.home import act, after, press, value

ONGOING = "binary_sensor.alex_episode_ongoing"
TONIGHT = "sensor.alex_episodes_tonight"

pytestmark = pytest.mark.usefixtures("entry", "night")


async def to(hass: HomeAssistant, freezer: FrozenDateTimeFactory, moment: datetime) -> None:
    """Advance the clock to a point in time."""
    freezer.move_to(moment)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def test_the_sensors_of_an_empty_diary_are_unknown_except_the_count(hass: HomeAssistant) -> None:
    assert value(hass, TONIGHT) == "0"
    assert value(hass, ONGOING) == "off"
    for sensor in ("last_episode", "last_severity", "nights_affected", "average_severity", "usual_onset"):
        assert value(hass, f"sensor.alex_{sensor}") == "unknown"
    for sensor in ("nights_affected", "average_severity", "usual_onset"):
        assert value(hass, f"sensor.alex_{sensor}", "n") == 0


async def test_the_statistics_cover_28_nights_and_show_n(hass: HomeAssistant) -> None:
    await act(hass, "log_episode", started_at="2026-11-20 23:30", severity=4)
    await act(hass, "log_episode", started_at="2026-11-22 00:30", severity=7)
    await act(hass, "log_episode", started_at="2026-11-22 00:00")
    await act(hass, "log_clear_night", night="2026-11-19")
    await act(hass, "log_episode", started_at="2026-09-01 04:00", severity=10)

    assert float(value(hass, "sensor.alex_nights_affected")) == pytest.approx(200 / 3)
    assert value(hass, "sensor.alex_nights_affected", "n") == 3
    assert value(hass, "sensor.alex_nights_affected", "unit_of_measurement") == "%"
    assert float(value(hass, "sensor.alex_average_severity")) == 5.5
    assert value(hass, "sensor.alex_average_severity", "n") == 2
    assert value(hass, "sensor.alex_usual_onset") == "00:00"
    assert value(hass, "sensor.alex_usual_onset", "n") == 3


async def test_an_episode_is_ongoing_for_up_to_four_hours_and_its_end_stays_unknown(
    hass: HomeAssistant, night: FrozenDateTimeFactory
) -> None:
    await press(hass, "log_episode")
    await after(hass, night, hours=3, minutes=59)
    assert value(hass, ONGOING) == "on"
    await after(hass, night, minutes=1)

    assert value(hass, ONGOING) == "off"
    (episode,) = (await act(hass, "get_episodes"))["episodes"]
    assert (episode["ongoing"], episode["ended_at"]) == (False, None)


async def test_the_next_episode_ends_the_previous_one_without_guessing_when(
    hass: HomeAssistant, night: FrozenDateTimeFactory
) -> None:
    await press(hass, "log_mild")
    await after(hass, night, minutes=30)
    await press(hass, "log_severe")

    newer, older = (await act(hass, "get_episodes"))["episodes"]
    assert (newer["ongoing"], older["ongoing"], older["ended_at"]) == (True, False, None)


@pytest.mark.parametrize("day", ["2026-03-07", "2026-10-31", "2026-12-31"])
async def test_a_night_begins_at_noon_over_both_clock_changes_and_new_year(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, day: str
) -> None:
    zone = ZoneInfo("America/Los_Angeles")
    evening = datetime.fromisoformat(f"{day} 13:00").replace(tzinfo=zone)
    noon = (evening + timedelta(days=1)).replace(hour=12)
    await to(hass, freezer, evening)
    await press(hass, "log_severe")
    await to(hass, freezer, noon - timedelta(seconds=1))
    assert value(hass, TONIGHT) == "1"

    await to(hass, freezer, noon)
    assert value(hass, TONIGHT) == "0"
    assert value(hass, "sensor.alex_last_severity") == "8"
    await to(hass, freezer, noon + timedelta(days=1))
    await press(hass, "log_severe")
    assert value(hass, TONIGHT) == "1"


async def test_old_nights_drop_out_of_the_statistics(hass: HomeAssistant, night: FrozenDateTimeFactory) -> None:
    await press(hass, "log_severe")
    for _ in range(28):
        await after(hass, night, days=1)
    assert value(hass, "sensor.alex_average_severity") == "unknown"
    assert value(hass, "sensor.alex_nights_affected") == "unknown"
    assert value(hass, "sensor.alex_last_severity") == "8"


async def test_a_reload_shows_the_same(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await press(hass, "log_severe")
    entities = ["binary_sensor.alex_episode_ongoing", *hass.states.async_entity_ids("sensor")]
    before = {entity_id: value(hass, entity_id) for entity_id in entities}
    assert await hass.config_entries.async_reload(entry.entry_id)

    assert {entity_id: value(hass, entity_id) for entity_id in entities} == before


async def test_an_unreadable_diary_is_read_again_soon(
    hass: HomeAssistant, night: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    await press(hass, "log_severe")

    def refuse(*_: object) -> None:
        raise DatabaseError("diary_locked", error="database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(Diary, "overview", refuse)
        await to(hass, night, datetime.fromisoformat("2026-11-24 12:00:00-08:00"))
        assert value(hass, TONIGHT) == "unavailable"
        assert value(hass, "button.alex_log_severe") != "unavailable"

    await after(hass, night, minutes=5)
    assert value(hass, TONIGHT) == "0"
    assert value(hass, "sensor.alex_last_severity") == "8"
