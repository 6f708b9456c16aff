"""Note oddities that break no rule: positions out of order, unreadable periods, two names of one technology."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cvtools.model.dates import PartialDate
from cvtools.model.entries import Origin, Resume
from cvtools.model.technologies import TechnologyGroups, lookalikes, technologies


@dataclass(frozen=True)
class Note:
    """An oddity for the author to look at, which may be intended."""

    topic: Literal["order", "period", "technology"]
    origin: Origin
    text: str


def notes(resume: Resume, technology_groups: TechnologyGroups, today: PartialDate) -> Iterator[Note]:
    """Yield the first note on each topic alone: an author who intends an oddity need not read of it again."""
    yield from itertools.islice(_order(resume, today), 1)
    yield from itertools.islice(_periods_in_words(resume), 1)
    by_name = {technology.name: technology for technology in technologies(resume.entries, technology_groups)}
    for one, other in itertools.islice(lookalikes(by_name), 1):
        text = f'"{one}" and "{other}" look like one technology: write it in one way, or give one as an alias'
        yield Note("technology", by_name[other].entries[0].origin, text)


def _order(resume: Resume, today: PartialDate) -> Iterator[Note]:
    """Yield a note for each position that begins and ends later than the one above it in a section.

    First compare employers, by the time of all positions at each, and then the positions at one employer.
    """
    # The beginning and the end of each position in months since year 0, and the position.
    dated = [(*period.span(today), entry) for entry in resume.of("position") for period in entry.periods]
    neighbours = []
    for _, section in itertools.groupby(dated, key=lambda position: position[2].section):
        groups = itertools.groupby(section, key=lambda position: position[2].organization or position[2].origin)
        by_employer = [list(positions) for _, positions in groups]
        employers = [
            (min(begins for begins, _, _ in positions), max(ends for _, ends, _ in positions), positions[0][2])
            for positions in by_employer
        ]
        neighbours += [pair for group in (employers, *by_employer) for pair in itertools.pairwise(group)]
    misplaced = [
        (above, below)
        for (above_begins, above_ends, above), (below_begins, below_ends, below) in neighbours
        if below_begins > above_begins and below_ends > above_ends
    ]
    # If half of the neighbours or more are misplaced, the author lists the oldest position first.
    if len(misplaced) * 2 < len(neighbours):
        for above, below in misplaced:
            text = f'"{below.title}" is newer than "{above.title}" above it: move it up, unless this order is meant'
            yield Note("order", below.origin, text)


def _periods_in_words(resume: Resume) -> Iterator[Note]:
    """Yield a note for each period of work or study in words with a year, unless its start is hidden ("… – 2016")."""
    for entry in resume.of("position", "education"):
        if isinstance(entry.period, str) and re.search("[0-9]{4}", entry.period) and not entry.period.startswith("…"):
            text = f'"{entry.period}" is not read as a period, and adds no time: write for example 2014-03 – 2016-04'
            yield Note("period", entry.origin, text)
