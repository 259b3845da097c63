"""The page of a report: HTML with everything in it, to read, to print and to keep."""

from collections.abc import Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple

from homeassistant.core import HomeAssistant
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from ..diary.models import MarkedChange, MarkedChangeKind
from ..diary.statistics.comparison import NightSetFigures, Sentence
from ..diary.statistics.medicines import SinceMedicine
from ..diary.statistics.report import NightEntry, PartOfDay, Report
from ..diary.statistics.with_without import SubjectKind, WithWithout, WithWithoutComparison
from ..localize import async_get_texts
from .charts import NightMark, mark_of, onset_bars, week_rows
from .options import ReportOptions

TEMPLATES: Final = Path(__file__).parent / "templates"
_TEMPLATE: Final = "report.html.jinja"
_SELECTORS: Final = ("report", "comparison", "body_parts", "relief", "kind")

_RIGHT_TO_LEFT: Final = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})
"""Languages that are written from right to left."""

_NOON: Final = 12
"""The hour at which the histogram of onsets begins."""

_MARK_TEXTS: Final[Mapping[NightMark, str]] = {
    NightMark.SEVERE: "mark_severe",
    NightMark.MODERATE: "mark_moderate",
    NightMark.MILD: "mark_mild",
    NightMark.UNRATED: "mark_unrated",
    NightMark.CLEAR: "mark_clear",
    NightMark.UNRECORDED: "mark_unrecorded",
}
_PART_TEXTS: Final[Mapping[PartOfDay, str]] = {
    PartOfDay.DAY: "part_day",
    PartOfDay.EVENING: "part_evening",
    PartOfDay.BEFORE_BED: "part_before_bed",
    PartOfDay.AFTER_BED: "part_after_bed",
}


_WITH_TEXTS: Final[Mapping[SubjectKind, tuple[str, str, str]]] = {
    SubjectKind.PRACTICE: ("practice_removed", "compare_with", "compare_without"),
    SubjectKind.BEDTIME_MODE: ("bedtime_mode", "compare_with", "compare_without"),
    SubjectKind.TEMPERATURE: ("compare_temperature", "compare_temperature_above", "compare_temperature_below"),
    SubjectKind.HUMIDITY: ("compare_humidity", "compare_humidity_above", "compare_humidity_below"),
    SubjectKind.ILLUMINANCE: ("compare_illuminance", "compare_illuminance_above", "compare_illuminance_below"),
}
"""The keys of what is compared, an item only if it was removed, and of the nights with it and without it."""


class _ShiftTexts(NamedTuple):
    """The keys of what is said of a figure that is unknown, lower or earlier, higher or later, or the same."""

    unknown: str
    less: str
    more: str
    same: str


_ONSET_TEXTS: Final = _ShiftTexts("onset_unknown", "onset_less", "onset_more", "onset_same")
_SEVERITY_TEXTS: Final = _ShiftTexts("severity_unknown", "severity_less", "severity_more", "severity_same")

type Texts = Mapping[str, Mapping[str, str]]
"""The texts of the page in its language, by selector and key."""


async def async_get_page_texts(hass: HomeAssistant, language: str) -> dict[str, dict[str, str]]:
    """Return the texts of a page in a language."""
    return {selector: await async_get_texts(hass, selector, language) for selector in _SELECTORS}


def render_page(
    report: Report,
    options: ReportOptions,
    texts: Texts,
    made_on: date,
    comparisons: WithWithoutComparison | None = None,
) -> Iterator[str]:
    """Yield the page in pieces. It reads a file, and takes its time: iterate outside of the event loop."""
    words = _Words(texts)
    weeks = week_rows(report.entries, [change.day for change in report.changes])
    yield from _template().generate(
        words=words,
        report=report,
        options=options,
        made_on=made_on,
        direction="rtl" if options.language.partition("-")[0] in _RIGHT_TO_LEFT else "ltr",
        week_rows=weeks,
        bars=onset_bars(report.summary.figures.onset.histogram, _NOON),
        marks=list(NightMark),
        mark_of=mark_of,
        parts_of_day=[(words.text(_PART_TEXTS[part]), count) for part, count in report.parts_of_day.items()],
        months=_months(report.entries),
        comparisons=comparisons,
        notes=report.notes if options.notes else (),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(_TEMPLATE)


def _months(entries: tuple[NightEntry, ...]) -> list[tuple[date, list[NightEntry]]]:
    """Return the nights of each month."""
    months = groupby(entries, key=lambda entry: entry.night.replace(day=1))
    return [(month, list(nights)) for month, nights in months]


class _Words:
    """What the page says, in its language."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def text(self, key: str, /, **values: Any) -> str:
        """Return a text of the page."""
        return self._texts["report"][key].format(**{name: self._format(value) for name, value in values.items()})

    def mark(self, mark: NightMark) -> str:
        """Return what the mark of a night means."""
        return self.text(_MARK_TEXTS[mark])

    def option(self, selector: str, key: str) -> str:
        """Return the name of a choice."""
        return self._texts[selector].get(key, key)

    def number(self, value: float) -> str:
        """Return a number with at most one decimal."""
        whole, _, tenth = f"{abs(value):.1f}".partition(".")
        text = whole if tenth == "0" else self._texts["report"]["decimal"].format(whole=whole, tenth=tenth)
        return f"\u2212{text}" if value < 0 and text != "0" else text

    def percent(self, value: float) -> str:
        """Return a rounded percentage, without its sign."""
        return self.number(round(value))

    def subject(self, item: WithWithout) -> str:
        """Return with and without what nights are compared."""
        subject = item.subject
        if subject.text is not None and not subject.removed:
            return subject.text
        return self.text(_WITH_TEXTS[subject.kind][0], item=subject.text)

    def sides(self, item: WithWithout) -> list[tuple[str, NightSetFigures]]:
        """Return both sets of nights, each with its name."""
        _, with_it, without_it = _WITH_TEXTS[item.subject.kind]
        comparison = item.comparison
        return [(self.text(with_it), comparison.second), (self.text(without_it), comparison.first)]

    def difference(self, item: WithWithout) -> list[str]:
        """Return the differences between both sets of nights, with their signs."""
        difference = item.comparison.difference
        if difference is None:
            return []
        interval = difference.affected_interval
        points, low, high = map(self._signed, (difference.affected_points, interval.low, interval.high))
        confidence = self.confidence(item)
        lines = [self.text("compare_points", points=points, low=low, high=high, confidence=confidence)]
        if difference.severity_shift is not None:
            lines.append(self.text("compare_shift", shift=self._signed(difference.severity_shift, 1)))
        return lines

    def confidence(self, item: WithWithout) -> str:
        """Return the confidence of intervals, in percent."""
        return self.number(round(100 * item.confidence, 1))

    def sentence(self, sentence: Sentence) -> str:
        """Return a sentence about a comparison."""
        return self._texts["comparison"][sentence.key].format(**sentence.values)

    def _signed(self, value: float, digits: int = 0) -> str:
        text = self.number(round(value, digits))
        return f"+{text}" if round(value, digits) > 0 else text

    def time(self, value: time) -> str:
        """Return a time of day."""
        return value.isoformat("minutes")

    def change(self, change: MarkedChange) -> str:
        """Return what was marked: its kind, name, and amount or laboratory value."""
        value = None if change.value is None else self._exactly(change.value)
        said = " ".join(filter(None, (change.name, change.amount, value, change.unit)))
        kind = self.option("kind", change.kind)
        if change.kind is MarkedChangeKind.LABORATORY and said:
            return said
        return self.text("change_named", kind=kind, name=said) if said else kind

    def medicine(self, medicine: SinceMedicine) -> str:
        """Return the name of a medicine, and since when it was taken."""
        name = medicine.started.name or self.option("kind", medicine.started.kind)
        if medicine.stopped is None:
            return self.text("since", name=name, date=medicine.started.day)
        return self.text("since_until", name=name, date=medicine.started.day, end=medicine.stopped.day)

    def medicine_facts(self, medicine: SinceMedicine) -> list[str]:
        """Return the four facts since a medicine was started."""
        first, second = medicine.comparison.first, medicine.comparison.second
        difference = medicine.comparison.difference
        onset = None if difference is None else difference.onset_minutes
        severity = None if difference is None else difference.severity_shift
        parts = [
            f"{self.option('body_parts', part)} ({night.isoformat()})"
            for part, night in medicine.new_body_parts.items()
        ]
        doses = [
            f"{each.day.isoformat()}: {each.amount}" if each.amount else each.day.isoformat() for each in medicine.doses
        ]
        return [
            self._shift(_ONSET_TEXTS, None if onset is None else round(onset), first.episodes, second.episodes),
            self._shift(_SEVERITY_TEXTS, severity, first.rated, second.rated),
            self.text("new_parts", parts=", ".join(parts)) if parts else self.text("no_new_parts"),
            self.text("doses", doses=", ".join(doses)) if doses else self.text("no_doses"),
        ]

    def _shift(self, keys: _ShiftTexts, shift: float | None, first: int, second: int) -> str:
        """Return by how much a figure has shifted, in words without a sign, with the n of both sets of nights."""
        key = keys.unknown if shift is None else keys.less if shift < 0 else keys.more if shift > 0 else keys.same
        return self.text(key, shift=abs(shift or 0), before=first, recent=second)

    def _exactly(self, value: float) -> str:
        """Return a number as it was given, without an exponent."""
        whole, _, rest = format(Decimal(str(value)).normalize(), "f").partition(".")
        return self._texts["report"]["decimal"].format(whole=whole, tenth=rest) if rest else whole

    def _format(self, value: Any) -> str:
        match value:
            case int() | float():
                return self.number(value)
            case time():
                return self.time(value)
            case date():
                return value.isoformat()
        return str(value)
