"""Read Markdown: check it, select a variant, recognise entries and collect them in the ``cv`` domain."""
