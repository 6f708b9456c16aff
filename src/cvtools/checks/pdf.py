"""List the rules for PDFs, and check a PDF by them."""

import resource
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Literal

import pikepdf

from cvtools import limits
from cvtools.checks import layout, structure, text
from cvtools.checks.open_pdf import OpenPdf
from cvtools.expected_pdf import ExpectedPdf, expected_of
from cvtools.problems import Problem

#: The rules, by the code of their problems.
RULES: dict[str, Callable[[OpenPdf], Iterator[Problem]]] = {
    "declared": structure.declared,
    "accessible": structure.accessible,
    "archivable": structure.archivable,
    "fonts": structure.fonts,
    "size": structure.size,
    "attached": structure.attached,
    "characters": text.characters,
    "text": text.text,
    "edge": layout.edge,
    "stranded": layout.stranded,
    "widow": layout.widow,
    "orphan": layout.orphan,
    "budget": layout.budget,
    "last page": layout.last_page,
}

#: Levels other than "warning": text off the page is an error, and a nearly empty last page a note.
_LEVELS: Mapping[str, Literal["error", "note"]] = {"edge": "error", "last page": "note"}


def check(path: Path, expected: ExpectedPdf | None = None) -> list[Problem]:
    """Return the problems that the rules find in a PDF.

    :param expected: the expected content; by default, the record of the build, if there is one
    :raises ValueError: the path leads to no file, or to one that cannot be read or has no pages
    """
    if not path.exists():
        raise ValueError("there is no such file: check its name")
    if not path.is_file():
        raise ValueError("it is a folder, a pipe or a device: name a file")
    try:
        with OpenPdf(path, expected or expected_of(path) or ExpectedPdf()) as pdf:
            return [problem for name in RULES for problem in _problems(pdf, name)]
    except OSError as error:
        raise ValueError(f"it cannot be read: {error.strerror}") from error


def check_memory(error: Exception) -> None:
    """Raise MemoryError if half of the memory is used, since lack of it then probably caused a library's error."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > limit / 2 > 0:
        raise MemoryError from error


def _problems(pdf: OpenPdf, name: str) -> Iterator[Problem]:
    try:
        problems = RULES[name](pdf)
        for problem in islice(problems, limits.WARNINGS):
            yield replace(problem, code=name, level=_LEVELS.get(name, "warning"))
        if more := sum(1 for _ in problems):
            yield Problem(f"{more} more such findings are not shown: fix these first", code=name)
    except (pikepdf.PdfError, UnicodeDecodeError) as error:
        yield Problem(f"it is damaged, so that this rule cannot be checked ({error}): make it again", code=name)
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # noqa: BLE001 - a rule that fails must not stop the others
        check_memory(error)
        fault = f"cvtools failed at this rule ({error!r}): please report it, the PDF need not be at fault"
        yield Problem(fault, code=name)
