"""What is wrong with a PDF that was built, in plain words."""

from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pikepdf

from cvtools.checks import layout, structure, text
from cvtools.checks.document import Document
from cvtools.checks.findings import Finding, Found
from cvtools.checks.readers import missing
from cvtools.record import Record, record_of

RULES: dict[str, Callable[[Document], Found]] = {
    "declared": structure.declared,
    "accessible": structure.accessible,
    "fonts": structure.fonts,
    "size": structure.size,
    "attached": structure.attached,
    "characters": text.characters,
    "text": text.text,
    "stranded": layout.stranded,
    "widow": layout.widow,
    "orphan": layout.orphan,
    "budget": layout.budget,
    "last page": layout.last_page,
    "typeset": layout.typeset,
}


def check(path: Path, record: Record | None = None) -> list[Finding]:
    """Hold a PDF against every rule.

    :param record: what was meant; the one that the build left, if it is not given
    :raises ValueError: the file cannot be checked, and why
    """
    if not path.exists():
        raise ValueError("there is no such file")
    try:
        with Document(path, record or record_of(path) or Record()) as pdf:
            return [finding for name in RULES for finding in _findings(pdf, name)]
    except OSError as error:
        raise ValueError(f"it cannot be read: {error.strerror}") from error


def _findings(pdf: Document, name: str) -> Iterator[Finding]:
    try:
        for found in RULES[name](pdf):
            yield Finding(name, *found)
    except (pikepdf.PdfError, AttributeError, LookupError, TypeError, ValueError) as error:
        # Anything may stand in the place of anything else.
        yield Finding(name, f"it is damaged, and cannot be held against this rule ({error}): make it anew")


def skipped(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """What is not checked of these PDFs, and what to do about it: the file's name, or none if it is all of them."""
    if not find_spec("page"):
        yield "", "PDF/UA-1 is not checked: pip install 'cvtools[check]'"
    for program, package in missing().items():
        yield "", f"what {program} reads is not checked: apt-get install {package}"
    for path in paths:
        if not record_of(path):
            yield str(path), "its words are not compared with their source: no build left a record of it"
