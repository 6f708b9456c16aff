"""The website's one style sheet."""

import re

from cvtools.writing.website import THEME
from tests.projects import Project


def test_sheet_has_the_rules_of_the_theme_that_pages_use_and_no_others(project: Project) -> None:
    project.write({"index.md": "# Ada\n"})
    sheet = project.build("html", html_theme=THEME).read("_static/cvtools.css")
    assert "--pst-header-height" in sheet
    assert ".cv-head" in sheet
    assert ".footnote:target" not in sheet
    assert len(sheet) < 130_000
    project.write({"index.md": "# Ada\n\nWords.[^1]\n\n[^1]: A note.\n"})
    assert ".footnote:target" in project.build("html", html_theme=THEME).read("_static/cvtools.css")


def test_sheet_is_the_only_one_that_a_page_waits_for(project: Project) -> None:
    page = project.write({"index.md": "# Ada\n"}).build("html", html_theme=THEME).read("index.html")
    assert page.count('rel="stylesheet"') == 1


def test_other_theme_gets_the_rules_of_cvtools_alone(project: Project) -> None:
    sheet = project.write({"index.md": "# Ada\n"}).build("html", html_theme="alabaster").read("_static/cvtools.css")
    assert ".cv-head" in sheet
    assert "--pst-header-height" not in sheet


def test_accent_and_typeface_of_conf_py_reach_the_page(project: Project) -> None:
    built = project.write({"index.md": "# Ada\n"}).build(
        "html", html_theme=THEME, cv_accent="800000", cv_font="termes", cv_design="classic"
    )
    sheet = built.read("_static/cvtools.css")
    assert "--cv-accent:light-dark(maroon,#" in sheet
    assert re.search(r"--cv-text:['\"]?Times New Roman['\"]?, ?Times,", sheet)
    assert ".cv-facts){text-align:center" in sheet
