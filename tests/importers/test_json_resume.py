"""JSON Resume in its odder forms becomes a page."""

import json
from pathlib import Path
from typing import Any

import pytest

from cvtools import importers
from cvtools.importers import json_resume
from cvtools.importers.imported_objects import NO_PICTURE
from cvtools.writing import myst
from tests.importers.pages import imported


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"basics": {"name": "Ada", "image": "data:image/png;base64,AAAA"}}, ""),
        ({"basics": {"name": "Ada", "label": {"en": "Architect", "pl": "Architektka"}}}, "## Also in the file\n\n- Label en: Architect\n- Label pl: Architektka"),
        ({"basics": {"name": "Ada", "x": {"a": [{"b": 1}, {"b": "https://c.example"}], "d": [1, 2]}}}, "## Also in the file\n\n- X a b: 1\n- X a b: <https://c.example>\n- X d: 1, 2"),
        ({"basics": {"name": "Ada", "summary": ["one", "two"], "phone": 48123456}}, ":phone: 48123456\n\n- one\n- two"),
        ({"basics": {"name": "Ada", "profiles": [{"network": "Only", "username": "x"}]}}, "- Only: x"),
        ({"education": {"institution": "U", "studyType": "BSc", "courses": ["A, b", "C"]}}, "## Education\n\n### BSc\n:institution: U\n\nCourses:\n\n- A, b\n- C"),
        ({"projects": [{"name": "P", "githubUrl": "github.com/p", "startDate": "2020"}]}, "## Projects\n\n### P\n:period: 2020 – present\n:page: [github.com/p](https://github.com/p)"),
        ({"projects": [{"name": "T", "type": "presentation", "entity": "Conf", "startDate": "2020-05-01", "url": "https://youtu.be/x"}]}, "## Talks\n\n### T\n:event: Conf\n:date: 2020-05-01\n:video: <https://youtu.be/x>"),
        ({"publications": [{"name": "P", "authors": ["Ada", "Bob, Jr."], "url": "https://p.example"}]}, "## Publications\n\n### P\n:authors: Ada; Bob, Jr.\n:page: <https://p.example>"),
        ({"skills": [{"name": "Skills", "keywords": ["Ink"], "level": "good"}]}, "## Skills\n:kind: skills\n\n- Ink\n- Level: good"),
        ({"skills": [{"name": ["C"], "keywords": ["Go"]}]}, "## Skills\n:kind: skills\n\n- Go\n  - Name: C"),
        ({"skills": [{"keywords": ["a", "b"]}, {"name": "C", "level": "good"}]}, "## Skills\n:kind: skills\n\n- a, b\n- C – good"),
        ({"skills": [None, {"name": "C", "keywords": ["a", None, "b"]}, "D"]}, "## Skills\n:kind: skills\n\n- **C:** a, b\n- D"),
        ({"basics": {"name": "Ada", "email": ["a@b.pl", "a@b.pl"], "profiles": [None, {"network": "GitHub", "username": "ada"}]}}, ":email: a@b.pl\n:github: [ada](https://github.com/ada)"),
        ({"skills": [{"name": "C", "level": "good"}, "", " "]}, "## Skills\n:kind: skills\n\n- C – good"),
        ({"work": [{"name": "Corp", "highlights": [None, "Moved trains", ""], "x": ["y", None]}]}, "## Work experience\n\n### Corp\n:organization: Corp\n\n- Moved trains\n- X: y"),
        ({"languages": [{"language": "Polish", "x": 1}]}, "## Languages\n:kind: languages\n\n- Polish\n  - X: 1"),
        ({"certificates": [{"name": "C", "date": "2020", "endDate": "2024-01", "expires": "2024-01"}]}, "## Certificates\n\n### C\n:date: 2020\n:expires: 2024-01"),
        ({"certificates": [{"name": "C", "date": "2020", "when": "Q2 2020", "endDate": "2025", "expires": "ca. 2025"}]}, "## Certificates\n\n### C\n:date: Q2 2020\n:expires: ca. 2025"),
        ({"basics": {"name": "Ada", "summary": "[Acme]: http://e.org\n\n[^1]: Text"}}, "[Acme\\]: http://e.org\n\n\\[^1\\]: Text"),
        ({"basics": {"name": "Ada", "summary": "At [Acme].\n\n[Acme]: http://e.org"}}, "At [Acme].\n\n[Acme\\]: http://e.org"),
        ({"certificates": [{"name": "C", "date": "2020", "when": "unlimited"}]}, "## Certificates\n\n### C\n:date: 2020\n:expires: unlimited"),
        ({"projects": [{"name": "P", "startDate": "2020-06", "endDate": "2021", "when": "summer 2020 – 2021"}]}, "## Projects\n\n### P\n:period: summer 2020 – 2021"),
        ({"work": [{"name": "Corp", "company": "Corp", "url": "c.example", "website": "c.example", "company2": "Corp"}]}, "## Work experience\n\n### Corp\n:organization: [Corp](https://c.example)\n\n- Company2: Corp"),
        ({"volunteer": [{"position": "", "highlights": [""]}], "awards": [{"title": "", "date": None}]}, ""),
        ({"skills": [{"name": "", "frameworks": ["a", "b"], "tools": "c"}, "D"]}, "## Skills\n:kind: skills\n\n- Frameworks: a, b\n- Tools: c\n- D"),
        ({"references": ["said so", "words"]}, "## Also in the file\n\n- References: said so, words"),
    ],
)  # fmt: skip
def test_page(tmp_path: Path, data: dict[str, Any], expected: str) -> None:
    pages, _ = imported(tmp_path, "cv.json", json.dumps({"basics": {"name": "Ada"}} | data))
    assert pages["index"].removeprefix("# Ada\n").strip() == expected


def test_talks_with_words_have_pages(tmp_path: Path) -> None:
    talk = {"name": "On arches", "type": "talk", "entity": "Conf", "startDate": "2020", "description": "Words."}
    others = [talk, {**talk, "entity": ""}, {"name": "Łuk", "type": "talk", "description": "Word."}]
    pages, _ = imported(tmp_path, "cv.json", json.dumps({"basics": {"name": "Ada"}, "projects": others}))
    assert pages == {
        "index": "# Ada\n\n## Talks\n\n```{talks}\n```\n",
        "talks/2020-on-arches": "# On arches\n:event: Conf\n:date: 2020\n\nWords.\n",
        "talks/2020-on-arches-2": "# On arches\n:kind: talk\n:date: 2020\n\nWords.\n",
        "talks/talk-uk": "# Łuk\n:kind: talk\n\nWord.\n",
    }


def test_data_about_the_file_are_left_out_and_reported(tmp_path: Path) -> None:
    meta = {"version": "v1.0.0", "theme": "even", "sections": [{"title": "Rivers", "summary": "Wide."}]}
    pages, unread = imported(tmp_path, "cv.json", json.dumps({"basics": {"name": "Ada"}, "meta": meta}))
    assert pages["index"] == "# Ada\n\n## Rivers\n\nWide.\n"
    assert unread == ["meta: left out, as data about the file: version, theme"]


def test_values_without_a_field_have_one_line_for_each_kind(tmp_path: Path) -> None:
    work = [{"name": "Corp", "size": number, "tags": "x"} for number in range(3)]
    _, unread = imported(tmp_path, "cv.json", json.dumps({"basics": {"name": "Ada"}, "work": work}))
    assert unread == [
        f"work[0].{name} has no field of its own: it is in the text (2 more like this)" for name in ("size", "tags")
    ]


def test_comments_and_last_commas_are_allowed(tmp_path: Path) -> None:
    text = '{"basics": {"name": "Ada // \\"E\\",}", // me\n "url": "https://a.example", // page\n },\n}'
    pages, _ = imported(tmp_path, "cv.json", text)
    assert pages["index"] == '# Ada // "E",}\n:website: <https://a.example>\n'


def test_picture_in_a_text_is_reported(tmp_path: Path) -> None:
    project = {"name": "Map", "description": "A map.\n\n![Screens](img/map.png)"}
    pages, unread = imported(tmp_path, "cv.json", json.dumps({"basics": {"name": "Ada"}, "projects": [project]}))
    assert pages["index"].endswith("### Map\n\nA map.\n\nScreens\n")
    assert unread == [f"projects[0]: {NO_PICTURE}"]


POLISH = {
    "basics": {"name": "Ada", "summary": "Buduję mosty i drogi."},
    "work": [{"name": "Firma", "position": "Inżynier", "startDate": "2020"}],
    "languages": [{"language": "Polski", "fluency": "ojczysty"}, {"language": "Niemiecki", "fluency": "dobry"}],
}


@pytest.mark.parametrize(
    ("data", "language", "heading"),
    [
        (POLISH, "pl", "## Doświadczenie zawodowe\n"),
        ({"work": [{"name": "Firma", "summary": "Brücken und Straßen seit 2020"}]}, "de", "## Berufserfahrung\n"),
        ({"work": [{"name": "Corp", "summary": "I do and plan bridges, e.g. of stone"}]}, "en", "## Work experience\n"),
        ({"work": [{"name": "Corp", "position": "Und"}]}, "en", "## Work experience\n"),
        ({"work": [{"name": "Corp"}], "meta": {"language": "pl-PL"}}, "pl", "## Doświadczenie zawodowe\n"),
        ({"work": [{"name": "Corp"}], "language": "German"}, "de", "## Berufserfahrung\n"),
        ({"work": [{"name": "Corp"}], "meta": {"language": "Klingon"}}, "en", "## Work experience\n"),
    ],
)
def test_headings_are_in_the_language_of_the_words(
    tmp_path: Path, data: dict[str, Any], language: str, heading: str
) -> None:
    file = tmp_path / "cv.json"
    file.write_text(json.dumps({"basics": {"name": "Ada"}} | data), "utf-8")
    cv = importers.read(file)
    assert cv.page
    assert cv.language == language
    assert heading in myst.pages(cv.page)["index"]


def test_settings_and_pictures_are_no_words_of_a_cv(tmp_path: Path) -> None:
    work = {"name": "Corp", "pinned": True, "logoUrl": "/corp.png", "iconClass": "fa fa-x", "class": "2019", "size": 3}
    basics = {"name": "Ada", "image": "https://a.example/me.jpg"}
    pages, unread = imported(tmp_path, "cv.json", json.dumps({"basics": basics, "work": [work, work]}))
    entry = "### Corp\n:organization: Corp\n\n- Class: 2019\n- Size: 3\n"
    assert pages["index"] == f"# Ada\n\n## Work experience\n\n{entry}\n{entry}"
    assert unread == [
        NO_PICTURE,
        "work[0]: left out, as settings and pictures: pinned, logoUrl, iconClass (1 more like this)",
        "work[0].class has no field of its own: it is in the text (1 more like this)",
        "work[0].size has no field of its own: it is in the text (1 more like this)",
    ]


def test_list_without_groups_has_the_title_of_its_section_in_any_language() -> None:
    skills = [{"name": "Umiejętności", "keywords": ["Python", "Go"]}]
    page = json_resume.read({"basics": {"name": "Ada"}, "skills": skills}, [], "pl")
    assert [(child.title, child.text) for child in page.children] == [("Umiejętności", "- Python\n- Go")]
