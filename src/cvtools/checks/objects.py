"""Access to PDF objects that checks their types, which may be wrong in damaged files."""

from typing import Any

import pikepdf


class DamagedError(ValueError):
    """An object of a PDF is not of the type that the format requires."""


def dictionary(obj: Any) -> pikepdf.Dictionary:
    """Return a dictionary, or the dictionary of a stream; an empty one for None. Refuse other objects."""
    if obj is None:
        return pikepdf.Dictionary()
    if isinstance(obj, pikepdf.Stream):
        return obj.stream_dict
    if isinstance(obj, pikepdf.Dictionary):
        return obj
    raise DamagedError(f"{obj!r:.40} stands in the place of a dictionary")


def first(obj: Any) -> Any:
    """Return the first object of an array; None for None."""
    if obj is None:
        return None
    if isinstance(obj, pikepdf.Array) and len(obj):
        return obj[0]
    raise DamagedError(f"{obj!r:.40} stands in the place of an array")
