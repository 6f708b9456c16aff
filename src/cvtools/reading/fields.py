"""Read a field of a field list: its name, its value, and the outputs that may show it."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from sphinx import addnodes

from cvtools import limits
from cvtools.model import values
from cvtools.model.entries import OUTPUTS
from cvtools.model.kinds import is_known
from cvtools.model.values import Linked
from cvtools.nodes import text_of
from cvtools.reading.characters import without_controls
from cvtools.sphinx_warnings import SourceError
from cvtools.terminal import shorten

#: The beginning of a mark that withholds a value, even a misspelt one: a pattern of ``show=`` and ``show:``.
SHOW = r"\bshow\s*[=:]"
#: What may be a year.
YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
#: Attributes after a value, as in ``+48 123 456 789 {show=pdf}``, but for classes and ids, which Markdown reads.
#: ``\{show=pdf}`` counts at the end of a value, since an editor may have escaped it.
_ATTRIBUTES = re.compile(
    rf"(?<!\s)\s*(?P<attributes>(?<!\\)\{{(?:[^{{}}]*\bshow\b[^{{}}]*\}}|(?!\s*[.#])[^{{}}]*\}}$)|\\?(?:[{{(\[]\s*)?{SHOW}\s*\S*$)"
)

#: Words that an author may write, even misspelt, for an output or to hide a value.
_OUTPUT_WORDS = (*OUTPUTS, *"web page print paper public private secret hidden none nowhere no off".split())

#: Nodes that may precede the fields under a heading.
_INVISIBLE = (nodes.comment, nodes.target, nodes.raw, nodes.system_message)


@dataclass
class RawField:
    """A field as written."""

    #: Node with the field's location.
    node: nodes.field
    #: Name as written.
    name: str
    #: Inline nodes of the value.
    content: list[nodes.Node]
    #: Markdown of the value, without attributes.
    markdown: str
    #: The only output that may show the value; empty for all.
    show: str = ""
    #: Message about a malformed value; empty if it is well-formed.
    problem: str = ""
    #: The value that the field's parser returned; None for an invalid one.
    parsed: Any = None

    @property
    def value(self) -> Linked:
        """Return the words of the value, and its first link or picture."""
        inner = [node for top in self.content for node in top.findall(nodes.Element)]
        links = filter(None, (node.get("refuri") or node.get("uri") or _file(node) for node in inner))
        return Linked(text_of(*self.content), next(links, ""))

    @property
    def data(self) -> Linked:
        """Return the value of a field that is shown in another form, such as a date; raise ValueError for footnotes."""
        if self.has_footnotes:
            raise ValueError("a footnote is for prose: write it into the text below")
        return self.value

    @property
    def has_footnotes(self) -> bool:
        """Return whether the value refers to footnotes."""
        return any(True for node in self.content for _ in node.findall(nodes.footnote_reference))


def _file(node: nodes.Element) -> str:
    """Return the file beside the page that a node offers for download; empty if it offers none."""
    return cast(str, node["reftarget"]) if isinstance(node, addnodes.download_reference) else ""


def head_fields(section: nodes.section) -> nodes.field_list | None:
    """Return the field list under a section's heading; only comments and mistyped fields may precede it."""
    for node in section.children[1:]:
        if isinstance(node, nodes.field_list):
            return node
        if not isinstance(node, _INVISIBLE) and not mistyped_field(node):
            break
    return None


class SourceLines(dict[str, list[str]]):
    """The lines of a page, and of files that it includes, by their paths."""

    def __missing__(self, path: str) -> list[str]:
        text = Path(path).read_text("utf-8-sig", errors="replace") if Path(path).is_file() else ""
        self[path] = without_controls(text).split("\n")
        return self[path]


def read_fields(field_list: nodes.field_list, sources: SourceLines) -> list[RawField]:
    """Read the fields of a field list, also those indented below another, and refuse too many."""
    indented = _outdent(field_list)
    fields = [node for node in field_list if isinstance(node, nodes.field)]
    for extra in fields[limits.FIELDS :]:
        rule = f"an entry may have {limits.FIELDS} fields: put a blank line before other text"
        raise SourceError(extra.source or "", extra.line or 0, rule)
    read = [read_field(field, sources[field.source or ""]) for field in fields]
    for raw_field in read:
        if raw_field.node in indented:
            raw_field.problem = f'"{raw_field.name}" is indented below another field: delete the spaces before it'
    return read


def _outdent(field_list: nodes.field_list) -> set[nodes.field]:
    """Move fields that are indented below another field out of its value, and return them."""
    nested = [node for node in field_list.findall(nodes.field_list) if isinstance(node.parent, nodes.field_body)]
    if not nested:
        return set()
    lists = {field_list, *nested}
    fields = [node for node in field_list.findall(nodes.field) if node.parent in lists]
    indented = {node for node in fields if node.parent is not field_list}
    for inner in nested:
        inner.parent.remove(inner)
    field_list[:] = fields
    return indented


def read_field(field: nodes.field, source: Sequence[str]) -> RawField:
    """Read a field from the lines of its file and check its form; its entry's kind decides on the meaning."""
    name, body = field[0].astext(), cast(nodes.field_body, field[1])
    written = RawField(field, name, [], "")
    lines = _source_lines(field, source)
    raw = " ".join(line.strip() for line in lines)
    if len(raw) > limits.VALUE_LENGTH:
        rule = f"a value may have {limits.VALUE_LENGTH} characters: write the rest below the fields"
        raise SourceError(field.source or "", field.line or 0, rule)
    # Do not use marked source, which may contain text of other variants.
    is_marked = "only-" in raw
    if len(body) == 1 and isinstance(body[0], nodes.paragraph):
        written.content, written.markdown = list(body[0].children), " ".join(body[0].rawsource.split())
    elif len(lines) == 1 and raw and not is_marked and not any(body.findall(nodes.footnote_reference)):
        # A list to Markdown ("+48 123", "1. place"), but one line of text to its author.
        words = re.sub(r"\s*<!--.*?-->", "", raw)
        written.content, written.markdown = [nodes.Text(words)], words
    elif body.children:
        blocks = [node for node in body.findall(nodes.TextElement) if not isinstance(node.parent, nodes.TextElement)]
        written.content = [node for block in blocks for node in (*block.children, nodes.Text(" "))][:-1]
        written.markdown = " ".join(body.astext().split())
        written.problem = f'"{name}" must be one line of text; is a blank line missing after the fields?'
        if lines[1:] and lines[0]:
            rule = f'is indented below "{name}": delete the spaces before it'
            written.problem = f'"{shorten(lines[1].strip(), 30)}" {rule}'
    else:
        written.problem = f'"{name}" has no value: write one or delete the field'
    if swallowed := next((line for line in lines[1:] if line and not line[0].isspace()), ""):
        remedy = ("write spaces before it, or " if name == "to" else "") + "put a blank line after the fields"
        rule = f'was read as part of "{name}": {remedy}'
        written.problem = mistyped(swallowed) or f'"{shorten(swallowed, 30)}" {rule}'
    _take_attributes(written, raw)
    return written


def _source_lines(field: nodes.field, source: Sequence[str]) -> list[str]:
    """Return the lines of a value without blank ones: the rest of the field's line, and its continuation."""
    if not field.line or field.line > len(source):
        return []
    # Fields from front matter have no line of this form.
    if not (name := re.match(r"\s*:[^:]*:\s*", source[field.line - 1])):
        return []
    lines = [source[field.line - 1][name.end() :]]
    is_apart = False
    for line in map(source.__getitem__, range(field.line, len(source))):
        is_indented = line[:1].isspace()
        if re.match(r"\s*:[^:\s][^:]*:(\s|$)", line) or (is_apart and line.strip() and not is_indented):
            break
        is_apart = not line.strip()
        lines += [line] if line.strip() else []
    return lines


def mistyped_field(node: nodes.Node) -> str:
    """Return a message about a paragraph that begins like a field; empty if it does not.

    A line that begins with a colon and a space is a definition, and the line above it, which may be a field, its term.
    """
    if isinstance(node, nodes.definition_list):
        first, *others = (line.astext() for line in node.findall(nodes.TextElement))
        bad = first if not re.match(r":[\w-]+:(\s|$)", first) else f": {others[0]}" if others else ""
        return mistyped(bad) if first.startswith(":") else ""
    return mistyped(node.rawsource.partition("\n")[0]) if isinstance(node, nodes.paragraph) else ""


def mistyped_heading(node: nodes.Node) -> str:
    """Return a message about a paragraph that begins like a heading; empty if it does not."""
    match = re.match(r"(#{2,6})([^\W\d].*)", node.rawsource) if isinstance(node, nodes.paragraph) else None
    return f'"{shorten(match[0], 30)}" is not a heading: write "{match[1]} {shorten(match[2], 30)}"' if match else ""


def mistyped(line: str) -> str:
    """Return a message about a line that begins like a field; empty if it does not."""
    match = re.match(r":\s*(?P<name>[\w-]+):?\s*(?P<value>.*)|(?P<bare>[a-z]+):\s+(?P<words>.*)", line)
    name, value = (match["name"] or match["bare"], match["value"] or match["words"]) if match else ("", "")
    if not is_known(name):
        return ""
    return f'"{shorten(line, 30)}" is not a field: write ":{name}: {shorten(value or "", 30)}"'


def _variant_of(attributes: str) -> str:
    """Return the variant in ``{only=short}``; empty for a misspelt output, which hides the value."""
    match = re.fullmatch(r"""\s*\{\s*(?:show|only)\s*=\s*["']?([a-z][a-z0-9-]*)["']?\s*\}""", attributes)
    return match[1] if match and not difflib.get_close_matches(match[1], _OUTPUT_WORDS, 1, 0.6) else ""


def _take_attributes(written: RawField, raw: str) -> None:
    """Move ``{show=pdf}`` from the end of the value to :attr:`RawField.show`.

    :param raw: the value in the source, since Markdown removes attributes from a value of several blocks
    """
    here = _ATTRIBUTES.search(written.markdown)
    match = here or _ATTRIBUTES.search(raw)
    if not match:
        return
    attributes = match["attributes"]
    if "show" not in attributes and written.content and isinstance(written.content[-1], nodes.image):
        # Markdown has read these attributes, such as the size of the picture.
        return
    show = re.fullmatch(r"""\{\s*show\s*=\s*["']?(html|pdf)["']?\s*\}""", attributes)
    if here and show and match.end() == len(written.markdown):
        written.show = show[1]
        written.markdown = written.markdown[: match.start()]
        # After a link, Markdown has removed the attributes already.
        if isinstance(last := written.content[-1], nodes.Text):
            written.content[-1] = nodes.Text(_ATTRIBUTES.sub("", last.astext()))
        if not written.markdown:
            written.problem = f'"{written.name}" has no value: write one or delete the field'
        return
    if variant := _variant_of(attributes):
        rule = f"chooses no variant here: write :only: {variant} on a line below the heading"
        written.problem = written.problem or f"{attributes.strip()} {rule}"
        return
    # Keep the value from the web, since its author wants to restrict it.
    written.show = "pdf"
    # A value with a mark lacks what is for another variant, which may be this.
    if here and "only-" not in written.markdown and attributes not in written.value.text:
        written.content.append(nodes.Text(f" {attributes}"))
    rule = "must stand at the end of the value" if show else "is not understood: write {show=pdf} or {show=html}"
    written.problem = written.problem or f"{attributes.strip()} {rule}"


def variants_of(value: str, variant: str) -> Iterator[Sequence[str]]:
    """Yield the variants that the value of an ``only`` field names.

    A malformed value is ignored where no variant is built; :mod:`cvtools.reading.entries` warns about it. Else all its
    words are names, since no other variant may show what it marks.
    """
    value = re.sub(r"\{.*", "", value).strip()
    try:
        yield values.variants(Linked(value))
    except ValueError:
        if variant:
            yield re.findall(r"[\w-]+", value)


def refuse_unchosen(raw_field: RawField, variant: str) -> None:
    """Refuse an ``only`` field for another variant, whose entry should have been removed with its tokens.

    :raises SourceError: the entry would be published
    """
    names = variants_of(raw_field.value.text, variant) if raw_field.name.strip().lower() == "only" else ()
    if not all(values.mark_keeps(found, variant) for found in names):
        rule = 'a mark that is not read here: write ":only:" on the line below the heading'
        raise SourceError(raw_field.node.source or "", raw_field.node.line or 0, rule)
