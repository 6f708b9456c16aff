"""What a project must have, and the address of its site."""

from pathlib import Path

import pytest

from cvtools.errors import ProjectError
from cvtools.project import require_project, site_url


@pytest.mark.parametrize("epoch", ["soon", "1e9", "9" * 14, "9" * 30])
def test_source_date_that_is_no_time_is_refused(tmp_path: Path, epoch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    (tmp_path / "docs").mkdir()
    (tmp_path / "conf.py").touch()
    with pytest.raises(ProjectError, match=f"SOURCE_DATE_EPOCH is '{epoch}': write seconds since 1970, or unset it"):
        require_project(tmp_path)


@pytest.mark.parametrize(
    ("given", "url"),
    [("", ""), ("https://ada.example/cv", "https://ada.example/cv/"), ("https://ada.example/", "https://ada.example/")],
)
def test_site_url_is_read_from_the_environment(given: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CV_SITE_URL", given)
    assert site_url() == url
