"""Start the watchdog's timers for the pages that Sphinx reads and writes, and limit their number and size."""

import contextlib
import os
import signal
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxParallelError
from sphinx.transforms.post_transforms import SphinxPostTransform

from cvtools import limits
from cvtools.sphinx_warnings import SourceError
from cvtools.watchdog import WATCHDOG, cpu_limit


def setup(app: Sphinx) -> None:
    """Register the limits with Sphinx."""
    app.connect("builder-inited", watch_builder)
    app.connect("env-before-read-docs", limit_project, priority=0)
    for event in ("env-updated", "write-started", "html-collect-pages"):
        app.connect(event, watch_all_pages, priority=0)
    app.add_post_transform(WatchPage)


def limit_project(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Refuse a project with too many pages, and set the limit of processor time, which grows with their number."""
    editions = len(app.config.cv_editions or [""]) * len(app.config.cv_languages or [""])
    WATCHDOG.cpu_limit = cpu_limit(Path(app.srcdir), editions)
    if len(env.found_docs) > limits.PAGES:
        raise SourceError(app.srcdir, 0, f"a project may have at most {limits.PAGES} pages: split it into several")


def watch_builder(app: Sphinx) -> None:
    """Limit the time and the size of each page that a builder reads and writes."""
    builder = cast(Any, app.builder)
    build, read, write = builder.build, builder.read_doc, builder.write_doc
    path_of = getattr(builder, "get_output_path", None)
    total = 0
    main, fault = os.getpid(), Path(app.doctreedir, ".fault")

    def build_watched(*arguments: Any, **options: Any) -> None:
        with WATCHDOG.on():
            fault.unlink(missing_ok=True)
            try:
                build(*arguments, **options)
            finally:
                # Sphinx loses the error of a process that fails while other processes are being started.
                if fault.exists():
                    raise SphinxParallelError(*fault.read_text("utf-8").split("\n", 1))

    @contextlib.contextmanager
    def timed(docname: str, work: str) -> Iterator[None]:
        WATCHDOG.start_timer(app.env.doc2path(docname), work, _seconds(app.env))
        try:
            yield
        except BaseException as error:
            if os.getpid() != main and not isinstance(error, SystemExit):
                _record(error, fault)
            raise

    def read_watched(docname: str, **options: Any) -> None:
        with timed(docname, "reading"):
            read(docname, **options)

    def write_watched(docname: str, doctree: Any) -> None:
        nonlocal total
        file = Path(app.outdir, path_of(docname)) if path_of else None
        before = _modified(file)
        try:
            with timed(docname, "writing"):
                write(docname, doctree)
                size = file.stat().st_size if file else 0
                total += size
                _check_sizes(app.env.doc2path(docname), size, total)
        except BaseException:
            # Leave no page half written.
            if file and _modified(file) != before:
                file.unlink()
            raise

    builder.build, builder.read_doc, builder.write_doc = build_watched, read_watched, write_watched


def _record(error: BaseException, fault: Path) -> None:
    """Write the error of a forked process into a file, for the main process."""
    # The timer must not interrupt this.
    signal.setitimer(signal.ITIMER_PROF, 0)
    message = traceback.format_exception_only(error)[-1].strip().replace("\n", " ")
    # Several processes may fail at once, so the file must appear as a whole.
    own = fault.with_name(f"{fault.name}-{os.getpid()}")
    own.write_text(f"{message}\n{traceback.format_exc()}", "utf-8", "backslashreplace")
    own.replace(fault)


def _modified(file: Path | None) -> int:
    return file.stat().st_mtime_ns if file and file.exists() else 0


def _check_sizes(path: str | Path, page: int, website: int) -> None:
    for size, limit, name in ((page, limits.PAGE_HTML, "this page"), (website, limits.WEBSITE_HTML, "the website")):
        if size > limit:
            raise SourceError(path, 0, f"{name} becomes more than {limit // 1_000_000} MB of HTML: shorten it")


def watch_all_pages(app: Sphinx, *arguments: Any) -> list[Any]:
    """Start the timer for work on all pages together."""
    WATCHDOG.start_timer(app.srcdir, "collecting the entries and links of all pages", _seconds(app.env))
    return []


class WatchPage(SphinxPostTransform):
    """Post-transform that starts the timer for writing a page before the other post-transforms, whose time counts."""

    default_priority = 0

    def run(self, **kwargs: object) -> None:
        WATCHDOG.start_timer(self.env.doc2path(self.env.docname), "writing", _seconds(self.env))


def _seconds(env: BuildEnvironment) -> int:
    """Return the time limit of a page; it grows with the number of pages, since a page may list all others."""
    return limits.PAGE_TIME + len(env.found_docs) // limits.PAGES_A_SECOND
