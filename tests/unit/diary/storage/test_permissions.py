"""Tests that only the owner can access the files of the diary."""

from collections.abc import Iterator
from datetime import UTC, datetime
import os
from pathlib import Path
import shutil

import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import NewEpisode
from custom_components.rls_bedtime.diary.storage.database import Database

NOW = datetime(2026, 11, 24, 3, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _ordinary_umask() -> Iterator[None]:
    """Let new files be readable by everybody, as most systems do."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    """Return the permissions of everything in a folder."""
    return {str(each.relative_to(folder)): oct(each.stat().st_mode & 0o777) for each in folder.rglob("*")}


def write_everything(path: Path) -> Diary:
    """Return an open diary with a copy, a file that was set aside, and marks of a recovery and of an erasure."""
    diary = Diary(Database(path))
    diary.log("alex", NewEpisode(), NOW)
    diary.copy(NOW)
    diary.close()
    path.write_bytes(b"a letter")
    diary = Diary(Database(path))
    diary.log("alex", NewEpisode(), NOW)
    diary.pause_checkpoints()
    diary.erase_sleeper("kim")
    return diary


def test_only_the_owner_can_access_what_the_diary_writes(path: Path) -> None:
    diary = write_everything(path)
    found = modes(path.parent)
    diary.close()

    assert found.pop("diary_copies") == "0o700"
    assert len(found) == 7
    assert set(found.values()) == {"0o600"}


def test_the_files_of_an_earlier_version_are_corrected_at_the_start(path: Path) -> None:
    write_everything(path).close()
    mine = path.with_name("mine.db")
    shutil.copyfile(path, mine)
    for each in path.parent.rglob("*"):
        each.chmod(0o755 if each.is_dir() else 0o644)

    Diary(Database(path)).close()

    found = modes(path.parent)
    assert found.pop("diary_copies") == "0o700"
    assert found.pop("mine.db") == "0o644"
    assert {name: mode for name, mode in found.items() if mode != "0o600" and ".json" not in name} == {}


def test_a_file_system_without_permissions_is_no_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    write_everything(path).close()
    for each in path.parent.rglob("*"):
        each.chmod(0o755 if each.is_dir() else 0o644)
    monkeypatch.setattr(os, "chmod", refuse)
    monkeypatch.setattr(Path, "chmod", refuse)

    diary = Diary(Database(path))
    diary.copy(NOW)
    assert diary.recovery is None
    diary.close()
