"""Parse a BibTeX file into entries with the model's names of fields, and with plain text in place of LaTeX."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pybtex.bibtex.utils import split_name_list
from pybtex.database import Person
from pybtex.database.input.bibtex import LowLevelParser, month_names
from pybtex.exceptions import PybtexError
from pybtex.scanner import Token
from pybtex.utils import CaseInsensitiveDict

from cvtools import limits
from cvtools.i18n import I18n
from cvtools.model.dates import PartialDate
from cvtools.model.values import people
from cvtools.reading import latex

#: Fields of BibTeX and BibLaTeX, the most precise first, by the field of a publication.
_NAMES: Mapping[str, str] = {
    "authors": "author editor",
    "venue": "journal journaltitle booktitle maintitle eventtitle",
    "publisher": "publisher school institution organization howpublished",
    "volume": "volume",
    "issue": "number issue",
    "pages": "pages",
    "date": "date year",
    "doi": "doi",
    "page": "url",
}
#: End of the error about an entry with the key of an earlier one.
REPEATED = "is there twice"
#: First characters of what pybtex's patterns match.
_STOPS = re.compile('[@{}"]')


@dataclass(frozen=True)
class BibEntry:
    """An entry of a BibTeX file, with plain text in place of LaTeX."""

    key: str
    #: Type in lower case, such as "article".
    type: str
    #: Line with the "@" of the entry, from 1.
    line: int
    title: str
    #: Values of a publication's fields, by the names of these.
    fields: Mapping[str, str]
    #: All other values, by their names in BibTeX.
    rest: Mapping[str, str]

    @property
    def year(self) -> int:
        """Return the year of the publication; 0 if the date has none."""
        match = re.search(r"\d{4}", self.fields.get("date", ""))
        return int(match[0]) if match else 0

    @property
    def sort_key(self) -> tuple[int, str]:
        """Return year and date as a key for sorting; a date without a year, such as "in press", is the latest."""
        date = self.fields.get("date", "")
        return self.year or (9999 if date else 0), date


def read(text: str) -> tuple[list[BibEntry], list[tuple[int, str]]]:
    """Return the entries of a file, and line and text of each error; raise ValueError if abbreviations make it huge."""
    parser = _Parser(text)
    # The type, the line and the raw values of the first entry of each key.
    raw_entries: dict[str, tuple[str, int, dict[str, str]]] = {}
    line, start = 1, 0
    for command, content in parser:
        line, start = line + text.count("\n", start, parser.command_start), parser.command_start
        if command.lower() in {"string", "preamble"}:
            continue
        key, fields = content
        if key in raw_entries:
            parser.add_error(line, f'the key "{key}" {REPEATED}')
            continue
        values: dict[str, str] = {}
        for name, value in fields:
            values.setdefault(name.lower(), " ".join("".join(value).split()))
        raw_entries[key] = command.lower(), line, values
    entries = []
    for key, (kind, line, values) in raw_entries.items():
        _, _, parent = raw_entries.get(values.get("crossref", ""), ("", 0, {}))
        inherited = {"booktitle" if name == "title" else name: value for name, value in parent.items()}
        entry = _entry(key, kind, line, {**inherited, **values, "crossref": ""})
        if entry.title:
            entries.append(entry)
        else:
            parser.add_error(line, f'"{key}" has no title')
    return entries, sorted(parser.errors, key=lambda error: error[0])


def _entry(key: str, kind: str, line: int, values: dict[str, str]) -> BibEntry:
    """Return an entry with plain text in place of LaTeX, and with the names of a publication's fields."""
    if "arxiv" in {values.get("archiveprefix", "").lower(), values.get("eprinttype", "").lower()}:
        # The address of a preprint replaces these fields.
        values.setdefault("url", f"https://arxiv.org/abs/{values.get('eprint', '')}")
        values |= dict.fromkeys(("archiveprefix", "eprint", "eprinttype"), "")
    if address := re.fullmatch(r"\\url\s*\{([^{}]*)\}", values.get("howpublished", "")):
        values |= {"url": address[1], "howpublished": ""}
    title = ": ".join(_words(values.pop(name)) for name in ("title", "subtitle") if values.get(name))
    fields = {}
    for field, names in _NAMES.items():
        if name := next((name for name in names.split() if values.get(name)), ""):
            value = values.pop(name)
            if field == "authors":
                fields[field] = _people(value)
            elif field == "date":
                fields[field] = _date(value, values.pop("month", "") if name == "year" else "")
            else:
                fields[field] = re.sub(r"\\([_%&#~])", r"\1", value) if field in {"doi", "page"} else _words(value)
    return BibEntry(key, kind, line, title, fields, {name: _words(value) for name, value in values.items() if value})


def _words(text: str) -> str:
    """Convert LaTeX in a value of BibTeX to plain text."""
    if not re.search(r"[\\{}$~`'%-]", text):
        return text
    text = re.sub(r"\\href\s*(\{[^{}]*\})\s*\{([^{}]*)\}", r"\2 (\\url\1)", text)
    text = re.sub(r"\\url\s*\{([^{}]*)\}", lambda url: url[1].replace("~", r"\textasciitilde "), text)
    text = re.sub(r"\$\^\{?(st|[nr]d|th)\}?\$", r"\1", text)
    text = re.sub(r"\^(?:\\circ\b|\{\\circ\})", "°", text)
    text = re.sub(r"\$_\{?(\d)\}?\$", lambda low: chr(ord("₀") + int(low[1])), text)
    # In BibTeX, % and & are ordinary characters, and so is a dollar sign without another that closes a formula.
    unescaped = "[%&]" if text.count("$") % 2 == 0 else r"(?:[%&]|\$(?=\d))"
    text = re.sub(rf"(?<!\\){unescaped}", r"\\\g<0>", text)
    return " ".join(latex.words(text).split())


def _people(text: str) -> str:
    """Return names of people with given names first, separated by semicolons if a name has a comma."""
    names = []
    for written in split_name_list(text):
        try:
            person = Person(written)
            parts = [*person.first_names, *person.middle_names, *person.prelast_names, *person.last_names]
            name = ", ".join(filter(None, [" ".join(parts), " ".join(person.lineage_names)]))
        except PybtexError:
            name = written
        names.append("et al." if written == "others" else _words(name))
    return people(names)


def _date(year: str, month: str) -> str:
    """Return a date in ISO 8601; a text that is no date as it is."""
    written = _words(f"{month} {year}".strip())
    for text in (written, f"{year}-{month.zfill(2)}" if month.isdigit() else year):
        if date := PartialDate.find(text, I18n("en").date_words):
            return str(date)
    return written


class _Parser(LowLevelParser):  # type: ignore[misc]
    """Parser that continues after an error, and takes time in proportion to the size of the file."""

    def __init__(self, text: str) -> None:
        super().__init__(text, macros=CaseInsensitiveDict(month_names))
        self.pos = 0
        self.errors: list[tuple[int, str]] = []
        self._expanded = 0

    def handle_error(self, error: PybtexError) -> None:
        self.add_error(self.lineno, error.args[0].replace("'}' expected", "a comma or } is missing above"))

    def add_error(self, line: int, text: str) -> None:
        """Add an error, unless there are too many already."""
        if len(self.errors) < limits.REFUSED:
            self.errors.append((line, text))

    def skip_to(self, patterns: Sequence[Any]) -> Token | None:
        """Move behind the nearest match of any pattern; unlike pybtex, search the text once for all patterns."""
        for stop in _STOPS.finditer(self.text, self.pos):
            if matching := [pattern for pattern in patterns if pattern.match(self.text, stop.start())]:
                value, self.pos = self.text[self.pos : stop.end()], stop.end()
                self.update_lineno(value)
                return Token(value, matching[0])
        return None

    def substitute_macro(self, name: str) -> str:
        value = str(super().substitute_macro(name))
        self._expanded += len(value)
        if self._expanded > limits.BIBTEX_SIZE:
            raise ValueError("its abbreviations (@string) make it too long")
        return value
