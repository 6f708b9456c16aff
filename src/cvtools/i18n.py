"""Translate labels, and format dates, periods and durations in a language."""

import datetime
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_skeleton
from babel.units import format_unit

from cvtools.model.dates import PartialDate, Period

#: Folder of the tables, one for each language.
TABLES = Path(__file__).with_name("languages")
#: Meanings of words in dates, see :attr:`I18n.date_words`, by their names in the tables.
_MEANINGS: Mapping[str, int | str] = {"spring": 21, "summer": 22, "autumn": 23, "winter": 24, "of": ""}


@dataclass(frozen=True)
class I18n:
    """The labels and formats of one language.

    :param language: Sphinx's name of the language, such as ``en`` or ``pt_BR``
    :param overrides: labels that replace those of the table, by name
    """

    language: str
    overrides: Mapping[str, str] = field(default_factory=dict)

    @property
    def locale(self) -> Locale:
        """Formats of the language; English for a language that Babel does not know."""
        return _locale(self.language)

    def label(self, name: str) -> str:
        """Return the label of a field or of another name in the table."""
        return self.overrides.get(name) or self._table.labels.get(name) or name.capitalize()

    @property
    def has_labels(self) -> bool:
        """Return whether there is a label for every name; in a language without a table, others are English."""
        return bool(_table(self.locale)) or label_names() <= self.overrides.keys()

    @property
    def text_direction(self) -> str:
        """Return ``ltr``, or ``rtl`` for a language that is written from right to left."""
        return str(self.locale.text_direction)

    @property
    def date_words(self) -> Mapping[str, int | str]:
        """Return the meanings of the words in dates that people write, each in lower case, without a dot at its end.

        A meaning is a month (1 to 12), a season (21 to 24, from spring), "present", "since", "to" or "about"; empty
        for a word without one, as in "14th of March".
        """
        words = {}
        for names in (self._names_of_months, self._table.dates, {"present": [self.label("present")]}):
            for meaning, written in names.items():
                words |= {word.casefold().rstrip("."): _MEANINGS.get(str(meaning), meaning) for word in written}
        return words

    def kinds(self, heading: str) -> Collection[str]:
        """Return the kinds of entry that a section's heading names: ``project`` for "Open-source projects".

        A longer name counts before one within it: "Teaching experience" holds no positions.
        """
        found: dict[str, str] = {}
        rest = heading.casefold()
        tables = (_read_table("en"), self._table)
        sections = {
            name.casefold(): kind for table in tables for kind in table.sections for name in table.sections[kind]
        }
        for words, kind in sorted(sections.items(), key=lambda item: -len(item[0])):
            # Chinese and Japanese have no spaces between words.
            pattern = re.escape(words) if "\u2e80" <= words[0] <= "\u9fff" else rf"(?<!\w){re.escape(words)}(?!\w)"
            if re.search(pattern, rest):
                found[kind] = words
                rest = re.sub(pattern, " ", rest)
        return found.keys()

    def date(self, date: PartialDate) -> str:
        """Return ``2012``, ``Sep 2012`` or ``Sep 14, 2012``."""
        if not date.month:
            return str(date.year)
        day = datetime.date(date.year, date.month, date.day or 1)
        return format_skeleton("yMMMd" if date.day else "yMMM", day, locale=self.locale)

    def period(self, period: Period) -> str:
        """Return ``Mar 2014 – Apr 2016``; a single date if both ends are the same."""
        if period.start == period.end:
            return self.date(period.start)
        return f"{self.date(period.start)} – {self.date(period.end) if period.end else self.label('present')}"

    def duration(self, months: int) -> str:
        """Return ``2 years 9 months``."""
        years, months = divmod(months, 12)
        parts = [(years, "duration-year"), (months, "duration-month")]
        return " ".join(format_unit(n, unit, "long", locale=self.locale) for n, unit in parts if n)

    def language_name(self, tag: str) -> str:
        """Return ``Polish`` for ``pl``."""
        return Locale.parse(tag, sep="-").get_display_name(self.locale) or tag

    @property
    def _table(self) -> "_Table":
        return _table(self.locale) or _read_table("en")

    @property
    def _names_of_months(self) -> Mapping[int | str, Sequence[str]]:
        forms, widths = ("format", "stand-alone"), ("abbreviated", "wide")
        names = [self.locale.months[form][width] for form in forms for width in widths]
        return {month: [known[month] for known in names] for month in range(1, 13)}


@dataclass(frozen=True)
class _Table:
    """The words of a language."""

    #: Labels by name.
    labels: Mapping[str, str]
    #: Words in dates, by their meaning.
    dates: Mapping[int | str, Sequence[str]]
    #: Words in the headings of sections, by the kind of entry that they hold; the usual ones are first.
    sections: Mapping[str, Sequence[str]]


def _table(locale: Locale) -> _Table | None:
    """Return the table of a language and its script, or of the language alone; None if there is none."""
    # Norwegian is written as Bokmål, and Chinese in simplified characters, unless it says otherwise.
    language = {"no": "nb", "zh": "zh-Hans"}.get(locale.language, locale.language)
    names = (f"{locale.language}-{locale.script}", language)
    return next((_read_table(name) for name in names if (TABLES / f"{name}.toml").exists()), None)


@cache
def _read_table(name: str) -> _Table:
    return _Table(**tomllib.loads((TABLES / f"{name}.toml").read_text("utf-8")))


def label_names() -> Set[str]:
    """Return the names of all labels."""
    return _read_table("en").labels.keys()


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale("en")
