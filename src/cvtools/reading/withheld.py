"""Withhold fields from outputs that may not show them (``{show=pdf}``), with their footnotes and files."""

from itertools import count
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.tags import Tags

from cvtools.nodes import ancestors, cv_field
from cvtools.private_api import builder_of, tags_of
from cvtools.reading.domain import TAGS, output_of
from cvtools.reading.edition_marks.pruning import reachable
from cvtools.sphinx_warnings import Code, warn
from cvtools.terminal import shorten


class WithholdTitles(SphinxTransform):
    """Transform that keeps links without words from showing titles in ``only``, which not all outputs may show."""

    # Before Sphinx collects labels (850) and MyST resolves links (879).
    default_priority = 849

    def apply(self, **kwargs: Any) -> None:
        inside = (node for only in self.document.findall(addnodes.only) for node in only.findall(nodes.Element))
        named = {name: node for node in inside for name in node["names"]}
        for node in named.values():
            # Let links to these ids lead to a target instead, which has no words to copy.
            self.document.ids |= dict.fromkeys(node["ids"], nodes.target(ids=node["ids"], names=node["names"]))
        for link in self.document.findall(nodes.reference) if named else ():
            name = link.get("refuri", "").removeprefix("#")
            if link.get("id_link") and not link.children and name in named:
                rule = "a link without words to something in {only}"
                warn(link, Code.VARIANT, f"{rule}: write [words](#{shorten(name, 30)})")


class WithholdFields(SphinxPostTransform):
    """Post-transform that removes the fields and ``only`` directives that the output may not show."""

    # After FillPlaceholders (1), before all that reads text.
    default_priority = 2

    def run(self, **kwargs: Any) -> None:
        builder = builder_of(self.env)
        # Translators get the prose of all outputs, that of withheld fields included.
        if builder.name != "gettext":
            _remove_fields(self.document, output_of(builder))
        if builder.format in {"text", "markdown"}:
            # Text and Markdown are published beside the page, and may not say more than it does.
            web_tags = Tags({*tags_of(self.env), *TAGS["html"]})
            for only in list(self.document.findall(addnodes.only)):
                if not web_tags.eval_condition(only["expr"]):
                    only.replace_self(nodes.comment())


class WithholdFootnotes(SphinxPostTransform):
    """Post-transform that removes the footnotes to which nothing refers in what the output shows.

    Not only removed fields leave such footnotes: a translation may lack a reference.
    """

    # After Sphinx's transform of ``only`` (50).
    default_priority = 51

    def run(self, **kwargs: Any) -> None:
        if builder_of(self.env).name != "gettext":
            _remove_footnotes(self.document)


def withhold_files(app: Sphinx, builder: Builder) -> None:
    """Keep Sphinx from copying the pictures and downloads of withheld fields."""
    env = app.env
    if builder.format != "html" or not (env.dlfiles or env.images):
        return
    downloads, pictures = set(), set()
    # Only these pages have files, and loading all doctrees would take long.
    pages = {page for users, _ in (*env.dlfiles.values(), *env.images.values()) for page in users}
    for page in pages:
        document = env.get_doctree(page)
        _remove_fields(document, output_of(builder))
        for only in list(document.findall(addnodes.only)):
            if not app.tags.eval_condition(only["expr"]):
                only.parent.remove(only)
        _remove_footnotes(document)
        downloads |= {link.get("filename") for link in document.findall(addnodes.download_reference)}
        pictures |= {path for image in document.findall(nodes.image) for path in image["candidates"].values()}
    for path, (_, name) in list(env.dlfiles.items()):
        if str(name) not in downloads:
            del env.dlfiles[path]
    for picture in env.images.keys() - pictures:
        del env.images[picture]


def _remove_fields(document: nodes.document, output: str) -> None:
    """Remove the fields that an output may not show."""
    for field in [field for field in document.findall(cv_field) if field.get("show", output) != output]:
        field.parent.remove(field)


def _remove_footnotes(document: nodes.document) -> None:
    """Remove the footnotes that nothing refers to, and links back to removed references, and number the others."""
    if not (footnotes := list(document.findall(nodes.footnote))):
        return
    # The ids of the footnotes that each footnote refers to; an empty id is for the text outside of footnotes.
    links: dict[str, set[str]] = {}
    for reference in document.findall(nodes.footnote_reference):
        footnotes_around = (node["ids"] for node in ancestors(reference) if isinstance(node, nodes.footnote))
        for footnote_id in next(footnotes_around, [""]):
            links.setdefault(footnote_id, set()).add(reference["refid"])
    in_use = reachable(links.get("", ()), links)
    shown = [footnote for footnote in footnotes if not in_use.isdisjoint(footnote["ids"])]
    # MyST-Parser puts a line above the footnotes.
    lines = (node for node in document.findall(nodes.transition) if not shown and "footnotes" in node["classes"])
    for node in [*lines, *(footnote for footnote in footnotes if footnote not in shown)]:
        node.parent.remove(node)
    references = list(document.findall(nodes.footnote_reference))
    anchors = {anchor for reference in references for anchor in reference["ids"]}
    # Gaps between numbers would tell of withheld footnotes; a number that the author chose stays.
    chosen = {footnote[0].astext() for footnote in shown if "auto" not in footnote}
    numbers = (number for number in map(str, count(1)) if number not in chosen)
    labels: dict[str, str] = {}
    for footnote in shown:
        footnote["backrefs"] = [anchor for anchor in footnote["backrefs"] if anchor in anchors]
        footnote[0] = nodes.label("", next(numbers) if "auto" in footnote else footnote[0].astext())
        labels |= dict.fromkeys(footnote["ids"], footnote[0].astext())
    for reference in references:
        reference[:] = [nodes.Text(labels.get(reference["refid"], reference.astext()))]
