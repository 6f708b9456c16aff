"""Collect the text below headings: paragraphs, and the items of lists and rows of tables, for data."""

from collections.abc import Iterator

from docutils import nodes
from sphinx import addnodes

from cvtools.model.entries import Entry
from cvtools.model.kinds import NAME_LISTS
from cvtools.nodes import cv_field, cv_fields, text_of

_ITEMS = (nodes.list_item, nodes.definition_list_item, nodes.field, nodes.row)
#: Nodes without text, and nodes that an output may omit, such as footnotes of withheld fields.
_OMITTED = (nodes.Invisible, nodes.raw, nodes.system_message, nodes.footnote, addnodes.only, addnodes.toctree)


def body(section: nodes.Element, entry: Entry | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the paragraphs and highlights of a section, without those of nested entries.

    Headings in a section belong to its body, except below the person, whose section holds the whole page. A heading
    goes with the block that follows. Fields that are shown as written are paragraphs.
    """
    found: dict[str, list[str]] = {"paragraphs": [], "highlights": []}
    heading: list[str] = []
    for name, words in [*_blocks(section, entry), ("heading", "")]:
        if name == "heading":
            found["paragraphs"] += heading
            heading = [words]
        else:
            found[name] += [*heading, words]
            heading = []
    return tuple(found["paragraphs"]), tuple(found["highlights"])


def record_of(section: nodes.Element) -> Entry | None:
    """Return the typed record of a section that is an entry; None of any other."""
    return next((child.entry for child in section.children if isinstance(child, cv_fields)), None)


def _blocks(node: nodes.Element, entry: Entry | None) -> Iterator[tuple[str, str]]:
    """Yield the blocks below a node: "heading", "paragraphs" or "highlights", and the words."""
    for child in node.children:
        if isinstance(child, (nodes.section, cv_fields)):
            if not entry or entry.kind != "person":
                yield from _part(child, entry)
        elif isinstance(child, _ITEMS):
            # Skip the head of a table of skills, which names the columns.
            if not (entry and entry.kind in NAME_LISTS and isinstance(node, nodes.thead)) and (words := _item(child)):
                yield "highlights", words
            yield from (block for block in _blocks(child, entry) if block[0] == "highlights")
        # Sphinx's versionmodified is an admonition with paragraphs, too.
        elif isinstance(child, nodes.TextElement) and not isinstance(child, (*_OMITTED, nodes.Admonition)):
            if not (isinstance(node, nodes.section) and isinstance(child, nodes.title)) and (words := text_of(child)):
                yield "paragraphs", words
        elif isinstance(child, nodes.Element) and not isinstance(child, _OMITTED):
            is_table_of_contents = isinstance(child, nodes.topic) and "contents" in child["classes"]
            yield from () if is_table_of_contents else _blocks(child, entry)


def _part(node: nodes.Element, entry: Entry | None) -> Iterator[tuple[str, str]]:
    """Yield the blocks of a section that is no entry, or of the fields that are shown as written."""
    if isinstance(node, cv_fields):
        written = (field for field in node.findall(cv_field) if field["name"] == "unknown" and "show" not in field)
        yield from (("paragraphs", f"{field['label']}: {text_of(field)}") for field in written)
    elif not record_of(node):
        blocks = list(_blocks(node, entry))
        # Leave out a heading that only groups entries.
        if blocks or not any(isinstance(child, nodes.section) for child in node.children):
            yield "heading", text_of(node[0])
        yield from blocks


def _item(item: nodes.Element) -> str:
    """Return the text of an item without nested items: ``term: definition``, ``first cell: second, third``."""
    first, *others = [" ".join(_texts(child)) for child in item.children] or [""]
    if isinstance(item, nodes.list_item):
        return " ".join(filter(None, [first, *others]))
    return ": ".join(filter(None, [first, ", ".join(filter(None, others))]))


def _texts(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, cv_fields):
        # Leave out fields that an output may omit.
        yield from (words for _, words in _part(node, None))
    elif isinstance(node, nodes.TextElement) and not isinstance(node, _OMITTED):
        yield text_of(node)
    elif isinstance(node, nodes.Element) and not isinstance(node, (*_OMITTED, *_ITEMS)):
        for child in node.children:
            yield from _texts(child)
