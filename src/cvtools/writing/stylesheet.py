"""Write the website's only style sheet: the theme's rules that its pages use, then those of cvtools."""

import re
from itertools import chain
from pathlib import Path

from sphinx.application import Sphinx

from cvtools.contrast import DARK, LIGHT, legible
from cvtools.exporters.site_files import HTML_BUILDERS
from cvtools.files import write_atomically
from cvtools.writing.website import THEME, THEME_PATH

#: The theme's style sheets in the order in which browsers would load them; the templates link none of them.
_SHEETS = ("basic.css", "styles/pydata-sphinx-theme.css", "pygments.css", "styles/sphinx-book-theme.css")
NAME = "cvtools.css"
#: Typefaces of macOS and iOS, Windows, Linux and Android that look like the family of TeX Gyre in the PDF.
_FAMILIES = {
    "pagella": "Palatino, 'Palatino Linotype', 'Book Antiqua', 'TeX Gyre Pagella', P052, serif",
    "termes": "'Times New Roman', Times, 'TeX Gyre Termes', serif",
    "schola": "'Century Schoolbook', 'TeX Gyre Schola', C059, Georgia, serif",
    "bonum": "'Bookman Old Style', Bookman, 'TeX Gyre Bonum', Georgia, serif",
    "heros": "'Helvetica Neue', Helvetica, Arial, 'TeX Gyre Heros', 'Liberation Sans', sans-serif",
}
#: Rules that give pages the look of a design of PDFs.
_DESIGNS = {
    "compact": "html {font-size: 93.75%}",
    "classic": ":is(.cv-person > h1, .cv-head-person, .cv-facts) {justify-content: center; text-align: center}",
}


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write ``cvtools.css``; leave out those of the theme's 376 kB of rules whose classes or ids no page has."""
    if exception or app.builder.name not in HTML_BUILDERS or app.config.html_theme != THEME:
        return
    import lightningcss

    static = Path(app.outdir, "_static")
    # Addresses are relative to the sheet, and two of the sheets are in a folder.
    theme = "".join((static / sheet).read_text("utf-8").replace("url(../", "url(") for sheet in _SHEETS)
    own = _variables(app) + (THEME_PATH / "static" / NAME).read_text("utf-8")
    used = _used_names(app)
    unused = {name for name in re.findall(r"[.#](-?[A-Za-z_][\w-]*)", theme) if name not in used}
    flags = lightningcss.calc_parser_flags(nesting=True)
    reduced = lightningcss.process_stylesheet(theme, unused_symbols=unused, parser_flags=flags)
    # In the preview, a browser may be reading the style sheet of the last build.
    write_atomically(static / NAME, reduced + lightningcss.process_stylesheet(own, parser_flags=flags))


def _variables(app: Sphinx) -> str:
    """Return CSS for the options of ``conf.py``: the accent in both colour modes, the typefaces and the design."""
    accent, design, text = app.config.cv_accent, app.config.cv_design, _FAMILIES[app.config.cv_font]
    data = text if design == "classic" else _FAMILIES["heros"]
    # On a dark background, colours at the lowest legible contrast, 4.5, look dull.
    colours = f"light-dark(#{legible(accent, LIGHT)}, #{legible(accent, DARK, 7)})"
    return f":root {{--cv-accent: {colours}; --cv-text: {text}; --cv-data: {data}}}{_DESIGNS.get(design, '')}"


def _used_names(app: Sphinx) -> set[str]:
    """Return the classes and ids of all pages, and all words of their scripts, which may add classes and ids."""
    generated = {"search", "genindex", *app.config.html_additional_pages}
    pages = (Path(app.builder.get_output_path(name)) for name in app.env.found_docs | generated)  # type: ignore[attr-defined]
    values: set[str] = set()
    scripts: set[tuple[Path, str]] = set()
    for page in (page for page in pages if page.exists()):
        text = page.read_text("utf-8")
        values.update(re.findall(r'\b(?:class|id)="([^"]*)"', text))
        scripts.update((page.parent, src) for src in re.findall(r'<script[^>]* src="([^":?]+)', text))
    files = {Path(folder, src).resolve() for folder, src in scripts}
    words = (re.findall(r"[\w-]+", file.read_text("utf-8", errors="replace")) for file in files if file.is_file())
    return {*" ".join(values).split(), *chain.from_iterable(words)}
