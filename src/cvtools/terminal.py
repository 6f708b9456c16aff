"""Print text so that a page's words control neither the terminal nor the CI runner that reads the log."""

import json
import os
import re
import sys
from collections.abc import Iterable
from typing import TextIO

#: C1 controls, line separators, and marks that change the direction of text. Pages and documents have other rules, see
#: ``reading/characters.py``.
_ESCAPED = [*range(0x80, 0xA0), 0x2028, 0x2029, 0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
#: Replacements of control characters except newlines and tabs: Unicode's pictures of C0 and DEL, escapes of others.
_REPLACED = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"} | {0x7F: "\u2421"}
_REPLACED |= {code: f"\\u{code:04x}" for code in _ESCAPED}
#: Beginnings of commands to GitHub's and Azure's runners.
_COMMANDS = re.compile(r"^(\s*):(?=:)|##(?=\w*\[)", re.MULTILINE)
#: Sphinx's escape sequences for colours and for redrawing a line of progress.
_COLOURS = re.compile("(\x1b\\[[0-9;]*m|\x1b\\[2K|\\A\r\\Z)")


def printable(text: str) -> str:
    """Return text with control characters shown as pictures or escapes, and workflow commands broken up.

    Newlines and tabs are kept.
    """
    # UTF-8 has no surrogates, each of which is half of a character.
    text = text.translate(_REPLACED).encode("utf-8", "backslashreplace").decode()
    return _COMMANDS.sub(lambda match: f"{match[1]}: " if match[1] is not None else "# #", text)


def printable_in_colour(text: str) -> str:
    """Return printable text that keeps Sphinx's colours."""
    parts = _COLOURS.split(text)
    return "".join(part if number % 2 else printable(part) for number, part in enumerate(parts))


def say(*lines: str, file: TextIO | None = None) -> None:
    """Print lines, on stderr unless `file` is given."""
    for line in lines:
        print(printable(line), file=file or sys.stderr, flush=True)


def ask(question: str, default: str) -> str:
    """Return the answer to a question on a terminal; the default for an empty one, or if nobody can answer."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return default
    print(printable(f"{question} [{default}]: "), end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip() or default


def say_warning(text: str, file: TextIO | None = None) -> None:
    """Print a warning, in red on a terminal and in CI, on stderr unless `file` is given."""
    file = file or sys.stderr
    is_coloured = "NO_COLOR" not in os.environ and (os.environ.get("CI") in {"true", "1"} or file.isatty())
    print(f"\x1b[91m{printable(text)}\x1b[39;49;00m" if is_coloured else printable(text), file=file, flush=True)


def say_json(data: object) -> None:
    """Print data on a line of stdout as JSON."""
    # JSON escapes control characters, and an object begins with no colon; only "##[" is left to break up.
    print(re.sub("#(?=#)", r"\\u0023", json.dumps(data)), flush=True)


def say_command(
    name: str, text: str = "", properties: Iterable[tuple[str, object]] = (), file: TextIO | None = None
) -> None:
    """Print a command to GitHub's runner, escaped, on stderr unless `file` is given."""
    pairs = ",".join(f"{key}={_escape(str(value), ':,')}" for key, value in properties)
    print(f"::{name}{pairs and f' {pairs}'}::{_escape(text)}", file=file or sys.stderr, flush=True)


def _escape(text: str, signs: str = "") -> str:
    signs += "%\r\n"
    return "".join(f"%{ord(sign):02X}" if sign in signs else sign for sign in printable(text))


def shorten(text: str, length: int = 60) -> str:
    """Return text on one line, cut to a number of characters."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
