"""The spelling check."""

import re

import pytest

from cvtools.sphinx_warnings import SourceError
from tests.projects import Project

PAGE = """\
# Ada Example
:headline: Developzer of services
:email: nosuchwordx@example.org

## Work

### Engineer
:organization: Corp
:period: 2012
:technologies: Kuberxetes

Wrote a servizze in `coddex`.

### Rozmowa
:language: pl

Rozmowa po polsku.
"""


def test_prose_is_checked_and_data_and_other_languages_are_not(project: Project) -> None:
    built = project.write({"index.md": PAGE}).build("spelling", warns=True)
    assert re.findall(r'(?m)^index\.md:(\d+): WARNING: "(\w+)"', built.warnings) == [
        ("2", "Developzer"),
        ("12", "servizze"),
    ]


def test_warning_suggests_a_remedy(project: Project) -> None:
    built = project.write({"index.md": "# Ada\n\nA servizze.\n"}).build("spelling", warns=True)
    (warning,) = built.warnings.splitlines()
    assert warning.startswith('index.md:3: WARNING: "servizze" is not in the dictionary: did you mean "service"')
    assert warning.endswith(" If it is right, add it to wordlist.txt [cv.spelling]")


def test_warning_is_at_the_line_of_the_word(project: Project) -> None:
    page = """\
# Ada

First `coddex` line,
then [a
link](https://example.org/wrongg) and **bold
wrongg** words\\\\
after a break: wrongg, coddex,

- An item
  with *a
  wrongg*, and `wrongg`
  and 1 &#119;rongg.
"""
    built = project.write({"index.md": page}).build("spelling", warns=True, spelling_show_suggestions=False)
    found = re.findall(r'(?m)^index\.md:(\d+): WARNING: "(\w+)"', built.warnings)
    # The last is written in other letters.
    assert found == [("6", "wrongg"), ("7", "wrongg"), ("7", "coddex"), ("11", "wrongg"), ("12", "wrongg")]


def test_words_of_the_list_and_pages_left_out_are_accepted(project: Project) -> None:
    (project.folder / "words.txt").write_text("servizze\n", "utf-8")
    page = "# Ada\n\nA servizze.\n"
    project.write({"index.md": page, "other.md": "---\norphan:\n---\n# Wrongg\n"})
    project.build("spelling", spelling_word_list_filename="../words.txt", spelling_exclude_patterns=["other*"])


def test_conf_py_overrides_defaults(project: Project) -> None:
    built = project.write({"index.md": PAGE}).build("spelling", warns=True, spelling_show_suggestions=False)
    assert '"servizze" is not in the dictionary: if it is right' in built.warnings


def test_symlinked_word_list_is_refused(project: Project) -> None:
    (project.docs / "words.txt").symlink_to("../made")
    with pytest.raises(SourceError, match=r"docs/words\.txt: a link: put the word list itself there"):
        project.write({"index.md": PAGE}).build("spelling", spelling_word_list_filename="words.txt")
    assert not (project.folder / "made").exists()
