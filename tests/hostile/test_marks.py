"""Marks in pages of other programs, and marks that nothing reads: what is marked is withheld, or the line is told."""

import itertools
import re

import pytest

from cvtools import limits
from cvtools.sphinx_warnings import SourceError
from tests.projects import Project, png

HEAD = "# Ada\n:headline: x\n\nKept.\n"
#: Blocks that are read as several.
SEVERAL = [
    "<div>\n<p>SECRET</p><p>SECRET</p>\n</div>",
    "<details><summary>SECRET</summary>SECRET</details>",
    "<table><tr><td>SECRET</td></tr><tr><td>SECRET</td></tr></table>",
    "<ol><li>SECRET</li></ol><p>SECRET</p>",
    "<p>SECRET</p><h3>SECRET</h3><p>SECRET</p>",
    "::: box\nSECRET\n\nSECRET\n:::",
    ":::: box\nSECRET\n::: box\nSECRET\n\n<p>SECRET</p><p>SECRET</p>\n:::\nSECRET\n::::",
]


@pytest.mark.parametrize("block", SEVERAL)
def test_mark_above_a_block_that_is_read_as_several_holds_for_all(project: Project, block: str) -> None:
    places = ["{}", "::::::{{note}}\n{}\n::::::", ":::::: box\n{}\n::::::"]
    between = ["", "\n", "(target)=\n", "(target)=\n% comment\n\n", "<!-- comment -->\n\n"]
    marked = [place.format(f"{{.only-short}}\n{lines}{block}") for place in places for lines in between]
    project.write({"index.md": "\n\n".join([HEAD, *marked, "## Kept too\n\nx\n"])})
    built = project.build("html", warns=True)
    assert built.files_with("SECRET") == []
    assert "Kept too" in built.read("index.html")


@pytest.mark.parametrize("above", ["## [x]{.only-short}\n\nx\n", "## X\n:only: short\n\nx\n"])
@pytest.mark.parametrize("between", ["(target)=\n", "(target)=\n\n<!-- comment -->\n\n", "% comment\n\n"])
def test_mark_above_a_target_holds_for_a_heading_after_one_that_is_left_out(
    project: Project, above: str, between: str
) -> None:
    marked = f"{above}\n{{.only-short}}\n{between}## SECRET\n\nSECRET\n\n## Kept too\n\nx\n"
    built = project.write({"index.md": f"{HEAD}\n{marked}"}).build("html", cv_variant="long", warns=True)
    assert built.files_with("SECRET") == []
    assert "Kept too" in built.read("index.html")


def test_mark_of_a_heading_holds_after_a_rule_that_separates_nothing(project: Project) -> None:
    rules = ["***", "---", "<hr>", "***\n\n---", "<p></p>", ":::\n:::"]
    headings = ["## SECRET", "<h2>SECRET</h2>", "SECRET\n---"]
    for number, (heading, rule) in enumerate(itertools.product(headings, rules)):
        project.write({f"{number}.md": f"# Case\n\n{heading}\n\n{rule}\n\n:only: short\n\nSECRET\n"})
    assert project.write({"index.md": HEAD}).build("html", warns=True).files_with("SECRET") == []


TALKS = "```{talks}\n```"
#: Sections that one edition leaves out, and that alone list the talks.
LISTING = [
    f"<h2>Talks</h2>\n\n{TALKS}",
    f"::: box\n## Talks\n\n{TALKS}\n:::",
    f"## Talks\n\n::: box\n::: {{.col}}\n{TALKS}\n:::",
    "## Talks\n\n````{note}\n```{topic} Term\n~~~{toctree}\ntalks/a\n~~~\n```\n````",
]


@pytest.mark.parametrize("section", LISTING)
@pytest.mark.parametrize("title", ["# Ada", "<h1>Ada</h1>", "% Ada\n% Ada\n% 2020", "---\ntitle: Ada\n---"])
def test_pages_that_only_a_left_out_section_lists_are_nowhere(project: Project, section: str, title: str) -> None:
    project.write({"index.md": f"{title}\n\n## Skills\n\n- x\n\n{section}\n"})
    project.write({"talks/a.md": "# SECRET\n:event: E\n:date: 2020\n"})
    assert project.build("html", warns=True, cv_sections=["Skills"]).env.found_docs == {"index"}


@pytest.mark.parametrize("text", ["<h1>SECRET</h1>", "% SECRET\n% A\n% 2020", "::: box\n# SECRET\n:::"])
def test_page_whose_title_is_of_another_dialect_is_left_out(project: Project, text: str) -> None:
    project.write({"index.md": f"{HEAD}\n{TALKS}\n", "talks/a.md": f"{text}\n\n:only: short\n\nWords.\n"})
    assert project.build("html", warns=True).env.found_docs == {"index"}


@pytest.mark.parametrize("info", ["mermaid only-short", "foo .only-short", "foo {.only-short}", "only-short only-long"])
def test_marked_code_in_an_unknown_language_is_left_out(project: Project, info: str) -> None:
    project.write({"index.md": f"{HEAD}\n```{info}\nSECRET\n```\n\n~~~{info}\nSECRET\n~~~\n"})
    assert project.build("html", warns=True).files_with("SECRET") == []


#: Blocks of which a mark withholds all, or all but what is kept.
BLOCKS = [
    ":::{epigraph}\n[]{.only-short} SECRET\n\nSECRET\n\n-- SECRET\n:::",
    ":::{highlights}\n{.only-short}\nSECRET\n\n-- SECRET\n:::",
    ":::{pull-quote}\n:class: x\n\n[]{.only-short} SECRET\n\nSECRET\n:::",
    ":::{admonition} [SECRET]{.only-short}\nSECRET\n:::",
    ":::{topic} [SECRET]{.only-short}, [SECRET]{.only-short}\nSECRET\n:::",
    ":::{admonition} [SECRET]{.only-short} Kept\nKept.\n:::",
    "```{table} [SECRET]{.only-short}\n| SECRET | b |\n|---|---|\n| SECRET | x |\n```",
]


@pytest.mark.parametrize("block", BLOCKS)
def test_mark_of_a_directive_holds_for_its_content(project: Project, block: str) -> None:
    project.write({"index.md": f"{HEAD}\n{block}\n"})
    built = project.build("html", cv_variant="long", warns=True)
    assert built.files_with("SECRET") == []
    assert built.resolved().astext().count("Kept") == 1 + block.count("Kept")
    assert project.build(cv_variant="short").resolved().astext().count("SECRET") == block.count("SECRET")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Python, [Kafka]{.only-short}, Java", "Python, Java"),
        ("[Kafka]{.only-short}, Java", "Java"),
        ("Python, [Kafka]{.only-short}", "Python"),
        ("Python, [Kafka]{.only-short}.", "Python."),
        ("Python, [and Kafka]{.only-short} and [*Kafka*]{.only-short}, *Java*", "Python, and, Java"),
    ],
)
def test_comma_goes_with_the_words_that_it_parts(project: Project, written: str, expected: str) -> None:
    built = project.write({"index.md": f"{HEAD}\n{written}\n"}).build(cv_variant="long", warns=True)
    assert built.resolved().astext().endswith(f"\n\n{expected}")


@pytest.mark.parametrize("field", ["headline", "location"])
def test_mark_of_an_output_in_words_that_are_left_out_brings_none_back(project: Project, field: str) -> None:
    text = f"# Ada\n:{field}: Dev [(show: SECRET)]{{.only-short}}\n\nKept.\n"
    for builder in ("html", "cvlatex"):
        assert project.write({"index.md": text}).build(builder, warns=True).files_with("SECRET") == []


@pytest.mark.parametrize("value", ["1. Dev", "- Dev", "> Dev", "# Dev", "Dev"])
def test_comments_are_in_no_value(project: Project, value: str) -> None:
    text = f"# Ada\n:headline: {value} <!-- SECRET -->\n:location: {value} <!-- SECRET --> x\n\nKept.\n"
    for builder in ("html", "cvlatex", "cvtext"):
        assert project.write({"index.md": text}).build(builder, warns=True).files_with("SECRET") == []


def test_comments_are_in_no_name(project: Project) -> None:
    text = f"{HEAD}\n## Work <!-- SECRET -->\n\nx\n\n```{{topic}} Term <!-- SECRET -->\nWords.\n```\n"
    built = project.write({"index.md": text}).build("html")
    assert [name for name, content in built.files().items() if b"secret" in content.lower()] == []


def test_heading_of_which_all_is_left_out_goes_with_it(project: Project) -> None:
    secret = "## SECRET\n\n### SECRET\n:organization: x\n:period: 2020\n:only: short\n\n"
    # Nothing is below the first from the beginning.
    secret += "## Kept\n\n## [SECRET]{.only-short}\n\n### [SECRET]{.only-short}\n\n"
    nested = "## SECRET\n\n(here)=\n### SECRET\n\n% c\n\n- []{.only-short} SECRET\n\n## Kept\n\n"
    project.write(
        {
            "index.md": f"{HEAD}\n{secret}{nested}## Kept\n\nKept[^a].\n\n## SECRET\n\n{{.only-short}}\nSECRET\n\n[^a]: Kept.\n"
        }
    )
    built = project.build("html", warns=True, cv_variant="long")
    assert built.files_with("SECRET") == []
    assert built.resolved().astext().count("Kept") == 6
    assert project.build(cv_variant="short").resolved().astext().count("SECRET") == 9


def test_text_directly_below_a_mark_is_that_of_the_variant(project: Project) -> None:
    project.write({"index.md": f"{HEAD}\n## Work\n\n### Job\n:only: short\nSECRET\n\nSECRET\n"})
    assert project.build("html", warns=True, cv_variant="long").files_with("SECRET") == []
    built = project.build("html", warns=True, cv_variant="short")
    assert 'index.md:9: WARNING: "SECRET" was read as part of "only"' in built.warnings
    assert built.read("index.html").count("SECRET") == 2


def test_listing_in_a_comment_is_read_once(project: Project) -> None:
    text = f"{HEAD}\n[x]{{.only-short}}\n\n<!--\n{TALKS}\n-->\n\n% {{toctree}}\n\n"
    fences = "".join(f"{'`' * number}{{note}}\n" for number in range(60, 3, -1))
    project.write({"index.md": f"{text}```{{topic}} x\n<!-- {{talks}} -->\n\n<!-- {{talks}} -->\n```\n"})
    assert "Kept" in project.build("html", warns=True).read("index.html")
    project.write({"a.md": f"# A\n\n{fences}[x]{{.only-short}} {{talks}}\n"})
    with pytest.raises(Exception, match="levels are nested here"):
        project.build("html", warns=True)


#: What Sphinx or MyST-Parser would move out of {only}.
MOVED = [
    "<h3>SECRET</h3>\n\nSECRET", "<h3>SECRET</h3>\n\n:organization: SECRET\n:period: 2020\n\nSECRET",
    "<section><h2>SECRET</h2><p>SECRET</p></section>", "::: box\n# SECRET\n\nSECRET\n:::", "SECRET\n---\nSECRET",
    "[^a]: SECRET", "> [^a]: SECRET", "[^b]: SECRET", "::: box\n[^a]: SECRET\n:::", "::::{note}\n[^a]: SECRET\n::::",
]  # fmt: skip


@pytest.mark.parametrize("inside", MOVED)
@pytest.mark.parametrize(("output", "builder"), [("pdf", "html"), ("pdf", "cvmarkdown"), ("html", "cvlatex")])
def test_block_for_an_output_stays_together(project: Project, inside: str, output: str, builder: str) -> None:
    text = f"{HEAD}\n## Work\n\nWords[^a].\n\n:::::{{only}} {output}\n{inside}\n:::::\n"
    built = project.write({"index.md": text}).build(builder, warns=True)
    assert built.files_with("SECRET") == []
    assert "{only} with " in built.warnings
    assert "is not allowed on a page and is ignored" in built.warnings


def test_code_in_a_block_for_an_output_is_no_heading(project: Project) -> None:
    project.write({"index.md": f"{HEAD}\n````{{only}} html\n```python\n# SHOWN\n```\n````\n"})
    assert "# SHOWN" in project.build("html").read("index.html")


@pytest.mark.parametrize(
    "text",
    [
        "## SECRET\n:onl&#121;: short\n",
        "## SECRET\n\n```{note}\n```\n\n:only: short\n",
        "## SECRET\n\n[]{.only-long} Words.\n\n:only: short\n",
        "## SECRET\n:only: not-long\n\n<!-- two\nlines -->\n\n:organization: SECRET\n:only: short\n",
        "SECRET\n\n:only: short\n",
    ],
)
def test_mark_that_only_the_reader_of_entries_finds_ends_the_build(project: Project, text: str) -> None:
    project.write({"index.md": f"{HEAD}\n{text}\nSECRET\n"})
    with pytest.raises(SourceError, match=r"index.md:\d+: this mark is not read here"):
        project.build("html", warns=True)
    assert "SECRET" in project.build("html", warns=True, cv_variant="short").read("index.html")


@pytest.mark.parametrize(
    ("source", "translation"),
    [("Withheld[^{}].", "Inne."), ("Withheld[^{}].", "Inne [^{}](https://a.example)."), ("Shown.", "Inne[^{}].")],
)
@pytest.mark.parametrize(
    "page",
    [
        "Shown.\n\n```{only} pdf\nWithheld[^{}].\n```\n\n[^{}]: SECRET[^z].\n\n[^z]: SECRET.\n",
        "Shown.\n\n## Work\n\n### Job\n:organization: x\n:period: 2020\n:location: Withheld[^{}]. {show=pdf}\n\n[^{}]: SECRET.\n",
        "Shown.\n\n[^{}]: SECRET\n",
    ],
)
def test_translation_publishes_no_footnote(project: Project, page: str, source: str, translation: str) -> None:
    catalog = f'msgid "{source}"\nmsgstr "{translation}"\n'.replace("{}", "a")
    project.write({"index.md": f"{HEAD}\n{page.replace('{}', 'a')}", "locales/pl/LC_MESSAGES/index.po": catalog})
    said = ""
    for builder in ("html", "cvtext", "cvmarkdown"):
        built = project.build(builder, warns=True, language="pl", cv_languages=["en", "pl"], cv_suffix="-pl")
        said += built.warnings
        assert built.files_with("SECRET") == []
    assert "[^a]" in said or source not in page


def test_footnote_of_a_translation_is_shown(project: Project) -> None:
    catalog = 'msgid "Shown[^1][^1]."\nmsgstr "Inne[^1]."\n'
    project.write({"index.md": f"{HEAD}\nShown[^1][^1].\n\n[^1]: NOTE\n", "locales/pl/LC_MESSAGES/index.po": catalog})
    page = project.build("html", warns=True, language="pl", cv_languages=["en", "pl"], cv_suffix="-pl").read(
        "index.html"
    )
    assert "Inne" in page
    assert "NOTE" in page


#: What seems to be meant as a mark and is none, after the line that is told.
STRAYS = [
    "|[WORDS]{only=short}", "|{only=short}\nWORDS", "|{#x only=short}\nWORDS", "WORDS\n|and {only-short}",
    "|WORDS {.only short}", "|WORDS {.only-short", "|WORDS {#x .only-short}", "|WORDS {#x\n.only-short}",
    "|**WORDS**{.only-short\n.only-long}", "|WORDS {.noprint .only-short}", "|WORDS {.only-short #id}",
    '|WORDS {class="only-short"}', "|WORDS {: .only-short #id}", "|**WORDS**{.Only-short}",
    "|*WORDS*{.only-short} [more]{.only-long}", "|## WORDS {#sec .only-short}",
    "## First {#x}\n\n|## WORDS {.x .only-short}", "|<h2>WORDS {.only-short}</h2>", "|only : short", "- |only: short",
    "|：only: short", "- a\n\n  |[]{.only-short}\n\nWORDS", "WORDS\n|**only:** short, long", "> |Only = short",
    "|[]{.only-short}\n- WORDS", "|[]{.only-short}\n\nWORDS", "> |[]{.only-short}\n\nWORDS",
    "- a\n\n  |{.only-short}\n\nWORDS", "|{.only-short}\n***\nWORDS", "|{only=pdf}\nWORDS",
    "|::: only-short\n::: noprint\nx\n:::\nWORDS\n:::", "|WORDS :only: short", "- |WORDS :only:short",
    "|### WORDS :only: short", "|WORDS :class: only-short", "|[WORDS]{only_short}", "|{only short} WORDS",
    "|[WORDS]{only}", "|WORDS {for=short only}", "|WORDS (.only-short)", "|WORDS [only: short]",
    "## X\n|{.only-short}\n:organization: WORDS", "|[WORDS]{.only–short}", "|{.only-short} WORDS [x]{.noprint}",
    "```{note}\nWORDS\n|:class: only-short\n```", "```{note}\n:class: run-in\n|only-short\n\nWORDS\n```",
    "## WORDS\n|{.only-short}\n\nWords.", "WORDS and\n|[]{.only-short} words.",
    '<u title="x">WORDS</u> and\n|<b class="only-short">WORDS</b>', '|<div class="only-short">\nWORDS\n</div>',
    "- WORDS and\n  words\\\n  |[]{.only-short} words.", "```text\nWORDS\n```\n|{.only-short}\nWords.",
    "{.only-short}\nx:\n|- WORDS", "[]{.only-short} x:\n|> WORDS", "{.only-short}\n- x\n|* WORDS",
    "## X\n:only: short\n\nx\n\n|WORDS\n---\n\nWORDS", "|a [WORDS][ref]{.only-short}", "|a [x]{.only-short}(https://WORDS.example)", "x\n\n|    {.only-short}\n\nWORDS", "|[WORDS]{.not-short}", "- |WORDS {.not-short}", "|{.not-short}\nWORDS", "|a [**b** [WORDS]{.only-short}](https://x.org)", "{.only-short}\n> x\n|- WORDS", "> []{.only-short} x\n|- WORDS",
    "{.only-short}\nx\n% comment\n|WORDS", "{.only-short}\n- x\n% comment\n|- WORDS",
    "{.only-short}\nx\n|```text\nWORDS\n```", "|{.only-short}\n<details>\n<summary>x</summary>\n\nWORDS\n\n</details>",
    "|{.only-short}\n<ul>\n<li>x</li>\n\n<li>WORDS</li>\n</ul>",
    "|{.only-short}\n\n<details>\n\nWORDS\n\n</details>", "|{.only-short}\n(t)=\n% x\n\n<!-- y\nz -->\n\n<div>\n\nWORDS\n</div>",
    "|+++ {.only-short}\n\nWORDS", "|{-only-short}\nWORDS", "|[WORDS]{#only-short}", "|`{.only-short}`\n\nWORDS", "- |`[WORDS]{.only-short}`",
    "## X\n|:organization: WORDS {only} pdf", "x\n[y]{.only-short}\n|: WORDS", "- |```\n  x\n\n  :only: short\n  WORDS", "|Class: only-child, WORDS {.only-short}", "|WORDS {only} short", "|```{only} pdf\n```{note}\nx\n```\nWORDS\n```", "{.only-short}\n|::: noprint\n::: external\nx\n:::\nWORDS\n:::",
]  # fmt: skip


def test_mark_that_nothing_reads_is_told_with_its_line(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WARNINGS", 10_000)
    # The last one may have a fence that nothing ends.
    places = ["::::{note}\n\n{}\n::::", "::::: {.box}\n{}\n:::::", "{}"]
    head = "# Case\n\nKept.\n"
    pages = ["\n\n".join([head, *(place.replace("{}", text) for place in places), ""]) for text in STRAYS]
    project.write({"index.md": HEAD} | {f"{number}.md": page.replace("|", "") for number, page in enumerate(pages)})
    warnings = project.build(warns=True, cv_editions={"long": {}, "short": {}}).warnings
    told = r"(?m)^(\d+): WARNING: (?:.* marks (?:nothing here|what is below|all of the)|the end of the block inside|.* makes no link|this mark is code|this code has no end|a definition without a term|the mark above ends here|these words are a heading|.* ends at the blank line)"
    # An attribute that is none is told with the first line of its block.
    ignored = r"(?m)^(\d+): WARNING: .* is ignored: write \.only-NAME"
    for number, (text, page) in enumerate(zip(STRAYS, pages, strict=True)):
        said = "\n".join(re.findall(rf"(?m)^{number}\.md:(.*)", warnings))
        lines = [at for at, line in enumerate(page.split("\n"), 1) if re.search(r"^[-> ]*\|", line) or "|:" in line]
        # A block of pandoc's or of HTML that has a mark is not read.
        is_refused = ["<h2>" in text, bool(re.search(r"<h2>|(?<![\w-])only-|:only:", text)), "<h2>" in text]
        expected = {str(line) for line, refused in zip(lines, is_refused, strict=True) if not refused}
        said_of = {int(line) for line in re.findall(ignored, said)}
        assert expected <= {*re.findall(told, said), *map(str, said_of), *(str(line - 1) for line in said_of)}, text
        assert "is not allowed on a page" in said or not any(is_refused), text


@pytest.mark.parametrize("name", ["class", "container"])
def test_mark_that_is_a_class_in_what_conf_py_allows_is_told(project: Project, name: str) -> None:
    project.write({"index.md": f"{HEAD}\n```{{{name}}} only-short\nWords.\n```\n"})
    said = (
        "index.md:6: WARNING: {only-short} marks nothing here: write [words]{.only-short}, {.only-short} above a block"
    )
    assert said in project.build(warns=True, cv_allow=[name]).warnings


@pytest.mark.parametrize(
    "text",
    [
        "Read-only: yes, for an only-child; the only - thing, {only} of its kind.",
        "`{.only-short}` and ``{only=x}``",
        "```\n{.only-short}\n:only: short\n```\n\n    x {only=short}",
        "> ```\n> :only: short\n> ```\n\n- ~~~text\n  :only: short\n  ~~~~\n\n[x]{.only-short}\n: y",
        "Words \\{.only-other} and \\{only=x}.",
        "<!-- {only=short} -->\n\n% {.only-short\n\nWords <!-- {only=short} -->.",
        "Only: one thing.",
        "On call (only: weekends), [only: evenings].",
        "Only: mornings\n\nClass: only-child",
        "[a]{.only-short\n.only-long} and { some\nother words }",
        "[a `{only=x}`]{.only-short} b [c]{.only-short .only-long} d",
        "[a [b]{.only-short}]{.only-short} `c`{.only-short} ![d](p.png){.only-short}",
        "- []{.only-short} a\n\n  b\n\n- []{.only-short}\n  - c",
        "> []{.only-short}\n>\n> a[^1]\n\n[^1]: []{.only-short}\n\n    b",
        "{.only-short}\n{#x}\nWords.\n\n{.only-short}\n(target)=\n\nWords.",
        "a [b] [c]{.only-short}\n\n{.only-short}\nx\n***\n\n{.only-short}\nx\n## Next\n\n`[a [b]{.only-short} c](x)`",
        "{.only-short}\nx\n% comment\n\n- a\n\n[]{.only-short} x\n\n> y\n> - z\n\n- []{.only-short} a\n  - b",
        "{.only-short}\n<details>\n<summary>x</summary>\nx\n</details>\n\n{.only-short}\n\n<!-- y -->\n\n<p>x</p>\n\n{.only-short}\n<br>\n\nx",
        "::::only-short\n:::{note}\nx\n:::\n::::",
        "{class=only-short}\nWords.",
        "`[a]{.only-short .only-long}` and `:only: short` for the class of the only few: one.",
    ],
)
def test_mark_that_is_read_or_shown_is_not_told(project: Project, text: str) -> None:
    (project.docs / "p.png").write_bytes(png(2, 2))
    project.write({"index.md": f"{HEAD}\n[x]{{.only-short}}\n\n{text}\n"})
    project.build(cv_editions={"long": {}, "short": {}}, cv_variant="short")


def test_mark_that_nothing_reads_is_told_in_a_translation(project: Project) -> None:
    catalog = 'msgid "Words."\nmsgstr "[SECRET]{only=short}"\n'
    project.write({"index.md": f"{HEAD}\nWords.\n", "locales/pl/LC_MESSAGES/index.po": catalog})
    built = project.build(warns=True, language="pl", cv_languages=["en", "pl"], cv_suffix="-pl")
    assert re.search(r'index.md:6:.* WARNING: the attribute only="short" is .* ignored: write .only-N', built.warnings)


@pytest.mark.parametrize(
    "fields",
    ["title={A [word]{.only-short}}", "title={A}, only={short}", "title={A}, show={pdf}", "title={A :only: x}"],
)
def test_mark_in_a_file_of_publications_is_told(project: Project, fields: str) -> None:
    entry = f"@book{{a,\n {fields},\n author={{B}}, year=2020}}\n"
    project.write({"index.md": f"{HEAD}\n```{{publications}} own.bib\n```\n", "own.bib": entry})
    assert "own.bib:1: WARNING: a mark of a variant withholds nothing here" in project.build(warns=True).warnings


@pytest.mark.parametrize(
    "head",
    [
        "# Ada [SECRET]{.only-short}\n:photo: p.png\n",
        "# Ada [SECRET]{.only-short}\n:picture: p.png\n",
        "---\ntitle: Ada [SECRET]{.only-short}\nphoto: p.png\n---\n",
        "# SECRET\n:only: short\n\n# Ada\n:photo: p.png\n",
    ],
)
def test_photo_is_described_by_the_name_that_the_variant_has(project: Project, head: str) -> None:
    (project.docs / "p.png").write_bytes(png(2, 2))
    project.write({"index.md": f"{head}\nWords.\n"})
    for builder in ("html", "cvtext", "cvmarkdown", "cvlatex"):
        assert project.build(builder, warns=True).files_with("SECRET") == []
    assert 'alt="Ada"' in (project.folder / "out/html/index.html").read_text("utf-8")


#: What has a name and a title that a link could copy.
TITLED = [
    ":::{figure} p.png\n:name: named\n\nSECRET\n:::",
    ":::{table} SECRET\n:name: named\n\n|a|b|\n|-|-|\n|c|d|\n:::",
    ":::{code-block} python\n:caption: SECRET\n:name: named\n\nx = 1\n:::",
    ":::{admonition} SECRET\n:name: named\n\nWords.\n:::",
    ":::{topic} SECRET\n:name: named\n\nWords.\n:::",
    "(named)=\n\nSECRET\n: words",
    "(named)=\n\n:::{rubric} SECRET\n:::",
    "(named)=\n\n:SECRET: words",
    "::::{note}\n:::{list-table} SECRET\n:name: named\n* - x\n:::\n::::",
]


def test_link_copies_no_title_that_its_output_does_not_show(project: Project) -> None:
    (project.docs / "p.png").write_bytes(png(2, 2))
    blocks = [re.sub("named|SECRET", rf"\g<0>{number}", titled) for number, titled in enumerate(TITLED)]
    only = "".join(f"::::::{{only}} html\n{block}\n::::::\n\n" for block in blocks)
    links = "".join(f"[](#named{n}), {{ref}}`named{n}`.\n\n" for n in range(len(TITLED)))
    project.write({"index.md": f"{HEAD}\n{links}\n{only}\n## Talks\n\n{TALKS}\n"})
    project.write({"talks/a.md": f"# A\n:event: E\n:date: 2020\n\n{links}{links.replace('(#', '(../index.md#')}"})
    page = project.build("html", warns=True)
    assert {*re.findall(r"SECRET(\d)", page.read("index.html"))} == {*map(str, range(len(TITLED)))}
    told = re.findall(r"index.md:(\d+): WARNING: a link without words to something in \{only\}", page.warnings)
    assert {int(line) for line in told} == {6 + 2 * number for number in range(len(TITLED))}
    for builder in ("cvlatex", "cvdocx"):
        assert project.build(builder, warns=True).files_with("SECRET") == []


def test_groups_of_technologies_are_those_of_lists_that_the_output_shows(project: Project) -> None:
    job = "## Work\n\n### Dev\n:organization: A\n:period: 2020 – 2021\n:technologies: Python, Pg\n\n- x\n"
    only = ":::::{{only}} {0}\n```{{technologies}}\n{0}GROUP: Python, {0}ALIAS (Pg)\n```\n:::::\n"
    lists = [only.format("pdf"), only.format("html"), "```{technologies}\n```\n", "Most in {tech}`Python`.\n"]
    project.write({"index.md": "\n".join([HEAD, job, *lists])})
    for builder in ("html", "cvtext", "cvmarkdown"):
        built = project.build(builder)
        assert [built.files_with(f"pdf{word}") for word in ("GROUP", "ALIAS")] == [[], []]
    built = project.build("cvlatex")
    assert "pdfGROUP" in built.read("cv.tex")
    assert built.files_with("htmlGROUP") == []
    page = project.build("html").read("index.html")
    assert 'href="#technology-python"' in page
    assert 'id="technology-python"' in page


#: Marks at the beginning of something, or of all its words, which are those of the whole.
WHOLE = [
    "- **[]{.only-short} SECRET**: SECRET", "- [[]{.only-short} SECRET](https://a.example), SECRET",
    "*[SECRET []{.only-short}]{.noprint}* SECRET", "> []{.only-short} SECRET\n>\n> SECRET",
    "Words[^a].\n\n[^a]: []{.only-short} SECRET\n\n    SECRET", "[SECRET]{.only-short}\n: SECRET\n: SECRET",
    "## [SECRET]{.only-short} <!-- c -->\n\nSECRET", "## [SECRET]{.only-short}: ![]{.only-short}\n\nSECRET",
    "## [SECRET]{.only-short}[^a]\n\nSECRET\n\n[^a]: SECRET", "| a | b |\n|-|-|\n| []{.only-short} SECRET | SECRET |",
    "| []{.only-short} SECRET | b |\n|-|-|\n| SECRET | SECRET |",
    ":[SECRET]{.only-short}: SECRET\n:[]{.only-short} SECRET: SECRET",
    "- [ ]{.only-short} SECRET\n- [&nbsp;<!-- c -->]{.only-short} SECRET",
    "```{topic} []{.only-short} SECRET\nSECRET\n```",
]  # fmt: skip


@pytest.mark.parametrize("text", WHOLE)
def test_mark_holds_for_all_that_it_begins(project: Project, text: str) -> None:
    project.write({"index.md": f"{HEAD}\n{text}\n\n## Kept too\n\nx\n"})
    for builder in ("html", "cvtext"):
        assert project.build(builder, warns=True).files_with("SECRET") == []
    assert "Kept too" in (project.folder / "out/html/index.html").read_text("utf-8")


@pytest.mark.parametrize(
    "text", ["## [x]{.only-short} Kept\n\nWORDS", "## [x]{.only-short} `k`\n\nWORDS", "[x]{.only-short} y\n: WORDS"]
)
def test_heading_with_words_is_kept(project: Project, text: str) -> None:
    assert "WORDS" in project.write({"index.md": f"{HEAD}\n{text}\n"}).build("html", warns=True).read("index.html")


@pytest.mark.parametrize(
    "below",
    [
        "# SECRET\n(x)=\n",
        "# SECRET\n<!-- c -->\n",
        "# SECRET\n% c\n\n",
        "# SECRET\n\n---\n\n",
        "<h1>SECRET</h1>\n\n",
        "# SECRET\n",
    ],
)
def test_mark_of_a_page_holds_with_front_matter(project: Project, below: str) -> None:
    project.write({"index.md": f"{HEAD}\n{TALKS}\n"})
    project.write({"talks/a.md": f"---\nevent: Conf\ndate: 2020\n---\n{below}:only: short\n\nSECRET\n"})
    assert project.build("html", warns=True).files_with("SECRET") == []
    assert "Conf" in project.build("html", warns=True, cv_variant="short").read("talks/a.html")


@pytest.mark.parametrize(
    "line", ["{#a} Words of [x]{.y}", "{.noprint} Words {x}", "{.noprint} {.external}", "{.x}{.y}"]
)
def test_line_between_braces_keeps_its_words(project: Project, line: str) -> None:
    page = project.write({"index.md": f"{HEAD}\n{line}\n\nMore.\n"}).build("cvtext", warns=True).read("cv.txt")
    assert "Words" in page or "Words" not in line
    assert "{" in page


@pytest.mark.parametrize("name", ["Short", "2024", "short_x", "shortx"])
def test_name_that_no_edition_has_is_told(project: Project, name: str) -> None:
    project.write({"index.md": f"{HEAD}\n[a]{{.only-short}}\n[b]{{.only-{name}}}\n"})
    with pytest.raises(SourceError, match=rf'index.md:7: "{name}" is not one of cv_editions'):
        project.build(warns=True, cv_editions={"full": {}, "short": {}})


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("web", True),
        ("PDF", True),
        ("docx", True),
        ("html and web", True),
        ("not web", False),
        ("pdf and has_pdf", False),
        ("html and pdf", False),
    ],
)
def test_output_that_nobody_has_is_told(project: Project, condition: str, told: bool) -> None:
    project.write({"index.md": f"{HEAD}\n```{{only}} {condition}\nWords.\n```\n"})
    assert ("is no output" in project.build(warns=told).warnings) == told


@pytest.mark.parametrize("text", ["Kept [`Secret]{.only-short}` kept", "[Secret`]{.only-short}` kept"])
def test_mark_that_a_backtick_cuts_is_told(project: Project, text: str) -> None:
    built = project.write({"index.md": f"{HEAD}\n{text}\n"}).build("html", warns=True)
    assert "index.md:6: WARNING: {.only-short} marks nothing here" in built.warnings


@pytest.mark.parametrize("words", ["only: short", ":only: short", ".only-short", "only-short"])
def test_mark_that_is_a_comment_is_told(project: Project, words: str) -> None:
    project.write({"index.md": f"{HEAD}\n<!-- {words} -->\nWords.\n"})
    warnings = project.build(warns=True, cv_editions={"long": {}, "short": {}}).warnings
    assert f"index.md:6: WARNING: {words} marks nothing here: write [words]{{.only-short}}" in warnings


@pytest.mark.parametrize(
    "line",
    [
        "Words, {}",
        "- {}Words",
        "- **Words {}**",
        "### {} Words",
        "> Words\n{}",
        "| a |\n|---|\n| {} b |",
        "### B\n:period: 2011 {}",
    ],
)
def test_mark_that_is_a_comment_beside_words_is_told(project: Project, line: str) -> None:
    project.write({"index.md": f"{HEAD}\n{line.format('<!-- only-short -->')}\n"})
    warnings = project.build(warns=True, cv_editions={"long": {}, "short": {}}).warnings
    assert re.search(r"index.md:\d+: WARNING: only-short marks nothing here", warnings)


@pytest.mark.parametrize("words", ["only: a test", "Only-child, and only short.", "only: other", "{.only-short}"])
def test_comment_that_is_no_mark_is_not_told(project: Project, words: str) -> None:
    project.write({"index.md": f"{HEAD}\n<!-- {words} -->\nWords.\n"})
    project.build(cv_editions={"long": {}, "short": {}})


def test_code_that_shows_a_mark_is_no_mark(project: Project) -> None:
    project.write({"index.md": f"{HEAD}\nWrite `[words]{{.only-short}}` to mark words.\n"}).build("html")


@pytest.mark.parametrize("text", ["{guilabel}`[SECRET]{.only-short}`", "```{csv-table}\n[]{.only-short}a, SECRET\n```"])
def test_mark_in_what_conf_py_allows_is_refused(project: Project, text: str) -> None:
    project.write({"index.md": f"{HEAD}\n{text}\n"})
    built = project.build("html", warns=True, cv_allow=["guilabel", "csv-table"])
    assert "is not allowed on a page and is left out" in built.warnings
    assert built.files_with("SECRET") == []
