"""Run the programs that extract the text of a PDF; they differ in the order of text, and in spaces."""

import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from resource import RLIMIT_AS

from cvtools import limits, sandbox
from cvtools.expected_pdf import expected_of
from cvtools.problems import Problem


class ReadingError(Exception):
    """A program cannot read a PDF; the message says why."""


class ReaderProcess(AbstractContextManager["ReaderProcess"]):
    """A program that extracts the text of a PDF while the caller works."""

    def __init__(self, command: Sequence[str], pdf: Path) -> None:
        arguments = [str(pdf.resolve()) if part == "PDF" else part for part in command]
        self._process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        sandbox.limit(self._process, {RLIMIT_AS: limits.READER_MEMORY})

    def __exit__(self, *exception: object) -> None:
        self._process.kill()
        with self._process:
            pass

    def pages(self) -> list[str]:
        """Return the text of each page, or raise ReadingError."""
        try:
            text, messages = self._process.communicate(timeout=limits.READER_TIME)
        except subprocess.TimeoutExpired:
            raise ReadingError(f"it was stopped after {limits.READER_TIME} seconds") from None
        finally:
            self.__exit__()
        if self._process.returncode:
            lines = messages.decode("utf-8", "replace").strip().splitlines()
            raise ReadingError(lines[-1] if lines else f"it ended with status {self._process.returncode}")
        return text.decode("utf-8", "replace").split("\f")[:-1]


#: The command of each reader besides PDFium.
_COMMANDS: Mapping[str, Sequence[str]] = {
    "pdftotext": ("pdftotext", "PDF", "-"),
    "pdftotext -layout": ("pdftotext", "-layout", "PDF", "-"),
    "mutool": ("mutool", "draw", "-q", "-F", "txt", "PDF"),
}
#: The Debian package of each program.
_PACKAGES: Mapping[str, str] = {"pdftotext": "poppler-utils", "mutool": "mupdf-tools"}


def readers() -> dict[str, Callable[[Path], ReaderProcess]]:
    """Return functions that start the installed readers, PDFium excepted, by name."""
    return {name: partial(ReaderProcess, command) for name, command in _COMMANDS.items() if shutil.which(command[0])}


def skipped(paths: Iterable[Path]) -> Iterator[Problem]:
    """Yield a note with a remedy for each check that is left out, of all PDFs or of one of these."""
    note = partial(Problem, code="skipped", level="note")
    if not find_spec("page"):
        yield note("PDF/UA-1 is not checked: pip install 'sphinx-cvtools[check]'")
    for program, package in _PACKAGES.items():
        if not shutil.which(program):
            yield note(f"what {program} reads is not checked: apt-get install {package}")
    for path in paths:
        if not expected_of(path):
            yield note("its words are not compared with their source: no build left a record of it", str(path))
