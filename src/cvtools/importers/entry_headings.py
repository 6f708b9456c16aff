"""Read the headings of entries, such as "Engineer, Example Corp (2019 – 2021)", and the lines below them."""

import re
from collections.abc import Mapping, Sequence

from cvtools.i18n import I18n, all_labels
from cvtools.importers import vocabulary
from cvtools.importers.drafts import Draft
from cvtools.importers.lines import EMPHASIS, LABEL, LINK, find_date, link_in, plain, plain_title, split, without_marker
from cvtools.model.dates import folded
from cvtools.model.values import Linked, rejoined

#: An organization that a town and a state of the USA follow.
_WITH_TOWN = re.compile(r"(.+?), ([^,]+, [A-Z]{2})")
#: Beginnings of what follows a comma and belongs to the name before it.
_SUFFIX = re.compile(
    r"\d|(inc|ltd|llc|gmbh|jr|sr|ph\.?d|md|s\.a|sp\. z)\b|\W*((magna|summa) )?cum laude\b", re.IGNORECASE
)
#: The beginning of a block other than a paragraph, such as an item of a list.
_MARKER = r"([-+*>|#`]|\d+[.)])\s"
#: Kinds whose headings have several parts, and the fields of the parts after the first, which is the title.
PARTS: Mapping[str, Sequence[str]] = {
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


def names_in(title: str, kind: str) -> list[str]:
    """Return the parts of a heading without its date; the first is the title of the entry."""
    # The bold name of an employer may have commas.
    bold = re.match(r"(\*\*|__)((?:(?!\1).)+)\1\s*[,|·–—:-]\W*(?=\w)", title)
    is_employer = bold and kind == "position" and not vocabulary.ROLE.search(bold[2])
    parts = [bold[2], *split(title[bold.end() :])] if bold and is_employer else split(title, keep={","})
    if len(parts) == 1 and kind not in {"project", "patent"}:
        parts = split(title)
    names = rejoined(parts or [title], lambda name, part: bool(_SUFFIX.match(part)))
    # Words by which the part that is the title is known.
    of_title = {"position": vocabulary.ROLE, "education": vocabulary.DEGREE}.get(kind)
    # Join a state of the USA to the town before it; three parts with a role or a degree have no town.
    has_town = names[3:] or (names[2:] and not (of_title and any(map(of_title.search, names[:2]))))
    if has_town and re.fullmatch("[A-Z]{2}", names[-1]):
        names[-2:] = [", ".join(names[-2:])]
    words = [*map(plain, names)]
    if of_title and words[1:] and of_title.search(words[1]) and not of_title.search(words[0]):
        names[0], names[1] = names[1], names[0]
    elif kind == "education" and vocabulary.SCHOOL.search(words[0]) and not vocabulary.SCHOOL.search(words[-1]):
        # The heading begins with a school, and a town or the like follows: the school is title and institution.
        names.insert(0, names[0])
    return names


def first_lines(block: str, date: str, names: Sequence[str], found: dict[str, str], i18n: I18n) -> tuple[str, str]:
    """Read the lines below a heading; return the date, and the lines that are no fields.

    :param date: the date in the heading; empty if it has none
    :param names: the fields that the lines may have
    :param found: receives the values of these fields, and perhaps a title
    """
    lines = block.split("\n")
    if len(lines) > 3 or re.match(_MARKER, lines[0]):
        return date, block
    kept = []
    is_dated = bool(date) or any(find_date(without_marker(line), i18n)[0] for line in lines)
    for written in lines:
        label = LABEL.match(without_marker(written))
        labelled = field_of(label[1]) if label else ""
        line = without_marker(written)[label.end() :] if label and labelled == "period" else written
        when, rest = find_date(line, i18n)
        # The date after an unknown label may be that of something else.
        is_unknown = label and not labelled and not re.search(r"\d", label[1])
        if is_unknown or (when and date):
            kept.append(written)
            continue
        date = date or when
        missing = [name for name in names if name not in found]
        parts = split(rest.rstrip("\\"), keep={","})
        if len(parts) == 1 and len(missing) > 1:
            by_comma = split(parts[0])
            parts = by_comma if len(by_comma) <= len(missing) else parts
        is_set_apart = re.match(r"[*_]+\S", line) or " | " in line
        has_fields = when or (is_dated and is_set_apart and not line.rstrip("*_\\ ").endswith("."))
        if LABEL.match(rest):
            kept.append(rest)
        elif has_fields and len(parts) <= len(missing) and all(len(part) < 80 for part in parts):
            found |= dict(zip(missing, parts, strict=False))
        elif when and "institution" in names and vocabulary.DEGREE.search(rest):
            # The degree takes the place of the school as title.
            found["title"] = rest
        else:
            kept.append(rest if when else line)
    return date, "\n".join(kept)


def add_fields(draft: Draft, title: str, found: dict[str, str], blocks: list[str]) -> None:
    """Add the fields of a heading to an entry, and set its title.

    :param title: the heading without its date
    :param found: the values of the fields
    :param blocks: the text, from whose first line the role is taken if the heading names an employer alone
    """
    if draft.kind == "project":
        # Bars separate technologies and the link.
        draft.title, *others = map(plain_title, re.split(r"\s*\\?\|\s*", title))
        for other in others:
            add_field(draft, "page" if LINK.fullmatch(other) else "technologies", other)
    names = PARTS[draft.kind]
    host = EMPHASIS.sub("", found.get(names[0], "")) if "location" in names and "location" not in found else ""
    if town := _WITH_TOWN.fullmatch(host):
        found[names[0]], found["location"] = town.groups()
    if draft.kind == "position":
        draft.title, found = _role_first(draft.title, found, blocks)
    for name, value in found.items():
        add_field(draft, name, value)


def _role_first(title: str, found: Mapping[str, str], blocks: list[str]) -> tuple[str, dict[str, str]]:
    """Return the title of a position, which is the role, and its fields.

    :param title: the first part of the heading, which may be the role or the employer
    :param found: the values of other parts
    :param blocks: the text, from whose first line the role is taken if the heading is an employer alone
    """
    has_role = bool(vocabulary.ROLE.search(title))
    if not has_role and blocks and re.match(r"(\*\*|__)\S.*(19|20)\d\d", blocks[0]):
        # The roles at this employer are in the text, with dates of their own.
        role, values = title, [title, *found.values()]
    elif not (found or has_role) and vocabulary.EMPLOYER.search(title):
        line, _, rest = blocks[0].partition("\n") if blocks else ("", "", "")
        if not 0 < len(line) < 60 or re.match(_MARKER, line) or line.endswith((".", "。", "!", "?", ":")):
            return title, {"organization": title}
        blocks[0] = rest
        role, *places = split(line.rstrip("\\ "))
        values = [title, ", ".join(places)]
    else:
        values = [title, *found.values()]
        role = next(filter(vocabulary.ROLE.search, values), title)
        values.remove(role)
    values = [values[0], ", ".join(values[1:])] if values[2:] else values
    return plain_title(role), dict(zip(PARTS["position"], values, strict=False))


def field_of(label: str) -> str:
    """Return the field of entries that a label names in any language; empty if it names none."""
    word = folded(plain(label)).strip(" :\uff1a")
    return next((name for name in vocabulary.ENTRY if word in {*vocabulary.ENTRY[name], *all_labels(name)}), "")


def add_labelled(draft: Draft, line: str) -> bool:
    """Add the field of a line such as "Technologies: Python, Go"; return False for any other line."""
    if not (label := LABEL.match(without_marker(line))):
        return False
    name, value = field_of(label[1]) or field_of(label[1].split()[0]), without_marker(line)[label.end() :]
    if name not in draft.field_names or name in draft.fields or not draft.accepts(name, Linked(plain(value))):
        return False
    add_field(draft, name, value)
    return True


def add_field(draft: Draft, name: str, value: str) -> None:
    """Add a field from a line of Markdown, with its link if the line is nothing but a link."""
    value = EMPHASIS.sub("", value).strip(" ,") if not LINK.search(value) else value.strip(" ,*_")
    link = LINK.fullmatch(value)
    text, url = link_in(link) if link else (value, "")
    draft.add(name, EMPHASIS.sub("", text) if link else text, url)
