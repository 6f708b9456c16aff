"""Which formulas may reach TeX: those made of known macros only."""

import re
from collections.abc import Iterator

from pylatexenc.latexwalker import (
    LatexCharsNode,
    LatexCommentNode,
    LatexEnvironmentNode,
    LatexMacroNode,
    LatexMathNode,
    LatexNode,
    LatexSpecialsNode,
    LatexWalker,
    LatexWalkerParseError,
)

from cvtools.reading.syntax import FORMULA_ENVIRONMENTS, FORMULA_MACROS

#: An environment that makes a formula of its own, and its name within one.
_ENVIRONMENT = re.compile(r"\s*\\begin\{(align|equation|gather)(\*?)\}(.*)\\end\{\1\2\}\s*", re.DOTALL)
_WITHIN = {"align": "aligned", "gather": "gathered"}

#: Characters that symbols cannot have, and those that words among them cannot have.
_UNFIT = ("#|[^\\x00-\\x7f]", "[#_^]")


def display(source: str) -> str:
    r"""A formula that stands by itself, as Sphinx reads it: empty lines part formulas, ``\\`` the lines of one."""
    formulas = [
        f"\\begin{{aligned}}{formula}\\end{{aligned}}" if _has_lines(formula) else formula
        for formula in (_ENVIRONMENT.sub(_within, part) for part in re.split(r"\n\s*\n", source))
    ]
    # Without the braces, a bracket would be the line end's.
    return formulas[0] if len(formulas) == 1 else "\\begin{gathered}" + "\\\\{}".join(formulas) + "\\end{gathered}"


def _within(match: re.Match[str]) -> str:
    name = _WITHIN.get(match[1])
    return f"\\begin{{{name}}}{match[3]}\\end{{{name}}}" if name else match[3].strip()


def problem(source: str) -> str:
    """What keeps a formula from being set; empty if nothing does."""
    if "^^" in source:
        return "^^ is not allowed in a formula"
    if re.search(r"(?<!\\)(\\\\)*\\$", source):
        return "a formula cannot end with a backslash"
    try:
        parsed = _parse(source)
    except RecursionError:
        return "a formula so deeply nested cannot be read"
    except LatexWalkerParseError as error:
        return f"the formula cannot be read: {str(error).splitlines()[0]}"
    if any(map(_is_column, parsed)):
        return "& is not allowed outside of an environment such as aligned"
    return next((fault for node, in_words in _walk(parsed) if (fault := _fault(node, in_words))), "")


def _fault(node: LatexNode, in_words: bool) -> str:
    if isinstance(node, LatexMathNode):
        return "a formula inside a formula: delete the inner dollar signs"
    if isinstance(node, LatexCommentNode):
        return "% is not allowed in a formula"
    if isinstance(node, LatexMacroNode) and node.macroname not in FORMULA_MACROS:
        return f"\\{node.macroname} is not allowed in a formula"
    if isinstance(node, LatexEnvironmentNode) and node.environmentname not in FORMULA_ENVIRONMENTS:
        return f"the environment {node.environmentname} is not allowed in a formula"
    if isinstance(node, LatexCharsNode) and (found := re.search(_UNFIT[in_words], node.chars)):
        return f'"{found[0]}" is not allowed there in a formula: write a macro for it'
    return ""


def _parse(source: str) -> list[LatexNode | None]:
    parsed: list[LatexNode | None] = LatexWalker(source, tolerant_parsing=False).get_latex_nodes()[0]
    return parsed


def _has_lines(formula: str) -> bool:
    """Whether a formula has lines or columns, which an environment must hold."""
    try:
        parsed = _parse(formula)
    except (LatexWalkerParseError, RecursionError):
        return False
    return any(_is_column(node) or (isinstance(node, LatexMacroNode) and node.macroname == "\\") for node in parsed)


def _is_column(node: LatexNode | None) -> bool:
    return isinstance(node, LatexSpecialsNode) and node.specials_chars == "&"


def _walk(parsed: list[LatexNode | None], in_words: bool = False) -> Iterator[tuple[LatexNode, bool]]:
    """Every node, and whether it belongs to words rather than to symbols."""
    for node in parsed:
        if node is not None:
            yield node, in_words
            within = in_words or (isinstance(node, LatexMacroNode) and node.macroname == "text")
            arguments = getattr(node, "nodeargd", None)
            yield from _walk(list(arguments.argnlist or ()) if arguments else [], within)
            yield from _walk(list(getattr(node, "nodelist", None) or ()), within)
