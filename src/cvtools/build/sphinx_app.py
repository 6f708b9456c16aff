"""Open a project's Sphinx applications, one for each builder, over the same doctrees."""

import gc
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.util import register_after_fork
from pathlib import Path
from typing import Any

from sphinx import locale
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError
from sphinx.util.console import color_terminal, nocolor
from sphinx.util.docutils import docutils_namespace, patch_docutils

from cvtools import limits
from cvtools.build.conf_errors import name_options
from cvtools.build.sphinx_imports import import_theme
from cvtools.config import check_types, unchecked_options
from cvtools.exporters.site_files import record_path
from cvtools.files import UNREADABLE, read_json, write_json
from cvtools.private_api import EarlySphinx
from cvtools.problems import Problem, Report
from cvtools.reading.catalogs import use_copies
from cvtools.signals import leave_to_parent
from cvtools.sphinx_warnings import report_to
from cvtools.watchdog import WATCHDOG


@dataclass(eq=False)
class SphinxApps:
    """The Sphinx applications of a project, one for each builder; the first reads pages, the others its doctrees."""

    project: Path
    doctrees: Path
    #: Called with each problem, see :func:`cvtools.sphinx_warnings.report_to`.
    report: Report
    #: The problems of the last build; None if its doctrees and products cannot be reused.
    last_problems: Sequence[Problem] | None
    #: Values of an edition, which replace those of ``conf.py``.
    options: Mapping[str, Any]
    #: Number of processes that read and write.
    jobs: int = 1
    #: Files outside the project that were read.
    external_files: set[str] = field(default_factory=set)
    #: The environment of the last application.
    env: BuildEnvironment = field(init=False)
    #: The configuration of the last application, once ``conf.py`` is read.
    config: Config | None = field(init=False, default=None)

    @contextmanager
    def open(self, builder: str, out: Path, **config: Any) -> Iterator[Sphinx]:
        """Yield an application with a builder.

        :param config: values that replace those of ``conf.py``
        :raises SphinxError: Sphinx gives up, see :func:`cvtools.build.conf_errors.explain`
        :raises OSError: a file cannot be written
        """
        if not color_terminal():
            nocolor()
        if builder == "html":
            import_theme()
        # Sphinx keeps the catalogs of one application for the next.
        locale.translators.clear()
        with self._naming_options(), patch_docutils(self.project), docutils_namespace():
            # The application reads catalogs when it is made.
            with WATCHDOG.on(limits.BUILD_TIME):
                app = EarlySphinx(
                    self._before_setup,
                    self.project / "docs",
                    self.project,
                    out,
                    self.doctrees,
                    builder,
                    confoverrides={**self.options, **config},
                    status=None,
                    # Add one process, since the parent only distributes work to the others.
                    parallel=self.jobs + 1 if self.jobs > 1 else 1,
                )
            app.connect("env-get-outdated", self._pages_to_reread)
            app.connect("env-updated", self._pages_to_rewrite)
            if self.jobs > 1:
                register_after_fork(self, leave_to_parent)
                # Forked processes share their parent's memory until garbage collection writes to it.
                app.connect("write-started", lambda app, builder: gc.freeze(), priority=900)
            yield app
            self.env = app.env
            paths = (Path(app.srcdir, path).resolve() for used in app.env.dependencies.values() for path in used)
            self.external_files |= {str(path) for path in paths if not path.is_relative_to(self.project)}
        # The next application reuses the doctrees that this one has read.
        self.last_problems = []

    @contextmanager
    def _naming_options(self) -> Iterator[None]:
        """Name the options of ``conf.py`` that may have caused an error, see :func:`name_options`."""
        try:
            yield
        except Exception as error:
            if self.config:
                name_options(error, unchecked_options(self.config), self.project)
            raise
        except SystemExit:
            # Sphinx explains this error at the top of conf.py, but not in functions of conf.py that it calls later.
            raise ConfigError("conf.py called sys.exit()") from None

    def _before_setup(self, app: Sphinx) -> None:
        self.config = app.config
        report_to(self.report, self.project)
        check_types(app.config)
        use_copies(app, app.config)

    def _pages_to_reread(
        self, app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
    ) -> Set[str]:
        """Return the unchanged pages to read again, since Sphinx repeats only the warnings of pages that it reads.

        If the last build gave a warning about anything but a page, all pages are read.
        """
        if self.last_problems is None:
            return env.found_docs
        pages = {f"docs/{env.doc2path(name, False)}": name for name in env.found_docs}
        paths = {problem.path for problem in self.last_problems if problem.level != "note" and not problem.pdf}
        return {pages[path] for path in paths} if paths <= pages.keys() else env.found_docs

    def _pages_to_rewrite(self, app: Sphinx, env: BuildEnvironment) -> Set[str]:
        """Return the pages of the website to write again: those that any application has read since they were written.

        Sphinx itself compares only the times of page and source, and knows only the pages read by the same application.
        """
        if app.builder.format != "html":
            return set()
        renamed = _number_pictures(env)
        files = {name: Path(app.builder.get_output_path(name)) for name in env.found_docs}  # type: ignore[attr-defined]
        outdated = {
            name
            for name, file in files.items()
            if file.exists() and file.stat().st_mtime_ns < 1_000 * env.all_docs[name]
        }
        # The numbers of sections and figures continue from page to page.
        is_numbered = outdated and (env.numbered_toctrees or app.config.numfig)
        return env.found_docs if is_numbered else outdated | renamed


def _number_pictures(env: BuildEnvironment) -> set[str]:
    """Assign numbers to pictures of the same name, in the order of their paths; return the pages with renamed pictures.

    Sphinx numbers them in the order in which pages are read, so that the website would depend on earlier builds.
    """
    pictures = type(env.images)()
    for path, (pages, _) in sorted(env.images.items()):
        for page in pages:
            pictures.add_file(page, path)
    renamed = {page for path, (pages, name) in env.images.items() if name != pictures[path][1] for page in pages}
    env.images = pictures
    return renamed


def extra_files(app: Sphinx) -> set[Path]:
    """Return the files in the website that ``html_extra_path`` provides."""
    return _copies(app, app.config.html_extra_path, Path(app.outdir))


def _copies(app: Sphinx, names: Iterable[str], folder: Path) -> set[Path]:
    """Return the paths to which Sphinx copies files beside ``conf.py``, and the content of folders there."""
    tops = [Path(app.confdir, name) for name in names]
    inside = {path.relative_to(top) for top in tops for path in top.rglob("*")}
    return {folder / path for path in inside | {Path(top.name) for top in tops}}


def _no_longer_copied(app: Sphinx) -> Iterator[Path]:
    """Yield the files that the last build copied into the website and this one does not; then record its own."""
    website, record = Path(app.outdir), record_path(app, "copies")
    copies = extra_files(app) | _copies(app, app.config.html_static_path, website / "_static")
    # The record may be missing or damaged.
    with suppress(*UNREADABLE):
        yield from ({website / name for name in read_json(record)} - copies)
    write_json(record, sorted(os.path.relpath(path, website) for path in copies))


def stale_files(app: Sphinx) -> Iterator[Path]:
    """Yield the website's files without a source, which Sphinx leaves behind; call this before Sphinx copies any files.

    They are pages, sources, pictures and downloads of ``docs/``, and files of other folders that ``conf.py`` names.
    """
    website, env = Path(app.outdir), app.env
    current = {website / f"{name}.html" for name in env.found_docs}
    current |= {website / "_images" / name for _, name in env.images.values()}
    current |= {website / "_downloads" / name for _, name in env.dlfiles.values()}
    # Sources are copied if conf.py sets html_copy_source.
    ends = "", app.config.html_sourcelink_suffix
    current |= {website / "_sources" / f"{env.doc2path(name, False)}{end}" for name in env.found_docs for end in ends}
    yield from filter(Path.is_file, _no_longer_copied(app))
    for path in website.rglob("*"):
        top = path.relative_to(website).parts[0]
        is_page = path.suffix == ".html" and not top.startswith("_")
        is_of_docs = top in {"_images", "_downloads", "_sources"} or is_page
        if is_of_docs and path not in current and path.is_file():
            yield path
