"""Warnings of missing translations, and of those that state other facts than their source."""

from typing import Any

import pytest

from cvtools.sphinx_warnings import SourceError
from tests.projects import Built, Project

PL: dict[str, Any] = {"language": "pl", "cv_languages": ["en", "pl"], "cv_suffix": "-pl"}
PAGE = """# Ada Example
:headline: Architect

Took over in 9 days, with 1,000 documents in [Kafka](https://kafka.example).

## Work

### Developer
:organization: Corp
:period: 2012-03 – 2014-04
:technologies: Kafka
"""
WHOLE = {
    "Architect": "Architektka",
    "Took over in 9 days, with 1,000 documents in [Kafka](https://kafka.example).": "Przejęła w 9 dni, "
    "z 1 000 dokumentów w [Kafce](https://kafka.example).",
    "Work": "Praca",
    "Developer": "Programistka",
}


def build(project: Project, translations: dict[str, str], extra: str = "", **config: Any) -> Built:
    catalog = "".join(f'msgid "{source}"\nmsgstr "{target}"\n\n' for source, target in translations.items())
    project.write({"index.md": PAGE, "locales/pl/LC_MESSAGES/index.po": catalog + extra})
    return project.build(warns=True, **PL | config)


def test_whole_translation_gives_no_warning(project: Project) -> None:
    assert build(project, WHOLE).warnings == ""


def test_missing_texts_are_counted_without_names(project: Project) -> None:
    assert (
        "index.md: WARNING: 1 of 4 texts are not translated (pl): run cvtools translate, and fill in locales/pl"
        in build(project, WHOLE | {"Work": ""}).warnings
    )


@pytest.mark.parametrize(
    ("variant", "more", "told"),
    [
        ("full", "", "1 of 4 texts are not translated (pl): "),
        ("short", "", "1 of 4 texts are not translated (pl): "),
        ("short", "[]{.only-full} Words.\n", "1 of 4 texts are not translated (short-pl): "),
    ],
)
def test_warning_of_missing_texts_names_an_edition_that_leaves_out_parts(
    project: Project, variant: str, more: str, told: str
) -> None:
    editions: dict[str, Any] = {"cv_editions": {"full": {}, "short": {}}, "cv_variant": variant}
    project.write({"index.md": f"# Ada\n\nA\n\nB\n\nC\n\nD\n\n{more}"})
    project.write({"locales/pl/LC_MESSAGES/index.po": "".join(f'msgid "{a}"\nmsgstr "{a}"\n\n' for a in "ABC")})
    assert told in project.build(warns=True, **PL, **editions).warnings


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("9 dni", "8 dni", "the translation lacks 9"),
        ("9 dni", "9 dni i 2 noce", "the translation adds 2"),
        ("1 000", "100", "the translation lacks 1000"),
        ("https://kafka.example", "https://kafka.pl", "the translation adds https://kafka.pl"),
        ("Kafce", "kolejce", "the translation lacks Kafka"),
    ],
)
def test_translation_with_other_facts_gives_a_warning(project: Project, old: str, new: str, fault: str) -> None:
    changed = {source: target.replace(old, new) for source, target in WHOLE.items()}
    assert "locales/pl/LC_MESSAGES/index.po:4: WARNING: Took over in 9" in (told := build(project, changed).warnings)
    assert fault in told


def test_uncertain_and_outdated_translations_are_counted(project: Project) -> None:
    extra = '#, fuzzy\nmsgid "Developer"\nmsgstr "Inna"\n\n#~ msgid "Old"\n#~ msgstr "Stary"\n'
    built = build(project, {source: target for source, target in WHOLE.items() if source != "Developer"}, extra)
    assert "index.po:1: WARNING: uncertain translations (fuzzy) are not shown (1)" in built.warnings
    assert "index.po:1: WARNING: the pages lack the texts of some translations (#~, 1)" in built.warnings
    assert "Inna" not in built.doctree().astext()


def test_share_that_conf_py_wants_fails_the_build(project: Project) -> None:
    with pytest.raises(SourceError, match=r"1 of 4 texts are not translated .*; conf.py requires 80 %"):
        build(project, WHOLE | {"Work": ""}, cv_translated=80)


def test_translation_on_the_page_of_a_talk_is_in_no_catalog(project: Project) -> None:
    talk = "# A talk\n:event: E\n:date: 2014\n\nText.\n\n## Wykład\n:language: pl\n\nTekst.\n"
    project.write({"index.md": "# Ada\n", "talk.md": f"---\norphan: true\n---\n{talk}"})
    offered = project.build("gettext").read("talk.pot")
    assert "Text." in offered
    assert "Tekst." not in offered
