"""Who may log, read and change a diary, at each of its doors."""

from http import HTTPStatus
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.auth.models import Group, User
from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import entity_registry as er, llm
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from ..common.bedroom import Bedroom
from ..common.home import act, bedroom_entry, set_up, sleeper, value

GROUPS = {
    "an administrator": GROUP_ID_ADMIN,
    "the person": GROUP_ID_USER,
    "a reader": GROUP_ID_USER,
    "a user": GROUP_ID_USER,
    "a read-only user": GROUP_ID_READ_ONLY,
    "the person, read-only": GROUP_ID_READ_ONLY,
}
AUTOMATION = "an automation"
EVERYBODY = (*GROUPS, AUTOMATION)
MAY_LOG = {"an administrator", "the person", "a reader", "a user", AUTOMATION}
MAY_READ = {"an administrator", "the person", "a reader", "the person, read-only", AUTOMATION}
MAY_CHANGE = MAY_READ - {"the person, read-only"}

LOG_ACTIONS: dict[str, dict[str, Any]] = {
    "log_practice": {"item": "Leg massage"},
    "log_episode": {"severity": 3},
    "end_episode": {},
    "log_clear_night": {"night": "2026-11-19"},
}
READ_ACTIONS: dict[str, dict[str, Any]] = {
    "get_episodes": {},
    "get_summary": {},
    "get_report": {},
    "compare": {"date": "2026-11-20"},
}
CHANGE_ACTIONS: dict[str, dict[str, Any]] = {
    "update_episode": {"severity": 5},
    "delete_episode": {},
    "delete_clear_night": {"night": "2026-11-20"},
    "undo": {},
    "redo": {},
    "log_change": {"name": "secret"},
    "update_change": {"amount": "secret"},
    "delete_change": {},
}
BEDROOM_ACTIONS: dict[str, dict[str, Any]] = {"start": {}, "stop": {}, "extend": {"minutes": 5}}


@pytest.fixture
async def users(hass: HomeAssistant) -> dict[str, User]:
    """Return users by who they are to Alex."""
    found: dict[str, User] = {}
    for name, group_id in GROUPS.items():
        group = await hass.auth.async_get_group(group_id)
        assert group is not None
        found[name] = MockUser(name=name, groups=[group]).add_to_hass(hass)
    return found


@pytest.fixture
async def diary(
    hass: HomeAssistant, night: FrozenDateTimeFactory, bedroom: Bedroom, users: dict[str, User], who: str
) -> MockConfigEntry:
    """Return the bedroom of Alex, a person who lets another one read, and of Robin, who is no person of the house."""
    person = "the person, read-only" if who == "the person, read-only" else "the person"
    people = [
        {"id": "alex", "name": "Alex", "user_id": users[person].id},
        {"id": "kim", "name": "Kim", "user_id": users["a reader"].id},
    ]
    for component in ("homeassistant", "llm"):
        assert await async_setup_component(hass, component, {})
    assert await async_setup_component(hass, "person", {"person": people})
    alex = sleeper("Alex", "person.alex", may_read=["person.kim"], long_term_statistics=True)
    entry = await set_up(hass, bedroom_entry("Bedroom", alex, sleeper("Robin"), automatic=True))
    for name in ("Alex", "Robin"):
        await act(hass, "log_clear_night", sleeper=name, night="2026-11-20")
        await act(hass, "log_change", sleeper=name, name="secret", date="2026-11-20")
        await act(hass, "log_episode", sleeper=name, severity=7, note="a secret", tags="secret")
        await act(hass, "log_clear_night", sleeper=name, night="2026-11-18")
        await act(hass, "undo", sleeper=name)
    # An automation that does the same again does not repeat these calls.
    night.tick(120)
    return entry


@pytest.fixture
def context(users: dict[str, User], who: str) -> Context:
    """Return the context of a call."""
    return Context() if who == AUTOMATION else Context(user_id=users[who].id)


async def token_of(hass: HomeAssistant, user: User) -> str:
    """Return an access token."""
    refresh_token = await hass.auth.async_create_refresh_token(user, "https://example.com/app")
    return hass.auth.async_create_access_token(refresh_token)


async def refusal(hass: HomeAssistant, action: str, context: Context, **data: Any) -> type[Exception] | None:
    """Call an action. Return the type of the error if it was refused."""
    try:
        await act(hass, action, context, **data)
    except (Unauthorized, ServiceValidationError) as error:
        return type(error)
    return None


def cases(actions: dict[str, dict[str, Any]], allowed: set[str]) -> list[Any]:
    """Return each pair of a user and an action, and whether it is allowed."""
    return [
        pytest.param(who, action, who in allowed, id=f"{who} {'may' if who in allowed else 'may not'} {action}")
        for who in EVERYBODY
        for action in actions
    ]


# --- actions ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize(
    ("who", "action", "allowed"),
    [*cases(LOG_ACTIONS, MAY_LOG), *cases(READ_ACTIONS, MAY_READ), *cases(CHANGE_ACTIONS, MAY_CHANGE)],
)
async def test_an_action_on_the_diary_of_a_person(
    hass: HomeAssistant, context: Context, action: str, *, allowed: bool
) -> None:
    before = await act(hass, "get_episodes", sleeper="Alex")
    data = (LOG_ACTIONS | READ_ACTIONS | CHANGE_ACTIONS)[action]

    refused = await refusal(hass, action, context, sleeper="Alex", **data)

    assert (refused is None) is allowed
    if refused is not None:
        assert await act(hass, "get_episodes", sleeper="Alex") == before


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize(("who", "action", "allowed"), cases(LOG_ACTIONS | READ_ACTIONS | CHANGE_ACTIONS, MAY_LOG))
async def test_an_action_on_the_diary_of_nobody_in_particular(
    hass: HomeAssistant, context: Context, action: str, *, allowed: bool
) -> None:
    data = (LOG_ACTIONS | READ_ACTIONS | CHANGE_ACTIONS)[action]

    refused = await refusal(hass, action, context, sleeper="Robin", **data)

    assert (refused is None) is allowed


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize(("who", "action", "allowed"), cases(BEDROOM_ACTIONS, MAY_LOG))
async def test_an_action_on_a_bedroom(hass: HomeAssistant, context: Context, action: str, *, allowed: bool) -> None:
    refused = await refusal(hass, action, context, **BEDROOM_ACTIONS[action])
    await hass.async_block_till_done()

    assert refused is (None if allowed else Unauthorized)
    assert value(hass, "sensor.bedroom_phase") == ("bedtime" if allowed and action == "start" else "off")


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize(
    ("who", "action", "key"),
    [
        ("a user", "get_episodes", "not_allowed_to_read"),
        ("a user", "get_summary", "not_allowed_to_read"),
        ("a user", "undo", "not_allowed_to_change"),
    ],
)
async def test_a_refusal_is_a_sentence_that_names_whose_diary_it_is(
    hass: HomeAssistant, context: Context, action: str, key: str
) -> None:
    with pytest.raises(ServiceValidationError, match="The diary belongs to Alex") as refused:
        await act(hass, action, context, sleeper="Alex")
    assert refused.value.translation_key == key


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize("who", ["a user"])
async def test_who_ends_an_episode_does_not_learn_what_was_written_about_it(
    hass: HomeAssistant, context: Context
) -> None:
    episode = (await act(hass, "end_episode", context, sleeper="Alex", relief="walking"))["episode"]

    assert "secret" not in str(episode)
    assert (episode["severity"], episode["note"], episode["tags"], episode["relief"]) == (7, None, [], [])
    (written,) = (await act(hass, "get_episodes", sleeper="Alex"))["episodes"]
    assert (written["note"], written["relief"]) == ("a secret", ["walking"])


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize(("who", "allowed"), [(who, who in MAY_READ) for who in sorted(MAY_LOG)])
async def test_the_request_id_of_somebody_elses_log_does_not_tell_what_they_wrote(
    hass: HomeAssistant, context: Context, *, allowed: bool
) -> None:
    words = {"note": "a secret", "tags": "secret", "relief": "bath"}
    await act(hass, "log_episode", None, sleeper="Alex", request_id="6f1c2a54", **words)
    response = await act(hass, "log_episode", context, sleeper="Alex", request_id="6f1c2a54", relief="bath")

    assert not response["new"]
    assert ("secret" in str(response)) is allowed
    assert response["episode"]["relief"] == ["bath"]


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize("who", ["a user"])
async def test_who_may_only_log_gets_the_same_response_to_a_repeat(hass: HomeAssistant, context: Context) -> None:
    data = {"sleeper": "Alex", "note": "she walks", "tags": "walk", "severity": 4}
    first = await act(hass, "log_episode", context, **data)

    assert await act(hass, "log_episode", context, **data) == first | {"new": False}


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize(("who", "allowed"), [(who, who in MAY_CHANGE) for who in sorted(MAY_LOG)])
async def test_to_give_an_episode_another_end_is_to_change_it(
    hass: HomeAssistant, context: Context, *, allowed: bool
) -> None:
    (episode,) = (await act(hass, "get_episodes", sleeper="Alex"))["episodes"]
    data = {"sleeper": "Alex", "episode_id": episode["id"]}
    assert (await act(hass, "end_episode", context, **data))["new"]
    assert not (await act(hass, "end_episode", context, **data))["new"]

    refused = await refusal(hass, "end_episode", context, **data, severity=1)

    assert (refused is None) is allowed
    (episode,) = (await act(hass, "get_episodes", sleeper="Alex"))["episodes"]
    assert episode["severity"] == (1 if allowed else 7)


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize("who", ["a user"])
async def test_a_user_whose_account_is_gone_is_refused(hass: HomeAssistant) -> None:
    for action in ("log_episode", "get_episodes", "undo"):
        assert await refusal(hass, action, Context(user_id="gone"), sleeper="Alex") is not None


@pytest.mark.parametrize("who", ["a user"])
async def test_a_user_who_may_control_one_room_may_log_there_only(hass: HomeAssistant, diary: MockConfigEntry) -> None:
    entities = er.async_entries_for_config_entry(er.async_get(hass), diary.entry_id)
    policy = {each.entity_id: {POLICY_CONTROL: True} for each in entities if "alex" in each.entity_id}
    group = Group(name="Alex's room", policy={"entities": {"entity_ids": policy}})
    context = Context(user_id=MockUser(name="tablet", groups=[group]).add_to_hass(hass).id)

    assert await refusal(hass, "log_episode", context, sleeper="Alex") is None
    assert await refusal(hass, "log_episode", context, sleeper="Robin") is Unauthorized
    assert await refusal(hass, "start", context) is Unauthorized


# --- websocket --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize("command", ["trends", "comparisons"])
@pytest.mark.parametrize("who", GROUPS)
async def test_a_card_reads_the_diary_of_a_person(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, users: dict[str, User], who: str, command: str
) -> None:
    client = await hass_ws_client(hass, await token_of(hass, users[who]))
    await client.send_json_auto_id({"type": f"rls_bedtime/{command}", "sleeper": "Alex"})
    answer = await client.receive_json()

    assert answer["success"] is (who in MAY_READ)
    if not answer["success"]:
        assert answer["error"]["code"] == "unauthorized"
        assert answer["error"]["translation_key"] == "not_allowed_to_read"


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize("who", GROUPS)
async def test_a_card_can_ask_what_it_may_do(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, users: dict[str, User], who: str
) -> None:
    client = await hass_ws_client(hass, await token_of(hass, users[who]))
    for name, can_read in (("Alex", who in MAY_READ), ("Robin", who in MAY_LOG)):
        await client.send_json_auto_id({"type": "rls_bedtime/access", "sleeper": name})
        result = (await client.receive_json())["result"]
        assert len(result.pop("statistics")) == (3 if can_read and name == "Alex" else 0)
        assert result == {"can_log": who in MAY_LOG, "can_read": can_read, "can_control_bedroom": who in MAY_LOG}


async def test_a_card_knows_who_may_log_but_not_control_the_bedroom(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))
    registry = er.async_get(hass)
    of_alex = [each for each in registry.entities if ".alex_" in each]
    policy = {"entities": {"entity_ids": {each: {POLICY_CONTROL: True, "read": True} for each in of_alex}}}
    group = Group(name="Loggers", policy=policy)
    user = MockUser(name="Nurse", groups=[group]).add_to_hass(hass)
    client = await hass_ws_client(hass, await token_of(hass, user))
    await client.send_json_auto_id({"type": "rls_bedtime/access", "sleeper": "Alex"})
    access = (await client.receive_json())["result"]
    assert (access["can_log"], access["can_control_bedroom"]) == (True, False)


# --- calendar ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize("who", GROUPS)
async def test_the_calendar_of_a_person_shows_times_and_severity_to_everybody_and_no_words(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, users: dict[str, User], who: str
) -> None:
    client = await hass_client(await token_of(hass, users[who]))
    period = {"start": "2026-11-22T00:00:00Z", "end": "2026-11-30T00:00:00Z"}

    response = await client.get("/api/calendars/calendar.alex_diary", params=period)
    assert response.status == HTTPStatus.OK
    (event,) = await response.json()
    assert (event["summary"], event["description"]) == ("Severity 7", None)
    response = await client.get("/api/calendars/calendar.robin_diary", params=period)
    (event,) = await response.json()
    assert event["description"] == "a secret"


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize("who", GROUPS)
@pytest.mark.parametrize("edit", ["update", "delete"])
async def test_an_event_of_a_person_is_changed_in_the_calendar(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, users: dict[str, User], who: str, edit: str
) -> None:
    (before,) = (await act(hass, "get_episodes", sleeper="Alex"))["episodes"]
    client = await hass_ws_client(hass, await token_of(hass, users[who]))
    data: dict[str, Any] = {"entity_id": "calendar.alex_diary", "uid": before["id"]}
    if edit == "update":
        times = {"dtstart": before["started_at"], "dtend": "2026-11-24T03:27:00-08:00"}
        data["event"] = {"summary": "Severity 4", **times}
    await client.send_json_auto_id({"type": f"calendar/event/{edit}", **data})
    answer = await client.receive_json()

    assert answer["success"] is (who in MAY_CHANGE)
    after = (await act(hass, "get_episodes", sleeper="Alex"))["episodes"]
    if who not in MAY_CHANGE:
        assert after == [before]
    elif edit == "delete":
        assert after == []
    else:
        assert [(each["severity"], each["note"]) for each in after] == [(4, "a secret")]


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize("who", GROUPS)
async def test_an_event_is_added_to_the_calendar_of_a_person(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, users: dict[str, User], who: str
) -> None:
    client = await hass_ws_client(hass, await token_of(hass, users[who]))
    event = {"summary": "3", "dtstart": "2026-11-23T23:00:00-08:00", "dtend": "2026-11-23T23:20:00-08:00"}
    await client.send_json_auto_id(
        {"type": "calendar/event/create", "entity_id": "calendar.alex_diary", "event": event}
    )

    assert (await client.receive_json())["success"] is (who in MAY_LOG)


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize("who", ["the person"])
async def test_words_that_are_added_in_the_calendar_of_a_person_are_added_to_the_note(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, users: dict[str, User], who: str
) -> None:
    (episode,) = (await act(hass, "get_episodes", sleeper="Alex"))["episodes"]
    client = await hass_ws_client(hass, await token_of(hass, users[who]))
    times = {"dtstart": episode["started_at"], "dtend": "2026-11-24T03:27:00-08:00"}
    event = {"summary": "Severity 7", "description": "a walk helped", **times}
    data = {"entity_id": "calendar.alex_diary", "uid": episode["id"], "event": event}
    await client.send_json_auto_id({"type": "calendar/event/update", **data})

    assert (await client.receive_json())["success"]
    (episode,) = (await act(hass, "get_episodes", sleeper="Alex"))["episodes"]
    assert episode["note"] == "a secret\na walk helped"


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize("who", ["the person"])
async def test_words_that_are_added_in_the_calendar_twice_are_in_the_note_once(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, users: dict[str, User], night: FrozenDateTimeFactory
) -> None:
    """A browser that got no answer saves the event again."""
    (episode,) = (await act(hass, "get_episodes", sleeper="Alex"))["episodes"]
    client = await hass_ws_client(hass, await token_of(hass, users["the person"]))
    times = {"dtstart": episode["started_at"], "dtend": "2026-11-24T03:27:00-08:00"}
    event = {"summary": "A walk", "description": "helped\nat once", **times}
    data = {"entity_id": "calendar.alex_diary", "uid": episode["id"], "event": event}
    for seconds in (2, 31, 90):
        await client.send_json_auto_id({"type": "calendar/event/update", **data})
        assert (await client.receive_json())["success"]
        night.tick(seconds)

    (episode,) = (await act(hass, "get_episodes", sleeper="Alex"))["episodes"]
    assert episode["note"] == "a secret\nA walk\nhelped\nat once"


# --- to-do list -------------------------------------------------------------------------------------------------------

ROUTINE: dict[str, tuple[dict[str, Any], set[str]]] = {
    "tick": ({"service": "update_item", "item": "Yoga", "status": "completed"}, MAY_LOG),
    "add": ({"service": "add_item", "item": "A walk"}, MAY_LOG),
    "rename": ({"service": "update_item", "item": "Yoga", "rename": "Pilates"}, MAY_CHANGE),
    "remove": ({"service": "remove_item", "item": "Yoga"}, MAY_CHANGE),
}


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("edit", ROUTINE)
async def test_the_routine_of_a_person_is_ticked_by_those_who_log_and_changed_by_those_who_may_change_the_diary(
    hass: HomeAssistant, context: Context, who: str, edit: str
) -> None:
    data, allowed = ROUTINE[edit]
    for name, may in (("alex", allowed), ("robin", MAY_LOG)):
        fields = {"entity_id": f"todo.{name}_evening_routine", **data}
        service = fields.pop("service")
        try:
            await hass.services.async_call("todo", service, fields, blocking=True, context=context)
            succeeded = True
        except Unauthorized, ServiceValidationError:
            succeeded = False
        assert succeeded is (who in may)


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize("who", ["a user", "the person"])
async def test_an_item_of_the_routine_of_a_person_is_moved(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, users: dict[str, User], who: str
) -> None:
    uid = (await act(hass, "log_practice", sleeper="Alex", item="Yoga"))["item"]["uid"]
    client = await hass_ws_client(hass, await token_of(hass, users[who]))
    await client.send_json_auto_id({"type": "todo/item/move", "entity_id": "todo.alex_evening_routine", "uid": uid})

    assert (await client.receive_json())["success"] is (who in MAY_CHANGE)


# --- buttons, assistants, diagnostics ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize(
    ("who", "button", "allowed"),
    [*cases({"log_mild": {}, "eased": {}}, MAY_LOG), *cases({"undo": {}}, MAY_CHANGE)],
)
async def test_a_button_is_pressed(hass: HomeAssistant, context: Context, button: str, *, allowed: bool) -> None:
    before = await act(hass, "get_episodes", sleeper="Alex")
    data = {"entity_id": f"button.alex_{button}"}
    try:
        await hass.services.async_call("button", "press", data, blocking=True, context=context)
        pressed = True
    except Unauthorized, ServiceValidationError:
        pressed = False

    assert pressed is allowed
    assert (await act(hass, "get_episodes", sleeper="Alex") != before) is allowed


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize("who", EVERYBODY)
async def test_a_language_model_acts_for_who_speaks(hass: HomeAssistant, context: Context, who: str) -> None:
    llm_context = llm.LLMContext(
        platform="test", context=context, language="en", assistant="conversation", device_id=None
    )
    api = await llm.async_get_api(hass, "assist", llm_context)

    async def succeeds(tool: str, **args: Any) -> bool:
        try:
            result = await api.async_call_tool(llm.ToolInput(f"rls_bedtime__{tool}", {"sleeper": "Alex", **args}))
        except HomeAssistantError:
            return False
        return not result.error

    assert await succeeds("get_last_night", night="2026-11-23") is (who in MAY_READ)
    assert await succeeds("log_episode", severity=2) is (who in MAY_LOG)


@pytest.mark.parametrize("who", GROUPS)
async def test_diagnostics_are_for_administrators(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    diary: MockConfigEntry,
    users: dict[str, User],
    who: str,
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    client = await hass_client(await token_of(hass, users[who]))
    response = await client.get(f"/api/diagnostics/config_entry/{diary.entry_id}")

    assert (response.status == HTTPStatus.OK) is (who == "an administrator")
    assert "secret" not in await response.text()


# --- what the recorder and the logbook know ---------------------------------------------------------------------------


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize("who", ["the person"])
async def test_the_user_of_one_change_is_not_named_for_the_next(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, users: dict[str, User], context: Context
) -> None:
    await act(hass, "log_episode", context, sleeper="Alex", started_at="2026-11-23 23:00")
    state = hass.states.get("event.alex_episode")
    assert state is not None
    assert state.context.user_id == users["the person"].id

    (*_, episode) = (await act(hass, "get_episodes", sleeper="Alex"))["episodes"]
    client = await hass_ws_client(hass, await token_of(hass, users["a reader"]))
    data = {"entity_id": "calendar.alex_diary", "uid": episode["id"]}
    await client.send_json_auto_id({"type": "calendar/event/delete", **data})
    assert (await client.receive_json())["success"]

    for entity_id in ("event.alex_episode", "calendar.alex_diary", "sensor.alex_episodes_tonight"):
        state = hass.states.get(entity_id)
        assert state is not None
        assert state.context.user_id in (None, users["a reader"].id), entity_id
