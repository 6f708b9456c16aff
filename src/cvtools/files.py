"""Read, write, compare and lock files, so that no reader sees half of one, and no stranger's file is trusted."""

import fcntl
import hashlib
import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from cvtools import limits
from cvtools.terminal import say

_T = TypeVar("_T")


#: Exceptions for a record that is missing or damaged.
UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, MemoryError)


def read_json(path: Path) -> Any:
    """Return the content of a JSON file that a build wrote; raise one of :data:`UNREADABLE` for any other file."""
    state = path.stat()
    # The files beside a PDF may be of strangers, like the PDF.
    if not stat.S_ISREG(state.st_mode) or state.st_size > limits.RECORD:
        raise ValueError(path)
    return json.loads(path.read_text("utf-8"))


def write_json(path: Path, value: object) -> None:
    """Write a value to a file, which :func:`read_json` reads."""
    write_atomically(path, json.dumps(value))


def typed(made: _T, like: _T) -> _T:
    """Return an object read from JSON if its fields have the types of those of `like`; else raise TypeError."""
    if [*map(type, vars(made).values())] != [*map(type, vars(like).values())]:
        raise TypeError(made)
    return made


def digest(path: Path) -> str:
    """Return the SHA-256 of a file; empty if it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


@contextmanager
def locked(work: Path, holder: str) -> Iterator[None]:
    """Hold the lock that lets only one process write to a folder; wait while `holder`, another process, has it.

    Processes that are forked meanwhile hold it, too, since they go on if this one is killed.
    """
    work.mkdir(parents=True, exist_ok=True)
    # No edition, whose folder may be here, can have such a name.
    with (work / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"cvtools: {holder} is under way: waiting for its end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write_atomically(path: Path, content: bytes | str) -> None:
    """Replace a file as a whole, so that nobody reads a part of it, and no error leaves one."""
    with replacing(path) as temporary:
        temporary.write_bytes(content if isinstance(content, bytes) else content.encode())


def temporary_path(path: Path) -> Path:
    """Return the path of the file that will replace another one; a process that is killed leaves it behind."""
    return path.with_name(f".{path.name}.new")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path that replaces `path` when the block succeeds."""
    temporary = temporary_path(path)
    # Where others may write to the folder, a link of this name may be theirs, and lead anywhere.
    temporary.unlink(missing_ok=True)
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
