"""Parse the headings of entries, such as "Engineer, Example Corp (2019 – 2021)", and the lines below headings."""

import re
from collections.abc import Mapping, Sequence

from cvtools.i18n import I18n
from cvtools.importers import vocabulary
from cvtools.importers.imported_entries import ImportedEntry
from cvtools.importers.line_syntax import (
    BOLD,
    EMPHASIS,
    LABEL,
    LINK,
    as_date,
    as_title,
    field_named,
    find_date,
    link_in,
    plain,
    split,
    without_emphasis,
    without_marker,
)
from cvtools.model.values import Linked, rejoined

#: A state of the USA; an organization with a town and a state (groups 1 and 2); and a town with a state.
_STATE = re.compile("(?!UK)[A-Z]{2}")
_WITH_TOWN = re.compile(rf"(.+?), ([^,]+, {_STATE.pattern})")
WITH_STATE = re.compile(rf"[^,]+, {_STATE.pattern}")
#: A town and its country, maybe after other names; no word begins with four lower-case letters.
PLACE = re.compile(r"(?!.*\b[a-zß-ÿ]{4})[^\W\d][^\d.:]{1,80}, [^\d.:]{2,30}")
#: The beginning of a suffix that belongs to the name before the comma, such as "Inc".
_SUFFIX = re.compile(
    r"\d+(?!\d|(st|nd|rd|th)\b)|(inc|ltd|llc|gmbh|jr|sr|ph\.?d|md|s\.a|sp\. z)\b|\W*((magna|summa) )?cum laude\b",
    re.IGNORECASE,
)
#: An amount of money.
_CURRENCY = "(?:[€$£¥]|(?:AUD|BRL|CAD|CHF|CZK|DKK|EUR|GBP|JPY|NOK|PLN|SEK|USD|zł|kr)\\b)"
_AMOUNT = re.compile(rf"\W*{_CURRENCY}\s?\d[\d\s.,]*\D{{0,12}}|\W*\d[\d\s.,]*[^\d,]{{0,12}}?{_CURRENCY}")
#: A mark that begins a block other than a paragraph, such as an item of a list, and the space after it.
MARKER = r"([-+*>|#`]|\d+[.)])\s"
#: A label with a number after it, such as "Note 1,4".
_LABEL_OF_NUMBER = re.compile(r"([^\W\d]+)[.:]?\s+(?=\d)")
#: Fields of the names after the first in the heading of an entry, by kind; the first name is the title.
HEADING_FIELDS: Mapping[str, Sequence[str]] = {
    "position": ("organization", "location"),
    "volunteering": ("organization", "location"),
    "membership": ("organization",),
    "education": ("institution", "location"),
    "teaching": ("institution", "location"),
    "course": ("institution",),
    "certificate": ("issuer",),
    "award": ("issuer",),
    "talk": ("event", "place"),
    "grant": ("funder", "amount"),
    "project": (),
    "patent": (),
}
#: Patterns of names in a heading by kind: of titles, and of organizations, which may be the only name.
_TITLES_AND_ORGANIZATIONS = {
    "position": (vocabulary.ROLE, vocabulary.EMPLOYER),
    "education": (vocabulary.DEGREE, vocabulary.SCHOOL),
}


def names_in(title: str, kind: str) -> list[str]:
    """Return the names in a heading without its date: the title of the entry, and values of fields of its kind."""
    most = 1 + len(HEADING_FIELDS[kind])
    names = _split_names(title, most)
    if names[1:] and field_named(names[0]) == "organization":
        # Of "Company: Acme Ltd", take the name as title and as organization.
        names[0] = names[1]
    return names if len(names) <= most else [title]


def _split_names(text: str, most: int) -> list[str]:
    """Return the names in a line, such as a role, an employer and a town, as Markdown.

    :param most: maximum number of names; if splitting at commas would make more, do not split at commas
    """
    text = whole[2] if (whole := re.fullmatch(BOLD, text)) else text
    # The bold name of an employer may have commas.
    bold = re.match(rf"{BOLD}\s*[,;|·–—:-][^\w\[]*(?=[\w\[])", text)
    is_title = bold and (vocabulary.ROLE.search(bold[2]) or vocabulary.DEGREE.search(bold[2]))
    # A bold title may have the employer after a comma.
    is_name = bold and not (is_title and "," in bold[2])
    name, rest = ([bold[2]], text[bold.end() :]) if bold and is_name else ([], text)
    parts = [*name, *split(rest, keep={","})]
    if len(parts) - len(name) == 1:
        pieces = [*name, *split(rest)]

        def belongs(before: str, part: str) -> bool:
            # A state of the USA belongs to the town before it, which is never the first name.
            return bool(_SUFFIX.match(part) or (before != pieces[0] and _STATE.fullmatch(part)))

        pieces = rejoined(pieces, belongs)
        parts = pieces if len(pieces) <= most else parts
    towns = map(_WITH_TOWN.fullmatch, parts)
    return [name for part, town in zip(parts, towns, strict=True) for name in (town.groups() if town else [part])]


def read_lines_below(
    block: str, date: str, names_above: Sequence[str], kind: str, i18n: I18n
) -> tuple[str, list[str], str]:
    """Parse the lines below a heading; return the date, the names in the lines, and the lines that remain as text.

    :param date: the date in the heading; empty if it has none
    :param names_above: the names in the heading
    """
    lines, fields = block.split("\n"), HEADING_FIELDS[kind]
    titles, _ = _TITLES_AND_ORGANIZATIONS.get(kind, (None, None))
    lacks_title = titles is not None and not any(map(titles.search, names_above))
    # Maximum number of names in the lines.
    most = 1 + len(fields) - len(names_above) + lacks_title
    # The degree is often alone on the line below the school, above details.
    may_be_degree = vocabulary.DEGREE.match(lines[0]) and not lines[0].endswith(".")
    has_degree = kind == "education" and lacks_title and may_be_degree
    # Some authors set dates apart as a quotation.
    if (len(lines) > 3 and not has_degree) or (re.match(MARKER, lines[0]) and not lines[0].startswith(">")):
        return date, [], block
    lines, below = (lines[:1], lines[1:]) if len(lines) > 3 else (lines, [])
    names: list[str] = []
    kept = []
    is_dated = bool(date) or any(find_date(without_marker(line), i18n)[0] for line in lines)
    for original in lines:
        label = LABEL.match(without_marker(original))
        field = field_named(label[1]) if label else ""
        line = without_marker(original)[label.end() :] if label and field == "period" else original.removeprefix("> ")
        when, rest = find_date(line, i18n)
        # A date after an unknown label may not be the entry's.
        is_unknown = label and not field and not re.search(r"\d", label[1])
        if is_unknown or (when and date):
            kept.append(original)
            continue
        date = date or when
        more = _split_names(rest.rstrip("\\"), most - len(names))
        # A town is the last name, or has an employer before it.
        is_last = most - len(names) == 1 and {"location", "place"} & {*fields}
        is_place = (is_last or vocabulary.EMPLOYER.search(line)) and PLACE.fullmatch(line)
        is_set_apart = re.match(r"[*_]+\S", line) or " | " in line
        is_company = more and len(more[0]) < 60 and vocabulary.COMPANY.fullmatch(more[0])
        # Between a title and a date is the employer; "Oslo, Norway" may be a town.
        is_between = original is lines[0] and line[:1].isupper() and as_date("".join(lines[1:2]), i18n)
        is_town = PLACE.fullmatch(line) and not _WITH_TOWN.fullmatch(line)
        is_employer = is_company or (is_between and not (names_above[1:] or is_town))
        may_be_names = is_employer or is_place or (is_set_apart and not line.rstrip("*_\\ ").endswith("."))
        has_names = when or (is_dated and may_be_names)
        if date and has_degree and original is lines[0] and not has_names:
            has_names, more = True, [rest.rstrip("\\")]
        is_fitting = len(names) + len(more) <= most and all(len(name) < 80 for name in more)
        if has_names and is_fitting and not LABEL.match(rest):
            names += more
        else:
            kept.append(rest if when else original)
    return date, names, "\n".join([*kept, *below])


def set_title_and_fields(entry: ImportedEntry, names: Sequence[str], blocks: list[str]) -> None:
    """Set the title of an entry, and add the fields of its heading.

    :param names: the names in the heading and in the lines below it
    :param blocks: the text; remove its first line and take the role from it if the only name is an employer's
    """
    title, *others = names
    if entry.kind == "project":
        title = take_project_details(entry, title)
    elif patterns := _TITLES_AND_ORGANIZATIONS.get(entry.kind):
        is_title, is_organization = (pattern.search for pattern in patterns)
        # The roles at an employer may be in the text, with dates of their own.
        has_roles = entry.kind == "position" and blocks and re.match(r"(\*\*|__)\S.*(19|20)\d\d", blocks[0])
        # In "Cambridge, MA", the state is no degree.
        if titles := [name for name in names if is_title(name) and not WITH_STATE.fullmatch(name)]:
            # "Software engineer, intern" is one title.
            title, *more = (name for name in titles if name is titles[0] or vocabulary.ROLE.fullmatch(name))
            others = [name for name in names if name not in {title, *more}]
            title = ", ".join([title, *more])
        elif has_roles or (is_organization(title) and not any(map(is_organization, others))):
            others = [*names]
            if entry.kind == "position" and not has_roles and len(names) == 1:
                title, *places = _take_role(blocks) or names
                others += places
        if entry.kind == "education":
            others = _take_study_details(entry, names, title, others)
    if entry.kind == "teaching" and others and not any(map(vocabulary.SCHOOL.search, others)):
        # Names other than a school's are part of the title, such as the level of a course.
        title, others = ", ".join(names), []
    entry.title = as_title(title)
    others = _take_amounts(entry, others)
    fields = [field for field in HEADING_FIELDS[entry.kind] if field != "amount"] or ["organization"]
    # A town with a state is no organization.
    fields = fields[1:] if fields[1:] and [*filter(WITH_STATE.fullmatch, others)] == others else fields
    if len(others) > len(fields):
        last = len(fields) - 1
        others = [*others[:last], ", ".join(others[last:])]
    for field, value in zip(fields, others, strict=False):
        add_field(entry, field, value)


def take_project_details(entry: ImportedEntry, title: str) -> str:
    """Add the technologies and the link behind bars ("|") in a project's heading as fields; return the title."""
    title, *details = re.split(r"\s*\\?\|\s*", title)
    for detail in details:
        add_field(entry, "page" if LINK.fullmatch(detail) else "technologies", detail)
    return as_title(title)


def _take_amounts(entry: ImportedEntry, names: Sequence[str]) -> list[str]:
    """Add the amounts of money among names as fields, if the kind has such a field; return the names that remain."""
    amounts = [name for name in names if "amount" in entry.field_names and _AMOUNT.fullmatch(plain(name))]
    for amount in amounts:
        add_field(entry, "amount", amount)
    return [name for name in names if name not in amounts]


def _take_study_details(entry: ImportedEntry, names: Sequence[str], title: str, others: Sequence[str]) -> list[str]:
    """Add the score and the area in the heading of studies as fields; return the names that remain.

    :param names: all names in the heading, in order
    :param others: the names besides the title
    """
    for name in others:
        label = _LABEL_OF_NUMBER.match(name)
        is_score = label and field_named(label[1]) == "score"
        if is_score or vocabulary.GRADE.fullmatch(name):
            add_field(entry, "score", name[label.end() :] if label and is_score else name)
            others = [other for other in others if other != name]
            break
    school = next(filter(vocabulary.SCHOOL.search, others), "")
    if school and school != title:
        # The area follows the degree, and precedes a school after it: "BSc, Mathematics, University of …".
        degree_at, school_at = names.index(title), names.index(school)
        after = names[degree_at + 1 : school_at if degree_at < school_at else None]
        areas = [name for name in others if name in after and not PLACE.fullmatch(name)]
        add_field(entry, "area", ", ".join(areas))
        others = [school, *(name for name in others if name not in {school, *areas})]
    return [*others]


def _take_role(blocks: list[str]) -> list[str]:
    """Remove the first line of a text if it may be a role, and return the role and the names after it."""
    line, _, rest = blocks[0].partition("\n") if blocks else ("", "", "")
    if len(line) > 60 or re.match(MARKER, line) or LABEL.match(line) or line.endswith((".", "。", "!", "?", ":")):
        return []
    if parts := split(line.rstrip("\\ ")):
        blocks[0] = rest
    return parts


def add_labelled(entry: ImportedEntry, line: str) -> bool:
    """Add the field of a line such as "Technologies: Python, Go"; return False for any other line."""
    if not (label := LABEL.match(without_marker(line))):
        return False
    # The first word is enough of a label, as in "Technologies used:", but not of a school's name.
    first = "" if vocabulary.SCHOOL.search(label[1]) else label[1].split()[0]
    name, value = field_named(label[1]) or field_named(first), without_marker(line)[label.end() :]
    if name not in entry.field_names or name in entry.fields or not entry.accepts(name, Linked(plain(value))):
        return False
    add_field(entry, name, value)
    return True


def add_field(entry: ImportedEntry, name: str, value: str) -> None:
    """Add a field with a line of Markdown as its value, and with a link if the whole line is one."""
    value = without_emphasis(value)
    link = LINK.fullmatch(value)
    text, url = link_in(link) if link else (value, "")
    entry.add(name, EMPHASIS.sub("", text) if link else text, url)
