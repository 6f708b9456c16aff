"""The module that makes all LaTeX, and its search for faults in complete documents."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from cvtools.sphinx_warnings import SourceError
from cvtools.writing.latex import markup
from cvtools.writing.latex.markup import Latex, NotLatexError
from tests.projects import Project, png

HERE = Path(__file__).parent
SOURCES = sorted(Path(markup.__file__).parent.glob("*.py"))
#: What the class can do with nodes that other pages here lack.
MORE = """
[Call](tel:+48600100200).

```{epigraph}
Words.

-- Somebody
```

```{container}
```
"""


OTHERS: dict[Callable[[str], Latex], list[str]] = {
    markup.number: ["1 \\directlua{os.exit()}", "²", "999999999999", "1e3", ""],
    markup.identifier: ["pl}\\input{x", "a b", "x\n"],
    markup.file: ["../a.png", "a\\b.png", "a.png\n", "a{b}.png"],
    markup.formula: ["\\input{x}", "^^5cinput x", "x\x0c"],
    markup.command: ["directlua", "cvpar}\\input{x}"],
    markup.begin: ["directlua"],
    markup.end: ["cvlist}"],
}


@pytest.mark.parametrize(("make", "value"), [(make, value) for make, values in OTHERS.items() for value in values])
def test_value_of_another_type_is_refused(make: Callable[[str], Latex], value: str) -> None:
    with pytest.raises(NotLatexError):
        make(value)


@given(st.text())
def test_functions_make_any_text_harmless(words: str) -> None:
    made = [markup.text(words), markup.address(words), markup.fixed(markup.text(words)), markup.source_mark(words, 1)]
    for latex in [*made, markup.settings({"name": words}), markup.command("cvcode", markup.text(words))]:
        assert list(markup.faults(latex)) == []


@pytest.mark.parametrize(
    ("latex", "found"),
    [
        (r"\directlua{x}", [r"\directlua"]),
        (r"\begin{directlua}{x}\end{directlua}", [r"\begin", r"\end"]),
        (r"\begin {cvlist}", [r"\begin"]),
        (r"\cv@lua", [r"\cv@lua"]),
        (r"\csname x\endcsname", [r"\csname", r"\endcsname"]),
        (r"\catcode`\%=12", [r"\catcode"]),
        ("^^5cinput", ["^^"]),
        ("x\x0c\x7f", ["\x0c", "\x7f"]),
        ("%% docs/x.md:3\r\\directlua{x}", ["\r"]),
        ("x % comment", ["% comment"]),
        (r"\documentclass{/tmp/x}", [r"\documentclass"]),
        (r"\cvstyle{../../x}", [r"\cvstyle"]),
        ("\\cvstyle\n", [r"\cvstyle"]),
        (r"\cvimage{left}{}{/etc/x.png}{words}", [r"\cvimage"]),
        (r"\cvinlineimage{}{|x.png}{words}", [r"\cvinlineimage"]),
        (r"\cvfallback{text}{m}{n}{x.ttf}{\") os.exit() --}", [r"\cvfallback", r"\""]),
        (r'\begin{cvlanguage}{") os.exit() --}\end{cvlanguage}', [r"\begin"]),
        (r'\cvtarget{") os.exit() --}\cvheading{1) os.exit() --}{}', [r"\cvtarget", r"\cvheading"]),
        (r"\\begin{x} \\cvstyle{/x}", []),
        ("\\\\%x", ["%x"]),
        ("\\", ["\\"]),
        (r"\%x \\\%x \emph{x} \begin{cvlist} x~y$", []),
        ("%% docs/x.md:3\nx%\n{%% docs/x.md:3\n", []),
    ],
)
def test_faults_finds_commands_that_are_never_written(latex: str, found: list[str]) -> None:
    assert list(markup.faults(f"x\n\\emph{{y}}\n{latex}")) == [(3, words) for words in found]


def test_document_is_harmless_and_uses_each_command(project: Project) -> None:
    """The sets of commands and environments are exact."""
    high = f"| {'High. ' * 1500} |\n|---|\n\n"
    project.write({"index.md": (HERE / "everything.md").read_text("utf-8") + high + MORE, "talks/a.md": TALK})
    for name in ("small.png", "wide.png"):
        (project.docs / name).write_bytes(png(60, 30))
    built = project.build("cvlatex", warns=True, cv_allow=["container"])
    documents = [path.read_text("utf-8") for path in built.out.glob("*.tex")]
    assert [list(markup.faults(latex)) for latex in documents] == [[], []]
    text = "".join(documents)
    words = set(re.findall(r"\\([A-Za-z]+)", text))
    # Fonts with pictures, own styles, and nodes that nobody knows are tested by themselves.
    assert markup.COMMANDS - words <= {"cvpictured", "cvfallback", "cvstyle", "par"}
    assert set(re.findall(r"\\begin\{(cv\w+|document)\}", text)) == markup.ENVIRONMENTS


TALK = "# T\n:event: E\n:date: 2020\n\n## Polish\n:language: pl\n\nTak.\n"


def test_no_other_module_constructs_latex() -> None:
    """The type checker rejects other strings; this test finds calls of the type."""
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        makes = [call for call in map(ast.unparse, calls) if re.fullmatch(r"(\w+\.)*Latex", call)]
        assert bool(makes) == (path.name == "markup.py"), path.name


HANDLER = """
project = "X"
extensions = ["cvtools"]
html_theme = "basic"

def spoil(app, doctree):
    from docutils import nodes
    for found in doctree.findall(nodes.{node}):
        {change}

def setup(app):
    app.connect("doctree-read", spoil)
"""


@pytest.mark.parametrize(
    ("node", "change", "said"),
    [
        ("enumerated_list", 'found["start"] = "1 \\\\directlua{{os.exit()}}"', "is not a whole number"),
        ("section", 'found["lang"] = "pl}}\\\\input{{/etc/hostname"', "is not a name"),
        ("math", 'found[0] = nodes.Text("\\\\input{{x}}")', "\\input is not allowed in a formula"),
    ],
)
def test_second_layer_refuses_what_the_first_lets_in(project: Project, node: str, change: str, said: str) -> None:
    (project.folder / "conf.py").write_text(HANDLER.format(node=node, change=change.format()), "utf-8")
    project.write({"index.md": "# Ada\n\n1. One {math}`x`\n"})
    with pytest.raises(SourceError, match=r"docs/index\.md(:\d+)?: the PDF cannot hold this: .*" + re.escape(said)):
        project.build("cvlatex", warns=True)
    assert not (project.folder / "out/cvlatex/cv.tex").exists()
