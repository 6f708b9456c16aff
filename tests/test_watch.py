"""The preview: page and PDF in a real browser, after every save and every mistake."""

import http.client
import os
import shutil
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

from cvtools.watch import HOST, Preview

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
            assert time.monotonic() < deadline, self.preview.state
            time.sleep(0.01)

    def is_settled(self) -> bool:
        """Whether nothing is being made."""
        with self.preview.living.lock:
            return not self.preview.state.busy and not self.preview.living.press.runs

    def says(self, words: str) -> bool:
        return any(words in line for lines in self.preview.state.messages.values() for line in lines)

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
        watched.until(lambda: watched.preview.state.pdfs.keys() == {"cv", "talks"})
        yield watched
    finally:
        watched.preview.stop()
        watched.thread.join(20)
        assert not watched.thread.is_alive()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def view(watched: Watched, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1400, "height": 700})
    page.goto(f"{watched.preview.address}_preview/")
    yield page
    page.close()


def frames(view: Page) -> tuple[Frame, Frame]:
    book, pdf = view.frames[1:]
    pdf.wait_for_selector("main[data-version]")
    return book, pdf


def test_page_and_pdf_follow_and_the_reader_stays_where_they_read(watched: Watched, view: Page) -> None:
    book, pdf = frames(view)
    for frame in (book, pdf):
        frame.evaluate("scrollTo({ top: 700, behavior: 'instant' })")
    shown = pdf.get_attribute("main", "data-version")
    assert pdf.locator("img").count() > 1
    watched.save(INDEX % "Other words.")
    view.wait_for_function("frames[0].document.body?.innerText.includes('Other words.')")
    pdf.wait_for_selector(f"main[data-version]:not([data-version='{shown}'])")
    book.wait_for_function("scrollY === 700")
    assert pdf.evaluate("scrollY") == 700
    # As the reader will see it, not a broken picture.
    assert pdf.evaluate("document.images[0].naturalWidth") > 500


def test_what_is_wrong_is_shown_with_its_line_until_it_is_mended(watched: Watched, view: Page) -> None:
    book, _ = frames(view)
    watched.save((INDEX % "Words.").replace(":headline:", ":hedline:"))
    panel = view.locator("#cv-preview")
    panel.wait_for()
    assert panel.inner_text() == (
        'docs/index.md:2: WARNING: unknown field "hedline" in a person: did you mean "headline"? [cv.field]'
    )
    watched.save(INDEX % "Mended.")
    panel.wait_for(state="detached")
    book.wait_for_function("document.body?.innerText.includes('Mended.')")


@pytest.mark.parametrize(
    ("name", "broken", "words"),
    [
        ("conf.py", CONF + "def (\n", "conf.py:5: SyntaxError: invalid syntax"),
        ("conf.py", CONF + 'cv_font = "comic"\n', "conf.py: cv_font must be pagella"),
        ("docs/index.md", "", "cv.pdf could not be made: there is nothing to set"),
    ],
)
def test_a_source_that_is_broken_leaves_the_last_good_one(watched: Watched, name: str, broken: str, words: str) -> None:
    good = (watched.folder / name).read_text("utf-8")
    watched.until(watched.is_settled)
    pdf = watched.get("/cv.pdf").body
    watched.save(broken, name)
    watched.until(lambda: watched.says(words))
    assert watched.get("/cv.pdf").body == pdf
    assert watched.get("/index.html").status == 200
    watched.save(good + "\n", name)
    watched.until(lambda: not any(watched.preview.state.messages.values()) and not watched.preview.state.busy)


def test_a_save_while_tex_is_at_work_is_what_comes_of_it(watched: Watched) -> None:
    before = watched.preview.state.pdfs["cv"]
    for words in ("One.", "Two.", "Three."):
        watched.save(INDEX % words)
        time.sleep(0.15)
    work = watched.folder / "build/preview"
    watched.until(lambda: "Three." in (work / "latex/cv.tex").read_text("utf-8") and watched.is_settled())
    assert watched.preview.state.pdfs["cv"] != before
    with PdfDocument(work / "dist/cv.pdf") as pdf:
        assert "Three." in pdf[0].get_textpage().get_text_bounded()


def test_a_save_that_looks_older_than_the_last_reading_counts(watched: Watched, tmp_path: Path) -> None:
    """As one does that comes while its page is being read."""
    (saved := tmp_path / "index.md").write_text(INDEX % "In between.", "utf-8")
    os.utime(saved, (1, 1))
    saved.replace(watched.folder / "docs/index.md")
    watched.until(lambda: b"In between." in watched.get("/").body)


def test_a_new_page_is_there(watched: Watched) -> None:
    watched.save("# More\n\nMore words.\n", "docs/more.md")
    watched.until(lambda: watched.get("/more.html").status == 200)
    (watched.folder / "docs/more.md").unlink()
    watched.until(lambda: watched.get("/more.html").status == 404)


def test_products_are_left_alone(watched: Watched) -> None:
    assert not (watched.folder / "dist").exists()


def test_who_else_may_not_read(watched: Watched) -> None:
    assert watched.preview.socket.getsockname()[0] == "127.0.0.1"
    assert watched.get("/", Host="evil.example").status == 400
    assert watched.get("/index.html", Host="localhost:8000").status == 200
    for path in ("/../../conf.py", "/%2e%2e/%2e%2e/conf.py", "/..%2fhtml.pdf", "/_preview/..%2f..%2fwatch.py"):
        assert watched.get(path).status == 404


@pytest.mark.parametrize("path", ["/_preview/none/1", "/_preview/cv/99", "/none.pdf", "/none.html"])
def test_what_there_is_not(watched: Watched, path: str) -> None:
    assert watched.get(path).status == 404


def test_nothing_is_kept_that_will_change(watched: Watched) -> None:
    watched.save(INDEX % "Last words.")
    watched.until(lambda: b"Last words." in watched.get("/").body and watched.is_settled())
    page = watched.get("/")
    assert page.headers["Cache-Control"] == "no-store"
    assert f'data-book="{watched.preview.state.book}"' in page.body.decode()
    picture = watched.get("/_preview/cv/1?width=400")
    assert (picture.headers["Content-Type"], picture.body[:2]) == ("image/bmp", b"BM")


def test_a_port_that_is_taken(watched: Watched) -> None:
    with pytest.raises(OSError, match="in use"):
        Preview(watched.folder, watched.preview.socket.getsockname()[1])
