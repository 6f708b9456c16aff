"""Build a project after every save, in one process: the pages first, then the PDFs."""

import gc
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import additional_nodes, register_node
from sphinx.util.logging import NAMESPACE

from cvtools import config, editions, limits, private_api
from cvtools.build.conf_errors import cause_of, explain
from cvtools.build.lualatex import LuaLatex, TypesettingError
from cvtools.build.sphinx_app import SphinxApps, files_with_source, stale_files
from cvtools.build.tex_pool import FORMS, TexPool
from cvtools.config import CvConfig
from cvtools.errors import describe
from cvtools.project import ProjectPaths, source_date
from cvtools.reporters import Collector, Problem, report_text
from cvtools.watchdog import WATCHDOG


@dataclass(frozen=True)
class State:
    """The state of the preview, which the server sends to its pages."""

    #: When the book was last written, in milliseconds since 1970; 0 if never.
    book: int = 0
    #: When each PDF was last written, by its name.
    pdfs: dict[str, int] = field(default_factory=dict)
    #: Problems by their origin: "page", or the name of a PDF.
    messages: dict[str, list[str]] = field(default_factory=dict)
    #: Whether a build is under way.
    busy: bool = True


class PreviewBuilder:
    """Builder of drafts, in a folder of their own, so that no draft replaces a product.

    :param saves: yields the files of each save, and blocks in between
    :param notify: called with the state after each change, from several threads
    :param edition: the name of the edition to show; the first if empty
    """

    def __init__(
        self, project: Path, saves: Iterable[Set[Path]], notify: Callable[[State], None], edition: str = ""
    ) -> None:
        work = project / "build" / "preview"
        self.project, self.paths = project, ProjectPaths(work / "dist", work)
        self.saves, self.notify, self.edition = iter(saves), notify, edition
        self.state = State()
        self.report = Collector(report_text)
        #: Held while TeX is started or finished, and while a PDF is read.
        self.lock = threading.Lock()
        self.notifying = threading.Lock()
        self.tex_pool = TexPool(project, self.paths, int(source_date(project).timestamp()))

    def run(self) -> None:
        """Build now, and after every save, until ``saves`` ends."""
        self.paths.html.mkdir(parents=True, exist_ok=True)
        # Garbage is collected between builds.
        gc.disable()
        is_ended = False
        while not is_ended:
            try:
                is_ended = self._build_until_reconfigured()
            except Exception as error:  # noqa: BLE001 - the next save may correct the fault
                problem = explain(error, self.project) or Problem(describe(cause_of(error)), level="fatal")
                report_text(problem)
                self._show({"page": [str(problem).removeprefix("cvtools: ")]}, busy=False)
                is_ended = next(self.saves, None) is None
            finally:
                with self.lock:
                    self.tex_pool.stop()
        gc.enable()

    def _build_until_reconfigured(self) -> bool:
        """Build with one application until the configuration changes, or ``saves`` ends; return True if it ended."""
        apps = SphinxApps(self.project, self.paths.doctrees, self.report, None, self._options())
        pdfs = [f"{name}.pdf" for name in FORMS]
        with apps.open("html", self.paths.html, cv_pdfs=pdfs, cv_draft=True) as app:
            self.config = CvConfig.of(app.config)
            self.tex_pool.preload(self.config)
            app.connect("env-get-outdated", _forget_doctrees)
            app.connect("env-updated", _forget_doctrees, priority=0)
            app.connect("write-started", self._remove_stale)
            self._build(app, apps)
            # The garbage collector skips the objects that stay.
            gc.freeze()
            # The search index and the theme's files are written only once: they take half of a page's time.
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
        """Return the values of the edition, whose files have the same names as those of any other."""
        if not self.edition:
            return {"cv_file": "cv"}
        named = editions.named(config.read(self.project), self.edition)
        return {**named.options, "cv_suffix": "", "cv_file": "cv"}

    def _remove_stale(self, app: Sphinx, builder: object) -> None:
        for path in stale_files(app, self.paths.files(), files_with_source(app)):
            path.unlink()

    def _build(self, app: Sphinx, apps: SphinxApps) -> None:
        self._show(busy=True)
        problems = self.report.problems
        problems.clear()
        with WATCHDOG.on(limits.BUILD_TIME):
            app.build()
            self._show({"page": _lines(problems)}, book=_now())
            apps.last = []
            with _open_beside(apps, self.paths.latex) as latex:
                latex.connect("cvlatex-written", lambda app, tex, fonts: self._typeset(tex, fonts))
                latex.build()
        apps.last = problems[:]
        self._show({"page": _lines(problems)}, busy=False)
        gc.collect()

    def _typeset(self, tex: Path, fonts: Sequence[Path]) -> None:
        with self.lock:
            if before := self.tex_pool.runs.pop(tex.stem, None):
                before.stop()
            self.tex_pool.typeset(tex, fonts)
            run = self.tex_pool.runs.get(tex.stem)
        if run:
            threading.Thread(target=self._finish, args=(tex.stem, run), daemon=True).start()
        else:
            self._show({tex.stem: [str(self.tex_pool.fault)]})

    def _finish(self, name: str, run: LuaLatex) -> None:
        """Wait for a PDF and show its problems, unless the next build typesets it meanwhile."""
        while not run.is_done():
            time.sleep(0.005)
        # The server must not draw a page from a file that is being replaced; the next build may have replaced the run.
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
            self.tex_pool.preload(self.config)

    def _show(self, messages: Mapping[str, list[str]] = MappingProxyType({}), **changes: Any) -> None:
        with self.notifying:
            self.state = replace(self.state, messages={**self.state.messages, **messages}, **changes)
            self.notify(self.state)


def _lines(problems: Iterable[Problem]) -> list[str]:
    return [str(problem) for problem in problems if problem.level != "note"]


@contextmanager
def _open_beside(apps: SphinxApps, out: Path) -> Iterator[Sphinx]:
    """Yield a second application, for LaTeX; then restore the node classes and logging of the one that stays open."""
    nodes, logger = set(additional_nodes), logging.getLogger(NAMESPACE)
    handlers = logger.handlers[:]
    # Sphinx would warn about node classes that are registered twice.
    logging.disable(logging.WARNING)
    try:
        with apps.open("cvlatex", out, cv_draft=True) as app:
            logging.disable(logging.NOTSET)
            yield app
    finally:
        logging.disable(logging.NOTSET)
        logger.handlers[:] = handlers
        for node in nodes:
            register_node(node)


def _forget_doctrees(app: Sphinx, env: BuildEnvironment, *pages: object) -> list[str]:
    """Have an application read the doctrees that its last build changed."""
    private_api.forget_doctrees(env)
    return []


def _now() -> int:
    # JavaScript's numbers are too imprecise for nanoseconds.
    return time.time_ns() // 1_000_000
