"""Serve the cards, and register them as a resource of the dashboards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
import re
from typing import Any, Final

from aiohttp.hdrs import CACHE_CONTROL, LOCATION
from aiohttp.web import Request, Response
from homeassistant.components.frontend import add_extra_js_url, remove_extra_js_url
from homeassistant.components.http import HomeAssistantView, StaticPathConfig
from homeassistant.components.lovelace.const import CONF_RESOURCE_TYPE_WS, LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.const import CONF_ID, CONF_TYPE, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, LOGGER

SOURCES: Final = Path(__file__).parent / "www"
BUILD: Final = Path(__file__).parent / "www_build"
"""What scripts/build_cards.mjs makes of the sources: few small files, which browsers load faster."""

BUILT_FROM: Final = "built_from"
"""The file in the build that holds the hash of the sources it was made from."""

ENTRY_MODULE: Final = "rls-bedtime.js"
CARDS_MODULE: Final = "cards.js"
STATIC_PATH: Final = f"/{DOMAIN}_static"
MODULE: Final = "module"

_OUR_URL: Final = re.compile(rf"{STATIC_PATH}/[0-9a-f]+/{re.escape(ENTRY_MODULE)}(\?.*)?")

CARD_RESOURCES: HassKey[CardResources] = HassKey(f"{DOMAIN}.cards")


@dataclass(frozen=True, slots=True)
class ResourceChanges:
    """The changes of the dashboards' resources that leave exactly one of ours, or none."""

    create: bool
    update: str | None
    delete: tuple[str, ...]


def plan_resource_changes(resources: Iterable[Mapping[str, Any]], url: str | None) -> ResourceChanges:
    """Return the changes after which `url` is our only resource, or, if it is None, we have none.

    Resources of others are left alone.
    """
    ours = [resource for resource in resources if _OUR_URL.fullmatch(resource[CONF_URL])]
    if url is None:
        return ResourceChanges(create=False, update=None, delete=tuple(resource[CONF_ID] for resource in ours))
    kept = next((resource for resource in ours if _is_current(resource, url)), ours[0] if ours else None)
    return ResourceChanges(
        create=kept is None,
        update=None if kept is None or _is_current(kept, url) else kept[CONF_ID],
        delete=tuple(resource[CONF_ID] for resource in ours if resource is not kept),
    )


def folder_hash(folder: Path) -> str:
    """Return a hash of the names and contents of all files in a folder.

    As part of the path it also versions the modules that a module imports, and works in browsers that ignore a query.
    """
    content = sha256()
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    for name in names:
        content.update(sha256(name.encode()).digest())
        content.update(sha256((folder / name).read_bytes()).digest())
    return content.hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class ServedFolder:
    """The folder that is served, and its hash."""

    path: Path
    version: str


def select_folder(sources: Path, build: Path) -> ServedFolder:
    """Return the build if it was made from these sources, else the sources, which browsers can load as they are."""
    version = folder_hash(sources)
    try:
        is_current = (build / BUILT_FROM).read_bytes() == version.encode()
    except OSError:
        is_current = False
    return ServedFolder(build, folder_hash(build)) if is_current else ServedFolder(sources, version)


class CardsOfOtherVersionView(HomeAssistantView):
    """Leads a page that was opened before an update, and needs its first card now, to the cards of this version."""

    requires_auth = False
    url = f"{STATIC_PATH}/{{version}}/{CARDS_MODULE}"
    name = f"{DOMAIN}:cards"

    def __init__(self, path: str) -> None:
        self._location = f"{path}/{CARDS_MODULE}"

    async def get(self, _request: Request, **_: str) -> Response:
        """Redirect to the cards of this version."""
        return Response(status=HTTPStatus.FOUND, headers={LOCATION: self._location, CACHE_CONTROL: "no-store"})


class CardResources:
    """The registration of the cards with the dashboards, while there is a config entry."""

    def __init__(self, hass: HomeAssistant, url: str) -> None:
        self.url = url
        self._hass = hass
        self._is_registered = False

    async def async_register(self) -> None:
        """Let every dashboard load the cards, whether it is stored, in YAML, or on a cast device."""
        if self._is_registered:
            return
        self._is_registered = True
        add_extra_js_url(self._hass, self.url)
        await self._async_update_resources(self.url)

    async def async_unregister(self) -> None:
        """Let no dashboard load the cards."""
        if self._is_registered:
            self._is_registered = False
            remove_extra_js_url(self._hass, self.url)
        await self._async_update_resources(None)

    async def _async_update_resources(self, url: str | None) -> None:
        """Leave one resource with this URL, or none. Resources in YAML cannot be changed; the extra module suffices."""
        resources = self._hass.data[LOVELACE_DATA].resources
        if not isinstance(resources, ResourceStorageCollection):
            return
        try:
            # The collection is empty until it has been loaded.
            await resources.async_get_info()
            changes = plan_resource_changes(resources.async_items(), url)
            for resource_id in changes.delete:
                await resources.async_delete_item(resource_id)
            data = {CONF_RESOURCE_TYPE_WS: MODULE, CONF_URL: url}
            if changes.update:
                await resources.async_update_item(changes.update, data)
            if changes.create:
                await resources.async_create_item(data)
        except HomeAssistantError as error:
            # The extra module still loads the cards, and bedtime mode needs none.
            LOGGER.warning("The resources of the dashboards could not be changed: %s", error)


async def async_setup_cards(hass: HomeAssistant) -> None:
    """Serve the cards under a path with the hash of their folder, and register them."""
    folder = await hass.async_add_executor_job(select_folder, SOURCES, BUILD)
    path = f"{STATIC_PATH}/{folder.version}"
    await hass.http.async_register_static_paths([StaticPathConfig(path, str(folder.path), cache_headers=True)])
    hass.http.register_view(CardsOfOtherVersionView(path))
    hass.data[CARD_RESOURCES] = CardResources(hass, f"{path}/{ENTRY_MODULE}")
    await hass.data[CARD_RESOURCES].async_register()


def _is_current(resource: Mapping[str, Any], url: str) -> bool:
    return bool(resource[CONF_URL] == url and resource[CONF_TYPE] == MODULE)
