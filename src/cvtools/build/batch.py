"""Several projects, which know nothing of one another, are built at once."""

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from cvtools.build import build
from cvtools.errors import describe
from cvtools.signals import interruptible
from cvtools.terminal import say

#: What a message about a project begins with where it names a file.
_FILES = ("docs/", "dist", "conf.py")


def build_all(projects: Sequence[Path], **asked: Any) -> list[Path]:
    """Build projects, each in a process of its own, as many at a time as there are processors.

    What each says is told when it is done, with paths that begin with the project's.

    :param asked: what is asked for, see :class:`cvtools.build.Options`
    :returns: those of which something could not be made
    """
    # Imported once for all.
    from cvtools.build import sphinx_app  # noqa: F401

    gc.freeze()
    context = multiprocessing.get_context("fork")
    waiting, failed = list(enumerate(projects)), []
    running: dict[int, tuple[Path, Path, ForkProcess]] = {}
    with TemporaryDirectory() as folder:
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                number, project = waiting.pop(0)
                log = Path(folder, str(number))
                process = context.Process(target=_build, args=(project, log, asked))
                process.start()
                running[process.sentinel] = project, log, process
            for done in wait(list(running)):
                project, log, process = running.pop(cast(int, done))
                process.join()
                say(*(_with_project(line, project) for line in log.read_text("utf-8").splitlines()))
                if process.exitcode:
                    failed.append(project)
    summary = f"{len(projects)} projects: {len(projects) - len(failed)} built"
    names = ", ".join(str(project) for project in projects if project in failed)
    say(f"{summary}, {len(failed)} not: {names}" if failed else summary)
    return failed


def _build(project: Path, log: Path, asked: dict[str, Any]) -> None:
    # Ctrl-C reaches every process of a terminal; the one that started this one ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with log.open("w", encoding="utf-8") as file, redirect_stderr(file):
        os.dup2(file.fileno(), 2)
        try:
            with interruptible():
                done = build(project, **asked)
        except KeyboardInterrupt:
            done = False
        except Exception as error:  # noqa: BLE001 - nobody is shown a traceback
            say(f"cvtools: {describe(error)}")
            done = False
    sys.exit(not done)


def _with_project(line: str, project: Path) -> str:
    if line.startswith(_FILES):
        return f"{project}/{line}"
    return f"{project}: {line.removeprefix('cvtools: ')}"
