"""Define the limits of a build, so that no page can hang or flood it; all are far above the needs of any real CV.

Sizes are in bytes, times in seconds. A page that exceeds a limit is refused with a message that names both.
"""

#: Size of a page; a long CV has 30,000.
PAGE_SIZE = 100_000
#: Bytes of the name of a page or of any other file; file systems take 255, and a build adds endings.
NAME_SIZE = 200
#: Characters of a page's front matter.
FRONT_MATTER = 10_000
#: Characters of a line.
LINE_LENGTH = 10_000
#: Headings and targets of a page.
HEADINGS = 500
#: Forbidden elements of a page, each of which is shown as source, with a warning.
REFUSED = 500
#: Footnotes of a page.
FOOTNOTES = 300
#: Characters of all addresses and titles of a page's links and pictures.
ADDRESSES = 500_000
#: Cells of all tables of a page; Markdown fills each row up to the width of the head.
CELLS = 2_000
#: Entries of the website's navigation, which may name a page repeatedly: the number per page, and a constant.
NAVIGATION = (2, 100)
#: Toctrees on the way from the root to a page.
TOCTREES = 8
#: Characters of a page's LaTeX, and more for each talk that it lists; a long CV has 60,000.
LATEX, LATEX_PER_TALK = 400_000, 1_000
#: Size of a file in docs/, and of all files there.
FILE_SIZE, FILES_SIZE = 20_000_000, 500_000_000
#: Number of files and folders in docs/ and locales/, and of nested folders.
FILES = 20_000
FOLDERS = 30
#: Characters of a BibTeX file, and those that its abbreviations stand for; 500 publications have 200,000.
BIBTEX_SIZE = 1_000_000
#: Characters of a formula; the time to convert it grows with their square.
FORMULA = 3_000
#: Nested roots with a degree, or nested accents, in a formula. Each level multiplies the work: TeX sets the inside of a
#: root in four sizes, and the text of an accent has all characters below it twice.
NESTED = 3
#: Depth of nesting; parsers drop what is deeper, or Python reaches its recursion limit.
DEPTH = 40

# The CV as a whole

#: Entries of a CV, talks among them.
ENTRIES = 5_000
#: Names of technologies in all entries of a CV.
TECHNOLOGIES = 2_000
#: Characters of a name, such as a technology's.
NAME_LENGTH = 100
#: Translations on a page, each of which links to all others.
TRANSLATIONS = 50
#: Fields of an entry; a person has 12.
FIELDS = 100
#: Characters of a field's value.
VALUE_LENGTH = 5_000
#: Names of variants in all marks of a CV.
VARIANTS = 100
#: Unknown technologies for which a known one is suggested.
HINTS = 100

#: Size of an advertisement that a CV is compared with; a long one has 10,000.
JOB_SIZE = 20_000

# The link check and the preview

#: Size up to which a web page is read to find an anchor, unpacked; the one-page HTML standard has 15,000,000.
LINK_SIZE = 20_000_000
#: Time for a link with its redirects, its page and all tries, unless conf.py sets linkcheck_timeout.
LINK_TIME = 20
#: Time for all links together.
LINKS_TIME = 600
#: Processor time for finding the lines of all links; those that remain have the line of their paragraph.
LINES_TIME = 20
#: Redirects of a link.
REDIRECTS = 10
#: Characters of a link, and number of links, that the issue about broken links shows; each is there with its page and
#: its archived copy, and GitHub takes 65,536 characters.
LINK_SHOWN = 300
LINKS_SHOWN = 50
#: Width in pixels of the preview's picture of a page, and all its pixels; A4 of that width has 22,600,000.
PICTURE_WIDTH = 4_000
PICTURE_PIXELS = 25_000_000

# The build

#: Size of a catalog of translations, which contains the words of a page twice, and comments.
CATALOG_SIZE = 1_000_000
#: Size of all catalogs of a language together.
CATALOGS_SIZE = 4_000_000

#: Warnings of a build, and findings in a PDF, that are printed; the others are counted.
WARNINGS = 300
#: Characters of a warning.
WARNING_LENGTH = 1_000
#: Pages of a project.
PAGES = 10_000
#: Processor time for reading a page and writing every output of it; a long CV takes 0.5.
PAGE_TIME = 8
#: Number of pages that add one second to PAGE_TIME, since a page may list all others.
PAGES_A_SECOND = 50
#: Time by the clock for reading and writing all pages; 1,000 talks take 20.
BUILD_TIME = 600
#: Processor time for all pages, PDFs and checks of a build together, and more for each page; 1,000 talks take 110.
BUILD_CPU, BUILD_CPU_PER_PAGE = 16, 0.2
#: More processor time for each letter, which has a PDF; one takes 0.5.
BUILD_CPU_PER_LETTER = 1
#: More processor time for each further edition, besides that for its pages; a long CV takes 3.
BUILD_CPU_PER_EDITION = 5
#: Memory that a build may take beyond its size at the start; 1,000 talks take 350 MB.
MEMORY = 900_000_000
#: Size of a page's HTML, including the theme's; a long CV has 100 kB.
PAGE_HTML = 5_000_000
#: Size of the HTML of all pages.
WEBSITE_HTML = 500_000_000

#: Characters of a block of code with highlighting; a longer block gets none.
CODE_SIZE = 5_000

#: Size of all pictures of a DOCX, which is made in memory.
DOCX_PICTURES = 50_000_000

# Processes in the sandbox: LuaLaTeX, and readers of PDFs

#: Processor time for TeX, and more for each talk that a PDF contains or lists; 5 pages take 1 second, 1,000 talks 24.
#: Where a font is missing, LuaTeX looks at all installed fonts, which takes 6 with those of Chinese and Japanese.
TEX_TIME, TEX_TIME_PER_TALK = 10, 0.05
#: Documents of an edition, or letters, that are typeset at once.
TEX_PROCESSES = 2
#: Runs of TeX that leave out the formulas at which the run before stopped; one more run leaves out all.
TEX_RUNS = 4
#: Memory for TeX; 5 pages take 100 MB, 1,000 talks 250.
TEX_MEMORY = 800_000_000
#: Font families of a PDF besides its own; TeX reads the glyphs that are needed, in each style and size.
FALLBACKS = 20
#: Size of a file that TeX writes; the PDF of 1,000 talks has 8 MB without pictures.
TEX_OUTPUT = 100_000_000
#: Time by the clock for parsing fonts, once for each user; thousands of installed fonts take minutes.
FONTS_TIME = 300
#: Time until a cache of parsed fonts that nothing uses is removed.
FONTS_UNUSED = 30 * 24 * 3600

#: Processor time for checking a PDF, and more for each character of its expected text beyond PAGE_SIZE; 5 pages take
#: 0.5 seconds, 1,000 talks (2.4 million characters) 60.
PDF_TIME, PDF_TIME_PER_CHARACTER = 5, 60e-6
#: Size of a file in which a build records the expected content of a PDF; that of 1,000 talks has 6 MB.
RECORD = 30_000_000
#: Time by the clock and memory for another program that reads a PDF.
READER_TIME, READER_MEMORY = 60, 400_000_000
#: Processor time for loading the libraries that read PDFs; it takes 0.5.
PDF_START = 3
#: Memory for the process that checks PDFs; 5 pages take 270 MB.
PDF_MEMORY = 800_000_000

# Files that are imported

#: Size of a file; a CV in JSON has some 20 kB.
IMPORT_SIZE = 5_000_000
#: Characters of Markdown, and of the text of DOCX; their headings and lines take the most memory.
IMPORT_MARKDOWN = 1_000_000
#: Characters of a line of these; no time limit can interrupt Python while it searches a longer line.
IMPORT_LINE = 50_000
#: Size of an archive; the files that are read from it may have IMPORT_SIZE together, unpacked.
IMPORT_ARCHIVE = 20_000_000
#: Values in a file, each repetition through an alias of YAML counted, and depth of their nesting; a CV has some 500.
IMPORT_VALUES, IMPORT_DEPTH = 50_000, 20
#: Characters of a value in a file; the longest text of a CV has 3,000.
IMPORT_LENGTH = 20_000
#: Commands in the preamble of a LaTeX document that describe the person, and files of the document.
IMPORT_COMMANDS = 100
#: Processor time for reading a file and writing its pages; a CV takes 1.
IMPORT_TIME = 10
