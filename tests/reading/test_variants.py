"""Variants: what is selected is there, and what is not is nowhere in any output."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from docutils import nodes

from cvtools.nodes import cv_fields
from tests.projects import Built, Project

BUILDERS = [
    "html",
    "dirhtml",
    "singlehtml",
    "text",
    "epub",
    "latex",
    "cvlatex",
    "gettext",
    "pseudoxml",
    "man",
    "texinfo",
]
INVENTORY_HEAD = b"zlib.\n"
GLOSSARY = """\
```{glossary}
One
Canary []{.only-short}
  Kept of two.

[]{.only-short} Canary
  Canary[^a].

Selected []{.only-long}
  Kept.
```

[^a]: Canary.
"""


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


@pytest.mark.parametrize("mark", [":only: short\n", ""])
def test_marks_of_this_variant_leave_no_trace(project: Project, mark: str) -> None:
    text = f"# A\n\n## B\n:kind: skills\n{mark}\n- []{{.only-short}} One\n- Two[]{{.only-short}}\n"
    document = project.write({"index.md": text}).build(cv_variant="short").doctree()
    assert [item.astext().strip() for item in document.findall(nodes.list_item)] == ["One", "Two"]
    assert not list(document.findall(nodes.inline))
    assert [head["kind"] for head in document.findall(cv_fields)] == []


def test_a_page_with_other_top_headings_stays(project: Project) -> None:
    pages = {
        "index.md": "# A\n\n```{toctree}\nb\nc\n```\n",
        "b.md": "# Canary\n:only: short\n\nCanary.\n\n# Kept\n\nWords.\n",
        "c.md": "# Kept too\n\nThe field :only: is\n\n:only: no field of this heading.\n",
    }
    built = project.write(pages).build("html", warns=True)
    assert "Words." in built.read("b.html")
    assert "canary" not in built.read("b.html").lower()
    assert "Kept too" in built.read("c.html")
    assert built.warnings == (
        'c.md:5: WARNING: "only" is a field only directly under a heading: move it there [cv.entry]\n'
    )


def test_the_root_page_is_never_taken_away(project: Project) -> None:
    built = project.write({"index.md": "# Canary\n:only: short\n\nCanary.\n"}).build("html")
    assert "canary" not in built.read("index.html").lower()


def test_a_left_out_page_appears_when_it_is_selected(project: Project) -> None:
    index = "# A\n\n## Talks\n\n```{talks}\n```\n"
    talk = "# T\n:event: E\n:date: 2014\n:only: short\n"
    kept = "# K\n:event: E\n:date: 2015\n"
    project.write({"index.md": index, "talks/a.md": talk, "talks/b.md": kept})
    assert ">T<" not in project.build("html").read("index.html")
    project.write({"talks/a.md": talk.replace(":only: short\n", "")})
    assert ">T<" in project.build("html").read("index.html")
    project.write({"talks/a.md": talk})
    assert ">T<" not in project.build("html").read("index.html")


def test_a_variant_that_is_misspelt(project: Project) -> None:
    text = "# A\n\n## B\n:only: short\n\n## C\n:only: long, short\n\n## D\n:only: shrot\n\n- []{.only-lnog} x\n"
    built = project.write({"index.md": text}).build(warns=True)
    assert built.warnings == (
        'index.md:10: WARNING: only this is marked for "shrot": did you mean short? [cv.variant]\n'
        'index.md:12: WARNING: only this is marked for "lnog": did you mean long? [cv.variant]\n'
    )


def test_mark_that_no_edition_shows(project: Project) -> None:
    text = "# A\n\n## B\n:only: not-draft\n\n## C\n:only: short\n\n- []{.only-short} x\n"
    rule = 'what is marked for "short" is shown nowhere, since conf.py declares no edition'
    (project.folder / "conf.py").write_text('project = "Test"\nextensions = ["cvtools"]\n', "utf-8")
    assert project.write({"index.md": text}).build(warns=True).warnings == (
        f'index.md:7: WARNING: {rule}: write cv_editions = {{"full": {{}}, "short": {{}}}} there [cv.variant]\n'
    )


def test_a_variant_that_nothing_is_marked_for(project: Project) -> None:
    project.write({"index.md": "# A\n\n## B\n:only: short\n\nx\n"})
    said = 'WARNING: conf.py: nothing is marked for cv_variant "shrt": known are short [cv.variant]\n'
    assert said in project.build(warns=True, cv_variant="shrt").warnings


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
        GLOSSARY,
    ],
)
def test_what_is_marked_is_left_out(project: Project, text: str) -> None:
    (project.docs / "kept.png").write_bytes(b"")
    built = project.write({"index.md": f"# Ada\n\nKept.\n\n{text}"}).build("html", cv_variant="long", warns=True)
    assert built.files_with("anary") == []
    assert "only-" not in built.read("index.html")
    assert built.resolved().astext().count("Kept") == f"Kept.{text}".count("Kept")


def test_a_mark_that_marks_nothing_is_told(project: Project) -> None:
    text = "# A\n\nWords.\n\n**Secret**{.only-short} and\n{.only-short}\n\n:::{note}\n*Secret*{.only-short}\n:::\n"
    said = "WARNING: {.only-short} marks nothing here: write [words]{.only-short} [cv.variant]"
    assert project.write({"index.md": text}).build(warns=True).warnings.split("\n")[:2] == [
        f"index.md:5: {said}",
        f"index.md:9: {said}",
    ]


def test_a_mark_behind_a_heading_is_told_to_be_a_field(project: Project) -> None:
    told = project.write({"index.md": "# A\n\n## B {.only-short}\n"}).build(warns=True).warnings
    assert "index.md:3: WARNING: {.only-short} marks nothing here: write :only: short on a line below" in told


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("html and pfd", '"pfd" is no output: did you mean pdf?'),
        ("short", '"short" is an edition: write :only: short under a heading, or [words]{.only-short}'),
        ("latex or mine", ""),
    ],
)
def test_condition_that_names_no_output_is_told(project: Project, condition: str, told: str) -> None:
    project.write({"index.md": f"# A\n\n```{{only}} {condition}\nCanary.\n```\n"})
    built = project.build("html", warns=bool(told), cv_editions={"full": {}, "short": {}})
    assert told in built.warnings
    assert built.files_with("anary") == []


@pytest.mark.parametrize("mark", ["# Canary []{.only-short}", "{.only-short}\n# Canary", "# Canary\n:only: short"])
def test_a_page_whose_title_is_marked_is_left_out(project: Project, mark: str) -> None:
    pages = {"index.md": "# A\n\n```{toctree}\n:glob:\n\n*\n```\n", "b.md": "# B\n", "canary.md": f"{mark}\n\nWords.\n"}
    built = project.write(pages).build("html")
    assert "canary" not in " ".join(built.files())
    assert built.files_with("anary") == []


@pytest.mark.parametrize(
    "value", ["1. kept [canary]{.only-short}", "- [canary]{.only-short}\n\n  Kept", "+48 1 []{.only-short}"]
)
def test_a_value_that_is_read_again_lacks_what_is_left_out(project: Project, value: str) -> None:
    built = project.write({"index.md": f"# Ada\n:location: {value}\n"}).build("html", warns=True)
    assert built.files_with("canary") == []
    assert "only-" not in built.read("index.html")


TALK = {"talks/a.md": "# Canary\n:event: E\n:date: 2014\n\nWords.\n"}
SECTION = "# Ada\n\n## Work\n\nWords.\n\n## Talks\n{}\n"
#: Pages whose section "Talks" alone leads to pages with canaries.
LISTED = {
    "talks": TALK | {"index.md": SECTION.format("\n```{talks}\n```")},
    "mark": TALK | {"index.md": SECTION.format(":only: full\n\n```{talks}\n```")},
    "span": TALK | {"index.md": SECTION.format("\n- []{.only-full}\n\n  ```{talks}\n  ```")},
    "other folder": {
        "b/c.md": "# Canary\n:event: E\n:date: 2014\n",
        "index.md": SECTION.format("\n```{talks}\n:pages: b/*\n```"),
    },
    "in another directive": TALK | {"index.md": SECTION.format("\n````{only} html\n```{talks}\n```\n````")},
    "toctree": {
        "a.md": "# Canary\n",
        "b.md": "# B\n\nCanary.\n",
        "index.md": SECTION.format("\n```{toctree}\n:hidden:\n\na\nTitle <b.md>\n```"),
    },
    "glob": TALK | {"index.md": SECTION.format("\n```{toctree}\n:glob:\n\ntalks/*\n```")},
    "page of a page": {
        "a.md": "# A\n\n```{toctree}\nb\n```\n",
        "b.md": "# Canary\n",
        "index.md": SECTION.format("\n```{toctree}\na\n```"),
    },
    "mark on a page of a page": {
        "a.md": "# A\n\nWords.\n\n## More\n:only: full\n\n```{toctree}\nb\n```\n",
        "b.md": "# Canary\n",
        "index.md": SECTION.format("\nWords.").replace("Words.", "```{toctree}\na\n```", 1),
    },
    "space before the name": TALK | {"index.md": SECTION.format("\n``` {talks}\n```")},
    "tab before the name": TALK | {"index.md": SECTION.format("\n```\t{toctree}\ntalks/a\n```")},
    "block of pandoc": TALK | {"index.md": SECTION.format("\n::: {.box}\n```{talks}\n```\n:::")},
    "bare block": TALK | {"index.md": SECTION.format("\n:::\n```{talks}\n```\n:::")},
    "tag": TALK | {"index.md": SECTION.format("\n<details>\n```{talks}\n```\n</details>")},
    "page behind the name": TALK | {"index.md": SECTION.format("\n```{toctree} talks/a\n```")},
    "front matter": TALK | {"index.md": "---\ntitle: Ada\n---\n" + SECTION.format("\n```{talks}\n```")[7:]},
}


@pytest.mark.parametrize("name", LISTED)
@pytest.mark.parametrize("settings", [{"cv_sections": ["Work"]}, {"cv_variant": "short"}])
def test_page_that_no_part_of_the_variant_lists_is_nowhere(
    project: Project, name: str, settings: dict[str, Any]
) -> None:
    pages = dict(LISTED[name])
    if "cv_variant" in settings:
        pages["index.md"] = pages["index.md"].replace("## Talks\n\n", "## Talks\n:only: full\n\n")
    project.write(pages)
    assert project.build("html", cv_variant="full", warns=True).files_with("Canary")
    built = project.build("html", html_baseurl="https://cv.example", warns=True, **settings)
    assert [line for line in built.warnings.splitlines() if not re.search("marked for|makes no block", line)] == []
    # The command removes the pages of the first build.
    assert [name for name in built.files_with("Canary") if name.endswith(("index.html", "x.js", "json", "atom"))] == []
    assert [name for name in built.env.all_docs if "Canary" in built.env.get_doctree(name).astext()] == []
    assert built.domain.talks("html") == []
    assert project.build("html", cv_variant="full", warns=True).env.found_docs > built.env.found_docs


@pytest.mark.parametrize(
    "pages",
    [
        {"index.md": "# Ada\n\n```{toctree}\ntalks/a\n```\n" + SECTION.format("\n```{talks}\n```")[7:]},
        {"index.md": SECTION.format("\n```{talks}\n```").replace("Words.", "```{toctree}\n:glob:\n\ntalks/*\n```")},
        {"index.md": SECTION.format("\n```{talks}\n```").replace("Words.", "```{toctree}\nb\n```"),
         "b.md": "# B\n\n```{toctree}\ntalks/a\n```\n"},
        {"index.md": SECTION.format("\nWords.")},
    ],
)  # fmt: skip
def test_page_that_another_part_lists_stays(project: Project, pages: dict[str, str]) -> None:
    built = project.write({**TALK, **pages}).build("html", cv_sections=["Work"], warns=True)
    assert "talks/a.html" in built.files_with("Canary")
    assert "nonexisting" not in built.warnings
