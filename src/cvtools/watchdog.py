"""Ends a build that takes too much time, memory or room, and names the page that does."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, cast

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError, SphinxParallelError
from sphinx.transforms.post_transforms import SphinxPostTransform

from cvtools import limits
from cvtools.diagnostics import SourceError


class TimeUp(BaseException):
    """The time for something is over. No library takes it for a fault of its own, which it would pass over."""


class _Watchdog:
    """Timers that raise :class:`TimeUp` in the main thread; elsewhere, as in the preview, there are none."""

    def __init__(self) -> None:
        self.is_on = False
        #: The file of the page that is at work, or the folder of all pages.
        self.path = ""
        self.work = ""
        self.seconds = 0

    @contextlib.contextmanager
    def on(self, seconds: int = 0) -> Iterator[None]:
        """Watch over a block, which may contain others, and name what exceeds a limit in a message.

        :param seconds: how long the block may take by the clock; 0 for any time
        :raises SourceError: something took too much
        """
        try:
            if self.is_on or threading.current_thread() is not threading.main_thread():
                yield
            else:
                with self._timers(seconds):
                    yield
        except TimeUp as up:
            raise SourceError(self.path, 0, str(up)) from None
        except MemoryError:
            raise self._too_much_memory() from None
        except ExtensionError as error:
            if isinstance(error.orig_exc, MemoryError):
                raise self._too_much_memory() from None
            raise
        except SphinxParallelError as error:
            # What another process raised, in words.
            name, _, said = error.message.partition(": ")
            if name.rpartition(".")[2] not in {SourceError.__name__, TimeUp.__name__}:
                raise
            path, _, text = said.partition(": ")
            raise SourceError(path, 0, text) from None

    def expect(self, path: str | Path, work: str, seconds: int) -> None:
        """Give what begins now so many seconds of CPU."""
        if self.is_on:
            self.path, self.work, self.seconds = str(path), work, seconds
            # Once more every second, should it be raised where Python can but ignore it.
            signal.setitimer(signal.ITIMER_PROF, seconds, 1)

    @contextlib.contextmanager
    def _timers(self, seconds: int) -> Iterator[None]:
        kinds = {signal.SIGPROF: self._page_is_up, signal.SIGALRM: self._build_is_up}
        before = {number: signal.signal(number, handler) for number, handler in kinds.items()}
        signal.setitimer(signal.ITIMER_REAL, seconds, 1)
        self.is_on, self.path = True, "docs"
        try:
            yield
        finally:
            self.is_on = False
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _page_is_up(self, number: int, frame: FrameType | None) -> None:
        raise TimeUp(f"{self.work} takes longer than {self.seconds} s: shorten it")

    def _build_is_up(self, number: int, frame: FrameType | None) -> None:
        raise TimeUp(f"the build takes longer than {limits.BUILD_TIME} s, and was {self.work} this")

    def _too_much_memory(self) -> SourceError:
        return SourceError(self.path, 0, f"{self.work} takes more memory than there is: shorten it")


WATCHDOG = _Watchdog()


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("builder-inited", watch_over)
    app.connect("env-before-read-docs", check_pages, priority=0)
    for event in ("env-updated", "write-started", "html-collect-pages"):
        app.connect(event, watch_pages_together, priority=0)
    app.add_post_transform(WatchPage)


def check_pages(app: Sphinx, env: Any, docnames: list[str]) -> None:
    """Refuse more pages than a project may have.

    :raises SourceError: there are more
    """
    if len(env.found_docs) > limits.PAGES:
        raise SourceError(app.srcdir, 0, f"a project may have {limits.PAGES} pages: part it in several")


def watch_over(app: Sphinx) -> None:
    """Watch over what a builder reads and writes, page by page."""
    builder = cast(Any, app.builder)
    build, read, write = builder.build, builder.read_doc, builder.write_doc
    size_of = getattr(builder, "get_output_path", None)
    written = 0

    def build_watched(*arguments: Any, **options: Any) -> None:
        with WATCHDOG.on():
            build(*arguments, **options)

    def read_watched(docname: str, **options: Any) -> None:
        WATCHDOG.expect(app.env.doc2path(docname), "reading", limits.PAGE_TIME)
        read(docname, **options)

    def write_watched(docname: str, doctree: Any) -> None:
        nonlocal written
        WATCHDOG.expect(app.env.doc2path(docname), "writing", limits.PAGE_TIME)
        # A page is not left half written.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            write(docname, doctree)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if size_of:
            size = Path(app.outdir, size_of(docname)).stat().st_size
            written += size
            for found, limit, what in ((size, limits.PAGE_HTML, "this page"), (written, limits.BOOK_HTML, "the book")):
                if found > limit:
                    rule = f"{what} becomes more than {limit // 1_000_000} MB of HTML: shorten it"
                    raise SourceError(app.env.doc2path(docname), 0, rule)

    builder.build, builder.read_doc, builder.write_doc = build_watched, read_watched, write_watched


def watch_pages_together(app: Sphinx, *arguments: Any) -> list[Any]:
    """Give what is computed from all pages more time the more there are."""
    seconds = limits.PAGE_TIME + len(app.env.found_docs) // limits.PAGES_A_SECOND
    WATCHDOG.expect(app.srcdir, "ordering what the pages say", seconds)
    return []


class WatchPage(SphinxPostTransform):
    """Gives the writing of a page its time, in which other transforms resolve it first."""

    default_priority = 0

    def run(self, **kwargs: object) -> None:
        WATCHDOG.expect(self.env.doc2path(self.env.docname), "writing", limits.PAGE_TIME)
