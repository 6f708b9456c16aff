"""Parse and compare dates of reduced precision (ISO 8601-1, 5.2.2.3) and periods between them.

A date may also be written as people do, with the words of a language: "March 2014", "03.2014", "Summer 2019",
"ca. 2010". Seasons and quarters have numbers in the place of a month's (ISO 8601-2, 4.8).
"""

import calendar
import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from cvtools.model import MistakeError

_ISO = r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?"
_DASH = "--?|[–—~〜\uff5e→]"
#: First and last month by :attr:`PartialDate.month`; winter lasts until February of the next year.
_SPANS = {0: (1, 12), **{month: (month, month) for month in range(1, 13)}}
_SPANS |= {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 14), 33: (1, 3), 34: (4, 6), 35: (7, 9), 36: (10, 12)}
#: Months by Roman numerals, and the year before the first one of each Japanese era.
_ROMAN = {figure: month for month, figure in enumerate("i ii iii iv v vi vii viii ix x xi xii".split(), 1)}
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
#: Maximum length of a date or period in characters; a longer text is prose, and could take long to parse.
_MAX_LENGTH = 80


@dataclass(frozen=True)
class DateWords:
    """Words that dates and periods of a language may have."""

    #: Meaning of each word in lower case, without a dot at its end: a month (1 to 12), a season (21 to 24), "present",
    #: "since", "to" or "about"; "" for a word without a meaning, such as "of" in "14th of March".
    meanings: Mapping[str, int | str]
    #: True if 03/04/2014 is in April; False if it may be in March as well.
    day_first: bool = False
    #: Function that returns the words of all languages, for suggestions; its first call is slow.
    all_languages: "Callable[[], DateWords] | None" = None

    def meaning(self, word: str) -> int | str | None:
        """Return the meaning of a word or of an abbreviation of three letters or more; None for an unknown word."""
        if word in self.meanings or len(word) < 3:
            return self.meanings.get(word, _ROMAN.get(word))
        meanings = {meaning for name, meaning in self.meanings.items() if name.startswith(word)}
        numbers = [meaning for meaning in meanings if isinstance(meaning, int)]
        return numbers[0] if len(numbers) == 1 else _ROMAN.get(word)

    def prefix(self, meaning: str, text: str) -> str:
        """Return the word for `meaning` ("since" or "about") that begins a text, and the space after it; "" if none."""
        match = re.match(rf"(?:{self._patterns[meaning]})(?![^\W\d_])\.?[\s-]*", text, re.IGNORECASE)
        return match[0] if match else ""

    def is_present(self, text: str) -> bool:
        """Return whether a text, the end of a period, is empty or a word such as "present"."""
        return not text or self.meanings.get(folded(text).rstrip(".")) == "present"

    def splits(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield the texts before and after each dash or word that may separate two dates, beginning with the last.

        Some languages put "since" after its date, and "to" after the second date; "present" may follow without a dash.
        """
        to, since, present = (self._patterns[meaning] for meaning in ("to", "since", "present"))
        for match in reversed([*re.finditer(rf"(?:{present})$|{_DASH}|{to}|{since}", text, re.IGNORECASE)]):
            second = text[match.end() :].strip()
            # Keep the last letter of the Spanish "la fecha" (the present), which is also a word for "to".
            if not self.is_present(second):
                second = re.sub(rf"\s*(?:{to})$", "", second, flags=re.IGNORECASE)
            yield text[: match.start()].strip(), second.strip()

    def repaired(self, text: str) -> str:
        """Return a text with words of this language in place of misspelt and foreign words."""
        foreign = self.all_languages().meanings if self.all_languages else {}
        first_words = {meaning: word for word, meaning in reversed([*self.meanings.items()])}

        def repair(match: re.Match[str]) -> str:
            word = folded(match[1])
            if word in self.meanings:
                return match[0]
            similar = difflib.get_close_matches(word, self.meanings, 1, 0.8) if len(word) > 3 else []
            meant = first_words.get(foreign.get(word, 0)) or next(iter(similar), "")
            if not meant:
                return match[0]
            return meant.capitalize() if match[0][0].isupper() else meant

        return re.sub(r"([^\W\d_]+)\.?", repair, text)

    @cached_property
    def _patterns(self) -> Mapping[str, str]:
        """Return a regular expression for the words of each meaning: long words first, with Turkish variants of "i"."""
        patterns: dict[str, list[str]] = {"about": [], "present": [], "since": [], "to": []}
        for word in sorted(self.meanings, key=len, reverse=True):
            if (meaning := str(self.meanings[word])) in patterns:
                patterns[meaning].append(re.escape(word).replace("i", "[i\u0130\u0131]"))
        return {meaning: "|".join(alternatives) or "(?!)" for meaning, alternatives in patterns.items()}


def folded(text: str) -> str:
    """Return a text in lower case, with the dotless i of Turkish as i."""
    return text.casefold().replace("i\u0307", "i").replace("\u0131", "i")


#: Words that periods may have in all languages.
COMMON_WORDS = DateWords({"present": "present", "now": "present", "to": "to"})


@dataclass(frozen=True)
class PartialDate:
    """A year, or a season, quarter, month or day of one."""

    #: Year of the Gregorian calendar, 1 to 9999.
    year: int
    #: Month, 1 to 12; season, 21 (spring) to 24; quarter, 33 to 36; 0 if only the year is known.
    month: int = 0
    #: Day of the month, 1 to 31; 0 if it is not known.
    day: int = 0
    #: The author's text, if the numbers say less ("ca. 2010", "Summer 2019"); empty if they say all.
    words: str = field(default="", kw_only=True)

    @classmethod
    def parse(cls, text: str, words: DateWords = COMMON_WORDS) -> "PartialDate":
        """Read ``2012``, ``2012-09`` or ``2012-09-14``, or a date in words.

        :raises ValueError: the text is no date, or may be one of several, or no such day exists.
        """
        if date := cls.find(text, words):
            return date
        raise _date_error(text, words)

    @classmethod
    def find(cls, text: str, words: DateWords = COMMON_WORDS) -> "PartialDate | None":
        """Return the date that :meth:`parse` returns; None instead of an error, whose suggestion takes time to find."""
        return _date(text, words)

    def __str__(self) -> str:
        month = f"-{self.month:02}" if 1 <= self.month <= 12 else ""
        return f"{self.year:04}{month}" + (f"-{self.day:02}" if self.day else "")

    @property
    def begins(self) -> float:
        """Return the beginning in months since year 0; a day is a fraction of its month."""
        return self.year * 12 + _SPANS[self.month][0] - 1 + max(0, self.day - 1) / self._days

    @property
    def ends(self) -> float:
        """Return the end in months since year 0."""
        if self.day:
            return self.begins + 1 / self._days
        return self.year * 12 + _SPANS[self.month][1]

    @property
    def _days(self) -> int:
        return calendar.monthrange(self.year, self.month)[1] if self.day else 1

    def precedes(self, other: "PartialDate") -> bool:
        """Return whether this date is earlier in the precision that both have: 2012-09 does not precede 2012."""
        mine, theirs = str(self), str(other)
        length = min(len(mine), len(theirs))
        return mine[:length] < theirs[:length]


@dataclass(frozen=True)
class Period:
    """A span of time that includes both ends."""

    start: PartialDate
    #: None if the period has not ended.
    end: PartialDate | None
    #: Word before the start of a period without an end, as in "since 2020"; empty if there is none.
    since: str = field(default="", kw_only=True)
    #: Text in parentheses after the dates, such as "(part-time)", with the parentheses.
    remark: str = field(default="", kw_only=True)

    @classmethod
    def parse(cls, text: str, words: DateWords = COMMON_WORDS) -> "Period":
        """Read ``2014-03 – 2016-04``, ``2024-03 – present``, ``2024-03 –``, ``since 2020``, or a date alone.

        A dash or a word such as "to" is between the dates, which may be in words.

        :raises ValueError: an end is not a date, or precedes the start.
        """
        if period := cls.find(text, words):
            return period
        if len(text) > _MAX_LENGTH or not (period := _period(text, words)):
            raise _period_error(text, words)
        meant = f"{period.end} – {period.start} {period.remark}".rstrip()
        raise MistakeError(f'"{text}" ends before it starts: did you mean {meant}?', text, meant)

    @classmethod
    def find(cls, text: str, words: DateWords = COMMON_WORDS) -> "Period | None":
        """Return the period of :meth:`parse`; None instead of an error, whose suggestion takes time to find."""
        period = _period(text, words) if len(text) <= _MAX_LENGTH else None
        return None if period and period.end and period.end.precedes(period.start) else period

    def __str__(self) -> str:
        start, end = self.start.words or str(self.start), self.end and (self.end.words or str(self.end))
        dates = start if start == end else f"{start} – {end or 'present'}"
        return f"{dates} {self.remark}".rstrip()

    @property
    def is_date(self) -> bool:
        """Return whether the period is a single date, and not a range with equal ends."""
        return self.start is self.end

    def lasts(self, today: PartialDate) -> bool:
        """Return whether the period has no end, or a future one."""
        return not self.end or today.precedes(self.end)

    def span(self, today: PartialDate) -> tuple[float, float]:
        """Return the beginning and the end in months since year 0; an end in the future is replaced by today's."""
        start, end = self.start.begins, min(today.ends, self.end.ends if self.end else today.ends)
        return start, max(start, end)

    @property
    def has_months(self) -> bool:
        """Return whether the month of each end is known."""
        return all(date is None or 1 <= date.month <= 12 for date in (self.start, self.end))


def months_in_union(periods: Iterable[Period], today: PartialDate) -> int:
    """Return the number of whole months in the time that at least one of the periods covers.

    A month counts if up to three of its days are missing: people call 2 January to 30 December a year.
    """
    total = reached = 0.0
    for start, end in sorted(period.span(today) for period in periods):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return int(total + 0.1)


def envelope(periods: Sequence[Period]) -> Period:
    """Return the period from the earliest start to the latest end."""
    ends = [period.end for period in periods]
    latest = None if None in ends else max((end for end in ends if end), key=lambda date: date.ends)
    first = min(periods, key=lambda period: period.start.begins)
    # A remark is about one period, not about all.
    remark = first.remark if len(periods) == 1 else ""
    return replace(first, end=latest, since="" if latest else first.since, remark=remark)


def is_before(value: PartialDate | Period | str, year: int) -> bool:
    """Return whether a date in any form, or the start or the remark of a period, names a year before `year`."""
    start, words = (value.start, value.remark) if isinstance(value, Period) else (value, str(value))
    years = [start.year] if isinstance(start, PartialDate) else []
    years += map(int, re.findall("[0-9]{4}", words))
    if isinstance(start, str):
        # "Mar 99" is a month and a year, but "for 12 months" names no year.
        years += (_full_year(digits) for digits in re.findall(r"[^\W\d_]\.?\s([0-9]{2})(?=\s*(?:[-–—]|$))", words))
    return any(other < year for other in years)


def _full_year(digits: str) -> int:
    """Return the year that two digits stand for, from 1940 to 2039."""
    return (1900 if digits > "39" else 2000) + int(digits)


def is_slip(text: str, words: DateWords = COMMON_WORDS) -> bool:
    """Return whether a text that is no date is probably a misspelt one.

    Such a text has no letters, has a year and a month in figures, or has a year and no word but the name of a month.
    """
    letters = re.findall(r"[^\W\d_]+", folded(text))
    if not letters or re.search(r"\b([0-9]{4}-[0-9]{1,2}|[0-9]{1,2}[/.][0-9]{4})\b", text):
        return True
    meaning = words.meaning(letters[0]) if len(letters) == 1 else None
    return isinstance(meaning, int) and meaning <= 12 and bool(re.search("[0-9]{4}", text))


def _period(text: str, words: DateWords) -> Period | None:
    """Return the period that a text names, which may end before it starts; None if it names none."""
    if remark := re.search(r"(?<=\S)\s*([(\uff08][^()\uff08\uff09]+[)\uff09])$", text):
        period = _period(text[: remark.start()], words)
        return replace(period, remark=remark[1]) if period and not period.remark else None
    if date := _date(text, words):
        return Period(date, date)
    for first, last in words.splits(text):
        end = _date(last, words) or _short_month(last)
        start = _date(first, words) or _short_month(first) or (_start_without_year(first, end, words) if end else None)
        if start and (end or words.is_present(last)):
            return Period(start, end)
    if since := words.prefix("since", text):
        month = _short_month(text.removeprefix(since))
        period = Period(month, month) if month else _period(text.removeprefix(since), words)
        return replace(period, end=None, since=since.strip()) if period and period.is_date else period
    # "2012/13" and "2012–15" are years, but "2010/11" may be a month.
    years = re.fullmatch("([0-9]{2})([0-9]{2})[/–]([0-9]{2})", text)
    if not years or years[3] <= years[2] or ("/" in text and years[3] <= "12"):
        return None
    return Period(PartialDate(int(years[1] + years[2])), PartialDate(int(years[1] + years[3])))


def _date(text: str, words: DateWords) -> PartialDate | None:
    """Return the only date that a text can mean; None if it has no meaning as a date, or several."""
    if len(text) > _MAX_LENGTH:
        return None
    # Other scripts have digits of their own.
    text = "".join(str(unicodedata.decimal(character, character)) for character in text)
    text = re.sub(r"(?<!\w)['’]([0-9]{2})$", lambda year: str(_full_year(year[1])), text)
    era = "(令和|平成|昭和)([0-9]{1,2}|元)年"
    text = re.sub(era, lambda year: f"{_ERAS[year[1]] + int(year[2].replace('元', '1'))}年", text)
    if re.fullmatch(_ISO, text):
        return next(_existing_date(*text.split("-")), None)
    # "2014-3" lacks a zero, and "2010/11" may be a month or two years.
    if re.fullmatch("[0-9]{4}-[0-9-]+", text) or _next_year(text):
        return None
    if (about := words.prefix("about", text)) and (date := _date(text.removeprefix(about), words)):
        return replace(date, words=text)
    dates = _readings(text, words)
    return dates[0] if len(dates) == 1 else None


def _start_without_year(text: str, end: PartialDate, words: DateWords) -> PartialDate | None:
    """Return the start of a period that takes its year from the end ("May – August 2019"); None for other texts."""
    may_be_month = end.month and re.search(r"[^\W\d_]", text) and not re.search("[0-9]{4}", text)
    date = _date(f"{text} {end.year}", words) if may_be_month else None
    return date if date and date.month and not end.precedes(date) else None


def _short_month(text: str) -> PartialDate | None:
    """Return the month that "10/15" means in a period, where it is no day; None for other texts."""
    match = re.fullmatch("(0?[1-9]|1[0-2])/([0-9]{2})", text)
    return PartialDate(_full_year(match[2]), int(match[1])) if match else None


def _next_year(text: str) -> str:
    """Return "2011" for "2010/11", which may mean a month or two years; empty for other texts."""
    match = re.fullmatch("([0-9]{4})/([0-9]{2})", text)
    following = str(int(match[1]) + 1) if match else ""
    return following if match and following.endswith(match[2]) else ""


def _readings(text: str, words: DateWords) -> list[PartialDate]:
    """Return all dates that a text in another form than ISO 8601 may mean."""
    last_word = re.search(r"\s([^\W\d_]+)\.?$", text)
    # Some languages write a word without a meaning after figures, such as the Polish "r." for year.
    figures = text[: last_word.start()] if last_word and words.meaning(folded(last_word[1])) == "" else text
    return list(dict.fromkeys([*_numeric_dates(figures, words), *_verbal_dates(text, words)]))


def _numeric_dates(text: str, words: DateWords) -> Iterator[PartialDate]:
    """Yield the dates that a text of figures and signs may mean: 3/4/2014 is in March or April."""
    year, month, day = "(?P<year>[0-9]{4})", "(?P<month>[0-9]{1,2})", "(?P<day>[0-9]{1,2})"
    forms = (
        rf"{year}[-/.]{month}(?:[-/.]{day})?\.?",
        rf"(?:{day}[-/.])?{month}[-/.]{year}",
        rf"{month}[-/]{day}[-/]{year}" if not words.day_first else "(?!)",
        rf"{year}[年년](?:{month}[月월](?:{day}[日일])?)?",
        rf"{year}\W?Q(?P<quarter>[1-4])",
        rf"Q(?P<quarter>[1-4])\W?{year}",
    )
    compact = re.sub(r"(?<=[.年년月월])\s+", "", text)
    for form in forms:
        if match := re.fullmatch(form, compact, re.IGNORECASE):
            parts = match.groupdict()
            if quarter := parts.get("quarter"):
                yield PartialDate(int(parts["year"]), 32 + int(quarter), words=text)
            else:
                yield from _existing_date(parts["year"], parts["month"], parts["day"])


def _verbal_dates(text: str, words: DateWords) -> Iterator[PartialDate]:
    """Yield the date that a text with a year and the name of a month or season means."""
    tokens = re.findall(r"[0-9]+|[年년]|[^\W\d_年년]+", folded(text))
    numbers = sorted((token for token in tokens if token.isdecimal()), key=len)
    meanings = [words.meaning(token) for token in tokens if token not in numbers]
    meant = [meaning for meaning in meanings if meaning != ""]
    if len(meant) > 1 or len(numbers) not in {1, 2}:
        return
    year, others = numbers[-1], numbers[:-1]
    if len(year) != 4 or not re.fullmatch(r"\w[\w\s.,'’/-]*[\w.]", text):
        return
    match meant:
        case []:
            yield from _existing_date(year) if not others else ()
        case [int(month)] if month <= 12:
            yield from _existing_date(year, str(month), *others)
        # A winter is in two years: "Winter 2019/20".
        case [int(season)] if not others or _next_year(f"{year}/{others[0]}"):
            yield PartialDate(int(year), season, words=text)


def _existing_date(*parts: str | None) -> Iterator[PartialDate]:
    """Yield the date of a year, a month and a day, if it exists."""
    iso = "-".join(part.zfill(2) for part in parts if part)
    if not _iso_fault(iso):
        yield PartialDate(*map(int, iso.split("-")))


def _date_error(text: str, words: DateWords) -> ValueError:
    meant = [str(date) for date in _readings(text, words)]
    if not meant:
        dates = (_date(corrected, language_words) for corrected, language_words in _corrections(text, words))
        meant = [date.words or str(date) for date in dates if date][:1]
    return _error(text, "a date", _iso_fault(text), meant)


def _period_error(text: str, words: DateWords) -> ValueError:
    if following := _next_year(text):
        meant = [text.replace("/", "-"), f"{text[:4]} – {following}"]
    else:
        periods = (_period(corrected, language_words) for corrected, language_words in _corrections(text, words))
        meant = [str(period) for period in periods if period][:1]
        ends = re.split(r"\s*[–—]\s*|\s+(?:--?|to)(?:\s+|$)", text, maxsplit=1, flags=re.IGNORECASE)
        faulty = next((end for end in ends if not (words.is_present(end) or _date(end, words))), "")
        is_meant_as_date = len(ends) == 2 or re.fullmatch(_ISO, faulty) or _readings(faulty, words)
        if faulty and not meant and is_meant_as_date:
            return _date_error(faulty, words)
    return _error(text, "a period", "write for example 2014-03 – 2016-04 or 2024-03 – present", meant)


def _corrections(text: str, words: DateWords) -> Iterator[tuple[str, DateWords]]:
    """Yield the corrected text, then the text itself with the words of all languages, to parse for a suggestion."""
    # A text without digits is no date: do not load the words of all languages for it.
    if len(text) <= _MAX_LENGTH and re.search("[0-9]", text):
        text = text.strip("\"'“”„»«")
        yield words.repaired(text), words
        if words.all_languages:
            yield text, words.all_languages()


def _error(text: str, noun: str, advice: str, meant: Sequence[str]) -> ValueError:
    """Return the error about a text that is no `noun`, with the corrections in `meant`, or else with advice."""
    advice = f"did you mean {' or '.join(meant)}?" if meant else advice
    rule = f'"{text}" is not {noun}: {advice}'
    return MistakeError(rule, text, meant[0]) if len(meant) == 1 else ValueError(rule)


def _iso_fault(text: str) -> str:
    """Return the rule of ISO 8601 that a text breaks as a date; empty if it is one."""
    if not re.fullmatch(_ISO, text):
        return "write 2012, 2012-09 or 2012-09-14"
    year, month, day = (*map(int, text.split("-")), 1, 1)[:3]
    if not year:
        return "there is no year 0"
    if not 1 <= month <= 12:
        return f"there is no month {month}"
    days = calendar.monthrange(year, month)[1]
    return "" if 1 <= day <= days else f"{text[:7]} has {days} days"
