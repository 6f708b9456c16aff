"""Write pages again that repeat words of other pages, once these have changed.

Sphinx itself writes a page again if its source has changed. Pages with old words would also have what other pages
withhold by now.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import cast
from urllib.parse import quote

from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from cvtools.project import atomic_write
from cvtools.reading.domain import CvDomain


def repeated(env: BuildEnvironment) -> dict[str, str]:
    """Return digests of what pages repeat of others: any page, and those that list entries or link to a list.

    Any page has the titles of others and their order in its navigation, the name of the person and, in links without
    words of their own, words of headings and captions.
    """
    domain = cast(CvDomain, env.domains["cv"])
    titles = sorted((page, title.astext()) for page, title in env.titles.items())
    labels = sorted((name, words) for name, (_, _, words) in env.domains.standard_domain.labels.items())
    slugs = [
        (page, name, words)
        for page, values in sorted(env.metadata.items())
        # MyST-Parser's names of headings, as links have them
        for name, (_, _, words) in values.get("myst_slugs", {}).items()
    ]
    person = domain.for_output("html").person
    names = [person.title, person.headline] if person else []
    # Captions and titles of their own in the navigation
    lists = [
        (page, node["entries"], node.get("caption"))
        for page, contents in sorted(env.tocs.items())
        for node in contents.findall(addnodes.toctree)
    ]
    words = repr([titles, labels, slugs, names, lists, list(domain.talk_pages("html"))])
    return {"words": hashlib.sha256(words.encode()).hexdigest(), "lists": domain.lists}


def outdated(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Return the pages in the book that repeat what has changed since they were written."""
    if app.builder.format != "html":
        return ()
    before, now = {}, repeated(env)
    # The record may be missing or damaged.
    with suppress(OSError, ValueError):
        before = json.loads(_record(app).read_text("utf-8"))
    if before == now:
        return ()
    if before and before.get("words") == now["words"]:
        return {name for name, page in cast(CvDomain, env.domains["cv"]).pages.items() if page.lists_or_links_entries}
    return env.found_docs


def record(app: Sphinx, exception: Exception | None) -> None:
    """Record what the written pages repeat."""
    if not exception and app.builder.format == "html":
        with atomic_write(_record(app)) as temporary:
            temporary.write_text(json.dumps(repeated(app.env)), "utf-8")


def _record(app: Sphinx) -> Path:
    """Return the path of the record for an output folder; several folders may share doctrees."""
    return Path(app.doctreedir, f"{quote(os.path.relpath(app.outdir, app.doctreedir), safe='')}.repeated")
