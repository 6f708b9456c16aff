"""What a stranger may put beside the pages: catalogs, letters, thousands of files."""

import itertools
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from cvtools import limits
from cvtools.build.lualatex import LuaLatex
from cvtools.build.processes import run_all
from cvtools.build.tex_pool import TexPool
from cvtools.cli import main
from cvtools.problems import Problem, Report
from cvtools.project import ProjectPaths
from cvtools.reading.catalogs import find_catalogs
from cvtools.sphinx_warnings import SourceError

CONF = 'project = "Ada"\nextensions = ["cvtools"]\ncv_today = "2024-06"\ncv_languages = ["en", "pl"]\n'
INDEX = "# Ada\n:headline: x\n\nWords.\n\n## Work\n\n### Developer\n:organization: Corp\n:period: 2020 – 2021\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a project with a folder for Polish catalogs."""
    made = tmp_path / "project"
    (made / "locales/pl/LC_MESSAGES").mkdir(parents=True)
    (made / "docs").mkdir()
    (made / "conf.py").write_text(CONF)
    (made / "docs/index.md").write_text(INDEX)
    return made


def link_folder(locales: Path, outside: Path) -> None:
    (locales / "pl/LC_MESSAGES").rmdir()
    (locales / "pl").rmdir()
    (locales / "pl").symlink_to(outside)


def link_folder_within(locales: Path, outside: Path) -> None:
    (locales / "pl/LC_MESSAGES").rmdir()
    (locales / "pl/LC_MESSAGES").symlink_to(outside)


def link_catalog(locales: Path, outside: Path) -> None:
    (locales / "pl/LC_MESSAGES/index.po").symlink_to(outside / "victim")


def link_device(locales: Path, outside: Path) -> None:
    (locales / "pl/LC_MESSAGES/index.po").symlink_to("/dev/zero")


def make_folder(locales: Path, outside: Path) -> None:
    (locales / "pl/LC_MESSAGES/index.po").mkdir()


def make_pipe(locales: Path, outside: Path) -> None:
    os.mkfifo(locales / "pl/LC_MESSAGES/index.po")


@pytest.mark.parametrize(
    ("place", "command"),
    [
        *((place, "translate") for place in (link_folder_within, link_catalog, make_folder)),
        # Sphinx itself would write into the first, and read the others without end.
        *itertools.product((link_folder, link_device, make_pipe), ("translate", "build --html")),
    ],
)
def test_catalogs_elsewhere_are_neither_read_nor_written(
    folder: Path, place: Callable[[Path, Path], None], command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "victim").write_text("kept")
    place(folder / "locales", outside)
    assert main([*command.split(), str(folder)]) == 1
    assert "a link" in (said := capsys.readouterr().err)
    assert ".new" not in said
    assert [path.name for path in outside.rglob("*")] == ["victim"]
    assert (outside / "victim").read_text() == "kept"


def test_words_of_the_theme_beside_the_project_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    victim = folder.parent / "victim"
    victim.write_text("kept")
    (folder / "locales/pl/LC_MESSAGES/sphinx.po").write_text('msgid "Search"\nmsgstr "<script>"\n')
    (folder / "locales/pl/LC_MESSAGES/sphinx.mo").symlink_to(victim)
    assert main(["build", "--html", str(folder)]) == 1
    assert "a page cannot translate the theme: delete it" in capsys.readouterr().err
    assert victim.read_text() == "kept"


@pytest.mark.parametrize("name", ["a\nb.po", "\x1b[31m.po", "\u202eop.po"])
def test_catalog_with_a_name_that_is_not_seen_is_refused(folder: Path, name: str) -> None:
    (folder / "locales/pl/LC_MESSAGES" / name).touch()
    with pytest.raises(SourceError, match="not seen: rename it"):
        list(find_catalogs(folder / "locales/pl/LC_MESSAGES"))


def test_names_and_links_forge_no_part_of_a_patch(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "conf.py").write_text(CONF.replace('["en", "pl"]', '["en"]') + 'cv_editions = {"full": {}}\n')
    (folder / "docs/index.md").write_text(INDEX.replace("Words", "[]{.only-full}Words"))
    (folder.parent / "secret").write_text("SECRET []{.only-full}\n")
    forged = folder / "locales/x\n--- a/conf.py\n+++ b/conf.py\n@@ -1 +1,2 @@\n+import os\n.po"
    forged.parent.mkdir(parents=True)
    forged.write_text('msgid "{.only-full}"\n')
    (folder / "locales/link.po").symlink_to(folder.parent / "secret")
    job = folder.parent / "job.txt"
    job.write_text("A Developer at Corp.\n")
    assert main(["match", str(job), str(folder), "--edition", "acme"]) == 0, capsys.readouterr().err
    patch = (folder / "build/acme.patch").read_text()
    assert ".only-acme" in patch
    assert "conf.py" not in patch
    assert "SECRET" not in patch


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("letters/x.md", b"# Letter\n:to: Zo\xeb\n", "this is not UTF-8"),
        ("talks/a.md", b"# Talk\r:event: x\r", "save it with Unix line ends"),
    ],
)
def test_page_that_no_patch_can_hold_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, text: bytes, told: str
) -> None:
    (folder / "conf.py").write_text(CONF.replace('["en", "pl"]', '["en"]'))
    (folder / "docs" / name).parent.mkdir()
    (folder / "docs" / name).write_bytes(text)
    (folder / "job.txt").write_text("A Developer at Corp.\n")
    assert main(["match", str(folder / "job.txt"), str(folder), "--edition", "acme"]) == 1
    assert f"/docs/{name}: " in (said := capsys.readouterr().err)
    assert told in said


@pytest.mark.parametrize("command", ["editions", "match"])
def test_long_heading_or_term_makes_no_wide_table(
    folder: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    (folder / "conf.py").write_text(CONF.replace('["en", "pl"]', '["en"]'))
    (folder / "docs/index.md").write_text(INDEX.replace("Developer", f"{'Long' * 900} Zed") + f"\n- {'Kafka' * 900}\n")
    (job := folder.parent / "job.txt").write_text(f"We need Zed and {'Kafka' * 900}.\n")
    assert main([command, *([str(job)] if command == "match" else []), str(folder)]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) < 5 * limits.NAME_LENGTH


def test_catalog_that_takes_long_to_renew_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(limits, "PAGE_TIME", 1)
    words = [f"{number:03} {'abc ' * 12}{number % 7}" for number in range(500)]
    (folder / "docs/index.md").write_text("# Ada\n:headline: x\n\n" + "\n\n".join(words) + "\n")
    old = (f'msgid "{number} {word[::-1]}"\nmsgstr "x"\n' for number, word in enumerate(words * 5))
    (folder / "locales/pl/LC_MESSAGES/index.po").write_text("\n".join(old))
    assert main(["translate", str(folder)]) == 1
    assert "index.po: renewing takes longer than 1 s: shorten it" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["docs", "docs/a/b", "locales/pl"])
def test_too_many_files_are_one_line(
    folder: Path, place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(limits, "FILES", 20)
    (folder / place).mkdir(parents=True, exist_ok=True)
    for number in range(21):
        (folder / place / f"{number}.txt").touch()
    assert main(["build", "--html", str(folder)]) == 2
    assert "docs and locales have more than 20 files: move others elsewhere" in capsys.readouterr().err


def test_folders_in_too_many_others_are_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "docs" / "a" / Path(*["b"] * 30)).mkdir(parents=True)
    assert main(["build", "--html", str(folder)]) == 2
    assert "is in more than 30 folders: move it up" in capsys.readouterr().err


def test_few_letters_are_typeset_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process for each would take all memory."""
    running: list[LuaLatex] = []
    most = 0

    def is_done(run: LuaLatex) -> bool:
        if run in running:
            running.remove(run)
        return run not in running

    def typeset(run: LuaLatex, *fonts: Path) -> None:
        nonlocal most
        running.append(run)
        most = max(most, len(running))

    monkeypatch.setattr(LuaLatex, "typeset", typeset)
    monkeypatch.setattr(LuaLatex, "is_done", is_done)
    pool = TexPool(tmp_path, ProjectPaths(tmp_path / "build"))
    for number in range(20):
        letter = tmp_path / f"{number}.tex"
        letter.touch()
        pool.typeset(letter, ())
    assert 0 < most <= limits.TEX_PROCESSES


@pytest.mark.parametrize(
    "header",
    [
        'msgid ""\nmsgstr "charset=ascii"',
        '# Ada\n\nmsgid ""\nmsgstr ""\n"Language: ../x\\n"\n"Content-Type: text/plain; charset=utf-16\\n"',
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=CHARSET\\n"\n"Plural-Forms: nplurals=9; plural=x\\n"',
        'msgid "x"\nmsgstr "y"\n\nmsgid ""\nmsgstr "Content-Type: text/plain; charset=unicode_escape\\n"',
        'msgctxt "x"\nmsgid ""\nmsgstr "Content-Type: text/plain; charset=latin-1\\n"',
    ],
)
def test_header_of_a_catalog_decides_on_no_encoding(folder: Path, header: str) -> None:
    catalog = folder / "locales/pl/LC_MESSAGES/index.po"
    catalog.write_text(f'{header}\n\nmsgid "Words."\nmsgstr "Słowa „λ”."\n', "utf-8")
    assert main(["translate", str(folder)]) == 0
    text = catalog.read_text("utf-8")
    assert 'msgid "Words."\nmsgstr "Słowa „λ”."\n' in text
    assert re.findall(r'charset=([^"\\]*)', text) == ["UTF-8"]


def test_name_for_a_file_that_is_being_written_is_no_way_out(folder: Path) -> None:
    victim = folder.parent / "victim"
    victim.write_text("kept")
    (folder / "locales/pl/LC_MESSAGES/.index.po.new").symlink_to(victim)
    assert main(["translate", str(folder)]) == 0
    assert victim.read_text() == "kept"
    assert not (folder / "locales/pl/LC_MESSAGES/index.po").is_symlink()


def test_editions_have_one_limit_of_processor_time(capsys: pytest.CaptureFixture[str]) -> None:
    def hang(report: Report) -> bool:
        while True:
            pass

    told: list[Problem] = []
    names = ["full", "short", "pl", "short-pl"]
    assert run_all(dict.fromkeys(names, hang), lambda name, problem: told.append(problem), 1) == names
    rule = "the editions take more than 1 s of processor time: shorten the pages"
    assert [(problem.path, problem.text, problem.level) for problem in told] == [("docs", rule, "fatal")]
