"""Our nodes in HTML."""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

from cvtools.nodes import cv_field, cv_fields, cv_listing, cv_listitem, cv_tag


def visit_fields(self: HTML5Translator, node: cv_fields) -> None:
    """A list of labelled values; the style sheet hides the labels that go without saying."""
    self.body.append(f'<dl class="simple cv-head cv-head-{node["kind"]}">\n')


def depart_fields(self: HTML5Translator, node: cv_fields) -> None:
    self.body.append("</dl>\n")


def visit_field(self: HTML5Translator, node: cv_field) -> None:
    name = node["name"]
    own = [] if name in {"date", "period"} else node["classes"]
    if isinstance(node.parent, cv_listitem):
        self.body.append(f'<span class="{" ".join([f"cv-{name}", *own])}">')
    else:
        value = f'<dd class="{" ".join(own)}">' if own else "<dd>"
        self.body.append(f'<div class="cv-{name}"><dt>{escape(node["label"])}</dt>{value}')
    if name == "date":
        self.body.append(f'<time{_marked(node, "start")} datetime="{node["start"]}">')
    elif name == "technologies":
        self.body.append("<ul>")


def depart_field(self: HTML5Translator, node: cv_field) -> None:
    self.body.append({"date": "</time>", "technologies": "</ul>"}.get(node["name"], ""))
    if node["name"] == "period" and node["classes"]:
        # For machines alone: its words are one text.
        ends = [end for end in ("start", "end") if node[end]]
        self.body.extend(f'<time{_marked(node, end)} datetime="{node[end]}"></time>' for end in ends)
    self.body.append("</span>\n" if isinstance(node.parent, cv_listitem) else "</dd></div>\n")


def _marked(node: cv_field, end: str) -> str:
    return f' class="dt-{end}"' if node["classes"] else ""


def visit_tag(self: HTML5Translator, node: cv_tag) -> None:
    self.body.append('<li class="p-category">')


def depart_tag(self: HTML5Translator, node: cv_tag) -> None:
    self.body.append("</li>")


def visit_listing(self: HTML5Translator, node: cv_listing) -> None:
    self.body.append('<ul class="cv-listing">\n')


def depart_listing(self: HTML5Translator, node: cv_listing) -> None:
    self.body.append("</ul>\n")


def visit_listitem(self: HTML5Translator, node: cv_listitem) -> None:
    self.body.append('<li class="h-event">\n')


def depart_listitem(self: HTML5Translator, node: cv_listitem) -> None:
    self.body.append("</li>\n")


#: Visit and depart, for each node.
VISITORS: Mapping[type[nodes.Element], tuple[Callable[[Any, Any], None], Callable[[Any, Any], None]]] = {
    cv_fields: (visit_fields, depart_fields),
    cv_field: (visit_field, depart_field),
    cv_tag: (visit_tag, depart_tag),
    cv_listing: (visit_listing, depart_listing),
    cv_listitem: (visit_listitem, depart_listitem),
}
