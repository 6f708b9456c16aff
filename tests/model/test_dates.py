"""Dates, periods, and the months in them."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from cvtools.i18n import I18n
from cvtools.model import MistakeError
from cvtools.model.dates import DateWords, PartialDate, Period, envelope, is_before, is_slip, months_in_union

TODAY = PartialDate(2024, 6)
#: No period ends later.
FUTURE = PartialDate(9999, 12)

FORMS = "write 2012, 2012-09 or 2012-09-14"
PERIODS = "write for example 2014-03 – 2016-04 or 2024-03 – present"

days = st.dates().map(lambda day: PartialDate(day.year, day.month, day.day))
months = st.builds(PartialDate, st.integers(1, 9999), st.integers(1, 12))
years = st.builds(PartialDate, st.integers(1, 9999))
dates = days | months | years


def closed(ends: tuple[PartialDate, PartialDate]) -> Period:
    return Period(*sorted(ends, key=str))


ENGLISH = I18n("en").date_words
GERMAN = DateWords(
    {**ENGLISH.meanings, "märz": 3, "sommer": 22, "heute": "present", "seit": "since", "bis": "to", "etwa": "about"},
    day_first=True,
    all_languages=lambda: DateWords({"mars": 3, "avril": 4, "aujourd'hui": "present"}),
)

in_months = st.tuples(months, months).map(closed)
periods = st.tuples(dates, dates).map(closed) | st.builds(Period, dates, st.none())


#: Ways to write each date, between semicolons.
WRITTEN = {
    PartialDate(2012): "2012; \uff12\uff10\uff11\uff12; ٢٠١٢; of 2012; 2012年",
    PartialDate(2014, 3): "2014-03; 2014/03; 2014.3; 3/2014; 03.2014; March 2014; Mar. 2014; 2014년 3월",
    PartialDate(2014, 9): "Sept 2014",
    PartialDate(2014, 3, 25): "2014-03-25; 25.03.2014; 25. 3. 2014; 03/25/2014",
    PartialDate(2014, 4, 3): "03.04.2014",
    PartialDate(2014, 4, 4): "04/04/2014",
    PartialDate(2014, 3, 14): "14 March 2014; March 14, 2014; 14. March, 2014; 14th of March 2014; 2014年3月14日",
    PartialDate(2024, 2, 29): "2024-02-29",
    PartialDate(1, 1, 1): "0001-01-01",
    PartialDate(9999, 12, 31): "9999-12-31",
}
#: Dates that are shown in their words.
IN_WORDS = {
    "Summer 2019": PartialDate(2019, 22),
    "Winter 2019/20": PartialDate(2019, 24),
    "Q2 2020": PartialDate(2020, 34),
    "2020-Q2": PartialDate(2020, 34),
    "ca. 2019": PartialDate(2019),
    "~2019-05": PartialDate(2019, 5),
    "mid-2019": PartialDate(2019),
}


@pytest.mark.parametrize(
    ("text", "date"),
    [(text, date) for date, texts in WRITTEN.items() for text in texts.split("; ")]
    + [(text, replace(date, words=text)) for text, date in IN_WORDS.items()],
)
def test_date_is_read(text: str, date: PartialDate) -> None:
    assert PartialDate.parse(text, ENGLISH) == date


NO_DATES = (
    "; soon; 12; 09/12; 20120914; 2012-09-14-01; 2012-09-; 13/2014; 45/45/2014; 2012/13; 45 March 2014; Winter 2019/21; "
    "Summer 14 2019; March April 2014; March 2014 (part-time); March 14; Q5 2014; ca. 2014-13"
)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        *((text, FORMS) for text in NO_DATES.split("; ")),
        ("March " * 20 + "2014", FORMS),
        ("Smarch 2012", "did you mean 2012-03?"),
        ("Sumer 2012", "did you mean Summer 2012?"),
        ("2014-3", "did you mean 2014-03?"),
        ("2014-3-5", "did you mean 2014-03-05?"),
        ("03/04/2014", "did you mean 2014-04-03 or 2014-03-04?"),
        ("0000", "there is no year 0"),
        ("2012-00", "there is no month 0"),
        ("2012-13", "there is no month 13"),
        ("2012-09-00", "2012-09 has 30 days"),
        ("2012-09-31", "2012-09 has 30 days"),
        ("2023-02-29", "2023-02 has 28 days"),
    ],
)
def test_text_that_is_no_date_is_explained(text: str, advice: str) -> None:
    message = f'"{text}" is not a date: {advice}'
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        PartialDate.parse(text, ENGLISH)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("März 2014", PartialDate(2014, 3)),
        ("14. MÄRZ 2014", PartialDate(2014, 3, 14)),
        ("March 2014", PartialDate(2014, 3)),
        ("Sommer 2014", PartialDate(2014, 22, words="Sommer 2014")),
        ("etwa 2014", PartialDate(2014, words="etwa 2014")),
        ("03/04/2014", PartialDate(2014, 4, 3)),
    ],
)
def test_date_is_read_in_the_words_of_a_language(text: str, date: PartialDate) -> None:
    assert PartialDate.parse(text, GERMAN) == date


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("mars 2014", "2014-03"),
        ("avril 2014 – aujourd'hui", "2014-04 – present"),
        ("2014 – aujourd'hui", "2014 – present"),
    ],
)
def test_words_of_another_language_are_suggested_as_iso(text: str, meant: str) -> None:
    with pytest.raises(MistakeError, match=re.escape(f'"{text}" is not a period: did you mean {meant}?')) as error:
        Period.parse(text, GERMAN)
    assert error.value.replacement == (text, meant)


@given(dates)
def test_written_date_is_read_as_the_same(date: PartialDate) -> None:
    assert PartialDate.parse(str(date)) == date


@given(st.text())
def test_any_text_is_a_date_or_says_why_not(text: str) -> None:
    try:
        date = PartialDate.parse(text, ENGLISH)
    except ValueError as error:
        assert str(error).startswith(f'"{text}" is not a date: ')  # noqa: PT017  # hypothesis shows the text
    else:
        assert 1 <= date.year <= 9999


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2012", "2013", True),
        ("2012", "2012", False),
        ("2012-09", "2012-10", True),
        ("2012-09", "2012", False),
        ("2012", "2012-09", False),
        ("2012-09-14", "2012-09", False),
        ("2012-09-14", "2012-10", True),
        ("2013", "2012-09-14", False),
    ],
)
def test_precedes_as_far_as_both_are_known(first: str, second: str, expected: bool) -> None:
    assert PartialDate.parse(first).precedes(PartialDate.parse(second)) is expected


#: Ways to write each period, by its start and its end.
SPANS = {
    (
        "2014-03",
        "2016-04",
    ): "2014-03 – 2016-04; 2014-03 — 2016-04; 2014-03 - 2016-04; 2014-03 -- 2016-04; 2014-03–2016-04; "
    "2014-03-2016-04; 2014-03 to 2016-04; 2014-03 To 2016-04; March 2014 to April 2016; 2014-03 - Apr 2016; 03.2014-04.2016; "
    "2014.03 ~ 2016.04",
    ("2012", "2015"): "2012-2015; 2012 – 2015; 2012 until 2015; from 2012 to 2015; 2012/15",
    ("2012", "2015-03"): "2012 – 2015-03",
    ("2012-09", "2012"): "2012-09 – 2012",
    ("2012-09-14", "2012-09-14"): "2012-09-14 – 2012-09-14",
    ("2012-09", "2012-09"): "2012-09",
    ("2012", "2012"): "2012",
    (
        "2024-03",
        "",
    ): "2024-03 – present; 2024-03 – Present; 2024-03 to now; 2024-03 –; 2024-03 -; 2024-03-; 2024-03 to; "
    "2024-03 – ongoing; since 2024-03; Since March 2024; March 2024 present",
    ("2024-03-14", ""): "2024-03-14-",
    ("2012", "2013"): "2012–13",
    ("1998", "1999"): "1998/99",
    ("2020", ""): "since 2020",
    ("2019", "2020"): "Summer 2019 – Q2 2020",
    ("2014-10", ""): "Oct. 2014 to date",
    ("2014", "2016"): "2014 → 2016",
    ("2019-05", "2019-08"): "May–August 2019",
    ("2019-03-14", "2019-04-16"): "14 March – 16 April 2019",
    ("2019-08", "2020-12"): "Aug ’19 – Dec '20",
    ("1998", "2002"): "’98 – ’02",
    ("2019-09", "2020-02"): "IX 2019 – II 2020",
    ("2011-01", "2012"): "01.2011 of – 2012 of",
    ("2010-04", "2019-05"): "平成22年4月~令和元年5月",
    ("2015-10", "2018-08"): "10/15-08/18; 10/15 – Aug 2018",
    ("2021-09", ""): "09/21 – present; since 9/21",
}


@pytest.mark.parametrize(
    ("text", "start", "end"), [(text, *ends) for ends, texts in SPANS.items() for text in texts.split("; ")]
)
def test_period_is_read(text: str, start: str, end: str) -> None:
    period = Period.parse(text, ENGLISH)
    assert (str(period.start), str(period.end or "")) == (start, end)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2014-3 – 2016-04", '"2014-3" is not a date: did you mean 2014-03?'),
        ("2014-3", '"2014-3" is not a date: did you mean 2014-03?'),
        ("2014-03 – 2016-4", '"2016-4" is not a date: did you mean 2016-04?'),
        ("2014-13", '"2014-13" is not a date: there is no month 13'),
        ("2014-13 – 2016", '"2014-13" is not a date: there is no month 13'),
        ("2014-02-30 – 2016", '"2014-02-30" is not a date: 2014-02 has 28 days'),
        ("2014-03 – 2016-00", '"2016-00" is not a date: there is no month 0'),
        ("2012–11", f'"11" is not a date: {FORMS}'),
        ("2010/11", '"2010/11" is not a period: did you mean 2010-11 or 2010 – 2011?'),
        ("2024-03 – presnt", '"2024-03 – presnt" is not a period: did you mean 2024-03 – present?'),
        ('"2014 - 2016"', '""2014 - 2016"" is not a period: did you mean 2014 – 2016?'),
        ("10/15", f'"10/15" is not a period: {PERIODS}'),
        ("Marhc 2014 – 2016", '"Marhc 2014 – 2016" is not a period: did you mean 2014-03 – 2016?'),
        ("2014-03 – 2016-04 – 2018", f'"2016-04 – 2018" is not a date: {FORMS}'),
        ("2014-03 – 2016-4 (part-time)", f'"2016-4 (part-time)" is not a date: {FORMS}'),
        ("03/04/2014 – 2016", '"03/04/2014" is not a date: did you mean 2014-04-03 or 2014-03-04?'),
        *(
            (text, f'"{text}" is not a period: {PERIODS}')
            for text in "– 2016; present – 2016; present; 2012, 2015; 2012/2015; two years; ".split("; ")
        ),
        ("2016-04 – 2014-03", '"2016-04 – 2014-03" ends before it starts: did you mean 2014-03 – 2016-04?'),
        ("2016-2014", '"2016-2014" ends before it starts: did you mean 2014 – 2016?'),
        ("2016-04 – 2015", '"2016-04 – 2015" ends before it starts: did you mean 2015 – 2016-04?'),
    ],
)
def test_text_that_is_no_period_is_explained(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Period.parse(text, ENGLISH)


@pytest.mark.parametrize(
    ("language", "text", "shown"),
    [
        ("de", "März – Juni 2019 (Teilzeit)", "März 2019 – Juni 2019 (Teilzeit)"),
        ("de", "Jänner 2014 bis dato", "Jan. 2014 – heute"),
        ("fr", "du 1er septembre 2012 au 31 août 2015", "1 sept. 2012 – 31 août 2015"),
        ("es", "setiembre 2010 – hasta la fecha", "sept 2010 – actualidad"),
        ("pl", "w latach 2010–2014", "2010 – 2014"),
        ("tr", "KASIM 2018 – HAZİRAN 2019", "Kas 2018 – Haz 2019"),
        ("tr", "yaklaşık 2014", "yaklaşık 2014"),
        ("pt_PT", "jan. 2019 até ao presente", "01/2019 – atual"),
        ("en", "2020 – present (80 %)", "2020 – present (80 %)"),
        ("en", "March 2020 (thesis)", "Mar 2020 (thesis)"),
    ],
)
def test_period_is_read_as_people_write_it(language: str, text: str, shown: str) -> None:
    i18n = I18n(language)
    assert i18n.period(Period.parse(text, i18n.date_words)) == shown


@pytest.mark.parametrize("text", ["Nov – Feb 2019", "1. – 31.5.2019", "Class of 2014", "2014 (A) (B)"])
def test_text_that_may_be_another_period_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        Period.parse(text, ENGLISH)


SLIPS = "2014-3; 2014-13 – 2016; 2012, 2015; 2014-03 – 2016-04 (part-time); 03/04/2014 to 2015; ?; ; Feb 30 2027"
WORDS = "in press; soon; two years; 2019, part-time; 2012 and 2014–2016"


@pytest.mark.parametrize(("texts", "expected"), [(SLIPS, True), (WORDS, False)])
def test_text_that_was_meant_as_a_date_is_a_slip(texts: str, expected: bool) -> None:
    assert {text: is_slip(text, ENGLISH) for text in texts.split("; ")} == dict.fromkeys(texts.split("; "), expected)


@given(st.text("0124-–/. Maryto", max_size=16) | st.sampled_from(["2014-03 – 2016", "2016 – 2014", "Julember 2014"]))
def test_find_returns_the_period_that_parse_returns(text: str) -> None:
    # Looking for what may be meant takes long.
    words = replace(I18n("en").date_words, all_languages=pytest.fail)
    found = Period.find(text, words)
    if found:
        assert Period.parse(text, I18n("en").date_words) == found
    else:
        with pytest.raises(ValueError, match=r"is not a|ends before it starts"):
            Period.parse(text, I18n("en").date_words)


def test_word_in_front_of_an_open_period_is_kept() -> None:
    assert Period.parse("Seit März 2020", GERMAN) == Period(PartialDate(2020, 3), None, since="Seit")


@given(periods, st.sampled_from([" – ", " - ", "–", "-", " to "]))
def test_period_round_trip(period: Period, separator: str) -> None:
    text = f"{period.start}{separator}{period.end or 'present'}"
    assert Period.parse(text) == period


#: Periods of each number of months.
LENGTHS = {
    1: "2011-05 – 2011-05; 2011-05; 2024-06 – present",
    0: "2011-05-03 – 2011-05-04; 2024-08 – present",
    2: "2011-05-15 – 2011-07-14; 2011-05-15 – 2011-07-31; 2023-12 – 2024-01",
    4: "2024-03 – present; 2024-03 – 2025-12",
    12: "2011-01-02 – 2011-12-30",
    26: "2014-03 – 2016-04",
    None: "Summer 2019; Q2 2020 – Q3 2020; ca. 2019; 2012 – 2015; 2012; 2012 – present; 2012-03 – 2015; 2012 – 2015-03",
}


@pytest.mark.parametrize(
    ("text", "expected"), [(text, number) for number, texts in LENGTHS.items() for text in texts.split("; ")]
)
def test_both_end_months_count_and_years_alone_have_no_length(text: str, expected: int | None) -> None:
    period = Period.parse(text, ENGLISH)
    assert (months_in_union([period], TODAY) if period.has_months else None) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2024-03 – present", True), ("2024-03 – 2024-07", True), ("2024-03 – 2024-06", False), ("2023 – 2024", False)],
)
def test_period_lasts_until_its_end_is_past(text: str, expected: bool) -> None:
    assert Period.parse(text).lasts(TODAY) is expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], 0),
        (["2011-05 – 2014-02", "2014-03 – 2016-04"], 60),
        (["2014-01 – 2014-06", "2014-04 – 2014-08"], 8),
        (["2014-01 – 2014-12", "2014-04 – 2014-08"], 12),
        (["2014-04 – 2014-08", "2014-01 – 2014-12"], 12),
        (["2014-01 – 2014-02", "2014-11 – 2014-12"], 4),
        (["2014-01 – 2014-02", "2014-01 – 2014-02"], 2),
        (["2014", "2014-12 – 2015-01"], 13),
        (["2024-05 – present", "2024-01 – 2024-05"], 6),
        (["2024-05 – 2026", "2024-01 – 2024-05"], 6),
        (["2024"], 6),
        (["2025 – 2026"], 0),
        (["Summer 2019"], 3),
        (["Winter 2019"], 3),
        (["Q4 2020", "2020-12"], 3),
        (["2019-01-01 – 2019-01-14", "2019-01-15 – 2019-01-31"], 1),
        (["2019-01-07 – 2019-01-11"], 0),
    ],
)
def test_months_in_union(texts: list[str], expected: int) -> None:
    assert months_in_union((Period.parse(text, ENGLISH) for text in texts), TODAY) == expected


@given(st.lists(in_months))
def test_union_is_the_set_of_months(spans: list[Period]) -> None:
    assert months_in_union(spans, FUTURE) <= sum(months_in_union([span], FUTURE) for span in spans)
    assert months_in_union(spans, TODAY) == months_in_union(spans[::-1], TODAY)
    assert months_in_union(spans + spans, TODAY) == months_in_union(spans, TODAY)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 40)), max_size=8))
def test_union_counts_each_month_once(spans: list[tuple[int, int]]) -> None:
    def month(number: int) -> PartialDate:
        return PartialDate(2000 + number // 12, number % 12 + 1)

    union = {number for start, length in spans for number in range(start, start + length + 1)}
    known = [Period(month(start), month(start + length)) for start, length in spans]
    assert months_in_union(known, TODAY) == len(union)


@given(st.lists(periods), periods)
def test_union_grows_with_each_period(spans: list[Period], more: Period) -> None:
    assert months_in_union(spans, TODAY) <= months_in_union([*spans, more], TODAY)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2014-03 – 2016-04"], "2014-03 – 2016-04"),
        (["2014-03 – 2016-04", "2011-05 – 2014-02"], "2011-05 – 2016-04"),
        (["2014-03 – 2016-04", "2015-01 – 2015-02"], "2014-03 – 2016-04"),
        (["2014-03 – present", "2011-05 – 2014-02"], "2011-05 – present"),
        (["2012 – 2015", "2013-02 – 2015-03"], "2012 – 2015"),
        (["2012 – 2015-03", "2012-02 – 2015"], "2012 – 2015"),
        (["2012-01 – 2015-03", "2012-01 – 2015-03-15"], "2012-01 – 2015-03"),
        (["Summer 2019 – Winter 2019", "2019-07 – 2019-12"], "Summer 2019 – Winter 2019"),
    ],
)
def test_envelope_is_from_first_start_to_last_end(texts: list[str], expected: str) -> None:
    assert envelope([Period.parse(text, ENGLISH) for text in texts]) == Period.parse(expected, ENGLISH)


@given(st.lists(periods, min_size=1))
def test_envelope_contains_each(spans: list[Period]) -> None:
    first, last = envelope(spans).span(FUTURE)
    for span in spans:
        assert first <= span.span(FUTURE)[0]
        assert span.span(FUTURE)[1] <= last


@given(st.lists(in_months, min_size=1))
def test_union_is_within_the_envelope(spans: list[Period]) -> None:
    assert months_in_union(spans, FUTURE) <= months_in_union([envelope(spans)], FUTURE)


def test_year_in_a_remark_is_before_another() -> None:
    period = Period.parse("2012 – 2015 (there since 1999)")
    assert is_before(period, 2010)
    assert not is_before(period, 1999)
