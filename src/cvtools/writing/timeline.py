"""Write the timeline as HTML: a row for each entry, with its name, and its bar as SVG."""

import math
from collections.abc import Iterator
from html import escape

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

from cvtools.nodes import cv_span, cv_timeline
from cvtools.writing.typography import COMPOUND, bind

#: EPUB requires the namespace.
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" aria-hidden="true"'
_CIRCLE = '<circle cx="{x}" cy="50%" r="5"/>'
_BAR = '<rect width="100%" height="100%"/>'
#: Shapes in the legend, by kind; all other kinds have a bar.
_SHAPES = {"talk": _CIRCLE.format(x="50%"), "now": '<line class="cv-now" x1="50%" x2="50%" y2="100%"/>'}
#: Share of the width that the label of a year takes at the right of its line.
_LABEL_WIDTH = 0.1
#: Greatest number of years that have a line.
_MAX_YEARS = 7


def visit_timeline(self: HTML5Translator, node: cv_timeline) -> None:
    """Write lines for years, a list of links, and a legend; x coordinates are percentages, and so fit any width."""
    spans = [span for span in node if isinstance(span, cv_span)]
    start = int(min(span["start"] for span in spans) // 12 * 12)
    months = max(1, math.ceil(max([node["now"], *(span["end"] for span in spans)])) - start)
    legend = (
        f'<span class="cv-timeline-{kind}">{_SVG}>{_SHAPES.get(kind, _BAR)}</svg> {escape(label)}</span>\n'
        for kind, label in node["legend"]
    )
    self.body += [
        f'<figure class="cv-timeline" aria-label="{escape(node["label"])}">\n',
        f'<div class="cv-rows">\n{_SVG} class="cv-years">\n',
        *_years(start, months),
        '<line class="cv-now" x1="{0}" x2="{0}" y2="100%"/>\n'.format(_percent(node["now"] - start, months)),
        "</svg>\n<ol>\n",
        *(f"<li>{_row(span, start, months)}</li>\n" for span in spans),
        "</ol>\n</div>\n<figcaption>\n",
        *legend,
        "</figcaption>\n</figure>\n",
    ]
    raise nodes.SkipNode


def _years(start: int, months: int) -> Iterator[str]:
    """Yield lines for at most seven years, with a label where there is room for one at the right of the line."""
    years = range(start // 12, math.ceil((start + months) / 12))
    for year in years[:: math.ceil(len(years) / _MAX_YEARS)]:
        x, room = _percent(12 * year - start, months), 1 - (12 * year - start) / months
        label = f'<text x="{x}" dx="4" y="12">{year}</text>' if room > _LABEL_WIDTH else ""
        yield f'<line x1="{x}" x2="{x}" y2="100%"/>{label}\n'


def _row(span: cv_span, start: int, months: int) -> str:
    """Return a link with an entry's name and bar; on phones, only screen readers get the title."""
    reference = next(span.findall(nodes.reference))
    address = reference.get("refuri") or f"#{reference['refid']}"
    x, width = _percent(span["start"] - start, months), _percent(span["end"] - span["start"], months)
    shape = _CIRCLE.format(x=x) if span["kind"] == "talk" else f'<rect x="{x}" width="{width}" height="100%"/>'
    name = escape(span["host"])
    if span["title"] != span["host"]:
        title = COMPOUND.sub(r'<span class="pre">\g<0></span>', escape(bind(span["title"], "")))
        name += f'<span class="cv-aside">, {title}</span>'
    return (
        f'<a class="cv-timeline-{span["kind"]}" href="{escape(address)}" title="{escape(span["when"])}">'
        f"<span>{name}</span> {_SVG}>{shape}</svg></a>"
    )


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.2f}%"
