"""Files that have what an edition leaves out are found, whatever form its words have there."""

import zipfile
import zlib
from pathlib import Path

import pytest

from cvtools.checks.leaks import find_phrases

PHRASE = "led the falcon migration of"


def write(path: Path, text: str) -> Path:
    if path.suffix == ".docx":
        with zipfile.ZipFile(path, "w") as document:
            document.writestr("word/document.xml", text)
    elif path.suffix == ".inv":
        path.write_bytes(b"# The rest is compressed using zlib.\n" + zlib.compress(text.encode()))
    else:
        path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", "<p>We <em>led</em> the <a href='x'>falcon</a> migration of ships.</p>"),
        ("a.html", '<meta content="Led the fal&shy;con migration of ships" />'),
        ("a.html", '<script type="application/ld+json">{"name": "Led the falcon migration of"}</script>'),
        ("a.html", r'<script type="application/ld+json">{"name": "We\nled the falcon migration of"}</script>'),
        ("cv.docx", "<w:p><w:t>Led the fal</w:t></w:r><w:r><w:t>con migration of</w:t></w:p>"),
        ("objects.inv", "a cv:position -1 index.html#a Led the falcon migration of ships"),
        ("searchindex.js", 'Search.setIndex({"alltitles": {"Led the falcon migration of": [[0, "a"]]}})'),
        ("resume.json", r'{"name": "Led the \u0046alcon migration of"}'),
        ("cv.txt", "We led the falcon\nmigration of ships."),
        ("resume.json", '{"name": "We\\nled the falcon migration of"}'),
        ("talks.atom", "<title>Led the falcon migration of</title>"),
        ("of-no-known.kind", "SUMMARY:Led the falcon migration of"),
    ],
)  # fmt: skip
def test_phrase_is_found_once(name: str, text: str, tmp_path: Path) -> None:
    path = write(tmp_path / name, text)
    assert find_phrases({"first": path, "second": path}, {PHRASE}) == {PHRASE: "first"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", "<p>Led the</p><p>falcon migration of</p><script>led the falcon migration of</script>"),
        ("cv.docx", "<w:p>Led the falcon</w:p><w:p>migration of</w:p>"),
        ("_images/plan.svg", "<text>Led the falcon migration of</text>"),
        ("_static/theme.js", "Led the falcon migration of"),
    ],
)
def test_words_of_two_blocks_and_of_the_theme_are_no_phrase(name: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    assert find_phrases({name: write(path, text)}, {PHRASE}) == {}


def test_files_of_users_that_cannot_be_read_are_passed_over(tmp_path: Path) -> None:
    for name in ("old.txt", "broken.docx", "objects.inv", "page.html"):
        (tmp_path / name).write_bytes(b"\xff")
    files = [*tmp_path.iterdir(), tmp_path / "gone.txt"]
    assert find_phrases({path.name: path for path in files}, {PHRASE}) == {}
