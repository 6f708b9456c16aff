"""Markdown becomes the model: fields, entries, directives and the ``cv`` domain."""
