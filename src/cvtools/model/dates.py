"""Parse and compare dates of reduced precision (ISO 8601-1, 5.2.2.3) and periods between them."""

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cvtools.model.errors import MistakeError

_DATE = r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?"
_PERIOD = re.compile(rf"(?P<start>{_DATE})(?:\s*(?:--?|[–—]|\bto\b)\s*(?P<end>{_DATE}|present|now|))?", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*[–—]\s*|\s+(?:--?|to)(?:\s+|$)", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, order=True)
class PartialDate:
    """A year, a month of a year, or a day."""

    #: Year of the Gregorian calendar, 1 to 9999.
    year: int
    #: Month, 1 to 12; 0 where only the year is known.
    month: int = 0
    #: Day of the month, 1 to 31; 0 where it is not known.
    day: int = 0

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read ``2012``, ``2012-09`` or ``2012-09-14``.

        :raises ValueError: the text is none of these, or no such day exists.
        """
        if problem := _problem(text):
            problem, meant = f'"{text}" is not a date: {problem}', _meant(text)
            raise MistakeError(problem, text, meant[0]) if len(meant) == 1 else ValueError(problem)
        year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
        return cls(year, month, day)

    def __str__(self) -> str:
        parts = [f"{self.year:04}", f"{self.month:02}", f"{self.day:02}"]
        return "-".join(parts[: 1 + bool(self.month) + bool(self.day)])

    def precedes(self, other: "PartialDate") -> bool:
        """Return whether this is earlier than ``other`` in the precision of both: 2012-09 does not precede 2012."""
        mine, theirs = str(self), str(other)
        known = min(len(mine), len(theirs))
        return mine[:known] < theirs[:known]


@dataclass(frozen=True)
class Period:
    """A span of time that includes both ends."""

    start: PartialDate
    #: None while it lasts.
    end: PartialDate | None

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read ``2014-03 – 2016-04``, ``2024-03 – present``, ``2024-03 –``, or a date alone.

        A hyphen, an en dash and the word "to" all separate.

        :raises ValueError: an end is not a date, or precedes the start.
        """
        match = _PERIOD.fullmatch(text)
        if not match:
            # Let the end that is wrong speak for itself.
            ends = _SEPARATOR.split(text, maxsplit=1)
            for end in ends:
                if end.lower() not in {"", "present", "now"} and (len(ends) == 2 or any(_readings(end))):
                    PartialDate.parse(end)
            raise ValueError(f'"{text}" is not a period: write for example 2014-03 – 2016-04 or 2024-03 – present')
        start = PartialDate.parse(match["start"])
        if match["end"] is None:
            return cls(start, start)
        if match["end"].lower() in {"", "present", "now"}:
            return cls(start, None)
        end = PartialDate.parse(match["end"])
        if end.precedes(start):
            meant = f"{end} – {start}"
            raise MistakeError(f'"{text}" ends before it starts: did you mean {meant}?', text, meant)
        return cls(start, end)

    def span(self, today: PartialDate) -> tuple[int, int]:
        """Return the first and last month, counted since year 0; a year alone lasts from January to December."""
        first = self.start.year * 12 + (self.start.month or 1) - 1
        end = self.end or today
        return first, max(first, end.year * 12 + (end.month or 12) - 1)

    def months(self, today: PartialDate) -> int | None:
        """Return the number of months, both ends included; None if the month of an end is not known."""
        if not self.start.month or not (self.end or today).month:
            return None
        return months_in_union([self], today)


def months_in_union(periods: Iterable[Period], today: PartialDate) -> int:
    """Return the number of months that belong to at least one of the periods."""
    total, reached = 0, -1
    for first, last in sorted(period.span(today) for period in periods):
        total += max(0, last - max(first - 1, reached))
        reached = max(reached, last)
    return total


def envelope(periods: Iterable[Period]) -> Period:
    """Return the period from the earliest start to the latest end."""
    known = list(periods)
    ends = [period.end for period in known]
    # A year alone lasts to its December.
    latest = None if None in ends else max((end for end in ends if end), key=_last_day)
    return Period(min(period.start for period in known), latest)


def _last_day(date: PartialDate) -> tuple[int, int, int]:
    return date.year, date.month or 12, date.day or 31


def _problem(text: str) -> str:
    """Return why a text is not a date, with a suggestion; empty if it is one."""
    if not re.fullmatch(_DATE, text):
        meant = _meant(text)
        return f"did you mean {' or '.join(meant)}?" if meant else "write 2012, 2012-09 or 2012-09-14"
    year, month, day = (*map(int, text.split("-")), 1, 1)[:3]
    if not year:
        return "there is no year 0"
    if not 1 <= month <= 12:
        return f"there is no month {month}"
    days = calendar.monthrange(year, month)[1]
    return "" if 1 <= day <= days else f"{text[:7]} has {days} days"


def _meant(text: str) -> list[str]:
    """Return what may have been meant by a text that is not of a date's form."""
    if re.fullmatch(_DATE, text):
        return []
    if re.fullmatch("current(ly)?|ongoing|today|pres[a-z]*", text, re.IGNORECASE):
        return ["present"]
    return list(dict.fromkeys(reading for reading in _readings(text) if not _problem(reading)))


def _readings(text: str) -> Iterator[str]:
    """Yield dates, valid or not, that the author may have meant."""
    number, year = "([0-9]{1,2})", "([0-9]{4})"
    forms = (
        (rf"{year}[-/.]{number}(?:[-/.]{number})?", (1, 2, 3)),
        (rf"(?:{number}[-/.])?{number}[-/.]{year}", (3, 2, 1)),
        (rf"{number}[-/.]{number}[-/.]{year}", (3, 1, 2)),
        (rf"(?:{number}\.?\s+)?([A-Za-z]{{3,}})\.?,?\s+{year}", (3, 2, 1)),
        (rf"([A-Za-z]{{3,}})\.?\s+{number},?\s+{year}", (3, 1, 2)),
    )
    for form, order in forms:
        if match := re.fullmatch(form, text):
            parts = [match[group] for group in order if match[group]]
            if (name := parts[1][:3].lower()) in _MONTHS:
                parts[1] = str(_MONTHS.index(name) + 1)
            yield "-".join(part.zfill(2) for part in parts)
