"""LuaLaTeX is run, and what it says is put into the terms of the source."""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cvtools.files import whole

#: Seconds after which a run is given up.
TIME_LIMIT = 120
#: Kilobytes of memory that a run may ask for; a CV takes a tenth of it.
MEMORY_LIMIT = 2_000_000
#: How many points a line may stand out of the text before it is worth a word.
_TOLERATED = 1.0

INSTALL = (
    "sudo apt-get install --no-install-recommends texlive-luatex texlive-latex-recommended"
    " fontconfig fonts-texgyre fonts-lmodern"
)

#: Where a log tells of an error, with a few lines. Lua's have no exclamation mark; TeX's last words say nothing.
_ERROR = re.compile(
    r"(?:^! *(?=[^ =])|(?=\b\w+\.lua:\d+: |\[\\directlua\]:\d+: ))(.*(?:\n(?!l\.\d|!|\n).*){0,4})", re.MULTILINE
)
#: Bytes that TeX needs to write a log that tells of an error.
_ROOM = 65536
_FULL = ("the disk is full", "make room and build again")

#: What TeX says, what it means, and what to do.
_REMEDIES: tuple[tuple[str, str, str], ...] = (
    (
        r"(?i)fwrite|no space left|disk (?:is )?full|I can't write on file",
        *_FULL,
    ),
    (
        r'The font "(?P<name>[^"]+)" cannot be\s+found|Font [^\n]*?=(?P<file>\S+)[^\n]* not loadable',
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
    """One PDF in the making; TeX runs beside whoever made this until :meth:`finish` is called.

    The PDF replaces the one at the target only when it is whole.

    :param tex: the document, in a folder with all that it needs
    :param target: where the PDF is to be
    :param epoch: the date of the source, in seconds since 1970
    :raises TypesettingError: there is no LuaLaTeX
    """

    def __init__(self, tex: Path, target: Path, epoch: int) -> None:
        self.tex, self.target = tex, target
        self.stamp = tex.with_suffix(".built")
        self.digest = _digest(tex, epoch)
        self.process: subprocess.Popen[bytes] | None = None
        if target.exists() and self.stamp.exists() and self.stamp.read_text() == self.digest:
            return
        if not shutil.which("lualatex"):
            raise TypesettingError(f"the PDFs need LuaLaTeX, which is not installed: {INSTALL}")
        self.stamp.unlink(missing_ok=True)
        tex.with_suffix(".pdf").unlink(missing_ok=True)
        limited = f'ulimit -v {MEMORY_LIMIT}; exec "$0" "$@"'
        command = ["lualatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", tex.name]
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", limited, *command],
            cwd=tex.parent,
            env=os.environ
            | {
                "SOURCE_DATE_EPOCH": str(epoch),
                "FORCE_SOURCE_DATE": "1",
                # TeX writes below its own folder only, and reads no hidden file. To forbid every path from the root, as
                # "p" would, stops luaotfload from TeX Live 2024 on.
                "openin_any": "r",
                "openout_any": "p",
                # Its messages stay on one line, so that they can be read.
                "max_print_line": "10000",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def finish(self) -> Result:
        """Wait for TeX and put the PDF in its place.

        :raises TypesettingError: TeX failed, or its PDF has no text
        """
        if self.process is None:
            return self._result(_page_count(self.target), changed=False)
        try:
            status = self.process.wait(TIME_LIMIT)
        except subprocess.TimeoutExpired:
            self.stop()
            raise TypesettingError(f"{self.target.name}: TeX was given up after {TIME_LIMIT} seconds") from None
        log, latex = self._read(".log"), self._read(".tex")
        if status != 0:
            # On a full disk, the log ends anywhere.
            is_full = shutil.disk_usage(self.tex.parent).free < _ROOM
            reason = ": ".join(_FULL) if is_full else explain(log, latex)
            raise TypesettingError(f"{self.target.name} could not be made: {reason}")
        made = self.tex.with_suffix(".pdf")
        if not made.exists():
            raise TypesettingError(f"{self.target.name} could not be made: there is nothing to set")
        pages = _page_count(made)
        with whole(self.target) as beside:
            shutil.copyfile(made, beside)
        self.stamp.write_text(self.digest)
        return self._result(pages, changed=True)

    def _result(self, pages: int, *, changed: bool) -> Result:
        said = list(warnings(self._read(".log"), self._read(".tex")))
        return Result(pages, self.target.stat().st_size, changed, said)

    def stop(self) -> None:
        """Give the run up, if it is still under way."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def _read(self, suffix: str) -> str:
        path = self.tex.with_suffix(suffix)
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
    """What TeX let pass, yet a reader would see."""
    for match in re.finditer(r"^Overfull \\hbox \(([\d.]+)pt too wide\).*?at lines? (\d+)", log, re.MULTILINE):
        if float(match[1]) > _TOLERATED:
            text = f"a line stands out of the text by {float(match[1]):.0f} points: reword it, or break a long word"
            yield Message(place_of(int(match[2]), latex), text)
    for character in dict.fromkeys(re.findall(r"^Missing character: There is no (\S+)", log, re.MULTILINE)):
        yield Message("", f'no font has the character "{character}"')


def place_of(line: int, latex: str) -> str:
    """The source of a line of LaTeX: what the nearest mark at or before it says."""
    marks = [mark for mark in latex.split("\n")[:line] if mark.startswith("%% ")]
    return marks[-1].removeprefix("%% ") if marks else ""


def _page_count(pdf: Path) -> int:
    """The number of pages of a PDF that can be read.

    :raises TypesettingError: there is no text in it
    """
    from pypdfium2 import PdfDocument

    with PdfDocument(pdf) as document:
        if not any(page.get_textpage().get_text_bounded().strip() for page in document):
            raise TypesettingError(f"{pdf.name} has no text in it: are its fonts installed? {INSTALL}")
        return len(document)


def _digest(tex: Path, epoch: int) -> str:
    """What a PDF depends on, as one number: the document, its class, and the files that it names."""
    latex = tex.read_text("utf-8")
    others = [path for path in sorted(tex.parent.glob("*")) if path.stem != tex.stem]
    parts = [path.read_bytes() for path in others if path.suffix in {".cls", ".lua"} or path.name in latex]
    return hashlib.sha256(b"\0".join([latex.encode(), str(epoch).encode(), *parts])).hexdigest()
