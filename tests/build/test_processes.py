"""Parallel builds: one whose process is killed is reported."""

import os
import signal

from cvtools.build.processes import run_all
from cvtools.problems import Problem, Report


def test_build_that_the_system_ends_is_told() -> None:
    def killed(report: Report) -> bool:
        os.kill(os.getpid(), signal.SIGKILL)
        return True

    told: list[tuple[str, Problem]] = []
    failed = run_all({"a": lambda report: True, "b": killed}, lambda name, problem: told.append((name, problem)))
    assert failed == ["b"]
    assert [(name, problem.level) for name, problem in told] == [("b", "fatal")]
    assert told[0][1].text.startswith("the system ended the build of b (SIGKILL), perhaps for lack of memory: ")
