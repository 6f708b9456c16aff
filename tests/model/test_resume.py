"""The CV as a whole."""

from cvtools.model.dates import Period
from cvtools.model.entries import Education, Origin, Person, Position, Skills
from cvtools.model.resume import Resume
from cvtools.model.values import Linked

ORIGIN = Origin("index", "a", 1)
ADA = Person(title="Ada", origin=ORIGIN)
DEVELOPER = Position(title="Developer", origin=ORIGIN, period=Period.parse("2012"), technologies=("Python", "Kafka"))
INTERN = Position(title="Intern", origin=ORIGIN, period=Period.parse("2011"))
STUDIES = Education(
    title="Studies",
    origin=ORIGIN,
    institution=Linked("AGH"),
    period=Period.parse("2008 – 2011"),
    technologies=("C", "Python"),
)
RESUME = Resume((ADA, DEVELOPER, Skills(title="Skills", origin=ORIGIN), INTERN, STUDIES))


def test_entries_of_a_kind_in_order() -> None:
    assert RESUME.of(Position) == (DEVELOPER, INTERN)


def test_person() -> None:
    assert RESUME.person is ADA
    assert Resume(()).person is None
