"""Hold the whole CV."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from cvtools.model.entries import Entry, Origin, Person, Talk, Translation

E = TypeVar("E", bound=Entry)


@dataclass(frozen=True)
class Resume:
    """A person and all entries, in the order of the source."""

    entries: tuple[Entry, ...]

    @property
    def person(self) -> Person | None:
        """Owner of the CV; None if the root page's first heading has no fields."""
        return next((entry for entry in self.entries if isinstance(entry, Person)), None)

    def for_output(self, output: str) -> "Resume":
        """Return the resume as an output ("html" or "pdf") may show it.

        Whatever an output derives from entries is derived from this, so that it cannot reveal more.
        """
        return Resume(tuple(entry.for_output(output) for entry in self.entries))

    @cached_property
    def translations(self) -> Mapping[Origin, Sequence[Translation]]:
        """Passages in other languages by the origin of their talk."""
        found: dict[Origin, list[Translation]] = {}
        talk: Entry | None = None
        for entry in self.entries:
            if not isinstance(entry, Translation):
                talk = entry if isinstance(entry, Talk) else None
            elif talk and talk.origin.docname == entry.origin.docname:
                found.setdefault(talk.origin, []).append(entry)
        return found

    def of(self, kind: type[E]) -> tuple[E, ...]:
        """Return the entries of one kind."""
        return tuple(entry for entry in self.entries if isinstance(entry, kind))
