"""Turn signals and exceptions into one line; write the details of unexpected ones to a log file."""

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType

from cvtools.terminal import printable

ISSUES = "https://github.com/butla/cv/issues"


class ProjectError(Exception):
    """The folder is not a project that can be built."""


class Interrupted(KeyboardInterrupt):
    """A signal ends the command.

    :param number: of the signal
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"{signal.Signals(number).name} received")
        #: The exit status that shells expect.
        self.status = 128 + number


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the block, and whatever ends it, stop the processes that it started."""
    # A shell has what runs in the background ignore Ctrl-C.
    heeded = [each for each in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(each) != signal.SIG_IGN]
    before = {each: signal.signal(each, _interrupt) for each in heeded}
    try:
        yield
    except BaseException:
        stop_children()
        raise
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    # A second one must not stop the cleaning up.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    raise Interrupted(number)


def stop_children() -> None:
    """End the processes that this one forked, and wait for them."""
    import multiprocessing

    children = multiprocessing.active_children()
    for child in children:
        child.terminate()
    for child in children:
        child.join(5)
        child.kill()
        child.join()


def leave_to_parent(process: object) -> None:
    """Ignore Ctrl-C in a child process: its parent receives it too, and terminates the child."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _exit)


def _exit(number: int, frame: FrameType | None) -> None:
    # Once, since it may be raised where it is caught.
    signal.signal(number, signal.SIG_DFL)
    sys.exit(128 + number)


def describe(error: Exception) -> str:
    """Return one line that says why a command ended."""
    if isinstance(error, ProjectError):
        return str(error)
    if isinstance(error, MemoryError):
        return "there is too little memory: end other programs and try again"
    if isinstance(error, RecursionError):
        return "something stands too deep in others, such as folders in docs/: have fewer in each other"
    if isinstance(error, OSError):
        if error.errno == errno.ENOSPC:
            return "the disk is full: make room and build again"
        if error.filename is not None:
            return f"{os.fsdecode(error.filename)}: {error.strerror}"
    return _unforeseen(error)


def _unforeseen(error: Exception) -> str:
    import traceback
    from tempfile import NamedTemporaryFile

    # One of Sphinx's processes hands its traceback over as text.
    details = [_versions(), *sys.argv, *traceback.format_exception(error), getattr(error, "traceback", "")]
    reason = " ".join(traceback.format_exception_only(error)[-1].split())
    line = f"internal error ({reason[:200]}); please report it at {ISSUES}"
    try:
        with NamedTemporaryFile("w", prefix="cvtools-", suffix=".log", delete=False, errors="backslashreplace") as file:
            file.write(printable("\n".join(details)))
    except OSError:
        return line
    return f"{line} and attach {file.name}"


def _versions() -> str:
    from importlib.metadata import version
    from platform import platform

    packages = (f"{package} {version(package)}" for package in ("cvtools", "sphinx", "myst-parser", "docutils"))
    return ", ".join([*packages, f"Python {sys.version}", platform()])
