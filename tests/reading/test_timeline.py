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


def links(built: Built) -> list[tuple[str, str, str, str]]:
    """Class, address, name and description of each link."""
    return [
        (str(link["class"][0]), str(link["href"]), link.get_text().strip(), str(link["title"]))
        for link in figure(built).find_all("a")
    ]


def test_every_dated_entry_is_a_link_with_a_name(project: Project) -> None:
    built = project.write({"index.md": CV, "talks/test.md": TALK}).build("html")
    assert links(built) == [
        ("cv-timeline-position", "#bank", "Bank, Lead", "Jan 2020 – present"),
        ("cv-timeline-position", "#bank-sons", "Bank & Sons, R&D", "Jan 2018 – Dec 2019"),
        ("cv-timeline-education", "#physics", "AGH, Physics", "2012 – 2016"),
        ("cv-timeline-talk", "talks/test.html#how-to-test", "PyCon, How to test", "Sep 14, 2016"),
    ]
    legend = [label.get_text(strip=True) for label in figure(built).select("figcaption > span")]
    assert legend == ["Work experience", "Education", "Talks", "Present"]


def test_volunteering_is_no_work(project: Project) -> None:
    more = CV.replace("## Talks", "## Volunteering\n\n### Chair\n:period: 2019\n\n## Talks")
    built = project.write({"index.md": more, "talks/test.md": TALK}).build("html")
    assert ("cv-timeline-volunteering", "#chair", "Chair", "2019") in links(built)
    legend = [label.get_text(strip=True) for label in figure(built).select("figcaption > span")]
    assert legend == ["Work experience", "Volunteering", "Education", "Talks", "Present"]


def test_bars_have_the_length_of_their_periods(project: Project) -> None:
    built = project.write({"index.md": CV, "talks/test.md": TALK}).build("html")
    months = 12 * 12 + 6
    bars = [(bar["x"], bar["width"]) for bar in figure(built).select("li rect")]
    assert bars == [
        (f"{100 * 96 / months:.2f}%", f"{100 * 54 / months:.2f}%"),
        (f"{100 * 72 / months:.2f}%", f"{100 * 24 / months:.2f}%"),
        (f"{100 * 0 / months:.2f}%", f"{100 * 60 / months:.2f}%"),
    ]
    (now,) = figure(built).select(".cv-years .cv-now")
    assert now["x1"] == "100.00%"


def test_names_break_neither_in_compounds_nor_before_a_dash(project: Project) -> None:
    talk = TALK.replace("How to test", "Back-end & tests – done right")
    names = figure(project.write({"index.md": CV, "talks/test.md": talk}).build("html")).select(".cv-aside")
    assert names[-1].get_text() == ", Back-end & tests\u00a0– done right"
    assert [word.get_text() for name in names for word in name.select(".pre")] == ["Back-end"]


def test_only_the_newest_talks_are_drawn(project: Project) -> None:
    talks = {f"talks/{year}.md": TALK.replace("2016-09-14", str(year)) for year in range(2010, 2020)}
    drawn = links(project.write({"index.md": CV, **talks}).build("html"))[3:]
    assert [when for _, _, _, when in drawn] == [str(year) for year in range(2019, 2011, -1)]


def test_only_pages_have_a_timeline(project: Project) -> None:
    project.write({"index.md": CV, "talks/test.md": TALK})
    for builder in ("cvlatex", "text"):
        built = project.build(builder)
        assert not list(built.resolved().findall(cv_timeline))
    assert "Timeline" not in built.read("index.txt")


def test_without_dated_entries_there_is_none(project: Project) -> None:
    built = project.write({"index.md": "# Ada\n\n```{timeline}\n```\n"}).build("html")
    assert "cv-timeline" not in built.read("index.html")


def test_section_that_only_the_pdf_lacks_stays_in_the_contents_of_the_preview(project: Project) -> None:
    project.write({"index.md": CV.replace("```{timeline}", "## Career\n\n```{timeline}"), "talks/test.md": TALK})
    assert "Career" in project.build("cvlatex").env.tocs["index"].astext()


def test_an_edit_elsewhere_renews_it(project: Project) -> None:
    project.write({"index.md": CV, "talks/test.md": TALK}).build("html")
    built = project.write({"talks/test.md": TALK.replace("2016-09-14", "2017-01-02")}).build("html")
    assert links(built)[-1][2:] == ("PyCon, How to test", "Jan 2, 2017")


def test_in_the_language_of_the_cv(project: Project) -> None:
    built = project.write({"index.md": CV, "talks/test.md": TALK}).build("html", language="pl")
    assert figure(built)["aria-label"] == "Oś czasu"
