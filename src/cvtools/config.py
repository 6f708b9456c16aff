"""Define the options of ``conf.py``: a field of one dataclass for each, with its default, description and validator."""

import dataclasses
import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_network
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from sphinx.config import Config
from sphinx.errors import ConfigError
from sphinx.util.logging import suppress_logging
from sphinx.util.tags import Tags

from cvtools.i18n import I18n, is_language, label_names
from cvtools.limits import LINK_TIME
from cvtools.model.dates import PartialDate
from cvtools.problems import Code, warn
from cvtools.project import last_change, source_date

if TYPE_CHECKING:
    # Like MyST-Parser, it takes long to import; a build reads the configuration before it needs them.
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

_PREFIX = "cv_"

#: The builder of ``cv.docx``, ``cv.txt`` and ``cv.md``, by the ends of their names.
DOCUMENTS = MappingProxyType({"docx": "cvdocx", "txt": "cvtext", "md": "cvmarkdown"})
_FORMATS = (*DOCUMENTS, "llms")

#: Accepts a value, or raises ValueError with the rule, as it follows on the option's name.
_Validator = Callable[[Any], None]


def _matches(pattern: str, rule: str) -> _Validator:
    """Return a validator of values that a regular expression matches as a whole."""

    def validate(value: Any) -> None:
        if not re.fullmatch(pattern, str(value)):
            raise ValueError(f"must be {rule}, not {value!r}")

    return validate


def _check_words(value: Any, collection: type, example: str) -> None:
    words = value.values() if isinstance(value, dict) else value
    if not isinstance(value, collection) or not all(isinstance(word, str) for word in words):
        raise ValueError(f"must be words, such as {example}, not {value!r}")


def _check_labels(value: Any) -> None:
    _check_words(value, dict, '{"talks": "Lectures"}')
    for label in value:
        if label not in label_names():
            raise ValueError(f"has no label {label!r}: known are {', '.join(sorted(label_names()))}")


def _check_names(value: Any) -> None:
    _check_words(value, list, '["include"]')


def _check_formats(value: Any) -> None:
    _check_words(value, list, '["docx", "txt"]')
    for name in value:
        if name not in _FORMATS:
            raise ValueError(f"has no format {name!r}: known are {', '.join(_FORMATS)}")


def _check_networks(value: Any) -> None:
    _check_words(value, list, '["10.0.0.0/8"]')
    for network in value:
        try:
            ip_network(network, strict=False)
        except ValueError:
            raise ValueError(f"must be addresses and networks, such as 10.0.0.0/8, not {network!r}") from None


def option(
    default: Any, rebuild: Literal["", "env", "html"], description: str, validate: _Validator = lambda value: None
) -> Any:
    """Return a dataclass field for a value of ``conf.py``.

    :param rebuild: what Sphinx makes anew when the value changes
    :param validate: beyond the type of the default, which Sphinx checks
    """
    metadata = {"rebuild": rebuild, "description": description, "validate": validate}
    if isinstance(default, dict | list):
        return dataclasses.field(default_factory=default.copy, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclasses.dataclass(frozen=True)
class CvConfig:
    """The options: values of ``conf.py`` whose names begin with ``cv_``."""

    variant: str = option(
        "",
        "env",
        "The variant that is built; entries marked for others are left out.",
        _matches(r"([a-z][a-z0-9-]*)?", "a name of small letters, digits and hyphens"),
    )
    labels: Mapping[str, str] = option({}, "env", "Labels that replace the language's own, by name.", _check_labels)
    today: str = option(
        "",
        "env",
        "The month of 'present'; from the source's date if empty.",
        _matches(r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])", "a month, such as 2024-03"),
    )
    hide_years: int = option(
        0,
        "env",
        "Dates that are older than this many years are hidden; 0 hides none.",
        _matches(r"\d+", "a number of years, 0 to hide none"),
    )
    hide_education_dates: bool = option(False, "env", "The dates of education are hidden.")
    modified: str = option(
        "",
        "",
        "When the CV was changed last, in UTC; SOURCE_DATE_EPOCH or the date of the last commit if empty.",
        _matches(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})?", "a time, such as 2024-03-14T12:00:00"),
    )
    paper: str = option("a4", "", "The PDF's paper: a4 or letter.", _matches("a4|letter", "a4 or letter"))
    font_size: int = option(
        10, "", "The PDF's type size in points: 10, 11 or 12.", _matches("10|11|12", "10, 11 or 12")
    )
    pdfs: Sequence[str] = option([], "html", "The PDFs that the book offers; the build knows them.")
    formats: Sequence[str] = option(
        list(_FORMATS), "html", "What is made besides the book, the PDFs and the data.", _check_formats
    )
    max_pages: int = option(
        0, "", "How many pages the CV may have; 0 for any number.", _matches(r"\d+", "a number of pages, 0 for any")
    )
    font: str = option(
        "pagella",
        "",
        "The PDF's typeface: a family of TeX Gyre.",
        _matches("pagella|termes|schola|bonum|heros", "pagella, termes, schola, bonum or heros"),
    )
    accent: str = option(
        "1F4E79",
        "",
        "The PDF's accent colour as six hexadecimal digits.",
        _matches("[0-9A-Fa-f]{6}", "six hexadecimal digits, such as 1F4E79"),
    )
    draft: bool = option(False, "", "PDFs for a glance: untagged, without data; a draft build sets it.")
    allow: Sequence[str] = option(
        [],
        "env",
        "Directives, roles, classes and endings of files that pages may use besides a CV's own.",
        _check_names,
    )
    linkcheck_private: Sequence[str] = option(
        [], "", "Addresses and networks that the link check may ask though they are not public.", _check_networks
    )
    #: The language of the document; Sphinx's own value.
    language: str = "en"

    @classmethod
    def of(cls, config: Config) -> "CvConfig":
        """Return the values of a configuration."""
        values = {name.removeprefix(_PREFIX): config[name] for name in _OPTIONS}
        return cls(**values, language=config.language)

    @property
    def documents(self) -> list[str]:
        """Return the files that the build makes of the CV beside the PDF."""
        return [f"cv.{name}" for name in DOCUMENTS if name in self.formats]

    @property
    def offered_documents(self) -> list[str]:
        """Return those that the book offers: all beside a PDF; other builds than that of cvtools make none."""
        return self.documents if "cv.pdf" in self.pdfs and not self.draft else []

    @property
    def i18n(self) -> I18n:
        return I18n(self.language, self.labels)

    @property
    def month(self) -> PartialDate:
        """Return the month that "present" means."""
        return PartialDate.parse(self.today)


#: Metadata of each option by its name in ``conf.py``.
_OPTIONS = {_PREFIX + field.name: field.metadata for field in dataclasses.fields(CvConfig) if field.metadata}


def is_chosen(config: Config, name: str) -> bool:
    """Return whether ``conf.py`` or the command line sets a value."""
    from cvtools.private_api import names_in_conf_py

    return name in names_in_conf_py(config) or name in config.overrides


def register(config: Config) -> None:
    """Register every option with Sphinx."""
    defaults = CvConfig()
    for name, metadata in _OPTIONS.items():
        default = getattr(defaults, name.removeprefix(_PREFIX))
        config.add(name, default, metadata["rebuild"], (type(default),), metadata["description"])


def read(project: Path, **overrides: Any) -> CvConfig:
    """Return the options of ``conf.py``, not validated, before there is an application to read them.

    :raises ConfigError: ``conf.py`` is at fault, which the application reports
    """
    with suppress_logging():
        config = Config.read(project, overrides=overrides, tags=Tags())
    register(config)
    return CvConfig.of(config)


#: Markdown that every CV may use; ``conf.py`` may add to it.
SYNTAX = {"attrs_block", "attrs_inline", "colon_fence", "deflist", "fieldlist"}

#: Values of Sphinx that suit a CV, used where ``conf.py`` sets none.
DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        # A site that is slow must not hold up the check; one that fails at once is tried again.
        "linkcheck_timeout": LINK_TIME,
        "linkcheck_report_timeouts_as_broken": True,
        "linkcheck_retries": 2,
        # MathJax, Sphinx's own, is a script from a network.
        "html_math_renderer": "mathml",
        "myst_update_mathjax": False,
        # A CV documents no code: the parsers of Sphinx's domains for it take long over what a page makes up.
        "myst_ref_domains": ["std"],
        # MyST-Parser's own, and phone numbers.
        "myst_url_schemes": ["http", "https", "mailto", "ftp", "tel"],
    }
)


def complete(app: "Sphinx", config: Config) -> None:
    """Set values that ``conf.py`` does not, and validate the options.

    :raises ConfigError: an option is invalid or unknown
    """
    config.myst_enable_extensions = SYNTAX | set(config.myst_enable_extensions)
    for name, value in DEFAULTS.items():
        if not is_chosen(config, name):
            config[name] = value
    if not (config.cv_today and config.cv_modified):
        changed = last_change(Path(app.confdir))
        config.cv_today = config.cv_today or f"{changed or source_date(Path(app.confdir)):%Y-%m}"
        # A copy of the source has other times, and must give the same bytes.
        config.cv_modified = config.cv_modified or (f"{changed:%Y-%m-%dT%H:%M:%S}" if changed else "")
    config.cv_accent = str(config.cv_accent).removeprefix("#")
    _check(config)
    for name in ("cv_max_pages", "cv_font_size", "cv_hide_years"):
        config[name] = int(config[name])


def check_language(app: "Sphinx", env: "BuildEnvironment", docnames: Sequence[str]) -> None:
    """Warn of a language without labels of its own, when pages are read."""
    i18n = CvConfig.of(app.config).i18n
    if docnames and not i18n.has_labels:
        text = f"there are no {i18n.locale.english_name} labels, so they are English: write yours as cv_labels"
        warn(None, Code.LANGUAGE, f"conf.py: {text}")


def _check(config: Config) -> None:
    from cvtools.private_api import names_in_conf_py

    for name, metadata in _OPTIONS.items():
        try:
            metadata["validate"](config[name])
        except ValueError as error:
            raise ConfigError(f"conf.py: {name} {error}") from None
    for name in names_in_conf_py(config):
        if name.startswith(_PREFIX) and name not in _OPTIONS:
            near = difflib.get_close_matches(name, _OPTIONS, 1, 0.75)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(_OPTIONS)}"
            raise ConfigError(f"conf.py: there is no {name}: {hint}")
    if not is_language(config.language):
        raise ConfigError(f"conf.py: language must be a language's tag, such as en or pl, not {config.language!r}")
