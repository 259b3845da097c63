"""Bedtime mode with the built-in conversation agent."""

from homeassistant.components.conversation import async_converse
from homeassistant.components.homeassistant import async_should_expose
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from ..common.home import bedroom_entry, set_up, sleeper, value


@pytest.fixture
async def spoken_to(hass: HomeAssistant, bedroom: object) -> MockConfigEntry:
    """Return a bedroom in an area, with the conversation agent set up."""
    for component in ("homeassistant", "conversation"):
        assert await async_setup_component(hass, component, {})
    area = ar.async_get(hass).async_create("Bedroom").id
    return await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), area=area))


async def say(hass: HomeAssistant, text: str) -> str:
    """Process a sentence. Return the response."""
    result = await async_converse(hass, text, None, Context(), "en")
    await hass.async_block_till_done()
    return str(result.response.speech["plain"]["speech"])


async def test_bedtime_mode_can_be_turned_on_and_off_and_queried_by_voice(
    hass: HomeAssistant, spoken_to: MockConfigEntry
) -> None:
    assert (await say(hass, "is bedroom bedtime mode on")).startswith("No")
    for text, state in (
        ("turn on bedroom bedtime mode", "on"),
        ("turn off bedroom bedtime mode", "off"),
        ("turn on the bedtime mode in the bedroom", "on"),
        ("turn off the bedtime mode in the bedroom", "off"),
    ):
        await say(hass, text)
        assert value(hass, "switch.bedroom_bedtime_mode") == state, text


async def test_the_diary_is_not_exposed_by_default(hass: HomeAssistant, spoken_to: MockConfigEntry) -> None:
    entities = er.async_entries_for_config_entry(er.async_get(hass), spoken_to.entry_id)
    exposed = {each.entity_id for each in entities if async_should_expose(hass, "conversation", each.entity_id)}
    assert exposed == {"switch.bedroom_bedtime_mode", "todo.alex_evening_routine"}
