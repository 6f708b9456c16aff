"""Translate labels, and format dates, periods and durations in a language."""

import datetime
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_skeleton
from babel.units import format_unit

from cvtools.model.dates import PartialDate, Period

#: Labels by language; for others the English ones. ``cv_labels`` replaces any of them.
LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "present": "present",
        "talks": "Talks",
        "download": "Download as PDF",
        "email": "E-mail",
        "orcid": "ORCID",
        "github": "GitHub",
        "gitlab": "GitLab",
        "linkedin": "LinkedIn",
        "timezone": "Time zone",
        "technology": "Technology",
        "months": "Time of its entries",
        "last": "Last used",
        "entries": "Used in",
        "other": "Other",
        "timeline": "Timeline",
    },
    "pl": {
        "present": "obecnie",
        "talks": "Wystąpienia",
        "download": "Pobierz PDF",
        "headline": "Rola",
        "email": "E-mail",
        "phone": "Telefon",
        "website": "Strona",
        "location": "Miejsce",
        "timezone": "Strefa czasowa",
        "github": "GitHub",
        "gitlab": "GitLab",
        "linkedin": "LinkedIn",
        "mastodon": "Mastodon",
        "orcid": "ORCID",
        "organization": "Organizacja",
        "period": "Okres",
        "duration": "Czas",
        "technologies": "Technologie",
        "institution": "Uczelnia",
        "degree": "Stopień",
        "area": "Kierunek",
        "specialization": "Specjalność",
        "score": "Ocena",
        "event": "Wydarzenie",
        "date": "Data",
        "place": "Miejsce",
        "video": "Nagranie",
        "slides": "Slajdy",
        "page": "Strona",
        "language": "Język",
        "publisher": "Wydawca",
        "authors": "Autorzy",
        "issuer": "Wystawca",
        "technology": "Technologia",
        "months": "Czas wpisów",
        "last": "Ostatnio",
        "entries": "Gdzie",
        "other": "Inne",
        "timeline": "Oś czasu",
    },
}

#: Kinds of entry by the words of a heading, in small letters.
_SECTIONS: Mapping[str, str] = {
    "projects": "project",
    "volunteering": "volunteering",
    "references": "reference",
    "teaching": "teaching",
    "grants": "grant",
    "memberships": "membership",
    "patents": "patent",
    "publications": "publication",
    "awards": "award",
    "courses": "course",
    "certificates": "certificate",
    "experience": "position",
    "education": "education",
}

#: Names of all labels.
NAMES = frozenset[str]().union(*LABELS.values())


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
        known = LABELS.get(self.locale.language, {})
        return self.overrides.get(name) or known.get(name) or LABELS["en"].get(name) or name.capitalize()

    def kinds(self, heading: str) -> Collection[str]:
        """Return the kinds of entry that a section's heading names: ``project`` for "Open-source projects".

        A longer name counts before one within it: "Teaching experience" holds no positions.
        """
        found: dict[str, str] = {}
        rest = heading.casefold()
        for words, kind in sorted(_SECTIONS.items(), key=lambda item: -len(item[0])):
            pattern = rf"(?<!\w){re.escape(words)}(?!\w)"
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


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale("en")
