"""The file of a session: migrated, read part by part, and kept aside when it is damaged."""

import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.rls_bedtime.bedtime.checked_store import CheckedStore, StorageDamage
from custom_components.rls_bedtime.bedtime.session_state import SessionState
from custom_components.rls_bedtime.bedtime.session_store import SessionStore, SnapshotNotSavedError

from .samples import dimmed
from .test_session_state import STATE, stored

KEY = "rls_bedtime.session.bedroom"


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Use the real storage of Home Assistant, on disk."""
    return {}


@pytest.fixture
def path(hass: HomeAssistant) -> Path:
    """Return the path of the file."""
    path = Path(hass.config.path(".storage", KEY))
    path.parent.mkdir(exist_ok=True)
    return path


@pytest.fixture
def store(hass: HomeAssistant) -> SessionStore:
    """Return the store of a bedroom."""
    return SessionStore(hass, "bedroom")


def write(path: Path, data: Any, minor_version: int = 2, version: int = 1) -> None:
    """Write a file as Home Assistant's storage does."""
    path.write_text(json.dumps({"version": version, "minor_version": minor_version, "key": KEY, "data": data}))


async def test_a_session_is_loaded_as_it_was_saved(store: SessionStore, path: Path) -> None:
    assert await store.async_load() == (SessionState(), None)

    await store.async_save(STATE, required=True)

    assert await store.async_load() == (STATE, None)
    written = json.loads(path.read_text())
    assert (written["version"], written["minor_version"]) == (1, 2)
    await store.async_remove()
    assert not path.exists()


async def test_what_minor_version_1_called_the_fields_of_a_color_is_migrated(store: SessionStore, path: Path) -> None:
    data = stored()
    data["held"]["light.lamp"]["released"] = ["brightness", "color_mode", "hs_color"]
    data["owed"]["light.hall"]["held"]["released"] = ["color_temp_kelvin"]
    write(path, data, minor_version=1)

    state, damage = await store.async_load()

    assert damage is None
    assert state.managed["light.lamp"].released == {"brightness", "color"}
    assert state.pending_restores["light.hall"].entity.released == {"color"}
    assert state.managed["light.ceiling"] == dimmed()


@pytest.mark.parametrize(
    "damage",
    [{"held": 5}, {"owed": [1]}, {"held": {"light.lamp": 5}}, {"held": {"light.lamp": {"released": [[]]}}}],
    ids=str,
)
async def test_damage_in_minor_version_1_costs_itself_alone(
    store: SessionStore, path: Path, damage: dict[str, Any]
) -> None:
    write(path, stored() | damage, minor_version=1)

    state, found = await store.async_load()

    assert found is not None
    assert state.times == STATE.times
    assert state.last_bedtime == STATE.last_bedtime


async def test_a_file_that_is_damaged_in_parts_is_kept_aside(
    store: SessionStore, path: Path, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-11-24T03:00:00+00:00")
    data = stored()
    data["held"]["light.lamp"]["before"] = "?"
    write(path, data | {"warned": "soon"})
    before = path.read_text()

    state, damage = await store.async_load()

    assert damage == StorageDamage(("light.lamp", "warned"), f"{KEY}.damaged.20261124T030000")
    assert set(state.managed) == {"light.ceiling"}
    assert path.with_name(f"{KEY}.damaged.20261124T030000").read_text() == before


@pytest.mark.parametrize("data", [5, [], "session"], ids=str)
@pytest.mark.parametrize("minor_version", [1, 2])
async def test_a_file_that_holds_no_session_is_kept_aside(
    store: SessionStore, path: Path, data: Any, minor_version: int
) -> None:
    write(path, data, minor_version)

    state, damage = await store.async_load()

    assert state == SessionState()
    assert damage is not None
    assert damage.parts == ("session",)
    assert damage.kept_as is not None
    assert json.loads(path.with_name(damage.kept_as).read_text())["data"] == data


async def test_a_file_that_is_no_json_is_renamed_by_home_assistant(store: SessionStore, path: Path) -> None:
    path.write_text("{ half a fi")

    state, damage = await store.async_load()

    assert (state, damage) == (SessionState(), StorageDamage(("session",), None))
    assert [each.read_text() for each in path.parent.glob(f"{KEY}.corrupt.*")] == ["{ half a fi"]


async def test_a_file_of_a_later_version_is_kept_aside(store: SessionStore, path: Path) -> None:
    write(path, stored(), version=2)

    state, damage = await store.async_load()

    assert state == SessionState()
    assert damage is not None
    assert damage.kept_as is not None


async def test_a_snapshot_that_is_not_on_disk_is_refused(store: SessionStore, path: Path) -> None:
    # A directory cannot be replaced by a file, whoever runs this.
    path.mkdir()

    with pytest.raises(SnapshotNotSavedError):
        await store.async_save(STATE, required=True)
    await store.async_save(STATE, required=False)


async def test_what_was_written_without_being_noticed_is_read_back(
    store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another release of Home Assistant may write in another way.
    monkeypatch.delattr(CheckedStore, "_async_write_data")

    await store.async_save(STATE, required=True)

    assert (await store.async_load())[0] == STATE
