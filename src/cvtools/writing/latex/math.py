"""Which formulas may reach TeX: those made of known macros only."""

from collections.abc import Iterator

from pylatexenc.latexwalker import (
    LatexEnvironmentNode,
    LatexMacroNode,
    LatexMathNode,
    LatexNode,
    LatexWalker,
    LatexWalkerParseError,
)

#: Macros of LaTeX and amsmath that only set symbols.
_MACROS = frozenset(
    r"""
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho
    sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    frac tfrac dfrac sqrt binom sum prod int iint oint lim limsup liminf max min sup inf log ln lg exp sin cos tan cot
    arcsin arccos arctan sinh cosh tanh det gcd deg dim ker arg Pr
    infty partial nabla cdot times div pm mp ast star circ bullet oplus otimes cup cap setminus wedge vee neg
    le leq ge geq ne neq approx sim simeq equiv cong propto ll gg in notin ni subset subseteq supset supseteq emptyset
    forall exists to mapsto rightarrow leftarrow leftrightarrow Rightarrow Leftarrow Leftrightarrow implies iff
    left right big Big bigg Bigg langle rangle lfloor rfloor lceil rceil lvert rvert lVert rVert mid parallel perp
    text mathrm mathbf mathit mathsf mathtt mathbb mathcal operatorname hat bar vec dot ddot tilde overline underline
    widehat overbrace underbrace dots ldots cdots vdots ddots quad qquad displaystyle prime ell hbar Re Im angle
    , ; : ! { } % _ & # $ | \
    """.split()
) | {" "}
_ENVIRONMENTS = frozenset("matrix pmatrix bmatrix vmatrix cases aligned gathered split".split())


def problem(source: str) -> str:
    """What keeps a formula from being set; empty if nothing does."""
    if "^^" in source or "%" in source.replace(r"\%", ""):
        return "^^ and % are not allowed in a formula"
    try:
        parsed, _, _ = LatexWalker(source, tolerant_parsing=False).get_latex_nodes()
    except LatexWalkerParseError as error:
        return f"the formula cannot be read: {str(error).splitlines()[0]}"
    return next((fault for node in _walk(parsed) if (fault := _fault(node))), "")


def _fault(node: LatexNode) -> str:
    if isinstance(node, LatexMathNode):
        return "a formula inside a formula: delete the inner dollar signs"
    if isinstance(node, LatexMacroNode) and node.macroname not in _MACROS:
        return f"\\{node.macroname} is not allowed in a formula"
    if isinstance(node, LatexEnvironmentNode) and node.environmentname not in _ENVIRONMENTS:
        return f"the environment {node.environmentname} is not allowed in a formula"
    return ""


def _walk(parsed: list[LatexNode | None]) -> Iterator[LatexNode]:
    for node in parsed:
        if node is not None:
            yield node
            arguments = getattr(node, "nodeargd", None)
            yield from _walk(list(arguments.argnlist or ()) if arguments else [])
            yield from _walk(list(getattr(node, "nodelist", None) or ()))
