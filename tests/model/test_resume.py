"""The CV as a whole."""

from cvtools.model.dates import Period
from cvtools.model.entries import OUTPUTS, Entry, Origin
from cvtools.model.resume import Resume
from cvtools.model.values import Linked

ORIGIN = Origin("index", "a", 1)
ADA = Entry(kind="person", title="Ada", origin=ORIGIN)
DEVELOPER = Entry(
    kind="position", title="Developer", origin=ORIGIN, period=Period.parse("2012"), technologies=("Python", "Kafka")
)
INTERN = Entry(kind="position", title="Intern", origin=ORIGIN, period=Period.parse("2011"))
STUDIES = Entry(
    kind="education",
    title="Studies",
    origin=ORIGIN,
    institution=Linked("AGH"),
    period=Period.parse("2008 – 2011"),
    technologies=("C", "Python"),
)
RESUME = Resume((ADA, DEVELOPER, Entry(kind="skills", title="Skills", origin=ORIGIN), INTERN, STUDIES))


def test_entries_of_a_kind_in_order() -> None:
    assert RESUME.of("position") == (DEVELOPER, INTERN)


def test_person() -> None:
    assert RESUME.person is ADA
    assert Resume(()).person is None


def test_an_output_has_only_what_it_may_show() -> None:
    show = {"technologies": "pdf", "organization": "html"}
    work = Entry(
        kind="position",
        title="Work",
        origin=ORIGIN,
        organization=Linked("Bank"),
        period=Period.parse("2012"),
        technologies=("Java",),
        show=show,
    )
    web, pdf = (Resume((ADA, work)).for_output(output).of("position")[0] for output in OUTPUTS)
    assert (web.organization, web.technologies, web.period) == (Linked("Bank"), None, work.period)
    assert (pdf.organization, pdf.technologies, pdf.period) == (None, ("Java",), work.period)


def test_a_talk_has_the_translations_below_it() -> None:
    talks = [Entry(kind="talk", title=name, origin=Origin(name, name, 1)) for name in "ab"]
    polish, german, stray = (
        Entry(kind="translation", title=name, origin=Origin("a", name, 2)) for name in ("pl", "de", "x")
    )
    resume = Resume((talks[0], polish, german, DEVELOPER, stray, talks[1]))
    assert resume.translations == {talks[0].origin: [polish, german]}
