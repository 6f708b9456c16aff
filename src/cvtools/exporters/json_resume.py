"""The CV as JSON Resume (https://docs.jsonresume.org/schema, version 1.0.0)."""

import json
from collections.abc import Callable, Set
from pathlib import Path
from typing import cast

from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment

from cvtools.exporters.common import Json, about, date, dates, filled, first, home, profiles, text, url
from cvtools.model.entries import (
    Award,
    Certificate,
    Education,
    Interests,
    Languages,
    Person,
    Position,
    Publication,
    Skills,
    Talk,
    Translation,
)
from cvtools.model.resume import E, Resume
from cvtools.model.values import Linked
from cvtools.project import atomic_write
from cvtools.reading.domain import CvDomain

FILE = "resume.json"


class JsonResumeBuilder(Builder):
    """Builder that writes ``resume.json`` with the values that the web may show."""

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


def export(env: BuildEnvironment, folder: Path, output: str = "html") -> None:
    """Write ``resume.json`` with the values that an output ("html" or "pdf") may show."""
    with atomic_write(folder / FILE) as temporary:
        temporary.write_bytes(json_resume(env, output))


def json_resume(env: BuildEnvironment, output: str) -> bytes:
    """Return the CV as JSON Resume, with the values that an output may show.

    Talks are projects of the type "talk"; technologies are keywords. Values for which the schema has no name are in
    additional properties, which the schema allows.
    """
    resume = cast(CvDomain, env.domains["cv"]).for_output(output)
    return f"{json.dumps(_document(resume, home(env.config)), ensure_ascii=False, indent=2)}\n".encode()


def _document(resume: Resume, published: str) -> Json:
    def each(kind: type[E], convert: Callable[[E], Json]) -> list[Json]:
        return [filled(convert(entry)) for entry in resume.of(kind)]

    def talk(entry: Talk) -> Json:
        others = [filled(_translation(other)) for other in resume.translations.get(entry.origin, ())]
        return _talk(entry) | {"translations": others}

    data = {
        "basics": filled(_basics(resume.person, resume)) if resume.person else None,
        "work": each(Position, _work),
        "education": each(Education, _education),
        "awards": each(Award, _award),
        "certificates": each(Certificate, _certificate),
        "publications": each(Publication, _publication),
        "skills": [filled({"name": entry.title, "keywords": list(entry.highlights)}) for entry in resume.of(Skills)],
        "languages": [
            filled({"language": name, "fluency": fluency})
            for entry in resume.of(Languages)
            for name, fluency in entry.fluencies()
        ],
        "interests": [{"name": name} for entry in resume.of(Interests) for name in entry.highlights],
        "projects": each(Talk, talk),
        "meta": filled({"version": "v1.0.0", "canonical": published}),
    }
    return filled(data)


def _basics(person: Person, resume: Resume) -> Json:
    return {
        "name": person.title,
        "label": person.headline,
        "email": first(person.email),
        "phone": first(person.phone),
        "url": url(person.website),
        "summary": about(resume),
        "location": filled({"address": person.location}),
        "timezone": person.timezone,
        "profiles": [
            {"network": network, "username": link.url.rstrip("/").rsplit("/", 1)[-1], "url": link.url}
            for network, link in profiles(person)
        ],
    }


def _work(position: Position) -> Json:
    return {
        "name": text(position.organization),
        "position": position.title,
        "url": url(position.organization),
        "location": position.location,
        **dates(position.period),
        "summary": position.text,
        "highlights": list(position.highlights),
        "keywords": list(position.technologies or ()),
    }


def _education(education: Education) -> Json:
    return {
        "institution": text(education.institution),
        "url": url(education.institution),
        "location": education.location,
        "area": education.area or education.specialization,
        "specialization": education.specialization if education.area else None,
        "studyType": education.degree or education.title,
        "name": education.title if education.degree else None,
        **dates(education.period),
        "score": education.score,
        "summary": education.text,
        "highlights": list(education.highlights),
        "keywords": list(education.technologies or ()),
    }


def _award(award: Award) -> Json:
    return {
        "title": award.title,
        "date": date(award.date),
        **_linked("awarder", award.issuer),
        "url": url(award.page),
        "summary": award.text,
    }


def _certificate(certificate: Certificate) -> Json:
    period = dates(certificate.period)
    return {
        "name": certificate.title,
        "date": date(certificate.date) or period.get("startDate"),
        **period,
        **_linked("issuer", certificate.issuer),
        "url": url(certificate.page),
        "summary": certificate.text,
    }


def _publication(publication: Publication) -> Json:
    return {
        "name": publication.title,
        "authors": list(publication.authors or ()),
        **_linked("publisher", publication.publisher),
        "releaseDate": date(publication.date),
        "url": url(publication.page),
        "summary": publication.text,
    }


def _talk(talk: Talk) -> Json:
    return {
        "name": talk.title,
        "type": "talk",
        **_linked("entity", talk.event),
        "location": talk.place,
        "startDate": date(talk.date),
        "endDate": date(talk.date),
        **_media(talk),
        "highlights": list(talk.highlights),
    }


def _translation(translation: Translation) -> Json:
    return {"name": translation.title, **_media(translation)}


def _media(talk: Talk | Translation) -> Json:
    return {
        "url": url(talk.video) or url(talk.page),
        "page": url(talk.page) if talk.video else None,
        "slides": url(talk.slides),
        "language": talk.language,
        "description": talk.text,
    }


def _linked(name: str, value: Linked | None) -> Json:
    return {name: text(value), f"{name}Url": url(value)}
