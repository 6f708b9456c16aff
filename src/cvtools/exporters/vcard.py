"""vCard 4.0 (RFC 6350): what an address book takes of the CV."""

import re
from collections.abc import Iterator

from cvtools.exporters.common import positions, profiles
from cvtools.model.entries import Person
from cvtools.model.resume import Resume
from cvtools.model.values import phone_uri


def vcard(resume: Resume, home: str = "") -> str:
    """The person's card; empty where the CV names nobody.

    :param home: where the CV is published; empty if nowhere
    """
    person = resume.person
    lines = ["BEGIN:VCARD", "VERSION:4.0", *_properties(person, resume, home), "END:VCARD"] if person else []
    return "".join(f"{fold(line)}\r\n" for line in lines)


def fold(line: str) -> str:
    """A line in pieces of at most 75 octets; a space begins each but the first, and no character is cut."""
    pieces = [""]
    for character in line:
        if len((pieces[-1] + character).encode()) > 75:
            pieces.append(" ")
        pieces[-1] += character
    return "\r\n".join(pieces)


def _properties(person: Person, resume: Resume, home: str) -> Iterator[str]:
    current = [work.organization for work in positions(resume) if work.period and not work.period.end]
    links = [person.website, *(link for _, link in profiles(person))]
    told = [
        ("FN:", person.title),
        ("TITLE:", person.headline),
        *(("ORG:", organization.text) for organization in current if organization),
        ("EMAIL:", person.email),
        ("ADR:;;;", person.location),
        ("TZ:", person.timezone),
    ]
    for name, text in told:
        if text:
            yield name + _escaped(text) + (";;;" if name.startswith("ADR") else "")
    if person.phone:
        yield f"TEL;VALUE=uri:{phone_uri(person.phone)}"
    yield from (f"URL:{link.url}" for link in links if link)
    if home:
        yield f"SOURCE:{home}cv.vcf"


def _escaped(text: str) -> str:
    return re.sub(r"([\\,;])", r"\\\1", text).replace("\n", "\\n")
