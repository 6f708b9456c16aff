"""Turn objects of an imported file into headings with fields; values without a field become text below the fields."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from cvtools.i18n import I18n, languages
from cvtools.model import kinds, values
from cvtools.model.dates import folded
from cvtools.model.entries import PARSERS
from cvtools.terminal import shorten
from cvtools.writing import myst

#: Message about a picture, whose file is not part of the import.
NO_PICTURE = "the picture is not imported: save it beside the page, and write ![…](file.jpg), or :photo: ![…](file.jpg)"
#: A picture in Markdown; group 1 is its description.
PICTURE = re.compile(r"!\[([^\[\]]*)\]\([^()]*\)")
#: Fields that no import may set, since the build obeys them; a network in the file may have such a name.
_FORBIDDEN = frozenset({*kinds.CONTROLS, "photo"})
#: Names of values that are pictures or icons; "class" or "URL" may follow them.
_PICTURES = frozenset({"avatar", "icon", "image", "img", "logo", "photo", "picture", "thumbnail"})
#: Groups of fields with one meaning: an organization, a place, a date, or a score, which is a note in LaTeX.
_EQUIVALENT = (
    ("organization", "institution", "issuer", "event", "publisher", "funder", "office"),
    ("location", "place"),
    ("date", "period"),
    ("note", "score"),
)


class Source:
    """An object of an imported file, from which importers take values one by one, and report the remaining ones.

    :param path: the path of the object in the file, such as ``work[2]``
    :param unread: receives a line about each value without a field
    :param i18n: the language of the object's dates
    """

    def __init__(
        self, data: Mapping[str, Any], path: str = "", unread: list[str] | None = None, i18n: I18n | None = None
    ) -> None:
        self.path, self.unread, self.i18n = path, [] if unread is None else unread, i18n or I18n("en")
        self._rest = {str(name): value for name, value in data.items() if not _is_empty(value)}

    def take(self, *names: str, fits: Callable[[Any], bool] = lambda value: True) -> Any:
        """Remove and return the first value of these names that fits; None if there is none.

        Also remove the same value under another of the names, such as an old and a new one.
        """
        value = next((self._rest[name] for name in names if name in self._rest and fits(self._rest[name])), None)
        for name in names:
            if self._rest.get(name) == value:
                self._rest.pop(name, None)
        return value

    def peek(self, name: str) -> Any:
        """Return a value without removing it; None if there is none."""
        return self._rest.get(name)

    def text(self, *names: str) -> str:
        """Take the first value of these names that is text or a number, as one line; "" if there is none."""
        value = self.take(*names, fits=_is_text)
        return "" if value is None else " ".join(str(value).split())

    def texts(self, *names: str) -> list[str]:
        """Take the first value of these names that is text or a list of texts, as a list without empty items."""
        value = self.take(*names, fits=lambda value: _is_text(value) or _are_texts(value))
        items = value if isinstance(value, list) else [value]
        return [" ".join(str(item).split()) for item in items if not _is_empty(item)]

    def prose(self, *names: str) -> str:
        """Take the first value of these names that is text or a list of texts, as Markdown."""
        value = self.take(*names, fits=lambda value: isinstance(value, str) or _are_texts(value))
        if isinstance(value, list):
            return myst.bullet_list([str(item) for item in value if not _is_empty(item)])
        if PICTURE.search(value or ""):
            self.unread.append(f"{self.path}: {NO_PICTURE}")
        # Escape the beginnings of lines that Markdown would read as definitions of links, and not show.
        return myst.clean_blocks(re.sub(r"(?m)^([>*+-]? {0,3})(?=\[[^\[\]\n]+\]:)", r"\1\\", value or ""))

    def leave_out(self, reason: str, *names: str) -> None:
        """Leave out the values of these names, by default all that remain, and report them with the reason."""
        if left := [name for name in names or [*self._rest] if self.take(name) is not None]:
            self.unread.append(f"{self.path}: left out, as {reason}: {', '.join(left)}".lstrip(": "))

    def object(self, name: str) -> "Source | None":
        """Take the object of a name; None if there is none."""
        value = self.take(name, fits=lambda value: isinstance(value, dict))
        return Source(value, self._path_of(name), self.unread, self.i18n) if value else None

    def objects(self, *names: str, text: str = "") -> list["Source"]:
        """Take the objects of the first list of objects under these names; an object alone is a list of one.

        :param text: the name under which a text in a list becomes an object; if empty, ignore lists with texts
        """
        for name in names:
            value = self._rest.get(name)
            items = [value] if isinstance(value, dict) else value
            if not isinstance(items, list):
                continue
            by_path = {
                f"{self._path_of(name)}[{index}]": {text: item} if text and _is_text(item) else item
                for index, item in enumerate(items)
                if not _is_empty(item)
            }
            if by_path and all(isinstance(item, dict) for item in by_path.values()):
                del self._rest[name]
                return [Source(item, path, self.unread, self.i18n) for path, item in by_path.items()]
        return []

    def _path_of(self, name: str) -> str:
        return f"{self.path}.{name}".lstrip(".")

    def take_rest(self) -> str:
        """Take all remaining values, as a Markdown list of their names and values.

        Leave out values that are not text of a CV: "true" and "false", and addresses of pictures and icons.
        """
        if settings := [name for name, value in self._rest.items() if _is_switch(value) or _is_picture(name, value)]:
            self.leave_out("settings and pictures", *settings)
        self.unread += (f"{self._path_of(name)} has no field of its own: it is in the text" for name in self._rest)
        lines = [f"- {line}" for name, value in self._rest.items() for line in _lines(name, value)]
        self._rest = {}
        return "\n".join(lines)


class Draft:
    """An entry that an importer makes of an object of the file."""

    def __init__(self, kind: str, title: str, source: Source) -> None:
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


def join_texts(texts: Iterable[str]) -> str:
    """Join texts into one, and lists that follow each other into one list."""
    return re.sub(r"(?m)^((?:- |  ).*)\n\n(?=- )", r"\1\n", "\n\n".join(texts))


def page(person: Draft, children: Iterable[myst.Heading], *others: Source) -> myst.Heading:
    """Return the page of a person, with a last heading for all remaining values of the file.

    :param others: objects of the file that may have such values, besides the person's
    """
    heading = person.heading()
    rest = "\n".join(filter(None, (source.take_rest() for source in (person.source, *others))))
    heading.children = [*children, *([myst.Heading("Also in the file", text=rest)] if rest else [])]
    return heading


def section(title: str, drafts: Sequence[Draft]) -> myst.Heading:
    """Return a section of entries, which names their kind (``:kind:``) unless the build infers it from the title.

    A talk with a text becomes a page of its own.
    """
    kind, headings = drafts[0].kind, [draft.heading() for draft in drafts]
    # The build infers the kind of entries with fields from the title of their section.
    is_inferred = [*drafts[0].source.i18n.kinds(title)] == [kind] and all(heading.fields for heading in headings)
    if kind == "other":
        # The build accepts this kind for entries with a date alone.
        is_inferred = not any("period" in draft.fields for draft in drafts)
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


def language_of(titles: Iterable[str]) -> str:
    """Return the language in which most titles, or else most of their words, are headings; by default English."""
    headings = {re.sub(r"^[\W_]+|[\W_]+$", "", folded(title)) for title in titles}
    words = {word for title in headings for word in title.split()}
    return max(languages(), key=lambda name: (len(headings & I18n(name).headings), len(words & I18n(name).headings)))


def language_of_values(data: Any) -> str:
    """Return the language with most typical words in the values of data; English unless one language has most."""
    # Skip words of one letter, which are in too many languages.
    words = {*re.findall(r"[^\W\d_]{2,}", folded(_joined_values(data)))}
    (second, _), (best, language) = sorted((len(words & I18n(name).typical_words), name) for name in languages())[-2:]
    return language if best > max(second, 1) else "en"


def _joined_values(data: Any) -> str:
    parts = data.values() if isinstance(data, Mapping) else data if isinstance(data, list) else ()
    return " ".join(map(_joined_values, parts)) if parts else str(data)


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


def label(name: str) -> str:
    """Return the name of a value ("studyType") as words ("Study type") for the reader."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]+", " ", name).split()
    return " ".join(words).capitalize()


def decode(content: bytes) -> str:
    """Decode UTF-8, UTF-16 or else Windows' Western code page; raise ValueError if the content is no text."""
    try:
        text = content.decode("utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" in content:
            raise ValueError("it is no text: save it as UTF-8") from None
        text = content.decode("cp1252", "replace")
    return myst.without_invisible(text.lstrip("\ufeff"))


def _is_empty(value: Any) -> bool:
    """Return whether a value is empty, or has only empty values, like an object of an unused template."""
    if isinstance(value, dict | list):
        return all(map(_is_empty, value.values() if isinstance(value, dict) else value))
    return value is None or (isinstance(value, str) and not value.strip())


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool) or value in ("true", "false")


def _is_picture(name: str, value: Any) -> bool:
    return _is_text(value) and re.sub(r" (class|url)$", "", label(name).lower()) in _PICTURES


def _is_text(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(item is None or _is_text(item) for item in value)


def _lines(name: str, value: Any) -> Iterator[str]:
    """Yield a value of any type as lines of Markdown, each with the value's name as a label."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _lines(f"{name} {key}" if name else str(key), part)
    elif _are_texts(value):
        yield from _lines(name, ", ".join(str(item) for item in value if not _is_empty(item)))
    elif isinstance(value, list):
        for item in value:
            yield from _lines(name, item)
    elif not _is_empty(value):
        text = str(value).strip()
        is_address = re.fullmatch(r"https?://\S+", text)
        markdown = myst.link(text, text) if is_address else myst.clean_line(text)
        yield f"{myst.escape_line(label(name))}: {markdown}"
