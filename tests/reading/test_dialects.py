"""Markdown of other programs: what is read, and what gives one warning."""

import pytest
from bs4 import BeautifulSoup

from tests.projects import Built, Project, png


def build(project: Project, text: str) -> Built:
    (project.docs / "a.png").write_bytes(png(6, 3))
    return project.write({"index.md": f"# Ada\n\n{text}\n"}).build("html", warns=True)


def body(built: Built) -> str:
    """Return the HTML of the page below its title, on one line."""
    section = BeautifulSoup(built.read("index.html"), "html.parser").select_one("section")
    assert section
    assert section.h1
    section.h1.extract()
    return " ".join(section.decode_contents().split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One<br>two<BR/>three", "<p>One<br/> two<br/> three</p>"),
        ("One  \ntwo", "<p>One<br/> two</p>"),
        (
            "<b>x</b> <strong>y</strong> <i>z</i> <em>a <b>b</b></em>",
            "<p><strong>x</strong> <strong>y</strong> <em>z</em> <em>a <strong>b</strong></em></p>",
        ),
        ("H<sub>2</sub>O, x<sup>2</sup>", "<p>H<sub>2</sub>O, x<sup>2</sup></p>"),
        ("<u>x</u> <span>y</span>", "<p>x y</p>"),
        (
            '<a href="https://x.example/?a&amp;b" target="_blank">x</a>',
            '<p><a class="reference external" href="https://x.example/?a&amp;b">x</a></p>',
        ),
        (
            '<img src="a.png" alt="A" width="80">',
            '<p><a class="reference internal" href="_images/a.png"><img alt="A" src="_images/a.png" width="80"/></a></p>',
        ),
        (
            '<div align="center">\n<h2>Work</h2>\n<p>One<br>two</p>\n<ul><li>A</li><li><b>B</b></li></ul>\n</div>',
            '<section id="work"> <h2>Work<a class="headerlink" href="#work" title="Link to this heading">¶</a></h2> '
            '<p>One<br/> two</p> <ul class="simple"> <li><p>A</p></li> <li><p><strong>B</strong></p></li> </ul> </section>',
        ),
        ("<center>\n\nInside.\n\n</center>\n\n<br>\n\nMore.", "<p>Inside.</p> <p>More.</p>"),
        (
            "<table>\n<tr><th>A</th><th>B</th></tr>\n<tr><td>1</td>\n<td>*2*</td></tr>\n</table>",
            "<p>A | B</p> <p>1 | <em>2</em></p>",
        ),
        ("It costs $5 to $10, `$A_B` and `$C_D`.", None),
    ],
)
def test_simple_html_is_read_as_markdown(project: Project, text: str, expected: str | None) -> None:
    built = build(project, text)
    assert built.warnings == ""
    assert expected is None or body(built) == expected


@pytest.mark.parametrize(
    "text",
    [
        "*a <b>c* d</b>",
        "<b>a [b</b> c](https://x.example)",
        '<b onclick="x">a</b>',
        "<b>a",
        "<blink>a</blink>",
        '<a href="javascript:alert(1)" onclick="x">a</a>',
        '<img src="a.png" onerror="x">',
        '<table><tr><td><b onclick="x">x</b></td></tr></table>',
        '<div class="x">\n<b>y</b>\n</div>',
        "<b>" * 9 + "a" + "</b>" * 9,
    ],
)
def test_other_html_is_shown_as_written_with_one_warning(project: Project, text: str) -> None:
    built = build(project, text)
    assert built.warnings.startswith("index.md:3: WARNING: HTML such as <")
    assert built.warnings.count("\n") == 1
    assert "<code" in body(built) or "<pre>" in body(built)


def test_html_is_checked_like_markdown(project: Project) -> None:
    built = build(project, '<a href="javascript:alert(1)">a</a>\n\n<img src="../secret.png">')
    assert 'a link to "javascript:"' in built.warnings
    assert "the file ../secret.png" in built.warnings


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (
            "With $n\\ge 3$ and $x_1$.\n\n$$\ny^2\n$$",
            '"$n\\ge 3$" is no formula here: write {math}`n\\ge 3`, or set '
            'myst_enable_extensions = ["dollarmath"] in conf.py [cv.formula]',
        ),
        (
            "![A](my photo.png) ![B](your photo.png)",
            '"my photo.png" has spaces and makes no picture: write <my photo.png> [cv.guard]',
        ),
        ("[A](my cv.pdf)", '"my cv.pdf" has spaces and makes no link: write <my cv.pdf> [cv.guard]'),
        (
            "[](https://x.example) [](https://y.example)",
            'a link without words: write "[words](https://x.example)" [cv.guard]',
        ),
        (
            "Led ~~two~~ ~~three~~ teams, \\~~~x~~ and `~~y~~`.",
            '"~~two~~" strikes nothing out here: delete these words, or the tildes [cv.guard]',
        ),
        (
            "x\n```{note} a `b` c\nd\n```\ne\n```\n\n\\```a `b`, ```a `b` c``` and ``` `",
            '"```{note} a `b" begins no block, since its line has a backtick: write ~~~ for ``` [cv.guard]',
        ),
        (
            "See ==**two**== or ==three==, \\==x==, `==y==`, a==b==c and == d ==.",
            '"==**two**==" highlights nothing here: write "**two**" [cv.guard]',
        ),
        (
            "> [!Note]\n> Words.\n\n> [!TIP]\n> Words.\n\nSay [!Note].",
            '"[!Note]" is shown as written: delete it, or write ```{note} above the words and ``` below [cv.guard]',
        ),
        (
            "[a]() [b]()",
            "a link without an address is not allowed on a page and is shown as written: write one between ( and ) "
            "[cv.guard]",
        ),
        (
            "See [B](b.example.org/x).",
            'a link to "b.example.org/x" is not allowed on a page and is shown as written: did you mean '
            "https://b.example.org/x? [cv.guard]",
        ),
    ],
)
def test_syntax_that_is_not_read_gives_one_warning(project: Project, text: str, warning: str) -> None:
    built = build(project, text)
    assert built.warnings == f"index.md:3: WARNING: {warning}\n"


def test_first_section_without_text_is_noted(project: Project) -> None:
    built = build(project, "## Work\n\n### Job\n\n## Skills\n\n## Hobbies\n")
    rule = '"Skills" has nothing below it: write something, or delete the heading'
    assert (built.warnings, built.notes) == ("", f"index.md:7: note: {rule} [cv.empty]")


def test_formulas_in_dollars_are_read_where_they_are_switched_on(project: Project) -> None:
    page = {"index.md": "# Ada\n\nWith $n\\ge 3$.\n"}
    assert "<math " in project.write(page).build("html", myst_enable_extensions=["dollarmath"]).read("index.html")


@pytest.mark.parametrize("size", ["{width=40%}", '{width="40%"}', '{: width="40%"}'])
def test_size_after_a_picture_is_read(project: Project, size: str) -> None:
    built = build(project, f"![A](a.png){size} and words.")
    assert built.warnings == ""
    assert 'style="width: 40%;"' in body(built)


def test_link_to_the_site_is_kept(project: Project) -> None:
    html = body(
        build(project, "[a](/pl/) [b](../de/index.html#work) [c](cv.pdf) [d](resume.json) [e](cv.docx) [f](cv.md)")
    )
    assert [
        word
        for word in ("/pl/", "../de/index.html#work", "cv.pdf", "resume.json", "cv.docx", "cv.md")
        if f'href="{word}"' not in html
    ] == []


def test_tasks_have_boxes(project: Project) -> None:
    built = build(project, "- [x] *a*\n- [ ] b\n\n1. [X] c\n\n[x] d")
    assert built.warnings == ""
    assert [item.get_text() for item in BeautifulSoup(body(built), "html.parser").select("p")] == [
        "☑ a",
        "☐ b",
        "☑ c",
        "[x] d",
    ]


def test_attributes_of_kramdown_are_left_out_with_one_warning(project: Project) -> None:
    text = '[a](https://a.example){:target="_blank" rel="x"} *b*{: .red}\n{: .lead}\n\n{: #c}\n\n`{: .d}`'
    built = build(project, text)
    assert built.warnings == 'index.md:3: WARNING: {:target="_blank" rel="x"} is left out: delete it [cv.guard]\n'
    assert body(built) == (
        '<p><a class="reference external" href="https://a.example">a</a> <em>b</em></p> '
        '<p><code class="docutils literal notranslate"><span class="pre">{:</span> <span class="pre">.d}</span></code></p>'
    )


def test_attributes_between_sums_of_money_are_left_out(project: Project) -> None:
    assert body(build(project, "$5 {: .a} and $6, $a{:}b$")) == "<p>$5 and $6, $a{:}b$</p>"


def test_link_of_nothing_is_shown_in_a_field(project: Project) -> None:
    assert "<dd>[]()</dd>" in body(build(project, "## Work\n:organization: []()\n:period: 2020"))


@pytest.mark.parametrize("value", ["a.png", "<a.png>"])
def test_bare_name_of_a_file_is_a_link_to_it(project: Project, value: str) -> None:
    built = build(project, f"## Certificate\n:issuer: X\n:page: {value}")
    assert built.warnings == ""
    assert 'href="_downloads/' in body(built)


@pytest.mark.parametrize("value", ["b.png", "../docs/a.png", "/a.png"])
def test_bare_name_of_no_file_beside_the_page_gives_a_warning(project: Project, value: str) -> None:
    assert "is not a link" in build(project, f"## Certificate\n:issuer: X\n:page: {value}").warnings


def test_long_addresses_of_repositories_are_whole(project: Project) -> None:
    addresses = ["https://github.com/orgs/x/projects", "https://github.com/a/b/blob/main/c.py"]
    built = build(project, " ".join(f"<{address}>" for address in addresses))
    assert [address in BeautifulSoup(body(built), "html.parser").get_text() for address in addresses] == [True, True]


def test_braces_that_are_escaped_are_words(project: Project) -> None:
    text = "# Ada\n\n## Dev \\{.NET}\n\nSaid \\{: yes } &#123;: no }.\n\n## Dev2 \\{#2} {#id}\n\nx \\{:: y}\n"
    built = project.write({"index.md": text}).build("html", warns=True)
    shown = built.doctree().astext()
    assert [
        words for words in ("Dev {.NET}", "Said {: yes } {: no }.", "Dev2 {#2}", "x {:: y}") if words not in shown
    ] == []
    assert built.warnings == "index.md:7: WARNING: {#id} is left out: delete it [cv.guard]\n"


def test_blocks_of_pandoc_show_their_words_with_one_warning(project: Project) -> None:
    text = "::: {.columns}\n:::: {.column width=50%}\nOne\n::::\n:::: column\n*Two*\n::::\n:::\n\n:::{note}\nThree\n:::"
    built = build(project, text)
    rule = '":::{.columns}" makes no block here, and its words are shown: delete the lines of colons'
    assert built.warnings == f"index.md:3: WARNING: {rule} [cv.guard]\n"
    assert body(built).startswith('<p>One</p> <p><em>Two</em></p> <div class="admonition note">')


def test_block_of_pandoc_with_a_mark_is_not_read(project: Project) -> None:
    assert "Canary" not in body(build(project, "::: foo\n[Canary]{.only-short}\n:::"))


def test_attributes_of_headings_are_left_out_with_one_warning(project: Project) -> None:
    built = build(project, "## Work {#work .unnumbered}\n\na\n\n## Talks {-}\n\nb")
    assert built.warnings == "index.md:3: WARNING: {#work .unnumbered} is left out: delete it [cv.guard]\n"
    assert "{" not in body(built)


def test_pictures_of_other_sites_are_shown_in_words_with_one_warning(project: Project) -> None:
    badge = "![Python](https://img.example/python.svg)"
    built = build(project, f"[{badge}](https://python.example) {badge}")
    assert built.warnings.count("\n") == 1
    assert body(built) == '<p><a class="reference external" href="https://python.example">Python</a> Python</p>'


@pytest.mark.parametrize("info", ["unction a(b) {", 'python title="a(b) {"'])
def test_words_after_the_opening_of_code_give_a_warning(project: Project, info: str) -> None:
    words = info.partition(" ")[2]
    rule = f'"{words}" after the opening of code is not allowed on a page and is ignored: write it below'
    assert f"index.md:3: WARNING: {rule}" in build(project, f"```{info}\nc\n```").warnings


def test_words_above_the_title_are_in_the_data(project: Project) -> None:
    built = project.write({"index.md": "Above.\n\n# Ada\n:headline: x\n\nBelow.\n"}).build()
    assert built.domain.resume.person
    assert built.domain.resume.person.paragraphs == ("Above.", "Below.")


def test_heading_without_text_is_in_the_data(project: Project) -> None:
    built = project.write({"index.md": "# Ada\n\n## +48 123 456 789\n\n## Work\n\nx\n"}).build(warns=True)
    assert [entry.title for entry in built.domain.resume.entries] == ["Ada", "+48 123 456 789", "Work"]


WORDS = [
    "% a", "[x]: a", "[^1]: a", "(x)=", "# a", "- a", "* a", "1. a", "9) b", "{.a}", "+++ a", "===", "***", "_ _ _",
]  # fmt: skip


def test_words_of_html_that_begin_like_markdown_are_words(project: Project) -> None:
    texts = (
        f"<p>{words}</p><p>{words} x</p>\n\n<ul><li>{words}</li></ul>\n\n<table><tr><td>{words}</td><td>y</td></tr></table>"
        for words in WORDS
    )
    built = build(project, "\n\n".join(texts))
    shown = [paragraph.get_text() for paragraph in BeautifulSoup(body(built), "html.parser").select("p")]
    assert shown == [text for words in WORDS for text in (words, f"{words} x", words, f"{words} | y")]
    assert built.warnings == ""


@pytest.mark.parametrize(
    "words", ["*a* b", "**a** b", "[a](https://a.example) b", "[a]{.fact} b", "`a` b", "{kbd}`a` b"]
)
def test_words_of_html_that_begin_with_markdown_are_read(project: Project, words: str) -> None:
    shown = BeautifulSoup(body(build(project, f"<p>{words}</p>")), "html.parser").get_text()
    assert shown.split() == ["a", "b"]


@pytest.mark.parametrize("text", ["```\ncode\n```", "~~~{note}\nx\n~~~", ":::{note}\nx\n:::"])
def test_block_of_html_around_a_fence_is_shown_as_written(project: Project, text: str) -> None:
    built = build(project, f"<details>\n{text}\n</details>")
    assert built.warnings.startswith("index.md:3: WARNING: HTML such as <details>")
    assert "<pre>" in body(built)


@pytest.mark.parametrize(
    "text",
    [
        r"2 ** 3, 2 **3, a**b, price**, \**x, \*\*x, a_b, __init__, **kwargs and *x",
        r"O`Neil, ``quotation'', `quotation' and ‘`one of two’, `90s, a ` b, \`x and `` ` ``",
        "`**x` **`x` y**, ***x*** and **x\ny**",
        "[!Note](https://example.org)",
    ],
)
def test_sign_that_may_be_meant_gives_no_warning(project: Project, text: str) -> None:
    project.write({"index.md": f"# Ada Example\n\n{text}\n"}).build()
