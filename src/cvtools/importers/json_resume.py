"""Read JSON Resume (https://docs.jsonresume.org/schema): version 1, and the property names of versions before it.

An export after the import differs from the file in this: a location in parts is one line; several roles are one; values
without a field, and an unknown type, are highlights; the description is before the summary; parentheses in addresses
are encoded; networks have the names of cvtools; the only keyword of a skill without a level is the level.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cvtools.i18n import I18n
from cvtools.importers.drafts import NO_PICTURE, Draft, Source, iso_date, page, period, plural, section
from cvtools.model import values
from cvtools.model.kinds import NAME_LISTS
from cvtools.writing import myst


def read(data: Mapping[str, Any], unread: list[str], language: str = "") -> myst.Heading:
    """Return the CV as a tree of headings, whose titles are in `language`, by default English."""
    i18n = I18n(language or "en")
    source = Source(data, unread=unread, i18n=i18n)
    basics = source.object("basics")
    person = _person(basics or source)
    projects: dict[str, list[Draft]] = {}
    for item in source.objects("projects"):
        kind = item.text("type") if item.peek("type") in _KINDS else "project"
        kind = "talk" if kind == "presentation" else kind
        projects.setdefault(kind, []).append(_project(kind, item))
    drafts = {
        "work": [_work("position", item, "name", "company") for item in source.objects("work")],
        **{plural(kind): entries for kind, entries in projects.items()},
        "volunteering": [_work("volunteering", item, "organization") for item in source.objects("volunteer")],
        "education": [_education(item) for item in source.objects("education")],
        "certificates": [_certificate(item) for item in source.objects("certificates", "certifications")],
        "awards": [
            _completed(Draft("award", item.text("title", "name"), item), "summary", issuer="awarder")
            for item in source.objects("awards")
        ],
        "publications": [_publication(item) for item in source.objects("publications")],
    }
    children = [section(i18n.heading(name), entries) for name, entries in drafts.items() if entries]
    children += [
        myst.Heading(i18n.heading(kind), [("kind", kind)], lines)
        for kind in NAME_LISTS
        if (lines := _names(source, kind))
    ]
    if references := [_reference(item) for item in source.objects("references")]:
        children.append(section(i18n.heading("references"), references))
    meta = source.object("meta") or Source({})
    for part in meta.objects("sections"):
        text = "\n\n".join(filter(None, (part.prose("summary"), part.prose("highlights"))))
        children.append(myst.Heading(part.text("title"), text=text))
    meta.leave_out("data about the file")
    source.take("$schema")
    return page(person, children, *([source] if basics else []))


#: Values of a project's ``type`` that are kinds of entries, or other words for these.
_KINDS = ("talk", "presentation", "course", "teaching", "grant", "membership", "patent")
#: The schema's properties for fields of entries of all kinds.
_SCHEMA_NAMES: Mapping[str, Sequence[str]] = {
    "technologies": ("keywords",),
    "tags": ("keywords",),
    "page": ("url", "website"),
    "place": ("location",),
}


def _person(basics: Source) -> Draft:
    person = Draft("person", basics.text("name"), basics)
    if not person.title:
        raise ValueError("it names nobody: basics.name is missing")
    person.add("headline", basics.text("label"))
    if basics.take("image", "picture"):
        basics.unread.append(NO_PICTURE)
    for name in ("email", "phone"):
        for value in [*basics.texts(name), *basics.texts(f"{name}s")]:
            person.add(name, value)
    url = basics.text("url", "website")
    person.add("website", url, url)
    _add_place(person)
    person.add("timezone", basics.text("timezone"))
    for profile in basics.objects("profiles"):
        person.add_profile(*map(profile.text, ("network", "username", "url")))
        person.add_text(profile.take_rest())
    person.add_text(basics.prose("summary"))
    return person


def _work(kind: str, item: Source, *workplace: str) -> Draft:
    """Return a position or volunteering, whose organization is in the first of the properties `workplace`."""
    organization, role = item.text(*workplace), item.text("position")
    draft = Draft(kind, item.text("title") or role or organization, item)
    draft.add("role", role if role != draft.title else "")
    draft.add("organization", organization, item.text(f"{workplace[0]}Url") or item.text("url", "website"))
    return _completed(draft, "description", "summary")


def _project(kind: str, item: Source) -> Draft:
    draft = Draft(kind, item.text("name"), item)
    draft.add("role", ", ".join(item.texts("roles")))
    draft.add("organization", item.text("entity"), item.text("entityUrl"))
    if kind == "talk":
        if item.peek("endDate") == item.peek("startDate"):
            item.take("endDate")
        _add_video(draft)
        draft.children += map(_translation, item.objects("translations"))
    else:
        url = item.text("githubUrl")
        draft.add("page", url, url)
    return _completed(draft, "description", "summary")


def _translation(item: Source) -> myst.Heading:
    draft = Draft("translation", item.text("name"), item)
    _add_video(draft)
    return _completed(draft, "description").heading()


def _add_video(draft: Draft) -> None:
    """Add the ``url`` of a talk: as its video if ``page`` has the page, or if it is on a site of videos."""
    url = draft.source.text("url")
    if draft.source.peek("page") or re.search(r"youtu\.?be|vimeo", url):
        draft.add("video", url, url)
    else:
        draft.add("page", url, url)


def _education(item: Source) -> Draft:
    institution, degree, area = item.text("institution"), item.text("studyType"), item.text("area")
    name = item.text("name")
    draft = Draft("education", name or degree or area or institution, item)
    draft.add("degree", degree if name else "")
    draft.add("area", area if degree else "")
    draft.add("institution", institution, item.text("institutionUrl") or item.text("url", "website"))
    draft.add("score", item.text("score", "gpa"))
    courses = item.texts("courses")
    is_field = not any("," in course for course in courses)
    draft.add("courses", ", ".join(courses) if is_field else "")
    _completed(draft, "summary", "description")
    if not is_field:
        draft.add_text("Courses:")
        draft.add_text(myst.bullet_list(courses))
    return draft


def _certificate(item: Source) -> Draft:
    draft = Draft("certificate", item.text("name", "title"), item)
    if item.peek("startDate") and item.peek("endDate"):
        if item.peek("date") == item.peek("startDate"):
            item.take("date")
        draft.add("period", item.text("when") or period(item.text("startDate"), item.text("endDate")))
    # Take the words instead of a date whose year they have.
    date, words = item.text("date", "startDate"), str(item.peek("when") or "")
    draft.add("date", item.text("when") if date and _have_year(words, date) else iso_date(date))
    expires, end = (str(item.peek(name) or "") for name in ("expires", "endDate"))
    if expires == end or (_have_year(expires, end) and not re.match("[0-9]{4}", expires)):
        item.take("endDate")
    draft.add("expires", iso_date(item.text("endDate", "expires")))
    return _completed(draft, "summary")


def _publication(item: Source) -> Draft:
    draft = Draft("publication", item.text("name", "title"), item)
    draft.add("authors", values.people(item.texts("authors", "author")))
    draft.add("date", iso_date(item.text("releaseDate", "date")))
    if item.peek("url") == item.peek("doiUrl"):
        item.take("url")
    if item.peek("doiUrl") == f"https://doi.org/{item.peek('doi')}":
        item.take("doiUrl")
    return _completed(draft, "summary")


def _reference(item: Source) -> Draft:
    draft = Draft("reference", item.text("name") or "Reference", item)
    return _completed(draft, "reference", "summary", role="position", organization="company")


def _completed(draft: Draft, *texts: str, **names: str) -> Draft:
    """Add dates, location, other fields, text and highlights to an entry, and return it.

    :param texts: the properties of texts
    :param names: the property of a field, if its name is not the field's
    """
    item = draft.source
    _add_dates(draft)
    _add_place(draft)
    draft.take_fields({**_SCHEMA_NAMES, **{name: (name_in_file,) for name, name_in_file in names.items()}})
    for name in texts:
        draft.add_text(item.prose(name))
    draft.add_text(myst.bullet_list(item.texts("highlights")))
    return draft


def _add_dates(draft: Draft) -> None:
    """Add the date or the period of an object, which may be in words (``when``)."""
    item = draft.source
    words = item.text("when")

    def taken(name: str) -> str:
        # Words replace a date whose year they have; any other date remains, and becomes text.
        return item.text(name) if not words or _have_year(words, str(item.peek(name) or "")) else ""

    start = taken("startDate")
    if "period" in draft.field_names and draft.kind != "certificate":
        end = taken("endDate")
        # A period without an end lasts until today, but not for studies, whose end many authors leave out.
        draft.add("period", words or period(start, end, is_open=draft.kind != "education"))
    else:
        # Of a certificate with a date or a period, the words are the end.
        draft.add("expires" if {"date", "period"} & draft.fields.keys() else "date", words or iso_date(start))


def _have_year(words: str, date: str) -> bool:
    """Return whether words have the year of a date in ISO 8601, in four or two digits, or the date is empty."""
    return date[2:4] in words


def _add_place(draft: Draft) -> None:
    """Add the location of an object, which may be an address in parts."""
    place = draft.source.object("location") or Source({})
    parts = (place.text(name) for name in ("address", "postalCode", "city", "region", "countryCode", "country"))
    words = ", ".join(filter(None, parts)) or draft.source.text("location")
    draft.add("location", words)
    draft.add_text(place.take_rest())


def _names(source: Source, kind: str) -> str:
    """Return a list of names, such as skills, as Markdown: "- **Languages (expert):** Python, Go"."""
    lines = [f"- {myst.escape_line(text)}" for text in source.texts(kind)]
    items = source.objects(kind, text="name")
    if len(items) == 1 and str(items[0].peek("name")) in {"Skills", source.i18n.heading("skills")}:
        # An export writes a list without groups as one group with the title of the section.
        items[0].take("name")
        return "\n".join(filter(None, (myst.bullet_list(items[0].texts("keywords")), items[0].take_rest())))
    for item in items:
        name, level, keywords = item.text("name", "language"), item.text("fluency", "level"), item.texts("keywords")
        words, level = myst.escape_line(name or ", ".join(keywords)), myst.escape_line(level)
        if name and keywords:
            words = f"**{words}{f' ({level})' if level else ''}:** {myst.escape_line(', '.join(keywords))}"
        elif level:
            words += f"{': ' if kind == 'languages' else ' – '}{level}"
        rest = item.take_rest()
        lines.append(myst.indented("\n".join(filter(None, (words, rest))), "- ") if words else rest)
    return "\n".join(lines)
