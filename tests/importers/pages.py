"""Import a file without a build."""

import io
import zipfile
from pathlib import Path

from cvtools import importers
from cvtools.writing import myst


def imported(tmp_path: Path, name: str, content: str | bytes) -> tuple[dict[str, str], list[str]]:
    """Write and read a file; return the pages by name, and the lines about values without a field."""
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    found = importers.read(file)
    assert found.page
    return myst.pages(found.page), found.unread


def zipped(files: dict[str, str | bytes]) -> bytes:
    """Return an archive of files by name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()
