"""Build a project's book, PDFs and data into ``dist/``; do nothing if they are up to date."""

import contextlib
import fcntl
import os
import pickle
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cvtools import limits, sandbox
from cvtools.build.lualatex import LuaLatex, Result, TypesettingError
from cvtools.build.state import BuildState, Products, contents, external_modules, fingerprint
from cvtools.build.tex_pool import TexPool
from cvtools.checks.pdf_process import PdfProcess
from cvtools.errors import ProjectError
from cvtools.expected import ExpectedPdf, expected_path
from cvtools.project import LETTERS, ProjectPaths, atomic_write, source_date
from cvtools.reporters import Collector, Problem, Report, report_text
from cvtools.terminal import say
from cvtools.writing.latex.markup import NotLatexError

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from cvtools.editions import Edition


@dataclass(frozen=True)
class Options:
    """Options of a build, as on the command line."""

    html: bool = True
    pdf: bool = True
    #: Make PDFs without tags and data, and do not check them.
    draft: bool = False
    #: Fail if there is a warning.
    strict: bool = False
    #: How many processes read and write.
    jobs: int = 1


def build(project: Path, report: Report = report_text, **asked: Any) -> bool:
    """Build a project into its folder ``dist``.

    TeX loads its fonts while Sphinx reads the pages, and typesets while Sphinx writes the book. A product that cannot
    be made is reported; the others are made. If nothing changed since the last build, its problems are reported again.

    :param project: a folder with ``conf.py`` and ``docs/``
    :param report: called with each problem; paths are relative to the working directory
    :param asked: values of :class:`Options`
    :returns: whether all requested products were made
    :raises ProjectError: the folder is no project
    """
    project, options = project.resolve(), Options(**asked)

    def report_here(problem: Problem) -> None:
        report(problem.from_here(project))

    require_project(project)
    paths = ProjectPaths.of(project)
    epoch = int(source_date(project).timestamp())
    current = fingerprint(project, options.html, options.pdf, options.draft, epoch)
    if _report_unchanged(project, current, options, report_here):
        return True
    with _locked(project, paths.build):
        if _report_unchanged(project, current, options, report_here):
            return True
        paths.dist.mkdir(exist_ok=True)
        builds = {
            edition.label: _Build(project, options, epoch, current, its, edition) for edition, its in _editions(project)
        }
        if len(builds) == 1:
            return next(iter(builds.values())).run(report_here)
        return _build_editions(project, builds, report_here, current)


def _editions(project: Path) -> "list[tuple[Edition, ProjectPaths]]":
    """Return the editions of ``conf.py``, each with its paths; one if it is at fault, which Sphinx will report."""
    from sphinx.errors import ConfigError

    from cvtools import config
    from cvtools.editions import editions, with_paths

    try:
        found = editions(config.read(project))
    except ConfigError:
        found = editions(config.CvConfig())
    return list(with_paths(project, found))


def _build_editions(project: Path, builds: "Mapping[str, _Build]", report: Report, current: str) -> bool:
    """Build editions by their names, each in a process of its own; report a problem that several have once."""
    from cvtools.build.processes import run_all

    state_path = ProjectPaths.of(project).state
    last = BuildState.read(state_path) or BuildState()
    BuildState(products=last.products).write(state_path)
    collected = Collector(report)

    def report_once(edition: str, problem: Problem) -> None:
        if problem not in collected.problems:
            collected(problem)

    failed = run_all({name: build.run for name, build in builds.items()}, report_once)
    states = [BuildState.read(build.paths.state) or BuildState() for build in builds.values()]
    _write_page_numbers([*builds.values()], states)
    products = {name: state for made in states for name, state in made.products.items()}
    last.remove(project, last.products.keys() - products.keys())
    external_files = {path: digest for state in states for path, digest in state.external_files.items()}
    BuildState(current, external_files, products, collected.problems, not failed).write(state_path)
    return not failed


def _write_page_numbers(builds: "Sequence[_Build]", states: Sequence[BuildState]) -> None:
    """Write into the book how many pages the PDFs have, which was not known when its pages were written."""
    from cvtools.build.overview import page_numbers
    from cvtools.writing.siblings import fill_in

    numbers = {name: number for build in builds for name, number in page_numbers(build.paths).items()}
    for build, state in zip(builds, states, strict=True):
        pages = [build.project / name for name in state.products if name.endswith(".html")]
        if changed := list(fill_in(pages, numbers)):
            state.record(build.project, changed)
            state.write(build.paths.state)


def _can_be_read(doctrees: Path) -> bool:
    """Return whether the doctrees and the environment can be loaded."""
    try:
        for path in doctrees.rglob("*"):
            if path.suffix in {".doctree", ".pickle"}:
                pickle.loads(path.read_bytes())  # noqa: S301 - Sphinx has just done so
    except Exception:  # noqa: BLE001 - a damaged file may raise anything
        return False
    return True


def require_project(project: Path) -> None:
    """Refuse a folder without ``conf.py`` or ``docs/``."""
    remedies = ["name a folder with conf.py and docs/"]
    if (project / "index.md").is_file():
        remedies.append("move index.md into docs/")
    elif project.is_dir() and not any(project.iterdir()):
        remedies.append("make one of a CV that you have, by cvtools import")
    for needed, is_there in (("conf.py", Path.is_file), ("docs", Path.is_dir)):
        if not is_there(project / needed):
            raise ProjectError(f"{project} has no {needed}: {', or '.join(remedies)}")


def _report_unchanged(project: Path, current: str, options: Options, report: Report) -> bool:
    """If nothing changed since the last build, report its problems again and return True."""
    last = BuildState.read(ProjectPaths.of(project).state)
    if not last or not last.is_current(project, current) or (options.strict and last.has_warnings):
        return False
    for problem in last.problems:
        report(problem)
    say(f"{os.path.relpath(project / 'dist')}: unchanged")
    return True


@contextlib.contextmanager
def _locked(project: Path, work: Path) -> Iterator[None]:
    """Hold the lock that lets only one process build the project; wait while another process holds it."""
    work.mkdir(exist_ok=True)
    with (work / "lock").open("w") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"cvtools: another build of {project} is under way: waiting for its end")
            fcntl.lockf(lock, fcntl.LOCK_EX)
        yield


class _Build:
    """One build of an edition of a project.

    :param epoch: the date of the source, in seconds since 1970
    :param current: the fingerprint of the project
    """

    def __init__(
        self, project: Path, options: Options, epoch: int, current: str, paths: ProjectPaths, edition: "Edition"
    ) -> None:
        self.project, self.options, self.epoch, self.current = project, options, epoch, current
        self.paths, self.edition = paths, edition

    def run(self, report: Report) -> bool:
        """Make the requested products, and save the state; return False if a product could not be made.

        If files of an earlier build cannot be read, build from scratch.

        :param report: called with each problem; paths are relative to the project
        """
        try:
            return self._run(report)
        except Exception as error:
            if isinstance(error, OSError) or _can_be_read(self.paths.doctrees):
                raise
            say("cvtools: what earlier builds left cannot be read: building from scratch")
            shutil.rmtree(self.paths.doctrees)
            return self._run(report)

    def _run(self, report: Report) -> bool:
        self.report, self.tex_pool = Collector(report), TexPool(self.project, self.paths, self.epoch)
        self.letters = TexPool(self.project, self.paths.letters, self.epoch)
        #: The letters to put into the folder of the book, by the names of their PDFs.
        self.published: list[str] = []
        self.paths.build.mkdir(exist_ok=True)
        with self.tex_pool, self.letters:
            if self.options.pdf:
                self._preload()
            # TeX loads its fonts while Python imports these, which takes long.
            from cvtools.build.conf_errors import cause_of, explain
            from cvtools.build.sphinx_app import SphinxApps

            last = BuildState.read(self.paths.state) or BuildState()
            is_reusable = last.same_toolchain(self.current) and not last.is_damaged(self.project)
            problems = last.problems if is_reusable else None
            self.products = Products(self.project, self.paths, last)
            self.apps = SphinxApps(
                self.project, self.paths.doctrees, self.report, problems, self.edition.overrides, self.options.jobs
            )
            # If this build is interrupted, the next one starts from scratch, but knows which files it may remove.
            BuildState(products=self.products.states()).write(self.paths.state)
            state = BuildState()
            try:
                state = self._make()
            except Exception as error:
                problem = explain(error, self.project)
                if not problem:
                    raise cause_of(error) from error
                self.report(problem)
            finally:
                self.tex_pool.stop()
                state.products = self.products.states()
                state.write(self.paths.state)
        return not self._has_failed()

    def _preload(self) -> None:
        """Start TeX, which loads the class and the fonts that ``conf.py`` sets."""
        self._report_skipped(filter(None, [sandbox.missing()]))
        # Sphinx reports an invalid option when it reads conf.py.
        with contextlib.suppress(NotLatexError):
            self.tex_pool.preload(replace(self.edition.config, draft=self.options.draft))

    def _make(self) -> BuildState:
        """Write LaTeX, the book, text and data, wait for the PDFs, and return the new state."""
        from cvtools.watchdog import WATCHDOG

        with WATCHDOG.on(limits.BUILD_TIME):
            if self.options.pdf:
                self._write_latex()
                self._write_letters()
            pdfs = self._pdfs_to_offer()
            pages = self._write_html(pdfs) if self.options.html else 0
            documents = self._write_documents_and_data()
            for fault in filter(None, [self.tex_pool.fault, self.letters.fault]):
                self.report(fault.problem)
            if self.options.html:
                say(f"{os.path.relpath(self.paths.html)}: {f'{_count(pages)} written' if pages else 'unchanged'}")
            WATCHDOG.expect("docs", "typesetting", limits.BUILD_TIME)
            self._finish_pdfs()
            if self.options.html:
                made = [name for name in pdfs if (self.paths.dist / name).exists()]
                if made != pdfs:
                    # The book must not link to a PDF that could not be made.
                    self._write_html(made)
                self._publish([*made, *documents])
        external_files = contents(sorted(self.apps.external_files | external_modules(self.project)))
        return BuildState(self.current, external_files, {}, self.report.problems, not self._has_failed())

    def _write_latex(self) -> None:
        with self.apps.open("cvlatex", self.paths.latex, cv_draft=self.options.draft) as app:
            app.connect("cvlatex-written", lambda app, tex, fonts: self.tex_pool.typeset(tex, fonts))
            app.build()
        unwritten = [f"{name}.pdf" for name in self.tex_pool.forms if not (self.paths.latex / f"{name}.tex").exists()]
        self.products.remove(folder / pdf for pdf in unwritten for folder in (self.paths.dist, self.paths.html))

    def _write_letters(self) -> None:
        """Write the LaTeX of the letters, by applications that read only those in a language and the CV's own page."""
        from cvtools.build.sphinx_app import SphinxApps
        from cvtools.reading import letters

        paths, folder = self.paths.letters, self.project / "docs" / LETTERS
        if self.paths.folder:
            return

        def report(problem: Problem) -> None:
            # Problems of the CV's page have been reported, and no page leads to a letter.
            if Path(problem.path).parent.name == LETTERS and problem.code != "toc.not_included":
                self.report(problem)

        for language, names in letters.by_language(folder, self.edition.language).items():
            paths.dist.mkdir(exist_ok=True)
            options = {**self.edition.options, "language": language, "cv_letters": names}
            apps = SphinxApps(self.project, paths.doctrees / language, report, None, options)
            with apps.open("cvlatex", paths.latex, cv_draft=self.options.draft) as app:
                app.connect("cvlatex-written", lambda app, tex, fonts: self.letters.typeset(tex, fonts))
                app.build()
                self.published += [f"{name}.pdf" for name in letters.for_web(app.env)]
        self.products.remove(path for path in paths.dist.glob("*.pdf") if path.stem not in self.letters.runs)

    def _pdfs_to_offer(self) -> list[str]:
        """Return the names of the PDFs that the book links to: those being typeset, or those of an earlier build."""
        names = self.tex_pool.runs if self.options.pdf else self.tex_pool.forms
        pdfs = [f"{name}.pdf" for name in sorted(names)]
        return pdfs if self.options.pdf else [pdf for pdf in pdfs if (self.paths.dist / pdf).exists()]

    def _write_html(self, pdfs: Sequence[str]) -> int:
        """Write the outdated pages of the book, and return their number."""
        from cvtools.build.sphinx_app import files_with_source, stale_files

        written: set[str] = set()

        def remove_stale(app: "Sphinx", builder: object) -> None:
            current = files_with_source(app)
            self.products.remove(stale_files(app, self.paths.files(), current))
            self.products.keep(current)

        with self.apps.open("html", self.paths.html, cv_draft=self.options.draft, cv_pdfs=pdfs) as app:
            app.connect("write-started", remove_stale)
            app.connect("doctree-resolved", lambda app, doctree, docname: written.add(docname))
            app.build(force_all=self.apps.from_scratch)
        return len(written)

    def _write_documents_and_data(self) -> list[str]:
        """Write ``resume.json``, and the documents that ``conf.py`` asks for, and return the names of these."""
        from cvtools.config import DOCUMENTS, CvConfig
        from cvtools.exporters import json_resume

        for name, builder in DOCUMENTS.items():
            with self.apps.open(builder, self.paths.dist, cv_draft=self.options.draft) as app:
                documents = CvConfig.of(app.config).documents
                if self.paths.file(f"cv.{name}").name in documents:
                    app.build()
        json_resume.export(app.env, self.paths.file(json_resume.FILE))
        self.products.keep([*(self.paths.dist / name for name in documents), self.paths.file(json_resume.FILE)])
        unwanted = {self.paths.file(f"cv.{name}") for name in DOCUMENTS} - {
            self.paths.dist / name for name in documents
        }
        self.products.remove(unwanted)
        return documents

    def _finish_pdfs(self) -> None:
        """Wait for the PDFs and check each; begin with those that are ready."""
        from cvtools.checks.readers import skipped

        made = [*self.tex_pool.runs.values(), *self.letters.runs.values()]
        runs = sorted(made, key=lambda run: not run.is_done())
        # The process loads its libraries while TeX is still at work.
        checks = PdfProcess([self.paths.dist]) if runs and not self.options.draft else None
        with checks or contextlib.nullcontext():
            finished = [self._finish(run, checks) for run in runs]
        if any(finished) and checks:
            self._report_skipped(reason for _, reason in skipped([]))

    def _finish(self, run: LuaLatex, checks: PdfProcess | None) -> bool:
        """Wait for a PDF, check it, and report its problems; return False if it could not be made."""
        try:
            result = run.wait()
        except TypesettingError as error:
            self.report(error.problem)
            return False
        self.products.keep([run.target])
        if checks:
            for problem in _problems_of(run, result, checks):
                self.report(replace(problem, pdf=str(run.target.relative_to(self.project))))
        size = f"{_count(result.pages)}, {result.size / 1000:.0f} kB"
        say(f"{os.path.relpath(run.target)}: {size}{'' if result.changed else ', unchanged'}")
        return True

    def _publish(self, offered: Sequence[str]) -> None:
        """Copy the PDFs and documents that the book links to into the folder of the book, and remove others from it."""
        from cvtools.config import DOCUMENTS

        documents = (self.paths.file(f"cv.{name}").name for name in DOCUMENTS)
        self._copy(offered, [*(f"{form}.pdf" for form in self.tex_pool.forms), *documents], self.paths.dist)
        if self.options.pdf and not self.paths.folder:
            letters = self.paths.letters.dist
            before = [path.name for path in (self.paths.html / LETTERS).glob("*.pdf")]
            self._copy([name for name in self.published if (letters / name).exists()], before, letters)

    def _copy(self, offered: Sequence[str], names: Iterable[str], folder: Path) -> None:
        """Copy files of a folder in ``dist`` into that of the book, and remove others of these names from it."""
        book = self.paths.html / folder.relative_to(self.paths.dist)
        self.products.remove(book / name for name in names if name not in offered)
        for name in offered:
            book.mkdir(exist_ok=True)
            with atomic_write(book / name) as temporary:
                shutil.copyfile(folder / name, temporary)
            self.products.keep([book / name])

    def _has_failed(self) -> bool:
        """Return True for a fatal problem and for an error in a PDF; in a strict build, for any problem but a note."""
        failing = {"warning", "error", "critical", "fatal"} if self.options.strict else {"fatal"}
        problems = self.report.problems
        return any(problem.level in failing or (problem.level == "error" and problem.pdf) for problem in problems)

    def _report_skipped(self, reasons: Iterable[str]) -> None:
        """Report what is left out because this system lacks something."""
        for reason in reasons:
            self.report(Problem(reason, code="skipped", level="note"))


def _problems_of(run: LuaLatex, result: Result, checks: PdfProcess) -> list[Problem]:
    """Return the problems of a PDF; beyond ``limits.WARNINGS``, only their number."""
    try:
        findings = checks.check(run.target, ExpectedPdf.read(expected_path(run.tex)))
    except ValueError as error:
        return [Problem(f"not checked: {error}")]
    if any(problem.level == "error" for problem in result.warnings):
        # TeX reports lines that run off the page with their location: drop those that the checks find.
        findings = [finding for finding in findings if finding.code != "edge"]
    problems = [*findings, *result.warnings]
    if more := problems[limits.WARNINGS :]:
        problems[limits.WARNINGS :] = [Problem(f"{len(more)} more findings are not shown: fix these first")]
    return problems


def _count(pages: int) -> str:
    return "1 page" if pages == 1 else f"{pages} pages"
