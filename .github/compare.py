"""Compare two builds for readers: list the words that differ, and show pages side by side.

python .github/compare.py BEFORE AFTER OUT

BEFORE and AFTER are the folders dist/ of two builds. Writes OUT/report.html, which needs no other file, and the words
alone to OUT/summary.md, for the summary of a run on GitHub.
"""

import base64
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from itertools import count, groupby, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from bs4 import BeautifulSoup
from PIL import Image
from playwright.sync_api import Error, FloatRect, Page, sync_playwright

from cvtools.checks.pdf_process import PdfProcess

#: Number of words shown around a change.
CONTEXT = 8
#: Greatest number of web pages, and of PDF pages, in pictures; words are compared in all.
MAX_PAGES = 40
#: Greatest height of the picture of a web page, in pixels.
MAX_HEIGHT = 20_000
#: Greatest number of characters in the summary; GitHub takes 1 MiB.
MAX_SUMMARY = 500_000
#: Rows of pixels that are kept above and below a change.
MARGIN = 120
#: Width of the picture of a PDF's page, in pixels.
PDF_WIDTH = 744
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
STYLE = """
body { font: 16px/1.5 sans-serif; margin: 2rem auto; max-width: 100rem; padding: 0 1rem; color: #222 }
del { background: #ffd7d5 } ins { background: #ccffd8; text-decoration: none }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; align-items: start }
img { max-width: 100%; border: 1px solid #bbb } h3 { margin-bottom: .25rem } code { font: inherit }
"""
#: Content security policy of the report, which loads only the pictures and the style within it.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
#: Height of the PDFs' footers, in points; they are not compared, since the page of a word is not part of the words.
FOOTER_HEIGHT = 43


@dataclass(frozen=True)
class Build:
    """The products of one build."""

    dist: Path

    def pages(self) -> dict[str, Path]:
        """Return the pages of the website, without those that Sphinx generates, by name."""
        files = {path.relative_to(self.dist / "html").as_posix(): path for path in self.dist.glob("html/**/*.html")}
        # Folders such as _downloads have files that an author added, which no browser may open.
        pages = {name: path for name, path in sorted(files.items()) if not re.search("(^|/)_", name)}
        return {name: path for name, path in pages.items() if name not in {"search.html", "genindex.html"}}

    def pdfs(self) -> dict[str, Path]:
        """Return the PDFs, by name."""
        return {path.name: path for path in sorted(self.dist.glob("*.pdf"))}

    def words(self, process: PdfProcess) -> dict[str, str]:
        """Return the words that readers see, by page and PDF, as one text; for an unreadable PDF, the reason.

        Lists of a stranger's words might take too much memory.
        """
        words = {}
        for name, path in self.pages().items():
            article = BeautifulSoup(path.read_bytes(), "html.parser").find("article")
            words[name] = " ".join(article.get_text(" ").split()) if article else ""
        for name, path in self.pdfs().items():
            try:
                texts = process.texts(path, FOOTER_HEIGHT)
            except ValueError as error:
                texts = [str(error)]
            words[name] = " ".join(" ".join(texts).split())
        return words

    def sheet(self, process: PdfProcess, name: str, number: int) -> bytes | None:
        """Return a page of a PDF as a picture (PNG); None if there is no such page, or if it cannot be drawn."""
        bitmap = b""
        if path := self.pdfs().get(name):
            with suppress(ValueError):
                _, bitmap = process.draw(path, number, PDF_WIDTH)
        if not bitmap:
            return None
        picture = io.BytesIO()
        Image.open(io.BytesIO(bitmap), formats=["BMP"]).save(picture, "PNG")
        return picture.getvalue()

    def screens(self, names: Sequence[str]) -> dict[str, bytes]:
        """Return pages of the website as a browser shows them (PNG), by name."""
        pages = self.pages()
        executable = next(filter(None, map(shutil.which, BROWSERS)), None)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
            tab = browser.new_page(viewport={"width": 1000, "height": 800}, reduced_motion="reduce")
            pictures = {}
            for name in names:
                if name in pages:
                    tab.goto(pages[name].resolve().as_uri())
                    pictures[name] = _screenshot(tab)
            browser.close()
        return pictures


def _screenshot(tab: Page) -> bytes:
    # Otherwise, the picture may show the sidebar while it moves into its place.
    tab.add_style_tag(content="*, ::before, ::after { transition: none !important }")
    height = min(tab.evaluate("document.documentElement.scrollHeight"), MAX_HEIGHT)
    clip: FloatRect = {"x": 0, "y": 0, "width": 1000, "height": height}
    try:
        return tab.screenshot(full_page=True, clip=clip)
    except Error:
        # On a busy machine, Chromium may fail once.
        return tab.screenshot(full_page=True, clip=clip)


def changes(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """Yield each place where words differ, as HTML on one line, with the words around it."""
    # Python's difflib may take hours for words that recur often.
    command = f"git diff --no-index --no-color --no-ext-diff --no-textconv --text --unified={CONTEXT} before after"
    with TemporaryDirectory() as folder:
        for name, words in (("before", before), ("after", after)):
            Path(folder, name).write_text("".join(f"{word}\n" for word in words), "utf-8", "backslashreplace", "\n")
        done = subprocess.run(command.split(), cwd=folder, capture_output=True, check=False)
    for hunk in re.split("^@@.*\n", done.stdout.decode(), flags=re.MULTILINE)[1:]:
        parts = []
        for sign, lines in groupby(hunk.split("\n")[:-1], lambda line: line[0]):
            text = escape(" ".join(line[1:] for line in lines))
            parts.append({"-": f"<del>{text}</del>", "+": f"<ins>{text}</ins>"}.get(sign, text))
        yield f"… {' '.join(parts)} …"


def differing(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """Return the names whose values differ, new ones last."""
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def differing_sheets(
    before: Build, after: Build, process: PdfProcess
) -> Iterator[tuple[str, tuple[bytes | None, bytes | None]]]:
    """Yield the pages of PDFs that look different, by name."""
    for name in {**before.pdfs(), **after.pdfs()}:
        for number in count(1):
            sides = before.sheet(process, name, number), after.sheet(process, name, number)
            if sides == (None, None):
                break
            if sides[0] != sides[1]:
                yield f"{name}, page {number}", sides


def compare(before: Build, after: Build, out: Path) -> None:
    """Write the report and the summary."""
    with PdfProcess([before.dist, after.dist]) as process:
        words = before.words(process), after.words(process)
        sheets = list(islice(differing_sheets(before, after, process), MAX_PAGES))
    prose = {name: list(changes(*(side.get(name, "").split() for side in words))) for name in differing(*words)}
    pages = differing(_looks(before), _looks(after))[:MAX_PAGES]
    screens = (before.screens(pages), after.screens(pages)) if pages else ({}, {})
    out.mkdir(parents=True, exist_ok=True)
    text = "".join(_section(name, lines) for name, lines in prose.items()) or "<p>The words stay as they are.</p>\n\n"
    words_alone = text if len(text) < MAX_SUMMARY else "<p>More words than there is room for.</p>\n\n"
    summary = f"## What changes for readers\n\n{words_alone}"
    (out / "summary.md").write_text(summary, "utf-8")
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        run = "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}".format_map(os.environ)
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{summary}The pages before and after are in [report.html]({run}#artifacts).\n")
    pairs = [(name, (screens[0].get(name), screens[1].get(name))) for name in differing(*screens)] + sheets
    pictures = "".join(f"{_title(name)}\n<div class=pair>{_pair(*sides)}</div>\n" for name, sides in pairs)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    title = f"<meta charset=utf-8>{policy}<title>Before and after</title>"
    head = f"<!doctype html>\n<html lang=en>{title}<style>{STYLE}</style>\n"
    report = f"{head}<h1>What changes for readers</h1>\n{text}<h2>Before and after</h2>\n{pictures}"
    (out / "report.html").write_text(report, "utf-8")
    print(f"{out}/report.html: the words of {len(prose)} files differ, and the look of {len(pairs)} pages")


def _section(name: str, lines: Sequence[str]) -> str:
    """Return the differences in one page or PDF, as HTML that is Markdown as well.

    GitHub makes links of names and numbers, such as @octocat and #12, but not in code.
    """
    return f"{_title(name)}\n\n" + "".join(f"<p><code>{line}</code></p>\n\n" for line in lines)


def _title(name: str) -> str:
    # On one line, since an empty line would end HTML in Markdown.
    return f"<h3><code>{escape(' '.join(name.split()))}</code></h3>"


def _pair(one: bytes | None, two: bytes | None) -> str:
    return "".join(map(_image, crop(one, two) if one and two else (one, two)))


def crop(one: bytes, two: bytes) -> tuple[bytes, bytes]:
    """Return two pictures without the rows that they share at top and bottom, to show a changed word at once."""
    pictures = [Image.open(io.BytesIO(data)).convert("RGB") for data in (one, two)]
    rows = [_rows(picture) for picture in pictures]
    least = min(map(len, rows))
    top = next((n for n in range(least) if rows[0][n] != rows[1][n]), least)
    end = next((n for n in range(least - top) if rows[0][-1 - n] != rows[1][-1 - n]), least - top)
    cut = []
    for picture in pictures:
        box = (0, max(0, top - MARGIN), picture.width, picture.height - max(0, end - MARGIN))
        file = io.BytesIO()
        picture.crop(box).save(file, "PNG", optimize=True)
        cut.append(file.getvalue())
    return cut[0], cut[1]


def _rows(picture: Image.Image) -> list[bytes]:
    pixels, width = picture.tobytes(), 3 * picture.width
    return [pixels[start : start + width] for start in range(0, len(pixels), width)]


def _looks(build: Build) -> dict[str, bytes]:
    """Return a digest of each page and of all style sheets, on which its look depends."""
    styles = b"".join(path.read_bytes() for path in sorted(build.dist.glob("html/_static/**/*.css")))
    return {name: hashlib.sha256(path.read_bytes() + styles).digest() for name, path in build.pages().items()}


def _image(picture: bytes | None) -> str:
    if picture is None:
        return "<p>(there is none)</p>"
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(picture).decode()}">'


if __name__ == "__main__":
    compare(Build(Path(sys.argv[1])), Build(Path(sys.argv[2])), Path(sys.argv[3]))
