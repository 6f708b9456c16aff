"""Warn of text that seems to be meant as a mark of a variant, but withholds nothing, or ends earlier than it seems."""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice, zip_longest

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from sphinx.config import Config

from cvtools.model.entries import OUTPUTS
from cvtools.reading.dialects import INVISIBLE
from cvtools.reading.edition_marks.syntax import (
    FENCES,
    MARKED_AT_BEGINNING,
    directive_line,
    has_marks,
    is_mark,
    is_shown,
    marks_inside,
    marks_of,
)
from cvtools.sphinx_warnings import Code, warn
from cvtools.terminal import shorten

#: Text that seems to be meant as a mark.
_SEEMING_MARK = re.compile(
    r"""
    (?<!\\)\{(?!only\})(?=[^{}]*\})[^{}]*?(?<![\w-])only(?![a-z])[^{}]*\}  # {.only-short}, {for short only}
    | (?<!\\)\{(?:-|[^{}\n]*?(?<![\w-]))(?:(?<=[.#:])only\b|only[ \t]*[-_=:\u2010-\u2015])[^{}\n]*  # {.only-short
    | (?<!\\)\{[^{}]*\.not-\w[^{}]*\}  # {.not-short}
    | (?<!\\)\{only\}[ \t]+[\w-]+  # words {only} pdf
    | (?<=\])\{only\} | [(\[][ \t]*only[ \t]*[:=][ \t]*\w[\w-]*[ \t]*[)\]]  # [words]{only}, [only: short]
    | (?<![\w.{])\.only-\w[\w-]* | \b(?:fig)?class[ \t]*[:=][^{}\n]{0,80}?(?<![\w-])only-[\w-]+  # .only-short
    | (?<![\w\\]):only:[ \t]*\w[\w-]*  # words before it: :only: short
    | ^[ \t]*(?:[\w-]+[ \t]+){0,9}?only-\w[\w-]*[ \t]*$  # classes on a line of their own: only-short
    | ^[ \t:\uff1a]*only[ \t]*[:=\uff1a][ \t]*[\w-]+(?:[ \t]*,[ \t]*[\w-]+)*[ \t]*$  # the same: only: short
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
#: Types of tokens of blocks below which a line of attributes may follow without a blank line.
_ENDED = frozenset({"heading_open", "fence", "colon_fence", "table_open"})
#: Types of tokens that attributes above them do not mark.
_UNMARKED = frozenset({"end", "field_list_open", "hr"})
#: Code that has the "]{" of marked words in it, since a backtick is in the wrong place.
_CODE_WITH_MARK = re.compile(r"[^\[\]]*\]\{")
#: Types of nodes that a block of another type may follow without a blank line.
_FOLLOWED = frozenset({"blockquote", "bullet_list", "dl", "ordered_list", "paragraph", "table"})
#: The beginning of an element of HTML with content that a blank line would end.
_ELEMENT = re.compile(r"[ \t]*<(?!(?:br|hr|img|pre|script|style|textarea)\b)([a-z]\w*)", re.IGNORECASE)
#: Blank lines, targets, comments and other attributes, which may be between attributes and the block that these mark.
_UNSEEN = re.compile(
    r"(?:[ \t]*(?:\([^()\n]*\)=[^\S\n]*|%[^\n]*|\{[^{}\n]*\}[^\S\n]*|<!--(?:(?!-->).)*-->[^\S\n]*)?\n)*", re.DOTALL
)
#: The end of the lines up to a blank one.
_BLANK = re.compile(r"\n[ \t]*(?:\n|\Z)|\Z")
#: Directives whose arguments are classes.
_CLASSES = frozenset({"class", "container", "rst-class"})
#: An attribute at the end of a field's value, which is read with the field.
_ATTRIBUTE = re.compile(r"\{\s*only\s*=[^{}]*\}\s*$")

#: A line of the text, from 0, and the fault there.
_LocatedFault = tuple[int, str]


def warn_of_strays(parser: MarkdownIt) -> None:
    """Have a parser warn of what seems to be a mark, before it removes marked tokens; a plugin of markdown-it."""
    parser.core.ruler.before("attr", "cv_attributes_above", lambda state: _warn(state, _faults_of_attributes(state)))
    # Later, text_join makes escaped braces text like any other.
    parser.core.ruler.before("text_join", "cv_strays", lambda state: _warn(state, _faults_of_blocks(state)))


def _warn(state: StateCore, faults: Iterable[_LocatedFault]) -> None:
    if has_marks(state.src):
        docname: str = state.md.options["document"].settings.env.docname
        for line, rule in sorted(faults):
            warn((docname, state.env.get("line", 0) + line + 1), Code.VARIANT, rule)


def _faults_of_attributes(state: StateCore) -> Iterator[_LocatedFault]:
    """Yield the faults of lines of attributes that seem to mark the block below; markdown-it drops some."""
    lines = state.src.split("\n")
    ends = {token.map[1] for token in state.tokens if token.map and token.type in _ENDED}
    below = Token("end", "", -1)
    starts = [*accumulate((len(line) + 1 for line in lines), initial=0)]
    for token in reversed(state.tokens):
        if token.type != "attrs_block":
            below = token
        elif token.map and (match := _SEEMING_MARK.search(lines[token.map[0]])):
            number, mark = token.map[0], shorten(match[0], 40)
            if below.nesting < 0 or below.type in _UNMARKED:
                yield number, f"{mark} marks nothing here: write it above another block, or :only: under a heading"
            elif _is_parted(state.src, starts[number + 1]):
                yield number, f"{mark} ends at the blank line: delete blank lines in the HTML below"
            elif number in ends:
                # Kramdown and pandoc read attributes below a block as its own.
                rule = "marks what is below, and not what is above: put a blank line between these"
                yield number, f"{mark} {rule}, or write :only: under a heading"


def _faults_of_blocks(state: StateCore) -> Iterator[_LocatedFault]:
    """Yield the faults of words that seem to be a mark, and of marked blocks that end where others should."""
    config = state.md.options["document"].settings.env.config
    lines = state.src.split("\n")
    root = SyntaxTreeNode(state.tokens)
    has_hash_headings = any(node.type == "heading" and node.markup == "##" for node in root.walk())
    line = 0
    for node in root.walk(include_self=False):
        # The parts of a line have no number of their own.
        line = node.map[0] if node.map else line
        if end := _end_of_mark(node, lines):
            rule = "the mark above ends here, where another block begins"
            yield end, f"{rule}: put a blank line between, and perhaps a mark above this block"
        if node.type == "heading" and has_hash_headings and node.markup == "-":
            # At a heading, a marked section ends.
            rule = 'these words are a heading, since "---" follows'
            yield line, f"{rule}: put a blank line between, or write ## before them"
        if node.type in FENCES and _holds_fence(node):
            yield line, f"the end of the block inside ends this one too: write {node.markup}{node.markup[0]} here"
        if node.type == "code_block" and _SEEMING_MARK.match(node.content):
            yield line, "this mark is code, since it is indented: delete the spaces before it"
        if node.type == "inline":
            yield from ((line + below, rule) for below, rule in _faults_of_line(node))
        words = _words_to_search(node)
        faults = ((match, rule) for match in _SEEMING_MARK.finditer(words) if (rule := _fault_of(match[0], config)))
        for match, rule in islice(faults, 1):
            yield line + words.count("\n", 0, match.start()), rule


def _words_to_search(node: SyntaxTreeNode) -> str:
    """Return the words of a node in which marks are looked for."""
    if node.type == "inline":
        is_field = node.parent and node.parent.parent and node.parent.parent.type == "fieldlist_body"
        return "" if is_field and _ATTRIBUTE.search(node.content) else _words(node)
    if node.type in FENCES:
        name, argument = directive_line(node)
        return f"{{{argument}}}" if name in _CLASSES else ""
    if node.type in {"myst_block_break", "html_block", "html_inline"} and _is_comment(node):
        return _words_of_comment(node)
    return node.content if node.type in {"myst_block_break", "html_block"} else ""


def _faults_of_line(inline: SyntaxTreeNode) -> Iterator[_LocatedFault]:
    """Yield the faults of marks in the text of a block: in code, beside brackets, alone, or in a later line."""
    children = inline.children
    # A line with other words, or code with more than a mark, is probably about the mark.
    code = children[0].content if len(children) == 1 and children[0].type == "code_inline" else ""
    if any(match.end() == len(code) for match in _SEEMING_MARK.finditer(code)):
        yield 0, "this mark is code: delete the backticks around it"
    # A sign for each visible part: "*" for a mark, a newline for a break, and "x" for words.
    signs = ""
    for before, node, after in zip_longest([None, *children], children, children[1:]):
        if node and node.type == "span" and any(marks_of(node)):
            yield from ((signs.count("\n") + below, rule) for below, rule in _faults_of_span(node, before, after))
        if node and is_mark(node):
            signs += "*"
        elif node and node.type in {"softbreak", "hardbreak"}:
            signs += "\n"
        elif node and is_shown(node):
            signs += "x"
    block = inline.parent
    around = block and block.parent
    marks_around = around and around.type in MARKED_AT_BEGINNING and around.children[0] is block and around.children[1:]
    if "*" in signs and "x" not in signs and block and block.type == "paragraph" and not marks_around:
        yield 0, f"{inline.content} marks nothing here: write {{.only-NAME}} above a paragraph or another block"
    elif later := re.search(r"x\n+\*", signs):
        rule = "a mark in a later line marks all of the block: put it first, or write [words]{.only-NAME}"
        yield signs.count("\n", 0, later.end()), rule


def _faults_of_span(
    node: SyntaxTreeNode, before: SyntaxTreeNode | None, after: SyntaxTreeNode | None
) -> Iterator[_LocatedFault]:
    """Yield the faults of marked words that seem to be a link or a term, and are none."""
    is_followed = after and re.match(r"\(https?:|[^\[\]]*\]\(", after.content)
    if is_followed or (before and before.content.endswith("]")):
        rule = "makes no link with the unmarked brackets beside it: write [words](address)"
        yield 0, f"[{shorten(_words(node), 30)}]{{…}} {rule}{{.only-{next(marks_of(node))[0]}}}"
    below = after.next_sibling if after and after.type == "softbreak" else None
    if below and re.match(r":\s", below.content):
        yield 1, "a definition without a term, so that it is not left out: put a blank line above the marked words"


def _words(parent: SyntaxTreeNode) -> str:
    """Return the words of a line, in which marks are looked for, with a backtick in place of code and of comments."""
    words = ""
    for node in parent.children:
        match node.type:
            case "softbreak" | "hardbreak":
                words += "\n"
            case "text_special":
                words += node.markup
            case "code_inline" if not _CODE_WITH_MARK.match(node.content):
                words += "`"
            case "myst_role" | "html_inline" if node.type == "myst_role" or _is_comment(node):
                words += "`"
            case _:
                words += _words(node) if node.children else node.content
    return words


def _is_comment(node: SyntaxTreeNode) -> bool:
    return node.content.lstrip().startswith("<!--")


def _words_of_comment(node: SyntaxTreeNode) -> str:
    """Return the words of a comment if they are nothing but a mark; one in braces may be there on purpose."""
    words = node.content.strip().removeprefix("<!--").partition("-->")[0].strip()
    return words if "{" not in words and _SEEMING_MARK.fullmatch(words) else ""


def _is_parted(source: str, start: int) -> bool:
    """Return whether the first visible block at or after `start` is HTML that a blank line cuts in two."""
    unseen = _UNSEEN.match(source, start)
    begin = unseen.end() if unseen else start
    blank = _BLANK.search(source, begin)
    html = source[begin : blank.start() if blank else len(source)]
    opened = _ELEMENT.match(html)
    return opened is not None and not re.search(rf"</{opened[1]}\b|/>[ \t]*$", html, re.IGNORECASE | re.MULTILINE)


def _holds_fence(node: SyntaxTreeNode) -> bool:
    """Return whether a marked directive has a block inside whose last line would end the directive instead."""
    is_marked = directive_line(node)[0] == "only" or any(marks_of(node))
    sign = node.markup[:1]
    return is_marked and bool(re.search(rf"^[ \t]*{node.markup}+[^\S\n]*[^\s{sign}]", node.content, re.MULTILINE))


def _end_of_mark(node: SyntaxTreeNode, lines: Sequence[str]) -> int:
    """Return the line of an unmarked block that follows a marked one without a blank line; 0 if none does."""
    marks_parent = node.parent and node.parent.type in MARKED_AT_BEGINNING and node.previous_sibling is None
    is_marked = node.type in _FOLLOWED and any([*marks_of(node), *marks_inside(node)]) and not marks_parent
    after = node.next_sibling if is_marked else None
    while after and after.map and lines[after.map[0] - 1].strip(" \t>"):
        if after.type not in INVISIBLE:
            # A heading and a rule end whatever is above them.
            return 0 if after.type in {"heading", "hr"} or any(marks_of(after)) else after.map[0]
        after = after.next_sibling
    return 0


def _fault_of(mark: str, config: Config) -> str:
    """Return a message about a seeming mark; empty for what may be ordinary text and names no variant or output."""
    # Any name may be a variant if conf.py chooses one and declares none.
    may_be_any = "{" in mark or (config.cv_variant and not config.cv_editions)
    if not may_be_any or mark.startswith("{only} "):
        words = re.findall(r"[\w-]+", mark.lower().partition("only")[2])
        known = [*config.cv_editions, *OUTPUTS]
        if not any(difflib.get_close_matches(word.strip("-"), known, 1) for word in words):
            return ""
    name = re.search(r"(?:only(?:[^\w\n]|_)*|\.(?=not-))([\w-]*)", mark, re.IGNORECASE)
    variant = name[1] if name and name[1] else "NAME"
    if variant in OUTPUTS:
        remedy = f"write ```{{only}} {variant} above and ``` below, or {{show={variant}}} after the value of a field"
    else:
        remedy = f"write [words]{{.only-{variant}}}, {{.only-{variant}}} above a block, or :only: under a heading"
    return f"{shorten(mark.strip(), 40)} marks nothing here: {remedy}"
