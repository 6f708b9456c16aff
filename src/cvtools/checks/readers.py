"""Read the text of a PDF with each of the programs that people use."""

import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from resource import RLIMIT_AS

from cvtools import limits, sandbox
from cvtools.expected import expected_of

#: Reads the text of each page.
Reader = Callable[[Path], list[str]]


class ReadingError(Exception):
    """A program cannot read a PDF. Says why."""


def pdfium(pdf: Path) -> list[str]:
    """Return the text of each page as browsers read it."""
    # Only what opens a PDF needs it, which the process that starts it does not.
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
                raise ReadingError(f"it was given up after {limits.READER_TIME} seconds") from None
        if process.returncode:
            said = messages.decode("utf-8", "replace").strip().splitlines()
            raise ReadingError(said[-1] if said else f"it ended with status {process.returncode}")
        return text.decode("utf-8", "replace").split("\f")[:-1]

    return read


_PROGRAMS: Mapping[str, Reader] = {
    "pdftotext": _program("pdftotext", "PDF", "-"),
    "pdftotext -layout": _program("pdftotext", "-layout", "PDF", "-"),
    "mutool": _program("mutool", "draw", "-q", "-F", "txt", "PDF"),
}
#: What installs each program.
_PACKAGES: Mapping[str, str] = {"pdftotext": "poppler-utils", "mutool": "mupdf-tools"}


def readers() -> dict[str, Reader]:
    """Return the installed programs, by name."""
    return {"PDFium": pdfium} | {name: read for name, read in _PROGRAMS.items() if shutil.which(name.split()[0])}


def missing() -> dict[str, str]:
    """Return the programs that are not installed, with the packages that have them."""
    return {name: package for name, package in _PACKAGES.items() if not shutil.which(name)}


def skipped(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """What is not checked of these PDFs, and what to do about it: the file's name, or none if it is all of them."""
    if not find_spec("page"):
        yield "", "PDF/UA-1 is not checked: pip install 'cvtools[check]'"
    for program, package in missing().items():
        yield "", f"what {program} reads is not checked: apt-get install {package}"
    for path in paths:
        if not expected_of(path):
            yield str(path), "its words are not compared with their source: no build left a record of it"
