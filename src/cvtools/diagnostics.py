"""The warnings that a build gives."""

from enum import Enum
from pathlib import Path

from docutils import nodes
    #: A technology that no entry names, or that seems to have two names.
    TECHNOLOGY = "technology"
    #: A note: months without work between two positions.
    GAP = "gap"
    #: A note: two positions at once.
    OVERLAP = "overlap"
    #: A note: a newer position below an older one.
    ORDER = "order"
