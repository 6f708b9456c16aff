"""New projects: they build without a warning, and overwrite nothing."""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cvtools import cli, config
from cvtools.editions import editions

RESUME = {"basics": {"name": "Bob Łoś", "label": "Nurse"}, "work": [{"name": "Clinic", "startDate": "2020-01"}]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cv"


def test_new_project_builds_without_a_warning(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["new", str(folder), "--name", 'Ada "Q" *Łoś*', "--language", "pl"]) == 0
    assert capsys.readouterr().err.count(": written\n") == 7
    assert cli.main(["build", "--html", "-W", str(folder)]) == 0
    page = (folder / "dist/html/index.html").read_text("utf-8")
    assert "Ada “Q” *Łoś*</h1>" in page.replace('<a class="headerlink"', "</h1>") or "*Łoś*" in page
    assert 'lang="pl"' in page
    assert "Doświadczenie zawodowe" in page
    assert "obecnie" in page


def test_lines_of_conf_py_that_are_notes_make_editions(folder: Path) -> None:
    assert cli.main(["new", str(folder), "--name", "Ada"]) == 0
    conf = folder / "conf.py"
    conf.write_text(conf.read_text("utf-8").replace("# cv_", "cv_"), "utf-8")
    assert [edition.label for edition in editions(config.read(folder))] == ["full", "pl", "short", "short-pl"]


def test_makefile_builds_with_the_command_that_is_installed(folder: Path, tmp_path: Path) -> None:
    assert cli.main(["new", str(folder), "--name", "Ada"]) == 0
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, script in (("cvtools", 'echo "$@" >> called'), ("kpsewhich", "")):
        (programs / name).write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        (programs / name).chmod(0o755)
    path = f"{programs}:/usr/bin:/bin"
    for arguments in (["make", "-s"], ["make", "-s", "build", "ARGS=--html -W"], ["make", "-s", "test"]):
        subprocess.run(arguments, cwd=folder, env={"PATH": path}, check=True)
    assert (folder / "called").read_text() == "build\nbuild --html -W\nbuild --fail-on-warning\n"


def test_workflow_publishes_as_that_of_this_repository_does(folder: Path) -> None:
    assert cli.main(["new", str(folder), "--name", "Ada"]) == 0
    written, ours = (
        yaml.load(path.read_text("utf-8"), yaml.BaseLoader)["jobs"]
        for path in (folder / ".github/workflows/cv.yml", Path(".github/workflows/publish.yml"))
    )
    assert written["build"]["uses"].partition("@")[0] == "butla/cv" + ours["build"]["uses"].removeprefix("$")
    assert written["build"]["permissions"] == ours["build"]["permissions"]
    for part in ("steps", "permissions", "environment"):
        assert written["deploy"][part] == ours["deploy"][part]


def test_new_project_begins_with_a_cv_of_another_format(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "resume.json").write_text(json.dumps(RESUME | {"mood": "good"}), "utf-8")
    assert cli.main(["new", str(folder), "--from", str(tmp_path / "resume.json")]) == 0
    assert (folder / "docs/index.md").read_text("utf-8").startswith("# Bob Łoś\n:headline: Nurse\n")
    assert "Bob Łoś" in (folder / "conf.py").read_text("utf-8")
    assert (folder / "Makefile").exists()
    said = capsys.readouterr().err
    assert said.count("conf.py: written") == 1
    assert "mood has no field of its own" in said


def test_new_project_has_the_language_of_the_cv_that_it_begins_with(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cv.md").write_text("# Bob\n\n## Berufserfahrung\n\n### Koch\n\n2019 – heute\n", "utf-8")
    assert cli.main(["new", str(folder), "--from", str(tmp_path / "cv.md")]) == 0
    assert 'language = "de"' in (folder / "conf.py").read_text("utf-8")


def test_nothing_is_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder.mkdir()
    (folder / "notes").touch()
    assert cli.main(["new", str(folder)]) == 2
    assert capsys.readouterr().err == f"cvtools: {folder} is not empty: name a new folder\n"
    assert [path.name for path in folder.iterdir()] == ["notes"]
    assert cli.main(["new", str(folder / "notes")]) == 2


def test_file_that_is_no_cv_writes_nothing(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert cli.main(["new", str(folder), "--from", str(tmp_path / "a.png")]) == 2
    assert capsys.readouterr().err.startswith(f"cvtools: {tmp_path / 'a.png'}: it is a picture: import JSON Resume")
    assert not folder.exists()


def test_wrong_language_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["new", str(folder), "--language", "english!"]) == 2
    assert "--language must be a language's tag" in capsys.readouterr().err
    assert not folder.exists()


def test_questions_are_asked_on_a_terminal_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("Grace\n\n"))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert cli.main(["new", str(folder)]) == 0
    assert "Your name [Ada Example]: The language of the CV [en]: " in capsys.readouterr().err
    assert (folder / "docs/index.md").read_text("utf-8").startswith("# Grace\n")
    shutil.rmtree(folder)
    monkeypatch.setattr(sys, "stdin", io.StringIO("Grace\n"))
    assert cli.main(["new", str(folder)]) == 0
    assert (folder / "docs/index.md").read_text("utf-8").startswith("# Ada Example\n")
