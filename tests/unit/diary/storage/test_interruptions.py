"""Tests of what is finished, or still told, after the process was killed in the middle of it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
import shutil

import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import DatabaseError, NewEpisode
from custom_components.rls_bedtime.diary.storage.copies import Copies
from custom_components.rls_bedtime.diary.storage.database import Database
from custom_components.rls_bedtime.diary.storage.marks import ErasureMark, RecoveryMarks
from custom_components.rls_bedtime.diary.storage.status import Damage, Remedy

from ..killed import killed_at_each_step

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

NOW = datetime(2026, 11, 24, 3, 12, tzinfo=UTC)


def files_with(text: bytes, folder: Path) -> list[str]:
    """Return the names of the files in a folder that contain a text."""
    return sorted(each.name for each in folder.rglob("*") if each.is_file() and text in each.read_bytes())


class Saved:
    """A folder whose content can be put back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._content = {each: each.read_bytes() for each in folder.rglob("*") if each.is_file()}

    def put_back(self) -> None:
        """Put the content back, and nothing else."""
        for each in self._folder.iterdir():
            shutil.rmtree(each) if each.is_dir() else each.unlink()
        for path, content in self._content.items():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)


# --- a sleeper is erased ----------------------------------------------------------------------------------------------


def write_secrets(path: Path) -> None:
    """Write a diary of two sleepers, with two copies, and an earlier state of it that was set aside."""
    diary = Diary(Database(path))
    for number in range(20):
        diary.log("alex", NewEpisode(note=f"secret {number}" + "x" * 300), NOW + timedelta(minutes=number))
        diary.log("kim", NewEpisode(note=f"mine {number}"), NOW)
    diary.copy(NOW)
    diary.copy(NOW + timedelta(days=1))
    diary.close()
    shutil.copyfile(path, path.with_name("diary.foreign-20261101T000000Z.db"))


def test_a_sleeper_whose_erasure_was_killed_is_erased_at_the_next_start(path: Path) -> None:
    write_secrets(path)
    saved = Saved(path.parent)

    def erase() -> None:
        Diary(Database(path)).erase_sleeper("alex")

    has_begun = False
    for step in killed_at_each_step(saved.put_back, erase):
        has_begun |= bool(ErasureMark.beside(path).sleepers())
        diary = Diary(Database(path))
        diary.close()
        assert not has_begun or files_with(b"secret", path.parent) == [], step
        assert ErasureMark.beside(path).sleepers() == []
        reopened = Diary(Database(path))
        assert len(reopened.episodes("kim")) == 20
        assert reopened.recovery is None
        assert reopened.check(NOW)
        reopened.close()
        for copy in Copies(path.with_name("diary_copies")).all():
            copied = Diary(Database(copy.path))
            assert len(copied.episodes("kim")) == 20
            copied.close()
    assert has_begun
    assert files_with(b"secret", path.parent) == []


def test_a_sleeper_is_erased_from_what_was_set_aside_as_far_as_it_is_sound(path: Path) -> None:
    write_secrets(path)
    damaged = path.with_name("diary.damaged-20261101T000000Z.db")
    damaged.write_bytes(path.read_bytes()[:8192])
    writes = path.with_name("diary.unmatched-20261101T000000Z.db-wal")
    writes.write_bytes(b"secret")
    before = damaged.read_bytes()

    diary = Diary(Database(path))
    diary.erase_sleeper("alex")

    assert set(files_with(b"secret", path.parent)) <= {damaged.name, writes.name}
    assert damaged.read_bytes() == before
    # They are named to the user, who can delete them.
    assert {damaged, writes} <= set(diary.set_aside_files())
    diary.close()


def test_a_sleeper_is_erased_from_a_copy_that_an_earlier_version_made(path: Path) -> None:
    copies = path.with_name("diary_copies")
    copies.mkdir()
    shutil.copyfile(Path(__file__).parent.parent / "files" / "schema_1.db", copies / "20261101T000000Z.db")
    assert files_with(b"crawling", path.parent)

    diary = Diary(Database(path))
    diary.erase_sleeper("alex")

    assert files_with(b"crawling", path.parent) == []
    assert diary.recovery is not None
    assert [each.sleeper for each in diary.orphaned_sleepers(())] == ["kim"]
    diary.close()


def test_a_sleeper_erased_during_a_backup_is_gone_when_it_ends(diary: Diary, path: Path) -> None:
    diary.log("alex", NewEpisode(note="secret"), NOW)
    diary.pause_checkpoints()
    diary.erase_sleeper("alex")
    assert diary.episodes("alex") == []
    assert ErasureMark.beside(path).sleepers() == ["alex"]

    diary.resume_checkpoints()

    assert files_with(b"secret", path.parent) == []
    assert ErasureMark.beside(path).sleepers() == []


def test_an_erasure_that_the_disk_refuses_to_finish_is_finished_with_the_next_copy(
    diary: Diary, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    diary.log("alex", NewEpisode(note="secret"), NOW)
    diary.copy(NOW)
    with monkeypatch.context() as patch:
        patch.setattr(Copies, "erase_sleeper", refuse)
        diary.erase_sleeper("alex")
        with pytest.raises(DatabaseError, match="diary_disk_full"):
            diary.copy(NOW)
        assert files_with(b"secret", path.parent)

    diary.copy(NOW + timedelta(days=1))

    assert files_with(b"secret", path.parent) == []


def test_an_erasure_that_is_refused_does_not_take_place_later(
    diary: Diary, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    episode = diary.log("alex", NewEpisode(), NOW).episode
    with diary._database._raw_connection() as connection:  # noqa: SLF001 - the limit applies to a connection
        connection.execute("PRAGMA query_only = ON")
    with pytest.raises(DatabaseError):
        diary.erase_sleeper("alex")
    diary.close()

    reopened = Diary(Database(path))
    assert reopened.episodes("alex") == [episode]
    reopened.close()


def test_only_the_refused_one_of_two_erasures_is_taken_back(path: Path) -> None:
    mark = ErasureMark.beside(path)
    mark.add("alex")
    mark.add("kim")
    mark.remove("kim")
    assert mark.sleepers() == ["alex"]
    mark.file.write_text("{")
    assert mark.sleepers() == []


# --- a damaged file is recovered --------------------------------------------------------------------------------------


def damage(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00" + b"\xa5" * 5000)


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def write_over(path: Path) -> None:
    path.write_text("a letter" * 100)


@pytest.mark.parametrize("damage_file", [damage, cut_off, write_over])
@pytest.mark.parametrize("has_copy", [True, False], ids=["with a copy", "without a copy"])
def test_a_recovery_that_was_killed_is_completed_and_told_at_the_next_start(
    path: Path, damage_file: Callable[[Path], None], *, has_copy: bool
) -> None:
    diary = Diary(Database(path))
    diary.log("alex", NewEpisode(), NOW)
    if has_copy:
        diary.copy(NOW)
    diary.close()
    damage_file(path)
    damaged = path.read_bytes()
    saved = Saved(path.parent)

    for step in killed_at_each_step(saved.put_back, lambda: Database(path)):
        for _ in range(2):
            diary = Diary(Database(path))
            (recovery,) = diary.recoveries
            assert recovery.remedy is (Remedy.RESTORED if has_copy else Remedy.RECREATED), step
            assert recovery.set_aside is not None
            assert recovery.set_aside.read_bytes() == damaged
            assert recovery.episodes == len(diary.episodes("alex")) == has_copy
            assert diary.set_aside_files() == [recovery.set_aside]
            diary.close()
    # The last run was not killed: nobody was told of what it did.
    (recovery,) = (diary := Diary(Database(path))).recoveries
    assert diary.recovery is None
    diary.close()


def test_a_recovery_is_told_at_each_start_until_it_is_confirmed(path: Path) -> None:
    Database(path).close()
    damage(path)
    Database(path).close()
    for _ in range(3):
        database = Database(path)
        (recovery,) = database.recoveries
        database.close()

    RecoveryMarks(path).delete(recovery.id)

    database = Database(path)
    assert database.recoveries == ()
    database.close()


def test_two_recoveries_within_a_second_are_both_told(path: Path) -> None:
    for _ in range(2):
        damage(path)
        Database(path).close()
    database = Database(path)
    assert len({each.id for each in database.recoveries}) == 2
    assert len({each.set_aside for each in database.recoveries}) == 2
    database.close()


def test_a_mark_that_cannot_be_read_keeps_no_diary_from_opening(path: Path) -> None:
    mark = path.with_name("diary.recovery-20261124T031200Z.json")
    mark.write_text("{")
    database = Database(path)
    assert database.recoveries == ()
    assert mark.exists()
    database.close()


def test_a_replacement_that_fails_again_never_overwrites_what_was_set_aside(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    diary = Diary(Database(path))
    diary.log("alex", NewEpisode(), NOW)
    diary.copy(NOW)
    diary.close()
    damage(path)
    first = path.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr("custom_components.rls_bedtime.diary.storage.database.open_engine", refuse)
        with suppress(DatabaseError):
            Database(path)
    write_over(path)
    second = path.read_bytes()

    database = Database(path)
    aside = [each.set_aside for each in database.recoveries]
    assert [each and each.read_bytes() for each in aside] == [first, second]
    assert [each.damage for each in database.recoveries] == [Damage.DAMAGED, Damage.FOREIGN]
    database.close()
