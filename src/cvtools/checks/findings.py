"""What a rule finds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """A rule that a PDF breaks."""

    #: The rule's name.
    rule: str
    #: What is wrong, and what to do.
    text: str
    #: The page, from 1; 0 for the whole document.
    page: int = 0
    #: Source file and line, as "docs/index.md:12"; empty where it cannot be known.
    location: str = ""

    def describe(self, name: str) -> str:
        """The finding on one line.

        :param name: what the PDF is called
        """
        page = f", page {self.page}" if self.page else ""
        location = f"{self.location}: " if self.location else ""
        return f"{location}{name}{page}: {self.text} [{self.rule}]"


#: What a rule yields: all of a finding but the rule's name.
Findings = Iterator[tuple[Any, ...]]
