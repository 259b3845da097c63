"""The cards' folder is served under an address of its content, and every dashboard is told of it once."""

import gzip
from http import HTTPStatus
from pathlib import Path
from typing import Any

from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.rls_bedtime import frontend
from custom_components.rls_bedtime.frontend import (
    BUILT_FROM,
    CARD_RESOURCES,
    SOURCES,
    ResourceChanges,
    ServedFolder,
    folder_hash,
    plan_resource_changes,
    select_folder,
)

from ..common.home import bedroom_entry, set_up, sleeper

URL = "/rls_bedtime_static/0123456789ab/rls-bedtime.js"
OLD = "/rls_bedtime_static/ba9876543210/rls-bedtime.js"
DISK_FULL = "the disk is full"
OTHERS = (
    "/hacsfiles/mushroom/mushroom.js",
    "/local/rls-bedtime.js",
    "/rls_bedtime_static/my-own.js",
    "/rls_bedtime_static_of_mine/0123456789ab/rls-bedtime.js",
)


def row(id_: str, url: str, type_: str = "module") -> dict[str, str]:
    """Return a row as Home Assistant stores it."""
    return {"id": id_, "url": url, "type": type_}


def stored(*rows: dict[str, str]) -> dict[str, Any]:
    """Return the file of the resources."""
    return {"lovelace_resources": {"version": 1, "data": {"items": list(rows)}}}


async def urls(hass: HomeAssistant) -> list[str]:
    """Return the addresses of the rows."""
    resources = hass.data[LOVELACE_DATA].resources
    await resources.async_get_info()
    return [each["url"] for each in resources.async_items()]


def ours(hass: HomeAssistant) -> str:
    """Return the address of the cards."""
    return hass.data[CARD_RESOURCES].url


@pytest.fixture
def no_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be built, whether this machine has a build or not."""
    monkeypatch.setattr(frontend, "BUILD", tmp_path / "no_build")


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a build of the sources, which the hub is to serve."""
    folder = tmp_path / "build"
    folder.mkdir()
    for name in ("rls-bedtime.js", "cards.js"):
        (folder / name).write_text(f"/* {name} */")
        (folder / f"{name}.gz").write_bytes(gzip.compress(f"/* {name} */".encode()))
    (folder / BUILT_FROM).write_text(folder_hash(SOURCES))
    monkeypatch.setattr(frontend, "BUILD", folder)
    return folder


# --- the plan ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "url", "plan"),
    [
        ([], URL, ResourceChanges(create=True, update=None, delete=())),
        ([row("1", URL)], URL, ResourceChanges(create=False, update=None, delete=())),
        ([row("1", OLD)], URL, ResourceChanges(create=False, update="1", delete=())),
        ([row("1", f"{OLD}?v=1")], URL, ResourceChanges(create=False, update="1", delete=())),
        ([row("1", URL, "js")], URL, ResourceChanges(create=False, update="1", delete=())),
        (
            [row("1", OLD), row("2", URL), row("3", OLD)],
            URL,
            ResourceChanges(create=False, update=None, delete=("1", "3")),
        ),
        ([row("1", OLD), row("2", OLD)], URL, ResourceChanges(create=False, update="1", delete=("2",))),
        ([row("1", OLD), row("2", URL)], None, ResourceChanges(create=False, update=None, delete=("1", "2"))),
        ([], None, ResourceChanges(create=False, update=None, delete=())),
    ],
)
def test_there_is_to_be_exactly_one_row_or_none(
    rows: list[dict[str, str]], url: str | None, plan: ResourceChanges
) -> None:
    assert plan_resource_changes(rows, url) == plan
    foreign = [row(other, other) for other in OTHERS]
    assert plan_resource_changes([*foreign[:2], *rows, *foreign[2:]], url) == plan


def test_any_change_of_the_folder_gives_it_another_address(tmp_path: Path) -> None:
    def hash_with(**files: str) -> str:
        for path in tmp_path.iterdir():
            path.unlink()
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        return folder_hash(tmp_path)

    hashes = [hash_with(a="1", b="2"), hash_with(a="1", b="3"), hash_with(a="1", c="2"), hash_with(a="12"), hash_with()]
    assert len(set(hashes)) == len(hashes)
    assert hash_with(a="1", b="2") == hashes[0]


def test_a_build_is_served_only_while_it_is_one_of_these_sources(tmp_path: Path) -> None:
    sources, build = tmp_path / "sources", tmp_path / "build"
    for folder in (sources, build):
        folder.mkdir()
        (folder / "entry.js").write_text(folder.name)

    def unbuilt() -> ServedFolder:
        return ServedFolder(sources, folder_hash(sources))

    assert select_folder(sources, tmp_path / "missing") == unbuilt()
    assert select_folder(sources, build) == unbuilt()
    (build / BUILT_FROM).write_text(folder_hash(sources))
    assert select_folder(sources, build) == ServedFolder(build, folder_hash(build))

    (sources / "another.js").write_text("")
    assert select_folder(sources, build) == unbuilt()
    (build / BUILT_FROM).write_bytes(b"\xff")
    assert select_folder(sources, build) == unbuilt()


# --- in a house -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_build", "entry")
async def test_the_cards_are_served_without_a_login_and_kept_by_browsers(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    client = await hass_client_no_auth()
    for path in (path for path in SOURCES.rglob("*") if path.is_file()):
        response = await client.get(f"{ours(hass).rpartition('/')[0]}/{path.relative_to(SOURCES)}")
        assert response.status == HTTPStatus.OK
        assert response.content_type == "text/javascript"
        assert "max-age=" in response.headers["Cache-Control"]


async def test_a_build_is_served_compressed(
    hass: HomeAssistant, build: Path, entry: MockConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> None:
    client = await hass_client_no_auth()
    for name in ("rls-bedtime.js", "cards.js"):
        url = f"{ours(hass).rpartition('/')[0]}/{name}"
        response = await client.get(url, headers={"Accept-Encoding": "gzip"})
        assert response.headers["Content-Encoding"] == "gzip"
        assert response.content_type == "text/javascript"
        assert "max-age=" in response.headers["Cache-Control"]
        assert await response.text() == f"/* {name} */"
        response = await client.get(url, headers={"Accept-Encoding": ""})
        assert "Content-Encoding" not in response.headers
        assert await response.text() == f"/* {name} */"


async def test_a_page_of_before_an_update_that_needs_its_first_card_gets_the_cards_of_now(
    hass: HomeAssistant, build: Path, entry: MockConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> None:
    client = await hass_client_no_auth()
    response = await client.get(f"{OLD.rpartition('/')[0]}/cards.js?attempt=2", allow_redirects=False)
    assert response.status == HTTPStatus.FOUND
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Location"] == f"{ours(hass).rpartition('/')[0]}/cards.js"
    response = await client.get(response.headers["Location"])
    assert await response.text() == "/* cards.js */"


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("path", ["", "/", "/../manifest.json", "/%2e%2e/manifest.json", "/..%2fconst.py", "/lib"])
async def test_nothing_else_is_served(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator, path: str
) -> None:
    client = await hass_client_no_auth()
    response = await client.get(f"{ours(hass).rpartition('/')[0]}{path}")
    assert response.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


def test_there_is_nothing_in_the_folder_but_modules() -> None:
    assert {path.suffix for path in SOURCES.rglob("*") if path.is_file()} == {".js"}


async def test_both_ways_of_delivery_are_told_the_same_address(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert await urls(hass) == [ours(hass)]
    assert ours(hass) in hass.data[DATA_EXTRA_MODULE_URL].urls

    assert await hass.config_entries.async_reload(entry.entry_id)
    assert await urls(hass) == [ours(hass)]


async def test_a_row_of_an_older_version_becomes_ours_and_nobody_elses_is_touched(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    others = [row(str(number), url, "js") for number, url in enumerate(OTHERS)]
    hass_storage |= stored(*others, row("ours", OLD), row("again", OLD))
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))

    assert await urls(hass) == [*OTHERS, ours(hass)]
    resources = hass.data[LOVELACE_DATA].resources
    assert resources.async_items() == [*others, row("ours", ours(hass))]


async def test_nothing_is_written_where_nothing_changed(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    changes: list[object] = []

    async def changed(*change: object) -> None:
        changes.append(change)

    resources = hass.data[LOVELACE_DATA].resources
    assert isinstance(resources, ResourceStorageCollection)
    resources.async_add_listener(changed)

    assert await hass.config_entries.async_reload(entry.entry_id)
    await set_up(hass, bedroom_entry("Guest room"))
    assert changes == []


async def test_resources_in_yaml_are_their_authors(hass: HomeAssistant) -> None:
    rows = [{"url": "/local/mine.js", "type": "module"}]
    assert await async_setup_component(hass, "lovelace", {"lovelace": {"resource_mode": "yaml", "resources": rows}})
    entry = await set_up(hass, bedroom_entry("Bedroom"))
    assert await urls(hass) == ["/local/mine.js"]
    assert ours(hass) in hass.data[DATA_EXTRA_MODULE_URL].urls

    assert await hass.config_entries.async_remove(entry.entry_id)
    assert await urls(hass) == ["/local/mine.js"]
    assert ours(hass) not in hass.data[DATA_EXTRA_MODULE_URL].urls


async def test_with_the_last_bedroom_the_cards_go_and_with_the_next_they_come_back(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    hass_storage |= stored(row("mine", "/local/mine.js"))
    first, second = [await set_up(hass, bedroom_entry(name)) for name in ("Bedroom", "Guest room")]

    assert await hass.config_entries.async_remove(first.entry_id)
    assert await urls(hass) == ["/local/mine.js", ours(hass)]

    assert await hass.config_entries.async_remove(second.entry_id)
    assert await urls(hass) == ["/local/mine.js"]
    assert ours(hass) not in hass.data[DATA_EXTRA_MODULE_URL].urls

    await set_up(hass, bedroom_entry("Nursery"))
    assert await urls(hass) == ["/local/mine.js", ours(hass)]
    assert ours(hass) in hass.data[DATA_EXTRA_MODULE_URL].urls


async def test_a_bedroom_sleeps_without_cards(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def refuse(*_: object) -> None:
        raise HomeAssistantError(DISK_FULL)

    monkeypatch.setattr(ResourceStorageCollection, "async_create_item", refuse)
    await set_up(hass, bedroom_entry("Bedroom"))
    assert hass.states.is_state("switch.bedroom_bedtime_mode", "off")
    assert DISK_FULL in caplog.text
