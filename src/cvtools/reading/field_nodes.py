"""Make the nodes of fields, with labels, links and formatted values."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from docutils import nodes

from cvtools.i18n import I18n
from cvtools.model.dates import PartialDate, Period
from cvtools.model.entries import DATE_FIELDS, NAME_FIELDS, PROSE_FIELDS
from cvtools.model.values import Linked, Profile, phone_uri
from cvtools.nodes import cv_field, cv_tag
from cvtools.reading.fields import RawField


def field_node(name: str, raw_field: RawField, i18n: I18n, *, in_full: bool = False) -> cv_field:
    """Return the node of a field; for the name "unknown", with the value as the page has it.

    :param in_full: whether to write the names of months without abbreviation
    """
    value = raw_field.parsed
    label = raw_field.name if name == "unknown" else i18n.label(name)
    node = cv_field(raw_field.markdown, name=name, label=f"{label}{i18n.before_colon}")
    node.source, node.line = raw_field.node.source, raw_field.node.line
    # The field "duration" has words for a talk, and a number of months for a period.
    is_prose = name in PROSE_FIELDS and not isinstance(value, int)
    node["support_smartquotes"] = is_prose
    node["translatable"] = is_prose and name not in NAME_FIELDS
    if raw_field.show:
        node["show"] = raw_field.show
    if raw_field.slot:
        node["slot"] = raw_field.slot
    match value:
        case Period():
            node["start"], node["end"] = str(value.start), str(value.end or "")
            node += nodes.Text(i18n.period(value))
        case PartialDate():
            node["start"] = str(value)
            node += nodes.Text(i18n.date(value, in_full=in_full))
        case int(months):
            node += nodes.Text(i18n.duration(months))
        case Profile(network, link):
            node["name"], node["label"] = "profile", f"{network}{i18n.before_colon}"
            has_words = bool(raw_field.value.url) and not _is_bare_link(link)
            # Add the label to a user's name, which does not tell the network, unlike an address.
            if has_words and not re.search(rf"[.@/]|{re.escape(network)}", link.text, re.IGNORECASE):
                node["slot"] = "note"
            words = link.text if has_words else _short(link.url)
            # A link to a page of the site has no address, but a node of Sphinx.
            node.extend([_link(words, link.url)] if link.url else raw_field.content)
        case _:
            node.extend(_content(name, raw_field, i18n))
    return node


def _content(name: str, raw_field: RawField, i18n: I18n) -> Iterable[nodes.Node]:
    """Return the children of a field's node for values other than dates, durations and profiles."""
    value, content = raw_field.parsed, raw_field.content
    match name:
        case "email":
            content = [_link(value, f"mailto:{value}")]
        case "phone":
            content = [_link(value, phone_uri(value))]
        case "doi":
            content = [_link(value.text, value.url)]
        case "technologies":
            content = [cv_tag(tag, tag, translatable=False) for tag in value]
        case "language":
            content = [nodes.Text(i18n.language_name(value))]
        case "to":
            content = [*_lines(content)]
        case _ if name in DATE_FIELDS:
            # The only dates here are in free words.
            content = [nodes.Text(value)]
        case _ if _is_bare_link(value) and not raw_field.has_footnotes:
            content = [_link(_short(value.url), value.url)]
    return content


def _is_bare_link(value: Any) -> bool:
    """Return whether the text of a link is its address."""
    return isinstance(value, Linked) and value.text in {value.url, value.url.rstrip("/")}


def _lines(content: Iterable[nodes.Node]) -> Iterator[nodes.Node]:
    """Yield the nodes of an address, with a hard line break of LaTeX at each line end."""
    for node in content:
        if isinstance(node, nodes.Text):
            first, *lines = node.astext().split("\n")
            yield nodes.Text(first)
            for line in lines:
                yield nodes.raw("", "\\\\\n", format="latex")
                yield nodes.Text(line)
        elif not isinstance(node, nodes.raw):
            yield node


def _short(url: str) -> str:
    return url.rsplit("://", maxsplit=1)[-1].removeprefix("www.").rstrip("/")


def _link(text: str, target: str) -> nodes.reference:
    return nodes.reference("", text, refuri=target, internal=False)
