"""The state of a build (inputs, products, problems), kept so that the next one makes only what changed."""

import contextlib
import hashlib
import json
import os
import re
import stat
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from cvtools import limits
from cvtools.problems import Problem
from cvtools.project import (
    FILES,
    UNREAD,
    ProjectPaths,
    digest,
    path_in_repository,
    repository,
    site_url,
    walk,
    write_atomically,
)

_PACKAGE = Path(__file__).parents[1]
#: The folders that a stranger may write to.
_CONTENT = ("docs/", "locales/")


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

    #: See :func:`fingerprint_of`.
    fingerprint: str = ""
    #: Files outside the project that were read, each with the digest of its content.
    external_files: dict[str, str] = field(default_factory=dict)
    #: The files in ``dist`` that this build or an earlier one made, each with its size and time of modification.
    products: dict[str, str] = field(default_factory=dict)
    #: The problems of the project, including those of pages that this build did not read.
    problems: list[Problem] = field(default_factory=list)
    #: The fingerprint of the last build that made PDFs, see :func:`without_options`.
    pdf_fingerprint: str = ""
    #: What the documents beside the PDF were made from: the time when the root page was read, and digests of what it
    #: repeats of other pages.
    document_inputs: str = ""
    #: Whether all requested products were made.
    complete: bool = False

    @property
    def has_warnings(self) -> bool:
        """Return whether a strict build would fail."""
        return any(problem.level != "note" for problem in self.problems)

    @classmethod
    def read(cls, path: Path) -> "BuildState | None":
        """Return the state of the last build; None if there is none, or if it is damaged."""
        try:
            state = _load(path)
            return cls(**state | {"problems": [Problem.of(problem) for problem in state["problems"]]})
        except (OSError, ValueError, TypeError, LookupError):
            return None

    @classmethod
    def last(cls, paths: ProjectPaths) -> "BuildState":
        """Return the state of the last build of an edition; if it is lost, only the products that ``dist/`` lists."""
        made = recorded(paths)
        state = cls.read(paths.state) or cls(products=made.get(paths.folder, {}))
        # The file of the state is that of the edition if there is one, and that of all if there are several.
        others = _merged({folder: products for folder, products in made.items() if folder != paths.folder})
        return replace(state, products={name: made for name, made in state.products.items() if name not in others})

    def write(self, path: Path) -> None:
        """Write the state to a file."""
        _store(asdict(self), path)

    def same_toolchain(self, fingerprint: str) -> bool:
        """Return whether a fingerprint has the same versions of Python and packages; else nothing is reused."""
        return self.fingerprint.partition(":")[0] == fingerprint.partition(":")[0]

    def same_settings(self, fingerprint: str) -> bool:
        """Return whether a fingerprint differs from this one in pages and catalogs at most."""
        return self.fingerprint.rpartition(":")[0] == fingerprint.rpartition(":")[0]

    def is_current(self, project: Path, fingerprint: str) -> bool:
        """Return whether a new build, with this fingerprint of the project, would only repeat this one."""
        return (
            self.complete
            and self.fingerprint == fingerprint
            and self.external_files == contents(self.external_files)
            and _states(project, self.products) == self.products
        )

    def is_damaged(self, project: Path) -> bool:
        """Return whether a product was changed after it was made; a missing one is made again anyway."""
        return not _states(project, self.products).items() <= self.products.items()

    def record(self, project: Path, changed: Iterable[Path]) -> None:
        """Record the present state of products that were changed after they were made."""
        self.products |= _states(project, (str(path.relative_to(project)) for path in changed))

    def remove(self, project: Path, products: Collection[str]) -> None:
        """Remove products that have the size that they were made with, or that a build was about to make.

        Their times differ in a copy of a project.
        """
        for name, state in _states(project, products).items():
            if self.products[name].partition(" ")[0] in {state.partition(" ")[0], ""}:
                (project / name).unlink()
                # Folders of which nothing is left go, too.
                with contextlib.suppress(OSError):
                    for parent in Path(name).parents[:-2]:
                        (project / parent).rmdir()


def recorded(paths: ProjectPaths) -> dict[str, dict[str, str]]:
    """Return the products that ``dist/`` lists, by the folder of their edition; see :attr:`BuildState.products`."""
    try:
        return {folder: {**products} for folder, products in _load(paths.product_list).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def forget_moved(project: Path, paths: ProjectPaths, editions: Collection[ProjectPaths]) -> None:
    """Remove all products and states if an edition has the folder or a file that was another's.

    If editions exchange folders or names, one would remove at its old place what another one writes there.
    """
    before = recorded(paths)
    owners = {str(each.file(name).relative_to(project)): each.folder for each in editions for name in FILES}
    has_other_file = any(owners.get(name, folder) != folder for folder, made in before.items() for name in made)
    if has_other_file or any(_is_elsewhere(each, before) for each in editions):
        BuildState(products=_merged(before)).remove(project, _merged(before))
        _store(_existing(project, before), paths.product_list)
        for each in editions:
            each.state.unlink(missing_ok=True)


def _is_elsewhere(edition: ProjectPaths, products: Mapping[str, Mapping[str, str]]) -> bool:
    """Return whether all that an edition has made is recorded for the folders of others."""
    state = BuildState.read(edition.state)
    known = _merged(products).keys() & (state.products.keys() if state else set())
    return bool(known) and not known & products.get(edition.folder, {}).keys()


def record_products(
    project: Path, paths: ProjectPaths, products: Mapping[str, Mapping[str, str]], *, complete: bool
) -> list[str]:
    """Record products in ``dist/``; if the build made all, remove others that an earlier build recorded.

    :returns: the others that stay, since they were changed after they were made
    """
    before = recorded(paths)
    if complete:
        BuildState(products=_merged(before)).remove(project, _merged(before).keys() - _merged(products).keys())
        before = _existing(project, before)
    folders = before.keys() | products.keys()
    _store({folder: {**before.get(folder, {}), **products.get(folder, {})} for folder in folders}, paths.product_list)
    return sorted(_merged(before).keys() - _merged(products).keys()) if complete else []


def unrecorded(project: Path, paths: ProjectPaths) -> list[str]:
    """Return pages and documents in ``dist/`` that no build has recorded: a user's, or those of a killed build."""
    own = _merged(recorded(paths))
    files = (str((parent / name).relative_to(project)) for parent, names in walk(paths.dist) for name in names)
    return [name for name in files if name.endswith((".docx", ".html", ".md", ".pdf")) and name not in own]


def _existing(project: Path, products: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {folder: {name: made[name] for name in _states(project, made)} for folder, made in products.items()}


def _merged(products: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {name: state for made in products.values() for name, state in made.items()}


class Products:
    """The files of an edition in ``dist`` that this build or an earlier one made, and may therefore remove."""

    def __init__(self, project: Path, paths: ProjectPaths, last: BuildState) -> None:
        self.project, self.paths = project, paths
        # Remove the files of a name that conf.py no longer gives, and their copies in the book.
        beside = {Path(name).name for name in last.products if Path(name).parent.name == paths.dist.name}
        former = beside - {paths.file(name).name for name in FILES}
        last.remove(project, [name for name in last.products if Path(name).name in former])
        self.before = self._current_states()
        self.owned = self.before.keys() & last.products.keys()

    def keep(self, paths: Iterable[Path]) -> None:
        """Add files that this build made, or found up to date."""
        self.owned |= {self._name(path) for path in paths}

    def remove(self, paths: Iterable[Path]) -> None:
        """Remove files that are no longer made; keep those that no build made."""
        for path in paths:
            if self._name(path) in self.owned:
                path.unlink(missing_ok=True)

    def planned(self) -> dict[str, str]:
        """Return the products with their states, which are empty for those that are yet to be made."""
        return dict.fromkeys(sorted(self.owned), "") | self.states()

    def states(self) -> dict[str, str]:
        """Return the products, and all files that changed during this build, see :attr:`BuildState.products`."""
        now = self._current_states()
        return {name: state for name, state in now.items() if name in self.owned or self.before.get(name) != state}

    def _current_states(self) -> dict[str, str]:
        return _states(self.project, map(self._name, self.paths.files()))

    def _name(self, path: Path) -> str:
        return str(path).removeprefix(f"{self.project}{os.sep}")


def fingerprint_of(project: Path, *options: object) -> str:
    """Return fingerprints of the toolchain, of options, of the settings and of the pages, separated by colons.

    Each is a SHA-256 over contents; times and the path of the project do not count. All files of the project but pages
    and catalogs are settings, since ``conf.py`` may read any, and so are the environment variables that it names.

    :param options: other values that the products depend on
    """
    conf = (project / "conf.py").read_text("utf-8", errors="replace")
    named = {name: os.environ[name] for name in sorted(set(re.findall(r"\w+", conf)) & os.environ.keys())}
    values = [repository(project), path_in_repository(project), site_url(), named]
    files = dict(_files(project, UNREAD))
    # Sphinx notices new values of conf.py, but not new code: that counts as a change of the tools.
    code = [(name, files.pop(name)) for name in [*files] if name.endswith(".py")]
    tools = [sys.version, *_packages(), *_files(_PACKAGE), *code]
    pages = {name: files.pop(name) for name in [*files] if name.startswith(_CONTENT) and name.endswith((".md", ".po"))}
    return ":".join(_digest(repr(part)) for part in (tools, options, [values, files], pages))


def without_options(fingerprint: str) -> str:
    """Return a fingerprint of all but options, which is the same for all kinds of products."""
    tools, _, *rest = fingerprint.split(":")
    return ":".join([tools, *rest])


def _files(folder: Path, unread: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield each file's path in a folder and its digest; size and time for a file that exceeds the limits of files."""
    rest = limits.FILES_SIZE
    for parent, names in walk(folder, unread):
        for name in names:
            path = parent / name
            inside = str(path).removeprefix(f"{folder}{os.sep}")
            yield inside, _content(path, min(limits.FILE_SIZE, rest), follow=not inside.startswith(_CONTENT))
            with contextlib.suppress(OSError):
                rest -= path.lstat().st_size


def contents(paths: Iterable[str]) -> dict[str, str]:
    """Return the digest of each file, by its path; empty if it cannot be read."""
    return {path: _content(Path(path)) for path in paths}


def _load(path: Path) -> Any:
    """Return the content of a file that :func:`_store` wrote; raise OSError or ValueError if it cannot be read."""
    checksum, _, text = path.read_text("utf-8").partition("\n")
    if checksum != _digest(text):
        raise ValueError(path)
    return json.loads(text)


def _store(value: object, path: Path) -> None:
    text = json.dumps(value)
    write_atomically(path, f"{_digest(text)}\n{text}")


def _states(project: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the state of each file that exists, by its path in the project, see :attr:`BuildState.products`."""
    found = {}
    for name in names:
        # Twice as fast as with Path, of a few hundred files.
        with contextlib.suppress(OSError):
            state = os.stat(f"{project}{os.sep}{name}")  # noqa: PTH116
            if stat.S_ISREG(state.st_mode):
                found[name] = _size_and_time(state)
    return found


def external_modules(project: Path) -> set[str]:
    """Return the files of imported modules that belong neither to the project nor to an installed package."""
    known = (f"{project}{os.sep}", f"{_PACKAGE}{os.sep}", sys.prefix, sys.base_prefix)
    files = {str(getattr(module, "__file__", None) or "") for module in [*sys.modules.values()]}
    return {file for file in files if file.endswith(".py") and not file.startswith(known)}


def _packages() -> Iterator[str]:
    """Yield the names of the metadata folders of installed packages, which contain the versions."""
    for path in sys.path:
        if path.endswith("-packages") and Path(path).is_dir():
            yield from sorted(name for name in os.listdir(path) if name.endswith("-info"))  # noqa: PTH208 - twice as fast


def _content(path: Path, limit: int = limits.FILE_SIZE, *, follow: bool = True) -> str:
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
    return digest(path) if state.st_size <= limit else _size_and_time(state)


def _size_and_time(state: os.stat_result) -> str:
    return f"{state.st_size} {state.st_mtime_ns}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
