"""Nothing that a page may not do is left in its doctree, whichever way it came in."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util.i18n import get_image_filename_for_language

from cvtools.diagnostics import Subtype, warn

#: Where a link may lead by its scheme; the last three are MyST's own words for places in the book.
_SCHEMES = re.compile(r"(?:https?|ftp)://(?![/\\])|(?:mailto|tel|project|path|inv):")
#: Files that a page may show or offer. SVG and HTML are not among them, since they can carry script.
_PICTURES = frozenset({".gif", ".jpeg", ".jpg", ".pdf", ".png", ".webp"})
_FILES = _PICTURES | frozenset(".csv .docx .ics .key .odp .odt .pptx .txt .vcf .xlsx .zip".split())
#: The raw HTML and LaTeX that MyST itself writes: ends of lines, struck words, boxes of a task list.
_RAW = re.compile(
    r'<br />|\\\\|</?s>|<input class="task-list-item-checkbox" (checked="checked" )?(disabled="disabled" )?'
    r'type="checkbox">'
)

#: What is wrong, and what to write instead.
Fault = tuple[str, str]


def refuse(place: nodes.Node | tuple[str, int], fault: Fault) -> None:
    """Warn of what is shown as text."""
    what, remedy = fault
    warn(place, Subtype.GUARD, f"{what} is not for a page and shown as written: {remedy}")


def link_fault(address: str) -> Fault | None:
    """What is wrong with the address of a link; None if nothing is.

    Browsers skip spaces and control characters in a scheme, so whatever comes before a colon counts as one.
    """
    place = re.split("[/?#]", address, maxsplit=1)[0]
    if ":" in place and not _SCHEMES.match(address):
        scheme = "".join(place.partition(":")[0].split())
        return f'a link to "{scheme}:"', "write an address that begins with https://"
    if re.match(r"[\\/]\s*[\\/]|\s*\\", address):
        return f"the address {address}", "begin it with https://"
    if re.search(r"[\0-\x1f]", unquote(address)):
        return "an address with a control character", "delete it"
    if any(len(part.encode()) > 255 for part in address.split("/")) and "://" not in address:
        return "a file's name that is so long", "shorten it"
    return None


class Guard(SphinxTransform):
    """Shows as text what a page may not do, and warns."""

    # Before anything else looks at the tree.
    default_priority = 1

    def apply(self, **kwargs: Any) -> None:
        for node in list(self.document.findall(nodes.Element)):
            if isinstance(node, nodes.system_message):
                # It was said; its words would be the entry's, with a path of this machine.
                around = node.parent
                around.remove(node)
                if isinstance(around, nodes.paragraph) and not around.children:
                    around.parent.remove(around)
            elif isinstance(node, (nodes.math, nodes.math_block)):
                # Few CVs have any, and its parser takes a moment to import.
                from cvtools.reading import formulas

                source = node.astext().strip()
                whole = formulas.display(source) if isinstance(node, nodes.math_block) else source
                if problem := formulas.problem(whole):
                    warn(node, Subtype.GUARD, f"{problem}; it is shown as written")
                    _show(node)
            elif fault := self._fault(node):
                refuse(node, fault)
                _show(node)

    def _fault(self, node: nodes.Element) -> Fault | None:
        if isinstance(node, nodes.image):
            return self._file_fault(node["uri"], _PICTURES)
        if isinstance(node, addnodes.download_reference):
            return self._file_fault(node["reftarget"], _FILES)
        if isinstance(node, addnodes.toctree):
            return next(filter(None, (link_fault(entry) for _, entry in node["entries"])), None)
        if isinstance(node, nodes.meta) or (isinstance(node, nodes.raw) and not _RAW.fullmatch(node.astext().strip())):
            return f"raw {node.get('format', 'metadata')}", "write Markdown"
        return link_fault(node.get("refuri", ""))

    def _file_fault(self, name: str, kinds: frozenset[str]) -> Fault | None:
        """What is wrong with a file that a page shows or offers: it must stand in the source tree, links resolved."""
        if "://" in name or link_fault(name):
            return f"the file {name}", "save it beside the page"
        top = Path(self.env.srcdir).resolve()
        found = {self.env.relfn2path(variant)[0] for variant in (name, unquote(name))}
        for path in found | {get_image_filename_for_language(path, self.env) for path in found}:
            if not resolves_inside(top / path, top):
                return f"the file {name}", "move it into the folder of the pages"
        kinds |= {*self.config.cv_allow}
        if Path(name).suffix.lower() not in kinds:
            return f"the file {name}", f"use one of {', '.join(sorted(kinds))}"
        return None


class GuardTranslated(Guard):
    """The same in paragraphs that a translation replaced."""

    # After Locale (20).
    default_priority = 21


def resolves_inside(path: Path, top: Path) -> bool:
    """Whether a path stays in a folder, wherever symbolic links lead."""
    try:
        return path.resolve().is_relative_to(top)
    except (OSError, RuntimeError, ValueError):
        return False


def _show(node: nodes.Element) -> None:
    """Put the words of a node in its place, as text."""
    inline = isinstance(node.parent, nodes.TextElement)
    if isinstance(node, (nodes.reference, addnodes.download_reference)):
        address = node.get("refuri") or node["reftarget"]
        shown = [*node.children, *([nodes.Text(f" ({address})")] if inline else [])]
    else:
        if isinstance(node, nodes.image):
            written = f"![{node.get('alt', '')}]({node['uri']})"
        elif isinstance(node, addnodes.toctree):
            written = "\n".join(f"{title} <{entry}>" if title else entry for title, entry in node["entries"])
        else:
            written = node.astext() or node.get("content", "")
        shown = [nodes.literal(written, written) if inline else nodes.literal_block(written, written, language="text")]
        shown[0].source, shown[0].line = node.source, node.line
    node.parent.replace(node, shown)
