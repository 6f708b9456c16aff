"""Write formulas as MathML, which browsers show without a script and without a request to another site."""

import re
from html import escape

from docutils import nodes
from sphinx.locale import _
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from cvtools.sphinx_warnings import Code, warn

#: Replacements for macros and environments that docutils' converter does not know.
_REPLACEMENTS = {r"\dots": r"\ldots", r"\iff": r"\;\Longleftrightarrow\;", "{gathered}": "{matrix}"}
_REPLACEMENTS |= {rf"\{size}": rf"\{size}l" for size in ("big", "Big", "bigg", "Bigg")}
_UNKNOWN = re.compile(r"\\(?:dots|iff|[bB]igg?)(?![A-Za-z])|\{gathered\}")


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(_math(node.astext(), node))
    raise nodes.SkipNode


def visit_math_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed formula, with its number if it has one."""
    from cvtools.reading.formulas import display

    self.body.append(self.starttag(node, "div", CLASS="math"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    self.body.append(_math(display(node.astext().strip()), node, as_block=True))
    self.body.append("</div>\n")
    raise nodes.SkipNode


def _math(source: str, node: nodes.Element, *, as_block: bool = False) -> str:
    """Return a formula as MathML, or as code with a warning if docutils cannot convert it."""
    # Few CVs have formulas.
    from docutils.utils.math.latex2mathml import tex2mathml

    written = escape(node.astext().strip())
    # Drop what follows "\\" for TeX alone: a height such as [1ex], and the star that forbids a page break.
    source = re.sub(r"(\\\\)(?:\s*\*?\s*\[[^]]*\]|\*)", r"\1", source)
    try:
        converted: str = tex2mathml(_UNKNOWN.sub(lambda match: _REPLACEMENTS[match[0]], source), as_block=as_block)
    except Exception:  # noqa: BLE001 - the converter breaks on some of what it does not know
        warn(node, Code.FORMULA, f'the page shows the formula "{node.astext()[:40]}" as written: use other macros')
        return f"<code>{written}</code>"
    return converted.replace("<math ", f'<math alttext="{written}" ', 1)
