"""What in a CV looks odd, though every entry is in order: gaps, overlaps, an unusual order, two names for one thing."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cvtools.model.dates import PartialDate
from cvtools.model.entries import Origin, Position
from cvtools.model.resume import Resume
from cvtools.model.technologies import TechnologyGroups, lookalikes, technologies

#: Months without work that are worth a note.
_GAP = 4
#: Months of two engagements at once that are worth a note; those who change jobs are at two places in one month.
_OVERLAP = 2


#: A position with its first and last month.
_Dated = tuple[tuple[int, int], Position]


@dataclass(frozen=True)
class Note:
    """Something to look at; nothing need be wrong."""

    topic: Literal["gap", "overlap", "order", "technology"]
    #: The entry to look at.
    origin: Origin
    text: str


def notes(resume: Resume, technology_groups: TechnologyGroups, today: PartialDate) -> Iterator[Note]:
    """Everything that looks odd.

    :param today: the month that "present" stands for
    """
    positions = [(position.period.span(today), position) for position in resume.of(Position) if position.period]
    yield from _gaps(positions)
    yield from _overlaps(positions)
    yield from _order(positions)
    found = {technology.name: technology for technology in technologies(resume.entries, technology_groups)}
    for one, other in lookalikes(found):
        rule = f'"{one}" and "{other}" look like one technology'
        yield Note(
            "technology", found[other].entries[0].origin, f"{rule}: write it in one way, or give one as an alias"
        )


def _gaps(positions: Sequence[_Dated]) -> Iterator[Note]:
    by_time = sorted(positions, key=_span)
    reached = _span(by_time[0])[0] if by_time else 0
    for (first, last), position in by_time:
        if first - reached > _GAP:
            yield Note("gap", position.origin, f'the {first - reached - 1} months before "{position.title}" are empty')
        reached = max(reached, last)


def _overlaps(positions: Sequence[_Dated]) -> Iterator[Note]:
    """Each position that overlaps with one elsewhere that began before it: of several with that which lasts longest."""
    # The last to end so far, and the last elsewhere.
    lasting: list[_Dated] = []
    for dated in sorted(positions, key=_span):
        (start, end), position = dated
        elsewhere = [other for other in lasting if other[1].organization != position.organization]
        for (_, last), other in elsewhere[:1]:
            if (months := min(last, end) - start + 1) >= _OVERLAP:
                yield Note("overlap", other.origin, f'"{other.title}" and "{position.title}" share {months} months')
        here = [other for other in lasting if other[1].organization == position.organization]
        lasting = sorted([max([dated, *here], key=_end), *elsewhere], key=_end, reverse=True)[:2]


def _order(positions: Sequence[_Dated]) -> Iterator[Note]:
    pairs = list(itertools.pairwise(positions))
    late = [(above, below) for above, below in pairs if all(map(int.__lt__, _span(above), _span(below)))]
    # Who begins with the oldest means it.
    if len(late) * 2 < len(pairs):
        for (_, above), (_, below) in late:
            yield Note("order", below.origin, f'"{below.title}" is newer than "{above.title}", which stands above it')


def _span(dated: _Dated) -> tuple[int, int]:
    return dated[0]


def _end(dated: _Dated) -> int:
    return dated[0][1]
