"""What a night was like is kept when it is over: from the recorder's statistics, and from a sleep tracker."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import get_ident
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.helpers.recorder import get_instance
from homeassistant.util.json import json_loads_object
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done
from sqlalchemy.exc import OperationalError

from custom_components.rls_bedtime import night_conditions
from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.measurements import SleepReport
from custom_components.rls_bedtime.diary.models import DatabaseError, NightConditions
from custom_components.rls_bedtime.diary_manager import DIARY_MANAGER
from custom_components.rls_bedtime.night_conditions import _report
from custom_components.rls_bedtime.revisions import async_subscribe_revision
from custom_components.rls_bedtime.sleeper_options import diary_id_of

from ..common.bedroom import Bedroom
from ..common.home import act, bedroom_entry, set_up, settle as settle_foreground, sleeper

MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)
MORNING, NOON = "2026-11-24 07:15-08:00", "2026-11-24 12:15-08:00"
UNITS = {"temperature": "°C", "humidity": "%", "illuminance": "lx"}
HOURS: dict[str, Any] = {"unit_of_measurement": "h", "device_class": "duration"}


@pytest.fixture
def recorder_db_url(tmp_path: Path) -> str:
    """Let the recorder use a file."""
    return f"sqlite:///{tmp_path / 'recorder.db'}"


@pytest.fixture
def area(hass: HomeAssistant) -> str:
    """Return the id of the bedroom's area."""
    return ar.async_get(hass).async_create("Bedroom").id


def add_sensor(
    hass: HomeAssistant, area: str | None, name: str, device_class: str, platform: str = "test", **details: Any
) -> str:
    """Add a sensor to an area, and return its entity id."""
    registry = er.async_get(hass)
    entity = registry.async_get_or_create(
        "sensor", platform, name, suggested_object_id=name, original_device_class=device_class, **details
    )
    registry.async_update_entity(entity.entity_id, area_id=area)
    hass.states.async_set(
        entity.entity_id, "1", {"unit_of_measurement": UNITS[device_class], "device_class": device_class}
    )
    return entity.entity_id


async def measure(
    hass: HomeAssistant, entity_id: str, start: datetime, means: list[float], unit: str = "°C", hours: int = 1
) -> None:
    """Let the recorder have statistics of a sensor, an hour after the other."""
    metadata = StatisticMetaData(
        has_sum=False,
        mean_type=StatisticMeanType.ARITHMETIC,
        name=None,
        source="recorder",
        statistic_id=entity_id,
        unit_class="temperature" if unit in ("°C", "°F") else None,
        unit_of_measurement=unit,
    )
    times = (start.astimezone(UTC) + timedelta(hours=each * hours) for each in range(len(means)))
    async_import_statistics(
        hass, metadata, [StatisticData(start=at, mean=mean) for at, mean in zip(times, means, strict=True)]
    )
    await async_wait_recording_done(hass)


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, when: str) -> None:
    """Let the clock jump, and let what is due happen."""
    freezer.move_to(when)
    await settle(hass)


async def settle(hass: HomeAssistant) -> None:
    """Let everything happen that is due, in the background too."""
    await settle_foreground(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def kept(hass: HomeAssistant, entry: MockConfigEntry) -> list[NightConditions]:
    """Return what the diary has, the newest night first."""
    (subentry,) = entry.subentries.values()
    return await hass.data[DIARY_MANAGER].async_read(Diary.conditions, diary_id_of(subentry), None, None)


async def values(hass: HomeAssistant, entry: MockConfigEntry, name: str) -> dict[date, Any]:
    """Return the known values of a measurement, by night."""
    return {each.night: value for each in await kept(hass, entry) if (value := getattr(each, name)) is not None}


async def add_bedroom(hass: HomeAssistant, area: str | None = None, **options: Any) -> MockConfigEntry:
    """Add a bedroom in an area, with one sleeper who has these options."""
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex", **options), **({"area": area} if area else {})))
    await settle(hass)
    return entry


# --- the climate of the bedroom ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("recorder_mock", "bedroom")
async def test_the_climate_of_a_night_is_kept_in_the_morning(
    hass: HomeAssistant, evening: FrozenDateTimeFactory, area: str
) -> None:
    start = datetime.fromisoformat("2026-11-23 22:00-08:00")
    await measure(hass, add_sensor(hass, area, "thermometer", "temperature"), start, [30, *[18] * 4, *[19] * 4])
    await measure(hass, add_sensor(hass, area, "hygrometer", "humidity"), start, [45] * 9, "%")
    await measure(hass, add_sensor(hass, area, "lux", "illuminance"), start, [0.5] * 9, "lx")
    entry = await add_bedroom(hass, area)
    await pass_time(hass, evening, "2026-11-24 07:14-08:00")
    assert MONDAY not in [each.night for each in await kept(hass, entry)]

    await pass_time(hass, evening, MORNING)
    (night,) = await kept(hass, entry)
    # Half of the first hour is in the night.
    expected = round((15 + 4 * 18 + 4 * 19) / 8.5, 2)
    assert (night.night, night.temperature, night.humidity, night.illuminance) == (MONDAY, expected, 45, 0.5)
    assert (night.minutes_asleep, night.minutes_in_bed) == (None, None)


@pytest.mark.usefixtures("recorder_mock", "bedroom")
async def test_a_night_begins_when_bedtime_mode_was_started(
    hass: HomeAssistant, evening: FrozenDateTimeFactory, area: str
) -> None:
    start = datetime.fromisoformat("2026-11-23 20:00-08:00")
    await measure(hass, add_sensor(hass, area, "thermometer", "temperature"), start, [*[20] * 3, *[17] * 8])
    entry = await add_bedroom(hass, area)
    await act(hass, "start")
    await pass_time(hass, evening, "2026-11-23 21:00-08:00")

    await pass_time(hass, evening, MORNING)
    assert await values(hass, entry, "temperature") == {MONDAY: round((3 * 20 + 8 * 17) / 11, 2)}


@pytest.mark.usefixtures("recorder_mock", "bedroom")
async def test_the_sensor_that_the_area_names_counts_alone(
    hass: HomeAssistant, evening: FrozenDateTimeFactory, area: str
) -> None:
    start = datetime.fromisoformat("2026-11-23 22:00-08:00")
    by_the_window, by_the_bed = (
        add_sensor(hass, where, name, "temperature") for where, name in ((area, "window"), (None, "bed"))
    )
    ar.async_get(hass).async_update(area, temperature_entity_id=by_the_bed)
    await measure(hass, by_the_window, start, [14] * 9)
    await measure(hass, by_the_bed, start, [18] * 9)
    entry = await add_bedroom(hass, area)

    await pass_time(hass, evening, MORNING)
    assert await values(hass, entry, "temperature") == {MONDAY: 18}


@pytest.mark.usefixtures("recorder_mock", "bedroom")
async def test_sensors_that_do_not_measure_the_room_are_left_out(
    hass: HomeAssistant, evening: FrozenDateTimeFactory, area: str
) -> None:
    start = datetime.fromisoformat("2026-11-23 22:00-08:00")
    owner = MockConfigEntry(domain="test")
    owner.add_to_hass(hass)
    devices = dr.async_get(hass)
    station = devices.async_get_or_create(config_entry_id=owner.entry_id, identifiers={("test", "station")})
    service = devices.async_get_or_create(
        config_entry_id=owner.entry_id, identifiers={("test", "service")}, entry_type=dr.DeviceEntryType.SERVICE
    )
    for device in (station, service):
        devices.async_update_device(device.id, area_id=area)
    of_the_room = [
        add_sensor(hass, area, "shelf", "temperature"),
        add_sensor(hass, area, "desk", "temperature"),
        add_sensor(hass, None, "station", "temperature", device_id=station.id, config_entry=owner),
    ]
    others = [
        add_sensor(hass, None, "service", "temperature", device_id=service.id, config_entry=owner),
        add_sensor(hass, area, "chip", "temperature", entity_category=EntityCategory.DIAGNOSTIC),
        add_sensor(hass, area, "computer_cpu_temperature", "temperature"),
        add_sensor(hass, area, "hidden", "temperature", hidden_by=er.RegistryEntryHider.USER),
        add_sensor(hass, area, "tank", "temperature", original_name="Water temperature"),
        add_sensor(hass, area, "off", "temperature", disabled_by=er.RegistryEntryDisabler.USER),
        add_sensor(hass, None, "kitchen", "temperature"),
    ]
    for entity_id, value in zip(of_the_room, (18, 18.5, 31), strict=True):
        await measure(hass, entity_id, start, [value] * 9)
    for entity_id in others:
        await measure(hass, entity_id, start, [25] * 9)
    entry = await add_bedroom(hass, area)

    await pass_time(hass, evening, MORNING)
    assert await values(hass, entry, "temperature") == {MONDAY: 18.5}


@pytest.mark.usefixtures("recorder_mock", "bedroom")
@pytest.mark.parametrize(
    ("name", "device_class", "details"),
    [
        ("dew_point", "temperature", {}),
        ("taupunkt", "temperature", {"translation_key": "dew_point"}),
        ("comfort", "temperature", {"original_name": "Heat index"}),
        ("feels_like", "temperature", {}),
        ("schimmel", "humidity", {"platform": "mold_indicator"}),
        ("mold_indicator", "humidity", {}),
        ("skin_temperature", "temperature", {}),
    ],
)
async def test_what_is_calculated_from_a_sensor_or_measured_at_a_body_is_left_out(
    hass: HomeAssistant, evening: FrozenDateTimeFactory, area: str, name: str, device_class: str, details: Any
) -> None:
    start = datetime.fromisoformat("2026-11-23 22:00-08:00")
    measured = add_sensor(hass, area, "shelf", device_class)
    other = add_sensor(hass, area, name, device_class, **details)
    await measure(hass, measured, start, [20] * 9, UNITS[device_class])
    await measure(hass, other, start, [34] * 9, UNITS[device_class])
    entry = await add_bedroom(hass, area)

    await pass_time(hass, evening, MORNING)
    assert await values(hass, entry, device_class) == {MONDAY: 20}


@pytest.mark.usefixtures("recorder_mock", "bedroom")
async def test_what_is_measured_in_fahrenheit_is_kept_in_celsius(
    hass: HomeAssistant,
    evening: FrozenDateTimeFactory,
    area: str,
) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    start = datetime.fromisoformat("2026-11-23 22:00-08:00")
    await measure(hass, add_sensor(hass, area, "thermometer", "temperature"), start, [64.4] * 9, "°F")
    entry = await add_bedroom(hass, area)

    await pass_time(hass, evening, MORNING)
    assert await values(hass, entry, "temperature") == {MONDAY: 18}
    (coordinator,) = entry.runtime_data.sleepers.values()
    assert json_loads_object(await coordinator.async_get_trends(7))["conditions"] == [
        ["2026-11-23", 18, None, None, None, None]
    ]


@pytest.mark.parametrize(
    "case",
    [
        # Half of the hour from 16:30 UTC, which is 22:00 in India, is in the night.
        ("Asia/Kolkata", MONDAY, "2026-11-23 16:00+00:00", [99, *[16, 20] * 4, 18, 99], 18),
        (
            "Europe/Berlin",
            date(2026, 3, 28),
            "2026-03-28 22:00+01:00",
            [*[17] * 4, *[21] * 4, 99],
            round((3.5 * 17 + 4 * 21) / 7.5, 2),
        ),
        (
            "Europe/Berlin",
            date(2026, 10, 24),
            "2026-10-24 22:00+02:00",
            [*[17] * 5, *[21] * 5, 99],
            round((4.5 * 17 + 5 * 21) / 9.5, 2),
        ),
    ],
)
@pytest.mark.usefixtures("recorder_mock")
async def test_a_night_is_read_right_in_zones_with_half_hours_and_when_the_clocks_change(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    area: str,
    case: tuple[str, date, str, list[float], float],
) -> None:
    zone, night, start, means, expected = case
    freezer.move_to(datetime.combine(night, datetime.min.time(), UTC) + timedelta(hours=14))
    await hass.config.async_set_time_zone(zone)
    await Bedroom().async_set_up(hass)
    await measure(
        hass, add_sensor(hass, area, "thermometer", "temperature"), datetime.fromisoformat(start).astimezone(UTC), means
    )
    entry = await add_bedroom(hass, area)

    for hours in range(24):
        freezer.move_to(datetime.combine(night, datetime.min.time(), UTC) + timedelta(hours=14 + hours, minutes=50))
        await settle(hass)
    assert await values(hass, entry, "temperature") == {night: expected}


@pytest.mark.usefixtures("recorder_mock", "bedroom")
async def test_the_nights_of_five_days_without_the_integration_are_filled_in(
    hass: HomeAssistant, evening: FrozenDateTimeFactory, area: str
) -> None:
    start = datetime.fromisoformat("2026-11-23 12:00-08:00")
    sensor = add_sensor(hass, area, "thermometer", "temperature")
    entry = await add_bedroom(hass, area)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await measure(hass, sensor, start, [18 + hour // 24 for hour in range(5 * 24)])

    await pass_time(hass, evening, "2026-11-28 20:00-08:00")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    assert await values(hass, entry, "temperature") == {MONDAY + each * DAY: 18 + each for each in range(5)}


@pytest.mark.usefixtures("recorder_mock", "bedroom")
async def test_a_night_whose_writing_failed_is_kept_at_noon(
    hass: HomeAssistant, evening: FrozenDateTimeFactory, area: str
) -> None:
    start = datetime.fromisoformat("2026-11-23 22:00-08:00")
    await measure(hass, add_sensor(hass, area, "thermometer", "temperature"), start, [18] * 9)
    entry = await add_bedroom(hass, area)

    with patch.object(Diary, "record_conditions", side_effect=DatabaseError("disk_full")):
        await pass_time(hass, evening, MORNING)
    assert await kept(hass, entry) == []
    await pass_time(hass, evening, NOON)
    assert await values(hass, entry, "temperature") == {MONDAY: 18}


@pytest.mark.parametrize("trouble", ["migration", "error"])
@pytest.mark.usefixtures("recorder_mock", "bedroom")
async def test_a_recorder_that_cannot_be_read_is_read_at_noon(
    hass: HomeAssistant,
    evening: FrozenDateTimeFactory,
    area: str,
    trouble: str,
) -> None:
    start = datetime.fromisoformat("2026-11-23 22:00-08:00")
    await measure(hass, add_sensor(hass, area, "thermometer", "temperature"), start, [18] * 9)
    entry = await add_bedroom(hass, area)

    path = "custom_components.rls_bedtime.recorder_data.statistics_during_period"
    with (
        patch.object(get_instance(hass), "migration_in_progress", new=trouble == "migration"),
        patch(path, side_effect=OperationalError("", {}, Exception())),
    ):
        await pass_time(hass, evening, MORNING)
    assert await kept(hass, entry) == []
    await pass_time(hass, evening, NOON)
    assert await values(hass, entry, "temperature") == {MONDAY: 18}


@pytest.mark.usefixtures("recorder_mock", "bedroom")
async def test_what_is_known_stays_when_the_sensor_is_gone(
    hass: HomeAssistant, evening: FrozenDateTimeFactory, area: str
) -> None:
    start = datetime.fromisoformat("2026-11-23 22:00-08:00")
    sensor = add_sensor(hass, area, "thermometer", "temperature")
    add_sensor(hass, area, "hygrometer", "humidity")
    await measure(hass, sensor, start, [18] * 9)
    entry = await add_bedroom(hass, area)
    await pass_time(hass, evening, MORNING)

    er.async_get(hass).async_remove(sensor)
    await pass_time(hass, evening, NOON)
    assert await values(hass, entry, "temperature") == {MONDAY: 18}


@pytest.mark.usefixtures("bedroom")
async def test_without_a_recorder_nothing_is_kept_of_the_bedroom_and_nothing_fails(
    hass: HomeAssistant,
    evening: FrozenDateTimeFactory,
    area: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    add_sensor(hass, area, "thermometer", "temperature")
    entry = await add_bedroom(hass, area, sleep_sensor="sensor.asleep")
    await pass_time(hass, evening, "2026-11-24 06:50-08:00")
    hass.states.async_set("sensor.asleep", "6.5", HOURS)
    await pass_time(hass, evening, MORNING)

    (night,) = await kept(hass, entry)
    assert (night.night, night.temperature, night.minutes_asleep) == (MONDAY, None, 390)
    assert "Error" not in caplog.text


# --- sleep trackers ---------------------------------------------------------------------------------------------------


async def report(hass: HomeAssistant, freezer: FrozenDateTimeFactory, when: str, state: str, **attributes: Any) -> None:
    """Let a sleep tracker report."""
    await pass_time(hass, freezer, when)
    hass.states.async_set("sensor.asleep", state, HOURS | attributes)
    await async_wait_recording_done(hass)


@pytest.mark.usefixtures("recorder_mock", "bedroom")
async def test_a_sleep_tracker_that_reports_late_in_the_morning_is_read_at_noon(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    await report(hass, evening, "2026-11-23 20:01-08:00", "8.25")
    entry = await add_bedroom(hass, sleep_sensor="sensor.asleep", in_bed_sensor="sensor.in_bed")
    await pass_time(hass, evening, MORNING)
    assert await kept(hass, entry) == []

    await report(hass, evening, "2026-11-24 11:00-08:00", "6.2")
    hass.states.async_set("sensor.in_bed", "445", {"unit_of_measurement": "min"})
    await report(hass, evening, "2026-11-24 12:05-08:00", "0.5")
    await pass_time(hass, evening, NOON)
    (night,) = await kept(hass, entry)
    assert (night.night, night.minutes_asleep, night.minutes_in_bed) == (MONDAY, 372, 445)


@pytest.mark.usefixtures("recorder_mock", "bedroom")
async def test_what_a_sleep_tracker_still_shows_of_another_night_is_not_taken(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    await report(hass, evening, "2026-11-23 20:01-08:00", "8.25")
    entry = await add_bedroom(hass, sleep_sensor="sensor.asleep")
    # As after a restart, or while the tracker's service cannot be reached.
    await report(hass, evening, "2026-11-24 03:00-08:00", "unavailable")
    await report(hass, evening, "2026-11-24 03:01-08:00", "8.25")

    with patch.object(Diary, "record_conditions") as written:
        await pass_time(hass, evening, MORNING)
        await pass_time(hass, evening, NOON)
    assert await kept(hass, entry) == []
    assert not written.called


@pytest.mark.parametrize(
    ("state", "unit", "minutes"),
    [
        ("22320", "s", 372),
        ("372", "min", 372),
        ("6.2", "h", 372),
        ("0.25", "d", 360),
        ("25", "h", None),
        ("0", "h", None),
        ("-3", "h", None),
        ("nan", "h", None),
        ("inf", "h", None),
        ("6:12", "h", None),
        ("unknown", "h", None),
        ("6.2", "km", None),
        ("6.2", None, None),
    ],
)
@pytest.mark.usefixtures("recorder_mock", "bedroom")
async def test_a_sleep_tracker_reports_in_any_unit_of_time(
    hass: HomeAssistant,
    evening: FrozenDateTimeFactory,
    state: str,
    unit: str | None,
    minutes: int | None,
) -> None:
    entry = await add_bedroom(hass, sleep_sensor="sensor.asleep")
    await report(hass, evening, "2026-11-24 06:50-08:00", state, unit_of_measurement=unit)
    await pass_time(hass, evening, MORNING)
    assert await values(hass, entry, "minutes_asleep") == ({} if minutes is None else {MONDAY: minutes})


@pytest.mark.usefixtures("recorder_mock", "bedroom")
async def test_nights_that_a_sleep_tracker_reported_meanwhile_are_filled_in(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    entry = await add_bedroom(hass, sleep_sensor="sensor.asleep")
    assert await hass.config_entries.async_unload(entry.entry_id)
    for day, state in enumerate(["6.5", "7", "5.5"]):
        await report(hass, evening, f"2026-11-{24 + day} 08:00-08:00", state)
    await pass_time(hass, evening, "2026-11-26 20:00-08:00")

    assert await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    assert await values(hass, entry, "minutes_asleep") == {MONDAY: 390, MONDAY + DAY: 420, MONDAY + 2 * DAY: 330}


@pytest.mark.usefixtures("recorder_mock", "bedroom")
async def test_the_history_of_a_sleep_tracker_is_converted_outside_the_event_loop(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    entry = await add_bedroom(hass, sleep_sensor="sensor.asleep")
    for minute in range(10, 50):
        await report(hass, evening, f"2026-11-24 06:{minute}-08:00", str(minute / 10))
    threads = []

    def convert(state: State) -> SleepReport | None:
        threads.append(get_ident())
        return _report(state)

    with patch.object(night_conditions, "_report", convert):
        await pass_time(hass, evening, MORNING)

    assert await values(hass, entry, "minutes_asleep") == {MONDAY: 294}
    assert len(threads) > 40
    # The current state.
    assert threads.count(get_ident()) == 1


@pytest.mark.usefixtures("recorder_mock", "bedroom")
async def test_a_renamed_sensor_is_followed_without_a_reload(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    er.async_get(hass).async_get_or_create("sensor", "test", "asleep", suggested_object_id="asleep")
    entry = await add_bedroom(hass, sleep_sensor="sensor.asleep")
    runtime_data = entry.runtime_data
    er.async_get(hass).async_update_entity("sensor.asleep", new_entity_id="sensor.slept")
    await settle(hass)
    await pass_time(hass, evening, "2026-11-24 06:50-08:00")
    hass.states.async_set("sensor.slept", "7", HOURS)

    await pass_time(hass, evening, MORNING)
    assert await values(hass, entry, "minutes_asleep") == {MONDAY: 420}
    assert entry.runtime_data is runtime_data


@pytest.mark.usefixtures("recorder_mock", "bedroom")
async def test_cards_learn_of_what_was_measured_and_no_state_tells_it(
    hass: HomeAssistant,
    evening: FrozenDateTimeFactory,
) -> None:
    entry = await add_bedroom(hass, sleep_sensor="sensor.asleep")
    await report(hass, evening, "2026-11-24 06:50-08:00", "6.2")
    revisions: list[int] = []
    (subentry_id,) = entry.subentries
    async_subscribe_revision(hass, subentry_id, revisions.append)
    states = {each.entity_id: each for each in hass.states.async_all() if "alex" in each.entity_id}

    await pass_time(hass, evening, MORNING)
    await pass_time(hass, evening, "2026-11-24 08:00-08:00")
    assert len(revisions) == 1
    after = {each.entity_id: each for each in hass.states.async_all() if "alex" in each.entity_id}
    assert after == states
