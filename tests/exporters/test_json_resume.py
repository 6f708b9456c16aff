"""The CV as JSON Resume."""

import json
from typing import Any

import jsonschema
import pytest

from cvtools.exporters.json_resume import json_resume
from tests.projects import Built, Project, png

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
MOMENT = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$"}
TYPES = {
    "string": (
        STRING,
        "name label phone summary position location institution area studyType score title awarder issuer organization",
    ),
    "more": (STRING, "publisher language fluency network username entity type description level reference"),
    "strings": (STRINGS, "highlights keywords roles courses"),
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
LISTS = (
    "references volunteer work education awards certificates publications skills languages interests projects".split()
)
SCHEMA = {
    "type": "object",
    "properties": {
        "basics": {"type": "object", "properties": BASICS},
        "$schema": LINK,
        "meta": {"type": "object", "properties": {"canonical": LINK, "version": STRING, "lastModified": MOMENT}},
        **{name: {"type": "array", "items": ITEM} for name in LISTS},
    },
    "additionalProperties": False,
}


def resume(built: Built, output: str = "html") -> Any:
    return json.loads(json_resume(built.env, output))


@pytest.mark.parametrize("output", ["html", "pdf"])
def test_resume_json_is_valid_by_the_schema(project: Project, output: str) -> None:
    data = resume(project.write({"index.md": PAGE}).build("cvtext", html_baseurl="https://cv.example/"), output)
    jsonschema.validate(data, SCHEMA)
    data["work"][0]["startDate"] = "March 2014"
    with pytest.raises(jsonschema.ValidationError, match="March 2014"):
        jsonschema.validate(data, SCHEMA)


def test_public_resume_has_all_sections(project: Project) -> None:
    built = project.write({"index.md": PAGE}).build(
        "cvtext", html_baseurl="https://cv.example/", cv_modified="2024-06-10T12:00:00"
    )
    data = resume(built)
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
            "highlights": ["Built it", "in parts", "A task", "Done"],
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
    assert data["meta"] == {
        "version": "v1.0.0",
        "canonical": "https://cv.example/",
        "lastModified": "2024-06-10T12:00:00",
    }


KINDS = """\
# Ada Example
:email: ada@example.org
:email: ada@work.example
:scholar: <https://scholar.example/citations?user=ada>
:mastodon: <https://social.example/@ada%20e>

About Ada.

## Driving licence

Class B

- Since 2012

## Experience

### Example Corp
:organization: [Example Corp](https://corp.example)

Makes examples.

#### Lead
:period: 2020-01 – present

### Volunteer work
:kind: volunteering
:role: Treasurer
:organization: [Club](https://club.example)
:period: Summer 2019

### Freelance
:role: Writer
:period: 2018

## Skills
:kind: skills

Years of:

- Languages: Python, Go
- Docker (expert)

## Languages
:kind: languages

| Language | Level |
|---|---|
| Polish | native |

## Interests
:kind: interests

Sailing, chess

## More

### On things
:authors: Example, Ada and Tester, Grace
:venue: Journal of Things
:doi: 10.1000/182
:date: in press

### Licence
:issuer: Body
:date: 2019
:expires: 2029-01

### Old licence
:issuer: Body
:number: C 12
:date: before 2006

### Grant of grants
:funder: [Council](https://council.example)
:amount: 1 M€
:role: PI
:period: 2016 – 2020

### Committee
:kind: committee
:organization: Society
:period: ca. 2012 – 2015

### Grace Tester
:kind: reference
:role: Head
:email: grace@example.org

A joy.

### Degree
:institution: [University](https://university.example)
:courses: Logic, Sets
"""


def test_each_kind_of_entry_is_an_item_of_its_list(project: Project) -> None:
    data = resume(project.write({"index.md": KINDS}).build("cvtext"))
    jsonschema.validate(data, SCHEMA)
    assert data["basics"] == {
        "name": "Ada Example",
        "email": "ada@example.org",
        "emails": ["ada@example.org", "ada@work.example"],
        "summary": "About Ada.",
        "profiles": [
            {"network": "Google Scholar", "username": "ada", "url": "https://scholar.example/citations?user=ada"},
            {"network": "Mastodon", "username": "@ada e", "url": "https://social.example/@ada%20e"},
        ],
    }
    assert data["meta"]["sections"] == [
        {"title": "Driving licence", "summary": "Class B", "highlights": ["Since 2012"]},
        {"title": "Skills", "summary": "Years of:"},
    ]
    assert data["work"] == [
        {
            "position": "Lead",
            "name": "Example Corp",
            "url": "https://corp.example",
            "startDate": "2020-01",
            "description": "Makes examples.",
        },
        {"name": "Freelance", "position": "Writer", "startDate": "2018", "endDate": "2018"},
    ]
    assert data["volunteer"] == [
        {
            "position": "Treasurer",
            "title": "Volunteer work",
            "organization": "Club",
            "url": "https://club.example",
            "startDate": "2019",
            "endDate": "2019",
            "when": "Summer 2019",
        }
    ]
    assert data["skills"] == [
        {"name": "Languages", "keywords": ["Python", "Go"]},
        {"name": "Docker", "level": "expert"},
    ]
    assert data["languages"] == [{"language": "Polish", "fluency": "native"}]
    assert data["interests"] == [{"name": "Sailing"}, {"name": "chess"}]
    assert data["publications"] == [
        {
            "name": "On things",
            "authors": ["Example, Ada", "Tester, Grace"],
            "publisher": "Journal of Things",
            "doi": "10.1000/182",
            "doiUrl": "https://doi.org/10.1000/182",
            "url": "https://doi.org/10.1000/182",
            "when": "in press",
        }
    ]
    assert data["certificates"] == [
        {"name": "Licence", "issuer": "Body", "date": "2019", "expires": "2029-01", "endDate": "2029-01"},
        {"name": "Old licence", "issuer": "Body", "when": "before 2006", "number": "C 12"},
    ]
    assert data["references"] == [
        {"name": "Grace Tester", "role": "Head", "email": ["grace@example.org"], "reference": "A joy."}
    ]
    assert data["education"] == [
        {
            "institution": "University",
            "url": "https://university.example",
            "studyType": "Degree",
            "courses": ["Logic", "Sets"],
        }
    ]
    assert data["projects"] == [
        {
            "name": "Grant of grants",
            "type": "grant",
            "roles": ["PI"],
            "entity": "Council",
            "entityUrl": "https://council.example",
            "startDate": "2016",
            "endDate": "2020",
            "amount": "1 M€",
        },
        {
            "name": "Committee",
            "type": "committee",
            "entity": "Society",
            "startDate": "2012",
            "endDate": "2015",
            "when": "ca. 2012 – 2015",
        },
    ]


def test_words_of_a_certificates_end_are_apart_from_those_of_its_date(project: Project) -> None:
    entry = "### {}\n:issuer: Body\n:date: {}\n:expires: {}\n\n"
    dates = [("A", "Summer 2019", "ca. 2025"), ("B", "2019", "never")]
    page = "# Ada\n\n## Certificates\n\n" + "".join(entry.format(*each) for each in dates)
    found = resume(project.write({"index.md": page}).build("cvtext"))["certificates"]
    one = {"date": "2019", "when": "Summer 2019", "expires": "ca. 2025", "endDate": "2025"}
    assert found == [
        {"name": "A", "issuer": "Body", **one},
        {"name": "B", "issuer": "Body", "date": "2019", "expires": "never"},
    ]


def test_text_on_a_withheld_employer_is_that_of_its_roles_alone(project: Project) -> None:
    page = "# Ada\n\n## Work\n\n### Bank\n:organization: Bank {show=pdf}\n:location: Remote\n\nA large bank.\n\n"
    page += "#### Lead\n:period: 2020\n\n### Freelancer\n:organization: Mill {show=pdf}\n:period: 2015\n"
    works = resume(project.write({"index.md": page}).build("cvtext"))["work"]
    descriptions = [(work["position"], work.get("description", "")) for work in works]
    assert descriptions == [("Lead", "A large bank."), ("Freelancer", "")]


def test_talks_are_in_the_order_of_their_list(project: Project) -> None:
    pages = {
        f"talks/{name}.md": f"# {name}\n:event: Conf\n:date: {date}\n" for name, date in [("a", 2014), ("b", 2016)]
    }
    built = project.write({"index.md": "# Ada\n\n```{talks}\n```\n", **pages}).build("cvtext")
    assert [talk["name"] for talk in resume(built)["projects"]] == ["b", "a"]


def test_embedded_resume_has_fields_for_the_pdf(project: Project) -> None:
    built = project.write({"index.md": PAGE}).build("cvlatex")
    basics = json.loads(built.read("resume.json"))["basics"]
    assert basics["phone"] == "+48 123 456 789"
    assert "location" not in basics


@pytest.mark.parametrize(("show", "is_there"), [("", True), (" {show=html}", False), (" {show=pdf}", False)])
def test_embedded_resume_has_the_address_of_a_photo_that_both_show(project: Project, show: str, is_there: bool) -> None:
    (project.docs / "face.png").write_bytes(png(4, 4))
    project.write({"index.md": f"# Ada\n:photo: ![Ada](face.png){show}\n"})
    built = project.build("cvlatex", html_baseurl="https://ada.example/")
    assert ("image" in json.loads(built.read("resume.json"))["basics"]) == is_there


def test_page_without_entries_gives_its_text_alone(project: Project) -> None:
    built = project.write({"index.md": "Nothing here.\n"}).build("cvtext", warns=True)
    assert resume(built).keys() == {"$schema", "meta"}
