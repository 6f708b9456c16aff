"""Find installed fonts for the characters that the class's fonts lack, before TeX runs."""

import hashlib
import shutil
import subprocess
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, cached_property
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from babel.core import get_global
from docutils import nodes

from cvtools import limits
from cvtools.nodes import language_of
from cvtools.reading.characters import is_drawn
from cvtools.sphinx_warnings import Code, warn
from cvtools.writing.latex import markup as tex


class _Family(NamedTuple):
    """A font family of the class."""

    #: "text" or "code".
    use: str
    #: The file of the regular font, with the characters of all styles; "{family}" stands for a family of TeX Gyre.
    file: str
    #: Beginnings of the names of installed families that look like it, the best first.
    similar: tuple[str, ...]


_FAMILIES: Mapping[str, _Family] = {
    "cvtext": _Family(
        "text", "texgyre{family}-regular.otf", ("Noto Serif", "DejaVu Serif", "Noto Naskh", "DejaVu Sans", "Noto Sans")
    ),
    "cvaside": _Family("text", "texgyreheros-regular.otf", ("Noto Sans", "DejaVu Sans")),
    "cvcode": _Family("code", "lmmono10-regular.otf", ("DejaVu Sans Mono", "Noto Sans Mono", "DejaVu Sans")),
}
#: fontconfig's weight of each style, and whether it is italic, by LaTeX's series and shape.
_STYLES = {("m", "n"): (80, False), ("m", "it"): (80, True), ("b", "n"): (200, False), ("b", "it"): (200, True)}
#: Commas that the class writes in languages with a comma of their own (scripts.lua).
_COMMAS = "\N{ARABIC COMMA}\N{IDEOGRAPHIC COMMA}\N{FULLWIDTH COMMA}"
#: Last words in the names of fonts that have regional forms of Chinese characters, by language.
_REGIONS = {"ja": "JP", "ko": "KR", "zh": "SC", "zh-hant": "TC", "zh-tw": "TC", "zh-hk": "HK", "zh-mo": "HK"}


@cache
def _characters(font: Path) -> frozenset[str]:
    # Not needed for the website.
    from uharfbuzz import Blob, Face

    return frozenset(map(chr, Face(Blob.from_file_path(str(font))).unicodes))


@cache
def _class_fonts(family: str, kpsewhich: str | None) -> Mapping[str, Path]:
    """Return the paths of the class's regular fonts by name; none without TeX, whose absence the build reports."""
    if not kpsewhich:
        return {}
    names = dict.fromkeys(fonts.file.format(family=family) for fonts in _FAMILIES.values())
    result = subprocess.run([kpsewhich, *names], capture_output=True, text=True, check=False)
    return {Path(line).name: Path(line) for line in result.stdout.splitlines()}


@dataclass(frozen=True)
class _Installed:
    """An installed font, as fontconfig lists it."""

    weight: float
    slant: float
    width: float
    #: The number of the font in its file.
    index: int
    file: Path
    #: The font's characters as ranges: "20-7e a0-17f".
    charset: str

    @cached_property
    def ranges(self) -> list[tuple[int, int]]:
        """Return the first and the last character of each range, in ascending order."""
        bounds = (part.split("-") for part in self.charset.split())
        return [(int(bound[0], 16), int(bound[-1], 16)) for bound in bounds]

    def has(self, character: str) -> bool:
        code = ord(character)
        count = bisect_right(self.ranges, code, key=itemgetter(0))
        return count > 0 and code <= self.ranges[count - 1][1]

    def distance(self, weight: float, is_italic: bool) -> tuple[float, bool, float]:
        """Return how much the font differs from a style, as a key for ``min``."""
        return abs(self.width - 100), (self.slant > 0) != is_italic, abs(self.weight - weight)


@cache
def _installed(fc_list: str | None) -> Mapping[str, Sequence[_Installed]]:
    """Return the installed fonts by family, the regular font of each first; none without fontconfig."""
    if not fc_list:
        return {}
    form = "\t".join(f"%{{{name}}}" for name in ("family[0]", "weight", "slant", "width", "index", "file", "charset"))
    listed = subprocess.run([fc_list, "--format", f"{form}\n"], capture_output=True, text=True, check=False).stdout
    lines = sorted({tuple(line.split("\t")) for line in listed.splitlines() if line.count("\t") == 6})
    families = defaultdict(list)
    for family, weight, slant, width, index, file, charset in lines:
        # Leave out variable fonts, which have ranges of weights, slants or widths, "[75 100]", and colour fonts, for
        # which LuaTeX would write files.
        is_variable = not weight.isdecimal() or "[" in slant + width
        if not is_variable and "Color" not in family and file.lower().endswith((".otf", ".ttf", ".ttc", ".otc")):
            values = float(weight), float(slant), float(width), int(index), Path(file), charset
            families[family].append(_Installed(*values))
    return {name: sorted(fonts, key=lambda font: font.distance(80, False)) for name, fonts in families.items()}


@cache
def _family_with(character: str, similar: tuple[str, ...], region: str, fc_list: str | None) -> str | None:
    """Return the best installed family that has a character; None if there is none.

    :param similar: beginnings of the names of families, the best first
    :param region: one of the values of ``_REGIONS``; empty for a character that has the same form everywhere
    """

    def rank(family: str) -> tuple[bool, int, int, str]:
        last = family.rpartition(" ")[2]
        order = next((index for index, begin in enumerate(similar) if family.startswith(begin)), len(similar))
        return last in _REGIONS.values() and last != region, order, len(family), family

    having = (family for family, (regular, *_) in _installed(fc_list).items() if regular.has(character))
    return min(having, key=rank, default=None)


@cache
def _script(character: str) -> str:
    """Return the script of a character, such as "grek" (ISO 15924); empty for Latin, East Asian and signs."""
    from uharfbuzz import Buffer

    buffer = Buffer()
    buffer.add_str(character)
    buffer.guess_segment_properties()
    script = (buffer.script or "").lower()
    return "" if script == "latn" or _is_wide(character) else script


def _is_wide(character: str) -> bool:
    """Return whether a character is East Asian or an emoji; a few emoji are not wide."""
    return unicodedata.east_asian_width(character) in "WF"


def _package(character: str) -> str:
    """Return the Debian package that most likely has a font for a character."""
    if not _is_wide(character):
        return "fonts-noto-core"
    return "fonts-symbola" if unicodedata.category(character) == "So" else "fonts-noto-cjk"


def _region(character: str, node: nodes.Node, language: str) -> str:
    """Return the region for the form of an East Asian character, by the language around it; empty for others."""
    tag = language_of(node, language).lower().replace("_", "-")
    region = _REGIONS.get(tag) or _REGIONS.get(tag.partition("-")[0], "SC")
    return region if _is_wide(character) else ""


class Coverage:
    """The installed fonts for those characters of a PDF that the class's fonts lack.

    :param family: the family of TeX Gyre for text
    """

    def __init__(self, family: str, language: str) -> None:
        self.family, self.language = family, language
        #: The regular fonts of the class by name.
        self.class_fonts, self.fc_list = _class_fonts(family, shutil.which("kpsewhich")), shutil.which("fc-list")
        #: Borrowed characters: by the family of the class that lacks them, then by the installed family that has them
        #: and by script, since a font may have rules for a script.
        self.borrowed: dict[str, dict[tuple[str, str], set[str]]] = {name: {} for name in _FAMILIES}
        #: Characters whose glyphs are pictures: emoji.
        self.pictured: set[str] = set()
        #: Characters without a font, or with one beyond the limit of fonts, each with the first node that has it.
        self.lost: dict[str, nodes.Node] = {}

    def add(self, characters: Mapping[str, Mapping[str, nodes.Node]]) -> None:
        """Find fonts for characters.

        :param characters: the characters in "text" and in "code", each with the first node that has it
        """
        for name, family in _FAMILIES.items():
            if file := self.class_fonts.get(family.file.format(family=self.family)):
                drawn = {sign: node for sign, node in characters.get(family.use, {}).items() if is_drawn(sign)}
                self._borrow_missing(name, _characters(file), drawn)

    def _borrow_missing(self, name: str, own: Set[str], characters: Mapping[str, nodes.Node]) -> None:
        """Borrow the characters that a family of the class lacks.

        :param own: the characters that all styles of the family have
        :param characters: the characters that are set in the family, each with the first node that has it
        """
        # Words need all letters of a script in one font, and combining accents with the letters.
        scripts = {_script(character) for character in characters.keys() - own} - {""}
        without_script: dict[str, nodes.Node] = {}
        for character, node in characters.items():
            script = _script(character)
            if scripts and not script and unicodedata.category(character) == "Mn":
                script = min(scripts)
            if script in scripts:
                self._borrow(name, character, script, node)
            elif character not in own:
                without_script[character] = node
        self._borrow_signs(name, characters.keys())
        for character, node in without_script.items():
            if not any(character in borrowed for borrowed in self.borrowed[name].values()):
                self._borrow(name, character, "", node)

    def _borrow(self, name: str, character: str, script: str, node: nodes.Node) -> None:
        region = _region(character, node, self.language)
        family = _family_with(character, _FAMILIES[name].similar, region, self.fc_list)
        lenders = {lender for families in self.borrowed.values() for lender, _ in families}
        if family and (family in lenders or len(lenders) < limits.FALLBACKS):
            self.borrowed[name].setdefault((family, script), set()).add(character)
            if "Emoji" in family:
                self.pictured.add(character)
        else:
            self.lost.setdefault(character, node)

    def _borrow_signs(self, name: str, characters: Collection[str]) -> None:
        """Borrow digits, signs and Latin letters from the font of a main script, too, since words may mix them.

        A script is a main one if it is the language's, or if the PDF has more different letters of it than of Latin.
        """
        latin = sum(character.isalpha() and not _script(character) for character in characters)
        for (family, script), borrowed in self.borrowed[name].items():
            if script and (len(borrowed) > latin or script == _script_of(self.language)):
                regular, *_ = _installed(self.fc_list)[family]
                others = (other for other in self.borrowed[name].values() if other is not borrowed)
                # TeX takes hyphens from the font of the class. In text from right to left, programs would extract a
                # dash in the font of a number as part of the number, and reverse both.
                is_reversed = not {"R", "AL"}.isdisjoint(map(unicodedata.bidirectional, borrowed))
                signs = {sign for sign in characters if regular.has(sign) and (sign.isalnum() or not is_reversed)}
                borrowed.update(signs.difference("-", *others))

    @property
    def replacements(self) -> Mapping[str, str]:
        """Return the text in place of each lost character; a line may break after the text."""
        return {character: f"[U+{ord(character):04X}]\N{ZERO WIDTH SPACE}" for character in self.lost}

    def warn(self, reported: set[str]) -> None:
        """Warn of all lost characters that are not in `reported`, and add them to it."""
        if not (new := [character for character in self.lost if character not in reported]):
            return
        reported.update(new)
        count = f"{len(new)} characters" if len(new) > 1 else "a character"
        listed = f"{count} ({' '.join(new[:5])}{' …' if len(new) > 5 else ''})"
        packages = sorted(set(map(_package, new)))
        text = f"no installed font has {listed}: install {' and '.join(packages)}, or write them in words"
        if any(_family_with(character, (), "", self.fc_list) for character in new):
            text = f"{listed} would need more fonts than the {limits.FALLBACKS} that a PDF may add: write them in words"
        warn(self.lost[new[0]], Code.FONT, text)

    def write_fallbacks(self, folder: Path) -> Iterator[tex.Latex]:
        """Write small fonts with the borrowed glyphs, and yield the commands that name these fonts.

        TeX would read a whole installed font, which is large, for each size of each style.
        """
        for name, families in self.borrowed.items():
            for (family, script), characters in families.items():
                fonts = _installed(self.fc_list)[family]
                # Prefer styles that have all characters.
                complete = [font for font in fonts if all(map(font.has, characters))] or fonts
                for (series, shape), (weight, is_italic) in _STYLES.items():
                    font = min(complete, key=lambda font: font.distance(weight, is_italic))
                    file = _write_subset(font, characters.union(filter(font.has, _COMMAS)), folder)
                    style = map(tex.identifier, (name, series, shape))
                    # Only scripts with small letters are slanted.
                    is_slanted = is_italic and not font.slant and any(map(str.islower, characters))
                    features = ["oblique"] * is_slanted + ["heavy"] * (font.weight + 50 < weight)
                    features += [f"script={script}"] * bool(script)
                    yield tex.command("cvfallback", *style, tex.file(file), tex.text(";".join(features)))


def _script_of(language: str) -> str:
    """Return the tag of the script that a language is written in, such as "cyrl" (ISO 15924)."""
    tag = language.replace("_", "-").split("-")
    likely = get_global("likely_subtags").get(tag[0], "").split("_")
    return next((part.lower() for part in [*tag, *likely] if len(part) == 4), "")


def _write_subset(font: _Installed, characters: Collection[str], folder: Path) -> str:
    """Write a font reduced to some characters; return the name of its file, which has a hash of the content."""
    from uharfbuzz import Blob, Face, SubsetFlags, SubsetInput, subset

    wanted = SubsetInput()
    wanted.unicode_set.update(map(ord, characters))
    wanted.flags |= SubsetFlags.NO_HINTING
    data = subset(Face(Blob.from_file_path(str(font.file)), font.index), wanted).blob.data
    path = folder / f"font-{hashlib.sha256(data).hexdigest()[:16]}.otf"
    if not path.exists():
        path.write_bytes(data)
    return path.name
