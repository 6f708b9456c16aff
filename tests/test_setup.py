"""The extension in stock Sphinx: every builder, and reading and writing in parallel."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sphinx.cmd.build import build_main as sphinx_build

from cvtools import __version__
from tests.projects import Built, Project

REPOSITORY = Path(__file__).parents[1]

BUILDERS = (
    "html dirhtml singlehtml htmlhelp qthelp devhelp json pickle text epub latex man texinfo xml pseudoxml"
    " changes linkcheck dummy"
).split()


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Every kind of entry."""
    return Project(tmp_path_factory.mktemp("kinds"), "test-kinds")


#: Sphinx's own use of what it will drop.
DEPRECATED = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")


@DEPRECATED
@pytest.mark.parametrize("builder", BUILDERS)
def test_every_builder_knows_our_nodes(kinds: Project, builder: str) -> None:
    """Without a warning, which `build` asserts."""
    built = kinds.build(builder, linkcheck_ignore=["http"])
    if builder not in {"changes", "dummy", "linkcheck"}:
        assert built.files_with("Leads the billing team.")


@DEPRECATED
@pytest.mark.parametrize("builder", ["dirhtml", "singlehtml", "epub"])
def test_builders_of_pages_get_on_with_the_books_theme(root: Callable[[str], Project], builder: str) -> None:
    project = root("test-kinds")
    conf = project.folder / "conf.py"
    conf.write_text(conf.read_text("utf-8").replace('html_theme = "basic"', ""), "utf-8")
    assert project.build(builder).files_with("Leads the billing team.")


def test_catalog_template_has_the_texts_to_translate(root: Callable[[str], Project]) -> None:
    """Sphinx demands separate doctrees for this builder."""
    messages = re.findall(r'(?m)^msgid "(.+)"$', root("test-kinds").build("gettext").read("index.pot"))
    assert {"Software architect", "Remote", "Wrote the ledger."} <= set(messages)


def book(project: Project, jobs: int) -> Built:
    # Fewer than six pages are never read in parallel.
    pages = {f"talks/20{number}.md": f"# Talk {number}\n:event: E\n:date: 20{number}\n" for number in range(10, 16)}
    return project.write(pages).build("html", jobs=jobs, html_theme="sphinx_book_theme")


def test_parallel_processes_make_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    serial, parallel = (book(Project(tmp_path / f"{jobs}", "test-kinds"), jobs) for jobs in (1, 2))
    assert parallel.app.parallel == 2
    one, two = serial.files(), parallel.files()
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
    assert serial.domain.resume == parallel.domain.resume


def test_stock_sphinx_builds_the_book_with_warnings_as_errors(root: Callable[[str], Project]) -> None:
    folder = root("test-book").folder
    conf = (folder / "conf.py").read_text("utf-8").replace('tags.add("pdf")\n', "")
    (folder / "conf.py").write_text(conf, "utf-8")
    assert sphinx_build(["-W", "-q", "-c", str(folder), str(folder / "docs"), str(folder / "out")]) == 0
    page = (folder / "out/index.html").read_text("utf-8")
    assert "cv-technologies" in page
    assert "btn-download-pdf-button" not in page


def test_setup_promises_what_parallel_builds_need(kinds: Project) -> None:
    extension = kinds.build().app.extensions["cvtools"]
    assert extension.version == __version__
    assert extension.metadata["env_version"] == 1
    assert extension.parallel_read_safe
    assert extension.parallel_write_safe


def test_readmes_example_is_valid(project: Project) -> None:
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    (page,) = re.findall(r"(?ms)^```markdown\n(.*?)^```$", readme)
    conf, *_ = re.findall(r"(?ms)^```python\n(.*?)^```$", readme)
    (project.folder / "conf.py").write_text(conf, "utf-8")
    built = project.write({"index.md": page}).build("html")
    assert [entry.kind for entry in built.domain.resume.entries] == ["person", "position"]
    assert built.files_with("123 456 789") == []


def test_the_book_alone_imports_nothing_that_only_pdfs_need(tmp_path: Path) -> None:
    """What the extension costs beyond Sphinx and MyST-Parser is counted in milliseconds."""
    project = Project(tmp_path / "kinds", "test-kinds")
    script = (
        "import sys; from sphinx.cmd.build import build_main\n"
        f"build_main(['-q', '-c', {str(project.folder)!r}, {str(project.docs)!r}, {str(tmp_path / 'out')!r}])\n"
        "heavy = {'docx', 'shtab', 'uharfbuzz', 'pylatexenc', 'pikepdf', 'pypdfium2', 'page', 'starlette', 'uvicorn'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")
