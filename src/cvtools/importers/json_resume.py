"""Read JSON Resume (https://docs.jsonresume.org/schema): version 1, and the names of versions before it."""

from collections.abc import Mapping
from typing import Any

from cvtools.importers.drafts import Draft, Source, address, date, page, period, section
from cvtools.writing import markdown
from cvtools.writing.markdown import Heading


def read(data: Mapping[str, Any], unread: list[str]) -> Heading:
    """Return the CV as a tree of headings.

    :param unread: receives the places of values for which there is no field
    :raises ValueError: it names nobody
    """
    source = Source(data, unread=unread)
    basics = source.object("basics")
    person = _person(basics or source)
    children = [
        section(title, drafts)
        for title, drafts in (
            ("Work experience", [_work(item) for item in source.objects("work")]),
            ("Projects", [_project(item) for item in source.objects("projects")]),
            ("Volunteering", [_volunteering(item) for item in source.objects("volunteer")]),
            ("Education", [_education(item) for item in source.objects("education")]),
            ("Certificates", [_certificate(item) for item in source.objects("certificates", "certifications")]),
            ("Awards", [_award(item) for item in source.objects("awards")]),
            ("Publications", [_publication(item) for item in source.objects("publications")]),
        )
        if drafts
    ]
    children += [
        Heading(title, [("kind", kind)], lines)
        for title, kind, lines in (
            ("Skills", "skills", _names(source, "skills", "level")),
            ("Languages", "languages", _names(source, "languages", "fluency")),
            ("Interests", "interests", _names(source, "interests", "level")),
        )
        if lines
    ]
    if references := [_reference(item) for item in source.objects("references")]:
        children.append(section("References", references))
    source.take("meta")
    source.take("$schema")
    return page(person, children, *([source] if basics else []))


def _person(basics: Source) -> Draft:
    if not (name := basics.text("name")):
        raise ValueError("it names nobody: basics.name is missing")
    person = Draft("person", name, basics)
    person.add("headline", basics.text("label"))
    if picture := basics.text("image", "picture"):
        person.say(f"Photo: {markdown.link(picture, picture)}" if picture.startswith("http") else "")
    for mail in basics.texts("email"):
        person.add("email", mail)
    for number in basics.texts("phone"):
        person.add("phone", number)
    if url := basics.text("url", "website"):
        person.add("website", url, address(url))
    place = basics.object("location")
    if place:
        parts = (place.text(name) for name in ("address", "postalCode", "city", "region", "countryCode", "country"))
        person.add("location", ", ".join(filter(None, parts)))
        person.say(place.rest())
    else:
        person.add("location", basics.text("location"))
    person.add("timezone", basics.text("timezone"))
    for profile in basics.objects("profiles"):
        network, user, url = profile.text("network"), profile.text("username"), profile.text("url")
        person.add_profile(network, user, url)
        person.say(profile.rest())
    person.say(basics.prose("summary"))
    return person


def _work(item: Source) -> Draft:
    company = item.text("name", "company")
    draft = Draft("position", item.text("position") or company, item)
    draft.add("organization", company, address(item.text("url", "website")))
    draft.add("location", _place(item))
    draft.add("period", period(item.text("startDate"), item.text("endDate")))
    draft.add("technologies", ", ".join(item.texts("keywords", "technologies")))
    return _told(draft, "description", "summary")


def _volunteering(item: Source) -> Draft:
    organization = item.text("organization")
    draft = Draft("volunteering", item.text("position") or organization, item)
    draft.add("organization", organization, address(item.text("url", "website")))
    draft.add("location", _place(item))
    draft.add("period", period(item.text("startDate"), item.text("endDate")))
    return _told(draft, "summary")


def _project(item: Source) -> Draft:
    kind = "talk" if item.text("type") in {"talk", "presentation"} else "project"
    draft = Draft(kind, item.text("name"), item)
    draft.add("role", ", ".join(item.texts("roles")))
    organization = item.text("entity")
    if kind == "talk":
        draft.add("event", organization, address(item.text("entityUrl")))
        draft.add("date", date(item.text("startDate")))
        item.take("endDate")
        draft.add("place", _place(item))
    else:
        draft.add("organization", organization)
        draft.add("period", period(item.text("startDate"), item.text("endDate"), is_open=False))
        draft.add("location", _place(item))
    if url := item.text("url", "website", "githubUrl"):
        draft.add("page", url, address(url))
    draft.add("technologies", ", ".join(item.texts("keywords", "technologies")))
    return _told(draft, "description", "summary")


def _education(item: Source) -> Draft:
    institution, degree, area = item.text("institution"), item.text("studyType"), item.text("area")
    draft = Draft("education", degree or area or institution, item)
    draft.add("area", area if degree else "")
    draft.add("institution", institution, address(item.text("url", "website")))
    draft.add("location", _place(item))
    draft.add("period", period(item.text("startDate"), item.text("endDate"), is_open=False))
    draft.add("score", item.text("score", "gpa"))
    draft.add("technologies", ", ".join(item.texts("keywords")))
    _told(draft, "summary", "description")
    if courses := item.texts("courses"):
        draft.say("Courses:")
        draft.say(markdown.bullets(courses))
    return draft


def _certificate(item: Source) -> Draft:
    draft = Draft("certificate", item.text("name", "title"), item)
    draft.add("issuer", item.text("issuer"), address(item.text("issuerUrl")))
    draft.add("date", date(item.text("date", "startDate")))
    draft.add("expires", date(item.text("endDate", "expires")))
    if url := item.text("url", "website"):
        draft.add("page", url, address(url))
    return _told(draft, "summary")


def _award(item: Source) -> Draft:
    draft = Draft("award", item.text("title", "name"), item)
    draft.add("issuer", item.text("awarder"), address(item.text("awarderUrl")))
    draft.add("date", date(item.text("date")))
    if url := item.text("url", "website"):
        draft.add("page", url, address(url))
    return _told(draft, "summary")


def _publication(item: Source) -> Draft:
    draft = Draft("publication", item.text("name", "title"), item)
    draft.add("authors", ", ".join(item.texts("authors", "author")))
    draft.add("publisher", item.text("publisher"), address(item.text("publisherUrl")))
    draft.add("date", date(item.text("releaseDate", "date")))
    if url := item.text("url", "website"):
        draft.add("page", url, address(url))
    return _told(draft, "summary")


def _reference(item: Source) -> Draft:
    draft = Draft("reference", item.text("name") or "Reference", item)
    draft.add("role", item.text("position", "role"))
    draft.add("organization", item.text("organization", "company"))
    draft.add("email", item.text("email"))
    draft.add("phone", item.text("phone"))
    return _told(draft, "reference", "summary")


def _told(draft: Draft, *names: str) -> Draft:
    """Add the prose and the highlights of an object to its draft."""
    for name in names:
        draft.say(draft.source.prose(name))
    draft.say(markdown.bullets(draft.source.texts("highlights")))
    return draft


def _names(source: Source, section: str, level: str) -> str:
    """Return a list of names, such as skills: "- Languages (expert): Python, Go"."""
    lines = [markdown.escape(text) for text in source.texts(section)]
    for item in source.objects(section):
        name = item.text("name", "language")
        grade, keywords = item.text(level, "level"), item.texts("keywords")
        words = markdown.escape(name or ", ".join(keywords))
        if name and keywords:
            words = (
                f"**{words}{f' ({markdown.escape(grade)})' if grade else ''}:** {markdown.escape(', '.join(keywords))}"
            )
        elif grade:
            words += f": {markdown.escape(grade)}"
        rest = item.rest().replace("\n", "\n  ")
        lines.append(words + (f"\n  {rest}" if rest else ""))
    return "\n".join(f"- {line}" for line in lines)


def _place(item: Source) -> str:
    """Return the place of an object, which some generators write in parts."""
    if place := item.object("location"):
        parts = (place.text(name) for name in ("address", "city", "region", "countryCode", "country"))
        return ", ".join(filter(None, parts))
    return item.text("location")
