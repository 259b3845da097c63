"""The actions of a sleeper other than log_episode."""

import asyncio
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.rls_bedtime.actions.base import Service
from custom_components.rls_bedtime.actions.sleeper import SLEEPER_ACTIONS
from custom_components.rls_bedtime.diary.diary import Diary

from ..common.home import act, after, bedroom_entry, set_up, sleeper, value

EVERYTHING: dict[str, Any] = {
    "severity": 7,
    "started_at": "2026-11-24 01:30",
    "ended_at": "2026-11-24 02:10",
    "side": "left",
    "body_parts": ["calf", "foot"],
    "sensations": ["urge_to_move", "crawling"],
    "activity": "lying",
    "relief": ["walking", "cold"],
    "relief_effect": "some",
    "sleep_impact": "delayed",
    "tags": ["late coffee", "flight"],
    "note": "Better after a walk",
}

pytestmark = pytest.mark.usefixtures("bedroom", "night")


@pytest.fixture(autouse=True)
async def alex(hass: HomeAssistant, request: pytest.FixtureRequest) -> None:
    """Set up one sleeper, unless a test sets up others."""
    if "two" not in request.fixturenames:
        await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))


@pytest.fixture
async def two(hass: HomeAssistant, plain_user: MockUser) -> MockConfigEntry:
    """Return a bedroom with two sleepers, one of whom is a user who is no admin."""
    people = [{"id": "kim", "name": "Kim", "user_id": plain_user.id}]
    assert await async_setup_component(hass, "person", {"person": people})
    return await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), sleeper("Kim", "person.kim")))


async def episodes(hass: HomeAssistant, **data: Any) -> list[dict[str, Any]]:
    """Return the episodes of the diary."""
    return list((await act(hass, "get_episodes", **data))["episodes"])


# --- what is given back -----------------------------------------------------------------------------------------------


async def test_the_response_contains_every_detail_of_an_episode(hass: HomeAssistant) -> None:
    response = await act(hass, "log_episode", **EVERYTHING)

    episode = response["episode"]
    assert response == {"sleeper": "Alex", "episode": episode, "new": True, "change_id": response["change_id"]}
    assert episode == {
        **EVERYTHING,
        "id": episode["id"],
        "night": "2026-11-23",
        "started_at": "2026-11-24T01:30:00-08:00",
        "ended_at": "2026-11-24T02:10:00-08:00",
        "duration": 40,
        "ongoing": False,
        "bedtime_mode": None,
        "minutes_since_bedtime": None,
        "temperature": None,
        "logged_at": "2026-11-24T11:12:00+00:00",
        "edited_at": None,
    }
    assert await episodes(hass) == [episode]


async def test_only_read_actions_require_a_response(hass: HomeAssistant) -> None:
    for action in SLEEPER_ACTIONS:
        is_question = action.name in {Service.GET_EPISODES, Service.GET_SUMMARY}
        wanted = SupportsResponse.ONLY if is_question else SupportsResponse.OPTIONAL
        assert hass.services.supports_response("rls_bedtime", action.name) is wanted


async def test_every_action_can_be_called_with_no_data_at_all(
    hass: HomeAssistant, night: FrozenDateTimeFactory
) -> None:
    await act(hass, "log_episode")
    for action in ("end_episode", "update_episode", "get_episodes", "get_summary", "delete_episode", "log_clear_night"):
        await act(hass, action)
        await after(hass, night, seconds=30)
    for undone in ("clear_night_logged", "deleted", "ended", "logged"):
        assert (await act(hass, "undo"))["undone"] == undone
        await after(hass, night, seconds=61)
    assert await episodes(hass) == []


# --- however it is written --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"side": " Left "}, {"side": "left"}),
        ({"side": ["right"]}, {"side": "right"}),
        ({"body_parts": "calf, foot"}, {"body_parts": ["calf", "foot"]}),
        ({"body_parts": "Calf"}, {"body_parts": ["calf"]}),
        ({"body_parts": ["calf", "calf,FOOT;"]}, {"body_parts": ["calf", "foot"]}),
        ({"body_parts": ("calf", "")}, {"body_parts": ["calf"]}),
        ({"sensations": "Urge to move,urge-to-move, electric"}, {"sensations": ["urge_to_move", "electric"]}),
        ({"relief": "knee  bends"}, {"relief": ["knee_bends"]}),
        ({"relief_effect": "None"}, {"relief_effect": "none"}),
        ({"relief_effect": ""}, {"relief_effect": None}),
        ({"sleep_impact": "woke\n"}, {"sleep_impact": "woke"}),
        ({"tags": "late coffee, flight,, late coffee"}, {"tags": ["late coffee", "flight"]}),
        ({"tags": [1, "two"]}, {"tags": ["1", "two"]}),
        ({"note": 5}, {"note": "5"}),
        ({"severity": ["7"]}, {"severity": 7}),
        ({"severity": None, "note": None, "tags": None, "side": None}, {"severity": None, "note": None, "tags": []}),
        ({"duration": "40", "minutes_ago": 60}, {"duration": 40, "started_at": "2026-11-24T02:12:00-08:00"}),
        ({"duration": 40}, {"started_at": "2026-11-24T02:32:00-08:00", "ended_at": "2026-11-24T03:12:00-08:00"}),
        ({"duration": "0:40"}, {"duration": 40}),
        ({"duration": {"minutes": 40}}, {"duration": 40}),
        ({"duration": timedelta(minutes=40)}, {"duration": 40}),
        ({"duration": 0}, {"duration": 0}),
        ({"started_at": "01:30", "ended_at": "01:50"}, {"duration": 20}),
        ({"started_at": "23:30", "ended_at": "00:10"}, {"duration": 40, "night": "2026-11-23"}),
        ({"started_at": "2026-11-20 23:30", "ended_at": "00:10"}, {"duration": 40, "night": "2026-11-20"}),
        ({"started_at": time(1, 30)}, {"started_at": "2026-11-24T01:30:00-08:00"}),
        ({"started_at": ["01:30"]}, {"started_at": "2026-11-24T01:30:00-08:00"}),
        ({"started_at": ["2026-11-24 01:30"]}, {"started_at": "2026-11-24T01:30:00-08:00"}),
        ({"started_at": datetime(2026, 11, 24, 1, 30)}, {"started_at": "2026-11-24T01:30:00-08:00"}),
        ({"started_at": "2026-11-24T10:30:00+01:00"}, {"started_at": "2026-11-24T01:30:00-08:00"}),
    ],
)
async def test_fields_accept_the_formats_of_widgets_and_yaml(
    hass: HomeAssistant, given: dict[str, Any], kept: dict[str, Any]
) -> None:
    episode = (await act(hass, "log_episode", **given))["episode"]

    assert {name: episode[name] for name in kept} == kept


@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        ("log_episode", {"side": "middle"}, "unknown_choice"),
        ("log_episode", {"side": "left, right"}, "unknown_choice"),
        ("log_episode", {"body_parts": ["calf", "nose"]}, "unknown_choice"),
        ("log_episode", {"sensations": 5}, "unknown_choice"),
        ("log_episode", {"relief_effect": {"some": "thing"}}, "not_text"),
        ("log_episode", {"note": {"some": "thing"}}, "not_text"),
        ("log_episode", {"tags": [{"some": "thing"}]}, "not_text"),
        ("log_episode", {"severity": "1_0"}, "severity_out_of_range"),
        ("log_episode", {"tags": [str(number) for number in range(50)]}, "too_many_tags"),
        ("log_episode", {"tags": "x" * 500}, "tag_too_long"),
        ("log_episode", {"ended_at": "2026-11-24 02:00"}, "start_needed"),
        ("log_episode", {"started_at": "2026-11-24 02:00", "ended_at": "2026-11-24 01:00"}, "ended_before_started"),
        ("log_episode", {"ended_at": "2026-11-24 05:00"}, "end_in_future"),
        ("log_episode", {"started_at": "2026-11-20 02:00", "ended_at": "2026-11-24 01:00"}, "episode_too_long"),
        ("log_episode", {"duration": 10**9}, "episode_too_long"),
        ("log_episode", {"duration": -5}, "minutes_not_a_number"),
        ("log_episode", {"duration": "a while"}, "minutes_not_a_number"),
        ("log_episode", {"duration": {"weeks": "many"}}, "minutes_not_a_number"),
        ("log_episode", {"duration": 5, "ended_at": "2026-11-24 03:00"}, "end_given_twice"),
        ("log_episode", {"started_at": 1410}, "not_a_moment"),
        ("log_episode", {"started_at": date(2026, 11, 23)}, "not_a_moment"),
        ("log_episode", {"episode_id": "x"}, "unknown_field"),
        ("end_episode", {}, "no_ongoing_episode"),
        ("end_episode", {"episode_id": "x"}, "unknown_episode"),
        ("end_episode", {"note": "x"}, "unknown_field"),
        ("update_episode", {}, "no_episode"),
        ("update_episode", {"episode_id": "x"}, "unknown_episode"),
        ("delete_episode", {}, "no_episode"),
        ("delete_episode", {"episode_id": "x"}, "unknown_episode"),
        ("undo", {}, "nothing_to_undo"),
        ("log_clear_night", {"night": "2026-11-24"}, "night_in_future"),
        ("log_clear_night", {"night": "1990-01-01"}, "night_too_early"),
        ("log_clear_night", {"night": "last week"}, "not_a_night"),
        ("log_clear_night", {"night": "0001-01-01T00:00:00"}, "not_a_night"),
        ("get_episodes", {"from": "soon"}, "not_a_night"),
        ("get_episodes", {"from": "2026-11-23", "to": "2026-11-22"}, "period_reversed"),
        ("get_episodes", {"limit": 0}, "number_out_of_range"),
        ("get_episodes", {"limit": "all"}, "number_out_of_range"),
        ("get_summary", {"to": 5}, "not_a_night"),
        ("get_summary", {"from": "2026-11-23", "to": "2026-11-22"}, "period_reversed"),
    ],
)
async def test_invalid_input_raises_a_readable_error(
    hass: HomeAssistant, action: str, data: dict[str, Any], key: str
) -> None:
    texts = await async_get_translations(hass, "en", "exceptions", {"rls_bedtime"})
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, action, **data)

    assert refused.value.translation_key == key
    words = texts[f"component.rls_bedtime.exceptions.{key}.message"]
    assert str(refused.value) == words.rstrip(".").format(**(refused.value.translation_placeholders or {}))
    assert len(str(refused.value)) < 300
    assert await episodes(hass) == []
    assert value(hass, "sensor.alex_nights_affected") == "unknown"


# --- ending, changing, deleting ---------------------------------------------------------------------------------------


async def test_ending_an_episode_can_record_what_helped(hass: HomeAssistant, night: FrozenDateTimeFactory) -> None:
    await act(hass, "log_episode", relief="walking")
    await after(hass, night, minutes=30)
    response = await act(hass, "end_episode", relief="cold", relief_effect="full", severity=3, ended_at="03:30")

    episode = response["episode"]
    assert response["new"]
    assert (episode["duration"], episode["relief"], episode["relief_effect"]) == (18, ["walking", "cold"], "full")
    assert (episode["severity"], episode["ongoing"]) == (3, False)


async def test_an_earlier_episode_is_ended_by_its_id(hass: HomeAssistant, night: FrozenDateTimeFactory) -> None:
    first = (await act(hass, "log_episode", severity=4))["episode"]
    await after(hass, night, days=2)
    ended = (await act(hass, "end_episode", episode_id=first["id"], ended_at="03:50"))["episode"]

    assert ended["ended_at"] == "2026-11-24T03:50:00-08:00"


async def test_an_update_changes_only_the_given_fields(hass: HomeAssistant) -> None:
    before = (await act(hass, "log_episode", **EVERYTHING))["episode"]
    response = await act(hass, "update_episode", severity="3", note="", body_parts="thigh", side="")

    assert response["changed"]
    changed = {"severity": 3, "body_parts": ["thigh"], "edited_at": "2026-11-24T11:12:00+00:00"}
    assert response["episode"] == {**before, **changed}
    assert await episodes(hass) == [response["episode"]]


async def test_a_field_is_cleared_by_its_name(hass: HomeAssistant) -> None:
    await act(hass, "log_episode", **EVERYTHING)
    cleared = (
        "ended at, severity, side, body parts, sensations, activity, relief, relief effect, sleep impact, tags, note"
    )
    episode = (await act(hass, "update_episode", clear=cleared))["episode"]

    nothing = dict.fromkeys(
        ("ended_at", "duration", "severity", "side", "activity", "relief_effect", "sleep_impact", "note")
    )
    nothing |= {"body_parts": [], "sensations": [], "relief": [], "tags": []}
    assert {name: episode[name] for name in nothing} == nothing
    assert episode["started_at"] == "2026-11-24T01:30:00-08:00"
    assert (await act(hass, "undo"))["episode"]["note"] == "Better after a walk"


@pytest.mark.parametrize(
    ("data", "key"),
    [({"clear": "started_at"}, "unknown_choice"), ({"clear": "note", "note": "x"}, "cleared_and_given")],
)
async def test_not_everything_can_be_cleared(hass: HomeAssistant, data: dict[str, Any], key: str) -> None:
    before = (await act(hass, "log_episode", **EVERYTHING))["episode"]
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, "update_episode", **data)

    assert refused.value.translation_key == key
    assert await episodes(hass) == [before]


async def test_an_end_given_as_a_time_of_day_is_the_first_after_the_start(
    hass: HomeAssistant, night: FrozenDateTimeFactory
) -> None:
    await act(hass, "log_episode")
    await after(hass, night, days=3)
    episode = (await act(hass, "update_episode", ended_at="03:40"))["episode"]

    assert episode["ended_at"] == "2026-11-24T03:40:00-08:00"


async def test_an_update_without_changes_writes_nothing(hass: HomeAssistant) -> None:
    before = (await act(hass, "log_episode"))["episode"]
    response = await act(hass, "update_episode", severity="", note=None)

    assert response == {"sleeper": "Alex", "episode": before, "changed": False, "change_id": None}
    assert (await act(hass, "undo"))["undone"] == "logged"


async def test_undo_restores_a_deleted_episode(hass: HomeAssistant) -> None:
    episode = (await act(hass, "log_episode", **EVERYTHING))["episode"]
    assert (await act(hass, "delete_episode", episode_id=episode["id"]))["episode"] == episode
    assert await episodes(hass) == []

    undone = await act(hass, "undo")
    assert (undone["undone"], undone["episode"]["id"], undone["clear_night"]) == ("deleted", episode["id"], None)
    assert await episodes(hass) == [undone["episode"]]


async def test_undo_works_after_a_restart(hass: HomeAssistant, night: FrozenDateTimeFactory) -> None:
    await act(hass, "log_clear_night", night="2026-11-20")
    await act(hass, "log_episode", severity=4)
    (entry,) = hass.config_entries.async_entries("rls_bedtime")
    assert await hass.config_entries.async_reload(entry.entry_id)

    assert (await act(hass, "undo"))["undone"] == "logged"
    await after(hass, night, seconds=61)
    assert (await act(hass, "undo"))["clear_night"] == "2026-11-20"


# --- questions --------------------------------------------------------------------------------------------------------


async def test_a_period_is_given_by_its_nights(hass: HomeAssistant) -> None:
    for night in (20, 21, 22):
        await act(hass, "log_episode", started_at=f"2026-11-{night} 23:00", severity=night - 20)
    await act(hass, "log_clear_night", night="2026-11-19")
    await act(hass, "log_clear_night", night="2026-11-18")

    answer = await act(hass, "get_episodes", None, **{"from": "2026-11-19", "to": "2026-11-21"})
    assert [each["night"] for each in answer["episodes"]] == ["2026-11-21", "2026-11-20"]
    assert answer["clear_nights"] == ["2026-11-19"]
    assert not answer["more"]
    answer = await act(hass, "get_episodes", limit="2")
    assert [each["severity"] for each in answer["episodes"]] == [2, 1]
    assert answer["more"]
    assert len(await episodes(hass, **{"from": date(2026, 11, 22)})) == 1
    assert len(await episodes(hass, to="2026-11-21T03:00:00")) == 1


async def test_a_summary_contains_its_period_and_n(hass: HomeAssistant) -> None:
    await act(hass, "log_episode", started_at="2026-11-22 23:00", severity=4, relief="walking", relief_effect="some")
    await act(hass, "log_episode", started_at="2026-11-23 01:00", severity=8)
    await act(hass, "log_clear_night", night="2026-11-21")

    summary = await act(hass, "get_summary", None, **{"from": "2026-11-20", "to": "2026-11-22"})
    assert summary["sleeper"] == "Alex"
    assert (summary["first_night"], summary["last_night"]) == ("2026-11-20", "2026-11-22")
    assert (summary["nights"]["affected"], summary["nights"]["clear"], summary["nights"]["unrecorded"]) == (1, 1, 1)
    assert (summary["severity"]["n"], summary["severity"]["mean"]) == (2, 6)
    assert summary["onset"]["mean"] == "00:00"
    assert summary["relief"]["walking"]["helped"] == 1
    assert summary["duration"] == {"n": 0, "median": None, "mean": None}


async def test_the_summary_of_an_empty_diary_is_null_where_nothing_is_known(hass: HomeAssistant) -> None:
    summary = await act(hass, "get_summary")

    assert summary["nights"]["affected_percent"] is None
    assert summary["severity"] == {"n": 0, "mean": None, "median": None, "max": None}


@pytest.mark.parametrize("action", ["get_episodes", "get_summary"])
@pytest.mark.parametrize(
    ("first", "last"),
    [("0001-01-01", "0001-01-01"), ("0001-01-01", "9999-12-31"), ("9999-12-31", "9999-12-31"), ("9999-12-31", "")],
)
async def test_a_period_at_the_end_of_the_calendar_is_no_error(
    hass: HomeAssistant, action: str, first: str, last: str
) -> None:
    await act(hass, "log_episode")
    assert (await act(hass, action, None, **{"from": first, "to": last}))["sleeper"] == "Alex"


async def test_many_episodes_are_returned_in_pages(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.rls_bedtime.actions.sleeper.MAX_PAGE", 3)
    for _ in range(4):
        await act(hass, "log_episode", started_at="2026-11-23 23:00", request_id=uuid4().hex)
    for hour in (1, 2, 3):
        await act(hass, "log_episode", started_at=f"2026-11-24 0{hour}:00")
    pages: list[list[str]] = []
    data: dict[str, Any] = {}
    more = True
    while more:
        response = await act(hass, "get_episodes", None, limit=10_000, **data)
        pages.append([episode["id"] for episode in response["episodes"]])
        data, more = {"before": pages[-1][-1]}, response["more"]

    assert [len(page) for page in pages] == [3, 3, 1]
    assert len({each for page in pages for each in page}) == 7
    assert (await act(hass, "get_episodes", before=pages[-1][-1]))["episodes"] == []
    with pytest.raises(ServiceValidationError, match="no episode"):
        await act(hass, "get_episodes", before="something else")


async def test_many_large_answers_are_prepared_one_after_another(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many threads as there are answers would keep the event loop from running."""
    running, most = 0, 0
    read = Diary.episodes

    def count(*args: Any, **kwargs: Any) -> Any:
        nonlocal running, most
        running += 1
        most = max(most, running)
        try:
            return read(*args, **kwargs)
        finally:
            running -= 1

    monkeypatch.setattr(Diary, "episodes", count)
    await act(hass, "log_episode")
    answers = await asyncio.gather(*(act(hass, "get_episodes") for _ in range(20)))

    assert all(len(answer["episodes"]) == 1 for answer in answers)
    assert most == 1


# --- whose ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("two")
async def test_every_action_defaults_to_the_diary_of_the_calling_person(
    hass: HomeAssistant, plain_user: MockUser
) -> None:
    kim = Context(user_id=plain_user.id)
    episode = (await act(hass, "log_episode", kim))["episode"]
    assert (await act(hass, "get_episodes", kim))["episodes"] == [episode]
    assert (await act(hass, "get_episodes", sleeper="Alex"))["episodes"] == []
    assert (await act(hass, "get_summary", kim))["sleeper"] == "Kim"
    assert (await act(hass, "end_episode", kim))["sleeper"] == "Kim"
    assert (await act(hass, "update_episode", kim, severity=1))["sleeper"] == "Kim"
    assert (await act(hass, "delete_episode", kim))["sleeper"] == "Kim"
    assert (await act(hass, "undo", kim))["sleeper"] == "Kim"


@pytest.mark.usefixtures("two")
async def test_an_episode_id_of_another_sleeper_is_unknown(hass: HomeAssistant) -> None:
    episode = (await act(hass, "log_episode", sleeper="Alex"))["episode"]
    theirs = {"sleeper": "Kim", "episode_id": episode["id"]}
    for action in ("end_episode", "update_episode", "delete_episode"):
        with pytest.raises(ServiceValidationError) as refused:
            await act(hass, action, None, **theirs)
        assert refused.value.translation_key == "unknown_episode"
    with pytest.raises(ServiceValidationError, match="nothing left to undo"):
        await act(hass, "undo", sleeper="Kim")
    assert value(hass, "sensor.alex_episodes_tonight") == "1"


async def test_a_sleeper_of_an_unloaded_bedroom_is_named_in_the_error(hass: HomeAssistant) -> None:
    (entry,) = hass.config_entries.async_entries("rls_bedtime")
    assert await hass.config_entries.async_unload(entry.entry_id)

    with pytest.raises(HomeAssistantError, match=r"diary of Alex can't be used right now.*Bedroom is not running"):
        await act(hass, "get_episodes")


# --- once -------------------------------------------------------------------------------------------------------------


async def test_each_write_is_carried_out_once_for_a_request_id(
    hass: HomeAssistant, night: FrozenDateTimeFactory
) -> None:
    """The cases D4, D5 and D6: a phone that got no answer repeats its call."""
    await act(hass, "log_episode", severity=1, started_at="01:00")
    calls: list[tuple[str, dict[str, Any]]] = [
        ("log_episode", {"severity": 5}),
        ("end_episode", {}),
        ("update_episode", {"severity": 6}),
        ("delete_episode", {}),
        ("undo", {}),
        ("redo", {}),
        ("log_clear_night", {"night": "2026-11-20"}),
        ("delete_clear_night", {"night": "2026-11-20"}),
        ("log_practice", {"item": "yoga", "night": "2026-11-22"}),
    ]
    for action, data in calls:
        first = await act(hass, action, request_id="6f1c2a54", **data)
        await after(hass, night, minutes=5)
        again = await act(hass, action, request_id="6f1c2a54", **data)
        assert first["change_id"], action
        assert again == first | ({"new": False} if "new" in first else {}), action
    assert [each["severity"] for each in await episodes(hass)] == [1]


MEANWHILE: dict[str, tuple[str, dict[str, Any]] | None] = {
    "it was ended": ("end_episode", {}),
    "it was undone": ("undo", {}),
    "it was deleted": ("delete_episode", {}),
    "a note was added": ("update_episode", {"note": "a walk"}),
    "the next one was logged": ("log_episode", {"severity": 2}),
    "hours passed": None,
}


@pytest.mark.parametrize("meanwhile", MEANWHILE.values(), ids=MEANWHILE)
async def test_a_repeat_is_answered_as_the_first_call_was_whatever_happened_meanwhile(
    hass: HomeAssistant, night: FrozenDateTimeFactory, meanwhile: tuple[str, dict[str, Any]] | None
) -> None:
    ongoing = await act(hass, "log_episode", request_id="now", severity=7)
    earlier = await act(hass, "log_episode", request_id="earlier", minutes_ago=40)
    assert (ongoing["episode"]["ongoing"], earlier["episode"]["ongoing"]) == (True, False)
    if meanwhile is not None:
        action, data = meanwhile
        await act(hass, action, None, **data)
    await after(hass, night, hours=5)

    assert await act(hass, "log_episode", request_id="now", severity=7) == ongoing | {"new": False}
    assert await act(hass, "log_episode", request_id="earlier", minutes_ago=40) == earlier | {"new": False}


async def test_a_repeat_is_answered_also_when_its_times_would_be_refused_by_now(
    hass: HomeAssistant, night: FrozenDateTimeFactory
) -> None:
    """The clock of the phone is a minute ahead: what it says ends now has no start once that minute has passed."""
    ending = {"ended_at": "2026-11-24T03:13:00-08:00", "request_id": "6f1c2a54"}
    first = await act(hass, "log_episode", None, **ending)
    await after(hass, night, minutes=5)

    assert await act(hass, "log_episode", None, **ending) == first | {"new": False}
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, "log_episode", None, **ending | {"request_id": "another"})
    assert refused.value.translation_key == "start_needed"
    assert len(await episodes(hass)) == 1


async def test_a_repeated_undo_is_answered_as_the_first_was(hass: HomeAssistant, night: FrozenDateTimeFactory) -> None:
    await act(hass, "log_episode", severity=7)
    await act(hass, "delete_episode")
    undone = await act(hass, "undo", request_id="6f1c2a54")
    assert undone["episode"]["ongoing"]
    await after(hass, night, hours=5)

    assert await act(hass, "undo", request_id="6f1c2a54") == undone


async def test_a_repeat_without_a_request_id_is_carried_out_once(
    hass: HomeAssistant, night: FrozenDateTimeFactory
) -> None:
    for severity in (1, 2):
        await act(hass, "log_episode", severity=severity, minutes_ago=9 - severity)
    for _ in range(3):
        await act(hass, "delete_episode")
        await after(hass, night, seconds=29)
    assert [each["severity"] for each in await episodes(hass)] == [1]


async def test_an_undo_by_its_id_leaves_what_others_have_written(hass: HomeAssistant) -> None:
    """The case D3: the pad says "Noted: a clear night, Undo", and then a phone logs an episode."""
    marked = await act(hass, "log_clear_night", night="2026-11-20")
    logged = await act(hass, "log_episode", severity=5)

    undone = await act(hass, "undo", change_id=marked["change_id"])
    assert undone == {
        "sleeper": "Alex",
        "undone": "clear_night_logged",
        "at": undone["at"],
        "episode": None,
        "clear_night": "2026-11-20",
        "item": None,
        "night": None,
        "change": None,
        "experiment": None,
        "change_id": undone["change_id"],
    }
    assert await episodes(hass) == [logged["episode"]]
    redone = await act(hass, "undo", change_id=undone["change_id"])
    assert (redone["redone"], redone["clear_night"]) == ("clear_night_logged", "2026-11-20")


async def test_an_episode_is_named_by_the_request_id_of_its_log(hass: HomeAssistant) -> None:
    await act(hass, "log_episode", severity=5, request_id="6f1c2a54")
    await act(hass, "log_episode", severity=2)

    assert (await act(hass, "update_episode", episode_id="6f1c2a54", note="this"))["episode"]["severity"] == 5
    assert (await act(hass, "end_episode", episode_id="6f1c2a54", ended_at="03:12"))["episode"]["severity"] == 5
    assert (await act(hass, "delete_episode", episode_id="6f1c2a54"))["episode"]["note"] == "this"


@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        ("undo", {"change_id": "x"}, "unknown_change"),
        ("redo", {"change_id": "x"}, "unknown_change"),
        ("redo", {}, "nothing_to_redo"),
        ("log_episode", {"request_id": "x" * 65}, "request_id_too_long"),
        ("log_practice", {}, "which_item"),
        ("log_practice", {"item": "juggling"}, "unknown_practice"),
        ("log_practice", {"item": "yoga", "done": "perhaps"}, "not_yes_or_no"),
        ("log_practice", {"item": "yoga", "night": "2026-11-24"}, "night_in_future"),
        ("delete_clear_night", {}, "not_a_clear_night"),
    ],
)
async def test_an_invalid_repeat_undo_or_tick_raises_a_readable_error(
    hass: HomeAssistant, action: str, data: dict[str, Any], key: str
) -> None:
    texts = await async_get_translations(hass, "en", "exceptions", {"rls_bedtime"})
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, action, **data)

    assert refused.value.translation_key == key
    words = texts[f"component.rls_bedtime.exceptions.{key}.message"]
    assert str(refused.value) == words.rstrip(".").format(**(refused.value.translation_placeholders or {}))


# --- practices --------------------------------------------------------------------------------------------------------


async def test_yesterday_can_be_ticked_and_a_renamed_item_is_one_practice(hass: HomeAssistant) -> None:
    """The case D17."""
    ticked = await act(hass, "log_practice", item="yoga", night="2026-11-22")
    assert (ticked["item"]["text"], ticked["night"], ticked["done"]) == ("Yoga", "2026-11-22", True)
    rename = {"entity_id": "todo.alex_evening_routine", "item": "Yoga", "rename": "Evening yoga"}
    await hass.services.async_call("todo", "update_item", rename, blocking=True)
    await act(hass, "log_practice", item=ticked["item"]["uid"])

    assert (await act(hass, "get_summary"))["practices"] == {"n": 2, "counts": {"Evening yoga": 2}}
    unticked = await act(hass, "log_practice", item=ticked["item"]["uid"], done="off")
    assert (unticked["night"], unticked["done"]) == ("2026-11-23", False)
    undone = await act(hass, "undo")
    assert (undone["undone"], undone["item"]["text"], undone["night"]) == (
        "practice_deleted",
        "Evening yoga",
        "2026-11-23",
    )


@pytest.mark.parametrize("typed", ["CAFÉ AU LAIT", "cafe\u0301 au lait", " Café  au lait "])
async def test_an_item_is_found_by_its_text_however_it_is_typed(hass: HomeAssistant, typed: str) -> None:
    item = {"entity_id": "todo.alex_evening_routine", "item": "Café au lait"}
    await hass.services.async_call("todo", "add_item", item, blocking=True)

    assert (await act(hass, "log_practice", item=typed))["item"]["text"] == "Café au lait"


# --- a start and an end by the clock ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "data", "started_at", "ended_at"),
    [
        ("00:20", {"minutes_ago": 40, "ended_at": "23:55"}, "2026-11-23T23:40", "2026-11-23T23:55"),
        ("00:20", {"minutes_ago": 40, "ended_at": "00:10"}, "2026-11-23T23:40", "2026-11-24T00:10"),
        ("00:20", {"started_at": "23:40", "ended_at": "23:55"}, "2026-11-23T23:40", "2026-11-23T23:55"),
        ("00:20", {"started_at": "23:40", "ended_at": "00:10"}, "2026-11-23T23:40", "2026-11-24T00:10"),
        ("03:12", {"ended_at": "03:05"}, None, "2026-11-24T03:05"),
    ],
)
async def test_an_end_by_the_clock_follows_the_start_over_midnight(
    hass: HomeAssistant,
    night: FrozenDateTimeFactory,
    now: str,
    data: dict[str, Any],
    started_at: str | None,
    ended_at: str,
) -> None:
    """The case D12: the start that counts is the new one."""
    night.move_to(f"2026-11-24 {now}-08:00")
    await act(hass, "log_episode", minutes_ago=10, severity=1)

    changed = (await act(hass, "update_episode", **data))["episode"]
    assert changed["ended_at"] == f"{ended_at}:00-08:00"
    if started_at is not None:
        assert changed["started_at"] == f"{started_at}:00-08:00"
        logged = (await act(hass, "log_episode", severity=2, **data))["episode"]
        assert (logged["started_at"], logged["ended_at"]) == (changed["started_at"], changed["ended_at"])
