"""How wide a table's columns are."""

from docutils import nodes

#: Characters that fit on a line of the page, roughly.
_LINE = 88


def column_specification(table: nodes.table) -> str:
    """The columns in the terms of LaTeX's ``array``.

    A table whose rows fit on a line has columns as wide as their content; a wider one has its columns wrapped,
    their widths in proportion to the text that they hold.
    """
    rows = [[len(entry.astext()) for entry in row.findall(nodes.entry)] for row in table.findall(nodes.row)]
    widest = [max(column) for column in zip(*rows, strict=False)]
    if sum(widest) + 2 * len(widest) <= _LINE:
        return "l" * len(widest)
    # A column of short words keeps its room; long text shares what is left.
    wanted = [min(width, 3 * _LINE // len(widest)) + 4 for width in widest]
    return "".join(f"W{{{width / sum(wanted):.3f}}}" for width in wanted)
