"""A CV gives notes on an unusual order and on two names for one technology."""

import pytest

from cvtools.model.consistency import notes
from cvtools.model.dates import PartialDate, Period
from cvtools.model.entries import Entry, Origin, Resume
from cvtools.model.technologies import TechnologyGroups
from cvtools.model.values import Linked

TODAY = PartialDate(2024, 6)


def noted(*positions: str, technology_groups: TechnologyGroups | None = None) -> list[tuple[str, int, str]]:
    """The notes on positions that are written as "organization: period: technologies"."""
    entries = []
    for number, text in enumerate(positions, 1):
        place, period, *names = text.split(": ")
        entries.append(
            Entry(
                kind="position",
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
        # Months without work, and two engagements at once.
        ("A: 2024-01 – present", "B: 2020-01 – 2023-01", "C: 2019-01 – 2021-12"),
        # Another post beside one that has changed.
        ("A: 2018-01 – present", "A: 2008-01 – 2017-12", "B: 2016-01 – present", "C: 2004"),
        # Oldest first, on purpose.
        ("C: 2019", "B: 2020-01 – 2024-01", "A: 2024-01 – present"),
    ],
)
def test_usual_order_gives_no_note(positions: tuple[str, ...]) -> None:
    assert noted(*positions) == []


def test_newer_position_below_an_older_one_is_noted() -> None:
    assert noted("A: 2022-01 – 2022-12", "C: 2020-01 – 2020-12", "B: 2021-01 – 2021-12", "D: 2019-01 – 2019-12") == [
        ("order", 3, '"at B" is newer than "at C" above it: move it up, unless this order is meant')
    ]


@pytest.mark.parametrize(("below", "expected"), [("", [3]), ("other", [])])
def test_positions_of_two_sections_are_not_compared(below: str, expected: list[int]) -> None:
    periods = {"2020 – present": "work", "2010 – 2012": "work", "2014 – 2018": below or "work", "2001": below or "work"}
    entries = [
        Entry(
            kind="position",
            title="T",
            origin=Origin("index", f"t{line}", line),
            section=section,
            period=Period.parse(period),
        )
        for line, (period, section) in enumerate(periods.items(), 1)
    ]
    assert [note.origin.line for note in notes(Resume(tuple(entries)), TechnologyGroups(), TODAY)] == expected


def test_first_period_that_counts_for_nothing_is_noted() -> None:
    entries = [
        Entry(kind=kind, title="T", origin=Origin("index", "t", line), period=period)
        for line, (kind, period) in enumerate(
            [("award", "until 2019"), ("position", "soon"), ("position", "… – 2019"), ("education", "until 2019")]
        )
    ]
    found = [(note.topic, note.origin.line) for note in notes(Resume(tuple(entries)), TechnologyGroups(), TODAY)]
    assert found == [("period", 3)]


def test_two_names_of_one_technology_are_noted() -> None:
    positions = ("A: 2021-01 – 2021-12: PostgreSQL", "B: 2020-01 – 2020-12: Postgres")
    assert noted(*positions) == [
        (
            "technology",
            2,
            '"PostgreSQL" and "Postgres" look like one technology: write it in one way, or give one as an alias',
        )
    ]
    assert noted(*positions, technology_groups=TechnologyGroups({}, {"Postgres": "PostgreSQL"})) == []


def test_each_topic_is_noted_once() -> None:
    years = ["A: 2022: Postgres: PostgreSQL", "C: 2020", "B: 2021", "D: 2018", "E: 2019: Redis: redis", "F: 2017"]
    assert [topic for topic, *_ in noted(*years)] == ["order", "technology"]
