"""What every part of the translator works with: the page that is written, and what is kept of it for the checks."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

from docutils import nodes
from sphinx.util.docutils import SphinxTranslator

from cvtools.diagnostics import Subtype, warn
from cvtools.nodes import cv_head
from cvtools.record import Block
from cvtools.writing.latex.escape import bind, escape, normalise, place_name
from cvtools.writing.latex.words import blocks_of, say_abbreviations

if TYPE_CHECKING:
    from cvtools.writing.latex.builder import CvLatexBuilder

#: What stands before and after a node that needs no more than that.
_WRAPPED: Mapping[str, tuple[str, str]] = {
    "attribution": ("\n\\cvattribution{", "}\n"),
    "block_quote": ("\n\\begin{cvquote}\n", "\\end{cvquote}\n"),
    "caption": ("\n\\cvcaption{", "}\n"),
    "classifier": (" \\cvclassifier{", "}"),
    "cv_listing": ("\n\\begin{cvlisting}\n", "\\end{cvlisting}\n"),
    "definition": ("\\begin{cvdefinition}\n", "\\end{cvdefinition}\n"),
    "definition_list": ("\n\\begin{cvdefinitions}\n", "\\end{cvdefinitions}\n"),
    "definition_list_item": ("\n\\begin{cvdefined}\n", "\\end{cvdefined}\n"),
    "emphasis": ("\\emph{", "}"),
    "line": ("\n\\cvline ", "\\cvendpar\n"),
    "line_block": ("\n\\begin{cvlines}\n", "\\end{cvlines}\n"),
    "literal": ("\\cvcode{", "}"),
    "literal_emphasis": ("\\emph{", "}"),
    "literal_strong": ("\\textbf{", "}"),
    "rubric": ("\n\\cvrubric{", "}\n"),
    "strong": ("\\textbf{", "}"),
    "subscript": ("\\textsubscript{", "}"),
    "superscript": ("\\textsuperscript{", "}"),
    "term": ("\n\\cvterm{", "}\n"),
    "title_reference": ("\\emph{", "}"),
    "transition": ("\n\\cvtransition\n", ""),
}
#: Nodes that only hold others.
_TRANSPARENT = frozenset(
    """
    abbreviation colspec compact_paragraph compound container cv_tag document field field_body figure
    field_list footnotes_block generated inline legend manpage number_reference only problematic
    start_of_file table tabular_col_spec tbody
    """.split()
)
#: Nodes that a page on paper has no use for.
_SKIPPED = frozenset("comment decoration footnote index label meta substitution_definition target toctree".split())
#: Blocks whose place in the source TeX's messages are traced back to.
_PLACED = (
    nodes.paragraph,
    nodes.title,
    nodes.list_item,
    nodes.literal_block,
    nodes.row,
    nodes.image,
    nodes.math_block,
    nodes.term,
    nodes.rubric,
    nodes.line,
    cv_head,
)
#: Nodes whose names are set by themselves, or that no link leads to.
_NAMED = (nodes.document, nodes.section, nodes.footnote, nodes.footnote_reference)

_SPACE = re.compile(r"\s")
#: Where an address may be broken.
_PARTS = re.compile(r"(?<=[^:/][/?&=#])(?=\w)")


class Writer(SphinxTranslator):
    """Writes what needs no more than a form, and text; its children write the rest.

    :param pages: all pages of this PDF
    :param top: the level of the page's first heading, from 1
    """

    builder: "CvLatexBuilder"

    def __init__(self, document: nodes.document, builder: "CvLatexBuilder", pages: Iterable[str], top: int) -> None:
        super().__init__(document, builder)
        self.docname = cast(str, document["docname"])
        self.pages = frozenset(pages)
        self.level = top - 1
        self.body: list[str] = []
        #: The first node with each character, in text and in code.
        self.characters: dict[str, dict[str, nodes.Node]] = {"text": {}, "code": {}}
        self.in_code = 0
        #: The languages of the sections around, the innermost last.
        self.languages = [cast(str, builder.config.language)]
        #: What stands on the page, for the checks.
        self.blocks: list[Block] = []
        #: What ends each link and list that is open.
        self.closing: list[str] = []
        #: Places that the next words give a name to.
        self.targets: list[str] = []
        #: Whether there are words that are read from right to left.
        self.is_leftward = False
        say_abbreviations(document)

    # Nodes without a visitor of their own

    def unknown_visit(self, node: nodes.Node) -> None:
        name = type(node).__name__
        if name in _SKIPPED:
            raise nodes.SkipNode
        if name in _WRAPPED:
            self.body.append(_WRAPPED[name][0])
        elif name not in _TRANSPARENT:
            warn(node, Subtype.LATEX, f"the PDF has no form for {name}: its words are kept, its look is lost")
            if not isinstance(node.parent, nodes.TextElement):
                self.body.append("\n\\par ")

    def unknown_departure(self, node: nodes.Node) -> None:
        self.body.append(_WRAPPED.get(type(node).__name__, ("", ""))[1])

    def dispatch_visit(self, node: nodes.Node) -> None:
        if not isinstance(node, nodes.title):
            self.record(node)
        # Within a line, the end of a line would be a space.
        if isinstance(node, _PLACED) and node.line and not isinstance(node.parent, nodes.TextElement):
            self.body.append(f"\n%% {self.builder.source_of(node)}:{node.line}\n")
        if isinstance(node, nodes.Element) and not isinstance(node, _NAMED):
            self.targets += node["ids"]
        super().dispatch_visit(node)

    def record(self, node: nodes.Node) -> None:
        """Keep the words of a block, and where they stand in the source."""
        if isinstance(node, nodes.TextElement) and type(node).__name__ not in _SKIPPED:
            self.blocks += blocks_of(node, f"{self.builder.source_of(node)}:{node.line}" if node.line else "")

    def render(self, parts: Iterable[nodes.Node]) -> str:
        """The LaTeX of nodes, apart from the page's."""
        kept, self.body = self.body, []
        for node in parts:
            node.walkabout(self)
        rendered, self.body = "".join(self.body), kept
        return rendered

    def visit_Text(self, node: nodes.Text) -> None:
        text = node.astext()
        self.see(text, node.parent)
        self.body += [f"\\cvtarget{{{place_name(self.docname, target)}}}" for target in self.targets]
        self.targets.clear()
        if isinstance(node.parent, nodes.reference) and not _SPACE.search(text):
            # An address may end a line where it has a part behind it.
            latex = "\\cvbreak ".join(map(escape, _PARTS.split(text)))
        else:
            latex = escape(text if self.in_code else bind(text, self.languages[-1]))
        self.body.append(latex)

    def see(self, text: str, node: nodes.Element) -> None:
        """Take note of characters, which fonts must have."""
        seen = self.characters["code" if self.in_code else "text"]
        new = set(normalise(text)) - seen.keys()
        for character in new:
            seen[character] = node
        if not self.is_leftward and {"R", "AL"} & set(map(unicodedata.bidirectional, new)):
            self.is_leftward = True
            warn(node, Subtype.LATEX, "the PDF cannot set words from right to left: write them in Latin letters")

    def depart_Text(self, node: nodes.Text) -> None:
        pass
