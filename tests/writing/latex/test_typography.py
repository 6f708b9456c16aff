"""The typography of a CV, by the positions of its letters."""

import re
import subprocess
from collections.abc import Iterator
from itertools import count, groupby
from pathlib import Path

import pytest
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTComponent, LTContainer, LTFigure, LTTextContainer, LTTextLine
from PIL import Image
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from cvtools.build import build
from tests.projects import Project

CV = """\
# Ada Example
:headline: Software architect

A summary that has enough words for a line, and of the next line no more than two words.

Another paragraph.

## Work experience

### Example Bank
:organization: Example Bank
:location: Gdańsk

#### Developer
:period: 2014-03 – 2016-04
:technologies: Python, PostgreSQL, Microsoft SQL Server, Django REST Framework, Google Cloud Platform, Docker Compose, Visual Basic for Applications, Java

Words before a list.

- One thing
- Another thing which takes more than a line, since it has enough words and no word alone

After it.

##### A part

> Quoted.

#### Intern
:period: 2011-05 – 2014-02

Words.

### Another Bank
:organization: Another Bank
:period: 2010 – 2011

### Clerk #1
:organization: Bank @ Home
:period: 2009

## Skills
:kind: skills

- Sailing
- Reading
"""
#: Words that no line has room for, in all places.
WIDE = """\
# Ada {word}
:headline: {word}
:website: <https://example.org/{word}>

One A, Two B, Three C, Four D. 2023. Some longer title of a paper about rivers and lakes and the regions of fishes as
told by maps that were drawn in the epoch, [code](https://example.org/abc)

{word}-{word} and https://example.org/{word}/{word}?x={word}.

## Work

### {word}
:organization: [{word}](https://example.org)
:period: 2020 – present
:technologies: Python, Java

- `/usr/{word}/{word}`
- **{word}**{word}
  - {numbers}

```
{word}{word} {word}
```
""".replace("{numbers}", " ".join(map(str, range(100))))
#: Half a line of 10 point type, on which all lines stand.
HALF = 6.0


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = Project(tmp_path_factory.mktemp("typography"))
    project.write({"index.md": CV})
    assert build(project.folder, html=False, strict=True)
    return project.folder / "dist/cv.pdf"


@pytest.fixture(scope="module")
def lines(pdf: Path) -> list[tuple[float, str]]:
    """Return the lines of a CV: how far each is below the first, in points of TeX's, and its text."""
    return lines_of(pdf)


def lines_of(pdf: Path) -> list[tuple[float, str]]:
    placed = sorted(letters(pdf), key=lambda letter: -letter[0])
    found = [(-y, "".join(text for _, text in line)) for y, line in groupby(placed, key=lambda letter: letter[0])]
    return [((y - found[0][0]) * 72.27 / 72, text.strip()) for y, text in found if text.strip()]


def letters(pdf: Path) -> Iterator[tuple[float, str]]:
    # A bullet is raised to the middle of small letters.
    return ((round(glyph.matrix[5], 1), glyph.get_text()) for glyph in glyphs(pdf) if glyph.get_text() != "•")


def glyphs(pdf: Path) -> Iterator[LTChar]:
    def within(item: LTComponent) -> Iterator[LTChar]:
        if isinstance(item, LTChar):
            yield item
        elif isinstance(item, LTContainer):
            for child in item:
                yield from within(child)

    for page in extract_pages(pdf):
        yield from within(page)


def test_title_with_a_link_has_the_colour_of_one_without(tmp_path: Path) -> None:
    project = Project(tmp_path)
    entries = (f"### {title}\n:organization: bank\n:period: 2009\n" for title in ("[One](https://one.example)", "Two"))
    project.write({"index.md": "# Ada\n\n## Work\n\n" + "\n".join(entries)})
    assert build(project.folder, html=False, strict=True)
    colours = {glyph.get_text(): glyph.graphicstate.ncolor for glyph in glyphs(project.folder / "dist/cv.pdf")}
    assert colours["O"] == colours["T"] != colours["W"]


def test_heading_of_a_group_of_entries_does_not_look_like_an_entry(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write({"index.md": "# Ada\n\n## Work\n\n### Group\n\n#### Tutor\n:organization: bank\n:period: 2009\n"})
    assert build(project.folder, html=False, strict=True)
    looks = {
        glyph.get_text(): (glyph.size, glyph.graphicstate.ncolor) for glyph in glyphs(project.folder / "dist/cv.pdf")
    }
    assert looks["G"][0] > looks["T"][0]
    assert looks["G"][1] == looks["W"][1] != looks["T"][1]


def test_long_numbers_of_a_list_begin_where_text_does(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write({"index.md": "# Ada\n\nA\n\n" + "".join(f"{number}. X\n" for number in range(98, 102))})
    assert build(project.folder, html=False, strict=True)
    found = [(glyph.get_text(), glyph.x0) for glyph in glyphs(project.folder / "dist/cv.pdf")]
    assert len({round(left, 1) for letter, left in found if letter == "X"}) == 1
    text, numbers = ({left for letter, left in found if letter in letters} for letters in ("A", "0123456789"))
    assert min(numbers) >= min(text) - 0.5


def test_words_wider_than_a_line_stay_on_the_page(tmp_path: Path) -> None:
    project = Project(tmp_path)
    number = count()
    text = re.sub("{word}", lambda _: f"{'Donaudampfschiff' * 5}{next(number)}", WIDE)
    project.write({"index.md": text})
    assert build(project.folder, html=False, strict=True)


def test_line_off_the_page_fails_the_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = Project(tmp_path)
    project.write({"index.md": f"# Ada\n\nText.\n\n```{{math}}\n{'x' * 200}\n```\n"})
    assert not build(project.folder, html=False)
    assert re.search(r"index\.md:5: .*cv\.pdf: a line runs off the page", capsys.readouterr().err)


def test_lines_but_those_of_a_head_with_technologies_are_on_a_baseline_grid(lines: list[tuple[float, str]]) -> None:
    # The footer has its own place.
    off = [text for y, text in lines[:-1] if abs(y / HALF - round(y / HALF)) > 0.05]
    # The second of their two lines is on it again.
    assert [text[:9].strip() for text in off] == ["Developer", "Technolog"]


def test_technologies_do_not_touch_the_title_above_them(lines: list[tuple[float, str]]) -> None:
    at = next(number for number, (_, text) in enumerate(lines) if text.startswith("Technologies:"))
    (title, _), (names, _), (more, _) = lines[at - 1 : at + 2]
    # They are as far below it as descenders of 10 and capitals of 9 points need, and closer to each other.
    assert 10 < names - title < 2 * HALF - 1
    assert more - names < names - title


def test_entries_are_spaced_more_than_roles(lines: list[tuple[float, str]]) -> None:
    texts = [text for _, text in lines]

    def above(start: str) -> int:
        """The half lines of space above a line."""
        at = next(number for number, text in enumerate(texts) if text.lstrip("• ").startswith(start))
        return round((lines[at][0] - lines[at - 1][0]) / HALF) - 2

    heads = ("Example Bank", "Developer", "Intern", "Another Bank", "Skills")
    blocks = ("Another paragraph", "One thing", "Another thing", "After it", "A part")
    assert [above(start) for start in heads] == [1, 1, 1, 2, 3]
    assert [above(start) for start in blocks] == [1, 0, 0, 1, 1]


def test_machines_read_a_blank_line_before_an_entry(pdf: Path) -> None:
    text = "".join(page.extract_text() for page in PdfReader(pdf).pages)
    starts = re.findall(r"^ +\n(.+)", text, re.MULTILINE)
    assert [start.split()[0] for start in starts] == ["Example", "Developer", "Intern", "Another", "Clerk"]


def test_short_lines_are_read_in_their_order_beside_dates(tmp_path: Path) -> None:
    entry = "### Client {0}\n:period: 202{0}-03 – 202{0}-09\n:technologies: Python\n\n- Flow number {0}\n\n"
    roles = "### Corp\n:organization: Corp\n\n" + (entry * 2).replace("###", "####").format(2)
    text = f"# Ada\n\n## Work\n\n{''.join(map(entry.format, range(4)))}{roles}"
    text += "## Talks\n\n```{talks}\n```\n"
    pages = {
        f"talks/{year}.md": f"# T{year}\n:event: Conf {year}\n:date: {year}\n\nText.\n" for year in range(2001, 2009)
    }
    # Poppler is among the readers of the checks, which must find nothing.
    assert build(Project(tmp_path).write({"index.md": text, **pages}).folder, html=False, strict=True)
    words = subprocess.run(
        ["pdftotext", tmp_path / "dist/cv.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    assert re.findall(r"T2\d+|Conf 2\d+", words)[:4] == ["T2008", "Conf 2008", "T2007", "Conf 2007"]


def test_section_is_spaced_from_a_table_that_is_all_of_the_section_above(tmp_path: Path) -> None:
    text = "# Ada\n\n## Rates\n\n| Day |\n|---|\n| Rate |\n\n## Work\n\nText.\n\n## Last\n\nText.\n"
    assert build(Project(tmp_path).write({"index.md": text}).folder, html=False, strict=True)
    found = lines_of(tmp_path / "dist/cv.pdf")
    at = {text: y for y, text in reversed(found)}
    assert at["Work"] - at["Rate"] >= at["Last"] - at["Text."]


def test_last_line_of_a_paragraph_is_no_single_word(lines: list[tuple[float, str]]) -> None:
    texts = [text for _, text in lines]
    assert "two words." in texts
    assert "word alone" in texts


@pytest.mark.parametrize("below", ["## Work\n", "| Work |\n|---|\n", "## Work\n:period: 2020\n", "```\nWork\n```\n"])
def test_text_stands_beside_a_narrow_photo_and_what_is_wide_below(tmp_path: Path, below: str) -> None:
    project = Project(tmp_path)
    Image.new("RGB", (60, 90)).save(project.docs / "me.png")
    project.write({"index.md": f"# Ada\n:photo: ![Ada](me.png)\n\nA summary.\n\n{below}\nA bank.\n"})
    assert build(project.folder, html=False, strict=True)
    (page,) = extract_pages(project.folder / "dist/cv.pdf")
    (photo,) = (item for item in page if isinstance(item, LTFigure))
    ys = {
        text.get_text().strip(): text.y0
        for box in page
        if isinstance(box, LTTextContainer)
        for text in box
        if isinstance(text, LTTextLine)
    }
    assert photo.y0 < ys["A summary."] < photo.y1
    assert ys["Work"] < photo.y0


@pytest.mark.parametrize(
    ("side", "conf"), [("left", ""), ("right", 'cv_design = "classic"\n'), ("right", "cv_font_size = 12\n")]
)
def test_only_lines_beside_a_photo_are_short(tmp_path: Path, side: str, conf: str) -> None:
    project = Project(tmp_path)
    Image.new("RGB", (60, 80)).save(project.docs / "me.png")
    (project.folder / "conf.py").write_text((project.folder / "conf.py").read_text("utf-8") + conf, "utf-8")
    project.write({"index.md": f"# Ada\n:photo: ![Ada](me.png){{align={side}}}\n\n{'x' * 7} {'ab cd ' * 150}end\n"})
    assert build(project.folder, html=False, strict=True)
    page = next(extract_pages(project.folder / "dist/cv.pdf"))
    (photo,) = (item for item in page if isinstance(item, LTFigure))
    text = [
        glyph for glyph in glyphs(project.folder / "dist/cv.pdf") if glyph.get_text() in "xabcd" and glyph.size < 13
    ]
    tops = [glyph.matrix[5] + 0.8 * glyph.size for glyph in text]
    beside = [glyph for glyph, top in zip(text, tops, strict=True) if top > photo.y0]
    gap = 12
    assert any(glyph.get_text() == "x" for glyph in beside)
    assert all(glyph.x1 < photo.x0 - gap or glyph.x0 > photo.x1 + gap for glyph in beside)
    assert any(photo.x0 < glyph.x0 < photo.x1 for glyph in text)


def test_name_is_in_the_middle_beside_a_photo_if_no_text_follows(tmp_path: Path) -> None:
    project = Project(tmp_path)
    Image.new("RGB", (60, 80)).save(project.docs / "me.png")
    project.write({"index.md": "# Xxx\n:photo: ![Ada](me.png)\n:email: x@x.xx\n\n## Work\n\nA bank.\n"})
    assert build(project.folder, html=False, strict=True)
    (photo,) = (item for item in next(extract_pages(project.folder / "dist/cv.pdf")) if isinstance(item, LTFigure))
    head = [
        glyph for glyph in glyphs(project.folder / "dist/cv.pdf") if glyph.get_text() in "Xx" and glyph.y0 > photo.y0
    ]
    top, bottom = head[0].matrix[5] + 0.72 * head[0].size, min(glyph.matrix[5] for glyph in head)
    assert photo.y1 - top == pytest.approx(bottom - photo.y0, abs=3)


def test_paragraphs_of_an_item_are_as_close_as_items(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write({"index.md": "# Ada\n\n1. One.\n\n   A remark.\n2. Two.\n"})
    assert build(project.folder, html=False, strict=True)
    ys = [y for y, text in lines_of(project.folder / "dist/cv.pdf") if text in {"1.One.", "A remark.", "2.Two."}]
    assert ys[2] - ys[1] == pytest.approx(ys[1] - ys[0], abs=0.2)


def test_long_name_is_broken_at_its_hyphens(tmp_path: Path) -> None:
    project = Project(tmp_path)
    name = "Maria-Magdalena Wolfeschlegelsteinhausenbergerdorff-Krzyżanowska-O’Shaughnessy"
    project.write({"index.md": f"# {name}\n:headline: Architect\n\nText.\n"})
    assert build(project.folder, html=False, strict=True)
    lines = [text for _, text in lines_of(project.folder / "dist/cv.pdf")[:3]]
    assert lines == ["Maria-Magdalena", "Wolfeschlegelsteinhausenbergerdorff-", "Krzyżanowska-O’Shaughnessy"]


def test_long_name_of_an_event_is_wrapped_in_the_contents_of_the_talks(tmp_path: Path) -> None:
    project = Project(tmp_path)
    event = "Conference on the Theory and the Practice of " * 3
    talk = f"# Testing\n:event: {event}\n:date: 2023-05-12\n\nText.\n"
    project.write({"index.md": "# Ada\n\n## Talks\n\n```{talks}\n```\n", "talks/2023-a.md": talk})
    assert build(project.folder, html=False, strict=True)
    lines = [text for _, text in lines_of(project.folder / "dist/talks.pdf")]
    assert "Testing" in lines


def test_dot_between_facts_ends_no_line(tmp_path: Path) -> None:
    project = Project(tmp_path)
    facts = "\n".join(f"- [Fact {'word ' * number}{number}]{{.fact}}" for number in range(5, 9))
    project.write({"index.md": f"# Ada\n\n```{{facts}}\n```\n\n## Work\n\n{facts}\n"})
    assert build(project.folder, html=False, strict=True)
    lines = [text for _, text in lines_of(project.folder / "dist/cv.pdf") if "Fact word" in text]
    assert any("·" in line for line in lines)
    assert not any(line.endswith("·") for line in lines)


PHONES = "\n".join(f":phone: +48 123 456 7{number}" for number in range(10, 30))
#: Titles that leave less and less room beside them.
TITLES = [" ".join(["Senior Developer", *["of Distributed Systems"] * words]) for words in range(4, 9)]
#: What machines have read wrongly, or eyes have disliked.
SAMPLES = f"""\
# Ada
{PHONES}

## One

Text.

## B & C

### BigCo
:organization: [BigCo](https://bigco.example)

#### Lead
:period: 2014-03 – 2016-04

## Work

{"".join(f"### {title}{chr(10)}:organization: Bank{chr(10)}:period: 2014-03 – 2016-04{chr(10) * 2}" for title in TITLES)}

## Last

{"The quick brown fox jumps over the lazy dog. " * 20}

```{{toctree}}
a
b
```

```{{talks}}
```
"""


@pytest.fixture(scope="module")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with all samples, whose PDFs break no rule."""
    words = " ".join(f"{'m' * (number % 7 + 1)} state-of-the-art internationalization" for number in range(30))
    pages = {"index.md": SAMPLES, "talks/a.md": f"# T\n:event: Conf\n:date: 2024\n\n{words}\n"}
    pages |= {f"{name}.md": f"# Page {name}\n\nText.\n" for name in "ab"}
    project = Project(tmp_path_factory.mktemp("samples")).write(pages)
    assert build(project.folder, html=False, strict=True)
    return project.folder


@pytest.fixture(scope="module")
def samples(sample_folder: Path) -> list[tuple[float, str]]:
    return lines_of(sample_folder / "dist/cv.pdf")


def test_first_section_is_spaced_as_the_second(samples: list[tuple[float, str]]) -> None:
    at = [text for _, text in samples].index("One")
    contact, one, text, two = (y for y, _ in samples[at - 1 : at + 3])
    assert one - contact == pytest.approx(two - text, abs=0.1)


def test_no_line_ends_with_a_separator(samples: list[tuple[float, str]]) -> None:
    assert sum("+48 123" in text for _, text in samples) > 2
    assert [text for _, text in samples if text.endswith("·")] == []


def test_time_of_an_entry_is_never_alone_on_a_line(samples: list[tuple[float, str]]) -> None:
    found = [text for _, text in samples if "Mar 2014" in text]
    assert len(found) > len(TITLES)
    assert [text for text in found if text.startswith("Mar 2014")] == []


def test_measure_has_some_80_characters(samples: list[tuple[float, str]]) -> None:
    lengths = [len(text) for _, text in samples if "quick brown" in text]
    assert max(lengths) <= 90
    assert 70 <= sum(lengths) / len(lengths) <= 85


def test_employer_is_bold_below_its_title(pdf: Path) -> None:
    found = [(glyph.fontname.partition("+")[2], round(glyph.size)) for glyph in glyphs(pdf) if glyph.get_text() in "@#"]
    assert set(found) == {("TeXGyrePagella-Bold", 11), ("TeXGyrePagella-Bold", 10)}


def test_title_has_a_line_of_its_own_and_time_is_beside_the_employer(lines: list[tuple[float, str]]) -> None:
    texts = [text for _, text in lines]
    title = texts.index("Clerk #1")
    assert re.fullmatch("Bank @ Home *2009", texts[title + 1])
    assert "Developer" in next(text for text in texts if "Mar 2014" in text)


def test_names_that_a_line_parts_keep_their_separator(lines: list[tuple[float, str]]) -> None:
    first, second = [text for _, text in lines if "Python, " in text or text.endswith("Java")]
    assert first.endswith(",")
    assert not second.startswith(",")


def test_no_line_ends_within_a_word(sample_folder: Path) -> None:
    lines = [text for _, text in lines_of(sample_folder / "dist/talks.pdf") if re.search("state|inter", text)]
    assert len(lines) > 10
    ends = {text.rpartition(" ")[2] for text in lines}
    assert ends <= {"state-of-the-art", "internationalization", *("m" * number for number in range(1, 8))}


def test_foot_of_each_page_tells_name_month_and_pages(pdf: Path) -> None:
    with PdfDocument(pdf) as document:
        feet = [page.get_textpage().get_text_bounded(bottom=0, top=45).strip() for page in document]
    assert feet == ["Ada Example, Jun 2024 1 / 1"]


def test_linked_employer_stands_once(samples: list[tuple[float, str]]) -> None:
    assert sum("BigCo" in text for _, text in samples) == 1


def test_single_characters_are_read_as_written(samples: list[tuple[float, str]]) -> None:
    assert "B & C" in [text for _, text in samples]


def test_combining_mark_is_set_above_its_letter(project: Project) -> None:
    project.write({"index.md": "# Ada\n:headline: Developer\n\nAn m̂ here.\n"})
    build(project.folder, html=False)
    letter, mark = (glyph for glyph in glyphs(project.folder / "dist/cv.pdf") if glyph.get_text() in {"m", "\u0302"})
    assert letter.x0 < mark.x0 < letter.x1 - 1
