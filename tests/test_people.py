"""CVs of people in several trades and languages: nothing is lost, and nothing is complained about."""

import json
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pdfminer.high_level import extract_text

from cvtools.build import build
from cvtools.checks.pdf import check
from tests.projects import ROOTS, Project

PEOPLE = sorted(path.name for path in ROOTS.glob("cv-*-??"))
#: Codes of the messages about a page that was written for another program.
EXPECTED = {"cv-markdown-en": ["cv.field", "cv.entry", "cv.fields"]}
#: Fields that are formatted for the reader, and those that steer the build.
_FORMATTED = {"period", "date", "expires", "kind", "photo"}


@pytest.fixture(scope="module", params=PEOPLE)
def person(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A person's CV, which was built with the messages that are expected of it."""
    project = Project(tmp_path_factory.mktemp("person") / "cv", request.param)
    codes: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1790000000")
        assert build(project.folder, report=lambda problem: codes.append(problem.code))
    assert codes == EXPECTED.get(request.param, [])
    return project


def joined(text: str) -> str:
    """Return text without spaces, which lines of some scripts break at, and without marks of direction."""
    return re.sub("[\\s\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", unicodedata.normalize("NFKC", text))


def words(page: str, *, sections: bool) -> Iterator[str]:
    """Yield the words of a page that are shown as they are.

    :param sections: the headings of sections count, which data has names of its own for
    """
    page = re.sub(r"(?s)\A---.*?^---$|<!--.*?-->", "", page, flags=re.MULTILINE)
    for line in page.splitlines():
        field, value = re.fullmatch(r"(?::(\w+): )?(.*)", line).groups()  # type: ignore[union-attr]
        if field not in _FORMATTED and (sections or not re.match("## |# \\w+$", value)) and "{show=" not in line:
            value = re.sub(r"https?://(?:www\.)?[^\s>)]*|<br>|\[[ x]\]", " ", value)
            yield from re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", value))


@pytest.mark.parametrize("product", ["page", "PDF", "text", "data"])
def test_every_word_is_in_the(product: str, person: Project) -> None:
    dist = person.folder / "dist"
    if product == "page":
        text = BeautifulSoup((dist / "html/index.html").read_text("utf-8"), "lxml").get_text()
    elif product == "PDF":
        # Of Arabic ligatures, Poppler turns the letters round, and some versions of MuPDF part them.
        text = extract_text(dist / "cv.pdf") + "\n".join(
            subprocess.run([*read, dist / "cv.pdf", *to], capture_output=True, check=True).stdout.decode()
            for read, to in ((("mutool", "draw", "-q", "-F", "text"), ()), (("pdftotext",), ("-",)))
        )
    elif product == "text":
        text = (dist / "cv.txt").read_text("utf-8")
    else:
        text = json.dumps(json.loads((dist / "resume.json").read_text("utf-8")), ensure_ascii=False)
    text = joined(text)
    written = words((person.docs / "index.md").read_text("utf-8"), sections=product != "data")
    assert [word for word in written if word not in text] == []


def test_pdf_passes_its_checks(person: Project) -> None:
    assert [str(finding) for finding in check(person.folder / "dist/cv.pdf")] == []


@pytest.mark.parametrize("person", ["cv-nurse-de"], indirect=True)
def test_photo_may_be_the_bare_name_of_a_file(person: Project) -> None:
    page = BeautifulSoup((person.folder / "dist/html/index.html").read_text("utf-8"), "lxml")
    (image,) = page.select(".cv-head-person > .cv-photo img")
    assert image["alt"] == "Sabine Muster"
    assert Path(person.folder, "dist/html", str(image["src"])).exists()
