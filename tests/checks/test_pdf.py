"""The rules for PDFs: good PDFs break none, and each is broken by a sample, from TeX or made of a good PDF."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pikepdf
import pytest

from cvtools.build import build
from cvtools.build.lualatex import LuaLatex, typeset_warnings
from cvtools.checks.open_pdf import OpenPdf
from cvtools.checks.pdf import RULES, check
from cvtools.checks.structure import MAX_SIZE
from cvtools.cli import main
from cvtools.expected_pdf import ExpectedPdf, TextBlock, expected_of, expected_path
from cvtools.problems import Problem
from tests.projects import Project, png

CV = """\
# Ada Example
:headline: Software architect
:email: ada@example.org

A first office of five efficient officers.

{many}

## Work experience

### Developer
:organization: [Nira](https://nira.com)
:period: 2022-01 – 2022-12
:technologies: Python, C#

- Built a back-end of well-known parts, żółw.
- Wrote a ligature as ﬃ.

### Trainee
:organization: Hi
:period: 2021

### Developer
:organization: Hi
:period: 2020

Enough words to fill three lines of a paragraph, so that it can be parted where no paragraph ever
should be, which takes a while, since the lines of this page are as long as those of a letter that
was written on a typewriter.

And as many words in another paragraph of three lines, which is to be parted in the other bad way,
namely after its first line; and therefore it has to go on for as long as the one above it did, in
the same even tone. Nothing of this has to make sense; it only has to be there, and to be read in
the order in which it was written.

Before a break,\\
behind the break.

A paragraph that is set before its time.

A paragraph that comes in time.

{skills}

```{talks}
```
"""
CV = CV.replace("{many}", "\n".join(f"- Item {number} of many." for number in range(15)))
CV = CV.replace("{skills}", "{.run-in}\n" + "\n".join(f"- Skill number {number}" for number in range(35)))
LONG = "a" * 97
TALK = """\
# A talk
:event: Conf
:date: 2024

Words that a reader finds.

Built a back-end of its own.
"""
#: What each rule is broken by: how the PDF came to be, a few of the finding's words, its page and its place.
Spoil = Callable[[pikepdf.Pdf], object]


@dataclass(frozen=True)
class Sample:
    """A PDF that breaks a rule."""

    #: What changes the good PDF; or the name of one that TeX made.
    bad: Spoil | str
    #: What the finding says, among other things.
    words: str
    page: int = 0
    location: str = ""


def font(pdf: pikepdf.Pdf) -> Any:
    return next(iter(pdf.pages[0].Resources.Font.values()))


def name_whole(pdf: pikepdf.Pdf) -> None:
    font(pdf).BaseFont = pikepdf.Name("/Pagella")


def embed_nothing(pdf: pikepdf.Pdf) -> None:
    del font(pdf).DescendantFonts[0].FontDescriptor.FontFile3


def hide_in_a_form(pdf: pikepdf.Pdf) -> None:
    """Fonts that only a drawing on the page has."""
    embed_nothing(pdf)
    page = pdf.pages[0]
    form = page.as_form_xobject()
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Whole=form))
    page.Contents = pdf.make_stream(b"/Whole Do")


def read_as(code: str) -> Spoil:
    """Makes machines read something else for the letter A."""

    def change(pdf: pikepdf.Pdf) -> None:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary) and "/ToUnicode" in thing:
                table = thing.ToUnicode.read_bytes()
                thing.ToUnicode.write(table.replace(b"<0041>\n", f"<{code}>\n".encode()))

    return change


def ballast(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Ballast = pdf.make_indirect(noise(pdf))


def noise(pdf: pikepdf.Pdf, **entries: Any) -> pikepdf.Stream:
    return pikepdf.Stream(pdf, bytes(range(256)) * (MAX_SIZE // 250), **entries)


def crop(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].CropBox = pikepdf.Array([100, 0, 595, 842])


def attach(data: bytes) -> Spoil:
    return lambda pdf: pdf.attachments.__setitem__("resume.json", data)


def at(words: str) -> str:
    """Return the source file and line of words in the CV."""
    return f"docs/index.md:{CV[: CV.index(words)].count(chr(10)) + 1}"


SAMPLES: dict[str, list[Sample]] = {
    "declared": [
        Sample(lambda pdf: pdf.Root.__delitem__("/Metadata"), "does not declare PDF/UA"),
        Sample(lambda pdf: pdf.Root.__delitem__("/Metadata"), "does not say its title: set dc:title"),
        Sample(lambda pdf: pdf.Root.__delitem__("/Metadata"), "does not say its author: set dc:creator"),
        Sample(lambda pdf: pdf.Root.__delitem__("/StructTreeRoot"), "it has no tags"),
        Sample(lambda pdf: pdf.Root.__delitem__("/Lang"), "does not say its language"),
        Sample(lambda pdf: pdf.Root.__delitem__("/Outlines"), "no outline"),
    ],
    "accessible": [Sample(lambda pdf: pdf.Root.__delitem__("/StructTreeRoot"), "must contain a StructTreeRoot")],
    "archivable": [Sample(lambda pdf: pdf.Root.__delitem__("/OutputIntents"), "not fit for archives: DeviceRGB")],
    "fonts": [
        Sample(embed_nothing, "is not embedded", 1),
        Sample(hide_in_a_form, "is not embedded", 1),
        Sample(name_whole, "the font Pagella is embedded whole", 1),
    ],
    "size": [Sample(ballast, "kB, more than 400")],
    "attached": [
        Sample(attach(b"{"), "the embedded resume.json cannot be read"),
        Sample(lambda pdf: pdf.attachments.__delitem__("resume.json"), "not embedded as data"),
    ],
    "characters": [
        Sample(read_as("FB03"), "programs extract U+FB03 in place of letters, in", 1, at("Wrote a ligature")),
        Sample(read_as("00AD"), "programs extract U+00AD", 1),
        Sample(read_as("0061030A"), "accents are extracted apart from their letters", 1),
    ],
    "text": [
        Sample("cv", '"Built a back-end of well-known parts, żółw." is not read as it was', 0, at("Built a")),
        Sample("cv", '"A paragraph that comes in time." is not read in its place', 0, at("that comes in")),
        Sample("cv", '"behind the break." is not read as it was', 0, at("Before a")),
        Sample("talks", '"Built a back-end of its own." is not read as it was', 0, "docs/talks/a.md:7"),
    ],
    "edge": [Sample(crop, '"Ada Example" runs off the page', 1, "docs/index.md:1")],
    "stranded": [Sample("cv", "a heading is at the foot of the page", 1, at("### Developer\n:organization: Hi"))],
    "widow": [Sample("cv", "the last line of a paragraph is alone at the top", 3, at("Enough"))],
    "orphan": [Sample("cv", "the first line of a paragraph is alone at the foot", 3, at("And as"))],
    "budget": [Sample("cv", "it has 5 pages, 4 more than cv_max_pages: shorten it by 21 lines", 2)],
    "last page": [Sample("cv", "less than a third full: shorten the text by 6 lines", 5)],
    "typeset": [
        Sample("cv", "a line extends beyond the text by", 0, at("set before")),
        Sample("cv", 'no font has the character "\N{OGHAM LETTER BEITH}": write it in words', 0, at("that comes in")),
    ],
}


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good PDFs, with their records."""
    project = Project(tmp_path_factory.mktemp("good"))
    project.write({"index.md": CV, "talks/a.md": TALK})
    assert build(project.folder, html=False, strict=True)
    return project.folder / "dist"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Problem]]:
    """What is found in PDFs that TeX was made to set badly: in one file, all that can go wrong on a page."""
    project = Project(tmp_path_factory.mktemp("bad"))
    (project.folder / "conf.py").write_text('extensions = ["cvtools"]\nproject = "x"\ncv_max_pages = 1\n', "utf-8")
    project.write({"index.md": CV, "talks/a.md": TALK})
    assert build(project.folder, html=False)
    early, late = "A paragraph that is set before its time.", "A paragraph that comes in time."
    changes = {
        "Built a back-end": "Built a backend",
        "Enough words": "\\newpage Enough words",
        "which takes": "which\\vadjust{\\eject} takes",
        "And as many": "And\\vadjust{\\eject} as many",
        "behind the break": "behind the brake",
        "Skill number 15": "Skill\\vadjust{\\eject} number 15",
        early: f"\\mbox{{{LONG}}} {late}",
        late: f"{early} \N{OGHAM LETTER BEITH}",
    }
    return {name: set_badly(project.folder, name, changes) for name in ("cv", "talks")}


def set_badly(folder: Path, name: str, changes: dict[str, str]) -> list[Problem]:
    """What is found in a PDF whose LaTeX was changed."""
    tex, pdf = folder / "build" / "latex" / f"{name}.tex", folder / "dist" / f"{name}.pdf"
    # In one go, since words may change places.
    words = re.compile("|".join(map(re.escape, changes)))
    tex.write_text(words.sub(lambda match: changes[match[0]], tex.read_text("utf-8")), "utf-8")
    run = LuaLatex(tex, pdf, 0)
    run.typeset()
    run.wait()
    return [*check(pdf), *typeset_warnings(pdf)]


@pytest.fixture
def copy(dist: Path, tmp_path: Path) -> Path:
    """A PDF to be spoiled."""
    return Path(shutil.copy(dist / "cv.pdf", tmp_path / "cv.pdf"))


def spoil(path: Path, change: Spoil) -> None:
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        change(pdf)
        pdf.save(path, compress_streams=False)


@pytest.mark.parametrize("name", ["cv", "talks"])
def test_good_pdf_breaks_no_rule(dist: Path, name: str) -> None:
    record = expected_of(dist / f"{name}.pdf")
    assert record
    assert record.blocks
    assert check(dist / f"{name}.pdf") == []


def test_each_rule_has_samples() -> None:
    """A new rule needs a sample that breaks it."""
    assert SAMPLES.keys() == RULES.keys() | {"typeset"}
    assert all(SAMPLES.values())


@pytest.mark.parametrize(("rule", "sample"), [(rule, sample) for rule, some in SAMPLES.items() for sample in some])
def test_sample_breaks_its_rule(
    rule: str, sample: Sample, dist: Path, copy: Path, request: pytest.FixtureRequest
) -> None:
    if isinstance(sample.bad, str):
        findings = [finding for finding in request.getfixturevalue("found")[sample.bad] if finding.code == rule]
    else:
        spoil(copy, sample.bad)
        with OpenPdf(copy, expected_of(dist / "cv.pdf") or ExpectedPdf()) as pdf:
            findings = list(RULES[rule](pdf))
    fitting = [finding for finding in findings if sample.words in finding.text]
    assert [(finding.page, finding.location) for finding in fitting] == [(sample.page, sample.location)], findings


def test_text_out_of_order_is_one_finding() -> None:
    blocks = [TextBlock("text", words, f"a.md:{line}") for line, words in enumerate(("One.", "Two.", "Three."), 1)]
    pdf: Any = SimpleNamespace(unread={}, readings={"a reader": ["Three. Two. One."]}, expected=ExpectedPdf(blocks))
    (finding,) = RULES["text"](pdf)
    assert str(finding.location) == "a.md:2"
    assert finding.text.startswith(
        '"Two." is not read in its place, by a reader, nor are others (1): write a longer line'
    )


def test_spaces_and_dashes_do_not_count_from_right_to_left() -> None:
    blocks = [TextBlock("field", "مارس 2018 – الآن", "a.md:2")]
    pdf: Any = SimpleNamespace(unread={}, readings={"a reader": ["مارس2018– الآن"]}, expected=ExpectedPdf(blocks))
    assert not list(RULES["text"](pdf))


def test_bad_typesetting_breaks_no_other_rule(found: dict[str, list[Problem]]) -> None:
    made = {rule for rule, samples in SAMPLES.items() for sample in samples if isinstance(sample.bad, str)}
    # What has no glyph is not accessible either, nor can machines read it.
    assert {finding.code for finding in found["cv"]} == made | {"accessible", "archivable", "characters"}


def test_foreign_pdf_is_checked_by_rules_that_need_no_record(copy: Path) -> None:
    assert expected_of(copy) is None
    assert check(copy) == []


def test_size_does_not_count_pictures(copy: Path) -> None:
    def picture(pdf: pikepdf.Pdf) -> None:
        entries = {"Subtype": pikepdf.Name.Image, "Width": 1, "Height": 1}
        pdf.pages[0].Resources.XObject = pikepdf.Dictionary(Picture=noise(pdf, **entries))

    spoil(copy, picture)
    assert copy.stat().st_size > MAX_SIZE
    assert "size" not in {finding.code for finding in check(copy)}


def test_budget_counts_pictures_by_their_height(tmp_path: Path) -> None:
    project = Project(tmp_path)
    (project.folder / "conf.py").write_text('extensions = ["cvtools"]\nproject = "x"\ncv_max_pages = 1\n', "utf-8")
    (project.docs / "a.png").write_bytes(png(300, 300))
    project.write({"index.md": "# Ada\n\n![A](a.png)\n\n![B](a.png)\n\n![C](a.png)\n"})
    assert build(project.folder, html=False)
    (finding,) = (finding for finding in check(project.folder / "dist/cv.pdf") if finding.code == "budget")
    assert "shorten it by 23 lines" in finding.text


@pytest.mark.parametrize(("form", "findings"), [("cv", 1), ("book", 0)])
def test_last_page_of_a_book_may_be_short(form: str, findings: int, copy: Path) -> None:
    spoil(copy, lambda pdf: pdf.add_blank_page())
    with OpenPdf(copy, ExpectedPdf(form=form)) as pdf:
        assert len(list(RULES["last page"](pdf))) == findings


def test_short_last_page_is_a_note_that_fails_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = Project(tmp_path).write({"index.md": "# Ada\n\n" + "A paragraph.\n\n" * 50})
    assert build(project.folder, html=False, strict=True)
    assert main(["check", str(project.folder / "dist/cv.pdf")]) == 0
    said = capsys.readouterr().err.splitlines()
    assert ["page 2: the last page is less than" in line for line in said if line.startswith("note: ")] == [True, True]


def test_damaged_pdf_is_checked_as_far_as_it_can_be_read(copy: Path) -> None:
    spoil(copy, lambda pdf: pdf.pages[0].Resources.__setitem__("/Font", 5))
    (finding,) = (finding for finding in check(copy) if finding.code == "fonts")
    assert finding.text.startswith("it is damaged, so that this rule cannot be checked (")
    copy.write_bytes(copy.read_bytes().replace(b"%PDF-1.7", b"%PDF-x.y", 1))
    assert "accessible" in {finding.code for finding in check(copy) if "cannot read it" in finding.text}


def test_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    record = ExpectedPdf([TextBlock("text", "żółw", "a.md:1")], form="book", max_pages=2)
    record.write(expected_path(tmp_path / "cv.tex"))
    assert ExpectedPdf.read(tmp_path / "cv.expected.json") == record


@pytest.mark.parametrize("data", ["{", "[]", "{}", '{"blocks": [{}]}', '{"blocks": [], "new": 1}'])
def test_record_of_another_version_is_refused(tmp_path: Path, data: str) -> None:
    path = tmp_path / "cv.expected.json"
    path.write_text(data)
    with pytest.raises(ValueError, match=r"cv\.expected\.json cannot be read: build it again"):
        ExpectedPdf.read(path)
