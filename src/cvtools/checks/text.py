"""Define rules for the text that programs extract from a PDF: complete, in order, in plain letters."""

import re
import unicodedata
from collections.abc import Iterator, Set
from functools import lru_cache

from cvtools.checks.open_pdf import OpenPdf
from cvtools.expected_pdf import ExpectedPdf, TextBlock
from cvtools.problems import Problem
from cvtools.terminal import shorten

_LIGATURE = re.compile("[\ufb00-\ufb06]")
#: Characters that should not be in extracted text: ligatures, soft hyphens, replacement characters.
_UNREADABLE = re.compile(f"{_LIGATURE.pattern}|[\u00ad\ufffd]")
#: A word that may be wider than a line, and thus be broken anywhere.
_WIDE = re.compile(r"\S{30}")
#: Kinds of blocks that a reader mixes with text beside them, by the reader.
_EXEMPT = {"pdftotext": {"cell"}, "pdftotext -layout": {"cell", "footnote"}}
#: Opening brackets for closing ones, to compare text from right to left, in which some readers mirror brackets.
_BRACKETS = str.maketrans(")]}>»\u203a", "([{<«\u2039")
#: Chinese and Japanese characters. Each counts as a word, since lines break, and readers drop spaces, beside them.
_IDEOGRAPH = re.compile("[\u2e80-\u9fff\uff00-\uffef]")
#: Faults of a block: extracted in another place, or changed. ``{}`` stands for the names of the readers.
_MOVED = "in its place, by {}: write a longer line above it, or other words"
_CHANGED = "as it was written, by {}: look for odd characters, spaces or hyphens in it"
#: Bullets, dots between fields, and dashes between dates.
_MARKS = re.compile(r"(?<!\S)[•·–](?!\S)")


def characters(pdf: OpenPdf) -> Iterator[Problem]:
    """Find ligatures, unknown characters and decomposed accents."""
    reported = set()
    for number, text in (page for pages in pdf.readings.values() for page in enumerate(pages, 1)):
        if (match := _UNREADABLE.search(text)) and match[0] not in reported:
            reported.add(match[0])
            around = " ".join(text[max(0, match.start() - 15) : match.start() + 15].split())
            location = next((block.location for block in pdf.expected.blocks if match[0] in block.text), "")
            fault = f'programs extract U+{ord(match[0]):04X} in place of letters, in "{around}"'
            yield Problem.at(location, f"{fault}: write plain letters, or change the font", page=number)
        if text != unicodedata.normalize("NFC", text) and "accents" not in reported:
            reported.add("accents")
            fault = "accents are extracted apart from their letters: write them as one character, or change the font"
            yield Problem(fault, page=number)


def text(pdf: OpenPdf) -> Iterator[Problem]:
    """Find all blocks that a reader does not extract word for word, and the first that one extracts out of order."""
    # The names of the readers that find a fault in a block.
    faults: dict[tuple[TextBlock, str], dict[str, None]] = {}
    comparison = _Comparison(pdf.expected)
    for reader, pages in pdf.readings.items():
        for block, fault in comparison.faults(pages, _EXEMPT.get(reader, frozenset())):
            faults.setdefault((block, fault), {})[reader] = None
    for reader, error in pdf.unread.items():
        yield Problem(f"{reader} cannot read it: {error}: make it again")
    moved = [block for block, fault in faults if fault == _MOVED]
    for (block, fault), names in faults.items():
        # Readers differ in the order of letters from right to left: one that extracts a block as expected is enough.
        if comparison.is_right_to_left and len(names) < len(pdf.readings):
            continue
        if fault != _MOVED or block == moved[0]:
            others = f", nor are others ({len(moved) - 1})" if fault == _MOVED and moved[1:] else ""
            rule = fault.format(", ".join(names) + others)
            yield Problem.at(block.location, f'"{shorten(block.text)}" is not read {rule}')


class _Comparison:
    """Comparison of the expected blocks with the text that readers extract."""

    def __init__(self, expected: ExpectedPdf) -> None:
        self.expected = expected
        letters = set("".join(block.text for block in expected.blocks))
        #: Whether any word is written from right to left.
        self.is_right_to_left = not {"R", "AL"}.isdisjoint(map(unicodedata.bidirectional, letters))
        #: The words of each block, as :meth:`_words` prepares them.
        self.wanted = [self._words(block.text) for block in expected.blocks]

    def faults(self, pages: list[str], exempt: Set[str]) -> Iterator[tuple[TextBlock, str]]:
        """Yield the blocks that are not extracted as expected, with their faults; leave out the kinds in `exempt`."""
        extracted = self._words_of(pages)
        # Where the search for the next block begins, and for the next field, which may be above its heading.
        reached = before = 0
        for block, wanted in zip(self.expected.blocks, self.wanted, strict=True):
            if self.is_right_to_left:
                if _unspaced(wanted) not in _unspaced(extracted):
                    yield block, _CHANGED
                continue
            start = extracted.find(wanted, before if block.kind == "field" else reached)
            # pdftotext joins single characters ("B & C"), as if they were a spaced word.
            may_break = block.kind == "cell" or _WIDE.search(wanted) or max(map(len, block.text.split()), default=0) < 2
            if start < 0 and may_break and _unspaced(wanted) in _unspaced(extracted):
                continue
            if start < 0 and block.kind not in exempt:
                start = extracted.find(wanted)
                if start < 0:
                    yield block, _CHANGED
                elif block.kind != "part":
                    yield block, _MOVED
            # Only headings and text have an order: fields stand around their heading, footnotes at the foot of a page.
            if start >= 0 and block.kind in {"heading", "text"}:
                before, reached = reached, start + (len(wanted) if block.kind == "text" else 0)

    def _words_of(self, pages: list[str]) -> str:
        """Return the words of all pages without footers; footnotes, which may interrupt a paragraph, come last."""
        blocks = zip(self.expected.blocks, self.wanted, strict=True)
        footnotes = sorted((words for block, words in blocks if block.kind == "footnote"), key=len, reverse=True)
        foot = r"\s+".join(map(re.escape, self.expected.footer.split()))
        bodies, notes = [], []
        for number, page in enumerate(pages, 1):
            body = self._words(re.sub(rf"{foot}\s+{number}\s*/\s*\d+\s*\Z", "", page))
            while note := next((note for note in footnotes if body.endswith(note)), ""):
                notes.append(note)
                body = re.sub(r"\s*\d+\s*\Z", "", body.removesuffix(note))
            bodies.append(body)
        return " ".join(bodies + notes)

    def _words(self, text: str) -> str:
        """Return a text for comparison: with single spaces, and without bullets, dots between fields and dashes."""
        if self.is_right_to_left:
            # Readers mirror brackets, and add marks of direction.
            text = "".join(sign for sign in text.translate(_BRACKETS) if unicodedata.category(sign) != "Cf")
        text = _LIGATURE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
        # Join addresses, and codes of characters that no font has, which are broken across lines.
        text = re.sub(r"(?<=[/?&=#])\s+(?=\w)|(?<=\])\s+(?=\[U\+)", "", text)
        text = _IDEOGRAPH.sub(r" \g<0> ", text)
        return " ".join(_MARKS.sub("", text).split())


@lru_cache(8)
def _unspaced(text: str) -> str:
    return re.sub(r"[-–\s\u00ad\x02\ufffe]", "", text)
