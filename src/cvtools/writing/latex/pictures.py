"""The size, the place and the rotation of a picture, for LaTeX as on the page."""

import re
from pathlib import Path

from docutils import nodes

from cvtools.writing.latex import markup as tex
from cvtools.writing.latex.markup import Latex

#: Points (1/72 inch) of a unit of CSS; a number without a unit is in pixels.
_POINTS = {"": 0.75, "px": 0.75, "pt": 1, "pc": 12, "in": 72, "cm": 28.35, "mm": 2.835, "q": 0.709}
_POINTS |= {"em": 10, "rem": 10, "ex": 5, "ch": 5}
#: Units that are shares of the line.
_SHARES = frozenset({"%", "vw"})
#: Degrees by which a picture is to be turned, by its orientation in Exif; mirrored pictures are not among them.
_ANGLES = {3: 180, 6: -90, 8: 90}


def size(node: nodes.image) -> Latex:
    """Return the keys of graphicx for the size that a page gives a picture; empty for its natural size."""
    scale = float(node.get("scale", 100)) / 100
    lengths = {"width": _length(node.get("width", ""), scale), "totalheight": _length(node.get("height", ""), scale)}
    keys = [tex.key(name, length) for name, length in lengths.items() if length]
    if not keys and scale != 1:
        keys.append(tex.key("scale", tex.fraction(scale)))
    return tex.joined(keys, tex.text(","))


def _length(value: str, scale: float) -> Latex:
    """Return a length of CSS; empty for one that has no meaning on paper."""
    number, unit = re.fullmatch(r"([0-9.]*) ?([a-z%]*)", value.lower()).groups()  # type: ignore[union-attr]
    if unit in _SHARES:
        return tex.share(scale * float(number) / 100)
    return tex.points(scale * float(number) * _POINTS[unit]) if number and unit in _POINTS else tex.EMPTY


def place(node: nodes.image) -> Latex:
    """Return the place of a picture on its line: "left", "center" or "right"."""
    aligned = node.get("align") or node.parent.get("align")
    return tex.identifier(aligned if aligned in {"center", "right"} else "left")


def angle(path: Path) -> Latex:
    """Return the degrees by which a photo is to be turned, as browsers do and TeX does not."""
    if path.suffix.lower() not in {".jpg", ".jpeg"}:
        return tex.number(0)
    # Few CVs have photos.
    from PIL import Image

    try:
        with Image.open(path, formats=["JPEG"]) as picture:
            return tex.number(_ANGLES.get(picture.getexif().get(0x0112, 1), 0), -90, 180)
    except Exception:  # noqa: BLE001 - whatever is wrong with the picture, TeX says it
        return tex.number(0)
