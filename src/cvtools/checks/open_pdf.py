"""Open a PDF once for all rules: its text, the objects on its pages, and the structure elements that hold these."""

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pikepdf
from pypdfium2 import PdfDocument, PdfPage, PdfTextPage, raw

from cvtools.checks.readers import ReadingError, readers
from cvtools.expected_pdf import ExpectedPdf, TextBlock

#: Maximum distance between the baselines of objects on one line, in points; superscripts are raised by less.
_SAME_LINE = 5.0
#: Height of a line in points, for counting how many lines a picture is high.
_LINE_HEIGHT = 13.0
#: The text of an image object.
PICTURE = "\N{OBJECT REPLACEMENT CHARACTER}"
#: Points that text may reach beyond an edge of the page, since a glyph's box may be larger than the glyph.
_CUT = 2.0
#: Structure types of blocks of text (PDF 32000-1, 14.8.4.3), besides headings; other types group blocks or are inline.
_BLOCKS = frozenset("BlockQuote Caption Formula FENote LBody Lbl Note P TD TH TOCI Title".split())


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
    #: Whether the object is text that reaches beyond an edge of the page.
    is_cut: bool = False


@dataclass(eq=False)
class Element:
    """A structure element: a heading, a paragraph or the like."""

    #: The structure type: "H2", "P".
    tag: str
    objects: list[PageObject] = field(default_factory=list)
    #: The expected block with the element's text; None if there is none.
    block: TextBlock | None = None

    @property
    def level(self) -> int:
        """Return the level of a heading, from 1; 0 for other elements."""
        return int(self.tag[1:] or 1) if re.fullmatch("H[1-6]?", self.tag) else 0

    @property
    def pages(self) -> list[int]:
        return sorted({obj.page for obj in self.objects})

    @property
    def location(self) -> str:
        """Return source file and line; empty if they are not known."""
        return self.block.location if self.block else ""

    @cached_property
    def squeezed(self) -> str:
        return squeeze("".join(obj.text for obj in self.objects))


class OpenPdf(AbstractContextManager["OpenPdf"]):
    """An open PDF, to be used as a context manager."""

    def __init__(self, path: Path, expected: ExpectedPdf) -> None:
        self.path, self.expected = path, expected
        #: The text of each page, as browsers extract it.
        self.texts: list[str] = []
        self.objects: list[PageObject] = []
        with ExitStack() as opened:
            self.file = opened.enter_context(pikepdf.open(path))
            if not len(self.file.pages):
                raise ValueError("it has no pages: make it again")
            # Start the other readers, which extract the text while PDFium works.
            self._readers = {name: opened.enter_context(read(path)) for name, read in readers().items()}
            # Opening a page takes PDFium long: read text and objects at once.
            with PdfDocument(path) as document:
                for number, page in enumerate(document, 1):
                    text = page.get_textpage()
                    self.texts.append(text.get_text_bounded())
                    self.objects += page_objects(page, text, number)
            self._opened = opened.pop_all()
        #: The errors of the other readers that cannot read the PDF, by name; :attr:`readings` fills it.
        self.unread: dict[str, ReadingError] = {}

    def __exit__(self, *exception: object) -> None:
        self._opened.close()

    @cached_property
    def readings(self) -> dict[str, list[str]]:
        """Return the text of each page by the name of the reader, for readers that can read the PDF."""
        readings = {"PDFium": self.texts}
        for name, reader in self._readers.items():
            try:
                readings[name] = reader.pages()
            except ReadingError as error:
                self.unread[name] = error
        return readings

    @cached_property
    def declarations(self) -> dict[str, str | None]:
        """Return values of the metadata: title, author, and the parts of PDF/UA and PDF/A that the PDF declares."""
        with self.file.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            return {name: metadata.get(name) for name in ("pdfuaid:part", "pdfaid:part", "dc:title", "dc:creator")}

    @cached_property
    def body(self) -> list[list[PageObject]]:
        """Return the objects of each page; in a tagged PDF, without artifacts, such as the footer."""
        is_tagged = any(obj.mark >= 0 for obj in self.objects)
        pages: list[list[PageObject]] = [[] for _ in self.texts]
        for obj in self.objects:
            if obj.mark >= 0 or not is_tagged:
                pages[obj.page - 1].append(obj)
        return pages

    @cached_property
    def elements(self) -> list[Element]:
        """Return the structure elements in order, matched with the expected blocks; none without tags."""
        structure, owners = _structure(self.file)
        for obj in self.objects:
            if owner := owners.get((obj.page, obj.mark)):
                owner.objects.append(obj)
        unmatched: dict[tuple[bool, str], deque[TextBlock]] = defaultdict(deque)
        for block in self.expected.blocks:
            unmatched[block.kind == "heading", squeeze(block.text)].append(block)
        for element in structure:
            blocks = unmatched.get((bool(element.level), element.squeezed))
            if blocks and element.squeezed:
                # Match equal texts in their order, and further elements with the same text with the last block.
                element.block = blocks.popleft() if len(blocks) > 1 else blocks[0]
        return [element for element in structure if element.objects]


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
            # A font may map a glyph to half of a surrogate pair.
            with suppress(UnicodeDecodeError):
                text = obj.extract()
        if text.strip():
            yield PageObject(number, top, bottom, baseline, text, raw.FPDFPageObj_GetMarkedContentID(obj), is_cut)


def same_line(one: PageObject, other: PageObject) -> bool:
    """Return whether both objects are on one line."""
    return one.page == other.page and abs(one.baseline - other.baseline) <= _SAME_LINE


def line_count(objects: Iterable[PageObject]) -> int:
    """Return the number of lines that the objects of a page form; a picture counts by its height."""
    count, last = 0, float("inf")
    for obj in sorted(objects, key=lambda obj: -obj.baseline):
        if last - obj.baseline > _SAME_LINE:
            count += max(1, round((obj.top - obj.bottom) / _LINE_HEIGHT)) if obj.text == PICTURE else 1
            last = obj.baseline
    return count


def _structure(file: pikepdf.Pdf) -> tuple[list[Element], dict[tuple[int, int], Element]]:
    """Return the structure elements in order, and the element of each marked content, by its page and identifier."""
    structure: list[Element] = []
    owners: dict[tuple[int, int], Element] = {}
    root = dictionary(file.Root.get("/StructTreeRoot"))
    roles = dictionary(root.get("/RoleMap"))
    numbers = {page.obj.objgen: number for number, page in enumerate(file.pages, 1)}
    seen = set()
    stack: list[tuple[Any, Element, int]] = [(root.get("/K"), Element("Document"), 0)]
    while stack:
        node, owner, page = stack.pop()
        if getattr(node, "is_indirect", False):
            # A valid tree holds each object once; in an invalid one, a cycle would be endless.
            if node.objgen in seen:
                continue
            seen.add(node.objgen)
        if isinstance(node, pikepdf.Array):
            stack += [(kid, owner, page) for kid in reversed(list(node))]
        elif isinstance(node, int):
            owners[page, node] = owner
        elif isinstance(node, pikepdf.Dictionary):
            page = numbers.get(dictionary(node.get("/Pg")).objgen, page)
            mark: Any = node.get("/MCID")
            if isinstance(mark, int):
                owners[page, mark] = owner
            elif "/S" in node:
                element = Element(str(roles.get(str(node.S), node.S))[1:])
                # The items of a run-in list are parts of its element.
                if owner.tag != "L" and (element.tag in _BLOCKS or element.level or _is_run_in(node)):
                    structure.append(element)
                else:
                    element = owner
                stack.append((node.get("/K"), element, page))
    return structure, owners


def _is_run_in(node: Any) -> bool:
    """Return whether a list has no labels, since its items follow each other on a line."""
    items = [kid for item in _kids(node) for kid in _kids(item)] if node.S == "/L" else []
    return bool(items) and all(kid.get("/S") != "/Lbl" for kid in items)


def _kids(node: Any) -> list[Any]:
    kids = node.get("/K")
    kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    return [kid for kid in kids if isinstance(kid, pikepdf.Dictionary)]


def squeeze(text: str) -> str:
    """Return the letters and digits of a text; spaces and hyphens depend on where its lines are broken."""
    return "".join(character for character in text if character.isalnum())


def dictionary(obj: Any) -> pikepdf.Dictionary:
    """Return a dictionary, that of a stream, or an empty one for None; raise PdfError for another object."""
    if obj is None:
        return pikepdf.Dictionary()
    if isinstance(obj, pikepdf.Stream):
        return obj.stream_dict
    if isinstance(obj, pikepdf.Dictionary):
        return obj
    raise pikepdf.PdfError(f"{obj!r:.40} is no dictionary")


def first(obj: Any) -> Any:
    """Return the first object of an array, or None for None; raise PdfError for another object."""
    if obj is None:
        return None
    if isinstance(obj, pikepdf.Array) and len(obj):
        return obj[0]
    raise pikepdf.PdfError(f"{obj!r:.40} is no array")
