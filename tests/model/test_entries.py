"""Entries: their lists of names, what outputs may show of them, and their order in the resume."""

import dataclasses

import pytest

from cvtools.model.entries import Entry, Origin, Resume

ORIGIN = Origin("index", "a", 1)
ADA = Entry(kind="person", title="Ada", origin=ORIGIN)
SKILLS = Entry(kind="skills", title="Skills", origin=ORIGIN)
DEVELOPER, INTERN = (Entry(kind="position", title=title, origin=ORIGIN) for title in ("Developer", "Intern"))


def test_entries_cannot_change() -> None:
    entry = Entry(kind="languages", title="Languages", origin=ORIGIN)
    with pytest.raises(dataclasses.FrozenInstanceError):
        entry.title = "Skills"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("Polish: native", ("Polish", "native")),
        ("Polish – native", ("Polish", "native")),
        ("Polish — native", ("Polish", "native")),
        ("English: fluent: C2", ("English", "fluent: C2")),
        ("Esperanto", ("Esperanto", "")),
        ("German (B1)", ("German", "B1")),
        ("English: C1 (IELTS 8.0)", ("English", "C1 (IELTS 8.0)")),
        ("Serbo-Croatian: basic", ("Serbo-Croatian", "basic")),
        ("Greek (Ελληνικά): A2", ("Greek", "A2 (Ελληνικά)")),
        ("Czech: spoken, read", ("Czech", "spoken, read")),
    ],
)
def test_language_has_a_level(item: str, expected: tuple[str, str]) -> None:
    (group,) = Entry(kind="languages", title="Languages", origin=ORIGIN, highlights=(item,)).groups()
    assert (group.name, group.level) == expected


def test_item_with_several_languages_and_levels_is_several() -> None:
    items = ("English (native), German (B2), Czech (A2)", "Polish (spoken, written)")
    languages = Entry(kind="languages", title="Languages", origin=ORIGIN, highlights=items)
    assert [group.name for group in languages.groups()] == ["English", "German", "Czech", "Polish"]


@pytest.mark.parametrize(
    ("items", "groups"),
    [
        (["Python", "Go (basic)"], [("Python", "", ()), ("Go", "basic", ())]),
        (["Python: expert", "Go – basic"], [("Python", "expert", ()), ("Go", "basic", ())]),
        (
            ["Testing (pytest, k6)", "Go (Golang): basic"],
            [("Testing", "", ("pytest", "k6")), ("Go", "basic (Golang)", ())],
        ),
        (["Web (expert): HTML"], [("Web", "expert", ("HTML",))]),
        (
            ["Languages: Python, Go (1.22, 1.23)", "Tools (daily): Vim"],
            [("Languages", "", ("Python", "Go (1.22, 1.23)")), ("Tools", "daily", ("Vim",))],
        ),
    ],
)
def test_skills_are_groups_or_have_levels(items: list[str], groups: list[tuple[str, str, tuple[str, ...]]]) -> None:
    found = Entry(kind="skills", title="Skills", origin=ORIGIN, highlights=tuple(items)).groups()
    assert [(group.name, group.level, group.keywords) for group in found] == groups


def test_names_of_a_paragraph_are_skills_if_there_is_no_list() -> None:
    skills = Entry(kind="skills", title="Skills", origin=ORIGIN, paragraphs=("Python, Go, SQL.",))
    assert [group.name for group in skills.groups()] == ["Python", "Go", "SQL"]


def test_paragraph_with_a_label_is_a_group() -> None:
    lines = ("EDV: Office (sehr gut), SAP (Grundkenntnisse)", "Führerschein: B", "Go: gut, C: sehr gut.")
    skills = Entry(kind="skills", title="Kenntnisse", origin=ORIGIN, paragraphs=lines)
    assert [(group.name, group.keywords) for group in skills.groups()] == [
        ("EDV", ("Office (sehr gut)", "SAP (Grundkenntnisse)")),
        ("Führerschein", ("B",)),
        ("Go", ("gut",)),
        ("C", ("sehr gut",)),
    ]


def test_value_of_a_repeated_field_is_withheld_alone() -> None:
    person = Entry(
        kind="person",
        title="Ada",
        origin=ORIGIN,
        phone=("1", "2", "3"),
        email=("a@b.pl",),
        show={"phone": ("pdf", "", "html")},
    )
    assert person.for_output("html").phone == ("2", "3")
    assert person.for_output("pdf").phone == ("1", "2")
    assert person.for_output("html").email == ("a@b.pl",)
    alone = Entry(kind="person", title="Ada", origin=ORIGIN, phone=("1",), show={"phone": ("pdf",)})
    assert alone.for_output("html").phone is None
    assert alone.for_output("pdf").phone == ("1",)


def test_entries_of_a_kind_are_in_the_order_of_the_source() -> None:
    resume = Resume((ADA, DEVELOPER, SKILLS, INTERN))
    assert resume.of("position") == (DEVELOPER, INTERN)
    assert resume.person is ADA
    assert Resume(()).person is None


def test_talk_has_the_translations_below_it() -> None:
    talks = [Entry(kind="talk", title=name, origin=Origin(name, name, 1)) for name in "ab"]
    polish, german, stray = (
        Entry(kind="translation", title=name, origin=Origin("a", name, 2)) for name in ("pl", "de", "x")
    )
    resume = Resume((talks[0], polish, german, DEVELOPER, stray, talks[1]))
    assert resume.translations == {talks[0].origin: [polish, german]}
