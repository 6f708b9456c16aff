"""A variant of the CV: what ``:only:`` and ``.only-NAME`` select, and the removal of all else."""

from docutils import nodes
from sphinx.transforms import SphinxTransform

from cvtools.model import values
from cvtools.reading.fields import head_fields, read_field

_PREFIX = "only-"


class PruneVariants(SphinxTransform):
    """Removes what the variant being built leaves out.

    Sphinx's ``only`` would not do: it publishes the sections that it hides when they hold headings.
    """

    # Before anything reads the tree: ids, tables of contents, translation.
    default_priority = 2

    def apply(self, **kwargs: object) -> None:
        for section in list(self.document.findall(nodes.section)):
            for field in (head_fields(section) or nodes.field_list()).findall(nodes.field):
                if field[0].astext() == "only":
                    self._select(section, self._variants(field))
        for element in list(self.document.findall(nodes.Element)):
            classes: list[str] = element.get("classes", [])
            if chosen := [name.removeprefix(_PREFIX) for name in classes if name.startswith(_PREFIX)]:
                is_mark = isinstance(element, nodes.inline) and not element.children
                self._select(_marked(element), chosen)
                if is_mark and element.parent is not None:
                    element.parent.remove(element)

    def _variants(self, field: nodes.field) -> list[str]:
        try:
            return list(values.variants(read_field(field, ()).value))
        except ValueError:
            # RecogniseEntries says so.
            return [self.config.cv_variant]

    def _select(self, element: nodes.Element, variants: list[str]) -> None:
        if self.config.cv_variant in variants or element.parent is None:
            return
        for inner in element.findall(nodes.Element):
            for anchor in inner["ids"]:
                self.document.ids.pop(anchor, None)
            for name in inner["names"]:
                self.document.nameids.pop(name, None)
                self.document.nametypes.pop(name, None)
        element.parent.remove(element)


def _marked(element: nodes.Element) -> nodes.Element:
    """What a class selects: the element itself; an empty span stands for its list item or paragraph."""
    if isinstance(element, nodes.inline) and not element.children:
        element = element.parent
        if isinstance(element.parent, nodes.list_item):
            element = element.parent
    return element
