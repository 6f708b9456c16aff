"""How the value of a field is read: from what was written to a typed value, or a ValueError with the rule."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from babel import Locale, UnknownLocaleError

from cvtools import limits
from cvtools.model.dates import PartialDate, Period
from cvtools.model.errors import MistakeError


@dataclass(frozen=True)
class Linked:
    """Text that may carry a link."""

    #: The words, without markup.
    text: str
    #: Where they lead; empty where they are not a link.
    url: str = ""


def _plain(value: Linked, scheme: str = "") -> str:
    """The words of a value that is shown in a form of its own, where a link would be lost."""
    if value.url and not (scheme and value.url.startswith(f"{scheme}:")):
        raise ValueError(f'"{value.text}" cannot be a link: write it without <{value.url}>')
    return value.text


def text(value: Linked) -> str:
    """Prose."""
    return value.text


def linked(value: Linked) -> Linked:
    """Prose that may be a link."""
    return value


def url(value: Linked) -> Linked:
    """A link; a bare address counts as one."""
    if value.url:
        return value
    if re.fullmatch(r"https?://\S+", value.text):
        return Linked(value.text, value.text)
    if re.fullmatch(r"[\w.-]+\.\w{2,}(/\S*)?", value.text):
        meant = f"<https://{value.text}>"
        raise MistakeError(f'"{value.text}" is not a link: did you mean {meant}?', value.text, meant)
    raise ValueError(f'"{value.text}" is not a link: write <https://…> or [text](https://…)')


def email(value: Linked) -> str:
    """An e-mail address, without `mailto:`."""
    address = _plain(value, "mailto").removeprefix("mailto:")
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+", address):
        raise ValueError(f'"{value.text}" is not an e-mail address: write name@example.org')
    return address


def phone(value: Linked) -> str:
    """A phone number, as written."""
    _plain(value, "tel")
    if not re.fullmatch(r"[-+() ./0-9]*(ext\.? *[0-9]+)?", value.text) or len(re.findall("[0-9]", value.text)) < 5:
        raise ValueError(f'"{value.text}" is not a phone number: write for example +48 123 456 789')
    return value.text


def phone_uri(number: str) -> str:
    """What a phone dials for a number (RFC 3966); "(0)" is for callers from the same country only."""
    number, _, extension = number.partition("ext")
    if "+" in number:
        number = number.replace("(0)", "")
    extension = re.sub("[^0-9]", "", extension)
    return "tel:" + re.sub("[^+0-9]", "", number) + (f";ext={extension}" if extension else "")


def date(value: Linked) -> PartialDate:
    """A year, month or day."""
    return PartialDate.parse(_plain(value))


def period(value: Linked) -> Period:
    """A span of time."""
    return Period.parse(_plain(value))


def names(value: Linked) -> tuple[str, ...]:
    """Names with commas between them; a comma inside parentheses belongs to its name."""
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
    """Names, each of which is shown on its own."""
    _plain(value)
    return names(value)


def language(value: Linked) -> str:
    """A language tag (BCP 47)."""
    tag = _plain(value)
    try:
        # Babel would take anything behind "@" or ".".
        return str(Locale.parse(re.sub("[@.].*", "?", tag), sep="-")).replace("_", "-")
    except (ValueError, UnknownLocaleError):
        raise ValueError(f'"{tag}" is not a language: write its tag, such as en or pl') from None


def variants(value: Linked) -> tuple[str, ...]:
    """Names of variants, with commas between them."""
    for name in (found := names(value)):
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
            raise ValueError(f'"{name}" is not a variant: use small letters, digits and hyphens')
    return found


#: Values that are prose and may be translated; all else is data.
PROSE: Collection[Callable[[Linked], Any]] = (text, linked)
