"""The few doctree nodes of our own.

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

from collections.abc import Sequence

from docutils import nodes

from cvtools.model.entries import Entry


class cv_fields(nodes.General, nodes.Element):
    """The fields of one entry, in the order in which the model declares them.

    Replaces the field list under an entry's heading. ``kind`` is the entry's kind (``"position"``), or
    ``"unknown"`` where it could not be told.
    """

    #: The typed record, from the transform that makes it to the domain that collects it.
    entry: Entry | None = None


class cv_field(nodes.Part, nodes.TextElement):
    """One field's inline content.

    Replaces a ``field``. ``name`` is the model's field name, or ``"unknown"`` for a field that was not
    understood and is shown as written; ``label`` its name in the document's language. A ``period`` has
    ``start`` and ``end``, ISO 8601 dates of reduced precision (``""``: still open). ``show`` names the
    only output that may show it (``"html"`` or ``"pdf"``, absent: all).
    """


class cv_tag(nodes.Inline, nodes.TextElement):
    """One name in a list of names, such as a technology. Replaces a word of the field's text."""


class cv_listing(nodes.General, nodes.Element):
    """A list of entries that stand elsewhere. Replaces ``{talks}`` before any writer sees it."""


class cv_listitem(nodes.Part, nodes.Element):
    """One entry of a :class:`cv_listing`: its fields, the first named ``title``."""


class talks_placeholder(nodes.General, nodes.Element):
    """Where ``{talks}`` stood; a post-transform turns it into a :class:`cv_listing`."""


class timeline_placeholder(nodes.General, nodes.Element):
    """Where ``{timeline}`` stood; a post-transform turns it into a :class:`cv_timeline`, or takes it away."""


class cv_timeline(nodes.General, nodes.Element):
    """The career as a figure; only pages have it. ``label`` is its name, ``talks`` that of the talks."""


class cv_span(nodes.Part, nodes.Element):
    """An entry of a :class:`cv_timeline`: a reference to it.

    ``kind`` is the entry's; ``row`` its line in the figure, from 0; ``start`` and ``end`` its first and last month, in
    months since year 0; ``host`` and ``title`` what it is called, ``when`` its period in words.
    """


class technologies_placeholder(nodes.General, nodes.Element):
    """Where ``{technologies}`` stood; a post-transform turns it into tables."""


def replace_placeholder(placeholder: nodes.Element, made: Sequence[nodes.Node]) -> None:
    """Replace a placeholder by what it stands for; if that is nothing, keep its target, to which links may lead."""
    is_target = any(placeholder[name] for name in placeholder.basic_attributes)
    placeholder.replace_self(made or [nodes.target()] * is_target)
