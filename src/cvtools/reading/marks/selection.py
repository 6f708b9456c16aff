"""Remove the tokens that marks such as ``:only:`` and ``.only-NAME`` keep for other variants."""

import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from docutils.parsers.rst.directives.body import Container
from docutils.parsers.rst.states import MarkupError
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError

from cvtools import limits
from cvtools.config import suggestion
from cvtools.model import values
from cvtools.private_api import parse_directive
from cvtools.reading.dialects import INVISIBLE
from cvtools.reading.fields import mistyped, variants_of
from cvtools.reading.marks.left_out import record, texts_of
from cvtools.reading.tokens import nodes_of, page_parser

_PREFIX = "only-"
#: The name of a variant in a class, even an invalid one.
NAMES = re.compile(r"(?<![\w-])only-([\w-]+)")
#: Part of a mark, or of what resembles one; texts without any are not searched for marks.
_MAY_LOOK = re.compile(r"\.not-\w|only[*_`]*[ \t]*[-_=:\uff1a}\u2010-\u2015]|\{[^{}]*\bonly\b", re.IGNORECASE)
#: A reference to a footnote.
_REFERENCE = re.compile(r"\[\^([^\]\s]+)\]")
#: Beginnings of the names of directives whose content is no Markdown.
_CODE = ("code", "math")
#: A tag of HTML at the beginning of a line.
_TAGS = re.compile(r"^[ \t]*</?\w[^<>]*>", re.MULTILINE)
#: Options of a directive above its content.
_OPTIONS = re.compile(r"---\n(?:.*\n)*?---\n|(?::[\w-]+:.*\n)*")
#: The attributes of an empty span.
_EMPTY = re.compile(r"\[\]\{([^{}]*)\}")
_BEGINNING = re.compile(r"\s*(?:\[\]\{[^{}]*\}|\{[^{}]*\}[ \t]*\n)")
#: Types of nodes that are removed together with the next node.
_LEADING = frozenset({"myst_target", "fieldlist_name"})
#: Types of nodes that are left out as a whole for a mark in their first paragraph, even for one that is alone there.
ITEMS = frozenset({"list_item", "dd", "fieldlist_body"})
#: Types of nodes that are kept even when empty.
_FRAMES = frozenset({"image", "tbody", "td", "th", "thead", "tr"})
#: Types of nodes that name what is below them.
_HEADS = frozenset({"dt", "fieldlist_name", "heading"})
#: Types of nodes that hold one line.
_LINES = _HEADS | {"paragraph"}
#: Types of nodes that are left out as a whole for a mark in their first paragraph.
WHOLE = ITEMS | {"blockquote", "footnote_reference"}
#: Types of nodes of which the text of a line is made.
_WORDS = frozenset({"softbreak", "text"})
#: Directives that are a quotation.
_QUOTATIONS = frozenset({"epigraph", "highlights", "pull-quote"})
#: The rank of a heading without words.
_NO_WORDS = 7
FENCES = frozenset({"fence", "colon_fence"})


def has_marks(text: str) -> bool:
    """Return whether a text may have a mark, or something that seems to be meant as one."""
    return bool(_MAY_LOOK.search(text))


def select(parser: MarkdownIt, env: BuildEnvironment, sections: Sequence[str]) -> None:
    """Have a parser remove the tokens for other variants; a plugin of markdown-it, see :class:`Selection`."""
    selection = Selection(lambda: page_parser(env), env.config.cv_variant, sections)
    parser.core.ruler.push("cv_select", selection.prune)


class Selection:
    """The tokens of a page that are for a variant.

    Removed tokens never become nodes, so that no id, number, label, index entry or picture can disclose them.

    :param make_parser: returns a parser of the page that removes nothing; few pages need one
    :param sections: headings of the second level, in the order in which the page is to have them, without all others;
        if empty, the page has all as they are
    """

    def __init__(self, make_parser: Callable[[], MarkdownIt], variant: str, sections: Sequence[str] = ()) -> None:
        self.parser_of_page = cache(make_parser)
        self.variant, self.sections = variant, sections
        #: Labels of footnotes that removed tokens refer to.
        self._labels: set[str] = set()
        #: The addresses that links of the page refer to by name.
        self._addresses: Mapping[str, Any] = {}
        #: Texts of removed tokens.
        self._texts: list[str] = []
        #: Labels of the footnotes that no kept token refers to; None before the page is pruned.
        self._unused: set[str] | None = None

    def _leaves_out(self, siblings: Sequence[SyntaxTreeNode], number: int) -> bool:
        """Return whether one of several siblings is for other variants, or is a footnote for left-out text alone."""
        node = siblings[number]
        if node.type == "footnote_reference" and node.meta["label"] in (self._unused or ()):
            return True
        marks = [*marks_of(node), *empty_spans(node)]
        if node.type == "heading":
            marks += _only_fields(siblings, number, self.variant)
        return not all(map(self._keeps, marks))

    def of_page(self, parts: Sequence[SyntaxTreeNode]) -> list[SyntaxTreeNode]:
        """Return the parts of a page that are for the variant; raise ConfigError if it lacks a section."""
        return self._arranged(self.kept(parts)) if self.sections else self.kept(parts)

    def _keeps(self, names: Collection[str]) -> bool:
        """Return whether a mark with these names keeps its text in the variant."""
        return values.mark_keeps(names, self.variant)

    def prune(self, state: StateCore) -> None:
        """Prune the tokens of a page, or of a directive's content, which is parsed after the page."""
        is_page = self._unused is None
        if not (has_marks(state.src) or self._unused or (is_page and self.sections)):
            return
        self._addresses = state.env.get("references", {})
        root = SyntaxTreeNode(state.tokens)
        root.children = self.of_page(root.children) if is_page else self.kept(root.children)
        if is_page:
            self._unused = self._unused_footnotes(root.children) if self._labels else set()
            root.children = self.kept(root.children) if self._unused else root.children
        state.tokens = root.to_tokens()
        record(state.md.options["document"].settings.env, self._texts)
        self._texts.clear()

    def _arranged(self, siblings: Sequence[SyntaxTreeNode]) -> list[SyntaxTreeNode]:
        """Return the nodes before the first section, then those of the chosen sections, which must be there."""
        above: list[SyntaxTreeNode] = []
        groups: dict[str, list[SyntaxTreeNode]] = {}
        group, is_left_out = above, False
        #: The rank of a heading that begins a section; that of the title begins none.
        rank = 0
        #: Targets and comments, which belong to the node that follows.
        leading: list[SyntaxTreeNode] = []
        for node in siblings:
            if node.type == "heading" and not rank:
                rank = 6
            elif node.type == "heading" and _rank(node) <= rank:
                rank, name = _rank(node), words_of(node)
                group, is_left_out = groups.setdefault(name, []), name not in self.sections
            if node.type == "footnote_reference":
                # It may belong to several sections.
                above.append(node)
                if is_left_out:
                    self._labels.add(node.meta["label"])
            elif node.type in INVISIBLE:
                leading.append(node)
            else:
                group += [*leading, node]
                leading = []
        group += leading
        arranged: list[SyntaxTreeNode] = []
        for name in self.sections:
            if name not in groups:
                known = suggestion(name, groups) if groups else "the page has none"
                raise ConfigError(f'conf.py: "{name}" of cv_sections is no section: {known}')
            arranged += groups.pop(name)
        for node in itertools.chain(*groups.values()):
            self._record_removed(node)
        return above + arranged

    def _unused_footnotes(self, kept: Iterable[SyntaxTreeNode]) -> set[str]:
        """Return the labels of footnotes that only removed tokens, and other unused footnotes, refer to."""
        links: dict[str, set[str]] = {}
        for note, label in self._references(kept):
            links.setdefault(note, set()).add(label)
        # Footnotes may refer to themselves and to each other.
        return reachable(self._labels, links) - reachable(links.get("", ()), links)

    def _references(
        self, siblings: Iterable[SyntaxTreeNode], note: str = "", depth: int = 0
    ) -> Iterator[tuple[str, str]]:
        """Yield two labels for each reference: of the footnote around it (empty outside), and of the one it names."""
        for node in siblings:
            if node.type == "footnote_ref":
                yield note, node.meta["label"]
            elif node.type in FENCES and _REFERENCE.search(node.info + node.content):
                inside = self._kept_unrecorded(content(node, self.parser_of_page(), depth + 1))
                yield from self._references(inside, note, depth + 1)
            label = node.meta["label"] if node.type == "footnote_reference" else note
            yield from self._references(node.children, label, depth)

    def kept(self, siblings: Sequence[SyntaxTreeNode]) -> list[SyntaxTreeNode]:
        """Return the nodes that are for this variant, pruned themselves."""
        kept: list[SyntaxTreeNode] = []
        #: The rank of a removed heading or term, which removes the nodes that follow, see :func:`_rank`.
        rank = 0
        #: Targets behind removed nodes; they belong to the next kept node.
        targets: list[SyntaxTreeNode] = []
        #: Kept nodes since the last visible one; if the next node is removed, so are those of types ``_LEADING``.
        leading: list[SyntaxTreeNode] = []
        #: Whether the node, or an invisible one right before it, is marked for other variants.
        is_marked = False
        for number, node in enumerate(siblings):
            own = _rank(node)
            if rank and not 0 < own <= rank:
                targets = [*targets, node] if node.type == "myst_target" else []
                if node.type == "footnote_reference":
                    # A footnote's definition may be anywhere, and other references may need it.
                    self._labels.add(node.meta["label"])
                    kept += self.kept([node])
                else:
                    self._record_removed(node)
                continue
            leading += targets
            rank, targets = 0, []
            is_marked = is_marked or self._leaves_out(siblings, number)
            if is_marked or not self._prune_node(node):
                self._record_removed(node)
                # What is below a heading or a term of which no word is left goes with it.
                is_head = is_marked or node.type in _HEADS
                rank, is_marked = is_head * own, is_marked and node.type in INVISIBLE
                kept += [before for before in leading if before.type not in _LEADING]
                leading = []
            elif not is_mark(node):
                if "class" in node.attrs:
                    names = str(node.attrs["class"]).split()
                    node.attrs["class"] = " ".join(name for name in names if not name.startswith(_PREFIX))
                leading.append(node)
                if node.type not in INVISIBLE | _LEADING | {"footnote_reference"}:
                    kept += leading
                    leading = []
        kept += leading
        return self._without_emptied(siblings, kept) if len(kept) < len(siblings) else kept

    def _prune_node(self, node: SyntaxTreeNode) -> bool:
        """Remove the parts of a node that are for other variants; return False if nothing is left."""
        if node.type in FENCES:
            # All Markdown in a directive but its title is pruned when the directive parses it.
            return not self._is_emptied(directive(node)[1])
        if not node.children:
            return True
        is_head = node.type in _HEADS
        had_words = is_head and _has_words(node)
        before, node.children = node.children, self.kept(node.children)
        if node.token:
            if len(node.children) < len(before):
                _trim(node)
                _close_gaps(before, node.children)
                node.token.content = words_of(node) if node.type == "image" else node.content
            node.token.children = [token for child in node.children for token in child.to_tokens()]
        if is_head:
            return _has_words(node) or not had_words
        is_line = node.type == "inline" and node.parent is not None and node.parent.type in _HEADS
        return bool(node.children) or is_line or node.type in _FRAMES

    def _is_emptied(self, line: str) -> bool:
        """Return whether no word is left of a line that has words."""
        if not has_marks(line):
            return False
        tokens: list[Token] = []
        parser = self.parser_of_page()
        parser.inline.parse(line, parser, {"references": self._addresses}, tokens)
        nodes = SyntaxTreeNode(tokens).children
        return any(map(_has_words, nodes)) and not any(map(_has_words, self._kept_unrecorded(nodes)))

    def _kept_unrecorded(self, siblings: Sequence[SyntaxTreeNode]) -> list[SyntaxTreeNode]:
        """Return the kept nodes of a directive's text; do not record the others, as the directive's own parse will."""
        known = len(self._texts)
        kept = self.kept(siblings)
        del self._texts[known:]
        return kept

    def _record_removed(self, node: SyntaxTreeNode) -> None:
        """Record the texts of a removed node, and the labels of the footnotes that it refers to."""
        self._texts += texts_of(node)
        for inner in node.walk():
            if inner.type == "footnote_ref":
                self._labels.add(inner.meta["label"])
            elif inner.type in FENCES:
                self._labels.update(_REFERENCE.findall(inner.content))

    def _without_emptied(self, before: Sequence[SyntaxTreeNode], kept: list[SyntaxTreeNode]) -> list[SyntaxTreeNode]:
        """Return kept nodes without headings that lost all that was below them, and without these headings' targets."""
        empty = _empty_headings(before)
        while emptied := _empty_headings(kept) - empty:
            left: list[SyntaxTreeNode] = []
            is_dropping = False
            for node in reversed(kept):
                is_dropping = id(node) in emptied or (is_dropping and node.type in INVISIBLE)
                if is_dropping:
                    self._texts += texts_of(node)
                else:
                    left.append(node)
            kept = left[::-1]
        return kept


def _empty_headings(siblings: Sequence[SyntaxTreeNode]) -> set[int]:
    """Return the ids of headings, but the first, with nothing below them but what no reader sees."""
    shown = [node for node in siblings if node.type not in INVISIBLE | {"footnote_reference"}]
    pairs = [(node, after) for node, after in itertools.zip_longest(shown, shown[1:]) if node.type == "heading"]
    return {id(node) for node, after in pairs[1:] if not after or (after.type == "heading" and after.tag <= node.tag)}


def reachable(labels: Iterable[str], links: Mapping[str, Collection[str]]) -> set[str]:
    """Return labels of footnotes, with those that they refer to, directly or through others."""
    found: set[str] = set()
    new = set(labels)
    while new:
        found |= new
        new = {label for note in new for label in links.get(note, ())} - found
    return found


def directive(node: SyntaxTreeNode) -> tuple[str, str]:
    """Return the name of a directive and what follows it in its line, as MyST-Parser reads them; empty for others."""
    name, argument = [*node.info.split(maxsplit=1), "", ""][:2] if node.type in FENCES else ("", "")
    return (name[1:-1], argument) if name.startswith("{") and name.endswith("}") else ("", "")


def content(node: SyntaxTreeNode, parser: MarkdownIt, depth: int) -> list[SyntaxTreeNode]:
    """Return the nodes of the Markdown in a directive, between colons, or between tags; none for code and comments.

    :param depth: number of directives around the text, this one among them
    """
    name, argument = directive(node)
    text = node.content
    if node.type == "html_block":
        text = _TAGS.sub("", text)
    is_code = node.type == "fence" and (not name or name.startswith(_CODE))
    # What is deeper is refused.
    if is_code or depth > limits.DEPTH // 4 or (node.type == "html_block" and text == node.content):
        return []
    return nodes_of(parser, f"{argument}\n\n{text}", depth)


def marks_of(node: SyntaxTreeNode) -> Iterator[Sequence[str]]:
    """Yield the variants that a node's classes name, including those in a directive's options."""
    classes = [str(node.attrs.get("class", ""))]
    if node.type in FENCES:
        name, argument = directive(node)
        options = [*_class_options(argument, node.content), *_EMPTY.findall(argument)]
        beginning = _BEGINNING.match(_OPTIONS.sub("", node.content, count=1))
        options += [beginning[0]] if beginning and name in _QUOTATIONS else []
        classes += [name, *options] if name else [node.info]
    yield from filter(None, map(NAMES.findall, classes))


def _class_options(argument: str, content: str) -> Iterable[str]:
    """Return the values of a directive's options for classes; its first paragraph if the options are malformed."""
    with suppress(MarkupError, ValueError):
        # Like a container, any directive may have an argument, options and content.
        read = parse_directive(Container, argument, content)
        if read.options or not read.warnings:
            return [read.options.get(name, "") for name in ("class", "figclass")]
    return [content.partition("\n\n")[0]]


def empty_spans(node: SyntaxTreeNode) -> Iterator[Sequence[str]]:
    """Yield the variants that a node is marked for by spans without words in it, ``[]{.only-short}``."""
    holders = [node]
    if node.type in {"table", "tr"}:
        # The head begins the table, and each other row itself.
        first = next((inner for inner in node.walk() if inner.type in {"td", "th"}), node)
        holders = first.children if (first.type, node.type) in {("td", "tr"), ("th", "table")} else []
    if node.type in WHOLE:
        holders = [child for child in node.children if child.type == "paragraph"][:1]
    for holder in holders:
        # The line of a paragraph or a heading counts with that.
        if holder.type in _LINES or (holder.type == "inline" and holder.parent and holder.parent.type not in _LINES):
            for inner in filter(is_mark, holder.walk()):
                yield from marks_of(inner)


def _only_fields(siblings: Sequence[SyntaxTreeNode], heading: int, variant: str) -> Iterator[Sequence[str]]:
    """Yield the variants that the ``only`` fields of a heading name."""
    for node in siblings[heading + 1 :]:
        if node.type == "field_list":
            # A field that is indented below another is in its value.
            lists = [inner.children for inner in node.walk() if inner.type == "field_list"]
            pairs = (zip(fields[::2], fields[1::2], strict=False) for fields in lists)
            for name, body in itertools.chain.from_iterable(pairs):
                if words_of(name) == "only":
                    words = " ".join(words_of(block) for block in body.children if block.type != "field_list")
                    yield from variants_of(words, variant)
            return
        is_mistyped = node.type == "paragraph" and mistyped(node.children[0].content)
        if not (node.type in INVISIBLE or is_mistyped or _rank(node) == _NO_WORDS):
            return


def is_mark(node: SyntaxTreeNode) -> bool:
    """Return whether a node is a span without words that marks what it is in."""
    return node.type == "span" and any(marks_of(node)) and not any(map(_is_shown, node.walk(include_self=False)))


def _rank(node: SyntaxTreeNode) -> int:
    """Return a heading's level, 7 if it has no words, 1 for a term or the name of a field, 0 for other nodes.

    A removed heading or term removes all nodes that follow, up to the next one of the same or a lower rank above 0.
    """
    if node.type == "heading":
        # A heading without words is left out, and what is below it belongs to the heading above.
        return int(node.tag[1]) if node.children[0].content else _NO_WORDS
    return int(node.type in _HEADS)


def _is_shown(node: SyntaxTreeNode) -> bool:
    """Return whether readers see anything of a node within a line."""
    return node.type not in {"html_inline", "softbreak"} and bool(node.type != "text" or node.content.strip())


def _has_words(node: SyntaxTreeNode) -> bool:
    """Return whether a heading or a term has more than punctuation, comments and footnotes."""
    inside = (inner for inner in node.walk() if inner.type not in {"inline", "html_inline"})
    return any(inner.type == "image" or re.search(r"\w", inner.content) for inner in inside)


def words_of(node: SyntaxTreeNode) -> str:
    """Return the text of a node without its Markdown."""
    return "".join(" " if inner.type == "softbreak" else inner.content for inner in node.walk() if inner.type in _WORDS)


def _trim(node: SyntaxTreeNode) -> None:
    """Delete spaces and line breaks at the ends of a node from which something was removed."""
    for end, strip in ((0, str.lstrip), (-1, str.rstrip)):
        while node.children:
            token = node.children[end].token
            if token and token.type == "text":
                token.content = strip(token.content)
            if not token or token.type not in {"text", "softbreak", "hardbreak"} or token.content:
                break
            del node.children[end]


def _close_gaps(before: Sequence[SyntaxTreeNode], kept: Sequence[SyntaxTreeNode]) -> None:
    """Delete the comma or semicolon that parted removed words from those that are kept."""
    for end, gap in ((0, r"^[\s,;]+"), (-1, r"[,;]?\s*$")):
        if kept and kept[end] is not before[end]:
            _delete(kept[end], gap)
    for left, right in itertools.pairwise(kept):
        # Two texts come together only where something was between them.
        if right.type == "text" and re.match(r"\s*[,.;]|\s", right.content):
            _delete(left, r"[,;]?\s*$" if right.content.lstrip()[:1] in {",", ".", ";"} else r"\s+$")


def _delete(node: SyntaxTreeNode, pattern: str) -> None:
    if node.token and node.type == "text":
        node.token.content = re.sub(pattern, "", node.token.content)
