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
    "duration": I18n.duration,
    "language_name": I18n.language_name,
    "label": I18n.label,
}


@pytest.mark.parametrize(
    ("language", "kind", "value", "expected"),
    [
        ("en", "date", "2012", "2012"),
        ("en", "date", "2012-09", "Sep 2012"),
        ("en", "date", "2012-09-14", "Sep 14, 2012"),
        ("en_GB", "date", "2012-09-14", "14 Sept 2012"),
        ("pl", "date", "2012", "2012"),
        ("pl", "date", "2012-09", "wrz 2012"),
        ("pl", "date", "2012-09-14", "14 wrz 2012"),
        ("de", "date", "2012-09", "Sept. 2012"),
        ("de", "date", "2012-09-14", "14. Sept. 2012"),
        ("xx", "date", "2012-09-14", "Sep 14, 2012"),
        ("en", "date", "0001-01", "Jan 1"),
        ("en", "period", "2014-03 – 2016-04", "Mar 2014 – Apr 2016"),
        ("en", "period", "2024-03 – present", "Mar 2024 – present"),
        ("en", "period", "2014-03", "Mar 2014"),
        ("en", "period", "2014-03 – 2014-03", "Mar 2014"),
        ("en", "period", "2012 – 2015", "2012 – 2015"),
        ("en", "period", "2012 – 2015-03", "2012 – Mar 2015"),
        ("pl", "period", "2014-03 – 2016-04", "mar 2014 – kwi 2016"),
        ("pl", "period", "2024-03 –", "mar 2024 – obecnie"),
        ("de", "period", "2024-03 –", "März 2024 – heute"),
        ("xx", "period", "2024-03 –", "Mar 2024 – present"),
        ("en", "duration", 1, "1 month"),
        ("en", "duration", 2, "2 months"),
        ("en", "duration", 12, "1 year"),
        ("en", "duration", 13, "1 year 1 month"),
        ("en", "duration", 33, "2 years 9 months"),
        ("pl", "duration", 1, "1 miesiąc"),
        ("pl", "duration", 2, "2 miesiące"),
        ("pl", "duration", 5, "5 miesięcy"),
        ("pl", "duration", 12, "1 rok"),
        ("pl", "duration", 24, "2 lata"),
        ("pl", "duration", 65, "5 lat 5 miesięcy"),
        ("de", "duration", 13, "1 Jahr 1 Monat"),
        ("ja", "duration", 13, "1 年 1 か月"),
        ("it", "duration", 14, "1 anno 2 mesi"),
        ("ar", "duration", 9, "9 أشهر"),
        ("xx", "duration", 13, "1 year 1 month"),
        ("en", "language_name", "pl", "Polish"),
        ("pl", "language_name", "en", "angielski"),
        ("pl", "language_name", "pl", "polski"),
        ("en", "language_name", "pt-BR", "Portuguese (Brazil)"),
        ("xx", "language_name", "pl", "Polish"),
        ("en", "language_name", "zh-Hant", "Chinese (Traditional)"),
        ("en", "label", "organization", "Organization"),
        ("en", "label", "email", "E-mail"),
        ("en", "label", "orcid", "ORCID"),
        ("pl", "label", "organization", "Organizacja"),
        ("pl_PL", "label", "organization", "Organizacja"),
        ("zh_CN", "label", "organization", "组织"),
        ("zh", "label", "organization", "组织"),
        ("zh_TW", "label", "organization", "組織"),
        ("zh-HK", "label", "organization", "組織"),
        ("no", "label", "organization", "Organisasjon"),
        ("sw", "label", "organization", "Organization"),
        ("de", "label", "organization", "Organisation"),
        ("xx", "label", "github", "GitHub"),
    ],
)
def test_value_is_shown_in_the_words_of_the_language(language: str, kind: str, value: Any, expected: str) -> None:
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


def test_words_of_all_languages_leave_each_its_own() -> None:
    everywhere = I18n("pl").date_words.everywhere
    assert everywhere is not None
    assert (everywhere().meaning("enero"), everywhere().meaning("marzec")) == (1, 3)
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
        "I18n('pl').date_words.everywhere(); print(I18n('pl').date(PartialDate(2012, 3)))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "mar 2012\n"


def test_season_of_another_language_is_suggested_in_this_one() -> None:
    with pytest.raises(ValueError, match=r"did you mean Summer 2019 – Autumn 2020\?"):
        Period.parse("Sommer 2019 – Herbst 2020", I18n("en").date_words)
