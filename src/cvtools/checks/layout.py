"""Define rules for page breaks, for text that leaves the page, and for the number of pages."""

from collections.abc import Iterator
from itertools import islice, takewhile

from cvtools.checks.open_pdf import Element, OpenPdf, line_count, same_line, squeeze
from cvtools.problems import Problem
from cvtools.terminal import shorten


def edge(pdf: OpenPdf) -> Iterator[Problem]:
    """Find text that runs off the page."""
    locations = {id(obj): element.location for element in pdf.elements for obj in element.objects}
    first_of_page = {obj.page: obj for obj in reversed(pdf.objects) if obj.is_cut}
    for page, obj in sorted(first_of_page.items()):
        fault = f'"{shorten(obj.text)}" runs off the page: reword it, or break a long word'
        yield Problem.at(locations.get(id(obj), ""), fault, page=page)


def stranded(pdf: OpenPdf) -> Iterator[Problem]:
    """Find headings at the foot of a page, with or without their fields, whose text is on the next page."""
    blocks = pdf.expected.blocks
    numbers = {id(block): number for number, block in enumerate(blocks)}
    for index, heading in enumerate(pdf.elements):
        if not heading.level:
            continue
        below = islice(blocks, numbers[id(heading.block)] + 1, None) if heading.block else ()
        fields = [squeeze(block.text) for block in takewhile(lambda block: block.kind == "field", below)]
        for follower in islice(pdf.elements, index + 1, None):
            if 0 < follower.level <= heading.level:
                break
            if follower.pages[0] > heading.pages[-1]:
                fault = "a heading is at the foot of the page, and its text on the next one: add or cut lines above it"
                yield Problem.at(heading.location, fault, page=heading.pages[-1])
                break
            if not _is_field(follower, fields):
                break


def _is_field(element: Element, fields: list[str]) -> bool:
    if element.block:
        return element.block.kind == "field"
    # A list may hold the fields of other entries.
    return element.tag != "L" and any(text in element.squeezed for text in fields)


def widow(pdf: OpenPdf) -> Iterator[Problem]:
    """Find last lines of paragraphs that are alone at the head of a page."""
    fault = "the last line of a paragraph is alone at the top of the page: reword the paragraph"
    return _lone_lines(pdf, -1, fault)


def orphan(pdf: OpenPdf) -> Iterator[Problem]:
    """Find first lines of paragraphs that are alone at the foot of a page."""
    fault = "the first line of a paragraph is alone at the foot of the page: add or cut a line above it"
    return _lone_lines(pdf, 0, fault)


def _lone_lines(pdf: OpenPdf, end: int, fault: str) -> Iterator[Problem]:
    """Find paragraphs on several pages that have only one line on the first (`end` 0) or the last (-1) of the pages."""
    # Merge elements that share a line.
    merged: list[Element] = []
    for element in pdf.elements:
        if merged and same_line(merged[-1].objects[-1], element.objects[0]):
            last = merged[-1]
            merged[-1] = Element(last.tag, last.objects + element.objects, last.block or element.block)
        else:
            merged.append(element)
    for element in merged:
        page = element.pages[end]
        if len(element.pages) > 1 and line_count(obj for obj in element.objects if obj.page == page) == 1:
            yield Problem.at(element.location, fault, page=page)


def budget(pdf: OpenPdf) -> Iterator[Problem]:
    """Find more pages than ``cv_max_pages``."""
    pages, limit = len(pdf.body), pdf.expected.max_pages
    if limit and pages > limit:
        lines = _lines(sum(map(line_count, pdf.body[limit:])))
        text = f"it has {pages} pages, {pages - limit} more than cv_max_pages: shorten it by {lines}"
        yield Problem(text, page=limit + 1)


def last_page(pdf: OpenPdf) -> Iterator[Problem]:
    """Find a last page of a CV with little text."""
    objects, last = [obj for page in pdf.body for obj in page], pdf.body[-1]
    if len(pdf.body) == 1 or not objects or pdf.expected.form == "book":
        return
    top = max(obj.top for obj in objects)
    foot = min(obj.bottom for obj in objects)
    filled = (top - min((obj.bottom for obj in last), default=top)) / (top - foot)
    if filled < 1 / 3:
        lines = _lines(line_count(last))
        text = f"the last page is less than a third full: shorten the text by {lines}, or say more"
        yield Problem(text, page=len(pdf.body))


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"
