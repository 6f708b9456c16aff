"""Recognise headings of sections by their look in a DOCX without Word's styles for headings."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from cvtools.importers import markdown, vocabulary

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Identifier of the style that :func:`mark_sections` gives to headings.
SECTION = "cvtools-section"


class _Look(NamedTuple):
    """Properties by which readers tell a heading from text; size, colour and underline are those of the first run."""

    style: str | None
    size: str | None
    color: str | None
    underline: str | None
    is_bold: bool
    is_capital: bool
    has_border: bool
    is_item: bool
    has_colon: bool


class _Paragraph(NamedTuple):
    element: ElementTree.Element
    in_table: bool
    words: str
    look: _Look


def heading_styles(part: bytes) -> set[str]:
    """Return the identifiers of Word's styles for titles and headings, from the part with the styles."""
    styles = ElementTree.fromstring(part).iter(f"{WORD}style")  # noqa: S314 - Expat limits the growth of entities
    names = {style.get(f"{WORD}styleId", ""): _value(style, "name") or "" for style in styles}
    return {identifier for identifier, name in names.items() if re.match("title$|name$|heading ", name.lower())}


def mark_sections(document: ElementTree.Element, heading_styles: set[str]) -> None:
    """Give headings of sections a style, if the document has none of Word's styles for headings below its title.

    Authors set headings in bold or large letters, in capitals, or above a line. If any language has the words of a
    paragraph as a heading, all with its look are headings, unless many of them follow each other or may be entries.
    """
    paragraphs = [one for one in _paragraphs_in(document) if one.words]
    if sum(one.look.style in heading_styles for one in paragraphs) > 1:
        return
    by_look: dict[_Look, list[_Paragraph]] = {}
    follows_same: Counter[_Look] = Counter()
    for one, before in zip(paragraphs, [None, *paragraphs], strict=False):
        by_look.setdefault(one.look, []).append(one)
        follows_same[one.look] += before is not None and one.look == before.look
    sections = {
        id(one.element): look
        for look, alike in by_look.items()
        for one in _headings_among(alike, paragraphs[0], follows_same[look])
    }
    above: _Look | None = None
    for one in paragraphs:
        look_of_section = sections.get(id(one.element))
        # Skip a heading right below one with another look: it is a translation.
        if look_of_section and above in {None, look_of_section}:
            _set_style(one.element, SECTION)
        above = look_of_section


def _headings_among(alike: list[_Paragraph], first: _Paragraph, follow_same: int) -> list[_Paragraph]:
    """Return the headings among the paragraphs of one look: those that any language has as a heading, or all.

    :param first: the first paragraph of the document
    :param follow_same: number of these paragraphs that follow another of them
    """
    look = alike[0].look
    titles = [one for one in alike if _may_be_heading(one.words) and markdown.is_section(one.words)]
    # If all titles of sections are outside of tables, so are all headings.
    has_tables, identities = any(one.in_table for one in titles), {id(one) for one in titles}
    others = [one for one in alike if id(one) not in identities and (has_tables or not one.in_table)]
    if titles and titles[0] is first and first.in_table:
        # The first of the others is the person's name, in the second column.
        others = others[1:]
    if (
        len(titles) > (1 if look.is_item else 0)
        and 2 * follow_same < len(titles)
        and all(_may_be_heading(one.words) for one in others)
        and 4 * sum(map(_may_be_entry, others)) <= len(others)
    ):
        return [*titles, *others]
    # Without others, words of a title may be a label in a table, or an item of a list.
    is_plain = not (look.is_bold or look.is_capital)
    return [one for one in titles if not (look.is_item or (one.in_table and is_plain))]


def _paragraphs_in(node: ElementTree.Element, *, in_table: bool = False) -> Iterator[_Paragraph]:
    """Yield the paragraphs in an element, also those without words."""
    for child in node:
        if child.tag == f"{WORD}p":
            yield _Paragraph(child, in_table, *_words_and_look(child))
        yield from _paragraphs_in(child, in_table=in_table or child.tag == f"{WORD}tbl")


def _set_style(paragraph: ElementTree.Element, style: str) -> None:
    """Give a paragraph a style in place of its own, and take it out of a list."""
    properties = paragraph.find(f"{WORD}pPr")
    if properties is None:
        properties = ElementTree.Element(f"{WORD}pPr")
        paragraph.insert(0, properties)
    properties[:] = [ElementTree.Element(f"{WORD}pStyle", {f"{WORD}val": style})]


def _words_and_look(paragraph: ElementTree.Element) -> tuple[str, _Look]:
    runs = [
        (run.find(f"{WORD}rPr"), "".join(" " if node.tag == f"{WORD}tab" else node.text or "" for node in run))
        for run in _own_runs(paragraph)
    ]
    words = "".join(text for _, text in runs).strip()
    styles = [style for style, text in runs if text.strip()]
    properties, first = paragraph.find(f"{WORD}pPr"), styles[0] if styles else None
    return words, _Look(
        style=_value(properties, "pStyle"),
        size=_value(first, "sz"),
        color=_value(first, "color"),
        underline=_value(first, "u"),
        is_bold=all(_value(style, "b") is not None for style in styles),
        is_capital=words.isupper() or _value(first, "caps") is not None or _value(first, "smallCaps") is not None,
        has_border=properties is not None and properties.find(f"{WORD}pBdr") is not None,
        is_item=properties is not None and properties.find(f"{WORD}numPr") is not None,
        has_colon=words.endswith((":", "\uff1a")),
    )


def _own_runs(node: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Yield the runs of a paragraph, without those in text boxes."""
    for child in node:
        if child.tag == f"{WORD}r":
            yield child
        elif child.tag not in {f"{WORD}pPr", f"{WORD}p"}:
            yield from _own_runs(child)


def _may_be_heading(words: str) -> bool:
    """Return whether words are few, and have no number, address or final punctuation mark."""
    return 2 <= len(words) <= 60 and not re.search(r"\d{3}|@|[.;,]$", words) and bool(re.search(r"[^\W\d_]", words))


def _may_be_entry(paragraph: _Paragraph) -> bool:
    return bool(vocabulary.ROLE.search(paragraph.words) or vocabulary.EMPLOYER.search(paragraph.words))


def _value(properties: ElementTree.Element | None, name: str) -> str | None:
    """Return the value of a property; "" for one that is on without a value, None for one that is off or missing."""
    mark = properties.find(f"{WORD}{name}") if properties is not None else None
    return mark.get(f"{WORD}val", "") if mark is not None and is_on(mark) else None


def is_on(mark: ElementTree.Element) -> bool:
    """Return whether a property is on: no value switches it off."""
    return mark.get(f"{WORD}val") not in {"0", "false", "off", "none"}
