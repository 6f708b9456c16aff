"""``cvtools check``: what it says, to people and to machines, and its exit status."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from cvtools.cli import FAILED, MISUSED, main


def save(path: Path, encryption: pikepdf.Encryption | None = None) -> Path:
    """A PDF of one empty page."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(path, encryption=encryption)
    return path


def encrypted(path: Path) -> None:
    save(path, pikepdf.Encryption(user="secret", owner="secret"))


def empty(path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.save(path)


def cut_short(path: Path) -> None:
    path.write_bytes(save(path).read_bytes()[:20])


def stale(path: Path) -> None:
    """A PDF whose build left a record of another version."""
    record = path.parent.parent / "build" / "latex" / "bad.expected.json"
    record.parent.mkdir(parents=True)
    record.write_text("{}")
    save(path)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: None, "there is no such file"),
        (Path.mkdir, "it cannot be read: Is a directory"),
        (lambda path: path.write_text("Words."), "it is no PDF, or damaged: "),
        (Path.touch, "it is no PDF, or damaged: "),
        (cut_short, "it is no PDF, or damaged: "),
        (encrypted, "it is encrypted: save it without a password"),
        (empty, "it has no pages"),
        (stale, "bad.expected.json cannot be read: build it anew"),
    ],
)
def test_what_cannot_be_checked(
    tmp_path: Path, make: Callable[[Path], object], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dist").mkdir()
    bad, other = tmp_path / "dist" / "bad.pdf", save(tmp_path / "other.pdf")
    make(bad)
    assert main(["check", str(bad), str(other)]) == MISUSED
    said = capsys.readouterr()
    # The others are checked all the same.
    assert "other.pdf: it does not say its language" in said.out
    assert any(line.startswith(f"cvtools: {bad}: ") and reason in line for line in said.err.splitlines())
    assert main(["check", "--json", str(bad)]) == MISUSED
    report = json.loads(capsys.readouterr().out)
    assert report["findings"] == []
    (error,) = report["errors"]
    assert error["file"] == str(bad)
    assert reason in error["text"]


def test_machines_are_told_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(save(tmp_path / "a.pdf"))
    assert main(["check", "--json", path]) == FAILED
    said = capsys.readouterr()
    report = json.loads(said.out)
    finding = {"file": path, "rule": "declared", "page": 0, "location": ""}
    text = "it does not say its language, so that it may be spoken in another: set /Lang"
    assert finding | {"text": text} in report["findings"]
    skipped = "its words are not compared with their source: no build left a record of it"
    # What is said of all files is that a program is not installed.
    assert [note for note in report["skipped"] if note["file"]] == [{"file": path, "text": skipped}]
    assert report["errors"] == []
    assert said.err.endswith(f"cvtools: {path}: {skipped}\n")


def test_no_library_has_a_say() -> None:
    """Also where logging is set up, as in a build."""
    script = "import logging; logging.basicConfig(level=0); import cvtools.checks.pdf"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
