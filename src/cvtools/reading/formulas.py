"""Find what TeX must not see in formulas: unknown macros, and what makes it stop."""

import itertools
import re
from collections.abc import Callable, Iterator

from pylatexenc import latexwalker as latex
from pylatexenc.macrospec import MacroSpec

from cvtools import limits
from cvtools.reading.characters import CONTROLS
from cvtools.reading.formula_macros import FORMULA_ENVIRONMENTS, FORMULA_MACROS, SYMBOLS

#: A displayed formula as an environment, and the environments that take the place of these in another formula.
_DISPLAY_ENVIRONMENT = re.compile(r"\s*\\begin\{(align|equation|gather)(\*?)\}(.*)\\end\{\1\2\}\s*", re.DOTALL)
_WITHIN = {"align": "aligned", "gather": "gathered"}

#: Macros that set something above or below what is in their braces.
_ACCENTS = frozenset("hat bar vec dot ddot tilde widehat overline underline overbrace underbrace".split())
#: Macros that may be a sub- or superscript without braces.
_WITHOUT_BRACES = SYMBOLS | set("frac tfrac dfrac text mathrm mathbf mathit mathsf mathtt mathbb mathcal".split())
#: The parser's macros, with those whose arguments pylatexenc does not know.
_CONTEXT = latex.get_default_latex_context_db()
_CONTEXT.add_context_category(
    "amsmath",
    [*(MacroSpec(name, "{{") for name in ("tfrac", "dfrac", "binom")), MacroSpec("operatorname", "*{")],
    prepend=True,
)
#: Heights of up to two lines; others could move words over those around the formula, or off the page.
_PARTS = r"(?:\.[0-9]{1,3})?"
_HEIGHT = rf"(?:1?[0-9]{_PARTS}pt|[0-6]{_PARTS}mm|[0-3]{_PARTS}ex|[01]{_PARTS}em)"
#: Patterns of what TeX acts on or stops at anywhere in a formula, each with the rule that it breaks.
_FORBIDDEN = (
    (r"\^\^", "^^ is not allowed in a formula"),
    (r"(?<!\\)(\\\\)*\\$", "a formula cannot end with a backslash"),
    (r"\n[ \t]*\n", "a formula cannot have a blank line there: delete it"),
    (
        rf"\\\\\s*\*?\s*\[(?!\s*{_HEIGHT}\s*\])|\\begin\{{(aligned|gathered)\}}\s*\[",
        r"TeX takes the bracket at the beginning of a line for an option: write {} before it",
    ),
)
#: Characters that stand for macros and for the end of a cell in :func:`_row_fault`, where "|" is any delimiter.
_END, _LEFT, _RIGHT, _SIZE, _OTHER = map(chr, range(5))
_SIGNS_OF_MACROS = {
    "\\": _END,
    "left": _LEFT,
    "right": _RIGHT,
    **dict.fromkeys(["big", "Big", "bigg", "Bigg"], _SIZE),
    **dict.fromkeys("langle rangle lfloor rfloor lceil rceil lvert rvert lVert rVert { } |".split(), "|"),
}
#: Macros that may be among words in a formula, as in ``\text``.
_MACROS_IN_WORDS = frozenset("text quad qquad dots ldots , ; : { } % _ & # $".split()) | {" "}
#: Patterns of forbidden characters: among symbols, and among words.
_FORBIDDEN_CHARACTERS = ("#|[^\\x00-\\x7f]", "[#_^&]")


def display(source: str) -> str:
    r"""Return the LaTeX of a displayed formula as Sphinx reads it: blank lines split formulas, ``\\`` lines of one."""
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


def problem(source: str) -> str:
    """Return the fault of a formula; empty if it has none."""
    if len(source) > limits.FORMULA:
        return f"a formula may have at most {limits.FORMULA} characters"
    if sign := re.search(f"[{CONTROLS}]", source):
        return f"the control character U+{ord(sign[0]):04X} is not allowed in a formula"
    if rules := [rule for pattern, rule in _FORBIDDEN if re.search(pattern, source)]:
        return rules[0]
    try:
        parsed = _parse(source)
    except ValueError as error:
        return str(error)
    faults = itertools.chain(
        (fault for place in _walk(parsed) for fault in _faults(*place)),
        filter(None, map(_row_fault, _rows(parsed))),
        _nesting_faults(parsed),
    )
    return next(faults, "")


def _faults(node: latex.LatexNode, in_words: bool, environment: str) -> Iterator[str]:
    """Yield the faults of a node by itself.

    :param environment: the environment whose rows have the node; empty for none
    """
    place = "the words of a formula" if in_words else "a formula"
    if isinstance(node, latex.LatexMathNode):
        yield "a formula inside a formula: delete the inner dollar signs"
    if isinstance(node, latex.LatexCommentNode):
        yield "% is not allowed in a formula"
    macros = _MACROS_IN_WORDS if in_words else FORMULA_MACROS
    if isinstance(node, latex.LatexMacroNode) and node.macroname not in macros:
        yield f"\\{node.macroname} is not allowed in {place}"
    if isinstance(node, latex.LatexEnvironmentNode):
        most = 0 if in_words else FORMULA_ENVIRONMENTS.get(node.environmentname, 0)
        if not most:
            yield f"the environment {node.environmentname} is not allowed in {place}"
        elif _cells(node) > most:
            yield f"a row of {node.environmentname} may have at most {most} cells"
    if (_is_column(node) or _is_line_end(node)) and not in_words and not environment:
        yield r"& and \\ are not allowed outside of the rows of an environment such as aligned"
    if not all(map(_is_argument, _arguments(node))):
        yield f"the argument of \\{node.macroname} needs braces in a formula"
    characters = "&" if in_words and _is_column(node) else getattr(node, "chars", "")
    if found := re.search(_FORBIDDEN_CHARACTERS[in_words], characters):
        yield f'"{found[0]}" is not allowed in {place}: write a macro for it'


def _nesting_faults(parsed: list[latex.LatexNode | None]) -> Iterator[str]:
    for is_counted, what in ((_has_degree, "roots with a degree"), (_is_accent, "accents")):
        if _depth(parsed, is_counted) > limits.NESTED:
            yield f"more than {limits.NESTED} {what} are nested in each other"


def _row_fault(row: list[latex.LatexNode | None]) -> str:
    """Return the fault of the scripts and delimiters in a row, at which TeX would stop; empty if there is none."""
    # The scripts of the current symbol, the one whose content must follow, and the number of open \left.
    scripts, open_script, depth = "", "", 0
    needs_delimiter = False
    before = ""
    for sign in f"{''.join(map(_signs, row))}{_END}":
        # A prime is a superscript.
        script = "^" if sign == "'" else sign if sign in {"_", "^"} else ""
        depth += (sign == _LEFT) - (sign == _RIGHT)
        if depth < 0 or (depth and sign == _END):
            return r"\left needs its \right in a formula, in the same group and cell"
        if needs_delimiter and not sign.isspace() and sign not in "()[]|/<>.":
            return r"\left, \right and \big need a bracket in a formula, or a dot for none"
        if open_script and (script or sign in {_END, _LEFT, _RIGHT, _SIZE, _OTHER}):
            return f'"{open_script}" needs something in braces after it in a formula'
        # To TeX, a superscript right after a prime is part of that prime.
        if script and script in scripts and before != "'":
            return f'a second "{sign}" at one place in a formula: write braces, such as {{a^2}}^3'
        if not sign.isspace():
            scripts = scripts + script if script or open_script else ""
            open_script = script if sign != "'" else ""
            needs_delimiter = sign in {_LEFT, _RIGHT, _SIZE}
        before = sign
    return ""


def _signs(node: latex.LatexNode | None) -> str:
    """Return the characters of a node, or the sign of a macro for :func:`_row_fault`."""
    if isinstance(node, latex.LatexMacroNode):
        return _SIGNS_OF_MACROS.get(node.macroname) or ("x" if node.macroname in _WITHOUT_BRACES else _OTHER)
    return _END if _is_column(node) else getattr(node, "chars", "") or getattr(node, "specials_chars", "x")


def _rows(parsed: list[latex.LatexNode | None]) -> Iterator[list[latex.LatexNode | None]]:
    """Yield each list of nodes that TeX sets in a row: the formula, its groups, and its arguments."""
    yield parsed
    for node, in_words, _ in _walk(parsed):
        if not in_words:
            yield getattr(node, "nodelist", None) or []
            yield from ([argument] for argument in _arguments(node))


def _parse(source: str) -> list[latex.LatexNode | None]:
    """Return the nodes of a formula; raise ValueError with the reason if it cannot be read."""
    try:
        parsed: list[latex.LatexNode | None] = latex.LatexWalker(
            source, _CONTEXT, tolerant_parsing=False
        ).get_latex_nodes()[0]
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
    return any(_is_column(node) or _is_line_end(node) for node in parsed)


def _is_column(node: latex.LatexNode | None) -> bool:
    return isinstance(node, latex.LatexSpecialsNode) and node.specials_chars == "&"


def _is_line_end(node: latex.LatexNode | None) -> bool:
    return isinstance(node, latex.LatexMacroNode) and node.macroname == "\\"


def _cells(environment: latex.LatexEnvironmentNode) -> int:
    """Return the number of cells in the longest row."""
    signs = (_is_column(node) * "&" or _is_line_end(node) * "\n" for node in environment.nodelist)
    return 1 + max(row.count("&") for row in "".join(signs).split("\n"))


def _is_argument(node: latex.LatexNode | None) -> bool:
    """Return whether TeX reads a node as one argument: braces, a sign, a symbol, or an option that may be missing."""
    if isinstance(node, latex.LatexMacroNode):
        return node.macroname in SYMBOLS
    if isinstance(node, latex.LatexGroupNode):
        # The first bracket outside of braces ends an option.
        parts = [part.latex_verbatim() for part in node.nodelist if not isinstance(part, latex.LatexGroupNode)]
        return node.delimiters[0] == "{" or "]" not in "".join(parts)
    return node is None or getattr(node, "chars", "") not in {"", "'"}


def _depth(parsed: list[latex.LatexNode | None], is_counted: Callable[[latex.LatexNode], bool]) -> int:
    """Return the largest number of counted nodes that are nested in each other."""
    inner = [node for node in parsed if node is not None]
    return max((is_counted(node) + _depth(_children(node), is_counted) for node in inner), default=0)


def _has_degree(node: latex.LatexNode) -> bool:
    return isinstance(node, latex.LatexMacroNode) and node.macroname == "sqrt" and _arguments(node)[:1] != [None]


def _is_accent(node: latex.LatexNode) -> bool:
    return isinstance(node, latex.LatexMacroNode) and node.macroname in _ACCENTS


def _arguments(node: latex.LatexNode) -> list[latex.LatexNode | None]:
    arguments = getattr(node, "nodeargd", None)
    return list(arguments.argnlist or ()) if arguments else []


def _children(node: latex.LatexNode) -> list[latex.LatexNode | None]:
    return [*_arguments(node), *(getattr(node, "nodelist", None) or ())]


def _walk(
    parsed: list[latex.LatexNode | None], in_words: bool = False, environment: str = ""
) -> Iterator[tuple[latex.LatexNode, bool, str]]:
    """Yield each node, whether it is among words instead of symbols, and the environment whose rows have it."""
    for node in parsed:
        if node is not None:
            yield node, in_words, environment
            is_words = in_words or (isinstance(node, latex.LatexMacroNode) and node.macroname == "text")
            yield from _walk(_children(node), is_words, getattr(node, "environmentname", ""))
