"""Publish the products of a build: copy them into the project's ``dist/``, and remove those of earlier builds."""

import contextlib
import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path

from cvtools.build.state import size_and_time
from cvtools.files import UNREADABLE, digest, read_json, replacing, temporary_path, write_json
from cvtools.project import ProjectPaths

#: The record of products, which is beside them, so that it is not lost with ``build/``.
_RECORD = "dist/.cvtools.json"


def publish(project: Path, products: Mapping[str, Path]) -> list[str]:
    """Copy products into the existing folder ``dist/``; remove all else that earlier builds published.

    :param products: the paths of the products by their names in ``dist/``
    :returns: products of earlier builds that stay, since they were changed after they were published
    """
    dist, before = project / "dist", _read_record(project)[1]
    changed = [name for name, product in products.items() if not _is_copy(dist / name, product)]
    # If this process is killed, the next build knows which files it may remove.
    write_json(project / _RECORD, {"build": "", "products": before | dict.fromkeys(changed, "")})
    for name in changed:
        (dist / name).parent.mkdir(parents=True, exist_ok=True)
        with replacing(dist / name) as temporary:
            # Copy the time as well, by which the next build recognises the copy.
            shutil.copy2(products[name], temporary)
    edited = {name: state for name, state in before.items() if name not in products and not _remove(dist, name, state)}
    states = {name: _size_and_time_of(dist / name) for name in products} | edited
    write_json(project / _RECORD, {"build": _digest_of_state(project), "products": states})
    return sorted(edited)


def _remove(dist: Path, name: str, published: str) -> bool:
    """Remove a product of an earlier build.

    :param published: its size and time; empty if a build was killed before it had copied it
    :returns: False if the product stays, since its size has changed since it was published
    """
    now = _size_and_time_of(dist / name)
    # Times differ in a copy of a project.
    if now and published and now.partition(" ")[0] != published.partition(" ")[0]:
        return False
    if now:
        (dist / name).unlink()
    with contextlib.suppress(OSError):
        if not published:
            temporary_path(dist / name).unlink(missing_ok=True)
        # Folders of which nothing is left go, too.
        for parent in Path(name).parents[:-1]:
            (dist / parent).rmdir()
    return True


def is_intact(project: Path) -> bool:
    """Return whether ``dist/`` has all that the build in the folder ``build`` published, as it was published.

    A build that is killed may not have published what it made, and either folder may be a copy of an older one.
    """
    build, published = _read_record(project)
    is_last = bool(published) and build == _digest_of_state(project)
    return is_last and all(_size_and_time_of(project / "dist" / name) == state for name, state in published.items())


def has_products(project: Path) -> bool:
    """Return whether a build has published anything in ``dist/``."""
    return bool(_read_record(project)[1])


def _digest_of_state(project: Path) -> str:
    """Return the digest of the state of the last build; empty if there is none."""
    return digest(ProjectPaths(project / "build").state)


def _read_record(project: Path) -> tuple[str, dict[str, str]]:
    """Return from the record the digest of the build's state, and the size and time of each product by its name.

    The digest is empty if the build was killed, and size and time are empty for a product that it had yet to copy.
    """
    with contextlib.suppress(*UNREADABLE):
        record = read_json(project / _RECORD)
        # A record that somebody changed must not lead to files outside of dist/.
        inside = (name for name in record["products"] if not name.startswith("/") and ".." not in Path(name).parts)
        return record["build"], {name: record["products"][name] for name in inside}
    return "", {}


def _is_copy(copy: Path, product: Path) -> bool:
    """Return whether a file in ``dist/`` is a copy of a product in its present state."""
    original = product.stat()
    # Sphinx gives a copied product the time of its source, but no program can set the time of the inode (ctime).
    return _size_and_time_of(copy) == size_and_time(original) and copy.stat().st_ctime_ns >= original.st_ctime_ns


def _size_and_time_of(path: Path) -> str:
    """Return size and time of a file in ``dist/``; empty if there is none."""
    with contextlib.suppress(OSError):
        # Twice as fast as Path.stat(), for a few hundred files
        state = os.stat(path)  # noqa: PTH116
        if stat.S_ISREG(state.st_mode):
            return size_and_time(state)
    return ""
