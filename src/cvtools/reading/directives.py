"""The directives that a CV may use."""

from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.directives import patches as figures
from sphinx.directives.other import TocTree
from sphinx.util import docname_join
from sphinx.util.matching import patfilter

from cvtools.nodes import talks_placeholder
from cvtools.problems import Code, warn


class Figure(figures.Figure):
    """``{figure}``, of whose caption a variant may leave nothing, which docutils does not foresee."""

    def run(self) -> list[nodes.Node]:
        state: Any = self.state
        parse = state.nested_parse

        def parse_caption(block: StringList, offset: int, node: nodes.Element, *rest: Any, **options: Any) -> Any:
            result = parse(block, offset, node, *rest, **options)
            if not node.children:
                # docutils' sign for no caption
                node += nodes.comment()
            return result

        state.nested_parse = parse_caption
        return super().run()


class Talks(TocTree):
    """``{talks}``: the talks that stand on pages of their own, newest first.

    The pages are those in the folder ``talks``; the option ``pages`` names others, as a glob. Makes::

        talks_placeholder (docname, pages)
        toctree (hidden)          the pages, which thus need no other one
    """

    has_content = False
    option_spec: ClassVar = {"pages": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        pattern = docname_join(self.env.docname, self.options.pop("pages", "/talks/*"))
        pages = sorted({*patfilter(self.env.found_docs, pattern)} - {self.env.docname}, reverse=True)
        listing = talks_placeholder(docname=self.env.docname, pages=pages)
        self.set_source_info(listing)
        if not pages:
            warn(listing, Code.LISTING, f"there is no page {pattern}: add one, or name others with :pages:")
            return []
        self.content = StringList([f"/{pattern}"], self.state_machine.document["source"])
        # Names of pages that begin with the year then stand newest first.
        self.options |= {"glob": None, "hidden": None, "reversed": None}
        made = super().run()
        for toctree in (found for node in made for found in node.findall(addnodes.toctree)):
            toctree["listing"] = True
        return [listing, *made]
