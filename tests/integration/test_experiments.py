"""Experiments on nights that are drawn: the actions, what is set tonight, the routine, the sensor and the trigger."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser, async_capture_events
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
from sqlalchemy import text

from custom_components.rls_bedtime.const import DOMAIN
from custom_components.rls_bedtime.diagnostics import async_get_config_entry_diagnostics
from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary_manager import DIARY_MANAGER

from ..common.home import Home, act, bedroom_entry, set_up, settle, sleeper, value

SENSOR = "sensor.alex_experiment_night"
LIST = "todo.alex_evening_routine"
WITH_FIRST, WITHOUT_FIRST = 0, 2**42 - 1
SETBACK: dict[str, Any] = {"option": "temperature_setback", "with": "2,5", "nights": 28}

RARE = (
    "You had symptoms on 4 of 14 nights drawn with it and on 14 of 14 drawn without: if it made no difference, chance"
    " alone would give a difference at least this large in fewer than 1% of all draws."
)

pytestmark = pytest.mark.usefixtures("entry", "evening")


@pytest.fixture
def seed() -> int:
    """Return the seed of the next draw: each pair begins with the night with."""
    return WITH_FIRST


@pytest.fixture(autouse=True)
def _draw(seed: int) -> Iterator[None]:
    with patch("custom_components.rls_bedtime.diary.experiments.secrets.randbits", return_value=seed):
        yield


async def at(hass: HomeAssistant, freezer: FrozenDateTimeFactory, when: str) -> None:
    """Let the clock jump to a local time."""
    freezer.move_to(f"{when}-08:00")
    await settle(hass)


async def items(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return the items of the evening routine."""
    response: Any = await hass.services.async_call(
        "todo", "get_items", {"entity_id": LIST}, blocking=True, return_response=True
    )
    return list(response[LIST]["items"])


async def todo(hass: HomeAssistant, action: str, **data: Any) -> None:
    await hass.services.async_call("todo", action, {"entity_id": LIST, **data}, blocking=True)


async def refused(hass: HomeAssistant, action: str, **data: Any) -> str | None:
    """Assert that an action is refused with a translated error, and return its key."""
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, action, **data)
    assert error.value.translation_domain == DOMAIN
    return error.value.translation_key


def _with(value: Any) -> dict[str, Any]:
    """Return a field whose name is a keyword of Python."""
    return {"with": value}


def setback(entry: MockConfigEntry) -> float:
    """Return the setback that bedtime mode uses."""
    return float(entry.runtime_data.session.plan.temperature_setback)


# --- actions ----------------------------------------------------------------------------------------------------------


async def test_an_experiment_with_a_tag_is_started_and_read(hass: HomeAssistant) -> None:
    response = await act(hass, "start_experiment", tag="warm socks", nights="28")

    assert response["new"]
    assert response["sleeper"] == "Alex"
    experiment = response["experiment"]
    assert experiment | {"id": "", "logged_at": ""} == {
        "id": "",
        "kind": "tag",
        "subject": "warm socks",
        "with": None,
        "without": None,
        "nights": 28,
        "first_night": "2026-11-23",
        "stopped_on": None,
        "logged_at": "",
    }
    found = await act(hass, "get_experiment")
    tonight = {"night": "2026-11-23", "number": 1, "arm": "with", "skipped": False, "done": False}
    assert found["experiment"] == {**experiment, "text": "warm socks"}
    assert (found["status"], found["tonight"], found["nights"]) == ("running", tonight, [tonight])
    assert (found["result"], found["sentences"]) == (None, [])
    assert found["lengths"] == [
        {"nights": 28, "power_percent": 9},
        {"nights": 42, "power_percent": 16},
        {"nights": 84, "power_percent": 37},
    ]
    assert found["options"]["temperature_setback"] == 2


async def test_before_the_first_experiment_there_is_none(hass: HomeAssistant) -> None:
    found = await act(hass, "get_experiment")
    assert (found["experiment"], found["status"], found["tonight"], found["nights"]) == (None, None, None, [])
    assert await refused(hass, "stop_experiment") == "no_experiment"
    assert value(hass, SENSOR) == "none"


async def test_what_is_to_come_is_shown_nowhere(hass: HomeAssistant, evening: FrozenDateTimeFactory) -> None:
    await act(hass, "start_experiment", tag="warm socks")
    await at(hass, evening, "2026-11-25 20:00")

    found = await act(hass, "get_experiment")
    assert [night["arm"] for night in found["nights"]] == ["with", "without", "with"]
    assert "seed" not in str(found)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({}, "experiment_about_one_thing"),
        ({"tag": "x", "practice": "Yoga"}, "experiment_about_one_thing"),
        ({"tag": "x", "with": "1"}, "values_without_option"),
        ({"tag": "x" * 51}, "tag_too_long"),
        ({"practice": "Nothing of the kind"}, "unknown_practice"),
        ({"option": "restore"}, "unknown_choice"),
        ({"option": "screens_action"}, "unknown_choice"),
        ({"tag": "x", "nights": 30}, "unknown_choice"),
        ({"tag": "x", "nights": "many"}, "not_a_number"),
        ({"option": "light_level"}, "experiment_needs_without"),
        ({"option": "light_level", "without": 0}, "number_out_of_range"),
        ({"option": "light_level", "without": "5"}, "experiment_values_equal"),
        ({"option": "temperature_setback", "with": 11}, "number_not_between"),
        ({"option": "temperature_setback", "with": "warm"}, "not_a_number"),
        ({"option": "use_sleep_preset", "with": "perhaps"}, "not_yes_or_no"),
        ({"option": "screen_curfew"}, "experiment_values_equal"),
        ({"option": "light_color_temp", "without": 9000}, "number_out_of_range"),
        ({"seed": 1}, "unknown_field"),
    ],
)
async def test_what_cannot_be_an_experiment_is_refused(hass: HomeAssistant, data: dict[str, Any], key: str) -> None:
    assert await refused(hass, "start_experiment", **data) == key
    assert (await act(hass, "get_experiment"))["experiment"] is None


@pytest.mark.parametrize(
    ("data", "values"),
    [
        ({"option": "temperature_setback"}, (2.0, 0)),
        ({"option": "Cooler by", "with": "1,5"}, (1.5, 0)),
        ({"option": "use_sleep_preset"}, (True, False)),
        ({"option": "keep_screens_quiet", "with": "on"}, (True, False)),
        ({"option": "light_level", "without": "40"}, (5, 40)),
        ({"option": "wind_down", "without": "10"}, (45, 10)),
        ({"option": "automatic", "with": True, "without": "off"}, (True, False)),
    ],
)
async def test_the_values_of_an_option_have_defaults_where_these_make_sense(
    hass: HomeAssistant, data: dict[str, Any], values: tuple[Any, Any]
) -> None:
    experiment = (await act(hass, "start_experiment", **data))["experiment"]
    assert (experiment["with"], experiment["without"]) == values
    assert experiment["nights"] == 84


async def test_an_experiment_is_stopped_skipped_and_logged(hass: HomeAssistant) -> None:
    await act(hass, "start_experiment", tag="warm socks")

    assert (await act(hass, "log_experiment_night"))["night"] == "2026-11-23"
    assert (await act(hass, "get_experiment"))["tonight"]["done"] is True
    await act(hass, "log_experiment_night", done=False, night="2026-11-23")
    assert (await act(hass, "get_experiment"))["tonight"]["done"] is False
    await act(hass, "skip_experiment_night")
    assert value(hass, SENSOR) == "skipped"
    await act(hass, "skip_experiment_night", skipped=False)
    assert value(hass, SENSOR) == "with"
    assert await refused(hass, "skip_experiment_night", night="2026-11-22") == "night_not_in_experiment"
    stopped = await act(hass, "stop_experiment")
    assert stopped["experiment"]["stopped_on"] == "2026-11-23"
    found = await act(hass, "get_experiment")
    assert (found["status"], found["tonight"], found["nights"]) == ("stopped", None, [])
    assert [each["key"] for each in found["sentences"]] == ["counts", "too_few_nights", "done"]
    assert value(hass, SENSOR) == "none"


async def test_undo_and_redo_tell_which_experiment_and_night(hass: HomeAssistant) -> None:
    started = (await act(hass, "start_experiment", tag="warm socks"))["experiment"]
    await act(hass, "skip_experiment_night")

    undone = await act(hass, "undo")
    assert (undone["undone"], undone["experiment"], undone["night"]) == (
        "experiment_night_updated",
        started["id"],
        "2026-11-23",
    )
    assert value(hass, SENSOR) == "with"
    undone = await act(hass, "undo", request_id="another")
    assert (undone["undone"], undone["experiment"], undone["night"]) == ("experiment_started", started["id"], None)
    assert value(hass, SENSOR) == "none"
    await act(hass, "redo")
    assert value(hass, SENSOR) == "with"


async def test_the_result_is_a_sentence_once_all_nights_are_over(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    await act(hass, "start_experiment", tag="warm socks", nights=28)
    await at(hass, evening, "2027-01-02 20:00")
    assert value(hass, SENSOR) == "none"
    for number in range(28):
        night = date(2026, 11, 23) + timedelta(days=number)
        if number % 2 or number % 8 == 0:
            await act(hass, "log_episode", started_at=f"{night} 23:30", severity=4, duration=10)
        else:
            await act(hass, "log_clear_night", night=night.isoformat())
    found = await act(hass, "get_experiment")

    assert found["status"] == "over"
    assert [each["text"] for each in found["sentences"]] == [
        RARE,
        "It was done on 0 of the 14 nights with and on 0 of the 14 without.",
    ]
    assert found["result"]["with"]["affected"] == 4
    assert found["result"]["difference"]["affected_points"] == pytest.approx(-71.4, abs=0.1)


# --- privacy and permissions ------------------------------------------------------------------------------------------


async def test_no_words_are_in_a_state_an_event_or_the_diagnostics(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    calls = async_capture_events(hass, EVENT_CALL_SERVICE)
    events = async_capture_events(hass, "rls_bedtime_diary")
    await act(hass, "start_experiment", tag="secret socks")
    await act(hass, "stop_experiment")
    await act(hass, "start_experiment", practice="Yoga")

    assert [event.data["change"] for event in events] == [
        "experiment_started",
        "experiment_stopped",
        "experiment_started",
    ]
    texts = [str(event.data) for event in (*calls, *events)] + [
        str(state.as_dict()) for state in hass.states.async_all()
    ]
    diagnostics = str(await async_get_config_entry_diagnostics(hass, entry))
    assert "'experiment': {" in diagnostics
    for word in ("secret", "Yoga"):
        assert not [each for each in (*texts, diagnostics) if word in each]
    state = hass.states.get(SENSOR)
    assert state is not None
    assert state.attributes.keys() == {"night", "options", "device_class", "friendly_name"}


async def test_whoever_may_log_may_tick_and_only_the_sleepers_own_may_do_more(
    hass: HomeAssistant, plain_user: MockUser
) -> None:
    hass.states.async_set("person.kim", "home", {"user_id": plain_user.id})
    hass.states.async_set("person.sam", "home", {"user_id": "somebody"})
    await set_up(hass, bedroom_entry("Attic", sleeper("Sam", person="person.sam"), lights={}))
    kim = Context(user_id=plain_user.id)
    await act(hass, "start_experiment", sleeper="Sam", tag="warm socks")

    assert (await act(hass, "log_experiment_night", kim, sleeper="Sam"))["night"] == "2026-11-23"
    for action in ("start_experiment", "stop_experiment", "skip_experiment_night", "get_experiment"):
        with pytest.raises(HomeAssistantError) as error:
            await act(hass, action, kim, sleeper="Sam")
        assert error.value.translation_key in {"not_allowed_to_change", "not_allowed_to_read"}


# --- what is set tonight ----------------------------------------------------------------------------------------------


async def test_an_option_is_set_for_the_night_and_the_entry_keeps_its_own(
    hass: HomeAssistant, entry: MockConfigEntry, evening: FrozenDateTimeFactory
) -> None:
    await act(hass, "start_experiment", **SETBACK)
    assert setback(entry) == 2.5
    await at(hass, evening, "2026-11-24 11:59")
    assert setback(entry) == 2.5
    await at(hass, evening, "2026-11-24 12:00")
    assert setback(entry) == 0
    await act(hass, "skip_experiment_night")
    assert setback(entry) == 2
    await act(hass, "undo")
    assert setback(entry) == 0
    await act(hass, "stop_experiment")
    assert setback(entry) == 2
    await act(hass, "undo", request_id="another")
    assert setback(entry) == 0
    assert "temperature_setback" not in entry.options


async def test_a_restart_and_a_reload_set_it_again(
    hass: HomeAssistant, home: Home, entry: MockConfigEntry, evening: FrozenDateTimeFactory
) -> None:
    await act(hass, "start_experiment", **SETBACK)
    await home.restart(entry)
    assert setback(entry) == 2.5
    await home.unload(entry)
    await at(hass, evening, "2026-11-24 13:00")
    await home.load(entry)
    assert setback(entry) == 0
    hass.config_entries.async_update_entry(entry, options={**entry.options, "light_level": 7})
    await hass.async_block_till_done()
    assert setback(entry) == 0
    assert entry.runtime_data.session.plan.light_level == 7
    await home.unload(entry)
    await at(hass, evening, "2027-03-01 13:00")
    await home.load(entry)
    assert (setback(entry), value(hass, SENSOR)) == (2, "none")


async def test_what_is_set_reaches_the_devices(hass: HomeAssistant, home: Home, entry: MockConfigEntry) -> None:
    await act(hass, "start_experiment", option="temperature_setback", **_with(3), without=0)
    before = value(hass, "climate.thermostat", "temperature")
    await home.turn_on()
    assert value(hass, "climate.thermostat", "temperature") == before - 3
    await home.turn_off()
    assert value(hass, "climate.thermostat", "temperature") == before


async def test_the_dashboard_shows_and_edits_the_option_itself(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    number = "number.bedroom_wind_down"
    await act(hass, "start_experiment", option="wind_down", **_with(90), without=10)
    assert (value(hass, number), entry.runtime_data.session.plan.wind_down) == ("45", timedelta(minutes=90))

    await hass.services.async_call("number", "set_value", {"entity_id": number, "value": 30}, blocking=True)
    assert (value(hass, number), entry.runtime_data.session.plan.wind_down) == ("30", timedelta(minutes=90))
    await act(hass, "stop_experiment")
    assert (value(hass, number), entry.runtime_data.session.plan.wind_down) == ("30", timedelta(minutes=30))
    await act(hass, "start_experiment", option="automatic", **_with("on"))
    assert value(hass, "switch.bedroom_automatic_bedtime") == "off"
    assert entry.runtime_data.session.plan.automatic


@pytest.mark.parametrize("damage", ["'null'", "'\"warm\"'", "'-5'", "'[]'", "'1e999'", "NULL"])
async def test_a_damaged_value_is_not_set_and_stops_nothing(
    hass: HomeAssistant, home: Home, entry: MockConfigEntry, damage: str
) -> None:
    await act(hass, "start_experiment", **SETBACK)

    def spoil(diary: Diary) -> None:
        statement = text(f"UPDATE experiment SET with_value = {damage}")  # noqa: S608 - a test's own
        diary._database.write(lambda session: session.execute(statement))  # noqa: SLF001

    await hass.data[DIARY_MANAGER].async_write(spoil)
    await home.restart(entry)
    assert setback(entry) == 2
    await home.turn_on()
    assert home.phase == "bedtime"
    assert (await items(hass))[0]["summary"].startswith("Tonight: with")


async def test_an_option_that_no_longer_exists_is_not_set(
    hass: HomeAssistant, home: Home, entry: MockConfigEntry
) -> None:
    await act(hass, "start_experiment", **SETBACK)
    statement = text("UPDATE experiment SET subject = 'restore', with_value = '\"nothing\"'")
    await hass.data[DIARY_MANAGER].async_write(
        lambda diary: diary._database.write(lambda session: session.execute(statement))  # noqa: SLF001
    )
    await home.restart(entry)
    assert entry.runtime_data.session.plan.restore == "settings"


async def test_two_sleepers_of_a_bedroom_cannot_set_the_same_option(hass: HomeAssistant) -> None:
    attic = await set_up(hass, bedroom_entry("Attic", sleeper("Kim"), sleeper("Sam"), lights={}))
    await act(hass, "start_experiment", sleeper="Kim", **SETBACK)

    assert await refused(hass, "start_experiment", sleeper="Sam", **SETBACK) == "option_in_experiment"
    await act(hass, "start_experiment", sleeper="Sam", option="wind_down", without=10)
    await act(hass, "start_experiment", sleeper="Alex", **SETBACK)
    assert setback(attic) == 2.5
    await act(hass, "stop_experiment", sleeper="Kim")
    assert setback(attic) == 2
    assert attic.runtime_data.session.plan.wind_down == timedelta(minutes=45)


async def test_of_two_sleepers_who_start_at_once_one_gets_the_option(hass: HomeAssistant) -> None:
    await set_up(hass, bedroom_entry("Attic", sleeper("Kim"), sleeper("Sam"), lights={}))

    results = await asyncio.gather(
        *(act(hass, "start_experiment", sleeper=name, **SETBACK) for name in ("Kim", "Sam")), return_exceptions=True
    )
    keys = [each.translation_key for each in results if isinstance(each, ServiceValidationError)]
    assert keys == ["option_in_experiment"]


async def test_undo_does_not_bring_back_what_somebody_else_has_taken(hass: HomeAssistant) -> None:
    await set_up(hass, bedroom_entry("Attic", sleeper("Kim"), sleeper("Sam"), lights={}))
    await act(hass, "start_experiment", sleeper="Kim", **SETBACK)
    await act(hass, "undo", sleeper="Kim")
    await act(hass, "start_experiment", sleeper="Sam", **SETBACK)

    assert await refused(hass, "redo", sleeper="Kim") == "option_in_experiment"
    await act(hass, "stop_experiment", sleeper="Sam")
    await act(hass, "redo", sleeper="Kim")
    assert await refused(hass, "undo", sleeper="Sam") == "option_in_experiment"


# --- nights away ------------------------------------------------------------------------------------------------------


@pytest.fixture
async def with_person(hass: HomeAssistant, evening: FrozenDateTimeFactory) -> MockConfigEntry:
    """Return a bedroom whose sleeper is a person."""
    hass.states.async_set("person.kim", "home")
    attic = await set_up(hass, bedroom_entry("Attic", sleeper("Kim", person="person.kim"), lights={}))
    await act(hass, "start_experiment", sleeper="Kim", tag="warm socks")
    return attic


KIM = "sensor.kim_experiment_night"


@pytest.mark.usefixtures("with_person")
async def test_a_night_is_skipped_if_the_sleeper_is_not_home_at_bedtime(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    hass.states.async_set("person.kim", "not_home")
    await at(hass, evening, "2026-11-23 22:29")
    assert value(hass, KIM) == "with"
    await at(hass, evening, "2026-11-23 22:30")
    assert value(hass, KIM) == "skipped"
    assert value(hass, SENSOR) == "none"
    hass.states.async_set("person.kim", "home")
    await at(hass, evening, "2026-11-24 22:30")
    found = await act(hass, "get_experiment", sleeper="Kim")
    assert [(night["arm"], night["skipped"]) for night in found["nights"]] == [("with", True), ("with", False)]


@pytest.mark.usefixtures("with_person")
async def test_whoever_is_in_a_zone_within_the_home_is_at_home(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    hass.states.async_set("person.kim", "Garden", {"in_zones": ["zone.garden", "zone.home"]})
    await at(hass, evening, "2026-11-23 22:30")
    assert value(hass, KIM) == "with"
    hass.states.async_set("person.kim", "Garden", {"in_zones": ["zone.garden"]})
    await at(hass, evening, "2026-11-24 12:00")
    await at(hass, evening, "2026-11-24 22:30")
    assert value(hass, KIM) == "skipped"


@pytest.mark.usefixtures("with_person")
async def test_whoever_leaves_after_bedtime_was_at_home(hass: HomeAssistant, evening: FrozenDateTimeFactory) -> None:
    await at(hass, evening, "2026-11-23 22:30")
    hass.states.async_set("person.kim", "not_home")
    await act(hass, "log_episode", sleeper="Kim")
    await at(hass, evening, "2026-11-23 22:50")
    assert value(hass, KIM) == "with"


@pytest.mark.usefixtures("with_person")
@pytest.mark.parametrize("state", ["unknown", "unavailable"])
async def test_a_person_whose_place_is_not_known_is_not_away(
    hass: HomeAssistant, evening: FrozenDateTimeFactory, state: str
) -> None:
    hass.states.async_set("person.kim", state)
    await at(hass, evening, "2026-11-23 22:30")
    await at(hass, evening, "2026-11-24 01:00")
    assert value(hass, KIM) == "with"


async def test_a_restart_over_bedtime_makes_up_for_it(
    hass: HomeAssistant, home: Home, with_person: MockConfigEntry, evening: FrozenDateTimeFactory
) -> None:
    hass.states.async_set("person.kim", "not_home")
    await home.unload(with_person)
    await at(hass, evening, "2026-11-23 22:40")
    await home.start_again(with_person, down=timedelta(minutes=5))
    assert value(hass, KIM) == "skipped"
    # Taken back, it stays so, whatever restarts.
    await act(hass, "undo", sleeper="Kim")
    await home.restart(with_person)
    await settle(hass)
    assert value(hass, KIM) == "with"


async def test_a_schedule_helper_says_when_bedtime_is(hass: HomeAssistant, evening: FrozenDateTimeFactory) -> None:
    hass.states.async_set("person.kim", "home")
    bedtime = {"next_event": dt_util.as_local(dt_util.parse_datetime("2026-11-24T05:15:00+00:00"))}  # type: ignore[arg-type]
    hass.states.async_set("schedule.sleep", "off", bedtime)
    options = {"schedule_entity": "schedule.sleep", "lights": {}}
    await set_up(hass, bedroom_entry("Attic", sleeper("Kim", person="person.kim"), **options))
    await act(hass, "start_experiment", sleeper="Kim", tag="warm socks")
    hass.states.async_set("person.kim", "work")
    await at(hass, evening, "2026-11-23 21:14")
    assert value(hass, KIM) == "with"
    await at(hass, evening, "2026-11-23 21:15")
    assert value(hass, KIM) == "skipped"


# --- the evening routine ----------------------------------------------------------------------------------------------


async def test_the_routine_says_what_is_assigned_to_an_item_tonight(
    hass: HomeAssistant, evening: FrozenDateTimeFactory, hass_ws_client: WebSocketGenerator
) -> None:
    await act(hass, "start_experiment", practice="yoga")

    yoga = next(item for item in await items(hass) if item["summary"] == "Yoga")
    assert yoga["description"] == "Tonight: with"
    assert [item["summary"] for item in await items(hass) if "description" in item] == ["Yoga"]
    # As the to-do card ticks an item: with everything that it has.
    await todo(hass, "update_item", item=yoga["uid"], rename="Yoga", description="Tonight: with", status="completed")
    assert (await act(hass, "get_experiment"))["tonight"]["done"] is True
    with pytest.raises(ServiceValidationError, match="no description"):
        await todo(hass, "update_item", item="Yoga", description="slowly")
    with pytest.raises(ServiceValidationError, match="no description"):
        await todo(hass, "add_item", item="Tea", description="camomile")
    with pytest.raises(ServiceValidationError, match="Stop it"):
        await todo(hass, "remove_item", item="Yoga")
    await at(hass, evening, "2026-11-24 12:00")
    assert [item["description"] for item in await items(hass) if item["summary"] == "Yoga"] == ["Tonight: without"]
    await act(hass, "skip_experiment_night")
    assert [item["description"] for item in await items(hass) if item["summary"] == "Yoga"] == ["Tonight: away"]
    await act(hass, "stop_experiment")
    assert not [item for item in await items(hass) if "description" in item]


async def test_a_tag_is_an_extra_item_with_a_tick_of_its_own(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    await act(hass, "start_experiment", tag="warm socks")

    extra = (await items(hass))[0]
    assert (extra["summary"], extra["status"]) == ("Tonight: with · warm socks", "needs_action")
    assert value(hass, LIST) == "9"
    await todo(hass, "update_item", item="experiment", rename=extra["summary"], status="completed")
    assert (await act(hass, "get_experiment"))["tonight"]["done"] is True
    assert (await items(hass))[0]["status"] == "completed"
    await todo(hass, "update_item", item="experiment", status="needs_action")
    assert (await act(hass, "get_experiment"))["tonight"]["done"] is False
    for action, data in (
        ("update_item", {"item": "experiment", "rename": "cold socks"}),
        ("remove_item", {"item": "experiment"}),
    ):
        with pytest.raises(ServiceValidationError, match="belongs to the experiment"):
            await todo(hass, action, **data)
    client = await hass_ws_client(hass)
    uids = [item["uid"] for item in await items(hass)]
    await client.send_json_auto_id(
        {"type": "todo/item/move", "entity_id": LIST, "uid": uids[0], "previous_uid": uids[2]}
    )
    assert not (await client.receive_json())["success"]
    await client.send_json_auto_id(
        {"type": "todo/item/move", "entity_id": LIST, "uid": uids[3], "previous_uid": uids[0]}
    )
    assert (await client.receive_json())["success"]
    assert [item["uid"] for item in await items(hass)][:2] == [uids[0], uids[3]]
    await act(hass, "stop_experiment")
    assert len(await items(hass)) == 8


async def test_an_option_is_an_extra_item_that_says_what_is_set(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    await act(hass, "start_experiment", **SETBACK)

    assert (await items(hass))[0]["summary"] == "Tonight: with · Cooler by: 2.5 °C"
    with pytest.raises(ServiceValidationError, match="belongs to the experiment"):
        await todo(hass, "update_item", item="experiment", status="completed")
    await at(hass, evening, "2026-11-24 12:00")
    assert (await items(hass))[0]["summary"] == "Tonight: without · Cooler by: 0 °C"
    await act(hass, "skip_experiment_night")
    assert (await items(hass))[0]["summary"] == "Tonight: away · Cooler by"
    await act(hass, "stop_experiment")
    await act(hass, "start_experiment", option="dim_night_lights")
    assert (await items(hass))[0]["summary"] == "Tonight: with · Dim lights that are turned on at night: on"
    await at(hass, evening, "2026-11-24 13:00")
    await act(hass, "stop_experiment")
    await act(hass, "start_experiment", option="light_level", without=40)
    assert (await items(hass))[0]["summary"] == "Tonight: with · Brightness at bedtime: 5%"


# --- the trigger ------------------------------------------------------------------------------------------------------


async def test_each_new_night_fires_the_trigger_once(
    hass: HomeAssistant, home: Home, entry: MockConfigEntry, evening: FrozenDateTimeFactory
) -> None:
    told = async_capture_events(hass, "told")
    automations = [
        {
            "alias": name,
            "triggers": [
                {"trigger": "rls_bedtime.experiment_night", "target": {"entity_id": SENSOR}, "options": options}
            ],
            "actions": [{"event": "told", "event_data": {"name": name}}],
        }
        for name, options in (("any", {}), ("with", {"arm": "with"}), ("without", {"arm": "without"}))
    ]
    assert await async_setup_component(hass, "automation", {"automation": automations})

    async def heard() -> list[str]:
        await hass.async_block_till_done()
        names = sorted(event.data["name"] for event in told)
        told.clear()
        return names

    with patch("custom_components.rls_bedtime.diary.experiments.secrets.randbits", return_value=0b10):
        await act(hass, "start_experiment", tag="warm socks")
    assert await heard() == ["any", "with"]
    await act(hass, "log_experiment_night")
    await home.restart(entry)
    assert await heard() == []
    await at(hass, evening, "2026-11-24 12:00")
    assert await heard() == ["any", "without"]
    # Two alike in a row.
    await at(hass, evening, "2026-11-25 12:00")
    assert await heard() == ["any", "without"]
    await act(hass, "skip_experiment_night")
    await act(hass, "skip_experiment_night", skipped=False)
    await act(hass, "stop_experiment")
    assert await heard() == []
