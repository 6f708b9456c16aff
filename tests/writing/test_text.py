"""Entries and listings in plain text, and in formats without visitors of their own."""

import json

import pytest
from docutils.utils import new_document

from cvtools.exporters.json_resume import json_resume
from cvtools.nodes import SLOTS, cv_field, cv_fields
from cvtools.writing.documents import ReplaceFields
from tests.projects import Built, Project, png


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Every kind of entry."""
    return Project(tmp_path_factory.mktemp("kinds"), "test-kinds")


@pytest.fixture(scope="module")
def text(kinds: Project) -> Built:
    return kinds.build("cvtext")


@pytest.mark.parametrize(
    "passage",
    [
        "Ada Example\n***********\n\nSoftware architect\nGdańsk\nE-mail: ada@example.org\nWebsite: example.org\n",
        "\nExample Corp <https://corp.example>, Remote\nMar 2024 – present (4 months)\n"
        "Technologies: Python, Salt & <Pepper>, PostgreSQL\n\n* Leads",
        "Example Bank\nGdańsk\nMay 2011 – Apr 2016 (5 years)\n\n\nDeveloper\n",
        "\nPolitechnika, Gdańsk\n2006 – 2011\nDegree: Master\nArea: Machines\nSpecialization: Engines\nScore: good\n",
        "\nAda Example, Luigi M. · Press <https://press.example>\nSep 1, 2013\npress.example/notes\n",
        "\nBoard\nSep 2012\nPeriod: Oct 2012 – Sep 2014\nboard.example/1\n",
        # No address is broken.
        "\n* Types, PyCon, Jan 2018\n\n* Testing, EuroPython <https://ep.example>, Bilbao, Jul 19, 2016, "
        "Video <https://v.example/1>, Video (Polish) <https://v.example/2>, Slides <https://s.example/1>,",
    ],
)
def test_text_has_a_line_or_more_for_each_entry(text: Built, passage: str) -> None:
    assert passage in text.read("cv.txt")


def test_no_field_is_left_out_of_the_lines_of_a_head(project: Project) -> None:
    names = [name for fields in SLOTS.values() for name in fields]
    head = cv_fields("", *(cv_field(name, f"<{name}>", name=name, label="Label") for name in [*names, "unknown"]))
    document = new_document("")
    document += head
    ReplaceFields(document).run()
    text = document.astext()
    # A title is the heading, and text has no pictures.
    assert {name for name in names if f"<{name}>" not in text} == {"title", "photo"}
    assert "Label: <unknown>" in text


def test_label_in_french_has_a_space_before_its_colon(project: Project) -> None:
    page = "# Ada\n:poste: Lyon\n\n```{facts}\n```\n\n## Œuvres\n\n### Livre\n:venue: Revue\n:issue: 3\n:date: 2010\n\n"
    page += "### Emploi\n:organization: Usine\n:period: 2010 – 2012\n"
    text = project.write({"index.md": page}).build("cvtext", warns=True, language="fr").read("cv.txt")
    assert "Numéro\u00a0: 3" in text
    assert "poste\u00a0: Lyon" in text
    assert "Travail : 3 ans" in text


def test_cvtext_writes_the_root_page_alone(text: Built) -> None:
    assert [path.name for path in text.out.glob("*.txt")] == ["cv.txt"]
    assert "Sums up." in text.read("cv.txt")


def test_text_builder_of_sphinx_has_the_fields(kinds: Project) -> None:
    assert "\n\n   Example Corp, Remote\n   Mar 2024" in kinds.build("text").read("index.txt")


FORM = """\
# Ada

A paragraph of *many* **words** that is much longer than a `line` of text in a terminal, and that
goes on, to [thesis](https://example.org/thesis), on and [on](#ada).

- [x] A task

- Paper: <https://example.org/a/very/long/url/that/does/not/end/and/goes/on/and/on/with/many/segments/index.html?q=s>
  - Within the item, words that do not fit on the rest of the line of text in a terminal

| Topic | Page |
|---|---|
| Things | [their page](https://example.org/things/that/are/too/long/for/the/column/of/a/table/in/a/terminal) |
"""


def test_paragraphs_and_rows_are_lines_with_whole_addresses(project: Project) -> None:
    lines = project.write({"index.md": FORM}).build("cvtext").read("cv.txt").splitlines()
    assert [line for line in lines if line] == [
        "Ada",
        "***",
        "A paragraph of many words that is much longer than a line of text in a terminal, and that goes on, to "
        "thesis <https://example.org/thesis>, on and on.",
        "* ☑ A task",
        "* Paper: https://example.org/a/very/long/url/that/does/not/end/and/goes/on/and/on/with/many/segments/"
        "index.html?q=s",
        "  * Within the item, words that do not fit on the rest of the line of text in a terminal",
        "Topic | Page",
        "Things | their page <https://example.org/things/that/are/too/long/for/the/column/of/a/table/in/a/terminal>",
    ]


TABLES = """\
# Ada

````{list-table}
- - One
  - Two

    ```{list-table} Title
    - - `A|B`
      - C

        | D |
        |---|
    ```
````
"""


def test_table_in_a_cell_is_words(project: Project) -> None:
    project.write({"index.md": TABLES})
    assert project.build("cvtext").read("cv.txt").endswith("\nOne | Two Title A|B C D\n")
    assert (
        project.build("cvmarkdown")
        .read("cv.md")
        .endswith("\n|  |  |\n| --- | --- |\n| One | Two **Title** A\\|B C D |\n")
    )


def test_numbers_of_footnotes_are_in_brackets_and_in_no_data(project: Project) -> None:
    page = "# Ada\n:headline: Lead[^a]\n\nBuilt[^1] it.\n\n| A[^a] |\n|---|\n| x |\n\n"
    page += "## Dev[^1]\n:organization: Corp[^1]\n:period: 2010\n\n- Did[^a] it.\n\n[^a]: A.\n[^1]: B.\n"
    built = project.write({"index.md": page}).build("cvtext")
    written = " ".join(built.read("cv.txt").split())
    assert "Lead[2] Built[1] it. A[2] x Dev[1] ====== Corp[1] 2010 * Did[2] it." in written
    assert json.loads(json_resume(built.app.env, "html"))["work"] == [
        {"position": "Dev", "name": "Corp", "startDate": "2010", "endDate": "2010", "highlights": ["Did it."]}
    ]


def test_reference_to_a_missing_footnote_is_shown_as_written(project: Project) -> None:
    project.write({"index.md": "# Ada\n\n## Dev\n:organization: Corp[^x]\n:period: 2010\n"})
    assert "\nCorp[^x]\n" in project.build("cvtext", warns=True).read("cv.txt")


def test_unknown_field_is_shown_as_written(project: Project) -> None:
    project.write({"index.md": "# Ada\n\n## Work\n:period: 2012\n:perod: *2013*\n"})
    assert "\n   2012\n   perod: *2013*\n" in project.build("text", warns=True).read("index.txt")


def test_entry_without_visible_fields_leaves_no_gap(project: Project) -> None:
    project.write({"index.md": "# Ada\n:phone: +48 123 456 789 {show=pdf}\n\nWords.\n"})
    assert project.build("text").read("index.txt") == "Ada\n***\n\nWords.\n"


@pytest.mark.parametrize("builder", ["latex", "man", "texinfo"])
def test_other_formats_have_all_the_text(kinds: Project, builder: str) -> None:
    words = "".join(
        data.decode() for name, data in kinds.build(builder).files().items() if name.endswith((".tex", ".1", ".texi"))
    )
    flat = " ".join(words.replace("\\textendash{}", "–").replace("\\:", "").split())
    for word in (
        "Example Corp",
        "https://corp.example",
        "Software architect",
        "Mar 2024 – present (4 months)",
        "May 2011 – Apr 2016 (5 years)",
        "Specialization: Engines",
        "Ada Example, Luigi M.",
        "PyCon, Jan 2018",
        "Opis po polsku",
    ):
        assert word in flat
    assert ("123 456 789" in flat) == (builder == "latex")


def test_caption_of_a_picture_is_not_joined_to_its_description(project: Project) -> None:
    (project.docs / "p.png").write_bytes(png(4, 4))
    figure = "```{figure} p.png\n:alt: A desk\n\nCaption *here*.\n\nLegend.\n```\n"
    text = project.write({"index.md": f"# Ada\n\n{figure}\nWords.\n"}).build("cvtext").read("cv.txt")
    assert [line.strip() for line in text.split("\n") if line.strip()][-4:] == [
        "A desk",
        "Caption here.",
        "Legend.",
        "Words.",
    ]


def test_hard_line_break_is_a_line_of_text_and_a_space_in_data(project: Project) -> None:
    page = "# Ada\n:headline: Bank\\\n  clerk\n\nName: Ada\\\nBorn: 1990  \nPlace: X\n"
    built = project.write({"index.md": page}).build("cvtext")
    assert built.read("cv.txt") == "Ada\n***\n\nBank clerk\n\nName: Ada\nBorn: 1990\nPlace: X\n"
    (person,) = built.domain.resume.of("person")
    assert (person.headline, person.paragraphs) == ("Bank clerk", ("Name: Ada Born: 1990 Place: X",))
