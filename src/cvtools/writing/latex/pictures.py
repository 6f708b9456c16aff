"""The size, the place and the rotation of a picture, for LaTeX as on the page."""

import re
from pathlib import Path

from docutils import nodes

from cvtools.writing import paper
from cvtools.writing.latex import markup as tex
from cvtools.writing.latex.markup import Latex

#: Shares of a browser's window, which have no meaning on paper.
_WINDOW = re.compile(r"v(?:h|min|max)$", re.IGNORECASE)


def size(node: nodes.image) -> Latex:
    """Return the keys of graphicx for the size that a page gives a picture; empty for its natural size."""
    scale = float(node.get("scale", 100)) / 100
    lengths = {"width": node.get("width", ""), "totalheight": node.get("height", "")}
    given = {name: length for name, length in lengths.items() if length and not _WINDOW.search(length)}
    keys = [tex.key(name, tex.length(length, scale)) for name, length in given.items()]
    if not keys and scale != 1:
        keys.append(tex.key("scale", tex.fraction(scale)))
    return tex.joined(keys, tex.text(","))


def place(node: nodes.image) -> Latex:
    """Return the place of a picture on its line: "left", "center" or "right"."""
    aligned = node.get("align") or node.parent.get("align")
    return tex.identifier(aligned if aligned in {"center", "right"} else "left")


def angle(path: Path) -> Latex:
    """Return the degrees by which a photo is to be turned."""
    return tex.number(paper.angle(path), -90, 180)
