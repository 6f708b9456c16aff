"""Warnings have a location and a code, can be silenced, and fail a strict build."""

import pytest
from sphinx.cmd.build import build_main

from cvtools import limits
from cvtools.build import build
from cvtools.problems import Problem
from cvtools.sphinx_warnings import Code
from tests.projects import CONF, Project

FAULTS = {
    Code.ENTRY: "# A\n\n## B\n:kind: nonsense\n",
    Code.FIELD: "# A\n\n## B\n:period: 2014\n:color: blue\n",
    Code.VALUE: "# A\n\n## B\n:period: 2014-3\n",
    Code.FUTURE: "# A\n\n## B\n:period: 2024-07 –\n",
    Code.MISSING: "# A\n\n## B\n:kind: employer\n:location: C\n",
    Code.LISTING: "# A\n\n```{talks}\n```\n",
}


@pytest.mark.parametrize("code", FAULTS)
def test_warning_has_a_code_and_can_be_silenced(project: Project, code: Code) -> None:
    project.write({"index.md": FAULTS[code]})
    name = f"cv.{code.value}"
    warnings = project.build(warns=True).warnings
    assert warnings.startswith(("index.md:3: WARNING: ", "index.md:4: WARNING: ", "index.md:5: WARNING: "))
    assert warnings.endswith(f" [{name}]\n")
    project.write({"index.md": FAULTS[code] + "\nMore.\n"}).build(suppress_warnings=[name])


def test_warning_fails_a_strict_build_alone(project: Project) -> None:
    project.write({"index.md": FAULTS[Code.VALUE]})

    def status(*flags: str) -> int:
        out = project.folder / "out" / "".join(flags)
        return build_main(["-q", "-E", *flags, "-c", str(project.folder), str(project.docs), str(out)])

    assert status() == 0
    assert status("-W") == 1
    assert "2014-3" in (project.folder / "out" / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```{toctree}\nnone\n```\n", "there is no page none: check the name in the {toctree}"),
        ("```{timeline}\nx\n```\n", "{timeline} takes no text: delete the lines in it, or put the ``` that ends"),
        ("Words.[^1]\n", 'nothing is called "1": write [^1]: and the text of the footnote'),
        ("Words.\n\n[^1]: Text.\n", "nothing refers to this footnote: refer to it by [^1], or delete it"),
        ("```{publications}\n```\n", "{publications} lacks a value: write one behind the }"),
        ("```{talks}\n:cuont: 1\n```\n", "{talks} has no option 'cuont': known are "),
    ],
)
def test_warning_of_sphinx_is_in_a_writers_words(project: Project, text: str, expected: str) -> None:
    assert f": {expected}" in project.write({"index.md": f"# A\n\n{text}"}).build(warns=True).warnings


def test_warning_is_one_line(project: Project) -> None:
    """What a page says could look like the warning of another file."""
    warn = 'logging.getLogger("x").warning("odd\\r\\nREADME.md:4: error: %s", "forged\\nREADME.md:5: error: x")'
    script = f"from sphinx.util import logging\n\ndef setup(app):\n    app.connect('env-updated', lambda *_: {warn})\n"
    (project.folder / "conf.py").write_text(CONF + script, "utf-8")
    (line,) = project.write({"index.md": "# A\n\nWords.\n"}).build(warns=True).warnings.splitlines()
    assert line.startswith("WARNING: odd")


def test_a_long_warning_keeps_its_suggestion(project: Project) -> None:
    project.write({"index.md": f"# A\n\n## B\n:period: {'2014-3 ' * 400}\n"})
    problems: list[Problem] = []
    build(project.folder, problems.append, pdf=False)
    (text,) = (problem.text for problem in problems if problem.code == "cv.value")
    assert len(text) <= limits.WARNING_LENGTH
    assert text.endswith("write for example 2014-03 – 2016-04 or 2024-03 – present")
