"""Where a value is shown: what is for the PDF is in no file of the web, and the other way round."""

import html
import re
import zipfile
from collections.abc import Callable, Iterable

import pytest

from tests.projects import Built, Project

WEB = ["html", "dirhtml", "singlehtml", "text", "epub", "pseudoxml", "gettext"]
PDF = ["cvlatex", "latex"]

SHOWN = """\
# Ada Example
:location: Architown {show=html}
:email: ada@example.org
:phone: +48 790 467 660 {show=pdf}
:website: [home](https://secret.example){show=pdf}

## Developer
:period: 2014-03 – 2016-04 {show=html}
:technologies: Python, Secretlang {show=pdf}
:location: *Secretville* {show=pdf}
"""
SECRETS = ("790", "+48", "secret.example", "Secretlang", "Secretville")


def everything(built: Built) -> str:
    texts = []
    for name, data in built.files().items():
        if name.endswith(".epub"):
            with zipfile.ZipFile(built.out / name) as archive:
                texts += [archive.read(member).decode(errors="replace") for member in archive.namelist()]
        else:
            texts.append(html.unescape(data.decode(errors="replace")))
    # A file's checksum may have the digits of a number.
    return re.sub(r"\?v=\w+", "", "".join(texts))


def found(built: Built, words: Iterable[str]) -> set[str]:
    text = everything(built)
    return {word for word in words if word in text}


@pytest.mark.parametrize("builder", WEB)
def test_what_is_for_the_pdf_is_in_no_file_of_the_web(project: Project, builder: str) -> None:
    built = project.write({"index.md": SHOWN}).build(builder, copyright="Ada", version="1")
    if builder != "gettext":
        assert found(built, SECRETS) == set()
        shown = {"Architown", "Mar 2014", "2 years 2 months"}
        assert found(built, shown) == shown
    else:
        # Prose is for translators; data is not.
        assert found(built, SECRETS) == {"Secretville"}


@pytest.mark.parametrize("builder", PDF)
def test_what_is_for_the_web_is_not_in_the_pdf(project: Project, builder: str) -> None:
    built = project.write({"index.md": SHOWN}).build(builder)
    assert found(built, ("Architown", "Mar 2014", "2 years 2 months")) == set()
    text = everything(built)
    for word in ("790 467 660", "Secretlang", "Secretville", *(["secret.example"] if builder == "cvlatex" else [])):
        assert word in text


@pytest.mark.parametrize("line", [
    ":phone: +48 790 467 660 {show=web}", ":phone: +48 790 467 660 {pdf}", ":phone: +48 790 467 660 {show: pdf}",
    ":phone: +48 790 467 660 {show=pdf} {show=pdf}", ":phone: {show=pdf} +48 790 467 660",
    ":phone: [+48 790 467 660](tel:+48790467660){show=pdf, html}", ":phone: call +48 790 467 660 {show=pdf}",
    ":phne: +48 790 467 660 {show=pdf}", ":location: 123456\n:location: +48 790 467 660 {show=pdf}",
    ":phone: +48 790 467 660 {show=pfd}", ":phone: +48 790 467 660 {only=pdf}",
    ":phone: +48 790 467 660 {show=nowhere}", ":phone: +48 790 467 660 {show=pdf}\nA line that was absorbed.",
    ":headline: x\n  :phone: +48 790 467 660 {only=pdf}\n  :location: y", ":phone:\n  - +48 790 467 660 {show=pdf}", ":kind: persona\n:phone: +48 790 467 660 {show=pdf}",
    "\nA paragraph.\n\n:phone: +48 790 467 660 {show=pdf}", "\nA paragraph.\n\n:mobile: +48 790 467 660 {show=pdf}",
])  # fmt: skip
def test_malformed_value_with_show_is_withheld(project: Project, line: str) -> None:
    built = project.write({"index.md": f"# Ada\n{line}\n"}).build("html", warns=True)
    assert found(built, ("790", "467", "660")) == set()
    assert "cv." in built.warnings


def test_value_with_a_mark_of_a_variant_is_withheld(project: Project) -> None:
    project.write({"index.md": "# Ada\n\n## Work\n:period: 2020\n:location: Kraków {only=short}\n"})
    built = project.build("html", warns=True)
    rule = "is not understood: write {show=pdf} or {show=html}, or :only: on a line below the heading for a variant"
    assert built.warnings == f"index.md:5: WARNING: {{only=short}} {rule} [cv.value]\n"
    assert found(built, ("Kraków",)) == set()


def test_withheld_value_is_in_no_index(root: Callable[[str], Project]) -> None:
    built = root("test-cv").build("html")
    assert found(built, ("790", "467660", "tel:")) == set()
    assert built.files_with("slides.example") == ["index.html", "resume.json", "talks/2016-testing.html"]
    assert found(root("test-cv").build("cvlatex"), ("790 467 660", "slides.example")) == {"790 467 660"}


@pytest.mark.parametrize(
    "attribute",
    ["{show=pdf", "(show=pdf)", "[show=pdf]", "show=pdf", "{ show: pdf", "<!-- show=pdf -->", "｛show＝pdf｝"],
)
def test_value_with_misspelt_show_is_withheld(project: Project, attribute: str) -> None:
    page = f"# Ada\n:headline: Developer\n:phone: +48 123 456 789 {attribute}\n\nWords.\n"
    built = project.write({"index.md": page}).build("html", warns=True)
    assert built.files_with("456 789") == []
    assert "is not understood: write {show=pdf} or {show=html}" in built.warnings
