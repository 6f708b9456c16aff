"""Read marks that keep parts of pages for some editions, such as ``:only:`` and ``.only-NAME``."""
