"""Publish the products of a build: copy them into the project's ``dist/``, and remove those of earlier builds."""

import contextlib
import os
import shutil
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from cvtools.build.state import load, size_and_time, store
from cvtools.project import ProjectPaths, atomic_write, digest, temporary_path


def publish(project: Path, products: Mapping[str, Path]) -> list[str]:
    """Copy products into the existing folder ``dist/``; remove all else that earlier builds published.

    :param products: the paths of the products by their names in ``dist/``
    :returns: products of earlier builds that stay, since they were changed after they were published
    """
    dist, (_, before) = project / "dist", _published(project)
    sources = {name: path.stat() for name, path in products.items()}
    copies = _stats(dist, sources)
    changed = [name for name in sources if name not in copies or not _is_copy(copies[name], sources[name])]
    _remove_temporary(dist, before)
    # If this process is killed, the next build knows which files it may remove.
    _store(project, before | dict.fromkeys(changed, ""), "")
    for name in changed:
        (dist / name).parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(dist / name) as temporary:
            # With its time, by which the next build sees that it is the same.
            shutil.copy2(products[name], temporary)
    stale = {name: state for name, state in before.items() if name not in products}
    _remove_unchanged(dist, stale)
    left = _states(dist, stale)
    _store(project, _states(dist, sources) | {name: stale[name] for name in left}, _build_of(project))
    return sorted(left)


def _remove_temporary(dist: Path, published: Mapping[str, str]) -> None:
    """Remove the file that a build was copying when it was killed."""
    for name, state in published.items():
        if not state:
            with contextlib.suppress(OSError):
                temporary_path(dist / name).unlink()


def _remove_unchanged(dist: Path, stale: Mapping[str, str]) -> None:
    """Remove products that have the size that they were published with, or that were yet to be copied."""
    for name, state in _states(dist, stale).items():
        # Times differ in a copy of a project.
        if stale[name].partition(" ")[0] in {state.partition(" ")[0], ""}:
            (dist / name).unlink()
            # Folders of which nothing is left go, too.
            with contextlib.suppress(OSError):
                for parent in (dist / name).relative_to(dist).parents[:-1]:
                    (dist / parent).rmdir()


def is_intact(project: Path) -> bool:
    """Return whether ``dist/`` has all that the build in the folder ``build`` published, as it was published.

    A build that is killed may not have published what it made, and either folder may be a copy of an older one.
    """
    build, published = _published(project)
    return build == _build_of(project) and bool(published) and _states(project / "dist", published) == published


def _build_of(project: Path) -> str:
    """Return the digest of the state of the last build; empty if there is none."""
    return digest(ProjectPaths(project / "build").state)


def _record(project: Path) -> Path:
    """Return the path of the record of products, which is beside them, so that it is not lost with ``build/``."""
    return project / "dist/.cvtools.json"


def _store(project: Path, products: Mapping[str, str], build: str) -> None:
    """Record what is published, and by which build; see :func:`_published`."""
    store({"build": build, "products": products}, _record(project))


def _published(project: Path) -> tuple[str, dict[str, str]]:
    """Return the build that published, see :func:`_build_of`, with size and time of each product by its name.

    The build is empty if it did not end, and size and time if a product was yet to be copied.
    """
    try:
        record = load(_record(project))
        return record["build"], {**record["products"]}
    except (OSError, ValueError, LookupError, TypeError):
        return "", {}


def _is_copy(copy: os.stat_result, product: os.stat_result) -> bool:
    """Return whether a file in ``dist/`` was copied from a product as it is."""
    # Sphinx gives what it copies the time of the original; that of the inode cannot be set.
    is_later = copy.st_ctime_ns >= product.st_ctime_ns
    return is_later and size_and_time(copy) == size_and_time(product)


def _states(dist: Path, names: Iterable[str]) -> dict[str, str]:
    """Return size and time of each file that exists, by its name in ``dist/``."""
    return {name: size_and_time(state) for name, state in _stats(dist, names).items()}


def _stats(dist: Path, names: Iterable[str]) -> dict[str, os.stat_result]:
    found = {}
    for name in names:
        # Twice as fast as with Path, of a few hundred files.
        with contextlib.suppress(OSError):
            state = os.stat(f"{dist}{os.sep}{name}")  # noqa: PTH116
            if stat.S_ISREG(state.st_mode):
                found[name] = state
    return found
