"""Rules for page breaks, for text that leaves the page, and for the number of pages."""

from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

from cvtools.checks.open_pdf import Element, OpenPdf, line_count, same_line, squeeze
from cvtools.expected_pdf import TextBlock
from cvtools.problems import Problem
from cvtools.terminal import shorten

#: Minimum share of the last page that is filled.
LAST_PAGE = 1 / 3


def edge(pdf: OpenPdf) -> Iterator[Problem]:
    """Find text that runs off the page."""
    for page in sorted({obj.page for obj in pdf.cut}):
        texts = {id(obj): obj.text for obj in pdf.cut if obj.page == page}
        at_edge = (element for element in pdf.elements if not texts.keys().isdisjoint(map(id, element.objects)))
        location = next((element.location for element in at_edge), "")
        text = next(iter(texts.values()))
        yield Problem.at(location, f'"{shorten(text)}" runs off the page: reword it, or break a long word', page=page)


def stranded(pdf: OpenPdf) -> Iterator[Problem]:
    """Find headings at the foot of a page, with or without their fields, whose text is on the next page."""
    numbers = {id(block): number for number, block in enumerate(pdf.expected.blocks)}
    for index, heading in enumerate(pdf.elements):
        if not heading.level:
            continue
        fields = _fields(pdf.expected.blocks, numbers[id(heading.block)]) if heading.block else []
        for follower in islice(pdf.elements, index + 1, None):
            if 0 < follower.level <= heading.level:
                break
            if follower.pages[0] > heading.pages[-1]:
                fault = "a heading is at the foot of the page, and its text on the next one: add or cut lines above it"
                yield Problem.at(heading.location, fault, page=heading.pages[-1])
                break
            if not _is_field(follower, fields):
                break


def _fields(blocks: Sequence[TextBlock], heading: int) -> list[str]:
    """Return the squeezed text of the fields of an entry.

    :param heading: the number of the entry's heading among the blocks
    """
    fields = takewhile(lambda block: block.kind == "field", islice(blocks, heading + 1, None))
    return [squeeze(block.text) for block in fields]


def _is_field(element: Element, fields: list[str]) -> bool:
    if element.block:
        return element.block.kind == "field"
    # A list may hold entries, whose fields are not those of the heading.
    return element.tag != "L" and any(text in element.squeezed for text in fields)


def widow(pdf: OpenPdf) -> Iterator[Problem]:
    """Find last lines of paragraphs that are alone at the head of a page."""
    for element in _across_pages(pdf):
        if element.lines(page := element.pages[-1]) == 1:
            fault = "the last line of a paragraph stands alone at the head of the page: reword the paragraph"
            yield Problem.at(element.location, fault, page=page)


def orphan(pdf: OpenPdf) -> Iterator[Problem]:
    """Find first lines of paragraphs that are alone at the foot of a page."""
    for element in _across_pages(pdf):
        if element.lines(page := element.pages[0]) == 1:
            fault = "the first line of a paragraph stands alone at the foot of the page: add or cut a line above it"
            yield Problem.at(element.location, fault, page=page)


def _across_pages(pdf: OpenPdf) -> list[Element]:
    """Return the elements that continue on another page; those that share a line count as one."""
    merged: list[Element] = []
    for element in pdf.elements:
        if merged and same_line(merged[-1].objects[-1], element.objects[0]):
            last = merged[-1]
            merged[-1] = Element(last.tag, last.objects + element.objects, last.block or element.block)
        else:
            merged.append(element)
    return [element for element in merged if len(element.pages) > 1]


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
    if filled < LAST_PAGE:
        lines = _lines(line_count(last))
        text = f"the last page is less than a third full: shorten the text by {lines}, or say more"
        yield Problem(text, page=len(pdf.body))


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"
