"""JSON-LD in the vocabulary of schema.org, which describes the CV and each talk to search engines.

The root page is a `ProfilePage <https://schema.org/ProfilePage>`__ about a Person; a talk's is an Event. A relation
with a start and an end is a `Role <https://schema.org/Role>`__, which repeats the property that refers to it.
"""

import json
from collections.abc import Callable, Sequence

from cvtools.exporters.common import Json, about, date, dates, filled, first, links, positions, text, url
from cvtools.model.entries import Education, Entry, Languages, Person, Position, Talk, Translation
from cvtools.model.resume import Resume
from cvtools.model.values import Linked

#: Function that returns the absolute address of an entry; empty if the address of the book is not known.
Address = Callable[[Entry], str]


def script(data: Json) -> str:
    """Return a script element with data, escaped so that no value can end the element."""
    data = {"@context": "https://schema.org", **data}
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{written}</script>'


def profile_page(person: Person, resume: Resume, technologies: Sequence[str], address: Address) -> Json:
    """Return the root page as a ProfilePage with its Person.

    :param technologies: the names of the technologies that the person knows
    """
    employed = [(position, period) for position, period in positions(resume) if position.organization]
    details = {
        **_person(resume, address),
        "jobTitle": person.headline,
        "description": about(resume),
        "email": first(person.email),
        "telephone": first(person.phone),
        "address": _thing("PostalAddress", addressLocality=person.location),
        "sameAs": links(person),
        "worksFor": [_employment("worksFor", position) for position, period in employed if not period.end],
        "hasOccupation": [_occupation(position) for position, _ in positions(resume)],
        "alumniOf": [
            *(_studies(entry) for entry in resume.of(Education) if entry.institution),
            *(_employment("alumniOf", position) for position, period in employed if period.end),
        ],
        "knowsAbout": list(technologies),
        "knowsLanguage": [
            _thing("Language", name=name) for entry in resume.of(Languages) for name, _ in entry.fluencies()
        ],
        "subjectOf": [_event(talk, address) for talk in resume.of(Talk)],
    }
    return filled({"@type": "ProfilePage", "url": address(resume.entries[0]), "mainEntity": filled(details)})


def talk_page(resume: Resume, talk: Talk, address: Address) -> Json:
    """Return a talk as an Event, with its speaker, and its recordings and slides in each language."""
    versions: list[Talk | Translation] = [talk, *resume.translations.get(talk.origin, ())]
    recordings = (
        _thing("VideoObject", name=version.title, url=url(version.video), inLanguage=version.language)
        for version in versions
        if version.video
    )
    return filled(
        {
            **_event(talk, address),
            "description": talk.text,
            "inLanguage": talk.language,
            "superEvent": _organization(talk.event, "Event"),
            "performer": _person(resume, address) if resume.person else None,
            "recordedIn": list(recordings),
            "workFeatured": [
                _thing("PresentationDigitalDocument", name=version.title, url=url(version.slides))
                for version in versions
                if version.slides
            ],
        }
    )


def _person(resume: Resume, address: Address) -> Json:
    person = resume.person
    home = address(person) if person else ""
    return filled({"@type": "Person", "@id": f"{home}#person", "name": person and person.title, "url": home})


def _event(talk: Talk, address: Address) -> Json:
    place = _thing("Place", name=talk.place)
    known = {"name": talk.title, "url": address(talk), "startDate": date(talk.date), "location": place}
    return {"@type": "Event", **filled(known)}


def _employment(term: str, position: Position) -> Json | None:
    organization = {term: _organization(position.organization, "Organization")}
    return _thing("OrganizationRole", **organization, roleName=position.title, **dates(position.period))


def _studies(education: Education) -> Json | None:
    school = _organization(education.institution, "EducationalOrganization")
    return _thing("OrganizationRole", alumniOf=school, **dates(education.period))


def _occupation(position: Position) -> Json | None:
    occupation = _thing("Occupation", name=position.title, skills=list(position.technologies or ()))
    return _thing("Role", hasOccupation=occupation, **dates(position.period))


def _organization(value: Linked | None, kind: str) -> Json | None:
    return _thing(kind, name=text(value), url=url(value))


def _thing(kind: str, **properties: object) -> Json | None:
    """Return an object of a type; None if all its properties are empty."""
    known = filled(properties)
    return {"@type": kind, **known} if known else None
