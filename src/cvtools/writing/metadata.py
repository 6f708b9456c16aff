"""Delete what cameras and programs note in a JPEG, PNG, WebP or GIF, such as where it was taken; its pixels stay."""

import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from warnings import catch_warnings

from sphinx.application import Sphinx

#: Segments of a JPEG that say how to show it: JFIF, and the profile and the transformation of colours.
_SHOWN = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
#: Chunks of a PNG that do: pixels, colours, density and frames.
_SHOWN_PNG = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST sPLT pHYs acTL fcTL fdAT".split()
)
#: Chunks of a WebP that say how to show it, but for the orientation.
_SHOWN_WEBP = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
#: Extensions of a GIF that do: of a frame, a text, and how often it is repeated.
_SHOWN_GIF = (b"!\xf9", b"!\x01", b"!\xff\x0bNETSCAPE2.0", b"!\xff\x0bANIMEXTS1.0")
#: A segment of Exif with nothing but an orientation.
_TURNED = b"\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0%c\0\0\0\0\0\0"


def strip_copies(app: Sphinx, exception: Exception | None) -> None:
    """Strip the pictures of the book, which Sphinx has copied."""
    for name in getattr(app.builder, "images", {}).values():
        path = Path(app.outdir, "_images", name)
        if path.exists() and (stripped := without_metadata(data := path.read_bytes())) != data:
            path.write_bytes(stripped)


def without_metadata(data: bytes) -> bytes:
    """Return the parts of a picture that show it, with its orientation; data of another kind as they are.

    Of a damaged picture, the parts that can be read are returned.
    """
    if data.startswith(b"\xff\xd8"):
        return b"".join(_segments(data))
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return b"".join(_chunks(data))
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _webp(data)
    if data.startswith(b"GIF8"):
        return b"".join(_blocks(data))
    return data


def _segments(data: bytes) -> Iterator[bytes]:
    """Yield the parts of a JPEG that are kept, without pictures after its end."""
    yield data[:2]
    end = 2
    # Whatever else is before a marker, readers skip, as they do markers that have no content.
    while (found := re.compile(rb"\xff[^\0\1\xd0-\xd8\xff]").search(data, end)) and found[0] != b"\xff\xd9":
        at, kind = found.start(), found[0][1]
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if kind == 0xDA:
            # The pixels, in which 0xFF is followed by 0 or the number of a part
            found = re.compile(rb"\xff[^\0\xd0-\xd7\xff]").search(data, end)
            end = found.start() if found else len(data)
        content = data[at + 4 : end]
        if kind == 0xE1:
            yield _orientation(content)
        elif kind in {0xE0, 0xEE} and content.startswith(_SHOWN[kind]):
            # A thumbnail may follow in JFIF, which says its size in two bytes, and anything in either.
            content = content[:12] + b"\0\0" * (kind == 0xE0)
            yield struct.pack(">BBH", 0xFF, kind, len(content) + 2) + content
        elif 0xC0 <= kind <= 0xDF or content.startswith(_SHOWN.get(kind, b"\xff")):
            yield data[at:end]
    yield b"\xff\xd9"


def _orientation(content: bytes) -> bytes:
    """Return a segment with the orientation that a segment holds; empty if there is none, or the picture is upright."""
    # Few CVs have photos.
    from PIL.Image import Exif

    exif = Exif()
    # Whatever is wrong with it, browsers ignore it as well.
    with suppress(Exception), catch_warnings(action="ignore"):
        exif.load(content)
    orientation = exif.get(0x0112, 1)
    return _TURNED % orientation if orientation in range(2, 9) else b""


def _chunks(data: bytes) -> Iterator[bytes]:
    """Yield the parts of a PNG that are kept, up to its end."""
    yield data[:8]
    at, kind = 8, b""
    while kind != b"IEND" and at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind in _SHOWN_PNG:
            yield data[at : at + length + 12]
        at += length + 12


def _webp(data: bytes) -> bytes:
    """Return a WebP of the chunks that are kept."""
    chunks: list[tuple[bytes, bytes]] = []
    at = 12
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, at)
        content = data[at + 8 : at + 8 + length]
        if kind == b"EXIF" and (turned := _orientation(content)):
            chunks.append((kind, turned.partition(b"Exif\0\0")[2]))
        elif kind in _SHOWN_WEBP and content:
            chunks.append((kind, content))
        at += 8 + length + length % 2
    names = {kind for kind, _ in chunks}
    if chunks and chunks[0][0] == b"VP8X":
        # Its flags tell of Exif and XMP.
        flags = chunks[0][1][0] & ~(0x04 if b"EXIF" in names else 0x0C)
        chunks[0] = b"VP8X", bytes([flags]) + chunks[0][1][1:]
    padded = (struct.pack("<4sI", kind, len(part)) + part + b"\0" * (len(part) % 2) for kind, part in chunks)
    body = b"WEBP" + b"".join(padded)
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def _blocks(data: bytes) -> Iterator[bytes]:
    """Yield the parts of a GIF that are kept, up to its end."""

    def colours(at: int) -> int:
        """Return the size of the table of colours that the flags at a position tell of."""
        flags = int.from_bytes(data[at : at + 1])
        return 3 << (flags & 7) + 1 if flags & 0x80 else 0

    at = 13 + colours(10)
    yield data[:at]
    while data[at : at + 1] in {b"!", b","}:
        is_frame = data[at : at + 1] == b","
        end = at + (11 + colours(at + 9) if is_frame else 2)
        while end < len(data) and data[end]:
            end += data[end] + 1
        if is_frame or data.startswith(_SHOWN_GIF, at):
            yield data[at : end + 1]
        at = end + 1
    yield b";"
