"""Arrange the headings of a page, with the first as its title and all others below, and warn of faulty ones."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from sphinx.environment import BuildEnvironment

from cvtools.sphinx_warnings import Code, note, warn
from cvtools.terminal import shorten


def note_empty_section(env: BuildEnvironment, state: StateCore) -> None:
    """Note the first section ("#" or "##") with nothing below its heading; a rule of markdown-it."""
    if "depth" in state.env:
        return
    starts = [n for n, token in enumerate(state.tokens) if token.type == "heading_open" and not token.level]
    for start in starts[1:]:
        heading, inline, _, *below = state.tokens[start : start + 4]
        is_empty = not below or (below[0].type == "heading_open" and below[0].tag <= heading.tag)
        if is_empty and heading.tag <= "h2" and inline.content:
            rule = f'"{shorten(inline.content, 30)}" has nothing below it: write something, or delete the heading'
            line = heading.map[0] + 1 if heading.map else 0
            note((env.docname, line), "empty", rule, env.config)
            return


def remove_needless_breaks(state: StateCore) -> None:
    """Remove thematic breaks that separate nothing: first, last, repeated, below a heading, in another block.

    With a break between a heading and its fields, a mark in the fields would have no effect. A rule of markdown-it.
    """
    if "depth" in state.env:
        return
    last = next((number for number, token in reversed([*enumerate(state.tokens)]) if token.type != "hr"), 0)
    kept: list[Token] = []
    before = "hr"
    for token in state.tokens[: last + 1]:
        if token.type != "hr" or (not token.level and before not in {"hr", "heading_close"}):
            kept.append(token)
            before = token.type
    state.tokens = kept


class _Heading(NamedTuple):
    """The three tokens of a heading."""

    opening: Token
    inline: Token
    closing: Token

    @property
    def level(self) -> int:
        return int(self.opening.tag[1])

    @property
    def line(self) -> int:
        return self.opening.map[0] + 1 if self.opening.map else 0

    @property
    def has_words(self) -> bool:
        """Return whether the heading has text, which an entry and the search need for a name."""
        return any(token.content.strip() and token.type != "html_inline" for token in self.inline.children or ())

    def with_level(self, level: int) -> str:
        """Return the Markdown of the heading at another level, in quotation marks for a message."""
        return f'"{"#" * level} {shorten(self.inline.content, 40)}"'


def arrange(state: StateCore) -> None:
    """Make the first heading of a page its title, and all others headings below it; a rule of markdown-it.

    Warn of a missing title, and of the first further title and the first skipped level, which other programs allow.
    """
    # Skip the text of a directive, which is parsed after the headings of its page are arranged.
    if "depth" in state.env:
        return
    docname: str = state.md.options["document"].settings.env.docname
    # The variant may have removed what thematic breaks separate.
    remove_needless_breaks(state)
    # Skip headings in quotations and lists, which begin no sections.
    starts = [n for n, token in enumerate(state.tokens) if token.type == "heading_open" and not token.level]
    headings = [_Heading(*state.tokens[n : n + 3]) for n in starts]
    if empty := [heading for heading in headings if not heading.has_words]:
        warn((docname, empty[0].line), Code.ENTRY, 'a heading without words: write some, or delete the "#"')
        removed = {id(token) for heading in empty for token in heading}
        state.tokens = [token for token in state.tokens if id(token) not in removed]
        headings = [heading for heading in headings if heading.has_words]
    # Do not warn of a page whose headings the variant has removed.
    if not headings and not re.search(r"^#{1,6}\s", state.src, re.MULTILINE):
        warn(docname, Code.ENTRY, 'the page has no title: begin it with one, such as "# Ada Example"')
    for heading, fault in _faults(headings, state.tokens):
        warn((docname, heading.line), Code.ENTRY, fault)
    # Levels in the source of the current heading and of those above it in the tree, whose root is the title.
    levels: list[int] = []
    for number, heading in enumerate(headings):
        level = heading.level if number else 0
        levels = [*(other for other in levels if other < level), level]
        heading.opening.tag = heading.closing.tag = f"h{len(levels)}"


def _faults(headings: list[_Heading], tokens: list[Token]) -> Iterator[tuple[_Heading, str]]:
    """Yield the first heading with each fault, and a message about it."""
    for title in headings[:1]:
        first = re.match(r"(#+)([^\W\d#].*)", tokens[1].content) if tokens[0].type == "paragraph_open" else None
        if title.level > 1 and first:
            rule = f'"{shorten(first[0], 30)}" is not a heading: write "{first[1]} {shorten(first[2], 30)}"'
            yield _Heading(*tokens[:3]), rule
        elif title.level > 1:
            above = 'one above the fields, such as "# Ada Example"' if tokens[0].type == "field_list_open" else ""
            yield title, f"the page begins without a title: write {above or f'{title.with_level(1)} here'}"
    if second := next((heading for heading in headings[1:] if heading.level == 1), None):
        yield second, f"a page has one title: write {second.with_level(2)} here"
    for before, heading in pairwise(headings):
        if heading.level > before.level + 1 and before is not second:
            yield heading, f"a level is skipped: write {heading.with_level(before.level + 1)} here"
            return
