"""What is wrong with a PDF that was built, in plain words."""

import json
import logging
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from cvtools.checks.readers import pdfium, readers
from cvtools.diagnostics import shorten
from cvtools.record import Block, Record, record_of

#: Bytes; a CV that is sent by mail and printed needs no more.
MAX_SIZE = 150_000
#: How much of its last page a document fills at least.
LAST_PAGE = 1 / 3


@dataclass(frozen=True)
class Finding:
    """A rule that a PDF breaks."""

    #: The rule's name.
    rule: str
    #: What is wrong, and what to do.
    text: str
    #: The page, from 1; 0 for the whole document.
    page: int = 0
    #: Source file and line, as "docs/index.md:12"; empty where it cannot be known.
    place: str = ""

    def describe(self, name: str) -> str:
        """The finding on one line.

        :param name: what the PDF is called
        """
        page = f", page {self.page}" if self.page else ""
        place = f"{self.place}: " if self.place else ""
        return f"{place}{name}{page}: {self.text} [{self.rule}]"


class _Pdf:
    """A PDF with all that the rules look at, read once."""

    def __init__(self, path: Path, record: Record | None) -> None:
        import pikepdf

        self.path = path
        self.record = record or Record()
        self.file = pikepdf.open(path)
        self.texts = pdfium(path)


def check(path: Path, record: Record | None = None) -> list[Finding]:
    """Hold a PDF against every rule.

    :param record: what was meant; the one that the build left, if it is not given
    :raises ValueError: the file is no PDF
    """
    # It would say that it is there.
    logging.getLogger("pikepdf").setLevel(logging.WARNING)
    import pikepdf

    try:
        pdf = _Pdf(path, record or record_of(path))
    except pikepdf.PdfError as error:
        raise ValueError(f"{path} cannot be read as a PDF: {error}") from error
    with pdf.file:
        return [Finding(name, *found) for name, rule in RULES.items() for found in rule(pdf)]


Found = Iterator[tuple[Any, ...]]


def _accessible(pdf: _Pdf) -> Found:
    """PDF/UA-1, by the validator that the extra `check` installs."""
    try:
        import page
    except ImportError:
        return
    report = page.validate_pdf(str(pdf.path), profile=page.ValidationProfile.PDF_UA_1)
    for failure in report.failures:
        yield (f"not accessible: {failure.message} (PDF/UA-1, {failure.rule_id})",)


def _declared(pdf: _Pdf) -> Found:
    root = pdf.file.Root
    with pdf.file.open_metadata() as metadata:
        if metadata.get("pdfuaid:part") not in {"1", "2"}:
            yield ("it does not declare PDF/UA: screen readers cannot rely on its tags",)
        for name in ("dc:title", "dc:creator"):
            if not metadata.get(name):
                yield (f"its metadata lacks {name}",)
    if not root.get("/Lang"):
        yield ("it does not say its language",)
    if "/Outlines" not in root:
        yield ("it has no outline",)


def _fonts(pdf: _Pdf) -> Found:
    seen = set()
    for number, page in enumerate(pdf.file.pages, 1):
        resources: Any = page.get("/Resources", {})
        for font in resources.get("/Font", {}).values():
            name = str(font.get("/BaseFont", "/without a name"))[1:]
            descriptor: Any = font.get("/DescendantFonts", [font])[0].get("/FontDescriptor", {})
            if name in seen:
                continue
            seen.add(name)
            if not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
                yield f"the font {name} is not embedded: it may look different elsewhere", number
            elif not re.match(r"[A-Z]{6}\+", name):
                yield f"the font {name} is embedded whole: make it a subset", number


def _characters(pdf: _Pdf) -> Found:
    for number, text in enumerate(pdf.texts, 1):
        if found := re.search("[\ufb00-\ufb06\u00ad\ufffd]", text):
            yield (
                f'machines read U+{ord(found[0]):04X} where letters are meant: "{_around(text, found.start())}"',
                number,
            )
        if text != unicodedata.normalize("NFC", text):
            yield "accents are apart from their letters, and words with them cannot be found", number


def _text(pdf: _Pdf) -> Found:
    """Every block is there, in order and word for word, whoever reads."""
    faults: dict[tuple[Block, str], list[str]] = {}
    for reader, read in readers().items():
        # A paragraph may go on behind the foot of its page.
        pages = (_words(text, pdf.record) for text in read(pdf.path))
        feet = (_words(f"{pdf.record.footer} {number}", pdf.record) for number in count(1))
        whole = " ".join(text.removesuffix(foot).rstrip() for text, foot in zip(pages, feet, strict=False))
        reached = before = 0
        for block in pdf.record.blocks:
            wanted = _words(block.text, pdf.record)
            start = whole.find(wanted, before if block.kind == "field" else reached)
            if start < 0 and not (block.kind == "note" and reader.endswith("-layout")):
                start = whole.find(wanted)
                fault = "not as it was written" if start < 0 else "out of its place"
                faults.setdefault((block, fault), []).append(reader)
            # Fields are set around their heading, in an order of their own; notes at the foot of the page.
            if start >= 0 and block.kind in {"heading", "text"}:
                before, reached = reached, start + (len(wanted) if block.kind == "text" else 0)
    for (block, fault), who in faults.items():
        yield f'"{shorten(block.text)}" is read {fault} by {", ".join(who)}', 0, block.place


def _stranded(pdf: _Pdf) -> Found:
    """No heading is the last line of its page."""
    headings = [(" ".join(block.text.split()), block) for block in pdf.record.blocks if block.kind == "heading"]
    for number, text in enumerate(pdf.texts[:-1], 1):
        lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
        # The last line is the footer.
        last = next(iter(lines[-2:-1]), "")
        for heading, block in headings:
            if last and (last == heading or last.startswith(f"{heading} ")):
                yield "a heading stands alone at the foot of the page", number, block.place


def _fit(pdf: _Pdf) -> Found:
    pages = len(pdf.file.pages)
    limit = pdf.record.max_pages
    if limit and pages > limit:
        lines = sum(_line_count(text) for text in pdf.texts[limit:])
        yield f"it has {pages} pages, {pages - limit} more than cv_max_pages: shorten it by {lines} lines", limit + 1
    if pages > 1 and _line_count(pdf.texts[-1]) < LAST_PAGE * max(map(_line_count, pdf.texts)):
        yield "the last page is less than a third full: shorten the text, or say more", pages


def _size(pdf: _Pdf) -> Found:
    size = pdf.path.stat().st_size
    pictured = any("/XObject" in page.get("/Resources", {}) for page in pdf.file.pages)
    if size > MAX_SIZE and not pictured:
        yield (f"it has {size / 1000:.0f} kB: more than {MAX_SIZE / 1000:.0f} kB without a picture",)


def _attached(pdf: _Pdf) -> Found:
    if not pdf.record.attached:
        return
    attachment = pdf.file.attachments.get("resume.json")
    if attachment is None:
        yield ("the CV is not embedded as data (resume.json)",)
        return
    try:
        json.loads(attachment.get_file().read_bytes())
    except ValueError as error:
        yield (f"the embedded resume.json cannot be read: {error}",)


def _typeset(pdf: _Pdf) -> Found:
    for place, text in pdf.record.warnings:
        yield text, 0, place


RULES: dict[str, Callable[[_Pdf], Found]] = {
    "accessible": _accessible,
    "declared": _declared,
    "fonts": _fonts,
    "characters": _characters,
    "text": _text,
    "stranded": _stranded,
    "fit": _fit,
    "size": _size,
    "attached": _attached,
    "typeset": _typeset,
}


def _words(text: str, record: Record) -> str:
    """Words as compared: parted by single spaces, without the marks that a list or a row has."""
    if record.hyphenated:
        # A hyphen at the end of a line may be the word's or the line's; PDFium has characters of its own for it.
        text = re.sub("[-\u00ad\ufffe\x02]\\s*", "", text)
    text = re.sub(r"(^|\s)[•·–](?=\s|$)", " ", text)
    return " ".join(text.split())


def _line_count(text: str) -> int:
    return sum(1 for line in text.splitlines() if line.strip())


def _around(text: str, position: int) -> str:
    return " ".join(text[max(0, position - 15) : position + 15].split())
