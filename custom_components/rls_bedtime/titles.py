"""What the events of a diary are called in a calendar, and what is said by calling one something. Pure."""

from dataclasses import dataclass
import re
from typing import Final

from .diary.models import SEVERITIES

_RATING: Final = re.compile(r"(\d{1,2})(?:\s*/\s*10)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTitles:
    """The titles of an episode, of one whose severity is known ({severity}), and of a clear night."""

    episode: str
    rated_episode: str
    clear_night: str

    def for_severity(self, severity: int | None) -> str:
        """Return the title of an episode."""
        return self.episode if severity is None else self.rated_episode.format(severity=severity)

    def parse(self, title: str, description: str | None) -> tuple[int | None, str | None]:
        """Return the severity and the note that somebody meant by a title and a description.

        A title that is a rating, or one of ours, says the severity. Other words are theirs, and part of the note.
        """
        title = title.strip()
        severity = self._parse_severity(title)
        is_ours = severity is not None or title.casefold() == self.episode.casefold()
        note = "\n".join(filter(None, ("" if is_ours else title, (description or "").strip())))
        return severity, note or None

    def _parse_severity(self, title: str) -> int | None:
        if (rating := _RATING.fullmatch(title)) and int(rating[1]) in SEVERITIES:
            return int(rating[1])
        return next((each for each in SEVERITIES if self.for_severity(each).casefold() == title.casefold()), None)
