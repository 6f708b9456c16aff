"""One Sphinx application over a project: what is read once becomes the book and the LaTeX."""

import gc
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from multiprocessing.util import register_after_fork
from pathlib import Path
from typing import Any

from sphinx import locale
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment
from sphinx.util.console import color_terminal, nocolor
from sphinx.util.docutils import docutils_namespace, patch_docutils
from sphinx.util.tags import Tags

from cvtools import limits
from cvtools.build.state import BuildState
from cvtools.exporters.json_resume import export
from cvtools.problems import report_to
from cvtools.project import ProjectPaths
from cvtools.reading.catalogs import use_copies
from cvtools.reporters import Report
from cvtools.signals import leave_to_parent
from cvtools.watchdog import WATCHDOG

#: What becomes of each .tex once it is written: its path, and those of its fonts.
Typeset = Callable[[Path, Sequence[Path]], None]


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


class SphinxBuild:
    """What Sphinx makes of a project: the book, text, data, and LaTeX.

    :param paths: where it puts them
    :param report: called with each problem, see :func:`cvtools.problems.report_to`
    :param last: what the last build said; none if nothing that it left can be relied upon
    :param strict: whether a warning is an error
    :param jobs: how many processes read and write
    """

    def __init__(
        self,
        project: Path,
        paths: ProjectPaths,
        report: Report,
        last: BuildState | None = None,
        *,
        strict: bool = False,
        jobs: int = 1,
    ) -> None:
        self.project, self.paths, self.last, self.strict, self.jobs = project, paths, last, strict, jobs
        self.report = report
        #: The pages of the book that were written.
        self.written: set[str] = set()
        #: Files outside the project that were read.
        self.external_files: set[str] = set()
        #: Files of earlier builds, by their path from the project, which this one may remove; None: all.
        self.removable: Set[str] | None = None
        #: The products that this build made or found as it would make them.
        self.kept = {f"dist/{name}" for name in ("cv.txt", "resume.json")}

    def write(self, typeset: Typeset | None, *, html: bool, **config: Any) -> bool:
        """Write what is outdated.

        :param typeset: called with each .tex; the LaTeX is not written without it
        :param html: whether to write the book
        :param config: values that replace those of ``conf.py``
        :returns: whether it may stand: a strict build gave no warning
        :raises SphinxError: Sphinx cannot go on, see :func:`explain`
        :raises OSError: a file cannot be written
        """
        with WATCHDOG.on(limits.BUILD_TIME), self.open(typeset, html=html, **config) as app:
            app.build(force_all=html and self.last is None)
            write_with(app, "cvtext", self.paths.dist)
            paths = (Path(app.srcdir, path).resolve() for used in app.env.dependencies.values() for path in used)
            self.external_files |= {str(path) for path in paths if not path.is_relative_to(self.project)}
        # What was read and written just now can be relied upon.
        self.last = BuildState()
        return app.statuscode == 0

    @contextmanager
    def open(self, typeset: Typeset | None, *, html: bool, **config: Any) -> Iterator[Sphinx]:
        """The application itself, to build with as often as wanted; see :meth:`write` for the parameters."""
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
                self.paths.html if html else self.paths.latex,
                self.paths.build / "doctrees",
                "html" if html else "cvlatex",
                confoverrides=config,
                status=None,
                warningiserror=self.strict,
                # One of Sphinx's processes only hands out what the others write.
                parallel=self.jobs + 1 if self.jobs > 1 else 1,
            )
            app.connect("env-get-outdated", self._outdated)
            app.connect("env-updated", _forget_doctrees, priority=0)
            app.connect("write-started", lambda app, builder: export(app.env, self.paths.dist))
            if typeset:
                app.connect("cvlatex-written", lambda app, tex, fonts: typeset(tex, fonts))
            if self.jobs > 1:
                register_after_fork(self, leave_to_parent)
                # Those who write share what was read for as long as nobody goes through it.
                app.connect("write-started", lambda app, builder: gc.freeze(), priority=900)
            if html:
                app.connect("write-started", self._remove_stale)
                app.connect("doctree-resolved", self._count)
            if html and typeset:
                # Before the book, so that TeX runs beside its writer.
                app.connect("write-started", lambda app, builder: write_with(app, "cvlatex", self.paths.latex))
            yield app

    def _outdated(
        self, app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
    ) -> Set[str]:
        """The pages to read anew though they did not change.

        Sphinx warns only of what it reads and writes: a page that gave a warning gives it again in the next build. All
        are read where it cannot be known which did.
        """
        _forget_doctrees(app, env)
        if self.last is None:
            return env.found_docs
        pages = {f"docs/{env.doc2path(name, False)}": name for name in env.found_docs}
        paths = {problem.path for problem in self.last.problems if problem.level != "note" and not problem.pdf}
        return {pages[path] for path in paths & pages.keys()} if paths <= pages.keys() else env.found_docs

    def _count(self, app: Sphinx, doctree: object, docname: str) -> None:
        if app.builder.name == "html":
            self.written.add(docname)

    def _remove_stale(self, app: Sphinx, builder: Builder) -> None:
        """Remove pages, pictures and downloads that the book had and has no more; Sphinx leaves them.

        Those without a source, such as the search, are yet to be written when this is called.
        """
        book = self.paths.html
        kept = {book / f"{name}.html" for name in app.env.found_docs}
        for folder, used in (("_images", app.env.images), ("_downloads", app.env.dlfiles)):
            kept |= {book / folder / name for _, name in used.values()}
        self.kept |= {self._name(path) for path in kept}
        for path in book.rglob("*"):
            top = path.relative_to(book).parts[0]
            has_source = top in {"_images", "_downloads"} or (path.suffix == ".html" and not top.startswith("_"))
            is_ours = self.removable is None or self._name(path) in self.removable
            if has_source and is_ours and path not in kept and path.is_file():
                path.unlink()

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self.project))


def write_with(app: Sphinx, name: str, out: Path) -> None:
    """Have what an application has read for its own builder written by another one, too.

    The same is written as by an application of its own, which a test holds: Sphinx has no public way to this.

    :param name: of the builder, one that writes all that it writes every time
    """
    env, main = app.env, app.builder
    before = app.builder, app.outdir, app.tags, env._builder_cls  # noqa: SLF001
    own = {main.name, main.format, f"format_{main.format}", f"builder_{main.name}"}
    out.mkdir(parents=True, exist_ok=True)
    app.tags = Tags(set(app.tags) - own)
    app.outdir = out
    try:
        other = app.builder = app.create_builder(name)
        # Sphinx chooses transforms by it.
        env._builder_cls = type(other)  # noqa: SLF001
        other.init()
        other.prepare_writing(set())
        other.copy_assets()
        other.write_documents(set())
        other.finish()
    finally:
        app.builder, app.outdir, app.tags, env._builder_cls = before  # noqa: SLF001


def _forget_doctrees(app: Sphinx, env: BuildEnvironment) -> None:
    """Let pages be taken as they were read last; Sphinx keeps what it took once, since it builds but once."""
    env._pickled_doctree_cache.clear()  # noqa: SLF001
    env.__dict__.pop("master_doctree", None)
