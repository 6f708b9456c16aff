"""Translate labels, and format dates, periods and durations in a language."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_skeleton
from babel.units import format_unit

from cvtools.model.dates import ENGLISH, DateWords, PartialDate, Period

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

#: Words that dates may be written with, by language and meaning; Babel knows the months.
DATE_WORDS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "pl": {
        "present": ["obecnie", "teraz", "dziś", "dzisiaj", "nadal"],
        "since": ["od"],
        "to": ["do"],
        "about": ["ok", "około", "początek", "połowa", "koniec"],
        "spring": ["wiosna", "wiosną"],
        "summer": ["lato", "latem"],
        "autumn": ["jesień", "jesienią"],
        "winter": ["zima", "zimą"],
        "": ["r", "roku"],
    },
}

#: Numbers of the seasons in dates.
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "winter": 24}

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

    @property
    def date_words(self) -> DateWords:
        """Words that the language's dates are written with, and English ones."""
        known = _date_words(self.language)
        return replace(known, meanings={**known.meanings, self.label("present").casefold(): "present"})

    def date(self, date: PartialDate | str) -> str:
        """Return ``2012``, ``Sep 2012`` or ``Sep 14, 2012``; words as written."""
        if isinstance(date, str) or date.words:
            return date if isinstance(date, str) else date.words
        if not date.month:
            return str(date.year)
        day = datetime.date(date.year, date.month, date.day or 1)
        return format_skeleton("yMMMd" if date.day else "yMMM", day, locale=self.locale)

    def period(self, period: Period | str) -> str:
        """Return ``Mar 2014 – Apr 2016``; a single date if both ends are the same; words as written."""
        if isinstance(period, str):
            return period
        if period.start == period.end or period.since:
            return f"{period.since} {self.date(period.start)}".lstrip()
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


@cache
def _date_words(language: str) -> DateWords:
    locale = _locale(language)
    meanings = dict(ENGLISH.meanings)
    for meaning, words in DATE_WORDS.get(locale.language, {}).items():
        meanings |= dict.fromkeys(map(str.casefold, words), _SEASONS.get(meaning, meaning))
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for month, name in locale.months[context][width].items():
                meanings[name.casefold().rstrip(".")] = month
    return DateWords(meanings, locale.language != "en", _words_everywhere)


@cache
def _words_everywhere() -> DateWords:
    meanings: dict[str, int | str] = {}
    for language in LABELS:
        meanings = {LABELS[language]["present"].casefold(): "present", **_date_words(language).meanings, **meanings}
    return DateWords(meanings, day_first=True)
