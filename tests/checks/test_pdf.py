"""Each rule holds for a good PDF, and is broken by a bad one."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from cvtools.build import build
from cvtools.checks.pdf import MAX_SIZE, RULES, Finding, check
from cvtools.checks.readers import pdfium
from cvtools.cli import FAILED, MISUSED, OK, main
from cvtools.record import Block, Record, record_of, record_path
from tests.projects import Project

PAGE = """\
# Ada Example
:headline: Software architect
:email: ada@example.org

A first office of five efficient officers.

## Work experience

### Developer
:organization: [Nira](https://nira.com)
:period: 2022-01 – 2022-12
:technologies: Python, C#

- Built a back-end of well-known parts, żółw.
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good CV, with its record."""
    project = Project(tmp_path_factory.mktemp("good"))
    project.write({"index.md": PAGE})
    assert build(project.folder, html=False)
    return project.folder / "dist" / "cv.pdf"


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    """A PDF to be spoiled."""
    return Path(shutil.copy(built, tmp_path / "cv.pdf"))


@pytest.fixture
def record(built: Path) -> Record:
    found = record_of(built)
    assert found
    return found


def spoil(path: Path, change: Callable[[pikepdf.Pdf], object]) -> list[Finding]:
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        change(pdf)
        pdf.save(path)
    return check(path, Record())


def rules(findings: list[Finding]) -> set[str]:
    return {finding.rule for finding in findings}


def test_a_good_pdf_breaks_no_rule(built: Path, record: Record) -> None:
    assert [block.text for block in record.blocks][:3] == ["Ada Example", "Software architect", "ada@example.org"]
    assert check(built) == []


def test_a_pdf_from_elsewhere_is_held_against_what_needs_no_record(copy: Path) -> None:
    assert record_of(copy) is None
    assert check(copy) == []


def first_font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return next(iter(pdf.pages[0].Resources.Font.values()))


def font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return first_font(pdf).DescendantFonts[0].FontDescriptor


def name_whole(pdf: pikepdf.Pdf) -> None:
    first_font(pdf).BaseFont = pikepdf.Name("/Pagella")


@pytest.mark.parametrize(
    ("rule", "change", "words"),
    [
        ("accessible", lambda pdf: pdf.Root.__delitem__("/StructTreeRoot"), "PDF/UA-1"),
        ("declared", lambda pdf: pdf.Root.__delitem__("/Metadata"), "does not declare PDF/UA"),
        ("declared", lambda pdf: pdf.Root.__delitem__("/Metadata"), "lacks dc:title"),
        ("declared", lambda pdf: pdf.Root.__delitem__("/Lang"), "does not say its language"),
        ("declared", lambda pdf: pdf.Root.__delitem__("/Outlines"), "no outline"),
        ("fonts", lambda pdf: font(pdf).__delitem__("/FontFile3"), "is not embedded"),
        ("fonts", name_whole, "is embedded whole"),
    ],
)
def test_a_spoilt_pdf(copy: Path, rule: str, change: Callable[[pikepdf.Pdf], object], words: str) -> None:
    found = [finding for finding in spoil(copy, change) if finding.rule == rule]
    assert any(words in finding.text for finding in found), found


def test_every_rule_but_those_of_the_text_needs_a_pdf_of_its_own() -> None:
    """So that a rule which is added is also shown to fail."""
    shown = {"accessible", "declared", "fonts", "characters", "text", "stranded", "fit", "size", "attached", "typeset"}
    assert set(RULES) == shown


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        (Block("text", "Words that nobody wrote", "docs/index.md:3"), "not as it was written"),
        (Block("text", "Built a backend of well-known parts, żółw.", "docs/index.md:3"), "not as it was written"),
        (Block("text", "A first office of five efficient officers.", "docs/index.md:3"), "out of its place"),
    ],
)
def test_text_that_is_not_read_as_written(built: Path, record: Record, block: Block, fault: str) -> None:
    record.blocks.append(block)
    (finding,) = check(built, record)
    assert (finding.rule, finding.place) == ("text", "docs/index.md:3")
    assert fault in finding.text
    assert "PDFium" in finding.text
    assert "pdftotext -layout" in finding.text


def test_an_overfull_line_names_its_source(built: Path, record: Record) -> None:
    record.warnings = [("docs/index.md:5", "a line stands out of the text by 12 points")]
    (finding,) = check(built, record)
    assert finding.describe("cv.pdf") == "docs/index.md:5: cv.pdf: a line stands out of the text by 12 points [typeset]"


def test_the_attachment(copy: Path) -> None:
    assert check(copy, Record(attached=True)) == []
    with pikepdf.open(copy, allow_overwriting_input=True) as pdf:
        pdf.attachments["resume.json"] = b"{"
        pdf.save(copy)
    assert "attached" in rules(check(copy, Record(attached=True)))
    with pikepdf.open(copy, allow_overwriting_input=True) as pdf:
        del pdf.attachments["resume.json"]
        pdf.save(copy)
    (finding,) = (found for found in check(copy, Record(attached=True)) if found.rule == "attached")
    assert "not embedded as data" in finding.text


def test_a_pdf_that_is_too_large(copy: Path) -> None:
    with pikepdf.open(copy, allow_overwriting_input=True) as pdf:
        pdf.Root.Ballast = pdf.make_indirect(pikepdf.Stream(pdf, bytes(range(256)) * (MAX_SIZE // 250)))
        pdf.save(copy, compress_streams=False)
    assert "size" in rules(check(copy, Record()))


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CV of two pages, the second of which has little on it."""
    project = Project(tmp_path_factory.mktemp("long"))
    paragraphs = "\n\n".join(f"Paragraph {number} says little." for number in range(50))
    project.write({"index.md": f"# Ada\n:headline: Developer\n\n{paragraphs}\n"})
    (project.folder / "conf.py").write_text('extensions = ["cvtools"]\nproject = "x"\ncv_max_pages = 1\n')
    assert build(project.folder, html=False)
    assert not build(project.folder, html=False, strict=True)
    return project.folder / "dist" / "cv.pdf"


def test_a_budget_of_pages_and_a_page_that_is_nearly_empty(long: Path) -> None:
    budget, empty = check(long)
    assert (budget.rule, budget.page) == ("fit", 2)
    assert "2 pages, 1 more than cv_max_pages: shorten it by" in budget.text
    assert "less than a third full" in empty.text


def test_a_heading_at_the_foot_of_a_page(long: Path) -> None:
    last = pdfium(long)[0].split("\n")[-2].strip()
    record = Record(blocks=[Block("heading", last, "docs/index.md:9")], max_pages=0)
    findings = [finding for finding in check(long, record) if finding.rule == "stranded"]
    assert [(finding.page, finding.place) for finding in findings] == [(1, "docs/index.md:9")]


@pytest.mark.parametrize("text", ["o\ufb03ce", "of\u00adfice", "z\u0307o\u0301lw"])
def test_characters_that_machines_stumble_over(built: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("cvtools.checks.pdf.pdfium", lambda path: [text])
    assert "characters" in rules(check(built, Record()))


def test_the_command(built: Path, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(built)]) == OK
    assert capsys.readouterr().out == ""
    spoil(copy, lambda pdf: pdf.Root.__delitem__("/Lang"))
    assert main(["check", "--json", str(copy)]) == FAILED
    found = json.loads(capsys.readouterr().out)
    assert {
        "file": str(copy),
        "rule": "declared",
        "text": "it does not say its language",
        "page": 0,
        "place": "",
    } in found
    (tmp_path / "no.pdf").write_text("no PDF")
    assert main(["check", str(tmp_path / "no.pdf")]) == MISUSED
    assert "cannot be read as a PDF" in capsys.readouterr().err


def test_without_the_validator_the_other_rules_still_count(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "page", None)
    assert rules(spoil(copy, lambda pdf: pdf.Root.__delitem__("/Lang"))) == {"declared"}


def test_a_record_is_kept_beside_the_latex(tmp_path: Path) -> None:
    record = Record([Block("text", "żółw", "a.md:1")], [("a.md:1", "wide")], hyphenated=True, max_pages=2)
    record.write(record_path(tmp_path / "cv.tex"))
    assert Record.read(tmp_path / "cv.record.json") == record


def test_a_paragraph_may_go_on_behind_the_foot_of_its_page(long: Path) -> None:
    first, second = (text.strip().splitlines() for text in pdfium(long))
    record = Record([Block("text", f"{first[-2]} {second[0]}", "docs/index.md:9")])
    assert "text" in rules(check(long, record))
    record.footer = "Ada"
    assert "text" not in rules(check(long, record))
