"""Fixtures for all tests."""

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
