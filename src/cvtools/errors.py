"""Describe exceptions in one line, and write the details of unexpected ones to a log file."""

import errno
import os
import sys

from cvtools import limits
from cvtools.terminal import printable, shorten

ISSUES = "https://github.com/butla/cv/issues"

#: What is wrong with a file or a folder, with a remedy, by the system's error.
_REASONS = {
    errno.ENOENT: "there is no such file or folder: check its name",
    errno.EACCES: "you may not read or write this: change its permissions",
    errno.EROFS: "this disk cannot be written to: work in a folder on another one",
    errno.EEXIST: "move this away, since a folder has to be there",
    errno.EISDIR: "move this away, since a file has to be there",
    errno.ENOTDIR: "a folder of this path is a file: move that away",
}


class ProjectError(Exception):
    """A command cannot run, since its folder, an argument or a file is wrong."""


def describe(error: Exception) -> str:
    """Return a message in one line about the error that ended a command."""
    if isinstance(error, ProjectError):
        # It may quote a stranger's file.
        return shorten(str(error), limits.WARNING_LENGTH)
    if isinstance(error, MemoryError):
        return "there is too little memory: end other programs and try again"
    if isinstance(error, RecursionError):
        return "something is nested too deeply, such as folders in docs/: use fewer levels"
    if isinstance(error, OSError):
        if error.errno == errno.ENOSPC:
            return "the disk is full: make room and try again"
        if error.filename is not None:
            # Of two files, the second was to be replaced by the first.
            name = error.filename if error.filename2 is None else error.filename2
            return f"{os.fsdecode(name)}: {_REASONS.get(error.errno or 0, error.strerror)}"
    return _describe_unexpected(error)


def fault_of_file(error: OSError | ValueError) -> str:
    """Return what is wrong with a file that a user named, with a remedy if there is one."""
    reasons = {**_REASONS, errno.EISDIR: "this is a folder: name a file"}
    return reasons.get(getattr(error, "errno", 0)) or getattr(error, "strerror", None) or str(error)


def reason_of(error: BaseException) -> str:
    """Return the type and the message of an error in one line, without its notes."""
    import traceback

    lines = traceback.format_exception_only(error)
    return " ".join(lines[-1 - len(getattr(error, "__notes__", ()))].split())


def _describe_unexpected(error: Exception) -> str:
    import traceback
    from importlib.metadata import version
    from platform import platform
    from tempfile import NamedTemporaryFile

    packages = (f"{package} {version(package)}" for package in ("sphinx", "myst-parser", "docutils"))
    # No module may import the package itself, which imports all of them.
    ours = f"cvtools {sys.modules['cvtools'].__version__}"
    versions = ", ".join([ours, *packages, f"Python {sys.version}", platform()])
    # An error of another process has its traceback as text.
    details = [versions, *sys.argv, *traceback.format_exception(error), getattr(error, "traceback", "")]
    # Notes name the options of conf.py that may have caused the error.
    notes, reason = " ".join(getattr(error, "__notes__", ())), reason_of(error)[:200]
    line = f"{notes} ({reason}); otherwise" if notes else f"internal error ({reason});"
    line += f" please report it at {ISSUES}"
    try:
        with NamedTemporaryFile("w", prefix="cvtools-", suffix=".log", delete=False, errors="backslashreplace") as file:
            file.write(printable("\n".join(details)))
    except OSError:
        return line
    return f"{line} and attach {file.name}"
