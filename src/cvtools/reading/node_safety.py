"""Show forbidden nodes of the doctree as text, and refuse forbidden files that Sphinx has found.

Tokens are checked before (``token_safety.py``), but not what ``cv_allow`` permits, nor what MyST makes of them.
"""

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform

from cvtools.nodes import ancestors
from cvtools.reading import linked_files, validators
from cvtools.reading.token_safety import warn_of_fault
from cvtools.reading.validators import Fault, Page
from cvtools.sphinx_warnings import SourceError

#: Raw HTML and LaTeX of MyST's own: hard line breaks, struck-out text.
_RAW = re.compile(r"<br />|\\\\|</?s>")


class CheckNodes(SphinxTransform):
    """Transform that shows forbidden nodes as text."""

    # Before all other transforms.
    default_priority = 1

    def apply(self, **kwargs: Any) -> None:
        self.page = Page(self.env, self.config.cv_allow)
        for node in list(self.document.findall(nodes.Element)):
            is_empty = isinstance(node, nodes.block_quote) and not node.children
            # Words of a comment would count as those of a title or a value. Messages are in the log; on the page, they
            # would be part of an entry, and show a path of this machine.
            if is_empty or isinstance(node, (nodes.comment, nodes.system_message)):
                _remove(node)
            elif fault := self._fault(node):
                warn_of_fault(node, fault)
                _replace_by_source(node)

    def _fault(self, node: nodes.Element) -> Fault | None:
        if isinstance(node, (nodes.math, nodes.math_block)):
            # Few CVs have formulas, and their parser is slow to import.
            from cvtools.reading import formulas

            source = node.astext().strip()
            what = formulas.fault_of_formula(source if isinstance(node, nodes.math) else formulas.display(source))
            return Fault(what, "") if what else None
        if isinstance(node, nodes.image):
            return linked_files.file_fault(node["uri"], linked_files.PICTURES, self.page)
        if isinstance(node, addnodes.download_reference):
            # Sphinx's table of contents fails on files.
            in_title = any(isinstance(around, nodes.title) for around in ancestors(node))
            fault = Fault(f"the file {node['reftarget']} in a heading", "link to it from the text below")
            return fault if in_title else linked_files.file_fault(node["reftarget"], linked_files.DOWNLOADS, self.page)
        if isinstance(node, addnodes.toctree):
            return next(filter(None, (validators.address(entry, self.page) for _, entry in node["entries"])), None)
        if isinstance(node, nodes.meta) or (isinstance(node, nodes.raw) and not _RAW.fullmatch(node.astext().strip())):
            return Fault(f"raw {node.get('format', 'metadata')}", "write Markdown")
        return validators.address(node.get("refuri", ""), self.page)


class CheckTranslatedNodes(CheckNodes):
    """Transform that checks translations like :class:`CheckNodes`, which Sphinx does not run on them."""

    # After Locale (20), which inserts translations.
    default_priority = 21

    def apply(self, **kwargs: Any) -> None:
        if any(node.get("translated") for node in self.document.findall(nodes.Element)):
            super().apply()


def check_files(app: Sphinx, env: BuildEnvironment) -> None:
    """Refuse files that may not be in the website, by the paths that Sphinx has found for their names on pages."""
    for suffixes, by_name in ((linked_files.PICTURES, env.images), (linked_files.DOWNLOADS, env.dlfiles)):
        for name, (docnames, _) in by_name.items():
            path = Path(env.srcdir, name)
            remedy = linked_files.remedy_for_location(path, env) or linked_files.remedy_to_publish(path, suffixes, env)
            if remedy:
                raise SourceError(env.doc2path(min(docnames)), 0, f"the file {name}: {remedy}")


def _remove(node: nodes.Element) -> None:
    """Remove a node, and each paragraph and quotation that this leaves empty, on which Sphinx would fail."""
    parent = node.parent
    parent.remove(node)
    if isinstance(parent, (nodes.paragraph, nodes.block_quote)) and not parent.children:
        _remove(parent)


def _replace_by_source(node: nodes.Element) -> None:
    """Replace a node by its source, as text."""
    inline = isinstance(node.parent, nodes.TextElement)
    if isinstance(node, (nodes.reference, addnodes.download_reference)):
        address = node.get("refuri") or node["reftarget"]
        node.parent.replace(node, [*node.children, *([nodes.Text(f" ({address})")] if inline else [])])
        return
    if isinstance(node, nodes.image):
        source = f"![{node.get('alt', '')}]({node['uri']})"
    elif isinstance(node, addnodes.toctree):
        source = "\n".join(f"{title} <{entry}>" if title else entry for title, entry in node["entries"])
    else:
        source = node.astext() or node.get("content", "")
    shown = nodes.literal(source, source) if inline else nodes.literal_block(source, source, language="text")
    shown.source, shown.line = node.source, node.line
    node.parent.replace(node, shown)
