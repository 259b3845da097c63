"""The buttons of a sleeper."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from ..common.disk import read_only
from ..common.home import act, after, press, value

pytestmark = pytest.mark.usefixtures("entry", "night")


@pytest.mark.parametrize(
    ("button", "severity"), [("log_episode", "unknown"), ("log_mild", "2"), ("log_moderate", "5"), ("log_severe", "8")]
)
async def test_a_press_logs_an_episode_that_starts_now(hass: HomeAssistant, button: str, severity: str) -> None:
    await press(hass, button)

    assert value(hass, "sensor.alex_episodes_tonight") == "1"
    assert value(hass, "sensor.alex_last_episode") == "2026-11-24T11:12:00+00:00"
    assert value(hass, "sensor.alex_last_severity") == severity
    assert value(hass, "binary_sensor.alex_episode_ongoing") == "on"


async def test_repeated_presses_log_one_episode(hass: HomeAssistant) -> None:
    for _ in range(3):
        await press(hass, "log_severe")

    assert value(hass, "sensor.alex_episodes_tonight") == "1"


async def test_different_buttons_log_different_episodes(hass: HomeAssistant, night: FrozenDateTimeFactory) -> None:
    await press(hass, "log_mild")
    await after(hass, night, seconds=1)
    await press(hass, "log_severe")

    assert value(hass, "sensor.alex_episodes_tonight") == "2"


async def test_eased_ends_the_ongoing_episode(hass: HomeAssistant, night: FrozenDateTimeFactory) -> None:
    await press(hass, "log_episode")
    await after(hass, night, minutes=20)
    await press(hass, "eased")

    assert value(hass, "binary_sensor.alex_episode_ongoing") == "off"
    (episode,) = (await act(hass, "get_episodes"))["episodes"]
    assert (episode["ended_at"], episode["duration"]) == ("2026-11-24T03:32:00-08:00", 20)


async def test_eased_without_an_ongoing_episode_raises_an_error(hass: HomeAssistant) -> None:
    with pytest.raises(ServiceValidationError, match="No episode is ongoing"):
        await press(hass, "eased")


async def test_a_second_press_of_clear_night_changes_nothing(hass: HomeAssistant) -> None:
    await press(hass, "clear_night")
    await press(hass, "clear_night")

    assert value(hass, "sensor.alex_nights_affected") == "0.0"
    assert value(hass, "sensor.alex_nights_affected", "n") == 1


async def test_a_night_with_episodes_cannot_be_clear(hass: HomeAssistant) -> None:
    await press(hass, "log_episode")

    with pytest.raises(ServiceValidationError, match="2026-11-23 has episodes"):
        await press(hass, "clear_night")


async def test_undo_steps_back_through_the_changes(hass: HomeAssistant, night: FrozenDateTimeFactory) -> None:
    await press(hass, "log_mild")
    await after(hass, night, minutes=1)
    await press(hass, "log_severe")
    await after(hass, night, minutes=1)
    await press(hass, "eased")

    await press(hass, "undo")
    assert value(hass, "binary_sensor.alex_episode_ongoing") == "on"
    await after(hass, night, seconds=61)
    await press(hass, "undo")
    assert value(hass, "sensor.alex_last_severity") == "2"
    await after(hass, night, seconds=61)
    await press(hass, "undo")
    assert value(hass, "sensor.alex_episodes_tonight") == "0"
    await after(hass, night, seconds=61)
    with pytest.raises(ServiceValidationError, match="nothing left to undo"):
        await press(hass, "undo")


async def test_redo_is_there_for_those_who_enable_it(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    registry = er.async_get(hass)
    assert registry.entities["button.alex_redo"].disabled_by is er.RegistryEntryDisabler.INTEGRATION
    registry.async_update_entity("button.alex_redo", disabled_by=None)
    assert await hass.config_entries.async_reload(entry.entry_id)

    await press(hass, "log_mild")
    for _ in range(2):
        await press(hass, "undo")
    assert value(hass, "sensor.alex_episodes_tonight") == "0"
    for _ in range(2):
        await press(hass, "redo")
    assert value(hass, "sensor.alex_episodes_tonight") == "1"


async def test_a_press_raises_an_error_when_the_diary_cannot_be_read(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    (sleeper,) = entry.runtime_data.sleepers.values()
    sleeper.last_update_success = False
    sleeper.async_update_listeners()
    assert value(hass, "sensor.alex_episodes_tonight") == "unavailable"
    assert value(hass, "button.alex_log_episode") == "unknown"

    with read_only(hass), pytest.raises(HomeAssistantError, match="can't write"):
        await press(hass, "log_episode")
    await press(hass, "log_episode")
    assert value(hass, "sensor.alex_episodes_tonight") == "1"
