"""``{timeline}``: the career as a figure with links."""

from bs4 import BeautifulSoup, Tag

from cvtools.nodes import cv_timeline
from tests.projects import Built, Project

CV = """# Ada
:headline: Developer

```{timeline}
```

## Work

### Lead
:organization: Bank
:period: 2020-01 – present

### Secret
:organization: Elsewhere
:period: 2019-01 – 2019-12 {show=pdf}

### R&D
:organization: Bank & Sons
:period: 2018-01 – 2019-12

## Studies

### Physics
:institution: AGH
:period: 2012 – 2016

## Talks

```{talks}
```
"""
TALK = "# How to test\n:event: PyCon\n:date: 2016-09-14\n\nWords.\n"


def figure(built: Built) -> Tag:
    found = BeautifulSoup(built.read("index.html"), "html.parser").select_one("figure.cv-timeline")
    assert found
    return found


def links(built: Built) -> list[tuple[str, str, str]]:
    """Class, address and name of each link."""
    return [
        (str(link["class"][0]), str(link["href"]), link.title.text if link.title else "")
        for link in figure(built).find_all("a")
    ]


def test_every_dated_entry_is_a_link_with_a_name(project: Project) -> None:
    built = project.write({"index.md": CV, "talks/test.md": TALK}).build("html")
    assert links(built) == [
        ("cv-timeline-position", "#lead", "Bank, Lead, Jan 2020 – present"),
        ("cv-timeline-position", "#r-d", "Bank & Sons, R&D, Jan 2018 – Dec 2019"),
        ("cv-timeline-education", "#physics", "AGH, Physics, 2012 – 2016"),
        ("cv-timeline-talk", "talks/test.html#how-to-test", "PyCon, How to test, Sep 14, 2016"),
    ]


def test_bars_have_the_length_of_their_periods(project: Project) -> None:
    built = project.write({"index.md": CV, "talks/test.md": TALK}).build("html")
    months = 12 * 12 + 6
    bars = [(bar["x"], bar["width"], int(str(bar["y"]))) for bar in figure(built).find_all("rect")]
    assert bars == [
        (f"{100 * 96 / months:.2f}%", f"{100 * 54 / months:.2f}%", 25),
        (f"{100 * 72 / months:.2f}%", f"{100 * 24 / months:.2f}%", 49),
        (f"{100 * 0 / months:.2f}%", f"{100 * 60 / months:.2f}%", 73),
    ]


def test_long_words_are_cut_where_there_is_no_room(project: Project) -> None:
    long = CV.replace("Bank & Sons", "Bank " * 20).replace(
        ":institution: AGH", ":institution: " + "University, of " * 9
    )
    built = project.write({"index.md": long, "talks/test.md": TALK}).build("html")
    words = [text.text for text in figure(built).select("a text")]
    assert words[1].startswith("Bank Bank Bank Bank Bank Bank Bank Bank")
    assert len(words[1]) <= 56
    assert next(figure(built).select("a text")[1].stripped_strings) == "Bank " * 6 + "Bank"
    assert words[2].startswith("University, of University")
    assert len(words[2]) <= 56
    assert [str(text.contents[0]) for text in figure(built).select("a.cv-timeline-education text")] == ["University"]


def test_words_without_room_beside_their_bar_are_inside(project: Project) -> None:
    page = "# Ada\n\n```{timeline}\n```\n\n## Work\n\n### A very long title of a project\n:period: 2010 – present\n"
    built = project.write({"index.md": page + "\n### B\n:period: 2011\n"}).build("html")
    inside, beside = figure(built).select("a text")
    assert (inside.text, inside["x"], inside.parent and inside.parent["class"]) == (
        "A very long title of a project",
        "0.00%",
        ["cv-inside"],
    )
    assert [parent.name for parent in beside.parents][:1] == ["a"]


def test_only_pages_have_it(project: Project) -> None:
    project.write({"index.md": CV, "talks/test.md": TALK})
    for builder in ("cvlatex", "text"):
        built = project.build(builder)
        assert not list(built.resolved().findall(cv_timeline))
    assert "Timeline" not in built.read("index.txt")


def test_without_dated_entries_there_is_none(project: Project) -> None:
    built = project.write({"index.md": "# Ada\n\n```{timeline}\n```\n"}).build("html")
    assert "cv-timeline" not in built.read("index.html")


def test_an_edit_elsewhere_renews_it(project: Project) -> None:
    project.write({"index.md": CV, "talks/test.md": TALK}).build("html")
    built = project.write({"talks/test.md": TALK.replace("2016-09-14", "2017-01-02")}).build("html")
    assert links(built)[-1][2] == "PyCon, How to test, Jan 2, 2017"


def test_in_the_language_of_the_cv(project: Project) -> None:
    built = project.write({"index.md": CV, "talks/test.md": TALK}).build("html", language="pl")
    assert figure(built).svg["aria-label"] == "Oś czasu"  # type: ignore[index]
