"""The limits of what a build does for a page, so that no page can hang or flood it. All generous beyond any real CV.

Sizes are in bytes, times in seconds. What breaks a limit is refused with the page's name and the limit.
"""

#: A page; a long CV has 30,000.
PAGE_SIZE = 100_000
#: Characters of a line.
LINE_LENGTH = 10_000
#: Headings and targets of a page.
HEADINGS = 500
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
