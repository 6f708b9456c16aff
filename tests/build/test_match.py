"""An advertisement is compared with the CV: terms that it has or lacks, entries to keep, and an edition with these."""

import os
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cvtools import limits
from cvtools.build import edition_patch
from cvtools.cli import main

CONF = """
extensions = ["cvtools"]
cv_today = "2024-06"
cv_editions = {
    "full": {},
    "short": {"max_pages": 2},
}
cv_languages = ["en", "pl"]
"""
POT = "locales/pl/LC_MESSAGES/index.po"
LONG = " ".join(f"filling{number}" for number in range(300))
PAGE = f"""# Ada Example
:headline: Developer

## Skills
:kind: skills

- Observability
- German (fluent)

## Work

### Developer
:organization: Corp
:period: 2023-07 – present
:technologies: Python, PostgreSQL

- Kept to HIPAA-like rules.
- []{{.only-full}} Wrote Ansible roles.

### Clerk
:organization: Shop
:period: 1999-01 – 1999-12
:only: not-short

- Sold C++ books.
{LONG}
{LONG}
{LONG}

### Computing
:institution: School
:period: 1995 – 1998

HIPAA.

Hobbies
-------
Chess in a club, always the longest game. {LONG} {LONG} {LONG}

## Technologies

```{{technologies}}
Databases: PostgreSQL (Postgres, psql)
```
"""
POLISH = 'msgid "[]{.only-full} Wrote Ansible roles."\nmsgstr "[]{.only-full} Pisałam role Ansible."\n'
JOB = """Senior Developer

Requirements
- Python, or Go
- You will run postgres and care for observability and HIPAA.
- We write Ansible roles, and Terraform. C++ is a plus.
- The team is happy; our team is big, and the team knows Kafka and Pythn.
"""


def write(folder: Path, conf: str = CONF) -> Path:
    for name, text in {"conf.py": conf, "docs/index.md": PAGE, POT: POLISH, "job.txt": JOB}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("match"))


def run(project: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["match", str(project / "job.txt"), str(project), *arguments]) == 0
    return capsys.readouterr().out.splitlines()


def test_match_tells_terms_entries_months_and_what_to_keep(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(project, capsys, "--edition", "acme")
    rows = {line.split("  ")[0]: " ".join(line.split()) for line in lines}
    assert rows["Python"] == "Python 12 Developer, Corp"
    assert rows["PostgreSQL"] == "PostgreSQL 12 Developer, Corp"
    assert rows["C++"] == "C++ 12 Clerk, Shop"
    assert rows["HIPAA"] == "HIPAA 12 Developer, Corp; Computing"
    assert rows["Observability"] == "Observability Skills"
    lacking = next(line for line in lines if line.startswith("The CV lacks"))
    assert lacking == "The CV lacks: Go, Terraform, Kafka, Pythn (Python?)"
    assert not {"team", "You", "We", "Requirements"} & rows.keys()
    kept = {line[3:].split("  ")[0]: line[0] for line in lines if line[:1] in {"✓", "–"}}
    assert kept == {"Skills": "✓", "Developer, Corp": "✓", "Clerk, Shop": "–", "Computing": "✓", "Hobbies": "–"}


def test_words_beside_a_known_name_are_no_terms(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "- Senior Python Engineer Lead, with Apache PostgreSQL skills\n- PostgreSQL Database, Redis Cluster, Python FastAPI Developer\n"
    job = project / "other.txt"
    job.write_text(text, "utf-8")
    assert main(["match", str(job), str(project)]) == 0
    assert "The CV lacks: Redis Cluster, FastAPI\n" in capsys.readouterr().out


def test_edition_that_match_writes_has_what_it_keeps(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(project, capsys, "--edition", "acme")
    subprocess.run(["git", "apply", "build/acme.patch"], cwd=project, check=True)
    declared = next(line for line in lines if line.startswith("    'acme': "))
    (project / "conf.py").write_text(CONF.replace('"full": {},', f'"full": {{}},\n{declared}'), "utf-8")
    assert main(["editions", str(project)]) == 0
    out, err = capsys.readouterr()
    assert "fuzzy" not in err
    rows = {line.split("  ")[0]: line.split()[-6:] for line in out.splitlines()}
    assert rows[""] == ["full", "pl", "acme", "acme-pl", "short", "short-pl"]
    assert rows["Developer, Corp"] == ["✓"] * 6
    assert rows["Clerk, Shop"] == ["✓", "✓", "–", "–", "–", "–"]
    assert rows["Hobbies"] == ["✓", "✓", "–", "–", "✓", "✓"]
    page = (project / "docs/index.md").read_text("utf-8")
    assert "\nHobbies\n-------\n:only: not-acme\n\nChess" in page
    assert "- []{.only-full .only-acme} Wrote" in page
    assert '"[]{.only-full .only-acme} Pisałam' in (project / POT).read_text("utf-8")


def test_advertisement_in_another_language_is_compared_with_its_editions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path)
    (folder / "job.txt").write_text("Szukamy osoby, która pisała role Ansible w języku Python.\n", "utf-8")
    lines = run(folder, capsys)
    assert [line.split()[0] for line in lines if line.startswith(("Ansible", "Python"))] == ["Ansible", "Python"]
    assert "The edition pl fits best." in lines


def test_present_work_comes_before_old_work_with_more_terms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path, 'extensions = ["cvtools"]\ncv_today = "2024-06"\n')
    old = f"### Old\n:period: 2012\n\nPython, Go, Ansible, Terraform, Kafka, C++\n{LONG}\n"
    (folder / "docs/index.md").write_text(f"# Ada\n\n## Work\n\n{old}\n### New\n:period: 2023 –\n\n{LONG}\n", "utf-8")
    lines = run(folder, capsys, "--pages", "1")
    assert [line[:6].strip() for line in lines if line[:1] in {"✓", "–"}] == ["–  Old", "✓  New"]


def test_project_without_editions_gets_its_first_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path)
    (folder / "docs/index.md").write_text("# Ada\n:headline: Chess\n\n## Work\n\n### Clerk\n:period: 2012\n", "utf-8")
    (folder / "conf.py").write_text('extensions = ["cvtools"]\n', "utf-8")
    lines = run(folder, capsys, "--pages", "1", "--edition", "acme")
    assert lines[0] == "The CV has 0 of 8 terms of the advertisement:"
    assert lines[-2] == "To have these entries as an edition, write into conf.py:"
    assert lines[-1] == "    cv_editions = {'full': {}, 'acme': {'max_pages': 1}}"


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        (b"x" * (limits.JOB_SIZE + 1), [], "it has more than 20 kB"),
        (b"a\0b\xff", [], "it is no text"),
        (b"\x1b[31m ...", [], "has no terms"),
        (b"Python", ["--pages", "0"], "--pages 0: use 1 or more"),
        (b"Python", ["--edition", "Not valid"], "use small letters, digits and hyphens"),
        (b"Python", ["--edition", "short"], "conf.py has this edition"),
        (None, [], "job.txt: there is no such file or folder: check its name"),
    ],
)
def test_mistakes_are_told_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, arguments: list[str], message: str
) -> None:
    folder = write(tmp_path, CONF.replace(', "pl"', ""))
    (folder / "job.txt").unlink()
    if content is not None:
        (folder / "job.txt").write_bytes(content)
    assert main(["match", str(folder / "job.txt"), str(folder), *arguments]) == 2
    errors = capsys.readouterr().err.splitlines()
    assert message in errors[-1]
    assert "\x1b" not in errors[-1]


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_advertisement_that_is_no_file_is_refused_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], make: Callable[[Path], object]
) -> None:
    folder = write(tmp_path)
    (job := folder / "job.txt").unlink()
    make(job)
    assert main(["match", str(job), str(folder)]) == 2
    (error,) = capsys.readouterr().err.splitlines()
    assert "job.txt: it is a folder, a pipe or a device: name a file, or /dev/stdin for what is piped" in error


def test_advertisement_may_be_piped_to_the_command(project: Path) -> None:
    command = [sys.executable, "-c", "from cvtools.cli import main; main()", "match", "/dev/stdin", str(project)]
    done = subprocess.run(command, input="Python, Python, Python", capture_output=True, text=True, check=False)
    assert "Python " in done.stdout


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("# A\n:only: not-full", "# A\n:only: not-full, not-acme"),
        ("> # A\n> :only: not-full\n", "> # A\n> :only: not-full, not-acme\n"),
        ("- # A\n  :only: short,full\n", "- # A\n  :only: short,full, acme\n"),
        ("# A\n:only:\n  short,\n  full\n\n  full\n", "# A\n:only:\n  short,\n  full, acme\n\n  full\n"),
        (":::{note}\n---\nclass: only-not-full\n---\n", ":::{note}\n---\nclass: only-not-full only-not-acme\n---\n"),
        ('  :class: "only-not-full"\n', '  :class: "only-not-full only-not-acme"\n'),
        ("::: only-full x\n", "::: only-full only-acme x\n"),
        (":::only-full\n", ":::only-full only-acme\n"),
        ("```only-not-full\n", "```only-not-full only-not-acme\n"),
        ('[a]{class="x only-full"}\n', '[a]{class="x only-full only-acme"}\n'),
        ("[a]{class=only-full}\n", "[a]{class=only-full .only-acme}\n"),
        ("[a]{.x.only-full .y}\n", "[a]{.x.only-full .only-acme .y}\n"),
        ("(only-full)=\n[a](#only-full) [b](x/only-full.md) read-only-full only-full-time full\n", ""),
        ("# A\n:only: fuller, my-full\n", ""),
    ],
)
def test_edition_is_named_beside_another_in_every_mark(tmp_path: Path, written: str, expected: str) -> None:
    assert patched(tmp_path, written, ()) == (expected or written)


@pytest.mark.parametrize(
    "between", ["", "\n", "(job)=\n", "% A comment.\n\n<!-- Another. -->\n\n", "<!-- a\nb -->\n{{#x}}\n+++\n***\n"]
)
@pytest.mark.parametrize("mark", ["", ":only: not-full\n"])
def test_mark_of_an_entry_is_among_its_fields(tmp_path: Path, between: str, mark: str) -> None:
    page = "## Job\n" + between + ":organization: Acme\n{}\nWords.\n"
    expected = (
        page.format(":only: not-full, not-acme\n") if mark else page.format("").replace(":o", ":only: not-acme\n:o")
    )
    assert patched(tmp_path, page.format(mark), [1]) == expected


@pytest.mark.parametrize("title", ["Old\njob", "#1 job"])
def test_mark_of_an_underlined_title_is_below_its_rule(tmp_path: Path, title: str) -> None:
    assert patched(tmp_path, f"{title}\n---\n\nWords.\n", [1]) == f"{title}\n---\n:only: not-acme\n\nWords.\n"


def patched(tmp_path: Path, written: str, hidden: Collection[int]) -> str:
    """Return a page that is marked for an edition like "full", with the sections of some headings left out."""
    page = tmp_path / "docs/index.md"
    page.parent.mkdir()
    page.write_text(written, "utf-8")
    config = SimpleNamespace(root_doc="index", cv_languages=["en"])
    env: Any = SimpleNamespace(config=config, doc2path=lambda name: str(page))
    text = edition_patch.patch(tmp_path, env, "full", "acme", hidden)
    subprocess.run(["git", "apply", "--allow-empty"], cwd=tmp_path, input=text.encode(), check=True)
    return page.read_text("utf-8")
