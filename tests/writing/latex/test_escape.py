"""Text, addresses and formulas, escaped or refused before TeX."""

import re

import pytest
from hypothesis import given, strategies as st
from pylatexenc.latex2text import LatexNodes2Text

from cvtools.reading.characters import normalise
from cvtools.reading.formulas import display, fault_of_formula
from cvtools.writing.latex.markup import address, destination, text as escape

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")))


@given(texts)
def test_escaped_text_has_no_special_character(text: str) -> None:
    escaped = re.sub(
        r"\\(textbackslash|textasciicircum|textasciitilde|allowbreak)\{\}|\\mbox\{-\}|\\[{}$&#%_,-]", "", escape(text)
    )
    assert not set(escaped) & set("\\{}$&#%_^")


@given(texts.map(lambda text: re.sub(r"\s", "x", text)))
def test_escaped_text_keeps_the_text(text: str) -> None:
    # What pylatexenc reads as a ligature of TeX's is none in our fonts.
    text = re.sub("[`'\"<>~!?^\u00ad\u200b\u200c\u2060\ufeff-]", "", normalise(text))
    read = LatexNodes2Text(strict_latex_spaces=True).latex_to_text(escape(text))
    assert read.replace(" ", "") == text.replace("\u00a0", "").replace("\u202f", "").replace("\u2011", "-").replace(
        " ", ""
    )


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("C# & 100%", r"C\# \& 100\%"),
        ("a_b^c~d", r"a\_b\textasciicircum{}c\textasciitilde{}d"),
        ("{\\x}", r"\{\textbackslash{}x\}"),
        ("\u017cółw – “x”", "\u017cółw – “x”"),
        ("1\u00a0000\u202fkm back\u2011end", r"1~000\,km back\mbox{-}end"),
        ("e\u0301\x00\x1b", "é"),
        ("a\u200bb\u200cc\u2060d\ufeffe", r"a\allowbreak{}bcde"),
        ("a\u2028b\u2029c\x85d\re\tf\ng", "a b c d e\tf\ng"),
    ],
)
def test_escape_gives_known_latex(text: str, latex: str) -> None:
    assert escape(text) == latex


@given(texts)
def test_escaped_address_is_ascii(text: str) -> None:
    assert re.fullmatch(r"(\\[%&#_]|[A-Za-z0-9/:=?+!,;'@()*\[\].-])*", address(text))


@given(st.text(), st.text())
def test_destination_has_no_special_character(docname: str, anchor: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9.-]*", destination(docname, anchor))


@given(st.text() | st.text("\\{}$^_&%# abcinputlua"))
def test_any_formula_is_parsed_without_error(source: str) -> None:
    assert isinstance(fault_of_formula(source), str)


@pytest.mark.parametrize("source", [
    "E=mc^2", r"\frac{a}{b}", r"\begin{cases}a&b\\c&d\end{cases}", r"\left( x \right)", r"\text{if } x", r"50\%",
    r"\text{żółw}",
])  # fmt: skip
def test_harmless_formula_is_accepted(source: str) -> None:
    assert fault_of_formula(source) == ""


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        (r"\input{/etc/passwd}", r"\input is not allowed in a formula"),
        (r"\directlua{os.exit()}", r"\directlua is not allowed in a formula"),
        (r"\text{\directlua{x}}", r"\directlua is not allowed in a formula"),
        (r"\csname input\endcsname", r"\csname is not allowed in a formula"),
        (r"\write18{ls}", r"\write is not allowed in a formula"),
        (r"\def\x{}", r"\def is not allowed in a formula"),
        (r"\sqrt[\input{x}]{y}", r"\input is not allowed in a formula"),
        (r"\begin{filecontents}x\end{filecontents}", "the environment filecontents is not allowed in a formula"),
        ("$x$", "a formula inside a formula: delete the inner dollar signs"),
        (r"\text{$x$}", "a formula inside a formula: delete the inner dollar signs"),
        ("^^5cinput", "^^ is not allowed in a formula"),
        ("a % b", "% is not allowed in a formula"),
        (r"\begin{aligned}a \\% b\end{aligned}", "the formula cannot be read"),
        ("a\\", "a formula cannot end with a backslash"),
        ("a # b", '"#" is not allowed in a formula'),
        ("α", '"α" is not allowed in a formula'),
        (r"\verb|x|", r"\verb is not allowed in a formula"),
        ("a}{", "the formula cannot be read"),
        (r"\frac{a", "the formula cannot be read"),
        (r"\alpah", r"\alpah is not allowed in a formula: write \alpha if that is meant, or other macros"),
    ],
)
def test_harmful_formula_is_refused(source: str, fault: str) -> None:
    assert fault_of_formula(source).startswith(fault)


@pytest.mark.parametrize(
    ("source", "latex"),
    [
        ("a=b", "a=b"),
        (r"a\\b", r"\begin{aligned}a\\b\end{aligned}"),
        (r"a&b", r"\begin{aligned}a&b\end{aligned}"),
        (r"\begin{cases}a\\b\end{cases}", r"\begin{cases}a\\b\end{cases}"),
        ("a\n \nb", r"\begin{gathered}a\\{}b\end{gathered}"),
        ("{a", "{a"),
    ],
)
def test_displayed_formula_aligns_its_lines(source: str, latex: str) -> None:
    assert display(source) == latex
