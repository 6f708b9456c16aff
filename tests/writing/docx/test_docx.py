"""The DOCX: its structure, its styles and its properties, and that it withholds what the PDF withholds."""

import re
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Pt
from PIL import Image

from tests.projects import Built, Project, png

HERE = Path(__file__).parent
EVERYTHING = HERE.parent / "latex/everything.md"
CONF = """project = "Test"
extensions = ["cvtools"]
cv_today = "2024-06"
cv_modified = "2024-03-14T12:00:00"
cv_accent = "aa0000"
myst_enable_extensions = ["dollarmath", "tasklist"]
suppress_warnings = ["cv.character"]
"""


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A page with all of Markdown that a CV may use."""
    project = Project(tmp_path_factory.mktemp("everything"))
    (project.folder / "conf.py").write_text(CONF, "utf-8")
    (project.docs / "small.png").write_bytes(png(60, 30))
    (project.docs / "wide.png").write_bytes(png(2000, 30))
    talk = "# A talk\n:event: [Conf](https://conf.example)\n:date: 2024-05-02\n:place: Łódź\n\nAbstract.\n"
    return project.write({"index.md": EVERYTHING.read_text("utf-8"), "talks/a.md": talk}).build("cvdocx")


@pytest.fixture(scope="module")
def document(everything: Built) -> Document:
    return docx.Document(str(everything.out / "cv.docx"))


def opened(built: Built) -> Document:
    return docx.Document(str(built.out / "cv.docx"))


def text_of(document: Document) -> list[str]:
    """Return the paragraphs of the body, those of tables as well."""
    kinds = {qn("w:tab"): "\t", qn("w:br"): "\n"}
    return [
        "".join(part.text or "" if part.tag == qn("w:t") else kinds.get(part.tag, "") for part in paragraph.iter())
        for paragraph in document.element.body.iter(qn("w:p"))
    ]


def styled(document: Document, style: str) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs if paragraph.style and paragraph.style.name == style]


def parts(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as file:
        yield from ((name, file.read(name)) for name in file.namelist())


def test_all_parts_are_xml_whose_relationships_lead_somewhere(everything: Built) -> None:
    found = dict(parts(everything.out / "cv.docx"))
    for name, content in found.items():
        if name.endswith((".xml", ".rels")):
            ET.fromstring(content)
    for name in [name for name in found if name.endswith(".rels")]:
        folder = Path(name).parent.parent
        for relation in ET.fromstring(found[name]):
            if relation.get("TargetMode") != "External":
                assert str(folder / str(relation.get("Target"))).lstrip("/") in found
        owner = found.get(str(folder / Path(name).stem), b"").decode()
        ids = {relation.get("Id") for relation in ET.fromstring(found[name])}
        assert set(re.findall(r'r:(?:id|embed)="([^"]*)"', owner)) <= ids
    assert not [name for name in found if "thumbnail" in name or "customXml" in name]


def test_styles_are_those_of_word_processors(document: Document) -> None:
    assert styled(document, "Title") == ["Ada Example & Co"]
    assert styled(document, "Subtitle") == ["Software architect"]
    assert styled(document, "Heading 1") == ["Tables", "Work", "Skills", "Languages", "More", "Talks"]
    assert (styled(document, "Heading 2"), styled(document, "Heading 3")) == (["Developer"], ["A task"])
    assert styled(document, "Entry") == ["Jan 2022 – Dec 2022 (1 year): Nira", "May 2, 2024: Conf, Łódź"]
    assert styled(document, "Listing") == ["A talk"]
    assert styled(document, "Details") == ["Technologies: C#, Python"]
    assert {"a", "b", "in a list"} <= {*styled(document, "List Bullet")}
    assert styled(document, "List Bullet 3") == ["deep"]
    assert styled(document, "Quote") == ["Quote", "– Somebody", "Outer", "Inner quote"]
    assert styled(document, "Code Block") == [
        'def f(x):\n    return {"a": x}  # 100% & more \\\n        indented by a tab'
    ]


def test_head_is_kept_with_what_follows_but_that_of_a_talk(document: Document) -> None:
    heads = [paragraph for paragraph in document.paragraphs if paragraph.style and paragraph.style.name == "Entry"]
    assert [head.paragraph_format.keep_with_next for head in heads] == [None, False]
    assert document.styles["Entry"].paragraph_format.keep_with_next


def test_no_page_ends_behind_the_lead_of_a_list_or_before_its_last_item(project: Project) -> None:
    page = "# Ada\n\n## Work\n\n### One\n:period: 2012\n\n### Two\n:period: 2011\n\nDid:\n\n- a\n- b\n- c\n\nEnd.\n"
    paragraphs = opened(project.write({"index.md": page}).build("cvdocx")).paragraphs
    kept = {paragraph.text: paragraph.paragraph_format.keep_with_next for paragraph in paragraphs}
    assert {text for text, keep in kept.items() if keep} == {"Did:", "b"}
    assert (kept["2012"], kept["2011"]) == (False, None)


@pytest.mark.parametrize(
    ("language", "align", "side"), [("en", "", "right"), ("ar", "", "left"), ("ar", "left", "right")]
)
def test_photo_is_where_lines_end_unless_it_is_aligned(project: Project, language: str, align: str, side: str) -> None:
    (project.docs / "me.png").write_bytes(png(60, 80))
    page = f"# Ada\n:photo: ![Ada](me.png){{align={align}}}\n".replace("{align=}", "")
    document = opened(project.write({"index.md": page}).build("cvdocx", language=language))
    assert document.element.body.xpath("string(.//*[local-name() = 'align'])") == side


def test_numbered_lists_begin_anew(document: Document) -> None:
    numbers = [
        str(paragraph._p.xpath("w:pPr/w:numPr/w:numId/@w:val"))
        for paragraph in document.paragraphs
        if paragraph.style and str(paragraph.style.name).startswith("List Number")
    ]
    assert Counter(Counter(numbers).values()) == {2: 1, 12: 1}


def test_links_lead_to_addresses_and_to_headings(document: Document) -> None:
    links = document.element.body.xpath(".//w:hyperlink")
    addresses = {document.part.rels[link.rId].target_ref for link in links if link.rId}
    assert {"mailto:ada@example.org", "https://nira.com", "https://x.org/p", "https://bare.example/"} <= addresses
    marks = {mark.get(qn("w:name")) for mark in document.element.body.xpath(".//w:bookmarkStart")}
    anchors = {link.anchor for link in links if link.anchor}
    assert anchors
    assert anchors <= marks


def test_tables_have_a_head_that_is_repeated(document: Document) -> None:
    table = document.tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["head", "right"]
    assert table.rows[0]._tr.xpath("w:trPr/w:tblHeader")
    assert not table.rows[1]._tr.xpath("w:trPr/w:tblHeader")
    assert table.style
    assert table.style.name == "CV Table"
    assert table.cell(1, 1).paragraphs[0].alignment is not None


def test_footnotes_are_at_the_end_and_their_numbers_lead_to_them(document: Document) -> None:
    assert styled(document, "Footnote Text") == [
        "1 The note’s text, with code.",
        "2 Outer3 note.",
        "3 Inner note.",
        "4 From a cell.",
    ]
    names = document.element.body.xpath(".//w:hyperlink[w:r/w:rPr/w:vertAlign]/@w:anchor")
    assert len(names) == 6
    assert set(names) <= set(document.element.body.xpath(".//w:bookmarkStart/@w:name"))


def test_pictures_have_descriptions_and_fit_the_page(document: Document) -> None:
    section = document.sections[0]
    assert section.page_width
    width = section.page_width - 2 * (section.left_margin or 0)
    pictures = document.inline_shapes
    assert [picture._inline.docPr.get("descr") for picture in pictures][-1] == "Pictured"
    assert all(picture.width <= width for picture in pictures)
    (photo,) = document.element.body.xpath(".//wp:anchor/wp:docPr/@descr")
    assert photo == "Ada"


def test_properties_tell_of_the_cv(document: Document) -> None:
    properties = document.core_properties
    assert (properties.title, properties.author) == ("Ada Example & Co", "Ada Example & Co")
    assert (properties.subject, properties.keywords) == ("Software architect", "C#, Python")
    assert properties.language == "en"
    assert properties.created == properties.modified == datetime(2024, 3, 14, 12, tzinfo=UTC)
    (language,) = document.styles.element.xpath("w:docDefaults//w:lang/@w:val")
    assert language == "en"
    assert str(document.styles["Title"].font.color.rgb) == "AA0000"


def test_same_source_gives_the_same_bytes(project: Project) -> None:
    project.write({"index.md": "# Ada\n\n[A](https://a.example)\n"})
    first = project.build("cvdocx", cv_modified="2024-03-14T12:00:00").files()
    (project.folder / "out/cvdocx/cv.docx").unlink()
    assert project.build("cvdocx", cv_modified="2024-03-14T12:00:00").files() == first


def test_docx_shows_what_the_pdf_shows(project: Project) -> None:
    page = (
        "# Ada\n:phone: +48 123 {show=pdf}\n:email: a@example.org {show=html}\n\n[For others]{.only-short}\n\n"
        "## Work\n\n### Engineer\n:period: 2012 {show=html}\n:organization: Corp[^a]\n\n[^a]: Kept.\n"
    )
    words = "\n".join(text_of(opened(project.write({"index.md": page}).build("cvdocx", warns=True))))
    assert "+48 123" in words
    assert not re.search(r"example\.org|others|2012", words)
    assert "Corp" in words


def test_passage_in_another_language_is_marked(project: Project) -> None:
    page = "# Ada\n\n## Talk\n:event: E\n\n### שלום\n:language: he\n\nשלום עולם\n"
    document = opened(project.write({"index.md": page}).build("cvdocx"))
    (paragraph,) = [paragraph for paragraph in document.paragraphs if "עולם" in paragraph.text]
    assert paragraph._p.xpath("w:r/w:rPr/w:lang/@w:val") == ["he"]
    assert paragraph._p.xpath("w:r/w:rPr/w:rtl")
    assert paragraph._p.xpath("w:pPr/w:bidi")


def test_control_characters_are_left_out(project: Project) -> None:
    document = opened(project.write({"index.md": "# Ada\n\nOne \x0btwo & <three>\n"}).build("cvdocx", warns=True))
    assert document.paragraphs[-1].text.split() == ["One", "two", "&", "<three>"]


def test_photo_of_a_camera_is_turned_and_a_damaged_one_is_named(project: Project) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (300, 100)).save(project.docs / "a.jpg", exif=exif)
    (project.docs / "b.jpg").write_bytes(b"\xff\xd8\xff no picture")
    Image.new("RGB", (30, 10)).save(project.docs / "d.png", dpi=(0.1, 0.1))
    text = "# Ada\n\n![One](a.jpg){width=30px}\n\n![Four](d.png)\n\n![Two](b.jpg)\n"
    built = project.write({"index.md": text}).build("cvdocx")
    document = opened(built)
    (picture,) = document.inline_shapes
    assert picture.height == pytest.approx(3 * picture.width, rel=0.01)
    assert document.paragraphs[-1].text == "Two"
    assert "cv.docx cannot show b.jpg: save it as PNG or JPEG" in built.notes
    assert "cv.docx cannot show d.png: it has no size: save it again" in built.notes


def test_column_of_a_table_has_room_for_its_longest_word(project: Project) -> None:
    rows = [f"| Qualifications {'| long words ' * 5}| |", "|---" * 7 + "|", "| One " + f"| {'words ' * 30}" * 5 + "| |"]
    project.write({"index.md": "# Ada\n\n" + "\n".join(rows) + "\n"})
    first, *others, last = opened(project.build("cvdocx")).tables[0].columns
    assert first.width is not None
    assert first.width > Pt(70)
    assert last.width is not None
    assert last.width > 0
    assert len({column.width for column in others}) == 1


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_reads_every_word(everything: Built, document: Document, tmp_path: Path) -> None:
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "txt:Text", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(everything.out / "cv.docx")], check=True, capture_output=True, timeout=120)
    # The number of a footnote follows on its word.
    read = Counter(re.findall(r"[^\W\d_]+", (tmp_path / "cv.txt").read_text("utf-8-sig")))
    assert Counter(re.findall(r"[^\W\d_]+", "\n".join(text_of(document)))) - read == Counter()


def test_long_names_are_cut_in_the_properties(project: Project) -> None:
    project.write({"index.md": f"# {'Ada ' * 90}\n:headline: {'Architect ' * 40}\n"})
    properties = docx.Document(str(project.build("cvdocx", warns=True).out / "cv.docx")).core_properties
    assert [len(text) for text in (properties.title, properties.subject)] == [255, 255]


def test_indented_lines_of_a_block_continue_its_paragraph(project: Project) -> None:
    project.write({"index.md": "# Ada\n\n```{line-block}\nOne\nTwo\n  Three\n```\n\nWords.\n"})
    document = opened(project.build("cvdocx", cv_allow=["line-block"]))
    assert [paragraph.text for paragraph in document.paragraphs] == ["Ada", "One\nTwo\nThree", "Words."]
