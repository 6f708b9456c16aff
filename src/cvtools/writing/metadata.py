"""Delete what cameras and programs note in a JPEG or a PNG, such as where it was taken; its pixels stay as they are."""

import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from warnings import catch_warnings

from sphinx.application import Sphinx

#: Segments of a JPEG that say how to show it: JFIF, and the profile and the transformation of colours.
_SHOWN = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
#: Chunks of a PNG that do not.
_NOTED = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
#: A segment of Exif with nothing but an orientation.
_TURNED = b"\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0%c\0\0\0\0\0\0"


def strip_copies(app: Sphinx, exception: Exception | None) -> None:
    """Strip the pictures of the book, which Sphinx has copied."""
    for name in getattr(app.builder, "images", {}).values():
        path = Path(app.outdir, "_images", name)
        if path.exists() and (stripped := without_metadata(data := path.read_bytes())) != data:
            path.write_bytes(stripped)


def without_metadata(data: bytes) -> bytes:
    """Return a picture without metadata but its orientation; as it is if it has none, is damaged or of another kind."""
    try:
        if data.startswith(b"\xff\xd8"):
            return b"".join(_segments(data))
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return b"".join(_chunks(data))
    except (struct.error, ValueError):
        pass
    return data


def _segments(data: bytes) -> Iterator[bytes]:
    """Yield the parts of a JPEG that are kept, up to its end: another picture may follow, such as a preview.

    :raises ValueError: the file is damaged
    """
    yield data[:2]
    at = 2
    while at + 1 < len(data) and data[at : at + 2] != b"\xff\xd9":
        kind, end = data[at + 1], at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if data[at] != 0xFF or kind == 0xFF:
            raise ValueError("no marker")
        if kind == 0xDA:
            # The pixels, in which 0xFF is followed by 0 or the number of a part
            found = re.compile(rb"\xff[^\0\xd0-\xd7\xff]").search(data, end)
            end = found.start() if found else len(data)
        if kind == 0xE1:
            yield _orientation(data[at + 4 : end])
        elif not (0xE0 <= kind <= 0xEF or kind == 0xFE) or data.startswith(_SHOWN.get(kind, b"\xff"), at + 4):
            yield data[at:end]
        at = end
    yield data[at : at + 2]


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
    while kind != b"IEND" and at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind not in _NOTED:
            yield data[at : at + length + 12]
        at += length + 12
