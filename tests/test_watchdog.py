"""Pages that exceed a limit end the build, with their names."""

import subprocess
import sys

import pytest

from cvtools import limits
from cvtools.build import build
from cvtools.cli import main
from cvtools.preview.builder import PreviewBuilder
from cvtools.reading import catalogs
from cvtools.sphinx_warnings import SourceError
from cvtools.watchdog import WATCHDOG
from tests.projects import CONF, Project

#: What a page does with Python's time, as an extension's fault would.
SPIN = """
def spin(app, *arguments):
    names = {app.env.current_document.docname, *(each for each in arguments if isinstance(each, str))}
    while "slow" in names or "EVENT" == "env-updated":
        try:
            DO
        except Exception:
            pass

def setup(app):
    app.connect("EVENT", spin)
"""


@pytest.fixture(autouse=True)
def _in_project(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the project the working directory, from which messages name its files."""
    monkeypatch.chdir(project.folder)


@pytest.fixture
def pages(project: Project) -> Project:
    """Return a project with more than six pages, which Sphinx reads in several processes if asked."""
    names = [f"page{number}" for number in range(8)] + ["slow"]
    toctree = "\n".join(["```{toctree}", *names, "```"])
    return project.write(
        {"index.md": f"# Ada\n:headline: x\n\n{toctree}\n"} | {f"{name}.md": f"# {name}\n" for name in names}
    )


def add(project: Project, event: str, do: str = "pass") -> None:
    (project.folder / "conf.py").write_text(CONF + SPIN.replace("EVENT", event).replace("DO", do), "utf-8")


@pytest.mark.parametrize(
    ("event", "jobs", "complaint"),
    [
        ("source-read", 1, "docs/slow.md: reading takes longer than 0.5 s: shorten it"),
        ("source-read", 2, "docs/slow.md: reading takes longer than 0.5 s: shorten it"),
        ("doctree-resolved", 1, "docs/slow.md: writing takes longer than 0.5 s: shorten it"),
        ("html-page-context", 1, "docs/slow.md: writing takes longer than 0.5 s: shorten it"),
        ("html-page-context", 2, "docs/slow.md: writing takes longer than 0.5 s: shorten it"),
        ("env-updated", 1, "docs: collecting the entries and links of all pages takes longer than 0.5 s: shorten it"),
    ],
)
def test_slow_page_ends_the_build_with_its_name(
    pages: Project,
    event: str,
    complaint: str,
    jobs: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(limits, "PAGE_TIME", 0.5)
    add(pages, event)
    assert not build(pages.folder, pdf=False, jobs=jobs)
    assert capsys.readouterr().err == f"cvtools: {complaint}\n"


def test_endless_page_ends_the_build(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Sphinx takes less to begin with the page, on a busy machine too.
    monkeypatch.setattr(limits, "BUILD_TIME", 5)
    add(
        project.write({"index.md": "# Ada\n:headline: x\n", "slow.md": "# Slow\n"}),
        "source-read",
        "import time; time.sleep(1000)",
    )
    assert not build(project.folder, pdf=False)
    assert capsys.readouterr().err == "cvtools: docs/slow.md: the build takes longer than 5 s, and was reading this\n"


@pytest.mark.parametrize("do", ["pass", "import subprocess; subprocess.run(['sh', '-c', 'while :; do :; done'])"])
def test_all_processes_of_a_build_share_one_limit(
    pages: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], do: str
) -> None:
    monkeypatch.setattr(limits, "BUILD_CPU", 0.6)
    monkeypatch.setattr(limits, "BUILD_CPU_PER_PAGE", 0)
    add(pages, "env-updated", do)
    assert not build(pages.folder, pdf=False)
    complaint = "the build takes more than 1 s of processor time, and was collecting the entries and links of all pages"
    assert capsys.readouterr().err == f"cvtools: docs: {complaint} this: shorten it\n"


def test_time_of_a_page_is_limited_in_stock_sphinx(pages: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PAGE_TIME", 0.5)
    add(pages, "doctree-read")
    with pytest.raises(SourceError, match=r"slow\.md: reading takes longer than 0.5 s"):
        pages.build("html")


def test_processor_time_is_limited_in_stock_sphinx(pages: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BUILD_CPU", 0.6)
    monkeypatch.setattr(limits, "BUILD_CPU_PER_PAGE", 0)
    add(pages, "env-updated")
    with pytest.raises(SourceError, match=r"docs: the build takes more than 1 s of processor time"):
        pages.build("html")


@pytest.mark.parametrize(("event", "work"), [("source-read", "reading"), ("doctree-resolved", "writing")])
def test_page_that_exceeds_memory_ends_the_build(pages: Project, event: str, work: str) -> None:
    add(pages, event, "x = bytearray(10_000_000_000)\n        except MemoryError:\n            raise")
    command = [sys.executable, "-c", "import sys; from cvtools.cli import main; sys.exit(main())", "build", "--html"]
    done = subprocess.run(command, cwd=pages.folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == f"cvtools: docs/slow.md: {work} takes more memory than there is: shorten it\n"
    assert done.returncode == 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_page_with_too_much_html_ends_the_build(pages: Project, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    pages.write({"slow.md": "# slow\n\n" + "word " * 2000})
    monkeypatch.setattr(limits, "PAGE_HTML", 9_000)
    with pytest.raises(SourceError, match=r"slow\.md: this page becomes more than 0 MB of HTML: shorten it"):
        pages.build("html", jobs=jobs)


def test_book_with_too_much_html_ends_the_build(pages: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WEBSITE_HTML", 9_000)
    with pytest.raises(SourceError, match=r"docs/\w+\.md: the website becomes more than 0 MB of HTML: shorten it"):
        pages.build("html")


def test_project_with_too_many_pages_is_refused(
    pages: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(limits, "PAGES", 9)
    assert not build(pages.folder, pdf=False)
    assert capsys.readouterr().err == "cvtools: docs: a project may have at most 9 pages: split it into several\n"


@pytest.mark.parametrize("jobs", [1, 2])
def test_fault_of_a_page_ends_the_build_with_any_number_of_readers(
    project: Project, jobs: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sphinx loses the error of a process that fails while others are being started."""
    pages = {f"{number:03}.md": f"# {number}\n" for number in range(100)}
    pages["index.md"] = "# Ada\n\n```{toctree}\n:glob:\n*\n```\n"
    pages["000.md"] = "# 0\n\n" + "- " * 60 + "a\n"
    project.write(pages)
    assert not build(project.folder, pdf=False, jobs=jobs)
    assert "docs/000.md:3: more than 40 levels are nested here" in capsys.readouterr().err


def test_fault_in_writing_ends_the_build_with_several_writers(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = {f"{number:03}.md": f"# {number}\n\n" + "word *a*\n" * 30 for number in range(60)}
    pages["index.md"] = "# Ada\n\n```{toctree}\n:glob:\n*\n```\n"
    pages["001.md"] = "# 1\n\n" + "word\n" * 3000
    project.write(pages)
    monkeypatch.setattr(limits, "PAGE_HTML", 12_000)
    assert not build(project.folder, pdf=False, jobs=2)
    assert capsys.readouterr().err == "cvtools: docs/001.md: this page becomes more than 0 MB of HTML: shorten it\n"


def test_timers_end_with_the_build(pages: Project) -> None:
    import signal

    before = signal.getsignal(signal.SIGPROF), signal.getsignal(signal.SIGALRM)
    assert build(pages.folder, pdf=False)
    assert (signal.getsignal(signal.SIGPROF), signal.getsignal(signal.SIGALRM)) == before
    assert signal.getitimer(signal.ITIMER_PROF)[0] == signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_limit_of_a_build_counts_letters_whichever_pages_are_read(pages: Project) -> None:
    pages.build("html")
    before = WATCHDOG.cpu_limit
    pages.write({f"letters/{number}.md": "# Subject\n:to: X\n" for number in range(10)})
    each = limits.BUILD_CPU_PER_LETTER + limits.BUILD_CPU_PER_PAGE
    for letters in ([], ["1"]):
        pages.build("cvlatex" if letters else "html", cv_letters=letters, warns=True)
        assert WATCHDOG.cpu_limit == pytest.approx(before + 10 * each)


BUSY = """
import time

def work(*arguments):
    until = time.process_time() + 0.4
    while time.process_time() < until:
        pass
    return []

def setup(app):
    app.connect("env-updated", work)
"""


@pytest.mark.parametrize("command", [["editions"], ["match", "job.txt"]])
def test_editions_that_a_command_reads_share_one_limit(
    project: Project, command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, seconds in {"": 1, "_PER_PAGE": 0, "_PER_EDITION": 0}.items():
        monkeypatch.setattr(limits, f"BUILD_CPU{name}", seconds)
    editions = 'cv_languages = ["en", "pl"]\ncv_editions = {name: {} for name in "abcde"}\n'
    (project.folder / "conf.py").write_text(CONF.replace('cv_variant = ""\n', editions) + BUSY, "utf-8")
    (project.write({"index.md": "# Ada\n:headline: x\n"}).folder / "job.txt").write_text(
        "Python, Python, Python", "utf-8"
    )
    assert main(command) == 1
    assert "the build takes more than " in capsys.readouterr().err


def spin(*arguments: object, **options: object) -> None:
    while True:
        pass


def test_slow_catalog_ends_a_command(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_polish(project, monkeypatch)
    assert main(["editions"]) == 1
    assert "index.po: reading takes longer than 0.5 s: shorten it" in capsys.readouterr().err


def test_slow_catalog_is_told_in_the_preview(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_polish(project, monkeypatch)
    PreviewBuilder(project.folder, [], "pl").run()
    assert "index.po: reading takes longer than 0.5 s: shorten it" in capsys.readouterr().err


def in_polish(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a project a translation, which is read without end."""
    monkeypatch.setattr(limits, "PAGE_TIME", 0.5)
    monkeypatch.setattr(catalogs, "read_catalog", spin)
    (project.folder / "conf.py").write_text(f'{CONF}cv_languages = ["en", "pl"]\n', "utf-8")
    project.write({"index.md": "# Ada\n:headline: x\n"})
    catalog = project.folder / "locales/pl/LC_MESSAGES/index.po"
    catalog.parent.mkdir(parents=True)
    catalog.write_text('msgid "Ada"\nmsgstr "Ada"\n', "utf-8")
