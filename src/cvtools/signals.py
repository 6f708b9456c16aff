"""End the command on Ctrl-C or SIGTERM, together with the processes that it started."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType


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
    owner = os.getpid()

    def interrupt(number: int, frame: FrameType | None) -> None:
        if os.getpid() != owner:
            # A child forked a moment ago has no handlers of its own yet, and must not unwind its parent's stack.
            os._exit(128 + number)
        # A second one must not stop the cleaning up.
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        raise Interrupted(number)

    before = {each: signal.signal(each, interrupt) for each in heeded}
    try:
        yield
    except BaseException:
        stop_children()
        raise
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


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
