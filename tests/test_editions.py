"""Editions: built at once from the same pages, each in its folder, linked to each other, and nothing of one in another."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from pypdf import PdfReader

from cvtools import config
from cvtools.build import build
from cvtools.build.sphinx_app import SphinxApps
from cvtools.checks.pdf_process import PdfProcess
from cvtools.cli import main
from cvtools.editions import editions, with_paths
from cvtools.expected_pdf import expected_of
from cvtools.preview import server
from cvtools.preview.builder import PreviewBuilder

CONF = """
project = "CV"
author = "Ada"
extensions = ["cvtools"]
cv_today = "2024-06"
html_baseurl = "https://cv.example"
cv_editions = {
    "full": {"max_pages": 5},
    "short": {"max_pages": 2, "sections": ["Skills", "Work"], "title": {"en": "2 pages", "pl": "2 strony"}},
}
cv_languages = ["en", "pl"]


def setup(app):
    def write_down(app, docname, source):
        with open("../read.log", "a") as log:
            log.write(f"{app.config.cv_variant} {app.config.language} {docname}\\n")

    app.connect("source-read", write_down)
"""
PAGES = {
    "conf.py": CONF,
    "docs/index.md": """# Ada Example

## Work

### Developer
:period: 2012-03 – 2014-04

- [Fullword]{.only-full} and a kept one.
- []{.only-not-full} Shortword.

## Skills
:kind: skills

- Python

## Hobbies

Fullhobby.

## Talks
:only: full

```{talks}
```
""",
    "docs/talks/2014.md": "# A Fulltalk\n:event: E\n:date: 2014\n\nAn abstract.\n",
    "docs/notes.md": "---\norphan: true\n---\n# Notes\n\nKept.\n",
    "locales/pl/LC_MESSAGES/index.po": 'msgid "Hobbies"\nmsgstr "Zainteresowania"\n\nmsgid "Python"\nmsgstr "Pyton"\n',
}
FOLDERS = {"": "full", "pl": "full", "short": "short", "short/pl": "short"}


def write(folder: Path, pages: dict[str, str]) -> Path:
    for name, text in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a project whose four editions were built."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("GITHUB_REPOSITORY", "CV_SITE_URL"):
            patch.delenv(name, raising=False)
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        folder = write(tmp_path_factory.mktemp("editions") / "cv", PAGES)
        patch.chdir(folder)
        assert build(folder)
        yield folder


@pytest.fixture
def copied(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    return Path(shutil.copytree(made, tmp_path / "copy"))


def page(project: Path, folder: str, name: str = "index.html") -> BeautifulSoup:
    return BeautifulSoup((project / "dist/html" / folder / name).read_text("utf-8"), "html.parser")


def test_each_edition_has_its_files(made: Path) -> None:
    names = {path.name for path in (made / "dist").iterdir()} - {"html"}
    endings = {"", "-pl", "-short", "-short-pl"}
    assert {f"cv{ending}.pdf" for ending in endings} <= names
    assert {f"resume{ending}.json" for ending in endings} <= names
    assert {name for name in names if name.startswith("talks")} == {"talks.pdf", "talks-pl.pdf"}


def test_each_edition_reads_each_page_once(made: Path) -> None:
    # The second application compiles no catalog again, for which Sphinx would read all pages that it translates.
    read = (made.parent / "read.log").read_text("utf-8").splitlines()
    assert sorted(read) == sorted(set(read))
    assert {line.split()[2] for line in read if line.startswith("full pl")} == {"index", "notes", "talks/2014"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_editions_share_no_words_of_others(made: Path, folder: str) -> None:
    own, other = ("Full", "Short") if FOLDERS[folder] == "full" else ("Short", "Full")
    ending = f"-{folder.replace('/', '-')}" if folder else ""
    pdf = " ".join(part.extract_text() for part in PdfReader(made / f"dist/cv{ending}.pdf").pages)
    assert f"{own}word" in pdf
    assert f"{other}word" not in pdf
    beside = [made / f"dist/cv{ending}.txt", made / f"dist/resume{ending}.json"]
    files = [path for path in [*own_files(made / "dist/html", folder), *beside] if path.suffix != ".pdf"]
    marked = re.compile(rf"{other}(word|hobby|talk)", re.IGNORECASE)
    assert [path for path in files if marked.search(path.read_text("utf-8", "replace"))] == []


def own_files(book: Path, folder: str) -> Iterator[Path]:
    """Yield the files in a folder of the website, without those of the editions below it."""
    for path in (book / folder).rglob("*"):
        place = path.relative_to(book).as_posix()
        if path.is_file() and max((name for name in FOLDERS if place.startswith(name)), key=len) == folder:
            yield path


def test_sections_have_the_order_of_the_edition(made: Path) -> None:
    headings = {folder: [h2.find(string=True) for h2 in page(made, folder).select("h2")] for folder in FOLDERS}
    assert headings["short"] == ["Skills", "Work"]
    assert headings[""] == ["Work", "Skills", "Hobbies", "Talks"]
    assert headings["pl"][2] == "Zainteresowania"


def test_page_leads_to_the_other_editions(made: Path) -> None:
    for folder in FOLDERS:
        links = page(made, folder).select("#cv-editions a")
        places = {(made / "dist/html" / folder / str(link["href"])).resolve() for link in links}
        assert all(place.is_file() for place in places)
        assert len(places) == 8
    labels = [link.text.replace("\N{NO-BREAK SPACE}", " ") for link in page(made, "").select("#cv-editions a")]
    assert labels[::2] == ["2 pages · English", "2 strony · Polski", "Full · English", "Full · Polski"]
    assert labels[1::2] == ["PDF · 1 p.", "PDF · 1 s.", "PDF · 1 p.", "PDF · 1 s."]
    assert not page(made, "").select("#cv-editions [hidden]")


def test_page_leads_to_the_root_of_an_edition_that_lacks_it(made: Path) -> None:
    links = [str(link["href"]) for link in page(made, "", "talks/2014.html").select("#cv-editions a")]
    assert {"../short/index.html", "../short/cv-short.pdf"} <= {*links}
    assert {"../pl/talks/2014.html", "../pl/talks-pl.pdf"} <= {*links}


def test_head_names_translations_and_the_first_variant(made: Path) -> None:
    head = page(made, "short/pl", "notes.html")
    alternates = {str(link["hreflang"]): link["href"] for link in head.select("link[hreflang]")}
    assert alternates == {"en": "https://cv.example/short/notes.html", "pl": "https://cv.example/short/pl/notes.html"}
    assert [link["href"] for link in head.select("link[rel=canonical]")] == ["https://cv.example/pl/notes.html"]
    assert [link["href"] for link in page(made, "pl").select("link[rel=canonical]")] == ["https://cv.example/pl/"]


def test_new_page_count_of_a_pdf_is_shown_in_all_editions(copied: Path) -> None:
    long = PAGES["docs/index.md"].replace("- Python\n", "- Python\n- Ships\n\nA paragraph.\n" + "\nLong.\n" * 50)
    (copied / "docs/index.md").write_text(long, "utf-8")
    assert build(copied)
    for place, pdf, number in (("talks/2014", "cv-short", "2 p."), ("short/notes", "cv-pl", "2 s.")):
        (pages,) = page(copied, "", f"{place}.html").select(f'[data-pdf="{pdf}.pdf"]')
        assert pages.text.endswith(number)
    assert build(copied)


def test_robots_name_the_sitemap_of_each_edition(made: Path) -> None:
    found = re.findall(r"Sitemap: https://cv.example/(\S+)", (made / "dist/html/robots.txt").read_text("utf-8"))
    assert [made / "dist/html" / name for name in found if not (made / "dist/html" / name).is_file()] == []
    assert len(found) == 4


def test_check_finds_the_record_of_an_edition(made: Path) -> None:
    pdf = made / "dist/cv-short-pl.pdf"
    expected = expected_of(pdf)
    assert expected
    assert expected.max_pages == 2
    with PdfProcess([pdf]) as process:
        assert process.check(pdf, expected) == []


def test_unchanged_editions_are_not_built_again(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build(made)
    assert capsys.readouterr().err.endswith("\ndist: unchanged\n")


def test_edition_that_is_deleted_leaves_nothing(copied: Path) -> None:
    conf = copied / "conf.py"
    conf.write_text(CONF.replace('["en", "pl"]', '["en"]') + 'project = "Other"\n', "utf-8")
    (copied / "dist/html/pl/mine.txt").write_text("kept", "utf-8")
    assert build(copied, pdf=False)
    assert [path.name for path in (copied / "dist/html/pl").rglob("*") if path.is_file()] == ["mine.txt"]
    assert not (copied / "dist/cv-pl.pdf").exists()
    assert (copied / "dist/html/short/index.html").exists()


@pytest.mark.parametrize(
    ("conf", "message"),
    [
        ("cv_editions = {'short': {'max_page': 2}}", "conf.py:2: cv_editions: 'short' has no option 'max_page'"),
        ("cv_editions = {'not-x': {}}", "conf.py:2: cv_editions has an edition 'not-x': name it with small letters"),
        ("cv_editions = ['full']", "conf.py:2: cv_editions must be names with options"),
        ("cv_editions = {'full': None}", "conf.py:2: cv_editions must be options for 'full', such as {}"),
        ("cv_editions = {'full': {'title': {'lp': 'X'}}}", "cv_editions: title of 'full' must be a language"),
        ("cv_editions = {'full': {'title': ' '}}", "conf.py:2: cv_editions: title of 'full' is empty: write one, or"),
        ("cv_editions = {'full': {'title': {}}}", "conf.py:2: cv_editions: title of 'full' is empty: write one, or"),
        (
            "cv_editions = {'full': {'max_pages': 'two'}, 'short': {}}",
            "conf.py:2: cv_editions: max_pages of 'full' must be a number of pages",
        ),
        ("cv_editions = {'full': {}, 'short': {'accent': 'red'}}", "cv_editions: accent of 'short' must be six hexa"),
        ("cv_editions = {'full': {}, 'short': {'file': 'a b'}}", "file of 'short' must be a name of letters without"),
        ("cv_editions = {'full': {}, 'short': {'file': 'cv'}}", "two editions have 'cv' as file: give each its own"),
        ("cv_editions = {'full': {}, 'pl': {}}\ncv_languages = ['en', 'pl']", "two editions have 'pl' as name"),
        ("cv_editions = {'full': {}, 'short': {'suffix': 'x'}}", "'short' has no option 'suffix'"),
        ("cv_max_pages = '2'", "conf.py:2: cv_max_pages must be a number of pages, 0 for any, not '2'"),
        ("cv_hide_education_dates = 'no'", "conf.py:2: cv_hide_education_dates must be True or False, not 'no'"),
        ("cv_today = 2024", "conf.py:2: cv_today must be a month, such as 2024-03, not 2024"),
        ("cv_editions = {'short': {}}\ncv_variant = 'x'", "cv_variant chooses one of cv_editions: delete it"),
        (
            "cv_editions = {'full': {'sections': ['Wrok']}}",
            'conf.py:2: "Wrok" of cv_sections is no section: did you mean Work?',
        ),
        ("cv_languages = ['en', 'xx']", "cv_languages must be a language's tag"),
        ("cv_languages = ['en', 'en']", "conf.py:2: cv_languages has 'en' twice: delete one"),
        ("cv_languages = ['pl', 'en']", "cv_languages must begin with the language of the pages, language = 'en'"),
        ("cv_editions = {'ful': {}}", 'docs/index.md:8: "full" is not one of cv_editions: did you mean ful?'),
    ],
)
def test_mistake_gives_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str], conf: str, message: str) -> None:
    folder = write(tmp_path / "cv", {**PAGES, "conf.py": f"extensions = ['cvtools']\n{conf}\n"})
    assert not build(folder, pdf=False)
    assert message in (told := capsys.readouterr().err)
    assert "dist/html/" not in told


def test_edition_names_its_files(tmp_path: Path) -> None:
    conf = (
        "extensions = ['cvtools']\ncv_file = 'ada'\ncv_editions = {'full': {}, 'short': {'file': 'ada-2'}, 'x': {}}\n"
    )
    index = PAGES["docs/index.md"].replace(
        "# Ada Example\n", "# Ada Example\n\n[As text](cv.txt), [for Word](cv.docx)\n"
    )
    folder = write(tmp_path / "cv", {"conf.py": conf, "docs/index.md": index.split("## Talks")[0]})
    assert build(folder, pdf=False)
    names = {path.name for path in (folder / "dist").glob("*.*")}
    assert {"ada.txt", "ada-2.txt", "ada-x.txt", "ada-2.docx", "resume-short.json"} <= names
    assert page(folder, "short").find("a", string="As text", href="ada-2.txt")
    assert page(folder, "short").find("a", string="for Word", href="ada-2.docx")
    conf = conf.replace("'ada-2'", "'ada-3'")
    (folder / "conf.py").write_text(conf, "utf-8")
    assert build(folder, pdf=False)
    assert {path.name for path in (folder / "dist").rglob("ada-?.txt")} == {"ada-3.txt", "ada-x.txt"}


@pytest.mark.parametrize("name", ["short/index.md", "pl/Notes.md"])
def test_page_among_those_of_an_edition_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    folder = write(tmp_path / "cv", {**PAGES, f"docs/{name}": "# Notes\n\nFullword.\n"})
    assert main(["build", "--html", str(folder)]) == 1
    assert f"docs/{name}: an edition has its pages in a folder of that name: rename this" in capsys.readouterr().err
    assert not (folder / "dist/html" / name).with_suffix(".html").exists()


def test_edition_with_the_name_of_the_folder_of_letters_is_to_be_renamed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    conf = 'project = "CV"\nextensions = ["cvtools"]\ncv_editions = {"full": {}, "letters": {}}\n'
    letter = "# Hello\n:to: Bob\n\nWords.\n"
    folder = write(
        tmp_path / "cv", {"conf.py": conf, "docs/index.md": "# Ada\n\nWords.\n", "docs/letters/a.md": letter}
    )
    assert main(["build", str(folder)]) == 1
    assert (
        "docs/letters/a.md: an edition has its pages in a folder of that name: rename the edition"
        in capsys.readouterr().err
    )


def test_preview_shows_the_edition_that_is_asked_for(copied: Path) -> None:
    PreviewBuilder(copied, [], "short").run()
    text = (copied / "build/_preview-short/dist/html/index.html").read_text("utf-8")
    assert "Shortword" in text
    assert "Fullword" not in text
    assert "cv-editions" not in text
    # `cvtools check` compares a product with what its own build expects.
    expected = expected_of(copied / "dist/cv.pdf")
    assert expected
    assert any("Fullword" in block.text for block in expected.blocks)


def test_preview_shares_no_folder_with_an_edition_of_its_name(tmp_path: Path) -> None:
    conf = 'extensions = ["cvtools"]\nhtml_theme = "basic"\ncv_editions = {"full": {}, "preview": {}}\n'
    folder = write(tmp_path / "cv", {**PAGES, "conf.py": conf})
    assert build(folder, pdf=False)
    edition = folder / "build/preview"
    before = {path: path.stat().st_mtime_ns for path in edition.rglob("*")}
    PreviewBuilder(folder, []).run()
    assert {path: path.stat().st_mtime_ns for path in edition.rglob("*")} == before


def test_preview_of_an_unknown_edition_suggests_another(copied: Path) -> None:
    preview = PreviewBuilder(copied, [], "shrot")
    preview.run()
    assert 'there is no edition "shrot": did you mean short?' in preview.state.messages["page"][0]


def test_preview_of_an_unknown_edition_ends_at_once(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", "--edition", "shrot", str(copied)]) == 2
    assert capsys.readouterr().err == 'cvtools: there is no edition "shrot": did you mean short?\n'


def test_watch_takes_a_folder_beside_this_one_and_waits_for_a_correction_of_conf_py(
    copied: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    watched: list[tuple[object, ...]] = []
    monkeypatch.setattr(server, "watch_project", lambda *arguments, **options: watched.append(arguments))
    monkeypatch.chdir(copied.parent)
    assert main(["watch", "--edition", "short", "--port", "0", copied.name]) == 0
    with (copied / "conf.py").open("a") as conf:
        conf.write("\n1 / 0\n")
    assert main(["watch", "--edition", "short", "--port", "0", copied.name]) == 0
    assert watched == [(copied, 0, "short")] * 2
    assert not capsys.readouterr().err


def test_table_shows_which_entries_an_edition_has(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["editions", str(copied)]) == 0
    head, *rows = (line.split() for line in capsys.readouterr().out.splitlines())
    assert head == ["full", "pl", "short", "short-pl"]
    marks = {" ".join(row[:-4]): row[-4:] for row in rows}
    assert marks["Developer"] == ["✓"] * 4
    assert marks["Hobbies"] == marks["A Fulltalk"] == ["✓", "✓", "–", "–"]
    assert marks["pages"] == ["1", "1", "1", "1"]


def test_table_of_a_project_at_fault_is_one_plain_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "cv", {**PAGES, "conf.py": "extensions = ['cvtools']\ncv_editions = {'ful': {'x': 1}}\n"})
    assert main(["editions", str(folder)]) == 1
    error = capsys.readouterr().err
    assert "conf.py:2: cv_editions: 'ful' has no option 'x': known are title, " in error
    assert error.count("\n") == 1


def test_table_is_shown_where_the_terminal_lacks_its_signs(copied: Path) -> None:
    run = "import sys; from cvtools.cli import main; sys.exit(main(['editions']))"
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run([sys.executable, "-c", run], cwd=copied, env=environment, capture_output=True, check=True)
    assert rb"\u2713" in done.stdout


def test_translate_offers_the_texts_of_all_variants_and_keeps_translations(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["translate", str(copied)]) == 0
    assert "index.po: " in capsys.readouterr().out
    catalog = (copied / "locales/pl/LC_MESSAGES/index.po").read_text("utf-8")
    assert 'msgid "Hobbies"\nmsgstr "Zainteresowania"' in catalog
    assert "Shortword" in catalog
    assert "python-" not in catalog
    assert "Ada Example" not in catalog
    assert catalog.startswith('msgid ""\nmsgstr ""\n"Project-Id-Version: CV\\n"\n')
    assert '"Language: pl\\n"\n' in catalog
    own = catalog.replace('"Last-Translator: ', '"Last-Translator: Ada ')
    own = own.replace('msgid "Hobbies"', '# note: ask Ada\nmsgid "Hobbies"')
    (copied / "locales/pl/LC_MESSAGES/index.po").write_text(own, "utf-8")
    assert main(["translate", str(copied)]) == 0
    assert (copied / "locales/pl/LC_MESSAGES/index.po").read_text("utf-8") == own


def test_translate_keeps_old_texts_that_were_translated_alone(copied: Path) -> None:
    path = copied / "locales/pl/LC_MESSAGES/index.po"
    texts = [path.read_text("utf-8"), 'msgid "Old"\nmsgstr "Stare"\n', 'msgid "Older"\nmsgstr ""\n']
    path.write_text("\n".join(texts), "utf-8")
    assert main(["translate", str(copied)]) == 0
    renewed = path.read_text("utf-8")
    assert '#~ msgid "Old"\n#~ msgstr "Stare"' in renewed
    assert "Older" not in renewed


def test_translate_without_a_second_language_says_what_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path / "cv", {**PAGES, "conf.py": "extensions = ['cvtools']\n"})
    assert main(["translate", str(folder)]) == 2
    assert "write cv_languages" in capsys.readouterr().err


#: Pieces of a page, each with a mark and a word of its own.
PIECES = [
    "A [WORD *WORD*]{MARK} word.",
    "- Kept\n- []{MARK} WORD\n\n  WORD",
    "{MARK}\n> WORD",
    "A [[WORD](https://example.org/WORD)]{MARK} word.",
    "A word[.[^WORD]]{MARK}\n\n[^WORD]: WORD",
    "### WORD\n:only: MARK\n:period: 2020\n:organization: WORD\n:technologies: WORD\n\n- WORD",
]
SECTION = "## WORD\n:only: MARK\n\nWORD\n\n"
TALK = "# WORD\n:only: MARK\n:event: WORD\n:date: 2020\n\nWORD\n"
BOTH = {"full", "short"}
#: The editions that marks choose.
MARKS = {"full, short": BOTH, "full": {"full"}, "short": {"short"}, "not-full": {"short"}, "not-short": {"full"}}


@dataclass(frozen=True)
class Marked:
    """Pages, and the editions that have each word of them."""

    pages: dict[str, str]
    editions: dict[str, set[str]]


@st.composite
def marked(draw: st.DrawFn) -> Marked:
    found: dict[str, set[str]] = {}

    def written(piece: str, around: set[str]) -> tuple[str, str]:
        mark, word = draw(st.sampled_from(sorted(MARKS))), f"canary{len(found) + 100}"
        found[word] = around & MARKS[mark]
        if "{" in piece:
            mark = " ".join(f".only-{name}" for name in mark.split(", "))
        return piece.replace("MARK", mark).replace("WORD", word), word

    sections = {word: text for text, word in (written(SECTION, BOTH) for _ in range(4))}
    chosen = [word for word in draw(st.permutations([*sections])) if "short" in found[word]][1:]
    for word in sections.keys() - chosen if chosen else ():
        found[word] -= {"short"}
    page = ["# Ada\n\n```{talks}\n```\n\n"]
    for word, text in sections.items():
        page += [text, *(f"{written(piece, found[word])[0]}\n\n" for piece in PIECES)]
    talks = [written(TALK, BOTH) for _ in range(2)]
    conf = f"""
extensions = ["cvtools"]
html_theme = "basic"
html_baseurl = "https://cv.example"
cv_today = "2024-06"
cv_editions = {{"full": {{}}, "short": {{"sections": {chosen}}}}}
"""
    pages = {f"docs/talks/{word}.md": text for text, word in talks}
    return Marked({"conf.py": conf, "docs/index.md": "".join(page), **pages}, found)


def words_in(path: Path) -> set[str]:
    """Return the words of a file that have a mark, of its name, and of what is packed in it."""
    texts = [path.as_posix().encode(), path.read_bytes()]
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as parts:
            texts += [parts.read(name) for name in parts.namelist()]
    return {word.decode() for text in texts for word in re.findall(rb"canary[0-9]{3}", text.lower())}


@settings(max_examples=2, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(marked())
def test_what_an_edition_leaves_out_is_in_none_of_its_files(made: Marked) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = write(Path(name), made.pages)
        assert build(folder, pdf=False)
        others = {str(path.relative_to(folder / "dist")) for path in (folder / "dist").rglob("*") if path.is_file()}
        for edition, paths in with_paths(folder, editions(config.read(folder))):
            with SphinxApps(folder, paths.doctrees, lambda problem: None, [], edition.overrides).open(
                "cvlatex", paths.latex
            ) as app:
                app.build()
            products = paths.products([*edition.config.documents])
            files = {*products.values(), *paths.latex.rglob("*.tex")}
            assert {path.suffix for path in files} >= {".html", ".js", ".xml", ".txt", ".md", ".json", ".docx", ".tex"}
            own = {word for word, names in made.editions.items() if edition.variant in names}
            assert {path: words - own for path in files if (words := words_in(path)) - own} == {}
            assert own <= set[str]().union(*map(words_in, paths.html.rglob("*.html")))
            others -= products.keys()
        assert others == {".cvtools.json"}
