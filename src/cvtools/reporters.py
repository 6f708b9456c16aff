"""Report problems as text, as JSON, or as annotations on GitHub.

This module needs the standard library alone, so that ``.github/annotate.py`` runs without an environment.
"""

import os
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self, TextIO

from cvtools.terminal import printable, say, say_command, say_json, say_warning, shorten

#: How many annotations GitHub shows of a step.
ANNOTATIONS = 10
#: How many more problems the summary lists, and with how many characters, since GitHub takes 1 MiB; the log has all.
LISTED, WIDTH = 500, 500


@dataclass(frozen=True)
class Problem:
    """Something that is wrong with a project or one of its PDFs."""

    #: The rule that was broken and a suggestion.
    text: str
    #: Source file; empty if it is not known.
    path: str = ""
    #: Line in the source file, from 1; 0 for the whole file.
    line: int = 0
    #: Name of the rule, such as "cv.field" or "stranded".
    code: str = ""
    #: A note fails no build; a fatal problem keeps something from being made.
    level: Literal["note", "warning", "error", "critical", "fatal"] = "warning"
    #: Words of the line, and those that are probably meant instead.
    replacement: tuple[str, str] | None = None
    #: The PDF in which it can be seen.
    pdf: str = ""
    #: Page of the PDF, from 1; 0 for the whole PDF.
    page: int = 0

    @classmethod
    def at(cls, location: str, text: str, **fields: Any) -> Self:
        """Return a problem at a location such as "docs/index.md:12"."""
        path, _, line = location.rpartition(":")
        if line.isdecimal():
            return cls(text, path, int(line), **fields)
        return cls(text, location.removesuffix(":"), **fields)

    @classmethod
    def of(cls, data: dict[str, Any]) -> Self:
        """Return a problem from its form as JSON, which has no tuples."""
        given = data["replacement"]
        return cls(**data | {"replacement": given and (given[0], given[1])})

    @property
    def location(self) -> str:
        """Source file and line, such as "docs/index.md:12"; empty if they are not known."""
        return f"{self.path}:{self.line}" if self.path and self.line else self.path

    @property
    def message(self) -> str:
        """The text, after the PDF and the page where the problem can be seen."""
        page = f", page {self.page}" if self.page else ""
        return f"{self.pdf}{page}: {self.text}" if self.pdf else self.text

    def __str__(self) -> str:
        start = [self.location] if self.path else []
        if self.level == "fatal":
            start.insert(0, "cvtools")
        elif not self.pdf:
            start.append("note" if self.level == "note" else self.level.upper())
        return ": ".join([*start, self.message]) + (f" [{self.code}]" if self.code else "")

    def from_here(self, folder: Path) -> "Problem":
        """Return the problem with its paths, which begin in a folder, from the working directory."""
        path, pdf = (name and os.path.relpath(folder / name) for name in (self.path, self.pdf))
        return replace(self, path=path, pdf=pdf)


#: Called with each problem when it is found.
Report = Callable[[Problem], None]


class Collector:
    """Collect problems, and report each once: two outputs may have the same one."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.problems: list[Problem] = []

    def __call__(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)
            self.report(problem)


def report_text(problem: Problem, file: TextIO | None = None) -> None:
    """Print a problem as text; notes and fatal problems go to stderr in any case."""
    if problem.level in {"note", "fatal"}:
        say(str(problem))
    else:
        say_warning(str(problem), file=file)


@contextmanager
def as_text(file: TextIO | None = None) -> Iterator[Report]:
    """Print each problem on a line, on stderr unless `file` is given."""
    yield lambda problem: report_text(problem, file)


@contextmanager
def as_json(file: TextIO | None = None) -> Iterator[Report]:
    """Print each problem as a JSON object on a line of stdout."""
    yield lambda problem: say_json(asdict(problem))


@contextmanager
def as_annotations(file: TextIO | None = None) -> Iterator[Report]:
    """Print each problem on stderr, and at the end annotate a pull request with them."""
    found: list[Problem] = []

    def report(problem: Problem) -> None:
        report_text(problem)
        found.append(problem)

    try:
        with commands_stopped():
            yield report
    finally:
        annotate([problem for problem in found if problem.level != "note"])


#: The reporters by the name of their format.
REPORTERS: dict[str, Callable[[TextIO | None], AbstractContextManager[Report]]] = {
    "text": as_text,
    "json": as_json,
    "github": as_annotations,
}


@contextmanager
def commands_stopped(file: TextIO | None = None) -> Iterator[None]:
    """Keep GitHub's runner from taking a line of the block for a command; nobody can guess the word that ends it."""
    token = os.urandom(16).hex()
    say_command("stop-commands", token, file=file)
    try:
        yield
    finally:
        # Other programs may have left a line without an end.
        say("", file=file)
        say_command(token, file=file)


def annotate(
    problems: Iterable[Problem], *, level: str = "error", only_changed: bool = False, file: TextIO | None = None
) -> None:
    """Annotate a pull request: problems on changed lines first, as many as GitHub shows; the summary lists the others.

    :param level: "error", or "warning" for problems that do not fail the check
    :param only_changed: whether to leave problems on lines that did not change to the summary
    """
    changed = _changed_lines()
    found = sorted(dict.fromkeys(problems), key=lambda problem: _place(problem) not in changed)
    shown = [problem for problem in found if not only_changed or _place(problem) in changed][:ANNOTATIONS]
    read = cache(_lines)
    for problem in shown:
        line = _corrected_line(problem, read)
        text = f"{problem.message}\nThe corrected line:\n{line}" if line else problem.message
        place = {name: value for name, value in zip(("file", "line"), _place(problem), strict=True) if value}
        say_command(level, text, place, file=file)
    rest = [problem for problem in found if problem not in shown]
    if rest and (summary := os.environ.get("GITHUB_STEP_SUMMARY")):
        with Path(summary).open("a", encoding="utf-8") as report:
            report.write(_summary(rest))


def _place(problem: Problem) -> tuple[str, int]:
    """Return the file, from the top of the repository, and the line."""
    return problem.path and os.path.relpath(problem.path, os.environ.get("GITHUB_WORKSPACE") or None), problem.line


def _changed_lines() -> set[tuple[str, int]]:
    """Return the files and lines that the last commit adds or changes; none without git.

    CI's last commit is the merge of a pull request into its base.
    """
    command = ["git", "-c", "core.quotePath=false", "diff", "--unified=0", "--no-color", "--no-ext-diff", "HEAD^1"]
    try:
        diff = subprocess.run(command, capture_output=True, check=False).stdout
    except OSError:
        return set()
    changed, path = set(), ""
    for line in diff.decode("utf-8", "replace").splitlines():
        if line.startswith("+++ b/"):
            path = line.removeprefix("+++ b/")
        elif found := re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line):
            first = int(found[1])
            changed |= {(path, number) for number in range(first, first + int(found[2] or 1))}
    return changed


def _corrected_line(problem: Problem, read: Callable[[str], list[str]]) -> str:
    """Return the line as it is probably meant; empty if that is not certain enough."""
    lines = read(problem.path) if problem.replacement else []
    if not problem.replacement or not 0 < problem.line <= len(lines):
        return ""
    written, meant = problem.replacement
    line, times = re.subn(rf"(?<!\w){re.escape(written)}(?!\w)", lambda _: meant, lines[problem.line - 1])
    return line if times == 1 else ""


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _summary(problems: list[Problem]) -> str:
    """Return Markdown that shows problems as they are: an indented block ends at no sign."""
    texts = [": ".join(filter(None, (problem.location, problem.message))) for problem in problems[:LISTED]]
    lines = [f"    {printable(shorten(text, WIDTH))}" for text in texts]
    if len(problems) > LISTED:
        lines.append(f"    and {len(problems) - LISTED} more, in the log")
    return "\n".join([f"### {len(problems)} more to look at", "", *lines, "", ""])
