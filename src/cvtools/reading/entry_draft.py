"""Hold an entry that is being read: its section, its fields, and the entry around it."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from docutils import nodes

from cvtools.model import kinds
from cvtools.model.dates import Period
from cvtools.reading.fields import RawField


@dataclass
class EntryDraft:
    """An entry that is being read from a field list."""

    section: nodes.section
    field_list: nodes.field_list
    #: Fields in the order of the source.
    raw_fields: list[RawField]
    #: Name of the kind; empty if it is unknown.
    kind: str = ""
    #: Word in ``:kind:``, which is shown for an entry of the kind "other".
    word: str = ""
    #: True for a section whose ``:kind:``, such as "projects", holds for the entries in it.
    is_group: bool = False
    #: The entry whose section has this one.
    parent: "EntryDraft | None" = None
    #: Valid fields by name, without hidden dates.
    fields: dict[str, list[RawField]] = field(default_factory=dict)
    #: Names of all fields, also of invalid ones.
    names: set[str] = field(default_factory=set)
    #: Invalid fields, which are shown as written.
    rejected: list[RawField] = field(default_factory=list)
    #: The roles at this workplace.
    roles: "list[EntryDraft]" = field(default_factory=list)

    @property
    def title(self) -> str:
        return " ".join(self.section[0].astext().split())

    @property
    def is_entry(self) -> bool:
        """False if it is a group, or its kind is unknown."""
        return bool(self.kind) and not self.is_group

    @property
    def is_role(self) -> bool:
        """True if the entry is work at the workplace whose section it is in."""
        return self.parent is not None and {self.parent.kind, self.kind} <= {*kinds.WORKPLACES}

    def inherited_from(self, name: str) -> "EntryDraft | None":
        """Return the entry that has a field: this one, or the workplace of a role without it."""
        if name in self.fields:
            return self
        return self.parent.inherited_from(name) if self.parent and self.is_role and name in kinds.INHERITED else None

    def value(self, name: str) -> Any:
        """Return the value of a field; all values of one that may be written several times."""
        found = [raw_field.parsed for raw_field in self.fields[name]]
        return tuple(itertools.chain(*found)) if name in kinds.REPEATABLE else found[0]

    def show(self, name: str) -> str | tuple[str, ...]:
        """Return the only output that may show a field, or one for each of its values; empty for all."""
        if name not in kinds.REPEATABLE:
            return self.fields[name][0].show
        each = tuple(raw_field.show for raw_field in self.fields[name] for _ in raw_field.parsed)
        return each if any(each) else ""

    def periods(self) -> list[tuple[Period, str]]:
        """Return the periods of the entry and its roles, each with the only output that may show it ("" for all)."""
        own = [(each.parsed, each.show) for each in self.fields.get("period", ()) if isinstance(each.parsed, Period)]
        return own + [period for role in self.roles for period in role.periods()]
