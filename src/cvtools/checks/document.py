"""A PDF as its rules look at it, read once: the file, what is written on each page, and the lines of each paragraph."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import pikepdf
from pypdfium2 import PdfDocument, PdfiumError, raw

from cvtools.checks.readers import ReadingError, pdfium, readers
from cvtools.record import Block, Record

#: Structure types with text of their own (PDF 32000-1, 14.8.4.3), beside headings; all others run within a line.
_BLOCKS = frozenset("BlockQuote Caption Formula LBody Lbl Note P TD TH TOCI Title".split())
#: Points between the baselines of what stands on one line, at most: a superscript is raised by less.
_SAME_LINE = 5.0


@dataclass(frozen=True)
class Piece:
    """Words, or a picture, drawn at once. Points from the foot of the page."""

    page: int
    top: float
    bottom: float
    baseline: float
    text: str
    #: The identifier of its marked content; -1 for an artifact, and for all in a PDF without tags.
    mark: int


@dataclass(eq=False)
class Element:
    """A heading, a paragraph or the like, as the tags of a PDF tell it."""

    #: The structure type: "H2", "P".
    tag: str
    pieces: list[Piece] = field(default_factory=list)
    #: What it was meant to be, where the record knows.
    block: Block | None = None

    @property
    def level(self) -> int:
        """The level of a heading, from 1; 0 for all else."""
        return int(self.tag[1:] or 1) if self.tag in {"H", "H1", "H2", "H3", "H4", "H5", "H6"} else 0

    @property
    def pages(self) -> list[int]:
        """The pages that it stands on."""
        return sorted({piece.page for piece in self.pieces})

    @property
    def place(self) -> str:
        """Source file and line, where they are known."""
        return self.block.place if self.block else ""

    @cached_property
    def squeezed(self) -> str:
        """Its text as :func:`squeeze` leaves it."""
        return squeeze("".join(piece.text for piece in self.pieces))

    def lines(self, page: int) -> int:
        """How many lines of it a page has."""
        return line_count(piece for piece in self.pieces if piece.page == page)


class Document:
    """A PDF that is open.

    :param record: what was meant
    :raises ValueError: it cannot be read
    """

    def __init__(self, path: Path, record: Record) -> None:
        self.path, self.record = path, record
        try:
            self.file = pikepdf.open(path)
            if not len(self.file.pages):
                raise ValueError("it has no pages")
            #: The text of each page, as browsers read it.
            self.texts = pdfium(path)
            self._pieces = list(_pieces(path))
        except pikepdf.PasswordError as error:
            raise ValueError("it is encrypted: save it without a password") from error
        except (pikepdf.PdfError, PdfiumError) as error:
            raise ValueError(f"it is no PDF, or damaged: {str(error).removeprefix(f'{path}: ')}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.file.close()

    @cached_property
    def readings(self) -> dict[str, list[str] | ReadingError]:
        """The text of each page, or why there is none, by the name of the reader."""
        found: dict[str, list[str] | ReadingError] = {}
        for name, read in readers().items():
            try:
                found[name] = read(self.path)
            except ReadingError as error:
                found[name] = error
        return found

    @cached_property
    def body(self) -> list[list[Piece]]:
        """What stands on each page between its head and its foot."""
        if not (body := [piece for piece in self._pieces if piece.mark >= 0]):
            # Without tags: what stands in the same place of every page, but for a number, is no part of the text.
            seen = Counter({(piece.page, _furniture(piece)) for piece in self._pieces})
            everywhere = Counter(name for _, name in seen)
            count = len(self.texts)
            body = [piece for piece in self._pieces if count == 1 or everywhere[_furniture(piece)] < count]
        return [[piece for piece in body if piece.page == number] for number in range(1, len(self.texts) + 1)]

    @cached_property
    def elements(self) -> list[Element]:
        """What the tags tell of, in their order, with its blocks in the record; none without tags."""
        found: list[Element] = []
        owners = dict(self._owners(found))
        for piece in self._pieces:
            if owner := owners.get((piece.page, piece.mark)):
                owner.pieces.append(piece)
        meant: dict[tuple[bool, str], deque[Block]] = defaultdict(deque)
        for block in self.record.blocks:
            meant[block.kind == "heading", squeeze(block.text)].append(block)
        for element in found:
            if blocks := meant.get((bool(element.level), element.squeezed)):
                element.block = blocks.popleft() if len(blocks) > 1 else blocks[0]
        return [element for element in found if element.pieces]

    def _owners(self, found: list[Element]) -> Iterator[tuple[tuple[int, int], Element]]:
        """Whose each piece of marked content is; the elements are added to those that were found."""
        root: Any = self.file.Root.get("/StructTreeRoot", {})
        roles: Any = root.get("/RoleMap", {})
        numbers = {page.obj.objgen: number for number, page in enumerate(self.file.pages, 1)}
        seen = set()
        stack: list[tuple[Any, Element, int]] = [(root.get("/K"), Element("Document"), 0)]
        while stack:
            node, owner, page = stack.pop()
            if isinstance(node, pikepdf.Array):
                stack += [(kid, owner, page) for kid in reversed(list(node))]
            elif isinstance(node, int):
                yield (page, node), owner
            elif isinstance(node, pikepdf.Dictionary):
                page = numbers.get(node["/Pg"].objgen, page) if "/Pg" in node else page
                if "/MCID" in node:
                    yield (page, int(node.MCID)), owner
                elif "/S" in node and not (node.is_indirect and node.objgen in seen):
                    seen.add(node.objgen)
                    tag = str(roles.get(str(node.S), node.S))[1:]
                    element = Element(tag)
                    if tag in _BLOCKS or element.level:
                        found.append(element)
                    else:
                        element = owner
                    stack.append((node.get("/K"), element, page))


def _pieces(path: Path) -> Iterator[Piece]:
    """What is drawn on the pages of a PDF."""
    with PdfDocument(path) as document:
        for number, page in enumerate(document, 1):
            kinds = [raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_IMAGE]
            for drawn in page.get_objects(kinds, textpage=page.get_textpage()):
                _, bottom, _, top = drawn.get_bounds()
                text, baseline = "\ufffc", bottom
                if drawn.type == raw.FPDF_PAGEOBJ_TEXT:
                    baseline = drawn.get_matrix().f
                    # A font may give half a character.
                    with suppress(UnicodeDecodeError):
                        text = drawn.extract()
                if text.strip():
                    yield Piece(number, top, bottom, baseline, text, raw.FPDFPageObj_GetMarkedContentID(drawn))


def line_count(pieces: Iterable[Piece]) -> int:
    """How many lines pieces make up."""
    count, last = 0, float("inf")
    for baseline in sorted((piece.baseline for piece in pieces), reverse=True):
        if last - baseline > _SAME_LINE:
            count, last = count + 1, baseline
    return count


def squeeze(text: str) -> str:
    """Text without what depends on how its lines are broken: spaces and hyphens."""
    return "".join(character for character in text if character.isalnum())


def _furniture(piece: Piece) -> tuple[int, str]:
    return round(piece.baseline), "".join(character for character in piece.text if not character.isdigit())
