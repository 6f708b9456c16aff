"""The preview: page and PDF in a real browser, after every save and every mistake."""

import http.client
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from email.message import Message
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Frame, Page, sync_playwright
from pypdfium2 import PdfDocument
from watchfiles import Change

from cvtools.cli import main
from cvtools.preview.server import HOST, Preview, Sources
from tests.browsing import CHROMIUM, QUIETLY, serving

CONF = 'project = "CV"\nauthor = "Ada"\nextensions = ["cvtools"]\ncv_today = "2024-06"\n'
INDEX = "# Ada Example\n:headline: Architect\n\n%s\n\n" + "A paragraph.\n\n" * 150 + "```{talks}\n```\n"
TALK = "# A talk\n:event: E\n:date: 2014\n\nAn abstract.\n"


class Answer(NamedTuple):
    status: int
    headers: Message
    body: bytes


class Watched:
    """A project with its preview."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.preview = Preview(folder)
        self.thread = threading.Thread(target=self.preview.run)

    def save(self, text: str, name: str = "docs/index.md") -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def until(self, is_so: Callable[[], object]) -> None:
        deadline = time.monotonic() + 90
        while not is_so():
            assert time.monotonic() < deadline, self.preview.builder.state
            time.sleep(0.05)

    def is_settled(self) -> bool:
        """Return whether no build and no TeX is running."""
        with self.preview.builder.lock:
            return not self.preview.builder.state.busy and not self.preview.builder.tex_pool.runs

    def says(self, words: str) -> bool:
        return any(words in line for lines in self.preview.builder.state.messages.values() for line in lines)

    def get(self, path: str, **headers: str) -> Answer:
        address = (HOST, self.preview.socket.getsockname()[1])
        with closing(http.client.HTTPConnection(*address, timeout=20)) as connection:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    (folder / "docs").mkdir()
    (folder / "conf.py").write_text(CONF)
    (folder / "docs/index.md").write_text(INDEX % "First words.")
    (folder / "docs/talks").mkdir()
    (folder / "docs/talks/2014.md").write_text(TALK)
    watched = Watched(folder)
    watched.thread.start()
    try:
        watched.until(lambda: watched.preview.builder.state.pdfs.keys() == {"cv", "talks"})
        yield watched
    finally:
        watched.preview.stop()
        watched.thread.join(20)
        assert not watched.thread.is_alive()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # All but the last, which would hide localhost.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY[:-1])
        yield browser
        browser.close()


@pytest.fixture
def view(watched: Watched, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1400, "height": 700})
    page.goto(f"{watched.preview.address}_preview/")
    yield page
    page.close()


def frames(view: Page) -> tuple[Frame, Frame]:
    website, pdf = view.frames[1:]
    pdf.wait_for_selector("main[data-version]")
    return website, pdf


def test_save_updates_page_and_pdf_and_keeps_the_scroll_position(watched: Watched, view: Page) -> None:
    website, pdf = frames(view)
    for frame in (website, pdf):
        frame.evaluate("scrollTo({ top: 700, behavior: 'instant' })")
    shown = pdf.get_attribute("main", "data-version")
    assert pdf.locator("img").count() > 1
    watched.save(INDEX % "Other words.")
    view.wait_for_function("frames[0].document.body?.innerText.includes('Other words.')")
    pdf.wait_for_selector(f"main[data-version]:not([data-version='{shown}'])")
    website.wait_for_function("scrollY === 700")
    assert pdf.evaluate("scrollY") == 700
    # The picture is complete, not broken.
    assert pdf.evaluate("document.images[0].naturalWidth") > 500


def test_warning_is_shown_until_it_is_corrected(watched: Watched, view: Page) -> None:
    website, _ = frames(view)
    watched.save((INDEX % "Words.").replace(":headline:", ":hedline:"))
    panel = view.locator("#cv-preview")
    panel.wait_for()
    assert panel.inner_text() == (
        'docs/index.md:2: WARNING: unknown field "hedline" in a person: did you mean "headline"? [cv.field]'
    )
    watched.save(INDEX % "Mended.")
    panel.wait_for(state="detached")
    website.wait_for_function("document.body?.innerText.includes('Mended.')")


@pytest.mark.parametrize(
    ("name", "broken", "words"),
    [
        ("conf.py", CONF + "def (\n", 'conf.py:5: Python cannot read this line: write name = "value"'),
        ("conf.py", CONF + 'cv_font = "comic"\n', ": cv_font must be pagella"),
        ("conf.py", CONF + "raise GeneratorExit\n", "conf.py: it raises GeneratorExit: delete what does so"),
        ("docs/index.md", "", "cv.pdf could not be made: there is nothing to set"),
    ],
)
def test_broken_source_keeps_the_last_page_and_pdf(watched: Watched, name: str, broken: str, words: str) -> None:
    good = (watched.folder / name).read_text("utf-8")
    watched.until(watched.is_settled)
    pdf = watched.get("/cv.pdf").body
    watched.save(broken, name)
    watched.until(lambda: watched.says(words))
    assert watched.get("/cv.pdf").body == pdf
    assert watched.get("/index.html").status == 200
    watched.save(good + "\n", name)
    watched.until(
        lambda: not any(watched.preview.builder.state.messages.values()) and not watched.preview.builder.state.busy
    )


def test_save_during_typesetting_replaces_the_run(watched: Watched) -> None:
    before = watched.preview.builder.state.pdfs["cv"]
    for words in ("One.", "Two.", "Three."):
        watched.save(INDEX % words)
        time.sleep(0.15)
    work = watched.folder / "build/_preview"
    watched.until(lambda: "Three." in (work / "latex/cv.tex").read_text("utf-8") and watched.is_settled())
    assert watched.preview.builder.state.pdfs["cv"] != before
    with PdfDocument(work / "dist/cv.pdf") as pdf:
        assert "Three." in pdf[0].get_textpage().get_text_bounded()


def test_save_rewrites_only_the_page_that_changes(watched: Watched) -> None:
    html = watched.folder / "build/_preview/dist/html"
    watched.until(watched.is_settled)
    before = (html / "talks/2014.html").stat().st_mtime_ns
    watched.save(INDEX % "Words of this page alone.")
    watched.until(lambda: b"of this page alone" in watched.get("/").body and watched.is_settled())
    assert (html / "talks/2014.html").stat().st_mtime_ns == before


def test_search_index_with_words_of_earlier_pages_is_not_served(watched: Watched) -> None:
    watched.save(INDEX % "Not in the index.")
    watched.until(lambda: b"Not in the index." in watched.get("/").body)
    assert watched.get("/searchindex.js").status == 404


def test_save_with_an_old_time_is_built(watched: Watched, tmp_path: Path) -> None:
    """A save while its page is being read has such a time."""
    (saved := tmp_path / "index.md").write_text(INDEX % "In between.", "utf-8")
    os.utime(saved, (1, 1))
    saved.replace(watched.folder / "docs/index.md")
    watched.until(lambda: b"In between." in watched.get("/").body)


def test_new_page_is_served_until_it_is_removed(watched: Watched) -> None:
    watched.save("# More\n\nMore words.\n", "docs/more.md")
    watched.until(lambda: watched.get("/more.html").status == 200)
    (watched.folder / "docs/more.md").unlink()
    watched.until(lambda: watched.get("/more.html").status == 404)


def test_page_named_404_answers_for_missing_ones_alone(watched: Watched) -> None:
    watched.save("# Lost\n\nNothing here.\n", "docs/404.md")
    watched.until(lambda: b"Nothing here." in watched.get("/none").body)
    assert [watched.get(path).status for path in ("/none", "/404.html")] == [404, 200]
    (watched.folder / "docs/404.md").unlink()
    watched.until(lambda: b"Nothing here." not in watched.get("/none").body)


def test_preview_writes_no_products(watched: Watched) -> None:
    assert not (watched.folder / "dist").exists()


def test_other_hosts_and_files_are_refused(watched: Watched) -> None:
    assert watched.preview.socket.getsockname()[0] == "127.0.0.1"
    assert watched.get("/", Host="evil.example").status == 400
    assert watched.get("/index.html", Host="localhost:8000").status == 200
    for path in ("/../../conf.py", "/%2e%2e/%2e%2e/conf.py", "/..%2fhtml.pdf", "/_preview/..%2fserver.py"):
        assert watched.get(path).status == 404


ANYTHING = ["/", "/searchindex.js", "/cv.pdf", "/none.html", "/_preview/", "/_preview/cv.pdf", "/_preview/cv/1"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
def test_other_origin_is_refused(watched: Watched, headers: dict[str, str]) -> None:
    for path in [*ANYTHING, "/_preview/events", "/_preview/follow.js"]:
        answer = watched.get(path, **headers)
        assert (answer.status, answer.body) == (403, b"The preview answers its own pages alone: type its address.")


@pytest.mark.parametrize("path", ANYTHING)
def test_answer_is_restricted_to_its_origin(watched: Watched, path: str) -> None:
    for headers in ({}, {"Host": "evil.example"}, {"Origin": "null"}):
        given = watched.get(path, **headers).headers
        assert given["Cross-Origin-Resource-Policy"] == "same-origin"
        assert given["Cross-Origin-Opener-Policy"] == "same-origin"
        assert given["X-Frame-Options"] == "SAMEORIGIN"
        assert given["X-Content-Type-Options"] == "nosniff"
        assert given["Access-Control-Allow-Origin"] is None


EVIL = """<!doctype html><pre></pre><iframe src="ADDRESS_preview/"></iframe><script>
  Search = { setIndex: (index) => { stolen = index.titles; } };
  stolen = null;
  const load = (tag, path) => new Promise((done) => {
    const element = document.createElement(tag);
    element.onload = () => done("loaded");
    element.onerror = () => done("refused");
    element[tag === "link" ? "href" : "src"] = `ADDRESS${path}`;
    if (tag === "link") element.rel = "stylesheet";
    document.head.append(element);
  });
  const read = (mode) => fetch("ADDRESS", { mode }).then(() => "loaded", () => "refused");
  const listen = () => new Promise((done) => {
    const events = new EventSource("ADDRESS_preview/events");
    events.onmessage = () => done("loaded");
    events.onerror = () => done("refused");
  });
  all = Promise.all([load("script", "searchindex.js"), load("script", "_preview/follow.js"),
    load("img", "_preview/cv/1"), load("link", "_static/basic.css"), read("cors"), read("no-cors"), listen()]);
</script>"""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_page_of_another_site_can_load_nothing(watched: Watched, browser: Browser, tmp_path: Path, host: str) -> None:
    watched.until(watched.is_settled)
    address = watched.preview.address.replace(HOST, host)
    (tmp_path / "evil.html").write_text(EVIL.replace("ADDRESS", address), "utf-8")
    with serving(tmp_path) as elsewhere:
        page = browser.new_page()
        page.goto(f"{elsewhere}/evil.html")
        assert page.evaluate("all") == ["refused"] * 7
        assert page.evaluate("stolen") is None
        assert page.frames[1].locator("iframe").count() == 0
        page.close()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/_preview/none/1", "There is no such PDF: the PDFs are cv and talks."),
        ("/_preview/cv/99", "The PDF has "),
        ("/_preview/none.pdf", "There is no such PDF"),
        ("/none.pdf", "There is no such PDF"),
        (f"/{'n' * 300}.pdf", "There is no such PDF"),
        ("/none.html", "There is no such page."),
        ("/none.js", "There is no such page."),
        (f"/{'n' * 300}", "There is no such page."),
        ("/_preview/none.js", "Not Found"),
    ],
)
def test_missing_page_or_pdf_gives_404(watched: Watched, path: str, words: str) -> None:
    answer = watched.get(path)
    assert answer.status == 404
    assert answer.body.decode().startswith(words)


@pytest.mark.parametrize("number", ["abc", "0", "-1", "99999999999", "1.5", "", "9" * 5000, "%D9%A3", "1_0", "nan"])
def test_bad_number_is_refused(watched: Watched, number: str) -> None:
    width = watched.get(f"/_preview/cv/1?width={number}")
    assert (width.status, width.body) == (400, b"width must be a number from 1 to 4000.")
    page = watched.get(f"/_preview/cv/{number or '%20'}")
    assert (page.status, page.body) == (400, b"page must be a number from 1 to 10000.")


def test_null_character_is_refused(watched: Watched) -> None:
    for path in ("/%00", "/_preview/%00", "/a%00.pdf"):
        assert watched.get(path).status == 400


def test_damaged_pdf_gives_404(watched: Watched) -> None:
    watched.until(watched.is_settled)
    talks = watched.folder / "build/_preview/dist/talks.pdf"
    before = talks.read_bytes()
    try:
        talks.write_bytes(b"no PDF")
        assert watched.get("/_preview/talks/1").status == 404
    finally:
        talks.write_bytes(before)


def test_size_of_a_picture_is_limited(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.until(watched.is_settled)
    talks = watched.folder / "build/_preview/dist/talks.pdf"
    before = talks.read_bytes()
    try:
        for size in ((3, 14_400), (14_400, 3), (14_400, 14_400)):
            pdf = PdfDocument.new()
            pdf.new_page(*size)
            pdf.save(talks)
            assert len(watched.get("/_preview/talks/1?width=4000").body) < 110_000_000
    finally:
        talks.write_bytes(before)


READ = """
conf.py docs/index.md docs/talks/2014.md docs/pictures/ada.jpg docs/locales/pl/LC_MESSAGES/index.po labels.json
_static/own.css mine.py
""".split()
UNREAD = """
README.md tests/test_a.py my_static/own.css notes.txt .git/index .github/workflows/ci.yml dist/html/index.html
build/latex/cv.tex docs/.index.md.swp docs/.index.md.kate-swp docs/index.md~ docs/#index.md# docs/.#index.md
docs/4913 docs/index.md.tmp docs/.DS_Store docs/__pycache__/a.pyc
""".split()


@pytest.mark.parametrize(
    ("path", "is_read"), [*((path, True) for path in READ), *((path, False) for path in ["", *UNREAD])]
)
def test_sources_are_the_files_that_a_build_reads(tmp_path: Path, path: str, *, is_read: bool) -> None:
    conf = 'import mine\nhtml_static_path = ["_static"]\ncv_labels = json.loads(Path("labels.json").read_text())\n'
    # Names that are ignored within a project do not count above it.
    project = tmp_path / ".cache/node_modules/cv"
    project.mkdir(parents=True)
    (project / "conf.py").write_text(conf, "utf-8")
    assert Sources(project)(Change.modified, str(project / path)) is is_read


def test_sources_without_conf_py_are_the_pages(tmp_path: Path) -> None:
    assert not Sources(tmp_path)(Change.deleted, str(tmp_path / "a.css"))
    assert Sources(tmp_path)(Change.deleted, str(tmp_path / "conf.py"))


def test_browser_caches_no_pages(watched: Watched) -> None:
    watched.save(INDEX % "Last words.")
    watched.until(lambda: b"Last words." in watched.get("/").body and watched.is_settled())
    page = watched.get("/")
    assert page.headers["Cache-Control"] == "no-store"
    assert f'data-website="{watched.preview.builder.state.website}"' in page.body.decode()
    picture = watched.get("/_preview/cv/1?width=400")
    assert (picture.headers["Content-Type"], picture.body[:2]) == ("image/bmp", b"BM")


def test_port_in_use_raises(watched: Watched) -> None:
    with pytest.raises(OSError, match="in use"):
        Preview(watched.folder, watched.preview.socket.getsockname()[1])


@pytest.mark.parametrize(
    ("port", "words"),
    [
        (99_999, "port 99999: a port is a number from 0 to 65535"),
        (-1, "port -1: a port is a number from 0 to 65535"),
        (None, "Address already in use: choose another with --port, 0 for any that is free"),
    ],
)
def test_port_in_use_is_reported_in_one_line(
    watched: Watched, capsys: pytest.CaptureFixture[str], port: int | None, words: str
) -> None:
    port = watched.preview.socket.getsockname()[1] if port is None else port
    assert main(["watch", str(watched.folder), "--port", str(port)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"cvtools: port {port}: ")
    assert said.err.endswith(f"{words}\n")
    assert said.err.count("\n") == 1


def test_link_to_a_folder_is_refused_and_not_followed(watched: Watched) -> None:
    """A recursive watcher would follow it through the whole disk; without the link, the preview continues."""
    link = watched.folder / "docs/link"
    link.symlink_to("/proc")
    watched.save("# A talk\n:event: E\n:date: 2015\n\nMore.\n", "docs/talks/2015.md")
    watched.until(lambda: watched.says("docs/link: a symbolic link: put the pages themselves there"))
    link.unlink()
    watched.save("# A talk\n:event: E\n:date: 2015\n\nAt last.\n", "docs/talks/2015.md")
    watched.until(lambda: watched.is_settled() and b"At last." in watched.get("/talks/2015.html").body)
    (watched.folder / "docs/talks/2015.md").unlink()
    watched.until(lambda: watched.is_settled() and watched.get("/talks/2015.html").status == 404)
