"""Names of variants, and the pages that a variant leaves out."""

import re
from typing import Any

import pytest

from cvtools.reading.edition_marks.variants import pages_left_out
from tests.projects import Project


def test_a_page_with_other_top_headings_stays(project: Project) -> None:
    pages = {
        "index.md": "# A\n\n```{toctree}\nb\nc\n```\n",
        "b.md": "# Canary\n:only: short\n\nCanary.\n\n# Kept\n\nWords.\n",
        "c.md": "# Kept too\n\nThe field `:only:` is\n\n:only: no field of this heading.\n",
    }
    built = project.write(pages).build("html", warns=True)
    assert "Words." in built.read("b.html")
    assert "canary" not in built.read("b.html").lower()
    assert "Kept too" in built.read("c.html")
    assert built.warnings == (
        'c.md:5: WARNING: "only" is a field only directly under a heading: move it there [cv.entry]\n'
    )


def test_the_root_page_is_never_taken_away(project: Project) -> None:
    built = project.write({"index.md": "# Canary\n:only: short\n\nCanary.\n"}).build("html")
    assert "canary" not in built.read("index.html").lower()


def test_a_left_out_page_appears_when_it_is_selected(project: Project) -> None:
    index = "# A\n\n## Talks\n\n```{talks}\n```\n"
    talk = "# T\n:event: E\n:date: 2014\n:only: short\n"
    kept = "# K\n:event: E\n:date: 2015\n"
    project.write({"index.md": index, "talks/a.md": talk, "talks/b.md": kept})
    assert ">T<" not in project.build("html").read("index.html")
    project.write({"talks/a.md": talk.replace(":only: short\n", "")})
    assert ">T<" in project.build("html").read("index.html")
    project.write({"talks/a.md": talk})
    assert ">T<" not in project.build("html").read("index.html")


def test_a_misspelt_variant_gives_a_warning(project: Project) -> None:
    text = "# A\n\n## B\n:only: short\n\n## C\n:only: long, short\n\n## D\n:only: shrot\n\n- []{.only-short} x\n"
    built = project.write({"index.md": text}).build(warns=True, cv_variant="short")
    assert built.warnings == ('index.md:10: WARNING: "shrot" is named nowhere else: did you mean short? [cv.variant]\n')


def test_mark_without_editions_in_conf_py_gives_a_warning(project: Project) -> None:
    text = "# A\n\n## B\n:only: not-draft\n\n## C\n:only: short\n\n- []{.only-short} x\n"
    rule = 'what is marked for "short" is shown nowhere, since conf.py declares no edition'
    (project.folder / "conf.py").write_text('project = "Test"\nextensions = ["cvtools"]\n', "utf-8")
    assert project.write({"index.md": text}).build(warns=True).warnings == (
        f'index.md:7: WARNING: {rule}: write cv_editions = {{"full": {{}}, "short": {{}}}} there [cv.variant]\n'
    )


def test_a_variant_that_no_mark_names_gives_a_warning(project: Project) -> None:
    project.write({"index.md": "# A\n\n## B\n:only: short\n\nx\n"})
    said = 'WARNING: conf.py: nothing is marked for cv_variant "shrt": known are short [cv.variant]\n'
    assert said in project.build(warns=True, cv_variant="shrt").warnings


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("html and pfd", '"pfd" is no output: did you mean pdf?'),
        ("short", '"short" is an edition: write :only: short under a heading, or [words]{.only-short}'),
        ("latex or mine", ""),
    ],
)
def test_condition_that_names_no_output_gives_a_warning(project: Project, condition: str, told: str) -> None:
    project.write({"index.md": f"# A\n\n```{{only}} {condition}\nCanary.\n```\n"})
    built = project.build("html", warns=bool(told), cv_editions={"full": {}, "short": {}})
    assert told in built.warnings
    assert built.files_with("anary") == []


def test_warnings_of_a_condition_have_its_order(project: Project) -> None:
    words = [f"word{letter}" for letter in "gbdafce"]
    built = project.write({"index.md": f"# A\n\n```{{only}} {' or '.join(words)}\nX.\n```\n"}).build("html", warns=True)
    assert re.findall('WARNING: "(word.)"', built.warnings) == words


@pytest.mark.parametrize("mark", ["# Canary []{.only-short}", "{.only-short}\n# Canary", "# Canary\n:only: short"])
def test_a_page_whose_title_is_marked_is_left_out(project: Project, mark: str) -> None:
    pages = {"index.md": "# A\n\n```{toctree}\n:glob:\n\n*\n```\n", "b.md": "# B\n", "canary.md": f"{mark}\n\nWords.\n"}
    built = project.write(pages).build("html")
    assert "canary" not in " ".join(built.files())
    assert built.files_with("anary") == []


TALK = {"talks/a.md": "# Canary\n:event: E\n:date: 2014\n\nWords.\n"}
SECTION = "# Ada\n\n## Work\n\nWords.\n\n## Talks\n{}\n"
#: Pages whose section "Talks" alone leads to pages with canaries.
LISTED = {
    "talks": TALK | {"index.md": SECTION.format("\n```{talks}\n```")},
    "mark": TALK | {"index.md": SECTION.format(":only: full\n\n```{talks}\n```")},
    "span": TALK | {"index.md": SECTION.format("\n- []{.only-full}\n\n  ```{talks}\n  ```")},
    "other folder": {
        "b/c.md": "# Canary\n:event: E\n:date: 2014\n",
        "index.md": SECTION.format("\n```{talks}\n:pages: b/*\n```"),
    },
    "in another directive": TALK | {"index.md": SECTION.format("\n````{only} html\n```{talks}\n```\n````")},
    "toctree": {
        "a.md": "# Canary\n",
        "b.md": "# B\n\nCanary.\n",
        "index.md": SECTION.format("\n```{toctree}\n:hidden:\n\na\nTitle <b.md>\n```"),
    },
    "glob": TALK | {"index.md": SECTION.format("\n```{toctree}\n:glob:\n\ntalks/*\n```")},
    "page of a page": {
        "a.md": "# A\n\n```{toctree}\nb\n```\n",
        "b.md": "# Canary\n",
        "index.md": SECTION.format("\n```{toctree}\na\n```"),
    },
    "mark on a page of a page": {
        "a.md": "# A\n\nWords.\n\n## More\n:only: full\n\n```{toctree}\nb\n```\n",
        "b.md": "# Canary\n",
        "index.md": SECTION.format("\nWords.").replace("Words.", "```{toctree}\na\n```", 1),
    },
    "space before the name": TALK | {"index.md": SECTION.format("\n``` {talks}\n```")},
    "tab before the name": TALK | {"index.md": SECTION.format("\n```\t{toctree}\ntalks/a\n```")},
    "block of pandoc": TALK | {"index.md": SECTION.format("\n::: {.box}\n```{talks}\n```\n:::")},
    "bare block": TALK | {"index.md": SECTION.format("\n:::\n```{talks}\n```\n:::")},
    "tag": TALK | {"index.md": SECTION.format("\n<details>\n```{talks}\n```\n</details>")},
    "page after the name": TALK | {"index.md": SECTION.format("\n```{toctree} talks/a\n```")},
    "front matter": TALK | {"index.md": "---\ntitle: Ada\n---\n" + SECTION.format("\n```{talks}\n```")[7:]},
}


@pytest.mark.parametrize("name", LISTED)
@pytest.mark.parametrize("settings", [{"cv_sections": ["Work"]}, {"cv_variant": "short"}])
def test_page_that_no_part_of_the_variant_lists_is_nowhere(
    project: Project, name: str, settings: dict[str, Any]
) -> None:
    pages = dict(LISTED[name])
    if "cv_variant" in settings:
        pages["index.md"] = pages["index.md"].replace("## Talks\n\n", "## Talks\n:only: full\n\n")
    everything = project.write(pages).build(cv_variant="full", warns=True).env
    assert "Canary" in "".join(everything.get_doctree(name).astext() for name in everything.found_docs)
    built = project.build("html", html_baseurl="https://cv.example", warns=True, **settings)
    assert [line for line in built.warnings.splitlines() if not re.search("marked for|makes no block", line)] == []
    assert built.files_with("Canary") == []
    assert built.env.all_docs.keys() < everything.found_docs
    assert built.domain.talks("html") == []


@pytest.mark.parametrize(
    "pages",
    [
        {"index.md": "# Ada\n\n```{toctree}\ntalks/a\n```\n" + SECTION.format("\n```{talks}\n```")[7:]},
        {"index.md": SECTION.format("\n```{talks}\n```").replace("Words.", "```{toctree}\n:glob:\n\ntalks/*\n```")},
        {"index.md": SECTION.format("\n```{talks}\n```").replace("Words.", "```{toctree}\nb\n```"),
         "b.md": "# B\n\n```{toctree}\ntalks/a\n```\n"},
        {"index.md": SECTION.format("\nWords.")},
    ],
)  # fmt: skip
def test_page_that_another_part_lists_stays(project: Project, pages: dict[str, str]) -> None:
    built = project.write({**TALK, **pages}).build("html", cv_sections=["Work"], warns=True)
    assert "talks/a.html" in built.files_with("Canary")
    assert "nonexisting" not in built.warnings


def test_list_in_another_directive_of_a_section_does_not_bring_back_the_others(project: Project) -> None:
    talks = "````{only} html\n```{talks}\n:pages: b/*\n```\n````"
    project.write(TALK | {"index.md": SECTION.format("\n```{toctree}\ntalks/a\n```").replace("Words.", talks)})
    project.write({"b/c.md": "# Kept\n:event: E\n:date: 2014\n"})
    assert project.build("html", cv_sections=["Work"]).env.found_docs == {"index", "b/c"}


def test_looking_at_pages_before_they_are_read_leaves_the_environment_as_it_was(project: Project) -> None:
    """Sphinx copies what is set there for each page that other processes write, with all that it refers to."""
    env = project.write({"index.md": "# A\n\n## B\n:only: short\n\n```{talks}\n```\n"}).build().env
    before = env.current_document
    assert pages_left_out(env, "full", ()) == set()
    assert env.current_document is before


def test_page_that_is_left_out_comes_back_to_its_toctree(project: Project) -> None:
    def links(title: str) -> int:
        project.write({"b.md": f"# {title}\n\nWords.\n"})
        built = project.build("html", cv_editions={"long": {}, "short": {}}, cv_variant="long")
        return built.read("index.html").count('href="b.html"')

    project.write({"index.md": "# Ada\n\n```{toctree}\nb\n```\n"})
    assert [links(title) > 0 for title in ("B", "B []{.only-short}", "B")] == [True, False, True]


def test_page_that_is_left_out_is_not_missed_in_a_toctree(project: Project) -> None:
    pages = {"index.md": "# Ada\n\n```{toctree} Other <c.md>\nb\nd\n```\n\n```\ncode\n```\n", "d.md": "# D\n"}
    pages["index.md"] += "\n```{toctree}\n:glob:\n\nold/*\n```\n"
    pages |= dict.fromkeys(("b.md", "c.md", "old/e.md"), "# Canary\n:only: short\n\nCanary.\n")
    built = project.write(pages).build("html", cv_editions={"long": {}, "short": {}}, cv_variant="long")
    assert built.files_with("anary") == []
