"""Technologies: how long each was used, where, and what it is called. All of it is derived."""

import difflib
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cvtools.model.dates import PartialDate, Period, envelope, months_in_union
from cvtools.model.entries import Employer, Entry
from cvtools.model.values import Linked, names

#: How many names that sort next to each other are compared.
_NEIGHBOURS = 5


@dataclass(frozen=True)
class Technology:
    """One technology, and the entries that name it."""

    name: str
    #: Newest first.
    entries: tuple[Entry, ...]
    #: The periods of those entries.
    periods: tuple[Period, ...]

    def months(self, today: PartialDate) -> int:
        """The number of months in which at least one of the entries was under way."""
        return months_in_union(self.periods, today)

    @property
    def last(self) -> PartialDate | None:
        """When the last of the entries ended; None while one lasts, or where no period is known."""
        return envelope(self.periods).end if self.periods else None


@dataclass(frozen=True)
class TechnologyGroups:
    """How the author groups and names technologies: the lines in a ``{technologies}`` directive."""

    #: Names by group, in the author's order.
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: The name that counts, by another one.
    aliases: Mapping[str, str] = field(default_factory=dict)
    #: Whether its list leaves no technology out.
    is_complete: bool = True

    @classmethod
    def of(cls, parts: Iterable["TechnologyGroups"]) -> "TechnologyGroups":
        """Several as one; what is said first counts."""
        groups: dict[str, tuple[str, ...]] = {}
        aliases: dict[str, str] = {}
        is_complete = False
        for part in parts:
            for group, members in part.groups.items():
                groups.setdefault(group, members)
            for other, name in part.aliases.items():
                aliases.setdefault(other, name)
            is_complete |= part.is_complete
        return cls(groups, aliases, is_complete)

    def name(self, written: str) -> str:
        """What a technology is called."""
        return self.aliases.get(written, written)

    def group(self, name: str) -> str:
        """The group of a technology, the first that names it; empty where the author names none."""
        return self._groups.get(name, "")

    @cached_property
    def _groups(self) -> Mapping[str, str]:
        return {name: group for group in reversed([*self.groups]) for name in self.groups[group]}


def parse_group(line: str) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """Read ``Databases: PostgreSQL (Postgres, psql), Redis``; parentheses hold other names for the same thing.

    :returns: the group, its technologies, and the technology of each other name
    :raises ValueError: the line is nothing of the kind
    """
    group, colon, rest = (part.strip() for part in line.partition(":"))
    if not (group and colon and rest):
        raise ValueError(f'"{line}" is not a group: write for example Databases: PostgreSQL (Postgres), Redis')
    members: list[str] = []
    aliases: dict[str, str] = {}
    for member in names(Linked(rest)):
        match = re.fullmatch(r"([^()]+)(?:\(([^()]+)\))?", member)
        if not match:
            raise ValueError(f'"{member}" is not a name: write for example PostgreSQL (Postgres)')
        name, others = match[1].strip(), match[2]
        members.append(name)
        aliases.update(dict.fromkeys(names(Linked(others)) if others else (), name))
    return group, tuple(members), aliases


def technologies(entries: Iterable[Entry], technology_groups: TechnologyGroups) -> list[Technology]:
    """Every technology that entries name, in order of first mention."""
    users: dict[str, list[Entry]] = {}
    for entry in entries:
        for name in dict.fromkeys(map(technology_groups.name, getattr(entry, "technologies", None) or ())):
            users.setdefault(name, []).append(entry)
    return [
        Technology(name, tuple(found), tuple(period for entry in found for period in periods_of(entry)))
        for name, found in users.items()
    ]


def periods_of(entry: Entry) -> tuple[Period, ...]:
    """When an entry was under way; an employer's roles tell for it."""
    if isinstance(entry, Employer):
        return tuple(period for period, _ in entry.periods)
    period = getattr(entry, "period", None)
    return (period,) if period else ()


def anchors(found: Iterable[str]) -> dict[str, str]:
    """An id for each technology, unique and fit for an address: ``technology-c-sharp`` for C#."""
    ids: dict[str, str] = {}
    taken: set[str] = set()
    # The numbers that were not tried yet, by the id that they make unique.
    numbers: dict[str, Iterator[int]] = {}
    for name in found:
        spoken = name.casefold().replace("+", " plus ").replace("#", " sharp ")
        anchor = stem = "-".join(["technology", *re.findall(r"[a-z0-9]+", spoken)])
        while anchor in taken:
            anchor = f"{stem}-{next(numbers.setdefault(stem, itertools.count(2)))}"
        taken.add(anchor)
        ids[name] = anchor
    return ids


def lookalikes(found: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs of names that are probably one technology: ``Postgres`` and ``PostgreSQL``.

    Names are compared with those near them when all are sorted by their letters, and by these read backwards (the
    sorted neighbourhood method), since to compare each with each would take too long.
    """
    order = {name: number for number, name in enumerate(found)}
    spelt = {name: _letters(name) for name in order}
    pairs: set[tuple[str, str]] = set()
    for step in (1, -1):
        names = sorted(order, key=lambda name: (spelt[name][::step], order[name]))
        for distance in range(1, _NEIGHBOURS + 1):
            pairs |= {
                (one, other) if order[one] < order[other] else (other, one)
                for one, other in zip(names, names[distance:], strict=False)
                if _is_alike(spelt[one], spelt[other])
            }
    yield from sorted(pairs, key=lambda pair: (order[pair[1]], order[pair[0]]))


def _is_alike(one: str, other: str) -> bool:
    if _stem(one) == _stem(other):
        return True
    # Versions of one thing are not the same.
    if re.sub("[0-9]", "", one) == re.sub("[0-9]", "", other):
        return False
    return bool(difflib.get_close_matches(one, [other], 1, 0.87))


def _letters(name: str) -> str:
    return re.sub(r"[\s._-]", "", name.casefold())


def _stem(letters: str) -> str:
    return re.sub(r"(?<=.{4})(js|sql|db|lang)$", "", letters)


def nearest(name: str, known: Collection[str]) -> str:
    """The known technology that was probably meant; empty if none."""
    by_letters = {_letters(other): other for other in known}
    return next((by_letters[near] for near in difflib.get_close_matches(_letters(name), by_letters, 1, 0.6)), "")
