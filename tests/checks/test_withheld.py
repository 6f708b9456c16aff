"""Files that have what an edition leaves out are found, whatever form its words have there."""

import zipfile
import zlib
from pathlib import Path

import pytest

from cvtools.checks.withheld import findings

WITHHELD = {"led the falcon migration": "docs/index.md", "project falcon": "docs/index.md", "zeppelin": "docs/a.md"}


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
    ("name", "text", "phrase"),
    [
        ("a.html", "<p>We <em>led</em> the <a href='x'>falcon</a> migration.</p>", "led the falcon migration"),
        ("a.html", "<nav><li>Project Falcon</li></nav>", "project falcon"),
        ("a.html", "<article><td>Zeppelin</td></article>", "zeppelin"),
        ("a.html", '<meta content="Led the fal&shy;con migration" />', "led the falcon migration"),
        ("a.html", '<script type="application/ld+json">{"name": "Project Falcon"}</script>', "project falcon"),
        ("cv.docx", "<w:p><w:t>Led the fal</w:t></w:r><w:r><w:t>con migration</w:t></w:p>", "led the falcon migration"),
        ("objects.inv", "a cv:position -1 index.html#a Project Falcon", "project falcon"),
        ("searchindex.js", 'Search.setIndex({"alltitles": {"Project Falcon": [[0, "a"]]}})', "project falcon"),
        ("resume.json", '{"name": "Zeppelin"}', "zeppelin"),
        ("resume.json", r'{"name": "Project \u0046alcon"}', "project falcon"),
        ("cv.txt", "We led the falcon\nmigration.", "led the falcon migration"),
        ("feed.xml", "<title>Project Falcon</title>", "project falcon"),
    ],
)  # fmt: skip
def test_phrase_is_found(name: str, text: str, phrase: str, tmp_path: Path) -> None:
    path = write(tmp_path / name, text)
    assert list(findings([path], WITHHELD)) == [(path, phrase)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", "<p>Led</p><p>the falcon migration</p><td>Project</td><td>Falcon</td>"),
        ("a.html", "<nav>Zeppelin</nav><script>project falcon</script>"),
        ("search.html", "<article>Zeppelin</article>"),
        ("resume.json", '{"zeppelin": "Project", "falcon": "Kept, falcon"}'),
        ("cv.txt", "Project\nFalcon\n\nZeppelin"),
        ("cv.docx", "<w:p>Project</w:p><w:p>Falcon</w:p>"),
        ("picture.png", "Zeppelin"),
    ],
)
def test_words_of_theme_and_format_and_of_two_blocks_are_no_phrase(name: str, text: str, tmp_path: Path) -> None:
    assert list(findings([write(tmp_path / name, text)], WITHHELD)) == []
