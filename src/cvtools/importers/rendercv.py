"""Read RenderCV's YAML (https://docs.rendercv.com), with the keys of all its versions."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cvtools.i18n import I18n
from cvtools.importers.encoding_and_language import language_of
from cvtools.importers.imported_entries import field_name, iso_date, join_texts, period
from cvtools.importers.imported_objects import NO_PICTURE, ImportedObject
from cvtools.importers.line_syntax import LINK, link_in
from cvtools.importers.outline import Part
from cvtools.importers.outline_reader import OutlineReader
from cvtools.model.kinds import NAME_LISTS
from cvtools.model.values import people
from cvtools.writing import myst

#: Keys of items that are lines of a list rather than entries.
_LINES = frozenset({"bullet", "number", "reversed_number", "details"})


def read(data: Mapping[str, Any], unread: list[str], language: str = "") -> myst.Heading:
    """Return the CV as a tree of headings; dates and titles are in `language`, by default that of most titles."""
    source = ImportedObject(data, unread=unread)
    cv = source.object("cv") or source
    if not (name := cv.text("name")):
        raise ValueError("it names nobody: cv.name is missing")
    sections = cv.take("sections", "sections_input") or {}
    if not isinstance(sections, dict):
        rule = "cv.sections is no mapping of titles to entries: write each title with a colon, and its entries below it"
        raise ValueError(rule)  # noqa: TRY004 - wrong in the file
    if cv.take("photo"):
        unread.append(NO_PICTURE)
    texts = []
    person: dict[str, Any] = {"headline": cv.text("headline", "label", "tagline"), "location": cv.text("location")}
    person |= {name: cv.texts(name) for name in ("email", "website")}
    person["phone"] = [number.removeprefix("tel:") for number in cv.texts("phone")]
    for profile in cv.objects("social_networks"):
        network, user = profile.text("network"), profile.text("username", "url")
        person.setdefault(field_name(network), []).append(user)
        texts.append(profile.take_rest())
    for connection in cv.objects("custom_connections"):
        connection.take("fontawesome_icon")
        texts.append(f"- {myst.link(connection.text('placeholder', 'text', 'label'), connection.text('url'))}")
        texts.append(connection.take_rest())
    parts = [Part(0, ""), Part(1, myst.escape_line(name), join_texts(filter(None, texts)))]
    i18n = I18n(language or language_of(map(_title, sections)))
    for title, entries in sections.items():
        items = [item for item in (entries if isinstance(entries, list) else [entries]) if item]
        parent = ImportedObject({}, f"cv.sections.{title}", unread, i18n)
        parts += _section(_title(title), items, parent) if items else []
    settings = ("settings", "rendercv_settings", "render_settings")
    source.leave_out("settings of RenderCV", "design", "locale", "locale_catalog", *settings)
    reader = OutlineReader(parts, unread, {}, has_table_heads=False)
    return reader.read(ImportedObject(person, unread=unread), cv, source)


def _title(name: str) -> str:
    """Return the title of a section, with the words of a name in snake_case capitalized, as by RenderCV."""
    return name if re.search(r"[A-Z ]", name) else " ".join(name.split("_")).title()


def _section(title: str, items: list[Any], parent: ImportedObject) -> Iterator[Part]:
    """Yield a section and its entries, or a section with paragraphs or a list.

    :param parent: gives the path of the section in the file, and the language of the title
    """
    objects = (item if isinstance(item, dict) else {"bullet": str(item)} for item in items)
    sources = [ImportedObject(item, f"{parent.path}[{index}]", parent.unread) for index, item in enumerate(objects)]
    if all(isinstance(item, dict) and _LINES.isdisjoint(item) for item in items):
        yield Part(2, myst.clean_line(title))
        yield from map(_entry, sources)
    elif all(isinstance(item, str) for item in items) and not (items[1:] and parent.i18n.kind(title) in NAME_LISTS):
        yield Part(2, myst.clean_line(title), "\n\n".join(map(myst.clean_blocks, items)))
    else:
        mark = "1." if any("number" in item for item in items if isinstance(item, dict)) else "-"
        yield Part(2, myst.clean_line(title), "\n".join(f"{mark} {_line(source)}" for source in sources))


def _line(item: ImportedObject) -> str:
    name, details = "", item.text("bullet", "number", "reversed_number")
    if not details:
        name, details = item.text("label", "name"), item.text("details")
    line = myst.clean_line(name or details)
    if name and details:
        line = f"**{line}:** {myst.clean_line(details)}"
    return "; ".join(filter(None, [line, *(rest.removeprefix("- ") for rest in item.take_rest().splitlines())]))


def _entry(item: ImportedObject) -> Part:
    """Return an entry with fields, and with the kind that the keys of RenderCV imply."""
    company, institution, authors = item.text("company"), item.text("institution"), item.texts("authors", "author")
    name = (company and item.text("position")) or item.text("name", "title") or item.text("position")
    degree, area = item.text("degree", "study_type"), item.text("area")
    study = ", ".join(filter(None, (degree, area)))
    date, place, url, url_text = map(item.text, ("date", "location", "url", "url_text"))
    # Some authors write a link instead of the date or the place, to have it at the right of the entry.
    if not url and (link := LINK.fullmatch(place) or LINK.fullmatch(date)):
        url_text, url = link_in(link)
        date, place = ("" if words == link[0] else words for words in (date, place))
    start, end = ("", "") if date else (item.text("start_date"), item.text("end_date"))
    fields = {
        "title": name or study or company or institution,
        "organization": company or item.text("organization", "issuer"),
        "degree": degree if name else "",
        "area": area if name else "",
        "institution": institution,
        "authors": people([author.replace("*", "") for author in authors]),
        "venue": item.text("journal"),
        "doi": item.text("doi"),
        "location": place,
        "period" if start and end else "date": iso_date(date) or period(start, end),
        "score": item.text("grade", "gpa"),
        "page": myst.link(url_text, url) if url else "",
    }
    prose = (item.prose("summary", "abstract"), item.prose("description"))
    texts = (*prose, "\n".join(map(_highlight, item.texts("highlights"))), item.take_rest())
    kind = "position" if company else "education" if institution else "publication" if authors else "other"
    return Part(3, fields["title"], join_texts(filter(None, texts)), fields=fields, kind=kind)


def _highlight(text: str) -> str:
    """Return an item of a list, with items below it for its parts after " - ", as by RenderCV."""
    first, *below = re.split(r"\s+-\s+", text)
    return "\n".join([f"- {myst.clean_line(first)}", *(f"  - {myst.clean_line(item)}" for item in below)])
