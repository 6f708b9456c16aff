"""The vCard."""

from hypothesis import given, strategies as st

from cvtools.exporters.vcard import fold
from tests.projects import Project

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


def test_vcard_is_omitted_without_a_person(project: Project) -> None:
    assert "cv.vcf" not in project.write({"index.md": "Notes\n"}).build("html", warns=True).files()


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_long_line_is_folded_between_characters(line: str) -> None:
    pieces = fold(line).split("\r\n")
    assert max(len(piece.encode()) for piece in pieces) <= 75
    assert all(piece.startswith(" ") for piece in pieces[1:])
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
