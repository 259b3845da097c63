"""Nights with and without something: the action, the websocket command, the report, and a language model."""

from datetime import date, timedelta
from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.rls_bedtime.const import DOMAIN

from ..common.home import Home, act

FIRST = date(2026, 11, 2)
NIGHTS = 16


@pytest.fixture
async def diary(home: Home) -> Home:
    """Return a home after 16 nights: symptoms on 2 of 8 with a massage, and on 6 of 8 with yoga instead."""
    await home.jump("2026-11-01 12:30-08:00")
    await home.configure(targets={}, sleeper={"name": "Alex"})
    for day in range(NIGHTS):
        night = FIRST + timedelta(days=day)
        await home.jump(f"{night} 21:00-08:00")
        has_massage = day % 2 == 0
        await home.call("log_practice", item="Leg massage" if has_massage else "Yoga")
        await home.jump(f"{night} 23:00-08:00")
        if day < 4 if has_massage else day > 4:
            await home.call("log_episode", severity=6, tags="late coffee" if day == 7 else None)
        else:
            await home.call("log_clear_night")
    await home.jump("2026-11-18 12:30-08:00")
    return home


def item(response: dict[str, Any], text: str | None) -> dict[str, Any]:
    """Return the comparison of an item."""
    return next(each for each in response["items"] if each["text"] == text)


async def routine(home: Home) -> list[str]:
    """Return the items of the routine, in its order."""
    entity_id = "todo.alex_evening_routine"
    response: Any = await home.hass.services.async_call(
        "todo", "get_items", {"entity_id": entity_id}, blocking=True, return_response=True
    )
    return [each["summary"] for each in response[entity_id]["items"]]


async def refused(home: Home, **data: Any) -> ServiceValidationError:
    with pytest.raises(ServiceValidationError) as error:
        await act(home.hass, "compare", **data)
    return error.value


async def test_nights_with_and_without_an_item_are_compared(diary: Home) -> None:
    response = await act(diary.hass, "compare", practice="leg massage")

    (only,) = response["items"]
    assert (only["kind"], only["text"], only["removed"], only["confidence"]) == ("practice", "Leg massage", False, 0.95)
    assert (only["with"]["affected"], only["with"]["recorded"]) == (2, 8)
    assert (only["without"]["affected"], only["without"]["recorded"]) == (6, 8)
    assert only["difference"]["affected_points"] == -50
    assert only["sentences"][0]["text"] == "Symptoms on 2 of 8 nights with it, on 6 of 8 without it."
    assert only["sentences"][1]["key"] == "too_few_shifts"
    assert [each["key"] for each in response["sentences"]] == ["other_reasons", "intervals_independent"]
    assert response["sleeper"] == "Alex"


async def test_all_items_are_compared_in_the_order_of_the_routine(diary: Home) -> None:
    response = await act(diary.hass, "compare", practice="all")
    texts = [each["text"] for each in response["items"]]
    assert texts == await routine(diary)
    assert {each["confidence"] for each in response["items"]} == {1 - 0.05 / len(texts)}
    assert response["sentences"][-1]["key"] == "several_compared"
    several = await act(diary.hass, "compare", practice=["Yoga", "Leg massage"])
    assert [each["text"] for each in several["items"]] == [text for text in texts if text in {"Leg massage", "Yoga"}]


async def test_a_tag_and_bedtime_mode_are_compared(diary: Home) -> None:
    response = await act(diary.hass, "compare", tag="Late Coffee")
    assert response["items"][0]["with"]["severity_median"] == 6
    assert response["items"][0]["with"]["affected_percent"] is None
    assert response["sentences"][0]["key"] == "tag_only_affected"
    nothing = await act(diary.hass, "compare", bedtime_mode=True)
    assert (nothing["items"], [each["key"] for each in nothing["sentences"]]) == ([], ["nothing_to_compare"])
    conditions: list[dict[str, Any]] = [{"temperature": "yes"}, {"humidity": "on"}, {"illuminance": 1}]
    for condition in conditions:
        assert (await act(diary.hass, "compare", **condition))["items"] == []


async def test_the_last_nights_alone_are_compared_if_that_is_wanted(diary: Home) -> None:
    response = await act(diary.hass, "compare", practice="Yoga", nights=14)
    assert (response["items"][0]["with"]["recorded"], response["items"][0]["without"]["recorded"]) == (7, 7)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"practice": "Tea"}, "unknown_practice"),
        ({"tag": "tea"}, "unknown_tag"),
        ({"practice": "Yoga", "tag": "late coffee"}, "compare_one"),
        ({"practice": "Yoga", "bedtime_mode": True}, "compare_one"),
        ({"practice": "all", "date": "2026-11-10"}, "compare_one"),
        ({"temperature": True, "change": "1"}, "compare_one"),
        ({"practice": "Yoga", "skip": 3}, "skip_without_change"),
        ({"practice": "Yoga", "nights": 13}, "number_out_of_range"),
        ({"bedtime_mode": "perhaps"}, "not_yes_or_no"),
    ],
)
async def test_what_cannot_be_compared_is_refused_with_the_reason(diary: Home, data: dict[str, Any], key: str) -> None:
    error = await refused(diary, **data)
    assert error.translation_key == key


async def test_what_is_switched_off_is_not_given(diary: Home) -> None:
    """A form sends all its switches: before and after a date remains what it is."""
    response = await act(diary.hass, "compare", date="2026-11-10", bedtime_mode=False, temperature=False)
    assert response["night"] == "2026-11-10"


@pytest.mark.usefixtures("diary")
async def test_the_card_gets_everything_in_one_answer(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> None:
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": f"{DOMAIN}/comparisons"})
    response = (await client.receive_json())["result"]
    assert item(response, "Leg massage")["with"]["recorded"] == 8
    assert item(response, "Yoga")["difference"]["affected_points"] == 50
    assert {"key", "values", "text"} == response["sentences"][0].keys()


async def test_the_report_has_comparisons_only_if_they_are_wanted(
    diary: Home, hass_client: ClientSessionGenerator
) -> None:
    client = await hass_client()
    for wanted in (False, True):
        response = await act(diary.hass, "get_report", period="month", comparisons=wanted, language="de")
        assert (response["comparisons"] is not None) is wanted
        answer = await client.get(response["links"]["page"])
        page = await answer.text()
        assert ("Leg massage" in page) is wanted
        if wanted:
            assert "2 von 8" in page
            assert "Betroffene Nächte, in Prozentpunkten: \u221250" in page
            assert "Es hat Gründe, wenn" in page


async def test_what_is_named_in_a_call_is_in_no_event(diary: Home) -> None:
    events: list[Any] = []
    diary.hass.bus.async_listen("call_service", lambda event: events.append(event.data["service_data"]))
    await act(diary.hass, "compare", practice="Yoga", nights=14)
    await act(diary.hass, "compare", tag="late coffee")
    await diary.hass.async_block_till_done()
    assert events == [{"nights": 14}, {}]


async def test_a_language_model_tells_counts_and_cautions(diary: Home) -> None:
    hass = diary.hass
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "llm", {})
    async_expose_entity(hass, "conversation", "calendar.alex_diary", should_expose=True)
    context = llm.LLMContext(
        platform="test", context=Context(), language="en", assistant="conversation", device_id=None
    )
    api = await llm.async_get_api(hass, llm.LLM_API_ASSIST, context)

    async def ask(**args: str) -> Any:
        result = await api.async_call_tool(llm.ToolInput(f"{DOMAIN}__compare_nights", args))
        assert not result.error
        return result.data

    answer = await ask(item="Yoga")
    (compared,) = answer["compared"]
    assert compared["what"] == "Yoga"
    assert compared["facts"][0] == "Symptoms on 6 of 8 nights with it, on 2 of 8 without it."
    assert answer["cautions"]
    assert (await ask(compare="bedtime_mode"))["compared"] == []


async def test_a_database_that_cannot_be_read_is_said(diary: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise HomeAssistantError

    monkeypatch.setattr("custom_components.rls_bedtime.coordinator.Diary.compare_with_without", fail)
    with pytest.raises(HomeAssistantError):
        await act(diary.hass, "compare", practice="all")
