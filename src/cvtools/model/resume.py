"""Define the resume: the entries of all pages."""

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
        """Return the owner of the CV; None if the root page's first heading has no fields."""
        return next(iter(self.of("person")), None)

    def for_output(self, output: str) -> "Resume":
        """Return the resume as an output ("html" or "pdf") may show it.

        All data of an output is derived from this resume, so that none can reveal a withheld value.
        """
        return Resume(tuple(entry.for_output(output) for entry in self.entries))

    @cached_property
    def translations(self) -> Mapping[Origin, Sequence[Entry]]:
        """Return the translations of each talk, which follow it on its page, by the talk's origin."""
        by_talk: dict[Origin, list[Entry]] = {}
        talk: Entry | None = None
        for entry in self.entries:
            if entry.kind != "translation":
                talk = entry if entry.kind == "talk" else None
            elif talk and talk.origin.docname == entry.origin.docname:
                by_talk.setdefault(talk.origin, []).append(entry)
        return by_talk

    def of(self, *kinds: str) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.kind in kinds)
