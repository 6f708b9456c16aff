"""Printed words of a page drive neither a terminal nor a runner."""

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sphinx.cmd.build import build_main as sphinx_main

import cvtools
from cvtools.cli import main as cvtools_main
from cvtools.terminal import printable, printable_in_colour, say, say_json
from tests.projects import Project


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("docs/index.md:1: plain\ttext", "docs/index.md:1: plain\ttext"),
        ("\x1b[2J\x1b]0;x\x07", "␛[2J␛]0;x␇"),
        ("a\rb\x7f\x9b", "a␍b␡\\u009b"),
        ("a\u202eb\u2028c", "a\\u202eb\\u2028c"),
        ("::error::x", ": :error::x"),
        ("a\n  ::error::x", "a\n  : :error::x"),
        ("a ::error::x", "a ::error::x"),
        ("\ud800 \udc9b", r"\ud800 \udc9b"),
        ("##[error]x", "# #[error]x"),
        ("####[error]x", "### #[error]x"),
        ("words ##[error]x, ## x", "words # #[error]x, ## x"),
    ],
)
def test_printable(written: str, printed: str) -> None:
    assert printable(written) == printed


def test_say_prints_each_line_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    say("one", "\x1btwo")
    assert capsys.readouterr().err == "one\n␛two\n"


def test_colours_of_sphinx_stay_and_nothing_else_does() -> None:
    line = "\x1b[91mdocs/a.md: \x1b[2Jwords\x1b]0;title\x07\x1b[39;49;00m"
    assert printable_in_colour(line) == "\x1b[91mdocs/a.md: ␛[2Jwords␛]0;title␇\x1b[39;49;00m"
    assert printable_in_colour("\r") == "\r"
    assert printable_in_colour("a\r") == "a␍"


def test_json_holds_no_workflow_command(capsys: pytest.CaptureFixture[str]) -> None:
    say_json({"text": "##[error]\x9b2J", "####[x]": "C# ###"})
    out = capsys.readouterr().out
    assert out == r'{"text": "\u0023#[error]\u009b2J", "\u0023\u0023\u0023#[x]": "C# \u0023\u0023#"}' + "\n"
    assert json.loads(out) == {"text": "##[error]\x9b2J", "####[x]": "C# ###"}


#: Words that a page brings into warnings of all kinds: fields, classes, roles, languages, targets, and addresses.
WORDS = ["\x1b[2J\x1b[1;1H", "\x1b]0;owned\x07", "\x9b2J", "##[error]forged", "\u202egnp"]
WARNS = """# Ada

## B
:organization: X
:period: 2020
:{0}: y

[a](#{0}) and {{r{0}}}`x` and [b](<{0}:x>)

```{{code-block}} {0}
:caption: [
::error::forged
```

:::{{note}} a
:name: {0}
::error::forged
:::

![a](<{0}.png>)
"""


@pytest.mark.parametrize(
    ("main", "options"),
    [
        (cvtools_main, ["build", "--html", "."]),
        (sphinx_main, ["-c", ".", "docs", "out"]),
        (sphinx_main, ["-q", "-c", ".", "-b", "text", "docs", "out"]),
    ],
    ids=["cvtools", "sphinx-build", "sphinx-build -b text"],
)
def test_words_of_pages_drive_no_terminal(
    project: Project,
    main: Callable[[list[str]], int],
    options: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    pages = {f"{number}.md": f"---\norphan: true\n---\n{WARNS.format(words)}" for number, words in enumerate(WORDS)}
    project.write({"index.md": "# Ada\n", **pages})
    monkeypatch.chdir(project.folder)
    main(options)
    printed = "".join(capfd.readouterr())
    assert all(f"docs/{page}:" in printed for page in pages)
    assert not [words for words in WORDS if words in printed]
    assert not [character for character in printed if not character.isprintable() and character not in "\n\t"]
    assert not [line for line in printed.splitlines() if line.lstrip().startswith("::") or "##[" in line]


#: GitHub's commands that a build gives itself.
OWN = re.compile(r"::(stop-commands::\w{32}$|\w{32}::$|error file=docs/\d\.md(,line=\d+)?::)")


@pytest.mark.parametrize("form", ["json", "github"])
def test_words_of_pages_drive_no_reader_of_reports(
    project: Project, form: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pages = {f"{number}.md": f"---\norphan: true\n---\n{WARNS.format(words)}" for number, words in enumerate(WORDS)}
    project.write({"index.md": "# Ada\n", **pages})
    monkeypatch.chdir(project.folder)
    cvtools_main(["build", "--html", f"--format={form}", "."])
    printed = "".join(capfd.readouterr())
    assert "docs/0.md" in printed
    assert not [character for character in printed if not character.isprintable() and character not in "\n\t"]
    lines = [line for line in printed.splitlines() if not OWN.match(line)]
    assert not [line for line in lines if line.lstrip().startswith("::")]
    assert "##[" not in printed


def test_all_that_is_printed_goes_through_one_module() -> None:
    package = Path(cvtools.__file__).parent
    found = []
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called in {"print", "sys.stderr.write", "sys.stdout.write", "traceback.print_exc"}:
                found.append(str(path.relative_to(package)))
    assert set(found) == {"terminal.py"}
