"""Take values from objects of an imported file one by one, and report what remains."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cvtools.i18n import I18n
from cvtools.writing import myst

#: Message about a picture, whose file is not part of the import.
NO_PICTURE = "the picture is not imported: save it beside the page, and write ![…](file.jpg), or :photo: ![…](file.jpg)"
#: A picture in Markdown; group 1 is its description.
PICTURE = re.compile(r"!\[([^\[\]]*)\]\([^()]*\)")
#: Names of values that are pictures or icons; "class" or "URL" may follow them.
_PICTURES = frozenset({"avatar", "icon", "image", "img", "logo", "photo", "picture", "thumbnail"})


class ImportedObject:
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

    def object(self, name: str) -> "ImportedObject | None":
        """Take the object of a name; None if there is none."""
        value = self.take(name, fits=lambda value: isinstance(value, dict))
        return ImportedObject(value, self._path_of(name), self.unread, self.i18n) if value else None

    def objects(self, *names: str, text: str = "") -> list["ImportedObject"]:
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
                return [ImportedObject(item, path, self.unread, self.i18n) for path, item in by_path.items()]
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


def label(name: str) -> str:
    """Return the name of a value ("studyType") as words ("Study type") for the reader."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]+", " ", name).split()
    return " ".join(words).capitalize()


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
