"""Adapt directives and nodes that lose content to a variant, on which docutils or MyST-Parser would fail."""

from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.directives import admonitions
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform


class Admonition(admonitions.Admonition):
    """Directive ``admonition`` without the class that docutils makes of its title, which may name what is left out."""

    def run(self) -> list[nodes.Node]:
        self.options.setdefault("class", [])
        return super().run()


class KeepEmptyLinks(SphinxPostTransform):
    """Post-transform that gives a link without words an empty child, on whose absence MyST-Parser would fail."""

    # Before MyST-Parser's MystReferenceResolver (9).
    default_priority = 8

    def run(self, **kwargs: Any) -> None:
        for link in self.document.findall(pending_xref):
            if not link.children:
                link.append(nodes.inline())


class RemoveEmptyAdmonitions(SphinxTransform):
    """Transform that removes admonitions of which the variant leaves only the heading."""

    # After MyST's CollectFootnotes (623), which moves footnotes out of admonitions.
    default_priority = 624

    def apply(self, **kwargs: Any) -> None:
        for box in list(self.document.findall(nodes.Element)):
            is_empty = all(isinstance(child, nodes.comment) for child in box)
            # Links may lead to an admonition with an id.
            if isinstance(box, nodes.Admonition) and is_empty and not box["ids"]:
                box.parent.remove(box)
