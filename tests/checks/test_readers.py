"""Programs that extract the text of a PDF: installed, missing and failing."""

from pathlib import Path

import pikepdf
import pytest

from cvtools import limits
from cvtools.checks import readers
from cvtools.checks.pdf import check
from cvtools.checks.readers import ReadingError
from cvtools.cli import FAILED, main


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    """An empty page."""
    path = tmp_path / "empty.pdf"
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(path)
    return path


def program(folder: Path, name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "bin").mkdir()
    (folder / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:/bin")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo odd >&2; echo 'error: no fonts' >&2; exit 1", "error: no fonts"),
        ("exit 3", "it ended with status 3"),
        ("exec sleep 60", "it was stopped after 1 seconds"),
    ],
)
def test_failing_program_is_reported(
    pdf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
) -> None:
    if "sleep" in script:
        monkeypatch.setattr(limits, "READER_TIME", 1)
    program(tmp_path, "mutool", script, monkeypatch)
    with pytest.raises(ReadingError, match=reason):
        readers.readers()["mutool"](pdf).pages()
    assert f"mutool cannot read it: {reason}: make it again" in [finding.text for finding in check(pdf)]


def test_missing_programs_are_notes(
    pdf: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("cvtools.checks.readers.find_spec", lambda name: None)
    monkeypatch.setitem(__import__("sys").modules, "page", None)
    assert main(["check", str(pdf)]) == FAILED
    assert capsys.readouterr().err.splitlines() == [
        "note: PDF/UA-1 is not checked: pip install 'sphinx-cvtools[check]' [skipped]",
        "note: what pdftotext reads is not checked: apt-get install poppler-utils [skipped]",
        "note: what mutool reads is not checked: apt-get install mupdf-tools [skipped]",
        f"{pdf}: note: its words are not compared with their source: no build left a record of it [skipped]",
    ]
    assert {finding.code for finding in check(pdf)} == {"declared"}


def test_file_name_is_not_read_as_an_option(pdf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pdf.parent)
    assert readers.readers()["pdftotext"](pdf.rename("-v.pdf")).pages() == [""]
