"""The action log_episode."""

from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser, async_fire_time_changed
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ..common.home import bedroom_entry, set_up, sleeper

pytestmark = pytest.mark.usefixtures("bedroom")


@pytest.fixture(autouse=True)
def at_night(freezer: FrozenDateTimeFactory) -> None:
    """Set the time to 03:12."""
    freezer.move_to("2026-11-24T11:12:00+00:00")
    assert dt_util.now().isoformat() == "2026-11-24T03:12:00-08:00"


async def log(hass: HomeAssistant, context: Context | None = None, **data: Any) -> dict[str, Any]:
    """Log an episode. Return the response."""
    response = await hass.services.async_call(
        "rls_bedtime", "log_episode", data, blocking=True, return_response=True, context=context
    )
    assert isinstance(response, dict)
    return response


def tonight(hass: HomeAssistant, name: str = "alex") -> str:
    """Return the state of the sensor of tonight's episodes."""
    state = hass.states.get(f"sensor.{name}_episodes_tonight")
    assert state is not None
    return state.state


@pytest.mark.usefixtures("entry")
async def test_a_call_with_no_data_logs_an_episode_that_starts_now(hass: HomeAssistant) -> None:
    response = await log(hass)

    assert response["new"]
    assert response["episode"]["started_at"] == "2026-11-24T03:12:00-08:00"
    assert response["episode"]["night"] == "2026-11-23"
    assert response["episode"]["severity"] is None
    assert tonight(hass) == "1"
    assert hass.states.is_state("sensor.alex_last_episode", "2026-11-24T11:12:00+00:00")
    assert hass.states.is_state("sensor.alex_last_severity", "unknown")


@pytest.mark.usefixtures("entry")
async def test_a_call_need_not_ask_for_a_response(hass: HomeAssistant) -> None:
    await hass.services.async_call("rls_bedtime", "log_episode", {"severity": 6}, blocking=True)

    assert hass.states.is_state("sensor.alex_last_severity", "6")


@pytest.mark.usefixtures("entry")
async def test_repeated_presses_of_the_button_log_one_episode(hass: HomeAssistant) -> None:
    for _ in range(3):
        await hass.services.async_call("button", "press", {"entity_id": "button.alex_log_episode"}, blocking=True)

    assert tonight(hass) == "1"


@pytest.mark.parametrize("severity", [7, "7", 7.0, " 7 ", "7.0"])
@pytest.mark.usefixtures("entry")
async def test_severity_may_be_text(hass: HomeAssistant, severity: object) -> None:
    assert (await log(hass, severity=severity))["episode"]["severity"] == 7


@pytest.mark.parametrize(
    ("data", "started_at"),
    [
        ({"started_at": "2026-11-24 02:30"}, "2026-11-24T02:30:00-08:00"),
        ({"started_at": "2026-11-24T10:30:00Z"}, "2026-11-24T02:30:00-08:00"),
        ({"started_at": datetime(2026, 11, 24, 2, 30)}, "2026-11-24T02:30:00-08:00"),
        ({"started_at": "02:30"}, "2026-11-24T02:30:00-08:00"),
        ({"started_at": "23:30"}, "2026-11-23T23:30:00-08:00"),
        ({"started_at": "03:15"}, "2026-11-24T03:12:00-08:00"),
        ({"minutes_ago": "20"}, "2026-11-24T02:52:00-08:00"),
        ({"minutes_ago": 0.5}, "2026-11-24T03:11:30-08:00"),
        ({"minutes_ago": "", "started_at": "  "}, "2026-11-24T03:12:00-08:00"),
    ],
)
@pytest.mark.usefixtures("entry")
async def test_the_start_can_be_given_in_several_ways(
    hass: HomeAssistant, data: dict[str, Any], started_at: str
) -> None:
    assert (await log(hass, **data))["episode"]["started_at"] == started_at


@pytest.mark.usefixtures("entry")
async def test_a_note_that_a_widget_split_is_joined(hass: HomeAssistant) -> None:
    assert (await log(hass, note=["left", "calf"]))["episode"]["note"] == "left, calf"
    assert (await log(hass, note="half \ud83d a pair"))["episode"]["note"] == "half ? a pair"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"severity": 11}, "severity_out_of_range"),
        ({"severity": -1}, "severity_out_of_range"),
        ({"severity": 6.5}, "severity_out_of_range"),
        ({"severity": True}, "severity_out_of_range"),
        ({"severity": "bad"}, "severity_out_of_range"),
        ({"severity": [6, 5]}, "severity_out_of_range"),
        ({"severity": float("nan")}, "severity_out_of_range"),
        ({"severity": 10**400}, "severity_out_of_range"),
        ({"started_at": "2026-11-24 05:12:00"}, "start_in_future"),
        ({"started_at": "yesterday"}, "not_a_moment"),
        ({"started_at": "2026-13-45 99:99"}, "not_a_moment"),
        ({"started_at": 5}, "not_a_moment"),
        ({"started_at": "2026-11-23"}, "not_a_moment"),
        ({"started_at": "0001-01-01 00:00"}, "start_too_early"),
        ({"started_at": "9999-12-31 23:59"}, "start_in_future"),
        ({"minutes_ago": -5}, "minutes_not_a_number"),
        ({"minutes_ago": "a while"}, "minutes_not_a_number"),
        ({"minutes_ago": 1e300}, "minutes_not_a_number"),
        ({"minutes_ago": 1e10}, "start_too_early"),
        ({"minutes_ago": 5, "started_at": "02:30"}, "start_given_twice"),
        ({"note": "x" * 100_000}, "note_too_long"),
        ({"sleeper": "Somebody"}, "unknown_sleeper"),
        ({"sevrity": 6}, "unknown_field"),
    ],
)
@pytest.mark.usefixtures("entry")
async def test_invalid_input_raises_a_readable_error_and_writes_nothing(
    hass: HomeAssistant, data: dict[str, Any], key: str, texts: dict[str, str]
) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await log(hass, **data)

    assert refused.value.translation_key == key
    words = texts[f"component.rls_bedtime.exceptions.{key}.message"]
    assert str(refused.value) == words.rstrip(".").format(**(refused.value.translation_placeholders or {}))
    assert len(str(refused.value)) < 300
    assert tonight(hass) == "0"


@pytest.fixture
async def texts(hass: HomeAssistant) -> dict[str, str]:
    """Return the translations of errors."""
    return await async_get_translations(hass, "en", "exceptions", {"rls_bedtime"})


async def test_without_sleepers_the_error_says_what_to_do(hass: HomeAssistant) -> None:
    await set_up(hass, bedroom_entry())

    with pytest.raises(ServiceValidationError, match="Add a sleeper"):
        await log(hass)


@pytest.fixture
async def two(hass: HomeAssistant, hass_admin_user: MockUser) -> MockConfigEntry:
    """Return a bedroom with two sleepers, one of whom is the admin."""
    people = [{"id": "kim", "name": "Kim", "user_id": hass_admin_user.id}]
    assert await async_setup_component(hass, "person", {"person": people})
    return await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), sleeper("Kim", "person.kim")))


@pytest.mark.usefixtures("two")
async def test_the_default_is_the_diary_of_the_calling_person(hass: HomeAssistant, hass_admin_user: MockUser) -> None:
    await log(hass, Context(user_id=hass_admin_user.id))

    assert (tonight(hass, "kim"), tonight(hass)) == ("1", "0")


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("user", [None, "somebody"])
async def test_if_the_sleeper_is_ambiguous_the_error_names_them(hass: HomeAssistant, user: str | None) -> None:
    with pytest.raises(ServiceValidationError, match="Alex, Kim"):
        await log(hass, Context(user_id=user))

    assert (tonight(hass, "kim"), tonight(hass)) == ("0", "0")


async def test_a_sleeper_is_found_by_name_id_or_device(hass: HomeAssistant, two: MockConfigEntry) -> None:
    kim = next(each for each in two.subentries.values() if each.title == "Kim")
    device = dr.async_get(hass).async_get_device_by_identifier(("rls_bedtime", kim.subentry_id), two.entry_id)
    assert device is not None

    for minutes, reference in enumerate(("Kim", " kim ", kim.subentry_id, device.id), start=1):
        await log(hass, sleeper=reference, minutes_ago=minutes)

    assert (tonight(hass, "kim"), tonight(hass)) == ("4", "0")


async def test_a_sleeper_is_found_however_the_name_is_typed(hass: HomeAssistant) -> None:
    await set_up(hass, bedroom_entry("Study", sleeper("Zoë Straße")))

    for minutes, reference in enumerate(("Zoe\u0308 Straße", "zoë  strasse", "ZOË\u00a0STRASSE"), start=1):
        await log(hass, sleeper=reference, minutes_ago=minutes)

    assert tonight(hass, "zoe_strasse") == "3"


async def test_an_entry_id_means_its_only_sleeper(hass: HomeAssistant, two: MockConfigEntry) -> None:
    study = await set_up(hass, bedroom_entry("Study", sleeper("Sam")))

    await log(hass, sleeper=study.entry_id)
    assert tonight(hass, "sam") == "1"

    with pytest.raises(ServiceValidationError):
        await log(hass, sleeper=two.entry_id)


@pytest.mark.usefixtures("entry")
async def test_a_failing_disk_raises_an_error_and_the_next_call_works(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:

        def full(_session: Session) -> None:
            raise OperationalError("INSERT", None, Exception("database or disk is full"))

        patch.setattr(Session, "commit", full)
        patch.setattr(Session, "flush", lambda self, *_: full(self))
        with pytest.raises(HomeAssistantError, match="disk is full"):
            await log(hass, severity=6)

    assert (await log(hass, severity=6))["new"]
    assert tonight(hass) == "1"


@pytest.mark.usefixtures("entry")
async def test_the_count_of_the_night_resets_at_noon(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    await log(hass, severity=4)
    freezer.move_to("2026-11-24T11:59:59-08:00")
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert tonight(hass) == "1"

    freezer.tick(timedelta(seconds=1.5))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)

    assert tonight(hass) == "0"
    assert hass.states.is_state("sensor.alex_last_severity", "4")


@pytest.mark.usefixtures("entry")
async def test_a_changed_time_zone_changes_the_current_night(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await hass.config.async_update(time_zone="Europe/Berlin")
    await hass.async_block_till_done()
    assert dt_util.now().hour == 12
    await log(hass)
    assert tonight(hass) == "1"

    freezer.move_to("2026-11-25T12:00:01+01:00")
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert tonight(hass) == "0"
