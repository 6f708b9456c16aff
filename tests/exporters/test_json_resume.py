"""The CV as JSON Resume."""

import json
from typing import Any

import jsonschema
import pytest

from tests.projects import Project

PAGE = """\
# Ada Example
:headline: Software architect
:email: ada@example.org
:phone: +48 123 456 789 {show=pdf}
:website: <https://ada.example>
:location: Gdańsk {show=html}
:timezone: CET
:github: <https://github.com/ada>

First paragraph.

## Summary
:kind: summary

Second paragraph.

## Work

### Example Bank
:organization: [Example Bank](https://bank.example)
:location: Gdańsk

#### Developer
:period: 2014-03 – present
:technologies: Java, C#

What for.

- Built it
  - in parts

##### A task

- Done

### Own things
:period: 2012

## Studies

### Master of Science
:institution: University
:period: 2008 – 2012
:location: Gdynia
:degree: MSc
:area: Computing
:specialization: Engines
:score: 5.0
:technologies: C

## Skills
:kind: skills

- One
- Two

## Languages
:kind: languages

- Polish: native
- English

## Interests
:kind: interests

- Sailing

## More

### Paper
:publisher: Journal
:date: 2020-02
:authors: Ada Example, Luigi M.

About.

### Cert
:issuer: Body
:period: 2019-01 – 2021-01

### Prize
:kind: award
:issuer: [Jury](https://jury.example)
:date: 2018
:page: <https://jury.example/2018>

### Talk here
:event: Conf
:date: 2019-09-14
:place: Gdynia
:video: <https://video.example>
:slides: <https://slides.example>
:page: <https://page.example>
:language: en

Said.

### Prelekcja
:language: pl
:video: <https://video.example/pl>

Powiedziane.
"""


#: What JSON Resume 1.0.0 says of the properties that are written, in our words: the type of each, by section.
STRING: dict[str, Any] = {"type": "string"}
STRINGS = {"type": "array", "items": STRING}
LINK = {"type": "string", "pattern": "^https?://[^ ]+$"}
DATE = {"type": "string", "pattern": "^([1-2][0-9]{3}-[0-1][0-9]-[0-3][0-9]|[1-2][0-9]{3}-[0-1][0-9]|[1-2][0-9]{3})$"}
TYPES = {
    "string": (
        STRING,
        "name label phone summary position location institution area studyType score title awarder issuer",
    ),
    "more": (STRING, "publisher language fluency network username entity type description"),
    "strings": (STRINGS, "highlights keywords"),
    "links": (LINK, "url"),
    "dates": (DATE, "startDate endDate date releaseDate"),
}
PROPERTIES: dict[str, Any] = {name: rule for rule, names in TYPES.values() for name in names.split()}
ITEM = {"type": "object", "properties": PROPERTIES}
BASICS = PROPERTIES | {
    "email": {"type": "string", "pattern": "^[^@ ]+@[^@ ]+$"},
    "location": {"type": "object", "properties": {"address": STRING}},
    "profiles": {"type": "array", "items": ITEM},
}
LISTS = "work education awards certificates publications skills languages interests projects".split()
SCHEMA = {
    "type": "object",
    "properties": {
        "basics": {"type": "object", "properties": BASICS},
        "meta": {"type": "object", "properties": {"canonical": LINK, "version": STRING}},
        **{name: {"type": "array", "items": ITEM} for name in LISTS},
    },
    "additionalProperties": False,
}


@pytest.mark.parametrize("output", ["jsonresume", "cvlatex"])
def test_resume_json_is_valid_by_the_schema(project: Project, output: str) -> None:
    built = project.write({"index.md": PAGE}).build(output, html_baseurl="https://cv.example/")
    data = json.loads(built.read("resume.json"))
    jsonschema.validate(data, SCHEMA)
    data["work"][0]["startDate"] = "March 2014"
    with pytest.raises(jsonschema.ValidationError, match="March 2014"):
        jsonschema.validate(data, SCHEMA)


def test_withheld_field_of_a_workplace_is_not_inherited(project: Project) -> None:
    page = (
        "# Ada\n\n## Bank\n:organization: Bank\n:location: Canary {show=pdf}\n\n### Teller\n:period: 2012\n\n"
        "### Clerk\n:period: 2011\n:location: Gdynia\n"
    )
    built = project.write({"index.md": page}).build("jsonresume")
    assert [role.get("location") for role in json.loads(built.read("resume.json"))["work"]] == [None, "Gdynia"]


def test_public_resume_has_all_sections(project: Project) -> None:
    built = project.write({"index.md": PAGE}).build("jsonresume", html_baseurl="https://cv.example/")
    data = json.loads(built.read("resume.json"))
    assert data["basics"] == {
        "name": "Ada Example",
        "label": "Software architect",
        "email": "ada@example.org",
        "url": "https://ada.example",
        "summary": "First paragraph.\n\nSecond paragraph.",
        "location": {"address": "Gdańsk"},
        "timezone": "CET",
        "profiles": [{"network": "GitHub", "username": "ada", "url": "https://github.com/ada"}],
    }
    assert data["work"] == [
        {
            "name": "Example Bank",
            "position": "Developer",
            "url": "https://bank.example",
            "location": "Gdańsk",
            "startDate": "2014-03",
            "summary": "What for.",
            "highlights": ["Built it", "in parts", "Done"],
            "keywords": ["Java", "C#"],
        },
        {"position": "Own things", "startDate": "2012", "endDate": "2012"},
    ]
    assert data["education"] == [
        {
            "institution": "University",
            "location": "Gdynia",
            "area": "Computing",
            "specialization": "Engines",
            "studyType": "MSc",
            "name": "Master of Science",
            "startDate": "2008",
            "endDate": "2012",
            "score": "5.0",
            "keywords": ["C"],
        }
    ]
    assert data["skills"] == [{"name": "Skills", "keywords": ["One", "Two"]}]
    assert data["languages"] == [{"language": "Polish", "fluency": "native"}, {"language": "English"}]
    assert data["interests"] == [{"name": "Sailing"}]
    assert data["publications"] == [
        {
            "name": "Paper",
            "authors": ["Ada Example", "Luigi M."],
            "publisher": "Journal",
            "releaseDate": "2020-02",
            "summary": "About.",
        }
    ]
    assert data["certificates"] == [
        {"name": "Cert", "date": "2019-01", "startDate": "2019-01", "endDate": "2021-01", "issuer": "Body"}
    ]
    assert data["awards"] == [
        {
            "title": "Prize",
            "date": "2018",
            "awarder": "Jury",
            "awarderUrl": "https://jury.example",
            "url": "https://jury.example/2018",
        }
    ]
    assert data["projects"] == [
        {
            "name": "Talk here",
            "type": "talk",
            "entity": "Conf",
            "location": "Gdynia",
            "startDate": "2019-09-14",
            "endDate": "2019-09-14",
            "url": "https://video.example",
            "page": "https://page.example",
            "slides": "https://slides.example",
            "language": "en",
            "description": "Said.",
            "translations": [
                {
                    "name": "Prelekcja",
                    "url": "https://video.example/pl",
                    "language": "pl",
                    "description": "Powiedziane.",
                }
            ],
        }
    ]
    assert data["meta"] == {"version": "v1.0.0", "canonical": "https://cv.example/"}


def test_embedded_resume_has_fields_for_the_pdf(project: Project) -> None:
    built = project.write({"index.md": PAGE}).build("cvlatex")
    basics = json.loads(built.read("resume.json"))["basics"]
    assert basics["phone"] == "+48 123 456 789"
    assert "location" not in basics


def test_page_without_entries_gives_an_empty_resume(project: Project) -> None:
    built = project.write({"index.md": "Nothing here.\n"}).build("jsonresume", warns=True)
    assert json.loads(built.read("resume.json")) == {"meta": {"version": "v1.0.0"}}
    assert built.app.builder.get_target_uri("index") == "index"


def test_pdf_metadata_omits_fields_for_the_web(project: Project) -> None:
    page = "# Ada\n:headline: Canary {show=html}\n\n## Job\n:period: 2012\n:technologies: Parrot {show=html}\n"
    built = project.write({"index.md": page}).build("cvlatex")
    assert built.files_with("Canary") == built.files_with("Parrot") == []
