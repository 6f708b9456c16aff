"""The findings of rules for PDFs."""

from collections.abc import Iterator
from typing import Any, NamedTuple


class Finding(NamedTuple):
    """A fault of a PDF, found by a rule."""

    #: The fault and a remedy.
    text: str
    #: The number of the page, from 1; 0 for the whole PDF.
    page: int = 0
    #: Source file and line, such as "docs/index.md:12"; empty if they are not known.
    location: str = ""


#: Findings, or tuples of their first fields.
Findings = Iterator[tuple[Any, ...]]
