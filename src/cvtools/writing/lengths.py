"""Convert lengths of CSS, in which pages give the sizes of pictures, to points."""

import re

#: Points in each unit of CSS, at 96 pixels an inch. Percentages and vw are hundredths of the line, em and the like of
#: a font of 10 points.
_POINTS = {"": 0.75, "px": 0.75, "pt": 1, "pc": 12, "in": 72, "cm": 28.35, "mm": 2.835, "q": 0.709, "em": 10, "rem": 10}
_POINTS |= {"ex": 5, "ch": 5, "%": 4.8, "vw": 4.8}


def points(written: str, scale: float = 1) -> float:
    """Return a scaled length of CSS, such as ``120px`` or ``30%`` of the line, in points; refuse other text."""
    match = re.fullmatch(r"([0-9]{0,4}(?:\.[0-9]{1,6})?) ?([a-z%]*)", written.strip().lower())
    if not match or not match[1] or match[2] not in _POINTS:
        raise ValueError(f"{written[:60]!r} is not a length such as 120px or 30mm")
    # TeX cannot scale a picture to nothing, or to more than a few metres.
    return min(max(scale * float(match[1]) * _POINTS[match[2]], 1), 2_000)
