"""A doctree becomes LaTeX in the words of ``cvtools.cls``."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxTranslator

from cvtools.diagnostics import Subtype, warn
from cvtools.nodes import cv_field, cv_head, cv_tag
from cvtools.record import Block
from cvtools.writing.latex import math
from cvtools.writing.latex.escape import bind, escape, escape_url, normalise, visible
from cvtools.writing.latex.tables import column_specification

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
#: Classes of lists, and of the sections around them, whose items are names rather than sentences.
_RUN_IN = frozenset({"run-in", "cv-skills", "cv-languages", "cv-interests"})
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


class CvLatexTranslator(SphinxTranslator):
    """Writes one page of a PDF.

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
        self.footnotes = {
            anchor: note for note in document.findall(nodes.footnote) for anchor in cast(list[str], note["ids"])
        }
        self.noted: set[str] = set()
        #: Notes that are being written or come next, with their numbers.
        self.waiting: list[tuple[str, nodes.footnote]] = []
        self.in_code = 0
        #: The languages of the sections around, the innermost last.
        self.languages = [cast(str, builder.config.language)]
        #: What stands on the page, for the checks.
        self.blocks: list[Block] = []
        #: What ends each link and list that is open.
        self.closing: list[str] = []
        #: Places that the next words give a name to.
        self.targets: list[str] = []

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
            self._record(node)
        # Within a line, the end of a line would be a space.
        if isinstance(node, _PLACED) and node.line and not isinstance(node.parent, nodes.TextElement):
            self.body.append(f"\n%% {self.builder.source_of(node)}:{node.line}\n")
        if isinstance(node, nodes.Element) and not isinstance(node, _NAMED):
            self.targets += node["ids"]
        super().dispatch_visit(node)

    def _record(self, node: nodes.Node) -> None:
        """Keep the words of a block, and where they stand in the source."""
        if not isinstance(node, nodes.TextElement) or isinstance(node.parent, nodes.TextElement):
            return
        if isinstance(node, nodes.math_block) or type(node).__name__ in _SKIPPED or any(node.findall(_is_drawn)):
            return
        kind = "heading" if isinstance(node, nodes.title) else "field" if isinstance(node, cv_field) else "text"
        if any(isinstance(parent, (nodes.footnote, nodes.table)) for parent in _parents(node)):
            kind = "note"
        place = f"{self.builder.source_of(node)}:{node.line}" if node.line else ""
        tags = [tag.astext() for tag in node.findall(cv_tag)]
        texts = tags or [node.astext()]
        self.blocks += [Block(kind, visible(text), place) for text in texts]

    def render(self, parts: Iterable[nodes.Node]) -> str:
        """The LaTeX of nodes, apart from the page's."""
        kept, self.body = self.body, []
        for node in parts:
            node.walkabout(self)
        rendered, self.body = "".join(self.body), kept
        return rendered

    def visit_transition(self, node: nodes.transition) -> None:
        # MyST draws one above the footnotes, which stand on their pages here.
        if "footnotes" in node["classes"]:
            raise nodes.SkipNode
        self.unknown_visit(node)

    def depart_transition(self, node: nodes.transition) -> None:
        self.unknown_departure(node)

    # Text

    def visit_Text(self, node: nodes.Text) -> None:
        text = node.astext()
        self._see(text, node.parent)
        self.body += [f"\\cvtarget{{{self.anchor(self.docname, target)}}}" for target in self.targets]
        self.targets.clear()
        self.body.append(escape(text if self.in_code else bind(text, self.languages[-1])))

    def _see(self, text: str, node: nodes.Element) -> None:
        seen = self.characters["code" if self.in_code else "text"]
        for character in set(normalise(text)) - seen.keys():
            seen[character] = node

    def depart_Text(self, node: nodes.Text) -> None:
        pass

    def visit_paragraph(self, node: nodes.paragraph) -> None:
        if not _runs_in(node):
            self.body.append("\\cvpar ")

    def depart_paragraph(self, node: nodes.paragraph) -> None:
        self.body.append("\\cvendpar\n")
        if isinstance(node.next_node(descend=False, siblings=True), (nodes.bullet_list, nodes.enumerated_list)):
            self.body.append("\\cvleads\n")

    def visit_field_name(self, node: nodes.field_name) -> None:
        """A name in a field list that belongs to no entry."""
        self.body.append("\n\\cvpar \\textbf{")

    def depart_field_name(self, node: nodes.field_name) -> None:
        self.body.append(":} ")
        if not any(map(_runs_in, node.parent[-1].children)):
            self.body.append("\\cvendpar\n")

    def visit_literal(self, node: nodes.literal) -> None:
        self.in_code += 1
        self.unknown_visit(node)

    def depart_literal(self, node: nodes.literal) -> None:
        self.in_code -= 1
        self.unknown_departure(node)

    def visit_literal_block(self, node: nodes.FixedTextElement) -> None:
        self.in_code += 1
        code = node.astext().rstrip("\n").expandtabs()
        text = self.render([nodes.Text(code)]).replace(" ", "\\ ")
        coded = "".join(f"\\cvcodeline{{{line}}}\n" for line in text.split("\n"))
        self.in_code -= 1
        self.body.append(f"\\begin{{cvcodeblock}}\n{coded}\\end{{cvcodeblock}}\n")
        raise nodes.SkipNode

    visit_doctest_block = visit_literal_block

    # Headings and entries

    def visit_section(self, node: nodes.section) -> None:
        self.level += 1
        if "lang" in node:
            self.languages.append(node["lang"])
            self.body.append(f"\n\\begin{{cvlanguage}}{{{node['lang']}}}\n")

    def depart_section(self, node: nodes.section) -> None:
        self.level -= 1
        if "lang" in node:
            self.languages.pop()
            self.body.append("\n\\end{cvlanguage}\n")

    def visit_title(self, node: nodes.title) -> None:
        """A section's heading, with the head of its entry."""
        section = node.parent
        if not isinstance(section, nodes.section):
            self._record(node)
            self.body.append("\\cvrubric{")
            return
        head = next((child for child in section if isinstance(child, cv_head)), None)
        self._record(node)
        for field in head.findall(cv_field) if head else ():
            self._store(field)
        kind = head["kind"] if head else ""
        anchors = [*section["ids"], *([""] if isinstance(section.parent, nodes.document) else [])]
        targets = "".join(f"\\cvtarget{{{self.anchor(self.docname, anchor)}}}" for anchor in anchors)
        outline = escape(_words(node))
        self.body.append(f"\\cvheading{{{self.level}}}{{{kind}}}{{{outline}}}{{{targets}}}{{")

    def depart_title(self, node: nodes.title) -> None:
        self.body.append("}\n")

    def visit_cv_head(self, node: cv_head) -> None:
        section = node.parent
        if not isinstance(section, nodes.section) or node["kind"] == "unknown":
            for field in node.findall(cv_field):
                self.body.append(
                    f"\n\\cvpar \\textbf{{{escape(field['label'])}:}} {self.render(field.children)}\\cvendpar\n"
                )
        raise nodes.SkipNode

    def visit_cv_listitem(self, node: nodes.Element) -> None:
        for field in node.findall(cv_field):
            # A link that is called "Video" needs no label.
            field["label"] = ""
            self._store(field)
        self.body.append("\\cvlistingitem\n")
        raise nodes.SkipNode

    def _store(self, field: cv_field) -> None:
        """Hand a field to the class, which sets it when the heading comes."""
        self._record(field)
        if field["name"] == "technologies":
            content = "\\cvseparator ".join(self.render([tag]) for tag in field.children)
        else:
            content = self.render(field.children)
        self.body.append(f"\\cvfield{{{field['name']}}}{{{escape(field['label'])}}}{{{content}}}%\n")

    # Lists

    def visit_bullet_list(self, node: nodes.bullet_list) -> None:
        """A list; one of names runs on: in a section of skills, languages or interests, or where marked."""
        form = "cvrun" if _RUN_IN & {*node["classes"], *node.parent["classes"]} else "cvlist"
        self.body.append(f"\n\\begin{{{form}}}\n")
        self.closing.append(f"\\end{{{form}}}\n")

    def depart_bullet_list(self, node: nodes.bullet_list) -> None:
        self.body.append(self.closing.pop())

    def visit_enumerated_list(self, node: nodes.enumerated_list) -> None:
        style = {"loweralpha": "\\alph", "upperalpha": "\\Alph", "lowerroman": "\\roman", "upperroman": "\\Roman"}
        number = style.get(node.get("enumtype", ""), "\\arabic")
        self.body.append(f"\n\\begin{{cvenumeration}}{{{number}}}{{{node.get('start', 1)}}}\n")

    def depart_enumerated_list(self, node: nodes.enumerated_list) -> None:
        self.body.append("\\end{cvenumeration}\n")

    def visit_list_item(self, node: nodes.list_item) -> None:
        last = len(node.parent) > 1 and node is node.parent[-1]
        self.body.append("\\cvlast\n\\cvitem " if last else "\\cvitem ")

    def depart_list_item(self, node: nodes.list_item) -> None:
        self.body.append("\\cvenditem\n")

    # Tables

    def visit_tgroup(self, node: nodes.tgroup) -> None:
        if any("morecols" in entry or "morerows" in entry for entry in node.findall(nodes.entry)):
            warn(node, Subtype.LATEX, "the PDF has no cells that span rows or columns: write a plain table")
        self.body.append(f"\n\\begin{{cvtable}}{{{column_specification(node)}}}\n")

    def depart_tgroup(self, node: nodes.tgroup) -> None:
        self.body.append("\\end{cvtable}\n")

    def visit_thead(self, node: nodes.thead) -> None:
        pass

    def depart_thead(self, node: nodes.thead) -> None:
        self.body.append("\\cvheadrule\n")

    def visit_row(self, node: nodes.row) -> None:
        self.body.append("\\cvrow\n")

    def depart_row(self, node: nodes.row) -> None:
        self.body.append("\\cvendrow\n")

    def visit_entry(self, node: nodes.entry) -> None:
        if node.parent.index(node):
            self.body.append("&")
        self.body.append("\\cvheadcell " if isinstance(node.parent.parent, nodes.thead) else "\\cvcell ")

    def depart_entry(self, node: nodes.entry) -> None:
        self.body.append("\\cvendcell\n")

    # Links and notes

    def visit_reference(self, node: nodes.reference) -> None:
        before, after = self._link(node)
        alone = not isinstance(node.parent, nodes.TextElement)
        self.body.append(f"\n\\cvpar {before}" if alone else before)
        self.closing.append(f"{after}\\cvendpar\n" if alone else after)

    def depart_reference(self, node: nodes.reference) -> None:
        self.body.append(self.closing.pop())

    def _link(self, node: nodes.reference) -> tuple[str, str]:
        address: str = node.get("refuri", "")
        name = escape(_words(node) or address)
        # Without words, the address is shown.
        shown = "" if node.children else name
        if not address or address.startswith("%"):
            page, _, anchor = address.removeprefix("%").partition("#")
            page, anchor = page or self.docname, anchor or node.get("refid", "")
            if page in self.pages:
                return f"\\cvref{{{self.anchor(page, anchor)}}}{{{name}}}{{{shown}", "}"
            address = self.builder.web_address(page, anchor)
        if "://" in address or address.startswith(("mailto:", "tel:")):
            return f"\\cvlink{{{escape_url(address)}}}{{{name}}}{{{shown}", "}"
        return "", ""

    @staticmethod
    def anchor(docname: str, anchor: str) -> str:
        """A name for a place in the PDF, in characters that TeX does not act upon."""
        return re.sub(r"[^A-Za-z0-9.-]", lambda match: f".{ord(match[0]):x}.", f"{docname}.{anchor}".rstrip("."))

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

    # Pictures and formulas

    def visit_image(self, node: nodes.image) -> None:
        name = self.builder.images.get(node["uri"])
        # What nothing is said of is decoration, unless it leads somewhere.
        says = escape(node.get("alt", "") or node.parent.get("refuri", ""))
        if not name:
            remedy = "save it beside the page" if "://" in node["uri"] else "use PNG, JPEG or PDF"
            warn(node, Subtype.LATEX, f"the PDF cannot show {node['uri']}: {remedy}")
            latex = says
        else:
            # A picture that is all there is in its paragraph, or in a link that is
            line = node.parent.parent if isinstance(node.parent, nodes.reference) else node.parent
            alone = not isinstance(line, nodes.TextElement) or len(line) == len(node.parent) == 1
            form = "cvimage" if alone else "cvinlineimage"
            latex = f"\\{form}{{{name}}}{{{says}}}"
        inline = isinstance(node.parent, nodes.TextElement)
        self.body.append(latex if inline else f"\\cvpar {latex}\\cvendpar\n")
        raise nodes.SkipNode

    def visit_math(self, node: nodes.math) -> None:
        self._formula(node, "\\(", "\\)")

    def visit_math_block(self, node: nodes.math_block) -> None:
        self._formula(node, "\\[", "\\]\n")

    def _formula(self, node: nodes.Element, before: str, after: str) -> None:
        source = node.astext().strip()
        latex = math.display(source) if isinstance(node, nodes.math_block) else source
        if not (fault := math.problem(latex)):
            self._see(source, node)
            self.body.append(f"\\cvmath{{{escape(source)}}}{{{before}{latex}{after}}}")
            raise nodes.SkipNode
        warn(node, Subtype.LATEX, f"{fault}; it is shown as written")
        shown = nodes.literal if isinstance(node, nodes.math) else nodes.literal_block
        self.body.append(self.render([shown(source, source)]))
        raise nodes.SkipNode

    # Admonitions

    def visit_admonition(self, node: nodes.Element) -> None:
        titled = isinstance(node[0], nodes.title) or isinstance(node, addnodes.versionmodified)
        title = "" if titled else escape(self._admonition_label(node))
        self.body.append(f"\n\\begin{{cvadmonition}}{{{title}}}\n")

    def depart_admonition(self, node: nodes.Element) -> None:
        self.body.append("\\end{cvadmonition}\n")

    def _admonition_label(self, node: nodes.Element) -> str:
        from sphinx.locale import admonitionlabels

        return str(admonitionlabels.get(node.tagname, node.get("type", node.tagname).capitalize()))

    visit_topic = visit_sidebar = visit_seealso = visit_versionmodified = visit_admonition
    depart_topic = depart_sidebar = depart_seealso = depart_versionmodified = depart_admonition
    visit_attention = visit_caution = visit_danger = visit_error = visit_hint = visit_admonition
    depart_attention = depart_caution = depart_danger = depart_error = depart_hint = depart_admonition
    visit_important = visit_note = visit_tip = visit_warning = visit_admonition
    depart_important = depart_note = depart_tip = depart_warning = depart_admonition

    # What is for other outputs

    def visit_raw(self, node: nodes.raw) -> None:
        form, text = node.get("format", ""), node.astext()
        if form == "latex" and text.strip() == "\\\\":
            # MyST's break of a line
            self.body.append("\\newline{} ")
        elif 'type="checkbox"' in text:
            self.body.append("[x] " if "checked" in text else "[~] ")
        elif form != "html" or re.sub(r"(?s)<!--.*?-->|<[^>]*>", "", text).strip():
            warn(node, Subtype.LATEX, f"raw {form} is not for the PDF: use Markdown")
        raise nodes.SkipNode

    def visit_system_message(self, node: nodes.system_message) -> None:
        raise nodes.SkipNode


def _is_drawn(node: nodes.Node) -> bool:
    """Whether a node's words are not its text: a formula, a picture, the mark of a footnote, a tag of HTML."""
    return isinstance(node, (nodes.math, nodes.image, nodes.footnote_reference, nodes.raw))


def _runs_in(node: nodes.Node) -> bool:
    """Whether a paragraph goes on behind the name of its field."""
    return isinstance(node.parent, nodes.field_body) and node is node.parent[0] and isinstance(node, nodes.paragraph)


def _words(node: nodes.Element) -> str:
    """What a line says, on one line: without the marks of footnotes; of a picture, what it shows."""
    words = ""
    for part in node.findall():
        if isinstance(part, nodes.image):
            words += part.get("alt", "")
        elif isinstance(part, nodes.Text) and not isinstance(part.parent, (nodes.footnote_reference, nodes.raw)):
            words += part
    return " ".join(words.split())


def _parents(node: nodes.Node) -> Iterator[nodes.Node]:
    while node.parent is not None:
        node = node.parent
        yield node
