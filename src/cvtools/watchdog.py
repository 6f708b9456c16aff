"""Limit the time and memory of a build, and name the page that exceeds a limit."""

import contextlib
import math
import os
import resource
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from sphinx.errors import ExtensionError, SphinxParallelError

from cvtools import limits
from cvtools.project import LETTERS
from cvtools.signals import Interrupted, child_processes
from cvtools.sphinx_warnings import SourceError


class TimeUp(BaseException):
    """A time limit was exceeded; a BaseException, since libraries catch all other exceptions.

    :param text: the page and the limit in words, as in "docs/index.md: reading takes …", since exceptions of other
        processes arrive as text
    """


class _Watchdog:
    """Timers that raise :class:`TimeUp` in the main thread; other threads have no time limit."""

    def __init__(self) -> None:
        self.is_on = False
        #: File of the current page, or folder of all pages.
        self.path = ""
        #: Kind of the current work, such as "reading".
        self.work = ""
        #: Limit of the current work in seconds.
        self.seconds = 0
        #: End of the time by the clock, as :func:`time.monotonic` counts.
        self.deadline = 0.0
        #: Limit of the processor time of this and all other processes since the first page.
        self.cpu_limit: float = limits.BUILD_CPU
        #: Processor time of each page so far.
        self.page_times: dict[str, float] = {}
        #: Processor time of this process when the current page began, and when the first one did.
        self.page_began = self.first_began = 0.0
        #: Processor time of other processes when the timers were started.
        self.others_before = 0.0

    @contextlib.contextmanager
    def on(self, seconds: int = 0) -> Iterator[None]:
        """Limit a block, which may contain others, and name the page that exceeds a limit.

        :param seconds: limit for the block by the clock; 0 for none
        :raises SourceError: a limit was exceeded
        """
        is_outermost = not self.is_on and threading.current_thread() is threading.main_thread()
        try:
            with self._timers(seconds) if is_outermost else contextlib.nullcontext():
                yield
        except (TimeUp, MemoryError, ExtensionError, SphinxParallelError) as error:
            if explained := self._explain(error):
                raise explained from None
            raise

    def start_timer(self, path: str | Path, work: str, seconds: int) -> None:
        """Start the timer for work on a page, or on all pages; do nothing outside of a block of :meth:`on`.

        :param work: the kind of work, for the error
        :param seconds: limit of the processor time that the page may take in all, earlier work on it included
        """
        if self.is_on:
            now = time.process_time()
            self.first_began = self.first_began or now
            self.page_times[self.path] = self.page_times.get(self.path, 0) + now - self.page_began
            self.path, self.work, self.seconds, self.page_began = str(path), work, seconds, now
            left = max(0.01, seconds - self.page_times.get(self.path, 0))
            # Repeat it every second, since Python ignores exceptions in some places, such as finalizers.
            signal.setitimer(signal.ITIMER_PROF, left, 1)

    def count_own_time(self) -> None:
        """Measure the page of a forked process by its own processor time, which begins at 0."""
        self.page_began = 0.0

    @contextlib.contextmanager
    def _timers(self, seconds: int) -> Iterator[None]:
        before = {number: signal.signal(number, self._time_up) for number in (signal.SIGPROF, signal.SIGALRM)}
        # Check every second, since Python ignores exceptions in some places, and no timer counts other processes.
        signal.setitimer(signal.ITIMER_REAL, 1, 1)
        self.is_on, self.path, self.page_times, self.page_began = True, "docs", {}, time.process_time()
        self.deadline = time.monotonic() + (seconds or math.inf)
        self.first_began, self.others_before = 0.0, time_of_others()
        try:
            yield
        finally:
            self.is_on = False
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _time_up(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGPROF:
            raise TimeUp(f"{self.path}: {self.work} takes longer than {self.seconds} s: shorten it")
        if time.monotonic() >= self.deadline:
            raise TimeUp(f"{self.path}: the build takes longer than {limits.BUILD_TIME} s, and was {self.work} this")
        own = time.process_time() - self.first_began if self.first_began else 0
        if own + time_of_others() - self.others_before > self.cpu_limit:
            limit = f"{self.cpu_limit:.0f} s of processor time"
            raise TimeUp(f"{self.path}: the build takes more than {limit}, and was {self.work} this: shorten it")

    def _explain(self, error: BaseException) -> BaseException | None:
        """Return an error that names the page if a limit was exceeded; None for any other error."""
        if isinstance(getattr(error, "orig_exc", error), MemoryError):
            return SourceError(self.path, 0, f"{self.work} takes more memory than there is: shorten it")
        message = str(error)
        if isinstance(error, SphinxParallelError):
            # The error of another process, as text.
            name, _, message = error.message.partition(": ")
            if name == SystemExit.__name__:
                # A signal ended that process, and will arrive here, too.
                return Interrupted(signal.SIGTERM)
            if name.rpartition(".")[2] not in {SourceError.__name__, TimeUp.__name__}:
                return None
        elif not isinstance(error, TimeUp):
            return None
        path, _, text = message.partition(": ")
        return SourceError(path, 0, text)


def time_of_others() -> float:
    """Return the processor time of all processes that this one has started."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime + _time_of_children(os.getpid())


def _time_of_children(parent: int) -> float:
    """Return the processor time of the processes that run below one, and of those that they have waited for."""
    seconds = 0.0
    for child in child_processes(parent):
        seconds += _time_of_children(child)
        # Any process may end meanwhile.
        with contextlib.suppress(OSError):
            times = Path(f"/proc/{child}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[11:15]
            seconds += sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
    return seconds


WATCHDOG = _Watchdog()
os.register_at_fork(after_in_child=WATCHDOG.count_own_time)


def cpu_limit(docs: Path, editions: int = 1) -> float:
    """Return the limit of a build's processor time in seconds, by the numbers of pages, letters and editions."""
    letters = sum(1 for _ in (docs / LETTERS).glob("*.md"))
    pages = sum(1 for _ in docs.rglob("*.md")) * limits.BUILD_CPU_PER_PAGE
    further = (editions - 1) * limits.BUILD_CPU_PER_EDITION
    return limits.BUILD_CPU + letters * limits.BUILD_CPU_PER_LETTER + editions * pages + further
