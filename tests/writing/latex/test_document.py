"""A page with all of Markdown that a CV may use: its LaTeX, and its PDF read back."""

import re
import shutil
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest

from cvtools.build import build
from cvtools.checks.pdf import check
from tests.projects import Project, pages_of, png

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The page, built."""
    project = Project(tmp_path_factory.mktemp("everything"))
    project.write(
        {
            "index.md": (HERE / "everything.md").read_text("utf-8"),
            "talks/2024-a.md": "# A talk\n:event: [Conf](https://conf.example)\n:date: 2024-05-02\n:place: Łódź\n\nAbstract.\n",
            "talks/2023-b.md": "# B & talk\n:event: Other\n:date: 2023\n\nSee [the CV](../index.md) and [A](2024-a.md).\n\n"
            "## Po polsku\n:language: pl\n\nRozmowa w języku polskim i o testach.\n",
        }
    )
    (project.docs / "small.png").write_bytes(png(60, 30))
    (project.docs / "wide.png").write_bytes(png(2000, 30))
    conf = project.folder / "conf.py"
    conf.write_text(
        conf.read_text("utf-8")
        + 'myst_enable_extensions = ["dollarmath", "tasklist"]\nsuppress_warnings = ["cv.character"]\n',
        "utf-8",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        assert build(project.folder, strict=True)
    return project


@pytest.fixture(scope="module")
def latex(everything: Project) -> str:
    text = (everything.folder / "build/latex/cv.tex").read_text("utf-8")
    # Fonts to fall back to depend on the machine.
    return re.sub(r"(?m)^\\cvfallback.*\n", "", text)


def test_latex_equals_the_snapshot(latex: str) -> None:
    """Renew the snapshot by deleting it, and read what changed."""
    snapshot = HERE / "everything.tex"
    if not snapshot.exists():
        snapshot.write_text(latex, "utf-8")
        pytest.fail("there was no snapshot; it is written now")
    assert latex == snapshot.read_text("utf-8")


def test_latex_has_no_macro_of_sphinx(latex: str) -> None:
    assert "sphinx" not in latex.lower().replace("%% ", "")


def test_pdf_breaks_no_rule(everything: Project) -> None:
    for name in ("cv", "talks"):
        pdf = everything.folder / "dist" / f"{name}.pdf"
        assert check(pdf) == []
        with pikepdf.open(pdf) as file, file.open_metadata() as metadata:
            standards = ("pdfuaid:part", "pdfaid:part", "pdfaid:conformance")
            assert [metadata[name] for name in standards] == ["1", "3", "A"]


#: Words of the PDF, among them all kinds of nodes.
WORDS = [
    "PDF (Portable Document Format), italic",
    "The note's text, with code.",
    "100% & more #1 ~ ^ _ { } \\ $5 – — ‘’ `` <<",
    'return {"a": x} # 100% & more \\',
    "very long text that needs to be wrapped",
    "Definition of the term",
    "A note. with a list",
    "Żółć Ωμέγα → ★ ✓",
    "H2O and E = mc",
    "A talk",
    "Hard break, tags, zerowidthjoined, a < b code behind it, word",
    "https://bare.example/. A note with a note",
    "Outer3 note.",
    "Inner note.",
    "From a cell.",
    "A title Blocks in cells",
    "☐ open ☑ done",
    "Another definition Warning Tip Nested. Added in version 1.0: New.",
    "a = b c = d",
    "x ∈ R",
    "k = l m = n",
    # Of an address that is longer than a line
    "x&more=y.",
    "not: an entry's field with: a list",
]


def test_text_is_extracted_as_written(everything: Project) -> None:
    text = " ".join(" ".join(pages_of(everything.folder / "dist/cv.pdf")).split()).replace("• ", "").replace("’", "'")
    assert [words for words in WORDS if words.replace("’", "'") not in text] == []


def tags(pdf: Path) -> list[str]:
    """Return the types of the structure elements, in order."""
    found: list[str] = []

    def walk(element: pikepdf.Object) -> None:
        found.append(str(element["/S"])[1:])
        for kid in element["/K"].as_list():
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                walk(kid)

    with pikepdf.open(pdf) as file:
        walk(file.Root.StructTreeRoot.K)
    return found


def test_tags_include_each_kind_of_element(everything: Project) -> None:
    found = tags(everything.folder / "dist/cv.pdf")
    assert found[:3] == ["Document", "H1", "P"]
    assert {*"H2 H3 L LI Lbl LBody Table TR TH TD Link Note Code BlockQuote Figure Formula".split()} <= {*found}
    headings = [int(tag[1]) for tag in found if tag[0] == "H" and tag[1:].isdigit()]
    assert all(later <= earlier + 1 for earlier, later in pairwise(headings))


def test_pdf_has_links_outline_metadata_and_language(everything: Project) -> None:
    with pikepdf.open(everything.folder / "dist/cv.pdf") as pdf:
        notes = [note for page in pdf.pages for note in page.get("/Annots", [])]
        addresses = {str(note.A.URI) for note in notes if "/A" in note and "/URI" in note.A}
        assert "https://x.org/a_b?c=1&d=%20(e)#f" in addresses
        assert "mailto:ada@example.org" in addresses
        assert all(str(note.Contents) for note in notes)
        assert [str(item.title) for item in pdf.open_outline().root] == ["Ada Example & Co"]
        assert str(pdf.docinfo.Title) == "Ada Example & Co"
        assert str(pdf.docinfo.Keywords) == "C#, Python"
        # The sections are collapsed, and so are the items in them.
        item = pdf.Root.Outlines.First
        assert [int(pdf.Root.Outlines.Count), int(item.Count)] == [7, 6]
        assert int(item.First.Next.Count) == -1
        assert str(pdf.Root.Lang) == "en"
    with pikepdf.open(everything.folder / "dist/talks.pdf") as pdf:
        assert [str(item.title) for item in pdf.open_outline().root[0].children] == ["A talk", "B & talk"]
        assert str(pdf.docinfo.Keywords) == "A talk, B & talk"
        assert any("/Lang" in element and str(element.Lang) == "pl" for element in elements(pdf))


def elements(pdf: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    return [
        thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/StructElem"
    ]


def test_every_internal_link_has_a_destination(everything: Project) -> None:
    for name in ("cv", "talks"):
        log = (everything.folder / f"build/latex/{name}.output/{name}.log").read_text("utf-8", errors="replace")
        assert "does not exist" not in log


def test_same_input_gives_the_same_bytes(everything: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    again = tmp_path / "again"
    for source in ("docs", "conf.py"):
        (shutil.copytree if source == "docs" else shutil.copy)(everything.folder / source, again / source)
    assert build(again)
    one, other = (
        {path.relative_to(folder): path.read_bytes() for path in (folder / "dist").rglob("[!.]*.*") if path.is_file()}
        for folder in (everything.folder, again)
    )
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []


@pytest.mark.parametrize(
    ("markdown", "warning", "latex"),
    [
        (
            "![Alt](pic.svg)",
            "the PDF cannot show pic.svg: save it beside the page as PNG, JPEG or PDF",
            "\\cvpar Alt\\cvendpar",
        ),
        (
            "```{centered} Words\n```",
            "the PDF cannot typeset centered and shows its words alone: use plain Markdown",
            "\\par Words",
        ),
        (
            "```{eval-rst}\n=== ===\na   b\n=== ===\nboth\n-------\nc   d\n=== ===\n```",
            "the PDF has no cells that span rows or columns: write a plain table",
            "\\begin{cvtable}{2}",
        ),
    ],
)
def test_node_without_a_form_in_the_pdf_is_warned_of(project: Project, markdown: str, warning: str, latex: str) -> None:
    (project.docs / "pic.svg").write_text("<svg/>")
    built = project.write({"index.md": f"# Ada\n\n{markdown}\n"}).build(
        "cvlatex", warns=True, cv_allow=[".svg", "centered", "eval-rst"]
    )
    assert f"WARNING: {warning} [cv.latex]" in built.warnings
    assert re.match(r"index\.md:\d+: ", built.warnings)
    assert latex in built.read("cv.tex")


def test_files_that_tex_may_be_reading_are_not_overwritten(project: Project) -> None:
    out = project.write({"index.md": "# Ada\n\nOld.\n"}).build("cvlatex").out
    classes = {path: path.stat().st_mtime_ns for path in out.glob("*.cls")}
    with (out / "cv.tex").open(encoding="utf-8") as reading:
        project.write({"index.md": "# Ada\n\nNew.\n"}).build("cvlatex")
        assert "Old." in reading.read()
    assert "New." in (out / "cv.tex").read_text("utf-8")
    assert {path: path.stat().st_mtime_ns for path in classes} == classes


def test_paragraph_is_kept_with_a_list_that_it_introduces(project: Project) -> None:
    project.write({"index.md": "# Ada\n\nI wrote these:\n\n- a\n\nI wrote much.\n\n- b\n"})
    latex = project.build("cvlatex").read("cv.tex")
    assert "these:\\cvendpar\n\\cvleads" in latex
    assert latex.count("\\cvleads") == 1


def test_short_address_is_broken_in_tables_alone(project: Project) -> None:
    doi, long = "[doi.org/10.1000/xyz8](https://doi.org/10.1000/xyz8)", "<https://example.org/folder/page-of-a-name>"
    text = f"# Ada\n\nSee {doi} and {long}.\n\n| A | B |\n|---|---|\n| {doi} | b |\n"
    before, _, table = project.write({"index.md": text}).build("cvlatex").read("cv.tex").partition("\\begin{cvtable}")
    assert "{doi.org/10.1000/xyz8}" in before
    assert "https://example.org/\\cvbreak folder/\\cvbreak page" in before
    assert "{doi.org/\\cvbreak 10.1000/\\cvbreak xyz8}" in table


def test_link_to_a_page_outside_the_pdf_leads_to_the_web(project: Project) -> None:
    pages = {
        "index.md": "# Ada\n\n[More](more.md), [part](more.md#part)\n\n```{toctree}\nmore\n```\n",
        "more.md": "# M\n\n## Part\n\nx\n",
    }
    built = project.write(pages).build("cvlatex", html_baseurl="https://cv.example", myst_heading_anchors=2)
    assert "\\cvlink{https://cv.example/more.html}{More}{More}" in built.read("cv.tex")
    assert "\\cvlink{https://cv.example/more.html\\#part}{part}{part}" in built.read("cv.tex")
    built = project.build("cvlatex", html_baseurl="", myst_heading_anchors=2)
    assert "\\cvpar More, part\\cvendpar" in built.read("cv.tex")


def test_missing_picture_is_replaced_by_its_description(project: Project) -> None:
    built = project.write({"index.md": "# Ada\n\n![Alt](missing.png)\n"}).build("cvlatex", warns=True)
    assert built.warnings.splitlines() == [
        "index.md:3: WARNING: the picture missing.png cannot be read: check its name, and that it is there [image.not_readable]"
    ]
    assert "\\cvpar Alt\\cvendpar" in built.read("cv.tex")


def test_picture_may_have_the_name_of_the_pdf(project: Project) -> None:
    picture = pikepdf.new()
    picture.add_blank_page(page_size=(60, 30))
    picture.save(project.docs / "cv.pdf")
    project.write({"index.md": "# Ada\n\n![Alt](cv.pdf)\n"})
    assert build(project.folder, html=False, strict=True)


def test_stale_document_is_removed(project: Project) -> None:
    talk = {"talks/a.md": "# A\n:event: Conf\n:date: 2024\n\nWords.\n"}
    built = project.write({"index.md": "# Ada\n\n```{talks}\n```\n", **talk}).build("cvlatex")
    assert (built.out / "talks.tex").exists()
    (project.docs / "talks/a.md").unlink()
    built = project.write({"index.md": "# Ada\n\nWords.\n"}).build("cvlatex")
    assert not (built.out / "talks.tex").exists()


def test_fields_without_an_entry_are_shown_as_written(project: Project) -> None:
    built = project.write({"index.md": "# Ada\n\n## Thing\n:colour: *red*\n\nWords.\n"}).build("cvlatex", warns=True)
    assert "\\cvpar \\textbf{colour:} \\emph{red}\\cvendpar" in built.read("cv.tex")


def test_formulas_of_a_field_and_of_its_heading_have_their_source_lines(project: Project) -> None:
    text = "# Ada\n\n## Dev {math}`y`\n:period: 2020\n:role: Lead {math}`x^2`\n"
    latex = project.write({"index.md": text}).build("cvlatex").read("cv.tex")
    assert "{Lead %% docs/index.md:5\n\\cvmath" in latex
    assert "{Dev %% docs/index.md:3\n\\cvmath" in latex


def test_fields_of_a_kind_without_fields_are_shown_as_written(project: Project) -> None:
    text = "# Ada\n\n## Skills\n:kind: skills\n:colour: *red*\n\n- Go\n"
    built = project.write({"index.md": text}).build("cvlatex", warns=True)
    assert "\\cvpar \\textbf{colour:} \\emph{red}\\cvendpar" in built.read("cv.tex")


def test_footnote_of_a_field_that_is_shown_as_written_is_set_once(project: Project) -> None:
    text = "# Ada\n\n## Thing\n:colour: red[^1]\n\n[^1]: A note.\n"
    latex = project.write({"index.md": text}).build("cvlatex", warns=True).read("cv.tex")
    assert "\\cvfield" not in latex
    assert re.search(r"\\cvpar \\textbf\{colour:\} red\\footnotemark\[1\]\\cvnote\{1\}\{[^}]*A note", latex)


def test_footnote_whose_text_the_pdf_withholds_is_empty(project: Project) -> None:
    text = "# Ada\n:headline: H[^1]\n\n[^1]: :phone: 123456 {show=html}\n"
    latex = project.write({"index.md": text}).build("cvlatex", warns=True).read("cv.tex")
    assert "\\footnotemark[1]\\cvnote{1}{}" in latex
