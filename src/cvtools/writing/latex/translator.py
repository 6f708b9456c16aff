"""A doctree becomes LaTeX in the words of ``cvtools.cls``."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.locale import admonitionlabels
from sphinx.util.docutils import SphinxTranslator

from cvtools.expected import TextBlock
from cvtools.nodes import cv_field, cv_fields
from cvtools.problems import Code, SourceError, warn
from cvtools.writing.latex import markup as tex
from cvtools.writing.latex.escape import bind, destination, normalise
from cvtools.writing.latex.markup import Latex
from cvtools.writing.latex.plain_text import blocks_of, say_abbreviations, words_of
from cvtools.writing.latex.tables import columns

if TYPE_CHECKING:
    from cvtools.writing.latex.builder import CvLatexBuilder

#: Nodes that become a command within a line, and those that become one on lines of its own.
_INLINE: Mapping[str, str] = {
    "emphasis": "emph",
    "literal": "cvcode",
    "literal_emphasis": "emph",
    "literal_strong": "textbf",
    "strong": "textbf",
    "subscript": "textsubscript",
    "superscript": "textsuperscript",
    "title_reference": "emph",
}
_BLOCKS: Mapping[str, str] = {
    "attribution": "cvattribution",
    "caption": "cvcaption",
    "rubric": "cvrubric",
    "term": "cvterm",
}
#: Nodes that become an environment.
_ENVIRONMENTS: Mapping[str, str] = {
    "block_quote": "cvquote",
    "cv_listing": "cvlisting",
    "definition_list": "cvdefinitions",
    "definition_list_item": "cvdefined",
    "line_block": "cvlines",
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
    cv_fields,
)
#: Nodes whose names are set by themselves, or that no link leads to.
_NAMED = (nodes.document, nodes.section, nodes.footnote, nodes.footnote_reference)
#: Classes of lists, and of the sections around them, whose items are names rather than sentences.
_RUN_IN = frozenset({"run-in", "cv-skills", "cv-languages", "cv-interests"})
_NUMERALS = {"loweralpha": "alph", "upperalpha": "Alph", "lowerroman": "roman", "upperroman": "Roman"}

_SPACE = re.compile(r"\s")
#: Where an address may be broken.
_PARTS = re.compile(r"(?<=[^:/][/?&=#])(?=\w)")


class LatexTranslator(SphinxTranslator):
    """Writes one page of a PDF, and keeps what stands on it for the checks.

    :param pages: all pages of this PDF
    :param top: the level of the page's first heading, from 1
    """

    builder: "CvLatexBuilder"

    def __init__(self, document: nodes.document, builder: "CvLatexBuilder", pages: Iterable[str], top: int) -> None:
        super().__init__(document, builder)
        self.docname = cast(str, document["docname"])
        self.pages = frozenset(pages)
        self.level = top - 1
        self.body: list[Latex] = []
        #: The first node with each character, in text and in code.
        self.characters: dict[str, dict[str, nodes.Node]] = {"text": {}, "code": {}}
        self.in_code = 0
        #: The languages of the sections around, the innermost last.
        self.languages = [cast(str, builder.config.language)]
        #: What stands on the page, for the checks.
        self.blocks: list[TextBlock] = []
        #: What ends each link and list that is open.
        self.closing: list[Latex] = []
        #: Destinations that the next words give a name to.
        self.targets: list[str] = []
        #: Whether there are words that are read from right to left.
        self.is_leftward = False
        self.footnotes = {
            anchor: note for note in document.findall(nodes.footnote) for anchor in cast(list[str], note["ids"])
        }
        self.noted: set[str] = set()
        #: Notes that are being written or come next, with their numbers.
        self.waiting: list[tuple[Latex, nodes.footnote]] = []
        say_abbreviations(document)

    def write(self, *parts: Latex) -> None:
        """Add to the page."""
        self.body += parts

    def write_block(self, *parts: Latex) -> None:
        """Add to the page, on lines of their own."""
        self.write(tex.NEWLINE, *parts, tex.NEWLINE)

    def render(self, parts: Iterable[nodes.Node]) -> Latex:
        """Return the LaTeX of nodes, apart from the page's."""
        kept, self.body = self.body, []
        for node in parts:
            node.walkabout(self)
        rendered, self.body = tex.joined(self.body), kept
        return rendered

    # Nodes without a visitor of their own

    def dispatch_visit(self, node: nodes.Node) -> None:
        """Visit a node.

        :raises SourceError: it holds what TeX must not read
        """
        if not isinstance(node, nodes.title):
            self.collect_blocks(node)
        source = self.builder.source_of(node, self.docname) if isinstance(node, nodes.Element) else ""
        # Within a line, the end of a line would be a space.
        if isinstance(node, _PLACED) and node.line and not isinstance(node.parent, nodes.TextElement):
            self.write(tex.NEWLINE, tex.source_mark(source, node.line))
        if isinstance(node, nodes.Element) and not isinstance(node, _NAMED):
            self.targets += node["ids"]
        try:
            super().dispatch_visit(node)
        except tex.NotLatexError as error:
            raise SourceError(source, _line(node), f"the PDF cannot hold this: {error}") from error

    def unknown_visit(self, node: nodes.Node) -> None:
        name = type(node).__name__
        if name in _SKIPPED:
            raise nodes.SkipNode
        if name in _INLINE:
            self.write(tex.opened(_INLINE[name]))
        elif name in _BLOCKS:
            self.write(tex.NEWLINE, tex.opened(_BLOCKS[name]))
        elif name in _ENVIRONMENTS:
            self.write_block(tex.begin(_ENVIRONMENTS[name]))
        elif name not in _TRANSPARENT:
            warn(node, Code.LATEX, f"the PDF has no form for {name}: its words are kept, its look is lost")
            if not isinstance(node.parent, nodes.TextElement):
                self.write(tex.NEWLINE, tex.word("par"))

    def unknown_departure(self, node: nodes.Node) -> None:
        name = type(node).__name__
        if name in _INLINE:
            self.write(tex.CLOSED)
        elif name in _BLOCKS:
            self.write(tex.CLOSED, tex.NEWLINE)
        elif name in _ENVIRONMENTS:
            self.write(tex.end(_ENVIRONMENTS[name]), tex.NEWLINE)

    def collect_blocks(self, node: nodes.Node) -> None:
        """Keep the words of a block, and where they stand in the source."""
        if isinstance(node, nodes.TextElement) and type(node).__name__ not in _SKIPPED:
            location = f"{self.builder.source_of(node, self.docname)}:{node.line}" if node.line else ""
            self.blocks += blocks_of(node, location)

    # Text

    def visit_Text(self, node: nodes.Text) -> None:
        text = node.astext()
        self.see(text, node.parent)
        self.write(*(tex.command("cvtarget", self.destination(target)) for target in self.targets))
        self.targets.clear()
        if isinstance(node.parent, nodes.reference) and not _SPACE.search(text):
            # An address may end a line where it has a part behind it.
            self.write(tex.joined(map(tex.text, _PARTS.split(text)), tex.word("cvbreak")))
        else:
            self.write(tex.text(text if self.in_code else bind(text, self.languages[-1])))

    def depart_Text(self, node: nodes.Text) -> None:
        pass

    def see(self, text: str, node: nodes.Element) -> None:
        """Take note of characters, which fonts must have."""
        seen = self.characters["code" if self.in_code else "text"]
        new = set(normalise(text)) - seen.keys()
        for character in new:
            seen[character] = node
        if not self.is_leftward and {"R", "AL"} & set(map(unicodedata.bidirectional, new)):
            self.is_leftward = True
            warn(node, Code.LATEX, "the PDF cannot set words from right to left: write them in Latin letters")

    def visit_literal(self, node: nodes.literal) -> None:
        self.in_code += 1
        self.unknown_visit(node)

    def depart_literal(self, node: nodes.literal) -> None:
        self.in_code -= 1
        self.unknown_departure(node)

    def visit_classifier(self, node: nodes.classifier) -> None:
        self.write(tex.SPACE, tex.opened("cvclassifier"))

    def depart_classifier(self, node: nodes.classifier) -> None:
        self.write(tex.CLOSED)

    # Headings, the heads of entries, and lists of talks

    def visit_section(self, node: nodes.section) -> None:
        self.level += 1
        if "lang" in node:
            self.languages.append(node["lang"])
            self.write_block(tex.begin("cvlanguage", tex.identifier(node["lang"])))

    def depart_section(self, node: nodes.section) -> None:
        self.level -= 1
        if "lang" in node:
            self.languages.pop()
            self.write_block(tex.end("cvlanguage"))

    def visit_title(self, node: nodes.title) -> None:
        """Write a section's heading, with the head of its entry."""
        section = node.parent
        if not isinstance(section, nodes.section):
            self.collect_blocks(node)
            self.write(tex.opened("cvrubric"))
            return
        head = next((child for child in section if isinstance(child, cv_fields)), None)
        self.collect_blocks(node)
        for field in head.findall(cv_field) if head else ():
            self._store(field)
        anchors = [*section["ids"], *([""] if isinstance(section.parent, nodes.document) else [])]
        targets = tex.joined(tex.command("cvtarget", self.destination(anchor)) for anchor in anchors)
        kind = tex.identifier(head["kind"] if head else "")
        self.write(tex.opened("cvheading", tex.number(self.level), kind, tex.text(words_of(node)), targets))

    def depart_title(self, node: nodes.title) -> None:
        self.write(tex.CLOSED, tex.NEWLINE)

    def visit_cv_fields(self, node: cv_fields) -> None:
        if not isinstance(node.parent, nodes.section) or node["kind"] == "unknown":
            for field in node.findall(cv_field):
                label = tex.command("textbf", tex.text(f"{field['label']}:"))
                paragraph = self.render(field.children)
                self.write_block(tex.word("cvpar"), label, tex.SPACE, paragraph, tex.command("cvendpar"))
        raise nodes.SkipNode

    def visit_cv_listitem(self, node: nodes.Element) -> None:
        for field in node.findall(cv_field):
            # A link that is called "Video" needs no label.
            field["label"] = ""
            self._store(field)
        self.write(tex.command("cvlistingitem"), tex.NEWLINE)
        raise nodes.SkipNode

    def _store(self, field: cv_field) -> None:
        """Hand a field to the class, which sets it when the heading comes."""
        self.collect_blocks(field)
        if field["name"] == "technologies":
            tags = (tex.command("cvtag", self.render([tag])) for tag in field.children)
            content = tex.joined(tags, tex.word("cvbetween"))
        else:
            content = self.render(field.children)
        name, label = tex.identifier(field["name"]), tex.text(field["label"])
        self.write(tex.command("cvfield", name, label, content), tex.JOINED_LINE)

    # Blocks

    def visit_paragraph(self, node: nodes.paragraph) -> None:
        if not _runs_in(node):
            self.write(tex.word("cvpar"))

    def depart_paragraph(self, node: nodes.paragraph) -> None:
        self.write(tex.command("cvendpar"), tex.NEWLINE)
        if isinstance(node.next_node(descend=False, siblings=True), (nodes.bullet_list, nodes.enumerated_list)):
            self.write(tex.command("cvleads"), tex.NEWLINE)

    def visit_field_name(self, node: nodes.field_name) -> None:
        """Write a name in a field list that belongs to no entry."""
        self.write(tex.NEWLINE, tex.word("cvpar"), tex.opened("textbf"))

    def depart_field_name(self, node: nodes.field_name) -> None:
        self.write(tex.text(":"), tex.CLOSED, tex.SPACE)
        if not any(map(_runs_in, node.parent[-1].children)):
            self.write(tex.command("cvendpar"), tex.NEWLINE)

    def visit_line(self, node: nodes.line) -> None:
        self.write(tex.NEWLINE, tex.word("cvline"))

    def depart_line(self, node: nodes.line) -> None:
        self.write(tex.command("cvendpar"), tex.NEWLINE)

    def visit_literal_block(self, node: nodes.FixedTextElement) -> None:
        self.in_code += 1
        self.write_block(tex.begin("cvcodeblock"))
        for line in node.astext().rstrip("\n").expandtabs().split("\n"):
            text = nodes.Text(line)
            text.parent = node
            self.write(tex.command("cvcodeline", tex.fixed(self.render([text]))), tex.NEWLINE)
        self.write(tex.end("cvcodeblock"), tex.NEWLINE)
        self.in_code -= 1
        raise nodes.SkipNode

    visit_doctest_block = visit_literal_block

    def visit_transition(self, node: nodes.transition) -> None:
        # MyST draws one above the footnotes, which stand on their pages here.
        if "footnotes" not in node["classes"]:
            self.write_block(tex.command("cvtransition"))
        raise nodes.SkipNode

    # Lists

    def visit_bullet_list(self, node: nodes.bullet_list) -> None:
        """Begin a list; one of names runs on: in a section of skills, languages or interests, or where marked."""
        form = "cvrun" if _RUN_IN & {*node["classes"], *node.parent["classes"]} else "cvlist"
        self.write_block(tex.begin(form))
        self.closing.append(tex.end(form))

    def depart_bullet_list(self, node: nodes.bullet_list) -> None:
        self.write(self.closing.pop(), tex.NEWLINE)

    def visit_enumerated_list(self, node: nodes.enumerated_list) -> None:
        numeral = tex.command(_NUMERALS.get(node.get("enumtype", ""), "arabic"))
        self.write_block(tex.begin("cvenumeration", numeral, tex.number(node.get("start", 1), 0, 9999)))

    def depart_enumerated_list(self, node: nodes.enumerated_list) -> None:
        self.write(tex.end("cvenumeration"), tex.NEWLINE)

    def visit_list_item(self, node: nodes.list_item) -> None:
        if len(node.parent) > 1 and node is node.parent[-1]:
            self.write(tex.command("cvlast"), tex.NEWLINE)
        self.write(tex.word("cvitem"))

    def depart_list_item(self, node: nodes.list_item) -> None:
        self.write(tex.command("cvenditem"), tex.NEWLINE)

    def visit_definition(self, node: nodes.definition) -> None:
        self.write(tex.begin("cvdefinition"), tex.NEWLINE)

    def depart_definition(self, node: nodes.definition) -> None:
        self.write(tex.end("cvdefinition"), tex.NEWLINE)

    # Tables

    def visit_tgroup(self, node: nodes.tgroup) -> None:
        if any("morecols" in entry or "morerows" in entry for entry in node.findall(nodes.entry)):
            warn(node, Code.LATEX, "the PDF has no cells that span rows or columns: write a plain table")
        self.write_block(tex.begin("cvtable", columns(node)))

    def depart_tgroup(self, node: nodes.tgroup) -> None:
        self.write(tex.end("cvtable"), tex.NEWLINE)

    def visit_thead(self, node: nodes.thead) -> None:
        pass

    def depart_thead(self, node: nodes.thead) -> None:
        self.write(tex.command("cvheadrule"), tex.NEWLINE)

    def visit_row(self, node: nodes.row) -> None:
        self.write(tex.command("cvrow"), tex.NEWLINE)

    def depart_row(self, node: nodes.row) -> None:
        self.write(tex.command("cvendrow"), tex.NEWLINE)

    def visit_entry(self, node: nodes.entry) -> None:
        if node.parent.index(node):
            self.write(tex.COLUMN)
        self.write(tex.word("cvheadcell" if isinstance(node.parent.parent, nodes.thead) else "cvcell"))

    def depart_entry(self, node: nodes.entry) -> None:
        self.write(tex.command("cvendcell"), tex.NEWLINE)

    # Links and footnotes

    def visit_reference(self, node: nodes.reference) -> None:
        before, after = self._link(node)
        if isinstance(node.parent, nodes.TextElement):
            self.write(before)
            self.closing.append(after)
        else:
            self.write(tex.NEWLINE, tex.word("cvpar"), before)
            self.closing.append(tex.joined([after, tex.command("cvendpar"), tex.NEWLINE]))

    def depart_reference(self, node: nodes.reference) -> None:
        self.write(self.closing.pop())

    def _link(self, node: nodes.reference) -> tuple[Latex, Latex]:
        """Return what stands before and after a link's words."""
        address: str = node.get("refuri", "")
        name = tex.text(words_of(node) or address)
        # Without words, the address is shown.
        shown = tex.EMPTY if node.children else name
        if not address or address.startswith("%"):
            page, _, anchor = address.removeprefix("%").partition("#")
            page, anchor = page or self.docname, anchor or node.get("refid", "")
            if page in self.pages:
                return tex.opened("cvref", self.destination(anchor, page), name) + shown, tex.CLOSED
            address = self.builder.web_address(page, anchor)
        if "://" in address or address.startswith(("mailto:", "tel:")):
            return tex.opened("cvlink", tex.address(address), name) + shown, tex.CLOSED
        return tex.EMPTY, tex.EMPTY

    def destination(self, anchor: str, docname: str = "") -> Latex:
        """Return the name of a place in the PDF."""
        return tex.identifier(destination(docname or self.docname, anchor))

    def visit_footnote_reference(self, node: nodes.footnote_reference) -> None:
        if not node.astext():
            # Of a note that is missing, docutils has warned.
            self.write(tex.text(node.rawsource))
            raise nodes.SkipNode
        anchor = cast(str, node["refid"])
        number = tex.number(node.astext())
        self.write(tex.command("footnotemark", option=number))
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
            self.write(tex.command("cvnote", number, tex.stripped(note)))
            del self.waiting[0]

    # Pictures and formulas

    def visit_image(self, node: nodes.image) -> None:
        name = self.builder.images.get(node["uri"])
        # What nothing is said of is decoration, unless it leads somewhere.
        says = tex.text(node.get("alt", "") or node.parent.get("refuri", ""))
        if not name:
            # Of a picture that is missing, Sphinx has warned.
            is_remote = "://" in node["uri"]
            if is_remote or node["uri"] in self.builder.env.images:
                remedy = "save it beside the page" if is_remote else "use PNG, JPEG or PDF"
                warn(node, Code.LATEX, f"the PDF cannot show {node['uri']}: {remedy}")
            picture = says
        else:
            # A picture that is all there is in its paragraph, or in a link that is
            line = node.parent.parent if isinstance(node.parent, nodes.reference) else node.parent
            alone = not isinstance(line, nodes.TextElement) or len(line) == len(node.parent) == 1
            picture = tex.command("cvimage" if alone else "cvinlineimage", tex.file(name), says)
        if isinstance(node.parent, nodes.TextElement):
            self.write(picture)
        else:
            self.write(tex.word("cvpar"), picture, tex.command("cvendpar"), tex.NEWLINE)
        raise nodes.SkipNode

    def visit_math(self, node: nodes.math) -> None:
        source = node.astext().strip()
        self.see(source, node)
        self.write(tex.inline_formula(source))
        raise nodes.SkipNode

    def visit_math_block(self, node: nodes.math_block) -> None:
        source = node.astext().strip()
        self.see(source, node)
        self.write(tex.display_formula(source))
        raise nodes.SkipNode

    # Admonitions

    def visit_admonition(self, node: nodes.Element) -> None:
        titled = isinstance(next(iter(node.children), None), nodes.title) or isinstance(node, addnodes.versionmodified)
        label = "" if titled else str(admonitionlabels.get(node.tagname, node.get("type", node.tagname).capitalize()))
        self.write_block(tex.begin("cvadmonition", tex.text(label)))

    def depart_admonition(self, node: nodes.Element) -> None:
        self.write(tex.end("cvadmonition"), tex.NEWLINE)

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
            self.write(tex.command("newline", tex.EMPTY), tex.SPACE)
        elif 'type="checkbox"' in text:
            self.write(tex.text("[x] " if "checked" in text else "[\N{NO-BREAK SPACE}] "))
        elif form != "html" or re.sub(r"(?s)<!--.*?-->|<[^>]*>", "", text).strip():
            warn(node, Code.LATEX, f"raw {form} is not for the PDF: use Markdown")
        raise nodes.SkipNode

    def visit_system_message(self, node: nodes.system_message) -> None:
        raise nodes.SkipNode


def _runs_in(node: nodes.Node) -> bool:
    """Return True if a paragraph goes on behind the name of its field."""
    return isinstance(node.parent, nodes.field_body) and node is node.parent[0] and isinstance(node, nodes.paragraph)


def _line(node: nodes.Node) -> int:
    """Return the line of a node, or of the nearest one around it that has one."""
    while not node.line and node.parent is not None:
        node = node.parent
    return node.line or 0
