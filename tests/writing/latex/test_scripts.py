"""Scripts with rules of their own: lines of Chinese and Japanese, and text from right to left."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTComponent, LTContainer

from cvtools.build import build
from cvtools.checks.pdf import check
from tests.projects import CONF, Project

ARABIC = """# آدا مثال
:headline: مهندسة برمجيات
:email: ada@example.org
:phone: +48 600 100 200

نستخدم Python 3.12 (النسخة الجديدة) في شركة مثال.

## الخبرة العملية

### مهندسة
:organization: شركة مثال
:period: 2020 – 2021

- نقطة مع [رابط](https://example.org)

| عمود | Kafka |
|---|---|
| ضمان | 3 |
"""
PARAGRAPH = "我在例子公司负责设计和开发示例平台，使用各种工具与方法，并且维护文档与测试，还参与招聘和培训工作。" * 4


def typeset(project: Project, page: str, language: str) -> Path:
    """Return the PDF of a CV, which was built without a message."""
    said: list[str] = []
    (project.folder / "conf.py").write_text(f'{CONF}language = "{language}"\n', "utf-8")
    project.write({"index.md": page})
    assert build(project.folder, html=False, report=lambda problem: said.append(str(problem)))
    assert said == []
    return project.folder / "dist/cv.pdf"


def read(pdf: Path, *options: str) -> str:
    """Return the text that pdftotext extracts, without marks of direction."""
    text = subprocess.run(["pdftotext", *options, pdf, "-"], capture_output=True, text=True, check=True).stdout
    return re.sub("[\u202a-\u202e]", "", text)


def first_x(pdf: Path, word: str) -> float:
    """Return the distance of a word, or of one with a letter of Arabic or Hebrew, from the left edge, in points."""
    boxes = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, text=True, check=True).stdout
    found = re.search(rf'xMin="([\d.]+)"[^>]*>[^<]*{word}[^<]*<', boxes)
    assert found, boxes
    return float(found[1])


def test_arabic_is_set_from_the_right_and_read_in_its_order(project: Project) -> None:
    pdf = typeset(project, ARABIC, "ar")
    text = read(pdf)
    for words in ("مهندسة برمجيات", "شركة مثال", "+48 600 100 200", "ada@example.org"):
        assert words in text
    assert first_x(pdf, "آ") > 300
    # The columns of a table begin at the right.
    assert first_x(pdf, "Kafka") < first_x(pdf, "ض")
    assert [str(finding) for finding in check(pdf)] == []
    with pikepdf.open(pdf) as document:
        assert document.Root.Lang == "ar"


def test_hebrew_within_a_sentence_runs_from_right_to_left(project: Project) -> None:
    pdf = typeset(project, "# Ada\n:email: a@b.cd\n\nIt says שלום (עולם) 2020 טוב here.\n", "en")
    places = [first_x(pdf, word) for word in ("says", "ט", "2020", "ש", "here")]
    assert places == sorted(places)


def test_passage_in_hebrew_is_set_from_the_right(project: Project) -> None:
    page = "# Ada\n:email: a@b.cd\n\nWords.\n\n## תקציר\n:language: he\n\nשלום Python\n"
    pdf = typeset(project, page, "en")
    assert 300 < first_x(pdf, "Python") < first_x(pdf, "ש")
    assert first_x(pdf, "Words.") < 100


def test_lines_of_chinese_break_by_its_rules(project: Project) -> None:
    lines = [
        line for line in read(typeset(project, f"# Ada\n\n{PARAGRAPH}\n", "zh_CN"), "-layout").splitlines() if line
    ]
    # The foot has single characters, in its date.
    body = [line.strip() for line in lines if re.search("[一-龥]{2}", line)]
    assert "".join(body) == PARAGRAPH
    assert len(body) > 3
    # No line begins with a closing sign.
    assert not any(line[0] in "，。、" for line in body)


@pytest.mark.parametrize(("language", "form"), [("zh_CN", "sc"), ("ja", "jp")])
def test_heading_of_chinese_is_bold(project: Project, language: str, form: str) -> None:
    pdf = typeset(project, "# Ada\n\n## 工作\n\n工作\n", language)
    fonts = subprocess.run(["pdffonts", pdf], capture_output=True, text=True, check=True).stdout
    used = {*re.findall(r"\+Noto(\w+)CJK\w\w-(\w+)", fonts)}
    # The foot, with the date, is Sans and regular.
    assert used == {("Sans", "Bold"), ("Serif", "Regular"), ("Sans", "Regular")}


def letters(pdf: Path) -> list[LTChar]:
    def within(item: LTComponent) -> Iterator[LTChar]:
        if isinstance(item, LTContainer):
            for child in item:
                yield from within(child)
        elif isinstance(item, LTChar):
            yield item

    return [letter for page in extract_pages(pdf) for letter in within(page)]


def test_heading_of_turkish_has_no_small_capitals(project: Project) -> None:
    found = letters(typeset(project, "# Ayşe\n\n## İlgili\n\nMetin.\n", "tr"))
    # As small capitals, they would not be as wide as each other.
    assert len({round(letter.width, 1) for letter in found if letter.get_text() in "il" and letter.size > 11}) == 1


def test_latin_line_ends_at_its_right_in_hebrew(project: Project) -> None:
    found = letters(typeset(project, "# נועה\n:email: a@b.cd\n\n## ידע\n\n- Python, C#\n", "he"))
    x = {letter.get_text(): letter.x0 for letter in found}
    assert x["C"] < x["#"]
