"""Recognise marks such as ``.only-NAME`` in classes, spans and directives, and read the text of directives.

Fields ``:only:`` are read in :mod:`cvtools.reading.edition_marks.pruning`.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

from docutils.parsers.rst.directives.body import Container
from docutils.parsers.rst.states import MarkupError
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from cvtools import limits
from cvtools.private_api import parse_directive
from cvtools.reading.page_parser import nodes_of

#: The name of a variant in a class, even an invalid one.
_VARIANT = re.compile(r"(?<![\w-])only-([\w-]+)")
#: Part of what is a mark or resembles one, the widest of all patterns of marks: texts without it need no closer look.
_PART_OF_MARK = re.compile(r"\.not-\w|only[*_`]*[ \t]*[-_=:\uff1a}\u2010-\u2015]|\{[^{}]*\bonly\b", re.IGNORECASE)
#: Beginnings of the names of directives whose content is no Markdown.
_NO_MARKDOWN = ("code", "math")
#: A tag of HTML at the beginning of a line.
_TAGS = re.compile(r"^[ \t]*</?\w[^<>]*>", re.MULTILINE)
#: A span without words, and its attributes.
_EMPTY_SPAN = re.compile(r"\[\]\{([^{}]*)\}")
#: A mark at the beginning of a text: a span without words, or a line of attributes.
_MARK_AT_BEGINNING = re.compile(r"\s*(?:\[\]\{[^{}]*\}|\{[^{}]*\}[ \t]*\n)")
#: Types of nodes that name what follows them: headings, terms and names of fields.
HEADINGS_AND_TERMS = frozenset({"dt", "fieldlist_name", "heading"})
#: Types of nodes that hold one line.
_LINES = HEADINGS_AND_TERMS | {"paragraph"}
#: Types of nodes whose first paragraph may mark all of them, even one that is nothing but a mark.
MARKED_AT_BEGINNING = frozenset({"list_item", "dd", "fieldlist_body", "blockquote", "footnote_reference"})
#: Types of nodes of which the text of a line is made.
_WORDS = frozenset({"softbreak", "text"})
#: Directives that are a quotation.
_QUOTATIONS = frozenset({"epigraph", "highlights", "pull-quote"})
#: Types of nodes that may be directives.
FENCES = frozenset({"fence", "colon_fence"})


def has_marks(text: str) -> bool:
    """Return whether a text may have a mark, or something that seems to be meant as one."""
    return bool(_PART_OF_MARK.search(text))


def directive_line(node: SyntaxTreeNode) -> tuple[str, str]:
    """Return the name of a directive and the rest of its line, as MyST-Parser reads them; empty for other nodes."""
    name, argument = [*node.info.split(maxsplit=1), "", ""][:2] if node.type in FENCES else ("", "")
    return (name[1:-1], argument) if name.startswith("{") and name.endswith("}") else ("", "")


def nodes_inside(node: SyntaxTreeNode, parser: MarkdownIt, depth: int) -> list[SyntaxTreeNode]:
    """Return the nodes of the Markdown in a directive, between colons or between HTML tags; none of code and comments.

    :param depth: number of directives around the text, including this one
    """
    name, argument = directive_line(node)
    text = node.content
    if node.type == "html_block":
        text = _TAGS.sub("", text)
    is_code = node.type == "fence" and (not name or name.startswith(_NO_MARKDOWN))
    # Deeper nesting is refused when the page is read, where a directive counts as four levels.
    if is_code or depth > limits.DEPTH // 4 or (node.type == "html_block" and text == node.content):
        return []
    return nodes_of(parser, f"{argument}\n\n{text}", depth)


def marks_of(node: SyntaxTreeNode) -> Iterator[Sequence[str]]:
    """Yield the variants that each mark of a node names: its classes, and those in a directive's line and options."""
    classes = [str(node.attrs.get("class", ""))]
    name, argument = directive_line(node)
    if name:
        options, body = _options_and_body(argument, node.content)
        mark = _MARK_AT_BEGINNING.match(body) if name in _QUOTATIONS else None
        classes += [name, *options, *_EMPTY_SPAN.findall(argument), mark[0] if mark else ""]
    elif node.type in FENCES:
        classes.append(node.info)
    yield from filter(None, map(_VARIANT.findall, classes))


def _options_and_body(argument: str, content: str) -> tuple[Sequence[str], str]:
    """Return the values of a directive's options for classes, and its content.

    If its options cannot be read, its first paragraph counts as the value of one.
    """
    with suppress(MarkupError, ValueError):
        # Like a container, any directive may have an argument, options and content.
        read = parse_directive(Container, argument, content)
        if read.options or not read.warnings:
            return [read.options.get(name, "") for name in ("class", "figclass")], "\n".join(read.body)
    return [content.partition("\n\n")[0]], content


def marks_inside(node: SyntaxTreeNode) -> Iterator[Sequence[str]]:
    """Yield the variants for which spans without words in a node, such as ``[]{.only-short}``, mark all of it."""
    for line in _marking_lines(node):
        for inner in filter(is_mark, line.walk()):
            yield from marks_of(inner)


def _marking_lines(node: SyntaxTreeNode) -> Sequence[SyntaxTreeNode]:
    """Return the lines in a node where a span without words marks all of the node."""
    if node.type in {"table", "tr"}:
        cell = next((inner for inner in node.walk() if inner.type in {"td", "th"}), node)
        # A mark in the first cell of the head is for the table, one in the first cell of another row for that row.
        return cell.children if (node.type, cell.type) in {("table", "th"), ("tr", "td")} else []
    if node.type in MARKED_AT_BEGINNING:
        return [child for child in node.children if child.type == "paragraph"][:1]
    # The line of a paragraph or a heading is read with the paragraph or the heading.
    is_text_of_other = node.type == "inline" and node.parent and node.parent.type not in _LINES
    return [node] if node.type in _LINES or is_text_of_other else []


def is_mark(node: SyntaxTreeNode) -> bool:
    """Return whether a node is a span without words, which marks the block around it."""
    return node.type == "span" and any(marks_of(node)) and not any(map(is_shown, node.walk(include_self=False)))


def is_shown(node: SyntaxTreeNode) -> bool:
    """Return whether readers see anything of a node in a line."""
    return node.type not in {"html_inline", "softbreak"} and bool(node.type != "text" or node.content.strip())


def words_of(node: SyntaxTreeNode) -> str:
    """Return the text of a node without its Markdown."""
    return "".join(" " if inner.type == "softbreak" else inner.content for inner in node.walk() if inner.type in _WORDS)
