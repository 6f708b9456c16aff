"""Marks of variants in any spelling, place and dialect: the marked words are nowhere, or a warning names their lines."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from cvtools.sphinx_warnings import SourceError
from tests.projects import Project, png

# W is the word of a fragment.
INLINE = """
[W]{.only-short}|[W]{#x .only-short}|[W]{only=short}|W {.only-short}|W {#x .only-short}|W {.only-short|W {only-short}
[]{.only-short} W|**W**{.only-short}|`W`{.only-short}|[W]{class=only-short}|[W]{.noprint class="only-short"}
[W](https://a.example){.only-short}|![W](p.png){.only-short}|<b>W</b>{.only-short}|<b>[W]{.only-short}</b>
<p>[W]{.only-short}</p>|<ul><li>[]{.only-short} a <ul><li>W</li></ul></li></ul>|[W]{.only-short}{.noprint}|W {:.only-short}
W :only: short|W :class: only-short|[W]{only_short}|[W]{.only.short}|[W]{only/short}|W {for=short only}|W (.only-short)|W [only: short]|W {only short}|{only short} W|[W]{.only–short}|{.only-short} W [x]{.noprint}
**[]{.only-short} x** W|[[]{.only-short} x](https://a.example) W|*[]{.only-short} x* `W`|[]{.only-short}**W** x|*x []{.only-short}* W
[W [x]{.only-long}]{.only-short}|{tech}`W`{.only-short}|W[^1]{.only-short}|[W <b>x</b>]{.only-short}
""".replace("\n", "|").strip("|")
ABOVE = [
    *"{.only-short}\n|{#x .only-short}\n|{class=only-short}\n|{only=short}\n|{.only short}\n|[]{.only-short}\n".split(
        "|"
    ),
    *"{.only-short}\n(t)=\n|{.only-short}\n% c\n\n|{.only-short}\n<!-- c -->\n\n|{.noprint}\n{.only-short}\n|{.only-short}\n\n".split(
        "|"
    ),
    "{.only-short}\n***\n",
]
BLOCKS = [
    "W", "<p>W</p><p>W</p>", "<div>\n<h4>W</h4>W\n</div>", "::: box\nW\n\nW\n:::", "- W\n- W", "> W\n>\n> W", "W\n: W",
    "```{note}\nW\n```", "```text\nW\n```", "<ul><li>W</li><li>W</li></ul>", "|W|x|\n|-|-|\n|W|W|", "1. W\n\n   W",
    "### W\nW", "<details><summary>W</summary>W</details>", "<table><tr><td>W</td></tr><tr><td>W</td></tr></table>",
    "W<br>W", "::: {.a}\n:::: b\nW\n\nW\n::::\n:::", "```{figure} p.png\n:alt: W\nW\n\nW\n```",
    "```{list-table}\n* - W\n* - W\n```",
]  # fmt: skip
OWN = [
    "::: only-short\nW\n:::", "::: only-short\n::: noprint\nx\n:::\nW\n:::\n:::",
    "```{note}\n:class: only-short\nW\n```", "```{note}\n:class: only-short\n```{note}\nx\n```\nW\n```\n```",
    "```{note} :class: only-short\nW\n```", "```{admonition} x :class: only-short\nW\n```",
    "```{note}\nW\n:class: only-short\n```", "```{note}\nW\n\n:class: only-short\n```", "> []{.only-short} x\n>\n> W",
    "x[^a3]\n\n[^a3]: []{.only-short} x\n\n    W", "[x]{.only-short}\n: W", "|a|b|\n|-|-|\n|[]{.only-short} x|W|",
    "|[]{.only-short} a|b|\n|-|-|\n|x|W|", ":[x]{.only-short}: W", "[ ]{.only-short} W",
    "### X\n{.only-short}\n:organization: W\n:period: 2020", "```{topic} []{.only-short} x\nW\n```",
    "[x]{.only-short}:\n: W", "### [x]{.only-short} <!-- c -->\n\nW", "### [x]{.only-short}:\n\nW",
    "### W :only: short\n\nW", "```{technologies}\nW {.only-short}: x\n```",
]  # fmt: skip
#: What is to be withheld from the web alone.
WEB = [
    "W {show=pdf}", "W {#x show=pdf}", "W {.x show=pdf}", "[W]{show=pdf}", "{show=pdf}\nW", "W (show=pdf)",
    "W {Show = pdf}", "W {show: pdf}", "W {.show-pdf}", "[W](https://a.example){#x show=pdf}", "### W {#x show=pdf}",
    "W {show pdf}", "### X\n:location: W {show=pdf}\n:organization: Y\n:period: 2020",
    "### X\n:location: W {.x show=pdf}\n:period: 2020", "```{only} pdf\nW\n```", "```{only} pdf\n<h3>W</h3>\n\nW\n```",
    "::: {only} pdf\nW\n\n(W)=\n:::", "<p>W {show=pdf}</p>", "x[^a1]\n\n```{only} pdf\n[^a1]: W\n```",
    "```{only} pdf\n```{note}\nx\n```\nW\n```\n```", "````{only} pdf\n```{index} W\n```\n````",
    "````{only} pdf\n```{technologies}\nW: Python\n```\n````\n\n```{technologies}\n```",
    "```{only} pdf\nx[^a2]\n```\n\n[^a2]: W",
]  # fmt: skip
HEADINGS = ["### W", "<h3>W</h3>", "W\n---", "::: box\n### W\n:::", "<div>\n<h3>W</h3>\n</div>", "### W {#x}"]
BETWEEN = [
    "", "\n***\n", "\n---\n", "\n<hr>\n", "\n<!-- c -->\n", "\n(t)=\n", "\n% c\n", "\n:::\n:::\n", "\n[x]: y\n",
    "\nx\n", "\n[]{.only-long} x\n", "\n```{index} x\n```\n", "\n```{note}\n```\n", "\n<p></p>\n", "\n[^9]: x\n",
    "\n<br>\n", "\n###\n",
]  # fmt: skip
FIELDS = [
    ":only: short", ":*only*: short", ":onl&#121;: short", "only: short", ":only : short", "- only: short",
    ":Only: short",
]  # fmt: skip
PLACES = [
    "", "", "", "- ", "> ", "::::::{note}\n", "::::::{only} html\n", ":::::: box\n", "<details>\n\n", "1. x\n\n   ",
    "::::::{epigraph}\n", "::::::{sidebar} x\n", "x\n: ",
]  # fmt: skip


@st.composite
def fragments(draw: st.DrawFn) -> str:
    """Return marked words in some place."""
    kind = draw(st.sampled_from(["inline", "above", "own", "heading", "web"]))
    if kind == "heading":
        parts = [draw(st.sampled_from(some)) for some in (HEADINGS, BETWEEN, FIELDS)]
        text = "\n".join([*parts, "", "W"])
    elif kind == "above":
        text = draw(st.sampled_from(ABOVE)) + draw(st.sampled_from(BLOCKS))
    else:
        text = draw(st.sampled_from({"inline": INLINE.split("|"), "own": OWN, "web": WEB}[kind]))
    place = draw(st.sampled_from(PLACES))
    last = place.rpartition("\n")[2]
    inside = indent(text, " " * len(last) if last != "> " else last, lambda line: True)[len(last) :]
    end = {":": "\n::::::", "<": "\n\n</details>"}.get(place[:1], "")
    return f"{place}{inside}{end}"


def published(folder: Path, texts: list[str]) -> Iterator[str]:
    """Yield the fragments whose words are published although no warning names one of their lines."""
    page, lines = "# Ada\n:headline: x\n\nKept {.x}.\n", []
    for number, text in enumerate(texts):
        first = page.count("\n") + 1
        page += "\n" + text.replace("W", f"CANARY{number}N") + "\n\n## Kept\n\nx\n"
        lines.append(range(first, page.count("\n") - 3))
    project = Project(folder).write({"index.md": page})
    (project.docs / "p.png").write_bytes(png(2, 2))
    said, on_web, everywhere = "", "", ""
    config: dict[str, Any] = {
        "html_baseurl": "https://cv.example/",
        "cv_editions": {"full": {}, "short": {}},
        "cv_variant": "full",
    }
    try:
        for builder in ("html", "cvtext", "cvmarkdown", "cvlatex"):
            built = project.build(builder, warns=True, **config)
            said += built.warnings
            everywhere += " ".join(f"{name}{data.decode('utf-8', 'replace')}" for name, data in built.files().items())
            on_web = on_web if builder == "cvlatex" else everywhere
    except SourceError as error:
        said += str(error)
    told = {int(line) for line in re.findall(r"index\.md:(\d+)", said)}
    for number, text in enumerate(texts):
        where = everywhere if "short" in text else on_web
        # The first HTML alone is told that is shown as written, such as in lists.
        if "<" in text and "HTML such as <" in said:
            continue
        if f"canary{number}n" in where.lower() and told.isdisjoint(lines[number]):
            yield text


@settings(max_examples=8, suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink], deadline=None)
@given(st.lists(fragments(), min_size=6, max_size=10))
def test_marked_words_are_published_only_where_a_warning_names_them(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "project").mkdir()
        assert list(published(Path(name) / "project", texts)) == []
