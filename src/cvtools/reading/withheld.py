"""Withhold fields from outputs that may not show them (``{show=pdf}``), with their footnotes and files."""

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.transforms.post_transforms import SphinxPostTransform

from cvtools.nodes import cv_field
from cvtools.private_api import builder_of
from cvtools.reading.domain import output_of
from cvtools.reading.variants import reachable


class WithholdFields(SphinxPostTransform):
    """Post-transform that removes the fields that the output may not show."""

    # After FillPlaceholders (1), before all that reads text.
    default_priority = 2

    def run(self, **kwargs: Any) -> None:
        builder = builder_of(self.env)
        # Translators get all prose; withheld fields are data, which is not translatable.
        if builder.name != "gettext":
            _withhold(self.document, output_of(builder))


def withhold_files(app: Sphinx, builder: Builder) -> None:
    """Keep Sphinx from copying the pictures and downloads of withheld fields."""
    env = app.env
    if builder.format != "html" or not (env.dlfiles or env.images):
        return
    downloads, pictures = set(), set()
    # Loading the doctrees of all other pages would take long.
    pages = {page for users, _ in (*env.dlfiles.values(), *env.images.values()) for page in users}
    for page in pages:
        document = env.get_doctree(page)
        _withhold(document, output_of(builder))
        for only in list(document.findall(addnodes.only)):
            if not app.tags.eval_condition(only["expr"]):
                only.parent.remove(only)
        downloads |= {link.get("filename") for link in document.findall(addnodes.download_reference)}
        pictures |= {path for image in document.findall(nodes.image) for path in image["candidates"].values()}
    for path, (_, name) in list(env.dlfiles.items()):
        if str(name) not in downloads:
            del env.dlfiles[path]
    for picture in env.images.keys() - pictures:
        del env.images[picture]


def _withhold(document: nodes.document, output: str) -> None:
    """Remove the fields that an output may not show, with the footnotes to which nothing else refers."""
    withheld = [field for field in document.findall(cv_field) if field.get("show", output) != output]
    if not withheld:
        return
    before = _footnotes_in_use(document)
    for field in withheld:
        field.parent.remove(field)
    unused = before - _footnotes_in_use(document)
    for note in list(document.findall(nodes.footnote)):
        if unused.intersection(note["ids"]):
            note.parent.remove(note)
    anchors = {anchor for reference in document.findall(nodes.footnote_reference) for anchor in reference["ids"]}
    for note in document.findall(nodes.footnote):
        note["backrefs"] = [anchor for anchor in note["backrefs"] if anchor in anchors]


def _footnotes_in_use(document: nodes.document) -> set[str]:
    """Return the ids of the footnotes to which the text refers, and of those to which these refer in turn."""
    links: dict[str, set[str]] = {}
    for note in document.findall(nodes.footnote):
        targets = {reference["refid"] for reference in note.findall(nodes.footnote_reference)}
        links |= dict.fromkeys(note["ids"], targets)
    inside = {
        reference for note in document.findall(nodes.footnote) for reference in note.findall(nodes.footnote_reference)
    }
    text = (reference for reference in document.findall(nodes.footnote_reference) if reference not in inside)
    return reachable((reference["refid"] for reference in text), links)
