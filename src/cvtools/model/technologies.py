"""Collect the technologies that entries name, with the periods of their use, and parse groups and aliases of them."""

import difflib
import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cvtools.model.dates import PartialDate, Period, envelope, months_in_union
from cvtools.model.entries import Entry
from cvtools.model.values import Linked, names


@dataclass(frozen=True)
class Technology:
    """A technology and the entries that name it."""

    name: str
    #: In the order of the CV.
    entries: tuple[Entry, ...]

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        return tuple(period for entry in self.entries for period in entry.periods)

    def months(self, today: PartialDate) -> int:
        """Return the number of months that at least one of the periods covers."""
        return months_in_union(self.periods, today)

    def last(self, today: PartialDate) -> PartialDate | None:
        """Return the end of the latest period; None if it has not ended, or if there is no period."""
        latest = envelope(self.periods) if self.periods else None
        return None if latest is None or latest.lasts(today) else latest.end


@dataclass(frozen=True)
class TechnologyGroups:
    """Groups and aliases of technologies: the lines of ``{technologies}``."""

    #: Names by group, in the order of the source.
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Name by alias.
    aliases: Mapping[str, str] = field(default_factory=dict)
    #: Whether a directive lists all technologies.
    is_complete: bool = True

    @classmethod
    def of(cls, directives: Iterable["TechnologyGroups"]) -> "TechnologyGroups":
        """Merge the groups and the aliases of several directives; the first definition of an alias counts."""
        groups: dict[str, tuple[str, ...]] = {}
        aliases: dict[str, str] = {}
        is_complete = False
        for directive in directives:
            for group, members in directive.groups.items():
                groups[group] = tuple(dict.fromkeys([*groups.get(group, ()), *members]))
            aliases = {**directive.aliases, **aliases}
            is_complete |= directive.is_complete
        return cls(groups, aliases, is_complete)

    def name(self, written: str) -> str:
        """Return the name of a technology for its name or alias."""
        return self.aliases.get(written, written)

    def group(self, name: str) -> str:
        """Return the first group that holds a technology; empty if none does."""
        return self._group_by_name.get(name, "")

    @cached_property
    def _group_by_name(self) -> Mapping[str, str]:
        return {name: group for group in reversed([*self.groups]) for name in self.groups[group]}


def parse_group(line: str, rename: Callable[[str], str] = str) -> TechnologyGroups:
    """Read ``Databases: PostgreSQL (Postgres, psql), Redis``; parentheses hold aliases.

    :param rename: function that returns the name of a group or a technology in the language of the edition
    :raises ValueError: the line is not a group
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
        name, others = rename(match[1].strip()), match[2]
        members.append(name)
        aliases.update(dict.fromkeys(names(Linked(others)) if others else (), name))
    return TechnologyGroups({rename(group): tuple(members)}, aliases)


def technologies(entries: Iterable[Entry], technology_groups: TechnologyGroups) -> list[Technology]:
    """Return the technologies that entries name, in the order of their first mention."""
    by_name: dict[str, list[Entry]] = {}
    for entry in entries:
        for name in dict.fromkeys(map(technology_groups.name, entry.technologies or ())):
            by_name.setdefault(name, []).append(entry)
    return [Technology(name, tuple(naming)) for name, naming in by_name.items()]


def anchors(technology_names: Iterable[str]) -> dict[str, str]:
    """Return a unique id for each technology, in letters that a URL need not escape: ``technology-c-sharp`` for C#."""
    taken: set[str] = set()
    in_words = {name: name.casefold().replace("+", " plus ").replace("#", " sharp ") for name in technology_names}
    return {
        name: take_id("-".join(["technology", *re.findall(r"[a-z0-9]+", words)]), taken)
        for name, words in in_words.items()
    }


def take_id(stem: str, taken: set[str]) -> str:
    """Return the stem, or the stem with the first number that makes an id not yet taken, and add the id to `taken`."""
    numbered = (f"{stem}-{number}" for number in itertools.count(2))
    free = next(name for name in itertools.chain([stem], numbered) if name not in taken)
    taken.add(free)
    return free


def lookalikes(technology_names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of names that are probably one technology: ``Postgres`` and ``PostgreSQL``.

    Compare only neighbours in alphabetical order, since comparing all pairs would take quadratic time.
    """
    order = {name: number for number, name in enumerate(technology_names)}
    for pair in itertools.pairwise(sorted(order, key=_letters)):
        first, second = map(_letters, pair)
        # Names that differ in digits alone are versions, such as "Python 2" and "Python 3".
        are_versions = re.sub("[0-9]", "", first) == re.sub("[0-9]", "", second)
        is_misspelt = not are_versions and difflib.get_close_matches(first, [second], 1, 0.87)
        if is_misspelt or _stem(first) == _stem(second):
            one, other = sorted(pair, key=order.__getitem__)
            yield one, other


def _letters(name: str) -> str:
    return re.sub(r"[\s._-]", "", name.casefold())


def _stem(letters: str) -> str:
    return re.sub(r"(?<=.{4})(js|sql|db|lang)$", "", letters)


def nearest(name: str, technology_names: Collection[str]) -> str:
    """Return the technology that a misspelt name probably means; empty if none is similar."""
    by_letters = {_letters(other): other for other in technology_names}
    return next((by_letters[near] for near in difflib.get_close_matches(_letters(name), by_letters, 1, 0.6)), "")
