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

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from cvtools.model.dates import PartialDate
from cvtools.project import write_atomically
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
    # The navigation has captions of toctrees, titles of their own, and employers in place of headings.
    contents = [(page, tree.pformat()) for page, tree in sorted(env.tocs.items())]
    # Pages link to the feed, which has talks with a date.
    talks = [(page, isinstance(talk.date, PartialDate)) for page, talk in domain.talk_pages("html").items()]
    # Once more or less is left out, no page is trusted to have none of it.
    withheld = [sorted(domain.data["removed"].items()), sorted(domain.left_out)]
    words = repr([titles, labels, slugs, names, contents, talks, withheld])
    return {"words": hashlib.sha256(words.encode()).hexdigest(), "lists": domain.lists_digest}


def outdated(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Return the pages in the book that repeat what has changed since they were written."""
    if app.builder.format != "html":
        return ()
    before: object = None
    now = repeated(env)
    # Writing shortens the contents of pages.
    app.builder.cv_repeated = now  # type: ignore[attr-defined]
    # The record may be missing or damaged.
    with suppress(OSError, ValueError):
        before = json.loads(kept_beside(app, "repeated").read_text("utf-8"))
    if before == now:
        return ()
    if isinstance(before, dict) and before.get("words") == now["words"]:
        return {name for name, page in cast(CvDomain, env.domains["cv"]).pages.items() if page.lists_or_links_entries}
    return env.found_docs


def record(app: Sphinx, exception: Exception | None) -> None:
    """Record what the written pages repeat."""
    if not exception and app.builder.format == "html":
        write_atomically(kept_beside(app, "repeated"), json.dumps(app.builder.cv_repeated))  # type: ignore[attr-defined]


def kept_beside(app: Sphinx, suffix: str) -> Path:
    """Return the path of a record for an output folder, beside the doctrees, which several folders may share."""
    return Path(app.doctreedir, f"{quote(os.path.relpath(app.outdir, app.doctreedir), safe='')}.{suffix}")
