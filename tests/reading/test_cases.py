"""The grammar as two tables of cases: what a valid entry becomes, and what is said of a malformed one.

A case is the page ``entry.md``; a line ``=== talks/a.md`` begins another page. Where a case has no
``index.md``, the root page is a heading and a table of contents.
"""

import re
from pathlib import Path

import pytest
from docutils import nodes
from markdown_it.utils import read_fixture_file

from cvtools.nodes import cv_field
from tests.projects import Built, Project

HERE = Path(__file__).parent
INDEX = "# CV\n\n```{toctree}\nentry\n```\n"


def read_cases(name: str) -> list[object]:
    return [
        pytest.param(text, expected, id=title)
        for _, title, text, expected in read_fixture_file(HERE / f"{name}.txt")
    ]


def build(project: Project, text: str, builder: str = "dummy", *, warns: bool = False) -> Built:
    first, *others = re.split(r"(?m)^=== (.*)\n", text)
    pages = dict(zip(others[::2], others[1::2], strict=True))
    if first:
        pages = {"index.md": INDEX, "entry.md": first} | pages
    return project.write(pages).build(builder, warns=warns)


def shape(document: nodes.document) -> str:
    """The doctree as text, without what no writer looks at."""
    for node in document.findall(nodes.Element):
        for name in ("names", "bullet", "source", "translatable", "support_smartquotes", "translation_progress"):
            node.attributes.pop(name, None)
    text = "".join(node.pformat("  ") for node in document.children)
    return re.sub(r' internal="0"', "", text)


@pytest.mark.parametrize(("text", "expected"), read_cases("valid"))
def test_valid(project: Project, text: str, expected: str) -> None:
    built = build(project, text)
    assert shape(built.doctree("entry" if "entry" in built.env.all_docs else "index")) == expected


@pytest.mark.parametrize(("text", "expected"), read_cases("malformed"))
def test_malformed(project: Project, text: str, expected: str) -> None:
    built = build(project, text, warns=True)
    assert built.warnings == expected
    # Nothing is lost: each word stands in the doctree, as text or in the attributes that writers read.
    kept = "".join(built.doctree(name).pformat() for name in built.env.all_docs).casefold()
    words = re.findall(r"\w+", text)
    assert [word for word in words if word.casefold() not in kept] == []


@pytest.mark.parametrize(("text", "expected"), read_cases("malformed"))
def test_a_malformed_value_is_on_the_page(project: Project, text: str, expected: str) -> None:
    built = build(project, text, "html", warns=True)
    pages = [data.decode() for name, data in built.files().items() if name.endswith(".html")]
    for docname in built.env.all_docs:
        for field in built.doctree(docname).findall(cv_field):
            if field["name"] == "unknown":
                shown = all(any(word in page for page in pages) for word in re.findall(r"\w+", field.astext()))
                assert shown is (field.get("show", "html") == "html")
