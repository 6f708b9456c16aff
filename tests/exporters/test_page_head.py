"""Metadata in the heads of pages."""

import pytest
from bs4 import BeautifulSoup, Tag

from tests.projects import Built, Project

BASE_URL = "https://cv.example/ada/"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Every kind of entry, at an address."""
    return Project(tmp_path_factory.mktemp("kinds"), "test-kinds").build("html", html_baseurl=BASE_URL)


def head(built: Built, page: str = "index.html") -> Tag:
    found = BeautifulSoup(built.read(page), "lxml").head
    assert found
    return found


def metas(built: Built, page: str = "index.html") -> dict[str, str]:
    found = head(built, page).select("meta[content]")
    return {str(meta.get("property") or meta.get("name")): str(meta["content"]) for meta in found}


def test_root_page_has_metadata_of_the_person(built: Built) -> None:
    said = metas(built)
    assert said["description"] == said["og:description"] == "Builds systems that last."
    assert said["og:title"] == said["og:image:alt"] == "Ada Example, Software architect"
    assert (said["og:type"], said["og:url"]) == ("profile", BASE_URL)
    assert (said["og:image"], said["twitter:card"]) == (f"{BASE_URL}card.png", "summary_large_image")
    canonical = head(built).select_one("link[rel=canonical]")
    assert canonical
    assert canonical["href"] == BASE_URL


def test_talk_page_has_metadata_of_the_talk(built: Built) -> None:
    said = metas(built, "talks/2016-tests.html")
    assert said["description"] == "An abstract of a talk about tests."
    assert (said["og:title"], said["og:type"]) == ("Testing", "article")
    assert said["og:url"] == f"{BASE_URL}talks/2016-tests.html"
    links = head(built, "talks/2016-tests.html").select("link[rel=alternate]")
    assert [(link["type"], link["href"]) for link in links] == [("application/atom+xml", "../talks.atom")]


def test_description_is_short_and_escaped(project: Project) -> None:
    said = metas(project.write({"index.md": "# A & `<b>`\n\n" + 'word & `"` ' * 60 + "\n"}).build("html"))
    assert said["og:title"] == "A & <b>"
    assert said["description"].startswith('word & " word')
    assert said["description"].endswith("…")
    assert len(said["description"]) <= 200


def test_description_has_no_markup_of_line_breaks(project: Project) -> None:
    said = metas(project.write({"index.md": "# A\n\nOne\\\ntwo.\n"}).build("html"))
    assert said["description"] == "One two."


def test_page_title_has_the_name_once(project: Project) -> None:
    built = project.write({"index.md": "# Ada\n:headline: Architect\n"}).build("html", html_title="Ada")
    title = head(built).title
    assert title
    assert title.get_text() == "Architect — Ada"


def test_metadata_that_needs_an_address_is_omitted_without_one(project: Project) -> None:
    built = project.write({"index.md": "# Ada\n:headline: H\n\nWords.\n"}).build("html")
    assert not {"og:url", "og:image"} & metas(built).keys()
    assert metas(built)["description"] == "Words."
    assert [str(link["href"]) for link in head(built).select("link[rel=alternate]")] == ["cv.vcf", "resume.json"]
