"""The TeX installation: where its files are, what its environment is, and a cache of the fonts that it has parsed."""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from cvtools import limits
from cvtools.writing.latex.preamble import copy_support

OPTIONS = ("-recorder", "-no-shell-escape", "-nosocket", "-interaction=nonstopmode", "-halt-on-error")

#: Variables that TeX Live and the C library read; all others, such as a CI's tokens, are kept from TeX.
_VARIABLES = re.compile(r"PATH|HOME|LANG|LC_\w+|TZ|TMPDIR|OSFONTDIR|\w*TEX(MF|INPUTS|FONTS)\w*")
#: All that a document of ours may be set in: {family}{series}{shape}.
_FACES = [
    (family, series, shape) for family in ("cvtext", "cvaside", "cvcode") for series in "mb" for shape in ("n", "it")
]


def environment(**more: str) -> dict[str, str]:
    """Return the variables for a run of LuaTeX."""
    return {name: value for name, value in os.environ.items() if _VARIABLES.fullmatch(name)} | {
        "FORCE_SOURCE_DATE": "1",
        # TeX writes below its output folder only, and reads no hidden file. To forbid every path from the root, as "p"
        # would, stops luaotfload from TeX Live 2024 on; TeX Live 2026 heeds neither. The sandbox limits all of them.
        "openin_any": "r",
        "openout_any": "p",
        # Its messages stay on one line, so that they can be read.
        "max_print_line": "10000",
        **more,
    }


@cache
def trees() -> Sequence[str]:
    """Return the folders that TeX and its fonts are installed in."""
    asked = "-expand-path={$TEXMF,$TEXMFROOT,$TEXMFCNF,$OSFONTDIR}"
    found = subprocess.run(["kpsewhich", asked], capture_output=True, text=True, check=False, cwd="/").stdout
    home = os.environ.get("HOME", "/")
    data = os.environ.get("XDG_DATA_HOME") or f"{home}/.local/share"
    fonts = ["/etc/fonts", "/usr/local/share/fonts", f"{home}/.fonts", f"{data}/fonts"]
    return [path for path in [*found.strip().split(os.pathsep), *fonts] if path.startswith("/") and path != "/"]


def fallbacks(preamble: str) -> list[str]:
    """Return the paths of the fonts that the preamble of a document falls back to."""
    return re.findall(r"\\cvfallback\{\[([^]]+)\]", preamble)


@cache
def font_cache(preamble: str, work: Path) -> Path | None:
    """Return the folder where luaotfload finds the fonts of a document parsed; None if they cannot be loaded.

    The cache holds Lua that every later run executes. So no document may write to it: a run over fonts alone, with no
    page in it, makes it once for each user and set of fonts.

    :param preamble: the first lines of the document
    :param work: a folder to keep it in if the user has none
    """
    family = re.search(r"\\cvfonts\{(\w+)\}", preamble)
    lines = ["\\documentclass{article}"]
    if family:
        faces = (f"\\usefont{{TU}}{{{name}}}{{{series}}}{{{shape}}}" for name, series, shape in _FACES)
        fonts = re.findall(r"\\cvfallback\{.*\}", preamble)
        lines = [
            "\\documentclass{cvtools}",
            *fonts,
            f"\\csname cv@fonts\\endcsname{{{family[1]}}}{{cv}}",
            *faces,
            "\\cvuse{math}",
        ]
    document = "".join([*lines, "\\csname @@end\\endcsname"])
    installed = [shutil.which("lualatex") or "", *(f"{tree}/ls-R" for tree in trees()), *fallbacks(preamble)]
    key = hashlib.sha256(repr([document, *map(_state, installed)]).encode()).hexdigest()[:16]
    home = Path(os.environ.get("XDG_CACHE_HOME") or f"{os.environ.get('HOME', '/')}/.cache", "cvtools/fonts")
    for folder in (home, work / "fonts"):
        if (folder / key).exists():
            return folder / key
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            return _load(document, folder / key)
    return None


def _load(document: str, target: Path) -> Path | None:
    with TemporaryDirectory(dir=target.parent) as made:
        copy_support(Path(made))
        # From TeX Live 2024 on, luaotfload may write to no path from the root, see environment().
        cache = Path(made, "cache")
        cache.mkdir()
        with suppress(subprocess.SubprocessError):
            subprocess.run(
                ["lualatex", *OPTIONS, document],
                check=True,
                cwd=made,
                env=environment(TEXMFCACHE=cache.name),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=limits.FONTS_TIME,
            )
            # Another build may have made it at the same time.
            with suppress(OSError):
                (cache / "luatex-cache").rename(target)
    return target if target.exists() else None


def _state(path: str) -> tuple[int, int] | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
