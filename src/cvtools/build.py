"""A project becomes its products in ``dist/``: the book and the PDFs."""

import errno
import os
import shutil
import sys
import traceback
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, cast

from sphinx import locale
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError, SphinxError
from sphinx.util.console import color_terminal, nocolor
from sphinx.util.docutils import docutils_namespace, patch_docutils

from cvtools.checks.pdf import check
from cvtools.exporters.json_resume import export
from cvtools.files import whole
from cvtools.project import source_date
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
        self.book = self.dist / "html"
        self.work = project / "build"
        self.strict = strict
        #: Whether every page is still to be read anew.
        self.reread = strict
        self.runs: list[Run] = []
        self.failed = False

    def run(self, *, html: bool, pdf: bool) -> bool:
        """Build what was asked for."""
        self.dist.mkdir(exist_ok=True)
        try:
            if pdf:
                self._typeset()
            if html:
                self._write_book(self.runs)
            made = [run for run in self.runs if self._finish(run)]
            if html:
                if made != self.runs:
                    # Its buttons would lead nowhere.
                    self._write_book(made)
                self._publish({run.target.name for run in made})
        except SphinxError as error:
            self._say(f"cvtools: {_in_plain_words(error, self.project)}")
            self.failed = True
        finally:
            for run in self.runs:
                run.stop()
        return not self.failed

    def _typeset(self) -> None:
        """Write the LaTeX and set TeX to work on it, one run for each PDF."""
        written = self.work / "latex"
        fonts: dict[Path, list[Path]] = {}
        with self._sphinx("cvlatex", written) as app:
            app.connect("cvlatex-written", lambda app, tex, files: fonts.update({tex: files}))
            app.build()
            export(app.env, self.dist)
        targets = {tex: self.dist / f"{tex.stem}.pdf" for tex in sorted(written.glob("*.tex"))}
        for stale in set(self.dist.glob("*.pdf")) - set(targets.values()):
            stale.unlink()
            (self.book / stale.name).unlink(missing_ok=True)
        epoch = int(source_date(self.project).timestamp())
        for tex, target in targets.items():
            try:
                run = Run(tex, target, epoch)
                run.go(*fonts.get(tex, ()))
                self.runs.append(run)
            except TypesettingError as error:
                self._fail(error)
                break

    def _write_book(self, runs: Sequence[Run]) -> None:
        """Write the book, which offers the PDFs of these runs."""
        pages: set[str] = set()
        pdfs = [run.target.name for run in runs]
        # A page that was cut short looks as new as a whole one.
        unfinished = self.work / "html.unfinished"
        with self._sphinx("html", self.book, tags=["pdf"] if pdfs else [], cv_pdfs=pdfs) as app:
            app.connect("doctree-resolved", lambda app, doctree, docname: pages.add(docname))
            app.connect("write-started", self._remove_stale)
            force = self.strict or unfinished.exists()
            unfinished.touch()
            app.build(force_all=force)
            export(app.env, self.dist)
        unfinished.unlink()
        self._say(f"dist/html: {_count(len(pages))} written" if pages else "dist/html: unchanged")

    def _publish(self, pdfs: Set[str]) -> None:
        """Put the PDFs into the book, and remove from it those that it does not offer."""
        for pdf in self.dist.glob("*.pdf"):
            copy = self.book / pdf.name
            if pdf.name not in pdfs:
                copy.unlink(missing_ok=True)
                continue
            with whole(copy) as beside:
                shutil.copyfile(pdf, beside)

    def _remove_stale(self, app: Sphinx, builder: Builder) -> None:
        """Remove pages that the book had and has no more; Sphinx leaves them.

        Those without a source, such as the search, are yet to be written when this is called.
        """
        for page in self.book.rglob("*.html"):
            name = page.relative_to(self.book).with_suffix("").as_posix()
            if name not in app.env.found_docs and not name.startswith("_"):
                page.unlink()

    def _finish(self, run: Run) -> bool:
        """Wait for a PDF, and say what came of it."""
        try:
            result = run.finish()
        except TypesettingError as error:
            self._fail(error)
            return False
        self._report(run, f"dist/{run.target.name}", result)
        return True

    @contextmanager
    def _sphinx(self, builder: str, out: Path, tags: Sequence[str] = (), **overrides: Any) -> Iterator[Sphinx]:
        """A Sphinx application over this project; a warning counts if the build is strict."""
        messages = _Relative(self.project)
        # Sphinx keeps the catalogs of one application for the next.
        locale.translators.clear()
        with patch_docutils(self.project), docutils_namespace():
            app = Sphinx(
                self.project / "docs",
                self.project,
                out,
                self.work / "doctrees",
                builder,
                confoverrides=overrides,
                status=None,
                warning=cast(TextIO, messages),
                warningiserror=self.strict,
                tags=tags,
            )
            app.connect("env-get-outdated", self._outdated)
            yield app
            self.failed |= app.statuscode != 0
            if messages.tell_of_a_full_disk:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _report(self, run: Run, name: str, result: Result) -> None:
        record = Record.read(record_path(run.tex))
        record.warnings = [(message.place, message.text) for message in result.warnings]
        record.write(record_path(run.tex))
        for finding in check(run.target, record):
            self._say(finding.describe(name))
            self.failed |= self.strict
        size = f"{_count(result.pages)}, {result.size / 1000:.0f} kB"
        self._say(f"{name}: {size}" if result.changed else f"{name}: {size}, unchanged")

    def _outdated(
        self, app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
    ) -> Set[str]:
        """The pages to read anew: once all in a strict build, since Sphinx warns only of what it reads."""
        outdated = env.found_docs if self.reread else set()
        self.reread = False
        return outdated

    def _fail(self, error: Exception) -> None:
        self.failed = True
        self._say(f"cvtools: {error}")

    def _say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)


class _Relative:
    """Sphinx's warnings on stderr, with paths from the project's folder."""

    def __init__(self, project: Path) -> None:
        self.prefix = f"{project}{os.sep}"
        self.tell_of_a_full_disk = False

    def write(self, text: str) -> int:
        # Sphinx merely warns of a page that it could not write; the build says it once, and ends.
        if os.strerror(errno.ENOSPC) in text:
            self.tell_of_a_full_disk = True
            return len(text)
        return sys.stderr.write(text.replace(self.prefix, ""))

    def flush(self) -> None:
        sys.stderr.flush()

    def isatty(self) -> bool:
        return sys.stderr.isatty()


def _count(pages: int) -> str:
    return "1 page" if pages == 1 else f"{pages} pages"


def _in_plain_words(error: SphinxError, project: Path) -> str:
    """What is wrong, with the line of ``conf.py`` where that is to blame."""
    if "master document" in str(error):
        return "docs/index.md, the CV's page, is missing"
    conf, cause = str(project / "conf.py"), error.__cause__
    if not isinstance(error, ConfigError) or not isinstance(cause, Exception):
        return f"{error.category}: {error}"
    lines = [frame.lineno for frame in traceback.extract_tb(cause.__traceback__) if frame.filename == conf]
    if isinstance(cause, SyntaxError) and cause.filename == conf:
        lines.append(cause.lineno)
    reason = " ".join(traceback.format_exception_only(cause)[-1].split())
    return f"conf.py:{lines[-1]}: {reason}" if lines else f"conf.py: {reason}"
