"""How labels, dates, periods, durations and names of languages read in each language."""

import subprocess
import sys
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from babel import Locale

from cvtools.i18n import TABLES, I18n, label_names
from cvtools.model.dates import PartialDate, Period
from cvtools.model.kinds import KINDS

#: Fields that are shown
FIELDS = {name for kind in KINDS for name in KINDS[kind]} - {"web"}


#: What is shown, by its name in the table below.
SHOWN: dict[str, Callable[[I18n, Any], str]] = {
    "date": lambda i18n, text: i18n.date(PartialDate.parse(text)),
    "period": lambda i18n, text: i18n.period(Period.parse(text)),
    "duration": lambda i18n, months: i18n.duration(int(months)),
    "language_name": I18n.language_name,
    "label": I18n.label,
}


#: What is shown of values, in each language.
WORDED = {
    ("date", "en"): "2012 = 2012; 2012-09 = Sep 2012; 2012-09-14 = Sep 14, 2012; 0001-01 = Jan 1",
    ("date", "en_GB"): "2012-09-14 = 14 Sept 2012",
    ("date", "pl"): "2012 = 2012; 2012-09 = wrz 2012; 2012-09-14 = 14 wrz 2012",
    ("date", "de"): "2012-09 = Sept. 2012; 2012-09-14 = 14. Sept. 2012",
    ("date", "xx"): "2012-09-14 = Sep 14, 2012",
    (
        "period",
        "en",
    ): "2014-03 – 2016-04 = Mar 2014 – Apr 2016; 2024-03 – present = Mar 2024 – present; 2014-03 = Mar 2014; "
    "2014-03 – 2014-03 = Mar 2014; 2012 – 2015 = 2012 – 2015; 2012 – 2015-03 = 2012 – Mar 2015",
    ("period", "pl"): "2014-03 – 2016-04 = mar 2014 – kwi 2016; 2024-03 – = mar 2024 – obecnie",
    ("period", "de"): "2024-03 – = März 2024 – heute",
    ("period", "xx"): "2024-03 – = Mar 2024 – present",
    ("duration", "en"): "1 = 1 month; 2 = 2 months; 12 = 1 year; 13 = 1 year 1 month; 33 = 2 years 9 months",
    ("duration", "pl"): "1 = 1 miesiąc; 2 = 2 miesiące; 5 = 5 miesięcy; 12 = 1 rok; 24 = 2 lata; 65 = 5 lat 5 miesięcy",
    ("duration", "de"): "13 = 1 Jahr 1 Monat",
    ("duration", "ja"): "13 = 1 年 1 か月",
    ("duration", "it"): "14 = 1 anno 2 mesi",
    ("duration", "ar"): "9 = 9 أشهر",
    ("duration", "xx"): "13 = 1 year 1 month",
    ("language_name", "en"): "pl = Polish; pt-BR = Portuguese (Brazil); zh-Hant = Chinese (Traditional)",
    ("language_name", "pl"): "en = angielski; pl = polski",
    ("language_name", "xx"): "pl = Polish",
    ("label", "en"): "organization = Organization; email = E-mail; orcid = ORCID",
    ("label", "pl"): "organization = Organizacja",
    ("label", "pl_PL"): "organization = Organizacja",
    ("label", "zh_CN"): "organization = 组织",
    ("label", "zh"): "organization = 组织",
    ("label", "zh_TW"): "organization = 組織",
    ("label", "zh-HK"): "organization = 組織",
    ("label", "no"): "organization = Organisasjon",
    ("label", "sw"): "organization = Organization",
    ("label", "de"): "organization = Organisation",
    ("label", "xx"): "github = GitHub",
}


@pytest.mark.parametrize(
    ("kind", "language", "value", "expected"),
    [(*which, *pair.split(" = ")) for which, pairs in WORDED.items() for pair in pairs.split("; ")],
)
def test_value_is_shown_in_the_words_of_the_language(kind: str, language: str, value: str, expected: str) -> None:
    assert SHOWN[kind](I18n(language), value) == expected


def test_own_labels_come_first() -> None:
    i18n = I18n("pl", {"organization": "Firma", "present": "dziś"})
    assert i18n.label("organization") == "Firma"
    assert i18n.label("location") == "Miejsce"
    assert i18n.period(Period.parse("2024 –")) == "2024 – dziś"


def test_languages_have_tables() -> None:
    wanted = "ar cs da de el en es fa fi fr he hu it ja ko nb nl pl pt ro ru sk sv tr uk zh-Hans zh-Hant"
    assert {path.stem for path in TABLES.iterdir()} >= set(wanted.split())


def test_english_has_a_label_for_every_field() -> None:
    assert label_names() >= FIELDS


@pytest.mark.parametrize("name", sorted(path.stem for path in TABLES.iterdir()))
def test_a_language_has_every_key(name: str) -> None:
    english, other = (tomllib.loads((TABLES / f"{file}.toml").read_text("utf-8")) for file in ("en", name))
    assert {table: list(keys) for table, keys in other.items()} == {
        table: list(keys) for table, keys in english.items()
    }
    assert all(other["labels"].values())
    assert all(words and all(words) for table in ("dates", "sections") for words in other[table].values())


@pytest.mark.parametrize(
    ("language", "word", "meaning"),
    [
        ("en", "september", 9),
        ("en", "fall", 23),
        ("pl", "obecnie", "present"),
        ("pl", "marca", 3),
        ("pl", "marzec", 3),
        ("pl", "do", "to"),
        ("pl_PL", "od", "since"),
        ("pl", "ok", "about"),
        ("pl", "r", ""),
        ("sw", "now", "present"),
    ],
)
def test_word_in_a_date_has_a_meaning(language: str, word: str, meaning: int | str) -> None:
    assert I18n(language).date_words.meanings[word] == meaning


def test_usual_heading_of_a_section_begins_with_a_capital() -> None:
    assert I18n("de").heading("work") == "Berufserfahrung"
    assert I18n("da").heading("volunteering") == "Frivilligt arbejde"


@pytest.mark.parametrize(
    ("language", "heading", "kinds"),
    [
        ("en", "Selected projects and awards", {"project", "award"}),
        ("en", "Teaching experience", {"teaching"}),
        ("pl", "Doświadczenie zawodowe", {"position"}),
        ("pl", "Projects", {"project"}),
        ("de", "Berufserfahrung", {"position"}),
        ("de", "Projektexperten", set()),
        ("zh_CN", "主要工作经历", {"position"}),
        ("ja", "学歴・資格", {"education", "certificate"}),
        ("ar", "الخبرة العملية", {"position"}),
        ("de", "Aus- und Weiterbildung", {"education"}),
        ("en", "Parental leave (full time)", {"other"}),
        ("tr", "İŞ DENEYİMİ", {"position"}),
        ("tr", "YABANCI DİLLER", {"languages"}),
    ],
)
def test_heading_of_a_section_names_kinds(language: str, heading: str, kinds: set[str]) -> None:
    assert set(I18n(language).kinds(heading)) == kinds


@pytest.mark.parametrize(
    ("language", "heading", "kind"),
    [("en", "Languages", "languages"), ("de", "🌍 Sprachen", "languages"), ("de", "Sprachen und mehr", "")],
)
def test_heading_that_is_the_name_of_a_section_has_its_kind(language: str, heading: str, kind: str) -> None:
    assert I18n(language).section_kind(heading) == kind


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ar", "منذ ٢٠١٩", "2019 – present"),
        ("de", "WS 2019/20 – heute", "WS 2019/20 – present"),
        ("es", "enero de 2020 – actualidad", "2020-01 – present"),
        ("fi", "2019 alkaen", "2019 – present"),
        ("fr", "sept. 2019 à ce jour", "2019-09 – present"),
        ("hu", "2020. március 15.", "2020-03-15"),
        ("ja", "2020年3月から現在", "2020-03 – present"),
        ("ja", "2020年3月から2021年4月まで", "2020-03 – 2021-04"),
        ("ja", "2019年夏", "2019年夏"),
        ("ko", "2020년 3월 ~ 현재", "2020-03 – present"),
        ("pl", "od marca 2014 do kwietnia 2015", "2014-03 – 2015-04"),
        ("pl", "2019 r.", "2019"),
        ("ru", "март 2020 г. – по настоящее время", "2020-03 – present"),
        ("zh_Hans", "2020年3月至今", "2020-03 – present"),
        ("pl", "March 2014 – present", "2014-03 – present"),
    ],
)
def test_period_is_read_in_the_words_of_the_language(language: str, text: str, expected: str) -> None:
    assert str(Period.parse(text, I18n(language).date_words)) == expected


@pytest.mark.parametrize(
    ("language", "text", "other", "expected"),
    [
        ("fr", "depuis mars 2019 (mi-temps)", "en", "Mar 2019 – present (mi-temps)"),
        ("fr", "à partir de 2019", "de", "2019 – heute"),
        ("fr", "vers mars 2010 – été 2012", "en", "ca Mar 2010 – summer 2012"),
        ("en", "Winter 2019/20", "de", "Winter 2019/20"),
        ("en", "summer 2012", "de", "Sommer 2012"),
        ("en", "summer of 2012", "de", "summer of 2012"),
        ("en", "expected May 2027", "de", "expected May 2027"),
        ("en", "ca. Sept 2010", "en", "ca. Sept 2010"),
        ("en", "since 2019", "en", "since 2019"),
        ("en", "Q2 2020", "pl", "Q2 2020"),
        ("ja", "約2020年", "ja", "約2020年"),
        ("ar", "تقريباً 2019", "ar", "تقريباً 2019"),
    ],
)
def test_words_in_dates_become_those_of_the_edition(language: str, text: str, other: str, expected: str) -> None:
    assert I18n(other).period(Period.parse(text, I18n(language).date_words)) == expected


def test_words_of_all_languages_leave_each_its_own() -> None:
    all_languages = I18n("pl").date_words.all_languages
    assert all_languages is not None
    assert (all_languages().meaning("enero"), all_languages().meaning("marzec")) == (1, 3)
    assert [I18n(language).date(PartialDate(2020, 3)) for language in ("pl", "uk", "he")] == [
        "mar 2020",
        "бер. 2020\u202fр.",
        "מרץ 2020",
    ]


def test_own_label_is_understood_in_dates() -> None:
    assert I18n("pl", {"present": "Po dziś dzień."}).date_words.meanings["po dziś dzień"] == "present"


@pytest.mark.parametrize("language", ["ar", "hi", "ja", "tr", "cs", "zh_CN", "zh_TW", "pt_BR", "sr@latin", "da"])
def test_sphinx_languages_have_formats(language: str) -> None:
    i18n = I18n(language)
    assert i18n.date(PartialDate(2012, 9, 14))
    assert i18n.duration(13)
    assert isinstance(i18n.locale, Locale)


def test_words_of_other_languages_leave_dates_as_they_are() -> None:
    program = (
        "from cvtools.i18n import I18n; from cvtools.model.dates import PartialDate; "
        "I18n('pl').date_words.all_languages(); print(I18n('pl').date(PartialDate(2012, 3)))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "mar 2012\n"


def test_season_of_another_language_is_suggested_in_this_one() -> None:
    with pytest.raises(ValueError, match=r"did you mean Summer 2019 – Autumn 2020\?"):
        Period.parse("Sommer 2019 – Herbst 2020", I18n("en").date_words)
