"""Problems are reported as text, as JSON, and as annotations of a pull request."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from cvtools import limits
from cvtools.build import build
from cvtools.problems import REPORTERS, Collector, Problem, annotate
from cvtools.terminal import say_command
from tests.projects import Project


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("odd", "docs/a.md", 3, "cv.field"), "docs/a.md:3: WARNING: odd [cv.field]"),
        (Problem("odd", "docs/a.md", level="error"), "docs/a.md: ERROR: odd"),
        (Problem("odd", "docs/a.md", 3, "cv.order", level="note"), "docs/a.md:3: note: odd [cv.order]"),
        (Problem("odd", level="fatal"), "cvtools: odd"),
        (Problem("odd", "conf.py", 5, level="fatal"), "cvtools: conf.py:5: odd"),
        (Problem("alone", "a.md", 3, "widow", pdf="dist/cv.pdf", page=2), "a.md:3: dist/cv.pdf, page 2: alone [widow]"),
        (Problem("it is large", code="size", pdf="cv.pdf"), "cv.pdf: it is large [size]"),
    ],
)
def test_text_has_the_location_the_level_and_the_code(problem: Problem, text: str) -> None:
    assert str(problem) == text


@pytest.mark.parametrize("location", ["docs/a.md:12", "docs/a.md", "", "C:/a.md:3"])
def test_location_is_split_and_put_together(location: str) -> None:
    assert Problem.at(location, "odd").location == location


def test_long_text_is_shortened_in_every_form(capsys: pytest.CaptureFixture[str]) -> None:
    for name in REPORTERS:
        with REPORTERS[name](None) as report:
            report(Problem("flood\n" * 5_000, "a.md", 3))
    printed = capsys.readouterr()
    assert max(map(len, [*printed.out.splitlines(), *printed.err.splitlines()])) < 1.2 * limits.WARNING_LENGTH


def test_line_is_0_if_the_location_has_none() -> None:
    problem = Problem.at("docs/a.md:", "odd")
    assert (problem.path, problem.line) == ("docs/a.md", 0)


def test_problem_is_reported_once(capsys: pytest.CaptureFixture[str]) -> None:
    with REPORTERS["text"](None) as report:
        collector = Collector(report)
        for _ in range(2):
            collector(Problem("\x1bodd", "a.md", 3))
    assert capsys.readouterr().err == "a.md:3: WARNING: ␛odd\n"


def test_warnings_are_red_where_colours_are_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("CI", "true")
    with REPORTERS["text"](None) as report:
        report(Problem("odd \x1b[2J"))
    assert capsys.readouterr().err == "\x1b[91mWARNING: odd ␛[2J\x1b[39;49;00m\n"


def test_json_has_one_object_a_line_and_reads_back(capsys: pytest.CaptureFixture[str]) -> None:
    problems = [Problem("##[error]\n::x", "a.md", 3, replacement=("a", "b")), Problem("odd", pdf="cv.pdf", page=2)]
    with REPORTERS["json"](None) as report:
        for problem in problems:
            report(problem)
    out = capsys.readouterr().out
    assert [Problem.of(json.loads(line)) for line in out.splitlines()] == problems
    assert "##[" not in out


#: Prints commands for problems; returns them and the summary.
Annotate = Callable[..., tuple[list[str], str]]


@pytest.fixture
def annotated(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Annotate:
    summary = repository / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))

    def run(*problems: Problem, **options: object) -> tuple[list[str], str]:
        out = io.StringIO()
        annotate(problems, file=out, **options)  # type: ignore[arg-type]
        return out.getvalue().splitlines(), summary.read_text("utf-8") if summary.exists() else ""

    return run


@pytest.mark.parametrize(
    ("problem", "command"),
    [
        (
            Problem('unknown field "perod"', "docs/index.md", 7, replacement=("perod", "period")),
            'file=docs/index.md,line=7::unknown field "perod"%0AThe corrected line:%0A:period: 2014-3',
        ),
        # Which of the two is meant cannot be known.
        (Problem("odd", "docs/index.md", 8, replacement=("servizze", "service")), "file=docs/index.md,line=8::odd"),
        (
            Problem("odd", "docs/index.md", 3, replacement=("Work", "100% Work")),
            "file=docs/index.md,line=3::odd%0AThe corrected line:%0A## 100%25 Work",
        ),
        (Problem("beyond", "docs/index.md", 99, replacement=("a", "b")), "file=docs/index.md,line=99::beyond"),
        (Problem("gone", "docs/gone.md", 9, replacement=("a", "b")), "file=docs/gone.md,line=9::gone"),
        (Problem("odd", "100%,a.md"), "file=100%25%2Ca.md::odd"),
        (Problem("alone", "a.md", 3, pdf="dist/cv.pdf", page=2), "file=a.md,line=3::dist/cv.pdf, page 2: alone"),
    ],
)
def test_annotation_has_the_line_and_its_correction(annotated: Annotate, problem: Problem, command: str) -> None:
    assert annotated(problem) == ([f"::error {command}"], "")


def test_annotation_without_a_file_has_none(annotated: Annotate) -> None:
    assert annotated(Problem("odd", pdf="cv.pdf"), level="warning") == (["::warning::cv.pdf: odd"], "")


def test_annotations_need_no_git(annotated: Annotate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert annotated(Problem("odd", "docs/index.md", 7)) == (["::error file=docs/index.md,line=7::odd"], "")


def test_paths_of_annotations_begin_at_the_top(
    annotated: Annotate, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(repository))
    monkeypatch.chdir("docs")
    problem = Problem("odd", "index.md", 7, replacement=("perod", "period"))
    (command,) = annotated(problem, only_changed=True)[0]
    assert command == "::error file=docs/index.md,line=7::odd%0AThe corrected line:%0A:period: 2014-3"


def test_changed_lines_come_first_and_the_summary_has_the_rest(annotated: Annotate) -> None:
    old = [Problem(f"old `#` {number}", "100%,a.md", number) for number in range(1, 13)]
    commands, summary = annotated(*old, *old, Problem("new", "docs/index.md", 7))
    assert len(commands) == 10
    assert commands[0] == "::error file=docs/index.md,line=7::new"
    assert commands[1].endswith("line=1::old `#` 1")
    rest = [f"    100%,a.md:{number}: old `#` {number}" for number in (10, 11, 12)]
    assert summary.splitlines() == ["### 3 more to look at", "", *rest, ""]


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
@pytest.mark.parametrize("count", ["99999999999", "9" * 5000])
def test_page_cannot_forge_a_change_of_another_line(
    annotated: Annotate, repository: Path, end: str, count: str
) -> None:
    page = repository / "docs/index.md"
    page.write_text(page.read_text("utf-8") + f"Text.{end}@@ -1 +1,{count} @@{end}+++ b/100%,a.md\n", "utf-8")
    problems = [Problem("old", "docs/index.md", 3), Problem("new", "docs/index.md", 7), Problem("old", "100%,a.md", 1)]
    assert annotated(*problems, only_changed=True)[0] == ["::error file=docs/index.md,line=7::new"]


def test_page_cannot_hide_a_change(annotated: Annotate) -> None:
    Path("docs/.gitattributes").write_text("*.md binary\n")
    commands, _ = annotated(Problem("new", "docs/index.md", 7), only_changed=True)
    assert commands == ["::error file=docs/index.md,line=7::new"]


@pytest.mark.parametrize("lines", ["++ b/100%,a.md", "++ b/100%,a.md\nkept\ndiff --git a/x b/x\n++ b/100%,a.md"])
def test_line_that_looks_like_the_name_of_a_file_is_a_line(annotated: Annotate, repository: Path, lines: str) -> None:
    page = repository / "docs/index.md"
    text = page.read_text("utf-8")
    page.write_text(text.replace("# ", f"{lines}\n# ", 1) + "More\n", "utf-8")
    last = page.read_text("utf-8").count("\n")
    problems = [Problem("old", "100%,a.md", number) for number in range(1, last + 1)]
    commands, _ = annotated(*problems, Problem("new", "docs/index.md", last), only_changed=True)
    assert commands == [f"::error file=docs/index.md,line={last}::new"]


def test_corrected_line_is_counted_by_newlines_alone(annotated: Annotate, repository: Path) -> None:
    (repository / "a.md").write_text("A\u2028B\x0cC\x85\nan servizze\n", "utf-8")
    (command,), _ = annotated(Problem("odd", "a.md", 2, replacement=("servizze", "service")))
    assert command.endswith("%0AThe corrected line:%0Aan service")


def test_unchanged_lines_may_be_left_to_the_summary(annotated: Annotate) -> None:
    problems = [Problem("old", "docs/index.md", 3), Problem("new", "docs/index.md", 7)]
    commands, summary = annotated(*problems, only_changed=True)
    assert commands == ["::error file=docs/index.md,line=7::new"]
    assert "docs/index.md:3: old" in summary


def test_long_summary_says_what_it_leaves_out_and_fits_github(annotated: Annotate) -> None:
    _, summary = annotated(*(Problem(f"{number} {'🙂' * 3000}", "docs/index.md", 3) for number in range(600)))
    assert summary.splitlines()[0] == "### 590 more to look at"
    assert summary.splitlines()[-2:] == ["    and 90 more, in the log", ""]
    assert 500_000 < len(summary.encode()) < 2**20


def test_corrected_line_shows_what_drives_a_terminal(annotated: Annotate, repository: Path) -> None:
    (repository / "a.md").write_text("A \x1b[2J servizze.\n", "utf-8")
    (command,), _ = annotated(Problem("odd", "a.md", 1, replacement=("servizze", "services")))
    assert command.endswith("%0AThe corrected line:%0AA ␛[2J services.")


@given(st.text())
def test_command_is_one_line_that_reads_back(text: str) -> None:
    out = io.StringIO()
    say_command("error", text, [("file", text)], out)
    (line,) = out.getvalue().splitlines()
    assert not set(line.removesuffix("\n")) & set("\r\n")
    assert re.fullmatch(r"::error file=[^:,]*::.*", line)
    assert not re.search("%(?![0-9A-F]{2})", line)


@pytest.mark.usefixtures("repository")
def test_build_annotates_after_a_log_without_commands(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.folder)
    project.write({"index.md": "# Ada\n:emial: ::error::x\n:phone: [a](b.md)\n"})
    with REPORTERS["github"](None) as report:
        assert build(project.folder, report, pdf=False)
    lines = capsys.readouterr().err.splitlines()
    stop = re.fullmatch(r"::stop-commands::(\w{32})", lines[0])
    assert stop
    end = lines.index(f"::{stop[1]}::")
    assert not [line for line in lines[1:end] if line.startswith("::")]
    assert all(line.startswith("::error file=docs/index.md,line=") for line in lines[end + 1 :])
    assert lines[end + 1].endswith('did you mean "email"?%0AThe corrected line:%0A:email: ::error::x')


PERSON = "# Ada\n{}\n"
ENTRY = "# Ada\n\n## B\n:period: 2010\n:technologies: Python\n\n## C\n{}\n"


@pytest.mark.parametrize(
    ("page", "text", "replacement"),
    [
        (PERSON, ":emial: a@b.example", ("emial", "email")),
        (PERSON, ":website: ada.example", ("ada.example", "<https://ada.example>")),
        (ENTRY, ":kind: skill", ("skill", "skills")),
        (ENTRY, ":period: 2014-3", ("2014-3", "2014-03")),
        (ENTRY, ":period: 2016-03 – 2014-03", ("2016-03 – 2014-03", "2014-03 – 2016-03")),
        (ENTRY, ":period: 2014-03 – presnet", ("2014-03 – presnet", "2014-03 – present")),
        # Either of two may be meant, or none.
        (ENTRY, ":period: 03/04/2014", None),
        (ENTRY, "{nonsense}`x`", None),
        (ENTRY, "```{nte}\n```", ("nte", "note")),
        (ENTRY, "```pythno\n1\n```", ("pythno", "python")),
        (ENTRY, "{tech}`Pyhton`", ("Pyhton", "Python")),
    ],
)
def test_problem_knows_what_was_probably_meant(
    project: Project, page: str, text: str, replacement: tuple[str, str] | None
) -> None:
    found: list[Problem] = []
    assert build(project.write({"index.md": page.format(text)}).folder, found.append, pdf=False)
    assert [problem.replacement for problem in found if problem.level != "note"] == [replacement]
