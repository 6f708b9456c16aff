"""Problems that tools print as "file:line: message" become annotations of a pull request. Runs on Python alone.

make spelling 2>&1 | python3 .github/annotate.py [--warning] [--changed] [--log]

What comes in goes out with its control characters visible and without colours, and nothing in it is taken for a
command. GitHub shows ten annotations of a step: first come those on changed lines; the summary has the rest. This is
the only file of the project that knows of them.
"""

import argparse
import os
import re
import runpy
import secrets
import subprocess
import sys
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path

SHOWN = 10
#: How many more the summary lists, and with how many characters, since GitHub takes 1 MiB; the log has them all.
LISTED, WIDTH = 500, 500

#: Of a line, what is looked at for a problem: what a page makes long must not take long.
LENGTH = 2000

#: The project's own, which needs nothing else of it.
printable = runpy.run_path(str(Path(__file__).parents[1] / "src/cvtools/terminal.py"))["printable"]

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_PLACED = re.compile(
    r"(?:cvtools: )?(?P<file>[^:]+):(?P<line>\d+):(?:\d+:)? "
    r"(?:(?:WARNING|ERROR|CRITICAL|error): )?(?P<text>.+?)(?: \[[a-z]+\.[a-z_]+\])?"
)
#: What has no line: a finding about a PDF, and the reason why something could not be made.
_PLAIN = re.compile(r"\S+\.pdf(?:, page \d+)?: .+ \[[a-z]+\]|cvtools: .+")
_MEANT = re.compile(r'"(?P<bad>[^"]+)".*?: did you mean (?:"(?P<quoted>[^"]+)"|(?P<good>[^"?]+)\?)')
_MISSPELT = re.compile(r"`(?P<bad>[^`]+)` should be `(?P<good>[^`]+)`")


@dataclass(frozen=True)
class Problem:
    """What a tool has found."""

    #: Path from the top of the repository; empty where it is no file's.
    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}" if self.file else self.text

    def command(self, level: str) -> str:
        """The annotation as GitHub's runner reads it."""
        where = f" file={escape(self.file, in_property=True)},line={self.line}" if self.file else ""
        corrected = self.corrected()
        text = f"{self.text}\nThe corrected line:\n{corrected}" if corrected else self.text
        return f"::{level}{where}::{escape(printable(text))}"

    def corrected(self) -> str:
        """The line as it is probably meant; empty where that is not certain enough."""
        found = _MEANT.search(self.text) or _MISSPELT.search(self.text)
        lines = Path(self.file).read_text("utf-8", errors="replace").splitlines() if self.file else []
        if not found or not 0 < self.line <= len(lines):
            return ""
        named = found.groupdict()
        good = named.get("quoted") or named["good"]
        pattern = rf"(?<!\w){re.escape(named['bad'])}(?!\w)"
        line, times = re.subn(pattern, lambda _: good, lines[self.line - 1])
        return line if times == 1 else ""


def escape(text: str, *, in_property: bool = False) -> str:
    """Text that a workflow command carries whole, and that cannot end it."""
    signs = "%\r\n:," if in_property else "%\r\n"
    return "".join(f"%{ord(sign):02X}" if sign in signs else sign for sign in text)


def visible_form(line: str) -> str:
    """Return a line of a log as one that drives neither a terminal nor a runner."""
    return str(printable(_COLOURS.sub("", line)))


def problems(lines: Iterable[str]) -> Iterator[Problem]:
    """What tools have printed, where it is a problem of a file that there is, or of a product."""
    for line in lines:
        visible = "".join(sign if sign.isprintable() else " " for sign in visible_form(line)).strip()[:LENGTH]
        placed = _PLACED.fullmatch(visible)
        if placed and (path := Path(placed["file"]).resolve()).is_file() and path.is_relative_to(Path.cwd()):
            if not placed["text"].startswith("note: "):
                yield Problem(path.relative_to(Path.cwd()).as_posix(), int(placed["line"]), placed["text"])
        elif _PLAIN.fullmatch(visible):
            yield Problem("", 0, visible)


def changed_lines() -> set[tuple[str, int]]:
    """Files and lines that the last commit adds or changes; CI's is the merge of a pull request into its base."""
    command = ["git", "-c", "core.quotePath=false", "diff", "--unified=0", "--no-color", "--no-ext-diff", "HEAD^1"]
    done = subprocess.run(command, capture_output=True, check=False)
    changed, file = set(), ""
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        if line.startswith("+++ b/"):
            file = line.removeprefix("+++ b/")
        elif found := re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line):
            first = int(found[1])
            changed |= {(file, number) for number in range(first, first + int(found[2] or 1))}
    return changed


def sort(found: Iterable[Problem], changed: Set[tuple[str, int]]) -> list[Problem]:
    """Each problem once, those on changed lines first."""
    return sorted(dict.fromkeys(found), key=lambda problem: (problem.file, problem.line) not in changed)


def summary(rest: list[Problem]) -> str:
    """Markdown that shows the problems as they are: an indented block ends at no sign."""
    lines = [f"    {str(problem)[:WIDTH]}" for problem in rest[:LISTED]]
    if len(rest) > LISTED:
        lines.append(f"    and {len(rest) - LISTED} more, in the log")
    return "\n".join([f"### {len(rest)} more to look at", "", *lines, "", ""])


def main() -> None:
    """Pass the lines on, then say which of them are problems."""
    parser = argparse.ArgumentParser(description="Annotate a pull request with what tools print.")
    parser.add_argument("--warning", action="store_true", help="the problems advise, they do not fail the check")
    parser.add_argument("--changed", action="store_true", help="annotate changed lines alone")
    parser.add_argument("--log", action="store_true", help="annotate nothing")
    options = parser.parse_args()
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)  # type: ignore[union-attr]

    # Between these, the runner takes no line for a command; nobody can guess the second.
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}")
    lines = []
    for line in sys.stdin:
        sys.stdout.write(visible_form(line))
        lines.append(line)
    print(f"\n::{token}::")
    if options.log:
        return

    changed = changed_lines()
    found = sort(problems(lines), changed)
    shown = [problem for problem in found if not options.changed or (problem.file, problem.line) in changed][:SHOWN]
    for problem in shown:
        print(problem.command("warning" if options.warning else "error"))
    rest = [problem for problem in found if problem not in shown]
    if rest and (path := os.environ.get("GITHUB_STEP_SUMMARY")):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(summary(rest))


if __name__ == "__main__":
    main()
