"""``{talks}``: which pages it lists, in what order, and what it says of each."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup, Tag

from cvtools.nodes import cv_field, cv_listing, cv_listitem, cv_placeholder
from tests.projects import Built, Project

INDEX = "# Ada\n\n## Talks\n\n```{talks}\n```\n"
TALK = "# {0}\n:event: PyCon\n:date: {1}\n\nAbstract.\n"


def listing(built: Built, docname: str = "index") -> list[list[tuple[str, str]]]:
    """The fields of each item, as a writer gets them."""
    document = built.resolved(docname)
    (found,) = document.findall(cv_listing)
    return [
        [(field["name"], field.astext()) for field in item.findall(cv_field)] for item in found.findall(cv_listitem)
    ]


def titles(built: Built, docname: str = "index") -> list[str]:
    return [item[0][1] for item in listing(built, docname)]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return Project(tmp_path_factory.mktemp("listings") / "cv", "test-cv").build("html")


def test_talks_are_listed_newest_first_with_all_that_is_known(book: Built) -> None:
    assert listing(book) == [
        [("title", "PDF"), ("event", "TUG"), ("date", "Jul 14, 2023"), ("page", "Page")],
        [("title", "Types"), ("event", "Online"), ("date", "2020")],
        [("title", "Streams"), ("event", "QCon"), ("date", "Mar 2018")],
        [("title", "Queues"), ("event", "QCon"), ("date", "Mar 2018")],
        [
            ("title", "How to test"),
            ("event", "PyCon"),
            ("place", "Wrocław"),
            ("date", "Sep 14, 2016"),
            ("video", "Video"),
            ("video", "Video (Polish)"),
            ("slides", "Slides"),
        ],
    ]


def test_listing_links_pages_events_and_media(book: Built) -> None:
    page = BeautifulSoup(book.read("index.html"), "html.parser")
    section = page.find(id="talks")
    assert isinstance(section, Tag)
    found = {str(link["href"]) for link in section.find_all("a") if "headerlink" not in (link.get("class") or [])}
    pages = "2023-pdf 2020-types 2018-streams 2018-queues 2016-testing".split()
    others = "tug.example/pdf pycon.example video.example/en video.example/pl slides.example/1".split()
    assert found == {f"talks/{name}.html" for name in pages} | {f"https://{name}" for name in others}


def test_nodes_have_a_location_in_the_source(book: Built) -> None:
    document = book.resolved()
    assert not list(document.findall(cv_placeholder))
    (found,) = document.findall(cv_listing)
    lines = (book.app.srcdir / "index.md").read_text("utf-8").split("\n")
    for node in found.findall(lambda node: isinstance(node, cv_listing | cv_listitem | cv_field)):
        assert node.source == str(book.app.srcdir / "index.md")
        assert node.line is not None
        assert lines[node.line - 1] == "```{talks}"


def test_the_pages_are_in_the_navigation_newest_first(book: Built) -> None:
    assert book.env.toctree_includes["index"] == [
        "talks/2023-pdf",
        "talks/2020-types",
        "talks/2018-streams",
        "talks/2018-queues",
        "talks/2016-testing",
    ]


def test_option_pages_chooses_talks(project: Project) -> None:
    pages = {
        "index.md": INDEX + "\n```{toctree}\nlectures\n```\n",
        "talks/a.md": TALK.format("A talk", 2014),
        "lectures.md": "# Lectures\n\n```{talks}\n:pages: lectures/**\n```\n",
        "lectures/2015/b.md": TALK.format("A lecture", 2015),
    }
    built = project.write(pages).build("html")
    assert [titles(built, "index"), titles(built, "lectures")] == [["A talk"], ["A lecture"]]


def test_a_listing_among_the_talks_does_not_list_itself(project: Project) -> None:
    pages = {
        "index.md": "# Ada\n\n```{toctree}\ntalks/index\n```\n",
        "talks/index.md": "# Talks\n\n```{talks}\n```\n",
        "talks/a.md": TALK.format("A talk", 2014),
    }
    assert titles(project.write(pages).build("html"), "talks/index") == ["A talk"]


def test_a_page_without_a_talk_in_order_is_listed_last_by_its_title(project: Project) -> None:
    pages = {
        "index.md": INDEX,
        "talks/2016-plain.md": "# A *plain* page\n\nWords.\n",
        "talks/2015-bad.md": "# A bad kind\n:kind: tlak\n",
        "talks/2014-good.md": TALK.format("A good date", 2014),
    }
    built = project.write(pages).build("html", warns=True)
    assert built.warnings.count("WARNING") == 1
    assert titles(built) == ["A good date", "A plain page", "A bad kind"]
    for page in ("2016-plain", "2015-bad", "2014-good"):
        assert f'href="talks/{page}.html"' in built.read("index.html")


def test_a_talk_in_the_root_page_is_not_listed_there(project: Project) -> None:
    pages = {"index.md": f"{INDEX}\n### Unlisted\n:event: E\n:date: 2013\n", "talks/a.md": TALK.format("Listed", 2014)}
    assert titles(project.write(pages).build("html")) == ["Listed"]


def test_dates_of_different_precision_sort_by_what_is_known(project: Project) -> None:
    dates = ["2014", "2014-03", "2014-03-05", "2013-12-31", "2014-12"]
    pages = {f"talks/{date}.md": TALK.format(date, date) for date in dates}
    assert titles(project.write({"index.md": INDEX, **pages}).build("html")) == [
        "2014-12",
        "2014-03-05",
        "2014-03",
        "2014",
        "2013-12-31",
    ]


def test_listing_follows_talks_that_are_added_edited_and_removed(project: Project) -> None:
    project.write({"index.md": INDEX, "talks/a.md": TALK.format("First", 2014)}).build("html")
    project.write({"talks/b.md": TALK.format("Before", 2013)})
    built = project.build("html")
    assert titles(built) == ["First", "Before"]
    assert "Before" in built.read("index.html")
    # By their names, which begin with the year if somebody wants them newest first.
    assert built.env.toctree_includes["index"] == ["talks/b", "talks/a"]
    project.write({"talks/b.md": TALK.format("After", 2015)})
    built = project.build("html")
    assert titles(built) == ["After", "First"]
    assert "2015" in built.read("index.html")
    assert "Before" not in built.read("index.html")
    (project.docs / "talks/b.md").unlink()
    built = project.build("html")
    assert titles(built) == ["First"]
    for name in ("index.html", "searchindex.js"):
        assert "After" not in built.read(name)
    (project.docs / "talks/a.md").unlink()
    built = project.build("html", warns=True)
    assert "there is no page talks/*" in built.warnings
    assert "First" not in built.read("index.html")


def test_page_that_lists_technologies_is_written_when_these_change(project: Project) -> None:
    index = "# Ada\n\n## Work\n\n### Developer\n:period: 2020\n:technologies: {}\n\n{}\n\n```{{toctree}}\ntechnologies\n```\n"
    project.write({"technologies.md": "# Technologies\n\n```{technologies}\n```\n"})

    def time_after(technologies: str, words: str) -> int:
        project.write({"index.md": index.format(technologies, words)})
        return (project.build("html").out / "technologies.html").stat().st_mtime_ns

    before = time_after("C", "Words.")
    assert time_after("C", "Other words.") == before
    assert time_after("C, Lua", "Other words.") > before


def test_nothing_changed_nothing_written(root: Callable[[str], Project]) -> None:
    project = root("test-cv")

    def times() -> dict[str, int]:
        out = project.build("html").out
        return {page.name: page.stat().st_mtime_ns for page in (out / "index.html", *out.glob("talks/*"))}

    assert times() == times()


@pytest.mark.parametrize("builder", ["cvlatex", "latex"])
def test_a_slides_link_for_the_web_is_not_in_the_pdf(root: Callable[[str], Project], builder: str) -> None:
    built = root("test-cv").build(builder)
    assert built.files_with("slides.example") == []
    assert built.files_with("video.example/pl") != []


@pytest.mark.parametrize("builder", ["html", "cvlatex", "text"])
def test_listing_of_nothing_leaves_no_empty_section(project: Project, builder: str) -> None:
    listings = "".join(f"## Any {name}\n\n```{{{name}}}\n```\n\n" for name in ("talks", "technologies", "timeline"))
    built = project.write({"index.md": f"# Ada\n:headline: Boss\n\n{listings}## Work\n\nDone.\n"}).build(
        builder, warns=True
    )
    assert built.files_with("Any") == []
    assert built.files_with("Work")


def test_timeline_draws_projects_and_volunteering_as_work(project: Project) -> None:
    text = "# Ada\n\n```{timeline}\n```\n\n## Projects\n\n### Tool\n:period: 2015\n\n## Volunteering\n\n### Coach\n:organization: C\n:period: 2016\n"
    page = project.write({"index.md": text}).build("html").read("index.html")
    assert page.index('class="cv-timeline-volunteering"') < page.index('class="cv-timeline-project"')
