"""Entries: their types, what roles inherit, and their locations in the source."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from docutils import nodes

from cvtools.model import kinds
from cvtools.model.dates import PartialDate, Period
from cvtools.model.entries import Entry
from cvtools.model.values import Linked
from cvtools.nodes import cv_field, cv_fields
from tests.projects import Project

INTEL = """\
# Ada Example

## Intel
:organization: [Intel](https://intel.com)
:location: Gdańsk
:technologies: Linux

About Intel.

### Engineer
:period: 2012-07 – 2014-06
:technologies: C

- Wrote drivers.

#### Assignment
Words.

#### Lead
:period: 2013-01 – 2014-06

#### Abroad
:location: Oregon
:technologies: Python

### Student
:period: 2011-07 – 2012-08
:organization: Intel Labs
"""


def entries_of(project: Project, text: str, *, warns: bool = False, **config: Any) -> dict[str, Entry]:
    """The entries of a root page, by their titles."""
    built = project.write({"index.md": text}).build(warns=warns, **config)
    return {entry.title: entry for entry in built.domain.pages["index"].entries}


def positions(entries: dict[str, Entry]) -> dict[str, Entry]:
    return {title: entry for title, entry in entries.items() if entry.kind == "position"}


def test_roles_inherit_what_they_do_not_say(project: Project) -> None:
    intel = Linked("Intel", "https://intel.com")
    found = positions(entries_of(project, INTEL))
    assert {
        title: (role.organization, role.location, str(role.period), role.technologies) for title, role in found.items()
    } == {
        "Engineer": (intel, "Gdańsk", "2012-07 – 2014-06", ("C",)),
        "Lead": (intel, "Gdańsk", "2013-01 – 2014-06", None),
        "Abroad": (intel, "Oregon", "2012-07 – 2014-06", ("Python",)),
        "Student": (Linked("Intel Labs"), "Gdańsk", "2011-07 – 2012-08", None),
    }


def test_a_position_knows_its_section_and_a_role_that_of_its_employer(project: Project) -> None:
    text = "# Ada\n\n## Work\n\n### Paid\n\n#### A\n:period: 2014\n\n### Bank\n:organization: Bank\n\n#### B\n:period: 2015\n"
    entries = project.write({"index.md": text}).build().domain.resume.of("position")
    assert [(entry.title, entry.section) for entry in entries] == [("A", "paid"), ("B", "work")]


def test_an_employer_has_the_time_of_all_its_roles(project: Project) -> None:
    built = project.write({"index.md": INTEL}).build()
    head = next(head for head in built.doctree().findall(cv_fields) if head["kind"] == "employer")
    shown = {field["name"]: field.astext() for field in head.findall(cv_field)}
    # The roles overlap by two months, which count once.
    assert (shown["period"], shown["duration"]) == ("Jul 2011 – Jun 2014", "3 years")


def test_month_of_a_degree_has_no_duration(project: Project) -> None:
    text = "# A\n\n## BSc\n:institution: U\n:period: 2014-06\n\n## Developer\n:organization: C\n:period: 2015-07\n"
    page = project.write({"index.md": text}).build("html").read("index.html")
    assert page.count("1 month") == 1
    assert "Jun 2014" in page


def test_total_of_roles_with_a_gap_and_one_in_years(project: Project) -> None:
    text = "# A\n\n## Bank\n:organization: Bank\n\n### X\n:period: 2011-01\n\n### Y\n:period: 2013-01 – 2013-02\n"
    head = project.write({"index.md": text}).build().doctree().next_node(cv_fields)
    assert head is not None
    assert [field.astext() for field in head.children] == ["Jan 2011 – Feb 2013", "3 months"]
    head = project.write({"index.md": f"{text}\n### Z\n:period: 2015\n"}).build().doctree().next_node(cv_fields)
    assert head is not None
    assert [field.astext() for field in head.children] == ["Jan 2011 – 2015"]


def test_a_role_belongs_to_its_workplace_through_a_section_of_a_variant(project: Project) -> None:
    text = """\
# A

## Bank
:organization: Bank

### Contracts
:only: long

#### Developer
:period: 2011
"""
    assert positions(entries_of(project, text, cv_variant="long"))["Developer"].organization == Linked("Bank")


def test_entry_beside_a_workplace_inherits_nothing(project: Project) -> None:
    text = "# A\n\n## Bank\n:organization: Bank\n:period: 2011\n\n## Alone\n:period: 2012\n"
    assert positions(entries_of(project, text))["Alone"].organization is None


def test_education_within_a_workplace_is_no_role(project: Project) -> None:
    text = (
        "# A\n\n## Bank\n:organization: Bank\n:location: Gdańsk\n:period: 2011\n\n"
        "### Course\n:institution: School\n:period: 2012\n"
    )
    found = entries_of(project, text)
    course = found["Course"]
    assert course.kind == "education"
    assert course.location is None
    assert str(positions(found)["Bank"].period) == str(Period.parse("2011"))


def test_entries_are_typed(project: Project) -> None:
    text = """\
# Ada Example
:headline: *Software* architect
:email: ada@example.org
:phone: +48 790 467 660 {show=pdf}
:website: <https://ada.example>

## Master
:institution: AGH
:period: 2008-10 – 2013
:score: 5.0
:technologies: C, Go

## A talk
:event: [PyCon](https://pycon.example)
:date: 2016-09-14
:video: <https://video.example/1> {show=html}
:language: EN

### Po polsku
:language: pl
"""
    found = entries_of(project, text)
    ada, master, talk, translation = found.values()
    assert ada.kind == "person"
    assert ada.headline == "Software architect"
    assert ada.email == ("ada@example.org",)
    assert ada.website == Linked("https://ada.example", "https://ada.example")
    assert ada.show == {"phone": ("pdf",)}
    assert master.kind == "education"
    assert master.period == Period(PartialDate(2008, 10), PartialDate(2013))
    assert master.technologies == ("C", "Go")
    assert master.area is None
    assert talk.kind == "talk"
    assert talk.event == Linked("PyCon", "https://pycon.example")
    assert talk.date == PartialDate(2016, 9, 14)
    assert talk.language == "en"
    assert talk.show == {"video": "html"}
    assert translation.kind == "translation"
    assert translation.language == "pl"
    assert [(e.origin.docname, e.origin.anchor, e.origin.line) for e in found.values()] == [
        ("index", "ada-example", 1),
        ("index", "master", 7),
        ("index", "a-talk", 13),
        ("index", "po-polsku", 19),
    ]


def test_an_entry_has_its_own_body_and_not_that_of_entries_in_it(project: Project) -> None:
    text = """\
# A

## Bank
:organization: Bank

About *the*
bank.

### Developer
:period: 2011

First.

- Wrote `code`.
  - A detail.
- Tested.

#### A project
Part of it.

1. Step

##### Lead
:period: 2011

Not of it.

### Languages
:kind: languages

- Polish: native
"""
    found = entries_of(project, text)
    assert found["Bank"].paragraphs == ("About the bank.",)
    assert found["Bank"].highlights == ()
    assert found["Developer"].paragraphs == ("First.", "A project", "Part of it.")
    assert found["Developer"].highlights == ("Wrote code.", "A detail.", "Tested.", "Step")
    assert found["Lead"].paragraphs == ("Not of it.",)
    languages = found["Languages"]
    assert languages.kind == "languages"
    assert [(group.name, group.level) for group in languages.groups()] == [("Polish", "native")]


def test_table_of_contents_is_not_of_the_text(project: Project) -> None:
    found = entries_of(project, "# A\n:headline: B\n\nAbout.\n\n```{contents}\n```\n\n## C\n\n## D\n")
    assert found["A"].paragraphs == ("About.",)


def test_a_malformed_optional_field_leaves_the_entry(project: Project) -> None:
    text = "# A\n\n## B\n:period: 2011\n:technologies: Go,\n:perod: 2\n"
    found = entries_of(project, text, warns=True)
    assert positions(found)["B"].technologies is None
    assert found["B"].show == {}


def test_an_entry_with_a_malformed_required_field_is_a_section(project: Project) -> None:
    found = entries_of(project, "# A\n\n## B\n:kind: translation\n:language: soon\n", warns=True)
    assert (found["B"].kind, found["B"].paragraphs) == ("section", ("language: soon",))


SECTIONS = """\
# Ada
:headline: H

About.

- In short

## Licence

Class B

> Quoted.

Term
: Meaning

## Supervision

### Students

- Jan
  1. Thesis

| Name | Topic |
|---|---|
| Li | [Things](https://example.org) |

## Work

### Bank

#### Developer
:period: 2012
:colour: red

Text.

##### A project
"""


def test_sections_without_fields_have_all_their_text(project: Project) -> None:
    found = entries_of(project, SECTIONS, warns=True)
    text = {title: (entry.kind, entry.paragraphs, entry.highlights) for title, entry in found.items()}
    assert text == {
        "Ada": ("person", ("About.",), ("In short",)),
        "Licence": ("section", ("Class B", "Quoted."), ("Term: Meaning",)),
        "Supervision": ("section", (), ("Students", "Jan", "Thesis", "Name: Topic", "Li: Things")),
        "Developer": ("position", ("colour: red", "Text.", "A project"), ()),
    }


def test_only_the_first_heading_of_the_root_page_is_the_person(project: Project) -> None:
    pages = {
        "index.md": "# Ada\n:headline: Boss\n\n```{toctree}\na\n```\n\n# B\n:period: 2011\n",
        "a.md": "# C\n:period: 2012\n",
    }
    domain = project.write(pages).build(warns=True).domain
    assert [(entry.kind, entry.title) for entry in domain.resume.entries] == [
        ("person", "Ada"),
        ("position", "B"),
        ("position", "C"),
    ]


def test_first_heading_without_fields_is_the_person(project: Project) -> None:
    built = project.write({"index.md": "# Ada\n\nWords.\n"}).build("html")
    assert built.domain.resume.person
    assert built.domain.resume.person.title == "Ada"
    assert "cv-head" not in built.read("index.html")


def test_every_node_of_an_entry_has_a_location_in_the_source(project: Project) -> None:
    text = INTEL + ":perod: 2012\n"
    built = project.write({"index.md": text}).build(warns=True)
    for node in built.doctree().findall(lambda node: isinstance(node, cv_fields | cv_field)):
        assert node.source == str(project.docs / "index.md"), node
        assert node.line, node
    lines = text.split("\n")
    for field in built.doctree().findall(cv_field):
        if field["name"] in {"location", "technologies"}:
            assert field.line is not None
            assert lines[field.line - 1].startswith(f":{field['name']}:")


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("odd", ["\x0c", "\u2028", "\x85", "\x0b"])
def test_lines_are_those_of_markdown(project: Project, newline: str, odd: str) -> None:
    text = f"\ufeff# Ada\n:headline: Boss\n\nOne{odd}line.\n\n## B\n:period: 2011\n:location: 1. place\n:perod: 2\n"
    (project.docs / "index.md").write_bytes(text.replace("\n", newline).encode())
    built = project.build(warns=True)
    assert "\nindex.md:9: WARNING: unknown field" in built.warnings
    (role,) = positions({entry.title: entry for entry in built.domain.pages["index"].entries}).values()
    assert role.location == "1. place"


def test_entries_of_an_included_file(project: Project) -> None:
    pages = {
        "index.md": "# Ada\n\n```{include} work.inc\n```\n\n## Later\n:period: 2016\n:location: 1. place\n",
        "work.inc": (
            "Lines differ.\n\n## Developer\n:period: 2014\n:location: 2. place\n\nWords.\n\n"
            "## Other\n:period: 2015\n:perod: 2\n"
        ),
    }
    built = project.write(pages).build(warns=True, cv_allow=["include"])
    found = positions({entry.title: entry for entry in built.domain.pages["index"].entries})
    assert {title: role.location for title, role in found.items()} == {
        "Developer": "2. place",
        "Other": None,
        "Later": "1. place",
    }
    assert built.warnings.startswith('work.inc:11: WARNING: unknown field "perod"')


def test_links_to_entries_work(project: Project) -> None:
    text = """\
# Ada

(above)=
## B
(between)=
:period: 2011

## C
(hidden)=
:kind: skills

[own](#b), [above](#above), [between](#between), [hidden](#hidden)
"""
    page = BeautifulSoup(project.write({"index.md": text}).build("html").read("index.html"), "html.parser")
    for title, anchor in {"own": "b", "above": "above", "between": "between", "hidden": "hidden"}.items():
        (link,) = [link for link in page.find_all("a") if link.text == title]
        assert link["href"] == f"#{anchor}"
        assert page.find(id=anchor) is not None


def test_every_kind_is_recognised_by_name(project: Project) -> None:
    sections = "\n".join(f"## {kind}\n:kind: {kind}\n" for kind in kinds.KINDS)
    built = project.write({"index.md": f"# Ada\n\n{sections}"}).build(warns=True)
    classes = [section["classes"] for section in built.doctree().findall(nodes.section)]
    assert classes[1:] == [["cv-entry", f"cv-{kind}"] for kind in kinds.KINDS]
    # Only a letter is not for a page of the website.
    assert re.findall(r"WARNING: (a letter)?.* \[cv.entry\]", built.warnings) == ["a letter"]


def test_an_employer_is_an_entry_of_its_own(project: Project) -> None:
    employer = entries_of(project, INTEL)["Intel"]
    assert employer.kind == "employer"
    assert employer.location == "Gdańsk"
    assert employer.technologies == ("Linux",)


def test_a_role_has_the_words_of_its_employer(project: Project) -> None:
    text = '# A\n\n## "B" -- C\n:organization: "B" -- C\n:location: x -- y\n\n### D\n:period: 2014\n'
    role = positions(entries_of(project, text))["D"]
    assert (role.organization, role.location) == (Linked("“B” – C"), "x – y")


AGED = """\
# Ada Example
:headline: Engineer

## Work

### Lead
:organization: Example
:period: 2010-05 – present
:technologies: Python

### Developer
:organization: Sample
:period: 2001 – 2009-12
:technologies: Java

### Tester
:organization: Sample
:period: all of 2000
:technologies: Java

### Trainee
:organization: Sample
:period: Mar 98 – Apr 02

## Education

### Studies
:institution: Example University
:period: 2021 – 2022 (12 months in Berlin)

## Technologies

```{technologies}
```
"""


def test_years_older_than_the_option_says_are_nowhere(project: Project) -> None:
    built = project.write({"index.md": AGED}).build("html", cv_today="2024-06", cv_hide_years=10)
    page = built.read("index.html")
    assert "… – present" in page
    assert "2021 – 2022 (12 months in Berlin)" in page
    for year in ("2000", "2001", "2009", "2010", "14 years", "Mar 98"):
        assert [name for name in built.files_with(year) if not name.startswith("_static/")] == []


def test_dates_of_education_are_nowhere_if_the_option_hides_them(project: Project) -> None:
    built = project.write({"index.md": AGED}).build("html", cv_today="2024-06", cv_hide_education_dates=True)
    assert "2001 – Dec 2009" in built.read("index.html")
    assert built.files_with("2021") == []


def kinds_of(project: Project, text: str, **config: Any) -> list[tuple[str, str]]:
    built = project.write({"index.md": text}).build(**config)
    return [(entry.kind, entry.title) for entry in built.domain.resume.entries if entry.kind != "person"]


def test_heading_of_a_section_tells_the_kind_of_its_entries(project: Project) -> None:
    text = """\
# Ada
:headline: Professor

## Volunteering

### Coach
:organization: Club
:period: 2018

### Red Cross
:organization: Red Cross

#### Driver
:period: 2019

## Teaching experience

### Algorithms
:institution: AGH
:period: 2020

## Awards and grants

### Prize
:issuer: Society
:date: 2020

### Starting grant
:funder: Council
:period: 2020

## Open-source projects

### Tool
:period: 2020

## Work experience

### Developer
:organization: Nira

## References

### Jan Nowak
:organization: Nira
"""
    assert kinds_of(project, text) == [
        ("volunteering", "Coach"),
        ("employer", "Red Cross"),
        ("volunteering", "Driver"),
        ("teaching", "Algorithms"),
        ("certificate", "Prize"),
        ("grant", "Starting grant"),
        ("project", "Tool"),
        ("position", "Developer"),
        ("reference", "Jan Nowak"),
    ]


def test_heading_tells_the_kind_in_the_language_of_the_document(project: Project) -> None:
    text = "# Ada\n:headline: Szef\n\n## Wolontariat\n\n### Trenerka\n:organization: Klub\n:period: 2018\n"
    assert kinds_of(project, text, language="pl") == [("volunteering", "Trenerka")]


@pytest.mark.parametrize(("written", "kind"), [("projects", "project"), ("volunteering", "volunteering")])
def test_kind_of_a_section_is_that_of_its_entries(project: Project, written: str, kind: str) -> None:
    text = f"""\
# Ada
:headline: Boss

## Things
:kind: {written}

### One
:period: 2018

### Two

Words.

#### Part
"""
    assert kinds_of(project, text) == [(kind, "One"), (kind, "Two")]


def test_other_words_are_a_kind_of_dated_entries(project: Project) -> None:
    text = "# Ada\n:headline: Boss\n\n## Shows\n:kind: exhibition\n\n### One\n:date: 2018\n\n## Two\n:kind: jury\n:date: 2019\n"
    built = project.write({"index.md": text}).build()
    found = [entry for entry in built.domain.resume.entries if entry.kind == "other"]
    assert [(entry.title, entry.kind_word) for entry in found] == [("One", "exhibition"), ("Two", "jury")]


def test_section_with_the_name_of_a_kind_needs_no_field(project: Project) -> None:
    text = "# Ada\n:headline: Boss\n\n## Languages\n\n- Polish: native\n\n## About me\n\nWords.\n\n## Machines\n\n- Drill\n"
    assert kinds_of(project, text) == [("languages", "Languages"), ("summary", "About me"), ("section", "Machines")]


def test_fields_have_other_names(project: Project) -> None:
    text = "# Ada\n\n## On things\n:author: Ada and Jan\n:journal: Nature\n:year: 2020\n:url: <https://example.org>\n"
    paper = entries_of(project, text)["On things"]
    assert paper.kind == "publication"
    assert (paper.authors, paper.venue, paper.date) == (("Ada", "Jan"), Linked("Nature"), PartialDate(2020))
    assert paper.page == Linked("https://example.org", "https://example.org")


def test_organization_that_is_the_title_is_shown_once(project: Project) -> None:
    text = "# A\n\n## Bank\n:organization: [Bank](https://bank.example)\n\n### Clerk\n:period: 2014\n"
    built = project.write({"index.md": text}).build("html")
    section = BeautifulSoup(built.read("index.html"), "lxml").select_one("section#bank")
    assert section
    assert not section.select(".cv-organization")
    assert section.select("h2 > a")[0]["href"] == "https://bank.example"
    role = positions({entry.title: entry for entry in built.domain.pages["index"].entries})["Clerk"]
    assert role.organization == Linked("Bank", "https://bank.example")


def test_position_keeps_the_address_of_its_employer_when_others_are_added(project: Project) -> None:
    first = "### Developer\n:organization: Bank\n:period: 2014\n\n"
    added = (
        "### Lead\n:organization: Bank\n:period: 2016\n\n### Boss\n:organization: Secret {show=pdf}\n:period: 2015\n\n"
    )
    roles = "### Corp\n:organization: Corp\n\n#### Developer\n:period: 2012\n\n"
    built = project.write({"index.md": f"# Ada\n\n## Work\n\n{added}{first}{roles}[Old](#developer)\n"}).build("html")
    page = BeautifulSoup(built.read("index.html"), "lxml")
    assert [section["id"] for section in page.select(".cv-position")] == ["bank-2", "boss", "bank", "corp-developer"]
    # An address of old, made from the title
    assert page.select("#bank > span#developer")
    assert "ecret" not in built.read("index.html")


def test_field_that_is_there_under_two_names_gives_a_warning_with_both(project: Project) -> None:
    built = project.write({"index.md": "# Ada\n\n## Job\n:organization: Corp\n:date: 2014\n:period: 2016\n"}).build(
        warns=True
    )
    rule = 'field "period" is there twice, also as "date": delete one'
    assert built.warnings == f"index.md:6: WARNING: {rule} [cv.field]\n"


def test_time_off_that_counts_as_work_is_noted(project: Project) -> None:
    jobs = ["Parental leave", "Sabbatical\n:organization: Corp", "Gap year\n:kind: break"]
    text = "# Ada\n\n" + "".join(f"## {job}\n:period: 2020\n\n" for job in jobs)
    rule = 'this counts as work: write ":kind: break" below the heading if it was time off'
    assert project.write({"index.md": text}).build().notes == f"index.md:3: note: {rule} [cv.break]"


def test_page_without_fields_is_noted(project: Project) -> None:
    text = "# Ada\n\n" + "".join(f"## {title}\n\n### At Corp\n2020\n\n" for title in ("Work", "Studies", "Other"))
    rule = 'no entry has fields: write for example ":period: 2014 – 2016" below one, or try cvtools import'
    assert project.write({"index.md": text}).build().notes == f"index.md:1: note: {rule} [cv.fields]"


def test_remark_of_a_period_is_shown(project: Project) -> None:
    text = "# Ada\n\n## Work\n\n### Job\n:organization: x\n:period: 2014-03 – 2016-04 (part-time)\n"
    assert "Mar 2014 – Apr 2016 (part-time)" in project.write({"index.md": text}).build().resolved().astext()
