"""Read a CV in Markdown or HTML that was written for anything else: dates, places and people become fields.

Whatever is not recognised stays as it is, without anything that would be live in a page.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from cvtools.i18n import I18n
from cvtools.importers.drafts import Draft, Source, address, field_name, language_of, page, plural
from cvtools.model import kinds, values
from cvtools.model.dates import PartialDate, Period
from cvtools.model.values import Linked
from cvtools.reading import front_matter
from cvtools.writing import markdown
from cvtools.writing.markdown import Heading

#: What parts a heading or a line; what is in brackets or in code is one.
_PARTED = re.compile(
    r"!?\[[^\[\]]*\]\([^()]*\)|\([^()]*\)|\[[^\[\]]*\]|`[^`]*`|<[^<>]*>"
    r"|(?P<mark>\s*(?:\\\|)\s*|\s*[|·•‖]\s*|\s+[-–—@/]\s+|\s+at\s+|\s*—\s*|,\s+|:\s+|\t+|\s{2,})"
)
_EMPHASIS = re.compile(r"\*+|(?<!\w)_+|_+(?!\w)")
_LINK = re.compile(r"\[([^\[\]]*)\]\(\s*<?([^()\s<>]+)>?\s*\)|<([^<>\s]+)>|(https?://[^\s<>()]+)")
_MAIL = re.compile(r"(?:mailto:)?([^\s@<>()\[\]]+@[\w-]+(?:\.[\w-]+)+)")
_LABEL = re.compile(r"\W*(?:\*\*|__)?([^\W\d][\w /-]{1,20}?)(?:\*\*|__)?\s*:(?:\*\*|__)?\s*(?=\S)")
_NAME = re.compile(r"(?i)\W*name\W*:\W*")
#: Words of a role, and of a school; where a heading names both, they tell which is which.
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
_ABBREVIATED = re.compile(r"(inc|ltd|llc|corp|co|gmbh|jr|sr|ph\.?d|md|s\.a|sp\. z)\b\.?", re.IGNORECASE)
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

    :param unread: receives the keys of front matter for which there is no field
    :raises ValueError: it has no words
    """
    data, text = front_matter.take(markdown.without_bullets(text))
    return _Reader(markdown.from_html(text)).read(Source(data, "front matter", unread))


class _Reader:
    """Reader of a file."""

    def __init__(self, text: str) -> None:
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
        starts = [number for number, token in enumerate(self.tokens) if token.type == "heading_open" and not token.level]
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
        sections = self._tree(self.parts)
        if not (person.texts or person.fields or sections):
            raise ValueError("it has no words below a name")
        return page(person, [self._section(part) for part in sections if part.title or part.text])

    def _person(self, source: Source) -> Draft:
        """Return the person, named by front matter, by the first heading, or by the first line."""
        name = source.text("name", "author")
        first = self.parts[0] if self.parts else None
        headline = ""
        if first and not self.top.text.strip() and not self.i18n.section_kind(_plain(first.title)):
            self.parts.pop(0)
            self.top.text = first.text
            said = re.sub(r"(?i)^\W*(curriculum vitae|r[eé]sum[eé]|cv|lebenslauf)\b(\s+(of|von))?\W*", "", first.title)
            title, *rest = re.split(r"\s+[-–—|]\s+", said, maxsplit=1)
            if said and not name:
                name, headline = title, "".join(rest)
            elif _plain(said).casefold() != name.casefold() or not said:
                headline = said or first.title
        name = name or source.text("title")
        if not name:
            lines = [line for line in self.top.text.split("\n") if line.strip()]
            name = next((line for line in lines if _NAME.match(line)), lines[0] if lines else "CV")
            self.top.text = self.top.text.replace(name, "", 1)
        person = Draft("person", _plain(_NAME.sub("", name)).lstrip("#>- "), source)
        person.add("headline", _plain(headline))
        return person

    def _contacts(self, person: Draft, text: str) -> None:
        """Give a person what the lines below the name say."""
        for number, block in enumerate(self._blocks(text)):
            lines = block.split("\n")
            has_contacts = any(_contact(part) for line in lines for part in _split(_unlisted(line)))
            kept = [line for line in lines if not (has_contacts and self._take_contacts(person, _unlisted(line)))]
            words = _plain(kept[0]) if kept else ""
            is_short = len(kept) == 1 and len(words) < 80 and not re.search(r"[.!?:]$", words)
            if number < 2 and is_short and "headline" not in person.fields and not re.match(r"[-+*>|#`!]\s", kept[0]):
                person.add("headline", words)
                kept = []
            person.say(self._clean("\n".join(kept)))

    def _take_contacts(self, person: Draft, line: str) -> bool:
        """Add the contacts of a line to a person; return False for a line that has something else."""
        label = _LABEL.match(line)
        is_place = label and label[1].lower().split()[0] in _PERSON["location"].split()
        parts = [part for part in _split(line, *([", "] if is_place else [])) if _plain(part)]
        found = [_contact(part) for part in parts]
        unknown = [_plain(part) for part, contact in zip(parts, found, strict=True) if not contact]
        place = ", ".join(unknown)
        if place and (not any(found) or len(place) > 60 or "location" in person.fields or len(unknown) > 3):
            return False
        for name, value, url in filter(None, found):
            if name == "profile":
                network, _, user = value.partition(":")
                person.add_profile(network, user or values.user_of(url), url)
            elif name == "website" and name in person.fields:
                person.add(field_name(re.sub(r"^(https?://)?(www\.)?", "", url).split(".")[0]), value, url)
            else:
                person.add(name, value, url)
        person.add("location", place)
        return True

    def _tree(self, parts: Sequence[_Part]) -> list[_Part]:
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
        kind = next(iter(self.i18n.kinds(_plain(part.title))), "")
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
        draft = Draft(kind if kind in _PARTS else "position", "", Source({}))
        names = list(_PARTS[draft.kind])
        first, *others = self._names(title, draft.kind)
        found = dict(zip(names, others, strict=False)) if len(others) <= len(names) else {}
        draft.title = first if found or not others else title
        blocks = self._blocks(part.text)
        if blocks and len(lines := blocks[0].split("\n")) <= 3 and not re.match(r"([-+*>|#`]|\d+[.)])\s", lines[0]):
            kept = []
            for line in lines:
                when, rest = self._date(_unlisted(line)) if not date else ("", line)
                more = [part for part in _split(rest.rstrip("\\")) if _plain(part)]
                missing = [name for name in names if name not in found]
                is_told = when or (date and _is_emphasised(line)) or (_is_emphasised(line) and any(map(self._has_date, lines)))
                if is_told and len(more) <= len(missing) and all(len(one) < 80 for one in more):
                    date = date or when
                    found |= dict(zip(missing, more, strict=False))
                else:
                    kept.append(line)
            blocks[0] = "\n".join(kept)
        if not date:
            children = [self._entry(child, kind) for child in part.children]
            fields = []
            if kind in {"position", "volunteering"} and any(child.fields for child in children):
                fields = [("organization", markdown.inline(_plain_title(part.title)))]
            return Heading(_plain_title(part.title), fields, self._clean(part.text), children)
        host = found.get(names[0], "") if names else ""
        if draft.kind == "position" and _ROLE.search(host) and not _ROLE.search(draft.title):
            draft.title, found[names[0]] = host, draft.title
        draft.title = _plain_title(draft.title)
        draft.add("period" if "period" in draft.names else "date", date)
        for name, value in found.items():
            _add(draft, name, value)
        for block in blocks:
            draft.say(self._clean("\n".join(line for line in block.split("\n") if not _labelled(draft, line))))
        heading = draft.heading()
        heading.children = [self._entry(child, kind) for child in part.children]
        if kind not in _PARTS:
            heading.fields = [("kind", draft.kind), *heading.fields]
        return heading

    def _names(self, title: str, kind: str) -> list[str]:
        """Return the parts of a heading without its date, what the entry is called first."""
        parts = [part for part in _split(title, ", ") if _plain(part)]
        if len(parts) == 1 and kind not in {"project", "patent"}:
            parts = [part for part in _split(title) if _plain(part)]
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
            # What follows a school that is the title is its place.
            joined.insert(0, joined[0])
        return joined

    def _has_date(self, line: str) -> bool:
        return bool(self._date(line)[0])

    def _date(self, text: str) -> tuple[str, str]:
        """Return the date or period at the end or the beginning of a line or in parentheses, and the rest of the line."""
        text = text.strip().rstrip("\\")
        if not re.search(r"(?<!\d)(19|20)\d\d(?!\d)", text) or len(text) > 300:
            return "", text
        for match in re.finditer(r"\(([^()]*)\)|(?<!!)\[([^\[\]]*)\](?!\()", text):
            if date := self._as_date(match[1] or match[2] or ""):
                return date, f"{text[: match.start()].rstrip()} {text[match.end() :].lstrip()}".strip(" ,|·–—-")
        marks = [match.span("mark") for match in _PARTED.finditer(text) if match["mark"]][:20]
        for start, end in [(0, 0), *marks]:
            if date := self._as_date(text[end:]):
                return date, text[:start]
        for start, end in reversed(marks):
            if date := self._as_date(text[:start]):
                return date, text[end:]
        for (_, end), (start, after) in pairwise(marks):
            if date := self._as_date(text[end:start]):
                return date, f"{text[:end]}{text[after:]}"
        return "", text

    def _as_date(self, text: str) -> str:
        """Return a text that is a period or a date, without emphasis; empty for others."""
        text = _plain(text).strip(" ,.()[]")
        with suppress(ValueError):
            Period.parse(text, self.i18n.date_words)
            return text
        with suppress(ValueError):
            PartialDate.parse(text, self.i18n.date_words)
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
    """Return the parts of a line, without those in brackets being parted.

    :param marks: what does not part it
    """
    spans = [match.span("mark") for match in _PARTED.finditer(text) if match["mark"] and match["mark"] not in marks]
    return [text[end:start].strip() for (_, end), (start, _) in pairwise([(0, 0), *spans, (len(text), 0)])]


def _plain(text: str) -> str:
    """Return the words of a line of Markdown: no emphasis, and the text of links."""
    return " ".join(_EMPHASIS.sub("", _LINK.sub(lambda link: link[1] or link[3] or link[4], text)).split())


def _plain_title(text: str) -> str:
    """Return a line of Markdown without emphasis and the rule of a heading around it; links stay."""
    parts = re.split(rf"({_LINK.pattern})", text)
    return " ".join(
        "".join(part or "" for part in (_EMPHASIS.sub("", one) if not number % 6 else one if number % 6 == 1 else "" for number, one in enumerate(parts))).split()
    ).strip(" ,|·:")


def _unlisted(line: str) -> str:
    """Return a line without the mark of a list, a quotation or a heading."""
    return re.sub(r"^\s*(?:[-+*>]|\d+[.)]|#+|\|)\s+", "", line).rstrip("\\| ")


def _is_emphasised(line: str) -> bool:
    return bool(re.fullmatch(r"\s*([*_]{1,3})\S.*\1[ \\]*", line))


def _labelled(draft: Draft, line: str) -> bool:
    """Add the field that a line such as "Technologies: Python, Go" says; return whether it says one."""
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


def _contact(part: str) -> tuple[str, str, str] | None:
    """Return the field, value and address that a part of a line says of a person; None if it says nothing else."""
    label = _LABEL.match(part)
    word = label[1].lower() if label else ""
    name = next((name for name, words in _PERSON.items() if word and word.split()[0] in words.split()), "")
    rest = part[label.end() :] if label and (name or word in values.NETWORKS) else part
    if (mail := _MAIL.search(rest)) and not re.search(r"\w", _MAIL.sub("", _LINK.sub(r"\2\3\4", rest))):
        return "email", mail[1], ""
    link = _LINK.search(rest)
    if link and not re.search(r"\w", rest[: link.start()] + rest[link.end() :]):
        return _web_contact(link[1] or "", link[2] or link[3] or link[4])
    words = re.sub(r"^[^\w+(]+|[^\w)]+$", "", _plain(rest))
    if re.fullmatch(r"(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?", words):
        return _web_contact("", words)
    if name in {"location", "email"}:
        return name, words, ""
    with suppress(ValueError):
        values.phones(Linked(words))
        return "phone", words, ""
    return ("profile", f"{word}:{words}", "") if word in values.NETWORKS else None


def _web_contact(text: str, url: str) -> tuple[str, str, str] | None:
    """Return a profile on a well-known network, or a website."""
    if url.startswith(("mailto:", "tel:")):
        name = "email" if url.startswith("mailto:") else "phone"
        return name, text if name == "phone" else url.removeprefix("mailto:"), ""
    if not re.match(r"https?://|[\w-]+(\.[\w-]+)+(/|$)", url):
        return None
    network = re.sub(r"^(https?://)?(www\.|[a-z]{2}\.)?", "", url).split("/")[0].rsplit(".", 1)[0]
    if network.split(".")[-1] in values.NETWORKS:
        return "profile", f"{network}:{'' if text.lower() == network else text}", address(url)
    return "website", text, address(url)
