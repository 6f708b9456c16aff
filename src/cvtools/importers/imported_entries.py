"""Turn imported objects into headings with fields; values without a field become text below the fields."""

import re
from collections.abc import Iterable, Mapping, Sequence

from cvtools.importers.imported_objects import ImportedObject, label
from cvtools.model import kinds, values
from cvtools.model.entries import PARSERS
from cvtools.terminal import shorten
from cvtools.writing import myst

#: Fields that no import may set, since the build obeys them; a network in the file may have such a name.
_FORBIDDEN = frozenset({*kinds.CONTROLS, "photo"})
#: Groups of fields with one meaning: an organization, a place, a date, or a score, which is a note in LaTeX.
_EQUIVALENT = (
    ("organization", "institution", "issuer", "event", "publisher", "funder", "office"),
    ("location", "place"),
    ("date", "period"),
    ("note", "score"),
)


class ImportedEntry:
    """An entry that an importer makes of an object of the file."""

    def __init__(self, kind: str, title: str, source: ImportedObject) -> None:
        self.kind, self.title, self.source = kind, title, source
        #: Names of the fields that the kind has.
        self.field_names = [*kinds.KINDS.get(kind, ())]
        self.fields: dict[str, list[str]] = {}
        self.texts: list[str] = []
        self.children: list[myst.Heading] = []

    def add(self, name: str, text: str, url: str = "") -> None:
        """Add a field with text or a link; a value that the field cannot hold becomes text, with the field's name.

        :param name: a field of any kind; if the entry's kind lacks it, but has a field of the same meaning, add that
        """
        if name not in self.field_names:
            group = next((group for group in _EQUIVALENT if name in group), ())
            name = next((other for other in group if other in self.field_names), name)
        text, url = " ".join(text.split()), with_scheme(url.strip())
        if not (text or url):
            return
        value = myst.link(text or url, url) if url else myst.clean_line(text)
        if value in self.fields.get(name, ()):
            return
        is_new = name not in self.fields or name in kinds.REPEATABLE
        if is_new and self.accepts(name, values.Linked(text or url, url)):
            self.fields.setdefault(name, []).append(value)
        else:
            self.texts.append(f"- {label(name)}: {value}")
            value_in_file = f"{self.source.path}: {shorten(text, 40)}".lstrip(": ")
            self.source.unread.append(f"{value_in_file} has no field of its own: it is in the text")

    def take_fields(self, names: Mapping[str, Sequence[str]]) -> None:
        """Add the fields of the kind for which the object has values.

        :param names: names of values by field, besides the field's own; a name that ends in "Url" has the link
        """
        for name in self.field_names:
            in_file = (name, *names.get(name, ()))
            if name in self.fields or not (texts := self.source.texts(*in_file)):
                continue
            parse = PARSERS[name]
            url = self.source.text(*(f"{other}Url" for other in reversed(in_file)))
            url = url or (texts[0] if parse is values.url else "")
            self.add(name, values.people(texts) if parse is values.authors else ", ".join(texts), url)

    def accepts(self, name: str, value: values.Linked) -> bool:
        """Return whether a field can hold a value."""
        if name in _FORBIDDEN:
            return False
        if not (parse := kinds.parser(name, self.kind, self.source.i18n.date_words)):
            return self.kind == "person" and kinds.is_profile(name, value)
        try:
            parse(value)
        except ValueError:
            return False
        return True

    def add_profile(self, network: str, user: str, url: str) -> None:
        """Add a person's profile, by its address or by the user's name on one of :data:`values.NETWORKS`."""
        name = field_name(network or "profile")
        is_address = re.match(r"(https?://)?[\w-]+(\.[\w-]+)+/", user)
        self.add(name, user or url, url or (user if is_address else values.user_address(name, user)))

    def add_website(self, url: str, text: str = "", name: str = "") -> None:
        """Add a person's website; a second one becomes a profile, whose name is by default that of the host."""
        host = re.sub(r"^(https?://)?(www\.)?", "", url).split(".")[0]
        is_first, is_name = "website" not in self.fields, re.fullmatch(r"[^\W\d]+( [^\W\d]+)?", name)
        self.add("website" if is_first else field_name(name if is_name else host), text or url, url)

    def add_text(self, text: str) -> None:
        if text:
            self.texts.append(text)

    def heading(self) -> myst.Heading:
        """Return the entry with fields in the order of the model, and all remaining values of the object as text."""
        self.add_text(self.source.take_rest() if self.kind != "person" else "")
        names = dict.fromkeys([*self.field_names, *self.fields])
        fields = [(name, value) for name in names for value in self.fields.get(name, ())]
        return myst.Heading(self.title or label(self.kind), fields, join_texts(self.texts), self.children)


def page(person: ImportedEntry, children: Iterable[myst.Heading], *others: ImportedObject) -> myst.Heading:
    """Return the page of a person, with a last heading for all remaining values of the file.

    :param others: objects of the file that may have such values, besides the person's
    """
    heading = person.heading()
    rest = "\n".join(filter(None, (source.take_rest() for source in (person.source, *others))))
    heading.children = [*children, *([myst.Heading("Also in the file", text=rest)] if rest else [])]
    return heading


def section(title: str, entries: Sequence[ImportedEntry]) -> myst.Heading:
    """Return a section of entries, which names their kind (``:kind:``) unless the build infers it from the title.

    A talk with a text becomes a page of its own.
    """
    kind, headings = entries[0].kind, [entry.heading() for entry in entries]
    # The build infers the kind of entries with fields from the title of their section.
    is_inferred = [*entries[0].source.i18n.kinds(title)] == [kind] and all(heading.fields for heading in headings)
    if kind == "other":
        # The build accepts this kind only for entries with a period.
        is_inferred = not any("period" in entry.fields for entry in entries)
    elif kind == "talk":
        for number, heading in enumerate(headings):
            _give_page(heading, number)
        # A talk's page itself names the kind if its fields do not imply it.
        is_inferred = is_inferred or all(heading.page for heading in headings)
    return myst.Heading(title, [] if is_inferred else [("kind", plural(kind))], children=headings)


def _give_page(talk: myst.Heading, number: int) -> None:
    """Set the page of a talk that has a text; the name of the page begins with the date.

    :param number: replaces the title in the name if the title has no Latin letters
    """
    if not (talk.text or talk.children):
        return
    date = re.match(r"[\d-]+", dict(talk.fields).get("date", ""))
    words = re.findall(r"[a-z0-9]+", talk.title.lower())[:6]
    name = "-".join([date[0] if date else "talk", *(words or [str(number)])])
    # A build allows 100 characters, and myst.pages() adds a number to a name that recurs.
    talk.page = f"talks/{name[:90]}"
    if "event" not in dict(talk.fields):
        talk.fields.insert(0, ("kind", "talk"))


def plural(kind: str) -> str:
    """Return the plural of a kind, such as "talks"."""
    return kind if kind.endswith(("ing", "education", "other")) else f"{kind}s"


def join_texts(texts: Iterable[str]) -> str:
    """Join texts into one, and lists that follow each other into one list."""
    return re.sub(r"(?m)^((?:- |  ).*)\n\n(?=- )", r"\1\n", "\n\n".join(texts))


def period(start: str, end: str, *, is_open: bool = True) -> str:
    """Return a period as the value of a field.

    :param is_open: whether a period without an end lasts until today
    """
    start, end = iso_date(start), iso_date(end)
    if start and (end or is_open):
        return f"{start} – {end or 'present'}"
    return start or end


def iso_date(text: str) -> str:
    """Return a date such as "2023-9-28", "1987-01-" or "2020/09" in ISO 8601; any other text as it is."""
    text = text.strip()
    if match := re.fullmatch(r"(\d{4})(?:[-/.](\d{1,2}))?(?:[-/.](\d{1,2}))?(?:T.*)?[-/.]?", text):
        return "-".join(part.zfill(2) for part in match.groups() if part)
    return text


def with_scheme(url: str) -> str:
    """Return an address, with ``https`` if it has no scheme."""
    return url if not url or re.match(r"[a-z]+:", url, re.IGNORECASE) else f"https://{url}"


def field_name(network: str) -> str:
    """Return the name of a field for a network ("Stack Overflow")."""
    keys = {name.casefold(): key for key, (name, _) in values.NETWORKS.items()}
    return keys.get(network.casefold()) or "-".join(re.findall(r"[^\W_]+", network.lower())) or "profile"
