"""Automations of the editor, Assist, and a language model, each through Home Assistant's own interface."""

from collections.abc import Iterator
import json
from typing import Any

from client import Json, RequestRejectedError
from demo_home import CONFIG_FLOW_PATH, DOMAIN
import pytest
from server import Server

MCP_PATH = "/api/mcp/assist"
AUTOMATION_PATH = "/api/config/automation/config"


@pytest.fixture(scope="module")
def language_model(server: Server) -> LanguageModel:
    """Return a language model that is connected through the MCP server integration."""
    flow = server.call_api("POST", CONFIG_FLOW_PATH, {"handler": "mcp_server"})
    assert server.call_api("POST", f"{CONFIG_FLOW_PATH}/{flow['flow_id']}", {})["type"] == "create_entry"
    return LanguageModel(server)


class LanguageModel:
    """A client of the Model Context Protocol, authenticated as the logged-in user."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def tools(self) -> dict[str, Json]:
        """Return the tools of the integration by name, as they are described to a model."""
        prefix = f"{DOMAIN}__"
        tools = self._request("tools/list", {})["tools"]
        return {tool["name"].removeprefix(prefix): tool for tool in tools if tool["name"].startswith(prefix)}

    def call_tool(self, tool: str, **args: Any) -> Any:
        """Return the result of a tool, the message of its error if it fails."""
        response = self._request("tools/call", {"name": f"{DOMAIN}__{tool}", "arguments": args})
        result = json.loads(response["content"][0]["text"])
        return str(result["error"]) if response.get("isError") else result

    def _request(self, method: str, params: Json) -> Json:
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = self._server.call_api("POST", MCP_PATH, message)
        assert "result" in answer, answer
        return dict(answer["result"])


@pytest.fixture
def add_automation(server: Server) -> Iterator[Any]:
    """Return a function that saves an automation like the editor does and returns its entity id."""
    added: list[str] = []

    def save(name: str, trigger: Json, *conditions: Json) -> str:
        config = {"alias": name, "triggers": [trigger], "conditions": conditions, "actions": []}
        server.call_api("POST", f"{AUTOMATION_PATH}/{name}", config)
        added.append(name)
        server.wait_for_state(f"automation.{name}", "on")
        return f"automation.{name}"

    yield save
    for name in added:
        server.call_api("DELETE", f"{AUTOMATION_PATH}/{name}")


def today(server: Server) -> str:
    """Return the local date of Home Assistant, which is the current night because it is evening there."""
    return str(server.call_api("POST", "/api/template", {"template": "{{ now().date() }}"})["message"])


def last_triggered(server: Server, automation: str) -> str | None:
    """Return when an automation was last triggered, None if it never was."""
    timestamp: str | None = server.get_state(automation)["attributes"]["last_triggered"]
    return timestamp


def wait_for_trigger(server: Server, automation: str, after: str | None = None) -> str:
    """Wait until an automation has been triggered again and return when."""
    state = server.wait_for_state(automation, lambda state: state["attributes"]["last_triggered"] not in (None, after))
    return str(state["attributes"]["last_triggered"])


def ask_assist(server: Server, text: str) -> Json:
    """Return the response of the built-in conversation agent."""
    return dict(server.call_api("POST", "/api/conversation/process", {"text": text, "language": "en"})["response"])


def test_language_model_logs_summarizes_and_starts_bedtime(
    server: Server, daytime: None, entity_ids: dict[str, str], language_model: LanguageModel
) -> None:
    tools = language_model.tools()
    of_the_diary = {"log_episode", "end_episode", "get_last_night", "compare_nights", "get_experiment"}
    assert tools.keys() == of_the_diary | {"start_bedtime", "stop_bedtime"}
    read_only = {name for name, tool in tools.items() if tool["annotations"]["readOnlyHint"]}
    assert read_only == {"get_last_night", "compare_nights", "get_experiment"}
    severity = tools["log_episode"]["inputSchema"]["properties"]["severity"]
    assert (severity["minimum"], severity["maximum"]) == (0, 10)

    before = language_model.call_tool("get_last_night", night=today(server))["number_of_episodes"]
    logged = language_model.call_tool("log_episode", severity=6, body_parts=["calf"], note="said in confidence")
    assert (logged["sleeper"], logged["new"], logged["episode"]["ongoing"]) == ("Alex", True, True)
    assert language_model.call_tool("end_episode", relief=["walking"])["episode"]["relief"] == ["walking"]
    tonight = language_model.call_tool("get_last_night", night=today(server))
    assert tonight["number_of_episodes"] == before + 1
    assert "confidence" not in json.dumps(tonight)
    assert "from 0 to 10" in language_model.call_tool("log_episode", severity=12)
    assert "no sleeper Robin" in language_model.call_tool("end_episode", sleeper="Robin")

    assert language_model.call_tool("start_bedtime")["phase"] == "bedtime"
    assert server.get_state(entity_ids["bedtime_mode"])["state"] == "on"
    assert language_model.call_tool("stop_bedtime")["phase"] == "off"


def test_assist_controls_what_is_exposed(server: Server, daytime: None, entity_ids: dict[str, str]) -> None:
    """The switch is exposed by default, a button only once somebody exposes it. Assist answers before all is done."""
    assert ask_assist(server, "turn on bedroom bedtime mode")["response_type"] == "action_done"
    server.wait_for_state(entity_ids["bedtime_mode"], "on")
    assert ask_assist(server, "turn off the bedtime mode in the bedroom")["response_type"] == "action_done"
    server.wait_for_state(entity_ids["bedtime_mode"], "off")

    button = entity_ids["log_severe"]
    before = server.get_state(button)["state"]
    assert ask_assist(server, "press alex log severe episode")["response_type"] == "error"
    server.call_ws("homeassistant/expose_entity", assistants=["conversation"], entity_ids=[button], should_expose=True)
    assert ask_assist(server, "press alex log severe episode")["response_type"] == "action_done"
    server.wait_for_state(button, lambda state: bool(state["state"] != before))
    server.wait_for_state(entity_ids["last_severity"], "8")


def test_automations_of_the_editor_run_and_a_restart_triggers_none(
    server: Server, daytime: None, entity_ids: dict[str, str], add_automation: Any
) -> None:
    """The triggers and conditions are saved in the form that the editor gives them."""
    phase, episode = {"entity_id": entity_ids["phase"]}, {"entity_id": entity_ids["episode"]}
    options = {"behavior": "each", "for": {"hours": 0, "minutes": 0, "seconds": 0}}
    started = add_automation("started", {"trigger": f"{DOMAIN}.bedtime_started", "target": phase, "options": options})
    ended = add_automation("ended", {"trigger": f"{DOMAIN}.bedtime_ended", "target": phase, "options": options})
    severe = add_automation(
        "severe",
        {"trigger": f"{DOMAIN}.episode_logged", "target": episode, "options": {"least_severity": 7}},
        {"condition": f"{DOMAIN}.is_bedtime", "target": phase, "options": {"behavior": "any"}},
        {"condition": f"{DOMAIN}.has_ongoing_episode", "target": {"entity_id": entity_ids["episode_ongoing"]}},
    )
    server.call_action(DOMAIN, "log_episode", {"severity": 8})
    server.call_action(DOMAIN, "start", {"wind_down": 0})
    started_at = wait_for_trigger(server, started)
    server.call_action(DOMAIN, "log_episode", {"severity": 4})
    assert last_triggered(server, severe) is None
    server.call_action(DOMAIN, "log_episode", {"severity": 9})
    severe_at = wait_for_trigger(server, severe)

    server.restart()
    server.wait_for_state(entity_ids["phase"], "bedtime")
    assert (last_triggered(server, started), last_triggered(server, severe), last_triggered(server, ended)) == (
        started_at,
        severe_at,
        None,
    )
    server.call_action("switch", "turn_off", {"entity_id": entity_ids["bedtime_mode"]})
    wait_for_trigger(server, ended)


def test_editor_rejects_invalid_options_and_a_missing_target(server: Server, entity_ids: dict[str, str]) -> None:
    trigger = {"trigger": f"{DOMAIN}.episode_logged", "target": {"entity_id": entity_ids["episode"]}}
    for invalid, message in (
        (trigger | {"options": {"least_severity": 11}}, "10"),
        (trigger | {"options": {"severity": 4}}, "severity"),
        ({"trigger": f"{DOMAIN}.bedtime_started"}, "target"),
    ):
        with pytest.raises(RequestRejectedError, match=message):
            server.call_api(
                "POST", f"{AUTOMATION_PATH}/invalid", {"alias": "invalid", "triggers": [invalid], "actions": []}
            )
