"""Translate labels, and format dates, periods and durations in a language."""

import copy
import datetime
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, localedata
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.units import format_unit

from cvtools.model.dates import DateWords, PartialDate, Period, folded
from cvtools.model.kinds import KINDS

#: Folder of the tables, one for each language.
TABLES = Path(__file__).with_name("languages")
#: Meanings of keys of "dates", see :class:`~cvtools.model.dates.DateWords`; any other key is a meaning itself.
_MEANINGS: Mapping[str, int | str] = {"spring": 21, "summer": 22, "autumn": 23, "winter": 24, "of": ""}
#: Locales with further names of months that dates may have, by language: "Jänner" in Austria.
_REGIONS = {"ar": "ar_LB", "de": "de_AT", "es": "es_PE"}


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
        """Return the formats of the language; English ones if Babel does not know it."""
        return _locale(self.language)

    def label(self, name: str) -> str:
        """Return the label of a field or of another name in the table."""
        return self.overrides.get(name) or self._table["labels"].get(name) or name.capitalize()

    def labelled(self, words: str) -> Sequence[str]:
        """Return the names in the table that have a label: "location" and "place" for "Ort"."""
        return [name for name in self._table["labels"] if folded(self.label(name)) == folded(words)]

    @property
    def before_colon(self) -> str:
        """Return the text between a label and its colon: a no-break space in French, empty elsewhere."""
        return "\N{NO-BREAK SPACE}" if self.locale.language == "fr" else ""

    @property
    def has_labels(self) -> bool:
        """Return whether all labels are in the language: it has a table, or all labels are overridden."""
        return bool(_table(self.locale)) or label_names() <= self.overrides.keys()

    @property
    def date_words(self) -> DateWords:
        """Return the words for months, seasons and the like in dates of the language and in English dates."""
        return _words(self.language, self.label("present"))

    @property
    def typical_words(self) -> Set[str]:
        """Return words that texts in the language often have: "and", "or", words in dates, and names of languages."""
        joined = " ".join(format_list(["", ""], style, self.locale) for style in ("standard", "or"))
        names = (self.locale.languages.get(tag.partition("-")[0], "") for tag in languages())
        return {*folded(joined).split(), *map(folded, names), *_words(self.language).meanings}

    @property
    def headings(self) -> Set[str]:
        """Return the headings of sections in the language, in small letters."""
        return {folded(name) for names in self._table["sections"].values() for name in names}

    def kinds(self, heading: str) -> Collection[str]:
        """Return the kinds of entry that a section's heading names: ``project`` for "Open-source projects".

        Longer names win: "Teaching experience" does not name positions, although "Experience" does.
        """
        kinds: list[str] = []
        rest = folded(heading)
        for pattern, kind in _heading_patterns(self.locale):
            if re.search(pattern, rest):
                kinds.append(kind)
                # Remove the name, lest a shorter one match within it.
                rest = re.sub(pattern, " ", rest)
        return list(dict.fromkeys(kinds))

    def kind(self, heading: str) -> str:
        """Return the first kind that a heading names, apart from "other"; empty if it names none."""
        return next((kind for kind in self.kinds(heading) if kind != "other"), "")

    def section_kind(self, heading: str) -> str:
        """Return the kind whose name is the whole heading: ``skills`` for "Skills"; empty if there is none."""
        # A sign before the words, such as an emoji, is no part of them.
        words = re.sub(r"^\W+", "", folded(heading)).strip()
        return next((kind for pattern, kind in _heading_patterns(self.locale) if re.fullmatch(pattern, words)), "")

    def heading(self, section: str) -> str:
        """Return the usual heading of a section, by its name in the table: ``Work experience`` for "work"."""
        name: str = self._table["sections"][section][0]
        return name[:1].upper() + name[1:]

    def date(self, date: PartialDate | str, *, in_full: bool = False) -> str:
        """Return ``2012``, ``Sep 2012`` or ``Sep 14, 2012``, in full ``September 14, 2012``; free words as written.

        Words of another language in a date become words of this one: ``summer 2012`` for "été 2012".
        """
        if isinstance(date, str):
            return date
        if date.words:
            return self._verbal_date(date)
        if not date.month:
            return str(date.year)
        day = datetime.date(date.year, date.month, date.day or 1)
        if in_full and date.day:
            return format_date(day, "long", locale=self.locale)
        return format_skeleton("yMMMd" if date.day else "yMMM", day, locale=self.locale)

    def _verbal_date(self, date: PartialDate) -> str:
        """Return a date in words, with this language's words for seasons and for "about".

        A date with a word of another meaning, such as "expected" or "of", stays as written.
        """
        own, words = _words(self.language), re.findall(r"[^\s\d.,/–-]{2,}", folded(date.words))
        # Each table begins its words for "about" with two that have no other meaning.
        about = {folded(word) for language in languages() for word in _read_table(language)["dates"]["about"][:2]}
        is_simple = all(isinstance(_words_of_all_languages().meaning(word), int) or word in about for word in words)
        if not is_simple or all(own.meaning(word) is not None for word in words):
            return date.words
        # Seasons are the months from 21 on.
        if date.month <= 12:
            return f"{self._table['dates']['about'][0]} {self.date(replace(date, words=''))}"
        text = own.repaired(date.words)
        # German writes nouns with a capital.
        return text[:1].upper() + text[1:] if self.locale.language == "de" else text

    def period(self, period: Period) -> str:
        """Return ``Mar 2014 – Apr 2016``; a single date if both ends are the same."""
        # Leave out another language's "since", which this one might write after the date.
        since = period.since if _words(self.language).prefix("since", period.since) else ""
        if period.start == period.end or since:
            return f"{since} {self.date(period.start)} {period.remark}".strip()
        return f"{self.date(period.start)} – {self.end(period)} {period.remark}".rstrip()

    def end(self, period: Period) -> str:
        """Return ``Apr 2016`` or ``present``."""
        return self.date(period.end) if period.end else self.label("present")

    def duration(self, months: int) -> str:
        """Return ``2 years 9 months``."""
        years, months = divmod(months, 12)
        return " ".join(self._unit(n, unit) for n, unit in ((years, "year"), (months, "month")) if n)

    def _unit(self, number: int, unit: str) -> str:
        # Babel has only the short form if both are the same, and returns a placeholder for the other.
        forms = (format_unit(number, f"duration-{unit}", length, locale=self.locale) for length in ("long", "short"))
        return next((text for text in forms if "duration-" not in text), f"{number} {unit}")

    def language_name(self, tag: str) -> str:
        """Return ``Polish`` for ``pl``."""
        return Locale.parse(tag, sep="-").get_display_name(self.locale) or tag

    @property
    def _table(self) -> "_Table":
        return _table(self.locale) or _read_table("en")


#: A language's tables: "labels" by name; "dates", words by meaning; and "sections", headings by name of section (such
#: as "work"), the usual one first.
_Table = Mapping[str, Mapping[str, Any]]


@cache
def _table(locale: Locale) -> _Table | None:
    """Return the tables for a language and its script, or else for the language; None if there are none."""
    # Norwegian is Bokmål, and Chinese is in simplified characters, unless the locale has another script.
    language = {"no": "nb", "zh": "zh-Hans"}.get(locale.language, locale.language)
    names = (f"{locale.language}-{locale.script}", language)
    return next((_read_table(name) for name in names if (TABLES / f"{name}.toml").exists()), None)


@cache
def _read_table(name: str) -> _Table:
    return tomllib.loads((TABLES / f"{name}.toml").read_text("utf-8"))


def label_names() -> Set[str]:
    """Return the names of all labels."""
    return _read_table("en")["labels"].keys()


@cache
def languages() -> Sequence[str]:
    """Return the tags of the languages that have tables, English first."""
    return sorted((path.stem for path in TABLES.glob("*.toml")), key=lambda tag: (tag != "en", tag))


@cache
def all_headings() -> Set[str]:
    """Return the headings of sections in all languages, in small letters."""
    return {heading for language in languages() for heading in I18n(language).headings}


@cache
def all_labels(name: str) -> Set[str]:
    """Return the label with a name in all languages, in small letters."""
    return {folded(I18n(language).label(name)) for language in languages()}


@cache
def _heading_patterns(locale: Locale) -> Sequence[tuple[str, str]]:
    """Return patterns of names of sections, the longest name first, each with the kind of the section's entries."""
    tables = (_read_table("en"), _table(locale) or _read_table("en"))
    sections = {
        folded(name): section for table in tables for section, names in table["sections"].items() for name in names
    }
    kinds = {"work": "position", "breaks": "other"} | {f"{kind}s": kind for kind in KINDS}
    patterns = []
    for name in sorted(sections, key=len, reverse=True):
        # A name in Chinese or Japanese may be part of a word, since these have no spaces between words.
        is_spaced = not any("\u3040" <= character <= "\u9fff" for character in name)
        pattern = rf"(?<!\w){re.escape(name)}(?!\w)" if is_spaced else re.escape(name)
        patterns.append((pattern, kinds.get(sections[name], sections[name])))
    return patterns


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale("en")


@cache
def _words(language: str, present: str = "") -> DateWords:
    """Return the words in dates of a language; if its label for "present" is given, that and English words, too."""
    meanings = _meanings(language)
    if present:
        meanings = {**_meanings("en"), **meanings, folded(present).rstrip("."): "present"}
    return DateWords(meanings, day_first=_locale(language).language != "en", all_languages=_words_of_all_languages)


@cache
def _words_of_all_languages() -> DateWords:
    meanings = (_meanings(language) for language in sorted(languages()))
    return DateWords({word: meaning for words in meanings for word, meaning in words.items()})


def _meanings(language: str) -> dict[str, int | str]:
    """Return the meanings of words in dates of a language, as :class:`DateWords` defines them."""
    locale = _locale(language)
    table = _table(locale) or _read_table("en")
    # Copy the names of months, since Babel would store into them those of languages that it falls back to.
    copied: dict[str | int | None, object] = {"months": copy.deepcopy(localedata.load(str(locale))["months"])}
    names = localedata.LocaleDataDict(copied)["months"]
    region = _REGIONS.get(locale.language, language)
    meanings = _meanings(region) if region != language else {}
    for meaning, words in table["dates"].items():
        meanings |= dict.fromkeys(map(folded, words), _MEANINGS.get(meaning, meaning))
    for form in ("format", "stand-alone"):
        for width in ("abbreviated", "wide"):
            months = names[form][width]
            meanings |= {folded(name).rstrip("."): month for month, name in months.items()}
    return meanings
