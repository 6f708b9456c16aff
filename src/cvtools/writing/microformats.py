"""Microformats 2: classes that tell machines what stands where on a page.

A CV is an `h-resume <https://microformats.org/wiki/h-resume>`__ and an h-card in one; work, education and talks are
h-events in it, and who they were for is the h-card that organized them.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from cvtools.nodes import cv_field, cv_fields, cv_listitem

#: The section of an entry, by kind.
_SECTIONS = {
    "person": "h-card h-resume",
    "position": "p-experience h-event",
    "education": "p-education h-event",
    "talk": "h-event",
}
#: What a field is called, inside the entries that have no name of their own for it.
_FIELDS = {
    "headline": "p-job-title",
    "phone": "p-tel",
    "location": "p-location",
    "place": "p-location",
    "organization": "p-organizer h-card",
    "institution": "p-organizer h-card",
    "event": "p-organizer h-card",
    "date": "dt-start",
    "period": "dt-start",
}
#: Fields whose link counts, not their words.
_LINKS = {"email": "u-email"} | dict.fromkeys(
    ("website", "github", "gitlab", "linkedin", "mastodon", "orcid", "video", "slides", "page"), "u-url"
)


class Microformats(SphinxPostTransform):
    """Gives the sections, titles and fields of entries their classes."""

    # After WithholdFields (2) and ReferencesResolver (10), which makes new nodes.
    default_priority = 11
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        for section in self.document.findall(nodes.section):
            for kind, classes in _SECTIONS.items():
                if f"cv-{kind}" in section["classes"]:
                    section["classes"] += classes.split()
                    _name(section[0])
                    self._mark_children(section, kind)
            if "cv-skills" in section["classes"]:
                for item in section.findall(nodes.list_item):
                    item["classes"].append("p-skill")
        for listed in self.document.findall(cv_listitem):
            _mark(listed, "p-location")

    def _mark_children(self, section: nodes.section, kind: str) -> None:
        for child in section.children:
            if isinstance(child, cv_fields):
                _mark(child, "p-locality" if kind == "person" else "p-location")
            elif isinstance(child, nodes.paragraph) and kind == "person":
                child["classes"].append("p-summary")


def _mark(entry: nodes.Element, location: str) -> None:
    for field in entry.findall(cv_field):
        name = field["name"]
        if name in _LINKS or name == "title":
            for link in field.findall(nodes.reference):
                link["classes"] += _LINKS.get(name, "p-name u-url").split()
        elif name in _FIELDS:
            field["classes"] += (location if name == "location" else _FIELDS[name]).split()


def _name(title: nodes.Node) -> None:
    """Name an entry by the words of its title, without the link to itself that the theme adds to it."""
    if isinstance(title, nodes.title):
        words = nodes.inline("", "", *title.children, classes=["p-name"])
        title.clear()
        title += words
