"""Read entries, or labels and values, from tables and definition lists in Markdown."""

import re
from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest

from cvtools.i18n import I18n
from cvtools.importers import vocabulary
from cvtools.importers.contacts import contact_of
from cvtools.importers.line_syntax import as_date, field_named, plain, split
from cvtools.writing.html_to_markdown import LINE_IN_CELL

#: A bullet that begins a line of a cell.
_BULLET = r"(?:[-–*•▪]\s+|・\s*)"
#: The label of a table's column, such as "Job title" or "Od – do".
_COLUMN_LABEL = re.compile(r"[^\W\d]+([ /–-]+[^\W\d]+){0,2}")


def _rows(block: str) -> list[list[list[str]]]:
    """Return the rows of a table or definition list, with each cell as a list of its lines; none for other text."""
    lines = block.split("\n")
    if is_definition_list(block):
        return _definitions(lines)
    if len(lines) < 2 or not re.fullmatch(r"\s*\|(\s*:?-+:?\s*\|)+\s*", lines[1]):
        return []
    # The head may be empty.
    lines = [line for line in [lines[0], *lines[2:]] if line.strip("| ")]
    rows = [re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|")) for line in lines]
    return [[[line for line in map(str.strip, cell.split(LINE_IN_CELL)) if line] for cell in row] for row in rows]


def is_definition_list(block: str) -> bool:
    """Return whether a block begins with a term and a definition below it."""
    return bool(re.match(r"(?![-+*>|#`:]|\d+[.)]\s)\S.*\n\s*: +\S", block))


def _definitions(lines: Sequence[str]) -> list[list[list[str]]]:
    """Return a row for each term: the term, and the lines of its definitions, joined where a sentence goes on."""
    rows: list[tuple[str, list[list[str]]]] = []
    numbers = [number for number, line in enumerate(lines) if line.strip()]
    for number, next_number in zip_longest(numbers, numbers[1:]):
        line, above = lines[number], lines[number - 1]
        if next_number and re.match(r"\s*: ", lines[next_number]) and not re.match(r"[\s:]", line):
            rows.append((line.strip(), []))
            continue
        definitions, words = rows[-1][1], re.sub(r"^ {0,3}:\s+", "", line).strip()
        is_new = not above.strip() or re.match(r" {0,3}: |\s*[-*+] ", line)
        if definitions and not is_new and _goes_on(above):
            definitions[-1].append(words)
        else:
            definitions.append([words])
    return [[[term], [" ".join(parts) for parts in definitions]] for term, definitions in rows]


def _goes_on(line: str) -> bool:
    """Return whether a line ends within emphasis, within brackets or within a sentence."""
    is_open = any(line.count(sign) % 2 for sign in "*_") or any(line.count(a) > line.count(b) for a, b in ("()", "[]"))
    return is_open or line.endswith(",") or (len(line) > 50 and not line.endswith((".", ":")))


def labelled_rows(block: str, i18n: I18n) -> list[dict[str, str]]:
    """Return the fields of each row of a table whose head has a label of a field for each column; none otherwise."""
    head, *rows = [[" ".join(cell) for cell in row] for row in _rows(block)] or [[]]
    head = [*map(plain, head)]
    if not rows or not all(map(_COLUMN_LABEL.fullmatch, head)) or any(len(row) != len(head) for row in rows):
        return []
    # A label may have an alternative, such as "Company / client".
    names = [field_named(label) or field_named(label.partition("/")[0]) for label in head]
    names = ["date" if name == "period" else name for name in names]
    dated = [column for column in range(len(head)) if all(as_date(row[column], i18n) for row in rows)]
    if "date" not in names:
        # A column of dates needs no label if it is the only one.
        names = ["date" if [column] == dated and not name else name for column, name in enumerate(names)]
    has_date = "date" in names and names.index("date") in dated
    if len(names) < 2 or not has_date or "" in names or len({*names}) < len(names):
        return []
    # Empty a cell without words, such as a dash.
    words = ([cell if re.search(r"\w", cell) else "" for cell in row] for row in rows)
    return [dict(zip(names, row, strict=True)) for row in words]


def labelled_entries(block: str, i18n: I18n) -> list[tuple[dict[str, str], str]]:
    """Return the fields and the text of each entry in a table of labels and values; none for other text.

    Each entry begins with a row for its date, as in a CV of Europass. Values without a field become text.
    """
    rows = _rows(block)
    if any(len(row) != 2 for row in rows):
        return []
    entries: list[tuple[dict[str, str], list[str]]] = []
    for label, value in rows:
        name, words = field_named(" ".join(label)), " ".join(value)
        if name == "period" and as_date(words, i18n):
            entries.append(({"date": words}, []))
        elif not entries:
            return []
        elif name and name not in entries[-1][0] and len(value) == 1:
            entries[-1][0][name] = words
        elif value or (label and not name):
            entries[-1][1].append(_as_item(label, value))
    has_fields = all(len(fields) > 1 for fields, _ in entries)
    return [(fields, "\n".join(text)) for fields, text in entries] if has_fields else []


def dated_rows(block: str, i18n: I18n) -> list[tuple[str, list[str], str]]:
    """Return date, names and text of each row of a table with dates in the first or the last column; none otherwise.

    The first name is the title.
    """
    rows = _rows(block)
    for side in (0, -1):
        dates = [as_date(" ".join(row[side]), i18n) for row in rows]
        cells = (chain(*(row[1:] if side == 0 else row[:-1])) for row in rows)
        others = [[line for line in row if re.search(r"\w", line)] for row in cells]
        # A row that has nothing but a date is no entry.
        if all(dates) and all(others):
            return [(date, *_entry_in_cells(lines)) for date, lines in zip(dates, others, strict=True)]
    return []


def names_and_sentences(words: str) -> list[str]:
    """Split the words of an entry into its names and, if there are any, the sentences after these."""
    return re.split(r"(?<=\w{4})(?<!\bDept|\bInst|\bProf|\bUniv)[.]\s+(?=[^\W\d_a-z])", words, maxsplit=1)


def _entry_in_cells(lines: list[str]) -> tuple[list[str], str]:
    """Return the names and the text of an entry from the lines of a row; the second line may be the workplace."""
    first, second, *rest = lines + [""] * 4
    may_be_name = second and len(second) < 80 and not re.match(_BULLET, second) and not second.endswith(".")
    name, *sentences = names_and_sentences(first)
    names = [name]
    if may_be_name and (len(split(first)) < 2 or vocabulary.EMPLOYER.search(second)):
        names += split(second) if len(split(second)) < 3 else [second]
        if len(names) == 2 and rest[0] and not rest[1] and re.fullmatch(r"[^\d.:]{1,30}", rest[0]):
            names.append(rest.pop(0))
    else:
        rest = [second, *rest]
    text = [re.sub(f"^{_BULLET}", "", line) for line in [*sentences, *rest] if line]
    return names, "\n".join(f"- {line}" for line in text) if text[1:] else "".join(text)


def as_list(block: str) -> str:
    """Return a table of labels and values, or of a person's contacts, as a list, and any other text as it is."""
    rows = _rows(block)
    firsts = [" ".join(row[0]) for row in rows]
    has_labels = any(field_named(first, vocabulary.PERSON) for first in firsts[1:])
    heads = rows[0] if rows and not has_labels else []
    heads = heads if any(field_named(" ".join(head), vocabulary.PERSON) for head in heads) else []
    if heads or any(map(contact_of, firsts)):
        # Each cell is a contact, for which the head may have a label.
        cells = (zip_longest(heads, row) for row in rows[bool(heads) :])
        return "\n".join(_as_item(label or [], lines or []) for label, lines in chain(*cells))
    if not rows or not all(len(row) == 2 and len(first) < 40 for row, first in zip(rows, firsts, strict=True)):
        return block
    # Drop a head that has labels itself, as in "Method | Address".
    rows = rows[1:] if has_labels and field_named(" ".join(rows[0][1]), vocabulary.PERSON) else rows
    return "\n".join(_as_item(label, lines) for label, lines in rows if label or lines)


def _as_item(label: Iterable[str], lines: Iterable[str]) -> str:
    """Return a label and the lines of its value as an item of a list; either may be empty."""
    words, value = plain(" ".join(label)).strip(" :\uff1a`"), ", ".join(line.strip(" ,") for line in lines)
    return f"- **{words}:** {value}" if words and value else f"- {words or value}"
