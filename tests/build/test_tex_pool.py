"""What TeX may load in advance is told before anything is read."""

import shutil
from pathlib import Path

import pytest

from cvtools.build import build
from cvtools.build.lualatex import Run
from cvtools.build.tex_pool import Press
from cvtools.project import Places
from cvtools.writing.latex.preamble import head_of
from tests.projects import CONF, Project

PAGES = {
    "index.md": "# Ada\n\nA letter: \N{CYRILLIC CAPITAL LETTER ZHE}\n\n```{talks}\n```\n",
    "talks/2014.md": "# A talk\n:event: E\n:date: 2014\n",
}


@pytest.fixture
def heads(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The heads that runs are started with, by the names of their PDFs; TeX is not."""
    found: dict[str, str] = {}

    def remember(self: Run, tex: Path, target: Path, epoch: int, head: str = "") -> None:
        found[target.name] = head

    monkeypatch.setattr(Run, "__init__", remember)
    return found


@pytest.mark.parametrize("conf", ["", 'cv_paper = "letter"\ncv_font_size = 11\ncv_font = "heros"\n'])
def test_the_head_is_told_from_conf_py_and_from_what_was_written(
    project: Project, heads: dict[str, str], conf: str
) -> None:
    (project.folder / "conf.py").write_text(CONF + conf, "utf-8")
    project.write(PAGES)
    places = Places.of(project.folder)
    Press(project.folder, places, 0).wait()
    first = dict(heads)
    shutil.copytree(project.build("cvlatex").out, places.latex, dirs_exist_ok=True)
    written = {f"{name}.pdf": head_of(places.latex / f"{name}.tex") for name in ("cv", "talks")}
    # A font to fall back to is known only once the page was read.
    assert "\\cvfallback" in written["cv.pdf"]
    assert first["cv.pdf"].split("\n") == [line for line in written["cv.pdf"].split("\n") if "fallback" not in line]
    assert first["talks.pdf"] == written["talks.pdf"]
    Press(project.folder, places, 0).wait()
    assert heads == written
    # A draft is told apart, though it was none.
    Press(project.folder, places, 0, draft=True).wait()
    assert all("untagged" in head for head in heads.values())


def test_no_talks_are_waited_for_where_there_are_none(project: Project, heads: dict[str, str]) -> None:
    Press(project.folder, Places.of(project.folder), 0).wait()
    assert heads.keys() == {"cv.pdf"}


def test_a_run_that_died_while_it_waited_is_cleared_away(project: Project) -> None:
    """Else its pipe stayed open, though its document was set before, and so is not set again."""
    places = Places.of(project.folder)
    project.write({"index.md": "# Ada\n\nWords.\n"})
    shutil.copytree(project.build("cvlatex").out, places.latex)
    places.dist.mkdir(parents=True)
    press = Press(project.folder, places, 0)
    press.typeset(places.latex / "cv.tex", [])
    assert press.finish("cv").changed
    press.wait()
    run = press.waiting["cv"]
    process = run.process
    assert process
    assert process.stdin
    process.kill()
    process.wait()
    press.typeset(places.latex / "cv.tex", [])
    assert not press.finish("cv").changed
    assert process.stdin.closed
    press.stop()


SPOILS = (
    CONF
    + r"""
def spoil(app, tex, fonts):
    tex.write_text(tex.read_text("utf-8").replace("Harmless", r"\directlua{io.open('ran', 'w')}"), "utf-8")

def setup(app):
    app.connect("cvlatex-written", spoil, priority=1)
"""
)


def test_a_document_that_tex_would_act_on_is_not_set(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """Whichever way a command got past the writer."""
    (project.folder / "conf.py").write_text(SPOILS, "utf-8")
    project.write({"index.md": "# Ada\n\nWords.\n\nHarmless words.\n"})
    assert not build(project.folder)
    said = r"docs/index.md:5: cv.pdf could not be made: TeX would act on \directlua: please report this"
    assert said in capfd.readouterr().err
    assert not [path for path in project.folder.rglob("*") if path.name in {"ran", "cv.pdf"}]
    assert (project.folder / "dist/html/index.html").exists()
