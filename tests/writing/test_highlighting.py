"""Highlighting of code, and its limits."""

import pytest

from cvtools import limits
from cvtools.writing.highlighting import LEXERS
from tests.projects import Project

COLOURED = '<span class="'


def page(language: str, code: str) -> dict[str, str]:
    return {"index.md": f"# Ada\n\n````{language}\n{code}\n````\n"}


def body(project: Project, **options: bool) -> tuple[str, str]:
    built = project.build("html", **options)
    return built.read("index.html").partition("<pre>")[2].partition("</pre>")[0], built.warnings


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "def f(): pass"),
        ("Python", "def f(): pass"),
        ("JSON", '{"a": 1}'),
        ("json", '{"a": 1}'),
        ("", "def f(): 1"),
    ],
)
def test_code_in_a_known_language_is_coloured(project: Project, language: str, code: str) -> None:
    assert COLOURED in body(project.write(page(language, code)))[0]


@pytest.mark.parametrize(
    ("language", "hint"),
    [
        ("easytrieve", 'write "text", or name it in cv_allow in conf.py'),
        ("csharp", 'write "text", or name it in cv_allow in conf.py'),
        ("guess", 'write "text", or name it in cv_allow in conf.py'),
        ("pyton", 'did you mean "python"?'),
    ],
)
def test_code_in_another_language_is_shown_plain(project: Project, language: str, hint: str) -> None:
    shown, warnings = body(project.write(page(language, "\t" * 9000 + "int x;")), warns=True)
    assert COLOURED not in shown
    assert warnings == f'index.md:3: WARNING: code in "{language}" is not coloured: {hint} [cv.code]\n'


def test_conf_py_may_allow_a_language(project: Project) -> None:
    built = project.write(page("CSharp", "int x = 1;")).build("html", cv_allow=["csharp"])
    assert COLOURED in built.read("index.html")


def test_language_of_inline_code_is_judged_as_well(project: Project) -> None:
    project.write({"index.md": "# Ada\n\n`x = 1`{l=easytrieve} `x = 1`{l=python}\n"})
    assert 'index.md:3: WARNING: code in "easytrieve" is not coloured' in project.build("html", warns=True).warnings


def test_long_code_is_shown_plain(project: Project) -> None:
    code = "x = 1\n" * limits.CODE_SIZE
    shown, warnings = body(project.write(page("python", code)), warns=True)
    assert COLOURED not in shown
    rule = 'code of more than 5000 characters is not coloured: shorten it, or write "text"'
    assert warnings == f"index.md:3: WARNING: {rule} [cv.code]\n"
    body(project.write(page("text", code)))


NASTY = ["\n\t", "a b ", "/*", "(", '"', "<a ", "\t", "{", "&", "a::", "#"]


def test_known_languages_take_any_code_in_time(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PAGE_TIME", 60)
    for language in LEXERS - {"default", "none", "text"}:
        blocks = (f"``````{language}\nx {piece * (500 // len(piece))}\n``````\n" for piece in NASTY)
        project.write({f"{language}.md": "---\norphan: true\n---\n# Code\n\n" + "\n".join(blocks)})
    project.write({"index.md": "# Ada\n"})
    assert "[cv.code]" not in project.build("html", warns=True, suppress_warnings=["misc"]).warnings
