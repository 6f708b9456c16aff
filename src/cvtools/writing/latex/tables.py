"""The widths of a table's columns."""

from itertools import zip_longest

from docutils import nodes

from cvtools.writing.latex import markup as tex
from cvtools.writing.latex.markup import Latex

#: Characters that fit on a line of the page, roughly.
_LINE = 88
_ALIGNED = {"text-center": "c", "text-right": "r"}


def columns(table: nodes.Element) -> Latex:
    """Return the columns of a table in the syntax of LaTeX's ``array``.

    A table whose rows fit on a line has columns as wide as their content; a wider one has its columns wrapped,
    their widths in proportion to the text that they hold, and so has one with more than a paragraph in a cell.
    """
    rows = [list(row.findall(nodes.entry)) for row in table.findall(nodes.row)]
    cells = [[entry for entry in column if entry is not None] for column in zip_longest(*rows)]
    widest = [max(len(entry.astext()) for entry in column) for column in cells]
    plain = all(isinstance(child, nodes.paragraph) for row in rows for entry in row for child in entry)
    single = plain and all(len(entry) < 2 for row in rows for entry in row)
    if single and sum(widest) + 2 * len(widest) <= _LINE:
        return tex.joined(tex.column(_alignment(column[0])) for column in cells)
    # A column of short words keeps its room; long text shares what is left.
    wanted = [min(width, 3 * _LINE // len(widest)) + 6 for width in widest]
    return tex.joined(tex.wrapped_column(width / sum(wanted)) for width in wanted)


def _alignment(entry: nodes.entry) -> str:
    return next((_ALIGNED[name] for name in entry["classes"] if name in _ALIGNED), "l")
