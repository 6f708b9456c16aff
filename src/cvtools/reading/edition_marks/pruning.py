"""Remove the tokens that marks such as ``:only:`` and ``.only-NAME`` keep for other variants."""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError

from cvtools.config import suggestion
from cvtools.model import values
from cvtools.reading.dialects import INVISIBLE
from cvtools.reading.domain import CvDomain
from cvtools.reading.edition_marks.removed_texts import removed_texts, texts_of
from cvtools.reading.edition_marks.syntax import (
    FENCES,
    HEADINGS_AND_TERMS,
    directive_line,
    has_marks,
    is_mark,
    marks_inside,
    marks_of,
    nodes_inside,
    words_of,
)
from cvtools.reading.fields import fault_of_line, variants_in
from cvtools.reading.page_parser import page_parser

_PREFIX = "only-"
#: A reference to a footnote.
_REFERENCE = re.compile(r"\[\^([^\]\s]+)\]")
#: Types of nodes that are removed together with the next node.
_LEADING = frozenset({"myst_target", "fieldlist_name"})
#: Types of nodes that are kept even when empty.
_FRAMES = frozenset({"image", "tbody", "td", "th", "thead", "tr"})
#: The level of a heading without words.
_NO_WORDS = 7


def select(parser: MarkdownIt, env: BuildEnvironment, sections: Sequence[str]) -> None:
    """Have a parser remove the tokens for other variants, see :class:`Selection`; a plugin of markdown-it."""
    selection = Selection(lambda: page_parser(env), env.config.cv_variant, sections)
    parser.core.ruler.push("cv_select", selection.prune_state)


class Selection:
    """Selection of the tokens of a page that are for a variant.

    Removed tokens never become nodes of the doctree, so that no id, number, index entry or picture can disclose them.

    :param make_parser: returns a parser of the page that removes nothing; few pages need one
    :param sections: the headings of the second level that the page is to have, in that order; if empty, the page keeps
        all, in its own order
    """

    def __init__(self, make_parser: Callable[[], MarkdownIt], variant: str, sections: Sequence[str] = ()) -> None:
        self.parser_of_page = cache(make_parser)
        self.variant, self.sections = variant, sections
        #: The link reference definitions of the page.
        self._definitions: Mapping[str, Any] = {}
        #: Labels of the footnotes that only removed tokens refer to; None before the page is pruned.
        self._unused_labels: set[str] | None = None
        #: The last result of :meth:`_below_heading`: siblings, and a range from a heading's number to that of the node
        #: below; a heading between these has the same node below.
        self._above_fields: tuple[Sequence[SyntaxTreeNode], range] = (), range(0)

    def _leaves_out(self, siblings: Sequence[SyntaxTreeNode], number: int) -> bool:
        """Return whether one of several siblings is for other variants, or a footnote that only left-out text needs."""
        node = siblings[number]
        if node.type == "footnote_reference" and node.meta["label"] in (self._unused_labels or ()):
            return True
        marks = [*marks_of(node), *marks_inside(node)]
        if node.type == "heading":
            marks += _only_fields(self._below_heading(siblings, number), self.variant)
        return not all(values.mark_keeps(names, self.variant) for names in marks)

    def _below_heading(self, siblings: Sequence[SyntaxTreeNode], heading: int) -> SyntaxTreeNode | None:
        """Return the node below a heading that may be its list of fields; None at the end of the siblings."""
        searched, above = self._above_fields
        if not (searched is siblings and heading in above):
            number = heading + 1
            while number < len(siblings) and _may_be_above_fields(siblings[number]):
                number += 1
            above = range(heading, number)
            self._above_fields = siblings, above
        return siblings[above.stop] if above.stop < len(siblings) else None

    def prune_page(self, top: Sequence[SyntaxTreeNode]) -> list[SyntaxTreeNode]:
        """Prune the top nodes of a page; raise ConfigError if it lacks a chosen section."""
        return self._with_chosen_sections(self.prune(top)) if self.sections else self.prune(top)

    def prune_state(self, state: StateCore) -> None:
        """Prune the tokens of a page, or of a directive's content, which is parsed after the page."""
        is_page = self._unused_labels is None
        if not (has_marks(state.src) or self._unused_labels or (is_page and self.sections)):
            return
        self._definitions = state.env.get("references", {})
        root = SyntaxTreeNode(state.tokens)
        before = [*texts_of(root.children)]
        root.children = self.prune_page(root.children) if is_page else self.prune(root.children)
        if is_page:
            self._unused_labels = self._labels_without_reference(state.src, root.children)
            root.children = self.prune(root.children) if self._unused_labels else root.children
        env: BuildEnvironment = state.md.options["document"].settings.env
        removed = removed_texts(before, texts_of(root.children))
        CvDomain.of(env).removed.setdefault(env.docname, []).extend(removed)
        state.tokens = root.to_tokens()

    def _with_chosen_sections(self, siblings: Sequence[SyntaxTreeNode]) -> list[SyntaxTreeNode]:
        """Return the nodes before the first section, then those of the chosen sections in their order."""
        above, sections = _by_section(siblings)
        chosen: list[SyntaxTreeNode] = []
        for name in self.sections:
            if name not in sections:
                known = suggestion(name, sections) if sections else "the page has none"
                raise ConfigError(f'conf.py: "{name}" of cv_sections is no section: {known}')
            chosen += sections[name]
        return above + chosen

    def _labels_without_reference(self, source: str, kept: Iterable[SyntaxTreeNode]) -> set[str]:
        """Return the labels of footnotes that only removed tokens, and other unused footnotes, refer to."""
        links: dict[str, set[str]] = {}
        for note, label in self._references(kept):
            links.setdefault(note, set()).add(label)
        # The footnote itself has its label once. MyST-Parser warns of footnotes without any reference.
        referred = {label for label, times in Counter(_REFERENCE.findall(source)).items() if times > 1}
        # Footnotes may refer to themselves and to each other.
        return referred - reachable(links.get("", ()), links)

    def _references(
        self, siblings: Iterable[SyntaxTreeNode], note: str = "", depth: int = 0
    ) -> Iterator[tuple[str, str]]:
        """Yield two labels for each reference: of the footnote around it (empty outside), and of the one it names."""
        for node in siblings:
            if node.type == "footnote_ref":
                yield note, node.meta["label"]
            elif node.type in FENCES and _REFERENCE.search(node.info + node.content):
                inside = self.prune(nodes_inside(node, self.parser_of_page(), depth + 1))
                yield from self._references(inside, note, depth + 1)
            label = node.meta["label"] if node.type == "footnote_reference" else note
            yield from self._references(node.children, label, depth)

    def prune(self, siblings: Sequence[SyntaxTreeNode]) -> list[SyntaxTreeNode]:
        """Return the nodes that are for this variant, and remove from them all that is for others."""
        kept: list[SyntaxTreeNode] = []
        # The level of a removed heading or term, which removes the nodes that follow, see _level(); else 0.
        removed_level = 0
        # Kept nodes since the last visible one; if the next node is removed, so are those of types ``_LEADING``.
        leading: list[SyntaxTreeNode] = []
        # Whether the node, or an invisible one right before it, is marked for other variants.
        is_marked = False
        for number, node in enumerate(siblings):
            level = _level(node)
            if removed_level and not 0 < level <= removed_level:
                # Marks and targets right above the next heading belong to that one, and not to the removed one.
                is_marked = node.type in INVISIBLE and (is_marked or self._leaves_out(siblings, number))
                leading = [*leading, node] if node.type == "myst_target" else []
                # Keep a footnote, to which text above the removed heading may refer.
                kept += self.prune([node]) if node.type == "footnote_reference" else []
                continue
            removed_level = 0
            is_marked = is_marked or self._leaves_out(siblings, number)
            if is_marked or not self._prune_children(node):
                # What is below a removed heading or term is removed as well; other nodes have the level 0.
                removed_level = level
                is_marked = is_marked and node.type in INVISIBLE
                kept += [before for before in leading if before.type not in _LEADING]
                leading = []
            elif not is_mark(node):
                _delete_marks(node)
                leading.append(node)
                if node.type not in INVISIBLE | _LEADING | {"footnote_reference"}:
                    kept += leading
                    leading = []
        kept += [] if removed_level else leading
        return _without_emptied(siblings, kept) if len(kept) < len(siblings) else kept

    def _prune_children(self, node: SyntaxTreeNode) -> bool:
        """Remove the parts of a node that are for other variants; return False if that leaves nothing."""
        if node.type in FENCES:
            # The text of a directive is pruned when that parses it; only its title is looked at here.
            return not self._is_emptied(directive_line(node)[1])
        if not node.children:
            return True
        is_heading_or_term = node.type in HEADINGS_AND_TERMS
        had_words = is_heading_or_term and _has_words(node)
        before, node.children = node.children, self.prune(node.children)
        if node.token:
            if len(node.children) < len(before):
                _close_gaps(before, node.children)
                node.token.content = words_of(node) if node.type == "image" else node.content
            node.token.children = [token for child in node.children for token in child.to_tokens()]
        if is_heading_or_term:
            return _has_words(node) or not had_words
        # Keep an empty line in a heading or a term, which is removed as a whole, see above.
        is_line = node.type == "inline" and node.parent is not None and node.parent.type in HEADINGS_AND_TERMS
        return bool(node.children) or is_line or node.type in _FRAMES

    def _is_emptied(self, line: str) -> bool:
        """Return whether a line has words, all of them for other variants."""
        if not has_marks(line):
            return False
        tokens: list[Token] = []
        parser = self.parser_of_page()
        parser.inline.parse(line, parser, {"references": self._definitions}, tokens)
        nodes = SyntaxTreeNode(tokens).children
        return any(map(_has_words, nodes)) and not any(map(_has_words, self.prune(nodes)))


def _by_section(
    siblings: Sequence[SyntaxTreeNode],
) -> tuple[list[SyntaxTreeNode], dict[str, list[SyntaxTreeNode]]]:
    """Return all footnotes with the nodes before the first section, and the other nodes by heading."""
    above: list[SyntaxTreeNode] = []
    sections: dict[str, list[SyntaxTreeNode]] = {}
    current = above
    # The largest level of a heading that begins a section; 0 before the page's title, which begins none.
    level = 0
    # Targets and comments, which belong to the node that follows.
    leading: list[SyntaxTreeNode] = []
    for node in siblings:
        if node.type == "heading" and not level:
            level = 6
        elif node.type == "heading" and _level(node) <= level:
            level = _level(node)
            current = sections.setdefault(words_of(node), [])
        if node.type == "footnote_reference":
            # A footnote may belong to several sections.
            above.append(node)
        elif node.type in INVISIBLE:
            leading.append(node)
        else:
            current += [*leading, node]
            leading = []
    current += leading
    return above, sections


def _without_emptied(before: Sequence[SyntaxTreeNode], kept: list[SyntaxTreeNode]) -> list[SyntaxTreeNode]:
    """Return kept nodes without headings that lost all that was below them, and without the targets above these."""
    were_empty = _empty_headings(before)
    title = next((node for node in kept if node.type == "heading"), None)
    reversed_rest: list[SyntaxTreeNode] = []
    is_dropping, below = False, None
    for node in reversed(kept):
        is_emptied = node is not title and id(node) not in were_empty and _is_empty(node, below)
        is_dropping = is_emptied or (is_dropping and node.type in INVISIBLE)
        if not is_dropping:
            reversed_rest.append(node)
            below = node if _is_visible(node) else below
    return reversed_rest[::-1]


def _empty_headings(siblings: Sequence[SyntaxTreeNode]) -> set[int]:
    """Return Python's ids of the headings with nothing below them that readers see."""
    visible = [*filter(_is_visible, siblings)]
    return {id(node) for node, below in itertools.zip_longest(visible, visible[1:]) if _is_empty(node, below)}


def _is_visible(node: SyntaxTreeNode) -> bool:
    return node.type not in INVISIBLE | {"footnote_reference"}


def _is_empty(node: SyntaxTreeNode, below: SyntaxTreeNode | None) -> bool:
    """Return whether a node is a heading without content; `below` is the next node that readers see."""
    # Tags, "h1" to "h6", compare like the levels.
    return node.type == "heading" and (not below or (below.type == "heading" and below.tag <= node.tag))


def reachable(names: Iterable[str], links: Mapping[str, Collection[str]]) -> set[str]:
    """Return names, with those that they link to directly or through others, such as labels of footnotes."""
    reached: set[str] = set()
    new = set(names)
    while new:
        reached |= new
        new = {linked for name in new for linked in links.get(name, ())} - reached
    return reached


def _may_be_above_fields(node: SyntaxTreeNode) -> bool:
    """Return whether a node may be between a heading and its fields, such as a comment, or a heading without words."""
    is_mistyped = node.type == "paragraph" and fault_of_line(node.children[0].content)
    return bool(node.type in INVISIBLE or is_mistyped or _level(node) == _NO_WORDS)


def _only_fields(node: SyntaxTreeNode | None, variant: str) -> Iterator[Sequence[str]]:
    """Yield the variants that the ``only`` fields in a list of fields name; none for another node."""
    if not node or node.type != "field_list":
        return
    # A field that is indented below another is in its value.
    lists = [inner.children for inner in node.walk() if inner.type == "field_list"]
    pairs = (zip(fields[::2], fields[1::2], strict=False) for fields in lists)
    for name, body in itertools.chain.from_iterable(pairs):
        if words_of(name) == "only":
            words = " ".join(words_of(block) for block in body.children if block.type != "field_list")
            if (variants := variants_in(words, variant)) is not None:
                yield variants


def _delete_marks(node: SyntaxTreeNode) -> None:
    """Delete the classes of a node that are marks."""
    if "class" in node.attrs:
        names = str(node.attrs["class"]).split()
        node.attrs["class"] = " ".join(name for name in names if not name.startswith(_PREFIX))


def _level(node: SyntaxTreeNode) -> int:
    """Return a heading's level, 7 if it has no words, 1 for a term or the name of a field, 0 for other nodes.

    A removed heading or term removes the nodes that follow, up to the next whose level is a smaller or equal number
    other than 0.
    """
    if node.type == "heading":
        # A heading without words is left out, and what is below it belongs to the heading above.
        return int(node.tag[1]) if node.children[0].content else _NO_WORDS
    return int(node.type in HEADINGS_AND_TERMS)


def _has_words(node: SyntaxTreeNode) -> bool:
    """Return whether a heading or a term has more than punctuation, comments and footnotes."""
    inside = (inner for inner in node.walk() if inner.type not in {"inline", "html_inline"})
    return any(inner.type == "image" or re.search(r"\w", inner.content) for inner in inside)


def _close_gaps(before: Sequence[SyntaxTreeNode], kept: list[SyntaxTreeNode]) -> None:
    """Delete the spaces, and the comma or semicolon, that separated removed words from those that are kept."""
    for end, gap in ((0, r"^[\s,;]+"), (-1, r"[,;]?\s*$")):
        while kept and kept[end] is not before[end]:
            _delete(kept[end], gap)
            if kept[end].content or kept[end].type not in {"text", "softbreak", "hardbreak"}:
                break
            del kept[end]
    for left, right in itertools.pairwise(kept):
        # Two texts come together only where something was between them.
        if right.type == "text" and re.match(r"\s*[,.;]|\s", right.content):
            _delete(left, r"[,;]?\s*$" if right.content.lstrip()[:1] in {",", ".", ";"} else r"\s+$")


def _delete(node: SyntaxTreeNode, pattern: str) -> None:
    if node.token and node.type == "text":
        node.token.content = re.sub(pattern, "", node.token.content)
