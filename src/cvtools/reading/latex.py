"""Convert LaTeX to words, also where pylatexenc fails."""

import logging
from collections.abc import Sequence
from unicodedata import lookup

from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db
from pylatexenc.latexwalker import LatexMacroNode, LatexNode

#: Words by the commands that write them, which pylatexenc does not know.
_WORDS = {
    **{name: name for name in ("BibTeX", "LaTeX", "LuaLaTeX", "TeX", "XeLaTeX")},
    **{f"text{name}": lookup(f"GREEK SMALL LETTER {name}") for name in "alpha beta gamma delta mu pi sigma".split()},
    **dict(zip("S P pounds euro EUR copyright textbar textless textgreater".split(), "§¶£€€©|<>", strict=True)),
    "og": "«\u00a0",
    "fg": "\u00a0»",
}


def _arguments_of(node: LatexMacroNode) -> list[LatexNode]:
    """Return the arguments of a command; it has none where pylatexenc takes it for the argument of another one."""
    return [part for part in node.nodeargd.argnlist if part is not None] if node.nodeargd else []


_CONTEXT = get_default_latex_context_db()
_CONTEXT.add_context_category("cv", [MacroTextSpec(name, words) for name, words in _WORDS.items()], prepend=True)
# Take the text in the braces after an unknown command as words.
_CONTEXT.set_unknown_macro_spec(
    MacroTextSpec("", lambda node, l2tobj: " ".join(map(l2tobj.node_to_text, _arguments_of(node))))
)
_TO_TEXT = LatexNodes2Text(latex_context=_CONTEXT)
# pylatexenc warns of macros that its own tables lack, such as \url without an argument.
logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)


def words(text: str) -> str:
    """Return LaTeX as words; as it is written if that fails."""
    try:
        return str(_TO_TEXT.latex_to_text(text))
    except Exception:  # noqa: BLE001 - pylatexenc does not foresee macros without arguments, nor deep nesting
        return text


def words_of(nodes: Sequence[LatexNode]) -> str:
    """Return nodes of LaTeX as words; as they are written if that fails."""
    try:
        return str(_TO_TEXT.nodelist_to_text([*nodes]))
    except Exception:  # noqa: BLE001 - as above
        return "".join(node.latex_verbatim() for node in nodes)
