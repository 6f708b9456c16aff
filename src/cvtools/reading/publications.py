"""Set long lists of publications compactly, and let the owner's name stand out among authors."""

import itertools
import re
import unicodedata
from typing import Any, cast

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

from cvtools.model.values import Linked, authors
from cvtools.nodes import cv_field, cv_fields
from cvtools.private_api import builder_of
from cvtools.reading.domain import CvDomain, output_of

#: Number of publications on a page from which on they are a numbered list.
_MANY = 10
#: Fields of a reference after authors and title, as in "Journal, 12(3), 4–5, 2020".
_DETAILS = ("venue", "publisher", "volume", "issue", "pages", "date")
_NAMES = ("authors", "inventors", "speakers")


class ListPublications(SphinxTransform):
    """Replace the sections of many publications by a numbered list: authors, title, venue and date in one paragraph."""

    # After SphinxDomains (850), which collects the entries; before tables of contents are collected (880).
    default_priority = 860

    def apply(self, **kwargs: object) -> None:
        heads = [head for head in self.document.findall(cv_fields) if head["kind"] == "publication"]
        parents = [cast(nodes.section, head.parent) for head in heads]
        sections = [parent for parent in parents if not any(isinstance(node, nodes.section) for node in parent)]
        if len(sections) < _MANY:
            return
        for parent, siblings in itertools.groupby(sections, key=lambda section: section.parent):
            first, *others = siblings
            # Sections between them stay, below the list.
            listing = nodes.enumerated_list(classes=["cv-publications"], enumtype="arabic", prefix="", suffix=".")
            listing.source, listing.line = first.source, first.line
            parent.replace(first, listing)
            for section in (first, *others):
                if section is not first:
                    parent.remove(section)
                listing += _item(section)


def _item(section: nodes.section) -> nodes.list_item:
    """Return a publication as an item of a list: its reference, and its text."""
    title, head = cast(nodes.title, section[0]), next(node for node in section if isinstance(node, cv_fields))
    name = cv_field(title.rawsource, "", *title.children, name="title", label="", translatable=True)
    name.source, name.line = title.source, title.line
    fields = cast("list[cv_field]", list(head.children))
    by = [field for field in fields if field["name"] == "authors"]
    details = [field for field in fields if field["name"] in _DETAILS]
    others = [field for field in fields if field not in by + details]
    # Its fields are translated one by one.
    reference = nodes.paragraph("", "", translatable=False)
    reference.source, reference.line = section.source, section.line
    for field in (*by, name):
        reference += _followed(field, "" if field.astext().rstrip()[-1:] in {".", "?", "!"} else ".")
    details.sort(key=lambda field: _DETAILS.index(field["name"]))
    for field, following in itertools.zip_longest(details, details[1:]):
        if field["name"] == "issue":
            field.children = [nodes.generated("", "("), *field.children, nodes.generated("", ")")]
        is_before_issue = following and following["name"] == "issue" and field["name"] == "volume"
        reference += field if is_before_issue else _followed(field, "," if following else ".")
    for field in others:
        if field.slot == "note":
            field.insert(0, nodes.Text(f"{field['label']}: "))
        reference += _followed(field, "")
    body = [node for node in section if node not in {title, head}]
    return nodes.list_item("", reference, *body, ids=section["ids"], names=section["names"])


def _followed(field: cv_field, mark: str) -> cv_field:
    field += nodes.generated("", f"{mark} ")
    return field


class MarkOwner(SphinxPostTransform):
    """Make the name of the CV's owner strong among several authors."""

    # After WithholdFields (2), before links are resolved (10).
    default_priority = 4
    # Plain text has no strong words.
    formats = ("html", "pdf")

    def run(self, **kwargs: Any) -> None:
        domain = cast(CvDomain, self.env.domains["cv"])
        fields = [field for field in self.document.findall(cv_field) if field["name"] in _NAMES]
        person = domain.for_output(output_of(builder_of(self.env))).person if fields else None
        if not person:
            return
        for field in fields:
            written = (node.astext() for node in field.children if not isinstance(node, nodes.generated))
            names = authors(Linked("".join(written)))
            own = [name for name in names if len(names) > 1 and is_name_of(name, person.title)]
            for text in list(field.findall(nodes.Text)):
                name = next((name for name in own if name in text), "")
                if name and not isinstance(text.parent, nodes.strong):
                    before, _, after = text.astext().partition(name)
                    parts = (nodes.Text(before), nodes.strong(name, name), nodes.Text(after))
                    text.parent.replace(text, [part for part in parts if part.astext()])


def is_name_of(name: str, title: str) -> bool:
    """Return whether an author's name, whose given names may be initials, is that of a person.

    :param title: the person's name in full, with or without academic titles: "Dr. Grace Tester"
    """
    *given, family = _words(re.sub(r"(?<!\S)\w{2,}\.|,.*", "", title)) or [""]
    words = _words(name)
    if family not in words or (given and len(words) == 1):
        return False
    words.remove(family)
    if not given:
        return not words
    # Initials may be written together, and a middle name be left out of the title.
    first, others = words[:1], words[1:]
    return all(word in given or (len(word) <= 3 and word[0] == given[0][0]) for word in first) and all(
        word in given or len(word) == 1 for word in others
    )


def _words(name: str) -> list[str]:
    """Return the words of a name in small letters without accents; parts with a hyphen count as words."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return re.findall(r"[^\W\d_]+", plain.casefold().replace("ł", "l"))
