"""Markdown for pasting elsewhere: no syntax of this project, and every word that a page shows."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import cmarkgfm
import pytest
from cmarkgfm import cmark
from hypothesis import given, strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from tests.projects import Built, Project


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Every kind of entry."""
    return Project(tmp_path_factory.mktemp("kinds"), "test-kinds").build("cvmarkdown")


@pytest.mark.parametrize(
    "passage",
    [
        "# Ada Example\n\nSoftware architect\\\nGdańsk\\\nE-mail: <ada@example.org>\\\n",
        "### Senior Developer\n\n[Example Corp](https://corp.example), Remote\\\nMar 2024 – present (4 months)\\\n"
        "Technologies: Python, Salt & &lt;Pepper>, PostgreSQL\n\n- Leads the billing team.\n",
        "Sums *up*.",
        "\n- Types, PyCon, Jan 2018\n",
        ", [Video (Polish)](https://v.example/2), [Slides](https://s.example/1), ",
    ],
)
def test_entry_is_a_heading_and_lines(kinds: Built, passage: str) -> None:
    assert passage in kinds.read("cv.md")


PAGE = """\
# Ada

A note[^a], \\*no emphasis\\*, `a*b`, **bold**, [a link](https://a.example), [inner](#work), {abbr}`PDF (Portable)`,
$a<b$, hard\\
break.

[^a]: The note.

## Work

1. One

   - Two
2. Three

> Quoted

```python
x = "```"
```

| a | b \\| c |
|---|---|
| 1 | 2 |

Term
: Defined

:::{note}
Admonished.
:::
"""

WRITTEN = """\
# Ada

A note\\[1\\], \\*no emphasis\\*, `a*b`, **bold**, [a link](https://a.example), inner, PDF (Portable), $a< b$, hard\\
break.

## Work

1. One

   - Two

2. Three

> Quoted

````
x = "```"
````

| a | b \\| c |
| --- | --- |
| 1 | 2 |

**Term**

Defined

**Note**

Admonished.

\\[1\\] The note.
"""


def test_every_word_of_the_text_is_in_the_markdown(project: Project) -> None:
    conf = project.folder / "conf.py"
    extensions = 'myst_enable_extensions = ["dollarmath", "tasklist"]\nsuppress_warnings = ["cv.character", "image"]\n'
    conf.write_text(conf.read_text("utf-8") + extensions, "utf-8")
    everything = Path(__file__).with_name("latex") / "everything.md"
    project.write({"index.md": everything.read_text("utf-8"), "talks/a.md": "# A talk\n:event: E\n:date: 2024\n"})
    text, written = (
        Counter(re.findall(r"[^\W\d_]{4,}", project.build(builder, warns=True).read(name)))
        for builder, name in (("cvtext", "cv.txt"), ("cvmarkdown", "cv.md"))
    )
    assert not text - written


def test_blocks_are_those_of_commonmark(project: Project) -> None:
    conf = project.folder / "conf.py"
    conf.write_text(conf.read_text("utf-8") + 'myst_enable_extensions = ["dollarmath"]\n', "utf-8")
    written = project.write({"index.md": PAGE}).build("cvmarkdown").read("cv.md")
    assert written == WRITTEN
    assert ":::" not in MarkdownIt("commonmark").enable("table").render(written)


#: The elements of pages without pictures.
UNSAFE = cmark.Options.CMARK_OPT_UNSAFE
SAFE = {*"a blockquote br code del em h1 h2 hr li ol p pre strong table tbody td th thead tr ul".split()}


@pytest.mark.parametrize(
    "text",
    [
        "x {math}`a <img alt=x` src=x onerror=alert(1)>",
        "```{math}\na\n<div onmouseover=alert(4)\n```\n\nb>",
        "```{math}\na\n<script src=https://example.org/x.js\n```",
        ":<img src=x onerror=alert(7)>: v",
        "{math}``a`b`` and `<img src=x onerror=alert(1)>`",
        "````{math}\na\n```\nc\n````\n\n```\n<script src=https://example.org/x.js></script>\n```",
        "x[^1]\n\n[^1]:\n    ```\n    <script src=https://example.org/x.js></script>\n    ```",
        "[script](mailto:script) alert(1) [/script](mailto:/script)",
        "{file}`a`{file}``x ` <img src=x onerror=alert(1)> y``",
        "\\![words](https://example.org/p.png)",
        f"{'> ' * 22}{{file}}`a`{{file}}``x ` <img src=x onerror=alert(1)> y``",
        "| a | b |\n|---|---|\n| {math}``a`b`` | `<img src=x onerror=alert(1)>` |",
        "| a | b |\n|---|---|\n| {file}`a`{file}``x ` y`` | ``x ` <img src=x onerror=alert(1)> z`` |",
        ":[x]: https://example.org\n\nSee [x].",
        ":headline: \\[x\n:y]: javascript:alert(1)\n\nSee [x y].",
        "`a`b`` and `[c](javascript:alert(3)) <vbscript:x>` ``",
        "``x ` [click](javascript:alert(1)) <javascript:alert(2)> ![p](file:///etc/x.png) y`` `",
        "{sub}`!`[words](https://example.org/p.png)",
        "x https://example.org/x\\<img src=https://example.org/p.png>",
        "$ and `a $ <img src=x onerror=alert(1)> $`",
        "| a |\n|---|\n| `x \\\\| <img src=x onerror=alert(1)>` |",
        "> \\[!NOTE]\n> words",
        "x https://example.org/x`<img src=x onerror=alert(1)>`",
        "x **www.example.org**{kbd}`<img src=x onerror=alert(1)>`",
    ],
)
def test_no_words_are_html(project: Project, text: str) -> None:
    assert_harmless(project, text)


#: What acts in some dialect, and what could make other words act.
PIECES = """
<img·src=x·onerror=a> <script> <div <!-- [c](javascript:a) ![p](https://a.example/p.png) [x]:·javascript:a <vbscript:a>
https://a.example/x www.a.example <https://a.example/|> [w](https://a.example) <a@b.example> &lt;img &#96; & | \\ ! $ [ ](
` `` ``` ~~~ * ** ~~ {math}`a` {file}`a` `<img·src=x>` ``a`<b>`` {kbd}`<i>` {abbr}`x·(<b>)` word ¶ ¶¶ ¶¶·····
¶>· ¶-· ¶1.· ¶##· ¶|·a·|·b·|¶|---|---|¶|· ¶:<b>:· ¶:role:· ¶:technologies:·a,·<i>,· ¶term¶:· [^1] ¶[^1]:· ¶|·
¶```¶<script>¶```¶ ¶```{math}¶a<b>¶```¶ ¶```{note}¶<b> ¶```{figure}·p.png¶:alt:·<b>¶¶ ¶```{topic}·x¶<b>¶
""".split()


@pytest.fixture(scope="module")
def reused(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """An empty project for many pages, one after another."""
    return Project(tmp_path_factory.mktemp("reused"))


@given(pieces=st.lists(st.sampled_from(PIECES), min_size=2, max_size=12))
def test_adjacent_pieces_of_text_are_no_html(reused: Project, pieces: list[str]) -> None:
    assert_harmless(reused, "".join(pieces).replace("·", " ").replace("¶", "\n"))


def assert_harmless(project: Project, text: str) -> None:
    """Assert that readers of several dialects find no HTML, picture, script or definition of links in cv.md."""
    written = project.write({"index.md": f"# A\n{text}\n"}).build("cvmarkdown", warns=True).read("cv.md")
    html = cmarkgfm.github_flavored_markdown_to_html(written, UNSAFE)
    assert not re.search('="(javascript|vbscript|data|file):', html)
    assert {*re.findall(r"<([\w!]+)", html)} <= SAFE
    formulas = MarkdownIt("commonmark", {"maxNesting": 99}).use(dollarmath_plugin, renderer=lambda *args: "")
    for parser in (formulas, MarkdownIt("gfm-like", {"linkify": False, "maxNesting": 99})):
        assert {*re.findall(r"<(\w+)", parser.render(written))} <= SAFE | {"div", "span"}
        env: dict[str, Any] = {}
        parser.parse(written, env)
        assert not env.get("references")


def test_entity_in_an_address_is_text(project: Project) -> None:
    page = "# A\n\n```{image} p.png\n:alt: f\n:target: java&#115;cript://x\n```\n"
    written = project.write({"index.md": page}).build("cvmarkdown", warns=True).read("cv.md")
    parser = MarkdownIt("commonmark")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    assert "javascript:" not in parser.render(written)
    assert "java&amp;#115;cript" in parser.render(written)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[an \\[ open](https://example.org)", '<a href="https://example.org">an [ open</a>'),
        ("[site](https://x.org)**bold**", '<a href="https://x.org">site</a><strong>bold</strong>'),
        ("## Sharp \\#", "<h2>Sharp #</h2>"),
        ("| a |\n|---|\n| `x \\|\\| y` {math}`\\|v\\|` |", "<td>x || y |v|</td>"),
        ("From $2M to $3M [sic]: \\`a\\`", "<p>From $2M to $3M [sic]: `a`</p>"),
    ],
)
def test_signs_are_read_as_they_were_written(project: Project, text: str, html: str) -> None:
    conf = project.folder / "conf.py"
    conf.write_text(conf.read_text("utf-8") + 'suppress_warnings = ["cv"]\n', "utf-8")
    written = project.write({"index.md": f"# A\n\n{text}\n"}).build("cvmarkdown").read("cv.md")
    assert html in cmarkgfm.github_flavored_markdown_to_html(written)
