"""The index of the site for language models."""

from collections.abc import Callable

from cvtools.exporters.feeds import llms
from tests.projects import Project


def test_index_has_a_title_a_summary_and_lists_of_links() -> None:
    written = llms("Ada", "Architect", [("A [talk]", "https://a.example/t.html")], [("cv.md", "cv.md")])
    assert written == (
        "# Ada\n\n> Architect\n\n## Pages\n\n- [A \\[talk\\]](https://a.example/t.html)\n\n## Files\n\n- [cv.md](cv.md)\n"
    )


def test_site_lists_its_pages_and_files(root: Callable[[str], Project]) -> None:
    project = root("test-kinds")
    built = project.build("html", cv_pdfs=["cv.pdf"], html_baseurl="https://ada.example/cv")
    text = built.read("llms.txt")
    assert text.startswith(
        "# Ada Example\n\n> Software architect\n\n## Pages\n\n- [Ada Example](https://ada.example/cv/"
    )
    for name in ("cv.pdf", "cv.docx", "cv.txt", "cv.md", "resume.json", "cv.vcf"):
        assert f"- [{name}](https://ada.example/cv/{name})" in text
    assert "llms.txt" not in project.build("html", cv_formats=["md"]).files()


def test_site_without_the_cv_as_pdf_lists_no_documents(root: Callable[[str], Project]) -> None:
    assert "cv.docx" not in root("test-kinds").build("html").read("llms.txt")
