"""Collect the text below headings for data: paragraphs, and highlights, which are items of lists and rows of tables."""

from collections.abc import Iterator

from docutils import nodes
from sphinx import addnodes

from cvtools.model.kinds import NAME_LISTS
from cvtools.nodes import cv_field, cv_fields, fields_of, text_of

_ITEMS = (nodes.list_item, nodes.definition_list_item, nodes.field, nodes.row)
#: Nodes without text, and nodes that an output may omit, such as footnotes of withheld fields.
_OMITTED = (nodes.Invisible, nodes.raw, nodes.system_message, nodes.footnote, addnodes.only, addnodes.toctree)


def text_below(section: nodes.Element, kind: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the paragraphs and highlights of a section, without those of nested entries.

    Headings in a section belong to its text, except below the person, whose section holds the whole page. A heading
    goes with the block that follows. Fields that are shown as written are paragraphs.

    :param kind: the kind of the entry that the section is; empty if it is none
    """
    blocks: dict[str, list[str]] = {"paragraphs": [], "highlights": []}
    heading: list[str] = []
    for name, words in _blocks(section, kind):
        if name == "heading":
            blocks["paragraphs"] += heading
            heading = [words]
        else:
            blocks[name] += [*heading, words]
            heading = []
    return (*blocks["paragraphs"], *heading), tuple(blocks["highlights"])


def _blocks(node: nodes.Element, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the words of each block below a node: "heading", "paragraphs" or "highlights"."""
    for child in node.children:
        is_of_page = kind == "person" and isinstance(child, (nodes.section, cv_fields))
        is_table_of_contents = isinstance(child, nodes.topic) and "contents" in child["classes"]
        if is_of_page or is_table_of_contents:
            continue
        if isinstance(child, cv_fields):
            yield from (("paragraphs", words) for words in _fields_as_written(child))
        elif isinstance(child, nodes.section):
            yield from _blocks_of_section(child, kind)
        elif isinstance(child, _ITEMS):
            # Skip the head of a table of skills, which names the columns.
            names_columns = kind in NAME_LISTS and isinstance(node, nodes.thead)
            if not names_columns and (words := _item(child)):
                yield "highlights", words
            yield from (block for block in _blocks(child, kind) if block[0] == "highlights")
        # Sphinx's versionmodified is an admonition with paragraphs, too.
        elif isinstance(child, nodes.TextElement) and not isinstance(child, (*_OMITTED, nodes.Admonition)):
            is_heading = isinstance(node, nodes.section) and isinstance(child, nodes.title)
            if not is_heading and (words := text_of(child)):
                yield "paragraphs", words
        elif isinstance(child, nodes.Element) and not isinstance(child, _OMITTED):
            yield from _blocks(child, kind)


def _blocks_of_section(section: nodes.section, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the blocks of a section, its heading first; none if it is an entry."""
    if (fields := fields_of(section)) and fields.draft:
        return
    blocks = list(_blocks(section, kind))
    # Leave out a heading that only groups entries.
    if blocks or not any(isinstance(child, nodes.section) for child in section.children):
        yield "heading", text_of(section[0])
    yield from blocks


def _fields_as_written(head: cv_fields) -> Iterator[str]:
    """Yield the fields that are shown as written, but not those that an output may omit."""
    for field in head.findall(cv_field):
        if field["name"] == "unknown" and "show" not in field:
            yield f"{field['label']}: {text_of(field)}"


def _item(item: nodes.Element) -> str:
    """Return the text of an item without nested items: ``term: definition``, ``first cell: second, third``."""
    first, *others = [" ".join(_texts(child)) for child in item.children] or [""]
    if isinstance(item, nodes.list_item):
        return " ".join(filter(None, [first, *others]))
    return ": ".join(filter(None, [first, ", ".join(filter(None, others))]))


def _texts(node: nodes.Node) -> Iterator[str]:
    """Yield the texts of a part of an item, without nested items."""
    if isinstance(node, cv_fields):
        yield from _fields_as_written(node)
    elif isinstance(node, nodes.TextElement) and not isinstance(node, _OMITTED):
        yield text_of(node)
    elif isinstance(node, nodes.Element) and not isinstance(node, (*_OMITTED, *_ITEMS)):
        for child in node.children:
            yield from _texts(child)
