"""The real book as a browser shows it: on a phone and a desk, in light and dark, and on paper."""

import gzip
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from cvtools.checks.readers import pdfium
from tests.browsing import browsing
from tests.projects import Project

REPOSITORY = Path(__file__).parents[1]
PDFS = ["cv.pdf", "talks.pdf"]
PAGES = ("index.html", "talks/2023-docker-compose.html", "technologies.html", "search.html")
#: Text that is small or grey, where contrast is easily lost, with what else must be legible.
TEXT = (
    ".cv-technologies :is(li, caption, th, a), .cv-head dd, .cv-head dd a, .cv-listing span, .cv-listing a, "
    ".bd-article p, .bd-article li"
)

#: The lowest contrast of the elements that a selector finds (WCAG 2.2, "contrast ratio"), with its text; on paper,
#: backgrounds are not printed. Colours are painted on a canvas, which turns any notation into sRGB.
CONTRAST = """
([selector, paper]) => {
  const context = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const parse = colour => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const background = element => {
    for (; element && !paper; element = element.parentElement) {
      const colour = parse(getComputedStyle(element).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const luminance = ([red, green, blue]) => {
    const linear = [red, green, blue].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const ratios = [...document.querySelectorAll(selector)].filter(e => e.innerText.trim()).map(element => {
    const pair = [parse(getComputedStyle(element).color), background(element)].map(luminance).sort((a, b) => b - a);
    return [(pair[0] + 0.05) / (pair[1] + 0.05), element.innerText.trim().slice(0, 40)];
  });
  return ratios.sort((a, b) => a[0] - b[0])[0];
}
"""


@dataclass
class Site:
    """The book, served."""

    url: str
    browser: Browser
    #: The names of all pages.
    pages: list[str]

    def open(
        self,
        page: str = "index.html",
        *,
        width: int = 1280,
        scheme: Literal["light", "dark"] = "light",
        media: Literal["screen", "print"] = "screen",
    ) -> Page:
        """Show a page, and wait until all that it needs is there."""
        shown = self.browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        # Colours that are still changing are neither the one nor the other.
        shown.emulate_media(media=media, color_scheme=scheme, reduced_motion="reduce")
        shown.goto(f"{self.url}/{page}", wait_until="load")
        return shown


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    project = Project(tmp_path_factory.mktemp("pages"))
    shutil.copytree(REPOSITORY / "docs", project.docs, dirs_exist_ok=True)
    # As cvtools.build does it, where there are PDFs.
    conf = (REPOSITORY / "conf.py").read_text("utf-8") + 'tags.add("pdf")\n'
    (project.folder / "conf.py").write_text(conf, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_REPOSITORY", "ada/cv")
        patch.delenv("GITHUB_SERVER_URL", raising=False)
        built = project.build("html", cv_pdfs=PDFS)
    for name in PDFS:
        (built.out / name).write_bytes(b"%PDF-1.7")
    pages = sorted(page.relative_to(built.out).as_posix() for page in built.out.rglob("*.html"))
    with browsing(built.out) as (url, browser):
        yield Site(url, browser, [page for page in pages if not page.startswith("_static")])


@pytest.fixture
def shown(site: Site) -> Iterator[None]:
    """Closes the pages that a test opens."""
    yield
    for context in site.browser.contexts:
        context.close()


pytestmark = pytest.mark.usefixtures("shown")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_needs_nothing_from_elsewhere_and_has_no_error(site: Site, page: str) -> None:
    shown = site.browser.new_page()
    complaints: list[str] = []
    requests: list[str] = []
    shown.on("console", lambda message: complaints.append(str(message.location)) if message.type == "error" else None)
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.on("response", lambda response: complaints.append(response.url) if response.status >= 400 else None)
    shown.on("request", lambda request: requests.append(request.url))
    shown.goto(f"{site.url}/{page}", wait_until="networkidle")
    assert complaints == []
    assert len(requests) > 5
    assert [url for url in requests if not url.startswith((f"{site.url}/", "data:"))] == []


@pytest.mark.parametrize("page", PAGES[:2])
def test_a_page_is_light(site: Site, page: str) -> None:
    """At most 12 requests and 300 kB as a server sends them; no font, no script of the theme's that is not used."""
    shown = site.browser.new_page()
    files: dict[str, int] = {}
    shown.on("response", lambda response: files.update({response.url: len(gzip.compress(response.body()))}))
    shown.goto(f"{site.url}/{page}", wait_until="networkidle")
    files = {url: size for url, size in files.items() if not url.startswith("data:")}
    assert len(files) <= 12, files
    assert 50_000 < sum(files.values()) < 300_000, files
    assert [url for url in files if re.search(r"woff|bootstrap|fontawesome|searchindex", url)] == []


def test_no_page_has_a_fault_for_those_who_do_not_see_or_point(site: Site) -> None:
    """On a phone and a desk, in light and dark, as axe-core judges."""
    assert len(site.pages) >= 5
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for name in site.pages:
        for scheme in schemes:
            shown = site.open(name, scheme=scheme)
            for width in (1280, 390):
                shown.set_viewport_size({"width": width, "height": 900})
                faults = Axe().run(shown).response["violations"]
                found = [(fault["help"], [node["html"] for node in fault["nodes"]]) for fault in faults]
                assert found == [], (name, width, scheme)
            shown.close()


def test_the_colours_are_chosen_from_a_menu(site: Site) -> None:
    shown = site.open(width=390, scheme="light")
    button, menu = shown.get_by_role("button", name="Color mode"), shown.locator("#cv-modes")
    assert not menu.is_visible()
    button.click()
    box = menu.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    menu.get_by_role("button", name="Dark").click()
    assert not menu.is_visible()
    assert shown.locator("html").get_attribute("data-theme") == "dark"
    assert shown.goto(f"{site.url}/search.html")
    assert shown.locator("html").get_attribute("data-theme") == "dark"


@pytest.mark.parametrize(("side", "link"), [("primary", "TDD of Python microservices"), ("secondary", "Education")])
def test_the_sidebars_open_on_a_phone(site: Site, side: str, link: str) -> None:
    shown = site.open(width=390)
    sidebar = shown.locator(f"dialog#pst-{side}-sidebar-modal")
    assert not sidebar.is_visible()
    shown.locator(f".{side}-toggle").click()
    sidebar.get_by_role("link", name=link).click()
    shown.wait_for_url(re.compile("2016-tdd|#education"))


def test_the_contents_follow_the_reader(site: Site) -> None:
    shown = site.open()
    shown.evaluate("document.getElementById('education').scrollIntoView()")
    shown.locator("#pst-page-toc-nav li.active > a", has_text="Education").wait_for(timeout=5000)


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("Kafka", "index.html"),
        ("Gdansk", "index.html"),
        ("Gdańsk", "index.html"),
        ("TDD of Python microservices", "talks/2016-tdd-microservices.html"),
        ("Lokalne testy", "talks/2023-docker-compose.html"),
    ],
)
def test_the_search_finds(site: Site, words: str, page: str) -> None:
    shown = site.open()
    shown.locator(".bd-sidebar-primary .search-button-field").click()
    shown.keyboard.type(words)
    shown.keyboard.press("Enter")
    shown.locator("#search-results .search-summary", has_text="found").wait_for()
    found = shown.locator("#search-results .search > li > a").evaluate_all("links => links.map(link => link.href)")
    assert f"{site.url}/{page}" in {link.partition("#")[0].partition("?")[0] for link in found}


def test_without_script_there_is_all_that_is_to_read(site: Site) -> None:
    context = site.browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    shown = context.new_page()
    shown.goto(f"{site.url}/index.html")
    assert shown.locator("#pst-page-toc-nav a", has_text="Education").is_visible()
    assert shown.locator("a.btn-download-pdf-button").is_visible()
    assert not shown.locator(".pst-js-only").first.is_visible()
    shown.locator(".bd-sidebar-primary a", has_text="TDD of Python").click()
    assert shown.locator("h1", has_text="TDD of Python").is_visible()


def test_each_entry_has_a_link_that_shows_for_mouse_and_keyboard(site: Site) -> None:
    shown = site.open()
    titles = shown.locator(".cv-entry > :is(h3, h4)")
    assert titles.count() >= 14
    assert shown.locator(".cv-entry > :is(h3, h4) > a.headerlink").count() == titles.count()
    link = titles.first.locator("a.headerlink")
    seen = "link => getComputedStyle(link).display !== 'none' && getComputedStyle(link).opacity === '1'"
    assert not link.evaluate(seen)
    titles.first.hover()
    assert link.evaluate(seen)
    shown.mouse.move(0, 0)
    assert not link.evaluate(seen)
    link.focus()
    assert link.evaluate("link => link === document.activeElement")
    assert link.evaluate(seen)


def test_nothing_moves_while_a_page_loads(site: Site) -> None:
    shown = site.open(width=390)
    shift = "new Promise(done => new PerformanceObserver(list => done(list.getEntries().map(entry => entry.value)))"
    shift += ".observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done([]), 300))"
    assert shown.evaluate(shift) == []


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_stands_out_at_the_side(site: Site, page: str, width: int) -> None:
    shown = site.open(page, width=width)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    wide = (
        "[...document.querySelectorAll('.bd-article *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 "
    )
    assert shown.evaluate(f"{wide} && getComputedStyle(e).position !== 'absolute').map(e => e.outerHTML)") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES[:3])
def test_text_is_legible(site: Site, page: str, scheme: Literal["light", "dark"]) -> None:
    shown = site.open(page, scheme=scheme)
    assert shown.evaluate("document.documentElement.dataset.theme") == scheme
    ratio, text = shown.evaluate(CONTRAST, [TEXT, False])
    assert ratio >= 4.5, text


@pytest.mark.parametrize(("page", "pdf"), [("index.html", "/cv.pdf"), ("talks/2023-docker-compose.html", "/talks.pdf")])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_pdf_button_leads_to_the_pdf(site: Site, page: str, pdf: str, width: int) -> None:
    shown = site.open(page, width=width)
    button = shown.locator("a.btn-download-pdf-button")
    assert button.is_visible()
    address = button.evaluate("button => button.href")
    assert address == site.url + pdf
    answer = shown.request.get(address)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")


@pytest.mark.parametrize("page", PAGES[:2])
def test_the_edit_button_leads_to_the_source(site: Site, page: str) -> None:
    button = site.open(page).locator("a.btn-source-edit-button")
    assert button.is_visible()
    source = page.replace(".html", ".md")
    assert button.get_attribute("href") == f"https://github.com/ada/cv/edit/main/docs/{source}"


def test_the_page_links_to_pdfs_and_talks_that_are_there(site: Site) -> None:
    shown = site.open()
    links = shown.locator(".bd-article a[href]").evaluate_all(
        "links => links.map(link => new URL(link.getAttribute('href'), location).href)"
    )
    own = {link.partition("#")[0] for link in links if link.startswith(site.url)}
    assert {f"{site.url}/cv.pdf", f"{site.url}/talks.pdf"} <= own
    assert len(own) >= 6
    assert [link for link in own if not shown.request.get(link).ok] == []


#: Where an entry's title and fields stand, in pixels: of the title its last line, of a field its first.
PLACES = """
entry => Object.fromEntries([...entry.querySelectorAll(":scope > :is(h3, h4), :scope > dl > div")].map(part => {
  const line = document.createRange();
  line.selectNodeContents(part.querySelector("li, dd:not(:has(li))") ?? part);
  const pieces = [...line.getClientRects()];
  const {top, bottom} = pieces.at(part.className ? 0 : -1);
  const [left, right] = pieces.filter(piece => Math.abs(piece.top - top) < 4).reduce(
    ([left, right], piece) => [Math.min(left, piece.left), Math.max(right, piece.right)], [Infinity, 0]);
  return [part.className || "title", {left, right, middle: (top + bottom) / 2}];
}))
"""


def test_dates_stand_at_the_right_of_a_desk(site: Site) -> None:
    """When beside the title, for how long below it; whatever else there is to say."""
    shown = site.open(width=1280)
    margin = shown.evaluate("document.querySelector('.cv-person > h1').getBoundingClientRect().right")
    entries = [entry.evaluate(PLACES) for entry in shown.locator(".cv-position, .cv-employer, .cv-education").all()]
    assert len(entries) >= 14
    for parts in entries:
        title, period = parts["title"], parts["cv-period"]
        assert abs(period["middle"] - title["middle"]) < 4, parts
        assert abs(period["right"] - margin) < 2, parts
        assert title["right"] < period["left"], parts
        if duration := parts.get("cv-duration"):
            assert abs(duration["right"] - margin) < 2, parts
            # On the line of what the head begins with: where, or the technologies.
            names = ("cv-organization", "cv-institution", "cv-location", "cv-technologies")
            first = next(parts[name] for name in names if name in parts)
            assert abs(duration["middle"] - first["middle"]) < 4, parts


def test_no_label_is_cut_off(site: Site) -> None:
    labels = site.open(width=390).locator(".cv-head dt").all()
    shown = [label for label in labels if label.evaluate("label => getComputedStyle(label).position") == "static"]
    assert {label.inner_text() for label in shown} == {"Time zone", "Specialization", "Score"}
    cut = "label => label.scrollWidth > label.clientWidth && getComputedStyle(label).overflow !== 'visible'"
    assert [label.inner_text() for label in shown if label.evaluate(cut)] == []


def test_who_and_where_stand_above_when_on_a_phone(site: Site) -> None:
    head = site.open(width=390).locator(".cv-position > .cv-head").first
    boxes = [head.locator(f".cv-{name}").bounding_box() for name in ("organization", "location", "period", "duration")]
    organization, location, period, duration = (box["y"] for box in boxes if box)
    assert abs(organization - location) < 5
    assert abs(period - duration) < 5
    assert period > location + 10


def test_technologies_have_all_of_a_phones_width(site: Site) -> None:
    shown = site.open("technologies.html", width=390)
    rows = [row.bounding_box() for row in shown.locator(".cv-technologies tbody tr").all()]
    assert len(rows) > 50
    assert {round(row["width"]) for row in rows if row} == {358}


def test_the_timeline_is_of_use_without_a_mouse(site: Site) -> None:
    shown = site.open()
    link = shown.locator(".cv-timeline a").first
    link.focus()
    shown.keyboard.press("Tab")
    shown.keyboard.press("Shift+Tab")
    assert link.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    shown.keyboard.press("Enter")
    shown.wait_for_url("**#senior-back-end-developer")


def test_labels_are_for_those_who_listen(site: Site) -> None:
    """Hidden from the eye, yet in the accessibility tree."""
    shown = site.open()
    label = shown.locator(".cv-position .cv-period dt").first
    box = label.bounding_box()
    assert box
    assert box["width"] <= 1
    assert shown.get_by_role("term").filter(has_text="Period").count() > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper_there_is_the_cv_alone(site: Site, scheme: Literal["light", "dark"]) -> None:
    shown = site.open(media="print", scheme=scheme)
    for gone in (
        ".bd-sidebar-primary",
        ".bd-sidebar-secondary",
        ".bd-header-article",
        ".prev-next-footer",
        ".headerlink",
        ".cv-timeline",
    ):
        assert not any(element.is_visible() for element in shown.locator(gone).all()), gone
    names = shown.locator("h1").filter(has_text="Michał Bultrowicz")
    assert [name.is_visible() for name in names.all()].count(True) == 1
    ratio, text = shown.evaluate(CONTRAST, [f"{TEXT}, h1, h2, h3", True])
    assert ratio >= 4.5, text


def test_on_paper_the_head_of_an_entry_is_whole_and_stays_with_what_follows(site: Site, tmp_path: Path) -> None:
    """And reads in the order in which it is seen."""
    shown = site.open(media="print")
    shown.pdf(path=tmp_path / "printed.pdf", format="A4")
    sheets = [" ".join(sheet.split()) for sheet in pdfium(tmp_path / "printed.pdf")]
    entries = shown.locator(".cv-position:has(> h3):has(.cv-technologies)").all()
    assert len(entries) >= 8
    for entry in entries:
        parts = (":scope > h3", ".cv-period dd", ".cv-organization dd", ".cv-technologies li")
        words = [" ".join(found) for part in parts if (found := entry.locator(part).all_inner_texts())]
        assert [sheet for sheet in sheets if re.search(".*?".join(map(re.escape, words)) + r".* \w+", sheet)], words
