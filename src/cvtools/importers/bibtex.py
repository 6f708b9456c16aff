"""Read BibTeX: each entry is a publication, and the person is the author of most of them."""

from collections import Counter

from cvtools.importers.imported_entries import ImportedEntry, section
from cvtools.importers.imported_objects import ImportedObject
from cvtools.model.values import Linked, authors
from cvtools.reading import bibtex
from cvtools.writing import myst


def read(text: str, unread: list[str]) -> myst.Heading:
    """Return a page of publications, the newest first."""
    entries, errors = bibtex.read(text)
    for line, error in errors:
        if not error.endswith(bibtex.REPEATED):
            raise ValueError(f"it is damaged BibTeX: line {line}: {error}")
        # Like BibTeX, take the first entry of a key.
        unread.append(f"line {line}: {error}: the second entry is left out")
    if not entries:
        raise ValueError("it is BibTeX without an entry: name a file with publications")
    names = Counter(name for entry in entries for name in authors(Linked(entry.fields.get("authors", ""))))
    page = myst.Heading(max(names, key=names.__getitem__, default="Publications"))
    newest_first = sorted(entries, key=lambda entry: entry.sort_key, reverse=True)
    page.children = [section("Publications", [_publication(entry, unread) for entry in newest_first])]
    return page


def _publication(entry: bibtex.BibEntry, unread: list[str]) -> ImportedEntry:
    rest = ImportedObject(entry.rest, f"line {entry.line}: {entry.key}", unread)
    rest.leave_out("notes of the program that made it", "file", "groups", "owner", "timestamp")
    publication = ImportedEntry("publication", entry.title, rest)
    for name, value in entry.fields.items():
        publication.add(name, value, value if name == "page" else "")
    publication.add_text(myst.escape_line(rest.text("abstract")))
    return publication
