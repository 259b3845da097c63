"""What the tests of the blueprints share: our files in the house's folder, automations and scripts of them, phones."""

from pathlib import Path
import shutil
from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.components.script import DOMAIN as SCRIPT
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import slugify
from pytest_homeassistant_custom_component.common import MockConfigEntry

OURS = Path(__file__).parent.parent.parent / "custom_components" / "rls_bedtime" / "blueprints"
FILES = sorted(OURS.rglob("*.yaml"))


async def automate(hass: HomeAssistant, blueprint: str, alias: str = "Tested", **inputs: Any) -> str:
    """Make an automation of one of our blueprints, as the editor would, and return its entity id."""
    _copy(hass)
    use = {"path": f"rls_bedtime/{blueprint}.yaml", "input": inputs}
    config = {"id": alias.lower(), "alias": alias, "use_blueprint": use}
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: [config]})
    await hass.async_block_till_done()
    entity_id = f"automation.{alias.lower()}"
    assert hass.states.is_state(entity_id, "on"), "the automation could not be set up"
    return entity_id


async def make_script(hass: HomeAssistant, blueprint: str, **inputs: Any) -> None:
    """Make the script legs of one of our blueprints."""
    _copy(hass)
    use = {"path": f"rls_bedtime/{blueprint}.yaml", "input": inputs}
    assert await async_setup_component(hass, SCRIPT, {SCRIPT: {"legs": {"alias": "Legs", "use_blueprint": use}}})
    await hass.async_block_till_done()
    assert hass.states.get("script.legs")


def _copy(hass: HomeAssistant) -> None:
    """Put our blueprints where an import puts them."""
    for file in FILES:
        to = Path(hass.config.path("blueprints"), file.relative_to(OURS))
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, to)


class Phones:
    """Phones with the app on them: what they were sent, and what is tapped on them."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with none."""
        self._hass = hass
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def add(self, name: str, manufacturer: str = "Google") -> str:
        """Register a phone that takes notifications, and return its device."""
        entry = MockConfigEntry(domain="mobile_app", data={"device_name": name})
        entry.add_to_hass(self._hass)

        async def notify(call: ServiceCall) -> None:
            self.sent.append((name, dict(call.data)))

        self._hass.services.async_register("notify", f"mobile_app_{slugify(name)}", notify)
        devices = dr.async_get(self._hass)
        identifiers = {("mobile_app", name)}
        return devices.async_get_or_create(
            config_entry_id=entry.entry_id, identifiers=identifiers, name=name, manufacturer=manufacturer
        ).id

    @property
    def last(self) -> dict[str, Any]:
        """Return what was sent last."""
        return self.sent[-1][1]

    @property
    def shown(self) -> list[tuple[str, dict[str, Any]]]:
        """Return what was sent to be shown, without what was cleared."""
        return [(name, about) for name, about in self.sent if about["message"] != "clear_notification"]

    @property
    def messages(self) -> list[str]:
        """Return the messages that were sent."""
        return [about["message"] for _, about in self.sent]

    def button(self, answer: str) -> str:
        """Return the key of a button of the last notification that has some."""
        actions = next(about["data"]["actions"] for _, about in reversed(self.sent) if "actions" in about["data"])
        return str(next(action["action"] for action in actions if action["action"].endswith(f":{answer}")))

    async def tap(self, action: object, **more: Any) -> None:
        """Tap a button of a notification, as the app tells Home Assistant."""
        self._hass.bus.async_fire("mobile_app_notification_action", {"action": action, "device_id": "a phone", **more})
        await self._hass.async_block_till_done()


class Satellite:
    """A voice satellite in the bedroom: what it asked and said, and what it heard. It fails if nobody answers."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Hear nothing."""
        self.hass = hass
        self.entity_id = "assist_satellite.bedroom"
        self.heard: str | None = None
        self.asked: list[dict[str, Any]] = []
        self.said: list[str] = []

        async def ask(call: ServiceCall) -> dict[str, Any]:
            self.asked.append(dict(call.data))
            if self.heard is None:
                raise HomeAssistantError
            return {"id": None, "sentence": self.heard, "slots": {}}

        async def announce(call: ServiceCall) -> None:
            self.said.append(call.data["message"])

        domain = "assist_satellite"
        hass.services.async_register(domain, "ask_question", ask, supports_response=SupportsResponse.ONLY)
        hass.services.async_register(domain, "announce", announce)
