"""Hold the whole CV."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from cvtools.model.entries import Entry, Origin


@dataclass(frozen=True)
class Resume:
    """A person and all entries, in the order of the source."""

    entries: tuple[Entry, ...]

    @cached_property
    def person(self) -> Entry | None:
        """Owner of the CV; None if the root page's first heading has no fields."""
        return next(iter(self.of("person")), None)

    def for_output(self, output: str) -> "Resume":
        """Return the resume as an output ("html" or "pdf") may show it.

        Whatever an output derives from entries is derived from this, so that it cannot reveal more.
        """
        return Resume(tuple(entry.for_output(output) for entry in self.entries))

    @cached_property
    def translations(self) -> Mapping[Origin, Sequence[Entry]]:
        """Passages in other languages by the origin of their talk."""
        found: dict[Origin, list[Entry]] = {}
        talk: Entry | None = None
        for entry in self.entries:
            if entry.kind != "translation":
                talk = entry if entry.kind == "talk" else None
            elif talk and talk.origin.docname == entry.origin.docname:
                found.setdefault(talk.origin, []).append(entry)
        return found

    def of(self, *kinds: str) -> tuple[Entry, ...]:
        """Return the entries of some kinds."""
        return tuple(entry for entry in self.entries if entry.kind in kinds)
