"""Define the draft of an entry: its section and its fields, until a typed entry is made of them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from docutils import nodes

from cvtools.config import CvConfig
from cvtools.model import kinds
from cvtools.model.dates import PartialDate, Period, envelope, months_in_union
from cvtools.model.entries import OUTPUTS, Entry, Origin
from cvtools.model.values import Linked
from cvtools.nodes import cv_field, cv_fields, text_of
from cvtools.reading.fields import RawField
from cvtools.reading.section_text import text_below


@dataclass
class EntryDraft:
    """An entry while its field list is read."""

    section: nodes.section
    field_list: nodes.field_list
    raw_fields: list[RawField]
    #: Name of the kind; empty if it is unknown.
    kind: str = ""
    #: Word in ``:kind:``, which outputs show for an entry of the kind "other".
    kind_word: str = ""
    #: True for a section whose ``:kind:``, such as "projects", holds for the entries in it.
    is_group: bool = False
    #: The entry around this one.
    parent: "EntryDraft | None" = None
    #: Valid fields by name, with an item for each value, but no hidden dates.
    fields: dict[str, list[RawField]] = field(default_factory=dict)
    #: Names of valid fields, and of those with invalid values.
    names: set[str] = field(default_factory=set)
    #: Invalid fields, which outputs show as they are.
    rejected: list[RawField] = field(default_factory=list)
    roles: "list[EntryDraft]" = field(default_factory=list)
    #: Node that replaces the field list.
    head: cv_fields = field(default_factory=cv_fields)
    #: Name of the field whose value the title repeats; empty if there is none.
    in_title: str = ""

    @property
    def title(self) -> str:
        return " ".join(self.section[0].astext().split())

    @property
    def is_entry(self) -> bool:
        """Return whether the section is an entry: it has a kind, and is not a group."""
        return bool(self.kind) and not self.is_group

    @property
    def is_role(self) -> bool:
        """Return whether the entry is work at the workplace around it."""
        return self.parent is not None and {self.parent.kind, self.kind} <= {*kinds.WORKPLACES}

    def source_of(self, name: str) -> "EntryDraft | None":
        """Return the entry that has a field: this one, or the workplace from which a role inherits it."""
        if name in self.fields:
            return self
        return self.parent.source_of(name) if self.parent and self.is_role and name in kinds.INHERITED else None

    def value(self, name: str) -> Any:
        """Return the value of a field, or all values of a repeatable one."""
        parsed = [raw_field.parsed for raw_field in self.fields[name]]
        return tuple(parsed) if name in kinds.REPEATABLE else parsed[0]

    def show(self, name: str) -> str | tuple[str, ...]:
        """Return the only output that may show a field, or one for each value of a repeatable field; "" for all."""
        if name not in kinds.REPEATABLE:
            return self.fields[name][0].show
        of_values = tuple(raw_field.show for raw_field in self.fields[name])
        return of_values if any(of_values) else ""

    def periods(self) -> list[tuple[Period, str]]:
        """Return the periods of the entry and its roles, each with the only output that may show it ("" for all)."""
        fields = self.fields.get("period", ())
        own = [(field.parsed, field.show) for field in fields if isinstance(field.parsed, Period)]
        return own + [period for role in self.roles for period in role.periods()]

    def shown_fields(self, today: PartialDate) -> Iterator[tuple[str, RawField]]:
        """Yield the name of each field that outputs show, and the field, in the model's order.

        :param today: the month that "present" means
        """
        # Outputs show the period of an employer's roles where they show that of a position.
        kind = "position" if self.kind == "employer" else self.kind
        for name in [*kinds.KINDS[kind], kinds.PROFILES] if kind else ():
            if name == "period" and self.roles:
                yield from self._total(today)
            elif name != self.in_title and not (self.kind == "letter" and name in {"language", "web"}):
                for raw_field in self.fields.get(name, ()):
                    yield from self._with_duration(name, raw_field, today)

    def _with_duration(self, name: str, raw_field: RawField, today: PartialDate) -> Iterator[tuple[str, RawField]]:
        """Yield a field, and after a period its duration; for the validity of a certificate, two dates instead."""
        value = raw_field.parsed
        if self.kind == "certificate" and isinstance(value, Period):
            yield from self._validity(raw_field)
        else:
            yield name, raw_field
            # A period with equal ends is a date without a duration, unless it is work.
            is_span = isinstance(value, Period) and (value.start != value.end or self.kind in kinds.WORKPLACES)
            if is_span and raw_field.name not in {"date", "year"}:
                yield from _duration([value], raw_field, today)

    def _validity(self, raw_field: RawField) -> Iterator[tuple[str, RawField]]:
        """Yield a certificate's period as the date of its issue and the end of its validity, without a duration.

        Yield a period as it is if it does not begin at the date of issue, or if two dates would lose a part of it.
        """
        period, is_dated = raw_field.parsed, "date" in self.fields
        date = self.value("date") if is_dated else period.start
        if period.end and period.start != period.end and date == period.start and not period.remark:
            if not is_dated:
                yield "date", replace(raw_field, parsed=period.start)
            yield "expires", replace(raw_field, parsed=period.end)
        else:
            yield "period", replace(raw_field, slot="note" if is_dated else "")

    def _total(self, today: PartialDate) -> Iterator[tuple[str, RawField]]:
        """Yield the period and the duration of a workplace with roles, for each output if an output withholds any."""
        periods = self.periods()
        for output in OUTPUTS if any(only for _, only in periods) else ("",):
            if shown := [period for period, only in periods if only in {"", output}]:
                total = RawField(self.field_list, "period", [], "", show=output, parsed=envelope(shown))
                yield "period", total
                yield from _duration(shown, total, today)

    def to_entry(self, docname: str) -> Entry:
        """Return the typed entry, with its words in the language of the edition, as in the nodes."""
        self._link_title()
        names = [*kinds.KINDS[self.kind], kinds.PROFILES]
        sources = {name: source for name in names if (source := self.source_of(name))}
        paragraphs, highlights = text_below(self.section, self.kind)
        if self.kind == "person":
            # Text above the name is about the person, too.
            above = text_below(self.section.parent, self.kind)
            paragraphs, highlights = above[0] + paragraphs, above[1] + highlights
        around = (self.parent if self.parent and self.is_role else self).section.parent
        return Entry(
            kind=self.kind,
            title=text_of(self.section[0]),
            origin=Origin(docname, self.section["ids"][0], self.section.line or 0),
            # A field that is withheld at a workplace is withheld in its roles.
            show={name: show for name, source in sources.items() if (show := source.show(name))},
            paragraphs=paragraphs,
            highlights=highlights,
            kind_word=self.kind_word if self.kind == "other" else "",
            section=next(iter(around["ids"]), ""),
            role_periods=tuple(self.periods()) if self.kind == "employer" else (),
            **{name: source.shown_value(name) for name, source in sources.items()},
        )

    def _link_title(self) -> None:
        """Link a title that is an organization's name to that organization, once the title is translated."""
        title = cast(nodes.title, self.section[0])
        address = self.value(self.in_title).url if self.in_title else ""
        if address and not any(title.findall(nodes.reference)):
            link = nodes.reference("", "", *title.children, refuri=address, internal=False)
            title.children = []
            title += link

    def shown_value(self, name: str) -> Any:
        """Return the value of a field, with its words in the language of the edition, as in the nodes."""
        value = self.value(name)
        shown: list[nodes.Node] = [self.section[0]] if name == self.in_title else []
        shown += [node for node in self.head.findall(cv_field) if node["name"] == name and node["translatable"]]
        if not shown:
            return value
        words = text_of(shown[0])
        return replace(value, text=words) if isinstance(value, Linked) else words


def _duration(periods: list[Period], raw_field: RawField, today: PartialDate) -> Iterator[tuple[str, RawField]]:
    """Yield "duration" and a copy of the field with the number of months, unless that is unknown."""
    months = months_in_union(periods, today)
    # The number is unknown if it depends on a period without months.
    if months and months == months_in_union((period for period in periods if period.has_months), today):
        yield "duration", replace(raw_field, parsed=months)


def exchange_talks(entries: Collection[EntryDraft], config: CvConfig) -> None:
    """Exchange the text of each talk with its translation into the language of the edition.

    Catalogs for translators leave out both texts, and those of a talk that has translations into all languages.
    """
    first, *further = [language.replace("_", "-") for language in config.languages] or [""]
    if not further:
        return
    for talk in (entry for entry in entries if entry.kind == "talk"):
        children = [entry for entry in entries if entry.parent is talk]
        translations = [entry for entry in children if entry.kind == "translation" and "language" in entry.fields]
        by_language = {str(entry.value("language")): entry for entry in reversed(translations)}
        shown = by_language.get(config.language.replace("_", "-"))
        if shown:
            _exchange(talk, shown, translations, first)
        if shown or by_language.keys() >= {*further}:
            for words in talk.section.findall(nodes.TextElement):
                words["translatable"] = False


def _exchange(talk: EntryDraft, shown: EntryDraft, translations: Sequence[EntryDraft], language: str) -> None:
    """Exchange heading, text and fields of a talk and of the translation `shown`.

    :param language: the language of the talk, unless a field of the talk says another
    """
    talk_texts, shown_texts = _texts(talk, translations), _texts(shown, ())
    talk.section.children, shown.section.children = [], []
    talk.section += [shown_texts[0], talk.field_list, *shown_texts[1:], *(entry.section for entry in translations)]
    shown.section += [talk_texts[0], shown.field_list, *talk_texts[1:]]
    # A talk without a field for its language is in the language of the pages.
    talk.fields.setdefault("language", [replace(shown.fields["language"][0], parsed=language)])
    talk_fields = talk.fields
    talk.fields = talk_fields | shown.fields
    shown.fields = {name: talk_fields[name] for name in shown.fields if name in talk_fields}


def _texts(entry: EntryDraft, translations: Sequence[EntryDraft]) -> list[nodes.Node]:
    """Return the heading and the text of an entry, without its fields and its translations."""
    omitted = {id(entry.field_list), *(id(translation.section) for translation in translations)}
    return [node for node in entry.section if id(node) not in omitted]
