"""Run several builds at once, each in a process of its own."""

import gc
import json
import math
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr
from dataclasses import asdict
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from cvtools.errors import describe
from cvtools.problems import Problem, Report
from cvtools.signals import interruptible, stop_children
from cvtools.terminal import say


def run_all(
    builds: Mapping[str, Callable[[Report], bool]], report: Callable[[str, Problem], None], seconds: float = math.inf
) -> list[str]:
    """Run builds, each in a process of its own, as many at a time as there are processors.

    When a build is done, its problems are reported and its other messages printed.

    :param builds: functions that build, and return whether they made all products, by the names of the builds
    :param report: called with the name of a build and a problem of it
    :param seconds: limit of the processor time of all builds
    :returns: the names of the builds that lack a product
    """
    from cvtools.build.sphinx_imports import import_all
    from cvtools.watchdog import time_of_others

    import_all()
    gc.freeze()
    context = multiprocessing.get_context("fork")
    waiting = list(builds.items())
    failed: list[str] = []
    running: dict[int, tuple[str, Path, ForkProcess]] = {}
    limit = time_of_others() + seconds
    with TemporaryDirectory() as folder:
        while waiting or running:
            if time_of_others() > limit:
                rule = f"the editions take more than {seconds:.0f} s of processor time: shorten the pages"
                report("", Problem(rule, "docs", level="fatal"))
                failed += [name for name, _ in waiting]
                waiting, limit = [], math.inf
                stop_children()
            while waiting and len(running) < (os.cpu_count() or 1):
                name, build = waiting.pop(0)
                # Unique, since each start leaves fewer builds waiting.
                log = Path(folder, str(len(waiting)))
                process = context.Process(target=_run, args=(build, log))
                process.start()
                running[process.sentinel] = name, log, process
            for done in wait(list(running), 1):
                name, log, process = running.pop(cast(int, done))
                process.join()
                for line in log.with_suffix(".jsonl").read_text("utf-8").splitlines():
                    report(name, Problem.of(json.loads(line)))
                say(*log.read_text("utf-8").splitlines())
                if process.exitcode:
                    failed.append(name)
                if (status := process.exitcode or 0) < 0:
                    cause = f"the system ended the build of {name} ({signal.Signals(-status).name})"
                    rule = f"{cause}, perhaps for lack of memory: end other programs"
                    report(name, Problem(rule, level="fatal"))
    return [name for name in builds if name in failed]


def _run(build: Callable[[Report], bool], log: Path) -> None:
    # A terminal sends Ctrl-C to the parent process as well, which ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with (
        log.with_suffix(".jsonl").open("w", encoding="utf-8") as problems,
        # Escape names of folders that are not UTF-8, as stderr does.
        log.open("w", encoding="utf-8", errors="backslashreplace") as file,
        redirect_stderr(file),
    ):
        os.dup2(file.fileno(), 2)

        def report(problem: Problem) -> None:
            problems.write(f"{json.dumps(asdict(problem))}\n")
            # The system may end the process before it closes the file.
            problems.flush()

        try:
            with interruptible():
                done = build(report)
        except KeyboardInterrupt:
            done = False
        except Exception as error:  # noqa: BLE001 - nobody is shown a traceback
            report(Problem(describe(error), level="fatal"))
            done = False
    sys.exit(not done)
