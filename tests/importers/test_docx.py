"""DOCX becomes a page."""

import zipfile
from pathlib import Path

import pytest

from cvtools import limits
from cvtools.cli import main
from cvtools.importers import read
from tests.importers.pages import imported, zipped

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STYLES = (
    f"<w:styles {W}>"
    + "".join(
        f'<w:style w:type="paragraph" w:styleId="{name.replace(" ", "")}"><w:name w:val="{name}"/></w:style>'
        for name in (
            "Title",
            "heading 1",
            "heading 2",
            "List Bullet",
            "List Bullet 2",
            "List Bullet 3",
            "List Number 2",
        )
    )
    + "</w:styles>"
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def paragraph(text: str, style: str = "", *, bold: bool = False) -> str:
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    runs = "<w:tab/>".join(f'<w:t xml:space="preserve">{part}</w:t>' for part in text.split("\t"))
    return f"<w:p>{look}<w:r>{'<w:rPr><w:b/></w:rPr>' if bold else ''}{runs}</w:r></w:p>"


def docx(body: str, **parts: str) -> bytes:
    """Return a document with other parts, such as headers."""
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" Target="word/document.xml"'
            f' Type="{RELATION}/officeDocument"/></Relationships>',
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="s"'
            f' Target="styles.xml" Type="{RELATION}/styles"/></Relationships>',
            "word/styles.xml": STYLES,
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
            **{f"word/{name}.xml": f"<w:hdr {W}>{text}</w:hdr>" for name, text in parts.items()},
        }
    )


def test_document_becomes_a_page(tmp_path: Path) -> None:
    body = (
        paragraph("Ada Example", "Title")
        + paragraph("Architect")
        + paragraph("I use {braces}, *stars* &amp; &lt;b&gt;tags&lt;/b&gt;.")
        + paragraph("Experience", "heading1")
        + paragraph("Engineer, Example Corp\tMar 2019 – Present", bold=True)
        + paragraph("Cut costs.")
        + paragraph("Education", "heading1")
        + paragraph("BSc Maths, University of Gdańsk (2010 – 2014)", "heading2")
        + f"<w:tbl><w:tr><w:tc>{paragraph('A | b')}</w:tc><w:tc>{paragraph('B')}</w:tc></w:tr></w:tbl>"
    )
    head = paragraph("Ada Example\tada@example.org | +48 123 456 789")
    pages, _ = imported(tmp_path, "cv.docx", docx(body, header1=head, header2=head, footer1=paragraph("Page 1 of 2")))
    assert pages["index"] == (
        "# Ada Example\n:headline: Architect\n:email: ada@example.org\n:phone: +48 123 456 789\n\n"
        "I use \\{braces}, \\*stars\\* & \\<b>tags\\</b>.\n\n"
        "## Experience\n\n### Engineer\n:organization: Example Corp\n:period: Mar 2019 – Present\n\nCut costs.\n\n"
        "## Education\n\n### BSc Maths\n:institution: University of Gdańsk\n:period: 2010 – 2014\n\n"
        "A | b | B\n"
    )


def test_name_may_be_behind_a_title_in_the_header(tmp_path: Path) -> None:
    body = paragraph("Ada Beispiel") + paragraph("Pflegerin") + paragraph("ada@b.de")
    pages, _ = imported(tmp_path, "cv.docx", docx(body, header1=paragraph("Lebenslauf – Ada Beispiel")))
    assert pages["index"] == "# Ada Beispiel\n:headline: Pflegerin\n:email: ada@b.de\n"


def test_long_rule_in_the_head_of_a_page_is_read_in_time(tmp_path: Path) -> None:
    file = tmp_path / "cv.docx"
    file.write_bytes(docx(paragraph("Ada"), header1=paragraph("." * 3_000 + "x")))
    assert main(["import", str(file), "-o", str(tmp_path)]) == 0


def table(*rows: tuple[str, ...]) -> str:
    """Return a table; "¶" separates the paragraphs of a cell."""
    cells = ("".join(f"<w:tc>{''.join(map(paragraph, cell.split('¶')))}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def test_tables_of_contacts_and_jobs_become_fields(tmp_path: Path) -> None:
    body = (
        paragraph("Lebenslauf")
        + paragraph("Persönliche Daten", bold=True)
        + table(
            ("Name:", "Ada Muster"),
            ("Anschrift:", "Hauptstr. 1¶80331 München"),
            ("Geburtsort", "Graz"),
            ("Tel.:", "089 123456"),
        )
        + paragraph("Berufserfahrung", bold=True)
        + table(
            ("04/2018 – heute", "Stationsleitung¶Klinikum, München¶Führt 24 Leute¶Plant"),
            ("seit 2016", "Ausbilderin, Schule Graz¶Unterrichtet."),
        )
        + paragraph("Weiterbildung:", bold=True)
        + paragraph("03/2016\tPraxisanleitung, 300 Stunden")
        + paragraph("Kenntnisse", bold=True)
        + table(("EDV", "SAP"), ("Führerschein", "Klasse B"))
    )
    pages, _ = imported(tmp_path, "cv.docx", docx(body))
    assert pages["index"] == (
        "# Ada Muster\n:phone: 089 123456\n:location: Hauptstr. 1, 80331 München\n\n"
        "## Persönliche Daten\n\n- **Geburtsort:** Graz\n\n"
        "## Berufserfahrung\n\n### Stationsleitung\n:organization: Klinikum\n:period: 04/2018 – heute\n:location: München\n\n"
        "- Führt 24 Leute\n- Plant\n\n"
        "### Ausbilderin\n:organization: Schule Graz\n:period: seit 2016\n\nUnterrichtet.\n\n"
        "## Weiterbildung\n\n### Praxisanleitung, 300 Stunden\n:period: 03/2016\n\n"
        "## Kenntnisse\n\n- **EDV:** SAP\n- **Führerschein:** Klasse B\n"
    )


def test_column_at_the_side_is_no_table(tmp_path: Path) -> None:
    side = paragraph("CONTACTO", bold=True) + paragraph("Teléfono: +34 600 123 456")
    main = (
        paragraph("EXPERIENCIA PROFESIONAL", bold=True)
        + paragraph("Contable", bold=True)
        + paragraph("Luna S.L., Madrid | marzo 2018 – actualidad")
        + table(("2014", "Auxiliar¶Pymes y Más"))
    )
    body = paragraph("Ada Gómez") + f"<w:tbl><w:tr><w:tc>{side}</w:tc><w:tc>{main}</w:tc></w:tr></w:tbl>"
    pages, _ = imported(tmp_path, "cv.docx", docx(body))
    assert pages["index"] == (
        "# Ada Gómez\n:phone: +34 600 123 456\n\n## EXPERIENCIA PROFESIONAL\n\n"
        "### Contable\n:organization: Luna S.L.\n:period: marzo 2018 – actualidad\n:location: Madrid\n\n"
        "### Auxiliar\n:organization: Pymes y Más\n:period: 2014\n"
    )


def test_bold_words_are_no_headings_beside_styled_headings(tmp_path: Path) -> None:
    leave = "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>"
    body = (
        paragraph("Ada Muster", "Title")
        + paragraph("Berufserfahrung", "heading1")
        + leave.format(paragraph("2016 – 2017"), paragraph("Elternzeit", bold=True))
    )
    pages, _ = imported(tmp_path, "cv.docx", docx(body))
    assert (
        pages["index"] == "# Ada Muster\n\n## Berufserfahrung\n\n### Elternzeit\n:kind: break\n:period: 2016 – 2017\n"
    )


def look(text: str, properties: str, *, own: str = "") -> str:
    """Return a paragraph; `properties` are those of its letters, and `own` those of the paragraph."""
    return f"<w:p><w:pPr>{own}</w:pPr><w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    ("properties", "own"),
    [
        ("<w:b/>", ""),
        ('<w:sz w:val="28"/>', ""),
        ("<w:caps/>", ""),
        ("", "<w:pBdr/>"),
        ('<w:color w:val="1F3864"/>', ""),
    ],
    ids=["bold", "large", "capitals", "line", "color"],
)
def test_paragraphs_that_look_like_a_known_heading_are_headings(tmp_path: Path, properties: str, own: str) -> None:
    def heading(text: str) -> str:
        return look(text, properties, own=own)

    body = (
        look("Ada Example", '<w:b/><w:sz w:val="40"/>')
        + heading("Education")
        + paragraph("BSc Maths, University of Oslo, 2014")
        + heading("What I did at sea")
        + paragraph("Sailed round the world with a crew of three, and wrote about it.")
    )
    pages, _ = imported(tmp_path, "cv.docx", docx(body))
    assert "\n## Education\n" in pages["index"]
    assert "\n## What I did at sea\n" in pages["index"]


def test_entries_that_look_like_headings_are_no_headings(tmp_path: Path) -> None:
    def job(title: str) -> str:
        return paragraph(title, bold=True) + paragraph("Acme Ltd | 2019 – 2021") + paragraph("Cut costs by a third.")

    body = (
        paragraph("Ada Example")
        + paragraph("Work experience", bold=True)
        + job("Baker")
        + job("Miller")
        + paragraph("Education", bold=True)
        + paragraph("BSc Maths", bold=True)
        + paragraph("University of Oslo, 2014")
    )
    pages, _ = imported(tmp_path, "cv.docx", docx(body))
    assert "\n### Baker\n:organization: Acme Ltd\n:period: 2019 – 2021\n" in pages["index"]
    assert [line for line in pages["index"].splitlines() if line.startswith("## ")] == [
        "## Work experience",
        "## Education",
    ]


def test_bold_words_in_a_data_table_are_no_headings(tmp_path: Path) -> None:
    rows = f"<w:tr><w:tc>{paragraph('2019')}</w:tc><w:tc>{paragraph('A new engine', bold=True)}</w:tc></w:tr>"
    body = paragraph("Ada") + paragraph("Projects", bold=True) + paragraph("Some:") + f"<w:tbl>{rows}{rows}</w:tbl>"
    pages, _ = imported(tmp_path, "cv.docx", docx(body))
    assert "## A new engine" not in pages["index"].replace("### ", "")


def test_translation_below_a_heading_is_no_heading(tmp_path: Path) -> None:
    body = (
        paragraph("张三")
        + look("教育背景", "<w:b/>")
        + look("EDUCATION", '<w:color w:val="414141"/>')
        + paragraph("大学")
    )
    pages, _ = imported(tmp_path, "cv.docx", docx(body))
    assert pages["index"] == "# 张三\n\n## 教育背景\n\nEDUCATION\n\n大学\n"


def test_label_in_a_table_and_item_of_a_list_are_no_headings(tmp_path: Path) -> None:
    item = look("Projects", "", own='<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')
    body = (
        paragraph("Ada Example")
        + paragraph("Skills", bold=True)
        + table(("Languages", "Polish and English"), ("Education", "Self-taught"))
        + item
    )
    pages, _ = imported(tmp_path, "cv.docx", docx(body))
    assert [line for line in pages["index"].splitlines() if line.startswith("#")] == ["# Ada Example", "## Skills"]


def test_typed_bullets_become_lists(tmp_path: Path) -> None:
    lines = ("・Sails", "\uf0b7 Rows", "-Reads", "-Writes", "Talks -", "- Sings", "And:", "*One star")
    body = paragraph("Ada", "Title") + paragraph("Interests", "heading1") + "".join(map(paragraph, lines))
    pages, _ = imported(tmp_path, "cv.docx", docx(body))
    assert pages["index"] == (
        "# Ada\n\n## Interests\n\n- Sails\n- Rows\n- Reads\n- Writes\n\nTalks -\n\n- Sings\n\nAnd:\n\n\\*One star\n"
    )


def test_styles_for_lists_in_lists_keep_their_levels(tmp_path: Path) -> None:
    items = zip("abcde", ("ListBullet", "ListBullet2", "ListBullet3", "ListBullet", "ListNumber2"), strict=True)
    body = paragraph("Ada", "Title") + paragraph("Work", "heading1") + "".join(paragraph(*item) for item in items)
    pages, _ = imported(tmp_path, "cv.docx", docx(body))
    assert pages["index"] == "# Ada\n\n## Work\n\n- a\n  - b\n    - c\n- d\n  1. e\n"


def test_tabs_and_spaces_in_a_row_separate_unless_a_label_or_nothing_is_beside_them(tmp_path: Path) -> None:
    lines = (
        "Address:\t\tOak Lane 7",
        "Baker\t\t",
        "Miller      Oslo",
        "Aligned by      spaces in a sentence",
    )
    body = paragraph("Ada", "Title") + paragraph("Notes", "heading1") + "".join(map(paragraph, lines))
    pages, _ = imported(tmp_path, "cv.docx", docx(body))
    assert pages["index"].partition("## Notes\n\n")[2] == (
        "Address: Oak Lane 7\n\nBaker\n\nMiller | Oslo\n\nAligned by spaces in a sentence\n"
    )


def runs(*texts: str) -> str:
    """Return a paragraph of runs; a mark before the words says that they are bold or italic."""
    looks = {"*": "<w:b/>", "/": "<w:i/>", "+": "<w:b/><w:i/>", " ": ""}
    words = (f'<w:r><w:rPr>{looks[text[0]]}</w:rPr><w:t xml:space="preserve">{text[1:]}</w:t></w:r>' for text in texts)
    return f"<w:p>{''.join(words)}</w:p>"


def test_emphasis_that_markdown_cannot_write_is_moved(tmp_path: Path) -> None:
    body = (
        paragraph("Ada", "Title")
        + paragraph("Notes", "heading1")
        + runs("*技术：", " 熟练")
        + runs("*Course (long", "+),", "* of two years")
        + runs("*Subject: ", "/Law")
        + runs("*One ", "* two ", " three")
    )
    pages, _ = imported(tmp_path, "cv.docx", docx(body))
    assert pages["index"].partition("## Notes\n\n")[2] == (
        "**技术**：熟练\n\n**Course (long), of two years**\n\n**Subject:** *Law*\n\n**One two** three\n"
    )


def test_rows_of_a_single_cell_split_a_table(tmp_path: Path) -> None:
    def wide(text: str) -> str:
        cell = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{paragraph(text)}</w:tc>'
        return f"<w:tr>{cell}</w:tr>"

    def row(*cells: str) -> str:
        return f"<w:tr>{''.join(f'<w:tc>{paragraph(cell)}</w:tc>' for cell in cells)}</w:tr>"

    rows = (
        row("2019 – 2021", "Baker, Acme Ltd")
        + wide("Baked bread for the whole town, day and night.")
        + row("2017", "Miller, Mill AG")
        + wide("Ground corn.")
    )
    body = paragraph("Ada", "Title") + paragraph("Work", "heading1") + f"<w:tbl>{rows}</w:tbl>"
    pages, _ = imported(tmp_path, "cv.docx", docx(body))
    assert pages["index"] == (
        "# Ada\n\n## Work\n\n### Baker\n:organization: Acme Ltd\n:period: 2019 – 2021\n\n"
        "Baked bread for the whole town, day and night.\n\n"
        "### Miller\n:organization: Mill AG\n:period: 2017\n\nGround corn.\n"
    )


def test_table_above_the_sections_may_have_wide_values_or_no_labels(tmp_path: Path) -> None:
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="3"/></w:tcPr>{paragraph("Polish")}</w:tc>'
    labels = f"<w:tbl><w:tr><w:tc>{paragraph('Nationality')}</w:tc>{wide}</w:tr></w:tbl>"
    columns = table(("Ada Example¶Oak Lane 7", "ada@example.org", "Baker"))
    body = columns + labels + paragraph("Skills", "heading1") + paragraph("Bread") + paragraph("Education", "heading1")
    pages, _ = imported(tmp_path, "cv.docx", docx(body + paragraph("None.")))
    assert "|" not in pages["index"].replace("Nationality | Polish", "")
    assert pages["index"].startswith("# Ada Example\n")
    assert ":email: ada@example.org\n" in pages["index"]


def test_drawing_without_words_is_not_reported(tmp_path: Path) -> None:
    line = '<w:p><w:r><w:pict><v:line xmlns:v="urn:schemas-microsoft-com:vml"/></w:pict></w:r></w:p>'
    _, unread = imported(tmp_path, "cv.docx", docx(paragraph("Ada", "Title") + paragraph("Kept words.") + line))
    assert unread == []


def test_table_of_europass_is_split_at_its_headings(tmp_path: Path) -> None:
    def part(title: str, *rows: tuple[str, str]) -> str:
        cells = [
            (paragraph(title, bold=True), paragraph("")),
            *((paragraph(label), "".join(map(paragraph, value.split("¶")))) for label, value in rows),
        ]
        return "".join(f"<w:tr><w:tc>{left}</w:tc><w:tc>{right}</w:tc></w:tr>" for left, right in cells)

    rows = (
        part("Angaben zur Person", ("Name", "Ada Muster"), ("E-Mail", "a@b.de"), ("Nationalität", "deutsch")),
        part(
            "Berufserfahrung",
            ("Zeitraum", "2019 – 2021"),
            ("Beruf oder Funktion", "Leiterin"),
            ("Name und Adresse des Arbeitgebers", "Werk AG"),
            ("Tätigkeiten", "Planung¶Bau"),
            ("", "in Bonn"),
            ("Leitung von 20 Leuten", ""),
            ("Zeitraum", "2018"),
            ("Arbeitgeber", "Bank AG"),
        ),
        part("Was ich kann", ("Sprachen", "Englisch")),
    )
    pages, _ = imported(tmp_path, "cv.docx", docx(paragraph("Lebenslauf") + f"<w:tbl>{''.join(rows)}</w:tbl>"))
    assert pages["index"] == (
        "# Ada Muster\n:email: a@b.de\n\n## Angaben zur Person\n\n- **Nationalität:** deutsch\n\n## Berufserfahrung\n\n"
        "### Leiterin\n:organization: Werk AG\n:period: 2019 – 2021\n\n- **Tätigkeiten:** Planung, Bau\n"
        "- in Bonn\n- Leitung von 20 Leuten\n\n### Bank AG\n:organization: Bank AG\n:period: 2018\n\n"
        "## Was ich kann\n\nSprachen | Englisch\n"
    )


def test_table_with_name_and_contacts_is_the_head_of_the_page(tmp_path: Path) -> None:
    body = (
        paragraph("Lebenslauf", "Title")
        + table(("Ada Muster¶Krankenpflegerin¶Allee 7, 50968 Köln¶Tel.: 0221 / 555 01 23¶E-Mail: a@b.de", ""))
        + paragraph("Kenntnisse", "heading1")
        + paragraph("SAP")
    )
    pages, _ = imported(tmp_path, "cv.docx", docx(body))
    assert pages["index"] == (
        "# Ada Muster\n:headline: Krankenpflegerin\n:email: a@b.de\n:phone: 0221 / 555 01 23\n"
        ":location: Allee 7, 50968 Köln\n\n## Kenntnisse\n\nSAP\n"
    )


def test_name_may_be_in_the_second_column(tmp_path: Path) -> None:
    side = paragraph("Contact", bold=True) + paragraph("a@b.pl") + paragraph("Skills", bold=True) + paragraph("Excel")
    main = (
        paragraph("Tom Baker", bold=True)
        + paragraph("Bookkeeper")
        + paragraph("Experience", bold=True)
        + paragraph("Bookkeeper – Example LLC – Oslo")
        + paragraph("June 2019 – Present")
        + paragraph("Clerk – Sample Inc")
        + paragraph("2015 – 2019")
    )
    body = f"<w:tbl><w:tr><w:tc>{side}</w:tc><w:tc>{main}</w:tc></w:tr></w:tbl>"
    pages, _ = imported(tmp_path, "cv.docx", docx(body))
    assert pages["index"] == (
        "# Tom Baker\n:headline: Bookkeeper\n:email: a@b.pl\n\n"
        "## Experience\n\n### Bookkeeper\n:organization: Example LLC\n:period: June 2019 – Present\n:location: Oslo\n\n"
        "### Clerk\n:organization: Sample Inc\n:period: 2015 – 2019\n\n## Skills\n\nExcel\n"
    )


def test_headline_may_be_below_the_contacts(tmp_path: Path) -> None:
    body = "".join(map(paragraph, ("Ada Muster", "+48 123 456 789", "a@b.pl", "Nurse", "Words about me.")))
    pages, _ = imported(tmp_path, "cv.docx", docx(body + paragraph("Skills", "heading1") + paragraph("SAP")))
    assert pages["index"].startswith("# Ada Muster\n:headline: Nurse\n:email: a@b.pl\n")


def test_picture_is_reported(tmp_path: Path) -> None:
    (tmp_path / "cv.docx").write_bytes(docx(paragraph("Ada Example", "Title") + paragraph("Architect")))
    assert read(tmp_path / "cv.docx").unread == []
    with zipfile.ZipFile(tmp_path / "cv.docx", "a") as archive:
        archive.writestr("word/media/image1.jpeg", "")
    (message,) = read(tmp_path / "cv.docx").unread
    assert "the picture is not imported" in message


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (zipped({"word/document.xml": "<w:document"}), "damaged document"),
        (zipped({"word/document.xml": "<x/>"}), "damaged document"),
        (zipped({"word/document.xml": " " * (limits.IMPORT_SIZE + 1)}), "more than 5 MB of text: shorten it"),
        (docx(f"{'<w:ins>' * 2000}x{'</w:ins>' * 2000}"), "nested too deeply"),
    ],
    ids=["broken", "other", "bomb", "deep"],
)
def test_document_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        imported(tmp_path, "cv.docx", content)


def test_ignored_element_is_reported_and_style_map_hides_no_words(tmp_path: Path) -> None:
    field = f'<w:p><w:fldSimple w:instr="AUTHOR">{paragraph("Grace")}</w:fldSimple></w:p>'
    path = tmp_path / "cv.docx"
    path.write_bytes(docx(paragraph("Ada", "Title") + paragraph("Kept words.") + field))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("mammoth/style-map", "p => !\np[style-name='Title'] => !")
    pages, unread = imported(tmp_path, "cv.docx", path.read_bytes())
    assert pages["index"].startswith("# Ada\n")
    assert "Kept words." in pages["index"]
    assert [line for line in unread if line.startswith("what is in w:fldSimple is left out: ")]


def test_hidden_text_is_left_out_and_reported(tmp_path: Path) -> None:
    def run(text: str, mark: str) -> str:
        return f"<w:r><w:rPr>{mark}</w:rPr><w:t>{text}</w:t></w:r>"

    runs = run("Seen", '<w:vanish w:val="0"/>') + run("SECRET", "<w:vanish/>")
    body = paragraph("Ada", "Title") + f"<w:p>{runs}</w:p>"
    pages, unread = imported(tmp_path, "cv.docx", docx(body, header1=f"<w:p>{run('PRIVATE', '<w:vanish/>')}</w:p>"))
    assert pages["index"] == "# Ada\n:headline: Seen\n"
    assert sorted(unread) == ['hidden text is left out: "PRIVATE"', 'hidden text is left out: "SECRET"']


def test_cells_of_a_wide_head_keep_their_columns(tmp_path: Path) -> None:
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{paragraph("A")}</w:tc><w:tc>{paragraph("B")}</w:tc>'
    cells = "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in "cde")
    head = paragraph("Ada", "Title") + paragraph("Levels", "heading1")
    body = head + f"<w:tbl><w:tr>{wide}</w:tr><w:tr>{cells}</w:tr></w:tbl>"
    pages, _ = imported(tmp_path, "cv.docx", docx(body))
    assert "| A |  | B |\n| --- | --- | --- |\n| c | d | e |" in pages["index"]


def test_table_of_dates_in_another_section_is_a_list(tmp_path: Path) -> None:
    body = paragraph("Ada", "Title") + paragraph("Admissions", "heading1") + table(("2009", "Bar"), ("2013", "Court"))
    body += paragraph("Levels", "heading1") + table(("Kind", "Level"), ("Arches", "2019"))
    pages, _ = imported(tmp_path, "cv.docx", docx(body))
    levels = "| Kind | Level |\n| --- | --- |\n| Arches | 2019 |\n"
    assert pages["index"] == f"# Ada\n\n## Admissions\n\n- **2009:** Bar\n- **2013:** Court\n\n## Levels\n\n{levels}"


def test_label_of_the_name_may_be_before_a_wide_space(tmp_path: Path) -> None:
    body = (
        paragraph("職務経歴書")
        + paragraph("2024年4月1日現在")
        + paragraph("氏名　見本 太郎")
        + paragraph("職務経歴", bold=True)
    )
    body += table(("2018年～現在", "見本海運株式会社¶一等航海士¶・荷役計画¶– 当直"), ("2012年", "例船舶株式会社"))
    pages, _ = imported(tmp_path, "cv.docx", docx(body))
    assert pages["index"].startswith("# 見本 太郎\n")
    assert (
        "### 一等航海士\n:organization: 見本海運株式会社\n:period: 2018年～現在\n\n- 荷役計画\n- 当直\n"
        in pages["index"]
    )


def test_table_of_a_document_without_sections_keeps_its_rows(tmp_path: Path) -> None:
    rows = "".join(
        f"<w:tr>{''.join(f'<w:tc>{paragraph(cell)}</w:tc>' for cell in row)}</w:tr>"
        for row in (("2017", "7", "Arches"), ("2019", "1", "Bridges"))
    )
    pages, _ = imported(tmp_path, "cv.docx", docx(paragraph("Ada", "Title") + f"<w:tbl>{rows}</w:tbl>"))
    assert "| 2017 | 7 | Arches |\n" in pages["index"]
