"""Check formulas before TeX sees them: only known macros are allowed."""

import re
from collections.abc import Iterator

from pylatexenc import latexwalker as latex

from cvtools import limits
from cvtools.reading.formula_macros import FORMULA_ENVIRONMENTS, FORMULA_MACROS

#: Environments that make a displayed formula, and the environments that replace them within one.
_ENVIRONMENT = re.compile(r"\s*\\begin\{(align|equation|gather)(\*?)\}(.*)\\end\{\1\2\}\s*", re.DOTALL)
_WITHIN = {"align": "aligned", "gather": "gathered"}

#: Macros that may be a script without braces; TeX stops at one that is made of several others.
_BARE = frozenset(
    """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho
    sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    frac tfrac dfrac text mathrm mathbf mathit mathsf mathtt mathbb mathcal
    infty partial nabla cdot times pm mp ast star circ bullet oplus otimes perp parallel prime ell hbar Re Im to
    % & # $ _
    """.split()
)
#: Signs for macros in a row, a delimiter being "|", and for the end of a cell.
_END, _LEFT, _RIGHT, _SIZE, _OTHER = map(chr, range(5))
_SIGNS = {
    "\\": _END,
    "left": _LEFT,
    "right": _RIGHT,
    **dict.fromkeys(["big", "Big", "bigg", "Bigg"], _SIZE),
    **dict.fromkeys("langle rangle lfloor rfloor lceil rceil lvert rvert lVert rVert { } |".split(), "|"),
}
#: Macros that words may have.
_IN_WORDS = frozenset("text quad qquad dots ldots , ; : ! { } % _ & # $".split()) | {" ", "\\"}

#: Characters that are not allowed among symbols, and in words.
_UNFIT = ("#|[^\\x00-\\x7f]", "[#_^&]")


def display(source: str) -> str:
    r"""Return the LaTeX of a displayed formula as Sphinx reads it: blank lines part formulas, ``\\`` lines of one."""
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
    """Return the fault of a formula; empty if it has none."""
    if len(source) > limits.FORMULA:
        return f"a formula may have {limits.FORMULA} characters"
    # TeX acts on these anywhere.
    if sign := re.search(r"\^\^|[\0-\x08\x0b-\x1f\x7f-\x9f]", source):
        name = "^^" if sign[0] == "^^" else f"the control character U+{ord(sign[0]):04X}"
        return f"{name} is not allowed in a formula"
    if re.search(r"(?<!\\)(\\\\)*\\$", source):
        return "a formula cannot end with a backslash"
    try:
        parsed = _parse(source)
    except ValueError as error:
        return str(error)
    faults = [fault for node, in_words in _walk(parsed) if (fault := _fault(node, in_words))]
    if any(map(_is_column, parsed)):
        faults.insert(0, "& is not allowed outside of an environment such as aligned")
    faults += [fault for nodes in _rows(parsed) if (fault := _row_fault(nodes))]
    if _roots(parsed) > limits.ROOTS:
        faults.append(f"more than {limits.ROOTS} roots with a degree are nested in each other")
    return next(iter(faults), "")


def _fault(node: latex.LatexNode, in_words: bool) -> str:
    if isinstance(node, latex.LatexMathNode):
        return "a formula inside a formula: delete the inner dollar signs"
    if isinstance(node, latex.LatexCommentNode):
        return "% is not allowed in a formula"
    if isinstance(node, latex.LatexMacroNode) and node.macroname not in (_IN_WORDS if in_words else FORMULA_MACROS):
        return f"\\{node.macroname} is not allowed in {'the words of ' * in_words}a formula"
    if isinstance(node, latex.LatexEnvironmentNode) and node.environmentname not in FORMULA_ENVIRONMENTS:
        return f"the environment {node.environmentname} is not allowed in a formula"
    characters = "&" if in_words and _is_column(node) else getattr(node, "chars", "")
    if found := re.search(_UNFIT[in_words], characters):
        return f'"{found[0]}" is not allowed there in a formula: write a macro for it'
    return ""


def _row_fault(row: list[latex.LatexNode | None]) -> str:
    """Return the fault of the scripts and delimiters in a row, at which TeX would stop."""
    taken, before, waiting, is_sized, depth = "", "", "", False, 0
    for sign in f"{''.join(map(_signs, row))}{_END}":
        script = "^" if sign == "'" else sign if sign in {"_", "^"} else ""
        depth += (sign == _LEFT) - (sign == _RIGHT)
        if depth < 0 or (depth and sign == _END):
            return r"\left needs its \right in a formula, in the same group and cell"
        if is_sized and not sign.isspace() and sign not in "()[]|/<>.":
            return r"\left, \right and \big need a bracket in a formula, or a dot for none"
        if waiting and (script or sign in {_END, _LEFT, _RIGHT, _SIZE, _OTHER}):
            return f'"{waiting}" needs something in braces behind it in a formula'
        # A superscript may follow a prime, which is one for TeX.
        if script and script in taken and before != "'":
            return f'a second "{sign}" at one place in a formula: write braces, such as {{a^2}}^3'
        if not sign.isspace():
            taken = taken + script if script or waiting else ""
            waiting = script if sign != "'" else ""
            is_sized = sign in {_LEFT, _RIGHT, _SIZE}
        before = sign
    return ""


def _signs(node: latex.LatexNode | None) -> str:
    """Return the characters of a node; for a macro, what it is to :func:`_row_fault`."""
    if isinstance(node, latex.LatexMacroNode):
        return _SIGNS.get(node.macroname) or ("x" if node.macroname in _BARE else _OTHER)
    return _END if _is_column(node) else getattr(node, "chars", "") or getattr(node, "specials_chars", "x")


def _rows(parsed: list[latex.LatexNode | None]) -> Iterator[list[latex.LatexNode | None]]:
    """Yield each list of nodes that TeX sets in a row: the formula, and those of its groups and arguments."""
    yield parsed
    for node, in_words in _walk(parsed):
        if not in_words:
            yield getattr(node, "nodelist", None) or []
            yield from ([argument] for argument in _arguments(node))


def _parse(source: str) -> list[latex.LatexNode | None]:
    """Return the nodes of a formula; raise ValueError with the reason if it cannot be read."""
    try:
        parsed: list[latex.LatexNode | None] = latex.LatexWalker(source, tolerant_parsing=False).get_latex_nodes()[0]
    except RecursionError:
        raise ValueError("a formula so deeply nested cannot be read") from None
    except latex.LatexWalkerParseError as error:
        raise ValueError(f"the formula cannot be read: {str(error).splitlines()[0]}") from error
    except Exception as error:  # pylatexenc runs past the end of \verb, for one
        raise ValueError("the formula cannot be read: write it with other macros") from error
    return parsed


def _has_lines(formula: str) -> bool:
    """Return whether a formula has lines or columns, which need an environment."""
    try:
        parsed = _parse(formula)
    except ValueError:
        return False
    return any(
        _is_column(node) or (isinstance(node, latex.LatexMacroNode) and node.macroname == "\\") for node in parsed
    )


def _is_column(node: latex.LatexNode | None) -> bool:
    return isinstance(node, latex.LatexSpecialsNode) and node.specials_chars == "&"


def _roots(parsed: list[latex.LatexNode | None]) -> int:
    """Return the depth of nested roots that have a degree."""
    return max((_has_degree(node) + _roots(_within_node(node)) for node in parsed if node is not None), default=0)


def _has_degree(node: latex.LatexNode) -> bool:
    return isinstance(node, latex.LatexMacroNode) and node.macroname == "sqrt" and _arguments(node)[:1] != [None]


def _arguments(node: latex.LatexNode) -> list[latex.LatexNode | None]:
    arguments = getattr(node, "nodeargd", None)
    return list(arguments.argnlist or ()) if arguments else []


def _within_node(node: latex.LatexNode) -> list[latex.LatexNode | None]:
    return [*_arguments(node), *(getattr(node, "nodelist", None) or ())]


def _walk(parsed: list[latex.LatexNode | None], in_words: bool = False) -> Iterator[tuple[latex.LatexNode, bool]]:
    """Yield every node, and whether it is part of words rather than of symbols."""
    for node in parsed:
        if node is not None:
            yield node, in_words
            within = in_words or (isinstance(node, latex.LatexMacroNode) and node.macroname == "text")
            yield from _walk(_within_node(node), within)
