"""Marks that keep words for some editions, such as ``:only:`` and ``.only-NAME``."""
