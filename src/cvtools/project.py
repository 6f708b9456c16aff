"""Find a project's paths, repository, date and site, and read, lock and replace the files of its builds."""

import datetime
import fcntl
import hashlib
import json
import os
import re
import stat
import subprocess
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from cvtools import limits
from cvtools.errors import ProjectError
from cvtools.terminal import say

_T = TypeVar("_T")
#: Folders at the top of a project that no build reads.
UNREAD = frozenset({"dist", "build", "node_modules"})
#: Folders of pages and catalogs at the top of a project.
CONTENT = ("docs", "locales")
#: The folder of letters, among the pages and among the products.
LETTERS = "letters"


def suffix_of(folder: str) -> str:
    """Return the suffix of the file names of an edition, such as "-short-pl" for the folder "short/pl"."""
    return f"-{folder.replace('/', '-')}" if folder else ""


def renamed(name: str, cv: str, suffix: str) -> str:
    """Return an edition's name of one of :data:`FILES`.

    :param cv: the name of the CV's files, without ending
    :param suffix: the suffix of all other files' names, see :func:`suffix_of`
    """
    stem, ending = name.split(".")
    return f"{cv if stem == 'cv' else stem + suffix}.{ending}"


def latex_of(pdf: Path) -> Path:
    """Return the path of the LaTeX for a PDF in a project's ``dist``; there need not be such a file."""
    dist, inner = pdf.resolve().parent, "latex"
    if dist.name == LETTERS:
        dist, inner = dist.parent, f"{LETTERS}/latex"
    build = dist.parent / "build"
    # Not the folder of the preview, which shows drafts of other pages
    paths = [folder / inner / f"{pdf.stem}.tex" for folder in [build, *build.glob("[!_]*")]]
    # Builds of the past may have had other editions, and thus other folders.
    return max(filter(Path.exists, paths), key=lambda path: path.stat().st_mtime, default=paths[0])


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


#: The default names of the first edition's files beside the book.
FILES = ("cv.pdf", "talks.pdf", "cv.txt", "cv.md", "cv.docx", "resume.json")


@dataclass(frozen=True)
class ProjectPaths:
    """The folders and files that a build of one edition writes, before its products are published in ``dist/``."""

    #: The folder that contains all others; later builds reuse it.
    build: Path
    #: The folder of the edition's pages in the published book; empty for its top.
    folder: str = ""
    #: The name of the CV's files, without ending.
    cv: str = "cv"

    @property
    def dist(self) -> Path:
        return self.build / "dist"

    @property
    def html(self) -> Path:
        return self.dist / "html"

    def file(self, name: str) -> Path:
        """Return the path of a file beside the book, such as "cv.pdf"."""
        return self.dist / renamed(name, self.cv, suffix_of(self.folder))

    def products(self, offered: Iterable[str] = ()) -> dict[str, Path]:
        """Return the edition's products that exist, by their names in the project's ``dist``.

        :param offered: the files in ``dist`` that the book links to, and therefore has as well
        """
        pages = [Path(parent, name) for parent, _, names in os.walk(self.html) for name in names]
        letters = () if self.folder else self.letters.dist.glob("*.pdf")
        beside = {self.published_name(path): path for path in (*map(self.file, FILES), *letters)}
        copies = {str(Path("html", self.folder, name)): beside[name] for name in offered if name in beside}
        products = {self.published_name(page): page for page in pages} | beside | copies
        # Sphinx's record of the configuration, and what a build that was killed left at a temporary_path()
        others = (".buildinfo*", ".*.new")
        return {name: path for name, path in products.items() if path.is_file() and not any(map(path.match, others))}

    def published_name(self, product: Path) -> str:
        """Return the name of a product, or of the folder of the book, in the project's ``dist``."""
        if product.is_relative_to(self.html):
            return str(Path("html", self.folder, product.relative_to(self.html)))
        return f"{LETTERS}/{product.name}" if product.parent == self.letters.dist else product.name

    @property
    def letters(self) -> "ProjectPaths":
        """Return the paths of the letters, which the first edition makes."""
        return ProjectPaths(self.build / LETTERS)

    @property
    def latex(self) -> Path:
        return self.build / "latex"

    @property
    def doctrees(self) -> Path:
        return self.build / "doctrees"

    @property
    def state(self) -> Path:
        return self.build / "state.json"


def require_project(project: Path) -> None:
    """Refuse a folder that lacks ``conf.py`` or ``docs/`` or has too many files, and an invalid SOURCE_DATE_EPOCH."""
    remedy = "name a folder with conf.py and docs/, or make one by cvtools new or cvtools import"
    if not project.is_dir():
        raise ProjectError(f"{project} is no folder: {remedy}")
    for needed, is_there in (("conf.py", Path.is_file), ("docs", Path.is_dir)):
        if not is_there(project / needed):
            raise ProjectError(f"{project} has no {needed}: {remedy}")
    count = 0
    for folder in CONTENT:
        for parent, folders, files in os.walk(project / folder):
            count += len(folders) + len(files)
            if count > limits.FILES:
                rule = f"docs and locales have more than {limits.FILES} files: move others elsewhere"
                raise ProjectError(f"{project}: {rule}")
            # The system opens a file by way of each folder in its path.
            if parent.count(os.sep) - str(project).count(os.sep) > limits.FOLDERS:
                raise ProjectError(f"{parent} is in more than {limits.FOLDERS} folders: move it up")
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "0")
    try:
        datetime.datetime.fromtimestamp(int(epoch), datetime.UTC)
    except (ValueError, OverflowError, OSError):
        raise ProjectError(f"SOURCE_DATE_EPOCH is {epoch!r}: write seconds since 1970, or unset it") from None


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
    if date := last_change(folder):
        return date
    # A link may lead to any file.
    states = [file.lstat() for file in [*folder.glob("conf.py"), *(folder / "docs").rglob("*")]]
    times = [state.st_mtime for state in states if stat.S_ISREG(state.st_mode)]
    return datetime.datetime.fromtimestamp(int(max(times, default=time.time())), datetime.UTC)


def site_title(name: str, language: str) -> str:
    """Return the title of the site of a person's CV."""
    return f"{name}’s CV" if name and language.startswith("en") else name or "CV"


def site_url() -> str:
    """Return the address of the published book: CV_SITE_URL, which the publishing workflow sets; empty if unknown."""
    url = os.environ.get("CV_SITE_URL", "")
    return url.rstrip("/") + "/" if url else ""


def forget_repository() -> None:
    """Forget the cached output of git, which the several applications of one build share."""
    _git.cache_clear()


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


def walk(top: Path, unread: Collection[str] = ()) -> Iterator[tuple[Path, list[str]]]:
    """Yield each folder with its files' names, in order, without hidden and unread folders, caches and environments.

    Nothing among the pages and catalogs is left out, since a page may name a picture in any folder.
    """
    for parent, folders, names in os.walk(top):
        is_top = Path(parent) == top
        if is_top or Path(parent).relative_to(top).parts[0] not in CONTENT:
            if "pyvenv.cfg" in names and not is_top:
                folders.clear()
                continue
            skipped = {"__pycache__", *(unread if is_top else ())}
            folders[:] = [name for name in folders if name not in skipped and not name.startswith(".")]
        folders.sort()
        yield Path(parent), sorted(names)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file; empty if it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


@contextmanager
def locked(work: Path, other: str) -> Iterator[None]:
    """Hold the lock that lets only one process write to a folder; wait while another one holds it, and say so.

    Processes that are forked meanwhile hold it, too, since they go on if this one is killed.
    """
    work.mkdir(parents=True, exist_ok=True)
    # No edition, whose folder may be here, can have such a name.
    with (work / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"cvtools: {other} is under way: waiting for its end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write_atomically(path: Path, content: bytes | str) -> None:
    """Replace a file as a whole, so that nobody reads a part of it, and no error leaves one."""
    with atomic_write(path) as temporary:
        temporary.write_bytes(content if isinstance(content, bytes) else content.encode())


def temporary_path(path: Path) -> Path:
    """Return the path of the file that will replace another one; a process that is killed leaves it behind."""
    return path.with_name(f".{path.name}.new")


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary path that replaces `path` when the block succeeds."""
    temporary = temporary_path(path)
    # Where others may write to the folder, a link of this name may be theirs, and lead anywhere.
    temporary.unlink(missing_ok=True)
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
