"""Record problems, and report them as text, as JSON, or as annotations on GitHub.

This module needs the standard library alone, so that ``.github/annotate.py`` runs without an environment.
"""

import os
import re
import subprocess
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal, Self, TextIO

from cvtools import limits
from cvtools.terminal import printable, say, say_command, say_json, say_warning, shorten

#: Number of annotations that GitHub shows of a step.
ANNOTATIONS = 10
#: Number of problems in the summary, and characters of each, since GitHub accepts 1 MiB; the log has all.
LISTED, WIDTH = 500, 500


@dataclass(frozen=True)
class Problem:
    """A problem of a project or of one of its PDFs."""

    #: The rule that was broken, and a suggestion.
    text: str
    #: Source file; empty if unknown.
    path: str = ""
    #: Line in the source file, from 1; 0 for the whole file.
    line: int = 0
    #: Name of the rule, such as "cv.field" or "stranded".
    code: str = ""
    #: A note fails no build; a fatal problem prevents a product.
    level: Literal["note", "warning", "error", "critical", "fatal"] = "warning"
    #: Words of the line, and those that are probably meant instead.
    replacement: tuple[str, str] | None = None
    #: The PDF that shows the problem.
    pdf: str = ""
    #: Page of the PDF, from 1; 0 for the whole PDF.
    page: int = 0

    def __post_init__(self) -> None:
        # It may quote a stranger's page.
        if len(self.text) > limits.WARNING_LENGTH:
            object.__setattr__(self, "text", shorten(self.text, limits.WARNING_LENGTH))

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
        pair = data["replacement"]
        return cls(**data | {"replacement": pair and (pair[0], pair[1])})

    @property
    def location(self) -> str:
        """Return source file and line, such as "docs/index.md:12"; empty if unknown."""
        return f"{self.path}:{self.line}" if self.path and self.line else self.path

    @property
    def message(self) -> str:
        """Return the text, preceded by the PDF and the page that show the problem."""
        page = f", page {self.page}" if self.page else ""
        return f"{self.pdf}{page}: {self.text}" if self.pdf else self.text

    def __str__(self) -> str:
        start = [self.location] if self.path else []
        if self.level == "fatal":
            start.insert(0, "cvtools")
        elif self.level == "note":
            start.append("note")
        elif not self.pdf:
            start.append(self.level.upper())
        line = ": ".join([*start, self.message]) + (f" [{self.code}]" if self.code else "")
        return line.replace("\n", " ")


#: Function that is called with each problem.
Report = Callable[[Problem], None]


def from_here(report: Report, folder: Path) -> Report:
    """Return a reporter that turns paths relative to a folder into paths relative to the working directory."""

    def report_from_here(problem: Problem) -> None:
        path, pdf = (name and os.path.relpath(folder / name) for name in (problem.path, problem.pdf))
        report(replace(problem, path=path, pdf=pdf))

    return report_from_here


class Collector:
    """Collector that reports each problem once, though several outputs may have it."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.problems: list[Problem] = []

    def __call__(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)
            self.report(problem)


def report_text(problem: Problem, file: TextIO | None = None) -> None:
    """Print a problem as text; notes and fatal problems on stderr in any case."""
    if problem.level in {"note", "fatal"}:
        say(str(problem))
    else:
        say_warning(str(problem), file=file)


@contextmanager
def _annotations(file: TextIO | None) -> Iterator[Report]:
    """Report each problem as text on stderr, and annotate a pull request at the end with all but notes."""
    collector = Collector(report_text)
    try:
        with commands_stopped():
            yield collector
    finally:
        annotate(problem for problem in collector.problems if problem.level != "note")


#: The reporters by the name of their format: lines of text, on stderr unless a file is given; a JSON object on a line
#: of stdout for each problem; text and annotations.
REPORTERS: dict[str, Callable[[TextIO | None], AbstractContextManager[Report]]] = {
    "text": lambda file: nullcontext(lambda problem: report_text(problem, file)),
    "json": lambda file: nullcontext(lambda problem: say_json(asdict(problem))),
    "github": _annotations,
}


@contextmanager
def commands_stopped(file: TextIO | None = None) -> Iterator[None]:
    """Keep GitHub's runner from executing commands in the output of the block, until a random token follows."""
    token = os.urandom(16).hex()
    say_command("stop-commands", token, file=file)
    try:
        yield
    finally:
        # Another program may have left a line unfinished.
        say("", file=file)
        say_command(token, file=file)


def annotate(
    problems: Iterable[Problem], *, level: str = "error", only_changed: bool = False, file: TextIO | None = None
) -> None:
    """Annotate a pull request with as many problems as GitHub shows, those on changed lines first; summarize the rest.

    :param level: "error", or "warning" for problems that do not fail the check
    :param only_changed: whether only problems on changed lines are annotated
    """
    problems = dict.fromkeys(problems)
    changed = _changed_lines(dict.fromkeys(_position(problem)[0] for problem in problems))

    def is_old(problem: Problem) -> bool:
        path, line = _position(problem)
        ranges = changed.get(path, [])
        last = bisect_right(ranges, line, key=lambda lines: lines.start) - 1
        return last < 0 or line not in ranges[last]

    ordered = sorted(problems, key=is_old)
    annotated = [problem for problem in ordered if not (only_changed and is_old(problem))][:ANNOTATIONS]
    for problem in annotated:
        line = _corrected_line(problem)
        text = f"{problem.message}\nThe corrected line:\n{line}" if line else problem.message
        position = [(name, value) for name, value in zip(("file", "line"), _position(problem), strict=True) if value]
        say_command(level, text, position, file=file)
    rest = [problem for problem in ordered if problem not in annotated]
    if rest and (summary := os.environ.get("GITHUB_STEP_SUMMARY")):
        with Path(summary).open("a", encoding="utf-8") as report:
            report.write(_summary(rest))


def _position(problem: Problem) -> tuple[str, int]:
    """Return the source file, relative to the top of the repository, and the line."""
    return problem.path and os.path.relpath(problem.path, os.environ.get("GITHUB_WORKSPACE") or None), problem.line


def _changed_lines(paths: Iterable[str]) -> dict[str, list[range]]:
    """Return the lines of files that the last commit added or changed, in order, by file; none without git.

    In CI, the last commit is the merge of a pull request into its base, so that it has all lines of the pull request.

    :param paths: files relative to the top of the repository, of which the first ``LISTED`` count
    """
    # With --text, git shows the lines of a page even if .gitattributes says that it is binary.
    options = ("--unified=0", "--text", "--no-color", "--no-ext-diff")
    command = ["git", "-c", "core.quotePath=false", "diff", *options, "HEAD^1", "--"]
    command += [f":(top,literal){path}" for path in islice(filter(None, paths), LISTED)]
    changed: dict[str, list[range]] = {}
    path, is_head = "", False
    with suppress(OSError), subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as git:
        # Lines of files begin with "+" or "-", so that none can be taken for git's; they end at newlines alone.
        for line in git.stdout or ():
            if line.startswith(b"diff --git "):
                path, is_head = "", True
            elif is_head and line.startswith(b"+++ b/"):
                path = os.fsdecode(line[6:].rstrip(b"\t\n"))
            elif hunk := re.match(rb"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line):
                # From here on, an added line may look like the name of a file.
                first, is_head = int(hunk[1]), False
                changed.setdefault(path, []).append(range(first, first + int(hunk[2] or 1)))
    return changed


def _corrected_line(problem: Problem) -> str:
    """Return the line with the problem's replacement; empty unless it applies exactly once."""
    lines = _lines(Path(problem.path)) if problem.replacement else []
    if not problem.replacement or not 0 < problem.line <= len(lines):
        return ""
    written, meant = problem.replacement
    line, times = re.subn(rf"(?<!\w){re.escape(written)}(?!\w)", lambda _: meant, lines[problem.line - 1])
    return line if times == 1 else ""


def line_of(text: str, source: Path, start: int) -> int:
    """Return the first line with a word or an address, from `start` on; `start` if the source spells it otherwise."""
    pattern = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
    lines = _lines(source)[start - 1 :]
    return next((number for number, line in enumerate(lines, start) if text in line and pattern.search(line)), start)


def _lines(source: Path) -> list[str]:
    """Return the lines of a page, which end at newlines alone, as Markdown's do; none if it cannot be read."""
    try:
        return _lines_at(source, source.stat().st_mtime_ns)
    except OSError:
        return []


@lru_cache(maxsize=1)
def _lines_at(source: Path, changed: int) -> list[str]:
    # Cached, since thousands of words of a page may be searched for.
    return source.read_text("utf-8", errors="replace").split("\n")


def _summary(problems: list[Problem]) -> str:
    """Return Markdown that lists problems in an indented block, which none of their characters can end."""
    texts = [": ".join(filter(None, (problem.location, problem.message))) for problem in problems[:LISTED]]
    lines = [f"    {printable(shorten(text, WIDTH))}" for text in texts]
    if len(problems) > LISTED:
        lines.append(f"    and {len(problems) - LISTED} more, in the log")
    return "\n".join([f"### {len(problems)} more to look at", "", *lines, "", ""])
