"""Build random hostile pages for some time: nothing gets past the check of tokens and that of the LaTeX.

`nox -s fuzz -- --minutes 5`; what is found is printed, as small as it can be made.
"""

import argparse
import tempfile
import time
from pathlib import Path

from docutils import nodes
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from cvtools.build.lualatex import LuaLatex
from cvtools.model.kinds import KINDS
from cvtools.reading.allowlist import ATTRIBUTES, DIRECTIVES, ROLES
from cvtools.sphinx_warnings import SourceError
from cvtools.writing.latex.markup import faults
from tests.projects import Built, Project

SECRET = "SECRET-THAT-NO-PAGE-MAY-READ"

# Words, from what Markdown, MyST, the grammar and TeX act upon

PIECES = st.sampled_from(
    "# |## |- |1. |> |```|{talks}|{math}`|`|$|\\|{|}|[a](b)|[^a]|[^a]: |![a](b)|**|_|<b>|<!--|-->|---|:::|:a: b|{.only-x}|[]{.only-x}"
    "|{show=pdf}|2012-03|2012 – present|&|%|^^|~|#|\\input{x}|\\end{document}|\t|\n|\n\n|    |x".split("|")
)
WORDS = st.lists(st.one_of(PIECES, st.text(st.characters(exclude_categories=["Cs"]), max_size=8)), max_size=12).map(
    "".join
)

# Values of options, attributes and fields, right and wrong ones

NASTY = st.sampled_from(
    [
        *"1 0 -1 12 99999999999 ² ١ 1e9 40% 1px auto image left html python self true".split(),
        *"pl en-GB pl@x pl.utf8 zh-Hant C".split(),
        *"a b.png ../secret.png ..%2fsecret.png /../secret.png /dev/zero pipe.png linked.png secret.txt * ** /x/*".split(),
        *"javascript:alert(1) https://x.example //x.example data:, #a mailto:x path:../secret.txt project:../conf.py".split(),
        *"\\directlua{io.open('ran','w')} \\input{/etc/hostname} \\begin{x} \\end{document} ^^5c ^^7b { } % # $ & ~ \\".split(),
        *"<script>alert(1)</script> {{x}} {name} {number:>9} \" ' ; | , : ` {show=pdf}".split(),
        *"only-x position-fixed external".split(),
        *"\x0c \x1b[2J \u202e \u2028 \ufe0f 😀 ا".split(" "),
        " ",
        "",
    ]
)
VALUES = st.lists(NASTY, min_size=1, max_size=3).map("".join)
LINE = VALUES.map(lambda value: value.replace("\n", " "))
OPTIONS = sorted({option for directive in DIRECTIVES.values() for option in directive.options} | {"file", "url", "raw"})
QUOTED = VALUES.map(lambda value: '"' + value.replace('"', '\\"').replace("\n", " ") + '"')
ATTRIBUTE = st.one_of(
    st.tuples(st.sampled_from([*ATTRIBUTES, "style", "onclick", "show"]), QUOTED).map("=".join),
    LINE.map(lambda value: f".{value}"),
    LINE.map(lambda value: f"#{value}"),
)
BRACES = st.lists(ATTRIBUTE, min_size=1, max_size=2).map(lambda attributes: "{" + " ".join(attributes) + "}")
DIRECTIVE = st.tuples(
    st.sampled_from(["```", ":::", "````"]),
    st.sampled_from([*DIRECTIVES, "include", "raw", "eval-rst", "csv-table", "literalinclude"]),
    LINE,
    st.lists(st.tuples(st.sampled_from(OPTIONS), LINE), max_size=3),
    WORDS,
).map(
    lambda parts: (
        f"{parts[0]}{{{parts[1]}}} {parts[2]}\n"
        + "".join(f":{name}: {value}\n" for name, value in parts[3])
        + f"\n{parts[4]}\n{parts[0]}\n\n"
    )
)
ROLE = st.tuples(st.sampled_from([*ROLES, "download", "raw", "ref"]), LINE).map(
    lambda parts: f"{{{parts[0]}}}`{parts[1]}`"
)
BLOCK = st.one_of(
    DIRECTIVE,
    st.tuples(
        BRACES, st.sampled_from(["1. One\n2. Two", "- One", "words", "```python\nx\n```", "> q", "|a|\n|-|\n|b|"])
    ).map(lambda parts: f"{parts[0]}\n{parts[1]}\n\n"),
    st.tuples(st.sampled_from(["[w](https://x.example)", "`code`", "[span]", "![w](b.png)"]), BRACES).map(
        lambda parts: f"x {parts[0]}{parts[1]} y\n\n"
    ),
    st.tuples(ROLE, ROLE).map(lambda roles: f"{' '.join(roles)}\n\n"),
    LINE.map(lambda value: f"[w](<{value}>) ![w](<{value}>) [^{value}]\n\n[^{value}]: Note.\n\n"),
    st.tuples(st.sampled_from(["language", "kind", "only", "event", "date"]), LINE).map(
        lambda parts: f"## Tak\n:{parts[0]}: {parts[1]}\n\nSłowa.\n\n"
    ),
    WORDS.map(lambda words: f"{words}\n\n"),
)
NAMES = sorted({name for kind in KINDS for name in KINDS[kind]} | {"kind", "only", "perod"})
FIELDS = st.lists(st.tuples(st.sampled_from(NAMES), st.one_of(WORDS, LINE)), max_size=5).map(
    lambda fields: "".join(f":{name}: {value}\n" for name, value in fields)
)
SECTIONS = st.tuples(st.integers(1, 4), WORDS, FIELDS, st.lists(BLOCK, max_size=4).map("".join)).map(
    lambda parts: f"{'#' * parts[0]} {parts[1]}\n{parts[2]}\n{parts[3]}\n\n"
)
PAGES = st.tuples(FIELDS, st.lists(SECTIONS, max_size=4)).map(
    lambda parts: f"# Ada\n{parts[0]}\nWords.\n\nMore words.\n\n{''.join(parts[1])}"
)
#: A translation of the words that each page has.
CATALOGS = st.one_of(st.just(""), st.one_of(WORDS, BLOCK, ROLE, LINE)).map(
    lambda words: (
        f'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "More words."\nmsgstr {quoted(words)}\n'
    )
)


def quoted(words: str) -> str:
    """A string of a catalog."""
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


@settings(
    max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink]
)
@given(PAGES, CATALOGS)
def check(page: str, catalog: str) -> None:
    """A page is refused with a message, or becomes a page of the website and a PDF that hold nothing but its words."""
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder))
        (project.folder / "secret.txt").write_text(SECRET)
        (project.folder / "secret.png").write_bytes(SECRET.encode())
        (project.docs / "linked.png").symlink_to(project.folder / "secret.png")
        (project.docs / "index.md").write_bytes(page.encode())
        messages = project.docs / "locales/pl/LC_MESSAGES/index.po"
        messages.parent.mkdir(parents=True)
        messages.write_bytes(catalog.encode())
        try:
            html = project.build("html", warns=True, language="pl")
            latex = project.build("cvlatex", warns=True, language="pl")
        except SourceError:
            return
        look_at(html, latex)
        run = LuaLatex(latex.out / "cv.tex", Path(folder) / "cv.pdf", 0)
        run.typeset()
        run.wait()
        assert not [path for path in project.folder.rglob("*") if path.name == "ran"]


def look_at(html: Built, latex: Built) -> None:
    """Check the output by the promises of SECURITY.md."""
    for built in (html, latex):
        assert built.files_with(SECRET) == []
    document = html.doctree()
    assert all(isinstance(found.get("start", 1), int) for found in document.findall(nodes.enumerated_list))
    assert list(faults(latex.read("cv.tex"))) == []
    assert "<script>alert" not in html.read("index.html")


def main() -> None:
    """Check pages until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    until = time.monotonic() + 60 * parser.parse_args().minutes
    rounds = 0
    while time.monotonic() < until:
        check()
        rounds += 1
    print(f"{20 * rounds} pages, and nothing broke")


if __name__ == "__main__":
    main()
