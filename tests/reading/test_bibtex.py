"""BibTeX is read as publications, in words."""

import pytest

from cvtools import limits
from cvtools.reading import bibtex

ENTRY = r"""
@string{acta = {Acta}}
@preamble{"\newcommand{\x}{y}"}
@Article{arches,
  author = {Example, Ada and Ludwig van B{\"e}ta and {Corp, Inc.} and King, Jr., Martin and others},
  title = {The {G{\"o}del} \& $\alpha$-arches: 50% \emph{more} for $5},
  subtitle = {Part---two},
  journal = acta # " Mathematica", year = 2020, month = mar, number = 3, pages = {1--10},
  doi = {10.1000/a\_b}, note = "Best \url{https://x.example/~a_b} paper", type = "1$^{st}$ \href{https://x.example/~a_b}{of two}"
}
"""


def test_entry_has_words_without_latex() -> None:
    (entry,), errors = bibtex.read(ENTRY)
    assert errors == []
    assert (entry.key, entry.type, entry.line, entry.year) == ("arches", "article", 4, 2020)
    assert entry.title == "The Gödel & α-arches: 50% more for $5: Part—two"
    assert entry.fields == {
        "authors": "Ada Example; Ludwig van Bëta; Corp, Inc.; Martin King, Jr.; et al.",
        "venue": "Acta Mathematica",
        "issue": "3",
        "pages": "1–10",
        "date": "2020-03",
        "doi": "10.1000/a_b",
    }
    assert entry.rest == {"note": "Best https://x.example/~a_b paper", "type": "1st of two (https://x.example/~a_b)"}


@pytest.mark.parametrize(
    ("title", "words"),
    [
        (r"CO$_2$-rich ice at $-30^{\circ}$C", "CO₂-rich ice at -30°C"),
        (r"H$_{2}$O at 5$^\circ$", "H₂O at 5°"),
    ],
)
def test_formulas_of_chemists_are_words(title: str, words: str) -> None:
    (entry,), _ = bibtex.read(f"@misc{{x, title = {{{title}}}}}")
    assert entry.title == words


def test_missing_comma_gives_an_error() -> None:
    _, errors = bibtex.read("@misc{x, title = {T}\n year = 2020}\n")
    assert errors == [(2, "a comma or } is missing above")]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("date = {2020-03-05}", {"date": "2020-03-05"}),
        ("year = 2020, month = 7", {"date": "2020-07"}),
        ("year = {in press}", {"date": "in press"}),
        ("year = 2020, month = {Trinity term}", {"date": "2020"}),
        ("editor = {Bob Tester}", {"authors": "Bob Tester"}),
        ("author = {a, b, c, d}", {"authors": "a, b, c, d"}),
        ("howpublished = {\\url{https://x.example/~a}}", {"page": "https://x.example/~a"}),
        ("eprint = {2001.1}, archivePrefix = {arXiv}", {"page": "https://arxiv.org/abs/2001.1"}),
        ("school = {MIT}", {"publisher": "MIT"}),
        ("crossref = {conf}", {"venue": "Proceedings", "publisher": "ACM"}),
    ],
)
def test_fields_have_the_names_of_the_model(fields: str, expected: dict[str, str]) -> None:
    text = f"@misc{{x, title = {{T}}, {fields}}}\n@proceedings{{conf, title = {{Proceedings}}, publisher = {{ACM}}}}"
    assert bibtex.read(text)[0][0].fields == expected


def test_entry_inherits_no_reference_of_its_parent_to_another() -> None:
    child, parent = "@misc{x, title = {T}, crossref = {y}}", "@misc{y, title = {Y}, crossref = {z}}"
    entries, _ = bibtex.read(f"{child}\n{parent}\n@misc{{z, title = {{Z}}}}")
    assert entries[0].fields == {"venue": "Y"}
    assert entries[0].rest == {}


def test_errors_have_lines_and_leave_the_other_entries() -> None:
    text = "@a{x, title = {X}}\n@a{x, title = {Y}}\n@a{y, note = {}}\n@a{z, title = nothing}\n@a(q, title = {Q})\n@a{r, title {R}}"
    entries, errors = bibtex.read(text)
    assert [entry.title for entry in entries] == ["X", "Q"]
    assert [line for line, _ in errors] == [2, 3, 4, 4, 6, 6]
    assert errors[0][1] == 'the key "x" is there twice'


def test_abbreviations_cannot_grow() -> None:
    with pytest.raises(ValueError, match="abbreviations"):
        bibtex.read("@string{a = {xxxxxxxxxx}}" + "@string{a = a # a # a}" * 100)


def test_errors_are_limited() -> None:
    assert len(bibtex.read("@a{b, x={" * 60_000)[1]) <= limits.REFUSED + 1


@pytest.mark.parametrize(
    "latex", [r"\verb", r"\href", r"\title", r"\footnote", r"\begin{array}", r"\sqrt[" * 2000, r"\url "]
)
def test_latex_without_its_arguments_is_read(latex: str, capsys: pytest.CaptureFixture[str]) -> None:
    entries, _ = bibtex.read(f"@a{{x, title = {{Words {latex}}}}}")
    assert entries[0].title.startswith("Words")
    assert capsys.readouterr().err == ""
