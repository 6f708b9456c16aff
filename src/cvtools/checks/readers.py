"""Programs that extract the text of a PDF, each in its own way."""

import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from resource import RLIMIT_AS

from cvtools import limits, sandbox
from cvtools.expected import expected_of

#: Function that returns the text of each page.
Reader = Callable[[Path], list[str]]


class ReadingError(Exception):
    """A program cannot read a PDF; the message says why."""


def pdfium(pdf: Path) -> list[str]:
    """Return the text of each page, as browsers extract it."""
    # The process that starts PdfProcess imports this module too, and needs no PDFium.
    from pypdfium2 import PdfDocument

    with PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def _program(*command: str) -> Reader:
    def read(pdf: Path) -> list[str]:
        arguments = [str(pdf.resolve()) if part == "PDF" else part for part in command]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            sandbox.limit(process, {RLIMIT_AS: limits.READER_MEMORY})
            try:
                text, messages = process.communicate(timeout=limits.READER_TIME)
            except subprocess.TimeoutExpired:
                process.kill()
                raise ReadingError(f"it was stopped after {limits.READER_TIME} seconds") from None
        if process.returncode:
            lines = messages.decode("utf-8", "replace").strip().splitlines()
            raise ReadingError(lines[-1] if lines else f"it ended with status {process.returncode}")
        return text.decode("utf-8", "replace").split("\f")[:-1]

    return read


#: The readers besides PDFium, by their commands.
_PROGRAMS: Mapping[str, Reader] = {
    "pdftotext": _program("pdftotext", "PDF", "-"),
    "pdftotext -layout": _program("pdftotext", "-layout", "PDF", "-"),
    "mutool": _program("mutool", "draw", "-q", "-F", "txt", "PDF"),
}
#: The Debian package of each program.
_PACKAGES: Mapping[str, str] = {"pdftotext": "poppler-utils", "mutool": "mupdf-tools"}


def readers() -> dict[str, Reader]:
    """Return the readers that are installed, by name."""
    return {"PDFium": pdfium} | {name: read for name, read in _PROGRAMS.items() if shutil.which(name.split()[0])}


def missing() -> dict[str, str]:
    """Return the programs that are not installed, each with its Debian package."""
    return {name: package for name, package in _PACKAGES.items() if not shutil.which(name)}


def skipped(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Yield a path and a message with a remedy for each check that is left out; an empty path means all PDFs."""
    if not find_spec("page"):
        yield "", "PDF/UA-1 is not checked: pip install 'sphinx-cvtools[check]'"
    for program, package in missing().items():
        yield "", f"what {program} reads is not checked: apt-get install {package}"
    for path in paths:
        if not expected_of(path):
            yield str(path), "its words are not compared with their source: no build left a record of it"
