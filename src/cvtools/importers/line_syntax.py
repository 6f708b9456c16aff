"""Split a line of Markdown at separators, and find its emphasis, links, label and date."""

import re
from collections.abc import Collection, Mapping, Set
from functools import cache, lru_cache
from itertools import chain, pairwise, product

from cvtools.i18n import I18n, all_labels
from cvtools.importers import vocabulary
from cvtools.model.dates import Period, folded

#: A separator (group ``mark``); or a link, brackets, code or a university's name, whose separators must not match.
_SEPARATOR = re.compile(
    r"!?\[[^\[\]]*\]\([^()]*\)|\([^()]*\)|\uff08[^\uff08\uff09]*\uff09|\[[^\[\]]*\]|`[^`]*`|<[^<>]*>"
    r"|\bUniversity of(?: \w+){1,2} at\b"
    r"|(?P<mark>\s*(?:\\\|)\s*|\s*[|·•‖丨\uff0f\uff5c]\s*|\s+(?:--|[-–—@/])\s+|\s+at\s+|\s*—\s*|[,،]\s+|、|:\s+(?!\d)|\uff1a|\t+|\u3000|\s{2,})"
)
_DASHES = frozenset("-–—")
#: How many of the first separators, and of the last spaces, are tried as the bounds of a date.
_TRIED = 12
YEAR = re.compile(r"(?<!\d)(19|20)\d\d(?!\d)")
#: A year, or the months of a period such as "10/15 – 08/18".
_DATED = re.compile(rf"{YEAR.pattern}|(?<![\d/])\d\d?/\d\d\s?[–—-]|[^\W\d]\.?\s\d\d?/\d\d(?![\d/])")
#: Bold words; group 2 has them without the marks.
BOLD = r"(\*\*|__)((?:(?!\1).)+)\1"
#: Marks of emphasis that are not escaped.
EMPHASIS = re.compile(r"(?<!\\)\*+|(?<![\w\\])_+|(?<!\\)_+(?!\w)")
LINK = re.compile(r"\[([^\[\]]*)\]\(\s*<?([^()\s<>]+)>?\s*\)|<([^<>\s]+)>|(https?://[^\s<>()\[\]]+)")
#: A label, such as "**Tel.:** ".
LABEL = re.compile(
    r"[^\w\[]*(?:\*\*|__)?([^\W\d][\w /-]{1,20}?)\.?(?: \([^()]*\))?(?:\*\*|__)?\s*[:\uff1a](?!//)(?:\*\*|__)?\s*(?=\S)"
)


def split(text: str, *, keep: Set[str] = frozenset()) -> list[str]:
    """Split a line at separators outside of brackets, and return the parts that have letters or digits.

    :param keep: separators at which not to split
    """
    spans = [
        match.span("mark") for match in _SEPARATOR.finditer(text) if match["mark"] and match["mark"].strip() not in keep
    ]
    parts = (text[end:start].strip() for (_, end), (start, _) in pairwise([(0, 0), *spans, (len(text), 0)]))
    return [part for part in parts if re.search(r"\w", part)]


def link_in(match: re.Match[str]) -> tuple[str, str]:
    """Return the text and the address of a match of :data:`LINK`; the text is empty for an address alone."""
    return match[1] or "", match[2] or match[3] or match[4]


def plain(text: str) -> str:
    """Return the text of a line of Markdown, without emphasis and without the targets of links."""
    return " ".join(EMPHASIS.sub("", LINK.sub(lambda link: link[1] or link[3] or link[4], text)).split())


def without_emphasis(text: str) -> str:
    """Return a line of Markdown without emphasis, but with links."""
    words = re.sub(rf"(?P<link>{LINK.pattern})|{EMPHASIS.pattern}", lambda match: match["link"] or "", text)
    return " ".join(words.split()).strip(" ,")


def as_title(text: str) -> str:
    """Return a line of Markdown as a title: without emphasis and without separators at its ends, but with links."""
    return without_emphasis(text).strip(" ,|·:–—")


def field_named(label: str, labels: Mapping[str, Collection[str]] = vocabulary.ENTRY) -> str:
    """Return the field that a label names in any language; empty if it names none.

    :param labels: the labels of the fields of entries, or of the person
    """
    words = folded(plain(label)).strip(" :\uff1a`")
    return next((name for name, own in labels.items() if words in {*own, *all_labels(name)}), "")


def without_marker(line: str) -> str:
    """Return a line without the marker of a list, a quotation or a heading."""
    return re.sub(r"^\s*(?:[-+*>]|\d+[.)]|#+|\|)\s+", "", line).rstrip("\\| ")


def find_date(text: str, i18n: I18n) -> tuple[str, str]:
    """Return the date or period in a line, and the rest of the line; "" and the line if it has none.

    A date is in brackets, at an end of the line, or between two separators.
    """
    return _find_date(text, i18n.language)


@lru_cache(1000)
def _find_date(text: str, language: str) -> tuple[str, str]:
    text, i18n = text.strip().rstrip("\\"), I18n(language)
    # A place and a date, as in "Köln, den 3. Mai 2024", are those of a signature.
    if not _DATED.search(text) or len(text) > 300 or re.match(r"[^,|]{1,30}, (den|le|dnia) \d", text):
        return "", text
    text = _period_with_duration(language).sub(r"\1 | ", text)
    for match in re.finditer(r"\(([^()]*)\)|\uff08([^\uff08\uff09]*)\uff09|(?<!!)\[([^\[\]]*)\](?!\()", text):
        if date := as_date(match[1] or match[2] or match[3] or "", i18n):
            return date, f"{text[: match.start()].rstrip()} {text[match.end() :].lstrip()}".strip(" ,|·–—-")
    marks = [match.span("mark") for match in _SEPARATOR.finditer(text) if match["mark"]][:_TRIED]
    spaces = {match.span() for match in [*re.finditer(r"\s+", text)][-_TRIED:]} - {*marks}
    first, last = (0, 0), (len(text), len(text))
    no_dashes = [(start, end) for start, end in marks if text[start:end].strip() not in _DASHES]
    at_end = ((mark, last) for mark in sorted({first, *marks, *spaces}))
    at_beginning = ((first, mark) for mark in reversed(marks))
    # Try the text from `start` to `end`, between a separator that begins at `left` and one that ends at `right`.
    for (left, start), (end, right) in chain(at_end, at_beginning, product(marks, no_dashes)):
        date = as_date(text[start:end], i18n) if _DATED.search(text, start, end) else ""
        # A year after a space may belong to a name, as in "Expo 2000", unless the year is in italics.
        is_apart = (
            (left, start) not in spaces or text[start : start + 1] in {"*", "_"} or not re.match(r"\d+(\s*\(|$)", date)
        )
        if date and is_apart and not _is_half(text[:start], date, text[end:], i18n):
            return date, text[: left if right == len(text) else start] + text[right:]
    return "", text


@cache
def _period_with_duration(language: str) -> re.Pattern[str]:
    """Return a pattern of a period with its duration, such as ``2019 – 2021 (2 years):``; group 1 is the period."""
    durations = {I18n(language).duration(count * unit) for unit in (1, 12) for count in range(1, 12)}
    forms = {re.sub("[0-9]+", "[0-9]+", r"\s".join(map(re.escape, duration.split()))) for duration in durations}
    form = "|".join(sorted(forms, reverse=True))
    period = r"((?:19|20)[0-9]{2}\s?[–—-]\s?[^,|()·]{1,20}?)"
    return re.compile(rf"{period}\s?[(·]\s?(?:(?:{form})\s?){{1,2}}(?:\):?)?", re.IGNORECASE)


def _is_half(before: str, date: str, after: str, i18n: I18n) -> bool:
    """Return whether a date may be one end of a period, whose other end is in the text before or after the date."""
    period = _period(date, i18n)
    if not (period and period.is_date):
        return False
    # Write a line break in place of the date, so that the patterns find the words and numbers beside it.
    around = f"{before}\n{after}"
    words = re.findall(r"([^\W\d_]+)\W*\n|\n\W*([^\W\d_]+)", around)
    # Roman numerals, such as "II", are parts of names.
    named = (folded(word) for word in chain(*words) if word and not re.fullmatch("[ivx]+", word, re.IGNORECASE))
    number = r"(?<![\w+])\d+\.?\s*[–—-]?\s*\n|(19|20)\d\d\W*\n|\n\W*(19|20)\d\d(?!\d)|\n\s*[–—-]"
    number += r"[^|,()]*\d" if " " in date else ""
    return bool(re.search(number, around)) or any(map(i18n.date_words.meaning, named))


def as_date(text: str, i18n: I18n) -> str:
    """Return a text that is a period or a date, without emphasis; empty for any other text."""
    text = plain(text).strip(" ,.`")
    if not re.search(r".[(\uff08][^()]+[)\uff09]$", text):
        text = text.strip(" ,.()[]")
    return text if _period(text, i18n) else ""


def _period(text: str, i18n: I18n) -> Period | None:
    return Period.find(vocabulary.EXPECTED.sub("", text), i18n.date_words)
