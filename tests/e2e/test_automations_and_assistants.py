"""Automations, voice and the logbook in the newest Home Assistant, each as its own interfaces have it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
import json
from typing import Any

from client import Json, RefusedError
from demo_home import DOMAIN, FLOW
import pytest
from server import Hub

ASSIST = "/api/mcp/assist"
AUTOMATIONS = "/api/config/automation/config"


@pytest.fixture(scope="module")
def model(hub: Hub) -> Model:
    """Return a language model that reaches the hub as such models do."""
    flow = hub.api("POST", FLOW, {"handler": "mcp_server"})
    assert hub.api("POST", f"{FLOW}/{flow['flow_id']}", {})["type"] == "create_entry"
    return Model(hub)


class Model:
    """A language model: it speaks the Model Context Protocol."""

    def __init__(self, hub: Hub) -> None:
        """Speak in the name of whoever is logged in to the hub."""
        self._hub = hub

    def tools(self) -> dict[str, Json]:
        """Return our tools, as a model is told of them."""
        prefix = f"{DOMAIN}__"
        told = self._ask("tools/list", {})["tools"]
        return {tool["name"].removeprefix(prefix): tool for tool in told if tool["name"].startswith(prefix)}

    def use(self, tool: str, **args: Any) -> Any:
        """Return what a tool answers, a sentence if it refuses."""
        result = self._ask("tools/call", {"name": f"{DOMAIN}__{tool}", "arguments": args})
        answer = json.loads(result["content"][0]["text"])
        return str(answer["error"]) if result.get("isError") else answer

    def _ask(self, method: str, params: Json) -> Json:
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = self._hub.api("POST", ASSIST, message)
        assert "result" in answer, answer
        return dict(answer["result"])


@pytest.fixture
def automate(hub: Hub) -> Iterator[Any]:
    """Return what saves an automation as the editor does, and returns its entity id."""
    made: list[str] = []

    def save(name: str, trigger: Json, *conditions: Json) -> str:
        about = {"alias": name, "triggers": [trigger], "conditions": conditions, "actions": []}
        hub.api("POST", f"{AUTOMATIONS}/{name}", about)
        made.append(name)
        hub.wait_for(f"automation.{name}", lambda state: bool(state["state"] == "on"))
        return f"automation.{name}"

    yield save
    for name in made:
        hub.api("DELETE", f"{AUTOMATIONS}/{name}")


def last_run(hub: Hub, automation: str) -> str | None:
    """Return when an automation last ran."""
    told: str | None = hub.state(automation)["attributes"]["last_triggered"]
    return told


def wait_for_run(hub: Hub, automation: str, after: str | None = None) -> str:
    """Return when an automation ran, once it has run anew."""
    state = hub.wait_for(automation, lambda state: state["attributes"]["last_triggered"] not in (None, after))
    return str(state["attributes"]["last_triggered"])


def say(hub: Hub, text: str) -> Json:
    """Return what the built-in agent answers."""
    return dict(hub.api("POST", "/api/conversation/process", {"text": text, "language": "en"})["response"])


def test_a_language_model_logs_tells_and_starts(hub: Hub, by_day: None, ours: dict[str, str], model: Model) -> None:
    """All tools, over the protocol that models speak, in the name of whoever is logged in."""
    tools = model.tools()
    assert tools.keys() == {"log_episode", "end_episode", "get_last_night", "start_bedtime", "stop_bedtime"}
    assert [name for name, tool in tools.items() if tool["annotations"]["readOnlyHint"]] == ["get_last_night"]
    severity = tools["log_episode"]["inputSchema"]["properties"]["severity"]
    assert (severity["minimum"], severity["maximum"]) == (0, 10)

    before = model.use("get_last_night", night=_today(hub))["number_of_episodes"]
    logged = model.use("log_episode", severity=6, body_parts=["calf"], note="said in confidence")
    assert (logged["sleeper"], logged["new"], logged["episode"]["ongoing"]) == ("Alex", True, True)
    assert model.use("end_episode", relief=["walking"])["episode"]["relief"] == ["walking"]
    tonight = model.use("get_last_night", night=_today(hub))
    assert tonight["number_of_episodes"] == before + 1
    assert "confidence" not in json.dumps(tonight)
    assert "from 0 to 10" in model.use("log_episode", severity=12)
    assert "no sleeper Robin" in model.use("end_episode", sleeper="Robin")

    assert model.use("start_bedtime")["phase"] == "bedtime"
    assert hub.state(ours["bedtime_mode"])["state"] == "on"
    assert model.use("stop_bedtime")["phase"] == "off"


def test_the_built_in_agent_knows_what_is_exposed(hub: Hub, by_day: None, ours: dict[str, str]) -> None:
    """The switch is exposed by itself; a button once somebody has chosen so. It answers before all is done."""
    assert say(hub, "turn on bedroom bedtime mode")["response_type"] == "action_done"
    hub.wait_for(ours["bedtime_mode"], lambda state: bool(state["state"] == "on"))
    assert say(hub, "turn off the bedtime mode in the bedroom")["response_type"] == "action_done"
    hub.wait_for(ours["bedtime_mode"], lambda state: bool(state["state"] == "off"))

    button = ours["log_severe"]
    was = hub.state(button)["state"]
    assert say(hub, "press alex log severe")["response_type"] == "error"
    hub.ws("homeassistant/expose_entity", assistants=["conversation"], entity_ids=[button], should_expose=True)
    assert say(hub, "press alex log severe")["response_type"] == "action_done"
    hub.wait_for(button, lambda state: bool(state["state"] != was))
    hub.wait_for(ours["last_severity"], lambda state: bool(state["state"] == "8"))


def test_automations_of_the_editor_run_and_a_restart_starts_none(
    hub: Hub, by_day: None, ours: dict[str, str], automate: Any
) -> None:
    """Triggers and conditions, saved as the editor saves them, fire once for what happens and never for a restart."""
    bedroom, sleeper = {"entity_id": ours["phase"]}, {"entity_id": ours["episode"]}
    lasting = {"behavior": "each", "for": {"hours": 0, "minutes": 0, "seconds": 0}}
    begun = automate("begun", {"trigger": f"{DOMAIN}.bedtime_started", "target": bedroom, "options": lasting})
    ended = automate("ended", {"trigger": f"{DOMAIN}.bedtime_ended", "target": bedroom, "options": lasting})
    severe = automate(
        "severe",
        {"trigger": f"{DOMAIN}.episode_logged", "target": sleeper, "options": {"least_severity": 7}},
        {"condition": f"{DOMAIN}.is_bedtime", "target": bedroom, "options": {"behavior": "any"}},
        {"condition": f"{DOMAIN}.has_ongoing_episode", "target": {"entity_id": ours["episode_ongoing"]}},
    )
    hub.call(DOMAIN, "log_episode", {"severity": 8})
    hub.call(DOMAIN, "start", {"wind_down": 0})
    began = wait_for_run(hub, begun)
    hub.call(DOMAIN, "log_episode", {"severity": 4})
    assert last_run(hub, severe) is None
    hub.call(DOMAIN, "log_episode", {"severity": 9})
    told = wait_for_run(hub, severe)

    hub.restart()
    hub.wait_for(ours["phase"], lambda state: bool(state["state"] == "bedtime"))
    assert (last_run(hub, begun), last_run(hub, severe), last_run(hub, ended)) == (began, told, None)
    hub.call("switch", "turn_off", {"entity_id": ours["bedtime_mode"]})
    wait_for_run(hub, ended)


def test_the_editor_refuses_what_a_trigger_does_not_know(hub: Hub, ours: dict[str, str]) -> None:
    """A wrong option is an error that says so, and so is an automation without a target."""
    trigger = {"trigger": f"{DOMAIN}.episode_logged", "target": {"entity_id": ours["episode"]}}
    for wrong, says in (
        (trigger | {"options": {"least_severity": 11}}, "10"),
        (trigger | {"options": {"severity": 4}}, "severity"),
        ({"trigger": f"{DOMAIN}.bedtime_started"}, "target"),
    ):
        with pytest.raises(RefusedError, match=says):
            hub.api("POST", f"{AUTOMATIONS}/wrong", {"alias": "wrong", "triggers": [wrong], "actions": []})


def test_the_logbook_reads_as_sentences(hub: Hub, ours: dict[str, str]) -> None:
    """What was done with the diary is told once, without a note, by the entity that it is of."""
    hub.call(DOMAIN, "log_episode", {"severity": 3, "note": "said in confidence"})
    hub.call(DOMAIN, "undo", {})

    def entries() -> list[Json] | None:
        period = {"start_time": (datetime.now(UTC) - timedelta(minutes=30)).isoformat()}
        told = hub.ws("logbook/get_events", **period, entity_ids=[ours["episode"]])
        ours_ = [entry for entry in told if entry.get("domain") == DOMAIN]
        return ours_ if ours_ and "took back" in ours_[-1]["message"] else None

    *_, logged, undone = hub.until(entries, "has written its logbook")
    assert f"{logged['name']} {logged['message']}" == "Alex logged an episode, severity 3"
    assert f"{undone['name']} {undone['message']}" == "Alex took back the last change"
    assert "confidence" not in json.dumps([logged, undone])


def _today(hub: Hub) -> str:
    """Return the night that it is in the hub, where it is evening."""
    return str(hub.api("POST", "/api/template", {"template": "{{ now().date() }}"})["message"])
