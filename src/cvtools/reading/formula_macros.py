"""List the macros and environments that formulas may use, without importing the slow parser of ``formulas.py``."""

#: Macros of formulas, of LaTeX and amsmath, all of which only set symbols and words.
FORMULA_MACROS = frozenset(
    r"""
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho
    sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    infty partial nabla cdot times pm mp ast star circ bullet oplus otimes perp parallel prime ell hbar Re Im to
    frac tfrac dfrac sqrt binom sum prod int iint oint lim limsup liminf max min sup inf log ln lg exp sin cos tan cot
    arcsin arccos arctan sinh cosh tanh det gcd deg dim ker arg Pr div cup cap setminus wedge vee neg
    le leq ge geq ne neq approx sim simeq equiv cong propto ll gg in notin ni subset subseteq supset supseteq emptyset
    forall exists mapsto rightarrow leftarrow leftrightarrow Rightarrow Leftarrow Leftrightarrow implies iff
    left right big Big bigg Bigg langle rangle lfloor rfloor lceil rceil lvert rvert lVert rVert mid
    text mathrm mathbf mathit mathsf mathtt mathbb mathcal operatorname hat bar vec dot ddot tilde overline underline
    widehat overbrace underbrace dots ldots cdots vdots ddots quad qquad displaystyle angle , ; : { } | \ % & # $ _
    """.split()
) | {" "}
#: Environments of formulas.
FORMULA_ENVIRONMENTS = frozenset("matrix pmatrix bmatrix vmatrix cases aligned gathered".split())
