"""The whole CV."""

from dataclasses import dataclass
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

    def of(self, kind: type[E]) -> tuple[E, ...]:
        """The entries of one kind."""
        return tuple(entry for entry in self.entries if isinstance(entry, kind))
