"""Where something stands in the source."""

import re
from pathlib import Path


def line_of(text: str, source: Path, start: int) -> int:
    """The first line that has a word or an address, from a line on; that line, if the source spells it otherwise."""
    pattern = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
    lines = source.read_text("utf-8", errors="replace").splitlines()
    return next((number for number, line in enumerate(lines[start - 1 :], start) if pattern.search(line)), start)
