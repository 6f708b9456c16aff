"""Open Sphinx applications over one project, one for each builder, over the same doctrees."""

import gc
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from multiprocessing.util import register_after_fork
from pathlib import Path
from typing import Any

from sphinx import locale
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.console import color_terminal, nocolor
from sphinx.util.docutils import docutils_namespace, patch_docutils

from cvtools.problems import report_to
from cvtools.reading.catalogs import use_copies
from cvtools.reporters import Problem, Report
from cvtools.signals import leave_to_parent


class App(Sphinx):
    """A Sphinx application that reports problems, and compiles no catalogs among the pages.

    It does either before an extension can have a say.

    :param report: called with each problem, see :func:`cvtools.problems.report_to`
    """

    def __init__(self, report: Report, project: Path, *arguments: Any, **options: Any) -> None:
        self._report, self._project = report, project
        super().__init__(*arguments, **options)

    def _init_i18n(self) -> None:
        report_to(self._report, self._project)
        use_copies(self, self.config)
        super()._init_i18n()


class SphinxApps:
    """Open Sphinx applications, each with its builder; what the first one reads, the others find in the doctrees.

    :param doctrees: the folder of the doctrees
    :param report: called with each problem, see :func:`cvtools.problems.report_to`
    :param last: the problems of the last build; None if nothing that it left can be relied upon
    :param strict: whether a warning is an error
    :param jobs: how many processes read and write
    """

    def __init__(
        self,
        project: Path,
        doctrees: Path,
        report: Report,
        last: Sequence[Problem] | None,
        *,
        strict: bool = False,
        jobs: int = 1,
    ) -> None:
        self.project, self.doctrees, self.report, self.last = project, doctrees, report, last
        self.strict, self.jobs = strict, jobs
        #: Whether all that an earlier build left is to be made anew.
        self.from_scratch = last is None
        #: Files outside the project that were read.
        self.external_files: set[str] = set()
        #: Whether a strict build gave a warning.
        self.failed = False

    @contextmanager
    def open(self, builder: str, out: Path, **config: Any) -> Iterator[Sphinx]:
        """Yield an application, to build with.

        :param config: values that replace those of ``conf.py``
        :raises SphinxError: Sphinx cannot go on, see :func:`cvtools.build.conf_errors.explain`
        :raises OSError: a file cannot be written
        """
        if not color_terminal():
            nocolor()
        # Sphinx keeps the catalogs of one application for the next.
        locale.translators.clear()
        with patch_docutils(self.project), docutils_namespace():
            app = App(
                self.report,
                self.project,
                self.project / "docs",
                self.project,
                out,
                self.doctrees,
                builder,
                confoverrides=config,
                status=None,
                warningiserror=self.strict,
                # One of Sphinx's processes only hands out what the others write.
                parallel=self.jobs + 1 if self.jobs > 1 else 1,
            )
            app.connect("env-get-outdated", self._pages_to_reread)
            app.connect("env-updated", _pages_to_rewrite)
            if self.jobs > 1:
                register_after_fork(self, leave_to_parent)
                # Those who write share what was read for as long as nobody goes through it.
                app.connect("write-started", lambda app, builder: gc.freeze(), priority=900)
            yield app
            self.failed |= app.statuscode != 0
            paths = (Path(app.srcdir, path).resolve() for used in app.env.dependencies.values() for path in used)
            self.external_files |= {str(path) for path in paths if not path.is_relative_to(self.project)}
        # What was read just now can be relied upon.
        self.last = []

    def _pages_to_reread(
        self, app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
    ) -> Set[str]:
        """Return the pages to read anew though they did not change.

        Sphinx warns only of what it reads and writes: a page that gave a warning gives it again in the next build. All
        are read where it cannot be known which did.
        """
        if self.last is None:
            return env.found_docs
        pages = {f"docs/{env.doc2path(name, False)}": name for name in env.found_docs}
        paths = {problem.path for problem in self.last if problem.level != "note" and not problem.pdf}
        return {pages[path] for path in paths & pages.keys()} if paths <= pages.keys() else env.found_docs


def _pages_to_rewrite(app: Sphinx, env: BuildEnvironment) -> Set[str]:
    """Return the pages of the book that any application has read since they were written.

    Sphinx compares the times of page and source alone, and knows only what the same application has read.
    """
    if app.builder.format != "html":
        return set()
    files = {name: Path(app.builder.get_output_path(name)) for name in env.found_docs}  # type: ignore[attr-defined]
    read = {
        name for name, file in files.items() if file.exists() and file.stat().st_mtime_ns < 1_000 * env.all_docs[name]
    }
    # Numbers of sections and figures go on from page to page.
    return env.found_docs if read and (env.numbered_toctrees or app.config.numfig) else read


def files_with_source(app: Sphinx) -> set[Path]:
    """Return the pages, pictures and downloads of the book, which are there for a file among the sources.

    Those without one, such as the search, are written otherwise.
    """
    book, env = Path(app.outdir), app.env
    pages = {book / f"{name}.html" for name in env.found_docs}
    pictures = {book / "_images" / name for _, name in env.images.values()}
    return pages | pictures | {book / "_downloads" / name for _, name in env.dlfiles.values()}


def stale_files(app: Sphinx) -> Iterator[Path]:
    """Yield the pages, pictures and downloads in the folder of the book that it has no more; Sphinx leaves them."""
    book, current = Path(app.outdir), files_with_source(app)
    for path in book.rglob("*"):
        top = path.relative_to(book).parts[0]
        has_source = top in {"_images", "_downloads"} or (path.suffix == ".html" and not top.startswith("_"))
        if has_source and path not in current and path.is_file():
            yield path
