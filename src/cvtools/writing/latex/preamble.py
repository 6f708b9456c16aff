"""Write the preamble of a document, and copy the class; LuaLaTeX may read both before the document is written."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from cvtools.files import write_atomically
from cvtools.writing.latex import markup as tex

if TYPE_CHECKING:
    # cvtools.config imports Sphinx, which takes long, and TeX is started before.
    from cvtools.config import CvConfig

#: The class and its Lua files, which TeX reads from the folder of the document.
SUPPORT = tuple(
    Path(__file__).with_name(name)
    for name in ("cvtools.cls", "document.lua", "fonts.lua", "lines.lua", "scripts.lua", "start.lua", "tags.lua")
)

#: The start of a preamble's last line.
_LAST = "\\cvfonts{"


def preamble(config: "CvConfig", form: str, fallbacks: Iterable[tex.Latex] = ()) -> tex.Latex:
    """Return the preamble of a document, which depends only on the configuration and the document's characters.

    :param form: the form of the document, see :class:`~cvtools.writing.latex.builder.PdfSpec`
    :param fallbacks: commands that name fonts for characters that the configured family lacks
    """
    flags = ["pdf2"] * (config.pdf_version == "2.0") + ["untagged"] * config.draft
    options = [f"{config.paper}paper", f"{config.font_size}pt", config.design, *flags]
    chosen = tex.joined(map(tex.identifier, options), tex.text(","))
    loaded = tex.command("documentclass", tex.identifier("cvtools"), option=chosen)
    fonts = tex.command("cvfonts", tex.identifier(config.font), tex.identifier(form))
    return tex.joined([loaded, *fallbacks, fonts], tex.NEWLINE)


def preamble_of(path: Path) -> str:
    """Return the preamble of a document from an earlier build; empty if there is none."""
    if not path.exists():
        return ""
    above, last, below = path.read_text("utf-8", "replace").partition(_LAST)
    return above + last + below.partition("\n")[0] if last else ""


def copy_support(folder: Path) -> None:
    """Copy the class and its Lua files into a folder; leave equal copies alone, since TeX may be reading them."""
    folder.mkdir(parents=True, exist_ok=True)
    for support in SUPPORT:
        content, copy = support.read_bytes(), folder / support.name
        if not copy.exists() or copy.read_bytes() != content:
            write_atomically(copy, content)
