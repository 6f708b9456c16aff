"""Convert front matter for Jekyll, Hugo, pandoc and the like into a title, fields and paragraphs of the page."""

import contextlib
import re
import tomllib
from collections.abc import Mapping
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from sphinx.environment import BuildEnvironment

from cvtools import limits
from cvtools.model.kinds import KINDS
from cvtools.reading.dialects import INVISIBLE
from cvtools.reading.fields import SHOW
from cvtools.reading.html_tags import as_words
from cvtools.sphinx_warnings import Code, SourceError, warn
from cvtools.terminal import shorten

#: Front matter between lines of hyphens (YAML) or plus signs (TOML). Below a blank line, it begins with a key in small
#: letters, unlike words between thematic breaks.
_FRONT_MATTER = re.compile(
    r"(?P<mark>---|\+\+\+)[ \t]*\n(?![ \t]*\n(?![a-z]\w*:\s))(?P<text>(?:.*\n)*?)(?:(?P=mark)|\.\.\.)[ \t]*(?:\n|$)"
)
#: Pandoc's title, authors and date, each on a line, or in indented lines below it.
_TITLE_BLOCK = re.compile(r"(?P<mark>%)(?P<text>.*\n(?:[ \t]+\S.*\n)*(?:%.*\n(?:[ \t]+\S.*\n)*){1,2})(?!%)")
#: Names in other programs for the fields of each kind, the most precise first.
ALIASES: Mapping[str, Mapping[str, str]] = {
    "person": {
        "headline": "tagline subtitle position job_title jobtitle role title",
        "email": "mail e-mail",
        "phone": "telephone tel mobile",
        "website": "homepage url site web",
        "location": "address city",
    },
    "talk": {
        "event": "event_name conference venue host meetup",
        "date": "start_date date_start",
        "place": "location address city",
        "video": "video_url url_video recording youtube",
        "slides": "slides_url url_slides slides_link",
        "page": "event_url url_event event_link link url",
        "language": "lang",
        "speakers": "speaker authors author presenters presenter",
        "tags": "keywords categories topics",
        "duration": "length",
        "form": "type format talk_type",
    },
}
#: Keys whose values become paragraphs.
PROSE = ("abstract", "summary", "description", "excerpt")
#: Keys of other programs' settings, which say nothing of a person or a talk.
SETTINGS = frozenset(
    """
    aliases author_profile banner bibliography class classes classoption collection colorlinks comments created css
    cssclass cssclasses csl documentclass draft featured fontfamily fontsize geometry guid header-includes hidden id
    image images include-after include-before keywords layout lastmod linkcolor mainfont marp math mathjax menu monofont
    nav nav_order order output paginate papersize parent permalink priority publishdate published redirect_from
    redirect_to related robots sansfont share sidebar sitemap slug style stylesheet tags thumbnail theme toc uid
    urlcolor version weight
    """.split()
)
#: Keys of a page's title, the most precise first.
_TITLES = ("name", "author", "title")
#: Types of tokens that may come between the title of a page and its fields.
_BEFORE_FIELDS = INVISIBLE | {"hr"}


class _Loader(yaml.BaseLoader):
    """Loader of text, lists and mappings; it refuses other types, and aliases, which could make a small file huge."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or event.tag:
            raise yaml.YAMLError("an alias or a type")
        return super().compose_node(parent, index)


def split(text: str) -> tuple[dict[str, Any], str]:
    """Split a text into the data of its front matter and the rest; without valid front matter, all is the rest."""
    if match := _FRONT_MATTER.match(text):
        with contextlib.suppress(ValueError, yaml.YAMLError, RecursionError):
            return _parse(match), text[match.end() :]
    return {}, text


class FrontMatter:
    """Converter of a page's front matter into a title, fields and paragraphs; a plugin of markdown-it.

    A single warning names all keys that become none of these.
    """

    def __init__(self, env: BuildEnvironment) -> None:
        self.env = env
        #: Kind of the entry whose heading is the page's title.
        self.kind = "person" if env.docname == env.config.root_doc else "talk"
        self._source = ""
        #: Number of titles that the page has in Markdown.
        self._titles = 0
        self._match: re.Match[str] | None = None

    def __call__(self, parser: MarkdownIt) -> None:
        parser.disable("front_matter")
        parser.core.ruler.before("block", "cv_take_front_matter", self._take)
        parser.core.ruler.after("block", "cv_front_matter", self._insert)

    def _take(self, state: StateCore) -> None:
        """Replace front matter by blank lines while blocks are parsed."""
        self._source = state.src
        # The text of a directive has no front matter.
        self._match = None if "depth" in state.env else _FRONT_MATTER.match(state.src) or _TITLE_BLOCK.match(state.src)
        if self._match:
            state.src = "\n" * self._match[0].count("\n") + state.src[self._match.end() :]

    def _insert(self, state: StateCore) -> None:
        """Insert the tokens of the front matter; Sphinx's metadata and invalid front matter stay front matter."""
        # Restore the source: later plugins search all of it for headings and for marks of variants.
        state.src = self._source
        self._titles = sum(token.tag == "h1" and token.nesting > 0 and not token.level for token in state.tokens)
        # On a page with a title in Markdown, lines with a percent sign are MyST's comments.
        if not self._match or (self._match["mark"] == "%" and self._titles == 1):
            return
        try:
            data = _parse(self._match)
        except (ValueError, yaml.YAMLError, RecursionError):
            # The check of tokens warns of invalid front matter, and shows it as it is.
            state.tokens.insert(0, _front_matter(self._match["text"].rstrip("\n")))
            return
        if not data:
            warn((self.env.docname, 1), Code.FIELD, "front matter that says nothing: delete it")
        if key := next((key for key in data if key.lower() == "only"), ""):
            rule = "a page is marked below its heading: write :only: there, not in front matter"
            raise SourceError(self.env.doc2path(self.env.docname), self._line(key), rule)
        # Leave Sphinx's metadata to MyST-Parser.
        names = {"orphan", "nosearch", "tocdepth"} & data.keys()
        if metadata := sorted(f"{name}: {data.pop(name)}".lower() for name in names):
            state.tokens.insert(0, _front_matter("\n".join(metadata)))
        self._insert_words(state, data)

    def _insert_words(self, state: StateCore, data: dict[str, Any]) -> None:
        """Insert the title, fields and paragraphs of front matter, and warn of other keys, which are not shown."""
        words = {key: text for key, value in data.items() if (text := _words(value))}
        index = self._insert_title(state, words)
        new_tokens = self._tokens_of(state, self._take_fields(words))
        below = next((token.type for token in state.tokens[index:] if token.type not in _BEFORE_FIELDS), "")
        if below == "field_list_open":
            # Add the fields to those below the title.
            ends = (n for n, token in enumerate(state.tokens) if token.type == "field_list_close" and not token.level)
            index = next(n for n in ends if n > index)
            state.tokens[index:index] = new_tokens[1:-1]
            index += len(new_tokens[1:-1]) + 1
            new_tokens = []
        for key, text in words.items():
            # Leave out a text with a mark such as {show=pdf}, which works in fields alone.
            if key in PROSE and not re.search(SHOW, text):
                new_tokens += self._tokens_of(state, [(key, as_words(text))])
        state.tokens[index:index] = new_tokens
        if unknown := [f'"{shorten(key, 20)}"' for key in words if key not in PROSE]:
            rule = f"front matter without a field is not shown ({', '.join(unknown)})"
            warn((self.env.docname, 1), Code.FIELD, f"{rule}: delete it, or write it into the text")

    def _insert_title(self, state: StateCore, words: dict[str, str]) -> int:
        """Remove the title from `words`, and insert it unless the first heading has the same text.

        Return the index of the token after the title.
        """
        heading = next((token for token in state.tokens if token.type == "heading_open" and not token.level), None)
        # A heading has three tokens.
        end = state.tokens.index(heading) + 3 if heading else 0
        heading_text = state.tokens[end - 2].content.casefold() if heading else ""
        for key in _TITLES:
            if words.get(key, "").casefold() == heading_text:
                words.pop(key, None)
        if self.kind == "talk":
            title_key = "title"
        elif heading and heading.tag == "h1" and (self._titles == 1 or not {"name", "author"} & words.keys()):
            title_key = ""
        else:
            title_key = next((key for key in _TITLES if key in words), "")
        if title_key in words:
            state.tokens[:0] = title_tokens = self._tokens_of(state, [(title_key, f"# {words.pop(title_key)}")])
            return len(title_tokens)
        return end

    def _take_fields(self, words: dict[str, str]) -> list[tuple[str, str]]:
        """Remove the values of fields from `words`, and return the key and the line of Markdown of each field."""
        aliases = ALIASES[self.kind]
        fields: dict[str, tuple[str, str]] = {}
        for name in KINDS[self.kind]:
            if key := next((key for key in (name, *aliases.get(name, "").split()) if key in words), ""):
                text = words.pop(key)
                if name == "date":
                    # Leave out the time of day.
                    text = re.sub(r"^(\d{4}-\d\d-\d\d)[T ]\d.*", r"\1", text)
                fields[name] = key, f":{name}: {as_words(text)}"
        lines = [*fields.values()]
        if self.kind == "talk" and lines and "event" not in fields:
            lines.append((lines[0][0], ":kind: talk"))
        return lines

    def _tokens_of(self, state: StateCore, lines: list[tuple[str, str]]) -> list[Token]:
        """Return the tokens of lines of Markdown, located at their keys in the front matter."""
        tokens: list[Token] = []
        state.md.block.parse("\n".join(line for _, line in lines), state.md, state.env, tokens)
        for token in tokens:
            if token.map:
                number = self._line(lines[min(token.map[0], len(lines) - 1)][0])
                token.map = [number - 1, number]
        return tokens

    def _line(self, key: str) -> int:
        """Return the line of a key in the page."""
        text = self._match[0] if self._match else ""
        match = re.search(rf"^[\"']?{re.escape(key)}[\"']?\s*[:=]", text, re.MULTILINE)
        return text.count("\n", 0, match.start()) + 1 if match else 1


def _parse(match: re.Match[str]) -> dict[str, Any]:
    """Return the keys and values of front matter; raise ValueError or yaml.YAMLError if it cannot be read."""
    if len(match["text"]) > limits.FRONT_MATTER:
        raise ValueError("too long")
    if match["mark"] == "%":
        lines = (" ".join(line.split()) for line in re.split("(?m)^%", match["text"]))
        return {key: line for key, line in zip(("title", "author", "date"), lines, strict=False) if line}
    data = tomllib.loads(match["text"]) if match["mark"] == "+++" else yaml.load(match["text"], _Loader)  # noqa: S506
    if not isinstance(data or {}, dict):
        raise ValueError("no mapping")  # noqa: TRY004 - an error of the page
    for value in (data or {}).values():
        # Python raises ValueError for a number of thousands of digits.
        _words(value)
    return {str(key): value for key, value in (data or {}).items()}


def _words(value: Any) -> str:
    """Return a value, a list or a mapping as one line of text."""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_words(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(filter(None, map(_words, value)))
    return " ".join(str(value).split())


def _front_matter(content: str) -> Token:
    return Token("front_matter", "", 0, content=content, map=[0, 1], block=True, hidden=True)
