"""Write MyST Markdown: escape text, reduce imported Markdown to harmless markup, and write headings with fields."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, count
from typing import Any
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

from cvtools import limits

#: Characters within a line that MyST would read as markup, or warn of; after a word, a dollar sign may end a formula.
_INLINE = re.compile(
    r"(?<=\S)\$(?!\d)|(?<![\w=])=(?==[^\s=])|"
    r"[\\`{]|\*(?=\S)|(?<=\S)\*|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|~(?=~)|(?<=~)~|\](?=[({\[:])|\[(?=[\^!])|&(?=#?\w+;)"
)
#: Markup that arises where two fragments of a line are joined.
_JOINT = re.compile(r"<[A-Za-z/!?]|!\[|\][({\[:]|&[#\w]")
#: Beginning of an address in GitHub's dialect, where it lasts to the next space.
_ADDRESS = re.compile(r"(?:https?|ftp)://|www\.", re.IGNORECASE)
#: Beginnings of a line that MyST would take for a heading, list, quotation, field, comment, table or rule.
_START = re.compile(
    r"[-*_]([ \t]*[-*_])+$|#{1,6}(\s|$)|[-+*](\s|$|--)|[>:%|]|=+$|\(.*\)=|-[-:| \t]*$|~(\s|~~)|\+[ \t]*\+[ \t]*\+|\$\$"
)
#: An escaped character, or a code span or formula.
_CODE = re.compile(r"\\.|(?:\{math\})?(`+)(?!`)(.+?)(?<!`)\1(?!`)")
#: A bracket, which could end the text of a link or make it a picture; or code, in which a bracket does not.
_BRACKET = re.compile(rf"{_CODE.pattern}|[\[\]]")
#: The name in a mark that withholds a field's value from an output: ``show=pdf``, with or without braces.
_SHOW = re.compile(r"\bshow\s*(?=[=:])|show(?==(?:html|pdf)\})")
#: Replacements of invisible characters: control characters, marks of direction, surrogates and noncharacters are
#: deleted, control characters that end lines become spaces, and the replacement character becomes a question mark.
_INVISIBLE: dict[int, str | None] = {
    **dict.fromkeys([*range(9), *range(14, 28), 31, *range(127, 160), *range(0x202A, 0x202F), *range(0x2061, 0x2070)]),
    **dict.fromkeys([*range(0xD800, 0xE000), 0xFFFE, 0xFFFF, 0x061C, 0x180E, 0x200E, 0x200F, 0xFEFF]),
    **dict.fromkeys([11, 12, 28, 29, 30, 133], " "),
    0xFFFD: "?",
}
#: Characters that some program reads as the end of a line.
_LINE_ENDS = re.compile("[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
#: Bullets with which other programs begin the items of a list.
_BULLETS = re.compile(r"(?m)^([ \t]*)[\u2022\u2023\u25aa\u25cf\u25e6\u00b7][ \t]+")
_SCHEMES = ("http://", "https://", "mailto:", "tel:")


@dataclass
class Heading:
    """A heading, with the fields, the text and the headings below it."""

    title: str
    #: Names and Markdown of the fields.
    fields: list[tuple[str, str]] = field(default_factory=list)
    #: Markdown of the text, without headings.
    text: str = ""
    children: list["Heading"] = field(default_factory=list)
    #: Name of the heading's own page, such as "talks/2020-testing"; empty if it is on its parent's page.
    page: str = ""


def pages(heading: Heading, name: str = "index") -> dict[str, str]:
    """Return the sources of a CV's page and of the pages of its entries, by name; a repeated name gets a number."""
    sources = {name: write(heading)}
    for child in (child for section in heading.children for child in section.children if child.page):
        names = chain([child.page], (f"{child.page}-{number}" for number in count(2)))
        sources[next(name for name in names if name not in sources)] = write(child)
    return sources


def write(heading: Heading) -> str:
    """Return the source of a page."""
    return "\n\n".join(_blocks(heading)) + "\n"


def _blocks(heading: Heading, level: int = 1) -> Iterator[str]:
    fields = [f":{name}: {_value(value)}" for name, value in heading.fields]
    yield "\n".join([heading_line(clean_line(heading.title), level), *fields])
    if heading.text:
        yield heading.text
    if any(child.page for child in heading.children):
        yield "```{talks}\n```"
    for child in heading.children:
        if not child.page:
            yield from _blocks(child, level + 1)


def heading_line(words: str, level: int) -> str:
    """Return a heading; below the sixth level, which is Markdown's last, return a paragraph in bold letters."""
    # Markdown drops hashes at the end of a heading.
    words = re.sub(r"(?<=\s)#(?=#*$)", r"\#", words)
    return f"{'#' * level} {words}" if level <= 6 else f"**{words}**"


def _value(text: str) -> str:
    """Return the value of a field as one line without a mark such as ``{show=pdf}``, which would withhold it."""

    def without_mark(code: re.Match[str]) -> str:
        # Nothing can be escaped in code: code that may be a mark becomes escaped text.
        may_be_mark = code[2] and re.search(r"\{|\bshow\b", code[2])
        return re.sub(r"[!-/:-@[-`{-~]", r"\\\g<0>", code[2].strip()) if may_be_mark else code[0]

    value = _SHOW.sub(r"\g<0>\\", _CODE.sub(without_mark, " ".join(text.split())))
    # Before a wide sign, a backslash would be shown.
    return re.sub(r"(\bshow\s*)([\uff1d\uff1a])", lambda sign: f"{sign[1]}&#{ord(sign[2])};", value)


def link(text: str, url: str = "") -> str:
    """Return text with a link to a site, a mailbox or a phone; any other address follows the text in parentheses."""
    text, url = " ".join(text.split()), url.strip()
    return escape_start(_linked(escape_inline(text), url)) if url else escape_line(text)


def _linked(words: str, url: str) -> str:
    """Return a link, as :func:`link` does, for the inside of a line; `words` is Markdown."""
    is_linkable, plain_url = url.startswith(_SCHEMES), " ".join(url.split())
    if words.strip() in {"", escape_inline(plain_url)}:
        return f"<{escape_url(url)}>" if is_linkable else escape_inline(plain_url)
    if not is_linkable:
        return f"{words} {escape_inline(f'({plain_url})')}"
    words = _BRACKET.sub(lambda match: f"\\{match[0]}" if match[0] in "[]" else match[0], words)
    return f"[{words}]({escape_url(url)})"


def escape_url(url: str) -> str:
    """Return an address for Markdown, encoded so that it neither ends early nor has a mark that withholds the field.

    It has no entities, which Markdown decodes: "javascript&colon;" would become the scheme of a script.
    """
    quoted = re.sub(r"\bs(?=how[=:])", "%73", quote(url, safe="%/:=&?~#+!$,;'@*.-_", errors="replace"))
    return re.sub(r"&(?=#?\w+;)", "&amp;", quoted)


def without_invisible(text: str) -> str:
    """Return text without invisible characters, which could hide markup from the patterns of this module."""
    return text.translate(_INVISIBLE)


def escape_line(text: str) -> str:
    """Return text as a line of Markdown with all markup escaped; white space becomes single spaces."""
    return escape_start(escape_inline(" ".join(text.split())))


def escape_inline(text: str) -> str:
    """Return text for the inside of a line of Markdown, with all markup escaped; white space stays."""
    return _INLINE.sub(r"\\\g<0>", without_invisible(_LINE_ENDS.sub(" ", text)))


def join_inline(fragments: Iterable[str]) -> str:
    """Join fragments of a line, and escape markup that would begin in one fragment and end in the next."""
    text, is_address = "", False
    for fragment in filter(None, fragments):
        if text and _JOINT.match(text[-1] + fragment[:2]):
            before = text[:-1]
            is_escaped = (len(before) - len(before.rstrip("\\"))) % 2
            text = text if is_escaped else f"{before}\\{text[-1]}"
        elif is_address and fragment[0] in "`*[":
            # GitHub's dialect would add the markup to the address.
            text, is_address = f"{text} ", False
        elif fragment[0] == text[-1:] == "`":
            # An invisible space keeps two code spans apart.
            text += "&#8203;"
        text += fragment
        word = re.split(r"[\s<]", fragment)[-1]
        is_address = fragment[0] not in "`[<" and bool(_ADDRESS.search(word) or (is_address and word == fragment))
    return text


def escape_start(text: str) -> str:
    """Return a line of Markdown; escape its beginning if that is markup of a block: a heading, a list, a field."""
    text = text.strip()
    if number := re.match(r"\d{1,9}(?=[.)](\s|$))", text):
        return f"{number[0]}\\{text[number.end() :]}"
    return f"\\{text}" if _START.match(text) else text


def _from_html(text: str) -> str:
    """Return Markdown with its HTML elements converted to Markdown."""
    if "<" not in text:
        return text
    # Its libraries are slow to import, and builds do not need them.
    from cvtools.writing.html_to_markdown import from_html

    return from_html(text)


def clean_line(text: str) -> str:
    """Return a line of imported Markdown or HTML, reduced to words, emphasis, code, formulas and links."""
    (words,) = SyntaxTreeNode(parser().parseInline(_from_html(text))).children
    return escape_start(" ".join(_inline(words).split()))


def clean_blocks(text: str, references: dict[str, Any] | None = None) -> str:
    """Return imported Markdown, HTML or text, reduced to words, emphasis, code, links, lists, tables and quotations.

    :param references: definitions of links elsewhere in the file, by their labels, as markdown-it collects them
    """
    environment = {"references": dict(references or {})}
    return "\n\n".join(_blocks_in(SyntaxTreeNode(parser().parse(_from_html(with_hyphen_bullets(text)), environment))))


def with_hyphen_bullets(text: str) -> str:
    """Return text with hyphens in place of other bullets of lists, and with line feeds as the ends of lines."""
    return _BULLETS.sub(r"\1- ", text.replace("\r\n", "\n").replace("\r", "\n"))


def bullet_list(items: list[str]) -> str:
    """Return a list of items of one paragraph each."""
    return "\n".join(indented(clean_line(item), "- ") for item in items)


def _blocks_in(parent: SyntaxTreeNode) -> Iterator[str]:
    """Yield the blocks in a node as Markdown."""
    for node in parent.children:
        match node.type:
            case "paragraph" | "heading":
                yield escape_starts(_inline(node.children[0], "\\\n"))
            case "fence":
                yield _fence(node.content.rstrip("\n"), node.info.strip())
            case "code_block":
                yield escape_starts(escape_inline(node.content.strip()))
            case "bullet_list" | "ordered_list":
                yield "\n".join(_items(node))
            case "blockquote":
                yield re.sub(r"(?m)^(?=(.?))", lambda line: "> " if line[1] else ">", "\n\n".join(_blocks_in(node)))
            case "table":
                yield table([list(map(_cell, row.children)) for part in node.children for row in part.children])
            case "dl":
                yield "\n".join(map(_definition, node.children)).rstrip()


def _fence(content: str, info: str) -> str:
    """Return a block of code in the language that the info string names; if it names none, put it into the code."""
    # With "{figure}", for example, the block would be a directive.
    if not re.fullmatch(r"[A-Za-z0-9+#-]{0,20}", info):
        return code_block(f"{info}\n{content}".rstrip("\n"), "text")
    return code_block(content, info or "text")


def code_block(content: str, language: str = "") -> str:
    """Return a block of code."""
    content = without_invisible(content)
    fence = _ticks(content, 3)
    return f"{fence}{language}\n{content}\n{fence}"


def _ticks(text: str, least: int) -> str:
    """Return `least` backticks or more, as are needed to enclose a text that may have backticks."""
    return "`" * max([least, *(1 + len(run) for run in re.findall("`+", text))])


def table(rows: list[list[str]]) -> str:
    """Return a table, whose first row is its head."""
    width = max(map(len, rows))
    head = rows[0] + [""] * (width - len(rows[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * width, *rows[1:]])


def _cell(node: SyntaxTreeNode) -> str:
    return " ".join(_inline(node.children[0]).replace("|", "\\|").split())


def _definition(node: SyntaxTreeNode) -> str:
    """Return a term, or one of its definitions."""
    if node.type == "dt":
        return escape_start(" ".join(_inline(node.children[0]).split()))
    return indented("\n\n".join(_blocks_in(node)), ": ") + "\n"


def _items(node: SyntaxTreeNode) -> Iterator[str]:
    numbers = count(int(node.attrGet("start") or 1))
    for item in node.children:
        first, *others = [*_blocks_in(item)] or [""]
        # A list within an item needs no blank line above it.
        text = first + "".join(("\n" if re.match(r"- |\d+\. ", block) else "\n\n") + block for block in others)
        if text:
            yield indented(text, f"{next(numbers)}. " if node.type == "ordered_list" else "- ")


def _inline(parent: SyntaxTreeNode, hard_break: str = "\n") -> str:
    return join_inline(_inline_part(node, hard_break) for node in parent.children)


def _inline_part(node: SyntaxTreeNode, hard_break: str) -> str:
    match node.type:
        case "text" | "image":
            # The file of a picture is not imported.
            return escape_inline(node.content.replace("\n", " "))
        case "code_inline":
            return code_span(node.content)
        case "link":
            return _linked(_inline(node, hard_break), str(node.attrGet("href") or ""))
        case "math_inline" | "math_inline_double":
            return _formula(node.content, node.markup)
        case "softbreak" | "hardbreak":
            return "\n" if node.type == "softbreak" else hard_break
    delimiter = {"strong": "**", "em": "*"}[node.type]
    return f"{delimiter}{_inline(node, hard_break)}{delimiter}"


def _formula(text: str, delimiter: str) -> str:
    """Return a formula as a role, or as code if pages do not allow it; leave words between dollar signs as they are."""
    from cvtools.reading.formulas import fault_of_formula

    if not re.search(r"[\\^_{}=]", text):
        return f"{delimiter}{clean_line(text)}{delimiter}"
    return code_span(text) if "`" in text or fault_of_formula(text) else f"{{math}}`{' '.join(text.split())}`"


def code_span(text: str) -> str:
    """Return code within a line."""
    text = " ".join(without_invisible(text).split())
    fence = _ticks(text, 1)
    space = " " if "`" in text[:1] + text[-1:] else ""
    return f"{fence}{space}{text}{space}{fence}" if text else ""


@cache
def parser() -> MarkdownIt:
    """Return a parser of CommonMark with tables, definition lists and formulas, without HTML and MyST's syntax.

    It raises ValueError for text that is nested more deeply than a page may be.
    """
    # markdown-it drops words beyond its own limit.
    markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": 2 * limits.DEPTH})
    markdown.core.ruler.after("block", "cv_cells", _keep_cells)
    markdown.core.ruler.push("cv_depth", _refuse_depth)
    markdown.use(dollarmath_plugin, allow_space=False, allow_digits=False, allow_blank_lines=False, double_inline=True)
    return markdown.enable("table").disable("math_block").use(deflist_plugin)


def _keep_cells(state: StateCore) -> None:
    """Add the cells that markdown-it drops from rows which have more cells than the head of their table."""
    lines, tokens = state.src.split("\n"), []
    cells, row = 0, ""
    for token in state.tokens:
        if token.type == "tr_open" and token.map:
            cells, row = 0, re.sub(r"^[\s>]*\|?|(?<!\\)\|\s*$", "", lines[token.map[0]])
        cells += token.type == "td_open"
        if token.type == "tr_close" and cells:
            for cell in re.split(r"(?<!\\)\|", row)[cells:]:
                words = Token("inline", "", 0, content=cell.strip().replace("\\|", "|"), children=[])
                tokens += [Token("td_open", "td", 1), words, Token("td_close", "td", -1)]
        tokens.append(token)
    state.tokens = tokens


def _refuse_depth(state: StateCore) -> None:
    if any(token.level > limits.DEPTH for token in state.tokens):
        raise ValueError("it is nested too deeply")


def escape_starts(text: str) -> str:
    """Return text with the beginnings of its lines escaped, see :func:`escape_start`."""
    return "\n".join(map(escape_start, text.split("\n")))


def indented(text: str, marker: str) -> str:
    """Return blocks behind a marker, such as "- " of an item of a list, indented by the width of the marker."""
    return marker + textwrap.indent(text, " " * len(marker)).lstrip()
