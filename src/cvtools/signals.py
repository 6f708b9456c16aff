"""End the command and its child processes on Ctrl-C or SIGTERM."""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import FrameType


class Interrupted(KeyboardInterrupt):
    """Exception that ends the command when it receives a signal."""

    def __init__(self, number: int) -> None:
        super().__init__(f"{signal.Signals(number).name} received")
        #: The exit status that shells expect.
        self.status = 128 + number


#: Has an item while this process is being forked.
_forking: list[bool] = []
os.register_at_fork(
    before=partial(_forking.append, True), after_in_parent=_forking.clear, after_in_child=_forking.clear
)


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Raise :class:`Interrupted` on Ctrl-C and SIGTERM; if the block raises, end the processes that it started."""
    # A shell makes background processes ignore Ctrl-C, which must not change.
    handled = [number for number in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(number) != signal.SIG_IGN]
    owner = os.getpid()
    received: list[Interrupted] = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        if os.getpid() != owner:
            # A newly forked child has no handlers of its own yet, and must not unwind its parent's stack.
            os._exit(128 + number)
        if _forking:
            # Python ignores exceptions in functions that it calls after a fork, and one of them releases a lock.
            threading.Thread(target=_send_after_fork, args=(number,), daemon=True).start()
            return
        # A second signal must not interrupt the cleanup.
        for ignored in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ignored, signal.SIG_IGN)
        received.append(Interrupted(number))
        raise received[0]

    before = {number: signal.signal(number, interrupt) for number in handled}
    try:
        yield
    except BaseException as error:
        stop_children()
        # Code may have raised another exception since, as Python 3.11 does from __set_name__().
        if received and error is not received[0]:
            raise received[0] from error
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _send_after_fork(number: int) -> None:
    """Send a signal to this process once it is not being forked."""
    while _forking:
        time.sleep(0.001)
    os.kill(os.getpid(), number)


def stop_children() -> None:
    """End the forked child processes, and wait for them."""
    import multiprocessing

    children = multiprocessing.active_children()
    for child in children:
        child.terminate()
    for child in children:
        child.join(5)
        child.kill()
        child.join()
    # multiprocessing may not know of a new fork yet. Only forks, unlike a browser, have this process's command.
    own = os.getpid()
    for number in child_processes(own):
        with contextlib.suppress(OSError):
            if _command_of(number) == _command_of(own):
                os.kill(number, signal.SIGKILL)
                os.waitpid(number, 0)


def child_processes(parent: int) -> Iterator[int]:
    """Yield the numbers of the running processes that a process has started; none on systems without ``/proc``."""
    for path in Path(f"/proc/{parent}/task").glob("*/children"):
        # Any process may end meanwhile.
        with contextlib.suppress(OSError):
            yield from map(int, path.read_text("ascii").split())


def _command_of(number: int) -> bytes:
    return Path(f"/proc/{number}/cmdline").read_bytes()


def leave_to_parent(registered: object) -> None:
    """Ignore Ctrl-C in a child process, since its parent receives it as well, and terminates the child."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _exit)


def _exit(number: int, frame: FrameType | None) -> None:
    # Let a second signal end the process even if this exception is caught.
    signal.signal(number, signal.SIG_DFL)
    sys.exit(128 + number)
