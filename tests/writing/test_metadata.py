"""What a camera notes in a picture is published nowhere."""

import io
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image, PngImagePlugin

from cvtools.writing.metadata import without_metadata
from tests.projects import Project

SECRET = b"51.4775N"


def picture(kind: str, orientation: int = 1, **options: object) -> bytes:
    """Return a picture with the place where it was taken in every kind of metadata that Pillow writes."""
    drawn, made, exif = Image.new("RGB", (8, 4), "red"), io.BytesIO(), Image.Exif()
    exif[0x0112], exif[0x9286] = orientation, SECRET
    text = PngImagePlugin.PngInfo()
    text.add_text("Place", SECRET.decode())
    text.add_itxt("XMP", SECRET.decode())
    drawn.save(made, kind, exif=exif, comment=SECRET, xmp=SECRET, pnginfo=text, **options)
    return made.getvalue()


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize(("kind", "options"), [("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {})])
def test_metadata_are_deleted_and_pixels_kept(kind: str, options: dict[str, object], orientation: int) -> None:
    data = picture(kind, orientation, **options)
    stripped = without_metadata(data)
    assert SECRET in data
    assert SECRET not in stripped
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(stripped)) as after:
        assert after.tobytes() == before.tobytes()
        assert after.getexif().get(0x0112, 1) == (orientation if kind == "JPEG" else 1)
    assert without_metadata(stripped) == stripped


def test_preview_behind_a_photo_is_deleted() -> None:
    plain = without_metadata(picture("JPEG"))
    assert without_metadata(plain + picture("JPEG")) == plain


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xff\xff\xff", b"\x89PNG\r\n\x1a\n\0\0", b"GIF89a"])
def test_what_is_no_whole_picture_stays(data: bytes) -> None:
    assert without_metadata(data) == data


def test_no_output_says_where_a_photo_was_taken(project: Project) -> None:
    (project.docs / "a.jpg").write_bytes(picture("JPEG", 6))
    (project.docs / "b.png").write_bytes(picture("PNG"))
    project.write({"index.md": "# Ada\n:photo: a.jpg\n:headline: x\n\n![b](b.png)\n"})
    for builder in ("html", "cvlatex"):
        built = project.build(builder)
        assert any(Path(name).suffix == ".jpg" for name in built.files())
        assert built.files_with(SECRET.decode()) == []
    with ZipFile(project.build("cvdocx").out / "cv.docx") as document:
        media = [document.read(name) for name in document.namelist() if "/media/" in name]
    assert len(media) == 2
    assert not any(SECRET in data for data in media)


def test_damaged_exif_is_deleted() -> None:
    data = picture("JPEG").replace(b"Exif\0\0MM", b"Exif\0\0XX").replace(b"Exif\0\0II", b"Exif\0\0XX")
    assert SECRET not in without_metadata(data)
    assert without_metadata(data) == without_metadata(picture("JPEG"))
