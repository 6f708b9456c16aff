"""BibTeX becomes a page of publications."""

from pathlib import Path

import pytest

from tests.importers.pages import imported

FILE = r"""
@article{arches, author = {Example, Ada and Tester, Bob}, title = {On {\"A}rches}, journal = {Acta}, year = 2019,
  abstract = {Of *stone*.}, keywords = {bridges}, file = {:home/ada/arches.pdf:PDF}}
@misc{web, author = {Ada Example}, title = {Web}, url = {https://web.example/a_b}, year = 2021}
"""


def test_entries_are_publications_of_the_most_frequent_author(tmp_path: Path) -> None:
    pages, unread = imported(tmp_path, "refs.bib", FILE)
    assert pages["index"] == (
        "# Ada Example\n\n## Publications\n\n### Web\n:authors: Ada Example\n:date: 2021\n:page: <https://web.example/a_b>\n\n"
        "### On Ärches\n:authors: Ada Example, Bob Tester\n:venue: Acta\n:date: 2019\n\nOf \\*stone\\*.\n\n- Keywords: bridges\n"
    )
    assert unread == [
        "line 2: arches: left out, as notes of the program that made it: file",
        "line 2: arches.keywords has no field of its own: it is in the text",
    ]


def test_values_without_a_field_have_one_line_for_each_kind(tmp_path: Path) -> None:
    entries = [
        f"@misc{{DBLP:a/{n}, title = {{T{n}}}, keywords = {{k}}, note = {{n}}, groups = {{g}}}}\n" for n in range(3)
    ]
    _, unread = imported(tmp_path, "refs.bib", "".join(entries))
    assert unread == [
        "line 1: DBLP:a/0: left out, as notes of the program that made it: groups (2 more like this)",
        "line 1: DBLP:a/0.keywords has no field of its own: it is in the text (2 more like this)",
        "line 1: DBLP:a/0.note has no field of its own: it is in the text (2 more like this)",
    ]


def test_damaged_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"damaged BibTeX: line 5: premature end of file"):
        imported(tmp_path, "refs.bib", f"{FILE}@article{{x, title = {{y")


def test_file_of_abbreviations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="without an entry: name a file"):
        imported(tmp_path, "refs.bib", '@comment{x,}\n@string{a = "x"}')


def test_second_entry_of_a_key_is_left_out(tmp_path: Path) -> None:
    entries = "@misc{x, title = {Arches}}\n@misc{y, title = {Ink}}\n@misc{x, title = {Stone}}"
    pages, unread = imported(tmp_path, "refs.bib", entries)
    assert pages["index"].endswith("### Arches\n\n### Ink\n")
    assert unread == ['line 3: the key "x" is there twice: the second entry is left out']
