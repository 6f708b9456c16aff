"""The designs of the PDF, a style of one's own, and the versions of PDF."""

from pathlib import Path

import pikepdf
import pytest
from pypdfium2 import PdfDocument

from cvtools.build import build
from cvtools.checks.pdf import check
from tests.projects import CONF, Project
from tests.writing.latex.test_typography import CV, glyphs


def build_pdf(folder: Path, conf: str, **files: str) -> Path:
    project = Project(folder)
    project.write({"index.md": CV})
    (folder / "conf.py").write_text(f"{CONF}{conf}\n", "utf-8")
    for name, text in files.items():
        (folder / f"{name}.sty").write_text(text, "utf-8")
    assert build(folder, html=False, strict=True)
    return folder / "dist/cv.pdf"


@pytest.mark.parametrize(
    ("design", "fonts"),
    [
        ("compact", {"TeXGyreHeros-Bold", "TeXGyreHeros-Regular", "TeXGyrePagella-Bold", "TeXGyrePagella-Regular"}),
        ("classic", {"TeXGyrePagella-Bold", "TeXGyrePagella-Regular"}),
    ],
)
def test_design_breaks_no_rule(tmp_path: Path, design: str, fonts: set[str]) -> None:
    pdf = build_pdf(tmp_path, f'cv_design = "{design}"')
    assert {glyph.fontname.partition("+")[2] for glyph in glyphs(pdf)} - {"TeXGyrePagella-Italic"} == fonts


def test_classic_breaks_no_address_in_the_head(project: Project) -> None:
    head = ":email: grace@example.edu\n:orcid: 0000-0002-1825-0097\n:website: <https://example.edu/~grace>\n"
    project.write({"index.md": f"# Prof. Dr. Grace Example\n{head}:scholar: abcDEF\n:location: Kraków\n"})
    (project.folder / "conf.py").write_text(f'{CONF}cv_design = "classic"\n', "utf-8")
    assert build(project.folder, html=False, strict=True)
    text = PdfDocument(project.folder / "dist/cv.pdf")[0].get_textpage().get_text_range()
    assert "orcid.org/0000-0002-1825-0097" in text


def test_classic_has_the_facts_in_the_middle(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write({"index.md": "# Xxx\n:email: a@b.cd\n\n```{facts}\n```\n\n[yyy]{.fact}\n"})
    (tmp_path / "conf.py").write_text(f'{CONF}cv_design = "classic"\n', "utf-8")
    assert build(tmp_path, html=False, strict=True)
    found = list(glyphs(tmp_path / "dist/cv.pdf"))
    name, fact = ([glyph for glyph in found if glyph.get_text() in letters][:3] for letters in ("Xx", "Yy"))
    middles = [(line[0].x0 + line[-1].x1) / 2 for line in (name, fact)]
    assert middles[0] == pytest.approx(middles[1], abs=2)


def test_style_comes_last(tmp_path: Path) -> None:
    pdf = build_pdf(tmp_path, 'cv_style = "house.sty"', house="\\def\\cv@name@style{\\fontsize{40}{40}\\selectfont}")
    assert round(max(glyph.size for glyph in glyphs(pdf))) == 40


def test_missing_style_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = Project(tmp_path)
    (tmp_path / "conf.py").write_text(f'{CONF}cv_style = "house.sty"\n', "utf-8")
    project.write({"index.md": CV})
    assert not build(tmp_path, html=False)
    told = capsys.readouterr().err
    assert "conf.py:6: cv_style is house.sty, and there is no such file: put it beside conf.py" in told


def test_pdf_2_declares_its_standards(tmp_path: Path) -> None:
    """The nox session ``standards`` tests that it meets them."""
    pdf = build_pdf(tmp_path, 'cv_pdf_version = "2.0"')
    assert check(pdf) == []
    with pikepdf.open(pdf) as file, file.open_metadata() as metadata:
        declared = [metadata[name] for name in ("pdfuaid:part", "pdfaid:part", "pdfaid:conformance")]
        assert (file.pdf_version, declared) == ("2.0", ["2", "4", "F"])


def test_pdf_2_of_the_same_source_has_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    conf = 'cv_pdf_version = "2.0"'
    one, other = (build_pdf(tmp_path_factory.mktemp(name), conf).read_bytes() for name in ("one", "other"))
    assert one == other
