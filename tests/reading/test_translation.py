"""A CV in another language by way of a catalog: prose is translated, data is formatted, anchors stay."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from docutils import nodes

from cvtools.nodes import cv_field
from tests.projects import Built, Project, png

POLISH = {
    "Software architect": "Architekt oprogramowania",
    "Gdańsk, Poland": "Gdańsk, Polska",
    "Builds systems that last.": "Buduje systemy, które trwają.",
    "Work experience": "Doświadczenie",
    "Senior Developer": "Starszy programista",
    "[Example Corp](https://corp.example)": "[Przykład SA](https://corp.example)",
    "Leads the billing team.": "Kieruje zespołem.",
    "Example Bank": "Bank Przykładowy",
    "Remote": "Zdalnie",
    "Computer science": "Informatyka",
    "Master": "Magister",
    "[PyCon](https://pycon.example)": "[Konferencja PyCon](https://pycon.example)",
    "How to test": "Jak testować naprawdę",
    "Talks": "Prelekcje",
}


def messages(built: Built, page: str) -> set[str]:
    with (built.out / f"{page}.pot").open("rb") as file:
        return {str(message.id) for message in read_po(file) if message.id}


def translate(folder: Path, page: str, words: Mapping[str, str]) -> None:
    catalog = Catalog(locale="pl")
    for english, polish in words.items():
        catalog.add(english, polish)
    path = folder / "locales" / "pl" / "LC_MESSAGES" / f"{page}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog)


@pytest.fixture
def polish(root: Callable[[str], Project]) -> Built:
    project = root("test-cv")
    for page in ("index", "talks/2016-testing"):
        translate(project.folder, page, POLISH)
    return project.build("html", language="pl")


def fields(built: Built, docname: str = "index") -> list[tuple[str, str]]:
    return [(field["name"], field.astext()) for field in built.doctree(docname).findall(cv_field)]


def test_translators_get_prose_and_no_data(root: Callable[[str], Project]) -> None:
    built = root("test-cv").build("gettext")
    assert messages(built, "index") == {
        *(english for english in POLISH if not re.search("PyCon|Example Corp|How to test", english)),
        "Developer",
        "Wrote the ledger.",
        "Intern",
        "Gdańsk",
        "Education",
        "Politechnika",
        "Languages",
        "Polish: native",
        "English: fluent",
    }
    assert messages(built, "talks/2016-testing") == {"How to test", "Wrocław", "What testing is for."}


def test_what_only_the_pdf_shows_is_translated_as_well(project: Project) -> None:
    text = "# Ada\n:location: Gdańsk {show=pdf}\n:headline: *Architect*{show=html}\n"
    built = project.write({"index.md": text}).build("gettext")
    assert messages(built, "index") == {"Gdańsk", "*Architect*"}


def test_a_role_in_an_employer_is_translated_once(project: Project) -> None:
    text = "# Ada\n\n## Bank\n:organization: Bank\n:location: Gdańsk\n\n### X\n:period: 2014\n"
    built = project.write({"index.md": text}).build("gettext")
    assert messages(built, "index") == {"Bank", "Gdańsk", "X"}


def test_values_are_translated_and_dates_are_formatted(polish: Built) -> None:
    found = fields(polish)
    assert found[:5] == [
        ("headline", "Architekt oprogramowania"),
        ("email", "ada@example.org"),
        ("phone", "+48 790 467 660"),
        ("website", "ada.example"),
        ("location", "Gdańsk, Polska"),
    ]
    # A name is the same in all languages.
    assert ("organization", "Example Corp") in found
    assert ("period", "mar 2024 – obecnie") in found
    assert ("duration", "4 miesiące") in found
    assert ("degree", "Magister") in found
    assert ("period", "maj 2011 – kwi 2016") in found


def test_labels_are_polish(polish: Built) -> None:
    labels = {field["name"]: field["label"] for field in polish.doctree().findall(cv_field)}
    assert labels["location"] == "Miejsce"
    assert labels["period"] == "Okres"
    assert labels["technologies"] == "Technologie"


def test_anchors_stay_english(root: Callable[[str], Project], polish: Built, tmp_path: Path) -> None:
    def anchors(built: Built) -> list[list[str]]:
        return [section["ids"] for section in built.doctree().findall(nodes.section)]

    english = Project(tmp_path / "english", "test-cv").build("html")
    assert [ids[0] for ids in anchors(polish)] == [ids[0] for ids in anchors(english)]
    assert 'id="work-experience"' in polish.read("index.html")
    assert "Doświadczenie" in polish.read("index.html")


def test_entries_have_the_words_of_the_language_and_the_same_data(polish: Built) -> None:
    resume = polish.domain.resume
    assert resume.person
    assert resume.person.headline == "Architekt oprogramowania"
    first, *_ = resume.of("position")
    assert (first.title, first.location, str(first.period)) == ("Starszy programista", "Zdalnie", "2024-03 – present")
    assert first.highlights == ("Kieruje zespołem.",)
    (studies,) = resume.of("education")
    assert (studies.title, studies.degree) == ("Informatyka", "Magister")


def test_a_translated_role_inherits_the_translated_organization(polish: Built) -> None:
    roles = {position.title: position for position in polish.domain.resume.of("position")}
    bank = roles["Intern"].organization
    assert bank is not None
    assert bank.text == "Bank Przykładowy"


def test_the_listing_is_in_the_language(polish: Built) -> None:
    page = polish.read("index.html")
    shown = ("Jak testować naprawdę", "14 wrz 2016", "Nagranie", "Nagranie (polski)", "Slajdy")
    assert [words for words in shown if words not in page] == []


def test_a_translation_may_do_no_more_than_a_page(project: Project) -> None:
    """What it writes is checked like a page's own words: it could else show TeX and readers any file."""
    (project.folder / "secret.png").write_bytes(png(2, 2))
    harm = {
        "A picture.": "![A picture](../secret.png)",
        "A formula.": "{math}`\\input{/etc/passwd}`",
        "A link.": "[A link](javascript:alert(1))",
        "HTML.": "<script>alert(1)</script>",
        "A file.": "```{literalinclude} /etc/passwd\n```",
    }
    # Where Sphinx looks unless it is told otherwise, and a stranger may write.
    translate(project.docs, "index", harm)
    project.write({"index.md": "# Ada\n\n" + "\n\n".join(harm)})
    built = project.build("html", warns=True, language="pl")
    assert len(set(re.findall(r"WARNING: (.*) \[cv\.guard\]", built.warnings))) == len(harm)
    page = built.read("index.html")
    assert "secret.png)" in page
    assert not re.search("<img|math notranslate|href=.javascript|root:x", page)
    assert "<script>alert" not in page


def test_a_mark_in_a_translated_paragraph_holds(project: Project) -> None:
    text = "# Ada\n\n- [Canary]{.only-short} kept\n- []{.only-short}Canary too\n"
    polish = {
        "[Canary]{.only-short} kept": "[Kanarek]{.only-short} zostaje",
        "[]{.only-short}Canary too": "[]{.only-short}Kanarek",
    }
    translate(project.folder, "index", polish)
    project.write({"index.md": text})
    built = project.build("html", language="pl", locale_dirs=["../locales"])
    assert "zostaje" in built.read("index.html")
    assert built.files_with("anarek") == []
    assert "Kanarek" in project.build("html", language="pl", locale_dirs=["../locales"], cv_variant="short").read(
        "index.html"
    )


@pytest.mark.parametrize("heading", ["## Praca", "### Praca\n\nWords"])
def test_a_warning_is_no_translation(project: Project, heading: str) -> None:
    translate(project.folder, "index", {"Work": heading})
    project.write({"index.md": "# Ada\n\n## Work\n\nWords.\n"})
    page = project.build("html", warns=True, language="pl").read("index.html")
    assert "Praca<" in page
    assert "Document headings" not in page


TALK = """# Tests
:event: E
:date: 2023
:video: <https://v.example/en>
:slides: <https://s.example>

English.

## Testy
:language: pl
:video: <https://v.example/pl>

Polski.
"""


def test_talk_shows_its_translation_into_the_language_first_and_once(project: Project) -> None:
    project.write({"index.md": "# Ada\n\n```{talks}\n```\n", "talks/a.md": TALK})
    translate(project.folder, "talks", {"Tests": "Próby", "English.": "Angielski."})
    built = project.build("html", cv_languages=["en", "pl"], language="pl", cv_suffix="-pl")
    doctree = built.doctree("talks/a")
    assert [title.astext() for title in doctree.findall(nodes.title)] == ["Testy", "Tests"]
    assert [words.astext() for words in doctree.findall(nodes.paragraph)] == ["Polski.", "English."]
    (talk,) = built.domain.resume.of("talk")
    assert (talk.title, talk.language, talk.text) == ("Testy", "pl", "Polski.")
    assert [link and link.url for link in (talk.video, talk.slides)] == ["https://v.example/pl", "https://s.example"]
    (other,) = built.domain.resume.of("translation")
    assert (other.language, other.video and other.video.url, other.slides) == ("en", "https://v.example/en", None)
    assert "Testy" in built.read("index.html")


def test_talk_with_translations_into_all_languages_is_in_no_catalog(project: Project) -> None:
    project.write({"index.md": "# Ada\n\n```{talks}\n```\n", "talks/a.md": TALK})
    assert messages(project.build("gettext", cv_languages=["en", "pl"]), "talks") == set()
    assert "English." in messages(project.build("gettext", cv_languages=["en", "pl", "de"]), "talks")


def test_words_of_dates_and_headings_are_those_of_the_pages(project: Project) -> None:
    text = "# Ada\n\n## Praca\n\n### Prezes\n:period: 03/04/2014 – obecnie\n\n## Wolontariat\n\n### Skarbnik\n:period: maj 2012\n"
    project.write({"index.md": text})
    for language in ("pl", "en"):
        resume = project.build(
            "html", cv_languages=["pl", "en"], language=language, cv_suffix="-x", warns=True
        ).domain.resume
        assert [str(entry.period) for entry in resume.of("position")] == ["2014-04-03 – present"]
        assert [str(entry.period) for entry in resume.of("volunteering")] == ["2012-05"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Eins\\n\\nZwei.", "only the first paragraph of a translation is shown: write one, as in the source"),
        ("Eins\\n\\n- zwei", "only the first paragraph of a translation is shown: write one, as in the source"),
        ("Eins\u202e zwei", "U+202E (RIGHT-TO-LEFT OVERRIDE) is not seen by readers: delete it"),
        ("Eins. <!-- zwei -->\\n", ""),
    ],
)
@pytest.mark.parametrize("source", ["Words.", "Work"])
def test_translation_not_shown_in_full_gives_a_warning(project: Project, source: str, written: str, told: str) -> None:
    catalog = f'msgid "{source}"\nmsgstr "{written}"\n'
    project.write({"index.md": "# Ada\n\nWords.\n\n## Work\n\nx\n", "locales/pl/LC_MESSAGES/index.po": catalog})
    built = project.build(warns=True, language="pl", cv_languages=["en", "pl"], cv_suffix="-pl")
    line = {"Words.": 3, "Work": 5}[source]
    # Sphinx parses some messages twice; what a build reports has no repetitions.
    assert {*re.findall(rf"index.md:{line}: WARNING: (.*) \[cv.[tc]", built.warnings)} == {told} - {""}


def test_translated_caption_of_a_toctree_counts(project: Project) -> None:
    catalog = 'msgid "Read"\nmsgstr "Czytaj"\n\nmsgid "Ada"\nmsgstr "Ada"\n'
    project.write({"index.md": "# Ada\n\n```{toctree}\n:caption: Read\nmore\n```\n", "more.md": "# More\n"})
    project.write({"locales/pl/LC_MESSAGES/index.po": catalog})
    built = project.build(warns=True, language="pl", cv_languages=["en", "pl"], cv_suffix="-pl")
    assert re.findall(r"(?m)^index.md: .* texts are not translated", built.warnings) == []
