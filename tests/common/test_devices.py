"""The simulated devices behave as their switches say, and the home's clock drives them."""

from typing import Any

from homeassistant.components.climate import ClimateEntityFeature, HVACMode
from homeassistant.components.cover import CoverEntityFeature
from homeassistant.components.light import ColorMode, LightEntityFeature
from homeassistant.components.media_player import MediaPlayerEntityFeature
from homeassistant.core import Event, EventStateChangedData, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.storage import Store
import pytest

from .devices import Cover, Device, Light, LightGroup, Player, Power, Remote, Switch, Thermostat
from .home import Home
from .storage import SlowStorage

DIM: dict[str, Any] = {"brightness": 100}


def lamp(**switches: Any) -> Light:
    return Light("lamp", **{"brightness": 200, "color_temp_kelvin": 4000, **switches})


async def reports(home: Home, device: Device, attribute: str | None = None) -> list[Any]:
    """Add a device and return the list to which its reports are added, repeated values left out."""
    await home.add_devices(device)
    reported: list[Any] = [home.value(device.entity_id, attribute)]

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        assert state is not None
        value = state.state if attribute is None else state.attributes.get(attribute)
        if value != reported[-1]:
            reported.append(value)

    device.async_on_remove(async_track_state_change_event(home.hass, [device.entity_id], note))
    return reported


async def seconds_pass(home: Home, seconds: int) -> None:
    for _ in range(seconds * 2):
        await home.after(seconds=0.5)


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({}, [200, 100]),
        ({"report_delay": 3}, [200, 100]),
        ({"rounding": {"brightness": 40}}, [200, 80]),
        ({"ramp": ((1, 0.25), (2, 0.5))}, [200, 175, 150, 100]),
        ({"ramp": ((1, 0.25), (2, 0.5)), "reports_target_first": True}, [200, 100, 175, 150, 100]),
        ({"stale_report_after": 4}, [200, 100, 200, 100]),
        ({"holds_reports": True}, [200]),
        ({"ignores": 1}, [200]),
    ],
)
async def test_a_light_reports_a_level_as_its_switches_say(
    home: Home, switches: dict[str, Any], expected: list[int]
) -> None:
    light = lamp(**switches)
    reported = await reports(home, light, "brightness")
    await home.act("light.turn_on", "light.lamp", **DIM)
    await seconds_pass(home, 8)
    assert reported == expected
    assert light.received == [("turn_on", DIM)]
    assert light.actual("brightness") == (200 if "ignores" in switches else expected[-1] if len(expected) > 1 else 100)


async def test_a_delayed_report_comes_with_the_clock(home: Home) -> None:
    reported = await reports(home, lamp(report_delay=60), "brightness")
    await home.act("light.turn_on", "light.lamp", **DIM)
    await home.after(seconds=59)
    assert reported == [200]
    await home.after(seconds=1)
    assert reported == [200, 100]


async def test_a_light_reports_after_its_transition(home: Home) -> None:
    reported = await reports(
        home, lamp(reports_after_transition=True, supported_features=LightEntityFeature.TRANSITION)
    )
    await home.act("light.turn_off", "light.lamp", transition=5)
    await home.after(seconds=4)
    assert reported == ["on"]
    await home.after(seconds=1)
    assert reported == ["on", "off"]


async def test_a_light_reports_a_color_temperature_as_a_color(home: Home) -> None:
    light = Light("lamp", ColorMode.COLOR_TEMP, ColorMode.HS, reports_color_temp_as=ColorMode.HS)
    reported = await reports(home, light, "color_mode")
    await home.act("light.turn_on", "light.lamp", color_temp_kelvin=2200)
    await seconds_pass(home, 4)
    assert reported == ["color_temp", "hs"]
    assert home.value("light.lamp", "hs_color") == pytest.approx((30, 85), abs=1)


async def test_a_light_flaps_or_loses_its_power(home: Home) -> None:
    light = lamp(flaps_after=1)
    reported = await reports(home, light)
    await home.act("light.turn_on", "light.lamp", **DIM)
    await seconds_pass(home, 2)
    light.lose_power()
    light.regain_power()
    await home.settle()
    assert reported == ["on", "off", "on", "unavailable", "on"]
    assert light.brightness == 255


async def test_a_group_names_its_members_as_a_set_and_commands_them(home: Home) -> None:
    lights = [Light("one", brightness=100), Light("two", is_on=False)]
    room = LightGroup("room", members=lights, names_members_as=set)
    await home.add_devices(*lights, room)
    assert home.value("light.room", "entity_id") == {"light.one", "light.two"}
    await home.act("light.turn_on", "light.room", brightness=40)
    assert [light.brightness for light in lights] == [40, 40]
    assert home.value("light.room", "brightness") == 40
    room.names_unavailable_members = False
    for light in lights:
        light.become_unavailable()
    await home.settle()
    assert home.value("light.room", "entity_id") is None


async def test_a_thermostat_leaves_auto_and_reports_it_late(home: Home) -> None:
    thermostat = Thermostat(
        "stove", hvac_mode=HVACMode.AUTO, target_temperature=21.0, auto_becomes=HVACMode.HEAT, mode_report_delay=3
    )
    reported = await reports(home, thermostat)
    await home.act("climate.set_temperature", "climate.stove", temperature=19)
    assert (reported, home.value("climate.stove", "temperature")) == (["auto"], 19)
    await home.after(seconds=3)
    assert reported == ["auto", "heat"]
    thermostat.open_window()
    thermostat.close_window()
    thermostat.change_later(60, target_temperature=18.0)
    await home.after(minutes=1)
    assert reported == ["auto", "heat", "off", "heat"]
    assert thermostat.target_temperature == 18


@pytest.mark.parametrize("delay", [0, 30, 300])
async def test_a_preset_brings_its_setpoint(home: Home, delay: int) -> None:
    thermostat = Thermostat(
        "stove",
        target_temperature=21.0,
        preset_mode="comfort",
        preset_modes=["comfort", "sleep"],
        supported_features=ClimateEntityFeature.TARGET_TEMPERATURE | ClimateEntityFeature.PRESET_MODE,
        preset_setpoints={"sleep": 17.0},
        preset_setpoint_delay=delay,
    )
    reported = await reports(home, thermostat, "temperature")
    await home.act("climate.set_preset_mode", "climate.stove", preset_mode="sleep")
    assert reported == ([21, 17] if delay == 0 else [21])
    await home.after(seconds=delay)
    assert reported == [21, 17]


async def test_a_toggle_of_several_entities_is_pressed_twice_and_reported_late(home: Home) -> None:
    power = Power(is_toggle=True)
    features = MediaPlayerEntityFeature.TURN_OFF
    tv = Player("tv", features, power=power, device="Television", report_delay=60, state_after_turn_off="idle")
    remote = Remote("tv", power=power, device="Television", report_delay=60)
    key = Switch("tv", power=power, device="Television", report_delay=60)
    await home.add_devices(tv, remote, key)
    device_ids = {er.async_get(home.hass).entities[entity.entity_id].device_id for entity in (tv, remote, key)}
    assert device_ids == {home.device_id("Television")}

    await home.act("media_player.turn_off", "media_player.tv")
    assert (power.is_on, home.value("media_player.tv")) == (False, "playing")
    await home.after(minutes=1)
    assert [home.value(each.entity_id) for each in (tv, remote, key)] == ["idle", "off", "off"]
    await home.act("remote.turn_off", "remote.tv")
    assert (power.is_on, power.presses) == (True, 2)


async def test_a_player_has_a_lowest_volume(home: Home) -> None:
    player = Player("tv", MediaPlayerEntityFeature.VOLUME_SET, volume_level=0.4, min_volume=0.1)
    await home.add_devices(player)
    await home.act("media_player.volume_set", "media_player.tv", volume_level=0)
    assert player.volume_level == 0.1


async def test_a_cover_moves_stops_and_is_half_open(home: Home) -> None:
    cover = Cover("blind", current_cover_position=80, supported_features=15, travel_time=30, stops_at=40)
    states = await reports(home, cover)
    await home.act("cover.close_cover", "cover.blind")
    await home.after(seconds=15)
    assert cover.current_cover_position == 60
    await home.after(seconds=15)
    assert (states, cover.current_cover_position) == (["open", "closing", "open"], 40)
    await home.act("cover.close_cover", "cover.blind")
    await home.after(seconds=15)
    await home.act("cover.stop_cover", "cover.blind")
    assert (home.value("cover.blind"), cover.current_cover_position) == ("open", 20)
    cover.move_locally(0)
    await home.after(seconds=30)
    assert states[-1] == "closed"


async def test_a_cover_that_never_reports_stays_unknown(home: Home) -> None:
    cover = Cover("blind", never_reports=True, travel_time=30)
    states = await reports(home, cover)
    await home.act("cover.close_cover", "cover.blind")
    await home.after(seconds=30)
    assert (states, cover.actual("is_closed")) == (["unknown"], True)
    assert home.value("cover.blind", "assumed_state") is True


async def test_a_venetian_blind_has_a_tilt(home: Home) -> None:
    features = CoverEntityFeature.SET_TILT_POSITION | CoverEntityFeature.CLOSE
    cover = Cover("blind", current_cover_tilt_position=70, supported_features=features)
    await home.add_devices(cover)
    await home.act("cover.set_cover_tilt_position", "cover.blind", tilt_position=20)
    assert home.value("cover.blind", "current_tilt_position") == 20


async def test_areas_and_labels_are_put_on_devices(home: Home) -> None:
    tv, light = Player("tv", device="Television"), lamp()
    await home.add_devices(tv, light)
    area_id = home.create_area("Bedroom", tv, light, floor="Upstairs")
    label_id = home.create_label("Night", entities=[light], area=area_id, device="Television")
    entry = er.async_get(home.hass).async_get("light.lamp")
    assert entry is not None
    assert (entry.area_id, entry.labels) == (area_id, {label_id})


def test_a_switch_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(TypeError, match="Light has no report_dealy"):
        lamp(report_dealy=3)


async def test_a_hanging_device_executes_when_it_resumes(home: Home) -> None:
    light = lamp(hangs=True)
    await home.add_devices(light)
    call = home.hass.services.async_call("light", "turn_on", {"entity_id": "light.lamp", **DIM}, blocking=True)
    task = home.hass.async_create_background_task(call, "hanging call")
    await home.settle()
    assert (light.actions, light.brightness) == (["turn_on"], 200)
    light.resume()
    await task
    assert light.brightness == 100


async def test_a_save_takes_its_time(home: Home, slow_storage: SlowStorage, hass_storage: dict[str, Any]) -> None:
    store = Store[dict[str, Any]](home.hass, 1, "slow")
    for number in range(3):
        task = home.hass.async_create_background_task(store.async_save({"number": number}), "save")
        await home.hass.async_block_till_done()
        assert hass_storage.get("slow", {}).get("data") != {"number": number}
        await home.settle()
        assert hass_storage["slow"]["data"] == {"number": number}
        await task


async def test_a_light_that_comes_on_at_its_own_level_obeys_once_it_is_on(home: Home) -> None:
    light = Light("lamp", is_on=False, comes_on_at=255)
    await home.add_devices(light)
    for expected in (255, 8):
        await home.act("light.turn_on", "light.lamp", brightness=8)
        assert light.brightness == expected
