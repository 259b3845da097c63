"""Move into a new hub: areas, the integration configured for a sleeper, a dashboard."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from client import HubError, Json
from homeassistant.util.yaml import load_yaml_dict
from server import BEDROOM, Hub

DOMAIN = "rls_bedtime"
DASHBOARD = "bedroom"
FLOW = "/api/config/config_entries/flow"
DEVICES = {
    "bedroom": (
        "light.bedside_lamp",
        "light.ceiling_light",
        "climate.thermostat",
        "media_player.tv",
        "cover.blind",
        "sensor.bedroom_temperature",
    ),
    "living_room": ("light.floor_lamp", "media_player.speaker"),
}
ANSWERS: dict[str, Json] = {
    "user": {"name": "Bedroom", "area": "bedroom"},
    "devices": {kind: {"area_id": ["bedroom"]} for kind in ("lights", "climate", "screens", "covers")},
    "schedule": {"bedtime": "22:30:00", "wake_up": "07:00:00", "wind_down": 45, "automatic": False},
    "sleeper": {"name": "Alex"},
}


def furnish(hub: Hub, time_zone: str | None = None) -> None:
    """Do all of it, in a hub that has just been onboarded."""
    arrange(hub, time_zone or local_time_zone())
    configure(hub)
    show(hub)


def arrange(hub: Hub, time_zone: str) -> None:
    """Tell the hub where it is, put the devices into their areas, and make it day."""
    hub.ws("config/core/update", country="GB", location_name="Home", time_zone=time_zone, unit_system="metric")
    for area, entity_ids in DEVICES.items():
        for entity_id in entity_ids:
            hub.ws("config/entity_registry/update", entity_id=entity_id, area_id=area)
    hub.call("scene", "turn_on", {"entity_id": "scene.day"})


def configure(hub: Hub) -> str:
    """Go through the config flow, and return the id of the entry."""
    person = next(
        state["entity_id"] for state in hub.api("GET", "/api/states") if state["entity_id"].startswith("person.")
    )
    answers = {**ANSWERS, "sleeper": {**ANSWERS["sleeper"], "person": person}}
    step = hub.api("POST", FLOW, {"handler": DOMAIN})
    while step["type"] == "form" and not step["errors"]:
        step = hub.api("POST", f"{FLOW}/{step['flow_id']}", answers[step["step_id"]])
    if step["type"] != "create_entry":
        raise HubError(f"The config flow ended with {step}.")
    return str(step["result"]["entry_id"])


def show(hub: Hub) -> None:
    """Save the dashboard, and make it the one that people see first."""
    plan = load_yaml_dict(Path(BEDROOM / "dashboard.yaml"))
    add_dashboard(hub, DASHBOARD, _with_entity_ids(plan, our_entities(hub)), title="Bedroom", icon="mdi:bed")
    hub.ws("frontend/set_system_data", key="core", value={"default_panel": DASHBOARD})


def add_dashboard(hub: Hub, path: str, config: Json, **about: str) -> None:
    """Save a dashboard that is found at a path."""
    hub.ws("lovelace/dashboards/create", url_path=path, allow_single_word=True, **about)
    hub.ws("lovelace/config/save", url_path=path, config=config)


def our_entities(hub: Hub) -> dict[str, str]:
    """Return the ids of the integration's entities, by translation key."""
    registry = hub.ws("config/entity_registry/list")
    return {entry["translation_key"]: entry["entity_id"] for entry in registry if entry["platform"] == DOMAIN}


def local_time_zone() -> str:
    """Return the name of this machine's time zone, or else UTC."""
    _, _, name = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")
    return name or "UTC"


def evening() -> str:
    """Return the name of a time zone in which it is past nine in the evening: far from noon, where a night begins."""
    offset = (datetime.now(UTC).hour - 21 + 12) % 24 - 12
    return f"Etc/GMT{offset:+d}"


def _with_entity_ids(plan: Any, ours: dict[str, str]) -> Any:
    """Return the plan of a dashboard with every rls_bedtime.<translation key> replaced."""
    if isinstance(plan, dict):
        return {key: _with_entity_ids(value, ours) for key, value in plan.items()}
    if isinstance(plan, list):
        return [_with_entity_ids(value, ours) for value in plan]
    if isinstance(plan, str) and plan.startswith(f"{DOMAIN}."):
        return ours[plan.removeprefix(f"{DOMAIN}.")]
    return plan
