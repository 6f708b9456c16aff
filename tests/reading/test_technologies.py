"""``{technologies}`` and ``{tech}``: tables that are derived, and links both ways."""

import pytest
from bs4 import BeautifulSoup, Tag
from docutils import nodes

from tests.projects import Built, Project

CV = """# Ada
:headline: Developer

Knows {tech}`Postgres`.

## Work

### Lead
:organization: Bank
:period: 2020-01 – 2020-06
:technologies: Python, PostgreSQL, C++

### Developer
:organization: Bank
:period: 2018-01 – 2019-12
:technologies: Python, Postgres {show=pdf}

### Own things
:period: 2023-01 – present
:technologies: Python, Rust

```{toctree}
:hidden:

tech
```
"""
TECH = """# Technologies

```{technologies}
Languages: Python, C++
Data: PostgreSQL (Postgres)
```
"""


def tables(built: Built, docname: str = "tech") -> dict[str, list[list[str]]]:
    """The words of each table's cells, by its title."""
    found = {}
    for table in built.resolved(docname).findall(nodes.table):
        title = next(table.findall(nodes.title), nodes.title()).astext()
        rows = [row for body in table.findall(nodes.tbody) for row in body.findall(nodes.row)]
        found[title] = [[cell.astext() for cell in row.findall(nodes.entry)] for row in rows]
    return found


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return Project(tmp_path_factory.mktemp("technologies")).write({"index.md": CV, "tech.md": TECH}).build("html")


def test_a_table_for_each_group(book: Built) -> None:
    assert tables(book) == {
        "Languages": [["Python", "2 years", "present", "Bank, Own things"], ["C++", "6 months", "Jun 2020", "Bank"]],
        "Data": [["PostgreSQL", "6 months", "Jun 2020", "Bank"]],
        "Other": [["Rust", "1 year 6 months", "present", "Own things"]],
    }


def test_links_both_ways(book: Built) -> None:
    page = BeautifulSoup(book.read("tech.html"), "html.parser")
    row = page.find(id="technology-postgresql")
    assert isinstance(row, Tag)
    assert [link["href"] for link in row.find_all("a")] == ["index.html?t=postgresql#bank-2", "index.html#bank-2"]
    cv = BeautifulSoup(book.read("index.html"), "html.parser")
    tags = cv.select("#bank-2 .cv-technologies a")
    assert [(tag.text, tag["href"]) for tag in tags] == [
        ("Python", "tech.html#technology-python"),
        ("PostgreSQL", "tech.html#technology-postgresql"),
        ("C++", "tech.html#technology-c-plus-plus"),
    ]
    assert [link["href"] for link in cv.select("p a.internal") if link.text == "Postgres"] == [
        "tech.html#technology-postgresql"
    ]


def test_links_lead_to_a_list_that_leaves_none_out(project: Project) -> None:
    short = CV + "\n\n## Most used\n\n```{technologies}\n:count: 1\n```\n"
    built = project.write({"index.md": short, "tech.md": TECH}).build("html")
    tags = BeautifulSoup(built.read("index.html"), "html.parser").select("#bank-2 .cv-technologies a")
    assert {str(tag["href"]).partition("#")[0] for tag in tags} == {"tech.html"}


def test_technology_of_an_assignment_counts_for_its_own_period(project: Project) -> None:
    work = (
        "# Ada\n\n## Work\n\n### Developer\n:organization: Bank\n:period: 2014-01 – 2016-12\n:technologies: Python\n\n"
    )
    assignment = "#### Ledger\n:period: 2015-01 – 2015-06\n:technologies: COBOL\n\n#### Other\n:technologies: Rust\n"
    toctree = "\n```{toctree}\ntech\n```\n"
    project.write({"index.md": work + assignment + toctree, "tech.md": "# T\n\n```{technologies}\n```\n"})
    (rows,) = tables(project.build("html")).values()
    # One without a period of its own counts for that of the job.
    assert [row[:2] for row in rows] == [["Python", "3 years"], ["Rust", "3 years"], ["COBOL", "6 months"]]


def test_without_a_page_for_them_technologies_are_words(project: Project) -> None:
    built = project.write({"index.md": CV.partition("```")[0]}).build("html")
    cv = BeautifulSoup(built.read("index.html"), "html.parser")
    assert [tag.text for tag in cv.select("#bank-2 .cv-technologies li")] == ["Python", "PostgreSQL", "C++"]
    assert cv.select(".cv-technologies a") == []


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ("", ["Python", "Rust", "C++", "PostgreSQL"]),
        (":count: 2", ["Python", "Rust"]),
        (":sort: name", ["C++", "PostgreSQL", "Python", "Rust"]),
        (":sort: recent", ["Python", "Rust", "C++", "PostgreSQL"]),
    ],
)
def test_options_choose_and_order_technologies(project: Project, options: str, names: list[str]) -> None:
    listing = "\n\n## Technologies\n\n```{technologies}\n" + f":flat:\n{options}\n```\n"
    built = project.write({"index.md": CV + listing, "tech.md": TECH}).build("html")
    assert [row[0] for row in tables(built, "index")[""]] == names


def test_what_the_web_may_not_show_is_in_the_pdf_alone(project: Project) -> None:
    listing = "\n\n## Technologies\n\n```{technologies}\n```\n"
    project.write({"index.md": CV + listing, "tech.md": TECH})
    assert tables(project.build("cvlatex"), "index")["Data"] == [["PostgreSQL", "2 years 6 months", "Jun 2020"]]
    assert tables(project.build("html"), "index")["Data"] == [["PostgreSQL", "6 months", "Jun 2020", "Bank"]]


def test_two_lists_on_a_page_have_no_id_in_common(project: Project) -> None:
    page = (
        TECH
        + "\n## Most used\n\n```{technologies}\n:count: 1\n```\n\n## By name\n\n```{technologies}\n:sort: name\n```\n"
    )
    built = project.write({"index.md": CV, "tech.md": page}).build("html")
    ids = [str(tag["id"]) for tag in BeautifulSoup(built.read("tech.html"), "html.parser").select("[id]")]
    assert "technology-python" in ids
    assert len(ids) == len({*ids})


def test_groups_in_another_script_than_latin_have_ids_of_their_own(project: Project) -> None:
    groups = "# Technologies\n\n```{technologies}\nМови: Python\nДані: PostgreSQL\n```\n"
    built = project.write({"index.md": CV, "tech.md": groups}).build("html")
    ids = [str(tag["id"]) for tag in BeautifulSoup(built.read("tech.html"), "html.parser").select("[id]")]
    assert [name for name in ids if name.startswith("technologies")] == [
        "technologies",
        "technologies-2",
        "technologies-3",
        "technologies-other",
    ]
    assert len(ids) == len({*ids})


def test_the_search_leads_to_the_row(book: Built) -> None:
    found = [
        (name, page, anchor) for name, _, kind, page, anchor, _ in book.domain.get_objects() if kind == "technology"
    ]
    assert ("Rust", "tech", "technology-rust") in found
    index = book.read("searchindex.js")
    assert '"Rust"' in index
    assert '["cv","technology","Technology"]' in index


def test_a_variant_leaves_out_what_it_does_not_have(project: Project) -> None:
    text = CV.replace(":technologies: Python, Rust", ":technologies: Python, Rust\n:only: long").replace(
        "```{", "## More\n\n```{"
    )
    project.write({"index.md": text, "tech.md": TECH})
    assert "Other" in tables(project.build("html", cv_variant="long"))
    short = tables(project.build("html", cv_variant=""))
    assert short["Languages"][1] == ["Python", "6 months", "Jun 2020", "Bank"]
    assert "Other" not in short
    assert project.build("html").files_with("Rust") == []


@pytest.mark.parametrize("builder", ["text", "latex", "man", "epub", "texinfo"])
def test_builders_of_sphinx_show_technologies(project: Project, builder: str) -> None:
    built = project.write({"index.md": CV, "tech.md": TECH}).build(builder, copyright="Ada", version="1")
    assert built.files_with("Rust") or builder == "epub"


def test_a_malformed_group_gives_a_warning(project: Project) -> None:
    page = "# T\n\n```{technologies}\n:flat:\nLanguages: Python\nJava, C\n```\n"
    built = project.write({"index.md": CV, "tech.md": page}).build("html", warns=True)
    assert built.warnings == (
        'tech.md:6: WARNING: "Java, C" is not a group: write for example Databases: PostgreSQL (Postgres), Redis '
        "[cv.listing]\n"
    )


def test_groups_without_an_end_end_at_a_heading(project: Project) -> None:
    page = "# T\n\n```{technologies}\nLanguages: Python\n\n## Work\n:period: 2019\n\n- Built.\n"
    built = project.write({"index.md": CV, "tech.md": page}).build("html", warns=True)
    assert built.warnings == (
        "tech.md:3: WARNING: this code has no end: write ``` below its last line [cv.entry]\n"
        'tech.md:6: WARNING: "## Work" is not a group: write for example Databases: PostgreSQL (Postgres), Redis '
        "[cv.listing]\n"
    )


def test_an_unknown_technology_gives_a_warning(project: Project) -> None:
    text = CV.replace("{tech}`Postgres`", "{tech}`Pyton` and {tech}`Cobol`")
    built = project.write({"index.md": text, "tech.md": TECH}).build("html", warns=True)
    assert built.warnings.splitlines() == [
        'index.md:4: WARNING: no entry names the technology "Pyton": did you mean "Python"? [cv.technology]',
        'index.md:4: WARNING: no entry names the technology "Cobol" [cv.technology]',
    ]


def test_an_edit_to_the_cv_renews_the_tables(project: Project) -> None:
    project.write({"index.md": CV, "tech.md": TECH}).build("html")
    built = project.write({"index.md": CV.replace("2020-06", "2020-07")}).build("html")
    assert "7 months" in built.read("tech.html")
    built = project.write({"tech.md": TECH.replace("Postgres)", "PG)")}).build("html", warns=True)
    assert "PG" not in built.read("index.html")
    assert "technology-postgresql" in built.read("index.html")


def test_pages_read_in_parallel_give_the_tables(project: Project) -> None:
    project.write({f"{name}.md": f"# {name}\n" for name in "abcdefgh"})
    built = project.write({"index.md": CV, "tech.md": TECH}).build("html", jobs=2, warns=True)
    assert [*tables(built)] == ["Languages", "Data", "Other"]


def test_notes_fail_nothing_and_can_be_silenced(project: Project) -> None:
    built = project.write({"index.md": CV.replace("Rust", "python3, Pythn"), "tech.md": TECH}).build("html")
    assert built.notes.splitlines() == [
        'index.md:18: note: "Python" and "Pythn" look like one technology: write it in one way, or give one as an alias '
        "[cv.technology]"
    ]
    project.write({"index.md": CV})
    built = project.build("html", suppress_warnings=["cv.order"])
    assert built.notes == ""


def test_technology_has_a_name_in_the_language_of_the_edition(project: Project) -> None:
    text = """# A
:kind: person

Fond of {tech}`carpentry`.

## Joiner
:organization: Shop
:period: 2019-01 – 2020-12
:technologies: carpentry, Python

## Trainee
:organization: Shop
:period: 2018-01 – 2018-12
:technologies: woodwork

```{technologies}
Crafts: carpentry (woodwork)
```
"""
    names = {"pl": {"carpentry": "stolarstwo", "Crafts": "Rzemiosło"}}
    project.write({"index.md": text})
    built = project.build("html", language="pl", cv_technologies=names)
    page = built.read("index.html")
    assert "carpentry" not in page
    assert "Crafts" not in page
    assert "Rzemiosło" in page
    assert 'id="technology-stolarstwo"' in page
    assert page.count('#technology-stolarstwo"') == 3
    assert "stolarstwo" not in project.build("html", cv_technologies=names).read("index.html")
