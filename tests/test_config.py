"""Values of conf.py: defaults, and what is refused with the value and the rule."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from sphinx.errors import ConfigError

from cvtools import config
from cvtools.cli import main
from cvtools.config import CvConfig
from cvtools.i18n import I18n, label_names
from cvtools.model.dates import PartialDate
from tests.projects import Project

PAGE = {"index.md": "# Ada\n"}


def test_defaults(project: Project) -> None:
    (project.folder / "conf.py").write_text('extensions = ["cvtools"]\n', "utf-8")
    config = CvConfig.of(project.write(PAGE).build().app.config)
    assert (config.variant, config.labels, config.paper, config.font_size) == ("", {}, "a4", 10)
    assert config.i18n == I18n("en")
    assert re.fullmatch("[0-9A-F]{6}", config.accent)


def test_own_values(project: Project) -> None:
    values: dict[str, Any] = {
        "cv_variant": "short",
        "cv_labels": {"present": "now"},
        "cv_today": "2023-02",
        "cv_paper": "letter",
        "cv_font_size": 12,
        "cv_accent": "#1a2b3c",
        "cv_max_pages": "3",
        "cv_hide_years": "15",
        "cv_hide_education_dates": True,
        "cv_modified": "2023-02-03T04:05:06",
        "language": "pl",
    }
    project.write(PAGE).write({"index.md": PAGE["index.md"] + "\n## Brief\n:only: short\n"})
    config = CvConfig.of(project.build(**values).app.config)
    assert config == CvConfig(
        variant="short",
        labels={"present": "now"},
        today="2023-02",
        paper="letter",
        font_size=12,
        accent="1a2b3c",
        max_pages=3,
        hide_years=15,
        hide_education_dates=True,
        modified="2023-02-03T04:05:06",
        catalogs=config.catalogs,
        language="pl",
    )
    assert config.month == PartialDate(2023, 2)
    assert config.i18n.label("present") == "now"


LABELS = ", ".join(sorted(label_names()))
#: Values that break a rule of each setting.
BREACHES: list[tuple[str, str, list[object]]] = [
    ("cv_accent", "must be six hexadecimal digits, such as 1F4E79", ["blue", ""]),
    ("cv_max_pages", "must be a number of pages, 0 for any", [1.5, -1, True]),
    ("cv_labels", 'must be words, such as {"talks": "Lectures"}', [["talks"], {"talks": 3}]),
    ("cv_labels", f"has no label 'colour': known are {LABELS}", [{"colour": "Farbe"}]),
    ("cv_labels", "has no label 'organisation': did you mean organization?", [{"organisation": "Firm"}]),
    ("cv_labels", f"has no label 1: known are {LABELS}", [{1: "Firm"}]),
    (
        "cv_technologies",
        'must be words, such as {"pl": {"carpentry": "stolarstwo"}}, not \'stolarstwo\'',
        [{"pl": "stolarstwo"}],
    ),
    (
        "cv_technologies",
        "must be a language's tag, such as en or pl, not 'polish': did you mean pl?",
        [{"polish": {"a": "b"}}],
    ),
    ("cv_allow", 'must be words, such as ["include"]', [[3]]),
    ("cv_linkcheck_private", 'must be words, such as ["10.0.0.0/8"]', [[10]]),
    ("cv_linkcheck_private", "must be addresses and networks, such as 10.0.0.0/8, not 'localhost'", [["localhost"]]),
    ("language", "must be a language's tag, such as en or pl", ["xx", ""]),
    ("language", "must be a language's tag, such as en or pl, not 'english': did you mean en?", ["english"]),
    ("cv_languages", "must be a language's tag, such as en or pl, not 'eng': did you mean en?", [["eng"]]),
    ("cv_languages", "must be a language's tag, such as en or pl, not 'Polsk': did you mean pl?", [["Polsk"]]),
    ("cv_languages", "must be a language's tag, such as en or pl, not 'cz': did you mean cs?", [["cz"]]),
    ("cv_font_size", "must be 10, 11 or 12", [9, 100]),
    ("cv_today", "must be a month, such as 2024-03", ["yesterday", "2024", "2024-13", "0000-01", "2024-03\n"]),
    ("cv_variant", "must be a name of small letters, digits and hyphens", ["Short", "a b", ["short"]]),
    ("cv_pdf_version", 'must be "1.7" or "2.0"', [2.0]),
    ("cv_paper", "must be a4 or letter", ["a5"]),
]


@pytest.mark.parametrize(
    ("name", "rule", "value"), [(name, rule, value) for name, rule, values in BREACHES for value in values]
)
def test_value_that_breaks_a_rule_is_refused(project: Project, name: str, rule: str, value: Any) -> None:
    message = f"conf.py: {name} {rule}" + f", not {value!r}" * (rule.startswith("must") and ", not " not in rule)
    with pytest.raises(ConfigError, match=f"^{re.escape(message)}$"):
        project.write(PAGE).build(**{name: value})


TEXT, NAMES, TABLE = "text in quotation marks", 'a list, such as ["name"]', 'a dictionary, such as {"name": "value"}'


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("project = 3", TEXT),
        ("language = 4", TEXT),
        ("html_title = None", TEXT),
        ("author = None", TEXT),
        ("root_doc = ['index']", TEXT),
        ("cv_letters = True", NAMES),
        ("html_style = 3", f"{NAMES} or {TEXT}"),
        ("html_js_files = 'x'", NAMES),
        ("html_static_path = [3]", 'a list of text, such as ["name"]'),
        ("myst_enable_extensions = None", 'a list of text, such as ["name"]'),
        ("html_theme_options = 'x'", TABLE),
        ("numfig_format = 'x'", TABLE),
        ("numfig_secnum_depth = 'x'", "a number"),
        ("html_show_sphinx = 'no'", "True or False"),
        ("html_codeblock_linenos_style = 'x'", "'inline' or 'table'"),
        ("toc_object_entries_show_parents = 3", "'all' or 'domain' or 'hide'"),
        ("templates_path = ('x',)", NAMES),
    ],
)
def test_value_of_a_wrong_type_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, rule: str
) -> None:
    project = Project(tmp_path).write(PAGE)
    (project.folder / "conf.py").write_text(f'extensions = ["cvtools"]\n{line}\n', "utf-8")
    name, _, value = line.partition(" = ")
    assert main(["build", "--html", str(project.folder)]) == 1
    assert f"conf.py:2: {name} must be {rule}, not {value}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        r"project = '\ud800'",
        r"cv_allow = ['\ud800']",
        r"html_css_files = [('\ud800', {})]",
        r"html_context = {'a': {'\ud800'}}",
        r"html_theme_options = {'\ud800': 1}",
    ],
)
def test_text_that_no_file_can_have_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str) -> None:
    project = Project(tmp_path).write(PAGE)
    (project.folder / "conf.py").write_text(f'extensions = ["cvtools"]\n{line}\n', "utf-8")
    assert main(["build", "--html", str(project.folder)]) == 1
    name = line.partition(" ")[0]
    assert f"conf.py:2: {name} has '\\ud800', which is half of a character: delete it\n" in capsys.readouterr().err


@pytest.mark.parametrize("value", [".md", [".rst", ".md"], (".md",), {".md": "markdown"}])
def test_each_form_of_a_value_that_sphinx_takes_is_accepted(project: Project, value: object) -> None:
    conf = project.write(PAGE).folder / "conf.py"
    conf.write_text(f"{conf.read_text()}source_suffix = {value!r}\n")
    assert project.build().env.found_docs == {"index"}


@pytest.mark.parametrize(
    ("lines", "start"),
    [
        ("myst_words_per_minute = 0", "conf.py:2: myst_words_per_minute ends the build: correct it, or delete it ("),
        (
            'html_theme_options = {"logo": 5}',
            "conf.py:2: html_theme_options ends the build: correct it, or delete it (",
        ),
        (
            'html_sidebars = {"**": 3}\nhtml_theme_options = {}',
            "conf.py:2: html_sidebars or conf.py:3: html_theme_options ends the build: correct it, or delete it (",
        ),
        ('def setup(app):\n    app.connect("env-updated", len)', "internal error ("),
    ],
)
def test_unexpected_error_leads_to_the_options_that_nobody_checks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, lines: str, start: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    project = Project(tmp_path).write(PAGE)
    (project.folder / "conf.py").write_text(f'extensions = ["cvtools"]\n{lines}\n', "utf-8")
    assert main(["build", "--html", str(project.folder)]) == 1
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith(f"cvtools: {start}")
    assert " please report it at " in line


def test_conf_py_is_read_before_slow_imports(tmp_path: Path) -> None:
    # TeX, which loads its fonts during the imports, needs values of conf.py.
    Project(tmp_path)
    script = (
        "import sys; from pathlib import Path; from cvtools import build, config\n"
        "config.read(Path())\n"
        "print({'sphinx.application', 'sphinx.environment', 'sphinx.transforms'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("while True: pass", "reading takes longer than 1 s: shorten it"),
        ("class Odd(BaseException): ...\nraise Odd('x')", "it raises Odd: x: delete what does so"),
        ("raise GeneratorExit", "it raises GeneratorExit: delete what does so"),
    ],
)
def test_conf_py_that_never_ends_or_raises_what_nothing_catches_gives_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, code: str, fault: str
) -> None:
    monkeypatch.setattr(config, "PAGE_TIME", 1)
    project = Project(tmp_path).write(PAGE)
    (project.folder / "conf.py").write_text(code, "utf-8")
    for command in ("build", "editions"):
        assert main([command, str(project.folder)]) == 2
        assert f"{project.folder}/conf.py: {fault}\n" in capsys.readouterr().err


def test_month_of_present_is_that_of_the_source_date(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1420070400")  # 2015-01-01
    (project.folder / "conf.py").write_text('extensions = ["cvtools"]\n', "utf-8")
    assert project.write(PAGE).build().app.config.cv_today == "2015-01"


def test_change_of_the_month_rebuilds_pages(project: Project) -> None:
    project.write({"index.md": "# Ada\n\n## B\n:period: 2024-01 –\n"})
    assert "1 month" in project.build("html", cv_today="2024-01").read("index.html")
    assert "2 months" in project.build("html", cv_today="2024-02").read("index.html")


def test_change_of_labels_or_language_rebuilds_pages(project: Project) -> None:
    project.write({"index.md": "# Ada\n:location: Gdańsk\n"})
    assert ">Location<" in project.build("html").read("index.html")
    assert ">Town<" in project.build("html", cv_labels={"location": "Town"}).read("index.html")
    assert ">Miejsce<" in project.build("html", language="pl").read("index.html")


def test_markdown_of_a_cv_needs_no_setting_and_more_may_be_added(project: Project) -> None:
    text = "# Ada\n:headline: Boss\n\nTerm\n: Definition\n\n:::{note}\nWords.\n:::\n\n$x$\n"
    page = project.write({"index.md": text}).build("html", myst_enable_extensions=["dollarmath"]).read("index.html")
    assert "<dd><p>Definition" in page
    assert "admonition note" in page
    assert "<math " in page


def test_linkcheck_has_a_timeout_that_conf_py_may_set(project: Project) -> None:
    project.write(PAGE)
    assert project.build().app.config.linkcheck_timeout == 20
    assert project.build(linkcheck_timeout=300).app.config.linkcheck_timeout == 300


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("cv_papr = 'a4'", "conf.py: there is no cv_papr: did you mean cv_paper?"),
        ("cv_nonsense = 1", "conf.py: there is no cv_nonsense: known are cv_variant, "),
    ],
)
def test_unknown_option_is_refused(project: Project, line: str, message: str) -> None:
    conf = project.folder / "conf.py"
    conf.write_text(f"{conf.read_text('utf-8')}{line}\n", "utf-8")
    with pytest.raises(ConfigError, match=re.escape(message)):
        project.write({"index.md": "# Ada\n"}).build()


def test_language_without_labels_gives_one_warning(project: Project) -> None:
    said = "conf.py: there are no Swahili labels, so they are English: write cv_labels = "
    project.write(PAGE)
    assert project.build("html", warns=True, language="sw").warnings.count(said) == 1
    project.build("html", language="sw", cv_labels=dict.fromkeys(label_names(), "x"))


def test_pale_accent_is_a_warning_that_suggests_a_darker_one(project: Project) -> None:
    built = project.write(PAGE).build(warns=True, cv_accent="E8A33D")
    rule = "cv_accent E8A33D has a contrast of 2.2 on white, and text needs 4.5: write 996C28 for example"
    assert built.warnings == f"WARNING: conf.py: {rule} [cv.accent]\n"
    assert not project.build(cv_accent="996C28").warnings
