"""What a parser of microformats finds on the pages."""

from typing import Any

import mf2py
import pytest

from tests.projects import Built, Project


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Every kind of entry."""
    return Project(tmp_path_factory.mktemp("kinds"), "test-kinds").build("html")


def item(built: Built, page: str) -> dict[str, Any]:
    """The one thing that a page is about."""
    (found,) = mf2py.parse(built.read(page), url="https://cv.example/")["items"]
    return dict(found)


def test_the_person(built: Built) -> None:
    found = item(built, "index.html")
    said = found["properties"]
    assert found["type"] == ["h-card", "h-resume"]
    assert said["name"] == ["Ada Example"]
    assert said["job-title"] == ["Software architect"]
    assert said["email"] == ["mailto:ada%40example.org"]
    assert said["locality"] == ["Gdańsk"]
    assert said["url"][:2] == ["https://example.org", "https://github.com/ada"]
    assert len(said["url"]) == 6
    assert said["summary"] == ["Builds systems that last."]
    assert said["skill"] == ["Speed"]
    assert not {"tel", "start", "end"} & said.keys()


def test_work_and_studies(built: Built) -> None:
    said = item(built, "index.html")["properties"]
    senior, developer, _ = (event["properties"] for event in said["experience"])
    (organizer,) = senior["organizer"]
    assert senior["name"] == ["Senior Developer"]
    assert (senior["start"], "end" in senior) == (["2024-03"], False)
    assert senior["location"] == ["Remote"]
    assert senior["category"] == ["Python", "Salt & <Pepper>", "PostgreSQL"]
    assert organizer["type"] == ["h-card"]
    assert organizer["properties"] == {"name": ["Example Corp"], "url": ["https://corp.example"]}
    assert (developer["start"], developer["end"]) == (["2014-03"], ["2016-04"])
    (studies,) = said["education"]
    assert studies["type"] == ["h-event"]
    assert studies["properties"]["name"] == ["Computer science"]
    assert studies["properties"]["organizer"][0]["properties"]["name"] == ["Politechnika"]


def test_talks(built: Built) -> None:
    types, testing = item(built, "index.html")["children"]
    assert types["type"] == ["h-event"]
    assert types["properties"]["url"] == ["https://cv.example/talks/2018-types.html"]
    assert testing["properties"]["name"] == ["Testing"]
    assert testing["properties"]["start"] == ["2016-07-19"]
    talk = item(built, "talks/2016-tests.html")
    assert talk["type"] == ["h-event"]
    assert talk["properties"]["name"] == ["Testing"]
    assert talk["properties"]["start"] == ["2016-07-19"]
    assert talk["properties"]["location"] == ["Bilbao"]
    assert talk["properties"]["url"][0] == "https://v.example/1"


def test_only_pages_for_the_web_have_them(built: Built) -> None:
    assert "p-name" not in built.doctree().pformat()
