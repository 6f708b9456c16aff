"""Define the editions of a CV: its variants in its languages, which one build makes from the same pages."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.config import Config
from sphinx.errors import ConfigError

from cvtools.config import OPTIONS, CvConfig, check_language_tag, suggestion, validate
from cvtools.errors import ProjectError
from cvtools.i18n import I18n
from cvtools.project import ProjectPaths, suffix_of

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: Options that all editions share, without ``cv_``.
_SHARED = {*"variant editions languages suffix pdfs draft letters allow catalogs technologies".split()}

#: Options of an edition that may have a value for each language.
_BY_LANGUAGE = {"title", "file"}


@dataclass(frozen=True)
class Edition:
    """A variant of the CV in a language."""

    #: The name that marks in the pages select by; without ``cv_editions``, that of ``cv_variant``.
    variant: str
    #: The tag of the language, as in ``conf.py``.
    language: str
    #: The name that readers see.
    title: str
    #: The folder of its pages in the website, such as "short/pl"; empty for the first edition.
    folder: str
    #: Values that replace those of ``conf.py``, by their names there.
    options: Mapping[str, Any]
    #: The options of ``conf.py`` with these values.
    config: CvConfig

    @property
    def label(self) -> str:
        """Return a name for commands and folders, such as "short-pl"."""
        return self.folder.replace("/", "-") or self.variant or self.language.lower()

    @property
    def overrides(self) -> Mapping[str, Any]:
        """Return the values to override ``conf.py`` with; none for the first edition, which :func:`complete` sets."""
        return self.options if self.folder else {}

    @property
    def language_name(self) -> str:
        """Return the name of the language in that language."""
        return (I18n(self.language).locale.get_display_name() or self.language).capitalize()


def editions(config: CvConfig) -> list[Edition]:
    """Return the editions, the one at the top of the website first; raise ConfigError if ``conf.py`` is wrong."""
    languages = config.languages or [config.language]
    if config.language != languages[0]:
        rule = f"cv_languages must begin with the language of the pages, language = {config.language!r}"
        raise ConfigError(f"conf.py: {rule}, not with {languages[0]!r}: change one of them")
    result = []
    for variant, settings in (config.editions or {config.variant: {}}).items():
        values = _values(variant, settings)
        for language in languages:
            # The first variant and the first language have no folder of their own.
            variant_folder = "" if variant == next(iter(config.editions), variant) else variant
            language_folder = "" if language == languages[0] else language
            folder = "/".join(filter(None, [variant_folder, language_folder])).lower()
            options = {"cv_suffix": suffix_of(folder), "cv_variant": variant, "language": language, **values}
            file = settings.get("file", config.file + suffix_of(variant_folder))
            file = file.get(language) if isinstance(file, dict) else f"{file}{suffix_of(language_folder)}"
            options["cv_file"] = file
            if "file" in settings:
                _check(variant, "file", file)
            unprefixed = {name.removeprefix("cv_"): value for name, value in options.items()}
            edition_config = dataclasses.replace(config, **unprefixed)
            title = _title(settings, variant, language)
            result.append(Edition(variant, language, title, folder, options, edition_config))
    labels, files = [edition.label for edition in result], [edition.config.file.lower() for edition in result]
    for names, noun in (labels, "name"), (files, "file"):
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ConfigError(f"conf.py: cv_editions: two editions have {twice[0]!r} as {noun}: give each its own")
    return result


def with_paths(project: Path, all_editions: Sequence[Edition]) -> Iterator[tuple[Edition, ProjectPaths]]:
    """Yield each edition with the paths that its build writes."""
    for edition in all_editions:
        build = project / "build" / (edition.label if len(all_editions) > 1 else "")
        yield edition, ProjectPaths(build, edition.folder, edition.config.file)


def named(config: CvConfig, name: str) -> Edition:
    """Return the edition with a name; raise ProjectError if there is none."""
    by_label = {edition.label: edition for edition in editions(config)}
    if name not in by_label:
        raise ProjectError(f'there is no edition "{name}": {suggestion(name, by_label)}')
    return by_label[name]


def current(config: Config) -> Edition:
    """Return the edition that an application builds; the first one for letters in another language."""
    all_editions = editions(CvConfig.declared(config))
    values = (config.cv_variant, config.language)
    return next((edition for edition in all_editions if (edition.variant, edition.language) == values), all_editions[0])


def complete(app: "Sphinx", config: Config) -> None:
    """Choose the first edition if no other one is asked for; raise ConfigError if ``conf.py`` contradicts itself."""
    from cvtools.private_api import values_in_conf_py

    if "cv_suffix" not in config.overrides:
        first = editions(CvConfig.of(config))[0]
        if config.cv_editions and values_in_conf_py(config).get("cv_variant"):
            raise ConfigError("conf.py: cv_variant chooses one of cv_editions: delete it, since all are built")
        for name in first.options.keys() - config.overrides:
            config[name] = first.options[name]
        validate(app, config)


def _values(variant: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that an edition sets, by their names in ``conf.py``."""
    known = sorted({name.removeprefix("cv_") for name in OPTIONS} - _SHARED)
    for name, value in settings.items():
        if name in _BY_LANGUAGE:
            texts = [*value.values()] if isinstance(value, dict) else [value]
            if not texts or (name == "title" and not all(isinstance(text, str) and text.strip() for text in texts)):
                raise ConfigError(f"conf.py: cv_editions: {name} of {variant!r} is empty: write one, or delete it")
            # A value may also be for languages that are not built.
            for language in value if isinstance(value, dict) else ():
                _check(variant, name, str(language), check_language_tag)
            continue
        if name not in known:
            hint = suggestion(name, ["title", *known])
            raise ConfigError(f"conf.py: cv_editions: {variant!r} has no option {name!r}: {hint}")
        _check(variant, name, value)
    return {f"cv_{name}": value for name, value in settings.items() if name not in _BY_LANGUAGE}


def _check(variant: str, name: str, value: Any, validator: Callable[[Any], None] | None = None) -> None:
    try:
        (validator or OPTIONS[f"cv_{name}"]["validate"])(value)
    except ValueError as error:
        raise ConfigError(f"conf.py: cv_editions: {name} of {variant!r} {error}") from None


def _title(settings: Mapping[str, Any], variant: str, language: str) -> str:
    title = settings.get("title", variant.replace("-", " ").capitalize())
    return str(title if isinstance(title, str) else title.get(language) or next(iter(title.values())))
