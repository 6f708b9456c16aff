"""What a variant leaves out, and what is for another output, is in no byte that is published."""

import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from cvtools.build import build

CONF = 'project = "CV"\nauthor = "Ada"\nextensions = ["cvtools"]\ncv_today = "2024-06"\n'
INDEX = """\
# Ada Example
:headline: Kept headline
:email: ada@canaryweb.example {show=html}
:phone: +48 601 602 603 {show=pdf}
:location: Canarypdf street {show=pdf}

Kept words. []{.only-short}Canaryspan.

## Canaryheading
:only: short

Canarybody.[^a]

[^a]: Canarynote.

## Work

### Kept role
:organization: Kept Corp
:period: 2012-03 – 2014-04
:technologies: Keptlang

- Kept bullet
- []{.only-short} Canarybullet

(canarylabel)=
### Canaryrole
:organization: Canarycorp
:period: 2015-03 – 2016-04
:technologies: Canarylang
:only: short

{.only-short}
![Canaryalt](canary.png)

% Canarycomment

<!-- Canaryhtml -->

### Other role
:organization: Canarypdf Corp {show=pdf}
:period: 2014-05 – 2015-01
:technologies: Keptlang

## Talks
```{talks}
```

```{technologies}
```

```{timeline}
```
"""
KEPT = "# Kept talk\n:event: Kept event\n:date: 2014\n:place: Canarypdf place {show=pdf}\n\nKept abstract.\n"
ELSEWHERE = "# Kept too\n:event: Canarypdf event {show=pdf}\n:date: 2013\n\nKept abstract.\n"
ONLY_WEB = "# Kept as well\n:event: Canaryweb event {show=html}\n:date: 2013-02 {show=html}\n\nKept abstract.\n"
HIDDEN = "# Canarytalk\n:event: Canaryevent\n:date: 2015\n:only: short\n\nCanaryabstract.\n"


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("canaries")
    (folder / "docs/talks").mkdir(parents=True)
    for name, text in {
        "conf.py": CONF,
        "docs/index.md": INDEX,
        "docs/talks/a.md": KEPT,
        "docs/talks/b.md": HIDDEN,
        "docs/talks/c.md": ELSEWHERE,
        "docs/talks/d.md": ONLY_WEB,
    }.items():
        (folder / name).write_text(text, "utf-8")
    shutil.copyfile(".github/pictures/pdf.png", folder / "docs/canary.png")
    assert build(folder)
    return folder / "dist"


def texts(path: Path) -> Iterator[str]:
    """A file's name and bytes, unpacked in every way that its form knows."""
    data = path.read_bytes()
    yield path.name
    yield data.decode("utf-8", "replace")
    if path.suffix == ".inv":
        yield zlib.decompress(data.partition(b"zlib.\n")[2]).decode()
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as parts:
            yield from (parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    if path.suffix == ".pdf":
        with pikepdf.open(path) as pdf:
            for item in pdf.objects:
                if isinstance(item, pikepdf.Stream):
                    yield item.read_bytes(pikepdf.StreamDecodeLevel.generalized).decode("utf-8", "replace")
                # Strings of PDF may be UTF-16.
                yield from (str(value) for value in leaves(item))
        yield from (page.extract_text() for page in PdfReader(path).pages)


def leaves(item: Any) -> Iterator[object]:
    """The strings in an object of a PDF; those that it refers to come on their own."""
    parts: list[Any]
    if isinstance(item, pikepdf.Array):
        parts = list(item.as_list())
    elif isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
        parts = [item[key] for key in item.keys()]  # noqa: SIM118 - a stream is no mapping
    else:
        yield item
        return
    for part in parts:
        if not isinstance(part, pikepdf.Object):
            yield part
        elif not part.is_indirect:
            yield from leaves(part)


@cache
def texts_of(dist: Path) -> dict[str, list[str]]:
    """The texts of each file of the products."""
    return {path.relative_to(dist).as_posix(): [*texts(path)] for path in dist.rglob("*") if path.is_file()}


def files_with(dist: Path, word: str) -> set[str]:
    pattern = re.compile(word, re.IGNORECASE)
    return {name for name, found in texts_of(dist).items() if any(map(pattern.search, found))}


CVS = {"cv.pdf", "cv.docx", "html/cv.pdf", "html/cv.docx"}
PDFS = CVS | {"talks.pdf", "html/talks.pdf"}


def test_what_a_variant_leaves_out_is_nowhere(dist: Path) -> None:
    words = "span|heading|body|note|bullet|role|corp|lang|alt|comment|html|talk|event|abstract|label"
    assert files_with(dist, f"canary({words})|canary\\.png") == set()


def test_what_is_for_the_pdf_is_nowhere_else(dist: Path) -> None:
    assert files_with(dist, "canarypdf|601.?602.?603") == PDFS


def test_what_is_for_the_web_is_not_in_the_pdf(dist: Path) -> None:
    found = files_with(dist, "canaryweb")
    assert "html/index.html" in found
    assert not found & PDFS


def test_what_is_kept_is_found(dist: Path) -> None:
    """Else the search would find nothing anyway."""
    names = "resume.json cv.txt cv.md cv.docx html/index.html html/searchindex.js cv.pdf".split()
    assert {*names} <= files_with(dist, "kept.?corp|kept.?role")
    assert "html/objects.inv" in files_with(dist, "kept.?role")
