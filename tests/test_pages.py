"""The website as a browser shows it: on a phone and a wide screen, in light and dark, and on paper."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browsing import browsing, serving
from tests.projects import Project, pages_of, png

PDFS = ["cv.pdf", "talks.pdf"]
PAGES = ("index.html", "talks/2023-containers.html", "technologies.html", "search.html")
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
  return ratios.sort((a, b) => a[0] - b[0])[0] ?? [21, ""];
}
"""


@dataclass
class Site:
    """The website, served."""

    url: str
    browser: Browser
    #: The page that tests share, which costs less than a new one each.
    page: Page
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
        shown = self.page
        shown.set_viewport_size({"width": width, "height": 900})
        # Colours that are still changing are neither the one nor the other.
        shown.emulate_media(media=media, color_scheme=scheme, reduced_motion="reduce")
        shown.goto(f"{self.url}/{page}", wait_until="load")
        return shown


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    project = Project(tmp_path_factory.mktemp("pages"), "test-book")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_REPOSITORY", "ada/cv")
        patch.delenv("GITHUB_SERVER_URL", raising=False)
        built = project.build("html", cv_pdfs=PDFS)
    for name in PDFS:
        (built.out / name).write_bytes(b"%PDF-1.7")
    pages = sorted(page.relative_to(built.out).as_posix() for page in built.out.rglob("*.html"))
    with browsing(built.out) as (url, browser):
        shared = browser.new_page()
        shared.goto(f"{url}/index.html")
        yield Site(url, browser, shared, [page for page in pages if not page.startswith("_static")])


@pytest.fixture(autouse=True)
def _own_pages_are_closed(site: Site) -> Iterator[None]:
    """Close what a test opened, and forget what it chose."""
    yield
    for context in site.browser.contexts:
        if context != site.page.context:
            context.close()
    site.page.evaluate("localStorage.clear()")


@pytest.mark.parametrize("page", PAGES)
def test_page_is_light_and_asks_nobody_else(site: Site, page: str) -> None:
    """At most 12 requests and 60 kB as a server sends them; no font, no script of the theme's that is not used."""
    shown = site.browser.new_page()
    complaints: list[str] = []
    files: dict[str, int] = {}
    shown.on("console", lambda message: complaints.append(str(message.location)) if message.type == "error" else None)
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.on("requestfailed", lambda request: complaints.append(request.url))
    shown.on("response", lambda response: files.update({response.url: len(gzip.compress(response.body()))}))
    shown.goto(f"{site.url}/{page}", wait_until="networkidle")
    assert complaints == []
    files = {url: size for url, size in files.items() if not url.startswith("data:")}
    # Of the page, its style and its scripts, the last may be on its way.
    assert len(files) > 3
    assert [url for url in files if not url.startswith(f"{site.url}/")] == []
    if page != "search.html":
        assert len(files) <= 12, files
        assert 20_000 < sum(files.values()) < 60_000, files
        assert [url for url in files if re.search(r"woff|bootstrap|fontawesome|searchindex", url)] == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_no_page_has_an_accessibility_fault(site: Site, scheme: Literal["light", "dark"], width: int) -> None:
    """By axe-core, and by the contrast of small or grey text."""
    assert len(site.pages) >= 5
    for name in site.pages:
        shown = site.open(name, scheme=scheme, width=width)
        assert shown.evaluate("document.documentElement.dataset.theme") == scheme
        faults = Axe().run(shown, options={"resultTypes": ["violations"]}).response["violations"]
        assert [(fault["help"], [node["html"] for node in fault["nodes"]]) for fault in faults] == [], name
        ratio, text = shown.evaluate(CONTRAST, [TEXT, False])
        assert ratio >= 4.5, (name, text)


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


@pytest.mark.parametrize(("side", "link"), [("primary", "Testing of microservices"), ("secondary", "Education")])
def test_the_sidebars_open_on_a_phone(site: Site, side: str, link: str) -> None:
    shown = site.open(width=390)
    sidebar = shown.locator(f"dialog#pst-{side}-sidebar-modal")
    assert not sidebar.is_visible()
    shown.locator(f".{side}-toggle").click()
    sidebar.get_by_role("link", name=link).click()
    shown.wait_for_url(re.compile("2016-testing|#education"))


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
        ("Testing of microservices", "talks/2016-testing.html"),
        ("Lokalne testy", "talks/2023-containers.html"),
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


def test_search_hit_leads_to_the_entry_and_quotes_it(site: Site) -> None:
    shown = site.open("search.html?q=Wroclaw", width=390)
    hits = shown.locator(".cv-hits a")
    hits.first.wait_for()
    assert hits.evaluate_all("links => links.map(link => link.hash)")[:3] == [
        "#example-devices",
        "#example-games",
        "#example-shop",
    ]
    summary = shown.locator(".cv-hits .context").first.inner_text()
    assert summary == "Example Devices Jan 2010 – Apr 2011 1 year 4 months Wrocław C++ TPM"
    assert shown.locator(".search > li > a").first.evaluate("link => link.hash") == "#example-devices"


def test_search_hit_of_a_technology_says_that_it_is_one(site: Site) -> None:
    shown = site.open("search.html?q=Kafka")
    hit = shown.locator(".search > li.kind-object").first
    hit.wait_for()
    assert hit.text_content() == "Kafka (Technology · Technologies)"


def test_search_fetches_no_font(site: Site) -> None:
    shown = site.browser.new_page(viewport={"width": 390, "height": 900})
    fonts: list[str] = []
    shown.on("request", lambda request: fonts.append(request.url) if request.resource_type == "font" else None)
    shown.goto(f"{site.url}/search.html?q=Kafka")
    shown.locator(".search .cv-hits a").first.wait_for()
    shown.goto(f"{site.url}/index.html")
    shown.locator(".highlight-link a").wait_for()
    shown.wait_for_timeout(200)
    assert not fonts


@pytest.mark.parametrize("form", [".bd-search-container form", "#pst-search-dialog form"])
def test_magnifier_is_beside_the_words_of_a_search(site: Site, form: str) -> None:
    shown = site.open("search.html?q=Kafka")
    shown.evaluate("document.querySelector('#pst-search-dialog').showModal()")
    icon = shown.locator(f"{form} i").bounding_box()
    start = shown.locator(f"{form} input").evaluate(
        "input => input.getBoundingClientRect().left + parseFloat(getComputedStyle(input).paddingLeft)"
    )
    assert icon
    assert icon["x"] + icon["width"] <= start


@pytest.mark.parametrize("page", PAGES)
def test_every_focus_ring_is_the_same(site: Site, page: str) -> None:
    shown = site.open(page)
    ring = (
        "[document.activeElement].filter(e => e !== document.body).map(e => getComputedStyle(e)).map("
        "s => `${s.outlineStyle} ${s.outlineWidth} ${s.outlineColor} ${s.outlineOffset} ${s.boxShadow} ${s.opacity}`)"
    )
    rings: list[str] = []
    shown.keyboard.press("Tab")
    while found := shown.evaluate(ring):
        rings += found
        shown.keyboard.press("Tab")
    assert len(rings) > 9
    assert {*rings} == {"solid 2px rgb(31, 78, 121) 2px none 1"}


def test_without_javascript_the_colours_are_those_of_the_colour_scheme(site: Site) -> None:
    def colours(shown: Page) -> list[str]:
        parts = ("body", "h1", ".bd-article a", ".cv-head-position", ".btn-download-pdf-button", ".cv-timeline rect")
        style = "part => ['color', 'backgroundColor', 'fill'].map(name => getComputedStyle(part)[name]).join()"
        return [shown.locator(part).first.evaluate(style) for part in parts]

    without = site.browser.new_context(java_script_enabled=False).new_page()
    schemes: list[Literal["light", "dark"]] = ["light", "dark"]
    for scheme in schemes:
        without.emulate_media(color_scheme=scheme)
        without.goto(f"{site.url}/index.html")
        assert colours(without) == colours(site.open(scheme=scheme))


def test_line_of_a_talk_without_links_ends_with_no_dot(site: Site) -> None:
    end = """talk => {
      while (!talk.lastElementChild.matches(".cv-date")) talk.lastElementChild.remove();
      return getComputedStyle(talk.lastElementChild.previousElementSibling, "::after").content;
    }"""
    assert site.open().locator(".cv-listing > li").first.evaluate(end) == "none"


def test_previous_and_next_pages_are_those_of_the_sidebar(site: Site) -> None:
    order = site.open().locator(".bd-links a").evaluate_all("links => links.map(link => link.href)")
    order[0] = f"{site.url}/index.html"
    assert len(order) == 4
    for number, address in enumerate(order):
        shown = site.open(address.removeprefix(f"{site.url}/"), width=390)
        links = shown.locator(".prev-next-area a").evaluate_all("links => links.map(link => link.href)")
        assert [link.partition("#")[0] for link in links] == [*order[:number][-1:], *order[number + 1 :][:1]]
        assert shown.locator(".cv-home:visible").count() == (number > 0)


def test_previous_and_next_page_and_the_foot_are_at_the_edges_of_the_text(site: Site) -> None:
    shown = site.open("talks/2023-containers.html")
    edges = "[...parts].map(part => part.getBoundingClientRect()).flatMap(box => [box.left, box.right])"
    for width in (390, 700, 1280, 1920):
        shown.set_viewport_size({"width": width, "height": 900})
        left, right = shown.locator(".bd-article > section").evaluate_all(f"parts => {edges}")
        links = shown.locator(".prev-next-area a").evaluate_all(f"parts => {edges}")
        assert (min(links), max(links)) == (left, right), width
        assert shown.locator(".footer-item").first.evaluate("part => part.getBoundingClientRect().left") == left, width


def test_search_is_at_the_edge_of_the_foot(site: Site) -> None:
    shown = site.open("search.html")
    for width in (390, 700, 1280):
        shown.set_viewport_size({"width": width, "height": 900})
        edges = "parts => parts.map(part => part.getBoundingClientRect().left)"
        title, foot, *_ = shown.locator(".bd-search-container h1, .footer-item").evaluate_all(edges)
        assert title == foot, width


def test_chosen_technology_is_lit_and_has_an_address(site: Site) -> None:
    shown = site.open()
    shown.locator(".cv-technologies a", has_text="Kafka").first.click()
    assert shown.url == f"{site.url}/index.html?t=kafka"
    for _ in "once more, by the address":
        lit = shown.locator(".cv-entry.cv-lit, .cv-timeline a.cv-lit")
        assert lit.evaluate_all("all => all.map(e => e.hash ?? e.id)") == ["#example-streams", "example-streams"]
        dimmed = shown.locator("#example-lab, .cv-timeline [href='#example-lab']")
        assert dimmed.evaluate_all("all => all.map(e => getComputedStyle(e).opacity)") == ["0.4", "0.4"]
        shown = site.open("index.html?t=kafka")
    shown.locator(".cv-lens-bar").get_by_text("✕").click()
    assert shown.locator(".cv-lit").count() == 0
    assert shown.url == f"{site.url}/index.html"
    # The time in the list of technologies leads to its entries.
    site.open("technologies.html").locator("#technology-kafka td a").first.click()
    shown.wait_for_url("**/index.html?t=kafka#example-streams")
    assert shown.locator(".cv-entry.cv-lit").count() == 1


def test_chosen_technology_is_legible_after_a_search_for_it(site: Site) -> None:
    shown = site.open()
    shown.evaluate("localStorage.setItem('sphinx_highlight_terms', 'kafka')")
    shown = site.open("index.html?t=kafka")
    assert shown.locator(".cv-lens-bar .highlighted").count() == 1
    ratio, text = shown.evaluate(CONTRAST, [".cv-lens-bar .highlighted", False])
    assert ratio >= 4.5, text


def test_section_with_the_id_of_the_technology_bar_stays_in_place(site: Site) -> None:
    shown = site.open()
    shown.evaluate(
        "document.querySelector('.bd-article section section').id = 'cv-lens'; dispatchEvent(new Event('popstate'))"
    )
    assert shown.locator("#cv-lens").evaluate_all("all => all.map(e => getComputedStyle(e).position)") == ["static"]


def test_address_with_an_unknown_technology_dims_nothing(site: Site) -> None:
    shown = site.open("index.html?t=%3Cimg src=x%3E")
    assert not shown.evaluate("document.body.classList.contains('cv-lens')")


def test_names_in_the_timeline_are_whole_and_large_enough_to_hit(site: Site) -> None:
    shown = site.open()
    for width, zoom in ((320, 1), (390, 1), (768, 1), (1280, 1), (2560, 1), (1280, 2)):
        shown.set_viewport_size({"width": width // zoom, "height": 900})
        shown.evaluate(f"document.documentElement.style.fontSize = '{16 * zoom}px'")
        rows = shown.locator(".cv-timeline li a").evaluate_all(
            """rows => rows.map(row => {
                const [name, bar] = row.children, box = row.getBoundingClientRect();
                const end = Math.max(...[...name.getClientRects()].map(line => line.right));
                return [box.height, name.scrollWidth - name.clientWidth, bar.getBoundingClientRect().left - end, innerWidth - box.right];
            })"""
        )
        assert len(rows) >= 12
        assert min(row[0] for row in rows) >= 24, width
        assert max(row[1] for row in rows) <= 0, width
        assert min(min(row[2:]) for row in rows) >= -1, width
    names = shown.locator(".cv-timeline li a").evaluate_all("rows => rows.map(row => row.textContent.trim())")
    assert "A Company with a Rather Long Name, Senior Python Developer of Platforms for Financial Data" in names


def test_links_outside_of_text_are_large_enough_to_hit(site: Site) -> None:
    """At least 24 pixels high (WCAG 2.2, success criterion 2.5.8)."""
    shown = site.open()
    links = shown.locator(".cv-facts a, .cv-technologies a, .cv-timeline a, .cv-entry .headerlink, .bd-sidebar a")
    for width in (390, 1280):
        shown.set_viewport_size({"width": width, "height": 900})
        heights = links.evaluate_all(
            "links => links.filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().height)"
        )
        assert len(heights) > 50
        assert min(heights) >= 24, width


def test_without_script_there_is_all_that_is_to_read(site: Site) -> None:
    context = site.browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    shown = context.new_page()
    shown.goto(f"{site.url}/index.html")
    assert shown.locator("#pst-page-toc-nav a", has_text="Education").is_visible()
    assert shown.locator("a.btn-download-pdf-button").is_visible()
    assert not shown.locator(".pst-js-only").first.is_visible()
    shown.locator(".bd-sidebar-primary a", has_text="Testing of").click()
    shown.locator("h1", has_text="Testing of").wait_for()


def test_each_entry_has_a_link_that_shows_for_mouse_and_keyboard(site: Site) -> None:
    shown = site.open()
    titles = shown.locator(".cv-entry > :is(h3, h4)")
    assert titles.count() >= 12
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
def test_nothing_overflows_the_width_of_the_page(site: Site, page: str) -> None:
    shown = site.open(page)
    wide = (
        "[...document.querySelectorAll('.bd-article *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 "
        "&& getComputedStyle(e).position !== 'absolute').map(e => e.outerHTML)"
    )
    for width in (1280, 768, 390, 320):
        shown.set_viewport_size({"width": width, "height": 900})
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.evaluate(wide) == []


@pytest.mark.parametrize("media", ["screen", "print"])
def test_narrow_columns_of_a_table_break_no_words(site: Site, media: Literal["screen", "print"]) -> None:
    shown = site.open(media=media)
    cells = f"<td>{'many words of a long text ' * 9}</td><td>2019</td><td>Portuguese</td>"
    broken = shown.evaluate(
        """cells => {
            const table = document.createElement("table")
            table.className = "table"
            table.innerHTML = `<tbody><tr>${cells}</tr></tbody>`
            document.querySelector(".bd-article section").append(table)
            const range = document.createRange()
            return [...table.querySelectorAll("td")].slice(1).filter(cell => {
                range.selectNodeContents(cell)
                return range.getClientRects().length > 1
            }).length
        }""",
        cells,
    )
    assert broken == 0


@pytest.mark.parametrize(("page", "pdf"), [("index", "cv"), ("talks/2023-containers", "talks")])
def test_buttons_lead_to_the_pdf_and_to_the_source(site: Site, page: str, pdf: str) -> None:
    shown = site.open(f"{page}.html")
    buttons = shown.locator("a.btn-download-pdf-button"), shown.locator("a.btn-source-edit-button")
    for width in (1280, 390):
        shown.set_viewport_size({"width": width, "height": 900})
        assert all(button.is_visible() for button in buttons)
    addresses = [button.evaluate("button => button.href") for button in buttons]
    assert addresses == [f"{site.url}/{pdf}.pdf", f"https://github.com/ada/cv/edit/main/docs/{page}.md"]
    answer = shown.request.get(addresses[0])
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")


def test_the_page_links_to_pdfs_and_talks_that_are_there(site: Site) -> None:
    shown = site.open()
    links = shown.locator(".bd-article a[href]").evaluate_all(
        "links => links.map(link => new URL(link.getAttribute('href'), location).href)"
    )
    own = {link.partition("#")[0] for link in links if link.startswith(site.url)}
    assert {f"{site.url}/cv.pdf", f"{site.url}/talks.pdf"} <= own
    assert len(own) >= 6
    assert [link for link in own if not shown.request.get(link).ok] == []


#: Positions of an entry's title (of its last line) and fields (of their first lines), in pixels.
PLACES = """
entry => Object.fromEntries([...entry.querySelectorAll(":scope > :is(h3, h4), :scope > dl > div")].map(part => {
  const line = document.createRange();
  line.selectNodeContents(part.querySelector("li, dd:not(:has(li))") ?? part);
  const pieces = [...line.getClientRects()];
  const {top, bottom} = pieces.at(part.className ? 0 : -1);
  const [left, right] = pieces.filter(piece => Math.abs(piece.top - top) < 4).reduce(
    ([left, right], piece) => [Math.min(left, piece.left), Math.max(right, piece.right)], [Infinity, 0]);
  return [part.classList[0] || "title", {left, right, middle: (top + bottom) / 2}];
}))
"""


def test_dates_are_at_the_right_on_a_wide_screen(site: Site) -> None:
    """The period is beside the title, the duration on the next line, whatever other fields there are."""
    shown = site.open(width=1280)
    margin = shown.evaluate("document.querySelector('.cv-person > h1').getBoundingClientRect().right")
    found = shown.locator(".cv-position, .cv-employer, .cv-education")
    entries = found.evaluate_all(f"entries => entries.map({PLACES})")
    assert len(entries) >= 12
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


def test_head_of_an_entry_is_below_its_title_and_its_date_beside_it_in_other_themes(
    site: Site, project: Project
) -> None:
    page = """\
# Ada Example

## Certificates

### Certified
:issuer: [Board](https://board.example)
:date: 2012-09
:period: 2012-10 – 2014-09
"""
    # The basic theme of Sphinx
    with serving(project.write({"index.md": page}).build("html").out) as address:
        shown = site.browser.new_page(viewport={"width": 1280, "height": 900})
        shown.goto(address)
        found = shown.locator(".cv-certificate").evaluate_all(f"entries => entries.map({PLACES})")
    (parts,) = found
    assert abs(parts["cv-date"]["middle"] - parts["title"]["middle"]) < 4, parts
    for name in ("cv-issuer", "cv-period"):
        assert parts[name]["middle"] > parts["title"]["middle"] + 8, parts


def test_figure_begins_where_text_does_and_a_formula_is_in_the_middle(site: Site, project: Project) -> None:
    (project.docs / "a.png").write_bytes(png(60, 30))
    page = "# Ada\n\nWords.\n\n```{figure} a.png\nCaption\n```\n\n```{math}\nx = y\n```\n"
    built = project.write({"index.md": page}).build("html", html_theme="sphinx_book_theme")
    with serving(built.out) as address:
        shown = site.browser.new_page(viewport={"width": 1280, "height": 900})
        shown.goto(address)
        parts = [".bd-article h1", "figure img", "figcaption p", "math", "math mi", "math mi:last-child"]
        edges = "part => (({left, right}) => [left, right])(document.querySelector(part).getBoundingClientRect())"
        title, image, caption, formula, first, last = shown.evaluate(f"parts => parts.map({edges})", parts)
    assert [image[0], caption[0]] == pytest.approx([title[0]] * 2, abs=3)
    assert formula == pytest.approx(title, abs=1)
    assert (first[0] + last[1]) / 2 == pytest.approx(sum(formula) / 2, abs=2)


@pytest.mark.parametrize(("language", "side"), [("en", "right"), ("ar", "left")])
def test_contacts_are_beside_the_photo_on_a_phone_and_sections_below_it(
    site: Site, project: Project, language: str, side: str
) -> None:
    (project.docs / "a.png").write_bytes(png(60, 120))
    person = ":photo: a.png\n:email: ada.example@example.org\n"
    project.write({"index.md": f"# Ada\n{person}\nWords.\n\n## Work\n\nMore.\n"})
    with serving(project.build("html", html_theme="sphinx_book_theme", language=language).out) as address:
        for width in (390, 1280):
            shown = site.browser.new_page(viewport={"width": width, "height": 900})
            shown.goto(address)
            parts = [".cv-photo img", ".cv-email", "h2", ".bd-article p"]
            boxes = "parts => parts.map(part => document.querySelector(part).getBoundingClientRect().toJSON())"
            photo, contact, heading, text = shown.evaluate(boxes, parts)
            assert contact["bottom"] < photo["bottom"] <= heading["top"] - 32, width
            assert text["top"] < photo["bottom"]
            assert photo[side] == pytest.approx(heading[side], abs=1)


def test_page_from_right_to_left_is_mirrored(site: Site, project: Project) -> None:
    talks = {f"talks/{year}-a.md": f"# T{year}\n:event: E\n:date: {year}\n" for year in (2021, 2022, 2023)}
    index = "# Ada\n\n## Work\n\n```{timeline}\n```\n\n### Dev\n:period: 2002 – 2020\n\n## Talks\n\n```{talks}\n```\n"
    built = project.write({"index.md": index, **talks}).build("html", html_theme="sphinx_book_theme", language="ar")
    boxes = "parts => parts.map(part => document.querySelector(part).getBoundingClientRect().toJSON())"
    with serving(built.out) as address:
        shown = site.browser.new_page(viewport={"width": 1280, "height": 900})
        shown.goto(f"{address}/talks/2022-a.html")
        following, previous, article = shown.evaluate(boxes, [".right-next", ".left-prev", ".bd-article > section"])
        assert shown.locator(".cv-home").inner_text().startswith("→")
        assert following["left"] == pytest.approx(article["left"], abs=1)
        assert previous["right"] == pytest.approx(article["right"], abs=1)
        shown.goto(f"{address}/index.html")
        year, line = shown.evaluate(boxes, [".cv-years text", ".cv-years line"])
        assert line["left"] < year["left"] < line["left"] + 8
        shown.goto(f"{address}/search.html")
        icon, field = shown.evaluate(boxes, [".bd-search-container form i", ".bd-search-container form"])
        assert field["right"] - 40 < icon["left"] < icon["right"] < field["right"]


def test_field_of_the_search_has_one_ring_and_no_hint_while_one_writes(site: Site) -> None:
    shown = site.open("search.html")
    form = shown.locator(".bd-search-container form")
    form.locator("input").focus()
    assert form.evaluate("form => getComputedStyle(form).boxShadow") == "none"
    assert not form.locator(".search-button__kbd-shortcut").is_visible()
    (inner, outer) = (form.locator("input").bounding_box(), form.bounding_box())
    assert inner
    assert outer
    assert inner["width"] == pytest.approx(outer["width"], abs=3)


def test_long_name_breaks_in_the_contents(site: Site, project: Project) -> None:
    name = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"
    project.write({"index.md": f"# Ada\n\n## Work\n\n### Dev\n:organization: {name}\n:period: 2012\n"})
    with serving(project.build("html", html_theme="sphinx_book_theme").out) as address:
        shown = site.browser.new_page(viewport={"width": 1280, "height": 900})
        shown.goto(address)
        link = shown.locator("nav.page-toc a", has_text=name)
        assert link.evaluate("link => link.getBoundingClientRect().right") <= 1280


def test_foot_without_words_is_not_shown(site: Site, project: Project) -> None:
    project.write({"index.md": "# Ada\n\nWords.\n"})
    for author, is_shown in (("Ada", True), ("unknown", False)):
        with serving(project.build("html", html_theme="sphinx_book_theme", author=author, copyright="").out) as address:
            shown = site.browser.new_page()
            shown.goto(address)
            foot = shown.locator("footer.bd-footer-content")
            assert foot.is_visible() is is_shown
            text = shown.locator(".bd-article")
            bottom, top = text.evaluate("e => e.getBoundingClientRect().bottom"), foot.bounding_box()
            assert not top or top["y"] >= bottom + 32
            assert not shown.locator("footer.bd-footer").is_visible()


def test_no_label_is_cut_off(site: Site) -> None:
    labels = (
        site.open(width=390)
        .locator(".cv-head dt")
        .evaluate_all(
            "labels => labels.filter(label => getComputedStyle(label).position === 'static').map(label => "
            "[label.innerText, label.scrollWidth > label.clientWidth && getComputedStyle(label).overflow !== 'visible'])"
        )
    )
    assert {*map(tuple, labels)} == {("Time zone", False), ("Specialization", False), ("Score", False)}


def test_organization_and_location_are_above_the_dates_on_a_phone(site: Site) -> None:
    head = site.open(width=390).locator(".cv-position > .cv-head").first
    boxes = [head.locator(f".cv-{name}").bounding_box() for name in ("organization", "location", "period", "duration")]
    organization, location, period, duration = (box["y"] for box in boxes if box)
    assert abs(organization - location) < 5
    assert abs(period - duration) < 5
    assert period > location + 10


def test_technologies_have_all_of_a_phones_width(site: Site) -> None:
    shown = site.open("technologies.html", width=390)
    rows = shown.locator(".cv-technologies tbody tr")
    widths = rows.evaluate_all("rows => rows.map(row => Math.round(row.getBoundingClientRect().width))")
    assert len(widths) > 20
    assert {*widths} == {358}
    heads = shown.locator(".cv-technologies thead")
    assert heads.count() > 1
    # A hidden head has a place of its own, on which nothing is painted.
    styles = heads.evaluate_all("heads => heads.map(head => getComputedStyle(head).clipPath)")
    assert [style == "none" for style in styles] == [True] + [False] * (len(styles) - 1)


def test_the_timeline_is_of_use_without_a_mouse(site: Site) -> None:
    shown = site.open()
    link = shown.locator(".cv-timeline a").first
    link.focus()
    shown.keyboard.press("Tab")
    shown.keyboard.press("Shift+Tab")
    assert link.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    shown.keyboard.press("Enter")
    shown.wait_for_url("**#example-corp")


def test_labels_are_for_screen_readers(site: Site) -> None:
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
    gone = "bd-sidebar-primary bd-sidebar-secondary bd-header-article prev-next-footer headerlink cv-timeline"
    assert [name for name in gone.split() if shown.locator(f".{name}:visible").count()] == []
    assert shown.locator("h1:visible").filter(has_text="Ada Example").count() == 1
    ratio, text = shown.evaluate(CONTRAST, [f"{TEXT}, h1, h2, h3", True])
    assert ratio >= 4.5, text


def test_on_paper_the_head_of_an_entry_is_whole_and_stays_with_what_follows(site: Site, tmp_path: Path) -> None:
    """And reads in the order in which it is seen."""
    shown = site.open(media="print")
    shown.pdf(path=tmp_path / "printed.pdf", format="A4")
    sheets = [" ".join(sheet.split()) for sheet in pages_of(tmp_path / "printed.pdf")]
    entries = shown.locator(".cv-position:has(> h3):has(.cv-technologies)").all()
    assert len(entries) >= 8
    for entry in entries:
        parts = (":scope > h3", ".cv-period dd", ".cv-organization dd", ".cv-technologies li")
        words = [" ".join(found) for part in parts if (found := entry.locator(part).all_inner_texts())]
        assert [sheet for sheet in sheets if re.search(".*?".join(map(re.escape, words)) + r".* \w+", sheet)], words


def test_on_paper_an_entry_without_text_does_not_drag_the_next_section_along(
    site: Site, project: Project, tmp_path: Path
) -> None:
    entries = [f"### {'Late' if number > 7 else 'Early'}\n:institution: U\n:period: 2010\n" for number in range(16)]
    text = "\nWords.\n\n".join(entries[:8]) + "\nWords.\n\n" + "\n".join(entries[8:])
    project.write({"index.md": f"# Ada\n\n## Education\n\n{text}\n## Work\n\nWords.\n"})
    with serving(project.build("html", html_theme="sphinx_book_theme").out) as address:
        shown = site.browser.new_page()
        shown.goto(address)
        shown.pdf(path=tmp_path / "printed.pdf", format="A4")
    first, *_ = ("".join(sheet.split()) for sheet in pages_of(tmp_path / "printed.pdf"))
    assert 1 <= first.count("Late") < 8


def test_on_paper_a_long_table_begins_below_the_text_above_it(site: Site, project: Project, tmp_path: Path) -> None:
    names = ", ".join(f"Tool{number}" for number in range(60))
    work = f"## Work\n\n### Cook\n:period: 2010\n:technologies: {names}\n\n"
    project.write({"index.md": f"# Ada\n\nLead.\n\n```{{technologies}}\n```\n\n{work}"})
    with serving(project.build("html", html_theme="sphinx_book_theme").out) as address:
        shown = site.browser.new_page()
        shown.goto(address)
        shown.pdf(path=tmp_path / "printed.pdf", format="A4")
    first, second, *_ = pages_of(tmp_path / "printed.pdf")
    assert "Lead." in first
    assert "Tool0" in first
    assert "Tool59" in second


def test_on_paper_an_employer_stays_with_its_first_position(site: Site, tmp_path: Path) -> None:
    shown = site.open(media="print")
    employer = shown.locator(".cv-employer:has(> .cv-position > span + h4)").first
    heads = [employer.locator(head).first.inner_text().replace(" ", "") for head in ("h3", ".cv-position dd")]
    for height in range(200, 272, 12):
        employer.evaluate("(it, height) => it.previousElementSibling.style.paddingBottom = `${height}mm`", height)
        shown.pdf(path=tmp_path / "printed.pdf", format="A4")
        sheets = ["".join(sheet.split()) for sheet in pages_of(tmp_path / "printed.pdf")]
        assert any(all(head in sheet for head in heads) for sheet in sheets), height


def test_on_paper_a_paragraph_is_on_one_page(site: Site, tmp_path: Path) -> None:
    shown = site.open(media="print")
    shown.locator(".cv-position > p:has(+ ul)").first.evaluate(
        "it => it.textContent = `First ${'word '.repeat(120)}last.`"
    )
    for height in range(120, 180, 20):
        shown.locator(".cv-head-person").evaluate("(it, height) => it.style.marginBottom = `${height}mm`", height)
        shown.pdf(path=tmp_path / "printed.pdf", format="A4")
        sheets = [sheet for sheet in pages_of(tmp_path / "printed.pdf") if "word word" in sheet]
        assert ["First" in sheet and "last." in sheet for sheet in sheets] == [True], height
