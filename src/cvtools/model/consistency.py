"""Notes on a CV whose entries are in order, yet look odd: an unusual order, two names for one technology."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cvtools.model.dates import PartialDate
from cvtools.model.entries import Entry, Origin
from cvtools.model.resume import Resume
from cvtools.model.technologies import TechnologyGroups, lookalikes, periods_of, technologies


@dataclass(frozen=True)
class Note:
    """An oddity for the author to look at, which may be intended."""

    topic: Literal["order", "technology"]
    #: The entry to look at.
    origin: Origin
    text: str


def notes(resume: Resume, technology_groups: TechnologyGroups, today: PartialDate) -> Iterator[Note]:
    """Yield at most one note on each topic, since the author may have chosen the order and the names."""
    positions = [
        (period.span(today), position) for position in resume.of("position") for period in periods_of(position)
    ]
    yield from itertools.islice(_order(positions), 1)
    found = {technology.name: technology for technology in technologies(resume.entries, technology_groups)}
    for one, other in itertools.islice(lookalikes(found), 1):
        text = f'"{one}" and "{other}" look like one technology: write it in one way, or give one as an alias'
        yield Note("technology", found[other].entries[0].origin, text)


def _order(positions: Sequence[tuple[tuple[float, float], Entry]]) -> Iterator[Note]:
    """Yield a note for each position that begins and ends later than the one above it; each comes with its two ends."""
    pairs = list(itertools.pairwise(positions))
    late = [(above, below) for above, below in pairs if above[0][0] < below[0][0] and above[0][1] < below[0][1]]
    # If half of the pairs or more are late, the author lists the oldest position first.
    if len(late) * 2 < len(pairs):
        for (_, above), (_, below) in late:
            yield Note("order", below.origin, f'"{below.title}" is newer than "{above.title}", which stands above it')
