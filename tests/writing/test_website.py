"""The website's theme: defaults, buttons, navigation, files."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from sphinx.errors import ConfigError

from cvtools.project import ProjectPaths
from cvtools.writing.website import PARENT, THEME
from tests.projects import Built, Project

CONF = 'project = "Ada\'s CV"\nauthor = "Ada"\nextensions = ["cvtools"]\ncv_today = "2024-06"\n'
PAGES = {
    "index.md": "# Ada\n\n## Talks\n\n```{talks}\n```\n\n```{toctree}\nnotes\n```\n",
    "notes.md": "# Notes\n\nWords.\n",
    "talks/2014.md": "# A talk\n:event: E\n:date: 2014\n",
}
BOTH = ["cv.pdf", "talks.pdf"]


@pytest.fixture(scope="module", autouse=True)
def _nothing_from_outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("GITHUB_REPOSITORY", "GITHUB_SERVER_URL", "CV_SITE_URL"):
            patch.delenv(name, raising=False)
        patch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path_factory.getbasetemp()))
        yield


@pytest.fixture(scope="module")
def default(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return the website as the defaults make it."""
    project = Project(tmp_path_factory.mktemp("default"))
    configure(project, "")
    return project.write(PAGES).build("html")


@pytest.fixture(scope="module")
def with_pdfs(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return the same book where there are PDFs."""
    project = Project(tmp_path_factory.mktemp("with_pdfs"))
    configure(project, "")
    return project.write(PAGES).build("html", cv_pdfs=BOTH)


@pytest.fixture
def book(project: Project) -> Project:
    """Return a project whose ``conf.py`` sets nothing about the website."""
    configure(project, "")
    return project.write(PAGES)


def configure(project: Project, more: str) -> None:
    (project.folder / "conf.py").write_text(CONF + more, "utf-8")


def page(built: Built, name: str) -> BeautifulSoup:
    return BeautifulSoup(built.read(name), "lxml")


def link(built: Built, name: str, label: str) -> str:
    """Return the address of a page's button; empty if there is none."""
    found = page(built, name).select_one(f"a.btn-{label}")
    return str(found["href"]) if found else ""


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def test_defaults_suit_a_cv(default: Built) -> None:
    config = default.app.config
    assert (config.html_theme, config.html_title, config.html_baseurl) == (THEME, "Ada", "")
    assert not config.html_copy_source
    assert 'data-theme="auto"' in default.read("index.html")
    assert "repository_url" not in config.html_theme_options


def test_naming_the_parent_theme_changes_nothing(book: Project, default: Built) -> None:
    expected = default.files()
    configure(book, f'html_theme = "{PARENT}"\n')
    assert book.build("html").files() == expected


@pytest.mark.parametrize("theme", [THEME, "alabaster"])
def test_changed_configuration_writes_pages_anew(book: Project, theme: str) -> None:
    for title in ("Ada", "Ada & co"):
        built = book.build("html", html_theme=theme, html_title=title)
        assert f"Notes &#8212; {title.replace('&', '&amp;')}</title>" in built.read("notes.html")
        assert [name for name in built.files() if "macros" in name] == []


def test_files_of_the_theme_that_no_page_loads_are_not_published(default: Built) -> None:
    names = default.files().keys()
    assert [name for name in names if re.search(r"\.map$|fontawesome\.js|/locales/", name)] == []
    loaded = re.findall(r'(?:src|href)="(_static/[^"?]+)', default.read("index.html") + default.read("search.html"))
    fonts = [f"_static/{name}" for name in re.findall(r"url\((vendor/[^)]+)\)", default.read("_static/cvtools.css"))]
    assert {*loaded, *fonts} <= names
    assert len(loaded) > 5
    assert fonts


def test_damaged_record_of_the_configuration_writes_pages_anew(book: Project) -> None:
    built = book.build("html")
    for damage in (b"", b"\xff", b"# Sphinx build info version 1\n#\n"):
        (built.out / ".buildinfo").write_bytes(damage)
        (built.out / "notes.html").write_text("old")
        assert "</html>" in book.build("html").read("notes.html")


def test_record_of_the_configuration_is_not_published(tmp_path: Path) -> None:
    paths = ProjectPaths(tmp_path)
    paths.html.mkdir(parents=True)
    for name in ("index.html", ".buildinfo", ".buildinfo.bak", ".nojekyll"):
        (paths.html / name).touch()
    assert paths.products().keys() == {"html/index.html", "html/.nojekyll"}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ('"use_repository_button": True', "use_repository_button needs a repository_url"),
        ('"use_issues_button": "true"', "use_issues_button needs a repository_url"),
        ('"repository_url": "cv"', "repository_url 'cv' names no repository"),
    ],
)
def test_button_of_an_unknown_repository_is_refused(book: Project, options: str, reason: str) -> None:
    configure(book, f"html_theme_options = {{{options}}}\n")
    rule = f"conf.py: html_theme_options: {reason}, such as https://github.com/ada/cv"
    with pytest.raises(ConfigError, match=re.escape(rule)):
        book.build("html")


def test_index_and_sources_are_published_only_on_request(book: Project, default: Built) -> None:
    assert [name for name in default.files() if "_sources" in name or name.endswith(".md")] == []
    assert "genindex.html" not in default.files()
    configure(book, "html_use_index = True\nhtml_copy_source = True\n")
    assert {"genindex.html", "_sources/notes.md"} <= book.build("html").files().keys()


@pytest.mark.parametrize(
    ("name", "title"),
    [("index.html", "Ada's CV — Ada"), ("notes.html", "Notes — Ada"), ("talks/2014.html", "A talk — Ada")],
)
def test_browser_tab_names_a_person_once(default: Built, name: str, title: str) -> None:
    found = page(default, name).title
    assert found
    assert found.get_text() == title


def test_contents_name_positions_by_their_employers_unless_only_the_pdf_may(book: Project) -> None:
    work = "### Developer\n:organization: [Bank](https://bank.example)\n:period: 2014\n\n"
    secret = "### Boss\n:organization: Zyxw {show=pdf}\n:period: 2015\n\n"
    roles = "### Corp\n:organization: Corp\n\n#### Lead\n:period: 2013\n\n"
    book.write({"index.md": f"# Ada\n\n## Work\n\n{work}{secret}{roles}"})
    built = book.build("html", warns=True)
    names = [link.get_text(strip=True) for link in page(built, "index.html").select("#pst-page-toc-nav a")]
    assert names == ["Work", "Bank", "Boss", "Corp", "Lead"]
    assert built.files_with("yxw") == []


def test_own_script_is_kept_and_bootstrap_is_loaded_for_menus_only(
    book: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "ada/cv")
    configure(book, 'html_js_files = [(None, {"body": "own()"})]\n')
    built = book.build("html")
    assert "<script>own()</script>" in built.read("notes.html")
    assert "bootstrap.js" not in built.read("notes.html")
    configure(book, 'html_theme_options = {"use_issues_button": True, "use_repository_button": True}\n')
    assert "bootstrap.js" in book.build("html").read("notes.html")


def test_favicon_is_the_default_or_the_users(book: Project) -> None:
    def icon(built: Built, name: str) -> str:
        (found,) = page(built, name).select("link[rel=icon]")
        return str(found["href"]).partition("?")[0]

    built = book.build("html")
    assert icon(built, "talks/2014.html") == "../_static/favicon.svg"
    assert built.files()["_static/favicon.svg"].startswith(b"<svg ")
    (book.folder / "own.svg").write_text("<svg/>", "utf-8")
    configure(book, 'html_favicon = "own.svg"\n')
    assert icon(book.build("html"), "index.html") == "_static/own.svg"


def test_title_is_the_project_when_there_is_no_author(book: Project) -> None:
    (book.folder / "conf.py").write_text(CONF.replace('author = "Ada"\n', ""), "utf-8")
    built = book.build("html")
    assert built.app.config.html_title == "Ada's CV"
    assert built.files_with("name not set") == []


def test_style_sheets_are_the_themes_and_the_users(book: Project) -> None:
    (book.folder / "static").mkdir()
    (book.folder / "static" / "own.css").write_text("p {}\n")
    configure(book, 'html_static_path = ["static"]\nhtml_css_files = ["own.css"]\n')
    built = book.build("html")
    sheets = [
        str(sheet["href"]).partition("?")[0] for sheet in page(built, "talks/2014.html").select("link[rel=stylesheet]")
    ]
    assert {"../_static/cvtools.css", "../_static/own.css"} <= set(sheets)
    assert {"_static/cvtools.css", "_static/own.css"} <= built.files().keys()


@pytest.mark.parametrize(
    ("remote", "fork", "address"),
    [
        ("", "", ""),
        ("https://ada:tok3n@github.com/ada/cv.git", "", "https://github.com/ada/cv/edit/main"),
        ("git@gitlab.example.org:group/team/cv.git", "", "https://gitlab.example.org/group/team/cv/-/edit/main"),
        ("https://github.com/ada/cv", "fork/cv", "https://github.com/fork/cv/edit/main"),
        # The theme does not know this host, and this is no repository.
        ("https://codeberg.org/ada/cv", "", ""),
        ("https://github.com/cv", "", ""),
    ],
)
def test_edit_button_leads_to_the_file_on_the_main_branch(
    book: Project, monkeypatch: pytest.MonkeyPatch, remote: str, fork: str, address: str
) -> None:
    git(book.folder, "init", "--initial-branch", "draft")
    if remote:
        git(book.folder, "remote", "add", "origin", remote)
    if fork:
        monkeypatch.setenv("GITHUB_REPOSITORY", fork)
    built = book.build("html")
    for name in ("index", "talks/2014"):
        assert link(built, f"{name}.html", "source-edit-button") == (address and f"{address}/docs/{name}.md")
    assert built.files_with("tok3n") == []


def test_edit_button_includes_the_projects_folder_in_its_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "ada/people")
    git(tmp_path, "init")
    folder = tmp_path / "people" / "ada"
    folder.mkdir(parents=True)
    project = Project(folder).write(PAGES)
    configure(project, "")
    found = link(project.build("html"), "talks/2014.html", "source-edit-button")
    assert found == "https://github.com/ada/people/edit/main/people/ada/docs/talks/2014.md"


def test_edit_button_works_when_conf_py_is_in_another_folder(book: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sphinx allows conf.py and the pages in any two folders."""
    monkeypatch.setenv("GITHUB_REPOSITORY", "ada/cv")
    git(book.folder, "init")
    settings = book.folder / "settings"
    settings.mkdir()
    (book.folder / "conf.py").rename(settings / "conf.py")
    project = Project.__new__(Project)
    project.folder, project.docs = settings, book.docs
    found = link(project.build("html"), "index.html", "source-edit-button")
    assert found == "https://github.com/ada/cv/edit/main/docs/index.md"


def test_conf_py_overrides_defaults(book: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "ada/cv")
    monkeypatch.setenv("CV_SITE_URL", "https://ada.example")
    configure(
        book,
        'html_title = "Mine"\nhtml_baseurl = "https://own.example/"\nhtml_show_sphinx = True\n'
        'html_theme_options = {"repository_branch": "trunk", "home_page_in_toc": False}\n'
        'html_context = {"default_mode": "dark"}\n',
    )
    built = book.build("html")
    config = built.app.config
    assert (config.html_title, config.html_baseurl, config.html_show_sphinx) == ("Mine", "https://own.example/", True)
    assert 'data-theme="dark"' in built.read("index.html")
    assert not config.html_theme_options["home_page_in_toc"]
    assert link(built, "index.html", "source-edit-button") == "https://github.com/ada/cv/edit/trunk/docs/index.md"


def test_canonical_link_uses_the_publishing_workflows_address(book: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CV_SITE_URL", "https://ada.example/cv")
    found = page(book.build("html"), "talks/2014.html").select_one("link[rel=canonical]")
    assert isinstance(found, Tag)
    assert found["href"] == "https://ada.example/cv/talks/2014.html"


@pytest.mark.parametrize("address", ["ada.example/cv", "/cv/", "file:///cv", "https:///cv"])
def test_address_that_links_cannot_begin_with_is_refused(
    book: Project, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    with pytest.raises(ConfigError, match="html_baseurl must be an address"):
        book.build("html", html_baseurl=address)
    monkeypatch.setenv("CV_SITE_URL", address)
    with pytest.raises(ConfigError, match="CV_SITE_URL must be an address"):
        book.build("html")


def test_slash_is_no_address(book: Project) -> None:
    assert "canonical" not in book.build("html", html_baseurl="/").read("index.html")


@pytest.mark.parametrize("theme", ["alabaster", "basic"])
def test_other_theme_gets_the_style_sheet_and_no_options(
    book: Project, theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "ada/cv")
    configure(book, f'html_theme = "{theme}"\n')
    built = book.build("html", cv_pdfs=BOTH)
    assert "_static/cvtools.css" in built.files()
    assert built.app.config.html_theme_options == {}


@pytest.mark.parametrize(
    ("name", "address"),
    [("index.html", "cv.pdf"), ("notes.html", "cv.pdf"), ("talks/2014.html", "../talks.pdf"), ("search.html", "")],
)
def test_pdf_button_leads_to_the_pages_pdf(with_pdfs: Built, name: str, address: str) -> None:
    assert link(with_pdfs, name, "download-pdf-button") == address


def test_pdf_button_works_for_pages_that_are_folders(book: Project) -> None:
    built = book.build("dirhtml", cv_pdfs=BOTH)
    assert link(built, "talks/2014/index.html", "download-pdf-button") == "../../talks.pdf"


def test_pdf_button_is_in_the_books_language(book: Project) -> None:
    button = page(book.build("html", cv_pdfs=BOTH, language="pl"), "index.html").select_one("a.btn-download-pdf-button")
    assert isinstance(button, Tag)
    assert (button["title"], button.get_text(strip=True)) == ("Pobierz PDF", "PDF")


def test_label_of_the_pdf_button_is_escaped(book: Project) -> None:
    built = book.build("html", cv_pdfs=["cv.pdf"], cv_labels={"download": 'As "PDF" & more'})
    button = page(built, "index.html").select_one(".btn-download-pdf-button")
    assert button
    assert button["title"] == 'As "PDF" & more'


def test_pdf_button_is_absent_without_a_pdf(book: Project, default: Built) -> None:
    assert link(default, "index.html", "download-pdf-button") == ""
    built = book.build("html", cv_pdfs=["cv.pdf"])
    assert link(built, "index.html", "download-pdf-button") == "cv.pdf"
    assert link(built, "talks/2014.html", "download-pdf-button") == ""


@pytest.mark.parametrize("root", ["index", "notes"])
def test_sidebar_leaves_out_a_long_list_of_talks(book: Project, monkeypatch: pytest.MonkeyPatch, root: str) -> None:
    """Whether the list is on the CV's page or on another."""
    talks = "```{talks}\n:pages: /talks/*\n```\n"
    book.write({
        "index.md": PAGES["index.md"].replace("```{talks}\n```\n", talks if root == "index" else ""),
        "notes.md": "# Notes\n\n" + (talks if root == "notes" else ""),
        "talks/2016.md": "# Another talk\n:event: E\n:date: 2016\n",
    })  # fmt: skip

    def sidebar() -> list[str]:
        found = page(book.build("html"), "talks/2014.html").select(".bd-links a.reference")
        return [link.get_text(strip=True) for link in found]

    everything = sidebar()
    monkeypatch.setattr("cvtools.writing.website.MAX_SIDEBAR_TALKS", 1)
    (book.docs / "talks/2014.md").write_text(PAGES["talks/2014.md"] + "\nWords.\n", "utf-8")
    shorter = sidebar()
    assert {"Another talk", "A talk"} <= set(everything)
    assert [name for name in everything if "talk" not in name] == shorter
    # From one to the next
    assert page(book.build("html"), "talks/2014.html").select_one("a.left-prev, a.right-next")


def test_theme_escapes_text_that_looks_like_html(book: Project) -> None:
    words = "\\<img src=x onerror=alert(1)>\\<script>alert(1)\\</script>"
    pages = {name: text.replace("# ", f"# {words} ", 1) for name, text in PAGES.items()}
    pages["index.md"] = pages["index.md"].replace(
        "## Talks",
        f"## {words}\n:organization: {words}\n:period: 2014\n:technologies: {words}\n\n## Talks\n\n```{{timeline}}\n```\n\n```{{technologies}}\n```\n",
    )
    built = book.write(pages).build("html", html_baseurl="https://ada.example/")
    for name, data in built.files().items():
        if name.endswith(".html"):
            found = BeautifulSoup(data, "lxml")
            assert not found.select("[onerror]"), name
            data_blocks = "script[type='application/ld+json']"
            scripts = [script for script in found.find_all("script") if script not in found.select(data_blocks)]
            assert not [script for script in scripts if "alert" in script.text], name
