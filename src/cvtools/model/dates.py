"""Dates of reduced precision (ISO 8601-1, 5.2.2.3) and the periods between them."""

import calendar
import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

_DATE = r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?"
_PERIOD = re.compile(
    rf"(?P<start>{_DATE})(?:\s*(?:--?|[–—]|\bto\b)\s*(?P<end>{_DATE}|present|now|))?", re.IGNORECASE
)
_SEPARATOR = re.compile(r"\s*[–—]\s*|\s+(?:--?|to)(?:\s+|$)", re.IGNORECASE)
_MONTHS = {name.lower(): i for i, name in enumerate(calendar.month_abbr) if name}


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
        if not re.fullmatch(_DATE, text):
            raise ValueError(f'"{text}" is not a date: {_hint(text)}')
        year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
        try:
            datetime.date(year, month if len(text) > 4 else 1, day if len(text) > 7 else 1)
        except ValueError as error:
            raise ValueError(f'"{text}" is not a date: {error}') from None
        return cls(year, month, day)

    def __str__(self) -> str:
        parts = [f"{self.year:04}", f"{self.month:02}", f"{self.day:02}"]
        return "-".join(parts[: 1 + bool(self.month) + bool(self.day)])

    def precedes(self, other: "PartialDate") -> bool:
        """Whether this is earlier than ``other`` as far as both are known: 2012-09 does not precede 2012."""
        mine, theirs = str(self), str(other)
        known = min(len(mine), len(theirs))
        return mine[:known] < theirs[:known]


@dataclass(frozen=True)
class Period:
    """A span of time; both ends belong to it."""

    start: PartialDate
    #: The last month or day of it; None while it lasts.
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
            for part in _SEPARATOR.split(text, maxsplit=1):
                if part.lower() not in {"", "present", "now"}:
                    PartialDate.parse(part)
            raise ValueError(
                f'"{text}" is not a period: write for example 2014-03 – 2016-04 or 2024-03 – present'
            )
        start = PartialDate.parse(match["start"])
        if match["end"] is None:
            return cls(start, start)
        if match["end"].lower() in {"", "present", "now"}:
            return cls(start, None)
        end = PartialDate.parse(match["end"])
        if end.precedes(start):
            raise ValueError(f'"{text}" ends before it starts: did you mean {end} – {start}?')
        return cls(start, end)

    def span(self, today: PartialDate) -> tuple[int, int]:
        """First and last month, as months since year 0; a year alone counts from January to December."""
        first = self.start.year * 12 + (self.start.month or 1) - 1
        end = self.end or today
        return first, max(first, end.year * 12 + (end.month or 12) - 1)

    def months(self, today: PartialDate) -> int | None:
        """Length in months, both end months counted; None where an end's month is not known."""
        if not self.start.month or not (self.end or today).month:
            return None
        return months_in_union([self], today)


def months_in_union(periods: Iterable[Period], today: PartialDate) -> int:
    """The number of months in which at least one of the periods was under way."""
    total, reached = 0, -1
    for first, last in sorted(period.span(today) for period in periods):
        total += max(0, last - max(first - 1, reached))
        reached = max(reached, last)
    return total


def envelope(periods: Iterable[Period]) -> Period:
    """The period from the earliest start to the latest end."""
    known = list(periods)
    ends = [period.end for period in known]
    latest = None if None in ends else max(end for end in ends if end)
    return Period(min(period.start for period in known), latest)


def _hint(text: str) -> str:
    """What the author may have meant, or the forms that exist."""
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?", text):
        year, month, day = match.groups()
    elif match := re.fullmatch(r"(?:(\d{1,2})[-/.])?(\d{1,2})[-/.](\d{4})", text):
        day, month, year = match.groups()
    elif (match := re.fullmatch(r"(?:(\d{1,2})\.?\s+)?([A-Za-z]{3,})\.?,?\s+(\d{4})", text)) and (
        number := _MONTHS.get(match[2][:3].lower())
    ):
        day, month, year = match[1], str(number), match[3]
    else:
        return "write 2012, 2012-09 or 2012-09-14"
    return "did you mean " + "-".join(part.zfill(2) for part in (year, month, day) if part) + "?"
