"""An interrupted command leaves no process and no incomplete file, and prints one line."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cvtools.cli import main
from tests.build.test_build import PAGES, fake_tex, write
from tests.projects import CONF, Project

COMMAND = [
    sys.executable,
    "-c",
    # What a shell runs in the background ignores Ctrl-C, and so would all that it starts.
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "import sys; from cvtools.cli import main; sys.exit(main())",
]
#: Code of conf.py that writes a file at an event, and sleeps.
SLEEP = """
import os, time
def sleep(app, *arguments):
    open(f"asleep.{os.getpid()}", "w").close()
    time.sleep(60)
def setup(app):
    app.connect("EVENT", sleep)
"""


EVENTS = ("builder-inited", "source-read", "doctree-resolved", "build-finished")


@pytest.fixture(autouse=True)
def _in_project(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the project the working directory, from which messages name its files."""
    monkeypatch.chdir(project.folder)


def asleep(folder: Path, count: int) -> list[int]:
    """Return the processes that have begun to sleep, as soon as there are ``count`` of them."""
    end = time.monotonic() + 60
    # Unlike rglob(), walk() skips a folder that is removed meanwhile.
    while len(found := [name for _, _, names in os.walk(folder) for name in names if "asleep." in name]) < count:
        assert time.monotonic() < end, "none came so far"
        time.sleep(0.05)
    return [int(name.partition(".")[2]) for name in found]


def runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize(
    ("event", "options", "count", "number"),
    [
        ("source-read", ["build", "--html"], 1, signal.SIGINT),
        ("source-read", ["build", "--html", "-j", "2"], 2, signal.SIGINT),
        ("source-read", ["build", "--html", "-j", "2"], 2, signal.SIGTERM),
        ("html-page-context", ["build", "--html", "-j", "2"], 1, signal.SIGTERM),
        ("source-read", ["build", "--html", ".", "../other"], 2, signal.SIGTERM),
    ],
    ids=["reading", "two processes", "two processes, ended", "writing", "two projects"],
)
def test_signal_ends_all_processes_with_one_line(
    tmp_path: Path, event: str, options: list[str], count: int, number: signal.Signals
) -> None:
    conf = PAGES["conf.py"] + SLEEP.replace("EVENT", event)
    pages = {f"docs/more{page}.md": "---\norphan: true\n---\n# More\n" for page in range(8)}
    folder = write(tmp_path / "one", PAGES | pages | {"conf.py": conf})
    shutil.copytree(folder, tmp_path / "other")
    with subprocess.Popen([*COMMAND, *options], cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        others = asleep(tmp_path, min(count, os.cpu_count() or 1))
        process.send_signal(number)
        assert process.communicate(timeout=60)[1] == "cvtools: interrupted\n"
        assert process.returncode == 128 + number
    assert not any(map(runs, others))
    assert list(tmp_path.rglob("*.new")) == []


def test_signal_at_a_fork_leaves_no_process_but_those_of_other_programs() -> None:
    code = (
        "import os, signal, subprocess, time; from cvtools.signals import interruptible\n"
        "other = subprocess.Popen(['sleep', '60'], stdout=-3, stderr=-3)\n"
        "with interruptible():\n"
        "    if not (child := os.fork()): time.sleep(60)\n"
        "    print(child, other.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=30)
    child, other = map(int, done.stdout.split())
    assert (runs(child), runs(other)) == (False, True)
    os.kill(other, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_tex(tmp_path: Path, number: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "one")
    # In the sandbox, the script can start no program and write only to its output folder; like LuaLaTeX, it ends when
    # its input is closed.
    tells = 'for option; do case $option in -output-directory=*) : > "${option#*=}/asleep.$$"; read line || exit; while :; do :; done;; esac; done'
    fake_tex(tmp_path, tells, monkeypatch)
    with subprocess.Popen([*COMMAND, "build"], cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        others = asleep(folder, 2)
        process.send_signal(number)
        assert process.communicate(timeout=60)[1].splitlines()[-1] == "cvtools: interrupted"
        assert process.returncode == 128 + number
    assert not any(map(runs, others))


@pytest.mark.parametrize(
    ("setup", "jobs"),
    [
        *((f'app.connect("{event}", lambda *arguments: 1 / 0)', "1") for event in EVENTS),
        # These two happen in other processes.
        ('app.connect("source-read", lambda *arguments: 1 / 0)', "2"),
        ('app.connect("html-page-context", lambda *arguments: 1 / 0)', "2"),
        ("1 / 0", "1"),
    ],
)
def test_fault_of_conf_py_is_reported_once_with_its_line(
    project: Project, setup: str, jobs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = {f"{number}.md": "---\norphan: true\n---\n# More\n" for number in range(8)}
    project.write({"index.md": "# Ada\n:headline: x\n", **pages})
    (project.folder / "conf.py").write_text(f"{CONF}def setup(app):\n    {setup}\n", "utf-8")
    assert main(["build", "--html", "-j", jobs, str(project.folder)]) == 1
    line = CONF.count("\n") + 2
    # Sphinx may have warned about a page before.
    said = [words for words in capsys.readouterr().err.splitlines() if "WARNING" not in words]
    assert said == [f"cvtools: conf.py:{line}: ZeroDivisionError: division by zero"]


def test_fault_of_a_module_of_the_project_is_reported_with_its_line(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(project.folder)
    mine = "def fail(*arguments):\n    open('nothing/here')\ndef setup(app):\n    app.connect('source-read', fail)\n"
    (project.folder / "mine_alone.py").write_text(mine, "utf-8")
    (project.folder / "conf.py").write_text(CONF + 'extensions.append("mine_alone")\n', "utf-8")
    assert main(["build", "--html", str(project.write({"index.md": "# Ada\n:headline: x\n"}).folder)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("cvtools: mine_alone.py:2: FileNotFoundError: ")


@pytest.mark.parametrize("event", EVENTS)
def test_fault_of_an_extension_is_one_line(
    project: Project, tmp_path: Path, event: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    name = f"odd_{event.replace('-', '_')}"
    fault = f'def setup(app):\n    app.connect("{event}", lambda *arguments: 1 / 0)\n'
    (tmp_path / f"{name}.py").write_text(fault, "utf-8")
    (project.folder / "conf.py").write_text(f'{CONF}extensions.append("{name}")\n', "utf-8")
    assert main(["build", "--html", str(project.write({"index.md": "# Ada\n:headline: x\n"}).folder)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("cvtools: internal error (ZeroDivisionError: division by zero); please report")
    assert "ZeroDivisionError" in Path(line.rpartition(" and attach ")[2]).read_text("utf-8")


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        ("rm -r docs; touch docs", "has no docs: name a folder with conf.py and docs/"),
        ("rm -r docs/*", "docs/index.md: this is the CV's page, and it is missing: write it"),
        ("rm conf.py; mkdir conf.py", "has no conf.py: name a folder with conf.py and docs/"),
        (r"""printf 'x = "\377"\n' >> conf.py""", "conf.py"),
        ("touch dist", "dist: move this away, since a folder has to be there"),
        ("touch build", "build: move this away, since a folder has to be there"),
        ("mkdir -p dist; touch dist/html", "dist/html"),
        ("mkdir -p build/state.json/x", "build/"),
        ("mkdir -p dist/cv.txt/x", "dist/"),
        ("rm docs/index.md; mkdir docs/index.md", "docs/index"),
    ],
)
def test_project_that_cannot_be_built_gets_one_line(
    tmp_path: Path, spoil: str, complaint: str, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path / "one")
    subprocess.run(["sh", "-c", spoil], cwd=folder, check=True)
    assert main(["build", "--html", str(folder)]) in {1, 2}
    said = capfd.readouterr().err
    last = said.splitlines()[-1]
    assert last.startswith("cvtools: ")
    assert complaint in last
    assert "report" not in said
    assert "Traceback" not in said


#: Code that is interrupted while it forks, which takes most of the time because of its memory.
FORKS = """
import logging, os, threading
from cvtools.signals import interruptible
data = bytearray(b"x") * 100_000_000
for _ in range(5):
    threading.Timer(0.1, os.kill, (os.getpid(), 2)).start()
    try:
        with interruptible():
            while True:
                if child := os.fork():
                    os.waitpid(child, 0)
                else:
                    os._exit(0)
    except KeyboardInterrupt:
        print("ended")
"""


def test_interrupt_during_a_fork_is_not_lost() -> None:
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    # Newer Pythons warn of any fork beside a thread, such as one that only waits to send a signal.
    command = [sys.executable, "-W", "ignore:This process:DeprecationWarning", "-c", heed + FORKS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("ended\n" * 5, "")


def test_interrupt_that_becomes_another_exception_still_interrupts() -> None:
    code = (
        "import os, signal; from cvtools.signals import interruptible\n"
        "try:\n"
        "    with interruptible():\n"
        "        try: os.kill(os.getpid(), signal.SIGTERM)\n"
        "        except BaseException as error: raise RuntimeError('wrapped') from error\n"
        "except KeyboardInterrupt as error:\n"
        "    print(error.status)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == f"{128 + signal.SIGTERM}\n"
