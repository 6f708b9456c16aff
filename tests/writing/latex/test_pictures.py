"""The size and the place of pictures in LaTeX."""

import re
from pathlib import Path

import pytest
from docutils import nodes
from PIL import Image

from cvtools.build import build
from cvtools.writing import documents
from cvtools.writing.latex.markup import picture_size
from tests.projects import Project, pages_of, png


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, ""),
        ({"width": "80px"}, "width=60.00bp"),
        ({"width": "80"}, "width=60.00bp"),
        ({"width": "1in", "height": "2.5 pc"}, "width=72.00bp,totalheight=30.00bp"),
        ({"width": "40%"}, "width=192.00bp"),
        ({"width": "40%", "scale": 50}, "width=96.00bp"),
        ({"scale": 50}, "scale=0.500"),
        ({"width": "30 mm", "height": "2.5CM"}, "width=85.05bp,totalheight=70.88bp"),
        ({"height": "50vh"}, ""),
        ({"width": "px", "height": "1em\\input{x}"}, ""),
        ({"width": "1e9px", "scale": 50}, "scale=0.500"),
        ({"width": "9999in"}, "width=2000.00bp"),
        ({"width": "0"}, "width=1.00bp"),
    ],
)
def test_size_is_that_of_the_page(attributes: dict[str, object], expected: str) -> None:
    assert picture_size(*documents.size_of(nodes.image("", **attributes))) == expected


def test_picture_has_size_and_place_in_the_pdf(project: Project) -> None:
    Image.new("RGB", (30, 10)).save(project.docs / "a.jpg")
    (project.docs / "b.jpg").write_bytes(b"\xff\xd8\xff no picture")
    page = """# Ada

```{image} a.jpg
:width: 3cm
:align: right
:alt: One
```

```{figure} a.jpg
:align: center
:alt: Two

Words.
```

![Three](a.jpg){height=20px} and ![Four](a.jpg).

![Five](b.jpg)
"""
    tex = project.write({"index.md": page}).build("cvlatex").read("cv.tex")
    assert r"\cvimage{right}{width=85.05bp}{a.jpg}{One}" in tex
    assert r"\cvimage{center}{}{a.jpg}{Two}" in tex
    assert r"\cvinlineimage{totalheight=15.00bp}{a.jpg}{Three} and \cvinlineimage{}{a.jpg}{Four}" in tex
    assert r"\cvimage{left}{}{b.jpg}{Five}" in tex


def test_missing_photo_leaves_the_head_without_one(project: Project) -> None:
    built = project.write({"index.md": "# Ada\n:photo: ![Ada](none.jpg)\n\nWords.\n"}).build("cvlatex", warns=True)
    assert "photo" not in built.read("cv.tex")
    assert built.warnings.startswith("index.md:2: WARNING: the picture none.jpg cannot be read")


def test_name_of_a_picture_needs_no_font(project: Project) -> None:
    Image.new("RGB", (3, 1)).save(project.docs / "\U00030000.png")
    built = project.write({"index.md": "# Ada\n\n![A desk](\U00030000.png)\n"}).build("cvlatex")
    assert re.search(r"\\cvimage\{left\}\{\}\{[0-9a-f]{64}\.png\}\{A desk\}", built.read("cv.tex"))


@pytest.mark.parametrize("side", ["left", "right"])
def test_footnote_of_a_field_beside_the_photo_is_set(tmp_path: Path, side: str) -> None:
    project = Project(tmp_path)
    (project.docs / "me.png").write_bytes(png(4, 4))
    head = f"# Ada\n:headline: Architect[^a]\n:photo: ![Ada](me.png){{align={side}}}\n"
    project.write({"index.md": f"{head}\nWords[^b].\n\n[^a]: Note a.\n[^b]: Note b.\n"})
    assert build(project.folder, html=False, strict=True)
    assert "1Note a. 2Note b." in " ".join(pages_of(project.folder / "dist/cv.pdf")[0].split())
