"""Define limits on pages, on the CV and on what works on them, so that no page can hang or flood a build.

Sizes are in bytes, times in seconds. All are generous beyond any real CV; a page beyond one is refused with its name.
"""

#: A page; a long CV has 30,000.
PAGE_SIZE = 100_000
#: Characters of a line.
LINE_LENGTH = 10_000
#: Headings and targets of a page.
HEADINGS = 500
#: Places on a page that are refused and shown as written, each with a warning.
REFUSED = 500
#: Footnotes of a page.
FOOTNOTES = 300
#: Characters of the addresses and titles of a page's links and pictures in all.
ADDRESSES = 500_000
#: Cells of a page's tables in all; a row is filled up to the width of its head.
CELLS = 2_000
#: Entries of the book's navigation, for each of its pages, and beside these: a page may be named more than once.
NAVIGATION = (2, 100)
#: How many toctrees may lead from the root to a page.
TOCTREES = 8
#: LaTeX that a page becomes, in characters; a long CV has 60,000. A talk that the page lists adds LATEX_PER_TALK.
LATEX, LATEX_PER_TALK = 400_000, 1_000
#: A file in docs/, and all of them.
FILE_SIZE, FILES_SIZE = 20_000_000, 500_000_000
#: Roots with a degree in each other in a formula: TeX sets each four times, to choose one.
ROOTS = 3
#: Depth of nesting; parsers drop what is deeper, or Python fails.
DEPTH = 40

# The CV as a whole

#: Entries of a CV, talks among them.
ENTRIES = 5_000
#: Names of technologies in all entries of a CV.
TECHNOLOGIES = 2_000
#: Characters of a name, such as a technology's.
NAME_LENGTH = 100
#: Passages of a talk in other languages, each of which links all others.
TRANSLATIONS = 50
#: Fields of an entry; a person has 12.
FIELDS = 100
#: Characters of a field's value.
VALUE_LENGTH = 5_000
#: Names of variants in all marks of a CV.
VARIANTS = 100
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

# The build

#: A catalog of translations: a page's words twice, and remarks.
CATALOG_SIZE = 1_000_000
#: All catalogs of a language together.
CATALOGS_SIZE = 4_000_000

#: Warnings of a build, and findings on a PDF, that are printed; more are counted.
WARNINGS = 300
#: Characters of a warning.
WARNING_LENGTH = 1_000
#: Pages of a project.
PAGES = 10_000
#: Processor time in which a page is read and written for every output; a long CV takes 0.5.
PAGE_TIME = 8
#: How many pages add a second to that, since a page may list all others.
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

# What works on documents: LuaLaTeX on their LaTeX, and a process of its own that reads PDFs.

#: Processor time of TeX, and for each talk that a PDF holds or lists: 5 pages take 1 second, 1,000 talks 24.
TEX_TIME, TEX_TIME_PER_TALK = 6, 0.05
#: TeX's memory: 5 pages take 100 MB, 1,000 talks 250.
TEX_MEMORY = 800_000_000
#: Families of fonts that a PDF may fall back to beside its own: TeX reads each as a whole.
FALLBACKS = 10
#: A file that TeX writes; the PDF of 1,000 talks has 8 MB, beside its pictures.
TEX_OUTPUT = 100_000_000
#: Time by the clock for parsing fonts, once for each user; thousands of installed fonts take minutes.
FONTS_TIME = 300

#: Processor time for reading a PDF, and for each character that it is compared with beyond those of one page of the
#: book: 5 pages take 0.5 seconds, 1,000 talks (2.4 million characters) 60.
PDF_TIME, PDF_TIME_PER_CHARACTER = 5, 60e-6
#: Time by the clock and memory for another program that reads a PDF.
READER_TIME, READER_MEMORY = 60, 400_000_000
#: Processor time in which what reads PDFs loads its libraries; it takes 0.5.
PDF_START = 3
#: The memory of what reads a PDF: 5 pages take 270 MB.
PDF_MEMORY = 800_000_000
