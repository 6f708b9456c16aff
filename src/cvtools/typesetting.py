"""LuaLaTeX is run, and what it says is put into the terms of the source."""

import contextlib
import hashlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import time
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import asdict, astuple, dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import cast

from cvtools import limits, sandbox
from cvtools.files import whole
from cvtools.texlive import OPTIONS, environment, fallbacks, font_cache, trees
from cvtools.writing.latex.head import head_of

#: How many points a line may stand out of the text before it is worth a word.
_TOLERATED = 1.0

#: As noxfile.py's TEX, which a test holds.
INSTALL = (
    "sudo apt-get install --no-install-recommends texlive-luatex texlive-latex-recommended"
    " texlive-lang-polish fontconfig fonts-texgyre fonts-lmodern"
)

#: Where a log tells of an error, with a few lines. Lua's have no exclamation mark; TeX's last words say nothing.
_ERROR = re.compile(
    r"(?:^! *(?=[^ =])|(?=\b\w+\.lua:\d+: |\[\\directlua\]:\d+: ))(.*(?:\n(?!l\.\d|!|\n).*){0,4})", re.MULTILINE
)
#: Where a log tells of success.
_PAGES = re.compile(r"^Output written on .*\((\d+) pages?, \d+ bytes\)", re.MULTILINE)
_FULL = ("the disk is full", "make room and build again")

#: What TeX says, what it means, and what to do.
_REMEDIES: tuple[tuple[str, str, str], ...] = (
    (
        r"(?i)fwrite|no space left|disk (?:is )?full|I can't write on file",
        *_FULL,
    ),
    (
        r'The font "(?P<name>[^"]+)" cannot be\s+found|Font [^\n]*?=\[?(?P<file>[\w-]+)[^\n]* not loadable',
        "the font {name} is not installed",
        "install fonts-texgyre and fonts-lmodern",
    ),
    (
        r"File `(?P<name>[^']+\.(?:sty|cls|def))' not\s+found",
        "TeX lacks {name}",
        "install texlive-latex-recommended",
    ),
    (
        r"(?:File `|\(file )(?P<name>[^')\n]+\.(?:png|jpe?g|pdf))",
        "the picture {name} cannot be read",
        "check that the file is a sound PNG, JPEG or PDF",
    ),
    (r"already written content discarded", "there is nothing to set", "write something into its page"),
    (
        r"TeX capacity exceeded|not enough memory|\(nodes\)",
        "TeX ran out of memory",
        "look for something very long or deeply nested there",
    ),
)


class TypesettingError(Exception):
    """A PDF could not be made. Says why, where in the source, and what to do."""


@dataclass(frozen=True)
class Message:
    """Something TeX said, in the terms of the source."""

    #: Source file and line, as "docs/index.md:12"; empty where they cannot be known.
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}" if self.place else self.text


@dataclass
class Result:
    """What became of a run."""

    #: Pages of the PDF.
    pages: int
    #: Size of the PDF in bytes.
    size: int
    #: Whether TeX had to run.
    changed: bool
    #: Lines that stand out of the text, and the like.
    warnings: list[Message] = field(default_factory=list)


class Run:
    """One PDF in the making: LuaLaTeX runs beside whoever made this, until :meth:`finish` is called.

    Given the document's head in advance, it loads the class and the fonts at once, and waits for the document; should
    the document begin otherwise, it starts anew. The PDF replaces the one at the target only when it is whole.

    :param tex: where the document is going to be, in a folder with the class
    :param target: where the PDF is to be
    :param epoch: the date of the source, in seconds since 1970
    :param head: the first lines of the document, if they can be told yet
    """

    def __init__(self, tex: Path, target: Path, epoch: int, head: str = "") -> None:
        self.tex, self.target, self.epoch, self.head = tex, target, epoch, head
        self.stamp, self.pdf = tex.with_suffix(".built"), tex.with_suffix(".pdf")
        #: The only folder that TeX may write into, new for each start, so that no run finds what another one left.
        self.output = tex.with_suffix(".output")
        self.made: Result | None = None
        self.process: subprocess.Popen[bytes] | None = None
        if head and shutil.which("lualatex"):
            # The jobname would be the first word's.
            line = head.replace("\n", "")
            self._start(head, f"-jobname={tex.stem}", f"{line}\\cvawait\\input{{{tex.name}}}", waits=True)

    def _start(self, head: str, *arguments: str, waits: bool = False) -> None:
        lualatex = shutil.which("lualatex")
        if not lualatex:
            raise TypesettingError(f"the PDFs need LuaLaTeX, which is not installed: {INSTALL}")
        shutil.rmtree(self.output, ignore_errors=True)
        self.output.mkdir()
        cache = font_cache(head, self.tex.parent.parent)
        if cache:
            # luaotfload insists on a folder that it may write to, though it writes nothing where all is there.
            (self.output / "luatex-cache").symlink_to(cache)
        read = [*trees(), *fallbacks(head), *map(str, filter(None, (cache, self.tex.parent)))]
        rights = {**dict.fromkeys(read, sandbox.READ), str(self.output): sandbox.WRITE, lualatex: sandbox.RUN}
        most = {
            resource.RLIMIT_AS: limits.TEX_MEMORY,
            resource.RLIMIT_FSIZE: limits.TEX_OUTPUT,
            resource.RLIMIT_NPROC: 0,
        }
        self.process = sandbox.start(
            [lualatex, *OPTIONS, f"-output-directory={self.output.name}", *arguments],
            rights,
            most,
            cwd=self.tex.parent,
            env=environment(TEXMFCACHE=self.output.name, SOURCE_DATE_EPOCH=str(self.epoch)),
            stdin=subprocess.PIPE if waits else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # Whoever waits for it has much to do meanwhile, and goes first.
        os.setpriority(os.PRIO_PROCESS, self.process.pid, 4)

    def go(self, *fonts: Path) -> None:
        """Typeset the document, which is written now, unless that was done before.

        :param fonts: files that it is set with
        :raises TypesettingError: there is no LuaLaTeX
        """
        self.fonts = [*map(str, fonts)]
        latex = self.tex.read_bytes()
        talks = latex.count(b"\\cvcontentsline") + latex.count(b"\\cvlistingitem")
        self.seconds = limits.TEX_TIME + int(limits.TEX_TIME_PER_TALK * talks)
        self.digest = _digest(self.tex, latex, self.epoch)
        self.made = self._made_before()
        if self.made:
            return
        if not self.is_waiting() or not latex.startswith(self.head.encode()):
            self.stop()
        self.stamp.unlink(missing_ok=True)
        if not self.process:
            self._start(head_of(self.tex), self.tex.name)
        process = cast("subprocess.Popen[bytes]", self.process)
        sandbox.limit(process, {resource.RLIMIT_CPU: self.seconds})
        # By the clock, more may pass, since a machine has more to do.
        self.deadline = time.monotonic() + 3 * self.seconds
        if process.stdin:
            # It may have ended just now, and its log says why.
            with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
                pipe.write(b"\n")
            process.stdin = None

    def _made_before(self) -> Result | None:
        """Return the result of an earlier run over the very same document, class, pictures, packages and fonts."""
        try:
            kept = json.loads(self.stamp.read_text("utf-8"))
            same = kept["digest"] == self.digest and kept["inputs"] == _hashes(kept["inputs"])
            result = Result(kept["pages"], kept["size"], False, [Message(*said) for said in kept["warnings"]])
            return result if same and kept["pdf"] == _hash_of(self.pdf) else None
        except (OSError, ValueError, LookupError, TypeError):
            # The stamp is damaged, or there is none.
            return None

    def is_done(self) -> bool:
        """Whether :meth:`finish` need not wait."""
        return self.made is not None or self.process is None or self.process.poll() is not None

    def is_waiting(self) -> bool:
        """Whether TeX waits for a document."""
        return self.process is not None and self.process.poll() is None and self.process.stdin is not None

    def finish(self) -> Result:
        """Wait for TeX and put the PDF in its place.

        :raises TypesettingError: TeX failed
        """
        if self.made:
            if not self.target.exists() or _hash_of(self.target) != _hash_of(self.pdf):
                self._deliver()
            return self.made
        try:
            status = self.process.wait(max(0, self.deadline - time.monotonic())) if self.process else 1
        except subprocess.TimeoutExpired:
            self.stop()
            status = -signal.SIGXCPU
        log, latex = self._read(".log"), self.tex.read_text("utf-8")
        if status != 0:
            raise TypesettingError(f"{self.target.name} could not be made: {self._reason(status, log, latex)}")
        made = self.output / self.pdf.name
        if not made.exists():
            raise TypesettingError(f"{self.target.name} could not be made: there is nothing to set")
        made.replace(self.pdf)
        result = Result(
            int(_PAGES.findall(log)[-1]),
            self.pdf.stat().st_size,
            True,
            list(islice(warnings(log, latex), limits.WARNINGS)),
        )
        self._deliver()
        kept = {**asdict(result), "warnings": [astuple(warning) for warning in result.warnings]}
        made_from = {"digest": self.digest, "inputs": _hashes([*self.fonts, *self._packages()])}
        with whole(self.stamp) as beside:
            beside.write_text(json.dumps(kept | made_from | {"pdf": _hash_of(self.pdf)}), "utf-8")
        return result

    def _reason(self, status: int, log: str, latex: str) -> str:
        """Return why TeX ended with a status other than 0."""
        if status == -signal.SIGXCPU:
            return f"TeX was given up after {self.seconds} seconds: look for something very long or deeply nested"
        if status == -signal.SIGXFSZ:
            return f"it would have more than {limits.TEX_OUTPUT // 1_000_000} MB: use smaller pictures"
        # On a full disk, the log ends anywhere.
        if shutil.disk_usage(self.tex.parent).free < limits.ROOM:
            return ": ".join(_FULL)
        return str(explain(log, latex))

    def _deliver(self) -> None:
        with whole(self.target) as beside:
            shutil.copyfile(self.pdf, beside)

    def _packages(self) -> Iterator[str]:
        """Yield the files of TeX's that the run read, but for those that TeX makes for itself."""
        for line in self._read(".fls").splitlines():
            kind, _, path = line.partition(" ")
            # What the run says of itself must not make anybody read other files.
            if (
                kind == "INPUT"
                and path.startswith(tuple(trees()))
                and not path.startswith("/var/")
                and ".." not in path
            ):
                yield path

    def stop(self) -> None:
        """Give the run up, if it is still under way."""
        if self.process:
            self.process.kill()
            with self.process:
                pass
            self.process = None

    def _read(self, suffix: str) -> str:
        path = self.output / self.tex.with_suffix(suffix).name
        return path.read_text("utf-8", errors="replace") if path.exists() else ""


def explain(log: str, latex: str) -> Message:
    """Why TeX failed.

    :param log: the run's log
    :param latex: the document
    """
    error = _ERROR.search(log)
    said = error[1] if error else log.strip().rpartition("\n")[2]
    # A package begins each line with its name.
    said = re.sub(r"\n\(\w+\) +", " ", said)
    line = re.search(r"^l\.(\d+)", log[error.start() :] if error else "", re.MULTILINE)
    place = place_of(int(line[1]), latex) if line else ""
    for pattern, meaning, remedy in _REMEDIES:
        if match := re.search(pattern, said):
            name = next((group for group in match.groups() if group), "")
            if name and not place and name in latex:
                place = place_of(latex[: latex.index(name)].count("\n") + 1, latex)
            return Message(place, f"{meaning.format(name=name)}: {remedy}")
    reason = " ".join(said.split("\n")[0].split()) or "it stopped without a word"
    return Message(place, f"TeX says: {reason}")


def warnings(log: str, latex: str) -> Iterator[Message]:
    """Yield what TeX let pass, yet a reader would see."""
    document = _Document(latex)
    widths: dict[int, float] = {}
    for match in re.finditer(r"^Overfull \\hbox \(([\d.]+)pt too wide\).*?at lines? (\d+)", log, re.MULTILINE):
        # A table says it once, of its worst cell.
        line = document.table_around(int(match[2])) or int(match[2])
        widths[line] = max(float(match[1]), widths.get(line, 0))
    for line, width in widths.items():
        fault, remedy = "a line stands out of the text by", "reword it, or break a long word"
        if document.table_around(line):
            fault, remedy = (
                "the words of a table stand out of their cells, by up to",
                "give it fewer columns or shorter words",
            )
        if width > _TOLERATED:
            yield Message(document.place_of(line), f"{fault} {width:.0f} points: {remedy}")
    for text, at in re.findall(r"^Class cvtools Warning: (.*) on input line (\d+)\.$", log, re.MULTILINE):
        yield Message(document.place_of(int(at)), text)
    for at in dict.fromkeys(re.findall(r"^Underfull \\hbox .*?at lines? (\d+)", log, re.MULTILINE)):
        yield Message(
            document.place_of(int(at)), "the words of a line stand far apart: reword it, or break a long word"
        )
    for character in dict.fromkeys(re.findall(r"^Missing character: There is no (\S+)", log, re.MULTILINE)):
        before, found, _ = latex.partition(character)
        place = document.place_of(before.count("\n") + 1) if found else ""
        yield Message(
            place, f'no font has the character "{character}": write it in words, or install a font that has it'
        )


class _Document:
    """The lines of a document, with the marks of its source and the ends of its tables, which are many to look for."""

    def __init__(self, latex: str) -> None:
        self.lines = latex.split("\n")
        self.marks = [number for number, text in enumerate(self.lines, 1) if text.startswith("%% ")]
        self.tables = [number for number, text in enumerate(self.lines, 1) if "{cvtable}" in text]

    def place_of(self, line: int) -> str:
        """Return the source of a line: what the nearest mark at or before it says."""
        before = bisect_right(self.marks, line)
        return self.lines[self.marks[before - 1] - 1].removeprefix("%% ") if before else ""

    def table_around(self, line: int) -> int:
        """Return the first line in the table around a line; 0 where there is none."""
        before = bisect_right(self.tables, line)
        last = self.tables[before - 1] if before else 0
        return last + 1 if last and self.lines[last - 1].startswith("\\begin") else 0


def place_of(line: int, latex: str) -> str:
    """Return the source of a line of LaTeX, see :class:`_Document`."""
    return _Document(latex).place_of(line)


def _digest(tex: Path, latex: bytes, epoch: int) -> str:
    """What stands beside a document that its PDF depends on, and the document, as one number."""
    others = [path for path in sorted(tex.parent.glob("*")) if path.stem != tex.stem and path.is_file()]
    parts = [path.read_bytes() for path in others if path.suffix in {".cls", ".lua"} or path.name.encode() in latex]
    return hashlib.sha256(b"\0".join([latex, str(epoch).encode(), *parts])).hexdigest()


def _hashes(paths: Iterable[str]) -> dict[str, str]:
    """The content of files, a number for each."""
    return {path: _hash(path) for path in sorted(paths)}


@cache
def _hash(path: str) -> str:
    try:
        return _hash_of(Path(path))
    except OSError:
        return ""


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
