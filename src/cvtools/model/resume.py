"""The whole CV."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TypeVar

from cvtools.model.entries import Entry, Person

E = TypeVar("E", bound=Entry)


@dataclass(frozen=True)
class Resume:
    """A person and all entries, in the order of the source."""

    entries: tuple[Entry, ...]

    @property
    def person(self) -> Person | None:
        """Whose CV it is; None where the root page's first heading has no fields."""
        return next((entry for entry in self.entries if isinstance(entry, Person)), None)

    @cached_property
    def by_page(self) -> Mapping[str, tuple[Entry, ...]]:
        """The entries by the names of their pages."""
        return {page: tuple(found) for page, found in groupby(self.entries, lambda entry: entry.origin.docname)}

    def of(self, kind: type[E]) -> tuple[E, ...]:
        """The entries of one kind."""
        return tuple(entry for entry in self.entries if isinstance(entry, kind))
