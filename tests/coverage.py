"""Measure which lines and branches of ``src`` the tests run: ``python -m tests.coverage FOLDER`` reports the records.

SlipCover removes its marks from code that has run, whereas a tracing function takes as long again as the tests.
"""

import os
import pickle
import sys
from collections import defaultdict
from multiprocessing.util import Finalize, register_after_fork
from pathlib import Path
from threading import RLock

SOURCE = str(Path(__file__).parents[1] / "src")
#: Modules that run only in a sandbox, which cannot write a record.
OMITTED = ["*/checks/pdf_worker.py"]
EXCLUDED = ["if TYPE_CHECKING:", "@overload"]
#: Percentage of lines and branches that the tests must run.
REQUIRED = 95
#: The environment variable that names the folder of the records.
FOLDER = "CVTOOLS_COVERAGE"


def measure(folder: Path) -> None:
    """Measure the modules that are imported from now on; write a record when the process, or one it forks, ends."""
    from slipcover import FileMatcher, ImportManager, Slipcover

    measured = Slipcover(branch=True, immediate=True, omit=OMITTED)

    def save() -> None:
        record = [measured.all_seen, measured.newly_seen]
        (folder / str(os.getpid())).write_bytes(pickle.dumps(record))

    def forget(_: object) -> None:
        measured.lock = RLock()
        measured.signal_child_process()
        Finalize(None, save, exitpriority=0)

    ImportManager(measured, FileMatcher([SOURCE], OMITTED)).__enter__()
    register_after_fork(measured, forget)
    Finalize(None, save, exitpriority=0)


def report(folder: Path) -> bool:
    """Print which lines and branches were not run; return whether enough were."""
    from slipcover import Slipcover, print_coverage

    seen: dict[str, set[object]] = defaultdict(set)
    for record in folder.iterdir():
        for files in pickle.loads(record.read_bytes()):
            for file, run in files.items():
                seen[file] |= run
    total = Slipcover(branch=True, source=[SOURCE], omit=OMITTED, exclude_also=EXCLUDED)
    total.all_seen = seen
    coverage = total.get_coverage()
    print_coverage(coverage, missing_width=80, skip_covered=True)
    percent: float = coverage["summary"]["percent_covered"]
    print(f"The tests run {percent:.1f} % of all lines and branches, and must run {REQUIRED} %.")
    return percent >= REQUIRED


if FOLDER in os.environ and "PYTEST_XDIST_WORKER" in os.environ:
    measure(Path(os.environ[FOLDER]))
if __name__ == "__main__":
    sys.exit(not report(Path(sys.argv[1])))
