"""Write the CV as data: JSON Resume, JSON-LD, feeds, a vCard and a social card.

Each module makes one kind of file; ``site_files.py`` writes them all, and ``page_head.py`` links pages to them.
"""
