"""A file that cannot be used is set aside, never deleted, and the newest good copy takes its place."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
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
    """Be awake at 3:12."""
    freezer.move_to(NOW)


@pytest.fixture
def copied(diary: Diary) -> list[Episode]:
    """Return the episodes of a closed diary that has a copy, the last of them not in it."""
    copied = [
        diary.log("alex", NewEpisode(severity=each, note="x" * 400), NOW - timedelta(days=1)) for each in range(11)
    ]
    diary.copy(NOW - timedelta(days=1))
    late = diary.log("alex", NewEpisode(severity=3), NOW)
    diary.close()
    return [each.episode for each in (*copied, late)]


def opened(path: Path) -> Diary:
    """Open a diary."""
    return Diary(Database(path))


def set_aside(path: Path) -> list[Path]:
    """Return what was set aside."""
    return sorted(each for each in path.parent.glob("diary.*-*.db"))


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scribble(path: Path) -> None:
    damaged = bytearray(path.read_bytes())
    damaged[4096:12288] = b"\xa5" * 8192
    path.write_bytes(damaged)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def replace_by_a_letter(path: Path) -> None:
    path.write_bytes(b"a letter to my doctor" * 100)


def replace_by_anothers_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE letter (text)")


def replace_by_anothers_marked_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 7")
        connection.execute("PRAGMA user_version = 99")


def drop_a_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE clear_night")


type Spoil = Callable[[Path], None]

WAYS: list[tuple[Spoil, Damage]] = [
    (cut_in_half, Damage.DAMAGED),
    (drop_a_table, Damage.DAMAGED),
    (empty, Damage.EMPTY),
    (replace_by_a_letter, Damage.FOREIGN),
    (replace_by_anothers_database, Damage.FOREIGN),
    (replace_by_anothers_marked_database, Damage.FOREIGN),
]


@pytest.mark.parametrize(("spoil", "damage"), WAYS)
def test_an_unusable_file_is_set_aside_and_the_copy_restored(
    path: Path, copied: list[Episode], spoil: Spoil, damage: Damage
) -> None:
    spoil(path)
    spoiled = path.read_bytes()

    diary = opened(path)

    assert diary.episodes("alex") == copied[-2::-1]
    recovery = diary.recovery
    assert recovery is not None
    assert recovery.damage is damage
    assert recovery.recovered_at == NOW
    assert recovery.copied_at == NOW - timedelta(days=1)
    assert (recovery.episodes, recovery.last_started_at) == (11, NOW - timedelta(days=1))
    assert recovery.set_aside == path.with_name(f"diary.{damage}-20261124T021200Z.db")
    assert recovery.set_aside.read_bytes() == spoiled
    assert diary.check(NOW)
    assert diary.log("alex", NewEpisode(), NOW).new
    diary.close()

    again = opened(path)
    assert again.recovery is None
    assert len(again.episodes("alex")) == 12
    again.close()


@pytest.mark.parametrize(("spoil", "damage"), [each for each in WAYS if each[0] is not empty])
def test_without_a_copy_an_unusable_file_is_set_aside_and_a_new_one_created(
    path: Path, diary: Diary, spoil: Spoil, damage: Damage
) -> None:
    diary.log("alex", NewEpisode(), NOW)
    diary.close()
    spoil(path)
    spoiled = path.read_bytes()

    diary = opened(path)

    assert diary.episodes("alex") == []
    assert diary.recovery is not None
    assert (diary.recovery.damage, diary.recovery.copied_at, diary.recovery.episodes) == (damage, None, 0)
    assert [each.read_bytes() for each in set_aside(path)] == [spoiled]
    assert diary.log("alex", NewEpisode(), NOW).new
    diary.close()


def test_an_empty_file_without_a_previous_diary_is_initialized(path: Path) -> None:
    path.touch()

    diary = opened(path)

    assert diary.recovery is None
    assert diary.log("alex", NewEpisode(), NOW).new
    diary.close()


def test_a_missing_file_is_restored_from_the_copy(path: Path, copied: list[Episode]) -> None:
    path.unlink()

    diary = opened(path)

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

    diary = opened(path)

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
    scribble(newest)
    cut_in_half(path)

    diary = opened(path)

    assert len(diary.episodes("alex")) == 2
    assert diary.recovery is not None
    assert diary.recovery.copied_at == NOW - timedelta(days=2)
    assert newest.exists()
    diary.close()


@pytest.fixture
def spoiled_in_use(path: Path, diary: Diary) -> Iterator[Diary]:
    """Return an open diary with a copy, whose pages have been overwritten since."""
    for number in range(300):
        diary.log("alex", NewEpisode(severity=number % 11, note="x" * 500), NOW - timedelta(hours=number))
    diary.copy(NOW)
    diary.close()
    diary = opened(path)
    damaged = bytearray(path.read_bytes())
    damaged[4096:] = b"\xa5" * (len(damaged) - 4096)
    path.write_bytes(damaged)
    yield diary
    diary.close()


def test_an_episode_is_logged_although_damage_is_found(spoiled_in_use: Diary, path: Path) -> None:
    episode = spoiled_in_use.log("alex", NewEpisode(severity=4), NOW).episode

    assert spoiled_in_use.recovery is not None
    assert spoiled_in_use.recovery.episodes == 300
    assert len(spoiled_in_use.episodes("alex")) == 301
    assert spoiled_in_use.episodes("alex")[0] == episode
    assert len(set_aside(path)) == 1


def test_a_file_is_not_replaced_while_another_connection_reads_it(spoiled_in_use: Diary, path: Path) -> None:
    # Who closes the last connection to a file deletes the writes beside its name: by then, those of another file.
    with spoiled_in_use._database._maintenance_lock:  # noqa: SLF001 - as whoever reads beside the log
        writer = Thread(target=spoiled_in_use.log, args=("alex", NewEpisode(severity=4), NOW))
        writer.start()
        writer.join(0.2)
        assert writer.is_alive()
        assert set_aside(path) == []
    writer.join()

    assert len(set_aside(path)) == 1
    assert len(spoiled_in_use.episodes("alex")) == 301
    alone = path.with_name("as the disk holds it.db")
    for suffix in ("", "-wal"):
        alone.with_name(alone.name + suffix).write_bytes(path.with_name(path.name + suffix).read_bytes())
    of_then = opened(alone)
    assert len(of_then.episodes("alex")) == 301
    of_then.close()


def test_a_query_that_finds_damage_is_answered_from_the_copy(spoiled_in_use: Diary) -> None:
    assert len(spoiled_in_use.episodes("alex")) == 300
    assert spoiled_in_use.recovery is not None


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

    diary = opened(path)
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

    diary = opened(path)
    assert not diary.check(NOW)
    assert diary.episodes("alex") == copied[-2::-1]
    diary.close()


def test_a_copy_of_a_damaged_file_is_not_kept(path: Path, spoiled_in_use: Diary) -> None:
    before = list(path.with_name("diary_copies").iterdir())

    spoiled_in_use.copy(NOW + timedelta(days=1))

    assert spoiled_in_use.recovery is not None
    assert list(path.with_name("diary_copies").iterdir()) == before


def test_two_files_set_aside_within_one_second_are_both_kept(path: Path, copied: list[Episode]) -> None:
    for _ in range(2):
        replace_by_a_letter(path)
        opened(path).close()

    assert len(set_aside(path)) == 2


def test_a_newer_file_is_not_opened_set_aside_or_changed(path: Path, copied: list[Episode]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = {each: each.read_bytes() for each in path.parent.rglob("*") if each.is_file()}

    with pytest.raises(NewerDatabaseError) as refused:
        Database(path)

    assert refused.value.key == "diary_newer"
    assert {each: each.read_bytes() for each in path.parent.rglob("*") if each.is_file()} == before


def test_the_file_has_the_application_id_and_schema_version(path: Path, copied: list[Episode]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


@dataclass(frozen=True, repr=False)
class Good:
    """A file and its copy, byte by byte."""

    file: bytes
    copy: bytes


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Good:
    """Return a file and its copy, byte by byte."""
    path = tmp_path_factory.mktemp("good") / "diary.db"
    diary = opened(path)
    for number in range(40):
        entry = NewEpisode(severity=number % 11, note="crawling" * (number % 5), ago=timedelta(minutes=number))
        diary.log("alex", entry, NOW - timedelta(hours=number))
    diary.copy(NOW)
    diary.close()
    (copy,) = path.with_name("diary_copies").iterdir()
    return Good(path.read_bytes(), copy.read_bytes())


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_flipped_bit_loses_at_most_what_was_logged_after_the_copy(
    tmp_path: Path, good: Good, data: st.DataObject
) -> None:
    file, copy = good.file, good.copy
    bit = data.draw(st.integers(0, 100 * 8 - 1) | st.integers(0, len(file) * 8 - 1))
    folder = tmp_path / str(bit)
    folder.mkdir(exist_ok=True)
    for old in folder.rglob("*.*"):
        old.unlink()
    path = folder / "diary.db"
    path.with_name("diary_copies").mkdir(exist_ok=True)
    (path.with_name("diary_copies") / "20261124T021200Z.db").write_bytes(copy)
    flipped = bytearray(file)
    flipped[bit // 8] ^= 1 << bit % 8
    path.write_bytes(flipped)

    try:
        diary = opened(path)
    except NewerDatabaseError:
        assert 60 <= bit // 8 < 64  # where the file keeps its version
        return
    diary.overview("alex", NOW)
    diary.episodes("alex")
    assert diary.log("alex", NewEpisode(severity=3), NOW + timedelta(minutes=1)).new
    diary.check(NOW)

    assert diary.check(NOW)
    assert len(diary.episodes("alex")) in (40, 41)
    assert all(each.stat().st_size == len(file) for each in set_aside(path))
    diary.close()
