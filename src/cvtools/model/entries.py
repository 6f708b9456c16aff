"""Define the resume and its entries, each of which is a heading with the values of its fields, and a body.

Names follow JSON Resume (https://jsonresume.org/schema) and schema.org where these have one.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cvtools.model import values
from cvtools.model.dates import PartialDate, Period
from cvtools.model.values import Linked, Profile

#: Outputs that may show a value. Plain text and data show what "html" does.
OUTPUTS = ("html", "pdf")


@dataclass(frozen=True)
class Origin:
    """Location of an entry in its page and in the source of the page."""

    #: Sphinx's name of the page ("talks/2016-testing").
    docname: str
    #: The id of its section, unique on the page.
    anchor: str
    #: Line of its heading in the source file, from 1.
    line: int


@dataclass(frozen=True)
class NameGroup:
    """A skill, a language or an interest, or a group of these."""

    name: str
    #: Proficiency in the author's words; empty if the author gives none.
    level: str = ""
    #: Names in the group; empty for a single name.
    keywords: tuple[str, ...] = ()


def _parsed_by(parse: Callable[[Linked], Any]) -> Any:
    """Return a dataclass field whose default is None, and whose metadata holds the parser of its values."""
    return dataclasses.field(default=None, metadata={"parse": parse})


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A heading with the field list under it, or a section: a heading without fields.

    A field is None if the kind of the entry lacks it, if the page has no value for it, or if the value is withheld.
    """

    #: Name of the kind, see :data:`cvtools.model.kinds.KINDS`; "section" for text that is in no entry.
    kind: str
    title: str
    origin: Origin
    #: The only output that may show a field ("html" or "pdf"), by the name of the field; all outputs show the others.
    #: A repeatable field has a tuple with the output of each value, empty for all outputs.
    show: Mapping[str, str | tuple[str, ...]] = dataclasses.field(default_factory=dict)
    #: The paragraphs of its body, without nested entries.
    paragraphs: tuple[str, ...] = ()
    #: The items of its body's lists and the rows of its tables, without nested entries.
    highlights: tuple[str, ...] = ()
    #: The word in ``:kind:`` of an entry of kind "other", such as "break".
    kind_word: str = ""
    #: The periods of an employer's roles, each with the only output that may show it, empty for all outputs.
    role_periods: tuple[tuple[Period, str], ...] = ()
    #: The anchor of the section around it; for a role, of that around its employer.
    section: str = ""
    #: A person's profiles, whose fields have the names of their networks.
    profiles: tuple[Profile, ...] | None = None

    amount: str | None = _parsed_by(values.text)
    area: str | None = _parsed_by(values.text)
    authors: tuple[str, ...] | None = _parsed_by(values.authors)
    courses: str | None = _parsed_by(values.text)
    date: PartialDate | str | None = _parsed_by(values.date)
    degree: str | None = _parsed_by(values.text)
    doi: Linked | None = _parsed_by(values.doi)
    duration: str | None = _parsed_by(values.text)
    email: tuple[str, ...] | None = _parsed_by(values.emails)
    event: Linked | None = _parsed_by(values.linked)
    #: End of a certificate's validity.
    expires: PartialDate | str | None = _parsed_by(values.date)
    form: str | None = _parsed_by(values.text)
    funder: Linked | None = _parsed_by(values.linked)
    headline: str | None = _parsed_by(values.text)
    institution: Linked | None = _parsed_by(values.linked)
    inventors: tuple[str, ...] | None = _parsed_by(values.authors)
    issue: str | None = _parsed_by(values.text)
    issuer: Linked | None = _parsed_by(values.linked)
    language: str | None = _parsed_by(values.language)
    level: str | None = _parsed_by(values.text)
    location: str | None = _parsed_by(values.text)
    number: str | None = _parsed_by(values.text)
    office: Linked | None = _parsed_by(values.linked)
    organization: Linked | None = _parsed_by(values.linked)
    page: Linked | None = _parsed_by(values.url)
    pages: str | None = _parsed_by(values.text)
    #: Time of an entry, or of a certificate's validity.
    period: Period | str | None = _parsed_by(values.period)
    phone: tuple[str, ...] | None = _parsed_by(values.phones)
    photo: Linked | None = _parsed_by(values.picture)
    place: str | None = _parsed_by(values.text)
    publisher: Linked | None = _parsed_by(values.linked)
    role: str | None = _parsed_by(values.text)
    score: str | None = _parsed_by(values.text)
    slides: Linked | None = _parsed_by(values.url)
    speakers: tuple[str, ...] | None = _parsed_by(values.authors)
    specialization: str | None = _parsed_by(values.text)
    status: str | None = _parsed_by(values.text)
    tags: tuple[str, ...] | None = _parsed_by(values.names)
    technologies: tuple[str, ...] | None = _parsed_by(values.plain_names)
    timezone: str | None = _parsed_by(values.text)
    #: Recipient of a letter.
    to: str | None = _parsed_by(values.text)
    #: Journal, conference or book in which a publication appeared.
    venue: Linked | None = _parsed_by(values.linked)
    video: Linked | None = _parsed_by(values.url)
    volume: str | None = _parsed_by(values.text)
    #: Whether a letter is published.
    web: bool | None = _parsed_by(values.switch)
    website: Linked | None = _parsed_by(values.url)

    @property
    def text(self) -> str:
        """Return the paragraphs of the body as one text."""
        return "\n\n".join(self.paragraphs)

    @property
    def periods(self) -> tuple[Period, ...]:
        """Return the period of an entry, or the periods of an employer's roles; none for a period in free words."""
        own = (self.period,) if isinstance(self.period, Period) else ()
        return own + tuple(period for period, _ in self.role_periods)

    def for_output(self, output: str) -> "Entry":
        """Return the entry as an output ("html" or "pdf") may show it, with None for withheld fields."""
        if not (self.show or self.role_periods):
            return self
        role_periods = tuple((period, "") for period, only in self.role_periods if only in {"", output})
        values_to_show: dict[str, Any] = {"role_periods": role_periods}
        for name, show in self.show.items():
            if isinstance(show, str):
                values_to_show[name] = getattr(self, name) if show == output else None
            else:
                pairs = zip(getattr(self, name), show, strict=True)
                values_to_show[name] = tuple(value for value, only in pairs if only in {"", output}) or None
        return dataclasses.replace(self, show={}, **values_to_show)

    @property
    def items(self) -> tuple[str, ...]:
        """Return the items of lists and rows of tables, or if there are none, the names that paragraphs list."""
        items = tuple(part for text in self.highlights for part in values.split_levels(text))
        parts = (part for text in self.paragraphs for part in values.split_unless_labelled(text))
        return items or tuple(part.rstrip(".") for part in parts)

    def groups(self) -> Iterator["NameGroup"]:
        """Yield groups, as in ``Languages: Python, Go`` and ``Testing (pytest, k6)``, and names with their levels.

        A level follows a dash, or is in parentheses without a comma: ``Python – expert``, ``Python (expert)``. Text
        after a colon is a group if any item has a comma there, or is like ``Web (expert): HTML``; otherwise, and in a
        list of languages, it is a level.
        """
        items = [values.split_item(item) for item in self.items]
        with_colon = [item for item in items if item.separator == ":"]
        are_groups = any("," in item.rest or (item.level and item.rest[:1].isupper()) for item in with_colon)
        has_groups = are_groups and self.kind != "languages"
        for item in items:
            if item.separator == ":" and has_groups:
                yield NameGroup(item.name, item.level, tuple(values.split_names(item.rest)))
            elif "," in item.level and not item.rest:
                yield NameGroup(item.name, "", tuple(values.split_names(item.level)))
            else:
                yield NameGroup(item.name, item.full_level)

    @property
    def job_title(self) -> str:
        """Return the field "role", or else the heading."""
        return self.role or self.title

    @property
    def workplace(self) -> Linked | None:
        """Return the organization, which is the heading if only the role is a field; None if it is unknown."""
        return self.organization or (Linked(self.title) if self.role else None)

    @property
    def web_addresses(self) -> list[str]:
        """Return the addresses of a person's website and profiles."""
        website = [self.website.url] if self.website else []
        return [*website, *(profile.link.url for profile in self.profiles or ())]


@dataclass(frozen=True)
class Resume:
    """A person and all entries, in the order of the source."""

    entries: tuple[Entry, ...]

    @cached_property
    def person(self) -> Entry | None:
        """Return the owner of the CV; None if the root page has no heading."""
        return next(iter(self.of("person")), None)

    def for_output(self, output: str) -> "Resume":
        """Return the resume as an output ("html" or "pdf") may show it.

        All data of an output is derived from this resume, so that none can reveal a withheld value.
        """
        return Resume(tuple(entry.for_output(output) for entry in self.entries))

    @property
    def about(self) -> str:
        """Return the text about the person: the text below the name, and the sections of kind "summary"."""
        entries = [*filter(None, [self.person]), *self.of("summary")]
        return "\n\n".join(text for entry in entries for text in (*entry.paragraphs, *entry.highlights))

    @property
    def dated_positions(self) -> list[tuple[Entry, Period]]:
        """Return the positions that have a period, each with its period."""
        return [(position, period) for position in self.of("position") for period in position.periods]

    @cached_property
    def translations(self) -> Mapping[Origin, Sequence[Entry]]:
        """Return the translations of each talk, which follow it on its page, by the talk's origin."""
        by_talk: dict[Origin, list[Entry]] = {}
        talk: Entry | None = None
        for entry in self.entries:
            if entry.kind != "translation":
                talk = entry if entry.kind == "talk" else None
            elif talk and talk.origin.docname == entry.origin.docname:
                by_talk.setdefault(talk.origin, []).append(entry)
        return by_talk

    def of(self, *kinds: str) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.kind in kinds)


#: Parsers of fields, by name.
PARSERS: Mapping[str, Callable[..., Any]] = {
    field.name: field.metadata["parse"] for field in dataclasses.fields(Entry) if field.metadata
}
#: Names of fields whose values are prose, which may be translated; all other values are data.
PROSE_FIELDS = frozenset(name for name, parse in PARSERS.items() if parse in {values.text, values.linked})
#: Names of the fields in PROSE_FIELDS that are not translated, since their values are names; names of schools are.
NAME_FIELDS = frozenset({"event", "funder", "issuer", "office", "organization", "publisher", "timezone", "venue"})
#: Names of fields whose values are dates or periods; their parsers also take the words of the page's language.
DATE_FIELDS = frozenset(name for name, parse in PARSERS.items() if parse in {values.date, values.period})
