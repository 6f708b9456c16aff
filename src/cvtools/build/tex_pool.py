"""Start LuaLaTeX for a project's PDFs before their documents are written, and have it typeset them."""

import time
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cvtools import limits
from cvtools.build.lualatex import LuaLatex, Result, TypesettingError
from cvtools.build.tex_log import location_of
from cvtools.project import ProjectPaths
from cvtools.repository import source_date
from cvtools.writing.latex.markup import NotLatexError, faults
from cvtools.writing.latex.preamble import copy_support, preamble, preamble_of

if TYPE_CHECKING:
    # This imports Sphinx, which takes long, and a build that has nothing to do needs no Sphinx.
    from cvtools.config import CvConfig

#: The PDFs that a project may have: the form of each document, by the name of its file without an edition's suffix.
FORMS = {"cv": "cv", "talks": "book"}
#: Suffix of the files of a process that has set the beginning of a document, and waits for the rest.
_AHEAD = ".ahead"


class TexPool(AbstractContextManager["TexPool"]):
    """Pool of LuaLaTeX processes, which wait for the documents of PDFs or typeset them.

    :param paths: the folders for LaTeX and PDFs
    """

    def __init__(self, project: Path, paths: ProjectPaths) -> None:
        self.project, self.paths = project, paths
        #: The date of the source, in seconds since 1970.
        self.epoch = int(source_date(project).timestamp())
        #: The form of each document, by the name of its file.
        self.forms = {paths.file(f"{name}.pdf").stem: form for name, form in FORMS.items()}
        #: Processes that wait for their document, by the name of their files.
        self.waiting: dict[str, LuaLatex] = {}
        #: Processes that typeset their document, by the name of the PDF without ending.
        self.runs: dict[str, LuaLatex] = {}

    def __exit__(self, *error: object) -> None:
        self.stop()

    def preload(self, config: "CvConfig", *, only_changed: bool = False) -> None:
        """Start TeX for each PDF that is likely to be typeset, so that it loads the class and the fonts.

        :param only_changed: whether to leave out the talks if their PDF is newer than all of them
        """
        talks = self.project / "docs" / "talks"
        # An invalid option, or a file in the way, is reported when the documents are written.
        with suppress(NotLatexError, OSError):
            copy_support(self.paths.latex)
            for name, form in self.forms.items():
                is_current = only_changed and self._is_newer(name, [self.project / "conf.py", *talks.glob("*")])
                is_likely = form == "cv" or (talks.exists() and not is_current)
                if name not in [*self.waiting, *self.runs] and is_likely:
                    self.waiting[name] = self._new_run(name, self._preamble(config, name))

    def _is_newer(self, name: str, sources: Iterable[Path]) -> bool:
        """Return whether a PDF was made after the last change of these files, and after the date of the source."""
        times = [float(self.epoch)]
        for path in sources:
            # An editor may remove its temporary files meanwhile.
            with suppress(FileNotFoundError):
                times.append(path.lstat().st_mtime)
        stamp = self.paths.latex / f"{name}.built"
        return stamp.exists() and stamp.stat().st_mtime > max(times)

    def _preamble(self, config: "CvConfig", name: str) -> str:
        """Return the expected preamble of a document: the configuration's, with the last build's fallback fonts."""
        expected = preamble(config, self.forms[name])
        earlier = preamble_of(self.paths.latex / f"{name}.tex").split("\n")
        # Fallback fonts come between the first and the last line.
        return "\n".join(earlier) if [earlier[0], earlier[-1]] == expected.split("\n") else expected

    def start_ahead(self, name: str, beginning: str) -> None:
        """Start another process for a PDF, which sets the beginning of the document and waits for the rest.

        A writer's next edit is likely to be below the beginning, too, so that only the rest will have to be set. Lines
        and pages break as in a run without a stop, since TeX waits between two lines of the document. A beginning with
        commands that cvtools never writes is not set, as in :meth:`typeset`.
        """
        if name in self.runs:
            # The next document is being typeset, perhaps in the folder that this process would empty.
            return
        if earlier := self.waiting.pop(f"{name}{_AHEAD}", None):
            earlier.stop()
        if not any(faults(beginning)):
            self.waiting[f"{name}{_AHEAD}"] = self._new_run(name, beginning, _AHEAD)

    def _new_run(self, name: str, beginning: str = "", suffix: str = "") -> LuaLatex:
        pdf = self.paths.dist / f"{name}.pdf"
        return LuaLatex(self.paths.latex / f"{name}.tex", pdf, self.epoch, beginning, suffix)

    def typeset(self, tex: Path, fonts: Sequence[Path]) -> None:
        """Start typesetting a document that has been written, with the font files that it uses.

        If that fails, waiting for the PDF raises the error.
        """
        # Each process takes memory, and a project may have any number of letters.
        while sum(not other.is_done() for other in self.runs.values()) >= limits.TEX_PROCESSES:
            time.sleep(0.01)
        ahead = self.waiting.get(f"{tex.stem}{_AHEAD}")
        is_ahead = ahead and ahead.is_ready() and tex.read_text("utf-8").startswith(ahead.beginning)
        run = self.waiting.pop(f"{tex.stem}{_AHEAD}" if is_ahead else tex.stem, None) or self._new_run(tex.stem)
        try:
            _refuse_unknown_commands(tex)
            run.typeset(*fonts)
        except TypesettingError as fault:
            run.stop()
            run.fault = fault
        self.runs[tex.stem] = run

    def wait(self, name: str) -> Result:
        """Wait for a PDF; if an earlier one was valid, keep the process, which still waits for a document."""
        run = self.runs.pop(name)
        result = run.wait()
        if run.is_waiting():
            self.waiting[run.output.stem] = run
        else:
            run.stop()
        return result

    def stop(self) -> None:
        """End all processes."""
        for run in [*self.waiting.values(), *self.runs.values()]:
            run.stop()
        self.waiting.clear()
        self.runs.clear()


def _refuse_unknown_commands(tex: Path) -> None:
    """Refuse a document with commands that cvtools never writes, since a page's text would run as TeX."""
    latex = tex.read_text("utf-8")
    for line, command in faults(latex):
        text = f"{tex.stem}.pdf could not be made: TeX would run {command}: please report this, and reword the page"
        raise TypesettingError(text, location_of(line, latex))
