"""What an output may show of a CV, in the form that data formats want."""

from collections.abc import Iterator
from typing import Any

from cvtools.model.dates import PartialDate
from cvtools.model.entries import Entry, Person, Position, Summary, Talk, Translation
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


class Shown:
    """An entry as one output may show it: a field that is for the other one is None."""

    def __init__(self, entry: Entry, output: str) -> None:
        self._entry, self._output = entry, output

    def __getattr__(self, name: str) -> Any:
        return self._entry.shown(name, self._output)

    def profiles(self) -> Iterator[tuple[str, Linked]]:
        """The places on the web where a person has a page."""
        for name, network in NETWORKS.items():
            if link := getattr(self, name):
                yield network, link

    @property
    def text(self) -> str:
        """The paragraphs of its body."""
        return "\n\n".join(self.paragraphs)


def person_of(resume: Resume, output: str) -> Any:
    """Whose CV it is, as an output may show it; None where it does not say."""
    return Shown(resume.person, output) if isinstance(resume.person, Person) else None


def about(resume: Resume) -> list[str]:
    """The paragraphs about the person: below the name, and in sections that sum up."""
    own = resume.person.paragraphs if resume.person else ()
    return [*own, *(paragraph for entry in resume.of(Summary) for paragraph in entry.paragraphs)]


def positions(resume: Resume, output: str) -> list[Any]:
    """The work whose time an output may show."""
    return [shown for entry in resume.of(Position) if (shown := Shown(entry, output)).period]


def translations(resume: Resume, talk: Talk) -> list[Translation]:
    """What the page of a talk says of it in other languages."""
    here = resume.by_page[talk.origin.docname]
    after = here[here.index(talk) + 1 :]
    ends = [number for number, entry in enumerate(after) if not isinstance(entry, Translation)]
    return [entry for entry in after[: min(ends, default=None)] if isinstance(entry, Translation)]


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
