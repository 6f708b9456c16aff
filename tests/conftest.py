"""Fixtures for all tests."""

import gc
import logging
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import jinja2
import pytest
from hypothesis import HealthCheck, settings

# Before the imports of what is measured.
from tests import coverage  # noqa: F401
from tests.projects import Project

# Set no deadline, since the time of an example depends on the machine, and take the same examples in each run.
settings.register_profile(
    "patient", deadline=None, max_examples=50, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")
# A build makes hundreds of records that nobody reads, and many objects that live as long as it does.
logging.disable(logging.DEBUG)
logging.getLogger("sphinx.sphinx").setLevel(logging.WARNING)
gc.set_threshold(100_000)


@pytest.fixture(scope="session", autouse=True)
def _cached_templates_and_themes() -> Iterator[None]:
    """Compile Jinja's templates and look for installed themes once, which takes half of the time of a build."""
    compile_, compiled = jinja2.Environment.compile, dict[object, Any]()

    def compile_once(self: jinja2.Environment, source: str, *arguments: Any, **options: Any) -> Any:
        key = (source, self.lexer, self.autoescape, *self.extensions, *arguments, *options.items())
        if key not in compiled:
            compiled[key] = compile_(self, source, *arguments, **options)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jinja2.Environment, "compile", compile_once)
        patch.setattr("sphinx.theming.entry_points", cache(entry_points))
        yield


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return an empty project: write its pages, then build it."""
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder)


@pytest.fixture
def root(tmp_path: Path) -> Callable[[str], Project]:
    """Return a function that copies a folder in ``tests/roots`` as a project."""
    return lambda name: Project(tmp_path / "root", name)


@pytest.fixture(autouse=True)
def _no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn colours off, which Sphinx turns on in CI, since tests compare messages."""
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
