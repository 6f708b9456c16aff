"""What ``:only:`` and ``.only-NAME`` leave out of a variant, before anything is made of it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.parsers.rst.states import MarkupError
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.tree import SyntaxTreeNode
from myst_parser.parsers.directives import parse_directive_text

from cvtools.model import values
from cvtools.model.values import Linked
from cvtools.problems import Code, warn
from cvtools.reading.fields import mistyped

_PREFIX = "only-"
#: The variants that classes name, however they are written.
_NAMES = re.compile(r"(?<![\w-])only-([\w-]+)")
#: A mark where Markdown takes it for text.
_STRAY = re.compile(r"\{\s*\.only-[\w-]+\s*\}")
#: A reference to a footnote.
_REFERENCE = re.compile(r"\[\^([^\]\s]+)\]")
#: Terms of a glossary that have a definition in common.
_TERMS = re.compile(r"(?P<terms>(?:^\S.*\n)+)(?P<definition>(?:^(?:[ \t].*)?\n)*)", re.MULTILINE)
#: What may stand between a mark, or a heading, and what it is for.
_BESIDE = frozenset({"myst_target", "myst_line_comment", "myst_block_break", "html_block"})
#: Left out together with the next node.
_BEFORE = frozenset({"myst_target", "fieldlist_name"})
#: Items, for which a mark in one of their paragraphs stands.
_ITEMS = frozenset({"list_item", "dd", "fieldlist_body"})
#: Kept even when empty.
_FRAMES = frozenset({"dt", "fieldlist_name", "heading", "image", "tbody", "td", "th", "thead", "tr"})
_FENCES = frozenset({"fence", "colon_fence"})


class Selection:
    """Leaves out of a page the tokens that are not for a variant; a plugin of markdown-it.

    Since nothing was made of them, no id, number, label, index, picture or page can tell of them.
    """

    def __init__(self, variant: str) -> None:
        self.variant = variant
        #: Labels of the footnotes that something left out refers to.
        self._labels: set[str] = set()

    def __call__(self, parser: MarkdownIt) -> None:
        parser.core.ruler.push("cv_select", self._select)

    def leaves_out(self, siblings: Sequence[SyntaxTreeNode], number: int) -> bool:
        """Return True if one of several siblings is marked for other variants only."""
        node = siblings[number]
        marks = [*_classes(node), *_empty_spans(node)]
        if node.type == "heading":
            marks += _only_fields(siblings, number)
        return any(self.variant not in names for names in marks)

    def drop_footnotes(self, document: nodes.document) -> None:
        """Remove the footnotes to which nothing refers but what is left out."""
        while self._labels:
            kept = {reference.get("refname") for reference in document.findall(nodes.footnote_reference)}
            unused = self._labels - kept
            gone = [note for note in document.findall(nodes.footnote) if unused.intersection(note["names"])]
            self._labels = set()
            for note in gone:
                note.parent.remove(note)
                for notes in (document.footnotes, document.autofootnotes):
                    if note in notes:
                        notes.remove(note)
                for name in note["names"]:
                    document.nameids.pop(name, None)
                    document.nametypes.pop(name, None)
                for anchor in note["ids"]:
                    document.ids.pop(anchor, None)
                for reference in note.findall(nodes.footnote_reference):
                    self._labels.add(reference["refname"])
                    for references in (document.autofootnote_refs, *document.footnote_refs.values()):
                        if reference in references:
                            references.remove(reference)

    def _select(self, state: StateCore) -> None:
        if _PREFIX in state.src or ":only:" in state.src:
            root = SyntaxTreeNode(state.tokens)
            self._warn_of_strays(root, state)
            root.children = self._kept(root.children)
            state.tokens = root.to_tokens()

    def _warn_of_strays(self, root: SyntaxTreeNode, state: StateCore) -> None:
        for node in root.walk():
            if node.type == "inline" and (stray := _STRAY.search(_words(node))):
                docname: str = state.md.options["document"].settings.env.docname
                line = state.env.get("line", 0) + (node.map[0] + 1 if node.map else 1)
                rule = f"{stray[0]} marks nothing here: write [words]{stray[0]}"
                warn((docname, line), Code.VARIANT, rule)

    def _kept(self, siblings: Sequence[SyntaxTreeNode]) -> list[SyntaxTreeNode]:
        """Return those of several nodes that are for this variant, each without what in it is not."""
        kept: list[SyntaxTreeNode] = []
        #: The rank of a heading or term that is left out, and with it what follows.
        rank = 0
        #: Targets at the end of what is left out, which are the next heading's.
        targets: list[SyntaxTreeNode] = []
        is_marked = False
        for number, node in enumerate(siblings):
            if rank and not 0 < _rank(node) <= rank:
                targets = [*targets, node] if node.type == "myst_target" else []
                if node.type == "footnote_reference":
                    # A definition belongs to all who refer to it.
                    self._labels.add(node.meta["label"])
                    kept += self._kept([node])
                else:
                    self._forget(node)
                continue
            kept += targets
            rank, targets = 0, []
            is_marked = is_marked or self.leaves_out(siblings, number)
            if is_marked or not self._prune(node):
                self._forget(node)
                rank, is_marked = is_marked * _rank(node), is_marked and node.type in _BESIDE
                while kept and kept[-1].type in _BEFORE:
                    kept.pop()
            elif not _is_mark(node):
                if "class" in node.attrs:
                    names = str(node.attrs["class"]).split()
                    node.attrs["class"] = " ".join(name for name in names if not name.startswith(_PREFIX))
                kept.append(node)
        return kept

    def _prune(self, node: SyntaxTreeNode) -> bool:
        """Leave out what in a node is not for this variant; False if nothing is left of it."""
        if node.token and node.type in _FENCES and node.info.startswith("{glossary}"):
            node.token.content = _TERMS.sub(self._terms, node.content)
        if not node.children:
            return True
        whole, node.children = node.children, self._kept(node.children)
        if node.token:
            if len(node.children) < len(whole):
                _trim(node)
                node.token.content = _words(node) if node.type == "image" else node.content
            node.token.children = [token for child in node.children for token in child.to_tokens()]
        return bool(node.children) or node.type in _FRAMES

    def _terms(self, group: re.Match[str]) -> str:
        """Return terms of a glossary that are for this variant, with their definition; blank lines for others."""
        lines = group["terms"].splitlines(keepends=True)
        marks = [[_NAMES.findall(mark) for mark in re.findall(r"\[\]\{(.*?)\}", line)] for line in lines]
        kept = [
            "\n" if any(names and self.variant not in names for names in found) else line
            for line, found in zip(lines, marks, strict=True)
        ]
        if any(map(str.strip, kept)):
            return "".join(kept) + group["definition"]
        self._labels.update(_REFERENCE.findall(group[0]))
        return "\n" * group[0].count("\n")

    def _forget(self, node: SyntaxTreeNode) -> None:
        """Remember the footnotes to which a node that is left out refers."""
        for inner in node.walk():
            if inner.type == "footnote_ref":
                self._labels.add(inner.meta["label"])
            elif inner.type in _FENCES:
                self._labels.update(_REFERENCE.findall(inner.content))


def _classes(node: SyntaxTreeNode) -> Iterator[Sequence[str]]:
    """Yield the variants that a node's class names, or those of a directive in its options."""
    classes = [str(node.attrs.get("class", ""))]
    if node.type in _FENCES:
        name, brace, argument = node.info.partition("}")
        classes += [name, *_class_options(argument, node.content)] if brace else [name]
    yield from filter(None, map(_NAMES.findall, classes))


def _class_options(argument: str, content: str) -> Iterable[str]:
    """Return the values of a directive's options that name classes; all that it says first if they cannot be read."""
    with suppress(MarkupError, ValueError):
        read = parse_directive_text(_AnyDirective, argument, content)
        if read.options or not read.warnings:
            return [read.options.get(name, "") for name in ("class", "figclass")]
    return [content.partition("\n\n")[0]]


class _AnyDirective(Directive):
    """A directive that takes whatever is written."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar = defaultdict(lambda: directives.unchanged, {"class": directives.unchanged})


def _empty_spans(node: SyntaxTreeNode) -> Iterator[Sequence[str]]:
    """Yield the variants that empty spans in a node name, which stand for it."""
    paragraphs = [child for child in node.children if child.type == "paragraph"]
    for holder in paragraphs if node.type in _ITEMS else [node]:
        for inline in holder.children if holder.type in {"paragraph", "heading", "dt"} else [holder]:
            for child in inline.children:
                if _is_mark(child):
                    yield from _classes(child)


def _only_fields(siblings: Sequence[SyntaxTreeNode], heading: int) -> Iterator[Sequence[str]]:
    """Yield the variants that the fields ``only`` under a heading name; all where a value is malformed.

    That it is malformed the reader of entries says.
    """
    for number in range(heading + 1, len(siblings)):
        node = siblings[number]
        if node.type == "field_list":
            for name, body in zip(node.children[::2], node.children[1::2], strict=False):
                if _words(name) == "only":
                    with suppress(ValueError):
                        yield values.variants(Linked(re.sub(r"\{.*", "", _words(body)).strip()))
            return
        if node.type not in _BESIDE and not (node.type == "paragraph" and mistyped(node.children[0].content)):
            return


def _is_mark(node: SyntaxTreeNode) -> bool:
    return node.type == "span" and not node.children and any(_classes(node))


def _rank(node: SyntaxTreeNode) -> int:
    """Return a heading's level, 1 for a term, 0 for others.

    What is left out ends at the next node of the same or a lower number but 0.
    """
    return int(node.tag[1]) if node.type == "heading" else int(node.type == "dt")


def _words(node: SyntaxTreeNode) -> str:
    return "".join(inner.content for inner in node.walk() if inner.type == "text")


def _trim(node: SyntaxTreeNode) -> None:
    """Delete spaces at the ends of a line of which something was left out."""
    for end, strip in ((0, str.lstrip), (-1, str.rstrip)):
        while node.children:
            token = node.children[end].token
            if token and token.type == "text":
                token.content = strip(token.content)
            if not token or token.type not in {"text", "softbreak", "hardbreak"} or token.content:
                break
            del node.children[end]
