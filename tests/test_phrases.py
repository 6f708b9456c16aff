import pytest
from hypothesis import given, strategies as st

from cvtools.phrases import all_runs, phrases


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Led the falcon migration of ships",
            ["led the falcon migration", "the falcon migration of", "falcon migration of ships"],
        ),
        ("- **Senior Developer**, Zeppelin", ["senior developer", "zeppelin"]),
        ("Zeppelins, zeppelins, Go", ["zeppelins"]),
        ("[Falcon Corp](https://falcon.example/jobs)", ["falcon corp"]),
        ("2012-03 – March 2014, 1,000 people", []),
        ("R&amp;D of fal\u00adcons", ["r d of falcons"]),
    ],
)
def test_phrases_tell_a_text_from_others(text: str, expected: list[str]) -> None:
    assert list(phrases(text)) == expected


@given(st.text(alphabet="Abc de1,.-–'\n\u00ad&;"), st.text(alphabet="Abc ,"), st.text(alphabet="Abc ,"))
def test_phrase_is_found_in_any_text_around_it(text: str, before: str, after: str) -> None:
    assert {*phrases(text)} <= {*all_runs(f"{before}|{text}|{after}")}
