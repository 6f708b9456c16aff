"""The grammar as two tables of cases: what a valid entry becomes, and what is said of a malformed one.

A case is the page ``entry.md``; a line ``=== talks/a.md`` begins another page. Where a case has no
``index.md``, the root page is a heading and a table of contents.
"""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from markdown_it.utils import read_fixture_file

from cvtools.nodes import cv_field
from tests.projects import Built, Project

HERE = Path(__file__).parent
INDEX = "# CV\n\n```{toctree}\n%s\n```\n"


def read_cases(name: str) -> list[object]:
    cases = enumerate(read_fixture_file(HERE / f"{name}.txt"))
    return [pytest.param(str(number), text, expected, id=title) for number, (_, title, text, expected) in cases]


def build(project: Project, text: str, builder: str = "dummy", *, warns: bool = False) -> Built:
    first, *others = re.split(r"(?m)^=== (.*)\n", text)
    pages = dict(zip(others[::2], others[1::2], strict=True))
    if first:
        pages = {"index.md": INDEX % "entry", "entry.md": first} | pages
    return project.write(pages).build(builder, warns=warns)


def book(folder: Path, name: str, builder: str, *, warns: bool = False) -> Built:
    """Build all cases that are one page at once."""
    pages = {f"{number}.md": text for number, (*_, text, _) in enumerate(read_fixture_file(HERE / f"{name}.txt"))}
    pages = {page: text for page, text in pages.items() if "=== " not in text}
    pages["index.md"] = INDEX % "\n".join(page.removesuffix(".md") for page in pages)
    return Project(folder).write(pages).build(builder, warns=warns)


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return book(tmp_path_factory.mktemp("valid"), "valid", "dummy")


@pytest.fixture(scope="module")
def malformed(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return book(tmp_path_factory.mktemp("malformed"), "malformed", "html", warns=True)


def shape(document: nodes.document) -> str:
    """The doctree as text, without what no writer looks at."""
    for node in document.findall(nodes.Element):
        for name in ("names", "bullet", "source", "translatable", "support_smartquotes", "translation_progress"):
            node.attributes.pop(name, None)
    text = "".join(node.pformat("  ") for node in document.children)
    return re.sub(r' internal="0"', "", text)


@pytest.mark.parametrize(("number", "text", "expected"), read_cases("valid"))
def test_valid(project: Project, valid: Built, number: str, text: str, expected: str) -> None:
    built = build(project, text) if "=== " in text else valid
    (docname,) = {number, "entry"} & built.env.all_docs.keys() or {"index"}
    assert shape(built.doctree(docname)) == expected


@pytest.mark.parametrize(("number", "text", "expected"), read_cases("malformed"))
def test_malformed(project: Project, malformed: Built, number: str, text: str, expected: str) -> None:
    if "=== " in text:
        built = build(project, text, "html", warns=True)
        docnames, warnings = sorted(built.env.all_docs), built.warnings
    else:
        built, docnames = malformed, [number]
        warnings = re.sub("(?m)^.*?:", "entry.md:", "".join(re.findall(rf"(?m)^{number}\.md:.*\n", built.warnings)))
    assert warnings == expected
    # Nothing is lost: each word is in the doctree, as text or in an attribute that writers read.
    documents = [built.doctree(docname) for docname in docnames]
    kept = "".join(document.pformat() for document in documents).casefold()
    words = re.findall(r"\w+", re.sub(r"(?ms)^(===.*?$|```\{.*?```)", "", text))
    assert [word for word in words if word.casefold() not in kept] == []
    # What was not understood is on the page as it was written, unless it might be meant for the PDF alone.
    page = "".join(letters(page_text(built, docname)) for docname in docnames)
    for field in (field for document in documents for field in document.findall(cv_field)):
        if field["name"] == "unknown" and field.astext():
            is_shown = letters(field["label"] + field.astext()) in page
            assert is_shown is ("show" not in field), field


def page_text(built: Built, docname: str) -> str:
    return BeautifulSoup(built.read(f"{docname}.html"), "html.parser").get_text()


def letters(text: str) -> str:
    return re.sub(r"[\s:]", "", text)
