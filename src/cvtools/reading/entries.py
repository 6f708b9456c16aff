"""Turn headings with fields into entries: infer their kinds, parse their fields, and make the nodes of the fields."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from itertools import takewhile
from typing import Any, cast

from docutils import nodes
from sphinx.transforms import SphinxTransform

from cvtools.config import CvConfig
from cvtools.model import kinds, values
from cvtools.model.dates import PartialDate, Period, is_before
from cvtools.model.entries import DATE_FIELDS, PROSE_FIELDS
from cvtools.nodes import ancestors
from cvtools.project import LETTERS
from cvtools.reading.entry_draft import EntryDraft, exchange_talks
from cvtools.reading.field_nodes import field_node
from cvtools.reading.fields import YEAR, RawField, field_list_below, read_fields, source_lines
from cvtools.sphinx_warnings import Code, note, warn
from cvtools.terminal import shorten


class RecogniseEntries(SphinxTransform):
    """Replace each field list under a heading by a :class:`~cvtools.nodes.cv_fields`.

    The node has the entry in its Python attribute ``draft`` until the domain makes a typed entry of the draft.
    """

    # Before PreserveTranslatableMessages (10) and Locale (20), so that values can be translated, and dates are parsed
    # in the language of the source.
    default_priority = 5

    def apply(self, **kwargs: object) -> None:
        lines_of = cache(source_lines)
        self.cv_config = config = CvConfig.of(self.config)
        # A page is in the language of the source in all editions; a letter is built in its own language.
        self.is_letter = self.env.docname.startswith(f"{LETTERS}/")
        self.page_i18n = config.i18n if self.is_letter else config.page_i18n
        #: Entries read so far, in the order of the document, by section.
        self.entries: dict[nodes.Node, EntryDraft] = {}
        for section in list(self.document.findall(nodes.section)):
            field_list = field_list_below(section)
            if field_list is None and self._is_entry_without_fields(section):
                field_list = nodes.field_list()
                field_list.source, field_list.line = section.source, section.line
                section.insert(1, field_list)
            if field_list is not None:
                raw_fields = read_fields(field_list, lines_of, self.config.cv_variant)
                entry = EntryDraft(section, field_list, raw_fields, parent=self._entry_around(section))
                self._parse_fields(entry)
                self.entries[section] = entry
        exchange_talks(self.entries.values(), config)
        self._add_anchors(self.entries.values())
        for entry in self.entries.values():
            entry.in_title = next((name for name in ("organization", "institution") if _repeats_title(entry, name)), "")
            for name, raw_field in (*entry.shown_fields(config.month), *self._shown_as_written(entry)):
                entry.head += field_node(name, raw_field, config.i18n, in_full=self.is_letter)
            self._replace_field_list(entry)
            self._note_time_off(entry)

    def _add_anchors(self, entries: Collection[EntryDraft]) -> None:
        """Insert an id made of the employer's name as the first of each position, since authors reword titles.

        Number positions at one employer from the last to the first, so that a new one does not change the other ids.
        """
        counts: dict[str, int] = {}
        for entry in reversed([*entries]):
            source = entry.source_of("organization") if entry.kind == "position" else None
            # An employer that one output withholds must not be in an address that all outputs share.
            if not source or source.show("organization"):
                continue
            employer = source.value("organization").text
            name = nodes.make_id(f"{employer} {entry.title}" if entry.is_role else employer)
            counts[name] = counts.get(name, 0) + 1
            anchor = name if counts[name] == 1 else f"{name}-{counts[name]}"
            if name and anchor not in self.document.ids:
                self.document.ids[anchor] = entry.section
                entry.section["ids"].insert(0, anchor)

    def _is_entry_without_fields(self, section: nodes.section) -> bool:
        """Return whether a heading without fields is an entry.

        Such entries are the person, a letter, a heading in a section of entries (``:kind: projects``), and one that
        names a kind of section ("Languages").
        """
        if self._kind_by_page(section):
            return True
        parent = self.entries.get(section.parent)
        if not parent or _has_entries(section):
            return False
        names_kind = self.page_i18n.section_kind(section[0].astext()) in kinds.SECTIONS
        return parent.is_group or (parent.kind == "person" and names_kind)

    def _parse_fields(self, entry: EntryDraft) -> None:
        """Set the entry's kind, and parse the values of its fields, but leave out dates that ``conf.py`` hides."""
        is_kind_known = self._set_kind(entry)
        self._prepare_section(entry)
        for raw_field in entry.raw_fields:
            if not is_kind_known and raw_field.name != "only":
                entry.rejected.append(raw_field)
                continue
            code, prefix = Code.FIELD, ""
            try:
                name, parse = self._parser_of(entry, raw_field)
                code, prefix = Code.VALUE, "" if raw_field.fault else f"{raw_field.name}: "
                _check_form(entry, name, raw_field)
                raw_field.parsed = parse(raw_field.value)
            except ValueError as error:
                warn(raw_field.node, code, f"{prefix}{error}", getattr(error, "replacement", None))
                entry.rejected.append(raw_field)
                continue
            raw_field.parsed = self._value_to_show(entry, name, raw_field.parsed)
            if name in kinds.REPEATABLE:
                # An item for each value lets outputs withhold values one by one.
                entry.fields.setdefault(name, []).extend(replace(raw_field, parsed=value) for value in raw_field.parsed)
            elif raw_field.parsed is not None:
                entry.fields[name] = [raw_field]
            self._warn_of_future(raw_field)
        if entry.parent and entry.is_role and not entry.is_group:
            entry.parent.roles.append(entry)

    def _value_to_show(self, entry: EntryDraft, name: str, value: Any) -> Any:
        """Return technologies with the names of the edition, a date unless it is hidden, and other values unchanged."""
        if name == "technologies":
            return tuple(dict.fromkeys(map(self.cv_config.technology, value)))
        if name in DATE_FIELDS and self._hides_dates(entry):
            return None
        return self._without_old_years(value) if name in DATE_FIELDS and self.cv_config.hide_years else value

    def _prepare_section(self, entry: EntryDraft) -> None:
        """Take a person's photo, warn of a misplaced letter, and exempt texts from translation."""
        if entry.kind == "letter" and self._kind_by_page(entry.section) != "letter":
            warn(entry.section, Code.ENTRY, "a letter is a page in docs/letters/, and this is published: move it there")
        if entry.kind == "person":
            # A name is the same in all languages.
            cast(nodes.title, entry.section[0])["translatable"] = False
            entry.raw_fields += filter(None, [_photo_below(entry.field_list)])
            photos = (field for field in entry.raw_fields if kinds.canonical(field.name, "person") == "photo")
            for image in (node for photo in photos for node in photo.content if isinstance(node, nodes.image)):
                image["alt"] = image.get("alt") or entry.title
        if entry.kind in {"translation", "letter"}:
            for words in entry.section.findall(nodes.TextElement):
                words["translatable"] = False

    def _note_time_off(self, entry: EntryDraft) -> None:
        """Note an entry that counts as work without an organization or a role, and has a title such as "Break"."""
        is_bare = entry.kind == "position" and not entry.is_role and not entry.names & {"organization", "role"}
        if is_bare and "other" in self.page_i18n.kinds(entry.title):
            rule = 'this counts as work: write ":kind: break" below the heading if it was time off'
            note((self.env.docname, entry.section.line or 0), "break", rule, self.config)

    def _set_kind(self, entry: EntryDraft) -> bool:
        """Set the kind of an entry; if it cannot be inferred, warn and return False."""
        by_name = {raw_field.name: raw_field for raw_field in reversed(entry.raw_fields)}
        try:
            entry.kind, entry.kind_word, entry.is_group = self._find_kind(entry, by_name)
        except ValueError as error:
            node = by_name.get("kind", entry.raw_fields[0]).node
            warn(node, Code.ENTRY, str(error), getattr(error, "replacement", None))
            return False
        return True

    def _find_kind(self, entry: EntryDraft, by_name: Mapping[str, RawField]) -> tuple[str, str, bool]:
        """Return the values of :attr:`EntryDraft.kind`, :attr:`EntryDraft.kind_word` and :attr:`EntryDraft.is_group`.

        The kind comes from ``:kind:``, the page, or the fields and the section; other sections have none.

        :param by_name: the fields of the entry
        :raises ValueError: ``:kind:`` names no kind, or the fields imply none
        """
        names, has_entries = by_name.keys(), _has_entries(entry.section)
        if field := by_name.get("kind"):
            if field.fault:
                raise ValueError(field.fault)
            word = field.value.text
            kind = kinds.check_kind(word, is_dated=has_entries or not names.isdisjoint(kinds.DATES))
            return kind, word, names <= {*kinds.CONTROLS} and kinds.is_group(word, has_entries=has_entries)
        if by_page := self._kind_by_page(entry.section):
            return by_page, "", False
        group = self.entries.get(entry.section.parent)
        if names <= {"only"} and not (group and group.is_group):
            # A heading with ``:only:`` alone is no entry.
            return "" if names else self.page_i18n.section_kind(entry.title), "", False
        section_kinds, word = self._section_kinds(entry.section)
        inside = entry.parent.kind if entry.parent else ""
        labelled = (other for name in names if not kinds.is_field(name) for other in self.page_i18n.labelled(name))
        kind = kinds.infer_kind([*names, *labelled], inside=inside, section_kinds=section_kinds, has_roles=has_entries)
        return kind, word, False

    def _kind_by_page(self, section: nodes.section) -> str:
        """Return "person" for the first section of the root page, "letter" for the page of a letter, else ""."""
        if self.env.docname == self.config.root_doc and section is self.document.next_node(nodes.section):
            return "person"
        return "letter" if self.is_letter and isinstance(section.parent, nodes.document) else ""

    def _section_kinds(self, section: nodes.section) -> tuple[Collection[str], str]:
        """Return the kinds that the section around an entry names, and the word of its ``:kind:``.

        Take the nearest section whose ``:kind:`` or heading names kinds; the word is empty for a heading.
        """
        for around in _sections_around(section):
            entry = self.entries.get(around)
            if entry and entry.is_entry:
                continue
            if entry and entry.is_group and entry.kind:
                return {entry.kind}, entry.kind_word
            if named := self.page_i18n.kinds(around[0].astext()):
                return named, ""
        return (), ""

    def _entry_around(self, section: nodes.section) -> EntryDraft | None:
        """Return the nearest entry around a section; None for the person, whose section holds the whole page."""
        entries = filter(None, map(self.entries.get, _sections_around(section)))
        nearest = next((entry for entry in entries if entry.is_entry), None)
        return nearest if nearest and nearest.kind != "person" else None

    def _parser_of(self, entry: EntryDraft, raw_field: RawField) -> tuple[str, Callable[[values.Linked], Any]]:
        """Return the model's name of a field and the parser of its value, and add the name to the entry's names.

        :raises ValueError: the entry's kind has no such field, or the field occurs twice
        """
        name = kinds.canonical(raw_field.name, entry.kind)
        parse = kinds.parser(name, entry.kind, self.page_i18n.date_words)
        if not parse:
            labelled = self.page_i18n.labelled(name)
            is_label = any(map(kinds.is_field, labelled))
            if entry.kind != "person" or is_label or not kinds.is_profile(name, raw_field.value):
                raise kinds.unknown_field(raw_field.name, entry.kind, labelled)
            name, parse = kinds.PROFILES, partial(values.profile, name)
        if name in entry.names and name not in kinds.REPEATABLE:
            written = {other.name for other in entry.raw_fields if kinds.canonical(other.name, entry.kind) == name}
            also = "".join(f', also as "{other}"' for other in sorted(written - {name}))
            raise ValueError(f'field "{name}" is there twice{also}: delete one')
        entry.names.add(name)
        return name, parse

    def _warn_of_future(self, raw_field: RawField) -> None:
        """Warn of a period that begins after the month of the build."""
        period, today = raw_field.parsed, self.cv_config.month
        if isinstance(period, Period) and today.precedes(period.start):
            rule = f"{raw_field.name}: {period.start} is after {today}, the month of this build"
            warn(raw_field.node, Code.FUTURE, f"{rule}: correct it, or set cv_today to a later month")

    def _without_old_years(self, date: PartialDate | Period | str) -> PartialDate | Period | str | None:
        """Return a date without the parts that are older than ``cv_hide_years``; None if all of it is too old.

        Hidden dates are not in the typed entry, so that no output can derive anything from them.
        """
        config = self.cv_config
        oldest = config.month.year - config.hide_years
        if not is_before(date, oldest):
            return date
        if not isinstance(date, Period) or (date.end and is_before(date.end, oldest)):
            return None
        return f"… – {config.i18n.end(date)}"

    def _hides_dates(self, entry: EntryDraft) -> bool:
        """Return whether ``cv_hide_education_dates`` hides the dates of an entry, which is or may be education."""
        studies = not {"institution", "school", "university"}.isdisjoint(field.name for field in entry.raw_fields)
        may_be_education = entry.kind in {"education", ""} or (entry.kind == "other" and studies)
        return self.cv_config.hide_education_dates and may_be_education

    def _replace_field_list(self, entry: EntryDraft) -> None:
        """Replace the field list of an entry by the node of its fields, with the draft if the entry is valid."""
        head = entry.head
        head["kind"] = entry.kind if entry.is_entry else "unknown"
        head.source, head.line = entry.field_list.source, entry.field_list.line
        # Keep the names of targets in withheld values out of the inventory that Sphinx publishes.
        for raw_field in (raw_field for raw_field in entry.raw_fields if raw_field.show):
            for node in raw_field.node.findall(nodes.Element):
                for name in node["names"]:
                    self.document.nametypes.pop(name, None)
        if entry.is_entry:
            _add_classes(entry)
            required = kinds.REQUIRED.get(entry.kind)
            if not required or entry.source_of(required):
                head.draft = entry
            elif not (required in entry.names or kinds.resembles_any(required, [raw.name for raw in entry.rejected])):
                warn(entry.section, Code.MISSING, f'"{entry.title}" needs the field "{required}"')
        # Do not call replace_self(), which would copy the field list's classes.
        entry.field_list.parent.replace(entry.field_list, head)

    def _shown_as_written(self, entry: EntryDraft) -> Iterator[tuple[str, RawField]]:
        """Yield "unknown" with each invalid field of an entry, except for those that may have a date to hide."""
        hides_dates = self.cv_config.hide_years or self._hides_dates(entry)
        for raw_field in entry.rejected:
            # An invalid value, or the value of an unknown field, may be a date.
            may_be_date = raw_field.name in kinds.DATES or YEAR.search(raw_field.value.text)
            if not (hides_dates and may_be_date):
                yield "unknown", raw_field


def _check_form(entry: EntryDraft, name: str, raw_field: RawField) -> None:
    """Raise ValueError if a value is malformed, or has a mark or a footnote that its field does not allow."""
    if raw_field.fault:
        raise ValueError(raw_field.fault)
    if raw_field.show and (entry.kind, name) == ("translation", "language"):
        raise ValueError(f"a translation cannot hide its language: delete {{show={raw_field.show}}}")
    if raw_field.show and name in kinds.CONTROLS:
        rule = "withholds a value, not a section: write it after each value"
        raise ValueError(f"{{show={raw_field.show}}} {rule}")
    if name == "photo":
        words = "".join(text for part in raw_field.content for text in part.findall(nodes.Text)).strip()
        if words:
            # No output has room for words beside the picture.
            raise ValueError(f'"{shorten(words)}" is not a picture: write ![Ada Example](ada.jpg) alone')
    # All other values are formatted anew, and would lose their footnotes.
    if name not in PROSE_FIELDS and raw_field.has_footnotes:
        raise ValueError("a footnote is for prose: write it into the text below")


def _add_classes(entry: EntryDraft) -> None:
    """Set the classes and the language of an entry's section, and the class of its lists of groups, for writers."""
    section = entry.section
    section["classes"] += ["cv-entry", f"cv-{entry.kind}"]
    # In a list of groups, most items are like "Languages: Python, Go".
    has_names = re.compile("[:\uff1a].*[,\uff0c\u3001]").search
    for listing in (node for node in section if isinstance(node, nodes.bullet_list)):
        items = [item[0] for item in listing if isinstance(item, nodes.Element) and item.children]
        groups = [item for item in items if isinstance(item.next_node(), nodes.strong) or has_names(item.astext())]
        if entry.kind in {"skills", "interests"} and len(groups) * 2 > len(items):
            listing["classes"].append("cv-groups")
    if entry.kind == "translation" and "language" in entry.fields:
        section["lang"] = entry.value("language")
        # docutils takes the language of HTML and of quotation marks from this class.
        section["classes"].append(f"language-{entry.value('language')}")


def _photo_below(field_list: nodes.field_list) -> RawField | None:
    """Remove a picture below a person's fields that is aligned left or right, and return it as the field "photo"."""
    below = field_list.next_node(descend=False, siblings=True)
    if not isinstance(below, nodes.paragraph) or len(below) != 1 or not isinstance(image := below[0], nodes.image):
        return None
    if image.get("align") not in {"left", "right"}:
        return None
    below.parent.remove(below)
    field = nodes.field("", nodes.field_name("", "photo"), nodes.field_body())
    field.source, field.line = below.source, below.line
    return RawField(field, "photo", [image], image.get("alt", ""))


def _has_entries(section: nodes.section) -> bool:
    """Return whether sub-headings of a section have fields."""
    inner = (node for node in section.children if isinstance(node, nodes.section))
    return any(field_list_below(node) is not None or _has_entries(node) for node in inner)


def _sections_around(section: nodes.section) -> Iterator[nodes.Element]:
    """Yield the sections around a section, the nearest first."""
    return takewhile(lambda node: isinstance(node, nodes.section), ancestors(section))


def _repeats_title(entry: EntryDraft, name: str) -> bool:
    """Return whether a field is an organization whose name is also the title of the entry."""
    if name not in entry.fields:
        return False
    raw_field = entry.fields[name][0]
    # All outputs show the title, so that it cannot have a link that one output withholds.
    is_withheld_link = raw_field.show and raw_field.parsed.url
    return raw_field.parsed.text == entry.title and not raw_field.has_footnotes and not is_withheld_link
