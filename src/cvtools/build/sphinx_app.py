"""Sphinx applications over one project: one for each builder, over the same doctrees."""

import errno
import gc
import os
import sys
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from multiprocessing.util import register_after_fork
from pathlib import Path
from typing import Any, TextIO, cast

from sphinx import locale
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.console import color_terminal, nocolor, strip_colors
from sphinx.util.docutils import docutils_namespace, patch_docutils

from cvtools.reading.catalogs import use_copies
from cvtools.signals import leave_to_parent
from cvtools.terminal import say_in_colour


class App(Sphinx):
    """Sphinx, which compiles catalogs before an extension can keep it from writing among the pages."""

    def _init_i18n(self) -> None:
        use_copies(self, self.config)
        super()._init_i18n()


class SphinxApps:
    """Open Sphinx applications, each with its builder; what the first one reads, the others find in the doctrees.

    :param doctrees: the folder of the doctrees
    :param last: the messages of the last build; None if nothing that it left can be relied upon
    :param strict: whether a warning is an error
    :param jobs: how many processes read and write
    """

    def __init__(
        self, project: Path, doctrees: Path, last: Sequence[str] | None, *, strict: bool = False, jobs: int = 1
    ) -> None:
        self.project, self.doctrees, self.last, self.strict, self.jobs = project, doctrees, last, strict, jobs
        #: Whether all that an earlier build left is to be made anew.
        self.from_scratch = last is None
        self.messages = Messages(project)
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
                self.project / "docs",
                self.project,
                out,
                self.doctrees,
                builder,
                confoverrides=config,
                status=cast(TextIO, Notes(self.messages)),
                warning=cast(TextIO, self.messages),
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
            if self.messages.is_disk_full:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
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
        places = {message.partition(":")[0] for message in self.last}
        return {pages[place] for place in places & pages.keys()} if places <= pages.keys() else env.found_docs


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


class Messages:
    """Sphinx's warnings on stderr and remembered, with paths from the project's folder."""

    def __init__(self, project: Path) -> None:
        self.prefix = f"{project}{os.sep}"
        self.lines: list[str] = []
        #: What fails no build.
        self.notes: list[str] = []
        self.is_disk_full = False

    def write(self, text: str) -> int:
        # Sphinx merely warns of a page that it could not write; the build says it once, and ends.
        # What a page says has its place before it.
        if os.strerror(errno.ENOSPC) in text and strip_colors(text).startswith("WARNING: "):
            self.is_disk_full = True
            return len(text)
        text = text.replace(self.prefix, "")
        lines = strip_colors(text).splitlines()
        # The book's writer and the LaTeX's may find fault with the same.
        if set(lines) <= {*self.lines, ""}:
            return len(text)
        self.lines += lines
        return say_in_colour(text)

    def flush(self) -> None:
        sys.stderr.flush()

    def isatty(self) -> bool:
        return sys.stderr.isatty()


class Notes:
    """Of all that Sphinx tells of its progress, the notes, on stderr; they are no warnings."""

    def __init__(self, messages: Messages) -> None:
        self.messages = messages

    def write(self, text: str) -> int:
        if ": note: " in text:
            text = text.replace(self.messages.prefix, "")
            lines = strip_colors(text).splitlines()
            # Each application that updates the environment notes the same.
            if not set(lines) <= {*self.messages.notes, ""}:
                self.messages.notes += lines
                say_in_colour(text)
        return len(text)

    def flush(self) -> None:
        sys.stderr.flush()

    def isatty(self) -> bool:
        return False
