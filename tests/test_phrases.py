import pytest
from hypothesis import given, strategies as st

from cvtools.phrases import phrases


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Led the falcon migration of ships", ["led the falcon migration of", "the falcon migration of ships"]),
        ("Python, Kafka, and four more words", []),
        ("- We **led** the migration of all", []),
        ("R&amp;D, led &mdash; the fal\u00adcon migration of all", ["the falcon migration of all"]),
    ],
)
def test_phrase_is_five_words_in_a_row(text: str, expected: list[str]) -> None:
    assert list(phrases(text)) == expected


WORDS = st.lists(st.from_regex(r"[Ab1][b’\u00ad]?", fullmatch=True), min_size=5, max_size=9).map(" ".join)
ROUND = st.text(alphabet="Abc ,&;’\n")


@given(WORDS, ROUND, ROUND)
def test_phrase_is_found_in_any_text_around_it(text: str, before: str, after: str) -> None:
    assert {*phrases(text)}
    assert {*phrases(text)} <= {*phrases(f"{before}|{text}|{after}")}
