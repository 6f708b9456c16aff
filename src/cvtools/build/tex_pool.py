"""LuaLaTeX processes for a project's PDFs, started before their documents are written."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from cvtools.build.lualatex import LuaLatex, Result, TypesettingError
from cvtools.build.tex_log import location_of
from cvtools.project import ProjectPaths
from cvtools.writing.latex.markup import faults
from cvtools.writing.latex.preamble import class_options, copy_support, preamble, preamble_of

if TYPE_CHECKING:
    # It needs Sphinx, whose import a build is spared that has nothing to do.
    from cvtools.config import CvConfig

#: The forms of the PDFs that a project may have, by name.
FORMS = {"cv": "cv", "talks": "book"}


class TexPool:
    """LuaLaTeX processes, one for each PDF.

    :param paths: where the LaTeX will be, and the PDFs are to be
    :param epoch: the date of the source, in seconds since 1970
    """

    def __init__(self, project: Path, paths: ProjectPaths, epoch: int) -> None:
        self.project, self.paths, self.epoch = project, paths, epoch
        #: Processes that wait for their document, and those that have it.
        self.waiting: dict[str, LuaLatex] = {}
        self.runs: dict[str, LuaLatex] = {}
        #: The reason why a PDF cannot be typeset.
        self.fault: TypesettingError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def preload(self, config: "CvConfig") -> None:
        """Start TeX for the PDFs that are likely and not under way, and have it load the class and the fonts."""
        copy_support(self.paths.latex)
        for name in FORMS:
            if name not in self.waiting | self.runs and (name == "cv" or (self.project / "docs" / name).exists()):
                self.waiting[name] = self._run(name, self._preamble(config, name))

    def _preamble(self, config: "CvConfig", name: str) -> str:
        """Return the preamble of a document by the configuration, with the fonts of the last build."""
        options = class_options(config.paper, config.font_size, draft=config.draft)
        first = preamble(options, config.font, FORMS[name])
        had = preamble_of(self.paths.latex / f"{name}.tex").split("\n")
        # Fallback fonts come between the first and the last line.
        return "\n".join(had) if [had[0], had[-1]] == first.split("\n") else first

    def _run(self, name: str, first: str = "") -> LuaLatex:
        return LuaLatex(self.paths.latex / f"{name}.tex", self.paths.dist / f"{name}.pdf", self.epoch, first)

    def typeset(self, tex: Path, fonts: Sequence[Path]) -> None:
        """Typeset a document that is written now."""
        run = self.waiting.pop(tex.stem, None) or self._run(tex.stem)
        try:
            _look_over(tex)
            run.typeset(*fonts)
        except TypesettingError as fault:
            run.stop()
            self.fault = fault
        else:
            self.runs[tex.stem] = run

    def wait(self, name: str) -> Result:
        """Wait for a PDF; keep a process that had nothing to do for the next document.

        :raises TypesettingError: the PDF could not be made
        """
        run = self.runs.pop(name)
        result = run.wait()
        if run.is_waiting():
            self.waiting[name] = run
        else:
            run.stop()
        return result

    def stop(self) -> None:
        """End all processes."""
        for run in [*self.waiting.values(), *self.runs.values()]:
            run.stop()
        self.waiting.clear()
        self.runs.clear()


def _look_over(tex: Path) -> None:
    """Refuse a document with commands that cvtools never writes, so that a page's words would run.

    :raises TypesettingError: with the command and its source line
    """
    latex = tex.read_text("utf-8")
    for line, words in faults(latex):
        text = f"{tex.stem}.pdf could not be made: TeX would act on {words}: please report this, and reword the page"
        raise TypesettingError(text, location_of(line, latex))
