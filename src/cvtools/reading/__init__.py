"""Read Markdown: check it, select a variant, recognise entries and collect them in the ``cv`` domain.

Directives are in ``directives_and_roles.py`` and ``publications.py``; what pages may use is in ``allowlist.py``.
"""
