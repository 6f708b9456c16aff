"""Sphinx's private names: each still means what this package takes it for."""

from collections.abc import Callable
from functools import partial
from logging import getLogger

import pytest
from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser
from docutils.utils import new_document
from markdown_it.renderer import RendererHTML
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from requests import Session
from sphinx.application import Sphinx
from sphinx.builders import linkcheck
from sphinx.config import Config
from sphinx.directives.code import CodeBlock
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import docutils_namespace
from sphinx.util.logging import NAMESPACE

from cvtools.private_api import (
    UNUSED_EXTENSIONS,
    EarlySphinx,
    builder_of,
    forget_doctrees,
    markdown_parser,
    other_builder,
    pages_of_words,
    parse_directive,
    values_in_conf_py,
    wrap_link_check,
)
from tests.projects import Project


def test_early_sphinx_has_read_conf_py_and_loaded_no_extension(project: Project) -> None:
    seen = []

    def note(app: Sphinx) -> None:
        seen.append((app.config.project, [*app.extensions], getLogger(NAMESPACE).hasHandlers()))

    project.write({"index.md": "# Ada\n"})
    conf = project.folder / "conf.py"
    conf.write_text(conf.read_text("utf-8") + 'project = "Early"\n', "utf-8")
    with docutils_namespace():
        EarlySphinx(
            note, project.docs, project.folder, project.folder / "out", project.folder / "out", "html", status=None
        )
    assert seen == [("Early", [], True)]


@pytest.mark.parametrize(("more", "is_set_up"), [("", False), ("def setup(app):\n    pass\n", True)])
def test_early_sphinx_sets_up_unused_extensions_only_if_conf_py_has_a_setup_function(
    project: Project, more: str, is_set_up: bool
) -> None:
    project.write({"index.md": "# Ada\n"})
    conf = project.folder / "conf.py"
    conf.write_text(conf.read_text("utf-8") + more, "utf-8")
    out = project.folder / "out"
    with docutils_namespace():
        app = EarlySphinx(lambda app: None, project.docs, project.folder, out, out, "html", status=None)
    assert [name in app.extensions for name in sorted(UNUSED_EXTENSIONS)] == [is_set_up] * len(UNUSED_EXTENSIONS)


def test_other_builder_writes_as_in_an_application_of_its_own(project: Project) -> None:
    project.write({"index.md": "# Ada\n\nWords.\n\n```{only} html\nNot on paper.\n```\n"})
    app, out = project.build("html").app, project.folder / "other"
    out.mkdir()
    own = app.builder, app.outdir, app.tags, builder_of(app.env)
    with other_builder(app, "cvlatex", out) as builder:
        builder.write_documents({"index"})
    assert own == (app.builder, app.outdir, app.tags, builder_of(app.env))
    written = (out / "cv.tex").read_text("utf-8")
    assert "Not on paper" not in written
    assert written == project.build("cvlatex").read("cv.tex")


def test_builder_of_names_the_builder_that_writes(project: Project) -> None:
    seen = []

    class Transform(SphinxPostTransform):
        default_priority = 1

        def run(self, **kwargs: object) -> None:
            seen.append(builder_of(self.env))

    project.write({"index.md": "# Ada\n"})
    for name in ("html", "text", "cvlatex"):
        built = project.build(name)
        built.app.add_post_transform(Transform)
        assert isinstance(built.resolved(), nodes.document)
        assert seen.pop() is type(built.app.builder)


def test_forget_doctrees_reads_what_another_application_wrote(project: Project) -> None:
    env = project.write({"index.md": "# Ada\n"}).build("html").env
    assert {env.get_doctree("index").astext(), env.master_doctree.astext()} == {"Ada"}
    project.write({"index.md": "# Grace\n"}).build("text")
    forget_doctrees(env)
    assert {env.get_doctree("index").astext(), env.master_doctree.astext()} == {"Grace"}


def test_values_in_conf_py_are_those_that_it_assigns(project: Project) -> None:
    conf = project.folder / "conf.py"
    conf.write_text(f"{conf.read_text('utf-8')}unheard_of = 1\n", "utf-8")
    config = project.write({"index.md": "# Ada\n"}).build(cv_paper="letter").app.config
    values = values_in_conf_py(config)
    assert values["unheard_of"] == 1
    assert not {"cv_paper", "cv_font", "language"} & values.keys()


def test_pages_of_words_are_those_of_texts_and_of_titles(project: Project) -> None:
    app = project.write({"index.md": "# Zebra\n\nGiraffe.\n"}).build("html").app
    texts, titles = pages_of_words(app.builder.indexer)  # type: ignore[attr-defined]
    assert (texts["giraff"], titles["zebra"]) == ({"index"}, {"index"})


def test_markdown_parser_keeps_what_is_to_be_judged(project: Project) -> None:
    env = project.write({"index.md": "# Ada\n"}).build().env
    tokens = markdown_parser(env, RendererHTML).parse("[x](javascript:y)\n\n" + "> " * 60 + "deep\n")
    links = [token for block in tokens for token in block.children or () if token.type == "link_open"]
    assert [link.attrs["href"] for link in links] == ["javascript:y"]
    assert sum(token.type == "blockquote_open" for token in tokens) == 60


def test_markdown_parser_makes_no_document_beside_the_given(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    env = project.write({"index.md": "# Ada\n"}).build().env
    parser = markdown_parser(env, SphinxRenderer)
    parser.options["document"] = document = new_document("", get_default_settings(Parser))
    document.settings.env = env
    parser.render("One")
    monkeypatch.setattr("myst_parser.mdit_to_docutils.base.get_default_settings", None)
    parser.render("Two")
    assert document.astext() == "One\n\nTwo"


def test_parser_of_a_message_has_the_rules_of_no_other(project: Project) -> None:
    env = project.write({"index.md": "# Ada\n"}).build().env
    seen: list[int] = []
    for number in range(2):
        parser = markdown_parser(env, RendererHTML, is_message=True)
        parser.core.ruler.push("note", partial(lambda number, state: seen.append(number), number))
        assert parser.render("*One*") == "<p><em>One</em></p>\n"
    assert seen == [0, 1]


def test_wrap_link_check_wraps_the_trial_of_each_link(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    class Trial:
        def __init__(self, config: Config, session: Session) -> None:
            assert (config.project, session.max_redirects) == (app.config.project, 30)

        def try_link(self, uri: str, attempt: Callable[[], tuple[str, str, int]]) -> tuple[str, str, int]:
            return "working", f"{uri}: {attempt()[0]}", 0

    # Restored afterwards; a link check before this has wrapped it, too.
    worker = linkcheck.HyperlinkAvailabilityCheckWorker
    (theirs,) = (kind for kind in worker.__mro__ if kind.__module__ == linkcheck.__name__)
    monkeypatch.setattr(linkcheck, "HyperlinkAvailabilityCheckWorker", theirs)
    app = project.write({"index.md": "# Ada\n"}).build().app
    wrap_link_check(Trial)
    checker = linkcheck.HyperlinkAvailabilityChecker(app.config)
    link = linkcheck.Hyperlink("mailto:a@b.pl", "index", app.env.doc2path("index"), 1)
    (result,) = checker.check({link.uri: link})
    assert (result.status, result.message) == ("working", "mailto:a@b.pl: unchecked")


def test_parse_directive_leaves_options_as_they_are_written() -> None:
    result = parse_directive(CodeBlock, "python", ":linenos: perhaps\n:unheard: of\n\nprint()\n")
    assert result.options == {"linenos": "perhaps", "unheard": "of"}
    assert result.arguments == ["python"]


@pytest.mark.parametrize(
    ("line", "is_read"), [("{.a}", True), ("{#a .b}  ", True), ("{.a} Words [b]{.c}", False), ("{.a} {.b}", False)]
)
def test_words_after_attributes_are_no_attributes(project: Project, line: str, is_read: bool) -> None:
    env = project.write({"index.md": "# Ada\n"}).build(warns=True).env
    env.prepare_settings("index")
    assert ("{" in markdown_parser(env, RendererHTML).render(f"{line}\n\nMore.\n")) != is_read
