"""Groups are resolved to their members."""

from typing import override

from homeassistant.components.light import ColorMode
from homeassistant.components.media_player import MediaPlayerEntityFeature as Feature
from homeassistant.helpers.group import IntegrationSpecificGroup
from homeassistant.setup import async_setup_component

from ..common.bedroom import lamp
from ..common.devices import Cover, Light, Player
from ..common.home import Home


async def test_a_light_group_is_resolved(home: Home) -> None:
    one, two = lamp("one"), lamp("two", is_on=False)
    await home.add_devices(one, two)
    await home.add_group("light", "all", "light.one", "light.two")
    await home.configure(targets={"lights": {"entity_id": ["light.all"]}})
    response = await home.call("start")
    assert response["entities"] == {"light.one": "done", "light.two": "unchanged"}
    assert (one.brightness, two.is_on) == (13, False)
    await home.call("stop")
    assert (one.brightness, two.received) == (200, [])


async def test_a_nested_old_style_group_is_resolved_to_members_of_the_right_kind(home: Home) -> None:
    one = lamp("one")
    await home.add_devices(one)
    assert await async_setup_component(
        home.hass,
        "group",
        {"group": {"inner": {"entities": ["light.one"]}, "outer": {"entities": ["group.inner", "sun.sun"]}}},
    )
    await home.configure(targets={"lights": {"entity_id": ["group.outer"]}})
    assert (await home.call("start"))["entities"] == {"light.one": "done"}


class LightGroupOfAnIntegration(Light):
    """A group of an integration: whatever it receives, all members do."""

    def __init__(self, name: str, members: list[Light], **attributes: object) -> None:
        super().__init__(name, ColorMode.BRIGHTNESS, **attributes)
        self.lights = members
        self.group = IntegrationSpecificGroup(self, [str(member.unique_id) for member in members])

    @override
    async def async_turn_on(self, **kwargs: object) -> None:
        for member in self.lights:
            await member.async_turn_on(**kwargs)
        await super().async_turn_on(**kwargs)


async def test_a_group_of_an_integration_is_resolved(home: Home) -> None:
    one, two = lamp("one"), lamp("two", is_on=False)
    bridge = LightGroupOfAnIntegration("bridge", [one, two], brightness=200)
    await home.add_devices(one, two, bridge)
    await home.configure(targets={"lights": {"entity_id": ["light.bridge"]}})
    assert home.value("light.bridge", "group_entities") == ["light.one", "light.two"]
    response = await home.call("start")
    assert two.is_on is False
    assert response["entities"] == {"light.one": "done", "light.two": "unchanged"}


class Speaker(Player):
    """A speaker that is in a group with itself, as some integrations report it."""

    def __init__(self, name: str, features: int, *members: str) -> None:
        super().__init__(name, features, volume_level=0.4, is_volume_muted=False)
        self.group = IntegrationSpecificGroup(self, list(members))


async def test_a_speaker_in_a_group_with_itself_is_silenced(home: Home) -> None:
    one, two = Speaker("one", Feature.PAUSE, "one", "two"), Speaker("two", Feature.PAUSE, "one", "two")
    await home.add_bedroom(one, two)
    await home.turn_on()
    assert (one.actions, two.actions) == (["media_pause"], ["media_pause"])


async def test_groups_of_players_and_of_covers_are_resolved(home: Home) -> None:
    tv, blind = Player("tv", Feature.TURN_OFF), Cover("blind")
    await home.add_devices(tv, blind)
    await home.add_group("media_player", "players", "media_player.tv")
    await home.add_group("cover", "blinds", "cover.blind")
    await home.configure(
        targets={"screens": {"entity_id": ["media_player.players"]}, "covers": {"entity_id": ["cover.blinds"]}}
    )
    response = await home.call("start")
    assert response["entities"] == {"media_player.tv": "done", "cover.blind": "done"}


async def test_a_change_through_the_group_releases_all_members(home: Home) -> None:
    one, two = lamp("one"), lamp("two")
    await home.add_devices(one, two)
    await home.add_group("light", "all", "light.one", "light.two")
    await home.configure(targets={"lights": {"entity_id": ["light.all"]}})
    await home.call("start")
    await home.after(minutes=5)
    await home.act("light.turn_on", "light.all", brightness=99)
    response = await home.call("stop")
    assert set(response["entities"].values()) == {"released"}
    assert (one.brightness, two.brightness) == (99, 99)
