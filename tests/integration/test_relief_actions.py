"""What is wrong is refused with a sentence, and nothing is half done; the diary knows what was tried."""

from typing import Any

from homeassistant.components.light import ColorMode
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.storage import Store
import pytest

from ..common.devices import Light
from ..common.home import Home
from ..common.relief import RELIEF, WALK, add_relief, hallway, massager


@pytest.mark.parametrize("action", ["start_walk", "start_relief"])
async def test_nothing_chosen_is_an_error_and_no_switch(home: Home, action: str) -> None:
    await home.configure(targets={})
    with pytest.raises(ServiceValidationError, match="under Configure"):
        await home.call(action)
    assert home.hass.states.get(WALK) is None
    assert home.hass.states.get(RELIEF) is None


@pytest.mark.parametrize("minutes", [0, 61, 500, -1, "soon", "nan"])
@pytest.mark.parametrize("action", ["start_walk", "start_relief"])
async def test_minutes_out_of_range_are_refused(home: Home, action: str, minutes: Any) -> None:
    light, plug = hallway(), massager()
    await add_relief(home, light, plug)
    with pytest.raises(ServiceValidationError, match="minutes"):
        await home.call(action, minutes=minutes)
    assert (light.received, plug.received) == ([], [])


async def test_what_cannot_be_reached_at_all_is_an_error(home: Home) -> None:
    light, plug = hallway(available=False), massager(available=False)
    await add_relief(home, light, plug)
    with pytest.raises(ServiceValidationError, match="hallway"):
        await home.call("start_walk")
    with pytest.raises(ServiceValidationError, match="massager"):
        await home.call("start_relief")
    assert (home.value(WALK), home.value(RELIEF)) == ("off", "off")


async def test_nothing_is_turned_on_that_could_not_be_saved(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    light = hallway()
    await add_relief(home, light)

    async def fail(*_: Any) -> None:
        """Fail as the store does: without an error."""

    monkeypatch.setattr(Store, "async_save", fail)
    with pytest.raises(HomeAssistantError, match="nothing was turned on"):
        await home.call("start_walk")
    assert (light.received, home.value(WALK)) == ([], "off")


async def test_a_light_that_can_only_be_switched_is_refused_in_the_form(home: Home) -> None:
    bulb = Light("bulb", ColorMode.ONOFF, is_on=False)
    entry = await add_relief(home, hallway())
    await home.add_devices(bulb)
    flow = home.hass.config_entries.options
    result: Any = await flow.async_init(entry.entry_id)
    sections = result["data_schema"].schema
    empty: dict[str, Any] = {str(name): {} for name in sections}
    result = await flow.async_configure(result["flow_id"], empty | {"relief": {"path": ["light.bulb"]}})
    assert result["errors"] == {"relief": "path_cannot_dim"}
    assert result["description_placeholders"]["error"] == "bulb"


async def test_a_switch_of_what_is_not_chosen_any_longer_is_gone(home: Home) -> None:
    entry = await add_relief(home, hallway())
    assert home.value(WALK) == "off"
    await home.set_options(entry, path=[])
    assert home.hass.states.get(WALK) is None


async def test_walking_and_the_device_are_noted_in_the_ongoing_episode(home: Home) -> None:
    await add_relief(home, hallway(), massager(), relief_kind="warmth")
    await home.call("log_episode", severity=5, relief="rubbing")
    noted = await home.call("start_walk")
    assert noted["change_id"]
    await home.act("switch.turn_on", RELIEF)
    (episode,) = (await home.call("get_episodes"))["episodes"]
    assert (episode["id"], episode["relief"]) == (noted["episode_id"], ["rubbing", "walking", "warmth"])
    assert (await home.call("start_walk"))["change_id"] is None, "it is noted already"
    await home.call("undo")
    await home.after(minutes=2)
    await home.call("undo")
    (episode,) = (await home.call("get_episodes"))["episodes"]
    assert episode["relief"] == ["rubbing"]


async def test_without_an_episode_nothing_is_logged(home: Home) -> None:
    await add_relief(home, hallway())
    assert (await home.call("start_walk"))["episode_id"] is None
    assert (await home.call("get_episodes"))["episodes"] == []


async def test_a_sleeper_stands_for_the_bedroom(home: Home) -> None:
    light = hallway()
    await add_relief(home, light)
    await home.configure(name="Other", targets={})
    await home.call("start_walk", sleeper="Sleeper of Bedroom")
    assert light.is_on
    await home.call("stop_walk", sleeper="Sleeper of Bedroom")
    assert light.is_on is False


async def test_a_diary_that_refuses_costs_nobody_the_light(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    light = hallway()
    await add_relief(home, light)
    await home.call("log_episode")

    async def refuse(*_: Any) -> None:
        raise HomeAssistantError

    monkeypatch.setattr("custom_components.rls_bedtime.coordinator.SleeperCoordinator.async_update", refuse)
    assert (await home.call("start_walk"))["change_id"] is None
    assert light.is_on
