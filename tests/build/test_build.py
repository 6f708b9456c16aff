"""Products in ``dist``: made, kept, removed, and never left incomplete."""

import errno
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from sphinx.application import Sphinx
from sphinx.cmd.build import build_main as sphinx_build

from cvtools.build import build
from cvtools.build.lualatex import LuaLatex
from cvtools.cli import main
from cvtools.errors import ProjectError
from tests.projects import Project, png

#: With the theme of books, which takes half as long again as the other.
BOOK = 'project = "CV"\nauthor = "Ada"\nextensions = ["cvtools"]\ncv_today = "2024-06"\n'
CONF = f'{BOOK}html_theme = "basic"\n'
PAGES = {
    "conf.py": CONF,
    "docs/index.md": "# Ada Example\n:headline: Architect\n\n## Developer\n:period: 2012-03 – 2014-04\n\n"
    "## Talks\n\n```{talks}\n```\n",
    "docs/talks/2014.md": "# A talk\n:event: E\n:date: 2014\n\nAn abstract.\n",
}
BOTH = {"cv.pdf", "talks.pdf"}
DOCUMENTS = {"cv.docx", "cv.md", "cv.txt"}


@pytest.fixture(scope="module", autouse=True)
def _nothing_from_outside() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("GITHUB_REPOSITORY", "CV_SITE_URL"):
            patch.delenv(name, raising=False)
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        yield


def write(folder: Path, pages: dict[str, str] = PAGES) -> Path:
    for name, text in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project that was built, in a folder with spaces and Polish letters in its name."""
    folder = write(tmp_path_factory.mktemp("Życie i praca") / "moje CV", PAGES | {"conf.py": BOOK})
    assert build(folder)
    return folder


@pytest.fixture
def built(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the built project, for tests that change it; it is the working directory."""
    folder = shutil.copytree(made, tmp_path / "Żółć i CV")
    monkeypatch.chdir(folder)
    assert build(folder)
    return folder


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project that was never built; it is the working directory."""
    folder = write(tmp_path / "fresh")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def _no_tex(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


def fake_tex(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a shell script as ``lualatex``; its last argument is the document."""
    program = folder / "bin" / "lualatex"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


def offers_a_pdf(project: Path, page: str = "index.html") -> bool:
    text = (project / "dist/html" / page).read_text("utf-8")
    return BeautifulSoup(text, "lxml").select_one(".btn-download-pdf-button") is not None


def pdfs(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.pdf")}


def leftovers(project: Path) -> list[Path]:
    return list((project / "dist").rglob("*.new"))


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_build_makes_book_pdfs_text_and_data(made: Path) -> None:
    dist = made / "dist"
    assert {path.name for path in dist.iterdir()} == {".cvtools.json", "html", "resume.json", *BOTH, *DOCUMENTS}
    for name in BOTH | DOCUMENTS:
        assert (dist / "html" / name).read_bytes() == (dist / name).read_bytes()
    assert "Ada Example" in PdfReader(dist / "cv.pdf").pages[0].extract_text()
    assert "An abstract." in PdfReader(dist / "talks.pdf").pages[0].extract_text()
    assert offers_a_pdf(made)
    assert offers_a_pdf(made, "talks/2014.html")
    assert leftovers(made) == []


@pytest.fixture
def _no_sphinx(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **options: object) -> None:
        pytest.fail("Sphinx was started")

    monkeypatch.setattr(Sphinx, "__init__", fail)


def test_build_reports_skipped_checks_once(
    fresh: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = SimpleNamespace(which=lambda program: None if program == "mutool" else program)
    monkeypatch.setattr("cvtools.checks.readers.shutil", installed)
    assert build(fresh, html=False, strict=True)
    complaint = "note: what mutool reads is not checked: apt-get install mupdf-tools [skipped]"
    assert said(capsys).count(complaint) == 1
    assert build(fresh, html=False, strict=True)
    assert said(capsys) == [complaint, "dist: unchanged"]
    assert build(fresh, html=False, draft=True)
    assert not any("mutool" in line for line in said(capsys))


@pytest.mark.usefixtures("_no_tex", "_no_sphinx")
def test_unchanged_project_starts_neither_sphinx_nor_tex(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A copied project, whose sources are all newer than the products, is unchanged as well."""
    said(capsys)
    assert build(built)
    assert build(built, strict=True)
    for source in [built / "conf.py", *(built / "docs").rglob("*.md")]:
        os.utime(source)
    assert build(built)
    assert said(capsys) == ["dist: unchanged"] * 3


def change(path: Path, text: str = "\n% A comment\n") -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


@pytest.mark.usefixtures("_no_tex", "_no_sphinx")
@pytest.mark.parametrize(
    "change_project",
    [
        lambda folder: change(folder / "docs/talks/2014.md"),
        lambda folder: change(folder / "conf.py", "\n"),
        lambda folder: write(folder, {"_templates/new.html": ""}),
        lambda folder: (folder / "dist/html/index.html").unlink(),
        lambda folder: change(folder / "dist/resume.json"),
        lambda folder: os.environ.update(CV_SITE_URL="https://ada.example"),
    ],
    ids=["page", "conf.py", "another file", "missing product", "changed product", "site"],
)
def test_changed_input_or_product_starts_sphinx(
    built: Path, change_project: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CV_SITE_URL", "")
    change_project(built)
    with pytest.raises(pytest.fail.Exception, match="Sphinx was started"):
        build(built)


@pytest.mark.usefixtures("_no_tex")
def test_changed_toolchain_writes_all_pages_again(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = built / "dist/html/index.html"
    before = page.stat().st_mtime_ns
    # A package that was not there before.
    (tmp_path / "site-packages/new-1.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "site-packages")
    assert build(built, pdf=False)
    assert page.stat().st_mtime_ns > before


def test_changes_of_environment_and_external_files_are_noticed(
    fresh: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    common = fresh.parent / "common"
    conf = f"import os, sys\nsys.path.insert(0, {str(common)!r})\nfrom of_all_cvs import author\n"
    conf += f'{CONF}project = os.environ.get("WHOSE", "")\ncv_allow = ["include"]\n'
    write(
        fresh, {"conf.py": conf, "docs/more.md": "---\norphan: true\n---\n# More\n\n```{include} ../../words.md\n```\n"}
    )
    write(fresh.parent, {"common/of_all_cvs.py": 'author = "A"\n', "words.md": "Words\n"})
    monkeypatch.setattr(sys, "path", sys.path[:])

    def is_ready() -> bool:
        said(capsys)
        assert build(fresh, pdf=False)
        return said(capsys) == ["dist: unchanged"]

    assert not is_ready()
    assert is_ready()
    monkeypatch.setenv("WHOSE", "Ada")
    assert not is_ready()
    assert is_ready()
    change(fresh.parent / "words.md", "More\n")
    assert not is_ready()
    assert is_ready()
    change(common / "of_all_cvs.py", "# More\n")
    assert not is_ready()


@pytest.mark.usefixtures("_no_tex")
def test_fresh_clone_with_build_folder_needs_no_tex(built: Path) -> None:
    clone = built.parent / "clone"
    for name in ("docs", "build"):
        shutil.copytree(built / name, clone / name, copy_function=shutil.copyfile)
    shutil.copyfile(built / "conf.py", clone / "conf.py")
    assert build(clone)
    for name in BOTH:
        assert (clone / "dist" / name).read_bytes() == (built / "dist" / name).read_bytes()


def test_build_gives_the_bytes_of_separate_sphinx_builds(made: Path, tmp_path: Path) -> None:
    """Sphinx does not promise that two builders can share what one of them has read."""
    for source in ("conf.py", "docs"):
        (shutil.copytree if source == "docs" else shutil.copyfile)(made / source, tmp_path / source)
    for builder in ("html", "cvlatex"):
        out = tmp_path / builder
        # Tags are part of what Sphinx remembers of the website.
        command = ["-q", "-b", builder, "-c", str(tmp_path), "-d", str(tmp_path / f"{builder}.doctrees")]
        pdfs = ["-D", "cv_pdfs=cv.pdf,talks.pdf"] if builder == "html" else []
        assert sphinx_build([*command, *pdfs, str(tmp_path / "docs"), str(out)]) == 0
    book, latex = contents(tmp_path / "html"), contents(tmp_path / "cvlatex")
    ours = contents(made / "dist/html")
    assert ours.keys() - book.keys() == BOTH | DOCUMENTS
    assert [name for name in book if book[name] != ours[name]] == []
    for name, data in latex.items():
        assert (made / "build/latex" / name).read_bytes() == data
    for name in ("cv", "talks"):
        run = LuaLatex(tmp_path / "cvlatex" / f"{name}.tex", tmp_path / f"{name}.pdf", 1700000000)
        run.typeset()
        run.wait()
        assert (tmp_path / f"{name}.pdf").read_bytes() == (made / "dist" / f"{name}.pdf").read_bytes()


def contents(folder: Path) -> dict[str, bytes]:
    """Return the content of each product, by its name, without the records of Sphinx and of the products' times."""
    records = {".buildinfo", ".cvtools.json"}
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in records)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_warning_of_an_unchanged_page_is_repeated(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(fresh, {"docs/talks/2014.md": "# A talk\n:event: E\n:date: 2014\n:plaec: Here\n"})
    for text in (None, None, "\nMore words.\n"):
        if text:
            change(fresh / "docs/index.md", text)
        said(capsys)
        assert build(fresh, pdf=False)
        assert [line for line in said(capsys) if "plaec" in line] == [
            'docs/talks/2014.md:4: WARNING: unknown field "plaec" in a talk: did you mean "place"? [cv.field]'
        ]
    assert not build(fresh, pdf=False, strict=True)


def test_change_of_one_page_leaves_the_other_pdf_unchanged(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = built / "docs/index.md"
    page.write_text(page.read_text("utf-8") + "\nMore words.\n", "utf-8")
    said(capsys)
    assert build(built)
    # PDFs are reported in the order in which they are finished.
    cv, _, talks = sorted(said(capsys))
    assert re.fullmatch(r"dist/cv\.pdf: 1 page, \d+ kB", cv)
    assert talks.endswith(", unchanged")
    assert "More words." in PdfReader(built / "dist/html/cv.pdf").pages[0].extract_text()


def test_embedded_data_follows_the_talks(built: Path) -> None:
    talk = built / "docs/talks/2014.md"
    talk.write_text(talk.read_text("utf-8") + "\nMore words.\n", "utf-8")
    assert build(built)
    (data,) = PdfReader(built / "dist/cv.pdf").attachments["resume.json"]
    assert b"More words." in data


@pytest.mark.usefixtures("_no_tex")
def test_documents_are_those_that_the_configuration_names(fresh: Path) -> None:
    conf = fresh / "conf.py"
    assert build(fresh, pdf=False)
    conf.write_text(conf.read_text("utf-8") + 'cv_formats = ["md"]\n', "utf-8")
    assert build(fresh, pdf=False)
    for folder in (fresh / "dist", fresh / "dist/html"):
        assert {path.name for path in folder.glob("cv.*")} & DOCUMENTS == {"cv.md"}
    assert not (fresh / "dist/html/llms.txt").exists()


@pytest.mark.usefixtures("_no_tex")
@pytest.mark.parametrize(
    ("change", "written"),
    [
        (("docs/talks/2014.md", "An abstract.", "Another abstract."), set()),
        (("docs/talks/2014.md", "# A talk", "# Another talk"), DOCUMENTS),
        (("docs/talks/2014.md", ":event: E", ":event: E {show=pdf}"), DOCUMENTS),
        (("docs/index.md", "Developer", "Engineer"), DOCUMENTS),
        (("conf.py", "2024-06", "2024-07"), DOCUMENTS),
    ],
)
def test_documents_are_written_if_what_they_show_has_changed(
    fresh: Path, tmp_path: Path, change: tuple[str, str, str], written: set[str]
) -> None:
    assert build(fresh, pdf=False)
    times = {name: (fresh / "dist" / name).stat().st_mtime_ns for name in DOCUMENTS}
    name, old, new = change
    (fresh / name).write_text(PAGES[name].replace(old, new), "utf-8")
    assert build(fresh, pdf=False)
    assert {name for name, time in times.items() if (fresh / "dist" / name).stat().st_mtime_ns != time} == written
    cold = write(tmp_path / "cold", {name: (fresh / name).read_text("utf-8") for name in PAGES})
    assert build(cold, pdf=False)
    assert all((fresh / "dist" / name).read_bytes() == (cold / "dist" / name).read_bytes() for name in DOCUMENTS)


def test_html_build_offers_the_pdfs_of_an_earlier_build(built: Path) -> None:
    shutil.rmtree(built / "dist/html")
    assert build(built, pdf=False)
    assert pdfs(built / "dist/html") == BOTH
    assert offers_a_pdf(built)
    (built / "dist/cv.pdf").unlink()
    assert build(built, pdf=False)
    assert pdfs(built / "dist") == BOTH


@pytest.mark.usefixtures("_no_tex")
@pytest.mark.parametrize("pdf", [False, True])
def test_build_without_tex_makes_the_book(fresh: Path, capsys: pytest.CaptureFixture[str], pdf: bool) -> None:
    write(fresh, {"conf.py": BOOK})
    assert build(fresh, pdf=pdf) is not pdf
    book, *complaints = said(capsys)
    complaint = "cvtools: the PDFs need LuaLaTeX, which is not installed: sudo apt-get install "
    assert [line.startswith(complaint) for line in complaints] == [True] * pdf
    assert book == "dist/html: 2 pages written"
    assert not offers_a_pdf(fresh)
    assert {path.name for path in (fresh / "dist").iterdir()} - {".cvtools.json"} == {"html", "resume.json", *DOCUMENTS}


def test_pdf_build_makes_no_book(fresh: Path) -> None:
    assert build(fresh, html=False)
    assert pdfs(fresh / "dist") == BOTH
    assert not (fresh / "dist/html").exists()


#: Fails as TeX does, and leaves a part of a PDF.
FAILING = 'for tex; do :; done; cd "${tex%.tex}.output"; echo "! Odd." > cv.log; echo x > cv.pdf; exit 1'


@pytest.mark.parametrize("has_tex", [True, False])
def test_failure_of_tex_removes_the_pdf_of_earlier_pages(
    built: Path, has_tex: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if has_tex:
        fake_tex(built.parent, FAILING, monkeypatch)
    else:
        monkeypatch.setenv("PATH", "")
    change(built / "docs/index.md", "\nMore words.\n")
    assert not build(built)
    reason = "cv.pdf could not be made: TeX says: Odd." if has_tex else "the PDFs need LuaLaTeX, which is not installed"
    lines = said(capsys)
    assert any(line.startswith(f"cvtools: {reason}") for line in lines)
    removed = "dist/cv.pdf: note: removed, since an earlier build made it from other pages, options or dates [skipped]"
    assert removed in lines
    # The PDF of the talks is still that of their pages.
    assert pdfs(built / "dist") == pdfs(built / "dist/html") == {"talks.pdf"}
    assert not offers_a_pdf(built)
    assert leftovers(built) == []


def test_failure_of_tex_leaves_no_link_to_a_missing_pdf(
    fresh: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_tex(fresh.parent, "exit 1", monkeypatch)
    write(fresh, {"conf.py": BOOK})
    assert not build(fresh)
    assert sum(" could not be made: " in line for line in said(capsys)) == 2
    assert not offers_a_pdf(fresh)
    assert not offers_a_pdf(fresh, "talks/2014.html")


FAULT = f"""{CONF}
import pathlib, time

def fail(app, *arguments):
    end = time.monotonic() + 20
    while len(list(pathlib.Path(app.confdir).glob("build/latex/*/process"))) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    raise KeyboardInterrupt

def setup(app):
    app.connect("html-page-context", fail)
"""


def test_failing_build_stops_tex(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # It waits for its document, and writes its number where alone it may.
    tells = (
        'for option; do case $option in -output-directory=*) echo $$ > "${option#*=}/process";; esac; done; read line'
    )
    fake_tex(fresh.parent, tells, monkeypatch)
    write(fresh, {"conf.py": FAULT})
    with pytest.raises(KeyboardInterrupt):
        build(fresh)
    started = [int(path.read_text()) for path in fresh.glob("build/latex/*/process")]
    assert len(started) == 2
    for process in started:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


MALFORMED = "# Ada\n\n## Work\n:period: 2012\n:perod: 2013\n"
WARNING = 'docs/index.md:5: WARNING: unknown field "perod" in a position: did you mean "period"? [cv.field]'


@pytest.mark.usefixtures("_no_tex")
def test_warning_is_given_once_a_build_and_fails_each_strict_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its path is relative to the working directory."""
    write(tmp_path, {"conf.py": CONF, "docs/index.md": MALFORMED})
    monkeypatch.chdir(tmp_path)
    assert build(tmp_path, pdf=False)
    assert said(capsys) == [WARNING, "dist/html: 1 page written"]
    monkeypatch.chdir(tmp_path / "docs")
    assert build(tmp_path, pdf=False)
    assert said(capsys) == [WARNING.removeprefix("docs/"), "../dist: unchanged"]
    monkeypatch.chdir(tmp_path)
    for pdf in (False, False, True):
        assert not build(tmp_path, pdf=pdf, strict=True)
        assert said(capsys).count(WARNING) == 1


def test_full_disk_raises_and_publishes_nothing(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sphinx itself only warns about a page that it cannot write."""
    assert build(fresh, pdf=False)
    before = contents(fresh / "dist")
    page = fresh / "build/dist/html/index.html"
    page.unlink()
    page.symlink_to("/dev/full")
    change(fresh / "docs/index.md", "\nMore words.\n")
    said(capsys)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)) as caught:
        build(fresh, pdf=False)
    assert caught.value.errno == errno.ENOSPC
    assert said(capsys) == []
    assert contents(fresh / "dist") == before
    assert build(fresh, pdf=False)
    assert "More words." in (fresh / "dist/html/index.html").read_text("utf-8")


def test_interrupted_build_is_completed_by_the_next(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(self: Sphinx, *arguments: Any, **options: Any) -> None:
        (fresh / "build/dist/html/index.html").write_text("<html>")
        raise KeyboardInterrupt

    write(fresh, {"conf.py": BOOK})
    with monkeypatch.context() as patch:
        patch.setattr(Sphinx, "build", interrupt)
        with pytest.raises(KeyboardInterrupt):
            build(fresh, pdf=False)
    assert contents(fresh / "dist") == {}
    assert build(fresh, pdf=False)
    assert offers_a_pdf(fresh) is False
    assert (fresh / "dist/html/index.html").read_text("utf-8").endswith("</html>")


@pytest.mark.usefixtures("_no_tex")
def test_disk_that_is_full_when_products_are_published_keeps_the_old_ones(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(built / "dist")

    def fail(source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    change(built / "docs/index.md", "\nMore words.\n")
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copy2", fail)
        with pytest.raises(OSError, match="No space"):
            build(built, pdf=False)
    assert contents(built / "dist") == before
    assert leftovers(built) == []
    assert build(built, pdf=False)
    assert "More words." in (built / "dist/cv.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("def (", 'conf.py:5: Python cannot read this line: write name = "value"'),
        ("cv_font = pagella", 'conf.py:5: nothing is called pagella: write "pagella" if you mean these words'),
        ("cv_hide_education_dates = true", "conf.py:5: nothing is called true: write it with a capital letter"),
        ('cv_paper: "a4"', "conf.py:5: cv_paper has a colon: write cv_paper = …"),
        ('cv_editions = {"full": {}, "short" {}}', 'conf.py:5: a colon is missing: write {"name": "value"}'),
        (" x = 1", "conf.py:5: spaces begin the line: delete them"),
        ("x = “1”", 'conf.py:5: “ is not a quotation mark of Python: write "'),
        (
            'cv_editions = {\n    "full": {},\n    "short": {"max_pages": "two"},\n}',
            "conf.py:7: cv_editions: max_pages of 'short' must be a number of pages, 0 for any, not 'two'",
        ),
        ('html_theme = "nix-theme"', 'conf.py:5: html_theme "nix-theme" is not installed: delete that line'),
        (
            'extensions = "cvtools"',
            "conf.py:5: extensions must be a list of names, such as [\"cvtools\"], not 'cvtools'",
        ),
        ("extensions += [3]", 'conf.py:3: extensions must be a list of names, such as ["cvtools"], not ['),
        ("source_suffix = 3", "conf.py:5: The config value `source_suffix' expects a dictionary"),
        ("exclude_patterns = [1]", 'conf.py:5: exclude_patterns must be a list of text, such as ["name"], not [1]'),
        ('pygments_style = "nix"', 'conf.py:5: pygments_style "nix" is not installed: delete that line'),
        ('html_css_files = "x.css"', "conf.py:5: html_css_files must be a list, such as [\"name\"], not 'x.css'"),
        ("copyright = 5", "conf.py:5: copyright must be text in quotation marks, not 5"),
        ('cv_modified = "2024-13-01T00:00:00"', "conf.py:5: cv_modified must be a time, such as 2024-03-14T12:00:00"),
        ('cv_sections = ["A", "A"]', "conf.py:5: cv_sections has 'A' twice: delete one"),
        ("x = 1\n1 / 0", "conf.py:6: ZeroDivisionError: division by zero"),
        (
            "import nothing_of_the_kind",
            "conf.py:5: there is no module nothing_of_the_kind: install it, or delete this line",
        ),
        ("raise ValueError('two\\nlines')", "conf.py:5: ValueError: two lines"),
        ("cv_font_size = 9", "conf.py:5: cv_font_size must be 10, 11 or 12, not 9"),
        (
            'exclude_patterns = ["i*"]',
            "conf.py:5: exclude_patterns or include_patterns leaves out docs/index.md, the CV's page: correct them",
        ),
        ("import sys; sys.exit()", "conf.py: it ends the command by sys.exit(): delete that call"),
        ("def setup(app): raise SystemExit", "conf.py: it ends the command by sys.exit(): delete that call"),
        (
            'extensions += ["nix"]',
            'conf.py:3: extensions has "nix", which is not installed: install it, or delete the name',
        ),
        (
            "html_context = {}\nhtml_context[1] = html_context",
            "conf.py:5: html_context is nested too deeply: use fewer",
        ),
    ],
)
def test_fault_in_conf_py_is_one_line_with_its_location(
    fresh: Path, more: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(fresh, {"conf.py": BOOK + more + "\n"})
    assert not build(fresh, pdf=False)
    assert [line[: len(problem) + 9] for line in said(capsys)] == [f"cvtools: {problem}"]


def test_failed_build_tells_that_products_are_of_an_earlier_one(
    fresh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(fresh, pdf=False)
    before = contents(fresh / "dist")
    change(fresh / "conf.py", "cv_font_size = 9\n")
    said(capsys)
    assert not build(fresh, pdf=False)
    assert said(capsys)[1:] == ["dist: note: still that of an earlier build, since this one failed [skipped]"]
    assert contents(fresh / "dist") == before


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le"])
def test_conf_py_in_another_encoding_is_reported(
    fresh: Path, encoding: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (fresh / "conf.py").write_text(f'{BOOK}author = "é"\n', encoding)
    assert not build(fresh, pdf=False)
    (line,) = said(capsys)
    assert re.fullmatch(r"cvtools: conf\.py(:5)?: this is not UTF-8: save the file as UTF-8", line)


@pytest.mark.parametrize("value", ["myst_enable_extensions = ['nix']", "myst_heading_anchors = 'x'"])
def test_invalid_option_of_the_parser_is_reported(fresh: Path, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(fresh, {"conf.py": f"{BOOK}{value}\n"})
    assert not build(fresh, pdf=False)
    name = value.partition(" ")[0]
    assert said(capsys)[-1] == f"cvtools: conf.py:5: {name} is invalid, as reported above: correct the value"


@pytest.mark.parametrize(
    ("conf", "line"), [("", ""), *((f'\nextensions = ["{name}"]\n', ":2") for name in ("cvtool", "myst_parser"))]
)
@pytest.mark.parametrize("html", [False, True])
def test_conf_py_without_cvtools_is_reported(
    fresh: Path, conf: str, line: str, html: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    write(fresh, {"conf.py": conf})
    assert not build(fresh, html=html, pdf=not html)
    told = said(capsys)
    assert told[-1] == f'cvtools: conf.py{line}: extensions must load cvtools: write extensions = ["cvtools"]'
    assert not any("override" in message for message in told)


@pytest.mark.parametrize("missing", ["conf.py", "docs"])
def test_folder_that_is_no_project_is_refused(tmp_path: Path, missing: str) -> None:
    (tmp_path / "conf.py").touch()
    (tmp_path / "docs").mkdir()
    (tmp_path / missing).rename(tmp_path / "other")
    with pytest.raises(ProjectError, match=f"has no {re.escape(missing)}: name a folder with conf.py and docs/"):
        build(tmp_path)
    assert not (tmp_path / "dist").exists()


@pytest.mark.parametrize("name", ["index", "cv"])
def test_missing_root_page_is_reported(fresh: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    write(fresh, {"conf.py": f'{CONF}root_doc = "{name}"\n'})
    (fresh / "docs/index.md").rename(fresh / "docs/other.md")
    assert not build(fresh, pdf=False)
    assert said(capsys)[-1] == f"cvtools: docs/{name}.md: this is the CV's page, and it is missing: write it"


def test_removed_page_leaves_no_files_in_the_book(project: Project) -> None:
    project.write({"index.md": "# Ada\n:headline: Developer\n\n```{talks}\n```\n"})
    talk = "# {}\n:event: Conf\n:date: 2024\n\nWords.\n"
    picture = "\n![A picture]({0}.png) and [a file]({0}.txt)\n"
    for name in ("one", "two"):
        project.write({f"talks/{name}.md": talk.format(name) + picture.format(name), f"talks/{name}.txt": name})
        (project.docs / "talks" / f"{name}.png").write_bytes(png(2, 2))
    assert build(project.folder, pdf=False, strict=True)
    book = project.folder / "dist" / "html"
    assert {path.suffix for path in book.rglob("one.*")} == {".html", ".png", ".txt"}
    for file in (project.docs / "talks").glob("one.*"):
        file.unlink()
    assert build(project.folder, pdf=False, strict=True)
    assert list(book.rglob("one.*")) == []
    assert {path.suffix for path in book.rglob("two.*")} == {".html", ".png", ".txt"}
    assert (book / "search.html").exists()


def test_pictures_of_one_name_are_numbered_as_in_a_new_build(project: Project, tmp_path: Path) -> None:
    project.write({"index.md": "# Ada\n:headline: Developer\n\n```{talks}\n```\n"})
    # The page that comes first is read last.
    for number, name in enumerate(("two", "one")):
        (project.docs / name).mkdir()
        (project.docs / name / "a.png").write_bytes(png(2, 2 + number))
        project.write({f"talks/{name}.md": f"# Talk\n:event: Conf\n:date: 2024\n\n![A picture](/{name}/a.png)\n"})
        assert build(project.folder, pdf=False, strict=True)
    again = shutil.copytree(project.folder, tmp_path / "again", ignore=shutil.ignore_patterns("build", "dist"))
    assert build(again, pdf=False, strict=True)
    assert contents(project.folder / "dist") == contents(again / "dist")


@pytest.mark.usefixtures("_no_tex")
def test_link_to_a_page_that_is_removed_reads_as_in_a_new_build(fresh: Path, tmp_path: Path) -> None:
    write(fresh, {"docs/talks/2015.md": "# Another talk\n:event: E\n\nAfter [](2014.md).\n"})
    assert build(fresh, pdf=False)
    (fresh / "docs/talks/2014.md").unlink()
    assert build(fresh, pdf=False)
    again = shutil.copytree(fresh, tmp_path / "again", ignore=shutil.ignore_patterns("build", "dist"))
    assert build(again, pdf=False)
    assert contents(fresh / "dist") == contents(again / "dist")


def test_generated_pages_stay_in_the_book(fresh: Path) -> None:
    write(fresh, {
        "conf.py": f'{CONF}html_extra_path = ["extra"]\nhtml_additional_pages = {{"404": "404.html"}}\n'
        'templates_path = ["templates"]\n',
        "extra/key.html": "<p>Key</p>",
        "templates/404.html": "<p>Lost</p>",
    })  # fmt: skip
    for _ in range(2):
        change(fresh / "docs/index.md")
        assert build(fresh, pdf=False)
        pages = {path.name for path in (fresh / "dist/html").glob("*.html")}
        assert pages == {"index.html", "search.html", "key.html", "404.html"}


@pytest.mark.usefixtures("_no_tex")
def test_removed_talks_leave_no_products_and_foreign_files_stay(built: Path) -> None:
    mine = [
        "dist/mine.pdf",
        "dist/html/mine.html",
        "dist/html/talks/mine.html",
        "dist/html/_images/mine.png",
        "dist/html/_downloads/mine/mine.txt",
        "dist/html/mine.pdf",
    ]
    write(built, dict.fromkeys(mine, "mine"))
    (built / "docs/talks/2014.md").unlink()
    index = built / "docs/index.md"
    index.write_text(index.read_text("utf-8").partition("## Talks")[0], "utf-8")
    for _ in range(2):
        build(built)
        assert {name: (built / name).read_text("utf-8") for name in mine} == dict.fromkeys(mine, "mine")
        change(index)
    assert not (built / "dist/html/talks/2014.html").exists()
    assert pdfs(built / "dist") == {"mine.pdf"}
    assert pdfs(built / "dist/html") == {"mine.pdf"}


def test_foreign_pdf_in_dist_is_kept(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_tex(fresh.parent, "exit 1", monkeypatch)
    write(fresh, {"dist/talks.pdf": "mine", "docs/index.md": "# Ada\n\nWords.\n"})
    (fresh / "docs/talks/2014.md").unlink()
    build(fresh)
    assert (fresh / "dist/talks.pdf").read_text("utf-8") == "mine"


def test_page_removed_before_a_failing_build_is_removed_by_the_next(fresh: Path) -> None:
    assert build(fresh, pdf=False)
    (fresh / "docs/talks/2014.md").unlink()
    write(fresh, {"conf.py": CONF + "1 / 0\n"})
    assert not build(fresh, pdf=False)
    write(fresh, {"conf.py": CONF})
    assert build(fresh, pdf=False)
    assert not (fresh / "dist/html/talks/2014.html").exists()


def test_source_of_a_removed_page_is_removed(fresh: Path) -> None:
    write(fresh, {"conf.py": f"{CONF}html_copy_source = True\n"})
    for names in {"2014.md.txt"}, set():
        assert build(fresh, pdf=False)
        assert {path.name for path in (fresh / "dist/html/_sources/talks").glob("*")} == names
        assert (fresh / "dist/html/_sources/index.md.txt").exists()
        (fresh / "docs/talks/2014.md").unlink(missing_ok=True)


#: Settings that end a build when the website has been written.
KILLED = f"{CONF}import os\ndef setup(app):\n    app.connect('build-finished', lambda *_: os._exit(9))\n"
#: Damage to a file by a full disk, a machine that is switched off, or another program.
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "half": lambda data: data[: len(data) // 2],
    "garbage": lambda data: bytes(reversed(data)),
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """Return a project whose book was built, and its products."""
    folder = write(tmp_path_factory.mktemp("book"))
    assert build(folder, pdf=False)
    return folder, contents(folder / "dist")


@pytest.mark.usefixtures("_no_tex")
@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("build/state.json", "garbage"),
        *product(["build/doctrees/environment.pickle"], DAMAGES),
        *product(["build/doctrees/index.doctree"], ["half", "garbage"]),
        ("build/doctrees/talks/2014.doctree", "half"),
        # Products are told by their content, whatever it is.
        *product(["dist/html/searchindex.js", "dist/cv.txt"], ["half"]),
    ],
)
def test_damaged_cache_is_repaired(
    book: tuple[Path, dict[str, bytes]],
    name: str,
    damage: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, products = book
    monkeypatch.chdir(folder)
    (folder / name).write_bytes(DAMAGES[damage]((folder / name).read_bytes()))
    change(folder / "docs/index.md", "\n% A comment\n")
    assert build(folder, pdf=False)
    lines = said(capsys)
    assert [line for line in lines if not line.startswith("dist/html: ")] in (
        [],
        ["cvtools: building from scratch, since what earlier builds left may be damaged"],
    )
    assert contents(folder / "dist") == products


@pytest.mark.usefixtures("_no_tex")
def test_unexpected_error_is_reported_if_a_build_from_scratch_has_it_too(
    fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(fresh, pdf=False)
    said(capsys)
    fault = 'def setup(app):\n    app.connect("build-finished", lambda *arguments: 1 / 0)\n'
    (tmp_path / "faulty_once_more.py").write_text(fault)
    monkeypatch.syspath_prepend(tmp_path)
    write(fresh, {"conf.py": f'{CONF}extensions.append("faulty_once_more")\n'})
    for expected in (["cvtools: building from scratch, since what earlier builds left may be damaged"], []):
        with pytest.raises(ZeroDivisionError):
            build(fresh, pdf=False)
        assert said(capsys) == expected


def test_damaged_latex_is_repaired(built: Path) -> None:
    before = contents(built / "dist")
    for path in (built / "build/latex").iterdir():
        if path.is_file() and path.suffix != ".pdf":
            path.write_bytes(DAMAGES["half"](path.read_bytes()))
    change(built / "docs/index.md", "\n% A comment\n")
    assert build(built)
    assert contents(built / "dist") == before


def test_folder_in_the_place_of_a_file_is_replaced(built: Path) -> None:
    before = contents(built / "dist")
    for name in ("doctrees/index.doctree", "latex/cv.tex"):
        (built / "build" / name).unlink()
        (built / "build" / name).mkdir()
    change(built / "docs/index.md", "\n% A comment\n")
    assert build(built)
    assert contents(built / "dist") == before


def test_second_build_of_a_project_waits_for_the_first(fresh: Path) -> None:
    conf = CONF + (
        "import pathlib, time\n"
        "def setup(app):\n"
        "    pathlib.Path('begun').touch()\n"
        "    while not pathlib.Path('go').exists():\n"
        "        time.sleep(0.05)\n"
    )
    write(fresh, {"conf.py": conf})
    script = f"from cvtools.build import build; import pathlib; build(pathlib.Path({str(fresh)!r}), pdf=False)"
    processes: list[subprocess.Popen[str]] = []
    for _ in range(2):
        processes.append(subprocess.Popen([sys.executable, "-c", script], cwd=fresh, stderr=subprocess.PIPE, text=True))
        while not (fresh / "begun").exists():
            assert processes[0].poll() is None
            time.sleep(0.05)
    first, second = processes
    assert second.stderr
    assert second.stderr.readline() == f"cvtools: another build of {fresh} is under way: waiting for its end\n"
    (fresh / "go").touch()
    assert first.communicate(timeout=60)[1] == "dist/html: 2 pages written\n"
    # What the first read has changed since: "go" is there.
    assert second.communicate(timeout=60)[1].startswith("dist")
    assert (fresh / "dist/html/index.html").read_text("utf-8").endswith("</html>")


@pytest.mark.parametrize(("name", "what"), [("talks", "folder"), ("index.html", "file")])
def test_what_is_in_the_way_is_named_until_it_is_moved(
    name: str, what: str, fresh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = fresh / "dist/html" / name
    write(fresh, {f"dist/html/{name}": "mine"} if what == "folder" else {f"dist/html/{name}/mine": "mine"})
    for _ in range(2):
        assert main(["build", "--html"]) == 1
        assert said(capsys)[-1] == f"cvtools: {path}: move this away, since a {what} has to be there"
    path.rename(fresh / "mine")
    assert main(["build", "--html"]) == 0
    assert (fresh / "dist/html/talks/2014.html").exists()
    assert leftovers(fresh) == []


@pytest.mark.parametrize("page", ["![A picture]({}.png)", "[A file]({}.txt)"])
def test_file_whose_name_is_too_long_to_be_published_is_told(
    page: str, fresh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "a" * 247
    (fresh / f"docs/{name}.png").write_bytes(png(2, 2))
    write(fresh, {f"docs/{name}.txt": "words", "docs/index.md": f"# Ada\n\n{page.format(name)}\n"})
    assert build(fresh, pdf=False)
    assert any(line.endswith("shorten its name [cv.guard]") for line in said(capsys))


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_build_that_is_killed_publishes_nothing(fresh: Path) -> None:
    write(fresh, {"conf.py": KILLED, "dist/html/mine.html": "mine"})
    assert in_a_process(build, fresh, pdf=False) == 9
    assert contents(fresh / "dist") == {"html/mine.html": b"mine"}


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_page_that_a_killed_build_published_goes_when_it_is_deleted(fresh: Path) -> None:
    write(fresh, {"docs/talks/draft.md": "# SECRET\n:event: E\n", "dist/html/mine.html": "mine"})
    assert in_a_process(publish_until, "draft.html", fresh) == 9
    assert (fresh / "dist/html/talks/draft.html").exists()
    shutil.rmtree(fresh / "build")
    (fresh / "docs/talks/draft.md").unlink()
    assert build(fresh, pdf=False)
    assert not (fresh / "dist/html/talks/draft.html").exists()
    assert (fresh / "dist/html/mine.html").exists()


def publish_until(name: str, project: Path) -> None:
    """Build a book, and end when a file with this name has been published."""
    copy = shutil.copy2

    def copy_and_end(source: Path, target: Path) -> None:
        copy(source, target)
        if source.name == name:
            target.replace(target.with_name(name))
            os._exit(9)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "copy2", copy_and_end)
        build(project, pdf=False)


@pytest.mark.usefixtures("_no_tex")
@pytest.mark.parametrize("conf", [f'{CONF}cv_editions = {{"a": {{}}, "b": {{}}, "c": {{}}}}\n', "def broken("])
def test_files_stay_where_an_edition_is_added_or_conf_py_is_broken(conf: str, fresh: Path) -> None:
    write(fresh, {"conf.py": f'{CONF}cv_editions = {{"a": {{}}, "b": {{}}}}\n'})
    assert build(fresh, pdf=False)
    write(fresh, {"dist/cv.pdf": "made by hand"})
    before = {path for path in (fresh / "dist").rglob("*") if path.is_file()}
    write(fresh, {"conf.py": conf})
    assert build(fresh, pdf=False) is (conf != "def broken(")
    assert before <= {path for path in (fresh / "dist").rglob("*") if path.is_file()}


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_editions_are_published_if_all_were_made(fresh: Path) -> None:
    write(fresh, {"conf.py": EDITIONS % "short"})
    assert build(fresh, pdf=False)
    before = contents(fresh / "dist")
    stopped = (
        "import os\ndef setup(app):\n    app.connect('build-finished', lambda *_: end(app.config.cv_variant))\n"
        "def end(variant):\n    if variant == 'short':\n        os._exit(9)\n"
    )
    write(fresh, {"conf.py": EDITIONS % "short" + stopped, "docs/index.md": "# Ada\n\nMore words.\n"})
    assert not build(fresh, pdf=False)
    assert contents(fresh / "dist") == before


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_edition_that_was_not_begun_is_not_published(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(fresh, {"conf.py": EDITIONS % "short"})
    assert build(fresh, pdf=False)
    shutil.rmtree(fresh / "dist")
    write(fresh, {"docs/index.md": "# Ada\n\nMore words.\n"})
    monkeypatch.setattr("cvtools.watchdog.cpu_limit", lambda *_: -1.0)
    assert not build(fresh, pdf=False)
    assert contents(fresh / "dist") == {}


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_page_that_was_being_completed_is_no_product(fresh: Path) -> None:
    write(fresh, {"conf.py": EDITIONS % "short"})
    assert build(fresh, pdf=False)
    write(fresh, {"build/short/dist/html/.index.html.new": "Words of a build that was killed"})
    (fresh / "build/state.json").unlink()
    assert build(fresh, pdf=False)
    assert leftovers(fresh) == []


@pytest.mark.parametrize("drafts", [(True, False), (False, True)])
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_draft_and_book_are_written_anew_after_each_other(drafts: tuple[bool, bool], fresh: Path) -> None:
    write(fresh, {"conf.py": f'{BOOK}cv_editions = {{"full": {{}}, "short": {{}}}}\n'})
    for draft in drafts:
        assert build(fresh, pdf=False, draft=draft)
        # Only the website leads to other editions.
        assert ("short/index.html" in (fresh / "dist/html/index.html").read_text("utf-8")) is not draft


def in_a_process(do: Callable[..., object], *arguments: object, **options: object) -> int | None:
    """Call a function in a process of its own, which has imported all; return its exit code."""
    process = multiprocessing.get_context("fork").Process(target=do, args=arguments, kwargs=options)
    process.start()
    process.join()
    return process.exitcode


@pytest.mark.parametrize("command", ["editions", "translate", "match job.txt"])
def test_command_that_reads_pages_waits_for_a_build(project: Project, command: str) -> None:
    (project.write({"index.md": "# Ada\n:headline: x\n"}).folder / "job.txt").write_text("Python.\n")
    hold = "from cvtools.files import locked; import pathlib\nwith locked(pathlib.Path('build'), ''): print(); input()"
    run = "import sys; from cvtools.cli import main; main(sys.argv[1:])"
    pipes: Any = {"cwd": project.folder, "text": True, "stdin": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE, **pipes) as build:
        assert build.stdout
        build.stdout.readline()
        with subprocess.Popen([sys.executable, "-c", run, *command.split()], stderr=subprocess.PIPE, **pipes) as second:
            assert second.stderr
            said = f"cvtools: another build of {project.folder} is under way: waiting for its end\n"
            assert second.stderr.readline() == said
            build.communicate("\n")
            second.communicate()


def test_empty_page_is_reported(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert not build(project.write({"index.md": ""}).folder, html=False)
    assert "cv.pdf could not be made: there is nothing to set: write something into its page" in capsys.readouterr().err


@pytest.mark.usefixtures("_no_tex")
def test_pdf_build_removes_the_book_of_a_build_that_failed(fresh: Path) -> None:
    shutil.rmtree(fresh / "docs/talks")
    write(fresh, {"docs/index.md": "# Ada\n:emial: a@b.example\n"})
    assert not build(fresh, pdf=False, strict=True)
    assert (fresh / "dist/html/index.html").exists()
    build(fresh, html=False)
    assert not (fresh / "dist/html").exists()


@pytest.mark.usefixtures("_no_tex")
def test_html_build_removes_pdfs_of_other_pages(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(built, {"docs/index.md": "# Ada\n\nOther words.\n", "dist/html/letters/mine.pdf": "mine"})
    rule = "removed, since an earlier build made it from other pages, options or dates: build without --html [skipped]"
    for _ in range(2):
        said(capsys)
        assert build(built, pdf=False)
        notes = [line for line in said(capsys) if "note" in line]
        assert notes == [f"dist/{name}: note: {rule}" for name in ("cv.pdf", "talks.pdf")]
        assert pdfs(built / "dist") == pdfs(built / "dist/html") == set()
        assert not offers_a_pdf(built)
    assert pdfs(built / "dist/html/letters") == {"mine.pdf"}


def test_html_build_removes_the_draft_of_a_pdf(fresh: Path) -> None:
    shutil.rmtree(fresh / "docs/talks")
    assert build(fresh, draft=True)
    assert build(fresh, pdf=False)
    assert not (fresh / "dist/cv.pdf").exists()


@pytest.mark.usefixtures("_no_tex")
def test_files_that_conf_py_does_not_name_any_longer_go(fresh: Path) -> None:
    write(fresh, {"conf.py": f'{CONF}html_extra_path = ["extra"]\nhtml_static_path = ["static"]\n'})
    write(fresh, {"extra/a/old.txt": "old", "extra/kept.txt": "kept", "static/old.css": "", "static/kept.css": ""})
    assert build(fresh, pdf=False)
    for name in ("extra/a/old.txt", "static/old.css"):
        (fresh / name).unlink()
    assert build(fresh, pdf=False)
    found = contents(fresh / "dist/html")
    assert {"kept.txt", "_static/kept.css"} <= found.keys()
    assert not {"a/old.txt", "_static/old.css"} & found.keys()
    write(fresh, {"conf.py": CONF})
    assert build(fresh, pdf=False)
    assert not {"kept.txt", "_static/kept.css"} & contents(fresh / "dist/html").keys()


def test_pdf_build_removes_a_book_of_other_pages(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(fresh / "docs/talks")
    write(fresh, {"conf.py": EDITIONS % "short", "docs/index.md": "# Ada\n\nWords.\n"})
    assert build(fresh, pdf=False)
    write(fresh, {"docs/index.md": "# Ada\n\nOther words.\n", "dist/html/short/mine.html": "mine"})
    said(capsys)
    assert build(fresh, html=False, strict=True)
    rule = "removed, since an earlier build made it from other pages, options or dates: build without --pdf"
    assert f"dist/html/short: note: {rule} [skipped]" in said(capsys)
    assert contents(fresh / "dist/html") == {"short/mine.html": b"mine"}


EDITIONS = f'{CONF}html_baseurl = "https://ada.example"\ncv_editions = {{"full": {{}}, "%s": {{}}}}\n'
LETTER = "# SECRET\n:to: Corp\n:date: 2024-01-02\n:web: yes\n\nWords.\n"


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project of two editions, with a letter and a picture, that was built."""
    folder = write(tmp_path_factory.mktemp("earlier"), PAGES | {"conf.py": EDITIONS % "short"})
    write(folder, {"docs/index.md": PAGES["docs/index.md"] + "\n![](p.png)\n", "docs/letters/corp.md": LETTER})
    (folder / "docs/p.png").write_bytes(png(2, 2))
    assert build(folder)
    return folder


def test_pdf_build_offers_no_letter_that_is_not_for_the_web_any_longer(earlier: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(earlier, tmp_path / "copy")
    assert (folder / "dist/html/letters/corp.pdf").exists()
    write(folder, {"docs/letters/corp.md": LETTER.replace(":web: yes\n", "")})
    assert build(folder, pdf=False)
    assert build(folder, html=False)
    assert pdfs(folder / "dist/letters") == {"corp.pdf"}
    assert pdfs(folder / "dist/html/letters") == set()


@pytest.mark.usefixtures("_no_tex")
def test_pdf_build_tells_of_the_book_that_other_tools_made(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(fresh, pdf=False)
    monkeypatch.setattr("sys.version", "other")
    build(fresh, html=False)
    assert any(line.startswith("dist/html: note: removed, since an earlier") for line in said(capsys))


@pytest.mark.parametrize("editions", [CONF, EDITIONS % "other"])
def test_products_of_an_earlier_build_go_though_its_folder_build_is_missing(
    earlier: Path, tmp_path: Path, editions: str
) -> None:
    pages = {"conf.py": editions, "docs/index.md": "# Ada\n\nWords.\n"}
    fresh = write(tmp_path / "fresh", pages)
    assert build(fresh, pdf=False)
    expected = {str(path.relative_to(fresh)) for path in (fresh / "dist").rglob("*") if path.is_file()}
    expected |= {name.removesuffix("txt") + "pdf" for name in expected if re.search(r"/cv[^/]*[.]txt", name)}
    # Where all is as it was, but without the folder; and with it, but without the times of files, as some programs copy.
    for copy, is_gone in ((shutil.copy2, True), (shutil.copyfile, False)):
        folder = shutil.copytree(earlier, tmp_path / copy.__name__, copy_function=copy)
        shutil.rmtree(folder / "docs")
        if is_gone:
            shutil.rmtree(folder / "build")
        write(folder, pages | {"dist/html/CNAME": "ada.example", "dist/mine.pdf": "mine"})
        assert build(folder)
        left = {str(path.relative_to(folder)) for path in (folder / "dist").rglob("*") if path.is_file()}
        assert left == expected | {"dist/html/CNAME", "dist/mine.pdf"}
        assert (folder / "dist/html/CNAME").read_text("utf-8") == "ada.example"


@pytest.mark.usefixtures("_no_tex")
def test_products_of_a_failing_build_go_though_its_folder_build_is_missing(fresh: Path) -> None:
    write(fresh, {"docs/index.md": PAGES["docs/index.md"] + ":period: x\n\n{.only=x}\n"})
    assert not build(fresh, pdf=False, strict=True)
    assert (fresh / "dist/html/talks/2014.html").exists()
    shutil.rmtree(fresh / "build")
    shutil.rmtree(fresh / "docs/talks")
    write(fresh, {"docs/index.md": "# Ada\n\nWords.\n"})
    assert build(fresh, pdf=False, strict=True)
    assert not (fresh / "dist/html/talks/2014.html").exists()


@pytest.mark.usefixtures("_no_tex")
def test_stale_product_that_was_changed_is_told_until_it_is_deleted(
    fresh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(fresh, {"conf.py": EDITIONS % "short"})
    assert build(fresh, pdf=False)
    write(fresh, {"conf.py": CONF, "dist/cv-short.txt": "Other words"})
    for strict in (False, True):
        change(fresh / "docs/index.md", "\n% c\n")
        capsys.readouterr()
        assert build(fresh, pdf=False, strict=strict) is not strict
        rule = "dist/cv-short.txt: an earlier build made this, and it was changed since: delete it"
        assert any(rule in line for line in said(capsys))
    (fresh / "dist/cv-short.txt").unlink()
    change(fresh / "docs/index.md", "\n% c\n")
    assert build(fresh, pdf=False, strict=True)


REPEATING = {
    "conf.py": f"{CONF}myst_heading_anchors = 2\n",
    "docs/index.md": "# Ada\n\n## Work\n\n### Job\n:organization: x\n:period: 2010-01 – 2011-12\n:technologies: Kafka\n\n"
    "```{toctree}\nother\n```\n",
    "docs/other.md": "# Other\n\n(here)=\n## WORDS\n\nx\n\n```{figure} p.png\n:alt: x\n:name: shown\n\nWORDS\n```\n",
}


@pytest.mark.usefixtures("_no_tex")
@pytest.mark.parametrize(
    "link", ["[](other.md#words)", "[](#here)", "{ref}`here`", "[](#shown)", "```{technologies}\n```"]
)
def test_page_that_repeats_words_of_another_is_written_when_these_change(fresh: Path, link: str) -> None:
    (fresh / "docs/p.png").write_bytes(png(2, 2))
    shutil.rmtree(fresh / "docs/talks")
    index = REPEATING["docs/index.md"]
    is_list = "technologies" in link
    if is_list:
        write(fresh, REPEATING | {"docs/other.md": f"# Other\n\n{link}\n"})
        changed = {"docs/index.md": index.replace("2010", "2009").replace("Kafka", "Redis")}
    else:
        write(fresh, REPEATING | {"docs/index.md": f"{index}\nWords: {link}.\n"})
        changed = {
            "docs/other.md": REPEATING["docs/other.md"]
            .replace("WORDS\n", "Others\n")
            .replace("(here", "(words)=\n(here")
        }
    assert build(fresh, pdf=False)
    word = b"Kafka" if is_list else b"WORDS"
    assert word in (fresh / "dist/html/other.html").read_bytes()
    write(fresh, changed)
    assert build(fresh, pdf=False)
    assert [name for name, data in contents(fresh / "dist").items() if word in data] == []


@pytest.mark.usefixtures("_no_tex")
def test_sidebar_of_other_pages_has_the_titles_and_captions_of_now(fresh: Path) -> None:
    toctree = "# Ada\n\n```{toctree}\n:caption: Read WORDS\ntalks/2014\nMore WORDS <other>\n```\n"
    other = "# Other\n\n```{toctree}\nmore\n```\n"
    job = "# More\n\n## Work\n\n### Job\n:organization: WORDS\n:period: 2012 – 2013\n"
    write(fresh, {"conf.py": BOOK, "docs/index.md": toctree, "docs/other.md": other, "docs/more.md": job})
    assert build(fresh, pdf=False)
    assert "WORDS" in (fresh / "dist/html/other.html").read_text("utf-8")
    write(fresh, {"docs/index.md": toctree.replace(" WORDS", ""), "docs/more.md": job.replace("WORDS", "x {show=pdf}")})
    assert build(fresh, pdf=False)
    assert "WORDS" not in (fresh / "dist/html/other.html").read_text("utf-8")
    assert "WORDS" not in (fresh / "dist/html/index.html").read_text("utf-8")


@pytest.mark.usefixtures("_no_tex")
@pytest.mark.parametrize("name", ["docs/index.md", "docs/own.bib"])
@pytest.mark.parametrize("is_folder", [False, True])
def test_file_that_is_replaced_by_an_older_one_is_read(fresh: Path, name: str, is_folder: bool) -> None:
    page = "# Ada\n\nWORDS.\n\n```{publications} own.bib\n```\n"
    bib = "@book{a, title={WORDS}, author={B}, year=2020}\n"
    write(fresh, {"docs/index.md": page, "docs/own.bib": bib})
    shutil.rmtree(fresh / "docs/talks")
    other = shutil.copytree(fresh / "docs", fresh / "other")
    (other / Path(name).name).write_text((fresh / name).read_text("utf-8").replace("WORDS", "Others"), "utf-8")
    assert build(fresh, pdf=False)
    if is_folder:
        (fresh / "docs").rename(fresh / "former")
        other.rename(fresh / "docs")
    else:
        os.utime(other / Path(name).name, (1, 1))
        (other / Path(name).name).rename(fresh / name)
    assert build(fresh, pdf=False)
    assert (fresh / "dist/cv.txt").read_text("utf-8").count("WORDS") == 1


def test_html_build_offers_no_pdf_of_a_failed_build(built: Path) -> None:
    index = built / "docs/index.md"
    before = index.read_text("utf-8")
    index.write_text(before + "\nWORDS [](nowhere.md).\n", "utf-8")
    assert not build(built, strict=True)
    index.write_text(before, "utf-8")
    assert build(built, pdf=False)
    assert not offers_a_pdf(built)
    assert pdfs(built / "dist/html") == set()


@pytest.mark.usefixtures("_no_tex")
def test_catalogs_of_a_folder_that_is_exchanged_are_read(fresh: Path) -> None:
    catalog = 'msgid "Words."\nmsgstr "%s"\n'
    conf = f'{CONF}language = "en"\ncv_languages = ["en", "pl"]\n'
    name = "pl/LC_MESSAGES/index.po"
    write(fresh, {"conf.py": conf, "docs/index.md": "# Ada\n\nWords.\n", f"locales/{name}": catalog % "WORDS"})
    write(fresh, {f"other/{name}": catalog % "Inne"})
    assert build(fresh, pdf=False)
    assert "WORDS" in (fresh / "dist/html/pl/index.html").read_text("utf-8")
    (fresh / "locales").rename(fresh / "former")
    (fresh / "other").rename(fresh / "locales")
    assert build(fresh, pdf=False)
    assert "WORDS" not in (fresh / "dist/html/pl/index.html").read_text("utf-8")


@pytest.mark.usefixtures("_no_tex")
def test_what_code_in_conf_py_does_to_pages_is_done_again_when_it_changes(fresh: Path) -> None:
    conf = (
        CONF
        + """
def redact(app, docname, source):
    source[0] = source[0].replace("Architect", "WORD")

def setup(app):
    app.connect("source-read", redact)
"""
    )
    write(fresh, {"conf.py": conf})
    assert build(fresh, pdf=False)
    assert "WORD" in (fresh / "dist/cv.txt").read_text("utf-8")
    write(fresh, {"conf.py": conf.replace("WORD", "Other")})
    assert build(fresh, pdf=False)
    assert "WORD" not in (fresh / "dist/cv.txt").read_text("utf-8")
    assert "WORD" not in (fresh / "dist/html/index.html").read_text("utf-8")


PRUNED = """\
# Ada Example
:headline: Architect

## Work experience

### Senior Developer
:organization: Example Corp
:period: 2024-03 – present

- Took the ordering service from nightly batches to events.
- []{.only-full} Led the **falcon** migration of [all ships](https://example.org).
"""
#: Code in conf.py that gives words back to an edition that leaves them out.
RESTORING = """
from pathlib import Path

def restore(app, error):
    if app.config.cv_variant == "short" and app.builder.name == "html":
        page = Path(app.outdir, "index.html")
        page.write_text(page.read_text("utf-8") + "Led the falcon %s" % "migration of all ships.", "utf-8")

def setup(app):
    app.connect("build-finished", restore)
"""


def test_words_that_products_set_side_by_side_are_not_withheld(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left_out = "- []{.only-full} Best paper of the Journal of Software Things 2020 volume three.\n- Another award.\n"
    study = "### A Study\n:authors: Ada\n:venue: Journal of Software Things\n:volume: 3\n:date: 2020\n"
    page = f"# Ada\n\n## Awards\n\n{left_out}\n## Publications\n\n{study}"
    shutil.rmtree(fresh / "docs")
    write(fresh, {"conf.py": EDITIONS % "short", "docs/index.md": page})
    assert build(fresh), said(capsys)


def test_product_with_what_its_edition_leaves_out_is_removed(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(fresh / "docs")
    write(fresh, {"conf.py": EDITIONS % "short" + RESTORING, "docs/index.md": PRUNED})
    assert not build(fresh)
    (told,) = [line for line in said(capsys) if line.endswith("[left-out]")]
    assert told.startswith("cvtools: docs/index.md: dist/")
    assert 'would have "led the falcon migration of", which this edition leaves out: build again' in told
    files = [path for path in (fresh / "dist").rglob("*") if path.is_file()]
    assert (fresh / "dist/html/index.html") in files
    assert [path for path in files if "short" in str(path.relative_to(fresh))] == []
    write(fresh, {"conf.py": EDITIONS % "short"})
    assert build(fresh, strict=True)
    assert (fresh / "dist/cv-short.pdf").exists()
    assert "falcon" not in (fresh / "dist/html/short/index.html").read_text("utf-8")


@pytest.mark.usefixtures("_no_tex")
@pytest.mark.parametrize(
    "kept",
    [
        "- Led the **falcon migration** of all [ships](https://example.org).",
        "- [Led the falcon migration of all]{.only-short} ships.",
        "![Led the falcon migration of all ships](p.png)",
        "<!-- title -->",
        "<!-- announcement -->",
        "<!-- extra -->",
        "<!-- list -->",
        "Led the [](other.md).\n\n```{toctree}\nother\n```",
        "```{publications} refs.bib\n```",
    ],
)
def test_what_an_edition_has_in_another_form_is_not_withheld(fresh: Path, kept: str) -> None:
    (fresh / "docs/p.png").write_bytes(png(2, 2))
    bib = "@book{a, title = {Led the {falcon} migration of {all} ships}, author = {Ada Example}, year = 2020}\n"
    write(fresh, {"conf.py": EDITIONS % "short", "docs/index.md": f"{PRUNED}\n{kept}\n", "docs/refs.bib": bib})
    write(fresh, {"docs/other.md": "# falcon migration of all ships\n"})
    if kept == "<!-- list -->":
        items = "1. Build the whole large thing\n2. Ship the whole large thing\n"
        write(fresh, {"docs/index.md": f"{PRUNED}\n{items}\n## More\n:only: full\n\n```{{toctree}}\npost\n```\n"})
        write(fresh, {"docs/post.md": f"# Post\n\n{items}"})
    if kept == "<!-- extra -->":
        write(fresh, {"extra/a/b.html": "Led the falcon migration of all ships."})
        write(fresh, {"conf.py": EDITIONS % "short" + 'html_extra_path = ["extra"]\n'})
    if kept == "<!-- title -->":
        write(fresh, {"conf.py": EDITIONS % "short" + 'html_title = ("Led the falcon migration " "of all ships")\n'})
    if kept == "<!-- announcement -->":
        announcement = 'html_theme = "sphinx_book_theme"\nhtml_theme_options = {"announcement": "Led\\tthe <b>falcon</b> migration of all ships"}\n'
        write(fresh, {"conf.py": EDITIONS % "short" + announcement})
    shutil.rmtree(fresh / "docs/talks")
    assert build(fresh, pdf=False)
    assert (fresh / "dist/html/short/index.html").exists()


@pytest.mark.usefixtures("_no_tex")
@pytest.mark.parametrize(
    "orders",
    [
        ['{"a": {}, "b": {}}', '{"b": {}, "a": {}}'],
        ['{"a": {"file": "one"}, "b": {"file": "two"}}', '{"a": {"file": "two"}, "b": {"file": "one"}}'],
        ['{"a": {}, "b": {}}', '{"a": {}, "c": {"file": "cv-b"}}'],
        ['{"a": {}}', '{"dist": {}, "lock": {}, "state": {}}'],
    ],
)
def test_editions_that_are_reordered_or_renamed_have_the_files_of_a_new_build(
    orders: list[str], fresh: Path, tmp_path: Path
) -> None:
    for order in orders:
        write(fresh, {"conf.py": f"{CONF}cv_editions = {order}\n"})
        assert build(fresh, pdf=False, strict=True)
    expected = write(tmp_path / "expected", PAGES | {"conf.py": f"{CONF}cv_editions = {orders[1]}\n"})
    assert build(expected, pdf=False)
    for folder in (fresh, expected):
        (folder / "dist/.cvtools.json").unlink()
    first, second = (
        {str(path.relative_to(folder)): path.read_bytes() for path in (folder / "dist").rglob("*") if path.is_file()}
        for folder in (fresh, expected)
    )
    assert first == second
