"""Read a CV in Markdown or HTML that was written for other programs: dates, places and contacts become fields.

All other text stays, as Markdown with harmless markup alone.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise, takewhile
from typing import Any

from markdown_it.token import Token

from cvtools import limits
from cvtools.i18n import I18n
from cvtools.importers import vocabulary
from cvtools.importers.contacts import contact_of, is_any_label, take_contacts
from cvtools.importers.drafts import NO_PICTURE, PICTURE, Draft, Source, language_of, page, plural
from cvtools.importers.entry_headings import PARTS, add_field, add_fields, add_labelled, field_of, first_lines, names_in
from cvtools.importers.lines import LINK, as_date, find_date, plain, plain_title, split, without_marker
from cvtools.model import kinds
from cvtools.reading import front_matter
from cvtools.writing import myst
from cvtools.writing.html_to_markdown import LINE_IN_CELL, from_html, outside_code

#: The label of a table's column, such as "Job title" or "Od – do".
_COLUMN_LABEL = re.compile(r"[^\W\d]+([ /–-]+[^\W\d]+){0,2}")
#: Groups of fields that mean the same; a kind has one field of each at most.
_EQUIVALENT = (("organization", "institution", "issuer", "event"), ("location", "place"), ("date", "period"))
#: What is no title: a sentence, or a town with a state of the USA.
_NO_TITLE = r"\w{5}\.$|^[^,|]+, [A-Z]{2}$"
#: A person's name: two to four words, of which the first and the last begin with a capital.
_NAME = re.compile(r"[^\W\d_a-zß-ÿ][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,2} [^\W\d_a-zß-ÿ][\w.'’-]*")
#: Lines of a paragraph that each have a name and a level or others after it.
_NAMES = re.compile(
    r"(?m)(?<![^\n]\n)(?:^(?![-+*]\s|[>#|`]|\d+[.)])[^\s:–—].{0,40}?(?::\**|\s[–—-])\s\S.*(?:\n|\Z)){2,}(?=\n|\Z)"
)
#: A footnote, whose further lines are indented.
_NOTE = re.compile(r"(?m)^\[\^([^\s\[\]]+)\]:[ \t]*(.*(?:\n[ \t]+\S.*)*)\n?")
_REFERENCE = r"\[\^([^\s\[\]]+)\](?!:)"
#: Attributes such as classes, but for the marks by which this program withholds words, which must stay visible.
_ATTRIBUTES = r"\{(?![^{}\n]*(?:show|only)[-=])(?:[#.=:]|\w+=)[^{}\n`]*\}"
#: Lines that hold markup alone: fences of Pandoc's divs, and commands of LaTeX.
_MARKUP_LINE = r"^:{3,}.*$|^\\(?:begin|end)\{\w+\}|^\\(?:newpage|clearpage|pagebreak)\b"


def is_own(text: str) -> bool:
    """Return whether Markdown is a page of this project: it has known fields below a heading."""
    fields = re.findall(r"(?m)^(?:#{1,6} .*|[=-]{3,})\n\s*((?::[\w-]+: .*\n)+)", f"{text}\n")
    names = {name for lines in fields for name in re.findall(r"(?m)^:([\w-]+):", lines)}
    return any(kinds.is_known(name) for name in names - {*kinds.CONTROLS})


@dataclass
class _Part:
    """A heading of the file, and the Markdown below it."""

    level: int
    title: str
    text: str = ""
    children: list["_Part"] = field(default_factory=list)
    #: The date of an entry that is no heading in the file, and the parts of its title if it is a row of a table.
    date: str = ""
    title_parts: list[str] = field(default_factory=list)
    #: The fields of a row of a table whose head has their labels.
    fields: dict[str, str] = field(default_factory=dict)


def read(text: str, unread: list[str]) -> myst.Heading:
    """Return the CV as a tree of headings."""
    # Remove the data of pictures, which Google Docs writes into the text.
    text = re.sub(r"data:image/[\w.+-]+;base64,[\w+/=]*", "", text)
    data, text = front_matter.take(myst.without_bullets(text))
    # Separate words that only a style sets apart.
    text = re.sub(r"</span>\s*<span\b[^<>]*>", " | ", text)
    # In a template for Jekyll, the date is code on the line above the entry.
    text = re.sub(r"(?m)^`((?:[^\W\d]+\.? )?\d{4}\b[^`\n]*)`[ \t]*\n(?=\*\*|__|[^\W_])", r"\1 | ", text)
    if "<!--" in text:
        unread.append("comments (<!-- … -->) are left out")
    text = outside_code(_without_syntax, from_html(text))
    if PICTURE.search(text):
        unread.append(NO_PICTURE)
    return read_plain(text, Source(data, "front matter", unread))


def _without_syntax(text: str) -> str:
    """Return Markdown without the syntax of footnotes, attributes, LaTeX and linked pictures; their words stay."""
    notes = {name: " ".join(words.split()) for name, words in _NOTE.findall(text)}
    known = {*notes}

    def inserted(mark: re.Match[str]) -> str:
        """Return a footnote in parentheses in place of the first reference to it; nothing for later references."""
        if mark[1] not in known:
            return mark[0]
        return f" ({notes.pop(mark[1])})" if mark[1] in notes else ""

    text = re.sub(_REFERENCE, inserted, text)
    text = _NOTE.sub(lambda note: f"\\{note[0]}" if note[1] in notes else "", text)
    text = re.sub(rf"\[([^\[\]]*)\]{_ATTRIBUTES}", r"\1", text)
    text = re.sub(rf"(?<=[)\ufdd1]){_ATTRIBUTES}|(?m:(?:^|[ \t]){_ATTRIBUTES}[ \t]*$|{_MARKUP_LINE})", "", text)
    text = re.sub(r"\\href\{([^{}]*)\}\{([^{}]*)\}", r"[\2](\1)", text)
    linked = rf"\[\s*{PICTURE.pattern}\s*\]\(([^()\s]*)\)"
    return re.sub(linked, lambda link: f"[{link[1] or link[2].removeprefix('mailto:')}]({link[2]})", text)


def read_plain(text: str, front_matter: Source, *, has_table_heads: bool = True) -> myst.Heading:
    """Return the CV in Markdown without HTML and front matter.

    :param front_matter: the values of the front matter
    :param has_table_heads: whether the first row of a table is its head, as in Markdown, or an ordinary row, as in DOCX
    """
    if len(text) > limits.IMPORT_MARKDOWN:
        raise ValueError(f"it has more than {limits.IMPORT_MARKDOWN // 1_000_000} million characters: shorten it")
    if max(map(len, text.split("\n"))) > limits.IMPORT_LINE:
        raise ValueError(f"it has a line of more than {limits.IMPORT_LINE} characters: break it")
    return _Reader(text, front_matter.unread, has_table_heads=has_table_heads).read(front_matter)


def read_section(title: str, text: str, i18n: I18n, unread: list[str]) -> myst.Heading:
    """Return a section whose Markdown has no headings; entries in it may begin with bold words or dates."""
    return _Reader("", unread, i18n, has_table_heads=False).section(_Part(2, title, text))


class _Reader:
    """Reader of the Markdown of a CV."""

    def __init__(self, text: str, unread: list[str], i18n: I18n | None = None, *, has_table_heads: bool) -> None:
        self.unread, self.has_table_heads = unread, has_table_heads
        environment: dict[str, Any] = {}
        self.parser = myst.parser()
        tokens = self.parser.parse(text, environment)
        #: Addresses of links that are defined anywhere in the file.
        self.references = environment.get("references", {})
        self.top, *self.parts = _parts(tokens, text.split("\n"))
        self.i18n = i18n or I18n(language_of(plain(part.title) for part in self.parts))

    def read(self, source: Source) -> myst.Heading:
        """Return the CV, with the values of the front matter."""
        person = self._person(source)
        self._add_contacts(person, self.top.text)
        _add_front_matter(person)
        for part in self.parts:
            if vocabulary.CONTACTS.search(part.title):
                # Text that is no contact stays in the section.
                person.texts, before = [], person.texts
                self._add_contacts(person, part.text)
                part.text, person.texts = "\n\n".join(person.texts), before
                part.title = part.title if part.text else ""
        sections = _tree(part for part in self.parts if part.title)
        if not (person.texts or person.fields or sections):
            raise ValueError("it has no words below a name: write the CV there")
        return page(person, [self.section(part) for part in sections])

    def _person(self, source: Source) -> Draft:
        """Return the person, named by front matter, by the first heading, or by the first line."""
        name = source.text("name", "author")
        title = self._take_title() or ("" if name else source.text("title"))
        if not (name or _without_cv_title(title)):
            name = self._take_name(has_title=bool(title))
        words = _without_cv_title(title).lstrip("#>- ")
        first, *rest = re.split(r"\s+[-–—|]\s+", words, maxsplit=1)
        person = Draft("person", name or first or "CV", source)
        if first.casefold() == person.title.casefold():
            words = "".join(rest)
        has_name = person.title in title or not _without_cv_title(title)
        person.add("headline", words or ("" if has_name else plain(title)))
        return person

    def _take_name(self, *, has_title: bool) -> str:
        """Remove a line such as "Name: Ada Example", or else the first line, from the text, and return the name."""
        parts = [self.top, *(part for part in self.parts if vocabulary.CONTACTS.search(part.title))]
        for part in parts:
            part.text = self._tables_to_lists(part.text)
        lines = [
            (part, line) for part in parts for line in part.text.split("\n") if _without_cv_title(without_marker(line))
        ]
        firsts = lines[:1] if self.top.text.strip() else []
        # Below a title such as "Lebenslauf", the first line need not be the name.
        words = plain(without_marker(firsts[0][1])) if firsts else ""
        is_name = _NAME.fullmatch(words) and not (vocabulary.ROLE.search(words) or vocabulary.CONTACTS.search(words))
        firsts = firsts if is_name or not has_title else []
        for part, line in [*(found for found in lines if vocabulary.NAME.match(without_marker(found[1]))), *firsts]:
            part.text = part.text.replace(line, "", 1)
            return plain(vocabulary.NAME.sub("", without_marker(line))).lstrip("#>- ")
        return ""

    def _take_title(self) -> str:
        """Remove and return the first heading if it is the page's title; remove contacts' headings after it, too."""
        if not self.parts:
            return ""
        first, *others = self.parts
        is_title = not self.top.text.strip() or first.level < min((part.level for part in others), default=7)
        if not is_title or self.i18n.section_kind(plain(first.title)):
            return ""
        contacts = [*takewhile(lambda part: any(map(contact_of, split(part.title, keep={":"}))), others)]
        if not contacts and others and self._has_contacts(others[0]):
            # A profession may be a heading above the contacts, or any other words.
            is_above = not f"{self.top.text}{first.text}".strip()
            contacts = others[:1] if self._take_contacts_heading(others) or is_above else []
        self.parts = others[len(contacts) :]
        texts = [first.text, *(text for part in contacts for text in (part.title, part.text))]
        self.top.text = "\n\n".join([self.top.text, *texts])
        return first.title

    def _has_contacts(self, part: _Part) -> bool:
        """Return whether a section of an unknown kind begins with an e-mail address or a phone number."""
        title, block = plain(part.title), part.text.strip().partition("\n\n")[0]
        cells = (cell for line in block.split("\n") for cell in split(without_marker(line), keep={":"}))
        found = {contact.name for contact in map(contact_of, cells) if contact}
        return bool({"email", "phone"} & found) and not (self.i18n.kinds(title) or vocabulary.CONTACTS.search(title))

    def _take_contacts_heading(self, parts: Sequence[_Part]) -> bool:
        """Remove a heading such as "Get in touch" from the first part, which has contacts; return False if it stays.

        A profession has a level of its own, or a line of contacts below it, and no list.
        """
        first, *others = parts
        title, is_list = plain(first.title), re.match(r"\s*[-+*]\s", first.text)
        is_section = is_list and first.level in {part.level for part in others} and not vocabulary.ROLE.search(title)
        if is_section:
            self.unread.append(f'the heading "{title}" is left out, since contacts stand beside the name')
            first.title = ""
        return bool(is_section)

    def _add_contacts(self, person: Draft, text: str) -> None:
        """Add contacts, the headline and other text from below the name to a person."""
        for number, block in enumerate(self._blocks(PICTURE.sub("", text))):
            lines = _labelled_lines(block).split("\n")
            first = lines[0]
            has_contacts = not re.match(r"[`~]{3}| {4}", block) and any(map(_has_contact, lines))
            if has_contacts:
                # Read lines with contacts first: another line is the location only if none of these has it.
                ordered = sorted(lines, key=lambda line: not _has_contact(line))
                taken = [line for line in ordered if take_contacts(person, without_marker(line))]
                lines = [line for line in lines if line not in taken]
            words = plain(lines[0]).rstrip("\\") if lines else ""
            if not number and words and not _without_cv_title(words):
                continue
            # The headline is the only line, or the one above contacts.
            is_apart = len(lines) == 1 or (has_contacts and lines[:1] == [first])
            is_above_text = number < 2 or not person.texts
            if is_apart and is_above_text and "headline" not in person.fields and _is_headline(lines[0], words):
                person.add("headline", words)
                lines = lines[1:]
            person.add_text(self._clean("\n".join(lines)))

    def section(self, part: _Part) -> myst.Heading:
        """Return a section with its entries."""
        title = plain(part.title)
        # "Education and publications" has entries of a kind whose headings are read.
        kind = next(filter(PARTS.__contains__, self.i18n.kinds(title)), self.i18n.kind(title))
        if kind in PARTS and not any(map(self._has_date, part.children)):
            part.text, unmarked = self._unmarked_entries(part)
            part.children[:0] = unmarked
        elif kind in kinds.NAME_LISTS and not self.has_table_heads:
            part.text = self._tables_to_lists(part.text)
        if kind in kinds.NAME_LISTS:
            part.text = _NAMES.sub(lambda lines: re.sub("(?m)^", "- ", lines[0].rstrip("\n")) + "\n", part.text)
        heading = myst.Heading(plain_title(part.title), [], self._clean(part.text))
        heading.children = [self._entry(child, kind) for child in part.children]
        if kind in PARTS and kind not in {"position", "education"} and not all(one.fields for one in heading.children):
            heading.fields = [("kind", plural(kind))]
        return heading

    def _has_date(self, part: _Part) -> bool:
        """Return whether the heading, the first block below it, or a heading below it has a date."""
        texts = [part.title, *self._blocks(part.text)[:1]]
        has_date = any(self._date(line)[0] for text in texts for line in text.split("\n"))
        return has_date or any(map(self._has_date, part.children))

    def _unmarked_entries(self, part: _Part) -> tuple[str, list[_Part]]:
        """Return the text of a section above its first entry, and the entries that have no heading."""
        text: list[str] = []
        children: list[_Part] = []
        for block in self._join_dates(chain.from_iterable(map(self._split_entries, self._blocks(part.text)))):
            if begun := self._entries_from(block, part.level + 1):
                children += begun
            elif not children:
                text.append(block)
            elif all(re.match(r"[*_]\w", words) for words in (block, children[-1].text)) and self._date_above(block):
                # The block is another role at the same employer.
                children.append(_Part(part.level + 1, children[-1].title, block))
            else:
                children[-1].text += f"\n\n{block}"
        return "\n\n".join(text), children

    def _date_above(self, block: str) -> str:
        """Return the date in the first line of a block; empty if it has none."""
        return self._date(block.partition("\n")[0])[0]

    def _entries_from(self, block: str, level: int) -> list[_Part]:
        """Return the entries that begin with a block; none if it is text.

        Such a block begins with bold words and a date, or with a date and a separator, or is a table with a column of
        dates.
        """
        if labelled := _labelled_rows(block, self.i18n):
            return [_Part(level, "", "", fields=fields) for fields in labelled]
        if rows := _dated_rows(block, self.i18n):
            return [_Part(level, title, text, [], date, names) for date, title, names, text in rows]
        first, _, rest = block.partition("\n")
        date, words = self._date_at_start(first)
        if date and len(words) < 100 and words.strip("\\ ") and not re.search(_NO_TITLE, words):
            return [_Part(level, words.rstrip("\\ "), rest, date=date)]
        if not re.match(r"(\*\*|__)\S", first):
            return []
        # The second of two lines that begin with bold words may be another entry, unless the first is all bold.
        is_all_bold = re.fullmatch(r"(\*\*|__)(?:(?!\1).)+\1\W*", first)
        has_date_below = self._date_above(rest) and (is_all_bold or not re.match(r"(\*\*|__)\S", rest))
        has_date = date or self._date(first)[0] or has_date_below
        return [_Part(level, first.rstrip("\\ "), rest)] if has_date else []

    def _date_at_start(self, line: str) -> tuple[str, str]:
        """Return the date with which a line begins, bold or before a separator, and the rest; "" and "" without one."""
        bold = re.match(r"(\*\*|__)((?:(?!\1).)+)\1\s+(?=[\w*])", line)
        if bold and as_date(bold[2], self.i18n):
            return bold[2], line[bold.end() :]
        date, words = self._date(line)
        is_first = date and re.match(rf"{re.escape(date)}\s*(\\?\||:|[-–—])\s", plain(line))
        return (date, words) if is_first else ("", "")

    def _split_entries(self, block: str) -> list[str]:
        """Return the parts of a block that begin with bold words, if each has a date on its first line."""
        parts = re.split(r"\n(?=(?:\*\*|__)\S)", block)
        return parts if all(map(self._date_above, parts)) else [block]

    def _join_dates(self, blocks: Iterable[str]) -> list[str]:
        """Return blocks in which a line that begins an entry and the line below it, which has the date, are one block.

        The first line is bold, or, if the second is nothing but a date, has a role or several parts.
        """
        joined: list[str] = []
        for block in blocks:
            before = joined[-1] if joined else ""
            is_title = len(split(before, keep={","})) > 1 or vocabulary.ROLE.search(before)
            is_line = len(before) < 100 and re.fullmatch(r"[^-+*_>|#`\d].*[^.]", before)
            if is_title and is_line and as_date(block, self.i18n):
                before = f"**{before}**"
            is_head = re.match(r"(\*\*|__)\S", before) and "\n" not in before and not self._date(before)[0]
            if is_head and "\n" not in block and not re.match(r"\*\*|__|[-+>|#]", block) and self._date(block)[0]:
                joined[-1] = f"{before}\n{block}"
            else:
                joined.append(block)
        return joined

    def _entry(self, part: _Part, kind: str) -> myst.Heading:
        """Return a heading below that of a section, as an entry if it has a date."""
        if part.fields:
            return self._labelled_entry(part, kind)
        if kind and kind not in PARTS:
            # Nothing below "Publications" is a job.
            children = [self._entry(child, kind) for child in part.children]
            return myst.Heading(plain_title(part.title), [], self._clean(part.text), children)
        date, title = (part.date, part.title) if part.date else self._date(part.title)
        if kind not in PARTS and re.search(r"\d{4}/\d\d(?!\d)", date):
            # "2019/20" is a season, or a year at a school, but no date.
            date, title = "", part.title
        draft = Draft(kind if kind in PARTS else "position", "", Source({}, plain(part.title), self.unread, self.i18n))
        names = list(PARTS[draft.kind])
        first, *others = part.title_parts or names_in(title, draft.kind)
        if len(others) > len(names):
            first, others = title, []
        found = dict(zip(names, others, strict=False))
        if draft.kind == "position" and len(found) == len(names) and not vocabulary.ROLE.search(first):
            names.append("role")
        blocks = self._blocks(part.text)
        if blocks:
            date, blocks[0] = first_lines(blocks[0], date, names, found, self.i18n)
        children = [self._entry(child, kind) for child in part.children]
        if not date:
            return self._undated(part, kind, children)
        draft.title = plain_title(found.pop("title", first))
        draft.add("date" if "date" in draft.field_names else "period", date)
        add_fields(draft, title, found, blocks)
        for block in blocks:
            draft.add_text(self._clean("\n".join(line for line in block.split("\n") if not add_labelled(draft, line))))
        heading = draft.heading()
        heading.children = children
        is_break = draft.kind == "position" and not found and self.i18n.section_kind(draft.title) == "other"
        if kind not in PARTS or is_break:
            heading.fields = [("kind", "break" if is_break else draft.kind), *heading.fields]
        return heading

    def _undated(self, part: _Part, kind: str, children: list[myst.Heading]) -> myst.Heading:
        """Return a heading without a date; one above entries of work is the employer."""
        title = plain_title(part.title)
        is_employer = kind in {"position", "volunteering"} and any(child.fields for child in children)
        fields = [("organization", myst.clean_line(title))] if is_employer else []
        return myst.Heading(title, fields, self._clean(part.text), children)

    def _labelled_entry(self, part: _Part, kind: str) -> myst.Heading:
        """Return the entry of a row of a table whose head has labels of fields."""
        fields, draft = part.fields, Draft(kind, "", Source({}, "", self.unread, self.i18n))
        order = ("title", {"position": "role", "education": "degree"}.get(kind, ""), "area", *fields)
        draft.title = plain_title(fields.pop(next(name for name in order if fields.get(name))))
        for name, value in fields.items():
            others = next((group for group in _EQUIVALENT if name in group), ())
            add_field(draft, next((other for other in others if other in draft.field_names), name), value)
        # The last row has the text below the table.
        draft.add_text(self._clean(part.text))
        return draft.heading()

    def _blocks(self, text: str) -> list[str]:
        """Return the blocks of a text as they are written, without thematic breaks."""
        lines = text.split("\n")
        tokens = self.parser.parse(text, {"references": dict(self.references)})
        spans = [token.map for token in tokens if not token.level and token.map and token.type != "hr"]
        return ["\n".join(lines[start:end]).strip("\n") for start, end in spans]

    def _date(self, line: str) -> tuple[str, str]:
        return find_date(line, self.i18n)

    def _tables_to_lists(self, text: str) -> str:
        """Return a text in which tables of labels and values are lists."""
        return "\n\n".join(map(_labelled_lines, self._blocks(text)))

    def _clean(self, text: str) -> str:
        # A break at the end of a paragraph would be a backslash.
        return myst.clean_blocks(re.sub(r"(?<!\\)\\$", "", text), self.references)


def _add_front_matter(person: Draft) -> None:
    """Add the person's fields in the front matter; leave out settings, and a title with nothing but the name."""
    source = person.source
    for name, aliases in front_matter.ALIASES["person"].items():
        for value in source.texts(name, *aliases.removesuffix(" title").split()):
            person.add(name, value, value if name == "website" else "")
    for key in front_matter.SETTINGS:
        source.take(key)
    title = str(source.peek("title"))
    titles = ["title"] if not _without_cv_title(title) or person.title in title else []
    source.leave_out("settings of a document", *titles, "lang", "date")


def _parts(tokens: Sequence[Token], lines: list[str]) -> Iterator[_Part]:
    """Yield the text above the first heading, as a part without a title, and each heading with the text below it."""
    heads = [
        (head.map or [0, 0], int(head.tag[1]), words.content)
        for head, words in pairwise(tokens)
        if head.type == "heading_open" and not head.level
    ]
    starts = [*(start for (start, _), _, _ in heads), len(lines)]
    yield _Part(0, "", "\n".join(lines[: starts[0]]))
    for ((_, below), level, title), end in zip(heads, starts[1:], strict=True):
        yield _Part(level, " ".join(title.split()), "\n".join(lines[below:end]))


def _tree(parts: Iterable[_Part]) -> list[_Part]:
    """Return the sections, each with the headings below it."""
    path = [_Part(0, "")]
    for part in parts:
        while path[-1].level >= part.level:
            path.pop()
        path[-1].children.append(part)
        path.append(part)
    return path[0].children


def _without_cv_title(line: str) -> str:
    """Return the words of a line without "Curriculum vitae of" and the like at their beginning."""
    return vocabulary.TITLE.sub("", plain(line))


def _has_contact(line: str) -> bool:
    return any(map(contact_of, split(without_marker(line), keep={":"})))


def _is_headline(line: str, words: str) -> bool:
    """Return whether a line may be a headline: it is short, and no sentence, date, link or markup of a block."""
    is_markup = re.match(r"[-+*>|#`!]\s", line) or LINK.search(line)
    return len(words) < 80 and not (is_markup or re.search(r"[.!?:]$|\d{4}", words))


def _rows(block: str) -> list[list[list[str]]]:
    """Return the rows of a table, each cell as a list of its lines; none for other text."""
    lines = block.split("\n")
    if len(lines) < 2 or not re.fullmatch(r"\s*\|(\s*:?-+:?\s*\|)+\s*", lines[1]):
        return []
    # The head may be empty.
    lines = [line for line in [lines[0], *lines[2:]] if line.strip("| ")]
    rows = [re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|")) for line in lines]
    return [[[line for line in map(str.strip, cell.split(LINE_IN_CELL)) if line] for cell in row] for row in rows]


def _labelled_rows(block: str, i18n: I18n) -> list[dict[str, str]]:
    """Return the fields of each row of a table whose head has labels of fields; none for other text."""
    head, *rows = [[" ".join(cell) for cell in row] for row in _rows(block)] or [[]]
    if not rows or not all(map(_COLUMN_LABEL.fullmatch, head)) or any(len(row) != len(head) for row in rows):
        return []
    names = [*map(field_of, head)]
    dated = [column for column in range(len(head)) if all(as_date(row[column], i18n) for row in rows)]
    if "period" not in names:
        # The only column of dates needs no known label.
        names = ["period" if [column] == dated and not name else name for column, name in enumerate(names)]
    is_known = all(names) and len({*names}) == len(names) and "period" in names and names.index("period") in dated
    return [dict(zip(names, row, strict=True)) for row in rows] if is_known else []


def _dated_rows(block: str, i18n: I18n) -> list[tuple[str, str, list[str], str]]:
    """Return date, title, its parts and text of each row of a table with dates at one side; none for other text."""
    rows = _rows(block)
    for side in (0, -1):
        dates = [as_date(" ".join(row[side]), i18n) for row in rows]
        if all(dates) and all(len(row) > 1 for row in rows):
            others = (row[1:] if side == 0 else row[:-1] for row in rows)
            return [(date, *_entry_in_cells([*chain(*cells)])) for date, cells in zip(dates, others, strict=True)]
    return []


def _labelled_lines(block: str) -> str:
    """Return a table whose first column has labels as a list of these; other text as it is."""
    rows = _rows(block)
    if not rows or not all(len(row) == 2 and len(" ".join(row[0])) < 40 for row in rows):
        return block
    if is_any_label(plain(" ".join(rows[0][1]))):
        # The first row has two labels: it is the head of a table of another form.
        return block
    labels = [plain(" ".join(label)).rstrip(" :\uff1a") for label, _ in rows]
    values = [", ".join(line.strip(" ,") for line in lines) for _, lines in rows]
    return "\n".join(
        f"- **{label}:** {value}" if label and value else f"- {label or value}"
        for label, value in zip(labels, values, strict=True)
        if label or value
    )


def _entry_in_cells(lines: list[str]) -> tuple[str, list[str], str]:
    """Return the title, its parts and the text of an entry in the lines of a row; the second may be the workplace."""
    first, second, *rest = lines + [""] * 4
    may_be_name = second and len(second) < 80 and not re.match(r"[-*•]\s", second) and not second.endswith(".")
    if may_be_name and (len(split(first)) < 2 or vocabulary.EMPLOYER.search(second)):
        names = [first, *(split(second) if len(split(second)) < 3 else [second])]
        if len(names) == 2 and rest[0] and not rest[1] and re.fullmatch(r"[^\d.:]{1,30}", rest[0]):
            names.append(rest.pop(0))
    else:
        names, rest = [], [second, *rest]
    text = [re.sub(r"^[-*•]\s+", "", line) for line in rest if line]
    return first, names, "\n".join(f"- {line}" for line in text) if text[1:] else "".join(text)
