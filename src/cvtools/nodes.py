"""Define the doctree nodes that this package adds.

A recognised entry keeps its section and title; only its field list is replaced::

    section.cv-entry.cv-position
      title
      cv_fields (kind="position")
        cv_field (name="organization", label="Organization")   inline content
        cv_field (name="period", start="2024-03", end="")      "Mar 2024 – present"
        cv_field (name="duration")                             "2 years 9 months"
        cv_field (name="technologies")
          cv_tag                                               "Python"
      ... the body, ordinary Markdown

All content is ready for display: writers add markup, they neither parse nor format.
"""

import itertools
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from docutils import nodes

#: Slots of an entry's head, with the names of their fields. All other fields are in the slot "note", with a label.
SLOTS: Mapping[str, Collection[str]] = {
    "title": ("title",),
    "photo": ("photo",),
    "headline": ("headline",),
    "contact": ("email", "phone", "website"),
    "profile": ("profile",),
    "by": ("authors", "inventors", "speakers", "role"),
    "who": ("organization", "institution", "event", "venue", "publisher", "issuer", "funder", "office", "to"),
    "where": ("location", "place"),
    "when": ("period", "date", "duration"),
    "plain": ("amount", "form", "level", "page", "status"),
    "tags": ("technologies",),
}


def ancestors(node: nodes.Node) -> Iterator[nodes.Element]:
    """Yield the nodes around a node, the innermost first."""
    while (parent := node.parent) is not None:
        yield parent
        node = parent


def language_of(node: nodes.Node, default: str) -> str:
    """Return the language of the innermost section around a node that has one, or else that of the document."""
    sections = (around for around in ancestors(node) if isinstance(around, nodes.section))
    return next((section["lang"] for section in sections if "lang" in section), default)


def text_of(*parts: nodes.Node) -> str:
    """Return the text of nodes on one line, with descriptions of pictures, and without markup and footnote numbers."""
    text = ""
    for part in itertools.chain(*(node.findall() for node in parts)):
        # MyST-Parser writes a hard line break as raw HTML and LaTeX.
        is_skipped = isinstance(part.parent, (nodes.raw, nodes.footnote_reference))
        if isinstance(part, (nodes.Text, nodes.image)) and not is_skipped:
            text += part.astext()
        elif isinstance(part, nodes.Body) and not isinstance(part, nodes.Inline):
            text += " "
    return " ".join(text.split())


class cv_fields(nodes.General, nodes.Element):
    """The fields of one entry, in the order in which the model declares them.

    Replaces the field list under an entry's heading. ``kind`` is the entry's kind (``"position"``), or
    ``"unknown"`` for fields that belong to no entry.
    """

    #: The valid :class:`~cvtools.reading.entry_draft.EntryDraft`, which the transform leaves here for the domain.
    draft: Any = None


def fields_of(section: nodes.Element) -> cv_fields | None:
    """Return the fields below the heading of a section; None if it has none."""
    return next((child for child in section.children if isinstance(child, cv_fields)), None)


class cv_field(nodes.Part, nodes.TextElement):
    """One field's inline content.

    Replaces a ``field``. ``name`` is the model's field name, or ``"unknown"`` for a field that was not
    understood and is shown as written; ``label`` its name in the document's language, without a colon. A
    ``period`` has ``start`` and ``end``, ISO 8601 dates of reduced precision (``""``: not ended). ``show``
    names the only output that may show the field (``"html"`` or ``"pdf"``, absent: all).
    """

    @property
    def slot(self) -> str:
        """Return the slot of the entry's head that the field is in, see :data:`SLOTS`."""
        return self.get("slot") or next((slot for slot, names in SLOTS.items() if self["name"] in names), "note")


class cv_tag(nodes.Inline, nodes.TextElement):
    """One name in a list of names, such as a technology. Replaces a word of the field's text."""


class cv_placeholder(nodes.General, nodes.Element):
    """A listing to be filled when all pages are read.

    ``kind`` is the directive that made it: ``"facts"``, ``"talks"``, ``"technologies"`` or ``"timeline"``; the other
    attributes are the directive's options. A post-transform replaces it.
    """


class cv_listing(nodes.General, nodes.Element):
    """The entries that ``{talks}`` lists. Replaces its placeholder."""


class cv_listitem(nodes.Part, nodes.Element):
    """One entry of a :class:`cv_listing`: its fields, the first named ``title``."""


class cv_timeline(nodes.General, nodes.Element):
    """The career as a figure. Replaces the placeholder of ``{timeline}`` in HTML.

    ``label`` is the figure's name; ``now`` the present in months since year 0; ``legend`` the kinds of spans and
    "now", each with its name.
    """


class cv_span(nodes.Part, nodes.Element):
    """One entry of a :class:`cv_timeline`, as a bar or a point. Holds a reference to the entry.

    ``kind`` and ``title`` are the entry's; ``host`` is its organization, institution or event; ``when`` its period in
    words; ``start`` and ``end`` its ends in months since year 0.
    """
