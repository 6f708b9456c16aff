"""Find pages to write anew although their sources are unchanged: they repeat words of other pages that have changed.

Sphinx writes a page anew only if its source has changed, so a page could go on showing words of another one that are
now withheld.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from cvtools.exporters.site_files import record_path
from cvtools.files import UNREADABLE, read_json, write_json
from cvtools.model.dates import PartialDate
from cvtools.reading.domain import CvDomain


def repeated_words(env: BuildEnvironment) -> dict[str, str]:
    """Return digests of what pages repeat from others: "words" may be on any page, "lists" in lists and JSON-LD alone.

    Any page may repeat titles in its navigation, the person's name, and headings and captions in links that have no
    text of their own.
    """
    domain = CvDomain.of(env)
    titles = sorted((page, title.astext()) for page, title in env.titles.items())
    labels = sorted((name, words) for name, (_, _, words) in env.domains.standard_domain.labels.items())
    slugs = [
        (page, name, words)
        for page, values in sorted(env.metadata.items())
        # MyST-Parser's ids of headings, with the words that links to them show
        for name, (_, _, words) in values.get("myst_slugs", {}).items()
    ]
    person = domain.for_output("html").person
    names = [person.title, person.headline] if person else []
    # The navigation also has captions and titles of toctrees, and employers in place of headings.
    contents = [(page, tree.pformat()) for page, tree in sorted(env.tocs.items())]
    # All pages link to the feed, which exists if a talk has a date.
    talks = [(page, isinstance(talk.date, PartialDate)) for page, talk in domain.talk_pages("html").items()]
    # Any page may have words that marks now leave out.
    left_out = [sorted(domain.data["removed"].items()), sorted(domain.left_out)]
    words = repr([titles, labels, slugs, names, contents, talks, left_out])
    return {"words": hashlib.sha256(words.encode()).hexdigest(), "lists": domain.lists_digest}


def pages_with_old_words(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Return the pages that repeat words of other pages which have changed since the last build."""
    if app.builder.format != "html":
        return ()
    before: object = None
    now = repeated_words(env)
    # record_words() needs it: by then, website.shorten_navigation has shortened the contents in the environment.
    app.builder.cv_repeated = now  # type: ignore[attr-defined]
    with suppress(*UNREADABLE):
        before = read_json(record_path(app, "repeated"))
    if before == now:
        return ()
    if isinstance(before, dict) and before.get("words") == now["words"]:
        listing = {name for name, page in CvDomain.of(env).pages.items() if page.lists_or_links_entries}
        return {app.config.root_doc, *listing}
    return env.found_docs


def record_words(app: Sphinx, exception: Exception | None) -> None:
    """Record the digests of the words that pages repeat, for the next build."""
    if not exception and app.builder.format == "html":
        write_json(record_path(app, "repeated"), app.builder.cv_repeated)  # type: ignore[attr-defined]
