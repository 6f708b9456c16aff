"""Arrange the outline of a CV: headings and entries without a heading, with the text below each."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from cvtools.i18n import I18n
from cvtools.importers.line_syntax import as_date, plain

#: Text that is no title: a sentence, or a town with a state of the USA.
_NO_TITLE = r"\w{5}\.$|^[^,|]+, [A-Z]{2}$"
#: Beginnings of a block other than a paragraph.
BLOCK_START = r"[-+>|#`]|\*\s| {4}|\d+[.)]\s"


@dataclass
class Part:
    """A heading of the file, or an entry without a heading, and the Markdown below."""

    level: int
    title: str
    text: str = ""
    children: list["Part"] = field(default_factory=list)
    #: The date of an entry without a heading.
    date: str = ""
    #: The title and the other names of an entry, if they are apart in the file, as in a row of a table.
    names: list[str] = field(default_factory=list)
    #: The fields of an entry, and its "title", if the file has labels or commands for them.
    fields: Mapping[str, str] = field(default_factory=dict)
    #: The kind of an entry with `fields`, if its section does not name one.
    kind: str = "position"


def tree(parts: Iterable[Part]) -> list[Part]:
    """Arrange headings by their levels, and return the top ones."""
    path = [Part(0, "")]
    for part in parts:
        while path[-1].level >= part.level:
            path.pop()
        path[-1].children.append(part)
        path.append(part)
    return path[0].children


def with_joined_dates(parts: Iterable[Part], i18n: I18n) -> list[Part]:
    """Return the headings without those that are dates, which become text of the entry above or below."""
    joined: list[Part] = []

    def is_date(part: Part) -> bool:
        # A title of an entry with fields or another date is no date.
        return not (part.fields or part.date) and bool(as_date(part.title, i18n))

    for part in parts:
        above = joined[-1] if joined and not joined[-1].text.strip() and part.level > joined[-1].level else None
        if above and is_date(above):
            joined[-1] = replace(part, level=above.level, text=f"{above.title}\n\n{part.text}")
        elif above and is_date(part) and not i18n.kinds(plain(above.title)):
            above.text = f"{part.title}\n\n{part.text}"
        else:
            joined.append(part)
    for part in joined:
        title, _, text = part.text.strip().partition("\n")
        if is_date(part) and is_title(title) and not re.match(BLOCK_START, title):
            part.title, part.text = title.rstrip("\\ "), f"{part.title}\n\n{text}"
    return joined


def is_title(words: str) -> bool:
    """Return whether the words after a date may be the title of an entry: few words, and no sentence."""
    return len(plain(words)) < 100 and bool(words.strip("\\ ")) and not re.search(_NO_TITLE, words)
