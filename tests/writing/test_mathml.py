"""Formulas as MathML in the page."""

from bs4 import BeautifulSoup

from cvtools.reading.formula_macros import FORMULA_ENVIRONMENTS, FORMULA_MACROS
from tests.projects import Project

#: What macros need around them.
ARGUMENTS = {
    "left": r"\left( x \right)",
    "right": r"\left( x \right)",
    "displaystyle": r"\displaystyle x",
    "\\": r"\begin{matrix} a \\ b \end{matrix}",
    **{name: rf"\{name}( x" for name in ("big", "Big", "bigg", "Bigg")},
}


def test_every_allowed_macro_is_shown_as_mathml(project: Project) -> None:
    formulas = [ARGUMENTS.get(name, rf"\{name}{{a}}{{b}}") for name in sorted(FORMULA_MACROS)]
    formulas += [rf"\begin{{{name}}} a \\ b \end{{{name}}}" for name in sorted(FORMULA_ENVIRONMENTS)]
    page = "# A\n\n" + "\n\n".join(f"```{{math}}\n{formula}\n```" for formula in formulas)
    html = project.write({"index.md": page}).build("html").read("index.html")
    assert html.count("<math ") == len(formulas)


def test_formula_needs_no_script_and_no_network(project: Project) -> None:
    page = '# A\n\nThe series {math}`\\sum_{i=1}^n i < \\text{"a"}` and no other.\n'
    html = project.write({"index.md": page}).build("html").read("index.html")
    math = BeautifulSoup(html, "html.parser").math
    assert math
    assert math["alttext"] == '\\sum_{i=1}^n i < \\text{"a"}'
    assert math.get_text("", strip=True) == '∑i=1ni<"a"'
    assert "mathjax" not in html.lower()


def test_displayed_formulas_are_numbered_and_have_lines(project: Project) -> None:
    page = "# A\n\n```{math}\n:label: one\na &= b \\\\\nc &= d\n```\n\n```{math}\nx\n\ny\n```\n\nSee {eq}`one`.\n"
    soup = BeautifulSoup(project.write({"index.md": page}).build("html").read("index.html"), "html.parser")
    first, second = soup.select("div.math")
    assert "(1)" in first.get_text()
    assert [len(formula.find_all("mtr")) for formula in (first, second)] == [2, 2]
    assert soup.select_one(f"a[href='#{first['id']}']")


def test_height_of_a_line_is_no_part_of_it(project: Project) -> None:
    page = "# A\n\n```{math}\na \\\\[2pt] b \\\\* [1ex] c \\\\*d\n```\n"
    math = BeautifulSoup(project.write({"index.md": page}).build("html").read("index.html"), "html.parser").math
    assert math
    assert "".join(math.get_text().split()) == "abcd"


def test_formula_that_cannot_be_converted_is_shown_as_written(project: Project) -> None:
    built = project.write({"index.md": "# A\n\nThe {math}`a \\displaystyle b`.\n"}).build("html", warns=True)
    assert "<code>a \\displaystyle b</code>" in built.read("index.html")
    rule = r'the page shows the formula "a \displaystyle b" as written: use other macros'
    assert built.warnings == f"index.md:3: WARNING: {rule} [cv.formula]\n"


def test_long_formula_is_refused(project: Project) -> None:
    built = project.write({"index.md": f"# A\n\nThe {{math}}`{'x' * 3_001}`.\n"}).build("html", warns=True)
    rule = "a formula may have at most 3000 characters; it is shown as written"
    assert built.warnings == f"index.md:3: WARNING: {rule} [cv.guard]\n"
