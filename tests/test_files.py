"""The lock of a project's build."""

import subprocess
import sys
from pathlib import Path


def test_forked_processes_of_a_build_that_is_killed_hold_its_lock(tmp_path: Path) -> None:
    hold = (
        "import os, signal, sys; from pathlib import Path; from cvtools.files import locked\n"
        "with locked(Path(sys.argv[1]), 'another build'):\n    if os.fork():\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n    sys.stdin.read()\n"
    )
    wait = hold.partition("    if")[0] + "    pass\n"
    first, second = ([sys.executable, "-c", script, str(tmp_path)] for script in (hold, wait))
    with subprocess.Popen(first, stdin=subprocess.PIPE) as killed:
        killed.wait()
        with subprocess.Popen(second, stderr=subprocess.PIPE) as waiting:
            assert waiting.stderr
            assert waiting.stderr.readline() == b"cvtools: another build is under way: waiting for its end\n"
            killed.communicate()
            assert waiting.wait() == 0
