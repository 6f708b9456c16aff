"""Choose the widths of a table's columns in PDF and DOCX."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import zip_longest
from math import sqrt
from typing import NamedTuple, cast

from docutils import nodes

from cvtools.writing import documents

#: Width of a line in points, and of the space between columns in ems, as in ``cvtools.cls``; DOCX has about the same.
_LINE, _GAP = 480.0, 1.1
#: Size of a table's text, as a share of the document's.
_SMALL = 0.9
#: Approximate widths in ems: of single characters, and of all others by their kind.
_WIDTHS = dict.fromkeys(" fijlrt.,;:'!|()[]-/", 0.34) | dict.fromkeys("mwMW@%&—", 0.95)
_SMALL_LETTER, _CAPITAL, _EAST_ASIAN = 0.54, 0.75, 1.05
#: Factor for the width of a word, which may have more wide letters than text on average.
_WORD = 1.12
#: Number of lines of a row that fit on any page.
_MAX_ROW_LINES = 35
#: Width that a list or a picture adds to a cell, in ems.
_BLOCK = 3.0


class Columns(NamedTuple):
    """The columns of a table."""

    #: "center" or "right"; empty for that of the text around the table.
    alignments: list[str]
    #: In ems.
    widths: list[float]
    #: Shares of the line if text is wrapped; else empty.
    shares: Sequence[float] = ()
    #: Whether any column is narrower than its longest word.
    break_words: bool = False
    #: Whether cells are set one below the other: a row, which no page break divides, may be higher than a page.
    is_stacked: bool = False


def columns_of(table: nodes.tgroup, font_size: float) -> Columns:
    """Return the columns of a table.

    If each row fits on a line, columns are as wide as their text. Otherwise, a column has at least the width of its
    longest word, if there is room for all.

    :param font_size: the size of the document's text, in points
    """
    rows = cast(list[list[nodes.Element]], [row.children for row in documents.rows_of(table)])
    columns = list(zip_longest(*rows, fillvalue=nodes.entry()))
    alignments = [documents.alignment(column[0]) for column in columns]
    line = _LINE / _SMALL / font_size - _GAP * (len(columns) - 1)
    full = [max(map(_full_width, column)) for column in columns]
    if sum(full) <= line and all(_is_line(cell) for column in columns for cell in column):
        return Columns(alignments, full)
    words = [max(map(_word_width, column)) for column in columns]
    has_room = sum(words) < line
    widths = _fitted(words, full, line) if has_room else _fitted([0] * len(words), words, line)
    lengths = [max(_width(cell.astext()) for cell in column) for column in columns]
    if any(length > _MAX_ROW_LINES * width for length, width in zip(lengths, widths, strict=True)):
        return Columns(alignments, widths, is_stacked=True)
    return Columns(alignments, widths, [round(width / line, 3) for width in widths], break_words=not has_room)


def _fitted(minima: list[float], maxima: list[float], line: float) -> list[float]:
    """Return the widths of columns between minima and maxima: they grow with the square roots of the maxima.

    :param minima: the widths below which no column is to be
    :param maxima: the widths above which no column is to be
    :param line: the width that all columns may take; more than the sum of the minima
    """
    low, high = 0.0, line
    # Find the factor with which the columns fill the line.
    for _ in range(50):
        factor = (low + high) / 2
        widths = [max(least, min(factor * sqrt(most), most)) for least, most in zip(minima, maxima, strict=True)]
        low, high = (factor, high) if sum(widths) < line else (low, factor)
    return widths


def _full_width(cell: nodes.Element) -> float:
    """Return the width of a cell if its text is not wrapped."""
    lines = (line for text in cell.findall(nodes.TextElement) for line in text.astext().split("\n"))
    return max(map(_width, lines), default=0) + (0 if _is_line(cell) else _BLOCK)


def _word_width(cell: nodes.Element) -> float:
    """Return the width of the longest word of a cell; a line may break within an address."""
    words = re.split(r"\s|(?<=[/?&=#])", cell.astext())
    return _WORD * max(map(_width, words), default=0) + (0 if _is_line(cell) else _BLOCK)


def _is_line(cell: nodes.Element) -> bool:
    """Return whether a cell is empty, or has only one paragraph, without pictures."""
    is_paragraph = all(isinstance(child, nodes.paragraph) for child in cell)
    return len(cell) < 2 and is_paragraph and not any(cell.findall(nodes.image))


def _width(text: str) -> float:
    """Return the approximate width of text in ems."""
    return sum(map(_width_of, text))


@cache
def _width_of(character: str) -> float:
    is_wide = unicodedata.east_asian_width(character) in "WF"
    return _WIDTHS.get(character) or (_EAST_ASIAN if is_wide else _CAPITAL if character.isupper() else _SMALL_LETTER)
