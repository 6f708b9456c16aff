"""Long lists of publications, and the owner's name among authors."""

import pytest
from bs4 import BeautifulSoup

from cvtools.reading.publications import is_name_of
from tests.projects import Project


@pytest.mark.parametrize(
    "name",
    ["Grace Tester", "Tester, Grace", "Tester, G.", "G. Tester", "Tester G", "Tester GM", "G. M. Tester"],
)
def test_owner_is_known_by_full_name_and_initials(name: str) -> None:
    assert is_name_of(name, "Prof. Dr. Grace Tester, PhD")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("García López, A.", "Ana García López"),
        ("A. García-López", "Ana García-López"),
        ("L. Nowak", "Łukasz Nowak"),
        ("王小明", "王小明"),
    ],
)
def test_owner_is_known_by_any_form_of_name(name: str, title: str) -> None:
    assert is_name_of(name, title)


@pytest.mark.parametrize("name", ["Jan Tester", "Tester, J.", "Grace Hopper", "Tester", ""])
def test_other_people_are_not_the_owner(name: str) -> None:
    assert not is_name_of(name, "Grace Tester")


def publications(count: int) -> str:
    entry = """\
### On things {0}
:authors: Tester, G. and Nowak, J.
:venue: Journal
:volume: 12
:issue: 3
:pages: 4–5
:date: 2020-0{0}
:doi: 10.1000/{0}

"""
    return "# Grace Tester\n:headline: Professor\n\n## Publications\n\n" + "".join(
        entry.format(number % 9 + 1) for number in range(count)
    )


def test_many_publications_are_a_numbered_list(project: Project) -> None:
    built = project.write({"index.md": publications(10) + "With words.\n"}).build("html")
    page = BeautifulSoup(built.read("index.html"), "lxml")
    items = page.select("ol.cv-publications > li")
    assert len(items) == 10
    assert " ".join(items[0].get_text().split()) == (
        "Tester, G. and Nowak, J. On things 1. Journal, 12(3), 4–5, Jan 2020. DOI: 10.1000/1"
    )
    assert [strong.get_text() for strong in items[0].select("strong")] == ["Tester, G."]
    assert items[-1].select("p")[-1].get_text() == "With words."
    assert not page.select("section h3")
    # Links to entries lead there.
    assert items[0]["id"] == "on-things-1"
    assert [entry.kind for entry in built.domain.resume.entries].count("publication") == 10


def test_few_publications_are_entries(project: Project) -> None:
    built = project.write({"index.md": publications(9)}).build("html")
    page = BeautifulSoup(built.read("index.html"), "lxml")
    assert not page.select("ol")
    assert len(page.select("section.cv-publication h3")) == 9
    assert page.select(".cv-authors strong")[0].get_text() == "Tester, G."


def test_plain_text_has_the_list_without_marks(project: Project) -> None:
    text = project.write({"index.md": publications(10)}).build("text").read("index.txt")
    assert "\n1. Tester, G. and Nowak, J. On things 1. Journal, 12(3), 4–5, Jan" in text


def test_single_author_needs_no_mark(project: Project) -> None:
    text = "# Grace Tester\n:headline: Professor\n\n## Things\n:authors: Grace Tester\n:date: 2020\n"
    page = BeautifulSoup(project.write({"index.md": text}).build("html").read("index.html"), "lxml")
    assert page.select_one(".cv-authors")
    assert not page.select(".cv-authors strong")
