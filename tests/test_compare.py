"""What a change means for readers, as one file."""

import html
import importlib.util
import io
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pikepdf
import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from PIL import Image
from pypdfium2 import PdfDocument

from cvtools import limits
from cvtools.checks.pdf_process import PdfProcess


@pytest.fixture(scope="module")
def compare() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compare", Path(__file__).parents[1] / ".github/compare.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def _no_pictures(compare: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start no browser where words are compared."""
    monkeypatch.setattr(compare.Build, "screens", lambda build, names: {})


def dist(folder: Path, pages: Mapping[str, str], sheets: int = 1) -> Path:
    """The products of a build: pages with these words, and a PDF of so many empty sheets."""
    for name, words in {**pages, "search.html": "search"}.items():
        path = folder / "html" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<nav>menu</nav><article>{words}</article>", "utf-8")
    pdf = PdfDocument.new()
    for _ in range(sheets):
        pdf.new_page(200, 300)
    pdf.save(folder / "cv.pdf")
    return folder


def test_words_are_marked_with_the_words_around_them(compare: ModuleType) -> None:
    before, after = "a b c d e f g h i j teh k l".split(), "a b c d e f g h i j the k l <b>".split()
    assert list(compare.changes(before, after)) == [
        "… c d e f g h i j <del>teh</del> <ins>the</ins> k l <ins>&lt;b&gt;</ins> …"
    ]


def test_distant_changes_are_listed_apart(compare: ModuleType) -> None:
    middle = [str(number) for number in range(50)]
    assert len(list(compare.changes(["x", *middle, "y"], ["z", *middle]))) == 2


def test_the_report_shows_what_differs_and_nothing_else(compare: ModuleType, tmp_path: Path) -> None:
    same = {"same.html": "<p>Same.</p>", "styled.html": "<link rel=stylesheet href=_static/own.css><p>Same.</p>"}
    before = dist(tmp_path / "before", {**same, "index.html": "<p>Teh CV</p>", "old.html": "<p>Old.</p>"})
    after = dist(tmp_path / "after", {**same, "index.html": "<p>The CV</p>", "a/new.html": "<p>New.</p>"}, sheets=2)
    for folder, colour in ((before, "blue"), (after, "red")):
        (folder / "html/_static").mkdir()
        (folder / "html/_static/own.css").write_text(f"article {{ color: {colour} }}", "utf-8")
    compare.compare(compare.Build(before), compare.Build(after), tmp_path / "out")
    summary = (tmp_path / "out/summary.md").read_text("utf-8")
    assert "<p><code>… <del>Teh</del> <ins>The</ins> CV …</code></p>" in summary
    report = BeautifulSoup((tmp_path / "out/report.html").read_text("utf-8"), "html.parser")
    names = [title.text for title in report.find_all("h3")]
    changed = ["index.html", "old.html"]
    assert names == [*changed, "a/new.html", *changed, "styled.html", "a/new.html", "cv.pdf, page 2"]
    assert [len(pair.find_all("img")) for pair in report.select(".pair")] == [2, 1, 2, 1, 1]
    assert all(str(image["src"]).startswith("data:image/png;base64,iVBOR") for image in report.find_all("img"))


def test_words_that_come_again_and_again_take_no_time(compare: ModuleType) -> None:
    """Each word is so frequent that it matches everywhere, but not so frequent that difflib skips it as noise."""
    before = [f"w{number % 101}" for number in range(20_000)]
    after = [f"w{number * 7 % 101}" for number in range(20_000)]
    assert list(compare.changes(before, after))


@pytest.mark.parametrize(
    "word",
    [
        "@octocat #12 **bold** ![x](https://evil.example)",
        "</code></p>\n\n<script>x</script>",
        "a\u2028\u0085\x1c\r\n\nb",
        "@@ -1 +1 @@",
    ],
)
@pytest.mark.usefixtures("_no_pictures")
def test_words_and_names_are_no_markup(compare: ModuleType, tmp_path: Path, word: str) -> None:
    name = f"{word.replace('/', '')[:60]}.html"
    builds = [
        compare.Build(dist(tmp_path / "before", {})),
        compare.Build(dist(tmp_path / "after", {name: html.escape(word)})),
    ]
    compare.compare(*builds, tmp_path / "out")
    summary = (tmp_path / "out/summary.md").read_text("utf-8")
    kinds = {token.type for token in MarkdownIt("gfm-like", {"linkify": False}).parse(summary)}
    assert kinds == {"heading_open", "inline", "heading_close", "html_block"}
    assert summary.count("\n") == 6
    page = BeautifulSoup(summary, "html.parser")
    assert {tag.name for tag in page.find_all()} == {"h3", "p", "code", "ins"}
    assert [code.parent.name for code in page.find_all("code") if code.parent] == ["h3", "p"]
    report = (tmp_path / "out/report.html").read_text("utf-8")
    assert "default-src 'none'" in report
    assert not BeautifulSoup(report, "html.parser").find_all("script")


@pytest.mark.usefixtures("_no_pictures")
def test_summary_that_is_too_long_is_left_to_the_report(compare: ModuleType, tmp_path: Path) -> None:
    words = " ".join([*['"' * 100] * 1000, "end"])
    builds = [compare.Build(dist(tmp_path / name, {"index.html": text})) for name, text in (("a", ""), ("b", words))]
    compare.compare(*builds, tmp_path / "out")
    assert len((tmp_path / "out/summary.md").read_bytes()) < 2**20
    assert "end</ins>" in (tmp_path / "out/report.html").read_text("utf-8")


def test_tall_page_is_cut(compare: ModuleType, tmp_path: Path) -> None:
    tall = dist(tmp_path, {"index.html": "<div style='height: 3000000px'></div>"})
    picture = compare.Build(tall).screens(["index.html"])["index.html"]
    assert Image.open(io.BytesIO(picture)).height == 20_000


def test_where_pages_break_is_no_change_of_words(compare: ModuleType, tmp_path: Path) -> None:
    def pdf(*sheets: str) -> Path:
        book = pikepdf.new()
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        for words in sheets:
            page = book.add_blank_page(page_size=(400, 300))
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
            drawn = f"BT /F 9 Tf 20 200 Td ({words}) Tj 0 -172 Td (Ada Example) Tj ET"
            page.Contents = book.make_stream(drawn.encode())
        folder = tmp_path / str(len(sheets))
        folder.mkdir()
        book.save(folder / "cv.pdf")
        return folder

    with PdfProcess([tmp_path]) as process:
        one, two = (
            compare.Build(pdf(*sheets)).words(process)["cv.pdf"]
            for sheets in (["Words of hers."], ["Words", "of hers."])
        )
    assert one == two == "Words of hers."


def test_a_pdf_that_cannot_be_read_hides_nothing_else(
    compare: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PDFium reads in a process of its own, which a PDF that is too much ends."""
    monkeypatch.setattr(limits, "PDF_TIME", 1)
    build = compare.Build(dist(tmp_path, {"index.html": "CV"}))
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        bomb = zlib.compress(zlib.compress(b"q " * 50_000_000, 9), 9)
        deflated = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
        pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, bomb, Filter=deflated)
        pdf.save(tmp_path / "bomb.pdf")
    (tmp_path / "broken.pdf").write_text("no PDF")
    with PdfProcess([tmp_path]) as process:
        words = build.words(process)
        sheets = [bool(build.sheet(process, name, 1)) for name in ("bomb.pdf", "broken.pdf", "cv.pdf", "none.pdf")]
    assert words["bomb.pdf"] == "it takes too much memory or time to read"
    assert "Data format error" in words["broken.pdf"]
    assert (words["cv.pdf"], words["index.html"]) == ("", "CV")
    assert sheets == [False, False, True, False]


@pytest.mark.usefixtures("_no_pictures")
def test_on_github_the_words_are_the_summary(
    compare: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = {"GITHUB_SERVER_URL": "https://git.example", "GITHUB_REPOSITORY": "ada/cv", "GITHUB_RUN_ID": "7"}
    for name, value in {**address, "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}.items():
        monkeypatch.setenv(name, value)
    builds = [compare.Build(dist(tmp_path / words, {"index.html": words})) for words in ("teh", "the")]
    compare.compare(*builds, tmp_path / "out")
    summary = (tmp_path / "summary").read_text("utf-8")
    assert "<del>teh</del> <ins>the</ins>" in summary
    assert "[report.html](https://git.example/ada/cv/actions/runs/7#artifacts)" in summary


def test_nothing_differs(compare: ModuleType, tmp_path: Path) -> None:
    builds = [compare.Build(dist(tmp_path / name, {"index.html": "CV"})) for name in ("before", "after")]
    compare.compare(*builds, tmp_path / "out")
    assert "The words stay as they are." in (tmp_path / "out/summary.md").read_text("utf-8")
    assert "<img" not in (tmp_path / "out/report.html").read_text("utf-8")


def sheet(*, height: int = 1000, mark: int | None = None) -> bytes:
    """A white page with a grey foot, and perhaps a mark."""
    image = Image.new("RGB", (10, height), "white")
    image.paste("grey", (0, height - 10, 10, height))
    if mark is not None:
        image.putpixel((5, mark), (0, 0, 0))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("one", "two", "heights"),
    [
        (sheet(), sheet(mark=500), [241, 241]),
        (sheet(mark=300), sheet(mark=700), [641, 641]),
        (sheet(), sheet(mark=5), [126, 126]),
        (sheet(), sheet(height=1050), [130, 180]),
    ],
)
def test_pictures_are_cut_to_what_differs(compare: ModuleType, one: bytes, two: bytes, heights: list[int]) -> None:
    assert [Image.open(io.BytesIO(cut)).height for cut in compare.crop(one, two)] == heights
