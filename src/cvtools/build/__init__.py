"""A project becomes its products in ``dist/``: the book, the PDFs and the data. What is ready is left alone."""

import contextlib
import os
import pickle
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cvtools import limits, sandbox
from cvtools.build.lualatex import LuaLatex, Result, TypesettingError
from cvtools.build.state import BuildState, contents, external_modules, fingerprint, products
from cvtools.build.tex_pool import FORMS, TexPool
from cvtools.checks.pdf_process import PdfProcess
from cvtools.errors import ProjectError
from cvtools.expected import ExpectedPdf, expected_path
from cvtools.project import ProjectPaths, atomic_write, source_date
from cvtools.reporters import Collector, Problem, Report, report_text
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


def build(project: Path, report: Report = report_text, **asked: Any) -> bool:
    """Build a project into its folder ``dist``.

    TeX starts before all else, and runs beside the book's writer. What cannot be built is reported; all else is built.
    If nothing changed since the last build, its problems are reported again.

    :param project: a folder with ``conf.py`` and ``docs/``
    :param report: called with each problem; paths are relative to the working directory
    :param asked: what is asked for, see :class:`Options`
    :returns: whether all that was asked for was made
    :raises ProjectError: there is nothing to build
    """
    project, options = project.resolve(), Options(**asked)

    def report_here(problem: Problem) -> None:
        report(problem.from_here(project))

    require_project(project)
    state_path = ProjectPaths.of(project).build / "state.json"
    epoch = int(source_date(project).timestamp())
    current = fingerprint(project, options.html, options.pdf, options.draft, epoch)
    if _report_unchanged(project, state_path, current, options, report_here):
        return True
    with _locked(project, state_path.parent):
        if _report_unchanged(project, state_path, current, options, report_here):
            return True
        last = BuildState.read(state_path) or BuildState()
        doctrees = state_path.parent / "doctrees"
        (project / "dist").mkdir(exist_ok=True)
        try:
            return _Build(project, options, report_here, epoch, last, current).run(state_path)
        except Exception as error:
            if isinstance(error, OSError) or _can_be_read(doctrees):
                raise
            say("cvtools: what earlier builds left cannot be read: building from scratch")
            shutil.rmtree(doctrees)
            last = BuildState.read(state_path) or BuildState()
            return _Build(project, options, report_here, epoch, last, current).run(state_path)


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


def _report_unchanged(project: Path, state_path: Path, fingerprint: str, options: Options, report: Report) -> bool:
    """Report the problems of the last build, and return True, if another one would make the same."""
    last = BuildState.read(state_path)
    if not last or not last.is_current(project, fingerprint) or (options.strict and last.has_warnings):
        return False
    for problem in last.problems:
        report(problem)
    say(f"{os.path.relpath(project / 'dist')}: unchanged")
    return True


@contextlib.contextmanager
def _locked(project: Path, work: Path) -> Iterator[None]:
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

    :param report: called with each problem; paths begin in the project's folder
    :param last: the state that the last build left
    """

    def __init__(
        self, project: Path, options: Options, report: Report, epoch: int, last: BuildState, fingerprint: str
    ) -> None:
        # Sphinx takes time to import, in which TeX may as well begin.
        self.paths = ProjectPaths.of(project)
        self.report = Collector(report)
        self.tex_pool = TexPool(project, self.paths, epoch, draft=options.draft)
        try:
            if options.pdf:
                if reason := sandbox.missing():
                    say(f"cvtools: {reason}")
                self.tex_pool.preload()
            from cvtools.build.sphinx_app import SphinxBuild

            can_go_on = last.same_toolchain(fingerprint) and not last.is_damaged(project)
            self.sphinx = SphinxBuild(
                project,
                self.paths,
                self.report,
                last if can_go_on else None,
                strict=options.strict,
                jobs=options.jobs,
            )
        except BaseException:
            self.tex_pool.stop()
            raise
        self.project, self.options, self.fingerprint = project, options, fingerprint
        self.before = products(project)
        #: The files in ``dist`` that earlier builds made; no others are removed.
        self.removable = self.sphinx.removable = self.before.keys() & last.products.keys()
        self.checks: PdfProcess | None = None
        self.failed = False

    def run(self, path: Path) -> bool:
        """Build what was asked for, and remember it.

        :param path: of the state's file
        """
        from cvtools.build.conf_errors import cause_of, explain

        # Should this build be cut short, the next one relies on nothing, but knows what it may remove.
        BuildState(products={name: self.before[name] for name in self.removable}).write(path)
        state = BuildState()
        try:
            self._make()
            external_files = contents(sorted(self.sphinx.external_files | external_modules(self.project)))
            state = BuildState(self.fingerprint, external_files, {}, self.report.problems, not self.failed)
        except Exception as error:
            problem = explain(error, self.project)
            if not problem:
                raise cause_of(error) from error
            self._fail(problem)
        finally:
            self.tex_pool.stop()
            if self.checks:
                self.checks.stop()
            ours = self.removable | self.sphinx.kept
            now = products(self.project)
            state.products = {name: now[name] for name in now if name in ours or self.before.get(name) != now[name]}
            state.write(path)
        return not self.failed

    def _make(self) -> None:
        forms = [f"{name}.pdf" for name in sorted(FORMS)]
        names = forms if self.options.pdf else [name for name in forms if (self.paths.dist / name).exists()]
        self._write(names, typeset=self.options.pdf)
        if self.options.pdf:
            self._remove_stale_pdfs()
        if self.tex_pool.fault:
            self._fail(self.tex_pool.fault.problem)
        book = self.sphinx.written
        if self.options.html:
            say(f"{os.path.relpath(self.paths.html)}: {f'{count(len(book))} written' if book else 'unchanged'}")
        if self.tex_pool.runs and not self.options.draft:
            # It loads its libraries while TeX is still at work.
            self.checks = PdfProcess([self.paths.dist])
        runs = sorted(self.tex_pool.runs.values(), key=lambda run: not run.is_done())
        made = [run.target.name for run in runs if self._finish(run)]
        if made and not self.options.draft:
            _report_skipped_checks()
        if self.options.html:
            if self.options.pdf and len(made) < len(list(self.paths.latex.glob("*.tex"))):
                # Its buttons would lead nowhere.
                self._write(made, typeset=False)
            self._publish(made if self.options.pdf else names)

    def _write(self, pdfs: Sequence[str], *, typeset: bool) -> None:
        config = {"cv_pdfs": pdfs, "cv_draft": self.options.draft}
        on_written = self.tex_pool.typeset if typeset else None
        self.failed |= not self.sphinx.write(on_written, html=self.options.html, **config)

    def _remove_stale_pdfs(self) -> None:
        for name in FORMS:
            if not (self.paths.latex / f"{name}.tex").exists():
                self._remove(self.paths.dist / f"{name}.pdf")
                self._remove(self.paths.html / f"{name}.pdf")

    def _publish(self, pdfs: Sequence[str]) -> None:
        """Put the PDFs into the book, and remove from it those that it does not offer."""
        for pdf in (self.paths.dist / f"{name}.pdf" for name in FORMS):
            copy = self.paths.html / pdf.name
            if pdf.name not in pdfs:
                self._remove(copy)
                continue
            with atomic_write(copy) as temporary:
                shutil.copyfile(pdf, temporary)
            self.sphinx.kept |= {str(path.relative_to(self.project)) for path in (pdf, copy)}

    def _remove(self, path: Path) -> None:
        """Remove a product that is not made any more."""
        if str(path.relative_to(self.project)) in self.removable:
            path.unlink(missing_ok=True)

    def _finish(self, run: LuaLatex) -> bool:
        """Wait for a PDF, check it, and report its problems."""
        try:
            result = run.wait()
        except TypesettingError as error:
            self._fail(error.problem)
            return False
        if self.checks:
            problems = examine(run, result, f"dist/{run.target.name}", self.checks)
            self.failed |= self.options.strict and bool(problems)
            for problem in problems:
                self.report(problem)
        size = f"{count(result.pages)}, {result.size / 1000:.0f} kB"
        say(f"{os.path.relpath(run.target)}: {size}{'' if result.changed else ', unchanged'}")
        return True

    def _fail(self, problem: Problem) -> None:
        self.failed = True
        self.report(problem)


def _report_skipped_checks() -> None:
    """Say what of the PDFs was not checked, since something is not installed."""
    from cvtools.checks.readers import skipped

    for _, reason in skipped([]):
        say(f"cvtools: {reason}")


def examine(run: LuaLatex, result: Result, name: str, checks: PdfProcess) -> list[Problem]:
    """Return the problems of a PDF, as many as are printed.

    :param name: path of the PDF
    """
    try:
        found = checks.check(run.target, ExpectedPdf.read(expected_path(run.tex)))
    except ValueError as error:
        return [Problem(f"not checked: {error}", pdf=name)]
    problems = [replace(problem, pdf=name) for problem in [*found, *result.warnings]]
    if more := problems[limits.WARNINGS :]:
        problems[limits.WARNINGS :] = [Problem(f"{len(more)} more findings are not shown: mend these first", pdf=name)]
    return problems


def count(pages: int) -> str:
    """Pages in words."""
    return "1 page" if pages == 1 else f"{pages} pages"
