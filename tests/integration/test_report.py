"""The report for the doctor: its figures, and the page and the tables behind signed links."""

import csv
from datetime import date, timedelta
from http import HTTPStatus
from io import StringIO
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.auth.models import User
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import jwt
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import DatabaseError, MarkedChangeKind, NewMarkedChange
from custom_components.rls_bedtime.diary_manager import DIARY_MANAGER
from custom_components.rls_bedtime.report.options import URL
from custom_components.rls_bedtime.sleeper_options import diary_id_of

from ..common.home import act, bedroom_entry, set_up, sleeper

pytestmark = pytest.mark.usefixtures("bedroom", "night")

FORMULA = '=HYPERLINK("https://example.com","click")'
FORMATS = ("page", "episodes", "nights", "json")


@pytest.fixture
async def users(hass: HomeAssistant) -> dict[str, User]:
    """Return the sleeper and somebody else, both of whom are signed in somewhere."""
    group = await hass.auth.async_get_group(GROUP_ID_USER)
    assert group is not None
    found: dict[str, User] = {}
    for name in ("Alex", "Kim"):
        found[name] = MockUser(name=name, groups=[group]).add_to_hass(hass)
        await hass.auth.async_create_refresh_token(found[name], "https://example.com/app")
    return found


@pytest.fixture
async def diary(hass: HomeAssistant, users: dict[str, User]) -> MockConfigEntry:
    """Return the bedroom of Alex, whose diary is private, with some nights."""
    people = [{"id": name.lower(), "name": name, "user_id": user.id} for name, user in users.items()]
    assert await async_setup_component(hass, "person", {"person": people})
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex", "person.alex")))
    await act(
        hass,
        "log_episode",
        started_at="2026-11-20 23:10",
        duration=30,
        severity=7,
        side="both",
        body_parts="calf, foot",
        relief="walking",
        relief_effect="some",
        tags="late coffee",
        note=FORMULA,
    )
    await act(hass, "log_episode", started_at="2026-11-22 02:40", severity=3, body_parts="calf", note="<b>&")
    await act(hass, "log_clear_night", night="2026-11-22")
    return entry


@pytest.fixture
def alex(users: dict[str, User]) -> Context:
    return Context(user_id=users["Alex"].id)


async def mark(entry: MockConfigEntry, day: date, kind: MarkedChangeKind, **details: Any) -> str:
    """Mark a change. Return its id."""
    (coordinator,) = entry.runtime_data.sleepers.values()
    manager, change = coordinator.hass.data[DIARY_MANAGER], NewMarkedChange(day=day, kind=kind, **details)
    diary_id = diary_id_of(coordinator.subentry)
    result = await manager.async_write(Diary.log_marked_change, diary_id, change, dt_util.now())
    return str(result.marked_change.id)


async def links(hass: HomeAssistant, context: Context | None = None, **data: Any) -> dict[str, str]:
    return dict((await act(hass, "get_report", context, **data))["links"])


async def read(client: TestClient[Any, Any], path: str) -> str:
    response = await client.get(path)
    assert response.status == HTTPStatus.OK, await response.text()
    return await response.text()


def rows(text: str) -> list[dict[str, str]]:
    """Return the rows of a table, which begins with a byte order mark."""
    assert text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text[1:], newline="")))


# --- the figures ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("diary")
async def test_the_figures_are_those_of_the_summary_and_more(hass: HomeAssistant) -> None:
    report = await act(hass, "get_report", None, **{"from": "2026-11-18", "to": "2026-11-23"})
    summary = await act(hass, "get_summary", None, **{"from": "2026-11-18", "to": "2026-11-23"})

    assert {name: report[name] for name in ("first_night", "last_night", "onset", "relief", "body_parts")} == {
        name: summary[name] for name in ("first_night", "last_night", "onset", "relief", "body_parts")
    }
    assert report["nights"].items() >= summary["nights"].items()
    interval = report["nights"]["affected_interval"]
    assert interval["low"] < report["nights"]["affected_percent"] < interval["high"]
    assert (report["severity"]["min"], report["severity"]["max"]) == (3, 7)
    assert report["parts_of_day"] == {"day": 0, "evening": 0, "before_bed": 0, "after_bed": 2}
    assert report["bedtime"] == "22:30"
    assert report["first_named"] == {"calf": "2026-11-20", "foot": "2026-11-20"}
    assert (report["changes"], report["medicines"], report["notes"]) == ([], [], [])


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize(
    ("data", "first_night", "last_night"),
    [
        ({}, "2026-08-25", "2026-11-23"),
        ({"period": "month"}, "2026-10-27", "2026-11-23"),
        ({"period": "6 months"}, "2026-05-26", "2026-11-23"),
        ({"period": "everything"}, "2026-11-20", "2026-11-23"),
        ({"to": "2026-11-20", "period": "month"}, "2026-10-24", "2026-11-20"),
        ({"from": "2026-11-21"}, "2026-11-21", "2026-11-23"),
        ({"from": "2026-11-21", "to": "2026-11-21"}, "2026-11-21", "2026-11-21"),
    ],
)
async def test_the_period_of_a_report(
    hass: HomeAssistant, data: dict[str, str], first_night: str, last_night: str
) -> None:
    report = await act(hass, "get_report", None, **data)
    assert (report["first_night"], report["last_night"]) == (first_night, last_night)


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        ("get_report", {"from": "2026-11-23", "to": "2026-11-20"}, "period_reversed"),
        ("get_report", {"from": "2026-11-24"}, "night_in_future"),
        ("get_report", {"to": "2027-11-24"}, "night_in_future"),
        ("get_report", {"from": "2026-11-20", "period": "month"}, "period_given_twice"),
        ("get_report", {"period": "a while"}, "unknown_choice"),
        ("get_report", {"name": "x" * 101}, "text_too_long"),
        ("get_report", {"notes": "perhaps"}, "not_yes_or_no"),
        ("compare", {}, "no_marked_change"),
        ("compare", {"date": "2026-11-20", "change": "1"}, "change_or_date"),
        ("compare", {"date": "2026-11-25"}, "change_in_future"),
        ("compare", {"date": "1999-12-31"}, "night_too_early"),
        ("compare", {"date": "0001-01-05"}, "night_too_early"),
        ("compare", {"change": "1"}, "unknown_marked_change"),
        ("compare", {"date": "2026-11-20", "nights": 13}, "number_out_of_range"),
        ("compare", {"date": "2026-11-20", "nights": 183}, "number_out_of_range"),
        ("compare", {"date": "2026-11-20", "skip": 29}, "number_out_of_range"),
    ],
)
async def test_bad_input_is_refused_with_a_sentence(
    hass: HomeAssistant, action: str, data: dict[str, str], key: str
) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, action, None, **data)
    assert refused.value.translation_key == key
    assert " " in str(refused.value)


async def test_since_a_medicine_there_are_four_facts(hass: HomeAssistant, diary: MockConfigEntry) -> None:
    for night in range(14):
        earlier, later = date(2026, 9, 1) + timedelta(days=night), date(2026, 11, 1) + timedelta(days=night)
        await act(hass, "log_episode", started_at=f"{earlier} 23:30", severity=6, body_parts="calf", tags=f"{night}")
        await act(hass, "log_episode", started_at=f"{later} 22:00", severity=8, body_parts="arm", tags=f"{night}")
    await mark(diary, date(2026, 9, 15), MarkedChangeKind.MEDICINE_STARTED, name="Example", amount="0.25 mg")
    await mark(diary, date(2026, 10, 1), MarkedChangeKind.DOSE_CHANGED, name="example", amount="0.5 mg")
    await mark(diary, date(2026, 10, 2), MarkedChangeKind.DOSE_CHANGED, name="Another", amount="1 mg")
    await mark(diary, date(2026, 10, 3), MarkedChangeKind.LABORATORY, name="Ferritin", value=45.5, unit="µg/l")

    report = await act(hass, "get_report", None, to="2026-11-14")

    (medicine,) = report["medicines"]
    assert (medicine["name"], medicine["amount"], medicine["since"], medicine["until"]) == (
        "Example",
        "0.25 mg",
        "2026-09-15",
        None,
    )
    assert medicine["onset_minutes"] == pytest.approx(-90)
    assert medicine["severity_shift"] == 2
    assert medicine["new_body_parts"] == {"arm": "2026-11-01"}
    assert medicine["doses"] == [{"date": "2026-10-01", "amount": "0.5 mg"}]
    assert (medicine["before"]["recorded"], medicine["recent"]["recorded"]) == (14, 14)
    assert [each["kind"] for each in report["changes"]] == [
        "medicine_started",
        "dose_changed",
        "dose_changed",
        "laboratory",
    ]


async def test_a_medicine_that_was_stopped_is_compared_until_then(
    hass: HomeAssistant, diary: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    await mark(diary, date(2026, 9, 15), MarkedChangeKind.MEDICINE_STARTED, name="Example")
    await mark(diary, date(2026, 10, 1), MarkedChangeKind.MEDICINE_STOPPED, name="Example")
    await mark(diary, date(2026, 10, 9), MarkedChangeKind.DOSE_CHANGED, name="Example")

    report = await act(hass, "get_report")

    (medicine,) = report["medicines"]
    assert "Example (2026-09-15 to 2026-10-01)" in await read(await hass_client(), report["links"]["page"])

    assert (medicine["until"], medicine["doses"], medicine["new_body_parts"]) == ("2026-10-01", [], {})
    assert (await act(hass, "get_report", None, **{"from": "2026-11-01"}))["medicines"] == []


# --- before and after -------------------------------------------------------------------------------------------------


async def test_a_comparison_leads_with_a_sentence(hass: HomeAssistant, diary: MockConfigEntry) -> None:
    change = await mark(diary, date(2026, 11, 21), MarkedChangeKind.IRON, name="Iron")

    by_change = await act(hass, "compare", change=change, nights="14", skip="0")
    by_date = await act(hass, "compare", date="2026-11-21", nights=14)

    assert by_change == by_date
    assert by_change["sleeper"] == "Alex"
    assert [each["key"] for each in by_change["sentences"]] == ["too_few_nights", "passes_anyway"]
    assert by_change["sentences"][0]["text"].startswith("On one side")
    assert (by_change["before"]["affected"], by_change["before"]["recorded"]) == (1, 1)
    assert (by_change["after"]["affected"], by_change["after"]["recorded"]) == (1, 2)
    assert (by_change["difference"], by_change["rank"]) == (None, None)


async def test_a_comparison_with_no_data_is_that_of_the_last_change(
    hass: HomeAssistant, diary: MockConfigEntry
) -> None:
    await mark(diary, date(2026, 11, 19), MarkedChangeKind.ILLNESS)
    await mark(diary, date(2026, 11, 21), MarkedChangeKind.IRON)
    await mark(diary, date(2026, 11, 22), MarkedChangeKind.LABORATORY, name="Ferritin", value=45.5)
    assert (await act(hass, "compare", None))["night"] == "2026-11-21"


async def test_a_comparison_at_the_start_of_a_medicine_has_the_facts_since_then(
    hass: HomeAssistant, diary: MockConfigEntry
) -> None:
    started = await mark(diary, date(2026, 11, 21), MarkedChangeKind.MEDICINE_STARTED, name="Example")
    stopped = await mark(diary, date(2026, 11, 22), MarkedChangeKind.MEDICINE_STOPPED, name="Example")

    medicine = (await act(hass, "compare", change=started))["medicine"]

    assert (medicine["name"], medicine["until"], medicine["onset_minutes"]) == ("Example", "2026-11-22", None)
    assert (await act(hass, "compare", change=stopped))["medicine"] is None


async def test_the_sentences_of_a_comparison_are_in_the_language_of_the_house(
    hass: HomeAssistant, diary: MockConfigEntry
) -> None:
    hass.config.language = "de"
    response = await act(hass, "compare", date="2026-11-21")
    assert response["sentences"][0]["text"].startswith("Auf einer Seite")


# --- the links --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("diary")
async def test_somebody_without_a_login_opens_each_link(
    hass: HomeAssistant, alex: Context, hass_client_no_auth: ClientSessionGenerator
) -> None:
    client = await hass_client_no_auth()
    paths = await links(hass, alex)

    assert tuple(paths) == FORMATS
    for report_format, content_type in zip(
        FORMATS, ("text/html", "text/csv", "text/csv", "application/json"), strict=True
    ):
        response = await client.get(paths[report_format])
        assert (response.status, response.content_type, response.charset) == (HTTPStatus.OK, content_type, "utf-8")
        headers = response.headers
        assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "script" not in headers["Content-Security-Policy"]
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        attachment = headers.get("Content-Disposition", "")
        assert attachment.startswith("attachment") is (report_format != "page")
        assert "Alex" not in attachment


@pytest.mark.usefixtures("diary")
async def test_a_link_is_good_for_five_minutes(
    hass: HomeAssistant, alex: Context, night: FrozenDateTimeFactory, hass_client_no_auth: ClientSessionGenerator
) -> None:
    client = await hass_client_no_auth()
    paths = await links(hass, alex)

    night.tick(4 * 60)
    assert (await client.get(paths["page"])).status == HTTPStatus.OK
    night.tick(2 * 60)
    assert [(await client.get(path)).status for path in paths.values()] == [HTTPStatus.UNAUTHORIZED] * len(FORMATS)


@pytest.mark.usefixtures("diary")
async def test_a_link_cannot_be_changed(
    hass: HomeAssistant, alex: Context, hass_client_no_auth: ClientSessionGenerator
) -> None:
    client = await hass_client_no_auth()
    paths = await links(hass, alex)

    for path in (paths["page"].replace("notes=false", "notes=true"), URL, f"{URL}?format=json"):
        assert (await client.get(path)).status == HTTPStatus.UNAUTHORIZED


async def test_a_link_of_an_automation_is_good_too(
    hass: HomeAssistant, diary: MockConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> None:
    assert "Alex" in await read(await hass_client_no_auth(), (await links(hass))["page"])


@pytest.mark.usefixtures("diary")
async def test_a_link_to_nobody_in_particular_is_nothing_that_an_automation_has_given(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """Home Assistant signs paths of media for whoever plays them, though without parameters."""
    client = await hass_client_no_auth()
    path = async_sign_path(hass, URL, timedelta(minutes=5), use_content_user=True)
    assert (await client.get(path)).status == HTTPStatus.FORBIDDEN


@pytest.mark.usefixtures("diary")
async def test_the_rights_of_who_asked_for_a_link_are_checked_again_when_it_is_opened(
    hass: HomeAssistant, users: dict[str, User], alex: Context, hass_client_no_auth: ClientSessionGenerator
) -> None:
    client = await hass_client_no_auth()
    paths = await links(hass, alex)

    hass.states.async_set("person.alex", "home", {"user_id": users["Kim"].id})

    response = await client.get(paths["page"])
    assert response.status == HTTPStatus.FORBIDDEN
    assert (await response.text()).startswith("The diary belongs to Alex.")


@pytest.mark.usefixtures("diary")
async def test_a_user_who_never_signed_in_gets_no_links(hass: HomeAssistant, hass_admin_user: MockUser) -> None:
    admin = MockUser(name="New", is_owner=True).add_to_hass(hass)
    assert (await act(hass, "get_report", Context(user_id=admin.id)))["links"] is None


async def test_another_user_is_refused(
    hass: HomeAssistant,
    diary: MockConfigEntry,
    users: dict[str, User],
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    client = await hass_client_no_auth()
    (refresh_token,) = users["Kim"].refresh_tokens.values()
    headers = {"Authorization": f"Bearer {hass.auth.async_create_access_token(refresh_token)}"}

    for report_format in FORMATS:
        response = await client.get(f"{URL}?format={report_format}", headers=headers)
        assert response.status == HTTPStatus.FORBIDDEN
        assert (await response.text()).startswith("The diary belongs to Alex.")
    with pytest.raises(ServiceValidationError, match="belongs to Alex"):
        await act(hass, "get_report", Context(user_id=users["Kim"].id))


async def test_the_owner_of_a_deleted_account_is_refused(
    hass: HomeAssistant, diary: MockConfigEntry, users: dict[str, User], hass_client_no_auth: ClientSessionGenerator
) -> None:
    client = await hass_client_no_auth()
    paths = await links(hass, Context(user_id=users["Alex"].id))
    await hass.auth.async_remove_user(users["Alex"])
    assert (await client.get(paths["json"])).status == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("format=xls", "The choices are"),
        ("from=2026-11-23&to=2026-11-20", "before it begins"),
        ("to=2026-12-24", "is still to come"),
        ("from=yesterday", "must be a date"),
        ("sleeper=Robin", "Robin"),
        ("from=1999-01-01", "The diary begins on"),
    ],
)
async def test_a_bad_request_is_answered_with_a_sentence(
    diary: MockConfigEntry, hass_client: ClientSessionGenerator, query: str, sentence: str
) -> None:
    response = await (await hass_client()).get(f"{URL}?{query}")
    assert response.status == HTTPStatus.BAD_REQUEST
    assert sentence in await response.text()
    assert response.headers["Cache-Control"] == "no-store"


async def test_an_answer_is_in_the_language_of_the_page(
    diary: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    client = await hass_client()
    assert "kommt erst noch" in await (await client.get(f"{URL}?to=2026-12-24&language=de")).text()
    assert "is still to come" in await (await client.get(f"{URL}?to=2026-12-24&language=xx%2Fen")).text()


async def test_a_diary_that_cannot_be_read_says_so(
    hass: HomeAssistant, diary: MockConfigEntry, hass_client: ClientSessionGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise DatabaseError("diary_locked", error="database is locked")

    monkeypatch.setattr(Diary, "report", fail)
    response = await (await hass_client()).get(URL)
    assert response.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert "Another program" in await response.text()


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("diary")
async def test_the_page_is_complete_in_itself(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> None:
    page = await read(await hass_client(), (await links(hass))["page"])

    for foreign in ("<script", "<link", "<img", "src=", "url(", "http://", "https://", "@import"):
        assert foreign not in page
    for said in ("Alex", "2026-08-25", "2 of 3", "Calf", "Walking", "1 of 1", "Not a medical device"):
        assert said in page


@pytest.mark.usefixtures("diary")
async def test_notes_are_left_out_unless_they_are_wanted(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    client = await hass_client()
    without, with_notes = await links(hass), await links(hass, notes=True)

    assert "HYPERLINK" not in await read(client, without["page"])
    assert "HYPERLINK" not in await read(client, without["episodes"])
    assert "=HYPERLINK(&#34;https://example.com" in await read(client, with_notes["page"])
    assert "&lt;b&gt;&amp;" in await read(client, with_notes["page"])
    assert len((await act(hass, "get_report", notes=True))["notes"]) == 2


async def test_a_sleeper_with_a_very_long_name_gets_links_that_open(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    name = ("Alex " * 50).strip()
    await set_up(hass, bedroom_entry("Bedroom", sleeper(name)))
    client = await hass_client()
    paths = await links(hass, name=name)
    assert "Alex" not in str(paths)
    for path in paths.values():
        await read(client, path)
    assert name in await read(client, (await links(hass))["page"])


@pytest.mark.usefixtures("diary")
async def test_the_page_bears_the_name_that_is_wished(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> None:
    page = await read(await hass_client(), (await links(hass, name="<i>A. & B.</i>"))["page"])
    assert "&lt;i&gt;A. &amp; B.&lt;/i&gt;" in page
    assert "<i>" not in page


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize(
    ("language", "direction", "title"),
    [("de", "ltr", "Unruhige Beine"), ("he", "rtl", "Restless legs"), ("pt-BR", "ltr", "Restless legs")],
)
async def test_the_page_speaks_the_language_that_is_wished(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, language: str, direction: str, title: str
) -> None:
    page = await read(await hass_client(), (await links(hass, language=language))["page"])
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert title in page


async def test_the_page_shows_changes_and_medicines(
    hass: HomeAssistant, diary: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    await mark(diary, date(2026, 11, 1), MarkedChangeKind.MEDICINE_STARTED, name="Example", amount="0.25 mg")
    await mark(diary, date(2026, 11, 3), MarkedChangeKind.LABORATORY, name="Ferritin", value=45.5, unit="µg/l")
    await mark(diary, date(2026, 11, 5), MarkedChangeKind.ILLNESS)
    await mark(diary, date(2026, 11, 7), MarkedChangeKind.DOSE_CHANGED, name="Example")
    page = await read(await hass_client(), (await links(hass))["page"])
    for said in (
        "Example 0.25 mg",
        "Ferritin 45.5 µg/l",
        "Example (since 2026-11-01)",
        "too few nights",
        "Calf (2026-11-20)",
    ):
        assert said in page
    assert "augmentation" not in page.casefold()


@pytest.mark.parametrize(
    ("value", "text"), [(45.5, "45,5"), (45.0, "45"), (1234567.25, "1234567,25"), (0.00005, "0,00005"), (200, "200")]
)
async def test_a_laboratory_value_is_as_it_was_given_on_the_page(
    hass: HomeAssistant, diary: MockConfigEntry, hass_client: ClientSessionGenerator, value: float, text: str
) -> None:
    await mark(diary, date(2026, 11, 21), MarkedChangeKind.LABORATORY, name="Ferritin", value=value, unit="ng/ml")
    page = await read(await hass_client(), (await links(hass, language="de"))["page"])
    assert f"Ferritin {text} ng/ml" in page


async def test_the_page_of_an_empty_diary_says_that_nothing_is_known(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))
    page = await read(await hass_client(), (await links(hass, period="everything"))["page"])
    assert "0 of 0 nights recorded" in page
    assert "not known" in page


# --- the tables -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("diary")
async def test_the_table_of_episodes(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> None:
    text = await read(await hass_client(), (await links(hass, notes=True))["episodes"])

    assert text.count("\r\n") == 3
    first, second = rows(text)
    assert first == {
        "night": "2026-11-20",
        "started_at": "2026-11-20T23:10:00-08:00",
        "ended_at": "2026-11-20T23:40:00-08:00",
        "duration": "30.0",
        "severity": "7",
        "side": "both",
        "body_parts": "calf; foot",
        "sensations": "",
        "activity": "",
        "relief": "walking",
        "relief_effect": "some",
        "sleep_impact": "",
        "bedtime_mode": "",
        "minutes_since_bedtime": "",
        "temperature": "",
        "tags": "late coffee",
        "note": f"'{FORMULA}",
    }
    assert (second["night"], second["severity"], second["note"]) == ("2026-11-21", "3", "<b>&")


@pytest.mark.usefixtures("diary")
async def test_words_that_look_like_a_formula_stay_words(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    for minute, start in enumerate("=+-@\uff1d"):
        await act(hass, "log_episode", started_at=f"2026-11-23 23:0{minute}", tags=f"{start}1", note=f"{start}cmd")
    for row in rows(await read(await hass_client(), (await links(hass, notes=True))["episodes"]))[2:]:
        assert (row["tags"][0], row["note"][0]) == ("'", "'")


@pytest.mark.usefixtures("diary")
async def test_the_table_of_nights(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> None:
    paths = await links(hass, None, **{"from": "2026-11-19"})
    recorded = {row.pop("night"): tuple(row.values()) for row in rows(await read(await hass_client(), paths["nights"]))}
    assert recorded == {
        "2026-11-19": ("false", "", "", "", "", ""),
        "2026-11-20": ("true", "1", "7", "23:10", "30", "calf; foot"),
        "2026-11-21": ("true", "1", "3", "02:40", "", "calf"),
        "2026-11-22": ("true", "0", "0", "", "", ""),
    }


@pytest.mark.usefixtures("diary")
async def test_the_whole_diary_is_there_as_json(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> None:
    exported = json.loads(await read(await hass_client(), (await links(hass))["json"]))
    assert exported["schema"] == 1
    assert FORMULA in str(exported)


# --- privacy ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("diary")
async def test_the_name_on_the_page_is_in_no_event(hass: HomeAssistant) -> None:
    events: list[Any] = []
    hass.bus.async_listen("call_service", lambda event: events.append(event.data["service_data"]))
    await act(hass, "get_report", name="Alexandra Smith", period="month")
    await hass.async_block_till_done()
    assert [each for each in events if "period" in each] == [{"period": "month"}]


@pytest.mark.usefixtures("diary")
async def test_a_link_that_a_card_asks_for_is_signed_by_its_user(
    hass: HomeAssistant, users: dict[str, User], hass_ws_client: WebSocketGenerator
) -> None:
    (refresh_token,) = users["Alex"].refresh_tokens.values()
    client = await hass_ws_client(hass, hass.auth.async_create_access_token(refresh_token))
    await client.send_json_auto_id(
        {
            "type": "call_service",
            "domain": "rls_bedtime",
            "service": "get_report",
            "service_data": {"language": "sv", "name": "A & B"},
            "return_response": True,
        }
    )
    response = (await client.receive_json())["result"]["response"]
    query = parse_qs(urlsplit(response["links"]["page"]).query)
    assert (query["language"], query["name"], query["notes"]) == (["sv"], ["A & B"], ["false"])
    claims = jwt.decode(query["authSig"][0], options={"verify_signature": False})
    assert claims["iss"] == refresh_token.id
