"""Read RenderCV's YAML (https://docs.rendercv.com), with the names of all its versions."""

import re
from collections.abc import Mapping
from typing import Any

from cvtools.i18n import I18n
from cvtools.importers.drafts import NO_PICTURE, Draft, Source, iso_date, language_of, page, period, section
from cvtools.model.kinds import NAME_LISTS, SECTIONS
from cvtools.model.values import people
from cvtools.writing import myst

#: Names of values, one of which marks an item as a line of a list rather than an entry.
_LINES = frozenset({"bullet", "number", "reversed_number", "details"})


def read(data: Mapping[str, Any], unread: list[str]) -> myst.Heading:
    """Return the CV as a tree of headings."""
    source = Source(data, unread=unread)
    cv = source.object("cv") or source
    person = _person(cv)
    sections = cv.take("sections", "sections_input") or {}
    if not isinstance(sections, dict):
        raise ValueError("cv.sections is no mapping of titles to entries")  # noqa: TRY004 - of the file
    i18n = I18n(language_of(map(_title, sections)))
    children = []
    for name, entries in sections.items():
        items = [item for item in (entries if isinstance(entries, list) else [entries]) if item]
        if items:
            children.append(_section(_title(name), items, Source({}, f"cv.sections.{name}", source.unread, i18n)))
    return page(person, children)


def _person(cv: Source) -> Draft:
    person = Draft("person", cv.text("name"), cv)
    if not person.title:
        raise ValueError("it names nobody: cv.name is missing")
    person.add("headline", cv.text("headline", "label", "tagline"))
    for mail in cv.texts("email"):
        person.add("email", mail)
    for number in cv.texts("phone"):
        person.add("phone", number.removeprefix("tel:"))
    for url in cv.texts("website"):
        person.add_website(url)
    if cv.take("photo"):
        cv.unread.append(NO_PICTURE)
    person.add("location", cv.text("location"))
    for profile in cv.objects("social_networks"):
        person.add_profile(*map(profile.text, ("network", "username", "url")))
    for connection in cv.objects("custom_connections"):
        connection.take("fontawesome_icon")
        person.add_text(myst.link(connection.text("placeholder", "text", "label"), connection.text("url")))
        person.add_text(connection.take_rest())
    return person


def _title(name: str) -> str:
    """Return the title of a section; RenderCV capitalizes names in snake_case."""
    return name if re.search(r"[A-Z ]", name) else " ".join(name.split("_")).title()


def _section(title: str, items: list[Any], parent: Source) -> myst.Heading:
    """Return a section of entries, of paragraphs or of a list.

    :param parent: has the path of the items in the file, and their language
    """
    kind = parent.i18n.kind(title)
    objects = (item if isinstance(item, dict) else {"bullet": str(item)} for item in items)
    sources = [
        Source(item, f"{parent.path}[{index}]", parent.unread, parent.i18n) for index, item in enumerate(objects)
    ]
    is_list = kind in NAME_LISTS
    if all(isinstance(item, dict) and _LINES.isdisjoint(item) for item in items):
        return section(title, [_entry(source, title) for source in sources])
    if all(isinstance(item, str) for item in items) and not (is_list and items[1:]):
        return myst.Heading(title, text="\n\n".join(map(myst.clean_blocks, items)))
    mark = "1." if any("number" in item for item in items if isinstance(item, dict)) else "-"
    lines = "\n".join(f"{mark} {_line(source)}" for source in sources)
    return myst.Heading(title, [("kind", kind)] if is_list else [], lines)


def _line(item: Source) -> str:
    if text := item.text("bullet", "number", "reversed_number"):
        return myst.clean_line(text)
    name, details = item.text("label", "name"), item.text("details")
    line = myst.clean_line(name or details)
    if name and details:
        line = f"**{line}:** {myst.clean_line(details)}"
    return "; ".join([line, *(rest.removeprefix("- ") for rest in item.take_rest().splitlines())])


def _entry(item: Source, title: str) -> Draft:
    draft = _titled(item, title)
    draft.add("location", item.text("location"))
    start, end, free = item.text("start_date"), item.text("end_date"), item.text("date")
    dates = iso_date(free) or period(start, end, is_open="date" not in draft.field_names)
    draft.add("period" if start and end else "date", dates)
    if url := item.text("url"):
        draft.add("page", myst.clean_line(item.text("url_text")) or url, url)
    draft.add_text(item.prose("summary", "abstract"))
    draft.add_text("\n".join(map(_highlight, item.texts("highlights"))))
    return draft


def _titled(item: Source, title: str) -> Draft:
    """Return an entry with its kind, its title, and the fields that only this kind has in RenderCV."""
    if company := item.text("company"):
        draft = Draft("position", item.text("position") or company, item)
        draft.add("organization", company)
    elif institution := item.text("institution"):
        study = filter(None, (item.text("degree", "study_type"), item.text("area")))
        draft = Draft("education", ", ".join(study) or institution, item)
        draft.add("institution", institution)
        draft.add("score", item.text("grade", "gpa"))
    elif authors := item.texts("authors"):
        draft = Draft("publication", item.text("title"), item)
        draft.add("authors", people([author.replace("*", "") for author in authors]))
        draft.add("venue", item.text("journal"))
        draft.add("doi", item.text("doi"))
    else:
        kind = item.i18n.kind(title)
        draft = Draft(kind if kind and kind not in SECTIONS else "other", item.text("name", "title"), item)
        draft.kind_word = title
        draft.add("organization", item.text("organization", "issuer"))
    return draft


def _highlight(text: str) -> str:
    """Return an item of a list; RenderCV takes " - " in it for the beginning of a subordinate item."""
    first, *below = re.split(r"\s+-\s+", text)
    return "\n".join([f"- {myst.clean_line(first)}", *(f"  - {myst.clean_line(item)}" for item in below)])
