"""Pictures and formulas in LaTeX."""

from docutils import nodes

from cvtools.diagnostics import Subtype, warn
from cvtools.writing.latex.escape import escape
from cvtools.writing.latex.writer import Writer


class Drawings(Writer):
    """Writes what is drawn rather than set."""

    def visit_image(self, node: nodes.image) -> None:
        name = self.builder.images.get(node["uri"])
        # What nothing is said of is decoration, unless it leads somewhere.
        says = escape(node.get("alt", "") or node.parent.get("refuri", ""))
        if not name:
            # Of a picture that is missing, Sphinx has warned.
            is_remote = "://" in node["uri"]
            if is_remote or node["uri"] in self.builder.env.images:
                remedy = "save it beside the page" if is_remote else "use PNG, JPEG or PDF"
                warn(node, Subtype.LATEX, f"the PDF cannot show {node['uri']}: {remedy}")
            latex = says
        else:
            # A picture that is all there is in its paragraph, or in a link that is
            line = node.parent.parent if isinstance(node.parent, nodes.reference) else node.parent
            alone = not isinstance(line, nodes.TextElement) or len(line) == len(node.parent) == 1
            form = "cvimage" if alone else "cvinlineimage"
            latex = f"\\{form}{{{name}}}{{{says}}}"
        inline = isinstance(node.parent, nodes.TextElement)
        self.body.append(latex if inline else f"\\cvpar {latex}\\cvendpar\n")
        raise nodes.SkipNode

    def visit_math(self, node: nodes.math) -> None:
        self._formula(node, "\\(", "\\)")

    def visit_math_block(self, node: nodes.math_block) -> None:
        self._formula(node, "\\[", "\\]\n")

    def _formula(self, node: nodes.Element, before: str, after: str) -> None:
        from cvtools.reading import formulas

        source = node.astext().strip()
        # What TeX may read of a formula was judged when the page was read.
        latex = formulas.display(source) if isinstance(node, nodes.math_block) else source
        self.see(source, node)
        self.body.append(f"\\cvmath{{{escape(source)}}}{{{before}{latex}{after}}}")
        raise nodes.SkipNode
