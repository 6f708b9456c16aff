"""The limits of what a build does for a page, so that no page can hang or flood it. All generous beyond any real CV.

Sizes are in bytes, times in seconds. What breaks a limit is refused with the page's name and the limit.
"""

#: A page; a long CV has 30,000.
PAGE_SIZE = 100_000
#: Characters of a line.
LINE_LENGTH = 10_000
#: Headings and targets of a page.
HEADINGS = 500

#: A catalog of translations: a page's words twice, and remarks.
CATALOG_SIZE = 1_000_000
#: Messages of a catalog; a long CV has 500.
CATALOG_MESSAGES = 10_000
#: All catalogs of a language together.
CATALOGS_SIZE = 20_000_000
