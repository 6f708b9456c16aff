"""References to entries and technologies, which the domain resolves."""

from docutils import nodes
from sphinx.addnodes import pending_xref

from cvtools.model.entries import Entry


def entry_link(entry: Entry, words: str) -> pending_xref:
    """A reference to an entry."""
    return _link("entry", f"{entry.origin.docname}#{entry.origin.anchor}", words)


def tech_link(name: str) -> pending_xref:
    """A reference to a technology, where the output has a page of technologies; else its name alone."""
    return _link("tech", name, name)


def host_of(entry: Entry) -> str:
    """Where it was, as far as is known: the organization, the institution or the event; else the entry's title."""
    names = ("organization", "institution", "event")
    known = (getattr(entry, name, None) for name in names)
    return next((host.text for host in known if host), entry.title)


def _link(kind: str, target: str, words: str) -> pending_xref:
    text = nodes.inline(words, words, translatable=False)
    return pending_xref(words, text, refdomain="cv", reftype=kind, reftarget=target, refwarn=False)
