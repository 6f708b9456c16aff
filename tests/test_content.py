"""The real CV: built with warnings as errors, and every fact of ``facts.yaml`` found in page and PDF."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup, Tag
from pdfminer.high_level import extract_text
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from cvtools.build import build
from cvtools.checks.pdf import check
from cvtools.checks.readers import readers
from cvtools.i18n import I18n
from cvtools.model.dates import PartialDate, Period
from cvtools.project import source_date

REPOSITORY = Path(__file__).parents[1]
FACTS: dict[str, Any] = yaml.safe_load((REPOSITORY / "tests/facts.yaml").read_text("utf-8"))
WORDING = I18n("en")


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real CV, built into a folder of its own."""
    project = tmp_path_factory.mktemp("cv")
    shutil.copytree(REPOSITORY / "docs", project / "docs")
    shutil.copy(REPOSITORY / "conf.py", project)
    assert build(project, strict=True)
    return project / "dist"


def plain(text: str) -> str:
    """Text as compared: one space for any white space, straight where quotation marks vary."""
    return " ".join(text.replace("\N{SOFT HYPHEN}", "").split())


@pytest.fixture(scope="session")
def pages(dist: Path) -> dict[str, Tag]:
    """The book's articles, by their docname."""
    found = {}
    for path in dist.glob("html/**/*.html"):
        article = BeautifulSoup(path.read_text("utf-8"), "lxml").find("article")
        if article:
            found[path.relative_to(dist / "html").with_suffix("").as_posix()] = article
    return found


def pdf_text(path: Path, *, hyphenated: bool) -> str:
    with PdfDocument(path) as pdf:
        text = "\n".join(page.get_textpage().get_text_bounded() for page in pdf)
    # PDFium has characters of its own for a hyphen that ends a line.
    return plain(re.sub("[-\ufffe\x02](\r?\n)?", "", text) if hyphenated else text)


@pytest.fixture(scope="session")
def pdfs(dist: Path) -> dict[str, str]:
    """What the PDFs say."""
    return {
        "cv": pdf_text(dist / "cv.pdf", hyphenated=False),
        "talks": pdf_text(dist / "talks.pdf", hyphenated=True),
    }


def links_of(pdf: Path) -> set[str]:
    annotations = [note.get_object() for page in PdfReader(pdf).pages for note in page.get("/Annots", [])]
    return {str(note["/A"]["/URI"]) for note in annotations if "/URI" in note.get("/A", {})}


def period(entry: dict[str, Any]) -> str:
    end = PartialDate.parse(entry["to"]) if "to" in entry else None
    return WORDING.period(Period(PartialDate.parse(entry["from"]), end))


def facts_of(entry: dict[str, Any]) -> Iterator[str]:
    """All that an entry must say, as displayed."""
    for name in ("title", "headline", "email", "timezone", "organization", "institution", "event", "place", "location"):
        if name in entry:
            yield entry[name]
    if "from" in entry:
        yield period(entry)
    if "date" in entry:
        yield WORDING.date(PartialDate.parse(entry["date"]))
    for name in ("score", "specialization"):
        if name in entry:
            yield entry[name]
    yield from entry.get("technologies", ())
    for assignment in entry.get("assignments", ()):
        yield from facts_of(assignment)


def cv_facts() -> list[str]:
    entries = [FACTS["person"], *FACTS["positions"], *FACTS["talks"], *FACTS["education"]]
    facts = [fact for entry in entries for fact in facts_of(entry)]
    return [*facts, FACTS["person"]["name"], *(str(word) for word in words(FACTS["languages"], FACTS["interests"]))]


def words(*parts: Any) -> Iterator[str]:
    """The strings in lists and tables, however deep."""
    for part in parts:
        if isinstance(part, dict):
            yield from words(*part.values())
        elif isinstance(part, list):
            yield from words(*part)
        else:
            yield part


def check_facts(facts: list[str], text: str) -> None:
    folded = plain(text).casefold()
    missing = [fact for fact in facts if plain(fact).casefold() not in folded]
    assert not missing, f"docs/ does not say {missing} any more: if that is right, change tests/facts.yaml as well"


def test_the_page_says_every_fact(pages: dict[str, Tag]) -> None:
    check_facts(cv_facts(), pages["index"].get_text())


def test_the_pdf_says_every_fact(pdfs: dict[str, str]) -> None:
    check_facts([*cv_facts(), str(FACTS["person"]["phone"])], pdfs["cv"])


@pytest.mark.parametrize("talk", FACTS["talks"], ids=lambda talk: talk["page"])
def test_each_talk_has_a_page_and_a_place_in_the_book(
    talk: dict[str, Any], pages: dict[str, Tag], pdfs: dict[str, str]
) -> None:
    facts = [*facts_of(talk), *facts_of(talk.get("translation", {}))]
    check_facts(facts, pages[talk["page"]].get_text())
    # A hyphen at the end of a line may be the word's or the line's.
    check_facts([fact.replace("-", "") for fact in facts], pdfs["talks"])


def test_every_link_is_there(dist: Path, pages: dict[str, Tag]) -> None:
    entries = [FACTS["person"], *FACTS["positions"], *FACTS["talks"]]
    wanted = {
        link for entry in entries for link in [*entry.get("links", ()), *([entry["url"]] if "url" in entry else [])]
    }
    assert len(wanted) > 15
    assert wanted <= {link["href"] for link in pages["index"].find_all("a")}
    assert wanted <= links_of(dist / "cv.pdf")


def test_every_technology_has_the_time_of_its_entries(dist: Path, pages: dict[str, Tag]) -> None:
    today = f"{source_date(dist.parent):%Y-%m}"
    resume = json.loads((dist / "resume.json").read_text("utf-8"))
    used: dict[str, set[int]] = {}
    for entry in resume["work"]:
        ends = (entry["startDate"], entry.get("endDate", today))
        (first_year, first), (last_year, last) = (map(int, end.split("-")) for end in ends)
        for name in entry.get("keywords", ()):
            used.setdefault(name, set()).update(range(first_year * 12 + first, last_year * 12 + last + 1))
    rows = [row.find_all(["th", "td"]) for row in pages["technologies"].select("tbody tr")]
    assert {row[0].text.strip(): row[1].text.strip() for row in rows} == {
        name: WORDING.duration(len(months)) for name, months in used.items()
    }


def test_the_phone_number_is_in_the_pdf_only(dist: Path) -> None:
    never = [form.encode() for form in FACTS["never_on_web"]]
    files = [path for path in dist.rglob("*") if path.is_file() and path.suffix != ".pdf"]
    assert len(files) > 20
    leaks = [path for path in files if any(form in path.read_bytes() for form in never)]
    assert leaks == []


def test_the_recruiter_finds_the_last_two_jobs_on_page_one(dist: Path) -> None:
    first = plain(PdfReader(dist / "cv.pdf").pages[0].extract_text())
    resume = json.loads((dist / "resume.json").read_text("utf-8"))
    wanted = [resume["basics"][name] for name in ("name", "label", "email")]
    for entry in resume["work"][:2]:
        wanted += [entry["position"], entry["name"], *entry["keywords"], *entry["highlights"]]
    assert [words for words in wanted if plain(words) not in first] == []


def test_the_site_has_the_pdfs(dist: Path) -> None:
    for name in ("cv.pdf", "talks.pdf"):
        assert (dist / "html" / name).read_bytes() == (dist / name).read_bytes()


def pdfminer(pdf: Path) -> list[str]:
    return extract_text(str(pdf)).split("\f")[:-1]


def pypdf(pdf: Path) -> list[str]:
    return [page.extract_text() for page in PdfReader(pdf).pages]


@pytest.mark.parametrize("name", ["cv.pdf", "talks.pdf"])
def test_whoever_reads_the_pdf_reads_what_was_written(dist: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    others = {"pdfminer": pdfminer, "pypdf": pypdf}
    assert set(readers()) == {"PDFium", "pdftotext", "pdftotext -layout", "mutool"}
    assert check(dist / name) == []
    monkeypatch.setattr("cvtools.checks.open_pdf.readers", lambda: others)
    assert list(map(str, check(dist / name))) == []


def lines_of(pdf: Path) -> list[list[str]]:
    """The lines of each page."""
    with PdfDocument(pdf) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    return [[" ".join(line.split()) for line in text.splitlines()] for text in texts]


def test_a_draft_ends_its_lines_and_pages_where_the_real_one_does(dist: Path, tmp_path: Path) -> None:
    for source in ("docs", "conf.py"):
        (shutil.copytree if source == "docs" else shutil.copyfile)(dist.parent / source, tmp_path / source)
    assert build(tmp_path, html=False, draft=True)
    for name in ("cv.pdf", "talks.pdf"):
        draft = PdfReader(tmp_path / "dist" / name)
        assert lines_of(tmp_path / "dist" / name) == lines_of(dist / name)
        assert "/StructTreeRoot" not in draft.root_object
        assert not draft.attachments
