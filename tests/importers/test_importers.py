"""CVs of other formats become Markdown that builds without a warning and holds all their words."""

import gc
import json
import re
from pathlib import Path

import pikepdf
import pytest

from cvtools import importers, limits
from cvtools.cli import main
from cvtools.errors import ProjectError
from tests.projects import Project

JSON_RESUME = {
    "$schema": "https://example.org/schema.json",
    "basics": {
        "name": "Ada Example",
        "label": "Architect",
        "image": "",
        "email": "ada@example.org",
        "phone": "+48 123 456 789",
        "url": "example.org",
        "summary": "I draw **plans**.\n\nAnd bridges.",
        "location": {"address": "Long Street 1", "postalCode": "80-001", "city": "Gdańsk", "countryCode": "PL"},
        "profiles": [
            {"network": "GitHub", "username": "ada", "url": "https://github.com/ada"},
            {"network": "LinkedIn", "username": "ada.e"},
        ],
        "nickname": "The Bridge",
    },
    "work": [
        {
            "name": "Example Corp",
            "position": "Engineer",
            "url": "https://corp.example",
            "startDate": "2020-3-01",
            "description": "Builder of things",
            "summary": "Worked on <b>engines</b>.",
            "highlights": ["Cut costs by 10%", "{role}`x` stays words", ""],
            "team": {"size": 4},
        },
        {"company": "Old Corp", "position": "Junior", "startDate": "2015-", "endDate": "2019", "summary": None},
    ],
    "volunteer": [{"organization": "Charity", "position": "Treasurer", "startDate": "2018", "endDate": "2019"}],
    "education": [
        {
            "institution": "University",
            "area": "Maths",
            "studyType": "BSc",
            "endDate": "2014",
            "gpa": 4.5,
            "courses": ["Sets"],
        }
    ],
    "awards": [{"title": "Prize", "date": "2021-11-01", "awarder": "Jury", "summary": "For a bridge"}],
    "certificates": [{"name": "Welder", "issuer": "Guild", "date": "2020"}],
    "publications": [
        {"name": "On arches", "publisher": "Press", "releaseDate": "2019", "url": "https://press.example/1"}
    ],
    "skills": [{"name": "Drawing", "level": "Master", "keywords": ["Ink", "Pencil"]}],
    "languages": [{"language": "Polish", "fluency": "Native"}],
    "interests": [{"name": "Rivers", "keywords": ["Vistula"]}],
    "references": [{"name": "Bob Tester", "reference": "She is precise."}],
    "projects": [
        {
            "name": "Footbridge",
            "description": "Spans the Motława",
            "roles": ["Lead"],
            "startDate": "2017",
            "url": "https://bridge.example",
        }
    ],
    "meta": {"version": "v1.0.0"},
}
RENDERCV = """
cv:
  name: Ada Example
  headline: Architect
  phone: tel:+48-123-456-789
  social_networks:
    - {network: LinkedIn, username: ada.e}
  sections:
    welcome: [I draw **plans**.]
    experience:
      - company: Example Corp
        position: Engineer
        start_date: 2020-03
        end_date: present
        highlights:
          - Cut costs
            - by a lot
    selected_projects:
      - {name: "[Footbridge](https://bridge.example)", date: Fall 2017, summary: Spans the river}
    publications:
      - {title: On arches, authors: ["*Ada Example*", Bob Tester], journal: Press, date: 2019-01}
    skills:
      - {label: Drawing, details: "Ink, pencil"}
    extras:
      - bullet: Plays the *cello*
design: {theme: classic}
"""
MODERNCV = r"""
\documentclass{moderncv}
\name{Ada}{Example} \title{Architect} \email{ada@example.org}
\phone[mobile]{+48~123~456~789} \social[github]{ada} % comment
\begin{document}
\section{Experience}
\cventry{2020--2022}{Engineer}{Example \& Corp}{Gda\'nsk}{}{Cut costs by 10\%.\newline Then:
\begin{itemize}\item \textbf{First} \item Second \href{https://example.org}{link}\end{itemize}}
\section{Languages}
\cvitemwithcomment{Polish}{Native}{Born there}
\section{Interests}
\cvlistitem{Rivers \unknown{wide ones}}
\end{document}
"""
AWESOME = r"""
\documentclass{awesome-cv}
\name{Ada}{Example}
\position{Architect{\enskip\cdotp\enskip}Builder}
\mobile{+48 123 456 789}
\begin{document}
\cvsection{Work Experience}
\begin{cventries}
\cventry{Engineer}{Example Corp}{Gdańsk}{Mar. 2020 - Present}{\begin{cvitems}\item {Cut costs.}\end{cvitems}}
\end{cventries}
\cvsection{Honors}
\begin{cvhonors}\cvhonor{2nd Place}{Bridge Cup}{Online}{2021}\end{cvhonors}
\end{document}
"""


def source(tmp_path: Path, name: str, text: str) -> str:
    """Import a file, and return the page."""
    file = tmp_path / name
    file.write_text(text, "utf-8")
    assert main(["import", str(file), "-o", str(tmp_path / "cv")]) == 0
    return (tmp_path / "cv/docs/index.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "resume.json",
            json.dumps(JSON_RESUME),
            "Bridge Long 80-001 Gdańsk PL engines Sets 4.5 Ink Master Vistula precise Motława Builder",
        ),
        (
            "cv.yaml",
            RENDERCV,
            "plans Engineer costs lot Footbridge river arches Tester Press Drawing pencil cello Fall",
        ),
        ("cv.tex", MODERNCV, "Architect Engineer Gdańsk 10% First Second Native Born Rivers wide ones"),
        ("awesome.tex", AWESOME, "Builder Engineer Gdańsk 2020 costs Place Cup Online"),
    ],
)
def test_import_keeps_all_words_and_builds_without_a_warning(
    tmp_path: Path, name: str, text: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = source(tmp_path, name, text)
    assert [word for word in expected.split() if word not in page] == []
    (tmp_path / "built").mkdir()
    project = Project(tmp_path / "built").write({"index.md": page})
    built = project.build("html", warns=True)
    assert built.warnings == ""
    shown = built.read("index.html")
    assert [word for word in expected.split() if word not in shown] == []


@pytest.mark.parametrize("name", ["cv.json", "cv.md"])
def test_signs_of_other_programs_build_without_a_warning(tmp_path: Path, name: str) -> None:
    text = "Led **teams with `code and ==marks==.\n\n> [!NOTE]\n> Words **and more.\n\n- **open\n- `item"
    data = {"basics": {"name": "Ada", "summary": text}}
    page = source(tmp_path, name, json.dumps(data) if name == "cv.json" else f"# Ada\n\n{text}\n")
    (tmp_path / "built").mkdir()
    built = Project(tmp_path / "built").write({"index.md": page}).build("html")
    assert all(words in built.read("index.html") for words in ("**teams", "`code", "==marks==", "[!NOTE]", "`item"))


def test_values_become_fields(tmp_path: Path) -> None:
    page = source(tmp_path, "resume.json", json.dumps(JSON_RESUME))
    assert "### Engineer\n:organization: [Example Corp](https://corp.example)\n:period: 2020-03-01 – present\n" in page
    assert ":linkedin: [ada.e](https://www.linkedin.com/in/ada.e)\n" in page
    assert ":period: 2015 – 2019\n" in page


def test_values_without_a_field_are_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = source(tmp_path, "resume.json", json.dumps(JSON_RESUME))
    assert "- Nickname: The Bridge" in page
    assert "### BSc\n:institution: University\n:period: 2014\n:area: Maths\n" in page
    assert "work[0].team has no field of its own: it is in the text" in capsys.readouterr().err


def test_value_that_its_field_refuses_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    award = {"title": "Prize", "date": "2023-02-31"}
    page = source(
        tmp_path, "resume.json", json.dumps({"basics": {"name": "Ada", "phone": "+48 123 456"}, "awards": [award]})
    )
    assert "### Prize\n\n- Date: 2023-02-31" in page
    error = capsys.readouterr().err
    assert "awards[0]: 2023-02-31 has no field of its own: it is in the text\n" in error
    assert "write {show=pdf} after it" in error


def test_imported_text_is_never_live(tmp_path: Path) -> None:
    page = source(tmp_path, "resume.json", json.dumps(JSON_RESUME))
    assert "\\{role}`x` stays words" in page


PLAIN = r"""
\documentclass{article}
\newcommand{\resumeItem}[1]{\item #1}
\titleformat{\section}{ \vspace{-4pt} }{}{0em}{}
\begin{document}
\begin{center}\textbf{\Huge Ada Example} \\ \small 123-456 $|$ \href{mailto:ada@example.org}{ada@example.org}\end{center}
\section{Education}
\resumeSubheading{University}{Gdańsk}{BSc in Maths}{Aug. 2010 -- May 2014}
\input{work}
\input{../secret}
\end{document}
"""


def test_plain_latex_has_its_parts_in_other_files(tmp_path: Path) -> None:
    (tmp_path / "secret.tex").write_text("SECRET")
    (tmp_path / "cv.d").mkdir()
    work = r"\section{Work}\resumeSubheading{Engineer}{2020 -- 2021}{Corp}{Oslo}\resumeItem{First}\resumeItem{Second}\input{work}"
    (tmp_path / "cv.d/work.tex").write_text(work)
    (tmp_path / "cv.d/cv.tex").write_text(PLAIN, "utf-8")
    assert main(["import", str(tmp_path / "cv.d/cv.tex"), "-o", str(tmp_path / "cv")]) == 0
    page = (tmp_path / "cv/docs/index.md").read_text("utf-8")
    assert page.startswith("# Ada Example\n")
    assert "### BSc in Maths\n:institution: University\n:period: Aug. 2010 – May 2014\n:location: Gdańsk\n" in page
    assert "### Engineer\n:organization: Corp\n:period: 2020 – 2021\n:location: Oslo\n\n- First\n- Second\n" in page
    assert "SECRET" not in page


LIVE = r"""\documentclass{article}\begin{document}Ada

\section{Work}foo\par # Heading\par :only: short\newline (target)=
\begin{tabular}{l}a & b \\ # c\end{tabular}
\cventry{2020}{T}{O}{P}{g}{x\par # y \begin{itemize}\item # z \par # w\end{itemize}}{}# Foo\end{document}"""


def test_lines_of_latex_are_no_markup(tmp_path: Path) -> None:
    page = source(tmp_path, "cv.tex", LIVE)
    assert [line for line in page.splitlines() if line.lstrip(" -").startswith("#")] == ["# Ada", "## Work", "### T"]
    assert not any(line.strip().startswith((":only:", "(target)=")) for line in page.splitlines())


def test_title_of_a_section_is_no_markup(tmp_path: Path) -> None:
    title = "X\n\n```{image} secret.png\n```\n\n## fake\n:only: short\n"
    page = source(
        tmp_path, "cv.json", json.dumps({"cv": {"name": "Ada", "sections": {title: [{"name": "Foo", "date": "2020"}]}}})
    )
    assert page.count("\n#") == 2
    assert "\n```" not in page
    assert "\n:only:" not in page


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "x" + "\n" * 200_000 + "y"),
        ("a.tex", "\\documentclass" * 100_000 + "\n\\begin{document}Ada\\section{y}z\\end{document}"),
        (
            "a.tex",
            "\\documentclass{article}\\begin{document}Ada\n\\section{y}z" + "\\input{a}" * 3000 + "\\end{document}",
        ),
        ("a.tex", "\\name{x}" * 20_000 + "\\documentclass{article}\n\\begin{document}\\section{y}z\\end{document}"),
    ],
    ids=["lines", "classes", "inputs", "names"],
)
def test_file_is_read_within_its_time(tmp_path: Path, name: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / name).write_text(text)
    main(["import", str(tmp_path / name), "-o", str(tmp_path / "cv")])
    assert "takes longer" not in capsys.readouterr().err


def test_reading_ends_at_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(limits, "IMPORT_TIME", 0.01)
    (tmp_path / "a.md").write_text("# Ada\n\n" + "**x** [" * 50_000)
    assert main(["import", str(tmp_path / "a.md"), "-o", str(tmp_path / "cv")]) == 2
    assert "a.md: reading takes longer than 0.01 s: shorten it\n" in capsys.readouterr().err


def test_time_limit_ends_the_reading_of_titles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """BibTeX keeps a title whose LaTeX cannot be parsed, but must not catch the time limit there."""
    monkeypatch.setattr(limits, "IMPORT_TIME", 0.3)
    accents = "\\'a" * 9_500
    (tmp_path / "a.bib").write_text("".join(f"@book{{b{n}, title={{{accents}}}}}\n" for n in range(10)))
    # An error in a callback of the garbage collector, such as hypothesis has, is lost.
    gc.disable()
    try:
        assert main(["import", str(tmp_path / "a.bib"), "-o", str(tmp_path / "cv")]) == 2
    finally:
        gc.enable()
    assert "a.bib: reading takes longer than 0.3 s: shorten it\n" in capsys.readouterr().err


def test_surrogates_and_marks_of_direction_are_left_out(tmp_path: Path) -> None:
    assert source(tmp_path, "a.json", '{"basics":{"name":"A\\ud800da","label":"x\\u202ey"}}').startswith(
        "# Ada\n:headline: xy\n"
    )


def test_markdown_stays_as_it_is(tmp_path: Path) -> None:
    assert source(tmp_path, "cv.md", "# Ada\n\nText.\n") == "# Ada\n\nText.\n"


def test_pdf_returns_its_data(tmp_path: Path, project: Project) -> None:
    from cvtools.build import build

    project.write(
        {
            "index.md": "# Ada Example\n:headline: Architect\n\n## Work\n\n### Engineer\n:organization: Corp\n:period: 2020 – 2021\n"
        }
    )
    assert build(project.folder)
    assert main(["import", str(project.folder / "dist/cv.pdf"), "-o", str(tmp_path / "cv")]) == 0
    assert "### Engineer\n:organization: Corp\n:period: 2020 – 2021\n" in (tmp_path / "cv/docs/index.md").read_text(
        "utf-8"
    )


@pytest.mark.parametrize(
    ("language", "named", "heading"),
    [("pt-BR", "pt_BR", "Educação"), ("de", "de", "Ausbildung"), ('"\nx', "en", "Education")],
)
def test_pdf_has_the_language(tmp_path: Path, language: str, named: str, heading: str) -> None:
    data = {"basics": {"name": "Ada"}, "education": [{"studyType": "BSc", "when": "WS 2024/25 – present"}]}
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.Lang = pikepdf.String(language)
        pdf.attachments["resume.json"] = json.dumps(data).encode()
        pdf.save(tmp_path / "cv.pdf")
    made = importers.read(tmp_path / "cv.pdf")
    assert made.language == named
    assert made.page
    assert made.page.children[0].title == heading
    assert (made.page.children[0].children[0].fields == [("period", "WS 2024/25 – present")]) == (named == "de")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", b'{"basics": ', "damaged JSON: line 1"),
        ("a.json", b"[" * 100_000, "nested too deeply: use fewer levels"),
        ("a.json", b"{}", "this has nothing"),
        ("a.json", b'{"basics": {"label": "x"}}', "basics.name is missing"),
        ("a.yaml", b"cv:\n  name: [\n", "damaged YAML: line"),
        (
            "a.yaml",
            b"cv:\n  name: x\n  a: &a [x, x, x, x, x, x, x, x, x]\n"
            + b"".join(
                b"  a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a" + (b"%d" % (n - 1) if n else b"")] * 9))
                for n in range(9)
            ),
            "values: shorten it",
        ),
        ("a.tex", b"\\documentclass{moderncv}\n\\section{x}\n", "is missing"),
        ("a.bin", b"\xff\0\1\2", "no text: save it as UTF-8"),
        ("a.zip", b"PK\5\6" + b"\0" * 18, "archive that holds nothing"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "it is a picture: import JSON Resume"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1", "a document of old Word"),
        ("a.rtf", b"{\\rtf1 x}", "RTF"),
        ("a.html", b"\n<!DOCTYPE html><p>x", "a web page"),
        ("a.xml", b"\xef\xbb\xbf<?xml version='1.0'?><x/>", "XML"),
        ("a.pdf", b"%PDF-1.4 rubbish", "a.pdf: it is no PDF, or damaged: unable"),
        ("a.txt", b"Dear Sir", "no CV of a known format"),
    ],
)
def test_file_that_cannot_be_imported_gives_one_line_of_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert main(["import", str(tmp_path / name), "-o", str(tmp_path / "cv")]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert reason in error
    assert "internal error" not in error
    assert not (tmp_path / "cv").exists()


def test_pdf_of_another_program_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "cv.pdf")
    with pytest.raises(
        ValueError, match="as PDFs of cvtools have: save it as DOCX in a word processor, and import that"
    ):
        importers.read(tmp_path / "cv.pdf")


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ('# Ada "E" \\\n\n## Experience\n\nWords.\n', {"project": 'Ada "E" \\’s CV'}),
        ("# Ada E\n\n## Berufserfahrung\n\nWorte.\n", {"project": "Ada E", "language": "de"}),
    ],
)
def test_site_is_called_after_the_person(tmp_path: Path, text: str, settings: dict[str, str]) -> None:
    (tmp_path / "cv.md").write_text(text, "utf-8")
    importers.write_project(importers.read(tmp_path / "cv.md"), tmp_path / "out")
    found: dict[str, object] = {}
    exec((tmp_path / "out" / "conf.py").read_text("utf-8"), found)
    assert {name: found.get(name) for name in ("project", "language") if name in found} == settings


def test_pages_are_never_overwritten(tmp_path: Path) -> None:
    imported = importers.Import("Markdown", text="# Ada\n")
    importers.write_project(imported, tmp_path)
    with pytest.raises(ProjectError, match="has files already"):
        importers.write_project(imported, tmp_path)
    assert re.search("extensions", (tmp_path / "conf.py").read_text("utf-8"))


def test_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, taken = tmp_path / "a.json", tmp_path / "taken"
    file.write_text('{"basics": {"name": "Ada"}}', "utf-8")
    taken.write_text("", "utf-8")
    assert main(["import", str(file), "-o", str(taken)]) == 2
    assert capsys.readouterr().err == f"cvtools: {taken / 'docs'}: a folder of this path is a file: move that away\n"


@pytest.mark.parametrize("start", ["[Homepage](https://ada.example)", "{.lead}"])
def test_markdown_may_begin_with_a_bracket(tmp_path: Path, start: str) -> None:
    page = source(tmp_path, "cv.md", f"{start}\n\n# Ada Example\n\n## Education\n\n- MSc, Example University, 2012\n")
    assert "Example University" in page
