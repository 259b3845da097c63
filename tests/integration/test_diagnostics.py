"""Diagnostics and system information."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.diagnostics import REDACTED
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_system_health_info
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.rls_bedtime.diary.storage.migrations import SCHEMA_VERSION

from ..common.home import Home, act, bedroom_entry, set_up, sleeper
from ..common.relief import WALK, add_relief, hallway

pytestmark = pytest.mark.usefixtures("bedroom")


@pytest.fixture(autouse=True)
def _at_night(night: FrozenDateTimeFactory) -> None:
    """Set the time before anything is set up."""


@pytest.fixture
async def entry(hass: HomeAssistant) -> MockConfigEntry:
    """Return a bedroom with an episode in its diary."""
    assert await async_setup_component(hass, "diagnostics", {})
    assert await async_setup_component(hass, "system_health", {})
    entry = await set_up(
        hass,
        bedroom_entry(
            "Bedroom",
            sleeper("Alexandra", "person.alexandra", sleep_sensor="sensor.alexandra_asleep"),
            only_when_home=["person.alexandra"],
        ),
    )
    await act(hass, "log_episode", severity=6, body_parts="calf", note="a secret", tags="secret tag")
    await hass.services.async_call(
        "todo", "add_item", {"entity_id": "todo.alexandra_evening_routine", "item": "secret item"}, blocking=True
    )
    return entry


async def get(hass_client: ClientSessionGenerator, path: str) -> tuple[dict[str, Any], str]:
    """Return downloaded diagnostics, parsed and as text."""
    client = await hass_client()
    answer = await client.get(f"/api/diagnostics/config_entry/{path}")
    assert answer.ok
    data = (await answer.json())["data"]
    return data, str(data).casefold()


async def test_the_diagnostics_contain_no_free_text_and_no_names(
    hass_client: ClientSessionGenerator, entry: MockConfigEntry
) -> None:
    data, text = await get(hass_client, entry.entry_id)

    assert "secret" not in text
    assert "alexandra" not in text
    (alexandra,) = data["sleepers"]
    assert alexandra["episodes_tonight"] == 1
    assert alexandra["sleep_sensors"] == 1
    assert alexandra["long_term_statistics"] is False
    (episode,) = alexandra["newest_episodes"]
    assert (episode["severity"], episode["body_parts"]) == (6, ["calf"])
    assert episode["note"] == episode["tags"] == REDACTED
    assert data["diary"]["episodes"] == 1
    assert data["phase"] == "off"


async def test_the_diagnostics_contain_what_is_on_for_relief(home: Home, hass_client: ClientSessionGenerator) -> None:
    assert await async_setup_component(home.hass, "diagnostics", {})
    entry = await add_relief(home, hallway(), hallway("far", available=False))
    await home.act("switch.turn_on", WALK)
    data, _ = await get(hass_client, entry.entry_id)
    assert data["relief"]["runs"]["walk"]["until"] > data["relief"]["runs"]["walk"]["started_at"]
    assert data["relief"]["held"]["light.hallway"]["aid"] == "walk"
    assert data["relief_problems"] == {"light.far": "unreachable"}


async def test_the_diagnostics_of_a_device_cover_only_it(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry
) -> None:
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    by_name = {device.name: device.id for device in devices}
    bedroom, _ = await get(hass_client, f"{entry.entry_id}/device/{by_name['Bedroom']}")
    of_sleeper, text = await get(hass_client, f"{entry.entry_id}/device/{by_name['Alexandra']}")

    assert "phase" in bedroom
    assert "sleepers" not in bedroom
    assert of_sleeper["sleeper"]["episodes_tonight"] == 1
    assert "secret" not in text


@pytest.mark.usefixtures("entry")
async def test_the_system_information_describes_the_file(hass: HomeAssistant) -> None:
    await hass.async_block_till_done(wait_background_tasks=True)
    info = await get_system_health_info(hass, "rls_bedtime")

    assert info["episodes"] == 1
    assert info["integrity"] == "Intact"
    assert info["schema"] == SCHEMA_VERSION
    assert info["file_size"].endswith(" kB")
    assert info["last_write"].isoformat() == "2026-11-24T11:12:00+00:00"
    assert info["copies"] == 1


async def test_the_system_information_shows_an_error_for_an_unreadable_diary(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)

    info = await get_system_health_info(hass, "rls_bedtime")
    assert "not open" in info["diary"]
