"""Strip metadata, such as the place of a photo, from JPEG, PNG, WebP and GIF, and rotate photos in JPEG.

Only the pixels of a photo that is to be rotated are encoded anew.

Pages have no pictures in WebP, GIF or other formats, unless ``cv_allow`` lets them in (``reading/linked_files.py``).
"""

import io
import re
import struct
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from warnings import catch_warnings

from sphinx.application import Sphinx

#: Beginnings of the application segments of a JPEG that are kept, by marker: JFIF, the colour profile, and the colour
#: transformation.
_KEPT_JPEG = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
#: A marker of a segment, or of the end; and the first marker that ends the pixels of a scan.
_JPEG_MARKER, _AFTER_SCAN = re.compile(rb"\xff[^\0\1\xd0-\xd8\xff]"), re.compile(rb"\xff[^\0\xd0-\xd7\xff]")
#: Chunks of a PNG that are kept: pixels, colours, density and frames.
_KEPT_PNG = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST sPLT pHYs acTL fcTL fdAT".split()
)
#: Chunks that are kept: in a frame of a WebP, the pixels; in the WebP itself, also colours, frames and the orientation.
_KEPT_IN_FRAME = frozenset([b"VP8 ", b"VP8L", b"ALPH"])
_KEPT_WEBP = _KEPT_IN_FRAME | {b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"EXIF"}
#: Bits in a WebP's VP8X chunk that announce Exif and XMP data.
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04
#: Beginnings of a GIF's blocks that are kept: pictures, their durations, and the number of their repetitions.
_KEPT_GIF = (b",", b"!\xf9", b"!\xff\x0bNETSCAPE2.0\x03\x01")
#: Format of Exif data with only an orientation.
_ORIENTATION = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0%c\0\0\0\0\0\0"


def strip_pictures(app: Sphinx, exception: Exception | None) -> None:
    """Strip the metadata of the pictures that Sphinx has copied into the website."""
    for name in getattr(app.builder, "images", {}).values():
        path = Path(app.outdir, "_images", name)
        if path.exists() and (stripped := without_metadata(data := path.read_bytes())) != data:
            path.write_bytes(stripped)


def without_metadata(data: bytes) -> bytes:
    """Return a picture up to any damage, without metadata, and a JPEG upright; return other data as they are."""
    if data.startswith(b"\xff\xd8"):
        return b"".join(_jpeg_segments(_upright(data)))
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return b"".join(_png_chunks(data))
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        chunks = b"WEBP" + b"".join(_webp_chunks(data[12 : 8 + int.from_bytes(data[4:8], "little")]))
        return b"RIFF" + struct.pack("<I", len(chunks)) + chunks
    if data.startswith((b"GIF87a", b"GIF89a")):
        return b"".join(_gif_blocks(data))
    return data


def _upright(data: bytes) -> bytes:
    """Return a JPEG rotated as the camera recorded, which TeX and word processors would ignore."""
    # A photo and its previews have a few segments of Exif data; reading millions would take long.
    if not 0 < data.count(b"Exif\0\0") < 10:
        return data
    # Few CVs have photos.
    from PIL import Image, ImageOps

    rotated = io.BytesIO()
    # Ignore damaged data, as browsers do.
    with (
        suppress(Exception),
        catch_warnings(action="ignore"),
        Image.open(io.BytesIO(data), formats=["JPEG"]) as picture,
    ):
        if picture.getexif().get(0x0112, 1) in range(2, 9):
            kept = {name: picture.info[name] for name in ("icc_profile", "dpi") if name in picture.info}
            # Large photos are reduced, which is fast, but to no less than these pixels.
            picture.draft(None, (1500, 1500))
            ImageOps.exif_transpose(picture).save(rotated, "JPEG", quality=92, **kept)
    return rotated.getvalue() or data


def _jpeg_segments(data: bytes) -> Iterator[bytes]:
    """Yield the segments of a JPEG that are kept, up to its end."""
    yield data[:2]
    end = 2
    # As programs that read pictures do, skip other bytes before a marker, and markers without a segment.
    while (marker := _JPEG_MARKER.search(data, end)) and marker[0] != b"\xff\xd9":
        at, kind = marker.start(), marker[0][1]
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if kind == 0xDA:
            # The scan lasts to the next marker other than a restart marker; 0xFF with a 0 behind it is no marker.
            marker = _AFTER_SCAN.search(data, end)
            end = marker.start() if marker else len(data)
        content = data[at + 4 : end]
        if kind in {0xE0, 0xEE} and content.startswith(_KEPT_JPEG[kind]):
            # Drop what follows the first 12 bytes. In JFIF, that is a thumbnail, whose width and height become 0.
            content = content[:12] + b"\0\0" * (kind == 0xE0)
            yield struct.pack(">BBH", 0xFF, kind, len(content) + 2) + content
        elif 0xC0 <= kind <= 0xDF or (kind in _KEPT_JPEG and content.startswith(_KEPT_JPEG[kind])):
            yield data[at:end]
    yield b"\xff\xd9"


def _orientation(content: bytes) -> bytes:
    """Return Exif data reduced to the orientation; empty if the picture is upright."""
    # Few CVs have photos.
    from PIL.Image import Exif

    exif = Exif()
    # Ignore damaged data, as browsers do.
    with suppress(Exception), catch_warnings(action="ignore"):
        exif.load(content)
    orientation = exif.get(0x0112, 1)
    return _ORIENTATION % orientation if orientation in range(2, 9) else b""


def _png_chunks(data: bytes) -> Iterator[bytes]:
    """Yield the chunks of a PNG that are kept, up to its end."""
    yield data[:8]
    at, kind = 8, b""
    while kind != b"IEND" and at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind in _KEPT_PNG:
            yield data[at : at + length + 12]
        at += length + 12


def _webp_chunks(data: bytes, kept: Collection[bytes] = _KEPT_WEBP) -> Iterator[bytes]:
    """Yield the chunks of a WebP, or of one of its frames, that are kept."""
    chunks, at = [], 0
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        chunks.append((kind, data[at + 8 : at + 8 + length]))
        # Chunks begin at even bytes.
        at += 8 + length + length % 2
    exif = next((_orientation(content) for kind, content in chunks if kind == b"EXIF"), b"")
    for kind, content in chunks:
        match kind:
            case b"EXIF":
                reduced = exif
            case b"VP8X":
                flags = int.from_bytes(content[:1]) & ~(_WEBP_EXIF | _WEBP_XMP)
                reduced = bytes([flags | (_WEBP_EXIF if exif else 0)]) + content[1:]
            case b"ANMF" if kind in kept:
                reduced = content[:16] + b"".join(_webp_chunks(content[16:], _KEPT_IN_FRAME))
            case _:
                reduced = content
        if reduced and kind in kept:
            yield struct.pack("<4sI", kind, len(reduced)) + reduced + b"\0" * (len(reduced) % 2)


def _gif_blocks(data: bytes) -> Iterator[bytes]:
    """Yield the blocks of a GIF that are kept, up to its end."""

    def table(flags: bytes) -> int:
        """Return the length of the colour table that flags announce."""
        return 6 << (flags[0] & 7) if flags and flags[0] & 0x80 else 0

    at = 13 + table(data[10:11])
    yield data[:at]
    while data[at : at + 1] in {b",", b"!"}:
        start = at
        at += 11 + table(data[at + 9 : at + 10]) if data[at : at + 1] == b"," else 2
        # The length of each part precedes it, and 0 is the end.
        while at < len(data) and data[at]:
            at += data[at] + 1
        at += 1
        if data.startswith(_KEPT_GIF, start):
            yield data[start:at]
    yield b";"
