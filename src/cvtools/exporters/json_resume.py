"""Write the CV as JSON Resume (https://docs.jsonresume.org/schema, version 1.0.0).

Values without a property in the schema are in additional properties, which it allows:

- An entry of a kind that has no list in the schema is a project, whose ``type`` is the kind ("talk", "grant").
- A field without a property in the schema has the field's name ("doi", "amount"). ``keywords`` are technologies and
  tags, and ``awarderUrl`` and the like are links.
- ``when`` is a date in the author's words, if ISO 8601 cannot express it ("in press", "Summer 2019"). ``expires``, the
  end of a certificate, is always in the author's words.
- Any entry may have ``summary``, ``highlights`` and ``location``; a person may have ``emails`` and ``phones``.
- ``meta.sections`` are the sections with text and without entries.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sphinx.environment import BuildEnvironment

from cvtools.config import CvConfig
from cvtools.exporters.dates_and_urls import (
    Json,
    absolute_url,
    base_url,
    iso_date,
    photo_url,
    start_and_end,
    without_empty,
)
from cvtools.files import write_atomically
from cvtools.model import values
from cvtools.model.dates import PartialDate, Period
from cvtools.model.entries import DATE_FIELDS, PARSERS, Entry, Origin, Resume
from cvtools.model.kinds import KINDS, NAME_LISTS
from cvtools.reading.domain import CvDomain

FILE = "resume.json"
_SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"
#: The schema's list for each kind, and its properties for the title, the text and fields; other kinds are projects.
_LISTS: dict[str, tuple[str, dict[str, str]]] = {
    "position": ("work", {"title": "position", "organization": "name"}),
    "volunteering": ("volunteer", {"title": "position"}),
    "education": ("education", {"title": "name"}),
    "award": ("awards", {"issuer": "awarder"}),
    "certificate": ("certificates", {"title": "name"}),
    "publication": ("publications", {"title": "name", "date": "releaseDate"}),
    "skills": ("skills", {}),
    "languages": ("languages", {}),
    "interests": ("interests", {}),
    "reference": ("references", {"title": "name", "text": "reference"}),
    "project": (
        "projects",
        {"title": "name", "text": "description", "date": "startDate"}
        | dict.fromkeys(("organization", "institution", "funder", "office", "event"), "entity"),
    ),
}
#: The schema's properties for fields, in all lists.
_SCHEMA_NAMES = {"technologies": "keywords", "tags": "keywords", "page": "url", "place": "location"}


def export(env: BuildEnvironment, path: Path, output: str = "html") -> None:
    """Write the CV as JSON Resume with the values that an output ("html" or "pdf") may show."""
    write_atomically(path, json_resume(env, output))


def json_resume(env: BuildEnvironment, output: str) -> bytes:
    """Return the CV as JSON Resume, with the values that an output may show."""
    domain = CvDomain.of(env)
    resume, talks = domain.for_output(output), domain.talks(output)
    origins = {talk.origin for talk in talks}
    # Put talks with pages last, the newest first, as on pages.
    entries = [*(entry for entry in resume.entries if entry.origin not in origins), *talks]
    lists: dict[str, list[Json]] = {name: [] for name, _ in _LISTS.values()}
    # Compare unfiltered organizations, since those that this output withholds are all None, and so equal.
    organizations = {entry.origin: entry.organization for entry in domain.resume.entries}
    for name, item in _items(entries, resume, organizations):
        lists[name].append(without_empty(item))
    meta = {
        "version": "v1.0.0",
        "canonical": base_url(env.config),
        "lastModified": CvConfig.of(env.config).modified,
        "sections": [*map(without_empty, _sections(entries))],
    }
    # The photo's address is one of the site: write it only if the site and this output show the photo.
    has_photo = resume.person and resume.person.photo
    image = photo_url(env, domain.for_output("html").person) if has_photo else ""
    basics = without_empty({**_basics(resume.person, resume), "image": image}) if resume.person else None
    data = without_empty({"$schema": _SCHEMA, "basics": basics, **lists, "meta": without_empty(meta)})
    return f"{json.dumps(data, ensure_ascii=False, indent=2)}\n".encode()


def _basics(person: Entry, resume: Resume) -> Json:
    return {
        "name": person.title,
        "label": person.headline,
        **_first_and_all("email", person.email),
        **_first_and_all("phone", person.phone),
        "url": person.website and person.website.url,
        "summary": resume.about,
        "location": without_empty({"address": person.location}),
        "timezone": person.timezone,
        "profiles": [
            {"network": profile.network, "username": values.user_of(link.url) or link.text, "url": link.url}
            for profile in person.profiles or ()
            for link in [profile.link]
        ],
    }


def _items(
    entries: Iterable[Entry], resume: Resume, organizations: Mapping[Origin, values.Linked | None]
) -> Iterator[tuple[str, Json]]:
    """Yield the names of lists, each with an item for it; an entry may have no item, one or several.

    :param organizations: the organization of each entry, even if the output withholds it
    """
    employer: Entry | None = None
    for entry in entries:
        name = _LISTS.get(entry.kind, _LISTS["project"])[0]
        match entry.kind:
            case "employer":
                employer = entry
            case "skills" | "interests":
                yield from ((name, item) for item in _names(entry))
            case "languages":
                for group in entry.groups():
                    yield name, {"language": group.name, "fluency": group.level or ", ".join(group.keywords)}
            case "talk":
                others = [without_empty(_item(other, "project")) for other in resume.translations.get(entry.origin, ())]
                yield name, _item(entry, "project") | {"type": "talk", "translations": others}
            case "position" if employer and organizations[employer.origin] == organizations[entry.origin]:
                description = "\n\n".join([*employer.paragraphs, *employer.highlights])
                yield name, _item(entry, entry.kind) | {"description": description}
            case "person" | "summary" | "translation" | "section":
                pass
            case _:
                yield name, _item(entry, entry.kind)


def _sections(entries: Iterable[Entry]) -> Iterator[Json]:
    """Yield the sections without entries, and the paragraphs above lists of skills, languages and interests."""
    for entry in entries:
        has_names = entry.kind in NAME_LISTS and bool(entry.paragraphs and entry.highlights)
        if entry.kind == "section" or has_names:
            highlights = [] if has_names else list(entry.highlights)
            yield {"title": entry.title, "summary": entry.text, "highlights": highlights}


def _names(entry: Entry) -> Iterator[Json]:
    """Yield the groups in a list of names; a list of skills without groups is one group."""
    groups = list(entry.groups())
    if entry.kind == "skills" and not any(group.level or group.keywords for group in groups):
        yield {"name": entry.title, "keywords": [group.name for group in groups]}
        return
    for group in groups:
        yield {"name": group.name, "level": group.level, "keywords": list(group.keywords)}


def _item(entry: Entry, kind: str) -> Json:
    """Return an entry as an item of the list for a kind, with the property names of that list."""
    names = _SCHEMA_NAMES | _LISTS.get(kind, _LISTS["project"])[1]
    data: Json = {names.get("title", "title"): entry.title}
    for field in KINDS[entry.kind]:
        data |= without_empty(_encoded(field, names.get(field, field), getattr(entry, field)))
    data |= {names.get("text", "summary"): entry.text, "highlights": list(entry.highlights)}
    return _as_schema(entry, without_empty(data))


def _encoded(field: str, name: str, value: Any) -> Json:
    """Return the properties that hold the value of a field under a name."""
    match value:
        case values.Linked():
            address = absolute_url(value)
            return {name: address} if PARSERS[field] is values.url else {name: value.text, f"{name}Url": address}
        case Period():
            has_words = value.start.words or value.remark or (value.end and value.end.words)
            return start_and_end(value) | {"when": str(value) if has_words else None}
        case PartialDate() if field == "expires":
            return {name: value.words or str(value)}
        case PartialDate():
            return {name: str(value), "when": value.words}
        case tuple():
            return {name: list(value)}
    return {"when" if field in DATE_FIELDS - {"expires"} else name: value}


def _as_schema(entry: Entry, data: Json) -> Json:
    """Return the properties of an entry under the schema's names for its kind, such as ``studyType`` for the degree."""
    match entry.kind:
        case "position":
            data = _with_role(data, "name")
        case "volunteering":
            data = _with_role(data, "organization")
        case "education":
            data["studyType"] = data.pop("degree", None) or data.pop("name", None)
            courses = values.split_names(entry.courses) if entry.courses else None
            data |= {"courses": courses, **_link(data, "institution")}
        case "certificate":
            end = iso_date(entry.expires) or data.get("endDate")
            data |= {"date": data.get("date") or data.get("startDate"), "endDate": end}
        case "publication":
            publisher = data.get("publisher") or data.pop("venue", None)
            data |= {"publisher": publisher, "url": data.get("url") or data.get("doiUrl")}
        case "talk" | "translation":
            page, video = data.get("url"), data.pop("video", None)
            data |= {"url": video or page, "page": page if video else None, "endDate": data.get("startDate")}
        case "award" | "reference":
            pass
        case _:
            roles = [role] if (role := data.pop("role", None)) else []
            data |= {"roles": roles, "type": "" if entry.kind == "project" else entry.kind_word or entry.kind}
    return data


def _with_role(data: Json, workplace: str) -> Json:
    """Move a ``role`` to ``position``, and the heading to the workplace or, if a field names that, to ``title``.

    :param workplace: the property for the workplace
    """
    if role := data.pop("role", None):
        heading = data.get("position")
        data |= {"position": role, "title" if workplace in data else workplace: heading}
    return data | _link(data, workplace)


def _link(data: Json, name: str) -> Json:
    """Return the ``url`` of an item, or else that of the organization in the property `name`, removed from `data`."""
    return {"url": data.get("url") or data.pop(f"{name}Url", None)}


def _first_and_all(name: str, values: tuple[str, ...] | None) -> Json:
    """Return the first value under a name, and all values under the plural of the name if there are several."""
    first, *others = values or (None,)
    return {name: first, f"{name}s": [first, *others] if others else None}
