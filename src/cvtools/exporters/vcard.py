"""vCard 4.0 (RFC 6350): what an address book takes of the CV."""

import re
from collections.abc import Iterator

from cvtools.exporters.shown import person_of, positions
from cvtools.model.resume import Resume
from cvtools.model.values import phone_uri


def vcard(resume: Resume, home: str = "") -> str:
    """The person's card, with what the web may show; empty where the CV names nobody.

    :param home: where the CV is published; empty if nowhere
    """
    lines = ["BEGIN:VCARD", "VERSION:4.0", *_properties(resume, home), "END:VCARD"] if resume.person else []
    return "".join(f"{fold(line)}\r\n" for line in lines)


def fold(line: str) -> str:
    """A line in pieces of at most 75 octets; a space begins each but the first, and no character is cut."""
    pieces = [""]
    for character in line:
        if len((pieces[-1] + character).encode()) > 75:
            pieces.append(" ")
        pieces[-1] += character
    return "\r\n".join(pieces)


def _properties(resume: Resume, home: str) -> Iterator[str]:
    person = person_of(resume, "html")
    current = [work for work in positions(resume, "html") if not work.period.end and work.organization]
    links = [person.website, *(link for _, link in person.profiles())]
    told = [
        ("FN:", person.title),
        ("TITLE:", person.headline),
        *(("ORG:", work.organization.text) for work in current),
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
