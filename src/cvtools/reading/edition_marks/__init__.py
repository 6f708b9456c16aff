"""Read marks that keep parts of pages for some variants, such as ``:only:`` and ``.only-NAME``."""
