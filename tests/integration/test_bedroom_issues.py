"""Repair issues for what only the user can repair: references that are gone, options and sessions that are damaged."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.rls_bedtime.const import DOMAIN

from ..common.bedroom import Bedroom
from ..common.home import bedroom_entry, set_up, sleeper, value


def issues(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, dict[str, str] | None]:
    """Return the placeholders of the issues of a bedroom, by translation key."""
    found = {}
    for (domain, issue_id), issue in ir.async_get(hass).issues.items():
        if domain == DOMAIN and issue_id.endswith(entry.entry_id):
            found[issue.translation_key or ""] = issue.translation_placeholders
    return found


async def test_a_bedroom_whose_references_exist_has_no_issue(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert issues(hass, entry) == {}


@pytest.mark.parametrize(
    ("options", "key", "missing"),
    [
        ({"schedule_entity": "schedule.night"}, "missing_schedule", "schedule.night"),
        ({"only_when_home": ["person.kim"]}, "missing_persons", "person.kim"),
        ({"lights": {"entity_id": ["light.lamp", "light.gone"]}}, "missing_targets", "light.gone"),
        ({"screens": {"area_id": "attic", "label_id": ["loud"]}}, "missing_targets", "attic, loud"),
        ({"phones": ["0123"]}, "missing_targets", "0123"),
        ({"area": "attic"}, "missing_targets", "attic"),
        ({"start_actions": [{"device_id": "gone", "domain": "light", "type": "turn_on"}]}, "invalid_actions", None),
        ({"light_level": "dark", "wind_down": -3}, "invalid_options", "light_level, wind_down"),
    ],
)
async def test_what_is_gone_or_damaged_is_reported_and_the_bedroom_loads(
    hass: HomeAssistant, bedroom: Bedroom, options: dict[str, Any], key: str, missing: str | None
) -> None:
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), **options))
    found = issues(hass, entry)
    assert found.keys() == {key}
    placeholders = found[key]
    assert placeholders is not None
    assert placeholders["bedroom"] == "Bedroom"
    assert missing is None or placeholders["missing"] == missing
    assert value(hass, "switch.bedroom_bedtime_mode") == "off"


async def test_a_reference_that_is_removed_later_is_reported_until_it_is_back(
    hass: HomeAssistant, bedroom: Bedroom
) -> None:
    area = ar.async_get(hass).async_create("Attic")
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), covers={"area_id": [area.id]}))
    assert issues(hass, entry) == {}
    ar.async_get(hass).async_delete(area.id)
    await hass.async_block_till_done()
    assert issues(hass, entry).keys() == {"missing_targets"}
    ar.async_get(hass).async_create("Attic")
    await hass.async_block_till_done()
    assert issues(hass, entry) == {}


async def test_an_entity_that_is_removed_is_reported(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    er.async_get(hass).async_remove("light.lamp")
    await hass.async_block_till_done()
    assert issues(hass, entry) == {"missing_targets": {"bedroom": "Bedroom", "missing": "light.lamp"}}


async def test_the_issues_go_with_the_bedroom(hass: HomeAssistant, bedroom: Bedroom) -> None:
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), schedule_entity="schedule.night"))
    assert await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert issues(hass, entry) == {}


async def test_a_damaged_session_is_reported_and_kept(
    hass: HomeAssistant, bedroom: Bedroom, hass_storage: dict[str, Any]
) -> None:
    entry = bedroom_entry("Bedroom", sleeper("Alex"))
    stored: dict[str, Any] = {"night": None, "held": [], "awaited": {"light.lamp": "no kind"}}
    hass_storage[f"{DOMAIN}.session.{entry.entry_id}"] = {
        "version": 1, "minor_version": 1, "key": "session", "data": stored,
    }  # fmt: skip
    await set_up(hass, entry)
    assert issues(hass, entry) == {"session_damaged": {"bedroom": "Bedroom", "parts": "held, light.lamp", "file": "-"}}
