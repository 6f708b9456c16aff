"""Keep the state of a build (inputs and problems), so that the next one makes only what changed."""

import contextlib
import hashlib
import os
import re
import stat
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cvtools import limits
from cvtools.files import UNREADABLE, digest, read_json, typed, write_json
from cvtools.problems import Problem
from cvtools.project import CONTENT, UNREAD, site_url, walk
from cvtools.repository import path_in_repository, repository

_PACKAGE = Path(__file__).parents[1]
#: The beginnings of paths in the folders that contributors may change, in which no symbolic link is followed.
_CONTENT = tuple(f"{folder}/" for folder in CONTENT)


@dataclass(frozen=True)
class Options:
    """Options of a build, as on the command line."""

    html: bool = True
    pdf: bool = True
    #: Make PDFs without tags and data, and do not check them.
    draft: bool = False
    #: Fail if there is a warning.
    strict: bool = False
    #: How many processes read and write.
    jobs: int = 1


@dataclass
class BuildState:
    """The state of a build, kept as JSON in the project's folder ``build``."""

    #: See :func:`fingerprint_of`; empty if the build did not end, so that it may not publish, and nothing is reused.
    fingerprint: dict[str, str] = field(default_factory=dict)
    #: Files outside the project that were read, each with the digest of its content.
    external_files: dict[str, str] = field(default_factory=dict)
    #: The problems of the project, including those of pages that this build did not read.
    problems: list[Problem] = field(default_factory=list)
    #: What other formats, such as ``cv.docx``, were made from: the time when the root page was read, and digests of
    #: what it repeats of other pages.
    format_inputs: str = ""
    #: The products that the website links to and has copies of, by their names in ``dist``.
    offered: list[str] = field(default_factory=list)
    #: Whether all requested products were made.
    complete: bool = False

    @classmethod
    def read(cls, path: Path) -> "BuildState | None":
        """Return the state of the last build; None if there is none, or if it is damaged."""
        with contextlib.suppress(*UNREADABLE):
            state = read_json(path)
            return typed(cls(**state | {"problems": [Problem.of(problem) for problem in state["problems"]]}), cls())
        return None

    def write(self, path: Path) -> None:
        write_json(path, asdict(self))

    def has_same(self, fingerprint: Mapping[str, str], *parts: str) -> bool:
        """Return whether some parts of the fingerprint are the same in another one."""
        return all(self.fingerprint.get(part) == fingerprint[part] for part in parts)

    def is_current(self, fingerprint: Mapping[str, str]) -> bool:
        """Return whether a new build, with this fingerprint of the project, would make the same products."""
        is_same = self.complete and self.fingerprint == fingerprint
        return is_same and self.external_files == digests(self.external_files)


def fingerprint_of(project: Path, products: object = None, options: object = None) -> dict[str, str]:
    """Return fingerprints of "tools" (Python, packages and code), "products", "settings" and "pages" (and catalogs).

    Each is a SHA-256 over contents; times and the path of the project do not count. All other files of the project are
    settings, since ``conf.py`` may read any, and so are the environment variables that it names.

    :param products: which products are made
    :param options: other values that the products depend on, which are settings
    """
    conf = (project / "conf.py").read_text("utf-8", errors="replace")
    named = {name: os.environ[name] for name in sorted(set(re.findall(r"\w+", conf)) & os.environ.keys())}
    values = [options, repository(project), path_in_repository(project), site_url(), named]
    files = dict(_files(project, UNREAD))
    # Sphinx notices new values of conf.py, but not new code: that counts as a change of the tools.
    code = [(name, files.pop(name)) for name in [*files] if name.endswith(".py")]
    tools = [sys.version, *_packages(), *_files(_PACKAGE), *code]
    pages = {name: files.pop(name) for name in [*files] if name.startswith(_CONTENT) and name.endswith((".md", ".po"))}
    parts = {"tools": tools, "products": products, "settings": [values, files], "pages": pages}
    return {
        name: hashlib.sha256(repr(part).encode("utf-8", "surrogatepass")).hexdigest() for name, part in parts.items()
    }


def _files(folder: Path, unread: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield each file's path in a folder and its digest; size and time for a file that exceeds the limits of files."""
    rest = limits.FILES_SIZE
    for parent, names in walk(folder, unread):
        for name in names:
            path = parent / name
            inside = str(path).removeprefix(f"{folder}{os.sep}")
            yield inside, _digest_of(path, min(limits.FILE_SIZE, rest), follow=not inside.startswith(_CONTENT))
            with contextlib.suppress(OSError):
                rest -= path.lstat().st_size


def digests(paths: Iterable[str]) -> dict[str, str]:
    """Return the digest of each file, by its path; empty if it cannot be read."""
    return {path: _digest_of(Path(path)) for path in paths}


def external_modules(project: Path) -> set[str]:
    """Return the files of imported modules that belong neither to the project nor to an installed package."""
    roots = (f"{project}{os.sep}", f"{_PACKAGE}{os.sep}", sys.prefix, sys.base_prefix)
    files = {str(getattr(module, "__file__", None) or "") for module in [*sys.modules.values()]}
    return {file for file in files if file.endswith(".py") and not file.startswith(roots)}


def _packages() -> Iterator[str]:
    """Yield the names of the metadata folders of installed packages, which contain the versions."""
    for path in sys.path:
        if path.endswith("-packages") and Path(path).is_dir():
            yield from sorted(name for name in os.listdir(path) if name.endswith("-info"))  # noqa: PTH208 - twice as fast


def _digest_of(path: Path, limit: int = limits.FILE_SIZE, *, follow: bool = True) -> str:
    """Return the digest of a file, or size and time of a large one; empty for anything else.

    :param limit: the size up to which the file is read
    :param follow: whether a symbolic link counts by the content of its target; else by the path of its target
    """
    try:
        if not follow and path.is_symlink():
            return str(path.readlink())
        state = path.stat()
    except OSError:
        return ""
    # Do not read devices and pipes, which may never end, nor large files, which docs/ may not contain.
    if not stat.S_ISREG(state.st_mode):
        return ""
    return digest(path) if state.st_size <= limit else size_and_time(state)


def size_and_time(state: os.stat_result) -> str:
    """Return the size of a file and the time of its last change, as text."""
    return f"{state.st_size} {state.st_mtime_ns}"
