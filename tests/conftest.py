"""Fixtures for all tests."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from tests.projects import Project

# How long an example takes says more of the machine than of the code.
settings.register_profile("patient", deadline=None, max_examples=50)
settings.load_profile("patient")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project: write its pages, then build it."""
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder)


@pytest.fixture
def root(tmp_path: Path) -> Callable[[str], Project]:
    """A project that starts as a copy of a folder in ``tests/roots``."""
    return lambda name: Project(tmp_path / "root", name)


@pytest.fixture(autouse=True)
def _no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages are compared; Sphinx colours them where CI is set."""
    for name in ("CI", "FORCE_COLOR", "FORCE_COLOUR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")


#: A page with a misspelt field on line 7.
MISTAKEN_PAGE = "# Ada\n\n## Work\n\n### Engineer\n:organization: Corp\n:perod: 2014-3\nA servizze & servizze, 100%.\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working directory, a repository whose last commit changes the page's line 7."""
    folder = tmp_path / "cv"
    (folder / "docs").mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    (folder / "100%,a.md").write_text("x\n" * 20, "utf-8")
    git = ("git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    for text in (MISTAKEN_PAGE.replace("2014-3", "2014"), MISTAKEN_PAGE):
        (folder / "docs/index.md").write_text(text, "utf-8")
        subprocess.run(["git", "init", "-q"], check=True)
        subprocess.run(["git", "add", "."], check=True)
        subprocess.run([*git, "commit", "-q", "-m", "x"], check=True)
    return folder
