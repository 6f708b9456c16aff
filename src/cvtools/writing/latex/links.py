"""Links and footnotes in LaTeX."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from docutils import nodes

from cvtools.writing.latex.escape import escape, escape_url, place_name
from cvtools.writing.latex.words import words_of
from cvtools.writing.latex.writer import Writer

if TYPE_CHECKING:
    from cvtools.writing.latex.builder import CvLatexBuilder


class Links(Writer):
    """Writes references."""

    def __init__(self, document: nodes.document, builder: "CvLatexBuilder", pages: Iterable[str], top: int) -> None:
        super().__init__(document, builder, pages, top)
        self.footnotes = {
            anchor: note for note in document.findall(nodes.footnote) for anchor in cast(list[str], note["ids"])
        }
        self.noted: set[str] = set()
        #: Notes that are being written or come next, with their numbers.
        self.waiting: list[tuple[str, nodes.footnote]] = []

    def visit_reference(self, node: nodes.reference) -> None:
        before, after = self._link(node)
        alone = not isinstance(node.parent, nodes.TextElement)
        self.body.append(f"\n\\cvpar {before}" if alone else before)
        self.closing.append(f"{after}\\cvendpar\n" if alone else after)

    def depart_reference(self, node: nodes.reference) -> None:
        self.body.append(self.closing.pop())

    def _link(self, node: nodes.reference) -> tuple[str, str]:
        address: str = node.get("refuri", "")
        name = escape(words_of(node) or address)
        # Without words, the address is shown.
        shown = "" if node.children else name
        if not address or address.startswith("%"):
            page, _, anchor = address.removeprefix("%").partition("#")
            page, anchor = page or self.docname, anchor or node.get("refid", "")
            if page in self.pages:
                return f"\\cvref{{{place_name(page, anchor)}}}{{{name}}}{{{shown}", "}"
            address = self.builder.web_address(page, anchor)
        if "://" in address or address.startswith(("mailto:", "tel:")):
            return f"\\cvlink{{{escape_url(address)}}}{{{name}}}{{{shown}", "}"
        return "", ""

    def visit_footnote_reference(self, node: nodes.footnote_reference) -> None:
        anchor = cast(str, node["refid"])
        number = node.astext()
        self.body.append(f"\\footnotemark[{number}]")
        if anchor in self.footnotes and anchor not in self.noted:
            self.noted.add(anchor)
            self.waiting.append((number, self.footnotes[anchor]))
            # TeX loses a note that stands within another one, so it comes after it.
            if len(self.waiting) == 1:
                self._write_notes()
        raise nodes.SkipNode

    def _write_notes(self) -> None:
        while self.waiting:
            number, footnote = self.waiting[0]
            note = self.render(child for child in footnote if not isinstance(child, nodes.label))
            self.body.append(f"\\cvnote{{{number}}}{{{note.strip()}}}")
            del self.waiting[0]
