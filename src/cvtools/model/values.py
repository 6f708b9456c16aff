"""Parse the values of fields: each function returns a typed value, or raises ValueError with the rule."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

from babel import Locale, UnknownLocaleError

from cvtools import limits
from cvtools.model.dates import COMMON_WORDS, DateWords, PartialDate, Period, is_slip
from cvtools.model.errors import MistakeError

_Date = TypeVar("_Date", PartialDate, Period)


@dataclass(frozen=True)
class Linked:
    """Text that may be a link."""

    #: Words without markup.
    text: str
    #: Target of the first link in it; empty if there is none.
    url: str = ""


def _plain(value: Linked, scheme: str = "") -> str:
    """Return the words of a value that is reformatted, which would lose a link."""
    if value.url and not (scheme and value.url.startswith(f"{scheme}:")):
        raise ValueError(f'"{value.text}" cannot be a link: write it without <{value.url}>')
    return value.text


def text(value: Linked) -> str:
    """Return prose."""
    return value.text


def linked(value: Linked) -> Linked:
    """Return prose that may be a link."""
    return value


def url(value: Linked) -> Linked:
    """Return a link; a bare address counts as one."""
    if value.url:
        return value
    if re.fullmatch(r"https?://\S+", value.text):
        return Linked(value.text, value.text)
    if re.fullmatch(r"[\w.-]+\.\w{2,}(/\S*)?", value.text):
        meant = f"<https://{value.text}>"
        raise MistakeError(f'"{value.text}" is not a link: did you mean {meant}?', value.text, meant)
    raise ValueError(f'"{value.text}" is not a link: write <https://…> or [text](https://…)')


def email(value: Linked) -> str:
    """Return an e-mail address without ``mailto:``."""
    address = _plain(value, "mailto").removeprefix("mailto:")
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+", address):
        raise ValueError(f'"{value.text}" is not an e-mail address: write name@example.org')
    return address


def phone(value: Linked) -> str:
    """Return a phone number as written."""
    _plain(value, "tel")
    if not re.fullmatch(r"[-+() ./0-9]*(ext\.? *[0-9]+)?", value.text) or len(re.findall("[0-9]", value.text)) < 5:
        raise ValueError(f'"{value.text}" is not a phone number: write for example +48 123 456 789')
    return value.text


def phone_uri(number: str) -> str:
    """Return the URI of a phone number (RFC 3966), without a "(0)" for callers from the same country."""
    number, _, extension = number.partition("ext")
    if "+" in number:
        number = number.replace("(0)", "")
    extension = re.sub("[^0-9]", "", extension)
    return "tel:" + re.sub("[^+0-9]", "", number) + (f";ext={extension}" if extension else "")


def date(value: Linked, words: DateWords = COMMON_WORDS) -> PartialDate | str:
    """Return a year, month or day, or what is written instead, such as "in press"."""
    return _or_words(PartialDate.parse, _plain(value), words)


def period(value: Linked, words: DateWords = COMMON_WORDS) -> Period | str:
    """Return a span of time, or what is written instead."""
    return _or_words(Period.parse, _plain(value), words)


def _or_words(parse: Callable[[str, DateWords], _Date], text: str, words: DateWords) -> _Date | str:
    """Return a date, or a text that was not meant as one."""
    try:
        return parse(text, words)
    except MistakeError:
        raise
    except ValueError:
        if is_slip(text):
            raise
        return text


def names(value: Linked) -> tuple[str, ...]:
    """Return names separated by commas; a comma inside parentheses belongs to its name."""
    commas = [match.start() for match in re.finditer(r"\([^()]*\)|,", value.text) if match[0] == ","]
    ends = pairwise([-1, *commas, len(value.text)])
    found = tuple(value.text[before + 1 : end].strip() for before, end in ends)
    if "" in found:
        raise ValueError(f'"{value.text}" has an empty name: is there one comma too many?')
    if too_long := next((name for name in found if len(name) > limits.NAME_LENGTH), ""):
        raise ValueError(f'"{too_long[:30]}…" is too long for a name: write commas between names')
    seen: set[str] = set()
    for name in found:
        if name.casefold() in seen:
            raise ValueError(f'"{name}" is named twice: delete one')
        seen.add(name.casefold())
    return found


def tags(value: Linked) -> tuple[str, ...]:
    """Return names that are shown one by one."""
    _plain(value)
    return names(value)


def language(value: Linked) -> str:
    """Return a language tag (BCP 47)."""
    tag = _plain(value)
    try:
        # Babel would take anything behind "@" or ".".
        return str(Locale.parse(re.sub("[@.].*", "?", tag), sep="-")).replace("_", "-")
    except (ValueError, UnknownLocaleError):
        raise ValueError(f'"{tag}" is not a language: write its tag, such as en or pl') from None


def variants(value: Linked) -> tuple[str, ...]:
    """Return names of variants, separated by commas."""
    for name in (found := names(value)):
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
            raise ValueError(f'"{name}" is not a variant: use small letters, digits and hyphens')
    return found


#: Parsers of dates, which take the words of the document's language as well.
DATES: Collection[Callable[..., Any]] = (date, period)

#: Parsers of prose, which may be translated; all other values are data.
PROSE: Collection[Callable[[Linked], Any]] = (text, linked)
