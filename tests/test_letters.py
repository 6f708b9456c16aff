"""A page in docs/letters/ becomes a PDF with the CV's head, and is in nothing else."""

import re
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from cvtools.build import build
from cvtools.cli import main
from cvtools.reading.letters import by_language
from tests.projects import Project

CV = """# Ada Example
:headline: Architect[^1]
:email: ada@example.org
:phone: +48 601 602 603 {show=pdf}
:location: Gdańsk {show=html}

Aboutword.

## Work

Workword.

[^1]: Noteword.
"""
LETTER = """# Application as Secretsubject
:to: Secretcorp
:date: 2024-06-03

Dear Secretperson,

```{technologies}
```

Yours
"""
OPEN = """# Bewerbung
:to: Müller & Söhne, Personal
     Straße 1, Hinterhof\\
     Berlin
:date: 2024-06-03
:language: de
:web: yes

Sehr geehrte "Damen".
"""
PAGES = {"index.md": CV, "letters/secretname.md": LETTER, "letters/open.md": OPEN}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = Project(tmp_path_factory.mktemp("letters")).write(PAGES)
    with (project.folder / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write('html_baseurl = "https://cv.example"\n')
    assert build(project.folder)
    return project.folder


def test_letter_has_the_head_of_the_cv_and_its_own_words(built: Path) -> None:
    reader = PdfReader(built / "dist/letters/secretname.pdf")
    text = " ".join(page.extract_text() for page in reader.pages)
    words = "Ada|Architect|ada@example.org|601 602 603|Secretcorp|June 3, 2024|Secretsubject|Yours"
    assert re.findall(words, text)[:8] == words.split("|")
    assert "Noteword" in text
    assert not re.search("Gdańsk|Aboutword|Workword", text)
    assert reader.metadata
    assert reader.metadata.title == "Application as Secretsubject – Ada Example"
    assert not reader.attachments


def test_letter_passes_the_checks(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(built / "dist/letters/secretname.pdf")]) == 0
    assert "skipped" not in capsys.readouterr().out


def test_letter_has_its_own_language_and_the_lines_of_an_address(built: Path) -> None:
    reader = PdfReader(built / "dist/letters/open.pdf")
    lines = [line.strip() for line in reader.pages[0].extract_text().splitlines()]
    assert lines[3:8] == [
        "Müller & Söhne, Personal",
        "Straße 1, Hinterhof",
        "Berlin 3. Juni 2024",
        "Bewerbung",
        "Sehr geehrte „Damen“.",
    ]
    # A letter has its own date.
    assert lines[-1] == "Ada Example 1 / 1"
    assert str(reader.root_object["/Lang"]) == "de"
    assert "no labels" not in (built / "build/state.json").read_text("utf-8")


def test_letter_that_says_so_is_on_the_web(built: Path) -> None:
    assert [path.name for path in (built / "dist/html/letters").iterdir()] == ["open.pdf"]


def test_no_other_file_tells_of_a_letter(built: Path) -> None:
    own = {"letters", ".cvtools.json"}
    files = [path for path in (built / "dist").rglob("*") if path.is_file() and not own & {path.name, path.parent.name}]
    assert [path for path in files if b"secret" in path.as_posix().encode().lower() + path.read_bytes().lower()] == []
    text = " ".join(page.extract_text() for page in PdfReader(built / "dist/cv.pdf").pages)
    assert "Workword" in text
    assert "ecret" not in text


def test_letter_that_is_deleted_leaves_no_pdf(built: Path) -> None:
    for name in ("secretname", "open"):
        (built / f"docs/letters/{name}.md").unlink()
    (built / "dist/letters/mine.pdf").write_bytes(b"mine")
    assert build(built)
    assert [path.name for path in (built / "dist/letters").iterdir()] == ["mine.pdf"]
    assert not (built / "dist/html/letters").exists()


def test_problems_of_the_cv_are_reported_once(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    pages = {**PAGES, "index.md": CV.replace(":email:", ":emial:")}
    pages["letters/secretname.md"] = LETTER.replace(":date:", ":dat:")
    project.write(pages)
    build(project.folder, draft=True)
    errors = capsys.readouterr().err
    assert errors.count('unknown field "emial"') == 1
    assert errors.count('docs/letters/secretname.md:3: WARNING: unknown field "dat" in a letter') == 1
    assert "no page leads here" not in errors


def test_letter_without_fields_gives_a_warning(project: Project) -> None:
    project.write({"index.md": CV, "letters/a.md": "# Words\n\nDear Sir,\n"})
    warnings = project.build("cvlatex", warns=True, cv_letters=["a"]).warnings
    assert 'letters/a.md:1: WARNING: "Words" needs the field "to" [cv.missing]' in warnings


def test_letter_in_a_language_of_the_editions_needs_no_translation(project: Project) -> None:
    project.write({"index.md": CV, "letters/open.md": OPEN})
    options: dict[str, Any] = {"language": "de", "cv_languages": ["en", "de"], "cv_suffix": "", "cv_letters": ["open"]}
    warnings = project.build("cvlatex", warns=True, **options).warnings
    assert re.findall(r"(\S+): WARNING: .* not translated", warnings) == ["index.md"]


def test_line_of_an_address_that_is_not_indented_gives_a_warning(project: Project) -> None:
    project.write({"index.md": CV, "letters/a.md": LETTER.replace("Secretcorp", "Secretcorp\nMain Street 1")})
    warnings = project.build("cvlatex", warns=True, cv_letters=["a"]).warnings
    assert (
        'letters/a.md:2: WARNING: "Main Street 1" was read as part of "to": write spaces before it, or put' in warnings
    )


def test_letter_shows_a_field_that_it_does_not_know(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.write({"index.md": CV, "letters/a.md": LETTER.replace(":date:", ":dat:").replace("```", "~~~")})
    assert build(project.folder, html=False)
    assert 'unknown field "dat" in a letter' in (errors := capsys.readouterr().err)
    assert "not read as" not in errors
    assert "2024-06-03" in PdfReader(project.folder / "dist/letters/a.pdf").pages[0].extract_text()


@pytest.mark.parametrize("page", ["", "Words[^1].\n\n[^1]: Noteword.\n", "```{note}\nWords.\n```\n"])
def test_letter_of_a_cv_without_a_name_has_its_own_words(project: Project, page: str) -> None:
    project.write({"index.md": page, "letters/a.md": LETTER})
    built = project.build("cvlatex", warns=True, cv_letters=["a"])
    assert "Secretperson" in built.read("a.tex")
    assert "Words" not in built.read("a.tex")


def test_letter_without_recipient_gives_a_warning(project: Project) -> None:
    project.write({"index.md": CV, "letters/a.md": "# Words\n:date: 2024-06-03\n\nDear Sir,\n"})
    warnings = project.build("cvlatex", warns=True, cv_letters=["a"]).warnings
    assert 'letters/a.md:1: WARNING: "Words" needs the field "to" [cv.missing]' in warnings


def test_name_that_tex_would_not_take_for_one_is_refused(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.write({"index.md": CV, "letters/a & b.md": LETTER})
    assert not build(project.folder, draft=True)
    assert (
        "docs/letters/a & b.md: the name of a letter may have only letters without accents" in capsys.readouterr().err
    )


@pytest.mark.parametrize("name", ["glyphtounicode", "GlyphToUnicode"])
def test_letter_with_the_name_of_a_file_of_tex_is_refused(
    project: Project, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    project.write({"index.md": CV, f"letters/{name}.md": LETTER})
    assert not build(project.folder, html=False)
    assert f"docs/letters/{name}.md: TeX has a file of that name: rename the letter" in capsys.readouterr().err


def test_letter_that_is_a_folder_is_refused(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.write({"index.md": CV, "letters/a.md/b.txt": "Words."})
    assert not build(project.folder, html=False)
    said = "docs/letters/a.md: a link, a folder or a device: put the letter itself there"
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("path", ["Letters/a.md", "letter/a.md", "talks/a.md"])
def test_letter_in_another_folder_gives_a_warning(project: Project, path: str) -> None:
    project.write({"index.md": CV, path: f"---\norphan: true\n---\n{LETTER}"})
    warnings = project.build("html", warns=True).warnings
    assert f"{path}:4: WARNING: a letter is a page in docs/letters/, and this is published: move it there" in warnings


def test_letter_in_a_folder_among_letters_gives_a_warning(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.write({"index.md": CV, "letters/sub/a.md": LETTER, "letters/sub/sub/b.md": LETTER})
    assert not build(project.folder, html=False, draft=True, strict=True)
    errors = capsys.readouterr().err
    for path in ("sub/a.md", "sub/sub/b.md"):
        assert f"docs/letters/{path}: WARNING: a letter is a page in docs/letters/ itself: move it there" in errors


@pytest.mark.parametrize(
    ("fields", "language"),
    [
        (":to: x\n:language: de\n", "de"),
        (":to: x\n   y\n\n:language: de\n", "de"),
        (":to: x\n\n```\n:language: de\n```\n", "en"),
        (":to: x\n:web: yes\n\nWords.\n\n:language: de\n", "en"),
        (":to: x\n\n:::{note}\n:language: de\n:::\n", "en"),
    ],
)
def test_language_of_a_letter_is_that_of_its_fields(tmp_path: Path, fields: str, language: str) -> None:
    (tmp_path / "a.md").write_text(f"# Words\n\n{fields}\nWords.\n")
    assert by_language(tmp_path, "en") == {language: ["a"]}
