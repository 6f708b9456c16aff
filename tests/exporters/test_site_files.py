"""Files for machines beside the pages."""

from xml.etree import ElementTree

import pytest
from sphinx.errors import ExtensionError

from tests.projects import Built, Project

BASE_URL = "https://cv.example/ada/"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
ALWAYS = {"robots.txt", "cv.vcf", "resume.json"}
WHERE_PUBLISHED = {"sitemap.xml", "talks.atom", "card.png"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Every kind of entry, at an address."""
    return Project(tmp_path_factory.mktemp("kinds"), "test-kinds").build("html", html_baseurl=BASE_URL.rstrip("/"))


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The same without an address."""
    return Project(tmp_path_factory.mktemp("kinds"), "test-kinds").build("html")


def test_feed_lists_talks_newest_first(built: Built) -> None:
    feed = ElementTree.fromstring(built.files()["talks.atom"])
    text = {name: feed.findtext(f"a:{name}", namespaces=ATOM) for name in ("id", "title", "updated", "author/a:name")}
    assert text == {
        "id": f"{BASE_URL}talks.atom",
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
        [f"{BASE_URL}talks/2018-types.html", "Types", "2018-01-01T00:00:00Z", "An abstract of a talk about types."],
        [f"{BASE_URL}talks/2016-tests.html", "Testing", "2016-07-19T00:00:00Z", "An abstract of a talk about tests."],
    ]
    for entry in feed.findall("a:entry", ATOM):
        (link,) = entry.findall("a:link", ATOM)
        assert (link.get("rel"), link.get("href")) == ("alternate", entry.findtext("a:id", namespaces=ATOM))


def test_sitemap_lists_every_page(built: Built) -> None:
    found = ElementTree.fromstring(built.files()["sitemap.xml"])
    urls = [url.text for url in found.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert urls == [BASE_URL, f"{BASE_URL}talks/2016-tests.html", f"{BASE_URL}talks/2018-types.html"]


def test_robots_txt_permits_all_pages(built: Built, nowhere: Built) -> None:
    assert built.read("robots.txt") == f"User-agent: *\nAllow: /\nSitemap: {BASE_URL}sitemap.xml\n"
    assert nowhere.read("robots.txt") == "User-agent: *\nAllow: /\n"


def test_files_that_need_an_address_are_omitted_without_one(built: Built, nowhere: Built) -> None:
    assert built.files().keys() >= ALWAYS | WHERE_PUBLISHED
    assert nowhere.files().keys() >= ALWAYS
    assert not WHERE_PUBLISHED & nowhere.files().keys()


def test_social_card_is_omitted_when_its_font_lacks_letters(project: Project) -> None:
    built = project.write({"index.md": "# 建築家\n:headline: H\n"}).build("html", html_baseurl=BASE_URL)
    assert "card.png" not in built.files()
    note = "index.md:1: note: card.png is not made: its typeface, Lato, lacks letters of the name or the headline [cv.card]"
    assert built.notes == note
    assert "og:image" not in built.read("index.html")


def test_users_file_is_kept_and_stale_file_is_removed(project: Project) -> None:
    (project.folder / "robots.txt").write_text("User-agent: *\nDisallow: /\n", "utf-8")
    talk = "---\norphan: true\n---\n# Talk\n:event: E\n:date: 2014\n"
    project.write({"index.md": "# Ada\n:headline: H\n", "talk.md": talk})
    built = project.build("html", html_baseurl=BASE_URL, html_extra_path=["robots.txt"])
    assert built.read("robots.txt") == "User-agent: *\nDisallow: /\n"
    assert "talks.atom" in built.files()
    (project.docs / "talk.md").unlink()
    assert "talks.atom" not in project.build("html", html_baseurl=BASE_URL).files()


def test_file_of_another_extension_is_kept_where_there_is_nothing_to_write(project: Project) -> None:
    project.write({"index.md": "# Ada\n:headline: H\n"})
    built = project.build("html")
    (built.out / "sitemap.xml").write_text("<urlset/>", "utf-8")
    (built.out / "llms.txt").unlink()
    assert project.build("html").read("sitemap.xml") == "<urlset/>"
    (built.out / "llms.txt").write_text("Other", "utf-8")
    assert "llms.txt" not in project.build("html", cv_formats=[]).files()
    (built.out / "llms.txt").write_text("Other", "utf-8")
    assert project.build("html", cv_formats=[]).read("llms.txt") == "Other"


def test_file_of_a_build_that_failed_is_removed(project: Project) -> None:
    project.write({"index.md": "# Ada\n:headline: H\n"})
    obstacle = project.folder / "out/html/robots.txt"
    obstacle.mkdir(parents=True)
    with pytest.raises(ExtensionError):
        project.build("html")
    obstacle.rmdir()
    assert (obstacle.parent / "llms.txt").exists()
    assert "llms.txt" not in project.build("html", cv_formats=[]).files()


def test_addresses_of_pages_that_are_folders_end_with_a_slash(project: Project) -> None:
    talk = "---\norphan: true\n---\n# Talk\n:event: E\n:date: 2014\n"
    built = project.write({"index.md": "# Ada\n:headline: H\n", "talk.md": talk}).build(
        "dirhtml", html_baseurl=BASE_URL
    )
    assert f"<loc>{BASE_URL}talk/</loc>" in built.read("sitemap.xml")
    assert f'<meta property="og:url" content="{BASE_URL}talk/" />' in built.read("talk/index.html")
