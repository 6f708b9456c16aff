"""Visitors that write the extension's nodes, and text, as HTML."""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from cvtools.nodes import ancestors, cv_field, cv_fields, cv_listing, cv_listitem, cv_tag
from cvtools.writing.typography import COMPOUND, bind

#: Fields that link to profiles of the person, with ``rel="me"``, by which those sites verify the CV's address.
_PROFILES = {"website", "profile"}
#: Nodes whose text is written as it is.
_KEPT = (cv_field, nodes.FixedTextElement, nodes.table)


def visit_fields(self: HTML5Translator, node: cv_fields) -> None:
    """Open a description list; the style sheet hides the labels of fields that need none."""
    self.body.append(f'<dl class="simple cv-head cv-head-{node["kind"]}">\n')


def depart_fields(self: HTML5Translator, node: cv_fields) -> None:
    self.body.append("</dl>\n")


def visit_field(self: HTML5Translator, node: cv_field) -> None:
    name = node["name"]
    if not isinstance(node.parent, cv_fields):
        self.body.append(f'<span class="cv-{name}">')
    else:
        classes = " ".join(dict.fromkeys((f"cv-{name}", f"cv-{node.slot}")))
        self.body.append(f'<div class="{classes}"><dt>{escape(node["label"])}</dt> <dd>')
    # Free words are no date.
    if name == "date" and "start" in node:
        self.body.append(f'<time datetime="{node["start"]}">')
    elif name == "technologies":
        self.body.append("<ul>")
    elif name in _PROFILES:
        for link in node.findall(nodes.reference):
            link["rel"] = "me"


def depart_field(self: HTML5Translator, node: cv_field) -> None:
    date = "</time>" if "start" in node else ""
    self.body.append({"date": date, "technologies": "</ul>"}.get(node["name"], ""))
    # In a sentence, spaces between fields are written already.
    space = "\n" if isinstance(node.parent, cv_listitem) else ""
    self.body.append("</dd></div>\n" if isinstance(node.parent, cv_fields) else f"</span>{space}")


def visit_tag(self: HTML5Translator, node: cv_tag) -> None:
    self.body.append("<li>")


def depart_tag(self: HTML5Translator, node: cv_tag) -> None:
    self.body.append("</li>\n")


def visit_listing(self: HTML5Translator, node: cv_listing) -> None:
    self.body.append('<ul class="cv-listing">\n')


def depart_listing(self: HTML5Translator, node: cv_listing) -> None:
    self.body.append("</ul>\n")


def visit_listitem(self: HTML5Translator, node: cv_listitem) -> None:
    self.body.append("<li>\n")


def depart_listitem(self: HTML5Translator, node: cv_listitem) -> None:
    self.body.append("</li>\n")


#: The functions that open and close each node.
VISITORS: Mapping[type[nodes.Element], tuple[Callable[[Any, Any], None], Callable[[Any, Any], None]]] = {
    cv_fields: (visit_fields, depart_fields),
    cv_field: (visit_field, depart_field),
    cv_tag: (visit_tag, depart_tag),
    cv_listing: (visit_listing, depart_listing),
    cv_listitem: (visit_listitem, depart_listitem),
}


class TextTranslator(HTML5Translator):
    """Translator of text whose lines end as they do in the PDF; code, fields and tables are kept as they are."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        #: The languages of the enclosing sections, the innermost last.
        self.languages = [self.config.language]

    def visit_section(self, node: nodes.Element) -> None:
        self.languages.append(node.get("lang", self.languages[-1]))
        super().visit_section(node)

    def depart_section(self, node: nodes.Element) -> None:
        super().depart_section(node)
        self.languages.pop()

    def visit_Text(self, node: nodes.Text) -> None:
        if self.protect_literal_text or any(isinstance(each, _KEPT) for each in ancestors(node)):
            super().visit_Text(node)
            return
        text = nodes.Text(bind(node.astext(), self.languages[-1]))
        text.parent = node.parent
        start = len(self.body)
        super().visit_Text(text)
        # Titles are names elsewhere, too: in the head of the page, and in links to it.
        if not isinstance(node.parent, nodes.title):
            self.body[start:] = [COMPOUND.sub(r'<span class="pre">\g<0></span>', part) for part in self.body[start:]]


def translate_text(app: Sphinx) -> None:
    """Translate the text of pages with `TextTranslator`, whatever builder and theme add to it."""
    if app.builder.format == "html" and hasattr(app.builder, "default_translator_class"):
        base = app.registry.get_translator_class(app.builder)
        app.set_translator(app.builder.name, type("CvTranslator", (TextTranslator, base), {}), override=True)
