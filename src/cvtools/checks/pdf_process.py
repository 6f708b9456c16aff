"""PDFs are opened in a process apart, in a sandbox and within limits: a PDF may be a bomb, or attack what reads it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from resource import RLIMIT_AS, RLIMIT_CPU, RLIMIT_FSIZE
from shutil import which
from sysconfig import get_path
from threading import Timer
from types import TracebackType
from typing import Any, Self, cast

from cvtools import limits, sandbox
from cvtools.expected import ExpectedPdf
from cvtools.reporters import Problem
from cvtools.terminal import shorten

_WORKER = "from cvtools.checks.pdf_worker import serve; serve()"


class TooMuchError(ValueError):
    """A PDF takes too much memory or time to read."""


class PdfProcess:
    """A process that opens PDFs; it starts at once, so that it loads its libraries while its caller is busy.

    :param paths: PDFs, or folders of PDFs, which are there by now
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self.paths = list(paths)
        self.process, self.is_ready = self._start(), False
        #: Processor time that the process may take in all.
        self.seconds = limits.PDF_START

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def check(self, path: Path, expected: ExpectedPdf | None) -> list[Problem]:
        """Hold a PDF against every rule, see :func:`cvtools.checks.pdf.check`.

        :raises ValueError: the file cannot be checked, and why
        """
        words = sum(len(block.text) for block in expected.blocks) if expected else 0
        seconds = limits.PDF_TIME + int(limits.PDF_TIME_PER_CHARACTER * max(0, words - limits.PAGE_SIZE))
        try:
            answer, _ = self._ask(path, {"expected": expected and asdict(expected)}, seconds)
        except TooMuchError as error:
            return [Problem(f"{error}: make it anew, with fewer pages or simpler pictures", code="readable")]
        return [Problem.of(problem) for problem in answer["problems"]]

    def draw(self, path: Path, page: int, width: int) -> tuple[int, bytes]:
        """Return how many pages a PDF has, and a picture of one of them as BMP; no bytes if there is no such page.

        :param page: from 1
        :param width: in pixels
        :raises ValueError: the file cannot be read, or takes too much
        """
        answer, picture = self._ask(path, {"page": page, "width": width}, limits.PDF_TIME)
        return answer["pages"], picture

    def texts(self, path: Path, foot: float) -> list[str]:
        """Return the text of each page of a PDF.

        :param foot: height of the strip at the end of each page whose text is left out, in points
        :raises ValueError: the file cannot be read, or takes too much
        """
        answer, _ = self._ask(path, {"foot": foot}, limits.PDF_TIME)
        return cast(list[str], answer["texts"])

    def stop(self) -> None:
        """End the process, and what it started."""
        self._kill()
        with suppress(BrokenPipeError), self.process:
            pass

    def _start(self) -> "subprocess.Popen[bytes]":
        package = Path(__file__).parents[1]
        packages = [path for path in sys.path if Path(path).is_absolute()]
        library = [get_path("stdlib"), get_path("platstdlib"), f"{sys.base_prefix}/lib"]
        programs = [sys.executable, *filter(None, map(which, ("pdftotext", "mutool")))]
        read = map(str, [package, *packages, *library, *(path.resolve() for path in self.paths)])
        return sandbox.start(
            [sys.executable, "-S", "-P", "-c", _WORKER],
            {
                str(package.parent): sandbox.LIST,
                **dict.fromkeys(read, sandbox.READ),
                **dict.fromkeys(programs, sandbox.RUN),
            },
            {RLIMIT_AS: limits.PDF_MEMORY, RLIMIT_FSIZE: 0},
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join([str(package.parent), *packages])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def _ask(self, path: Path, question: dict[str, Any], seconds: int) -> tuple[dict[str, Any], bytes]:
        """Return the answer to a question about a PDF, and the bytes that follow it.

        :param seconds: of processor time; by the clock, more may pass, since a machine has more to do
        :raises TooMuchError: the process ended over the question; a new one is asked the next
        :raises ValueError: the file cannot be read, and why
        """
        try:
            str(path).encode()
        except UnicodeEncodeError:
            # Libraries that read PDFs take names in UTF-8 alone.
            raise ValueError("its name is not valid here: rename it, or set LC_ALL=C.UTF-8") from None
        if self.process.poll() is not None:
            self.stop()
            self.process, self.is_ready, self.seconds = self._start(), False, limits.PDF_START
        process = cast(Any, self.process)
        # It says so once it has loaded all; a fault of its own is none of the PDF's.
        if not self.is_ready:
            self.is_ready = bool(process.stdout.readline())
            if not self.is_ready:
                reason = process.stderr.read().decode(errors="replace").strip().rpartition("\n")[2]
                raise ValueError(f"what reads PDFs does not start: {shorten(reason, 200)}")
        self.seconds += seconds
        sandbox.limit(process, {RLIMIT_CPU: self.seconds})
        timer = Timer(3 * seconds, self._kill)
        timer.start()
        try:
            with suppress(BrokenPipeError):
                process.stdin.write(json.dumps({"path": str(path.resolve()), **question}).encode() + b"\n")
                process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            data = process.stdout.read(answer.get("size", 0))
        except ValueError:
            self.stop()
            raise TooMuchError("it takes too much memory or time to read") from None
        finally:
            timer.cancel()
        if error := answer.get("error"):
            raise ValueError(error)
        return answer, data

    def _kill(self) -> None:
        # Its number may be another's once it was waited for.
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
