"""Warn of text that seems to be meant as a mark of a variant, but withholds nothing."""

import difflib
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise, takewhile

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from cvtools.model.entries import OUTPUTS
from cvtools.reading.dialects import INVISIBLE
from cvtools.reading.marks.syntax import (
    FENCES,
    ITEMS,
    MARKED_AT_BEGINNING,
    NAMES,
    directive_line,
    has_marks,
    is_mark,
    marks_inside,
    marks_of,
    words_of,
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
    | ^[ \t]*only-\w[\w-]*[ \t]*$  # below an option: only-short
    # A line of its own: only: short
    | ^[ \t:\uff1a*_`]*only[*_`]*[ \t]*[:=\uff1a][ \t*_`]*[\w-]+(?:[ \t]*,[ \t]*[\w-]+)*[ \t]*$
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
#: Types of tokens of blocks that end where a line of attributes follows directly.
_ENDED = frozenset({"heading_open", "fence", "colon_fence", "table_open"})
#: Marked words between the brackets of a link, or a mark before its address.
_IN_LINK = re.compile(
    r"\[[^\[\]]*\[[^\[\]]*\](\{[^{}]*only-[^{}]*\})[^\[\]]*\]\(|\[[^\[\]]*\](\{[^{}]*only-[^{}]*\})\(https?:"
)
#: Code in a line.
_CODE = re.compile(r"(`+)[^\n]+?\1")
#: Code that has the end of marked words, since a backtick is in the wrong place.
_CODE_WITH_MARK = re.compile(r"[^\[\]]*\]\{")
#: Types of nodes that a block of another type may follow without a blank line.
_FOLLOWED = frozenset({"blockquote", "bullet_list", "dl", "ordered_list", "paragraph", "table"})
#: The beginning of an element of HTML with content that a blank line would end.
_ELEMENT = re.compile(r"[ \t]*<(?!(?:br|hr|img|pre|script|style|textarea)\b)([a-z]\w*)", re.IGNORECASE)
#: Directives whose arguments are classes.
_CLASSES = frozenset({"class", "container", "rst-class"})
#: Remedy that keeps blocks for an output, with braces for its name.
_FOR_OUTPUT = "```{{only}} {} above, and ``` below"
#: An attribute at the end of a field's value.
_ATTRIBUTE = re.compile(r"\{\s*only\s*=[^{}]*\}\s*$")


def warn_of_strays(parser: MarkdownIt) -> None:
    """Have a parser warn of what seems to be a mark, before it removes marked tokens; a plugin of markdown-it."""
    parser.core.ruler.before("attr", "cv_attributes_above", _warn_of_attributes)
    parser.core.ruler.push("cv_strays", _warn_of_nodes)


def _warn_of_nodes(state: StateCore) -> None:
    if has_marks(state.src):
        _warn_of_words(state)
        _warn_of_arguments(state)
        _warn_of_breaks(state)
        _warn_of_code(state)
        _warn_of_links(state)


def _warn_of_attributes(state: StateCore) -> None:
    """Warn of a line of attributes above a block that seems to be a mark but marks nothing; markdown-it drops some."""
    if not has_marks(state.src):
        return
    lines = state.src.split("\n")
    ends = {token.map[1] for token in state.tokens if token.map and token.type in _ENDED}
    above: list[Token] = []
    for token in [*state.tokens, Token("end", "", -1)]:
        if token.type == "attrs_block":
            above.append(token)
            continue
        for block in above:
            number = block.map[0] if block.map else 0
            found = _SEEMING_MARK.findall(lines[number])
            names = NAMES.findall(str(block.attrs.get("class", "")))
            if found and token.type == "field_list_open":
                _warn_of_stray(state, number, found[0], ":only: {} in place of this line")
            elif found and (len(names) < len(found) or token.nesting < 0 or token.type == "hr"):
                _warn_of_stray(state, number, found[0], "{{.only-{}}} above a paragraph or another block")
            elif found and _is_parted(lines[number + 1 :]):
                rule = "ends at the blank line: delete blank lines in the HTML below"
                _warn(state, number, f"{shorten(found[0], 40)} {rule}")
            elif found and number in ends:
                # Kramdown and pandoc read attributes below a block as its own.
                rule = "marks what is below, and not what is above: put a blank line between these"
                _warn(state, number, f"{shorten(found[0], 40)} {rule}, or write :only: under a heading")
        above = []


def _warn_of_arguments(state: StateCore) -> None:
    """Warn of marks that are classes in the argument of a directive, or words after the +++ of a block break."""
    for node in SyntaxTreeNode(state.tokens).walk(include_self=False):
        line = node.map[0] if node.map else 0
        name, argument = directive_line(node)
        if node.type == "myst_block_break" and (found := _SEEMING_MARK.search(node.content)):
            _warn_of_stray(state, line, found[0], "{{.only-{}}} above a paragraph or another block")
        elif name in _CLASSES and NAMES.search(argument):
            _warn_of_stray(state, line, node.info, "{{.only-{}}} above it")


def _warn_of_breaks(state: StateCore) -> None:
    """Warn of paragraphs that a thematic break below makes headings, at which a marked section ends."""
    headings = [token for token in state.tokens if token.type == "heading_open"]
    has_signs = any(token.markup == "##" for token in headings)
    for token in headings:
        if has_signs and token.markup == "-" and token.map:
            rule = 'these words are a heading, since "---" follows: put a blank line between, or write ## before them'
            _warn(state, token.map[0], rule)


def _warn_of_code(state: StateCore) -> None:
    """Warn of marks that are code, since they are indented or between backticks."""
    for token in state.tokens:
        if token.type == "code_block" and token.map and _SEEMING_MARK.match(token.content):
            _warn(state, token.map[0], "a mark that is code here, since it is indented: delete the spaces before it")
        children = token.children or []
        # A line with other words, or code with more than a mark, is probably about the mark.
        code = children[0].content if len(children) == 1 and children[0].type == "code_inline" else ""
        if token.map and any(found.end() == len(code) for found in _SEEMING_MARK.finditer(code)):
            _warn(state, token.map[0], "a mark that is code here: delete the backticks around it")


def _warn_of_links(state: StateCore) -> None:
    """Warn of marks in or after brackets that make no link: with a mark inside, or without an address."""
    for token in state.tokens:
        if token.type != "inline" or not token.map:
            continue
        line, text = token.map[0], _CODE.sub("", token.content)
        if found := _IN_LINK.search(text):
            rule = f"{shorten(found[0], 40)} makes no link: write [words](address){found[1] or found[2]}"
            _warn(state, line + text.count("\n", 0, found.start()), rule)
        for before, after in pairwise(token.children or ()):
            is_marked = after.type == "span_open" and "only-" in str(after.attrs.get("class", ""))
            if is_marked and (words := re.search(r"\[[^\[\]]*\]$", before.content)):
                rule = f"{shorten(words[0], 40)} makes no link with what follows, so that no mark is on it"
                _warn(state, line, f"{rule}: write its address below, after a blank line")


def _warn_of_words(state: StateCore) -> None:
    """Warn of words that seem to be meant as a mark, and of marked blocks that end where others should."""
    lines = state.src.split("\n")
    for node in SyntaxTreeNode(state.tokens).walk(include_self=False):
        line = node.map[0] if node.map else 0
        if end := _end_of_mark(node, lines):
            rule = "a mark ends here, where another block begins: put a blank line above, and perhaps a mark"
            _warn(state, end, rule)
        if _holds_fence(node):
            more = node.markup + node.markup[0]
            _warn(state, line, f"another block begins in this one, and its end ends both: write {more} here")
        elif _is_tag(node) and node.type == "html_block" and (found := _SEEMING_MARK.search(node.content)):
            number = line + node.content.count("\n", 0, found.start())
            _warn_of_stray(state, number, found[0], "{{.only-{}}} above Markdown")
        # Attributes at the end of a value are read with its field.
        elif node.type == "inline" and node.parent and not (_in_field(node) and _ATTRIBUTE.search(node.content)):
            hint = ":only: {} on a line below" if node.parent.type == "heading" else "[words]{{.only-{}}}"
            if _is_option(node):
                _warn_of_stray(state, line, node.content, hint)
            elif stray := _stray(node):
                for_output = "{{show={}}}" if _in_field(node) else _FOR_OUTPUT
                _warn_of_stray(state, line + node.content.count("\n", 0, stray.start()), stray[0], hint, for_output)
            elif _is_idle(node.parent):
                _warn_of_stray(state, line, node.content, "{{.only-{}}} above a paragraph or another block")
            elif later := _mark_in_later_line(node):
                rule = "in a later line marks all of the block: put it first, or mark words as"
                _warn(state, line + later[0], f"[]{{.only-{later[1]}}} {rule} [words]{{.only-{later[1]}}}")


def _is_parted(lines: Iterable[str]) -> bool:
    """Return whether the lines begin with an element of HTML that a blank line parts."""
    html = "\n".join(takewhile(str.strip, lines))
    opened = _ELEMENT.match(html)
    end = rf"</{opened[1]}\b|/>[ \t]*$" if opened else ""
    return not re.search(end, html, re.IGNORECASE | re.MULTILINE)


def _holds_fence(node: SyntaxTreeNode) -> bool:
    """Return whether a marked directive holds the beginning of a block whose end would end the directive instead."""
    is_marked = node.type in FENCES and (directive_line(node)[0] == "only" or any(marks_of(node)))
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


def _in_field(inline: SyntaxTreeNode) -> bool:
    around = inline.parent.parent if inline.parent else None
    return around is not None and around.type == "fieldlist_body"


def _is_option(inline: SyntaxTreeNode) -> bool:
    """Return whether a line is the value of a field that was probably meant as an option of a directive."""
    body = inline.parent.parent if inline.parent and _in_field(inline) else None
    name = body.previous_sibling if body else None
    return bool(name and words_of(name) in {"class", "figclass"} and re.match(r"[\w \t-]*?\bonly-\w", inline.content))


def _is_idle(paragraph: SyntaxTreeNode) -> bool:
    """Return whether a paragraph is nothing but a mark, and in no item that it would mark."""
    around = paragraph.parent
    if paragraph.type != "paragraph" or not around or (around.type in ITEMS and around.children[0] is paragraph):
        return False
    parts = [node for node in paragraph.children[0].children if node.type != "softbreak" and not node.content.isspace()]
    return bool(parts) and all(map(is_mark, parts))


def _mark_in_later_line(inline: SyntaxTreeNode) -> tuple[int, str] | None:
    """Return line and variant of the first mark that begins a line of a block, but not its first; None if none does."""
    breaks = 0
    for before, node in pairwise(inline.children):
        breaks += before.type in {"softbreak", "hardbreak"}
        if is_mark(node) and before.type in {"softbreak", "hardbreak"} and not all(map(is_mark, inline.children[:1])):
            return breaks, next(marks_of(node))[0]
    return None


def _warn_of_stray(state: StateCore, line: int, mark: str, hint: str, for_output: str = _FOR_OUTPUT) -> None:
    """Warn of what seems to be meant as a mark; without braces around it, only where it names an edition or an output.

    :param hint: what to write instead, with braces for the name of the variant
    :param for_output: what to write instead if it names an output, with braces for the name
    """
    config = state.md.options["document"].settings.env.config
    words = {*re.findall(r"[\w-]+", mark.lower())} - {"only"}
    known = [*config.cv_editions, *OUTPUTS]
    # Marks may be for any variant where conf.py does not declare them.
    is_chosen = bool(config.cv_variant and not config.cv_editions)
    is_uncertain = ("{" not in mark and not is_chosen) or mark.startswith("{only} ")
    if is_uncertain and not any(difflib.get_close_matches(word, known, 1) for word in words):
        return
    name = re.search(r"(?:only(?:[^\w\n]|_)*|\.(?=not-))([\w-]*)", mark, re.IGNORECASE)
    variant = name[1] if name and name[1] else "NAME"
    instead = (for_output if variant in OUTPUTS else hint).format(variant)
    _warn(state, line, f"{shorten(mark.strip(), 40)} marks nothing here: write {instead}")


def _warn(state: StateCore, line: int, rule: str) -> None:
    docname: str = state.md.options["document"].settings.env.docname
    warn((docname, state.env.get("line", 0) + line + 1), Code.VARIANT, rule)


def _count_names(found: Iterable[re.Match[str]]) -> int:
    """Return the number of variants that seeming marks name; a mark without a name counts as one."""
    return sum(len(NAMES.findall(match[0])) or 1 for match in found)


def _is_tag(node: SyntaxTreeNode) -> bool:
    """Return whether a node is HTML, but no comment."""
    return node.type in {"html_block", "html_inline"} and not node.content.lstrip().startswith("<!--")


def _stray(inline: SyntaxTreeNode) -> re.Match[str] | None:
    """Return the first seeming mark in a line that is neither a mark nor code; None if there is none."""
    # Few lines have any, and the pattern takes long.
    found = [*_SEEMING_MARK.finditer(inline.content)] if has_marks(inline.content) else []
    if not found:
        return None
    inside = [*inline.walk(include_self=False)]
    marks = sum(len(NAMES.findall(str(node.attrs.get("class", "")))) for node in inside)
    code = sum(
        _count_names(_SEEMING_MARK.finditer(node.content))
        for node in inside
        if node.type not in {"text", "image"} and not _is_tag(node) and not _CODE_WITH_MARK.match(node.content)
    )
    if _count_names(found) <= marks + code:
        return None
    words = words_of(inline)
    return next((match for match in found if match[0] in words), found[0])
