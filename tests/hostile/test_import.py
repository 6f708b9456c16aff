"""A file to import is a stranger's, too: it ends within its limits, and nothing in it is live."""

import json
import os
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from html import escape
from pathlib import Path

import pikepdf
import pytest
from docutils import nodes
from hypothesis import example, given, strategies as st
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from cvtools import importers, limits
from cvtools.cli import main
from cvtools.config import SYNTAX
from cvtools.importers.docx import with_escaped_words
from cvtools.importers.imported_entries import ImportedEntry
from cvtools.importers.imported_objects import ImportedObject
from cvtools.model.kinds import CONTROLS
from cvtools.nodes import cv_field
from cvtools.reading.fields import read_fields
from cvtools.reading.formulas import fault_of_formula
from cvtools.writing import myst
from cvtools.writing.html_to_markdown import from_html
from tests.projects import Project

#: What Markdown, MyST and their extensions begin or end something with.
PIECES = r"""a b 1. 1) | - : = # * _ ` ~ $ { } ( ) [ ] ^ < > ! & &amp; &#35; \ / % + +++ --- ``` ~~~ ::: $$ {.x} (t)= [^1]
[^1]:x [a]:b :x: @ {{x}} <!-- --> ' " ... http://e.org a@b.c [x] \begin{equation} a|b -|- 1|2""".split()
TEXTS = st.lists(st.sampled_from([*PIECES, " ", "  ", "\n", "\n\n", "\t"]), min_size=1, max_size=12).map("".join)
#: Tokens of words, emphasis, code, links, lists, tables and quotations.
PLAIN = frozenset(
    "paragraph inline text softbreak hardbreak strong em code_inline link image bullet_list ordered_list list_item "
    "blockquote table thead tbody tr th td dl dt dd fence".split()
)


@cache
def own() -> MarkdownIt:
    """Return the parser of pages, without what cvtools adds to it."""
    return create_md_parser(MdParserConfig(enable_extensions=set(SYNTAX)), RendererHTML)


def flat(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or [])


@given(TEXTS)
@example("++ +")
@example("a|b\n-|-\n1|2")
def test_plain_text_becomes_one_paragraph_of_the_same_words(text: str) -> None:
    tokens = own().parse(myst.escape_line(text))
    assert [token.type for token in tokens] in (["paragraph_open", "inline", "paragraph_close"], [])
    children = list(flat(tokens[1:2]))[1:]
    assert {token.type for token in children} <= {"text"}
    assert "".join(token.content for token in children).split() == text.split()


@given(TEXTS)
@example("x\n\na|b\n-|-\n1|2\n\n++ +")
@example("a|b\n-|-\n1|2|{x}|| ^")
def test_markdown_of_others_becomes_words_alone(text: str) -> None:
    for written in (myst.clean_blocks(text), myst.clean_line(text), myst.bullet_list([text])):
        for token in flat(own().parse(written)):
            is_formula = token.meta == {"name": "math"} and not fault_of_formula(token.content)
            assert is_formula or token.type.removesuffix("_open").removesuffix("_close") in PLAIN
            assert "{" not in token.info
            assert token.attrs.keys() <= {"href", "src", "alt", "title", "start", "style"}


def test_marks_in_imported_values_withhold_nothing(project: Project) -> None:
    values = [
        "A {show=pdf}",
        "B show=html",
        "C {show = pdf",
        "D `{show=pdf}`",
        "E **b**{what we show}",
        "F (show: pdf)",
    ]
    values += ["G {show=pdf} Inc", "H \\{show=pdf}", "I {show\\=html}", "J {only=x}", "K &#123;show=pdf}"]
    values += ["M show＝pdf", "N ｛show：pdf｝", "O `show＝pdf`"]
    work = [{"name": value, "position": "Dev", "startDate": "2020", "location": value} for value in values]
    work += [{"name": "L", "position": "Dev", "startDate": "2020", "url": "https://e.org/a,show=pdf"}]
    (project.folder / "cv.json").write_text(json.dumps({"basics": {"name": "Ada", "label": values[0]}, "work": work}))
    assert main(["import", str(project.folder / "cv.json"), "-o", str(project.folder)]) == 0
    fields = [*project.build("html").doctree().findall(cv_field)]
    assert not any(field.get("show") for field in fields)
    text = "\n".join(field.astext() for field in fields)
    assert all(text.count(f"{letter} ") >= 2 for letter in "ABCDEFGHIJKMNO")
    assert text.count("{show=pdf}") == 11
    assert text.count("show＝pdf") == 4


@pytest.mark.parametrize(
    "value",
    ["+48 1show=pdf}", "+48 1 \\{show=pdf}", "+48 1 \\\\{show=pdf}", "+48 1 \\{show=html}", "`+48 1 {show=pdf}`"],
)
def test_mark_that_is_escaped_or_code_withholds_with_a_warning(project: Project, value: str) -> None:
    built = project.write({"index.md": f"# Ada\n:phone: {value}\n"}).build("html", warns=True)
    assert "+48" not in built.read("index.html")
    assert "[cv.value]" in built.warnings


def test_words_in_escaped_braces_are_words(project: Project) -> None:
    built = project.write({"index.md": "# Ada\n:headline: Dev \\{show=pdf} at \\{a show}\n"}).build("html")
    assert "Dev {show=pdf} at {a show}" in built.read("index.html")


@given(
    st.lists(st.sampled_from([*PIECES, *"show show=pdf show＝pdf ` `` <b".split(), " "]), min_size=1, max_size=9).map(
        "".join
    )
)
@example("`{` }")
@example("ashow=pdf}")
@example("`]&{`\\}")
def test_value_of_an_imported_field_is_never_a_mark(text: str) -> None:
    value = myst.clean_line(text)
    line = myst.write(myst.Heading("T", [("organization", value)])).split("\n")[1] + " "
    paragraph = nodes.paragraph(line.removeprefix(":organization: ").strip(), value)
    field = nodes.field("", nodes.field_name("", "organization"), nodes.field_body("", paragraph))
    field.line = 1
    (read,) = read_fields(nodes.field_list("", field), lambda path: [line], "")
    assert (read.show, "{" in read.fault or "show" in read.fault) == ("", False)


@pytest.mark.parametrize("name", [*CONTROLS, "photo", "Only"])
def test_network_named_like_a_field_of_the_build_is_in_the_text(name: str) -> None:
    person = ImportedEntry("person", "Ada", ImportedObject({}))
    person.add_profile(name, "short", "https://example.org/ada")
    assert person.fields == {}
    assert "example.org" in person.heading().text


def test_long_value_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cv.json"
    path.write_text(json.dumps({"basics": {"name": "<" * (limits.IMPORT_LENGTH + 1)}}))
    assert main(["import", str(path), "-o", str(tmp_path / "cv")]) == 2
    assert "it has a value or a name of more than 20000 characters" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"' + "A" * 30_000 + '": 1}'),
        ("b.json", '{"work": {"' + "A" * 30_000 + '": 1}}'),
        ("c.yaml", "basics: *" + "a" * 30_000),
        ("d.bib", "@article{" + "k" * 30_000 + ", year={2020}}"),
        ("e.tex", "\\documentclass{moderncv}\\begin{document}{\\begin{" + "x" * 30_000 + "}"),
        ("f.yaml", "cv: {" + "? " * 100 + "x" * 30_000),
    ],
)
def test_words_of_a_file_flood_no_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)
    for command in ("import {} -o {}", "new {1} --from {0}", "match {} {}", "check {}"):
        main(command.format(tmp_path / name, tmp_path / "cv").split())
    assert max(map(len, "".join(capsys.readouterr()).splitlines())) < 2 * limits.WARNING_LENGTH


def test_names_in_an_archive_are_shortened_on_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(tmp_path / "cv.zip", "w") as archive:
        archive.writestr("a\n" * 30_000, "")
    assert main(["import", str(tmp_path / "cv.zip"), "-o", str(tmp_path / "cv")]) == 2
    said = capsys.readouterr().err
    assert len(said) < 2 * limits.WARNING_LENGTH
    assert said.count("\n") == 1


def test_longest_line_is_bounded_but_for_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A search through a line of a million characters takes seconds, in which no limit of time is kept."""
    line = "a" * (limits.IMPORT_LINE + 1)
    for end, status in ((f"Words {line}", 2), (f"Words ![][x]\n\n[x]: <data:image/png;base64,{line}>", 0)):
        (tmp_path / "cv.md").write_text(f"# Ada\n\n## Experience\n\n{end}\n")
        assert main(["import", str(tmp_path / "cv.md"), "-o", str(tmp_path / "out")]) == status
        assert ("a line of more than" in capsys.readouterr().err) == (status == 2)
    page = (tmp_path / "out/docs/index.md").read_text("utf-8")
    assert "Words" in page
    assert "base64" not in page


@pytest.mark.parametrize(
    ("opened", "closed", "item"), [("[", "]", "x"), ("{", "}", "k{}: x")], ids=["lists", "mappings"]
)
def test_value_that_is_there_thousands_of_times_takes_no_memory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], opened: str, closed: str, item: str
) -> None:
    path, values = tmp_path / "cv.yaml", ",".join(item.format(number) for number in range(500))
    path.write_text(f"basics:\n  name: Ada\na: &a {opened}{values}{closed}\nb: [{','.join(['*a'] * 3000)}]\n")
    tracemalloc.start()
    assert main(["import", str(path), "-o", str(tmp_path / "cv")]) == 2
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()
    assert "it has more than 50000 values" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["import {} -o {}", "new {1} --from {0}"])
def test_writing_counts_as_a_part_of_the_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    def write(*arguments: object) -> None:
        while True:
            with suppress(Exception):
                sum(range(1_000_000))

    monkeypatch.setattr(limits, "IMPORT_TIME", 0.01)
    monkeypatch.setattr(importers, "write_project", write)
    (tmp_path / "cv.json").write_text('{"basics": {"name": "Ada"}}')
    assert main(command.format(tmp_path / "cv.json", tmp_path / "cv").split()) == 2
    assert "reading takes longer than 0.01 s" in capsys.readouterr().err
    assert not (tmp_path / "cv").exists()


@pytest.mark.parametrize("command", ["import {} -o {}", "new {1} --from {0}"])
@pytest.mark.parametrize("name", ["Ada \\ud800", "\\udfff{}$x\\u0000"])
def test_half_of_a_character_in_a_name_is_written_nowhere(tmp_path: Path, command: str, name: str) -> None:
    (tmp_path / "cv.json").write_text(f'{{"basics": {{"name": "{name}"}}}}')
    assert main(command.format(tmp_path / "cv.json", tmp_path / "cv").split()) == 0
    assert (tmp_path / "cv/docs/index.md").read_text("utf-8").startswith("# ")
    compile((tmp_path / "cv/conf.py").read_text("utf-8"), "conf.py", "exec")


def test_attached_data_are_bounded_and_a_password_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cv.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.attachments["resume.json"] = b" " * (limits.IMPORT_SIZE + 1)
        pdf.save(path)
        pdf.save(tmp_path / "secret.pdf", encryption=pikepdf.Encryption(user="x", owner="y"))
    assert path.stat().st_size < 20_000
    for name, said in {
        "cv.pdf": "its resume.json has more than 5 MB: import a PDF",
        "secret.pdf": "it is encrypted",
    }.items():
        assert main(["import", str(tmp_path / name), "-o", str(tmp_path / "cv")]) == 2
        assert said in capsys.readouterr().err


def test_values_without_a_field_are_counted_where_they_are_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(limits, "WARNINGS", 2)
    data = {"basics": {"name": "Ada"}} | {f"k{number}": 1 for number in range(5)}
    (tmp_path / "cv.json").write_text(json.dumps(data))
    assert main(["import", str(tmp_path / "cv.json"), "-o", str(tmp_path / "cv")]) == 0
    said = capsys.readouterr().err
    assert said.count("has no field of its own") == 2
    assert "3 more values have no field" in said


def test_half_of_a_character_in_an_address_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "cv.json").write_text('{"basics": {"name": "Eve", "url": "https://example.org/\\ud800x"}}')
    assert main(["import", str(tmp_path / "cv.json"), "-o", str(tmp_path / "out")]) == 0
    assert "https://example.org/x" in (tmp_path / "out/docs/index.md").read_text("utf-8")


def test_latex_may_name_files_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "cv.tex").write_text(
        f"\\documentclass{{moderncv}}\n\\name{{Eve}}{{Example}}\n\\begin{{document}}\n\\input{{{'a' * 300}}}\n"
        "\\input{a\0b}\n\\section{Work}\nWords.\n\\end{document}\n"
    )
    assert main(["import", str(tmp_path / "cv.tex"), "-o", str(tmp_path / "out")]) == 0
    assert "Words." in (tmp_path / "out/docs/index.md").read_text("utf-8")


def test_pipe_is_refused_and_not_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "cv.json")
    assert main(["import", str(tmp_path / "cv.json"), "-o", str(tmp_path / "out")]) == 2
    assert "it is a folder, a pipe or a device: name a file" in capsys.readouterr().err


def nested(depth: int) -> str:
    return "".join(f"{'  ' * level}- item{level}\n" for level in range(depth))


def test_deep_list_keeps_its_items_or_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cv.md").write_text(f"# Ada\n\nWords.\n\n{nested(15)}\n{'> ' * 25}quoted\n")
    assert main(["import", str(tmp_path / "cv.md"), "-o", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out/docs/index.md").read_text("utf-8")
    assert all(word in page for word in [*(f"item{level}\n" for level in range(15)), "quoted"])
    for text in (nested(30), f"{'> ' * 90}quoted", "- " * 500 + "x"):
        (tmp_path / "cv.md").write_text(f"# Ada\n\nWords.\n\n{text}\n")
        assert main(["import", str(tmp_path / "cv.md"), "-o", str(tmp_path / "more")]) == 2
        assert "it is nested too deeply" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["statement.csv", "notes.txt", ".config/keys.toml"])
def test_latex_takes_in_no_other_files_beside_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("SECRET")
    (tmp_path / "part.tex").write_text("\\section{Work}\nPart.\n")
    (tmp_path / "link.tex").symlink_to(tmp_path / name)
    cv = tmp_path / "cv.tex"
    inputs = "".join(f"\\input{{{each}}}\n" for each in ("part", name, "link", "link.tex"))
    cv.write_text(f"\\documentclass{{moderncv}}\n\\name{{Eve}}{{Example}}\n\\begin{{document}}\n{inputs}")
    with cv.open("a") as file:
        file.write("Words.\n\\end{document}\n")
    assert main(["import", str(cv), "-o", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out/docs/index.md").read_text("utf-8")
    assert "Part." in page
    assert "SECRET" not in page


#: Characters that no reader sees, and markup that acts at the beginning of a line or around words.
UNSEEN = ["\x01", "\x7f", "\x9b", "\u202e", "\u2066", "\ud800", "\uffff"]
LIVE = ["% comment", ":only: short", "## Heading", "- item", "[a]:b", "(t)=", "<b>", "{x}`y`", "+++", "&amp;", "| a"]


@given(st.sampled_from(UNSEEN), st.sampled_from(LIVE), st.integers(0, 3))
def test_unseen_characters_shield_no_markup(unseen: str, live: str, at: int) -> None:
    text = f"{live[:at]}{unseen}{live[at:]}"
    for written in (
        myst.escape_line(text),
        myst.clean_line(text),
        myst.clean_blocks(f"{text}\n\n`{text}`"),
    ):
        assert unseen not in written
        assert {
            token.type.removesuffix("_open").removesuffix("_close") for token in flat(own().parse(written))
        } <= PLAIN


@pytest.mark.parametrize("unseen", ["\\u0001", "\\u202e", "\\u2069", "\\ud800", "\\ufffe"])
def test_words_after_unseen_characters_are_imported(project: Project, unseen: str) -> None:
    words = ["% comment", ":only: nobody", "(t)=", "+++ end"]
    work = [{"name": f"A{number}", "summary": f"{unseen}{text}"} for number, text in enumerate(words)]
    data = json.dumps({"basics": {"name": "Ada", "summary": f"{unseen}% more"}, "work": work})
    (project.folder / "cv.json").write_text(data.replace("\\\\u", "\\u"))
    assert main(["import", str(project.folder / "cv.json"), "-o", str(project.folder)]) == 0
    page = " ".join(project.build("html", warns=True).doctree().astext().split())
    assert [text for text in [*words, "% more"] if text not in page] == []


def test_entities_of_unseen_characters_shield_no_markup(tmp_path: Path) -> None:
    (tmp_path / "cv.md").write_text("# Ada\n\nWords.\n\n## Work\n\n&#x202e;% gone\n\n<p>&#x2066;:only: x</p>\n")
    assert main(["import", str(tmp_path / "cv.md"), "-o", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out/docs/index.md").read_text("utf-8")
    assert "\n\\% gone" in page
    assert "\n\\:only: x" in page


def test_sign_for_what_was_not_readable_is_no_sign_that_a_page_refuses(project: Project) -> None:
    (project.folder / "cv.md").write_text("# Ada\n\nWords \ufffd and \uffff.\n\n## Work\n\nMore &#xfffd;.\n")
    assert main(["import", str(project.folder / "cv.md"), "-o", str(project.folder)]) == 0
    page = project.build("html", warns=True).read("index.html")
    assert "Words ? and ." in page
    assert "More ?." in page


@pytest.mark.parametrize("name", ["Ada \u202eecila", "\x1bAda\x9b", "\u200bAda\ufffe"])
def test_unseen_characters_of_a_name_are_in_no_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "cv.json").write_text(json.dumps({"basics": {"name": name}}))
    assert main(["new", str(tmp_path / "a"), "--from", str(tmp_path / "cv.json")]) == 0
    assert main(["new", str(tmp_path / "b"), "--name", name]) == 0
    for file in ("conf.py", "README.md", "docs/index.md"):
        for folder in "ab":
            assert (tmp_path / folder / file).read_text("utf-8").replace("\n", "").isprintable()


@pytest.mark.parametrize("value", ["~10 years", "nullsoft", "null and void", "!!null some words"])
def test_text_that_begins_like_null_is_text(tmp_path: Path, value: str) -> None:
    (tmp_path / "cv.yaml").write_text(f"basics:\n  name: Ada\n  label: {value}\n  phone: null\n  email: ~\n")
    assert main(["import", str(tmp_path / "cv.yaml"), "-o", str(tmp_path / "out")]) == 0
    words = value.removeprefix("!!null ")
    assert (tmp_path / "out/docs/index.md").read_text("utf-8") == f"# Ada\n:headline: {words}\n"


@pytest.mark.parametrize(
    "text",
    [
        "cv: {name: Ada, sections: {~: [Words]}}",
        "cv: {name: Ada, sections: {null: {~: Words}}}",
        "cv: {name: Ada, ~: Words}",
        "basics: {name: Ada, ~: Words}",
        "basics: {name: Ada}\nwork: [{position: P, null: Words}]",
        'basics: {name: Ada}\n~: {!!null "": {~: Words}}',
        "basics: {name: Ada}\nx: Others\n~: Words",
    ],
)
def test_null_as_a_name_is_a_word(tmp_path: Path, text: str) -> None:
    (tmp_path / "cv.yaml").write_text(text)
    assert main(["import", str(tmp_path / "cv.yaml"), "-o", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out/docs/index.md").read_text("utf-8")
    assert "Words" in page
    assert ("Others" in page) == ("Others" in text)


def test_number_of_many_digits_is_imported_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "cv.json").write_text(f'{{"basics": {{"name": "Ada", "x": {"7" * 5000}}}}}')
    assert main(["import", str(tmp_path / "cv.json"), "-o", str(tmp_path / "out")]) == 0
    assert "7" * 5000 in (tmp_path / "out/docs/index.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("section", "item", "words"),
    [
        ("projects", {"type": "talk", "name": "T", "startDate": "2020-01-02", "endDate": "2021-03-04"}, "2021-03-04"),
        ("work", {"name": "O", "position": "P", "when": "Summer 2019", "endDate": "2021-03"}, "2021-03"),
        ("work", {"name": "O", "position": "P", "when": "Summer 2019", "startDate": "2018-03"}, "2018-03"),
        ("publications", {"name": "P", "doi": "10.1/x", "doiUrl": "https://other.example"}, "other.example"),
        ("publications", {"name": "P", "url": "https://a.example", "doiUrl": "https://b.example"}, "b.example"),
        ("certificates", {"name": "P", "date": "2020", "issuerUrl": "https://c.example"}, "c.example"),
    ],
)
def test_value_that_contradicts_another_is_imported(
    tmp_path: Path, section: str, item: dict[str, str], words: str
) -> None:
    (tmp_path / "cv.json").write_text(json.dumps({"basics": {"name": "Ada"}, section: [item]}))
    assert main(["import", str(tmp_path / "cv.json"), "-o", str(tmp_path / "out")]) == 0
    assert any(words in page.read_text("utf-8") for page in (tmp_path / "out/docs").rglob("*.md"))


def test_columns_of_one_name_are_all_imported(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "cv.zip", "w") as archive:
        archive.writestr("Profile.csv", "First Name,Headline,Headline,Odd,Odd,Odd\nAda,One,Two,Three,Four,Five\n")
    assert main(["import", str(tmp_path / "cv.zip"), "-o", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out/docs/index.md").read_text("utf-8")
    assert [word for word in ("One", "Two", "Three", "Four", "Five") if word not in page] == []


def test_latex_keeps_verbatim_words_and_no_comments(tmp_path: Path) -> None:
    (tmp_path / "cv.tex").write_text(
        "\\documentclass{moderncv}\n\\name{Ada}{Example}\n\\begin{document}\n\\section{Work}\nWords.\n"
        "\\begin{verbatim}\nKept.\n\\end{verbatim}\n\\iffalse SECRET \\fi\n"
        "\\begin{comment}\nSECRET\n\\end{comment}\nLast.\n\\end{document}\n"
    )
    assert main(["import", str(tmp_path / "cv.tex"), "-o", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out/docs/index.md").read_text("utf-8")
    assert [word for word in ("Words.", "Kept.", "Last.") if word not in page] == []
    assert "SECRET" not in page


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("name", ["Profile.csv", "word/document.xml"])
def test_damaged_archive_is_called_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], method: int, name: str
) -> None:
    path = tmp_path / "cv.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr(name, "First Name\nAda\n" * 50)
    content = path.read_bytes()
    start = 30 + len(name)
    path.write_bytes(content[: start + 9] + b"\xff" * 9 + content[start + 18 :])
    assert main(["import", str(path), "-o", str(tmp_path / "out")]) == 2
    path.write_bytes(content.replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\x63"))
    main(["import", str(path), "-o", str(tmp_path / "out")])
    assert "internal error" not in capsys.readouterr().err


def test_part_of_a_document_under_another_name_is_not_unpacked(tmp_path: Path) -> None:
    office = "http://schemas.openxmlformats.org"
    word = f'<w:document xmlns:w="{office}/wordprocessingml/2006/main"><w:body/></w:document>'
    kind = f"{office}/officeDocument/2006/relationships/officeDocument"
    to = f'<Relationship Id="a" Type="{kind}" Target="word/big.bin"/>'
    with zipfile.ZipFile(tmp_path / "cv.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<x/>")
        archive.writestr(
            "_rels/.rels", f'<Relationships xmlns="{office}/package/2006/relationships">{to}</Relationships>'
        )
        archive.writestr("word/big.bin", word.replace("<w:body/>", f"<w:body>{' ' * 60_000_000}</w:body>"))
    tracemalloc.start()
    assert main(["import", str(tmp_path / "cv.docx"), "-o", str(tmp_path / "out")]) == 2
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()


def test_talks_with_long_titles_get_pages_that_can_be_built(project: Project) -> None:
    titles = ["b" * 300, "b" * 300, "long " * 99 + "x", " ".join(["w" * 40] * 6)]
    talks = [{"type": "talk", "name": title, "startDate": "2020", "description": "Words."} for title in titles]
    (project.folder / "cv.json").write_text(json.dumps({"basics": {"name": "Ada"}, "projects": talks}))
    assert main(["import", str(project.folder / "cv.json"), "-o", str(project.folder)]) == 0
    assert len([name for name in project.build("html", warns=True).files() if name.startswith("talks/2020-")]) == 4


@pytest.mark.parametrize(
    "text", ['<img alt="&#xe000;7&#xe001;">', '<i>x</i><img alt="&#xfdd0;7&#xfdd1;">`a`', "<b>&#64976;0&#64977;"]
)
@pytest.mark.parametrize("read", [str, with_escaped_words])
def test_entities_stand_for_no_code(text: str, read: Callable[[str], str]) -> None:
    assert from_html(read(text)).count("a") <= 1


@pytest.mark.parametrize(
    "table",
    [
        "| a | b |\n|---|---|\n| 1 | 2 | {0} |",
        "a | b\n--|--\n1 | 2 | {0} | |",
        "> a | b\n> --|--\n> 1 | \\| | **{0}** | x",
        "- | a |\n  |---|\n  | `x` | {0}",
        '<table><tr><td colspan="2">a</td></tr><tr><td>1</td><td>{0}</td></tr></table>',
    ],
)
def test_cells_beyond_the_head_of_a_table_are_kept(table: str) -> None:
    shown = [
        token.content for token in flat(own().parse(myst.clean_blocks(table.format("KEPT")))) if token.type == "text"
    ]
    assert shown.count("KEPT") == 1


@given(st.lists(TEXTS, min_size=1, max_size=3), st.sampled_from(["p", "li", "span", "h2", "div"]))
@example(["# x"], "p")
@example(["```", "x"], "p")
@example([" ---\n", "x"], "li")
@example(["    x\n# x"], "u")
@example(["1. x", "- x", "[a]: b"], "div")
@example(["\\"], "p")
@example(["$$a$$ or $b$, US$5-$6, $c\\$"], "p")
def test_words_of_html_are_words(texts: list[str], tag: str) -> None:
    html = "<p>First</p>" + "".join(f"<{tag}> <u>{escape(text)}</{tag}>" for text in texts)
    tokens = list(flat(myst.parser().parse(from_html(with_escaped_words(html)))))
    assert {token.tag for token in tokens} <= {"", "p", "br", "ul", "li", "h2"} - ({"h2"} if tag != "h2" else set())
    shown = "".join(token.content if token.type == "text" else " " for token in tokens if not token.children)
    words = [myst.without_invisible(text).split() for text in texts]
    assert "".join(shown.split()) == "First" + "".join(word for line in words for word in line)


def test_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    for name, text in (
        ("a.json", '{"basics": {"name": "Ada"}, "x": [1.50], "x": "b"}'),
        ("a.yaml", "basics: {name: Ada}\nx: 1.50\nx: b\n"),
        ("b.json", '{"basics": {"name": "Ada"}, "x": 1, "x\\u200e": 2}'),
    ):
        (tmp_path / name).write_text(text)
        with pytest.raises(ValueError, match='it has "x" twice in one object: rename one'):
            importers.read(tmp_path / name)


def test_words_that_latex_defines_are_imported(tmp_path: Path) -> None:
    defined = r"\newcommand{\job}{Senior Engineer}\def\town{Oslo}\renewcommand*\me{Ada}\newcommand{\x}{\x\x}"
    body = r"\name{\me}{Example}\begin{document}\section{Work}\job{} in \town, \\town \jobs{} \x\end{document}"
    (tmp_path / "a.tex").write_text(rf"\documentclass{{moderncv}}{defined}{body}")
    page = importers.read(tmp_path / "a.tex").page
    assert page
    assert page.title == "Ada Example"
    assert " ".join(page.children[0].text.split()) == "Senior Engineer in Oslo, town"
