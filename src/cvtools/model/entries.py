"""Define the kinds of entry and their fields, infer a kind, and explain what is wrong with a field.

Each kind is a frozen dataclass whose fields name their parsers: grammar, suggestions and typed model are one table.
Names follow JSON Resume (https://jsonresume.org/schema) and schema.org where these have one.
"""

import dataclasses
import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Self

from cvtools.model import values
from cvtools.model.dates import PartialDate, Period
from cvtools.model.errors import MistakeError
from cvtools.model.values import Linked

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


def value(parse: Callable[[Linked], Any], *, required: bool = False) -> Any:
    """Return a dataclass field for a field of the entry; its value is None if it is not written, or withheld.

    :param parse: converts what is written, or raises ValueError with the rule and a suggestion
    :param required: whether an entry must have it
    """
    return dataclasses.field(default=None, metadata={"parse": parse, "required": required})


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A heading and the field list under it."""

    #: The name used in ``:kind:``.
    kind: ClassVar[str]

    #: The heading's words.
    title: str
    #: Location of the heading.
    origin: Origin
    #: The only output that may show a field ("html" or "pdf"), by its name; other fields are for all outputs.
    show: Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: The paragraphs of its body, without nested entries.
    paragraphs: tuple[str, ...] = ()
    #: The items of its body's lists, without nested entries.
    highlights: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Paragraphs of the body as one text."""
        return "\n\n".join(self.paragraphs)

    def for_output(self, output: str) -> Self:
        """Return the entry as an output ("html" or "pdf") may show it, with None for withheld fields."""
        withheld: dict[str, Any] = {name: None for name, only in self.show.items() if only != output}
        return dataclasses.replace(self, show={}, **withheld)


@dataclass(frozen=True, kw_only=True)
class Person(Entry):
    """The owner of the CV: the first heading of the root page. JSON Resume `basics`."""

    kind = "person"
    headline: str | None = value(values.text)
    email: str | None = value(values.email)
    phone: str | None = value(values.phone)
    website: Linked | None = value(values.url)
    location: str | None = value(values.text)
    timezone: str | None = value(values.text)
    github: Linked | None = value(values.url)
    gitlab: Linked | None = value(values.url)
    linkedin: Linked | None = value(values.url)
    mastodon: Linked | None = value(values.url)
    orcid: Linked | None = value(values.url)


@dataclass(frozen=True, kw_only=True)
class Employer(Entry):
    """An organization with several roles, which are sub-headings below it."""

    kind = "employer"
    organization: Linked | None = value(values.linked, required=True)
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
    organization: Linked | None = value(values.linked)
    period: Period | str | None = value(values.period, required=True)
    location: str | None = value(values.text)
    technologies: tuple[str, ...] | None = value(values.tags)


@dataclass(frozen=True, kw_only=True)
class Education(Entry):
    """Studies or a course. JSON Resume `education`."""

    kind = "education"
    institution: Linked | None = value(values.linked, required=True)
    period: Period | str | None = value(values.period, required=True)
    location: str | None = value(values.text)
    degree: str | None = value(values.text)
    area: str | None = value(values.text)
    specialization: str | None = value(values.text)
    score: str | None = value(values.text)
    technologies: tuple[str, ...] | None = value(values.tags)


@dataclass(frozen=True, kw_only=True)
class Talk(Entry):
    """A talk. schema.org `Event` with a `VideoObject`."""

    kind = "talk"
    event: Linked | None = value(values.linked, required=True)
    date: PartialDate | str | None = value(values.date, required=True)
    place: str | None = value(values.text)
    video: Linked | None = value(values.url)
    slides: Linked | None = value(values.url)
    page: Linked | None = value(values.url)
    language: str | None = value(values.language)


@dataclass(frozen=True, kw_only=True)
class Translation(Entry):
    """A passage in another language, such as a talk's second abstract."""

    kind = "translation"
    language: str | None = value(values.language, required=True)
    video: Linked | None = value(values.url)
    slides: Linked | None = value(values.url)
    page: Linked | None = value(values.url)


@dataclass(frozen=True, kw_only=True)
class Publication(Entry):
    """An article or a book. JSON Resume `publications`."""

    kind = "publication"
    publisher: Linked | None = value(values.linked, required=True)
    date: PartialDate | str | None = value(values.date, required=True)
    authors: tuple[str, ...] | None = value(values.names)
    page: Linked | None = value(values.url)


@dataclass(frozen=True, kw_only=True)
class Certificate(Entry):
    """A certificate. JSON Resume `certificates`."""

    kind = "certificate"
    issuer: Linked | None = value(values.linked, required=True)
    date: PartialDate | str | None = value(values.date)
    period: Period | str | None = value(values.period)
    page: Linked | None = value(values.url)


@dataclass(frozen=True, kw_only=True)
class Award(Entry):
    """An award. JSON Resume `awards`."""

    kind = "award"
    issuer: Linked | None = value(values.linked, required=True)
    date: PartialDate | str | None = value(values.date)
    page: Linked | None = value(values.url)


@dataclass(frozen=True, kw_only=True)
class Summary(Entry):
    """A section that sums up the person."""

    kind = "summary"


@dataclass(frozen=True, kw_only=True)
class Skills(Entry):
    """A section whose list items are skills. JSON Resume `skills`."""

    kind = "skills"


@dataclass(frozen=True, kw_only=True)
class Languages(Entry):
    """A section whose list items are languages: "Polish: native". JSON Resume `languages`."""

    kind = "languages"

    def fluencies(self) -> tuple[tuple[str, str], ...]:
        """Return each language with its fluency, which may be empty."""
        split = (re.split(r"\s*[:–—]\s*", item, maxsplit=1) for item in self.highlights)
        return tuple((parts[0], parts[1] if len(parts) > 1 else "") for parts in split)


@dataclass(frozen=True, kw_only=True)
class Interests(Entry):
    """A section whose list items are interests. JSON Resume `interests`."""

    kind = "interests"


KINDS: Mapping[str, type[Entry]] = MappingProxyType(
    {
        cls.kind: cls
        for cls in (
            Person,
            Employer,
            Position,
            Education,
            Talk,
            Translation,
            Publication,
            Certificate,
            Award,
            Summary,
            Skills,
            Languages,
            Interests,
        )
    }
)

#: Fields of every kind that steer the build and are not shown.
CONTROLS: Mapping[str, Callable[[Linked], Any]] = MappingProxyType({"kind": values.text, "only": values.variants})

#: Kinds by the field that implies them, the most telling first.
_SIGNS = {
    "event": "talk",
    "institution": "education",
    "publisher": "publication",
    "issuer": "certificate",
    "period": "position",
    "organization": "employer",
    "language": "translation",
}

#: Kinds that hold roles.
WORKPLACES = ("employer", "position")


def fields_of(kind: str) -> dict[str, dataclasses.Field[Any]]:
    """Return the fields of a kind by name, in the order in which they are shown."""
    return {field.name: field for field in dataclasses.fields(KINDS[kind]) if field.metadata}


def parser(name: str, kind: str) -> Callable[..., Any] | None:
    """Return the parser of a field; None if the kind does not have the field."""
    if name in CONTROLS:
        return CONTROLS[name]
    spec = fields_of(kind).get(name)
    return spec.metadata["parse"] if spec else None


_KNOWN = frozenset(name for kind in KINDS for name in fields_of(kind))


def is_known(name: str) -> bool:
    """Return whether any kind of entry has this field."""
    return name in _KNOWN or name in CONTROLS


def infer_kind(written: Collection[str], *, inside: str = "") -> str:
    """Return the kind of an entry that has these fields.

    :param written: names of its fields, misspelt ones too
    :param inside: the kind of the entry around it; in a workplace, fields of a position make a role
    :raises ValueError: the fields imply no kind
    """
    known = {name for name in written if is_known(name)}
    meant = known | {_nearest(name, _SIGNS) for name in written if name not in known}
    if inside in WORKPLACES and known and known <= {*fields_of("position"), *CONTROLS}:
        return "position"
    for sign, kind in _SIGNS.items():
        if sign in meant:
            return kind
    raise ValueError(f"an entry needs one of the fields {', '.join(_SIGNS)}; or say what it is, as in :kind: skills")


def check_kind(name: str) -> str:
    """Return the name of a kind if it exists.

    :raises ValueError: there is no such kind
    """
    if name in KINDS:
        return name
    raise _unknown(f'"{name}" is not a kind of entry', name, KINDS)


def is_meant(name: str, written: Collection[str]) -> bool:
    """Return whether one of the names written resembles a field's name."""
    return any(_nearest(other, [name]) for other in written)


def unknown_field(name: str, kind: str) -> ValueError:
    """Return the error of a field that a kind does not have."""
    own = [*fields_of(kind), *CONTROLS]
    rule = f'unknown field "{name}" in {_one(kind)}'
    others = [_one(other) for other in KINDS if name in fields_of(other)]
    if others and not _nearest(name, own):
        *first, last = others
        return ValueError(f"{rule}: it belongs to {', '.join(first)}{' or ' * bool(first)}{last}")
    return _unknown(rule, name, own)


def _one(kind: str) -> str:
    if kind in {"education", "skills", "languages", "interests"}:
        return kind
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _nearest(name: str, known: Collection[str]) -> str:
    return next(iter(difflib.get_close_matches(name.lower(), known, 1, 0.7)), "")


def _unknown(rule: str, name: str, known: Collection[str]) -> ValueError:
    if near := _nearest(name, known):
        return MistakeError(f'{rule}: did you mean "{near}"?', name, near)
    return ValueError(f"{rule}: known are {', '.join(known)}")
