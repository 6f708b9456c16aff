"""Words and signs that lines and directions must not part."""

import re

import pytest
from bs4 import BeautifulSoup

from cvtools.writing.typography import COMPOUND, bind
from tests.projects import Project


@pytest.mark.parametrize(
    ("text", "language", "bound"),
    [
        ("in 9 days", "en", "in 9\u00a0days"),
        ("Chef · baker", "en", "Chef\u00a0· baker"),
        ("a z nim i o tym", "pl", "a\u00a0z\u00a0nim i\u00a0o\u00a0tym"),
        ("a z nim i o tym", "en", "a z nim i o tym"),
        ("k nám v Brně", "cs", "k\u00a0nám v\u00a0Brně"),
        ("W domu", "pl-PL", "W\u00a0domu"),
        ("pisał o ", "pl", "pisał o\u00a0"),
        ("i\nnowy", "pl", "i\u00a0nowy"),
    ],
)
def test_bind_adds_no_break_spaces(text: str, language: str, bound: str) -> None:
    assert bind(text, language) == bound


@pytest.mark.parametrize(
    ("text", "compounds"),
    [
        ("a back-end, state-of-the-art", ["back-end", "state-of-the-art"]),
        ("2012-09 -x y- a--b -", ["2012-09"]),
        ("a-word-that-is-too-long-for-a-phone", []),
    ],
)
def test_compound_is_found_unless_it_is_long(text: str, compounds: list[str]) -> None:
    assert COMPOUND.findall(text) == compounds


HEBREW = """# נועה
:headline: מהנדסת

## ניסיון

### ראש צוות
:organization: Wix.com Ltd.
:period: 2020
:technologies: C++, C#

- הובלתי צוות ב-AWS.
- Python, C++
"""


def test_latin_text_keeps_its_signs_from_right_to_left(project: Project) -> None:
    built = project.write({"index.md": HEBREW}).build("html", language="he")
    page = BeautifulSoup(built.read("index.html"), "lxml").get_text()
    assert {*re.findall("\u200e([^\u200e]+)\u200e", page)} == {"Wix.com Ltd.", "C++", "C#", "Python, C++"}
    assert "\u200e" not in project.build("cvtext", language="he").read("cv.txt")
