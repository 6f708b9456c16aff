"""Files outside the folder of the pages are in no output, whatever name leads to them, and whoever reads the name."""

import os
from pathlib import Path

import pytest

from cvtools.reading import linked_files
from cvtools.sphinx_warnings import SourceError
from tests.projects import Built, Project, png

HEAD = "# Ada\n:headline: x\n"
SECRET = "SECRET"
PICTURE = png(7, 5)
#: Each names a file in the folder above that of the pages.
PAGES = [
    "![x](q#/../../secret.png)", "![x](q%23/../../secret.png)", "![x](</q#/../../secret.png>)",
    "![x](q?/../../secret.png)", '<img src="q#/../../secret.png">', "```{image} q#/../../secret.png\n```",
    "```{figure} a/.\\./.\\./secret.png\nWords\n```", "```{figure} #/../../secret.png\nWords\n```",
    "[x](path:q#/../../secret.txt)", "[x](path:#/../../secret.txt)", "[x](path:q?#/../../secret.txt)",
    "[x](<q#/../../secret.txt>)", "[x](project:q#/../../secret.txt)", "[x](a.org/../../../secret.txt)",
    "```{publications} q#/../../secret.bib\n```", "[[^1]]{show=pdf}\n\n[^1]: ![x](q#/../../secret.png)",
]  # fmt: skip


@pytest.fixture
def beside(project: Project) -> Project:
    """Return a project with files beside the folder of its pages."""
    for name in ("secret.txt", "secret.html", "cv.pdf"):
        (project.folder / name).write_text(SECRET)
    (project.folder / "secret.png").write_bytes(PICTURE)
    (project.folder / "secret.bib").write_text(f"@book{{x, title={{{SECRET}}}, author={{A}}, year=2020}}\n")
    return project


def leaks(built: Built) -> list[str]:
    return [name for name, data in built.files().items() if SECRET.encode() in data or data == PICTURE]


@pytest.mark.parametrize("text", PAGES)
def test_name_that_leads_outside_is_refused(beside: Project, text: str) -> None:
    built = beside.write({"index.md": f"{HEAD}\n{text}\n"}).build("html", warns=True)
    assert leaks(built) == []
    assert "index.md:4: WARNING: " in built.warnings


@pytest.mark.parametrize("text", [*PAGES, "[x](../cv%2Epdf)", "[x](q/%3F/../../../secret.html)"])
def test_files_are_refused_where_no_name_is(beside: Project, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for validator in ("file_fault", "link"):
        monkeypatch.setattr(linked_files, validator, lambda *_: None)
    beside.write({"index.md": f"{HEAD}\n{text}\n"})
    try:
        assert leaks(beside.build("html", warns=True)) == []
    except SourceError as error:
        assert "move it into the folder of the pages" in str(error)  # noqa: PT017 - either will do


def test_translation_may_name_no_file_outside(beside: Project) -> None:
    (beside.docs / "p.png").write_bytes(png(3, 3))
    catalog = 'msgid "![x](p.png)"\nmsgstr "![x](q#/../../secret.png)"\n'
    beside.write({"index.md": f"{HEAD}\n![x](p.png)\n", "locales/pl/LC_MESSAGES/index.po": catalog})
    assert leaks(beside.build("html", warns=True, language="pl")) == []


def test_picture_for_a_language_may_be_no_link_to_outside(beside: Project) -> None:
    (beside.docs / "b.png").write_bytes(png(3, 3))
    (beside.docs / "a.png").symlink_to("b.png")
    (beside.docs / "a.en.png").symlink_to(beside.folder / "secret.png")
    built = beside.write({"index.md": f"{HEAD}\n![x](a.png)\n"}).build("html", warns=True)
    assert leaks(built) == []
    assert "index.md:4: WARNING: the file a.png" in built.warnings


def test_file_that_became_a_link_since_it_was_read_is_refused(beside: Project) -> None:
    (beside.docs / "p.png").write_bytes(png(3, 3))
    beside.write({"index.md": f"{HEAD}\n![x](p.png)\n"}).build("html")
    (beside.docs / "p.png").unlink()
    (beside.docs / "p.png").symlink_to(beside.folder / "secret.png")
    os.utime(beside.folder / "secret.png", (0, 0))
    built = beside.build("html", warns=True)
    assert (
        "the file p.png is not allowed on a page and is shown as written: move it into the folder of the pages"
        in built.warnings
    )
    assert leaks(built) == []


@pytest.mark.parametrize("name", ["C#.png", "what?.png", "50%.png", "a#b/p.png", "my desk.png"])
def test_file_with_a_sign_in_its_name_is_shown(project: Project, name: str) -> None:
    path = project.docs / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(PICTURE)
    built = project.write({"index.md": f"{HEAD}\n![x](<{name}>)\n\n```{{image}} {name}\n```\n"}).build("html")
    assert [Path(leak).suffix for leak in leaks(built)] == [".png"]


#: Each would publish what a link among the pages leads to, under a name that no page may name.
LINKED = [
    "![x](PIC.png)", "![x](letter.png)", "![x](script.png)", "![x](a.png)", "![x](my%20a.png)", "[x](cert.pdf)",
    "[x](<path:letter.csv>)", "[x](my%20page.csv)", "[x](twice.txt)", "[x](around.csv)", "```{image} PIC.png\n```",
    "```{publications} letter.bib\n```",
]  # fmt: skip


@pytest.fixture
def linked(project: Project) -> Project:
    """Return a project with a letter, a page with script, and links to both."""
    project.write({"letters/acme.md": f"# Acme\n\n@misc{{x, title={{{SECRET}}}, author={{A}}, year=2020}}\n"})
    (project.docs / "evil.html").write_bytes(PICTURE + f"<script>{SECRET}</script>".encode())
    for name in ("a.png", "my a.png"):
        (project.docs / name).write_bytes(png(3, 3))
    for name in ("pic.png", "letter.png", "a.en.png", "letter.csv", "second.txt", "letter.bib"):
        (project.docs / name).symlink_to("letters/acme.md")
    for name in ("script.png", "my a.en.png", "cert.pdf"):
        (project.docs / name).symlink_to("evil.html")
    (project.docs / "my page.csv").symlink_to("index.md")
    (project.docs / "twice.txt").symlink_to("second.txt")
    (project.docs / "around.csv").symlink_to("../docs/letters/acme.md")
    return project


def test_link_among_the_pages_is_refused(linked: Project) -> None:
    text = "\n\n".join(LINKED)
    built = linked.write({"index.md": f"{HEAD}:phone: {SECRET} {{show=pdf}}\n\n{text}\n"}).build("html", warns=True)
    assert leaks(built) == []
    assert built.warnings.count("it is a symbolic link: put the file itself there") == len(LINKED)


@pytest.mark.parametrize("text", ["![x](PIC.png)", "![x](a.png)", "[x](cert.pdf)"])
def test_link_is_refused_where_no_name_is(linked: Project, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for validator in ("file_fault", "link"):
        monkeypatch.setattr(linked_files, validator, lambda *_: None)
    linked.write({"index.md": f"{HEAD}\n{text}\n"})
    with pytest.raises(SourceError, match="use one of"):
        linked.build("html", warns=True)


@pytest.mark.parametrize("text", ["![x](letters/p.png)", "[x](letters/p.png)", "![x](/a/../letters%2FP.png)"])
def test_file_beside_a_letter_is_in_no_book(project: Project, text: str) -> None:
    project.write({"index.md": f"{HEAD}\n{text}\n", "letters/acme.md": "# Acme\n"})
    (project.docs / "letters/p.png").write_bytes(PICTURE)
    built = project.build("html", warns=True)
    assert leaks(built) == []
    assert "move it out of letters" in built.warnings
