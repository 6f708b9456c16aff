"""Find TeX's folders, set its environment variables, and cache what each run of TeX would load anew."""

import gzip
import hashlib
import os
import re
import shutil
import struct
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from cvtools import limits
from cvtools.writing.latex.preamble import SUPPORT, copy_support

OPTIONS = "--lua=start.lua -recorder -no-shell-escape -nosocket -interaction=nonstopmode -halt-on-error".split()

#: Variables that TeX Live and the C library read; all others, such as a CI's tokens, are withheld from TeX.
_VARIABLES = re.compile(r"PATH|HOME|LANG|LC_\w+|TZ|TMPDIR|OSFONTDIR|\w*TEX(MF|INPUTS|FONTS)\w*")
#: Lua that compiles files of Lua into a folder.
_COMPILE = """
for i = 2, #arg do
  local file = assert(io.open(arg[1] .. "/" .. arg[i]:match("[^/]*$"), "wb"))
  file:write(string.dump(assert(loadfile(arg[i])), true))
  file:close()
end
"""
#: The faces that a document may use: family, series and shape.
_FACES = [
    (family, series, shape) for family in ("cvtext", "cvaside", "cvcode") for series in "mb" for shape in ("n", "it")
]


def environment(**more: str) -> dict[str, str]:
    """Return the environment variables for LuaLaTeX."""
    return {name: value for name, value in os.environ.items() if _VARIABLES.fullmatch(name)} | {
        "FORCE_SOURCE_DATE": "1",
        # TeX writes only to its output folder, and reads no hidden file. With "p" for reading, which forbids absolute
        # paths, luaotfload fails from TeX Live 2024 on; TeX Live 2026 ignores both. The sandbox limits all of them.
        "openin_any": "r",
        "openout_any": "p",
        # Each message stays on one line, so that it can be parsed.
        "max_print_line": "10000",
        # A sixth of a run's time goes into fetching memory, page by page: ask for large pages.
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        # TeX clears its table of commands at each start: make it smaller, with room for 100,000 instead of 600,000.
        "hash_extra": "100000",
        **more,
    }


def search_paths(cache: Path | None) -> dict[str, str]:
    """Return the variables by which TeX finds the files in a folder of :func:`font_cache` before all others."""
    folders = {"TEXFORMATS": cache, "LUAINPUTS": cache / "lua", "TEXINPUTS": cache / "lua"} if cache else {}
    return {name: f"{folder}:{environment().get(name, '')}" for name, folder in folders.items()}


@cache
def _kpsewhich() -> tuple[str, str]:
    """Return the paths of TeX's folders, and that of LuaLaTeX's format."""
    query = ["-engine=luahbtex", "-expand-path={$TEXMF,$TEXMFROOT,$TEXMFCNF,$OSFONTDIR}", "lualatex.fmt"]
    result = subprocess.run(
        ["kpsewhich", *query], capture_output=True, text=True, check=False, cwd="/", env=environment()
    )
    folders, _, path = result.stdout.strip().partition("\n")
    return folders, path


@cache
def trees() -> Sequence[str]:
    """Return the folders of TeX and of fonts."""
    home = os.environ.get("HOME", "/")
    data = os.environ.get("XDG_DATA_HOME") or f"{home}/.local/share"
    fonts = ["/etc/fonts", "/usr/local/share/fonts", f"{home}/.fonts", f"{data}/fonts"]
    return [path for path in [*_kpsewhich()[0].split(os.pathsep), *fonts] if path.startswith("/") and path != "/"]


@cache
def font_cache(preamble: str, work: Path) -> Path | None:
    """Return a folder with the parsed fonts of a document, TeX's format and compiled Lua; None if they cannot be made.

    It is luaotfload's cache, with ``lualatex.fmt``, a folder ``lua`` with compiled files and a colour profile, and
    ``scripts``, a list of the files that were compiled. Every later run executes what is in it, so that no document may
    write to it: a run that only loads fonts makes it, once for each user and set of fonts.

    :param preamble: the first lines of the document
    :param work: the folder for the cache if the user's own is read-only
    """
    document = _font_loader(preamble)
    installed = [shutil.which("lualatex") or "", _kpsewhich()[1], *(f"{tree}/ls-R" for tree in trees())]
    makers = [*SUPPORT, Path(__file__)]
    states = [path.stat() for path in map(Path, installed) if path.exists()]
    versions = [(state.st_size, state.st_mtime_ns) for state in states]
    made_from = [document, *versions, *(path.read_bytes() for path in makers)]
    key = hashlib.sha256(repr(made_from).encode()).hexdigest()[:16]
    home = Path(os.environ.get("XDG_CACHE_HOME") or f"{os.environ.get('HOME', '/')}/.cache", "cvtools/fonts")
    for folder in (home, work / "fonts"):
        with suppress(OSError):
            if (folder / key).exists():
                os.utime(folder / key)
                return folder / key
            folder.mkdir(parents=True, exist_ok=True)
            return _make_cache(document, folder / key)
    return None


def _font_loader(preamble: str) -> str:
    """Return a document that loads all fonts of another one, and sets nothing."""
    lines = ["\\documentclass{article}"]
    if family := re.search(r"\\cvfonts\{(\w+)\}", preamble):
        faces = (f"\\usefont{{TU}}{{{name}}}{{{series}}}{{{shape}}}" for name, series, shape in _FACES)
        fonts = f"\\csname cv@fonts\\endcsname{{{family[1]}}}{{cv}}"
        lines = ["\\documentclass{cvtools}", fonts, *faces, "\\cvuse{math}"]
    return "".join([*lines, "\\csname @@end\\endcsname"])


def _make_cache(document: str, target: Path) -> Path | None:
    """Make a cache with a run of TeX on a document; return None if TeX fails."""
    with TemporaryDirectory(dir=target.parent) as name:
        folder = Path(name)
        copy_support(folder)
        # From TeX Live 2024 on, luaotfload cannot write to an absolute path, see environment().
        cache = folder / "cache"
        cache.mkdir()
        with suppress(subprocess.SubprocessError):
            _run([*OPTIONS, document], folder, TEXMFCACHE=cache.name)
            content = cache / "luatex-cache"
            # TeX would decompress the format for each run, and parse luaotfload's files, which takes long.
            with gzip.open(_kpsewhich()[1]) as packed, (content / "lualatex.fmt").open("wb") as unpacked:
                shutil.copyfileobj(packed, unpacked)
                # A file that a crash of the system has cut off would fail all later runs.
                unpacked.flush()
                os.fsync(unpacked.fileno())
            read = (folder / "texput.fls").read_text("utf-8")
            scripts = sorted(set(re.findall(r"^INPUT (/.+\.lua)$", read, re.MULTILINE)))
            (content / "scripts").write_text("\n".join(scripts), "utf-8")
            (content / "lua").mkdir()
            (content / "lua/sRGB.icc").write_bytes(_colour_profile())
            (folder / "compile.lua").write_text(_COMPILE)
            _run(["--luaonly", "compile.lua", f"{cache.name}/{content.name}/lua", *scripts], folder)
            # Another build may have made it at the same time.
            with suppress(OSError):
                content.rename(target)
            _remove_unused(target.parent)
    return target if target.exists() else None


def _colour_profile() -> bytes:
    """Return a profile of sRGB (ICC.1:2004), whose curves are formulas.

    From the tables in TeX Live's profile, poppler computes curves for every page, which takes most of its time.
    """
    from PIL import ImageCms

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # The version that PDF 1.7 allows, and the day on which sRGB became a standard in place of the time of this run.
    profile[8:12], profile[24:36] = bytes([4, 0x20, 0, 0]), struct.pack(">6H", 1999, 10, 18, 0, 0, 0)
    return bytes(profile)


def _remove_unused(caches: Path) -> None:
    """Remove caches of other fonts, or other versions of TeX or of cvtools, that no run has used for a month."""
    for folder in caches.iterdir():
        # Another build may remove it at the same time.
        with suppress(FileNotFoundError):
            if folder.stat().st_mtime < time.time() - limits.FONTS_UNUSED:
                shutil.rmtree(folder, ignore_errors=True)


def _run(arguments: Sequence[str], folder: Path, **variables: str) -> None:
    subprocess.run(
        ["lualatex", *arguments],
        check=True,
        cwd=folder,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=limits.FONTS_TIME,
    )
