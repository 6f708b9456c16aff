"""Build several projects at once, each in a process of its own."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from cvtools.build import build
from cvtools.build.processes import run_all
from cvtools.reporters import Problem, Report
from cvtools.terminal import say


def build_all(projects: Sequence[Path], report: Report, **asked: Any) -> list[str]:
    """Build projects, as many at a time as there are processors.

    :param report: called with each problem; paths are relative to the working directory
    :param asked: values of :class:`cvtools.build.state.Options`
    :returns: the projects that lack a product
    """

    def report_of(project: str, problem: Problem) -> None:
        report(problem if problem.path or problem.pdf else replace(problem, path=project))

    failed = run_all({str(project): partial(build, project, **asked) for project in projects}, report_of)
    summary = f"{len(projects)} projects: {len(projects) - len(failed)} built"
    say(f"{summary}, {len(failed)} not: {', '.join(failed)}" if failed else summary)
    return failed
