"""What the value of a field may be."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st

from cvtools.model import values
from cvtools.model.kinds import is_profile
from cvtools.model.values import Linked

LINK = Linked("Nira", "https://nira.com")
DOI = Linked("10.1000/182", "https://doi.org/10.1000/182")


@pytest.mark.parametrize(
    ("parse", "written", "expected"),
    [
        (values.text, "Gdańsk, Poland", "Gdańsk, Poland"),
        (values.text, LINK, "Nira"),
        (values.linked, LINK, LINK),
        (values.linked, "Nira", Linked("Nira")),
        # An address within the site is none in data.
        (values.linked, Linked("Nira", "#nira"), Linked("Nira")),
        (values.url, Linked("Degree", "files/degree.pdf"), Linked("Degree")),
        (values.url, LINK, LINK),
        (values.url, "https://nira.com/a?b=c#d", Linked(*["https://nira.com/a?b=c#d"] * 2)),
        (values.url, "http://localhost:8000", Linked(*["http://localhost:8000"] * 2)),
        (values.emails, "ada@example.org", ("ada@example.org",)),
        (values.emails, "o'neil+cv@mail.example.co.uk", ("o'neil+cv@mail.example.co.uk",)),
        (values.emails, "łucja@przykład.pl", ("łucja@przykład.pl",)),
        (values.emails, Linked("ada@example.org", "mailto:ada@example.org"), ("ada@example.org",)),
        (values.emails, "mailto:ada@example.org", ("ada@example.org",)),
        (values.phones, "+48 790 467 660", ("+48 790 467 660",)),
        (values.phones, Linked("+48 790 467 660", "tel:+48790467660"), ("+48 790 467 660",)),
        (values.phones, "(+48) 790-467-660", ("(+48) 790-467-660",)),
        (values.phones, "+44 (0)20 7946 0958", ("+44 (0)20 7946 0958",)),
        (values.phones, "555.123.4567 ext. 12", ("555.123.4567 ext. 12",)),
        (values.emails, "a@b.pl, c@d.pl", ("a@b.pl", "c@d.pl")),
        (values.phones, "+48 790 467 660; 555 0100", ("+48 790 467 660", "555 0100")),
        (values.doi, "10.1000/182", DOI),
        (values.doi, "doi:10.1000/182", DOI),
        (values.doi, Linked("an article", "https://dx.doi.org/10.1000/182"), DOI),
        (values.picture, Linked("Ada", "ada.png"), Linked("Ada", "ada.png")),
        (values.names, "Python", ("Python",)),
        (values.names, "C++, C#,.NET ,  Node.js", ("C++", "C#", ".NET", "Node.js")),
        (values.names, "AWS (EC2, S3), Kafka", ("AWS (EC2, S3)", "Kafka")),
        (values.names, "R, r-base", ("R", "r-base")),
        (values.names, Linked("Ada, Jan", "https://ada.example"), ("Ada", "Jan")),
        (values.plain_names, "Python, Go", ("Python", "Go")),
        (values.language, "pl", "pl"),
        (values.language, "EN", "en"),
        (values.language, "pt-BR", "pt-BR"),
        (values.language, "zh-Hant-TW", "zh-Hant-TW"),
        (values.variants, "short", ("short",)),
        (values.variants, "short, academic-2024", ("short", "academic-2024")),
    ],
)
def test_value_is_parsed(parse: Callable[[Linked], Any], written: str | Linked, expected: object) -> None:
    assert parse(Linked(written) if isinstance(written, str) else written) == expected


#: Values that break each rule of a type, between bars.
BREACHES: list[tuple[Callable[[Linked], Any], str, str]] = [
    (values.url, "is not a link: did you mean <https://example.org>?", "example.org"),
    (values.url, "is not a link: did you mean <https://www.example.org/~ada>?", "www.example.org/~ada"),
    (values.url, "is not a link: there is no such file beside the page", "files/degree.pdf|<degree.PDF>"),
    (values.url, "is not a link: write <https://…> or [text](https://…)", "my site|https://example.org and more"),
    (values.emails, "is not an e-mail address: write name@example.org", "ada|ada@localhost|ada at x.org|a@b.c d@e.f"),
    (values.phones, '"call" is not a phone number: write for example +48 123 456 789', "+48 790 467 660, call"),
    (
        values.phones,
        "is not a phone number: write for example +48 123 456 789",
        "call me|1234|+48 123 456 789 (mobile)",
    ),
    (values.doi, "is not a DOI: write for example 10.1000/182", "xyz"),
    (values.picture, "is not a picture: write ![Ada Example](ada.jpg)", "ada"),
    (values.names, "has an empty name: is there one comma too many?", "Python,, Go|Python,|, Python"),
    (values.names, '"Go" is named twice: delete one', "Go, Python, Go"),
    (values.names, '"GO" is named twice: delete one', "Go, Python, GO"),
    (values.language, "is not a language: write its tag, such as en or pl", "Polish|xx|p|pl, en"),
    (values.variants, "is not a variant: use small letters, digits and hyphens", "Short|two words"),
    (values.variants, '"short" is named twice: delete one', "short, short"),
    (values.date, "is not a date: did you mean 2012-09?", "2012-9"),
    (values.period, "ends before it starts: did you mean 2012 – 2015?", "2015 – 2012"),
]


@pytest.mark.parametrize(
    ("parse", "rule", "written"), [(*rule, text) for *rule, texts in BREACHES for text in texts.split("|")]
)
def test_value_that_breaks_a_rule_is_explained(parse: Callable[[Linked], Any], rule: str, written: str) -> None:
    message = rule if rule.startswith('"') else f'"{written}" {rule}'
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        parse(Linked(written))


@pytest.mark.parametrize(
    "parse", [values.emails, values.phones, values.date, values.period, values.plain_names, values.language]
)
def test_value_that_would_lose_its_link_is_refused(parse: Callable[[Linked], Any]) -> None:
    message = '"Nira" cannot be a link: write it without <https://nira.com>'
    with pytest.raises(ValueError, match=f"^{message}$"):
        parse(LINK)


@pytest.mark.parametrize(
    ("phone", "uri"),
    [
        ("+48 790 467 660", "tel:+48790467660"),
        ("(+48) 790-467-660", "tel:+48790467660"),
        ("+44 (0)20 7946 0958", "tel:+442079460958"),
        ("555.123.4567 ext. 12", "tel:5551234567;ext=12"),
        ("+1 555 123 4567 ext 12", "tel:+15551234567;ext=12"),
    ],
)
def test_phone_number_has_a_uri(phone: str, uri: str) -> None:
    assert values.phone_uri(phone) == uri


@pytest.mark.parametrize(
    "parse", [values.url, values.emails, values.phones, values.names, values.language, values.variants]
)
@given(text=st.text())
def test_any_text_is_a_value_or_says_why_not(parse: Callable[[Linked], Any], text: str) -> None:
    try:
        parse(Linked(text))
    except ValueError as error:
        assert re.search(r'" is |" has ', str(error))  # noqa: PT017  # hypothesis shows the text


@pytest.mark.parametrize(
    ("text", "names"), [("a, b (c, d), e", ("a", "b (c, d)", "e")), ("a (b, c", ("a (b", "c")), ("a), b", ("a)", "b"))]
)
def test_commas_in_parentheses_separate_no_names(text: str, names: tuple[str, ...]) -> None:
    assert values.names(Linked(text)) == names


def test_long_name_is_refused() -> None:
    with pytest.raises(ValueError, match="too long for a name: write commas between names"):
        values.plain_names(Linked("x" * 101))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Grace Tester", ["Grace Tester"]),
        ("Grace Tester, Jan Nowak", ["Grace Tester", "Jan Nowak"]),
        ("Grace Tester, Jan Nowak and Li Wei", ["Grace Tester", "Jan Nowak", "Li Wei"]),
        ("Grace Tester & Jan Nowak", ["Grace Tester", "Jan Nowak"]),
        # BibTeX
        ("Tester, Grace", ["Tester, Grace"]),
        ("Tester, Grace and Nowak, Jan", ["Tester, Grace", "Nowak, Jan"]),
        ("von Neumann, John and Lovelace, Ada", ["von Neumann, John", "Lovelace, Ada"]),
        # APA
        ("Tester, G., & Nowak, J.", ["Tester, G.", "Nowak, J."]),
        ("Müller, K., Ana García-López, Jan Nowak", ["Müller, K.", "Ana García-López", "Jan Nowak"]),
        ("Tester, J.-P., Nowak, A. B.", ["Tester, J.-P.", "Nowak, A. B."]),
        # Vancouver
        ("Tester G, Nowak J, et al.", ["Tester G", "Nowak J", "et al."]),
        ("Tester, G.; Nowak, J.", ["Tester, G.", "Nowak, J."]),
        ("Tester, Grace; and Nowak, Jan;", ["Tester, Grace", "Nowak, Jan"]),
        ("Hopper, Jr., Ada L.", ["Hopper, Jr.", "Ada L."]),
        ("張偉、李娜", ["張偉", "李娜"]),
        # Two people may have one name.
        ("Li Wei, Li Wei", ["Li Wei", "Li Wei"]),
    ],
)
def test_authors_are_told_apart(text: str, names: list[str]) -> None:
    assert list(values.authors(Linked(text))) == names


@pytest.mark.parametrize(
    ("network", "written", "name", "address"),
    [
        ("github", "ada", "GitHub", "https://github.com/ada"),
        ("GitHub", "@ada", "GitHub", "https://github.com/ada"),
        ("orcid", "0000-0002-1825-0097", "ORCID", "https://orcid.org/0000-0002-1825-0097"),
        ("github", Linked("Ada", "https://github.com/ada"), "GitHub", "https://github.com/ada"),
        ("xing", "https://xing.com/ada", "Xing", "https://xing.com/ada"),
    ],
)
def test_profile_is_a_link_or_a_user_of_a_known_network(
    network: str, written: str | Linked, name: str, address: str
) -> None:
    value = written if isinstance(written, Linked) else Linked(written)
    assert is_profile(network, value)
    (profile,) = values.profile(network, value)
    assert (profile.network, profile.link.url) == (name, address)


def test_profile_without_a_scheme_is_corrected() -> None:
    with pytest.raises(ValueError, match="did you mean <https://linkedin"):
        values.profile("linkedin", Linked("linkedin.com/in/ada"))


@pytest.mark.parametrize("value", ["2012", "Ada", "two words"])
def test_other_words_are_no_profile(value: str) -> None:
    assert not is_profile("perod", Linked(value))


@pytest.mark.parametrize(
    ("item", "parts"),
    [
        ("Python", ("Python", "", "", "")),
        ("Python (expert)", ("Python", "expert", "", "")),
        ("Python – expert", ("Python", "", "–", "expert")),
        ("Web (advanced): HTML, CSS", ("Web", "advanced", ":", "HTML, CSS")),
        ("Serbo-Croatian: basic", ("Serbo-Croatian", "", ":", "basic")),
        ("C++: good (C++20)", ("C++", "", ":", "good (C++20)")),
    ],
)
def test_item_of_a_list_of_names_is_split(item: str, parts: tuple[str, ...]) -> None:
    assert values.split_item(item) == parts


@pytest.mark.parametrize(
    ("word", "expected"),
    [("Gdańsk", "Gdansk"), ("Łódź", "Lodz"), ("Strauß", "Strauss"), ("Ångström", "Angstrom"), ("Kafka", "Kafka")],
)
def test_word_without_accents_has_no_diacritics(word: str, expected: str) -> None:
    assert values.without_accents(word) == expected


@given(st.text())
def test_word_without_accents_stays(word: str) -> None:
    assert values.without_accents(values.without_accents(word)) == values.without_accents(word)
