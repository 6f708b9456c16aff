"""Read a field of a field list: its name, its value, and the outputs that may show it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from sphinx.addnodes import download_reference

from cvtools import limits
from cvtools.model import values
from cvtools.model.kinds import is_field
from cvtools.model.values import Linked
from cvtools.nodes import text_of
from cvtools.reading.characters import without_controls
from cvtools.sphinx_warnings import SourceError
from cvtools.terminal import shorten

#: Pattern of the beginning of a mark that withholds a value, ``show=``, and of its misspellings, such as ``show:``.
SHOW = r"\bshow\s*[=:\uff1d\uff1a]"
#: A number that may be a year.
YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
#: Attributes after a value, as in ``+48 123 456 789 {show=pdf}``.
_ATTRIBUTES = re.compile(
    rf"""
    (?<!\s)\s*
    (?P<attributes>
        (?<!\\)\{{(?:
            [^{{}}]*\bshow\b[^{{}}]*\}}  # anywhere in the value
            | (?!\s*[.#])[^{{}}]*\}}$  # any others at its end, except for classes and ids, which Markdown reads
        )
        # at its end also without braces, in a comment, or with a backslash, since an editor may have escaped them
        | \\?(?:(?:[{{(\[]|<!--)\s*)?{SHOW}\s*\S*(?:\s*-->)?$
        | show=(?:html|pdf)\}}$  # right after a word, without the first brace
    )
    """,
    re.VERBOSE,
)
#: Attributes that only set the size of a picture, in any quotation marks.
_SIZES = re.compile(r"""\{(?:\s*(?:width|height|scale|align)\s*=\s*["'“”„]?\w+%?["'“”]?)+\s*\}""")

#: Types of nodes that may be between a heading and its fields.
_INVISIBLE = (nodes.comment, nodes.target, nodes.raw, nodes.system_message)


@dataclass
class RawField:
    """A field of the page, or a field that is computed for outputs, such as the period of all roles."""

    #: Node that gives the location in the source.
    node: nodes.Element
    name: str
    #: Inline nodes of the value.
    content: list[nodes.Node]
    #: Markdown of the value, without attributes.
    markdown: str
    #: The only output that may show the value; empty for all.
    show: str = ""
    #: Message about a malformed value; empty if it is well-formed.
    fault: str = ""
    #: The value that the field's parser returned, or a number of months; None for an invalid value.
    parsed: Any = None
    #: The slot of the entry's head that shows the field, see :data:`~cvtools.nodes.SLOTS`; empty for the usual one.
    slot: str = ""

    @property
    def value(self) -> Linked:
        """Return the text of the value, and the target of its first link or picture."""
        inner = [node for top in self.content for node in top.findall(nodes.Element)]
        links = (
            # A file beside the page is offered for download.
            node["reftarget"] if isinstance(node, download_reference) else node.get("refuri") or node.get("uri")
            for node in inner
        )
        return Linked(text_of(*self.content), next(filter(None, links), ""))

    @property
    def has_footnotes(self) -> bool:
        """Return whether the value refers to footnotes."""
        return any(True for node in self.content for _ in node.findall(nodes.footnote_reference))


def field_list_below(section: nodes.section) -> nodes.field_list | None:
    """Return the field list below a section's heading, which only comments and mistyped fields may precede."""
    for node in section.children[1:]:
        if isinstance(node, nodes.field_list):
            return node
        if not isinstance(node, _INVISIBLE) and not fault_of_field(node):
            break
    return None


def source_lines(path: str) -> list[str]:
    """Return the lines of a file without control characters; a single empty one if there is no file."""
    text = Path(path).read_text("utf-8-sig", errors="replace") if Path(path).is_file() else ""
    return without_controls(text).split("\n")


def read_fields(field_list: nodes.field_list, lines_of: Callable[[str], Sequence[str]], variant: str) -> list[RawField]:
    """Read the fields of a field list, and remove indented fields from the value of the field above them.

    :param lines_of: cached function that returns the lines of a file, see :func:`source_lines`
    :param variant: the variant that is built
    :raises SourceError: there are too many fields, a value is too long, or the variant excludes the entry
    """
    nested = [inner for inner in field_list.findall(nodes.field_list) if isinstance(inner.parent, nodes.field_body)]
    lists = {field_list, *nested}
    fields = [field for field in field_list.findall(nodes.field) if field.parent in lists]
    # Separate nested fields, since a mark may withhold the value of one of them alone.
    for inner in nested:
        inner.parent.remove(inner)
    if len(fields) > limits.FIELDS:
        extra = fields[limits.FIELDS]
        rule = f"an entry may have at most {limits.FIELDS} fields: put a blank line before other text"
        raise SourceError(extra.source or "", extra.line or 0, rule)
    return [_read_field(field, lines_of, variant) for field in fields]


def _read_field(field: nodes.field, lines_of: Callable[[str], Sequence[str]], variant: str) -> RawField:
    """Read a field, and check its form; its value is parsed later, when the kind of the entry is known."""
    raw_field = RawField(field, field[0].astext(), [], "")
    lines = _lines_of_value(field, lines_of(field.source or ""))
    text = " ".join(line.strip() for line in lines)
    if len(text) > limits.VALUE_LENGTH:
        rule = f"a value may have at most {limits.VALUE_LENGTH} characters: write the rest below the fields"
        raise SourceError(field.source or "", field.line or 0, rule)
    _read_body(raw_field, lines, text)
    if swallowed := next((line for line in lines[1:] if line and not line[0].isspace()), ""):
        remedy = ("write spaces before it, or " if raw_field.name == "to" else "") + "put a blank line after the fields"
        rule = f'was read as part of "{raw_field.name}": {remedy}'
        raw_field.fault = fault_of_line(swallowed) or f'"{shorten(swallowed, 30)}" {rule}'
    _take_attributes(raw_field, text)
    if isinstance(field.parent.parent, nodes.field_body):
        raw_field.fault = f'"{raw_field.name}" is indented below another field: delete the spaces before it'
    names = variants_in(raw_field.value.text, variant) if raw_field.name.strip().lower() == "only" else None
    if names is not None and not values.mark_keeps(names, variant):
        # ``edition_marks/pruning.py`` should have removed the entry.
        rule = 'this mark is not read here: write ":only:" on the line below the heading'
        raise SourceError(field.source or "", field.line or 0, rule)
    return raw_field


def _read_body(raw_field: RawField, lines: Sequence[str], text: str) -> None:
    """Set content, Markdown and fault of a field from its node, or from the lines of its value, joined in `text`."""
    name, body = raw_field.name, cast(nodes.field_body, raw_field.node[1])
    # Do not show source with marks, which may have text of other variants.
    is_marked = "only-" in text
    if len(body) == 1 and isinstance(body[0], nodes.paragraph) and body[0].children:
        raw_field.content, raw_field.markdown = list(body[0].children), " ".join(body[0].rawsource.split())
    elif len(lines) == 1 and text and not is_marked and not any(body.findall(nodes.footnote_reference)):
        # Markdown reads a list in this line ("+48 123", "1. place"), but its author means text.
        words = re.sub(r"\s*<!--.*?-->", "", text)
        raw_field.content, raw_field.markdown = [nodes.Text(words)], words
    elif body.children:
        blocks = [node for node in body.findall(nodes.TextElement) if not isinstance(node.parent, nodes.TextElement)]
        raw_field.content = [node for block in blocks for node in (*block.children, nodes.Text(" "))][:-1]
        raw_field.markdown = " ".join(body.astext().split())
        raw_field.fault = f'"{name}" must be one line of text; is a blank line missing after the fields?'
        if lines[1:] and lines[0]:
            rule = f'is indented below "{name}": delete the spaces before it'
            raw_field.fault = f'"{shorten(lines[1].strip(), 30)}" {rule}'
    else:
        raw_field.fault = _missing_value(name)


def _missing_value(name: str) -> str:
    return f'"{name}" has no value: write one or delete the field'


def _lines_of_value(field: nodes.field, source: Sequence[str]) -> list[str]:
    """Return the lines of a field's value: the rest of the line with its name, and the lines below but blank ones."""
    if not field.line or field.line > len(source):
        return []
    # Fields from front matter have no line of this form.
    if not (name := re.match(r"\s*:[^:]*:\s*", source[field.line - 1])):
        return []
    lines = [source[field.line - 1][name.end() :]]
    is_after_blank = False
    for number in range(field.line, len(source)):
        line = source[number]
        is_field = re.match(r"\s*:[^:\s][^:]*:(\s|$)", line)
        is_other_text = is_after_blank and line.strip() and not line[:1].isspace()
        if is_field or is_other_text:
            break
        is_after_blank = not line.strip()
        lines += [] if is_after_blank else [line]
    return lines


def fault_of_field(node: nodes.Node) -> str:
    """Return a message about a node whose text begins like a field; empty if it does not.

    Markdown reads a line that begins with a colon and a space as a definition, and the line above, which may be a
    field, as its term.
    """
    if isinstance(node, nodes.definition_list):
        first, *others = (line.astext() for line in node.findall(nodes.TextElement))
        if not first.startswith(":"):
            return ""
        if re.match(r":[\w-]+:(\s|$)", first):
            # The term is a field, and the definition may be another one.
            return fault_of_line(f": {others[0]}") if others else ""
        return fault_of_line(first)
    return fault_of_line(node.rawsource.partition("\n")[0]) if isinstance(node, nodes.paragraph) else ""


def fault_of_heading(node: nodes.Node) -> str:
    """Return a message about a paragraph that begins like a heading; empty if it does not."""
    match = isinstance(node, nodes.paragraph) and re.match(r"(#{2,6})(\xa0*)([^\W\d].*)", node.rawsource)
    if not match:
        return ""
    hint = ", with an ordinary space" if match[2] else ""
    return f'"{shorten(match[0], 30)}" is not a heading: write "{match[1]} {shorten(match[3], 30)}"{hint}'


def fault_of_line(line: str) -> str:
    """Return a message about a line that begins like a field, even one with other colons or in bold letters; or ""."""
    written = r"(?:\*\*)?[:\uff1a]\s*(?P<name>[\w-]+)(?:\*\*)?[:\uff1a]?(?:\*\*)?\s*(?P<value>.*)"
    match = re.match(rf"{written}|(?P<bare>[a-z]+):\s+(?P<words>.*)", line)
    name, value = (match["name"] or match["bare"], match["value"] or match["words"]) if match else ("", "")
    if not is_field(name):
        return ""
    value = value.removesuffix("**") if value and value.count("**") % 2 else value
    return f'"{shorten(line, 30)}" is not a field: write ":{name}: {shorten(value or "", 30)}"'


def _take_attributes(raw_field: RawField, source: str) -> None:
    """Move ``{show=pdf}`` from the end of the value to :attr:`RawField.show`; set a fault for other attributes.

    :param source: the value in the source, since Markdown removes attributes from a value of several blocks
    """
    in_value = _ATTRIBUTES.search(raw_field.markdown)
    match = in_value or _ATTRIBUTES.search(source)
    if not match:
        return
    attributes = match["attributes"]
    if "show" not in attributes and raw_field.content and isinstance(raw_field.content[-1], nodes.image):
        # Markdown has read these attributes, such as the size of the picture.
        return
    if raw_field.name == "photo" and _SIZES.fullmatch(attributes):
        if any(any(node.findall(nodes.image)) for node in raw_field.content):
            remedy = 'write it directly after the picture, as in "![Ada](ada.jpg){width=120px}"'
            raw_field.fault = raw_field.fault or f"{attributes.strip()} is not understood: {remedy}"
        return
    show = re.fullmatch(r"""\{\s*show\s*=\s*["']?(html|pdf)["']?\s*\}""", attributes)
    if in_value and show and in_value.end() == len(raw_field.markdown):
        raw_field.show = show[1]
        raw_field.markdown = raw_field.markdown[: in_value.start()]
        # Remove the attributes from text; Markdown itself removes those after a link.
        if isinstance(last := raw_field.content[-1], nodes.Text):
            raw_field.content[-1] = nodes.Text(_ATTRIBUTES.sub("", last.astext()))
        if not raw_field.markdown:
            raw_field.fault = _missing_value(raw_field.name)
    else:
        # Withhold the value from the website, since its author wants to restrict it somehow.
        raw_field.show = "pdf"
        # Do not show the attributes if a variant that is not built may have written them.
        if in_value and "only-" not in raw_field.markdown and attributes not in raw_field.value.text:
            raw_field.content.append(nodes.Text(f" {attributes}"))
        rule = "must be at the end of the value" if show else "is not understood: write {show=pdf} or {show=html}"
        if "only" in attributes:
            rule += ", or :only: on a line below the heading for a variant"
        raw_field.fault = raw_field.fault or f"{attributes.strip()} {rule}"


def variants_in(value: str, variant: str) -> Sequence[str] | None:
    """Return the variants that the value of an ``only`` field names; None if the value is no mark.

    A malformed value is no mark in a build without a variant, where :mod:`cvtools.reading.entries` warns of it. In a
    build of a variant, all its words are taken for variants, lest another variant show the entry.
    """
    value = re.sub(r"\{.*", "", value).strip()
    try:
        return values.variants(Linked(value))
    except ValueError:
        return re.findall(r"[\w-]+", value) if variant else None
