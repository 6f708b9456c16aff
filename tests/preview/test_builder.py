"""The PDF of the preview, of which TeX has set a part before the rest is written."""

import shutil
import time

import pytest

from cvtools.build.tex_pool import TexPool
from cvtools.preview.builder import above_change
from cvtools.project import ProjectPaths
from tests.projects import Project

ENTRY = """
### Developer {0}
:organization: Firm {0}
:period: 2012-03 – 2014-04
:technologies: Python

A paragraph of some length, which has a note.[^{0}]

- An item that is so long that it does not fit on one line of the page, whatever the typeface and its size may be.
- Another one

[^{0}]: The note of entry {0}.
"""
INDEX = "# Ada\n:headline: Architect\n\nWords.\n\n## Work\n" + "".join(map(ENTRY.format, range(12)))


@pytest.mark.parametrize("edited", ["Words.", "Developer 3", "The note of entry 7", "Developer 11"])
def test_document_that_waited_at_an_entry_is_set_as_at_once(project: Project, edited: str) -> None:
    """Lines and pages break alike, and all bytes are the same."""
    project.write({"index.md": INDEX})
    paths = ProjectPaths(project.folder / "build")
    shutil.copytree(project.build("cvlatex", cv_draft=True).out, paths.latex)
    paths.dist.mkdir(parents=True)
    tex = paths.latex / "cv.tex"
    now = tex.read_text("utf-8")
    with TexPool(project.folder, paths) as tex_pool:
        tex_pool.typeset(tex, [])
        assert tex_pool.wait("cv").pages > 1
        at_once = (paths.dist / "cv.pdf").read_bytes()
        tex.with_suffix(".built").unlink()
        above = above_change(now.replace(edited, "Other"), now)
        assert above in now[: now.index(edited)]
        tex_pool.start_ahead("cv", above)
        (waiting,) = tex_pool.waiting.values()
        while not waiting.is_ready():
            time.sleep(0.01)
        tex_pool.typeset(tex, [])
        assert tex_pool.runs["cv"] is waiting
        # The preview asks for the next process when an earlier run has ended.
        tex_pool.start_ahead("cv", above)
        assert tex_pool.wait("cv").warnings == []
    assert (paths.dist / "cv.pdf").read_bytes() == at_once


HEAD = "\\documentclass{cvtools}\n\\begin{document}\n%% docs/index.md:1\n\\cvheading{1}{}{A}{}{A}\n"
ENTRIES = (
    "%% docs/index.md:3\n\\cvpar Words\\cvendpar\n%% docs/index.md:5\n\\cvfield{who}{}{B}%\n\\cvheading{3}{}{B}{}{B}\n"
)
TALK = "\\begin{cvlanguage}{pl}\n%% docs/index.md:9\n\\cvheading{2}{}{C}{}{C}\n\\end{cvlanguage}\n"


@pytest.mark.parametrize(
    ("edited", "first"),
    [
        ("{1}", "\\cvheading{1}"),
        ("Words", "\\cvheading{1}"),
        ("who", "\\cvfield"),
        ("{3}", "\\cvfield"),
        ("{2}", "\\cvfield"),
        ("\\documentclass", ""),
    ],
)
def test_tex_waits_above_the_entry_that_was_edited(edited: str, first: str) -> None:
    now = HEAD + ENTRIES + TALK
    above = above_change(now.replace(edited, "other"), now)
    assert now.startswith(above)
    below = now.removeprefix(above).split("\n")
    assert (not above) if not first else (below[0].startswith("%% ") and below[1].startswith(first))
