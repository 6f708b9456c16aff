"""What in a CV looks odd, though every entry is in order: gaps, overlaps, an unusual order, two names for one thing."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cvtools.model.dates import PartialDate
from cvtools.model.entries import Origin, Position
from cvtools.model.resume import Resume
from cvtools.model.technologies import Catalogue, lookalikes, technologies

#: Months without work that are worth a note.
_GAP = 4
#: Months of two engagements at once that are worth a note; those who change jobs are at two places in one month.
_OVERLAP = 2


@dataclass(frozen=True)
class Note:
    """Something to look at; nothing need be wrong."""

    topic: Literal["gap", "overlap", "order", "technology"]
    #: The entry to look at.
    origin: Origin
    text: str


def notes(resume: Resume, catalogue: Catalogue, today: PartialDate) -> Iterator[Note]:
    """Everything that looks odd.

    :param today: the month that "present" stands for
    """
    positions = resume.of(Position)
    yield from _gaps(positions, today)
    yield from _overlaps(positions, today)
    yield from _order(positions, today)
    found = {technology.name: technology for technology in technologies(resume.entries, "pdf", catalogue)}
    for one, other in lookalikes([*found]):
        rule = f'"{one}" and "{other}" look like one technology'
        yield Note(
            "technology", found[other].entries[0].origin, f"{rule}: write it in one way, or give one as an alias"
        )


def _gaps(positions: tuple[Position, ...], today: PartialDate) -> Iterator[Note]:
    spans = sorted((position.period.span(today), position.origin.line, position) for position in positions)
    reached = spans[0][0][0] if spans else 0
    for (first, last), _, position in spans:
        if first - reached > _GAP:
            yield Note("gap", position.origin, f'the {first - reached - 1} months before "{position.title}" are empty')
        reached = max(reached, last)


def _overlaps(positions: tuple[Position, ...], today: PartialDate) -> Iterator[Note]:
    for one, other in itertools.combinations(positions, 2):
        if one.organization != other.organization:
            (first, last), (start, end) = one.period.span(today), other.period.span(today)
            if (months := min(last, end) - max(first, start) + 1) >= _OVERLAP:
                yield Note("overlap", other.origin, f'"{other.title}" and "{one.title}" share {months} months')


def _order(positions: tuple[Position, ...], today: PartialDate) -> Iterator[Note]:
    pairs = list(itertools.pairwise(positions))
    spans = [(one.period.span(today), other.period.span(today)) for one, other in pairs]
    late = [pair for pair, (above, below) in zip(pairs, spans, strict=True) if all(map(int.__lt__, above, below))]
    # Who begins with the oldest means it.
    if len(late) * 2 < len(pairs):
        for above, below in late:
            yield Note("order", below.origin, f'"{below.title}" is newer than "{above.title}", which stands above it')
