"""Markdown for pasting elsewhere: the builder of ``cv.md``, which needs no parser of this project's syntax."""

import re
import textwrap
from collections.abc import Iterable, Mapping, Set
from pathlib import Path

from docutils import nodes
from sphinx.builders import Builder

from cvtools.nodes import cv_field, cv_fields, cv_listing, cv_listitem, cv_tag
from cvtools.project import atomic_write
from cvtools.writing import markdown, paper, text
from cvtools.writing.html_to_markdown import address

_MARKS: Mapping[type[nodes.Node], str] = {nodes.strong: "**", nodes.emphasis: "*", nodes.title_reference: "*"}


class MarkdownTranslator(paper.PaperTranslator):
    """Translator of a page to blocks of CommonMark, and to GitHub's tables."""

    def __init__(self, document: nodes.document, builder: Builder) -> None:
        super().__init__(document, builder)
        self.blocks: list[str] = []

    def unknown_visit(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.TextElement):
            self._add(markdown.tidy(self._inline(node)))
            raise nodes.SkipNode

    def unknown_departure(self, node: nodes.Node) -> None:
        """Add nothing behind nodes."""

    def _add(self, block: str) -> None:
        if block.strip():
            self.blocks.append(block)

    def _inside(self, parts: Iterable[nodes.Node]) -> str:
        """Return the blocks of nodes."""
        kept, self.blocks = self.blocks, []
        for part in parts:
            part.walkabout(self)
        written, self.blocks = "\n\n".join(self.blocks), kept
        return written

    # Blocks

    def visit_title(self, node: nodes.title) -> None:
        words = self._words(node)
        is_heading = isinstance(node.parent, nodes.section)
        self._add(f"{'#' * min(self.level, 6)} {words}" if is_heading else f"**{words}**")
        raise nodes.SkipNode

    def visit_cv_fields(self, node: cv_fields) -> None:
        self._add("\\\n".join(map(markdown.line, text.lines_of(node, self._words))))
        raise nodes.SkipNode

    def visit_cv_listing(self, node: cv_listing) -> None:
        items = (markdown.line(text.line_of(item, self._words)) for item in node.findall(cv_listitem))
        self._add("\n".join(f"- {item}" for item in items))
        raise nodes.SkipNode

    def visit_bullet_list(self, node: nodes.Element) -> None:
        start = int(node.get("start", 1))
        items = []
        for number, item in enumerate(node.children, start):
            mark = f"{number}. " if isinstance(node, nodes.enumerated_list) else "- "
            items.append(markdown.indented(self._inside(item.children), mark))
        self._add("\n".join(items) if not any("\n\n" in item for item in items) else "\n\n".join(items))
        raise nodes.SkipNode

    visit_enumerated_list = visit_bullet_list

    def visit_block_quote(self, node: nodes.Element) -> None:
        self._add(textwrap.indent(self._inside(node.children), "> ", lambda line: True))
        raise nodes.SkipNode

    def visit_literal_block(self, node: nodes.Element) -> None:
        self._add(markdown.fenced(node.astext().rstrip("\n")))
        raise nodes.SkipNode

    def visit_math_block(self, node: nodes.Element) -> None:
        self._add(f"$$\n{_formula(node)}\n$$")
        raise nodes.SkipNode

    def visit_tgroup(self, node: nodes.tgroup) -> None:
        rows = [[self._cell(cell) for cell in row.children] for row in node.findall(nodes.row)]
        if not any(node.findall(nodes.thead)):
            rows.insert(0, [""] * len(rows[0]))
        self._add(markdown.table(rows))
        raise nodes.SkipNode

    def _cell(self, cell: nodes.Node) -> str:
        return " ".join(self._inside(cell.children).replace("|", "\\|").replace("\\\n", " ").split())

    def visit_line_block(self, node: nodes.Element) -> None:
        self._add("\\\n".join(markdown.line(self._words(line)) for line in node.findall(nodes.line)))
        raise nodes.SkipNode

    def visit_transition(self, node: nodes.Element) -> None:
        if "footnotes" not in node["classes"]:
            self._add("***")
        raise nodes.SkipNode

    def visit_term(self, node: nodes.Element) -> None:
        self._add(f"**{self._words(node)}**")
        raise nodes.SkipNode

    visit_field_name = visit_rubric = visit_term

    def visit_Admonition(self, node: nodes.Element) -> None:
        if label := paper.admonition_label(node):
            self._add(f"**{label}**")

    # Sphinx derives these from Admonition for its own writers.
    visit_desc = visit_productionlist = unknown_visit

    def visit_footnote(self, node: nodes.footnote) -> None:
        self._add(f"\\[{node[0].astext()}\\] {self._inside(node.children[1:])}")
        raise nodes.SkipNode

    visit_raw = paper.PaperTranslator.visit_Invisible

    def visit_image(self, node: nodes.image) -> None:
        self._add(markdown.escape(node.get("alt", "")))
        raise nodes.SkipNode

    # Inline nodes

    def visit_reference(self, node: nodes.reference) -> None:
        self._add(self._inline_node(node))
        raise nodes.SkipNode

    def _words(self, node: nodes.Node) -> str:
        """Return the content of a node as one line."""
        if tags := [tag for tag in node.findall(cv_tag) if isinstance(node, cv_field)]:
            return ", ".join(map(self._inline, tags))
        return " ".join(self._inline(node).replace("\\\n", " ").split())

    def _inline(self, node: nodes.Node) -> str:
        return markdown.joined(map(self._inline_node, node.children))

    def _inline_node(self, node: nodes.Node) -> str:
        match node:
            case nodes.Text():
                written = markdown.marked(paper.one_line(node.astext()))
            case nodes.literal():
                written = markdown.code(node.astext())
            case nodes.math():
                written = f"${_formula(node)}$"
            case nodes.reference():
                written = self._link(node)
            case nodes.footnote_reference():
                written = f"\\[{node.astext()}\\]"
            case nodes.raw():
                # MyST-Parser writes a hard line break so.
                written = "\\\n" if node.astext().strip() == "\\\\" else ""
            case nodes.image():
                written = markdown.marked(node.get("alt", ""))
            case _:
                content, mark = self._inline(node), _MARKS.get(type(node), "")
                written = f"{mark}{content}{mark}" if content else ""
        return written

    def _link(self, node: nodes.reference) -> str:
        url, words = paper.link_target(node, self.config, self.docname, ()), self._inline(node)
        if not isinstance(url, str):
            return words
        plain = node.astext()
        is_plain = not plain or plain == url.removeprefix("mailto:")
        return f"<{address(plain or url)}>" if is_plain else f"[{words}]({address(url)})"


def _formula(node: nodes.Node) -> str:
    """Return a formula in which readers without formulas see no tag and no link; TeX ignores spaces."""
    return re.sub(r"<(?=[A-Za-z/][^<]*>|[!?])|\](?=[(\[:])", r"\g<0> ", node.astext().strip())


class CvMarkdownBuilder(paper.PaperBuilder):
    """Builder that writes the root page as ``cv.md``, which shows what pages show."""

    name = "cvmarkdown"
    format = "markdown"
    epilog = "The CV as Markdown is in %(outdir)s."

    def write_documents(self, docnames: Set[str]) -> None:
        doctree = self.resolved(self.config.root_doc)
        translator = MarkdownTranslator(doctree, self)
        doctree.walkabout(translator)
        with atomic_write(Path(self.outdir, f"{self.config.cv_file}.md")) as temporary:
            temporary.write_text("\n\n".join(translator.blocks) + "\n", "utf-8")
