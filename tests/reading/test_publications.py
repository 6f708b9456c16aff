"""Long lists of publications, and the owner's name among authors."""

import json
import re

import pytest
from bs4 import BeautifulSoup

from cvtools import limits
from cvtools.model.values import Linked
from cvtools.reading.publications import is_name_of
from tests.projects import Built, Project


@pytest.mark.parametrize(
    "name", ["Grace Tester", "Tester, Grace", "Tester, G.", "G. Tester", "Tester G", "Tester GM", "G. M. Tester"]
)
def test_owner_is_known_by_full_name_and_initials(name: str) -> None:
    assert is_name_of(name, "Prof. Dr. Grace Tester, PhD")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("García López, A.", "Ana García López"),
        ("A. García-López", "Ana García-López"),
        ("L. Nowak", "Łukasz Nowak"),
        ("王小明", "王小明"),
    ],
)
def test_owner_is_known_by_any_form_of_name(name: str, title: str) -> None:
    assert is_name_of(name, title)


@pytest.mark.parametrize("name", ["Jan Tester", "Tester, J.", "Grace Hopper", "Tester", ""])
def test_other_people_are_not_the_owner(name: str) -> None:
    assert not is_name_of(name, "Grace Tester")


def publications(count: int) -> str:
    entry = """\
### On things {0}
:authors: Tester, G. and Nowak, J.
:venue: Journal
:volume: 12
:issue: 3
:pages: 4–5
:date: 2020-0{0}
:doi: 10.1000/{0}

"""
    return "# Grace Tester\n:headline: Professor\n\n## Publications\n\n" + "".join(
        entry.format(number % 9 + 1) for number in range(count)
    )


def test_many_publications_are_a_numbered_list(project: Project) -> None:
    built = project.write({"index.md": publications(10) + "With words.\n"}).build("html")
    page = BeautifulSoup(built.read("index.html"), "lxml")
    items = page.select("ol.cv-publications > li")
    assert len(items) == 10
    assert " ".join(items[0].get_text().split()) == (
        "Tester, G. and Nowak, J. On things 1. Journal, 12(3), 4–5, Jan 2020. DOI: 10.1000/1"
    )
    assert [strong.get_text() for strong in items[0].select("strong")] == ["Tester, G."]
    assert items[-1].select("p")[-1].get_text() == "With words."
    assert not page.select("section h3")
    # Links to entries lead there.
    assert items[0]["id"] == "on-things-1"
    assert [entry.kind for entry in built.domain.resume.entries].count("publication") == 10


def test_reference_is_one_block_of_text_for_the_checks(project: Project) -> None:
    built = project.write({"index.md": publications(10)}).build("cvlatex")
    blocks = [block["text"] for block in json.loads(built.read("cv.expected.json"))["blocks"]]
    assert len([text for text in blocks if "12(3)" in text]) == 10
    assert not {"(", ")"} & {*blocks}


def test_few_publications_are_entries(project: Project) -> None:
    built = project.write({"index.md": publications(9)}).build("html")
    page = BeautifulSoup(built.read("index.html"), "lxml")
    assert not page.select("ol")
    assert len(page.select("section.cv-publication h3")) == 9
    assert page.select(".cv-authors strong")[0].get_text() == "Tester, G."


def test_plain_text_has_the_list_without_marks(project: Project) -> None:
    text = project.write({"index.md": publications(10)}).build("text").read("index.txt")
    assert "\n1. Tester, G. and Nowak, J. On things 1. Journal, 12(3), 4–5, Jan" in text


def test_single_author_needs_no_mark(project: Project) -> None:
    text = "# Grace Tester\n:headline: Professor\n\n## Things\n:authors: Grace Tester\n:date: 2020\n"
    page = BeautifulSoup(project.write({"index.md": text}).build("html").read("index.html"), "lxml")
    assert page.select_one(".cv-authors")
    assert not page.select(".cv-authors strong")


BIB = r"""
@article{new, author = {Tester, Grace and Bob {\"O}sten}, title = {New $\alpha$}, journal = {Acta}, year = 2020}
@misc{old, title = {{{role}}`old` # *one* \directlua{x} :only: short}, url = {https://old.example/a_b}, year = 1999}
@misc{bad, title = {Bad}, url = {javascript:alert(1)}, year = 1990}
@article{broken, title
"""


def bibliography(project: Project, *options: str, text: str = BIB, name: str = "a.bib") -> Built:
    """Build a page that lists the entries of a file."""
    lines = "\n".join(options)
    page = f"# Grace Tester\n:headline: Professor\n\n## Publications\n\n```{{publications}} {name}\n{lines}\n```\n"
    return project.write({"index.md": page, "a.bib": text}).build("html", warns=True)


def test_bibliography_is_newest_first_with_remarks(project: Project) -> None:
    dates = {
        "A": "year=2021, month=jan",
        "B": "year=2021, month=nov",
        "C": "year={in press}",
        "D": "year=2020",
        "E": "",
    }
    text = "".join(f"@misc{{{title}, title={{{title}}}, {date}}}\n" for title, date in dates.items())
    built = bibliography(
        project, text=f"{text}@misc{{F, title={{F}}, type={{PhD thesis}}, note={{Submitted}}, year=1999}}"
    )
    publications = built.domain.resume.of("publication")
    assert [entry.title for entry in publications] == ["C", "B", "A", "D", "F", "E"]
    assert publications[4].paragraphs == ("PhD thesis, Submitted",)


def test_bibliography_makes_entries(project: Project) -> None:
    built = bibliography(project)
    new, old, bad = built.domain.resume.of("publication")
    assert (new.title, new.authors, str(new.date)) == ("New α", ("Grace Tester", "Bob Östen"), "2020")
    assert old.title == "role`old` # *one* x :only: short"
    assert old.page == Linked("https://old.example/a_b", "https://old.example/a_b")
    assert bad.page is None
    assert [(new.origin.docname, new.origin.line), new.origin.anchor] == [("index", 2), "new"]
    assert built.warnings.splitlines()[0].startswith("a.bib:5: WARNING: ")
    page = BeautifulSoup(built.read("index.html"), "lxml")
    assert [title.find(string=True) for title in page.select("section.cv-publication h3")][:1] == ["New α"]
    assert not page.select('a[href^="javascript"]')


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        ([":keys: bad, new"], ["Bad", "New α"]),
        ([":type: Article"], ["New α"]),
        ([":year: 1995 – 2020"], ["New α", "role`old` # *one* x :only: short"]),
        ([":year: 1990"], ["Bad"]),
        ([":year: 2020", ":type: misc"], []),
        ([":year: soon"], ["New α", "role`old` # *one* x :only: short", "Bad"]),
        ([":year:"], ["New α", "role`old` # *one* x :only: short", "Bad"]),
        ([":year: 2000 –"], ["New α"]),
        ([":keys: new other"], ["New α"]),
    ],
)
def test_bibliography_is_chosen_from(project: Project, options: list[str], titles: list[str]) -> None:
    built = bibliography(project, *options)
    assert [entry.title for entry in built.domain.resume.of("publication")] == titles
    if not titles or "other" in options[0]:
        assert "index.md:6: WARNING: " in built.warnings
    if "soon" in options[0]:
        assert '"soon" is not a period' in built.warnings
    if options == [":year:"]:
        assert "argument required" in built.warnings


def test_warnings_of_unknown_keys_have_their_order(project: Project) -> None:
    keys = [f"key{letter}" for letter in "gbdafce"]
    assert re.findall('has no entry "(key.)"', bibliography(project, f":keys: new {' '.join(keys)}").warnings) == keys


@pytest.mark.parametrize(("style", "listing"), [("numbered", "ol"), ("compact", "ul"), ("full", "section h3")])
def test_bibliography_has_a_style(project: Project, style: str, listing: str) -> None:
    page = BeautifulSoup(bibliography(project, f":style: {style}", ":type: article").read("index.html"), "lxml")
    assert page.select(listing if style == "full" else f"{listing}.cv-publications > li")


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("../a.bib", BIB, "move it into the folder of the pages"),
        ("a.md", BIB, "use one of .bib"),
        ("other.bib", BIB, "other.bib: there is no such file or folder: check its name"),
        ("a.bib", "x" * (limits.BIBTEX_SIZE + 1), "a.bib has more than 1000 kB"),
        (
            "a.bib",
            "".join(f"@a{{k{n}, title = {{T}}}}\n" for n in range(limits.HEADINGS + 1)),
            "a list may have at most 500",
        ),
        ("a.bib", '@string{a = "xxxxxxxxxx"}' + "@string{a = a # a # a}" * 100, "abbreviations"),
        (
            "a.bib",
            f"@a{{k, title = {{T}}, pages = {{{'x' * 6000}}}}}",
            "pages: a value may have at most 5000 characters",
        ),
    ],
    ids=["outside", "kind", "missing", "size", "number", "bomb", "value"],
)
def test_faulty_bibliography_gives_a_warning(project: Project, name: str, text: str, reason: str) -> None:
    assert reason in bibliography(project, name=name, text=text).warnings


def test_bibliography_that_is_no_text_gives_a_warning(project: Project) -> None:
    (project.docs / "b.bib").write_bytes(b"\xff\xfe\x00")
    assert "b.bib is not UTF-8: save it as UTF-8" in bibliography(project, name="b.bib").warnings


def test_bibliography_in_a_list_gives_a_warning(project: Project) -> None:
    page = "# Grace Tester\n:headline: Professor\n\n- ```{publications} a.bib\n  ```\n"
    built = project.write({"index.md": page, "a.bib": BIB}).build(warns=True)
    assert "publications are headings" in built.warnings
    assert not built.domain.resume.of("publication")


def test_bibliography_of_a_variant_is_left_out(project: Project) -> None:
    page = "# Grace Tester\n:headline: Professor\n\n## P\n:only: short\n\n```{publications} a.bib\n```\n"
    built = project.write({"index.md": page, "a.bib": BIB}).build()
    assert not built.domain.resume.of("publication")
