"""Annotate a pull request with the problems that tools print as "file:line: message". Runs on Python alone.

make spelling 2>&1 | python3 .github/annotate.py [--warning] [--changed] [--log]

The log passes through with its control characters visible and without colours, and GitHub takes nothing in it for a
command. `cvtools build --format github` does the same for its own problems.
"""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
from cvtools.problems import Problem, annotate, commands_stopped
from cvtools.terminal import printable

#: Characters of a line that are searched for a problem, since a page may make a line long.
LENGTH = 2000

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_PROBLEM = re.compile(
    r"(?P<path>[^:]+):(?P<line>\d+):(?:\d+:)? "
    r"(?:(?:WARNING|ERROR|CRITICAL|error): )?(?P<text>.+?)(?: \[[a-z]+\.[a-z_]+\])?"
)
#: A misspelt word and the only suggestion of typos or of the spelling session.
_MISSPELT = re.compile(r'`([^`]+)` should be `([^`]+)`|"([^"]+)" is not in the dictionary: did you mean "([^"]+)"\?')


def problems(lines: Iterable[str], files: Collection[str]) -> Iterator[Problem]:
    """Yield the problems of files, which lines name by paths in the repository or by absolute paths."""
    top = f"{Path.cwd()}{os.sep}"
    for line in lines:
        text = "".join(sign if sign.isprintable() else " " for sign in line).strip()[:LENGTH]
        match = _PROBLEM.fullmatch(text)
        file = match["path"].removeprefix(top).removeprefix("./") if match else ""
        if match and file in files and not match["text"].startswith("note: "):
            misspelt = _MISSPELT.search(match["text"])
            word, suggestion = filter(None, misspelt.groups()) if misspelt else ("", "")
            yield Problem(match["text"], file, int(match["line"]), replacement=(word, suggestion) if word else None)


def tracked_files() -> tuple[set[str], bool]:
    """Return the regular files that git tracks, and whether any file's name could pass for a problem of another."""
    listed = subprocess.run(["git", "ls-files", "-s", "-z"], capture_output=True, check=False).stdout
    states = [entry.partition("\t") for entry in os.fsdecode(listed).split("\0")]
    # A link may lead to any file.
    files = {name for state, _, name in states if state.startswith("100")}
    return files, any(not name.isprintable() or re.search(r":\d", name) for _, _, name in states)


def main() -> None:
    """Pass the log on, then annotate."""
    parser = argparse.ArgumentParser(description="Annotate a pull request with the problems that tools print.")
    parser.add_argument("--warning", action="store_true", help="the problems do not fail the check")
    parser.add_argument("--changed", action="store_true", help="annotate changed lines alone")
    parser.add_argument("--log", action="store_true", help="annotate nothing")
    options = parser.parse_args()
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)  # type: ignore[union-attr]

    lines = []
    with commands_stopped(sys.stdout):
        for line in sys.stdin:
            lines.append(printable(_COLOURS.sub("", line)))
            sys.stdout.write(lines[-1])
    if not options.log:
        files, is_misleading = tracked_files()
        if is_misleading:
            lines = []
            sys.stdout.write("No annotations: rename the file with control characters, or a colon before a digit.\n")
        level = "warning" if options.warning else "error"
        annotate(problems(lines, files), level=level, only_changed=options.changed, file=sys.stdout)


if __name__ == "__main__":
    main()
