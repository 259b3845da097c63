"""The actions of the diary, as phones, dashboards and automations call them."""

import asyncio
from typing import Any

from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.rls_bedtime.const import DOMAIN

from ..common.home import Home

VOCABULARIES = {
    "side": "left right both",
    "body_parts": "foot ankle calf knee thigh hip arm hand trunk",
    "sensations": "urge_to_move crawling tingling pulling twitching aching burning itching electric restless",
    "activity": "lying sitting travelling other",
    "relief": "walking rubbing massage knee_bends stretching cold warmth bath compression distraction",
    "relief_effect": "none some full",
    "sleep_impact": "none delayed woke",
}
LISTS = ("body_parts", "sensations", "relief")
ACTIONS = {
    "log_episode",
    "end_episode",
    "log_clear_night",
    "update_episode",
    "delete_episode",
    "delete_clear_night",
    "log_practice",
    "log_change",
    "update_change",
    "delete_change",
    "undo",
    "redo",
    "get_episodes",
    "get_summary",
    "get_report",
    "compare",
}
OF_EXPERIMENTS = {
    "start_experiment",
    "stop_experiment",
    "skip_experiment_night",
    "log_experiment_night",
    "get_experiment",
}


@pytest.fixture
async def diary(home: Home) -> Home:
    """Return a home where Alex sleeps, at 3:12 of the night of 23 November 2026."""
    await home.configure(targets={}, sleeper={"name": "Alex"})
    await home.jump("2026-11-24 03:12-08:00")
    return home


async def episodes(home: Home, **data: Any) -> list[dict[str, Any]]:
    return list((await home.call("get_episodes", **data))["episodes"])


async def add_sleeper(home: Home, name: str, person: str | None = None, bedroom: str = "Bedroom") -> str:
    """Add a sleeper through the flow, and return the subentry's id."""
    entry = next(each for each in home.hass.config_entries.async_entries(DOMAIN) if each.title == bedroom)
    flow = home.hass.config_entries.subentries
    result = await flow.async_init((entry.entry_id, "sleeper"), context={"source": "user"})
    data = {"name": name} | ({"person": person} if person else {})
    result = await flow.async_configure(result["flow_id"], data)
    assert result["type"] == "create_entry", result
    await home.hass.async_block_till_done()
    return next(each.subentry_id for each in entry.subentries.values() if each.title == name)


async def refused(home: Home, action: str, **data: Any) -> ServiceValidationError:
    """Return the error of an action that changes nothing: one with a translation."""
    sleepers = [
        each.title for entry in home.hass.config_entries.async_entries(DOMAIN) for each in entry.subentries.values()
    ]
    before = [await home.call("get_episodes", sleeper=each) for each in sleepers]
    with pytest.raises(ServiceValidationError) as error:
        await home.hass.services.async_call(
            DOMAIN, action, data, blocking=True, return_response=True, context=Context(user_id=home.user.id)
        )
    assert error.value.translation_domain == DOMAIN
    texts = await async_get_translations(home.hass, "en", "exceptions", {DOMAIN})
    text = texts[f"component.{DOMAIN}.exceptions.{error.value.translation_key}.message"]
    assert text.format(**(error.value.translation_placeholders or {}))
    assert [await home.call("get_episodes", sleeper=each) for each in sleepers] == before
    return error.value


# --- fields -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", VOCABULARIES)
async def test_every_choice_of_every_field_is_stored(diary: Home, field: str) -> None:
    choices = VOCABULARIES[field].split()
    for choice in choices:
        await diary.call("log_episode", **{field: choice})
    kept = [each[field] for each in reversed(await episodes(diary))]
    assert kept == ([[choice] for choice in choices] if field in LISTS else choices)


@pytest.mark.parametrize("field", VOCABULARIES)
async def test_a_choice_may_be_written_as_it_is_shown(diary: Home, field: str) -> None:
    for choice in VOCABULARIES[field].split():
        for number, written in enumerate(
            (choice.upper(), choice.replace("_", " ").capitalize(), [choice], f" {choice}\n")
        ):
            response = await diary.call("log_episode", **{field: written, "minutes_ago": number})
            assert response["episode"][field] == ([choice] if field in LISTS else choice), written


@pytest.mark.parametrize("field", LISTS)
async def test_several_choices_may_be_a_list_or_comma_separated_text(diary: Home, field: str) -> None:
    choices = VOCABULARIES[field].split()
    for number, written in enumerate(
        (choices, tuple(choices), ", ".join(choices), ",".join(choices), [",".join(choices)])
    ):
        response = await diary.call("log_episode", **{field: written, "minutes_ago": number})
        assert response["episode"][field] == choices


async def test_an_unknown_choice_is_refused_with_the_field_and_the_choices(diary: Home) -> None:
    for field, choices in VOCABULARIES.items():
        for wrong in ("tail", "none of these", 7, ["left", "tail"], {"left": True}, "left|right"):
            error = await refused(diary, "log_episode", **{field: wrong})
            assert error.translation_placeholders is not None
            assert error.translation_placeholders["field"] == field
            if error.translation_key == "unknown_choice":
                assert error.translation_placeholders["choices"] == ", ".join(choices.split())


async def test_a_field_of_one_choice_refuses_two(diary: Home) -> None:
    for field in ("side", "activity", "relief_effect", "sleep_impact"):
        first, second, *_ = VOCABULARIES[field].split()
        await refused(diary, "log_episode", **{field: f"{first}, {second}"})
        await refused(diary, "log_episode", **{field: [first, second]})


async def test_severity_may_be_0_and_10(diary: Home) -> None:
    for severity in (0, "0", 10, "10"):
        assert (await diary.call("log_episode", severity=severity))["episode"]["severity"] == int(severity)
        assert diary.value("sensor.alex_last_severity") == str(severity)
        await diary.call("undo")


async def test_an_invalid_severity_is_refused(diary: Home) -> None:
    numbers = (-1, 11, "11", 7.5, "7.5", True, False, [7, 8], float("nan"), float("inf"), "1e400", "7_0")
    for severity in (*numbers, "bad", "7 8", {"at": 7}):
        await refused(diary, "log_episode", severity=severity)


NOTHING: tuple[Any, ...] = ("", "  ", None, [], ())


@pytest.mark.parametrize("nothing", NOTHING)
async def test_empty_fields_are_ignored(diary: Home, nothing: Any) -> None:
    fields = (*VOCABULARIES, "severity", "started_at", "minutes_ago", "ended_at", "duration", "tags", "note", "sleeper")
    response = await diary.call("log_episode", **dict.fromkeys(fields, nothing))
    shown = {field: response["episode"][field] for field in (*VOCABULARIES, "severity", "ended_at", "tags", "note")}
    assert shown == {field: [] if field in (*LISTS, "tags") else None for field in shown}
    assert response["episode"]["ongoing"]


@pytest.mark.parametrize("action", sorted(ACTIONS))
async def test_every_action_ignores_empty_fields(diary: Home, action: str) -> None:
    before = {"delete_clear_night": ("log_clear_night",), "log_clear_night": (), "redo": ("log_episode", "undo")}
    before |= dict.fromkeys(("update_change", "delete_change"), ("log_change",))
    for each in before.get(action, ("log_episode",)):
        await diary.call(each)
    boxes = {"end_episode": ("episode_id", "ended_at"), "update_episode": ("episode_id", "severity", "note")}
    boxes |= {"delete_episode": ("episode_id",), "log_clear_night": ("night",)}
    boxes |= {"get_episodes": ("from", "to", "limit"), "get_summary": ("from", "to")}
    boxes |= {"get_report": ("from", "to", "period", "notes", "comparisons", "name", "language")}
    boxes |= {"compare": ("change", "practice", "tag", "bedtime_mode", "temperature", "nights", "skip")}
    boxes |= {
        "log_change": ("date", "kind", "value"),
        "update_change": ("change", "clear"),
        "delete_change": ("change",),
    }
    boxes |= {"delete_clear_night": ("night",), "log_practice": ("night", "done")}
    boxes |= {"undo": ("change_id", "request_id"), "redo": ("change_id", "request_id")}
    data = {"log_practice": {"item": "Yoga"}, "compare": {"date": "2026-11-20"}}.get(action, {})
    assert await diary.call(action, sleeper="", **data, **dict.fromkeys(boxes.get(action, ()), ""))


async def test_every_action_refuses_an_unknown_field(diary: Home) -> None:
    for action in sorted(ACTIONS):
        await diary.call("log_episode", severity=3)
        error = await refused(diary, action, severty=7)
        assert error.translation_placeholders is not None
        assert error.translation_placeholders["field"] == "severty"


async def test_the_actions_of_the_integration(diary: Home) -> None:
    of_bedrooms = {"start", "stop", "extend", "reapply", "start_walk", "stop_walk", "start_relief", "stop_relief"}
    assert diary.hass.services.async_services_for_domain(DOMAIN).keys() == ACTIONS | OF_EXPERIMENTS | of_bedrooms


TEXTS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"tags": "late coffee, flight"}, {"tags": ["late coffee", "flight"]}),
    ({"tags": ["late coffee", "flight"]}, {"tags": ["late coffee", "flight"]}),
    ({"tags": "one,, one ,"}, {"tags": ["one"]}),
    ({"tags": 5}, {"tags": ["5"]}),
    ({"note": "  Two lines\nof it, with a comma  "}, {"note": "Two lines\nof it, with a comma"}),
    ({"note": ["taken", "apart"]}, {"note": "taken, apart"}),
    ({"note": 7}, {"note": "7"}),
    ({"note": "'; DROP TABLE episode; --"}, {"note": "'; DROP TABLE episode; --"}),
    ({"note": "{{ states }} 🦵\x00"}, {"note": "{{ states }} 🦵\x00"}),
)


async def test_tags_and_notes_are_stored_as_given(diary: Home) -> None:
    for given, shown in TEXTS:
        response = await diary.call("log_episode", **given)
        assert shown.items() <= response["episode"].items()
        assert await episodes(diary) == [response["episode"]]
        await diary.call("undo", request_id=repr(given))


async def test_tags_and_notes_that_are_too_long_are_refused(diary: Home) -> None:
    await refused(diary, "log_episode", note="x" * 100_000)
    await refused(diary, "log_episode", tags="x" * 1_000)
    await refused(diary, "log_episode", tags=[str(each) for each in range(1_000)])


# --- times ------------------------------------------------------------------------------------------------------------


TIMES: tuple[tuple[dict[str, Any], str, str | None], ...] = (
    ({"minutes_ago": 20}, "02:52", None),
    ({"minutes_ago": "20"}, "02:52", None),
    ({"minutes_ago": 20.0}, "02:52", None),
    ({"minutes_ago": "0"}, "03:12", None),
    ({"started_at": "2026-11-24 02:00"}, "02:00", None),
    ({"started_at": "2026-11-24 02:00:00"}, "02:00", None),
    ({"started_at": "2026-11-24T02:00:00-08:00"}, "02:00", None),
    ({"started_at": "2026-11-24T10:00:00Z"}, "02:00", None),
    ({"started_at": "2026-11-24T10:00:00.000Z"}, "02:00", None),
    ({"started_at": "02:00"}, "02:00", None),
    ({"started_at": "02:00:00"}, "02:00", None),
    ({"started_at": ["2026-11-24 02:00"]}, "02:00", None),
    ({"duration": 30}, "02:42", "03:12"),
    ({"duration": "30"}, "02:42", "03:12"),
    ({"duration": 0}, "03:12", "03:12"),
    ({"minutes_ago": 30, "duration": "12"}, "02:42", "02:54"),
    ({"started_at": "02:00", "duration": 60.0}, "02:00", "03:00"),
    ({"started_at": "02:00", "ended_at": "02:30"}, "02:00", "02:30"),
    ({"minutes_ago": "60", "ended_at": "2026-11-24 03:00"}, "02:12", "03:00"),
)


async def test_times_can_be_given_in_several_ways(diary: Home) -> None:
    for given, started_at, ended_at in TIMES:
        episode = (await diary.call("log_episode", **given))["episode"]
        assert episode["started_at"] == f"2026-11-24T{started_at}:00-08:00", given
        assert episode["ended_at"] == (f"2026-11-24T{ended_at}:00-08:00" if ended_at else None), given
        assert episode["night"] == "2026-11-23"
        assert diary.value("binary_sensor.alex_episode_ongoing") == ("off" if ended_at else "on"), given
        await diary.call("undo", request_id=repr(given)[:64])


IMPOSSIBLE: tuple[dict[str, Any], ...] = (
    {"started_at": "yesterday"},
    {"started_at": "2026-02-30 02:00"},
    {"started_at": "25:00"},
    {"started_at": "2026-11-24"},
    {"started_at": True},
    {"started_at": {"date": "2026-11-24"}},
    {"started_at": "9999-12-31 23:59"},
    {"started_at": "0001-01-01 00:00"},
    {"started_at": "1970-01-01 00:00"},
    {"minutes_ago": -5},
    {"minutes_ago": "a while"},
    {"minutes_ago": True},
    {"minutes_ago": 10**30},
    {"minutes_ago": "inf"},
    {"duration": -1},
    {"duration": "long"},
    {"duration": 10**9},
    {"started_at": "02:00", "minutes_ago": 5},
    {"started_at": "02:00", "ended_at": "02:30", "duration": 30},
    {"started_at": "2026-11-24 02:00", "ended_at": "2026-11-24 01:00"},
    {"started_at": "2026-11-24 02:00", "ended_at": "2026-11-24 05:00"},
    {"started_at": "2026-11-24 02:00", "duration": 600},
    {"ended_at": "2026-11-24 03:17:01"},
)


async def test_invalid_times_are_refused(diary: Home) -> None:
    for given in IMPOSSIBLE:
        await refused(diary, "log_episode", **given)


@pytest.mark.parametrize("start", ["2026-11-24 03:12:01", "2026-11-24 03:17:00"])
async def test_a_start_up_to_five_minutes_ahead_is_now(diary: Home, start: str) -> None:
    response = await diary.call("log_episode", started_at=start)
    assert response["episode"]["started_at"] == "2026-11-24T03:12:00-08:00"


async def test_a_start_further_ahead_is_refused(diary: Home) -> None:
    for start in ("2026-11-24 03:17:01", "2026-11-24 03:18", "2026-11-25 03:12"):
        error = await refused(diary, "log_episode", started_at=start)
        assert error.translation_key == "start_in_future"


# --- sleepers ---------------------------------------------------------------------------------------------------------


@pytest.fixture
async def two(diary: Home, plain_user: MockUser) -> tuple[Home, Context]:
    """Return the home where Kim sleeps too, a user who is no administrator, and the context of Kim's calls."""
    people = [{"id": "kim", "name": "Kim", "user_id": plain_user.id}]
    assert await async_setup_component(diary.hass, "person", {"person": people})
    await add_sleeper(diary, "Kim", "person.kim")
    return diary, Context(user_id=plain_user.id)


async def test_the_sleeper_must_be_given_if_it_is_ambiguous(two: tuple[Home, Context]) -> None:
    for action in sorted(ACTIONS):
        home, _ = two
        error = await refused(home, action)
        assert error.translation_key == "which_sleeper"
        assert error.translation_placeholders is not None
        assert error.translation_placeholders["choices"] == "Alex, Kim"
        unknown = await refused(home, action, sleeper="Robin")
        assert unknown.translation_placeholders is not None
        assert {"Alex", "Kim", "Robin"} <= set(
            ", ".join(unknown.translation_placeholders.values()).replace(",", "").split()
        )


async def test_the_caller_may_name_another_sleeper(two: tuple[Home, Context]) -> None:
    home, kim = two
    await home.act(f"{DOMAIN}.log_episode", by=kim, severity=4, sleeper="Alex")
    assert (home.value("sensor.kim_last_severity"), home.value("sensor.alex_last_severity")) == ("unknown", "4")


async def test_a_sleeper_is_found_by_every_reference(two: tuple[Home, Context]) -> None:
    home, kim = two
    (entry,) = home.hass.config_entries.async_entries(DOMAIN)
    subentry_id = next(each.subentry_id for each in entry.subentries.values() if each.title == "Kim")
    device = dr.async_get(home.hass).async_get_device_by_identifier((DOMAIN, subentry_id), entry.entry_id)
    assert device is not None
    for reference in ("Kim", " kim ", "KIM", ["Kim"], subentry_id, device.id, [device.id]):
        assert (await home.call("get_episodes", sleeper=reference))["sleeper"] == "Kim", reference
    # Of the two of a bedroom, who calls is meant.
    response = await home.hass.services.async_call(
        DOMAIN, "get_episodes", {"sleeper": entry.entry_id}, blocking=True, return_response=True, context=kim
    )
    assert response is not None
    assert response["sleeper"] == "Kim"
    await refused(home, "log_episode", sleeper=entry.entry_id)


# --- repeats ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"severity": 7},
        {"minutes_ago": 20, "note": "again"},
        {"body_parts": "calf, foot"},
        {"duration": 5},
        {"started_at": "02:00", "ended_at": "02:30"},
        {"started_at": "2026-11-24 02:00"},
    ],
)
async def test_the_same_call_soon_after_is_a_repeat(diary: Home, data: dict[str, Any]) -> None:
    first = await diary.call("log_episode", **data)
    assert first["new"] is True
    for wait in (2, 14, 15, 29):
        await diary.after(seconds=wait)
        again = await diary.call("log_episode", **data)
        assert again == first | {"new": False}
    await diary.after(seconds=0.5)
    assert (await diary.call("log_episode", **data))["new"] is True
    assert len(await episodes(diary)) == 2


async def test_the_same_call_in_another_spelling_is_a_repeat(diary: Home) -> None:
    await diary.call("log_episode", severity=7, body_parts=["calf", "foot"], note="x")
    again = await diary.call("log_episode", severity="7.0", body_parts="Calf, Foot", note=" x ", tags="")
    assert again["new"] is False


async def test_a_call_with_any_difference_is_no_repeat(diary: Home) -> None:
    for data in ({}, {"severity": 7}, {"severity": 8}, {"severity": 7, "side": "left"}, {"note": "x"}, {"tags": "x"}):
        assert (await diary.call("log_episode", **data))["new"] is True


async def test_the_same_call_for_another_sleeper_is_no_repeat(two: tuple[Home, Context]) -> None:
    home, _ = two
    for sleeper in ("Alex", "Kim"):
        assert (await home.call("log_episode", sleeper=sleeper, severity=3))["new"] is True


async def test_a_repeat_fires_no_event(diary: Home) -> None:
    await diary.call("log_episode")
    before = diary.hass.states.get("event.alex_episode")
    await diary.after(seconds=3)
    await diary.call("log_episode")
    assert diary.hass.states.get("event.alex_episode") == before
    assert (await diary.call("undo"))["undone"] == "logged"
    await diary.after(seconds=61)
    await refused(diary, "undo")


async def test_concurrent_taps_log_one_episode(diary: Home) -> None:
    responses = await asyncio.gather(*(diary.call("log_episode", severity=5) for _ in range(20)))
    assert sum(each["new"] for each in responses) == 1
    assert len({each["episode"]["id"] for each in responses}) == 1
    assert diary.value("sensor.alex_episodes_tonight") == "1"
