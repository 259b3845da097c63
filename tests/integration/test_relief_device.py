"""A relief device runs for some minutes, never for more than an hour, never by itself, and is off after a restart."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest

from ..common.home import Home
from ..common.relief import RELIEF, WALK, add_relief, crash, hallway, massager


async def test_it_runs_for_some_minutes(home: Home) -> None:
    plug = massager()
    await add_relief(home, plug)
    await home.act("switch.turn_on", RELIEF)
    assert (plug.is_on, home.value(RELIEF, "until")[11:19]) == (True, "20:20:00")
    await home.after(minutes=19)
    assert plug.is_on
    await home.after(minutes=1)
    assert (plug.actions, home.value(RELIEF)) == (["turn_on", "turn_off"], "off")


async def test_it_never_runs_for_more_than_an_hour(home: Home) -> None:
    plug = massager()
    await add_relief(home, plug)
    for _ in range(6):
        await home.call("start_relief", minutes=20)
        await home.after(minutes=9)
        assert plug.is_on
    assert (await home.call("start_relief", minutes=60))["until"][11:19] == "21:00:00"
    await home.after(minutes=6)
    assert plug.is_on is False


async def test_it_cannot_start_again_while_it_does_not_go_off_after_an_hour(home: Home) -> None:
    plug = massager()
    await add_relief(home, plug)
    await home.call("start_relief", minutes=60)
    plug.refuses = True
    await home.after(minutes=60)
    with pytest.raises(Exception, match="has run for an hour"):
        await home.call("start_relief")
    plug.refuses = False
    for _ in range(3):
        await home.after(minutes=5)
    assert plug.is_on is False


async def test_one_that_runs_already_is_turned_off_afterwards(home: Home) -> None:
    plug = massager(is_on=True)
    await add_relief(home, plug)
    await home.act("switch.turn_on", RELIEF)
    await home.after(minutes=20)
    assert plug.actions == ["turn_off"]


async def test_one_that_was_turned_off_by_its_own_key_is_not_turned_on_again(home: Home) -> None:
    plug = massager()
    await add_relief(home, plug)
    await home.act("switch.turn_on", RELIEF)
    await home.after(minutes=1)
    plug.change_locally(is_on=False)
    await home.settle()
    assert home.value(RELIEF) == "off"
    await home.after(minutes=30)
    assert plug.actions == ["turn_on"]


async def test_one_that_came_on_again_by_itself_goes_off_at_the_end(home: Home) -> None:
    plug = massager()
    await add_relief(home, plug)
    await home.act("switch.turn_on", RELIEF)
    await home.after(minutes=1)
    plug.change_locally(is_on=False)
    await home.settle()
    plug.change_locally(is_on=True)
    await home.after(minutes=19)
    assert plug.is_on is False


async def test_one_that_somebody_turns_off_is_theirs(home: Home) -> None:
    plug = massager()
    await add_relief(home, plug)
    await home.act("switch.turn_on", RELIEF)
    await home.act("switch.turn_off", "switch.massager")
    assert home.value(RELIEF) == "off"
    await home.act("switch.turn_on", "switch.massager")
    await home.after(minutes=30)
    assert plug.is_on


async def test_one_that_never_reports_is_turned_off_once(home: Home) -> None:
    plug = massager(never_reports=True)
    await add_relief(home, plug)
    await home.act("switch.turn_on", RELIEF)
    for _ in range(30):
        await home.after(minutes=1)
    assert plug.actions == ["turn_on", "turn_off"]


@pytest.mark.parametrize("down", [timedelta(seconds=10), timedelta(minutes=5), timedelta(hours=12)])
async def test_a_crash_turns_it_off_first_of_all(home: Home, down: timedelta) -> None:
    plug, light = massager(), hallway()
    entry = await add_relief(home, plug, light)
    await home.act("switch.turn_on", RELIEF)
    await home.act("switch.turn_on", WALK)
    await crash(home, entry, down=down)
    assert (plug.is_on, light.is_on, home.value(RELIEF)) == (False, False, "off")


async def test_it_is_off_after_a_restart_even_if_the_diary_cannot_be_opened(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug = massager()
    entry = await add_relief(home, plug)
    await home.act("switch.turn_on", RELIEF)

    async def no_time(_: Any) -> None:
        """Do nothing: the hub is killed."""

    controller = "custom_components.rls_bedtime.bedtime.relief.controller.ReliefController._async_end_all"
    with monkeypatch.context() as patch:
        patch.setattr(controller, no_time)
        await home.unload(entry)
    assert plug.is_on
    monkeypatch.setattr("custom_components.rls_bedtime._async_open_diary", _refuse)
    assert not await home.hass.config_entries.async_setup(entry.entry_id)
    await home.settle()
    assert plug.is_on is False


async def _refuse(_: Any) -> None:
    raise RuntimeError


async def test_one_that_refuses_to_go_off_before_it_has_reported_is_turned_off_after_a_reload(home: Home) -> None:
    device = massager(report_delay=8)
    entry = await add_relief(home, device)
    await home.act("switch.turn_on", RELIEF)
    device.refuses = True
    await home.unload(entry)
    device.refuses = False
    await home.start_again(entry, down=timedelta())
    await home.after(seconds=9)
    await home.after(minutes=1)
    assert device.actual("is_on") is False


async def test_a_damaged_file_is_kept_and_everything_is_turned_off(
    hass: HomeAssistant, home: Home, hass_storage: dict[str, Any]
) -> None:
    plug, light = massager(), hallway()
    entry = await add_relief(home, plug, light)
    await home.act("switch.turn_on", RELIEF)
    await home.act("switch.turn_on", WALK)

    def damage() -> None:
        stored = hass_storage[f"rls_bedtime.relief.{entry.entry_id}"]["data"]
        stored["held"] = {"switch.massager": {"aid": "magic"}, "light.hallway": {"aid": "walk", "since": "soon"}}

    await crash(home, entry, meanwhile=damage)
    assert (plug.is_on, light.is_on) == (False, False)
    assert ir.async_get(hass).async_get_issue("rls_bedtime", f"relief_damaged_{entry.entry_id}")


async def test_two_bedrooms_share_a_device_and_its_hour(home: Home) -> None:
    plug = massager()
    await add_relief(home, plug)
    await home.configure(name="Other", targets={}, relief_devices=["switch.massager"])
    await home.call("start_relief", bedroom="Bedroom", minutes=40)
    await home.after(minutes=30)
    assert (await home.call("start_relief", bedroom="Other", minutes=60))["until"][11:19] == "21:00:00"
    await home.after(minutes=10)
    assert (plug.is_on, home.value(RELIEF)) == (True, "off")
    await home.after(minutes=20)
    assert plug.actions == ["turn_on", "turn_off"]


async def test_a_file_of_a_later_version_is_kept_and_everything_is_turned_off(
    home: Home, hass_storage: dict[str, Any]
) -> None:
    plug = massager()
    entry = await add_relief(home, plug)
    await home.act("switch.turn_on", RELIEF)

    def replace_version() -> None:
        hass_storage[f"rls_bedtime.relief.{entry.entry_id}"]["version"] = 99

    await crash(home, entry, meanwhile=replace_version)
    assert plug.is_on is False
    assert ir.async_get(home.hass).async_get_issue("rls_bedtime", f"relief_damaged_{entry.entry_id}")


async def test_one_that_is_renamed_while_it_runs_is_turned_off(home: Home) -> None:
    plug = massager()
    await add_relief(home, plug)
    await home.act("switch.turn_on", RELIEF)
    er.async_get(home.hass).async_update_entity("switch.massager", new_entity_id="switch.foot_massager")
    await home.settle()
    await home.after(minutes=20)
    assert plug.is_on is False
