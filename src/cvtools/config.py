"""Define the options of ``conf.py``: a field of one dataclass for each, with its default and validator."""

import dataclasses
import datetime
import difflib
import re
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from sphinx.config import ENUM, Config
from sphinx.errors import ConfigError
from sphinx.util import logging
from sphinx.util.tags import Tags

from cvtools.contrast import LEGIBLE, LIGHT, contrast, legible
from cvtools.errors import ProjectError, reason_of
from cvtools.i18n import I18n, label_names, languages
from cvtools.limits import BUILD_TIME, LINK_TIME, PAGE_TIME
from cvtools.model.dates import PartialDate
from cvtools.project import renamed
from cvtools.repository import last_change, source_date
from cvtools.sphinx_warnings import Code, SourceError, warn

if TYPE_CHECKING:
    # A build reads the configuration before it needs these modules, which import slowly.
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

_PREFIX = "cv_"
_FONTS = ("pagella", "termes", "schola", "bonum", "heros")
_NUMBERS = range(10_000)
#: Names for the CV's files, which TeX can read and no other file of a build has: the rule in words, and as a pattern.
_FILE_RULE = "letters without accents, digits and hyphens, other than talks, llms and robots"
_FILE = "(?!(?i:talks|llms|robots)(-|$))[A-Za-z0-9][A-Za-z0-9_-]{0,60}"
#: Pattern of the name of a variant; a mark may also negate one, as in "not-short".
VARIANT = "(?!not-)[a-z][a-z0-9-]*"

#: Sphinx's builder of each document beside the PDF (``cv.docx``, ``cv.txt``, ``cv.md``), by its file extension.
DOCUMENTS: Mapping[str, str] = {"docx": "cvdocx", "txt": "cvtext", "md": "cvmarkdown"}
_FORMATS = (*DOCUMENTS, "llms")

#: Function that raises ValueError for an invalid value; the message continues the option's name, as in "must be …".
_Validator = Callable[[Any], None]


def _must_be(rule: str, is_right: Callable[[Any], object]) -> _Validator:
    """Return a validator of values for which a function returns a true value.

    :param rule: what the value must be, for the message
    """

    def validate(value: Any) -> None:
        if not is_right(value):
            raise ValueError(f"must be {rule}, not {value!r}")

    return validate


def _matches(pattern: str, rule: str) -> _Validator:
    return _must_be(rule, lambda value: isinstance(value, str) and re.fullmatch(pattern, value))


def _number_in(numbers: Container[int], rule: str) -> _Validator:
    return _must_be(rule, lambda value: type(value) is int and value in numbers)


def _words(
    collection: type[list[Any] | dict[str, Any]], example: str, check: _Validator = lambda word: None
) -> _Validator:
    """Return a validator of a list or a dictionary of words; `check` validates each word, or key of a dictionary."""

    def validate(value: Any) -> None:
        words = value.values() if isinstance(value, dict) else value
        if not isinstance(value, collection) or not all(isinstance(word, str) for word in words):
            raise ValueError(f"must be words, such as {example}, not {value!r}")
        for word in value:
            check(word)

    return validate


def _one_of(noun: str, names: Callable[[], Iterable[str]]) -> _Validator:
    """Return a validator that accepts the names that a function returns when a value is validated."""

    def validate(name: Any) -> None:
        if name not in names():
            raise ValueError(f"has no {noun} {name!r}: {suggestion(name, [*names()])}")

    return validate


def _check_editions(value: Any) -> None:
    """Refuse invalid names of editions, and settings that are no dictionary; :mod:`cvtools.editions` does the rest."""
    _must_be('names with options, such as {"short": {"max_pages": 2}}', lambda value: isinstance(value, dict))(value)
    for name, settings in value.items():
        if not re.fullmatch(VARIANT, str(name)):
            raise ValueError(f"has an edition {name!r}: name it with small letters, digits and hyphens")
        _must_be(f"options for {name!r}, such as {{}}", lambda options: isinstance(options, dict))(settings)


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list | tuple | set) and all(isinstance(word, str | Path) for word in value)


_LISTS = """exclude_patterns include_patterns html_extra_path html_static_path locale_dirs myst_enable_extensions
templates_path""".split()
#: Validators of Sphinx's own options whose declared types allow values that fail later.
_SPHINX_VALIDATORS: Mapping[str, _Validator] = {
    **dict.fromkeys(_LISTS, _must_be('a list of text, such as ["name"]', _is_list_of_text)),
    "copyright": _must_be("text in quotation marks", lambda value: isinstance(value, str) or _is_list_of_text(value)),
    "extensions": _must_be('a list of names, such as ["cvtools"]', _is_list_of_text),
    "root_doc": _must_be("text in quotation marks", lambda value: isinstance(value, str)),
}
#: How messages describe a value of a type, by the name of the type.
_DESCRIPTIONS = {
    "bool": "True or False",
    "int": "a number",
    "str": "text in quotation marks",
    "list": 'a list, such as ["name"]',
    "dict": 'a dictionary, such as {"name": "value"}',
}


def _unique(validate_words: _Validator) -> _Validator:
    """Return a validator that also refuses duplicates."""

    def validate(value: Any) -> None:
        validate_words(value)
        if twice := [word for word in value if value.count(word) > 1]:
            raise ValueError(f"has {twice[0]!r} twice: delete one")

    return validate


def _is_time(value: Any) -> bool:
    try:
        return bool(value == "" or value == f"{datetime.datetime.fromisoformat(value):%Y-%m-%dT%H:%M:%S}")
    except (TypeError, ValueError):
        return False


def check_language_tag(tag: str) -> None:
    """Raise ValueError for a tag of no known language, and for an unusual one, such as "eng" for "en"."""
    meant = language_named(tag)
    if not tag or meant != re.split("[_-]", tag.lower())[0]:
        hint = f": did you mean {meant}?" if meant else ""
        raise ValueError(f"must be a language's tag, such as en or pl, not {tag!r}{hint}")


def language_named(word: str) -> str:
    """Return the tag of a language for a longer tag, its name in English or in itself, or a country's code; else ""."""
    with suppress(ValueError, UnknownLocaleError):
        return Locale.parse(word.replace("-", "_")).language
    word = re.split("[_-]", word.lower())[0]
    names = {name.lower(): tag for tag, name in Locale("en").languages.items()}
    names |= {name.lower(): tag for tag in languages() if (name := Locale.parse(tag, "-").get_language_name())}
    near = difflib.get_close_matches(word, names, 1, 0.75)
    likely: str = get_global("likely_subtags").get(f"und_{word.upper()}", "")
    return names[near[0]] if near else likely.partition("_")[0]


def _check_technologies(value: Any) -> None:
    _must_be("words by language", lambda value: isinstance(value, dict))(value)
    for language, names in value.items():
        check_language_tag(str(language))
        _words(dict, '{"pl": {"carpentry": "stolarstwo"}}')(names)


def _check_network(network: str) -> None:
    try:
        ip_network(network, strict=False)
    except ValueError:
        raise ValueError(f"must be addresses and networks, such as 10.0.0.0/8, not {network!r}") from None


def option(default: Any, rebuild: Literal["", "env", "html"], validate: _Validator = lambda value: None) -> Any:
    """Return a dataclass field for a value of ``conf.py``.

    :param rebuild: what Sphinx makes anew when the value changes
    :param validate: validator, in addition to Sphinx's check of the type
    """
    metadata = {"rebuild": rebuild, "validate": validate}
    if isinstance(default, dict | list):
        return dataclasses.field(default_factory=default.copy, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclasses.dataclass(frozen=True)
class CvConfig:
    """The options: values of ``conf.py`` whose names begin with ``cv_``."""

    #: The variant that is built; entries marked for others are left out.
    variant: str = option("", "env", _matches(rf"({VARIANT})?", "a name of small letters, digits and hyphens"))
    #: The variants that are built, each with the options that it sets; the first is at the top of the website.
    editions: Mapping[str, Mapping[str, Any]] = option({}, "env", _check_editions)
    #: The languages that are built, the first of which is that of the pages; catalogs have the others.
    languages: Sequence[str] = option([], "env", _unique(_words(list, '["en", "pl"]', check_language_tag)))
    #: The name of the CV's files, without ending.
    file: str = option("cv", "html", _matches(_FILE, f"a name of {_FILE_RULE}"))
    #: Suffix of the edition's files besides the CV, such as "-short-pl"; the build sets it.
    suffix: str = option("", "html")
    #: How much of a page's text must be translated, in percent; the build fails below.
    translated: int = option(0, "", _number_in(range(101), "a share in percent"))
    #: The folders of catalogs, which the build sets.
    catalogs: Sequence[str] = option([], "")
    #: Labels that replace the language's own, by name.
    labels: Mapping[str, str] = option(
        {}, "env", _words(dict, '{"talks": "Lectures"}', _one_of("label", lambda: sorted(label_names())))
    )
    #: The month of "present"; from the source's date if empty.
    today: str = option("", "env", _matches(r"((?!0000)[0-9]{4}-(0[1-9]|1[0-2]))?", "a month, such as 2024-03"))
    #: Headings of the sections to show, in this order; if empty, all sections in the order of the page.
    sections: Sequence[str] = option([], "env", _unique(_words(list, '["Skills", "Work experience"]')))
    #: Names of technologies in other languages, by language and by the name on the pages.
    technologies: Mapping[str, Mapping[str, str]] = option({}, "env", _check_technologies)
    #: How many technologies a list shows that has no option ``count``; 0 for all.
    max_technologies: int = option(0, "env", _number_in(_NUMBERS, "a number of technologies, 0 for all"))
    #: Dates that are older than this many years are hidden; 0 hides none.
    hide_years: int = option(0, "env", _number_in(_NUMBERS, "a number of years, 0 to hide none"))
    hide_education_dates: bool = option(False, "env", _must_be("True or False", lambda value: isinstance(value, bool)))
    #: When the CV was changed last, in UTC; SOURCE_DATE_EPOCH or the date of the last commit if empty.
    modified: str = option("", "", _must_be("a time, such as 2024-03-14T12:00:00", _is_time))
    paper: str = option("a4", "", _matches("a4|letter", "a4 or letter"))
    #: The PDF's type size in points.
    font_size: int = option(10, "", _number_in((10, 11, 12), "10, 11 or 12"))
    #: The PDFs that the website offers, which the build sets.
    pdfs: Sequence[str] = option([], "html")
    #: Formats of the CV besides the website, the PDFs and the data.
    formats: Sequence[str] = option(
        [*_FORMATS], "html", _words(list, '["docx", "txt"]', _one_of("format", lambda: _FORMATS))
    )
    #: How many pages the CV may have; 0 for any number.
    max_pages: int = option(0, "", _number_in(_NUMBERS, "a number of pages, 0 for any"))
    #: The PDF's typeface, a family of TeX Gyre; the page takes one like it that the reader has.
    font: str = option("pagella", "", _matches("|".join(_FONTS), f"{', '.join(_FONTS[:-1])} or {_FONTS[-1]}"))
    #: The accent colour of the PDF and the page.
    accent: str = option("1F4E79", "html", _matches("#?[0-9A-Fa-f]{6}", "six hexadecimal digits, such as 1F4E79"))
    #: The look of page and PDF.
    design: str = option("modern", "html", _matches("modern|compact|classic", "modern, compact or classic"))
    #: A LaTeX file beside conf.py that the PDFs read last, to change the design.
    style: str = option("", "", _matches(r"([A-Za-z][\w-]*\.sty)?", "a file beside conf.py, such as house.sty"))
    #: "1.7" for PDF/UA-1 and PDF/A-3a, "2.0" for PDF/UA-2, PDF/A-4 and WTPDF.
    pdf_version: str = option("1.7", "", _matches(r"1\.7|2\.0", '"1.7" or "2.0"'))
    #: PDFs for a glance: untagged, without data; a draft build sets it.
    draft: bool = option(False, "html")
    #: The names of letters, to make these alone; the build sets it for the application that reads them.
    letters: Sequence[str] = option([], "env")
    #: Directives, roles, classes and endings of files that pages may use besides those that are always allowed.
    allow: Sequence[str] = option([], "env", _words(list, '["include"]'))
    #: Addresses and networks that the link check may ask though they are not public.
    linkcheck_private: Sequence[str] = option([], "", _words(list, '["10.0.0.0/8"]', _check_network))
    #: The language of the document; Sphinx's own value.
    language: str = "en"

    @classmethod
    def of(cls, config: Config) -> "CvConfig":
        values = {name.removeprefix(_PREFIX): config[name] for name in OPTIONS}
        return cls(**values, language=config.language)

    @classmethod
    def declared(cls, config: Config) -> "CvConfig":
        """Return the values that ``conf.py`` assigns, without those with which an edition replaces them."""
        from cvtools.private_api import values_in_conf_py

        assigned = values_in_conf_py(config)
        values = {name.removeprefix(_PREFIX): assigned[name] for name in OPTIONS if name in assigned}
        return cls(**values, language=assigned.get("language", cls.language))

    def name_of(self, file: str) -> str:
        """Return the name of a file in this edition, such as "cv-short.pdf" for "cv.pdf"."""
        return renamed(file, self.file, self.suffix)

    @property
    def documents(self) -> list[str]:
        """Return the names of the documents beside the PDF, such as "cv.docx"."""
        return [self.name_of(f"cv.{name}") for name in DOCUMENTS if name in self.formats]

    @property
    def offered_documents(self) -> list[str]:
        """Return the documents that the website links to: all that ``cvtools build`` makes; none in a draft."""
        return self.documents if self.name_of("cv.pdf") in self.pdfs and not self.draft else []

    @property
    def i18n(self) -> I18n:
        return I18n(self.language, self.labels)

    @property
    def page_i18n(self) -> I18n:
        """Return the labels and formats of the language of the pages, which an edition may translate."""
        return I18n(self.languages[0] if self.languages else self.language, self.labels)

    def technology(self, name: str) -> str:
        """Return the name of a technology in the language of the edition."""
        return self.technologies.get(self.language, {}).get(name, name)

    @property
    def month(self) -> PartialDate:
        """Return the month that "present" means."""
        return PartialDate.parse(self.today)


#: Metadata of each option by its name in ``conf.py``.
OPTIONS = {_PREFIX + field.name: field.metadata for field in dataclasses.fields(CvConfig) if field.metadata}


def is_set(config: Config, name: str) -> bool:
    """Return whether ``conf.py`` or the command line sets a value."""
    from cvtools.private_api import values_in_conf_py

    return name in values_in_conf_py(config) or name in config.overrides


def set_defaults(config: Config, values: Mapping[str, Any]) -> None:
    """Set values that neither ``conf.py`` nor the command line sets."""
    for name, value in values.items():
        if not is_set(config, name):
            config[name] = value


def check_types(config: Config) -> None:
    """Raise ConfigError for a value whose type or text would fail in code that uses it.

    Sphinx only warns of a wrong type, and only after it has used some values.
    """
    # Sphinx keeps extensions apart from other values.
    _check("extensions", _SPHINX_VALIDATORS["extensions"], config.extensions)
    for name, option in config.values.items():
        value = config[name]
        # "master_doc" is an older name of root_doc.
        if value is not option.default and name != "master_doc":
            for validate_value in (
                _SPHINX_VALIDATORS.get(name),
                partial(_check_type, option=option, config=config),
                _check_text,
            ):
                if validate_value:
                    _check(name, validate_value, value)


def _check_type(value: Any, option: Any, config: Config) -> None:
    """Refuse a value that has neither a type that the option allows nor that of its default.

    :param option: Sphinx's declaration of the option
    """
    allowed, default = option.valid_types, option.default
    if isinstance(allowed, ENUM):
        choices = repr(allowed).removeprefix("ENUM(").removesuffix(")").split(", ")
        _must_be(" or ".join(choices), lambda value: _is_one_of(allowed, value))(value)
        return
    default = default(config) if callable(default) else default
    if allowed in (Any, {Any}) or (default is None and not allowed):
        return
    types = (*allowed, type(default))
    names = sorted({type_.__name__ for type_ in types})
    rule = " or ".join(_DESCRIPTIONS[name] for name in names if name in _DESCRIPTIONS)
    # The type of a value may be simpler than that of the default, such as text for a path.
    _must_be(rule or "another value", lambda value: isinstance(value, types) or isinstance(default, type(value)))(value)


def _is_one_of(choices: ENUM, value: Any) -> bool:
    # match() raises TypeError for a number, and for a list in a list.
    with suppress(TypeError):
        return choices.match(value)
    return False


def _check_text(value: Any) -> None:
    """Refuse text, also in lists and dictionaries, that cannot be encoded in UTF-8."""
    if isinstance(value, str):
        try:
            # The name of a folder may be any bytes.
            value.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError as error:
            raise ValueError(f"has {value[error.start]!r}, which is half of a character: delete it") from None
    elif isinstance(value, dict):
        _check_text([*value.keys(), *value.values()])
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            _check_text(part)


def unchecked_options(config: Config) -> list[str]:
    """Return the options in ``conf.py`` for Sphinx and its extensions whose values nobody checks in full."""
    from cvtools.private_api import values_in_conf_py

    checked = {*OPTIONS, *_SPHINX_VALIDATORS}
    values = ((name, value) for name, value in values_in_conf_py(config).items() if name in config)
    return [name for name, value in values if name not in checked and not isinstance(value, str | bool)]


def _check(name: str, validate_value: _Validator, value: Any) -> None:
    try:
        validate_value(value)
    except ValueError as error:
        raise ConfigError(f"conf.py: {name} {error}") from None
    except RecursionError:
        raise ConfigError(f"conf.py: {name} is nested too deeply: use fewer levels") from None


def register(config: Config) -> None:
    """Register every option with Sphinx."""
    defaults = CvConfig()
    for name, metadata in OPTIONS.items():
        default = getattr(defaults, name.removeprefix(_PREFIX))
        config.add(name, default, metadata["rebuild"], (type(default),))


def read(project: Path, **overrides: Any) -> CvConfig:
    """Return the options of ``conf.py`` before there is an application.

    :raises ConfigError: an option is wrong
    :raises ProjectError: the code takes too long, or raises what Sphinx lets through
    """
    from cvtools.watchdog import WATCHDOG

    conf = project / "conf.py"
    try:
        with logging.suppress_logging(), WATCHDOG.on(BUILD_TIME):
            WATCHDOG.start_timer(conf, "reading", PAGE_TIME)
            config = Config.read(project, overrides=overrides, tags=Tags())
    except SourceError as error:
        raise ProjectError(str(error)) from None
    except (Exception, KeyboardInterrupt):
        raise
    except BaseException as error:  # noqa: BLE001 - other code would show a traceback
        raise ProjectError(f"{conf}: it raises {reason_of(error)}: delete what does so") from None
    register(config)
    _check_values(config)
    return CvConfig.of(config)


#: MyST's extensions of Markdown that every CV may use; ``conf.py`` may add others.
SYNTAX = {"attrs_block", "attrs_inline", "colon_fence", "deflist", "fieldlist"}

#: Values of Sphinx that suit a CV, used where ``conf.py`` sets none.
DEFAULTS: Mapping[str, Any] = {
    # A site that is slow must not hold up the check; one that fails at once is tried again.
    "linkcheck_timeout": LINK_TIME,
    "linkcheck_report_timeouts_as_broken": True,
    "linkcheck_retries": 2,
    # Catalogs of translations, in docs/ or beside it
    "locale_dirs": ["locales", "../locales"],
    # MathJax, Sphinx's own, is a script from a network.
    "html_math_renderer": "mathml",
    "myst_update_mathjax": False,
    # A CV documents no code, and the parsers of Sphinx's domains for code may take long on made-up names.
    "myst_ref_domains": ["std"],
    # MyST-Parser's own, and phone numbers.
    "myst_url_schemes": ["http", "https", "mailto", "ftp", "tel"],
}


def complete(app: "Sphinx", config: Config) -> None:
    """Set values that ``conf.py`` does not."""
    # :mod:`cvtools.reading.dialects` reads task lists, with boxes that all outputs show.
    config.myst_enable_extensions = (SYNTAX | set(config.myst_enable_extensions)) - {"tasklist"}
    set_defaults(config, DEFAULTS)
    if not (config.cv_today and config.cv_modified):
        changed = last_change(Path(app.confdir))
        config.cv_today = config.cv_today or f"{changed or source_date(Path(app.confdir)):%Y-%m}"
        # A copy of the source has other times, and must give the same bytes.
        config.cv_modified = config.cv_modified or (f"{changed:%Y-%m-%dT%H:%M:%S}" if changed else "")


def require_myst_options(app: "Sphinx") -> None:
    """Raise ConfigError for invalid options of MyST-Parser, for which it takes defaults that cannot read pages."""
    from cvtools.private_api import values_in_conf_py

    if not app.env.myst_config.enable_extensions >= SYNTAX:  # type: ignore[attr-defined]
        names = [name for name in values_in_conf_py(app.config) if name.startswith("myst_")]
        wrong = " or ".join(names) or "an option of MyST-Parser"
        raise ConfigError(f"conf.py: {wrong} is invalid, as reported above: correct the value")


def check_language_and_accent(app: "Sphinx", env: "BuildEnvironment", docnames: Sequence[str]) -> None:
    """When pages are read, warn of a language without labels and of an accent colour that is hard to read."""
    i18n, accent = CvConfig.of(app.config).i18n, app.config.cv_accent
    if docnames and not i18n.has_labels:
        rule = f"there are no {i18n.locale.english_name} labels, so they are English"
        warn(None, Code.LANGUAGE, f'conf.py: {rule}: write cv_labels = {{"present": "…"}}, with all labels')
    if docnames and (ratio := contrast(accent, LIGHT)) < LEGIBLE:
        # The page takes a darker one.
        rule = f"cv_accent {accent} has a contrast of {ratio:.1f} on white, and text needs {LEGIBLE}"
        warn(None, Code.ACCENT, f"conf.py: {rule}: write {legible(accent, LIGHT)} for example")


def validate(app: "Sphinx", config: Config) -> None:
    """Raise ConfigError for an option with an invalid value, and for an unknown one."""
    # This imports MyST-Parser, which takes long; a build reads the configuration before it needs that.
    from cvtools.private_api import values_in_conf_py

    _check_values(config)
    values = values_in_conf_py(config)
    if name := next((name for name in values.get("__annotations__", {}) if name not in values), ""):
        raise ConfigError(f"conf.py: {name} has a colon: write {name} = …")
    for name in values:
        if name.startswith(_PREFIX) and name not in OPTIONS:
            raise ConfigError(f"conf.py: there is no {name}: {suggestion(name, OPTIONS)}")


def suggestion(name: object, known: Collection[str]) -> str:
    """Return advice on a name that is not known: the one that was probably meant, or else all."""
    near = difflib.get_close_matches(str(name), known, 1, 0.75)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"


def _check_values(config: Config) -> None:
    """Raise ConfigError for an invalid value, and remove "#" from the accent colour."""
    for name, metadata in OPTIONS.items():
        _check(name, metadata["validate"], config[name])
    # After the validators, whose messages say more than a type
    check_types(config)
    config.cv_accent = config.cv_accent.removeprefix("#")
    _check("language", check_language_tag, config.language)
