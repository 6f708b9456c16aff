"""Read JSON Resume (https://docs.jsonresume.org/schema): version 1, and the property names of versions before it.

An export after the import differs from the file in this: a location in parts is one line; several roles are one; values
without a field, and an unknown type, are highlights; the description is before the summary; parentheses in addresses
are encoded; networks have the names of cvtools; the only keyword of a skill without a level becomes the level.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cvtools.i18n import I18n
from cvtools.importers.imported_entries import ImportedEntry, iso_date, page, period, plural, section
from cvtools.importers.imported_objects import NO_PICTURE, ImportedObject
from cvtools.model import values
from cvtools.model.kinds import NAME_LISTS
from cvtools.writing import myst


def read(data: Mapping[str, Any], unread: list[str], language: str = "") -> myst.Heading:
    """Return the CV as a tree of headings, whose titles are in `language`, by default English."""
    i18n = I18n(language or "en")
    source = ImportedObject(data, unread=unread, i18n=i18n)
    basics = source.object("basics")
    person = _person(basics or source)
    projects: dict[str, list[ImportedEntry]] = {}
    for item in source.objects("projects"):
        kind = item.text("type") if item.peek("type") in _KINDS else "project"
        kind = "talk" if kind == "presentation" else kind
        projects.setdefault(kind, []).append(_project(kind, item))
    sections = {
        "work": [_work("position", item, "name", "company") for item in source.objects("work")],
        **{plural(kind): entries for kind, entries in projects.items()},
        "volunteering": [_work("volunteering", item, "organization") for item in source.objects("volunteer")],
        "education": [_education(item) for item in source.objects("education")],
        "certificates": [_certificate(item) for item in source.objects("certificates", "certifications")],
        "awards": [
            _completed(ImportedEntry("award", item.text("title", "name"), item), "summary", issuer="awarder")
            for item in source.objects("awards")
        ],
        "publications": [_publication(item) for item in source.objects("publications")],
    }
    children = [section(i18n.heading(name), entries) for name, entries in sections.items() if entries]
    children += [
        myst.Heading(i18n.heading(kind), [("kind", kind)], lines)
        for kind in NAME_LISTS
        if (lines := _names(source, kind))
    ]
    if references := [_reference(item) for item in source.objects("references")]:
        children.append(section(i18n.heading("references"), references))
    meta = source.object("meta") or ImportedObject({})
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


def _person(basics: ImportedObject) -> ImportedEntry:
    person = ImportedEntry("person", basics.text("name"), basics)
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


def _work(kind: str, item: ImportedObject, *workplace: str) -> ImportedEntry:
    """Return a position or volunteering, whose organization is in the first of the properties `workplace`."""
    organization, role = item.text(*workplace), item.text("position")
    entry = ImportedEntry(kind, item.text("title") or role or organization, item)
    entry.add("role", role if role != entry.title else "")
    entry.add("organization", organization, item.text(f"{workplace[0]}Url") or item.text("url", "website"))
    return _completed(entry, "description", "summary")


def _project(kind: str, item: ImportedObject) -> ImportedEntry:
    entry = ImportedEntry(kind, item.text("name"), item)
    entry.add("role", ", ".join(item.texts("roles")))
    entry.add("organization", item.text("entity"), item.text("entityUrl"))
    if kind == "talk":
        if item.peek("endDate") == item.peek("startDate"):
            item.take("endDate")
        _add_video(entry)
        entry.children += map(_translation, item.objects("translations"))
    else:
        url = item.text("githubUrl")
        entry.add("page", url, url)
    return _completed(entry, "description", "summary")


def _translation(item: ImportedObject) -> myst.Heading:
    entry = ImportedEntry("translation", item.text("name"), item)
    _add_video(entry)
    return _completed(entry, "description").heading()


def _add_video(entry: ImportedEntry) -> None:
    """Add the ``url`` of a talk: as its video if ``page`` has the page, or if it is on a site of videos."""
    url = entry.source.text("url")
    if entry.source.peek("page") or re.search(r"youtu\.?be|vimeo", url):
        entry.add("video", url, url)
    else:
        entry.add("page", url, url)


def _education(item: ImportedObject) -> ImportedEntry:
    institution, degree, area = item.text("institution"), item.text("studyType"), item.text("area")
    name = item.text("name")
    entry = ImportedEntry("education", name or degree or area or institution, item)
    entry.add("degree", degree if name else "")
    entry.add("area", area if degree else "")
    entry.add("institution", institution, item.text("institutionUrl") or item.text("url", "website"))
    entry.add("score", item.text("score", "gpa"))
    courses = item.texts("courses")
    is_field = not any("," in course for course in courses)
    entry.add("courses", ", ".join(courses) if is_field else "")
    _completed(entry, "summary", "description")
    if not is_field:
        entry.add_text("Courses:")
        entry.add_text(myst.bullet_list(courses))
    return entry


def _certificate(item: ImportedObject) -> ImportedEntry:
    entry = ImportedEntry("certificate", item.text("name", "title"), item)
    if item.peek("startDate") and item.peek("endDate"):
        if item.peek("date") == item.peek("startDate"):
            item.take("date")
        entry.add("period", item.text("when") or period(item.text("startDate"), item.text("endDate")))
    # Take the words instead of a date whose year they have.
    date, words = item.text("date", "startDate"), str(item.peek("when") or "")
    entry.add("date", item.text("when") if date and _have_year(words, date) else iso_date(date))
    expires, end = (str(item.peek(name) or "") for name in ("expires", "endDate"))
    if expires == end or (_have_year(expires, end) and not re.match("[0-9]{4}", expires)):
        item.take("endDate")
    entry.add("expires", iso_date(item.text("endDate", "expires")))
    return _completed(entry, "summary")


def _publication(item: ImportedObject) -> ImportedEntry:
    entry = ImportedEntry("publication", item.text("name", "title"), item)
    entry.add("authors", values.people(item.texts("authors", "author")))
    entry.add("date", iso_date(item.text("releaseDate", "date")))
    if item.peek("url") == item.peek("doiUrl"):
        item.take("url")
    if item.peek("doiUrl") == f"https://doi.org/{item.peek('doi')}":
        item.take("doiUrl")
    return _completed(entry, "summary")


def _reference(item: ImportedObject) -> ImportedEntry:
    entry = ImportedEntry("reference", item.text("name") or "Reference", item)
    return _completed(entry, "reference", "summary", role="position", organization="company")


def _completed(entry: ImportedEntry, *texts: str, **names: str) -> ImportedEntry:
    """Add dates, location, other fields, text and highlights to an entry, and return it.

    :param texts: the properties of texts
    :param names: the property of a field, if its name is not the field's
    """
    item = entry.source
    _add_dates(entry)
    _add_place(entry)
    entry.take_fields({**_SCHEMA_NAMES, **{name: (name_in_file,) for name, name_in_file in names.items()}})
    for name in texts:
        entry.add_text(item.prose(name))
    entry.add_text(myst.bullet_list(item.texts("highlights")))
    return entry


def _add_dates(entry: ImportedEntry) -> None:
    """Add the date or the period of an object, which may be in words (``when``)."""
    item = entry.source
    words = item.text("when")

    def taken(name: str) -> str:
        # Words replace a date whose year they have; any other date remains, and becomes text.
        return item.text(name) if not words or _have_year(words, str(item.peek(name) or "")) else ""

    start = taken("startDate")
    if "period" in entry.field_names and entry.kind != "certificate":
        end = taken("endDate")
        # A period without an end lasts until today, but not for studies, whose end many authors leave out.
        entry.add("period", words or period(start, end, is_open=entry.kind != "education"))
    else:
        # Of a certificate with a date or a period, the words are the end.
        entry.add("expires" if {"date", "period"} & entry.fields.keys() else "date", words or iso_date(start))


def _have_year(words: str, date: str) -> bool:
    """Return whether words have the year of a date in ISO 8601, in four or two digits, or the date is empty."""
    return date[2:4] in words


def _add_place(entry: ImportedEntry) -> None:
    """Add the location of an object, which may be an address in parts."""
    place = entry.source.object("location") or ImportedObject({})
    parts = (place.text(name) for name in ("address", "postalCode", "city", "region", "countryCode", "country"))
    words = ", ".join(filter(None, parts)) or entry.source.text("location")
    entry.add("location", words)
    entry.add_text(place.take_rest())


def _names(source: ImportedObject, kind: str) -> str:
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
