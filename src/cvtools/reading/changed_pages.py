"""Find the pages whose content has changed since Sphinx read them, whatever the times of their files."""

import hashlib
import stat
from collections.abc import Set
from functools import cache
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from cvtools.project import digest
from cvtools.reading.domain import CvDomain


def changed_pages(
    app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
) -> Set[str]:
    """Return the pages whose file, or a file that they read, has changed since Sphinx read it.

    Sphinx compares times, and these may go back when a file or its folder is moved, unpacked or exchanged. Where a page
    was removed, all are returned: any may link to it, and how a link is read depends on what it leads to.
    """
    if removed:
        return env.all_docs.keys() - removed
    digests = CvDomain.of(env).digests
    return {name for name in env.all_docs if digests.get(name) != _digest_of_page(env, name)}


def record_pages(app: Sphinx, env: BuildEnvironment) -> None:
    """Record the digests of the pages that were read, for :func:`changed_pages` in the next build."""
    digests = CvDomain.of(env).digests
    for name in env.all_docs.keys() - digests.keys():
        digests[name] = _digest_of_page(env, name)


def _digest_of_page(env: BuildEnvironment, docname: str) -> str:
    """Return a digest of a page and the files that it reads."""
    # Sphinx adds compiled catalogs only after a page has been read, and they are compiled anew where they change.
    read = sorted(path for path in env.dependencies.get(docname, ()) if not str(path).endswith(".mo"))
    paths = [env.doc2path(docname), *(Path(env.srcdir, path) for path in read)]
    parts = [_digest_of_file(str(path), *state) for path in paths if (state := _state(path))]
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _state(path: Path) -> tuple[int, ...] | None:
    """Return inode, size and times of a regular file; None for anything else."""
    try:
        state = path.lstat()
    except OSError:
        return None
    return (state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns) if stat.S_ISREG(state.st_mode) else None


@cache
def _digest_of_file(path: str, *state: int) -> str:
    """Return the digest of a file, cached by its state, since several applications ask for it."""
    return digest(Path(path))
