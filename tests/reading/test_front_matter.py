"""Front matter of other programs becomes the title and the fields of a page."""

import pytest
from bs4 import BeautifulSoup

from tests.projects import Built, Project

INDEX = "# Ada\n\n## Talks\n\n```{talks}\n```\n"


def talk(project: Project, text: str) -> Built:
    return project.write({"index.md": INDEX, "talks/a.md": text}).build("html", warns=True)


def words(built: Built, name: str = "talks/a.html") -> str:
    body = BeautifulSoup(built.read(name), "html.parser").select_one("[role=main]")
    assert body
    return " ".join(body.get_text().split())


@pytest.mark.parametrize(
    "text",
    [
        '---\ntitle: "A talk"\nvenue: Conf\ndate: 2023-05-06 10:00:00 -0500\nlocation: "Gdańsk, Poland"\n---\n\nWords.\n',
        '+++\ntitle = "A talk"\nhost = "Conf"\ndate = 2023-05-06T10:00:00Z\nplace = "Gdańsk, Poland"\n+++\n\nWords.\n',
        "---\nTitle: x\ntitle: A talk\nevent: Conf\ndate: '2023-05-06'\naddress: [Gdańsk, Poland]\n...\n# A talk\n\nWords.\n",
    ],
)
def test_front_matter_of_a_talk_becomes_its_title_and_fields(project: Project, text: str) -> None:
    built = talk(project, text)
    (found,) = built.domain.talks("html")
    assert (found.title, str(found.date), found.place) == ("A talk", "2023-05-06", "Gdańsk, Poland")
    assert found.event
    assert found.event.text == "Conf"
    assert found.paragraphs[-1] == "Words."
    assert built.warnings.count("\n") == ("Title" in text)


def test_unknown_keys_give_one_warning(project: Project) -> None:
    built = talk(project, "---\ntitle: A\nevent: E\ndate: 2020\nlayout: talk\ntrack: Data\nmore: {a: [b, c]}\n---\n")
    rule = 'front matter without a field is not shown ("layout", "track", "more"): delete it, or write it into the text'
    assert built.warnings == f"talks/a.md:1: WARNING: {rule} [cv.field]\n"
    assert "Data" not in words(built)


def test_abstract_is_read_as_markdown(project: Project) -> None:
    built = talk(project, "---\ntitle: A\nevent: E\ndate: 2020\nabstract: Of *many* things.\n---\n")
    assert not built.warnings
    assert "<p>Of <em>many</em> things.</p>" in built.read("talks/a.html")


def test_page_with_a_date_is_a_talk_without_an_event(project: Project) -> None:
    (found,) = talk(project, "---\ntitle: A talk\ndate: 2020-05\n---\n").domain.talks("html")
    assert (found.title, str(found.date), found.event) == ("A talk", "2020-05", None)


def test_wrong_value_gives_a_warning_with_its_line(project: Project) -> None:
    built = talk(project, "---\ntitle: A talk\nevent: E\ndate: 2020-13\n---\n")
    assert built.warnings == 'talks/a.md:4: WARNING: date: "2020-13" is not a date: there is no month 13 [cv.value]\n'


def test_own_fields_are_kept_beside_front_matter(project: Project) -> None:
    built = talk(project, "---\ndate: 2020-05\ntrack: Data\n---\n# A\n:event: Conf\n\nWords.\n")
    (found,) = built.domain.talks("html")
    assert (str(found.date), found.event and found.event.text) == ("2020-05", "Conf")
    assert "Words." in words(built)


def test_front_matter_comes_after_own_fields_of_which_some_are_indented(project: Project) -> None:
    built = talk(project, "---\ndate: 2020-05\nsummary: Sum\n---\n# A\n:event: Conf\n  :place: P\n:form: F\n\nWords.\n")
    (found,) = built.domain.talks("html")
    assert (str(found.date), found.form, found.paragraphs[-2:]) == ("2020-05", "F", ("Sum", "Words."))


@pytest.mark.parametrize(
    ("text", "name", "headline"),
    [
        (
            "---\nname: Ada\ntitle: Engineer\nemail: a@b.example\nphone: +48 123 456 789\n---\n\n## Work\n",
            "Ada",
            "Engineer",
        ),
        ("---\ntitle: CV\nauthor: Ada\nemail: a@b.example\nphone: '+48 123 456 789'\n---\n", "Ada", "CV"),
        ("---\ntitle: Ada\nmail: a@b.example\ntel: +48 123 456 789\n---\n\nWords.\n", "Ada", None),
        ("---\nauthor: Ada\nemail: a@b.example\nmobile: +48 123 456 789\n---\n# Ada\n", "Ada", None),
    ],
)
def test_front_matter_of_the_root_page_is_the_person(
    project: Project, text: str, name: str, headline: str | None
) -> None:
    built = project.write({"index.md": text}).build()
    person = built.domain.resume.person
    assert person
    assert (person.title, person.headline, person.email, person.phone) == (
        name,
        headline,
        ("a@b.example",),
        ("+48 123 456 789",),
    )


@pytest.mark.parametrize("text", ["---\n# theme: plain\n---\n# Ada\n", "+++\n# theme\n+++\n# Ada\n"])
def test_empty_front_matter_gives_a_warning(project: Project, text: str) -> None:
    built = project.write({"index.md": text}).build(warns=True)
    assert built.warnings == "index.md:1: WARNING: front matter that says nothing: delete it [cv.field]\n"


@pytest.mark.parametrize(
    "text",
    [
        "---\na: [\n---\n# Ada\n",
        "+++\na = \n+++\n# Ada\n",
        f"+++\na = [0x{'f' * 8000}]\n+++\n# Ada\n",
        "---\na: &x [y]\nb: *x\n---\n# Ada\n",
        "---\n" + "[" * 3_000 + "\n---\n# Ada\n",
        "---\nwords\n---\n# Ada\n",
        f"---\na: {'b' * 5_000}\nc: {'d' * 5_000}\n---\n# Ada\n",
    ],
)
def test_front_matter_that_cannot_be_read_is_shown(project: Project, text: str) -> None:
    built = project.write({"index.md": text}).build("html", warns=True)
    rule = (
        'front matter is not allowed on a page and is shown as written: write fields, such as ":event: Example Conf",'
    )
    assert built.warnings == f"index.md:1: WARNING: {rule} under a heading [cv.guard]\n"
    assert "".join(text[4:-9].strip("\n-+").split()) in "".join(words(built, "index.html").split())


@pytest.mark.parametrize("text", ["# Ada\n\nWords.", "Words: all of them.\n\nOthers.", "https://example.org"])
def test_rule_above_text_is_no_front_matter(project: Project, text: str) -> None:
    page = f"---\n\n{text}\n\n---\n\n# Ada\n\nMore.\n"
    built = project.write({"index.md": page}).build("html", warns=True)
    assert text.strip("# ").split("\n")[0] in words(built, "index.html")
    assert "front matter" not in built.warnings


def test_words_for_other_variants_are_left_out_of_front_matter(project: Project) -> None:
    text = "---\ntitle: A\nevent: E\ndate: 2020\nabstract: Kept. [Canary.]{.only-short}\n---\n"
    assert talk(project, text).files_with("Canary") == []


def test_withheld_value_of_front_matter_is_withheld(project: Project) -> None:
    built = project.write({"index.md": "---\nname: Ada\nphone: +48 555 666 777 {show=pdf}\n---\n"}).build("html")
    assert built.files_with("555 666") == []


def test_title_block_of_pandoc_is_read(project: Project) -> None:
    text = "% Résumé\n% Ada\n  Example\n% March 2020\n\n# Work\n\nx\n\n# Education\n\ny\n"
    built = project.write({"index.md": text}).build("html", warns=True)
    assert words(built, "index.html").startswith("Ada Example¶ Headline Résumé Work")
    assert "<h2>Work" in built.read("index.html")


def test_comments_above_a_title_are_no_title_block(project: Project) -> None:
    built = project.write({"index.md": "% private\n% words\n\n# Ada\n\n## Work\n\nx\n"}).build("html")
    assert built.files_with("private") == []


def test_author_is_the_title_of_a_page_with_several(project: Project) -> None:
    built = project.write({"index.md": "---\ntitle: Resume\nauthor: Ada\n---\n# Work\n\nx\n\n# Education\n\ny\n"})
    assert "<h1>Ada" in built.build("html", warns=True).read("index.html")


@pytest.mark.parametrize("value", ["% a", "[WIP]: a", "[^1]: a", "(x)=", "# a", "- a", "1986. A year", "{.a}", "+++ a"])
def test_words_that_begin_like_markdown_are_words(project: Project, value: str) -> None:
    built = talk(project, f"---\ntitle: T\nevent: '{value}'\nabstract: '{value}'\n---\n\nMore.\n")
    assert words(built).count(value) >= 2
    assert built.warnings == ""
