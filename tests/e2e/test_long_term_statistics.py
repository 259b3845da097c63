"""The long-term statistics of a real hub equal the diary, and the dashboard draws them."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from client import Json, RequestRejectedError
from demo_home import DOMAIN, add_dashboard
from diary_episodes import delete_episodes, get_episodes
from playwright.sync_api import Page, expect
import pytest
from server import Server

FLOW_PATH = "/api/config/config_entries/subentries/flow"
SUMS = ("episodes", "affected_nights")
GRAPH = "hui-statistics-graph-card"

type Hours = dict[datetime, list[float | None]]


@pytest.fixture(autouse=True)
def statistics_are_on(server: Server) -> None:
    """Turn the statistics of an empty diary on."""
    delete_episodes(server)
    turn_statistics(server, on=True)


def turn_statistics(server: Server, *, on: bool) -> None:
    """Choose in the form of the sleeper whether there are statistics."""
    (entry,) = server.call_ws("config_entries/get", domain=DOMAIN)
    (sleeper,) = server.call_ws("config_entries/subentries/list", entry_id=entry["entry_id"])
    flow = {"handler": [entry["entry_id"], "sleeper"], "subentry_id": sleeper["subentry_id"]}
    flow_id = server.call_api("POST", FLOW_PATH, flow)["flow_id"]
    form = server.call_api("POST", f"{FLOW_PATH}/{flow_id}", {"next_step_id": "edit"})
    values = {field["name"]: field.get("description", {}).get("suggested_value") for field in form["data_schema"]}
    given = {name: value for name, value in values.items() if value} | {"long_term_statistics": on}
    assert server.call_api("POST", f"{FLOW_PATH}/{flow_id}", given)["type"] == "abort"

    def is_loaded() -> bool | None:
        (reloaded,) = server.call_ws("config_entries/get", domain=DOMAIN)
        return reloaded["state"] == "loaded" or None

    server.wait_until(is_loaded, "has loaded the bedroom again")


def recorded(server: Server) -> dict[str, list[Json]]:
    """Return the recorded rows of our statistics."""
    known = server.call_ws("recorder/list_statistic_ids")
    ids = [each["statistic_id"] for each in known if each["source"] == DOMAIN]
    if not ids:
        return {}
    start = "2000-01-01T00:00:00+00:00"
    found = server.call_ws("recorder/statistics_during_period", start_time=start, statistic_ids=ids, period="hour")
    return {statistic_id.removeprefix(f"{DOMAIN}:").rpartition("_")[0]: rows for statistic_id, rows in found.items()}


def recorded_hours(server: Server) -> dict[str, Hours]:
    """Return what is recorded of each hour that has something."""
    hours: dict[str, Hours] = {}
    for series, rows in recorded(server).items():
        columns = ("state", "sum") if series in SUMS else ("mean", "min", "max")
        values = {datetime.fromtimestamp(row["start"] / 1000, UTC): [row.get(each) for each in columns] for row in rows}
        hours[series] = {hour: row for hour, row in values.items() if row[0] or (series not in SUMS and row[0] == 0)}
    return {series: values for series, values in hours.items() if values}


def diary_hours(server: Server) -> dict[str, Hours]:
    """Return what has to be recorded, counted from the episodes."""
    zone = ZoneInfo(server.call_api("GET", "/api/config")["time_zone"])
    found = server.call_action(DOMAIN, "get_episodes", {"from": "2000-01-01", "limit": 1000}, return_response=True)
    episodes = [(datetime.fromisoformat(each["started_at"]), each["severity"]) for each in found["episodes"]]
    nights = {(start - timedelta(hours=12)).date() for start, _ in episodes}
    rated: dict[datetime, list[int]] = {}
    for start, severity in episodes:
        if severity is not None:
            rated.setdefault(hour_of(start), []).append(severity)
    hours: dict[str, Hours] = {
        "episodes": counted([hour_of(start) for start, _ in episodes]),
        "severity": {hour: [sum(each) / len(each), min(each), max(each)] for hour, each in rated.items()},
        "affected_nights": counted([hour_of(noon_of(night, zone)) for night in nights]),
    }
    return {series: values for series, values in hours.items() if values}


def counted(hours: list[datetime]) -> Hours:
    """Return how many there are in each hour, and up to its end."""
    return {hour: [count, sum(each <= hour for each in hours)] for hour, count in Counter(hours).items()}


def hour_of(moment: datetime) -> datetime:
    """Return the hour of UTC in which a moment is."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def noon_of(night: date, zone: ZoneInfo) -> datetime:
    """Return the noon at which a night begins."""
    return datetime.combine(night, time(12), zone)


def expect_equality(server: Server) -> None:
    """Wait until the statistics equal the diary."""
    expected = diary_hours(server)
    server.wait_until(lambda: recorded_hours(server) == expected or None, f"has recorded {expected}", timeout=60)


def start(days: float) -> str:
    """Return the start of an episode so many days ago, at a half hour."""
    return (datetime.now(UTC) - timedelta(days=days)).replace(minute=30, second=0, microsecond=0).isoformat()


def test_statistics_equal_the_diary_after_changes_and_a_restart(server: Server) -> None:
    random = Random(17)  # noqa: S311 - repeatable
    for number in range(60):
        try:
            change_something(server, random)
        except RequestRejectedError:
            continue
        if number % 20 == 0:
            expect_equality(server)
    expect_equality(server)
    server.call_action(DOMAIN, "log_episode", {"started_at": start(1100), "severity": 9})
    server.restart()
    expect_equality(server)
    assert sum(row["state"] for row in recorded(server)["episodes"]) == len(get_all_episodes(server))


def get_all_episodes(server: Server) -> list[Json]:
    """Return all episodes of the diary."""
    data = {"from": "2000-01-01", "limit": 1000}
    return list(server.call_action(DOMAIN, "get_episodes", data, return_response=True)["episodes"])


def change_something(server: Server, random: Random) -> None:
    """Change the diary in some way. Raises RequestRejectedError if it refuses that."""
    rating: dict[str, Any] = random.choice([{}, {"severity": random.randrange(11)}])
    episodes = get_episodes(server)
    match random.randrange(8):
        case 0 if episodes:
            server.call_action(DOMAIN, "delete_episode", {"episode_id": random.choice(episodes)["id"]})
        case 1 if episodes:
            moved = {"episode_id": random.choice(episodes)["id"], "started_at": start(random.randrange(1, 40))}
            server.call_action(DOMAIN, "update_episode", moved | rating)
        case 2:
            server.call_action(DOMAIN, "undo", {"request_id": str(random.random())})
        case 3:
            server.call_action(DOMAIN, "redo", {"request_id": str(random.random())})
        case _:
            server.call_action(DOMAIN, "log_episode", {"started_at": start(1 + random.randrange(900) / 24)} | rating)


def test_turned_off_the_hub_has_no_statistics_of_the_diary(server: Server) -> None:
    server.call_action(DOMAIN, "log_episode", {"started_at": start(2), "severity": 9})
    expect_equality(server)
    turn_statistics(server, on=False)
    server.wait_until(lambda: recorded(server) == {} or None, "has cleared the statistics")
    turn_statistics(server, on=True)
    expect_equality(server)


def test_the_dashboard_draws_the_affected_nights_of_each_week(server: Server, page: Page) -> None:
    add_dashboard(server, "weeks", {"strategy": {"type": "custom:rls-bedtime"}}, title="Weeks")
    turn_statistics(server, on=False)
    server.wait_until(lambda: recorded(server) == {} or None, "has cleared the statistics")
    for days in (1, 2, 8, 9, 10, 16, 40, 41):
        server.call_action(DOMAIN, "log_episode", {"started_at": start(days), "severity": 5})
    page.goto("/weeks/nights")
    expect(page.locator("rls-bedtime-trends-card h2")).to_be_visible()
    expect(page.locator(GRAPH)).to_have_count(0)

    turn_statistics(server, on=True)
    expect_equality(server)
    page.reload()

    graph = page.locator(GRAPH)
    expect(graph).to_contain_text("Affected nights per week")
    expect(graph.locator("canvas").first).to_be_visible()
    expect(page.locator("hui-error-card")).to_have_count(0)
