"""Choose the widths of a table's columns in PDF and DOCX."""

import re
import unicodedata
from dataclasses import dataclass
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


class Column(NamedTuple):
    """A column of a table."""

    #: "center" or "right"; empty for that of the text around the table.
    alignment: str
    #: In ems.
    width: float
    #: Share of the line if the text is wrapped; None if it is not, or if a row of the table is too high.
    share: float | None = None


@dataclass(frozen=True)
class Columns:
    """The columns of a table."""

    columns: list[Column]
    #: Whether any column is narrower than its longest word.
    break_words: bool = False
    #: Whether a row may be higher than a page; a page break does not divide a row.
    is_too_high: bool = False


def columns_of(table: nodes.tgroup, font_size: float, share: float = 1) -> Columns:
    """Return the columns of a table.

    If each row fits on a line, columns are as wide as their text. Otherwise, a column has at least the width of its
    longest word, if there is room, and columns with longer text share the rest of the line.

    :param font_size: the size of the document's text, in points
    :param share: the share of the line that the table may take
    """
    rows = cast(list[list[nodes.Element]], [row.children for row in documents.rows_of(table)])
    columns = list(zip_longest(*rows, fillvalue=nodes.entry()))
    alignments = [documents.alignment(column[0]) for column in columns]
    line = share * _LINE / _SMALL / font_size - _GAP * (len(columns) - 1)
    full = [max(map(_full_width, column)) for column in columns]
    if sum(full) <= line and all(_is_line(cell) for column in columns for cell in column):
        return Columns(list(map(Column, alignments, full)))
    words = [max(map(_word_width, column)) for column in columns]
    widths = _wrapped_widths(words, full, line)
    lengths = [max(_width(cell.astext()) for cell in column) for column in columns]
    if any(length > _MAX_ROW_LINES * width for length, width in zip(lengths, widths, strict=True)):
        return Columns(list(map(Column, alignments, widths)), is_too_high=True)
    whole = max(line, sum(widths))
    shares = [round(width / whole, 3) for width in widths]
    break_words = any(width < word for width, word in zip(widths, words, strict=True))
    return Columns(list(map(Column, alignments, widths, shares)), break_words)


def _wrapped_widths(words: list[float], full: list[float], line: float) -> list[float]:
    """Return the widths of columns whose text is wrapped.

    :param words: the widths of the longest words of the columns
    :param full: the widths that the columns would have if no text were wrapped
    :param line: the width that all columns may take
    """
    widths = _shrunk(words, line)
    room = line - sum(widths)
    deficits = {number: high - low for number, (low, high) in enumerate(zip(widths, full, strict=True)) if high > low}
    while room > 0 and deficits:
        # Room grows with the square root of the text: four times the text gets twice the room.
        least = min(deficits, key=lambda number: deficits[number])
        extra = min(deficits[least], room * sqrt(deficits[least]) / sum(map(sqrt, deficits.values())))
        widths[least] += extra
        room -= extra
        del deficits[least]
    return widths


def _shrunk(widths: list[float], line: float) -> list[float]:
    """Return widths, the largest ones reduced so that all fit on a line."""
    rest = line
    for number, width in enumerate(sorted(widths)):
        # The width of this column and all larger ones, if they were equal
        share = rest / (len(widths) - number)
        if width > share:
            return [min(width, share) for width in widths]
        rest -= width
    return [*widths]


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
