"""A doctree becomes LaTeX in the words of ``cvtools.cls``."""

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.locale import admonitionlabels

from cvtools.diagnostics import Subtype, warn
from cvtools.writing.latex.drawings import Drawings
from cvtools.writing.latex.escape import escape
from cvtools.writing.latex.headings import Headings
from cvtools.writing.latex.links import Links
from cvtools.writing.latex.tables import Tables

#: Classes of lists, and of the sections around them, whose items are names rather than sentences.
_RUN_IN = frozenset({"run-in", "cv-skills", "cv-languages", "cv-interests"})


class CvLatexTranslator(Headings, Tables, Links, Drawings):
    """Writes one page of a PDF: blocks and lists here, the rest where its name says."""

    def visit_transition(self, node: nodes.transition) -> None:
        # MyST draws one above the footnotes, which stand on their pages here.
        if "footnotes" in node["classes"]:
            raise nodes.SkipNode
        self.unknown_visit(node)

    def depart_transition(self, node: nodes.transition) -> None:
        self.unknown_departure(node)

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

    # Admonitions

    def visit_admonition(self, node: nodes.Element) -> None:
        titled = isinstance(node[0], nodes.title) or isinstance(node, addnodes.versionmodified)
        title = "" if titled else escape(self._admonition_label(node))
        self.body.append(f"\n\\begin{{cvadmonition}}{{{title}}}\n")

    def depart_admonition(self, node: nodes.Element) -> None:
        self.body.append("\\end{cvadmonition}\n")

    def _admonition_label(self, node: nodes.Element) -> str:
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


def _runs_in(node: nodes.Node) -> bool:
    """Whether a paragraph goes on behind the name of its field."""
    return isinstance(node.parent, nodes.field_body) and node is node.parent[0] and isinstance(node, nodes.paragraph)
