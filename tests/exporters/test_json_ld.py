"""JSON-LD on the root page and on pages of talks."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.projects import Built, Project

#: The types that we use, with those of schema.org's properties for each, its ancestors' included, that we use.
TERMS = {
    name: set(properties.split())
    for name, properties in {
        "ProfilePage": "url mainEntity",
        "Person": "name url jobTitle description email telephone address sameAs worksFor hasOccupation alumniOf "
        "memberOf award hasCredential funding knowsAbout knowsLanguage subjectOf",
        "PostalAddress": "addressLocality",
        "OrganizationRole": "roleName startDate endDate",
        "Role": "roleName startDate endDate",
        "Organization": "name url",
        "EducationalOrganization": "name url",
        "Occupation": "name skills",
        "Language": "name",
        "Place": "name",
        "Project": "name url",
        "Periodical": "name url",
        "EducationalOccupationalCredential": "name url recognizedBy identifier datePublished expires",
        "MonetaryGrant": "name url funder identifier description",
        "ScholarlyArticle": "name url author isPartOf publisher datePublished",
        "Event": "name url startDate location description inLanguage superEvent performer recordedIn workFeatured "
        "keywords",
        "VideoObject": "name url inLanguage",
        "PresentationDigitalDocument": "name url",
    }.items()
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Every kind of entry."""
    project = Project(tmp_path_factory.mktemp("kinds"), "test-kinds")
    return project.build("html", html_baseurl="https://cv.example")


def told(built: Built, page: str = "index.html") -> Any:
    """Return the JSON-LD of a page."""
    (script,) = BeautifulSoup(built.read(page), "lxml").select('script[type="application/ld+json"]')
    return json.loads(script.get_text())


def things(data: Any, term: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """All things in some data, each with the property that leads to it."""
    if isinstance(data, list):
        for item in data:
            yield from things(item, term)
    elif isinstance(data, dict):
        if "@type" in data:
            yield term, data
        for name, value in data.items():
            yield from things(value, name)


@pytest.mark.parametrize("page", ["index.html", "talks/2016-tests.html", "talks/2018-types.html"])
def test_json_ld_uses_only_terms_of_schema_org(built: Built, page: str) -> None:
    data = told(built, page)
    assert data["@context"] == "https://schema.org"
    for term, thing in things(data):
        # A role repeats the property that leads to it.
        own = {term} if thing["@type"].endswith("Role") else set()
        assert {name for name in thing if not name.startswith("@")} <= TERMS[thing["@type"]] | own
        assert None not in thing.values()


def test_root_page_describes_the_person(built: Built) -> None:
    page = told(built)
    person = page["mainEntity"]
    assert (page["@type"], page["url"], person["@type"]) == ("ProfilePage", "https://cv.example/", "Person")
    assert (person["name"], person["jobTitle"]) == ("Ada Example", "Software architect")
    assert person["description"] == "Builds systems that last.\n\nSums up."
    assert person["sameAs"][:2] == ["https://example.org", "https://github.com/ada"]
    assert person["address"] == {"@type": "PostalAddress", "addressLocality": "Gdańsk"}
    assert person["knowsAbout"] == ["Python", "Salt & <Pepper>", "PostgreSQL", "C", "Speed"]
    assert [language["name"] for language in person["knowsLanguage"]] == ["Polish", "English"]


def test_relation_with_a_period_is_a_role(built: Built) -> None:
    person = told(built)["mainEntity"]
    assert person["worksFor"] == [
        {
            "@type": "OrganizationRole",
            "worksFor": {"@type": "Organization", "name": "Example Corp", "url": "https://corp.example"},
            "roleName": "Senior Developer",
            "startDate": "2024-03",
        }
    ]
    studies, developer, intern = person["alumniOf"]
    assert studies["alumniOf"] == {"@type": "EducationalOrganization", "name": "Politechnika"}
    assert (studies["startDate"], studies["endDate"]) == ("2006", "2011")
    assert [role["roleName"] for role in (developer, intern)] == ["Developer", "Intern"]
    assert developer["alumniOf"]["name"] == "Example Bank"
    assert [role["hasOccupation"]["name"] for role in person["hasOccupation"]] == [
        "Senior Developer",
        "Developer",
        "Intern",
    ]
    assert person["hasOccupation"][0]["hasOccupation"]["skills"] == ["Python", "Salt & <Pepper>", "PostgreSQL"]


WORK = """\
# Ada Example
:email: ada@example.org
:email: ada@work.example

## Work

### Example Corp
:role: Lead
:period: 2020 – 2030

### Sample
:organization: Sample
:period: 2012 – 2019

### Treasurer
:kind: volunteering
:organization: Club
:period: 2011

### Society
:kind: membership

### Engine
:kind: project
:page: <https://engine.example>

### Prize
:kind: award

### Licence
:issuer: Body
:expires: 2029

### Research
:funder: Council
:amount: 1 M€

### On things
:authors: Ada Example and Grace Tester
:venue: Journal
:date: in press

### Grace Tester
:kind: reference
:phone: +48 123 456 789
"""


def test_each_kind_of_entry_has_its_type_and_properties(project: Project) -> None:
    built = project.write({"index.md": WORK}).build("html", cv_today="2024-06")
    person = told(built)["mainEntity"]
    assert person["email"] == ["ada@example.org", "ada@work.example"]
    assert "telephone" not in person
    assert [role["hasOccupation"]["name"] for role in person["hasOccupation"]] == ["Lead", "Sample"]
    assert [role["worksFor"]["name"] for role in person["worksFor"]] == ["Example Corp"]
    assert [role["alumniOf"]["name"] for role in person["alumniOf"]] == ["Sample"]
    assert [(role["memberOf"]["name"], role.get("roleName")) for role in person["memberOf"]] == [
        ("Club", "Treasurer"),
        ("Society", None),
        ("Engine", None),
    ]
    assert person["award"] == ["Prize"]
    assert [(found["name"], found["expires"]) for found in person["hasCredential"]] == [("Licence", "2029")]
    assert [(found["name"], found["funder"]["name"]) for found in person["funding"]] == [("Research", "Council")]
    (article,) = person["@reverse"]["author"]
    assert (article["name"], article["isPartOf"]["name"], len(article["author"])) == ("On things", "Journal", 2)
    for term, thing in things(told(built)):
        own = {term} if thing["@type"].endswith("Role") else set()
        assert {name for name in thing if not name.startswith("@")} <= TERMS[thing["@type"]] | own


def test_speakers_of_a_talk_are_its_performers(project: Project) -> None:
    talk = "# Talk\n:event: Conf\n:date: 2014\n:speakers: Ada and Eve\n:tags: tests\n"
    built = project.write({"index.md": "# Ada\n\n```{talks}\n```\n", "talks/a.md": talk}).build("html")
    data = told(built, "talks/a.html")
    assert [(one["name"], "@id" in one) for one in data["performer"]] == [("Ada", True), ("Eve", False)]
    assert data["keywords"] == ["tests"]


def test_talk_page_describes_the_talk(built: Built) -> None:
    talks = told(built)["mainEntity"]["subjectOf"]
    talk = told(built, "talks/2016-tests.html")
    assert talk["url"] in {other["url"] for other in talks}
    assert (talk["name"], talk["startDate"], talk["inLanguage"]) == ("Testing", "2016-07-19", "en")
    assert talk["location"] == {"@type": "Place", "name": "Bilbao"}
    assert talk["superEvent"] == {"@type": "Event", "name": "EuroPython", "url": "https://ep.example"}
    assert talk["performer"]["@id"] == told(built)["mainEntity"]["@id"]
    assert [(video["name"], video["url"], video.get("inLanguage")) for video in talk["recordedIn"]] == [
        ("Testing", "https://v.example/1", "en"),
        ("Testowanie", "https://v.example/2", "pl"),
    ]
    assert [slides["url"] for slides in talk["workFeatured"]] == ["https://s.example/1"]
    assert told(built, "talks/2018-types.html")["startDate"] == "2018-01"


def test_text_cannot_end_the_script_element(project: Project) -> None:
    words = "</script><script>alert(1)</script><!--"
    built = project.write({"index.md": f"# Ada\n:headline: `{words}`\n"}).build("html")
    assert told(built)["mainEntity"]["jobTitle"] == words


def test_page_without_an_entry_has_no_json_ld(project: Project) -> None:
    assert "ld+json" not in project.write({"index.md": "Words.\n"}).build("html", warns=True).read("index.html")


def test_talk_page_is_rewritten_when_its_speaker_changes(project: Project) -> None:
    pages = {"index.md": "# Ada\n:headline: H\n", "talk.md": "---\norphan: true\n---\n# Talk\n:event: E\n:date: 2014\n"}
    assert told(project.write(pages).build("html"), "talk.html")["performer"]["name"] == "Ada"
    before = (project.folder / "out/html/talk.html").stat().st_mtime_ns
    project.build("html")
    assert (project.folder / "out/html/talk.html").stat().st_mtime_ns == before
    built = project.write({"index.md": "# Eve\n:headline: H\n"}).build("html")
    assert told(built, "talk.html")["performer"]["name"] == "Eve"


def test_root_page_is_rewritten_when_entries_of_other_pages_change(project: Project) -> None:
    other = "---\norphan: true\n---\n# Talk\n:event: E\n:date: 2014\n\n## About\n:kind: summary\n\nShort.\n"
    project.write({"index.md": "# Ada\n:headline: H\n", "talk.md": other}).build("html")
    built = project.write({"talk.md": other.replace("2014", "2015")}).build("html")
    assert told(built, "index.html")["mainEntity"]["subjectOf"][0]["startDate"] == "2015"
    built = project.write({"talk.md": other.replace("Short", "Brief")}).build("html")
    assert told(built, "index.html")["mainEntity"]["description"] == "Brief."
