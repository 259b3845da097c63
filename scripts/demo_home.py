"""Set up the demo home in a new Home Assistant: areas, a bedroom with a sleeper, a dashboard."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from client import Json, ServerError
from homeassistant.util.yaml import load_yaml_dict
from server import DEMO_CONFIG, Server

DOMAIN = "rls_bedtime"
DASHBOARD_PATH = "bedroom"
BEDTIME_DASHBOARD_PATH = "bedtime"
CONFIG_FLOW_PATH = "/api/config/config_entries/flow"
OPTIONS_FLOW_PATH = "/api/config/config_entries/options/flow"
ENTITIES_BY_AREA = {
    "bedroom": (
        "light.bedside_lamp",
        "light.ceiling_light",
        "climate.thermostat",
        "media_player.tv",
        "cover.blind",
        "sensor.bedroom_temperature",
        "switch.foot_massager",
    ),
    "living_room": ("light.floor_lamp", "media_player.speaker"),
}
USER_INPUT: dict[str, Json] = {
    "user": {"name": "Bedroom", "area": "bedroom"},
    "devices": {kind: {"area_id": ["bedroom"]} for kind in ("lights", "climate", "screens", "covers")},
    "schedule": {"bedtime": "22:30:00", "wake_up": "07:00:00", "wind_down": 45, "automatic": False},
    "sleeper": {"name": "Alex"},
}
RELIEF: Json = {"path": ["light.hallway_light"], "relief_devices": ["switch.foot_massager"]}


def set_up_demo_home(server: Server, time_zone: str | None = None) -> None:
    """Set up the demo home in a Home Assistant that has just been onboarded."""
    set_up_areas(server, time_zone or local_time_zone())
    add_bedroom(server)
    add_demo_dashboard(server)


def set_up_areas(server: Server, time_zone: str) -> None:
    """Set the location, assign the entities to their areas and activate the scene for the day."""
    server.call_ws("config/core/update", country="GB", location_name="Home", time_zone=time_zone, unit_system="metric")
    for area, entity_ids in ENTITIES_BY_AREA.items():
        for entity_id in entity_ids:
            server.call_ws("config/entity_registry/update", entity_id=entity_id, area_id=area)
    server.call_action("scene", "turn_on", {"entity_id": "scene.day"})


def add_bedroom(server: Server) -> str:
    """Complete the config flow and return the id of the config entry."""
    person = next(
        state["entity_id"]
        for state in server.call_api("GET", "/api/states")
        if state["entity_id"].startswith("person.")
    )
    user_input = {**USER_INPUT, "sleeper": {**USER_INPUT["sleeper"], "person": person}}
    step = server.call_api("POST", CONFIG_FLOW_PATH, {"handler": DOMAIN})
    while step["type"] == "form" and not step["errors"]:
        step = server.call_api("POST", f"{CONFIG_FLOW_PATH}/{step['flow_id']}", user_input[step["step_id"]])
    if step["type"] != "create_entry":
        raise ServerError(f"The config flow ended with {step}.")
    return str(step["result"]["entry_id"])


def add_relief(server: Server) -> None:
    """Choose the light on the way and the relief device, and wait until they can be used."""
    entries = server.call_ws("config_entries/get", domain=DOMAIN)
    set_options(server, entries[0]["entry_id"], RELIEF)
    switches = {"relief_walk", "relief_device"}
    server.wait_until(lambda: switches <= get_entity_ids(server).keys() or None, "has the switches of relief")
    for switch in switches:
        server.wait_for_state(get_entity_ids(server)[switch], "off")


def set_options(server: Server, entry_id: str, options: Json) -> None:
    """Change options of a bedroom, and leave the others as they are."""
    step = server.call_api("POST", OPTIONS_FLOW_PATH, {"handler": entry_id})
    user_input: Json = {}
    for section in step["data_schema"]:
        fields = {field["name"]: _value_of(field) for field in section["schema"]}
        fields |= {name: value for name, value in options.items() if name in fields}
        user_input[section["name"]] = {name: value for name, value in fields.items() if value is not None}
    step = server.call_api("POST", f"{OPTIONS_FLOW_PATH}/{step['flow_id']}", user_input)
    if step["type"] != "create_entry":
        raise ServerError(f"The options flow ended with {step}.")


def _value_of(field: Json) -> Any:
    """Return the value that a field of a form begins with."""
    return field.get("description", {}).get("suggested_value", field.get("default"))


def add_demo_dashboard(server: Server) -> None:
    """Add the demo dashboard and make it the default."""
    config = load_yaml_dict(Path(DEMO_CONFIG / "dashboard.yaml"))
    add_dashboard(
        server, DASHBOARD_PATH, _resolve_entity_ids(config, get_entity_ids(server)), title="Bedroom", icon="mdi:bed"
    )
    server.call_ws("frontend/set_system_data", key="core", value={"default_panel": DASHBOARD_PATH})


def add_bedtime_dashboard(server: Server) -> None:
    """Add the dashboard that the integration offers and make it the default."""
    config = {"strategy": {"type": "custom:rls-bedtime"}}
    add_dashboard(server, BEDTIME_DASHBOARD_PATH, config, title="Bedtime", icon="mdi:weather-night")
    server.call_ws("frontend/set_system_data", key="core", value={"default_panel": BEDTIME_DASHBOARD_PATH})


def add_dashboard(server: Server, path: str, config: Json, **fields: str) -> None:
    """Create a dashboard with a URL path. `fields` are those of the dashboard, such as its title."""
    server.call_ws("lovelace/dashboards/create", url_path=path, allow_single_word=True, **fields)
    server.call_ws("lovelace/config/save", url_path=path, config=config)


def get_entity_ids(server: Server) -> dict[str, str]:
    """Return the entity ids of the integration by translation key."""
    registry = server.call_ws("config/entity_registry/list")
    return {entry["translation_key"]: entry["entity_id"] for entry in registry if entry["platform"] == DOMAIN}


def local_time_zone() -> str:
    """Return the name of this machine's time zone, UTC if it is unknown."""
    _, _, name = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")
    return name or "UTC"


def evening_time_zone() -> str:
    """Return the name of a time zone where it is past nine in the evening, far from noon, when a night begins."""
    offset = (datetime.now(UTC).hour - 21 + 12) % 24 - 12
    return f"Etc/GMT{offset:+d}"


def _resolve_entity_ids(config: Any, entity_ids: dict[str, str]) -> Any:
    """Replace every `rls_bedtime.<translation key>` in the configuration of a dashboard by the entity id."""
    if isinstance(config, dict):
        return {key: _resolve_entity_ids(value, entity_ids) for key, value in config.items()}
    if isinstance(config, list):
        return [_resolve_entity_ids(value, entity_ids) for value in config]
    if isinstance(config, str) and config.startswith(f"{DOMAIN}."):
        return entity_ids[config.removeprefix(f"{DOMAIN}.")]
    return config
