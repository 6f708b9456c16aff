"""Search for words in source files."""

import re
from pathlib import Path


def line_of(text: str, source: Path, start: int) -> int:
    """Return the first line with a word or an address, from `start` on; `start` if the source spells it otherwise."""
    pattern = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
    lines = source.read_text("utf-8", errors="replace").splitlines()
    return next((number for number, line in enumerate(lines[start - 1 :], start) if pattern.search(line)), start)
