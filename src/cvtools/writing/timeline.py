"""The timeline as SVG inside the page; its bars are links, and its colours are those of the page."""

import math
import textwrap
from collections.abc import Iterator
from html import escape

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

from cvtools.nodes import cv_span, cv_timeline
from cvtools.terminal import shorten

#: Heights of a row and of the row of years, in CSS pixels; a row is high enough to tap the point of a talk.
_ROW = 24
_HEAD = 20
#: Maximum number of characters beside a bar on a phone, and on a desktop.
_BRIEF = 34
_FULL = 56


def visit_timeline(self: HTML5Translator, node: cv_timeline) -> None:
    """Write a figure with x coordinates in per cent, so that it fits any width and its text keeps its size."""
    drawing = _Drawing(node)
    self.body += ['<figure class="cv-timeline">\n', *drawing.svg(), "</figure>\n"]
    raise nodes.SkipNode


class _Drawing:
    """SVG of a timeline: bars and points in rows, and lines for years."""

    def __init__(self, node: cv_timeline) -> None:
        self.label, self.points_label = node["label"], node["talks"]
        self.spans = [span for span in node if isinstance(span, cv_span)]
        self.start = int(min(span["start"] for span in self.spans) // 12 * 12)
        self.months = max(1, math.ceil(max(span["end"] for span in self.spans)) - self.start)
        self.height = _HEAD + _ROW * (1 + max(span["row"] for span in self.spans))

    def svg(self) -> Iterator[str]:
        # EPUB requires the namespace.
        yield '<svg xmlns="http://www.w3.org/2000/svg" role="group" '
        yield f'aria-label="{escape(self.label)}" width="100%" height="{self.height}">\n'
        yield from self._years()
        for span in self.spans:
            if span["kind"] != "talk":
                yield from self._bar(span)
        points = [span for span in self.spans if span["kind"] == "talk"]
        for span in sorted(points, key=lambda span: span["start"]):
            yield from self._point(span)
        if points:
            first = min(span["start"] for span in points)
            yield f'<g aria-hidden="true">{self._text(first, points[0]["row"], -14, self.points_label)}</g>\n'
        yield "</svg>\n"

    def _years(self) -> Iterator[str]:
        """Yield lines labelled with years, at most as many as a phone has room for."""
        years = range(self.start // 12, -(-(self.start + self.months) // 12))
        step = -(-len(years) // 7)
        yield '<g aria-hidden="true">\n'
        # The last line has no room for its label.
        for year in (year for year in years[::step] if year != years[-1]):
            x = self._x(12 * year)
            yield f'<line x1="{x}" x2="{x}" y1="0" y2="{self.height}"/>'
            yield f'<text x="{x}" dx="5" y="{_HEAD - 8}">{year}</text>\n'
        yield "</g>\n"

    def _bar(self, span: cv_span) -> Iterator[str]:
        start, end = span["start"], span["end"]
        width = f"{100 * (end - start) / self.months:.2f}%"
        yield _link(span)
        yield f'<rect x="{self._x(start)}" y="{_top(span) + 5}" width="{width}" height="{_ROW - 10}" rx="3"/>'
        words = _words(span)
        # On the side with more room, or in the bar where neither has enough.
        month, shift = (end, 6) if start + end < 2 * self.start + self.months else (start, -6)
        room = max(start - self.start, self.start + self.months - end)
        is_inside = room < self.months * _width(*words) <= end - start
        text = self._text(start if is_inside else month, span["row"], 6 if is_inside else shift, *words)
        yield f'<g class="cv-inside">{text}</g>' if is_inside else text
        yield "</a>\n"

    def _point(self, span: cv_span) -> Iterator[str]:
        x, y = self._x(span["start"]), _top(span) + _ROW // 2
        yield _link(span)
        yield f'<circle class="cv-aim" cx="{x}" cy="{y}" r="{_ROW // 2}"/><circle cx="{x}" cy="{y}" r="6"/></a>\n'

    def _text(self, month: float, row: int, shift: int, words: str, aside: str = "") -> str:
        """Return text after a month, or before it if ``shift`` (pixels) is negative; phones hide ``aside``."""
        more = f'<tspan class="cv-aside">{escape(aside)}</tspan>' if aside else ""
        anchor = "end" if shift < 0 else "start"
        y = _HEAD + _ROW * row + 16
        return f'<text x="{self._x(month)}" dx="{shift}" y="{y}" text-anchor="{anchor}">{escape(words)}{more}</text>'

    def _x(self, month: float) -> str:
        return f"{100 * (month - self.start) / self.months:.2f}%"


def _top(span: cv_span) -> int:
    return int(_HEAD + _ROW * span["row"])


def _words(span: cv_span) -> tuple[str, str]:
    """Return the text beside a bar: the organization, and the rest, which phones hide."""
    words = ", ".join(dict.fromkeys([span["host"], span["title"]]))
    brief = span["host"] if len(span["host"]) <= _BRIEF else span["host"].partition(",")[0]
    if len(brief) > _BRIEF:
        brief = brief[: _BRIEF + 1].rpartition(" ")[0] or shorten(brief, _BRIEF)
    return brief, textwrap.shorten(words, _FULL, placeholder="…")[len(brief) :]


def _width(brief: str, aside: str) -> float:
    """Return the part of the figure's width that a text takes, on a phone or a desktop, whichever is more."""
    return max(len(brief) / 52, len(brief + aside) / 95)


def _link(span: cv_span) -> str:
    reference = next(span.findall(nodes.reference))
    address = reference.get("refuri") or f"#{reference['refid']}"
    # The title begins like the text in the figure, so that users of voice control can name the link.
    words = ", ".join(dict.fromkeys([span["host"], span["title"], span["when"]]))
    return f'<a class="cv-timeline-{span["kind"]}" href="{escape(address)}"><title>{escape(words)}</title>'
