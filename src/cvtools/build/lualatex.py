"""Run LuaLaTeX on a document, and turn its errors and warnings into problems of the source."""

import contextlib
import hashlib
import os
import re
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

from cvtools import limits, sandbox
from cvtools.build.tex_log import crash_in, errors_in, warnings_in
from cvtools.build.texlive import OPTIONS, environment, font_cache, search_paths, trees
from cvtools.files import UNREADABLE, digest, read_json, typed, write_json
from cvtools.problems import Problem
from cvtools.project import latex_of
from cvtools.writing.latex.markup import lines_with_formulas, without_formulas
from cvtools.writing.latex.preamble import preamble_of

#: The command that installs TeX; a test compares its packages with those in noxfile.py.
INSTALL = (
    "sudo apt-get install --no-install-recommends texlive-luatex texlive-latex-recommended"
    " fontconfig fonts-texgyre fonts-lmodern"
)

#: TeX's primitive that reads a file: LaTeX's command runs hooks after it, which here would be in mid-document.
_READ = "\\csname @@input\\endcsname"
#: Cached, since the PDFs of a project read nearly the same files.
_digest_once = cache(digest)

#: The line of a log that gives the number of pages.
_PAGES = re.compile(r"^Output written on .*\((\d+) pages?, \d+ bytes\)", re.MULTILINE)


class TypesettingError(Exception):
    """A PDF could not be made.

    :param text: the reason and a remedy
    :param location: source file and line, such as "docs/index.md:12"
    """

    def __init__(self, text: str, location: str = "") -> None:
        self.problem = Problem.at(location, text, level="fatal")
        super().__init__(f"{location}: {text}" if location else text)


@dataclass
class Result:
    """The result of a run of TeX."""

    #: Pages of the PDF.
    pages: int
    #: Whether TeX ran; False if the PDF of an earlier run is still valid.
    changed: bool
    #: Visible defects, such as lines that are too wide.
    warnings: list[Problem] = field(default_factory=list)


class LuaLatex:
    """A LuaLaTeX process that typesets one PDF in the background, until :meth:`wait` is called.

    Given the beginning of the document in advance, at least the preamble, which loads the class and the fonts, TeX sets
    it and waits for the rest; if the written document begins otherwise, TeX starts again. Only a complete PDF
    replaces the one at the target.

    :param tex: path of the document, in a folder with the class; :meth:`typeset` is called once it is written
    :param target: path of the PDF
    :param epoch: the date of the source, in seconds since 1970
    :param beginning: the expected first lines of the document; if empty, TeX starts when the document is written
    :param suffix: a suffix for the names of its files, if another process for the same document is waiting
    """

    def __init__(self, tex: Path, target: Path, epoch: int, beginning: str = "", suffix: str = "") -> None:
        self.tex, self.target, self.epoch, self.beginning = tex, target, epoch, beginning
        #: Record of the last run: its result, and digests of all that it was made from.
        self.stamp = tex.with_suffix(".built")
        #: The only folder that TeX may write to, emptied before each start, so that no run reads files of another.
        self.output = tex.with_suffix(f"{suffix}.output")
        #: Files with the beginning of the document, and with the rest.
        self.beginning_file, self.rest_file = self.output.with_suffix(".begun"), self.output.with_suffix(".rest")
        #: The result, once it is known.
        self.result: Result | None = None
        #: Problems of formulas at which TeX stopped, and whose source it sets instead.
        self.unset_formulas: list[Problem] = []
        #: How often TeX has started again without formulas.
        self.restarts = 0
        #: The reason for which there is nothing to wait for, if there is one.
        self.fault: TypesettingError | None = None
        self.process: subprocess.Popen[bytes] | None = None
        if beginning and shutil.which("lualatex"):
            self.beginning_file.write_text(beginning, "utf-8")
            line = f"{_READ} {self.beginning_file.name} \\cvawait {_READ} {self.rest_file.name} "
            process = self._start(self.beginning_file, line, waits=True)
            # A preamble alone may take longer once, while TeX looks for fonts.
            if "\\begin{document}" in beginning:
                sandbox.limit(process, {resource.RLIMIT_CPU: limits.TEX_TIME})

    def _start(
        self, document: Path, line: str, *, waits: bool = False, goes_on: bool = False
    ) -> "subprocess.Popen[bytes]":
        """Start TeX.

        :param line: the first line that it reads
        :param waits: whether it waits for input
        :param goes_on: whether it goes on after an error, to find all others
        """
        lualatex = shutil.which("lualatex")
        if not lualatex:
            raise TypesettingError(f"the PDFs need LuaLaTeX, which is not installed: {INSTALL}")
        shutil.rmtree(self.output, ignore_errors=True)
        self.output.mkdir()
        cache = font_cache(preamble_of(document), self.tex.parent.parent)
        if cache:
            # luaotfload requires a writable folder for its cache, though it writes nothing to a complete one.
            (self.output / "luatex-cache").symlink_to(cache)
        read = [*trees(), *map(str, filter(None, (cache, self.tex.parent)))]
        rights = {**dict.fromkeys(read, sandbox.READ), str(self.output): sandbox.WRITE, lualatex: sandbox.RUN}
        resource_limits = {
            resource.RLIMIT_AS: limits.TEX_MEMORY,
            resource.RLIMIT_FSIZE: limits.TEX_OUTPUT,
            resource.RLIMIT_NPROC: 0,
        }
        options = [option for option in OPTIONS if option != "-halt-on-error" or not goes_on]
        self.process = sandbox.start(
            # Without -jobname, TeX would name its files after the first word of the line.
            [lualatex, *options, f"-output-directory={self.output.name}", f"-jobname={self.tex.stem}", line],
            rights,
            resource_limits,
            cwd=self.tex.parent,
            env=environment(TEXMFCACHE=self.output.name, SOURCE_DATE_EPOCH=str(self.epoch), **search_paths(cache)),
            stdin=subprocess.PIPE if waits else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # Sphinx works at the same time, and has the first claim to the processor.
        os.setpriority(os.PRIO_PROCESS, self.process.pid, 4)
        return self.process

    def typeset(self, *fonts: Path) -> None:
        """Start typesetting the written document with font files, unless the PDF of an earlier run is valid."""
        self.fonts = [*map(str, fonts)]
        latex = self.tex.read_bytes()
        self.latex = latex.decode()
        talks = latex.count(b"\\cvcontentsline") + latex.count(b"\\cvlistingitem")
        self.seconds = limits.TEX_TIME + int(limits.TEX_TIME_PER_TALK * talks)
        self.digest = _digest_of(self.tex, latex, self.epoch)
        self.result = self._earlier_result()
        if self.result:
            return
        if not self.is_waiting() or not latex.startswith(self.beginning.encode()):
            self.stop()
        self.stamp.unlink(missing_ok=True)
        process = self.process or self._start(self.tex, self.tex.name)
        self._limit_time(process)
        if process.stdin:
            # Put empty comments in place of the beginning, so that TeX's messages have the right numbers of lines.
            rest = latex.removeprefix(self.beginning.encode())
            self.rest_file.write_bytes(b"%\n" * self.beginning.count("\n") + rest)
            # TeX may have failed meanwhile; wait() finds the reason in its log.
            with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
                pipe.write(b"\n")
            process.stdin = None

    def _limit_time(self, process: "subprocess.Popen[bytes]") -> None:
        """Limit the process's processor time, and its time by the clock to three times as much."""
        sandbox.limit(process, {resource.RLIMIT_CPU: self.seconds})
        self.deadline = time.monotonic() + 3 * self.seconds

    def _earlier_result(self) -> Result | None:
        """Return the result of an earlier run with the same document, class, pictures, packages and fonts, if any."""
        with contextlib.suppress(*UNREADABLE):
            result, made_from = _recorded(self.stamp)
            if made_from == self._made_from(made_from["inputs"]):
                return result
        return None

    def _made_from(self, inputs: Iterable[str]) -> dict[str, object]:
        """Return digests of the document, of the files that a run read, and of its PDF."""
        digests = {path: _digest_once(Path(path)) for path in sorted(inputs)}
        return {"digest": self.digest, "inputs": digests, "pdf": digest(self.target)}

    def is_done(self) -> bool:
        """Return whether :meth:`wait` would return at once."""
        return self.result is not None or self.process is None or self.process.poll() is not None

    def is_waiting(self) -> bool:
        """Return whether TeX waits for a document, or will as soon as it has set the beginning."""
        return self.process is not None and self.process.poll() is None and self.process.stdin is not None

    def is_ready(self) -> bool:
        """Return whether TeX has set the beginning and waits."""
        return self.is_waiting() and (self.output / "ready.tex").exists()

    def wait(self) -> Result:
        """Wait for TeX and move the PDF to its target; raise TypesettingError if TeX made none."""
        if self.fault:
            raise self.fault
        if self.result:
            return self.result
        while error := self._error():
            if not self._start_without_formulas(error):
                for path in self.output.iterdir():
                    # Keep only the log, which gives the reason: a faulty document may have filled the folder.
                    if path.is_file() and path.suffix != ".log":
                        path.unlink()
                raise TypesettingError(f"{self.target.name} could not be made: {error.text}", error.location)
        pdf = self.output / f"{self.tex.stem}.pdf"
        if not pdf.exists():
            raise TypesettingError(f"{self.target.name} could not be made: there is nothing to set")
        pdf.replace(self.target)
        log = self._read(".log")
        warnings = chain(self.unset_formulas, warnings_in(log, self.latex, f"dist/{self.target.name}"))
        result = Result(int(_PAGES.findall(log)[-1]), changed=True, warnings=list(islice(warnings, limits.WARNINGS)))
        record = {"result": asdict(result), "made_from": self._made_from([*self.fonts, *self._packages()])}
        write_json(self.stamp, record)
        self.result = result
        return result

    def _start_without_formulas(self, error: Problem) -> bool:
        """Start TeX again with formulas replaced by their source; return False if there are none to replace.

        Replace those at the lines of errors; all after ``limits.TEX_RUNS`` such runs, or if one fails at no line.
        """
        self.restarts += 1
        lines = lines_with_formulas(self.latex)
        errors = [error, *islice(errors_in(self._read(".log"), self.latex), limits.WARNINGS)]
        unset = {problem.location: problem for problem in reversed(errors) if problem.location in lines}
        which = "formulas here"
        if lines and self.restarts > 1 and (self.restarts > limits.TEX_RUNS or not error.location):
            unset, which = {error.location: error}, "all formulas"
        elif not unset:
            return False
        for problem in reversed(unset.values()):
            text = f"{which} are shown as written: {problem.text}"
            pdf = f"dist/{self.target.name}"
            self.unset_formulas.append(replace(problem, text=text, code="typeset", level="warning", pdf=pdf))
        self.latex = without_formulas(self.latex, lines if which == "all formulas" else unset)
        self.rest_file.write_text(self.latex, "utf-8")
        self._limit_time(self._start(self.rest_file, f"{_READ} {self.rest_file.name} ", goes_on=True))
        return True

    def _error(self) -> Problem | None:
        """Wait for the process, and return the problem that made it fail; None if it did not."""
        try:
            status = self.process.wait(max(0, self.deadline - time.monotonic())) if self.process else 1
        except subprocess.TimeoutExpired:
            self.stop()
            status = -signal.SIGXCPU
        if not status:
            return None
        if status == -signal.SIGXCPU:
            remedy = "look for something very long or deeply nested"
            return Problem(f"TeX was stopped after {self.seconds} seconds: {remedy}")
        if status == -signal.SIGXFSZ:
            return Problem(f"it would have more than {limits.TEX_OUTPUT // 1_000_000} MB: use smaller pictures")
        log = self._read(".log")
        has_reason = status > 0 or "\n!" in log
        return next(errors_in(log, self.latex)) if has_reason else crash_in(self.latex)

    def _packages(self) -> Iterator[str]:
        """Yield the files of the TeX installation that the run read, except the caches that TeX itself writes."""
        scripts = self.output / "luatex-cache/scripts"
        read = re.findall("^INPUT (.+)$", self._read(".fls"), re.MULTILINE)
        for path in [*read, *(scripts.read_text("utf-8").splitlines() if scripts.exists() else [])]:
            # The document may have forged this list: accept no file outside the installation.
            if path.startswith(tuple(trees())) and not path.startswith("/var/") and ".." not in path:
                yield path

    def stop(self) -> None:
        """End the process, if it is running."""
        if self.process:
            self.process.kill()
            with self.process:
                pass
            self.process = None

    def _read(self, suffix: str) -> str:
        path = self.output / self.tex.with_suffix(suffix).name
        return path.read_text("utf-8", errors="replace") if path.exists() else ""


def typeset_warnings(pdf: Path) -> list[Problem]:
    """Return TeX's warnings about a PDF in a project's ``dist``; empty if no build recorded any."""
    with contextlib.suppress(*UNREADABLE):
        return _recorded(latex_of(pdf).with_suffix(".built"))[0].warnings[: limits.WARNINGS]
    return []


def page_counts(latex: Path) -> dict[str, int]:
    """Return the number of pages of each PDF in a folder for LaTeX, by its name, if a build recorded it."""
    counts = {}
    for stamp in latex.glob("*.built"):
        with contextlib.suppress(*UNREADABLE):
            counts[f"{stamp.stem}.pdf"] = _recorded(stamp)[0].pages
    return counts


def _recorded(stamp: Path) -> tuple[Result, dict[str, Any]]:
    """Return the result of the run that wrote a stamp, and digests of what it was made from.

    :raises UNREADABLE: it is missing or damaged
    """
    record = read_json(stamp)
    warnings = [typed(Problem(**warning), Problem("")) for warning in record["result"]["warnings"]]
    result = Result(**record["result"] | {"changed": False, "warnings": warnings})
    return typed(result, Result(0, changed=False)), record["made_from"]


def _digest_of(tex: Path, latex: bytes, epoch: int) -> str:
    """Return a digest of a document, of the date, and of the class, scripts and pictures beside it."""
    others = [path for path in sorted(tex.parent.glob("*")) if path.stem != tex.stem and path.is_file()]
    parts = [path.read_bytes() for path in others if path.suffix in {".cls", ".lua"} or path.name.encode() in latex]
    return hashlib.sha256(b"\0".join([latex, str(epoch).encode(), *parts])).hexdigest()
