"""Technologies: their time, their groups and names, their ids."""

import pytest
from hypothesis import given, strategies as st

from cvtools.model.dates import PartialDate, Period
from cvtools.model.entries import Entry, Origin, Resume
from cvtools.model.technologies import TechnologyGroups, anchors, lookalikes, nearest, parse_group, technologies
from cvtools.model.values import Linked

TODAY = PartialDate(2024, 6)


def position(title: str, period: str, *names: str, show: dict[str, str] | None = None) -> Entry:
    origin = Origin("index", title, 1)
    return Entry(
        kind="position", title=title, origin=origin, period=Period.parse(period), technologies=names, show=show or {}
    )


def found(
    *entries: Entry, output: str = "html", technology_groups: TechnologyGroups | None = None
) -> dict[str, tuple[list[str], int]]:
    """Each technology with the titles of its entries and its months."""
    shown = Resume(entries).for_output(output).entries
    all_of_them = technologies(shown, technology_groups or TechnologyGroups())
    return {tech.name: ([entry.title for entry in tech.entries], tech.months(TODAY)) for tech in all_of_them}


def test_months_in_which_an_entry_was_under_way_count_once() -> None:
    entries = [
        position("c", "2024-01 – present", "Python"),
        position("b", "2020-01 – 2020-06", "Python", "Kafka"),
        position("a", "2020-04 – 2020-12", "Kafka", "Kafka"),
        Entry(kind="skills", title="Skills", origin=Origin("index", "s", 9)),
    ]
    assert found(*entries) == {"Python": (["c", "b"], 12), "Kafka": (["b", "a"], 12)}


def test_an_employers_technologies_have_the_time_of_its_roles() -> None:
    periods = {"2014-01 – 2014-03": "", "2014-03 – 2014-04": "", "2010-01 – 2010-12": "pdf"}
    bank = Entry(
        kind="employer",
        title="Bank",
        origin=Origin("index", "bank", 1),
        organization=Linked("Bank"),
        technologies=("Java",),
        role_periods=tuple((Period.parse(period), only) for period, only in periods.items()),
    )
    assert found(bank) == {"Java": (["Bank"], 4)}
    assert found(bank, output="pdf") == {"Java": (["Bank"], 16)}


def test_what_is_withheld_from_an_output_is_not_counted_there() -> None:
    secret = position("a", "2020-01 – 2020-06", "Python", show={"technologies": "pdf"})
    undated = position("b", "2020-01 – 2020-06", "Python", show={"period": "pdf"})
    assert found(secret, undated) == {"Python": (["b"], 0)}
    assert found(secret, undated, output="pdf") == {"Python": (["a", "b"], 6)}


def test_last_use_is_the_latest_end_that_is_past() -> None:
    technology_groups = TechnologyGroups()
    (lasting,) = technologies([position("a", "2020-01 – present", "Python")], technology_groups)
    (to_end,) = technologies([position("a", "2020-01 – 2030-01", "Python")], technology_groups)
    (over,) = technologies([position("a", "2020 – 2021", "C"), position("b", "2019-05", "C")], technology_groups)
    undated = position("a", "2020", "C", show={"period": "pdf"}).for_output("html")
    (unknown,) = technologies([undated], technology_groups)
    found = [technology.last(TODAY) for technology in (lasting, to_end, over, unknown)]
    assert found == [None, None, PartialDate(2021), None]


def test_an_alias_counts_for_the_technology() -> None:
    technology_groups = TechnologyGroups({"Data": ("PostgreSQL",)}, {"Postgres": "PostgreSQL"})
    entries = [position("b", "2021-01", "Postgres", "PostgreSQL"), position("a", "2020-01", "Postgres")]
    assert found(*entries, technology_groups=technology_groups) == {"PostgreSQL": (["b", "a"], 2)}


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("Languages: Python, C++", TechnologyGroups({"Languages": ("Python", "C++")})),
        ("Data: PostgreSQL (Postgres, psql), Redis", TechnologyGroups({"Data": ("PostgreSQL", "Redis")}, {"Postgres": "PostgreSQL", "psql": "PostgreSQL"})),
        (" CI/CD :  GitHub Actions ", TechnologyGroups({"CI/CD": ("GitHub Actions",)})),
    ],
)  # fmt: skip
def test_group_is_parsed(line: str, meaning: TechnologyGroups) -> None:
    assert parse_group(line) == meaning


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("Python, C++", '"Python, C++" is not a group: write for example Databases: PostgreSQL (Postgres), Redis'),
        (": Python", '": Python" is not a group'),
        ("Languages:", '"Languages:" is not a group'),
        ("Data: Redis, redis", '"redis" is named twice: delete one'),
        ("Data: PostgreSQL (Postgres", '"PostgreSQL (Postgres" is not a name: write for example PostgreSQL (Postgres)'),
        ("Data: (Postgres)", '"(Postgres)" is not a name'),
        ("Data: Redis,", '"Redis," has an empty name'),
    ],
)
def test_malformed_group_is_refused(line: str, rule: str) -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - the text is compared
        parse_group(line)
    assert str(raised.value).startswith(rule)


@given(st.text())
def test_any_line_is_a_group_or_an_error(line: str) -> None:
    try:
        parsed = parse_group(line)
    except ValueError:
        return
    ((group, members),) = parsed.groups.items()
    assert group
    assert members


def test_groups_of_several_lists_are_merged() -> None:
    first = TechnologyGroups({"A": ("x",)}, {"y": "x"})
    second = TechnologyGroups({"A": ("z",), "B": ("w",)}, {"y": "z"})
    whole = TechnologyGroups.of([first, second])
    assert whole == TechnologyGroups({"A": ("x", "z"), "B": ("w",)}, {"y": "x"})
    assert (whole.group("w"), whole.group("x"), whole.group("v")) == ("B", "A", "")
    assert TechnologyGroups({"A": ("x",), "B": ("x", "y")}).group("x") == "A"


def test_ids_tell_names_apart_that_differ_in_signs() -> None:
    assert anchors(["C", "C++", "C#", ".NET", "Node.js", "c", "日本"]) == {
        "C": "technology-c",
        "C++": "technology-c-plus-plus",
        "C#": "technology-c-sharp",
        ".NET": "technology-net",
        "Node.js": "technology-node-js",
        "c": "technology-c-2",
        "日本": "technology",
    }


@given(st.lists(st.text(), unique=True))
def test_ids_are_unique(names: list[str]) -> None:
    assert len(set(anchors(names).values())) == len(names)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Postgres", "PostgreSQL"), ("Elasticsearch", "ElasticSearch"), ("React", "ReactJS"), ("Kubernetes", "Kubernets")],
)
def test_two_names_for_one_thing(one: str, other: str) -> None:
    assert list(lookalikes([one, "Rust", other])) == [(one, other)]


def test_different_things_do_not_look_alike() -> None:
    names = "C, C++, C#, Java, JavaScript, Docker, Docker Compose, Python 2, Python 3, AWS SQS, AWS ECS, Redis, Kafka, aiokafka"
    assert list(lookalikes(names.split(", "))) == []


def test_the_nearest_name() -> None:
    assert nearest("postgresql", ["Redis", "PostgreSQL"]) == "PostgreSQL"
    assert nearest("Cobol", ["Redis", "PostgreSQL"]) == ""


def test_many_names_have_ids_and_few_lookalikes() -> None:
    """Whatever compares each name with each takes minutes for these."""
    names = [chr(0x4E00 + number) for number in range(4000)]
    assert anchors(names)[names[-1]] == "technology-4000"
    assert list(lookalikes(names)) == []
