"""Attempts of a command in the sandbox, each with a control: without the sandbox, the same command succeeds."""

import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from cvtools import sandbox

REACHES: Mapping[str, str] = {
    "a file outside": "open('{tmp}/outside/secret').read()",
    "the names in a folder outside": "os.listdir('{tmp}/outside')",
    "its host's name": "open('/etc/hostname').read()",
    "the users": "open('/etc/passwd').read()",
    "its own environment": "open('/proc/self/environ').read()",
    "a new file beside its folder": "open('{tmp}/new', 'w')",
    "a file beside its folder": "open('{tmp}/outside/secret', 'a')",
    "a file that it may read": "open('{tmp}/read/file', 'a')",
    "the length of a file that it may read": "os.truncate('{tmp}/read/file', 0)",
    "a new folder": "os.mkdir('{tmp}/read/folder')",
    "a file that it may read, to remove it": "os.remove('{tmp}/read/file')",
    "another folder, for its own file": "os.rename('{tmp}/own/file', '{tmp}/outside/moved')",
    "a file outside by a link": "os.link('{tmp}/outside/secret', '{tmp}/own/link')",
    "a symbolic link": "os.symlink('{tmp}/outside/secret', '{tmp}/own/symlink')",
    "a pipe": "os.mkfifo('{tmp}/own/pipe')",
    "another program": "os.execv('/bin/echo', ['echo', 'reached'])",
    "a shell": "assert os.system('true') == 0",
    "a server": "socket.create_connection(('127.0.0.1', {port}))",
    "a port of its own": "socket.create_server(('127.0.0.1', 0))",
    "a server of datagrams": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {port}))",
    "a socket with a path": "socket.socket(socket.AF_UNIX).connect('{tmp}/outside/socket')",
    "an abstract socket": "socket.socket(socket.AF_UNIX).connect('\\0cvtools-{port}')",
    "the process that started it": "os.kill(os.getppid(), 0)",
}
#: Attempts that only later versions of Landlock forbid, with the version of Linux.
SINCE = {"the process that started it": (6, 12), "the length of a file that it may read": (6, 2)}

#: On GitHub, where Landlock is available, these tests fail instead of being skipped.
_MAY_LACK = bool(sandbox.missing()) and not os.environ.get("GITHUB_ACTIONS")
needs_landlock = pytest.mark.skipif(_MAY_LACK, reason=sandbox.missing() or "there is one")


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Path]:
    for name in ("outside/secret", "read/file", "own/file"):
        path = tmp_path / name
        path.parent.mkdir()
        path.write_text("words")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "outside/socket"))
        server.listen()
        yield tmp_path


@pytest.fixture
def port() -> Iterator[int]:
    """Yield the port of a server that also listens on an abstract socket."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as abstract:
        number: int = server.getsockname()[1]
        abstract.bind(f"\0cvtools-{number}")
        abstract.listen()
        yield number


def rights(folders: Path) -> dict[str, int]:
    return {
        sys.base_prefix: sandbox.READ,
        str(folders / "read"): sandbox.READ,
        str(folders / "own"): sandbox.WRITE,
        sys.executable: sandbox.RUN,
    }


def command(script: str) -> list[str]:
    return [sys.executable, "-S", "-c", f"import os, socket, time\n{script}"]


def start(script: str, folders: Path, limits: Mapping[int, int]) -> tuple[int, str]:
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    process = sandbox.start(command(script), rights(folders), limits, **pipes)
    said, _ = process.communicate(timeout=60)
    return process.returncode, said.decode()


@needs_landlock
@pytest.mark.parametrize("reach", REACHES)
def test_command_cannot_access_anything_else(reach: str, folders: Path, port: int) -> None:
    release = tuple(int(part) for part in os.uname().release.split(".")[:2])
    if release < SINCE.get(reach, (5, 13)):
        pytest.skip("this kernel cannot forbid it")
    script = f"{REACHES[reach].format(tmp=folders, port=port)}\nprint('reached')"
    status, said = start(script, folders, {})
    assert status != 0
    # From Python 3.13 on, a traceback quotes the script.
    assert "reached" not in said.splitlines()
    assert (folders / "outside/secret").read_text() == (folders / "read/file").read_text() == "words"
    control = subprocess.run(command(script), capture_output=True, text=True, check=True, timeout=60)
    assert "reached" in control.stdout.splitlines()


@needs_landlock
def test_command_can_use_its_rights(folders: Path) -> None:
    own, read = folders / "own", folders / "read"
    script = f"""
import socket
words = open({str(read / "file")!r}).read()
os.mkdir({str(own / "folder")!r})
with open({str(own / "folder" / "new")!r}, "w") as new: new.write(words)
os.rename({str(own / "folder" / "new")!r}, {str(own / "folder" / "newer")!r})
os.remove({str(own / "file")!r})
open("/dev/null", "w").write(words)
"""
    assert start(script, folders, {}) == (0, "")
    assert (own / "folder" / "newer").read_text() == "words"


@needs_landlock
def test_starting_process_is_not_restricted(folders: Path) -> None:
    start("", folders, {})
    (folders / "new").write_text((folders / "outside/secret").read_text())


def test_missing_path_is_skipped(folders: Path) -> None:
    process = sandbox.start(command(""), rights(folders) | {"/nonesuch": sandbox.READ}, {})
    assert process.wait(60) == 0


@pytest.mark.parametrize(
    ("script", "limit", "value", "status"),
    [
        ("x = bytearray(1 << 29)", resource.RLIMIT_AS, 1 << 28, 1),
        ("while True: pass", resource.RLIMIT_CPU, 1, -signal.SIGKILL),
        ("f = open('own/big', 'wb')\nwhile True: f.write(bytes(1 << 20))", resource.RLIMIT_FSIZE, 1 << 21, 1),
    ],
)
def test_resource_limits_end_a_command(
    folders: Path, monkeypatch: pytest.MonkeyPatch, script: str, limit: int, value: int, status: int
) -> None:
    monkeypatch.chdir(folders)
    ended, _ = start(f"import sys; sys.stdin.read(); time.sleep(.2)\n{script}", folders, {limit: value})
    assert ended in {status, -signal.SIGXCPU if limit == resource.RLIMIT_CPU else status}


def test_missing_landlock_is_reported_and_commands_run(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    lacking = "this system lacks Landlock (Linux 5.13 or later)"
    assert sandbox.missing() == f"TeX and the readers of PDFs run without a sandbox: {lacking}"
    assert start(f"open({str(folders / 'outside/secret')!r})", folders, {resource.RLIMIT_CPU: 5}) == (0, "")
