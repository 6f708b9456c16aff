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

# The CV as a whole

#: Entries of a CV, talks among them.
ENTRIES = 5_000
#: Names of technologies in all entries of a CV.
TECHNOLOGIES = 2_000
#: Characters of a name, such as a technology's.
NAME_LENGTH = 100
#: Passages in other languages on a page, each of which leads to each other.
TRANSLATIONS = 50
#: Fields of an entry; a person has 12.
FIELDS = 100
#: Characters of a field's value.
VALUE_LENGTH = 5_000
#: Names of variants in all marks of a CV.
VARIANTS = 100
#: Notes about a CV that are printed.
NOTES = 100
#: Unknown technologies for which a known one is suggested.
HINTS = 100

# The link check and the preview

#: What is read of a page for an address with an anchor, unpacked; the HTML standard on one page has 15,000,000.
LINK_SIZE = 20_000_000
#: A link with its redirects, its page and all tries, where conf.py sets no linkcheck_timeout.
LINK_TIME = 20
#: All links together.
LINKS_TIME = 600
#: Redirects of a link.
REDIRECTS = 10
#: Characters that are shown of a link, and how many links, in the issue about those that are gone.
LINK_SHOWN = 300
LINKS_SHOWN = 80
#: Width of the preview's picture of a PDF's page, and all its pixels: A4 as wide as that has 22,600,000.
PICTURE_WIDTH = 4_000
PICTURE_PIXELS = 25_000_000
