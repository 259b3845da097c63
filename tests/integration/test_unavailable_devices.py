"""Devices out of reach are caught up when they return, and restored when the session is over."""

from homeassistant.components.climate import ClimateEntityFeature
from homeassistant.components.media_player import MediaPlayerEntityFeature as Feature, MediaPlayerState as State

from ..common.bedroom import TELEVISION, Bedroom, lamp
from ..common.devices import Player, Thermostat
from ..common.home import PROBLEM, Home


async def test_a_light_that_drops_out_and_returns_bright_is_dimmed_again(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    await home.turn_on()
    await home.after(hours=1)
    light.become_unavailable()
    await home.settle()
    assert home.value(PROBLEM, "unreachable") == ["light.lamp"]
    await home.after(minutes=5)
    light.become_available(brightness=255, color_temp_kelvin=4000)
    await home.settle()
    assert light.brightness == 13
    assert home.value(PROBLEM) == "off"
    await home.jump("11-24 07:00")
    assert light.brightness == 200


async def test_a_light_unavailable_at_bedtime_is_dimmed_when_it_returns(home: Home) -> None:
    light = lamp(available=False)
    await home.add_bedroom(light)
    await home.turn_on()
    await home.after(hours=2)
    light.become_available()
    await home.settle()
    assert light.brightness == 13
    await home.jump("11-24 07:00")
    assert light.brightness == 200


async def test_a_light_that_was_never_commanded_is_left_alone_after_the_session(home: Home) -> None:
    light = lamp(available=False)
    await home.add_bedroom(light)
    await home.turn_on()
    await home.jump("11-24 07:00")
    light.become_available()
    await home.settle()
    assert light.received == []


async def test_a_light_unavailable_at_the_end_is_restored_once_when_it_returns(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    await home.turn_on()
    await home.after(hours=1)
    light.become_unavailable()
    await home.jump("11-24 07:00")
    await home.after(hours=1)
    light.become_available()
    await home.settle()
    assert light.brightness == 200
    await home.act("light.turn_on", "light.lamp", brightness=13)
    await home.after(hours=1)
    assert light.brightness == 13


async def test_a_named_device_that_does_not_exist_is_unreachable(home: Home) -> None:
    good = lamp("good")
    await home.add_devices(good)
    await home.configure(targets={"lights": {"entity_id": ["light.good", "light.never"]}})
    response = await home.call("start")
    assert response["entities"] == {"light.good": "done", "light.never": "unreachable"}


async def test_a_light_that_is_unavailable_for_moments_stays_managed(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, wake_up="22:00:00")
    await home.turn_on()
    await home.after(minutes=5)
    for _ in range(3):
        light.become_unavailable()
        await home.after(seconds=5)
        light.become_available()
        await home.after(seconds=5)
    assert home.released == []
    assert len(light.received) == 1
    await home.jump("11-23 22:00")
    assert light.brightness == 200


async def test_a_thermostat_unavailable_at_bedtime_is_lowered_when_it_returns(home: Home) -> None:
    device = Thermostat("thermostat", target_temperature=21.0, available=False)
    await home.add_bedroom(device)
    await home.turn_on()
    await home.after(minutes=10)
    device.become_available()
    await home.settle()
    assert device.target_temperature == 19.0
    await home.jump("11-24 07:00")
    assert device.target_temperature == 21.0


async def test_a_thermostat_unavailable_in_the_morning_is_restored_when_it_returns(home: Home) -> None:
    device = Thermostat(
        "thermostat",
        target_temperature=21.0,
        supported_features=ClimateEntityFeature.TARGET_TEMPERATURE | ClimateEntityFeature.PRESET_MODE,
        preset_modes=["comfort", "sleep"],
        preset_mode="comfort",
    )
    await home.add_bedroom(device)
    await home.turn_on()
    await home.after(hours=1)
    device.become_unavailable()
    await home.jump("11-24 07:00")
    device.become_available()
    await home.after(minutes=1)
    assert device.preset_mode == "comfort"


async def test_a_television_unavailable_at_bedtime_is_turned_off_when_it_returns(home: Home) -> None:
    tv = Player("tv", TELEVISION, available=False, volume_level=0.4, is_volume_muted=False)
    await home.add_bedroom(tv)
    await home.turn_on()
    assert tv.received == []
    await home.after(minutes=10)
    tv.become_available()
    await home.settle()
    assert tv.actions == ["turn_off"]


async def test_a_television_unavailable_while_off_is_no_problem_and_can_be_turned_on(home: Home) -> None:
    tv = Player("tv", TELEVISION, volume_level=0.4, is_volume_muted=False)
    await home.add_bedroom(tv)
    await home.turn_on()
    tv.become_unavailable()
    await home.after(minutes=1)
    assert home.value(PROBLEM) == "off"
    tv.become_available(state=State.PLAYING)
    await home.after(minutes=1)
    assert tv.state == State.PLAYING


async def test_a_television_unavailable_while_off_is_not_turned_on_in_the_morning(home: Home) -> None:
    tv = Player("tv", TELEVISION, volume_level=0.4, is_volume_muted=False)
    await home.add_bedroom(tv, restore="everything")
    await home.turn_on()
    tv.become_unavailable()
    await home.jump("11-24 07:00")
    tv.become_available()
    await home.after(minutes=1)
    assert tv.actions == ["turn_off"]


async def test_a_player_is_unmuted_when_it_returns(home: Home) -> None:
    radio = Player("radio", Feature.VOLUME_MUTE, volume_level=0.4, is_volume_muted=False)
    await home.add_bedroom(radio)
    await home.turn_on()
    await home.after(hours=1)
    radio.become_unavailable()
    await home.jump("11-24 07:00")
    await home.after(hours=1)
    radio.become_available(state=State.IDLE)
    await home.settle()
    assert radio.is_volume_muted is False
    assert "media_play" not in radio.actions


async def test_a_television_that_returns_turned_off_stays_managed(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom()
    await home.turn_on()
    bedroom.tv.become_unavailable()
    await home.after(minutes=1)
    bedroom.tv.become_available(state="off")
    await home.after(minutes=1)
    assert home.released == []
    assert home.value(PROBLEM) == "off"
    assert (await home.call("start"))["entities"]["media_player.tv"] == "done"


async def test_a_value_that_is_missing_for_a_moment_releases_nothing(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom()
    await home.turn_on()
    bedroom.thermostat.change_locally(target_temperature=None)
    bedroom.thermostat.change_locally(target_temperature=19.0)
    await home.after(seconds=30)
    await home.turn_off()
    assert bedroom.thermostat.target_temperature == 21
