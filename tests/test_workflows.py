"""Workflows keep the rules that make them safe, beyond those of zizmor (session lint); each rule finds its faults."""

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(".github/workflows")
WORKFLOWS = ("build-cv.yml", "ci.yml", "links.yml", "publish.yml", "release.yml")

#: The jobs of CI that advise a pull request and do not hold it up.
ADVICE = ("spelling", "links")

#: The pipe that makes a log safe and annotates its problems.
ANNOTATE = r" 2>&1 \| python3 \.github/annotate\.py(?: --\w+)*"

#: A workflow as parsed from YAML, with all scalars as strings: `on` stays `on`.
Workflow = dict[str, Any]
#: Yields a text for each fault of a workflow.
Rule = Callable[[Workflow], Iterator[str]]


def parse(text: str) -> Workflow:
    workflow: Workflow = yaml.load(text, yaml.BaseLoader)
    return workflow


@pytest.fixture
def workflow(request: pytest.FixtureRequest) -> Workflow:
    """Return the workflow that the test is parametrized with."""
    return parse((FOLDER / request.param).read_text())


def steps(workflow: Workflow) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every step with the name of its job."""
    for name, job in workflow["jobs"].items():
        # A job without steps calls another workflow.
        yield from ((name, step) for step in job.get("steps", ()))


def test_all_files_but_prose_have_an_owner() -> None:
    """The owner reviews a change to code; anybody may review prose."""
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.split("\n")[:-1]
    patterns = [line.split()[0] for line in Path(".github/CODEOWNERS").read_text().splitlines() if line[0] != "#"]
    owned = {path for path in listed for pattern in patterns if fnmatch(f"/{path}", f"{pattern}*")}
    prose = {
        path for path in listed if re.match(r"docs/.*\.(md|png|jpg)$|[A-Z]+(\.md)?$|wordlist\.txt$|\.gitignore$", path)
    }
    assert set(listed) - owned == prose
    # Catalogs too, which are no prose to whoever reads a change.
    assert any(fnmatch("/docs/locales/pl/LC_MESSAGES/index.po", f"*{pattern}*") for pattern in patterns)


def test_linters_look_at_no_page() -> None:
    """What a stranger adds there is no code, and ruff would obey the settings that it finds beside a file."""
    tools = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["tool"]
    assert {"docs", "locales"} <= {*tools["ruff"]["extend-exclude"]}
    assert {"docs/", "locales/"} <= {*tools["typos"]["files"]["extend-exclude"]}
    assert not [path for path in tools["mypy"]["files"] if path in {".", "docs", "locales"}]


def code_with_rights(workflow: Workflow) -> Iterator[str]:
    """Find code of the repository that runs in a job with rights to write."""
    for name, step in steps(workflow):
        rights = workflow["jobs"][name].get("permissions", {})
        if "write" in rights.values() and re.search(
            "actions/checkout@|make|nox", f"{step.get('uses')} {step.get('run')}"
        ):
            yield f"{name} may write and runs code of the repository"


def secrets(workflow: Workflow) -> Iterator[str]:
    """Find secrets of the repository."""
    if "secrets." in str(workflow):
        yield "uses a secret"


def caches(workflow: Workflow) -> Iterator[str]:
    """Find caches that a pull request could fill and a later run would trust; only main's schedule may fill one."""
    if set(workflow["on"]) == {"schedule", "workflow_dispatch"}:
        return
    for name, step in steps(workflow):
        action, settings = step.get("uses", ""), step.get("with", {})
        stores = "actions/cache" in action or "cache" in settings
        if stores or ("setup-uv@" in action and settings.get("enable-cache") != "false"):
            yield f"{name} uses a cache"


def single_calls(workflow: Workflow) -> Iterator[str]:
    """Find steps that nobody can repeat at home with one command."""
    for name, step in steps(workflow):
        if "run" in step and not re.fullmatch(
            rf'make (\w+|"\$SESSION")( ARGS=([\w^-]+|"[\w =-]+"))?({ANNOTATE})?', step["run"]
        ):
            yield f"{name} runs more than one session"


def pipes(workflow: Workflow) -> Iterator[str]:
    """Find a pipe whose first part may fail unseen: GitHub's default shell checks the last one alone."""
    if workflow.get("defaults", {}).get("run", {}).get("shell") != "bash":
        yield from (
            f"{name} may fail unseen" for name, step in steps(workflow) if re.search(r"\|(?!\|)", step.get("run", ""))
        )


def advice(workflow: Workflow) -> Iterator[str]:
    """Find steps that may fail, though they do more than advise a pull request."""
    for name, step in steps(workflow):
        tolerant = step.get("continue-on-error", "false")
        if tolerant != "false" and (
            name not in ADVICE
            or tolerant != "${{ github.event_name == 'pull_request' }}"
            or "--warning" not in step["run"]
        ):
            yield f"{name} may fail"


def gate(workflow: Workflow) -> Iterator[str]:
    """Find a required check that does not wait for all jobs, or that a failure skips."""
    jobs = dict(workflow["jobs"])
    last = jobs.pop("gate", {})
    if set(last.get("needs", ())) != set(jobs) or last.get("if") != "always()":
        yield "the gate does not judge every job"
    skipped = [name for name, job in jobs.items() if "if" in job]
    allowed = last["steps"][0].get("with", {}).get("allowed-skips", "") if last else ""
    if set(filter(None, allowed.split(", "))) != set(skipped):
        yield "the gate does not know which jobs may be skipped"


def logs(workflow: Workflow) -> Iterator[str]:
    """Find a log that may hold a page's words, and takes them for commands."""
    for name, step in steps(workflow):
        for command in re.findall(r".*\b(?:make|nox|cvtools|python3?|pytest|sphinx-build)\b.*", step.get("run", "")):
            if not re.search(rf"{ANNOTATE}$|^make build ARGS=\"(?:\$STRICT |[\w -]*)--format=github\"$", command):
                yield f"{name} takes words for commands"


EVERYWHERE: tuple[Rule, ...] = (code_with_rights, secrets, caches, pipes, logs)


def test_all_workflows_are_tested() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == list(WORKFLOWS)


@pytest.mark.parametrize("rule", EVERYWHERE)
@pytest.mark.parametrize("workflow", WORKFLOWS, indirect=True)
def test_every_workflow_is_safe(workflow: Workflow, rule: Rule) -> None:
    assert list(rule(workflow)) == []


@pytest.mark.parametrize("rule", [single_calls, advice, gate])
@pytest.mark.parametrize("workflow", ["ci.yml"], indirect=True)
def test_ci_runs_what_anyone_can_run(workflow: Workflow, rule: Rule) -> None:
    assert list(rule(workflow)) == []


@pytest.mark.parametrize("workflow", ["ci.yml"], indirect=True)
def test_ci_runs_what_make_test_runs(workflow: Workflow) -> None:
    demanded = {*workflow["jobs"]["check"]["strategy"]["matrix"]["session"], "spelling", "tests"}
    (run,) = re.findall(r"^test:.*\n\t@\.venv/bin/nox .*-s (.*)", Path("Makefile").read_text(), re.MULTILINE)
    assert set(run.split()) == demanded


def test_make_has_every_session_that_a_workflow_names() -> None:
    (sessions,) = re.findall(r"^SESSIONS := (.*)", Path("Makefile").read_text(), re.MULTILINE)
    named = {name for path in FOLDER.iterdir() for name in re.findall(r"run: make (\w+)", path.read_text())}
    assert named <= set(sessions.split())


@pytest.mark.parametrize("workflow", ["ci.yml"], indirect=True)
def test_ci_may_only_read(workflow: Workflow) -> None:
    rights = [job["permissions"] for job in workflow["jobs"].values()]
    assert all(right.items() <= {"contents": "read", "pages": "read"}.items() for right in rights)


@pytest.mark.parametrize("workflow", ["ci.yml", "build-cv.yml"], indirect=True)
def test_steps_that_annotate_check_out_the_base(workflow: Workflow) -> None:
    for name, step in steps(workflow):
        if re.search("annotate|--format=github", step.get("run", "")) and "--log" not in step["run"]:
            checkout = workflow["jobs"][name]["steps"][0]
            assert checkout["with"]["fetch-depth"] == "2", name


def test_every_product_is_an_artifact() -> None:
    found = [step for name in ("ci.yml", "build-cv.yml") for _, step in steps(parse((FOLDER / name).read_text()))]
    uploads = [step["with"] for step in found if "actions/upload-artifact@" in step.get("uses", "")]
    # A file stands as it is, and opens without unzipping; only a folder needs an archive.
    assert {with_["path"]: with_.get("archive", "true") for with_ in uploads} == {
        "${{ inputs.folder }}/dist/html": "true",
        "${{ inputs.folder }}/dist/*.*": "true",
        "${{ inputs.folder }}/dist/cv.pdf": "false",
        "build/diff/report.html": "false",
    }


@pytest.mark.parametrize("workflow", ["publish.yml"], indirect=True)
def test_job_that_builds_the_site_does_not_publish_it(workflow: Workflow) -> None:
    build, deploy = workflow["jobs"]["build"], workflow["jobs"]["deploy"]
    assert build["permissions"] == {"contents": "read", "pages": "read"}
    assert deploy["permissions"] == {"pages": "write", "id-token": "write", "attestations": "write"}
    assert workflow["on"] == {"push": {"branches": ["main"]}}


@pytest.mark.parametrize("workflow", ["ci.yml", "publish.yml"], indirect=True)
def test_this_repository_calls_the_workflow_that_others_call(workflow: Workflow) -> None:
    called = parse((FOLDER / "build-cv.yml").read_text())
    job = workflow["jobs"]["build"]
    assert job["uses"] == "$/.github/workflows/build-cv.yml"
    assert job.get("with", {}).keys() <= called["on"]["workflow_call"]["inputs"].keys()
    # GitHub starts no workflow whose jobs ask for more than the job that calls it has.
    assert all(each["permissions"].items() <= job["permissions"].items() for each in called["jobs"].values())


@pytest.mark.parametrize("workflow", ["release.yml"], indirect=True)
def test_release_is_built_from_a_tag_and_published_by_other_jobs(workflow: Workflow) -> None:
    assert workflow["on"] == {"push": {"tags": ["v*.*.*"]}}
    assert workflow["jobs"]["build"]["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["pypi"]["permissions"] == {"id-token": "write"}
    assert workflow["jobs"]["pypi"]["environment"]["name"] == "pypi"


@pytest.mark.parametrize("workflow", ["links.yml"], indirect=True)
def test_only_the_report_may_write_issues(workflow: Workflow) -> None:
    rights = {name: job["permissions"] for name, job in workflow["jobs"].items()}
    assert rights == {"check": {"contents": "read"}, "report": {"issues": "write"}}


@pytest.mark.parametrize("workflow", ["links.yml"], indirect=True)
@pytest.mark.parametrize(
    ("states", "outcome"),
    [
        (["good", "flaky", "blocked"], "good"),
        (["good", "missing"], "unsure"),
        (["missing", "gone"], "gone"),
        ([], "good"),
    ],
)
def test_issue_is_opened_for_links_that_are_gone_alone(
    workflow: Workflow, tmp_path: Path, states: list[str], outcome: str
) -> None:
    (script,) = (step["run"] for step in workflow["jobs"]["check"]["steps"] if step.get("id") == "outcome")
    (tmp_path / "build").mkdir()
    history = {f"https://example.org/{number}": {"state": state} for number, state in enumerate(states)}
    (tmp_path / "build/links.json").write_text(json.dumps(history), "utf-8")
    command = ["bash", "-e", "-c", script]
    subprocess.run(command, cwd=tmp_path, env={**os.environ, "GITHUB_OUTPUT": "output"}, check=True)
    assert (tmp_path / "output").read_text() == f"outcome={outcome}\n"


@pytest.mark.parametrize("workflow", ["links.yml"], indirect=True)
@pytest.mark.parametrize(
    ("outcome", "issues", "calls"),
    [
        ("gone", {}, ["create"]),
        ("gone", {"open": "7"}, ["edit 7"]),
        ("gone", {"closed": "5"}, ["edit 5", "reopen 5"]),
        ("good", {"open": "7"}, ["close 7"]),
        ("good", {"closed": "5"}, []),
    ],
)
def test_report_keeps_one_issue(
    workflow: Workflow, tmp_path: Path, outcome: str, issues: dict[str, str], calls: list[str]
) -> None:
    (script,) = (step["run"] for step in workflow["jobs"]["report"]["steps"] if "run" in step)
    numbers = "".join(f"*'--state {state}'*) echo {number};; " for state, number in issues.items())
    tool = f'#!/bin/sh\ncase "$*" in {numbers}*list*) ;; *) echo "$2 $3" >> calls;; esac\n'
    (tmp_path / "gh").write_text(tool, "utf-8")
    (tmp_path / "gh").chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "OUTCOME": outcome, "TITLE": "Broken links"}
    subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, env=environment, check=True)
    made = (tmp_path / "calls").read_text().splitlines() if (tmp_path / "calls").exists() else []
    assert [call.removesuffix(" --title") for call in made] == calls


SAFE = """
on: {push: {branches: [main]}}
permissions: {}
defaults: {run: {shell: bash}}
jobs:
  build:
    permissions: {contents: read}
    steps:
      - uses: actions/checkout@0
        with: {persist-credentials: false}
      - run: make tests 2>&1 | python3 .github/annotate.py
  gate:
    if: always()
    needs: [build]
    permissions: {}
    steps:
      - uses: re-actors/alls-green@0
"""


@pytest.mark.parametrize("rule", [*EVERYWHERE, single_calls, advice, gate])
def test_safe_workflow_has_no_faults(rule: Rule) -> None:
    assert list(rule(parse(SAFE))) == []


@pytest.mark.parametrize(
    ("rule", "safe", "unsafe"),
    [
        (code_with_rights, "{contents: read}", "{contents: read, issues: write}"),
        (secrets, "annotate.py", "annotate.py\n        env: {TOKEN: '${{ secrets.TOKEN }}'}"),
        (caches, "re-actors/alls-green@0", "actions/cache@0"),
        (caches, "re-actors/alls-green@0", "astral-sh/setup-uv@0"),
        (caches, "re-actors/alls-green@0", "actions/setup-python@0\n        with: {cache: pip}"),
        (single_calls, "make tests", "make tests && curl example.org"),
        (single_calls, "make tests", 'make build ARGS="--html; curl example.org"'),
        (single_calls, "make tests", "pytest"),
        (single_calls, "python3 .github/annotate.py", "sh"),
        (pipes, "{run: {shell: bash}}", "{}"),
        (logs, " 2>&1 | python3 .github/annotate.py", ""),
        (logs, " 2>&1", ""),
        (logs, "annotate.py", "annotate.py | tee log"),
        (logs, "make tests 2>&1 | python3 .github/annotate.py", 'make build ARGS="--html"'),
        (logs, "make tests 2>&1 | python3 .github/annotate.py", 'make tests ARGS="--format=github"'),
        (logs, "make tests 2>&1 | python3 .github/annotate.py", "|\n          cvtools build\n          true"),
        (advice, "annotate.py", "annotate.py\n        continue-on-error: true"),
        (advice, "annotate.py", "annotate.py --warning\n        continue-on-error: true"),
        (gate, "[build]", "[]"),
        (gate, "  build:\n", "  build:\n    if: github.event_name == 'pull_request'\n"),
        (gate, "    if: always()\n", ""),
        (gate, "  gate:", "  other:"),
    ],
)
def test_rule_finds_a_fault(rule: Rule, safe: str, unsafe: str) -> None:
    assert safe in SAFE
    assert list(rule(parse(SAFE.replace(safe, unsafe))))
