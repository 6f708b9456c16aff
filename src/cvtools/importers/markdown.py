"""Read a CV in Markdown or HTML that was written for anything else: dates, places and people become fields.

Whatever is not recognised stays as it is, without anything that would be live in a page.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations, pairwise, takewhile
from typing import Any, NamedTuple

from cvtools import limits
from cvtools.i18n import I18n
from cvtools.importers.drafts import Draft, Source, address, kind_of, language_of, page, plural
from cvtools.model import kinds, values
from cvtools.model.dates import Period
from cvtools.model.values import Linked
from cvtools.reading import front_matter
from cvtools.writing import markdown
from cvtools.writing.html_to_markdown import from_html
from cvtools.writing.markdown import Heading

#: Separators in a heading or a line (``mark``), and brackets and code, which are not separated.
_PARTED = re.compile(
    r"!?\[[^\[\]]*\]\([^()]*\)|\([^()]*\)|\[[^\[\]]*\]|`[^`]*`|<[^<>]*>"
    r"|(?P<mark>\s*(?:\\\|)\s*|\s*[|·•‖]\s*|\s+[-–—@/]\s+|\s+at\s+|\s*—\s*|,\s+|:\s+|\t+|\s{2,})"
)
_EMPHASIS = re.compile(r"\*+|(?<!\w)_+|_+(?!\w)")
_LINK = re.compile(r"\[([^\[\]]*)\]\(\s*<?([^()\s<>]+)>?\s*\)|<([^<>\s]+)>|(https?://[^\s<>()]+)")
_MAIL = re.compile(r"(?:mailto:)?([^\s@<>()\[\]]+@[\w-]+(?:\.[\w-]+)+)")
_LABEL = re.compile(r"\W*(?:\*\*|__)?([^\W\d][\w /-]{1,20}?)(?:\*\*|__)?\s*:(?:\*\*|__)?\s*(?=\S)")
_NAME = re.compile(r"(?i)\W*name\W*:")
#: Words of a title besides the name.
_ABOUT = re.compile(r"(?i)^\W*(curriculum vitae|r[eé]sum[eé]|cv|lebenslauf|name)\b(\s+(of|von))?\W*")
#: Words of a role, of a school and of a degree, which distinguish the parts of a heading.
_ROLE = re.compile(
    r"\b(engineer|developer|programmer|manager|director|architect|consultant|analyst|designer|intern|lead|leader|head|"
    r"chief|officer|c[etf]o|assistant|researcher|scientist|teacher|lecturer|professor|founder|co-?founder|specialist|"
    r"administrator|student|fellow|nurse|editor|writer|technician|coordinator|associate|trainee|tutor|freelancer?|"
    r"entwickler(in)?|ingenieur(in)?|leiter(in)?)\b",
    re.IGNORECASE,
)
_SCHOOL = re.compile(
    r"universi|college|school|institut|academ|akadem|hochschule|polite[ck]|école|escuela|faculty|uniwersytet|"
    r"\bMIT\b|\bETH\b|schule",
    re.IGNORECASE,
)
_DEGREE = re.compile(
    r"\b([bm]\.?\s?(sc|a|eng|ed|ba)|ph\.?\s?d|bachelors?|masters?|mba|diplom[a-z]*|degree|doctora[lt]e?|licen[cs]|magister|"
    r"abitur|inżynier|msci|llb|llm|a-levels?|certificate)\b",
    re.IGNORECASE,
)
_ABBREVIATED = re.compile(r"(inc|ltd|llc|gmbh|jr|sr|ph\.?d|md|s\.a|sp\. z)\b\.?", re.IGNORECASE)
#: Fields of a person, and of entries, by the labels that other programs give them.
_PERSON = {
    "email": "email e-mail mail",
    "phone": "phone tel telephone mobile cell telefon",
    "location": "location address based city lives residence wohnort adresse",
    "website": "website web homepage site blog portfolio url",
}
_LABELS = {
    "technologies": "technologies technology stack tech tech-stack tools technologien keywords",
    "location": "location place ort",
    "score": "gpa grade",
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


def read(text: str, unread: list[str]) -> Heading:
    """Return the CV as a tree of headings.

    :param unread: receives a line on each key of front matter for which there is no field
    :raises ValueError: it has no words
    """
    data, text = front_matter.take(markdown.without_bullets(text))
    # Parts of a line that styles move to its ends.
    text = re.sub(r"</span>\s*<span\b[^<>]*>", " | ", text)
    return read_plain(from_html(text), Source(data, "front matter", unread))


def read_plain(text: str, front_matter: Source) -> Heading:
    """Return the CV of Markdown without HTML and front matter, of which the values are given.

    :raises ValueError: it has no words, or too many
    """
    if len(text) > limits.IMPORT_MARKDOWN:
        raise ValueError(f"it has more than {limits.IMPORT_MARKDOWN // 1_000_000} million characters")
    return _Reader(text, front_matter.unread).read(front_matter)


class _Reader:
    """Reader of a file."""

    def __init__(self, text: str, unread: list[str]) -> None:
        self.unread = unread
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
            if re.search(r"(?i)\b(contacts?|kontakte?|контакты?|contacto|联系)", part.title):
                person.texts, before = [], person.texts
                self._contacts(person, part.text)
                part.text, person.texts = "\n\n".join(person.texts), before
                part.title = part.title if part.text else ""
        sections = self._tree(part for part in self.parts if part.title)
        if not (person.texts or person.fields or sections):
            raise ValueError("it has no words below a name")
        return page(person, [self._section(part) for part in sections])

    def _person(self, source: Source) -> Draft:
        """Return the person, named by front matter, by the first heading, or by the first line."""
        name = source.text("name", "author")
        title = self._take_title() or ("" if name else source.text("title"))
        if not (name or _ABOUT.sub("", _plain(title))):
            lines = [line for line in self.top.text.split("\n") if line.strip()]
            line = next((line for line in lines if _NAME.match(line)), lines[0] if lines and not title else "")
            self.top.text = self.top.text.replace(line, "", 1)
            name = _plain(_NAME.sub("", line)).lstrip("#>- ")
        said, *rest = re.split(r"\s+[-–—|]\s+", _ABOUT.sub("", _plain(title)).lstrip("#>- "), maxsplit=1)
        person = Draft("person", name or said or "CV", source)
        if said.casefold() == person.title.casefold():
            said = "".join(rest)
        person.add("headline", said or ("" if person.title in title else _plain(title)))
        return person

    def _take_title(self) -> str:
        """Take the first heading off the parts if it is a title, with headings of contacts below it, and return it."""
        if not self.parts:
            return ""
        first, *others = self.parts
        is_title = not self.top.text.strip() or first.level < min((part.level for part in others), default=7)
        if not is_title or self.i18n.section_kind(_plain(first.title)):
            return ""
        contacts = [*takewhile(lambda part: any(map(_contact, _split(part.title, ":"))), others)]
        self.parts = others[len(contacts) :]
        texts = [first.text, *(text for part in contacts for text in (part.title, part.text))]
        self.top.text = "\n\n".join([self.top.text, *texts])
        return first.title

    def _contacts(self, person: Draft, text: str) -> None:
        """Add the contacts, the headline and the text below a name to a person."""
        for number, block in enumerate(self._blocks(text)):
            lines = block.split("\n")
            is_code = re.match(r"[`~]{3}| {4}", block)
            parts = [part for line in lines for part in _split(_unlisted(line), ":")]
            if not is_code and any(map(_contact, parts)):
                lines = [line for line in lines if not self._take_contacts(person, _unlisted(line))]
            words = _plain(lines[0]) if lines else ""
            is_short = len(lines) == 1 and len(words) < 80 and not re.search(r"[.!?:]$", words)
            if number < 2 and is_short and "headline" not in person.fields and not re.match(r"[-+*>|#`!]\s", lines[0]):
                person.add("headline", words)
                lines = []
            person.say(self._clean("\n".join(lines)))

    def _take_contacts(self, person: Draft, line: str) -> bool:
        """Add the contacts of a line to a person; return False for a line that has something else."""
        label = _LABEL.match(line)
        is_place = label and label[1].lower().split()[0] in _PERSON["location"].split()
        parts = [part for part in _split(line, ":", "," if is_place else ":") if _plain(part) != person.title]
        found = [_contact(part) for part in parts]
        unknown = [_plain(part) for part, contact in zip(parts, found, strict=True) if not contact]
        place = ", ".join(unknown)
        is_told = any(found) or (len(unknown) > 1 and len(place) < 40 and not re.search(r"[\d:]", place))
        if not parts or (place and (not is_told or len(place) > 60 or "location" in person.fields or len(unknown) > 3)):
            return False
        for contact in filter(None, found):
            name, value, url = contact.name, contact.value, contact.url
            if contact.network:
                person.add_profile(contact.network, value or values.user_of(url), url)
            elif name == "website":
                person.add_website(url, value, value)
            else:
                person.add(name, value, url)
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

    def _section(self, part: _Part) -> Heading:
        kind = kind_of(_plain(part.title), self.i18n)
        if not part.children and kind in _PARTS:
            part.text, part.children = self._bold_headings(part)
        heading = Heading(_plain_title(part.title), [], self._clean(part.text))
        heading.children = [self._entry(child, kind) for child in part.children]
        if kind in _PARTS and kind not in {"position", "education"} and not all(one.fields for one in heading.children):
            heading.fields = [("kind", plural(kind))]
        return heading

    def _bold_headings(self, part: _Part) -> tuple[str, list[_Part]]:
        """Return the text of a section above its first entry, and the entries that begin with bold words and a date."""
        text, children = [], []
        for block in self._blocks(part.text):
            first, _, rest = block.partition("\n")
            is_bold = re.match(r"(\*\*|__)\S", first)
            if is_bold and any(self._date(line)[0] for line in (first, rest.partition("\n")[0])):
                children.append(_Part(part.level + 1, first.rstrip("\\ "), rest))
            elif children:
                children[-1].text += f"\n\n{block}"
            else:
                text.append(block)
        return "\n\n".join(text), children

    def _entry(self, part: _Part, kind: str) -> Heading:
        """Return a heading below a section, as an entry if it has a date."""
        date, title = self._date(part.title)
        draft = Draft(
            kind if kind in _PARTS else "position", "", Source({}, _plain(part.title), self.unread), self.i18n
        )
        names = list(_PARTS[draft.kind])
        first, *others = self._names(title, draft.kind)
        found = dict(zip(names, others, strict=False)) if len(others) <= len(names) else {}
        blocks = self._blocks(part.text)
        if blocks:
            date, blocks[0] = self._first_lines(blocks[0], date, names, found)
        children = [self._entry(child, kind) for child in part.children]
        draft.title = _plain_title(first if found or not others else title)
        if not date:
            is_employer = kind in {"position", "volunteering"} and any(child.fields for child in children)
            title = _plain_title(part.title)
            fields = [("organization", markdown.inline(title))] if is_employer else []
            return Heading(title, fields, self._clean(part.text), children)
        host = found.get(names[0], "") if names else ""
        if draft.kind == "position" and _ROLE.search(host) and not _ROLE.search(draft.title):
            draft.title, found[names[0]] = _plain_title(host), draft.title
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
            missing = [name for name in names if name not in found]
            more = _split(rest.rstrip("\\"), ",")
            if len(more) == 1 < len(missing):
                more = _split(more[0])
            is_told = when or (is_dated and re.match(r"[*_]+\S", line) and not line.rstrip("*_\\ ").endswith("."))
            if is_told and len(more) <= len(missing) and all(len(part) < 80 for part in more):
                date = date or when
                found |= dict(zip(missing, more, strict=False))
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
            if joined and _ABBREVIATED.match(part):
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
        for match in re.finditer(r"\(([^()]*)\)|(?<!!)\[([^\[\]]*)\](?!\()", text):
            if date := self._as_date(match[1] or match[2] or ""):
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
            if (date := self._as_date(text[:start])) and (" " in date.strip() or not _is_dash(text[start:end])):
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
            Period.parse(text, self.i18n.date_words)
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


def _is_dash(mark: str) -> bool:
    return mark.strip() in {"-", "–", "—"}


def _plain(text: str) -> str:
    """Return the words of a line of Markdown: no emphasis, and the text of links."""
    return " ".join(_EMPHASIS.sub("", _LINK.sub(lambda link: link[1] or link[3] or link[4], text)).split())


def _plain_title(text: str) -> str:
    """Return a line of Markdown without emphasis and the rule of a heading around it; links stay."""
    words = re.sub(rf"(?P<link>{_LINK.pattern})|{_EMPHASIS.pattern}", lambda found: found["link"] or "", text)
    return " ".join(words.split()).strip(" ,|·:")


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


def _contact(part: str) -> _Contact | None:
    """Return the contact that a part of a line is; None if it is none, or says more."""
    label = _LABEL.match(part)
    word = label[1].lower() if label else ""
    name = next((name for name, words in _PERSON.items() if word and word.split()[0] in words.split()), "")
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
        return _Contact(name, words)
    with suppress(ValueError):
        values.phones(Linked(words))
        return _Contact("phone", words)
    return _Contact("profile", words, network=word) if word in values.NETWORKS else None


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
