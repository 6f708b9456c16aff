"""Written entries are read back as the same entries, and exported CVs can be imported."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from cvtools.exporters.json_resume import json_resume
from cvtools.i18n import I18n
from cvtools.importers import json_resume as importer
from cvtools.importers.imported_entries import ImportedEntry, page, section
from cvtools.importers.imported_objects import ImportedObject
from cvtools.model import values
from cvtools.model.entries import DATE_FIELDS, PARSERS, Entry
from cvtools.model.kinds import KINDS, REQUIRED, SECTIONS
from cvtools.model.values import Linked
from cvtools.writing import myst
from tests.projects import Project

#: Words with what would be markup, but nothing that ends a name or is a mark of an output.
WORDS = st.lists(
    st.sampled_from(["Ada", "C++", "*x*", "_y_", "`z`", "{r}", "[a]", "<b>", "#", "1.", "-", "&amp;", "~", "\\", "$", "Łódź", ":x:", "%", "|"]),
    min_size=1,
    max_size=4,
).map(" ".join)  # fmt: skip
NAMES = st.sampled_from(["Ada Example", "Bob Tester", "Łukasz Nowak"])
ADDRESSES = st.sampled_from(["https://example.org/a_b", "https://example.org/?q=1&r=2", "mailto:ada@example.org"])
DATES = st.sampled_from(["2012", "2012-09", "2012-09-14", "Summer 2019", "Q2 2020", "in press"])
#: What is written for a field, by its parser.
WRITTEN: dict[Any, st.SearchStrategy[Linked]] = {
    values.text: WORDS.map(Linked),
    values.linked: st.builds(Linked, WORDS, st.just("") | ADDRESSES),
    values.url: ADDRESSES.map(lambda url: Linked(url, url)),
    values.emails: st.just(Linked("ada@example.org")),
    values.phones: st.just(Linked("+48 123 456 789")),
    values.date: DATES.map(Linked),
    values.period: st.one_of(DATES, st.just("2012-09 – 2013 (half)"), st.just("2012 – present")).map(Linked),
    values.authors: st.lists(NAMES, min_size=1, max_size=3, unique=True).map(", ".join).map(Linked),
    values.names: st.lists(NAMES, min_size=1, max_size=3, unique=True).map(", ".join).map(Linked),
    values.plain_names: st.lists(NAMES, min_size=1, max_size=3, unique=True).map(", ".join).map(Linked),
    values.doi: st.just(Linked("10.1000/182")),
    values.language: st.just(Linked("pl")),
}
#: Kinds that stand by themselves.
ALONE = [kind for kind in KINDS if kind not in {*SECTIONS, "person", "employer", "translation", "letter"}]


Values = dict[str, Linked]


@st.composite
def entries(draw: st.DrawFn, kind: str) -> list[tuple[str, Values]]:
    """Return the titles and fields of entries of a kind."""
    # What has no kind of the table needs a date.
    needed = {name for kind_of_field, name in [*REQUIRED.items(), ("other", "period")] if kind_of_field == kind}
    names = st.sets(st.sampled_from([*KINDS[kind]]), min_size=1).map(lambda some: some | needed)
    fields = names.flatmap(lambda some: st.fixed_dictionaries({name: WRITTEN[PARSERS[name]] for name in some}))
    return draw(st.lists(st.tuples(WORDS, fields), min_size=1, max_size=2))


#: Shrinking what fails would build hundreds of pages.
@settings(
    max_examples=8,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.fixed_dictionaries({kind: entries(kind) for kind in ALONE}))
def test_written_entries_are_read_back_unchanged(project: Project, made: dict[str, list[tuple[str, Values]]]) -> None:
    sections = []
    for kind, several in made.items():
        imported_entries = []
        for title, fields in several:
            imported = ImportedEntry(kind, myst.escape_line(title), ImportedObject({}))
            for name, value in fields.items():
                imported.add(name, value.text if value.url else myst.escape_line(value.text), value.url)
            assert not imported.texts
            imported.add_text(myst.escape_line(title))
            imported_entries.append(imported)
        sections.append(section(f"Section of {kind}", imported_entries))
    pages = myst.pages(page(ImportedEntry("person", "Ada Example", ImportedObject({})), sections))
    for path in project.docs.rglob("*.md"):
        path.unlink()
    built = project.write({f"{name}.md": text for name, text in pages.items()}).build()
    for kind, several in made.items():
        # Pages of talks are read in the order of their names.
        found = sorted(built.domain.resume.of(kind), key=lambda entry: entry.title)
        expected = sorted(several, key=lambda entry: entry[0])
        assert [(entry.title, entry.paragraphs) for entry in found] == [(title, (title,)) for title, _ in expected]
        for entry in found:
            assert _values(entry) in [_parsed(fields) for title, fields in expected if title == entry.title]


def _values(entry: Entry) -> dict[str, Any]:
    return {name: value for name in KINDS[entry.kind] if (value := getattr(entry, name)) is not None}


def _parsed(fields: Values) -> dict[str, Any]:
    words = {"words": I18n("en").date_words}
    return {name: PARSERS[name](value, **(words if name in DATE_FIELDS else {})) for name, value in fields.items()}


@pytest.mark.parametrize("root", ["test-cv", "test-kinds"])
def test_exported_cv_is_the_same_when_it_is_imported_and_exported_again(tmp_path: Path, root: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    exported = json_resume(Project(tmp_path / "a", root).build(warns=True).env, "html")
    unread: list[str] = []
    pages = myst.pages(importer.read(json.loads(exported), unread))
    again = Project(tmp_path / "b").write({f"{name}.md": text for name, text in pages.items()}).build()
    assert unread == ["meta: left out, as data about the file: version"]
    assert json.loads(json_resume(again.env, "html")) == json.loads(exported)
