"""What a file may be: refused with its location and the rule, or read in bounded time and memory."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cvtools.build import build
from cvtools.sphinx_warnings import SourceError
from tests.projects import Project


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (b"# A\n\nZa\xbf\xf3\xb3\xe6\n", "index.md:3: the byte 0xbf is not UTF-8: save the file as UTF-8"),
        ("# A\n".encode("utf-16"), "index.md:1: the byte 0xff is not UTF-8: save the file as UTF-8"),
        (b"# A\n\nx\0y\n", "index.md:3: this is no text: it has the character U+0000"),
        ("# A\n\nx\ufffdy\n".encode(), "index.md:3: this is no text: it has the character U+FFFD"),
        ("# A\n\nx\ufffey\n".encode(), "index.md:3: this is no text: it has the character U+FFFE"),
        (b"x" * 10_000_000, "index.md: a page may have at most 100 kB: split it into several"),
        (b"# A\n\n" + b"x" * 10_001, "index.md:3: a line may have at most 10000 characters: break it"),
        (b"# A\n" * 20_000, "index.md:501: a page may have at most 500 headings: split it into several"),
        (b"A\n-\n" * 501, "index.md:1001: a page may have at most 500 headings: split it into several"),
        (b"<h2>A</h2>" * 501, "index.md:1: a page may have at most 500 headings: split it into several"),
        (b"(a)=\n" * 501, "index.md:501: a page may have at most 500 headings: split it into several"),
        (b"# A\n\n" + b"> " * 1000 + b"x\n", "index.md:3: more than 40 levels are nested here"),
        (b"# A\n\n" + b"- " * 1000 + b"x\n", "index.md:3: more than 40 levels are nested here"),
        (
            b"# A\n\n" + b"".join(b" " * 2 * depth + b"- x\n" for depth in range(200)),
            "index.md:22: more than 40 levels are nested here",
        ),
        (b"# A\n\n" + b"**a *b " * 50 + b"b* a**" * 50, "index.md:3: more than 40 levels are nested here"),
        (
            b"# A\n\n" + b"".join(b"`" * (99 - depth) + b"{note}\n" for depth in range(96)),
            "index.md:14: more than 40 levels are nested here",
        ),
    ],
)
def test_faulty_page_is_refused(project: Project, page: bytes, message: str) -> None:
    (project.docs / "index.md").write_bytes(page)
    with pytest.raises(SourceError) as caught:
        project.build()
    assert str(caught.value).replace(f"{project.docs}/", "") == message


def test_refused_page_is_reported_in_one_line(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project.folder)
    (project.docs / "index.md").write_bytes(b"# A\n\n\xff\n")
    assert not build(project.folder, pdf=False)
    said = "cvtools: docs/index.md:3: the byte 0xff is not UTF-8: save the file as UTF-8\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(
    "name", ['q"q.md', "100%.md", "c#.md", "q?.md", "-x.md", "x" * 101 + ".md", "a<b>.md", ".x.md"]
)
def test_a_name_that_is_refused(project: Project, name: str) -> None:
    project.write({"index.md": "# A\n", f"talks/{name}": "# B\n"})
    with pytest.raises(SourceError, match="name pages in letters, digits, spaces, hyphens and dots"):
        project.build()


@pytest.mark.parametrize("name", [b"a\nb.md", b"\xff.md", "a\u202eb.png".encode()])
def test_name_with_invisible_characters_is_refused(project: Project, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(project.docs) + b"/" + name)).write_text("x")
    with pytest.raises(SourceError, match="a name with characters that are not seen: rename it"):
        project.write({"index.md": "# A\n"}).build()


def test_names_that_differ_in_encoding_alone_are_refused(project: Project) -> None:
    """Sphinx reads one, and the words of the other are lost."""
    project.write({"index.md": "# A\n", "\xe9.md": "# B\n", "e\u0301.md": "# C\n"})
    with pytest.raises(SourceError) as raised:
        project.build()
    assert "docs: " in str(raised.value)
    assert {r"\xe9.md", r"e\u0301.md"} <= {*str(raised.value).split()}


@pytest.mark.parametrize("name", ["a b", "it's", "żółć", "a&b", "a..b"])
def test_odd_name_of_a_page_works(project: Project, name: str) -> None:
    project.write({"index.md": "# A\n\n```{talks}\n```\n", f"talks/{name}.md": "# B\n:event: E\n:date: 2020\n"})
    built = project.build("html")
    assert 'id="b"' in built.read(f"talks/{name}.html")
    project.build("cvlatex")


def test_page_that_is_not_markdown_is_refused(project: Project) -> None:
    project.write({"index.md": "# A\n", "evil.rst": ".. raw:: html\n\n   <script>\n"})
    with pytest.raises(SourceError, match=r"evil\.rst: pages are Markdown: give it the ending \.md"):
        project.build()


@pytest.mark.parametrize("name", ["sphinx.md", "sphinx/a.md"])
def test_page_whose_catalog_would_be_that_of_the_theme_is_refused(project: Project, name: str) -> None:
    with pytest.raises(SourceError, match="a page or a catalog of that name itself: rename it"):
        project.write({"index.md": "# A\n", name: "# B\n"}).build()


@pytest.mark.parametrize("name", ["search.md", "genindex.md"])
def test_page_with_the_name_of_one_of_sphinx_is_refused(project: Project, name: str) -> None:
    project.write({"index.md": "# A\n", "more/search.md": "---\norphan:\n---\n# S\n"}).build()
    with pytest.raises(SourceError, match="a page or a catalog of that name itself: rename it"):
        project.write({name: "# Mine\n"}).build()


@pytest.mark.parametrize("target", ["../secret.md", "/dev/zero", "link.md", "missing.md"])
def test_page_that_is_a_symbolic_link_is_refused(project: Project, target: str) -> None:
    (project.folder / "secret.md").write_text("# Secret\n")
    project.write({"index.md": "# A\n"})
    (project.docs / "link.md").symlink_to(target)
    with pytest.raises(SourceError, match=r"link\.md: a symbolic link: put the pages themselves there"):
        project.build()


def test_page_with_a_long_name_is_refused(project: Project) -> None:
    project.write({"index.md": "# A\n", f"{'名' * 80}.md": "# B\n"})
    with pytest.raises(SourceError, match="the name of a page is too long for a file: shorten it"):
        project.build()


def test_page_that_is_a_pipe_is_refused(project: Project) -> None:
    project.write({"index.md": "# A\n"})
    os.mkfifo(project.docs / "pipe.md")
    with pytest.raises(SourceError, match=r"pipe\.md: not a regular file: put the page itself there"):
        project.build()


def chain(length: int, times: int, option: str = "") -> dict[str, str]:
    """Pages that each name the next one some times."""

    def page(number: int) -> str:
        following = f"p{number + 1}" if number + 1 < length else ""
        return f"# P{number}\n\n" + f"```{{toctree}}\n{option}\n{following}\n```\n\n" * times * bool(following)

    return {f"p{number}.md" if number else "index.md": page(number) for number in range(length)}


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        (chain(30, 2), r"the navigation would have \d+ entries: name each page once"),
        (chain(8, 4), r"the navigation would have \d+ entries: name each page once"),
        (chain(30, 1), "more than 8 toctrees lead from here to some page"),
        (chain(250, 1, ":numbered:"), "more than 8 toctrees lead from here to some page"),
        ({"index.md": "# A\n\n```{toctree}\nb\n```\n", "b.md": "# B\n\n```{toctree}\nindex\n```\n"}, "in a circle"),
    ],
)
def test_long_or_deep_navigation_is_refused(project: Project, pages: dict[str, str], said: str) -> None:
    with pytest.raises(SourceError, match=rf"index\.md: .*{said}"):
        project.write(pages).build("html", warns=True)


def test_toctrees_of_a_deep_book_are_accepted(project: Project) -> None:
    project.write(chain(8, 1) | {"q.md": "# Q\n"})
    text = "# P0\n\n```{toctree}\np1\nq\n```\n\n```{toctree}\nq\n```\n"
    assert "p7.html" in project.write({"index.md": text}).build("html", warns=True).read("index.html")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("[a]: https://a.example/" + "x" * 9_000 + "\n\n" + "[a] " * 100, "500000 characters of addresses"),
        ("[a]: https://a.example/ '" + "x" * 9_000 + "'\n\n" + "![a] " * 100, "500000 characters of addresses"),
        ("".join(f"[^{number}]: Words.\n\n" for number in range(400)), "300 footnotes"),
        ("|" * 100 + "\n" + "|-" * 99 + "|\n" + "|x|\n" * 30, "2000 cells of tables"),
    ],
)
def test_page_above_a_limit_is_refused(project: Project, text: str, rule: str) -> None:
    with pytest.raises(SourceError, match=rf"index\.md:\d+: a page may have at most {rule}: split it into several"):
        project.write({"index.md": f"# A\n\n{text}\n"}).build("html", warns=True)


def test_folder_that_is_a_symbolic_link_is_refused(project: Project) -> None:
    project.write({"index.md": "# A\n", "a/b.md": "# B\n"})
    for name in ("one", "two"):
        (project.docs / "a" / name).symlink_to("..")
    with pytest.raises(SourceError, match="a symbolic link: put the pages themselves there"):
        project.build()
    project.write({"a/b.md": "# B\n"}).build(exclude_patterns=["a"])


@pytest.mark.parametrize("name", ["x.MD", "x.markdown"])
def test_page_with_another_ending_is_refused(project: Project, name: str) -> None:
    project.write({"index.md": "# A\n", name: "# B\n"})
    with pytest.raises(SourceError, match=r'the name of a page ends in "\.md": rename it to x\.md'):
        project.build()


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", [b"\r\n", b"\r"])
def test_line_ends_of_other_systems_are_read(project: Project, start: bytes, newline: bytes) -> None:
    (project.docs / "index.md").write_bytes(
        start + newline.join([b"# Ada", b":email: a@x.example", b"", b"Words.", b""])
    )
    person = project.build().domain.resume.person
    assert person
    assert person.email == ("a@x.example",)


#: What takes parsers longest, found by trial, as large as may be and yet quick enough for a test.
SLOW = {
    "brackets": "\n".join(["[" * 3000] * 3),
    "pictures": "\n".join(["![" * 1500] * 3),
    "spans": "\n".join(["[a]{.run-in} " * 200] * 3),
    "cells": "|a" * 50 + "|\n" + "|-" * 50 + "|\n" + "|\n" * 39,
    "formulas": "{math}`" + "{" * 2000 + "}" * 2000 + "`",
    "conditions": "```{only} " + "(" * 4000 + "html" + ")" * 4000 + "\nx\n```",
    "headings": "## a\n" * 450,
    "notes": "[^a]\n\n[^a]: x\n\n" + "[^a] " * 500,
}


def test_what_is_not_refused_takes_bounded_time_and_memory(project: Project) -> None:
    pages = {f"{name}.md": f"---\norphan: true\n---\n# A\n\n{text}\n" for name, text in SLOW.items()}
    project.write({"index.md": "# Ada\n", **pages})
    command = 'ulimit -v 1000000; ulimit -t 60; exec "$@"'
    sphinx = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-c",
        str(project.folder),
        str(project.docs),
        str(project.folder / "o"),
    ]
    done = subprocess.run(["/bin/sh", "-c", command, "sh", *sphinx], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    assert "a formula may have at most 3000 characters" in done.stderr
    assert {f"{name}.html" for name in SLOW} <= {path.name for path in (project.folder / "o").iterdir()}


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("folder", ["locales", "../locales"])
def test_catalog_of_the_theme_is_refused(project: Project, folder: str, language: str) -> None:
    """The theme takes its words for HTML."""
    catalog = f"{folder}/{language}/LC_MESSAGES/sphinx.po"
    project.write({"index.md": "# A\n", catalog: 'msgid "Search"\nmsgstr "<script>alert(1)</script>"\n'})
    with pytest.raises(SourceError, match=r"sphinx\.[mp]o: a page cannot translate the theme: delete it"):
        project.build("html", language=language)
