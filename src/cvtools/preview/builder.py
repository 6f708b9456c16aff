"""Build a project again after every save, in one process: the pages first, then the PDFs."""

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

from cvtools import limits
from cvtools.build.conf_errors import cause_of, explain
from cvtools.build.lualatex import LuaLatex, TypesettingError
from cvtools.build.sphinx_app import SphinxApps, stale_files
from cvtools.build.tex_pool import FORMS, TexPool
from cvtools.config import CvConfig
from cvtools.errors import describe
from cvtools.project import ProjectPaths, source_date
from cvtools.reporters import Collector, Problem, report_text
from cvtools.watchdog import WATCHDOG


@dataclass(frozen=True)
class State:
    """The state of the preview, as its pages show it."""

    #: When the book was written, in milliseconds since 1970; 0 where it never was.
    book: int = 0
    #: The same of each PDF, by its name.
    pdfs: dict[str, int] = field(default_factory=dict)
    #: What is wrong with the source, by who says so: "page", and the names of the PDFs.
    messages: dict[str, list[str]] = field(default_factory=dict)
    #: Whether a build is under way.
    busy: bool = True


class PreviewBuilder:
    """Build drafts into a folder of their own, so that none is taken for a product.

    :param saves: yields the files of each save; blocks in between
    :param notify: called with the state after each change, from several threads
    """

    def __init__(self, project: Path, saves: Iterable[Set[Path]], notify: Callable[[State], None]) -> None:
        work = project / "build" / "preview"
        self.project, self.paths = project, ProjectPaths(work / "dist", work)
        self.saves, self.notify = iter(saves), notify
        self.state = State()
        self.report = Collector(report_text)
        #: Held by whoever starts or finishes a run, or reads a PDF.
        self.lock = threading.Lock()
        self.notifying = threading.Lock()
        self.tex_pool = TexPool(project, self.paths, int(source_date(project).timestamp()))

    def run(self) -> None:
        """Build at once, and after every save, until there are no more."""
        self.paths.html.mkdir(parents=True, exist_ok=True)
        # Garbage is collected between builds.
        gc.disable()
        more = True
        while more:
            try:
                more = self._build_until_reconfigured()
            except Exception as error:  # noqa: BLE001 - the next save may mend whatever is wrong
                self._show({"page": [self._in_words(error)]}, busy=False)
                more = next(self.saves, None) is not None
            finally:
                with self.lock:
                    self.tex_pool.stop()
        gc.enable()

    def _build_until_reconfigured(self) -> bool:
        """Build with one application for as long as the configuration stays.

        :returns: whether there may be more saves
        """
        apps = SphinxApps(self.project, self.paths.doctrees, self.report, None)
        pdfs = [f"{name}.pdf" for name in FORMS]
        with apps.open("html", self.paths.html, cv_pdfs=pdfs, cv_draft=True) as app:
            self.config = CvConfig.of(app.config)
            self.tex_pool.preload(self.config)
            app.connect("env-get-outdated", _forget_doctrees)
            app.connect("env-updated", _forget_doctrees, priority=0)
            app.connect("write-started", _remove_stale)
            self._build(app, apps)
            # The collector need not go through objects that stay.
            gc.freeze()
            # The search index and the theme's files stay those of the start: they take half of a page's time.
            builder = cast(Any, app.builder)
            builder.search, builder.copy_assets = False, lambda: None
            for saved in self.saves:
                if any(path.suffix not in {".md", ".rst"} for path in saved):
                    # It may change anything.
                    return True
                for name in filter(None, map(app.env.path2doc, saved)):
                    # Sphinx goes by times, and would miss a page that was saved while it was being read.
                    if name in app.env.all_docs:
                        app.env.all_docs[name] = 0
                self._build(app, apps)
        return False

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
        """Wait for a PDF, unless the next build is quicker."""
        while not run.is_done():
            time.sleep(0.005)
        # PDFium reads one file at a time, and the next document may be there by now.
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

    def _show(self, says: Mapping[str, list[str]] = MappingProxyType({}), **news: Any) -> None:
        with self.notifying:
            self.state = replace(self.state, messages={**self.state.messages, **says}, **news)
            self.notify(self.state)

    def _in_words(self, error: Exception) -> str:
        problem = explain(error, self.project) or Problem(describe(cause_of(error)), level="fatal")
        report_text(problem)
        return str(problem).removeprefix("cvtools: ")


def _lines(problems: Iterable[Problem]) -> list[str]:
    return [str(problem) for problem in problems if problem.level != "note"]


@contextmanager
def _open_beside(apps: SphinxApps, out: Path) -> Iterator[Sphinx]:
    """Yield an application for LaTeX, and give back what docutils and logging know to the one that stays open."""
    nodes, logger = set(additional_nodes), logging.getLogger(NAMESPACE)
    handlers = logger.handlers[:]
    # It would warn of all that is registered already.
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
    """Drop doctrees that Sphinx keeps in memory, since it expects an application to build only once."""
    env._pickled_doctree_cache.clear()  # noqa: SLF001
    env.__dict__.pop("master_doctree", None)
    return []


def _remove_stale(app: Sphinx, builder: object) -> None:
    for path in stale_files(app):
        path.unlink()


def _now() -> int:
    # Scripts cannot tell nanoseconds apart.
    return time.time_ns() // 1_000_000
