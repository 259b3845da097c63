"""A house to try the contract in: one's own devices, the flows, the clock, people and restarts."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import Context, CoreState, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_fire_time_changed,
    setup_test_component_platform,
)

from custom_components.rls_bedtime.const import DOMAIN

from ..common.devices import Blind, Device, Lamp, Player, Plug, Remote, Thermostat

SECTIONS = {
    "lights": ("light_level", "light_color_temp", "lights_off_after", "dim_night_lights"),
    "climate": ("temperature_setback", "use_sleep_preset"),
    "screens": ("screens_action", "screen_curfew", "screen_warning", "keep_screens_quiet"),
    "end": ("restore",),
    "schedule": ("schedule_entity", "only_when_home"),
    "more": ("start_actions", "end_actions"),
}
DOMAINS: dict[type[Device], str] = {
    Lamp: "light",
    Thermostat: "climate",
    Player: "media_player",
    Blind: "cover",
    Remote: "remote",
    Plug: "switch",
}
KINDS = {"light": "lights", "climate": "climate", "cover": "covers"}


class Home:
    """A house with bedrooms."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory, user: MockUser) -> None:
        """Be in this Home Assistant, at this time."""
        self.hass = hass
        self.freezer = freezer
        self.user = user

    async def furnish(self, *devices: Device) -> None:
        """Put devices into the house."""
        by_domain: dict[str, list[Device]] = {}
        for device in devices:
            domain = next(domain for kind, domain in DOMAINS.items() if isinstance(device, kind))
            by_domain.setdefault(domain, []).append(device)
        for domain, entities in by_domain.items():
            setup_test_component_platform(self.hass, domain, entities)
            assert await async_setup_component(self.hass, domain, {domain: {"platform": "test"}})
        await self.hass.async_block_till_done()

    async def group(self, domain: str, name: str, *members: str) -> None:
        """Make a group helper."""
        options = {"group_type": domain, "name": name, "entities": list(members), "hide_members": False}
        entry = MockConfigEntry(domain="group", title=name, options=options)
        entry.add_to_hass(self.hass)
        assert await self.hass.config_entries.async_setup(entry.entry_id)
        await self.hass.async_block_till_done()

    async def bedroom(
        self,
        *devices: Device,
        name: str = "Bedroom",
        targets: dict[str, Any] | None = None,
        area: str | None = None,
        **options: Any,
    ) -> ConfigEntry:
        """Put devices into the house and set a bedroom up with them through the flows."""
        await self.furnish(*devices)
        chosen: dict[str, Any] = {}
        for device in devices:
            entity_ids = chosen.setdefault(KINDS.get(device.entity_id.split(".")[0], "screens"), {"entity_id": []})
            entity_ids["entity_id"].append(device.entity_id)
        return await self.set_up(name=name, area=area, targets=chosen | (targets or {}), **options)

    async def set_up(
        self, *, name: str = "Bedroom", targets: dict[str, Any], area: str | None = None, **options: Any
    ) -> ConfigEntry:
        """Go through the flows."""
        flow = self.hass.config_entries.flow
        result = await flow.async_init(DOMAIN, context={"source": "user"})
        assert result["step_id"] == "user"
        result = await flow.async_configure(result["flow_id"], {"name": name} | ({"area": area} if area else {}))
        assert result["step_id"] == "devices", result
        result = await flow.async_configure(result["flow_id"], targets)
        assert result["step_id"] == "schedule", result
        schedule: dict[str, Any] = {
            key: options.pop(key) for key in ("bedtime", "wake_up", "wind_down") if key in options
        }
        schedule["automatic"] = options.pop("automatic", False)
        result = await flow.async_configure(result["flow_id"], schedule)
        assert result["step_id"] == "sleeper", result
        sleeper = options.pop("sleeper", {"name": f"Sleeper of {name}"})
        result = await flow.async_configure(result["flow_id"], sleeper)
        assert result["type"] is FlowResultType.CREATE_ENTRY, result
        await self.hass.async_block_till_done()
        entry = result["result"]
        if options:
            await self.choose(entry, **options)
        return entry

    async def choose(self, entry: ConfigEntry, **options: Any) -> None:
        """Choose options, through the options flow."""
        flow = self.hass.config_entries.options
        result = await flow.async_init(entry.entry_id)
        now = dict(entry.options) | options
        chosen = {name: {key: now[key] for key in keys if key in now} for name, keys in SECTIONS.items()}
        result = await flow.async_configure(result["flow_id"], chosen)
        assert result["type"] is FlowResultType.CREATE_ENTRY, result
        await self.hass.async_block_till_done()

    async def at(self, when: str) -> None:
        """Let time pass, minute by minute, until "22:30" or "11-24 07:00", in California."""
        from homeassistant.util import dt as dt_util  # noqa: PLC0415

        day, _, time = when.rpartition(" ")
        now = dt_util.now()
        year = now.year
        until = dt_util.parse_datetime(f"{year}-{day or now.strftime('%m-%d')} {time}:00")
        assert until is not None
        until = dt_util.as_utc(until)
        while dt_util.utcnow() < until:
            self.freezer.move_to(min(until, dt_util.utcnow() + timedelta(minutes=1)))
            await self.settle()

    async def jump(self, when: str) -> None:
        """Let the clock jump to a moment in ISO format."""
        self.freezer.move_to(when)
        await self.settle()

    async def after(self, **delta: float) -> None:
        """Let so much time pass at once."""
        self.freezer.tick(timedelta(**delta))
        await self.settle()

    async def settle(self) -> None:
        """Let everything happen that is due."""
        async_fire_time_changed(self.hass)
        await self.hass.async_block_till_done()

    async def act(self, action: str, entity_id: str | None = None, *, by: Context | None = None, **data: Any) -> None:
        """Do something in somebody's name: the user's, if nobody else is named."""
        domain, service = action.split(".")
        target = {"entity_id": entity_id} if entity_id else {}
        context = by or Context(user_id=self.user.id)
        await self.hass.services.async_call(domain, service, target | data, blocking=True, context=context)
        await self.hass.async_block_till_done()

    async def ask(self, action: str, **data: Any) -> dict[str, Any]:
        """Call an action of ours, and return its response."""
        context = Context(user_id=self.user.id)
        answer = await self.hass.services.async_call(
            DOMAIN, action, data, blocking=True, return_response=True, context=context
        )
        await self.hass.async_block_till_done()
        assert answer is not None
        return dict(answer)

    def shows(self, entity_id: str, attribute: str | None = None) -> Any:
        """Return what an entity shows."""
        state = self.hass.states.get(entity_id)
        assert state is not None, entity_id
        return state.state if attribute is None else state.attributes.get(attribute)

    @property
    def phase(self) -> str:
        """Return the phase of the bedroom."""
        return str(self.shows("sensor.bedroom_phase"))

    async def restart(
        self, entry: ConfigEntry, *, down: timedelta = timedelta(minutes=1), meanwhile: Callable[[], None] | None = None
    ) -> None:
        """Stop Home Assistant as far as the bedroom is concerned, and start it again."""
        assert await self.hass.config_entries.async_unload(entry.entry_id)
        await self.hass.async_block_till_done()
        await self.start_again(entry, down=down, meanwhile=meanwhile)

    async def start_again(
        self, entry: ConfigEntry, *, down: timedelta, meanwhile: Callable[[], None] | None = None
    ) -> None:
        """Start Home Assistant after it was down for so long."""
        self.hass.set_state(CoreState.not_running)
        self.freezer.tick(down)
        if meanwhile:
            meanwhile()
        self.hass.set_state(CoreState.starting)
        assert await self.hass.config_entries.async_setup(entry.entry_id)
        await self.hass.async_block_till_done()
        self.hass.set_state(CoreState.running)
        self.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
        await self.settle()

    def entity_id(self, domain: str, entry: ConfigEntry, key: str) -> str:
        """Return the entity of a bedroom by its translation key."""
        registry = er.async_get(self.hass)
        return next(
            each.entity_id
            for each in er.async_entries_for_config_entry(registry, entry.entry_id)
            if each.translation_key == key and each.domain == domain
        )


@pytest.fixture
async def home(hass: HomeAssistant, freezer: FrozenDateTimeFactory, hass_admin_user: MockUser) -> Home:
    """Return a house at eight in the evening of 23 November 2026, in California."""
    freezer.move_to("2026-11-23 20:00-08:00")
    return Home(hass, freezer, hass_admin_user)


type Act = Callable[..., Awaitable[None]]
