"""Entries, their fields, listings and formulas as HTML."""

import pytest
from bs4 import BeautifulSoup, Tag

from cvtools.reading.formula_macros import FORMULA_ENVIRONMENTS, FORMULA_MACROS
from tests.projects import Built, Project


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Every kind of entry."""
    return Project(tmp_path_factory.mktemp("kinds"), "test-kinds").build("html")


def page(built: Built, name: str = "index.html") -> BeautifulSoup:
    return BeautifulSoup(built.read(name), "lxml")


def only(tag: Tag, selector: str) -> Tag:
    """The one element that a selector finds."""
    (found,) = tag.select(selector)
    return found


def fields(section: Tag) -> list[tuple[str, str, str]]:
    """The class, the label and the words of each field in an entry's head."""
    return [
        (field["class"][0], only(field, "dt").get_text(), " ".join(only(field, "dd").stripped_strings))
        for field in only(section, ":scope > dl.cv-head").find_all("div", recursive=False)
    ]


def write(project: Project, fields: str) -> Project:
    return project.write({"index.md": f"# Ada\n\n## Work\n{fields}"})


def test_fields_are_a_description_list(built: Built) -> None:
    section = only(page(built), "section#example-corp")
    assert section["class"][:2] == ["cv-entry", "cv-position"]
    assert only(section, ":scope > h3 + dl")["class"] == ["simple", "cv-head", "cv-head-position"]
    assert fields(section) == [
        ("cv-organization", "Organization", "Example Corp"),
        ("cv-period", "Period", "Mar 2024 – present"),
        ("cv-duration", "Duration", "4 months"),
        ("cv-location", "Location", "Remote"),
        ("cv-technologies", "Technologies", "Python Salt & <Pepper> PostgreSQL"),
    ]


def test_person_links_to_profiles(built: Built) -> None:
    person = only(page(built), "section.cv-person")
    assert [name for name, _, _ in fields(person)] == [
        f"cv-{name}" for name in ["headline", "email", "website", "location", "timezone", *["profile"] * 5]
    ]
    assert only(person, ".cv-website a")["href"] == "https://example.org"
    profiles = {link["href"] for link in person.select('a[rel="me"]')}
    assert profiles == {
        link["href"] for link in person.select(":scope > dl a") if str(link["href"]).startswith("https:")
    }
    assert len(profiles) == 6
    # Sphinx hides the address from those who gather them.
    assert only(person, ".cv-email a").get_text() == "ada@example.org"


def test_employer_shows_the_total_time_and_roles_omit_it(built: Built) -> None:
    employer = only(page(built), "section.cv-employer")
    assert [text for _, _, text in fields(employer)] == ["May 2011 – Apr 2016", "5 years", "Gdańsk"]
    roles = employer.select(":scope > section.cv-position")
    assert [fields(role)[0][2] for role in roles] == ["Mar 2014 – Apr 2016", "May 2011 – Feb 2014"]
    assert not employer.select(".cv-organization")


def test_technologies_are_a_list(built: Built) -> None:
    section = only(page(built), "section#example-corp")
    tags = section.select(".cv-technologies > dd > ul > li")
    assert [tag.get_text() for tag in tags] == ["Python", "Salt & <Pepper>", "PostgreSQL"]


def test_date_gives_its_iso_form(built: Built) -> None:
    dates = [(date["datetime"], date.get_text()) for date in page(built).select(".cv-date time")]
    assert dates[:3] == [("2013-09-01", "Sep 1, 2013"), ("2012-09", "Sep 2012"), ("2015", "2015")]


def test_section_kinds_have_no_fields(built: Built) -> None:
    for kind in ("summary", "skills", "languages", "interests"):
        section = only(page(built), f"section.cv-{kind}")
        assert section.find("dl") is None
        assert section.find(["ul", "p"])


def test_talks_listing_links_to_pages_and_recordings(built: Built) -> None:
    types, testing = page(built).select("ul.cv-listing > li")
    assert only(types, ".cv-title a")["href"] == "talks/2018-types.html"
    assert " ".join(types.stripped_strings) == "Types PyCon Jan 2018"
    assert [(link.get_text(), link["href"]) for link in testing.select("a")] == [
        ("Testing", "talks/2016-tests.html"),
        ("EuroPython", "https://ep.example"),
        ("Video", "https://v.example/1"),
        ("Video (Polish)", "https://v.example/2"),
        ("Slides", "https://s.example/1"),
        ("Page", "https://p.example/1"),
    ]
    assert only(testing, "time")["datetime"] == "2016-07-19"
    assert not testing.select("dt")


def test_translation_shows_its_language(built: Built) -> None:
    talk = page(built, "talks/2016-tests.html")
    assert [section["id"] for section in talk.select("section[lang=pl]")] == ["testowanie"]
    assert fields(only(talk, "#testowanie"))[0] == ("cv-language", "Language", "Polish · English")


def test_each_language_of_a_talk_links_to_the_others(built: Built) -> None:
    talk = page(built, "talks/2016-tests.html")
    there = only(talk, ".cv-talk > dl .cv-language a")
    assert (there.get_text(), there["href"], there["lang"]) == ("Polski", "#testowanie", "pl")
    back = only(talk, ".cv-translation > dl .cv-language a")
    assert (back.get_text(), back["href"]) == ("English", "#testing")


def test_talk_without_language_is_in_the_books_language(project: Project) -> None:
    talk = "# A\n:event: E\n:date: 2014\n\n## B\n:language: pl\n\nSłowa.\n"
    project.write({"index.md": "# Ada\n\n```{talks}\n```\n", "talks/a.md": talk})
    section = only(page(project.build("html"), "talks/a.html"), ".cv-talk")
    assert fields(section)[-1] == ("cv-language", "Language", "English · Polski")


def test_fields_for_the_pdf_are_nowhere_in_the_output(built: Built) -> None:
    assert built.files_with("123 456 789") == built.files_with("123456789") == built.files_with("cv-phone") == []


def test_unknown_field_is_shown_as_written(project: Project) -> None:
    built = write(project, ":period: 2012\n:perod: *2013* & 1 < 2\n").build("html", warns=True)
    assert 'unknown field "perod"' in built.warnings
    assert fields(only(page(built), "#work"))[-1] == ("cv-unknown", "perod", "2013 & 1 < 2")


def test_fields_of_no_entry_are_shown_as_written(project: Project) -> None:
    built = write(project, ":colour: red\n").build("html", warns=True)
    head = only(page(built), "dl.cv-head-unknown")
    assert [text.get_text() for text in head.select("dt, dd")] == ["colour", "red"]


HOSTILE = "</dt><script>alert(1)</script>\"'&"


def test_labels_and_values_are_escaped(project: Project) -> None:
    write(project, f":location: `{HOSTILE}`\n:period: 2012\n:technologies: {HOSTILE}\n")
    built = project.build("html", warns=True, cv_labels={"location": HOSTILE})
    section = only(page(built), "#work")
    assert section.find("script") is None
    assert fields(section)[-2:] == [("cv-location", HOSTILE, HOSTILE), ("cv-technologies", "Technologies", HOSTILE)]


def test_unknown_name_is_escaped(project: Project) -> None:
    built = write(project, ':period: 2012\n:a"b</dt><script>: c\n').build("html", warns=True)
    section = only(page(built), "#work")
    assert section.find("script") is None
    assert fields(section)[-1] == ("cv-unknown", 'a"b</dt><script>', "c")


def test_labels_follow_the_language(project: Project) -> None:
    write(project, ":location: Gdynia\n:period: 2012-03 – 2012-04\n")
    section = only(page(project.build("html", language="pl")), "#work")
    assert fields(section) == [
        ("cv-period", "Okres", "mar 2012 – kwi 2012"),
        ("cv-duration", "Czas", "2 miesiące"),
        ("cv-location", "Miejsce", "Gdynia"),
    ]


def picture(project: Project, name: str = "ada.png") -> None:
    from PIL import Image

    Image.new("RGB", (120, 160), "teal").save(project.docs / name)


@pytest.mark.parametrize(
    "page_text",
    [
        "# Ada\n:email: ada@example.org\n:photo: ![Ada](ada.png){width=90px}\n",
        "# Ada\n:email: ada@example.org\n\n![Ada](ada.png){width=90px align=right}\n\nWords.\n",
    ],
)
def test_photo_is_part_of_the_head(project: Project, page_text: str) -> None:
    picture(project)
    built = project.write({"index.md": page_text}).build("html")
    (image,) = page(built).select("dl.cv-head-person > .cv-photo img")
    assert (image["alt"], image["style"]) == ("Ada", "width: 90px;")
    assert (built.out / str(image["src"])).is_file()
    assert "Ada\n***\n\n   E-mail: ada@example.org\n" in project.build("text").read("index.txt")


def test_photo_for_the_pdf_is_not_published(project: Project) -> None:
    picture(project)
    project.write({"index.md": "# Ada\n:email: a@b.pl\n:photo: ![Ada](ada.png) {show=pdf}\n"})
    built = project.build("html")
    assert not page(built).select("img[alt=Ada]")
    assert not list(built.out.rglob("ada.png"))


def test_profiles_of_one_user_name_are_told_apart(project: Project) -> None:
    project.write(
        {
            "index.md": "# Ada\n:github: ada\n:gitlab: ada\n:xing: [ada](https://xing.com/ada)\n"
            ":mastodon: [@ada@social.example](https://social.example/@ada)\n"
        }
    )
    person = only(page(project.build("html")), "section.cv-person")
    assert [(label, text) for _, label, text in fields(person)] == [
        ("GitHub", "github.com/ada"),
        ("GitLab", "gitlab.com/ada"),
        ("Xing", "ada"),
        ("Mastodon", "@ada@social.example"),
    ]
    # A name alone has its label.
    assert [only(field, "dt").get_text() for field in person.select("dl > .cv-note")] == ["Xing"]


def test_several_addresses_and_numbers_are_links_of_their_own(project: Project) -> None:
    project.write(
        {
            "index.md": "# Ada\n:email: a@b.pl, c@d.pl\n:phone: +48 790 467 660\n:phone: 555 0100 {show=pdf}\n"
            ":phone: 555 0199\n"
        }
    )
    person = only(page(project.build("html")), "section.cv-person")
    values = [text.replace(" ", "") for _, _, text in fields(person)]
    assert values == ["a@b.pl", "c@d.pl", "+48790467660", "5550199"]
    assert [link["href"] for link in person.select(".cv-phone a")] == ["tel:+48790467660", "tel:5550199"]


def test_certificate_is_valid_for_a_time_without_a_duration(project: Project) -> None:
    project.write({"index.md": "# Ada\n\n## ALS\n:issuer: ERC\n:date: 2023-05\n:period: 2023-05 – 2023-09\n"})
    section = only(page(project.build("html")), "section#als")
    assert [(label, text) for _, label, text in fields(section)] == [
        ("Issuer", "ERC"),
        ("Date", "May 2023"),
        ("Valid until", "Sep 2023"),
    ]


def test_lines_of_the_page_end_as_those_of_the_pdf_do(project: Project) -> None:
    text = "Praca w domu i back-end: `a z b-c`.\n\n## On-line\n:language: en\n\na z b\n"
    built = project.write({"index.md": f"# Jan i Ada-Ewa\n\n{text}"}).build("html", language="pl")
    paragraphs = [paragraph.get_text() for paragraph in page(built).select("section p")]
    assert paragraphs == ["Praca w\u00a0domu i\u00a0back-end: a z b-c.", "a z b"]
    assert [word.get_text() for word in page(built).select("section .pre")] == [
        "Ada-Ewa",
        "back-end",
        *"a z b-c".split(),
        "On-line",
    ]
    assert "<title>Jan i Ada-Ewa" in built.read("index.html").replace("\u00a0", " ")


#: What macros need around them.
ARGUMENTS = {
    "left": r"\left( x \right)",
    "right": r"\left( x \right)",
    "displaystyle": r"\displaystyle x",
    "\\": r"\begin{matrix} a \\ b \end{matrix}",
    **{name: rf"\{name}( x" for name in ("big", "Big", "bigg", "Bigg")},
}


def test_every_allowed_macro_is_shown_as_mathml(project: Project) -> None:
    formulas = [ARGUMENTS.get(name, rf"\{name}{{a}}{{b}}") for name in sorted(FORMULA_MACROS)]
    formulas += [rf"\begin{{{name}}} a \\ b \end{{{name}}}" for name in sorted(FORMULA_ENVIRONMENTS)]
    page = "# A\n\n" + "\n\n".join(f"```{{math}}\n{formula}\n```" for formula in formulas)
    html = project.write({"index.md": page}).build("html").read("index.html")
    assert html.count("<math ") == len(formulas)


def test_formula_needs_no_script_and_no_network(project: Project) -> None:
    page = '# A\n\nThe series {math}`\\sum_{i=1}^n i < \\text{"a"}` and no other.\n'
    html = project.write({"index.md": page}).build("html").read("index.html")
    math = BeautifulSoup(html, "html.parser").math
    assert math
    assert math["alttext"] == '\\sum_{i=1}^n i < \\text{"a"}'
    assert math.get_text("", strip=True) == '∑i=1ni<"a"'
    assert "mathjax" not in html.lower()


def test_displayed_formulas_are_numbered_and_have_lines(project: Project) -> None:
    page = "# A\n\n```{math}\n:label: one\na &= b \\\\\nc &= d\n```\n\n```{math}\nx\n\ny\n```\n\nSee {eq}`one`.\n"
    soup = BeautifulSoup(project.write({"index.md": page}).build("html").read("index.html"), "html.parser")
    first, second = soup.select("div.math")
    assert "(1)" in first.get_text()
    assert [len(formula.find_all("mtr")) for formula in (first, second)] == [2, 2]
    assert soup.select_one(f"a[href='#{first['id']}']")


def test_height_after_a_line_break_in_a_formula_is_left_out(project: Project) -> None:
    page = "# A\n\n```{math}\na \\\\[2pt] b \\\\* [1ex] c \\\\*d\n```\n"
    math = BeautifulSoup(project.write({"index.md": page}).build("html").read("index.html"), "html.parser").math
    assert math
    assert "".join(math.get_text().split()) == "abcd"


def test_formula_that_cannot_be_converted_is_shown_as_written(project: Project) -> None:
    built = project.write({"index.md": "# A\n\nThe {math}`a \\displaystyle b`.\n"}).build("html", warns=True)
    assert "<code>a \\displaystyle b</code>" in built.read("index.html")
    rule = r'the page shows the formula "a \displaystyle b" as written: use other macros'
    assert built.warnings == f"index.md:3: WARNING: {rule} [cv.formula]\n"


def test_long_formula_is_refused(project: Project) -> None:
    built = project.write({"index.md": f"# A\n\nThe {{math}}`{'x' * 3_001}`.\n"}).build("html", warns=True)
    rule = "a formula may have at most 3000 characters: split it into several; it is shown as written"
    assert built.warnings == f"index.md:3: WARNING: {rule} [cv.guard]\n"
