"""Make the products of one edition."""

import contextlib
import os
import shutil
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from sphinx.application import Sphinx

from cvtools import limits, sandbox
from cvtools.build.conf_errors import cause_of, explain
from cvtools.build.lualatex import LuaLatex, Result, TypesettingError
from cvtools.build.sphinx_app import SphinxApps, extra_files, stale_files
from cvtools.build.state import BuildState, Options, digests, external_modules
from cvtools.build.tex_pool import TexPool
from cvtools.checks.leaks import find_phrases
from cvtools.checks.pdf_process import PdfProcess
from cvtools.checks.readers import skipped
from cvtools.config import DOCUMENTS
from cvtools.editions import Edition
from cvtools.expected_pdf import ExpectedPdf, expected_path
from cvtools.exporters import json_resume
from cvtools.private_api import other_builder
from cvtools.problems import Collector, Problem, Report
from cvtools.project import FILES, LETTERS, ProjectPaths
from cvtools.reading import letters
from cvtools.reading.edition_marks.removed_texts import phrases_left_out, phrases_shown
from cvtools.terminal import say
from cvtools.watchdog import WATCHDOG
from cvtools.writing.outdated_pages import repeated_words

#: The default names of the first edition's PDFs beside the website.
_PDFS = tuple(name for name in FILES if name.endswith(".pdf"))


@dataclass
class EditionBuild:
    """One build of an edition of a project."""

    project: Path
    options: Options
    #: See :func:`cvtools.build.state.fingerprint_of`.
    fingerprint: dict[str, str]
    edition: Edition
    paths: ProjectPaths
    #: The processes of TeX for the PDFs, some of which may have started already.
    tex_pool: TexPool

    def run(self, report: Report) -> BuildState:
        """Make the requested products, and save and return the new state.

        After an unexpected error, build once more without what earlier builds left, which may be damaged.

        :param report: called with each problem; paths are relative to the project
        """
        self.report = Collector(report)
        if self.options.pdf and (reason := sandbox.missing()):
            self.report(Problem(reason, code="skipped", level="note"))
        last_state = BuildState.read(self.paths.state) or BuildState()
        try:
            return self._run_once(last_state)
        except Exception as error:
            # A full disk or a read-only folder damages no earlier files; a folder in the place of a file does.
            is_of_system = isinstance(error, OSError) and not isinstance(error, IsADirectoryError)
            if is_of_system or not last_state.fingerprint:
                raise
            say("cvtools: building from scratch, since what earlier builds left may be damaged")
            for folder in self._reused_folders:
                shutil.rmtree(folder, ignore_errors=True)
            return self._run_once(BuildState())

    def _run_once(self, last_state: BuildState) -> BuildState:
        #: The runs whose PDFs are being checked while other products are written.
        self.being_checked: list[LuaLatex] = []
        self.paths.dist.mkdir(parents=True, exist_ok=True)
        with TexPool(self.project, self.paths.letters) as self.letter_pool:
            self._prepare(last_state)
            state = BuildState()
            try:
                state = self._make_products()
            except Exception as error:
                problem = explain(error, self.project)
                if not problem:
                    raise cause_of(error) from error
                self.report(problem)
            finally:
                self.tex_pool.stop()
                state.write(self.paths.state)
        return state

    def _prepare(self, last_state: BuildState) -> None:
        """Prepare Sphinx's applications; remove what the last build left and this one cannot reuse."""
        is_reusable = last_state.has_same(self.fingerprint, "tools")
        #: See :class:`BuildState`; empty if the last build had other settings.
        self.format_inputs = (
            last_state.format_inputs if last_state.has_same(self.fingerprint, "tools", "settings") else ""
        )
        self.offered = last_state.offered
        # After a failure, it is unknown from which pages a product was made.
        if not (last_state.complete and last_state.has_same(self.fingerprint, "tools", "settings", "pages")):
            self._remove_outdated()
        #: The letters that the website has, by their names in ``dist``.
        self.letters_for_web = [] if self.options.pdf else [name for name in self.offered if "/" in name]
        if not is_reusable:
            shutil.rmtree(self.paths.html, ignore_errors=True)
        problems = last_state.problems if is_reusable else None
        self.apps = SphinxApps(
            self.project, self.paths.doctrees, self.report, problems, self.edition.overrides, self.options.jobs
        )
        # If this build is interrupted, the next one starts from scratch.
        BuildState().write(self.paths.state)

    def _remove_outdated(self) -> None:
        """Remove the earlier website, or the earlier PDFs, if this build makes only the other of the two.

        They may have what is withheld by now, or be drafts.
        """
        outdated: dict[Path, str] = {}
        if not self.options.html:
            outdated[self.paths.html] = "--pdf"
        if not self.options.pdf:
            pdfs = [*map(self.paths.file, _PDFS), *self.paths.letters.dist.glob("*.pdf")]
            outdated |= dict.fromkeys(pdfs, "--html")
        if outdated:
            # The letters of earlier pages may not be for the web any longer.
            self.offered = []
        for path, option in outdated.items():
            self._remove_earlier(path, f": build without {option}")

    def _remove_earlier(self, product: Path, remedy: str = "") -> None:
        """Remove a product of an earlier build, if there is one, and say so."""
        if product.exists():
            rule = "removed, since an earlier build made it from other pages, options or dates"
            self.report(Problem(f"{rule}{remedy}", str(self._published(product)), code="skipped", level="note"))
            shutil.rmtree(product) if product.is_dir() else product.unlink()

    @property
    def _reused_folders(self) -> Sequence[Path]:
        return self.paths.doctrees, self.paths.latex, self.paths.letters.build

    def _published(self, product: Path) -> Path:
        """Return where a product is published, relative to the project."""
        return Path("dist", self.paths.published_name(product))

    def _make_products(self) -> BuildState:
        """Write LaTeX, the other products while TeX runs, wait for the PDFs, and return the new state."""
        with WATCHDOG.on(limits.BUILD_TIME):
            with self._start_pdf_process() as self.checks:
                if self.options.pdf:
                    self._write_latex()
                    self._write_letters()
                pdfs = self._pdfs_to_offer()
                pages = self._write_html(pdfs) if self.options.html else 0
                self._begin_checks()
                if not self.options.pdf:
                    self._write_other_formats()
                if self.options.html:
                    website = os.path.relpath(self.project / self._published(self.paths.html))
                    say(f"{website}: {f'{_count(pages)} written' if pages else 'unchanged'}")
                self._finish_pdfs()
            self.checks = None
            if self.options.html:
                existing = [name for name in pdfs if (self.paths.dist / name).exists()]
                if existing != pdfs:
                    # The website must not link to a PDF that could not be made.
                    self._write_html(existing)
                self.offered = [*existing, *self.edition.config.documents, *self.letters_for_web]
            if self._remove_leaks():
                return BuildState(self.fingerprint, problems=self.report.problems)
        external_files = digests(sorted(self.apps.external_files | external_modules(self.project)))
        return BuildState(
            self.fingerprint,
            external_files,
            self.report.problems,
            self.format_inputs,
            self.offered,
            complete=not self._has_failed(),
        )

    def _write_latex(self) -> None:
        """Write the LaTeX of the CV and the talks, and the other formats while TeX runs."""
        with self._open_for_pdfs() as app:
            app.connect("cvlatex-written", lambda app, tex, fonts: self.tex_pool.typeset(tex, fonts))
            app.build()
            self._write_other_formats(app)
        unwritten = [name for name in self.tex_pool.forms if not (self.paths.latex / f"{name}.tex").exists()]
        _unlink(self.paths.dist / f"{name}.pdf" for name in unwritten)

    def _open_for_pdfs(self) -> AbstractContextManager[Sphinx]:
        return self.apps.open("cvlatex", self.paths.latex, cv_draft=self.options.draft)

    def _write_letters(self) -> None:
        """Write the LaTeX of the letters; an application for each language reads its letters and the CV's page."""
        # The first edition, which has no folder, makes the letters.
        if self.paths.folder:
            return
        paths, folder = self.paths.letters, self.project / "docs" / LETTERS

        def report(problem: Problem) -> None:
            # Problems of the CV's page have been reported, and no page leads to a letter.
            if Path(problem.path).parent.name == LETTERS and problem.code != "toc.not_included":
                self.report(problem)

        for path in sorted(folder.rglob("*.md")):
            if path.parent != folder:
                rule = "a letter is a page in docs/letters/ itself: move it there"
                self.report(Problem(rule, str(path.relative_to(self.project)), code="cv.entry"))
        for language, names in letters.by_language(folder, self.edition.language).items():
            paths.dist.mkdir(parents=True, exist_ok=True)
            options = {**self.edition.options, "language": language, "cv_letters": names}
            apps = SphinxApps(self.project, paths.doctrees / language, report, None, options)
            with apps.open("cvlatex", paths.latex, cv_draft=self.options.draft) as app:
                app.connect("cvlatex-written", lambda app, tex, fonts: self.letter_pool.typeset(tex, fonts))
                app.build()
                self.letters_for_web += [f"{LETTERS}/{name}.pdf" for name in letters.for_web(app.env)]
        _unlink(path for path in paths.dist.glob("*.pdf") if path.stem not in self.letter_pool.runs)

    def _pdfs_to_offer(self) -> list[str]:
        """Return the names of the PDFs that the website links to: those being typeset, or those of the last build."""
        earlier = (name for name in self.tex_pool.forms if (self.paths.dist / f"{name}.pdf").exists())
        return [f"{name}.pdf" for name in sorted(self.tex_pool.runs if self.options.pdf else earlier)]

    def _write_html(self, pdfs: Sequence[str]) -> int:
        """Write the outdated pages of the website, and return their number."""
        pages: set[str] = set()
        with self.apps.open("html", self.paths.html, cv_draft=self.options.draft, cv_pdfs=pdfs) as app:
            app.connect("write-started", lambda app, builder: _unlink(stale_files(app)))
            app.connect("doctree-resolved", lambda app, doctree, docname: pages.add(docname))
            if self.options.jobs == 1:
                for event in ("doctree-resolved", "html-page-context"):
                    app.connect(event, lambda *page: self._begin_checks())
            self._begin_checks()
            app.build()
        return len(pages)

    def _write_other_formats(self, app: Sphinx | None = None) -> None:
        """Write ``resume.json``, and the files beside the PDF that ``conf.py`` asks for, such as ``cv.docx``.

        They show the root page, and are written if that page was read, or if what they repeat of others changed.

        :param app: an application for the PDFs, which read the pages; if None, one is opened if there is need
        """
        env = app.env if app else self.apps.env
        before = self.format_inputs
        self.format_inputs = f"{env.all_docs[env.config.root_doc]} {repeated_words(env)}"
        files = {builder: self.paths.file(f"cv.{name}") for name, builder in DOCUMENTS.items()}
        wanted = [self.paths.dist / name for name in self.edition.config.documents]
        is_changed = before != self.format_inputs
        outdated = [name for name, file in files.items() if file in wanted and (is_changed or not file.exists())]
        if outdated:
            with contextlib.nullcontext(app) if app else self._open_for_pdfs() as opened:
                if not app:
                    # The pages have been read; this finds again which of them the edition leaves out.
                    opened.builder.read()
                for builder in outdated:
                    with other_builder(opened, builder, self.paths.dist) as other:
                        other.write_documents({env.config.root_doc})
                    self._begin_checks()
        _unlink(file for file in files.values() if file not in wanted)
        json_resume.export(env, self.paths.file(json_resume.FILE))

    def _remove_leaks(self) -> bool:
        """If a product has a phrase that the edition leaves out, report it, remove all products and return True.

        Products without the phrase go as well, since they may have its words: the search index has single ones.
        """
        products, pages = self.paths.products(), phrases_left_out(self.apps.env)
        hits = find_phrases(products, pages) if pages else {}
        if not hits:
            return False
        # Most editions repeat nothing of what they leave out, and need not read their pages for this.
        with self.apps.open("html", self.paths.html, cv_draft=self.options.draft) as app:
            app.builder.read()
            shown, extra = phrases_shown(app), extra_files(app)
        leaks = {phrase: name for phrase, name in hits.items() if phrase not in shown and products[name] not in extra}
        if not leaks:
            return False
        phrase, name = next(iter(leaks.items()))
        rule = f'dist/{name} would have "{phrase}", which this edition leaves out'
        remedy = "build again; if that does not help, look for the words in conf.py and templates, or report it"
        self.report(Problem(f"{rule}: {remedy}", f"docs/{pages[phrase]}.md", code="left-out", level="fatal"))
        # Whatever has such words is not reused.
        for folder in (self.paths.dist, *self._reused_folders):
            shutil.rmtree(folder, ignore_errors=True)
        return True

    def _start_pdf_process(self) -> AbstractContextManager[PdfProcess | None]:
        """Start the process that checks PDFs, which loads its libraries while Sphinx reads the pages."""
        if self.options.draft or not self.options.pdf:
            return contextlib.nullcontext()
        checks = PdfProcess([self.paths.build])
        # Sphinx has the first claim to the processor.
        os.setpriority(os.PRIO_PROCESS, checks.process.pid, 4)
        return checks

    def _begin_checks(self) -> None:
        """Begin to check the PDFs that TeX has finished, while other products are written."""
        for run in self.tex_pool.runs.values():
            # _finish() reports a PDF that TeX could not make.
            with contextlib.suppress(TypesettingError):
                if self.checks and run not in self.being_checked and run.is_done():
                    run.wait()
                    self.checks.begin_check(run.target, ExpectedPdf.read(expected_path(run.tex)))
                    self.being_checked.append(run)

    def _finish_pdfs(self) -> None:
        """Wait for the PDFs and check each, first those whose check has begun."""
        runs = [run for pool in (self.tex_pool, self.letter_pool) for run in pool.runs.values()]
        runs.sort(key=lambda run: not run.is_done())
        finished = [self._finish(run) for run in dict.fromkeys([*self.being_checked, *runs])]
        if any(finished) and self.checks:
            for note in skipped([]):
                self.report(note)

    def _finish(self, run: LuaLatex) -> bool:
        """Wait for a PDF, check it, and report its problems; return False if it could not be made."""
        is_letter = run in self.letter_pool.runs.values()
        source = self.project / "docs" / LETTERS / f"{run.target.stem}.md" if is_letter else "docs"
        WATCHDOG.start_timer(source, "typesetting", limits.BUILD_TIME)
        try:
            result = run.wait()
        except TypesettingError as error:
            self.report(error.problem)
            self._remove_earlier(run.target)
            return False
        pdf = self._published(run.target)
        if self.checks:
            for problem in _problems_of(run, result, self.checks):
                self.report(replace(problem, pdf=str(pdf)))
        size = f"{_count(result.pages)}, {run.target.stat().st_size / 1000:.0f} kB"
        say(f"{os.path.relpath(self.project / pdf)}: {size}{'' if result.changed else ', unchanged'}")
        return True

    def _has_failed(self) -> bool:
        """Return True for a fatal problem and for an error in a PDF; in a strict build, for any problem but a note."""
        failing = {"warning", "error", "critical", "fatal"} if self.options.strict else {"fatal"}
        problems = self.report.problems
        return any(problem.level in failing or (problem.level == "error" and problem.pdf) for problem in problems)


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


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
