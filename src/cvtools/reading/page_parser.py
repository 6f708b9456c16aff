"""Make the parser of pages, with plugins that run before tokens for other variants are removed.

It is used to find the pages that a variant leaves out, and then to read the others, so that both find marks of variants
in the same tokens.
"""

from collections.abc import Callable
from functools import partial

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML, RendererProtocol
from markdown_it.tree import SyntaxTreeNode
from sphinx.environment import BuildEnvironment
from sphinx.util.logging import suppress_logging

from cvtools.private_api import markdown_parser
from cvtools.reading.dialects import Dialects
from cvtools.reading.front_matter import FrontMatter
from cvtools.reading.headings import note_empty_section, remove_needless_breaks
from cvtools.reading.mistyped import keep_cells, warn_of_open_code, warn_of_open_markup


def page_parser(
    env: BuildEnvironment,
    renderer: Callable[[MarkdownIt], RendererProtocol] = RendererHTML,
    *,
    is_message: bool = False,
) -> MarkdownIt:
    """Return a parser of the page that Sphinx reads, or of a translated message of that page."""
    parser = markdown_parser(env, renderer, is_message=is_message)
    if not is_message:
        parser.use(FrontMatter(env))
        parser.core.ruler.before("inline", "cv_cells", partial(keep_cells, env))
        parser.core.ruler.before("inline", "cv_code", partial(warn_of_open_code, env))
        parser.core.ruler.before("text_join", "cv_open_markup", partial(warn_of_open_markup, env))
    parser.use(Dialects(env))
    if not is_message:
        parser.core.ruler.push("cv_empty_sections", partial(note_empty_section, env))
        parser.core.ruler.push("cv_breaks", remove_needless_breaks)
    return parser


def nodes_of(parser: MarkdownIt, text: str, depth: int = 0) -> list[SyntaxTreeNode]:
    """Return the nodes of a text, without warnings, which are given when Sphinx reads the page.

    :param depth: number of directives around the text, 0 for a page
    """
    with suppress_logging():
        return SyntaxTreeNode(parser.parse(text, {"depth": depth} if depth else {})).children
