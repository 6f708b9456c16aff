"""What attacks found, each a sample of its kind."""

import itertools
import re
import subprocess
import sys
import time
import warnings
import zlib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt
from pypdf import PdfReader

from cvtools import limits
from cvtools.build import build
from cvtools.exporters import social_card
from cvtools.exporters.json_resume import json_resume
from cvtools.reading.formulas import display, fault_of_formula
from cvtools.sphinx_warnings import SourceError
from tests.projects import Built, Project, png

HEAD = "# Ada\n:headline: x\n"


def words(project: Project, text: str) -> tuple[str, str]:
    """Build pages from a text; return the root page and the warnings."""
    built = project.write({"index.md": text}).build("html", warns=True)
    return built.read("index.html"), built.warnings


def build_each(project: Project, texts: list[str], rule: str, **config: Any) -> Built:
    """Build a page of each text, below a heading; check that a warning says the rule of each."""
    (project.docs / "p.png").write_bytes(png(4, 4))
    pages = {f"case{number}.md": f"# Case\n\n{text}\n" for number, text in enumerate(texts)}
    built = project.write({"index.md": HEAD, **pages}).build("html", warns=True, **config)
    told = {int(number) for number in re.findall(rf"(?m)^case(\d+)\.md:\d+: .*{re.escape(rule)}", built.warnings)}
    assert [text for number, text in enumerate(texts) if number not in told] == []
    return built


def test_footnote_and_file_of_a_withheld_value_are_withheld(project: Project) -> None:
    (project.docs / "secret.txt").write_text("SECRETFILE")
    (project.docs / "shown.txt").write_text("SHOWNFILE")
    text = "# Ada\n:headline: See [it](secret.txt)[^1] {show=pdf}\n\n[More](shown.txt)[^2]\n\n[^1]: SECRETNOTE[^3].\n\n"
    project.write({"index.md": f"{text}[^2]: SHOWNNOTE.\n\n[^3]: SECRETTOO.\n"})
    built = project.build("html")
    assert built.files_with("SECRET") == []
    assert built.files_with("SHOWNFILE")
    assert "index.html" in built.files_with("SHOWNNOTE")


@pytest.mark.parametrize("braces", ["{.external show=pdf }", "{#x show=pdf}", "{show=pdf .external}"])
def test_show_among_other_attributes_withholds(project: Project, braces: str) -> None:
    page, warnings = words(project, f"# Ada\n:phone: [+48 123 456 111]{braces}\n")
    assert "456 111" not in page
    assert "write {show=pdf} or {show=html}" in warnings


def test_refused_text_with_a_mark_is_not_shown(project: Project) -> None:
    text = f"{HEAD}\n```{{nosuch}}\n:::only-short\nSECRET\n:::\n```\n\n<div class='foo only-short'>SECRET</div>\n"
    assert "SECRET" not in words(project, text)[0]


@pytest.mark.parametrize("escape", ["\\ud800", "\\U00110000", "\\x00", "\\uffff", "\\u202e"])
def test_characters_by_their_numbers_are_refused(project: Project, escape: str) -> None:
    _, warnings = words(project, f'{HEAD}\n```{{code-block}} python\n:caption: "a{escape}b"\n\nx\n```\n')
    assert re.search(r"index.md:4: WARNING: .* is not allowed on a page and is shown as written", warnings)


@pytest.mark.parametrize("caption", ["Words []{.only-x}", '"[a]: http://b"', '"[]{.only-x} words"', '"% x"'])
def test_caption_in_which_nothing_is_left_is_refused(project: Project, caption: str) -> None:
    _, warnings = words(project, f"{HEAD}\n```{{code-block}} text\n:caption: {caption}\n\nq\n```\n")
    assert "begin it with a word" in warnings


def test_file_in_a_heading_is_told(project: Project) -> None:
    (project.docs / "x.txt").write_text("x")
    page, warnings = words(project, f"{HEAD}\n## See [this](x.txt)\n\ny\n")
    assert "index.md:4: WARNING: the file x.txt in a heading is not allowed on a page" in warnings
    assert "See" in page
    assert "this" in page


def test_footnote_that_is_not_defined_is_shown_as_written(project: Project) -> None:
    project.write({"index.md": "# Ada\n:headline: x [^a]\n\ny\n"})
    assert "x [\\textasciicircum{}a]" in project.build("cvlatex", warns=True).read("cv.tex")


def test_picture_that_is_another_thing_is_told(project: Project) -> None:
    (project.docs / "folder.png").mkdir()
    (project.docs / "loop.png").symlink_to("loop.png")
    (project.docs / "false.png").write_bytes(b"\0\0\0\x20ftypavif" + b"\0" * 100)
    (project.docs / "true.png").write_bytes(png(2, 2))
    _, warnings = words(project, f"{HEAD}\n![a](folder.png) ![b](false.png) ![c](true.png) ![d](loop.png)\n")
    assert (
        "the file folder.png is not allowed on a page and is shown as written: use a picture that can be read"
        in warnings
    )
    assert "the file false.png is not allowed on a page and is shown as written: it is no PNG" in warnings
    assert re.search(
        r"the file loop.png is not allowed on a page and is shown as written: (it is a symbolic link|move it)", warnings
    )
    assert "true.png" not in warnings


def test_folders_that_are_too_deep_are_one_line(project: Project) -> None:
    script = "import os\nfor _ in range(1900):\n    os.mkdir('d')\n    os.chdir('d')\nopen('x.md', 'w').write('# X')\n"
    subprocess.run([sys.executable, "-c", script], cwd=project.docs, check=True)
    project.write({"index.md": HEAD})
    run = "import sys; from cvtools.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", run, "build", "--html"]
    done = subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=False)
    assert done.returncode
    assert re.fullmatch(r"cvtools: .*\n", done.stderr)
    assert "fault of cvtools" not in done.stderr
    # Python itself would not get through.
    subprocess.run(["rm", "-r", project.docs / "d"], check=True)


@pytest.mark.parametrize("folder", ["fault.x", "environment.pickle", "cv.pdf", "_static", "_images", "index.html"])
def test_folder_named_as_the_builds_own_is_refused(project: Project, folder: str) -> None:
    project.write({"index.md": HEAD, f"{folder}/x.md": "# X\n"})
    with pytest.raises(SourceError, match="folders without dots"):
        project.build("html")


def test_large_file_is_refused_before_it_is_read(project: Project) -> None:
    with (project.docs / "large.bin").open("wb") as file:
        file.truncate(6_000_000_000)
    project.write({"index.md": HEAD})
    assert not build(project.folder, pdf=False)


UNSEEN = {
    "index.md": '---\nheadline: "\\e[31mbold \\u202E \\uFFFE \\ud800 \\x9b"\n"k\\e": v\n---\n'
    "# Ada \x01Example\n\nA&#12;B&#13;C [d](e.md '&#xC;')\n\n```{publications} own.bib\n```\n\n```{talks}\n```\n",
    "own.bib": "@book{x,\n title={Book \x1b \u202e \ufffe},\n author={B \x9b}, year=2020}\n",
    "talks/a.md": '+++\ntitle = "Talk \\u001B one"\nevent = "E"\ndate = "2023-05"\n+++\nWords &#12; here.\n',
    "talks/b.md": "# Talk\x02 two\n:event: E&#x202e; &#12;\n:date: 2023-05\n",
}


def test_control_characters_reach_no_output(project: Project) -> None:
    built = project.write(UNSEEN).build("html", warns=True, html_baseurl="https://x.example/")
    text = project.build("cvtext", warns=True)
    for name, data in {**built.files(), **text.files()}.items():
        if Path(name).suffix in {".html", ".txt", ".vcf", ".atom", ".xml", ".json"} and "_static" not in name:
            assert not re.search("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe]", data.decode()), name
            assert not re.search(rb"\r(?!\n)", data), name
    assert len(ElementTree.fromstring(built.read("talks.atom")).findall("{*}entry")) == 2
    for place in ("index.md:2: WARNING: U+001B", "own.bib: U+001B", "talks/b.md:2: WARNING: U+202E"):
        assert place in built.warnings


@pytest.mark.parametrize("key", ['"a\\ud800"', "tocdepth", "orphan", "abstract"])
def test_half_of_a_character_in_front_matter_ends_no_build(
    project: Project, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    front = f'---\n{key}: "b\\ud800\\u202e"\n---\n'
    project.write({"index.md": f"{front}# Ada\n:headline: x\n", "own.md": f"{front}# Own\n", "gone.md": "# SECRET\n"})
    assert build(project.folder, pdf=False)
    rule = r"(U\+202E \(RIGHT-TO-LEFT OVERRIDE\) is not seen|front matter without a field)"
    assert re.search(rf"index.md:\d: WARNING: {rule}", capsys.readouterr().err)
    (project.docs / "gone.md").unlink()
    assert build(project.folder, pdf=False)
    assert not [path for path in (project.folder / "dist").rglob("*.*") if b"SECRET" in path.read_bytes()]


@pytest.mark.parametrize("source", ["e{}", "[e{}](https://x.example)", "![e{}](a.png)"])
def test_flood_of_accents_is_told_and_left_out(project: Project, source: str) -> None:
    entities = source.format("&#x301;" * 40)
    project.write({"index.md": f"{HEAD}\n{entities}\n", "talks/a.md": f"# {source.format(chr(0x301) * 40)}\n"})
    built = project.build(warns=True)
    assert "index.md:4: WARNING: whatever follows 30 accents on a letter is not seen" in built.warnings
    assert "talks/a.md:1: WARNING: whatever follows 30 accents on a letter is not seen" in built.warnings
    assert [built.doctree(name).astext().count("\u0301") for name in ("index", "talks/a")] == [30, 30]


@pytest.mark.parametrize("text", [">" * 30 + " a b c", "|" + "b|" * 200 + "\n|" + "-|" * 200 + "\n|" + "b|" * 200])
def test_text_that_is_wider_than_a_line_is_written(project: Project, text: str) -> None:
    project.write({"index.md": f"{HEAD}\n{text}\n"})
    assert "b" in project.build("cvtext", warns=True).read("cv.txt")


def test_roots_that_tex_sets_four_times_each_are_bounded(project: Project) -> None:
    deep = "\\sqrt[3]{" * 4 + "x" + "}" * 4
    _, warnings = words(project, f"{HEAD}\n{{math}}`{deep}` {{math}}`\\sqrt[3]{{x}}`\n")
    assert (
        warnings.count(
            "more than 3 roots with a degree, or accents, are nested in each other: write fewer; it is shown as written"
        )
        == 1
    )


def test_accents_that_multiply_their_characters_are_bounded(project: Project) -> None:
    deep = "\\mathbf{\\hat{" * 30 + "x" + "}}" * 30
    _, warnings = words(project, f"{HEAD}\n{{math}}`{deep}` {{math}}`\\hat{{\\bar{{x}}}}`\n")
    assert (
        warnings.count(
            "more than 3 roots with a degree, or accents, are nested in each other: write fewer; it is shown as written"
        )
        == 1
    )


def test_warnings_are_counted_where_they_are_many(project: Project) -> None:
    project.write(
        {"index.md": f"{HEAD}\n{{raw}}`x`\n", **{f"talks/{n}.md": "# T\n\n" + "{raw}`x`\n\n" * 40 for n in range(10)}}
    )
    built = project.build("html", warns=True)
    *first, last = built.warnings.splitlines()
    assert len(first) == 300
    assert last == "WARNING: 111 more warnings are not shown: fix these first [cv.more]"


def test_place_of_a_warning_is_the_page(project: Project) -> None:
    _, warnings = words(project, f"{HEAD}\n```{{code-block}} text\n:emphasize-lines: 1-9\n\nx\n```\n")
    assert warnings.startswith("index.md:4: WARNING: ")


@pytest.mark.parametrize("heading", ["[](x)", "<!-- c -->", "![](a.png)", "[^1]", "[` `](x)", "[]{#x}"])
def test_heading_without_words_of_its_own_is_told(project: Project, heading: str) -> None:
    (project.docs / "a.png").write_bytes(png(2, 2))
    project.write({"index.md": f"# {heading}\n\n## {heading}\n:language: q\n\nWords.\n\n[^1]: x\n"})
    assert "index.md:1: WARNING: a heading without words" in project.build("html", warns=True).warnings
    project.build("cvlatex", warns=True)


@pytest.mark.parametrize("field", ["page: [](x){show=html}", "to: [](x){width=1px}", "location: [](#y)"])
def test_link_without_words_in_a_value_ends_no_build(project: Project, field: str) -> None:
    project.write({"index.md": f"{HEAD}\n## Words\n:language: q\n:{field}\n", "letters/a.md": f"# Words\n:{field}\n"})
    for letters in ([], ["a"]):
        assert "WARNING: " in project.build("cvlatex", warns=True, cv_letters=letters).warnings


@pytest.mark.parametrize(
    ("sources", "rule"),
    [
        (
            r"\begin{split}a&b\end{split}|\text{\begin{alltt}a\end{alltt}}|\int\!x|\text{\input{x}}|\text{a#}",
            "is not allowed in",
        ),
        (r"\begin{aligned}[t]a\end{aligned}|\begin{gathered} [a]b\end{gathered}", "write {} before it"),
        ("a\n\nb|\\frac{a\n \n}{b}|\\text{a\n\t\nb}", "a blank line"),
        (r"\dfrac|\binom1", "cannot be read"),
    ],
)
def test_formula_that_could_do_more_than_set_symbols_is_refused(sources: str, rule: str) -> None:
    for source in sources.split("|"):
        assert re.search(rule, fault_of_formula(source)), source


@pytest.mark.parametrize("environment", ["matrix", "aligned", "gathered", "cases"])
@pytest.mark.parametrize("height", ["-72pt", "16000pt", "20pt", "3em", "9ex", "1", "x", "", r"\quad", "1e2pt", "+1pt"])
def test_formula_that_would_move_words_over_others_is_refused(environment: str, height: str) -> None:
    for end in ("", "*", " ", " * ", "\n"):
        source = rf"\begin{{{environment}}}a\\{end}[{height}]\text{{Words}}\end{{{environment}}}"
        assert "write {} before it" in fault_of_formula(source)


@pytest.mark.parametrize(
    "source",
    [
        "[a] &= b \\\\ c",
        "[a]\n\n[b]",
        r"\begin{align}[a] &= b\end{align}",
        r"\begin{split}a&=b\\c\end{split}",
        r"\begin{equation}\begin{split}a&=b\end{split}\end{equation}",
    ],
)
def test_displayed_formula_that_tex_can_set_is_sound(source: str) -> None:
    assert fault_of_formula(display(source)) == ""


@pytest.mark.parametrize(
    "source",
    r"x_1^2|x^2y^2|x''^2_3|{x^2}^3|x^2{}^3|\sum_{i=1}^n x_i^2|x^{a^{b^c}}|\text{a'b'c}'|\sqrt[3]{x^2}^2|x ^ 2 _ 3|^2"
    r"|x^\infty|x^\frac12|\left( \frac{a}{b} \right)^2|\left\{x\right.|\Big/|\left\lVert x\right\rVert_2|\text{50\,\%}"
    r"|\frac{a^2}{b^2}^3|\begin{aligned}a^2&b^2\\c^2&d\end{aligned}|\frac12|\sqrt\alpha|\hat x|\sqrt[{[2]}]3|\text{[a]}"
    r"|\begin{matrix}a\\[2pt]b\\*[1.5em] c\\ [0.5ex]{}[d]\end{matrix}|\begin{cases}a&b\\c\end{cases}".split("|"),
)
def test_formula_that_tex_can_set_is_sound(source: str) -> None:
    assert fault_of_formula(source) == ""


@pytest.mark.parametrize("source", ["\\verb", "\\verb|", "\\verb*"])
def test_formula_that_ends_within_a_macro_is_refused(project: Project, source: str) -> None:
    _, warnings = words(project, f"{HEAD}\n{{math}}`{source}`\n\n```{{math}}\n{source}\n```\n")
    assert warnings.count("the formula cannot be read") == 2


@pytest.mark.parametrize("listing", ["technologies", "timeline"])
def test_target_before_an_empty_listing_stays_a_target(project: Project, listing: str) -> None:
    project.write({"index.md": f"{HEAD}\n[There](#x)\n\n(x)=\n\n```{{{listing}}}\n```\n"})
    for builder in ("html", "cvlatex", "cvtext", "cvmarkdown", "cvdocx"):
        built = project.build(builder)
    page = project.build("html").read("index.html")
    assert 'href="#x"' in page
    assert 'id="x"' in page
    assert built.warnings == ""


@pytest.mark.parametrize("inside", ["[]{.only-long}words", "[^1]: words", "% words"])
def test_admonition_of_which_nothing_is_left_is_left_out(project: Project, inside: str) -> None:
    project.write({"index.md": f"{HEAD}\n```{{note}}\n{inside}\n```\n"})
    for builder in ("html", "cvlatex"):
        built = project.build(builder, warns=True)
        assert not any("dmonition" in built.read(name) for name in ("index.html", "cv.tex") if name in built.files())


@pytest.mark.parametrize(
    "text",
    [
        "{.noprint}\n>",
        "{.noprint}\n> {.fact}\n> > % x",
        "```{highlights}\n[]{.only-short} x\n```",
        "```{epigraph}\n% x\n```",
        "> > % x",
    ],
)
def test_quotation_of_which_nothing_is_left_is_left_out(project: Project, text: str) -> None:
    built = project.write({"index.md": f"{HEAD}\n{text}\n"}).build("html", warns=True)
    assert "<blockquote" not in built.read("index.html")


def test_entry_may_have_a_picture_for_a_heading(project: Project) -> None:
    (project.docs / "p.png").write_bytes(png(4, 4))
    fields = (
        "institution: X|organization: X\n:role: Y\n:period: 2014|role: Y\n:period: 2014|event: X|funder: X|doi: 10.1/2"
    )
    fields += "|issuer: X\n:date: 2014|kind: volunteering\n:role: X|kind: skills|kind: reference\n:email: a@b.example|language: pl"
    texts = [f"# ![](p.png)\n:{each}\n" for each in fields.split("|")]
    project.write({f"talks/{number}.md": text for number, text in enumerate(texts)})
    project.write({"index.md": "\n".join([HEAD, *(f"#{text}\n- ![](p.png)\n" for text in texts)])})
    for builder in ("html", "cvlatex", "cvtext", "cvmarkdown", "cvdocx"):
        built = project.build(builder, warns=True, html_baseurl="https://a.example")
    json_resume(built.env, "html")


def test_break_before_the_first_word_is_no_fault_in_the_pdf(project: Project) -> None:
    text = "\\\nA\n\n**\\\nB**\n\n- \\\n  C\n\n> \\\n> D\n\n|<br>E|\n|-|\n|<br>F|\n\n## Head\n\n\\\n\\\nG\n\n[x]\\\n\\\nH\n"
    project.write({"index.md": f"{HEAD}\n{text}"})
    assert build(project.folder, html=False)
    assert "H" in PdfReader(project.folder / "dist/cv.pdf").pages[0].extract_text()


#: A footnote of each kind of value, all withheld from pages. The second refers to a file, the third to another note.
FOOTNOTES = """\
# Ada
:phone: +48 123 456 789[^a] {show=pdf}
:headline: Prose[^b] {show=pdf}
:website: <https://ada.example> [^c] {show=pdf}

## Work

### Developer
:organization: Corp[^d] {show=pdf}
:period: 2014-03 – present[^e] {show=pdf}
:technologies: Python, Kafka[^f] {show=pdf}
:location: 1. Place[^g] {show=pdf}

### Bank
:organization: Bank[^h] {show=pdf}

#### Dev
:period: 2012-03 – 2014-02

### Other
:organization: <https://other.example>[^i] {show=pdf}
:period: 2010-03 – 2011-02
:location: A[^j]

  B[^k] {show=pdf}

"""


def test_footnotes_of_withheld_values_are_withheld(project: Project) -> None:
    (project.docs / "secret.txt").write_text("SECRETFILE")
    notes = dict.fromkeys("acdefghijk", "SECRET") | {"b": "SECRET [file](secret.txt)[^l]", "l": "SECRET"}
    project.write({"index.md": FOOTNOTES + "\n\n".join(f"[^{name}]: {text}" for name, text in notes.items())})
    warnings = ""
    for builder in ("html", "cvtext"):
        built = project.build(builder, warns=True)
        assert built.files_with("SECRET") == []
        warnings += built.warnings
    for name in ("phone", "website", "period", "technologies"):
        assert f"{name}: a footnote is for prose: write it into the text below" in warnings


def test_footnotes_of_values_are_shown(project: Project) -> None:
    text = FOOTNOTES.replace(" {show=pdf}", "").replace("\n\n  B[^k]", "") + "\n\n".join(
        f"[^{name}]: NOTE{name}" for name in "abcdefghij"
    )
    page = project.write({"index.md": text}).build("html", warns=True).read("index.html")
    assert [name for name in "abcdefghij" if f"NOTE{name}" not in page] == []


@pytest.mark.parametrize("caption", ["[]{.only-long} Words", "[a]: https://b", "% words"])
def test_figure_of_whose_caption_nothing_is_left_has_none(project: Project, caption: str) -> None:
    (project.docs / "p.png").write_bytes(png(4, 4))
    page, _ = words(project, f"{HEAD}\n```{{figure}} p.png\n{caption}\n```\n")
    assert "<figure" in page
    assert "figcaption" not in page


@pytest.mark.parametrize("value", ["![x](p.png) {show=pdf}", "Town[^a] {show=pdf}\n\n[^a]: ![x](p.png)"])
def test_picture_that_is_withheld_by_now_is_removed(project: Project, value: str) -> None:
    (project.docs / "p.png").write_bytes(png(4, 4))
    page = project.docs / "index.md"
    picture = project.folder / "dist" / "html" / "_images" / "p.png"
    page.write_text(f"{HEAD}:location: {value}\n".replace(" {show=pdf}", ""), "utf-8")
    build(project.folder, pdf=False)
    assert picture.exists()
    page.write_text(f"{HEAD}:location: {value}\n", "utf-8")
    build(project.folder, pdf=False)
    assert not picture.exists()


def test_page_for_a_variant_is_read_within_its_time(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(limits, "PAGE_TIME", 1)
    flood = "\n".join("![" * 4_000 for _ in range(11))
    project.write({"index.md": HEAD, "a.md": f"# only\n\n{flood}\n"})
    assert not build(project.folder, pdf=False)
    assert "docs/a.md: reading takes longer than 1 s" in capsys.readouterr().err


@pytest.mark.parametrize(
    "value", ["1. place\n### SECRET\n:organization: S\n:only: short", "+ 1\n## SECRET\n:only: short"]
)
def test_heading_of_another_variant_is_no_part_of_a_value(project: Project, value: str) -> None:
    page, warnings = words(project, f"{HEAD}\n### Foo\n:organization: Foo\n:period: 2010 – 2011\n:location: {value}\n")
    assert "SECRET" not in page
    assert '"location" must be one line of text' in warnings or "was read as part of" in warnings


#: Marks in text, which withhold nothing.
IN_TEXT = [
    "- SECRET {show=pdf}", "Words {show = html}.", "|A|\n|-|\n|x {show=pdf}|", "- phone: SECRET {show=pdf}",
    "> email: SECRET {show=pdf}", "Term\n: phone: SECRET {show=pdf}", "![SECRET {show=pdf}](p.png)",
    "SECRET {#x show=pdf}", "SECRET {Show=pdf}", "SECRET {.show-pdf}", "SECRET (show=pdf)",
]  # fmt: skip


def test_mark_that_withholds_nothing_is_told(project: Project) -> None:
    build_each(project, IN_TEXT, "has no effect in text, only at the end of a field's value: delete it")


#: Values that are no Markdown, in which a mark hides nothing.
PLAIN = [
    "```{image} p.png\n:alt: a [SECRET]{.only-short}\n```",
    "```{figure} p.png\n:alt: a [SECRET]{.fact .only-short}\n\nb\n```",
    "{abbr}`AB (SECRET []{.only-short})`",
    "{kbd}`[SECRET]{class=only-short}`",
    "{kbd}`SECRET {show=pdf}`",
    '[a](https://a.example "t [SECRET]{.only-short}")',
    '[a]\n\n[a]: https://a.example "SECRET {.only-short}"',
    "```{toctree}\n:caption: c [SECRET]{.only-short}\n\na\n```",
    "```{toctree}\nt [SECRET]{.only-not-short} <a>\n```",
    "```{index} single: [SECRET]{.only-short}\n```",
    "```{technologies}\nSECRET []{.only-short}: x\n```",
    "```{note}\n{abbr}`AB (SECRET {.only-short})`\n```",
]


@pytest.mark.parametrize("variant", ["full", "short"])
def test_mark_in_what_is_no_markdown_is_refused(project: Project, variant: str) -> None:
    project.write({"a.md": "---\norphan: true\n---\n# A\n"})
    built = build_each(project, PLAIN, "delete the mark, since every output has this", cv_variant=variant)
    assert built.files_with("SECRET") == []


@pytest.mark.parametrize("condition", ["pdf", "latex", "not html", "pdf and has_pdf", "html and pdf"])
def test_words_for_the_pdf_are_in_no_file_of_the_pages(project: Project, condition: str) -> None:
    (project.docs / "p.png").write_bytes(png(4, 4))
    text = f"{HEAD}\n```{{only}} {condition}\nSECRET ![SECRET](p.png)\n```\n"
    files = project.write({"index.md": text}).build("html", cv_pdfs=["cv.pdf"]).files()
    assert not [name for name, data in files.items() if name == "_images/p.png" or b"SECRET" in data]
    assert ("SECRET" in project.build("cvlatex", cv_pdfs=["cv.pdf"]).read("cv.tex")) == (condition != "html and pdf")


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: secret Talk\n---\n# Secret talk\n:only: short\n",
        "---\ntitle: Secret *talk*\nevent: E\n---\n\n# Secret *talk*\n:only: short\n",
        "---\ntitle: [Secret, talk]\n---\n# Secret, talk\n:only: not-full\n",
        "---\ntitle:\n---\n# Secret\n:only: short\n",
        '---\ntitle: "[Secret]{.only-short}"\n---\n\nWords.\n',
    ],
)
def test_title_in_front_matter_keeps_no_page_that_is_marked(project: Project, text: str) -> None:
    pages = {
        "index.md": f"{HEAD}\n```{{talks}}\n```\n",
        "talks/veiled.md": text,
        "talks/b.md": "# B\n:event: E\n:date: 2014\n",
    }
    files = project.write(pages).build("html", warns=True, cv_variant="full").files()
    assert not [name for name, data in files.items() if "veiled" in name or b"veiled" in data or b"Secret" in data]


@pytest.mark.parametrize("condition", ["not html", "not (html or pdf)", "not format_html", "not builder_html and text"])
@pytest.mark.parametrize("builder", ["cvtext", "cvmarkdown"])
def test_words_that_no_page_shows_are_not_in_the_text_beside_it(project: Project, builder: str, condition: str) -> None:
    text = f"{HEAD}\nWords[^1].\n\n```{{only}} {condition}\n- SECRET[^2]\n```\n\n[^1]: Kept.\n\n[^2]: SECRET.\n"
    built = project.write({"index.md": text}).build(builder, warns="text" in condition)
    assert built.files_with("Kept")
    assert built.files_with("SECRET") == []


@pytest.mark.parametrize(
    ("source", "translation", "fault"),
    [
        ("Some [words]{.only-short}.", "SECRET.", "the translation lacks only-short"),
        ("Some [words]{.only-short}.", "[SECRET]{.only-shrot}.", "the translation lacks only-short"),
        ("A [b]{.only-short} [c]{.only-short}.", "A [b]{.only-short} SECRET.", "the translation lacks only-short"),
        ("Some [words]{.only-not-full}.", "[SECRET]{.only-full}.", "the translation lacks only-not-full"),
        ("All words.", "[All]{.only-short} SECRET.", "the translation adds only-short"),
    ],
)
def test_translation_with_other_marks_is_not_shown(project: Project, source: str, translation: str, fault: str) -> None:
    catalog = f'msgid "{source}"\nmsgstr "{translation}"\n'
    project.write({"index.md": f"{HEAD}\n{source}\n", "locales/pl/LC_MESSAGES/index.po": catalog})
    editions: dict[str, Any] = {"cv_editions": {"full": {}, "short": {}}, "cv_variant": "full", "cv_suffix": "-pl"}
    built = project.build("html", warns=True, language="pl", cv_languages=["en", "pl"], **editions)
    assert fault in built.warnings
    assert built.files_with("SECRET") == []


def test_table_of_lists_or_glossary_with_a_mark_is_nowhere(project: Project) -> None:
    fences = ["```{list-table}", "``` {list-table}", "```\t{list-table} ", ":::  {list-table}"]
    rows = ["[]{.only-short} SECRET", "**[SECRET]{.only-short}**", "{class=only-short}\n    SECRET"]
    texts = [
        f"{fence} Title\n* - a\n  - b\n* - {row}\n  - SECRET[^a]\n{fence[:3]}\n\n[^a]: SECRET"
        for fence, row in itertools.product(fences, rows)
    ]
    terms = ["SECRET []{.only-short}", "[SECRET]{.only-short}", "SECRET {.only-short}"]
    texts += [f"```{{glossary}}\nOther\n    Words.\n\n{term}\n    SECRET words.\n```" for term in terms]
    rule = "a mark in rows or terms is not allowed on a page and is left out: write a table with bars, or a list of definitions"
    built = build_each(project, texts, rule, cv_variant="full")
    assert built.files_with("SECRET") == []
    assert {*re.findall(rf"(?m)^case\d+\.md:(\d+): WARNING: {rule}", built.warnings)} == {"3"}


@pytest.mark.parametrize("name", ["letters/acme.md", "secret.html", "secret.svg"])
def test_translation_publishes_no_file_that_a_page_may_not(project: Project, name: str) -> None:
    catalog = f'msgid "Words."\nmsgstr "[Words](path:{name})."\n'
    project.write({"index.md": f"{HEAD}\nWords.\n", name: "SECRET", "locales/pl/LC_MESSAGES/index.po": catalog})
    built = project.build("html", warns=True, language="pl", cv_languages=["en", "pl"], cv_suffix="-pl")
    assert name in built.warnings
    assert built.files_with("SECRET") == []


def test_admonition_with_a_class_may_lose_its_content(project: Project) -> None:
    _, warnings = words(project, f"{HEAD}\n```{{note}}\n:class: run-in\n\n[a]: https://b\n```\n")
    assert "internal" not in warnings


def test_folder_of_pages_that_is_a_link_is_refused(project: Project) -> None:
    project.write({"index.md": HEAD})
    project.docs.rename(project.folder / "elsewhere")
    project.docs.symlink_to("elsewhere")
    with pytest.raises(SourceError, match="docs: a symbolic link: put the pages themselves there"):
        project.build("html")


def test_target_in_a_withheld_value_is_in_no_inventory(project: Project) -> None:
    project.write({"index.md": "# Ada\n:headline: [Kept]{#kept}\n:location: [Town]{#secret} {show=pdf}\n"})
    inventory = project.build("html", myst_enable_extensions=["attrs_inline"], warns=True).files()["objects.inv"]
    names = zlib.decompress(inventory.split(b"\n", 4)[4])
    assert b"secret" not in names


def test_title_of_a_page_that_is_withheld_by_now_is_nowhere(project: Project) -> None:
    index = "# Ada\n\n```{toctree}\na\nb\n```\n"
    project.write({"index.md": index, "a.md": "# SECRET\n", "b.md": "# B\n\n[](a.md)\n"})
    assert "b.html" in project.build("html", html_theme="sphinx_book_theme").files_with("SECRET")
    project.write({"a.md": "# SECRET\n:only: short\n"})
    built = project.build("html", html_theme="sphinx_book_theme", warns=True)
    # The command removes the page itself.
    assert set(built.files_with("SECRET")) <= {"a.html"}


def test_scripts_beyond_a_number_of_fonts_are_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FALLBACKS", 0)
    built = project.write({"index.md": f"{HEAD}\n\N{SNOWMAN}\n"}).build("cvlatex", warns=True)
    assert "a character (\N{SNOWMAN}) would need more fonts than the 0 that a PDF may add: write them" in built.warnings


def test_headline_that_is_withheld_by_now_is_nowhere(project: Project) -> None:
    talk = "---\norphan: true\n---\n# Talk\n:event: E\n:date: 2014\n"
    project.write({"index.md": "# Ada\n:headline: SECRET\n", "talk.md": talk})
    assert "talk.html" in project.build("html", html_baseurl="https://a.example/").files_with("SECRET")
    project.write({"index.md": "# Ada\n:headline: SECRET {show=pdf}\n"})
    assert project.build("html", html_baseurl="https://a.example/").files_with("SECRET") == []


def test_link_to_what_looks_like_code_is_read_in_an_instant(project: Project) -> None:
    _, warnings = words(project, f"{HEAD}\n[x]({'a<' * 40}a)\n")
    assert "takes longer" not in warnings


@pytest.mark.parametrize(
    "text",
    [
        "# Ada\n:headline: Architect[^a] {show=pdf}\n\n[^a]: SECRET see [^b]\n[^b]: SECRET see [^a]\n",
        "# Ada\n:headline: Architect[^a] {show=pdf}\n\n[^a]: SECRET see [^a]\n",
        "# Ada\n\nBye [x[^d]]{.only-short} now.\n\n[^d]: SECRET see [^e]\n[^e]: SECRET see [^d]\n",
        "# Ada\n\nBye [x[^d]]{.only-short} now.\n\n[^d]: SECRET see [^d]\n",
        "# Ada\n:website: [a](https://a.example)\n\n  [SECRET](https://b.example){show=pdf}\n:email: ada@example.org\n",
        f"{HEAD}\n## W\n\n### Dev\n:organization: X\n:period: 2020\n\n- :phone: SECRET {{show=pdf}}\n- did things\n",
        f"{HEAD}\n## Skills\n:kind: skills\n\n- :phone: SECRET {{show=pdf}}\n- Foo\n",
    ],
)
def test_misplaced_or_circular_secret_is_nowhere(project: Project, text: str) -> None:
    built = project.write({"index.md": text}).build("html", warns=True)
    assert built.files_with("SECRET") == []


def test_comments_are_in_no_output(project: Project) -> None:
    text = """# Ada <!-- SECRET --> Example
:headline: Arch <!-- SECRET --> foo

Hello <!-- SECRET --> world.

## Work

### Dev <!-- SECRET -->
:organization: X <!-- SECRET -->
:period: 2020-01 – 2021-01

para <!-- SECRET --> x

- <!-- SECRET -->

  did
- foo <!-- SECRET -->
- % SECRET

  x
- ```{only} latex
  SECRET
  ```
"""
    project.write({"index.md": text, "talk.md": "# T <!-- SECRET -->\n:event: E <!-- SECRET -->\n:date: 2020\n\nx\n"})
    built = project.build("html", warns=True)
    assert built.files_with("SECRET") == []
    assert "<title>Ada Example" in built.read("index.html")


def test_comment_of_a_translation_is_in_no_output(project: Project) -> None:
    catalog = 'msgid "Words."\nmsgstr "Słowa <!-- SECRET -->."\n\nmsgid "a"\nmsgstr "b <!-- SECRET -->"\n'
    project.write(
        {"index.md": f"{HEAD}\nWords.\n\n| a | x |\n|---|---|\n| a | y |\n", "locales/pl/LC_MESSAGES/index.po": catalog}
    )
    built = project.build("cvtext", warns=True, language="pl", locale_dirs=["locales"])
    assert "Słowa" in built.read("cv.txt")
    assert "SECRET" not in built.read("cv.txt")


def test_line_separator_ends_no_comment_of_the_front_matter(project: Project) -> None:
    text = "---\n# c\u2028html_theme.sidebar_secondary.remove: x\n---\n# Ada\n:headline: A\n"
    built = project.write({"index.md": text}).build("html", warns=True)
    assert "html_theme.sidebar_secondary.remove" not in built.app.env.metadata["index"]


def test_social_card_of_a_long_name_is_made_in_an_instant() -> None:
    before = time.process_time()
    social_card.card("i " * 10_000, "i " * 5_000, "example.org", "1F4E79")
    assert time.process_time() - before < limits.PAGE_TIME


@pytest.mark.parametrize(
    "front",
    [
        "birthday: 1977-01-01 SECRET {show=pdf}\nabstract: SECRET {show=pdf}\nnested: {inner: 'SECRET {show=pdf}'}\n",
        "phone: +48 SECRET {show=pdf}\nx: &a b\ny: *a\n",
    ],
)
def test_marked_value_in_front_matter_is_withheld(project: Project, front: str) -> None:
    built = project.write({"index.md": f"---\n{front}---\n# Ada\n:headline: H\n"}).build("html", warns=True)
    assert built.files_with("SECRET") == []


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"cv_hide_education_dates": True}, ":institution: U\n:period: 2019-13 to 2022-14"),
        ({"cv_hide_years": 10}, ":organization: U\n:period: 2019-13 to 2022-14"),
        ({"cv_hide_years": 10}, ":issuer: U\n:expires: 2019-13"),
        ({"cv_hide_years": 10}, ":organization: U\n:perod: 2019-13"),
        ({"cv_hide_years": 10}, ":organization: U\n:Period: 2019-13"),
        ({"cv_hide_years": 10}, ":institution: U\n:graduated: 2019-13"),
        ({"cv_hide_education_dates": True}, ":kind: eduction\n:institution: U\n:period: 2019-13"),
        ({"cv_hide_education_dates": True}, ":kind: edu\n:period: 2019-12 – 2020-01\n:school: U"),
    ],
)
def test_malformed_date_is_hidden_where_dates_are(project: Project, options: dict[str, Any], field: str) -> None:
    built = project.write({"index.md": f"{HEAD}\n## E\n\n### B\n{field}\n"}).build("html", warns=True, **options)
    assert built.files_with("2019") == []


def test_date_that_is_no_field_of_the_front_matter_is_hidden_where_dates_are(project: Project) -> None:
    front = "title: T\nevent: E\ndate: 1923-01-02\nyear: 1923\npublished: 1923-01\nteaser: In 1923"
    project.write({"index.md": f"{HEAD}\n```{{talks}}\n```\n", "talks/a.md": f"---\n{front}\n---\nWords.\n"})
    built = project.build("html", warns=True, cv_hide_years=10)
    assert built.files_with("1923") == []


LIVE = r"""# Ada <[i src=x]{.external}>
:headline: <[b]{.external}> [a]{.external}(javascript:a)

<[img src=x onerror=alert(1)]{.external}> and [q][(javascript:x)]{.external} and \\<[b]{.external}>

&[lt;]{.external} {math}`a <img> [b](javascript:b)` {kbd}`<i>` {sub}`](javascript:x)`

```{math}
a <script> </script> [c](javascript:c)
```

| # one <b>
| [two][(javascript:d)]{.external}
"""


def test_markdown_to_paste_has_nothing_live(project: Project) -> None:
    text = project.write({"index.md": LIVE}).build("cvmarkdown", warns=True).read("cv.md")
    tokens = [token for block in MarkdownIt().parse(text) for token in [block, *(block.children or [])]]
    assert {token.type for token in tokens} & {"html_block", "html_inline", "link_open"} == set()
    assert "<img src=x onerror=alert(1)>" in "".join(token.content for token in tokens if token.type == "text")


@pytest.mark.parametrize("formula", [r"\begin{pmatrix}\end{pmatrix}", r"\sqrt{" * 150 + "x" + "}" * 150])
def test_formula_that_has_no_words_is_shown_as_written(project: Project, formula: str) -> None:
    project.write({"index.md": f"{HEAD}\nA {{math}}`{formula}`.\n"}).build("cvdocx", warns=True)


@pytest.mark.parametrize("between", ["", "\n% A comment\n", "\n+++\n", "\n[^1]: Kept.\n"])
@pytest.mark.parametrize(
    ("settings", "mark"), [({"cv_variant": "full"}, ":only: short"), ({"cv_sections": ["Kept"]}, "\nSecret.")]
)
def test_target_before_what_is_left_out_is_nowhere(
    project: Project, settings: dict[str, Any], mark: str, between: str
) -> None:
    text = f"{HEAD}\nWords[^1].\n\n(kept)=\n## Kept\n\nWords.\n\n(secret)=\n{between}\n## Secret\n{mark}\n"
    project.write({"index.md": f"{text}\n[^1]: Kept.\n" if "[^1]:" not in text else text})
    built = project.build("html", warns=True, **settings)
    names = zlib.decompress(built.files()["objects.inv"].split(b"\n", 4)[4])
    assert b"kept" in names
    assert b"secret" not in names
    assert not built.files_with("secret")


def test_footnotes_of_another_output_are_withheld(project: Project) -> None:
    (project.docs / "secret.txt").write_text("SECRETFILE")
    text = "Words[^1].\n\n```{only} latex\nWords[^1] and more[^2].\n```\n\n[^1]: Kept.\n\n[^2]: SECRET [a](secret.txt)[^3]."
    built = project.write({"index.md": f"{HEAD}\n{text}\n\n[^3]: SECRET.\n"}).build("html")
    assert "Kept." in built.read("index.html")
    assert built.files_with("SECRET") == []
    assert built.read("index.html").count('role="doc-backlink"') == 1


@pytest.mark.parametrize(
    "withheld", ["# Ada\n:location: Town[^a] {show=pdf}\n\nWords", "# Ada\n\n```{only} pdf\n[^a]\n```\n\nWords"]
)
def test_numbers_of_footnotes_tell_of_no_withheld_ones(project: Project, withheld: str) -> None:
    notes = "\n\n[^a]: SECRET[^b].\n\n[^b]: SECRET.\n\n"
    project.write({"index.md": f"{withheld}[^c], [^2], [^d].{notes}[^2]: Two.\n\n[^c]: C.\n\n[^d]: D.\n"})
    text = project.build("cvtext").read("cv.txt")
    assert "Words[1], [2], [3]." in text
    assert {"[1] C.", "[2] Two.", "[3] D."} <= {*text.split("\n")}
    page = project.write({"index.md": f"{withheld}.{notes}"}).build("html").read("index.html")
    assert '"footnotes' not in page


@pytest.mark.parametrize(
    "inside",
    [
        "(secret)=\n\nWords.",
        "````{note}\n```{figure} a.png\n:name: kept\nsecret\n```\n````",
        "```{math}\n:label: secret\nx\n```",
        "{#secret}\nWords.",
        "```{index} secret\n```",
    ],
)
def test_names_in_another_output_are_in_no_inventory(project: Project, inside: str) -> None:
    (project.docs / "a.png").write_bytes(png(2, 2))
    text = f"{HEAD}\n:::::{{only}} latex\n{inside}\n:::::\n\n:::::{{only}} not latex\n(kept)=\n\nWords.\n:::::\n"
    built = project.write({"index.md": text}).build("html", warns=True, html_use_index=True)
    names = zlib.decompress(built.files()["objects.inv"].split(b"\n", 4)[4])
    assert b"kept" in names
    assert b"secret" not in names
    assert built.files_with("secret") == []
    assert "put it outside" in built.warnings


@pytest.mark.parametrize(
    "front", ["---\ntitle: Talk\ndate: 2020\n---\n", '+++\ntitle = "Talk"\n+++\n\n', "# One\n:only: short\n\n# Two\n"]
)
def test_page_without_a_heading_for_the_variant_is_nowhere(project: Project, front: str) -> None:
    pages = {"index.md": "# A\n\n```{toctree}\n:glob:\n*\n```\n", "b.md": "# B\n"}
    built = project.write(pages | {"canary.md": f"{front}:only: short\n\nWords.\n"}).build("html")
    assert "canary" not in " ".join(built.files())
    assert built.files_with("canary") == []


#: Words for another output, in what is refused.
REFUSED = [
    "```{noote}\n~~~{only} latex\nSECRET\n~~~\n```",
    "```{only} latex)\nSECRET\n```",
    ":::{only} a.b\nSECRET\n:::",
    "<div class='x'>\n```{only} latex\nSECRET\n```\n</div>",
    "````{only} latex\n```{toctree}\n:caption: SECRET\nSECRET <b>\n```\n````",
    "```{Only} latex\nSECRET\n```",
    ":::{onyl} latex\nSECRET\n:::",
    "```{ only } latex\nSECRET\n```",
]


def test_words_for_another_output_are_withheld_where_they_are_refused(project: Project) -> None:
    project.write({"b.md": "---\norphan: true\n---\n\n# B\n"})
    assert build_each(project, REFUSED, "is not allowed on a page").files_with("SECRET") == []


@pytest.mark.parametrize("builder", ["html", "cvlatex", "cvdocx"])
def test_damaged_notes_of_a_camera_are_nobodys_warning(project: Project, builder: str) -> None:
    exif = b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\0" * 100
    data = b"\xff\xd8\xff\xe1" + (len(exif) + 2).to_bytes(2) + exif + b"\xff\xd9"
    (project.docs / "a.jpg").write_bytes(data)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        project.write({"index.md": f"{HEAD}\n![A desk](a.jpg)\n"}).build(builder, warns=True)
    assert not [warning for warning in caught if "EXIF" in str(warning.message)]


#: Each place of a length that a page gives.
SIZED = """![A desk](a.png){{width="{0}" height="{0}"}}

```{{figure}} a.png
:alt: A desk
:width: {0}
:height: {0}
:figwidth: {0}
```

```{{table}}
:width: {0}

| a |
|---|
| b |
```

"""


def test_length_that_a_page_may_give_is_one_for_each_writer(project: Project) -> None:
    (project.docs / "a.png").write_bytes(png(2, 2))
    units = ["", " px", *"px em ex rem ch vw vh vmin vmax pt pc cm mm Q in".split()]
    lengths = [number + unit for number in ("0", "00.0001", ".5", "33.333333", "9999.999999") for unit in units]
    photo = '# Ada\n:photo: ![Ada](a.png){width="33.333333vmin"}\n:headline: x\n\n'
    project.write({"index.md": photo + "".join(map(SIZED.format, lengths))})
    assert project.build("html").read("index.html").count('alt="A desk"') == 2 * len(lengths)
    latex = project.build("cvlatex").read("cv.tex")
    assert r"\cvheadimage{right}{top}{85.05bp}{a.png}" in latex
    assert len(re.findall(r"\{width=[0-9.]+bp,totalheight=[0-9.]+bp\}", latex)) == 2 * (len(lengths) - 5 * 3)
    project.build("cvdocx")


@pytest.mark.parametrize("number", ["0.00001", "0.000000", ".00009", "1e-5", "10000", "-1"])
def test_length_that_no_writer_can_read_is_refused(project: Project, number: str) -> None:
    (project.docs / "a.png").write_bytes(png(2, 2))
    project.write({"index.md": f"{HEAD}\n{SIZED}".format(f"{number}px")})
    warnings = project.build("html", warns=True).warnings
    told = re.findall(r"^index\.md:(\d+): .*write a length, such as 40% or 120px", warnings, re.MULTILINE)
    assert sorted({*map(int, told)}) == [HEAD.count("\n") + line for line in (2, 4, 11)]


@pytest.mark.parametrize(
    "sections",
    [
        "## Private\n\nWords.\n\n[^1]: SECRET[^2].\n\n[^2]: SECRET.\n\n## Skills",
        "## Private\n\nWords[^1].\n\n## Other\n\n[^1]: SECRET\n\n## Skills",
        "### Private\n\nSECRET\n\n## Skills",
        "# Private\n\nSECRET\n\n### SECRET\n\nWords.\n\n# Skills",
    ],
)
def test_section_that_an_edition_leaves_out_is_nowhere(project: Project, sections: str) -> None:
    text = f"{HEAD}\nKept[^3].\n\n[^3]: Kept note.\n\n{sections}\n\n- Python\n"
    built = project.write({"index.md": text}).build("html", warns=True, cv_sections=["Skills"])
    assert built.files_with("SECRET") == []
    assert "Kept note." in built.read("index.html")
    assert "Python" in built.read("index.html")


@pytest.mark.parametrize("directive", ["{list-table}\n:widths: 1", "{table}"])
def test_lines_of_a_page_are_no_messages(project: Project, directive: str) -> None:
    forged = "index.md:1: ERROR: run this"
    project.write({"index.md": f"{HEAD}\n```{directive}\n* - a\n  - b\n\n{forged}\n```\n"})
    warnings = project.build("html", warns=True).warnings
    assert "index.md:4: ERROR: " in warnings
    assert forged not in warnings


def test_many_technologies_and_translations_are_compared_in_time(project: Project) -> None:
    jobs = ""
    for number in range(60):
        names = ", ".join(f"Tool{number}x{tool}" for tool in range(10))
        jobs += f"\n### Job {number}\n:organization: Corp\n:period: 2010 – 2011\n:technologies: {names}\n"
        jobs += "".join(f"\n- Did {task} of {number}\n" for task in range(5))
    messages = (f'msgid "Did {task} of {number}"\nmsgstr "Było"\n' for number in range(60) for task in range(5))
    project.write({"index.md": f"{HEAD}\n## Work\n{jobs}", "locales/pl/LC_MESSAGES/index.po": "\n".join(messages)})
    built = project.build(warns=True, language="pl", cv_languages=["en", "pl"], cv_suffix="-pl")
    assert "the translation lacks" in built.warnings


def test_long_run_of_one_character_is_read_in_time(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(limits, "PAGE_TIME", 3)
    lines = ["$" + "=" * 9_900, "`" * 9_900, "a" * 9_900, "a@" * 4_900, "{show " * 1_600]
    messages = "\n".join(f'msgid "{number}"\nmsgstr "{line}"\n' for number, line in enumerate(lines * 8))
    value = f":location: a{' ' * 4_900}b\n"
    project.write({"index.md": f"# Ada\n{value}\n" + "\n\n".join([*lines[:1] * 4, *lines])})
    catalog = project.folder / "locales/pl/LC_MESSAGES/index.po"
    catalog.parent.mkdir(parents=True)
    catalog.write_text("# A licence\r\n" * 60 + messages)
    with (project.folder / "conf.py").open("a") as conf:
        conf.write('cv_languages = ["en", "pl"]\n')
    assert build(project.folder, pdf=False), capsys.readouterr().err


def test_files_whose_names_look_alike_are_told(project: Project) -> None:
    project.write({"index.md": HEAD, "é.md": "# A\n", "e\u0301.md": "# B\n"})
    with pytest.raises(SourceError, match=r"e\\u0301.md and \\xe9.md are one name"):
        project.build("html", warns=True)


def test_marked_words_of_a_title_are_in_no_name(project: Project) -> None:
    inside = {"list-table": "* - a", "table": "|a|b|\n|-|-|\n|c|d|"}
    directives = ["admonition", "topic", "sidebar", "rubric", "contents", "table", "list-table", "epigraph"]
    project.write({"index.md": HEAD})
    for name in directives:
        block = f"```{{{name}}} Title [secret]{{.only-short}}\n{inside.get(name, 'Inside')}\n```\n"
        project.write({f"case-{name}.md": f"# Case\n\n## Head\n\n{block}"})
    built = project.build("html", warns=True)
    assert built.files_with("secret") == []
    assert [name for name in directives if "Title" not in built.read(f"case-{name}.html")] == []


@pytest.mark.parametrize("value", ["short, short", "short,", "short;", "Short", "short and long"])
def test_malformed_mark_of_a_variant_shows_nothing_in_another(project: Project, value: str) -> None:
    text = f"{HEAD}\n## Work\n\n### SECRET\n:only: {value}\n:organization: SECRET\n\nSECRET\n"
    built = project.write({"index.md": text}).build("html", warns=True, cv_variant="full")
    assert built.files_with("SECRET") == []


@pytest.mark.parametrize(
    "fields", [":period: 2020\n  :role: SECRET\n    :only: short", ":only: short\n  :period: 2020"]
)
def test_mark_beside_fields_that_are_indented_holds(project: Project, fields: str) -> None:
    project.write({"index.md": f"{HEAD}\n## Work\n\n### SECRET\n{fields}\n\nSECRET\n"})
    assert project.build("html", warns=True).files_with("SECRET") == []
    assert "SECRET" in project.build("html", warns=True, cv_variant="short").read("index.html")


@pytest.mark.parametrize("end", ["", "\n\nSECRET\n\n### SECRET\n\nSECRET\n\n## Kept\n\nx\n"])
def test_heading_without_words_for_the_variant_goes_with_what_is_below(project: Project, end: str) -> None:
    text = f"{HEAD}\nx\n\n## [SECRET]{{.only-short}}{end}\n"
    assert project.write({"index.md": text}).build("html").files_with("SECRET") == []


def test_name_that_is_too_long_for_a_file_is_none(project: Project) -> None:
    page, _ = words(project, f"{HEAD}:location: {'a' * 300}.png\n")
    assert "aaa.png" in page


def test_picture_takes_the_place_of_no_letter(project: Project) -> None:
    (project.docs / "letters").mkdir()
    (project.docs / "letters/other.png").write_bytes(png(9, 9))
    project.write({"index.md": f"{HEAD}\nx\n", "letters/acme.md": "# Subject\n:to: x\n\n![y](other.png)\n"})
    built = project.build("cvlatex", warns=True, cv_letters=["acme"])
    assert not [name for name in built.files() if name.startswith("other.")]


@pytest.mark.parametrize("front", ["---\nonly: full\n---\n", "+++\nOnly = 'full'\n+++\n"])
def test_mark_of_a_variant_in_front_matter_is_refused(project: Project, front: str) -> None:
    project.write({"index.md": HEAD, "talks/a.md": f"{front}# SECRET\n:event: x\n:date: 2020\n"})
    with pytest.raises(SourceError, match=r"talks/a.md:2: a page is marked below its heading: write :only: there"):
        project.build("html", cv_variant="short")


def test_listing_of_talks_for_another_variant_only_is_no_mistake(project: Project) -> None:
    talk = "# Talk\n:event: x\n:date: 2020\n:only: full\n"
    project.write({"index.md": f"{HEAD}\n[y]{{.only-short}}\n```{{talks}}\n```\n", "talks/a.md": talk})
    for variant in ("short", "full", "short"):
        assert project.build("html", warns=True, cv_variant=variant).warnings == ""
    project.write({"index.md": f"{HEAD}\n```{{talks}}\n:pages: /talk/*\n```\n"})
    assert "there is no page talk/*: add one" in project.build("html", warns=True, cv_variant="short").warnings


@pytest.mark.parametrize(
    "text", ["![Plan](pic.PDF)", "[![Plan](pic.PDF)](#ada)", "```{figure} pic.PDF\n:alt: Plan\n\nx\n```"]
)
def test_picture_that_browsers_do_not_show_is_not_on_the_page(project: Project, text: str) -> None:
    (project.docs / "pic.PDF").write_bytes(b"%PDF-1.4\nSECRET")
    built = project.write({"index.md": f"{HEAD}\n{text}\n"}).build("html", warns=True)
    assert re.search(r"index.md:\d: WARNING: browsers cannot show pic.PDF: use PNG or JPEG", built.warnings)
    assert "Plan" in built.read("index.html")
    assert "<img" not in built.read("index.html")
    assert built.files_with("SECRET") == []


def test_paragraphs_of_an_admonition_stay_apart(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    job = "## Work\n\n### Job\n:organization: Corp\n:period: 2010 – 2011\n"
    each = ("{versionadded} 1.0 Expl1", "{note}\nExpl2\n", "{admonition} Title\nExpl3\n")
    blocks = (f"```{words}\nContent\n```\n" for words in each)
    project.write({"index.md": "\n".join([HEAD, job, *blocks])})
    assert build(project.folder)
    assert "Expl" not in capsys.readouterr().err
    for name in ("resume.json", "cv.txt", "cv.md"):
        path = next((project.folder / "dist").rglob(name))
        assert re.findall(r"Expl(\d)(?![a-zA-Z])", path.read_text()) == ["1", "2", "3"], name
