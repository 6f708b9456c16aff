"""The levels of headings, whatever the page was written for."""

import pytest
from docutils import nodes

from tests.projects import Project


def outline(document: nodes.document) -> list[tuple[int, str]]:
    """Return the depth and the words of each heading."""
    found = []
    for section in document.findall(nodes.section):
        depth, node = 0, section.parent
        while node is not None:
            depth, node = depth + 1, node.parent
        found.append((depth, section[0].astext()))
    return found


@pytest.mark.parametrize(
    ("page", "expected", "warnings"),
    [
        ("# A\n\n## B\n\n### C\n\n## D\n", [(1, "A"), (2, "B"), (3, "C"), (2, "D")], ""),
        ("A\n=\n\nB\n-\n", [(1, "A"), (2, "B")], ""),
        (
            "## A\n\n## B\n\n### C\n\n## D\n",
            [(1, "A"), (2, "B"), (3, "C"), (2, "D")],
            'index.md:1: WARNING: the page begins without a title: write "# A" here [cv.entry]\n',
        ),
        (
            "#Ada\n:headline: B\n\n## C\n",
            [(1, "C")],
            'index.md:1: WARNING: "#Ada" is not a heading: write "# Ada" [cv.entry]\n'
            'index.md:2: WARNING: "headline" is a field only directly under a heading: move it there [cv.entry]\n',
        ),
        (
            "# A\n\n## B\n\n# C\n\n## D\n\n# E\n",
            [(1, "A"), (2, "B"), (2, "C"), (3, "D"), (2, "E")],
            'index.md:5: WARNING: a page has one title: write "## C" here [cv.entry]\n',
        ),
        (
            "# A\n\n## B\n\n# C\n\n### D\n\n## E\n",
            [(1, "A"), (2, "B"), (2, "C"), (3, "D"), (3, "E")],
            'index.md:5: WARNING: a page has one title: write "## C" here [cv.entry]\n',
        ),
        (
            "# A\n\n### B\n\n#### C\n\n##### D\n\n### E\n\n###### F\n",
            [(1, "A"), (2, "B"), (3, "C"), (4, "D"), (2, "E"), (3, "F")],
            'index.md:3: WARNING: a level is skipped: write "## B" here [cv.entry]\n',
        ),
        (
            "# A\n\n##\n\n#\n\n## B\n",
            [(1, "A"), (2, "B")],
            'index.md:3: WARNING: a heading without words: write some, or delete the "#" [cv.entry]\n',
        ),
        (
            "Words, but no heading.\n",
            [],
            'index.md: WARNING: the page has no title: begin it with one, such as "# Ada Example" [cv.entry]\n',
        ),
        (
            "<!-- Words. -->\n",
            [],
            'index.md: WARNING: the page has no title: begin it with one, such as "# Ada Example" [cv.entry]\n',
        ),
    ],
)
def test_headings_are_arranged_with_one_warning_of_each_kind(
    project: Project, page: str, expected: list[tuple[int, str]], warnings: str
) -> None:
    built = project.write({"index.md": page}).build("html", warns=True)
    assert outline(built.doctree()) == expected
    assert built.warnings == warnings


def test_headings_in_directives_and_quotations_make_no_sections(project: Project) -> None:
    page = "# A\n\n```{note}\n# B\n```\n\n> # C\n\n## D\n"
    assert outline(project.write({"index.md": page}).build().doctree()) == [(1, "A"), (2, "D")]


def test_rules_that_separate_nothing_are_left_out(project: Project) -> None:
    page = "---\n\n# A\n\n---\n\nWords.\n\n---\n***\n\n## B\n\n---\n\nMore.\n\n---\n"
    document = project.write({"index.md": page}).build().doctree()
    assert len(list(document.findall(nodes.transition))) == 1
