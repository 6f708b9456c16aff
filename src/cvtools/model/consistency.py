"""Note oddities that break no rule: entries out of order, periods that add no time, two names for one thing."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cvtools.model.dates import PartialDate
from cvtools.model.entries import Origin
from cvtools.model.resume import Resume
from cvtools.model.technologies import TechnologyGroups, lookalikes, periods_of, technologies


@dataclass(frozen=True)
class Note:
    """An oddity for the author to look at, which may be intended."""

    topic: Literal["order", "period", "technology"]
    origin: Origin
    text: str


def notes(resume: Resume, technology_groups: TechnologyGroups, today: PartialDate) -> Iterator[Note]:
    """Yield at most one note on each topic, since the author may have chosen the order and the names."""
    yield from itertools.islice(_order(resume, today), 1)
    yield from itertools.islice(_periods_in_words(resume), 1)
    found = {technology.name: technology for technology in technologies(resume.entries, technology_groups)}
    for one, other in itertools.islice(lookalikes(found), 1):
        text = f'"{one}" and "{other}" look like one technology: write it in one way, or give one as an alias'
        yield Note("technology", found[other].entries[0].origin, text)


def _order(resume: Resume, today: PartialDate) -> Iterator[Note]:
    """Yield a note for each position that begins and ends later than the one above it.

    Employers are compared as a whole, and then the positions at each.
    """
    # The beginning and the end of each position in months since year 0, and the position.
    dated = [(*period.span(today), entry) for entry in resume.of("position") for period in periods_of(entry)]
    runs = itertools.groupby(dated, key=lambda each: each[2].organization or each[2].origin)
    by_employer = [list(run) for _, run in runs]
    employers = [(min(each[0] for each in run), max(each[1] for each in run), run[0][2]) for run in by_employer]
    neighbours = [pair for group in (employers, *by_employer) for pair in itertools.pairwise(group)]
    misplaced = [
        (above, below)
        for (above_begins, above_ends, above), (below_begins, below_ends, below) in neighbours
        if below_begins > above_begins and below_ends > above_ends
    ]
    # If this holds for half of the neighbours or more, the author lists the oldest position first.
    if len(misplaced) * 2 < len(neighbours):
        for above, below in misplaced:
            rule = f'"{below.title}" is newer than "{above.title}" above it: move it up, unless this order is meant'
            yield Note("order", below.origin, rule)


def _periods_in_words(resume: Resume) -> Iterator[Note]:
    """Yield a note for each period of work or study in words, unless options hide its years."""
    for entry in resume.of("position", "education"):
        if isinstance(entry.period, str) and re.search("[0-9]{4}", entry.period) and not entry.period.startswith("…"):
            rule = f'"{entry.period}" is not read as a period, and adds no time'
            yield Note("period", entry.origin, f"{rule}: write for example 2014-03 – 2016-04")
