"""The words and formats of a language: what a label is called, how a date, a period and a duration read."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_skeleton
from babel.units import format_unit

from cvtools.model.dates import PartialDate, Period

#: Labels by language. A language that is missing here takes the English ones, then ``cv_labels``.
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

#: All that has a label.
NAMES = frozenset[str]().union(*LABELS.values())


@dataclass(frozen=True)
class I18n:
    """How things are said in one language.

    :param language: Sphinx's name of the language, such as ``en`` or ``pt_BR``
    :param overrides: labels that replace the ones known here, by name
    """

    language: str
    overrides: Mapping[str, str] = field(default_factory=dict)

    @property
    def locale(self) -> Locale:
        """The language's formats; English ones for a language that Babel does not know."""
        return _locale(self.language)

    def label(self, name: str) -> str:
        """What a field, or another thing that has a name, is called."""
        known = LABELS.get(self.locale.language, {})
        return self.overrides.get(name) or known.get(name) or LABELS["en"].get(name) or name.capitalize()

    def date(self, date: PartialDate) -> str:
        """``2012``, ``Sep 2012`` or ``Sep 14, 2012``."""
        if not date.month:
            return str(date.year)
        day = datetime.date(date.year, date.month, date.day or 1)
        return format_skeleton("yMMMd" if date.day else "yMMM", day, locale=self.locale)

    def period(self, period: Period) -> str:
        """``Mar 2014 – Apr 2016``; a single date where both ends are the same."""
        if period.start == period.end:
            return self.date(period.start)
        return f"{self.date(period.start)} – {self.date(period.end) if period.end else self.label('present')}"

    def duration(self, months: int) -> str:
        """``2 years 9 months``."""
        years, months = divmod(months, 12)
        parts = [(years, "duration-year"), (months, "duration-month")]
        return " ".join(format_unit(n, unit, "long", locale=self.locale) for n, unit in parts if n)

    def language_name(self, tag: str) -> str:
        """``Polish`` for ``pl``."""
        return Locale.parse(tag, sep="-").get_display_name(self.locale) or tag


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale("en")
