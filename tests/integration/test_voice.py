"""What the built-in agent understands of us by itself, without a sentence of ours."""

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
    """Return a bedroom that is an area, in a house that can be spoken to."""
    for component in ("homeassistant", "conversation"):
        assert await async_setup_component(hass, component, {})
    area = ar.async_get(hass).async_create("Bedroom").id
    return await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), area=area))


async def say(hass: HomeAssistant, text: str) -> str:
    """Say something, and return what is answered."""
    result = await async_converse(hass, text, None, Context(), "en")
    await hass.async_block_till_done()
    return str(result.response.speech["plain"]["speech"])


async def test_bedtime_mode_is_turned_on_and_off_and_asked_for(hass: HomeAssistant, spoken_to: MockConfigEntry) -> None:
    assert (await say(hass, "is bedroom bedtime mode on")).startswith("No")
    for text, state in (
        ("turn on bedroom bedtime mode", "on"),
        ("turn off bedroom bedtime mode", "off"),
        ("turn on the bedtime mode in the bedroom", "on"),
        ("turn off the bedtime mode in the bedroom", "off"),
    ):
        await say(hass, text)
        assert value(hass, "switch.bedroom_bedtime_mode") == state, text


async def test_nothing_of_the_diary_is_exposed_before_somebody_chooses_so(
    hass: HomeAssistant, spoken_to: MockConfigEntry
) -> None:
    entities = er.async_entries_for_config_entry(er.async_get(hass), spoken_to.entry_id)
    exposed = {each.entity_id for each in entities if async_should_expose(hass, "conversation", each.entity_id)}
    assert exposed == {"switch.bedroom_bedtime_mode", "todo.alex_evening_routine"}
