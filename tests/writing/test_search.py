"""Search index with words without diacritics."""

import json

import pytest

from tests.projects import Project


@pytest.mark.parametrize("language", ["en", "pl", "de"])
def test_index_has_words_with_and_without_diacritics(project: Project, language: str) -> None:
    project.write({"index.md": "# Ada\n\n## Łódź\n\nGdańsk żółw\n"})
    index = project.build("html", language=language).read("searchindex.js")
    for word in ("gdańsk", "gdansk", "łódź", "lodz", "żółw", "zolw"):
        assert json.dumps(word) in index


def test_index_omits_words_that_a_page_no_longer_has(project: Project) -> None:
    before = "# Ada\n:location: Secretplace\n\n## Secrettitle\n\nSecretwords.\n"
    index = project.write({"index.md": before}).build("html").read("searchindex.js")
    assert [word for word in ("secretplac", "secretword", "secrettitl") if word not in index.lower()] == []
    built = project.write({"index.md": "# Ada\n:location: Secretplace {show=pdf}\n"}).build("html")
    assert "secret" not in built.read("searchindex.js")
