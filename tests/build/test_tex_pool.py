"""Preloading of TeX, and the documents that it is given."""

import os
import shutil
from pathlib import Path

import pytest

from cvtools import config
from cvtools.build import build
from cvtools.build.lualatex import LuaLatex
from cvtools.build.tex_pool import TexPool
from cvtools.config import CvConfig
from cvtools.project import ProjectPaths
from cvtools.writing.latex.preamble import preamble_of
from tests.projects import CONF, Project

PAGES = {
    "index.md": "# Ada\n\nA letter: \N{CYRILLIC CAPITAL LETTER ZHE}\n\n```{talks}\n```\n",
    "talks/2014.md": "# A talk\n:event: E\n:date: 2014\n",
}


@pytest.fixture
def preambles(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the preambles that are loaded, by the name of the PDF; no TeX is started."""
    found: dict[str, str] = {}

    def remember(self: LuaLatex, tex: Path, target: Path, epoch: int, beginning: str = "", suffix: str = "") -> None:
        found[target.name] = beginning

    monkeypatch.setattr(LuaLatex, "__init__", remember)
    return found


@pytest.mark.parametrize("conf", ["", 'cv_paper = "letter"\ncv_font_size = 11\ncv_font = "heros"\n'])
def test_preloaded_preamble_is_that_of_the_configuration_or_of_the_last_document(
    project: Project, preambles: dict[str, str], conf: str
) -> None:
    (project.folder / "conf.py").write_text(CONF + conf, "utf-8")
    project.write(PAGES)
    paths = ProjectPaths(project.folder / "build")
    configured = config.read(project.folder)
    TexPool(project.folder, paths).preload(configured)
    first = dict(preambles)
    shutil.copytree(project.build("cvlatex").out, paths.latex, dirs_exist_ok=True)
    written = {f"{name}.pdf": preamble_of(paths.latex / f"{name}.tex") for name in ("cv", "talks")}
    # A fallback font is known only after the page was read.
    assert "\\cvfallback" in written["cv.pdf"]
    assert first["cv.pdf"].split("\n") == [line for line in written["cv.pdf"].split("\n") if "fallback" not in line]
    assert first["talks.pdf"] == written["talks.pdf"]
    TexPool(project.folder, paths).preload(configured)
    assert preambles == written
    # The existing documents are no drafts.
    TexPool(project.folder, paths).preload(config.read(project.folder, cv_draft=True))
    assert all("untagged" in preamble for preamble in preambles.values())


def test_talks_are_preloaded_only_if_there_are_any(project: Project, preambles: dict[str, str]) -> None:
    TexPool(project.folder, ProjectPaths(project.folder / "build")).preload(CvConfig())
    assert preambles.keys() == {"cv.pdf"}


def test_talks_are_preloaded_only_if_one_has_changed(project: Project, preambles: dict[str, str]) -> None:
    project.write(PAGES)
    paths, stamp = ProjectPaths(project.folder / "build"), project.folder / "build/latex/talks.built"
    stamp.parent.mkdir(parents=True)
    stamp.touch()
    now = stamp.stat().st_mtime
    os.utime(stamp, (now, now + 1))
    TexPool(project.folder, paths).preload(CvConfig(), only_changed=True)
    assert preambles.keys() == {"cv.pdf"}
    os.utime(project.docs / "talks/2014.md", (now, now + 2))
    TexPool(project.folder, paths).preload(CvConfig(), only_changed=True)
    assert preambles.keys() == {"cv.pdf", "talks.pdf"}


def test_pipe_of_a_dead_process_is_closed(project: Project) -> None:
    """Its document is unchanged, so that no new process replaces it."""
    paths = ProjectPaths(project.folder / "build")
    project.write({"index.md": "# Ada\n\nWords.\n"})
    shutil.copytree(project.build("cvlatex").out, paths.latex)
    paths.dist.mkdir(parents=True)
    tex_pool = TexPool(project.folder, paths)
    tex_pool.typeset(paths.latex / "cv.tex", [])
    assert tex_pool.wait("cv").changed
    tex_pool.preload(CvConfig())
    run = tex_pool.waiting["cv"]
    process = run.process
    assert process
    assert process.stdin
    process.kill()
    process.wait()
    tex_pool.typeset(paths.latex / "cv.tex", [])
    assert not tex_pool.wait("cv").changed
    assert process.stdin.closed
    tex_pool.stop()


def test_beginning_with_foreign_commands_is_not_set(project: Project) -> None:
    paths = ProjectPaths(project.folder / "build")
    paths.latex.mkdir(parents=True)
    with TexPool(project.folder, paths) as tex_pool:
        tex_pool.start_ahead("cv", "\\documentclass{cvtools}\n\\directlua{io.open('ran', 'w')}\n")
        assert not tex_pool.waiting


SPOILS = (
    CONF
    + r"""
def spoil(app, tex, fonts):
    tex.write_text(tex.read_text("utf-8").replace("Harmless", r"\directlua{io.open('ran', 'w')}"), "utf-8")

def setup(app):
    app.connect("cvlatex-written", spoil, priority=1)
"""
)


def test_document_with_foreign_commands_is_refused(project: Project, capfd: pytest.CaptureFixture[str]) -> None:
    """An extension inserts the command here; a fault of the LaTeX writer would do the same."""
    (project.folder / "conf.py").write_text(SPOILS, "utf-8")
    project.write({"index.md": "# Ada\n\nWords.\n\nHarmless words.\n"})
    assert not build(project.folder)
    said = r"docs/index.md:5: cv.pdf could not be made: TeX would run \directlua: please report this"
    assert said in capfd.readouterr().err
    assert not [path for path in project.folder.rglob("*") if path.name in {"ran", "cv.pdf"}]
    assert (project.folder / "dist/html/index.html").exists()
