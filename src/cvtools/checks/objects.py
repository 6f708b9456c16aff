"""Access to PDF objects that checks their types, which may be wrong in damaged files."""

from typing import Any

import pikepdf


class DamagedError(ValueError):
    """An object of a PDF is not of the type that the format requires."""


def dictionary(found: Any) -> pikepdf.Dictionary:
    """Return an object that is a dictionary, or the dictionary of a stream; an empty dictionary for None.

    :raises DamagedError: the object is of another type
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

    :raises DamagedError: the object is of another type, or the array is empty
    """
    if found is None:
        return None
    if isinstance(found, pikepdf.Array) and len(found):
        return found[0]
    raise DamagedError(f"{_name(found)} stands in the place of an array")


def _name(found: Any) -> str:
    return f"{found!r:.40}"
