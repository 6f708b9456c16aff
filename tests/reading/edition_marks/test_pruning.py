"""Marks: what a variant selects is there, and what it does not is nowhere in any output."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable

import pytest
from docutils import nodes

from cvtools.nodes import cv_fields
from tests.projects import Built, Project

BUILDERS = "html dirhtml singlehtml text epub latex cvlatex gettext pseudoxml man texinfo".split()
INVENTORY_HEAD = b"zlib.\n"


def plain(name: str, data: bytes) -> str:
    """A file's text, unpacked where it is packed."""
    if name.endswith(".inv"):
        data = zlib.decompress(data[data.index(INVENTORY_HEAD) + len(INVENTORY_HEAD) :])
    if name.endswith(".epub"):
        archive = zipfile.ZipFile(io.BytesIO(data))
        data = b"\n".join(member.encode() + archive.read(member) for member in archive.namelist())
    return name + data.decode(errors="replace")


def files_with_canary(built: Built) -> list[str]:
    return [name for name, data in built.files().items() if "canary" in plain(name, data).lower()]


@pytest.mark.parametrize("builder", BUILDERS)
def test_what_is_left_out_is_in_no_file(root: Callable[[str], Project], builder: str) -> None:
    built = root("test-cv-variants").build(builder)
    leaks = files_with_canary(built)
    if builder == "gettext":
        # A translator must see the mark. It holds in the translation, too.
        assert leaks == ["index.pot"]
        assert [line for line in built.read("index.pot").split("\n") if "anary" in line] == [
            'msgid "[Canary words]{.only-short} Kept words[^both]."'
        ]
    else:
        assert leaks == []
        text = "".join(plain(name, data) for name, data in built.files().items())
        for kept in ("Kept first", "Kept words", "Kept last", "Kept note", "Kept talk"):
            assert kept in text


def test_the_variant_has_all_that_is_for_it(root: Callable[[str], Project]) -> None:
    built = root("test-cv-variants").build("html", cv_variant="short")
    source = (built.app.srcdir / "index.md").read_text("utf-8")
    assert built.read("index.html").lower().count("canary") >= source.lower().count("canary") - source.count("{.only")
    assert "Canary abstract" in built.read("talks/2015-canary.html")
    assert "Canary conference" in built.read("index.html")
    assert "only-short" not in re.sub(r'class="[^"]*"', "", built.read("index.html"))


def test_another_variant_has_what_is_for_several(root: Callable[[str], Project]) -> None:
    page = root("test-cv-variants").build("html", cv_variant="long").read("index.html")
    assert "Canary note" in page
    assert "Canary bullet" not in page


def test_the_same_environment_serves_another_variant(root: Callable[[str], Project]) -> None:
    project = root("test-cv-variants")
    assert "talks/2015-canary" in project.build("html", cv_variant="short").env.all_docs
    built = project.build("text")
    assert "talks/2015-canary" not in built.env.all_docs
    assert files_with_canary(built) == []
    assert "talks/2015-canary" in project.build("text", cv_variant="short").env.all_docs


@pytest.mark.parametrize("mark", [":only: short\n", ""])
def test_marks_of_this_variant_leave_no_trace(project: Project, mark: str) -> None:
    text = f"# A\n\n## B\n:kind: skills\n{mark}\n- []{{.only-short}} One\n- Two[]{{.only-short}}\n"
    document = project.write({"index.md": text}).build(cv_variant="short").doctree()
    assert [item.astext().strip() for item in document.findall(nodes.list_item)] == ["One", "Two"]
    assert not list(document.findall(nodes.inline))
    assert [head["kind"] for head in document.findall(cv_fields)] == []


@pytest.mark.parametrize("words", ["[]{.only-short}[]{.only-short}", "[]{.only-short} Canary []{.only-long}"])
def test_two_marks_of_one_element(project: Project, words: str) -> None:
    built = project.write({"index.md": f"# A\n:location: {words}\n\n- {words}\n\n{words}\n\nWords.\n"}).build(
        "html", warns=True
    )
    assert "Words." in built.read("index.html")
    assert "canary" not in built.read("index.html").lower()


@pytest.mark.parametrize(
    "text",
    [
        "{.only-short}\n(here)=\nCanary.\n",
        "{.only-short}\n% a comment\n\nCanary.\n",
        "{.only-short}\n\n\nCanary.\n",
        "{.only-short}\n(here)=\n## Canary\n\nCanary.\n",
        "## Canary\n<!-- a comment -->\n(here)=\n:only: short\n\nCanary.\n",
        "- {.only-short}\n  Canary.\n",
        "- [Canary]{.only-short}\n",
        "> []{.only-short} Canary.\n",
        "> []{.only-short}\n>\n> Canary.\n",
        ":::only-short\nCanary.\n:::\n",
        ":::{note}\n---\nclass: only-short\n---\nCanary.\n:::\n",
        "```{image} canary.png\n:class: only-short\n```\n",
        "```{figure} canary.png\n:figclass: only-short\n\nCanary.\n```\n",
        ":::{note}\n[Canary[^a]]{.only-short} Kept.\n:::\n\n[^a]: Canary[^b].\n\n[^b]: Canary.\n",
        ":::{admonition} Kept[^a]\n[Canary[^a]]{.only-short}\n:::\n\n[^a]: Kept.\n",
        "[Canary[^a]]{.only-short}\n\n:::{note}\n[^a]: Canary[^b].\n:::\n\n[^b]: Canary.\n",
        "## Canary []{.only-short}\n\nCanary[^a].\n\n[^a]: Canary.\n",
        "Kept.[^a]\n\n## Canary []{.only-short}\n\nCanary.\n\n[^a]: Kept [canary]{.only-short}.\n",
        "![kept [canary]{.only-short}](kept.png)\n",
        "{.only-short}\n<b>Canary</b>\n",
        "## Canary\n:only: short\n\nCanary.\n\n(here)=\n## Kept.\n\n[Kept.](#here)\n",
        "(here)=\n## Canary\n:only: short\n\n(there)=\n## Canary []{.only-short}\n\nCanary.\n",
        ":::{note}\n:class: only-short\n:bad\nCanary.\n:::\n",
        "![Kept. [canary]{.only-short}](https://example.org/x.png)\n",
        ":::{raw} html\n[canary]{.only-short}\n:::\n",
        "```{topic} [Canary][ref]{.only-short}\nCanary.\n```\n\n[ref]: https://x.org\n",
        "```{topic} **[Canary]{.only-short}**\nCanary.\n```\n",
        "```{admonition} [Canary](https://x.org){.only-short}\nCanary.\n```\n",
        "```{topic} Kept. [canary]{.only-short}\nKept.\n```\n",
    ],
)
def test_what_is_marked_is_left_out(project: Project, text: str) -> None:
    (project.docs / "kept.png").write_bytes(b"")
    built = project.write({"index.md": f"# Ada\n\nKept.\n\n{text}"}).build("html", cv_variant="long", warns=True)
    assert built.files_with("anary") == []
    assert "only-" not in built.read("index.html")
    assert built.resolved().astext().count("Kept") == f"Kept.{text}".count("Kept")


def test_a_mark_that_marks_nothing_gives_a_warning(project: Project) -> None:
    text = "# A\n\nWords.\n\n**Secret**{.only-short} and\n{.only-short}\n\n:::{note}\n*Secret*{.only-short}\n:::\n"
    said = "WARNING: {.only-short} marks nothing here: write [words]{.only-short}, {.only-short} above a block"
    said += ", or :only: under a heading [cv.variant]"
    assert project.write({"index.md": text}).build(warns=True).warnings.split("\n")[:2] == [
        f"index.md:5: {said}",
        f"index.md:9: {said}",
    ]


def test_heading_that_is_a_mark_alone_is_one_without_words(project: Project) -> None:
    written = project.write({"index.md": "# A\n\n## []{.only-short}\n\nWords.\n"})
    built = written.build("html", warns=True, cv_variant="short")
    assert "index.md:3: WARNING: a heading without words" in built.warnings
    assert "Words." in built.read("index.html")


@pytest.mark.parametrize(
    "value", ["1. kept [canary]{.only-short}", "- [canary]{.only-short}\n\n  Kept", "+48 1 []{.only-short}"]
)
def test_a_value_that_is_read_again_lacks_what_is_left_out(project: Project, value: str) -> None:
    built = project.write({"index.md": f"# Ada\n:location: {value}\n"}).build("html", warns=True)
    assert built.files_with("canary") == []
    assert "only-" not in built.read("index.html")


def test_fields_are_those_of_a_heading_above_many_without_words(project: Project) -> None:
    text = "# Ada\n\n## Canary\n" + "###\n\n% A comment\n\n" * 30 + ":only: short\n:period: 2012\n\nCanary\n"
    built = project.write({"index.md": text}).build("html", cv_variant="long", warns=True)
    assert "Canary" not in built.read("index.html")


def test_page_of_many_headings_is_pruned_in_time(project: Project) -> None:
    """Whatever looks at all that is below each of them takes minutes."""
    text = "# Ada\n\nKept.\n\n[Canary]{.only-short}\n\n" + "##\n" * 8_000 + "## Empty\n\n{.only-short}\nCanary\n"
    built = project.write({"index.md": text}).build("html", cv_variant="long", warns=True)
    assert "Canary" not in built.read("index.html")
