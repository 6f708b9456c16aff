"""The saved state of a build, and the fingerprint of a project."""

import os
from pathlib import Path

import pytest

from cvtools import limits
from cvtools.build.state import BuildState, fingerprint_of
from cvtools.problems import Problem


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "cv"
    (folder / "docs").mkdir(parents=True)
    (folder / "conf.py").touch()
    return folder


@pytest.mark.parametrize("name", ["docs/link.txt", "locales/pl/link.po"])
def test_fingerprint_does_not_follow_the_links_of_strangers(folder: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("one")
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).symlink_to(tmp_path / "secret")
    before = fingerprint_of(folder)
    (tmp_path / "secret").write_text("two")
    assert fingerprint_of(folder) == before
    (folder / name).unlink()
    (folder / name).symlink_to(tmp_path / "other")
    assert fingerprint_of(folder) != before


def test_fingerprint_follows_links_outside_docs(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "common.py").write_text("one")
    (folder / "common.py").symlink_to(tmp_path / "common.py")
    before = fingerprint_of(folder)
    (tmp_path / "common.py").write_text("two")
    assert fingerprint_of(folder) != before


@pytest.mark.parametrize("beside", ["docs/pyvenv.cfg", "locales/pyvenv.cfg", "docs/talks/pyvenv.cfg", "pyvenv.cfg"])
@pytest.mark.parametrize("name", ["docs/index.md", "docs/talks/.p/a.png", "docs/__pycache__/a.png", "locales/pl/a.po"])
def test_fingerprint_leaves_out_no_file_of_pages(folder: Path, name: str, beside: str) -> None:
    for path in (folder / name, folder / beside):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    before = fingerprint_of(folder)
    (folder / name).write_text("two")
    assert fingerprint_of(folder) != before


def test_fingerprint_leaves_out_environments_and_caches(folder: Path) -> None:
    before = fingerprint_of(folder)
    for name in ("venv/pyvenv.cfg", "venv/docs/a.py", ".x/a.py", "x/__pycache__/a.py", "build/a.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    assert fingerprint_of(folder) == before


@pytest.mark.parametrize("device", ["pipe", "/dev/zero", "/dev/stdin"])
def test_fingerprint_reads_no_devices_and_pipes(folder: Path, device: str) -> None:
    for path in (folder / "docs/a.txt", folder / "a.txt"):
        if device == "pipe":
            os.mkfifo(path)
        else:
            path.symlink_to(device)
    assert fingerprint_of(folder)


@pytest.mark.parametrize("damage", ["", "{}", "[]", "x", "0\n{}", '{"fingerprint": 1}', "\\ud800"])
def test_read_returns_none_for_a_damaged_state(tmp_path: Path, damage: str) -> None:
    (tmp_path / "state.json").write_text(damage)
    assert BuildState.read(tmp_path / "state.json") is None


PROBLEMS = [Problem("ż", "docs/index.md", 3, replacement=("a", "b")), Problem("x", pdf="dist/cv.pdf", page=2)]


def test_read_returns_the_state_that_was_written(tmp_path: Path) -> None:
    state = BuildState({"tools": "a"}, {"x": "1"}, PROBLEMS, complete=True)
    state.write(tmp_path / "state.json")
    read = BuildState.read(tmp_path / "state.json")
    assert read
    assert (read.fingerprint, read.problems, read.complete) == ({"tools": "a"}, PROBLEMS, True)


def test_fingerprint_reads_no_more_than_docs_may_contain(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILES_SIZE", 100)

    def fingerprint(content: str) -> dict[str, str]:
        for name in ("docs/a.md", "docs/b.md"):
            (folder / name).write_text(content)
            os.utime(folder / name, (0, 0))
        return fingerprint_of(folder)

    assert fingerprint("a" * 10) != fingerprint("b" * 10)
    assert fingerprint("a" * 200) == fingerprint("b" * 200) != fingerprint("b" * 201)
