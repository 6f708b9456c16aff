"""A variant of the CV: what ``:only:`` and ``.only-NAME`` select, and the removal of all else."""

import difflib
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from docutils import nodes
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform

from cvtools.diagnostics import Subtype, warn
from cvtools.model import values
from cvtools.model.values import Linked
from cvtools.reading.fields import head_fields, read_field
from cvtools.reading.parser import markdown_parser

_PREFIX = "only-"


#: A mark in the source, with the variants that it names.
_MARK = re.compile(r"^:only:(.*)|\.only-([a-z][a-z0-9-]*)")


def check_names(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Warn of a variant that no mark names, and of a name that stands once only and is like another one."""
    places: dict[str, list[tuple[str, int]]] = {}
    for docname in sorted(env.found_docs if docnames else ()):
        text = env.doc2path(docname).read_text("utf-8-sig", errors="replace")
        for number, line in enumerate(text.split("\n"), 1):
            for match in _MARK.finditer(line):
                for name in (match[1] or match[2] or "").split(","):
                    places.setdefault(name.strip(), []).append((docname, number))
    variant = app.config.cv_variant
    if docnames and variant and variant not in places:
        known = f"known are {', '.join(sorted(places))}" if places else "there is none"
        warn(None, Subtype.VARIANT, f'conf.py: nothing is marked for cv_variant "{variant}": {known}')
    for name, found in places.items():
        near = difflib.get_close_matches(name, {*places, variant} - {name, ""}, 1, 0.75)
        if near and len(found) == 1 and (near[0] == variant or len(places[near[0]]) > 1):
            warn(found[0], Subtype.VARIANT, f'only this is marked for "{name}": did you mean {near[0]}?')


def leave_out_pages(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Take away pages whose only top heading is for other variants, before anything knows of them."""
    parser = markdown_parser(env.myst_config, RendererHTML)  # type: ignore[attr-defined]
    variant = app.config.cv_variant
    for docname in list(docnames):
        text = env.doc2path(docname).read_text("utf-8-sig", errors="replace")
        # Most pages need no closer look.
        if docname == app.config.root_doc or ":only:" not in text:
            continue
        if variant not in _variants(Linked(_page_mark(parser.parse(text))), variant):
            docnames.remove(docname)
            env.clear_doc(docname)
            env.found_docs.discard(docname)


class PruneVariants(SphinxTransform):
    """Removes what the variant being built leaves out.

    Sphinx's ``only`` would not do: it publishes the sections that it hides when they hold headings.
    """

    # Before anything reads the tree: ids, tables of contents, translation.
    default_priority = 2

    def apply(self, **kwargs: Any) -> None:
        self.notes: set[str] = set()
        for section in list(self.document.findall(nodes.section)):
            for field in (head_fields(section) or nodes.field_list()).findall(nodes.field):
                if field[0].astext() == "only":
                    self._select(section, _variants(read_field(field, ()).value, self.config.cv_variant))
        for element in list(self.document.findall(nodes.Element)):
            classes: list[str] = element.get("classes", [])
            if chosen := [name.removeprefix(_PREFIX) for name in classes if name.startswith(_PREFIX)]:
                is_mark = isinstance(element, nodes.inline) and not element.children
                self._select(_marked(element), chosen)
                if is_mark and element.parent is not None:
                    element.parent.remove(element)
        self._drop_notes()

    def _select(self, element: nodes.Element, variants: Iterable[str]) -> None:
        """Remove an element unless it is for this variant, and all that leads to it."""
        parent = element.parent
        # Two marks may stand for one element, which is gone after the first.
        if self.config.cv_variant in variants or parent is None or element not in parent.children:
            return
        for gone in list(_with_targets(element)):
            for inner in gone.findall(nodes.Element):
                self._forget(inner)
            gone.parent.remove(gone)
        if isinstance(parent, (nodes.bullet_list, nodes.enumerated_list)) and not parent.children:
            parent.parent.remove(parent)

    def _forget(self, element: nodes.Element) -> None:
        """Take what the document knows of an element from it."""
        if isinstance(element, nodes.footnote):
            return
        standard: Any = self.env.domains["std"]
        for anchor in element["ids"]:
            self.document.ids.pop(anchor, None)
            # Sphinx knows the terms of a glossary before this.
            for known in (standard.objects, standard.data["terms"]):
                for key in [key for key, place in known.items() if place == (self.env.docname, anchor)]:
                    del known[key]
        for name in element["names"]:
            self.document.nameids.pop(name, None)
            self.document.nametypes.pop(name, None)
        if isinstance(element, nodes.footnote_reference):
            self.notes.add(element["refname"])
            for references in (self.document.autofootnote_refs, *self.document.footnote_refs.values()):
                if element in references:
                    references.remove(element)

    def _drop_notes(self) -> None:
        """Remove the footnotes to which only pruned text referred."""
        unused = {name for name in self.notes if not self.document.footnote_refs.get(name)}
        for notes in (self.document.footnotes, self.document.autofootnotes):
            for note in [note for note in notes if unused.intersection(note["names"])]:
                notes.remove(note)
                note.parent.remove(note)


class PruneTranslated(PruneVariants):
    """The same in paragraphs that a translation replaced."""

    # After Locale (20).
    default_priority = 21


def _variants(written: Linked, variant: str) -> tuple[str, ...]:
    """The variants that a value names; this one where it is malformed, which RecogniseEntries says."""
    try:
        return values.variants(written)
    except ValueError:
        return (variant,)


def _with_targets(element: nodes.Element) -> Iterator[nodes.Element]:
    """An element and the targets that stand before it, such as ``(name)=`` above a heading."""
    yield element
    before = element.parent.children[: element.parent.index(element)]
    while before:
        last = before.pop()
        if isinstance(last, nodes.section):
            # What stands above a heading ends the section before.
            before = list(last.children)
        elif isinstance(last, nodes.target):
            yield last
        else:
            return


def _marked(element: nodes.Element) -> nodes.Element:
    """What a class selects: the element; an empty span stands for its heading, list item or paragraph."""
    if isinstance(element, nodes.inline) and not element.children:
        element = element.parent
        if isinstance(element, nodes.title) or isinstance(element.parent, nodes.list_item):
            element = element.parent
    return element


def _page_mark(tokens: list[Token]) -> str:
    """What the field ``only`` of a page's top heading says; empty where there is none, or more headings."""
    headings = [token for token in tokens if token.type == "heading_open"]
    if not headings or [token.tag for token in headings].count(headings[0].tag) > 1:
        return ""
    name = ""
    for token, following in pairwise(tokens[tokens.index(headings[0]) + 3 :]):
        if token.level == 0 and token.type in {"paragraph_open", "heading_open", "field_list_close"}:
            break
        if token.type == "fieldlist_name_open":
            name = following.content
        elif token.type == "inline" and name == "only" and following.type == "paragraph_close":
            return token.content
    return ""
