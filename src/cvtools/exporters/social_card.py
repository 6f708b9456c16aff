"""The picture that social networks show beside a link to the CV (Open Graph's `og:image`)."""

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import font_lato
from PIL import Image, ImageDraw, ImageFont

#: The size in pixels that social networks crop least.
SIZE = (1200, 630)
_MARGIN = 96
_WIDTH = SIZE[0] - 2 * _MARGIN
_INK, _QUIET, _PAPER = "#1b1f24", "#57606a", "#ffffff"


@cache
def can_show(*texts: str) -> bool:
    """Return True if the typeface has all letters of the texts."""
    from fontTools.ttLib import TTFont

    with TTFont(_file("Bold")) as font:
        return set("".join(texts)) <= set(map(chr, font.getBestCmap()))


@cache
def card(name: str, headline: str, foot: str, accent: str) -> bytes:
    """Return a PNG with a name, a headline, and a line at the foot; the same bytes for the same words.

    :param accent: a colour, as six hexadecimal digits
    """
    image = Image.new("RGB", SIZE, _PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 28, SIZE[1]), fill=f"#{accent}")
    y = _write(draw, 165, name, _fitting("Bold", 104, name, lines=1), _INK)
    draw.rectangle((_MARGIN, y + 22, _MARGIN + 120, y + 29), fill=f"#{accent}")
    _write(draw, y + 64, headline, _fitting("Regular", 54, headline, lines=2), _QUIET)
    _write(draw, SIZE[1] - 104, foot, _fitting("Regular", 32, foot, lines=1), f"#{accent}")
    png = io.BytesIO()
    # A palette of so few colours takes few bytes.
    image.quantize(64).save(png, "PNG")
    return png.getvalue()


def _write(draw: ImageDraw.ImageDraw, y: int, text: str, font: ImageFont.FreeTypeFont, colour: str) -> int:
    """Write a text in lines from a height on, and return the height below them."""
    for line in _lines(text, font):
        draw.text((_MARGIN, y), line, colour, font)
        y += round(font.size * 1.2)
    return y


def _fitting(style: str, size: int, text: str, lines: int) -> ImageFont.FreeTypeFont:
    """Return the typeface at the greatest size, up to the one given, at which a text fits into some lines."""
    font = _font(style, size)
    while size > 16 and (len(found := _lines(text, font)) > lines or _too_wide(found, font)):
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
    # Not every build of Pillow has the library that the other layout needs.
    return ImageFont.truetype(_file(style), size, layout_engine=ImageFont.Layout.BASIC)


def _file(style: str) -> str:
    return str(Path(font_lato.__file__).with_name("files") / f"Lato-{style}.ttf")
