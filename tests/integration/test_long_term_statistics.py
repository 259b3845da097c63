"""The long-term statistics equal the diary, whatever happens to either of them."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.models import StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import (
    async_add_external_statistics,
    get_metadata,
    statistics_during_period,
    valid_statistic_id,
)
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
from sqlalchemy.exc import OperationalError

from custom_components.rls_bedtime import long_term_statistics
from custom_components.rls_bedtime.long_term_statistics import CHUNK_SIZE

from ..common.home import act, after, bedroom_entry, set_up, settle, sleeper
from ..common.statistics_oracle import expected_statistics, recorded_statistics

SERIES = ("affected_nights", "episodes", "severity")
TYPES: set[Any] = {"state", "sum", "mean", "min", "max"}


@pytest.fixture
def recorder_db_url() -> str:
    """Let the recorder use a database in memory."""
    return "sqlite://"


@pytest.fixture
async def recorder(
    recorder_mock: Recorder, hass: HomeAssistant, enable_custom_integrations: None, night: FrozenDateTimeFactory
) -> AsyncIterator[Recorder]:
    """Return the recorder of a home in which it is 03:12."""
    yield recorder_mock
    for entry in hass.config_entries.async_entries("rls_bedtime"):
        await hass.config_entries.async_unload(entry.entry_id)
    await async_wait_recording_done(hass)


@pytest.fixture
async def entry(hass: HomeAssistant, recorder: Recorder) -> MockConfigEntry:
    """Return the loaded entry of a bedroom with one sleeper, whose statistics are on."""
    loaded = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex", long_term_statistics=True)))
    await sent(hass)
    return loaded


async def rows(hass: HomeAssistant) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of our statistics, by id, once everything is sent."""
    await sent(hass)
    ids = set(await metadata(hass))
    start = datetime(1999, 1, 1, tzinfo=UTC)
    found: Any = await recorder_of(hass).async_add_executor_job(
        statistics_during_period, hass, start, None, ids, "hour", None, TYPES
    )
    return found if ids else {}


async def rows_by_series(hass: HomeAssistant) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of our statistics, by series."""
    return {name.removeprefix("rls_bedtime:").rpartition("_")[0]: each for name, each in (await rows(hass)).items()}


async def metadata(hass: HomeAssistant) -> dict[str, StatisticMetaData]:
    """Return the metadata of our statistics, by id."""
    found = await recorder_of(hass).async_add_executor_job(lambda: get_metadata(hass, statistic_source="rls_bedtime"))
    return {statistic_id: about for statistic_id, (_, about) in sorted(found.items())}


async def sent(hass: HomeAssistant) -> None:
    """Wait until everything that is due has been sent and recorded."""
    await settle(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    await async_wait_recording_done(hass)


def recorder_of(hass: HomeAssistant) -> Recorder:
    """Return the recorder."""
    instance: Recorder = hass.data["recorder_instance"]
    return instance


async def episodes(hass: HomeAssistant, name: str = "Alex") -> list[tuple[datetime, int | None]]:
    """Return the starts and severities of all episodes of a diary."""
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"before": None}
    while page.get("episodes", True):
        fields: dict[str, Any] = {"from": "2000-01-01", "to": "2027-01-01", "limit": 1000}
        if found:
            fields["before"] = found[-1]["id"]
        page = await act(hass, "get_episodes", sleeper=name, **fields)
        found += page["episodes"]
    return [(datetime.fromisoformat(each["started_at"]), each["severity"]) for each in found]


async def assert_equal(hass: HomeAssistant, name: str = "Alex", key: str = "") -> None:
    """Assert that the statistics equal the diary."""
    answer = {statistic_id: each for statistic_id, each in (await rows(hass)).items() if statistic_id.endswith(key)}
    expected = expected_statistics(await episodes(hass, name), dt_util.get_default_time_zone())
    assert recorded_statistics(answer) == expected


def only_sleeper(entry: MockConfigEntry) -> Any:
    """Return the only sleeper of a bedroom."""
    (subentry,) = entry.subentries.values()
    return subentry


async def change_option(hass: HomeAssistant, entry: MockConfigEntry, name: str = "Alex", *, on: bool) -> None:
    """Turn the statistics of a sleeper on or off, through the form."""
    subentry = next(each for each in entry.subentries.values() if each.title == name)
    await submit_form(hass, entry, subentry.subentry_id, {"name": name, "long_term_statistics": on})
    await hass.async_block_till_done(wait_background_tasks=True)


async def submit_form(hass: HomeAssistant, entry: MockConfigEntry, subentry_id: str, *steps: dict[str, Any]) -> Any:
    """Submit the form of a sleeper, and those that follow it."""
    flow = hass.config_entries.subentries
    context: Any = {"source": "reconfigure", "subentry_id": subentry_id}
    result = await flow.async_init((entry.entry_id, "sleeper"), context=context)
    result = await flow.async_configure(result["flow_id"], {"next_step_id": "edit"})
    for step in steps:
        result = await flow.async_configure(result["flow_id"], step)
    assert result["type"] is FlowResultType.ABORT, result
    return result


# --- what is sent -----------------------------------------------------------------------------------------------------


async def test_an_episode_is_in_the_statistics_five_seconds_after_the_tap(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    key = only_sleeper(entry).subentry_id.lower()
    await act(hass, "log_episode", severity=7)
    await act(hass, "log_episode", severity=4)
    assert await rows(hass) == {}

    await after(hass, night, seconds=5)

    found = await rows(hass)
    assert sorted(found) == [f"rls_bedtime:{series}_{key}" for series in SERIES]
    assert all(map(valid_statistic_id, found))
    hour, noon = datetime(2026, 11, 24, 11, tzinfo=UTC), datetime(2026, 11, 23, 20, tzinfo=UTC)
    assert recorded_statistics(found) == {
        "episodes": {hour: (2, 2)},
        "severity": {hour: (5.5, 4, 7)},
        "affected_nights": {noon: (1, 1)},
    }


async def test_the_statistics_have_what_newer_releases_ask_for(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await act(hass, "log_episode", severity=7)
    await after(hass, night, seconds=5)
    await sent(hass)

    about = [(each["name"], each["mean_type"], each["has_sum"]) for each in (await metadata(hass)).values()]
    assert about == [
        ("Alex: affected nights", StatisticMeanType.NONE, True),
        ("Alex: episodes", StatisticMeanType.NONE, True),
        ("Alex: severity", StatisticMeanType.ARITHMETIC, False),
    ]
    units = [(each["unit_class"], each["unit_of_measurement"]) for each in (await metadata(hass)).values()]
    assert units == [(None, None)] * 3


async def test_an_unrated_episode_is_counted_but_has_no_severity(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await act(hass, "log_episode")
    await after(hass, night, seconds=5)

    assert list(recorded_statistics(await rows(hass))["episodes"].values()) == [(1, 1)]
    assert len(await rows(hass)) == 2
    await assert_equal(hass)


async def test_a_deleted_episode_leaves_an_hour_that_counts_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    for minutes, severity in ((70, 7), (0, 3)):
        await act(hass, "log_episode", severity=severity, minutes_ago=minutes)
    await after(hass, night, seconds=5)
    await sent(hass)
    await act(hass, "undo")
    await after(hass, night, seconds=5)

    by_series = await rows_by_series(hass)
    assert [(row["state"], row["sum"]) for row in by_series["episodes"]] == [(1, 1), (0, 1)]
    assert [(row["mean"], row["min"], row["max"]) for row in by_series["severity"]] == [(7, 7, 7), (None, None, None)]
    assert [(row["state"], row["sum"]) for row in by_series["affected_nights"]] == [(1, 1)]

    # The same call within a minute would be a repeat.
    await after(hass, night, seconds=60)
    await act(hass, "undo")
    await after(hass, night, seconds=5)
    by_series = await rows_by_series(hass)
    assert [(row["state"], row["sum"]) for row in by_series["affected_nights"]] == [(0, 0)]
    await assert_equal(hass)


async def test_a_bar_for_each_week_shows_its_affected_nights(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    for start in ("2026-11-09 23:00", "2026-11-10 02:00", "2026-11-11 13:00", "2026-11-16 11:00", "2026-11-16 12:00"):
        await act(hass, "log_episode", started_at=f"{start}:00", severity=5)
    await after(hass, night, seconds=5)
    await sent(hass)

    (statistic_id,) = (each for each in await metadata(hass) if "affected_nights" in each)
    weeks = await recorder_of(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        datetime(2026, 11, 1, tzinfo=UTC),
        None,
        {statistic_id},
        "week",
        None,
        {"change"},
    )
    # The nights of the 9th, the 11th and the 15th, and that of the 16th.
    assert [row["change"] for row in weeks[statistic_id]] == [3, 1]


async def test_a_note_and_a_mark_send_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await act(hass, "log_episode", severity=7)
    await after(hass, night, seconds=5)
    await sent(hass)

    with (
        patch.object(long_term_statistics, "async_add_external_statistics") as add,
        patch.object(long_term_statistics, "_find_differences") as compare,
    ):
        await act(hass, "update_episode", note="a note", relief="walking")
        await act(hass, "log_clear_night", night="2026-11-01")
        await act(hass, "log_change", kind="other", name="a pillow")
        await after(hass, night, seconds=5)
        await sent(hass)
    assert not add.called
    assert not compare.called


async def test_an_episode_of_three_years_ago_is_counted_from_then_on(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    for day in range(1, 20):
        await act(hass, "log_episode", started_at=f"2026-11-{day:02} 01:00:00", severity=5)
    await after(hass, night, seconds=5)
    await assert_equal(hass)

    await act(hass, "log_episode", started_at="2023-11-24 01:30:00", severity=9)
    await after(hass, night, seconds=5)

    await assert_equal(hass)
    assert max(total for _, total in recorded_statistics(await rows(hass))["episodes"].values()) == 20


@pytest.mark.parametrize(
    "zone", ["Asia/Kolkata", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"]
)
async def test_in_a_zone_off_the_hour_each_night_has_one_row_on_its_own_day(
    hass: HomeAssistant, recorder: Recorder, zone: str, night: FrozenDateTimeFactory
) -> None:
    await hass.config.async_set_time_zone(zone)
    night.move_to("2026-11-24 23:00:00+00:00")
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex", long_term_statistics=True)))
    for start in ("2026-11-08 11:59", "2026-11-08 12:00", "2026-11-09 00:15", "2026-11-09 23:45", "2026-11-20 12:29"):
        await act(hass, "log_episode", started_at=f"{start}:00", severity=5)
    await after(hass, night, seconds=5)

    await assert_equal(hass)
    nights = recorded_statistics(await rows(hass))["affected_nights"]
    days = [hour.astimezone(ZoneInfo(zone)).date().isoformat() for hour in sorted(nights)]
    assert days == ["2026-11-07", "2026-11-08", "2026-11-09", "2026-11-20"]


@pytest.mark.parametrize(
    "starts",
    [
        pytest.param(
            ["2026-11-01 01:30:00-07:00", "2026-11-01 01:30:00-08:00", "2026-11-01 02:30:00-08:00"], id="back"
        ),
        pytest.param(["2026-03-08 01:30:00-08:00", "2026-03-08 03:30:00-07:00"], id="forward"),
    ],
)
async def test_on_the_night_of_a_clock_change_each_episode_is_in_its_hour(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, starts: list[str]
) -> None:
    for start in starts:
        await act(hass, "log_episode", started_at=start, severity=5)
    await after(hass, night, seconds=5)

    await assert_equal(hass)
    found = recorded_statistics(await rows(hass))
    assert sorted(found["episodes"]) == [
        datetime.fromisoformat(start).astimezone(UTC).replace(minute=0) for start in starts
    ]
    assert len(found["affected_nights"]) == 1


async def test_a_new_time_zone_moves_the_nights(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await act(hass, "log_episode", severity=7)
    await after(hass, night, seconds=5)
    await assert_equal(hass)

    await hass.config.async_update(time_zone="Europe/Berlin")
    await hass.async_block_till_done()
    await after(hass, night, seconds=5)

    await assert_equal(hass)
    (noon,) = recorded_statistics(await rows(hass))["affected_nights"]
    assert noon == datetime(2026, 11, 23, 11, tzinfo=UTC)


async def test_the_names_follow_the_sleeper_and_the_language(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await act(hass, "log_episode", severity=7)
    await after(hass, night, seconds=5)
    await sent(hass)
    ids = list(await metadata(hass))

    hass.config_entries.async_update_subentry(entry, only_sleeper(entry), title="Sascha {name}")
    await hass.async_block_till_done()
    await sent(hass)
    assert [each["name"] for each in (await metadata(hass)).values()] == [
        "Sascha {name}: affected nights",
        "Sascha {name}: episodes",
        "Sascha {name}: severity",
    ]

    await hass.config.async_update(language="de")
    await hass.async_block_till_done()
    await after(hass, night, seconds=5)
    await sent(hass)
    assert next(iter((await metadata(hass)).values()))["name"] == "Sascha {name}: betroffene Nächte"
    assert list(await metadata(hass)) == ids


async def test_an_edit_that_leaves_the_start_leaves_the_night_after_a_journey_too(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    logged = await act(hass, "log_episode", started_at="2026-11-22T11:30:00-08:00", severity=7)
    await hass.config.async_update(time_zone="Asia/Kolkata")
    await after(hass, night, seconds=5)

    await act(hass, "update_episode", episode_id=logged["episode"]["id"], started_at="2026-11-23T01:00:00+05:30")
    await after(hass, night, seconds=5)

    await assert_equal(hass)


async def test_the_longest_name_fits_any_database(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    hass.config_entries.async_update_subentry(entry, only_sleeper(entry), title="Alex " * 100)
    await hass.async_block_till_done()
    await act(hass, "log_episode", severity=7)
    await after(hass, night, seconds=5)
    await sent(hass)

    names = [str(each["name"]) for each in (await metadata(hass)).values()]
    assert [name.rpartition(": ")[2] for name in names] == ["affected nights", "episodes", "severity"]
    assert max(map(len, names)) <= 255


async def test_the_statistics_of_several_sleepers_are_apart(
    hass: HomeAssistant, recorder: Recorder, night: FrozenDateTimeFactory
) -> None:
    entry = await set_up(
        hass,
        bedroom_entry(
            "Bedroom",
            sleeper("Alex", long_term_statistics=True),
            sleeper("Kim", long_term_statistics=True),
            sleeper("Sam"),
        ),
    )
    for name, severity in (("Alex", 7), ("Kim", 2), ("Alex", 5), ("Sam", 9)):
        await act(hass, "log_episode", sleeper=name, severity=severity)
    await after(hass, night, seconds=5)

    assert len(await rows(hass)) == 6
    for subentry in entry.subentries.values():
        if subentry.title != "Sam":
            await assert_equal(hass, subentry.title, subentry.subentry_id.lower())


async def test_a_continued_diary_with_any_id_has_statistics(
    hass: HomeAssistant, recorder: Recorder, night: FrozenDateTimeFactory
) -> None:
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex", diary="An old__Id!", long_term_statistics=True)))
    await act(hass, "log_episode", severity=7)
    await after(hass, night, seconds=5)

    assert len(await rows(hass)) == 3
    await assert_equal(hass)


# --- off, erased, removed ---------------------------------------------------------------------------------------------


async def test_nothing_is_sent_unless_it_is_turned_on(
    hass: HomeAssistant, recorder: Recorder, night: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))
    await act(hass, "log_episode", severity=7)
    await after(hass, night, seconds=5)
    assert await rows(hass) == {}

    await change_option(hass, entry, on=True)
    await assert_equal(hass)
    assert len(await rows(hass)) == 3


async def test_turned_off_the_statistics_are_cleared_and_turned_on_they_are_complete_again(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await act(hass, "log_episode", severity=7)
    await after(hass, night, seconds=5)
    await assert_equal(hass)

    await change_option(hass, entry, on=False)
    await sent(hass)
    assert await metadata(hass) == {}
    await act(hass, "update_episode", severity=3)
    await act(hass, "log_episode", severity=2, minutes_ago=200)
    await after(hass, night, seconds=5)
    assert await rows(hass) == {}

    await change_option(hass, entry, on=True)
    await assert_equal(hass)
    assert len(await rows(hass)) == 3


@pytest.mark.parametrize("is_removed", [False, True], ids=["off", "removed"])
async def test_the_statistics_of_a_bedroom_that_is_not_loaded_are_cleared_too(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, *, is_removed: bool
) -> None:
    await act(hass, "log_episode", severity=7)
    await after(hass, night, seconds=5)
    await sent(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    await sent(hass)
    assert len(await metadata(hass)) == 3

    if is_removed:
        hass.config_entries.async_remove_subentry(entry, only_sleeper(entry).subentry_id)
    else:
        await change_option(hass, entry, on=False)
    await sent(hass)

    assert await metadata(hass) == {}


async def test_removing_and_erasing_a_sleeper_clears_their_statistics_only(
    hass: HomeAssistant, recorder: Recorder, night: FrozenDateTimeFactory
) -> None:
    sleepers = [sleeper(name, long_term_statistics=True) for name in ("Alex", "Kim")]
    entry = await set_up(hass, bedroom_entry("Bedroom", *sleepers))
    for name in ("Alex", "Kim"):
        await act(hass, "log_episode", sleeper=name, severity=7)
    await after(hass, night, seconds=5)
    assert len(await rows(hass)) == 6
    # This one is not sent yet.
    await act(hass, "log_episode", sleeper="Alex", severity=3)

    steps: list[dict[str, Any]] = [{"name": "Alex", "remove": True}, {"confirm": True}]
    await submit_form(hass, entry, sleepers[0].subentry_id, *steps)

    assert {each.rpartition("_")[2] for each in await metadata(hass)} == {sleepers[1].subentry_id.lower()}
    await after(hass, night, seconds=10)
    await sent(hass)
    assert len(await metadata(hass)) == 3
    await assert_equal(hass, "Kim")


async def test_a_kept_diary_keeps_no_statistics_and_one_that_is_continued_has_them_again(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await act(hass, "log_episode", severity=7)
    await after(hass, night, seconds=5)
    await assert_equal(hass)
    diary = only_sleeper(entry).subentry_id

    hass.config_entries.async_remove_subentry(entry, diary)
    await hass.async_block_till_done(wait_background_tasks=True)
    await sent(hass)
    assert await metadata(hass) == {}

    hass.config_entries.async_add_subentry(entry, sleeper("Alex", diary=diary, long_term_statistics=True))
    await hass.async_block_till_done(wait_background_tasks=True)
    await assert_equal(hass)
    assert len(await rows(hass)) == 3


async def test_removing_the_bedroom_clears_the_statistics(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await act(hass, "log_episode", severity=7)
    await after(hass, night, seconds=5)
    await assert_equal(hass)

    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    await sent(hass)
    assert await metadata(hass) == {}


async def test_erasing_a_kept_diary_clears_what_the_recorder_still_has(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await act(hass, "log_episode", severity=7)
    await after(hass, night, seconds=5)
    await sent(hass)
    diary = only_sleeper(entry).subentry_id
    with patch.object(long_term_statistics, "async_migration_in_progress", return_value=True):
        hass.config_entries.async_remove_subentry(entry, diary)
        await hass.async_block_till_done(wait_background_tasks=True)
    await sent(hass)
    assert len(await metadata(hass)) == 3

    flow = await start_fix_flow(hass, f"diary_left_behind_{diary}")
    await flow.async_step_erase({})

    assert await metadata(hass) == {}


async def test_a_kept_diary_that_is_continued_while_the_issue_is_open_is_not_erased(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await act(hass, "log_episode", severity=7)
    diary_id = only_sleeper(entry).subentry_id
    hass.config_entries.async_remove_subentry(entry, diary_id)
    await sent(hass)
    flow = await start_fix_flow(hass, f"diary_left_behind_{diary_id}")
    await flow.async_step_erase()
    again = sleeper("Alex", diary=diary_id, long_term_statistics=True)
    hass.config_entries.async_add_subentry(entry, again)
    await sent(hass)

    assert (await flow.async_step_erase({}))["reason"] == "continued"

    assert len(await episodes(hass)) == 1
    await assert_equal(hass)
    assert len(await rows(hass)) == 3


async def start_fix_flow(hass: HomeAssistant, issue_id: str) -> Any:
    """Return the repair flow of an issue."""
    from custom_components.rls_bedtime.repairs import async_create_fix_flow  # noqa: PLC0415

    issue = ir.async_get(hass).async_get_issue("rls_bedtime", issue_id)
    assert issue is not None
    flow = await async_create_fix_flow(hass, issue_id, issue.data)
    flow.hass, flow.issue_id = hass, issue_id
    return flow


async def test_an_erase_does_not_wait_for_ever(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await act(hass, "log_episode", severity=7)
    await after(hass, night, seconds=5)
    await sent(hass)
    queued: list[object] = []

    with (
        patch.object(long_term_statistics, "CLEAR_TIMEOUT", 0),
        patch.object(Recorder, "queue_task", lambda _self, task: queued.append(task)),
    ):
        steps: list[dict[str, Any]] = [{"name": "Alex", "remove": True}, {"confirm": True}]
        await submit_form(hass, entry, only_sleeper(entry).subentry_id, *steps)
        await hass.async_block_till_done()

    assert not entry.subentries
    for task in queued:
        recorder_of(hass).queue_task(task)  # type: ignore[arg-type]
    await sent(hass)
    assert await metadata(hass) == {}


# --- restarts, and a recorder that is not there -----------------------------------------------------------------------


async def restart(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Restart Home Assistant, as far as the bedroom is concerned."""
    await hass.config_entries.async_unload(entry.entry_id)
    hass.set_state(CoreState.starting)
    await hass.config_entries.async_setup(entry.entry_id)
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_what_was_not_sent_before_a_restart_is_sent_after_it(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await act(hass, "log_episode", severity=7)
    await restart(hass, entry)

    await assert_equal(hass)
    assert len(await rows(hass)) == 3


async def test_after_a_start_rows_that_somebody_changed_are_right_again(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    for minutes in (0, 120, 900):
        await act(hass, "log_episode", severity=7, minutes_ago=minutes)
    await after(hass, night, seconds=5)
    await assert_equal(hass)
    for statistic_id in await metadata(hass):
        if "severity" not in statistic_id:
            recorder_of(hass).async_adjust_statistics(statistic_id, datetime(2026, 11, 24, 9, tzinfo=UTC), 5, "")
    await async_wait_recording_done(hass)

    await restart(hass, entry)

    await assert_equal(hass)


async def test_after_a_start_a_recorder_that_has_lost_everything_has_it_again(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await act(hass, "log_episode", severity=7)
    await after(hass, night, seconds=5)
    await sent(hass)
    recorder_of(hass).async_clear_statistics(list(await metadata(hass)))
    await async_wait_recording_done(hass)

    await restart(hass, entry)

    await assert_equal(hass)
    assert len(await rows(hass)) == 3


async def test_a_diary_that_is_recreated_while_in_use_is_compared_anew(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    for minutes in (0, 120, 900):
        await act(hass, "log_episode", severity=7, minutes_ago=minutes)
    await after(hass, night, seconds=5)
    await assert_equal(hass)
    for file in Path(hass.config.config_dir).rglob("rls_bedtime*.db*"):
        file.unlink()

    await act(hass, "log_episode", severity=2)
    await hass.async_block_till_done(wait_background_tasks=True)
    await after(hass, night, seconds=5)

    await assert_equal(hass)
    assert len(recorded_statistics(await rows(hass))["episodes"]) == 1


async def test_a_start_without_a_change_sends_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await act(hass, "log_episode", severity=7)
    await act(hass, "log_episode", severity=2, minutes_ago=90)
    await after(hass, night, seconds=5)
    await sent(hass)
    with patch.object(
        long_term_statistics, "async_add_external_statistics", wraps=async_add_external_statistics
    ) as add:
        await restart(hass, entry)
        await sent(hass)
    assert not add.called


async def test_without_a_recorder_nothing_is_sent_and_nothing_fails(
    hass: HomeAssistant, night: FrozenDateTimeFactory, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex", long_term_statistics=True)))
    await act(hass, "log_episode", severity=7)
    await after(hass, night, seconds=5)
    await hass.async_block_till_done(wait_background_tasks=True)
    steps: list[dict[str, Any]] = [{"name": "Alex", "remove": True}, {"confirm": True}]
    await submit_form(hass, entry, only_sleeper(entry).subentry_id, *steps)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert not entry.subentries
    assert not [
        record for record in caplog.records if record.levelname in ("WARNING", "ERROR") and "rls" in record.name
    ]


@pytest.mark.parametrize("reason", ["migrating", "stopped"])
async def test_what_a_recorder_could_not_take_is_sent_with_the_next_change(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, reason: str
) -> None:
    recorder_of(hass).is_running = reason != "stopped"
    with patch.object(long_term_statistics, "async_migration_in_progress", return_value=reason == "migrating"):
        await act(hass, "log_episode", severity=7, minutes_ago=600)
        await after(hass, night, seconds=5)
        await sent(hass)
    recorder_of(hass).is_running = True
    assert await metadata(hass) == {}

    await act(hass, "log_episode", severity=2)
    await after(hass, night, seconds=5)

    await assert_equal(hass)
    assert len(recorded_statistics(await rows(hass))["episodes"]) == 2


@pytest.mark.parametrize(
    "error",
    [OperationalError("SELECT", {}, Exception("locked")), RuntimeError("cannot schedule new futures after shutdown")],
    ids=["locked", "stopping"],
)
async def test_a_recorder_whose_database_fails_is_tried_again_with_the_next_change(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, error: Exception
) -> None:
    with patch.object(long_term_statistics, "get_metadata", side_effect=error):
        await act(hass, "log_episode", severity=7, minutes_ago=600)
        await after(hass, night, seconds=5)
        await sent(hass)
        await restart(hass, entry)
    assert await metadata(hass) == {}

    await act(hass, "log_episode", severity=2)
    await after(hass, night, seconds=5)
    await assert_equal(hass)
    assert len(recorded_statistics(await rows(hass))["episodes"]) == 2


async def test_a_recorder_that_stores_nothing_is_not_asked_for_ever(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, caplog: pytest.LogCaptureFixture
) -> None:
    with patch.object(long_term_statistics, "async_add_external_statistics") as add:
        await act(hass, "log_episode", severity=7)
        await after(hass, night, seconds=5)
        await sent(hass)
    assert add.call_count == 3 * 3
    assert "The recorder does not store the statistics of a diary" in caplog.text

    await act(hass, "log_episode", severity=2)
    await after(hass, night, seconds=5)
    await assert_equal(hass)


def many_episodes(count: int) -> str:
    """Return an exported diary with so many episodes, seven hours apart."""
    start = datetime(2023, 1, 1, 1, 30, tzinfo=UTC)
    logged = "2026-11-01T00:00:00+00:00"
    return json.dumps(
        {
            "schema": 1,
            "episodes": [
                {
                    "id": f"episode-{number}",
                    "started_at": (start + timedelta(hours=7 * number)).isoformat(),
                    "severity": number % 11,
                    "logged_at": logged,
                }
                for number in range(count)
            ],
        }
    )


async def import_diary(hass: HomeAssistant, entry: MockConfigEntry, content: str) -> None:
    """Import an exported diary."""
    (coordinator,) = entry.runtime_data.sleepers.values()
    await coordinator.async_import(content.encode())


async def test_many_rows_are_sent_in_chunks_the_newest_first(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    with patch.object(
        long_term_statistics, "async_add_external_statistics", wraps=async_add_external_statistics
    ) as add:
        await import_diary(hass, entry, many_episodes(600))
        await after(hass, night, seconds=5)
        await sent(hass)
    sizes = [len(call.args[2]) for call in add.call_args_list]
    starts = [
        row["start"]
        for call in add.call_args_list
        for row in call.args[2]
        if "sum" in row and "episodes" in call.args[1]["statistic_id"]
    ]
    assert max(sizes) <= CHUNK_SIZE
    assert sum(sizes) > 2 * CHUNK_SIZE
    assert starts == sorted(starts, reverse=True)
    await assert_equal(hass)


async def test_a_reload_in_the_middle_of_many_rows_resumes(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await import_diary(hass, entry, many_episodes(600))
    wait = long_term_statistics._async_wait  # noqa: SLF001 - to stop between two chunks
    waits = 0

    async def reload(recorder: Recorder) -> None:
        nonlocal waits
        waits += 1
        await wait(recorder)
        if waits == 3:
            hass.config_entries.async_schedule_reload(entry.entry_id)
            await hass.config_entries.async_reload(entry.entry_id)

    with patch.object(long_term_statistics, "_async_wait", reload):
        await after(hass, night, seconds=5)
        await hass.async_block_till_done(wait_background_tasks=True)

    assert waits > 3
    await assert_equal(hass)


async def test_a_tap_in_the_middle_of_many_rows_is_counted(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await import_diary(hass, entry, many_episodes(600))
    wait = long_term_statistics._async_wait  # noqa: SLF001 - to tap between two chunks
    taps = 0

    async def tap(recorder: Recorder) -> None:
        nonlocal taps
        await wait(recorder)
        if taps < 3:
            taps += 1
            await act(hass, "log_episode", severity=taps, started_at=f"2024-0{taps}-10 03:00:00")

    with patch.object(long_term_statistics, "_async_wait", tap):
        await after(hass, night, seconds=5)
        await hass.async_block_till_done(wait_background_tasks=True)
        await after(hass, night, seconds=5)
        await hass.async_block_till_done(wait_background_tasks=True)

    await assert_equal(hass)


# --- anything, in any order -------------------------------------------------------------------------------------------


class Walk:
    """A random walk through everything that changes a diary, or its statistics."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry, seed: int) -> None:
        self.hass = hass
        self.entry = entry
        self.random = Random(seed)  # noqa: S311 - repeatable
        self.imports = 0
        self.steps = {
            self.log: 40,
            self.update: 12,
            self.delete: 10,
            self.undo: 14,
            self.redo: 8,
            self.mark_clear: 3,
            self.rename: 1,
            self.restart: 1,
            self.import_file: 2,
            self.toggle: 1,
        }

    async def step(self) -> None:
        """Do something. What the diary refuses is nothing."""
        (choice,) = self.random.choices(list(self.steps), list(self.steps.values()))
        with suppress(ServiceValidationError):
            await choice()

    def start(self) -> str:
        """Return a start: mostly of the last nights, sometimes years ago, and often the same hour again."""
        days = self.random.choice([0, 0, 1, 1, 2, 3, 23, self.random.randrange(1200)])
        moment = dt_util.now() - timedelta(days=days + 1, hours=self.random.randrange(24))
        return moment.replace(minute=self.random.choice([0, 30, 59])).isoformat()

    def severity(self) -> dict[str, Any]:
        """Return a severity, or none."""
        return {"severity": self.random.randrange(11)} if self.random.random() < 0.8 else {}

    async def any_id(self) -> str:
        """Return the id of an episode."""
        found = (await act(self.hass, "get_episodes", limit=50))["episodes"]
        return self.random.choice(found)["id"] if found else "none"

    async def log(self) -> None:
        await act(self.hass, "log_episode", started_at=self.start(), **self.severity())

    async def update(self) -> None:
        fields = self.severity() or {"clear": "severity"}
        if self.random.random() < 0.5:
            fields["started_at"] = self.start()
        await act(self.hass, "update_episode", episode_id=await self.any_id(), **fields)

    async def delete(self) -> None:
        await act(self.hass, "delete_episode", episode_id=await self.any_id())

    async def undo(self) -> None:
        await act(self.hass, "undo")

    async def redo(self) -> None:
        await act(self.hass, "redo")

    async def mark_clear(self) -> None:
        await act(self.hass, "log_clear_night", night=self.start()[:10])

    async def rename(self) -> None:
        name = self.random.choice(["Alex", "Sascha", "Kim"])
        self.hass.config_entries.async_update_subentry(self.entry, only_sleeper(self.entry), title=name)
        await self.hass.async_block_till_done()

    async def restart(self) -> None:
        await restart(self.hass, self.entry)

    async def import_file(self) -> None:
        self.imports += 1
        file = json.loads(many_episodes(self.random.randrange(1, 12)))
        for episode in file["episodes"]:
            episode["id"] += f"-{self.imports}"
        await import_diary(self.hass, self.entry, json.dumps(file))

    async def toggle(self) -> None:
        name = only_sleeper(self.entry).title
        await change_option(self.hass, self.entry, name, on=False)
        await act(self.hass, "log_episode", started_at=self.start(), **self.severity())
        await change_option(self.hass, self.entry, name, on=True)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Kolkata"])
async def test_the_statistics_equal_the_diary_after_a_thousand_random_changes(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, zone: str
) -> None:
    await hass.config.async_update(time_zone=zone)
    walk = Walk(hass, entry, seed=17)
    for number in range(1, 501):
        await walk.step()
        night.tick(timedelta(seconds=walk.random.choice([1, 2, 10])))
        if number % 3 == 0:
            await settle(hass)
        if number % 50 == 0:
            await after(hass, night, seconds=5)
            await hass.async_block_till_done(wait_background_tasks=True)
            await assert_equal(hass, only_sleeper(entry).title)


# --- what is shown ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"long_term_statistics": True}], ids=["off", "on"])
async def test_cards_learn_the_ids_of_the_statistics_if_they_are_on(
    hass: HomeAssistant, recorder: Recorder, hass_ws_client: WebSocketGenerator, options: dict[str, Any]
) -> None:
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex", **options)))
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "rls_bedtime/access"})
    key = only_sleeper(entry).subentry_id.lower()
    expected = {series: f"rls_bedtime:{series}_{key}" for series in SERIES} if options else {}
    assert (await client.receive_json())["result"]["statistics"] == expected
