"""How the demo bedroom is by day and at night, and what its diary holds."""

from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
import sqlite3

from client import HubError, Json
from server import Hub

REPEATS_COUNT_ONCE = timedelta(seconds=11)

ELSEWHERE: Json = {
    "light.floor_lamp": {"state": "on", "brightness": 204},
    "media_player.speaker": {"state": "playing", "volume_level": 0.25},
}
DAY: Json = ELSEWHERE | {
    "light.bedside_lamp": {"state": "on", "brightness": 178, "color_temp_kelvin": 2702},
    "light.ceiling_light": {"state": "on", "brightness": 255, "color_temp_kelvin": 4000},
    "climate.thermostat": {"state": "heat", "temperature": 21},
    "media_player.tv": {"state": "playing", "volume_level": 0.35, "is_volume_muted": False},
    "cover.blind": {"state": "open", "current_position": 100},
}
NIGHT_LIGHT: Json = {"state": "on", "brightness": 13, "color_temp_kelvin": 2202}  # 2200 K, as the lamps round it
NIGHT: Json = ELSEWHERE | {
    "light.bedside_lamp": NIGHT_LIGHT,
    "light.ceiling_light": NIGHT_LIGHT,
    "climate.thermostat": {"state": "heat", "temperature": 19},
    "media_player.tv": {"state": "off"},
    "cover.blind": {"state": "closed", "current_position": 0},
}


def expect_bedroom(hub: Hub, expected: Json) -> None:
    """Fail unless the devices become as expected, within reasonable time."""
    with suppress(HubError):
        hub.until(lambda: not _differing(hub, expected) or None, "has the bedroom as expected")
    differing = _differing(hub, expected)
    assert not differing, f"not as expected: {differing}"


def episodes(hub: Hub) -> list[Json]:
    """Return what the diary's file holds."""
    with closing(sqlite3.connect(f"file:{hub.folder}/rls_bedtime.db?mode=ro", uri=True)) as diary:
        diary.row_factory = sqlite3.Row
        return [dict(row) for row in diary.execute("SELECT * FROM episode ORDER BY logged_at")]


def wait_out_repeats(hub: Hub) -> None:
    """Wait until the same episode again is an episode of its own, and no second try of a phone."""

    def is_over() -> bool | None:
        logged = [datetime.fromisoformat(episode["logged_at"]).replace(tzinfo=UTC) for episode in episodes(hub)]
        return all(datetime.now(UTC) - moment > REPEATS_COUNT_ONCE for moment in logged) or None

    hub.until(is_over, "takes an episode for a new one")


def _differing(hub: Hub, expected: Json) -> Json:
    """Return those devices that are not as expected, as they are."""
    states = {entity_id: hub.state(entity_id) for entity_id in expected}
    seen = {
        entity_id: {key: ({"state": state["state"]} | state["attributes"]).get(key) for key in expected[entity_id]}
        for entity_id, state in states.items()
    }
    return {entity_id: state for entity_id, state in seen.items() if state != expected[entity_id]}
