"""Recognise dates, places and contacts as fields in a CV of headings and text, from any format.

All other text remains, as Markdown with harmless markup alone.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import takewhile
from typing import Any

from cvtools.i18n import I18n
from cvtools.importers import tables, vocabulary
from cvtools.importers.contacts import PRONOUNS, contact_of, is_postal_address, take_contacts
from cvtools.importers.encoding_and_language import language_of
from cvtools.importers.entry_headings import (
    HEADING_FIELDS,
    MARKER,
    WITH_STATE,
    add_field,
    add_labelled,
    names_in,
    read_lines_below,
    set_title_and_fields,
    take_project_details,
)
from cvtools.importers.imported_entries import ImportedEntry, page, plural
from cvtools.importers.imported_objects import PICTURE, ImportedObject
from cvtools.importers.line_syntax import (
    LABEL,
    LINK,
    as_date,
    as_title,
    find_date,
    link_in,
    plain,
    split,
    without_marker,
)
from cvtools.importers.outline import Part, tree, with_joined_dates
from cvtools.importers.unheaded_entries import split_entries
from cvtools.model import kinds, values
from cvtools.reading import front_matter
from cvtools.terminal import shorten
from cvtools.writing import myst

#: A person's name: two to four words, of which the first and the last begin with a capital, and degrees, such as "PhD".
_NAME = re.compile(
    r"[^\W\d_a-zß-ÿ][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,2} [^\W\d_a-zß-ÿ][\w.'’-]*(, ([A-Z][a-z.]{0,2}){2,5})*"
)
#: Lines of a paragraph, each with a skill or language and, after a colon or a dash, a level or further names.
_NAMES = re.compile(
    r"(?m)(?<![^\n]\n)(?:^(?![-+*]\s|[>#|`]|\d+[.)])[^\s:–—].{0,40}?(?::\**|\s[–—-])\s\S.*(?:\n|\Z)){2,}(?=\n|\Z)"
)


class OutlineReader:
    """Reader of the outline of a CV.

    :param parts: the text above the first heading, as a part with an empty title, and the headings
    :param references: addresses of links that are defined anywhere in the file, as markdown-it collects them
    :param has_table_heads: whether the first row of a table is its head, as in Markdown, or an ordinary row, as in DOCX
    """

    def __init__(
        self, parts: Iterable[Part], unread: list[str], references: Mapping[str, Any], *, has_table_heads: bool
    ) -> None:
        self.top, *self.parts = parts
        self.unread, self.references, self.has_table_heads = unread, references, has_table_heads
        self.parser = myst.parser()
        self.i18n = I18n(language_of(plain(part.title) for part in self.parts))
        self.parts = with_joined_dates(self.parts, self.i18n)

    def read(self, source: ImportedObject, *others: ImportedObject) -> myst.Heading:
        """Return the CV as a tree of headings.

        :param source: values of the person, such as the front matter
        :param others: other objects of the file, whose remaining values become text
        """
        person = self._person(source)
        _add_front_matter(person)
        self._add_contacts(person, self.top.text)
        for number, part in enumerate(self.parts):
            if vocabulary.CONTACTS.search(part.title) or (not number and self._has_contacts(part)):
                # Text without contacts remains in the section.
                person.texts, before = [], person.texts
                self._add_contacts(person, part.text)
                part.text, person.texts = "\n\n".join(person.texts), before
                if not part.text:
                    self._leave_out_heading(part)
        sections = tree(part for part in self.parts if part.title or part.fields)
        # An entry is at the top if its section, such as "Contact", is left out.
        headings = [self._entry(part, "") if part.fields or part.date else self._section(part) for part in sections]
        cv = page(person, headings, *others)
        if not (cv.fields or cv.text or cv.children):
            raise ValueError("it has no words below a name: write the CV there")
        return cv

    def _leave_out_heading(self, part: Part) -> None:
        """Leave out the heading of contacts that became fields; report it unless it is a word such as "Contact"."""
        words, part.title = plain(part.title), ""
        if words and not vocabulary.CONTACTS.search(words):
            self.unread.append(f'the heading of contacts is left out: "{shorten(words, 60)}"')

    # The person

    def _person(self, source: ImportedObject) -> ImportedEntry:
        """Return the person, with the name in the front matter, in the first heading or in the first line."""
        given, family = source.text("name", "author") or source.text("firstname"), source.text("surname", "lastname")
        name = f"{given} {family}".strip()
        title = self._take_title(has_name=bool(name)) or ("" if name else source.text("title"))
        if not (name or _without_cv_title(title)):
            name = self._take_name(has_title=bool(title))
        words = _without_cv_title(title).lstrip("#>- ")
        first, *rest = re.split(r"\s+[-–—|]\s+", words, maxsplit=1)
        person = ImportedEntry("person", name or first or "CV", source)
        person.add("headline", "".join(rest) if first.casefold() == person.title.casefold() else words)
        return person

    def _take_name(self, *, has_title: bool) -> str:
        """Remove a line such as "Name: Ada Example", or else the first line, from the text, and return the name."""
        parts = [self.top, *(part for part in self.parts if vocabulary.CONTACTS.search(part.title))]
        for part in parts:
            part.text = self._tables_to_lists(part.text)
        lines = [(part, line) for part, line in _lines_of(parts) if _without_cv_title(without_marker(line))]
        labelled = [(part, line) for part, line in lines if _has_name_label(line)]
        # The name may follow contacts, and in a document of text boxes, other text.
        firsts = [(part, line) for part, line in lines[:5] if not (_is_contact(line) or LABEL.match(line))]
        late = ((part, line) for part, line in _lines_of(self.parts) if _has_name_label(line))
        for part, line in [*labelled, *firsts[:1], *late]:
            # The name ends at a bar.
            pieces = re.split(r"\s*\\?\|\s*", without_marker(line))
            names = [_without_cv_title(vocabulary.NAME.sub("", piece)).rstrip("\\") for piece in pieces]
            index = next((index for index, name in enumerate(names) if name), 0)
            words = names[index]
            is_other = vocabulary.ROLE.search(words) or vocabulary.CONTACTS.search(words)
            # Take any first line, but not below a title such as "Lebenslauf" or the heading of contacts.
            may_be_name = part is self.top and not has_title and len(words) < 60 and not _contacts_in(words)
            if _has_name_label(line) or (_NAME.fullmatch(words) and not is_other) or may_be_name:
                rest = " | ".join([*_addresses_in(pieces[index]), *pieces[index + 1 :]])
                part.text = part.text.replace(line, rest, 1)
                return re.sub(r"^\W+", "", words)
        return ""

    def _take_title(self, *, has_name: bool) -> str:
        """Remove and return the first heading if it is the page's title; make text of headings with contacts below it.

        :param has_name: whether the front matter has the name
        """
        if not self.parts:
            return ""
        first, *others = self.parts
        is_highest = first.level < min((part.level for part in others), default=7)
        is_title = is_highest or not (has_name or _without_cv_title(self.top.text))
        title = plain(first.title)
        if not is_title or self.i18n.section_kind(title) or vocabulary.CONTACTS.search(title):
            return ""
        contacts = [*takewhile(lambda part: _contacts_in(part.title), others)]
        if not contacts and others and self._has_contacts(others[0]) and not f"{self.top.text}{first.text}".strip():
            # The heading above contacts may be a profession, or one like "Get in touch", mostly above a list.
            is_list = re.match(r"\s*[-+*]\s", others[0].text)
            contacts = others[:1] if not is_list or vocabulary.ROLE.search(plain(others[0].title)) else []
        elif not contacts and self._is_headline_above(others):
            contacts = others[:1]
        self.parts = others[len(contacts) :]
        texts = [first.text, *(text for part in contacts for text in (part.title, part.text))]
        self.top.text = "\n\n".join([self.top.text, *_addresses_in(first.title), *texts])
        return first.title

    def _is_headline_above(self, parts: list[Part]) -> bool:
        """Return whether the first heading is no section, but a headline: no text, and the highest level."""
        sections = [part for part in parts if self.i18n.kinds(plain(part.title))]
        if len(sections) < 2 or sections[0] is parts[0] or parts[0].text.strip():
            return False
        return all(part.level > parts[0].level for part in parts[1:])

    def _has_contacts(self, part: Part) -> bool:
        """Return whether a section whose title names no kind begins with an e-mail address or a phone number."""
        title, first = plain(part.title), part.text.strip().partition("\n\n")[0]
        contacts = {name for line in first.split("\n") for name in _contacts_in(line)}
        return bool({"email", "phone"} & contacts) and not (self.i18n.kinds(title) or vocabulary.CONTACTS.search(title))

    def _add_contacts(self, person: ImportedEntry, text: str) -> None:
        """Add the contacts, the headline and other text in a text below the name to a person."""
        for number, block in enumerate(self._blocks(PICTURE.sub("", text))):
            lines = [line for line in tables.as_list(block).split("\n") if not _is_redundant(line, person.title)]
            if not lines:
                continue
            first = lines[0]
            is_town = WITH_STATE.fullmatch(plain(block))
            has_contacts = is_town or (not re.match(r"[`~]{3}| {4}", block) and any(map(_contacts_in, lines)))
            if has_contacts:
                # Read lines with contacts first: another line is the location only if none of these has it.
                ordered = sorted(lines, key=lambda line: not _contacts_in(line))
                taken = [line for line in ordered if take_contacts(person, without_marker(line))]
                lines = [line for line in lines if line not in taken]
            # Drop a title such as "Curriculum vitae".
            lines = lines[1:] if not number and lines and not _without_cv_title(lines[0]) else lines
            words = plain(lines[0]).rstrip("\\") if lines else ""
            # The headline is the only line, or the one above contacts.
            is_apart = len(lines) == 1 or (has_contacts and lines[:1] == [first])
            is_above_text = number < 2 or not person.texts
            if is_apart and is_above_text and "headline" not in person.fields and _is_headline(lines[0], words):
                person.add("headline", words)
                lines = lines[1:]
            person.add_text(self._clean("\n".join(lines)))

    # Sections and entries

    def _section(self, part: Part) -> myst.Heading:
        """Return a section with its entries."""
        title = plain(part.title)
        # Of several kinds, as in "Education and publications", prefer that of an entry, then one of HEADING_FIELDS.
        named = [kind for kind in self.i18n.kinds(title) if kind in HEADING_FIELDS]
        own = {child.kind for child in part.children if child.fields}
        kind = next((kind for kind in named if kind in own), next(iter(named), self.i18n.kind(title)))
        begins_with_entry = re.match(r"(\*\*|__)\S", part.text.strip())
        if kind in HEADING_FIELDS and (begins_with_entry or not any(map(self._has_date, part.children))):
            part.text, unheaded = split_entries(self._blocks(part.text), part.level + 1, self.i18n)
            part.children[:0] = unheaded
        elif kind in kinds.NAME_LISTS:
            part.text = self._tables_to_lists(part.text, tables.is_definition_list if self.has_table_heads else bool)
            part.text = _NAMES.sub(lambda lines: re.sub("(?m)^", "- ", lines[0].rstrip("\n")) + "\n", part.text)
        elif not (kind or self.has_table_heads):
            # The first row of a table of dates is no head.
            part.text = self._tables_to_lists(part.text, lambda block: bool(tables.dated_rows(block, self.i18n)))
        heading = myst.Heading(as_title(part.title), [], self._clean(part.text))
        heading.children = [self._entry(child, kind) for child in part.children]
        is_inferred = kind in {"position", "education"} or all(child.fields for child in heading.children)
        if kind in HEADING_FIELDS and not is_inferred:
            heading.fields = [("kind", plural(kind))]
        return heading

    def _has_date(self, part: Part) -> bool:
        """Return whether the heading, the first block below it, or a heading below it has a date."""
        texts = [part.title, *self._blocks(part.text)[:1]]
        has_date = any(find_date(line, self.i18n)[0] for text in texts for line in text.split("\n"))
        return bool(part.fields) or has_date or any(map(self._has_date, part.children))

    def _entry(self, part: Part, kind: str) -> myst.Heading:
        """Return a heading in a section: an entry if it has a date, a heading with text otherwise."""
        if part.fields:
            return self._labelled_entry(part, kind)
        date, title = (part.date, part.title) if part.date else find_date(part.title, self.i18n)
        if kind not in HEADING_FIELDS and re.search(r"\d{4}/\d\d(?!\d)", date):
            # Outside of entries, "2019/20" is a season, or a year at a school, but no date.
            date, title = "", part.title
        source = ImportedObject({}, plain(part.title), self.unread, self.i18n)
        entry = ImportedEntry(kind if kind in HEADING_FIELDS else "position", "", source)
        names = part.names if part.names[1:] else names_in(title, entry.kind)
        blocks = self._blocks(part.text)
        # In a section of another kind, such as publications, nothing is an entry with fields.
        may_be_entry = not kind or kind in HEADING_FIELDS
        if blocks and may_be_entry:
            self._join_lines_to_date(blocks)
            date, more, blocks[0] = read_lines_below(blocks[0], date, names, entry.kind, self.i18n)
            names += more
        children = [self._entry(child, kind) for child in part.children]
        if not (date and names and may_be_entry):
            return self._undated_heading(part, kind, children)
        entry.add("date", date)
        # If roles have headings, do not search the text for a role.
        set_title_and_fields(entry, names, blocks if not children else [])
        for block in blocks:
            entry.add_text(self._text_without_fields(entry, block))
        heading = entry.heading()
        heading.children = children
        has_names = {"organization", "location"} & entry.fields.keys()
        if entry.kind == "position" and not has_names and self.i18n.section_kind(entry.title) == "other":
            heading.fields.insert(0, ("kind", "break"))
        return heading

    def _join_lines_to_date(self, blocks: list[str]) -> None:
        """Join the first blocks of a text, if they are short lines of which the last is a date."""
        for number, block in enumerate(blocks[:3]):
            if "\n" in block or len(block) > 60 or re.match(MARKER, block):
                break
            if as_date(block, self.i18n):
                blocks[: number + 1] = ["\n".join(blocks[: number + 1])]
                break

    def _undated_heading(self, part: Part, kind: str, children: list[myst.Heading]) -> myst.Heading:
        """Return a heading without a date, as an employer if the entries of work below it have no organization."""
        title = as_title(part.title)
        names = {name for child in children for name, _ in child.fields}
        is_employer = kind in {"position", "volunteering"} and bool(names) and "organization" not in names
        fields = [("organization", myst.clean_line(title))] if is_employer else []
        return myst.Heading(title, fields, self._clean(part.text), children)

    def _labelled_entry(self, part: Part, kind: str) -> myst.Heading:
        """Return an entry of a part with fields."""
        is_unknown = kind in {"", "person", *kinds.SECTIONS}
        fields = dict(part.fields)
        order = ("title", {"position": "role", "education": "degree"}.get(kind, ""), "area", *fields)
        name = next((name for name in order if fields.get(name) and name not in {"date", "period"}), "title")
        # An organization that is the title remains a field.
        is_organization = name in {"organization", "institution"}
        title = as_title(fields[name] if is_organization else fields.pop(name, ""))
        source = ImportedObject({}, plain(title), self.unread, self.i18n)
        entry = ImportedEntry(part.kind if is_unknown else kind, title, source)
        for name, value in fields.items():
            # In LaTeX, the argument for a grade often has other text.
            if name == "note" and not (entry.kind == "education" and re.search(r"\d", value)):
                entry.add_text(value)
            else:
                add_field(entry, name, value)
        if entry.kind == "project":
            entry.title = take_project_details(entry, entry.title)
        # The part of a table's last row also has the text below the table.
        entry.add_text(self._text_without_fields(entry, part.text))
        heading = entry.heading()
        heading.children = [self._entry(child, kind) for child in part.children]
        # The build infers the kind "position", and accepts "other" only for an entry with a period.
        if is_unknown and entry.kind != "position" and (entry.kind != "other" or "period" in entry.fields):
            heading.fields.insert(0, ("kind", entry.kind))
        return heading

    def _text_without_fields(self, entry: ImportedEntry, text: str) -> str:
        """Add the fields in lines with labels ("GPA: 4.0") to an entry, and return the other lines."""
        return self._clean("\n".join(line for line in text.split("\n") if not add_labelled(entry, line)))

    def _blocks(self, text: str) -> list[str]:
        """Return the source of each block of a text, without thematic breaks."""
        lines = text.split("\n")
        tokens = self.parser.parse(text, {"references": dict(self.references)})
        spans = [token.map for token in tokens if not token.level and token.map and token.type != "hr"]
        return ["\n".join(lines[start:end]).strip("\n") for start, end in spans]

    def _tables_to_lists(self, text: str, may_be_list: Callable[[str], bool] = bool) -> str:
        """Return a text with lists in place of tables of labels and values, if the source of a table may be a list."""
        blocks = self._blocks(text)
        return "\n\n".join(tables.as_list(block) if may_be_list(block) else block for block in blocks)

    def _clean(self, text: str) -> str:
        # Remove the hard line break at the end of a paragraph, which would show as a backslash.
        return myst.clean_blocks(re.sub(r"(?<!\\)\\$", "", text), dict(self.references))


def _add_front_matter(person: ImportedEntry) -> None:
    """Add the fields of front matter to a person; leave out settings, and a title that has nothing but the name."""
    source = person.source
    for name, aliases in front_matter.ALIASES["person"].items():
        for value in source.texts(name, *aliases.removesuffix(" title").split()):
            if name == "website":
                person.add_website(value)
            else:
                person.add(name, value)
    for network in (*values.NETWORKS, "mastodon"):
        for user in source.texts(network):
            person.add_profile(network, user, "")
    for key in front_matter.PROSE:
        person.add_text(source.prose(key))
    for key in front_matter.SETTINGS:
        source.take(key)
    title = str(source.peek("title"))
    titles = ["title"] if not _without_cv_title(title) or person.title in title else []
    source.leave_out("settings of a document", *titles, "lang", "date")


def _without_cv_title(line: str) -> str:
    """Return the text of a line without words such as "Curriculum vitae of"."""
    return vocabulary.TITLE.sub("", plain(line))


def _addresses_in(line: str) -> list[str]:
    """Return the addresses of a line's links as Markdown, which a name made of the line's text would lose."""
    addresses = (link_in(link)[1] for link in LINK.finditer(line))
    return [f"<{address}>" for address in addresses if re.match(r"https?://", address)]


def _has_name_label(line: str) -> bool:
    """Return whether a line begins with a label such as "Name:"."""
    return bool(vocabulary.NAME.match(without_marker(line)))


def _is_redundant(line: str, name: str) -> bool:
    """Return whether a line is the name, a part of it with a label, a word such as "Contact", or separators alone."""
    words = without_marker(line)
    is_labelled = _has_name_label(line) and plain(vocabulary.NAME.sub("", words)) in name
    is_heading = vocabulary.CONTACTS.fullmatch(plain(words).strip(" :"))
    return bool(is_labelled or is_heading or plain(words) == name or re.fullmatch(r"[\s|·•>\\]+", line))


def _lines_of(parts: Iterable[Part]) -> Iterator[tuple[Part, str]]:
    """Yield the lines of the texts of parts, each with its part."""
    return ((part, line) for part in parts for line in part.text.split("\n"))


def _contacts_in(line: str) -> set[str]:
    """Return the field names of the contacts in a line; a postal address is a "location"."""
    contacts = map(contact_of, split(without_marker(line), keep={":"}))
    names = {contact.name for contact in contacts if contact}
    return names | ({"location"} if is_postal_address(without_marker(line)) else set())


def _is_contact(line: str) -> bool:
    """Return whether a line has nothing but contacts, signs and digits."""
    parts = split(without_marker(line), keep={":"})
    return all(contact_of(part) or not re.search(r"[^\W\d_]", part) for part in parts)


def _is_headline(line: str, words: str) -> bool:
    """Return whether a line may be a headline: short, without a year, link or label, and neither sentence nor block."""
    is_markup = re.match(r"[-+*>|#`!]\s", line) or LINK.search(line) or LABEL.match(line)
    is_other = PRONOUNS.fullmatch(words) or re.search(r"[.!?:]$|\d{4}", words)
    return bool(re.search(r"\w", words)) and len(words) < 80 and not (is_markup or is_other)
