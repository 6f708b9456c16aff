"""The CV as a whole."""

from cvtools.model.entries import Entry, Origin
from cvtools.model.resume import Resume

ORIGIN = Origin("index", "a", 1)
ADA = Entry(kind="person", title="Ada", origin=ORIGIN)
SKILLS = Entry(kind="skills", title="Skills", origin=ORIGIN)
DEVELOPER, INTERN = (Entry(kind="position", title=title, origin=ORIGIN) for title in ("Developer", "Intern"))


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
