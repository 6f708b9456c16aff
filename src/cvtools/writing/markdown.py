"""Write the source format: headings, fields, and Markdown of nothing but words and links."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import ClassVar
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

#: Characters that Markdown would take for markup, within a line.
_INLINE = re.compile(
    r"[\\`{]|\*(?=\S)|(?<=\S)\*|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|~(?=~)|(?<=~)~|\](?=[({\[:])|\[(?=\^)|&(?=#?\w+;)"
)
#: Beginnings of a line that Markdown would take for a heading, list, quotation, field, comment or rule.
_START = re.compile(r"[-*_]([ \t]*[-*_])+$|#{1,6}(\s|$)|[-+*](\s|$|--)|[>:%|]|=+$|\(.*\)=|--+$|~~~|\+\+\+|\$\$")
#: Ends of lines to some programs.
_ENDS = re.compile("[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_TAGS = re.compile(r"</?(?:p|br|b|i|u|em|strong|a|ul|ol|li|span|div|h[1-6]|code|sub|sup)\b[^<>]*>", re.IGNORECASE)
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
    return f"[{marked(text)}]({address(url)})" if text and text != url else f"<{address(url)}>"


def address(url: str) -> str:
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
    words = "".join(_inline(token.children or []) for token in _parser().parseInline(_from_html(text)))
    return line(" ".join(words.split()))


def blocks(text: str) -> str:
    """Return Markdown, HTML or plain text as Markdown that holds only paragraphs and lists of words and links."""
    lines = _BULLETS.sub(r"\1- ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n\n".join(_block_list(iter(_parser().parse(_from_html(lines)))))


def bullets(items: list[str]) -> str:
    """Return a list, each item of one paragraph."""
    return "\n".join(_indented(inline(item), "- ") for item in items)


def _block_list(tokens: Iterator[Token], until: str = "") -> Iterator[str]:
    """Yield the blocks up to a closing token, each as Markdown."""
    for token in tokens:
        if token.type == until:
            return
        if token.type == "inline":
            yield tidy(_inline(token.children or []))
        elif token.type in {"fence", "code_block"}:
            yield tidy(marked(token.content.strip()))
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            yield "\n".join(_items(tokens, token))


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


def _inline(tokens: list[Token]) -> str:
    written, links = [], []
    for token in tokens:
        match token.type:
            case "text" | "html_inline":
                written.append(marked(token.content.replace("\n", " ")))
            case "code_inline":
                written.append(code(token.content))
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
                written.append(f"[{words}]({address(url)})" if url.startswith(_SCHEMES) else f"{words} ({marked(url)})")
            case "image":
                written.append(link(token.content, str(token.attrGet("src") or "")))
            case "softbreak" | "hardbreak":
                written.append("\n")
    return "".join(written)


def code(text: str) -> str:
    """Return code within a line; its fence is longer than any run of backticks in it."""
    text = " ".join(text.split())
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if "`" in text[:1] + text[-1:] else ""
    return f"{fence}{space}{text}{space}{fence}" if text else ""


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})


def tidy(text: str) -> str:
    """Return text of several lines, in which no line begins with markup by chance."""
    return "\n".join(map(line, text.split("\n")))


def _indented(text: str, mark: str) -> str:
    return mark + textwrap.indent(text, " " * len(mark)).lstrip()


def _from_html(text: str) -> str:
    """Return text that holds elements of HTML as Markdown; other text as it is."""
    if not _TAGS.search(text):
        return text
    parser = _HtmlToMarkdown(convert_charrefs=True)
    parser.feed(text)
    parser.close()
    return "".join(parser.written).strip()


class _HtmlToMarkdown(HTMLParser):
    """Parser of HTML that keeps paragraphs, lists, emphasis and links."""

    _MARKS: ClassVar = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}

    def __init__(self, **options: bool) -> None:
        super().__init__(**options)
        self.written: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        match tag:
            case "p" | "div" | "ul" | "ol" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self.written.append("\n\n")
            case "br":
                self.written.append("\n")
            case "li":
                self.written.append("\n- ")
            case "a":
                self.addresses.append(dict(attrs).get("href") or "")
                self.written.append("[")
            case _:
                self.written.append(self._MARKS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.addresses:
            self.written.append(f"]({self.addresses.pop()})")
        elif tag in {"p", "div", "ul", "ol"}:
            self.written.append("\n\n")
        else:
            self.written.append(self._MARKS.get(tag, ""))

    def handle_data(self, data: str) -> None:
        self.written.append(data)
