"""Write the person as a vCard 4.0 (RFC 6350), for address books."""

import itertools
import re
from collections.abc import Iterator

from cvtools.model.dates import PartialDate
from cvtools.model.entries import Entry, Resume
from cvtools.model.values import phone_uri
from cvtools.reading.characters import without_controls


def vcard(resume: Resume, today: PartialDate, base_url: str = "", photo_url: str = "") -> str:
    """Return the vCard of the person; empty if the CV names no person.

    :param base_url: the address of the site; empty if it has none
    :param photo_url: the address of the person's photo; empty if the site has none
    """
    person = resume.person
    if not person:
        return ""
    lines = ["BEGIN:VCARD", "VERSION:4.0", *_properties(person, resume, today)]
    if photo_url:
        lines.append(f"PHOTO:{photo_url}")
    if base_url:
        lines.append(f"SOURCE:{base_url}cv.vcf")
    lines.append("END:VCARD")
    return "".join(f"{fold(line)}\r\n" for line in lines)


def fold(line: str) -> str:
    """Return a line folded between characters after at most 75 octets; each further line begins with a space."""
    lines = [""]
    for character in without_controls(line):
        if len((lines[-1] + character).encode()) > 75:
            lines.append(" ")
        lines[-1] += character
    return "\r\n".join(lines)


def _properties(person: Entry, resume: Resume, today: PartialDate) -> Iterator[str]:
    employers = [position.workplace for position, period in resume.dated_positions if period.lasts(today)]
    yield f"N:{_name(person.title)}"
    properties = [
        ("FN:", person.title),
        ("TITLE:", person.headline),
        *(("ORG:", name) for name in dict.fromkeys(value.text for value in employers if value)),
        *(("EMAIL:", address) for address in person.email or ()),
        ("ADR:;;;", person.location),
        ("TZ:", person.timezone),
    ]
    for name, text in properties:
        if text:
            yield name + _escaped(text) + (";;;" if name.startswith("ADR") else "")
    yield from (f"TEL;VALUE=uri:{phone_uri(number)}" for number in person.phone or ())
    yield from (f"URL:{url}" for url in person.web_addresses)


def _name(name: str) -> str:
    """Return a name as the value of N: family name; given name; additional names; prefixes; suffixes."""
    # Drop parentheses, which have the name in another script.
    name, _, suffix = re.sub(r"(?<=\S)\s*\([^()]*\)", "", name).partition(",")
    words = name.split()
    prefix = [*itertools.takewhile(lambda word: word.endswith(".") and len(word) > 2, words)]
    words = words[len(prefix) :] or [name]
    # The family name begins with a word in lower case ("van"), or is the last word, but the first in East Asian names.
    start = next((number for number, word in enumerate(words) if number and word.islower()), len(words) - 1)
    family, given = words[start:], words[:start]
    if "\u2e80" <= name[:1] <= "\u9fff" or "\uac00" <= name[:1] <= "\ud7af":
        family, given = words[:1], words[1:]
    parts = (" ".join(family), " ".join(given), "", " ".join(prefix), suffix.strip())
    return ";".join(map(_escaped, parts))


def _escaped(text: str) -> str:
    return re.sub(r"([\\,;])", r"\\\1", text).replace("\n", "\\n")
