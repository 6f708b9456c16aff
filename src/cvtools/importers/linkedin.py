"""Read LinkedIn's "Download your data": a ZIP of CSV files, some of which have the profile."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from cvtools import limits
from cvtools.i18n import I18n, languages
from cvtools.importers.encoding_and_language import decode, language_of_values
from cvtools.importers.imported_entries import ImportedEntry, page, period, section
from cvtools.importers.imported_objects import ImportedObject
from cvtools.model.dates import DateWords, PartialDate
from cvtools.writing import myst

#: The name in I18n of a section's heading (for the kind "other", the heading itself) and the kind of its entries, by
#: the stem of a file, see :func:`_stem`; in the order of the sections.
_TABLES = {
    "positions": ("work", "position"),
    "projects": ("projects", "project"),
    "volunteering": ("volunteering", "volunteering"),
    "education": ("education", "education"),
    "courses": ("courses", "course"),
    "certifications": ("certificates", "certificate"),
    "honors": ("awards", "award"),
    "publications": ("publications", "publication"),
    "patents": ("patents", "patent"),
    "organizations": ("memberships", "membership"),
    "testscores": ("Test scores", "other"),
    "recommendationsreceived": ("references", "reference"),
    "volunteeringexperiences": ("volunteering", "volunteering"),
}
#: Columns for each field, the most precise first.
_COLUMNS: Mapping[str, Sequence[str]] = {
    "organization": ("Company Name", "Organization", "Company"),
    "institution": ("School Name",),
    "location": ("Location",),
    "role": ("Position", "Job Title"),
    "issuer": ("Authority", "Issuer"),
    "publisher": ("Publisher",),
    "page": ("Url",),
    "number": ("License Number", "Patent Number", "Number", "Application Number"),
    "status": ("Status",),
}
#: Stems of files that become lists of names.
_LISTS = ("skills", "languages")
#: Stems of all files that become part of the CV.
_STEMS = {*_TABLES, *_LISTS, "profile", "profilesummary", "emailaddresses", "phonenumbers"}
#: Columns of dates: the beginning and the end.
_STARTS = ("Started On", "Start Date", "Issued On", "Published On", "Filed On", "Test Date", "Creation Date")
_ENDS = ("Finished On", "End Date")


def is_export(names: list[str]) -> bool:
    """Return whether an archive has the files of an export."""
    return not {_stem(name) for name in names}.isdisjoint({"profile", "positions"})


def read(archive: zipfile.ZipFile, unread: list[str]) -> myst.Heading:
    """Return the CV as a tree of headings."""
    texts: list[str] = []
    tables = _tables(archive, unread, texts)
    if others := [name for name in archive.namelist() if _stem(name) not in {"", *_STEMS}]:
        unread.append(f"{len(others)} other tables are no part of a CV, and left out: {', '.join(others)}")
    other_profiles = tables.get("profile", [])[1:]
    person = _person(tables)
    i18n = _language(tables, texts)
    children = []
    for stem, (name, kind) in _TABLES.items():
        if entries := [_entry(row, kind, i18n) for row in tables.pop(stem, ())]:
            children.append(section(name if kind == "other" else i18n.heading(name), entries))
    children += [
        myst.Heading(i18n.heading(stem), [("kind", stem)], "\n".join(lines))
        for stem in _LISTS
        if (lines := [_name(row) for row in tables.pop(stem, ())])
    ]
    return page(person, children, *other_profiles)


def _stem(name: str) -> str:
    """Return the name of a CSV file in lower case without suffix, spaces, hyphens and underscores; "" for others."""
    return re.sub(r"[\s_-]", "", PurePosixPath(name).stem.lower()) if name.lower().endswith(".csv") else ""


def _tables(archive: zipfile.ZipFile, unread: list[str], texts: list[str]) -> dict[str, list[ImportedObject]]:
    """Return the rows of each file by its stem, and append the text of each file to `texts`."""
    tables: dict[str, list[ImportedObject]] = {}
    size = 0
    for info in archive.infolist():
        if (stem := _stem(info.filename)) in _STEMS:
            size += info.file_size
            if size > limits.IMPORT_SIZE:
                raise ValueError(f"it has more than {limits.IMPORT_SIZE // 1_000_000} MB, unpacked: leave out tables")
            if info.flag_bits & 1:
                raise ValueError("it is encrypted: unlock it first")
            name = PurePosixPath(info.filename).name
            # zipfile unpacks no more than `file_size`.
            texts.append(decode(archive.read(info)))
            rows = _rows(texts[-1])
            tables.setdefault(stem, []).extend(ImportedObject(row, f"{name}:{line}", unread) for line, row in rows)
    return tables


def _rows(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows below the head, each with the number of its last line in the file; skip notes above the head."""
    notes = re.match(r"(?s)Notes.*?\n\s*\n|\s+", text)
    start = notes.end() if notes else 0
    reader = csv.DictReader(io.StringIO(text[start:], newline=""), restkey="More columns")
    before = text.count("\n", 0, start)
    try:
        firsts: dict[str, int] = {}
        # Add the number of the column to a repeated name, so that no value is lost.
        reader.fieldnames = [
            name if firsts.setdefault(name, number) == number else f"{name} {number}"
            for number, name in enumerate(map(str.strip, reader.fieldnames or ()), 1)
        ]
        for row in filter(lambda row: any(row.values()), reader):
            yield before + reader.line_num, {name: _with_breaks(value) for name, value in row.items()}
    except csv.Error as error:
        raise ValueError(f"line {before + reader.line_num + 1} of a table is damaged: {error}") from None


def _with_breaks(value: Any) -> Any:
    """Return a value with line breaks in place of the two spaces that LinkedIn writes before items of a list."""
    return re.sub(r"(?<![ \t])[ \t]{2,}(?=[-*\u2022] )", "\n", value) if isinstance(value, str) else value


def _person(tables: dict[str, list[ImportedObject]]) -> ImportedEntry:
    row, *_ = [*tables.pop("profile", []), ImportedObject({})]
    name = " ".join(filter(None, (row.text("First Name"), row.text("Last Name"))))
    if not name:
        raise ValueError("it names nobody: Profile.csv is missing or empty")
    person = ImportedEntry("person", name, row)
    person.add("headline", row.text("Headline"))
    mails = tables.pop("emailaddresses", [])
    primary = [mail for mail in mails if mail.peek("Primary") == "Yes"]
    for mail in mails:
        if mail in primary or not primary:
            person.add("email", mail.text("Email Address"))
        mail.leave_out("parts of the account")
    for phone in tables.pop("phonenumbers", ()):
        person.add("phone", phone.text("Number"))
        phone.leave_out("parts of the account")
    person.add("location", row.text("Geo Location"))
    for user in _listed(row.text("Twitter Handles")):
        person.add_profile("twitter", user, f"https://twitter.com/{user}")
    for site in _listed(row.text("Websites")):
        kind, _, url = site.partition(":") if re.match(r"[A-Z_]+:", site) else ("", "", site)
        person.add_website(url, name=kind)
    person.add_text(row.prose("Summary"))
    row.leave_out("private", "Address", "Zip Code", "Birth Date", "Maiden Name")
    for other in tables.pop("profilesummary", ()):
        person.add_text(other.prose("Summary", "Profile Summary"))
    return person


def _listed(text: str) -> list[str]:
    """Return the items of a list such as "[COMPANY:https://a.example,PERSONAL:https://b.example]"."""
    return [item for item in re.split(r",\s*", text.strip("[]")) if item]


def _language(tables: Mapping[str, Sequence[ImportedObject]], texts: list[str]) -> I18n:
    """Return the language of most dates or, if that is English, the language of most words in the texts."""
    rows = [row for stem in _TABLES for row in tables.get(stem, ())]
    dates = {str(row.peek(column) or "") for row in rows for column in (*_STARTS, *_ENDS)}
    i18n = max(map(I18n, languages()), key=lambda i18n: sum(_date(text, i18n.date_words) != text for text in dates))
    return i18n if i18n.language != "en" else I18n(language_of_values(texts))


def _entry(row: ImportedObject, kind: str, i18n: I18n) -> ImportedEntry:
    row.i18n = i18n
    if kind == "reference":
        row.take("Status")
        row.leave_out("parts of the account", "Creation Date")
    organization = next(filter(None, map(row.peek, ("Company Name", "Organization", "School Name"))), "")
    person = " ".join(filter(None, (row.text("First Name"), row.text("Last Name"))))
    entry = ImportedEntry(kind, row.text("Title", "Role", "Degree Name", "Name") or person or organization, row)
    start, end = (_date(row.text(*columns), i18n.date_words) for columns in (_STARTS, _ENDS))
    is_work = kind in {"position", "volunteering", "membership", "project"}
    if "period" in entry.field_names and kind != "certificate":
        entry.add("period", period(start, end, is_open=is_work))
    else:
        entry.add("date", start)
        entry.add("expires", end)
    entry.take_fields(_COLUMNS)
    for column in ("Description", "Notes", "Text"):
        entry.add_text(row.prose(column))
    return entry


def _date(text: str, words: DateWords) -> str:
    """Return a date such as "Mar 2020" in ISO 8601; any other text as it is."""
    return str(PartialDate.find(text, words) or text)


def _name(row: ImportedObject) -> str:
    """Return a skill, or a language with its level, as an item of a list."""
    name, level = row.text("Name"), row.text("Proficiency")
    rest = "".join(f"; {line.removeprefix('- ')}" for line in row.take_rest().splitlines())
    return f"- {myst.clean_line(name)}{f': {myst.clean_line(level)}' if level else ''}{rest}"
