"""The PDF's side: LaTeX for a small class of our own, ``cvtools.cls``."""
