"""The timeline: a row for each entry, with its name, which may take several lines, and its bar as SVG."""

import math
from collections.abc import Iterator
from html import escape

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

from cvtools.nodes import cv_span, cv_timeline

#: EPUB requires the namespace.
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" aria-hidden="true"'
_CIRCLE = '<circle cx="{x}" cy="50%" r="5"/>'
#: Shapes of the legend that are no bars.
_SHAPES = {"talk": _CIRCLE.format(x="50%"), "now": '<line class="cv-now" x1="50%" x2="50%" y2="100%"/>'}
#: Part of the width that the label of a year takes at most, beside its line.
_LABEL = 0.1


def visit_timeline(self: HTML5Translator, node: cv_timeline) -> None:
    """Write a figure with x coordinates in per cent, so that its bars fit any width."""
    self.body += _Figure(node).html()
    raise nodes.SkipNode


class _Figure:
    """HTML of a timeline: lines for years, a list of links, and a legend."""

    def __init__(self, node: cv_timeline) -> None:
        self.node = node
        self.spans = [span for span in node if isinstance(span, cv_span)]
        self.start = int(min(span["start"] for span in self.spans) // 12 * 12)
        self.months = max(1, math.ceil(max([node["now"], *(span["end"] for span in self.spans)])) - self.start)

    def html(self) -> Iterator[str]:
        yield f'<figure class="cv-timeline" aria-label="{escape(self.node["label"])}">\n'
        yield f'<div class="cv-rows">\n{_SVG} class="cv-years">\n'
        yield from self._years()
        yield "</svg>\n<ol>\n"
        for span in self.spans:
            yield f"<li>{self._row(span)}</li>\n"
        yield "</ol>\n</div>\n<figcaption>\n"
        for kind, label in self.node["legend"]:
            shape = _SHAPES.get(kind, '<rect width="100%" height="100%"/>')
            yield f'<span class="cv-timeline-{kind}">{_SVG}>{shape}</svg> {escape(label)}</span>\n'
        yield "</figcaption>\n</figure>\n"

    def _years(self) -> Iterator[str]:
        """Yield lines labelled with years, and one for the present, which the legend names."""
        years = range(self.start // 12, -(-(self.start + self.months) // 12))
        for year in years[:: -(-len(years) // 7)]:
            x, rest = self._x(12 * year), 1 - (12 * year - self.start) / self.months
            label = f'<text x="{x}" dx="4" y="12">{year}</text>' if rest > _LABEL else ""
            yield f'<line x1="{x}" x2="{x}" y2="100%"/>{label}\n'
        x = self._x(self.node["now"])
        yield f'<line class="cv-now" x1="{x}" x2="{x}" y2="100%"/>\n'

    def _row(self, span: cv_span) -> str:
        """Return a link with the name of an entry, whose title phones show to screen readers alone, and its bar."""
        reference = next(span.findall(nodes.reference))
        address = reference.get("refuri") or f"#{reference['refid']}"
        x, width = self._x(span["start"]), f"{100 * (span['end'] - span['start']) / self.months:.2f}%"
        is_talk = span["kind"] == "talk"
        shape = _CIRCLE.format(x=x) if is_talk else f'<rect x="{x}" width="{width}" height="100%"/>'
        name = escape(span["host"])
        if span["title"] != span["host"]:
            name += f'<span class="cv-aside">, {escape(span["title"])}</span>'
        return (
            f'<a class="cv-timeline-{span["kind"]}" href="{escape(address)}" title="{escape(span["when"])}">'
            f"<span>{name}</span> {_SVG}>{shape}</svg></a>"
        )

    def _x(self, month: float) -> str:
        return f"{100 * (month - self.start) / self.months:.2f}%"
