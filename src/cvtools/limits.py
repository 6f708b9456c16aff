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

#: Pages of a project.
PAGES = 10_000
#: CPU time in which a page is read, and again in which it is written; a long CV takes 0.3.
PAGE_TIME = 5
#: How many pages add a second to the time in which what all of them say is put together.
PAGES_A_SECOND = 50
#: Time by the clock in which all is read and written; 1,000 talks take 20.
BUILD_TIME = 600
#: Memory that a build may take besides what it begins with; 1,000 talks take 350 MB.
MEMORY = 900_000_000
#: HTML that a page becomes, with the theme's part of it; a long CV has 100 kB.
PAGE_HTML = 5_000_000
#: HTML that all pages become.
BOOK_HTML = 500_000_000

#: Characters of a block of code that are coloured; a longer one is shown plain.
CODE_SIZE = 5_000
#: CPU time in which a block of code is coloured; 5,000 characters of Python take 0.02.
CODE_TIME = 1
