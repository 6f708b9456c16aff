"""Catalogs among the pages: copies of them are compiled, and nothing is written beside them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from cvtools import limits
from cvtools.build import build
from cvtools.sphinx_warnings import SourceError
from tests.projects import Project, png

PAGE = "# Ada\n\nWords.\n"
MESSAGES = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Words."\nmsgstr "Słowa."\n'
INDEX = "locales/en/LC_MESSAGES/index.po"


@pytest.fixture
def translated(project: Project) -> Project:
    return project.write({"index.md": PAGE, INDEX: MESSAGES})


def test_translation_among_the_pages_is_read_and_nothing_is_written_there(translated: Project) -> None:
    assert "Słowa." in translated.build("html").read("index.html")
    assert [path.name for path in translated.docs.rglob("*.[mp]o")] == ["index.po"]


def test_page_is_read_anew_only_when_its_translation_changes(translated: Project) -> None:
    page = translated.folder / "out/html/index.html"
    translated.build("html")
    before = page.stat().st_mtime_ns
    translated.build("html")
    assert page.stat().st_mtime_ns == before
    # What it says now is read by another process only: Python's gettext reads a file but once.
    translated.write({INDEX: MESSAGES.replace("Słowa", "Inne")})
    translated.build("html")
    assert page.stat().st_mtime_ns > before


@pytest.mark.parametrize("name", ["index", "sphinx"])
def test_link_beside_a_catalog_is_not_written_through(translated: Project, name: str) -> None:
    victim = translated.folder / "victim"
    victim.write_text("mine")
    os.utime(victim, (0, 0))
    catalog = translated.docs / INDEX
    catalog = catalog.rename(catalog.with_stem(name))
    catalog.with_suffix(".mo").symlink_to(victim)
    assert build(translated.folder, pdf=False) is (name == "index")
    assert victim.read_text() == "mine"


def test_compiled_catalog_that_a_page_brings_is_not_read(translated: Project) -> None:
    path = (translated.docs / INDEX).with_suffix(".mo")
    with (translated.docs / INDEX).open() as source, path.open("wb") as compiled:
        write_mo(compiled, read_po(source))
    (translated.docs / INDEX).unlink()
    assert "Words." in translated.build("html").read("index.html")


def link(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parents[4] / "catalog.po")


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def long_name(path: Path) -> None:
    path.rename(path.with_name(f"{'名' * 80}.po"))


def folder_link(path: Path) -> None:
    path.parent.rename(path.parents[4] / "elsewhere")
    path.parent.symlink_to(path.parents[4] / "elsewhere")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (link, "a link, a folder or a device: put the catalog itself there"),
        (long_name, "the name of a catalog is too long for a file: shorten it"),
        (pipe, "a link, a folder or a device: put the catalog itself there"),
        (folder_link, "a symbolic link"),
        (lambda path: path.write_bytes(b"\xff"), "the byte 0xff is not UTF-8: save the file as UTF-8"),
        (lambda path: path.write_text(MESSAGES + "# \n" * 400_000), "a catalog may have at most 1000 kB: shorten it"),
        (
            lambda path: path.write_text(f'msgid "a"\nmsgstr "{"b" * (limits.LINE_LENGTH + 1)}"\n'),
            "index.po:1: a translated message may have at most 10000 characters: split it into several",
        ),
        (
            lambda path: path.write_text('msgid "a"\nmsgstr ""\n' + f'"{"b" * 99}"\n' * 102),
            "a translated message may have at most 10000 characters",
        ),
        (
            lambda path: path.write_text('#~ msgid "a"\n #~  msgid_plural "b"\n#~ msgstr[0] "c"\n'),
            "index.po:2: a message of a page has no plural: translate it as one",
        ),
        (
            lambda path: path.write_text(
                'msgid ""\nmsgstr "Plural-Forms: nplurals=1000000000; plural=0;\\n"\n\n'
                'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n'
            ),
            "a message of a page has no plural: translate it as one",
        ),
        (
            lambda path: path.write_text('msgid "a"\nmsgstr "all \\"b\\" of "\n"it\n'),
            "index.po:3: write this between quotation marks",
        ),
        (
            lambda path: path.write_text('msgid "a"\nmsgstr "b "c" d"\n'),
            "index.po:2: write this between quotation marks",
        ),
        (lambda path: path.write_text('msgid "a"\nodd "b"\n'), "this is no catalog: "),
        (lambda path: path.write_text('msgid "a"\nmsgstr[x] "b"\n'), "this is no catalog: invalid"),
    ],
)
def test_catalog_that_is_none_is_refused(translated: Project, change: Callable[[Path], object], rule: str) -> None:
    change(translated.docs / INDEX)
    with pytest.raises(SourceError, match=rule):
        translated.build("html")


def test_translation_may_say_msgid_plural(translated: Project) -> None:
    translated.write({INDEX: MESSAGES.replace("Słowa", "About msgid_plural")})
    assert "About msgid_plural." in translated.build("html").read("index.html")


def test_catalog_that_is_older_than_its_copy_is_not_parsed_again(
    translated: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    translated.build("html")
    monkeypatch.setattr("babel.messages.pofile.read_po", None)
    assert "Słowa." in translated.build("html").read("index.html")


def test_catalog_that_is_moved_into_place_is_parsed_whatever_its_time(translated: Project) -> None:
    translated.build("html")
    other = translated.folder / "other.po"
    other.write_text("odd\n")
    os.utime(other, (0, 0))
    other.rename(translated.docs / INDEX)
    with pytest.raises(SourceError, match="this is no catalog"):
        translated.build("html")


@pytest.mark.parametrize("charset", ["zip", "utf-7", "idna", "unicode_escape"])
def test_header_of_a_catalog_does_not_tell_how_to_read_it(translated: Project, charset: str) -> None:
    translated.write({INDEX: MESSAGES.replace("UTF-8", charset)})
    assert "Słowa." in translated.build("html").read("index.html")


def test_catalogs_together_are_limited(translated: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CATALOGS_SIZE", len(MESSAGES.encode()))
    translated.write({"locales/pl/LC_MESSAGES/index.po": MESSAGES})
    translated.build("html")
    translated.write({"locales/en/LC_MESSAGES/more.po": MESSAGES})
    with pytest.raises(SourceError, match="all catalogs may have"):
        translated.build("html")


def test_catalogs_beside_conf_py_are_the_projects_own(translated: Project) -> None:
    (translated.docs / "locales").rename(translated.folder / "locales")
    assert "Słowa." in translated.build("html", locale_dirs=["../locales"]).read("index.html")


def test_control_characters_of_a_translation_are_taken_away(translated: Project) -> None:
    (translated.docs / "p.png").write_bytes(png(4, 4))
    message = '\nmsgid "pic"\nmsgstr "A\x1b]0;x\x07\x01\x9b31m"\n'
    translated.write({"index.md": f"{PAGE}\n![pic](p.png)\n", INDEX: MESSAGES + message})
    page = translated.build("html").read("index.html")
    assert 'alt="A]0;x31m"' in page
