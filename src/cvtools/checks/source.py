"""Search for words in source files."""

import re
from functools import lru_cache
from pathlib import Path


def line_of(text: str, source: Path, start: int) -> int:
    """Return the first line with a word or an address, from `start` on; `start` if the source spells it otherwise."""
    pattern = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
    lines = _lines(source, source.stat().st_mtime_ns)[start - 1 :]
    return next((number for number, line in enumerate(lines, start) if text in line and pattern.search(line)), start)


@lru_cache(maxsize=1)
def _lines(source: Path, changed: int) -> list[str]:
    """Return the lines of a page as it was when it was changed; a page may have thousands of words to search for.

    Lines end at newlines alone, as Markdown's do.
    """
    return source.read_text("utf-8", errors="replace").split("\n")
