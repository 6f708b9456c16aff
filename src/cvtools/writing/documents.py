"""Define lines, labels, links and sizes for all documents (PDF, DOCX, CommonMark), so that they show the same.

The package's ``__init__.py`` registers their builders; ``config.DOCUMENTS`` names those of formats other than PDF.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast
from urllib.parse import urljoin

from docutils import nodes
from sphinx import addnodes
from sphinx.builders import Builder
from sphinx.config import Config
from sphinx.locale import admonitionlabels
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxTranslator

from cvtools.model.kinds import KINDS
from cvtools.nodes import cv_field, cv_fields, cv_listing, cv_listitem, cv_tag

#: Classes of lists, or of the sections around them, whose short items are set in one paragraph, with dots between them.
_RUN_IN = frozenset({"run-in", "cv-skills", "cv-languages", "cv-interests"})
#: Points in each unit of CSS, at 96 pixels an inch, for a line of 480 points (% and vw) and a font of 10 points (em and
#: the like). Other units measure the height of a browser's window, which a document does not have.
_POINTS = {"": 0.75, "px": 0.75, "pt": 1, "pc": 12, "in": 72, "cm": 28.35, "mm": 2.835, "q": 0.709, "em": 10, "rem": 10}
_POINTS |= {"ex": 5, "ch": 5, "%": 4.8, "vw": 4.8}
_LENGTH = re.compile(r"([0-9]{0,4}(?:\.[0-9]{1,6})?) ?([a-z%]*)")
#: The lines of an entry's head below its title, and the slots of the fields in each, in order; the fields of slots
#: in one set stay in the order of the model. The class of LaTeX documents has the same order.
_HEAD: Mapping[str, Sequence[Collection[str]]] = {
    "headline": [{"headline"}],
    "who_where": [{"by"}, {"who"}, {"where"}],
    "when": [{"when"}],
    "contact": [{"contact"}, {"profile"}],
    "details": [{"note", "plain"}],
    "tags": [{"tags"}],
}


class DocumentBuilder(Builder):
    """Base of builders that write pages into one document.

    In resolved doctrees, links to pages are ``%docname#id``; :func:`link_target` resolves them.
    """

    # Otherwise, Sphinx would download remote pictures; a build must not use the network.
    supported_remote_images = True

    def init(self) -> None:
        if self.format == "pdf":
            self.tags.add("latex")
            self.tags.add("has_pdf")

    def get_outdated_docs(self) -> str:
        return "all documents"

    def resolved(self, docname: str) -> nodes.document:
        """Return the resolved doctree of a page, which has the page's name as its ``docname``.

        The meaning of an abbreviation follows its first use, since documents have no tooltips.
        """
        doctree = self.env.get_and_resolve_doctree(docname, self, tags=self.tags)
        doctree["docname"] = docname
        seen = set()
        for node in doctree.findall(nodes.abbreviation):
            if (meaning := node.get("explanation", "")) and node.astext() not in seen:
                seen.add(node.astext())
                node.append(nodes.Text(f" ({meaning})"))
        return doctree

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        return f"%{docname}"

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        return self.get_target_uri(to, typ)


class DocumentTranslator(SphinxTranslator):
    """Base of the translators of a page to LaTeX and to DOCX."""

    def __init__(self, document: nodes.document, builder: Builder) -> None:
        super().__init__(document, builder)
        self.docname = cast(str, document["docname"])
        self.level = 0
        #: The languages of the enclosing sections, the innermost last.
        self.languages = [cast(str, builder.config.language).replace("_", "-")]
        #: Ids of nodes whose text is still to be written; links to the ids lead to that text.
        self.targets: list[str] = []

    def visit_section(self, node: nodes.section) -> None:
        self.level += 1
        self.languages.append(node.get("lang", self.languages[-1]))
        self.unknown_visit(node)

    def depart_section(self, node: nodes.section) -> None:
        self.unknown_departure(node)
        self.level -= 1
        self.languages.pop()

    def visit_Invisible(self, node: Any) -> None:
        """Leave out nodes for other outputs, and footnotes, which are written at their references."""
        raise nodes.SkipNode

    # visit_title() writes the fields of an entry.
    visit_cv_fields = visit_Invisible
    visit_decoration = visit_footnote = visit_label = visit_meta = visit_Invisible
    visit_system_message = visit_toctree = visit_Invisible


def one_line(text: str) -> str:
    """Return text of several lines as one line; a regular expression would take quadratic time on many spaces."""
    first, *rest = text.split("\n")
    return " ".join([first.rstrip(), *map(str.strip, rest[:-1]), rest[-1].lstrip()]) if rest else text


def with_single_spaces(text: str) -> str:
    """Return a line of fields with single spaces; keep the no-break space before the colon of a French label."""
    return "\u00a0: ".join(" ".join(part.split()) for part in text.split("\u00a0: "))


def is_line_break(node: nodes.Element) -> bool:
    """Return whether a raw node is the LaTeX of a hard line break, for which MyST-Parser writes LaTeX and HTML."""
    return node.get("format") == "latex" and node.astext().strip() == "\\\\"


def is_run_in(node: nodes.bullet_list) -> bool:
    """Return whether the items of a list run on in one paragraph."""
    is_grouped = "cv-groups" in node["classes"] or len(list(node.findall(nodes.list_item))) > len(node)
    return not is_grouped and bool(_RUN_IN & {*node["classes"], *node.parent["classes"]})


def rows_of(table: nodes.tgroup) -> list[nodes.row]:
    """Return the rows of a table, without those of tables in its cells."""
    return [row for row in table.findall(nodes.row) if row.parent.parent is table]


def alignment(cell: nodes.Element) -> str:
    """Return the alignment of a table's cell if it is "center" or "right"; else empty."""
    return next((name.removeprefix("text-") for name in cell["classes"] if name in {"text-center", "text-right"}), "")


def head_lines(head: nodes.Element) -> dict[str, list[cv_field]]:
    """Return the fields in the lines of an entry's head, or of an item in a listing, by the names of the lines."""
    fields = list(head.findall(cv_field))
    return {
        name: [field for slots in groups for field in fields if field.slot in slots] for name, groups in _HEAD.items()
    }


def side_by_side(fields: Iterable[cv_field]) -> Iterator[tuple[str, cv_field, str]]:
    """Yield the fields of a line with the text before and after each: ``Sep 2012, Oct 2012 – Sep 2014 (2 years)``.

    A dot follows authors and speakers: after a comma, the next field would be read as one more name.
    """
    separator = ""
    for field in fields:
        is_aside = field["name"] == "duration" and separator
        yield " (" if is_aside else separator, field, ")" if is_aside else ""
        separator = " · " if field.slot == "by" else ", "


class ReplaceFields(SphinxPostTransform):
    """Post-transform that replaces this package's nodes by lines and lists, for builders that do not know them."""

    # After ListMarkedFacts (60)
    default_priority = 70
    formats = ("text", "markdown", "latex", "texinfo", "man")

    def run(self, **kwargs: object) -> None:
        for head in list(self.document.findall(cv_fields)):
            lines = [nodes.line("", "", *line) for line in _lines(head)]
            head.parent.replace(head, [nodes.line_block("", *lines)] if lines else [])
        for listing in list(self.document.findall(cv_listing)):
            entries = (_on_one_line(item.findall(cv_field)) for item in listing.findall(cv_listitem))
            items = (nodes.list_item("", nodes.paragraph("", "", *entry)) for entry in entries)
            listing.parent.replace(listing, nodes.bullet_list("", *items))
        for node in list(self.document.findall(lambda node: isinstance(node, (cv_field, cv_tag)))):
            node.parent.replace(node, nodes.inline("", "", *node.children))


class ReplaceFieldsWithoutEntry(SphinxPostTransform):
    """Post-transform that replaces fields that are in no entry's head by paragraphs, for PDF and DOCX."""

    # After ListMarkedFacts (60)
    default_priority = 70
    formats = ("pdf",)

    def run(self, **kwargs: object) -> None:
        for head in list(self.document.findall(cv_fields)):
            # Kinds such as "skills" have no fields, even if the page writes some.
            if isinstance(head.parent, nodes.section) and KINDS.get(head["kind"]):
                continue
            fields = (
                _labelled(field, [nodes.Text(field["label"])], content_of(field)) for field in head.findall(cv_field)
            )
            head.parent.replace(head, [*fields])
        for field in list(self.document.findall(nodes.field)):
            name, body = cast(Sequence[nodes.Element], field.children)
            is_text = body.children and isinstance(body[0], nodes.paragraph)
            first = cast(nodes.Element, body.pop(0)) if is_text else nodes.paragraph()
            field.parent.replace(field, [_labelled(first, name.children, first.children), *body.children])


def _labelled(origin: nodes.Element, label: Iterable[nodes.Node], content: Iterable[nodes.Node]) -> nodes.paragraph:
    """Return a paragraph that begins with a label, and has the source line of the node `origin`."""
    paragraph = nodes.paragraph("", "", nodes.strong("", "", *label, nodes.Text(":")), nodes.Text(" "), *content)
    paragraph.source, paragraph.line = origin.source, origin.line
    return paragraph


def _lines(head: cv_fields) -> Iterator[Iterable[nodes.Node]]:
    """Yield the lines of an entry's head: headline, who_where, when without labels, then one for each other field."""
    for name, fields in head_lines(head).items():
        if name not in {"headline", "who_where", "when"}:
            for field in fields:
                label = "" if field.slot == "plain" else f"{field['label']}: "
                yield nodes.Text(label), *content_of(field)
        elif fields:
            yield _on_one_line(fields)


def _on_one_line(fields: Iterable[cv_field]) -> Iterator[nodes.Node]:
    for before, field, after in side_by_side(fields):
        yield from (nodes.Text(before), *content_of(field), nodes.Text(after))


def content_of(field: cv_field) -> Sequence[nodes.Node]:
    """Return the nodes in a field, with commas between tags."""
    tags = [tag.astext() for tag in field.findall(cv_tag)]
    return [nodes.Text(", ".join(tags))] if tags else field.children


def label_of(field: cv_field) -> str:
    """Return the label of a field in the head of an entry; empty for a field that needs none."""
    # Without a label, parsers of CVs take the domain of a website for a name.
    is_labelled = field["name"] == "website" or field.slot in {"note", "tags"}
    return field["label"] if is_labelled and isinstance(field.parent, cv_fields) else ""


def admonition_label(node: nodes.Node) -> str | None:
    """Return the label of an admonition; empty if it has a title of its own; None for any other node."""
    if not isinstance(node, (nodes.Admonition, nodes.topic, nodes.sidebar)):
        return None
    if isinstance(next(iter(node.children), None), nodes.title) or isinstance(node, addnodes.versionmodified):
        return ""
    name = type(node).__name__
    return str(admonitionlabels.get(name) or cast(nodes.Element, node).get("type", name).capitalize())


def link_target(
    node: nodes.reference, config: Config, docname: str, pages: Collection[str]
) -> tuple[str, str] | str | None:
    """Return a link's target: page and id in the document, or an address; None if the document cannot link to it.

    :param docname: the page with the link
    :param pages: the pages of the document
    """
    if isinstance(node, addnodes.download_reference):
        return None
    address: str = node.get("refuri", "")
    page = docname
    if not address or address.startswith("%"):
        # A link to a page, as DocumentBuilder.get_target_uri() writes it; docutils has only an id within one page.
        page, _, anchor = address.removeprefix("%").partition("#")
        page, anchor = page or docname, anchor or node.get("refid", "")
        if page in pages:
            return page, anchor
        address = f"#{anchor}" if anchor else ""
    if config.html_baseurl and not re.match("[a-z]+:", address):
        # The published site has the page or the file that the document lacks.
        path = "" if page == config.root_doc else f"{page}.html"
        address = urljoin(f"{config.html_baseurl.rstrip('/')}/{path}", address)
    return address if "://" in address or address.startswith(("mailto:", "tel:")) else None


def size_of(image: nodes.image) -> tuple[float, dict[str, float]]:
    """Return the scale of a picture, and its scaled width and height in points if the page has them in a known unit."""
    scale, lengths = float(image.get("scale", 100)) / 100, {}
    for name in ("width", "height"):
        match = _LENGTH.fullmatch(image.get(name, "").strip().lower())
        if match and match[1] and match[2] in _POINTS:
            # TeX cannot scale a picture to nothing, or to more than a few metres.
            lengths[name] = min(max(scale * float(match[1]) * _POINTS[match[2]], 1), 2_000)
    return scale, lengths
