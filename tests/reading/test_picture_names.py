"""Pictures by names that Markdown and docutils change."""

import pytest

from tests.projects import Project, png


def test_picture_is_found_by_any_name(project: Project) -> None:
    for name in ("my photo.png", "zdjęcie.png", "100%.png", "a%20b.png"):
        (project.docs / name).write_bytes(png(6, 3))
    page = """# A

![1](zdjęcie.png) ![2](<my photo.png>) ![3](my%20photo.png) ![4](100%.png) ![5](a%20b.png)

```{figure} my photo.png
:alt: 6
```

```{image} zdjęcie.png
:alt: 7
```
"""
    built = project.write({"index.md": page}).build("html")
    assert built.files_with("png") != []
    assert {name for name in built.files() if name.startswith("_images/")} == {
        "_images/my photo.png",
        "_images/zdjęcie.png",
        "_images/100%.png",
        "_images/a%20b.png",
    }
    assert built.read("index.html").count("<img ") == 7


def test_missing_picture_is_named_as_written(project: Project) -> None:
    rule = "the picture my photo.png cannot be read: check its name, and that it is there"
    for alternative in ("1", ""):
        built = project.write({"index.md": f"# A\n\n![{alternative}](<my photo.png>)\n"}).build(warns=True)
        assert built.warnings == f"index.md:3: WARNING: {rule} [image.not_readable]\n"


def test_picture_is_found_by_a_name_that_only_looks_the_same(project: Project) -> None:
    (project.docs / "mu\u0308ller.png").write_bytes(png(6, 3))
    page = "# A\n:photo: ![A](m\u00fcller.png)\n\nWords.\n\n![1](m%C3%BCller.png)\n"
    assert "<img " in project.write({"index.md": page}).build("html").read("index.html")


def test_picture_in_other_case_is_shown_and_its_name_suggested(project: Project) -> None:
    (project.docs / "foto.png").write_bytes(png(6, 3))
    built = project.write({"index.md": "# A\n\n![1](Foto.PNG)\n"}).build("html", warns=True)
    assert built.warnings == 'index.md:3: WARNING: there is no picture "Foto.PNG": did you mean foto.png? [cv.value]\n'
    assert 'src="_images/foto.png"' in built.read("index.html")


def test_page_whose_title_is_a_picture_has_its_words_for_a_name(project: Project) -> None:
    (project.docs / "a.png").write_bytes(png(6, 3))
    built = project.write({"index.md": "# ![Ada Example](a.png)\n\nWords.\n"}).build("html")
    assert "<title>Ada Example" in built.read("index.html")
    assert "Ada Example" in built.read("searchindex.js")


@pytest.mark.parametrize("attributes", [" {width=120px}", "{width=“120px”}"])
def test_size_that_is_not_read_gives_a_warning_with_a_remedy(project: Project, attributes: str) -> None:
    (project.docs / "a.png").write_bytes(png(6, 3))
    built = project.write({"index.md": f"# Ada\n:photo: ![A](a.png){attributes}\n"}).build(warns=True)
    rule = 'is not understood: write it directly after the picture, as in "![Ada](ada.jpg){width=120px}"'
    assert built.warnings == f"index.md:2: WARNING: {attributes.strip()} {rule} [cv.value]\n"


@pytest.mark.parametrize("attributes", ["{width=1px show=pfd}", "{width=1px,show=pfd}", "{width=1px .only-x}"])
def test_size_with_a_mark_withholds_the_photo(project: Project, attributes: str) -> None:
    (project.docs / "a.png").write_bytes(png(6, 3))
    built = project.write({"index.md": f"# Ada\n:photo: ![A](a.png) {attributes}\n"}).build("html", warns=True)
    assert "a.png" not in built.read("index.html")


def test_size_of_a_refused_photo_gives_no_warning_of_a_mark(project: Project) -> None:
    built = project.write({"index.md": "# Ada\n:photo: ![A](a.heic){width=120px}\n"}).build(warns=True)
    assert "the file a.heic is not allowed" in built.warnings
    assert "show=pdf" not in built.warnings
