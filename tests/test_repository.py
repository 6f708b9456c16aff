"""The repository and the source date of a project's folder."""

import datetime
import os
import subprocess
from pathlib import Path

import pytest

from cvtools.repository import default_branch, forget_repository, path_in_repository, repository, source_date

#: Seconds since 1970, as a commit's date.
COMMITTED = 1_500_000_000


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("GITHUB_REPOSITORY", "GITHUB_SERVER_URL", "SOURCE_DATE_EPOCH", "CV_SITE_URL"):
        monkeypatch.delenv(name, raising=False)
    # A repository around the temporary folder is none of the project's.
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    date = {"GIT_AUTHOR_DATE": f"{COMMITTED} +0000", "GIT_COMMITTER_DATE": f"{COMMITTED} +0000"}
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, env=os.environ | date)
    forget_repository()


#: Remotes of each address.
REMOTES = {
    "https://github.com/ada/cv": """
        https://github.com/ada/cv https://github.com/ada/cv.git https://github.com/ada/cv.git/ http://github.com/ada/cv.git
        https://ada@github.com/ada/cv.git https://ada:secret@github.com/ada/cv.git https://ada:sec@ret@github.com/ada/cv.git
        https://x-access-token:secret@github.com/ada/cv git@github.com:ada/cv.git ssh://git@github.com/ada/cv.git
        ssh://github.com/ada/cv ssh://ada:secret@github.com/ada/cv
    """,
    "https://gitlab.example.org/group/team/cv": "ssh://git@gitlab.example.org:2222/group/team/cv.git",
    "https://git.example.org:8443/ada/cv": "https://git.example.org:8443/ada/cv",
    "": "/srv/git/cv.git file:///srv/git/cv.git",
}


@pytest.mark.parametrize(
    ("remote", "address"), [(remote, address) for address, remotes in REMOTES.items() for remote in remotes.split()]
)
def test_repository_is_the_remote_without_credentials(tmp_path: Path, remote: str, address: str) -> None:
    git(tmp_path, "init")
    git(tmp_path, "remote", "add", "origin", remote)
    assert repository(tmp_path) == address


def test_repository_of_a_workflow_is_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init")
    git(tmp_path, "remote", "add", "origin", "https://github.com/ada/cv")
    monkeypatch.setenv("GITHUB_REPOSITORY", "fork/cv")
    assert repository(tmp_path) == "https://github.com/fork/cv"
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.example.org")
    assert repository(tmp_path) == "https://github.example.org/fork/cv"


def test_folder_may_have_a_name_that_is_no_text(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"A\xffb")
    folder.mkdir()
    git(tmp_path, "init")
    git(tmp_path, "remote", "add", "origin", os.fsdecode(b"https://github.com/ada/c\xe9v"))
    assert path_in_repository(folder) == "A\ufffdb"
    assert repository(folder) == "https://github.com/ada/c\ufffdv"


def test_repository_is_empty_without_one(tmp_path: Path) -> None:
    assert repository(tmp_path) == path_in_repository(tmp_path) == ""
    git(tmp_path, "init")
    assert repository(tmp_path) == path_in_repository(tmp_path) == ""


def test_repository_is_empty_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert repository(tmp_path) == path_in_repository(tmp_path) == ""


def test_default_branch_is_that_of_the_remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_REF_NAME", "GITHUB_EVENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    git(tmp_path, "init")
    assert default_branch(tmp_path) == "main"
    monkeypatch.setenv("GITHUB_REF_NAME", "trunk")
    monkeypatch.setenv("GITHUB_EVENT_NAME", "push")
    assert default_branch(tmp_path) == "trunk"
    git(tmp_path, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/master")
    assert default_branch(tmp_path) == "master"


def test_path_in_repository_is_that_of_the_folder(tmp_path: Path) -> None:
    git(tmp_path, "init")
    folder = tmp_path / "people" / "ada"
    folder.mkdir(parents=True)
    assert path_in_repository(folder) == "people/ada"


def test_source_date_is_that_of_the_last_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init")
    git(tmp_path, "commit", "--allow-empty", "--message", "One")
    assert source_date(tmp_path) == datetime.datetime(2017, 7, 14, 2, 40, tzinfo=datetime.UTC)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert source_date(tmp_path) == datetime.datetime(1970, 1, 2, tzinfo=datetime.UTC)


def test_source_date_without_commits_is_that_of_the_newest_file(tmp_path: Path) -> None:
    (tmp_path / "docs" / "talks").mkdir(parents=True)
    for name, time in (("conf.py", 1), ("docs/talks/a.md", 86400), ("docs/index.md", 2)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time, time))
    (tmp_path / "dist").mkdir()
    assert source_date(tmp_path) == datetime.datetime(1970, 1, 2, tzinfo=datetime.UTC)


def test_source_date_of_an_empty_folder_is_now(tmp_path: Path) -> None:
    now = datetime.datetime.now(datetime.UTC)
    assert abs(source_date(tmp_path) - now) < datetime.timedelta(minutes=1)


def test_source_date_ignores_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setenv("PATH", "")
    (tmp_path / "docs").mkdir()
    page, secret = tmp_path / "docs/index.md", tmp_path / "secret"
    page.touch()
    secret.touch()
    os.utime(page, (1_600_000_000, 1_600_000_000))
    os.utime(secret, (1_700_000_000, 1_700_000_000))
    (tmp_path / "docs/link.txt").symlink_to(secret)
    os.mkfifo(tmp_path / "docs/pipe")
    assert source_date(tmp_path).timestamp() == 1_600_000_000
