"""Random pages for as long as one likes: none ends in a traceback, and TeX sets what it is given.

`nox -s fuzz -- --minutes 5`; what is found is printed, as small as it can be made.
"""

import argparse
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from cvtools.diagnostics import SourceError
from cvtools.model.entries import KINDS, fields_of
from cvtools.typesetting import Run
from tests.projects import Project

NAMES = sorted({name for kind in KINDS for name in fields_of(kind)} | {"kind", "only", "perod"})
#: What Markdown, MyST, the grammar and TeX act upon, besides any text.
PIECES = st.sampled_from(
    "# |## |- |1. |> |```|{talks}|{math}`|`|$|\\|{|}|[a](b)|[^a]|[^a]: |![a](b)|**|_|<b>|<!--|-->|---|:::|:a: b|{.only-x}|[]{.only-x}"
    "|{show=pdf}|2012-03|2012 – present|&|%|^^|~|#|\\input{x}|\\end{document}|\t|\n|\n\n|    |x".split("|")
)
WORDS = st.lists(st.one_of(PIECES, st.text(st.characters(exclude_categories=["Cs"]), max_size=8)), max_size=12).map(
    "".join
)
FIELDS = st.lists(st.tuples(st.sampled_from(NAMES), WORDS), max_size=5).map(
    lambda fields: "".join(f":{name}: {value}\n" for name, value in fields)
)
SECTIONS = st.tuples(st.integers(1, 4), WORDS, FIELDS, WORDS).map(
    lambda parts: f"{'#' * parts[0]} {parts[1]}\n{parts[2]}\n{parts[3]}\n\n"
)
PAGES = st.tuples(FIELDS, st.lists(SECTIONS, max_size=6)).map(
    lambda parts: f"# Ada\n{parts[0]}\nWords.\n\n{''.join(parts[1])}"
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink]
)
@given(PAGES)
def check(page: str) -> None:
    """A page is refused in words, or becomes a page of the book and a PDF."""
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder))
        # Not as text, which would part lines as the system does.
        (project.docs / "index.md").write_bytes(page.encode())
        try:
            project.build("html", warns=True)
        except SourceError:
            return
        built = project.build("cvlatex", warns=True)
        run = Run(built.out / "cv.tex", Path(folder) / "cv.pdf", 0)
        run.go()
        run.finish()


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
