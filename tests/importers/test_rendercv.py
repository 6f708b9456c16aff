"""RenderCV's files become pages."""

from pathlib import Path

import pytest

from cvtools import importers
from tests.importers.pages import imported


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  label: Architect\n  email: [a@b.pl, c@d.pl]\n  website: ada.example\n  location: Oslo\n", ":headline: Architect\n:email: a@b.pl\n:email: c@d.pl\n:website: [ada.example](https://ada.example)\n:location: Oslo"),
        ("  custom_connections: [{placeholder: Blog, url: 'https://b.example', fontawesome_icon: x}]\n", ":website: [Blog](https://b.example)"),
        ("  website: [a.example, https://www.b.example]\n", ":website: [a.example](https://a.example)\n:b: <https://www.b.example>"),
        ("  social_networks: [{network: Mastodon, username: '@a@b.example'}]\n", ":mastodon: [@a@b.example](https://b.example/@a)"),
        ("  sections: {education: [{institution: U, degree: null, area: Maths, date: ~, end_date: 2019}]}\n", "## Education\n\n### Maths\n:institution: U\n:period: 2019"),
        ("  label: Nurse\n  sections: {}\n", ":headline: Nurse"),
        ("  sections: {summary: One text, empty: [], none: }\n", "## Summary\n\nOne text"),
        ("  sections: {text: [First., Second.]}\n", "## Text\n\nFirst.\n\nSecond."),
        ("  sections: {skills: [Ink, Pencil]}\n", "## Skills\n\n- Ink\n- Pencil"),
        ("  sections: {steps: [{number: a}, {number: b}]}\n", "## Steps\n\n1. a\n2. b"),
        ("  sections: {education: [{institution: U, name: N, degree: D, date: 2019, end_date: 2020}]}\n", "## Education\n\n### N\n:institution: U\n:period: 2019\n:degree: D\n\n- End date: 2020"),
        (
            "  sections: {lines: [{bullet: b, place: P}, {number: n, label: L}, {company: C}]}\n",
            "## Lines\n\n1. b; Place: P\n2. n; Label: L\n3. Company: C",
        ),
        ("  sections: {mixed: [word, {bullet: b}, {label: L, details: d, extra: e}]}\n", "## Mixed\n\n- word\n- b\n- **L:** d; Extra: e"),
        ("  sections: {education: [{institution: U, degree: BSc, area: Maths, grade: 5, date: 2019}]}\n", "## Education\n\n### BSc, Maths\n:institution: U\n:period: 2019\n:score: 5"),
        ("  sections: {papers: [{title: T, authors: [Ada, '*Bob, Jr.*'], journal: J, doi: 10.1000/1, url: 'https://u.example', date: 2019-9}]}\n", "## Papers\n\n### T\n:authors: Ada; Bob, Jr.\n:venue: J\n:date: 2019-09\n:doi: 10.1000/1\n:page: <https://u.example>"),
        ("  sections: {certifications: [{name: C, issuer: I, date: 2020}]}\n", "## Certifications\n\n### C\n:issuer: I\n:date: 2020"),
        ("  sections: {achievements: [{name: A, highlights: [x]}]}\n", "## Achievements\n\n### A\n\n- x"),
        ("  sections: {exhibitions: [{name: A, date: 2020}]}\n", "## Exhibitions\n\n### A\n:kind: other\n:period: 2020"),
        ("  website: [a.example, b.example/me]\n", ":website: [a.example](https://a.example)\n:b: [b.example/me](https://b.example/me)"),
        ("  sections: {projects: [{name: A, date: '[code](https://c.example)', highlights: [x]}]}\n", "## Projects\n\n### A\n:page: [code](https://c.example)\n\n- x"),
        ("  sections: {projects: [{name: A, location: '[code](https://c.example)', date: 2020}]}\n", "## Projects\n\n### A\n:period: 2020\n:page: [code](https://c.example)"),
        ("  sections: {experience: [{company: null, position: Sabbatical, date: 2020, description: Walked.}]}\n", "## Experience\n\n### Sabbatical\n:period: 2020\n\nWalked."),
        ("  sections: {papers: [{title: T, author: Ada, date: 2019}]}\n", "## Papers\n\n### T\n:authors: Ada\n:date: 2019"),
        ("  sections: {Education & Certificates: [{institution: U, area: Maths, date: 2019, location: Oslo}]}\n", "## Education & Certificates\n\n### Maths\n:institution: U\n:period: 2019\n:location: Oslo"),
        ("  sections: {education: [{institution: U, area: Maths, date: 2019, highlights: ['GPA: 4.0', x]}]}\n", "## Education\n\n### Maths\n:institution: U\n:period: 2019\n:score: 4.0\n\n- x"),
        ("  sections: {things: [{name: A, date: 2020}]}\n", "## Things\n\n### A\n:kind: other\n:period: 2020"),
    ],
)  # fmt: skip
def test_page(tmp_path: Path, text: str, expected: str) -> None:
    pages, _ = imported(tmp_path, "cv.yaml", f"cv:\n  name: Ada\n{text}")
    assert pages["index"].removeprefix("# Ada\n").strip() == expected


@pytest.mark.parametrize("setting", ["locale: {language: polish}", "locale_catalog: {language: pl}", "locale: pl"])
def test_language_is_that_which_the_file_names(tmp_path: Path, setting: str) -> None:
    (tmp_path / "cv.yaml").write_text(f"cv: {{name: Ada, label: x}}\n{setting}\n", "utf-8")
    assert importers.read(tmp_path / "cv.yaml").language == "pl"


def test_sections_that_are_no_mapping_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no mapping of titles to entries: write each title with a colon"):
        imported(tmp_path, "cv.yaml", "cv: {name: Ada, sections: [x]}\n")


def test_file_without_a_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="names nobody"):
        imported(tmp_path, "cv.yaml", "cv: {label: x}\n")


def test_settings_are_left_out_and_reported(tmp_path: Path) -> None:
    settings = "design: {theme: classic}\nlocale: {language: polish}\nsettings: {}\nrendercv_settings: {bold: x}\nrender_settings: {pdf: x}\nextra: x\n"
    pages, unread = imported(tmp_path, "cv.yaml", f"cv: {{name: Ada, label: Nurse}}\n{settings}")
    assert pages["index"] == "# Ada\n:headline: Nurse\n\n## Also in the file\n\n- Extra: x\n"
    assert unread == [
        "left out, as settings of RenderCV: design, locale, rendercv_settings, render_settings",
        "extra has no field of its own: it is in the text",
    ]
