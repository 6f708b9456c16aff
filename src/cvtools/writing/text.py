"""Build ``cv.txt``, and write this package's nodes as plain text for Sphinx's own builders of text and LaTeX."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import groupby
from pathlib import Path
from typing import Any, NoReturn

from docutils import nodes
from sphinx.builders.text import TextBuilder
from sphinx.writers.text import TextTranslator

from cvtools.files import write_atomically
from cvtools.nodes import cv_field, cv_fields, cv_listing, cv_listitem, cv_tag, text_of
from cvtools.reading.characters import without_controls
from cvtools.writing.documents import head_lines, is_line_break, rows_of, side_by_side

#: Stand-in for a hard line break until lines are joined; no page contains this character.
_BREAK = "\v"


def nothing(self: Any, node: nodes.Node) -> None:
    """Write nothing."""


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
            has_fields = isinstance(node.next_node(descend=False, siblings=True), cv_fields)
            lines: Any = self.states[-1][-1][1]
            lines[-2:] = [] if has_fields else [""]

    def depart_reference(self, node: nodes.Element) -> None:
        self.add_text("".join(f" {address}" for address in _addresses(node)))

    # In forms, nobody reads stars and backquotes around words as emphasis and code.
    visit_emphasis = visit_strong = visit_literal = visit_title_reference = visit_inline = nothing
    depart_emphasis = depart_strong = depart_literal = depart_title_reference = depart_inline = nothing
    visit_literal_emphasis = visit_literal_strong = depart_literal_emphasis = depart_literal_strong = nothing

    def visit_image(self, node: nodes.Element) -> None:
        self.add_text(node.get("alt", ""))
        raise nodes.SkipNode

    def visit_raw(self, node: nodes.Element) -> None:
        self.add_text(_BREAK if is_line_break(node) else "")
        raise nodes.SkipNode

    def visit_caption(self, node: nodes.Element) -> None:
        """Write a caption on a line of its own, after the description of the picture."""
        self.new_state(0)

    def depart_caption(self, node: nodes.Element) -> None:
        self.end_state()

    def visit_paragraph(self, node: nodes.Element) -> None:
        if isinstance(node.parent, nodes.Admonition) and isinstance(node.previous_sibling(), nodes.paragraph):
            # Sphinx would join this paragraph to the one before it.
            self.add_text("\n\n")
        super().visit_paragraph(node)

    def visit_table(self, node: nodes.Element) -> None:
        titles = [part.astext() for part in node.children if isinstance(part, nodes.title)]
        rows = (" | ".join(map(words_of, row.children)) for row in rows_of(next(node.findall(nodes.tgroup))))
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
        # Tables and fields are written by text_of(), which leaves out references to footnotes.
        for reference in list(doctree.findall(nodes.footnote_reference)):
            text = f"[{reference.astext()}]"
            reference.replace_self(nodes.inline(text, text))
        translator: Any = self.create_translator(doctree, self)
        doctree.walkabout(translator)
        write_atomically(Path(self.outdir, f"{self.config.cv_file}.txt"), without_controls(translator.body))


def _addresses(link: nodes.Element) -> Iterator[str]:
    """Yield the address of a link in angle brackets, unless the link's text shows it."""
    address, text = link.get("refuri", ""), link.astext()
    if "://" in address and not ("." in text and text in address):
        yield f"<{address}>"


def words_of(node: nodes.Node) -> str:
    """Return a node's text, followed by the addresses of its links."""
    tags = [tag.astext() for tag in node.findall(cv_tag)]
    addresses = [address for link in node.findall(nodes.reference) for address in _addresses(link)]
    return ", ".join(tags) or " ".join([text_of(node), *addresses])


def lines_of(
    head: nodes.Element, words: Callable[[nodes.Node], str] = words_of, escape: Callable[[str], str] = str
) -> Iterator[str]:
    """Yield the lines of an entry's head: headline, place and time without labels, then a line for each other field.

    :param words: returns the text of a field
    :param escape: escapes a label with its colon; the page chooses the label of an unknown field
    """
    for name, fields in head_lines(head).items():
        if name in {"headline", "place", "when"}:
            yield from filter(None, [line_of(fields, words)])
            continue
        for field in fields:
            yield f"{escape(field['label'] + ':')} {words(field)}" if field.slot != "plain" else words(field)


def line_of(fields: Iterable[cv_field], words: Callable[[nodes.Node], str] = words_of) -> str:
    return "".join(f"{before}{words(field)}{after}" for before, field, after in side_by_side(fields))


def visit_fields(self: TextTranslator, node: cv_fields) -> NoReturn:
    if lines := list(lines_of(node)):
        self.new_state(0)
        self.add_text("\n".join(lines))
        self.end_state(wrap=False)
    raise nodes.SkipNode


def visit_listing(self: TextTranslator, node: cv_listing) -> NoReturn:
    for item in node.findall(cv_listitem):
        self.new_state(2)
        self.add_text(line_of(item.findall(cv_field)))
        self.end_state(wrap=False, first="* ")
    raise nodes.SkipNode


def visit_as_paragraphs(self: Any, node: nodes.Element) -> NoReturn:
    """Write each line of an entry's head, or each entry in a listing, as a paragraph."""
    items = (item.findall(cv_field) for item in node.findall(cv_listitem))
    lines = lines_of(node) if isinstance(node, cv_fields) else map(line_of, items)
    # Visitors of paragraphs need a parent.
    for paragraph in nodes.container("", *(nodes.paragraph("", line) for line in lines)):
        paragraph.walkabout(self)
    raise nodes.SkipNode


#: Visitors that write a node with all nodes in it: as plain text, and for Sphinx's own LaTeX, Texinfo and manual pages.
VISITORS: Mapping[type[nodes.Element], tuple[Callable[[Any, Any], None], Callable[[Any, Any], None]]] = {
    cv_fields: (visit_fields, visit_as_paragraphs),
    cv_listing: (visit_listing, visit_as_paragraphs),
}
