"""Read tables of Markdown that arrange a CV: rows of labels and values, and rows of dates and entries."""

import re
from itertools import chain

from cvtools.i18n import I18n
from cvtools.importers import vocabulary
from cvtools.importers.contacts import is_any_label
from cvtools.importers.lines import as_date, plain, split
from cvtools.writing.html_to_markdown import LINE

#: The head of a column, such as "Job title" or "Od – do".
_LABELS = re.compile(r"[^\W\d]+([ /–-]+[^\W\d]+){0,2}")


def _rows(block: str) -> list[list[list[str]]]:
    """Return the rows of a table: the lines of each cell; empty for other text."""
    lines = block.split("\n")
    if len(lines) < 2 or not re.fullmatch(r"\s*\|(\s*:?-+:?\s*\|)+\s*", lines[1]):
        return []
    # The head may be empty.
    lines = [line for line in [lines[0], *lines[2:]] if line.strip("| ")]
    rows = [re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|")) for line in lines]
    return [[[line for line in map(str.strip, cell.split(LINE)) if line] for cell in row] for row in rows]


def dated_rows(block: str, i18n: I18n) -> list[tuple[str, str, list[str], str]]:
    """Return the date, title, names and text of each row of a table with dates at one side; none for other text."""
    rows = _rows(block)
    for side in (0, -1):
        dates = [as_date(" ".join(row[side]), i18n) for row in rows]
        if dates[1:] and not dates[0] and all(map(_LABELS.fullmatch, map(" ".join, rows[0]))):
            # The head says what the columns are, and each row is an entry.
            del rows[0], dates[0]
        if all(dates) and all(len(row) > 1 for row in rows):
            others = (row[1:] if side == 0 else row[:-1] for row in rows)
            return [(date, *_entry([*chain(*cells)])) for date, cells in zip(dates, others, strict=True)]
    return []


def labelled_lines(block: str) -> str:
    """Return a table whose first column has labels as a list of these; other text as it is."""
    rows = _rows(block)
    if not rows or not all(len(row) == 2 and len(" ".join(row[0])) < 40 for row in rows):
        return block
    if is_any_label(plain(" ".join(rows[0][1]))):
        # The labels are the head of the table.
        return block
    labels = [plain(" ".join(label)).rstrip(" :\uff1a") for label, _ in rows]
    values = [", ".join(line.strip(" ,") for line in lines) for _, lines in rows]
    return "\n".join(
        f"- **{label}:** {value}" if label and value else f"- {label or value}"
        for label, value in zip(labels, values, strict=True)
        if label or value
    )


def _entry(lines: list[str]) -> tuple[str, list[str], str]:
    """Return the title, names and text of a row: the second line may be the workplace."""
    first, second, *rest = lines + [""] * 4
    is_place = second and len(second) < 80 and not re.match(r"[-*•]\s", second) and not second.endswith(".")
    if not is_place or (len(split(first)) > 1 and not vocabulary.EMPLOYER.search(second)):
        names, rest = [], [second, *rest]
    else:
        names = [first, *(split(second) if len(split(second)) < 3 else [second])]
        if len(names) == 2 and rest[0] and not rest[1] and re.fullmatch(r"[^\d.:]{1,30}", rest[0]):
            names.append(rest.pop(0))
    text = [re.sub(r"^[-*•]\s+", "", line) for line in rest if line]
    return first, names, "\n".join(f"- {line}" for line in text) if text[1:] else "".join(text)
