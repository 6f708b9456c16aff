"""The CV in the terms of JSON Resume."""

import json

from tests.projects import Project

PAGE = """\
# Ada Example
:headline: Software architect
:email: ada@example.org
:phone: +48 123 456 789 {show=pdf}
:website: <https://ada.example>
:location: Gdańsk {show=html}
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
:area: Computing
:score: 5.0

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

About.

### Cert
:issuer: Body
:period: 2019-01 – 2021-01

### Prize
:kind: award
:issuer: [Jury](https://jury.example)
:date: 2018

### Talk here
:event: Conf
:date: 2019-09-14
:video: <https://video.example>

Said.
"""


def test_the_public_file(project: Project) -> None:
    built = project.write({"index.md": PAGE}).build("jsonresume", html_baseurl="https://cv.example/")
    data = json.loads(built.read("resume.json"))
    assert data["basics"] == {
        "name": "Ada Example",
        "label": "Software architect",
        "email": "ada@example.org",
        "url": "https://ada.example",
        "summary": "First paragraph.\n\nSecond paragraph.",
        "location": {"address": "Gdańsk"},
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
            "area": "Computing",
            "studyType": "Master of Science",
            "startDate": "2008",
            "endDate": "2012",
            "score": "5.0",
        }
    ]
    assert data["skills"] == [{"name": "Skills", "keywords": ["One", "Two"]}]
    assert data["languages"] == [{"language": "Polish", "fluency": "native"}, {"language": "English"}]
    assert data["interests"] == [{"name": "Sailing"}]
    assert data["publications"] == [
        {"name": "Paper", "publisher": "Journal", "releaseDate": "2020-02", "summary": "About."}
    ]
    assert data["certificates"] == [{"name": "Cert", "date": "2019-01", "issuer": "Body"}]
    assert data["awards"] == [{"title": "Prize", "date": "2018", "awarder": "Jury"}]
    assert data["projects"] == [
        {
            "name": "Talk here",
            "type": "talk",
            "entity": "Conf",
            "startDate": "2019-09-14",
            "endDate": "2019-09-14",
            "url": "https://video.example",
            "description": "Said.",
        }
    ]
    assert data["meta"] == {"version": "v1.0.0", "canonical": "https://cv.example/"}


def test_what_the_pdf_embeds(project: Project) -> None:
    built = project.write({"index.md": PAGE}).build("cvlatex")
    basics = json.loads(built.read("resume.json"))["basics"]
    assert basics["phone"] == "+48 123 456 789"
    assert "location" not in basics


def test_a_page_without_entries(project: Project) -> None:
    built = project.write({"index.md": "# Nothing\n\nHere.\n"}).build("jsonresume")
    assert json.loads(built.read("resume.json")) == {"meta": {"version": "v1.0.0"}}
    assert built.app.builder.get_target_uri("index") == "index"


def test_metadata_keeps_to_what_the_pdf_may_show(project: Project) -> None:
    page = "# Ada\n:headline: Canary {show=html}\n\n## Job\n:period: 2012\n:technologies: Parrot {show=html}\n"
    built = project.write({"index.md": page}).build("cvlatex")
    assert built.files_with("Canary") == built.files_with("Parrot") == []
