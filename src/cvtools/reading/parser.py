"""Parse a page with MyST-Parser, select the tokens of the variant, and check them before they are rendered.

Unlike MyST-Parser's own, this parser takes no settings from the page.
"""

import re
from typing import Any

from docutils import nodes
from markdown_it import MarkdownIt
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from myst_parser.parsers.sphinx_ import MystParser
from sphinx import addnodes

from cvtools.nodes import ancestors
from cvtools.private_api import tags_of
from cvtools.reading.characters import without_controls
from cvtools.reading.domain import TAGS
from cvtools.reading.edition_marks import strays
from cvtools.reading.edition_marks.pruning import select
from cvtools.reading.edition_marks.variants import check_only, prune_toctrees
from cvtools.reading.headings import arrange
from cvtools.reading.page_parser import page_parser
from cvtools.reading.token_safety import check_tokens
from cvtools.reading.validators import Page
from cvtools.sphinx_warnings import Code, warn

#: Key of the link reference definitions (``[name]: address``) in Sphinx's data of the current page.
_DEFINITIONS = "cv_references"


class CvParser(MystParser):
    """Parser of pages."""

    def parse(self, inputstring: str, document: nodes.document) -> None:
        env = document.settings.env
        # Sphinx parses a translated message as a document, with its location in the name.
        message = re.fullmatch(r".*:(\d+):<translated>", document["source"])
        parser = page_parser(env, CvRenderer, is_message=bool(message))
        parser.options["document"] = document
        is_root = env.docname == env.config.root_doc and not message
        parser.use(strays.warn_of_strays)
        parser.use(prune_toctrees, env)
        parser.use(select, env, env.config.cv_sections if is_root else ())
        if not message:
            parser.core.ruler.push("cv_headings", arrange)
        parser.use(check_tokens, Page(env, env.config.cv_allow))
        text = without_controls(inputstring)
        if message:
            _render_message(parser, text, document, int(message[1]))
        else:
            data: dict[str, Any] = {"line": 0}
            parser.render(text, data)
            env.current_document[_DEFINITIONS] = data.get("references", {})


def _render_message(parser: MarkdownIt, text: str, document: nodes.document, line: int) -> None:
    """Render the translation of a message on a line of a page, and warn of more than one paragraph."""
    env = document.settings.env
    # Links of a message may refer to definitions of its page.
    references = {**env.current_document.get(_DEFINITIONS, {})}
    parser.render(text, {"line": line - 1, "is_message": True, "references": references})
    for node in [*document.findall(nodes.Element)]:
        # Sphinx takes the first text for the translation, and the words of a comment for a part of it.
        if isinstance(node, nodes.system_message | nodes.comment):
            node.parent.remove(node)
    # Sphinx passes the translation of a title as a section that has only this title.
    first = next(iter(document.children), None)
    if document.children[1:] or (isinstance(first, nodes.section) and first.children[1:]):
        rule = "only the first paragraph of a translation is shown: write one, as in the source"
        warn((env.docname, line), Code.TRANSLATION, rule)


class CvRenderer(SphinxRenderer):
    """Renderer of tokens as nodes, which tells plugins of the parser where the text of a directive is.

    It sets the keys of the parser's environment that :func:`cvtools.reading.token_safety.check_tokens` describes.
    """

    #: Number of nested directives whose text is being parsed.
    _nested_directives = 0

    def nested_render_text(self, text: str, lineno: int, *arguments: Any, **options: Any) -> None:
        before = {name: self.md_env.get(name, 0) for name in ("line", "depth", "only", "hidden")}
        self._nested_directives += 1
        node: nodes.Element = self.current_node
        if isinstance(node, addnodes.only):
            env = self.document.settings.env
            check_only(node, env.config, tags_of(env))
            self.md_env["only"] = True
            self.md_env["hidden"] = self.md_env.get("hidden", 0) or not TAGS["html"].eval_condition(node["expr"])
        # A directive takes as many of Python's stack frames as four lists.
        depth = len([*ancestors(self.current_node)]) + 4 * self._nested_directives
        self.md_env["line"], self.md_env["depth"] = lineno, depth
        super().nested_render_text(text, lineno, *arguments, **options)
        if not (node.children or options.get("inline")):
            # Directives expect a node, and the variant may have left out all. docutils does not mistake a comment for a
            # caption.
            node += nodes.comment()
        self._nested_directives -= 1
        self.md_env.update(before)
