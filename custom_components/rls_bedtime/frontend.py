"""The cards: their folder, served as it is, and the one address by which dashboards load them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
import re
from typing import Any, Final

from homeassistant.components.frontend import add_extra_js_url, remove_extra_js_url
from homeassistant.components.http import StaticPathConfig
from homeassistant.components.lovelace.const import CONF_RESOURCE_TYPE_WS, LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.const import CONF_ID, CONF_TYPE, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, LOGGER

FOLDER: Final = Path(__file__).parent / "www"
ENTRY_MODULE: Final = "rls-bedtime.js"
STATIC_PATH: Final = f"/{DOMAIN}_static"
MODULE: Final = "module"

_OUR_URL: Final = re.compile(rf"{STATIC_PATH}/[0-9a-f]+/{re.escape(ENTRY_MODULE)}(\?.*)?")

CARD_RESOURCES: HassKey[CardResources] = HassKey(f"{DOMAIN}.cards")


@dataclass(frozen=True, slots=True)
class ResourceChanges:
    """What is to become of the rows of a dashboard's resources, so that exactly one of them is ours."""

    create: bool
    update: str | None
    delete: tuple[str, ...]


def plan_resource_changes(rows: Iterable[Mapping[str, Any]], url: str | None) -> ResourceChanges:
    """Return what makes `url` our one row, or, without one, leaves none. A row of anybody else is left alone. Pure."""
    ours = [row for row in rows if _OUR_URL.fullmatch(row[CONF_URL])]
    if url is None:
        return ResourceChanges(create=False, update=None, delete=tuple(row[CONF_ID] for row in ours))
    kept = next((row for row in ours if _is_current(row, url)), ours[0] if ours else None)
    return ResourceChanges(
        create=kept is None,
        update=None if kept is None or _is_current(kept, url) else kept[CONF_ID],
        delete=tuple(row[CONF_ID] for row in ours if row is not kept),
    )


def folder_hash(folder: Path) -> str:
    """Return what stands for the content of a folder: another name or another byte, and it is another.

    In the path, it versions the modules that a module imports, too, and is obeyed by browsers that ignore a query.
    """
    content = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content.update(sha256(path.relative_to(folder).as_posix().encode()).digest())
        content.update(sha256(path.read_bytes()).digest())
    return content.hexdigest()[:12]


class CardResources:
    """Serves the cards while Home Assistant runs, and tells the dashboards of them while there is an entry."""

    def __init__(self, hass: HomeAssistant, url: str) -> None:
        """Know the address."""
        self.url = url
        self._hass = hass
        self._is_registered = False

    async def async_register(self) -> None:
        """Let every dashboard load the cards: those that Home Assistant stores, those in YAML, and a cast."""
        if self._is_registered:
            return
        self._is_registered = True
        add_extra_js_url(self._hass, self.url)
        await self._async_update_resources(self.url)

    async def async_unregister(self) -> None:
        """Let no dashboard load the cards any more."""
        if self._is_registered:
            self._is_registered = False
            remove_extra_js_url(self._hass, self.url)
        await self._async_update_resources(None)

    async def _async_update_resources(self, url: str | None) -> None:
        """Have one row for the address, or none. Resources in YAML are their author's; the extra module serves them."""
        resources = self._hass.data[LOVELACE_DATA].resources
        if not isinstance(resources, ResourceStorageCollection):
            return
        try:
            # Rows that are not loaded yet look like none at all.
            await resources.async_get_info()
            rows = plan_resource_changes(resources.async_items(), url)
            for row in rows.delete:
                await resources.async_delete_item(row)
            about = {CONF_RESOURCE_TYPE_WS: MODULE, CONF_URL: url}
            if rows.update:
                await resources.async_update_item(rows.update, about)
            if rows.create:
                await resources.async_create_item(about)
        except HomeAssistantError as error:
            # The extra module is there all the same, and a bedroom sleeps without cards.
            LOGGER.warning("The resources of the dashboards could not be changed: %s", error)


async def async_setup_cards(hass: HomeAssistant) -> None:
    """Serve the cards' folder, and nothing else, under an address of its content; then tell the dashboards."""
    version = await hass.async_add_executor_job(folder_hash, FOLDER)
    path = f"{STATIC_PATH}/{version}"
    await hass.http.async_register_static_paths([StaticPathConfig(path, str(FOLDER), cache_headers=True)])
    hass.data[CARD_RESOURCES] = CardResources(hass, f"{path}/{ENTRY_MODULE}")
    await hass.data[CARD_RESOURCES].async_register()


def _is_current(row: Mapping[str, Any], url: str) -> bool:
    return bool(row[CONF_URL] == url and row[CONF_TYPE] == MODULE)
