"""The actions start, stop and extend."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from ..common.bedroom import Bedroom
from ..common.home import after, bedroom_entry, set_up, sleeper, until, value

PHASE = "sensor.bedroom_phase"
DONE = {
    "light.lamp": "done",
    "light.ceiling": "done",
    "climate.thermostat": "done",
    "media_player.tv": "done",
    "cover.blind": "done",
}

pytestmark = pytest.mark.usefixtures("evening", "bedroom")


async def call(hass: HomeAssistant, action: str, context: Context | None = None, **data: Any) -> dict[str, Any]:
    """Call one of our actions and return its response."""
    response = await hass.services.async_call(
        "rls_bedtime", action, data, blocking=True, return_response=True, context=context
    )
    await hass.async_block_till_done()
    assert isinstance(response, dict)
    return response


@pytest.mark.usefixtures("entry")
async def test_start_with_no_data_starts_bedtime_now(hass: HomeAssistant, bedroom: Bedroom) -> None:
    assert await call(hass, "start") == {"entities": DONE}

    assert value(hass, PHASE) == "bedtime"
    assert bedroom.lamp.brightness == 13


@pytest.mark.usefixtures("entry")
async def test_stop_with_no_data_restores_everything(hass: HomeAssistant, bedroom: Bedroom) -> None:
    await call(hass, "start")

    assert await call(hass, "stop") == {"entities": DONE}

    assert value(hass, PHASE) == "off"
    assert bedroom.lamp.brightness == 200
    assert bedroom.tv.state == "playing"


@pytest.mark.usefixtures("entry")
async def test_the_response_contains_the_outcome_of_each_entity(hass: HomeAssistant, bedroom: Bedroom) -> None:
    bedroom.lamp.refuses = True
    bedroom.ceiling.show(is_on=False)
    bedroom.blind.show(available=False)

    response = await call(hass, "start")

    assert response["entities"] == DONE | {
        "light.lamp": "failed",
        "light.ceiling": "unchanged",
        "cover.blind": "unreachable",
    }
    assert all(type(outcome) is str for outcome in response["entities"].values())


@pytest.mark.usefixtures("entry")
async def test_stopping_when_off_does_nothing(hass: HomeAssistant, bedroom: Bedroom) -> None:
    assert await call(hass, "stop") == {"entities": {}}
    assert all(device.asked == [] for device in bedroom.devices)


@pytest.mark.parametrize("action", ["start", "stop"])
@pytest.mark.usefixtures("entry")
async def test_a_call_need_not_ask_for_a_response(hass: HomeAssistant, action: str) -> None:
    await hass.services.async_call("rls_bedtime", action, {}, blocking=True)

    assert value(hass, PHASE) == ("bedtime" if action == "start" else "off")


@pytest.mark.parametrize("wind_down", [45, "45", 45.0, " 45 "])
@pytest.mark.usefixtures("entry")
async def test_the_wind_down_may_be_text(hass: HomeAssistant, wind_down: object) -> None:
    await call(hass, "start", wind_down=wind_down)

    assert value(hass, PHASE) == "wind_down"
    assert value(hass, "sensor.bedroom_next_bedtime") == "2026-11-24T04:45:00+00:00"


@pytest.mark.parametrize("empty", ["", "  ", None, []])
@pytest.mark.usefixtures("entry")
async def test_an_empty_field_is_ignored(hass: HomeAssistant, empty: object) -> None:
    await call(hass, "start", wind_down=empty, bedroom=empty)

    assert value(hass, PHASE) == "bedtime"


@pytest.mark.parametrize("wind_down", [0, 180])
@pytest.mark.usefixtures("entry")
async def test_the_longest_wind_down_is_three_hours(hass: HomeAssistant, wind_down: int) -> None:
    await call(hass, "start", wind_down=wind_down)

    assert value(hass, PHASE) == ("wind_down" if wind_down else "bedtime")


@pytest.mark.parametrize(
    ("restore", "light"),
    [("nothing", "off"), ("settings", "off"), (" Everything ", "on")],
)
async def test_the_restore_mode_can_be_chosen(
    hass: HomeAssistant, bedroom: Bedroom, evening: FrozenDateTimeFactory, restore: str, light: str
) -> None:
    await set_up(hass, bedroom_entry(lights_off_after=30))
    await call(hass, "start")
    await after(hass, evening, hours=1)
    assert value(hass, "light.lamp") == "off"

    await call(hass, "stop", restore=restore)

    assert value(hass, "light.lamp") == light
    assert bedroom.thermostat.target_temperature == (19 if restore == "nothing" else 21)
    assert bedroom.tv.state == "off"


@pytest.mark.usefixtures("entry")
async def test_extend_postpones_bedtime_before_it(hass: HomeAssistant) -> None:
    await call(hass, "start", wind_down=45)

    assert await call(hass, "extend") == {
        "phase": "wind_down",
        "next_bedtime": "2026-11-23T21:15:00-08:00",
        "ends_at": "2026-11-24T07:00:00-08:00",
    }


@pytest.mark.usefixtures("entry")
async def test_extend_postpones_the_end_during_bedtime(hass: HomeAssistant) -> None:
    await call(hass, "start")

    assert await call(hass, "extend", minutes="45") == {
        "phase": "bedtime",
        "next_bedtime": None,
        "ends_at": "2026-11-24T07:45:00-08:00",
    }
    assert value(hass, "sensor.bedroom_ends_at") == "2026-11-24T15:45:00+00:00"


async def test_extend_postpones_the_next_bedtime_when_off(hass: HomeAssistant, evening: FrozenDateTimeFactory) -> None:
    await set_up(hass, bedroom_entry(automatic=True))

    response = await call(hass, "extend", minutes=60)

    assert response == {"phase": "off", "next_bedtime": "2026-11-23T23:30:00-08:00", "ends_at": None}
    await until(hass, evening, "22:44")
    assert value(hass, PHASE) == "off"
    await until(hass, evening, "22:45:01")
    assert value(hass, PHASE) == "wind_down"


@pytest.mark.usefixtures("entry")
async def test_extending_nothing_raises_an_error_that_says_what_to_do(hass: HomeAssistant) -> None:
    with pytest.raises(ServiceValidationError, match="turn on automatic bedtime"):
        await call(hass, "extend")


@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        ("start", {"wind_down": -1}, "minutes_out_of_range"),
        ("start", {"wind_down": "-5"}, "minutes_out_of_range"),
        ("start", {"wind_down": "9" * 400}, "minutes_out_of_range"),
        ("start", {"wind_down": 181}, "minutes_out_of_range"),
        ("start", {"wind_down": "a while"}, "minutes_out_of_range"),
        ("start", {"wind_down": True}, "minutes_out_of_range"),
        ("start", {"wind_down": float("nan")}, "minutes_out_of_range"),
        ("start", {"wind_down": [4, 5]}, "minutes_out_of_range"),
        ("start", {"bedroom": "Kitchen"}, "unknown_bedroom"),
        ("start", {"bedroom": "x" * 100_000}, "unknown_bedroom"),
        ("start", {"minutes": 5}, "unknown_field"),
        ("start", {"restore": "settings"}, "unknown_field"),
        ("stop", {"restore": "undo"}, "unknown_choice"),
        ("stop", {"restore": 5}, "unknown_choice"),
        ("stop", {"restore": ["settings", "everything"]}, "unknown_choice"),
        ("stop", {"bedroom": "Kitchen"}, "unknown_bedroom"),
        ("stop", {"wind_down": 5}, "unknown_field"),
        ("extend", {"minutes": 0}, "minutes_out_of_range"),
        ("extend", {"minutes": 721}, "minutes_out_of_range"),
        ("extend", {"minutes": 1e300}, "minutes_out_of_range"),
        ("extend", {"bedroom": "Kitchen"}, "unknown_bedroom"),
        ("extend", {"by": 30}, "unknown_field"),
        ("log_episode", {"bedroom": "Bedroom"}, "unknown_field"),
    ],
)
@pytest.mark.usefixtures("entry")
async def test_invalid_input_raises_a_readable_error_and_changes_nothing(
    hass: HomeAssistant, bedroom: Bedroom, action: str, data: dict[str, Any], key: str
) -> None:
    if action != "start":
        await call(hass, "start", wind_down=45)
    before = [value(hass, entity_id) for entity_id in (PHASE, "sensor.bedroom_next_bedtime", "sensor.bedroom_ends_at")]
    asked = [list(device.asked) for device in bedroom.devices]

    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, action, **data)

    assert refused.value.translation_key == key
    texts = await async_get_translations(hass, "en", "exceptions", {"rls_bedtime"})
    words = texts[f"component.rls_bedtime.exceptions.{key}.message"]
    assert str(refused.value) == words.rstrip(".").format(**(refused.value.translation_placeholders or {}))
    assert len(str(refused.value)) < 300
    assert before == [
        value(hass, entity_id) for entity_id in (PHASE, "sensor.bedroom_next_bedtime", "sensor.bedroom_ends_at")
    ]
    assert [device.asked for device in bedroom.devices] == asked


@pytest.mark.usefixtures("entry")
async def test_errors_name_the_choices(hass: HomeAssistant) -> None:
    with pytest.raises(ServiceValidationError, match=r"Kitchen.*The bedrooms are: Bedroom"):
        await call(hass, "start", bedroom="Kitchen")
    with pytest.raises(ServiceValidationError, match=r"most.*settings, everything, nothing"):
        await call(hass, "stop", restore="most")
    with pytest.raises(ServiceValidationError, match=r"from 0 to 180.*Received: 200"):
        await call(hass, "start", wind_down=200)
    with pytest.raises(ServiceValidationError, match=r"no field brightness.*bedroom, wind_down"):
        await call(hass, "start", brightness=5)


async def test_without_bedrooms_the_error_says_what_to_do(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await hass.config_entries.async_remove(entry.entry_id)

    with pytest.raises(ServiceValidationError, match="Add RLS Bedtime"):
        await call(hass, "start")


@pytest.fixture
async def two(hass: HomeAssistant, hass_admin_user: MockUser) -> list[MockConfigEntry]:
    """Return two bedrooms. The admin sleeps in the second."""
    people = [{"id": "kim", "name": "Kim", "user_id": hass_admin_user.id}]
    assert await async_setup_component(hass, "person", {"person": people})
    return [
        await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"))),
        await set_up(hass, bedroom_entry("Guest room", sleeper("Sam"), sleeper("Kim", "person.kim"))),
    ]


@pytest.mark.usefixtures("two")
async def test_the_default_is_the_bedroom_of_the_calling_person(hass: HomeAssistant, hass_admin_user: MockUser) -> None:
    await call(hass, "start", Context(user_id=hass_admin_user.id))

    assert (value(hass, "sensor.guest_room_phase"), value(hass, PHASE)) == ("bedtime", "off")


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("action", ["start", "stop", "extend"])
async def test_if_the_bedroom_is_ambiguous_the_error_names_them(hass: HomeAssistant, action: str) -> None:
    with pytest.raises(ServiceValidationError, match="Bedroom, Guest room"):
        await call(hass, action)

    assert (value(hass, "sensor.guest_room_phase"), value(hass, PHASE)) == ("off", "off")


async def test_a_person_with_two_bedrooms_must_choose_one(
    hass: HomeAssistant, two: list[MockConfigEntry], hass_admin_user: MockUser
) -> None:
    hass.config_entries.async_add_subentry(two[0], sleeper("Kim too", "person.kim"))
    await hass.async_block_till_done()

    with pytest.raises(ServiceValidationError, match="which bedroom"):
        await call(hass, "start", Context(user_id=hass_admin_user.id))


async def test_a_bedroom_is_found_by_name_id_device_or_sleeper(hass: HomeAssistant, two: list[MockConfigEntry]) -> None:
    guests = two[1]
    devices = dr.async_get(hass)
    device = devices.async_get_device_by_identifier(("rls_bedtime", guests.entry_id), guests.entry_id)
    assert device is not None
    devices.async_update_device(device.id, name_by_user="Under the roof")

    for reference in ("Guest room", " guest ROOM ", guests.entry_id, *guests.subentries, device.id, "under the roof"):
        await call(hass, "start", bedroom=reference)
        assert (value(hass, "sensor.guest_room_phase"), value(hass, PHASE)) == ("bedtime", "off"), reference
        await call(hass, "stop", bedroom=reference)
        assert value(hass, "sensor.guest_room_phase") == "off", reference
