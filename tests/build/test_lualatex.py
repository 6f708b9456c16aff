"""LuaLaTeX runs: their PDFs, their errors with source locations, and their limits."""

import ast
import hashlib
import json
import os
import shutil
import struct
import subprocess
from pathlib import Path

import pikepdf
import pytest

from cvtools import limits, sandbox
from cvtools.build import lualatex
from cvtools.build.lualatex import LuaLatex, TypesettingError
from cvtools.build.texlive import font_cache
from cvtools.checks.readers import readers
from cvtools.config import CvConfig
from cvtools.writing.latex.preamble import copy_support, preamble, preamble_of

GOOD = "\\documentclass{article}\\begin{document}\n%% docs/index.md:3\nHello\n\\end{document}\n"


def run(folder: Path, latex: str, epoch: int = 0) -> LuaLatex:
    tex = folder / "work" / "cv.tex"
    copy_support(tex.parent)
    tex.write_text(latex, "utf-8")
    run = LuaLatex(tex, folder / "cv.pdf", epoch)
    run.typeset()
    return run


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a PDF and its state."""
    folder = tmp_path_factory.mktemp("original")
    run(folder, GOOD).wait()
    return folder


@pytest.fixture
def made(original: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder, for tests that damage it."""
    return shutil.copytree(original, tmp_path / "made")


def test_unchanged_document_is_typeset_once(tmp_path: Path) -> None:
    result = run(tmp_path, GOOD).wait()
    assert (result.pages, result.changed) == (1, True)
    again = run(tmp_path, GOOD)
    assert again.process is None
    assert not again.wait().changed
    assert run(tmp_path, GOOD, epoch=1).wait().changed


@pytest.mark.parametrize(
    ("latex", "reason"),
    [
        ("\\nonsense", "TeX knows no command"),
        ("\\usepackage{x}", "TeX says: LaTeX Error: Can be used only in preamble"),
        ("\\hskip99999999pt", "something, such as a picture, is too large"),
        ("\\begin{quote}" * 9, "TeX says: LaTeX Error: Too deeply nested"),
        ("\\def\\x{\\x a}\\x", "TeX ran out of memory"),
        ("\\(x^2^3\\)", "TeX says: Double superscript"),
        ("\\directlua{error('boom')}", r"TeX says: \[\\directlua\]:1: boom"),
    ],
)
def test_failing_run_keeps_the_last_pdf(tmp_path: Path, latex: str, reason: str) -> None:
    (tmp_path / "cv.pdf").write_bytes(b"the last good one")
    with pytest.raises(TypesettingError, match=f"docs/index.md:3: cv.pdf could not be made: {reason}"):
        run(tmp_path, GOOD.replace("Hello", latex)).wait()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cv.pdf", "work"]
    assert (tmp_path / "cv.pdf").read_bytes() == b"the last good one"


def formulas(*lines: str) -> str:
    """Return a document with formulas, each on a line of the source."""
    marked = "".join(f"%% docs/index.md:{number}\n{line}\n" for number, line in enumerate(lines, 1))
    return f"\\documentclass{{article}}\\newcommand\\cvmath[2]{{#2}}\\begin{{document}}\n{marked}\\end{{document}}\n"


def words_of(pdf: Path) -> list[str]:
    return " ".join(readers()["pdftotext"](pdf).pages()).split()


BAD = r"\cvmath{x\textasciicircum{}2\textasciicircum{}3 \mbox{-}}{\(x^2^3\)}"


def test_formula_that_stops_tex_is_set_as_written(tmp_path: Path) -> None:
    display = "\\cvmath{a\\textbackslash{}\\}}{\\[{1&}\\]\n}"
    made = run(tmp_path, formulas("One", f"Two {BAD}", r"\cvmath{y}{\(\frac12\)}", f"Four {display} x"))
    (first, second) = made.wait().warnings
    assert str(first) == (
        "docs/index.md:2: dist/cv.pdf: formulas here are shown as written: TeX says: Double superscript. [typeset]"
    )
    assert (second.line, second.level) == (4, "warning")
    assert "Misplaced alignment tab character &" in second.text
    assert "".join(words_of(tmp_path / "cv.pdf")) == r"OneTwox^2^3-12Foura\}x1"
    # The document is as before, so the next build knows that it has been typeset.
    again = run(tmp_path, made.tex.read_text("utf-8"))
    assert (again.process, again.wait().warnings) == (None, [first, second])


def test_formula_in_a_field_has_the_line_of_the_field(tmp_path: Path) -> None:
    good = r"\cvmath{y}{\(y\)}"
    written = [
        f"\\def\\{name}{{A %% docs/index.md:{line}\n{formula}}}"
        for name, line, formula in (("x", 7, BAD), ("y", 8, BAD.replace("2", "4")), ("z", 9, good))
    ]
    result = run(tmp_path, formulas("One", "\n".join([*written, r"\x\y\z"]))).wait()
    assert [(problem.line, problem.text.partition(":")[0]) for problem in result.warnings] == [
        (line, "formulas here are shown as written") for line in (7, 8)
    ]
    assert words_of(tmp_path / "cv.pdf")[:-1] == ["One", "A", "x^2^3", "-A", "x^4^3", "-A", "y"]


def test_formulas_beside_many_that_stop_tex_are_set(tmp_path: Path) -> None:
    result = run(tmp_path, formulas(r"\cvmath{y}{\(\frac12\)}", *[BAD] * 8)).wait()
    assert [problem.line for problem in result.warnings] == [*range(2, 10)]
    assert all(problem.text.startswith("formulas here are shown as written: ") for problem in result.warnings)
    assert words_of(tmp_path / "cv.pdf")[:-1] == ["1", "2", *["x^2^3", "-"] * 8]


def test_many_formulas_that_stop_tex_end_no_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TEX_RUNS", 1)
    result = run(tmp_path, formulas(BAD, BAD, BAD, BAD)).wait()
    assert [problem.line for problem in result.warnings] == [1, 2]
    assert result.warnings[1].text.startswith("all formulas are shown as written: ")
    assert words_of(tmp_path / "cv.pdf")[:-1] == ["x^2^3", "-"] * 4


def test_error_beside_formulas_is_reported(tmp_path: Path) -> None:
    with pytest.raises(TypesettingError, match=r"docs/index.md:2: cv.pdf could not be made: TeX knows no command"):
        run(tmp_path, formulas(BAD, r"\nonsense", BAD)).wait()
    made = run(tmp_path, formulas(f"{BAD} \\nonsense"))
    for _ in range(2):
        with pytest.raises(TypesettingError, match=r"docs/index.md:1: cv.pdf could not be made: TeX knows no command"):
            made.wait()


def test_run_without_a_page_is_reported(tmp_path: Path) -> None:
    with pytest.raises(TypesettingError, match="there is nothing to set"):
        run(tmp_path, GOOD.replace("Hello", "{")).wait()


def test_unreadable_picture_is_reported(tmp_path: Path) -> None:
    copy_support(tmp_path / "work")
    (tmp_path / "work" / "image-0.png").write_bytes(b"no picture")
    latex = GOOD.replace("{article}", "{article}\\usepackage{graphicx}").replace(
        "Hello", "\\includegraphics{image-0.png}"
    )
    with pytest.raises(
        TypesettingError, match=r"docs/index.md:3: cv.pdf could not be made: the picture \S*image-0.png cannot be read"
    ):
        run(tmp_path, latex).wait()


def test_missing_lualatex_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(TypesettingError, match="the PDFs need LuaLaTeX, which is not installed: sudo apt-get install"):
        run(tmp_path, GOOD)


def page(folder: Path, family: str = "pagella") -> tuple[Path, str]:
    """Return the path of a document, beside the class, and its preamble."""
    copy_support(folder / "work")
    return folder / "work" / "cv.tex", preamble(CvConfig(font=family), "cv")


BODY = (
    "\n\\cvsetup{name=Ada,title=Ada}\n\\begin{document}\n%% docs/index.md:3\n\\cvpar Hello\\cvendpar\n\\end{document}\n"
)


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the PDF of a run that was not preloaded."""
    folder = tmp_path_factory.mktemp("cold")
    _, first = page(folder)
    run(folder, first + BODY).wait()
    return (folder / "cv.pdf").read_bytes()


def test_preloaded_run_gives_the_same_pdf(tmp_path: Path, cold: bytes) -> None:
    tex, first = page(tmp_path)
    waiting = LuaLatex(tex, tmp_path / "cv.pdf", 0, first)
    process = waiting.process
    assert process
    assert not waiting.is_done()
    tex.write_text(first + BODY, "utf-8")
    waiting.typeset()
    assert waiting.wait().pages == 1
    assert waiting.process is process
    assert (tmp_path / "cv.pdf").read_bytes() == cold
    assert preamble_of(tex) == first


def test_run_with_another_preamble_starts_again(tmp_path: Path, cold: bytes) -> None:
    tex, first = page(tmp_path)
    waiting = LuaLatex(tex, tmp_path / "cv.pdf", 0, preamble(CvConfig(font_size=11, font="heros"), "book"))
    tex.write_text(first + BODY, "utf-8")
    waiting.typeset()
    waiting.wait()
    assert (tmp_path / "cv.pdf").read_bytes() == cold


def test_fault_after_preloading_has_its_location(tmp_path: Path) -> None:
    tex, first = page(tmp_path)
    waiting = LuaLatex(tex, tmp_path / "cv.pdf", 0, first)
    tex.write_text(first + BODY.replace("Hello", "\\nonsense"), "utf-8")
    waiting.typeset()
    with pytest.raises(TypesettingError, match=r"docs/index\.md:3: cv\.pdf could not be made: TeX knows no command"):
        waiting.wait()


def test_preamble_with_a_missing_font_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # To make it, TeX would look for the font among all that are installed, as the run itself does.
    monkeypatch.setattr(lualatex, "font_cache", lambda *_: None)
    tex, first = page(tmp_path, "nonesuch")
    waiting = LuaLatex(tex, tmp_path / "cv.pdf", 0, first)
    assert waiting.process
    waiting.process.wait(120)
    tex.write_text(first + BODY, "utf-8")
    waiting.typeset()
    with pytest.raises(TypesettingError, match="the font texgyrenonesuch-regular is not installed"):
        waiting.wait()


def test_preloaded_run_ends_when_its_input_is_closed(tmp_path: Path) -> None:
    tex, first = page(tmp_path)
    waiting = LuaLatex(tex, tmp_path / "cv.pdf", 0, first)
    assert waiting.process
    assert waiting.process.stdin
    waiting.process.stdin.close()
    assert waiting.process.wait(120) == 1


def test_inputs_are_compared_by_content(tmp_path: Path) -> None:
    """In a copy, whose files all have other times, TeX runs only after a font has changed."""
    font = tmp_path / "font.otf"
    font.write_bytes(b"one")
    first = LuaLatex(tmp_path / "work/cv.tex", tmp_path / "cv.pdf", 0)
    copy_support(tmp_path / "work")
    first.tex.write_text(GOOD)
    first.typeset(font)
    assert first.wait().changed
    inputs = {Path(path).name for path in json.loads(first.stamp.read_text())["made_from"]["inputs"]}
    assert {"article.cls", "luaotfload-main.lua"} <= inputs
    shutil.copytree(tmp_path / "work", tmp_path / "copy/work", copy_function=shutil.copyfile)
    shutil.copyfile(tmp_path / "cv.pdf", tmp_path / "copy/cv.pdf")
    copied = LuaLatex(tmp_path / "copy/work/cv.tex", tmp_path / "copy/cv.pdf", 0)
    copied.typeset(font)
    assert not copied.wait().changed
    # As it would be, had the font been another.
    one, two = (hashlib.sha256(data).hexdigest() for data in (b"one", b"two"))
    copied.stamp.write_text(copied.stamp.read_text().replace(one, two))
    copied.typeset(font)
    assert copied.wait().changed


def test_endless_run_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TEX_TIME", 1)
    endless = run(tmp_path, "\\loop\\iftrue\\repeat")
    with pytest.raises(TypesettingError, match="TeX was stopped after 1 seconds"):
        endless.wait()


def test_memory_of_a_run_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TEX_MEMORY", 400_000_000)
    hoard = "\\directlua{local t, i = {}, 0 while true do i = i + 1 t[i] = string.rep('x', 1e6) .. i end}"
    with pytest.raises(TypesettingError, match="TeX ran out of memory"):
        run(tmp_path, GOOD.replace("Hello", hoard)).wait()


def test_stop_ends_the_process(tmp_path: Path) -> None:
    unwanted = run(tmp_path, "\\loop\\iftrue\\repeat")
    process = unwanted.process
    unwanted.stop()
    assert process
    assert process.poll() is not None
    unwanted.stop()


def test_tex_reads_no_hidden_file(tmp_path: Path) -> None:
    asked = subprocess.run(
        ["kpsewhich", "--safe-in-name=.secret.tex"], check=False, env={**os.environ, "openin_any": "r"}
    )
    if asked.returncode == 0:
        pytest.skip("TeX Live 2026 forbids no reading")
    copy_support(tmp_path / "work")
    (tmp_path / "work" / ".secret.tex").write_text("secret")
    with pytest.raises(TypesettingError):
        run(tmp_path, GOOD.replace("Hello", "\\input{.secret.tex}")).wait()


#: Attempts of code in a document; each succeeds without the sandbox.
REACHES = {
    "reads": "assert(io.open('/etc/hostname'))",
    "reads the project": "assert(io.open('../../conf.py'))",
    "reads its environment": "assert(io.open('/proc/self/environ'))",
    "writes beside the project": "assert(io.open('../../../new', 'w'))",
    "writes beside the document": "assert(io.open('article.cls', 'w'))",
    "writes the project": "assert(io.open('../../conf.py', 'a'))",
    "writes where later runs find it": "assert(io.open(kpse.expand_var('$TEXMFCACHE') .. '/luatex-cache/planted.lua', 'w'))",
    "removes": "assert(os.remove('../../conf.py'))",
    "makes a folder": "assert(lfs.mkdir('../../folder'))",
}


@pytest.mark.skipif(bool(sandbox.missing()), reason="this kernel has no sandbox")
def test_lua_of_a_document_cannot_leave_the_sandbox(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "build").mkdir(parents=True)
    (project / "conf.py").write_text("secret = 1")
    tries = (
        f"if pcall(function() {code} end) then texio.write_nl('reached {reach}') end" for reach, code in REACHES.items()
    )
    document = GOOD.replace("Hello", f"\\directlua{{{' '.join(tries)}}}Hello")
    tex = project / "build/work/cv.tex"
    run(project / "build", document).wait()
    assert "reached" not in (tex.with_suffix(".output") / "cv.log").read_text("utf-8")
    assert (project / "conf.py").read_text() == "secret = 1"
    assert [path.name for path in tmp_path.rglob("*") if "build" not in path.parts] == ["project", "conf.py"]
    assert not [*tmp_path.rglob("planted.lua"), *tmp_path.rglob("article.cls")]
    # The same code without the sandbox
    (tex.parent / "luatex-cache").mkdir()
    open_ = {**os.environ, "TEXMFCACHE": str(tex.parent), "openin_any": "a", "openout_any": "a"}
    command = ["lualatex", "-interaction=nonstopmode", "-halt-on-error", tex.name]
    done = subprocess.run(command, cwd=tex.parent, env=open_, capture_output=True, text=True, check=False)
    assert [reach for reach in REACHES if f"reached {reach}" not in done.stdout] == []


SEALED = (
    "os.execute", "os.remove", "os.rename", "os.exec", "os.spawn", "io.popen", "lfs.mkdir", "lfs.rmdir", "lfs.touch",
    "debug", "package.loaded.debug", "package.loadlib", "socket", "ffi", "io.open('x', 'w')", "io.open('cv.tex', 'r+')",
)  # fmt: skip


def test_lua_lacks_dangerous_functions(tmp_path: Path) -> None:
    tex, first = page(tmp_path)
    script = "".join(f"assert(not ({name}), '{name.partition('(')[0]}') " for name in SEALED)
    harmless = "assert(io.open('cv.tex')) assert(tex.sprint) texio.write_nl('went on')"
    run(tmp_path, first + BODY.replace("Hello", f"\\directlua{{{script}{harmless}}}Hello")).wait()
    assert "went on" in (tex.with_suffix(".output") / "cv.log").read_text("utf-8")


def test_tex_runs_no_command_and_gets_no_secrets_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TeX's options alone forbid it, even without the sandbox."""
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    code = (
        "assert(not os.execute('touch cv.output/made')) assert(os.getenv('PATH')) assert(not os.getenv('GITHUB_TOKEN'))"
    )
    run(tmp_path, GOOD.replace("Hello", f"Hello\\directlua{{{code}}}")).wait()
    assert not (tmp_path / "work" / "cv.output" / "made").exists()


def test_run_does_not_read_files_of_an_earlier_run(tmp_path: Path) -> None:
    plant = "local f = io.open('cv.output/article.cls', 'w') f:write('planted') f:close()"
    run(tmp_path, GOOD.replace("Hello", f"Hello\\directlua{{{plant}}}")).wait()
    assert (tmp_path / "work/cv.output/article.cls").exists()
    assert run(tmp_path, GOOD).wait().pages == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("cv.pdf", b"%PDF-1.7 cut short"),
        ("cv.pdf", None),
        ("work/cv.built", b"{"),
        ("work/cv.built", b"[]"),
        ("work/cv.built", b'{"result": {}, "made_from": {"inputs": [5]}}'),
        ("work/cv.built", b"\xff"),
    ],
)
def test_damaged_state_is_made_again(made: Path, name: str, data: bytes | None) -> None:
    whole = (made / "cv.pdf").read_bytes()
    (made / name).unlink()
    if data is not None:
        (made / name).write_bytes(data)
    assert run(made, GOOD).wait().changed
    # TeX puts a number of the folder into it.
    assert len((made / "cv.pdf").read_bytes()) == len(whole)
    assert not run(made, GOOD).wait().changed


def test_too_large_output_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TEX_OUTPUT", 2_000_000)
    flood = "local f = io.open('cv.output/flood', 'w') while true do f:write(string.rep('x', 1e6)) end"
    with pytest.raises(TypesettingError, match="it would have more than 2 MB: use smaller pictures"):
        run(tmp_path, GOOD.replace("Hello", f"\\directlua{{{flood}}}")).wait()
    assert [path.name for path in (tmp_path / "work/cv.output").iterdir() if path.is_file()] == ["cv.log"]


def test_font_cache_is_shared_by_projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the user's cache folder cannot be read or written, each project has a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    font_cache.cache_clear()
    unused = tmp_path / "cache/cvtools/fonts/unused"
    unused.mkdir(parents=True)
    os.utime(unused, (0, 0))
    _, first = page(tmp_path)
    made = font_cache(first, tmp_path)
    assert made
    assert not unused.exists()
    assert made.is_relative_to(tmp_path / "cache")
    names = {path.stem for path in made.rglob("*.luc")}
    assert {"texgyrepagella-bolditalic", "texgyreheros-bold", "lmmono10-regular"} <= names
    assert (made / "lualatex.fmt").exists()
    assert (made / "lua/luaotfload-main.lua").exists()
    font_cache.cache_clear()
    assert font_cache(first, tmp_path / "other") == made
    (tmp_path / "file").touch()
    # Another user's folder, which a test as root could read, has the effect of a name that is too long.
    for unusable in (tmp_path / "file", tmp_path / ("long" * 100)):
        monkeypatch.setenv("XDG_CACHE_HOME", str(unusable))
        font_cache.cache_clear()
        kept = font_cache("", tmp_path / "other")
        assert kept
        assert kept.is_relative_to(tmp_path / "other")
    font_cache.cache_clear()


def test_fonts_number_their_glyphs_low_and_curves_of_the_colour_profile_are_formulas(tmp_path: Path) -> None:
    """TeX walks all numbers up to the highest one; poppler takes long over tables, on every page."""
    _, first = page(tmp_path)
    code = (
        "for number = 1, font.max() do local one = font.getfont(number)"
        " if one and one.name:find('texgyre') then"
        " for code in pairs(one.characters) do assert(code < 0x10000) end end end"
    )
    assert run(tmp_path, first + BODY.replace("Hello", f"\\directlua{{{code}}}Hello")).wait().pages == 1
    with pikepdf.open(tmp_path / "cv.pdf") as pdf:
        profile = pdf.Root.OutputIntents[0].DestOutputProfile.read_bytes()
    assert b"curv" not in profile
    curve = int.from_bytes(profile[profile.index(b"rTRC") + 4 :][:4])
    assert profile[curve:].startswith(b"para")
    # It does not tell when it was made.
    assert struct.unpack(">6H", profile[24:36]) == (1999, 10, 18, 0, 0, 0)


@pytest.mark.parametrize("script", ["exec sleep 60", "exit 1", "exit 0"])
def test_font_cache_gives_up_on_fonts_that_cannot_be_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(limits, "FONTS_TIME", 1)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "lualatex").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "lualatex").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    font_cache.cache_clear()
    assert font_cache("", tmp_path) is None
    assert list((tmp_path / "cache/cvtools/fonts").iterdir()) == []
    font_cache.cache_clear()


def test_install_command_names_the_packages_of_the_noxfile() -> None:
    noxfile = ast.parse((Path(__file__).parents[2] / "noxfile.py").read_text("utf-8"))
    (packages,) = (
        ast.literal_eval(node.value)
        for node in noxfile.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TEX"
    )
    assert lualatex.INSTALL.split()[4:] == list(packages)
