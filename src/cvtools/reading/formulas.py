"""Find the faults of formulas: macros that do more than set symbols, and text that could act outside the formula.

TeX stops at other faults, such as a second superscript, and sets the formula as written, see
:mod:`cvtools.build.lualatex`.
"""

import difflib
import re
from collections.abc import Iterator

from pylatexenc import latexwalker as latex
from pylatexenc.macrospec import MacroSpec

from cvtools import limits
from cvtools.reading.characters import CONTROLS
from cvtools.reading.formula_macros import FORMULA_ENVIRONMENTS, FORMULA_MACROS

#: An environment of a displayed formula, and the environments to write instead inside another formula.
_DISPLAY_ENVIRONMENT = re.compile(r"\s*\\begin\{(align|equation|gather)(\*?)\}(.*)\\end\{\1\2\}\s*", re.DOTALL)
_WITHIN = {"align": "aligned", "gather": "gathered"}

#: Macros that set something above or below what is in their braces.
_ACCENTS = frozenset("hat bar vec dot ddot tilde widehat overline underline overbrace underbrace".split())
#: The parser's macros, with those whose arguments pylatexenc does not know.
_CONTEXT = latex.get_default_latex_context_db()
_CONTEXT.add_context_category(
    "amsmath",
    [*(MacroSpec(name, "{{") for name in ("tfrac", "dfrac", "binom")), MacroSpec("operatorname", "*{")],
    prepend=True,
)
#: Heights of up to two lines; others could move words over those around the formula, or off the page.
_DECIMALS = r"(?:\.[0-9]{1,3})?"
_HEIGHT = rf"(?:1?[0-9]{_DECIMALS}pt|[0-6]{_DECIMALS}mm|[0-3]{_DECIMALS}ex|[01]{_DECIMALS}em)"
#: Patterns of what TeX acts on or stops at anywhere in a formula, each with the rule that it breaks.
_FORBIDDEN = (
    (r"\^\^", "^^ is not allowed in a formula: write {} between the signs"),
    (r"(?<!\\)(\\\\)*\\$", "a formula cannot end with a backslash: delete it"),
    (r"\n[ \t]*\n", "a formula cannot have a blank line there: delete it"),
    (
        rf"\\\\\s*\*?\s*\[(?!\s*{_HEIGHT}\s*\])|\\begin\{{(aligned|gathered)\}}\s*\[",
        r"TeX takes the bracket at the beginning of a line for an option: write {} before it",
    ),
)


def display(source: str) -> str:
    r"""Return the LaTeX of a displayed formula by Sphinx's rules: a blank line ends a formula, ``\\`` a line."""
    # The environment "split" is for the lines of a numbered formula.
    source = re.sub(r"(\\(?:begin|end)){split}", r"\1{aligned}", source)
    formulas = [
        _in_environment("aligned", formula) if _has_lines(formula) else formula
        for formula in (_DISPLAY_ENVIRONMENT.sub(_part_of_display, part) for part in re.split(r"\n\s*\n", source))
    ]
    return formulas[0] if len(formulas) == 1 else _in_environment("gathered", "\\\\{}".join(formulas))


def _part_of_display(match: re.Match[str]) -> str:
    name = _WITHIN.get(match[1])
    return _in_environment(name, match[3]) if name else match[3].strip()


def _in_environment(name: str, lines: str) -> str:
    # TeX takes a bracket at the beginning of a line for an option.
    lines = re.sub(r"\A\s*\[", "{}[", lines)
    return f"\\begin{{{name}}}{lines}\\end{{{name}}}"


def fault_of_formula(source: str) -> str:
    """Return the fault of a formula; empty if it has none."""
    if len(source) > limits.FORMULA:
        return f"a formula may have at most {limits.FORMULA} characters: split it into several"
    if sign := re.search(f"[{CONTROLS}]", source):
        return f"the control character U+{ord(sign[0]):04X} is not allowed in a formula: delete it"
    if rules := [rule for pattern, rule in _FORBIDDEN if re.search(pattern, source)]:
        return rules[0]
    try:
        nodes = [*_walk(_parse(source))]
    except ValueError as error:
        return str(error)
    if any(depth > limits.NESTED for _, _, depth in nodes):
        return f"more than {limits.NESTED} roots with a degree, or accents, are nested in each other: write fewer"
    return next((fault for node, in_words, _ in nodes for fault in _faults(node, in_words)), "")


def _faults(node: latex.LatexNode, in_words: bool) -> Iterator[str]:
    """Yield the faults of a node by itself."""
    if isinstance(node, latex.LatexMathNode):
        yield "a formula inside a formula: delete the inner dollar signs"
    if isinstance(node, latex.LatexCommentNode):
        yield r"% is not allowed in a formula: write \% for the sign"
    if isinstance(node, latex.LatexMacroNode) and node.macroname not in FORMULA_MACROS:
        yield f"\\{node.macroname} is not allowed in a formula: {_instead(node.macroname)}"
    if isinstance(node, latex.LatexEnvironmentNode) and node.environmentname not in FORMULA_ENVIRONMENTS:
        known = ", ".join(sorted(FORMULA_ENVIRONMENTS))
        yield f"the environment {node.environmentname} is not allowed in a formula: known are {known}"
    # TeX leaves out a character that the font of symbols lacks, without a message.
    forbidden = "#" if in_words else r"#|[^\x00-\x7f]"
    if match := re.search(forbidden, getattr(node, "chars", "")):
        yield f'"{match[0]}" is not allowed in a formula: write a macro for it'


def _instead(macro: str) -> str:
    """Return the remedy for a macro that is not allowed."""
    near = next(iter(difflib.get_close_matches(macro, sorted(FORMULA_MACROS), 1, 0.8)), "")
    return f"write \\{near} if that is meant, or other macros" if near else "write it with other macros"


def _parse(source: str) -> list[latex.LatexNode | None]:
    """Return the nodes of a formula; raise ValueError with the reason if it cannot be read."""
    try:
        walker = latex.LatexWalker(source, _CONTEXT, tolerant_parsing=False)
        return list(walker.get_latex_nodes()[0])
    except RecursionError:
        raise ValueError("a formula so deeply nested cannot be read: split it into several") from None
    except latex.LatexWalkerParseError as error:
        raise ValueError(f"the formula cannot be read: {str(error).splitlines()[0]}") from error
    except Exception as error:  # pylatexenc runs past the end of \verb, for one
        raise ValueError("the formula cannot be read: write it with other macros") from error


def _has_lines(formula: str) -> bool:
    """Return whether a formula has lines or columns, which need an environment."""
    return bool(re.search(r"(?<!\\)&|\\\\", re.sub(r"(?s)\\begin\{(\w+)\}.*?\\end\{\1\}", "", formula)))


def _is_nesting(node: latex.LatexNode) -> bool:
    """Return whether a node is an accent, or a root with an optional argument, its degree."""
    has_degree = getattr(node, "macroname", "") == "sqrt" and _arguments(node)[:1] != [None]
    return has_degree or getattr(node, "macroname", "") in _ACCENTS


def _arguments(node: latex.LatexNode) -> list[latex.LatexNode | None]:
    arguments = getattr(node, "nodeargd", None)
    return list(arguments.argnlist or ()) if arguments else []


def _children(node: latex.LatexNode) -> list[latex.LatexNode | None]:
    return [*_arguments(node), *(getattr(node, "nodelist", None) or ())]


def _walk(
    parsed: list[latex.LatexNode | None], in_words: bool = False, depth: int = 0
) -> Iterator[tuple[latex.LatexNode, bool, int]]:
    """Yield each node, whether it is among words instead of symbols, and its depth.

    The depth is the number of roots with a degree and of accents that are nested in each other, the node among them.
    """
    for node in parsed:
        if node is not None:
            depth_here = depth + _is_nesting(node)
            yield node, in_words, depth_here
            is_words = in_words or (isinstance(node, latex.LatexMacroNode) and node.macroname == "text")
            yield from _walk(_children(node), is_words, depth_here)
