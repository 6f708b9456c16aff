"""Parse the values of fields: each function returns a typed value, or raises ValueError with the rule."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import NamedTuple, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from babel import Locale, UnknownLocaleError

from cvtools import limits
from cvtools.model import MistakeError
from cvtools.model.dates import COMMON_WORDS, DateWords, PartialDate, Period, is_slip

_Date = TypeVar("_Date", PartialDate, Period)
#: Prefix of a variant in a mark, as in ``not-short``: all other variants keep the marked text.
NOT = "not-"


@dataclass(frozen=True)
class Linked:
    """Text that may have a link."""

    #: The text without markup.
    text: str
    #: Target of the first link in the text; empty if there is none.
    url: str = ""


def _plain(value: Linked, scheme: str = "") -> str:
    """Return the text of a value; refuse a link, whose address would be lost, unless it has the scheme `scheme`."""
    if value.url and not (scheme and value.url.startswith(f"{scheme}:")):
        raise ValueError(f'"{value.text}" cannot be a link: write it without <{value.url}>')
    return value.text


def text(value: Linked) -> str:
    """Return the text of a value."""
    return value.text


def linked(value: Linked) -> Linked:
    """Return a text with its link; drop a target without a scheme, which is a page or a file of the site."""
    return value if re.match(r"[a-z][a-z0-9+.-]*:", value.url, re.IGNORECASE) else Linked(value.text)


def url(value: Linked) -> Linked:
    """Return a link, which may be written as a bare address."""
    if value.url:
        return linked(value)
    if re.fullmatch(r"https?://\S+", value.text):
        return Linked(value.text, value.text)
    if re.fullmatch(r"<?(?:[\w-]+/)*[\w-]+\.(?:pdf|png|jpe?g)>?", value.text, re.IGNORECASE):
        raise ValueError(f'"{value.text}" is not a link: there is no such file beside the page')
    if re.fullmatch(r"[\w.-]+\.\w{2,}(/\S*)?", value.text):
        meant = f"<https://{value.text}>"
        raise MistakeError(f'"{value.text}" is not a link: did you mean {meant}?', value.text, meant)
    raise ValueError(f'"{value.text}" is not a link: write <https://…> or [text](https://…)')


def picture(value: Linked) -> Linked:
    """Return the description and the file of a picture."""
    if not value.url:
        raise ValueError(f'"{value.text}" is not a picture: write ![Ada Example](ada.jpg)')
    return value


@dataclass(frozen=True)
class Profile:
    """A profile on a network."""

    network: str
    link: Linked


#: Name of each network, and the address of a user there, by the name of the field.
NETWORKS = {
    "bluesky": ("Bluesky", "https://bsky.app/profile/{}"),
    "codeberg": ("Codeberg", "https://codeberg.org/{}"),
    "github": ("GitHub", "https://github.com/{}"),
    "gitlab": ("GitLab", "https://gitlab.com/{}"),
    "huggingface": ("Hugging Face", "https://huggingface.co/{}"),
    "instagram": ("Instagram", "https://www.instagram.com/{}"),
    "kaggle": ("Kaggle", "https://www.kaggle.com/{}"),
    "linkedin": ("LinkedIn", "https://www.linkedin.com/in/{}"),
    "orcid": ("ORCID", "https://orcid.org/{}"),
    "researchgate": ("ResearchGate", "https://www.researchgate.net/profile/{}"),
    "scholar": ("Google Scholar", "https://scholar.google.com/citations?user={}"),
    "stackoverflow": ("Stack Overflow", "https://stackoverflow.com/users/{}"),
    "twitter": ("Twitter", "https://twitter.com/{}"),
    "vimeo": ("Vimeo", "https://vimeo.com/{}"),
    "x": ("X", "https://x.com/{}"),
    "youtube": ("YouTube", "https://www.youtube.com/@{}"),
}


def user_address(network: str, user: str) -> str:
    """Return the address of a user's profile; empty if the network is not in :data:`NETWORKS`."""
    if network.lower() == "mastodon" and (match := re.fullmatch(r"@?([\w.-]+)@([\w-]+(?:\.[\w-]+)+)", user)):
        return f"https://{match[2]}/@{match[1]}"
    return NETWORKS.get(network.lower(), ("", ""))[1].format(user.removeprefix("@"))


def user_of(address: str) -> str:
    """Return the name of a user from the address of a profile: "ada" of ``https://site.example/profile?user=ada``."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    return query.get("user") or query.get("id") or unquote(parts.path.rstrip("/").rsplit("/", 1)[-1])


def profile(network: str, value: Linked) -> tuple[Profile, ...]:
    """Return the profile on the network of a field's name; for :data:`NETWORKS`, the value may be a user's name."""
    name, _ = NETWORKS.get(network.lower(), (network[:1].upper() + network[1:], ""))
    is_user = network.lower() == "mastodon" or re.fullmatch(r"@?[\w-]+", value.text)
    if is_user and not value.url and (address := user_address(network, value.text)):
        value = Linked(value.text, address)
    return (Profile(name, url(value)),)


def doi(value: Linked) -> Linked:
    """Return a DOI (ISO 26324) with its address."""
    match = re.fullmatch(r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/)?(10\.[0-9]{4,}\S*/\S+)", value.url or value.text)
    if not match:
        raise ValueError(f'"{value.text}" is not a DOI: write for example 10.1000/182')
    return Linked(match[1], f"https://doi.org/{match[1]}")


def emails(value: Linked) -> tuple[str, ...]:
    """Return e-mail addresses without ``mailto:``."""
    addresses = tuple(part.removeprefix("mailto:") for part in re.split(r"\s*[,;]\s*", _plain(value, "mailto")))
    if not all(re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+", address) for address in addresses):
        raise ValueError(f'"{value.text}" is not an e-mail address: write name@example.org')
    return addresses


def phones(value: Linked) -> tuple[str, ...]:
    """Return phone numbers in the author's notation."""
    _plain(value, "tel")
    numbers = tuple(re.split(r"\s*[,;]\s*", value.text))
    for number in numbers:
        if not re.fullmatch(r"[-+() ./0-9]*(ext\.? *[0-9]+)?", number) or len(re.findall("[0-9]", number)) < 5:
            raise ValueError(f'"{number}" is not a phone number: write for example +48 123 456 789')
    return numbers


def phone_uri(number: str) -> str:
    """Return the URI of a phone number (RFC 3966), without a "(0)" for callers from the same country."""
    number, _, extension = number.partition("ext")
    if "+" in number:
        number = number.replace("(0)", "")
    extension = re.sub("[^0-9]", "", extension)
    return "tel:" + re.sub("[^+0-9]", "", number) + (f";ext={extension}" if extension else "")


def _date_or_words(
    parse: Callable[[str, DateWords], _Date], value: Linked, words: DateWords = COMMON_WORDS
) -> _Date | str:
    """Return a parsed date, or a text that is not meant as one; raise ValueError for a misspelt date."""
    text = _plain(value)
    try:
        return parse(text, words)
    except ValueError as error:
        if isinstance(error, MistakeError) or is_slip(text, words):
            raise
        return text


#: Return a date, or words such as "in press".
date = partial(_date_or_words, PartialDate.parse)
#: Return a period, or words such as "for 12 months".
period = partial(_date_or_words, Period.parse)


def split_names(text: str) -> list[str]:
    """Return names separated by commas; a comma inside parentheses belongs to its name."""
    commas = [match.start() for match in re.finditer(r"\([^()]*\)|[,\uff0c\u3001]", text) if match[0][0] != "("]
    return [text[before + 1 : end].strip() for before, end in pairwise([-1, *commas, len(text)])]


def split_levels(item: str) -> list[str]:
    """Split ``English (C2), German (B1)`` into names with their levels; return any other item as the only one."""
    return split_names(item) if re.fullmatch(r"(?:[^(),:–—]+\([^()]*\)(?:,|$))+", item) else [item]


def split_unless_labelled(line: str) -> list[str]:
    """Split a line at commas, unless a label at its beginning is for all names, as in ``Data: Kafka, SQL``."""
    names = split_names(line)
    labelled = [name for name in names if re.search(r":\s|\uff1a", name)]
    return [line] if labelled == names[:1] else names


def names(value: Linked) -> tuple[str, ...]:
    """Return names separated by commas; refuse empty, repeated and very long names."""
    listed = tuple(split_names(value.text))
    if "" in listed:
        raise ValueError(f'"{value.text}" has an empty name: is there one comma too many?')
    _refuse_long(listed)
    seen: set[str] = set()
    for name in listed:
        if name.casefold() in seen:
            raise ValueError(f'"{name}" is named twice: delete one')
        seen.add(name.casefold())
    return listed


#: Letters that Unicode does not decompose into a base letter and a mark.
_LETTERS = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae"})


def without_accents(words: str) -> str:
    """Return words without diacritics, as typed on an English keyboard: ``Gdansk`` for ``Gdańsk``."""
    decomposed = unicodedata.normalize("NFKD", words.translate(_LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


#: The word before the last of several names.
_AND = r"(?:and|&|und|et(?! al)|oraz|i)\s+"


def authors(value: Linked) -> tuple[str, ...]:
    """Return people's names, which may be separated by commas, semicolons or "and".

    A name may have a comma itself, as in "Family, Given" (BibTeX) or "Family, G." (APA).
    """
    text = value.text.rstrip(",;")
    if ";" in text:
        written = [re.sub(rf"^\s*{_AND}", "", part) for part in text.split(";")]
    else:
        written = re.split(rf",?\s+{_AND}", text)
        if not all(map(_is_family_first, written)):
            parts = (part for name in written for part in split_names(name.removeprefix("& ")))
            written = rejoined(parts, lambda name, part: "," not in name and _are_initials(part))
    _refuse_long(written)
    return tuple(name.strip() for name in written if name.strip())


def _refuse_long(names: Iterable[str]) -> None:
    for name in names:
        if len(name) > limits.NAME_LENGTH:
            raise ValueError(f'"{name[:30]}…" is too long for a name: write commas between names')


def people(names: Collection[str]) -> str:
    """Join the names of people into the value of a field, with semicolons if any name has a comma."""
    return ("; " if any("," in name for name in names) else ", ").join(names)


def _is_family_first(name: str) -> bool:
    """Return whether a text is one name with the family name first: "Lovelace, Ada" or "von Neumann, J."."""
    family, comma, given = name.partition(", ")
    return bool(comma) and "," not in given and not (" " in family and " " in given and not _are_initials(given))


def _are_initials(text: str) -> bool:
    """Return whether a text is the initials of given names, or what may follow a name ("Jr.")."""
    letters = re.fullmatch(r"(?:[^\W\d_]\.?[ -]?){1,3}", text)
    return bool(letters and text.isupper()) or text.rstrip(".") in {"Jr", "Sr"}


def rejoined(parts: Iterable[str], belongs: Callable[[str, str], bool]) -> list[str]:
    """Join parts of a text that was split at commas, where a comma is within a name.

    :param belongs: returns whether the name before a comma (first argument) goes on with the part after it (second)
    """
    joined: list[str] = []
    for part in parts:
        if joined and belongs(joined[-1], part):
            joined[-1] += f", {part}"
        else:
            joined.append(part)
    return joined


class Item(NamedTuple):
    """An item of a list of names, such as ``Web (expert): HTML, CSS``; only the name is never empty."""

    name: str
    #: The level in parentheses.
    level: str
    #: The colon or dash after the name.
    separator: str
    #: The text after the separator.
    rest: str

    @property
    def full_level(self) -> str:
        """Return the rest as the level, with the level in parentheses after it: ``fluent (C1)``."""
        return f"{self.rest} ({self.level})" if self.rest and self.level else self.rest or self.level


def split_item(item: str) -> Item:
    """Return the parts of an item of a list of names."""
    name, separator, rest = [*re.split(r"\s*([:\uff1a]|\s[–—-]\s|[–—])\s*", item, maxsplit=1), "", ""][:3]
    match = re.fullmatch(r"(.+?)\s*\(([^()]+)\)", name)
    name, level = (match[1], match[2]) if match else (name.strip(), "")
    return Item(name, level, separator.strip(), rest)


def plain_names(value: Linked) -> tuple[str, ...]:
    """Return names separated by commas; refuse a link."""
    _plain(value)
    return names(value)


def language(value: Linked) -> str:
    """Return a language tag (BCP 47)."""
    tag = _plain(value)
    try:
        # Make a tag invalid if "@" or "." is in it, since Babel ignores what follows these.
        return str(Locale.parse(re.sub("[@.].*", "?", tag), sep="-")).replace("_", "-")
    except (ValueError, UnknownLocaleError):
        raise ValueError(f'"{tag}" is not a language: write its tag, such as en or pl') from None


def switch(value: Linked) -> bool:
    """Return True for "yes", False for "no"."""
    if value.text.lower() not in {"yes", "no"}:
        raise ValueError(f'"{value.text}" is not yes or no')
    return value.text.lower() == "yes"


def variants(value: Linked) -> tuple[str, ...]:
    """Return names of variants, separated by commas."""
    for name in (listed := names(value)):
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
            raise ValueError(f'"{name}" is not a variant: use small letters, digits and hyphens')
    return listed


def mark_keeps(names: Collection[str], variant: str) -> bool:
    """Return whether a variant keeps text whose mark has these names: it is one of them, or they all exclude others."""
    return variant in names or all(name.startswith(NOT) and name != NOT + variant for name in names)
