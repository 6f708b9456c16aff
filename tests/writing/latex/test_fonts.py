"""Fonts for characters that those of the class lack, and what becomes of characters without a font."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from uharfbuzz import Blob, Face

from cvtools.build import build
from cvtools.checks.readers import readers
from tests.projects import Built, Project, pages_of

_FALLBACK = re.compile(r"\\cvfallback\{(\w+)\}\{(\w)\}\{(\w+)\}\{([\w.-]+)\}\{(.*)\}")


@pytest.fixture
def fc_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that installs a shell script as ``fc-list``."""

    def replace(script: str) -> None:
        program = tmp_path / "bin" / "fc-list"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")

    return replace


def font_file(name: str) -> str:
    """Return the path of an installed font."""
    query = ["fc-list", "--format", "%{file}\n"]
    files = subprocess.run(query, capture_output=True, text=True, check=True).stdout.splitlines()
    return next(file for file in files if Path(file).name == name)


def line(
    family: str, characters: str, *, file: str = "DejaVuSans.ttf", weight: int = 80, slant: int = 0, width: str = "100"
) -> str:
    """Return a command of a shell that writes a line as ``fc-list`` does."""
    return rf"printf '{family}\t{weight}\t{slant}\t{width}\t0\t{font_file(file)}\t{characters}\n'"


def characters_of(built: Built, family: str, series: str = "m", shape: str = "n") -> list[str]:
    """Return the characters of each fallback font of a style."""
    found = [match.groups() for match in _FALLBACK.finditer(built.read("cv.tex"))]
    files = [file for *style, file, _ in found if style == [family, series, shape]]
    return ["".join(map(chr, sorted(Face(Blob.from_file_path(str(built.out / file))).unicodes))) for file in files]


def test_character_that_no_font_has_is_replaced(project: Project, fc_list: Callable[[str], None]) -> None:
    fc_list("")
    built = project.write({"index.md": "# Ada\n:headline: Developer\n\nHere \N{OGHAM LETTER BEITH} stands.\n"}).build(
        "cvlatex", warns=True
    )
    assert built.warnings == (
        "index.md:4: WARNING: no installed font has a character (\N{OGHAM LETTER BEITH}): install fonts-noto-core, or"
        " write them in words [cv.font]\n"
    )
    assert "Here [U+1681]\\allowbreak{} stands." in built.read("cv.tex")


def test_characters_without_a_font_are_told_once_and_replaced_everywhere(
    project: Project, fc_list: Callable[[str], None]
) -> None:
    fc_list("")
    talk = "# 例子\n:event: 会议\n:date: 2020\n"
    project.write({"index.md": "# 例子 Ada\n:email: a@b.cd\n\n公司。\n\n```{talks}\n```\n", "talks/2020-a.md": talk})
    built = project.build("cvlatex", warns=True)
    assert built.warnings.splitlines() == [
        "index.md:1: WARNING: no installed font has 7 characters (例 子 。 公 司 …): install fonts-noto-cjk, or write them"
        " in words [cv.font]"
    ]
    for name in ("cv.tex", "talks.tex"):
        assert not re.search("[\u3000-\u9fff]", built.read(name))
        assert "name={[U+4F8B]\\allowbreak{}[U+5B50]" in built.read(name)
    assert json.loads(built.read("cv.expected.json"))["footer"].startswith("[U+4F8B][U+5B50] Ada, ")


@pytest.mark.parametrize(
    ("character", "package"),
    [("\N{ROCKET}", "fonts-symbola"), ("한", "fonts-noto-cjk"), ("\N{THAI CHARACTER KO KAI}", "fonts-noto-core")],
)
def test_missing_font_is_named_with_its_package(
    project: Project, fc_list: Callable[[str], None], character: str, package: str
) -> None:
    fc_list("")
    built = project.write({"index.md": f"# Ada\n\n{character}\n"}).build("cvlatex", warns=True)
    assert f"a character ({character}): install {package}, or" in built.warnings


def test_characters_without_a_font_may_end_a_line(project: Project, fc_list: Callable[[str], None]) -> None:
    fc_list("")
    project.write({"index.md": f"# 例子\n\n{'公司' * 60}\n\n## {'公司' * 20}\n\nx\n"})
    said: list[str] = []
    assert build(project.folder, html=False, report=lambda problem: said.append(problem.text))
    assert [text for text in said if "no installed font" not in text] == []


def test_font_has_no_glyphs_but_those_that_are_needed(project: Project, fc_list: Callable[[str], None]) -> None:
    fc_list(line("DejaVu Sans", "2713-27ff"))
    built = project.write({"index.md": "# Ada\n\nDone \N{HEAVY CHECK MARK}, \N{HEAVY MULTIPLICATION X}.\n"}).build(
        "cvlatex"
    )
    assert (
        characters_of(built, "cvtext")
        == characters_of(built, "cvaside", "b")
        == ["\N{HEAVY CHECK MARK}\N{HEAVY MULTIPLICATION X}"]
    )


def test_font_of_variable_width_is_left_out(project: Project, fc_list: Callable[[str], None]) -> None:
    fc_list(line("League Gothic", "2713-27ff", width="[75 100]"))
    built = project.write({"index.md": "# Ada\n\nDone \N{HEAVY CHECK MARK}.\n"}).build("cvlatex", warns=True)
    assert "no installed font has a character (\N{HEAVY CHECK MARK})" in built.warnings


def test_word_has_one_font_and_keeps_bold_and_italic(project: Project, fc_list: Callable[[str], None]) -> None:
    fc_list(
        line("DejaVu Sans", "370-4ff") + "\n" + line("DejaVu Sans", "370-4ff", file="DejaVuSans-Bold.ttf", weight=200)
    )
    # Pagella has an omega, but hardly another Greek letter.
    built = project.write({"index.md": "# Ada\n\nΩμέγα **Ωά** *Ωέ*\n"}).build("cvlatex")
    assert characters_of(built, "cvtext") == ["Ωάέαγμ"]
    styles = {(series, shape): features for name, series, shape, _, features in _FALLBACK.findall(built.read("cv.tex"))}
    assert styles == {
        ("m", "n"): "script=grek",
        ("m", "it"): "oblique;script=grek",
        ("b", "n"): "script=grek",
        ("b", "it"): "oblique;script=grek",
    }


@pytest.mark.parametrize(
    ("language", "words", "has_signs"),
    [("el", "Ωέ-2, Python", True), ("en", "Αλφάβητο-2, Py", True), ("en", "Ωέ-2, Python", False)],
)
def test_signs_have_the_font_of_the_document_s_script(
    project: Project, fc_list: Callable[[str], None], language: str, words: str, has_signs: bool
) -> None:
    fc_list(line("DejaVu Sans", "20-4ff"))
    built = project.write({"index.md": f"# Ω\n\n{words}\n"}).build("cvlatex", language=language)
    (borrowed,) = characters_of(built, "cvtext")
    assert [sign in borrowed for sign in "2,P"] == [has_signs] * 3


def test_script_without_capitals_is_not_slanted_and_a_missing_bold_is_made(
    project: Project, fc_list: Callable[[str], None]
) -> None:
    fc_list(line("Droid Sans Fallback", "4e00-9fff"))
    latex = project.write({"index.md": "# Ada\n\n例子\n"}).build("cvlatex").read("cv.tex")
    assert {(series, shape): features for name, series, shape, _, features in _FALLBACK.findall(latex)} == {
        ("m", "n"): "",
        ("m", "it"): "",
        ("b", "n"): "heavy",
        ("b", "it"): "heavy",
    }


@pytest.mark.parametrize(
    ("language", "text", "forms"),
    [
        ("zh_CN", "例子", "SC"),
        ("zh_TW", "例子", "TC"),
        ("zh_HK", "例子", "HK"),
        ("ja", "例子", "JP"),
        ("ko", "例子", "KR"),
        ("en", "例子", "SC"),
        ("en", "かな", "SC"),
        ("ja", "かな", "JP"),
        ("ko", "한국", "KR"),
        ("en", "\n## 例子\n:language: ja\n\n例子\n", "JP"),
        ("en", "\n## 例子\n:language: zh-Hant\n\n例子\n", "TC"),
    ],
)
def test_chinese_characters_have_the_forms_of_the_language(
    project: Project, fc_list: Callable[[str], None], language: str, text: str, forms: str
) -> None:
    fonts = (line(f"Noto Sans CJK {name}", "3000-d7ff") for name in ("HK", "JP", "KR", "SC", "TC"))
    # The others cannot be read.
    fc_list("\n".join(font if f"CJK {forms}" in font else font.replace(".ttf", ".otf") for font in fonts))
    latex = (
        project.write({"index.md": f"# Ada\n\n{text}\n"}).build("cvlatex", language=language, warns=True).read("cv.tex")
    )
    assert "\\cvfallback" in latex


def test_emoji_is_extracted_as_its_character(project: Project, fc_list: Callable[[str], None]) -> None:
    fc_list(line("Noto Emoji", "2713"))
    project.write(
        {"index.md": "# Ada\n\n## Done \N{CHECK MARK}\n\nIt is \N{CHECK MARK}\N{CHECK MARK}, \N{CHECK MARK} all.\n"}
    )
    assert build(project.folder, html=False)
    # MuPDF 1.28 breaks the line at what stands for other text.
    pdf = project.folder / "dist/cv.pdf"
    for text in [pages_of(pdf), readers()["pdftotext"](pdf).pages(), readers()["pdftotext -layout"](pdf).pages()]:
        assert " ".join("".join(text).split()).count("It is \N{CHECK MARK}\N{CHECK MARK}, \N{CHECK MARK} all.") == 1
    with pikepdf.open(pdf) as file:
        content = file.pages[0].Contents.read_bytes().decode("latin-1")
        outline = file.open_outline().root[0].children[0]
    assert re.findall(r"/ActualText <(\w+)>", content) == ["FEFF2713", "FEFF27132713", "FEFF2713"]
    assert str(outline.title) == "Done \N{CHECK MARK}"


def test_fontconfig_runs_once_for_all_characters(
    project: Project, tmp_path: Path, fc_list: Callable[[str], None]
) -> None:
    fc_list(f'echo once >> {tmp_path}/asked; exec {shutil.which("fc-list")} "$@"')
    letters = "".join(map(chr, range(0x2200, 0x22FF)))
    built = project.write({"index.md": f"# Ada\n\n{letters}\n"}).build("cvlatex", warns=True)
    assert (tmp_path / "asked").read_text() == "once\n"
    assert set("⊰⋔⋲") <= set("".join(characters_of(built, "cvtext")))


@pytest.mark.parametrize(
    ("character", "drawn"),
    [("\N{THAI CHARACTER MAI HAN-AKAT}", True), ("\ufe0f", False), ("\u200e", False), ("\u3000", False)],
)
def test_only_characters_with_a_glyph_need_a_font(
    project: Project, fc_list: Callable[[str], None], character: str, drawn: bool
) -> None:
    fc_list("")
    built = project.write({"index.md": f"{character}\n"}).build("cvlatex", warns=True)
    assert ("no installed font has a character" in built.warnings) is drawn
    if drawn:
        record = json.loads(built.read("cv.expected.json"))
        assert record["blocks"][0]["text"] == f"[U+{ord(character):04X}]"


def test_characters_are_not_checked_without_tex(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    built = project.write({"index.md": "# Ada\n\n\N{OGHAM LETTER BEITH}\n"}).build("cvlatex")
    assert "\N{OGHAM LETTER BEITH}" in built.read("cv.tex")
