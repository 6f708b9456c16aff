"""The person as a vCard 4.0 (RFC 6350), for address books."""

import re
from collections.abc import Iterator

from cvtools.exporters.common import links, positions
from cvtools.model.entries import Person
from cvtools.model.resume import Resume
from cvtools.model.values import phone_uri


def vcard(resume: Resume, home: str = "") -> str:
    """Return the vCard of the person; empty if the CV names no person.

    :param home: the address of the book; empty if it is not known
    """
    person = resume.person
    lines = ["BEGIN:VCARD", "VERSION:4.0", *_properties(person, resume, home), "END:VCARD"] if person else []
    return "".join(f"{fold(line)}\r\n" for line in lines)


def fold(line: str) -> str:
    """Return a line folded between characters after at most 75 octets; each further line begins with a space."""
    pieces = [""]
    for character in line:
        if len((pieces[-1] + character).encode()) > 75:
            pieces.append(" ")
        pieces[-1] += character
    return "\r\n".join(pieces)


def _properties(person: Person, resume: Resume, home: str) -> Iterator[str]:
    current = [position.organization for position, period in positions(resume) if not period.end]
    properties = [
        ("FN:", person.title),
        ("TITLE:", person.headline),
        *(("ORG:", organization.text) for organization in current if organization),
        *(("EMAIL:", address) for address in person.email or ()),
        ("ADR:;;;", person.location),
        ("TZ:", person.timezone),
    ]
    for name, text in properties:
        if text:
            yield name + _escaped(text) + (";;;" if name.startswith("ADR") else "")
    yield from (f"TEL;VALUE=uri:{phone_uri(number)}" for number in person.phone or ())
    yield from (f"URL:{url}" for url in links(person))
    if home:
        yield f"SOURCE:{home}cv.vcf"


def _escaped(text: str) -> str:
    return re.sub(r"([\\,;])", r"\\\1", text).replace("\n", "\\n")
