"""What a report contains, and where it is served."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from ..const import DOMAIN

URL: Final = f"/api/{DOMAIN}/report"


class ReportFormat(StrEnum):
    """Formats of a report: a page to print, two tables, and the whole diary."""

    PAGE = "page"
    EPISODES = "episodes"
    NIGHTS = "nights"
    JSON = "json"


class Parameter(StrEnum):
    """Parameters of a request for a report: fields of the action that gives the link, and the format."""

    SLEEPER = "sleeper"
    FORMAT = "format"
    FROM = "from"
    TO = "to"
    NOTES = "notes"
    COMPARISONS = "comparisons"
    NAME = "name"
    LANGUAGE = "language"


CONTENT_TYPES: Final[Mapping[ReportFormat, str]] = {
    ReportFormat.PAGE: "text/html",
    ReportFormat.EPISODES: "text/csv",
    ReportFormat.NIGHTS: "text/csv",
    ReportFormat.JSON: "application/json",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """What a report contains: the nights from `start` to `end`, notes, comparisons, whose name, in which language.

    `other_name` is the name on the page if it is not that of the sleeper.
    """

    start: date
    end: date
    notes: bool
    comparisons: bool
    sleeper_name: str
    other_name: str | None
    language: str

    @property
    def name(self) -> str:
        """Return the name on the page."""
        return self.other_name or self.sleeper_name

    def file_name(self, report_format: ReportFormat) -> str:
        """Return the name of a file to download. It does not say whose diary it is."""
        if report_format is ReportFormat.JSON:
            return f"{DOMAIN}_{self.end}.json"
        return f"{DOMAIN}_{self.start}_{self.end}_{report_format}.csv"
