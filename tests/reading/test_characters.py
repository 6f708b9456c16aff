"""Characters that deceive readers are warned of, and those that have a use are not."""

import pytest

from tests.projects import Project


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a\u202eb", "U+202E (RIGHT-TO-LEFT OVERRIDE)"),
        ("a\u2066b", "U+2066 (LEFT-TO-RIGHT ISOLATE)"),
        ("a\u200bb", "U+200B (ZERO WIDTH SPACE)"),
        ("a\u200db", "U+200D (ZERO WIDTH JOINER)"),
        ("a\ufeffb", "U+FEFF (ZERO WIDTH NO-BREAK SPACE)"),
        ("a\U000e0061b", "U+E0061 (TAG LATIN SMALL LETTER A)"),
        ("a\x0cb", "U+000C (a control character)"),
        ("a\x1bb", "U+001B (a control character)"),
    ],
)
def test_deceptive_character_gives_a_warning(project: Project, text: str, name: str) -> None:
    built = project.write({"index.md": f"# A\n\n{text}\n"}).build(warns=True)
    assert built.warnings == f"index.md:3: WARNING: {name} is not seen by readers: delete it [cv.character]\n"


def test_deceptive_characters_of_a_page_give_one_warning(project: Project) -> None:
    built = project.write({"index.md": "# A\n\na\u200bb\n\nc\u200bd\n"}).build(warns=True)
    rule = "U+200B (ZERO WIDTH SPACE) is not seen by readers: delete it, and those on other lines (1)"
    assert built.warnings == f"index.md:3: WARNING: {rule} [cv.character]\n"


@pytest.mark.parametrize("text", ["👩‍💻", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "می‌خواهم", "❤️", "soft\u00adhyphen", "no\u00a0break"])
def test_useful_invisible_character_gives_no_warning(project: Project, text: str) -> None:
    project.write({"index.md": f"# A\n\n{text}\n"}).build()
