"""Draw a bar chart as SVG."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

_ROW, _NAMES, _BARS, _END = 26, 250, 420, 70


def bars(title: str, values: Sequence[tuple[str, float]]) -> str:
    """Return a bar chart of named values, those of cvtools in its colour.

    :param values: names, and numbers of one unit
    """
    most = max((value for _, value in values), default=1)
    width, height = _NAMES + _BARS + _END, _ROW * (len(values) + 1) + 16
    space = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
    parts = [
        f'<svg {space} font-family="sans-serif" font-size="13">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{_NAMES}" y="18" font-weight="bold">{escape(title)}</text>',
    ]
    for number, (name, value) in enumerate(values):
        top = _ROW * (number + 1) + 4
        colour = "#1f4e79" if name.startswith(("cvtools", "save")) else "#8a939c"
        length = max(1, value / most * _BARS)
        parts += [
            f'<text x="{_NAMES - 8}" y="{top + 14}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{_NAMES}" y="{top}" width="{length:.1f}" height="18" fill="{colour}"/>',
            f'<text x="{_NAMES + length + 6:.1f}" y="{top + 14}">{value:.2f}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])
