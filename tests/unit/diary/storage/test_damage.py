"""Tests of damaged and foreign files: they are set aside, and the newest valid copy is restored."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
import sqlite3
from threading import Thread
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import Episode, NewEpisode, NewerDatabaseError
from custom_components.rls_bedtime.diary.storage.database import Database
from custom_components.rls_bedtime.diary.storage.migrations import APPLICATION_ID, SCHEMA_VERSION
from custom_components.rls_bedtime.diary.storage.status import Damage

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 3, 12, tzinfo=BERLIN)
TONIGHT = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def at_night(freezer: FrozenDateTimeFactory) -> None:
    """Set the time to 3:12."""
    freezer.move_to(NOW)


@pytest.fixture
def copied(diary: Diary) -> list[Episode]:
    """Return the episodes of a closed diary. All but the last one are in its copy."""
    copied = [
        diary.log("alex", NewEpisode(severity=each, note="x" * 400), NOW - timedelta(days=1)) for each in range(11)
    ]
    diary.copy(NOW - timedelta(days=1))
    late = diary.log("alex", NewEpisode(severity=3), NOW)
    diary.close()
    return [each.episode for each in (*copied, late)]


def open_diary(path: Path) -> Diary:
    """Open a diary."""
    return Diary(Database(path))


def set_aside(path: Path) -> list[Path]:
    """Return the files that were set aside."""
    return sorted(each for each in path.parent.glob("diary.*-*.db"))


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwrite_pages(path: Path) -> None:
    damaged = bytearray(path.read_bytes())
    damaged[4096:12288] = b"\xa5" * 8192
    path.write_bytes(damaged)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def replace_with_text(path: Path) -> None:
    path.write_bytes(b"a letter to my doctor" * 100)


def replace_with_foreign_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE letter (text)")


def replace_with_marked_foreign_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 7")
        connection.execute("PRAGMA user_version = 99")


def drop_a_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE clear_night")


type Damaging = Callable[[Path], None]

DAMAGES: list[tuple[Damaging, Damage]] = [
    (cut_in_half, Damage.DAMAGED),
    (drop_a_table, Damage.DAMAGED),
    (empty, Damage.EMPTY),
    (replace_with_text, Damage.FOREIGN),
    (replace_with_foreign_database, Damage.FOREIGN),
    (replace_with_marked_foreign_database, Damage.FOREIGN),
]


@pytest.mark.parametrize(("damage_file", "damage"), DAMAGES)
def test_an_unusable_file_is_set_aside_and_the_copy_restored(
    path: Path, copied: list[Episode], damage_file: Damaging, damage: Damage
) -> None:
    damage_file(path)
    damaged_content = path.read_bytes()

    diary = open_diary(path)

    assert diary.episodes("alex") == copied[-2::-1]
    recovery = diary.recovery
    assert recovery is not None
    assert recovery.damage is damage
    assert recovery.recovered_at == NOW
    assert recovery.copied_at == NOW - timedelta(days=1)
    assert (recovery.episodes, recovery.last_started_at) == (11, NOW - timedelta(days=1))
    assert recovery.set_aside == path.with_name(f"diary.{damage}-20261124T021200Z.db")
    assert recovery.set_aside.read_bytes() == damaged_content
    assert diary.check(NOW)
    assert diary.log("alex", NewEpisode(), NOW).new
    diary.close()

    reopened = open_diary(path)
    assert reopened.recovery is None
    assert len(reopened.episodes("alex")) == 12
    reopened.close()


@pytest.mark.parametrize(("damage_file", "damage"), [each for each in DAMAGES if each[0] is not empty])
def test_without_a_copy_an_unusable_file_is_set_aside_and_a_new_one_created(
    path: Path, diary: Diary, damage_file: Damaging, damage: Damage
) -> None:
    diary.log("alex", NewEpisode(), NOW)
    diary.close()
    damage_file(path)
    damaged_content = path.read_bytes()

    diary = open_diary(path)

    assert diary.episodes("alex") == []
    assert diary.recovery is not None
    assert (diary.recovery.damage, diary.recovery.copied_at, diary.recovery.episodes) == (damage, None, 0)
    assert [each.read_bytes() for each in set_aside(path)] == [damaged_content]
    assert diary.log("alex", NewEpisode(), NOW).new
    diary.close()


def test_an_empty_file_without_a_previous_diary_is_initialized(path: Path) -> None:
    path.touch()

    diary = open_diary(path)

    assert diary.recovery is None
    assert diary.log("alex", NewEpisode(), NOW).new
    diary.close()


def test_a_missing_file_is_restored_from_the_copy(path: Path, copied: list[Episode]) -> None:
    path.unlink()

    diary = open_diary(path)

    assert diary.episodes("alex") == copied[-2::-1]
    assert diary.recovery is not None
    assert (diary.recovery.damage, diary.recovery.set_aside) == (Damage.MISSING, None)
    diary.close()


def test_a_wal_without_its_file_is_set_aside(path: Path, diary: Diary) -> None:
    diary.log("alex", NewEpisode(), NOW)
    writes = path.with_name("diary.db-wal").read_bytes()
    assert writes
    diary.close()
    path.unlink()
    path.with_name("diary.db-wal").write_bytes(writes)

    diary = open_diary(path)

    assert diary.recovery is not None
    assert diary.recovery.damage is Damage.MISSING
    assert diary.recovery.set_aside is not None
    assert diary.recovery.set_aside.read_bytes() == writes
    diary.close()


def test_a_damaged_copy_is_not_restored(path: Path, diary: Diary) -> None:
    for day in (3, 2, 1):
        diary.log("alex", NewEpisode(severity=day), NOW - timedelta(days=day))
        diary.copy(NOW - timedelta(days=day))
    diary.close()
    newest = max(path.with_name("diary_copies").iterdir())
    overwrite_pages(newest)
    cut_in_half(path)

    diary = open_diary(path)

    assert len(diary.episodes("alex")) == 2
    assert diary.recovery is not None
    assert diary.recovery.copied_at == NOW - timedelta(days=2)
    assert newest.exists()
    diary.close()


@dataclass(frozen=True, repr=False)
class FileAndCopy:
    """The contents of a file and of its copy."""

    file: bytes
    copy: bytes

    def write(self, path: Path) -> None:
        """Write the file and the copy to disk."""
        path.write_bytes(self.file)
        copies = path.with_name("diary_copies")
        copies.mkdir(exist_ok=True)
        (copies / "20261124T021200Z.db").write_bytes(self.copy)


def closed_with_copy(diary: Diary, path: Path) -> FileAndCopy:
    """Copy and close a diary, and return the contents of the file and of the copy."""
    diary.copy(NOW)
    diary.close()
    (copy,) = path.with_name("diary_copies").iterdir()
    return FileAndCopy(path.read_bytes(), copy.read_bytes())


@pytest.fixture(scope="module")
def large_file_and_copy(tmp_path_factory: pytest.TempPathFactory) -> FileAndCopy:
    """Return the contents of a file with 300 episodes and of its copy."""
    path = tmp_path_factory.mktemp("large") / "diary.db"
    diary = open_diary(path)
    for number in range(300):
        diary.log("alex", NewEpisode(severity=number % 11, note="x" * 500), NOW - timedelta(hours=number))
    return closed_with_copy(diary, path)


@pytest.fixture
def damaged_in_use(path: Path, large_file_and_copy: FileAndCopy) -> Iterator[Diary]:
    """Return an open diary with a copy, whose pages have been overwritten since."""
    large_file_and_copy.write(path)
    diary = open_diary(path)
    damaged = bytearray(path.read_bytes())
    damaged[4096:] = b"\xa5" * (len(damaged) - 4096)
    path.write_bytes(damaged)
    yield diary
    diary.close()


def test_an_episode_is_logged_although_damage_is_found(damaged_in_use: Diary, path: Path) -> None:
    episode = damaged_in_use.log("alex", NewEpisode(severity=4), NOW).episode

    assert damaged_in_use.recovery is not None
    assert damaged_in_use.recovery.episodes == 300
    assert len(damaged_in_use.episodes("alex")) == 301
    assert damaged_in_use.episodes("alex")[0] == episode
    assert len(set_aside(path)) == 1


def test_a_file_is_not_replaced_while_another_connection_reads_it(damaged_in_use: Diary, path: Path) -> None:
    # Closing the last connection to a file deletes the WAL by its name: by then, that of another file.
    with damaged_in_use._database._maintenance_lock:  # noqa: SLF001 - as a concurrent reader does
        writer = Thread(target=damaged_in_use.log, args=("alex", NewEpisode(severity=4), NOW))
        writer.start()
        writer.join(0.2)
        assert writer.is_alive()
        assert set_aside(path) == []
    writer.join()

    assert len(set_aside(path)) == 1
    assert len(damaged_in_use.episodes("alex")) == 301
    alone = path.with_name("on disk.db")
    for suffix in ("", "-wal"):
        alone.with_name(alone.name + suffix).write_bytes(path.with_name(path.name + suffix).read_bytes())
    restored = open_diary(alone)
    assert len(restored.episodes("alex")) == 301
    restored.close()


def test_a_query_that_finds_damage_is_answered_from_the_copy(damaged_in_use: Diary) -> None:
    assert len(damaged_in_use.episodes("alex")) == 300
    assert damaged_in_use.recovery is not None


def test_the_check_finds_a_damaged_index(path: Path, diary: Diary) -> None:
    for number in range(50):
        diary.log("alex", NewEpisode(severity=number % 11, note="x" * 500), NOW - timedelta(hours=number))
    assert diary.check(NOW)
    assert diary.statistics().intact
    diary.copy(NOW)
    diary.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET rootpage = 4 WHERE name = 'ix_episode_sleeper_logged_at'")
        connection.commit()

    diary = open_diary(path)
    assert not diary.check(NOW)

    assert diary.recovery is not None
    assert len(diary.episodes("alex")) == 50
    assert diary.statistics().intact is False
    assert diary.check(NOW)
    assert diary.statistics().intact is True
    diary.close()


def test_the_check_finds_an_invalid_datetime(path: Path, copied: list[Episode]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE episode SET started_at = '2026-02-31 00:00:00.000000'")
        connection.commit()

    diary = open_diary(path)
    assert not diary.check(NOW)
    assert diary.episodes("alex") == copied[-2::-1]
    diary.close()


def test_an_overview_that_finds_an_unreadable_start_is_answered_from_the_copy(
    path: Path, copied: list[Episode]
) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE episode SET started_at = '2026-11-23 25:00:00.000000'")
        connection.commit()

    diary = open_diary(path)
    assert diary.overview("alex", NOW).last == copied[-2]
    assert diary.recovery is not None
    diary.close()


def test_statistics_that_find_an_unreadable_start_are_made_of_the_copy(path: Path, copied: list[Episode]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE episode SET started_at = '2026-11-23 25:00:00.000000'")
        connection.commit()

    diary = open_diary(path)
    assert len(diary.statistics_source("alex", 0).onsets) == len(copied) - 1
    assert diary.recovery is not None
    diary.close()


def test_a_copy_of_a_damaged_file_is_not_kept(path: Path, damaged_in_use: Diary) -> None:
    before = list(path.with_name("diary_copies").iterdir())

    damaged_in_use.copy(NOW + timedelta(days=1))

    assert damaged_in_use.recovery is not None
    assert list(path.with_name("diary_copies").iterdir()) == before


def test_two_files_set_aside_within_one_second_are_both_kept(path: Path, copied: list[Episode]) -> None:
    for _ in range(2):
        replace_with_text(path)
        open_diary(path).close()

    assert len(set_aside(path)) == 2


def test_a_newer_file_is_not_opened_set_aside_or_changed(path: Path, copied: list[Episode]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = {each: each.read_bytes() for each in path.parent.rglob("*") if each.is_file()}

    with pytest.raises(NewerDatabaseError) as error:
        Database(path)

    assert error.value.key == "diary_newer"
    assert {each: each.read_bytes() for each in path.parent.rglob("*") if each.is_file()} == before


def test_the_file_has_the_application_id_and_schema_version(path: Path, copied: list[Episode]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


@pytest.fixture(scope="module")
def file_and_copy(tmp_path_factory: pytest.TempPathFactory) -> FileAndCopy:
    """Return the contents of a file and of its copy."""
    path = tmp_path_factory.mktemp("file_and_copy") / "diary.db"
    diary = open_diary(path)
    for number in range(40):
        entry = NewEpisode(severity=number % 11, note="crawling" * (number % 5), ago=timedelta(minutes=number))
        diary.log("alex", entry, NOW - timedelta(hours=number))
    return closed_with_copy(diary, path)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_flipped_bit_loses_at_most_what_was_logged_after_the_copy(
    tmp_path: Path, file_and_copy: FileAndCopy, data: st.DataObject
) -> None:
    file = file_and_copy.file
    bit = data.draw(st.integers(0, 100 * 8 - 1) | st.integers(0, len(file) * 8 - 1))
    folder = tmp_path / str(bit)
    folder.mkdir(exist_ok=True)
    for old in folder.rglob("*.*"):
        old.unlink()
    path = folder / "diary.db"
    flipped = bytearray(file)
    flipped[bit // 8] ^= 1 << bit % 8
    replace(file_and_copy, file=bytes(flipped)).write(path)

    try:
        diary = open_diary(path)
    except NewerDatabaseError:
        assert 60 <= bit // 8 < 64  # the schema version
        return
    diary.overview("alex", NOW)
    diary.episodes("alex")
    assert diary.log("alex", NewEpisode(severity=3), NOW + timedelta(minutes=1)).new
    diary.check(NOW)

    assert diary.check(NOW)
    assert len(diary.episodes("alex")) in (40, 41)
    assert all(each.stat().st_size == len(file) for each in set_aside(path))
    diary.close()
