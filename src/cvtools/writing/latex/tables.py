"""How wide a table's columns are."""

from itertools import zip_longest

from docutils import nodes

#: Characters that fit on a line of the page, roughly.
_LINE = 88
_ALIGNED = {"text-center": "c", "text-right": "r"}


def column_specification(table: nodes.Element) -> str:
    """The columns in the terms of LaTeX's ``array``.

    A table whose rows fit on a line has columns as wide as their content; a wider one has its columns wrapped,
    their widths in proportion to the text that they hold, and so has one with more than a paragraph in a cell.
    """
    rows = [list(row.findall(nodes.entry)) for row in table.findall(nodes.row)]
    columns = [[entry for entry in column if entry is not None] for column in zip_longest(*rows)]
    widest = [max(len(entry.astext()) for entry in column) for column in columns]
    plain = all(isinstance(child, nodes.paragraph) for row in rows for entry in row for child in entry)
    single = plain and all(len(entry) < 2 for row in rows for entry in row)
    if single and sum(widest) + 2 * len(widest) <= _LINE:
        return "".join(_alignment(column[0]) for column in columns)
    # A column of short words keeps its room; long text shares what is left.
    wanted = [min(width, 3 * _LINE // len(widest)) + 6 for width in widest]
    return "".join(f"W{{{width / sum(wanted):.3f}}}" for width in wanted)


def _alignment(entry: nodes.entry) -> str:
    return next((_ALIGNED[name] for name in entry["classes"] if name in _ALIGNED), "l")
