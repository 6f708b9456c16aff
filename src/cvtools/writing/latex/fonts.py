"""The characters that the PDF's fonts have, and installed fonts for others, found before TeX runs."""

import shutil
import subprocess
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import itemgetter
from pathlib import Path

from docutils import nodes

from cvtools import limits
from cvtools.problems import Code, warn
from cvtools.writing.latex import markup as tex
from cvtools.writing.latex.escape import is_drawn
from cvtools.writing.latex.markup import Latex

#: The class's fonts for text and for code.
FONTS: Mapping[str, tuple[str, ...]] = {
    "text": ("texgyre{family}-regular.otf", "texgyreheros-regular.otf"),
    "code": ("lmmono10-regular.otf",),
}
#: The styles of each font.
_FACES = ("regular", "italic", "bold", "bolditalic")
#: Families that match those of the class, the best first.
_PREFERRED = ("DejaVu Sans", "Noto Serif", "Noto Sans", "Noto Sans Symbols", "Noto Sans Symbols 2", "Noto Sans CJK")


@cache
def _characters(font: Path) -> frozenset[int]:
    # Slow to import, and not needed for the web book.
    from fontTools.ttLib import TTFont

    with TTFont(font, fontNumber=0, lazy=True) as opened:
        # Without names, fontTools would read all outlines to make some.
        opened.setGlyphOrder([str(number) for number in range(opened["maxp"].numGlyphs)])
        return frozenset(opened.getBestCmap())


@cache
def _find(family: str, kpsewhich: str | None) -> Mapping[str, Path]:
    """Return the class's font files by name, as TeX finds them; none without TeX, which the build reports elsewhere."""
    if not kpsewhich:
        return {}
    regular = [name.format(family=family) for names in FONTS.values() for name in names]
    names = [name.replace("regular", face) for name in regular for face in _FACES]
    result = subprocess.run([kpsewhich, *names], capture_output=True, text=True, check=False)
    paths = map(Path, result.stdout.split("\n")[:-1])
    return {path.name: path for path in paths}


@dataclass(frozen=True)
class _Installed:
    """An installed font, as fontconfig lists it."""

    family: str
    style: str
    file: Path
    #: Its characters as ranges: "20-7e a0-17f".
    charset: str

    @cached_property
    def ranges(self) -> list[tuple[int, int]]:
        """Return the first and the last character of each range, in ascending order."""
        bounds = (part.partition("-") for part in self.charset.split())
        return [(int(first, 16), int(last or first, 16)) for first, _, last in bounds]

    def has(self, character: str) -> bool:
        code = ord(character)
        count = bisect_right(self.ranges, code, key=itemgetter(0))
        return count > 0 and code <= self.ranges[count - 1][1]


@cache
def _installed(fc_list: str | None) -> Sequence[_Installed]:
    """Return the installed fonts, the best fallback first; none without fontconfig."""
    if not fc_list:
        return []
    query = [fc_list, "--format", "%{family[0]}\t%{style[0]}\t%{file}\t%{charset}\n"]
    listed = subprocess.run(query, capture_output=True, text=True, check=False).stdout.splitlines()
    lines = sorted({tuple(line.split("\t")) for line in listed if line.count("\t") == 3})
    rank = {family: index for index, family in enumerate(_PREFERRED)}
    plain = {"Regular": 0, "Book": 0, "Roman": 0, "Normal": 0}
    lines.sort(key=lambda line: (rank.get(line[0], len(rank)), plain.get(line[1], 1)))
    return [_Installed(family, style, Path(file), charset) for family, style, file, charset in lines]


@cache
def _installed_with(character: str, fc_list: str | None) -> tuple[str, Path] | None:
    """Return the family and the file of the best installed font with a character; None if there is none."""
    return next(((font.family, font.file) for font in _installed(fc_list) if font.has(character)), None)


def _lacking(character: str, *, is_installed: bool) -> str:
    """Return the warning about a character that the PDF cannot show."""
    name = f'U+{ord(character):04X} {unicodedata.name(character, "a character without a name")} "{character}"'
    if is_installed:
        return f"{name} needs one more font than the {limits.FALLBACKS} that a PDF may add: write it in words"
    packages = "fonts-noto-core, fonts-noto-cjk or fonts-noto-color-emoji"
    return f"no installed font has {name}: install one that has it, such as {packages}, or write it in words"


class Coverage:
    """The characters of a PDF, and the fonts that it needs for them besides those of the class.

    :param family: the family of TeX Gyre that the text is set in
    """

    def __init__(self, family: str) -> None:
        self.family = family
        self.fonts: dict[str, Path] = {}
        #: Characters whose glyphs are colour pictures (emoji).
        self.pictured: set[str] = set()
        #: Replacements for characters that no font has.
        self.lost: dict[str, str] = {}

    def add(self, characters: Mapping[str, Mapping[str, nodes.Node]]) -> None:
        """Find fonts for the characters of a page; warn of characters that no font has.

        :param characters: the first node with each character, for each of :data:`FONTS`
        """
        for use, first in characters.items():
            names = {name.format(family=self.family) for name in FONTS[use]}
            fonts = [file for name, file in _find(self.family, shutil.which("kpsewhich")).items() if name in names]
            if len(fonts) < len(names):
                continue
            for character in sorted(first):
                if not is_drawn(character) or all(ord(character) in _characters(font) for font in fonts):
                    continue
                installed = _installed_with(character, shutil.which("fc-list"))
                if installed and (installed[0] in self.fonts or len(self.fonts) < limits.FALLBACKS):
                    family, file = installed
                    self.fonts[family] = file
                    self.pictured |= {character} if "Emoji" in family else set()
                elif character not in self.lost:
                    self.lost[character] = f"[U+{ord(character):04X}]"
                    warn(first[character], Code.FONT, _lacking(character, is_installed=bool(installed)))

    @property
    def files(self) -> Sequence[Path]:
        """Return the font files of the PDF."""
        return [*_find(self.family, shutil.which("kpsewhich")).values(), *self.fonts.values()]

    def fallbacks(self) -> Iterator[Latex]:
        """Yield the fallback fonts, as luaotfload names them."""
        for family, file in self.fonts.items():
            yield tex.font(file, "harf" if "Emoji" in family or "CJK" in family else "node")
