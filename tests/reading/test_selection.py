"""What marks leave out of a page, beside what ``tests/test_withheld.py`` tries at random."""

import pytest

from tests.projects import Project

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
