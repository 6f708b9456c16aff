"""The limits of what a build does for a page, so that no page can hang or flood it. All generous beyond any real CV.

Sizes are in bytes, times in seconds. What breaks a limit is refused with the page's name and the limit.
"""

#: A page; a long CV has 30,000.
PAGE_SIZE = 100_000
#: Characters of a line.
LINE_LENGTH = 10_000
#: Headings and targets of a page.
HEADINGS = 500
#: Footnotes of a page.
FOOTNOTES = 300
#: Characters of the addresses and titles of a page's links and pictures in all.
ADDRESSES = 500_000
#: Cells of a page's tables in all; a row is filled up to the width of its head.
CELLS = 10_000
#: Entries of the book's navigation, for each of its pages, and beside these: a page may be named more than once.
NAVIGATION = (2, 100)
#: How many toctrees may lead from the root to a page.
TOCTREES = 8
#: How deep things may stand in each other; more is dropped by parsers, or is too much for Python.
DEPTH = 40
