"""The CV in ``docs/``: built with warnings as errors, and every fact of ``facts.yaml`` found in page and PDF.

Another person's CV has other facts: without ``facts.yaml``, the tests that need it are skipped.
"""

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import docx
import pytest
import yaml
from bs4 import BeautifulSoup, Tag
from docx.oxml.ns import qn
from pdfminer.high_level import extract_text
from pypdf import PdfReader

from cvtools.build import build
from cvtools.checks.pdf import check
from cvtools.checks.readers import readers
from cvtools.i18n import I18n
from cvtools.model.dates import PartialDate, Period
from cvtools.repository import source_date
from tests.browsing import browsing
from tests.projects import pages_of

REPOSITORY = Path(__file__).parents[1]
WORDING = I18n("en")


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    """The facts that this CV must state."""
    path = REPOSITORY / "tests/facts.yaml"
    if not path.exists():
        pytest.skip("no tests/facts.yaml says what this CV must state")
    facts: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return facts


@pytest.fixture(scope="module")
def dist() -> Path:
    """The products of the CV, which ``make test`` has built before."""
    assert build(REPOSITORY, strict=True)
    return REPOSITORY / "dist"


def plain(text: str) -> str:
    """Text as compared: one space for any white space, straight where quotation marks vary."""
    return " ".join(text.replace("\N{SOFT HYPHEN}", "").split())


@pytest.fixture(scope="module")
def pages(dist: Path) -> dict[str, Tag]:
    """The website's articles, by their docname."""
    found = {}
    for path in dist.glob("html/**/*.html"):
        article = BeautifulSoup(path.read_text("utf-8"), "lxml").find("article")
        if article:
            found[path.relative_to(dist / "html").with_suffix("").as_posix()] = article
    return found


def pdf_text(path: Path, *, hyphenated: bool) -> str:
    text = "\n".join(pages_of(path))
    # PDFium has characters of its own for a hyphen that ends a line.
    return plain(re.sub("[-\ufffe\x02](\r?\n)?", "", text) if hyphenated else text)


@pytest.fixture(scope="module")
def pdfs(dist: Path) -> dict[str, str]:
    """What the PDFs say."""
    return {"cv": pdf_text(dist / "cv.pdf", hyphenated=False), "talks": pdf_text(dist / "talks.pdf", hyphenated=True)}


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


def cv_facts(facts: dict[str, Any]) -> list[str]:
    entries = [facts["person"], *facts["positions"], *facts["talks"], *facts["education"]]
    stated = [fact for entry in entries for fact in facts_of(entry)]
    return [*stated, facts["person"]["name"], *(str(word) for word in words(facts["languages"], facts["interests"]))]


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


def test_page_states_every_fact(facts: dict[str, Any], pages: dict[str, Tag]) -> None:
    check_facts(cv_facts(facts), pages["index"].get_text())


def test_pdf_states_every_fact(facts: dict[str, Any], pdfs: dict[str, str]) -> None:
    check_facts([*cv_facts(facts), str(facts["person"]["phone"])], pdfs["cv"])


def test_each_talk_is_on_its_page_and_in_the_pdf(
    facts: dict[str, Any], pages: dict[str, Tag], pdfs: dict[str, str]
) -> None:
    for talk in facts["talks"]:
        stated = [*facts_of(talk), *facts_of(talk.get("translation", {}))]
        check_facts(stated, pages[talk["page"]].get_text())
        # A hyphen at the end of a line may be the word's or the line's.
        check_facts([fact.replace("-", "") for fact in stated], pdfs["talks"])


def test_every_link_is_on_the_page_and_in_the_pdf(facts: dict[str, Any], dist: Path, pages: dict[str, Tag]) -> None:
    entries = [facts["person"], *facts["positions"], *facts["talks"]]
    wanted = {
        link for entry in entries for link in [*entry.get("links", ()), *([entry["url"]] if "url" in entry else [])]
    }
    assert len(wanted) > 15
    assert wanted <= {link["href"] for link in pages["index"].find_all("a")}
    assert wanted <= links_of(dist / "cv.pdf")


@pytest.mark.usefixtures("facts")
def test_every_technology_has_the_time_of_its_entries(dist: Path, pages: dict[str, Tag]) -> None:
    today = f"{source_date(REPOSITORY):%Y-%m}"
    resume = json.loads((dist / "resume.json").read_text("utf-8"))
    listed = (REPOSITORY / "docs/technologies.md").read_text("utf-8")
    joined = {alias: name for name, aliases in re.findall(r"(\w+) \((.+?)\)", listed) for alias in aliases.split(", ")}
    used: dict[str, set[int]] = {}
    for entry in resume["work"]:
        ends = (entry["startDate"], entry.get("endDate", today))
        (first_year, first), (last_year, last) = (map(int, end.split("-")) for end in ends)
        for name in entry.get("keywords", ()):
            used.setdefault(joined.get(name, name), set()).update(
                range(first_year * 12 + first, last_year * 12 + last + 1)
            )
    rows = [row.find_all(["th", "td"]) for row in pages["technologies"].select("tbody tr")]
    assert {row[0].text.strip(): row[1].text.strip() for row in rows} == {
        name: WORDING.duration(len(months)) for name, months in used.items()
    }


def test_phone_number_is_in_the_pdf_only(facts: dict[str, Any], dist: Path) -> None:
    never = [form.encode() for form in facts["never_on_web"]]
    files = [path for path in dist.rglob("*") if path.is_file() and path.suffix != ".pdf"]
    assert len(files) > 20
    assert [path for path in files if any(form in path.read_bytes() for form in never)] == []


@pytest.mark.usefixtures("facts")
def test_last_two_jobs_are_on_the_first_page(dist: Path) -> None:
    first = plain(PdfReader(dist / "cv.pdf").pages[0].extract_text())
    resume = json.loads((dist / "resume.json").read_text("utf-8"))
    wanted = [resume["basics"][name] for name in ("name", "label", "email")]
    for entry in resume["work"][:2]:
        wanted += [entry["position"], entry["name"], *entry["keywords"], *entry["highlights"]]
    assert [words for words in wanted if plain(words) not in first] == []


def test_pages_are_no_wider_than_a_phone(dist: Path) -> None:
    with browsing(dist / "html") as (address, browser):
        shown = browser.new_page(viewport={"width": 320, "height": 640})
        for path in dist.glob("html/**/*.html"):
            shown.goto(f"{address}/{path.relative_to(dist / 'html').as_posix()}")
            assert shown.evaluate("document.documentElement.scrollWidth") == 320, path


def pdfminer(pdf: Path) -> list[str]:
    return extract_text(str(pdf)).split("\f")[:-1]


def pypdf(pdf: Path) -> list[str]:
    return [page.extract_text() for page in PdfReader(pdf).pages]


class Library(AbstractContextManager["Library"]):
    """A reader that is no program, see :class:`cvtools.checks.readers.ReaderProcess`."""

    def __init__(self, read: Callable[[Path], list[str]], pdf: Path) -> None:
        self.pages = partial(read, pdf)

    def __exit__(self, *exception: object) -> None:
        pass


def test_every_reader_of_the_pdfs_finds_what_was_written(dist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(readers()) == {"pdftotext", "pdftotext -layout", "mutool"}
    # The build has asked these.
    others = {read.__name__: partial(Library, read) for read in (pdfminer, pypdf)}
    monkeypatch.setattr("cvtools.checks.open_pdf.readers", lambda: others)
    for pdf in dist.glob("*.pdf"):
        assert [str(finding) for finding in check(pdf)] == []


def lines_of(pdf: Path) -> list[list[str]]:
    """The lines of each page."""
    return [[" ".join(line.split()) for line in text.splitlines()] for text in pages_of(pdf)]


def test_draft_breaks_its_lines_and_pages_where_the_final_pdf_does(
    dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", f"{source_date(REPOSITORY).timestamp():.0f}")
    # The CV with its settings, and with its translations if it has any
    for folder in ("docs", "locales"):
        if (REPOSITORY / folder).exists():
            shutil.copytree(REPOSITORY / folder, tmp_path / folder)
    shutil.copy(REPOSITORY / "conf.py", tmp_path)
    assert build(tmp_path, html=False, draft=True)
    for pdf in dist.glob("*.pdf"):
        draft = PdfReader(tmp_path / "dist" / pdf.name)
        assert lines_of(tmp_path / "dist" / pdf.name) == lines_of(pdf)
        assert "/StructTreeRoot" not in draft.root_object
        assert not draft.attachments


def test_docx_has_the_words_of_the_pdf(dist: Path) -> None:
    for path in sorted(dist.glob("cv*.docx")):
        # Without the foot of each page, which begins with the name.
        lines = [line for page in pages_of(path.with_suffix(".pdf")) for line in page.splitlines()]
        name = docx.Document(str(path)).core_properties.title
        read = Counter(
            word for line in lines if not re.fullmatch(rf"{name}.*\d", line) for word in re.findall(r"\w+", line)
        )
        paragraphs = docx.Document(str(path)).element.body.iter(qn("w:p"))
        runs = (
            "".join(
                part.text if part.tag == qn("w:t") else " "
                for part in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br"))
            )
            for paragraph in paragraphs
        )
        assert Counter(word for run in runs for word in re.findall(r"\w+", run)) == read
