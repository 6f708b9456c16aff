"""Describe the CV and each talk to search engines, by JSON-LD in the vocabulary of schema.org.

The root page is a `ProfilePage <https://schema.org/ProfilePage>`__ about a Person; the page of a talk is an Event. A
`Role <https://schema.org/Role>`__ adds start and end to a property: it is the property's value, and has the actual
value in a property of the same name: ``worksFor: {OrganizationRole, worksFor: {Organization}}``.
"""

import json
from collections.abc import Callable, Sequence

from cvtools.exporters.dates_and_urls import Json, absolute_url, iso_date, start_and_end, without_empty
from cvtools.model.dates import PartialDate
from cvtools.model.entries import Entry, Resume
from cvtools.model.values import Linked

#: Function that returns the absolute address of an entry; empty if the site has none.
EntryUrl = Callable[[Entry], str]


def script(data: Json) -> str:
    """Return a script element with data, escaped so that no value can end the element."""
    data = {"@context": "https://schema.org", **data}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>'


def profile_page(
    person: Entry, resume: Resume, technologies: Sequence[str], today: PartialDate, entry_url: EntryUrl
) -> Json:
    """Return the root page as a ProfilePage with its Person.

    :param technologies: the names of the technologies that the person knows
    :param today: the month that "present" means
    """
    jobs = [(position, period) for position, period in resume.dated_positions if position.workplace]
    groups = (group for skills in resume.of("skills") for group in skills.groups())
    skill_names = (name for group in groups for name in group.keywords or [group.name])
    languages = (group.name for entry in resume.of("languages") for group in entry.groups())
    details = {
        **_person(resume, entry_url),
        "jobTitle": person.headline,
        "description": resume.about,
        "email": _one_or_all(person.email or ()),
        "telephone": _one_or_all(person.phone or ()),
        "address": _thing("PostalAddress", addressLocality=person.location),
        "sameAs": person.web_addresses,
        "worksFor": [_employment("worksFor", position) for position, period in jobs if period.lasts(today)],
        "hasOccupation": [*map(_occupation, resume.of("position"))],
        "alumniOf": [
            *(_study(entry) for entry in resume.of("education") if entry.institution),
            *(_employment("alumniOf", position) for position, period in jobs if not period.lasts(today)),
        ],
        "memberOf": [
            *(_employment("memberOf", entry) for entry in resume.of("membership", "volunteering")),
            *map(_project, resume.of("project")),
        ],
        "award": [award.title for award in resume.of("award")],
        "hasCredential": [*map(_credential, resume.of("certificate"))],
        "funding": [*map(_grant, resume.of("grant"))],
        "knowsAbout": list(dict.fromkeys([*technologies, *skill_names])),
        "knowsLanguage": [_thing("Language", name=name) for name in languages],
        "subjectOf": [_event(talk, entry_url) for talk in resume.of("talk")],
        # Publications refer to the person, by "author", and not the other way.
        "@reverse": without_empty({"author": [*map(_article, resume.of("publication"))]}),
    }
    return without_empty({"@type": "ProfilePage", "url": entry_url(person), "mainEntity": without_empty(details)})


def talk_page(resume: Resume, talk: Entry, entry_url: EntryUrl) -> Json:
    """Return a talk as an Event with its speakers, and with the videos and slides of all its translations."""
    versions: list[Entry] = [talk, *resume.translations.get(talk.origin, ())]
    owner = resume.person and resume.person.title
    names = talk.speakers or filter(None, [owner])
    speakers = [_person(resume, entry_url) if name == owner else {"@type": "Person", "name": name} for name in names]
    details = {
        **_event(talk, entry_url),
        "description": talk.text,
        "inLanguage": talk.language,
        "superEvent": _organization(talk.event, "Event"),
        "performer": _one_or_all(speakers),
        "keywords": list(talk.tags or ()),
        "recordedIn": [
            _thing("VideoObject", name=version.title, url=absolute_url(version.video), inLanguage=version.language)
            for version in versions
            if version.video
        ],
        "workFeatured": [
            _thing("PresentationDigitalDocument", name=version.title, url=absolute_url(version.slides))
            for version in versions
            if version.slides
        ],
    }
    return without_empty(details)


def _one_or_all(values: Sequence[object]) -> object:
    """Return a single value itself, and several as a list."""
    return values[0] if len(values) == 1 else list(values)


def _person(resume: Resume, entry_url: EntryUrl) -> Json:
    person = resume.person
    home = entry_url(person) if person else ""
    return without_empty({"@type": "Person", "@id": f"{home}#person", "name": person and person.title, "url": home})


def _event(talk: Entry, entry_url: EntryUrl) -> Json:
    place = _thing("Place", name=talk.place)
    details = {"name": talk.title, "url": entry_url(talk), "startDate": iso_date(talk.date), "location": place}
    return {"@type": "Event", **without_empty(details)}


def _study(entry: Entry) -> Json | None:
    return _relation("alumniOf", _organization(entry.institution, "EducationalOrganization"), entry)


def _project(entry: Entry) -> Json | None:
    return _relation("memberOf", _thing("Project", name=entry.title, url=absolute_url(entry.page)), entry, entry.role)


def _employment(term: str, entry: Entry) -> Json | None:
    employer = _organization(entry.workplace or Linked(entry.title), "Organization")
    # The heading of a membership names the association rather than a role.
    return _relation(term, employer, entry, entry.role if entry.kind == "membership" else entry.job_title)


def _relation(term: str, other: Json | None, entry: Entry, role: str | None = None) -> Json | None:
    """Return the Role of the person at another thing, such as an organization, with the period of an entry.

    :param term: the person's property that has the Role, such as "worksFor"
    """
    return _thing("OrganizationRole", **{term: other}, roleName=role, **start_and_end(entry.period))


def _credential(certificate: Entry) -> Json | None:
    return _thing(
        "EducationalOccupationalCredential",
        name=certificate.title,
        url=absolute_url(certificate.page),
        recognizedBy=_organization(certificate.issuer, "Organization"),
        identifier=certificate.number,
        datePublished=iso_date(certificate.date),
        expires=iso_date(certificate.expires),
    )


def _grant(grant: Entry) -> Json | None:
    return _thing(
        "MonetaryGrant",
        name=grant.title,
        funder=_organization(grant.funder, "Organization"),
        identifier=grant.number,
        description=grant.amount,
        url=absolute_url(grant.page),
    )


def _article(publication: Entry) -> Json | None:
    return _thing(
        "ScholarlyArticle",
        name=publication.title,
        author=[{"@type": "Person", "name": name} for name in publication.authors or ()],
        isPartOf=_organization(publication.venue, "Periodical"),
        publisher=_organization(publication.publisher, "Organization"),
        datePublished=iso_date(publication.date),
        url=absolute_url(publication.page) or absolute_url(publication.doi),
    )


def _occupation(position: Entry) -> Json | None:
    occupation = _thing("Occupation", name=position.job_title, skills=list(position.technologies or ()))
    return _thing("Role", hasOccupation=occupation, **start_and_end(position.period))


def _organization(value: Linked | None, kind: str) -> Json | None:
    return _thing(kind, name=value and value.text, url=absolute_url(value))


def _thing(kind: str, **properties: object) -> Json | None:
    """Return an object of a type of schema.org without empty properties; None if all are empty."""
    filled = without_empty(properties)
    return {"@type": kind, **filled} if filled else None
