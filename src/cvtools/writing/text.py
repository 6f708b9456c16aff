"""Build ``cv.txt``: the CV as plain text."""

from collections.abc import Iterator, Sequence, Set
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.builders.text import TextBuilder
from sphinx.writers.text import TextTranslator

from cvtools.files import write_atomically
from cvtools.nodes import text_of
from cvtools.reading.characters import without_controls
from cvtools.writing.documents import is_line_break, rows_of, with_single_spaces

#: Stand-in for a hard line break until lines are joined; no page contains this character.
_BREAK = "\v"


class CvTextTranslator(TextTranslator):
    """Text translator for forms: each paragraph and each row of a table is a line, and an address follows each link."""

    def end_state(self, wrap: bool = True, end: Sequence[str] | None = ("",), first: str | None = None) -> None:
        """Join the lines of text instead of wrapping them."""
        if wrap:
            state: list[Any] = []
            # Sphinx's translator gives text that is to be wrapped the indentation -1.
            for is_text, group in groupby(self.states[-1], lambda item: item[0] == -1):
                items: list[Any] = list(group)
                if is_text:
                    lines = "".join(text for _, text in items).split(_BREAK)
                    items = [(-1, "\n".join(" ".join(line.split()) for line in lines))]
                state += items
            self.states[-1] = state
        super().end_state(False, end, first)

    def depart_title(self, node: nodes.Element) -> None:
        """Underline only titles of sections; omit the empty line before fields, at which parsers end an entry."""
        super().depart_title(node)
        if self.sectionlevel > 2:
            has_fields = isinstance(node.next_node(descend=False, siblings=True), nodes.line_block)
            lines: Any = self.states[-1][-1][1]
            lines[-2:] = [] if has_fields else [""]

    def depart_reference(self, node: nodes.Element) -> None:
        self.add_text(_address(node))

    def visit_inline(self, node: nodes.Element) -> None:
        """Write nothing: in forms, nobody reads stars and backquotes around words as emphasis and code."""

    visit_emphasis = visit_strong = visit_literal = visit_title_reference = depart_inline = visit_inline
    depart_emphasis = depart_strong = depart_literal = depart_title_reference = visit_inline
    visit_literal_emphasis = visit_literal_strong = depart_literal_emphasis = depart_literal_strong = visit_inline
    visit_problematic = depart_problematic = visit_inline

    def visit_image(self, node: nodes.Element) -> None:
        self.add_text(node.get("alt", ""))
        raise nodes.SkipNode

    def visit_raw(self, node: nodes.Element) -> None:
        self.add_text(_BREAK if is_line_break(node) and not isinstance(node.parent, nodes.line) else "")
        raise nodes.SkipNode

    def visit_paragraph(self, node: nodes.Element) -> None:
        self.new_state(0)

    def depart_paragraph(self, node: nodes.Element) -> None:
        self.end_state()

    # Sphinx would join captions, lines and the paragraphs of admonitions to the text before them.
    visit_caption = visit_line = visit_line_block = visit_paragraph
    depart_caption = depart_paragraph

    def depart_line(self, node: nodes.Element) -> None:
        self.states[-1] = [(-1, with_single_spaces("".join(map(itemgetter(1), self.states[-1]))))]
        self.end_state(wrap=False, end=None)

    def depart_line_block(self, node: nodes.Element) -> None:
        self.end_state(end=None)
        self.add_text("\n")

    def visit_table(self, node: nodes.Element) -> None:
        titles = [part.astext() for part in node.children if isinstance(part, nodes.title)]
        rows = (" | ".join(map(_words, row.children)) for row in rows_of(next(node.findall(nodes.tgroup))))
        self.new_state(0)
        self.add_text("\n".join([*titles, *rows]))
        self.end_state(wrap=False)
        raise nodes.SkipNode


class CvTextBuilder(TextBuilder):
    """Builder that writes the root page as ``cv.txt``, for forms and programs that accept only plain text."""

    name = "cvtext"
    epilog = "The CV as text is in %(outdir)s."
    default_translator_class = CvTextTranslator

    def get_outdated_docs(self) -> Iterator[str]:
        yield self.config.root_doc

    def write_documents(self, docnames: Set[str]) -> None:
        doctree = self.env.get_and_resolve_doctree(self.config.root_doc, self, tags=self.tags)
        # Tables are written by text_of(), which leaves out references to footnotes.
        for reference in list(doctree.findall(nodes.footnote_reference)):
            text = f"[{reference.astext()}]"
            reference.replace_self(nodes.inline(text, text))
        translator: Any = self.create_translator(doctree, self)
        doctree.walkabout(translator)
        write_atomically(Path(self.outdir, f"{self.config.cv_file}.txt"), without_controls(translator.body))


def _address(link: nodes.Element) -> str:
    """Return the web address of a link in angle brackets, after a space; empty if it has none or shows it as text."""
    address, text = link.get("refuri", ""), link.astext()
    return f" <{address}>" if "://" in address and not ("." in text and text in address) else ""


def _words(cell: nodes.Node) -> str:
    """Return a cell's text, followed by the addresses of its links."""
    return text_of(cell) + "".join(map(_address, cell.findall(nodes.reference)))
