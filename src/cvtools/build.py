"""A project becomes its products in ``dist/``: the book, the PDFs and the data. What is ready is left alone."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cvtools import sandbox
from cvtools.checks.apart import PdfProcess
from cvtools.files import whole
from cvtools.ledger import Ledger, contents, imported_from_elsewhere, inputs, products
from cvtools.press import FORMS, Press
from cvtools.project import Places, source_date
from cvtools.record import Record, record_path
from cvtools.typesetting import Result, Run, TypesettingError


class ProjectError(Exception):
    """The folder is not a project that can be built."""


@dataclass(frozen=True)
class Options:
    """What a build is asked for."""

    html: bool = True
    pdf: bool = True
    #: The PDFs are untagged, hold no data and are not checked.
    draft: bool = False
    #: A warning is an error.
    strict: bool = False
    #: How many processes read and write.
    jobs: int = 1


def build(project: Path, **asked: Any) -> bool:
    """Build a project into its folder ``dist``.

    TeX starts before all else, and runs beside the book's writer. What cannot be built is said on stderr; all else is
    built. Where nothing changed since the last build, what that one said is said again.

    :param project: a folder with ``conf.py`` and ``docs/``
    :param asked: what is asked for, see :class:`Options`
    :returns: whether all that was asked for was made
    :raises ProjectError: there is nothing to build
    """
    project, options = project.resolve(), Options(**asked)
    require_project(project)
    path = Places.of(project).work / "ledger.json"
    epoch = int(source_date(project).timestamp())
    made_from = inputs(project, options.html, options.pdf, options.draft, epoch)
    last = Ledger.read(path)
    if last and last.is_current(project, made_from) and not (options.strict and last.messages):
        say(*last.messages, *last.notes, "dist: unchanged")
        return True
    if last and not last.is_by(made_from):
        last = None
    path.unlink(missing_ok=True)
    (project / "dist").mkdir(exist_ok=True)
    return _Build(project, options, epoch, last).run(path, made_from)


def require_project(project: Path) -> None:
    """Make sure that there is something to build.

    :raises ProjectError: there is not
    """
    for needed in ("conf.py", "docs"):
        if not (project / needed).exists():
            raise ProjectError(f"{project} has no {needed}: name a folder with conf.py and docs/")


def say(*lines: str) -> None:
    """Tell whoever builds."""
    for line in lines:
        print(line, file=sys.stderr, flush=True)


class _Build:
    """One run over one project."""

    def __init__(self, project: Path, options: Options, epoch: int, last: Ledger | None) -> None:
        # Sphinx takes time to import, in which TeX may as well begin.
        self.places = Places.of(project)
        self.press = Press(project, self.places, epoch, draft=options.draft)
        if options.pdf:
            if reason := sandbox.missing():
                say(f"cvtools: {reason}")
            self.press.wait()
        try:
            from cvtools.edition import Edition

            self.edition = Edition(project, self.places, last, strict=options.strict, jobs=options.jobs)
        except BaseException:
            self.press.stop()
            raise
        self.project, self.options = project, options
        self.findings: list[str] = []
        self.checks: PdfProcess | None = None
        self.failed = False

    def run(self, ledger: Path, made_from: str) -> bool:
        """Build what was asked for, and remember it."""
        from sphinx.errors import SphinxError

        from cvtools.edition import in_plain_words

        try:
            self._make()
        except SphinxError as error:
            say(f"cvtools: {in_plain_words(error, self.project)}")
            return False
        finally:
            self.press.stop()
            if self.checks:
                self.checks.stop()
        elsewhere = contents(sorted(self.edition.elsewhere | imported_from_elsewhere(self.project)))
        messages = list(dict.fromkeys([*self.edition.messages.lines, *self.findings]))
        notes = self.edition.messages.notes
        Ledger(made_from, elsewhere, products(self.project), messages, notes, not self.failed).write(ledger)
        return not self.failed

    def _make(self) -> None:
        earlier = [pdf.name for pdf in self.places.dist.glob("*.pdf")]
        names = sorted([f"{name}.pdf" for name in FORMS] if self.options.pdf else earlier)
        self._write(names, typeset=self.options.pdf)
        if self.options.pdf:
            self._remove_stale_pdfs()
        if self.press.fault:
            self._fail(self.press.fault)
        book = self.edition.written
        if self.options.html:
            say(f"dist/html: {count(len(book))} written" if book else "dist/html: unchanged")
        if self.press.runs and not self.options.draft:
            # It loads its libraries while TeX is still at work.
            self.checks = PdfProcess([self.places.dist])
        runs = sorted(self.press.runs.values(), key=lambda run: not run.is_done())
        made = [run.target.name for run in runs if self._finish(run)]
        if made and not self.options.draft:
            _tell_of_what_is_missing()
        if self.options.html:
            if self.options.pdf and len(made) < len(list(self.places.latex.glob("*.tex"))):
                # Its buttons would lead nowhere.
                self._write(made, typeset=False)
            self._publish(made if self.options.pdf else names)

    def _write(self, pdfs: Sequence[str], *, typeset: bool) -> None:
        config = {"cv_pdfs": pdfs, "cv_draft": self.options.draft}
        press = self.press.typeset if typeset else None
        self.failed |= not self.edition.write(press, html=self.options.html, **config)

    def _remove_stale_pdfs(self) -> None:
        written = {tex.stem for tex in self.places.latex.glob("*.tex")}
        for pdf in self.places.dist.glob("*.pdf"):
            if pdf.stem not in written:
                pdf.unlink()
                (self.places.book / pdf.name).unlink(missing_ok=True)

    def _publish(self, pdfs: Sequence[str]) -> None:
        """Put the PDFs into the book, and remove from it those that it does not offer."""
        for pdf in self.places.dist.glob("*.pdf"):
            copy = self.places.book / pdf.name
            if pdf.name not in pdfs:
                copy.unlink(missing_ok=True)
                continue
            with whole(copy) as beside:
                shutil.copyfile(pdf, beside)

    def _finish(self, run: Run) -> bool:
        """Wait for a PDF, and say what came of it."""
        name = f"dist/{run.target.name}"
        try:
            result = run.finish()
        except TypesettingError as error:
            self._fail(error)
            return False
        if self.checks:
            for finding in examine(run, result, name, self.checks):
                self.findings.append(finding)
                self.failed |= self.options.strict
                say(finding)
        size = f"{count(result.pages)}, {result.size / 1000:.0f} kB"
        say(f"{name}: {size}" if result.changed else f"{name}: {size}, unchanged")
        return True

    def _fail(self, error: Exception) -> None:
        self.failed = True
        say(f"cvtools: {error}")


def _tell_of_what_is_missing() -> None:
    """Say what of the PDFs was not checked, since something is not installed."""
    from cvtools.checks.readers import skipped

    for _, reason in skipped([]):
        say(f"cvtools: {reason}")


def examine(run: Run, result: Result, name: str, checks: PdfProcess) -> Iterator[str]:
    """What is wrong with a PDF that was made, in a line each."""
    record = Record.read(record_path(run.tex))
    record.warnings = [(message.place, message.text) for message in result.warnings]
    record.write(record_path(run.tex))
    yield from (finding.describe(name) for finding in checks.check(run.target, record))


def count(pages: int) -> str:
    """Pages in words."""
    return "1 page" if pages == 1 else f"{pages} pages"
