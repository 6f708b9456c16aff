"""Variants of the CV by page: which names its marks have, and which pages are left out as a whole."""

import difflib
import re
from typing import Any

from docutils import nodes
from markdown_it.renderer import RendererHTML
from markdown_it.tree import SyntaxTreeNode
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform

from cvtools import limits
from cvtools.nodes import replace_placeholder
from cvtools.problems import Code, SourceError, warn
from cvtools.reading.parser import markdown_parser
from cvtools.reading.selection import Selection
from cvtools.watchdog import WATCHDOG

#: A mark in the source, with the variants that it names.
_MARK = re.compile(r"^:only:(.*)|(?:\.|:::|^:(?:fig)?class:\s*)only-([a-z][a-z0-9-]*)")


def check_names(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Warn of a variant that no mark names, and of a name that stands once only and is like another one.

    :raises SourceError: marks have more names than any CV needs
    """
    marks: dict[str, list[tuple[str, int]]] = {}
    for docname in sorted(env.found_docs if docnames else ()):
        text = env.doc2path(docname).read_text("utf-8-sig", errors="replace")
        for number, line in enumerate(text.split("\n"), 1):
            for match in _MARK.finditer(line):
                for name in (match[1] or match[2] or "").split(","):
                    marks.setdefault(name.strip()[: limits.NAME_LENGTH], []).append((docname, number))
                    if len(marks) > limits.VARIANTS:
                        rule = f"marks may name {limits.VARIANTS} variants: use fewer"
                        raise SourceError(env.doc2path(docname), number, rule)
    variant = app.config.cv_variant
    if docnames and variant and variant not in marks:
        known = f"known are {', '.join(sorted(marks))}" if marks else "there is none"
        warn(None, Code.VARIANT, f'conf.py: nothing is marked for cv_variant "{variant}": {known}')
    for name, found in marks.items():
        near = difflib.get_close_matches(name, {*marks, variant} - {name, ""}, 1, 0.75)
        if near and len(found) == 1 and (near[0] == variant or len(marks[near[0]]) > 1):
            warn(found[0], Code.VARIANT, f'only this is marked for "{name}": did you mean {near[0]}?')


class RemoveEmptyAdmonitions(SphinxTransform):
    """Removes admonitions of which a variant left nothing: a box with a heading alone says nothing."""

    # After MyST's CollectFootnotes (623) took the footnotes' texts out of them.
    default_priority = 624

    def apply(self, **kwargs: Any) -> None:
        for box in list(self.document.findall(nodes.Element)):
            if isinstance(box, nodes.Admonition) and all(isinstance(child, nodes.comment) for child in box):
                replace_placeholder(box, [])


def leave_out_pages(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Take away pages whose only top heading is for other variants, before anything knows of them."""
    parser = markdown_parser(env.myst_config, RendererHTML)  # type: ignore[attr-defined]
    selection = Selection(app.config.cv_variant)
    for docname in list(docnames):
        text = env.doc2path(docname).read_text("utf-8-sig", errors="replace")
        # Most pages need no closer look.
        if docname == app.config.root_doc or "only" not in text:
            continue
        WATCHDOG.expect(env.doc2path(docname), "reading", limits.PAGE_TIME)
        parts = SyntaxTreeNode(parser.parse(text)).children
        headings = [number for number, part in enumerate(parts) if part.type == "heading"]
        tops = [number for number in headings if parts[number].tag == parts[headings[0]].tag]
        if len(tops) == 1 and selection.leaves_out(parts, tops[0]):
            docnames.remove(docname)
            env.clear_doc(docname)
            env.found_docs.discard(docname)
