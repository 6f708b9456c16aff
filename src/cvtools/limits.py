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
#: Characters of the addresses of a page's links in all; one that is defined once may be used often.
ADDRESSES = 500_000
#: How deep things may stand in each other; more is dropped by parsers, or is too much for Python.
DEPTH = 40
