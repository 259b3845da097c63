"""The expected states of the demo home by day and during bedtime mode."""

from contextlib import suppress

from client import Json, ServerError
from server import Server

OTHER_ROOMS: Json = {
    "light.floor_lamp": {"state": "on", "brightness": 204},
    "media_player.speaker": {"state": "playing", "volume_level": 0.25},
}
DAY: Json = OTHER_ROOMS | {
    "light.bedside_lamp": {"state": "on", "brightness": 178, "color_temp_kelvin": 2702},
    "light.ceiling_light": {"state": "on", "brightness": 255, "color_temp_kelvin": 4000},
    "climate.thermostat": {"state": "heat", "temperature": 21},
    "media_player.tv": {"state": "playing", "volume_level": 0.35, "is_volume_muted": False},
    "cover.blind": {"state": "open", "current_position": 100},
}
NIGHT_LIGHT: Json = {"state": "on", "brightness": 13, "color_temp_kelvin": 2202}  # 2200 K, rounded to mireds
NIGHT: Json = OTHER_ROOMS | {
    "light.bedside_lamp": NIGHT_LIGHT,
    "light.ceiling_light": NIGHT_LIGHT,
    "climate.thermostat": {"state": "heat", "temperature": 19},
    "media_player.tv": {"state": "off"},
    "cover.blind": {"state": "closed", "current_position": 0},
}


def expect_states(server: Server, expected: Json, timeout: float = 20) -> None:
    """Fail unless the entities reach the expected states and attributes within so many seconds."""
    with suppress(ServerError):
        server.wait_until(lambda: not _unexpected_states(server, expected) or None, "has the expected states", timeout)
    unexpected = _unexpected_states(server, expected)
    assert not unexpected, f"unexpected states: {unexpected}"


def _unexpected_states(server: Server, expected: Json) -> Json:
    """Return the actual states and attributes of the entities that differ from the expected ones."""
    states = {entity_id: server.get_state(entity_id) for entity_id in expected}
    actual = {
        entity_id: {key: ({"state": state["state"]} | state["attributes"]).get(key) for key in expected[entity_id]}
        for entity_id, state in states.items()
    }
    return {entity_id: state for entity_id, state in actual.items() if state != expected[entity_id]}
