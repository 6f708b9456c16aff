"""What the data formats have in common."""

from collections.abc import Iterator
from typing import Any

from cvtools.model.dates import PartialDate
from cvtools.model.entries import Person, Position, Summary
from cvtools.model.resume import Resume
from cvtools.model.values import Linked

#: The fields of a person that lead to a profile elsewhere, with the names of these places.
NETWORKS = {
    "github": "GitHub",
    "gitlab": "GitLab",
    "linkedin": "LinkedIn",
    "mastodon": "Mastodon",
    "orcid": "ORCID",
}


def profiles(person: Person) -> Iterator[tuple[str, Linked]]:
    """The places on the web where a person has a page."""
    for name, network in NETWORKS.items():
        if link := getattr(person, name):
            yield network, link


def about(resume: Resume) -> list[str]:
    """The paragraphs about the person: below the name, and in sections that sum up."""
    own = resume.person.paragraphs if resume.person else ()
    return [*own, *(paragraph for entry in resume.of(Summary) for paragraph in entry.paragraphs)]


def positions(resume: Resume) -> list[Position]:
    """The work whose time is known."""
    return [work for work in resume.of(Position) if work.period]


def date(value: PartialDate | None) -> str | None:
    """ISO 8601, as far as the date is known."""
    return str(value) if value else None


def text(value: Linked | None) -> str | None:
    """The words of a value."""
    return value.text if value else None


def url(value: Linked | None) -> str | None:
    """Where a value leads."""
    return value.url if value else None


def filled(data: dict[str, Any]) -> dict[str, Any]:
    """The entries of a dict that say something."""
    return {name: value for name, value in data.items() if value}
