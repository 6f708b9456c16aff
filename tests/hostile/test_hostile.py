"""Pages that mean harm: what they try does not happen, their words are kept, and who reads the warnings knows."""

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from markdown_it.utils import read_fixture_file
from playwright.sync_api import Dialog, Page, Request
from pypdf import PdfReader

from cvtools.build.lualatex import LuaLatex
from cvtools.writing.docx.document import new_document
from cvtools.writing.docx.translator import DocxTranslator
from tests.browsing import browsing
from tests.projects import Built, Project, png

HERE = Path(__file__).parent
#: Title, page and warnings.
CASES = [(title, page, said) for _, title, page, said in read_fixture_file(HERE / "cases.txt")]
NUMBERS = [pytest.param(number, id=case[0]) for number, case in enumerate(CASES)]
SECRET = "SECRET-THAT-NO-PAGE-MAY-READ"
#: What a page of this corpus may consist of. The heads of pages are compared with that of a harmless one.
ELEMENTS = frozenset(
    """
    a aside blockquote code colgroup col dd div dl dt em figcaption figure h1 h2 hr img li nav ol p pre section span strong table
    tbody td th thead time tr ul
    math mfrac mi mn mo mover mrow mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover
    """.split()
)
ATTRIBUTES = frozenset(
    """
    alt class colspan datetime href id lang role src style title download aria-label
    alttext columnalign columnspacing display displaystyle rowspacing scriptlevel stretchy xmlns
    """.split()
)


#: The name of a picture, which is there.
RUNS = r"ran}{}\directlua{io.open('ran','w')}\textbf{.png"
#: The root page, whose title and talks the theme shows beside every other.
SCRIPT = r"\<img src=x onerror=alert(1)>\<script>alert(1)\</script>"
ROOT = f"# Ada {SCRIPT}\n:headline: {SCRIPT}\n\n{SCRIPT}\n\n## Talks\n\n```{{talks}}\n```\n"

#: What acts in a page as a browser has it, or would when it is pressed: elements, attributes, addresses. Data does not.
ACTS = """
async name => {
  const document = new DOMParser().parseFromString(await (await fetch(`/${name}`)).text(), "text/html");
  const elements = "script:not([type='application/ld+json']), style, iframe, object, embed, base, form, meta[http-equiv]";
  const is_known = address => {
    try { return /^(https?|mailto|tel):$/.test(new URL(address, location).protocol); } catch { return false; }
  };
  return [...document.querySelectorAll("*")].flatMap(element => [
    ...(element.matches(elements) ? [element.outerHTML] : []),
    ...[...element.attributes].filter(({name, value}) =>
      /^(on|data-bs-|popover|srcdoc)/.test(name)
      || /(href|src|action|data|poster)$/.test(name) && !is_known(value)).map(({name, value}) => `${name}=${value}`),
  ]);
}
"""
#: A page of which all that is noticed, with what is.
CONTROL = """<!DOCTYPE html><title>x</title><meta http-equiv=refresh content="99"><script>alert(1)</script>
<p onclick=alert(2) data-bs-toggle=modal>x<a href="java&#10;script:alert(3)">x</a><svg><a xlink:href="data:,x">x</a></svg>
<img src=https://other.example/x><iframe srcdoc=x></iframe>"""
NOTICED = {
    '<meta http-equiv="refresh" content="99">',
    "<script>alert(1)</script>",
    "onclick=alert(2)",
    "data-bs-toggle=modal",
    "href=java\nscript:alert(3)",
    "xlink:href=data:,x",
    '<iframe srcdoc="x"></iframe>',
    "srcdoc=x",
}


def page_of(text: str) -> str:
    """A case as a page: a talk, so that it is in a PDF, unless it begins with front matter or its own title."""
    if text.startswith(("---", "# ")):
        return text
    return "# Case\n:event: E\n:date: 2020\n" + ("" if text.startswith(":") and text[1] != ":" else "\n") + text


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("hostile")
    project = Project(folder)
    pages = {f"talks/{number}.md": page_of(text) for number, (_, text, _) in enumerate(CASES)}
    project.write({"index.md": ROOT, "talks/harmless.md": page_of("Words and {math}`x`.\n\n## More\n"), **pages})
    (folder / "secret.txt").write_text(SECRET)
    (folder / "secret.png").write_bytes(png(2, 2) + SECRET.encode())
    talks = project.docs / "talks"
    for name in ("small.png", "small2.png", RUNS):
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
        return project.build("html", warns=True, html_theme="sphinx_book_theme", html_baseurl="https://x.example/")


@pytest.fixture(scope="module")
def latex(project: Project, book: Built) -> Built:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project.folder)
        return project.build("cvlatex", warns=True)


@dataclass
class Opened:
    """A browser that tells what a page does of its own accord."""

    url: str
    page: Page
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("dialog", self._dismiss)
        self.page.on("request", self._note)

    def _dismiss(self, dialog: Dialog) -> None:
        self.said.append(f"alert: {dialog.message}")
        dialog.dismiss()

    def _note(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/", "data:", "about:")):
            self.said.append(request.url)

    def open(self, name: str) -> list[str]:
        """Show a page; what it shows in dialogs, and asks of others than the website."""
        self.said.clear()
        self.page.goto(f"{self.url}/{name}", wait_until="load")
        return self.said


def warnings(book: Built, page: str) -> str:
    """What is said of a page, without its name."""
    return "".join(re.findall(rf"(?m)^{re.escape(page)}:(\d+: WARNING: .*\n)", book.warnings))


@functools.cache
def whole(book: Built, name: str) -> BeautifulSoup:
    return BeautifulSoup(book.read(f"talks/{name}.html"), "lxml")


def content(book: Built, name: str) -> Tag:
    article = whole(book, name).select_one("article.bd-article")
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
        assert set(tag.attrs) <= ATTRIBUTES | ({"width"} if tag.name == "mspace" else set()), tag
        assert not re.search(r"position|url|expression", str(tag.get("style", ""))), tag
        classes = set(tag.get("class") or ())
        assert not {"stretched-link", "position-fixed", "mathjax_process"} & classes, tag
    for address in addresses(article):
        assert re.match(
            r"https://x\.example|mailto:|#|\.\./(index\.html|genindex\.html|_(images|downloads)/)", address
        ), address


def addresses(article: Tag) -> Iterator[str]:
    for tag in article.find_all():
        yield from (str(tag[name]) for name in ("href", "src") if tag.get(name))


def around(book: Built, name: str) -> list[str]:
    """What acts in a page outside its article."""
    page = whole(book, name)
    for said in page.select('meta[name=description], meta[property^="og:"]'):
        del said["content"]
    for data in page.select('script[type="application/ld+json"]'):
        json.loads(data.get_text())
        data.extract()
    return list(map(str, page.select("script, style, iframe, meta, base, link[rel=stylesheet]")))


@pytest.fixture(scope="module")
def harmless(book: Built) -> list[str]:
    return around(book, "harmless")


@pytest.mark.parametrize("number", NUMBERS)
def test_page_around_the_article_is_as_any_other(book: Built, harmless: list[str], number: int) -> None:
    assert around(book, str(number)) == harmless


@pytest.mark.parametrize("number", NUMBERS)
def test_its_words_are_kept(book: Built, number: int) -> None:
    """On the page, where they are shown or act as they may; what is ignored is named in a warning."""
    page = CASES[number][1]
    # Comments, what is for Sphinx, values of front matter's other keys, which a warning names, names of directives and
    # options, entities and schemes of MyST's own are not shown.
    syntax = r"(?m)\A---\n(?s:.*?)^---$|^% .*|^orphan: true$|<!--.*|&\w+;|%\w\w|\{[\w-]+\}`|^[`:~]{3,}\{(only|index|[\w-]+).*|^:\w+:.*|path:|inv:|onerror=\S+|\{\..*\}"
    words = re.findall(r"[a-z]{3,}", re.sub(syntax, " ", page).lower())
    kept = unescape(str(content(book, str(number)))).lower() + warnings(book, f"talks/{number}.md").lower()
    assert [word for word in words if word not in kept] == []


@pytest.fixture(scope="module")
def browser(book: Built) -> Iterator[Opened]:
    (book.out / "control.html").write_text(CONTROL)
    with browsing(book.out) as (url, browser):
        yield Opened(url, browser.new_page())


def test_the_browser_finds_in_no_page_what_acts(book: Built, browser: Opened) -> None:
    """Whole pages, with all that the theme puts around them."""
    browser.open("control.html")
    # The search has the words of pages from its index, when it is opened.
    pages = [*book.out.glob("[!s]*.html"), *book.out.glob("talks/*.html")]
    found = {path.name: set(browser.page.evaluate(ACTS, str(path.relative_to(book.out)))) for path in pages}
    assert found.pop("control.html") == NOTICED
    theirs = found["harmless.html"] | {what.replace("../", "") for what in found["harmless.html"]}
    assert {name: more for name, acting in found.items() if (more := acting - theirs)} == {}
    assert len(found) > len(CASES)


def test_nothing_runs_where_a_page_is_opened(browser: Opened) -> None:
    """Those that would say so; and the search, which shows their titles."""
    assert set(browser.open("control.html")) == {"alert: 1", "https://other.example/x"}
    assert browser.open("talks/harmless.html") == []
    assert browser.open("index.html") == []
    for number in (number for number, (_, text, _) in enumerate(CASES) if "alert(" in text):
        assert browser.open(f"talks/{number}.html") == [], CASES[number][0]
    assert browser.open("search.html?q=script") == []
    browser.page.locator("#search-results .search-summary", has_text="found").wait_for()
    assert browser.page.locator("#search-results li", has_text="<script>").count() > 2
    assert browser.said == []


def test_nothing_outside_was_read_and_nothing_run(project: Project, book: Built, latex: Built) -> None:
    for built in (book, latex):
        assert built.files_with(SECRET) == []
        assert built.files_with("root:x:0:0") == []
        assert built.files_with(str(project.folder)) == []
    assert {path.name for path in project.folder.iterdir()} == {
        "conf.py", "docs", "doctrees", "out", "secret.txt", "secret.png"
    }  # fmt: skip
    copied = {path.name for path in (book.out / "_images").iterdir()} | {
        p.name for p in book.out.rglob("_downloads/*/*")
    }
    assert copied == {"small.png", RUNS}


def test_tex_acts_on_nothing(latex: Built) -> None:
    run = LuaLatex(latex.out / "talks.tex", latex.out / "talks.pdf", 0)
    run.typeset()
    run.wait()
    text = "".join(page.extract_text() for page in PdfReader(latex.out / "talks.pdf").pages)
    assert "\\input{/etc/passwd} $x$ \\directlua" in text
    assert "root:x" not in text
    assert not (latex.out / "ran").exists()


def test_a_harmless_page_is_like_these() -> None:
    assert len(CASES) > 150


def test_documents_link_to_the_web_alone_and_read_no_files(project: Project) -> None:
    builder = project.build("cvdocx", warns=True).app.builder
    # One for all pages takes a fraction of the time.
    document, links = new_document(builder.config, None, []), dict[str, str]()
    for docname in sorted(builder.env.found_docs):
        doctree = builder.env.get_and_resolve_doctree(docname, builder, tags=builder.tags)
        doctree["docname"] = docname
        builder.post_process_images(doctree)
        translator = DocxTranslator(doctree, builder, document)
        translator.links = links
        doctree.walkabout(translator)
    parts = document.part.package.iter_parts()
    content = b"".join(part.blob + part.rels.xml for part in parts).decode("utf-8", "replace")
    assert SECRET not in content
    addresses = re.findall(r'TargetMode="External" Target="(.*?)"|Target="([^"]*)" TargetMode="External"', content)
    assert len(addresses) > 2
    assert [pair for pair in addresses if not re.match("(https?://|mailto:|tel:|ftp://)", "".join(pair))] == []
    assert not re.search('<w:(instrText|object|altChunk)|instr="(?!PAGE)', content)
