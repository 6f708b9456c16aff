"""Write the source format: headings, fields, and Markdown of nothing but words and links."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import Any, ClassVar
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

#: Characters that Markdown would take for markup, within a line.
_INLINE = re.compile(
    r"[\\`{]|\*(?=\S)|(?<=\S)\*|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|~(?=~)|(?<=~)~|\](?=[({\[:])|\[(?=\^)|&(?=#?\w+;)"
)
#: Beginnings of a line that Markdown would take for a heading, list, quotation, field, comment or rule.
_START = re.compile(r"[-*_]([ \t]*[-*_])+$|#{1,6}(\s|$)|[-+*](\s|$|--)|[>:%|]|=+$|\(.*\)=|--+$|~~~|\+\+\+|\$\$")
#: Ends of lines to some programs.
_ENDS = re.compile("[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_TAGS = re.compile(r"</?(?:p|br|b|i|u|em|strong|a|ul|ol|li|span|div|h[1-6]|code|sub|sup|table|center|img)\b[^<>]*>", re.IGNORECASE)
#: Characters that begin items of lists in other programs.
_BULLETS = re.compile(r"(?m)^([ \t]*)[\u2022\u2023\u25aa\u25cf\u25e6\u00b7][ \t]+")
_SCHEMES = ("http://", "https://", "mailto:", "tel:")


@dataclass
class Heading:
    """A heading with fields and text below it, and the headings of the next level."""

    title: str
    #: Names and Markdown of the fields.
    fields: list[tuple[str, str]] = field(default_factory=list)
    #: Markdown of the text, without headings.
    text: str = ""
    children: list["Heading"] = field(default_factory=list)


def write(heading: Heading, level: int = 1) -> str:
    """Return the source of a page or of a section.

    :param level: the level of the heading, from 1
    """
    return "\n\n".join(_blocks(heading, level)) + "\n"


def _blocks(heading: Heading, level: int) -> Iterator[str]:
    fields = [f":{name}: {' '.join(value.split())}" for name, value in heading.fields]
    # A deeper heading than Markdown's sixth is a paragraph in bold letters.
    title = f"{'#' * level} {inline(heading.title)}" if level <= 6 else f"**{inline(heading.title)}**"
    yield "\n".join([title, *fields])
    if heading.text:
        yield heading.text
    for child in heading.children:
        yield from _blocks(child, level + 1)


def link(text: str, url: str = "") -> str:
    """Return Markdown of words that may be a link; addresses of other schemes than the web's are shown as words."""
    text, url = " ".join(text.split()), url.strip()
    if not url:
        return escape(text)
    if not url.startswith(_SCHEMES):
        return escape(f"{text} ({url})" if text and text != url else url)
    return f"[{marked(text)}]({_address(url)})" if text and text != url else f"<{_address(url)}>"


def _address(url: str) -> str:
    """Return an address without characters that end it in Markdown."""
    return quote(url, safe="%/:=&?~#+!$,;'@*.-_")


def escape(text: str) -> str:
    """Return words as a line of Markdown in which nothing is markup."""
    return line(marked(" ".join(text.split())))


def marked(text: str) -> str:
    """Return words within a line as Markdown in which nothing is markup; white space stays."""
    return _INLINE.sub(r"\\\g<0>", _ENDS.sub(" ", text))


def line(text: str) -> str:
    """Return a line of Markdown in which nothing is markup of a block: a heading, a list, a field."""
    text = text.strip()
    if number := re.match(r"\d{1,9}(?=[.)](\s|$))", text):
        return f"{number[0]}\\{text[number.end() :]}"
    return f"\\{text}" if _START.match(text) else text


def inline(text: str) -> str:
    """Return a line of Markdown or HTML as one line of Markdown that holds only words, emphasis, code and links."""
    words = "".join(_inline(token.children or []) for token in parser().parseInline(from_html(text)))
    return line(" ".join(words.split()))


def blocks(text: str, references: dict[str, Any] | None = None) -> str:
    """Return Markdown, HTML or plain text as Markdown of words, emphasis, code, links, lists, tables and quotations.

    :param references: addresses of links that are defined elsewhere in the file, as markdown-it has them
    """
    environment = {"references": dict(references or {})}
    return "\n\n".join(_block_list(iter(parser().parse(from_html(without_bullets(text)), environment))))


def without_bullets(text: str) -> str:
    """Return text with Markdown's marks for the items of lists, and plain ends of lines."""
    return _BULLETS.sub(r"\1- ", text.replace("\r\n", "\n").replace("\r", "\n"))


def bullets(items: list[str]) -> str:
    """Return a list, each item of one paragraph."""
    return "\n".join(_indented(inline(item), "- ") for item in items)


def _block_list(tokens: Iterator[Token], until: str = "") -> Iterator[str]:
    """Yield the blocks up to a closing token, each as Markdown."""
    for token in tokens:
        if token.type == until:
            return
        if token.type == "inline":
            yield tidy(_inline(token.children or [], "\\\n"))
        elif token.type == "fence":
            yield _fence(token)
        elif token.type == "code_block":
            yield tidy(marked(token.content.strip()))
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            yield "\n".join(_items(tokens, token))
        elif token.type == "blockquote_open":
            quoted = "\n\n".join(_block_list(tokens, "blockquote_close"))
            yield re.sub(r"(?m)^(?=(.?))", lambda line: "> " if line[1] else ">", quoted)
        elif token.type == "table_open":
            yield "\n".join(_rows(tokens))
        elif token.type == "dl_open":
            yield "\n".join(_definitions(tokens)).rstrip()


def _fence(token: Token) -> str:
    """Return a block of code, whose language is a name and no directive."""
    mark = "`" * (1 + max(map(len, re.findall("`+", token.content)), default=2))
    name, content = token.info.strip(), token.content.rstrip("\n")
    if not re.fullmatch(r"[A-Za-z0-9+#-]{0,20}", name):
        name, content = "text", f"{name}\n{content}"
    return f"{mark}{name or 'text'}\n{content}\n{mark}"


def _rows(tokens: Iterator[Token]) -> Iterator[str]:
    """Yield the lines of a table."""
    cells: list[str] = []
    for token in tokens:
        if token.type == "table_close":
            return
        if token.type == "inline":
            cells.append(" ".join(_inline(token.children or []).replace("|", "\\|").split()))
        elif token.type == "tr_close":
            yield f"| {' | '.join(cells)} |"
            cells = ["---"] * len(cells)
        elif token.type == "thead_close":
            yield f"| {' | '.join(cells)} |"
        if token.type in {"tr_open", "tbody_open"}:
            cells = []


def _definitions(tokens: Iterator[Token]) -> Iterator[str]:
    """Yield the lines of a list of terms and their definitions."""
    for token in tokens:
        if token.type == "dl_close":
            return
        if token.type == "inline":
            yield line(" ".join(_inline(token.children or []).split()))
        elif token.type == "dd_open":
            yield _indented("\n\n".join(_block_list(tokens, "dd_close")), ": ") + "\n"


def _items(tokens: Iterator[Token], opened: Token) -> Iterator[str]:
    number = int(opened.attrGet("start") or 1)
    for token in tokens:
        if token.type == opened.type.replace("_open", "_close"):
            return
        if token.type == "list_item_open":
            mark = f"{number}. " if opened.type.startswith("ordered") else "- "
            if text := _joined(_block_list(tokens, "list_item_close")):
                yield _indented(text, mark)
                number += 1


def _joined(blocks: Iterator[str]) -> str:
    """Return the blocks of a list's item; a list in it follows without a blank line."""
    text = next(blocks, "")
    for block in blocks:
        text += ("\n" if re.match(r"- |\d+\. ", block) else "\n\n") + block
    return text


def _inline(tokens: list[Token], hard_break: str = "\n") -> str:
    written, links = [], []
    for token in tokens:
        match token.type:
            case "text" | "html_inline":
                written.append(marked(token.content.replace("\n", " ")))
            case "code_inline":
                written.append(_code(token.content))
            case "strong_open" | "strong_close":
                written.append("**")
            case "em_open" | "em_close":
                written.append("*")
            case "link_open":
                links.append((len(written), str(token.attrGet("href") or "")))
            case "link_close":
                start, url = links.pop()
                words = "".join(written[start:])
                del written[start:]
                if words == marked(url) and url.startswith(_SCHEMES):
                    written.append(f"<{_address(url)}>")
                else:
                    is_web = url.startswith(_SCHEMES)
                    written.append(f"[{words}]({_address(url)})" if is_web else f"{words} ({marked(url)})")
            case "image":
                written.append(link(token.content, str(token.attrGet("src") or "")))
            case "softbreak":
                written.append("\n")
            case "hardbreak":
                written.append(hard_break)
    return "".join(written)


def _code(text: str) -> str:
    """Return code within a line; its fence is longer than any run of backticks in it."""
    text = " ".join(text.split())
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if "`" in text[:1] + text[-1:] else ""
    return f"{fence}{space}{text}{space}{fence}" if text else ""


@cache
def parser() -> MarkdownIt:
    """Return a parser of what other programs read: no HTML, and none of MyST's syntax."""
    return MarkdownIt("commonmark", {"html": False}).enable("table").use(deflist_plugin)


def tidy(text: str) -> str:
    """Return text of several lines, in which no line begins with markup by chance."""
    return "\n".join(map(line, text.split("\n")))


def _indented(text: str, mark: str) -> str:
    return mark + textwrap.indent(text, " " * len(mark)).lstrip()


def from_html(text: str, *, is_plain: bool = False) -> str:
    """Return text that holds elements of HTML as Markdown; other text as it is.

    :param is_plain: the words of the HTML are not Markdown
    """
    if not _TAGS.search(text):
        return text
    reader = _HtmlToMarkdown(convert_charrefs=True)
    reader.is_plain = is_plain
    reader.feed(text)
    reader.close()
    return "".join(reader.written).strip()


class _HtmlToMarkdown(HTMLParser):
    """Parser of HTML that keeps headings, paragraphs, lists, tables, emphasis and links; other tags stay words."""

    _MARKS: ClassVar = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
    _BLOCKS: ClassVar = frozenset("p div center section ul ol table tr h1 h2 h3 h4 h5 h6".split())
    #: Whether the words are escaped.
    is_plain = False
    _SILENT: ClassVar = frozenset("u span small big font sub sup thead tbody html body head".split())

    def __init__(self, **options: bool) -> None:
        super().__init__(**options)
        self.written: list[str] = []
        self.addresses: list[str] = []
        #: Whether each list that is open is numbered, the innermost last.
        self.lists: list[bool] = []
        #: Number of cells in the row that is open, and of rows in its table; None outside tables.
        self.cells: int | None = None
        self.rows = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        match tag:
            case "table":
                self.written.append("\n\n")
                self.rows, self.cells = 0, 0
            case "tr":
                self.written.append("\n|")
                self.cells = 0
            case "td" | "th":
                self.written.append(" ")
                self.cells = (self.cells or 0) + 1
            case _ if self.cells is not None and tag in self._BLOCKS | {"br", "li"}:
                self.written.append(" ")
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self.written.append(f"\n\n{'#' * int(tag[1])} ")
            case "ul" | "ol":
                self.written.append("\n" if self.lists else "\n\n")
                self.lists.append(tag == "ol")
            case "br":
                self.written.append("  \n")
            case "li":
                indent = "   " * (len(self.lists) - 1)
                self.written.append(f"\n{indent}{'1.' if self.lists[-1:] == [True] else '-'} ")
            case "a":
                self.addresses.append(dict(attrs).get("href") or "")
                self.written.append("[" if self.addresses[-1] else "")
            case "img":
                self.written.append(dict(attrs).get("alt") or "")
            case _ if tag in self._BLOCKS:
                self.written.append("\n\n")
            case _ if tag in self._MARKS:
                self.written.append(self._MARKS[tag])
            case _ if tag not in self._SILENT:
                self.written.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.addresses:
            address = self.addresses.pop()
            self.written.append(f"]({_address(address)})" if address else "")
        elif tag in {"td", "th"} and self.cells is not None:
            self.written.append(" |")
        elif tag == "tr" and self.cells is not None:
            self.rows += 1
            self.written.append("\n|" + " --- |" * self.cells if self.rows == 1 else "")
        elif tag == "table":
            self.cells = None
            self.written.append("\n\n")
        elif tag in {"ul", "ol"}:
            self.lists = self.lists[:-1]
            self.written.append("" if self.lists or self.cells is not None else "\n\n")
        elif tag in self._BLOCKS:
            self.written.append("\n\n" if self.cells is None else " ")
        elif tag in self._MARKS:
            self.written.append(self._MARKS[tag])
        elif tag not in self._SILENT | {"li", "a", "br", "img"}:
            self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        words = marked(data) if self.is_plain else data
        self.written.append(words if self.cells is None else words.replace("|", "\\|"))
