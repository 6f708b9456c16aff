"""JSON Resume (https://docs.jsonresume.org/schema, version 1.0.0): the CV as one JSON file."""

import json
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any, cast

from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment

from cvtools.files import whole
from cvtools.model.dates import PartialDate, Period
from cvtools.model.entries import (
    Award,
    Certificate,
    Education,
    Entry,
    Interests,
    Languages,
    Position,
    Publication,
    Skills,
    Summary,
    Talk,
)
from cvtools.model.resume import Resume
from cvtools.model.values import Linked
from cvtools.reading.domain import CvDomain

_PROFILES = {
    "github": "GitHub",
    "gitlab": "GitLab",
    "linkedin": "LinkedIn",
    "mastodon": "Mastodon",
    "orcid": "ORCID",
}


class JsonResumeBuilder(Builder):
    """Writes ``resume.json`` with what the web may show."""

    name = "jsonresume"
    format = "json"
    allow_parallel = True
    epilog = "The CV as data is in %(outdir)s."

    def get_outdated_docs(self) -> str:
        return "the CV"

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        return docname

    def write_documents(self, docnames: Set[str]) -> None:
        export(self.env, Path(self.outdir))


def export(env: BuildEnvironment, folder: Path) -> None:
    """Write ``resume.json`` with what the web may show, whole or not at all."""
    resume = cast(CvDomain, env.domains["cv"]).resume()
    with whole(folder / "resume.json") as beside:
        beside.write_text(serialise(json_resume(resume, "html", env.config.html_baseurl)), "utf-8")


def serialise(data: dict[str, Any]) -> str:
    """The text of a JSON file."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def json_resume(resume: Resume, output: str, url: str = "") -> dict[str, Any]:
    """The CV in the terms of JSON Resume.

    Talks are projects of the type "talk"; technologies are keywords.

    :param output: whose fields are meant, "html" or "pdf"; what is for the other one is left out
    :param url: where the CV is published; empty if nowhere
    """

    def each(kind: type[Any], convert: Any) -> list[dict[str, Any]]:
        return [_filled(convert(_Shown(entry, output))) for entry in resume.of(kind)]

    person = resume.person
    data = {
        "basics": _filled(_basics(_Shown(person, output), resume)) if person else None,
        "work": each(Position, _work),
        "education": each(Education, _education),
        "awards": each(Award, _award),
        "certificates": each(Certificate, _certificate),
        "publications": each(Publication, _publication),
        "skills": [_filled({"name": entry.title, "keywords": list(entry.highlights)}) for entry in resume.of(Skills)],
        "languages": [
            _filled({"language": name, "fluency": fluency})
            for entry in resume.of(Languages)
            for name, fluency in entry.fluencies()
        ],
        "interests": [{"name": name} for entry in resume.of(Interests) for name in entry.highlights],
        "projects": each(Talk, _talk),
        "meta": _filled({"version": "v1.0.0", "canonical": url}),
    }
    return _filled(data)


class _Shown:
    """An entry as one output may show it: a field that is for the other one is None."""

    def __init__(self, entry: Entry, output: str) -> None:
        self._entry, self._output = entry, output

    def __getattr__(self, name: str) -> Any:
        return self._entry.shown(name, self._output)


def _basics(person: Any, resume: Resume) -> dict[str, Any]:
    summaries = [paragraph for entry in resume.of(Summary) for paragraph in entry.paragraphs]
    return {
        "name": person.title,
        "label": person.headline,
        "email": person.email,
        "phone": person.phone,
        "url": _url(person.website),
        "summary": "\n\n".join([*person.paragraphs, *summaries]),
        "location": _filled({"address": person.location}),
        "profiles": list(_profiles(person)),
    }


def _profiles(person: Any) -> Iterator[dict[str, Any]]:
    for name, network in _PROFILES.items():
        if link := getattr(person, name):
            yield {"network": network, "username": link.url.rstrip("/").rsplit("/", 1)[-1], "url": link.url}


def _work(position: Any) -> dict[str, Any]:
    return {
        "name": _text(position.organization),
        "position": position.title,
        "url": _url(position.organization),
        "location": position.location,
        **_dates(position.period),
        "summary": "\n\n".join(position.paragraphs),
        "highlights": list(position.highlights),
        "keywords": list(position.technologies or ()),
    }


def _education(education: Any) -> dict[str, Any]:
    return {
        "institution": _text(education.institution),
        "url": _url(education.institution),
        "area": education.area or education.specialization,
        "studyType": education.degree or education.title,
        **_dates(education.period),
        "score": education.score,
        "summary": "\n\n".join(education.paragraphs),
        "highlights": list(education.highlights),
    }


def _award(award: Any) -> dict[str, Any]:
    return {
        "title": award.title,
        "date": _date(award.date),
        "awarder": _text(award.issuer),
        "summary": "\n\n".join(award.paragraphs),
    }


def _certificate(certificate: Any) -> dict[str, Any]:
    return {
        "name": certificate.title,
        "date": _date(certificate.date) or _dates(certificate.period).get("startDate"),
        "issuer": _text(certificate.issuer),
        "url": _url(certificate.page),
    }


def _publication(publication: Any) -> dict[str, Any]:
    return {
        "name": publication.title,
        "publisher": _text(publication.publisher),
        "releaseDate": _date(publication.date),
        "url": _url(publication.page),
        "summary": "\n\n".join(publication.paragraphs),
    }


def _talk(talk: Any) -> dict[str, Any]:
    return {
        "name": talk.title,
        "type": "talk",
        "entity": _text(talk.event),
        "startDate": _date(talk.date),
        "endDate": _date(talk.date),
        "url": _url(talk.video) or _url(talk.page),
        "description": "\n\n".join(talk.paragraphs),
        "highlights": list(talk.highlights),
    }


def _dates(period: Period | None) -> dict[str, Any]:
    return {"startDate": _date(period.start), "endDate": _date(period.end)} if period else {}


def _date(date: PartialDate | None) -> str | None:
    return str(date) if date else None


def _text(value: Linked | None) -> str | None:
    return value.text if value else None


def _url(value: Linked | None) -> str | None:
    return value.url if value else None


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    """The entries of a dict that say something."""
    return {name: value for name, value in data.items() if value}
