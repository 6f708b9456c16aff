"""Read a CV in Markdown or HTML that was written for anything else: dates, places and people become fields.

Whatever is not recognised stays as it is, without anything that would be live in a page.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, combinations, pairwise, takewhile
from typing import Any, NamedTuple

from cvtools import limits
from cvtools.i18n import I18n, labels_everywhere
from cvtools.importers.drafts import Draft, Source, address, kind_of, language_of, page, plural
from cvtools.model import kinds, values
from cvtools.model.dates import Period
from cvtools.model.values import Linked
from cvtools.reading import front_matter
from cvtools.writing import markdown
from cvtools.writing.html_to_markdown import LINE, from_html
from cvtools.writing.markdown import Heading

#: Separators in a heading or a line (``mark``), and brackets and code, which are not separated.
_PARTED = re.compile(
    r"!?\[[^\[\]]*\]\([^()]*\)|\([^()]*\)|\uff08[^\uff08\uff09]*\uff09|\[[^\[\]]*\]|`[^`]*`|<[^<>]*>"
    r"|(?P<mark>\s*(?:\\\|)\s*|\s*[|·•‖\uff0f]\s*|\s+[-–—@/]\s+|\s+at\s+|\s*—\s*|[,،]\s+|、|:\s+|\uff1a|\t+|\s{2,})"
)
_EMPHASIS = re.compile(r"\*+|(?<!\w)_+|_+(?!\w)")
_LINK = re.compile(r"\[([^\[\]]*)\]\(\s*<?([^()\s<>]+)>?\s*\)|<([^<>\s]+)>|(https?://[^\s<>()]+)")
_MAIL = re.compile(r"(?:mailto:)?([^\s@<>()\[\]:\uff1a]+@[\w-]+(?:\.[\w-]+)+)")
_LABEL = re.compile(r"\W*(?:\*\*|__)?([^\W\d][\w /-]{1,20}?)\.?(?:\*\*|__)?\s*[:\uff1a](?:\*\*|__)?\s*(?=\S)")
_NAME = re.compile(
    r"(?i)\W*(vor- und (nach|zu)name|nom et prénom|nombre y apellidos|imię i nazwisko|full name|nome|naam|name|"
    r"氏名|姓名|이름|成名|الاسم)\W*[:\uff1a]"
)
#: Words of a title besides the name.
_ABOUT = re.compile(
    r"(?i)^\W*(curriculum vitae|curriculum|r[eé]sum[eé]|cv|lebenslauf|życiorys|name|"
    r"職務経歴書|履歴書|个人简历|简历|이력서)\b(\s+(of|von))?\W*|"
    r"^\W*(hi|hello|hey)\b.{0,9}\b(i['’]?m|i am|my name is)\s+"
)
#: Headings of what a CV says of the person.
CONTACTS = re.compile(
    r"(?i)\b(contacts?|kontakte?|kontaktdaten|контакты?|contacto|personal (details|data|info\w*)|personalien|"
    r"(persönliche|zur) (daten|angaben|person)|(données|informations) personnelles|coordonnées|datos personales|"
    r"dati personali|dados pessoais|dane (osobowe|kontaktowe)|persoonlijke gegevens)\b|"
    r"联系|個人情報|連絡先|基本情報|个人信息|基本信息"
)
#: Words of a role, of a school and of a degree, which distinguish the parts of a heading.
_ROLE = re.compile(
    r"\b(engineer|developer|programmer|manager|director|architect|consultant|analyst|designer|intern|lead|leader|head|"
    r"chief|officer|c[etf]o|assistant|researcher|scientist|teacher|lecturer|professor|founder|co-?founder|specialist|"
    r"accountant|auditor|clerk|cashier|driver|chef|cook|waiter|waitress|representative|agent|mechanic|electrician|"
    r"physician|lawyer|attorney|secretary|receptionist|therapist|pharmacist|operator|supervisor|buyer|journalist|"
    r"translator|photographer|instructor|trainer|coach|treasurer|apprentice|"
    r"administrator|student|fellow|nurse|editor|writer|technician|coordinator|associate|trainee|tutor|freelancer?|"
    r"entwickler(in)?|ingenieur(in)?|leiter(in)?)\b",
    re.IGNORECASE,
)
_SCHOOL = re.compile(
    r"universi|college|school|institut|academ|akadem|hochschule|polite[ck]|école|escuela|faculty|uniwersytet|"
    r"\bMIT\b|\bETH\b|schule",
    re.IGNORECASE,
)
_HOST = re.compile(
    rf"{_SCHOOL.pattern}|klinik|krankenhaus|hospital|hôpital|bank|agentur|agency|studio|group|"
    r"\b(gmbh|ag|kg|e\.? ?v|ltd|inc|llc|corp|co|s\.?a|s\.?l|sp\. z|plc|bv|company)\b|株式会社|有限会社|合同会社|公司",
    re.IGNORECASE,
)
_DEGREE = re.compile(
    r"\b([bm]\.?\s?(sc|s|s\.?e|a|eng|ed|ba)|ph\.?\s?d|bachelors?|masters?|mba|diplom[a-z]*|degree|doctora[lt]e?|licen[cs]|magister|"
    r"abitur|inżynier|msci|llb|llm|a-levels?|certificate)\b",
    re.IGNORECASE,
)
#: Words before a date to come.
_EXPECTED = re.compile(
    r"(?i)^(expected|anticipated|graduating|voraussichtlich|prévue?|previsto|przewidywany)\b:?\s*(in\s+)?"
)
#: An organization with a town and a state of the USA.
_TOWN = re.compile(r"(.+?), ([^,]+, [A-Z]{2})")
_ABBREVIATED = re.compile(r"(inc|ltd|llc|gmbh|jr|sr|ph\.?d|md|s\.a|sp\. z)\b\.?", re.IGNORECASE)
#: Fields of a person, and of entries, by the labels that other programs give them.
_PERSON = {
    "email": "email e-mail mail mejl courriel correo メールアドレス 邮箱",
    "phone": "phone tel telephone mobile cell telefon mobil handy mobiltelefon portable móvil celular "
    "komórka 携帯 手机",
    "location": "location address based city lives residence wohnort adresse anschrift adres dirección indirizzo "
    "endereço 住所 現住所 地址",
    "website": "website web homepage site blog portfolio url",
}
_LABELS = {
    "technologies": "technologies technology stack tech tech-stack tools technologien keywords",
    "location": "location place ort",
    "score": "gpa grade note",
    "courses": "courses coursework relevant",
    "organization": "company client employer",
    "role": "role position",
    "page": "url link website",
}
#: Kinds whose headings are read, with the fields of the parts of a heading after the first.
_PARTS: Mapping[str, Sequence[str]] = {
    "position": ("organization", "location"),
    "volunteering": ("organization", "location"),
    "membership": ("organization",),
    "education": ("institution", "location"),
    "teaching": ("institution", "location"),
    "course": ("institution",),
    "certificate": ("issuer",),
    "award": ("issuer",),
    "talk": ("event", "place"),
    "grant": ("funder",),
    "project": (),
    "patent": (),
}


def is_own(text: str) -> bool:
    """Return whether a page has fields of this program below a heading."""
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
    #: Date and names of an entry that is no heading in the file.
    date: str = ""
    names: list[str] = field(default_factory=list)


def read(text: str, unread: list[str]) -> Heading:
    """Return the CV as a tree of headings.

    :param unread: receives a line on each key of front matter for which there is no field
    :raises ValueError: it has no words
    """
    data, text = front_matter.take(markdown.without_bullets(text))
    # Parts of a line that styles move to its ends.
    text = re.sub(r"</span>\s*<span\b[^<>]*>", " | ", text)
    return read_plain(from_html(text), Source(data, "front matter", unread))


def read_plain(text: str, front_matter: Source, *, has_table_heads: bool = True) -> Heading:
    """Return the CV of Markdown without HTML and front matter, of which the values are given.

    :param has_table_heads: whether the first row of a table is its head, as Markdown has it
    :raises ValueError: it has no words, or too many
    """
    if len(text) > limits.IMPORT_MARKDOWN:
        raise ValueError(f"it has more than {limits.IMPORT_MARKDOWN // 1_000_000} million characters")
    return _Reader(text, front_matter.unread, has_table_heads=has_table_heads).read(front_matter)


def read_section(title: str, text: str, i18n: I18n, unread: list[str]) -> Heading:
    """Return a section of Markdown without headings, in which entries may begin with bold words or dates."""
    reader = _Reader(text, unread, has_table_heads=False)
    reader.i18n = i18n
    return reader.section(_Part(2, title, text))


class _Reader:
    """Reader of a file."""

    def __init__(self, text: str, unread: list[str], *, has_table_heads: bool) -> None:
        self.unread, self.has_table_heads = unread, has_table_heads
        self.lines = text.split("\n")
        environment: dict[str, Any] = {}
        self.parser = markdown.parser()
        self.tokens = self.parser.parse(text, environment)
        #: Addresses of links that are defined anywhere in the file.
        self.references = environment.get("references", {})
        self.top, *self.parts = self._parts()
        self.i18n = I18n(language_of(_plain(part.title) for part in self.parts))

    def _parts(self) -> Iterator[_Part]:
        """Yield the text above the first heading, and each heading with the text below it."""
        starts = [
            number for number, token in enumerate(self.tokens) if token.type == "heading_open" and not token.level
        ]
        ends = [self.tokens[number].map or [0, 0] for number in starts]
        bounds = [*(start for start, _ in ends), len(self.lines)]
        yield _Part(0, "", "\n".join(self.lines[: bounds[0]]))
        for number, (_, below), end in zip(starts, ends, bounds[1:], strict=True):
            title = " ".join(self.tokens[number + 1].content.split())
            yield _Part(int(self.tokens[number].tag[1]), title, "\n".join(self.lines[below:end]))

    def read(self, source: Source) -> Heading:
        """Return the CV.

        :param source: the front matter
        """
        person = self._person(source)
        self._contacts(person, self.top.text)
        for name, aliases in front_matter.ALIASES["person"].items():
            for value in source.texts(name, *aliases.removesuffix(" title").split()):
                person.add(name, value, address(value) if name == "website" else "")
        for key in front_matter.SETTINGS:
            source.take(key)
        for part in self.parts:
            if CONTACTS.search(part.title):
                person.texts, before = [], person.texts
                self._contacts(person, part.text)
                part.text, person.texts = "\n\n".join(person.texts), before
                part.title = part.title if part.text else ""
        sections = self._tree(part for part in self.parts if part.title)
        if not (person.texts or person.fields or sections):
            raise ValueError("it has no words below a name")
        return page(person, [self.section(part) for part in sections])

    def _person(self, source: Source) -> Draft:
        """Return the person, named by front matter, by the first heading, or by the first line."""
        name = source.text("name", "author")
        title = self._take_title() or ("" if name else source.text("title"))
        if not (name or _ABOUT.sub("", _plain(title))):
            name = self._take_name(has_title=bool(title))
        said, *rest = re.split(r"\s+[-–—|]\s+", _ABOUT.sub("", _plain(title)).lstrip("#>- "), maxsplit=1)
        person = Draft("person", name or said or "CV", source)
        if said.casefold() == person.title.casefold():
            said = "".join(rest)
        is_said = person.title in title or not _ABOUT.sub("", _plain(title))
        person.add("headline", said or ("" if is_said else _plain(title)))
        return person

    def _take_name(self, *, has_title: bool) -> str:
        """Take a line such as "Name: Ada Example", or the first line, off the text, and return the name."""
        parts = [self.top, *(part for part in self.parts if CONTACTS.search(part.title))]
        for part in parts:
            part.text = "\n\n".join(self._labelled_lines(block) for block in self._blocks(part.text))
        lines = [
            (part, line) for part in parts for line in part.text.split("\n") if _ABOUT.sub("", _plain(_unlisted(line)))
        ]
        firsts = [] if has_title or not self.top.text.strip() else lines[:1]
        for part, line in [*(found for found in lines if _NAME.match(_unlisted(found[1]))), *firsts]:
            part.text = part.text.replace(line, "", 1)
            return _plain(_NAME.sub("", _unlisted(line))).lstrip("#>- ")
        return ""

    def _take_title(self) -> str:
        """Take the first heading off the parts if it is a title, with headings of contacts below it, and return it."""
        if not self.parts:
            return ""
        first, *others = self.parts
        is_title = not self.top.text.strip() or first.level < min((part.level for part in others), default=7)
        if not is_title or self.i18n.section_kind(_plain(first.title)):
            return ""
        contacts = [*takewhile(lambda part: any(map(contact_of, _split(part.title, ":"))), others)]
        self.parts = others[len(contacts) :]
        texts = [first.text, *(text for part in contacts for text in (part.title, part.text))]
        self.top.text = "\n\n".join([self.top.text, *texts])
        return first.title

    def _contacts(self, person: Draft, text: str) -> None:
        """Add the contacts, the headline and the text below a name to a person."""
        for number, block in enumerate(self._blocks(text)):
            lines = self._labelled_lines(block).split("\n")
            is_code = re.match(r"[`~]{3}| {4}", block)
            parts = [part for line in lines for part in _split(_unlisted(line), ":")]
            if not is_code and any(map(contact_of, parts)):
                lines = [line for line in lines if not self._take_contacts(person, _unlisted(line))]
            words = _plain(lines[0]) if lines else ""
            if not number and words and not _ABOUT.sub("", words):
                continue
            is_short = len(lines) == 1 and len(words) < 80 and not re.search(r"[.!?:]$|\b(19|20)\d\d", words)
            if (
                number < 2
                and is_short
                and "headline" not in person.fields
                and not re.match(r"[-+*>|#`!]\s", lines[0])
                and not _LINK.search(lines[0])
            ):
                person.add("headline", words)
                lines = []
            person.say(self._clean("\n".join(lines)))

    def _take_contacts(self, person: Draft, line: str) -> bool:
        """Add the contacts of a line to a person; return False for a line that has something else."""
        label = _LABEL.match(line)
        is_place = label and label[1].lower().split()[0] in _PERSON["location"].split()
        marks = (":", "\uff1a", ",", "،", "、") if is_place else (":", "\uff1a")
        is_phone = label and _is_label("phone", label[1].lower())
        parts = [part for part in ([line] if is_phone else _split(line, *marks)) if _plain(part) != person.title]
        found = [contact_of(part) for part in parts]
        unknown = [_plain(part) for part, contact in zip(parts, found, strict=True) if not contact]
        # The head of a table of contacts has their labels, and the line below it dashes.
        unknown = [part for part in unknown if re.search(r"\w", part) and not _is_any_label(part)]
        has_room = any(found) and "headline" not in person.fields
        role = next(filter(_ROLE.search, unknown), "") if has_room else ""
        unknown = [part for part in unknown if part != role]
        place = ("، " if "،" in line else ", ").join(unknown)
        is_told = any(found) or (len(unknown) > 1 and len(place) < 40 and not re.search(r"[\d:]", place))
        if not parts or (place and (not is_told or len(place) > 60 or "location" in person.fields or len(unknown) > 3)):
            return False
        person.add("headline", role)
        for contact in filter(None, found):
            contact.add_to(person)
        person.add("location", place)
        return True

    def _tree(self, parts: Iterable[_Part]) -> list[_Part]:
        """Return the sections, each with the headings below it."""
        sections: list[_Part] = []
        path: list[_Part] = []
        for part in parts:
            while path and path[-1].level >= part.level:
                path.pop()
            (path[-1].children if path else sections).append(part)
            path.append(part)
        return sections

    def section(self, part: _Part) -> Heading:
        """Return a section with its entries."""
        kind = kind_of(_plain(part.title), self.i18n)
        if not part.children and kind in _PARTS:
            part.text, part.children = self._unmarked_entries(part)
        elif kind in kinds.NAME_LISTS and not self.has_table_heads:
            part.text = "\n\n".join(self._labelled_lines(block) for block in self._blocks(part.text))
        heading = Heading(_plain_title(part.title), [], self._clean(part.text))
        heading.children = [self._entry(child, kind) for child in part.children]
        if kind in _PARTS and kind not in {"position", "education"} and not all(one.fields for one in heading.children):
            heading.fields = [("kind", plural(kind))]
        return heading

    def _unmarked_entries(self, part: _Part) -> tuple[str, list[_Part]]:
        """Return the text of a section above its first entry, and its entries that have no heading.

        They begin with bold words and a date, or with a date and a bar, or are rows of a table with a column of dates.
        """
        text, children = [], []
        for block in self._joined(self._blocks(part.text)):
            first, _, rest = block.partition("\n")
            date, words = self._date(first)
            leads = date and re.match(rf"{re.escape(date)}\s*(\\?\||:|[-–—])\s", _plain(first))
            is_bold = re.match(r"(\*\*|__)\S", first)
            if rows := self._dated_rows(block):
                children += [_row_entry(part.level + 1, date, lines) for date, lines in rows]
            elif leads and len(words) < 100 and words.strip("\\ ") and not re.search(r"\w{5}\.$", words):
                children.append(_Part(part.level + 1, words.rstrip("\\ "), rest, date=date))
            elif is_bold and any(self._date(line)[0] for line in (first, rest.partition("\n")[0])):
                children.append(_Part(part.level + 1, first.rstrip("\\ "), rest))
            elif children:
                children[-1].text += f"\n\n{block}"
            else:
                text.append(block)
        return "\n\n".join(text), children

    def _joined(self, blocks: Iterable[str]) -> list[str]:
        """Return blocks, in which bold words and the line below them that has their date are one."""
        joined: list[str] = []
        for block in blocks:
            before = joined[-1] if joined else ""
            is_head = re.match(r"(\*\*|__)\S", before) and "\n" not in before and not self._date(before)[0]
            if is_head and "\n" not in block and not re.match(r"\*\*|__|[-+>|#]", block) and self._date(block)[0]:
                joined[-1] = f"{before}\n{block}"
            else:
                joined.append(block)
        return joined

    def _dated_rows(self, block: str) -> list[tuple[str, list[str]]]:
        """Return the date and the lines of each row of a table that has dates at one side; empty for other text."""
        rows = _rows(block)
        for side in (0, -1):
            dates = [self._as_date(" ".join(row[side])) for row in rows]
            if all(dates) and all(len(row) > 1 for row in rows):
                others = (row[1:] if side == 0 else row[:-1] for row in rows)
                return [(date, [*chain(*cells)]) for date, cells in zip(dates, others, strict=True)]
        return []

    def _labelled_lines(self, block: str) -> str:
        """Return a table whose first column has labels as a list of these; other text as it is."""
        rows = _rows(block)
        if not rows or not all(len(row) == 2 and len(" ".join(row[0])) < 40 for row in rows):
            return block
        if _is_any_label(_plain(" ".join(rows[0][1]))):
            # The labels are the head of the table.
            return block
        labels = [_plain(" ".join(label)).rstrip(" :\uff1a") for label, _ in rows]
        values = [", ".join(line.strip(" ,") for line in lines) for _, lines in rows]
        return "\n".join(
            f"- **{label}:** {value}" if label and value else f"- {label or value}"
            for label, value in zip(labels, values, strict=True)
            if label or value
        )

    def _entry(self, part: _Part, kind: str) -> Heading:
        """Return a heading below a section, as an entry if it has a date."""
        date, title = (part.date, part.title) if part.date else self._date(part.title)
        draft = Draft(
            kind if kind in _PARTS else "position", "", Source({}, _plain(part.title), self.unread), self.i18n
        )
        names = list(_PARTS[draft.kind])
        first, *others = part.names or self._names(title, draft.kind)
        found = dict(zip(names, others, strict=False)) if len(others) <= len(names) else {}
        blocks = self._blocks(part.text)
        if blocks:
            date, blocks[0] = self._first_lines(blocks[0], date, names, found)
        children = [self._entry(child, kind) for child in part.children]
        draft.title = _plain_title(found.pop("title", first if found or not others else title))
        if not date:
            is_employer = kind in {"position", "volunteering"} and any(child.fields for child in children)
            title = _plain_title(part.title)
            fields = [("organization", markdown.inline(title))] if is_employer else []
            return Heading(title, fields, self._clean(part.text), children)
        if draft.kind == "project":
            _add_project_parts(draft, title)
        host = found.get(names[0], "") if names else ""
        if "location" in names and "location" not in found and (town := _TOWN.fullmatch(_EMPHASIS.sub("", host))):
            found[names[0]], found["location"] = town.groups()
        if draft.kind == "position":
            draft.title, found = _role_first(draft.title, found, blocks)
        draft.add("date" if "date" in draft.names else "period", date)
        for name, value in found.items():
            _add(draft, name, value)
        for block in blocks:
            draft.say(self._clean("\n".join(line for line in block.split("\n") if not _labelled(draft, line))))
        heading = draft.heading()
        heading.children = children
        if kind not in _PARTS:
            heading.fields = [("kind", draft.kind), *heading.fields]
        return heading

    def _first_lines(self, block: str, date: str, names: Sequence[str], found: dict[str, str]) -> tuple[str, str]:
        """Read the lines below a heading, and return the date, and the lines that are no fields.

        :param date: the date in the heading; empty if it has none
        :param names: fields that the lines may have
        :param found: receives the values of these fields
        """
        lines = block.split("\n")
        if len(lines) > 3 or re.match(r"([-+*>|#`]|\d+[.)])\s", lines[0]):
            return date, block
        kept = []
        is_dated = bool(date) or any(self._date(_unlisted(line))[0] for line in lines)
        for line in lines:
            when, rest = self._date(line) if not date else ("", line)
            if _LABEL.match(rest):
                date = date or when
                kept.append(rest)
                continue
            missing = [name for name in names if name not in found]
            more = _split(rest.rstrip("\\"), ",")
            if len(more) == 1 < len(missing):
                more = _split(more[0])
            is_host = re.match(r"[*_]+\S", line) or " | " in line
            is_told = when or (is_dated and is_host and not line.rstrip("*_\\ ").endswith("."))
            if is_told and len(more) <= len(missing) and all(len(part) < 80 for part in more):
                date = date or when
                found |= dict(zip(missing, more, strict=False))
            elif when:
                # A school is the title until its degree is found.
                date = when
                if "institution" in names and _DEGREE.search(rest):
                    found["title"] = rest
                else:
                    kept.append(rest)
            else:
                kept.append(line)
        return date, "\n".join(kept)

    def _names(self, title: str, kind: str) -> list[str]:
        """Return the parts of a heading without its date; the first is the title of the entry."""
        parts = _split(title, ",")
        if len(parts) == 1 and kind not in {"project", "patent"}:
            parts = _split(title)
        joined: list[str] = []
        for part in parts or [title]:
            if joined and (_ABBREVIATED.match(part) or re.match(r"\d", part)):
                joined[-1] += f", {part}"
            else:
                joined.append(part)
        tells = {"position": _ROLE, "education": _DEGREE}.get(kind)
        if tells and len(joined) > 1 and tells.search(_plain(joined[1])) and not tells.search(_plain(joined[0])):
            joined[:2] = joined[1::-1]
        elif kind == "education" and _SCHOOL.search(_plain(joined[0])) and not _SCHOOL.search(_plain(joined[-1])):
            # A school alone is the title, and the part behind it is its place.
            joined.insert(0, joined[0])
        return joined

    def _date(self, text: str) -> tuple[str, str]:
        """Return the date or period at an end of a line or in parentheses, and the rest of the line."""
        text = text.strip().rstrip("\\")
        if not re.search(r"(?<!\d)(19|20)\d\d(?!\d)", text) or len(text) > 300:
            return "", text
        for match in re.finditer(r"\(([^()]*)\)|\uff08([^\uff08\uff09]*)\uff09|(?<!!)\[([^\[\]]*)\](?!\()", text):
            if date := self._as_date(match[1] or match[2] or match[3] or ""):
                return date, f"{text[: match.start()].rstrip()} {text[match.end() :].lstrip()}".strip(" ,|·–—-")
        marks = [match.span("mark") for match in _PARTED.finditer(text) if match["mark"]][:12]
        spaces = [match.span() for match in re.finditer(r"\s+", text)][-12:]
        for start, end in sorted({(0, 0), *marks, *spaces}):
            date = self._as_date(text[end:])
            # A single year after a space may be part of a name, and a date after a dash the end of a period.
            is_apart = (start, end) in {(0, 0), *marks} or not date.isdigit()
            if (
                date
                and is_apart
                and not re.search(r"\d\s*$|[-–—]\s*$", text[:start] if text[start:end].strip() else "")
            ):
                return date, text[:start]
        for start, end in reversed(marks):
            date = self._as_date(text[:start])
            is_whole = " " in date.strip() or len(re.findall("(?:19|20)[0-9]{2}", date)) > 1
            if date and (is_whole or not _is_dash(text[start:end])):
                return date, text[end:]
        for (begin, end), (start, after) in combinations(marks, 2):
            is_part = _is_dash(text[begin:end]) or _is_dash(text[start:after])
            if not is_part and (date := self._as_date(text[end:start])):
                return date, f"{text[:end]}{text[after:]}"
        return "", text

    def _as_date(self, text: str) -> str:
        """Return a text that is a period or a date, without emphasis; empty for others."""
        text = _plain(text).strip(" ,.()[]")
        with suppress(ValueError):
            Period.parse(_EXPECTED.sub("", text), self.i18n.date_words)
            return text
        return ""

    def _blocks(self, text: str) -> list[str]:
        """Return the blocks of a text as they are written, without rules between them."""
        lines = text.split("\n")
        tokens = self.parser.parse(text, {"references": dict(self.references)})
        spans = [token.map for token in tokens if not token.level and token.map and token.type != "hr"]
        return ["\n".join(lines[start:end]).strip("\n") for start, end in spans]

    def _clean(self, text: str) -> str:
        return markdown.blocks(text, self.references)


def _split(text: str, *marks: str) -> list[str]:
    """Return the parts of a line that have words; brackets are not parted.

    :param marks: separators to ignore
    """
    spans = [
        match.span("mark") for match in _PARTED.finditer(text) if match["mark"] and match["mark"].strip() not in marks
    ]
    parts = (text[end:start].strip() for (_, end), (start, _) in pairwise([(0, 0), *spans, (len(text), 0)]))
    return [part for part in parts if _plain(part)]


def _rows(block: str) -> list[list[list[str]]]:
    """Return the rows of a table: the lines of each cell; empty for other text."""
    lines = block.split("\n")
    if len(lines) < 2 or not re.fullmatch(r"\s*\|(\s*:?-+:?\s*\|)+\s*", lines[1]):
        return []
    # The head may be empty.
    lines = [line for line in [lines[0], *lines[2:]] if line.strip("| ")]
    rows = [re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|")) for line in lines]
    return [[[line for line in map(str.strip, cell.split(LINE)) if line] for cell in row] for row in rows]


def _row_entry(level: int, date: str, lines: Sequence[str]) -> _Part:
    """Return the entry of a row of a table: its first line is the title, and the second one may be the workplace."""
    first, second, *rest = [*lines, "", ""]
    is_place = second and len(second) < 80 and not re.match(r"[-*•]\s", second) and not second.endswith(".")
    if not is_place or (len(_split(first)) > 1 and not _HOST.search(second)):
        names, rest = [], [second, *rest]
    else:
        names = [first, *(_split(second) if len(_split(second)) < 3 else [second])]
    text = [re.sub(r"^[-*•]\s+", "", line) for line in rest if line]
    return _Part(level, first, "\n".join(f"- {line}" for line in text) if text[1:] else "".join(text), [], date, names)


def _is_dash(mark: str) -> bool:
    return mark.strip() in {"-", "–", "—"}


def _plain(text: str) -> str:
    """Return the words of a line of Markdown: no emphasis, and the text of links."""
    return " ".join(_EMPHASIS.sub("", _LINK.sub(lambda link: link[1] or link[3] or link[4], text)).split())


def _plain_title(text: str) -> str:
    """Return a line of Markdown without emphasis and the rule of a heading around it; links stay."""
    words = re.sub(rf"(?P<link>{_LINK.pattern})|{_EMPHASIS.pattern}", lambda found: found["link"] or "", text)
    return " ".join(words.split()).strip(" ,|·:–—")


def _unlisted(line: str) -> str:
    """Return a line without the mark of a list, a quotation or a heading."""
    return re.sub(r"^\s*(?:[-+*>]|\d+[.)]|#+|\|)\s+", "", line).rstrip("\\| ")


def _labelled(draft: Draft, line: str) -> bool:
    """Add the field of a line such as "Technologies: Python, Go"; return False if the line is none."""
    if not (label := _LABEL.match(_unlisted(line))):
        return False
    word, value = label[1].lower().split()[0], _unlisted(line)[label.end() :]
    name = next((name for name, words in _LABELS.items() if word in words.split() and name in draft.names), "")
    if not name or name in draft.fields or not draft.accepts(name, Linked(_plain(value))):
        return False
    _add(draft, name, value)
    return True


def _role_first(title: str, found: Mapping[str, str], blocks: list[str]) -> tuple[str, dict[str, str]]:
    """Return the role and the fields of a position whose heading may begin with its employer.

    :param blocks: the text; a role is taken off its first line if the heading is an employer alone
    """
    told = [title, *found.values()]
    if not found and _HOST.search(title) and not _ROLE.search(title):
        line, _, rest = blocks[0].partition("\n") if blocks else ("", "", "")
        if (
            line
            and len(line) < 60
            and not re.match(r"([-+*>|#`]|\d+[.)])\s", line)
            and not re.search(r"[.。!?:]$", line)
        ):
            blocks[0] = rest
            role, *places = _split(line.rstrip("\\ "))
            return _plain_title(role), dict(zip(_PARTS["position"], [title, ", ".join(places)], strict=True))
        return title, {"organization": title}
    role = next(filter(_ROLE.search, told), title)
    told.remove(role)
    return _plain_title(role), dict(zip(_PARTS["position"], told, strict=False))


def _add_project_parts(draft: Draft, title: str) -> None:
    """Give a project its title, and the technologies and the link that bars separate from it."""
    draft.title, *others = map(_plain_title, re.split(r"\s*\\?\|\s*", title))
    for other in others:
        _add(draft, "page" if _LINK.fullmatch(other) else "technologies", other)


def _add(draft: Draft, name: str, value: str) -> None:
    """Add a field from a line of Markdown, of which a link stays if it is all of it."""
    value = _EMPHASIS.sub("", value).strip(" ,") if not _LINK.search(value) else value.strip(" ,*_")
    link = _LINK.fullmatch(value)
    draft.add(name, (link[1] or "") if link else value, address(link[2] or link[3] or link[4]) if link else "")


class _Contact(NamedTuple):
    """A contact of a person, from a part of a line."""

    #: The field.
    name: str
    value: str
    url: str = ""
    #: The network of a profile, whose value is the user's name; empty for others.
    network: str = ""

    def add_to(self, person: Draft) -> None:
        """Add the contact to a person."""
        if self.network:
            person.add_profile(self.network, self.value or values.user_of(self.url), self.url)
        elif self.name == "website":
            person.add_website(self.url, self.value, self.value)
        else:
            person.add(self.name, self.value, self.url)


def contact_of(part: str) -> _Contact | None:
    """Return the contact that a part of a line is; None if it is none, or says more."""
    label = _LABEL.match(part)
    word = label[1].lower() if label else ""
    name = next((name for name in _PERSON if word and _is_label(name, word)), "")
    rest = part[label.end() :] if label and (name or word in values.NETWORKS) else part
    if (mail := _MAIL.search(rest)) and not re.search(r"\w", _MAIL.sub("", _LINK.sub(r"\2\3\4", rest))):
        return _Contact("email", mail[1])
    link = _LINK.search(rest)
    if link and not re.search(r"\w", rest[: link.start()] + rest[link.end() :]):
        return _web_contact(link[1] or "", link[2] or link[3] or link[4])
    words = re.sub(r"^[^\w+(]+|[^\w)]+$", "", _plain(rest))
    if re.fullmatch(r"(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?", words):
        return _web_contact("", words)
    if name in {"location", "email"}:
        return _Contact(name, words if name == "email" else _plain(rest).strip(" ,;"))
    with suppress(ValueError):
        values.phones(Linked(words))
        return _Contact("phone", words)
    return _Contact("profile", words, network=word) if word in values.NETWORKS else None


def _is_label(name: str, word: str) -> bool:
    """Return whether a field of a person is called by a word in any language."""
    return word.split(maxsplit=1)[0] in _PERSON[name].split() or word in labels_everywhere(name)


def _is_any_label(text: str) -> bool:
    return bool(text) and any(_is_label(name, text.lower()) for name in _PERSON)


def _web_contact(text: str, url: str) -> _Contact | None:
    """Return a profile on a well-known network, or a website."""
    if url.startswith("mailto:"):
        return _Contact("email", url.removeprefix("mailto:"))
    if url.startswith("tel:"):
        return _Contact("phone", text)
    if not re.match(r"https?://|[\w-]+(\.[\w-]+)+(/|$)", url):
        return None
    network = re.sub(r"^(https?://)?(www\.|[a-z]{2}\.)?", "", url).split("/")[0].rsplit(".", 1)[0]
    if network.split(".")[-1] in values.NETWORKS:
        return _Contact("profile", "" if text.lower() == network else text, address(url), network)
    return _Contact("website", text, address(url))
