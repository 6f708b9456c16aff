"""Find entries without a heading in the text of a section.

They are in lists and tables with dates, or begin with bold words, a date or several names.
"""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from cvtools.i18n import I18n
from cvtools.importers import tables, vocabulary
from cvtools.importers.entry_headings import PLACE
from cvtools.importers.line_syntax import BOLD, LABEL, as_date, field_named, find_date, plain, split
from cvtools.importers.outline import BLOCK_START, Part, is_title

#: Bold words, which words in italics may follow.
_BOLD_WORDS = rf"{BOLD}(?:\s+([*_])([^*_]+)\3)?"
#: The beginning of bold words.
_BOLD_START = r"(\*\*|__)\S"


def split_entries(blocks: Sequence[str], level: int, i18n: I18n) -> tuple[str, list[Part]]:
    """Split the blocks of a section into the text above the first entry, and entries without a heading.

    :param level: the level of the entries
    """
    # The first part is for the text above the first entry.
    parts = [Part(level - 1, "")]
    for number, text in enumerate(blocks):
        if entries := _entries_in_block(text, level, i18n, is_first=not parts[1:]):
            parts += entries
        elif re.match(BLOCK_START, text):
            parts[-1].text += f"\n\n{text}"
        else:
            _add_paragraph(parts, text, blocks[number + 1 : number + 3], level, i18n)
    top, *children = parts
    return top.text, children


def _entries_in_block(text: str, level: int, i18n: I18n, *, is_first: bool) -> list[Part]:
    """Return the entries in a table, or in a list above all other entries; none for other text."""
    if labelled := tables.labelled_rows(text, i18n):
        return [Part(level, "", fields=fields) for fields in labelled]
    if entries := tables.labelled_entries(text, i18n):
        return [Part(level, "", words, fields=fields) for fields, words in entries]
    if rows := tables.dated_rows(text, i18n):
        return [Part(level, names[0], text, date=date, names=names) for date, names, text in rows]
    items = _dated_items(text, i18n) if is_first else []
    return [Part(level, words, below, date=date) for date, words, below in items]


def _add_paragraph(parts: list[Part], text: str, next_blocks: Sequence[str], level: int, i18n: I18n) -> None:
    """Add the entries that begin with lines of a paragraph, and add its other lines to the entry above each.

    :param next_blocks: the next two blocks; fewer at the end of the section
    """
    block = text.split("\n")
    # The date may be in a paragraph of its own, below that of the employer.
    below, third = [*next_blocks, "", ""][:2]
    if "\n" in below or re.match(f"{_BOLD_START}|{BLOCK_START}", below):
        below = ""
    elif re.match(_BOLD_START, text) and as_date(third, i18n):
        below = third
    # Lines of one paragraph may each begin with a date.
    begins_with_date = bool(_date_at_start(block[0], i18n)[0])
    # Below an entry without a date, no line begins another entry: neither in the next block (lacks_date),
    # nor in the same block up to the date (awaits_date).
    lacks_date = parts[1:] and _is_undated(parts[-1], i18n)
    awaits_date = False
    for number, (line, next_line) in enumerate(pairwise([*block, below])):
        date, words = find_date(line, i18n)
        is_italic = not number and re.match(r"[*_]\w", line) and re.match(r"\s*[*_]\w", parts[-1].text)
        is_first = not number or (begins_with_date and bool(_date_at_start(line, i18n)[0]))
        dates_below = (line for line in block[number + 1 : number + 4] if as_date(line, i18n))
        date_line = next(dates_below, next_line) if re.match(_BOLD_START, line) else next_line
        is_role = is_italic and parts[1:] and (as_date(line, i18n) or (date and vocabulary.ROLE.search(line)))
        begun = None if awaits_date else _entry_at(line, date_line, i18n, is_first=is_first and not lacks_date)
        if begun and not (is_role and len(split(words)) < 2):
            parts.append(replace(begun, level=level))
            awaits_date = _is_undated(parts[-1], i18n)
        elif is_role:
            # A line in italics is another role at the same employer.
            parts.append(Part(level, parts[-1].title, line))
        else:
            parts[-1].text += f"\n{line}" if number else f"\n\n{line}"
            awaits_date = awaits_date and not date


def _dated_items(block: str, i18n: I18n) -> list[tuple[str, str, str]]:
    """Return date, title and text of each item of a list whose items all begin with a date; none for other text."""
    items = re.split(r"(?m)^[-*+]\s+", block)
    entries = []
    for item in items[1:] if not items[0] else []:
        line, _, below = item.strip().partition("\n")
        date, words = _date_at_start(line, i18n)
        title, *sentences = tables.names_and_sentences(words)
        title = title.rstrip(".") if re.match(_BOLD_START, title) else title
        if not (date and is_title(title)):
            return []
        entries.append((date, title, "\n\n".join([*sentences, textwrap.dedent(below)])))
    return entries


def _date_at_start(line: str, i18n: I18n) -> tuple[str, str]:
    """Return a date at the beginning of a line, in bold letters or before a separator, and the words after the date."""
    bold = re.match(rf"{BOLD}(?:\s*:)?\s+(?=[\w*])", line)
    if bold and as_date(bold[2], i18n):
        return bold[2], line[bold.end() :].rstrip("\\ ")
    # Search the beginning of a line that is too long for find_date().
    start_of_line, rest = line[:200], line[200:]
    date, words = find_date(start_of_line, i18n)
    if date:
        words += f" {rest}" if start_of_line.endswith(" ") else rest
    start = rf"{re.escape(date)}\s*(?:(?:\\?\||:|[-–—])\s|\u3000|\s\s)"
    is_first = date and (re.match(start, plain(line)) or re.match(start, line))
    return (date, words.rstrip("\\ ")) if is_first else ("", line)


def _is_undated(part: Part, i18n: I18n) -> bool:
    """Return whether a part has neither a date nor a text yet."""
    return not (part.date or part.text or part.fields or find_date(part.title, i18n)[0])


def _entry_at(line: str, below: str, i18n: I18n, *, is_first: bool) -> Part | None:
    """Return the entry that begins with a line; None for a line of text.

    Such a line begins with bold words, and has a date, or one on the line below. The first line of a paragraph may also
    begin with a date, or have a role or several names above a date.
    """
    first_date, words = _date_at_start(line, i18n)
    bold_words = re.match(rf"{_BOLD_WORDS}(?P<sign>\s*[.,:|–—-]*\s*)(?=\S)", words) if is_first and first_date else None
    # Words after the bold ones are text if they are long, or if neither a separator nor a bold degree is before them.
    is_joined = bold_words and (re.search(r"[,|–—-]", bold_words["sign"]) or vocabulary.DEGREE.search(bold_words[2]))
    if bold_words and not (is_joined and is_title(words)):
        names = [name for name in bold_words.group(2, 4) if name]
        return Part(0, names[0], words[bold_words.end() :], date=first_date, names=names)
    if is_first and first_date and is_title(words):
        title, *sentences = tables.names_and_sentences(words)
        return Part(0, title, "".join(sentences), date=first_date)
    date, words = find_date(line, i18n)
    if bold := re.match(BOLD, line):
        # The second of two lines that begin with bold words may be another entry, unless the first is all bold.
        is_all_bold = re.fullmatch(r"\W*", line[bold.end() :])
        is_same_entry = is_all_bold or not re.match(_BOLD_START, below) or as_date(below, i18n)
        label = LABEL.match(line)
        may_be_dated_below = is_same_entry and not date and not (label and field_named(label[1]))
        has_date = (date and plain(words)) or (may_be_dated_below and find_date(below, i18n)[0])
        return Part(0, line.rstrip("\\ ")) if has_date else None
    # A line may be the whole entry, as in "Tutor, Code Club, 2019 – 2020", or have a bar before the date.
    ending = plain(line).rstrip(" .)\\")
    is_apart = ending.removesuffix(date).endswith("| ") and line[0] not in "*_"
    has_title = len(split(words)) > 1 or re.fullmatch(r"([*_])[^*_]+\1", words) or is_apart
    is_whole = date and has_title and ending.endswith(date)
    if is_first and is_whole and is_title(words) and not (LABEL.match(line) or plain(line).endswith(".")):
        return Part(0, line)
    has_names = len(split(line, keep={","})) > 1 or vocabulary.ROLE.search(line)
    is_no_sentence = len(line) < 100 and re.fullmatch(r"[^_\d].*[^.]", line)
    date, place = find_date(below, i18n)
    is_dated_below = date and (not place or PLACE.fullmatch(place))
    return Part(0, line) if is_first and has_names and is_no_sentence and is_dated_below else None
