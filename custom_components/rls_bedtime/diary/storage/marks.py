"""Marks on disk of what must not be forgotten if the process is killed: recoveries nobody has seen, erasures to finish.

A mark is written before the work begins, and deleted last.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
import json
from pathlib import Path
from typing import Any, Final

from .database_file import TIMESTAMP_FORMAT, sync_folder, write_private
from .status import Damage, Recovery, Remedy

_RECOVERY: Final = "recovery-"


class RecoveryMarks:
    """The recoveries that the user has not confirmed, each in a file beside the database. Every method blocks."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> list[Recovery]:
        """Return the recoveries in order. A file that cannot be read is left alone."""
        found = (_parse_recovery(file) for file in self._path.parent.glob(f"{self._path.stem}.{_RECOVERY}*.json"))
        return sorted((each for each in found if each is not None), key=lambda each: (each.recovered_at, each.id))

    def unused_id(self, now: datetime) -> str:
        """Return an id for a recovery, which is part of the name of its file."""
        stamp = now.strftime(TIMESTAMP_FORMAT)
        number, recovery_id = 1, stamp
        while self._file(recovery_id).exists():
            number += 1
            recovery_id = f"{stamp}-{number}"
        return recovery_id

    def write(self, recovery: Recovery) -> None:
        """Write a recovery, or replace it. It is on disk when this returns."""
        content = {key: _to_json(value) for key, value in asdict(recovery).items() if key != "id"}
        write_private(self._file(recovery.id), json.dumps(content))

    def delete(self, recovery_id: str) -> None:
        """Delete a recovery."""
        self._file(recovery_id).unlink(missing_ok=True)
        sync_folder(self._path.parent)

    def _file(self, recovery_id: str) -> Path:
        return self._path.with_name(f"{self._path.stem}.{_RECOVERY}{recovery_id}.json")


@dataclass(frozen=True, slots=True)
class ErasureMark:
    """The ids of the sleepers who are being erased, in a file beside the database. Every method blocks."""

    file: Path

    @classmethod
    def beside(cls, path: Path) -> ErasureMark:
        """Return the mark of a database."""
        return cls(path.with_name(f"{path.stem}.erasing.json"))

    def sleepers(self) -> list[str]:
        """Return the ids of the sleepers who are being erased."""
        try:
            return [str(sleeper) for sleeper in json.loads(self.file.read_text(encoding="utf-8"))]
        except FileNotFoundError, TypeError, ValueError:
            return []

    def add(self, sleeper: str) -> None:
        """Add a sleeper. It is on disk when this returns."""
        write_private(self.file, json.dumps([*self.sleepers(), sleeper]))

    def remove(self, sleeper: str) -> None:
        """Remove a sleeper, who has not been erased."""
        if remaining := [each for each in self.sleepers() if each != sleeper]:
            write_private(self.file, json.dumps(remaining))
        else:
            self.clear()

    def clear(self) -> None:
        """Remove all sleepers: they have been erased."""
        self.file.unlink(missing_ok=True)
        sync_folder(self.file.parent)


def _parse_recovery(file: Path) -> Recovery | None:
    try:
        values: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return Recovery(
            id=file.stem.partition(f".{_RECOVERY}")[2],
            damage=Damage(values["damage"]),
            remedy=Remedy(values["remedy"]),
            recovered_at=datetime.fromisoformat(values["recovered_at"]),
            set_aside=None if values["set_aside"] is None else file.with_name(values["set_aside"]),
            copied_at=_parse_datetime(values["copied_at"]),
            episodes=values["episodes"],
            last_started_at=_parse_datetime(values["last_started_at"]),
        )
    except KeyError, TypeError, ValueError:
        return None


def _parse_datetime(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _to_json(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case Path():
            return value.name
    return value
