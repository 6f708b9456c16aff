"""Tables of the PDF: the widths of columns, heads on every page, footnotes, structure."""

from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pypdfium2 import PdfDocument, raw

from cvtools.build import build
from cvtools.checks.open_pdf import dictionary
from tests.projects import Project, pages_of

LONG = "Words that go on and on, since this cell has much to say, and more than a line of the page has room for."
FILLER = "Words to fill the page. " * 200


def build_pdf(folder: Path, markdown: str, *, strict: bool = True) -> Path:
    project = Project(folder)
    project.write({"index.md": f"# Ada Example\n\n{markdown}\n"})
    assert build(project.folder, html=False, strict=strict)
    return project.folder / "dist/cv.pdf"


def pages(pdf: Path) -> list[str]:
    return [" ".join(text.split()) for text in pages_of(pdf)]


def table(rows: int, head: str = "| Skill | Years |") -> str:
    return "\n".join([head, "|---|---|", *(f"| Skill number {row} | {row} |" for row in range(rows))])


def structure(pdf: Path) -> list[str]:
    """The structure types of all elements, each with the types above it."""
    found = []
    with pikepdf.open(pdf) as file:
        stack: list[tuple[Any, str]] = [(file.Root.StructTreeRoot.K, "")]
        while stack:
            node, path = stack.pop()
            if isinstance(node, pikepdf.Array):
                stack += [(kid, path) for kid in reversed(list(node))]
            elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
                found.append(path + str(node.S))
                stack.append((dictionary(node).get("/K"), found[-1]))
    return found


def test_head_is_repeated_on_each_page(tmp_path: Path) -> None:
    head = "| [Skill](https://example.org)[^a] | Years |"
    pdf = build_pdf(tmp_path, f"{table(70, head)}\n\n{FILLER[:2400]}\n\n[^a]: A note.")
    first, second = pages(pdf)
    assert "Ada Example Skill1 Years Skill number 0" in first
    assert second.startswith("Skill1 Years Skill number")
    assert (first + second).count("A note.") == 1
    rows = [path for path in structure(pdf) if path.endswith("/TR")]
    heads = [path for path in structure(pdf) if path.endswith("/TH")]
    assert (len(rows), len(heads)) == (72, 4)


def test_head_and_heading_are_kept_with_the_first_row_wherever_a_page_ends(tmp_path: Path) -> None:
    lines = "\n\n".join(["Line"] * 13)
    sections = (f"{lines}\n\n## Heading {number}\n\n{table(1)}" for number in range(40))
    # The last page may be almost empty.
    text = pages(build_pdf(tmp_path, "\n\n".join(sections), strict=False))
    assert len(text) > 15
    heads = [f"Heading {number} Skill Years Skill number 0" for number in range(40)]
    assert [head for head in heads if not any(head in page for page in text)] == []


def test_first_and_last_row_are_alone_on_no_page_wherever_it_ends(tmp_path: Path) -> None:
    lines = "\n\n".join(["Line"] * 13)
    text = pages(build_pdf(tmp_path, "\n\n".join(f"{lines}\n\n{table(4)}" for _ in range(40)), strict=False))
    assert len(text) > 15
    counts = {len(part.split("number")) - 1 for page in text for part in page.split("Skill Years") if "number" in part}
    assert counts <= {2, 4}


def test_rules_are_apart_from_the_text_above_and_below_them(tmp_path: Path) -> None:
    markdown = "Jog by.\n\n| Typography |\n|---|\n| Jog by a quay |\n\nWords."
    with PdfDocument(build_pdf(tmp_path, markdown)) as document:
        page = document[0]
        # left, bottom, right, top
        words = [part.get_bounds() for part in page.get_objects([raw.FPDF_PAGEOBJ_TEXT])]
        rules = [part.get_bounds() for part in page.get_objects([raw.FPDF_PAGEOBJ_PATH])]
    assert len(rules) == 3
    gaps = [max(word[1] - rule[3], rule[1] - word[3]) for rule in rules for word in words]
    assert min(gaps) > 1
    above = min(word[1] - rules[0][3] for word in words if word[1] > rules[0][3])
    below = min(rules[-1][1] - word[3] for word in words if word[3] < rules[-1][1])
    assert above == pytest.approx(below, abs=3)


def test_short_columns_leave_the_room_to_long_text(tmp_path: Path) -> None:
    rows = f"| Title of the publication | Year | Language |\n|---|---|---|\n| {LONG} | 2019 | Portuguese |"
    (text,) = pages(build_pdf(tmp_path, rows))
    assert "Title of the publication Year Language" in text
    assert "2019 Portuguese" in text


def test_code_and_tables_in_a_cell_are_as_wide_as_the_cell(tmp_path: Path) -> None:
    code = "```python\nfind_all_words_of_this_line(in_the_cell, and_not_beside, the_page_whose, edge_is_near)\n```"
    inner = f":::{{list-table}}\n- - {LONG}\n  - Short\n:::"
    cells = "\n".join(f"- - {LONG}\n  - " + cell.replace("\n", "\n    ") for cell in (code, inner))
    # A strict build fails if text runs off the page.
    (text,) = pages(build_pdf(tmp_path, f"::::{{list-table}}\n{cells}\n::::"))
    assert "edge_is_near" in text


def test_footnotes_of_cells_are_outside_the_table(tmp_path: Path) -> None:
    rows = f"| Item | Note |\n|---|---|\n| {LONG} | one[^a] |\n| Second | two[^b] |"
    pdf = build_pdf(tmp_path, f"{rows}\n\nAfter[^c].\n\n[^a]: Note a.\n[^b]: Note b.\n[^c]: Note c.")
    assert "1Note a. 2Note b. 3Note c." in pages(pdf)[0]
    assert [path for path in structure(pdf) if path.endswith("/Note")] == [
        "/Document/Note",
        "/Document/Note",
        "/Document/P/Note",
    ]


@pytest.mark.parametrize("place", ["Words[^a].", "| Word[^a] | b |\n|---|---|\n| c | d |"])
def test_footnote_may_hold_a_table(tmp_path: Path, place: str) -> None:
    rows = "| One[^b] | Two |\n    |---|---|\n    | Three[^c] | Four |"
    pdf = build_pdf(tmp_path, f"{place}\n\n[^a]: A note.\n\n    {rows}\n\n[^b]: Note b.\n\n[^c]: Note c.")
    assert "1Anote.One2TwoThree3Four2Noteb.3Notec." in pages(pdf)[0].replace(" ", "")


def test_too_many_columns_are_warned_of_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = Project(tmp_path)
    row = "| Internationalization " * 12
    project.write({"index.md": f"# Ada\n\n{row}|\n{'|---' * 12}|\n{row}|\n"})
    assert build(project.folder, html=False)
    warnings = [line for line in capsys.readouterr().err.splitlines() if "index.md" in line]
    assert [line.rpartition(": ")[0].rpartition("WARNING: ")[2] for line in warnings] == [
        "the PDF breaks words of a table"
    ]


def test_cells_that_no_page_has_room_for_are_set_one_below_the_other(tmp_path: Path) -> None:
    pdf = build_pdf(tmp_path, f"| One | Two |\n|---|---|\n| {FILLER * 2} | The other[^a] |\n\nEnd.\n\n[^a]: A note.")
    assert "The other1 End. 1A note." in pages(pdf)[-1]
    assert sum(path.endswith("/TD") for path in structure(pdf)) == 2
