"""Find the pages whose files have changed since Sphinx read them, whatever the times that the files were given."""

import os
from collections.abc import Set
from contextlib import suppress
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

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
    states = CvDomain.of(env).states
    return {name for name in env.all_docs if states.get(name) != _states(env, name)}


def record_pages(app: Sphinx, env: BuildEnvironment) -> None:
    """Record the states of the pages that were read, for :func:`changed_pages` in the next build."""
    states = CvDomain.of(env).states
    for name in env.all_docs.keys() - states.keys():
        states[name] = _states(env, name)


def _states(env: BuildEnvironment, docname: str) -> list[tuple[int, ...]]:
    """Return inode, size and times of the files of a page; nobody can set the time when a file was changed last."""
    # Sphinx adds compiled catalogs only after a page has been read, and they are compiled anew where they change.
    read = sorted(path for path in env.dependencies.get(docname, ()) if not str(path).endswith(".mo"))
    states: list[tuple[int, ...]] = []
    for path in [env.doc2path(docname), *(Path(env.srcdir, path) for path in read)]:
        with suppress(OSError):
            state = os.lstat(path)
            states.append((state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns))
    return states
