"""What a project's folder says of itself: its repository, its date, its place on the web."""

import datetime
import os
import re
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class ProjectPaths:
    """Where what is made of a project goes."""

    #: Its products.
    dist: Path
    #: What is needed to make them.
    build: Path

    @classmethod
    def of(cls, project: Path) -> "ProjectPaths":
        """Where a build puts it."""
        return cls(project / "dist", project / "build")

    @property
    def html(self) -> Path:
        return self.dist / "html"

    @property
    def latex(self) -> Path:
        return self.build / "latex"

    @property
    def doctrees(self) -> Path:
        return self.build / "doctrees"

    @property
    def state(self) -> Path:
        return self.build / "state.json"


def repository(folder: Path) -> str:
    """The web address of the repository: GITHUB_REPOSITORY's, else the git remote's; empty if none."""
    if name := os.environ.get("GITHUB_REPOSITORY"):
        return f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{name}"
    remote = _git(folder, "remote", "get-url", "origin").rstrip("/").removesuffix(".git")
    if match := re.fullmatch(r"[\w.-]+@([\w.-]+):/?(.+)", remote):
        return f"https://{match[1]}/{match[2]}"
    parts = urlsplit(remote)
    if parts.scheme not in {"https", "http", "ssh"}:
        return ""
    # Without the name and token that an address may carry, nor a port that is not the web's.
    host = parts.hostname if parts.scheme == "ssh" else parts.netloc.rpartition("@")[2]
    return f"https://{host}{parts.path}"


def path_in_repository(folder: Path) -> str:
    """Where a folder stands in its repository; empty for its top."""
    return _git(folder, "rev-parse", "--show-prefix").rstrip("/")


def source_date(folder: Path) -> datetime.datetime:
    """When the source is from: SOURCE_DATE_EPOCH, else its last commit, else its newest file. UTC."""
    written = os.environ.get("SOURCE_DATE_EPOCH") or _git(folder, "log", "-1", "--format=%ct")
    if not written.isdecimal():
        # A link might lead anywhere.
        states = [file.lstat() for file in [*folder.glob("conf.py"), *(folder / "docs").rglob("*")]]
        times = [state.st_mtime for state in states if stat.S_ISREG(state.st_mode)]
        written = str(int(max(times, default=time.time())))
    return datetime.datetime.fromtimestamp(int(written), datetime.UTC)


def site_url() -> str:
    """Where the book is published: CV_SITE_URL, which the publishing workflow sets; empty if unknown."""
    url = os.environ.get("CV_SITE_URL", "")
    return url.rstrip("/") + "/" if url else ""


def _git(folder: Path, *arguments: str) -> str:
    """What git says; empty where there is no git or no repository."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Where to write a file instead of at its own place, which it takes only when all went well."""
    temporary = path.with_name(f".{path.name}.new")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
