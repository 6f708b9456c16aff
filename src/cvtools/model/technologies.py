"""Technologies: how long each was used, where, and what it is called. All of it is derived."""

import difflib
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cvtools.model.dates import PartialDate, Period, envelope, months_in_union
from cvtools.model.entries import Employer, Entry
from cvtools.model.values import Linked, names


@dataclass(frozen=True)
class Technology:
    """One technology, and the entries that name it."""

    name: str
    #: Newest first.
    entries: tuple[Entry, ...]
    #: The periods of those entries, as far as they may be shown.
    periods: tuple[Period, ...]

    def months(self, today: PartialDate) -> int:
        """The number of months in which at least one of the entries was under way."""
        return months_in_union(self.periods, today)

    @property
    def last(self) -> PartialDate | None:
        """When the last of the entries ended; None while one lasts, or where no period may be shown."""
        return envelope(self.periods).end if self.periods else None


@dataclass(frozen=True)
class Catalogue:
    """How the author groups and names technologies: the lines in a ``{technologies}`` directive."""

    #: Names by group, in the author's order.
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: The name that counts, by another one.
    aliases: Mapping[str, str] = field(default_factory=dict)
    #: Whether its list leaves no technology out.
    whole: bool = True

    @classmethod
    def of(cls, parts: Iterable["Catalogue"]) -> "Catalogue":
        """Several as one; what is said first counts."""
        groups: dict[str, tuple[str, ...]] = {}
        aliases: dict[str, str] = {}
        whole = False
        for part in parts:
            groups = {**part.groups, **groups}
            aliases = {**part.aliases, **aliases}
            whole |= part.whole
        return cls(groups, aliases, whole)

    def name(self, written: str) -> str:
        """What a technology is called."""
        return self.aliases.get(written, written)

    def group(self, name: str) -> str:
        """The group of a technology; empty where the author names none."""
        return next((group for group, members in self.groups.items() if name in members), "")


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
        match = re.fullmatch(r"(?P<name>[^()]+?)\s*(?:\((?P<others>[^()]+)\))?", member)
        if not match:
            raise ValueError(f'"{member}" is not a name: write for example PostgreSQL (Postgres)')
        members.append(match["name"])
        others = names(Linked(match["others"])) if match["others"] else ()
        aliases.update(dict.fromkeys(others, match["name"]))
    return group, tuple(members), aliases


def technologies(entries: Iterable[Entry], output: str, catalogue: Catalogue) -> list[Technology]:
    """Every technology that entries name for an output ("html" or "pdf"), in order of first mention."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        written = entry.shown("technologies", output) if hasattr(entry, "technologies") else None
        for name in dict.fromkeys(catalogue.name(name) for name in written or ()):
            found.setdefault(name, []).append(entry)
    periods = {
        name: [period for entry in users for period in periods_of(entry, output)] for name, users in found.items()
    }
    return [Technology(name, tuple(users), tuple(periods[name])) for name, users in found.items()]


def periods_of(entry: Entry, output: str) -> tuple[Period, ...]:
    """When an entry was under way, as far as an output may show it; an employer's roles tell for it."""
    if isinstance(entry, Employer):
        return entry.periods
    period = entry.shown("period", output) if hasattr(entry, "period") else None
    return (period,) if period else ()


def anchors(found: Iterable[str]) -> dict[str, str]:
    """An id for each technology, unique and fit for an address: ``technology-c-sharp`` for C#."""
    ids: dict[str, str] = {}
    for name in found:
        spoken = name.casefold().replace("+", " plus ").replace("#", " sharp ")
        stem = "-".join(["technology", *re.findall(r"[a-z0-9]+", spoken)])
        candidates = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
        ids[name] = next(anchor for anchor in candidates if anchor not in ids.values())
    return ids


def lookalikes(found: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs of names that are probably one technology: ``Postgres`` and ``PostgreSQL``."""
    letters = [_letters(name) for name in found]
    stems = [_stem(name) for name in letters]
    for number, second in enumerate(letters):
        near = difflib.get_close_matches(second, letters[:number], number or 1, 0.87)
        # Versions of one thing are not the same.
        near = [first for first in near if re.sub("[0-9]", "", first) != re.sub("[0-9]", "", second)]
        for one, first, stem in zip(found, letters[:number], stems, strict=False):
            if stem == stems[number] or first in near:
                yield one, found[number]


def _letters(name: str) -> str:
    return re.sub(r"[\s._-]", "", name.casefold())


def _stem(letters: str) -> str:
    return re.sub(r"(?<=.{4})(js|sql|db|lang)$", "", letters)


def nearest(name: str, known: Collection[str]) -> str:
    """The known technology that was probably meant; empty if none."""
    by_letters = {_letters(other): other for other in known}
    return next((by_letters[near] for near in difflib.get_close_matches(_letters(name), by_letters, 1, 0.6)), "")
