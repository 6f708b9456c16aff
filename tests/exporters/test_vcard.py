"""The vCard."""

import pytest
from hypothesis import given, strategies as st

from cvtools.exporters.vcard import fold
from tests.projects import Project, png

PAGE = """\
# Ada Example
:headline: Architect, systems; networks
:email: ada@example.org
:phone: +48 (0) 123 456 789
:website: <https://ada.example>
:location: Gdańsk
:timezone: CET
:github: <https://github.com/ada>

## Now
:organization: Corp
:period: 2020 –

## Before
:organization: Bank
:period: 2012
"""


def test_vcard_has_the_persons_properties(project: Project) -> None:
    built = project.write({"index.md": PAGE}).build("html", html_baseurl="https://cv.example/")
    assert built.files()["cv.vcf"].decode() == (
        "BEGIN:VCARD\r\n"
        "VERSION:4.0\r\n"
        "N:Example;Ada;;;\r\n"
        "FN:Ada Example\r\n"
        "TITLE:Architect\\, systems\\; networks\r\n"
        "ORG:Corp\r\n"
        "EMAIL:ada@example.org\r\n"
        "ADR:;;;Gdańsk;;;\r\n"
        "TZ:CET\r\n"
        "TEL;VALUE=uri:tel:+48123456789\r\n"
        "URL:https://ada.example\r\n"
        "URL:https://github.com/ada\r\n"
        "SOURCE:https://cv.example/cv.vcf\r\n"
        "END:VCARD\r\n"
    )


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ada Example", "Example;Ada;;;"),
        ("Ada", "Ada;;;;"),
        ("Prof. Dr. Ada M. Example, PhD", "Example;Ada M.;;Prof. Dr.;PhD"),
        ("Ludwig van Beethoven", "van Beethoven;Ludwig;;;"),
        ("J. R. R. Tolkien", "Tolkien;J. R. R.;;;"),
        ("山田 太郎", "山田;太郎;;;"),
        ("山田 太郎 (Taro Yamada)", "山田;太郎;;;"),
        ("Ada; Example", "Example;Ada\\;;;;"),
        ("Dr.", "Dr.;;;Dr.;"),
    ],
)
def test_vcard_has_the_parts_of_the_name(project: Project, name: str, parts: str) -> None:
    built = project.write({"index.md": f"# {name}\n:headline: H\n"}).build("html")
    assert f"\r\nN:{parts}\r\n" in built.files()["cv.vcf"].decode()


def test_photo_is_linked_where_it_is_published(project: Project) -> None:
    (project.docs / "ada.png").write_bytes(png(2, 2))
    page = "# Ada\n:photo: ![Ada](ada.png){0}\n"
    built = project.write({"index.md": page.format("")}).build("html", html_baseurl="https://cv.example/")
    assert "\r\nPHOTO:https://cv.example/_images/ada.png\r\n" in built.files()["cv.vcf"].decode()
    assert '"image": "https://cv.example/_images/ada.png"' in built.read("resume.json")
    built = project.write({"index.md": page.format(" {show=pdf}")}).build("html", html_baseurl="https://cv.example/")
    assert built.files_with("_images/") == built.files_with("PHOTO") == []


def test_employer_is_one_until_an_end_to_come(project: Project) -> None:
    page = (
        "# Ada\n\n## A\n:organization: Corp\n:period: 2020 – 2030\n\n## B\n:organization: Bank\n:period: 2012 – 2020\n"
    )
    card = project.write({"index.md": page}).build("html", cv_today="2024-06").files()["cv.vcf"].decode()
    assert ("ORG:Corp" in card, "ORG:Bank" in card) == (True, False)


def test_vcard_is_omitted_without_a_person(project: Project) -> None:
    assert "cv.vcf" not in project.write({"index.md": "Notes\n"}).build("html", warns=True).files()


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_long_line_is_folded_between_characters(line: str) -> None:
    pieces = fold(line).split("\r\n")
    assert max(len(piece.encode()) for piece in pieces) <= 75
    assert all(piece.startswith(" ") for piece in pieces[1:])
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
