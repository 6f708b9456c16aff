"""``cvtools check``: output for people and machines, and exit status."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from cvtools import limits
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


#: Ways to make a file that cannot be read, with the reason.
UNREADABLE: dict[Callable[[Path], object], str] = {
    (lambda path: None): "there is no such file: check its name",
    Path.mkdir: "it is a folder, a pipe or a device: name a file",
    os.mkfifo: "it is a folder, a pipe or a device: name a file",
    (lambda path: path.symlink_to("/dev/zero")): "it is a folder, a pipe or a device: name a file",
    (lambda path: path.write_text("Words.")): "it is no PDF, or damaged: ",
    Path.touch: "it is no PDF, or damaged: ",
    cut_short: "it is no PDF, or damaged: ",
    encrypted: "it is encrypted: save it without a password",
    empty: "it has no pages: make it again",
}


def test_unreadable_file_gives_a_reason_and_others_are_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dist").mkdir()
    bad = {str(tmp_path / f"dist/{number}.pdf"): reason for number, reason in enumerate(UNREADABLE.values())}
    for path, make in zip(bad, UNREADABLE, strict=True):
        make(Path(path))
    assert main(["check", *bad, str(save(tmp_path / "other.pdf"))]) == MISUSED
    said = capsys.readouterr()
    # The others are checked all the same.
    assert "other.pdf: it does not say its language" in said.out
    lines = [line for line in said.err.splitlines() if line.startswith("cvtools: ")]
    for (path, reason), line in zip(bad.items(), lines, strict=True):
        assert line.startswith(f"cvtools: {path}: ")
        assert reason in line
    assert main(["check", "--format", "json", *bad]) == MISUSED
    errors = [problem for problem in read(capsys) if problem["level"] != "note"]
    for (path, reason), error in zip(bad.items(), errors, strict=True):
        assert (error["path"], error["level"]) == (path, "fatal")
        assert reason in error["text"]


BLOCK = {"kind": "text", "text": "Words", "location": "docs/index.md:1"}
EXPECTED = {"blocks": [BLOCK], "footer": "", "form": "cv", "attached": False, "max_pages": 0}
WARNING = {"text": "Words", "path": "docs/index.md", "line": 1, "level": "warning", "replacement": None}
MADE = {"pages": 1, "changed": True, "warnings": [WARNING]}


#: Names and contents of what may stand beside a PDF.
ODD: list[tuple[str, object]] = [
    *((name, content) for name in ("expected.json", "built") for content in ("pipe", "device", "{}", "[" * 99_999)),
    ("expected.json", EXPECTED | {"footer": [1]}),
    ("expected.json", EXPECTED | {"max_pages": "x"}),
    ("expected.json", EXPECTED | {"title": {"a": 1}}),
    ("expected.json", EXPECTED | {"blocks": [BLOCK | {"text": 1}]}),
    ("expected.json", EXPECTED | {"blocks": [BLOCK] * 2_000}),
    ("built", {"result": MADE}),
    ("built", {"result": MADE | {"pages": "1"}, "made_from": {}}),
    ("built", {"result": MADE | {"warnings": [WARNING | {"text": ["x"] * 2000}]}, "made_from": {}}),
    ("built", {"result": MADE | {"warnings": [WARNING | {"line": "1"}]}, "made_from": {}}),
    ("built", {"result": MADE | {"warnings": [WARNING | {"replacement": ["x", "y"]}]}, "made_from": {}}),
]


def test_odd_file_beside_a_pdf_is_as_if_it_were_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(limits, "RECORD", 100_000)
    pdfs = [str(tmp_path / f"{number}/dist/cv.pdf") for number in range(len(ODD) + 1)]
    # The last stands alone.
    for pdf, (name, content) in zip(map(Path, pdfs), [*ODD, ("none", "")], strict=True):
        odd = pdf.parents[1] / f"build/latex/cv.{name}"
        for file in (pdf, odd):
            file.parent.mkdir(parents=True)
        save(pdf)
        if content == "pipe":
            os.mkfifo(odd)
        elif content == "device":
            odd.symlink_to("/dev/zero")
        else:
            odd.write_text(content if isinstance(content, str) else json.dumps(content))
    assert main(["check", "--format", "json", *pdfs]) == FAILED
    found = read(capsys)
    *beside, alone = (
        [{**problem, "path": None, "pdf": None} for problem in found if pdf in (problem["path"], problem["pdf"])]
        for pdf in pdfs
    )
    assert len(alone) > 1
    assert [odd for odd, problems in zip(ODD, beside, strict=True) if problems != alone] == []


def test_warnings_of_a_record_beside_a_pdf_are_no_more_than_a_build_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "build/latex").mkdir(parents=True)
    (tmp_path / "build/latex/cv.tex").touch()
    warnings = [WARNING | {"text": f"x{number}"} for number in range(1_000)]
    record = {"result": MADE | {"warnings": warnings}, "made_from": {}}
    (tmp_path / "build/latex/cv.built").write_text(json.dumps(record))
    assert main(["check", "--format", "json", str(save(tmp_path / "dist/cv.pdf"))]) == FAILED
    assert limits.WARNINGS <= len(read(capsys)) < limits.WARNINGS + 50


def test_memory_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    most: list[int] = []

    def look(pdf: Path) -> None:
        most.append(resource.getrlimit(resource.RLIMIT_AS)[0])

    monkeypatch.setattr("cvtools.expected_pdf.expected_of", look)
    assert main(["check", str(save(tmp_path / "a.pdf"))]) == FAILED
    assert 0 < most[0] < 100 * limits.MEMORY


def read(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the problems that were printed as JSON."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_json_has_findings_and_skipped_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(save(tmp_path / "a.pdf"))
    assert main(["check", "--format", "json", path]) == FAILED
    problems = read(capsys)
    text = "it does not say its language, so that it may be spoken in another: set /Lang"
    assert ("declared", path, "warning", text) in [
        (problem["code"], problem["pdf"], problem["level"], problem["text"]) for problem in problems
    ]
    skipped = "its words are not compared with their source: no build left a record of it"
    notes = [problem for problem in problems if problem["level"] == "note"]
    # What applies to all files is that a program is not installed.
    assert [(note["path"], note["text"]) for note in notes if note["path"]] == [(path, skipped)]
    assert main(["check", path]) == FAILED
    assert f"{path}: note: {skipped} [skipped]\n" in capsys.readouterr().err


def test_importing_the_checks_prints_nothing() -> None:
    """Logging may be set up to show everything, as in a build."""
    script = "import logging; logging.basicConfig(level=0); import cvtools.checks.pdf"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_missing_file_with_a_record_does_not_end_the_check_of_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "build/latex").mkdir(parents=True)
    (tmp_path / "build/latex/cv.expected.json").write_text(json.dumps(EXPECTED))
    other = save(tmp_path / "other.pdf")
    assert main(["check", "--format", "json", str(tmp_path / "dist/cv.pdf"), str(other)]) == MISUSED
    assert {problem["pdf"] or problem["path"] for problem in read(capsys)} >= {str(other)}
