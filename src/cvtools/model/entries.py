"""Define the kinds of entry and their fields, infer a kind, and explain what is wrong with a field.

Each kind is a frozen dataclass whose fields name their parsers: grammar, suggestions and typed model are one table.
Names follow JSON Resume (https://jsonresume.org/schema) and schema.org where these have one.
"""

import dataclasses
import difflib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Self

from cvtools.model import values
from cvtools.model.dates import PartialDate, Period
from cvtools.model.errors import MistakeError
from cvtools.model.values import Linked, Profile

#: Outputs that may show a value: "html" stands for text and data as well.
OUTPUTS = ("html", "pdf")


@dataclass(frozen=True)
class Origin:
    """Location of an entry in the source and on its page."""

    #: Sphinx's name of the page ("talks/2016-testing").
    docname: str
    #: The id of its section, unique on the page.
    anchor: str
    #: Line of its heading in the source file, from 1.
    line: int


def value(parse: Callable[[Linked], Any], also: str = "", *, required: bool = False) -> Any:
    """Return a dataclass field for a field of the entry; its value is None if it is not written, or withheld.

    :param parse: converts what is written, or raises ValueError with the rule and a suggestion
    :param also: other names by which the field may be written
    :param required: whether an entry must have it
    """
    metadata = {"parse": parse, "also": also.split(), "required": required}
    return dataclasses.field(default=None, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A heading and the field list under it."""

    #: The name used in ``:kind:``.
    kind: ClassVar[str]

    #: The heading's words.
    title: str
    #: Location of the heading.
    origin: Origin
    #: The only output that may show a field ("html" or "pdf"), by the name of the field; other fields are for all
    #: outputs. A field that is written several times has a tuple: one output per value, empty for all outputs.
    show: Mapping[str, str | tuple[str, ...]] = dataclasses.field(default_factory=dict)
    #: The paragraphs of its body, without nested entries.
    paragraphs: tuple[str, ...] = ()
    #: The items of its body's lists and the rows of its tables, without nested entries.
    highlights: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the paragraphs of the body as one text."""
        return "\n\n".join(self.paragraphs)

    def for_output(self, output: str) -> Self:
        """Return the entry as an output ("html" or "pdf") may show it, with None for withheld fields."""
        kept: dict[str, Any] = {}
        for name, only in self.show.items():
            if isinstance(only, str):
                kept[name] = getattr(self, name) if only == output else None
            else:
                pairs = zip(getattr(self, name), only, strict=True)
                kept[name] = tuple(value for value, where in pairs if where in {"", output}) or None
        return dataclasses.replace(self, show={}, **kept)


@dataclass(frozen=True, kw_only=True)
class Person(Entry):
    """The owner of the CV: the first heading of the root page. JSON Resume `basics`."""

    kind = "person"
    photo: Linked | None = value(values.picture, "image picture")
    headline: str | None = value(values.text, "label")
    email: tuple[str, ...] | None = value(values.emails)
    phone: tuple[str, ...] | None = value(values.phones)
    website: Linked | None = value(values.url, "url homepage")
    location: str | None = value(values.text)
    timezone: str | None = value(values.text)
    #: Links in fields of any other name, which is that of the network.
    profiles: tuple[Profile, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Employer(Entry):
    """An organization with several roles, which are sub-headings below it."""

    kind = "employer"
    organization: Linked | None = value(values.linked, "company employer", required=True)
    location: str | None = value(values.text)
    technologies: tuple[str, ...] | None = value(values.tags)
    #: The periods of its roles, each with the only output that may show it; empty for all.
    periods: tuple[tuple[Period, str], ...] = ()

    def for_output(self, output: str) -> Self:
        kept = tuple((period, "") for period, only in self.periods if only in {"", output})
        return dataclasses.replace(super().for_output(output), periods=kept)


@dataclass(frozen=True, kw_only=True)
class Position(Entry):
    """Work, for an organization or on one's own. JSON Resume `work`.

    Below an employer or another position it is a role there, which inherits the fields that it lacks.
    """

    kind = "position"
    role: str | None = value(values.text, "position")
    organization: Linked | None = value(values.linked, "company employer")
    period: Period | str | None = value(values.period, "date dates year")
    location: str | None = value(values.text, "place")
    technologies: tuple[str, ...] | None = value(values.tags)


@dataclass(frozen=True, kw_only=True)
class Project(Entry):
    """A piece of work with a name of its own. JSON Resume `projects`."""

    kind = "project"
    role: str | None = value(values.text, "position")
    organization: Linked | None = value(values.linked, "company client")
    period: Period | str | None = value(values.period, "date dates year")
    location: str | None = value(values.text, "place")
    page: Linked | None = value(values.url, "url link website")
    technologies: tuple[str, ...] | None = value(values.tags)


@dataclass(frozen=True, kw_only=True)
class Volunteering(Entry):
    """Unpaid work. JSON Resume `volunteer`."""

    kind = "volunteering"
    role: str | None = value(values.text, "position")
    organization: Linked | None = value(values.linked)
    period: Period | str | None = value(values.period, "date dates year")
    location: str | None = value(values.text, "place")
    page: Linked | None = value(values.url, "url link website")
    technologies: tuple[str, ...] | None = value(values.tags)


@dataclass(frozen=True, kw_only=True)
class Education(Entry):
    """Studies. JSON Resume `education`."""

    kind = "education"
    institution: Linked | None = value(values.linked, "school university organization")
    period: Period | str | None = value(values.period, "date dates year")
    location: str | None = value(values.text, "place")
    degree: str | None = value(values.text)
    area: str | None = value(values.text)
    specialization: str | None = value(values.text)
    score: str | None = value(values.text, "grade gpa")
    courses: str | None = value(values.text)
    technologies: tuple[str, ...] | None = value(values.tags)


@dataclass(frozen=True, kw_only=True)
class Course(Entry):
    """A course or a training. schema.org `Course`."""

    kind = "course"
    institution: Linked | None = value(values.linked, "school organization issuer")
    period: Period | str | None = value(values.period, "date dates year")
    location: str | None = value(values.text, "place")
    page: Linked | None = value(values.url, "url link website")
    technologies: tuple[str, ...] | None = value(values.tags)


@dataclass(frozen=True, kw_only=True)
class Teaching(Entry):
    """A course that the person teaches."""

    kind = "teaching"
    role: str | None = value(values.text, "position")
    institution: Linked | None = value(values.linked, "school university organization")
    period: Period | str | None = value(values.period, "date dates year")
    location: str | None = value(values.text, "place")
    level: str | None = value(values.text)
    page: Linked | None = value(values.url, "url link website")


@dataclass(frozen=True, kw_only=True)
class Talk(Entry):
    """A talk. schema.org `Event` with a `VideoObject`."""

    kind = "talk"
    speakers: tuple[str, ...] | None = value(values.authors, "speaker author authors")
    event: Linked | None = value(values.linked, "conference")
    date: PartialDate | str | None = value(values.date, "period year")
    duration: str | None = value(values.text)
    place: str | None = value(values.text, "location")
    form: str | None = value(values.text, "type format")
    video: Linked | None = value(values.url)
    slides: Linked | None = value(values.url)
    page: Linked | None = value(values.url, "url link website")
    language: str | None = value(values.language)
    tags: tuple[str, ...] | None = value(values.names, "keywords")


@dataclass(frozen=True, kw_only=True)
class Translation(Entry):
    """A passage in another language, such as a talk's second abstract."""

    kind = "translation"
    language: str | None = value(values.language, required=True)
    video: Linked | None = value(values.url)
    slides: Linked | None = value(values.url)
    page: Linked | None = value(values.url, "url link website")


@dataclass(frozen=True, kw_only=True)
class Publication(Entry):
    """An article or a book. JSON Resume `publications`; names of BibTeX and schema.org."""

    kind = "publication"
    authors: tuple[str, ...] | None = value(values.authors, "author")
    #: Journal, conference or book in which it appeared.
    venue: Linked | None = value(values.linked, "journal booktitle conference")
    publisher: Linked | None = value(values.linked)
    volume: str | None = value(values.text)
    issue: str | None = value(values.text, "number")
    pages: str | None = value(values.text)
    date: PartialDate | str | None = value(values.date, "year period")
    doi: Linked | None = value(values.doi)
    page: Linked | None = value(values.url, "url link website")


@dataclass(frozen=True, kw_only=True)
class Certificate(Entry):
    """A certificate or a licence. JSON Resume `certificates`."""

    kind = "certificate"
    issuer: Linked | None = value(values.linked, "organization institution")
    date: PartialDate | str | None = value(values.date, "year")
    #: End of its validity.
    expires: PartialDate | str | None = value(values.date)
    #: Time of its validity.
    period: Period | str | None = value(values.period)
    page: Linked | None = value(values.url, "url link website")


@dataclass(frozen=True, kw_only=True)
class Award(Entry):
    """An award. JSON Resume `awards`."""

    kind = "award"
    issuer: Linked | None = value(values.linked, "awarder organization institution")
    date: PartialDate | str | None = value(values.date, "year period")
    page: Linked | None = value(values.url, "url link website")


@dataclass(frozen=True, kw_only=True)
class Grant(Entry):
    """Money for research. schema.org `MonetaryGrant`."""

    kind = "grant"
    role: str | None = value(values.text, "position")
    funder: Linked | None = value(values.linked, "grant organization institution issuer")
    period: Period | str | None = value(values.period, "date dates year")
    amount: str | None = value(values.text)
    number: str | None = value(values.text)
    page: Linked | None = value(values.url, "url link website")


@dataclass(frozen=True, kw_only=True)
class Membership(Entry):
    """Membership of an association or a committee. schema.org `memberOf`."""

    kind = "membership"
    role: str | None = value(values.text, "position")
    organization: Linked | None = value(values.linked, "institution")
    period: Period | str | None = value(values.period, "date dates year")
    location: str | None = value(values.text, "place")
    page: Linked | None = value(values.url, "url link website")


@dataclass(frozen=True, kw_only=True)
class Patent(Entry):
    """A patent or an application for one."""

    kind = "patent"
    inventors: tuple[str, ...] | None = value(values.authors, "inventor author authors")
    office: Linked | None = value(values.linked, "issuer organization")
    number: str | None = value(values.text, "patent")
    status: str | None = value(values.text)
    date: PartialDate | str | None = value(values.date, "year period")
    page: Linked | None = value(values.url, "url link website")


@dataclass(frozen=True, kw_only=True)
class Reference(Entry):
    """A person who recommends, by name, with what they say as the body. JSON Resume `references`."""

    kind = "reference"
    role: str | None = value(values.text, "position headline")
    organization: Linked | None = value(values.linked, "company institution")
    email: tuple[str, ...] | None = value(values.emails)
    phone: tuple[str, ...] | None = value(values.phones)
    page: Linked | None = value(values.url, "url link website")


@dataclass(frozen=True, kw_only=True)
class Other(Entry):
    """A dated thing of a kind that this table does not have."""

    kind = "other"
    #: The word that the author gave it in ``:kind:``.
    word: str = ""
    role: str | None = value(values.text, "position")
    organization: Linked | None = value(values.linked, "institution issuer")
    period: Period | str | None = value(values.period, "date dates year")
    location: str | None = value(values.text, "place")
    amount: str | None = value(values.text)
    number: str | None = value(values.text)
    status: str | None = value(values.text)
    page: Linked | None = value(values.url, "url link website")
    technologies: tuple[str, ...] | None = value(values.tags)


@dataclass(frozen=True, kw_only=True)
class Section(Entry):
    """A heading without fields, and the text below it that belongs to no entry."""

    kind = "section"


@dataclass(frozen=True, kw_only=True)
class Summary(Entry):
    """A section that sums up the person."""

    kind = "summary"


@dataclass(frozen=True)
class NameGroup:
    """A name in a list of names, such as a skill, or a group of names."""

    name: str
    #: How well it is known, in the author's words; empty if that is not said.
    level: str = ""
    #: The names in the group.
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NameList(Entry):
    """A section that lists names, each an item of a list, a row of a table, or a part of a paragraph."""

    @property
    def items(self) -> tuple[str, ...]:
        """Items and rows; if there are none, the parts of the paragraphs between commas."""
        parts = (part for text in self.paragraphs for part in values.split_names(text))
        return self.highlights or tuple(part.rstrip(".") for part in parts)

    def groups(self) -> Iterator[NameGroup]:
        """Yield the names: ``Languages: Python, Go`` is a group, ``Python – expert`` and ``Python (expert)`` a level.

        What follows a colon is a group if any item of the list has commas there; otherwise it is a level. Names in
        parentheses are a group: ``Testing (pytest, Playwright)``.
        """
        items = [values.split_item(item) for item in self.items]
        has_groups = any(mark == ":" and "," in rest for _, _, mark, rest in items)
        for name, level, mark, rest in items:
            if mark == ":" and has_groups:
                yield NameGroup(name, level, tuple(values.split_names(rest)))
            elif "," in level and not rest:
                yield NameGroup(name, "", tuple(values.split_names(level)))
            else:
                yield NameGroup(name, f"{rest} ({level})" if rest and level else rest or level)


@dataclass(frozen=True, kw_only=True)
class Skills(NameList):
    """A section whose list items are skills. JSON Resume `skills`."""

    kind = "skills"


@dataclass(frozen=True, kw_only=True)
class Languages(NameList):
    """A section whose list items are languages: "Polish: native". JSON Resume `languages`."""

    kind = "languages"

    def fluencies(self) -> tuple[tuple[str, str], ...]:
        """Return each language with its fluency, which may be empty."""
        split = map(values.split_item, self.items)
        return tuple((name, f"{rest} ({level})" if rest and level else rest or level) for name, level, _, rest in split)


@dataclass(frozen=True, kw_only=True)
class Interests(NameList):
    """A section whose list items are interests. JSON Resume `interests`."""

    kind = "interests"


KINDS: Mapping[str, type[Entry]] = MappingProxyType(
    {
        cls.kind: cls
        for cls in (
            Person,
            Employer,
            Position,
            Project,
            Volunteering,
            Education,
            Course,
            Teaching,
            Talk,
            Translation,
            Publication,
            Certificate,
            Award,
            Grant,
            Membership,
            Patent,
            Reference,
            Summary,
            Skills,
            Languages,
            Interests,
            Other,
        )
    }
)

#: Fields of every kind that steer the build and are not shown.
CONTROLS: Mapping[str, Callable[[Linked], Any]] = MappingProxyType({"kind": values.text, "only": values.variants})

#: Kinds by the field that implies them, the most telling first.
_SIGNS = {
    "event": "talk",
    "speakers": "talk",
    "speaker": "talk",
    "funder": "grant",
    "grant": "grant",
    "amount": "grant",
    "inventors": "patent",
    "patent": "patent",
    "inventor": "patent",
    "doi": "publication",
    "venue": "publication",
    "journal": "publication",
    "booktitle": "publication",
    "institution": "education",
    "school": "education",
    "university": "education",
    "publisher": "publication",
    "authors": "publication",
    "author": "publication",
    "issuer": "certificate",
    "expires": "certificate",
    "language": "translation",
    "page": "project",
    "url": "project",
    "period": "position",
    "email": "reference",
    "phone": "reference",
    "organization": "employer",
    "company": "employer",
}
#: The signs that are suggested where none is found.
_SUGGESTED = ("event", "institution", "publisher", "issuer", "period", "organization", "language")

#: Kinds that hold roles, which inherit these fields.
WORKPLACES = ("employer", "position", "project", "volunteering")
INHERITED = ("organization", "period", "location")
#: Kinds of sections, which have no fields.
SECTIONS = ("summary", "skills", "languages", "interests")
#: Fields that may be written several times; each has several values.
REPEATABLE = ("email", "phone", "profiles")
#: Name of the field that holds a person's profiles, which are written as fields of any other name.
PROFILES = "profiles"
#: Names of fields that give an entry a date.
DATES = ("period", "date", "dates", "year")


def fields_of(kind: str) -> dict[str, dataclasses.Field[Any]]:
    """Return the fields of a kind by name, in the order in which they are shown."""
    return {field.name: field for field in dataclasses.fields(KINDS[kind]) if field.metadata}


def _own_names(kind: str) -> dict[str, str]:
    """Return the names of a kind's fields by each name under which they may be written."""
    fields = fields_of(kind)
    also = {other: name for name, field in fields.items() for other in field.metadata["also"]}
    return also | {name: name for name in [*fields, *CONTROLS]}


#: Names of fields by kind and name as written.
_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType({kind: _own_names(kind) for kind in KINDS})
_KNOWN = frozenset(name for kind in KINDS for name in [*fields_of(kind), *CONTROLS])
_WRITTEN = _KNOWN.union(*_NAMES.values())


def canonical(name: str, kind: str) -> str:
    """Return the name of a field that may be written under another name, such as "journal" for "venue"."""
    return _NAMES.get(kind, {}).get(name, name)


def parser(name: str, kind: str) -> Callable[..., Any] | None:
    """Return the parser of a field; None if the kind does not have the field."""
    if name in CONTROLS:
        return CONTROLS[name]
    spec = fields_of(kind).get(name)
    return spec.metadata["parse"] if spec else None


def is_profile(name: str, value: Linked) -> bool:
    """Return whether a person's field of no known name links to a profile, which may be on any network."""
    return name not in _WRITTEN and not _nearest(name, fields_of("person")) and values.may_be_profile(name, value)


def is_known(name: str) -> bool:
    """Return whether any kind of entry has this field."""
    return name in _KNOWN


def infer_kind(
    written: Collection[str], *, inside: str = "", section_kinds: Collection[str] = (), has_roles: bool = False
) -> str:
    """Return the kind of an entry that has these fields.

    :param written: names of the fields, even misspelt
    :param inside: the kind of the entry around it; in a workplace, fields of a position make a role
    :param section_kinds: the kinds that the section around it names; one counts if it has all fields of the entry
    :param has_roles: whether there are entries below it
    :raises ValueError: the fields imply no kind
    """
    known = {name for name in written if name in _WRITTEN}
    meant = known | {_nearest(name, _SIGNS) for name in written if name not in known}
    fitting = [kind for kind in section_kinds if known <= _NAMES[kind].keys()]
    if inside in WORKPLACES and known and known <= _NAMES["position"].keys():
        return next((kind for kind in fitting if kind in WORKPLACES), "position")
    if has_roles and "organization" in meant and known <= _NAMES["employer"].keys():
        return "employer"
    if len(fitting) == 1:
        return fitting[0]
    for sign, kind in _SIGNS.items():
        if sign in meant:
            return kind if kind != "employer" or has_roles else "position"
    signs = ", ".join(_SUGGESTED)
    raise ValueError(f"an entry needs one of the fields {signs}; or say what it is, as in :kind: skills")


def check_kind(name: str, *, is_dated: bool = False) -> str:
    """Return the name of a kind; the kind "other" for any other word, if the entry has a date.

    :raises ValueError: there is no such kind
    """
    if (name := _singular(name)) in KINDS:
        return name
    if is_dated and name and not _nearest(name, KINDS):
        return "other"
    raise _unknown(f'"{name}" is not a kind of entry', name, KINDS)


def is_group(word: str, *, has_entries: bool) -> bool:
    """Return whether ``:kind:`` on a section without other fields is the kind of the entries below its heading.

    A plural always is ("projects"); a singular is, if there are entries ("volunteering").
    """
    return _singular(word) != word or (has_entries and word not in _SINGLE)


#: Kinds that are of a section itself, or of a workplace with roles.
_SINGLE = frozenset({"person", "employer", "position", *SECTIONS})


def _singular(word: str) -> str:
    return next((kind for kind in KINDS if word == f"{kind}s"), word)


def is_meant(name: str, written: Collection[str]) -> bool:
    """Return whether one of the names written resembles a field's name."""
    return any(_nearest(other, [name]) for other in written)


def unknown_field(name: str, kind: str) -> ValueError:
    """Return the error of a field that a kind does not have."""
    own = [*fields_of(kind), *CONTROLS]
    rule = f'unknown field "{name}" in {_one(kind)}'
    others = [_one(other) for other in KINDS if other != "other" and name in fields_of(other)]
    if others and not _nearest(name, own):
        *first, last = others if len(others) <= 4 else [*others[:3], "others"]
        return ValueError(f"{rule}: it belongs to {', '.join(first)}{' or ' * bool(first)}{last}")
    return _unknown(rule, name, own)


def _one(kind: str) -> str:
    if kind in {"education", "volunteering", "teaching", "skills", "languages", "interests"}:
        return kind
    if kind == "other":
        return "an entry of this kind"
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _nearest(name: str, known: Collection[str]) -> str:
    return next(iter(difflib.get_close_matches(name.lower(), known, 1, 0.7)), "")


def _unknown(rule: str, name: str, known: Collection[str]) -> ValueError:
    if near := _nearest(name, known):
        return MistakeError(f'{rule}: did you mean "{near}"?', name, near)
    return ValueError(f"{rule}: known are {', '.join(known)}")
