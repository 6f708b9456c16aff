"""Build drafts after every save in one process: the CV's LaTeX first, then, while TeX typesets it, the pages."""

import gc
import re
import threading
import time
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path
from typing import Any, cast

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from cvtools import config, editions, limits, private_api
from cvtools.build.conf_errors import problem_of
from cvtools.build.lualatex import LuaLatex, TypesettingError
from cvtools.build.sphinx_app import SphinxApps, stale_files
from cvtools.build.tex_pool import FORMS, TexPool
from cvtools.config import CvConfig
from cvtools.errors import describe
from cvtools.problems import Collector, from_here, report_text
from cvtools.project import ProjectPaths, suffix_of
from cvtools.watchdog import WATCHDOG
from cvtools.writing import stylesheet


@dataclass(frozen=True)
class State:
    """The state of the preview, which the server sends to its pages."""

    #: When the website was last written, in milliseconds since 1970; 0 if never.
    website: int = 0
    #: When each PDF was last written, by its name.
    pdfs: dict[str, int] = field(default_factory=dict)
    #: Problems by their origin: "page", or the name of a PDF.
    messages: dict[str, list[str]] = field(default_factory=dict)
    #: Whether a build is under way.
    busy: bool = True


def folder_of(project: Path, edition: str) -> Path:
    """Return the folder in which the preview of an edition builds; one process at a time may do so.

    Its name begins with an underscore, since an edition called "preview" would have a folder of that name.
    """
    return project / "build" / ("_preview" + suffix_of(edition))


class PreviewBuilder:
    """Builder of drafts, in a folder apart from ``dist/``, so that no draft replaces a product.

    :param saves: yields the files of each save, and blocks in between
    :param edition: the name of the edition to show; the first if empty
    """

    def __init__(self, project: Path, saves: Iterable[Set[Path]], edition: str = "") -> None:
        work = folder_of(project, edition)
        self.project, self.paths = project, ProjectPaths(work)
        self.saves, self.edition = iter(saves), edition
        self.state = State()
        self.report = Collector(from_here(report_text, project))
        #: Held while TeX is started or ended, and while a PDF is read.
        self.lock = threading.Lock()
        #: Held while the state is replaced, since several threads do so.
        self.state_lock = threading.Lock()
        self.tex_pool = TexPool(project, self.paths)
        #: The last LaTeX of each PDF, by its name.
        self.documents: dict[str, str] = {}
        #: The part of each document that is above the entry that was edited last.
        self.above: dict[str, str] = {}
        #: Pictures of all pages, from Sphinx's environment.
        self.images: dict[str, Any] = {}
        #: Set while no build may start TeX.
        self.stopped = threading.Event()

    def run(self) -> None:
        """Build now, and after every save, until ``saves`` ends."""
        self.paths.html.mkdir(parents=True, exist_ok=True)
        # _finish() collects garbage after each PDF instead.
        gc.disable()
        is_ended = False
        while not is_ended:
            try:
                is_ended = self._build_until_reconfigured()
            except Exception as error:  # noqa: BLE001 - the next save may correct the fault
                problem = problem_of(error, self.project)
                self.report.report(problem)
                self._show({"page": [str(problem).removeprefix("cvtools: ")]}, busy=False)
                is_ended = next(self.saves, None) is None
            finally:
                with self.lock:
                    self.stopped.set()
                    self.tex_pool.stop()
        gc.enable()

    def _build_until_reconfigured(self) -> bool:
        """Build with one application until the configuration changes, or ``saves`` ends; return True if it ended."""
        apps = SphinxApps(self.project, self.paths.doctrees, self.report, None, self._options())
        pdfs = [f"{name}.pdf" for name in FORMS]
        with apps.open("html", self.paths.html, cv_pdfs=pdfs, cv_draft=True) as app:
            self.config = CvConfig.of(app.config)
            self.stopped.clear()
            self.tex_pool.preload(self.config)
            app.connect("env-get-outdated", _forget_doctrees)
            app.connect("env-updated", _forget_doctrees, priority=0)
            app.connect("write-started", self._remove_stale)
            app.connect("cvlatex-written", lambda app, tex, fonts: self._typeset(tex, fonts))
            # After all pages are read and numbered, before any is written
            app.connect("env-get-updated", lambda app, env: self._write_latex(app, {app.config.root_doc}), priority=999)
            # Before other handlers of the event, which write data and the style sheet
            app.connect("build-finished", lambda app, error: None if error else self._show(website=_now()), priority=0)
            self._build(app, apps)
            # Let the garbage collector skip the objects that stay.
            gc.freeze()
            # From now on, write neither the search index nor the theme's files, which take half of a page's time.
            builder = cast(Any, app.builder)
            builder.search, builder.copy_assets = False, lambda: None
            for saved in self.saves:
                if any(path.suffix not in {".md", ".rst"} for path in saved):
                    # Any other file may change every page.
                    return False
                for name in filter(None, map(app.env.path2doc, saved)):
                    # Sphinx compares times, and misses a page that was saved while it was being read.
                    if name in app.env.all_docs:
                        app.env.all_docs[name] = 0
                self._build(app, apps)
        return True

    def _options(self) -> dict[str, Any]:
        """Return the edition's options, with the same names of files as in any other edition."""
        # Read it in any case: this refuses exceptions of conf.py that Sphinx lets through.
        cv_config = config.read(self.project)
        if not self.edition:
            return {"cv_file": "cv"}
        named = editions.named(cv_config, self.edition)
        return {**named.options, "cv_suffix": "", "cv_file": "cv"}

    def _remove_stale(self, app: Sphinx, builder: object) -> None:
        """Remove what no build writes again, such as the search index, which may have words of earlier pages."""
        for path in [*stale_files(app), self.paths.html / "searchindex.js"]:
            path.unlink(missing_ok=True)

    def _build(self, app: Sphinx, apps: SphinxApps) -> None:
        self._show(busy=True)
        problems = self.report.problems
        problems.clear()
        self.error: Exception | None = None
        with WATCHDOG.on(limits.BUILD_TIME):
            sheet = self.paths.html / "_static" / stylesheet.NAME
            style = sheet.read_bytes() if sheet.exists() else b""
            app.build()
            # The website was shown before its style sheet was written.
            new = {"website": _now()} if sheet.exists() and sheet.read_bytes() != style else {}
            self._show({"page": [str(problem) for problem in problems if problem.level != "note"]}, **new)
            self._write_latex(app, app.env.found_docs - {app.config.root_doc})
        # The next build rewrites only pages that change.
        apps.last_problems = problems[:]
        self._show({"page": [str(problem) for problem in problems if problem.level != "note"]}, busy=False)
        if self.error:
            raise self.error

    def _write_latex(self, app: Sphinx, pages: Set[str]) -> list[str]:
        """Write the LaTeX of the PDFs with these pages; keep an error for :meth:`_build` until pages are written."""
        env = app.env
        # The HTML builder removes from the environment the pictures that it may not show.
        self.images |= env.images
        with private_api.other_builder(app, "cvlatex", self.paths.latex) as builder:
            kept, env.images = env.images, cast(Any, self.images)
            try:
                builder.write_documents(pages)
            except Exception as error:  # noqa: BLE001 - raised in _build()
                self.error = error
            finally:
                env.images = kept
        # The handler of an event returns pages to write again.
        return []

    def _typeset(self, tex: Path, fonts: Sequence[Path]) -> None:
        before, now = self.documents.get(tex.stem, ""), tex.read_text("utf-8")
        self.documents[tex.stem] = now
        if before and before != now:
            self.above[tex.stem] = above_change(before, now)
        with self.lock:
            if earlier := self.tex_pool.runs.pop(tex.stem, None):
                earlier.stop()
            self.tex_pool.typeset(tex, fonts)
            run = self.tex_pool.runs[tex.stem]
        threading.Thread(target=self._try_to_finish, args=(tex.stem, run), daemon=True).start()

    def _try_to_finish(self, name: str, run: LuaLatex) -> None:
        try:
            self._finish(name, run)
        except OSError as error:
            # The folder is being removed.
            self._show({name: [describe(error)]})

    def _finish(self, name: str, run: LuaLatex) -> None:
        """Wait for a PDF and show its problems, unless the next build typesets it meanwhile."""
        while not run.is_done():
            time.sleep(0.002)
        # The server must not read the file while it is replaced. The next build may have replaced the run.
        with self.lock:
            if self.tex_pool.runs.get(name) is not run:
                return
            try:
                result = self.tex_pool.wait(name)
            except TypesettingError as error:
                self._show({name: [str(error)]})
            else:
                new = {name: _now()} if result.changed or name not in self.state.pdfs else {}
                warnings = [f"{warning.location}: {warning.text}".removeprefix(": ") for warning in result.warnings]
                self._show({name: warnings}, pdfs=self.state.pdfs | new)
        # Let the server draw the page in view first.
        self.stopped.wait(0.15)
        with self.lock:
            if not self.stopped.is_set():
                self.tex_pool.preload(self.config)
                if above := self.above.get(name):
                    self.tex_pool.start_ahead(name, above)
        # Collect garbage last, since that takes time.
        gc.collect()

    def _show(self, messages: Mapping[str, list[str]] | None = None, **changes: Any) -> None:
        with self.state_lock:
            self.state = replace(self.state, messages={**self.state.messages, **(messages or {})}, **changes)


#: The source mark above a heading, or the beginning or end of an environment.
_BOUNDARY = re.compile(r"^%% .*\n(?=\\cv(?:field|heading)\{)|\\(begin|end)\{", re.MULTILINE)


def above_change(before: str, now: str) -> str:
    """Return the part of a document above the entry in which it first differs from another; empty if there is none.

    TeX can wait at its end for the next version of the entry, but not within an environment.
    """
    pairs = zip(before.splitlines(keepends=True), now.splitlines(keepends=True), strict=False)
    same = sum(len(line) for line, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    above = depth = 0
    for boundary in takewhile(lambda match: match.start() <= same, _BOUNDARY.finditer(now)):
        depth += {"begin": 1, "end": -1}.get(boundary[1], 0)
        if not boundary[1] and depth == 1:
            above = boundary.start()
    return now[:above]


def _forget_doctrees(app: Sphinx, env: BuildEnvironment, *pages: object) -> list[str]:
    """Let the application read its doctrees anew, since its last build changed those in memory."""
    private_api.forget_doctrees(env)
    return []


def _now() -> int:
    # JavaScript's numbers are too imprecise for nanoseconds.
    return time.time_ns() // 1_000_000
