"""Who and which bedroom is meant, also while a bedroom is disabled, failed or not loaded."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.selector import DeviceSelector
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import yaml

from ..common.home import act, bedroom_entry, set_up, sleeper, value

pytestmark = pytest.mark.usefixtures("bedroom", "night")

ACTIONS: dict[str, dict[str, Any]] = {
    "log_episode": {},
    "end_episode": {},
    "log_clear_night": {},
    "update_episode": {"severity": 1},
    "delete_episode": {},
    "undo": {},
    "get_episodes": {},
    "get_summary": {},
}

SERVICES: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "custom_components" / "rls_bedtime" / "services.yaml").read_text(encoding="utf-8")
)


@pytest.fixture
async def two(hass: HomeAssistant, plain_user: MockUser) -> dict[str, MockConfigEntry]:
    """Return the bedrooms of Kim, who is the user, and of Alex, each with an episode."""
    people = [{"id": "kim", "name": "Kim", "user_id": plain_user.id}]
    assert await async_setup_component(hass, "person", {"person": people})
    entries = {
        "Kim": await set_up(hass, bedroom_entry("Attic", sleeper("Kim", "person.kim"))),
        "Alex": await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"))),
    }
    await act(hass, "log_episode", sleeper="Alex", severity=4)
    return entries


async def disable(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Disable a bedroom."""
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)


async def unload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Unload a bedroom, as the first half of a reload does."""
    assert await hass.config_entries.async_unload(entry.entry_id)


async def fail(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Let a bedroom fail to load."""

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("custom_components.rls_bedtime.Session.async_load", refuse)
        assert not await hass.config_entries.async_reload(entry.entry_id)


TROUBLES: dict[str, tuple[Any, str]] = {
    "disabled": (disable, "disabled"),
    "unloaded": (unload, "not_loaded"),
    "failed": (fail, "not_loaded"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_person_whose_bedroom_cannot_answer_never_means_somebody_else(
    hass: HomeAssistant, two: dict[str, MockConfigEntry], plain_user: MockUser, trouble: str
) -> None:
    cause, key = TROUBLES[trouble]
    await cause(hass, two["Kim"])
    await hass.async_block_till_done()
    before = await act(hass, "get_episodes", sleeper="Alex")

    for action, data in ACTIONS.items():
        with pytest.raises(ServiceValidationError) as refused:
            await act(hass, action, Context(user_id=plain_user.id), **data)
        assert refused.value.translation_key == f"sleeper_{key}"
        assert refused.value.translation_placeholders == {"name": "Kim", "bedroom": "Attic"}
    for action in ("start", "stop", "extend"):
        with pytest.raises(ServiceValidationError) as refused:
            await act(hass, action, Context(user_id=plain_user.id))
        assert refused.value.translation_key == f"bedroom_{key}"
        assert "Attic" in str(refused.value)
    assert await act(hass, "get_episodes", sleeper="Alex") == before
    assert value(hass, "sensor.bedroom_phase") == "off"


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_without_a_user_the_choice_stays_open_while_a_bedroom_cannot_answer(
    hass: HomeAssistant, two: dict[str, MockConfigEntry], trouble: str
) -> None:
    await TROUBLES[trouble][0](hass, two["Kim"])
    await hass.async_block_till_done()

    for action, key in (("undo", "which_sleeper"), ("start", "which_bedroom")):
        with pytest.raises(ServiceValidationError) as refused:
            await act(hass, action)
        assert refused.value.translation_key == key


async def test_a_bedroom_is_found_by_its_sleepers_and_their_persons(
    hass: HomeAssistant, two: dict[str, MockConfigEntry]
) -> None:
    (kim,) = two["Kim"].subentries
    references: list[Callable[[], str]] = [
        lambda: kim,
        lambda: "person.kim",
        lambda: two["Kim"].entry_id,
        lambda: " ATTIC ",
    ]
    for reference in references:
        await act(hass, "start", bedroom=reference())
        assert value(hass, "sensor.attic_phase") == "bedtime"
        await act(hass, "stop", bedroom=reference())
    assert value(hass, "sensor.bedroom_phase") == "off"


@pytest.mark.parametrize(
    "data",
    [
        {"person": 5},
        {"person": ["person.kim"]},
        {"person": ""},
        {"may_read": "person.kim"},
        {"may_read": [5, None]},
        {"may_read": {"a": 1}},
        {"diary": {"a": 1}},
        {"diary": 7},
        {"long_term_statistics": "yes"},
        {"person": None, "may_read": None, "diary": None},
    ],
)
async def test_a_sleeper_whose_stored_options_are_damaged_can_be_logged_for(
    hass: HomeAssistant, data: dict[str, Any], plain_user: MockUser
) -> None:
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex", **data)))
    assert (await act(hass, "log_episode", Context(user_id=plain_user.id)))["new"]
    assert (await act(hass, "get_episodes", sleeper="Alex"))["sleeper"] == "Alex"


@pytest.mark.parametrize(
    ("field", "action", "expected"),
    [("sleeper", "get_episodes", {"Kim", "Alex"}), ("bedroom", "stop", {"Attic", "Bedroom"})],
)
async def test_the_pickers_offer_the_devices_that_actions_accept(
    hass: HomeAssistant, two: dict[str, MockConfigEntry], field: str, action: str, expected: set[str]
) -> None:
    pickers = [each["fields"][field]["selector"] for each in SERVICES.values() if field in each["fields"]]
    assert all(picker == pickers[0] for picker in pickers)
    (about,) = cast("list[dict[str, str]]", DeviceSelector(pickers[0]["device"]).config["filter"])
    devices = [
        device
        for entry in hass.config_entries.async_entries(about["integration"])
        for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
        if device.model == about["model"]
    ]

    assert {device.name for device in devices} == expected
    for reference in (*(device.id for device in devices), *expected):
        await act(hass, action, None, **{field: reference})
