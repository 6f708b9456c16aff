"""The pinned versions cover all that is installed, each with its hashes."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest


def pins(file: str) -> dict[str, str]:
    """The versions that a requirements file names, by package."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", Path(file).read_text(), re.MULTILINE))


def normal(requirement: str) -> str:
    """A requirement's package, as the packaging specification normalizes its name."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;]", requirement)[0]).lower()


def test_all_that_is_installed_is_pinned() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text())
    groups = chain.from_iterable(project["dependency-groups"].values())
    wanted = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *(entry for entry in groups if isinstance(entry, str)),
    ]
    assert {normal(requirement) for requirement in wanted} - set(pins("requirements.txt")) == set()


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-nox.txt"])
def test_pins_have_hashes_and_no_addresses(file: str) -> None:
    text = Path(file).read_text()
    blocks = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text
    assert "index-url" not in text


def test_nox_is_the_same_everywhere() -> None:
    everywhere = pins("requirements.txt")
    assert {name: everywhere.get(name, "") for name in pins("requirements-nox.txt")} == pins("requirements-nox.txt")
