"""Return the text of blocks, which the checks must find in the PDF."""

from docutils import nodes

from cvtools.expected_pdf import TextBlock
from cvtools.nodes import ancestors, cv_field, cv_tag
from cvtools.writing.characters import visible

#: Nodes without text, and nodes whose text programs extract from a PDF in another form.
_NOT_COMPARED = (nodes.math, nodes.image, nodes.footnote_reference, nodes.raw, nodes.subscript, nodes.superscript)


def blocks_of(node: nodes.TextElement, location: str) -> list[TextBlock]:
    """Return the parts of the text of a block, each of which the checks must find in the PDF; none for other nodes."""
    is_within = isinstance(node.parent, nodes.TextElement) or isinstance(node, nodes.math_block)
    # Sphinx's compact_paragraph holds a list, whose items are blocks themselves.
    if is_within or any(node.findall(nodes.list_item)):
        return []
    kind = "heading" if isinstance(node, nodes.title) else "field" if isinstance(node, cv_field) else "text"
    for parent in ancestors(node):
        kind = "footnote" if isinstance(parent, nodes.footnote) else "cell" if isinstance(parent, nodes.table) else kind
    tags = [tag.astext() for tag in node.findall(cv_tag)]
    texts = tags or _runs(node)
    if kind == "text" and texts != [node.astext()]:
        kind = "part"
    return [TextBlock(kind, visible(text), location) for text in texts]


def _runs(node: nodes.Node) -> list[str]:
    """Return the runs of text in a node between its pictures, formulas and the like."""
    runs = [""]
    for part in node.findall():
        if _is_not_compared(part):
            runs.append("")
        elif isinstance(part, nodes.Text) and not _is_not_compared(part.parent):
            runs[-1] += part.astext()
    return [run for run in runs if run.strip()]


def _is_not_compared(node: nodes.Node) -> bool:
    """Return True for a node whose text the checks leave out: one of ``_NOT_COMPARED``, or a link without text."""
    return isinstance(node, _NOT_COMPARED) or (isinstance(node, nodes.reference) and not node.children)
