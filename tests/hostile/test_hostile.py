"""Pages that mean harm: what they try does not happen, their words are kept, and who reads the warnings knows."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from markdown_it.utils import read_fixture_file
from pypdf import PdfReader

from cvtools.typesetting import Run
from tests.projects import Built, Project
from tests.writing.latex.test_document import png

HERE = Path(__file__).parent
#: Title, page and warnings.
CASES = [(title, page, said) for _, title, page, said in read_fixture_file(HERE / "cases.txt")]
NUMBERS = [pytest.param(number, id=case[0]) for number, case in enumerate(CASES)]
SECRET = "SECRET-THAT-NO-PAGE-MAY-READ"
#: What a page of this corpus may consist of. The heads of pages are compared with that of a harmless one.
ELEMENTS = frozenset(
    """
    a aside blockquote code colgroup col dd div dl dt em figcaption figure h1 h2 hr img li ol p pre section span strong table
    tbody td th thead time tr ul
    """.split()
)
ATTRIBUTES = frozenset("alt class colspan datetime href id lang role src style title download aria-label".split())


def page_of(text: str) -> str:
    """A case as a page: a talk, so that it is in a PDF, unless it begins with front matter."""
    if text.startswith("---"):
        return text
    return "# Case\n:event: E\n:date: 2020\n" + ("" if text.startswith(":") and text[1] != ":" else "\n") + text


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("hostile")
    project = Project(folder)
    pages = {f"talks/{number}.md": page_of(text) for number, (_, text, _) in enumerate(CASES)}
    project.write({"index.md": "# Ada\n\n```{talks}\n```\n", "talks/harmless.md": page_of("Words.\n"), **pages})
    (folder / "secret.txt").write_text(SECRET)
    (folder / "secret.png").write_bytes(png(2, 2) + SECRET.encode())
    talks = project.docs / "talks"
    for name in ("small.png", "small2.png"):
        (talks / name).write_bytes(png(60, 30))
    for name in ("linked.txt", "linked.png", "small2.en.png"):
        (talks / name).symlink_to(folder / f"secret{Path(name).suffix}")
    (talks / "evil.html").write_text("<script>alert(1)</script>")
    (talks / "evil.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    return project


@pytest.fixture(scope="module")
def book(project: Project) -> Built:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.folder)
        patch.setenv("NO_COLOR", "1")
        return project.build("html", warns=True)


@pytest.fixture(scope="module")
def latex(project: Project, book: Built) -> Built:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.folder)
        return project.build("cvlatex", warns=True)


def warnings(book: Built, page: str) -> str:
    """What is said of a page, without its name."""
    return "".join(re.findall(rf"(?m)^{re.escape(page)}:(\d+: WARNING: .*\n)", book.warnings))


def content(book: Built, name: str) -> Tag:
    article = BeautifulSoup(book.read(f"talks/{name}.html"), "html.parser").select_one("div.body")
    assert article
    return article


@pytest.mark.parametrize("number", NUMBERS)
def test_it_is_said(book: Built, number: int) -> None:
    assert warnings(book, f"talks/{number}.md") == CASES[number][2]


@pytest.mark.parametrize("number", NUMBERS)
def test_the_page_has_nothing_that_acts(book: Built, number: int) -> None:
    article = content(book, str(number))
    assert {tag.name for tag in article.find_all()} <= ELEMENTS
    for tag in article.find_all():
        assert set(tag.attrs) <= ATTRIBUTES, tag
        assert not re.search(r"position|url|expression", str(tag.get("style", ""))), tag
        classes = set(tag.get("class") or ())
        assert not {"stretched-link", "position-fixed", "mathjax_process"} & classes, tag
        # Sphinx's own formulas, whose macros were judged
        assert "math" not in classes or classes == {"math", "notranslate", "nohighlight"}, tag
    for address in addresses(article):
        assert re.match(
            r"https://x\.example|mailto:|#|\.\./(index\.html|genindex\.html|_(images|downloads)/)", address
        ), address


def addresses(article: Tag) -> Iterator[str]:
    for tag in article.find_all():
        yield from (str(tag[name]) for name in ("href", "src") if tag.get(name))


@pytest.mark.parametrize("number", NUMBERS)
def test_the_page_around_it_is_any_page(book: Built, number: int) -> None:
    def around(name: str) -> list[str]:
        whole = BeautifulSoup(book.read(f"talks/{name}.html"), "html.parser")
        for said in whole.select('meta[name=description], meta[property^="og:"]'):
            del said["content"]
        for data in whole.select('script[type="application/ld+json"]'):
            json.loads(data.get_text())
            data.extract()
        tags = map(str, whole.select("script, style, iframe, meta, base, link[rel=stylesheet]"))
        # Sphinx loads it where there is a formula.
        return [tag for tag in tags if "mathjax" not in tag]

    assert around(str(number)) == around("harmless")


@pytest.mark.parametrize("number", NUMBERS)
def test_its_words_are_kept(book: Built, number: int) -> None:
    """On the page, where they are shown or act as they may; what is ignored is named in a warning."""
    page = CASES[number][1]
    # Comments, names of directives and options, entities and schemes of MyST's own are not shown.
    syntax = r"(?m)^% .*|<!--.*|&\w+;|%\w\w|\{[\w-]+\}`|^[`:~]{3,}\{(only|index|[\w-]+).*|^:\w+:.*|path:|onerror=\S+|\{\..*\}"
    words = re.findall(r"[a-z]{3,}", re.sub(syntax, " ", page).lower())
    kept = unescape(str(content(book, str(number)))).lower() + warnings(book, f"talks/{number}.md").lower()
    assert [word for word in words if word not in kept] == []


def test_nothing_outside_was_read_and_nothing_run(project: Project, book: Built, latex: Built) -> None:
    for built in (book, latex):
        assert built.files_with(SECRET) == []
        assert built.files_with("root:x:0:0") == []
    assert {path.name for path in project.folder.iterdir()} == {
        "conf.py", "docs", "doctrees", "out", "secret.txt", "secret.png"
    }  # fmt: skip
    copied = {path.name for path in (book.out / "_images").iterdir()} | {
        p.name for p in book.out.rglob("_downloads/*/*")
    }
    assert copied == {"small.png"}


def test_tex_acts_on_nothing(latex: Built) -> None:
    run = Run(latex.out / "talks.tex", latex.out / "talks.pdf", 0)
    run.go()
    run.finish()
    text = "".join(page.extract_text() for page in PdfReader(latex.out / "talks.pdf").pages)
    assert "\\input{/etc/passwd} $x$ \\directlua" in text
    assert "root:x" not in text
    assert not (latex.out / "ran").exists()


def test_a_harmless_page_is_like_these() -> None:
    assert len(CASES) > 150
