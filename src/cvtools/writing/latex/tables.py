"""Tables in LaTeX, and how wide their columns are."""

from itertools import zip_longest

from docutils import nodes

from cvtools.diagnostics import Subtype, warn
from cvtools.writing.latex.writer import Writer

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
    return "".join(f">{{\\cvwrapped}}p{{\\cvshare{{{width / sum(wanted):.3f}}}}}" for width in wanted)


def _alignment(entry: nodes.entry) -> str:
    return next((_ALIGNED[name] for name in entry["classes"] if name in _ALIGNED), "l")


class Tables(Writer):
    """Writes tables."""

    def visit_tgroup(self, node: nodes.tgroup) -> None:
        if any("morecols" in entry or "morerows" in entry for entry in node.findall(nodes.entry)):
            warn(node, Subtype.LATEX, "the PDF has no cells that span rows or columns: write a plain table")
        self.body.append(f"\n\\begin{{cvtable}}{{{column_specification(node)}}}\n")

    def depart_tgroup(self, node: nodes.tgroup) -> None:
        self.body.append("\\end{cvtable}\n")

    def visit_thead(self, node: nodes.thead) -> None:
        pass

    def depart_thead(self, node: nodes.thead) -> None:
        self.body.append("\\cvheadrule\n")

    def visit_row(self, node: nodes.row) -> None:
        self.body.append("\\cvrow\n")

    def depart_row(self, node: nodes.row) -> None:
        self.body.append("\\cvendrow\n")

    def visit_entry(self, node: nodes.entry) -> None:
        if node.parent.index(node):
            self.body.append("&")
        self.body.append("\\cvheadcell " if isinstance(node.parent.parent, nodes.thead) else "\\cvcell ")

    def depart_entry(self, node: nodes.entry) -> None:
        self.body.append("\\cvendcell\n")
