"""What CONTRIBUTING.md says of the source format, and README.md of the code, is true."""

import re
from pathlib import Path
from pkgutil import resolve_name
from textwrap import dedent

from cvtools.model.kinds import KINDS, REQUIRED
from tests.projects import Project

REPOSITORY = Path(__file__).parent.parent
TEXT = (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8")
TALK = "# A talk\n:event: E\n:date: 2014\n"


def test_the_example_is_valid(project: Project) -> None:
    match = re.search(r"(?ms)^````markdown\n(.*?)^````$", TEXT)
    assert match
    domain = project.write({"index.md": match[1], "talks/2014.md": TALK}).build("html").domain
    kinds = [entry.kind for entry in domain.resume.entries]
    assert kinds == "person position employer position position languages talk".split()


def test_the_way_of_a_field_names_what_there_is() -> None:
    way = TEXT.partition("A field's value takes one way")[2].partition("To release")[0]
    names = re.findall(r"`((?:\w+\.){2,}\w+)`|`(i18n\.[\w.]+)`", way)
    assert names
    for name, other in names:
        resolve_name(f"cvtools.{name or other}")


def test_the_further_examples_are_valid(project: Project) -> None:
    talk, publications, certificate, technologies, letter = (
        dedent(found) for found in re.findall(r"(?ms)^  ````markdown\n(.*?)^  ````$", TEXT)
    )
    project.write(
        {
            "refs.bib": "@article{x, title = {T}, year = 2020}",
            "index.md": f"# Ada\n\n## Publications\n\n{publications}\n## Certificates\n\n{certificate}\n{technologies}\n"
            "### Work\n:period: 2014\n:technologies: Postgres, Rust\n\n```{talks}\n```\n",
            "talks/2023.md": talk,
            "letters/acme.md": letter,
        }
    )
    assert [
        entry.title for entry in project.build("cvlatex", warns=True, cv_letters=["acme"]).domain.resume.of("letter")
    ]
    domain = project.build("html").domain
    kinds = ["person", "publication", "certificate", "position", "talk", "translation"]
    assert [entry.kind for entry in domain.resume.entries] == kinds
    assert [technology.name for technology in domain.technologies("html")] == ["PostgreSQL", "Rust"]


def test_a_newcomer_begins_in_the_browser() -> None:
    assert TEXT.split("\n## ")[1].startswith("To fix a word, in the browser")


def test_the_table_has_every_kind_and_field() -> None:
    rows = dict(re.findall(r"(?m)^\| ([\w, ]+) \|[^|]*\| ?(.*) ?\|$", TEXT))
    written = {name: fields for names, fields in rows.items() for name in names.split(", ")}
    for kind in KINDS:
        names = [f"**{name}**" if name == REQUIRED.get(kind) else name for name in KINDS[kind]]
        assert written[kind].strip().split(", ") == (names or [""]), kind


def test_the_warnings_are_those_that_one_gets(project: Project) -> None:
    page = """\
# Ada

## One
:period: 2011
:perod: 2012

## Two
:period: 2014-3

## Three
:period: 2016-04 – 2014-03

## Po polsku
:kind: translation

###Developer

## Five
:period: 2014
:location: Gdańsk
Wrote the
"""
    given = project.write({"index.md": page}).build(warns=True).warnings
    shown = re.findall(r"(?m)^docs/index\.md:\d+: (WARNING: .*)$", TEXT)
    assert shown
    for warning in shown:
        assert warning in given


def test_readmes_tour_names_files_that_exist() -> None:
    tour = (REPOSITORY / "README.md").read_text("utf-8").partition("## Where things are")[2]
    named = re.findall(r"`([\w/]+(?:/|\.\w+))`", tour)
    assert len(named) > 30
    for name in named:
        assert any(REPOSITORY.glob(name)) or any((REPOSITORY / "src/cvtools").glob(f"**/{name}")), name
