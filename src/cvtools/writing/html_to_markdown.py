"""Convert HTML within Markdown to Markdown: headings, paragraphs, lists, tables, emphasis, links and words."""

import re
from collections.abc import Callable, Mapping
from html import unescape
from html.parser import HTMLParser
from typing import ClassVar
from urllib.parse import quote

from cvtools import limits

_TAGS = re.compile(
    r"</?(?:p|br|b|i|u|em|strong|a|ul|ol|li|span|div|h[1-6]|code|kbd|sub|sup|table|center|img|section|"
    r"details|summary|del|ins|mark|abbr|picture|figure|figcaption)\b[^<>]*>",
    re.IGNORECASE,
)
#: Separator of the lines of a table's cell, which white space is in other places.
LINE = "\u2028"
_BREAK_IN_ROW = re.compile(r"(?i)(?<=\S)[ \t]*<br\s*/?>[ \t]*")
#: Figures that Unicode has above and below the line.
_RAISED = {
    "sup": str.maketrans("0123456789+-()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ"),
    "sub": str.maketrans("0123456789+-()", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎"),
}
_CODE = re.compile(r"(?ms)^(`{3,}|~{3,}).*?(?:^\1|\Z)|(?<![`\\])(`+)(?!`)[^\n]*?(?<!`)\2(?!`)")


def address(url: str) -> str:
    """Return an address without characters that end it in Markdown, or withhold the field that holds it."""
    return re.sub(r"\bs(?=how[=:])", "%73", quote(url, safe="%/:=&?~#+!$,;'@*.-_", errors="replace"))


def from_html(text: str) -> str:
    """Return Markdown that holds elements of HTML without these; other text as it is."""
    if not (_TAGS.search(text) or "<!--" in text):
        return text
    return outside_code(_converted, text).strip()


def outside_code(convert: Callable[[str], str], text: str) -> str:
    """Return Markdown converted by a function that does not see the code in it."""
    codes: list[str] = []

    def kept(code: re.Match[str]) -> str:
        codes.append(code[0])
        return f"\ufdd0{len(codes) - 1}\ufdd1"

    # No entity stands for a noncharacter.
    converted = convert(_CODE.sub(kept, re.sub("[\ufdd0-\ufdd3]", "", text)))
    return re.sub("\ufdd0(\\d+)\ufdd1", lambda number: codes[int(number[1])], converted)


def _converted(text: str) -> str:
    text = re.sub(r"(?m)^[ \t]*\|.*\|[ \t]*$", lambda row: _BREAK_IN_ROW.sub(LINE, row[0]), text)
    text = re.sub(r"<(su[bp])>([0-9+()n-]+)</\1>", lambda figures: figures[2].translate(_RAISED[figures[1]]), text)
    reader = _Reader()
    # Markdown itself reads entities, and escapes. HTML has no such declarations, at which the parser fails.
    text = text.replace("<![", "\\<![").replace("\\<", "\ufdd2").replace("&", "\ufdd3")
    # Some versions of the parser take a comment without an end for all of the rest.
    comments, end, rest = text.rpartition("-->")
    reader.feed(comments + end + rest.replace("<!--", "\ufdd2!--"))
    reader.close()
    return "".join(reader.written).replace("\ufdd2", "\\<").replace("\ufdd3", "&")


class _Reader(HTMLParser):
    """Parser of HTML; tags that say nothing to Markdown stay words."""

    _MARKS: ClassVar = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
    _BLOCKS: ClassVar = frozenset(
        "p div center section details summary picture figure figcaption h1 h2 h3 h4 h5 h6".split()
    )
    #: What is written at the beginning and at the end of elements.
    _STARTS: ClassVar[Mapping[str, str]] = (
        dict.fromkeys("u span small big font kbd del ins mark abbr sub sup thead tbody html body head".split(), "")
        | dict.fromkeys(_BLOCKS, "\n\n")
        | {f"h{level}": f"\n\n{'#' * level} " for level in range(1, 7)}
        | {"br": "  \n", "table": "\n\n", "tr": "\n|", "td": " ", "th": " "}
    )
    _ENDS: ClassVar[Mapping[str, str]] = dict.fromkeys((*_BLOCKS, "table"), "\n\n") | {"li": "", "img": ""}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        #: Addresses of the links that are open, and the number of pieces before each emphasis, the innermost last.
        self.addresses: list[str] = []
        self.marks: list[int] = []
        #: Whether each list that is open is numbered, the innermost last.
        self.lists: list[bool] = []
        #: Number of cells of the open row, and of the rows above it; None outside tables, whose cells are one line.
        self.cells: int | None = None
        #: Columns of the open cell.
        self.span = 1
        self.rows = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: unescape((value or "").replace("\ufdd3", "&")) for name, value in attrs}
        if self.cells is not None and tag in {*self._BLOCKS, "br", "li", "ul", "ol"}:
            self._end_line()
        elif tag in self._MARKS and len(self.marks) < limits.IMPORT_DEPTH:
            self.marks.append(len(self.written))
        else:
            self._write(self._start(tag, values))

    def _start(self, tag: str, values: Mapping[str, str]) -> str:
        match tag:
            case "table" | "tr":
                self.cells = 0
                self.rows = self.rows if tag == "tr" else 0
            case "td" | "th":
                span = values.get("colspan", "")
                self.span = int(span) if re.fullmatch("[1-9][0-9]?", span) else 1
                self.cells = (self.cells or 0) + self.span
            case "ul" | "ol":
                self.lists.append(tag == "ol")
                return "\n" if self.lists[1:] else "\n\n"
            case "li":
                indent = "   " * min(len(self.lists) - 1, limits.IMPORT_DEPTH)
                return f"\n{indent}{'1.' if self.lists[-1:] == [True] else '-'} "
            case "a":
                self.addresses.append(values.get("href", ""))
                return "[" if self.addresses[-1] else ""
            case "img":
                alt = re.sub(r"[\[\]\n]", " ", values.get("alt", ""))
                return f"![{alt}]({address(values.get('src', ''))})"
        return self._STARTS.get(tag, "" if tag in self._MARKS else self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self.cells is not None and tag in {*self._BLOCKS, "ul", "ol"}:
            self._end_line()
        elif tag in self._MARKS:
            self._end_mark(self._MARKS[tag])
        else:
            self._write(self._end(tag))

    def _end(self, tag: str) -> str:
        match tag:
            case "a":
                url = self.addresses.pop() if self.addresses else ""
                return f"]({address(url)})" if url else ""
            case "td" | "th":
                if self.written[-1:] == [LINE]:
                    self.written.pop()
                return " |" * self.span
            case "tr":
                self.rows += 1
                return f"\n|{' --- |' * (self.cells or 0)}" if self.rows == 1 else ""
            case "table":
                self.cells = None
            case "ul" | "ol":
                self.lists = self.lists[:-1]
                return "" if self.lists else "\n\n"
        return self._ENDS.get(tag, "" if tag in self._STARTS else f"</{tag}>")

    def _end_line(self) -> None:
        """Separate the lines of a cell."""
        if self.written and self.written[-1] not in {" ", LINE}:
            self.written.append(LINE)

    def _end_mark(self, mark: str) -> None:
        """Write the words of an emphasis between its marks, which no space may follow or precede."""
        start = self.marks.pop() if self.marks else len(self.written)
        inner = "".join(self.written[start:])
        self.written[start:] = [re.sub(r"(?s)^(\s*)(\S.*?)(\s*)$", rf"\g<1>{mark}\2{mark}\3", inner)]

    def handle_data(self, data: str) -> None:
        self._write(data if self.cells is None else data.replace("|", "\\|"))

    def _write(self, piece: str) -> None:
        if piece:
            self.written.append(piece)
