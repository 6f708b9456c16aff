"""Rules for what machines read in a PDF: every word that was written, in order, in plain letters."""

import re
import unicodedata
from collections.abc import Iterator

from cvtools.checks.findings import Findings
from cvtools.checks.open_pdf import OpenPdf
from cvtools.checks.readers import ReadingError
from cvtools.expected import TextBlock
from cvtools.terminal import shorten

#: Ligatures; with soft hyphens, and what stands for a character that is not known.
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_UNREADABLE = re.compile(f"{_LIGATURE.pattern}|[\u00ad\ufffd]")
#: A hyphen at the end of a line may be the word's or the line's; PDFium joins the lines by a character of its own.
_BROKEN = re.compile(r"(?<=\w)(?:[-\u00ad]\s*\n\s*|[\x02\ufffe]\s*)")


def characters(pdf: OpenPdf) -> Findings:
    """Letters are letters, and accents are composed."""
    said = set()
    for number, text in _pages(pdf):
        if (match := _UNREADABLE.search(text)) and match[0] not in said:
            said.add(match[0])
            around = " ".join(text[max(0, match.start() - 15) : match.start() + 15].split())
            location = next((block.location for block in pdf.expected.blocks if match[0] in block.text), "")
            fault = f'machines read U+{ord(match[0]):04X} where letters are meant, in "{around}"'
            yield f"{fault}: write plain letters, or change the font", number, location
        if text != unicodedata.normalize("NFC", text) and "" not in said:
            said.add("")
            yield "accents are apart from their letters: write them as one character, or change the font", number


def _pages(pdf: OpenPdf) -> Iterator[tuple[int, str]]:
    """Yield the number and the text of each page, as each program reads it."""
    for pages in pdf.readings.values():
        yield from enumerate([] if isinstance(pages, ReadingError) else pages, 1)


def text(pdf: OpenPdf) -> Findings:
    """Every block is there, in order and word for word, whoever reads."""
    faults: dict[tuple[TextBlock, str], list[str]] = {}
    comparison = _Comparison(pdf)
    for reader, pages in pdf.readings.items():
        if isinstance(pages, ReadingError):
            yield (f"{reader} cannot read it: {pages}: make it anew",)
            continue
        for block, fault in comparison.faults(pages, by_columns=reader.endswith("-layout")):
            faults.setdefault((block, fault), []).append(reader)
    for (block, fault), who in faults.items():
        yield f'"{shorten(block.text)}" is not read {fault.format(", ".join(who))}', 0, block.location


class _Comparison:
    """A comparison of the expected blocks with the text that is read."""

    def __init__(self, pdf: OpenPdf) -> None:
        self.expected = pdf.expected
        self.broken: set[str] = set()
        if pdf.expected.form == "book":
            words = re.findall(rf"(?<!\S)\S*{_BROKEN.pattern}\S+", self._join(pdf.texts))
            self.broken = {_solid(_BROKEN.sub("", word)) for word in words}

    def faults(self, pages: list[str], *, by_columns: bool) -> Iterator[tuple[TextBlock, str]]:
        """Yield the blocks that are not read as expected, each with the fault.

        :param by_columns: whether lines that stand side by side are read as one
        """
        whole = self._words(self._join(pages))
        reached = before = 0
        for block in self.expected.blocks:
            wanted = self._words(block.text)
            start = whole.find(wanted, before if block.kind == "field" else reached)
            if start < 0 and not (block.kind == "note" and by_columns):
                start = whole.find(wanted)
                if start < 0:
                    yield block, "as it was written, by {}: look for odd characters, spaces or hyphens in it"
                elif block.kind != "part":
                    yield block, "in its place, by {}: let it stand by itself"
            # Fields are set around their heading, in an order of their own; notes at the foot of the page.
            if start >= 0 and block.kind in {"heading", "text"}:
                before, reached = reached, start + (len(wanted) if block.kind == "text" else 0)

    def _join(self, pages: list[str]) -> str:
        """Return the text of the pages without their feet, since a paragraph may continue after them."""
        foot = r"\s+".join(map(re.escape, self.expected.footer.split()))
        bodies = (re.sub(rf"{foot}\s+{number}\s*\Z", "", page) for number, page in enumerate(pages, 1))
        return "\n".join(bodies)

    def _words(self, text: str) -> str:
        """Return words for comparison: separated by single spaces, without the marks of lists and rows."""
        text = _LIGATURE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
        text = re.sub(r"(^|\s)[•·–](?=\s|$)", " ", text)
        # A long address goes on in the next line.
        text = re.sub(r"(?<=[/?&=#])\s+(?=\w)", "", text)
        if self.broken:
            words = _BROKEN.sub("", text).split()
            return " ".join(_solid(word) if _solid(word) in self.broken else word for word in words)
        return " ".join(text.split())


def _solid(word: str) -> str:
    return word.replace("-", "")
