"""Words are written so that Markdown reads nothing but words."""

import pytest
from hypothesis import given, strategies as st
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.base import DocutilsRenderer
from myst_parser.parsers.mdit import create_md_parser

from cvtools.config import SYNTAX
from cvtools.writing import myst
from cvtools.writing.myst import Heading

PARSER = create_md_parser(MdParserConfig(enable_extensions=set(SYNTAX)), DocutilsRenderer)
NASTY = st.text(st.sampled_from(list("ab 1.-+*_`#>:%|=~[](){}<>!&;$\\^/\n'")), max_size=30)


def tokens(text: str) -> list[Token]:
    return PARSER.parse(text)


def words(text: str) -> str:
    """The words of a text that is one paragraph of nothing but words."""
    opening, inline, _ = tokens(text)
    assert opening.type == "paragraph_open"
    assert {child.type for child in inline.children or ()} <= {"text", "text_special", "softbreak"}
    return "".join(child.content or " " for child in inline.children or ())


@given(NASTY | st.text(max_size=40))
def test_escaped_text_reads_as_it_is(text: str) -> None:
    text = " ".join("".join(char for char in text if char.isprintable() or char == "\n").split())
    if text:
        assert words(myst.escape_line(text)) == text


@given(NASTY)
def test_words_of_a_link_neither_end_it_nor_make_a_picture_of_it(text: str) -> None:
    (_, inline, _) = tokens(myst.link(f"![{text}", "https://ada.example"))
    first, *inner, last = [child.type for child in inline.children or ()]
    assert (first, last) == ("link_open", "link_close")
    assert {*inner} <= {"text", "text_special"}


#: Markup that must not come to life: between lines, in code, behind entities, in items of lists.
PIECES = st.lists(
    st.sampled_from(
        ["\n", "\n\n", "  ", "- ", "1. ", "`", "``", "```", "~~~", "{abbr}`x`", "{image} a.png", "# H", "===", ":only: short", "(t)=", "% x",
         "&#32;", "&#13;", "&#10;", "\r", "<b>", "<img src=x>", "![p](p.png)", "[a](b)", "+++", ":::", "a", "***", "---", "$$", "{.x}", "| a |\n|---|\n", "&#x2028;", "> ", ": ", "<td>", "<table>", "<tr>", "<h1>", "<li>", "```{include} x\n", "\\\n"]
    ),
    max_size=12,
).map("".join)  # fmt: skip
HARMLESS = {
    "inline",
    "fence",
    *(
        f"{kind}_{end}"
        for kind in "bullet_list ordered_list list_item paragraph blockquote table thead tbody tr th td dl dt dd".split()
        for end in ("open", "close")
    ),
}
WITHIN = {
    *"hardbreak text text_special softbreak code_inline".split(),
    *"strong_open strong_close em_open em_close link_open link_close".split(),
}


@given(NASTY | PIECES)
def test_blocks_have_only_harmless_markup(text: str) -> None:
    # Below a heading, as it is written.
    parsed = tokens(f"# T\n\n{myst.clean_blocks(text)}")[3:]
    assert {token.type for token in parsed} <= HARMLESS
    assert not any("{" in token.info for token in parsed)
    assert {child.type for token in parsed for child in token.children or ()} <= WITHIN


@given(NASTY | PIECES)
def test_value_of_a_field_is_one_line_of_words(text: str) -> None:
    written = myst.write(Heading("T", [("name", myst.clean_line(text) or "x")]))
    types = [token.type for token in tokens(written)]
    assert types[:3] == ["heading_open", "inline", "heading_close"]
    assert {token for token in types[3:] if not token.startswith("field")} <= HARMLESS


@pytest.mark.parametrize(
    ("given_text", "written"),
    [
        ("C# and C++, snake_case, 10% < 20%", "C# and C++, snake_case, 10% < 20%"),
        ("**bold** and [a link](https://example.org)", "**bold** and [a link](https://example.org)"),
        ("[no](javascript:alert) link", "[no\\](javascript:alert) link"),
        ("<b>bold</b> <a href='https://example.org'>link</a>", "**bold** [link](https://example.org)"),
        ("{role}`x`", "\\{role}`x`"),
        ("<b>a</b> <![b", "**a** \\<![b"),
    ],
)
def test_inline_keeps_emphasis_and_links_alone(given_text: str, written: str) -> None:
    assert myst.clean_line(given_text) == written


def test_html_lists_become_lists() -> None:
    assert myst.clean_blocks("<p>Text</p><ul><li>one</li><li>two</li></ul>") == "Text\n\n- one\n- two"
    assert (
        myst.clean_blocks("<p>A<p>B<ul><li>one<ul><li>two<li>three</ul><li>four</ul>")
        == "A\n\nB\n\n- one\n  - two\n  - three\n- four"
    )


def test_headings_below_the_sixth_level_are_bold() -> None:
    deepest = Heading("Seven")
    for level in range(6, 0, -1):
        deepest = Heading(f"H{level}", children=[deepest])
    assert myst.write(deepest).endswith("###### H6\n\n**Seven**\n")
