"""Write the CV as data: JSON Resume, JSON-LD, feeds, a vCard and a social card.

``site_files.py`` writes the files that the other modules make; ``page_head.py`` links pages to them, and adds JSON-LD.
"""
