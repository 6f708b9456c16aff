import pytest
from hypothesis import given, strategies as st

from cvtools.word_ngrams import Phrases, phrases


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


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("words of a whole text", True),
        ("journal of software things 2020", True),
        ("software things 2020 microservices for", True),
        ("spring boot microservices for a", True),
        ("of software 2020 spring boot", False),
        ("software things 2020 for a", False),
        ("things 2020 boot microservices for", False),
    ],
)
def test_phrase_may_come_about_between_blocks(phrase: str, expected: bool) -> None:
    blocks = ["Journal of Software Things", "2020", "Python, Spring Boot", "Microservices for a bank, and more"]
    assert (phrase in Phrases(["All words of a whole text."], blocks)) == expected
