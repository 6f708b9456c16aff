"""What a camera notes in a picture is published nowhere."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from PIL import Image, PngImagePlugin

from cvtools.writing.picture_metadata import without_metadata
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


ANIMATED = {"save_all": True, "append_images": [Image.new("RGB", (8, 4), "blue")]}


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("PNG", ANIMATED),
        ("GIF", {}),
        ("GIF", ANIMATED | {"loop": 0}),
        ("GIF", {"orientation": 6}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True, "orientation": 6}),
        ("WEBP", ANIMATED | {"orientation": 6}),
    ],
)
def test_metadata_are_deleted_and_pixels_kept(kind: str, options: dict[str, Any]) -> None:
    data = picture(kind, **options)
    stripped = without_metadata(data)
    assert SECRET in data
    assert SECRET not in stripped
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(stripped)) as after:
        assert after.tobytes() == before.tobytes()
        assert after.getexif().get(0x0112, 1) == (options.get("orientation", 1) if kind == "WEBP" else 1)
        assert getattr(after, "n_frames", 1) == getattr(before, "n_frames", 1)
    assert without_metadata(stripped) == stripped


def test_photo_is_rotated_as_the_camera_recorded() -> None:
    drawn, made, exif = Image.new("RGB", (64, 32), "blue"), io.BytesIO(), Image.Exif()
    drawn.paste("red", (0, 0, 32, 32))
    exif[0x0112] = 6
    drawn.save(made, "JPEG", exif=exif, dpi=(300, 300), icc_profile=b"profile")
    with Image.open(io.BytesIO(without_metadata(made.getvalue()))) as shown:
        assert shown.size == (32, 64)
        assert shown.getpixel((16, 8)) == pytest.approx((254, 0, 0), abs=5)
        assert shown.getpixel((16, 56)) == pytest.approx((0, 0, 254), abs=5)
        assert shown.info["dpi"] == (300, 300)
        assert shown.info["icc_profile"] == b"profile"
        assert not shown.getexif()


@pytest.mark.parametrize("segment", [b"\xff\xfe\0\x0c\xff\xfe" + SECRET, b"\xff\xed\0\x0b\xff" + SECRET])
def test_segment_is_deleted_whatever_its_first_byte(segment: bytes) -> None:
    data = picture("JPEG")
    assert without_metadata(data[:2] + segment + data[2:]) == without_metadata(data)


def test_many_segments_of_exif_data_are_not_read() -> None:
    data = picture("JPEG", 6)
    at = data.index(b"\xff\xe1")
    segment = data[at : at + 2 + int.from_bytes(data[at + 2 : at + 4])]
    assert without_metadata(data[:2] + 10 * segment + data[2:]) == without_metadata(picture("JPEG"))


@pytest.mark.parametrize("before", [b"\xff", b"\xff\xff\xff", b"\0", b"x\xff\0", b"\xff\xfe\0\x03x\xff", b"\xff\xd0"])
def test_bytes_before_a_marker_hide_nothing(before: bytes) -> None:
    data = picture("JPEG")
    at = data.index(b"\xff\xe1")
    odd = data[:at] + before + data[at:]
    with Image.open(io.BytesIO(odd)) as shown:
        shown.load()
    assert without_metadata(odd) == without_metadata(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_picture_that_is_cut_off_has_no_metadata(kind: str) -> None:
    data = picture(kind)
    assert [end for end in range(4, len(data)) if SECRET in without_metadata(data[:end])] == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("behind", [b"\n", b"\0", b"junk", b"longer junk", b"\xff", b"\xff\xe1"])
def test_bytes_after_a_picture_hide_nothing(kind: str, behind: bytes) -> None:
    data = picture(kind)
    assert without_metadata(data + behind) == without_metadata(data)


@pytest.mark.parametrize("kind", [b"caBX", b"prVt", b"tEXt", b"dSIG"])
def test_chunk_of_a_png_that_shows_nothing_is_deleted(kind: bytes) -> None:
    data = picture("PNG")
    chunk = struct.pack(">I4s", len(SECRET), kind) + SECRET + struct.pack(">I", zlib.crc32(kind + SECRET))
    at = data.index(b"IDAT") - 4
    assert without_metadata(data[:at] + chunk + data[at:]) == without_metadata(data)


@pytest.mark.parametrize(
    ("marker", "content", "kept"),
    [
        (0xE0, b"JFIF\0\1\2\1\0\x48\0\x48\2\1" + b"rgbRGB" + SECRET, b"JFIF\0\1\2\1\0\x48\0\x48\0\0"),
        (0xE0, b"JFXX\0\x13\1\1" + SECRET, b""),
        (0xEE, b"Adobe\0\x64\0\0\0\0\0" + SECRET, b"Adobe\0\x64\0\0\0\0\0"),
        (0xF3, SECRET, b""),
    ],
)
def test_segment_of_a_jpeg_is_reduced_to_what_is_shown(marker: int, content: bytes, kept: bytes) -> None:
    data = without_metadata(picture("JPEG"))
    # In place of its own JFIF
    start, rest = data[:2], data[2 + 2 + 16 :]

    def segment(content: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content

    stripped = without_metadata(start + segment(content) + rest)
    assert stripped == start + (segment(kept) if kept else b"") + rest
    with Image.open(io.BytesIO(stripped)) as shown:
        shown.load()


def test_preview_after_a_photo_is_deleted() -> None:
    plain = without_metadata(picture("JPEG"))
    assert without_metadata(plain + picture("JPEG")) == plain


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff\xfe\0\x0a" + SECRET,
        b"\xff\xd8\xff\xd9\xff\xfe\0\x0a" + SECRET + b"\xff",
        b"\xff\xd8\xff\1\xff\xd8\xff\xd7\xff\xfe\0\0" + SECRET,
        b"\x89PNG\r\n\x1a\n\0\0\0\x08tEXt" + SECRET,
        b"RIFF\x18\0\0\0WEBPEXIF\x08\0\0\0" + SECRET,
        b"RIFF\x30\0\0\0WEBPANMF\x20\0\0\0" + bytes(16) + b"XMP \x08\0\0\0" + SECRET,
        b"RIFF\xff\xff\xff\xffWEBPXMP \xff\xff\xff\xff" + SECRET,
        b"GIF89a" + bytes(7) + b"!\xfe\x08" + SECRET + b"\0;",
        b"GIF89a" + bytes(7) + b"!\xff\x0bXMP DataXMP\x08" + SECRET + b"\0;" + SECRET,
    ],
)
def test_file_without_pixels_has_no_metadata(data: bytes) -> None:
    assert SECRET not in without_metadata(data)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"RIFF\0\0\0\0WAVE", b"GIF"])
def test_file_of_another_kind_stays(data: bytes) -> None:
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


@pytest.mark.parametrize("suffix", ["gif", "webp"])
def test_picture_that_the_configuration_allows_does_not_say_where_it_was_taken(project: Project, suffix: str) -> None:
    (project.docs / f"a.{suffix}").write_bytes(picture(suffix, 6))
    project.write({"index.md": f"# Ada\n\n![A](a.{suffix})\n"})
    built = project.build("html", cv_allow=[f".{suffix}"])
    assert (built.out / "_images" / f"a.{suffix}").exists()
    assert built.files_with(SECRET.decode()) == []


def test_damaged_exif_is_deleted() -> None:
    data = picture("JPEG").replace(b"Exif\0\0MM", b"Exif\0\0XX").replace(b"Exif\0\0II", b"Exif\0\0XX")
    assert SECRET not in without_metadata(data)
    assert without_metadata(data) == without_metadata(picture("JPEG"))


@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
def test_picture_that_only_browsers_show_is_refused(project: Project, name: str) -> None:
    Image.new("RGB", (3, 1)).save(project.docs / name, comment=SECRET, xmp=SECRET)
    built = project.write({"index.md": f"# Ada\n\n![A]({name})\n"}).build(
        "html", warns=True, cv_allow=["include", ".svg"]
    )
    assert built.warnings.startswith("index.md:3: WARNING: ")
    assert "use one of .jpeg, .jpg, .pdf, .png, .svg [cv.guard]" in built.warnings
    assert built.files_with(SECRET.decode()) == []
