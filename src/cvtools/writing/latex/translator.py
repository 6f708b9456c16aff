"""Translate a doctree to LaTeX, in the commands of ``cvtools.cls``."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import cast

from docutils import nodes
from sphinx.builders import Builder

from cvtools.config import CvConfig
from cvtools.expected_pdf import TextBlock
from cvtools.nodes import ancestors, cv_field, cv_fields, cv_listitem, cv_tag, fields_of, text_of
from cvtools.reading.characters import normalise, visible
from cvtools.sphinx_warnings import Code, SourceError, warn
from cvtools.writing import documents
from cvtools.writing.latex import markup as tex
from cvtools.writing.tables import Columns, columns_of
from cvtools.writing.typography import bind


def _inline(command: str) -> tuple[tex.Latex, tex.Latex]:
    return tex.opened(command), tex.CLOSED


def _block(command: str) -> tuple[tex.Latex, tex.Latex]:
    return tex.NEWLINE + tex.opened(command), tex.CLOSED + tex.NEWLINE


def _environment(name: str, *arguments: tex.Latex) -> tuple[tex.Latex, tex.Latex]:
    return tex.NEWLINE + tex.begin(name, *arguments) + tex.NEWLINE, tex.end(name) + tex.NEWLINE


def _after(latex: tex.Latex) -> tuple[tex.Latex, tex.Latex]:
    return tex.EMPTY, latex + tex.NEWLINE


#: The LaTeX before and after a node, by its type; a ``visit_`` method replaces the former, ``depart_`` the latter.
_MARKUP: Mapping[str, tuple[tex.Latex, tex.Latex]] = {
    "cv_listing": _environment("cvlisting"),
    "cv_listitem": _after(tex.command("cvlistingitem")),
    "rubric": _block("cvrubric"),
    "attribution": _block("cvattribution"),
    "block_quote": _environment("cvquote"),
    "definition_list": _environment("cvdefinitions"),
    "definition_list_item": _environment("cvdefined"),
    "term": _block("cvterm"),
    "definition": (tex.begin("cvdefinition") + tex.NEWLINE, tex.end("cvdefinition") + tex.NEWLINE),
    "line_block": _environment("cvlines"),
    "line": (tex.NEWLINE + tex.control_word("cvline"), tex.command("cvendpar") + tex.NEWLINE),
    "caption": _block("cvcaption"),
    "emphasis": _inline("emph"),
    "literal": _inline("cvcode"),
    "literal_emphasis": _inline("emph"),
    "literal_strong": _inline("textbf"),
    "strong": _inline("textbf"),
    "subscript": _inline("textsubscript"),
    "superscript": _inline("textsuperscript"),
    "title_reference": _inline("emph"),
    "title": _after(tex.CLOSED),
    "list_item": _after(tex.command("cvenditem")),
    "row": (tex.command("cvrow") + tex.NEWLINE, tex.EMPTY),
    "entry": _after(tex.command("cvendcell")),
}
#: Nodes whose children are written without markup around them.
_TRANSPARENT = frozenset(
    """
    abbreviation colspec compound container cv_field document field field_body figure field_list footnotes_block
    generated inline legend manpage only problematic section start_of_file table tabular_col_spec tbody thead
    """.split()
)
#: Text elements that are no blocks of text: hidden ones, labels, formulas, and versionmodified, which holds blocks.
_NO_BLOCKS = (nodes.Invisible, nodes.label, nodes.Admonition, nodes.math_block)
#: Nodes without text, and those whose text programs extract in another form.
_NOT_COMPARED = (nodes.math, nodes.image, nodes.footnote_reference, nodes.raw, nodes.subscript, nodes.superscript)
#: Blocks that follow a comment with their line in the source, by which TeX's warnings are traced back.
_TRACED = frozenset("paragraph title list_item literal_block row image math_block term rubric line cv_fields".split())
#: Nodes whose visitors write their ids, or to which no link leads.
_WITHOUT_TARGET = (nodes.document, nodes.section, nodes.footnote, nodes.footnote_reference)
_CODE = (nodes.literal, nodes.FixedTextElement)

#: Addresses in text.
_ADDRESS = re.compile(r"(?<!\S)(\S*://\S*)")
#: Positions at which a line may break within an address.
_BREAKS = re.compile(r"(?<=[^:/][/?&=#])(?=\w)")
#: Greatest length, in characters, of an address that is broken only in cells of tables; DOIs are that short.
_SHORT = 28
#: Width of the person's photo in points, 30 mm, if the page sets none.
_PHOTO_WIDTH = 85.05


class LatexTranslator(documents.DocumentTranslator):
    """Translator of one page of a PDF, which also collects the page's text for the checks.

    :param pages: the names of all pages in the PDF
    :param top: the level of the page's first heading, from 1
    """

    def __init__(self, document: nodes.document, builder: Builder, pages: Iterable[str], top: int) -> None:
        super().__init__(document, builder)
        #: The footnotes of the page to which no reference has been written, by their ids.
        self.footnotes = {anchor: note for note in document.findall(nodes.footnote) for anchor in note["ids"]}
        self.pages = frozenset(pages)
        self.level = top - 1
        self.body: list[tex.Latex] = []
        #: The characters of the page in text and in code, each with the first node that has it.
        self.characters: dict[str, dict[str, nodes.Node]] = {"text": {}, "code": {}}
        #: The text of the page, for the checks.
        self.blocks: list[TextBlock] = []
        #: The enclosing tables, the innermost last.
        self.tables: list[Columns] = []
        #: Numbers and nodes of the footnotes to write, to which references have been written.
        self.pending: list[tuple[tex.Latex, nodes.footnote]] = []
        #: Whether a footnote is being written.
        self.is_in_footnote = False

    def write(self, *latex: tex.Latex) -> None:
        self.body += latex

    def write_block(self, *latex: tex.Latex) -> None:
        """Append LaTeX to the page, on lines of its own."""
        self.write(tex.NEWLINE, *latex, tex.NEWLINE)

    def write_in_paragraph(self, node: nodes.Node, latex: tex.Latex) -> None:
        """Append the LaTeX of a node, in a paragraph of its own if the node is not in one."""
        if isinstance(node.parent, nodes.TextElement):
            self.write(latex)
        else:
            self.write_block(tex.control_word("cvpar"), latex, tex.command("cvendpar"))

    def render(self, siblings: Iterable[nodes.Node]) -> tex.Latex:
        """Return the LaTeX of nodes, without appending it to the page."""
        page, self.body = self.body, []
        for node in siblings:
            node.walkabout(self)
        rendered, self.body = tex.joined(self.body), page
        return rendered

    def dispatch_visit(self, node: nodes.Node) -> None:
        """Write a node, and collect its text and ids; raise SourceError for a value that must not reach TeX."""
        self.collect_blocks(node)
        # Within text, the comment would add a space.
        if type(node).__name__ in _TRACED and node.line and not isinstance(node.parent, nodes.TextElement):
            self.write(tex.NEWLINE, tex.source_mark(self.path_of(node), node.line))
        if isinstance(node, nodes.Element) and not isinstance(node, _WITHOUT_TARGET):
            self.targets += node["ids"]
        try:
            super().dispatch_visit(node)
        except tex.NotLatexError as error:
            line = next((around.line for around in (node, *ancestors(node)) if around.line), 0)
            raise SourceError(self.path_of(node), line, f"the PDF cannot hold this: {error}") from error

    def _markup(self, node: nodes.Node) -> tuple[tex.Latex, tex.Latex] | None:
        """Return the LaTeX before and after the children of a node; None for a type of node without markup."""
        markup: tuple[tex.Latex, tex.Latex] | None
        match node:
            case nodes.bullet_list():
                # cvgroups, cvfacts, cvrun (items in one paragraph) or cvlist
                names = (name for name in ("groups", "facts") if f"cv-{name}" in node["classes"])
                markup = _environment(f"cv{next(names, 'run' if documents.is_run_in(node) else 'list')}")
            case nodes.enumerated_list():
                first = tex.number(node.get("start", 1), 0, 9999)
                markup = _environment("cvenumeration", first, tex.number(int(first) + len(node) - 1))
            case cv_tag():
                is_last = node is node.parent[-1]
                markup = tex.opened("cvtag"), tex.CLOSED if is_last else tex.CLOSED + tex.control_word("cvbetween")
            case cv_field(parent=cv_listitem() | cv_fields()):
                # The class stores the field for the heading or the item that follows.
                slot = tex.identifier("note" if node.slot == "plain" else node.slot)
                markup = tex.opened("cvfield", slot, tex.text(documents.label_of(node))), tex.CLOSED + tex.JOINED_LINE
            case cv_field(slot="who"):
                # The journal of a publication in a list
                markup = _inline("emph")
            case nodes.section() if "lang" in node:
                markup = _environment("cvlanguage", tex.identifier(node["lang"]))
            case _:
                label, markup = documents.admonition_label(node), _MARKUP.get(type(node).__name__)
                markup = markup if label is None else _environment("cvadmonition", tex.text(label))
        return markup

    def unknown_visit(self, node: nodes.Node) -> None:
        name = type(node).__name__
        if markup := self._markup(node):
            self.write(markup[0])
        elif name not in _TRANSPARENT:
            warn(node, Code.LATEX, f"the PDF cannot typeset {name} and shows its words alone: use plain Markdown")
            if not isinstance(node.parent, nodes.TextElement):
                self.write(tex.NEWLINE, tex.control_word("par"))

    def unknown_departure(self, node: nodes.Node) -> None:
        if markup := self._markup(node):
            self.write(markup[1])

    def path_of(self, node: nodes.Node) -> str:
        """Return the path of a node's source file, relative to the project's folder."""
        return _relative(node.source or self.builder.env.doc2path(self.docname), self.builder.confdir)

    def collect_blocks(self, node: nodes.Node) -> None:
        """Collect the text of a block, in one piece or several, for the checks to find in the PDF."""
        is_within = isinstance(node.parent, nodes.TextElement)
        # Sphinx's compact_paragraph holds a list, whose items are blocks themselves.
        is_block = isinstance(node, nodes.TextElement) and not isinstance(node, _NO_BLOCKS)
        if not is_block or is_within or any(node.findall(nodes.list_item)):
            return
        kind = "heading" if isinstance(node, nodes.title) else "field" if isinstance(node, cv_field) else "text"
        for around in ancestors(node):
            kind = "footnote" if isinstance(around, nodes.footnote) else kind
            kind = "cell" if isinstance(around, nodes.table) else kind
        texts = [tag.astext() for tag in node.findall(cv_tag)] or _runs(node)
        if kind == "text" and texts != [node.astext()]:
            kind = "part"
        location = f"{self.path_of(node)}:{node.line}" if node.line else ""
        self.blocks += [TextBlock(kind, visible(text), location) for text in texts]

    def collect_characters(self, text: str, node: nodes.Node, use: str = "text") -> None:
        """Collect the characters of a text, which need a font."""
        collected = self.characters[use]
        collected |= dict.fromkeys(sorted(set(normalise(text)) - collected.keys()), node)

    def target(self, anchor: str) -> tex.Latex:
        """Return the command that makes an id of the page a destination of links."""
        return tex.command("cvtarget", tex.destination(self.docname, anchor))

    # Text

    def visit_Text(self, node: nodes.Text) -> None:
        text, in_code = node.astext(), any(isinstance(around, _CODE) for around in ancestors(node))
        self.collect_characters(text, node.parent, "code" if in_code else "text")
        self.write(*map(self.target, self.targets))
        self.targets.clear()
        if isinstance(node.parent, nodes.FixedTextElement):
            self.write(tex.text(text))
        elif isinstance(node.parent, nodes.reference) and len(text.split()) == 1:
            is_in_cell = any(isinstance(around, nodes.entry) for around in ancestors(node))
            self.write(tex.text(text) if len(text) <= _SHORT and not is_in_cell else _breakable(text))
        else:
            runs = _ADDRESS.split(text if in_code else bind(text, self.languages[-1]))
            self.write(*(_breakable(run) if "://" in run else tex.text(run) for run in runs))

    # Sections, headings and entries

    def visit_title(self, node: nodes.title) -> None:
        section = node.parent
        if not isinstance(section, nodes.section):
            self.write(tex.opened("cvrubric"))
            return
        fields = fields_of(section)
        for field in fields.findall(cv_field) if fields else ():
            field.walkabout(self)
        page = [""] if isinstance(section.parent, nodes.document) else []  # the id in links to the page itself
        targets = tex.joined(map(self.target, [*section["ids"], *page]))
        kind = fields["kind"] if fields else ""
        style = tex.identifier(kind if kind in {"person", "letter"} else "entry" if fields else "")
        self.write(tex.opened("cvheading", tex.number(self.level), style, tex.text(text_of(node)), targets))

    def visit_cv_field(self, node: cv_field) -> None:
        if node["name"] == "photo":
            # Beside the head, there is no room for words with the picture, or for its description.
            if photos := tex.joined(self._photo(image, node.parent) for image in node.findall(nodes.image)):
                self.write(tex.command("cvfield", tex.identifier("photo"), tex.EMPTY, photos), tex.JOINED_LINE)
            raise nodes.SkipNode
        self.unknown_visit(node)

    def visit_transition(self, node: nodes.transition) -> None:
        # MyST-Parser puts a transition above footnotes, which the PDF sets at the foot of the page.
        if "footnotes" not in node["classes"]:
            self.write_block(tex.command("cvtransition"))
        raise nodes.SkipNode

    # Paragraphs and lists

    def visit_paragraph(self, node: nodes.paragraph) -> None:
        self.write(tex.control_word("cvpar"))

    def depart_paragraph(self, node: nodes.paragraph) -> None:
        self.write(tex.command("cvendpar"), tex.NEWLINE)
        introduces = isinstance(node.parent, nodes.list_item) or node.astext().endswith((":", "\N{FULLWIDTH COLON}"))
        follower = node.next_node(descend=False, siblings=True)
        if introduces and isinstance(follower, (nodes.bullet_list, nodes.enumerated_list)):
            self.write(tex.command("cvleads"), tex.NEWLINE)

    def visit_list_item(self, node: nodes.list_item) -> None:
        if len(node.parent) > 1 and node is node.parent[-1]:
            self.write(tex.command("cvlast"), tex.NEWLINE)
        self.write(tex.control_word("cvitem"))

    # Code and formulas

    def visit_literal_block(self, node: nodes.FixedTextElement) -> None:
        self.write_block(tex.begin("cvcodeblock"))
        for line in node.astext().rstrip("\n").expandtabs().split("\n"):
            text = nodes.Text(line)
            text.parent = node
            self.write(tex.command("cvcodeline", tex.fixed(self.render([text]))), tex.NEWLINE)
        self.write(tex.end("cvcodeblock"), tex.NEWLINE)
        raise nodes.SkipNode

    def visit_math(self, node: nodes.math | nodes.math_block) -> None:
        source = node.astext().strip()
        self.collect_characters(source, node)
        around = next((around for around in ancestors(node) if isinstance(around, cv_field | nodes.title)), None)
        if around and around.line:
            # The class sets fields together with the heading below them, at whose line TeX finds the errors of all.
            self.write(tex.source_mark(self.path_of(around), around.line))
        self.write(tex.formula(source, is_displayed=isinstance(node, nodes.math_block)))
        raise nodes.SkipNode

    visit_math_block = visit_math

    # Pictures

    def visit_image(self, node: nodes.image) -> None:
        # A picture without a description is decoration, unless it is a link.
        content = description = tex.text(node.get("alt", "") or node.parent.get("refuri", ""))
        if name := self._file_of(node):
            # A picture may be alone in a paragraph, or in a link that is alone in a paragraph.
            line = node.parent.parent if isinstance(node.parent, nodes.reference) else node.parent
            is_inline = isinstance(line, nodes.TextElement) and not len(line) == len(node.parent) == 1
            side = node.get("align") or node.parent.get("align")
            sides = [] if is_inline else [tex.identifier(side if side in {"center", "right"} else "left")]
            size = tex.picture_size(*documents.size_of(node))
            command = "cvinlineimage" if is_inline else "cvimage"
            content = tex.command(command, *sides, size, tex.file(name), description)
        self.write_in_paragraph(node, content)
        raise nodes.SkipNode

    def _file_of(self, image: nodes.image) -> str:
        """Return the name of a picture's copy; empty, with a warning, if the PDF cannot show the picture."""
        uri = image["uri"]
        name: str = self.builder.images.get(uri, "")
        # Sphinx has warned of missing ones.
        if not name and ("://" in uri or uri in self.builder.env.images):
            warn(image, Code.LATEX, f"the PDF cannot show {uri}: save it beside the page as PNG, JPEG or PDF")
        return name

    def _photo(self, image: nodes.image, head: nodes.Element) -> tex.Latex:
        """Return the command for a person's photo in a head; empty if the PDF cannot show it."""
        if not (name := self._file_of(image)):
            return tex.EMPTY
        # Where no text follows the head, it is in the middle beside the photo.
        is_alone = isinstance(head.next_node(descend=False, siblings=True), nodes.section | None)
        position = "left" if image.get("align") == "left" else "right", "middle" if is_alone else "top"
        width = tex.length(documents.size_of(image)[1].get("width", _PHOTO_WIDTH))
        alt = tex.text(image.get("alt", ""))
        return tex.command("cvheadimage", *map(tex.identifier, position), width, tex.file(name), alt)

    # Tables

    def visit_tgroup(self, node: nodes.tgroup) -> None:
        if any("morecols" in entry or "morerows" in entry for entry in node.findall(nodes.entry)):
            warn(node, Code.LATEX, "the PDF has no cells that span rows or columns: write a plain table")
        table = columns_of(node, CvConfig.of(self.builder.config).font_size)
        if self.tables:
            # A cell has no room for columns.
            table = Columns(table.alignments, table.widths, is_stacked=True)
        if table.break_words:
            warn(node, Code.LATEX, "the PDF breaks words of a table: give it fewer columns, or shorter words")
        self.tables.append(table)
        self.write_block(tex.begin(_environment_of(table), tex.number(len(table.widths))))

    def depart_tgroup(self, node: nodes.tgroup) -> None:
        self.write(tex.end(_environment_of(self.tables.pop())), tex.NEWLINE)

    def depart_thead(self, node: nodes.thead) -> None:
        self._end_rows("cvheadrule")

    def depart_row(self, node: nodes.row) -> None:
        self.write(tex.command("cvendrow"), tex.NEWLINE)
        if not isinstance(node.parent, nodes.thead):
            self._end_rows("cvrowends")
            rows = node.parent.children
            # Neither the first row nor the last one may be alone on a page.
            if node in (rows[0], *rows[-2:-1]):
                self.write(tex.command("cvrowkeeps"), tex.NEWLINE)

    def _end_rows(self, command: str) -> None:
        """Write a command after rows, with their footnotes, which TeX would lose within the rows."""
        notes = self._footnotes() if len(self.tables) == 1 else tex.EMPTY
        self.write(tex.command(command, notes), tex.NEWLINE)

    def visit_entry(self, node: nodes.entry) -> None:
        number = node.parent.index(node)
        table = self.tables[-1]
        if number and not table.is_stacked:
            self.write(tex.COLUMN)
        name = "cvheadcell" if isinstance(node.parent.parent, nodes.thead) else "cvcell"
        alignment = tex.identifier((table.alignments[number] or "left")[0])
        share = tex.decimal(table.shares[number]) if table.shares else tex.EMPTY
        self.write(tex.command(name, alignment, share), tex.SPACE)

    # Inline nodes

    def visit_raw(self, node: nodes.raw) -> None:
        form = node.get("format", "")
        if documents.is_line_break(node):
            self.write(tex.command("newline", tex.EMPTY), tex.SPACE)
        elif form != "html" or re.sub(r"(?s)<!--.*?-->|<[^>]*>", "", node.astext()).strip():
            warn(node, Code.LATEX, f"raw {form} is not for the PDF: use Markdown")
        raise nodes.SkipNode

    def visit_reference(self, node: nodes.reference) -> None:
        description = tex.text(text_of(node) or node.get("refuri", ""))
        content = self.render(node.children)
        label = content if node.children else description
        match documents.link_target(node, self.config, self.docname, self.pages):
            case str(url):
                content = tex.command("cvlink", tex.address(url), description, label)
            case (page, anchor):
                content = tex.command("cvref", tex.destination(page, anchor), description, label)
        if node.get("refuri", "").startswith("tel:"):
            content = tex.command("cvphone", content)
        self.write_in_paragraph(node, content)
        raise nodes.SkipNode

    def visit_footnote_reference(self, node: nodes.footnote_reference) -> None:
        if not node.astext():
            # docutils has warned of a missing footnote.
            self.write(tex.text(node.rawsource))
            raise nodes.SkipNode
        anchor = cast(str, node["refid"])
        number = tex.number(node.astext())
        self.write(tex.command("footnotemark", option=number))
        if footnote := self.footnotes.pop(anchor, None):
            self.pending.append((number, footnote))
            # TeX loses a footnote within another one or within a table: write it after these.
            if not self.tables:
                self.write(self._footnotes())
        raise nodes.SkipNode

    def _footnotes(self) -> tex.Latex:
        """Return the LaTeX of all pending footnotes, and clear them."""
        notes = tex.EMPTY
        # The rows of a table within a footnote call this, too.
        while self.pending and not self.is_in_footnote:
            number, footnote = self.pending.pop(0)
            self.is_in_footnote = True
            note = self.render(child for child in footnote if not isinstance(child, nodes.label))
            self.is_in_footnote = False
            notes += tex.command("cvnote", number, tex.stripped(note))
        return notes


def _environment_of(table: Columns) -> str:
    return "cvstack" if table.is_stacked else "cvtable"


@cache
def _relative(path: str, folder: Path) -> str:
    return str(Path(path).relative_to(folder) if Path(path).is_relative_to(folder) else path)


def _breakable(address: str) -> tex.Latex:
    """Return an address that may be broken across lines."""
    return tex.joined(map(tex.text, _BREAKS.split(address)), tex.control_word("cvbreak"))


def _runs(node: nodes.Node) -> list[str]:
    """Return the runs of text in a node between its pictures, formulas and the like."""
    runs = [""]
    for part in node.findall():
        # The class writes the address of a link without text.
        if isinstance(part, _NOT_COMPARED) or (isinstance(part, nodes.reference) and not part.children):
            runs.append("")
        elif isinstance(part, nodes.Text) and not isinstance(part.parent, _NOT_COMPARED):
            runs[-1] += part.astext()
    return [run for run in runs if run.strip()]
