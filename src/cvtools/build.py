"""A project becomes its products in ``dist/``: the book and the PDFs."""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.console import color_terminal, nocolor
from sphinx.util.docutils import docutils_namespace, patch_docutils

from cvtools.checks.pdf import check
from cvtools.exporters.json_resume import json_resume, write
from cvtools.project import source_date
from cvtools.reading.domain import CvDomain
from cvtools.record import Record, record_path
from cvtools.typesetting import Result, Run, TypesettingError


class ProjectError(Exception):
    """The folder is not a project that can be built."""


def build(project: Path, *, html: bool = True, pdf: bool = True, strict: bool = False) -> bool:
    """Build a project into its folder ``dist``.

    TeX runs beside the book's writer. What cannot be built is said on stderr; all else is built.

    :param project: a folder with ``conf.py`` and ``docs/``
    :param strict: a warning is an error
    :returns: whether all that was asked for was made
    :raises ProjectError: there is nothing to build
    """
    if not color_terminal():
        nocolor()
    return _Build(project.resolve(), strict).run(html=html, pdf=pdf)


class _Build:
    """One run over one project."""

    def __init__(self, project: Path, strict: bool) -> None:
        for needed in ("conf.py", "docs"):
            if not (project / needed).exists():
                raise ProjectError(f"{project} has no {needed}: name a folder with conf.py and docs/")
        self.project = project
        self.dist = project / "dist"
        self.work = project / "build"
        self.strict = self.stale = strict
        self.failed = False

    def run(self, *, html: bool, pdf: bool) -> bool:
        """Build what was asked for."""
        self.dist.mkdir(exist_ok=True)
        runs: list[Run] = []
        try:
            if pdf:
                runs = self._typeset()
            if html:
                self._write_book([run.target.name for run in runs])
            for run in runs:
                self._finish(run, html)
        except SphinxError as error:
            self._say(f"cvtools: {error.category}: {error}")
            self.failed = True
        finally:
            for run in runs:
                run.stop()
        return not self.failed

    def _typeset(self) -> list[Run]:
        """Write the LaTeX and set TeX to work on it, one run for each PDF."""
        written = self.work / "latex"
        with self._sphinx("cvlatex", written) as app:
            app.build()
            self._export(app)
        targets = {tex: self.dist / f"{tex.stem}.pdf" for tex in sorted(written.glob("*.tex"))}
        for stale in set(self.dist.glob("*.pdf")) - set(targets.values()):
            stale.unlink()
        epoch = int(source_date(self.project).timestamp())
        runs = []
        for tex, target in targets.items():
            try:
                runs.append(Run(tex, target, epoch))
            except TypesettingError as error:
                self._fail(error)
                break
        return runs

    def _write_book(self, pdfs: list[str]) -> None:
        pages: set[str] = set()
        with self._sphinx("html", self.dist / "html", tags=["pdf"] if pdfs else [], cv_pdfs=pdfs) as app:
            app.connect("doctree-resolved", lambda app, doctree, docname: pages.add(docname))
            app.build()
            self._export(app)
        self._say(f"dist/html: {len(pages)} pages written" if pages else "dist/html: unchanged")

    def _export(self, app: Sphinx) -> None:
        """Write the CV as data, with what the web may show."""
        resume = cast(CvDomain, app.env.domains["cv"]).resume()
        write(self.dist / "resume.json", json_resume(resume, "html", app.config.html_baseurl))

    def _finish(self, run: Run, html: bool) -> None:
        """Wait for a PDF, say what came of it, and put it into the book."""
        name = f"dist/{run.target.name}"
        try:
            result = run.finish()
        except TypesettingError as error:
            self._fail(error)
            return
        self._report(run, name, result)
        if html:
            copy = self.dist / "html" / run.target.name
            beside = copy.with_name(copy.name + ".new")
            shutil.copyfile(run.target, beside)
            beside.replace(copy)

    @contextmanager
    def _sphinx(self, builder: str, out: Path, tags: Sequence[str] = (), **overrides: Any) -> Iterator[Sphinx]:
        """A Sphinx application over this project; a warning counts if the build is strict."""
        with patch_docutils(self.project), docutils_namespace():
            app = Sphinx(
                self.project / "docs",
                self.project,
                out,
                self.work / "doctrees",
                builder,
                confoverrides=overrides,
                status=None,
                warning=_Relative(self.project),
                freshenv=self._fresh(),
                warningiserror=self.strict,
                tags=tags,
            )
            yield app
            self.failed |= app.statuscode != 0

    def _report(self, run: Run, name: str, result: Result) -> None:
        record = Record.read(record_path(run.tex))
        record.warnings = [(message.place, message.text) for message in result.warnings]
        record.write(record_path(run.tex))
        for finding in check(run.target, record):
            self._say(finding.describe(name))
            self.failed = True
        pages = "1 page" if result.pages == 1 else f"{result.pages} pages"
        self._say(f"{name}: {pages}, {result.size / 1000:.0f} kB" + ("" if result.changed else ", unchanged"))

    def _fresh(self) -> bool:
        """Whether to read everything anew: once in a strict build, since Sphinx warns only of what it reads."""
        fresh, self.stale = self.stale, False
        return fresh

    def _fail(self, error: Exception) -> None:
        self.failed = True
        self._say(f"cvtools: {error}")

    def _say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)


class _Relative:
    """Sphinx's warnings on stderr, with paths from the project's folder."""

    def __init__(self, project: Path) -> None:
        self.prefix = f"{project}{os.sep}"

    def write(self, text: str) -> int:
        return sys.stderr.write(text.replace(self.prefix, ""))

    def flush(self) -> None:
        sys.stderr.flush()

    def isatty(self) -> bool:
        return sys.stderr.isatty()
