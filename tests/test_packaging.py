"""Wheel and sdist have every file of the package."""

import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from flit_core import buildapi


@pytest.fixture
def files() -> set[str]:
    """Return the files of the package, from the folder that has it."""
    listed = subprocess.run(["git", "ls-files", "src/cvtools"], capture_output=True, text=True, check=True).stdout
    return {path.removeprefix("src/") for path in listed.splitlines() if Path(path).exists()}


def test_wheel_has_every_file_of_the_package(tmp_path: Path, files: set[str]) -> None:
    with zipfile.ZipFile(tmp_path / buildapi.build_wheel(str(tmp_path))) as wheel:
        packed = {name for name in wheel.namelist() if name.startswith("cvtools/") and "__pycache__" not in name}
        assert packed == files
        (metadata,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
        assert "Name: sphinx-cvtools\n" in wheel.read(metadata).decode()


def test_sdist_has_every_file_of_the_package(tmp_path: Path, files: set[str]) -> None:
    with tarfile.open(tmp_path / buildapi.build_sdist(str(tmp_path))) as sdist:
        packed = {name.partition("/src/")[2] for name in sdist.getnames()}
    assert packed - {""} == files
