"""The process that opens PDFs, with PDF bombs and cyclic PDFs."""

import resource
import sys
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from sysconfig import get_path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from cvtools import limits
from cvtools.checks.pdf import RULES, check
from cvtools.checks.pdf_process import PdfProcess, TooMuchError
from cvtools.cli import FAILED, MISUSED, main
from cvtools.expected_pdf import ExpectedPdf, TextBlock
from cvtools.problems import Problem

TOO_MUCH = "it takes too much memory or time to read: make it again, with fewer pages or simpler pictures"


@cache
def deflated() -> bytes:
    """Return 100 MB of content, deflated twice."""
    return zlib.compress(zlib.compress(b"q " * 50_000_000, 9), 9)


def content_bomb(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, deflated(), Filter=Array([Name.FlateDecode, Name.FlateDecode]))


def form_bomb(pdf: pikepdf.Pdf) -> None:
    """Forms that draw the next one ten times each."""
    form = pdf.make_stream(b"BT (x) Tj ET")
    for _ in range(12):
        resources = Dictionary(XObject=Dictionary(F=form))
        form = pdf.make_stream(b"/F Do " * 10, Type=Name.XObject, Subtype=Name.Form, Resources=resources)
        form.BBox = Array([0, 0, 1, 1])
    pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(F=form))
    pdf.pages[0].obj.Contents = pdf.make_stream(b"/F Do")


def many_pages(pdf: pikepdf.Pdf) -> None:
    """3,000 pages that share one content of 100 lines."""
    font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    page = pdf.pages[0].obj
    page.Resources = pdf.make_indirect(Dictionary(Font=Dictionary(F=font)))
    page.Contents = pdf.make_stream(b"BT /F 8 Tf 8 TL 20 780 Td " + b"(A line of words) Tj T* " * 100 + b"ET")
    for _ in range(2999):
        pdf.pages.append(pdf.pages[0])


def form_chain(pdf: pikepdf.Pdf) -> None:
    """1,500 forms, each within the next one."""
    form = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form)
    for _ in range(1500):
        resources = Dictionary(XObject=Dictionary(F=form))
        form = pdf.make_stream(b"/F Do", Type=Name.XObject, Subtype=Name.Form, Resources=resources)
    pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(F=form))


def form_loop(pdf: pikepdf.Pdf) -> None:
    form = pdf.make_stream(b"/F Do", Type=Name.XObject, Subtype=Name.Form, Resources=Dictionary())
    form.Resources.XObject = Dictionary(F=form)
    pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(F=form))


def tree(pdf: pikepdf.Pdf, kids: pikepdf.Object) -> None:
    pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=kids))


def array_loop(pdf: pikepdf.Pdf) -> None:
    """Kids that hold themselves, twice."""
    kids = pdf.make_indirect(Array([]))
    kids.extend([kids, kids])
    tree(pdf, kids)


def array_doubling(pdf: pikepdf.Pdf) -> None:
    """Kids that hold the next ones twice: 2^60 in all."""
    kids = pdf.make_indirect(Array([]))
    for _ in range(60):
        kids = pdf.make_indirect(Array([kids, kids]))
    tree(pdf, kids)


def element_loop(pdf: pikepdf.Pdf) -> None:
    element = pdf.make_indirect(Dictionary(S=Name.P))
    element.K = Array([Array([element]), element])
    tree(pdf, element)


Make = Callable[[pikepdf.Pdf], None]


def save(path: Path, make: Make) -> Path:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        make(pdf)
        pdf.save(path)
    return path


@pytest.mark.parametrize("make", [content_bomb, form_bomb, many_pages])
def test_pdf_bomb_gives_a_problem(
    tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(limits, "PDF_TIME", 1)
    path = save(tmp_path / "bomb.pdf", make)
    assert main(["check", str(path)]) == FAILED
    assert capsys.readouterr().out == f"{path}: {TOO_MUCH} [readable]\n"


@pytest.mark.parametrize("make", [form_chain, form_loop, array_loop, array_doubling, element_loop])
def test_cyclic_pdf_is_checked_like_any_other(tmp_path: Path, make: Make) -> None:
    """The rules themselves end too, without the limits of the process."""
    path = save(tmp_path / "endless.pdf", make)
    findings = check(path)
    assert "it does not say its language" in " ".join(finding.text for finding in findings)
    assert "cvtools failed" not in str(findings)
    with PdfProcess([path]) as process:
        assert process.check(path, None) == findings


def test_next_pdf_is_checked_by_a_new_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bomb = save(tmp_path / "good.pdf", lambda pdf: None), save(tmp_path / "bomb.pdf", content_bomb)
    with PdfProcess([tmp_path]) as process:
        before = process.check(good, None)
        monkeypatch.setattr(limits, "PDF_TIME", 1)
        assert process.check(bomb, None) == [Problem(TOO_MUCH, code="readable")]
        monkeypatch.undo()
        assert process.check(good, None) == before == check(good)


def test_checks_that_have_begun_give_the_problems_of_each_pdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb, good = save(tmp_path / "bomb.pdf", content_bomb), save(tmp_path / "good.pdf", lambda pdf: None)
    monkeypatch.setattr(limits, "PDF_TIME", 1)
    with PdfProcess([tmp_path]) as process:
        process.begin_check(bomb, None)
        process.begin_check(good, None)
        # The first ends the process, and with it the second check.
        assert process.check(bomb, None) == [Problem(TOO_MUCH, code="readable")]
        monkeypatch.undo()
        assert process.check(good, None) == check(good)
        process.begin_check(good, None)
        assert process.check(good, None) == check(good)


def test_check_that_ended_the_process_does_not_answer_for_the_next(tmp_path: Path) -> None:
    first, second = (save(tmp_path / f"{name}.pdf", lambda pdf: None) for name in ("first", "second"))
    with PdfProcess([tmp_path]) as process:
        process.begin_check(first, None)
        process.process.kill()
        process.process.wait()
        process.begin_check(second, None)
        assert process.check(first, None) == [Problem(TOO_MUCH, code="readable")]
        assert process.check(second, None) == check(second)


def test_time_for_a_pdf_grows_with_its_size_and_no_record(tmp_path: Path) -> None:
    pdf = save(tmp_path / "cv.pdf", lambda pdf: None)
    words = TextBlock("text", "x" * 5_000_000, "")
    with PdfProcess([tmp_path]) as process:
        process.check(pdf, ExpectedPdf(blocks=[words]))
        assert process.seconds < 20
        with pdf.open("ab") as file:
            file.write(b"%" * 5_000_000)
        process.check(pdf, ExpectedPdf(blocks=[words]))
        assert process.seconds > 200


def test_pdf_outside_the_given_paths_cannot_be_read(tmp_path: Path) -> None:
    """The sandbox permits only the paths that the process was started with."""
    (tmp_path / "given").mkdir()
    path = save(tmp_path / "other.pdf", lambda pdf: None)
    with PdfProcess([tmp_path / "given"]) as process, pytest.raises(ValueError, match="cannot be read"):
        process.check(path, None)


def test_name_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "good.pdf", lambda pdf: None).rename(tmp_path / "b\udcff.pdf")
    with PdfProcess([path]) as process, pytest.raises(ValueError, match="its name is not valid here: rename it"):
        process.check(path, None)


def test_packages_may_be_in_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "good.pdf", lambda pdf: None)
    vendored = tmp_path / "vendored"
    vendored.symlink_to(get_path("platlib"))
    others = [folder for folder in sys.path if not folder.endswith("-packages")]
    monkeypatch.setattr(sys, "path", [*others, str(vendored)])
    with PdfProcess([path]) as process:
        assert process.check(path, None) == check(path)


def test_process_that_does_not_start_gives_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = save(tmp_path / "good.pdf", lambda pdf: None)
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho Traceback >&2\necho 'ModuleNotFoundError: odd' >&2\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    assert main(["check", str(path)]) == MISUSED
    line = f"cvtools: {path}: the process that reads PDFs does not start: ModuleNotFoundError: odd"
    assert line in capsys.readouterr().err.splitlines()


def test_exception_in_a_rule_is_reported_as_a_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(pdf: object) -> Iterator[tuple[str]]:
        yield (dict[str, str]()["x"],)

    monkeypatch.setitem(RULES, "size", wrong)
    findings = check(save(tmp_path / "good.pdf", lambda pdf: None))
    text = "cvtools failed at this rule (KeyError('x')): please report it, the PDF need not be at fault"
    assert Problem(text, code="size") in findings
    # The other rules hold all the same.
    assert "declared" in {finding.code for finding in findings}


def test_exception_where_memory_is_short_is_not_reported_as_a_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RULES, "size", lambda pdf: iter([dict[str, Problem]()["x"]]))
    monkeypatch.setattr(resource, "getrlimit", lambda name: (10_000_000, 10_000_000))
    with pytest.raises(MemoryError):
        check(save(tmp_path / "good.pdf", lambda pdf: None))


def test_draw_gives_a_picture_of_a_page(tmp_path: Path) -> None:
    path = save(tmp_path / "good.pdf", lambda pdf: None)
    with PdfProcess([path]) as process:
        pages, picture = process.draw(path, 1, 100)
        assert (pages, picture[:2]) == (1, b"BM")
        assert int.from_bytes(picture[18:22], "little") == 100
        assert process.draw(path, 2, 100) == (1, b"")
        path.write_bytes(b"no PDF")
        with pytest.raises(ValueError, match="Data format error"):
            process.draw(path, 1, 100)


def test_texts_omit_the_footer(tmp_path: Path) -> None:
    def words(pdf: pikepdf.Pdf) -> None:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        pdf.pages[0].obj.Resources = Dictionary(Font=Dictionary(F=font))
        pdf.pages[0].obj.Contents = pdf.make_stream(b"BT /F 9 Tf 20 200 Td (Words) Tj 0 -172 Td (Foot) Tj ET")
        pdf.add_blank_page()

    path = save(tmp_path / "good.pdf", words)
    with PdfProcess([path]) as process:
        assert process.texts(path, 40) == ["Words", ""]
        assert process.texts(path, 0)[0].split() == ["Words", "Foot"]
        path.write_bytes(b"no PDF")
        with pytest.raises(ValueError, match="Data format error"):
            process.texts(path, 0)


@pytest.mark.parametrize(
    "ask",
    [lambda process, path: process.draw(path, 1, 100), lambda process, path: process.texts(path, 0)],
    ids=["draw", "read"],
)
def test_page_bomb_raises_too_much_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Callable[[PdfProcess, Path], object]
) -> None:
    monkeypatch.setattr(limits, "PDF_TIME", 1)
    path = save(tmp_path / "bomb.pdf", content_bomb)
    with PdfProcess([path]) as process, pytest.raises(TooMuchError, match="too much memory or time"):
        ask(process, path)
