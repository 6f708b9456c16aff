"""Start a sandboxed process that opens PDFs, since a PDF may exhaust or attack the library that reads it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from resource import RLIMIT_AS, RLIMIT_CPU, RLIMIT_FSIZE
from shutil import which
from sysconfig import get_path
from threading import Timer
from typing import Any, cast

from cvtools import limits, sandbox
from cvtools.expected_pdf import ExpectedPdf
from cvtools.problems import Problem
from cvtools.terminal import shorten

_WORKER = "from cvtools.checks.pdf_worker import serve; serve()"


class TooMuchError(ValueError):
    """A PDF takes too much memory or time to read."""


class PdfProcess(AbstractContextManager["PdfProcess"]):
    """A process that opens PDFs; it starts at once, to load its libraries while the caller works.

    :param paths: PDFs and folders of PDFs that the process may read; they must exist
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self.paths = list(paths)
        #: Limits of CPU time, in seconds, of the checks that have begun and are not answered, by PDF.
        self.pending: dict[Path, int] = {}
        self._start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def begin_check(self, path: Path, expected: ExpectedPdf | None) -> None:
        """Begin to check a PDF while the caller works; :meth:`check` must be called for PDFs in the same order."""
        # If a PDF has ended the process, check() reports that, and starts another process for the next PDF.
        if self.process.poll() is None:
            # check() will raise the error again.
            with suppress(ValueError):
                self._ask_for_check(path, expected)

    def check(self, path: Path, expected: ExpectedPdf | None) -> list[Problem]:
        """Return the problems of a PDF, or raise ValueError, as :func:`cvtools.checks.pdf.check` does."""
        try:
            if path not in self.pending:
                self._ask_for_check(path, expected)
            problems, _ = self._receive(self.pending.pop(path))
        except TooMuchError as error:
            return [Problem(f"{error}: make it again, with fewer pages or simpler pictures", code="readable")]
        return [Problem.of(problem) for problem in problems]

    def draw(self, path: Path, page: int, width: int) -> tuple[int, bytes]:
        """Return the number of pages of a PDF, and a page as a BMP picture; no bytes if the page does not exist.

        :param page: the number of the page, from 1
        :param width: the width of the picture, in pixels
        :raises ValueError: the file cannot be read, or takes too much memory or time
        """
        return self._ask("draw", path, page, width)

    def texts(self, path: Path, foot: float) -> list[str]:
        """Return the text of each page of a PDF, without the footer, whose height is in points."""
        return cast(list[str], self._ask("texts", path, foot)[0])

    def attachment(self, path: Path, name: str) -> tuple[str, str]:
        """Return the text of a file that is attached to a PDF, and the language of the PDF."""
        return cast(tuple[str, str], self._ask("attachment", path, name)[0])

    def stop(self) -> None:
        """Kill the process and its children."""
        self._kill()
        with suppress(BrokenPipeError), self.process:
            pass

    def _start(self) -> None:
        package = Path(__file__).parents[1]
        packages = [path for path in sys.path if Path(path).is_absolute()]
        library = [get_path("stdlib"), get_path("platstdlib"), f"{sys.base_prefix}/lib"]
        programs = [sys.executable, *filter(None, map(which, ("pdftotext", "mutool")))]
        read = map(str, [package, *packages, *library, *(path.resolve() for path in self.paths)])
        rights = {str(package.parent): sandbox.LIST, **dict.fromkeys(read, sandbox.READ)}
        rights |= dict.fromkeys(programs, sandbox.RUN)
        self.process: subprocess.Popen[bytes] = sandbox.start(
            [sys.executable, "-S", "-P", "-c", _WORKER],
            rights,
            {RLIMIT_AS: limits.PDF_MEMORY, RLIMIT_FSIZE: 0},
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join([str(package.parent), *packages])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        #: Whether the process has loaded its libraries, and the limit of its CPU time, in seconds.
        self.is_ready, self.seconds = False, limits.PDF_START

    def _ask_for_check(self, path: Path, expected: ExpectedPdf | None) -> None:
        """Begin a check, for which the limit of CPU time grows with the expected text."""
        size = path.stat().st_size if path.is_file() else 0
        # A byte of a compressed PDF holds a few letters: a record with more is not of this PDF.
        letters = min(sum(len(block.text) for block in expected.blocks), 10 * size) if expected else 0
        seconds = limits.PDF_TIME + int(limits.PDF_TIME_PER_CHARACTER * max(0, letters - limits.PAGE_SIZE))
        self._send(seconds, "check", path, expected and asdict(expected))
        self.pending[path] = seconds

    def _ask(self, topic: str, path: Path, *arguments: Any) -> tuple[Any, bytes]:
        """Return the answer to a question about a PDF, see :mod:`cvtools.checks.pdf_worker`, and the bytes with it.

        :raises TooMuchError: the question ended the process; the next question starts another
        :raises ValueError: the file cannot be read; the message says why
        """
        self._send(limits.PDF_TIME, topic, path, *arguments)
        return self._receive(limits.PDF_TIME)

    def _send(self, seconds: int, topic: str, path: Path, *arguments: Any) -> None:
        try:
            str(path).encode()
        except UnicodeEncodeError:
            # Libraries that read PDFs accept only names in UTF-8.
            raise ValueError("its name is not valid here: rename it, or set LC_ALL=C.UTF-8") from None
        if self.process.poll() is not None:
            self.stop()
            self._start()
        process = cast(Any, self.process)
        # The process writes a line when it has loaded its libraries. No PDF is at fault if it ends before.
        if not self.is_ready:
            self.is_ready = bool(process.stdout.readline())
            if not self.is_ready:
                reason = process.stderr.read().decode(errors="replace").strip().rpartition("\n")[2]
                raise ValueError(f"the process that reads PDFs does not start: {shorten(reason, 200)}")
        self.seconds += seconds
        sandbox.limit(process, {RLIMIT_CPU: self.seconds})
        with self._timer(seconds), suppress(BrokenPipeError):
            process.stdin.write(json.dumps([topic, str(path.resolve()), *arguments]).encode() + b"\n")
            process.stdin.flush()

    def _receive(self, seconds: int) -> tuple[Any, bytes]:
        process = cast(Any, self.process)
        try:
            with self._timer(seconds):
                answer = json.loads(process.stdout.readline())
                data = process.stdout.read(answer.get("size", 0))
        except ValueError:
            self.stop()
            self.pending.clear()
            raise TooMuchError("it takes too much memory or time to read") from None
        if error := answer.get("error"):
            raise ValueError(error)
        return answer["answer"], data

    @contextmanager
    def _timer(self, seconds: int) -> Iterator[None]:
        """Kill the process if the block takes three times its limit of CPU time; other processes take time, too."""
        timer = Timer(3 * seconds, self._kill)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _kill(self) -> None:
        # After the process has ended and was waited for, its ID may be another process's.
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
