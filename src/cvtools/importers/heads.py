"""Read the heads of entries, such as "Engineer, Example Corp (2019 – 2021)", and the lines below them."""

import re
from collections.abc import Mapping, Sequence

from cvtools.i18n import I18n
from cvtools.importers import vocabulary
from cvtools.importers.drafts import Draft, address
from cvtools.importers.lines import EMPHASIS, LABEL, LINK, find_date, link_in, plain, plain_title, split, unlisted
from cvtools.model.values import Linked

#: An organization with a town and a state of the USA.
_TOWN = re.compile(r"(.+?), ([^,]+, [A-Z]{2})")

_ABBREVIATED = re.compile(r"(inc|ltd|llc|gmbh|jr|sr|ph\.?d|md|s\.a|sp\. z)\b\.?", re.IGNORECASE)

#: Kinds whose headings are read, with the fields of the parts of a heading after the first.
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
    parts = split(title, ",")
    if len(parts) == 1 and kind not in {"project", "patent"}:
        parts = split(title)
    joined: list[str] = []
    for part in parts or [title]:
        if joined and (_ABBREVIATED.match(part) or re.match(r"\d", part)):
            joined[-1] += f", {part}"
        else:
            joined.append(part)
    has = {"position": vocabulary.ROLE, "education": vocabulary.DEGREE}.get(kind)
    plains = [*map(plain, joined)]
    if has and plains[1:] and has.search(plains[1]) and not has.search(plains[0]):
        joined[:2] = joined[1::-1]
    elif kind == "education" and vocabulary.SCHOOL.search(plains[0]) and not vocabulary.SCHOOL.search(plains[-1]):
        # A school alone is the title, and the part behind it is its place.
        joined.insert(0, joined[0])
    return joined


def first_lines(block: str, date: str, names: Sequence[str], found: dict[str, str], i18n: I18n) -> tuple[str, str]:
    """Read the lines below a heading, and return the date, and the lines that are no fields.

    :param date: the date in the heading; empty if it has none
    :param names: fields that the lines may have
    :param found: receives the values of these fields
    """
    lines = block.split("\n")
    if len(lines) > 3 or re.match(r"([-+*>|#`]|\d+[.)])\s", lines[0]):
        return date, block
    kept = []
    is_dated = bool(date) or any(find_date(unlisted(line), i18n)[0] for line in lines)
    for line in lines:
        when, rest = find_date(line, i18n) if not date else ("", line)
        if LABEL.match(rest):
            date = date or when
            kept.append(rest)
            continue
        missing = [name for name in names if name not in found]
        more = split(rest.rstrip("\\"), ",")
        if len(more) == 1 < len(missing):
            more = split(more[0])
        is_host = re.match(r"[*_]+\S", line) or " | " in line
        is_told = when or (is_dated and is_host and not line.rstrip("*_\\ ").endswith("."))
        if is_told and len(more) <= len(missing) and all(len(part) < 80 for part in more):
            date = date or when
            found |= dict(zip(missing, more, strict=False))
        elif when:
            # A school is the title until its degree is found.
            date = when
            if "institution" in names and vocabulary.DEGREE.search(rest):
                found["title"] = rest
            else:
                kept.append(rest)
        else:
            kept.append(line)
    return date, "\n".join(kept)


def part_town(names: Sequence[str], found: dict[str, str]) -> None:
    """Part the town of an organization from its name, if there is no other place."""
    host = EMPHASIS.sub("", found.get(names[0], "")) if "location" in names and "location" not in found else ""
    if town := _TOWN.fullmatch(host):
        found[names[0]], found["location"] = town.groups()


def role_first(title: str, found: Mapping[str, str], blocks: list[str]) -> tuple[str, dict[str, str]]:
    """Return the role and the fields of a position whose heading may begin with its employer.

    :param blocks: the text; a role is taken off its first line if the heading is an employer alone
    """
    told = [title, *found.values()]
    if not found and vocabulary.EMPLOYER.search(title) and not vocabulary.ROLE.search(title):
        line, _, rest = blocks[0].partition("\n") if blocks else ("", "", "")
        if (
            line
            and len(line) < 60
            and not re.match(r"([-+*>|#`]|\d+[.)])\s", line)
            and not re.search(r"[.。!?:]$", line)
        ):
            blocks[0] = rest
            role, *places = split(line.rstrip("\\ "))
            return plain_title(role), dict(zip(PARTS["position"], [title, ", ".join(places)], strict=True))
        return title, {"organization": title}
    role = next(filter(vocabulary.ROLE.search, told), title)
    told.remove(role)
    return plain_title(role), dict(zip(PARTS["position"], told, strict=False))


def add_project_parts(draft: Draft, title: str) -> None:
    """Give a project its title, and the technologies and the link that bars separate from it."""
    draft.title, *others = map(plain_title, re.split(r"\s*\\?\|\s*", title))
    for other in others:
        add_field(draft, "page" if LINK.fullmatch(other) else "technologies", other)


def add_labelled(draft: Draft, line: str) -> bool:
    """Add the field of a line such as "Technologies: Python, Go"; return False if the line is none."""
    if not (label := LABEL.match(unlisted(line))):
        return False
    word, value = label[1].lower().split()[0], unlisted(line)[label.end() :]
    name = next((name for name, labels in vocabulary.ENTRY.items() if word in labels and name in draft.names), "")
    if not name or name in draft.fields or not draft.accepts(name, Linked(plain(value))):
        return False
    add_field(draft, name, value)
    return True


def add_field(draft: Draft, name: str, value: str) -> None:
    """Add a field from a line of Markdown, of which a link stays if it is all of it."""
    value = EMPHASIS.sub("", value).strip(" ,") if not LINK.search(value) else value.strip(" ,*_")
    link = LINK.fullmatch(value)
    text, url = link_in(link) if link else (value, "")
    draft.add(name, text, address(url))
