"""Arguments that make passes on never run as commands."""

import json
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest.mock import MagicMock

import pytest

#: Runs make; gives what nox was called with.
Make = Callable[..., list[str]]

NOX = """#!/usr/bin/env python3
import json, sys
json.dump(sys.argv[1:], open("called", "w"))
"""


@pytest.fixture
def make(tmp_path: Path) -> Make:
    for name in ("Makefile", "requirements-nox.txt"):
        shutil.copy(name, tmp_path)
    nox = tmp_path / ".venv/bin/nox"
    nox.parent.mkdir(parents=True)
    nox.write_text(NOX, "utf-8")
    nox.chmod(0o755)
    # What would install a Python that can make an environment is not there.
    for name in ("apt-get", "sudo"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n", "utf-8")
        (tmp_path / name).chmod(0o755)

    def run(*arguments: str, **environment: str) -> list[str]:
        path = f"{tmp_path}:/usr/local/bin:/usr/bin:/bin"
        command = ["make", "--silent", *arguments]
        subprocess.run(command, cwd=tmp_path, env={"PATH": path, **environment}, check=True, timeout=60)
        called: list[str] = json.loads((tmp_path / "called").read_text("utf-8"))
        return called

    return run


@pytest.mark.parametrize(
    ("arguments", "called"),
    [
        (["serve", "ARGS=--port 8001"], ["-s", "serve", "--", "--port", "8001"]),
        (["build", "ARGS=--fail-on-warning"], ["-s", "build", "--", "--fail-on-warning"]),
        (["diff", "ARGS=HEAD^1"], ["-s", "diff", "--", "HEAD^1"]),
        (
            ["tests", "ARGS=tests/test_a.py tests/test_b.py"],
            ["-s", "tests", "--", "tests/test_a.py", "tests/test_b.py"],
        ),
        ([], ["-s", "build", "--"]),
        (["test"], ["--stop-on-first-error", "-s", "spelling", "lint", "types", "tests"]),
    ],
)
def test_arguments_go_on(make: Make, arguments: list[str], called: list[str]) -> None:
    assert make(*arguments) == called


HOSTILE = [
    "pr2;touch ran", "pr2&touch ran", "pr2|touch ran", "$(touch ran)", "$$(touch ran)", "$(shell touch ran)",
    "${shell touch ran}", "`touch ran`", "a\ntouch ran", "a\n\ttouch ran", "';touch ran;'", '";touch ran;"', "a #",
    "a\\", "*", "~", "$(error x)", "$@", ">ran", "$(eval SHELL=/bin/false)",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("given", ["argument", "environment"])
def test_argument_is_no_command(make: Make, tmp_path: Path, text: str, given: str) -> None:
    called = make("diff", f"ARGS={text}") if given == "argument" else make("diff", ARGS=text)
    assert called == ["-s", "diff", "--", *text.split()]
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "text", ["python3;touch ran", "$(shell touch ran)", "`touch ran`", "python3 -c '' && touch ran"]
)
def test_name_of_python_is_no_command(make: Make, tmp_path: Path, text: str) -> None:
    (tmp_path / ".venv/bin/nox").unlink()
    with pytest.raises(subprocess.CalledProcessError):
        make("build", f"PYTHON={text}")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["--upload-pack=touch ran", "--orphan", "-f", "--", "-"])
def test_diff_takes_no_name_of_a_branch_for_an_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    class Session:
        """Runs git alone, and raises if it fails, as nox does."""

        posargs = (name,)

        def run(self, *command: str, **_: object) -> None:
            subprocess.run(command, check=command[0] == "git", capture_output=True)

    monkeypatch.setitem(sys.modules, "nox", MagicMock(session=lambda *function, **_: (function or [lambda f: f])[0]))
    monkeypatch.setitem(sys.modules, "nox.command", MagicMock())
    noxfile = runpy.run_path("noxfile.py")
    monkeypatch.chdir(tmp_path)
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", *identity, "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    noxfile["diff"].__globals__.update(install=lambda *_: None, provide=lambda *_, **__: None)
    with pytest.raises(subprocess.CalledProcessError) as refused:
        noxfile["diff"](Session())
    assert b"invalid reference" in refused.value.stderr
    assert not (tmp_path / "ran").exists()
