"""Pages that repeat words of other pages are written again when these change."""

import pytest

from tests.projects import Project

PAGES = {
    # Sphinx itself writes pages again whose toctrees list a changed page.
    "index.md": "# Ada\n\n```{toctree}\nlinking\nlinked\n```\n",
    "linked.md": "# Linked\n\n(words)=\n(here)=\n## WORDS\n\nx\n\n:::{table} WORDS\n:name: shown\n\n| A |\n|---|\n| B |\n:::\n",
}


@pytest.mark.parametrize("link", ["[](linked.md#words)", "[](#here)", "{ref}`here`", "[](#shown)"])
def test_page_with_a_link_that_repeats_words_is_written_when_these_change(project: Project, link: str) -> None:
    project.write({**PAGES, "linking.md": f"# Linking\n\nSee {link}.\n"})
    assert "See" in project.build("html").read("linking.html")
    changed = PAGES["linked.md"].replace("WORDS", "Others")
    built = project.write({"linked.md": changed}).build("html")
    assert "WORDS" not in built.read("linking.html")
    assert "Others" in built.read("linking.html")
