"""What looks odd, and what does not."""

import pytest

from cvtools.model.consistency import notes
from cvtools.model.dates import PartialDate, Period
from cvtools.model.entries import Origin, Position
from cvtools.model.resume import Resume
from cvtools.model.technologies import TechnologyGroups
from cvtools.model.values import Linked

TODAY = PartialDate(2024, 6)


def noted(*positions: str, technology_groups: TechnologyGroups | None = None) -> list[tuple[str, int, str]]:
    """The notes on positions that are written as "organization: period: technologies"."""
    entries = []
    for number, text in enumerate(positions, 1):
        place, period, *names = text.split(": ")
        entries.append(
            Position(
                title=f"at {place}",
                origin=Origin("index", f"p{number}", number),
                organization=Linked(place),
                period=Period.parse(period),
                technologies=tuple(names),
            )
        )
    found = notes(Resume(tuple(entries)), technology_groups or TechnologyGroups(), TODAY)
    return [(note.topic, note.origin.line, note.text) for note in found]


@pytest.mark.parametrize(
    "positions",
    [
        (),
        ("A: 2024-01 – present", "B: 2020-01 – 2024-01", "C: 2019"),
        # Up to three months off, and at two places in the month of the change.
        ("A: 2024-01 – present", "B: 2020-01 – 2023-09"),
        # Roles at one place, one of which holds the other.
        ("A: 2020-01 – 2021-01", "A: 2020-03 – 2020-06", "A: 2019-01 – 2019-12"),
        # Oldest first, on purpose.
        ("C: 2019", "B: 2020-01 – 2024-01", "A: 2024-01 – present"),
    ],
)
def test_nothing_to_note(positions: tuple[str, ...]) -> None:
    assert noted(*positions) == []


def test_a_gap() -> None:
    assert noted("A: 2024-01 – present", "B: 2020-01 – 2023-07") == [("gap", 1, 'the 5 months before "at A" are empty')]


def test_no_gap_where_an_older_engagement_lasts() -> None:
    assert [topic for topic, *_ in noted("A: 2024-01 – present", "B: 2022-01", "C: 2021-01 – 2023-12")] == []


def test_an_overlap() -> None:
    assert noted("A: 2024-01 – present", "B: 2020-01 – 2024-02") == [("overlap", 2, '"at B" and "at A" share 2 months')]


def test_out_of_order() -> None:
    assert noted("A: 2022-01 – 2022-12", "C: 2020-01 – 2020-12", "B: 2021-01 – 2021-12", "D: 2019-01 – 2019-12") == [
        ("order", 3, '"at B" is newer than "at C", which stands above it')
    ]


def test_two_names() -> None:
    positions = ("A: 2021-01 – 2021-12: PostgreSQL", "B: 2020-01 – 2020-12: Postgres")
    assert noted(*positions) == [
        (
            "technology",
            2,
            '"PostgreSQL" and "Postgres" look like one technology: write it in one way, or give one as an alias',
        )
    ]
    assert noted(*positions, technology_groups=TechnologyGroups({}, {"Postgres": "PostgreSQL"})) == []


def test_a_position_is_compared_with_the_longest_elsewhere() -> None:
    positions = ("A: 2010-01 – 2020-12", "B: 2012-01 – 2012-06", "A: 2015-01 – 2015-06", "B: 2016-01 – 2016-03")
    assert [note for note in noted(*positions) if note[0] == "overlap"] == [
        ("overlap", 1, '"at A" and "at B" share 6 months'),
        ("overlap", 1, '"at A" and "at B" share 3 months'),
    ]


def test_positions_of_one_time_on_one_line_are_compared() -> None:
    """Two pages may have the same lines."""
    period = Period.parse("2020-01 – 2020-12")
    twins = [
        Position(title="Work", origin=Origin(page, "work", 3), organization=Linked(page), period=period)
        for page in ("a", "b")
    ]
    found = list(notes(Resume((*twins, *twins)), TechnologyGroups(), TODAY))
    assert {note.topic for note in found} == {"overlap"}
