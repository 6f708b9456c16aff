"""Build several projects at once, each in a process of its own."""

import gc
import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr
from dataclasses import asdict, replace
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from cvtools.build import build
from cvtools.errors import describe
from cvtools.reporters import Problem, Report
from cvtools.signals import interruptible
from cvtools.terminal import say


def build_all(projects: Sequence[Path], report: Report, **asked: Any) -> list[Path]:
    """Build projects, each in a process of its own, as many at a time as there are processors.

    When a project is done, its problems are reported and its other messages printed.

    :param report: called with each problem; paths are relative to the working directory
    :param asked: values of :class:`cvtools.build.Options`
    :returns: the projects that lack a product
    """
    # Import Sphinx once, before the processes are forked.
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
                for line in _problem_log(log).read_text("utf-8").splitlines():
                    report(Problem.of(json.loads(line)))
                say(*log.read_text("utf-8").splitlines())
                if process.exitcode:
                    failed.append(project)
    summary = f"{len(projects)} projects: {len(projects) - len(failed)} built"
    names = ", ".join(str(project) for project in projects if project in failed)
    say(f"{summary}, {len(failed)} not: {names}" if failed else summary)
    return failed


def _build(project: Path, log: Path, asked: dict[str, Any]) -> None:
    # A terminal sends Ctrl-C to the parent process as well, which ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with (
        _problem_log(log).open("w", encoding="utf-8") as problems,
        log.open("w", encoding="utf-8") as file,
        redirect_stderr(file),
    ):
        os.dup2(file.fileno(), 2)

        def report(problem: Problem) -> None:
            if not problem.path and not problem.pdf:
                problem = replace(problem, path=str(project))
            problems.write(f"{json.dumps(asdict(problem))}\n")

        try:
            with interruptible():
                done = build(project, report, **asked)
        except KeyboardInterrupt:
            done = False
        except Exception as error:  # noqa: BLE001 - nobody is shown a traceback
            report(Problem(describe(error), level="fatal"))
            done = False
    sys.exit(not done)


def _problem_log(log: Path) -> Path:
    return log.with_suffix(".jsonl")
