"""The configuration: one dataclass, a field for each value, registered in a loop."""

import dataclasses
import difflib
import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_network
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from babel import Locale, UnknownLocaleError
from sphinx.config import Config
from sphinx.errors import ConfigError
from sphinx.util.logging import suppress_logging
from sphinx.util.tags import Tags

from cvtools.i18n import NAMES, I18n
from cvtools.limits import LINK_TIME
from cvtools.model.dates import PartialDate
from cvtools.project import source_date

if TYPE_CHECKING:
    # It takes long to import, and a build reads the configuration before it needs it.
    from sphinx.application import Sphinx

_PREFIX = "cv_"


def option(default: Any, rebuild: Literal["", "env", "html"], *, description: str) -> Any:
    """A configuration value; ``rebuild`` says what must be made anew when it changes (Sphinx's term)."""
    metadata = {"rebuild": rebuild, "description": description}
    if isinstance(default, dict | list):
        return dataclasses.field(default_factory=default.copy, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclasses.dataclass(frozen=True)
class CvConfig:
    """The values of ``conf.py`` that begin with ``cv_``."""

    variant: str = option("", "env", description="The variant that is built; entries marked for others are left out.")
    labels: Mapping[str, str] = option({}, "env", description="Labels that replace the language's own, by name.")
    today: str = option("", "env", description="The month of 'present'; from the source's date if empty.")
    paper: str = option("a4", "", description="The PDF's paper: a4 or letter.")
    font_size: int = option(10, "", description="The PDF's type size in points: 10, 11 or 12.")
    pdfs: Sequence[str] = option([], "html", description="The PDFs that the book offers; the build knows them.")
    max_pages: int = option(0, "", description="How many pages the CV may have; 0 for any number.")
    font: str = option("pagella", "", description="The PDF's typeface: a family of TeX Gyre.")
    accent: str = option("1F4E79", "", description="The PDF's accent colour as six hexadecimal digits.")
    draft: bool = option(False, "", description="PDFs for a glance: untagged, without data; a draft build sets it.")
    allow: Sequence[str] = option(
        [], "env", description="Directives, roles, classes and endings of files that pages may use besides a CV's own."
    )
    linkcheck_private: Sequence[str] = option(
        [], "", description="Addresses and networks that the link check may ask though they are not public."
    )
    #: The language of the document; Sphinx's own value.
    language: str = "en"

    @classmethod
    def of(cls, config: Config) -> "CvConfig":
        values = {field.name: config[_PREFIX + field.name] for field in dataclasses.fields(cls) if field.metadata}
        return cls(**values, language=config.language)

    @property
    def i18n(self) -> I18n:
        return I18n(self.language, self.labels)

    @property
    def month(self) -> PartialDate:
        """The month that "present" stands for."""
        return PartialDate.parse(self.today)


def is_chosen(config: Config, name: str) -> bool:
    """Whether ``conf.py`` or the command line sets a value."""
    # Sphinx has no public way to ask.
    return name in config._raw_config or name in config.overrides  # noqa: SLF001


def register(config: Config) -> None:
    """Make every option a value of ``conf.py``."""
    defaults = CvConfig()
    for field in dataclasses.fields(CvConfig):
        if field.metadata:
            default = getattr(defaults, field.name)
            config.add(
                _PREFIX + field.name,
                default,
                field.metadata["rebuild"],
                (type(default),),
                field.metadata["description"],
            )


def read(project: Path, **overrides: Any) -> CvConfig:
    """Return the values of ``conf.py``, unchecked, before there is an application to read them.

    :raises ConfigError: ``conf.py`` is at fault, of which Sphinx will tell
    """
    with suppress_logging():
        config = Config.read(project, overrides=overrides, tags=Tags())
    register(config)
    return CvConfig.of(config)


#: Markdown that every CV may use; ``conf.py`` may add to it.
SYNTAX = {"attrs_block", "attrs_inline", "colon_fence", "deflist", "fieldlist"}

#: Values of Sphinx's own that suit a CV, where ``conf.py`` does not say otherwise.
DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        # A site that is slow must not hold up the check; one that fails at once is tried again.
        "linkcheck_timeout": LINK_TIME,
        "linkcheck_report_timeouts_as_broken": True,
        "linkcheck_retries": 2,
        # What was judged as a formula is one, in words of MyST's; all else on a page is words, backslashes and all.
        "mathjax4_config": {
            "options": {
                "processHtmlClass": "tex2jax_process|mathjax_process|math|output_area",
                "ignoreHtmlClass": ".*|",
            }
        },
        # MyST's own, and what phones are called by.
        "myst_url_schemes": ["http", "https", "mailto", "ftp", "tel"],
    }
)


def complete(app: "Sphinx", config: Config) -> None:
    """Fill in what ``conf.py`` leaves open, and refuse what Sphinx's own type check lets pass.

    :raises ConfigError: with the rule
    """
    config.myst_enable_extensions = SYNTAX | set(config.myst_enable_extensions)
    for name, value in DEFAULTS.items():
        if not is_chosen(config, name):
            config[name] = value
    config.cv_today = config.cv_today or f"{source_date(Path(app.confdir)):%Y-%m}"
    config.cv_accent = str(config.cv_accent).removeprefix("#")
    _check(config)
    config.cv_max_pages, config.cv_font_size = int(config.cv_max_pages), int(config.cv_font_size)


def _check(config: Config) -> None:
    rules = {
        "accent": (r"[0-9A-Fa-f]{6}", "six hexadecimal digits, such as 1F4E79"),
        "font": (r"pagella|termes|schola|bonum|heros", "pagella, termes, schola, bonum or heros"),
        "font_size": (r"10|11|12", "10, 11 or 12"),
        "max_pages": (r"\d+", "a number of pages, 0 for any"),
        "paper": (r"a4|letter", "a4 or letter"),
        "today": (r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])", "a month, such as 2024-03"),
        "variant": (r"([a-z][a-z0-9-]*)?", "a name of small letters, digits and hyphens"),
    }
    for name, (pattern, rule) in rules.items():
        if not re.fullmatch(pattern, str(config[_PREFIX + name])):
            raise ConfigError(f"conf.py: {_PREFIX}{name} must be {rule}, not {config[_PREFIX + name]!r}")
    known = [_PREFIX + field.name for field in dataclasses.fields(CvConfig) if field.metadata]
    for name in config._raw_config:  # noqa: SLF001 - Sphinx has no public way to ask
        if name.startswith(_PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.75)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            raise ConfigError(f"conf.py: there is no {name}: {hint}")
    forms = {"labels": '{"talks": "Lectures"}', "allow": '["include"]', "linkcheck_private": '["10.0.0.0/8"]'}
    for name, form in forms.items():
        value = config[_PREFIX + name]
        words = list(value.values()) if isinstance(value, dict) else value
        if not isinstance(value, dict if name == "labels" else list) or not all(
            isinstance(word, str) for word in words
        ):
            raise ConfigError(f"conf.py: {_PREFIX}{name} must be words, such as {form}, not {value!r}")
    _check_networks(config.cv_linkcheck_private)
    try:
        Locale.parse(config.language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        raise ConfigError(
            f"conf.py: language must be a language's tag, such as en or pl, not {config.language!r}"
        ) from None
    for label in config.cv_labels:
        if label not in NAMES:
            raise ConfigError(f"conf.py: cv_labels has no label {label!r}: known are {', '.join(sorted(NAMES))}")


def _check_networks(networks: Sequence[str]) -> None:
    for network in networks:
        try:
            ip_network(network, strict=False)
        except ValueError:
            raise ConfigError(
                f"conf.py: cv_linkcheck_private must be addresses and networks, such as 10.0.0.0/8, not {network!r}"
            ) from None
