"""Translate a doctree to paragraphs and tables of a DOCX, in the styles that ``document.py`` defines."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Twips
from sphinx.builders import Builder

from cvtools.config import CvConfig
from cvtools.i18n import I18n
from cvtools.nodes import cv_field, cv_listitem, fields_of
from cvtools.reading.characters import normalise
from cvtools.sphinx_warnings import note
from cvtools.writing import documents
from cvtools.writing.docx.document import Pictures, element, text_run, text_width
from cvtools.writing.tables import columns_of

_BOLD, _ITALIC = {"b": 1, "bCs": 1}, {"i": 1, "iCs": 1}
#: Properties of the runs of text in a node.
_PROPERTIES: Mapping[str, Mapping[str, object]] = {
    **dict.fromkeys(("classifier", "emphasis", "literal_emphasis", "title_reference"), _ITALIC),
    **dict.fromkeys(("literal_strong", "rubric", "strong", "term"), _BOLD),
    "literal": {"rStyle": "Code"},
    "subscript": {"vertAlign": "subscript"},
    "superscript": {"vertAlign": "superscript"},
}
#: The order that the format demands of the properties of runs.
_RUN_ORDER = ("rStyle", "b", "bCs", "i", "iCs", "vertAlign", "rtl", "lang")
#: Nodes that begin a paragraph.
_PARAGRAPHS = frozenset("attribution caption classifier line_block paragraph rubric term".split())
#: Paragraphs that stay on the page of the next one, and blocks that keep the paragraph before them.
_KEPT, _KEPT_BEFORE = (nodes.rubric, nodes.term), (nodes.bullet_list, nodes.enumerated_list)
#: Text before and after the content of a node.
_AROUND = {"attribution": ("— ", ""), "classifier": (" (", ")")}
#: Styles of the blocks within a node.
_STYLES = {"block_quote": "Quote", "figure": "Caption", "definition": "List Continue"}
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_BREAK = qn("w:br")
_DOT = " · "
#: The indentation of a list in python-docx's template.
_INDENT = Twips(360)


class DocxTranslator(documents.DocumentTranslator):
    """Translator of the root page, which adds it to a document."""

    def __init__(self, doctree: nodes.document, builder: Builder, document: Document) -> None:
        super().__init__(doctree, builder)
        self.docx = document
        #: The element to which paragraphs and tables are added: the body, or a cell of a table.
        self.blocks: BaseOxmlElement = document.element.body
        #: The element to which runs are added, a paragraph or a link in it; None if the next text begins a paragraph.
        self.line: BaseOxmlElement | None = None
        #: Styles of paragraphs, and properties of runs, that the enclosing nodes set, the innermost last.
        self.styles = ["Normal"]
        self.properties: list[Mapping[str, object]] = [{}]
        #: The last run of text, with its properties.
        self.run: tuple[BaseOxmlElement | None, Mapping[str, object]] = None, {}
        #: Style and number of the next paragraph, if the paragraph begins an item of a list.
        self.item: tuple[str, BaseOxmlElement | None] | None = None
        #: The number of enclosing lists.
        self.depth = 0
        #: The alignment of the current cell of a table; empty for that of the style.
        self.alignment = ""
        #: Names of bookmarks, by the ids to which links lead.
        self.bookmarks: dict[str, str] = {}
        for node in doctree.findall(lambda node: isinstance(node, (nodes.reference, nodes.footnote_reference))):
            if isinstance(target := self._target(node), tuple):
                self.bookmarks.setdefault(target[1], f"cv{len(self.bookmarks) + 1}")
        #: Ids of relationships to the addresses of links.
        self.links: dict[str, str] = {}
        self.pictures = Pictures(document)

    # Blocks and runs

    def begin_paragraph(self, style: str = "", *, keep: bool = False, alignment: str = "") -> None:
        """Begin a paragraph in a style, by default that of the enclosing nodes.

        :param keep: whether the paragraph stays on the page of the next one
        """
        number = None
        if self.item and not style:
            (style, number), self.item = self.item, None
        # In the order that the format demands.
        properties = [element("pStyle", val=(style or self.styles[-1]).replace(" ", ""))]
        if keep:
            properties.append(element("keepNext"))
        if number is not None:
            properties.append(number)
        if (rtl := _is_rtl(self.languages[-1])) != _is_rtl(self.languages[0]):
            properties.append(element("bidi", val=int(rtl)))
        if alignment := alignment or self.alignment:
            properties.append(element("jc", val=alignment))
        self.line = element("p", element("pPr", *properties))
        self.blocks.append(self.line)

    def add_text(self, text: str, **more: object) -> None:
        if not (text := normalise(text)):
            return
        line = self._line()
        while self.targets:
            name = self.bookmarks[self.targets.pop()]
            self._append(element("bookmarkStart", id=name[2:], name=name))
            self._append(element("bookmarkEnd", id=name[2:]))
        properties = {name: value for added in (*self.properties, more) for name, value in added.items()}
        if self.languages[-1] != self.languages[0]:
            properties["lang"] = self.languages[-1]
        if _RTL.search(text):
            properties["rtl"] = 1
        run, before = self.run
        if len(line) and line[-1] is run and before == properties:
            # Extend the last run, so that the file does not tell where a variant left out words.
            run[-1].text += text
        else:
            self.run = text_run(text, *_property_elements(properties)), properties
            self._append(self.run[0])

    def _line(self) -> BaseOxmlElement:
        """Return the line; begin a paragraph if there is none."""
        if self.line is None:
            self.begin_paragraph()
        return cast(BaseOxmlElement, self.line)

    def _append(self, run: BaseOxmlElement) -> None:
        self._line().append(run)

    def _break(self) -> None:
        self._append(element("r", element("br")))

    def add_inline(self, siblings: Iterable[nodes.Node]) -> None:
        """Append nodes to the line, also paragraphs, which begin no line of their own here."""
        line = self._line()
        for node in siblings:
            node.walkabout(self)
            self.line = line

    def dispatch_visit(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Element) and not isinstance(node, nodes.document):
            self.targets += [target for target in node["ids"] if target in self.bookmarks]
        # Visitors may replace these for their node.
        self.styles.append(self.styles[-1])
        self.properties.append({})
        try:
            super().dispatch_visit(node)
        except nodes.SkipNode:
            self._leave()
            raise

    def dispatch_departure(self, node: nodes.Node) -> None:
        super().dispatch_departure(node)
        self._leave()

    def _leave(self) -> None:
        self.styles.pop()
        self.properties.pop()

    def unknown_visit(self, node: nodes.Node) -> None:
        name = type(node).__name__
        # A paragraph continues a line that is not finished, as the text of a footnote does.
        if name in _PARAGRAPHS and self.line is None:
            # No page is to end behind the lead of a list, or before the last item of several.
            is_kept = isinstance(node.next_node(descend=False, siblings=True), _KEPT_BEFORE) or isinstance(node, _KEPT)
            is_last_but_one = isinstance(node.parent, nodes.list_item) and node.parent in node.parent.parent[-2:-1]
            self.begin_paragraph(keep=is_kept or is_last_but_one)
        self.add_text(_AROUND.get(name, ("", ""))[0])
        # The journal of a publication in a list
        is_journal = isinstance(node, cv_field) and node.slot == "who"
        self.properties[-1] = _ITALIC if is_journal else _PROPERTIES.get(name, {})
        label = documents.admonition_label(node)
        self.styles[-1] = _STYLES.get(name, self.styles[-1]) if label is None else "List Continue"
        if label:
            self.begin_paragraph(keep=True)
            self.add_text(label, **_BOLD)
            self.line = None

    def unknown_departure(self, node: nodes.Node) -> None:
        name = type(node).__name__
        self.add_text(_AROUND.get(name, ("", ""))[1])
        if name in _PARAGRAPHS:
            self.line = None

    def visit_Text(self, node: nodes.Text) -> None:
        text = documents.one_line(node.astext())
        before = self.line[-1][-1:] if self.line is not None and len(self.line) else []
        self.add_text(text.lstrip() if any(part.tag == _BREAK for part in before) else text)

    def depart_Text(self, node: nodes.Text) -> None:
        """Write nothing after text."""

    # Sections, headings and entries

    def visit_title(self, node: nodes.title) -> None:
        if isinstance(node.parent, nodes.section):
            self.begin_paragraph("Title" if self.level == 1 else f"Heading {min(self.level - 1, 9)}")
        else:
            self.begin_paragraph("Caption", keep=True)
        fields = fields_of(node.parent)
        for photo in fields.findall(nodes.image) if fields and self.level == 1 else ():
            self._picture(photo, is_photo=True)
        self.add_inline(node.children)
        if fields and fields["kind"] == "person":
            lines = documents.head_lines(fields)
            self._paragraph_of("Subtitle", lines["headline"])
            self._paragraph_of("Contact", [*lines["contact"], *lines["who_where"], *lines["details"]])
        elif fields:
            self._entry_head(fields)
        self.line = None
        raise nodes.SkipNode

    def _entry_head(self, fields: nodes.Element) -> None:
        """Write the fields below a title, dates first: parsers of CVs would add an employer there to the title."""
        lines = documents.head_lines(fields)
        if lines["when"] or lines["who_where"]:
            self.begin_paragraph("Entry")
            self._side_by_side(lines["when"])
            self.add_text(": " if lines["when"] and lines["who_where"] else "")
            self._side_by_side(lines["who_where"])
        self._paragraph_of("Details", [*lines["contact"], *lines["details"]])
        self._paragraph_of("Details", lines["tags"])
        # Allow a page break after a head to which no text belongs.
        if self.line is not None and isinstance(fields.next_node(descend=False, siblings=True), cv_listitem | None):
            self.line.pPr[0].addnext(element("keepNext", val=0))

    def _side_by_side(self, fields: Iterable[cv_field]) -> None:
        for before, field, after in documents.side_by_side(fields):
            self.add_text(before)
            self.properties[-1] = _BOLD if field.slot == "who" else {}
            self.add_inline(field.children)
            self.properties[-1] = {}
            self.add_text(after)

    def _paragraph_of(self, style: str, fields: Iterable[cv_field]) -> None:
        """Write a paragraph of fields with dots between them, if there are any."""
        for number, field in enumerate(fields):
            if not number:
                self.begin_paragraph(style)
            label = documents.label_of(field)
            self.add_text((_DOT if number else "") + (f"{label}: " if label else ""))
            self.add_inline(documents.content_of(field))

    def visit_cv_listitem(self, node: nodes.Element) -> None:
        self.begin_paragraph("Listing")
        self.add_inline(field for field in node.findall(cv_field) if field.slot == "title")
        self._entry_head(node)
        self.line = None
        raise nodes.SkipNode

    def visit_transition(self, node: nodes.transition) -> None:
        self.begin_paragraph(alignment="center")
        self.add_text("* * *")
        self.line = None
        raise nodes.SkipNode

    # Paragraphs and lists

    def visit_bullet_list(self, node: nodes.bullet_list) -> None:
        if not documents.is_run_in(node):
            self.depth += 1
            return
        self.begin_paragraph("Facts" if "cv-facts" in node["classes"] else "")
        for number, item in enumerate(node.children):
            self.add_text(_DOT if number else "")
            self.add_inline(item.children)
        self.line = None
        raise nodes.SkipNode

    def depart_bullet_list(self, node: nodes.Element) -> None:
        self.depth -= 1

    def visit_enumerated_list(self, node: nodes.enumerated_list) -> None:
        self.depth += 1
        numbering = self.docx.part.numbering_part.element
        used = [int(number) for number in numbering.xpath("w:abstractNum/@w:abstractNumId")]
        level = element(
            "lvl",
            element("start", val=min(max(int(node.get("start", 1)), 0), 9999)),
            element("numFmt", val="decimal"),
            element("lvlText", val="%1."),
            element("lvlJc", val="left"),
            element("pPr", element("ind", left=_INDENT.twips * self.depth, hanging=_INDENT.twips)),
            ilvl=0,
        )
        numbering.insert(0, element("abstractNum", level, abstractNumId=max(used) + 1))
        node["docx_number"] = numbering.add_num(max(used) + 1).numId

    depart_enumerated_list = depart_bullet_list

    def visit_list_item(self, node: nodes.list_item) -> None:
        depth = f" {min(self.depth, 3)}" if self.depth > 1 else ""
        number = None
        if isinstance(node.parent, nodes.enumerated_list):
            chosen = element("numId", val=node.parent["docx_number"])
            number = element("numPr", element("ilvl", val=0), chosen)
        self.item = f"List {'Bullet' if number is None else 'Number'}{depth}", number
        self.styles[-1] = f"List Continue{depth}"

    def depart_list_item(self, node: nodes.list_item) -> None:
        self.item = None

    def depart_line(self, node: nodes.line) -> None:
        self.unknown_departure(node)
        if node is not node.parent[-1]:
            self._break()

    def visit_literal_block(self, node: nodes.FixedTextElement) -> None:
        self.begin_paragraph("Code Block")
        for number, line in enumerate(node.astext().rstrip("\n").expandtabs().split("\n")):
            if number:
                self._break()
            self.add_text(line)
        self.line = None
        raise nodes.SkipNode

    visit_doctest_block = visit_literal_block

    # Tables

    def _open(self, block: BaseOxmlElement) -> None:
        self.blocks.append(block)
        self.blocks = block

    def visit_tgroup(self, node: nodes.tgroup) -> None:
        # Even an empty column must be visible.
        widths = [max(width, 1) for width in columns_of(node, CvConfig.of(self.config).font_size).widths]
        scale = text_width(self.docx).twips / sum(widths)
        grid = [element("gridCol", w=int(width * scale)) for width in widths]
        look = element("tblLook", firstRow=int(any(node.findall(nodes.thead))), firstColumn=0, noVBand=1, noHBand=1)
        style, size = element("tblStyle", val="CVTable"), element("tblW", w=5000, type="pct")
        self.line = None
        self._open(element("tbl", element("tblPr", style, size, look), element("tblGrid", *grid)))
        self.styles[-1] = "Table Text"

    def depart_tgroup(self, node: nodes.tgroup) -> None:
        self.blocks = self.blocks.getparent()
        # Without an empty paragraph, Word would join the next table to this one.
        self.blocks.append(element("p", element("pPr", element("pStyle", val="TableText"))))

    def visit_row(self, node: nodes.row) -> None:
        head = [element("tblHeader")] if isinstance(node.parent, nodes.thead) else []
        self._open(element("tr", element("trPr", element("cantSplit"), *head)))
        self.properties[-1] = _BOLD if head else {}

    def depart_row(self, node: nodes.row) -> None:
        self.blocks = self.blocks.getparent()

    def visit_entry(self, node: nodes.entry) -> None:
        self._open(element("tc", element("tcPr")))
        self.alignment = documents.alignment(node)

    def depart_entry(self, node: nodes.entry) -> None:
        if self.blocks[-1].tag != qn("w:p"):
            self.begin_paragraph()
        self.line, self.alignment = None, ""
        self.blocks = self.blocks.getparent()

    # Inline nodes

    def visit_raw(self, node: nodes.raw) -> None:
        if documents.is_line_break(node):
            self._break()
        raise nodes.SkipNode

    def visit_math(self, node: nodes.TextElement) -> None:
        # Few CVs have formulas.
        from cvtools.reading import latex

        if is_block := isinstance(node, nodes.math_block):
            self.begin_paragraph(alignment="center")
        self.add_text(" ".join(latex.words(f"${node.astext().strip()}$").split()), **_ITALIC)
        if is_block:
            self.line = None
        raise nodes.SkipNode

    visit_math_block = visit_math

    def _target(self, node: Any) -> tuple[str, str] | str | None:
        return documents.link_target(node, self.config, self.docname, [self.docname])

    def visit_reference(self, node: nodes.Element) -> None:
        """Append a link to the line, or only its text if the DOCX cannot link to its target."""
        line = self._line()
        is_footnote = isinstance(node, nodes.footnote_reference)
        self.properties[-1] = {"vertAlign": "superscript"} if is_footnote else {}
        if target := self._target(node):
            link = element("hyperlink", history=1)
            if isinstance(target, str):
                if target not in self.links:
                    # python-docx's own method takes long, since it compares the address with all others.
                    self.links[target] = key = f"link{len(self.links) + 1}"
                    self.docx.part.rels.add_relationship(RELATIONSHIP_TYPE.HYPERLINK, target, key, is_external=True)
                link.set(qn("r:id"), self.links[target])
            elif name := self.bookmarks.get(target[1]):
                link.set(qn("w:anchor"), name)
            line.append(link)
            self.line = link
            self.properties[-1] = {**self.properties[-1], "rStyle": "Hyperlink"}
        self.add_inline(node.children)
        if not node.children:
            self.add_text(node.get("refuri", node.rawsource))
        self.line = line if isinstance(node.parent, nodes.TextElement) else None
        raise nodes.SkipNode

    visit_footnote_reference = visit_reference

    def visit_footnote(self, node: nodes.footnote) -> None:
        # Footnotes are paragraphs at the end of the text: parsers of CVs do not read the footnotes of word processors.
        self.begin_paragraph("Footnote Text")
        self.add_text(node[0].astext(), vertAlign="superscript")
        self.add_text(" ")
        self.styles[-1] = "Footnote Text"

    def depart_footnote(self, node: nodes.footnote) -> None:
        self.line = None

    # Pictures

    def visit_image(self, node: nodes.image) -> None:
        if not self._picture(node):
            # A picture without a description is decoration, unless it is a link.
            self.add_text(node.get("alt", "") or node.parent.get("refuri", ""))
        if not isinstance(node.parent, nodes.TextElement):
            self.line = None
        raise nodes.SkipNode

    def _picture(self, node: nodes.image, *, is_photo: bool = False) -> bool:
        """Append a picture to the line; return False if the document cannot show it."""
        if node["uri"] not in self.builder.images:
            return False
        path = Path(self.builder.srcdir, node["uri"])
        try:
            picture = self.pictures.drawing(path, node, _INDENT * self.depth, is_photo=is_photo)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a picture, its description replaces it
            location = self.builder.env.path2doc(node.source or "") or self.docname, node.line or 0
            # python-docx divides by the size and the density of a picture.
            has_no_size = isinstance(error, ZeroDivisionError)
            reason = "it has no size: save it again" if has_no_size else str(error) or "save it as PNG or JPEG"
            note(location, "docx", f"cv.docx cannot show {node['uri']}: {reason}", self.config)
            return False
        self._append(element("r", picture))
        return True


def _property_elements(properties: Mapping[str, object]) -> list[BaseOxmlElement]:
    """Return the elements of a run's properties, in the order that the format demands."""
    elements = [element(name, val=properties[name]) for name in _RUN_ORDER if name in properties]
    if "lang" in properties:
        # The format has a language for each of three groups of scripts.
        elements[-1].attrib.update({qn("w:eastAsia"): str(properties["lang"]), qn("w:bidi"): str(properties["lang"])})
    return elements


@cache
def _is_rtl(language: str) -> bool:
    return bool(I18n(language).locale.text_direction == "rtl")
