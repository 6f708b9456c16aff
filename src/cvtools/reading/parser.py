"""Markdown as a CV may use it: MyST's parser, whose tokens are selected for the variant, and judged, before they act.

A page cannot change that, nor any other setting: unlike MyST's own parser, this one does not read them from it.
"""

import re
from typing import Any

from docutils import nodes
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from myst_parser.parsers.sphinx_ import MystParser

from cvtools.private_api import markdown_parser
from cvtools.reading.safety import judge
from cvtools.reading.sources import without_controls
from cvtools.reading.validators import Page
from cvtools.reading.variants import Selection


class CvParser(MystParser):
    """Reads a page."""

    def parse(self, inputstring: str, document: nodes.document) -> None:
        env = document.settings.env
        parser = markdown_parser(env, CvRenderer)
        parser.options["document"] = document
        parser.use(Selection(env.config.cv_variant))
        parser.use(judge, Page(env, env.config.cv_allow))
        # Sphinx has a translation parsed as if it were a document, and names its place so.
        translated = re.fullmatch(r".*:(\d+):<translated>", document["source"])
        parser.render(without_controls(inputstring), {"line": int(translated[1]) - 1 if translated else 0})


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
