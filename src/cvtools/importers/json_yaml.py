"""Parse JSON and YAML within limits; numbers and dates stay text."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import count
from typing import Any

import yaml

from cvtools import limits
from cvtools.terminal import shorten
from cvtools.writing.myst import without_invisible


def parse_object(text: str, *, is_json: bool) -> dict[str, Any]:
    """Return the object in a JSON or YAML text, without invisible characters in its strings.

    :raises ValueError: the text is damaged, too large, nested too deeply, or no object with names
    """
    parser = _parse_json if is_json else _parse_yaml
    try:
        data = _cleaned(parser(re.sub(_NO_JSON, r"\1", text) if is_json else text.lstrip("\ufeff")), count())
    except json.JSONDecodeError as error:
        raise ValueError(f"it is damaged JSON: line {error.lineno}: {error.msg}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark else ""
        raise ValueError(f"it is damaged YAML: {line}{getattr(error, 'problem', None) or error}") from None
    except RecursionError:
        raise ValueError("it is nested too deeply: use fewer levels") from None
    if not isinstance(data, dict):
        raise ValueError("it is no CV: a CV in JSON or YAML is an object with names")  # noqa: TRY004 - wrong in the file
    return data


def _dict_of(pairs: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """Return a dictionary of pairs; raise ValueError if a name occurs twice, so that one value would be lost."""
    result: dict[str, Any] = {}
    for name, value in pairs:
        if (words := "null" if name is None else str(name)) in result:
            raise ValueError(f'it has "{shorten(words, 40)}" twice in one object: rename one')
        result[words] = value
    return result


class _Loader(yaml.BaseLoader):
    """Loader of mappings, lists, text and null; dates and numbers stay text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        return _dict_of(self.construct_pairs(node, deep))

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        is_null = isinstance(node, yaml.ScalarNode) and not node.style and node.value in {"null", "~"}
        return None if is_null else super().construct_object(node, deep)


#: A string (group 1), a comment, or a comma after the last value, which JSON written by hand may have.
_NO_JSON = r'^\ufeff|("(?:[^"\\]|\\.)*")|//[^\n]*|,(?=(?:\s|//[^\n]*\n)*[}\]])'
#: Parsers that return numbers as text.
_parse_json = partial(json.loads, parse_constant=str, parse_float=str, parse_int=str, object_pairs_hook=_dict_of)
_parse_yaml = partial(yaml.load, Loader=_Loader)


def _cleaned(data: Any, counter: Iterator[int], depth: int = limits.IMPORT_DEPTH) -> Any:
    """Return data without invisible characters in its texts and names.

    :param counter: counts copied values, which YAML's aliases can multiply
    :raises ValueError: the data is nested too deeply, or has too many values, or a value that is too long
    """
    if not depth:
        raise ValueError("it is nested too deeply: use fewer levels")
    if next(counter) > limits.IMPORT_VALUES:
        raise ValueError(f"it has more than {limits.IMPORT_VALUES} values: shorten it")
    if isinstance(data, dict):
        pairs = ((_cleaned(name, counter), _cleaned(part, counter, depth - 1)) for name, part in data.items())
        return _dict_of(pairs)
    if isinstance(data, list):
        return [_cleaned(part, counter, depth - 1) for part in data]
    if not isinstance(data, str):
        return data
    if len(data) > limits.IMPORT_LENGTH:
        raise ValueError(f"it has a value or a name of more than {limits.IMPORT_LENGTH} characters: shorten it")
    # A zero-width space separates words, but not at the ends of a text.
    return without_invisible(data).strip("\u200b")
