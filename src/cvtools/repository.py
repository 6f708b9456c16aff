"""Ask git for a project's repository, and for the date of its last change."""

import datetime
import os
import re
import stat
import subprocess
import time
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit


def repository(folder: Path) -> str:
    """Return the web address of the repository, from GITHUB_REPOSITORY or else the git remote; empty if none."""
    if name := os.environ.get("GITHUB_REPOSITORY"):
        return f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{name}"
    remote = _git(folder, "remote", "get-url", "origin").rstrip("/").removesuffix(".git")
    if match := re.fullmatch(r"[\w.-]+@([\w.-]+):/?(.+)", remote):
        return f"https://{match[1]}/{match[2]}"
    parts = urlsplit(remote)
    if parts.scheme not in {"https", "http", "ssh"}:
        return ""
    # Leave out user name and token, and the port of an SSH address, which is not that of the website.
    host = parts.hostname if parts.scheme == "ssh" else parts.netloc.rpartition("@")[2]
    return f"https://{host}{parts.path}"


def default_branch(folder: Path) -> str:
    """Return the default branch of the repository's remote, as git or GitHub's workflow knows it; else "main"."""
    head = _git(folder, "symbolic-ref", "--short", "refs/remotes/origin/HEAD").removeprefix("origin/")
    published = os.environ.get("GITHUB_REF_NAME") if os.environ.get("GITHUB_EVENT_NAME") == "push" else ""
    return head or published or "main"


def path_in_repository(folder: Path) -> str:
    """Return the path of a folder in its repository; empty for its top."""
    return _git(folder, "rev-parse", "--show-prefix").rstrip("/")


def last_change(folder: Path) -> datetime.datetime | None:
    """Return when the source was changed last, in UTC: SOURCE_DATE_EPOCH, else the last commit; None without these."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH") or _git(folder, "log", "-1", "--format=%ct")
    return datetime.datetime.fromtimestamp(int(seconds), datetime.UTC) if seconds.isdecimal() else None


def source_date(folder: Path) -> datetime.datetime:
    """Return the date of the source, in UTC: that of its last change, else of the newest file."""
    return last_change(folder) or _date_of_files(folder)


@cache
def _date_of_files(folder: Path) -> datetime.datetime:
    """Return when the newest of a project's pages and its ``conf.py`` was changed, else the present time, in UTC."""
    # A link may lead to any file.
    states = [file.lstat() for file in [*folder.glob("conf.py"), *(folder / "docs").rglob("*")]]
    times = [state.st_mtime for state in states if stat.S_ISREG(state.st_mode)]
    return datetime.datetime.fromtimestamp(int(max(times, default=time.time())), datetime.UTC)


def forget_repository() -> None:
    """Forget the cached output of git, and dates of files, which the several applications of one build share."""
    _git.cache_clear()
    _date_of_files.cache_clear()


@cache
def _git(folder: Path, *arguments: str) -> str:
    """Return the output of a git command; empty without git or a repository."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, check=False, encoding="utf-8", errors="replace"
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
