"""The text and image objects on the pages of a PDF, and their lines."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from pypdfium2 import PdfPage, PdfTextPage, raw

#: Maximum distance of the baselines of objects on one line, in points; superscripts are raised by less.
_SAME_LINE = 5.0

#: Distance of lines, in points.
_LINE = 13.0
#: The text of an image object.
PICTURE = "\N{OBJECT REPLACEMENT CHARACTER}"
#: How far text may reach over an edge of the page, in points, since a glyph's box may be larger than the glyph.
_CUT = 2.0


@dataclass(frozen=True)
class PageObject:
    """A text or image object; heights are in points from the bottom of the page."""

    page: int
    top: float
    bottom: float
    baseline: float
    text: str
    #: The identifier of its marked content; -1 for artifacts, and in a PDF without tags.
    mark: int
    #: Whether it is text that reaches over an edge of the page.
    is_cut: bool = False


def page_objects(page: PdfPage, textpage: PdfTextPage, number: int) -> Iterator[PageObject]:
    """Yield the text and image objects on a page of a PDF."""
    edges = page.get_cropbox()
    kinds = [raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_IMAGE]
    for obj in page.get_objects(kinds, textpage=textpage):
        left, bottom, right, top = obj.get_bounds()
        text, baseline, is_cut = PICTURE, bottom, False
        if obj.type == raw.FPDF_PAGEOBJ_TEXT:
            baseline = obj.get_matrix().f
            is_cut = min(left - edges[0], bottom - edges[1], edges[2] - right, edges[3] - top) < -_CUT
            # The encoding of a font may yield half of a surrogate pair.
            with suppress(UnicodeDecodeError):
                text = obj.extract()
        if text.strip():
            yield PageObject(number, top, bottom, baseline, text, raw.FPDFPageObj_GetMarkedContentID(obj), is_cut)


def same_line(one: PageObject, other: PageObject) -> bool:
    """Return True if both objects are on one line."""
    return one.page == other.page and abs(one.baseline - other.baseline) <= _SAME_LINE


def line_count(objects: Iterable[PageObject]) -> int:
    """Return the number of lines that the objects of a page form; a picture counts by its height."""
    count, last = 0, float("inf")
    for obj in sorted(objects, key=lambda obj: -obj.baseline):
        if last - obj.baseline > _SAME_LINE:
            count += max(1, round((obj.top - obj.bottom) / _LINE)) if obj.text == PICTURE else 1
            last = obj.baseline
    return count
