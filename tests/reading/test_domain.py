"""The domain ``cv``: what it knows, keeps, forgets and merges."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sphinx.util.inventory import InventoryFile

from cvtools import limits
from cvtools.model.entries import Entry, Origin
from cvtools.model.technologies import TechnologyGroups
from cvtools.reading.domain import CvDomain, PageData
from cvtools.sphinx_warnings import SourceError
from tests.projects import Built, Project


def names(built: Built) -> dict[str, list[tuple[str, str]]]:
    pages = built.domain.pages.items()
    return {docname: [(entry.kind, entry.title) for entry in page.entries] for docname, page in pages}


def test_entries_by_page_in_order(root: Callable[[str], Project]) -> None:
    built = root("test-cv").build()
    assert names(built)["index"] == [
        ("person", "Ada Example"),
        ("position", "Senior Developer"),
        ("employer", "Example Bank"),
        ("position", "Developer"),
        ("position", "Intern"),
        ("education", "Computer science"),
        ("languages", "Languages"),
    ]
    assert names(built)["talks/2016-testing"] == [("talk", "How to test"), ("translation", "Jak testować")]
    assert built.domain.pages["index"].talks_title == "Talks"


def test_the_whole_cv_begins_with_the_root_page(project: Project) -> None:
    pages = {
        "index.md": "# Z\n:headline: h\n\n```{toctree}\na\n```\n\n## Y\n:period: 2014\n",
        "a.md": "# X\n:period: 2015\n",
    }
    resume = project.write(pages).build().domain.resume
    assert [entry.title for entry in resume.entries] == ["Z", "Y", "X"]


def test_objects_point_to_their_sections(root: Callable[[str], Project]) -> None:
    built = root("test-cv").build("html")
    found = list(built.domain.get_objects())
    assert ("index#example-bank-developer", "Developer", "position", "index", "example-bank-developer", -1) in found
    for _, title, kind, docname, anchor, _ in found:
        assert kind in built.domain.object_types
        page = built.read(f"{docname}.html")
        assert f'id="{anchor}"' in page
        assert title in page


def test_the_inventory_can_be_read_and_linked_to(root: Callable[[str], Project]) -> None:
    built = root("test-cv").build("html")
    inventory = InventoryFile.loads((built.out / "objects.inv").read_bytes(), uri="https://ada.example")
    item = inventory["cv:talk", "talks/2016-testing#how-to-test"]
    assert item.uri == "https://ada.example/talks/2016-testing.html#how-to-test"


def test_doctrees_have_no_drafts(root: Callable[[str], Project]) -> None:
    built = root("test-cv").build()
    pickled = b"".join(path.read_bytes() for path in Path(built.app.doctreedir).rglob("*.doctree"))
    assert b"cvtools.model" not in pickled


def test_clear_doc_forgets_a_page(root: Callable[[str], Project]) -> None:
    domain = root("test-cv").build().domain
    domain.clear_doc("index")
    assert "index" not in domain.pages
    assert "talks/2016-testing" in domain.pages
    domain.clear_doc("no-such-page")


def test_merge_takes_the_pages_that_the_other_read(root: Callable[[str], Project]) -> None:
    domain = root("test-cv").build().domain
    entry = Entry(kind="skills", title="Skills", origin=Origin("a", "skills", 1))
    read = PageData((entry,), True, "Talks", ((TechnologyGroups(), ("html",)),), (("Python", 1),))
    before = dict(domain.pages)
    domain.merge_domaindata({"a", "plain"}, {"removed": {"a": ["x"], "b": ["y"]}, "pages": {"a": read, "b": read}})
    assert domain.pages == before | {"a": read}
    assert domain.data["removed"] == {"a": ["x"]}


def test_an_edited_page_has_its_new_entries_only(project: Project) -> None:
    project.write({"index.md": "# A\n\n## B\n:period: 2014\n"}).build()
    project.write({"index.md": "# A\n\n## C\n:period: 2014\n"})
    assert names(project.build()) == {"index": [("person", "A"), ("position", "C")]}
    project.write({"index.md": "# A\n\n## C\n\nPlain.\n"})
    assert names(project.build()) == {"index": [("person", "A"), ("section", "C")]}


def test_an_entry_title_may_have_markup_and_typography(project: Project) -> None:
    built = project.write({"index.md": '# A\n\n## The *"B"* -- `c`\n:period: 2014\n'}).build()
    assert names(built) == {"index": [("person", "A"), ("position", "The “B” – c")]}


# An interpreter that runs tests in several processes has threads, of which newer ones warn.
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_parallel_build_gives_the_same_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serial = Project(tmp_path / "serial", "test-cv").build()
    merged: list[str] = []
    merge = CvDomain.merge_domaindata

    def watched(self: CvDomain, docnames: set[str], otherdata: dict[str, Any]) -> None:
        merged.extend(docnames)
        merge(self, docnames, otherdata)

    monkeypatch.setattr(CvDomain, "merge_domaindata", watched)
    parallel = Project(tmp_path / "parallel", "test-cv").build(jobs=2)
    assert set(merged) == parallel.env.all_docs.keys()
    assert parallel.domain.pages == serial.domain.pages
    assert serial.files().keys() == parallel.files().keys()
    assert [name for name, data in serial.files().items() if parallel.files()[name] != data] == []


def test_talks_come_in_the_order_of_dates_that_the_output_may_show(project: Project) -> None:
    talk = "# {0}\n:event: E\n:date: {1}\n"
    pages = {
        "index.md": "# A\n\n```{talks}\n```\n",
        "talks/a.md": talk.format("Old", "2001"),
        "talks/b.md": talk.format("Secret", "2020 {show=pdf}"),
        "talks/c.md": talk.format("New", "2010"),
    }
    domain = project.write(pages).build().domain
    assert [talk.title for talk in domain.talks("html")] == ["New", "Old", "Secret"]
    assert [talk.title for talk in domain.talks("pdf")] == ["Secret", "New", "Old"]


@pytest.mark.parametrize(
    ("limit", "text", "rule"),
    [
        ("ENTRIES", "## B\n:period: 2014\n\n" * 3, "index.md:7: a CV may have at most 2 entries"),
        (
            "TECHNOLOGIES",
            "## B\n:period: 2014\n:technologies: a, b, c\n",
            "index.md:4: a CV may have at most 2 technologies",
        ),
        (
            "TRANSLATIONS",
            "## B\n:event: E\n:date: 2014\n\n" + "### C\n:language: pl\n\n" * 3,
            "index.md:14: a CV may have at most 2 translations of a talk",
        ),
        (
            "FIELDS",
            "## B\n:period: 2014\n:location: x\n:organization: y\n",
            "index.md:7: an entry may have at most 2 fields",
        ),
        ("VALUE_LENGTH", "## B\n:period: 2014\n", "index.md:5: a value may have at most 2 characters"),
        ("VARIANTS", "- a []{.only-b}[]{.only-c}\n- d []{.only-e}\n", "index.md:5: marks may name 2 variants"),
    ],
)
def test_limits(project: Project, monkeypatch: pytest.MonkeyPatch, limit: str, text: str, rule: str) -> None:
    monkeypatch.setattr(limits, limit, 2)
    with pytest.raises(SourceError, match=rule):
        project.write({"index.md": f"# A\n\n\n{text}"}).build(warns=True)


def test_suggestions_for_unknown_technologies_are_limited(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HINTS", 1)
    jobs = "".join(f"## B\n:period: {year}\n:technologies: Python\n\n" for year in (2020, 2010, 2000))
    built = project.write({"index.md": f"# A\n\n{{tech}}`Pyton` {{tech}}`Pyhton`\n\n{jobs}"}).build(warns=True)
    assert built.warnings.count("names the technology") == 2
    assert built.warnings.count("did you mean") == 1
