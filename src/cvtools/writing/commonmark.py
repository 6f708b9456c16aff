"""Build ``cv.md``: the CV in CommonMark, for pasting into sites and programs that do not know MyST."""

import re
import textwrap
from collections.abc import Iterable, Mapping, Set
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.config import Config

from cvtools.files import write_atomically
from cvtools.writing import documents, myst

#: Escapes of characters that begin code, HTML, links or formulas: entities where some dialects ignore a backslash.
_ESCAPED: Mapping[str, str] = {"`": "&#96;", "<": "&lt;", "[": "\\[", "]": "\\]", "$": "\\$"}
#: Blocks without words for readers.
_NOT_SHOWN = (nodes.raw, nodes.Invisible, nodes.decoration, nodes.system_message, addnodes.toctree)
_DELIMITERS: Mapping[type[nodes.Node], str] = {nodes.strong: "**", nodes.emphasis: "*", nodes.title_reference: "*"}


class _Writer:
    """Writer of nodes as CommonMark, with GitHub's tables."""

    def __init__(self, config: Config) -> None:
        self.config = config

    def blocks(self, siblings: Iterable[nodes.Node], level: int = 0) -> str:
        """Return nodes as blocks.

        :param level: the level of the heading above them
        """
        blocks = (self._block(node, level) for node in siblings if not isinstance(node, _NOT_SHOWN))
        return "\n\n".join(block for block in blocks if block.strip())

    def _block(self, node: nodes.Node, level: int) -> str:
        match node:
            # Sphinx's versionmodified is an admonition, too.
            case nodes.TextElement() | nodes.image() if not isinstance(node, nodes.Admonition):
                markdown = self._text_block(node, level)
            case nodes.bullet_list() | nodes.enumerated_list():
                markdown = self._list(node)
            case nodes.block_quote():
                markdown = textwrap.indent(self.blocks(node.children), "> ", lambda line: True)
            case nodes.tgroup():
                markdown = self._table(node)
            case nodes.line_block():
                lines = (self._inline(line).replace("\\\n", " ") for line in node.findall(nodes.line))
                markdown = "\\\n".join(map(myst.escape_start, map(documents.with_single_spaces, lines)))
            case nodes.footnote():
                label, *body = node.children
                between = " " if body and isinstance(body[0], nodes.paragraph) else "\n\n"
                markdown = f"\\[{label.astext()}\\]{between}{self.blocks(body)}"
            case nodes.transition():
                markdown = "" if "footnotes" in node["classes"] else "***"
            case _:
                admonition = documents.admonition_label(node)
                content = self.blocks(node.children, level + isinstance(node, nodes.section))
                markdown = "\n\n".join(filter(None, [admonition and f"**{admonition}**", content]))
        return markdown

    def _text_block(self, node: nodes.Element, level: int) -> str:
        """Return a block that holds text rather than other blocks."""
        match node:
            case nodes.title():
                is_heading = isinstance(node.parent, nodes.section)
                markdown = myst.heading_line(self._words(node), min(level, 6) if is_heading else 7)
            case nodes.literal_block():
                markdown = myst.code_block(node.astext().rstrip("\n"))
            case nodes.math_block():
                markdown = f"$${_formula(node)}$$"
            case nodes.term() | nodes.field_name() | nodes.rubric():
                markdown = f"**{self._words(node)}**"
            case nodes.image() | nodes.reference():
                markdown = myst.escape_start(self._inline_node(node))
            case _:
                markdown = myst.escape_starts(self._inline(node))
        return markdown

    def _list(self, node: nodes.Element) -> str:
        items = []
        for number, item in enumerate(node.children, int(node.get("start", 1))):
            marker = f"{number}. " if isinstance(node, nodes.enumerated_list) else "- "
            items.append(myst.indented(self.blocks(item.children), marker))
        return "\n".join(items) if not any("\n\n" in item for item in items) else "\n\n".join(items)

    def _table(self, node: nodes.tgroup) -> str:
        rows = [[self._cell(cell) for cell in row.children] for row in documents.rows_of(node)]
        if not any(node.findall(nodes.thead)):
            rows.insert(0, [""] * len(rows[0]))
        return myst.table(rows)

    def _cell(self, cell: nodes.Node) -> str:
        """Return the content of a cell as one line."""
        # Replace tables within the cell, which Markdown does not allow, by the content of their cells.
        for table in list(cell.findall(nodes.tgroup)):
            entries = (entry for row in documents.rows_of(table) for entry in row.children)
            table.replace_self([child for entry in entries for child in entry.children])
        # In some dialects, a bar in code or a formula ends the cell, even after a backslash: write it as plain text.
        for literal in (nodes.FixedTextElement, nodes.literal, nodes.math):
            for node in list(cell.findall(literal)):
                if "|" in (words := node.astext()):
                    kind = nodes.inline if isinstance(node.parent, nodes.TextElement) else nodes.paragraph
                    node.replace_self(kind("", words))
        return " ".join(self.blocks(cell.children).replace("|", "\\|").replace("\\\n", " ").split())

    def _words(self, node: nodes.Node) -> str:
        """Return the content of a node as one line."""
        return " ".join(self._inline(node).replace("\\\n", " ").split())

    def _inline(self, node: nodes.Node) -> str:
        return myst.join_inline(map(self._inline_node, node.children))

    def _inline_node(self, node: nodes.Node) -> str:
        match node:
            case nodes.Text():
                markdown = _plain(documents.one_line(node.astext()))
            case nodes.literal():
                markdown = myst.code_span(node.astext())
            case nodes.math():
                markdown = f"${_formula(node)}$"
            case nodes.reference():
                markdown = self._link(node)
            case nodes.footnote_reference():
                markdown = f"\\[{node.astext()}\\]"
            case nodes.raw():
                markdown = "\\\n" if documents.is_line_break(node) else ""
            case nodes.image():
                markdown = _plain(" ".join(node.get("alt", "").split()))
            case _:
                content, delimiter = self._inline(node), _DELIMITERS.get(type(node), "")
                markdown = f"{delimiter}{content}{delimiter}" if content else ""
        return markdown

    def _link(self, node: nodes.reference) -> str:
        url, words = documents.link_target(node, self.config, self.config.root_doc, ()), self._inline(node)
        if not isinstance(url, str):
            return words
        text = node.astext()
        if not text or text == url or (f"mailto:{text}" == url and "@" in text):
            return f"<{myst.escape_url(text or url)}>"
        return f"[{words}]({myst.escape_url(url)})"


def _plain(words: str) -> str:
    """Return text for the inside of a line, escaped so that no dialect of Markdown reads it as markup."""
    return re.sub(r"\\?(.)", lambda sign: _ESCAPED.get(sign[1], sign[0]), myst.escape_inline(words))


def _formula(node: nodes.Node) -> str:
    """Return a formula on one line, with spaces so that programs without formulas read no tag or link in it."""
    formula = " ".join(node.astext().replace("`", "\\lq ").split())
    return re.sub(r"<(?=[A-Za-z/!?])|\](?=[(\[:])", r"\g<0> ", formula)


class CvMarkdownBuilder(documents.DocumentBuilder):
    """Builder that writes the root page as ``cv.md``, with the fields that pages show."""

    name = "cvmarkdown"
    format = "markdown"
    epilog = "The CV as Markdown is in %(outdir)s."

    def write_documents(self, docnames: Set[str]) -> None:
        doctree = self.resolved(self.config.root_doc)
        text = _Writer(self.config).blocks(doctree.children) + "\n"
        write_atomically(Path(self.outdir, f"{self.config.cv_file}.md"), text)
