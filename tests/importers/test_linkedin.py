"""LinkedIn's export becomes a page."""

import time
from pathlib import Path

import pytest

from cvtools import limits
from tests.importers.pages import imported, zipped
from tests.projects import Project

EXPORT: dict[str, str | bytes] = {
    "Profile.csv": "First Name,Last Name,Birth Date,Headline,Summary,Zip Code,Geo Location,Twitter Handles,Websites\n"
    'Ada,Example,"May 4, 1985",Architect,"I build.  • In {steel}\n• In `stone`",80-001,"Gdańsk, Poland",[ada_e],'
    '"[COMPANY:https://corp.example,PERSONAL:https://ada.example/a_b]"\n',
    "Positions.csv": "Company Name,Title,Description,Location,Started On,Finished On\n"
    'Example Corp,Architect,"One.\n- Two",Gdańsk,Mar 2020,\n"Old, Corp",,,,Sep 2012,Feb 2020\n',
    "Education.csv": "School Name,Start Date,End Date,Notes,Degree Name,Activities\nUniversity,2005,2010,Arches  - One,BSc,Choir\n",
    "Skills.csv": "\ufeffName\nPython\nC++\n".encode("utf-16"),
    "Languages.csv": "Name,Proficiency,Since\nPolish,Native,1985\n",
    "Certifications.csv": "Name,Url,Authority,Started On,Finished On,License Number\nCloud,https://c.example,Amazon,Jan 2021,Jan 2024,AB-12\n",
    "Volunteering.csv": "Company Name,Role,Cause,Started On,Finished On,Description\nCharity,Treasurer,children,2018,,Counted\n",
    "Email Addresses.csv": 'Notes:\n"Some, words"\n\nEmail Address,Primary\nold@example.org,No\nada@example.org,Yes\n',
    "Phone_Numbers.csv": "Extension,Number,Type\n,+48 123 456 789,Mobile\n",
    "Profile Summary.csv": "Profile Summary\nMore of me\n",
    "Recommendations_Received.csv": "First Name,Last Name,Company,Job Title,Text,Creation Date\n"
    'Bob,Tester,Corp,CTO,She is precise.,"10/02/26, 09:12 AM"\n',
    "Projects.csv": "Title,Started On,Finished On\nBridge,Mar 2020,\n",
    "Connections.csv": "First Name\nStranger\n",
}


def test_second_table_and_second_profile_are_kept(tmp_path: Path) -> None:
    jobs: dict[str, str | bytes] = {"Jobs/Positions.csv": "Company Name,Title,Started On\nOther Corp,Clerk,Mar 2001\n"}
    profile = "First Name,Last Name,Headline\nAda,Example,Architect\nEve,Second,Painter\n"
    pages, _ = imported(tmp_path, "export.zip", zipped(EXPORT | jobs | {"Profile.csv": profile}))
    for words in ("Example Corp", "Other Corp", "Architect", "Painter", "Second"):
        assert words in pages["index"]


def test_tables_become_sections(tmp_path: Path) -> None:
    pages, unread = imported(tmp_path, "export.zip", zipped(EXPORT))
    page = pages["index"]
    for text in (
        "# Ada Example\n:headline: Architect\n:email: ada@example.org\n:phone: +48 123 456 789\n",
        ":website: <https://corp.example>\n:location: Gdańsk, Poland\n",
        ":personal: <https://ada.example/a_b>\n\nI build.\n\n- In \\{steel}\n- In `stone`\n\nMore of me\n",
        "### Architect\n:organization: Example Corp\n:period: 2020-03 – present\n:location: Gdańsk\n\nOne.\n\n- Two\n",
        "### Old, Corp\n:organization: Old, Corp\n:period: 2012-09 – 2020-02\n",
        "### BSc\n:institution: University\n:period: 2005 – 2010\n\nArches\n\n- One\n- Activities: Choir\n",
        "### Cloud\n:issuer: Amazon\n:date: 2021-01\n:expires: 2024-01\n:number: AB-12\n:page: <https://c.example>\n",
        "### Treasurer\n:organization: Charity\n:period: 2018 – present\n\nCounted\n\n- Cause: children\n",
        "### Bridge\n:period: 2020-03 – present\n",
        "### Bob Tester\n:role: CTO\n:organization: Corp\n\nShe is precise.\n",
        "- Python\n- C++\n",
        "- Polish: Native; Since: 1985\n",
    ):
        assert text in page
    assert not any(words in page for words in ("Stranger", "old@example.org", "80-001", "May 4"))
    assert "Email Addresses.csv:5: left out, as parts of the account: Email Address, Primary" in unread
    assert "Profile.csv:3: left out, as private: Zip Code, Birth Date" in unread
    assert "Recommendations_Received.csv:2: left out, as parts of the account: Creation Date" in unread
    assert "Phone_Numbers.csv:2: left out, as parts of the account: Type" in unread
    assert "1 other tables are no part of a CV, and left out: Connections.csv" in unread
    assert "Education.csv:2.Activities has no field of its own: it is in the text" in unread
    (tmp_path / "built").mkdir()
    Project(tmp_path / "built").write({"index.md": page}).build()


def test_dates_tell_the_language(tmp_path: Path) -> None:
    rows = "Company Name,Title,Started On,Finished On\nBanco,Analista,mar. de 2020,\nLoja,Caixa,fev de 2017,dez 2019\n"
    files = {"Profile.csv": "First Name,Last Name\nAda,Example\n", "Positions.csv": rows}
    pages, unread = imported(tmp_path, "export.zip", zipped({**files}))
    assert "## Experiência\n\n### Analista\n:organization: Banco\n:period: 2020-03 – present\n" in pages["index"]
    assert ":period: 2017-02 – 2019-12\n" in pages["index"]
    assert unread == []


def test_words_tell_the_language_where_dates_are_english(tmp_path: Path) -> None:
    files = {"Positions.csv": "Title,Description,Started On\nInżynier,Budowa mostów od podstaw do dziś,Mar 2020\n"}
    pages, _ = imported(tmp_path, "export.zip", zipped({"Profile.csv": "First Name,Last Name\nAda,Example\n", **files}))
    assert "## Doświadczenie zawodowe\n\n### Inżynier\n:period: 2020-03 – present\n" in pages["index"]


def test_long_row_and_folders_are_read(tmp_path: Path) -> None:
    files = {"x/../Profile.csv": "First Name,Last Name\nAda,Example,more\n"}
    pages, _ = imported(tmp_path, "export.zip", zipped({**files}))
    assert "- More columns: more\n" in pages["index"]


def test_thousands_of_columns_are_read_in_a_moment(tmp_path: Path) -> None:
    columns = ",".join(f"c{number}" for number in range(40_000))
    began = time.process_time()
    imported(tmp_path, "export.zip", zipped({**EXPORT, "Positions.csv": f"Title,Title,{columns}\na,b\n"}))
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"Positions.csv": "Title\nx\n"}, "Profile.csv is missing"),
        ({"Profile.csv": "First Name\n" + "x" * 200_000}, "line 2 of a table is damaged"),
        ({"Profile.csv": "First Name\n" + " " * limits.IMPORT_SIZE}, "more than 5 MB, unpacked: leave out tables"),
        ({"Profile.csv": b"\xff\0\1"}, "no text"),
        ({"inner.zip": zipped(EXPORT)}, "an archive that holds inner.zip"),
        ({"content.xml": "x"}, "a document of LibreOffice: save it as DOCX"),
        ({"xl/workbook.xml": "x"}, "an archive that holds xl/workbook.xml"),
    ],
    ids=["nobody", "cell", "bomb", "binary", "nested", "office", "other"],
)
def test_archive_without_a_cv_is_refused(tmp_path: Path, files: dict[str, str | bytes], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        imported(tmp_path, "export.zip", zipped(files))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data.replace(b"\x14\x00\x00\x00", b"\x14\x00\x01\x00"), "encrypted"),
        (lambda data: data[:35] + b"\xff" * 20 + data[55:], "damaged"),
    ],
    ids=["encrypted", "damaged"],
)
def test_unreadable_archive_is_refused(tmp_path: Path, change: object, reason: str) -> None:
    assert callable(change)
    with pytest.raises(ValueError, match=reason):
        imported(tmp_path, "export.zip", change(zipped({"Profile.csv": EXPORT["Profile.csv"]})))
