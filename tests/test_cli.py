"""The command: its arguments, its messages, and its exit status."""

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pikepdf
import pytest

from cvtools import __version__, cli
from cvtools.model.kinds import KINDS

CONF = 'project = "CV"\nauthor = "Ada"\nextensions = ["cvtools"]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a project in a folder with spaces and Polish letters in its name."""
    folder = tmp_path / "Życie i praca"
    (folder / "docs").mkdir(parents=True)
    (folder / "conf.py").write_text(CONF, "utf-8")
    (folder / "docs/index.md").write_text("# Ada\n\nWords.\n", "utf-8")
    return folder


def run(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import sys; from cvtools.cli import main; sys.exit(main())", *arguments]
    return subprocess.run(command, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False)


def test_project_is_a_folder_or_the_current_one(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done = run("build", "Życie i praca", "--html", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "Życie i praca/dist/html: 1 page written\n")
    assert (folder / "dist/html/index.html").exists()
    monkeypatch.chdir(folder / "docs/..")
    assert cli.main(["build", "--html"]) == 0
    assert capsys.readouterr().err == "dist: unchanged\n"


def test_build_without_tex_fails_and_makes_the_book(folder: Path) -> None:
    # In a new process, since the installed fonts are listed once for each process.
    done = run("build", cwd=folder, PATH="")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 2
    assert "LuaLaTeX" in done.stderr
    assert (folder / "dist/html/index.html").exists()


def test_warnings_fail_the_build_if_asked(folder: Path) -> None:
    (folder / "docs/index.md").write_text("# Ada\n:emial: a@b.example\n", "utf-8")
    assert cli.main(["build", str(folder), "--html"]) == 0
    assert cli.main(["build", str(folder), "--html", "-W"]) == 1
    assert cli.main(["build", str(folder), "--html", "--fail-on-warning"]) == 1


@pytest.mark.parametrize("options", [["--format=json"], []])
def test_closed_output_ends_the_command_silently(tmp_path: Path, options: list[str]) -> None:
    pdf = tmp_path / "odd.pdf"
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(pdf)
    command = [sys.executable, "-c", "import sys; from cvtools.cli import main; sys.exit(main())", "check", *options]
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*command, pdf], stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, "")


def test_folder_that_is_no_project_is_misuse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    remedy = "name a folder with conf.py and docs/, or make one by cvtools new or cvtools import"
    assert cli.main(["build", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"cvtools: {tmp_path} has no conf.py: {remedy}\n"
    (tmp_path / "conf.py").write_text(CONF)
    assert cli.main(["build", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"cvtools: {tmp_path} has no docs: {remedy}\n"
    assert cli.main(["build", str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err == f"cvtools: {tmp_path / 'nowhere'} is no folder: {remedy}\n"
    assert cli.main(["build", "--jobs", "0", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "cvtools: --jobs 0: use 1 or more\n"


@pytest.mark.parametrize("arguments", [[], ["bake"], ["build", "--html", "--pdf"], ["watch", "a", "b"]])
def test_wrong_arguments_print_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: cvtools")


def test_wrong_arguments_drive_no_terminal_and_no_runner(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["check", "a.pdf", "--x\x1b]0;hi\x07\n::error::x.pdf"])
    told = capsys.readouterr().err
    assert "\x1b" not in told
    assert "\n::" not in told


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--version"])
    assert (caught.value.code, capsys.readouterr().out) == (0, f"{__version__}\n")


def test_help_imports_no_heavy_modules(tmp_path: Path) -> None:
    script = (
        "import sys, atexit; from cvtools.cli import main\n"
        "heavy = {'sphinx', 'docutils', 'babel', 'myst_parser', 'pypdfium2', 'pikepdf', 'uharfbuzz', 'shtab'}\n"
        "atexit.register(lambda: print(sorted(heavy & sys.modules.keys())))\n"
        "main(['--help'])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")
    assert "build" in done.stdout


DENIED = "you may not read or write this: change its permissions"
READ_ONLY = "this disk cannot be written to: work in a folder on another one"


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (KeyboardInterrupt(), 130, "cvtools: interrupted\n"),
        (OSError(errno.ENOSPC, "No space"), 1, "cvtools: the disk is full: make room and try again\n"),
        (PermissionError(errno.EACCES, "Permission denied", "dist"), 1, f"cvtools: dist: {DENIED}\n"),
        (OSError(errno.EROFS, "Read-only", "build"), 1, f"cvtools: build: {READ_ONLY}\n"),
    ],
)
def test_expected_error_is_one_line(
    error: BaseException,
    status: int,
    message: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*arguments: object, **options: object) -> bool:
        raise error

    monkeypatch.setattr("cvtools.build.build", fail)
    assert cli.main(["build", str(folder)]) == status
    assert capsys.readouterr().err == message


def test_unforeseen_error_is_one_line_with_the_details_in_a_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object, **options: object) -> bool:
        raise RuntimeError("odd \x1b[2J\n::error::words")

    monkeypatch.setattr("cvtools.build.build", fail)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert cli.main(["build", str(folder)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("cvtools: internal error (RuntimeError: odd ␛[2J ::error::words); please report it ")
    (details,) = folder.glob("cvtools-*.log")
    assert line.endswith(f" and attach {details}")
    assert "Traceback" in details.read_text("utf-8")
    assert "\x1b" not in details.read_text("utf-8")


def test_unforeseen_error_without_a_log_file_is_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object, **options: object) -> bool:
        raise OSError("odd")

    monkeypatch.setattr("cvtools.build.build", fail)
    monkeypatch.setattr("tempfile.tempdir", str(folder / "nowhere"))
    assert cli.main(["build", str(folder)]) == 1
    assert capsys.readouterr().err == (
        "cvtools: internal error (OSError: odd); please report it at https://github.com/butla/cv/issues\n"
    )


def test_unwritable_product_is_reported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "dist").write_text("in the way")
    assert cli.main(["build", str(folder), "--html"]) == 1
    assert capsys.readouterr().err == f"cvtools: {folder / 'dist'}: move this away, since a folder has to be there\n"


def test_watch_reports_missing_project_and_packages(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["watch", str(tmp_path)]) == 2
    assert f"cvtools: {tmp_path} has no conf.py: name a folder with conf.py and docs/" in capsys.readouterr().err
    monkeypatch.delitem(sys.modules, "cvtools.preview.server", raising=False)
    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    assert cli.main(["watch", str(folder)]) == 2
    assert "pip install 'sphinx-cvtools[watch]'" in capsys.readouterr().err


def test_watch_waits_for_another_one_and_ends_with_an_interrupt(folder: Path) -> None:
    # A process that a shell runs in the background ignores interrupts, and so do its children.
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    command = [sys.executable, "-c", f"{heed}; import sys; from cvtools.cli import main; sys.exit(main())"]
    with subprocess.Popen([*command, "watch", "--port", "0"], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("The page: http://127.0.0.1:")
        # Wait until the server is running.
        while not (folder / "build/_preview/dist/html/index.html").exists():
            assert process.poll() is None
            time.sleep(0.05)
        with subprocess.Popen([*command, "watch"], cwd=folder, stderr=subprocess.PIPE, text=True) as second:
            assert second.stderr
            said = f"cvtools: another preview of {folder} is under way: waiting for its end\n"
            assert second.stderr.readline() == said
            second.send_signal(signal.SIGINT)
            assert second.wait(60) == 130
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130


def test_project_named_twice_is_built_once(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("link").symlink_to(folder)
    assert cli.main(["build", "--html", str(folder), f"{folder}/docs/..", "link"]) == 0
    assert capsys.readouterr().err == "Życie i praca/dist/html: 1 page written\n"


def test_name_of_a_folder_that_is_no_text_is_shown_as_escapes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    names = ["one", os.fsdecode(b"two\xff")]
    for name in names:
        shutil.copytree(folder, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["build", "--html", *names]) == 0
    assert r"two\udcff/dist/html: 1 page written" in capfd.readouterr().err


def test_several_projects_are_built_independently(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each has modules of its own; a failing one does not stop the others; all messages name their project."""
    names = ("one", "two", "three")
    for name in names:
        shutil.copytree(folder, tmp_path / name)
        (tmp_path / name / "mine.py").write_text(f"author = {name!r}\n")
        (tmp_path / name / "conf.py").write_text(
            f"import os, sys\nsys.path.insert(0, os.getcwd())\nfrom mine import author\n{CONF}"
        )
    (tmp_path / "two/docs/index.md").write_text("# Ada\n:emial: a@b.example\n", "utf-8")
    (tmp_path / "three/conf.py").write_text("1 / 0\n")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["build", "--html", *names, "four"]) == 1
    lines = capfd.readouterr().err.splitlines()
    assert lines.pop() == "4 projects: 2 built, 2 not: three, four"
    assert sorted(lines) == [
        f"cvtools: four: {tmp_path / 'four'} is no folder: name a folder with conf.py and docs/, or make one by cvtools new or cvtools import",
        "cvtools: three/conf.py:1: ZeroDivisionError: division by zero",
        "one/dist/html: 1 page written",
        "two/dist/html: 1 page written",
        'two/docs/index.md:2: WARNING: unknown field "emial" in a person: did you mean "email"? [cv.field]',
    ]
    assert cli.main(["build", "--html", "one", "two"]) == 0
    lines = capfd.readouterr().err.splitlines()
    assert lines.pop() == "2 projects: 2 built"
    assert "one/dist: unchanged" in lines


def test_fields_come_from_the_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["fields"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "position      role, organization, period, location, technologies" in lines
    assert len(lines) == len(KINDS)
    assert cli.main(["fields", "employer"]) == 0
    assert ":organization:    required; also: company, employer\n" in capsys.readouterr().out
    assert cli.main(["fields", "tak"]) == 2
    assert capsys.readouterr().err == 'cvtools: there is no kind "tak": did you mean talk?\n'


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_commands_and_options(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--print-completion", shell])
    script = capsys.readouterr().out
    assert not caught.value.code
    assert {"import", "fields", "fail-on-warning"} <= set(re.findall(r"[\w-]*\w", script.replace("--", " ")))


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
@pytest.mark.parametrize(("words", "completed"), [("import re", "resume.json\n"), ("fields pub", "publication\n")])
def test_bash_completes_files_and_kinds(
    words: str, completed: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--print-completion", "bash"])
    (tmp_path / "resume.json").touch()
    script = capsys.readouterr().out + '\nCOMP_WORDS=(cvtools WORDS); COMP_CWORD=2; _shtab_cvtools; echo "$COMPREPLY"'
    done = subprocess.run(
        ["bash", "-c", script.replace("cvtools WORDS", f"cvtools {words}")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == completed
