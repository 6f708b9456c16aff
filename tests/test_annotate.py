"""Lines of other tools become annotations on the right line, and none is taken for a command."""

import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from cvtools.terminal import printable

SCRIPT = Path(".github/annotate.py").resolve()
MODULE: dict[str, Any] = runpy.run_path(str(SCRIPT))


#: Runs the script over lines; gives what it prints after them, and the summary.
Annotate = Callable[..., tuple[list[str], str]]


@pytest.fixture
def annotate(repository: Path) -> Annotate:
    def run(*lines: str, options: tuple[str, ...] = ()) -> tuple[list[str], str]:
        report = repository / "summary.md"
        given = "".join(f"{line}\n" for line in lines)
        done = subprocess.run(
            [sys.executable, str(SCRIPT), *options],
            input=given.encode(),
            env={"PATH": "/usr/bin:/bin", "GITHUB_STEP_SUMMARY": str(report)},
            capture_output=True,
            check=True,
        )
        out = done.stdout.decode()
        stop = re.match(r"::stop-commands::(\w{32})\n", out)
        assert stop
        passed, _, rest = out[stop.end() :].partition(f"\n::{stop[1]}::\n")
        # Colours are left out, and what else drives a terminal is shown.
        assert passed == printable(re.sub(r"\x1b\[[\d;]*m", "", given))
        return rest.splitlines(), report.read_text("utf-8") if report.exists() else ""

    return run


@pytest.mark.parametrize(
    ("line", "annotation"),
    [
        (
            'docs/index.md:8: WARNING: "100" is not in the dictionary: did you mean "1000"? If it is [cv.spelling]',
            'file=docs/index.md,line=8::"100" is not in the dictionary: did you mean "1000"? If it is'
            "%0AThe corrected line:%0AA servizze & servizze, 1000%25.",
        ),
        # Which of the two is meant cannot be known.
        (
            'docs/index.md:8: WARNING: "servizze" is not in the dictionary: did you mean "service"? If it is [cv.spelling]',
            'file=docs/index.md,line=8::"servizze" is not in the dictionary: did you mean "service"? If it is',
        ),
        (
            "./docs/index.md:3:4: error: `Work` should be `100% Work`",
            "file=docs/index.md,line=3::`Work` should be `100%25 Work`%0AThe corrected line:%0A## 100%25 Work",
        ),
        ("\x1b[31mdocs/index.md:3: ERROR: red\x1b[39;49;00m", "file=docs/index.md,line=3::red"),
        ("100%,a.md:3: WARNING: odd", "file=100%25%2Ca.md,line=3::odd"),
    ],
)  # fmt: skip
def test_problem_is_annotated_on_its_line(annotate: Annotate, line: str, annotation: str) -> None:
    assert annotate(line) == ([f"::error {annotation}"], "")


def test_absolute_path_is_annotated(annotate: Annotate, repository: Path) -> None:
    assert annotate(f"{repository}/docs/index.md:3: WARNING: x") == (["::error file=docs/index.md,line=3::x"], "")


@pytest.mark.parametrize(
    "line",
    [
        "dist/cv.pdf: 5 pages, 85 kB",
        "docs/nowhere.md:3: WARNING: x",
        "/etc/passwd:3: WARNING: x",
        "../cv/../../etc/passwd:3: WARNING: x",
        "12:30:45: nothing",
        "docs/index.md:3: note: See above",
        "docs:3: a folder",
        "x/../docs/index.md:3: error: a name that git does not know",
        "docs/link.md:3: error: a link",
        "docs/new.md:3: error: a file that is not tracked",
        f"{'a' * 300}:12: a name that no file has",
    ],
)
def test_other_lines_are_not_annotated(annotate: Annotate, repository: Path, line: str) -> None:
    (repository / "docs/link.md").symlink_to("index.md")
    subprocess.run(["git", "add", "."], check=True)
    (repository / "docs/new.md").touch()
    assert annotate(line) == ([], "")


@pytest.mark.parametrize("hostile", [
    "::error::x", "::set-env name=PATH::x", "docs/index.md:3: WARNING: a\r::error::b",
    "docs/index.md:3: WARNING: a%0A::error::b%0D", "docs/index.md:3: WARNING: \x1b[2K::add-mask::x\x1b]0;t\x07",
    "docs/index.md:3: WARNING: a\u2028::error::b\x85::error::c",
    "docs/index.md:3: WARNING: ##[error file=conf.py]forged", "##[error]x", "\x1b[2J\x1b[8m\x9b31m",
])  # fmt: skip
def test_log_holds_no_command(annotate: Annotate, hostile: str) -> None:
    commands, summary = annotate(hostile)
    assert not summary
    for command in commands:
        head, text = command.removeprefix("::").split("::", 1)
        assert head == "error file=docs/index.md,line=3"
        assert not re.search("%(?!25|0A)", text)
        assert text.isprintable()


@pytest.mark.parametrize(
    "name",
    [
        "docs/\nREADME.md:1: error: Forged.md",
        "docs/\rREADME.md: error.md",
        "docs/index.md:3: error: Forged.md",
        "docs/index.md:3/a.md",
        "docs/\x1b[2K.md",
        "docs/\udcff.md",
    ],
)
def test_name_of_a_file_forges_no_annotation(annotate: Annotate, name: str) -> None:
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).touch()
    subprocess.run(["git", "add", "."], check=True)
    (line,), summary = annotate("docs/index.md:3: error: Forged.md:1:2: error: `a` should be `b`")
    assert line.startswith("No annotations: rename the file")
    assert not summary


def test_options_choose_level_and_lines(annotate: Annotate) -> None:
    commands, summary = annotate("docs/index.md:3: old", "docs/index.md:7: new", options=("--changed", "--warning"))
    assert commands == ["::warning file=docs/index.md,line=7::new"]
    assert "docs/index.md:3: old" in summary


def test_log_alone_gives_no_annotations(annotate: Annotate) -> None:
    assert annotate("docs/index.md:7: WARNING: new", "\x1b[2J", options=("--log",)) == ([], "")


def test_long_line_takes_no_time(annotate: Annotate) -> None:
    (command,), _ = annotate("docs/index.md:7: WARNING: " + '"a": did you mean ' * 20_000)
    assert len(command) < 3000


@given(st.lists(st.text()))
def test_any_line_is_read(lines: list[str]) -> None:
    assert all(str(problem) for problem in MODULE["problems"](lines, {"docs/index.md"}))
