"""schema.org's terms in JSON-LD: what search engines are told of the CV and of each talk.

The root page is a `ProfilePage <https://schema.org/ProfilePage>`__ about a Person; a talk's is an Event. What lasted
for a time stands in a `Role <https://schema.org/Role>`__, which repeats the property that leads to it.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from cvtools.exporters.common import about, date, filled, positions, profiles, text, url
from cvtools.model.dates import Period
from cvtools.model.entries import Education, Entry, Languages, Person, Position, Talk, Translation
from cvtools.model.resume import Resume
from cvtools.model.values import Linked

#: The absolute address of an entry; empty where the book has none.
Address = Callable[[Entry], str]


def script(data: dict[str, Any]) -> str:
    """The element that carries data in a page; nothing in the data can end it."""
    told = {"@context": "https://schema.org", **data}
    words = json.dumps(told, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{words}</script>'


def profile_page(person: Person, resume: Resume, technologies: Sequence[str], address: Address) -> dict[str, Any]:
    """The root page and whom it is about.

    :param person: that one
    :param technologies: what the person knows
    """
    links = [person.website, *(link for _, link in profiles(person))]
    employed = [(work, work.period) for work in positions(resume) if work.organization and work.period]
    details = {
        **_person(resume, address),
        "jobTitle": person.headline,
        "description": "\n\n".join(about(resume)),
        "email": person.email,
        "telephone": person.phone,
        "address": _thing("PostalAddress", addressLocality=person.location),
        "sameAs": [link.url for link in links if link],
        "worksFor": [_employment("worksFor", work) for work, period in employed if not period.end],
        "hasOccupation": [_occupation(work) for work in positions(resume)],
        "alumniOf": [
            *(_studies(entry) for entry in resume.of(Education) if entry.institution),
            *(_employment("alumniOf", work) for work, period in employed if period.end),
        ],
        "knowsAbout": list(technologies),
        "knowsLanguage": [
            _thing("Language", name=name) for entry in resume.of(Languages) for name, _ in entry.fluencies()
        ],
        "subjectOf": [_event(resume, talk, address) for talk in resume.of(Talk)],
    }
    return filled({"@type": "ProfilePage", "url": address(resume.entries[0]), "mainEntity": filled(details)})


def talk_page(resume: Resume, talk: Talk, address: Address) -> dict[str, Any]:
    """A talk, its recordings in each language, and who gave it."""
    versions: list[Talk | Translation] = [talk, *resume.translations.get(talk.origin, ())]
    recordings = (
        _thing("VideoObject", name=version.title, url=url(version.video), inLanguage=version.language)
        for version in versions
        if version.video
    )
    return filled(
        {
            **_event(resume, talk, address),
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


def _person(resume: Resume, address: Address) -> dict[str, Any]:
    person = resume.person
    home = address(person) if person else ""
    return filled({"@type": "Person", "@id": f"{home}#person", "name": person and person.title, "url": home})


def _event(resume: Resume, talk: Talk, address: Address) -> Any:
    return _thing(
        "Event",
        name=talk.title,
        url=address(talk),
        startDate=date(talk.date),
        location=_thing("Place", name=talk.place),
    )


def _employment(term: str, work: Position) -> Any:
    organization = {term: _organization(work.organization, "Organization")}
    return _thing("OrganizationRole", **organization, roleName=work.title, **_dates(work.period))


def _studies(education: Education) -> Any:
    school = _organization(education.institution, "EducationalOrganization")
    return _thing("OrganizationRole", alumniOf=school, **_dates(education.period))


def _occupation(work: Position) -> Any:
    occupation = _thing("Occupation", name=work.title, skills=list(work.technologies or ()))
    return _thing("Role", hasOccupation=occupation, **_dates(work.period))


def _organization(value: Linked | None, kind: str) -> Any:
    return _thing(kind, name=text(value), url=url(value))


def _dates(period: Period | None) -> dict[str, Any]:
    return {"startDate": date(period.start), "endDate": date(period.end)} if period else {}


def _thing(kind: str, **properties: Any) -> Any:
    """A thing of a kind; None where nothing is known of it."""
    known = filled(properties)
    return {"@type": kind, **known} if known else None
