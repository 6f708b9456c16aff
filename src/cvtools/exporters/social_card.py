"""Draw the social card: the picture that networks show with a link to the CV (``og:image`` of Open Graph)."""

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import font_lato
from PIL import Image, ImageDraw, ImageFont

from cvtools.terminal import shorten

#: Width and height in pixels; social networks hardly crop this format.
SIZE = (1200, 630)
_MARGIN = 96
_WIDTH = SIZE[0] - 2 * _MARGIN
_INK, _QUIET, _PAPER = "#1b1f24", "#57606a", "#ffffff"


@cache
def can_show(*texts: str) -> bool:
    """Return whether the font has all characters of the texts."""
    from uharfbuzz import Blob, Face

    return set("".join(texts)) <= set(map(chr, Face(Blob.from_file_path(_file("Bold"))).unicodes))


@cache
def card(name: str, headline: str, foot: str, accent: str) -> bytes:
    """Return a PNG, the same bytes for the same arguments.

    :param foot: the last line
    :param accent: the colour of the last line and the rules, six hexadecimal digits
    """
    # Longer text would be too small to read, and take long to break into lines.
    name, headline, foot = (shorten(text, 200) for text in (name, headline, foot))
    image = Image.new("RGB", SIZE, _PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 28, SIZE[1]), fill=f"#{accent}")
    y = _write(draw, 165, name, _fitting("Bold", 104, name, lines=1), _INK)
    draw.rectangle((_MARGIN, y + 22, _MARGIN + 120, y + 29), fill=f"#{accent}")
    _write(draw, y + 64, headline, _fitting("Regular", 54, headline, lines=2), _QUIET)
    _write(draw, SIZE[1] - 104, foot, _fitting("Regular", 32, foot, lines=1), f"#{accent}")
    png = io.BytesIO()
    # A palette of few colours makes a small file.
    image.quantize(64).save(png, "PNG")
    return png.getvalue()


def _write(draw: ImageDraw.ImageDraw, y: int, text: str, font: ImageFont.FreeTypeFont, colour: str) -> int:
    """Draw a text in lines below a y coordinate, and return the y coordinate below the last line."""
    for line in _lines(text, font):
        draw.text((_MARGIN, y), line, colour, font)
        y += round(font.size * 1.2)
    return y


def _fitting(style: str, size: int, text: str, lines: int) -> ImageFont.FreeTypeFont:
    """Return the font at the greatest size up to `size` at which a text fits into a number of lines."""
    font = _font(style, size)
    while size > 16 and (len(broken := _lines(text, font)) > lines or _too_wide(broken, font)):
        size -= 4
        font = _font(style, size)
    return font


def _lines(text: str, font: ImageFont.FreeTypeFont) -> Sequence[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and not _too_wide([longer := f"{lines[-1]} {word}"], font):
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _too_wide(lines: Sequence[str], font: ImageFont.FreeTypeFont) -> bool:
    return any(font.getlength(line) > _WIDTH for line in lines)


@cache
def _font(style: str, size: int) -> ImageFont.FreeTypeFont:
    # Some builds of Pillow lack the library for the other layout engine.
    return ImageFont.truetype(_file(style), size, layout_engine=ImageFont.Layout.BASIC)


def _file(style: str) -> str:
    return str(Path(font_lato.__file__).with_name("files") / f"Lato-{style}.ttf")
