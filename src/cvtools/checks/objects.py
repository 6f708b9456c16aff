"""Read PDF objects with a check of their type, which damaged files get wrong."""

from typing import Any

import pikepdf


class DamagedError(ValueError):
    """An object of a PDF is of another type than it has to be."""


def dictionary(found: Any) -> pikepdf.Dictionary:
    """Return a dictionary, or that of a stream; an empty one for None.

    :raises DamagedError: it is something else
    """
    if found is None:
        return pikepdf.Dictionary()
    if isinstance(found, pikepdf.Stream):
        return found.stream_dict
    if isinstance(found, pikepdf.Dictionary):
        return found
    raise DamagedError(f"{_name(found)} stands in the place of a dictionary")


def first(found: Any) -> Any:
    """Return the first object of an array; None for None.

    :raises DamagedError: it is something else, or empty
    """
    if found is None:
        return None
    if isinstance(found, pikepdf.Array) and len(found):
        return found[0]
    raise DamagedError(f"{_name(found)} stands in the place of an array")


def _name(found: Any) -> str:
    return f"{found!r:.40}"
