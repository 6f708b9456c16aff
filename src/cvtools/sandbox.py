"""Run a command in a sandbox: Landlock limits the files that it can open, resource limits its time and memory.

Landlock needs no root, no namespace and no helper program (https://docs.kernel.org/userspace-api/landlock.html). It
restricts the calling thread and what that thread starts, so a short-lived thread starts each command.
"""

import ctypes
import errno
import os
import platform
import resource
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

# System calls, with the same number on every architecture that Python supports (asm-generic/unistd.h)
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
# linux/landlock.h
_GET_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_FILE, _MAKE_DIR, _MAKE_FILE, _TRUNCATE = 1 << 5, 1 << 7, 1 << 8, 1 << 14
#: The rights to files that exist from each version on: 2 added moving between folders, 3 truncating, 5 ioctl.
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
#: Binding and connecting TCP sockets, from version 4 on; abstract sockets and signals to other processes, from 6 on.
_TCP, _SCOPES = 0b11, 0b11
# linux/prctl.h
_SET_NO_NEW_PRIVS, _SET_SECCOMP, _SECCOMP_FILTER = 38, 22, 2
#: By architecture: its number in a filter of system calls (linux/audit.h), and the number of its call ``socket``.
_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
#: A call that can open sockets, too; its number is the same on every architecture.
_IO_URING_SETUP = 425

LIST = _READ_DIR
READ = _READ_FILE | _READ_DIR
WRITE = READ | _WRITE_FILE | _TRUNCATE | _REMOVE_FILE | _MAKE_DIR | _MAKE_FILE
RUN = READ | _EXECUTE
#: The rights that apply to a file rather than a folder.
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE

#: Files that any program needs: libraries, installed data, time zones, /dev/null.
_SYSTEM = {
    **dict.fromkeys(["/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib"], READ),
    **dict.fromkeys(["/usr/share", "/etc/ld.so.cache", "/etc/localtime", "/dev/urandom"], READ),
    "/dev/null": WRITE,
}

Limits = Mapping[int, int]
Rights = Mapping[str, int]


def missing() -> str:
    """Return a message if commands run without a sandbox, else ""."""
    lacking = "this system lacks Landlock (Linux 5.13 or later)"
    return "" if _version() else f"TeX and the readers of PDFs run without a sandbox: {lacking}"


def start(command: Sequence[str], rights: Rights, limits: Limits, **options: Any) -> "subprocess.Popen[bytes]":
    """Start a command that can access only the given files and folders: no network, no other processes.

    Without Landlock, only the resource limits apply, see :func:`missing`.

    :param rights: :data:`LIST`, :data:`READ`, :data:`WRITE` or :data:`RUN`, by path; those of a folder apply to all
        files below it; a path that does not exist is skipped
    :param limits: values by ``resource.RLIMIT_*``
    :param options: for :class:`subprocess.Popen`
    :raises OSError: it cannot be started
    """
    with ThreadPoolExecutor(1) as thread:
        process = thread.submit(_start, command, rights, options).result()
    limit(process, limits)
    return process


def limit(process: "subprocess.Popen[bytes]", limits: Limits) -> None:
    """Set resource limits of a running process: values by ``resource.RLIMIT_*``."""
    if sys.platform == "linux":
        for name, wanted in limits.items():
            hard = resource.prlimit(process.pid, name)[1]
            most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            # Keep the hard limit of time: it cannot be raised again, and ends a process without SIGXCPU.
            resource.prlimit(process.pid, name, (most, hard if name == resource.RLIMIT_CPU else most))


def _start(command: Sequence[str], rights: Rights, options: dict[str, Any]) -> "subprocess.Popen[bytes]":
    if _version():
        loaders = [str(path) for folder in ("/lib", "/lib64") for path in Path(folder).glob("ld-*.so.*")]
        scripts = [_interpreter(path) for path, right in rights.items() if right & _EXECUTE]
        _restrict({**_SYSTEM, **dict.fromkeys([*loaders, *filter(None, scripts)], RUN), **rights})
    return subprocess.Popen(command, **options)


def _interpreter(program: str) -> str:
    """Return the interpreter of a script; empty for a binary."""
    with Path(program).open("rb") as opened:
        line = opened.readline(256)
    return line[2:].split()[0].decode() if line.startswith(b"#!") else ""


def _version() -> int:
    """Return the version of the kernel's Landlock, 0 if there is none."""
    if sys.platform != "linux":
        return 0
    try:
        return _call(_CREATE_RULESET, None, 0, _GET_VERSION)
    except OSError:
        return 0


def _restrict(rights: Rights) -> None:
    """Restrict the calling thread permanently."""
    version = _version()
    supported = max(bits for since, bits in _FILE_RIGHTS.items() if since <= version)
    handled = struct.pack("=QQQ", supported, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    ruleset = _call(_CREATE_RULESET, handled, len(handled), 0)
    try:
        for path, right in rights.items():
            _allow(ruleset, path, right & supported)
        _checked(_libc().prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        _call(_RESTRICT_SELF, ruleset, 0)
        _forbid_sockets()
    finally:
        os.close(ruleset)


def _forbid_sockets() -> None:
    """Forbid the calling thread to open sockets of any kind (seccomp), since Landlock restricts only TCP."""
    if not (machine := _MACHINES.get(platform.machine())):
        return
    architecture, socket = machine
    # Instructions of classic BPF (linux/filter.h): code, how many to skip if true, and if false, operand.
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    denied, allowed = 0x00050000 | errno.EACCES, 0x7FFF0000
    program = [
        (load, 0, 0, 4),
        (equal, 0, 4, architecture),
        (load, 0, 0, 0),
        # From this number on are the calls of another ABI (x32).
        (at_least, 2, 0, 0x40000000),
        (equal, 1, 0, socket),
        (equal, 0, 1, _IO_URING_SETUP),
        (answer, 0, 0, denied),
        (answer, 0, 0, allowed),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in program))
    _checked(_libc().prctl(_SET_SECCOMP, _SECCOMP_FILTER, struct.pack("@HP", len(program), ctypes.addressof(code))))


def _allow(ruleset: int, path: str, right: int) -> None:
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rule = struct.pack("=Qi", right if Path(path).is_dir() else right & _OF_FILES, target)
        _call(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(target)


def _call(*arguments: Any) -> int:
    """Make a system call; raise OSError if it fails."""
    return _checked(_libc().syscall(*(ctypes.c_long(part) if isinstance(part, int) else part for part in arguments)))


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


@cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc
