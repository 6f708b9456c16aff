"""Markdown as a CV may use it: MyST's parser, whose tokens are selected for the variant, and judged, before they act.

A page cannot change that, nor any other setting: unlike MyST's own parser, this one does not read them from it.
"""

import re
from collections.abc import Callable
from typing import Any

from docutils import nodes
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from myst_parser.parsers.mdit import create_md_parser
from myst_parser.parsers.sphinx_ import MystParser

from cvtools import limits
from cvtools.reading.limits import without_controls
from cvtools.reading.safety import judge
from cvtools.reading.selection import Selection
from cvtools.reading.value_types import Page


def markdown_parser(config: MdParserConfig, renderer: Callable[[MarkdownIt], RendererProtocol]) -> MarkdownIt:
    """Return MyST's parser, which keeps what is deeply nested and leaves it to us to judge links."""
    parser = create_md_parser(config, renderer)
    parser.options["maxNesting"] = 3 * limits.DEPTH
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


class CvParser(MystParser):
    """Reads a page."""

    def parse(self, inputstring: str, document: nodes.document) -> None:
        env = document.settings.env
        parser = markdown_parser(env.myst_config, CvRenderer)
        parser.options["document"] = document
        selection = Selection(env.config.cv_variant)
        parser.use(selection)
        parser.use(judge, Page(env, env.config.cv_allow))
        # Sphinx has a translation parsed as if it were a document, and names its place so.
        translated = re.fullmatch(r".*:(\d+):<translated>", document["source"])
        parser.render(without_controls(inputstring), {"line": int(translated[1]) - 1 if translated else 0})
        selection.drop_footnotes(document)


class CvRenderer(SphinxRenderer):
    """Makes the doctree, and says where text stands that is parsed in turn."""

    #: How many texts are being parsed in each other, each by a directive.
    _nested = 0

    def nested_render_text(self, text: str, lineno: int, *arguments: Any, **options: Any) -> None:
        before = {name: self.md_env.get(name, 0) for name in ("line", "depth")}
        self._nested += 1
        # A directive takes as many steps of Python's as four lists.
        self.md_env["line"], self.md_env["depth"] = lineno, _depth(self.current_node) + 4 * self._nested
        super().nested_render_text(text, lineno, *arguments, **options)
        self._nested -= 1
        self.md_env.update(before)


def _depth(node: nodes.Node) -> int:
    """Return how many nodes stand around one."""
    depth = 0
    while node.parent is not None:
        node, depth = node.parent, depth + 1
    return depth
