"""A simulated home: its bedrooms, devices, people, restarts and clock."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import Context, CoreState, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.async_ import get_scheduled_timer_handles
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser, async_fire_time_changed

from custom_components.rls_bedtime.const import DOMAIN, SUBENTRY_SLEEPER

from .devices import DOMAIN as SIMULATED, Device
from .simulated_integration import async_add_devices
from .storage import SLOW_STORAGE

OPTIONS: dict[str, Any] = {
    "lights": {"entity_id": ["light.lamp", "light.ceiling"]},
    "climate": {"entity_id": ["climate.thermostat"]},
    "screens": {"entity_id": ["media_player.tv"]},
    "covers": {"entity_id": ["cover.blind"]},
    "bedtime": "22:30:00",
    "wake_up": "07:00:00",
    "wind_down": 45,
    "automatic": False,
}
SECTIONS = {
    "lights": ("light_level", "light_color_temp", "lights_off_after", "dim_night_lights"),
    "climate": ("temperature_setback", "use_sleep_preset"),
    "screens": ("screens_action", "screen_curfew", "screen_warning", "keep_screens_quiet"),
    "relief": (
        "path",
        "path_level",
        "path_color_temp",
        "path_minutes",
        "presence_sensors",
        "linger",
        "bed_sensor",
        "path_by_itself",
        "relief_devices",
        "relief_minutes",
        "relief_kind",
    ),
    "end": ("restore",),
    "schedule": ("schedule_entity", "only_when_home"),
    "more": ("start_actions", "end_actions"),
}
BEDTIME_MODE = "switch.bedroom_bedtime_mode"
NEXT_BEDTIME = "sensor.bedroom_next_bedtime"
ENDS_AT = "sensor.bedroom_ends_at"
PROBLEM = "binary_sensor.bedroom_problem"
KINDS = {"light": "lights", "climate": "climate", "cover": "covers"}


class Home:
    """A simulated home with bedrooms."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory, user: MockUser) -> None:
        """Initialize a home in which this user lives."""
        self.hass = hass
        self.freezer = freezer
        self.user = user

    # --- set-up -------------------------------------------------------------------------------------------------------

    async def add_devices(self, *devices: Device) -> None:
        """Add devices, as one integration would."""
        await async_add_devices(self.hass, *devices)

    async def add_group(self, domain: str, name: str, *members: str) -> None:
        """Add a group helper."""
        options = {"group_type": domain, "name": name, "entities": list(members), "hide_members": False}
        await set_up(self.hass, MockConfigEntry(domain="group", title=name, options=options))

    def create_area(self, name: str, *devices: Device, floor: str | None = None) -> str:
        """Create an area and move devices there, with all entities of theirs; return its id."""
        floor_id = fr.async_get(self.hass).async_create(floor).floor_id if floor else None
        area_id = ar.async_get(self.hass).async_create(name, floor_id=floor_id).id
        for device in devices:
            entity = er.async_get(self.hass).async_get(device.entity_id)
            assert entity is not None
            if entity.device_id is None:
                er.async_get(self.hass).async_update_entity(device.entity_id, area_id=area_id)
            else:
                dr.async_get(self.hass).async_update_device(entity.device_id, area_id=area_id)
        return area_id

    def create_label(self, name: str, *, entities: Iterable[Device] = (), area: str = "", device: str = "") -> str:
        """Create a label and put it on entities, an area (by its id) or a physical device (by its name)."""
        label_id = lr.async_get(self.hass).async_create(name).label_id
        for entity in entities:
            er.async_get(self.hass).async_update_entity(entity.entity_id, labels={label_id})
        if area:
            ar.async_get(self.hass).async_update(area, labels={label_id})
        if device:
            dr.async_get(self.hass).async_update_device(self.device_id(device), labels={label_id})
        return label_id

    def device_id(self, name: str) -> str:
        """Return the id of a physical device by its name."""
        (device,) = dr.async_get(self.hass).async_get_devices(identifiers={(SIMULATED, name)})
        return device.id

    async def add_bedroom(
        self,
        *devices: Device,
        name: str = "Bedroom",
        targets: dict[str, Any] | None = None,
        area: str | None = None,
        **options: Any,
    ) -> ConfigEntry:
        """Add devices and a bedroom that manages them, through the flows."""
        if devices:
            await self.add_devices(*devices)
        chosen: dict[str, Any] = {}
        for device in devices:
            entity_ids = chosen.setdefault(KINDS.get(device.domain, "screens"), {"entity_id": []})
            entity_ids["entity_id"].append(device.entity_id)
        return await self.configure(name=name, area=area, targets=chosen | (targets or {}), **options)

    async def configure(
        self, *, name: str = "Bedroom", targets: dict[str, Any], area: str | None = None, **options: Any
    ) -> ConfigEntry:
        """Add a bedroom through the flows, with devices that are there already."""
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
        first_sleeper = options.pop("sleeper", {"name": f"Sleeper of {name}"})
        result = await flow.async_configure(result["flow_id"], first_sleeper)
        assert result["type"] is FlowResultType.CREATE_ENTRY, result
        await self.hass.async_block_till_done()
        entry = result["result"]
        if options:
            await self.set_options(entry, **options)
        return entry

    async def load_bedroom(self, name: str = "Bedroom", **options: Any) -> ConfigEntry:
        """Add a bedroom that manages the devices of the simulated one, without the flows."""
        return await set_up(self.hass, bedroom_entry(name, **options))

    async def configure_from_options(
        self, name: str = "Bedroom", *sleepers: ConfigSubentry, **options: Any
    ) -> ConfigEntry:
        """Add a bedroom with exactly these options, without the flows and without defaults."""
        return await set_up(self.hass, _entry(name, sleepers, options))

    async def set_options(self, entry: ConfigEntry, **options: Any) -> None:
        """Set options through the options flow."""
        flow = self.hass.config_entries.options
        result = await flow.async_init(entry.entry_id)
        current = dict(entry.options) | options
        chosen = {name: {key: current[key] for key in keys if key in current} for name, keys in SECTIONS.items()}
        result = await flow.async_configure(result["flow_id"], chosen)
        assert result["type"] is FlowResultType.CREATE_ENTRY, result
        await self.hass.async_block_till_done()

    # --- clock --------------------------------------------------------------------------------------------------------

    async def at(self, when: str) -> None:
        """Let time pass minute by minute until a moment: "22:30", "11-24 07:00" or ISO."""
        moment = _parse(when)
        while dt_util.utcnow() < moment:
            self.freezer.move_to(min(moment, dt_util.utcnow() + timedelta(minutes=1)))
            await self.settle()

    async def jump(self, when: str) -> None:
        """Let the clock jump to a moment, in the formats of `at`."""
        self.freezer.move_to(_parse(when))
        await self.settle()

    async def after(self, **delta: float) -> None:
        """Let so much time pass at once."""
        await after(self.hass, self.freezer, **delta)

    async def settle(self) -> None:
        """Let everything happen that is due."""
        await settle(self.hass)

    # --- people, automations, our actions -----------------------------------------------------------------------------

    async def act(self, action: str, entity_id: str | None = None, *, by: Context | None = None, **data: Any) -> None:
        """Call an action as the user, or in another context."""
        domain, service = action.split(".")
        target = {"entity_id": entity_id} if entity_id else {}
        context = by or Context(user_id=self.user.id)
        await self.hass.services.async_call(domain, service, target | data, blocking=True, context=context)
        await self.hass.async_block_till_done()

    async def turn_on(self) -> None:
        """Turn bedtime mode of the first bedroom on, as the user."""
        await self.act("switch.turn_on", BEDTIME_MODE)

    async def turn_off(self) -> None:
        """Turn bedtime mode of the first bedroom off, as the user."""
        await self.act("switch.turn_off", BEDTIME_MODE)

    def automation(self, parent: Context | None = None) -> Context:
        """Return the context of an automation that something else, or this, has triggered."""
        return Context(parent_id=(parent or Context()).id)

    async def call(self, action: str, **data: Any) -> dict[str, Any]:
        """Call an action of the integration as the user and return its response."""
        response = await act(self.hass, action, Context(user_id=self.user.id), **data)
        await self.hass.async_block_till_done()
        return response

    # --- what is shown ------------------------------------------------------------------------------------------------

    def value(self, entity_id: str, attribute: str | None = None) -> Any:
        """Return the state of an entity, or one of its attributes, None if it has none of this name."""
        state = self.hass.states.get(entity_id)
        assert state is not None, entity_id
        return state.state if attribute is None else state.attributes.get(attribute)

    @property
    def phase(self) -> str:
        """Return the phase of the first bedroom."""
        return str(self.value("sensor.bedroom_phase"))

    @property
    def released(self) -> list[str]:
        """Return the entities that the first bedroom has released."""
        return list(self.value(PROBLEM, "released"))

    def entity_id(self, domain: str, entry: ConfigEntry, key: str) -> str:
        """Return the id of an entity of a bedroom by its translation key."""
        registry = er.async_get(self.hass)
        return next(
            each.entity_id
            for each in er.async_entries_for_config_entry(registry, entry.entry_id)
            if each.translation_key == key and each.domain == domain
        )

    # --- restarts -----------------------------------------------------------------------------------------------------

    async def restart(
        self, entry: ConfigEntry, *, down: timedelta = timedelta(minutes=1), meanwhile: Callable[[], None] | None = None
    ) -> None:
        """Stop Home Assistant as far as the bedroom is concerned, and start it again after it was down."""
        await self.unload(entry)
        await self.start_again(entry, down=down, meanwhile=meanwhile)

    async def unload(self, entry: ConfigEntry) -> None:
        """Unload a bedroom."""
        assert await self.hass.config_entries.async_unload(entry.entry_id)
        await self.hass.async_block_till_done()

    async def load(self, entry: ConfigEntry, **options: Any) -> None:
        """Load an unloaded bedroom again, with these options changed."""
        if options:
            self.hass.config_entries.async_update_entry(entry, options=entry.options | options)
        assert await self.hass.config_entries.async_setup(entry.entry_id)
        await self.hass.async_block_till_done()

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


def _parse(when: str) -> datetime:
    """Return a moment that is given by its time of day, with a month and day, or in full."""
    today = dt_util.now()
    # The missing parts are today's: the year in front of a month, the date in front of a time of day.
    missing = "" if "-" in when[4:5] else f"{today:%Y}-" if "-" in when[:5] else f"{today:%Y-%m-%d} "
    moment = dt_util.parse_datetime(missing + when, raise_on_error=True)
    return dt_util.as_utc(moment)


# --- functions for tests that need no home ----------------------------------------------------------------------------


def sleeper(name: str, person: str | None = None, **options: Any) -> ConfigSubentry:
    """Return a sleeper's subentry."""
    data = MappingProxyType(({"person": person} if person else {}) | options)
    return ConfigSubentry(data=data, subentry_type=SUBENTRY_SLEEPER, title=name, unique_id=None)


def bedroom_entry(name: str = "Bedroom", *sleepers: ConfigSubentry, **options: Any) -> MockConfigEntry:
    """Return the entry of a bedroom that manages the devices of the simulated one."""
    return _entry(name, sleepers, OPTIONS | options)


def _entry(name: str, sleepers: Iterable[ConfigSubentry], options: dict[str, Any]) -> MockConfigEntry:
    entry = MockConfigEntry(domain=DOMAIN, title=name, unique_id=name.lower(), options=options)
    object.__setattr__(entry, "subentries", MappingProxyType({each.subentry_id: each for each in sleepers}))
    return entry


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Add an entry and load it."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


def value(hass: HomeAssistant, entity_id: str, attribute: str | None = None) -> Any:
    """Return the state of an entity, or one of its attributes."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state.state if attribute is None else state.attributes[attribute]


async def act(hass: HomeAssistant, action: str, context: Context | None = None, **data: Any) -> dict[str, Any]:
    """Call an action of the integration and return its response."""
    response: Any = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True, context=context
    )
    assert isinstance(response, dict)
    return response


async def press(hass: HomeAssistant, button: str) -> None:
    """Press a button of Alex."""
    await hass.services.async_call("button", "press", {"entity_id": f"button.alex_{button}"}, blocking=True)


async def until(hass: HomeAssistant, freezer: FrozenDateTimeFactory, time: str) -> None:
    """Let the clock jump to a time of the evening of 23 November 2026, in California."""
    freezer.move_to(f"2026-11-23 {time}-08:00")
    await settle(hass)


async def after(hass: HomeAssistant, freezer: FrozenDateTimeFactory, **delta: float) -> None:
    """Let so much time pass at once."""
    freezer.tick(timedelta(**delta))
    await settle(hass)


async def settle(hass: HomeAssistant) -> None:
    """Let everything happen that is due, in the order in which it is, slow saves included."""
    # It is fired in the order of this list, which is that of a heap.
    get_scheduled_timer_handles(hass.loop).sort()
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    storage = hass.data.get(SLOW_STORAGE)
    while storage is not None and storage.is_saving:
        await storage.async_wait_idle()
        await hass.async_block_till_done()


async def is_done_soon(task: asyncio.Future[Any]) -> bool:
    """Return whether a task ends while the clock stands still."""
    for _ in range(100_000):
        await asyncio.sleep(0)
        if task.done():
            return True
    return False
