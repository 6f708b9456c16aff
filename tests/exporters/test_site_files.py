"""Metadata in the heads of pages, and files for machines beside the pages."""

from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup, Tag

from tests.projects import Built, Project

HOME = "https://cv.example/ada/"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
ALWAYS = {"robots.txt", "cv.vcf", "resume.json"}
WHERE_PUBLISHED = {"sitemap.xml", "talks.atom", "card.png"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Every kind of entry, at an address."""
    return Project(tmp_path_factory.mktemp("kinds"), "test-kinds").build("html", html_baseurl=HOME.rstrip("/"))


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The same without an address."""
    return Project(tmp_path_factory.mktemp("kinds"), "test-kinds").build("html")


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
    assert (said["og:type"], said["og:url"]) == ("profile", HOME)
    assert (said["og:image"], said["twitter:card"]) == (f"{HOME}card.png", "summary_large_image")
    canonical = head(built).select_one("link[rel=canonical]")
    assert canonical
    assert canonical["href"] == HOME


def test_talk_page_has_metadata_of_the_talk(built: Built) -> None:
    said = metas(built, "talks/2016-tests.html")
    assert said["description"] == "An abstract of a talk about tests."
    assert (said["og:title"], said["og:type"]) == ("Testing", "article")
    assert said["og:url"] == f"{HOME}talks/2016-tests.html"
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


def test_feed_lists_talks_newest_first(built: Built) -> None:
    feed = ElementTree.fromstring(built.files()["talks.atom"])
    text = {name: feed.findtext(f"a:{name}", namespaces=ATOM) for name in ("id", "title", "updated", "author/a:name")}
    assert text == {
        "id": f"{HOME}talks.atom",
        "title": "Ada Example: Talks",
        "updated": "2018-01-01T00:00:00Z",
        "author/a:name": "Ada Example",
    }
    assert [link.get("rel") for link in feed.findall("a:link", ATOM)] == ["self", "alternate"]
    # RFC 4287, 4.1.2: what an entry must have; the author is the feed's.
    entries = [
        [entry.findtext(f"a:{name}", namespaces=ATOM) for name in ("id", "title", "updated", "summary")]
        for entry in feed.findall("a:entry", ATOM)
    ]
    assert entries == [
        [f"{HOME}talks/2018-types.html", "Types", "2018-01-01T00:00:00Z", "An abstract of a talk about types."],
        [f"{HOME}talks/2016-tests.html", "Testing", "2016-07-19T00:00:00Z", "An abstract of a talk about tests."],
    ]
    for entry in feed.findall("a:entry", ATOM):
        (link,) = entry.findall("a:link", ATOM)
        assert (link.get("rel"), link.get("href")) == ("alternate", entry.findtext("a:id", namespaces=ATOM))


def test_sitemap_lists_every_page(built: Built) -> None:
    found = ElementTree.fromstring(built.files()["sitemap.xml"])
    urls = [url.text for url in found.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert urls == [HOME, f"{HOME}talks/2016-tests.html", f"{HOME}talks/2018-types.html"]


def test_robots_txt_permits_all_pages(built: Built, nowhere: Built) -> None:
    assert built.read("robots.txt") == f"User-agent: *\nAllow: /\nSitemap: {HOME}sitemap.xml\n"
    assert nowhere.read("robots.txt") == "User-agent: *\nAllow: /\n"


def test_files_that_need_an_address_are_omitted_without_one(built: Built, nowhere: Built) -> None:
    assert built.files().keys() >= ALWAYS | WHERE_PUBLISHED
    assert nowhere.files().keys() >= ALWAYS
    assert not WHERE_PUBLISHED & nowhere.files().keys()
    assert not {"og:url", "og:image"} & metas(nowhere).keys()
    assert metas(nowhere)["description"] == "Builds systems that last."
    assert [str(link["href"]) for link in head(nowhere).select("link[rel=alternate]")] == ["cv.vcf", "resume.json"]


def test_social_card_is_omitted_when_its_font_lacks_letters(project: Project) -> None:
    built = project.write({"index.md": "# 建築家\n:headline: H\n"}).build("html", html_baseurl=HOME)
    assert "card.png" not in built.files()
    note = "index.md:1: note: card.png is not made: its typeface, Lato, lacks letters of the name or the headline [cv.card]"
    assert built.notes == note
    assert "og:image" not in metas(built)


def test_users_file_is_kept_and_stale_file_is_removed(project: Project) -> None:
    (project.folder / "robots.txt").write_text("User-agent: *\nDisallow: /\n", "utf-8")
    talk = "---\norphan: true\n---\n# Talk\n:event: E\n:date: 2014\n"
    project.write({"index.md": "# Ada\n:headline: H\n", "talk.md": talk})
    built = project.build("html", html_baseurl=HOME, html_extra_path=["robots.txt"])
    assert built.read("robots.txt") == "User-agent: *\nDisallow: /\n"
    assert "talks.atom" in built.files()
    (project.docs / "talk.md").unlink()
    assert "talks.atom" not in project.build("html", html_baseurl=HOME).files()


def test_addresses_of_pages_that_are_folders_end_with_a_slash(project: Project) -> None:
    talk = "---\norphan: true\n---\n# Talk\n:event: E\n:date: 2014\n"
    built = project.write({"index.md": "# Ada\n:headline: H\n", "talk.md": talk}).build("dirhtml", html_baseurl=HOME)
    assert f"<loc>{HOME}talk/</loc>" in built.read("sitemap.xml")
    assert metas(built, "talk/index.html")["og:url"] == f"{HOME}talk/"
