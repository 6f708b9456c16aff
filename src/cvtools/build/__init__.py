"""A project becomes its products in ``dist/``: the book, the PDFs and the data. What is ready is left alone."""

import contextlib
import pickle
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cvtools import limits, sandbox
from cvtools.build.lualatex import Result, Run, TypesettingError
from cvtools.build.state import Ledger, contents, imported_from_elsewhere, inputs, products
from cvtools.build.tex_pool import FORMS, Press
from cvtools.checks.pdf_process import PdfProcess
from cvtools.errors import ProjectError
from cvtools.expected import Record, record_path
from cvtools.project import Places, source_date, whole
from cvtools.terminal import say


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
    ledger = Places.of(project).work / "ledger.json"
    epoch = int(source_date(project).timestamp())
    made_from = inputs(project, options.html, options.pdf, options.draft, epoch)
    if _say_again(project, ledger, made_from, options):
        return True
    with _alone(project, ledger.parent):
        if _say_again(project, ledger, made_from, options):
            return True
        last = Ledger.read(ledger) or Ledger()
        doctrees = ledger.parent / "doctrees"
        (project / "dist").mkdir(exist_ok=True)
        try:
            return _Build(project, options, epoch, last, made_from).run(ledger)
        except Exception as error:
            if isinstance(error, OSError) or _can_be_read(doctrees):
                raise
            say("cvtools: what earlier builds left cannot be read: building from scratch")
            shutil.rmtree(doctrees)
            return _Build(project, options, epoch, Ledger.read(ledger) or Ledger(), made_from).run(ledger)


def _can_be_read(doctrees: Path) -> bool:
    """Return whether all that Sphinx keeps of the pages can be loaded."""
    try:
        for path in doctrees.rglob("*"):
            if path.suffix in {".doctree", ".pickle"}:
                pickle.loads(path.read_bytes())  # noqa: S301 - Sphinx has just done so
    except Exception:  # noqa: BLE001 - a damaged file may raise anything
        return False
    return True


def require_project(project: Path) -> None:
    """Make sure that there is something to build.

    :raises ProjectError: there is not
    """
    for needed, is_there in (("conf.py", Path.is_file), ("docs", Path.is_dir)):
        if not is_there(project / needed):
            raise ProjectError(f"{project} has no {needed}: name a folder with conf.py and docs/")


def _say_again(project: Path, ledger: Path, made_from: str, options: Options) -> bool:
    """Say what the last build said, and return True, if another one would make the same."""
    last = Ledger.read(ledger)
    if not last or not last.is_current(project, made_from) or (options.strict and last.messages):
        return False
    say(*last.messages, *last.notes, "dist: unchanged")
    return True


@contextlib.contextmanager
def _alone(project: Path, work: Path) -> Iterator[None]:
    """Wait until no other process builds the project, and keep others waiting."""
    from fasteners import InterProcessLock

    work.mkdir(exist_ok=True)
    lock = InterProcessLock(work / "lock")
    if not lock.acquire(blocking=False):
        say(f"cvtools: another build of {project} is under way: waiting for its end")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


class _Build:
    """One run over one project.

    :param last: what the last build left and said
    """

    def __init__(self, project: Path, options: Options, epoch: int, last: Ledger, made_from: str) -> None:
        # Sphinx takes time to import, in which TeX may as well begin.
        self.places = Places.of(project)
        self.press = Press(project, self.places, epoch, draft=options.draft)
        try:
            if options.pdf:
                if reason := sandbox.missing():
                    say(f"cvtools: {reason}")
                self.press.wait()
            from cvtools.build.sphinx_app import Edition

            can_go_on = last.is_by(made_from) and not last.is_damaged(project)
            self.edition = Edition(
                project, self.places, last if can_go_on else None, strict=options.strict, jobs=options.jobs
            )
        except BaseException:
            self.press.stop()
            raise
        self.project, self.options, self.made_from = project, options, made_from
        self.before = products(project)
        #: The files in ``dist`` that earlier builds made; no others are removed.
        self.ours = self.edition.removable = self.before.keys() & last.products.keys()
        self.findings: list[str] = []
        self.checks: PdfProcess | None = None
        self.failed = False

    def run(self, path: Path) -> bool:
        """Build what was asked for, and remember it.

        :param path: the ledger's
        """
        from cvtools.build.conf_errors import cause_of, in_plain_words

        # Should this build be cut short, the next one relies on nothing, but knows what it may remove.
        Ledger(products={name: self.before[name] for name in self.ours}).write(path)
        ledger = Ledger()
        try:
            self._make()
            elsewhere = contents(sorted(self.edition.elsewhere | imported_from_elsewhere(self.project)))
            messages = list(dict.fromkeys([*self.edition.messages.lines, *self.findings]))
            ledger = Ledger(self.made_from, elsewhere, {}, messages, self.edition.messages.notes, not self.failed)
        except Exception as error:
            words = in_plain_words(error, self.project)
            if not words:
                raise cause_of(error) from error
            self._fail(words)
        finally:
            self.press.stop()
            if self.checks:
                self.checks.stop()
            ours = self.ours | self.edition.kept
            now = products(self.project)
            ledger.products = {name: now[name] for name in now if name in ours or self.before.get(name) != now[name]}
            ledger.write(path)
        return not self.failed

    def _make(self) -> None:
        forms = [f"{name}.pdf" for name in sorted(FORMS)]
        names = forms if self.options.pdf else [name for name in forms if (self.places.dist / name).exists()]
        self._write(names, typeset=self.options.pdf)
        if self.options.pdf:
            self._remove_stale_pdfs()
        if self.press.fault:
            self._fail(str(self.press.fault))
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
        for name in FORMS:
            if not (self.places.latex / f"{name}.tex").exists():
                self._remove(self.places.dist / f"{name}.pdf")
                self._remove(self.places.book / f"{name}.pdf")

    def _publish(self, pdfs: Sequence[str]) -> None:
        """Put the PDFs into the book, and remove from it those that it does not offer."""
        for pdf in (self.places.dist / f"{name}.pdf" for name in FORMS):
            copy = self.places.book / pdf.name
            if pdf.name not in pdfs:
                self._remove(copy)
                continue
            with whole(copy) as beside:
                shutil.copyfile(pdf, beside)
            self.edition.kept |= {str(path.relative_to(self.project)) for path in (pdf, copy)}

    def _remove(self, path: Path) -> None:
        """Remove a product that is not made any more."""
        if str(path.relative_to(self.project)) in self.ours:
            path.unlink(missing_ok=True)

    def _finish(self, run: Run) -> bool:
        """Wait for a PDF, and say what came of it."""
        name = f"dist/{run.target.name}"
        try:
            result = run.finish()
        except TypesettingError as error:
            self._fail(str(error))
            return False
        if self.checks:
            try:
                findings = list(examine(run, result, name, self.checks))
            except ValueError as error:
                findings = [f"{name}: not checked: {error}"]
            if more := findings[limits.WARNINGS :]:
                findings[limits.WARNINGS :] = [f"{name}: {len(more)} more findings are not shown: mend these first"]
            self.findings += findings
            self.failed |= self.options.strict and bool(findings)
            say(*findings)
        size = f"{count(result.pages)}, {result.size / 1000:.0f} kB"
        say(f"{name}: {size}" if result.changed else f"{name}: {size}, unchanged")
        return True

    def _fail(self, reason: str) -> None:
        self.failed = True
        say(f"cvtools: {reason}")


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
